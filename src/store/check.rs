//! Is the database whole? What `dateline check` asks.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::{Result, migrate};

/// One thing that was looked at, and how many rows are wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, as a statement that should hold.
    pub claim: &'static str,
    /// What SQLite or the query said; empty if the claim holds.
    pub wrong: Vec<String>,
}

/// The rows of a table that lead back to themselves by what they were merged into.
macro_rules! those_in_circles {
    ($table:literal, $noun:literal) => {
        concat!(
            "WITH RECURSIVE way(start, at, steps) AS (
             SELECT id, merged_into, 1 FROM ",
            $table,
            " WHERE merged_into IS NOT NULL
             UNION ALL
             SELECT way.start, t.merged_into, steps + 1 FROM way JOIN ",
            $table,
            " t ON t.id = at
             WHERE t.merged_into IS NOT NULL AND steps < 1000)
         SELECT DISTINCT '",
            $noun,
            "' || start FROM way WHERE at = start"
        )
    };
}

/// Claims that a query can refute: it returns one text for each row that is wrong.
const CLAIMS: &[(&str, &str)] = &[
    (
        "every item of an event is there",
        "SELECT 'item ' || item_id FROM event_items
         WHERE item_id NOT IN (SELECT id FROM items)",
    ),
    (
        "every known key leads to an item or a tombstone",
        "SELECT 'feed ' || feed_id || ', item ' || item_id FROM item_keys k
         WHERE NOT EXISTS (SELECT 1 FROM items WHERE id = k.item_id)
           AND NOT EXISTS (SELECT 1 FROM tombstones WHERE item_id = k.item_id)",
    ),
    (
        "every item is known by a key, or goes on as another one",
        "SELECT 'item ' || id FROM items i
         WHERE id NOT IN (SELECT item_id FROM item_keys) AND retold_as IS NULL",
    ),
    (
        "every published event stands in a storyline",
        "SELECT 'event ' || id FROM events WHERE public_id IS NOT NULL AND storyline_id IS NULL",
    ),
    (
        "every published event has an anchor",
        "SELECT 'event ' || id FROM events e WHERE published_at IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM anchors WHERE event_id = e.id)",
    ),
    (
        "no merged event goes round in a circle",
        those_in_circles!("events", "event "),
    ),
    (
        "no merged storyline goes round in a circle",
        those_in_circles!("storylines", "storyline "),
    ),
    (
        "every revision belongs to an item and they are counted right",
        "SELECT 'item ' || i.id FROM items i WHERE i.revision_count <>
             (SELECT count(*) FROM revisions WHERE item_id = i.id)",
    ),
    (
        "no item is there and remembered as gone",
        "SELECT 'item ' || item_id FROM tombstones WHERE item_id IN (SELECT id FROM items)",
    ),
    (
        "every reprint's original is an item or was one",
        "SELECT 'item ' || item_id FROM event_items m WHERE reprint_of IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM items WHERE id = m.reprint_of)
           AND NOT EXISTS (SELECT 1 FROM tombstones WHERE item_id = m.reprint_of)",
    ),
    (
        "every development tells of an event with an id",
        "SELECT 'development ' || d.id FROM developments d JOIN events e ON e.id = d.event_id
         WHERE e.public_id IS NULL",
    ),
    (
        "no id that was retired is in use",
        "SELECT lower(hex(public_id)) FROM retired_ids
         WHERE public_id IN (SELECT public_id FROM events WHERE public_id IS NOT NULL)
            OR public_id IN (SELECT public_id FROM storylines WHERE public_id IS NOT NULL)",
    ),
    (
        "every id that was merged away leads to one that is known",
        "SELECT lower(hex(public_id)) FROM retired_ids r WHERE successor IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM events WHERE public_id = r.successor)
           AND NOT EXISTS (SELECT 1 FROM storylines WHERE public_id = r.successor)
           AND NOT EXISTS (SELECT 1 FROM retired_ids WHERE public_id = r.successor)",
    ),
    (
        "whatever is kept out is so by a decision in force",
        "WITH spikes (noun, thing) AS (
            SELECT n.noun, n.thing FROM decisions d JOIN decision_names n ON n.decision_id = d.id
            WHERE d.undone_at IS NULL AND json_extract(d.ruling, '$.kind') = 'spike')
         SELECT 'event ' || id FROM events WHERE spiked <> ((2, id) IN (SELECT * FROM spikes))
         UNION ALL
         SELECT 'storyline ' || id FROM storylines
         WHERE spiked <> ((3, id) IN (SELECT * FROM spikes))
         UNION ALL
         SELECT 'item ' || id FROM items
         WHERE spiked <> ((1, id) IN (SELECT * FROM spikes)
            OR id IN (SELECT item_id FROM items_kept_out))
         UNION ALL
         SELECT 'item ' || item_id || ' with ' || iif(noun = 2, 'event ', 'storyline ') || thing
         FROM items_kept_out WHERE (noun, thing) NOT IN (SELECT * FROM spikes)",
    ),
    (
        "every locked event holds what a lock in force names, and no other does",
        "SELECT 'event ' || id FROM events
         WHERE merged_into IS NULL AND locked <> (id IN (
            SELECT m.event_id FROM decisions d
                JOIN decision_names n ON n.decision_id = d.id AND n.noun = 1
                JOIN event_items m ON m.item_id = n.thing
            WHERE d.undone_at IS NULL AND json_extract(d.ruling, '$.kind') = 'lock'))",
    ),
    (
        "no event stands in a storyline that was merged away",
        "SELECT 'event ' || e.id FROM events e JOIN storylines s ON s.id = e.storyline_id
         WHERE e.merged_into IS NULL AND s.merged_into IS NOT NULL",
    ),
    (
        "clustering has not come further than the items",
        "SELECT name FROM cursors WHERE name = 'cluster'
           AND value > (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'items')",
    ),
];

