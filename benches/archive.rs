//! A database of years: how many bytes an item takes and what takes them, how long a start takes, how
//! fast the desk answers, and how long retention takes for the oldest fifth. The database is made
//! directly, with the store's own functions.
//!
//! `cargo bench --bench archive -- [ITEMS] [--dir DIRECTORY] [--until SECS] [--only-fill]`; 200,000
//! items by default, 5,000,000 for the figures of docs/performance.md, the last of them at those Unix
//! seconds. With a directory the database stays there and is used again.
#![allow(
    clippy::disallowed_methods,
    reason = "a bench is the client here, and holds the stopwatch"
)]

#[path = "archive/fill.rs"]
mod fill;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dateline::clock::{Clock, FakeClock};
use dateline::cluster::Weights;
use dateline::jobs::cluster::{Clusterer, ClusteringSettings};
use dateline::jobs::retention::LOT;
use dateline::serve::{self, Settings, Site};
use dateline::store::{Store, items, retention};
use fill::Archive;

/// When the last item comes, unless another time is asked for: in September 2026.
const UNTIL: i64 = 1_790_000_000;
/// Pages of the desk and of the world, each asked for so many times with another number.
const ROUNDS: u64 = 60;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let first = arguments.iter().find_map(|argument| argument.parse().ok());
    let archive = Archive {
        count: first.unwrap_or(200_000),
        until: after(&arguments, "--until").unwrap_or(UNTIL),
    };
    let kept: Option<PathBuf> = after(&arguments, "--dir");
    let temporary = tempfile::tempdir().expect("a directory");
    let directory = kept.as_deref().unwrap_or(temporary.path());
    let store = Store::open(directory).expect("a store opens");
    let there = store.read(items::count_items).expect("items are counted");
    if there < archive.count {
        let started = Instant::now();
        fill::fill(&store, there, archive);
        println!(
            "{} items made in {:.0} s",
            archive.count,
            started.elapsed().as_secs_f64()
        );
    }
    if arguments.iter().any(|argument| argument == "--only-fill") {
        return;
    }
    weigh(&store, archive.count);
    drop(store);
    let store = start(directory);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(ask_pages(&store, archive));
    forget(&store, archive);
}

fn after<T: FromStr>(arguments: &[String], name: &str) -> Option<T> {
    let at = arguments.iter().position(|argument| argument == name)?;
    arguments.get(at + 1)?.parse().ok()
}

/// What takes the bytes.
fn weigh(store: &Store, count: u64) {
    let sql = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 14";
    let read = store.read(|conn| {
        let mut query = conn.prepare(sql)?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<Vec<(String, f64)>, _>>()?)
    });
    let Ok(tables) = read else {
        println!("this SQLite does not tell what takes the bytes");
        return;
    };
    let file = store
        .read(retention::measure_file)
        .expect("the file is measured");
    let an_item = |bytes: f64| bytes / count as f64;
    let search: f64 = tables
        .iter()
        .filter(|(name, _)| name.starts_with("item_search"))
        .map(|(_, bytes)| bytes)
        .sum();
    println!(
        "{:.0} bytes an item, {:.0} without the search index",
        an_item(file.used_bytes as f64),
        an_item(file.used_bytes as f64 - search)
    );
    for (name, bytes) in tables {
        println!("    {:6.1}  {name}", an_item(bytes));
    }
}

/// From nothing to a store that is open and a clusterer that is ready.
fn start(directory: &Path) -> Store {
    let started = Instant::now();
    let store = Store::open(directory).expect("a store opens");
    let opened = started.elapsed();
    let settings = ClusteringSettings::default();
    let clusterer = Clusterer::load(&store, settings, Weights::embedded()).expect("it is rebuilt");
    println!(
        "start: {:.2} s, of which {:.2} s for opening; {} items live",
        started.elapsed().as_secs_f64(),
        opened.as_secs_f64(),
        clusterer.live_items()
    );
    store
}

async fn ask_pages(store: &Store, archive: Archive) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let settings = Settings {
        base_url: format!("http://{address}"),
        ..Settings::default()
    };
    let clock: Arc<dyn Clock> = Arc::new(FakeClock::new(archive.time_of(archive.count)));
    let site = Site::new(store.clone(), settings, clock);
    tokio::spawn(serve::run(listener, site, std::future::pending()));
    // Err means that there is one already.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client is built");
    let pages = [
        "/",
        "/feeds/events.atom",
        "/desk",
        "/desk/storylines/{line}",
        "/desk/events/{event}",
        "/desk/review",
        "/desk/feeds",
        "/desk/log",
        "/desk/search?q={rare}",
        "/desk/search?q={common}",
        "/desk/search?q={rare}+{common}",
        "/desk/search?q={start}",
        "/metrics",
    ];
    for page in pages {
        let mut times = Vec::new();
        for round in 0..ROUNDS {
            let path = fill::name_in(page, round, archive.count);
            let started = Instant::now();
            let answer = client.get(format!("http://{address}{path}")).send().await;
            let answer = answer.expect("the site answers");
            assert!(answer.status().is_success(), "{path}: {}", answer.status());
            answer.bytes().await.expect("the page comes");
            times.push(started.elapsed());
        }
        times.sort_unstable();
        let millis = |time: Duration| time.as_secs_f64() * 1000.0;
        println!(
            "{page:32}: {:6.1} ms at the median, {:6.1} ms at the 99th of 100",
            millis(times[times.len() / 2]),
            millis(times[times.len() - 1])
        );
    }
}

/// Retention of the oldest fifth, lot by lot.
fn forget(store: &Store, archive: Archive) {
    let before = archive.time_of(archive.count / 5);
    let (started, mut longest, mut gone) = (Instant::now(), Duration::ZERO, 0);
    loop {
        let lot_started = Instant::now();
        let lot = store.write_blocking(move |tx| retention::remove_lot(tx, before, LOT, before));
        let lot = lot.expect("a lot is removed");
        longest = longest.max(lot_started.elapsed());
        gone += lot.items;
        if lot.is_nothing() {
            break;
        }
    }
    let secs = started.elapsed().as_secs_f64();
    println!(
        "retention: {gone} items in {secs:.1} s ({:.0} s for a million), longest lot {:.0} ms",
        secs / gone.max(1) as f64 * 1e6,
        longest.as_secs_f64() * 1000.0
    );
}
