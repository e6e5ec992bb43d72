//! Upgrades: a database of every schema so far, with rows in it, becomes one of the newest; a copy
//! is made before; and a program is told the way back from a database that is newer than it is.

use std::path::Path;

use dateline::jobs::publish::{Pass, publish_events};
use dateline::news::{FeedId, OutletKind, utc_from_secs};
use dateline::store::items::{self, ItemState};
use dateline::store::search::{Search, search_items};
use dateline::store::{Connection, FILE_NAME, Store, check, clustering, outlets};

use super::service::Place;

/// "DTLN", as the program writes it.
const APPLICATION_ID: i32 = 0x4454_4c4e;

/// The migrations, in order.
fn migrations() -> Vec<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut paths: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|found| found.unwrap().path())
        .collect();
    paths.sort();
    let read = |path| std::fs::read_to_string(path).unwrap();
    paths.into_iter().map(read).collect()
}

/// Makes a database as a program of that schema left it, with an outlet, a feed and a decision.
fn make_old(directory: &Path, migrations: &[String]) {
    let conn = Connection::open(directory.join(FILE_NAME)).unwrap();
    conn.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;")
        .unwrap();
    for sql in migrations {
        conn.execute_batch(sql).unwrap();
    }
    conn.pragma_update(None, "user_version", migrations.len() as u32)
        .unwrap();
    conn.pragma_update(None, "application_id", APPLICATION_ID)
        .unwrap();
    conn.execute_batch(
        "INSERT INTO outlets (id, name) VALUES (1, 'The Paper');
         INSERT INTO feeds (id, url, outlet_id, next_visit_at, added_at, health_since) VALUES (1, 'http://p.test/', 1, 0, 0, 0);
         INSERT INTO decisions (ruling, editor, decided_at, note)
             VALUES ('{\"kind\":\"same-event\",\"a\":1,\"b\":2}', 'ada', 0, 'kept');",
    )
    .unwrap();
}

