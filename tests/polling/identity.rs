//! Completeness and identity as a visit keeps them, and what a hostile document claims of its items.

use dateline::news::{FeedHealth, Item, ItemId, Revision, utc_from_secs};
use dateline::store::search::{Search, search_items};
use dateline::store::{items, polls};

use super::harness::{Newsroom, START, exact, rss};
use crate::server::Reply;

#[tokio::test]
async fn the_overlap_is_recorded_and_moves_the_interval() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.poll_for(id, Reply::ok(rss(1..11))).await;
    assert_eq!((room.state(id).overlap, room.wait_of(id)), (None, 900));
    room.clock.advance_secs(room.wait_of(id));
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
async fn a_corrected_address_is_stored_without_a_revision() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let body = |links: [&str; 4]| {
        let items = links.iter().enumerate().map(|(at, link)| {
            let date = utc_from_secs(START - 61 * (at as i64 + 1)).to_rfc2822();
            format!(
                "<item><title>Report {at} from the harbour</title><guid>n{at}</guid>\
                 <link>http://paper.test/{link}</link><pubDate>{date}</pubDate></item>"
            )
        });
        channel(&items.collect::<String>())
    };
    let link_of = |item: ItemId| one_item(&room, item).0.link.unwrap_or_default();
    let first = room
        .poll_for(
            id,
            Reply::ok(body(["preview/wrong", "2?s=1", "3?s=1", "4?s=1"])),
        )
        .await;
    let [.., wrong] = first.new[..] else {
        panic!("{first:?}");
    };
    let wrongs = link_of(wrong);
    assert!(wrongs.ends_with("/preview/wrong"), "{wrongs}");
    // Of the others only what a session puts there has changed.
    let links = ["news/right", "2?s=2", "3?s=2", "4?s=2"];
    let again = room.poll_for(id, Reply::ok(body(links))).await;
    assert_eq!((again.new.len(), again.revised), (0, 0));
    let now: Vec<String> = first.new.iter().rev().map(|item| link_of(*item)).collect();
    let kept = ["news/right", "2?s=1", "3?s=1", "4?s=1"];
    assert_eq!(now, kept.map(|link| format!("http://paper.test/{link}")));
    let (item, revisions) = one_item(&room, wrong);
    assert_eq!(item.title, "Report 0 from the harbour");
    assert!(revisions.is_empty());
    assert_eq!(room.item_count(), 4);
}

#[tokio::test]
async fn what_a_document_says_of_its_language_is_not_kept_as_the_operators_word() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    for (at, language) in ["en-us", "sv"].into_iter().enumerate() {
        let item = format!("<item><title>Regering {at}</title><guid>{at}</guid></item>");
        let body = channel(&format!("<language>{language}</language>{item}"));
        let report = room.poll_for(id, Reply::ok(body)).await;
        let (item, _) = one_item(&room, report.new[0]);
        assert_eq!(item.language, language[..2]);
        assert_eq!(room.state(id).feed.language, None);
    }
}

#[tokio::test]
async fn what_every_document_lists_is_one_item_however_its_time_drifts() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    for hour in (0..60).step_by(4) {
        let items = [
            "Storm closes railway",
            "Bank cuts rate",
            "Harbour fire is out",
        ];
        let items = items.iter().enumerate().map(|(at, title)| {
            let at = START + hour * 3600 - 420 * at as i64;
            let date = utc_from_secs(at).to_rfc2822();
            format!("<item><title>{title}</title><pubDate>{date}</pubDate></item>")
        });
        let body = channel(&items.collect::<String>());
        let report = room.poll_for(id, Reply::ok(body)).await;
        assert_eq!(report.new.len(), if hour == 0 { 3 } else { 0 }, "{hour}");
        room.clock.advance_secs(4 * 3600);
    }
}

