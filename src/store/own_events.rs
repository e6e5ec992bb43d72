//! The machine's own events where rulings have others.

use rusqlite::{Connection, Transaction, params};

use super::Result;
use crate::news::{EventId, ItemId, StorylineId, UtcTime};

/// An event as the machine alone would have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnEvent {
    /// The event.
    pub id: EventId,
    /// Its items, by id, those that have left the window included; empty if only rulings have the event.
    pub items: Vec<ItemId>,
    /// The storyline to which the machine links it; `None` if only rulings have the event.
    pub storyline: Option<StorylineId>,
    /// What linking compares; likewise.
    pub sketch: Option<Vec<u8>>,
    /// Item time of its latest report.
    pub last_report_at: UtcTime,
}

/// Keeps an event as the machine alone would have it.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_own_event(tx: &Transaction<'_>, event: &OwnEvent) -> Result<()> {
    let items: Vec<i64> = event.items.iter().map(|item| item.0).collect();
    let items = serde_json::to_string(&items)?;
    let sql = "INSERT OR REPLACE INTO own_events
            (event_id, items, storyline_id, sketch, last_report_at)
         VALUES (?1, ?2, ?3, ?4, ?5)";
    tx.prepare_cached(sql)?.execute(params![
        event.id.0,
        items,
        event.storyline.map(|line| line.0),
        event.sketch,
        event.last_report_at.timestamp(),
    ])?;
    Ok(())
}

/// The event is what the machine alone would have.
///
/// # Errors
/// Whatever SQLite says.
pub fn forget_own_event(tx: &Transaction<'_>, event: EventId) -> Result<()> {
    let sql = "DELETE FROM own_events WHERE event_id = ?1";
    tx.prepare_cached(sql)?.execute([event.0])?;
    Ok(())
}

/// The machine made two storylines one: the own events of the first are in the second.
///
/// # Errors
/// Whatever SQLite says.
pub fn move_own_events(tx: &Transaction<'_>, gone: StorylineId, into: StorylineId) -> Result<()> {
    let sql = "UPDATE own_events SET storyline_id = ?2 WHERE storyline_id = ?1";
    tx.prepare_cached(sql)?.execute(params![gone.0, into.0])?;
    Ok(())
}

/// Those that were last told of before a time, all if it is `None`, by event, without their sketches: of
/// each the id and the items.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_own_items(
    conn: &Connection,
    before: Option<UtcTime>,
) -> Result<Vec<(EventId, Vec<ItemId>)>> {
    let sql = "SELECT event_id, items FROM own_events
         WHERE ?1 IS NULL OR last_report_at < ?1 ORDER BY event_id";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([before.map(|before| before.timestamp())], |row| {
        Ok((row.get(0).map(EventId)?, row.get::<_, String>(1)?))
    })?;
    let mut own = Vec::new();
    for row in rows {
        let (event, items) = row?;
        let items: Vec<i64> = serde_json::from_str(&items)?;
        own.push((event, items.into_iter().map(ItemId).collect()));
    }
    Ok(own)
}
