//! Our subscriptions at hubs: lines 18 to 26 of the WebSub part, and line 50.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use dateline::clock::Clock;
use dateline::jobs::websub_subscriber::Subscriber;
use dateline::news::FeedId;
use dateline::store::subscriptions::{
    self, HubAnswer, HubQuestion, Push, Subscription, SubscriptionState,
};
use hmac::{Hmac, KeyInit, Mac};

use super::harness::{Newsroom, document, exact, rss};
use crate::server::{Reply, Seen};

const DAY: u64 = 86_400;

struct Desk {
    room: Newsroom,
    subscriber: Subscriber,
    id: FeedId,
    /// The first of the three items that the feed lists.
    first: Arc<AtomicU8>,
}

/// A feed that names two hubs of its server, read once; the hub answers as the handler says.
async fn desk(hub: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static) -> Desk {
    let first = Arc::new(AtomicU8::new(1));
    let listed = first.clone();
    let room = Newsroom::with(exact(), move |seen| match seen.path() {
        "/feed" => {
            let host = seen.header("host").unwrap();
            let first = listed.load(Ordering::SeqCst).into();
            let links = format!("<http://{host}/hub>; rel=hub, <http://{host}/topic>; rel=self");
            let doc = document("<atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"hub\" href=\"http://else.test/\"/>", first..first + 3);
            Some(Reply::ok(doc).with("Link", links).with("ETag", "\"poll\""))
        }
        _ => hub(seen),
    })
    .await;
    let id = room.add("paper.test", "/feed").await;
    room.poll(id).await;
    let count = AtomicU8::new(1);
    let random = Arc::new(move || [count.fetch_add(1, Ordering::SeqCst); 16]);
    let base = "https://dateline.test/websub/".to_owned();
    let subscriber = Subscriber::new(room.poller.clone(), base, random);
    Desk {
        room,
        subscriber,
        id,
        first,
    }
}

/// The same with ten days of a lease, visited since.
async fn pushed() -> (Desk, Subscription) {
    let desk = desk(accepting).await;
    let topic = desk.topic();
    desk.subscriber.ask_hubs().await.unwrap();
    let asked = desk.subscription();
    desk.hub_asks(&asked.token, "subscribe", &topic, Some(10 * DAY))
        .await;
    desk.room.poll(desk.id).await;
    (desk, asked)
}

impl Desk {
    fn topic(&self) -> String {
        self.room.server.url("paper.test", "/topic")
    }

    fn subscription(&self) -> Subscription {
        let found = self
            .room
            .store
            .read(|conn| subscriptions::load_subscription(conn, self.id));
        found.unwrap().expect("there is a subscription")
    }

    async fn hub_asks(
        &self,
        token: &str,
        mode: &str,
        topic: &str,
        lease: Option<u64>,
    ) -> HubAnswer {
        let token = token.to_owned();
        let question = HubQuestion {
            mode: mode.to_owned(),
            topic: topic.to_owned(),
            lease_secs: lease,
        };
        let now = self.room.clock.now();
        let answer = self
            .room
            .store
            .write(move |tx| subscriptions::answer_hub(tx, &token, &question, now));
        answer.await.unwrap()
    }

    async fn hub_sends(&self, token: &str, signature: Option<String>, body: &str) -> bool {
        let token = token.to_owned();
        let body = body.as_bytes().to_vec();
        let push = Push {
            content_type: Some("application/rss+xml".into()),
            signature,
            body,
        };
        let now = self.room.clock.now();
        let kept = self
            .room
            .store
            .write(move |tx| subscriptions::keep_push(tx, &token, &push, now));
        kept.await.unwrap()
    }
}

fn sign(secret: &[u8], body: &str) -> Option<String> {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
    mac.update(body.as_bytes());
    let bytes = mac.finalize().into_bytes();
    Some(format!(
        "sha256={}",
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    ))
}

fn accepting(_: &Seen) -> Option<Reply> {
    Some(Reply::status(202))
}

