//! Our side of other people's WebSub hubs: asks for the subscriptions that feeds offer, renews
//! them, and reads what hubs sent (W3C WebSub, sections 5 and 7). Without a lease a feed is polled
//! at its usual pace, with one once a day.
//!
//! The callback is `serve`'s; what it hears lies in the store (`store::subscriptions`).

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};
use url::form_urlencoded;

use crate::fetch::PlainRequest;
use crate::news::{FeedId, UtcTime};
use crate::store::Result;
use crate::store::subscriptions::{self, Push, Subscription, SubscriptionState};

use super::poll::Poller;
use super::publish::Randomness;

/// How much one pass takes of each kind of work.
const BATCH: u32 = 50;
/// Largest answer of a hub that is read, in bytes; it only has to say yes.
const LONGEST_ANSWER: usize = 16 * 1024;
/// Redirects of a hub that are followed.
const MOST_HOPS: usize = 3;
/// The lease asked for, in seconds: ten days, as most hubs give.
const LEASE_SECS: u64 = 864_000;
/// First wait before a hub is asked again, in seconds; doubles, up to a day.
const RETRY_SECS: i64 = 3600;

/// Asks hubs and reads what they send. Cheap to clone.
#[derive(Clone)]
pub struct Subscriber {
    poller: Poller,
    callback_base: String,
    random: Randomness,
}

impl Subscriber {
    /// A subscriber whose callbacks begin with `callback_base`, such as
    /// `https://dateline.example/websub/`; a token is put behind it.
    pub fn new(poller: Poller, callback_base: String, random: Randomness) -> Self {
        Self {
            poller,
            callback_base,
            random,
        }
    }

    /// Ends leases that ran out and asks hubs whose feeds want it; returns how many were asked.
    ///
    /// # Errors
    /// If the store fails. What a hub answers is a fact on the subscription.
    pub async fn ask_hubs(&self) -> Result<usize> {
        let now = self.poller.clock.now();
        let store = &self.poller.store;
        store
            .write(move |tx| subscriptions::end_leases(tx, now))
            .await?;
        let wanted = store.read(|conn| subscriptions::list_wanted(conn, now, BATCH))?;
        for (feed_id, hub_url, topic_url) in &wanted {
            self.ask_hub(*feed_id, hub_url, topic_url).await?;
        }
        Ok(wanted.len())
    }

    /// Reads what hubs sent: what is signed with the secret is read like a document of the feed,
    /// all else is dropped. Returns how many notifications were read.
    ///
    /// # Errors
    /// If the store fails; what was not read waits, at most an hour, and with it what came after it for the same
    /// feed. Other feeds do not wait for it.
    pub async fn read_pushes(&self) -> anyhow::Result<usize> {
        let store = &self.poller.store;
        let mut count = 0;
        let mut waiting = BTreeSet::new();
        let mut trouble = None;
        for (number, feed_id, push) in store.read(|conn| subscriptions::load_pushes(conn, BATCH))? {
            if waiting.contains(&feed_id) {
                continue;
            }
            match self.read_push(number, feed_id, push).await {
                Ok(is_signed) => count += usize::from(is_signed),
                Err(error) => {
                    waiting.insert(feed_id);
                    trouble.get_or_insert(error);
                    let now = self.poller.clock.now();
                    store
                        .write(move |tx| subscriptions::give_up_push(tx, number, now))
                        .await?;
                }
            }
        }
        trouble.map_or(Ok(count), Err)
    }

    /// True if it was signed, and so read.
    async fn read_push(&self, number: i64, feed_id: FeedId, push: Push) -> anyhow::Result<bool> {
        let store = &self.poller.store;
        let subscription = store.read(|conn| subscriptions::load_subscription(conn, feed_id))?;
        let is_signed = subscription.is_some_and(|known| is_signed(&push, &known.secret));
        if is_signed {
            self.poller
                .take_pushed(feed_id, push.body, push.content_type)
                .await?;
        } else {
            tracing::info!(
                feed = feed_id.0,
                "a notification without a valid signature is dropped"
            );
        }
        store
            .write(move |tx| subscriptions::drop_push(tx, number))
            .await?;
        Ok(is_signed)
    }

    async fn ask_hub(&self, feed_id: FeedId, hub_url: &str, topic_url: &str) -> Result<()> {
        let now = self.poller.clock.now();
        let store = &self.poller.store;
        let known = store.read(|conn| subscriptions::load_subscription(conn, feed_id))?;
        let asked = self.draw_up(feed_id, (hub_url, topic_url), known, now);
        // Written first: the hub may call back before it has answered.
        let written = asked.clone();
        store
            .write(move |tx| subscriptions::save_subscription(tx, &written))
            .await?;
        let Err(reason) = self.request(&asked).await else {
            return Ok(());
        };
        store
            .write(move |tx| {
                // The hub may have confirmed in the meantime; then its word stands.
                let Some(mut kept) = subscriptions::load_subscription(tx, feed_id)? else {
                    return Ok(());
                };
                if kept.state == SubscriptionState::Pending {
                    kept.state = SubscriptionState::Failed;
                    kept.last_error = Some(reason);
                    subscriptions::save_subscription(tx, &kept)?;
                }
                Ok(())
            })
            .await
    }

