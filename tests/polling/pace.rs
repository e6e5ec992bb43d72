//! Hints, cool-downs and intervals as a visit applies them: lines 14 to 21, 50 and 55. The
//! schedule's own tables are beside it (`fetch::schedule`).

use dateline::fetch::pace::CoolDownScope;
use dateline::news::{FeedHealth, FeedId};
use dateline::store::feeds::{self, FeedEdit};

use super::harness::{Newsroom, document, exact, rss};
use crate::server::Reply;

async fn edit(room: &Newsroom, id: FeedId, edit: FeedEdit) {
    let edited = room.store.write(move |tx| feeds::edit_feed(tx, id, &edit));
    edited.await.unwrap();
}

#[tokio::test]
async fn what_server_and_document_ask_for_is_a_lower_bound_and_named_in_the_reason() {
    let ok = |channel: &str| Reply::ok(document(channel, 1..4));
    let hours: String = (12..15)
        .map(|hour| format!("<hour>{hour}</hour>"))
        .collect();
    let skip = format!("<skipHours>{hours}</skipHours>");
    for (reply, secs, named) in [
        (
            ok("").with("Cache-Control", "max-age=1800"),
            1800,
            "max-age 1800 s from the server",
        ),
        (
            ok("")
                .with("Cache-Control", "max-age=1800")
                .with("Age", "600"),
            1200,
            "max-age 1200 s",
        ),
        (
            ok("").with("Cache-Control", "s-maxage=7200"),
            900,
            "adaptive interval of 15 min",
        ),
        (
            ok("").with("Cache-Control", "max-age=31536000"),
            86_400,
            "capped at 24 h",
        ),
        (
            ok("").with("Cache-Control", "max-age=10"),
            900,
            "adaptive interval",
        ),
        (
            ok("").with("Expires", "Thu, 19 Nov 2026 13:00:00 GMT"),
            3600,
            "Expires in 3600 s",
        ),
        (ok("<ttl>60</ttl>"), 3600, "ttl 3600 s in the document"),
        (ok(&skip), 3 * 3600 + 900, "skipHours"),
        (
            ok("<skipDays><day>Thursday</day></skipDays>"),
            12 * 3600 + 900,
            "skipDays",
        ),
        (
            ok("<sy:updatePeriod>hourly</sy:updatePeriod>"),
            3600,
            "update period 3600 s",
        ),
        (
            ok(
                "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            ),
            6 * 3600,
            "update period",
        ),
        (
            ok("<ttl>60</ttl>").with("Cache-Control", "max-age=7200"),
            7200,
            "max-age 7200 s",
        ),
    ] {
        let room = Newsroom::open().await;
        let id = room.add("paper.test", "/feed").await;
        room.poll_for(id, reply).await;
        let reason = room.state(id).feed.next_visit_reason;
        assert_eq!(room.wait_of(id), secs, "{reason}");
        assert!(reason.contains(named), "{reason:?} names {named:?}");
    }
}

#[tokio::test]
async fn the_hints_of_a_document_hold_until_the_next_document() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.poll_for(
        id,
        Reply::ok(document("<ttl>120</ttl>", 1..4)).with("ETag", "\"1\""),
    )
    .await;
    room.poll_for(id, Reply::status(304)).await;
    assert_eq!(room.wait_of(id), 7200);
    room.poll_for(id, Reply::ok(rss(2..5))).await;
    assert!(room.wait_of(id) < 7200);
}

#[tokio::test]
async fn a_feed_without_validators_whose_bytes_stay_is_visited_down_to_once_in_six_hours() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    for _ in 0..8 {
        room.clock.advance_secs(room.wait_of(id).max(0));
        room.poll_for(id, Reply::ok(rss(1..4))).await;
    }
    assert_eq!(room.wait_of(id), 6 * 3600);
    room.poll_for(id, Reply::ok(rss(3..6))).await;
    assert!(room.wait_of(id) <= 3600, "it changed");
}

#[tokio::test]
async fn the_floor_of_five_minutes_gives_way_only_for_the_operators_own_feed() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let quick = FeedEdit {
        cron: None,
        interval_secs: Some(30),
        ..FeedEdit::default()
    };
    edit(&room, id, quick).await;
    room.poll_for(id, Reply::ok(rss(1..4))).await;
    assert_eq!(room.wait_of(id), 300);
    edit(
        &room,
        id,
        FeedEdit {
            own: Some(true),
            ..FeedEdit::default()
        },
    )
    .await;
    room.poll(id).await;
    assert_eq!(room.wait_of(id), 30);
    room.poll_for(
        id,
        Reply::ok(rss(2..5)).with("Cache-Control", "max-age=200"),
    )
    .await;
    assert_eq!(room.wait_of(id), 200, "never below the server's own hint");
}

