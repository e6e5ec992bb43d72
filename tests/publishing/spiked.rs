//! What an editor keeps out is in no output, and comes back when the spike is taken back.

use dateline::jobs::decide::{Asked, decide, undo};
use dateline::news::{DecisionId, DevelopmentKind, EventId, ItemId, Ruling, StorylineId, Target};
use dateline::store::events::{self, merge_event};
use dateline::store::kept_out;
use dateline::store::published::{self, Extent};

use super::http::Server;
use super::newsroom::{Newsroom, at_minute, summit, told};

pub async fn spike(room: &Newsroom, item: i64, minutes: i64) {
    rule_to_spike(room, Target::Item(ItemId(item)), minutes).await;
    room.publish(minutes).await;
}

pub async fn rule_to_spike(room: &Newsroom, target: Target, minutes: i64) {
    let asked = Asked {
        ruling: Ruling::Spike { target },
        editor: "anna".into(),
        note: String::new(),
    };
    let answer = decide(&room.store, asked, at_minute(minutes)).await;
    assert!(answer.expect("an answer").done);
}

pub async fn unspike(room: &Newsroom, decision: i64, minutes: i64) {
    let at = at_minute(minutes);
    let answer = undo(&room.store, DecisionId(decision), "anna".into(), at).await;
    assert!(answer.expect("an answer").done);
    room.publish(minutes).await;
}

pub fn kinds(room: &Newsroom) -> Vec<DevelopmentKind> {
    let read = |conn: &_| published::latest_developments(conn, Extent::default());
    let found = room.store.read(read).expect("a read");
    found.into_iter().map(|one| one.kind).collect()
}