    /// The subscription as it is asked for: a renewal keeps token, secret and running lease, a new
    /// hub or topic gets new ones.
    fn draw_up(
        &self,
        feed_id: FeedId,
        (hub_url, topic_url): (&str, &str),
        known: Option<Subscription>,
        now: UtcTime,
    ) -> Subscription {
        let same = known.filter(|known| known.hub_url == hub_url && known.topic_url == topic_url);
        let failures = same.as_ref().map_or(0, |known| match known.state {
            SubscriptionState::Active => 0,
            _ => known.failures.saturating_add(1),
        });
        let wait = (RETRY_SECS << failures.min(6)).min(86_400);
        let secret = || {
            [hex((self.random)()), hex((self.random)())]
                .concat()
                .into_bytes()
        };
        Subscription {
            feed_id,
            token: same
                .as_ref()
                .map_or_else(|| hex((self.random)()), |known| known.token.clone()),
            secret: same
                .as_ref()
                .map_or_else(secret, |known| known.secret.clone()),
            hub_url: hub_url.to_owned(),
            topic_url: topic_url.to_owned(),
            state: SubscriptionState::Pending,
            asked_at: now,
            next_at: now + chrono::Duration::seconds(wait),
            lease_until: same.and_then(|known| known.lease_until),
            failures,
            last_error: None,
        }
    }

    /// Asks the hub; `Err` says in words why it did not accept.
    async fn request(&self, asked: &Subscription) -> std::result::Result<(), String> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("hub.mode", "subscribe")
            .append_pair("hub.topic", &asked.topic_url)
            .append_pair(
                "hub.callback",
                &format!("{}{}", self.callback_base, asked.token),
            )
            .append_pair("hub.lease_seconds", &LEASE_SECS.to_string())
            .append_pair("hub.secret", &String::from_utf8_lossy(&asked.secret))
            .finish();
        let mut url = asked.hub_url.clone();
        for _ in 0..=MOST_HOPS {
            let request = PlainRequest {
                url: url.clone(),
                post: Some(form.clone().into_bytes()),
                headers: vec![(
                    "Content-Type".to_owned(),
                    "application/x-www-form-urlencoded".to_owned(),
                )],
                max_answer_bytes: LONGEST_ANSWER,
            };
            let answer = self.poller.fetcher.exchange(&request).await;
            let answer = answer.map_err(|failure| failure.to_string())?;
            match (answer.status, answer.location) {
                (200..=299, _) => return Ok(()),
                // The secret follows no hub into the clear.
                (307 | 308, Some(to)) if to.starts_with("https:") || !url.starts_with("https:") => {
                    url = to;
                }
                (status, _) => return Err(format!("the hub answers {status}")),
            }
        }
        Err("the hub redirects too often".to_owned())
    }
}

/// True if the notification is signed with the secret (RFC 2104, compared in constant time).
fn is_signed(push: &Push, secret: &[u8]) -> bool {
    let Some((method, digest)) = push
        .signature
        .as_deref()
        .and_then(|text| text.split_once('='))
    else {
        return false;
    };
    let Some(digest) = unhex(digest.trim()) else {
        return false;
    };
    macro_rules! verify {
        ($hash:ty) => {
            Hmac::<$hash>::new_from_slice(secret)
                .is_ok_and(|mac| mac.chain_update(&push.body).verify_slice(&digest).is_ok())
        };
    }
    match method.trim().to_ascii_lowercase().as_str() {
        "sha1" => verify!(sha1::Sha1),
        "sha256" => verify!(Sha256),
        "sha384" => verify!(Sha384),
        "sha512" => verify!(Sha512),
        _ => false,
    }
}

fn hex(bytes: [u8; 16]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(
        digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_is_believed_by_any_of_the_four_hashes_and_by_nothing_else() {
        // RFC 2202 and RFC 4231, test case 2.
        let body = b"what do ya want for nothing?".to_vec();
        let sha256 = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let sha1 = "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
        let flipped = sha256.replacen('5', "6", 1);
        for (signature, is_believed) in [
            (Some(format!("sha256={sha256}")), true),
            (Some(format!("SHA256={}", sha256.to_uppercase())), true),
            (Some(format!("sha1={sha1}")), true),
            (Some(format!("sha256={flipped}")), false),
            (Some(format!("sha1={sha256}")), false),
            (Some(format!("md5={sha1}")), false),
            (Some("sha256=".to_owned()), false),
            (Some(sha256.to_owned()), false),
            (Some("sha256=zz".to_owned()), false),
            (None, false),
        ] {
            let push = Push {
                content_type: None,
                signature: signature.clone(),
                body: body.clone(),
            };
            assert_eq!(is_signed(&push, b"Jefe"), is_believed, "{signature:?}");
        }
    }
}
