//! No words of what an editor keeps out stand elsewhere, and what is told of it is dated as all else.

use dateline::news::{DevelopmentKind, EventId, ItemId, StorylineId, Target};
use dateline::store::{Transaction, events, feeds, published};

use super::newsroom::{Newsroom, at_minute, summit, told};
use super::spiked::{
    kinds, outputs, part_from_the_first, rule_to_spike, spike, told_headline, unspike,
};

fn paths(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("/feeds/{name}")).collect()
}

/// A fire that two outlets tell, not published yet.
async fn fire() -> Newsroom {
    let room = Newsroom::open();
    let mut members = Vec::new();
    for (outlet, headline) in [("AP", "Fire in the harbour"), ("Post", "Harbour burns")] {
        let link = format!("https://{outlet}.example/1");
        let item = room.ingest(told(outlet, headline, &link, 0)).await;
        members.push((item, None));
    }
    room.assign(1, 1, &members).await;
    room
}

#[tokio::test]
async fn nothing_is_published_first_under_the_headline_of_a_spiked_report() {
    let room = fire().await;
    rule_to_spike(&room, Target::Item(ItemId(1)), 1).await;
    assert_eq!(room.publish_before_describing(10).await.events, 0);
    room.assign(1, 1, &[]).await;
    assert_eq!(room.publish(11).await.events, 1);
    let shown = outputs(&room, &paths(&["events.json", "log.json"])).await;
    assert!(shown.contains("Harbour burns") && !shown.contains("Fire in the harbour"));
}

#[tokio::test]
async fn a_shorter_hold_reaches_what_is_held_already() {
    let room = fire().await;
    assert_eq!(room.publish_held(1, 3600).await.events, 0);
    assert_eq!(room.publish_held(2, 3600).await.events, 0);
    assert_eq!(room.publish_held(3, 180).await.events, 1);
}

#[tokio::test]
async fn what_was_split_from_a_spiked_event_does_not_say_its_headline() {
    let room = summit().await;
    part_from_the_first(&room).await;
    room.publish(310).await;
    rule_to_spike(&room, Target::Event(EventId(1)), 320).await;
    room.publish(320).await;
    let shown = outputs(&room, &paths(&["log.json", "log", "events.json"])).await;
    assert!(shown.contains("What left it") && shown.contains("split from another event"));
    assert!(!shown.contains("Summit opens in Anchorage"), "{shown}");
}

#[tokio::test]
async fn what_was_merged_is_not_named_by_the_headline_of_a_spiked_report() {
    let room = summit().await;
    let merge = |tx: &Transaction<'_>| events::merge_event(tx, EventId(2), EventId(1));
    room.store.write(merge).await.expect("a merge");
    room.assign(1, 1, &[]).await;
    room.publish(300).await;
    let headline = told_headline(&room, 4);
    let feeds = paths(&["events.atom", "events.rss", "events.json"]);
    assert!(outputs(&room, &feeds).await.contains(&headline));
    spike(&room, 4, 310).await;
    assert!(!outputs(&room, &feeds).await.contains(&headline));
    unspike(&room, 1, 320).await;
    assert!(outputs(&room, &feeds).await.contains(&headline));
}

/// An item stands in an event of its own, which is spiked.
async fn part_and_spike(room: &Newsroom, (item, event): (i64, i64), minutes: i64) {
    let parted = room.store.write(move |tx| {
        let sql = "INSERT INTO events (id, storyline_id, headline, settled) VALUES (?1, 1, '', 1)";
        tx.execute(sql, [event])?;
        let sql = "UPDATE event_items SET event_id = ?2 WHERE item_id = ?1";
        Ok(tx.execute(sql, [item, event])?)
    });
    parted.await.expect("an event");
    rule_to_spike(room, Target::Event(EventId(event)), minutes).await;
    room.publish(minutes).await;
}

#[tokio::test]
async fn a_merged_entry_shows_no_report_that_stands_in_what_is_spiked_by_now() {
    let room = summit().await;
    let merge = |tx: &Transaction<'_>| events::merge_event(tx, EventId(2), EventId(1));
    room.store.write(merge).await.expect("a merge");
    room.assign(1, 1, &[]).await;
    room.publish(300).await;
    let feeds = paths(&["events.atom", "events.rss", "events.json"]);
    let (headline, other) = (told_headline(&room, 4), told_headline(&room, 5));
    let before = outputs(&room, &feeds).await;
    assert!(before.contains(&headline) && before.contains(&other));
    part_and_spike(&room, (5, 9), 310).await;
    let shown = outputs(&room, &feeds).await;
    assert!(shown.contains(&headline) && !shown.contains(&other));
    assert!(
        !shown.contains("The talks closed after three hours"),
        "the words under its headline may be anybody's"
    );
    part_and_spike(&room, (4, 10), 320).await;
    assert!(!outputs(&room, &feeds).await.contains(&headline));
    for decision in [1, 2] {
        unspike(&room, decision, 320 + decision).await;
    }
    let shown = outputs(&room, &feeds).await;
    assert!(shown.contains(&headline) && shown.contains(&other));
}

