//! A clock that was ahead, at boot or for an hour: what it wrote is mended at the start and when it is set back.

use dateline::clock::Clock;
use dateline::fetch::pace::{CoolDownScope, cool_down_key};
use dateline::jobs::Sweep;
use dateline::jobs::feeds::answer_request;
use dateline::news::{FeedId, Request, Role, UtcTime, utc_from_secs};
use dateline::store::feeds::{FeedEdit, edit_feed};
use dateline::store::{Connection, Transaction, clustering, hosts, items};

use super::harness::{Newsroom, START, exact, rss};
use crate::server::Reply;

const AHEAD: i64 = 400 * 86_400;

/// A newsroom with a feed that is visited every five minutes, two of a host that asks for ten minutes of quiet, and
/// one that is asked as usual.
async fn open() -> (Newsroom, [FeedId; 4]) {
    let room = Newsroom::with(exact(), |seen| match seen.path() {
        "/quiet" => Some(Reply::status(429).with("Retry-After", "600")),
        _ => Some(Reply::ok(rss(1..4))),
    })
    .await;
    let cron = room.add("cron.test", "/feed").await;
    let quiet = room.add("quiet.test", "/quiet").await;
    let beside = room.add("quiet.test", "/beside").await;
    let usual = room.add("paper.test", "/feed").await;
    let line = FeedEdit {
        cron: Some("*/5 * * * *".into()),
        ..FeedEdit::default()
    };
    let edited = room.store.write(move |tx| edit_feed(tx, cron, &line));
    edited.await.unwrap();
    (room, [cron, quiet, beside, usual])
}

fn quiet_secs(room: &Newsroom) -> i64 {
    let url = room.server.url("quiet.test", "/quiet");
    let host = cool_down_key(&url, CoolDownScope::Host).unwrap();
    let found = room.store.read(|conn| hosts::load_host(conn, &host));
    (found.unwrap().unwrap().cool_until - room.clock.now()).num_seconds()
}

fn number(room: &Newsroom, sql: &str) -> i64 {
    let ask = |conn: &Connection| Ok(conn.query_row(sql, [], |row| row.get(0))?);
    room.store.read(ask).unwrap()
}

#[tokio::test]
async fn cron_lines_and_hosts_that_asked_for_quiet_outlive_a_clock_that_was_ahead_at_the_start() {
    let (room, ids) = open().await;
    room.clock.set(utc_from_secs(START + AHEAD));
    for id in ids {
        room.poll(id).await;
    }
    room.clock.set(utc_from_secs(START));
    Sweep::new(room.poller.clone()).start_up().await.unwrap();
    assert_eq!(quiet_secs(&room), 600);
    let waits = ids.map(|id| room.wait_of(id));
    assert_eq!(waits, [300, 900, 0, 900]);
    let told = ids.map(|id| room.state(id).feed.last_visit_at);
    assert!(
        told.iter().flatten().all(|at| *at <= room.clock.now()),
        "{told:?}"
    );
    // Nothing is left to be mended.
    Sweep::new(room.poller.clone()).start_up().await.unwrap();
    assert_eq!(ids.map(|id| room.wait_of(id)), waits);
}

#[tokio::test]
async fn what_a_clock_that_was_ahead_took_for_old_is_told_under_its_own_time_once_it_is_right() {
    let told_at = utc_from_secs(START - 3_600);
    let old_at = utc_from_secs(START - 90 * 86_400);
    let item = |name: &str, at: UtcTime| {
        format!(
            "<item><title>Ferry {name} sinks off the cape</title><guid>{name}</guid>\
             <pubDate>{}</pubDate></item>",
            at.to_rfc2822()
        )
    };
    let items = item("Maria", told_at) + &item("Anna", old_at);
    let document = format!("<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>");
    let room = Newsroom::with(exact(), move |seen| {
        let is_known = seen.header("if-none-match").is_some();
        Some(match is_known {
            true => Reply::status(304),
            false => Reply::ok(document.clone()).with("ETag", "\"1\""),
        })
    })
    .await;
    let id = room.add("paper.test", "/feed").await;
    room.clock.set(utc_from_secs(START + AHEAD));
    assert_eq!(room.poll(id).await.new.len(), 2);
    let clustered = |tx: &Transaction<'_>| clustering::save_cursor(tx, "cluster", 2);
    room.store.write(clustered).await.unwrap();
    room.clock.set(utc_from_secs(START));
    Sweep::new(room.poller.clone()).start_up().await.unwrap();
    let report = room.poll(id).await;
    let [again] = report.new[..] else {
        panic!("one item, not {:?}", report.new)
    };
    let load = |conn: &Connection| items::load_item(conn, again);
    let item = room
        .store
        .read(load)
        .unwrap()
        .expect("it was just taken in");
    assert_eq!((item.wire.role, item.item_time), (Role::News, told_at));
    assert_eq!(item.title, "Ferry Maria sinks off the cape");
    // Once, and no more.
    Sweep::new(room.poller.clone()).start_up().await.unwrap();
    let run = |tx: &Transaction<'_>| {
        Ok(tx.execute_batch("UPDATE feeds SET etag = NULL, body_hash = NULL")?)
    };
    room.store.write(run).await.unwrap();
    let report = room.poll(id).await;
    assert_eq!((report.new.len(), report.revised), (0, 0));
}

