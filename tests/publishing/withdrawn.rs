//! What was withdrawn says so each time, and what was merged away whenever that happened.

use dateline::jobs::decide::undo;
use dateline::news::{DecisionId, DevelopmentKind, EventId, ItemId, StorylineId, Target};
use dateline::store::published::{self, Extent};
use dateline::store::{Transaction, events, items};

use super::http::Server;
use super::newsroom::{Newsroom, at_minute, summit, told};
use super::spiked::{kinds, outputs, rule_to_spike};

const HEADLINE: &str = "Withdrawn: Alaska summit ends without a deal";
const LEDE: &str = "The talks closed after three hours";

async fn withdraw(room: &Newsroom, killed: &'static [i64], minutes: i64) {
    let kill = move |tx: &Transaction<'_>| {
        for item in killed {
            items::withdraw_item(tx, ItemId(*item), at_minute(minutes))?;
        }
        Ok(())
    };
    room.store.write(kill).await.expect("a kill");
}

async fn merge(room: &Newsroom) {
    let merge = |tx: &Transaction<'_>| events::merge_event(tx, EventId(2), EventId(1));
    room.store.write(merge).await.expect("a merge");
    room.assign(1, 1, &[]).await;
}

async fn run(room: &Newsroom, sql: &'static str) {
    let ran = room.store.write(move |tx| Ok(tx.execute_batch(sql)?));
    ran.await.expect("a write");
}

/// The entry of event 2 in each format, and when it changed.
async fn entries(room: &Newsroom) -> (Vec<String>, i64) {
    let id = room.public_id(2).urn();
    let server = Server::start(room.site()).await;
    let mut entries = Vec::new();
    for (ending, open, close) in [("atom", "<entry", "</entry>"), ("rss", "<item>", "</item>")] {
        let text = server.get(&format!("/feeds/events.{ending}")).await.text();
        let parts = text.split(open).skip(1);
        let mut parts = parts.filter_map(|part| part.split(close).next());
        let own = parts.find(|part| part.contains(&format!(">{id}<")));
        entries.push(own.expect("an entry").to_owned());
    }
    let text = server.get("/feeds/events.json").await.text();
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let mut all = document["items"].as_array().expect("items").iter();
    let own = all.find(|item| item["id"] == id.as_str());
    entries.push(own.expect("an item").to_string());
    let read = |conn: &_| published::latest_events(conn, Extent::default());
    let shown = room.store.read(read).expect("a read");
    let one = shown.iter().find(|one| one.event.id == EventId(2));
    (entries, one.expect("the entry").updated_at().timestamp())
}

#[tokio::test]
async fn what_was_merged_says_that_it_was_withdrawn_before_or_after() {
    for (case, killed) in [
        ("merged, then withdrawn", &[4][..]),
        ("merged, then all withdrawn", &[4, 5, 6]),
        ("withdrawn, then merged within one pass", &[4]),
        ("withdrawn where it stands since", &[4]),
    ] {
        let room = summit().await;
        if case == "withdrawn, then merged within one pass" {
            withdraw(&room, killed, 300).await;
        }
        merge(&room).await;
        if case == "withdrawn where it stands since" {
            room.publish(295).await;
            run(
                &room,
                "INSERT INTO events (id, storyline_id, headline, settled) VALUES (9, 1, 'Alone', 1);
                 UPDATE event_items SET event_id = 9 WHERE item_id = 4;",
            )
            .await;
        }
        if case != "withdrawn, then merged within one pass" {
            room.publish(300).await;
            let (before, _) = entries(&room).await;
            let is_plain = |entry: &String| !entry.contains("Withdrawn") && entry.contains(LEDE);
            assert!(before.iter().all(is_plain), "{case}: {before:#?}");
            withdraw(&room, killed, 310).await;
        }
        room.publish(310).await;
        let (after, changed) = entries(&room).await;
        assert_eq!(changed, at_minute(310).timestamp(), "{case}");
        for entry in &after {
            assert!(entry.contains(HEADLINE), "{case}: {entry}");
            assert!(!entry.contains(LEDE), "{case}: {entry}");
            let all = entry.contains("All reports of this event were withdrawn");
            assert_eq!(all, killed.len() > 1, "{case}: {entry}");
        }
        room.publish(320).await;
        let version = || {
            room.store
                .read(published::load_publication)
                .expect("a read")
                .version
        };
        let rests = version();
        room.publish(330).await;
        assert_eq!(
            (entries(&room).await.1, version()),
            (changed, rests),
            "{case}"
        );
    }
}

