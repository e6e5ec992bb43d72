//! All rulings in force on events that reach beyond the window. The engine judges live items only;
//! what is older is put where the rulings have it, whichever of them came last.

mod returns;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use returns::plan_returns;

use super::old::{Step, members_of};
use super::scope::Scope;
use crate::cluster::Engine;
use crate::decisions::{Constraints, in_force};
use crate::news::{Decision, EventId, ItemId, Ruling};
use crate::store::events::{self, Member};
use crate::store::standing::Rank;
use crate::store::{Connection, Result, standing};

/// The rulings in force as far as a change of them reaches.
pub(super) struct Ruled {
    pub(super) made: Vec<Decision>,
    /// Those of the scope.
    pub(super) constraints: Constraints,
    pub(super) scope: Scope,
}

/// What is done at once; then it is looked at again.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// Items that have left the window, with their companions.
    pub(super) steps: Vec<Step>,
    /// Live items that leave an event for another; the engine judges them anew.
    pub(super) split_off: Vec<SplitOff>,
}

/// Live items that leave an event.
#[derive(Debug)]
pub(super) struct SplitOff {
    pub(super) items: Vec<ItemId>,
    pub(super) from: EventId,
    pub(super) into: EventId,
    /// True if no ruling holds them any more.
    pub(super) is_return: bool,
}

impl Moves {
    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.split_off.is_empty()
    }
}

/// The rulings in force as the engine needs them: what they say of live items by way of items that
/// have left the window is said directly.
pub(super) fn for_engine(engine: &Engine, constraints: &Constraints) -> Constraints {
    if constraints.together.is_empty() && constraints.apart.is_empty() {
        return constraints.clone();
    }
    let groups = Groups::of(constraints);
    let is_live = |item: &ItemId| engine.event_of(*item).is_some();
    let mut live_in: Vec<Vec<ItemId>> = vec![Vec::new(); groups.members.len()];
    let mut mixed = vec![false; groups.members.len()];
    for (group, members) in groups.members.iter().enumerate() {
        live_in[group] = members
            .iter()
            .filter(|item| is_live(item))
            .copied()
            .collect();
        mixed[group] = live_in[group].len() < members.len();
    }
    let mut all = constraints.clone();
    for (live, _) in live_in.iter().zip(&mixed).filter(|(_, mixed)| **mixed) {
        all.together
            .extend(live.windows(2).map(|pair| (pair[0], pair[1])));
    }
    let mut apart = BTreeSet::new();
    for (a, b) in &constraints.apart {
        let ends = [groups.of[a], groups.of[b]];
        if mixed[ends[0]] || mixed[ends[1]] {
            let first = ends.map(|group| live_in[group].first().copied());
            if let [Some(a), Some(b)] = first {
                apart.insert((a, b));
            }
        }
    }
    all.apart.extend(apart);
    all
}

/// Before the engine settles: what stands with items that a ruling keeps it from leaves, if any of
/// them has left the window. The side that a ruling took out is the one that goes.
pub(super) fn plan_partings(
    conn: &Connection,
    engine: &mut Engine,
    ruled: &Ruled,
) -> Result<Moves> {
    let scene = Scene::load(conn, engine, ruled)?;
    let mut moves = Moves::default();
    for (event, groups) in scene.by_event() {
        let mut staying: Vec<usize> = Vec::new();
        for group in groups {
            let in_the_way = |other: &&usize| scene.are_apart(**other, group);
            let others: Vec<usize> = staying.iter().filter(in_the_way).copied().collect();
            let reach_back = |one: usize| {
                scene
                    .standing(one, event)
                    .any(|item| !scene.live.contains(&item))
            };
            if others.is_empty() || !(reach_back(group) || others.into_iter().any(reach_back)) {
                staying.push(group);
                continue;
            }
            let own = engine.reserve_event();
            let into = scene.elsewhere(group, event).unwrap_or(own);
            let (live, old): (Vec<ItemId>, Vec<ItemId>) = scene
                .standing(group, event)
                .partition(|item| scene.live.contains(item));
            let step = scene.leave(conn, engine, (group, &old), (event, into))?;
            moves.steps.extend(step);
            if !live.is_empty() {
                moves.split_off.push(SplitOff {
                    items: live,
                    from: event,
                    into: own,
                    is_return: false,
                });
            }
        }
    }
    Ok(moves)
}

