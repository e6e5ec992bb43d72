//! The daemon's workers: each hears one bell, does its job, and waits again. A worker that fails
//! says so once in the log and tries again when it is woken next; no worker waits for another.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::cluster::{Clusterer, ClusteringSettings};
use super::publish::{Pass, Randomness, publish_events};
use super::schedule::{Bell, Timetable, Worker, bell};
use super::websub_subscriber::Subscriber;
use super::{Poller, Schedule, StorageSettings, Sweep, backup, decide, feeds, retention};
use crate::clock::Clock;
use crate::cluster::Weights;
use crate::news::{Answer, Request};
use crate::store::{Result, Store, publishing, requests};

/// How long workers wait after a commit for more to come, so that a burst is one pass.
const DEBOUNCE: Duration = Duration::from_millis(100);
/// How often requests of other processes are looked for: their commits ring no bell here.
const REQUEST_LOOK: Duration = Duration::from_millis(200);
/// How long requests are left alone after what became of one could not be saved.
const ANSWER_RETRY: Duration = Duration::from_secs(2);
/// How long what could not be read of hubs waits.
const PUSH_RETRY: Duration = Duration::from_secs(10);
/// How many requests that have to ask a server are under way at once: each is somebody who waits.
const ASKED_AT_ONCE: usize = 8;
/// How long a clusterer that could not be rebuilt waits before it tries again.
const REBUILD_PAUSE: Duration = Duration::from_secs(5);

/// What the daemon works with.
#[derive(Clone)]
pub struct Hands {
    /// The database, owned.
    pub store: Store,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Visits feeds.
    pub poller: Poller,
    /// Where ids come from.
    pub random: Randomness,
    /// How items are clustered.
    pub clustering: ClusteringSettings,
    /// How long an event is held back before it is published, in seconds; may change by a reload.
    pub hold_secs: watch::Receiver<i64>,
    /// How long things are kept and where the database is copied to.
    pub storage: StorageSettings,
    /// Subscribes to other people's hubs.
    pub subscriber: Subscriber,
    /// True if hubs can reach our callbacks: the base URL is an https address of the world. Else
    /// nobody is asked to push.
    pub is_reachable: bool,
}

/// The running workers.
pub struct Daemon {
    tasks: JoinSet<()>,
    sweep: Sweep,
    stop: watch::Sender<bool>,
}