#[tokio::test]
async fn what_was_withdrawn_under_the_headline_of_a_copy_is_named_so_before_a_merge_and_after() {
    for is_killed_first in [true, false] {
        let room = summit().await;
        run(
            &room,
            "UPDATE event_items SET reprint_of = 4 WHERE item_id = 5;
             UPDATE events SET headline = 'No deal as leaders leave Alaska', headline_item_id = 5 WHERE id = 2",
        )
        .await;
        room.publish(290).await;
        if is_killed_first {
            withdraw(&room, &[4, 6], 300).await;
            room.publish(300).await;
        }
        merge(&room).await;
        room.publish(310).await;
        if !is_killed_first {
            withdraw(&room, &[4, 6], 320).await;
        }
        room.publish(320).await;
        for entry in entries(&room).await.0 {
            assert!(
                entry.contains("Withdrawn: No deal as leaders leave Alaska"),
                "{is_killed_first}: {entry}"
            );
            assert!(
                entry.contains("All reports of this event were withdrawn"),
                "{is_killed_first}: {entry}"
            );
        }
    }
}

#[tokio::test]
async fn what_was_merged_and_is_told_again_is_withdrawn_no_more() {
    let room = summit().await;
    merge(&room).await;
    withdraw(&room, &[4], 300).await;
    room.publish(300).await;
    assert!(entries(&room).await.0[2].contains(HEADLINE));
    run(&room, "UPDATE items SET withdrawn_at = NULL WHERE id = 4").await;
    room.publish(310).await;
    assert!(!entries(&room).await.0[2].contains("Withdrawn"));
}

#[tokio::test]
async fn a_report_that_was_withdrawn_takes_the_words_of_a_merged_entry_along_that_another_heads() {
    let room = summit().await;
    merge(&room).await;
    withdraw(&room, &[5], 300).await;
    room.publish(300).await;
    for entry in entries(&room).await.0 {
        assert!(
            !entry.contains("Withdrawn") && !entry.contains(LEDE),
            "{entry}"
        );
    }
}

/// A storyline of one event, beside that of the summit.
async fn arrest() -> Newsroom {
    let room = summit().await;
    let link = "https://ap.example/9";
    let item = room.ingest(told("AP", "Senator arrested", link, 280)).await;
    assert_eq!(item, ItemId(7));
    room.assign(3, 2, &[(item, None)]).await;
    run(
        &room,
        "UPDATE storylines SET headline = 'Senator arrested', headline_item_id = 7,
            headline_event_id = 3 WHERE id = 2",
    )
    .await;
    room.publish(290).await;
    room
}

#[tokio::test]
async fn a_merged_storyline_says_that_it_was_withdrawn_before_or_after() {
    let paths: Vec<String> = ["atom", "rss", "json"]
        .map(|ending| format!("/feeds/storylines.{ending}"))
        .to_vec();
    for (is_killed_first, is_headed_by_copy) in
        [(true, false), (false, false), (true, true), (false, true)]
    {
        let case = format!("{is_killed_first}, {is_headed_by_copy}");
        let room = arrest().await;
        if is_headed_by_copy {
            let link = "https://voice.example/9";
            let copy = room
                .ingest(told("Voice", "Senator arrested", link, 285))
                .await;
            room.assign(3, 2, &[(copy, Some(ItemId(7)))]).await;
            run(
                &room,
                "UPDATE storylines SET headline = 'Senator arrested', headline_item_id = 8 WHERE id = 2",
            )
            .await;
            room.publish(295).await;
        }
        let merge =
            |tx: &Transaction<'_>| events::merge_storyline(tx, StorylineId(2), StorylineId(1));
        if is_killed_first {
            withdraw(&room, &[7], 300).await;
            room.publish(300).await;
        }
        room.store.write(merge).await.expect("a merge");
        room.publish(310).await;
        if !is_killed_first {
            withdraw(&room, &[7], 320).await;
            room.publish(320).await;
        }
        let id = room.storyline_id(2).urn();
        let shown = outputs(&room, &paths).await;
        assert!(
            shown.contains(&id) && shown.contains("Withdrawn: Senator arrested"),
            "{case}"
        );
        let read = |conn: &_| published::latest_storylines(conn, Extent::default());
        let lines = room.store.read(read).expect("a read");
        let merged = lines.iter().find(|one| one.storyline.id == StorylineId(2));
        let merged = merged.expect("the entry");
        assert!(merged.is_withdrawn, "{case}");
        if !is_killed_first {
            assert_eq!(merged.updated_at(), at_minute(320), "{case}");
        }
        let into = lines.iter().find(|one| one.storyline.id == StorylineId(1));
        let names = &into.expect("the storyline").absorbed;
        assert_eq!(names[0].headline, "Withdrawn: Senator arrested", "{case}");
    }
}

