//! Where no ruling is in force any more, items stand as the machine alone has them: whatever rulings did to
//! what has left the window meanwhile, and in whatever order they were undone.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::engine::{Engine, Publication};
use super::grouping::{Grouping, LiveEvent};
use super::settle::{EventChange, OwnEvents, Settlement};
use super::window::Slot;
use crate::news::{EventId, ItemId};

/// Events that hang together by items which stand otherwise than the machine alone has them, though no ruling
/// names any of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Returning {
    /// The events that the machine alone has.
    pub own: BTreeSet<EventId>,
    /// The events in which their items stand.
    pub shown: BTreeSet<EventId>,
}

impl Returning {
    /// True if there is nothing to be done but to give an event its number again.
    pub fn is_renaming(&self, engine: &Engine) -> bool {
        let ([alone], [shown]) = (&as_list(&self.own)[..], &as_list(&self.shown)[..]) else {
            return false;
        };
        engine.own_items_of(*alone) == engine.all_items_shown(*shown)
    }
}

impl Engine {
    /// What hangs together with these events and goes back to what the machine alone has: all but that of which
    /// rulings hold an item, as `is_held` says. The engine knows of rulings only on what it saw when it was
    /// settled last.
    pub fn find_returning(
        &self,
        around: &BTreeSet<EventId>,
        is_held: impl Fn(&BTreeSet<ItemId>) -> bool,
    ) -> Vec<Returning> {
        let Some(own) = &self.own else {
            return Vec::new();
        };
        let is_settled =
            |slot: &Slot| !self.groups.unsettled.contains(slot) && !own.unsettled.contains(slot);
        let mut met = Returning::default();
        let mut found = Vec::new();
        for event in around {
            let Some(kin) = self.kin_of(own, *event, &mut met) else {
                continue;
            };
            let events = kin.own.iter().filter_map(|id| own.events.get(id));
            let mut members = events.clone().flat_map(|event| &event.members);
            if members.all(is_settled) && self.differs(own, &kin) {
                let alone = events.flat_map(|event| self.ids_of(event));
                let items = alone.chain(self.ids_shown(&kin)).collect();
                if !is_held(&items) {
                    found.push(kin);
                }
            }
        }
        found
    }

    /// The events around one, under rulings and without; `None` if they were met before.
    fn kin_of(&self, own: &Grouping, event: EventId, met: &mut Returning) -> Option<Returning> {
        let mut kin = Returning::default();
        let mut open: Vec<(bool, EventId)> = vec![(true, event), (false, event)];
        // The number of one may be that of quite another event without rulings.
        if self.groups.events.contains_key(&event) {
            open.pop();
        }
        while let Some((is_shown, id)) = open.pop() {
            let (here, there) = match is_shown {
                true => (&self.groups, own),
                false => (own, &self.groups),
            };
            let Some(event) = here.events.get(&id) else {
                continue;
            };
            let (known, all) = match is_shown {
                true => (&mut met.shown, &mut kin.shown),
                false => (&mut met.own, &mut kin.own),
            };
            if !known.insert(id) {
                continue;
            }
            all.insert(id);
            let live = event.members.iter().filter_map(|slot| there.place(*slot));
            let gone = event.gone.iter().filter_map(|item| there.gone_of.get(item));
            let others: BTreeSet<EventId> = live.chain(gone.copied()).collect();
            open.extend(others.into_iter().map(|id| (!is_shown, id)));
        }
        (!kin.own.is_empty() && !kin.shown.is_empty()).then_some(kin)
    }

    fn ids_of<'a>(&'a self, event: &'a LiveEvent) -> impl Iterator<Item = ItemId> + 'a {
        let live = event.members.iter();
        let live = live.map(|slot| self.window.item(*slot).id);
        live.chain(event.gone.iter().copied())
    }

    fn ids_shown(&self, kin: &Returning) -> impl Iterator<Item = ItemId> {
        let shown = kin.shown.iter();
        let shown = shown.filter_map(|id| self.groups.events.get(id));
        shown.flat_map(|event| self.ids_of(event))
    }

    /// True if some items stand with others than the machine alone has them with, or under another number though
    /// theirs is free. What has left the window and is not known to that stands where it stands.
    fn differs(&self, own: &Grouping, kin: &Returning) -> bool {
        let ([alone], [shown]) = (&as_list(&kin.own)[..], &as_list(&kin.shown)[..]) else {
            return true;
        };
        let is_renamed = alone != shown
            && !self.groups.events.contains_key(alone)
            && !self.is_barred(*alone, &own.events[alone].members)
            && may_name(self.known_by(*alone, &BTreeMap::new()), *alone, self, own);
        let (alone, shown) = (&own.events[alone], &self.groups.events[shown]);
        let is_there = |item: &ItemId| shown.gone.contains(item);
        is_renamed || alone.members != shown.members || !alone.gone.iter().all(is_there)
    }

