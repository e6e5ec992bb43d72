//! Redirects, ends and health: lines 40 to 50 and 53 to 55.

use dateline::news::{FeedHealth, FeedId, ItemId, utc_from_secs};
use dateline::store::check::check_database;
use dateline::store::feeds;
use dateline::store::items::load_revisions;

use super::harness::{Newsroom, exact, rss};
use crate::server::{Reply, Seen};

const DAY: i64 = 86_400;

fn moved(status: u16) -> impl Fn(&Seen) -> Option<Reply> {
    move |seen| match seen.path() {
        "/old" => Some(Reply::redirect(status, "/new")),
        _ => Some(Reply::ok(rss(1..4)).with("ETag", "\"new\"")),
    }
}

#[tokio::test]
async fn a_permanent_move_is_followed_at_once_and_stored_after_a_week_and_ten_visits() {
    let room = Newsroom::with(exact(), moved(301)).await;
    let old = room.server.url("paper.test", "/old");
    let new = room.server.url("paper.test", "/new");
    let id = room.add_url(&old).await;
    let first = room.poll(id).await;
    assert_eq!((first.new.len(), first.health), (3, FeedHealth::Redirected));
    let mut adopted_on = None;
    for day in 1..=12 {
        room.clock.advance_secs(DAY);
        room.poll(id).await;
        if room.state(id).feed.url == new {
            adopted_on = Some(day);
            break;
        }
        assert_eq!(room.listing(id).moved_to.as_deref(), Some(new.as_str()));
    }
    assert_eq!(
        adopted_on,
        Some(9),
        "ten visits, of which the last more than a week after the first"
    );
    room.poll(id).await;
    assert_eq!(
        room.last_header("if-none-match").as_deref(),
        Some("\"new\"")
    );
    assert_eq!(room.item_count(), 3);
}

/// What `dateline check` finds wrong.
fn wrong(room: &Newsroom) -> Vec<String> {
    let findings = room.store.read(check_database).unwrap();
    findings.into_iter().flat_map(|one| one.wrong).collect()
}

/// Visits a feed that has moved to the address of another one until the two are one.
async fn become_one(room: &Newsroom, first: FeedId, second: FeedId) {
    for _ in 0..12 {
        room.clock.advance_secs(DAY);
        let report = room.poll(first).await;
        if room.store.read(feeds::count_feeds).unwrap() == 1 {
            let told = format!("it moved to the address of feed {second}, and is that one now");
            assert_eq!((report.note, report.next_visit_at), (told, None));
            return;
        }
    }
    panic!("the feeds are two still");
}

#[tokio::test]
async fn a_feed_that_moves_to_the_address_of_another_one_leaves_no_item_unknown() {
    let room = Newsroom::with(exact(), |seen| {
        (seen.path() == "/old").then(|| Reply::redirect(301, "/new"))
    })
    .await;
    room.say(Reply::ok(rss(1..4)));
    let old = room.add("paper.test", "/old").await;
    let new = room.add("paper.test", "/new").await;
    assert_eq!(room.poll(old).await.new.len(), 3);
    room.poll_for(new, Reply::ok(rss(2..6))).await;
    assert_eq!(room.item_count(), 7);
    become_one(&room, old, new).await;
    assert_eq!(wrong(&room), [] as [String; 0]);
    let count = room.item_count();
    let report = room.poll(new).await;
    assert_eq!((report.new.len(), report.revised), (0, 0));

    // What the outlet changes reaches the item that was there first.
    let changed = rss(1..6).replace("<title>", "<title>Correction: ");
    let report = room.poll_for(new, Reply::ok(changed)).await;
    assert_eq!((report.new.len(), report.revised), (0, 5));
    assert_eq!(room.item_count(), count);
    for item in 1..=3 {
        let revisions = room.store.read(|conn| load_revisions(conn, ItemId(item)));
        assert_eq!(revisions.unwrap().len(), 1, "item {item}");
    }
    assert_eq!(wrong(&room), [] as [String; 0]);
}

