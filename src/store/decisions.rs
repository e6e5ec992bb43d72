//! Editors' decisions. Rows are added and marked as undone, never changed otherwise, never removed.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{Result, StoreError};
use crate::news::{
    Decision, DecisionId, EventId, ItemId, Ruling, StorylineId, Target, UtcTime, utc_from_secs,
};

/// Keeps a decision; returns its id, which is its place in the order of decisions.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_decision(
    tx: &Transaction<'_>,
    ruling: &Ruling,
    editor: &str,
    note: &str,
    now: UtcTime,
) -> Result<DecisionId> {
    let sql = "INSERT INTO decisions (ruling, editor, decided_at, note) VALUES (?1, ?2, ?3, ?4)";
    let json = serde_json::to_string(ruling)?;
    tx.prepare_cached(sql)?
        .execute(params![json, editor, now.timestamp(), note])?;
    Ok(DecisionId(tx.last_insert_rowid()))
}

/// Marks a decision as undone; false if there is none or it was undone before.
///
/// # Errors
/// Whatever SQLite says.
pub fn undo_decision(
    tx: &Transaction<'_>,
    id: DecisionId,
    editor: &str,
    now: UtcTime,
) -> Result<bool> {
    let sql = "UPDATE decisions SET undone_at = ?2, undone_by = ?3
         WHERE id = ?1 AND undone_at IS NULL";
    Ok(tx
        .prepare_cached(sql)?
        .execute(params![id.0, now.timestamp(), editor])?
        == 1)
}

/// Every decision in order, undone ones too.
///
/// # Errors
/// Whatever SQLite says; [`StoreError::Unreadable`] for a ruling that this program does not know,
/// because a decision that is not understood must not be passed over.
pub fn load_decisions(conn: &Connection) -> Result<Vec<Decision>> {
    let sql = format!("{SELECT_DECISION} ORDER BY id");
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map([], read_decision)?;
    let rows: Vec<(String, Decision)> = rows.collect::<rusqlite::Result<_>>()?;
    rows.into_iter().map(understand).collect()
}

/// The decisions as the clusterer's events follow them: what was decided or undone since is left
/// out.
///
/// # Errors
/// As [`load_decisions`].
pub fn load_obeyed(conn: &Connection) -> Result<Vec<Decision>> {
    let sql = "SELECT id FROM decisions WHERE obeyed = 1";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([], |row| row.get(0).map(DecisionId))?;
    let obeyed: BTreeSet<DecisionId> = rows.collect::<rusqlite::Result<_>>()?;
    let made = load_decisions(conn)?.into_iter();
    let as_obeyed = made.filter_map(|mut decision| {
        if obeyed.contains(&decision.id) {
            (decision.undone_at, decision.undone_by) = (None, None);
            return Some(decision);
        }
        decision.undone_at.is_some().then_some(decision)
    });
    Ok(as_obeyed.collect())
}

/// The decisions that were made after one or that events do not follow yet, in order.
///
/// # Errors
/// As [`load_decisions`].
pub fn load_unheeded(conn: &Connection, after: DecisionId) -> Result<Vec<Decision>> {
    let sql = format!(
        "{SELECT_DECISION} WHERE id > ?1
         UNION {SELECT_DECISION} WHERE obeyed <> (undone_at IS NULL) ORDER BY 1"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map([after.0], read_decision)?;
    let rows: Vec<(String, Decision)> = rows.collect::<rusqlite::Result<_>>()?;
    rows.into_iter().map(understand).collect()
}

/// Notes that events follow these decisions, those in force and those undone.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_obeyed(tx: &Transaction<'_>, made: &[Decision]) -> Result<()> {
    let sql = "UPDATE decisions SET obeyed = ?2 WHERE id = ?1 AND obeyed <> ?2";
    let mut update = tx.prepare_cached(sql)?;
    for decision in made {
        update.execute(params![decision.id.0, decision.undone_at.is_none()])?;
    }
    Ok(())
}

/// One decision; `None` if there is none.
///
/// # Errors
/// As [`load_decisions`].
pub fn load_decision(conn: &Connection, id: DecisionId) -> Result<Option<Decision>> {
    let sql = format!("{SELECT_DECISION} WHERE id = ?1");
    let row = conn
        .prepare_cached(&sql)?
        .query_row([id.0], read_decision)
        .optional()?;
    row.map(understand).transpose()
}

