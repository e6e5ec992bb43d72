//! Tests of retention: what goes, what stays for ever, and that it goes in lots.

use super::*;
use crate::news::utc_from_secs;
use crate::store::Store;
use crate::store::check::check_database;
use crate::store::listing;
use crate::store::published::{self, Extent};

const DAY: i64 = 86_400;
const NOW: i64 = 1_750_000_000;

fn open() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    run(
        &store,
        "INSERT INTO outlets (id, name) VALUES (1, 'The Paper')",
    );
    run(&store, "INSERT INTO cursors VALUES ('cluster', 1000)");
    run(&store, "INSERT INTO sqlite_sequence VALUES ('items', 1000)");
    (directory, store)
}

fn run(store: &Store, sql: &str) {
    let sql = sql.to_owned();
    store
        .write_blocking(move |tx| Ok(tx.execute_batch(&sql)?))
        .unwrap();
}

/// An item of that age with text, key and revision.
fn add_item(store: &Store, id: i64, days_old: i64) {
    let at = NOW - days_old * DAY;
    run(
        store,
        &format!(
            "INSERT INTO items (id, feed_id, outlet_id, fetched_at, item_time, time_is_claimed,
                language, role, title, content, revision_count, seen_at, digest)
             VALUES ({id}, 1, 1, {at}, {at}, 1, 'en', 'news', 'Title {id}', packed(x'01'), 1, {at},
                x'0{id}');
             INSERT INTO item_search (rowid, words) VALUES ({id}, 'Title {id}' || char(10));
             INSERT INTO item_keys VALUES (1, {id}, {id});
             INSERT INTO revisions (item_id, number, seen_at, replaced_at, title, content, updated_at)
             VALUES ({id}, 1, {at}, {at}, 'Earlier', packed(x'01'), NULL);"
        ),
    );
}

/// A published event of those items, in a storyline of the same number.
fn add_event(store: &Store, id: i64, items: &[i64], days_old: i64) {
    let at = NOW - days_old * DAY;
    run(
        store,
        &format!(
            "INSERT INTO storylines (id, public_id, slug, last_event_at, event_count, published_at)
                VALUES ({id}, x'5{id}', 'line-{id}', {at}, 1, {at});
             INSERT INTO slugs VALUES ('line-{id}', {id});
             INSERT INTO events (id, public_id, storyline_id, last_report_at, opened_at,
                published_at) VALUES ({id}, x'e{id}', {id}, {at}, {at}, {at});
             INSERT INTO developments (public_id, event_id, storyline_id, changed_at, kind,
                headline, note) VALUES (x'd{id}', {id}, {id}, {at}, 'opened', 'H', '');"
        ),
    );
    for item in items {
        run(
            store,
            &format!(
                "INSERT INTO event_items (item_id, event_id) VALUES ({item}, {id});
                 INSERT INTO anchors (event_id, item_id) VALUES ({id}, {item});"
            ),
        );
    }
}

fn remove(store: &Store, days: i64, limit: u32) -> Removed {
    store
        .write_blocking(move |tx| {
            let now = utc_from_secs(NOW);
            remove_lot(tx, utc_from_secs(NOW - days * DAY), limit, now)
        })
        .unwrap()
}

fn count(store: &Store, sql: &str) -> i64 {
    store
        .read(|conn| Ok(conn.query_row(sql, [], |row| row.get(0))?))
        .unwrap()
}

