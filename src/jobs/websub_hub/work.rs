//! What the hub has under way: lanes of slots for questions, for deliveries, and for pings to a hub
//! elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};

use super::slots::Slots;
use super::{ExternalHub, Hub, HubPass, Hubs, Noticed, WAITS_SECS};
use crate::news::UtcTime;
use crate::store::hub::{self, HubDelivery, HubRequest, HubSubscription};
use crate::store::{Result, Transaction, published};

/// How many callbacks are asked to confirm, or told that a topic is gone, at once. Anybody can have
/// us ask, so these slots are not those of deliveries.
const QUESTIONS_AT_ONCE: usize = 16;

/// How many deliveries are made at once: a thousand subscribers that answer in 0.1 s are served in
/// 3 s, and 32 copies of a document are held in memory.
const DELIVERIES_AT_ONCE: usize = 32;

/// How many topics the hub elsewhere is told of at once: it is one site, and gets its share.
const PINGS_AT_ONCE: usize = DELIVERIES_AT_ONCE / SHARE_OF_SITE;

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
    /// The hub elsewhere was told of a topic; whether it took it.
    Pinged {
        topic: String,
        is_taken: bool,
        attempts: usize,
    },
}

/// A topic of which the hub elsewhere is to be told.
#[derive(Clone, Copy, Debug)]
struct Ping {
    attempts: usize,
    next_at: UtcTime,
}

type Exchange<'a> = Pin<Box<dyn Future<Output = Ending> + Send + 'a>>;

