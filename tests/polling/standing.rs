//! The standing of a feed's ids, as visits take and give it.

use dateline::news::utc_from_secs;

use super::harness::{Newsroom, START};
use crate::server::Reply;

/// A list of five with one more at each visit.
fn list(visit: usize, id: impl Fn(usize) -> String, link: impl Fn(usize) -> String) -> Reply {
    const HEADLINES: [&str; 12] = [
        "Storm closes northern railway",
        "Bank cuts rate again",
        "Leaders gather for talks",
        "Harbour fire is out",
        "Council keeps old bridge",
        "Minister resigns over ferries",
        "Team wins the cup",
        "New library opens Monday",
        "Snow falls in Lapland",
        "Judge frees three fishermen",
        "Museum buys a Vermeer",
        "Orchard frost ruins cherries",
    ];
    let items = (visit..visit + 5).rev().map(|at| {
        let date = utc_from_secs(START - 86_400 + 907 * at as i64).to_rfc2822();
        format!(
            "<item><title>{}</title><guid isPermaLink=\"false\">{}</guid>\
             <link>http://paper.test/{}</link><pubDate>{date}</pubDate></item>",
            HEADLINES[at],
            id(at),
            link(at)
        )
    });
    let items: String = items.collect();
    Reply::ok(format!(
        "<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>"
    ))
}

#[tokio::test]
async fn ids_regain_their_standing_when_they_stay_with_their_items_and_tell_them_from_then_on() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let address = |at: usize| format!("news/{at}");
    let mut has_standing = Vec::new();
    for visit in 0..7 {
        // At first, one id for all.
        let guid = |at: usize| match visit {
            0 => "news".to_owned(),
            _ => format!("n{at}"),
        };
        let report = room.poll_for(id, list(visit, guid, address)).await;
        assert_eq!(report.new.len(), if visit == 0 { 5 } else { 1 }, "{visit}");
        has_standing.push(!room.state(id).guids_lost_standing);
        room.clock.advance_secs(900);
    }
    assert_eq!(
        has_standing,
        [false, false, false, false, true, true, true],
        "three of the four known ones have the id that they came with"
    );
    // Another headline at another address, and the ids tell that it is known.
    let moved = |at: usize| format!("moved/{at}");
    let report = room
        .poll_for(id, list(7, |at| format!("n{at}"), moved))
        .await;
    assert_eq!(report.new.len(), 1);
    assert!(!room.state(id).guids_lost_standing);
}

#[tokio::test]
async fn ids_made_up_at_every_visit_never_regain_their_standing() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    for visit in 0..7 {
        let guid = |at: usize| format!("{visit}-{at}");
        let address = |at: usize| format!("news/{at}");
        let report = room.poll_for(id, list(visit, guid, address)).await;
        assert_eq!(report.new.len(), if visit == 0 { 5 } else { 1 }, "{visit}");
        assert_eq!(room.state(id).guids_lost_standing, visit > 0);
        room.clock.advance_secs(900);
    }
}

/// Ids that are places in the list, under links of their own, with one description under all of it.
#[tokio::test]
async fn ids_that_count_places_overwrite_nothing_under_one_lead() {
    const HEADLINES: [&str; 6] = [
        "Zoo welcomes panda twins",
        "Minister resigns over budget row",
        "Storm closes ports in north",
        "Museum reopens after fire",
        "Union calls rail strike",
        "Court clears former mayor",
    ];
    let list = |from: usize| {
        let items = HEADLINES[from..].iter().enumerate().map(|(place, title)| {
            let at = START - 1_807 * (place + from) as i64;
            let link = title.split(' ').next().unwrap_or_default();
            format!(
                "<item><title>{title}</title><guid isPermaLink=\"false\">{place}</guid>\
                 <link>http://paper.test/{link}-story</link><pubDate>{}</pubDate>\
                 <description>Read the full story here.</description></item>",
                utc_from_secs(at).to_rfc2822()
            )
        });
        let items: String = items.collect();
        Reply::ok(format!(
            "<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>"
        ))
    };
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let first = room.poll_for(id, list(1)).await;
    assert_eq!(first.new.len(), 5);
    room.clock.advance_secs(900);
    let second = room.poll_for(id, list(0)).await;
    assert_eq!((second.new.len(), second.revised), (1, 0));
}