/// After the engine has settled: what rulings hold together comes together, and what has left the
/// window gives way to what is live.
pub(super) fn plan_holding(conn: &Connection, engine: &mut Engine, ruled: &Ruled) -> Result<Moves> {
    let scene = Scene::load(conn, engine, ruled)?;
    let places = scene.assign(engine);
    let mut moves = Moves::default();
    let mut joins = Vec::new();
    let mut busy = BTreeSet::new();
    for (event, groups) in scene.by_event() {
        for group in &groups {
            let into = places[group];
            if into == event {
                continue;
            }
            let old = scene
                .standing(*group, event)
                .filter(|item| !scene.live.contains(item));
            let old: Vec<ItemId> = old.collect();
            if old.is_empty() {
                continue;
            }
            let may_follow =
                |other: &usize| places[other] == into || !scene.is_kept_out_of(*other, into);
            if scene.ranks.contains_key(&into) && groups.iter().all(may_follow) {
                joins.push((event, into));
            } else if !busy.contains(&event) && !busy.contains(&into) {
                busy.extend([event, into]);
                let step = scene.leave(conn, engine, (*group, &old), (event, into))?;
                moves.steps.extend(step);
            }
        }
    }
    if !moves.is_empty() {
        return Ok(moves);
    }
    for (a, b) in joins {
        if !busy.contains(&a) && !busy.contains(&b) {
            busy.extend([a, b]);
            let (into, from) = match scene.stays_first(a, b, (conn, engine))? {
                true => (a, b),
                false => (b, a),
            };
            moves.steps.push(Step {
                members: members_of(conn, engine, from)?,
                from,
                into,
                is_whole: true,
                is_return: false,
            });
        }
    }
    Ok(moves)
}

/// Items that rulings hold together; those that are only kept apart from others are alone.
struct Groups {
    of: BTreeMap<ItemId, usize>,
    /// By id; empty for a group that went into another.
    members: Vec<Vec<ItemId>>,
}

impl Groups {
    fn of(constraints: &Constraints) -> Self {
        let mut groups = Self {
            of: BTreeMap::new(),
            members: Vec::new(),
        };
        for (a, b) in &constraints.together {
            let (a, b) = (groups.add(*a), groups.add(*b));
            if a != b {
                groups.join(a.min(b), a.max(b));
            }
        }
        for (a, b) in &constraints.apart {
            groups.add(*a);
            groups.add(*b);
        }
        for members in &mut groups.members {
            members.sort_unstable();
        }
        groups
    }

    fn add(&mut self, item: ItemId) -> usize {
        let next = self.members.len();
        let group = *self.of.entry(item).or_insert(next);
        if group == next {
            self.members.push(vec![item]);
        }
        group
    }

    fn join(&mut self, kept: usize, gone: usize) {
        for item in std::mem::take(&mut self.members[gone]) {
            self.of.insert(item, kept);
            self.members[kept].push(item);
        }
    }
}

/// Where what rulings name stands.
struct Scene {
    groups: Groups,
    apart: BTreeSet<(usize, usize)>,
    event_of: BTreeMap<ItemId, EventId>,
    live: BTreeSet<ItemId>,
    /// Groups by how late a ruling took them out of somewhere, those that never were first.
    order: Vec<usize>,
    /// Of each event that is: which of two stays, the lesser.
    ranks: BTreeMap<EventId, Rank>,
    /// Of each item that editors moved: what it was moved to.
    moved: BTreeMap<ItemId, Vec<ItemId>>,
}

