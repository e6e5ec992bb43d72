//! What was withdrawn: the one place that says whether an item stands, and with it an event. Whoever asks, be it the
//! publisher, the clusterer that describes or the desk, asks here, or what one of them has taken back another would go
//! on to tell.
//!
//! An item stands unless it was withdrawn, or what it is a copy of was (the view `withdrawn` of the schema): who ran a
//! text that its author takes back has not said it himself. What he corrects or withdraws on his own he says himself.

use rusqlite::{Connection, params};

use super::Result;
use crate::news::{EventId, ItemId, Role};

/// True if an item was withdrawn, or what it is a copy of, or that was so when retention took it.
macro_rules! is_item_withdrawn {
    ($item:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM withdrawn killed WHERE killed.item_id = ",
            $item,
            ")"
        )
    };
}
pub(super) use is_item_withdrawn;

/// True if an event has a report that stands and that no editor keeps out.
const STILL_STANDS: &str = concat!(
    "EXISTS (SELECT 1 FROM event_items m CROSS JOIN items i ON i.id = m.item_id
        WHERE m.event_id = ?1 AND i.spiked = 0 AND NOT ",
    is_item_withdrawn!("m.item_id"),
    ")"
);

/// True of the role of a copy that says something of its own, which stands whatever becomes of its original. The view
/// knows these roles too.
pub fn says_its_own(role: Role) -> bool {
    matches!(role, Role::Correction | Role::Kill)
}

/// True if an item does not stand.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_withdrawn(conn: &Connection, item: ItemId) -> Result<bool> {
    const SQL: &str = concat!("SELECT ", is_item_withdrawn!("?1"));
    Ok(conn
        .prepare_cached(SQL)?
        .query_row([item.0], |row| row.get(0))?)
}

/// True if any of these items does not stand.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_any_withdrawn(conn: &Connection, items: &[ItemId]) -> Result<bool> {
    const SQL: &str = concat!(
        "SELECT EXISTS (SELECT 1 FROM json_each(?1) asked WHERE ",
        is_item_withdrawn!("asked.value"),
        ")"
    );
    Ok(conn
        .prepare_cached(SQL)?
        .query_row([serde_json::to_string(items)?], |row| row.get(0))?)
}

/// True if an event has a report that stands and that no editor keeps out.
///
/// # Errors
/// Whatever SQLite says.
pub fn still_stands(conn: &Connection, event: EventId) -> Result<bool> {
    let sql = ["SELECT ", STILL_STANDS].concat();
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([event.0], |row| row.get(0))?)
}

/// True if an event does not stand because it was withdrawn, and not only because an editor keeps it out.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_event_withdrawn(conn: &Connection, event: EventId) -> Result<bool> {
    const ANY: &str = concat!(
        "EXISTS (SELECT 1 FROM event_items m WHERE m.event_id = ?1 AND ",
        is_item_withdrawn!("m.item_id"),
        ")"
    );
    let sql = format!("SELECT NOT {STILL_STANDS} AND {ANY}");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row(params![event.0], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn an_event_stands_while_something_is_said_in_it_that_nobody_took_back() {
        // Of each item: its original, its role, whether it was withdrawn and whether it is spiked.
        for (items, stands, is_withdrawn) in [
            (vec![(1, 0, "news", 0, 0)], true, false),
            (vec![(1, 0, "news", 1, 0)], false, true),
            (
                vec![(1, 0, "news", 1, 0), (2, 1, "news", 0, 0)],
                false,
                true,
            ),
            (
                vec![(1, 0, "news", 0, 0), (2, 1, "news", 1, 0)],
                true,
                false,
            ),
            (
                vec![(1, 0, "news", 1, 0), (2, 0, "news", 0, 0)],
                true,
                false,
            ),
            (
                vec![(1, 0, "news", 1, 0), (2, 1, "correction", 0, 0)],
                true,
                false,
            ),
            (
                vec![(1, 0, "news", 1, 1), (2, 1, "news", 0, 0)],
                false,
                true,
            ),
            (
                vec![(1, 0, "news", 0, 1), (2, 1, "news", 0, 0)],
                true,
                false,
            ),
            (vec![(1, 0, "news", 0, 1)], false, false),
            (
                vec![(1, 0, "news", 1, 0), (2, 0, "news", 0, 1)],
                false,
                true,
            ),
            // What it is a copy of stands elsewhere, by an editor's word.
            (vec![(2, 9, "news", 0, 0)], true, false),
            (vec![], false, false),
        ] {
            let directory = tempfile::tempdir().unwrap();
            let store = Store::open(directory.path()).unwrap();
            let case = format!("{items:?}");
            let written = store.write_blocking(move |tx| {
                tx.execute_batch(
                    "INSERT INTO outlets (id, name) VALUES (1, 'The Paper');
                     INSERT INTO events (id) VALUES (1), (2);",
                )?;
                let add = |(id, original, role, withdrawn, spiked), event| {
                    let withdrawn = (withdrawn == 1).then_some(5);
                    let original = (original > 0).then_some(original);
                    tx.execute(
                        "INSERT INTO items (id, feed_id, outlet_id, fetched_at, item_time, time_is_claimed,
                            language, role, title, content, seen_at, digest, withdrawn_at, spiked)
                         VALUES (?1, 1, 1, 1, 1, 1, 'en', ?2, '', x'', 0, x'', ?3, ?4)",
                        params![id, role, withdrawn, spiked],
                    )?;
                    let sql = "INSERT INTO event_items (item_id, event_id, reprint_of) VALUES (?1, ?2, ?3)";
                    tx.execute(sql, params![id, event, original])
                };
                add((9, 0, "news", 1, 0), 2)?;
                for item in items {
                    add(item, 1)?;
                }
                Ok(())
            });
            written.unwrap();
            let asked = store.read(|conn| {
                let event = EventId(1);
                Ok((still_stands(conn, event)?, is_event_withdrawn(conn, event)?))
            });
            assert_eq!(asked.unwrap(), (stands, is_withdrawn), "{case}");
        }
    }
}
