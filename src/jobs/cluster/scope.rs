//! What a change of the decisions can reach: a ruling is looked at with all that hangs together with
//! it, and with nothing else, however many are in force.

use std::collections::BTreeSet;

use super::rulings::Rulings;
use crate::cluster::Engine;
use crate::news::{EventId, ItemId};
use crate::store::{Connection, Result, events, standing};

/// Items and events that hang together by rulings and by where they stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// Items that rulings name.
    pub(super) items: BTreeSet<ItemId>,
    pub(super) events: BTreeSet<EventId>,
}

impl Scope {
    /// All that hangs together with these.
    pub(super) fn around(
        conn: &Connection,
        engine: &Engine,
        rulings: &Rulings,
        seeds: &Scope,
    ) -> Result<Self> {
        let mut scope = Self::default();
        let mut met = BTreeSet::new();
        let mut items: Vec<ItemId> = seeds.items.iter().copied().collect();
        let mut open: Vec<EventId> = seeds.events.iter().copied().collect();
        loop {
            if let Some(item) = items.pop() {
                if !scope.items.insert(item) {
                    continue;
                }
                items.extend(rulings.partners(item, &mut met));
                open.extend(engine.event_of(item));
                open.extend(events::event_of_item(conn, item)?);
            } else if let Some(event) = open.pop() {
                if !scope.events.insert(event) {
                    continue;
                }
                let stored = events::load_items(conn, event)?.into_iter();
                let standing = stored.chain(engine.items_of(event));
                items.extend(standing.filter(|item| rulings.name(*item)));
                for (_, home, stands_in) in standing::load_moved_around(conn, event)? {
                    open.extend([home, stands_in]);
                }
            } else {
                return Ok(scope);
            }
        }
    }
}
