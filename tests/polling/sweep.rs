//! The sweep: lines 22 to 25, 49 and 53, and one hostile feed of each kind beside a hundred good
//! ones.

use std::collections::HashMap;
use std::time::Duration;

use dateline::clock::Clock;
use dateline::jobs::Sweep;
use dateline::jobs::feeds::answer_request;
use dateline::news::{FeedHealth, FeedId, Request, utc_from_secs};
use dateline::store::feeds;
use tokio::time::Instant;

use super::harness::{Newsroom, START, exact, rss};
use crate::server::Reply;

#[tokio::test]
async fn feeds_of_one_host_are_visited_one_at_a_time_with_the_gap_between_them() {
    let mut settings = exact();
    settings.pace.host_gap_millis = 150;
    let room = Newsroom::with(settings, |_| Some(Reply::ok(rss(1..4)))).await;
    for number in 0..4 {
        room.add("paper.test", &format!("/{number}")).await;
        room.add("a.substack.com.test", &format!("/{number}")).await;
    }
    assert_eq!(room.sweep_once().await, 8);
    let mut by_host: HashMap<String, Vec<Instant>> = HashMap::new();
    for seen in room.server.seen() {
        by_host
            .entry(seen.header("host").unwrap().to_owned())
            .or_default()
            .push(seen.at);
    }
    for (host, times) in by_host {
        assert_eq!(times.len(), 4);
        for pair in times.windows(2) {
            let gap = pair[1] - pair[0];
            assert!(gap >= Duration::from_millis(150), "{host}: {gap:?}");
        }
    }
}

#[tokio::test]
async fn never_more_than_the_bound_are_under_way_over_all_hosts() {
    let mut settings = exact();
    settings.pace.max_in_flight = 5;
    let room = Newsroom::with(settings, |_| Some(Reply::ok(rss(1..4)))).await;
    for number in 0..40 {
        room.add(&format!("paper{number}.test"), "/feed").await;
    }
    assert_eq!(room.sweep_once().await, 40);
    assert!(room.server.most_in_flight() <= 5);
    assert_eq!(room.server.seen().len(), 40);
}

