//! What an outlet dates long ago.

use chrono::TimeDelta;
use dateline::clock::Clock;
use dateline::news::{FeedId, Role};
use dateline::store::items;

use super::harness::Newsroom;
use crate::server::Reply;

/// A document of reports with these numbers, so many days old, and these words in their leads.
fn reports(room: &Newsroom, listed: &[(u32, i64)], lead: &str) -> Reply {
    let items = listed.iter().map(|(number, days)| {
        let at = room.clock.now() - TimeDelta::days(*days);
        format!(
            "<item><title>Ferry {number} sinks off the cape</title><guid>r{number}</guid>\
             <description>{lead} {number}</description><pubDate>{}</pubDate></item>",
            at.to_rfc2822()
        )
    });
    let items: String = items.collect();
    Reply::ok(format!(
        "<rss version=\"2.0\"><channel><title>Paper</title>{items}</channel></rss>"
    ))
}

/// The roles of the new items of a visit, by their titles, and how many known ones were revised.
async fn visit(room: &Newsroom, feed: FeedId, reply: Reply) -> (Vec<Role>, usize) {
    let report = room.poll_for(feed, reply).await;
    let item = |id: &_| room.store.read(|conn| items::load_item(conn, *id)).unwrap();
    let mut new: Vec<_> = report.new.iter().filter_map(item).collect();
    new.sort_by(|a, b| a.title.cmp(&b.title));
    let roles = new.iter().map(|item| item.wire.role).collect();
    (roles, report.revised)
}

#[tokio::test]
async fn what_was_old_when_its_feed_was_added_tells_no_event_of_today() {
    let room = Newsroom::open().await;
    let feed = room.add("paper.test", "/feed").await;
    let listed = [(1, 1), (2, 29), (3, 40), (4, 1_500)];
    let first = reports(&room, &listed, "The crew was rescued");
    let (news, old) = (Role::News, Role::Background);
    assert_eq!(visit(&room, feed, first).await.0, [news, news, old, old]);
    let clustered = |tx: &dateline::store::Transaction<'_>| {
        dateline::store::clustering::save_cursor(tx, "cluster", 4)
    };
    room.store.write(clustered).await.unwrap();
    let edited = reports(&room, &listed[2..], "All on board were rescued");
    assert_eq!(visit(&room, feed, edited).await, (vec![], 2));
    let unread = |conn: &_| items::load_items_after(conn, dateline::news::ItemId(2), 9);
    let kept = room.store.read(unread).unwrap();
    assert!(kept.iter().all(|item| item.wire.role == old), "{kept:?}");
    assert_eq!(kept.len(), 2);
}

#[tokio::test]
async fn old_dates_at_a_later_visit_are_wrong_where_all_are_old() {
    let room = Newsroom::open().await;
    let feed = room.add("paper.test", "/feed").await;
    visit(&room, feed, reports(&room, &[(1, 900)], "Rescued")).await;
    let all_old = reports(&room, &[(1, 900), (2, 900)], "Rescued");
    assert_eq!(visit(&room, feed, all_old).await.0, [Role::News]);
    let some_old = reports(&room, &[(3, 900), (4, 1), (5, 20_700)], "Rescued");
    let roles = visit(&room, feed, some_old).await.0;
    assert_eq!(roles, [Role::Background, Role::News, Role::News]);
}

#[tokio::test]
async fn a_time_that_is_guessed_makes_no_background() {
    let room = Newsroom::open().await;
    let feed = room.add("paper.test", "/feed").await;
    let today = room.clock.now();
    let document = |dates: &[String]| {
        let items = dates.iter().enumerate().map(|(number, date)| {
            format!(
                "<item><title>Ferry {number} sinks off the cape</title><guid>r{number}</guid>\
                 <description>The crew was rescued {number}</description><pubDate>{date}</pubDate></item>"
            )
        });
        let items: String = items.collect();
        Reply::ok(format!(
            "<rss version=\"2.0\"><channel><title>Paper</title><language>en-us</language>{items}</channel></rss>"
        ))
    };
    let long_ago = today - TimeDelta::days(400);
    let unclear = format!("1/2/{} 3:30:00 AM", long_ago.format("%Y"));
    let certain = long_ago.to_rfc2822();
    let roles = visit(&room, feed, document(&[unclear, certain])).await.0;
    assert_eq!(roles, [Role::News, Role::Background]);
    let known = |conn: &_| items::load_items_after(conn, dateline::news::ItemId(0), 9);
    let known = room.store.read(known).unwrap();
    let unclear = known.iter().find(|item| item.title.contains('0')).unwrap();
    assert_eq!(unclear.published_at, None);
}

#[tokio::test]
async fn a_time_that_cannot_be_told_any_more_is_no_other_time() {
    let room = Newsroom::open().await;
    let unclear = "11/12/2026 3:30:00 AM";
    let ferry = |id: &str| {
        format!(
            "<item><title>Ferry sinks off the cape, crew is safe</title>{id}<pubDate>{unclear}</pubDate></item>"
        )
    };
    let shown = "<item><title>Council rejects the deal</title><guid>d</guid><pubDate>11/18/2026 2:30 PM</pubDate></item>";
    for (number, id) in [
        "<guid>a</guid>",
        "<link>https://paper.test/latest</link>",
        "<guid>a</guid><link>https://paper.test/2026/11/12/ferry-sinks-off-the-cape</link>",
        "",
    ]
    .into_iter()
    .enumerate()
    {
        let feed = room.add("paper.test", &format!("/feed/{number}")).await;
        let document = |items: &str| {
            Reply::ok(format!(
                "<rss version=\"2.0\"><channel><title>Paper</title>{items}</channel></rss>"
            ))
        };
        let items = [shown, &ferry(id)].concat();
        assert_eq!(visit(&room, feed, document(&items)).await.0.len(), 2);
        for items in [ferry(id), items] {
            let again = visit(&room, feed, document(&items)).await;
            assert_eq!(again, (vec![], 0), "{id}");
        }
    }
}