/// Looks at everything; a claim that holds has an empty list.
///
/// # Errors
/// A damaged file can make the queries themselves fail.
pub fn check_database(conn: &Connection) -> Result<Vec<Finding>> {
    let mut findings = vec![
        Finding {
            claim: "the file is whole",
            wrong: find_damage(conn)?,
        },
        Finding {
            claim: "every reference leads somewhere",
            // Tables without numbers of rows have none to name.
            wrong: texts(
                conn,
                "SELECT \"table\" || coalesce(' row ' || rowid, '') || ' names what is not in ' || parent
                 FROM pragma_foreign_key_check",
            )?,
        },
        Finding {
            claim: "everything of this schema is there",
            wrong: missing(conn)?,
        },
        Finding {
            claim: "every decision can be read",
            wrong: super::decisions::list_unreadable(conn)?,
        },
        Finding {
            claim: "every item's text can be read",
            wrong: super::items::list_unreadable(conn)?,
        },
    ];
    for (claim, sql) in CLAIMS {
        findings.push(Finding {
            claim,
            wrong: texts(conn, sql)?,
        });
    }
    Ok(findings)
}

/// Tables, indexes and triggers that a database of its schema has and this one has not.
fn missing(conn: &Connection) -> Result<Vec<String>> {
    let schema: u32 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if schema == 0 {
        return Ok(vec!["the number of the schema".to_owned()]);
    }
    let names = "SELECT type || ' ' || name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'";
    let there: BTreeSet<String> = texts(conn, names)?.into_iter().collect();
    let expected = texts(&migrate::empty_of_schema(schema)?, names)?;
    Ok(expected
        .into_iter()
        .filter(|name| !there.contains(name))
        .collect())
}

/// What SQLite finds wrong with the file itself, page by page; empty if it is whole.
///
/// # Errors
/// Damage to the first pages makes the search itself fail.
pub fn find_damage(conn: &Connection) -> Result<Vec<String>> {
    let mut lines = texts(conn, "PRAGMA integrity_check")?;
    lines.retain(|line| line != "ok");
    Ok(lines)
}

fn texts(conn: &Connection, sql: &str) -> Result<Vec<String>> {
    let mut query = conn.prepare(sql)?;
    let rows = query.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn a_fresh_database_is_whole_and_a_lost_item_is_found() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let wrong = |store: &Store| -> usize {
            let findings = store.read(check_database).unwrap();
            findings.iter().map(|finding| finding.wrong.len()).sum()
        };
        assert_eq!(wrong(&store), 0);
        store
            .write_blocking(|tx| {
                tx.execute("INSERT INTO item_keys VALUES (1, 0, 77)", [])?;
                Ok(())
            })
            .unwrap();
        assert_eq!(wrong(&store), 1);
    }

    #[test]
    fn what_is_missing_dangling_or_unreadable_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let planted = store.write_blocking(|tx| {
            tx.execute_batch(
                "PRAGMA defer_foreign_keys = ON;
                 DROP TABLE item_search;
                 DROP TRIGGER items_spiked;
                 INSERT INTO decisions (id, ruling, editor, decided_at, note)
                    VALUES (5, '{\"kind\":\"unheard-of\"}', 'anna', 0, '')",
            )?;
            Ok(())
        });
        planted.unwrap();
        let dangling = rusqlite::Connection::open(store.path()).unwrap();
        dangling
            .execute_batch("PRAGMA foreign_keys = OFF; INSERT INTO slugs VALUES ('gone', 9999)")
            .unwrap();
        let findings = store.read(check_database).unwrap();
        let wrong: Vec<String> = findings.into_iter().flat_map(|one| one.wrong).collect();
        for named in [
            "table item_search",
            "trigger items_spiked",
            "decision 5",
            "slugs",
        ] {
            assert!(
                wrong.iter().any(|line| line.contains(named)),
                "{named}: {wrong:?}"
            );
        }
    }
}