#[tokio::test]
async fn a_gap_holds_also_between_the_end_of_one_sweep_and_the_next() {
    let mut settings = exact();
    settings.pace.host_gap_millis = 200;
    let room = Newsroom::with(settings, |_| Some(Reply::ok(rss(1..4)))).await;
    room.add("paper.test", "/1").await;
    room.sweep.tick().await.unwrap();
    room.server.wait_for(1).await;
    room.add("paper.test", "/2").await;
    room.sweep_once().await;
    let seen = room.server.seen();
    assert!(seen[1].at - seen[0].at >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_gap_holds_also_between_the_end_of_one_process_and_the_next() {
    let mut settings = exact();
    settings.pace.host_gap_millis = 200;
    let room = Newsroom::with(settings.clone(), |_| Some(Reply::ok(rss(1..4)))).await;
    let first = room.add("paper.test", "/1").await;
    let second = room.add("paper.test", "/2").await;
    room.poll(first).await;
    room.poller_anew(settings).poll_feed(second).await.unwrap();
    let seen = room.server.seen();
    assert!(seen[1].at - seen[0].at >= Duration::from_millis(200));
}

#[tokio::test]
async fn after_a_restart_overdue_feeds_are_spread_over_the_interval_and_none_is_early() {
    let room = Newsroom::open().await;
    let mut ids = Vec::new();
    for number in 0..60 {
        ids.push(room.add(&format!("paper{number}.test"), "/feed").await);
    }
    room.say(Reply::ok(rss(1..4)));
    room.sweep_once().await;
    room.clock.advance_secs(5 * 86_400);
    let restarted = Sweep::new(room.poller.clone());
    restarted.start_up().await.unwrap();
    let waits: Vec<i64> = ids.iter().map(|id| room.wait_of(*id)).collect();
    assert!(
        waits.iter().all(|wait| (0..900).contains(wait)),
        "{waits:?}"
    );
    let early = waits.iter().filter(|wait| **wait < 300).count();
    assert!(
        (8..=32).contains(&early),
        "{early} of 60 in the first third"
    );
    let claimed = restarted.tick().await.unwrap();
    restarted.wait_until_idle().await;
    assert!(claimed <= 3, "no burst: {claimed}");
}

#[tokio::test]
async fn what_a_restart_found_overdue_is_visited_when_somebody_asks_by_hand() {
    let room = Newsroom::open().await;
    for number in 0..5 {
        room.add(&format!("paper{number}.test"), "/feed").await;
    }
    room.say(Reply::ok(rss(1..4)));
    room.sweep_once().await;
    let ask = async || {
        let asked = Request::Poll { feeds: Vec::new() };
        let answer = answer_request(&room.poller, &asked).await.unwrap();
        answer.unwrap().lines
    };
    assert_eq!(ask().await, ["no feed is due"]);
    room.clock.advance_secs(4 * 3600);
    // Started twice within the interval.
    for _ in 0..2 {
        let restarted = Sweep::new(room.poller.clone());
        restarted.start_up().await.unwrap();
        room.clock.advance_secs(5);
    }
    assert_eq!(ask().await.len(), 5);
    assert_eq!(ask().await, ["no feed is due"], "once");
}

#[tokio::test]
async fn a_restart_forgets_the_claims_of_the_process_before() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let now = room.clock.now();
    let claimed = room.store.write(move |tx| {
        dateline::store::polls::claim_due(tx, now, now + chrono::Duration::hours(1), 10)
    });
    assert_eq!(claimed.await.unwrap()[0].id, id);
    room.say(Reply::ok(rss(1..4)));
    assert_eq!(room.sweep_once().await, 0, "another process holds it");
    let restarted = Sweep::new(room.poller.clone());
    restarted.start_up().await.unwrap();
    assert_eq!(restarted.tick().await.unwrap(), 1);
    restarted.wait_until_idle().await;
}

#[tokio::test]
async fn a_clock_that_is_set_moves_the_times_of_visits_with_it() {
    for jump in [-86_400 * 400, -7200, 7200, 86_400 * 30] {
        let room = Newsroom::open().await;
        let id = room.add("paper.test", "/feed").await;
        room.say(Reply::ok(rss(1..4)));
        room.sweep_once().await;
        assert_eq!(room.wait_of(id), 900);
        room.clock.advance_secs(60);
        room.clock
            .set(room.clock.now() + chrono::Duration::seconds(jump));
        assert_eq!(room.sweep_once().await, 0, "no earlier than due: {jump}");
        assert_eq!(room.wait_of(id), 840, "{jump}");
        room.clock.advance_secs(840);
        assert_eq!(room.sweep_once().await, 1, "and not later: {jump}");
    }
}

#[tokio::test]
async fn times_that_a_wrong_clock_wrote_are_mended_at_the_start() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.clock.set(utc_from_secs(START + 4 * 365 * 86_400));
    room.say(Reply::ok(rss(1..4)));
    room.poll(id).await;
    room.clock.set(utc_from_secs(START));
    let restarted = Sweep::new(room.poller.clone());
    restarted.start_up().await.unwrap();
    assert_eq!(room.wait_of(id), 900);
}

#[tokio::test]
async fn a_host_with_very_many_feeds_does_not_keep_the_others_waiting() {
    let mut settings = exact();
    settings.pace.host_gap_millis = 1;
    let room = Newsroom::with(settings, |_| Some(Reply::ok(rss(1..4)))).await;
    for number in 0..130 {
        room.add("crowded.test", &format!("/{number}")).await;
    }
    room.add("paper.test", "/feed").await;
    assert_eq!(room.sweep_once().await, 101);
    assert_eq!(room.server.seen_at("/feed").len(), 1);
    room.clock.advance_secs(200);
    assert_eq!(room.sweep_once().await, 30);
}

#[tokio::test]
async fn a_paused_feed_is_not_visited() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let pause = feeds::FeedEdit {
        paused: Some(true),
        ..feeds::FeedEdit::default()
    };
    room.store
        .write(move |tx| feeds::edit_feed(tx, id, &pause))
        .await
        .unwrap();
    assert_eq!(room.sweep_once().await, 0);
}