#[tokio::test]
async fn a_feeds_own_cron_line_sets_when_it_is_due() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let line = FeedEdit {
        cron: Some("30 18 * * * Europe/Berlin".into()),
        ..FeedEdit::default()
    };
    edit(&room, id, line).await;
    room.poll_for(id, Reply::ok(rss(1..4))).await;
    assert_eq!(room.wait_of(id), 5 * 3600 + 1800, "12:00 to 17:30 in UTC");
}

#[tokio::test]
async fn retry_after_on_429_and_503_keeps_the_whole_host_quiet_until_then() {
    for (status, value) in [
        (429, "7200"),
        (503, "7200"),
        (403, "7200"),
        (429, "Thu, 19 Nov 2026 14:00:00 GMT"),
    ] {
        let room = Newsroom::open().await;
        let id = room.add("paper.test", "/a").await;
        let neighbour = room.add("paper.test", "/b").await;
        let stranger = room.add("other.test", "/c").await;
        let report = room
            .poll_for(id, Reply::status(status).with("Retry-After", value))
            .await;
        assert_eq!(report.health, FeedHealth::RateLimited);
        assert_eq!(room.wait_of(id), 7200);
        room.say(Reply::ok(rss(1..4)));
        room.sweep_once().await;
        assert_eq!(room.poll(id).await.outcome, "waiting", "also by hand");
        let paths: Vec<String> = room
            .server
            .seen()
            .into_iter()
            .map(|seen| seen.target)
            .collect();
        assert_eq!(paths, ["/a", "/c"], "{status} {value}");
        let reason = room.state(neighbour).feed.next_visit_reason;
        assert!(
            reason.contains("left alone until 2026-11-19 14:00"),
            "{reason}"
        );
        assert_eq!(room.state(stranger).feed.health, FeedHealth::Ok);
        room.clock.advance_secs(7199);
        room.sweep_once().await;
        assert_eq!(room.server.seen_at("/b").len(), 0);
        room.clock.advance_secs(1);
        room.sweep_once().await;
        assert_eq!(room.server.seen_at("/b").len(), 1);
    }
}

#[tokio::test]
async fn a_retry_after_that_is_past_or_garbage_counts_as_none() {
    for value in ["Thu, 19 Nov 2020 14:00:00 GMT", "soon", "-1", ""] {
        let room = Newsroom::open().await;
        let id = room.add("paper.test", "/a").await;
        room.poll_for(id, Reply::status(429).with("Retry-After", value))
            .await;
        assert!(room.wait_of(id) >= 600, "{value}");
        let limited = Reply::status(503).with("Retry-After", value);
        let other = room.add("other.test", "/a").await;
        room.poll_for(other, limited).await;
        assert_eq!(room.state(other).feed.health, FeedHealth::ServerError);
    }
}

#[tokio::test]
async fn a_monstrous_retry_after_is_capped_at_three_days_and_said() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/a").await;
    room.poll_for(id, Reply::status(429).with("Retry-After", "99999999"))
        .await;
    assert_eq!(room.wait_of(id), 3 * 86_400);
    assert!(room.state(id).feed.health_reason.contains("capped"));
}

#[tokio::test]
async fn a_429_without_retry_after_is_ten_minutes_for_the_host_then_doubles_and_a_success_resets() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/a").await;
    let neighbour = room.add("paper.test", "/b").await;
    let quiet = |room: &Newsroom| {
        let host = room
            .store
            .read(|conn| dateline::store::hosts::load_host(conn, "paper.test"));
        host.unwrap().map(|host| {
            (host.cool_until - room.state(id).feed.last_visit_at.unwrap()).num_seconds()
        })
    };
    for expected in [600, 1200, 2400, 4800] {
        room.poll_for(id, Reply::status(429)).await;
        assert_eq!(quiet(&room), Some(expected));
        assert_eq!(room.poll(neighbour).await.outcome, "waiting");
        room.clock.advance_secs(expected);
    }
    room.poll_for(id, Reply::ok(rss(1..4))).await;
    assert_eq!(quiet(&room), None, "forgotten after a success");
}

