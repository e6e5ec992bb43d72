//! The WebSub hub's work: verifies requests with their callbacks, notices changed topics, delivers
//! them, retries, and ends leases (W3C WebSub, sections 5 to 7). Pings a hub elsewhere if one is set.
//!
//! All state is in the store, so that a restart forgets nothing. Nothing here delays polling: it
//! runs beside it, with a bound on what it does at once. A callback that is slow delays only itself:
//! questions and deliveries have slots of their own, each is filled again as soon as it is free, and
//! no site gets more than its share.

mod slots;
mod work;

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use self::work::Work;
use super::publish::Randomness;
use crate::clock::Clock;
use crate::fetch::{Fetcher, PlainAnswer, PlainRequest};
use crate::store::hub::{self, HubRequest, HubSubscription};
use crate::store::{Result, Store, Transaction};

/// A challenge is 44 bytes; a callback that answers with more did not understand.
const LONGEST_ANSWER: usize = 4096;

/// Waits between the attempts of a delivery, in seconds; after the last one it is given up, and the
/// subscription stays until its lease ends.
const WAITS_SECS: [i64; 6] = [10, 60, 300, 1800, 7200, 21_600];
pub(super) const LONGEST_WAIT_SECS: i64 = WAITS_SECS[WAITS_SECS.len() - 1];

/// Changes within this time are delivered as one.
const DEBOUNCE: Duration = Duration::from_millis(300);

/// How long the hub sleeps when nothing is committed, for retries, leases and feeds that are gone.
const IDLE: Duration = Duration::from_secs(5);

/// How long a callback may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// From the question to the whole answer. The answer is the challenge and nothing to compute,
    /// and whoever asked for it is waiting: half of what a delivery may take.
    pub for_question: Duration,
    /// From the connection to the whole answer of a delivery. Subscribers are to answer before they
    /// work (W3C WebSub, section 7); 10 s is what the reference hub waits for another's server.
    pub for_delivery: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            for_question: Duration::from_secs(5),
            for_delivery: Duration::from_secs(10),
        }
    }
}

/// The document of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicContent {
    /// The bytes, without content coding.
    pub bytes: Arc<Vec<u8>>,
    /// The value of Content-Type.
    pub content_type: &'static str,
}

/// What is going to say what a topic's document is.
pub type Reading = Pin<Box<dyn Future<Output = Result<Option<TopicContent>>> + Send>>;

/// Reads the document of a topic by its address; `None` if there is no such feed any more. What cannot be read
/// just now is an error, and not gone.
pub type TopicReader = Arc<dyn Fn(&str) -> Reading + Send + Sync>;

/// Which hubs there are by the settings in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hubs {
    /// The address that all topics of this site begin with.
    pub site: String,
    /// The built-in hub's own address; `None` while it is switched off: then its subscribers are told so.
    pub own_url: Option<String>,
    /// A hub elsewhere that is told instead.
    pub external: Option<ExternalHub>,
}

impl Hubs {
    /// False for a topic of another address: of before this site moved, or of the site whose copy this is.
    fn is_of_site(&self, topic: &str) -> bool {
        topic.starts_with(&self.site)
    }
}

/// A hub elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalHub {
    /// Its address.
    pub url: String,
    /// The addresses that it is told of. Those that stand together tell the same: all change when the first does.
    pub feeds: Vec<Vec<String>>,
}