#[tokio::test]
async fn a_spiked_report_is_in_no_output_and_comes_back() {
    let room = summit().await;
    let event = room.public_id(2);
    let paths: Vec<String> = ["atom", "rss", "json"]
        .iter()
        .flat_map(|ending| {
            [
                format!("/events/{event}.{ending}"),
                format!("/feeds/events.{ending}"),
            ]
        })
        .chain([format!("/events/{event}")])
        .collect();
    let outlet_link = "https://ap.example/2";
    spike(&room, 5, 300).await;
    assert_eq!(kinds(&room)[0], DevelopmentKind::Decision);
    let server = Server::start(room.site()).await;
    for path in &paths {
        let text = server.get(path).await.text();
        assert!(!text.contains(outlet_link), "{path}");
        assert!(text.contains("reuters.example/2"), "{path}");
    }
    unspike(&room, 1, 310).await;
    let server = Server::start(room.site()).await;
    for path in &paths {
        assert!(
            server.get(path).await.text().contains(outlet_link),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_words_of_a_spiked_report_leave_the_log_and_come_back() {
    let room = summit().await;
    let headline = told_headline(&room, 4);
    let storyline = room.storyline_id(1);
    let paths = [
        "/feeds/log.atom".to_owned(),
        "/feeds/log".to_owned(),
        format!("/storylines/{storyline}/log.json"),
    ];
    for (is_shown, minutes) in [(true, 0), (false, 300), (true, 310)] {
        match minutes {
            300 => {
                rule_to_spike(&room, Target::Item(ItemId(4)), minutes).await;
                room.assign(2, 1, &[]).await;
                room.publish(minutes).await;
            }
            310 => unspike(&room, 1, minutes).await,
            _ => {}
        }
        let server = Server::start(room.site()).await;
        for path in &paths {
            let text = server.get(path).await.text();
            assert_eq!(
                text.contains(&headline),
                is_shown,
                "{path} {minutes}: {text}"
            );
        }
    }
}

/// The headline of an item.
pub fn told_headline(room: &Newsroom, item: i64) -> String {
    let item = room
        .store
        .read(|conn| dateline::store::items::load_item(conn, ItemId(item)));
    item.unwrap().expect("the item").title
}

#[tokio::test]
async fn an_event_of_which_every_report_is_spiked_is_gone_with_a_reason_until_one_comes_back() {
    let room = summit().await;
    let path = format!("/events/{}.json", room.public_id(1));
    let urn = room.public_id(1).urn();
    for (item, minutes) in [(1, 300), (2, 310), (3, 320)] {
        spike(&room, item, minutes).await;
    }
    let server = Server::start(room.site()).await;
    let gone = server.get(&path).await;
    assert_eq!(gone.status, 410);
    assert!(gone.text().contains("an editor keeps it back"));
    for feed in [
        "/feeds/events.json",
        "/feeds/log.json",
        "/feeds/storylines.json",
    ] {
        assert!(!server.get(feed).await.text().contains(&urn), "{feed}");
    }
    unspike(&room, 2, 330).await;
    let server = Server::start(room.site()).await;
    assert_eq!(server.get(&path).await.status, 200);
    assert!(server.get("/feeds/log.json").await.text().contains(&urn));
}

#[tokio::test]
async fn the_reprint_of_a_spiked_original_stands_as_the_report() {
    let room = summit().await;
    let path = format!("/events/{}.json", room.public_id(1));
    spike(&room, 1, 300).await;
    let server = Server::start(room.site()).await;
    let text = server.get(&path).await.text();
    assert!(!text.contains("https://ap.example/1") && text.contains("https://daily.example/1"));
}

#[tokio::test]
async fn what_is_kept_out_does_not_count_among_the_fifty_that_a_document_holds() {
    let room = Newsroom::open();
    // Two old events, of which one is to be kept out with its storyline, and one whose report is.
    for (event, minutes) in [(1, 0), (2, 1), (3, 2), (4, 10_000)] {
        let headline = format!("Fire {event}");
        let link = format!("https://ap.example/{event}");
        let item = room.ingest(told("AP", &headline, &link, minutes)).await;
        room.assign(event, event, &[(item, None)]).await;
        room.publish(minutes + 10).await;
    }
    let extent = Extent {
        at_least: 2,
        ..Extent::default()
    };
    let shown = || {
        let events = room
            .store
            .read(|conn| published::latest_events(conn, extent));
        let lines = room
            .store
            .read(|conn| published::latest_storylines(conn, extent));
        let headlines = |shown: Vec<String>| shown.join(", ");
        let events = events.expect("a read").into_iter();
        let lines = lines.expect("a read").into_iter();
        (
            headlines(events.map(|one| one.event.headline).collect()),
            headlines(
                lines
                    .map(|one| one.events[0].event.headline.clone())
                    .collect(),
            ),
        )
    };
    let both = |text: &str| (text.to_owned(), text.to_owned());
    assert_eq!(shown(), both("Fire 4, Fire 3"));
    rule_to_spike(&room, Target::Storyline(StorylineId(3)), 10_020).await;
    room.publish(10_020).await;
    assert_eq!(shown(), both("Fire 4, Fire 2"));
    spike(&room, 2, 10_030).await;
    assert_eq!(shown(), both("Fire 4, Fire 1"));
}

/// All bodies of the outputs in which an event may stand.
pub async fn outputs(room: &Newsroom, paths: &[String]) -> String {
    let server = Server::start(room.site()).await;
    let mut all = String::new();
    for path in paths {
        all += &server.get(path).await.text();
    }
    all
}

fn feeds() -> Vec<String> {
    let names = ["events", "storylines"];
    let endings = ["atom", "rss", "json"];
    let feeds = names
        .iter()
        .flat_map(|name| endings.map(|ending| format!("/feeds/{name}.{ending}")));
    feeds
        .chain(["/".to_owned(), "/feeds.opml".to_owned()])
        .collect()
}

/// As the clusterer describes an event: by one of its reports.
async fn describe(room: &Newsroom, event: i64, item: i64, lede: &'static str) {
    let described = room.store.write(move |tx| {
        tx.execute(
            "UPDATE events SET lede = ?3, headline_item_id = ?2, version = version + 1
             WHERE id = ?1",
            (event, item, lede),
        )?;
        Ok(())
    });
    described.await.expect("a description");
}

#[tokio::test]
async fn a_spiked_report_takes_its_lede_along_before_the_event_is_described_anew() {
    let room = summit().await;
    describe(&room, 2, 5, "What the spiked one said.").await;
    let told = room.store.write(|tx| {
        tx.execute_batch(
            "UPDATE events SET published_state = json_set(published_state, '$.at_length.lede', lede)
             WHERE id = 2",
        )?;
        Ok(())
    });
    told.await.expect("a write");
    room.publish(290).await;
    let said = |shown: String| shown.contains("What the spiked one said.");
    assert!(said(outputs(&room, &feeds()).await));
    rule_to_spike(&room, Target::Item(ItemId(5)), 300).await;
    room.publish_before_describing(300).await;
    assert!(!said(outputs(&room, &feeds()).await));
    assert_ne!(
        kinds(&room)[0],
        DevelopmentKind::Decision,
        "not under the headline of what is kept out"
    );
    describe(&room, 2, 4, "What another one said.").await;
    room.publish(310).await;
    let shown = outputs(&room, &feeds()).await;
    assert!(shown.contains("What another one said.") && !said(shown));
    assert_eq!(kinds(&room)[0], DevelopmentKind::Decision);
}

#[tokio::test]
async fn what_was_merged_into_a_spiked_event_is_kept_out_with_it() {
    let room = summit().await;
    let (kept, merged) = (room.public_id(1), room.public_id(2));
    let into = room
        .store
        .write(|tx| merge_event(tx, EventId(2), EventId(1)));
    into.await.expect("a merge");
    room.publish(300).await;
    assert!(outputs(&room, &feeds()).await.contains(&merged.urn()));
    rule_to_spike(&room, Target::Event(EventId(1)), 310).await;
    room.publish(310).await;
    let shown = outputs(&room, &feeds()).await;
    for id in [kept, merged] {
        assert!(!shown.contains(&id.urn()));
        let server = Server::start(room.site()).await;
        assert_eq!(server.get(&format!("/events/{id}.json")).await.status, 410);
    }
    assert!(
        !shown.contains("/storylines/"),
        "nothing leads to a storyline without events"
    );
}

/// As the clusterer does: an item of event 1 becomes an event of its own.
pub async fn part_from_the_first(room: &Newsroom) {
    let left = room.store.write(|tx| {
        tx.execute_batch(
            "INSERT INTO events (id, storyline_id, headline, occurred_at, first_report_at,
                last_report_at, opened_at, settled, split_from)
             SELECT 9, storyline_id, 'What left it', occurred_at, first_report_at, last_report_at,
                opened_at, 1, 1 FROM events WHERE id = 1;
             UPDATE event_items SET event_id = 9 WHERE item_id = 3;",
        )?;
        Ok(())
    });
    left.await.expect("an event");
}

#[tokio::test]
async fn what_leaves_a_spiked_event_by_itself_is_kept_out_with_it() {
    let room = summit().await;
    rule_to_spike(&room, Target::Event(EventId(1)), 300).await;
    room.publish(300).await;
    part_from_the_first(&room).await;
    let noted = room
        .store
        .write(|tx| kept_out::keep_out(tx, ItemId(3), Target::Event(EventId(1))));
    noted.await.expect("a note");
    room.publish(310).await;
    let is_shown = async || outputs(&room, &feeds()).await.contains("What left it");
    assert!(!is_shown().await);
    unspike(&room, 1, 320).await;
    assert!(is_shown().await);
}

#[tokio::test]
async fn what_stood_apart_from_an_event_before_that_was_spiked_is_published() {
    let room = summit().await;
    part_from_the_first(&room).await;
    rule_to_spike(&room, Target::Event(EventId(1)), 300).await;
    assert_eq!(room.publish(310).await.events, 1);
    assert!(outputs(&room, &feeds()).await.contains("What left it"));
    // What leaves that in turn was never kept out either.
    let left = room.store.write(|tx| {
        tx.execute_batch(
            "INSERT INTO events (id, storyline_id, headline, occurred_at, first_report_at,
                last_report_at, opened_at, settled, split_from)
             SELECT 10, storyline_id, 'What left what left it', occurred_at, first_report_at,
                last_report_at, opened_at, 1, 9 FROM events WHERE id = 9;
             UPDATE event_items SET event_id = 10 WHERE event_id = 9;",
        )?;
        Ok(())
    });
    left.await.expect("an event");
    assert_eq!(room.publish(320).await.events, 1);
    let shown = outputs(&room, &feeds()).await;
    assert!(shown.contains("What left what left it"));
}

#[tokio::test]
async fn the_id_of_a_merged_event_leads_on_whatever_becomes_of_the_storyline_that_it_left() {
    let room = summit().await;
    let id = room.public_id(2);
    let merged = room.store.write(|tx| {
        events::link_event(tx, EventId(2), StorylineId(2))?;
        merge_event(tx, EventId(2), EventId(1))
    });
    merged.await.expect("a merge");
    room.publish(300).await;
    rule_to_spike(&room, Target::Storyline(StorylineId(2)), 310).await;
    room.publish(310).await;
    let server = Server::start(room.site()).await;
    let reply = server.get(&format!("/events/{id}.json")).await;
    assert_eq!(reply.status, 307);
    assert!(
        outputs(&room, &feeds()).await.contains(&id.urn()),
        "its entry stays"
    );
}

#[tokio::test]
async fn what_was_merged_in_two_steps_is_kept_out_with_its_end() {
    let room = Newsroom::open();
    for event in [1, 2, 3] {
        let headline = format!("Fire {event}");
        let link = format!("https://ap.example/{event}");
        let item = room.ingest(told("AP", &headline, &link, event)).await;
        room.assign(event, event, &[(item, None)]).await;
        room.publish(event + 10).await;
    }
    for (gone, into) in [(1, 2), (2, 3)] {
        let merged = room
            .store
            .write(move |tx| merge_event(tx, EventId(gone), EventId(into)));
        merged.await.expect("a merge");
        room.publish(100 + gone).await;
    }
    let first = room.public_id(1).urn();
    assert!(outputs(&room, &feeds()).await.contains(&first));
    rule_to_spike(&room, Target::Event(EventId(3)), 200).await;
    room.publish(200).await;
    assert!(!outputs(&room, &feeds()).await.contains(&first));
    let server = Server::start(room.site()).await;
    let path = format!("/events/{}.json", room.public_id(1));
    assert_eq!(server.get(&path).await.status, 410);
}

#[tokio::test]
async fn what_an_editor_parts_from_a_spiked_event_afterwards_is_published() {
    let room = summit().await;
    rule_to_spike(&room, Target::Event(EventId(1)), 300).await;
    room.publish(300).await;
    let asked = Asked {
        ruling: Ruling::SplitEvent {
            event: EventId(1),
            kept_items: vec![ItemId(1)],
            split_items: vec![ItemId(3)],
        },
        editor: "anna".into(),
        note: String::new(),
    };
    let answer = decide(&room.store, asked, at_minute(305)).await;
    assert!(answer.expect("an answer").done);
    part_from_the_first(&room).await;
    room.publish(310).await;
    assert!(outputs(&room, &feeds()).await.contains("What left it"));
}

#[tokio::test]
async fn a_decision_is_told_once_it_is_obeyed_whatever_is_looked_at_before() {
    let room = summit().await;
    room.publish(290).await;
    let before = kinds(&room).len();
    let headline = "What the editor calls it";
    let asked = Asked {
        ruling: Ruling::PinHeadline {
            event: EventId(2),
            headline: headline.to_owned(),
        },
        editor: "anna".into(),
        note: String::new(),
    };
    let answer = decide(&room.store, asked, at_minute(300)).await;
    assert!(answer.expect("an answer").done);
    let rename = |headline: &'static str| {
        room.store.write(move |tx| {
            let sql = "UPDATE events SET headline = ?1, version = version + 1 WHERE id = 2";
            Ok(tx.execute(sql, [headline])?)
        })
    };
    // Another editor locks it, and a step of what is being obeyed is saved: it is looked at each time.
    rename("Summit ends without a deal").await.expect("a write");
    room.publish_before_describing(301).await;
    rename(headline).await.expect("a write");
    room.publish_before_describing(302).await;
    assert_eq!(kinds(&room).len(), before);
    room.publish(303).await;
    assert_eq!(kinds(&room).len(), before + 1);
    assert_eq!(kinds(&room)[0], DevelopmentKind::Decision);
    room.publish(304).await;
    assert_eq!(kinds(&room).len(), before + 1);
}