#[tokio::test]
async fn the_scope_of_a_cool_down_follows_the_setting() {
    for (scope, same_host, same_domain) in [
        (CoolDownScope::Feed, "items", "items"),
        (CoolDownScope::Host, "waiting", "items"),
        (CoolDownScope::Domain, "waiting", "waiting"),
    ] {
        let mut settings = exact();
        settings.pace.cool_down_scope = scope;
        let room = Newsroom::with(settings, |_| None).await;
        let id = room.add("a.paper.test", "/1").await;
        let neighbour = room.add("a.paper.test", "/2").await;
        let sister = room.add("b.paper.test", "/3").await;
        room.poll_for(id, Reply::status(429).with("Retry-After", "3600"))
            .await;
        assert_eq!(room.wait_of(id), 3600);
        room.say(Reply::ok(rss(1..4)));
        assert_eq!(room.poll(neighbour).await.outcome, same_host, "{scope:?}");
        assert_eq!(room.poll(sister).await.outcome, same_domain, "{scope:?}");
    }
}

#[tokio::test]
async fn a_challenge_page_is_a_rate_signal_and_an_ordinary_403_is_not() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/a").await;
    let challenge = Reply::status(403).with("cf-mitigated", "challenge");
    assert_eq!(
        room.poll_for(id, challenge).await.health,
        FeedHealth::RateLimited
    );
    let other = room.add("other.test", "/a").await;
    assert_eq!(
        room.poll_for(other, Reply::status(403)).await.health,
        FeedHealth::Forbidden
    );
}

#[tokio::test]
async fn one_visit_is_one_get_of_the_address_as_configured() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/Feed.XML?b=2&a=1%2f#top").await;
    for _ in 0..3 {
        room.poll_for(id, Reply::ok(rss(1..4))).await;
    }
    let seen = room.server.seen();
    assert_eq!(seen.len(), 3);
    for request in seen {
        let line = (request.method.as_str(), request.target.as_str());
        assert_eq!(line, ("GET", "/Feed.XML?b=2&a=1%2f"));
    }
}

#[tokio::test]
async fn feeds_that_are_redirected_to_one_host_keep_its_pace() {
    let mut settings = exact();
    settings.pace.host_gap_millis = 150;
    let room = Newsroom::with(settings, |seen| {
        let host = seen.header("host").unwrap();
        let port = host.rsplit(':').next().unwrap();
        match host.starts_with("target.") {
            true => Some(Reply::ok(rss(1..4))),
            false => {
                let to = format!("http://target.test:{port}{}", seen.target);
                Some(Reply::redirect(301, to))
            }
        }
    })
    .await;
    for number in 0..5 {
        room.add(&format!("paper{number}.test"), &format!("/{number}"))
            .await;
    }
    room.sweep_once().await;
    let at_target: Vec<_> = room
        .server
        .seen()
        .into_iter()
        .filter(|seen| seen.header("host").unwrap().starts_with("target."))
        .collect();
    assert_eq!(at_target.len(), 5);
    for pair in at_target.windows(2) {
        let gap = pair[1].at - pair[0].at;
        assert!(gap >= std::time::Duration::from_millis(150), "{gap:?}");
    }
}

#[tokio::test]
async fn a_host_that_asked_for_quiet_is_left_alone_by_redirects_too_and_the_others_are_not() {
    let room = Newsroom::with(exact(), |seen| {
        let host = seen.header("host").unwrap();
        let port = host.rsplit(':').next().unwrap();
        Some(match (host.split('.').next().unwrap(), seen.path()) {
            ("target", _) => Reply::status(429).with("Retry-After", "3600"),
            (_, "/moved") => Reply::redirect(302, format!("http://target.test:{port}/feed")),
            _ => Reply::ok(rss(1..4)),
        })
    })
    .await;
    let first = room.add("paper.test", "/moved").await;
    let neighbour = room.add("paper.test", "/feed").await;
    let second = room.add("other.test", "/moved").await;
    let direct = room.add("target.test", "/feed").await;
    assert_eq!(room.poll(first).await.outcome, "rate-limited");
    assert_eq!(
        room.poll(neighbour).await.new.len(),
        3,
        "its host is not to blame"
    );
    let waited = room.poll(second).await;
    assert_eq!(waited.outcome, "waiting", "{waited:?}");
    assert!(
        waited.note.contains("target.test is left alone"),
        "{}",
        waited.note
    );
    assert_eq!(room.poll(direct).await.outcome, "waiting");
    assert_eq!(room.wait_of(second), 3600);
    let asked = room.server.seen().into_iter();
    let asked = asked.filter(|seen| seen.header("host").unwrap().starts_with("target."));
    assert_eq!(asked.count(), 1);
}