impl Daemon {
    /// Starts the workers and the schedule.
    ///
    /// # Errors
    /// A cron line that is none, or a store that does not answer.
    pub async fn start(hands: Hands, schedule: &Schedule) -> anyhow::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let sweep = Sweep::new(hands.poller.clone());
        sweep.start_up().await?;
        let mut tasks = JoinSet::new();
        let (sweep_bell, worker) = bell();
        sweep_bell.ring();
        tasks.spawn(until_stopped(
            stopped.clone(),
            work_sweep(worker, sweep.clone()),
        ));
        let (cluster_bell, worker) = bell();
        cluster_bell.ring();
        tasks.spawn(until_stopped(
            stopped.clone(),
            follow_commits(hands.store.clone(), cluster_bell.clone()),
        ));
        let (refine_bell, refine_worker) = bell();
        tasks.spawn(until_stopped(
            stopped.clone(),
            work_clusterer(hands.clone(), worker, refine_worker),
        ));
        let (publish_bell, worker) = bell();
        tasks.spawn(until_stopped(
            stopped.clone(),
            work_publisher(hands.clone(), worker),
        ));
        tasks.spawn(until_stopped(
            stopped.clone(),
            follow_published(hands.store.clone(), publish_bell.clone()),
        ));
        let (retention_bell, worker) = bell();
        tasks.spawn(until_stopped(
            stopped.clone(),
            work_retention(hands.clone(), worker),
        ));
        let (backup_bell, worker) = bell();
        tasks.spawn(until_stopped(
            stopped.clone(),
            work_backup(hands.clone(), worker),
        ));
        let (leases_bell, worker) = bell();
        tasks.spawn(until_stopped(
            stopped.clone(),
            work_leases(hands.clone(), worker),
        ));
        tasks.spawn(until_stopped(stopped.clone(), work_pushes(hands.clone())));
        let timetable = Timetable::start(vec![
            (schedule.sweep.clone(), sweep_bell),
            (schedule.publish.clone(), publish_bell),
            (schedule.refine.clone(), refine_bell),
            (schedule.retention.clone(), retention_bell),
            (schedule.backup.clone(), backup_bell),
            (schedule.leases.clone(), leases_bell),
        ]);
        let timetable = timetable.await?;
        tasks.spawn(timetable.follow(hands.clock.clone(), stopped.clone()));
        tasks.spawn(until_stopped(stopped, work_requests(hands)));
        Ok(Self { tasks, sweep, stop })
    }

    /// Ends the workers: visits under way are finished or given up, nothing half-done is kept.
    pub async fn end(mut self) {
        // Workers that are gone already need no word.
        let _ = self.stop.send(true);
        self.sweep.end().await;
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn until_stopped(mut stopped: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! {
        () = work => {}
        // A sender that is gone means the same as its word.
        _ = stopped.wait_for(|stop| *stop) => {}
    }
}

async fn work_sweep(mut worker: Worker, sweep: Sweep) {
    while worker.wait().await {
        if let Err(error) = sweep.tick().await {
            tracing::warn!(%error, "due feeds could not be claimed; polling pauses");
        }
    }
}

/// Rings when something was committed: items may have been accepted, or decisions made.
async fn follow_commits(store: Store, bell: Bell) {
    let Ok(mut commits) = store.commits() else {
        return;
    };
    while commits.changed().await.is_ok() {
        tokio::time::sleep(DEBOUNCE).await;
        commits.mark_unchanged();
        bell.ring();
    }
}

/// Rings when something that is published has changed: readers do not wait for the schedule.
async fn follow_published(store: Store, bell: Bell) {
    let Ok(mut commits) = store.commits() else {
        return;
    };
    while commits.changed().await.is_ok() {
        tokio::time::sleep(DEBOUNCE).await;
        commits.mark_unchanged();
        if store.read(publishing::has_urgent).unwrap_or(false) {
            bell.ring();
        }
    }
}

/// What is in the way of work that is tried every few seconds: told once, and that it is gone.
#[derive(Default)]
struct Obstacle(Option<String>);

impl Obstacle {
    /// True if another error stood in the way before, or none.
    fn is_news(&mut self, error: &impl ToString) -> bool {
        let now = Some(error.to_string());
        std::mem::replace(&mut self.0, now.clone()) != now
    }

    /// True if something stood in the way until now.
    fn is_gone(&mut self) -> bool {
        self.0.take().is_some()
    }
}

/// The clusterer, which lives on a blocking thread while it works.
type Shared = Arc<Mutex<Option<Clusterer>>>;

async fn work_clusterer(hands: Hands, mut worker: Worker, mut refine: Worker) {
    let shared: Shared = Arc::default();
    let mut obstacle = Obstacle::default();
    loop {
        let is_refining = tokio::select! {
            more = worker.wait() => if more { false } else { return },
            more = refine.wait() => if more { true } else { return },
        };
        let (hands, shared) = (hands.clone(), shared.clone());
        let work = tokio::task::spawn_blocking(move || cluster_once(&hands, &shared, is_refining));
        let failed = match work.await {
            Ok(Ok(())) => {
                if obstacle.is_gone() {
                    tracing::info!("clustering goes on");
                }
                false
            }
            Ok(Err(error)) => {
                if obstacle.is_news(&error) {
                    tracing::warn!(%error, "clustering could not save; it starts again from the store");
                }
                true
            }
            Err(panic) => {
                tracing::error!(%panic, "clustering failed on an item; it starts again from the store");
                true
            }
        };
        if failed {
            tokio::time::sleep(REBUILD_PAUSE).await;
        }
    }
}

fn cluster_once(hands: &Hands, shared: &Shared, is_refining: bool) -> Result<()> {
    let mut slot = shared.lock().unwrap_or_else(PoisonError::into_inner);
    // Taken out, so that a failure on the way leaves nothing that ran ahead of the store.
    let mut clusterer = match slot.take() {
        Some(clusterer) => clusterer,
        None => Clusterer::load(&hands.store, hands.clustering.clone(), Weights::embedded())?,
    };
    let taken = clusterer.take_in(&hands.store, hands.clock.now())?;
    if is_refining {
        clusterer.refine(&hands.store, hands.clock.now())?;
    }
    if taken.items > 0 {
        tracing::debug!(items = taken.items, events = taken.events, "clustered");
    }
    *slot = Some(clusterer);
    Ok(())
}

async fn work_publisher(hands: Hands, mut worker: Worker) {
    let mut obstacle = Obstacle::default();
    while worker.wait().await {
        let hold_secs = *hands.hold_secs.borrow();
        let pass = Pass {
            now: hands.clock.now(),
            hold_secs,
            random: hands.random.clone(),
        };
        match publish_events(&hands.store, pass).await {
            Ok(done) => {
                if obstacle.is_gone() {
                    tracing::info!("publishing goes on");
                }
                if done.events > 0 {
                    tracing::info!(
                        events = done.events,
                        developments = done.developments,
                        "published"
                    );
                }
            }
            Err(error) => {
                if obstacle.is_news(&error) {
                    tracing::warn!(%error, "publishing waits for the store");
                }
            }
        }
    }
}

async fn work_retention(hands: Hands, mut worker: Worker) {
    while worker.wait().await {
        let now = hands.clock.now();
        match retention::remove_by_clock(&hands.store, &hands.storage, now).await {
            Ok(Some(report)) if report.still_too_large => {
                tracing::warn!("the database is over max_database_bytes with all that may go gone");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "old items could not be removed"),
        }
        if let Err(error) = hands
            .store
            .write(move |tx| requests::trim_requests(tx, now))
            .await
        {
            tracing::warn!(%error, "answered requests could not be removed");
        }
    }
}

async fn work_backup(hands: Hands, mut worker: Worker) {
    while worker.wait().await {
        match backup::make_copy(&hands.store, &hands.storage, hands.clock.now()).await {
            Ok(_) => {}
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "the database was not copied");
            }
        }
    }
}

