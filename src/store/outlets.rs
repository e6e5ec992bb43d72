//! The table of outlets.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Result;
use crate::news::{Outlet, OutletId, OutletKind};

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
