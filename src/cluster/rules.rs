//! The rulings in force, on live items: what the engine obeys when it groups.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;

use rustc_hash::FxHashSet;

use super::engine::Engine;
use super::window::Slot;
use crate::decisions::{Constraints, Held};
use crate::news::{EventId, ItemId};

/// The slots of items that rulings name which hold in one of two states and not in the other, and
/// of all that hang together with them by rulings.
pub(super) fn slots_ruled_otherwise(engine: &Engine, constraints: &Constraints) -> BTreeSet<Slot> {
    let before = &engine.groups.constraints;
    let mut named = BTreeSet::new();
    for (now, then) in [(constraints, before), (before, constraints)] {
        let linked = only_in(&now.together, &then.together);
        let gathered = only_in(&now.gathered, &then.gathered);
        let parted = only_in(&now.apart, &then.apart);
        let pairs = linked.chain(gathered).chain(parted);
        named.extend(pairs.flat_map(|(a, b)| [*a, *b]));
        named.extend(only_in(&now.locked, &then.locked).flatten());
        let revived = only_in(&now.revived, &then.revived);
        named.extend(revived.flat_map(|(_, items)| items));
    }
    let pairs = || {
        let all = [constraints, before].into_iter();
        all.flat_map(Constraints::pairs)
    };
    let mut known = 0;
    while known < named.len() {
        known = named.len();
        for (a, b) in pairs() {
            if named.contains(a) || named.contains(b) {
                named.extend([*a, *b]);
            }
        }
    }
    let slots = named.into_iter().filter_map(|item| stand_in(engine, item));
    slots
        .filter(|slot| engine.window.item(*slot).tells_an_event)
        .collect()
}

fn only_in<'a, T: Eq + Hash>(these: &'a [T], those: &'a [T]) -> impl Iterator<Item = &'a T> {
    let known: FxHashSet<&T> = those.iter().collect();
    these.iter().filter(move |one| !known.contains(one))
}

/// The slot of an item; for one that has left the window that of the first live item of its event which the machine alone
/// has with it: whatever is there by rulings alone would stand in for what holds it there. Without any, the first.
fn stand_in(engine: &Engine, item: ItemId) -> Option<Slot> {
    engine.window.slot_of(item).or_else(|| {
        let groups = &engine.groups;
        let members = &groups.events.get(groups.gone_of.get(&item)?)?.members;
        let mate = engine.beside().and_then(|own| {
            let alone = *own.gone_of.get(&item)?;
            let mut mates = members
                .iter()
                .filter(|slot| own.place(**slot) == Some(alone));
            mates.next()
        });
        mate.or_else(|| members.first()).copied()
    })
}

/// The event of an item that is live or has live companions.
fn event_around(engine: &Engine, item: ItemId) -> Option<EventId> {
    engine
        .event_of(item)
        .or_else(|| engine.groups.gone_of.get(&item).copied())
}

type Pairs = [(Slot, Slot)];

/// The rulings in force, on live items.
pub(super) struct Rules {
    /// In order of precedence.
    pub(super) together: Vec<(Slot, Slot)>,
    pub(super) apart: Vec<(Slot, Slot)>,
    pub(super) locked: BTreeSet<Slot>,
    separated: BTreeSet<Slot>,
}

impl Rules {
    pub(super) fn new(engine: &Engine) -> Self {
        let live = |pair: &(ItemId, ItemId)| two_of(pair, |item| stand_in(engine, item));
        // An item outside the window cannot be moved from here, so nothing is kept apart from its
        // own event on its behalf: the job that sees old events does that.
        let is_met_elsewhere = |(a, b): &&(ItemId, ItemId)| {
            let both_live = [a, b].map(|item| engine.window.slot_of(*item).is_some()) == [true; 2];
            !both_live && event_around(engine, *a) == event_around(engine, *b)
        };
        let constraints = &engine.groups.constraints;
        // What is gathered round a moved item holds for what is live: nothing hangs on the others.
        let both_live = |pair: &(ItemId, ItemId)| two_of(pair, |item| engine.window.slot_of(item));
        let together = constraints.together.iter().filter_map(live);
        let gathered = constraints.gathered.iter().filter_map(both_live);
        let together: Vec<_> = together.chain(gathered).collect();
        let apart = constraints.apart.iter();
        let apart: Vec<_> = apart
            .filter(|pair| !is_met_elsewhere(pair))
            .filter_map(live)
            .collect();
        let locked = constraints.locked.iter().flatten();
        let parted = parted_from_originals(engine, &apart);
        let mut separated = held_elsewhere(engine, &parted, (&together, &apart));
        separated.extend(parted);
        Self {
            separated,
            locked: locked.filter_map(|item| stand_in(engine, *item)).collect(),
            together,
            apart,
        }
    }