async fn work_leases(hands: Hands, mut worker: Worker) {
    while worker.wait().await {
        if !hands.is_reachable {
            continue;
        }
        if let Err(error) = hands.subscriber.ask_hubs().await {
            tracing::warn!(%error, "hubs were not asked; feeds are polled as before");
        }
    }
}

async fn work_pushes(hands: Hands) {
    let mut looks = tokio::time::interval(REQUEST_LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        if let Err(error) = hands.subscriber.read_pushes().await {
            tracing::warn!(
                error = format!("{error:#}"),
                "what hubs pushed could not be read"
            );
            looks.reset_after(PUSH_RETRY);
        }
    }
}

/// Answers what editors and commands ask for. Decisions are made in their order and wait for nothing; what
/// has to ask a server runs beside them, so that one that is slow holds up itself.
async fn work_requests(hands: Hands) {
    let mut looks = tokio::time::interval(REQUEST_LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut asking: JoinSet<Result<()>> = JoinSet::new();
    let mut numbers: BTreeMap<tokio::task::Id, i64> = BTreeMap::new();
    let mut obstacle = Obstacle::default();
    loop {
        looks.tick().await;
        let mut saved: Vec<(i64, Result<()>)> = Vec::new();
        while let Some(ended) = asking.try_join_next_with_id() {
            let (id, end) = match ended {
                Ok((id, end)) => (id, Some(end)),
                Err(error) => (error.id(), None),
            };
            let Some(number) = numbers.remove(&id) else {
                continue;
            };
            let answer = || Answer::refused("the daemon failed over it; its log says why");
            let end = match end {
                Some(end) => end,
                None => save_answer(&hands, number, answer()).await,
            };
            saved.push((number, end));
        }
        let waiting = match hands.store.read(requests::load_waiting) {
            Ok(waiting) => waiting,
            Err(error) => {
                tracing::warn!(%error, "requests cannot be read");
                continue;
            }
        };
        for (number, request) in waiting {
            if numbers.values().any(|asked| *asked == number) {
                continue;
            }
            let refused = match request {
                Ok(request) => match decide_at_once(&hands, number, &request).await {
                    Ok(true) => {
                        saved.push((number, Ok(())));
                        continue;
                    }
                    Ok(false) if numbers.len() >= ASKED_AT_ONCE => continue,
                    Ok(false) => {
                        let task = asking.spawn(answer_request(hands.clone(), number, request));
                        numbers.insert(task.id(), number);
                        continue;
                    }
                    Err(error) => error.to_string(),
                },
                Err(error) => format!("this daemon does not understand it: {error}"),
            };
            let answer = Answer::refused(refused);
            saved.push((number, save_answer(&hands, number, answer).await));
        }
        if !tell_saved(&mut obstacle, saved) {
            looks.reset_after(ANSWER_RETRY);
        }
    }
}

/// Says once what keeps answers from being saved, and that it is gone; false while something does.
fn tell_saved(obstacle: &mut Obstacle, saved: Vec<(i64, Result<()>)>) -> bool {
    let is_any = !saved.is_empty();
    let failed = saved
        .into_iter()
        .find_map(|(number, end)| Some((number, end.err()?)));
    if let Some((number, error)) = failed {
        if obstacle.is_news(&error) {
            tracing::warn!(%error, request = number, "an answer could not be saved; it is tried again");
        }
        return false;
    }
    if is_any && obstacle.is_gone() {
        tracing::info!("answers are saved again");
    }
    true
}

/// True if the request was a decision, which is answered with what was decided.
async fn decide_at_once(
    hands: &Hands,
    number: i64,
    request: &Request,
) -> crate::store::Result<bool> {
    let now = hands.clock.now();
    decide::answer_waiting(&hands.store, (number, request), now).await
}

async fn answer_request(hands: Hands, number: i64, request: Request) -> Result<()> {
    let answer = match feeds::answer_request(&hands.poller, &request).await {
        Ok(Some(answer)) => answer,
        Ok(None) => Answer::refused("this daemon does not do that"),
        Err(error) => Answer::refused(format!("{error:#}")),
    };
    save_answer(&hands, number, answer).await
}

async fn save_answer(hands: &Hands, number: i64, answer: Answer) -> Result<()> {
    let now = hands.clock.now();
    hands
        .store
        .write(move |tx| requests::answer(tx, number, &answer, now))
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_way_is_told_once_and_that_it_is_gone() {
        let mut obstacle = Obstacle::default();
        let mut told = |error: &str| obstacle.is_news(&error);
        assert_eq!(
            ["full", "full", "gone", "full"].map(&mut told),
            [true, false, true, true]
        );
        assert!(obstacle.is_gone() && !obstacle.is_gone());
        assert!(obstacle.is_news(&"full"));
    }
}
