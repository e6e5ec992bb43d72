//! What comes under the id or at the address of what retention removed.

use dateline::clock::Clock;
use dateline::jobs::{StorageSettings, retention};
use dateline::news::{FeedId, UtcTime};
use dateline::store::clustering::save_cursor;

use super::harness::Newsroom;
use crate::server::Reply;

const DAY: i64 = 86_400;

/// A bulletin that its outlet keeps at one address, with these words in it and this time.
fn bulletin(guid: &str, lead: &str, at: UtcTime) -> Reply {
    Reply::ok(format!(
        "<rss version=\"2.0\"><channel><title>Paper</title><item><title>Shipping forecast</title>{guid}\
         <link>http://paper.test/forecast</link><description>{lead}</description>\
         <pubDate>{}</pubDate></item></channel></rss>",
        at.to_rfc2822()
    ))
}

const GUID: &str = "<guid>forecast</guid>";

async fn remove_old(room: &Newsroom) -> usize {
    let clustered = async |to| {
        let save = move |tx: &dateline::store::Transaction<'_>| save_cursor(tx, "cluster", to);
        room.store.write(save).await.unwrap();
    };
    // As if it stood in an event: what does not is told anew.
    clustered(1_000).await;
    let settings = StorageSettings {
        keep_days: 60,
        ..StorageSettings::default()
    };
    let report = retention::remove_old(&room.store, &settings, room.clock.now()).await;
    clustered(0).await;
    report.unwrap().removed.items
}

/// New and revised items of a visit to that bulletin.
async fn visit(room: &Newsroom, feed: FeedId, reply: Reply) -> (usize, usize) {
    let report = room.poll_for(feed, reply).await;
    (report.new.len(), report.revised)
}

#[tokio::test]
async fn what_is_listed_and_revised_is_not_removed_however_old_it_is() {
    for guid in [GUID, ""] {
        let room = Newsroom::open().await;
        let feed = room.add("paper.test", "/feed").await;
        for day in 0..100 {
            let lead = format!("Storm force {day} is expected off the cape.");
            let state = bulletin(guid, &lead, room.clock.now());
            let expected = if day == 0 { (1, 0) } else { (0, 1) };
            assert_eq!(visit(&room, feed, state).await, expected, "{day} {guid}");
            room.clock.advance_secs(DAY);
            assert_eq!(remove_old(&room).await, 0, "{day}");
        }
    }
}

#[tokio::test]
async fn what_is_told_since_an_item_was_removed_is_new_and_what_was_told_before_stays_gone() {
    for guid in [GUID, ""] {
        let room = Newsroom::open().await;
        let feed = room.add("paper.test", "/feed").await;
        let told = room.clock.now();
        let calm = "Calm seas are expected.";
        assert_eq!(visit(&room, feed, bulletin(guid, calm, told)).await, (1, 0));
        room.clock.advance_secs(70 * DAY);
        assert_eq!(remove_old(&room).await, 1);
        let storm = "Storm force winds close the port.";
        room.clock.advance_secs(DAY);
        let now = room.clock.now();
        for (lead, at, expected) in [
            (calm, told, (0, 0)),
            (calm, now, (0, 0)),
            (storm, told, (0, 0)),
            (storm, now + chrono::TimeDelta::days(9), (0, 0)),
            (storm, now, (1, 0)),
            (storm, now, (0, 0)),
            ("Storm force winds ease.", now, (0, 1)),
        ] {
            let state = bulletin(guid, lead, at);
            assert_eq!(visit(&room, feed, state).await, expected, "{lead} {guid}");
        }
        assert_eq!(room.item_count(), 1);
    }
}

#[tokio::test]
async fn what_comes_undated_in_the_place_of_what_was_removed_is_new_unless_it_is_the_address_of_a_report()
 {
    let undated = |guid: &str, link: &str, title: &str, lead: &str| {
        Reply::ok(format!(
            "<rss version=\"2.0\"><channel><title>Paper</title><item><title>{title}</title>{guid}\
             <link>http://paper.test/{link}</link><description>{lead}</description></item></channel></rss>"
        ))
    };
    let report = "2026/11/30/tsunami-watch-for-hawaii";
    for (guid, link, is_new) in [
        ("<guid>current</guid>", "current", 1),
        ("", "current", 1),
        ("<guid>current</guid>", report, 0),
        ("", report, 0),
    ] {
        let room = Newsroom::open().await;
        let feed = room.add("paper.test", "/feed").await;
        let hawaii = || {
            undated(
                guid,
                link,
                "Tsunami watch for Hawaii",
                "A quake struck off Kamchatka.",
            )
        };
        assert_eq!(visit(&room, feed, hawaii()).await, (1, 0));
        room.clock.advance_secs(70 * DAY);
        assert_eq!(remove_old(&room).await, 1);
        for _ in 0..2 {
            assert_eq!(visit(&room, feed, hawaii()).await, (0, 0), "{guid} {link}");
        }
        let japan = || {
            undated(
                guid,
                link,
                "Tsunami warning for Japan",
                "Waves of three metres are expected.",
            )
        };
        for expected in [is_new, 0] {
            let told = visit(&room, feed, japan()).await;
            assert_eq!(told, (expected, 0), "{guid} {link}");
        }
    }
}
