//! The table of outlets.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Result;
use crate::news::{FeedId, Outlet, OutletId, OutletKind};

/// Finds the outlet of that name or makes it; an outlet that is there keeps its kind.
///
/// # Errors
/// Whatever SQLite says.
pub fn ensure_outlet(tx: &Transaction<'_>, name: &str, kind: OutletKind) -> Result<OutletId> {
    tx.prepare_cached("INSERT INTO outlets (name, kind) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![name, kind.name()])?;
    let id = tx
        .prepare_cached("SELECT id FROM outlets WHERE name = ?1")?
        .query_row([name], |row| row.get(0))?;
    Ok(OutletId(id))
}

/// The outlet of that name; `None` if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn find_outlet(conn: &Connection, name: &str) -> Result<Option<OutletId>> {
    Ok(conn
        .prepare_cached("SELECT id FROM outlets WHERE name = ?1")?
        .query_row([name], |row| row.get(0).map(OutletId))
        .optional()?)
}

/// Makes a feed and all its items one outlet's; how many items change hands. The events that they tell are described
/// anew.
///
/// # Errors
/// Whatever SQLite says.
pub fn give_feed(tx: &Transaction<'_>, feed: FeedId, outlet: OutletId) -> Result<usize> {
    let both = params![feed.0, outlet.0];
    tx.execute("UPDATE feeds SET outlet_id = ?2 WHERE id = ?1", both)?;
    let sql = "INSERT INTO describe_queue (item_id)
         SELECT id FROM items WHERE feed_id = ?1 AND outlet_id <> ?2
            AND id IN (SELECT item_id FROM event_items)";
    tx.execute(sql, both)?;
    // What shows the outlet's name is rendered anew, also where the numbers stay as they were.
    let sql = "UPDATE events SET version = version + 1 WHERE id IN (
            SELECT e.event_id FROM items i JOIN event_items e ON e.item_id = i.id
            WHERE i.feed_id = ?1 AND i.outlet_id <> ?2)";
    tx.execute(sql, both)?;
    let sql = "UPDATE items SET outlet_id = ?2 WHERE feed_id = ?1 AND outlet_id <> ?2";
    Ok(tx.execute(sql, both)?)
}

/// The outlet of that id; `None` if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_outlet(conn: &Connection, id: OutletId) -> Result<Option<Outlet>> {
    let sql = "SELECT id, name, kind, reliability FROM outlets WHERE id = ?1";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([id.0], read_outlet)
        .optional()?)
}

/// All outlets, by id.
///
/// # Errors
/// Whatever SQLite says.
pub fn list_outlets(conn: &Connection) -> Result<Vec<Outlet>> {
    let mut query =
        conn.prepare_cached("SELECT id, name, kind, reliability FROM outlets ORDER BY id")?;
    let rows = query.query_map([], read_outlet)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Sets how much an outlet's reports weigh in the choice of a headline.
///
/// # Errors
/// Whatever SQLite says; a negative weight is refused by the table.
pub fn set_reliability(tx: &Transaction<'_>, id: OutletId, reliability: f64) -> Result<()> {
    tx.execute(
        "UPDATE outlets SET reliability = ?2 WHERE id = ?1",
        params![id.0, reliability],
    )?;
    Ok(())
}

fn read_outlet(row: &Row<'_>) -> rusqlite::Result<Outlet> {
    let kind: String = row.get(2)?;
    Ok(Outlet {
        id: OutletId(row.get(0)?),
        name: row.get(1)?,
        kind: OutletKind::from_name(&kind).unwrap_or_default(),
        reliability: row.get(3)?,
    })
}