/// Every table, index and trigger with its text, without spaces that mean nothing.
fn schema(store: &Store) -> Vec<(String, String)> {
    let sql = "SELECT name, coalesce(sql, '') FROM sqlite_schema
         WHERE name NOT LIKE 'sqlite_stat%' ORDER BY name";
    store
        .read(|conn| {
            let mut query = conn.prepare(sql)?;
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap()
}

#[test]
fn a_database_of_every_schema_is_upgraded_with_its_rows_after_a_copy() {
    let migrations = migrations();
    let fresh = tempfile::tempdir().unwrap();
    let newest = schema(&Store::open(fresh.path()).unwrap());
    for count in 1..=migrations.len() {
        let directory = tempfile::tempdir().unwrap();
        make_old(directory.path(), &migrations[..count]);
        let store = Store::open(directory.path()).unwrap();
        assert_eq!(schema(&store), newest, "from schema {count}");
        let decisions = store
            .read(dateline::store::decisions::load_decisions)
            .unwrap();
        assert_eq!(decisions[0].note, "kept", "from schema {count}");
        let findings = store.read(check::check_database).unwrap();
        let wrong: Vec<_> = findings
            .iter()
            .filter(|one| !one.wrong.is_empty())
            .collect();
        assert!(wrong.is_empty(), "from schema {count}: {wrong:?}");
        let copy = directory
            .path()
            .join(format!("before-schema-{}.sqlite", count + 1));
        assert_eq!(
            copy.exists(),
            count < migrations.len(),
            "{}",
            copy.display()
        );
    }
}

/// What the rows of events say of being withdrawn: when, and when they changed last.
fn withdrawn(store: &Store) -> Vec<(i64, Option<i64>, i64)> {
    let sql = "SELECT id, withdrawn_at, updated_at FROM events ORDER BY id";
    let read = store.read(|conn| {
        let mut query = conn.prepare(sql)?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    });
    read.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_marks_what_was_withdrawn_and_merged_and_brings_none_of_it_to_the_top() {
    let migrations = migrations();
    for count in [30, 32, 33] {
        let directory = tempfile::tempdir().unwrap();
        make_old(directory.path(), &migrations[..count]);
        let conn = Connection::open(directory.path().join(FILE_NAME)).unwrap();
        // Event 2 was withdrawn and then merged under the headline of a copy, 3 merged under that of a report and then
        // withdrawn, 4 the same under the headline of a copy; 5 stands.
        conn.execute_batch(
            "INSERT INTO storylines (id, public_id, published_at, updated_at) VALUES (1, zeroblob(16), 9, 9);
             WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 8)
             INSERT INTO items (id, feed_id, outlet_id, fetched_at, item_time, time_is_claimed, language, role,
                title, content, seen_at, digest, withdrawn_at)
             SELECT i, 1, 1, 0, 0, 0, 'en', 'news', '', x'', 0, x'00', iif(i IN (2, 4, 5), 500, NULL) FROM n;
             WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5)
             INSERT INTO events (id, public_id, storyline_id, headline, published_at, updated_at, settled)
             SELECT i, CAST(printf('%016d', i) AS BLOB), 1, 'Event ' || i, 90, 400, 1
             FROM n;
             INSERT INTO event_items (item_id, event_id, reprint_of) VALUES (1, 1, NULL), (2, 1, NULL), (3, 1, 2),
                (4, 1, NULL), (5, 1, NULL), (6, 1, 5), (7, 1, NULL);
             UPDATE events SET merged_into = 1, headline_item_id = CASE id WHEN 2 THEN 3 WHEN 3 THEN 4 WHEN 4 THEN 6
                ELSE 7 END WHERE id > 1;
             UPDATE events SET published_state = '{\"at_length\":{\"lines\":{\"2\":9,\"3\":9}}}' WHERE id = 2;
             UPDATE events SET withdrawn_at = 300 WHERE id = 2;
             DELETE FROM publish_queue; INSERT INTO publish_queue (event_id) VALUES (1);",
        )
        .unwrap();
        let sql = "UPDATE items SET content = ?1";
        let content = tokio::task::block_in_place(|| stored_content("It is told."));
        conn.execute(sql, [content]).unwrap();
        drop(conn);
        let store = Store::open(directory.path()).unwrap();
        let expected = [
            (1, None, 400),
            (2, Some(300), 400),
            (3, Some(500), 500),
            (4, Some(500), 500),
            (5, None, 400),
        ];
        assert_eq!(withdrawn(&store), expected, "from schema {count}");
        let pass = Pass {
            now: utc_from_secs(1_000_000),
            hold_secs: 0,
            random: std::sync::Arc::new(|| [7; 16]),
        };
        publish_events(&store, pass).await.unwrap();
        let after = withdrawn(&store);
        assert_eq!(after[1..], expected[1..], "from schema {count}");
    }
}

#[test]
fn what_was_learnt_of_words_that_are_filed_another_way_since_is_forgotten_and_the_rest_kept() {
    let directory = tempfile::tempdir().unwrap();
    make_old(directory.path(), &migrations()[..19]);
    let conn = Connection::open(directory.path().join(FILE_NAME)).unwrap();
    conn.execute_batch(
        "INSERT INTO learnt_tables (position, language, seq, content)
             VALUES (0, 'en', 7, x'0102'), (1, 'ru', 7, x'0102'), (2, 'tr', 7, x'0102');",
    )
    .unwrap();
    drop(conn);
    let store = Store::open(directory.path()).unwrap();
    let tables = store.read(clustering::load_learnt_tables).unwrap();
    let kept = tables
        .iter()
        .map(|table| (table.language.as_str(), table.content.len()));
    let kept: Vec<(&str, usize)> = kept.collect();
    assert_eq!(kept, [("en", 2), ("ru", 0), ("tr", 0)]);
}

#[tokio::test]
async fn a_newer_database_is_refused_with_the_way_back_and_the_copy_leads_there() {
    let migrations = migrations();
    let place = Place::new(&[], "");
    make_old(&place.data_dir(), &migrations[..1]);
    drop(place.open_store());
    let set_schema = |version: u32| {
        let conn = Connection::open(place.data_dir().join(FILE_NAME)).unwrap();
        conn.pragma_update(None, "user_version", version).unwrap();
    };
    set_schema(77);
    for arguments in [&["run", "--no-starter"][..], &["feeds", "list"], &["check"]] {
        let refused = place.dateline(arguments).await;
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success(), "{arguments:?}");
        for part in [
            "schema 77",
            "install that version again",
            "restore the backup",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
    }
    let copy = place.data_dir().join("before-schema-2.sqlite");
    let restored = place.dateline(&["restore", copy.to_str().unwrap()]).await;
    let said = String::from_utf8_lossy(&restored.stdout).into_owned();
    assert!(
        restored.status.success() && said.contains("1 decisions"),
        "{said}"
    );
    let conn = Connection::open(place.data_dir().join(FILE_NAME)).unwrap();
    let version: u32 = conn
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    assert_eq!(version, 1, "the old program finds what it left");
}

/// The content of an item as it is stored.
fn stored_content(summary: &str) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let state = ItemState {
        summary: summary.to_owned(),
        ..ItemState::default()
    };
    let content = store.write_blocking(move |tx| {
        let paper = outlets::ensure_outlet(tx, "Paper", OutletKind::Outlet)?;
        let item = items::insert_item(tx, FeedId(1), paper, &state, utc_from_secs(0))?;
        let sql = "SELECT content FROM items WHERE id = ?1";
        Ok(tx.query_row(sql, [item.0], |row| row.get(0))?)
    });
    content.unwrap()
}