fn assert_whole(store: &Store) {
    let findings = store.read(check_database).unwrap();
    let wrong: Vec<_> = findings
        .iter()
        .filter(|finding| !finding.wrong.is_empty())
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn what_was_told_of_an_event_outlasts_the_storyline_in_which_it_stood_then() {
    let (_directory, store) = open();
    add_item(&store, 1, 90);
    add_event(&store, 1, &[1], 90);
    add_item(&store, 3, 5);
    add_event(&store, 3, &[3], 5);
    run(
        &store,
        "UPDATE developments SET storyline_id = 1 WHERE event_id = 3",
    );
    assert_eq!(remove(&store, 60, 100).storylines, 1);
    let told = "SELECT storyline_id FROM developments WHERE event_id = 3";
    assert_eq!(count(&store, told), 3);
    assert_whole(&store);
}

#[test]
fn what_was_out_when_it_went_is_told_by_nothing_that_outlives_it() {
    for (out, told) in [
        ("UPDATE items SET spiked = 1 WHERE id = 1", 1),
        ("UPDATE events SET spiked = 1 WHERE id = 1", 1),
        ("UPDATE storylines SET spiked = 1 WHERE id = 1", 1),
        ("SELECT 1", 2),
    ] {
        let (_directory, store) = open();
        add_item(&store, 1, 90);
        add_event(&store, 1, &[1], 90);
        add_item(&store, 3, 5);
        add_event(&store, 3, &[3], 5);
        // The second event was told in words of the first one's report too, which it had then.
        run(
            &store,
            "INSERT INTO developments (public_id, event_id, storyline_id, changed_at, kind, headline,
                headline_item_id, note) VALUES (x'd9', 3, 3, 1750000000, 'outcome', 'Words', 1, '')",
        );
        for table in ["events", "storylines", "developments"] {
            let whole = format!("CAST(printf('{table:.1}%015d', id) AS BLOB)");
            run(&store, &format!("UPDATE {table} SET public_id = {whole}"));
        }
        run(&store, out);
        remove(&store, 60, 100);
        let extent = Extent {
            at_least: 10,
            at_most: 10,
            ..Extent::default()
        };
        let log = store.read(|conn| published::latest_developments(conn, extent));
        assert_eq!(log.unwrap().len(), told, "{out}");
        assert_whole(&store);
    }
}

#[test]
fn words_of_an_editor_for_what_was_kept_back_are_not_told_once_that_is_gone() {
    for (out, is_told) in [
        ("UPDATE items SET spiked = 1 WHERE id = 1", false),
        ("UPDATE events SET spiked = 1 WHERE id = 1", false),
        ("SELECT 1", true),
    ] {
        let (_directory, store) = open();
        for (id, days_old) in [(1, 90), (3, 5)] {
            add_item(&store, id, days_old);
            add_event(&store, id, &[id], days_old);
        }
        run(
            &store,
            "UPDATE events SET storyline_id = 3 WHERE id = 1;
             UPDATE storylines SET headline = 'Worded', headline_event_id = 1, merged_into = 3
                WHERE id = 1",
        );
        for table in ["events", "storylines", "developments"] {
            let whole = format!("CAST(printf('{table:.1}%015d', id) AS BLOB)");
            run(&store, &format!("UPDATE {table} SET public_id = {whole}"));
        }
        run(&store, out);
        let told = || {
            let read = |conn: &_| published::latest_storylines(conn, Extent::default());
            let lines = store.read(read).unwrap();
            lines.iter().any(|one| one.storyline.headline == "Worded")
        };
        assert_eq!(told(), is_told, "{out}");
        assert_eq!(remove(&store, 60, 100).events, 1);
        assert_eq!(told(), is_told, "{out}");
    }
}

#[test]
fn what_was_withdrawn_when_it_went_is_nowhere_told_as_if_it_stood() {
    for (headed, remains) in [
        ("headline_item_id = 1", true),
        ("headline_item_id = 2", true),
        ("headline_event_id = 1", false),
    ] {
        let (_directory, store) = open();
        for (id, days_old) in [(1, 90), (2, 90), (3, 5)] {
            add_item(&store, id, days_old);
        }
        add_event(&store, 1, &[1, 2], 90);
        add_event(&store, 3, &[3], 5);
        run(
            &store,
            &format!(
                "UPDATE event_items SET reprint_of = 1 WHERE item_id = 2;
                 UPDATE items SET withdrawn_at = 1 WHERE id = 1;
                 UPDATE events SET storyline_id = 3, withdrawn_at = 1 WHERE id = 1;
                 UPDATE storylines SET headline = 'Killed', {headed}, merged_into = 3 WHERE id = 1"
            ),
        );
        for table in ["events", "storylines", "developments"] {
            let whole = format!("CAST(printf('{table:.1}%015d', id) AS BLOB)");
            run(&store, &format!("UPDATE {table} SET public_id = {whole}"));
        }
        let told = || {
            let read = |conn: &_| published::latest_storylines(conn, Extent::default());
            let lines = store.read(read).unwrap();
            let told = lines.iter().find(|one| one.storyline.headline == "Killed");
            told.map(|one| one.is_withdrawn)
        };
        assert_eq!(told(), Some(true), "{headed}");
        assert_eq!(remove(&store, 60, 100).events, 1);
        assert_eq!(told(), remains.then_some(true), "{headed}");
    }
}