#[tokio::test]
async fn a_site_that_goes_over_to_https_keeps_its_items_and_the_standing_of_its_ids() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    for scheme in ["http", "https"] {
        let titles = [
            "Storm closes railway",
            "Bank cuts rate",
            "Harbour fire is out",
        ];
        let items = titles.iter().enumerate().map(|(at, title)| {
            let date = utc_from_secs(START - 61 * (at as i64 + 1)).to_rfc2822();
            format!(
                "<item><title>{title}</title><guid>{scheme}://paper.test/?p={at}</guid>\
                 <pubDate>{date}</pubDate></item>"
            )
        });
        let body = channel(&items.collect::<String>());
        let report = room.poll_for(id, Reply::ok(body)).await;
        assert_eq!(report.new.len(), if scheme == "http" { 3 } else { 0 });
        assert!(!room.state(id).guids_lost_standing);
    }
}

/// A document of items that were told a day after each other, the last one today, in the order of the numbers.
fn archive(numbers: impl Iterator<Item = i64>, days: i64, is_dated: bool) -> String {
    let item = |number: i64| {
        let at = utc_from_secs(START - (days - number) * 86_400).to_rfc2822();
        let date = match is_dated {
            true => format!("<pubDate>{at}</pubDate>"),
            false => String::new(),
        };
        format!(
            "<item><title>Report {number} on the harbour</title><guid>urn:{number}</guid>\
             <link>http://paper.test/report/{number}</link>{date}</item>"
        )
    };
    let items: String = numbers.map(item).collect();
    channel(&items)
}

fn numbers_of(room: &Newsroom, new: &[ItemId]) -> Vec<i64> {
    let numbers = new.iter().map(|id| {
        let link = one_item(room, *id).0.link.expect("a link");
        let (_, number) = link.rsplit_once('/').expect("a path");
        number.parse().expect("a number")
    });
    let mut numbers: Vec<i64> = numbers.collect();
    numbers.sort_unstable();
    numbers
}

#[tokio::test]
async fn a_document_of_more_items_than_are_looked_at_gives_its_newest_first_and_all_in_the_end() {
    // Oldest first, newest first, and newest first without times; most are older than times are believed.
    for (is_ascending, is_dated) in [(true, true), (false, true), (false, false)] {
        let mut settings = exact();
        (settings.max_listed_items, settings.max_new_items) = (40, 20);
        let room = Newsroom::with(settings, |_| None).await;
        let id = room.add("paper.test", "/feed").await;
        let list = |last: i64| {
            let body = match is_ascending {
                true => archive(1..=last, 100, is_dated),
                false => archive((1..=last).rev(), 100, is_dated),
            };
            Reply::ok(body).with("ETag", "\"archive\"")
        };
        let report = room.poll_for(id, list(98)).await;
        assert_eq!(report.health, FeedHealth::Flood);
        let newest: Vec<i64> = (79..=98).collect();
        assert_eq!(
            numbers_of(&room, &report.new),
            newest,
            "{is_ascending} {is_dated}"
        );
        // What is new in between comes before what waits.
        let report = room.poll_for(id, list(100)).await;
        let newest: Vec<i64> = (61..=78).chain(99..=100).collect();
        assert_eq!(
            numbers_of(&room, &report.new),
            newest,
            "{is_ascending} {is_dated}"
        );
        for left in [40, 20, 0] {
            let report = room.poll_for(id, list(100)).await;
            let waiting: Vec<i64> = (left + 1..=left + 20).collect();
            assert_eq!(numbers_of(&room, &report.new), waiting);
            assert_eq!(report.health == FeedHealth::Flood, left > 0);
            assert_eq!(room.last_header("if-none-match"), None);
        }
        assert_eq!(room.item_count(), 100);
        let report = room.poll_for(id, list(101)).await;
        assert_eq!(numbers_of(&room, &report.new), [101]);
        assert_ne!(report.health, FeedHealth::Flood);
        assert_eq!(
            room.last_header("if-none-match").as_deref(),
            Some("\"archive\"")
        );
    }
}

