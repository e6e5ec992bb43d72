//! The WebSub hub's work: verifies requests with their callbacks, notices changed topics, delivers
//! them, retries, and ends leases (W3C WebSub, sections 5 to 7). Pings a hub elsewhere if one is set.
//!
//! All state is in the store, so that a restart forgets nothing. Nothing here delays polling: it
//! runs beside it, with a bound on what it does at once.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::publish::Randomness;
use crate::clock::Clock;
use crate::fetch::{Fetcher, PlainRequest};
use crate::news::UtcTime;
use crate::store::hub::{self, HubRequest, HubSubscription};
use crate::store::{Result, Store};

/// How many callbacks are spoken to at once.
const AT_ONCE: usize = 8;

/// How much one pass takes of each kind of work.
const BATCH: u32 = 200;

/// A challenge is 44 bytes; a callback that answers with more did not understand.
const LONGEST_ANSWER: usize = 4096;

/// Waits between the attempts of a delivery, in seconds; after the last one it is given up, and the
/// subscription stays until its lease ends.
const WAITS_SECS: [i64; 6] = [10, 60, 300, 1800, 7200, 21_600];

/// Changes within this time are delivered as one.
const DEBOUNCE: Duration = Duration::from_millis(300);

/// How long the hub sleeps when nothing is committed, for retries and leases.
const IDLE: Duration = Duration::from_secs(5);

/// The document of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicContent {
    /// The bytes, without content coding.
    pub bytes: Arc<Vec<u8>>,
    /// The value of Content-Type.
    pub content_type: &'static str,
}

/// What is going to say what a topic's document is.
pub type Reading = Pin<Box<dyn Future<Output = Option<TopicContent>> + Send>>;

/// Reads the document of a topic by its address; `None` if there is no such feed any more.
pub type TopicReader = Arc<dyn Fn(&str) -> Reading + Send + Sync>;

/// The hub's hands: what it reads from, writes to and speaks through.
#[derive(Clone)]
pub struct Hub {
    /// The database.
    pub store: Store,
    /// HTTP out, through the guard.
    pub fetcher: Fetcher,
    /// Our clock.
    pub clock: Arc<dyn Clock>,
    /// Documents by address.
    pub topics: TopicReader,
    /// The hub's own address.
    pub hub_url: String,
    /// Where challenges come from.
    pub random: Randomness,
    /// A hub elsewhere, and the addresses that it is told of; the built-in hub then delivers nothing.
    pub external: Option<(String, Vec<String>)>,
}

/// What a pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HubPass {
    /// Requests that a callback confirmed.
    pub confirmed: usize,
    /// Requests that a callback did not confirm.
    pub unconfirmed: usize,
    /// Topics that changed.
    pub changed: usize,
    /// Deliveries that were taken.
    pub delivered: usize,
    /// Deliveries that will be tried again, or were given up.
    pub failed: usize,
}

