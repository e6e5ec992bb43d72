//! Completeness and identity as a visit keeps them: lines 51, 52 and 56 to 60, and floods.

use dateline::news::FeedHealth;
use dateline::store::polls;

use super::harness::{Newsroom, exact, rss};
use crate::server::Reply;

#[tokio::test]
async fn the_overlap_is_recorded_and_moves_the_interval() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.poll_for(id, Reply::ok(rss(1..11))).await;
    assert_eq!((room.state(id).overlap, room.wait_of(id)), (None, 900));
    room.poll_for(id, Reply::ok(rss(2..12))).await;
    assert_eq!(
        (room.state(id).overlap, room.wait_of(id)),
        (Some(0.9), 1350)
    );
    room.poll_for(id, Reply::ok(rss(7..17))).await;
    assert_eq!(
        (room.state(id).overlap, room.wait_of(id)),
        (Some(0.5), 1350)
    );
    room.poll_for(id, Reply::ok(rss(15..25))).await;
    assert_eq!((room.state(id).overlap, room.wait_of(id)), (Some(0.2), 675));
    for n in 3..10 {
        room.poll_for(id, Reply::ok(rss(n * 8..n * 8 + 10))).await;
    }
    assert_eq!(room.wait_of(id), 300, "the floor");
}

#[tokio::test]
async fn a_window_that_rolled_over_is_a_possible_gap_within_that_visit() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.poll_for(id, Reply::ok(rss(1..11))).await;
    assert_eq!(room.listing(id).possible_gap_at, None);
    room.clock.advance_secs(900);
    room.poll_for(id, Reply::ok(rss(50..60))).await;
    let listing = room.listing(id);
    assert_eq!(listing.possible_gap_at, listing.feed.last_visit_at);
    assert_eq!(listing.gap_count, 1);
    let visits = room
        .store
        .read(|conn| polls::load_visits(conn, id, 10))
        .unwrap();
    assert_eq!(
        (visits[0].gap, visits[0].new, visits[1].gap),
        (true, 10, false)
    );
    assert!(room.wait_of(id) < 900, "and it is visited more often");
}

#[tokio::test]
async fn nothing_is_listed_twice_and_nothing_is_swallowed() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    for first in 1..40 {
        let report = room.poll_for(id, Reply::ok(rss(first..first + 10))).await;
        assert_eq!(report.new.len(), if first == 1 { 10 } else { 1 });
    }
    assert_eq!(room.item_count(), 48);
}

#[tokio::test]
async fn a_headline_edit_is_a_revision_and_not_a_second_item() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let body = |title: &str| {
        format!(
            "<rss version=\"2.0\"><channel><title>t</title><item><title>{title}</title>\
             <link>http://paper.test/1</link><description>The same lead as before.</description>\
             </item></channel></rss>"
        )
    };
    room.poll_for(id, Reply::ok(body("Bridge closed"))).await;
    let report = room
        .poll_for(id, Reply::ok(body("Bridge closed after crash")))
        .await;
    assert_eq!((report.new.len(), report.revised), (0, 1));
    assert_eq!(room.item_count(), 1);
}

#[tokio::test]
async fn a_flood_of_new_ids_is_taken_in_parts_shown_and_lost_in_no_part() {
    let mut settings = exact();
    settings.max_new_items = 50;
    let room = Newsroom::with(settings, |_| None).await;
    let id = room.add("paper.test", "/feed").await;
    let reply = Reply::ok(rss(1..121)).with("ETag", "\"flood\"");
    for (new, health) in [
        (50, FeedHealth::Flood),
        (50, FeedHealth::Flood),
        (20, FeedHealth::Ok),
    ] {
        let report = room.poll_for(id, reply.clone()).await;
        assert_eq!((report.new.len(), report.health), (new, health));
        assert_eq!(
            room.last_header("if-none-match"),
            None,
            "the rest has to come again"
        );
    }
    assert_eq!(room.item_count(), 120);
    room.poll(id).await;
    assert_eq!(
        room.last_header("if-none-match").as_deref(),
        Some("\"flood\"")
    );
}

#[tokio::test]
async fn a_feed_never_overwrites_the_items_of_another_with_the_same_ids() {
    let room = Newsroom::open().await;
    let ours = room.add("paper.test", "/feed").await;
    let theirs = room.add("other.test", "/feed").await;
    room.poll_for(ours, Reply::ok(rss(1..4))).await;
    let forged = rss(1..4).replace("<title>w", "<title>Forged w");
    let report = room.poll_for(theirs, Reply::ok(forged)).await;
    assert_eq!((report.new.len(), report.revised), (3, 0));
    assert_eq!(room.item_count(), 6);
}

#[tokio::test]
async fn the_same_address_added_twice_is_one_feed_and_one_request() {
    let room = Newsroom::open().await;
    let first = room.add("paper.test", "/feed").await;
    let second = room.add("paper.test", "/feed").await;
    assert_eq!(first, second);
    room.say(Reply::ok(rss(1..4)));
    room.sweep_once().await;
    assert_eq!(room.server.seen().len(), 1);
}
