//! What is kept is served as long as it should be.

use std::future::Future;
use std::sync::Mutex;
use std::time::Duration;

use super::*;
use crate::clock::FakeClock;
use crate::news::utc_from_secs;
use crate::serve::address::private_path;
use crate::serve::conditional::Coding;
use crate::store::tokens;

fn document(bytes: usize) -> Arc<Rendered> {
    Arc::new(Rendered::new(Draft {
        body: vec![b'a'; bytes],
        content_type: "text/plain",
        modified: Some(utc_from_secs(0)),
        freshness: Freshness::Public(60),
        links: Vec::new(),
        is_shared: true,
    }))
}

#[test]
fn what_is_kept_is_bounded_by_dropping_the_oldest_and_never_what_was_asked_for_just_now() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory.path()).expect("a store opens");
    let clock = Arc::new(FakeClock::new(utc_from_secs(0)));
    let settings = Settings {
        cache_bytes: 100_000,
        ..Settings::default()
    };
    let site = Site::new(store, settings, clock.clone());
    let keep = |path: &str, bytes: usize| {
        let generation = site.inner.generation.load(Ordering::Acquire);
        let made = (generation, Duration::ZERO);
        let slot = site.slot(path);
        site.keep(&slot, made, document(bytes));
        site.bound_memory();
        clock.advance_secs(1);
    };
    let is_kept = |path: &str| site.kept(path, Demand::Reader).is_some();
    for path in ["/1", "/2", "/3", "/4"] {
        keep(path, 10_000);
    }
    assert!(is_kept("/1"));
    keep("/5", 10_000);
    assert!(!is_kept("/1") && !is_kept("/2"), "until a quarter is free");
    assert!(is_kept("/3") && is_kept("/4") && is_kept("/5"));

    keep("/large", 1_000_000);
    assert!(is_kept("/large"));
    keep("/large", 1_000_001);
    assert!(is_kept("/large") && !is_kept("/5"));
    keep("/6", 10);
    assert!(is_kept("/6") && !is_kept("/large"));
}

#[test]
fn what_took_long_rests_for_readers_and_neither_for_hubs_nor_for_settings() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory.path()).expect("a store opens");
    let clock = Arc::new(FakeClock::new(utc_from_secs(0)));
    let site = Site::new(store, Settings::default(), clock.clone());
    let keep = |took: Duration| {
        let generation = site.inner.generation.load(Ordering::Acquire);
        site.keep(&site.slot("/feed"), (generation, took), document(10));
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

#[test]
fn nothing_rests_while_a_decision_is_coming() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory.path()).expect("a store opens");
    let clock = Arc::new(FakeClock::new(utc_from_secs(0)));
    let site = Site::new(store, Settings::default(), clock.clone());
    let mut known = Seen::default();
    let mut see = |version, decided| {
        let seen = Seen {
            version,
            decided,
            ..Seen::default()
        };
        let generation = site.inner.generation.load(Ordering::Acquire);
        let made = (generation, Duration::from_secs(60));
        site.keep(&site.slot("/feed"), made, document(10));
        site.heed(&mut known, &seen);
        site.kept("/feed", Demand::Reader).is_some()
    };
    assert!(see(1, 0), "it rests");
    assert!(see(1, 1), "nothing that is shown has changed");
    clock.advance_secs(2);
    assert!(!see(2, 1), "the decision may be in it");
    clock.advance_secs(2);
    assert!(see(3, 1), "it rests again");
}

/// How often a document that is rendered asks the clock: when it is begun, made, and kept.
const OF_ONE: usize = 3;

/// A clock that stops whoever renders, and counts.
struct Gate {
    begun: std::sync::mpsc::Sender<()>,
    open: Mutex<std::sync::mpsc::Receiver<()>>,
}

impl Clock for Gate {
    fn now(&self) -> UtcTime {
        utc_from_secs(0)
    }

    fn elapsed(&self) -> Duration {
        self.begun.send(()).expect("the test counts");
        self.open.lock().expect("no panic").recv().expect("a word");
        Duration::ZERO
    }
}

#[tokio::test]
async fn what_was_begun_for_somebody_who_left_is_begun_for_nobody_else() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory.path()).expect("a store opens");
    let (begun, count) = std::sync::mpsc::channel();
    let (open, opened) = std::sync::mpsc::channel();
    let gate = Gate {
        begun,
        open: Mutex::new(opened),
    };
    let site = Site::new(store, Settings::default(), Arc::new(gate));
    let path = "/feeds/events.atom";
    let ask = || Box::pin(site.answer(path, Coding::Gzip, Demand::Reader));
    for _ in 0..20 {
        let mut asking = ask();
        let waits = std::future::poll_fn(|context| {
            std::task::Poll::Ready(asking.as_mut().poll(context).is_pending())
        });
        assert!(waits.await, "it is under way");
    }
    // More often than anybody asks.
    for _ in 0..100 {
        open.send(()).expect("somebody renders");
    }
    let answer = ask().await.expect("an answer");
    assert!(matches!(answer, Answer::Document(_)));
    assert_eq!(count.try_iter().count(), OF_ONE);
}

/// A clock that counts who asks it: whoever renders does.
#[derive(Default)]
struct Counted(std::sync::atomic::AtomicUsize);

impl Clock for Counted {
    fn now(&self) -> UtcTime {
        utc_from_secs(0)
    }

    fn elapsed(&self) -> Duration {
        self.0.fetch_add(1, Ordering::SeqCst);
        Duration::ZERO
    }
}

#[tokio::test]
async fn a_private_output_is_rendered_once_and_opens_no_longer_than_its_token() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory.path()).expect("a store opens");
    let token = store.write(|tx| tokens::create_token(tx, [7; 32], "anna", utc_from_secs(0)));
    let token = token.await.expect("a token");
    let clock = Arc::new(Counted::default());
    let site = Site::new(store.clone(), Settings::default(), clock.clone());
    let path = format!("{}/feeds/events.atom", private_path(&token));
    for coding in [Coding::Gzip, Coding::Brotli, Coding::Gzip] {
        let answer = site.answer(&path, coding, Demand::Reader).await;
        let Ok(Answer::Document(rendered)) = answer else {
            panic!("a document");
        };
        assert!(rendered.has(coding), "the handler has nothing to compress");
    }
    assert_eq!(clock.0.load(Ordering::SeqCst), OF_ONE);
    let revoked = store.write(|tx| tokens::revoke_token(tx, 1, utc_from_secs(1)));
    assert!(revoked.await.expect("a write"));
    let answer = site.answer(&path, Coding::Gzip, Demand::Reader).await;
    assert!(matches!(answer, Ok(Answer::Nothing)));
}