impl Scene {
    fn load(
        conn: &Connection,
        engine: &Engine,
        Ruled {
            made, constraints, ..
        }: &Ruled,
    ) -> Result<Self> {
        let groups = Groups::of(constraints);
        let mut event_of = BTreeMap::new();
        let mut live = BTreeSet::new();
        for item in groups.of.keys() {
            let stands_in = match engine.event_of(*item) {
                Some(event) => Some(event),
                None => events::event_of_item(conn, *item)?,
            };
            event_of.extend(stands_in.map(|event| (*item, event)));
            live.extend(engine.event_of(*item).map(|_| *item));
        }
        let mut ranks = BTreeMap::new();
        for event in event_of.values() {
            if let std::collections::btree_map::Entry::Vacant(rank) = ranks.entry(*event) {
                rank.insert(standing::load_rank(conn, *event)?);
            }
        }
        let apart = constraints.apart.iter();
        let apart = apart.map(|(a, b)| (groups.of[a], groups.of[b]));
        let apart = apart.flat_map(|(a, b)| [(a, b), (b, a)]).collect();
        let taken_out = taken_out(made, &groups.of);
        let latest = |group: &usize| {
            let members = groups.members[*group].iter();
            members
                .filter_map(|item| taken_out.get(item))
                .max()
                .copied()
        };
        let mut order: Vec<usize> = (0..groups.members.len()).collect();
        order.retain(|group| !groups.members[*group].is_empty());
        order.sort_by_cached_key(|group| (latest(group), groups.members[*group].first().copied()));
        Ok(Self {
            groups,
            apart,
            event_of,
            live,
            order,
            ranks,
            moved: moved_to(made),
        })
    }

    fn are_apart(&self, a: usize, b: usize) -> bool {
        self.apart.contains(&(a, b))
    }

    /// True if rulings hold an item to others where it stands that came from elsewhere.
    fn is_joined(
        &self,
        item: ItemId,
        (home, stands_in): (EventId, EventId),
        homes: &BTreeMap<ItemId, EventId>,
    ) -> bool {
        let Some(group) = self.groups.of.get(&item) else {
            return false;
        };
        let came_from = |other: &ItemId| homes.get(other).or_else(|| self.event_of.get(other));
        let mut companions = self.standing(*group, stands_in);
        companions.any(|other| came_from(&other) != Some(&home))
    }

    /// True if rulings keep an item apart from some that stand in an event.
    fn is_kept_from(&self, item: ItemId, event: EventId) -> bool {
        let own = self.groups.of.get(&item);
        own.is_some_and(|own| self.is_kept_out_of(*own, event))
    }

    /// True if rulings keep a group apart from some that stand in an event.
    fn is_kept_out_of(&self, group: usize, event: EventId) -> bool {
        let mut others = self.order.iter().filter(|one| self.are_apart(**one, group));
        others.any(|other| self.standing(*other, event).next().is_some())
    }