#[tokio::test]
async fn the_target_of_a_redirect_gets_its_own_validators_back() {
    let room = Newsroom::with(exact(), moved(302)).await;
    let id = room.add("paper.test", "/old").await;
    room.poll(id).await;
    room.poll(id).await;
    let seen = room.server.seen();
    let etags: Vec<_> = seen
        .iter()
        .map(|seen| (seen.path(), seen.header("if-none-match")))
        .collect();
    let expected = [
        ("/old", None),
        ("/new", None),
        ("/old", None),
        ("/new", Some("\"new\"")),
    ];
    assert_eq!(etags, expected);
}

#[tokio::test]
async fn temporary_moves_portals_and_pages_never_become_the_address() {
    for (status, target, body) in [
        (302, "/new", rss(1..4)),
        (303, "/new", rss(1..4)),
        (307, "/new", rss(1..4)),
        (301, "/login", rss(1..4)),
        (
            301,
            "/page",
            "<!DOCTYPE html><html><title>Log in</title></html>".to_owned(),
        ),
    ] {
        let reply = Reply::ok(body);
        let room = Newsroom::with(exact(), move |seen| match seen.path() {
            "/old" => Some(Reply::redirect(status, target)),
            _ => Some(reply.clone()),
        })
        .await;
        let id = room.add("paper.test", "/old").await;
        for _ in 0..15 {
            room.poll(id).await;
            room.clock.advance_secs(DAY);
        }
        assert_eq!(
            room.state(id).feed.url,
            room.server.url("paper.test", "/old"),
            "{status} {target}"
        );
    }
}

#[tokio::test]
async fn a_feed_whose_new_address_another_feed_has_is_merged_into_it_and_nothing_doubles() {
    let room = Newsroom::with(exact(), moved(308)).await;
    let target = room.add("paper.test", "/new").await;
    let id = room.add("paper.test", "/old").await;
    room.poll(target).await;
    for _ in 0..12 {
        if room
            .store
            .read(|conn| feeds::load_feed(conn, id))
            .unwrap()
            .is_none()
        {
            break;
        }
        room.poll(id).await;
        room.clock.advance_secs(DAY);
    }
    assert!(
        room.store
            .read(|conn| feeds::load_feed(conn, id))
            .unwrap()
            .is_none()
    );
    let before = room.item_count();
    room.say(Reply::ok(rss(1..4)));
    room.poll(target).await;
    assert_eq!(room.item_count(), before);
}

#[tokio::test]
async fn loops_and_downgrades_are_errors_with_back_off() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/loop").await;
    let report = room.poll_for(id, Reply::redirect(301, "/loop")).await;
    assert_eq!(report.health, FeedHealth::Unreachable);
    assert_eq!((room.state(id).feed.failures, room.wait_of(id)), (1, 900));
    room.clock.advance_secs(room.wait_of(id));
    room.poll(id).await;
    assert_eq!((room.state(id).feed.failures, room.wait_of(id)), (2, 1800));
}

#[tokio::test]
async fn a_410_ends_the_visits_keeps_the_items_and_allows_a_visit_by_hand() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.poll_for(id, Reply::ok(rss(1..4))).await;
    let report = room.poll_for(id, Reply::status(410)).await;
    assert_eq!(
        (report.health, report.next_visit_at),
        (FeedHealth::Gone, None)
    );
    room.clock.advance_secs(1000 * DAY);
    assert_eq!(room.sweep_once().await, 0);
    assert_eq!(room.item_count(), 3);
    let report = room.poll_for(id, Reply::ok(rss(2..6))).await;
    assert_eq!((report.health, report.new.len()), (FeedHealth::Ok, 2));
    assert!(
        report.next_visit_at.is_some(),
        "it is visited again by itself"
    );
}