#[tokio::test]
async fn at_the_end_what_is_under_way_is_given_up_within_five_seconds_and_saved_whole_or_not() {
    let room = Newsroom::with(exact(), |seen| match seen.path() {
        "/silent" => Some(Reply::Silence),
        _ => Some(Reply::ok(rss(1..4)).with("ETag", "\"1\"")),
    })
    .await;
    let silent = room.add("silent.test", "/silent").await;
    let behind = room.add("silent.test", "/behind").await;
    let good = room.add("paper.test", "/feed").await;
    room.sweep.tick().await.unwrap();
    room.server.wait_for(2).await;
    let started = Instant::now();
    room.sweep.end().await;
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(room.state(silent).feed.last_visit_at, None);
    assert_eq!(room.state(behind).feed.last_visit_at, None);
    let state = room.state(good);
    assert_eq!(state.validators.etag.is_some(), room.item_count() == 3);
    assert_eq!(room.sweep.tick().await.unwrap(), 0, "nothing new is begun");
}

fn hostile(path: &str) -> Option<Reply> {
    let depth = "<a>".repeat(200_000);
    let bomb = || crate::fetching::gzip(&vec![b' '; 64 << 20]);
    let entities = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
         <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d SYSTEM \"file:///etc/passwd\">]>\
         <rss version=\"2.0\"><channel><title>&c;&d;</title></channel></rss>";
    Some(match path {
        "/silent" => Reply::Silence,
        "/close" => Reply::Close,
        "/drip" => Reply::Drip(
            b"HTTP/1.1 200 OK\r\n\r\n<rss>".into(),
            Duration::from_millis(20),
        ),
        "/endless" => Reply::Endless(b"HTTP/1.1 200 OK\r\n\r\n".into(), vec![b'<'; 4096]),
        "/head" => Reply::Endless(b"HTTP/1.1 200 OK\r\nX: ".into(), vec![b'x'; 4096]),
        "/bomb" => Reply::ok(bomb()).with("Content-Encoding", "gzip"),
        "/garbage" => Reply::Raw(b"\0\x01\x02 no http".into()),
        "/loop" => Reply::redirect(301, "/loop"),
        "/inside" => Reply::redirect(302, "http://169.254.169.254/latest/"),
        "/deep" => Reply::ok(format!("<rss version=\"2.0\"><channel>{depth}")),
        "/entities" => Reply::ok(entities),
        "/page" => Reply::ok("<!DOCTYPE html><html></html>"),
        "/empty" => Reply::ok(""),
        "/utf16" => Reply::ok(
            b"\0<\0?\0x\0m\0l\0 \0e\0n\0c\0o\0d\0i\0n\0g\0=\0\"\0u\0t\0f\0-\x001\x006\0\"\0?\0>"
                .to_vec(),
        ),
        "/limited" => Reply::status(429).with("Retry-After", "99999999999999999999"),
        "/gone" => Reply::status(410),
        "/failing" => Reply::status(500),
        "/many" => Reply::ok(rss(0..500)),
        _ => return None,
    })
}

const HOSTILE: [&str; 18] = [
    "/silent",
    "/close",
    "/drip",
    "/endless",
    "/head",
    "/bomb",
    "/garbage",
    "/loop",
    "/inside",
    "/deep",
    "/entities",
    "/page",
    "/empty",
    "/utf16",
    "/limited",
    "/gone",
    "/failing",
    "/many",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_good_feeds_are_on_time_beside_one_hostile_feed_of_each_kind() {
    let room = Newsroom::with(exact(), |seen| {
        hostile(seen.path()).or_else(|| Some(Reply::ok(rss(1..6)).with("ETag", "\"1\"")))
    })
    .await;
    for path in HOSTILE {
        room.add(&format!("{}.test", &path[1..]), path).await;
    }
    let mut good = Vec::new();
    for number in 0..100 {
        good.push(room.add(&format!("good{number}.test"), "/feed").await);
    }
    let started = Instant::now();
    room.sweep.tick().await.unwrap();
    wait_for_visits(&room, &good).await;
    let took = started.elapsed();
    // The silent and the dripping server are held for 20 and 60 s; nobody waits for them.
    assert!(
        took < Duration::from_secs(15),
        "the good feeds took {took:?}"
    );
    for id in &good {
        assert_eq!(room.state(*id).feed.health, FeedHealth::Ok);
    }
    room.sweep.end().await;
}

async fn wait_for_visits(room: &Newsroom, ids: &[FeedId]) {
    let mut commits = room.store.commits().unwrap();
    while ids
        .iter()
        .any(|id| room.state(*id).feed.last_visit_at.is_none())
    {
        let limit = Duration::from_secs(60);
        tokio::time::timeout(limit, commits.changed())
            .await
            .unwrap()
            .unwrap();
    }
}

/// Names of which one ends the program's own code when it is asked for.
struct Poisoned(crate::server::TestNames);

impl dateline::fetch::Names for Poisoned {
    fn lookup(&self, host: String) -> dateline::fetch::Lookup<'_> {
        assert!(host != "poison.test", "a panic in the middle of a visit");
        self.0.lookup(host)
    }
}

