//! Dateline as it runs, with the pace towards hosts switched off and the clock in the bench's hand.

use std::path::Path;
use std::sync::Arc;

use dateline::clock::{Clock as _, FakeClock, SystemClock};
use dateline::cluster::Weights;
use dateline::fetch::{FetchSettings, Fetcher};
use dateline::jobs::cluster::{Clusterer, ClusteringSettings};
use dateline::jobs::publish::{Pass, publish_events};
use dateline::jobs::{PollSettings, Poller, Sweep};
use dateline::news::OutletKind;
use dateline::store::feeds::{NewFeed, add_feed};
use dateline::store::{Store, items, outlets};
use tokio::runtime::Runtime;

use super::{Task, farm};

/// Feeds of one outlet, so that outlets are as many as in the world.
const FEEDS_AN_OUTLET: usize = 10;

pub fn prepare<'a>(
    runtime: &'a Runtime,
    directory: &Path,
    task: Task,
) -> Box<dyn FnMut() -> u64 + 'a> {
    let store = Store::open(directory).expect("a store opens");
    let clock = Arc::new(FakeClock::new(SystemClock.now()));
    add_feeds(&store, &clock, task);
    let mut settings = PollSettings::default();
    settings.pace.host_gap_millis = 0;
    settings.pace.max_in_flight = task.in_flight;
    let fetch = FetchSettings {
        allow_networks: vec!["127.0.0.0/8".parse().expect("a network")],
        allow_ports: vec![task.port],
        ..FetchSettings::default()
    };
    let fetcher = Fetcher::new(fetch, clock.clone()).expect("a fetcher is built");
    let sweep = Sweep::new(Poller::new(store.clone(), fetcher, clock.clone(), settings));
    let weights = Weights::embedded();
    let mut clusterer = Clusterer::load(&store, ClusteringSettings::default(), weights)
        .expect("a clusterer is made");
    let number = std::sync::atomic::AtomicU64::new(0);
    let random = Arc::new(move || {
        let next = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        u128::from(next)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
            .to_le_bytes()
    });
    Box::new(move || {
        clock.advance_secs(7200);
        std::thread::scope(|scope| {
            let (store, clock) = (&store, &clock);
            let clusterer = &mut clusterer;
            let (end, ended) = std::sync::mpsc::channel::<()>();
            let random = random.clone();
            scope.spawn(move || {
                // As the daemon does: cluster what came in, publish what settled, wait a moment.
                loop {
                    let pause = std::time::Duration::from_millis(100);
                    let is_last = ended.recv_timeout(pause).is_ok();
                    clusterer
                        .take_in(store, clock.now())
                        .expect("items are clustered");
                    let pass = Pass {
                        now: clock.now(),
                        hold_secs: 0,
                        random: random.clone(),
                    };
                    runtime
                        .block_on(publish_events(store, pass))
                        .expect("events are published");
                    if is_last {
                        break;
                    }
                }
            });
            runtime.block_on(async {
                let mut visited = 0;
                while visited < task.feeds {
                    visited += sweep.tick().await.expect("feeds are claimed");
                    sweep.wait_until_idle().await;
                }
            });
            // The other end waits for it or is gone with a panic of its own.
            let _ = end.send(());
        });
        store.read(items::count_items).expect("items are counted")
    })
}

fn add_feeds(store: &Store, clock: &FakeClock, task: Task) {
    let now = clock.now();
    let added = store.write_blocking(move |tx| {
        for feed in 0..task.feeds {
            let outlet = format!("Outlet {}", feed / FEEDS_AN_OUTLET);
            let outlet_id = outlets::ensure_outlet(tx, &outlet, OutletKind::Outlet)?;
            let new = NewFeed {
                url: farm::address(task.port, feed),
                outlet_id,
                ..NewFeed::default()
            };
            add_feed(tx, &new, now)?;
        }
        Ok(())
    });
    added.expect("feeds are added");
}
