//! The marks of locked events.

use rusqlite::{Connection, Transaction, params};

use super::Result;
use crate::news::EventId;

/// True if any event is marked as locked.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_any(conn: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM events WHERE locked = 1)";
    Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// Marks an event as locked, or as not.
///
/// # Errors
/// Whatever SQLite says.
pub fn set(tx: &Transaction<'_>, event: EventId, locked: bool) -> Result<()> {
    let sql = "UPDATE events SET locked = ?2, version = version + 1 WHERE id = ?1 AND locked <> ?2";
    tx.prepare_cached(sql)?.execute(params![event.0, locked])?;
    Ok(())
}
