//! Rulings follow what they are about: through merges of events, and where readers follow it.

use dateline::jobs::decide::{Asked, decide, undo};
use dateline::news::{DecisionId, EventId, Ruling, StorylineId};
use dateline::store::{Connection, desk, standing};

use super::world::{World, word};

/// Eight words of one matter that no other item has.
fn words(matter: usize) -> String {
    let own = |at: usize| format!("qu{}", word(matter * 97 + at * 13 + 5));
    (0..8).map(own).collect::<Vec<_>>().join(" ")
}

/// Three items that tell of a matter; the event that they make.
async fn told(world: &mut World, matter: usize) -> EventId {
    let before = world.places();
    for outlet in 0..3 {
        let noise = word(matter * 31 + outlet * 7 + 400);
        let text = words(matter);
        let title = format!("{text} {noise}");
        world.ingest(outlet * 3 + matter, title, text, 7).await;
    }
    world.take_in();
    let places = world.places();
    let new = places.iter().filter(|(item, _)| !before.contains_key(item));
    let events: std::collections::BTreeSet<EventId> = new.map(|(_, event)| *event).collect();
    assert_eq!(events.len(), 1, "one event");
    events.into_iter().next().unwrap()
}

/// Three items more; the event in which the last of them stands.
async fn told_again(world: &mut World, matter: usize) -> EventId {
    for outlet in 20..23 {
        let text = words(matter);
        let title = format!("{text} {}", word(matter * 31 + outlet * 7 + 400));
        world.ingest(outlet, title, text, 7).await;
    }
    world.take_in();
    *world.places().last_key_value().unwrap().1
}

async fn rule(world: &mut World, ruling: Ruling) -> DecisionId {
    let asked = Asked {
        ruling,
        editor: "anna".into(),
        note: String::new(),
    };
    let answer = decide(&world.store, asked, world.now()).await.unwrap();
    assert!(answer.done, "{:?}", answer.lines);
    world.take_in();
    world.made().last().unwrap().id
}

async fn take_back(world: &mut World, decision: DecisionId) {
    let answer = undo(&world.store, decision, "ben".into(), world.now()).await;
    assert!(answer.unwrap().done);
    world.take_in();
}

