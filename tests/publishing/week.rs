//! A week through the whole pipeline, read poll by poll: items as outlets list them, clustered,
//! published, and taken by readers of every habit. The week of the demo; with `DATELINE_CORPORA`,
//! a directory that holds `alaska2025.stream.dev.jsonl`, a real one beside it:
//!
//!     DATELINE_CORPORA=DIR cargo test --release publishing::week -- --nocapture

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dateline::clock::FakeClock;
use dateline::cluster::Weights;
use dateline::feed::identity::GuidStanding;
use dateline::feed::{ParsedFeed, ParsedItem};
use dateline::jobs::cluster::{Clusterer, ClusteringSettings};
use dateline::jobs::ingest::{self, Arrived};
use dateline::jobs::publish::{Pass, publish_events};
use dateline::news::{DevelopmentKind, OutletKind, UtcTime, utc_from_secs};
use dateline::serve::{Settings, Site};
use dateline::store::published::{self, Extent};
use dateline::store::{Store, feeds, outlets};

use super::newsroom::START;
use super::readers::{HABITS, Habit, Reader, check_stay, poll};

#[derive(Clone, Default, serde::Deserialize)]
struct Line {
    #[serde(default)]
    id: String,
    #[serde(default)]
    published: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    url: Option<String>,
}

#[derive(serde::Deserialize)]
struct DemoWeek {
    outlet: Vec<DemoOutlet>,
    item: Vec<DemoItem>,
}

#[derive(serde::Deserialize)]
struct DemoOutlet {
    name: String,
    kind: String,
    language: String,
}

#[derive(serde::Deserialize)]
struct DemoItem {
    name: String,
    outlet: String,
    hour: f64,
    title: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    again: Option<String>,
}

/// An item with its time, its outlet, and the name under which it is listed.
pub struct Listed {
    pub at: UtcTime,
    outlet: String,
    kind: OutletKind,
    language: String,
    feed: Option<String>,
    pub item: ParsedItem,
}

impl Listed {
    /// What an outlet lists at that time.
    pub fn new(outlet: String, at: UtcTime, title: String, summary: String) -> Self {
        let host = outlet.to_lowercase().replace(' ', "-");
        Self {
            at,
            outlet,
            kind: OutletKind::Outlet,
            language: "en".to_owned(),
            feed: None,
            item: ParsedItem {
                link: Some(format!("https://{host}.example/{}", at.timestamp())),
                title,
                summary,
                published: Some(at),
                ..ParsedItem::default()
            },
        }
    }

    /// The same in the feed at an address, which leads to that page.
    pub fn in_feed(mut self, feed: &str, page: &str) -> Self {
        self.feed = Some(feed.to_owned());
        self.item.link = Some(page.to_owned());
        self
    }
}

/// The week of the demo, in the order of time.
pub fn demo() -> Vec<Listed> {
    let week: DemoWeek =
        toml::from_str(include_str!("../../src/cli/demo/week.toml")).expect("TOML");
    let outlets: BTreeMap<&str, &DemoOutlet> = week
        .outlet
        .iter()
        .map(|one| (one.name.as_str(), one))
        .collect();
    let listed = week.item.iter().map(|one| {
        let outlet = outlets[one.outlet.as_str()];
        let at = utc_from_secs(START + (one.hour * 3600.0) as i64);
        let name = one.again.as_ref().unwrap_or(&one.name);
        let host = one.outlet.to_lowercase().replace(' ', "-");
        Listed {
            at,
            outlet: one.outlet.clone(),
            kind: OutletKind::from_name(&outlet.kind).expect("a kind"),
            language: outlet.language.clone(),
            feed: None,
            item: ParsedItem {
                guid: Some(name.clone()),
                link: Some(format!("https://{host}.example/{name}")),
                title: one.title.clone(),
                summary: one.summary.clone(),
                published: Some(at),
                ..ParsedItem::default()
            },
        }
    });
    let mut listed: Vec<Listed> = listed.collect();
    listed.sort_by_key(|one| one.at);
    listed
}

fn real(directory: &Path) -> Vec<Listed> {
    let path = directory.join("alaska2025.stream.dev.jsonl");
    let text = std::fs::read_to_string(&path).expect("DATELINE_CORPORA holds the stream");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Line>(line).expect("JSON"));
    let mut last = utc_from_secs(START);
    let mut listed: Vec<Listed> = Vec::new();
    for line in lines {
        let time = line
            .published
            .as_deref()
            .and_then(|text| text.parse::<UtcTime>().ok());
        // A day without an hour says nothing: it came with its neighbours.
        let is_day = line
            .published
            .as_deref()
            .is_some_and(|text| text.contains("T00:00:00"));
        let at = time.filter(|_| !is_day).unwrap_or(last);
        last = at;
        listed.push(Listed {
            at,
            outlet: line.source.unwrap_or_else(|| "Unknown".to_owned()),
            kind: OutletKind::Outlet,
            language: line.lang.unwrap_or_else(|| "en".to_owned()),
            feed: None,
            item: ParsedItem {
                guid: Some(line.id),
                link: line.url,
                title: line.title.unwrap_or_default(),
                summary: line.summary.unwrap_or_default(),
                published: Some(at),
                ..ParsedItem::default()
            },
        });
    }
    listed.sort_by_key(|one| one.at);
    listed
}

