//! A farm that publishes without end, polled, clustered and published as it comes: does everything
//! arrive, how long after it was fetched is it clustered and published, does memory stay flat, and how
//! long does an editor who decides meanwhile wait?
//!
//! `DATELINE_FARM=PROGRAM cargo bench --bench sustained -- [SECS] [--items-a-second 1000] [--dir
//! DIRECTORY] [--every SECS] [--without-editor]`. With a directory, the database in it (made by the
//! bench `archive`) is what there was before. The clock is the system's: a feed is due again after a
//! second, or as many as are given, and nothing is paced.
#![allow(
    clippy::disallowed_methods,
    reason = "a bench holds the stopwatch, and counts in the database what came"
)]

mod farm;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use dateline::clock::{Clock, SystemClock};
use dateline::jobs::PollSettings;
use dateline::jobs::decide::{Asked, decide, undo};
use dateline::news::{Answer, EventId, ItemId, Ruling};
use dateline::store::decisions::{Latest, load_latest};
use dateline::store::feeds::{FeedEdit, edit_feed, list_feeds};
use dateline::store::{Connection, Store, clustering, events, items};
use farm::{Desk, Farm, Press, cpu_millis, megabytes};
use tokio::runtime::Runtime;

const FEEDS: usize = 400;
/// Items that a feed lists beside those that may be new.
const OLDER_ITEMS: usize = 40;
/// New items of a feed at a tick, at most; half as many on average.
const CHURN: usize = 20;
const IN_FLIGHT: usize = 64;
/// What the daemon waits for more to come, so that a burst is one pass.
const PAUSE: Duration = Duration::from_millis(100);
/// Of so many items the farm may post one again in the same words, in the same feed within a day; that is
/// the same item. In runs with the same seed it is the same ones: 5 of 83,593, 7 of 143,645.
const REPOSTED: u64 = 10_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let first = arguments.iter().find_map(|argument| argument.parse().ok());
    let secs: u64 = first.unwrap_or(60);
    let rate = after("--items-a-second").and_then(|rate| rate.parse().ok());
    let rate: f64 = rate.unwrap_or(1_000.0);
    let temporary = tempfile::tempdir().expect("a directory");
    let directory = after("--dir").map_or(temporary.path(), |kept| Path::new(kept));
    let percent = rate * 100.0 / (FEEDS as f64 * (CHURN as f64 + 1.0) / 2.0);
    let every = after("--every").and_then(|secs| secs.parse().ok());
    let every: u64 = every.unwrap_or(1);
    // A tick comes each second, so nothing leaves a feed between two visits.
    let listed = OLDER_ITEMS + CHURN * every as usize;
    let (items, churn) = (listed.to_string(), CHURN.to_string());
    let farm = Farm::start(FEEDS, &["--items", &items, "--churn-items", &churn]);
    let store = Store::open(directory).expect("a store opens");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    pause_feeds(&store);
    farm::add_feeds(&store, clock.now(), farm.port, FEEDS);
    let before = store.read(items::count_items).expect("items are counted");
    println!("{before} items before, {secs} s at {rate} items a second");
    let load = Load {
        secs,
        percent,
        every,
        first: clustered_through(&store) + (FEEDS * listed) as i64,
        with_editor: !arguments.iter().any(|one| one == "--without-editor"),
    };
    let published = run(&store, &clock, &farm, &load);
    let after = store.read(items::count_items).expect("items are counted");
    println!(
        "{published} items published by the farm, {} stored",
        after - before
    );
    let fewer = published.abs_diff(after - before);
    assert!(fewer <= published / REPOSTED, "items were lost");
}

/// What the farm and the editor do.
struct Load {
    secs: u64,
    /// Of a hundred feeds so many have something new each second.
    percent: f64,
    /// Seconds between two visits of a feed.
    every: u64,
    /// The last item of what the farm begins with.
    first: i64,
    with_editor: bool,
}

/// How far the threads are.
#[derive(Default)]
struct Stage {
    /// What the farm had before it began to publish was clustered.
    has_begun: AtomicBool,
    /// The last item that was clustered and published.
    through: AtomicI64,
    /// The farm publishes no more, and what it published was fetched.
    is_over: AtomicBool,
    /// All that was fetched is published.
    is_published: AtomicBool,
}

