//! The sweep: takes what is due and visits it, each host at its own pace. A lane is a host's queue
//! with one task that works it off; a slow or hostile feed holds up its own lane only.
//!
//! Which feeds are due is a column in the database; what is in memory is what was claimed from it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::fetch::pace::host_key;
use crate::fetch::schedule::spread_secs;
use crate::news::{FeedId, UtcTime};
use crate::store::polls::{self, DueFeed};
use crate::store::{StoreError, Transaction, TroubleKind, mending};

use super::ahead::Ahead;
use super::poll::{PollReport, Poller};

/// Feeds claimed at most, over all lanes: some minutes of work.
const MOST_QUEUED: usize = 4000;
/// Feeds of one host that are claimed at most; the rest is put off.
const MOST_IN_LANE: usize = 100;
/// A claim lapses after this, in seconds, if the process that made it is gone.
const CLAIM_SECS: i64 = 1800;
/// A difference between calendar and elapsed time that means that the clock was set or the machine
/// slept. Drift that a time service corrects is far smaller.
const JUMP_SECS: i64 = 30;
/// How long a feed waits whose visit the disk did not take.
const UNSAVED_SECS: i64 = 60;
/// How long a feed waits whose visit broke off inside this program.
const BROKEN_SECS: i64 = 3600;
/// How long claiming pauses when the store cannot write: first, and at most. A probe writes some
/// megabytes, or reads the whole file after damage.
const STORE_PAUSE_SECS: (u64, u64) = (2, 30);
/// How long visits may go on after the end was announced.
const GRACE: Duration = Duration::from_secs(4);
/// Feeds whose last visit failed share this part of the places, so that many silent servers do
/// not hold up the others.
const PART_FOR_FAILING: usize = 4;

/// Visits what is due. Cheap to clone; all clones are one sweep.
#[derive(Clone)]
pub struct Sweep {
    inner: Arc<Inner>,
}

struct Inner {
    poller: Poller,
    lanes: Mutex<Lanes>,
    places: Semaphore,
    places_for_failing: Semaphore,
    running: watch::Sender<usize>,
    ticking: tokio::sync::Mutex<Ticks>,
}

#[derive(Default)]
struct Lanes {
    queues: HashMap<String, VecDeque<DueFeed>>,
    queued: HashSet<FeedId>,
    tasks: JoinSet<()>,
    /// Feeds whose visit could not be saved, and the seconds until the next one.
    unsaved: Vec<(FeedId, i64)>,
    is_ending: bool,
}

/// What one tick remembers for the next.
#[derive(Default)]
struct Ticks {
    last: Option<(UtcTime, Duration)>,
    paused_until: Option<UtcTime>,
    /// Pauses in a row.
    pauses: u32,
    told_trouble: Option<TroubleKind>,
}

/// What came of claimed feeds.
#[derive(Debug, Default)]
struct Enqueued {
    count: usize,
    /// Their lane is full.
    crowded: Vec<FeedId>,
    /// Saved and due again before their lane has let go of them, or not wanted any more: the claim goes
    /// back, else they would not be visited until it lapses.
    busy: Vec<FeedId>,
}

/// Before this, 1 January 2020, a clock was never set: what is read then would be news of 1970 for ever.
const EARLIEST_SECS: i64 = 1_577_836_800;
/// What a visit by hand is answered then, as the log has it.
pub(super) const NOT_SET: &str = "the clock is not set; feeds are not visited until it is";

/// False while the clock says a time at which nothing may be read.
pub(super) fn is_clock_set(now: UtcTime) -> bool {
    now.timestamp() >= EARLIEST_SECS
}

impl Sweep {
    /// A sweep with that poller, its pace and bounds.
    pub fn new(poller: Poller) -> Self {
        let places = poller.settings.pace.max_in_flight.max(1);
        Self {
            inner: Arc::new(Inner {
                poller,
                lanes: Mutex::default(),
                places: Semaphore::new(places),
                places_for_failing: Semaphore::new((places / PART_FOR_FAILING).max(1)),
                running: watch::Sender::new(0),
                ticking: tokio::sync::Mutex::default(),
            }),
        }
    }

