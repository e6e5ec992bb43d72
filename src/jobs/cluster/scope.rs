//! What a change of the decisions can reach: a ruling is looked at with all that hangs together with
//! it, and with nothing else, however many are in force.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::cluster::Engine;
use crate::decisions::Constraints;
use crate::news::{EventId, ItemId};
use crate::store::{Connection, Result, events, standing};

/// Which items rulings name, and with which others.
#[derive(Debug, Default)]
pub(super) struct Partners(FxHashMap<ItemId, Vec<ItemId>>);

impl Partners {
    pub(super) fn of(constraints: &Constraints) -> Self {
        let mut partners: FxHashMap<ItemId, Vec<ItemId>> = FxHashMap::default();
        for (a, b) in constraints.together.iter().chain(&constraints.apart) {
            partners.entry(*a).or_default().push(*b);
            partners.entry(*b).or_default().push(*a);
        }
        Self(partners)
    }
}

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
        partners: &Partners,
        seeds: &Scope,
    ) -> Result<Self> {
        let mut scope = Self::default();
        let mut items: Vec<ItemId> = seeds.items.iter().copied().collect();
        let mut open: Vec<EventId> = seeds.events.iter().copied().collect();
        loop {
            if let Some(item) = items.pop() {
                if !scope.items.insert(item) {
                    continue;
                }
                items.extend(partners.0.get(&item).into_iter().flatten());
                open.extend(engine.event_of(item));
                open.extend(events::event_of_item(conn, item)?);
            } else if let Some(event) = open.pop() {
                if !scope.events.insert(event) {
                    continue;
                }
                let stored = events::load_members(conn, event)?.into_iter();
                let stored = stored.map(|(item, _)| item);
                let standing = stored.chain(engine.items_of(event));
                items.extend(standing.filter(|item| partners.0.contains_key(item)));
                for (_, home, stands_in) in standing::load_moved_around(conn, event)? {
                    open.extend([home, stands_in]);
                }
            } else {
                return Ok(scope);
            }
        }
    }

    /// What rulings say of these items.
    pub(super) fn limit(&self, constraints: &Constraints) -> Constraints {
        let within = |pair: &&(ItemId, ItemId)| self.items.contains(&pair.0);
        Constraints {
            together: constraints
                .together
                .iter()
                .filter(within)
                .copied()
                .collect(),
            apart: constraints.apart.iter().filter(within).copied().collect(),
            ..Constraints::default()
        }
    }
}

/// What rulings say of items that the engine can see: those that are live, those of live events, and
/// what is held together with these. The others it would pass over one by one.
pub(super) fn within_reach(engine: &Engine, constraints: &Constraints) -> Constraints {
    let is_seen =
        |item: &ItemId| engine.event_of(*item).is_some() || engine.old_event_of(*item).is_some();
    let mut reached: BTreeSet<ItemId> = BTreeSet::new();
    let pairs = || constraints.together.iter().chain(&constraints.apart);
    for (a, b) in pairs() {
        if is_seen(a) || is_seen(b) {
            reached.extend([*a, *b]);
        }
    }
    let mut known = 0;
    while known < reached.len() {
        known = reached.len();
        for (a, b) in &constraints.together {
            if reached.contains(a) || reached.contains(b) {
                reached.extend([*a, *b]);
            }
        }
    }
    let within = |pair: &&(ItemId, ItemId)| reached.contains(&pair.0) || reached.contains(&pair.1);
    Constraints {
        together: constraints
            .together
            .iter()
            .filter(within)
            .copied()
            .collect(),
        apart: constraints.apart.iter().filter(within).copied().collect(),
        locked: constraints
            .locked
            .iter()
            .filter(|items| items.iter().any(is_seen))
            .cloned()
            .collect(),
        revived: constraints
            .revived
            .iter()
            .filter(|(_, items)| items.iter().any(is_seen))
            .cloned()
            .collect(),
    }
}