impl Hub {
    /// Works until `stop` completes. Errors are logged, and the next pass tries again.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        let Ok(mut commits) = self.store.commits() else {
            return;
        };
        tokio::pin!(stop);
        loop {
            if let Err(error) = self.pass().await {
                tracing::warn!(%error, "the hub could not do its work");
            }
            tokio::select! {
                () = &mut stop => return,
                changed = tokio::time::timeout(IDLE, commits.changed()) => {
                    if matches!(changed, Ok(Err(_))) {
                        return;
                    }
                    tokio::time::sleep(DEBOUNCE).await;
                    commits.mark_unchanged();
                }
            }
        }
    }

    /// Does everything that is due, once.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn pass(&self) -> Result<HubPass> {
        let mut done = HubPass::default();
        if let Some((hub_url, topics)) = &self.external {
            done.changed = self.ping(hub_url, topics).await?;
            return Ok(done);
        }
        self.verify_requests(&mut done).await?;
        let now = self.clock.now();
        self.store.write(move |tx| hub::end_leases(tx, now)).await?;
        for topic in self.store.read(hub::load_topics)? {
            done.changed += usize::from(self.notice_change(&topic).await?);
        }
        self.deliver(&mut done).await?;
        Ok(done)
    }

    async fn verify_requests(&self, done: &mut HubPass) -> Result<()> {
        let requests = self.store.read(|conn| hub::load_requests(conn, BATCH))?;
        let mut verified = futures_util::stream::iter(requests)
            .map(|request| async {
                let is_confirmed = self.is_confirmed(&request).await;
                (request, is_confirmed)
            })
            .buffer_unordered(AT_ONCE);
        while let Some((request, is_confirmed)) = verified.next().await {
            done.confirmed += usize::from(is_confirmed);
            done.unconfirmed += usize::from(!is_confirmed);
            if is_confirmed && request.subscribes {
                self.notice_change(&request.topic).await?;
            }
            let now = self.clock.now();
            self.store
                .write(move |tx| hub::end_request(tx, &request, is_confirmed, now))
                .await?;
        }
        Ok(())
    }

    /// Asks the callback once; only 2xx with the challenge as its whole body is a yes.
    async fn is_confirmed(&self, request: &HubRequest) -> bool {
        let challenge = hex(&[(self.random)(), (self.random)()].concat());
        let lease = request.lease_secs.to_string();
        let mode = if request.subscribes {
            "subscribe"
        } else {
            "unsubscribe"
        };
        let mut added = vec![
            ("hub.mode", mode),
            ("hub.topic", request.topic.as_str()),
            ("hub.challenge", challenge.as_str()),
        ];
        if request.subscribes {
            added.push(("hub.lease_seconds", lease.as_str()));
        }
        let asked = PlainRequest {
            url: with_query(&request.callback, &added),
            max_answer_bytes: LONGEST_ANSWER,
            ..PlainRequest::default()
        };
        match self.fetcher.exchange(&asked).await {
            Ok(answer) => {
                (200..300).contains(&answer.status) && answer.body == challenge.as_bytes()
            }
            Err(_) => false,
        }
    }

    /// Puts deliveries into the queue if the topic's document is not what it was. A topic that is
    /// gone is denied to its subscribers.
    async fn notice_change(&self, topic: &str) -> Result<bool> {
        let Some(content) = (self.topics)(topic).await else {
            self.deny(topic).await?;
            return Ok(false);
        };
        let digest: [u8; 32] = Sha256::digest(content.bytes.as_slice()).into();
        let (topic, now) = (topic.to_owned(), self.clock.now());
        self.store
            .write(move |tx| hub::note_topic(tx, &topic, digest, now))
            .await
    }

    async fn deny(&self, topic: &str) -> Result<()> {
        let subscriptions = {
            let topic = topic.to_owned();
            self.store
                .read(|conn| hub::subscriptions_to(conn, &topic))?
        };
        for subscription in subscriptions {
            let added = [
                ("hub.mode", "denied"),
                ("hub.topic", topic),
                ("hub.reason", "the feed is gone"),
            ];
            let told = PlainRequest {
                url: with_query(&subscription.callback, &added),
                max_answer_bytes: LONGEST_ANSWER,
                ..PlainRequest::default()
            };
            // Whether it hears it or not, there is nothing more to deliver.
            drop(self.fetcher.exchange(&told).await);
            self.store
                .write(move |tx| hub::end_subscription(tx, subscription.id))
                .await?;
        }
        Ok(())
    }

    async fn deliver(&self, done: &mut HubPass) -> Result<()> {
        let now = self.clock.now();
        let mut due = self
            .store
            .read(|conn| hub::due_deliveries(conn, now, BATCH))?;
        let mut callbacks = BTreeSet::new();
        // One at a time to each callback; the others wait for the next pass.
        due.retain(|(subscription, _)| callbacks.insert(subscription.callback.clone()));
        let mut sent = futures_util::stream::iter(due)
            .map(|(subscription, attempts)| async move {
                let status = self.send(&subscription).await;
                (subscription, attempts, status)
            })
            .buffer_unordered(AT_ONCE);
        while let Some((subscription, attempts, status)) = sent.next().await {
            let is_taken = matches!(status, Some(200..=299));
            done.delivered += usize::from(is_taken);
            done.failed += usize::from(!is_taken);
            let now = self.clock.now();
            self.store
                .write(move |tx| settle(tx, &subscription, attempts, status, now))
                .await?;
        }
        Ok(())
    }

    /// The status of the answer; `None` if there was none.
    async fn send(&self, subscription: &HubSubscription) -> Option<u16> {
        let content = (self.topics)(&subscription.topic).await?;
        let link = [
            "<",
            &self.hub_url,
            ">; rel=\"hub\", <",
            &subscription.topic,
            ">; rel=\"self\"",
        ];
        let mut headers = vec![
            ("Content-Type".to_owned(), content.content_type.to_owned()),
            ("Link".to_owned(), link.concat()),
        ];
        if let Some(secret) = &subscription.secret {
            headers.push((
                "X-Hub-Signature".to_owned(),
                signature(secret, &content.bytes),
            ));
        }
        let request = PlainRequest {
            url: subscription.callback.clone(),
            post: Some(content.bytes.to_vec()),
            headers,
            max_answer_bytes: 64 * 1024,
        };
        match self.fetcher.exchange(&request).await {
            Ok(answer) => Some(answer.status),
            Err(failure) => {
                tracing::debug!(%failure, "a callback did not answer");
                None
            }
        }
    }

    /// Tells a hub elsewhere which of the topics changed.
    async fn ping(&self, hub_url: &str, topics: &[String]) -> Result<usize> {
        let mut changed = 0;
        for topic in topics {
            if !self.notice_change(topic).await? {
                continue;
            }
            changed += 1;
            let body = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("hub.mode", "publish")
                .append_pair("hub.url", topic)
                .append_pair("hub.topic", topic)
                .finish();
            let request = PlainRequest {
                url: hub_url.to_owned(),
                post: Some(body.into_bytes()),
                headers: vec![(
                    "Content-Type".to_owned(),
                    "application/x-www-form-urlencoded".to_owned(),
                )],
                max_answer_bytes: 64 * 1024,
            };
            if let Err(failure) = self.fetcher.exchange(&request).await {
                tracing::warn!(%failure, "the external hub was not told");
            }
        }
        Ok(changed)
    }
}