/// Says which hubs there are now.
pub type HubsReader = Arc<dyn Fn() -> Hubs + Send + Sync>;

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
    /// Which hubs there are.
    pub hubs: HubsReader,
    /// Where challenges come from.
    pub random: Randomness,
    /// How long callbacks are waited for.
    pub patience: Patience,
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
    /// Works until `stop` completes. Errors are logged, and the next look tries again.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        let Ok(mut commits) = self.store.commits() else {
            return;
        };
        tokio::pin!(stop);
        let mut work = Work::new(&self);
        let mut next_look = Instant::now();
        let mut next_whole_look = next_look;
        loop {
            let step = tokio::select! {
                () = &mut stop => return,
                Some(ending) = work.under_way.next() => work.settle(ending).await,
                changed = commits.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    next_look = next_look.min(Instant::now() + DEBOUNCE);
                    continue;
                }
                () = tokio::time::sleep_until(next_look) => {
                    let now = Instant::now();
                    let is_whole = now >= next_whole_look;
                    if is_whole {
                        next_whole_look = now + IDLE;
                    }
                    next_look = next_whole_look;
                    work.look(is_whole).await
                }
            };
            if let Err(error) = step.and_then(|()| work.fill()) {
                tracing::warn!(%error, "the hub could not do its work");
            }
        }
    }

    /// Does everything that is due, once.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn pass(&self) -> Result<HubPass> {
        let mut work = Work::new(self);
        work.look(true).await?;
        work.fill()?;
        while let Some(ending) = work.under_way.next().await {
            work.settle(ending).await?;
            work.fill()?;
        }
        Ok(work.done)
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
        self.exchange(&asked, self.patience.for_question)
            .await
            .is_some_and(|answer| {
                (200..300).contains(&answer.status) && answer.body == challenge.as_bytes()
            })
    }

    /// Reads a topic's document in a task of its own. Readings of one document wait for each other, and
    /// deliveries are not polled while topics are looked at: one of them that was next would hold up the
    /// look, and whoever asks for that feed, for ever.
    async fn read_topic(&self, topic: &str) -> Read {
        let reading = tokio::spawn((self.topics)(topic));
        let read = match reading.await {
            Ok(read) => read.map_err(|error| error.to_string()),
            Err(failure) => Err(failure.to_string()),
        };
        if let Err(error) = &read {
            tracing::warn!(topic, error, "a topic could not be read");
        }
        read
    }

    /// Puts deliveries into the queue for those of the topics whose document is not what it was.
    async fn notice_changes(&self, topics: &[String]) -> Result<Noticed> {
        let known = self.store.read(hub::topic_digests)?;
        let mut noticed = Noticed {
            is_whole: true,
            ..Noticed::default()
        };
        let mut fresh: Vec<(String, [u8; 32])> = Vec::new();
        for topic in topics {
            let content = match self.read_topic(topic).await {
                Ok(Some(content)) => content,
                Ok(None) => {
                    noticed.gone.insert(topic.clone());
                    continue;
                }
                Err(_) => {
                    noticed.is_whole = false;
                    continue;
                }
            };
            let digest: [u8; 32] = Sha256::digest(content.bytes.as_slice()).into();
            if known.get(topic).map(Vec::as_slice) != Some(&digest[..]) {
                fresh.push((topic.clone(), digest));
            }
        }
        if fresh.is_empty() {
            return Ok(noticed);
        }
        let now = self.clock.now();
        let note = move |tx: &Transaction<'_>| {
            let mut changed = Vec::new();
            for (topic, digest) in fresh {
                if hub::note_topic(tx, &topic, digest, now)? {
                    changed.push(topic);
                }
            }
            Ok(changed)
        };
        noticed.changed = self.store.write(note).await?;
        Ok(noticed)
    }

    /// Tells a subscriber that its topic is gone, or the hub. Whether it hears it or not, there is nothing more
    /// to deliver.
    async fn tell_of_end(&self, subscription: &HubSubscription, reason: &str) {
        let added = [
            ("hub.mode", "denied"),
            ("hub.topic", subscription.topic.as_str()),
            ("hub.reason", reason),
        ];
        let told = PlainRequest {
            url: with_query(&subscription.callback, &added),
            max_answer_bytes: LONGEST_ANSWER,
            ..PlainRequest::default()
        };
        self.exchange(&told, self.patience.for_question).await;
    }

    /// The answer of a callback; `None` if there was none in time.
    async fn exchange(&self, request: &PlainRequest, limit: Duration) -> Option<PlainAnswer> {
        match tokio::time::timeout(limit, self.fetcher.exchange(request)).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(failure)) => {
                tracing::debug!(%failure, "a callback did not answer");
                None
            }
            Err(_) => {
                tracing::debug!("a callback did not answer in time");
                None
            }
        }
    }

    /// The status of the answer; `None` if there was none, or nothing to be sent.
    async fn send(&self, subscription: &HubSubscription) -> Option<u16> {
        let content = self.read_topic(&subscription.topic).await.ok()??;
        let hub_url = (self.hubs)().own_url?;
        let link = [
            "<",
            &hub_url,
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
        let answer = self.exchange(&request, self.patience.for_delivery).await?;
        Some(answer.status)
    }

    /// Tells a hub elsewhere that a topic changed; whether it took it.
    async fn ping(&self, hub_url: &str, topic: &str) -> bool {
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
        let answer = self.exchange(&request, self.patience.for_delivery).await;
        answer.is_some_and(|answer| (200..300).contains(&answer.status))
    }
}