#[tokio::test]
async fn the_hub_of_the_link_header_is_asked_for_the_topic_with_a_secret_and_a_callback_of_its_own()
{
    let desk = desk(accepting).await;
    assert_eq!(desk.subscriber.ask_hubs().await.unwrap(), 1);
    let asked = desk.room.server.seen_at("/hub").remove(0);
    let form: std::collections::HashMap<String, String> = url::form_urlencoded::parse(&asked.body)
        .into_owned()
        .collect();
    assert_eq!(asked.method, "POST");
    assert_eq!(form["hub.mode"], "subscribe");
    assert_eq!(form["hub.topic"], desk.topic());
    let known = desk.subscription();
    assert_eq!(
        form["hub.callback"],
        format!("https://dateline.test/websub/{}", known.token)
    );
    assert!(known.token.len() >= 32 && form["hub.secret"].len() >= 32);
    assert_eq!(form["hub.secret"].as_bytes(), known.secret);
    assert_eq!(known.state, SubscriptionState::Pending);
    assert_eq!(desk.subscriber.ask_hubs().await.unwrap(), 0, "asked once");
}

#[tokio::test]
async fn only_a_pending_topic_is_confirmed_and_forged_denials_are_ignored() {
    let desk = desk(accepting).await;
    let topic = desk.topic();
    assert_eq!(
        desk.hub_asks("guess", "subscribe", &topic, None).await,
        HubAnswer::Unknown
    );
    desk.subscriber.ask_hubs().await.unwrap();
    let token = desk.subscription().token;
    for (token, mode, topic) in [
        ("guess", "subscribe", topic.as_str()),
        ("guess", "denied", &topic),
        (&token, "subscribe", "http://other.test/"),
        (&token, "unsubscribe", &topic),
        (&token, "denied", "http://other.test/"),
        (&token, "", &topic),
    ] {
        assert_eq!(
            desk.hub_asks(token, mode, topic, None).await,
            HubAnswer::Unknown,
            "{mode}"
        );
    }
    assert_eq!(
        desk.hub_asks(&token, "subscribe", &topic, Some(DAY)).await,
        HubAnswer::Confirm
    );
    assert_eq!(desk.subscription().state, SubscriptionState::Active);
    for mode in ["subscribe", "unsubscribe"] {
        let answer = desk.hub_asks(&token, mode, &topic, Some(DAY)).await;
        assert_eq!(answer, HubAnswer::Unknown, "{mode} when nothing is pending");
    }
    assert_eq!(desk.subscription().state, SubscriptionState::Active);
}

#[tokio::test]
async fn a_hub_that_denies_what_it_had_accepted_is_believed_and_the_feed_has_its_own_pace_again() {
    let (desk, Subscription { token, .. }) = pushed().await;
    assert_eq!(desk.room.wait_of(desk.id), 86_400);
    let answer = desk.hub_asks(&token, "denied", &desk.topic(), None).await;
    assert_eq!(answer, HubAnswer::Noted);
    assert_eq!(desk.subscription().state, SubscriptionState::Failed);
    assert!(desk.room.wait_of(desk.id) <= 3600);
}

#[tokio::test]
async fn a_hub_that_confirms_and_sends_nothing_is_not_relied_on_until_it_sends() {
    let (desk, Subscription { token, secret, .. }) = pushed().await;
    assert_eq!(desk.room.wait_of(desk.id), 86_400, "it is given the chance");
    for first in [10, 20] {
        desk.first.store(first, Ordering::SeqCst);
        desk.room.poll(desk.id).await;
        assert!(desk.room.wait_of(desk.id) <= 3600, "it had not sent these");
    }
    let body = rss(30..33);
    assert!(desk.hub_sends(&token, sign(&secret, &body), &body).await);
    assert_eq!(desk.subscriber.read_pushes().await.unwrap(), 1);
    desk.first.store(30, Ordering::SeqCst);
    desk.room.poll(desk.id).await;
    assert_eq!(desk.room.wait_of(desk.id), 86_400, "now it does");
}

