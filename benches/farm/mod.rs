//! A farm of feeds for benches, Dateline at work on it, and what a process costs. The farm is a program of its own, named by
//! the environment variable `DATELINE_FARM`: it serves feed i at `http://127.0.0.X:PORT/f/i.xml`,
//! and publishes new items in some of its feeds at `/_ctl/tick?pct=P`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use dateline::clock::Clock;
use dateline::cluster::Weights;
use dateline::fetch::{FetchSettings, Fetcher};
use dateline::jobs::cluster::{Clusterer, ClusteringSettings};
use dateline::jobs::publish::{Pass, publish_events};
use dateline::jobs::{PollSettings, Poller, Sweep};
use dateline::news::{OutletKind, UtcTime};
use dateline::store::feeds::{NewFeed, add_feed};
use dateline::store::{Store, clustering, outlets};
use tokio::runtime::Runtime;

/// Hosts that the farm's feeds are spread over.
pub const HOSTS: usize = 50;

/// A running farm; it ends with this value.
pub struct Farm {
    child: Child,
    pub port: u16,
}

impl Farm {
    /// Starts it and waits until every feed is rendered.
    pub fn start(feeds: usize, more: &[&str]) -> Self {
        let Ok(program) = std::env::var("DATELINE_FARM") else {
            eprintln!("name the program that serves the farm in DATELINE_FARM");
            std::process::exit(2);
        };
        let port = free_port();
        let mut child = Command::new(program)
            .args(["serve", "-n", &feeds.to_string(), "-p", &port.to_string()])
            .args(["--hosts", &HOSTS.to_string()])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the farm starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        while let Some(Ok(line)) = lines.next() {
            if line.starts_with("ready") {
                break;
            }
        }
        // What it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port }
    }

    /// Publishes new items in that share of its feeds.
    #[allow(dead_code, reason = "not every bench publishes")]
    pub fn publish(&self, percent: f64) {
        self.control(&format!("tick?pct={percent}"));
    }

    /// How many items it has published, those of its start included.
    #[allow(dead_code, reason = "not every bench counts")]
    pub fn count_published(&self) -> u64 {
        self.control("truth").lines().count() as u64
    }

    fn control(&self, what: &str) -> String {
        let url = format!("http://127.0.0.1:{}/_ctl/{what}", self.port);
        let got = Command::new("curl").args(["-sf", &url]).output();
        let got = got.ok().filter(|got| got.status.success());
        let got = got.unwrap_or_else(|| panic!("{url} does not answer"));
        String::from_utf8_lossy(&got.stdout).into_owned()
    }
}

/// Feeds of one outlet, so that outlets are as many as in the world.
const FEEDS_AN_OUTLET: usize = 10;

/// Subscribes to so many feeds of the farm.
pub fn add_feeds(store: &Store, now: UtcTime, port: u16, feeds: usize) {
    let added = store.write_blocking(move |tx| {
        for feed in 0..feeds {
            let outlet = format!("Farm outlet {}", feed / FEEDS_AN_OUTLET);
            let outlet_id = outlets::ensure_outlet(tx, &outlet, OutletKind::Outlet)?;
            let new = NewFeed {
                url: address(port, feed),
                outlet_id,
                ..NewFeed::default()
            };
            add_feed(tx, &new, now)?;
        }
        Ok(())
    });
    added.expect("feeds are added");
}

/// A sweep of the farm's feeds without pace towards hosts.
pub fn sweep(
    store: &Store,
    clock: Arc<dyn Clock>,
    (port, in_flight): (u16, usize),
    mut settings: PollSettings,
) -> Sweep {
    settings.pace.host_gap_millis = 0;
    settings.pace.max_in_flight = in_flight;
    let fetch = FetchSettings {
        allow_networks: vec!["127.0.0.0/8".parse().expect("a network")],
        allow_ports: vec![port],
        ..FetchSettings::default()
    };
    let fetcher = Fetcher::new(fetch, clock.clone()).expect("a fetcher is built");
    Sweep::new(Poller::new(store.clone(), fetcher, clock, settings))
}

/// Clusters what has come.
pub struct Desk {
    clusterer: Clusterer,
}

impl Desk {
    pub fn load(store: &Store) -> Self {
        let settings = ClusteringSettings::default();
        let clusterer = Clusterer::load(store, settings, Weights::embedded());
        Self {
            clusterer: clusterer.expect("a clusterer is made"),
        }
    }

    pub fn cluster(&mut self, store: &Store, now: UtcTime) {
        let clustered = self.clusterer.take_in(store, now);
        clustered.expect("items are clustered");
    }
}

/// Publishes what has settled.
#[derive(Clone)]
pub struct Press {
    random: Arc<dyn Fn() -> [u8; 16] + Send + Sync>,
}

impl Press {
    pub fn new(store: &Store) -> Self {
        // Public ids are made of numbers that another run on the same database has not used.
        let next = store.read(|conn| clustering::load_cursor(conn, "cluster-next-event"));
        let next = next.expect("the cursor is read").unsigned_abs() << 24;
        let number = std::sync::atomic::AtomicU64::new(next);
        let random = move || {
            let next = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            u128::from(next)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
                .to_le_bytes()
        };
        Self {
            random: Arc::new(random),
        }
    }

    pub fn publish(&self, runtime: &Runtime, store: &Store, now: UtcTime) {
        let pass = Pass {
            now,
            hold_secs: 0,
            random: self.random.clone(),
        };
        let published = runtime.block_on(publish_events(store, pass));
        published.expect("events are published");
    }
}

impl Drop for Farm {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The address of a feed.
pub fn address(port: u16, feed: usize) -> String {
    format!("http://127.0.0.{}:{port}/f/{feed}.xml", 1 + feed % HOSTS)
}

/// Processor time of this process so far, in milliseconds (proc(5): fields 14 and 15, in ticks of
/// 10 ms).
pub fn cpu_millis() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
    (ticks(11).unwrap_or(0) + ticks(12).unwrap_or(0)) * 10
}

/// A line of `/proc/self/status` in megabytes: `VmRSS` now, `VmHWM` at most.
pub fn megabytes(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}