#[tokio::test]
async fn a_404_backs_off_is_dead_after_three_weeks_and_then_weekly_and_comes_back_by_itself() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.say(Reply::status(404));
    let mut visits_alive = 0;
    while room.poll(id).await.health == FeedHealth::Missing {
        visits_alive += 1;
        assert!(room.wait_of(id) <= DAY);
        room.clock.advance_secs(room.wait_of(id));
    }
    let days = (room.state(id).feed.last_visit_at.unwrap() - utc_from_secs(super::harness::START))
        .num_days();
    assert!((14..=30).contains(&days), "dead after {days} days");
    assert!(visits_alive >= 20);
    assert_eq!(room.state(id).feed.health, FeedHealth::Dead);
    assert_eq!(room.wait_of(id), 7 * DAY);
    room.clock.advance_secs(7 * DAY);
    room.say(Reply::ok(rss(1..4)));
    assert_eq!(room.sweep_once().await, 1);
    assert_eq!(room.state(id).feed.health, FeedHealth::Ok);
}

#[tokio::test]
async fn a_feed_that_failed_otherwise_in_between_is_not_dead() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    for day in 0..40 {
        let status = if day % 10 == 9 { 500 } else { 404 };
        room.poll_for(id, Reply::status(status)).await;
        assert_ne!(room.state(id).feed.health, FeedHealth::Dead);
        room.clock.advance_secs(DAY);
    }
}

#[tokio::test]
async fn a_401_or_403_backs_off_and_no_credentials_are_guessed() {
    for status in [401, 403] {
        let room = Newsroom::open().await;
        let id = room.add("paper.test", "/feed").await;
        let reply = Reply::status(status).with("WWW-Authenticate", "Basic realm=\"x\"");
        let report = room.poll_for(id, reply).await;
        assert_eq!(report.health, FeedHealth::Forbidden);
        assert_eq!(room.last_header("authorization"), None);
        room.clock.advance_secs(room.wait_of(id));
        room.poll(id).await;
        assert_eq!(room.wait_of(id), 1800);
    }
}

#[tokio::test]
async fn a_failing_feed_decays_to_one_visit_a_day_is_never_given_up_and_a_success_resets_it() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    for _ in 0..50 {
        room.poll_for(id, Reply::status(500)).await;
        assert!(room.wait_of(id) <= DAY);
        room.clock.advance_secs(room.wait_of(id));
    }
    assert_eq!(room.wait_of(id), 0);
    assert_eq!(room.state(id).feed.failures, 50);
    assert!(room.listing(id).last_error.unwrap().contains("500"));
    room.say(Reply::ok(rss(1..4)));
    assert_eq!(room.sweep_once().await, 1, "due by itself");
    let state = room.state(id);
    assert_eq!((state.feed.failures, state.last_error), (0, None));
    assert_eq!(room.wait_of(id), 900);
}

