//! Which states of a known item are stored.

use dateline::feed::identity::former_digest;
use dateline::jobs::ingest;
use dateline::news::{ItemId, utc_from_secs};
use dateline::store::items;

use super::harness::{Newsroom, START};
use crate::server::Reply;

fn atom(title: &str, lead: &str, minutes: i64) -> Reply {
    Reply::ok(document(title, lead, minutes))
}

fn document(title: &str, lead: &str, minutes: i64) -> String {
    let at = |minutes: i64| utc_from_secs(START - 9000 + minutes * 60).to_rfc3339();
    format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>t</title><entry><title>{title}</title>\
         <id>tag:paper.test,1</id><link href=\"http://paper.test/a/1\"/><published>{}</published>\
         <updated>{}</updated><summary>{lead}</summary></entry></feed>",
        at(0),
        at(minutes)
    )
}

#[tokio::test]
async fn a_server_that_lags_behind_brings_no_earlier_state_back_and_a_later_one_is_taken() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let three = atom("Three dead in blast", "Police said three people died.", 5);
    let twelve = atom(
        "Twelve dead in blast",
        "Police said twelve people died.",
        90,
    );
    room.poll_for(id, three.clone()).await;
    let mut revised = 0;
    for _ in 0..4 {
        for state in [&twelve, &three] {
            let report = room.poll_for(id, state.clone()).await;
            assert!(report.new.is_empty());
            revised += report.revised;
        }
    }
    assert_eq!(revised, 1);
    let title = || {
        let item = room.store.read(|conn| items::load_item(conn, ItemId(1)));
        item.unwrap().expect("it is kept").title
    };
    assert_eq!(title(), "Twelve dead in blast");
    // What was never seen is taken, whatever its outlet's clock says.
    let ten = atom(
        "Ten dead in blast",
        "Police corrected the number to ten.",
        80,
    );
    assert_eq!(room.poll_for(id, ten).await.revised, 1);
    let back = atom("Three dead in blast", "Police said three people died.", 120);
    assert_eq!(room.poll_for(id, back).await.revised, 1);
    assert_eq!(title(), "Three dead in blast");
}

#[tokio::test]
async fn a_sign_of_a_question_is_content_and_what_is_stored_from_before_it_counted_is_not_revised()
{
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let feed = room.state(id).feed;
    let now = feed.next_visit_at;
    let body = document("President Okafor dead?", "Is it so?", 5);
    let mut prepared = room.prepare(&feed, &body);
    prepared.new[0].first.digest = former_digest("President Okafor dead?", "Is it so?", "");
    let saving = feed.clone();
    let saved = room
        .store
        .write(move |tx| ingest::save(tx, &saving, &prepared, now));
    assert_eq!(saved.await.unwrap().len(), 1);
    let report = room.poll_for(id, Reply::ok(body)).await;
    assert_eq!((report.new.len(), report.revised), (0, 0));
    for title in ["President Okafor dead", "President Okafor dead?"] {
        let report = room.poll_for(id, atom(title, "Is it so?", 5)).await;
        assert_eq!((report.new.len(), report.revised), (0, 1), "{title}");
    }
}

/// Without `updated`, at the time of `minutes` if there is one.
fn rss(title: &str, lead: &str, minutes: Option<i64>) -> Reply {
    let date = minutes.map_or(String::new(), |minutes| {
        let at = utc_from_secs(START - 9000 + minutes * 60).to_rfc2822();
        format!("<pubDate>{at}</pubDate>")
    });
    Reply::ok(format!(
        "<rss version=\"2.0\"><channel><title>t</title><item><title>{title}</title><guid>1</guid>\
         <link>http://paper.test/a/1</link><description>{lead}</description>{date}</item></channel></rss>"
    ))
}

#[tokio::test]
async fn two_states_that_take_turns_at_every_visit_are_taken_a_few_times_a_day() {
    for minutes in [None, Some(7)] {
        let room = Newsroom::open().await;
        let id = room.add("paper.test", "/feed").await;
        let closed = rss("Storm closes harbour", "Ships wait at sea.", minutes);
        let adrift = rss("Storm closes harbour", "A ferry drifts at sea.", minutes);
        let mut revised = 0;
        for _ in 0..20 {
            for state in [&closed, &adrift] {
                let report = room.poll_for(id, state.clone()).await;
                revised += report.revised;
                room.clock.advance_secs(900);
            }
        }
        assert!(revised <= 6, "{revised}");
        // What was never told is taken at once, and what is told for good in the end.
        let sunk = rss("Storm closes harbour", "A ferry sank at sea.", minutes);
        assert_eq!(room.poll_for(id, sunk).await.revised, 1);
        room.clock.advance_secs(25 * 3600);
        assert_eq!(room.poll_for(id, adrift).await.revised, 1);
    }
}

#[tokio::test]
async fn a_warning_that_is_given_again_at_a_later_time_is_taken_however_often() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    for turn in 0..8 {
        let title = ["Harbour open", "Harbour closed"][turn % 2];
        let state = rss(title, "By order of the port.", Some(turn as i64 * 10 + 7));
        let report = room.poll_for(id, state).await;
        assert_eq!(report.revised, usize::from(turn > 0), "{turn}");
        room.clock.advance_secs(600);
    }
}

#[tokio::test]
async fn a_state_that_came_too_often_is_taken_a_day_later_though_nothing_else_changes() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let closed = rss("Storm closes harbour", "Ships wait at sea.", Some(7));
    let adrift = rss("Storm closes harbour", "A ferry drifts at sea.", Some(7));
    for _ in 0..3 {
        for state in [&closed, &adrift] {
            room.poll_for(id, state.clone()).await;
            room.clock.advance_secs(900);
        }
    }
    let closed = closed.with("ETag", "\"closed\"");
    let mut revised = 0;
    for _ in 0..26 {
        revised += room.poll_for(id, closed.clone()).await.revised;
        room.clock.advance_secs(3600);
    }
    assert_eq!(revised, 1);
    let item = room.store.read(|conn| items::load_item(conn, ItemId(1)));
    assert_eq!(
        item.unwrap().expect("it is kept").summary,
        "Ships wait at sea."
    );
    // What was taken is vouched for again.
    room.poll(id).await;
    let asked = room.last_header("if-none-match");
    assert_eq!(asked.as_deref(), Some("\"closed\""));
}

#[tokio::test]
async fn many_states_of_one_item_in_one_document_take_no_time_by_their_square() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    let words: String = (0..40).map(|at| format!("w{at} ")).collect();
    let states: String = (0..600)
        .map(|at| {
            format!(
                "<item><title>Storm closes the harbour</title><guid>g</guid><description>{words} u{at}\
                 </description><link>http://paper.test/2026/storm-closes-harbour-today</link></item>"
            )
        })
        .collect();
    let mut took = Vec::new();
    for visit in 0..2 {
        let start = std::time::Instant::now();
        let other = format!("<item><title>Visit {visit}</title><guid>v{visit}</guid></item>");
        let body = format!(
            "<rss version=\"2.0\"><channel><title>t</title>{states}{other}</channel></rss>"
        );
        room.poll_for(id, Reply::ok(body)).await;
        took.push(start.elapsed());
    }
    // The first one stores all of them, the second compares each with those that are stored.
    assert!(took[1] < took[0] * 3, "took {took:?}");
}