#[tokio::test]
async fn nothing_is_visited_by_hand_while_the_clock_is_not_set() {
    let room = Newsroom::with(exact(), |_| Some(Reply::ok(rss(1..4)))).await;
    let feed = room.add("paper.test", "/feed").await;
    room.clock.set(utc_from_secs(1_000_000));
    let add = Request::AddFeed {
        url: room.server.url("other.test", "/feed"),
        outlet: None,
        kind: None,
        category: None,
        language: None,
    };
    for request in [Request::Poll { feeds: vec![feed] }, add] {
        let answer = answer_request(&room.poller, &request)
            .await
            .unwrap()
            .unwrap();
        assert!(!answer.done, "{answer:?}");
        assert_eq!(
            answer.lines,
            ["the clock is not set; feeds are not visited until it is"]
        );
    }
    assert_eq!((room.server.seen().len(), room.item_count()), (0, 0));
}

#[tokio::test]
async fn cron_lines_and_hosts_that_asked_for_quiet_outlive_a_clock_that_is_set_back() {
    let (room, ids) = open().await;
    room.clock.set(utc_from_secs(START + AHEAD));
    assert_eq!(room.sweep_once().await, 4);
    room.clock.advance_secs(10);
    room.clock.set(utc_from_secs(START + 10));
    let seen = room.server.seen().len();
    room.sweep_once().await;
    assert_eq!(room.server.seen().len(), seen, "nothing is early");
    assert_eq!(quiet_secs(&room), 590);
    assert_eq!(ids.map(|id| room.wait_of(id)), [290, 890, 590, 890]);
}

#[tokio::test]
async fn a_jump_of_the_clock_is_seen_again_if_it_could_not_be_written() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.say(Reply::ok(rss(1..4)));
    room.sweep_once().await;
    let run = |sql: &'static str| room.store.write(move |tx| Ok(tx.execute_batch(sql)?));
    run(
        "CREATE TRIGGER refuse BEFORE UPDATE OF next_visit_at ON feeds
         BEGIN SELECT RAISE (ABORT, 'refused'); END",
    )
    .await
    .unwrap();
    room.clock.advance_secs(60);
    room.clock.set(utc_from_secs(START + 60 + 7200));
    assert!(room.sweep.tick().await.is_err());
    run("DROP TRIGGER refuse").await.unwrap();
    room.clock.advance_secs(5);
    assert_eq!(room.sweep_once().await, 0, "no earlier than due");
    assert_eq!(room.wait_of(id), 835);
}

#[tokio::test]
async fn leases_and_deliveries_lie_no_further_ahead_than_they_may() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let far = START + AHEAD;
    let near = START + 3600;
    let sql = format!(
        "INSERT INTO hub_subscriptions (id, topic, callback, lease_until)
         VALUES (1, 't', 'https://a.test/', {far}), (2, 't', 'https://b.test/', {near});
         INSERT INTO hub_deliveries (subscription_id, next_at) VALUES (1, {far}), (2, {near});
         INSERT INTO subscriptions (feed_id, token, secret, hub_url, topic_url, state, asked_at,
            next_at, lease_until)
         VALUES ({id}, 'token', x'00', 'https://hub.test/', 't', 'active', {far}, {far}, {far})"
    );
    let made = room.store.write(move |tx| Ok(tx.execute_batch(&sql)?));
    made.await.unwrap();
    Sweep::new(room.poller.clone()).start_up().await.unwrap();
    let month = START + 30 * 86_400;
    for (sql, expected) in [
        (
            "SELECT lease_until FROM hub_subscriptions WHERE id = 1",
            month,
        ),
        (
            "SELECT lease_until FROM hub_subscriptions WHERE id = 2",
            near,
        ),
        (
            "SELECT next_at FROM hub_deliveries WHERE subscription_id = 1",
            START,
        ),
        (
            "SELECT next_at FROM hub_deliveries WHERE subscription_id = 2",
            near,
        ),
        ("SELECT lease_until FROM subscriptions", START),
        ("SELECT next_at FROM subscriptions", START),
    ] {
        assert_eq!(number(&room, sql), expected, "{sql}");
    }
}