    /// Prepares the first sweep after a start: claims of the process before are forgotten, times
    /// that a wrong clock wrote are mended, and overdue feeds are spread over their interval.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn start_up(&self) -> Result<(), StoreError> {
        let store = &self.inner.poller.store;
        let now = self.inner.poller.clock.now();
        let ahead = self.ahead();
        store
            .write(move |tx| {
                polls::release_all_claims(tx)?;
                mending::mend_future_visits(tx, now)?;
                ahead.mend(tx, now)?;
                let times: Vec<(FeedId, UtcTime)> = polls::list_overdue(tx, now)?
                    .into_iter()
                    .map(|(id, secs)| (id, later(now, spread_secs(id.0, secs))))
                    .collect();
                polls::spread(tx, &times)
            })
            .await
    }

    /// Claims what is due and sets lanes to work; returns how many feeds were claimed. Quick: the
    /// visits go on behind it. A tick that meets another one does nothing.
    ///
    /// # Errors
    /// If the store fails; then claiming pauses.
    pub async fn tick(&self) -> Result<usize, StoreError> {
        let Ok(mut ticks) = self.inner.ticking.try_lock() else {
            return Ok(0);
        };
        let now = self.inner.poller.clock.now();
        if ticks.is_paused(now) {
            return Ok(0);
        }
        if !is_clock_set(now) {
            tracing::warn!("the clock is not set; feeds are not visited until it is");
            ticks.pause(now);
            return Ok(0);
        }
        if !self.is_store_well(&mut ticks).await {
            ticks.pause(now);
            return Ok(0);
        }
        let claimed = self.claim(&mut ticks, now).await;
        match &claimed {
            Ok(_) => ticks.pauses = 0,
            Err(_) => ticks.pause(now),
        }
        claimed
    }

    fn ahead(&self) -> Ahead {
        Ahead::of(&self.inner.poller.settings.pace, CLAIM_SECS)
    }

    /// Waits until every lane has run empty.
    pub async fn wait_until_idle(&self) {
        let mut running = self.inner.running.subscribe();
        // The sender lives as long as this sweep.
        let _ = running.wait_for(|lanes| *lanes == 0).await;
    }

    /// Ends the sweep: what waits is given back, visits under way get four seconds, then they are
    /// broken off. Each has saved all or nothing.
    pub async fn end(&self) {
        let (waiting, mut tasks) = {
            let mut lanes = self.inner.lanes();
            lanes.is_ending = true;
            let waiting: Vec<FeedId> = lanes
                .queues
                .values_mut()
                .flat_map(|queue| queue.drain(..))
                .map(|due| due.id)
                .collect();
            (waiting, std::mem::take(&mut lanes.tasks))
        };
        let all = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            tasks.shutdown().await;
        }
        let released = self
            .inner
            .poller
            .store
            .write(move |tx| polls::release_claims(tx, &waiting));
        if let Err(error) = released.await {
            tracing::warn!(%error, "claims are not given back; they lapse by themselves");
        }
    }

    /// While the disk is full or the file damaged, what is fetched could not be kept: says so once,
    /// and tries again at each tick after a pause.
    async fn is_store_well(&self, ticks: &mut Ticks) -> bool {
        let store = &self.inner.poller.store;
        let Some(trouble) = store.trouble() else {
            return true;
        };
        if ticks.told_trouble != Some(trouble.kind) {
            ticks.told_trouble = Some(trouble.kind);
            let (kind, cause) = (trouble.kind.name(), trouble.said);
            tracing::error!(
                kind,
                cause,
                "polling pauses: the database cannot be written"
            );
        }
        let recovered = match store.probe().await {
            Ok(()) => store.write(polls::release_all_claims).await,
            Err(error) => Err(error),
        };
        if recovered.is_ok() {
            ticks.told_trouble = None;
            tracing::info!("polling goes on: the database can be written again");
        }
        recovered.is_ok()
    }

    async fn claim(&self, ticks: &mut Ticks, now: UtcTime) -> Result<usize, StoreError> {
        let store = &self.inner.poller.store;
        let elapsed = self.inner.poller.clock.elapsed();
        if let Some(jump) = ticks.jump(now, elapsed) {
            tracing::info!(
                jump_secs = jump,
                "the clock moved; the times of visits move with it"
            );
            let ahead = self.ahead();
            let shift = move |tx: &Transaction<'_>| {
                polls::shift_visits(tx, jump)?;
                match jump < 0 {
                    true => ahead.mend(tx, now),
                    false => Ok(()),
                }
            };
            store.write(shift).await?;
        }
        // Not before: a jump whose shift was not written is seen again.
        ticks.last = Some((now, elapsed));
        self.put_off_unsaved(now).await?;
        let room = MOST_QUEUED.saturating_sub(self.inner.lanes().queued.len());
        if room == 0 || !store.read(|conn| polls::is_anything_due(conn, now))? {
            return Ok(0);
        }
        let until = later(now, CLAIM_SECS.unsigned_abs());
        let due = store
            .write(move |tx| polls::claim_due(tx, now, until, room))
            .await?;
        let Enqueued {
            count,
            crowded,
            busy,
        } = self.enqueue(due);
        if !crowded.is_empty() || !busy.is_empty() {
            let put_back = move |tx: &Transaction<'_>| {
                put_off_crowded(tx, &crowded, now)?;
                polls::release_claims(tx, &busy)
            };
            store.write(put_back).await?;
        }
        Ok(count)
    }

    /// Gives back the claims of feeds whose visit could not be saved, now that the store is well;
    /// else they would lapse only with the claim.
    async fn put_off_unsaved(&self, now: UtcTime) -> Result<(), StoreError> {
        let unsaved = std::mem::take(&mut self.inner.lanes().unsaved);
        if unsaved.is_empty() {
            return Ok(());
        }
        let reason = "the last visit could not be saved; see the log";
        let again = unsaved.clone();
        let written = self.inner.poller.store.write(move |tx| {
            for (id, wait_secs) in unsaved {
                polls::postpone(tx, id, later(now, wait_secs.unsigned_abs()), reason)?;
            }
            Ok(())
        });
        let written = written.await;
        if written.is_err() {
            self.inner.lanes().unsaved.extend(again);
        }
        written
    }

    /// Puts feeds into their lanes.
    fn enqueue(&self, due: Vec<DueFeed>) -> Enqueued {
        let mut lanes = self.inner.lanes();
        let mut enqueued = Enqueued::default();
        for feed in due {
            if lanes.is_ending || lanes.queued.contains(&feed.id) {
                enqueued.busy.push(feed.id);
                continue;
            }
            // Feeds of the operator's own go side by side, and all of them where no pace is set.
            let has_no_pace = self.inner.poller.settings.pace.host_gap_millis == 0;
            let key = match feed.is_own || has_no_pace {
                true => format!("own {}", feed.id),
                false => host_key(&feed.url),
            };
            let queue = lanes.queues.get(&key);
            if queue.is_some_and(|queue| queue.len() >= MOST_IN_LANE) {
                enqueued.crowded.push(feed.id);
                continue;
            }
            let is_new = queue.is_none();
            lanes.queued.insert(feed.id);
            lanes.queues.entry(key.clone()).or_default().push_back(feed);
            enqueued.count += 1;
            if is_new {
                self.inner.running.send_if_modified(|running| {
                    *running += 1;
                    false
                });
                let work = Arc::clone(&self.inner).work_off(key);
                lanes.tasks.spawn(work);
            }
        }
        while lanes.tasks.try_join_next().is_some() {}
        enqueued
    }
}