/// When an event's entry was last changed.
fn updated(room: &Newsroom, event: i64) -> dateline::news::UtcTime {
    let id = room.public_id(event);
    let found = room.store.read(|conn| published::find_event(conn, id));
    let found = found.expect("a read").expect("the event");
    found.event.updated_at.expect("published")
}

#[tokio::test]
async fn what_is_let_in_again_after_days_is_told_again() {
    for target in [
        Target::Event(EventId(2)),
        Target::Storyline(StorylineId(1)),
        Target::Item(ItemId(7)),
    ] {
        let room = summit().await;
        // An event of one report, in the same storyline.
        let item = room
            .ingest(told("Post", "Envoy resigns", "https://post.example/7", 280))
            .await;
        assert_eq!(item, ItemId(7));
        room.assign(3, 1, &[(item, None)]).await;
        room.publish(290).await;
        rule_to_spike(&room, target, 300).await;
        room.publish(300).await;
        let event = match target {
            Target::Item(_) => 3,
            _ => 2,
        };
        unspike(&room, 1, 10_000).await;
        assert!(updated(&room, event) >= at_minute(10_000), "{target:?}");
        assert_eq!(kinds(&room)[0], DevelopmentKind::Decision, "{target:?}");
        let told = kinds(&room).len();
        room.publish(10_010).await;
        assert_eq!(kinds(&room).len(), told, "once");
    }
}

