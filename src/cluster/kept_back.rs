//! What editors keep back, as far as it says whose id a group has: what readers are shown comes under no id that an
//! editor keeps out of what is published, but for what an editor moves there; and such an id stays with what was to stay.
//! What groups are is judged without it.

use std::collections::BTreeSet;

use super::engine::Engine;
use super::grouping::Grouping;
use super::window::Slot;
use crate::news::{EventId, ItemId};

/// What editors keep out of what is published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptBack {
    /// Events, by themselves or with their storyline.
    pub events: BTreeSet<EventId>,
    /// Items that stay out where they stand by now, with what they were taken out of.
    pub items: BTreeSet<ItemId>,
}

impl Engine {
    /// Tells what editors keep back, all of it. What a settling takes out of it is taken to stay out until this is told anew.
    pub fn keep_back(&mut self, kept_back: KeptBack) {
        self.kept_back = kept_back;
    }

    /// Events came into a storyline that an editor keeps out.
    pub fn keep_back_too(&mut self, events: impl IntoIterator<Item = EventId>) {
        self.kept_back.events.extend(events);
    }

    /// True if editors keep anything back.
    pub fn keeps_back_any(&self) -> bool {
        self.kept_back != KeptBack::default()
    }

    /// True if an editor keeps an event back.
    pub(super) fn is_kept_back(&self, event: EventId) -> bool {
        self.kept_back.events.contains(&event)
    }

    /// True if an id is of an event that is hidden, and some of these items are shown: then it is not theirs. What an
    /// editor moved out of where it is shown goes under with what it was moved to.
    pub(super) fn is_barred(&self, event: EventId, slots: &[Slot]) -> bool {
        let is_its_own = |slot: &Slot| self.is_shown(*slot) && !self.is_moved_out(*slot);
        self.is_hidden(event) && slots.iter().any(is_its_own)
    }

    /// True if readers are shown nothing under an id: an editor keeps the event back, or all that the id hangs on is out with
    /// something else, and so is what stands in the event.
    pub(super) fn is_hidden(&self, event: EventId) -> bool {
        if self.is_kept_back(event) {
            return true;
        }
        let live = self.groups.events.get(&event);
        let publication = match live {
            Some(live) => live.publication.as_deref(),
            None => self.groups.dormant.known_by(event),
        };
        let stands_out = |slot| self.event_at(slot).is_some_and(|at| self.is_kept_back(at));
        let is_out = |item: &ItemId| {
            let slot = self.window.slot_of(*item);
            self.kept_back.items.contains(item) || slot.is_some_and(stands_out)
        };
        let hangs_on_nothing = publication.is_some_and(|one| one.anchors.iter().all(is_out));
        let mut stands = live.into_iter().flat_map(|live| &live.members);
        hangs_on_nothing && !stands.any(|slot| self.is_shown(*slot))
    }

    /// True if an editor moved an item, or what it repeats, out of the event in which it stands.
    fn is_moved_out(&self, slot: Slot) -> bool {
        let moved = &self.groups.constraints.moved;
        let named = [self.report_at(slot), self.window.item(slot).id];
        let event = self.event_at(slot);
        event.is_some_and(|event| named.iter().any(|item| moved.contains(&(*item, event))))
    }

    /// The item under which rulings take a live one out of its event: the original that it repeats, or itself.
    pub(super) fn report_at(&self, slot: Slot) -> ItemId {
        let report = self.window.original_of(slot).unwrap_or(slot);
        self.window.item(report).id
    }

    /// True if readers are shown a live item where it stands.
    pub(super) fn is_shown(&self, slot: Slot) -> bool {
        let item = self.window.item(slot).id;
        let kept_back = &self.kept_back;
        let is_out = kept_back.items.contains(&item)
            || self.groups.constraints.kept_out.contains(&item)
            // It came just now, and what comes to what is kept back is out with it.
            || item > self.settled_through;
        let event = self.event_at(slot).filter(|_| !is_out);
        event.is_some_and(|event| {
            let live = self.groups.events.get(&event);
            !kept_back.events.contains(&event)
                && live.is_some_and(|live| live.publication.is_some())
        })
    }

    /// The items that came since the last settling and would stand in a locked event which is kept back, were it not
    /// locked, each with that event: but for those that stand in company of which none is out.
    pub(super) fn find_shut_out(&self) -> Vec<(ItemId, EventId)> {
        let Some(own) = self.beside().filter(|_| !self.kept_back.events.is_empty()) else {
            return Vec::new();
        };
        let is_fresh = |slot: &Slot| self.window.item(*slot).id > self.settled_through;
        let is_out = |slot: &Slot| self.kept_back.items.contains(&self.window.item(*slot).id);
        let is_locked_up = |event: &EventId| {
            let live = self.groups.events.get(event);
            self.is_kept_back(*event) && live.is_some_and(|live| live.is_locked)
        };
        let mut shut_out = Vec::new();
        let base = self.window.base();
        let slots = base..base + self.window.len() as Slot;
        for slot in slots.rev().take_while(is_fresh) {
            let (Some(event), Some(home)) = (self.event_at(slot), own.place(slot)) else {
                continue;
            };
            let mut company = members_of(&self.groups, event);
            if self.is_kept_back(event) || !company.all(|one| is_fresh(one) || is_out(one)) {
                continue;
            }
            let at_home = members_of(own, home);
            let mut beside = at_home.filter_map(|one| self.event_at(*one));
            let from = beside.find(is_locked_up);
            shut_out.extend(from.map(|from| (self.window.item(slot).id, from)));
        }
        shut_out
    }