impl Inner {
    /// Visits the feeds of a lane one after another, with the host's gap between them. The lane
    /// ends when nothing has come within the gap, so that a new lane cannot be too early.
    async fn work_off(self: Arc<Self>, key: String) {
        let _ending = LaneEnd {
            inner: Arc::clone(&self),
        };
        let gap = Duration::from_millis(self.poller.settings.pace.host_gap_millis);
        while let Some(due) = self.next_of(&key) {
            let was_sent = self.visit(&due).await;
            self.lanes().queued.remove(&due.id);
            if was_sent && !due.is_own && !gap.is_zero() {
                tokio::time::sleep(gap).await;
            }
        }
    }

    /// The next feed of a lane; takes the lane away when it is empty.
    fn next_of(&self, key: &str) -> Option<DueFeed> {
        let mut lanes = self.lanes();
        if self.poller.store.trouble().is_some() {
            // Not visited, so still due: all claims end with the trouble.
            for due in lanes.queues.remove(key).into_iter().flatten() {
                lanes.queued.remove(&due.id);
            }
            return None;
        }
        let next = lanes.queues.get_mut(key).and_then(VecDeque::pop_front);
        if next.is_none() {
            lanes.queues.remove(key);
        }
        next
    }

    /// Visits a feed when there is a place; true if anything was sent.
    async fn visit(&self, due: &DueFeed) -> bool {
        let failing = match due.failures {
            0 => None,
            _ => self.places_for_failing.acquire().await.ok(),
        };
        let place = self.places.acquire().await.ok();
        let poller = self.poller.clone();
        let id = due.id;
        // A task of its own, so that a panic ends the visit and not the lane; aborted with the lane.
        let mut visit = JoinSet::new();
        visit.spawn(async move { poller.poll_feed(id).await });
        let outcome = visit.join_next().await;
        drop((failing, place));
        match outcome {
            Some(Ok(Ok(report))) => was_sent(&report),
            Some(Ok(Err(error))) => {
                tracing::warn!(
                    feed = id.0,
                    error = format!("{error:#}"),
                    "the visit was not saved"
                );
                let is_disk = error
                    .downcast_ref::<StoreError>()
                    .is_some_and(|error| TroubleKind::of(error).is_some());
                let wait_secs = match (is_disk, due.is_own) {
                    (true, true) => 1,
                    (true, false) => UNSAVED_SECS,
                    (false, _) => BROKEN_SECS,
                };
                self.lanes().unsaved.push((id, wait_secs));
                true
            }
            Some(Err(_)) | None => {
                self.put_off_broken(id).await;
                true
            }
        }
    }