#[tokio::test]
async fn every_failure_has_its_state_with_a_reason_and_the_history_keeps_the_changes() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let page = "<!DOCTYPE html><html><body>We moved</body></html>";
    let large =
        Reply::RawThenSilence(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n".into());
    let replies = [
        (Reply::ok(rss(1..4)), FeedHealth::Ok),
        (Reply::ok(page), FeedHealth::NotAFeed),
        (Reply::ok("neither this nor that"), FeedHealth::Unreadable),
        (Reply::ok(""), FeedHealth::Unreadable),
        (large, FeedHealth::TooLarge),
        (Reply::Close, FeedHealth::Unreachable),
        (Reply::status(500), FeedHealth::ServerError),
        (Reply::status(404), FeedHealth::Missing),
        (Reply::status(403), FeedHealth::Forbidden),
        (
            Reply::redirect(302, "http://127.0.0.9/"),
            FeedHealth::RefusedAddress,
        ),
        (Reply::ok(rss([])), FeedHealth::Empty),
        (Reply::ok(rss(1..5)), FeedHealth::Ok),
    ];
    let mut expected = Vec::new();
    for (reply, health) in replies {
        let report = room.poll_for(id, reply).await;
        assert_eq!(report.health, health, "{report:?}");
        assert!(!report.note.is_empty());
        room.clock.advance_secs(60);
        if expected.last() != Some(&health) {
            expected.push(health);
        }
    }
    let history = room
        .store
        .read(|conn| feeds::load_health_history(conn, id, 100))
        .unwrap();
    let told: Vec<FeedHealth> = history
        .into_iter()
        .rev()
        .map(|(_, health, _)| health)
        .collect();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn names_that_do_not_resolve_and_connections_that_fail_are_unreachable() {
    let room = Newsroom::open().await;
    let nowhere = room.add_url("http://nowhere.example/feed").await;
    assert_eq!(room.poll(nowhere).await.health, FeedHealth::Unreachable);
}

#[tokio::test]
async fn a_feed_of_which_nothing_is_heard_is_silent_frozen_undated_or_skewed_by_name() {
    let room = Newsroom::open().await;
    let frozen = room.add("frozen.test", "/feed").await;
    let silent = room.add("silent.test", "/feed").await;
    let undated = room.add("undated.test", "/feed").await;
    let skewed = room.add("skewed.test", "/feed").await;
    for day in 0..30_u32 {
        room.poll_for(frozen, Reply::ok(rss(1..4))).await;
        let news = if day < 5 {
            day * 10..day * 10 + 10
        } else {
            40..50
        };
        room.poll_for(silent, Reply::ok(format!("{}<!-- {day} -->", rss(news))))
            .await;
        room.clock.advance_secs(DAY);
    }
    assert_eq!(room.state(frozen).feed.health, FeedHealth::Frozen);
    assert_eq!(room.state(silent).feed.health, FeedHealth::Silent);
    let dateless = "<rss version=\"2.0\"><channel><title>t</title><item><title>One two</title>\
         <guid>1</guid></item></channel></rss>";
    assert_eq!(
        room.poll_for(undated, Reply::ok(dateless)).await.health,
        FeedHealth::Undated
    );
    let reply = Reply::ok(rss(1..4)).with("Date", "Thu, 01 Jan 2026 00:00:00 GMT");
    assert_eq!(
        room.poll_for(skewed, reply).await.health,
        FeedHealth::ClockSkew
    );
}

#[tokio::test]
async fn a_kept_connection_that_the_server_closed_is_no_failure_of_the_feed() {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let closes_second = move |_: &Seen| {
        let number = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Some(match number {
            1 => Reply::Close,
            _ => Reply::ok(rss(1..4)),
        })
    };
    let room = Newsroom::with(exact(), closes_second).await;
    let id = room.add("paper.test", "/feed").await;
    room.poll(id).await;
    let report = room.poll(id).await;
    assert_eq!(report.outcome, "unchanged", "{report:?}");
    assert_eq!(room.server.seen().len(), 3);
}

#[tokio::test]
async fn a_server_that_closes_the_first_connection_is_not_asked_twice() {
    let room = Newsroom::with(exact(), |_| Some(Reply::Close)).await;
    let id = room.add("paper.test", "/feed").await;
    for visits in 1..4 {
        room.poll(id).await;
        assert_eq!(room.server.seen().len(), visits);
    }
}

#[tokio::test]
async fn an_attempt_that_takes_long_is_noted_before_its_answer() {
    let room = Newsroom::with(exact(), |_| Some(Reply::Silence)).await;
    let id = room.add("paper.test", "/feed").await;
    let noted = async {
        while room.wait_of(id) <= 0 {
            tokio::task::yield_now().await;
        }
        room.state(id).feed.next_visit_reason
    };
    tokio::select! {
        reason = noted => assert!(reason.contains("asked"), "{reason}"),
        report = room.poll(id) => panic!("it was answered: {report:?}"),
    }
    assert_eq!(room.wait_of(id), 900, "whoever starts anew waits");
}

#[tokio::test]
async fn visits_by_hand_put_off_neither_a_feed_that_stays_as_it_is_nor_one_that_fails() {
    let room = Newsroom::with(exact(), |_| None).await;
    room.say(Reply::ok(rss(1..4)));
    let id = room.add("paper.test", "/feed").await;
    let visit = async || {
        for _ in 0..8 {
            room.clock.advance_secs(2);
            room.poll(id).await;
        }
        room.wait_of(id)
    };
    assert_eq!(visit().await, 900);
    room.say(Reply::status(500));
    assert_eq!(visit().await, 900);
    room.clock.advance_secs(900);
    room.poll(id).await;
    assert_eq!(room.wait_of(id), 1800, "in its time it fails once more");
}
