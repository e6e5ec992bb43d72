//! Documents whose transfer ends before its end: what came whole is kept, nothing known is torn, and what is
//! missing comes at the next visit.

use dateline::news::{FeedHealth, ItemId};
use dateline::store::items;

use super::harness::{Newsroom, rss};
use crate::server::Reply;

/// An answer that announces the whole and ends so many bytes before its end.
fn cut(whole: &str, missing: usize, headers: &str) -> Reply {
    let head = format!(
        "HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n",
        whole.len()
    );
    let part = &whole[..whole.len() - missing];
    Reply::Raw([head.as_bytes(), part.as_bytes()].concat())
}

/// Where the text of the last item ends.
fn into_last_lead(whole: &str) -> usize {
    let end = whole.rfind("</description>").expect("a lead");
    whole.len() - end + 20
}

fn leads(room: &Newsroom) -> Vec<String> {
    let count = room.item_count() as i64;
    let load = |id| room.store.read(|conn| items::load_item(conn, ItemId(id)));
    (1..=count)
        .map(|id| load(id).unwrap().expect("the item is there").summary)
        .collect()
}

#[tokio::test]
async fn a_known_item_is_not_torn_by_a_transfer_that_ends_within_it() {
    for etag in ["", "ETag: \"1\"\r\n"] {
        let room = Newsroom::open().await;
        let id = room.add("paper.test", "/feed").await;
        let whole = rss(1..7);
        let answer = match etag {
            "" => Reply::ok(whole.clone()),
            _ => Reply::ok(whole.clone()).with("ETag", "\"1\""),
        };
        room.poll_for(id, answer.clone()).await;
        let before = leads(&room);
        let report = room
            .poll_for(id, cut(&whole, into_last_lead(&whole), etag))
            .await;
        assert_eq!((report.new.len(), report.revised), (0, 0));
        assert_eq!(leads(&room), before);
        room.poll_for(id, answer).await;
        assert_eq!(room.last_header("if-none-match"), None, "it is read whole");
        assert_eq!(leads(&room), before);
    }
}

#[tokio::test]
async fn a_torso_of_a_new_item_is_made_whole_by_the_next_visit() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let whole = rss(1..7);
    room.poll_for(id, cut(&whole, into_last_lead(&whole), "ETag: \"1\"\r\n"))
        .await;
    room.poll_for(id, Reply::ok(whole.clone())).await;
    let expected = Newsroom::open().await;
    let other = expected.add("paper.test", "/feed").await;
    expected.poll_for(other, Reply::ok(whole)).await;
    let sorted = |room: &Newsroom| {
        let mut leads = leads(room);
        leads.sort();
        leads
    };
    assert_eq!(sorted(&room), sorted(&expected));
}

#[tokio::test]
async fn a_document_that_came_whole_under_a_wrong_length_is_whole() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let answer = |numbers| {
        let whole: String = rss(numbers);
        let head = format!(
            "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: {}\r\n\r\n",
            whole.len() + 500
        );
        Reply::Raw([head.into_bytes(), whole.into_bytes()].concat())
    };
    room.poll_for(id, answer(1..11)).await;
    let report = room.poll_for(id, answer(6..16)).await;
    assert_eq!(report.new.len(), 5);
    assert_eq!(room.last_header("if-none-match").as_deref(), Some("\"a\""));
    assert_eq!(room.state(id).overlap, Some(0.5));
    room.poll_for(id, answer(40..50)).await;
    assert_eq!(room.listing(id).gap_count, 1, "and it may have lost some");
}

#[tokio::test]
async fn what_a_document_holds_that_always_ends_early_is_told_and_its_feed_adapts() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let answer = |numbers| cut(&rss(numbers), 30, "ETag: \"a\"\r\n");
    room.poll_for(id, answer(1..11)).await;
    room.poll_for(id, answer(6..16)).await;
    assert_eq!(room.state(id).overlap, Some(0.5));
    assert_eq!(room.last_header("if-none-match"), None);
    room.poll_for(id, answer(40..50)).await;
    assert_eq!(room.listing(id).gap_count, 1);
    let before = room.wait_of(id);
    for _ in 0..12 {
        room.clock.advance_secs(room.wait_of(id));
        let report = room.poll_for(id, answer(40..50)).await;
        assert_eq!(report.outcome, "unchanged");
        assert_eq!(report.health, FeedHealth::Unreadable, "{}", report.note);
    }
    assert!(room.wait_of(id) > before, "the same bytes are no news");
    assert_eq!(room.last_header("if-none-match"), None);
}

#[tokio::test]
async fn items_that_came_before_the_server_fell_silent_are_kept() {
    let whole = rss(1..7);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", whole.len());
    let part = &whole[..whole.len() - into_last_lead(&whole)];
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let answer = Reply::RawThenSilence([head.as_bytes(), part.as_bytes()].concat());
    let report = room.poll_for(id, answer).await;
    assert!(report.new.len() >= 5, "{report:?}");
}

#[tokio::test]
async fn a_server_that_refuses_whoever_asks_for_what_is_new_is_asked_for_everything_next() {
    for status in [400, 403, 412] {
        let room = Newsroom::open().await;
        let id = room.add("paper.test", "/feed").await;
        room.poll_for(id, Reply::ok(rss(1..4)).with("ETag", "\"1\""))
            .await;
        room.poll_for(id, Reply::status(status)).await;
        assert_eq!(room.last_header("if-none-match").as_deref(), Some("\"1\""));
        room.clock.advance_secs(room.wait_of(id));
        room.poll_for(id, Reply::ok(rss(2..5)).with("ETag", "\"2\""))
            .await;
        assert_eq!(room.last_header("if-none-match"), None, "{status}");
        assert_eq!(room.item_count(), 4);
    }
}

#[tokio::test]
async fn a_body_that_is_not_in_the_chunks_that_it_announces_is_no_fault_of_the_document() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nTransfer-Encoding: chunked\r\n\r\n";
    let answer = Reply::Raw([head.to_owned(), rss(1..4)].concat().into_bytes());
    let report = room.poll_for(id, answer).await;
    assert!(
        report.note.contains("not HTTP that can be read"),
        "{report:?}"
    );
}