/// The stages of the daemon by hand.
pub struct Pipeline {
    _directory: Option<tempfile::TempDir>,
    pub store: Store,
    clusterer: Clusterer,
    clustering: ClusteringSettings,
    pub site: Site,
    clock: Arc<FakeClock>,
    ids: Arc<AtomicU64>,
}

fn load(store: &Store, settings: &ClusteringSettings) -> Clusterer {
    Clusterer::load(store, settings.clone(), Weights::embedded()).expect("a clusterer")
}

impl Pipeline {
    pub fn open() -> Self {
        Self::open_with(ClusteringSettings::default())
    }

    pub fn open_with(settings: ClusteringSettings) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let mut pipeline = Self::make(directory.path(), settings);
        pipeline._directory = Some(directory);
        pipeline
    }

    pub fn open_in(directory: &Path) -> Self {
        Self::make(directory, ClusteringSettings::default())
    }

    fn make(directory: &Path, clustering: ClusteringSettings) -> Self {
        let store = Store::open(directory).expect("a database");
        let clock = Arc::new(FakeClock::new(utc_from_secs(START)));
        let settings = Settings {
            base_url: "https://news.example".to_owned(),
            ..Settings::default()
        };
        Self {
            _directory: None,
            clusterer: load(&store, &clustering),
            clustering,
            site: Site::new(store.clone(), settings, clock.clone()),
            store,
            clock,
            ids: Arc::new(AtomicU64::new(1)),
        }
    }

    /// What a restart does to the stages that keep something in memory.
    pub fn restart(&mut self) {
        self.clusterer = load(&self.store, &self.clustering);
    }

    /// One visit to every outlet that lists something new.
    pub async fn visit(&mut self, items: &[Listed], now: UtcTime) {
        let mut by_outlet: BTreeMap<&str, Vec<&Listed>> = BTreeMap::new();
        for one in items {
            by_outlet.entry(&one.outlet).or_default().push(one);
        }
        for listed in by_outlet.values() {
            self.list(listed, now).await;
        }
        self.take_in(now);
    }

    pub fn take_in(&mut self, now: UtcTime) {
        tokio::task::block_in_place(|| self.clusterer.take_in(&self.store, now)).expect("a pass");
    }

    /// One visit to one outlet.
    pub async fn list(&self, listed: &[&Listed], now: UtcTime) {
        let (name, kind) = (listed[0].outlet.clone(), listed[0].kind);
        let url = listed[0].feed.clone();
        let made = self.store.write(move |tx| {
            let outlet_id = outlets::ensure_outlet(tx, &name, kind)?;
            let host: String = name
                .to_lowercase()
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            let new = feeds::NewFeed {
                url: url.unwrap_or_else(|| format!("https://{host}.example/feed")),
                outlet_id,
                ..feeds::NewFeed::default()
            };
            let (id, _) = feeds::add_feed(tx, &new, now)?;
            let feed = feeds::load_feed(tx, id)?.expect("it was just added").feed;
            Ok((
                feed,
                outlets::load_outlet(tx, outlet_id)?.expect("it was just made"),
            ))
        });
        let (feed, outlet) = made.await.expect("a feed");
        let parsed = ParsedFeed {
            language: Some(listed[0].language.clone()),
            items: listed.iter().map(|one| one.item.clone()).collect(),
            ..ParsedFeed::default()
        };
        let arrived = Arrived {
            feed: &feed,
            outlet: &outlet,
            parsed: &parsed,
            standing: GuidStanding::Good,
            fetched_at: now,
            is_partial: true,
            is_cut: false,
        };
        let prepared = self
            .store
            .read(|conn| ingest::prepare(conn, arrived))
            .expect("a read");
        let saved = self
            .store
            .write(move |tx| ingest::save(tx, &feed, &prepared, now));
        saved.await.expect("saved");
    }

    pub async fn publish(&self, now: UtcTime) {
        self.clock.set(now);
        let ids = self.ids.clone();
        let pass = Pass {
            now,
            hold_secs: 180,
            random: Arc::new(move || {
                let mut bytes = [0; 16];
                bytes[8..].copy_from_slice(&ids.fetch_add(1, Ordering::SeqCst).to_be_bytes());
                bytes
            }),
        };
        publish_events(&self.store, pass).await.expect("a pass");
        self.site.expire();
    }

    /// Developments of each event by its id, and how many of each kind there are.
    fn changes(&self) -> (BTreeMap<String, usize>, BTreeMap<&'static str, usize>) {
        let all = Extent {
            at_least: 100_000,
            at_most: 100_000,
            ..Extent::default()
        };
        let read = self.store.read(|conn| {
            let (mut changes, mut kinds) = (BTreeMap::new(), BTreeMap::new());
            for one in published::latest_developments(conn, all)? {
                let name = published::name_of_event(conn, one.event_id)?;
                let id = name.expect("a published event").public_id.urn();
                *changes.entry(id).or_default() += 1;
                *kinds.entry(one.kind.name()).or_default() += 1;
            }
            Ok((changes, kinds))
        });
        read.expect("a read")
    }

    /// Every id still shows, where it leads, one of the reports it was published for.
    fn check_meaning(&self) {
        let strays: Vec<(i64, String)> = self
            .store
            .read(|conn| {
                let sql = "WITH RECURSIVE lead (origin, at) AS (
                        SELECT id, id FROM events WHERE public_id IS NOT NULL
                        UNION SELECT origin, merged_into FROM lead JOIN events ON id = at
                            WHERE merged_into IS NOT NULL)
                     SELECT origin, headline FROM lead JOIN events ON id = at
                     WHERE merged_into IS NULL AND NOT EXISTS (
                        SELECT 1 FROM anchors a JOIN event_items m ON m.item_id = a.item_id
                        WHERE a.event_id = origin AND m.event_id = at)";
                let mut query = conn.prepare(sql)?;
                let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .expect("a read");
        assert!(
            strays.is_empty(),
            "ids that mean something else: {strays:?}"
        );
    }
}

