//! Items that told no event when clustering took them in, and that tell one since their outlet retitled them: each
//! goes on as a new item.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{Result, StoreError};
use crate::news::{ItemId, Role, UtcTime, utc_from_secs};

/// The item time of an item that clustering has taken in and put in no event; `None` if it stands in one or has not
/// been taken in, and for what was withdrawn or spiked, or goes on as another item already.
///
/// # Errors
/// Whatever SQLite says.
pub fn find_told_by_none(conn: &Connection, item: ItemId) -> Result<Option<UtcTime>> {
    let sql = "SELECT item_time FROM items
         WHERE id = ?1 AND withdrawn_at IS NULL AND spiked = 0 AND retold_as IS NULL
           AND id <= (SELECT value FROM cursors WHERE name = 'cluster')
           AND NOT EXISTS (SELECT 1 FROM event_items WHERE item_id = ?1)";
    let mut query = conn.prepare_cached(sql)?;
    let found = query.query_row([item.0], |row| row.get(0).map(utc_from_secs));
    Ok(found.optional()?)
}

/// True for an item that is kept as background and stands in no event.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_background(conn: &Connection, item: ItemId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM items WHERE id = ?1 AND role = 'background'
           AND NOT EXISTS (SELECT 1 FROM event_items WHERE item_id = ?1))";
    let mut query = conn.prepare_cached(sql)?;
    Ok(query.query_row([item.0], |row| row.get(0))?)
}

/// Lets an item go on as another one. It stands beside no report any more, since its outlet shows it no more.
///
/// # Errors
/// Whatever SQLite says.
pub fn go_on_as(tx: &Transaction<'_>, item: ItemId, new: ItemId) -> Result<()> {
    let sql = "UPDATE items SET retold_as = ?2 WHERE id = ?1";
    tx.prepare_cached(sql)?.execute(params![item.0, new.0])?;
    let sql = "DELETE FROM items_beside WHERE item_id = ?1";
    tx.prepare_cached(sql)?.execute([item.0])?;
    Ok(())
}

/// The item that an item goes on as; `None` if it is what it was.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_retold_as(conn: &Connection, item: ItemId) -> Result<Option<ItemId>> {
    let sql = "SELECT retold_as FROM items WHERE id = ?1";
    let found: Option<Option<i64>> = conn
        .prepare_cached(sql)?
        .query_row([item.0], |row| row.get(0))
        .optional()?;
    Ok(found.flatten().map(ItemId))
}

/// Makes sure that items which are about to be known as told by no event still tell none.
///
/// # Errors
/// [`StoreError::Retitled`] if one was retitled since it was read, or whatever SQLite says.
pub fn check_tell_none(tx: &Transaction<'_>, items: &[ItemId]) -> Result<()> {
    let mut query = tx.prepare_cached("SELECT role FROM items WHERE id = ?1")?;
    for item in items {
        let role: Option<String> = query.query_row([item.0], |row| row.get(0)).optional()?;
        let role = role.and_then(|name| Role::from_name(&name));
        if role.is_some_and(Role::tells_an_event) {
            return Err(StoreError::Retitled(*item));
        }
    }
    Ok(())
}