/// Items without a time whose ids and links hold.
fn reports_of_the_day(numbers: std::ops::Range<usize>) -> String {
    let item = |at| {
        format!(
            "<item><title>Report {at} of the day</title><guid>n{at}</guid>\
             <link>http://paper.test/news/{at}</link></item>"
        )
    };
    numbers.map(item).collect()
}

#[tokio::test]
async fn what_a_page_says_under_an_id_and_a_time_of_each_visit_is_one_item() {
    for others in [0, 3] {
        let room = Newsroom::open().await;
        let id = room.add("paper.test", "/feed").await;
        for visit in 0..40 {
            let now = utc_from_secs(START + visit * 7200 - 60).to_rfc2822();
            let known = reports_of_the_day(0..others);
            let document = Reply::ok(format!(
                "<rss version=\"2.0\"><channel><title>t</title><item><title>All lines are running</title>\
                 <guid>status-{visit}</guid><link>http://paper.test/status</link><pubDate>{now}</pubDate>\
                 <description>There is good service on the railways of the north.</description></item>\
                 {known}</channel></rss>"
            ));
            let report = room.poll_for(id, document).await;
            let new = if visit == 0 { 1 + others } else { 0 };
            assert_eq!(report.new.len(), new, "{visit} {others}");
            room.clock.advance_secs(7200);
        }
    }
}

#[tokio::test]
async fn what_has_no_time_and_an_id_of_each_visit_is_one_item_for_days() {
    for link in [
        "<link>http://paper.test/live</link>",
        "<link>http://paper.test/</link>",
        "",
    ] {
        let room = Newsroom::open().await;
        let id = room.add("paper.test", "/feed").await;
        for visit in 0..30 {
            let others = reports_of_the_day(visit..visit + 4);
            let document = Reply::ok(format!(
                "<rss version=\"2.0\"><channel><title>t</title><item><title>Follow our live page</title>\
                 <guid>live-{visit}</guid>{link}<description>All about the election, with pictures and \
                 the results of every place.</description></item>{others}</channel></rss>"
            ));
            let report = room.poll_for(id, document).await;
            assert_eq!(
                report.new.len(),
                if visit == 0 { 5 } else { 1 },
                "{visit} {link}"
            );
            room.clock.advance_secs(2 * 3600);
        }
    }
}

const PIECES: [&str; 4] = [
    "Today in pictures gallery",
    "What the papers say",
    "Morning news briefing for you",
    "The evening wrap podcast",
];

/// Four pieces without ids.
fn pieces(link: impl Fn(usize) -> String, time: Option<i64>) -> Reply {
    let items = PIECES.iter().enumerate().map(|(at, title)| {
        let date = time.map(|time| utc_from_secs(time - 7 * at as i64).to_rfc2822());
        let date = date.map(|date| format!("<pubDate>{date}</pubDate>"));
        let (link, date) = (link(at), date.unwrap_or_default());
        format!("<item><title>{title}</title><link>http://paper.test/{link}</link>{date}</item>")
    });
    let items: String = items.collect();
    Reply::ok(format!(
        "<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>"
    ))
}