const SELECT_DECISION: &str =
    "SELECT id, ruling, editor, decided_at, note, undone_at, undone_by FROM decisions";

fn read_decision(row: &Row<'_>) -> rusqlite::Result<(String, Decision)> {
    let unknown = Ruling::SameEvent {
        a: Default::default(),
        b: Default::default(),
    };
    let decision = Decision {
        id: DecisionId(row.get(0)?),
        ruling: unknown,
        editor: row.get(2)?,
        decided_at: utc_from_secs(row.get(3)?),
        note: row.get(4)?,
        undone_at: row.get::<_, Option<i64>>(5)?.map(utc_from_secs),
        undone_by: row.get(6)?,
    };
    Ok((row.get(1)?, decision))
}

fn understand((json, decision): (String, Decision)) -> Result<Decision> {
    let ruling = serde_json::from_str(&json)
        .map_err(|cause| StoreError::Unreadable(format!("decision {}: {cause}", decision.id)))?;
    Ok(Decision { ruling, ..decision })
}

/// Where things stand that a ruling is about: items in events, events in storylines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Items that are kept, each with its event.
    pub items: Vec<(ItemId, Option<EventId>)>,
    /// Events that were not merged away, each with its storyline.
    pub events: Vec<(EventId, Option<StorylineId>)>,
    /// Storylines that were not merged away.
    pub storylines: Vec<StorylineId>,
}

/// Looks up where these stand; what does not exist is left out.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_standing(
    conn: &Connection,
    items: &[ItemId],
    events: &[EventId],
    storylines: &[StorylineId],
) -> Result<Standing> {
    let mut standing = Standing::default();
    let sql = "SELECT e.event_id FROM items i LEFT JOIN event_items e ON e.item_id = i.id
         WHERE i.id = ?1";
    let mut query = conn.prepare_cached(sql)?;
    for item in items {
        let found: Option<Option<i64>> = query.query_row([item.0], |row| row.get(0)).optional()?;
        let place = found.map(|event| (*item, event.map(EventId)));
        standing.items.extend(place);
    }
    let sql = "SELECT storyline_id FROM events WHERE id = ?1 AND merged_into IS NULL";
    let mut query = conn.prepare_cached(sql)?;
    for event in events {
        let found: Option<Option<i64>> = query.query_row([event.0], |row| row.get(0)).optional()?;
        let place = found.map(|line| (*event, line.map(StorylineId)));
        standing.events.extend(place);
    }
    let sql = "SELECT 1 FROM storylines WHERE id = ?1 AND merged_into IS NULL";
    let mut query = conn.prepare_cached(sql)?;
    for storyline in storylines {
        let found: Option<i64> = query
            .query_row([storyline.0], |row| row.get(0))
            .optional()?;
        standing.storylines.extend(found.map(|_| *storyline));
    }
    Ok(standing)
}

/// Notes that a decision names these events: their rows stay when they are merged into others.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_named(tx: &Transaction<'_>, events: &[EventId]) -> Result<()> {
    let mut update = tx.prepare_cached("UPDATE events SET is_named = 1 WHERE id = ?1")?;
    for event in events {
        update.execute([event.0])?;
    }
    Ok(())
}

/// Marks something as kept out of what is published, or as not.
///
/// # Errors
/// Whatever SQLite says.
pub fn set_spiked(tx: &Transaction<'_>, target: Target, spiked: bool) -> Result<()> {
    let (sql, id) = match target {
        Target::Item(item) => ("UPDATE items SET spiked = ?2 WHERE id = ?1", item.0),
        Target::Event(event) => (
            "UPDATE events SET spiked = ?2, version = version + 1 WHERE id = ?1 AND spiked <> ?2",
            event.0,
        ),
        Target::Storyline(storyline) => (
            "UPDATE storylines SET spiked = ?2, version = version + 1
             WHERE id = ?1 AND spiked <> ?2",
            storyline.0,
        ),
    };
    tx.prepare_cached(sql)?.execute(params![id, spiked])?;
    Ok(())
}

/// Marks an event as locked, or as not.
///
/// # Errors
/// Whatever SQLite says.
pub fn set_locked(tx: &Transaction<'_>, event: EventId, locked: bool) -> Result<()> {
    let sql = "UPDATE events SET locked = ?2, version = version + 1 WHERE id = ?1 AND locked <> ?2";
    tx.prepare_cached(sql)?.execute(params![event.0, locked])?;
    Ok(())
}