#[tokio::test]
async fn a_storyline_that_is_told_in_what_is_kept_back_is_kept_back_by_an_editor() {
    let room = arrest().await;
    let merge = |tx: &Transaction<'_>| events::merge_event(tx, EventId(3), EventId(1));
    room.store.write(merge).await.expect("a merge");
    room.publish(300).await;
    let path = format!("/storylines/{}/timeline.json", room.storyline_id(2));
    let answer = async || {
        let reply = Server::start(room.site()).await.get(&path).await;
        (reply.status, reply.text())
    };
    assert_eq!(answer().await.0, 307);
    // First alone, then with all that stands beside it.
    for target in [Target::Event(EventId(1)), Target::Storyline(StorylineId(1))] {
        rule_to_spike(&room, target, 310).await;
        room.publish(310).await;
        let (status, text) = answer().await;
        assert!(
            status == 410 && text.contains("an editor keeps it back"),
            "{target:?}: {text}"
        );
    }
}

async fn give_back(room: &Newsroom) {
    run(
        room,
        "UPDATE items SET withdrawn_at = NULL WHERE id IN (4, 5, 6)",
    )
    .await;
}

#[tokio::test]
async fn a_report_is_told_each_time_that_it_is_withdrawn_and_that_it_stands_again() {
    use dateline::news::DevelopmentKind::{Kill, Reinstatement};
    let room = summit().await;
    room.publish(290).await;
    for (minutes, kind) in [
        (300, Kill),
        (310, Reinstatement),
        (60 * 24 * 11, Kill),
        (60 * 24 * 11 + 10, Reinstatement),
    ] {
        match kind {
            Kill => withdraw(&room, &[4, 5, 6], minutes).await,
            _ => give_back(&room).await,
        }
        room.publish(minutes).await;
        let (entries, changed) = entries(&room).await;
        assert_eq!(changed, at_minute(minutes).timestamp(), "{minutes}");
        for entry in entries {
            assert_eq!(entry.contains(HEADLINE), kind == Kill, "{minutes}: {entry}");
        }
        assert_eq!(kinds(&room)[0], kind, "{minutes}");
        let told = kinds(&room).len();
        room.publish(minutes + 5).await;
        assert_eq!(kinds(&room).len(), told, "{minutes}: it is told once");
    }
}

/// What the log says of event 2 that an editor decided, the first first.
fn edited(room: &Newsroom) -> Vec<String> {
    let read = |conn: &_| published::latest_developments(conn, Extent::default());
    let all = room.store.read(read).expect("a read").into_iter().rev();
    let own = all.filter(|one| one.event_id == EventId(2) && one.kind == DevelopmentKind::Decision);
    own.map(|one| one.headline).collect()
}

#[tokio::test]
async fn the_log_tells_no_withdrawn_words_plainly_because_an_editor_takes_out_what_stands() {
    const FIRST: &str =
        "UPDATE events SET headline = 'Alaska summit ends without a deal', headline_item_id = 4
         WHERE id = 2";
    const OTHER: &str =
        "UPDATE events SET headline = 'Leaders leave Alaska', headline_item_id = 6 WHERE id = 2";
    let room = summit().await;
    run(
        &room,
        "UPDATE event_items SET reprint_of = 4 WHERE item_id = 5",
    )
    .await;
    room.publish(290).await;
    withdraw(&room, &[4], 300).await;
    run(&room, OTHER).await;
    room.publish(300).await;
    rule_to_spike(&room, Target::Item(ItemId(6)), 310).await;
    run(&room, FIRST).await;
    room.publish(310).await;
    assert_eq!(edited(&room), [HEADLINE]);
    let answer = undo(&room.store, DecisionId(1), "anna".into(), at_minute(320)).await;
    assert!(answer.expect("an answer").done);
    room.publish_before_describing(320).await;
    assert_eq!(edited(&room), [HEADLINE], "another has to be chosen first");
    run(&room, OTHER).await;
    room.publish(330).await;
    assert_eq!(edited(&room), [HEADLINE, "Leaders leave Alaska"]);
}
