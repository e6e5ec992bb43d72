//! What a change of the decisions can reach: a ruling is looked at with all that hangs together with
//! it, and with nothing else, however many are in force.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

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
        pairs_within(constraints, |pair| self.items.contains(&pair.0))
    }
}

/// What rulings hold together or apart, as far as these pairs; nothing else.
fn pairs_within(
    constraints: &Constraints,
    within: impl Fn(&(ItemId, ItemId)) -> bool,
) -> Constraints {
    let limit = |pairs: &[(ItemId, ItemId)]| {
        let pairs = pairs.iter().filter(|pair| within(pair));
        pairs.copied().collect()
    };
    Constraints {
        together: limit(&constraints.together),
        apart: limit(&constraints.apart),
        ..Constraints::default()
    }
}

/// What rulings say of items that the engine can see: those that are live, those of live events, and
/// what is held together with these. The others it would pass over one by one.
pub(super) fn within_reach(engine: &Engine, constraints: &Constraints) -> Constraints {
    let is_seen =
        |item: &ItemId| engine.event_of(*item).is_some() || engine.old_event_of(*item).is_some();
    let held = Held::of(&constraints.together);
    let mut reached: FxHashSet<ItemId> = FxHashSet::default();
    for (a, b) in constraints.together.iter().chain(&constraints.apart) {
        if is_seen(a) || is_seen(b) {
            reached.extend([held.root_of(*a), held.root_of(*b)]);
        }
    }
    let pairs = pairs_within(constraints, |(a, b)| {
        reached.contains(&held.root_of(*a)) || reached.contains(&held.root_of(*b))
    });
    Constraints {
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
        // Anchors of an event may have left the window long ago.
        kept_out: constraints.kept_out.clone(),
        ..pairs
    }
}

/// What is held together, each item with one that leads on to one that stands for all.
struct Held(FxHashMap<ItemId, ItemId>);

impl Held {
    fn of(together: &[(ItemId, ItemId)]) -> Self {
        let mut held = Self(FxHashMap::default());
        for (a, b) in together {
            let (a, b) = (held.root_of(*a), held.root_of(*b));
            if a != b {
                held.0.insert(a.max(b), a.min(b));
            }
        }
        held
    }

    fn root_of(&self, item: ItemId) -> ItemId {
        let mut root = item;
        while let Some(next) = self.0.get(&root) {
            root = *next;
        }
        root
    }
}