fn merge(world: &World, kept: EventId, merged: EventId) -> Ruling {
    Ruling::MergeEvents {
        kept,
        kept_items: world.members(kept),
        merged,
        merged_items: world.members(merged),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_event_was_merged_into_is_bound_by_the_rulings_on_it() {
    for is_published in [false, true] {
        let mut world = World::open(1000).await;
        let third = told(&mut world, 1).await;
        let first = told(&mut world, 2).await;
        let second = told(&mut world, 3).await;
        if is_published {
            world.publish().await;
            world.take_in();
        }
        let line = |world: &World, event| world.line_of(event).unwrap();
        let apart = line(&world, third);
        let ruling = world.merge_lines(line(&world, first), line(&world, second));
        rule(&mut world, ruling).await;
        assert_eq!(line(&world, first), line(&world, second));
        assert_ne!(line(&world, first), line(&world, third));

        let ruling = merge(&world, third, second);
        let merged = rule(&mut world, ruling).await;
        assert_eq!(world.line_of(second), None, "it went into the third");
        assert_eq!(line(&world, third), line(&world, first), "{is_published}");
        world.restart();
        told(&mut world, 1).await;
        assert_eq!(line(&world, third), line(&world, first), "after a restart");

        take_back(&mut world, merged).await;
        assert_eq!(line(&world, second), line(&world, first));
        assert_eq!(line(&world, third), apart);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_that_were_never_published_have_their_ids_again_whichever_of_two_was_kept() {
    let mut world = World::open(1000).await;
    let small = told(&mut world, 1).await;
    let large = told(&mut world, 2).await;
    assert_eq!(told_again(&mut world, 2).await, large);
    let before = world.places();
    let ruling = merge(&world, small, large);
    let merged = rule(&mut world, ruling).await;
    assert_eq!(world.line_of(small), None, "the larger one's id stays");
    take_back(&mut world, merged).await;
    assert_eq!(world.places(), before);

    let item = world.members(small)[0];
    let ruling = Ruling::MoveItem {
        item,
        from: small,
        from_items: world.members(small)[1..].to_vec(),
        to: large,
        to_items: world.members(large),
    };
    let moved = rule(&mut world, ruling).await;
    assert_ne!(world.places(), before);
    take_back(&mut world, moved).await;
    assert_eq!(world.places(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_outlives_the_merge_of_an_event_that_was_never_published() {
    let mut world = World::open(1000).await;
    let kept = told(&mut world, 1).await;
    let locked = told(&mut world, 2).await;
    let is_locked = |world: &World| {
        let event = world.store.read(|conn| desk::load_event(conn, locked));
        event.unwrap().expect("its row").locked
    };
    let items = world.members(locked);
    let lock = Ruling::Lock {
        event: locked,
        items,
    };
    let lock = rule(&mut world, lock).await;
    assert!(is_locked(&world));
    let ruling = merge(&world, kept, locked);
    let merged = rule(&mut world, ruling).await;
    assert_eq!(world.line_of(locked), None, "it went into the other");
    take_back(&mut world, merged).await;
    assert!(world.line_of(locked).is_some() && is_locked(&world));
    take_back(&mut world, lock).await;
    assert!(!is_locked(&world));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storyline_whose_events_readers_follow_elsewhere_counts_as_published() {
    let mut world = World::open(1000).await;
    let shown = told(&mut world, 1).await;
    world.publish().await;
    let event = told(&mut world, 5).await;
    let line = |world: &World, event| world.line_of(event).unwrap();
    let homes = |world: &World| world.store.read(standing::load_shown_homes).unwrap();
    let home = line(&world, event);
    let ruling = world.merge_lines(line(&world, shown), home);
    let merged = rule(&mut world, ruling).await;
    assert_eq!(line(&world, event), line(&world, shown));
    let known: Vec<StorylineId> = homes(&world).into_iter().map(|(home, _)| home).collect();
    assert_eq!(known, [home]);
    take_back(&mut world, merged).await;
    assert_eq!(line(&world, event), home);
    assert_eq!(homes(&world), []);
}

/// The headline of a row, and when it changed.
fn headed(world: &World, table: &str, id: i64) -> (String, i64) {
    let sql = format!("SELECT headline, coalesce(updated_at, 0) FROM {table} WHERE id = ?1");
    let read =
        |conn: &Connection| Ok(conn.query_row(&sql, [id], |row| Ok((row.get(0)?, row.get(1)?)))?);
    world.store.read(read).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_merged_away_keeps_no_words_that_an_editor_took_back() {
    let mut world = World::open(1000).await;
    let kept = told(&mut world, 1).await;
    let gone = told(&mut world, 2).await;
    world.publish().await;
    world.take_in();
    let (kept_line, gone_line) = (world.line_of(kept).unwrap(), world.line_of(gone).unwrap());
    let headline = "Captain was drunk".to_owned();
    let pin = Ruling::PinHeadline {
        event: gone,
        headline: headline.clone(),
    };
    let pinned = rule(&mut world, pin).await;
    let name = Ruling::RenameStoryline {
        storyline: gone_line,
        headline,
    };
    let before = headed(&world, "storylines", gone_line.0);
    let named = rule(&mut world, name).await;
    assert!(
        headed(&world, "storylines", gone_line.0).1 > before.1,
        "a name is news"
    );
    let ruling = world.merge_lines(kept_line, gone_line);
    rule(&mut world, ruling).await;
    let ruling = merge(&world, kept, gone);
    rule(&mut world, ruling).await;
    world.publish().await;
    for (table, id, into, decision) in [
        ("events", gone.0, kept.0, pinned),
        ("storylines", gone_line.0, kept_line.0, named),
    ] {
        let before = headed(&world, table, id);
        assert_eq!(before.0, "Captain was drunk", "{table}");
        take_back(&mut world, decision).await;
        world.publish().await;
        let after = headed(&world, table, id);
        assert_eq!(after.0, headed(&world, table, into).0, "{table}");
        assert_ne!(after.0, before.0, "{table}");
        assert!(after.1 > before.1, "{table}");
    }
}