#[tokio::test]
async fn a_visit_that_panics_is_put_off_and_blocks_no_other() {
    let room = Newsroom::open().await;
    let mut ids = Vec::new();
    for host in ["a.test", "poison.test", "b.test", "c.test"] {
        ids.push(room.add(host, "/feed").await);
    }
    room.say(Reply::ok(rss(1..4)));
    let fetcher = dateline::fetch::Fetcher::with_names(
        crate::fetching::settings(&[room.server.port()]),
        room.clock.clone(),
        std::sync::Arc::new(Poisoned(crate::server::TestNames::default())),
    );
    let poller = dateline::jobs::Poller::new(
        room.store.clone(),
        fetcher.unwrap(),
        room.clock.clone(),
        exact(),
    );
    let sweep = Sweep::new(poller);
    assert_eq!(sweep.tick().await.unwrap(), 4);
    sweep.wait_until_idle().await;
    assert_eq!(room.server.seen().len(), 3);
    assert_eq!(room.item_count(), 9);
    assert!(room.wait_of(ids[1]) >= 900, "{}", room.wait_of(ids[1]));
    assert_eq!(
        sweep.tick().await.unwrap(),
        0,
        "it is not tried again at once"
    );
}

#[tokio::test]
async fn a_network_that_is_gone_is_held_against_no_feed_and_all_are_visited_soon_after_it_is_back()
{
    let room = Newsroom::open().await;
    let mut ids = Vec::new();
    for number in 0..12 {
        ids.push(room.add(&format!("paper{number}.test"), "/feed").await);
    }
    room.say(Reply::ok(rss(1..4)));
    room.sweep_once().await;
    room.say(Reply::Close);
    // A night: made rarer each time, the visits after it would be eight hours apart.
    for _ in 0..40 {
        room.clock.advance_secs(900);
        room.sweep_once().await;
    }
    let failing = ids
        .iter()
        .filter(|id| room.state(**id).feed.failures > 0)
        .count();
    assert!(
        failing <= 2,
        "the first two hosts may have been to blame: {failing}"
    );
    room.say(Reply::ok(rss(4..8)));
    room.clock.advance_secs(1800);
    room.sweep_once().await;
    for id in ids {
        let state = room.state(id);
        assert_eq!(state.last_success_at, Some(room.clock.now()), "feed {id}");
    }
}

#[tokio::test]
async fn hosts_that_are_gone_while_others_answer_are_to_blame() {
    let room = Newsroom::open().await;
    room.say(Reply::ok(rss(1..4)));
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(room.add(&format!("paper{number}.test"), "/feed").await);
    }
    for id in &ids {
        room.poll(*id).await;
    }
    room.say(Reply::Close);
    room.poll(ids[0]).await;
    room.poll(ids[1]).await;
    room.poll_for(ids[2], Reply::status(500)).await;
    room.say(Reply::Close);
    room.poll(ids[3]).await;
    room.poll(ids[4]).await;
    for id in &ids[..5] {
        assert_eq!(room.state(*id).feed.failures, 1, "feed {id}");
    }
    assert_eq!(room.poll(ids[5]).await.outcome, "waiting");
    assert_eq!(room.state(ids[5]).feed.failures, 0);
}