#[test]
fn items_of_every_schema_are_found_in_every_script_also_beside_one_that_is_damaged() {
    let migrations = migrations();
    let good = stored_content("一场峰会开幕");
    let kept = [
        ("Summit", good.clone()),
        ("Cafe\u{301}", good),
        ("Broken", vec![255, 0, 7]),
    ];
    for count in 1..=migrations.len() {
        let directory = tempfile::tempdir().unwrap();
        make_old(directory.path(), &migrations[..count]);
        let conn = Connection::open(directory.path().join(FILE_NAME)).unwrap();
        for (at, (title, content)) in kept.iter().enumerate() {
            let id = at as i64 + 1;
            conn.execute(
                "INSERT INTO items (id, feed_id, outlet_id, fetched_at, item_time, time_is_claimed,
                    language, role, title, content, seen_at, digest)
                 VALUES (?1, 1, 1, 0, 0, 0, 'en', 'news', ?2, ?3, 0, x'00')",
                (id, title, content),
            )
            .unwrap();
            let lead = if id == 3 { "" } else { "一场峰会开幕" };
            let words = format!("{title}\n{lead}");
            // Up to schema 13 as they stand, later as this program files them.
            if (4..14).contains(&count) {
                let sql = "INSERT INTO item_search (rowid, words) VALUES (?1, ?2)";
                conn.execute(sql, (id, words)).unwrap();
            }
        }
        drop(conn);
        let store = Store::open(directory.path()).unwrap();
        let find = |words: &str| {
            let search = Search {
                words: words.to_owned(),
                ..Search::default()
            };
            let found = store.read(|conn| search_items(conn, &search, 10)).unwrap();
            found.items.len()
        };
        if count < 14 {
            assert_eq!(
                (find("峰会"), find("café 开幕")),
                (2, 1),
                "from schema {count}"
            );
        }
        let findings = store.read(check::check_database).unwrap();
        let wrong = findings.iter().flat_map(|one| &one.wrong);
        let wrong: Vec<&String> = wrong.filter(|line| !line.contains(" by a key")).collect();
        assert!(
            wrong.contains(&&"item 3".to_owned()),
            "from schema {count}: {wrong:?}"
        );
    }
}