#[tokio::test]
async fn what_was_merged_in_two_steps_does_not_name_what_is_spiked_between() {
    let room = summit().await;
    for (event, minutes) in [(3, 290), (4, 291)] {
        let (title, link) = (
            format!("Fire {event}"),
            format!("https://post.example/{event}"),
        );
        let item = room.ingest(told("Post", &title, &link, minutes)).await;
        room.assign(event, 1, &[(item, None)]).await;
        room.publish(minutes + 5).await;
    }
    for (gone, into) in [(2, 3), (3, 4)] {
        let merge =
            move |tx: &Transaction<'_>| events::merge_event(tx, EventId(gone), EventId(into));
        room.store.write(merge).await.expect("a merge");
        room.assign(into, 1, &[]).await;
        room.publish(300 + gone).await;
    }
    let rename = |tx: &Transaction<'_>| {
        let sql = "UPDATE events SET headline = 'How it ended', headline_item_id = 8 WHERE id = 4";
        Ok(tx.execute(sql, [])?)
    };
    room.store.write(rename).await.expect("a headline");
    let feeds = paths(&["events.atom", "events.rss", "events.json"]);
    assert!(outputs(&room, &feeds).await.contains("Fire 3"));
    spike(&room, 7, 310).await;
    let shown = outputs(&room, &feeds).await;
    assert!(
        shown.contains(&room.public_id(2).urn()) && !shown.contains("Fire 3"),
        "{shown}"
    );
    assert!(shown.contains("How it ended"));
}

#[tokio::test]
async fn a_storyline_of_many_events_that_is_let_in_again_is_not_dated_ahead() {
    let room = Newsroom::open();
    for event in 1..=6 {
        let headline = format!("Fire {event}");
        let link = format!("https://ap.example/{event}");
        let item = room.ingest(told("AP", &headline, &link, 0)).await;
        room.assign(event, 1, &[(item, None)]).await;
    }
    let updated = |room: &Newsroom| {
        let id = room.storyline_id(1);
        let found = room.store.read(|conn| published::find_storyline(conn, id));
        found.expect("a read").expect("the storyline").updated_at()
    };
    room.publish(10).await;
    assert_eq!(updated(&room), at_minute(10));
    rule_to_spike(&room, Target::Storyline(StorylineId(1)), 20).await;
    room.publish(20).await;
    unspike(&room, 1, 1_000).await;
    assert_eq!(updated(&room), at_minute(1_000));
}

#[tokio::test]
async fn a_feed_that_is_added_again_moves_the_version_since_it_has_items() {
    let room = fire().await;
    room.publish(10).await;
    let version = || {
        room.store
            .read(published::load_publication)
            .expect("a read")
    };
    let version = || version().version;
    let before = version();
    let add = |host: &'static str| {
        room.store.write(move |tx| {
            let new = feeds::NewFeed {
                url: format!("https://reader:secret@{host}.example/world.xml"),
                outlet_id: dateline::news::OutletId(1),
                title: "Another name".to_owned(),
                ..feeds::NewFeed::default()
            };
            feeds::add_feed(tx, &new, at_minute(20))
        })
    };
    add("new").await.expect("a feed");
    assert_eq!(version(), before, "nothing of it is shown");
    let (feed, _) = add("ap").await.expect("the feed that is there");
    let remove = move |tx: &Transaction<'_>| feeds::remove_feed(tx, feed);
    assert!(room.store.write(remove).await.expect("a removal"));
    let removed = version();
    assert!(removed > before);
    assert_eq!(add("ap").await.expect("a feed"), (feed, true));
    assert!(version() > removed);
}

#[tokio::test]
async fn many_feeds_that_are_changed_at_once_date_the_version_little_ahead_of_the_clock() {
    let room = fire().await;
    room.publish(10).await;
    let ahead = room.store.write(|tx| {
        tx.execute_batch("UPDATE publication SET changed_at = unixepoch() + 298")?;
        for number in 0..20 {
            tx.execute("UPDATE feeds SET title = 'Name ' || ?1", [number])?;
            tx.execute("UPDATE outlets SET name = id || ' name ' || ?1", [number])?;
        }
        let sql = "SELECT changed_at - unixepoch() FROM publication";
        Ok(tx.query_row(sql, [], |row| row.get::<_, i64>(0))?)
    });
    let ahead = ahead.await.expect("a write");
    assert!((200..=300).contains(&ahead), "{ahead}");
}

#[tokio::test]
async fn what_was_spiked_before_an_upgrade_is_told_when_it_is_let_in_again() {
    for target in [Target::Event(EventId(2)), Target::Storyline(StorylineId(1))] {
        let room = summit().await;
        rule_to_spike(&room, target, 300).await;
        room.publish(300).await;
        let migration = include_str!("../../migrations/0025_kept_out.sql");
        let start = migration
            .find("INSERT INTO publish_queue")
            .expect("it is there");
        let end = start + migration[start..].find(';').expect("it ends");
        let upgraded = room.store.write(move |tx| {
            let sql =
                "UPDATE events SET published_state = json_remove(published_state, '$.kept_out')";
            tx.execute(sql, [])?;
            Ok(tx.execute(&migration[start..end], [])?)
        });
        assert!(upgraded.await.expect("an upgrade") > 0);
        room.publish(310).await;
        unspike(&room, 1, 10_000).await;
        assert_eq!(kinds(&room)[0], DevelopmentKind::Decision, "{target:?}");
    }
}