#[tokio::test]
async fn what_has_neither_id_nor_time_is_new_every_day_under_links_of_the_day_and_never_under_those_of_a_visit()
 {
    for is_of_day in [true, false] {
        let room = Newsroom::open().await;
        let id = room.add("paper.test", "/feed").await;
        for visit in 0..72 {
            let name = if is_of_day { visit / 24 } else { visit };
            let link = |at: usize| format!("daily/{}-{at}-of-it", 500_100 + name * 10);
            let report = room.poll_for(id, pieces(link, None)).await;
            let is_new = visit == 0 || (is_of_day && visit % 24 == 0);
            assert_eq!(
                report.new.len(),
                if is_new { 4 } else { 0 },
                "{visit} {is_of_day}"
            );
            room.clock.advance_secs(3600);
        }
    }
}

#[tokio::test]
async fn links_and_times_of_a_visit_make_nothing_new_where_but_for_a_query_the_links_stay() {
    for stays in [true, false] {
        let room = Newsroom::open().await;
        let id = room.add("paper.test", "/feed").await;
        for visit in 0..20 {
            let link = |at: usize| match stays {
                true => format!("piece-{at}-of-it?sid={}", 7919 * (visit * 9 + at + 1)),
                false => format!("piece-{}-of-it", visit * 9 + at),
            };
            let now = START + visit as i64 * 3600 - 2;
            let report = room.poll_for(id, pieces(link, Some(now))).await;
            let is_new = visit == 0 || !stays;
            assert_eq!(
                report.new.len(),
                if is_new { 4 } else { 0 },
                "{visit} {stays}"
            );
            room.clock.advance_secs(3600);
        }
    }
}

/// A list of the same few words under ids of their own, at links that say nothing, told so many seconds ago.
fn notices(issue: usize, link: impl Fn(usize) -> String, told_at: i64) -> String {
    const KINDS: [&str; 3] = [
        "Strong wind warning for the coast",
        "Flood watch for the river valley",
        "Fog on the motorway tonight",
    ];
    let items = KINDS.iter().enumerate().map(|(at, title)| {
        let date = utc_from_secs(told_at - at as i64).to_rfc2822();
        format!(
            "<item><title>{title}</title><guid isPermaLink=\"false\">urn:b:{issue}-{at}</guid>\
             <link>{}</link><pubDate>{date}</pubDate></item>",
            link(at)
        )
    });
    let items: String = items.collect();
    format!("<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>")
}

#[tokio::test]
async fn bulletins_that_are_always_fresh_are_kept_where_a_visit_finds_them_again_or_a_hub_sends_them()
 {
    for is_pushed in [false, true] {
        let room = Newsroom::open().await;
        let id = room.add("paper.test", "/feed").await;
        for issue in 0..5 {
            let now = START + issue as i64 * 10_800;
            let body = notices(issue, |_| "http://paper.test/".to_owned(), now - 40);
            let new = match is_pushed && issue > 0 {
                true => room.poller.take_pushed(id, body.into_bytes(), None).await,
                false => Ok(room.poll_for(id, Reply::ok(body.clone())).await),
            };
            assert_eq!(new.unwrap().new.len(), 3, "{issue} {is_pushed}");
            assert!(!room.state(id).guids_lost_standing);
            room.clock.advance_secs(5_400);
            if !is_pushed {
                let body = notices(issue, |_| "http://paper.test/".to_owned(), now - 40);
                assert_eq!(
                    room.poll_for(id, Reply::ok(body)).await.outcome,
                    "unchanged"
                );
            }
            room.clock.advance_secs(5_400);
        }
    }
}

#[tokio::test]
async fn what_is_made_up_as_a_document_is_written_is_told_once_for_days_though_it_waits_in_a_cache()
{
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    for visit in 0..30 {
        let link = |at: usize| format!("http://paper.test/s{at}?ts=qq{visit}xx{at}zz77");
        let written_at = START + visit as i64 * 3600 - 300 - visit as i64 % 5 * 60;
        let body = notices(visit, link, written_at);
        let report = room.poll_for(id, Reply::ok(body)).await;
        assert_eq!(report.new.len(), if visit == 0 { 3 } else { 0 }, "{visit}");
        room.clock.advance_secs(3600);
    }
}
