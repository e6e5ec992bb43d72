//! What left an event by a ruling that did not name it.

use std::collections::BTreeSet;

use rusqlite::{Connection, Transaction, params};

use super::Result;
use super::events::{event_of_item, load_members};
use crate::news::{Decision, DecisionId, DecisionMade, EventId, ItemId, Ruling, WentAlong};

/// What was noted of an event before a ruling on it was obeyed: that it stands there, and where it goes is not known yet.
const IS_WAITED_FOR: &str = "(into_event = from_event)";

/// Notes what stands in the events that rulings part, and is named by none of them to leave: before anything leaves, or
/// it would not be known any more once some has. What was noted of a ruling before stays, if it was not obeyed to its end.
///
/// # Errors
/// Whatever SQLite says.
pub fn take_up(tx: &Transaction<'_>, made: &[Decision]) -> Result<()> {
    let in_force = || made.iter().filter(|one| one.undone_at.is_none());
    let mut met: BTreeSet<ItemId> = in_force().flat_map(|one| leaving(&one.ruling)).collect();
    let sql = "INSERT INTO went_along (decision_id, item_id, from_event, into_event) VALUES (?1, ?2, ?3, ?3)";
    let mut insert = tx.prepare_cached(sql)?;
    for one in in_force() {
        let noted = load_waited_for(tx, one.id)?;
        if !noted.is_empty() {
            met.extend(noted);
            continue;
        }
        let Some(from) = parted_by(tx, &one.ruling)? else {
            continue;
        };
        // Copies follow what they are copies of, and the answer has named them.
        let is_met = |item: &ItemId, original: &Option<ItemId>| {
            met.contains(item) || original.is_some_and(|original| met.contains(&original))
        };
        let mut members = load_members(tx, from)?;
        members.retain(|(item, original)| !is_met(item, original));
        for (item, _) in members {
            met.insert(item);
            insert.execute(params![one.id.0, item.0, from.0])?;
        }
    }
    Ok(())
}

/// What was noted of a ruling that was not obeyed to its end.
fn load_waited_for(conn: &Connection, decision: DecisionId) -> Result<Vec<ItemId>> {
    let sql = format!("SELECT item_id FROM went_along WHERE decision_id = ?1 AND {IS_WAITED_FOR}");
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map([decision.0], |row| row.get(0).map(ItemId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The items that a ruling names to stand elsewhere than before.
fn leaving(ruling: &Ruling) -> Vec<ItemId> {
    match ruling {
        Ruling::SplitEvent { split_items, .. } => split_items.clone(),
        Ruling::MoveItem { item, .. } => vec![*item],
        ruling => ruling.items(),
    }
}

/// The event that a ruling takes something out of.
fn parted_by(conn: &Connection, ruling: &Ruling) -> Result<Option<EventId>> {
    Ok(match ruling {
        Ruling::SplitEvent { event, .. } => Some(*event),
        Ruling::MoveItem { from, .. } => Some(*from),
        Ruling::NotSameEvent { a, b } => {
            let event = event_of_item(conn, *a)?;
            event.filter(|_| event_of_item(conn, *b).is_ok_and(|other| other == event))
        }
        _ => None,
    })
}

/// The rulings are obeyed: keeps what stands elsewhere by now of what was noted of them, and forgets what stayed.
///
/// # Errors
/// Whatever SQLite says.
pub fn note(tx: &Transaction<'_>, obeyed: &[Decision]) -> Result<()> {
    let went = format!(
        "UPDATE went_along SET into_event = m.event_id FROM event_items m
         WHERE m.item_id = went_along.item_id AND decision_id = ?1 AND {IS_WAITED_FOR}"
    );
    let stayed = format!("DELETE FROM went_along WHERE decision_id = ?1 AND {IS_WAITED_FOR}");
    for one in obeyed {
        for sql in [&went, &stayed] {
            tx.prepare_cached(sql)?.execute([one.id.0])?;
        }
    }
    Ok(())
}

/// The decisions by which something went along out of an event or into it, in order.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_decisions(conn: &Connection, event: EventId) -> Result<Vec<DecisionId>> {
    let sql = format!(
        "SELECT decision_id FROM went_along WHERE from_event = ?1 AND NOT {IS_WAITED_FOR}
         UNION SELECT decision_id FROM went_along WHERE into_event = ?1 AND NOT {IS_WAITED_FOR} ORDER BY 1"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map([event.0], |row| row.get(0).map(DecisionId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The same decisions, each with what went along by it.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_with(conn: &Connection, made: Vec<Decision>) -> Result<Vec<DecisionMade>> {
    let with_what_went = |decision: Decision| {
        Ok(DecisionMade {
            went_along: load(conn, decision.id)?,
            decision,
        })
    };
    made.into_iter().map(with_what_went).collect()
}

/// What went along by a decision that does not name it, by where it went.
///
/// # Errors
/// Whatever SQLite says.
pub fn load(conn: &Connection, decision: DecisionId) -> Result<Vec<WentAlong>> {
    let sql = format!(
        "SELECT item_id, from_event, into_event FROM went_along
         WHERE decision_id = ?1 AND NOT {IS_WAITED_FOR} ORDER BY into_event, item_id"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map([decision.0], |row| {
        Ok((
            ItemId(row.get(0)?),
            EventId(row.get(1)?),
            EventId(row.get(2)?),
        ))
    })?;
    let mut went: Vec<WentAlong> = Vec::new();
    for row in rows {
        let (item, from, into) = row?;
        match went.last_mut().filter(|last| last.into == into) {
            Some(last) => last.items.push(item),
            None => went.push(WentAlong {
                items: vec![item],
                from,
                into,
            }),
        }
    }
    Ok(went)
}