    /// Of groups that are about to have these events: the items that readers are shown where they stand, and those that
    /// leave what is kept back, which stay out.
    pub(super) fn find_leaving<'a>(
        &self,
        groups: impl Iterator<Item = (&'a [Slot], EventId)>,
    ) -> (BTreeSet<ItemId>, BTreeSet<ItemId>) {
        let (mut shown, mut out) = (BTreeSet::new(), BTreeSet::new());
        let kept_back = &self.kept_back.events;
        if kept_back.is_empty() {
            return (shown, out);
        }
        for (slots, into) in groups {
            for slot in slots {
                let item = self.window.item(*slot).id;
                let from = self
                    .event_at(*slot)
                    .filter(|_| item <= self.settled_through);
                if from.is_some_and(|from| kept_back.contains(&from)) {
                    out.extend((!kept_back.contains(&into)).then_some(item));
                } else if !kept_back.contains(&into) && self.is_shown(*slot) {
                    shown.insert(item);
                }
            }
        }
        (shown, out)
    }
}

fn members_of(groups: &Grouping, event: EventId) -> impl Iterator<Item = &Slot> {
    let live = groups.events.get(&event).into_iter();
    live.flat_map(|live| &live.members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Publication;
    use crate::cluster::settle::tests::{engine, take_in};
    use crate::decisions::Constraints;

    /// Two events of two items, each published.
    fn two_published() -> (Engine, [EventId; 2]) {
        let mut engine = engine();
        take_in(&mut engine, &[]);
        take_in(&mut engine, &[(0, 0.99)]);
        take_in(&mut engine, &[]);
        take_in(&mut engine, &[(2, 0.99)]);
        engine.settle(&Constraints::default());
        let events = [0, 2].map(|slot| engine.event_at(slot).expect("it is a report"));
        for (order, event) in (1..).zip(events) {
            let publication = Publication {
                order,
                anchors: engine.items_of(event),
                headline: None,
            };
            engine.mark_published(event, publication);
        }
        (engine, events)
    }

    fn keep_back(engine: &mut Engine, event: EventId) {
        let events = BTreeSet::from([event]);
        engine.keep_back(KeptBack {
            events,
            ..KeptBack::default()
        });
    }

    #[test]
    fn what_is_kept_back_and_what_is_shown_are_one_under_the_id_of_what_is_shown() {
        for at in [0, 1] {
            let (mut engine, events) = two_published();
            keep_back(&mut engine, events[at]);
            let out = engine.items_of(events[at]);
            for number in 4..10 {
                let scores: Vec<(Slot, f32)> = (0..number).map(|slot| (slot, 0.99)).collect();
                take_in(&mut engine, &scores);
            }
            let settled = engine.settle(&Constraints::default());
            let shown = events[1 - at];
            assert_eq!(settled.merged, [(events[at], shown)]);
            assert_eq!(engine.items_of(shown).len(), 10);
            assert_eq!(engine.kept_back.items, out.iter().copied().collect());
            // Its id does not wake where it fell asleep.
            take_in(
                &mut engine,
                &(0..10).map(|slot| (slot, 0.99)).collect::<Vec<_>>(),
            );
            let settled = engine.settle(&Constraints::default());
            assert_eq!((settled.merged, engine.items_of(shown).len()), (vec![], 11));
        }
    }

    #[test]
    fn what_comes_new_to_what_is_kept_back_is_out_with_it() {
        let (mut engine, events) = two_published();
        keep_back(&mut engine, events[0]);
        take_in(&mut engine, &[(0, 0.99), (1, 0.99)]);
        engine.settle(&Constraints::default());
        assert_eq!(engine.items_of(events[0]).len(), 3);
        assert!(engine.kept_back.items.is_empty());
    }

    #[test]
    fn the_id_of_what_is_kept_back_goes_along_with_no_copy_that_an_editor_split_off() {
        let mut engine = engine();
        take_in(&mut engine, &[]);
        take_in(&mut engine, &[]);
        take_in(&mut engine, &[(1, 0.99)]);
        // A copy of the first, which an editor has with the others.
        let copy = engine.read(&crate::cluster::ArrivingItem {
            id: ItemId(4),
            ..Default::default()
        });
        let slot = engine.file(copy, Some(0), Vec::new());
        engine.place_new(slot);
        let moved = Constraints {
            together: vec![(ItemId(2), ItemId(3)), (ItemId(2), ItemId(4))],
            apart: vec![(ItemId(1), ItemId(4))],
            ..Constraints::default()
        };
        engine.settle(&moved);
        let event = engine.event_of(ItemId(2)).expect("it is a report");
        assert_eq!(engine.event_of(ItemId(4)), Some(event));
        let publication = Publication {
            order: 1,
            anchors: vec![ItemId(4)],
            headline: None,
        };
        engine.mark_published(event, publication);
        keep_back(&mut engine, event);
        let split = Constraints {
            together: vec![(ItemId(2), ItemId(3))],
            apart: vec![(ItemId(1), ItemId(4)), (ItemId(4), ItemId(2))],
            split_off: BTreeSet::from([(ItemId(4), event)]),
            ..Constraints::default()
        };
        engine.settle(&split);
        assert_eq!(engine.event_of(ItemId(2)), Some(event));
        assert_ne!(engine.event_of(ItemId(4)), Some(event));
    }
}
