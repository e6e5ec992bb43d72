//! What editors decided, and what follows from it: constraints on items and events, fixed
//! attributes, which rulings exclude each other, and what undoing one brings back.
//!
//! Pure. It does not know how events are computed; it only says what any computation must obey.

mod attributes;
mod conflicts;
mod held;
mod links;
mod present;
mod undoing;
mod words;

use std::collections::BTreeSet;

use crate::news::{Decision, EventId, ItemId, Ruling, Target};

pub use attributes::{Attributes, Fixed, lock_of};
pub use conflicts::{LONGEST_HEADLINE, Refusal, check_ruling};
pub use held::Held;
pub use present::{Present, check_present, check_whole};
pub use undoing::{Undoing, check_undo};
pub use words::{describe_copies, describe_ruling, describe_went_along};

/// What every clustering must obey, derived from the decisions in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constraints {
    /// Pairs of items that stand in one event.
    pub together: Vec<(ItemId, ItemId)>,
    /// Pairs of items that stand in one event unless what editors say keeps them apart: those of an event
    /// into which an editor moved an item, or in which an editor held two together, are taken to be one, or the ruling
    /// would tear it.
    pub gathered: Vec<(ItemId, ItemId)>,
    /// Pairs of items that stand in different events.
    pub apart: Vec<(ItemId, ItemId)>,
    /// Pairs of items of which a ruling took the first out of the event of the second, before it is known
    /// whether others hold the two together elsewhere: see [`Constraints::resolved`]. Empty from then on.
    pub taken_out: Vec<(ItemId, ItemId)>,
    /// Items that an editor moved, with the event that they were moved out of: they take its id nowhere.
    pub moved: BTreeSet<(ItemId, EventId)>,
    /// Items that an editor split off, with the event that they left: where what its id hangs on does not tell
    /// whose it is, it stays with the others.
    pub split_off: BTreeSet<(ItemId, EventId)>,
    /// Sets of items whose event takes no further items by itself.
    pub locked: Vec<Vec<ItemId>>,
    /// Events that an undone merge had ended, with the items they held: a group of these items
    /// takes that id again.
    pub revived: Vec<(EventId, Vec<ItemId>)>,
    /// Items that are kept out of what is published: no id hangs on them while others are shown.
    pub kept_out: BTreeSet<ItemId>,
}

impl Constraints {
    /// All pairs of items that stand together or apart.
    pub fn pairs(&self) -> impl Iterator<Item = &(ItemId, ItemId)> {
        let together = self.together.iter().chain(&self.gathered);
        together.chain(&self.apart).chain(&self.taken_out)
    }

    /// What was taken out of an event is kept apart from what it left behind there, but for what other rulings
    /// took after it and hold together with it: to say of one item after the other that it tells another
    /// event contradicts nothing.
    #[must_use]
    pub fn resolved(mut self, are_held: impl Fn(ItemId, ItemId) -> bool) -> Self {
        let taken_out = std::mem::take(&mut self.taken_out).into_iter();
        self.apart
            .extend(taken_out.filter(|(a, b)| !are_held(*a, *b)));
        self
    }

    fn resolved_alone(self) -> Self {
        if self.taken_out.is_empty() {
            return self;
        }
        let held = Held::of(self.together.iter().copied());
        self.resolved(|a, b| held.are_one(a, b))
    }
}

/// The constraints of the decisions in force, where these are all that hang together.
pub fn constraints_of(decisions: &[Decision]) -> Constraints {
    said_by(decisions).resolved_alone()
}

/// What decisions say, in the order in which they were made: not [resolved](Constraints::resolved), since others
/// may hang together with them.
pub fn said_by(decisions: &[Decision]) -> Constraints {
    let mut constraints = Constraints::default();
    for decision in decisions {
        match (&decision.ruling, decision.undone_at) {
            (ruling, None) => add_constraints(&mut constraints, ruling),
            (ruling, Some(_)) => constraints.revived.extend(ended_by(ruling)),
        }
    }
    constraints
}

/// Events that a ruling may have ended, with the items they held before it: which of two that became
/// one keeps its id is for what is published to say.
fn ended_by(ruling: &Ruling) -> Vec<(EventId, Vec<ItemId>)> {
    match ruling {
        Ruling::MergeEvents {
            kept,
            kept_items,
            merged,
            merged_items,
        } => vec![(*kept, kept_items.clone()), (*merged, merged_items.clone())],
        Ruling::MoveItem {
            item,
            from,
            from_items,
            ..
        } => vec![(*from, from_items.iter().chain([item]).copied().collect())],
        _ => Vec::new(),
    }
}

/// The pairs of items that one ruling has in one event.
pub fn demanded_together(ruling: &Ruling) -> Vec<(ItemId, ItemId)> {
    let mut constraints = Constraints::default();
    add_constraints(&mut constraints, ruling);
    constraints.together
}

fn add_constraints(constraints: &mut Constraints, ruling: &Ruling) {
    match ruling {
        Ruling::MergeEvents {
            kept_items,
            merged_items,
            ..
        } => {
            let mut all = kept_items.clone();
            all.extend(merged_items);
            chain(&mut constraints.together, &all);
        }
        Ruling::SplitEvent {
            event,
            kept_items,
            split_items,
        } => {
            let left = split_items.iter().map(|item| (*item, *event));
            constraints.split_off.extend(left);
            chain(&mut constraints.together, split_items);
            cross(&mut constraints.taken_out, split_items, kept_items);
        }
        Ruling::MoveItem {
            item,
            from,
            from_items,
            to_items,
            ..
        } => {
            constraints.moved.insert((*item, *from));
            if let Some((first, others)) = to_items.split_first() {
                constraints.together.push((*first, *item));
                let others = others.iter().map(|other| (*first, *other));
                constraints.gathered.extend(others);
            }
            cross(&mut constraints.taken_out, &[*item], from_items);
        }
        Ruling::SameEvent { a, b, items } => {
            constraints.together.push((*a, *b));
            let others = items.iter().filter(|item| *item != a);
            constraints
                .gathered
                .extend(others.map(|other| (*a, *other)));
        }
        Ruling::NotSameEvent { a, b } => constraints.apart.push((*a, *b)),
        Ruling::Lock { items, .. } => {
            chain(&mut constraints.together, items);
            constraints.locked.push(items.clone());
        }
        Ruling::Spike {
            target: Target::Item(item),
        } => {
            constraints.kept_out.insert(*item);
        }
        Ruling::MergeStorylines { .. }
        | Ruling::SplitStoryline { .. }
        | Ruling::PinHeadline { .. }
        | Ruling::RenameStoryline { .. }
        | Ruling::Spike { .. } => {}
    }
}

fn chain<T: Copy>(pairs: &mut Vec<(T, T)>, items: &[T]) {
    pairs.extend(items.windows(2).map(|pair| (pair[0], pair[1])));
}

fn cross<T: Copy>(pairs: &mut Vec<(T, T)>, left: &[T], right: &[T]) {
    for a in left {
        pairs.extend(right.iter().map(|b| (*a, *b)));
    }
}

/// The decisions in force.
pub fn in_force(decisions: &[Decision]) -> impl Iterator<Item = &Decision> {
    decisions
        .iter()
        .filter(|decision| decision.undone_at.is_none())
}

#[cfg(test)]
mod tests;