    /// Has all of it stand as the machine alone has it. Each event has the number that this has for it if that is
    /// `known`, which is to say stored, and free; else that of the event in which most of it stood.
    pub fn return_to_own(&mut self, kin: &Returning, known: &BTreeSet<EventId>) -> Settlement {
        let mut settlement = Settlement {
            own: Some(OwnEvents::default()),
            ..Settlement::default()
        };
        let Some(own) = self.own.take() else {
            return settlement;
        };
        let is_shown = |id: &&EventId| {
            own.events[*id]
                .members
                .iter()
                .any(|slot| self.is_shown(*slot))
        };
        let showing: BTreeSet<EventId> = kin.own.iter().filter(is_shown).copied().collect();
        let mut before: BTreeMap<EventId, LiveEvent> = BTreeMap::new();
        for id in &kin.shown {
            before.extend(
                self.groups
                    .events
                    .get(id)
                    .cloned()
                    .map(|event| (*id, event)),
            );
            self.groups.close_event(*id);
        }
        let mut names: BTreeMap<EventId, EventId> = BTreeMap::new();
        let mut taken: BTreeSet<EventId> = BTreeSet::new();
        for id in &kin.own {
            let barred = (&taken, showing.contains(id));
            let name = self.name_again(*id, &own, (&before, known), barred);
            taken.insert(name);
            let group = std::iter::once((&own.events[id].members[..], name));
            let (_, out) = self.find_leaving(group);
            self.kept_back.items.extend(out);
            names.insert(*id, name);
        }
        // What the machine alone does not know of stays where it is.
        let strangers = |event: &LiveEvent| -> Vec<ItemId> {
            let gone = event.gone.iter();
            gone.filter(|item| !own.gone_of.contains_key(item))
                .copied()
                .collect()
        };
        for (id, name) in &names {
            let alone = &own.events[id];
            let stood = before.get(name);
            for slot in &alone.members {
                self.groups.move_to(*slot, *name);
            }
            let event = self.groups.wake(*name);
            event.members = alone.members.clone();
            event.gone = alone.gone.clone();
            event.gone.extend(stood.map(strangers).unwrap_or_default());
            event.is_pinned = !event.gone.is_empty();
            event.is_locked = false;
            if let Some(stood) = stood {
                event.publication = stood.publication.clone();
            }
            let gone = event.gone.clone();
            let around = gone.into_iter().map(|item| (item, *name));
            self.groups.gone_of.extend(around);
            let members = alone.members.iter();
            settlement.changed.push(EventChange {
                event: *name,
                items: members.map(|slot| self.window.item(*slot).id).collect(),
                split_from: (!known.contains(name) && stood.is_none())
                    .then(|| main_origin(alone, &before))
                    .flatten(),
            });
        }
        for (id, event) in before {
            if names.values().any(|name| *name == id) {
                continue;
            }
            let known_by = event.publication.as_deref();
            let anchored = known_by.and_then(|one| anchored_in(one, id, self, &own));
            let anchored = anchored.and_then(|alone| names.get(&alone)).copied();
            let left_alone = strangers(&event);
            let mut anchors = known_by.iter().flat_map(|one| &one.anchors);
            if !left_alone.is_empty() {
                // The id stays with them unless all that it hangs on is elsewhere.
                if anchored.is_none() || anchors.any(|item| left_alone.contains(item)) {
                    settlement.left.push(id);
                    continue;
                }
                settlement.left_alone.push((id, left_alone));
            }
            let first = event.members.first();
            let first = || first.and_then(|slot| self.groups.place(*slot));
            let Some(into) = anchored.or_else(first) else {
                continue;
            };
            self.remember(id, event.publication, into);
            settlement.merged.push((id, into));
        }
        self.own = Some(own);
        self.lead_on(&names, &mut settlement);
        settlement
            .changed
            .sort_by_key(|change| change.items.first().copied());
        settlement.cursor = self.cursor();
        settlement
    }