#[tokio::test]
async fn what_comes_into_a_spiked_storyline_is_published_when_it_is_let_in_again() {
    let room = summit().await;
    rule_to_spike(&room, Target::Storyline(StorylineId(1)), 300).await;
    room.publish(300).await;
    let item = room
        .ingest(told("Post", "Envoy resigns", "https://post.example/7", 310))
        .await;
    room.assign(3, 1, &[(item, None)]).await;
    assert_eq!(room.publish(320).await.events, 0);
    let at = at_minute(10_000);
    let answer = undo(&room.store, DecisionId(1), "anna".into(), at).await;
    assert!(answer.expect("an answer").done);
    assert_eq!(room.publish(10_000).await.events, 1);
    assert!(updated(&room, 3) >= at);
}

#[tokio::test]
async fn a_report_that_is_spiked_is_told_in_the_pass_that_takes_it_out() {
    let room = summit().await;
    room.publish(290).await;
    let told = kinds(&room).len();
    let other = room.store.read(|conn| {
        let sql = "SELECT m.item_id FROM event_items m JOIN events e ON e.id = m.event_id
            WHERE e.id = 2 AND m.item_id IS NOT e.headline_item_id AND m.reprint_of IS NULL";
        Ok(conn.query_row(sql, [], |row| row.get(0).map(ItemId))?)
    });
    let other = other.expect("a report that gives no headline");
    rule_to_spike(&room, Target::Item(other), 300).await;
    room.publish_before_describing(300).await;
    assert_eq!(kinds(&room).len(), told + 1);
    assert_eq!(kinds(&room)[0], DevelopmentKind::Decision);
    room.publish(301).await;
    assert_eq!(kinds(&room).len(), told + 1, "once");
}