    /// The report that a live item is part of, by the slot of its original: itself, unless it is a
    /// reprint of a live original that no ruling parts it from.
    pub(super) fn report_of(&self, engine: &Engine, slot: Slot) -> Slot {
        let original = engine.window.original_of(slot);
        original
            .filter(|_| !self.separated.contains(&slot))
            .unwrap_or(slot)
    }
}

/// The slots of a pair of items; `None` if one has none, or both the same.
fn two_of(
    (a, b): &(ItemId, ItemId),
    place: impl Fn(ItemId) -> Option<Slot>,
) -> Option<(Slot, Slot)> {
    let pair = (place(*a)?, place(*b)?);
    (pair.0 != pair.1).then_some(pair)
}

/// Reprints that rulings keep apart from their original, or from what they do not keep that apart from: one that
/// goes the way of its original stays part of its report. Of two reprints of one original that are kept apart the
/// earlier one stays.
fn parted_from_originals(engine: &Engine, apart: &Pairs) -> BTreeSet<Slot> {
    let both_ways = || apart.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]);
    let known: FxHashSet<(Slot, Slot)> = both_ways().collect();
    let is_parted = |(slot, other): &(Slot, Slot)| {
        let original = engine.window.original_of(*slot);
        let id = |slot: &Slot| engine.window.item(*slot).id;
        let is_first = || engine.window.original_of(*other) == original && id(slot) < id(other);
        original.is_some_and(|original| {
            original == *other || !known.contains(&(original, *other)) && !is_first()
        })
    };
    both_ways()
        .filter(is_parted)
        .map(|(slot, _)| slot)
        .collect()
}

/// Reprints that rulings hold together with what they keep apart from what holds the original, or another reprint
/// of it which is not `parted` from it: as part of its report such a one would have to stand on both sides.
fn held_elsewhere(
    engine: &Engine,
    parted: &BTreeSet<Slot>,
    (together, apart): (&Pairs, &Pairs),
) -> BTreeSet<Slot> {
    let held = Held::of(together.iter().copied());
    let mut sides: BTreeMap<Slot, BTreeSet<Slot>> = BTreeMap::new();
    for slot in together.iter().chain(apart).flat_map(|(a, b)| [*a, *b]) {
        sides.entry(held.root_of(slot)).or_default().insert(slot);
    }
    let tells = |side: &Slot, original: Slot| {
        let original_of = |slot: &Slot| engine.window.original_of(*slot);
        let is_part = |slot: &Slot| original_of(slot) == Some(original) && !parted.contains(slot);
        let mut slots = sides.get(side).into_iter().flatten();
        slots.any(|slot| *slot == original || is_part(slot))
    };
    let roots = apart
        .iter()
        .map(|(a, b)| [held.root_of(*a), held.root_of(*b)]);
    let both_ways: BTreeSet<(Slot, Slot)> = roots
        .filter(|[a, b]| a != b)
        .flat_map(|[a, b]| [(a, b), (b, a)])
        .collect();
    let mut elsewhere = BTreeSet::new();
    for (side, other) in both_ways {
        let slots = sides.get(&side).into_iter().flatten();
        elsewhere.extend(slots.copied().filter(|slot| {
            let original = engine.window.original_of(*slot);
            original.is_some_and(|original| tells(&other, original))
        }));
    }
    elsewhere
}
