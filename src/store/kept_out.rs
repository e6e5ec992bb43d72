//! What the machine takes out of an event or a storyline that an editor keeps out: the editor is not overruled, so it
//! stays out as long as that is, wherever it stands by then.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{Result, StoreError, decisions, events};
use crate::news::{DecisionId, EventId, ItemId, StorylineId, Target};

/// True if any event or storyline is kept out.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_any(conn: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM events WHERE spiked = 1)
            OR EXISTS (SELECT 1 FROM storylines WHERE spiked = 1)";
    Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// By what an event is kept out: itself, its storyline. Empty if it is not.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_keepers(conn: &Connection, event: EventId) -> Result<Vec<Target>> {
    let sql = "SELECT e.spiked, s.id FROM events e
            LEFT JOIN storylines s ON s.id = e.storyline_id AND s.spiked = 1
         WHERE e.id = ?1";
    let found = conn
        .prepare_cached(sql)?
        .query_row([event.0], |row| {
            let line = row.get::<_, Option<i64>>(1)?.map(StorylineId);
            Ok((row.get::<_, bool>(0)?, line))
        })
        .optional()?;
    let Some((is_spiked, line)) = found else {
        return Ok(Vec::new());
    };
    let own = is_spiked.then_some(Target::Event(event));
    Ok(own.into_iter().chain(line.map(Target::Storyline)).collect())
}

/// The machine took an item out of what is kept out: it stays out with it.
///
/// # Errors
/// Whatever SQLite says.
pub fn keep_out(tx: &Transaction<'_>, item: ItemId, with: Target) -> Result<()> {
    let Some((noun, thing)) = stored(with) else {
        return Ok(());
    };
    let sql = "INSERT OR IGNORE INTO items_kept_out (item_id, noun, thing) VALUES (?1, ?2, ?3)";
    tx.prepare_cached(sql)?
        .execute(params![item.0, noun, thing])?;
    let sql = "UPDATE items SET spiked = 1 WHERE id = ?1 AND spiked = 0";
    tx.prepare_cached(sql)?.execute([item.0])?;
    Ok(())
}

/// An event or a storyline is kept out no more: nor is what stayed out with it. Returns these items, which are
/// still marked.
///
/// # Errors
/// Whatever SQLite says.
pub fn let_in(tx: &Transaction<'_>, with: Target) -> Result<Vec<ItemId>> {
    let Some((noun, thing)) = stored(with) else {
        return Ok(Vec::new());
    };
    let sql = "DELETE FROM items_kept_out WHERE noun = ?1 AND thing = ?2 RETURNING item_id";
    let mut query = tx.prepare_cached(sql)?;
    let rows = query.query_map([noun, thing], |row| row.get(0).map(ItemId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// True if an item stays out with what it was taken out of.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_kept_out(conn: &Connection, item: ItemId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM items_kept_out WHERE item_id = ?1)";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([item.0], |row| row.get(0))?)
}

/// The items of an event that are kept out, whether by themselves or with what they were taken out of.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_spiked(conn: &Connection, event: EventId) -> Result<Vec<ItemId>> {
    let sql = "SELECT m.item_id FROM event_items m CROSS JOIN items i ON i.id = m.item_id
         WHERE m.event_id = ?1 AND i.spiked = 1 ORDER BY 1";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([event.0], |row| row.get(0).map(ItemId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// By what the event is kept out in which an item stands.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_keepers_of_item(conn: &Connection, item: ItemId) -> Result<Vec<Target>> {
    match events::event_of_item(conn, item)? {
        Some(event) => load_keepers(conn, event),
        None => Ok(Vec::new()),
    }
}

/// Checks that a storyline which events leave was not spiked after a decision, the last one that whoever links
/// them knew of.
///
/// # Errors
/// [`StoreError::Spiked`] if it was.
pub fn check_known(tx: &Transaction<'_>, line: StorylineId, known: DecisionId) -> Result<()> {
    let sql = "SELECT EXISTS (SELECT 1 FROM storylines s JOIN decision_names n ON n.thing = s.id
         WHERE s.id = ?1 AND s.spiked = 1 AND n.noun = 3 AND n.decision_id > ?2)";
    match tx
        .prepare_cached(sql)?
        .query_row([line.0, known.0], |row| row.get(0))?
    {
        true => Err(StoreError::Spiked(line)),
        false => Ok(()),
    }
}

/// As it is stored; `None` of an item, which is kept out by itself.
fn stored(with: Target) -> Option<(i64, i64)> {
    match with {
        Target::Event(event) => Some((decisions::EVENT, event.0)),
        Target::Storyline(line) => Some((decisions::STORYLINE, line.0)),
        Target::Item(_) => None,
    }
}
