//! Must-link and cannot-link pairs, each with the decision it follows from.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::Hash;

use crate::news::{Decision, DecisionId, EventId, ItemId, Ruling};

use super::{Constraints, Held, add_constraints, chain, cross, in_force};

/// What one ruling demands of things that are grouped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Demand<T> {
    pub(super) together: Vec<(T, T)>,
    pub(super) apart: Vec<(T, T)>,
}

impl<T> Default for Demand<T> {
    fn default() -> Self {
        Self {
            together: Vec::new(),
            apart: Vec::new(),
        }
    }
}

/// What a ruling demands of items.
pub(super) fn demand_on_items(ruling: &Ruling) -> Demand<ItemId> {
    let mut constraints = Constraints::default();
    add_constraints(&mut constraints, ruling);
    let mut apart = constraints.apart;
    apart.extend(constraints.taken_out);
    Demand {
        together: constraints.together,
        apart,
    }
}

/// What the decisions in force demand of items, as far as it stands in the way of a ruling: what one took out of
/// an event is not kept apart from what another took out of it, or the ruling itself does.
pub(super) fn demands_on_items(
    decisions: &[Decision],
    ruling: &Ruling,
) -> impl Iterator<Item = (DecisionId, Demand<ItemId>)> {
    let rulings = in_force(decisions).map(|one| &one.ruling);
    let left: BTreeSet<(ItemId, EventId)> = rulings.chain([ruling]).flat_map(taken_out).collect();
    in_force(decisions).map(move |one| {
        let mut demand = demand_on_items(&one.ruling);
        let own = taken_out(&one.ruling);
        if let Some((_, event)) = own.first() {
            let has_left = |item: &ItemId| left.contains(&(*item, *event));
            demand.apart.retain(|(_, stayed)| !has_left(stayed));
        }
        (one.id, demand)
    })
}

/// The items that a ruling takes out of an event, each with the event.
fn taken_out(ruling: &Ruling) -> Vec<(ItemId, EventId)> {
    match ruling {
        Ruling::MoveItem { item, from, .. } => vec![(*item, *from)],
        Ruling::SplitEvent {
            event, split_items, ..
        } => split_items.iter().map(|item| (*item, *event)).collect(),
        _ => Vec::new(),
    }
}

/// What a ruling demands of the events of storylines. Merged events stand in one storyline, too.
pub(super) fn demand_on_events(ruling: &Ruling) -> Demand<EventId> {
    let mut demand = Demand::default();
    match ruling {
        Ruling::MergeStorylines {
            kept_events,
            merged_events,
            ..
        } => {
            let mut all = kept_events.clone();
            all.extend(merged_events);
            chain(&mut demand.together, &all);
        }
        Ruling::SplitStoryline {
            kept_events,
            split_events,
            ..
        } => {
            chain(&mut demand.together, split_events);
            cross(&mut demand.apart, kept_events, split_events);
        }
        Ruling::MergeEvents { kept, merged, .. } => demand.together.push((*kept, *merged)),
        _ => {}
    }
    demand
}

/// The demands in force, by decision.
pub(super) struct Links<T> {
    together: Vec<(T, T, DecisionId)>,
    apart: Vec<(T, T, DecisionId)>,
}

/// Why a demand cannot be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clash<T> {
    /// It contradicts itself at these two.
    Itself(T, T),
    /// A decision keeps these two apart.
    KeptApart(T, T, DecisionId),
    /// A decision holds these two together, it or one with it.
    HeldTogether(T, T, DecisionId),
}

impl<T: Copy + Ord + Hash> Links<T> {
    pub(super) fn new(demands: impl Iterator<Item = (DecisionId, Demand<T>)>) -> Self {
        let mut links = Self {
            together: Vec::new(),
            apart: Vec::new(),
        };
        for (id, demand) in demands {
            links
                .together
                .extend(demand.together.into_iter().map(|(a, b)| (a, b, id)));
            links
                .apart
                .extend(demand.apart.into_iter().map(|(a, b)| (a, b, id)));
        }
        links
    }

    /// The first clash of a demand with what is in force: what is held together there is not kept apart any more.
    pub(super) fn find_clash(&self, demand: &Demand<T>) -> Option<Clash<T>> {
        let own = Held::of(demand.together.iter().copied());
        let itself = demand.apart.iter().find(|(a, b)| own.are_one(*a, *b));
        if let Some((a, b)) = itself {
            return Some(Clash::Itself(*a, *b));
        }
        let held = self.together.iter().map(|(a, b, _)| (*a, *b));
        let before = Held::of(held.clone());
        let all = Held::of(held.chain(demand.together.iter().copied()));
        let newest_first = self.apart.iter().rev();
        let mut parted =
            newest_first.filter(|(a, b, _)| all.are_one(*a, *b) && !before.are_one(*a, *b));
        if let Some((a, b, id)) = parted.next() {
            return Some(Clash::KeptApart(*a, *b, *id));
        }
        let (a, b) = demand.apart.iter().find(|(a, b)| all.are_one(*a, *b))?;
        let holder = self.newest_on_path(*a, *b, demand);
        Some(holder.map_or(Clash::Itself(*a, *b), |id| Clash::HeldTogether(*a, *b, id)))
    }

    /// The decision by which two are held together; `None` if they are not.
    pub(super) fn holder(&self, a: T, b: T) -> Option<DecisionId> {
        self.newest_on_path(a, b, &Demand::default())
    }

    /// The newest decision on the shortest chain of links from `a` to `b`.
    fn newest_on_path(&self, a: T, b: T, demand: &Demand<T>) -> Option<DecisionId> {
        let mut around: BTreeMap<T, Vec<(T, Option<DecisionId>)>> = BTreeMap::new();
        let held = self.together.iter().map(|(x, y, id)| (*x, *y, Some(*id)));
        let asked = demand.together.iter().map(|(x, y)| (*x, *y, None));
        for (x, y, id) in held.chain(asked) {
            around.entry(x).or_default().push((y, id));
            around.entry(y).or_default().push((x, id));
        }
        let mut seen = BTreeSet::from([a]);
        let mut open: VecDeque<(T, Option<DecisionId>)> = VecDeque::from([(a, None)]);
        while let Some((at, newest)) = open.pop_front() {
            if at == b {
                return newest;
            }
            for (next, id) in around.get(&at).into_iter().flatten() {
                if seen.insert(*next) {
                    open.push_back((*next, newest.max(*id)));
                }
            }
        }
        None
    }
}
