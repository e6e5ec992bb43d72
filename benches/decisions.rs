//! What clustering costs with many decisions in force: a batch of items, a decision and its undoing,
//! and a start, each with as many decisions as are named (`-- 0 1000 10000`). Forty days of items of
//! which the last four and a half are live; what is decided, is decided day by day.
#![allow(
    clippy::disallowed_methods,
    reason = "a bench holds the stopwatch itself"
)]

use std::time::{Duration, Instant};

use dateline::cluster::Weights;
use dateline::jobs::cluster::{Clusterer, ClusteringSettings};
use dateline::jobs::decide::{Asked, decide, undo};
use dateline::jobs::publish::{Pass, publish_events};
use dateline::news::{
    EventId, FeedId, ItemId, OutletKind, Ruling, StorylineId, UtcTime, WireReading, utc_from_secs,
};
use dateline::store::items::{ItemState, insert_item};
use dateline::store::{Store, decisions, desk, events, outlets};

const START: i64 = 1_780_000_000;
const DAYS: i64 = 40;
const ITEMS_A_DAY: i64 = 1_000;
/// Reports of one event.
const REPORTS: i64 = 2;
const BATCH: i64 = 100;
const TIMES: usize = 7;

fn main() {
    let asked = std::env::args().filter_map(|argument| argument.parse().ok());
    let mut counts: Vec<i64> = asked.collect();
    if counts.is_empty() {
        counts = vec![0, 1_000, 10_000];
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    println!(
        "{:>9} {:>9} {:>11} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "in force",
        "start",
        "nothing new",
        "batch",
        "merge",
        "undone",
        "merge old",
        "undone",
        "pin"
    );
    for count in counts {
        let mut room = Room::open(count, &runtime);
        room.measure(&runtime);
    }
}

struct Room {
    _directory: tempfile::TempDir,
    store: Store,
    clusterer: Clusterer,
    told: i64,
}

fn load(store: &Store) -> Clusterer {
    Clusterer::load(store, ClusteringSettings::default(), Weights::embedded()).expect("a start")
}

fn word(number: i64) -> String {
    let syllables = ["ba", "ko", "ri", "tu", "le", "na", "so", "mi", "du", "fe"];
    let mut rest = number.unsigned_abs() as usize % 9_000;
    let mut word = String::new();
    for _ in 0..4 {
        word.push_str(syllables[rest % 10]);
        rest /= 10;
    }
    word
}

impl Room {
    fn open(count: i64, runtime: &tokio::runtime::Runtime) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::open(directory.path()).expect("a database");
        let clusterer = load(&store);
        let mut room = Self {
            _directory: directory,
            store,
            clusterer,
            told: 0,
        };
        for day in 0..DAYS {
            room.tell(ITEMS_A_DAY);
            room.take_in();
            runtime.block_on(room.publish(day));
            let (from, until) = (count * day / DAYS, count * (day + 1) / DAYS);
            room.rule(until - from, day);
            room.take_in();
        }
        room
    }

    fn now(&self) -> UtcTime {
        utc_from_secs(START + self.told * 86_400 / ITEMS_A_DAY)
    }

    fn tell(&mut self, count: i64) {
        let (from, until) = (self.told, self.told + count);
        let filled = self.store.write_blocking(move |tx| {
            for number in from..until {
                let event = number / REPORTS;
                let words: Vec<String> =
                    (0..8).map(|at| word(event * 41 + at * at * 977)).collect();
                let noise = word(number * 13 + 7);
                let title = format!("{} {noise}", words.join(" "));
                let name = format!("Outlet {}", number % 60);
                let outlet = outlets::ensure_outlet(tx, &name, OutletKind::Outlet)?;
                let at = utc_from_secs(START + number * 86_400 / ITEMS_A_DAY);
                let mut digest = [0; 16];
                digest[..8].copy_from_slice(&number.to_le_bytes());
                let state = ItemState {
                    title: title.clone(),
                    summary: title.clone(),
                    language: "en".to_owned(),
                    published_at: Some(at),
                    item_time: at,
                    time_is_claimed: true,
                    wire: WireReading {
                        clean_title: title.clone(),
                        clean_summary: title,
                        ..WireReading::default()
                    },
                    digest,
                    ..ItemState::default()
                };
                insert_item(tx, FeedId(1), outlet, &state, at)?;
            }
            Ok(())
        });
        filled.expect("items");
        self.told = until;
    }

    async fn publish(&self, day: i64) {
        let count = std::sync::atomic::AtomicU64::new(0);
        let pass = Pass {
            now: self.now(),
            hold_secs: 0,
            random: std::sync::Arc::new(move || {
                let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                let mut bytes = [0; 16];
                bytes[..8].copy_from_slice(&day.to_be_bytes());
                bytes[8..].copy_from_slice(&number.to_be_bytes());
                bytes
            }),
        };
        publish_events(&self.store, pass).await.expect("a pass");
    }

    fn take_in(&mut self) -> Duration {
        let now = self.now();
        let start = Instant::now();
        self.clusterer.take_in(&self.store, now).expect("a pass");
        start.elapsed()
    }

    fn event_of(&self, item: i64) -> EventId {
        let found = self
            .store
            .read(|conn| events::event_of_item(conn, ItemId(item)));
        found.expect("a row").expect("it tells an event")
    }

    fn members(&self, event: EventId) -> Vec<ItemId> {
        let members = self.store.read(|conn| events::load_members(conn, event));
        members
            .expect("rows")
            .into_iter()
            .map(|(item, _)| item)
            .collect()
    }

    fn line_of(&self, event: EventId) -> (StorylineId, Vec<EventId>) {
        let read = self.store.read(|conn| {
            let line = desk::load_event(conn, event)?
                .expect("an event")
                .storyline_id;
            Ok((line, desk::events_of(conn, line)?))
        });
        read.expect("a storyline")
    }

    fn merge(&self, a: i64, b: i64) -> Option<Ruling> {
        let (kept, merged) = (self.event_of(a), self.event_of(b));
        (kept != merged).then(|| Ruling::MergeEvents {
            kept,
            kept_items: self.members(kept),
            merged,
            merged_items: self.members(merged),
        })
    }

    /// Rulings on what the day brought, each on events of its own.
    fn rule(&self, count: i64, day: i64) {
        let first = day * ITEMS_A_DAY + 1;
        for number in 0..count {
            let item = first + number * 2 * REPORTS % ITEMS_A_DAY;
            let other = item + REPORTS;
            let event = self.event_of(item);
            let ruling = match number % 4 {
                0 => self.merge(item, other),
                1 => {
                    let items = self.members(event);
                    (items.len() > 1).then(|| Ruling::SplitEvent {
                        event,
                        kept_items: items[..1].to_vec(),
                        split_items: items[1..].to_vec(),
                    })
                }
                2 => Some(Ruling::PinHeadline {
                    event,
                    headline: format!("Pinned {number}"),
                }),
                _ => {
                    let (kept, kept_events) = self.line_of(event);
                    let (merged, merged_events) = self.line_of(self.event_of(other));
                    let is_small = kept_events.len() + merged_events.len() < 40;
                    (kept != merged && is_small).then_some(Ruling::MergeStorylines {
                        kept,
                        kept_events,
                        merged,
                        merged_events,
                    })
                }
            };
            let Some(ruling) = ruling else { continue };
            let now = self.now();
            let kept = self
                .store
                .write_blocking(move |tx| decisions::save_decision(tx, &ruling, "anna", "", now));
            kept.expect("a decision");
        }
    }

    /// A ruling in force and taken back: how long until events follow each.
    fn decide(&mut self, runtime: &tokio::runtime::Runtime, ruling: Ruling) -> [Duration; 2] {
        let asked = Asked {
            ruling,
            editor: "anna".to_owned(),
            note: String::new(),
        };
        let now = self.now();
        let start = Instant::now();
        let answer = runtime
            .block_on(decide(&self.store, asked, now))
            .expect("an answer");
        assert!(answer.done, "{:?}", answer.lines);
        self.take_in();
        let decided = start.elapsed();
        let made = self
            .store
            .read(decisions::load_decisions)
            .expect("decisions");
        let last = made.last().expect("it was made").id;
        let start = Instant::now();
        let undone = undo(&self.store, last, "anna".to_owned(), now);
        assert!(runtime.block_on(undone).expect("an answer").done);
        self.take_in();
        [decided, start.elapsed()]
    }

    fn measure(&mut self, runtime: &tokio::runtime::Runtime) {
        let start = Instant::now();
        self.clusterer = load(&self.store);
        let loaded = start.elapsed();
        let mut columns: Vec<Vec<Duration>> = vec![Vec::new(); 7];
        for time in 0..TIMES as i64 {
            self.tell(BATCH);
            columns[1].push(self.take_in());
            columns[0].push(self.take_in());
            let live = self.told - BATCH;
            if let Some(ruling) = self.merge(live + 1, live + 1 + REPORTS) {
                let [decided, undone] = self.decide(runtime, ruling);
                columns[2].push(decided);
                columns[3].push(undone);
            }
            let old = ITEMS_A_DAY - 2 * REPORTS * (time + 1);
            if let Some(ruling) = self.merge(old + 1, old + 1 + REPORTS) {
                let [decided, undone] = self.decide(runtime, ruling);
                columns[4].push(decided);
                columns[5].push(undone);
            }
            let pin = Ruling::PinHeadline {
                event: self.event_of(live + 1),
                headline: format!("Pinned at last {time}"),
            };
            columns[6].push(self.decide(runtime, pin)[0]);
        }
        let made = self
            .store
            .read(decisions::load_decisions)
            .expect("decisions");
        let in_force = dateline::decisions::in_force(&made).count();
        print!("{in_force:>9} {:>6} ms", loaded.as_millis());
        for (column, width) in columns.iter_mut().zip([8, 6, 6, 6, 6, 6, 6]) {
            column.sort_unstable();
            let median = column
                .get(column.len() / 2)
                .map_or(0.0, Duration::as_secs_f64);
            print!(" {:>width$.1} ms", median * 1000.0);
        }
        println!();
    }
}