#[test]
fn what_was_named_by_the_slug_of_a_storyline_that_is_gone_is_said_to_be_older() {
    let (_directory, store) = open();
    add_item(&store, 1, 90);
    add_event(&store, 1, &[1], 90);
    remove(&store, 60, 100);
    let named = store.read(|conn| listing::find_named(conn, "line-1"));
    assert_eq!(named.unwrap(), None);
    let was_named = |text: &'static str| store.read(|conn| listing::was_named(conn, text));
    assert!(was_named("line-1").unwrap() && was_named("/storylines/line-1.atom").unwrap());
    assert!(!was_named("line-2").unwrap());
}

#[test]
fn an_old_event_goes_and_its_ids_keys_and_decisions_stay() {
    let (_directory, store) = open();
    add_item(&store, 1, 100);
    add_item(&store, 2, 90);
    add_event(&store, 1, &[1, 2], 90);
    add_item(&store, 3, 5);
    add_event(&store, 3, &[3], 5);
    run(
        &store,
        "INSERT INTO decisions (ruling, editor, decided_at) VALUES ('{\"kind\":\"lock\",\"event\":1,\"items\":[]}', 'ada', 1)",
    );
    let removed = remove(&store, 60, 100);
    let expected = Removed {
        items: 2,
        events: 1,
        storylines: 1,
    };
    assert_eq!(removed, expected);
    assert_eq!(count(&store, "SELECT count(*) FROM items"), 1);
    assert_eq!(count(&store, "SELECT count(*) FROM tombstones"), 2);
    assert_eq!(count(&store, "SELECT count(*) FROM item_keys"), 3);
    assert_eq!(count(&store, "SELECT count(*) FROM decisions"), 1);
    assert_eq!(count(&store, "SELECT count(*) FROM slugs"), 2);
    assert_eq!(count(&store, "SELECT count(*) FROM retired_ids"), 2);
    assert_eq!(count(&store, "SELECT count(*) FROM revisions"), 1);
    assert!(remove(&store, 60, 100).is_nothing());
    assert_whole(&store);
}

#[test]
fn what_goes_moves_the_version_once_a_lot_since_nobody_looks_at_it_again() {
    let (_directory, store) = open();
    run(&store, "INSERT INTO publication VALUES (1, x'00', 7, 0, 0)");
    let version = || count(&store, "SELECT version FROM publication");
    for id in 1..=2 {
        add_item(&store, id, 100);
        add_event(&store, id, &[id], 100);
    }
    remove(&store, 60, 10);
    assert_eq!(version(), 8);
    add_item(&store, 3, 100);
    assert_eq!(
        remove(&store, 60, 10).items,
        1,
        "one that was shown nowhere"
    );
    assert!(remove(&store, 60, 10).is_nothing());
    assert_eq!(version(), 8);
}

#[test]
fn an_event_with_one_recent_item_stays_whole() {
    let (_directory, store) = open();
    add_item(&store, 1, 100);
    add_item(&store, 2, 5);
    add_event(&store, 1, &[1, 2], 100);
    assert!(remove(&store, 60, 100).is_nothing());
}

