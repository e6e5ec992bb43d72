//! Which decisions the clusterer's events follow: wholly, in part, or not yet.

use std::collections::BTreeSet;

use rusqlite::{Connection, Transaction, params};

use super::{SELECT_DECISION, load_decisions, look_again, read_decision, understand};
use crate::news::{Decision, DecisionId};
use crate::store::Result;

/// What the index `decisions_unheeded` is of: events do not follow it yet, or only in part.
const IS_UNHEEDED: &str = "obeyed <> (undone_at IS NULL)";

/// The decisions as the clusterer's events follow them: what was decided or undone since is left
/// out.
///
/// # Errors
/// As [`load_decisions`].
pub fn load_obeyed(conn: &Connection) -> Result<Vec<Decision>> {
    let obeyed = load_ids(conn, 1)?;
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

/// The decisions that events may follow in part: who obeyed them did not come to the end.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_begun(conn: &Connection) -> Result<BTreeSet<DecisionId>> {
    load_ids(conn, BEGUN)
}

fn load_ids(conn: &Connection, obeyed: u8) -> Result<BTreeSet<DecisionId>> {
    let sql = "SELECT id FROM decisions WHERE obeyed = ?1";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([obeyed], |row| row.get(0).map(DecisionId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The decisions that were made after one or that events do not follow yet, in order.
///
/// # Errors
/// As [`load_decisions`].
pub fn load_unheeded(conn: &Connection, after: DecisionId) -> Result<Vec<Decision>> {
    let sql = format!(
        "{SELECT_DECISION} WHERE id > ?1
         UNION {SELECT_DECISION} WHERE {IS_UNHEEDED} ORDER BY 1"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map([after.0], read_decision)?;
    let rows: Vec<(String, Decision)> = rows.collect::<rusqlite::Result<_>>()?;
    rows.into_iter().map(understand).collect()
}

/// The last decision up to which events follow all, made and undone; 0 if none was made.
///
/// # Errors
/// Whatever SQLite says.
pub fn obeyed_through(conn: &Connection) -> Result<DecisionId> {
    let sql = format!(
        "SELECT coalesce((SELECT min(id) - 1 FROM decisions WHERE {IS_UNHEEDED}),
            (SELECT max(id) FROM decisions), 0)"
    );
    let mut query = conn.prepare_cached(&sql)?;
    Ok(query.query_row([], |row| row.get(0).map(DecisionId))?)
}

/// True if events follow all decisions.
///
/// # Errors
/// Whatever SQLite says.
pub fn are_obeyed(conn: &Connection) -> Result<bool> {
    let sql = format!("SELECT NOT EXISTS (SELECT 1 FROM decisions WHERE {IS_UNHEEDED})");
    Ok(conn.prepare_cached(&sql)?.query_row([], |row| row.get(0))?)
}

/// True if events follow each of these, made or undone.
///
/// # Errors
/// Whatever SQLite says.
pub fn are_these_obeyed<'a>(
    conn: &Connection,
    these: impl Iterator<Item = &'a Decision>,
) -> Result<bool> {
    let sql =
        format!("SELECT NOT EXISTS (SELECT 1 FROM decisions WHERE id = ?1 AND {IS_UNHEEDED})");
    let mut query = conn.prepare_cached(&sql)?;
    for decision in these {
        if !query.query_row([decision.id.0], |row| row.get::<_, bool>(0))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What `decisions.obeyed` is beside 0 and 1 while events are being made to follow a decision: neither made nor undone is it
/// obeyed then.
const BEGUN: u8 = 2;

/// Notes, before the first of what follows from them is written, that events are being made to follow those of these
/// decisions that are in force: until [`note_obeyed`] any part of it may be written.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_begun(tx: &Transaction<'_>, made: &[Decision]) -> Result<()> {
    let sql = "UPDATE decisions SET obeyed = ?2 WHERE id = ?1 AND obeyed = 0";
    let mut update = tx.prepare_cached(sql)?;
    for decision in made.iter().filter(|one| one.undone_at.is_none()) {
        update.execute(params![decision.id.0, BEGUN])?;
    }
    Ok(())
}

/// Notes that events follow these decisions, those in force and those undone. What they name is looked at again by who
/// publishes: until then he has told nothing of them.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_obeyed(tx: &Transaction<'_>, made: &[Decision]) -> Result<()> {
    let sql = "UPDATE decisions SET obeyed = ?2 WHERE id = ?1 AND obeyed <> ?2";
    let mut update = tx.prepare_cached(sql)?;
    for decision in made {
        if update.execute(params![decision.id.0, decision.undone_at.is_none()])? == 0 {
            continue;
        }
        for event in decision.ruling.events() {
            look_again(tx, "SELECT id FROM events WHERE id = ?1", event.0)?;
        }
        for item in decision.ruling.items() {
            let around = "SELECT event_id FROM event_items WHERE item_id = ?1";
            look_again(tx, around, item.0)?;
        }
    }
    Ok(())
}
