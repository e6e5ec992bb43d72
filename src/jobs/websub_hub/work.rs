//! What the hub has under way: two lanes of slots, for questions and for deliveries.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use futures_util::stream::FuturesUnordered;

use super::slots::Slots;
use super::{Hub, HubPass, WAITS_SECS};
use crate::news::UtcTime;
use crate::store::hub::{self, HubDelivery, HubRequest, HubSubscription};
use crate::store::{Result, Transaction};

/// How many callbacks are asked to confirm, or told that a topic is gone, at once. Anybody can have
/// us ask, so these slots are not those of deliveries.
const QUESTIONS_AT_ONCE: usize = 16;

/// How many deliveries are made at once: a thousand subscribers that answer in 0.1 s are served in
/// 3 s, and 32 copies of a document are held in memory.
const DELIVERIES_AT_ONCE: usize = 32;

/// An eighth of either lane is the most that the callbacks of one site take.
const SHARE_OF_SITE: usize = 8;

/// What came of one exchange with a callback.
pub(super) enum Ending {
    /// The callback was asked, and this is whether it confirmed.
    Asked(HubRequest, bool),
    /// The subscriber was told that its topic is gone.
    Denied(HubSubscription),
    /// A delivery was tried, with the status of the answer.
    Sent(HubDelivery, Option<u16>),
}

type Exchange<'a> = Pin<Box<dyn Future<Output = Ending> + Send + 'a>>;

/// Exchanges under way, and who is next. Only the exchanges run at once; what reads and writes the
/// database runs between them.
pub(super) struct Work<'a> {
    hub: &'a Hub,
    questions: Slots,
    deliveries: Slots,
    /// Topics that are gone and may have subscribers still.
    gone: BTreeSet<String>,
    /// What runs now.
    pub(super) under_way: FuturesUnordered<Exchange<'a>>,
    /// What was done so far.
    pub(super) done: HubPass,
}

impl<'a> Work<'a> {
    pub(super) fn new(hub: &'a Hub) -> Self {
        let lane = |at_once| Slots::new(at_once, at_once / SHARE_OF_SITE);
        Self {
            hub,
            questions: lane(QUESTIONS_AT_ONCE),
            deliveries: lane(DELIVERIES_AT_ONCE),
            gone: BTreeSet::new(),
            under_way: FuturesUnordered::new(),
            done: HubPass::default(),
        }
    }

    /// Ends leases and looks for topics that changed or are gone; pings a hub elsewhere.
    pub(super) async fn look(&mut self) -> Result<()> {
        let hub = self.hub;
        if let Some((hub_url, topics)) = &hub.external {
            self.done.changed += hub.ping(hub_url, topics).await?;
            return Ok(());
        }
        let now = hub.clock.now();
        if hub.store.read(|conn| hub::has_ended_leases(conn, now))? {
            hub.store.write(move |tx| hub::end_leases(tx, now)).await?;
        }
        self.gone.clear();
        for topic in hub.store.read(hub::load_topics)? {
            match hub.notice_change(&topic).await? {
                Some(has_changed) => self.done.changed += usize::from(has_changed),
                None => {
                    self.gone.insert(topic);
                }
            }
        }
        Ok(())
    }

    /// Starts what is due and has a slot.
    pub(super) fn fill(&mut self) -> Result<()> {
        if self.hub.external.is_some() {
            return Ok(());
        }
        self.ask()?;
        self.deny()?;
        self.deliver()
    }

    fn ask(&mut self) -> Result<()> {
        let (hub, mut slots) = (self.hub, self.questions.clone());
        let free = slots.free();
        let requests = hub
            .store
            .read(|conn| hub::load_requests(conn, free, |callback: &str| slots.take(callback)))?;
        self.questions = slots;
        for request in requests {
            self.under_way.push(Box::pin(async move {
                let is_confirmed = hub.is_confirmed(&request).await;
                Ending::Asked(request, is_confirmed)
            }));
        }
        Ok(())
    }

    fn deny(&mut self) -> Result<()> {
        let hub = self.hub;
        for topic in &self.gone {
            let mut slots = self.questions.clone();
            let free = slots.free();
            let subscriptions = hub.store.read(|conn| {
                hub::subscriptions_to(conn, topic, free, |callback: &str| slots.take(callback))
            })?;
            self.questions = slots;
            for subscription in subscriptions {
                self.under_way.push(Box::pin(async move {
                    hub.tell_of_end(&subscription).await;
                    Ending::Denied(subscription)
                }));
            }
        }
        Ok(())
    }

    fn deliver(&mut self) -> Result<()> {
        let (hub, mut slots) = (self.hub, self.deliveries.clone());
        let (free, now) = (slots.free(), hub.clock.now());
        let due = hub.store.read(|conn| {
            hub::due_deliveries(conn, now, free, |callback: &str| slots.take(callback))
        })?;
        self.deliveries = slots;
        for delivery in due {
            self.under_way.push(Box::pin(async move {
                let status = hub.send(&delivery.subscription).await;
                Ending::Sent(delivery, status)
            }));
        }
        Ok(())
    }

    /// Writes down what came of an exchange; its slot is free again, whatever the store says.
    pub(super) async fn settle(&mut self, ending: Ending) -> Result<()> {
        let (hub, done) = (self.hub, &mut self.done);
        let now = hub.clock.now();
        match ending {
            Ending::Asked(request, is_confirmed) => {
                self.questions.give_back(&request.callback);
                done.confirmed += usize::from(is_confirmed);
                done.unconfirmed += usize::from(!is_confirmed);
                if is_confirmed && request.subscribes {
                    hub.notice_change(&request.topic).await?;
                }
                hub.store
                    .write(move |tx| hub::end_request(tx, &request, is_confirmed, now))
                    .await
            }
            Ending::Denied(subscription) => {
                self.questions.give_back(&subscription.callback);
                hub.store
                    .write(move |tx| hub::end_subscription(tx, subscription.id))
                    .await
            }
            Ending::Sent(delivery, status) => {
                self.deliveries.give_back(&delivery.subscription.callback);
                let is_taken = matches!(status, Some(200..=299));
                done.delivered += usize::from(is_taken);
                done.failed += usize::from(!is_taken);
                hub.store
                    .write(move |tx| settle_delivery(tx, &delivery, status, now))
                    .await
            }
        }
    }
}

/// What becomes of a delivery: taken, gone for good (410), tried again later, or given up.
fn settle_delivery(
    tx: &Transaction<'_>,
    delivery: &HubDelivery,
    status: Option<u16>,
    now: UtcTime,
) -> Result<()> {
    let id = delivery.subscription.id;
    match status {
        Some(200..=299) => hub::end_delivery(tx, delivery, now),
        Some(410) => hub::end_subscription(tx, id),
        _ => match WAITS_SECS.get(delivery.attempts as usize) {
            Some(wait) => hub::put_off_delivery(tx, id, now + chrono::Duration::seconds(*wait)),
            None => hub::end_delivery(tx, delivery, now),
        },
    }
}