    /// The number of an event that the machine alone has, none of those `taken`, nor of what is kept back if it is
    /// showing something: a published one only where most of what its id hangs on stands.
    fn name_again(
        &mut self,
        id: EventId,
        own: &Grouping,
        (before, known): (&BTreeMap<EventId, LiveEvent>, &BTreeSet<EventId>),
        (taken, is_showing): (&BTreeSet<EventId>, bool),
    ) -> EventId {
        let is_free = |name: &EventId| {
            let is_barred = is_showing && self.is_hidden(*name);
            !self.groups.events.contains_key(name)
                && !taken.contains(name)
                && !is_barred
                && may_name(self.known_by(*name, before), id, self, own)
        };
        if known.contains(&id) && is_free(&id) {
            return id;
        }
        // The number of one that is stored is left for it.
        let is_left = |name: &EventId| is_free(name) && !known.contains(name);
        let shared = by_share(&own.events[&id], before).into_iter();
        let found = shared.map(|(_, name)| name).find(is_left);
        found.unwrap_or_else(|| self.open_event())
    }

    /// By what an event is known to readers that may be among those `before`, live, or merged away.
    fn known_by<'a>(
        &'a self,
        id: EventId,
        before: &'a BTreeMap<EventId, LiveEvent>,
    ) -> Option<&'a Publication> {
        match before.get(&id).or_else(|| self.groups.events.get(&id)) {
            Some(event) => event.publication.as_deref(),
            None => self.groups.dormant.known_by(id),
        }
    }

    /// Where ids lead that were merged away before, of which the anchors stand elsewhere now.
    fn lead_on(&mut self, names: &BTreeMap<EventId, EventId>, settlement: &mut Settlement) {
        let names: Vec<EventId> = names.values().copied().collect();
        let parts = names
            .iter()
            .map(|name| self.groups.events[name].members.to_vec());
        let parts: Vec<Vec<Slot>> = parts.collect();
        let kept_out = &self.groups.constraints.kept_out;
        let sleepers = self.groups.dormant.around(&parts, &self.window, kept_out);
        for sleeper in sleepers.into_iter().filter(|one| one.is_main) {
            let now = names[sleeper.part];
            let is_new = settlement
                .merged
                .iter()
                .all(|(gone, _)| *gone != sleeper.event);
            if is_new && now != sleeper.into {
                self.groups.dormant.lead(sleeper.event, now);
                settlement.merged.push((sleeper.event, now));
            }
        }
    }
}

/// True if an id that readers know may go to an event that the machine alone has: no other of these holds more
/// of what it hangs on.
fn may_name(
    known_by: Option<&Publication>,
    alone: EventId,
    engine: &Engine,
    own: &Grouping,
) -> bool {
    let anchored = known_by.and_then(|one| anchored_in(one, alone, engine, own));
    anchored.is_none_or(|at| at == alone)
}

/// Of the events that the machine alone has the one that holds most of what an id hangs on, of two the `favoured`;
/// `None` if none holds any.
fn anchored_in(
    publication: &Publication,
    favoured: EventId,
    engine: &Engine,
    own: &Grouping,
) -> Option<EventId> {
    let mut counts: BTreeMap<EventId, usize> = BTreeMap::new();
    for item in publication.counting_anchors(&engine.groups.constraints.kept_out) {
        let at = match engine.window.slot_of(item) {
            Some(slot) => own.place(slot),
            None => own.gone_of.get(&item).copied(),
        };
        if let Some(at) = at {
            *counts.entry(at).or_default() += 1;
        }
    }
    let most = |(id, count): &(EventId, usize)| (*count, *id == favoured, Reverse(*id));
    counts.into_iter().max_by_key(most).map(|(id, _)| id)
}

/// The events that share live items with another, by how many.
fn by_share(event: &LiveEvent, before: &BTreeMap<EventId, LiveEvent>) -> Vec<(usize, EventId)> {
    let shared = |other: &LiveEvent| {
        let members = other.members.iter();
        members.filter(|slot| event.members.contains(slot)).count()
    };
    let shared = before.iter().map(|(name, other)| (shared(other), *name));
    let mut shared: Vec<(usize, EventId)> = shared.filter(|one| one.0 > 0).collect();
    shared.sort_by_key(|(count, name)| (Reverse(*count), *name));
    shared
}

fn main_origin(event: &LiveEvent, before: &BTreeMap<EventId, LiveEvent>) -> Option<EventId> {
    by_share(event, before).first().map(|(_, name)| *name)
}

fn as_list(events: &BTreeSet<EventId>) -> Vec<EventId> {
    events.iter().copied().collect()
}
