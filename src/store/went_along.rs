//! What left an event by a ruling that did not name it.

use std::collections::BTreeSet;

use rusqlite::{Connection, Transaction, params};

use super::Result;
use super::events::{event_of_item, load_members};
use crate::news::{Decision, DecisionId, DecisionMade, EventId, ItemId, Ruling, WentAlong};

/// What a ruling did not name, with the event in which it stands before the ruling is obeyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    decision: DecisionId,
    from: EventId,
    items: Vec<ItemId>,
}

/// What stands in the events that rulings part, and is named by none of them to leave.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_beside(conn: &Connection, made: &[Decision]) -> Result<Vec<Beside>> {
    let in_force = || made.iter().filter(|one| one.undone_at.is_none());
    let mut met: BTreeSet<ItemId> = in_force().flat_map(|one| leaving(&one.ruling)).collect();
    let mut beside = Vec::new();
    for one in in_force() {
        let Some(from) = parted_by(conn, &one.ruling)? else {
            continue;
        };
        // Copies follow what they are copies of, and the answer has named them.
        let is_met = |item: &ItemId, original: &Option<ItemId>| {
            met.contains(item) || original.is_some_and(|original| met.contains(&original))
        };
        let mut members = load_members(conn, from)?;
        members.retain(|(item, original)| !is_met(item, original));
        let items: Vec<ItemId> = members.into_iter().map(|(item, _)| item).collect();
        met.extend(&items);
        beside.push(Beside {
            decision: one.id,
            from,
            items,
        });
    }
    Ok(beside)
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

/// Keeps which of these stand elsewhere by now.
///
/// # Errors
/// Whatever SQLite says.
pub fn note(tx: &Transaction<'_>, beside: &[Beside]) -> Result<()> {
    let sql = "INSERT OR IGNORE INTO went_along (decision_id, item_id, from_event, into_event)
         SELECT ?1, ?2, ?3, event_id FROM event_items WHERE item_id = ?2 AND event_id <> ?3";
    let mut insert = tx.prepare_cached(sql)?;
    for one in beside {
        for item in &one.items {
            insert.execute(params![one.decision.0, item.0, one.from.0])?;
        }
    }
    Ok(())
}

/// The decisions by which something went along out of an event or into it, in order.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_decisions(conn: &Connection, event: EventId) -> Result<Vec<DecisionId>> {
    let sql = "SELECT decision_id FROM went_along WHERE from_event = ?1
         UNION SELECT decision_id FROM went_along WHERE into_event = ?1 ORDER BY 1";
    let mut query = conn.prepare_cached(sql)?;
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
    let sql = "SELECT item_id, from_event, into_event FROM went_along WHERE decision_id = ?1
         ORDER BY into_event, item_id";
    let mut query = conn.prepare_cached(sql)?;
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
