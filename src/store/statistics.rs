//! What SQLite knows of how much its tables hold, from which it plans statements. Without it, it plans for large tables;
//! what was noted while they were nearly empty would have it read them whole when they no longer are.

use rusqlite::{Connection, OptionalExtension};

use super::Result;
use super::items::newest_item;

/// Items from which on a database shows how it will be.
const TELLING_ITEMS: i64 = 10_000;

/// Notes anew what has changed much, looking at a part of each table; nothing in a database that has hardly begun.
///
/// # Errors
/// Whatever SQLite says.
pub fn bring_up_to_date(conn: &Connection) -> Result<()> {
    if newest_item(conn)?.0 >= TELLING_ITEMS {
        conn.execute_batch("PRAGMA optimize")?;
    }
    Ok(())
}

/// Forgets what was noted while the database had hardly begun.
///
/// # Errors
/// Whatever SQLite says.
pub(super) fn forget_beginnings(conn: &Connection) -> Result<()> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name IN ('sqlite_stat1', 'sqlite_stat4')";
    let tables: i64 = conn.query_row(sql, [], |row| row.get(0))?;
    if tables < 2 {
        return Ok(());
    }
    let sql = "SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = 'items'";
    let noted: Option<i64> = conn
        .query_row(sql, [], |row| row.get(0))
        .optional()?
        .flatten();
    if noted.is_some_and(|items| items < TELLING_ITEMS) {
        conn.execute_batch(
            "DELETE FROM sqlite_stat1; DELETE FROM sqlite_stat4; ANALYZE sqlite_schema",
        )?;
    }
    Ok(())
}