#[tokio::test]
async fn a_pushed_feed_is_polled_once_a_day_renewed_at_four_fifths_and_polled_fully_when_the_lease_is_lost()
 {
    let (desk, Subscription { token, .. }) = pushed().await;
    assert_eq!(desk.room.wait_of(desk.id), 86_400);
    let renew_in = (desk.subscription().next_at - desk.room.clock.now()).num_seconds();
    assert!(
        (10 * 86_400 * 75 / 100..=10 * 86_400 * 8 / 10).contains(&renew_in),
        "{renew_in}"
    );
    desk.room.clock.advance_secs(renew_in - 1);
    assert_eq!(desk.subscriber.ask_hubs().await.unwrap(), 0);
    desk.room.clock.advance_secs(1);
    assert_eq!(desk.subscriber.ask_hubs().await.unwrap(), 1);
    let renewing = desk.subscription();
    assert_eq!(
        (renewing.token.as_str(), renewing.state),
        (token.as_str(), SubscriptionState::Pending)
    );
    desk.room.poll(desk.id).await;
    assert_eq!(
        desk.room.wait_of(desk.id),
        86_400,
        "the old lease still runs"
    );
    desk.room.clock.advance_secs(3 * 86_400);
    desk.subscriber.ask_hubs().await.unwrap();
    assert!(desk.room.wait_of(desk.id) <= 3600, "the lease is lost");
    desk.room.poll(desk.id).await;
    assert!(desk.room.wait_of(desk.id) <= 3600);
}

#[tokio::test]
async fn a_signed_notification_adds_items_and_touches_neither_validators_nor_other_items() {
    let desk = desk(accepting).await;
    desk.subscriber.ask_hubs().await.unwrap();
    let Subscription { token, secret, .. } = desk.subscription();
    let before = desk.room.state(desk.id);
    let body = rss(3..6);
    assert!(desk.hub_sends(&token, sign(&secret, &body), &body).await);
    assert_eq!(desk.subscriber.read_pushes().await.unwrap(), 1);
    assert_eq!(
        desk.room.item_count(),
        5,
        "three were there, two of the three sent are new"
    );
    assert_eq!(desk.room.state(desk.id), before);
    assert!(
        desk.hub_sends(&token, sign(&secret, &body), &body).await,
        "sent again"
    );
    desk.subscriber.read_pushes().await.unwrap();
    assert_eq!(desk.room.item_count(), 5);
}

#[tokio::test]
async fn a_notification_without_a_valid_signature_or_for_an_unknown_callback_is_dropped() {
    let desk = desk(accepting).await;
    desk.subscriber.ask_hubs().await.unwrap();
    let Subscription { token, secret, .. } = desk.subscription();
    let body = rss(50..60);
    assert!(!desk.hub_sends("guess", sign(&secret, &body), &body).await);
    for signature in [
        None,
        sign(b"other", &body),
        sign(&secret, "other"),
        Some("sha256=00".into()),
    ] {
        desk.hub_sends(&token, signature, &body).await;
    }
    assert_eq!(desk.subscriber.read_pushes().await.unwrap(), 0);
    assert_eq!(desk.room.item_count(), 3);
    let waiting = desk
        .room
        .store
        .read(|conn| subscriptions::load_pushes(conn, 10))
        .unwrap();
    assert!(waiting.is_empty());
}

#[tokio::test]
async fn what_waits_to_be_read_is_bounded() {
    let desk = desk(accepting).await;
    desk.subscriber.ask_hubs().await.unwrap();
    let token = desk.subscription().token;
    for _ in 0..50 {
        desk.hub_sends(&token, None, "x").await;
    }
    let waiting = desk
        .room
        .store
        .read(|conn| subscriptions::load_pushes(conn, 100))
        .unwrap();
    assert_eq!(waiting.len(), 20);
}