    /// The items of a group that stand in an event.
    fn standing(&self, group: usize, event: EventId) -> impl Iterator<Item = ItemId> + '_ {
        let members = self.groups.members[group].iter().copied();
        members.filter(move |item| self.event_of.get(item) == Some(&event))
    }

    /// The groups of each event, in their order.
    fn by_event(&self) -> BTreeMap<EventId, Vec<usize>> {
        let mut by_event: BTreeMap<EventId, Vec<usize>> = BTreeMap::new();
        for group in &self.order {
            for event in self.events_of(*group) {
                by_event.entry(event).or_default().push(*group);
            }
        }
        by_event
    }

    /// The events in which items of a group stand, the first published first.
    fn events_of(&self, group: usize) -> Vec<EventId> {
        let members = self.groups.members[group].iter();
        let events = members.filter_map(|item| self.event_of.get(item).copied());
        let events: BTreeSet<EventId> = events.collect();
        let mut events: Vec<EventId> = events.into_iter().collect();
        events.sort_by_key(|event| self.rank(*event));
        events
    }

    /// What is new goes behind all others.
    fn rank(&self, event: EventId) -> (bool, Option<Rank>, EventId) {
        let rank = self.ranks.get(&event).copied();
        (rank.is_none(), rank, event)
    }

    /// True if of two events that become one the first stays: where one of them holds nothing but what an editor moves
    /// to the other, the other does, be it kept out or not; else by rank.
    fn stays_first(
        &self,
        a: EventId,
        b: EventId,
        (conn, engine): (&Connection, &Engine),
    ) -> Result<bool> {
        let goes = |from, into| -> Result<bool> {
            let members = members_of(conn, engine, from)?;
            let is_moved = |item: ItemId| {
                let to = self.moved.get(&item);
                let mut to = to.into_iter().flatten();
                to.any(|other| self.event_of.get(other) == Some(&into))
            };
            let mut members = members.iter();
            Ok(members.all(|one| is_moved(one.item) || one.reprint_of.is_some_and(is_moved)))
        };
        Ok(match (goes(a, b)?, goes(b, a)?) {
            (true, false) => false,
            (false, true) => true,
            _ => self.rank(a) < self.rank(b),
        })
    }

    /// Another event that holds items of a group, and nothing that is kept apart from them.
    fn elsewhere(&self, group: usize, event: EventId) -> Option<EventId> {
        let others = self.events_of(group).into_iter();
        let mut free = others.filter(|other| *other != event).filter(|other| {
            let mut there = self.order.iter();
            !there.any(|one| {
                self.are_apart(*one, group) && self.standing(*one, *other).next().is_some()
            })
        });
        free.next()
    }

    /// The event of each group: where its live items stand; else one of those where it stands that
    /// no ruling keeps it from, or a new one.
    fn assign(&self, engine: &mut Engine) -> BTreeMap<usize, EventId> {
        let mut places = BTreeMap::new();
        let mut held: BTreeMap<EventId, Vec<usize>> = BTreeMap::new();
        for group in &self.order {
            let mut members = self.groups.members[*group].iter();
            if let Some(item) = members.find(|item| self.live.contains(item)) {
                places.insert(*group, self.event_of[item]);
                held.entry(self.event_of[item]).or_default().push(*group);
            }
        }
        for group in &self.order {
            if places.contains_key(group) {
                continue;
            }
            let standing = self.events_of(*group);
            let is_free = |event: &&EventId| {
                let others = held.get(event).into_iter().flatten();
                !others
                    .into_iter()
                    .any(|other| self.are_apart(*other, *group))
            };
            let place = match standing.iter().find(is_free) {
                Some(event) => *event,
                None if standing.is_empty() => continue,
                None => engine.reserve_event(),
            };
            places.insert(*group, place);
            held.entry(place).or_default().push(*group);
        }
        places
    }

    /// Old items of a group leave an event, with their reprints unless rulings name these.
    fn leave(
        &self,
        conn: &Connection,
        engine: &Engine,
        (group, old): (usize, &[ItemId]),
        (from, into): (EventId, EventId),
    ) -> Result<Option<Step>> {
        if old.is_empty() {
            return Ok(None);
        }
        let all = members_of(conn, engine, from)?;
        let count = all.len();
        let goes = |member: &Member| match self.groups.of.get(&member.item) {
            Some(own) => *own == group && old.contains(&member.item),
            None => {
                let copies = member.reprint_of.is_some_and(|of| old.contains(&of));
                copies && engine.event_of(member.item).is_none()
            }
        };
        let members = all.into_iter().filter(goes).collect();
        Ok(Step::of(members, (from, into), count))
    }
}

/// Of these items those that rulings in force took out of an event, each with the place of the latest of them.
fn taken_out(made: &[Decision], of: &BTreeMap<ItemId, usize>) -> BTreeMap<ItemId, usize> {
    let mut taken = BTreeMap::new();
    for (at, decision) in in_force(made).enumerate() {
        let items = match &decision.ruling {
            Ruling::SplitEvent { split_items, .. } => split_items.as_slice(),
            Ruling::MoveItem { item, .. } => std::slice::from_ref(item),
            Ruling::NotSameEvent { a, b } => std::slice::from_ref(a.max(b)),
            _ => continue,
        };
        let named = items.iter().filter(|item| of.contains_key(item));
        taken.extend(named.map(|item| (*item, at)));
    }
    taken
}

/// Of the items that rulings in force move: those that they are moved to.
fn moved_to(made: &[Decision]) -> BTreeMap<ItemId, Vec<ItemId>> {
    let mut moved: BTreeMap<ItemId, Vec<ItemId>> = BTreeMap::new();
    for decision in in_force(made) {
        if let Ruling::MoveItem { item, to_items, .. } = &decision.ruling {
            moved.entry(*item).or_default().extend(to_items);
        }
    }
    moved
}
