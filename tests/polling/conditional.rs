//! Conditional requests: lines 1 to 13.

use dateline::news::FeedHealth;

use super::harness::{Newsroom, rss};
use crate::server::Reply;

const ETAG: &str = "W/\"a1\"";
const MODIFIED: &str = "Thu, 1 Jan 1970 00:00:00 UTC";

fn validated(body: impl Into<Vec<u8>>, etag: &str, modified: &str) -> Reply {
    Reply::ok(body)
        .with("ETag", etag)
        .with("Last-Modified", modified)
}

#[tokio::test]
async fn the_first_visit_is_unconditional_and_every_later_one_carries_both_validators_verbatim() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.poll_for(id, validated(rss(1..4), ETAG, MODIFIED))
        .await;
    assert_eq!(room.last_header("if-none-match"), None);
    assert_eq!(room.last_header("if-modified-since"), None);
    for _ in 0..3 {
        let report = room.poll_for(id, Reply::status(304)).await;
        assert_eq!(report.outcome, "unchanged");
        assert_eq!(room.last_header("if-none-match").as_deref(), Some(ETAG));
        assert_eq!(
            room.last_header("if-modified-since").as_deref(),
            Some(MODIFIED)
        );
    }
}

#[tokio::test]
async fn a_pair_of_which_one_half_changed_is_stored_as_the_new_pair() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    for (etag, modified) in [("\"1\"", "a"), ("\"2\"", "a"), ("\"2\"", "b")] {
        room.poll_for(id, validated(rss(1..4), etag, modified))
            .await;
        room.poll_for(id, Reply::status(304)).await;
        assert_eq!(room.last_header("if-none-match").as_deref(), Some(etag));
        assert_eq!(
            room.last_header("if-modified-since").as_deref(),
            Some(modified)
        );
    }
}

#[tokio::test]
async fn validators_are_updated_also_when_the_body_of_a_200_is_the_same() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.poll_for(id, validated(rss(1..4), "\"1\"", "a")).await;
    let report = room.poll_for(id, validated(rss(1..4), "\"2\"", "b")).await;
    assert_eq!(report.outcome, "unchanged");
    room.poll(id).await;
    assert_eq!(room.last_header("if-none-match").as_deref(), Some("\"2\""));
    assert_eq!(room.last_header("if-modified-since").as_deref(), Some("b"));
}

#[tokio::test]
async fn a_304_replaces_the_validators_that_it_carries_and_leaves_the_others() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.poll_for(id, validated(rss(1..4), "\"1\"", "a")).await;
    room.poll_for(id, Reply::status(304).with("ETag", "\"9\""))
        .await;
    room.poll_for(id, Reply::status(304)).await;
    assert_eq!(room.last_header("if-none-match").as_deref(), Some("\"9\""));
    assert_eq!(room.last_header("if-modified-since").as_deref(), Some("a"));
}

#[tokio::test]
async fn a_200_without_validators_clears_the_stored_ones() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.poll_for(id, validated(rss(1..4), "\"1\"", "a")).await;
    room.poll_for(id, Reply::ok(rss(2..5)).with("Last-Modified", "b"))
        .await;
    room.poll(id).await;
    assert_eq!(room.last_header("if-none-match"), None);
    assert_eq!(room.last_header("if-modified-since").as_deref(), Some("b"));
}

#[tokio::test]
async fn validators_belong_to_the_address_and_not_to_the_feed() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.poll_for(id, validated(rss(1..4), "\"1\"", "a")).await;
    let elsewhere = room.server.url("paper.test", "/elsewhere");
    let change = room
        .store
        .write(move |tx| dateline::store::feeds::change_address(tx, id, &elsewhere));
    change.await.unwrap();
    room.poll(id).await;
    assert_eq!(room.last_header("if-none-match"), None);
}

#[tokio::test]
async fn validators_are_never_sent_to_the_target_of_a_redirect_that_did_not_give_them() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.poll_for(id, validated(rss(1..4), "\"1\"", "a")).await;
    room.poll_for(id, Reply::redirect(302, "/target")).await;
    let at_target = room.server.seen_at("/target");
    assert_eq!(at_target[0].header("if-none-match"), None);
    assert_eq!(at_target[0].header("if-modified-since"), None);
}

#[tokio::test]
async fn a_document_that_cannot_be_read_leaves_no_validators_that_would_hide_the_mended_one() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.poll_for(
        id,
        validated("<html><body>down</body></html>", "\"x\"", "x"),
    )
    .await;
    room.poll_for(id, validated(rss(1..4), "\"x\"", "x")).await;
    assert_eq!(room.last_header("if-none-match"), None);
    assert_eq!(room.item_count(), 3);
}