#[tokio::test]
async fn what_is_known_is_known_in_a_document_of_more_items_than_are_looked_at() {
    let mut settings = exact();
    settings.max_listed_items = 12;
    let room = Newsroom::with(settings, |_| None).await;
    let id = room.add("paper.test", "/feed").await;
    while room.item_count() < 30 {
        room.poll_for(id, Reply::ok(archive(1..=30, 30, true)))
            .await;
    }
    let edited = archive(1..=30, 30, true).replace("Report 3 on", "Report 3, corrected, on");
    let report = room.poll_for(id, Reply::ok(edited)).await;
    assert_eq!((report.new.len(), report.revised), (0, 1));
    assert_eq!(room.state(id).overlap, Some(1.0));
    assert_eq!(room.item_count(), 30);
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

fn one_item(room: &Newsroom, id: dateline::news::ItemId) -> (Item, Vec<Revision>) {
    let item = room.store.read(|conn| items::load_item(conn, id));
    let revisions = room.store.read(|conn| items::load_revisions(conn, id));
    (item.unwrap().expect("the item is kept"), revisions.unwrap())
}

fn bbc_item(number: u32, title: &str, minute: u32) -> String {
    format!(
        "<item><title>{title}</title><description>The two met for three hours.</description>\
         <guid isPermaLink=\"false\">https://www.bbc.co.uk/news/articles/c0example1o#{number}</guid>\
         <link>https://www.bbc.co.uk/news/articles/c0example1o</link>\
         <pubDate>Thu, 19 Nov 2026 11:{minute:02}:00 GMT</pubDate></item>"
    )
}

fn channel(items: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>")
}

#[tokio::test]
async fn two_states_of_one_guid_in_one_document_are_one_item_and_its_revision() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let newer = bbc_item(1, "Leaders meet for three hours in Alaska", 30);
    let older = bbc_item(0, "Leaders meet in Alaska", 10);
    for items in [newer.clone() + &older, older.clone() + &newer] {
        let report = room.poll_for(id, Reply::ok(channel(&items))).await;
        assert_eq!(report.revised, 0, "nothing is revised back and forth");
        for new in report.new {
            let (item, revisions) = one_item(&room, new);
            assert_eq!(item.title, "Leaders meet for three hours in Alaska");
            assert_eq!(revisions.len(), 1);
            assert_eq!(revisions[0].title, "Leaders meet in Alaska");
        }
    }
    assert_eq!(room.item_count(), 1);
    let third = bbc_item(2, "Leaders part in Alaska after three hours", 50);
    let report = room
        .poll_for(id, Reply::ok(channel(&(older + &newer + &third))))
        .await;
    assert_eq!((report.new.len(), report.revised), (0, 1));
}

#[tokio::test]
async fn the_time_of_an_item_is_what_the_outlet_claims_wherever_it_says_so() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let at = utc_from_secs(START - 7200);
    for (number, element) in [
        "<pubDate>Thu, 19 Nov 2026 10:00:00 GMT</pubDate>",
        "<dc:date>2026-11-19T10:00:00Z</dc:date>",
        "<updated>2026-11-19T10:00:00Z</updated>",
    ]
    .iter()
    .enumerate()
    {
        let item = format!(
            "<item><title>Bridge {number} closed</title><guid>urn:{number}</guid>{element}</item>"
        );
        let report = room.poll_for(id, Reply::ok(channel(&item))).await;
        let (item, _) = one_item(&room, report.new[0]);
        assert_eq!(
            (item.published_at, item.item_time),
            (Some(at), at),
            "{element}"
        );
    }
}

#[tokio::test]
async fn an_item_that_says_nothing_is_left_out_and_the_visit_says_so() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let items = "<item/><item><title> </title></item><item><title>Bridge closed</title></item>";
    let report = room.poll_for(id, Reply::ok(channel(items))).await;
    assert_eq!(report.new.len(), 1);
    let visits = room.store.read(|conn| polls::load_visits(conn, id, 1));
    let note = &visits.unwrap()[0].note;
    assert!(
        note.contains("2 items without id, link, title and text"),
        "{note}"
    );
}

#[tokio::test]
async fn a_date_that_cannot_be_right_pins_nothing_to_the_top() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let now = utc_from_secs(START);
    for (number, date) in [
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "9999-12-31T23:59:59-14:00",
        "-0001-01-01T00:00:00Z",
        "99999999999999999999",
        "-99999999999",
        "Fri, 20 Nov 2026 12:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
    ]
    .iter()
    .enumerate()
    {
        let item = format!(
            "<item><title>Bridge {number} closed</title><guid>urn:{number}</guid><pubDate>{date}</pubDate></item>"
        );
        let report = room.poll_for(id, Reply::ok(channel(&item))).await;
        let (item, _) = one_item(&room, report.new[0]);
        assert_eq!(
            (item.item_time, item.time_is_claimed),
            (now, false),
            "{date}"
        );
    }
}

