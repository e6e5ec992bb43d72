//! The addresses of known items, as documents correct them.

use dateline::news::{FeedId, ItemId, utc_from_secs};
use dateline::store::items;

use super::harness::{Newsroom, START};
use crate::server::Reply;

/// Visits a feed of five items, which never are new again; the links that are stored then.
async fn visit(room: &Newsroom, id: FeedId, link: impl Fn(usize) -> String) -> Vec<String> {
    let items = (0..5).map(|at| {
        let date = utc_from_secs(START - 917 * (at as i64 + 1)).to_rfc2822();
        format!(
            "<item><title>Report {at} from the harbour</title><guid isPermaLink=\"false\">n{at}</guid>\
             <link>http://paper.test/{}</link><pubDate>{date}</pubDate></item>",
            link(at)
        )
    });
    let items: String = items.collect();
    let body = format!("<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>");
    room.poll_for(id, Reply::ok(body)).await;
    room.clock.advance_secs(900);
    assert_eq!(room.item_count(), 5);
    let stored = (1..=5).rev().map(|id| {
        let load = |conn: &_| items::load_item(conn, ItemId(id));
        let item = room.store.read(load).unwrap();
        let link = item.expect("the item is kept").link.unwrap_or_default();
        link.trim_start_matches("http://paper.test/").to_owned()
    });
    stored.collect()
}

#[tokio::test]
async fn an_address_that_comes_again_is_a_correction_too_and_turns_come_to_an_end() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let right = |at: usize| format!("news/report-{at}-from-the-harbour");
    let staging = |at: usize| format!("staging/report-{at}-from-the-harbour");
    let rights: Vec<String> = (0..5).map(right).collect();
    assert_eq!(visit(&room, id, right).await, rights);
    assert_eq!(visit(&room, id, staging).await[0], staging(0));
    for _ in 0..2 {
        assert_eq!(visit(&room, id, right).await, rights);
    }
    // Two that take turns change an item eight times.
    let mut stored = Vec::new();
    for turn in 0..14 {
        let links = match turn % 2 {
            0 => visit(&room, id, staging).await,
            _ => visit(&room, id, right).await,
        };
        stored.push(links[0].clone());
    }
    stored.dedup();
    assert_eq!(stored.len(), 6, "{stored:?}");
}

#[tokio::test]
async fn a_session_in_the_path_does_not_change_what_is_stored_at_every_visit() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let mut seen = Vec::new();
    for number in 0..7 {
        let session = |at: usize| format!("S(x{number}y)/news?id={at}");
        seen.push(visit(&room, id, session).await[0].clone());
    }
    seen.dedup();
    assert!(seen.len() <= 3, "{seen:?}");
}

#[tokio::test]
async fn items_without_ids_are_known_at_the_address_that_their_site_moved_to_when_they_are_edited()
{
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let body = |host: &str, edit: &str| {
        let items = (0..5).map(|at| {
            let date = utc_from_secs(START - 917 * (at + 1)).to_rfc2822();
            format!(
                "<item><title>Report {at} from the harbour{edit}</title>\
                 <link>http://{host}/news/report-{at}-from-the-harbour</link>\
                 <pubDate>{date}</pubDate></item>"
            )
        });
        let items: String = items.collect();
        Reply::ok(format!(
            "<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>"
        ))
    };
    room.poll_for(id, body("old.test", "")).await;
    for edit in ["", ", with a picture"] {
        let report = room.poll_for(id, body("new.test", edit)).await;
        assert_eq!(report.new.len(), 0, "{edit:?}");
    }
    assert_eq!(room.item_count(), 5);
}
