//! What is kept is served as long as it should be.

use super::*;
use crate::clock::FakeClock;
use crate::news::utc_from_secs;

#[test]
fn what_took_long_rests_for_readers_and_neither_for_hubs_nor_for_settings() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory.path()).expect("a store opens");
    let clock = Arc::new(FakeClock::new(utc_from_secs(0)));
    let site = Site::new(store, Settings::default(), clock.clone());
    let keep = |took: Duration| {
        let rendered = Rendered::new(Draft {
            body: b"of before".to_vec(),
            content_type: "text/plain",
            modified: utc_from_secs(0),
            freshness: Freshness::Public(60),
            links: Vec::new(),
            is_shared: true,
        });
        let generation = site.inner.generation.load(Ordering::Acquire);
        site.keep(&site.slot("/feed"), (generation, took), Arc::new(rendered));
    };
    let is_served = |demand| site.kept("/feed", demand).is_some();
    keep(Duration::from_millis(49));
    assert!(is_served(Demand::Reader) && is_served(Demand::Hub));
    site.expire_in_turn();
    assert!(!is_served(Demand::Reader));

    keep(Duration::from_millis(800));
    site.expire_in_turn();
    assert!(is_served(Demand::Reader) && !is_served(Demand::Hub));
    clock.advance_secs(16);
    assert!(!is_served(Demand::Reader));

    keep(Duration::from_secs(60));
    site.expire_in_turn();
    clock.advance_secs(i64::from(PAGE_SECS) - 1);
    assert!(is_served(Demand::Reader));
    site.expire();
    assert!(!is_served(Demand::Reader));
}
