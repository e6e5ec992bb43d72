//! What editors keep out, and what was taken out of that: it stays out as long as that does, wherever it stands by then.
//! By which rulings something is let in is decided elsewhere.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{Result, decisions};
use crate::news::{EventId, ItemId, StorylineId, Target};

/// True if an item is out: it is spiked, or the event or the storyline in which it stands is, or that was so when
/// retention took it.
macro_rules! is_item_out {
    ($($item:literal),+) => {
        concat!(
            "(EXISTS (SELECT 1 FROM items gone WHERE gone.spiked = 1 AND gone.id = ",
            $($item,)+
            ") OR EXISTS (SELECT 1 FROM event_items place CROSS JOIN events held ON held.id = place.event_id
                WHERE place.item_id = ",
            $($item,)+
            " AND (held.spiked = 1 OR EXISTS (SELECT 1 FROM storylines line
                    WHERE line.spiked = 1 AND line.id = held.storyline_id)))
                OR EXISTS (SELECT 1 FROM tombstones past WHERE past.was_out = 1 AND past.item_id = ",
            $($item,)+
            "))"
        )
    };
}
pub(super) use is_item_out;

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
            LEFT JOIN storylines s ON s.id = e.storyline_id AND s.spiked = 1 AND e.merged_into IS NULL
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

/// True of an event that is kept out, or was when it was merged into another.
///
/// # Errors
/// Whatever SQLite says.
pub fn was_out(conn: &Connection, event: EventId) -> Result<bool> {
    let sql =
        "SELECT EXISTS (SELECT 1 FROM events e LEFT JOIN storylines s ON s.id = e.storyline_id
         WHERE e.id = ?1 AND (e.spiked = 1 OR s.spiked = 1))";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([event.0], |row| row.get(0))?)
}

/// True of an event that was published and is not kept out.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_shown(conn: &Connection, event: EventId) -> Result<bool> {
    let sql = "SELECT 1 FROM events WHERE id = ?1 AND public_id IS NOT NULL";
    let is_published = conn.prepare_cached(sql)?.exists([event.0])?;
    Ok(is_published && load_keepers(conn, event)?.is_empty())
}

/// True if something stands in an event that no editor keeps out, be it published yet or not.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_open(conn: &Connection, event: EventId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM event_items m CROSS JOIN items i ON i.id = m.item_id
            WHERE m.event_id = ?1 AND i.spiked = 0)";
    let holds_any: bool = conn
        .prepare_cached(sql)?
        .query_row([event.0], |row| row.get(0))?;
    Ok(holds_any && load_keepers(conn, event)?.is_empty())
}

/// True if something stands in a storyline that no editor keeps out.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_line_open(conn: &Connection, line: StorylineId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM storylines s
            CROSS JOIN events e ON e.storyline_id = s.id AND e.merged_into IS NULL
            CROSS JOIN event_items m ON m.event_id = e.id CROSS JOIN items i ON i.id = m.item_id
         WHERE s.id = ?1 AND s.spiked = 0 AND e.spiked = 0 AND i.spiked = 0)";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([line.0], |row| row.get(0))?)
}

/// An item that was taken out of what is kept out stays out with it.
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

/// True if any of these items is out: by itself, or with the event or the storyline in which it stands.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_any_out(conn: &Connection, items: &[ItemId]) -> Result<bool> {
    const SQL: &str = concat!(
        "SELECT EXISTS (SELECT 1 FROM json_each(?1) asked WHERE ",
        is_item_out!("asked.value"),
        ")"
    );
    Ok(conn
        .prepare_cached(SQL)?
        .query_row([serde_json::to_string(items)?], |row| row.get(0))?)
}

/// What an item stays out with, that it was taken out of.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_kept_with(conn: &Connection, item: ItemId) -> Result<Vec<Target>> {
    let sql = "SELECT noun, thing FROM items_kept_out WHERE item_id = ?1 ORDER BY 1, 2";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([item.0], |row| {
        let thing = row.get(1)?;
        Ok(match row.get::<_, i64>(0)? {
            decisions::EVENT => Target::Event(EventId(thing)),
            _ => Target::Storyline(StorylineId(thing)),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
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

/// What stands in an event and stayed out with that, or with its storyline, is in it again: it does not stay out by itself
/// any more. Returns these items, which are still marked.
///
/// # Errors
/// Whatever SQLite says.
pub fn take_back(tx: &Transaction<'_>, event: EventId) -> Result<Vec<ItemId>> {
    let mut back = Vec::new();
    for (noun, thing) in load_keepers(tx, event)?.into_iter().filter_map(stored) {
        let sql = "DELETE FROM items_kept_out WHERE noun = ?1 AND thing = ?2
                AND item_id IN (SELECT item_id FROM event_items WHERE event_id = ?3)
             RETURNING item_id";
        let mut query = tx.prepare_cached(sql)?;
        let rows = query.query_map([noun, thing, event.0], |row| row.get(0).map(ItemId))?;
        back.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    Ok(back)
}

/// The events that are kept out, by themselves or with their storyline.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_events(conn: &Connection) -> Result<BTreeSet<EventId>> {
    let sql = "SELECT id FROM events WHERE spiked = 1
         UNION SELECT e.id FROM storylines s CROSS JOIN events e ON e.storyline_id = s.id WHERE s.spiked = 1";
    list(conn, sql, EventId)
}

/// The storylines that are kept out.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_lines(conn: &Connection) -> Result<BTreeSet<StorylineId>> {
    list(
        conn,
        "SELECT id FROM storylines WHERE spiked = 1",
        StorylineId,
    )
}

/// The items that stay out with what they were taken out of.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_items(conn: &Connection) -> Result<BTreeSet<ItemId>> {
    list(conn, "SELECT item_id FROM items_kept_out", ItemId)
}

fn list<T: Ord>(conn: &Connection, sql: &str, read: fn(i64) -> T) -> Result<BTreeSet<T>> {
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([], |row| row.get(0).map(read))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// As it is stored; `None` of an item, which is kept out by itself.
fn stored(with: Target) -> Option<(i64, i64)> {
    match with {
        Target::Event(event) => Some((decisions::EVENT, event.0)),
        Target::Storyline(line) => Some((decisions::STORYLINE, line.0)),
        Target::Item(_) => None,
    }
}
