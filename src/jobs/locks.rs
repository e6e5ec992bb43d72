//! Which events are locked: those in which an item stands that a lock in force names, whatever event that was.

use std::collections::BTreeSet;

use crate::decisions::lock_of;
use crate::news::{DecisionId, EventId};
use crate::store::{Connection, Result, Transaction, decisions, events, locks};

/// The decision in force by which an event is locked, the latest; `None` if it is not.
pub(super) fn find(conn: &Connection, event: EventId) -> Result<Option<DecisionId>> {
    let items = events::load_items(conn, event)?;
    let about = decisions::load_about_event(conn, event)?;
    Ok(lock_of(&items, &about))
}

/// Marks events as locked, or as not.
pub(super) fn mark(tx: &Transaction<'_>, events: impl IntoIterator<Item = EventId>) -> Result<()> {
    for event in events.into_iter().collect::<BTreeSet<_>>() {
        locks::set(tx, event, find(tx, event)?.is_some())?;
    }
    Ok(())
}

/// Marks events anew after something was moved between them.
pub(super) fn follow(tx: &Transaction<'_>, moved: impl IntoIterator<Item = EventId>) -> Result<()> {
    match locks::is_any(tx)? {
        true => mark(tx, moved),
        false => Ok(()),
    }
}