/// Runs everything beside each other; how many items the farm has published.
fn run(store: &Store, clock: &Arc<dyn Clock>, farm: &Farm, load: &Load) -> u64 {
    let runtime = Runtime::new().expect("a runtime starts");
    let sweep = farm::sweep(
        store,
        clock.clone(),
        (farm.port, IN_FLIGHT),
        settings(load.every),
    );
    let desk = Desk::load(store);
    let stage = Stage::default();
    std::thread::scope(|scope| {
        let (runtime, stage) = (&runtime, &stage);
        scope.spawn(move || {
            while !stage.is_over.load(Ordering::Acquire) {
                runtime.block_on(sweep.tick()).expect("feeds are claimed");
                std::thread::sleep(Duration::from_millis(20));
            }
            runtime.block_on(sweep.wait_until_idle());
        });
        scope.spawn(move || cluster(store, clock.as_ref(), (desk, stage)));
        let publishing = scope.spawn(move || publish(store, clock.as_ref(), (runtime, stage)));
        if load.with_editor {
            scope.spawn(move || rule(store, clock.as_ref(), (runtime, stage)));
        }
        wait_for_the_first(stage, load.first);
        tell(farm, load.secs, load.percent);
        let published = farm.count_published();
        // What the last tick published is fetched within the next visits.
        let stored_before = store.read(items::count_items).expect("items are counted");
        std::thread::sleep(Duration::from_secs(4 + load.every));
        let stored = store.read(items::count_items).expect("items are counted");
        println!("{} items came after the last tick", stored - stored_before);
        stage.is_over.store(true, Ordering::Release);
        publishing.join().expect("publishing ends");
        published
    })
}

/// Waits until what the farm began with is fetched, clustered and published: what leaves a feed
/// before its first visit cannot be had.
fn wait_for_the_first(stage: &Stage, first: i64) {
    while stage.through.load(Ordering::Acquire) < first {
        std::thread::sleep(Duration::from_millis(100));
    }
    stage.has_begun.store(true, Ordering::Release);
}

/// Lets the farm publish each second, and says each minute how it goes.
fn tell(farm: &Farm, secs: u64, percent: f64) {
    let started = Instant::now();
    for second in 1..=secs {
        farm.publish(percent);
        let next = Duration::from_secs(second);
        std::thread::sleep(next.saturating_sub(started.elapsed()));
        if second.is_multiple_of(60) {
            println!(
                "{second:5} s: {:.0} MB resident, {:.1} s of processor",
                megabytes("VmRSS"),
                cpu_millis() as f64 / 1000.0
            );
        }
    }
}

/// Clusters what comes, as the daemon does.
fn cluster(store: &Store, clock: &dyn Clock, (mut desk, stage): (Desk, &Stage)) {
    while !stage.is_published.load(Ordering::Acquire) {
        desk.cluster(store, clock.now());
        std::thread::sleep(PAUSE);
    }
}

/// Publishes beside it, as the daemon does, and notes for each item how long it took until then.
fn publish(store: &Store, clock: &dyn Clock, (runtime, stage): (&Runtime, &Stage)) {
    let press = Press::new(store);
    let mut lags: Vec<i64> = Vec::new();
    let mut seen = clustered_through(store);
    loop {
        let is_last = stage.is_over.load(Ordering::Acquire);
        let through = clustered_through(store);
        press.publish(runtime, store, clock.now());
        let now = clock.now().timestamp();
        if stage.has_begun.load(Ordering::Acquire) {
            let fetched = fetched_between(store, seen, through).into_iter();
            lags.extend(fetched.map(|fetched| now - fetched));
        }
        seen = through;
        stage.through.store(through, Ordering::Release);
        if is_last && fetched_between(store, through, i64::MAX).is_empty() {
            break;
        }
        std::thread::sleep(PAUSE);
    }
    stage.is_published.store(true, Ordering::Release);
    lags.sort_unstable();
    println!(
        "from fetched to published, whole seconds: {} at the median, {} at the 99th of 100, {} at most",
        at_share(&lags, 50),
        at_share(&lags, 99),
        at_share(&lags, 100)
    );
}

/// The value of which so many of a hundred are lower, of values in rising order; nothing of none.
fn at_share<T: Copy + Default>(rising: &[T], share: usize) -> T {
    let at = (rising.len() * share / 100).min(rising.len().saturating_sub(1));
    rising.get(at).copied().unwrap_or_default()
}