/// What a week came to.
struct Told {
    kinds: BTreeMap<&'static str, usize>,
    log_titles: Vec<String>,
}

/// `round_minutes` lie between two visits, of ours and of the readers'.
async fn read_week(items: &[Listed], round_minutes: i64) -> Told {
    let mut pipeline = Pipeline::open();
    let mut living: Vec<Reader> = HABITS.map(Reader::new).into();
    let mut log: Vec<Reader> = HABITS.map(Reader::new).into();
    let mut last_listed = BTreeMap::new();
    let mut log_titles: BTreeMap<String, String> = BTreeMap::new();
    let (mut from, mut polls) = (0, 0);
    let mut now = items[0].at;
    let end = items[items.len() - 1].at + chrono::TimeDelta::hours(3);
    while now < end {
        now += chrono::TimeDelta::minutes(round_minutes);
        let until = from + items[from..].partition_point(|one| one.at < now);
        pipeline.visit(&items[from..until], now).await;
        from = until;
        pipeline.publish(now + chrono::TimeDelta::minutes(5)).await;
        let events = poll(&pipeline.site, "/feeds/events.json").await;
        check_stay(&events, &mut last_listed, now.timestamp());
        let developments = poll(&pipeline.site, "/feeds/log.json").await;
        for one in &developments {
            let known = log_titles.insert(one.id.clone(), one.title.clone());
            assert!(
                known.is_none_or(|known| known == one.title),
                "an entry of the log changed"
            );
        }
        living.iter_mut().for_each(|reader| reader.poll(&events));
        log.iter_mut().for_each(|reader| reader.poll(&developments));
        pipeline.check_meaning();
        polls += 1;
    }
    let (changes, kinds) = pipeline.changes();
    println!(
        "{} items, {polls} polls, {} events, developments {kinds:?}",
        items.len(),
        changes.len()
    );
    for reader in &living {
        let told: usize = reader.notified.values().sum();
        println!(
            "{:?}: {told} notifications of {} events",
            reader.habit,
            reader.notified.len()
        );
        for (id, times) in &reader.notified {
            let is_deaf = matches!(reader.habit, Habit::Silent | Habit::IgnoresEdits);
            let most = if is_deaf { 1 } else { changes[id] };
            if *times > most {
                println!("{:#?}", reader.steps(id));
            }
            assert!(
                *times <= most,
                "{:?} of {id}: {times} > {most}",
                reader.habit
            );
        }
    }
    let written: usize = changes.values().sum();
    for reader in &log {
        assert_eq!(
            reader.notified.len(),
            written,
            "{:?}: each development once",
            reader.habit
        );
        assert!(
            reader.notified.values().all(|times| *times == 1),
            "{:?}",
            reader.habit
        );
    }
    Told {
        kinds,
        log_titles: log_titles.into_values().collect(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_development_of_the_demo_stands_once_in_the_log() {
    let told = read_week(&demo(), 45).await;
    for (kind, words) in [
        (
            DevelopmentKind::Correction,
            "Correction: Central bank of Norland",
        ),
        (DevelopmentKind::Kill, "Report withdrawn: "),
    ] {
        let titles: Vec<&String> = told
            .log_titles
            .iter()
            .filter(|title| title.starts_with(words))
            .collect();
        assert_eq!(titles.len(), 1, "{words}: {:?}", told.log_titles);
        assert_eq!(told.kinds.get(kind.name()), Some(&1), "{:?}", told.kinds);
    }
    let unique: BTreeSet<&String> = told.log_titles.iter().collect();
    assert_eq!(unique.len(), told.log_titles.len(), "{:?}", told.log_titles);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_week_notifies_nobody_without_reason() {
    let Some(directory) = std::env::var_os("DATELINE_CORPORA") else {
        println!("DATELINE_CORPORA is not set: the real week is not read");
        return;
    };
    read_week(&real(Path::new(&directory)), 60).await;
}