#[tokio::test]
async fn a_document_that_was_cut_short_gives_its_items_and_no_validators() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let whole = rss(1..4);
    let head = format!(
        "HTTP/1.1 200 OK\r\nETag: \"half\"\r\nContent-Length: {}\r\n\r\n",
        whole.len()
    );
    let half = &whole[..whole.len() - 40];
    room.poll_for(id, Reply::Raw([head.as_bytes(), half.as_bytes()].concat()))
        .await;
    room.poll_for(id, Reply::ok(whole)).await;
    assert_eq!(room.last_header("if-none-match"), None);
    assert_eq!(room.item_count(), 3);
}

#[tokio::test]
async fn so_does_one_that_its_outlet_did_not_finish() {
    let whole = rss(1..4);
    let (third, _) = whole.rsplit_once("<item>").expect("items");
    let json =
        r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"A"},{"id"#;
    for torn in [third, &whole[..whole.len() - 40], json] {
        let room = Newsroom::open().await;
        let id = room.add("paper.test", "/feed").await;
        room.poll_for(id, validated(torn, ETAG, MODIFIED)).await;
        assert!(room.item_count() > 0, "{torn}");
        room.poll_for(id, validated(whole.clone(), ETAG, MODIFIED))
            .await;
        assert_eq!(room.last_header("if-none-match"), None, "{torn}");
        assert!(room.item_count() >= 3, "{torn}");
    }
}

#[tokio::test]
async fn after_an_upgrade_of_the_reader_there_is_exactly_one_unconditional_request() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    for not_modified in [false, true] {
        room.poll_for(id, validated(rss(1..4), ETAG, MODIFIED))
            .await;
        let mut state = room.state(id);
        state.reader_version = 0;
        let line = dateline::store::polls::VisitLine::default();
        let older = room
            .store
            .write(move |tx| dateline::store::polls::save_visit(tx, &state, &line));
        older.await.unwrap();
        let reply = match not_modified {
            true => Reply::status(304),
            false => validated(rss(1..4), ETAG, MODIFIED),
        };
        room.poll_for(id, reply.clone()).await;
        assert_eq!(room.last_header("if-none-match"), None, "once without");
        for _ in 0..3 {
            room.poll_for(id, reply.clone()).await;
            assert_eq!(
                room.last_header("if-none-match").as_deref(),
                Some(ETAG),
                "then with"
            );
        }
    }
}

#[tokio::test]
async fn validators_survive_a_restart() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.poll_for(id, validated(rss(1..4), ETAG, MODIFIED))
        .await;
    let (fetcher, _, _) =
        crate::fetching::fetcher_with(crate::fetching::settings(&[room.server.port()]));
    let poller = dateline::jobs::Poller::new(
        room.store.clone(),
        fetcher,
        room.clock.clone(),
        super::harness::exact(),
    );
    poller.poll_feed(id).await.unwrap();
    assert_eq!(room.last_header("if-none-match").as_deref(), Some(ETAG));
}

#[tokio::test]
async fn a_server_that_always_says_304_is_asked_for_everything_once_in_eight_days() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.poll_for(id, validated(rss(1..4), ETAG, MODIFIED))
        .await;
    let mut unconditional = Vec::new();
    for hour in 1..=24 * 20 {
        room.clock.advance_secs(3600);
        let report = room.poll_for(id, Reply::status(304)).await;
        assert_eq!(report.outcome, "unchanged");
        if room.last_header("if-none-match").is_none() {
            unconditional.push(hour / 24);
        }
    }
    assert_eq!(unconditional, [8, 16]);
}

#[tokio::test]
async fn no_store_and_expires_0_do_not_stop_conditional_requests() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let reply = validated(rss(1..4), ETAG, MODIFIED)
        .with("Cache-Control", "no-store, no-cache, private")
        .with("Expires", "0")
        .with("Pragma", "no-cache");
    room.poll_for(id, reply).await;
    room.clock.advance_secs(room.wait_of(id));
    room.poll(id).await;
    assert_eq!(room.last_header("if-none-match").as_deref(), Some(ETAG));
    assert_eq!(room.wait_of(id) / 60, 22, "a hint of zero is no hint");
}

#[tokio::test]
async fn a_304_to_a_feed_that_was_never_read_is_a_failure_and_not_an_empty_success() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.poll_for(id, Reply::status(304)).await;
    assert_eq!(room.state(id).feed.health, FeedHealth::Unreadable);
    assert_eq!(room.state(id).feed.failures, 1);
}