/// An editor who merges the two newest events and takes it back, a decision a second; prints how long
/// each took to be acknowledged, which is when it is on the disk.
fn rule(store: &Store, clock: &dyn Clock, (runtime, stage): (&Runtime, &Stage)) {
    let mut millis: Vec<f64> = Vec::new();
    let mut timed = |answer: &mut dyn FnMut() -> Answer| {
        let started = Instant::now();
        let answer = answer();
        if stage.has_begun.load(Ordering::Acquire) {
            millis.push(started.elapsed().as_secs_f64() * 1000.0);
        }
        std::thread::sleep(Duration::from_secs(1));
        answer
    };
    while !stage.is_over.load(Ordering::Acquire) {
        let Some(ruling) = store.read(merge_of_newest).expect("events are read") else {
            std::thread::sleep(PAUSE);
            continue;
        };
        let made = timed(&mut || {
            let asked = Asked {
                ruling: ruling.clone(),
                editor: "bench".to_owned(),
                note: String::new(),
            };
            let decided = runtime.block_on(decide(store, asked, clock.now()));
            decided.expect("a decision is made")
        });
        if !made.done {
            continue;
        }
        let newest = Latest {
            limit: 1,
            ..Latest::default()
        };
        let newest = store.read(|conn| load_latest(conn, &newest));
        let decision = newest.expect("decisions are read")[0].id;
        timed(&mut || {
            let undone = undo(store, decision, "bench".to_owned(), clock.now());
            runtime.block_on(undone).expect("it is undone")
        });
    }
    millis.sort_unstable_by(f64::total_cmp);
    println!(
        "{} decisions acknowledged in ms: {:.1} at the median, {:.1} at the 99th of 100",
        millis.len(),
        at_share(&millis, 50),
        at_share(&millis, 99)
    );
}

/// Merges the two newest events of several reports; `None` if there are none.
fn merge_of_newest(conn: &Connection) -> dateline::store::Result<Option<Ruling>> {
    let sql = "SELECT id FROM events WHERE merged_into IS NULL AND report_count > 1
         ORDER BY id DESC LIMIT 2";
    let mut query = conn.prepare_cached(sql)?;
    let ids = query.query_map([], |row| row.get(0).map(EventId))?;
    let ids: Vec<EventId> = ids.collect::<Result<_, _>>()?;
    let &[merged, kept] = &ids[..] else {
        return Ok(None);
    };
    let items = |event| -> dateline::store::Result<Vec<ItemId>> {
        let members = events::load_members(conn, event)?;
        Ok(members.into_iter().map(|(item, _)| item).collect())
    };
    Ok(Some(Ruling::MergeEvents {
        kept,
        kept_items: items(kept)?,
        merged,
        merged_items: items(merged)?,
    }))
}

fn fetched_between(store: &Store, after: i64, through: i64) -> Vec<i64> {
    let fetched = store.read(|conn| {
        let sql = "SELECT fetched_at FROM items WHERE id > ?1 AND id <= ?2";
        let mut query = conn.prepare_cached(sql)?;
        let times = query.query_map([after, through], |row| row.get(0))?;
        Ok(times.collect::<Result<Vec<_>, _>>()?)
    });
    fetched.expect("items are read")
}

/// The last item that was clustered.
fn clustered_through(store: &Store) -> i64 {
    let through = store.read(|conn| clustering::load_cursor(conn, "cluster"));
    through.expect("the cursor is read")
}

/// A feed is due again after so many seconds.
fn settings(every: u64) -> PollSettings {
    let mut settings = PollSettings::default();
    settings.schedule.base_secs = every;
    settings.schedule.floor_secs = every;
    settings.schedule.ceiling_secs = every;
    settings.schedule.idle_ceiling_secs = every;
    settings.schedule.hint_cap_secs = every;
    settings.schedule.jitter = 0.0;
    settings
}

/// Pauses the feeds that the database had before.
fn pause_feeds(store: &Store) {
    let there = store.read(list_feeds).expect("feeds are listed");
    let paused = store.write_blocking(move |tx| {
        for feed in there {
            let edit = FeedEdit {
                paused: Some(true),
                ..FeedEdit::default()
            };
            edit_feed(tx, feed.feed.id, &edit)?;
        }
        Ok(())
    });
    paused.expect("feeds are paused");
}
