//! `kill -9` at random points of visits to a changing feed: no item lost, none doubled, validators
//! never newer than the items. A few rounds by default; the full two hundred with
//! `DATELINE_KILL_ROUNDS=200 cargo test --release --test main polling::kill`.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use dateline::clock::FakeClock;
use dateline::jobs::Poller;
use dateline::news::{FeedId, ItemId, OutletKind, utc_from_secs};
use dateline::store::feeds::{NewFeed, add_feed};
use dateline::store::{Store, items, outlets, polls};

use super::harness::{START, exact, rss};
use crate::fetching::{fetcher_with, settings};
use crate::server::{Reply, TestServer};

const WINDOW: u32 = 12;

/// Serves a window of items that moves on by one to three with every full answer; the ETag is the
/// number of the newest item.
async fn changing_feed() -> (TestServer, Arc<AtomicU32>) {
    let newest = Arc::new(AtomicU32::new(WINDOW));
    let counter = Arc::clone(&newest);
    let server = TestServer::start(move |seen| {
        let now = counter.load(Ordering::SeqCst);
        if seen.header("if-none-match") == Some(format!("\"{now}\"").as_str()) {
            counter.fetch_add(1 + now % 3, Ordering::SeqCst);
            return Reply::status(304);
        }
        let listed = (now - WINDOW + 1..=now).rev();
        Reply::ok(rss(listed)).with("ETag", format!("\"{now}\""))
    })
    .await;
    (server, newest)
}

fn spawn(directory: &Path, port: u16) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "polling::kill::the_child_polls_until_it_is_killed",
        ])
        .env("DATELINE_TEST_KILL_DIR", directory)
        .env("DATELINE_TEST_KILL_PORT", port.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The child of the test below; by itself it has nothing to do.
#[tokio::test]
async fn the_child_polls_until_it_is_killed() {
    let Ok(directory) = std::env::var("DATELINE_TEST_KILL_DIR") else {
        return;
    };
    let port: u16 = std::env::var("DATELINE_TEST_KILL_PORT")
        .unwrap()
        .parse()
        .unwrap();
    let store = Store::open(&PathBuf::from(directory)).unwrap();
    let clock = Arc::new(FakeClock::new(utc_from_secs(START)));
    let mut poll_settings = exact();
    poll_settings.pace.host_gap_millis = 0;
    let poller = Poller::new(
        store,
        fetcher_with(settings(&[port])).0,
        clock,
        poll_settings,
    );
    loop {
        poller.poll_feed(FeedId(1)).await.unwrap();
    }
}

/// The numbers of the items kept, and the number in the ETag kept.
fn kept(store: &Store) -> (Vec<u32>, u32) {
    let items = store
        .read(|conn| items::load_items_after(conn, ItemId(0), 1_000_000))
        .unwrap();
    let number = |link: &str| link.rsplit('/').next().unwrap().parse().unwrap();
    let numbers = items
        .iter()
        .map(|item| number(item.link.as_deref().unwrap()))
        .collect();
    let state = store
        .read(|conn| polls::load_visit_state(conn, FeedId(1)))
        .unwrap()
        .unwrap();
    let etag = state.validators.etag.map_or(0, |etag| {
        String::from_utf8(etag)
            .unwrap()
            .trim_matches('"')
            .parse()
            .unwrap()
    });
    (numbers, etag)
}

#[tokio::test]
async fn kill_at_any_point_loses_no_item_doubles_none_and_keeps_validators_behind_items() {
    let rounds: u32 =
        std::env::var("DATELINE_KILL_ROUNDS").map_or(3, |rounds| rounds.parse().unwrap());
    let (server, newest) = changing_feed().await;
    let directory = tempfile::tempdir().unwrap();
    let url = server.url("paper.test", "/feed");
    let store = Store::open(directory.path()).unwrap();
    let added = store.write(move |tx| {
        let outlet_id = outlets::ensure_outlet(tx, "Paper", OutletKind::Outlet)?;
        let new = NewFeed {
            url,
            outlet_id,
            ..NewFeed::default()
        };
        add_feed(tx, &new, utc_from_secs(START))
    });
    added.await.unwrap();
    drop(store);
    for round in 0..rounds {
        let mut child = spawn(directory.path(), server.port());
        let seen = server.seen().len();
        server.wait_for(seen + 1 + (round as usize * 7) % 5).await;
        // The server has just got a request; the child dies somewhere in what follows.
        for _ in 0..(round.wrapping_mul(2_654_435_761) >> 16) % 6000 {
            tokio::task::yield_now().await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let (mut numbers, etag) = kept(&store);
        numbers.sort_unstable();
        let last = numbers.last().copied().unwrap_or(0);
        let expected: Vec<u32> = (1..=last).collect();
        assert_eq!(
            numbers, expected,
            "round {round}: nothing lost, nothing doubled"
        );
        assert!(
            etag <= last,
            "round {round}: the ETag is {etag}, the newest item {last}"
        );
    }
    assert!(newest.load(Ordering::SeqCst) > WINDOW);
}
