//! A soak: three hundred times the rate of an ordinary newsroom, and whether memory, file
//! descriptors and threads stay flat. Eighteen seconds by default, which shows that the measuring
//! works; half an hour with
//! `DATELINE_SOAK_SECS=1800 cargo test --release --test main operating::soak -- --nocapture`.
//!
//! An ordinary newsroom is a hundred feeds, each visited every quarter of an hour; here each is
//! visited every 3 seconds and has something new every second time. Whatever grows until something
//! leaves it at its other end is to be full when the measuring begins, as it is after some weeks of
//! ordinary running: the outlets' dates go through four weeks, of which storylines stay open for
//! two days; the window holds a thousand items; the feeds hold what changed within a minute.

use std::time::Duration;

use super::newsroom::{Outlets, Telling, now};
use super::service::Place;

const FEEDS: usize = 100;
const INTERVAL_SECS: u32 = 3;
/// Told at a time, so that each event has about ten reports.
const EVENTS_AT_ONCE: u32 = 10;
/// What the outlets' dates go through. Older ones would not be believed.
const DATED_SECS: i64 = 27 * 86_400;
const SAMPLE: Duration = Duration::from_millis(1500);
/// Reads of a page or feed at each sample.
const READS: usize = 15;
/// The part of the time in which caches fill: a third.
const WARM_UP_PART: usize = 3;

#[derive(Clone, Copy, Debug)]
struct Sample {
    secs: f64,
    resident_kib: f64,
    descriptors: f64,
    threads: f64,
}

impl Sample {
    fn take(id: u32, secs: f64) -> Self {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let field = |name: &str| -> f64 {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        let descriptors = std::fs::read_dir(format!("/proc/{id}/fd")).unwrap();
        Self {
            secs,
            resident_kib: field("VmRSS:"),
            descriptors: descriptors.count() as f64,
            threads: field("Threads:"),
        }
    }
}

/// The slope of the best line, in per cent of the mean per ten minutes, and the mean.
fn slope(samples: &[Sample], value: impl Fn(&Sample) -> f64) -> (f64, f64) {
    let count = samples.len() as f64;
    let mean = |of: &dyn Fn(&Sample) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (mean_secs, mean_value) = (mean(&|one| one.secs), mean(&|one| value(one)));
    let (mut product, mut square) = (0.0, 0.0);
    for one in samples {
        product += (one.secs - mean_secs) * (value(one) - mean_value);
        square += (one.secs - mean_secs).powi(2);
    }
    (product / square * 600.0 / mean_value * 100.0, mean_value)
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_times_the_normal_rate_leaves_memory_descriptors_and_threads_flat() {
    let secs: u64 = std::env::var("DATELINE_SOAK_SECS").map_or(18, |text| text.parse().unwrap());
    let interval_secs = std::env::var("DATELINE_SOAK_INTERVAL_SECS");
    let interval_secs = interval_secs.map_or(INTERVAL_SECS, |text| text.parse().unwrap());
    let items_of_a_feed = secs as i64 / i64::from(2 * interval_secs) + 5;
    let telling = Telling {
        at_once: EVENTS_AT_ONCE,
        dated: Some((now().timestamp() - DATED_SECS, DATED_SECS / items_of_a_feed)),
    };
    let outlets = Outlets::open_telling(FEEDS, 1, telling).await;
    let place = Place::new(
        &[outlets.port()],
        "[clustering]\nmost_items = 1000\n[storylines]\nclosed_after_days = 2\n",
    );
    let config = std::fs::read_to_string(place.config()).unwrap();
    place.configure(&config.replace("[server]\n", "[server]\nfeed_keep_secs = 60\n"));
    let store = place.open_store();
    outlets.subscribe(&store, interval_secs, now()).await;
    drop(store);
    // As the unit sets it.
    let service = place.start_with(&[
        ("MALLOC_ARENA_MAX", "2"),
        ("MALLOC_MMAP_THRESHOLD_", "131072"),
        ("MALLOC_TRIM_THRESHOLD_", "262144"),
    ]);
    place.hear("READY=1").await;
    let begun = tokio::time::Instant::now();
    let mut ticks = tokio::time::interval(SAMPLE);
    let mut samples = Vec::new();
    let mut answered = 0;
    while begun.elapsed().as_secs() < secs {
        ticks.tick().await;
        for turn in 0..READS {
            let paths = [
                "/",
                "/feeds/events.atom",
                "/feeds/storylines.json",
                "/metrics",
                "/desk",
            ];
            let reply = place.client().get(paths[turn % paths.len()]).await.unwrap();
            assert_eq!(reply.status, 200, "{}", reply.body);
            answered += 1;
        }
        samples.push(Sample::take(service.id(), begun.elapsed().as_secs_f64()));
    }
    let warm = &samples[samples.len() / WARM_UP_PART..];
    let (memory, mean_kib) = slope(warm, |one| one.resident_kib);
    let (descriptors, mean_descriptors) = slope(warm, |one| one.descriptors);
    let (threads, mean_threads) = slope(warm, |one| one.threads);
    let items = place.open_count();
    eprintln!(
        "{secs} s, {} visits, {items} items, {answered} reads; after warm-up, per ten minutes: \
         resident {mean_kib:.0} KiB {memory:+.2} %, descriptors {mean_descriptors:.1} \
         {descriptors:+.2} %, threads {mean_threads:.1} {threads:+.2} %",
        outlets.asked()
    );
    for one in samples.iter().step_by((samples.len() / 20).max(1)) {
        eprintln!(
            "{:6.0} s {:8.0} KiB {:4.0} descriptors {:3.0} threads",
            one.secs, one.resident_kib, one.descriptors, one.threads
        );
    }
    assert!(outlets.asked() > FEEDS / 2, "the feeds are visited");
    if secs >= 900 {
        assert!(memory < 1.0, "memory grows by {memory:.2} % in ten minutes");
        assert!(
            descriptors < 1.0 && threads < 1.0,
            "{descriptors} {threads}"
        );
    }
}