#[tokio::test]
async fn what_left_a_spiked_event_before_an_upgrade_stays_out_and_what_had_left_before_the_spike_is_published()
 {
    for (opened, published) in [(290, 1), (305, 0)] {
        let room = summit().await;
        rule_to_spike(&room, Target::Event(EventId(1)), 300).await;
        part_from_the_first(&room).await;
        let migration = include_str!("../../migrations/0027_let_in.sql");
        let (moves, _) = migration.split_once("-- Whether any").expect("an index");
        let upgraded = room.store.write(move |tx| {
            let sql = "UPDATE events SET opened_at = ?1 WHERE id = 9";
            tx.execute(sql, [at_minute(opened).timestamp()])?;
            tx.execute("DELETE FROM publish_queue", [])?;
            Ok(tx.execute_batch(moves)?)
        });
        upgraded.await.expect("an upgrade");
        assert_eq!(room.publish(310).await.events, published, "{opened}");
        unspike(&room, 1, 320).await;
        let shown = outputs(&room, &paths(&["events.json"])).await;
        assert!(shown.contains("What left it"), "{opened}");
    }
}

#[tokio::test]
async fn a_storyline_of_which_every_event_is_spiked_is_kept_back_by_an_editor() {
    let room = fire().await;
    room.publish(10).await;
    let storyline = room.storyline_id(1);
    rule_to_spike(&room, Target::Event(EventId(1)), 20).await;
    room.publish(20).await;
    let server = super::http::Server::start(room.site()).await;
    for path in [
        format!("/storylines/{storyline}/timeline"),
        format!("/storylines/{storyline}/timeline.json"),
        format!("/storylines/{storyline}/log.atom"),
    ] {
        let reply = server.get(&path).await;
        assert_eq!(reply.status, 410, "{path}");
        assert!(reply.text().contains("an editor keeps it back"), "{path}");
    }
}

#[tokio::test]
async fn a_correction_goes_into_another_event_as_one_that_was_told() {
    let room = fire().await;
    let said = dateline::news::Role::Correction;
    let link = "https://times.example/2";
    let corrected = super::newsroom::Told {
        role: said,
        ..told(
            "Times",
            "Correction: fire in the harbour, nobody hurt",
            link,
            1,
        )
    };
    let item = room.ingest(corrected).await;
    room.assign(2, 1, &[(item, None)]).await;
    room.publish(10).await;
    let merged = room
        .store
        .write(|tx| events::merge_event(tx, EventId(2), EventId(1)));
    merged.await.expect("a merge");
    room.assign(1, 1, &[]).await;
    room.publish(20).await;
    assert!(
        !kinds(&room).contains(&DevelopmentKind::Correction),
        "{:?}",
        kinds(&room)
    );
}

/// What leaves a spiked event leaves it in a chain: event 10 left event 9, which left event 1.
#[tokio::test]
async fn what_left_what_had_left_a_spiked_event_before_an_upgrade_stays_out_unless_an_editor_took_it()
 {
    for (opened, is_ruled, published) in [(305, false, 0), (305, true, 1), (290, false, 2)] {
        let room = summit().await;
        rule_to_spike(&room, Target::Event(EventId(1)), 300).await;
        part_from_the_first(&room).await;
        let migration = include_str!("../../migrations/0029_left_out.sql");
        let upgraded = room.store.write(move |tx| {
            tx.execute_batch(
                "INSERT INTO events (id, storyline_id, headline, occurred_at, first_report_at,
                    last_report_at, opened_at, settled, split_from)
                 SELECT 10, storyline_id, 'What left what left it', occurred_at, first_report_at,
                    last_report_at, opened_at, 1, 9 FROM events WHERE id = 9;
                 UPDATE event_items SET event_id = 10 WHERE item_id = 2;",
            )?;
            let sql = "UPDATE events SET opened_at = ?1 WHERE id IN (9, 10)";
            tx.execute(sql, [at_minute(opened).timestamp()])?;
            if opened > 300 {
                let event = Target::Event(EventId(1));
                dateline::store::kept_out::keep_out(tx, ItemId(3), event)?;
            }
            if is_ruled {
                let split = dateline::news::Ruling::SplitEvent {
                    event: EventId(9),
                    kept_items: vec![ItemId(3)],
                    split_items: vec![ItemId(2)],
                };
                let at = at_minute(306);
                dateline::store::decisions::save_decision(tx, &split, "anna", "", at)?;
            }
            Ok(tx.execute_batch(migration)?)
        });
        upgraded.await.expect("an upgrade");
        assert_eq!(
            room.publish(310).await.events,
            published,
            "{opened} {is_ruled}"
        );
    }
}