/// What becomes of a delivery: taken, gone for good (410), tried again later, or given up.
fn settle(
    tx: &crate::store::Transaction<'_>,
    subscription: &HubSubscription,
    attempts: u32,
    status: Option<u16>,
    now: UtcTime,
) -> Result<()> {
    match status {
        Some(200..=299) => hub::end_delivery(tx, subscription.id),
        Some(410) => hub::end_subscription(tx, subscription.id),
        _ => match WAITS_SECS.get(attempts as usize) {
            Some(wait) => {
                let at = now + chrono::Duration::seconds(*wait);
                hub::put_off_delivery(tx, subscription.id, at)
            }
            None => hub::end_delivery(tx, subscription.id),
        },
    }
}

/// The callback with ours after its own query.
fn with_query(callback: &str, added: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(added)
        .finish();
    let joint = match callback.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, own)) if own.ends_with('&') => "",
        Some(_) => "&",
    };
    [callback, joint, &query].concat()
}

fn signature(secret: &[u8], bytes: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(bytes);
    ["sha256=", &hex(&mac.finalize().into_bytes())].concat()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_callbacks_own_query_is_kept() {
        let cases = [
            ("https://a.example/c", "https://a.example/c?hub.mode=x"),
            ("https://a.example/c?", "https://a.example/c?hub.mode=x"),
            (
                "https://a.example/c?a=1",
                "https://a.example/c?a=1&hub.mode=x",
            ),
            (
                "https://a.example/c?a=1&",
                "https://a.example/c?a=1&hub.mode=x",
            ),
        ];
        for (callback, expected) in cases {
            assert_eq!(with_query(callback, &[("hub.mode", "x")]), expected);
        }
    }

    #[test]
    fn the_signature_is_that_of_rfc_4231() {
        let got = signature(b"Jefe", b"what do ya want for nothing?");
        let expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(got, expected);
    }
}