#[tokio::test]
async fn a_feed_is_visited_at_once_where_what_its_hub_sends_finds_no_place() {
    let (desk, Subscription { token, .. }) = pushed().await;
    for _ in 0..20 {
        assert!(desk.hub_sends(&token, None, "x").await);
    }
    assert_eq!(desk.room.wait_of(desk.id), 86_400);
    assert!(desk.hub_sends(&token, None, "x").await);
    assert_eq!(desk.room.wait_of(desk.id), 300, "it was visited just now");
    let reason = desk.room.state(desk.id).feed.next_visit_reason;
    assert_eq!(reason, "not all was kept that its hub sent");
    desk.room.clock.advance_secs(300);
    desk.first.store(50, Ordering::SeqCst);
    desk.room.sweep_once().await;
    assert_eq!(desk.room.item_count(), 6);
    desk.room.clock.advance_secs(400);
    assert!(desk.hub_sends(&token, None, "x").await);
    assert_eq!(desk.room.wait_of(desk.id), 0);
}

#[tokio::test]
async fn a_notification_waits_while_it_cannot_be_compared_and_is_polled_for_after_an_hour() {
    let (desk, Subscription { token, secret, .. }) = pushed().await;
    let execute = |sql: &'static str| desk.room.store.write(move |tx| Ok(tx.execute_batch(sql)?));
    let waiting = || {
        let pushes = |conn: &_| subscriptions::load_pushes(conn, 10);
        desk.room.store.read(pushes).unwrap().len()
    };
    let damage =
        "CREATE TABLE kept AS SELECT id, content FROM items; UPDATE items SET content = x'00'";
    let mend = "UPDATE items SET content = (SELECT k.content FROM kept k WHERE k.id = items.id);
         DROP TABLE kept";
    execute(damage).await.unwrap();
    let body = rss(3..6).replace("<description>", "<description>changed ");
    assert!(desk.hub_sends(&token, sign(&secret, &body), &body).await);
    assert!(desk.subscriber.read_pushes().await.is_err());
    assert_eq!((waiting(), desk.room.item_count()), (1, 3));
    execute(mend).await.unwrap();
    assert_eq!(desk.subscriber.read_pushes().await.unwrap(), 1);
    assert_eq!((waiting(), desk.room.item_count()), (0, 5));

    execute(damage).await.unwrap();
    let body = rss(3..9);
    assert!(desk.hub_sends(&token, sign(&secret, &body), &body).await);
    desk.room.clock.advance_secs(3599);
    assert!(desk.subscriber.read_pushes().await.is_err());
    assert_eq!(waiting(), 1);
    assert!(desk.room.wait_of(desk.id) > 0);
    desk.room.clock.advance_secs(1);
    assert!(desk.subscriber.read_pushes().await.is_err());
    assert_eq!((waiting(), desk.room.wait_of(desk.id)), (0, 0));
}

#[tokio::test]
async fn a_hub_that_moved_is_followed_and_one_that_refuses_is_asked_less_and_less() {
    let moved = desk(|seen| match seen.path() {
        "/hub" => Some(Reply::redirect(307, "/hub2")),
        _ => Some(Reply::status(202)),
    })
    .await;
    moved.subscriber.ask_hubs().await.unwrap();
    let (first, second) = (
        moved.room.server.seen_at("/hub"),
        moved.room.server.seen_at("/hub2"),
    );
    assert_eq!(
        (&first[0].body, second[0].method.as_str()),
        (&second[0].body, "POST")
    );

    let refusing = desk(|_| Some(Reply::status(400))).await;
    let mut waits = Vec::new();
    for _ in 0..4 {
        assert_eq!(refusing.subscriber.ask_hubs().await.unwrap(), 1);
        assert_eq!(refusing.subscription().state, SubscriptionState::Failed);
        let wait = (refusing.subscription().next_at - refusing.room.clock.now()).num_seconds();
        waits.push(wait / 3600);
        refusing.room.clock.advance_secs(wait);
    }
    assert_eq!(waits, [1, 2, 4, 8]);
    refusing.room.poll(refusing.id).await;
    assert!(
        refusing.room.wait_of(refusing.id) <= 3600,
        "polled as before"
    );
}