/// The document of a topic, none if it is gone, or why it cannot be read.
type Read = std::result::Result<Option<TopicContent>, String>;

/// What became of topics since they were last looked at.
#[derive(Debug, Default)]
struct Noticed {
    /// Those whose document is another one.
    changed: Vec<String>,
    /// Those that have none any more.
    gone: BTreeSet<String>,
    /// True if all of them could be read.
    is_whole: bool,
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

    fn hub_of(directory: &tempfile::TempDir, topics: TopicReader) -> Hub {
        let clock: Arc<dyn Clock> = Arc::new(crate::clock::SystemClock);
        Hub {
            store: Store::open(directory.path()).unwrap(),
            fetcher: Fetcher::new(crate::fetch::FetchSettings::default(), clock.clone()).unwrap(),
            clock,
            topics,
            hubs: Arc::new(|| Hubs {
                site: String::new(),
                own_url: Some("http://127.0.0.1/hub".to_owned()),
                external: None,
            }),
            random: Arc::new(|| [0; 16]),
            patience: Patience::default(),
        }
    }

    #[tokio::test]
    async fn topics_are_read_for_a_version_and_once_more_until_they_could_be() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let directory = tempfile::tempdir().unwrap();
        let reads = Arc::new(AtomicUsize::new(0));
        let count = reads.clone();
        let topics: TopicReader = Arc::new(move |_| {
            let read = match count.fetch_add(1, Ordering::SeqCst) {
                2 => Err(crate::store::StoreError::Full),
                _ => Ok(None),
            };
            Box::pin(async move { read })
        });
        let hub = hub_of(&directory, topics);
        let begun = hub.store.write(|tx| {
            tx.execute_batch(
                "INSERT INTO publication (id, instance, version, changed_at) VALUES (1, zeroblob(16), 1, 0);
                 INSERT INTO hub_subscriptions (topic, callback, lease_until)
                    VALUES ('a topic', 'a callback', 1 << 40)",
            )?;
            Ok(())
        });
        begun.await.unwrap();
        let mut work = Work::new(&hub);
        let looks = [
            (true, 1),
            (false, 1),
            (true, 1),
            (true, 1),
            (false, 2),
            (true, 3),
            (false, 3),
            (true, 4),
            (true, 4),
        ];
        for (index, (is_whole, expected)) in looks.into_iter().enumerate() {
            if index == 4 {
                let moved = hub.store.write(|tx| {
                    let now = crate::news::utc_from_secs(0);
                    crate::store::publishing::move_version(tx, now)
                });
                moved.await.unwrap();
            }
            work.look(is_whole).await.unwrap();
            assert_eq!(reads.load(Ordering::SeqCst), expected, "look {index}");
        }
    }

    #[tokio::test]
    async fn a_delivery_that_nobody_polls_holds_up_no_look_at_its_topic() {
        let directory = tempfile::tempdir().unwrap();
        let making = Arc::new(tokio::sync::Mutex::new(()));
        let (begun, mut seen) = tokio::sync::mpsc::unbounded_channel();
        let topics: TopicReader = Arc::new(move |_| {
            let (making, begun) = (making.clone(), begun.clone());
            Box::pin(async move {
                let _making = making.lock().await;
                let _ = begun.send(());
                // Rendering takes its time.
                tokio::task::yield_now().await;
                Ok(None)
            })
        });
        let hub = hub_of(&directory, topics);
        let subscription = HubSubscription {
            id: 1,
            topic: "http://127.0.0.1/feed".to_owned(),
            callback: "http://127.0.0.1/callback".to_owned(),
            secret: None,
            lease_until: crate::news::utc_from_secs(0),
        };
        let mut delivery = std::pin::pin!(hub.send(&subscription));
        let first = std::future::poll_fn(|context| {
            std::task::Poll::Ready(delivery.as_mut().poll(context).is_pending())
        });
        assert!(first.await, "it is under way");
        let topics = [subscription.topic.clone()];
        let look = tokio::time::timeout(Duration::from_secs(30), hub.notice_changes(&topics));
        let noticed = look.await.expect("the look ends").unwrap();
        assert!(noticed.gone.contains(&topics[0]));
        assert!(seen.recv().await.is_some() && seen.recv().await.is_some());
        assert_eq!(delivery.await, None);
    }

    #[test]
    fn the_signature_is_that_of_rfc_4231() {
        let got = signature(b"Jefe", b"what do ya want for nothing?");
        let expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(got, expected);
    }
}