#[tokio::test]
async fn a_document_that_names_another_site_is_still_the_fetched_feeds() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let before = room.listing(id);
    let body = "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"https://other.test/\">\
         <id>https://other.test/feed</id><title>The Other</title><link rel=\"self\" href=\"https://other.test/feed\"/>\
         <entry><id>https://other.test/1</id><title>Bridge closed</title><link href=\"1\"/>\
         <source><id>https://other.test/feed</id><title>The Other</title></source></entry></feed>";
    let report = room.poll_for(id, Reply::ok(body)).await;
    let (item, _) = one_item(&room, report.new[0]);
    let after = room.listing(id);
    assert_eq!((item.feed_id, item.outlet_id), (id, before.feed.outlet_id));
    assert_eq!(
        (after.feed.url, after.outlet),
        (before.feed.url, before.outlet)
    );
}

#[tokio::test]
async fn a_feed_of_full_texts_alone_has_leads_that_are_shown_and_found() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let text = format!(
        "The ministry of finance cut its rate. {}",
        "More was said. ".repeat(90)
    );
    let document = format!(
        r#"{{"version": "https://jsonfeed.org/version/1.1", "title": "Paper", "items": [
            {{"id": "1", "url": "https://paper.test/1", "title": "Rate cut", "content_text": "{text}"}}]}}"#
    );
    let reply = || Reply::ok(document.clone()).with("content-type", "application/feed+json");
    room.poll_for(id, reply()).await;
    let item = room
        .store
        .read(|conn| items::load_item(conn, ItemId(1)))
        .unwrap()
        .unwrap();
    assert!(
        item.summary
            .starts_with("The ministry of finance cut its rate.")
    );
    assert!(
        item.summary.len() <= 600 && item.summary.ends_with("said."),
        "{}",
        item.summary
    );
    let search = Search {
        words: "ministry".to_owned(),
        ..Search::default()
    };
    let found = room
        .store
        .read(|conn| search_items(conn, &search, 10))
        .unwrap();
    assert_eq!(found.items.len(), 1);
    let again = room.poll_for(id, reply()).await;
    assert_eq!((again.new.len(), again.revised), (0, 0));
}

#[tokio::test]
async fn what_an_outlet_says_with_every_item_is_kept_and_tells_nothing_of_them() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let of_itself = "Radio North brings you the news of the coast, every hour.";
    let item = |number: usize, title: &str, lead: &str| {
        format!(
            "<item><guid>{number}</guid><title>{title}</title><description>{lead}</description></item>"
        )
    };
    let document = [
        item(1, "Minister resigns", of_itself),
        item(2, "Fire in Gunnebo", of_itself),
        item(3, "Okafor moves to Porto", of_itself),
        item(4, "Volcano wakes", "The volcano of Jan Mayen wakes."),
    ];
    let document = format!(
        "<rss><channel><title>R</title>{}</channel></rss>",
        document.concat()
    );
    room.poll_for(id, Reply::ok(document.clone())).await;
    let load = |id| {
        room.store
            .read(|conn| items::load_item(conn, ItemId(id)))
            .unwrap()
            .unwrap()
    };
    let leads: Vec<(String, String)> = (1..=4)
        .map(load)
        .map(|item| (item.summary, item.wire.clean_summary))
        .collect();
    let constant = leads
        .iter()
        .filter(|lead| **lead == (of_itself.to_owned(), String::new()));
    assert_eq!(constant.count(), 3, "{leads:?}");
    assert!(
        leads
            .iter()
            .any(|(_, read)| read == "The volcano of Jan Mayen wakes.")
    );
    let again = room.poll_for(id, Reply::ok(document)).await;
    assert_eq!((again.new.len(), again.revised), (0, 0));
}