#[test]
fn what_its_outlet_goes_on_revising_stays() {
    let (_directory, store) = open();
    for id in 1..=3 {
        add_item(&store, id, 100);
    }
    add_event(&store, 1, &[1, 2], 100);
    let revised = NOW - 5 * DAY;
    let sql = format!("UPDATE items SET seen_at = {revised} WHERE id IN (2, 3)");
    run(&store, &sql);
    assert!(remove(&store, 60, 100).is_nothing());
    run(&store, "UPDATE items SET seen_at = 1");
    assert_eq!(remove(&store, 60, 100).items, 2);
    assert_eq!(remove(&store, 60, 100).items, 1);
}

#[test]
fn what_was_merged_goes_with_what_it_was_merged_into_and_says_so() {
    let (_directory, store) = open();
    add_item(&store, 1, 100);
    add_item(&store, 2, 100);
    add_event(&store, 1, &[1, 2], 100);
    add_event(&store, 2, &[], 100);
    add_event(&store, 3, &[], 100);
    run(&store, "UPDATE events SET merged_into = 1 WHERE id = 2");
    run(&store, "UPDATE events SET merged_into = 2 WHERE id = 3");
    assert_eq!(remove(&store, 60, 1).events, 3);
    let sql = "SELECT count(*) FROM retired_ids WHERE noun = 'event' AND successor IS NOT NULL";
    assert_eq!(count(&store, sql), 2);
    assert_whole(&store);
}

#[test]
fn items_that_were_not_clustered_yet_are_never_removed() {
    let (_directory, store) = open();
    add_item(&store, 1, 100);
    add_item(&store, 2, 100);
    run(
        &store,
        "UPDATE cursors SET value = 1 WHERE name = 'cluster'",
    );
    assert_eq!(remove(&store, 60, 100).items, 1);
    assert_eq!(count(&store, "SELECT id FROM items"), 2);
}

#[test]
fn a_lot_is_bounded() {
    let (_directory, store) = open();
    for id in 1..=5 {
        add_item(&store, id, 100);
        add_event(&store, id, &[id], 100);
    }
    assert_eq!(remove(&store, 60, 2).events, 2);
    assert_eq!(remove(&store, 60, 2).events, 2);
    assert_eq!(remove(&store, 60, 2).events, 1);
    assert_whole(&store);
}

#[test]
fn an_event_goes_whole_and_ends_the_lot() {
    let (_directory, store) = open();
    for id in 1..=5 {
        add_item(&store, id, 100);
    }
    add_event(&store, 1, &[1, 2, 3], 101);
    add_event(&store, 2, &[4], 100);
    assert_eq!(remove(&store, 60, 2).items, 3);
    assert_eq!(remove(&store, 60, 2).events, 1);
    let lone = remove(&store, 60, 2);
    assert_eq!((lone.events, lone.items), (0, 1));
    assert!(remove(&store, 60, 2).is_nothing());
}

#[test]
fn a_slug_whose_storyline_is_gone_is_not_given_again() {
    let (_directory, store) = open();
    add_event(&store, 1, &[], 100);
    remove(&store, 60, 10);
    add_event(&store, 2, &[], 0);
    let given = store
        .write_blocking(|tx| {
            crate::store::slugs::give_slug(tx, crate::news::StorylineId(2), "line-1")
        })
        .unwrap();
    assert_eq!(given, "line-1-2");
}

#[test]
fn freed_room_is_given_back_to_the_disk() {
    let (_directory, store) = open();
    add_item(&store, 1, 100);
    run(
        &store,
        "UPDATE items SET content = packed(randomblob(4000000))",
    );
    remove(&store, 60, 10);
    let before = store.read(measure_file).unwrap();
    assert!(before.free_bytes > 3_000_000, "{before:?}");
    store.write_blocking(|tx| give_back(tx, 1_000_000)).unwrap();
    let halfway = store.read(measure_file).unwrap();
    assert!(halfway.free_bytes > 2_000_000, "{halfway:?}");
    store
        .write_blocking(|tx| give_back(tx, u64::MAX >> 1))
        .unwrap();
    let after = store.read(measure_file).unwrap();
    assert_eq!(after.free_bytes, 0);
    assert!(after.used_bytes <= before.used_bytes);
}