/// Exchanges under way, and who is next. Only the exchanges run at once; what reads and writes the
/// database runs between them.
pub(super) struct Work<'a> {
    hub: &'a Hub,
    questions: Slots,
    deliveries: Slots,
    /// Topics that changed and of which the hub elsewhere was not told yet. One that changes again
    /// while it is told of is told of again.
    pings: BTreeMap<String, Ping>,
    /// Topics of which it is told now.
    pinged: BTreeSet<String>,
    /// The version of the publication when topics were last read, all of them.
    version: Option<i64>,
    /// The same at the last whole look.
    whole_version: Option<i64>,
    /// Which hubs there were when topics were last read.
    hubs: Hubs,
    /// Topics that are gone and may have subscribers still; while the hub is switched off, all that have any.
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
            pings: BTreeMap::new(),
            pinged: BTreeSet::new(),
            version: None,
            whole_version: None,
            hubs: (hub.hubs)(),
            gone: BTreeSet::new(),
            under_way: FuturesUnordered::new(),
            done: HubPass::default(),
        }
    }

    /// Looks for topics that changed or are gone, and ends leases if it is a `whole` look. Only a new version of the
    /// publication has the topics read: most commits are our own or the poller's, and a large document that is
    /// kept nowhere is rendered for each look at it. The next whole look reads them once more, for what is served may
    /// come a moment after the version. Other settings are other topics.
    pub(super) async fn look(&mut self, is_whole: bool) -> Result<()> {
        let hub = self.hub;
        let now = hub.clock.now();
        if is_whole && hub.store.read(|conn| hub::has_ended_leases(conn, now))? {
            hub.store.write(move |tx| hub::end_leases(tx, now)).await?;
        }
        let hubs = (hub.hubs)();
        if hubs != self.hubs {
            self.hubs = hubs;
            (self.version, self.whole_version) = (None, None);
        }
        let version = hub.store.read(published::load_publication)?.version;
        let known = match is_whole {
            true => self.whole_version,
            false => self.version,
        };
        if known == Some(version) {
            return Ok(());
        }
        let mut topics = hub.store.read(hub::load_topics)?;
        topics.retain(|topic| self.hubs.is_of_site(topic));
        let is_on = self.hubs.own_url.is_some();
        if !is_on {
            self.gone = topics.drain(..).collect();
        }
        let external = self.hubs.external.clone();
        topics.extend(external.iter().flat_map(first_feeds).cloned());
        let noticed = hub.notice_changes(&topics).await?;
        self.note_version(&noticed, version, is_whole);
        self.done.changed += noticed.changed.len();
        match external {
            Some(external) => self.note_pings(&external, &noticed.changed, now),
            None => self.pings.clear(),
        }
        if is_on {
            self.gone = noticed.gone;
        }
        Ok(())
    }

    /// All feeds that tell what a changed one tells are to be told of.
    fn note_pings(&mut self, external: &ExternalHub, changed: &[String], now: UtcTime) {
        let first = Ping {
            attempts: 0,
            next_at: now,
        };
        let has_changed = |feeds: &&Vec<String>| {
            let first = feeds.first();
            first.is_some_and(|feed| changed.contains(feed))
        };
        let told = external.feeds.iter().filter(has_changed).flatten();
        self.pings.extend(told.map(|feed| (feed.clone(), first)));
    }

    /// What could not be read is read again at the next whole look.
    fn note_version(&mut self, noticed: &Noticed, version: i64, is_whole: bool) {
        self.version = Some(version);
        if is_whole || !noticed.is_whole {
            self.whole_version = noticed.is_whole.then_some(version);
        }
    }

    /// Starts what is due and has a slot.
    pub(super) fn fill(&mut self) -> Result<()> {
        if let Some(external) = &self.hubs.external {
            self.ping(&external.url.clone());
        }
        if self.hubs.own_url.is_some() {
            self.ask()?;
            self.deliver()?;
        }
        self.deny()
    }

    fn ping(&mut self, hub_url: &str) {
        let (hub, now) = (self.hub, self.hub.clock.now());
        let free = PINGS_AT_ONCE.saturating_sub(self.pinged.len());
        let due = self
            .pings
            .iter()
            .filter(|(topic, ping)| ping.next_at <= now && !self.pinged.contains(*topic));
        let due: Vec<String> = due.map(|(topic, _)| topic.clone()).take(free).collect();
        for topic in due {
            self.pinged.insert(topic.clone());
            // A change that comes while it is told is another ping.
            let attempts = self.pings.remove(&topic).map_or(0, |ping| ping.attempts);
            let hub_url = hub_url.to_owned();
            self.under_way.push(Box::pin(async move {
                let is_taken = hub.ping(&hub_url, &topic).await;
                Ending::Pinged {
                    topic,
                    is_taken,
                    attempts,
                }
            }));
        }
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
        let reason = match self.hubs.own_url {
            Some(_) => "the feed is gone",
            None => "this hub is switched off",
        };
        for topic in &self.gone {
            let mut slots = self.questions.clone();
            let free = slots.free();
            let subscriptions = hub.store.read(|conn| {
                hub::subscriptions_to(conn, topic, free, |callback: &str| slots.take(callback))
            })?;
            self.questions = slots;
            for subscription in subscriptions {
                self.under_way.push(Box::pin(async move {
                    hub.tell_of_end(&subscription, reason).await;
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

    /// Writes down what came of an exchange, and of all others that have ended by now, in one
    /// transaction; their slots are free again, whatever the store says.
    pub(super) async fn settle(&mut self, ending: Ending) -> Result<()> {
        let mut endings = vec![ending];
        while let Some(Some(ending)) = self.under_way.next().now_or_never() {
            endings.push(ending);
        }
        let (hub, now) = (self.hub, self.hub.clock.now());
        let mut subscribed: Vec<String> = Vec::new();
        for ending in &endings {
            self.free(ending, now);
            if let Ending::Asked(request, true) = ending
                && request.subscribes
                && self.hubs.is_of_site(&request.topic)
            {
                subscribed.push(request.topic.clone());
            }
        }
        if !subscribed.is_empty() {
            let noticed = hub.notice_changes(&subscribed).await?;
            self.gone.extend(noticed.gone);
            if !noticed.is_whole {
                self.whole_version = None;
            }
        }
        endings.retain(|ending| !matches!(ending, Ending::Pinged { .. }));
        if endings.is_empty() {
            return Ok(());
        }
        let write =
            move |tx: &Transaction<'_>| endings.iter().try_for_each(|one| write(tx, one, now));
        hub.store.write(write).await
    }

    /// Frees the slot of what has ended, and counts it.
    fn free(&mut self, ending: &Ending, now: UtcTime) {
        let done = &mut self.done;
        match ending {
            Ending::Asked(request, is_confirmed) => {
                self.questions.give_back(&request.callback);
                done.confirmed += usize::from(*is_confirmed);
                done.unconfirmed += usize::from(!is_confirmed);
            }
            Ending::Denied(subscription) => self.questions.give_back(&subscription.callback),
            Ending::Sent(delivery, status) => {
                self.deliveries.give_back(&delivery.subscription.callback);
                let is_taken = matches!(status, Some(200..=299));
                done.delivered += usize::from(is_taken);
                done.failed += usize::from(!is_taken);
            }
            Ending::Pinged {
                topic,
                is_taken,
                attempts,
            } => {
                self.pinged.remove(topic);
                done.delivered += usize::from(*is_taken);
                done.failed += usize::from(!is_taken);
                if *is_taken {
                    return;
                }
                tracing::warn!(topic, "the external hub was not told");
                if let Some(wait) = WAITS_SECS.get(*attempts) {
                    let again = Ping {
                        attempts: attempts + 1,
                        next_at: now + chrono::Duration::seconds(*wait),
                    };
                    self.pings.entry(topic.clone()).or_insert(again);
                }
            }
        }
    }
}

/// Of the feeds that tell the same the one that is read.
fn first_feeds(external: &ExternalHub) -> impl Iterator<Item = &String> {
    external.feeds.iter().filter_map(|feeds| feeds.first())
}

fn write(tx: &Transaction<'_>, ending: &Ending, now: UtcTime) -> Result<()> {
    match ending {
        Ending::Asked(request, is_confirmed) => hub::end_request(tx, request, *is_confirmed, now),
        Ending::Denied(subscription) => hub::end_subscription(tx, subscription.id),
        Ending::Sent(delivery, status) => settle_delivery(tx, delivery, *status, now),
        Ending::Pinged { .. } => Ok(()),
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