    async fn put_off_broken(&self, id: FeedId) {
        let until = later(self.poller.clock.now(), BROKEN_SECS.unsigned_abs());
        let reason = "the last visit broke off inside Dateline; see the log";
        tracing::error!(
            feed = id.0,
            "a visit broke off; this is an error in Dateline"
        );
        let written = self
            .poller
            .store
            .write(move |tx| polls::postpone(tx, id, until, reason));
        if let Err(error) = written.await {
            tracing::warn!(%error, "the feed is not put off; its claim lapses by itself");
        }
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticks {
    /// A pause that a clock set back has made longer than any is over.
    fn is_paused(&self, now: UtcTime) -> bool {
        let longest = i64::try_from(STORE_PAUSE_SECS.1).unwrap_or(0);
        self.paused_until
            .is_some_and(|until| now < until && (until - now).num_seconds() <= longest)
    }

    fn pause(&mut self, now: UtcTime) {
        let (first, longest) = STORE_PAUSE_SECS;
        let secs = (first << self.pauses.min(8)).min(longest);
        self.pauses = self.pauses.saturating_add(1);
        self.paused_until = Some(later(now, secs));
    }

    /// Compares calendar and elapsed time since the last tick; by how many seconds the calendar
    /// moved too far, if it is more than a correction.
    fn jump(&self, now: UtcTime, elapsed: Duration) -> Option<i64> {
        let (last_now, last_elapsed) = self.last?;
        let passed = elapsed.saturating_sub(last_elapsed);
        let jump = (now - last_now).num_seconds() - i64::try_from(passed.as_secs()).unwrap_or(0);
        (jump.abs() > JUMP_SECS).then_some(jump)
    }
}

/// Counts the lane as ended, however it ends.
struct LaneEnd {
    inner: Arc<Inner>,
}

impl Drop for LaneEnd {
    fn drop(&mut self) {
        // Only the last one is news to those who wait.
        self.inner.running.send_if_modified(|running| {
            *running -= 1;
            *running == 0
        });
    }
}

fn was_sent(report: &PollReport) -> bool {
    report.outcome != "waiting"
}

/// Feeds beyond what one lane holds come one minute later, by and by.
fn put_off_crowded(tx: &Transaction<'_>, ids: &[FeedId], now: UtcTime) -> crate::store::Result<()> {
    let reason = "its host has many feeds, which are visited one after another";
    for id in ids {
        polls::postpone(tx, *id, later(now, 60 + spread_secs(id.0, 120)), reason)?;
    }
    Ok(())
}

fn later(now: UtcTime, secs: u64) -> UtcTime {
    now + chrono::Duration::seconds(i64::try_from(secs.min(10 * 365 * 86_400)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FakeClock;
    use crate::fetch::{FetchSettings, Fetcher};
    use crate::jobs::PollSettings;
    use crate::news::{OutletKind, utc_from_secs};
    use crate::store::feeds::{NewFeed, add_feed};
    use crate::store::{Store, outlets};

    #[tokio::test]
    async fn a_feed_that_is_due_before_its_lane_lets_go_of_it_is_claimed_again() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let now = utc_from_secs(1_790_000_000);
        let clock = Arc::new(FakeClock::new(now));
        let added = store.write(move |tx| {
            let new = NewFeed {
                url: "http://192.0.2.1/feed".into(),
                outlet_id: outlets::ensure_outlet(tx, "Paper", OutletKind::Outlet)?,
                ..NewFeed::default()
            };
            add_feed(tx, &new, now)
        });
        let (id, _) = added.await.unwrap();
        drop(rustls::crypto::ring::default_provider().install_default());
        let fetcher = Fetcher::new(FetchSettings::default(), clock.clone()).unwrap();
        let poller = Poller::new(store.clone(), fetcher, clock, PollSettings::default());
        let sweep = Sweep::new(poller);
        sweep.inner.lanes().queued.insert(id);
        assert_eq!(sweep.tick().await.unwrap(), 0);
        let is_due = store.read(|conn| polls::is_anything_due(conn, now));
        assert!(is_due.unwrap(), "the claim was kept");
    }
}
