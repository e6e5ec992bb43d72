//! Which live items stand in which event: as rulings have it, and beside that as the machine alone
//! would have it, for as long as the two may differ. The scores are the same for both.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rustc_hash::FxHashMap;

use super::dormant::Dormant;
use super::engine::{Engine, Publication};
use super::window::{Slot, Slots};
use crate::decisions::Constraints;
use crate::news::{EventId, ItemId};

/// An event with live items.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct LiveEvent {
    /// In order of arrival.
    pub(super) members: Slots,
    /// True once a member has left the window: the others then stay together.
    pub(super) is_pinned: bool,
    pub(super) is_locked: bool,
    pub(super) publication: Option<Box<Publication>>,
    /// Its items that have left the window.
    pub(super) gone: Vec<ItemId>,
}

/// The live items by event.
#[derive(Clone, Debug, Default)]
pub(super) struct Grouping {
    pub(super) events: BTreeMap<EventId, LiveEvent>,
    /// The event of each live item from the oldest on; `None` for items that join none.
    places: VecDeque<Option<EventId>>,
    /// The slot of the oldest.
    base: Slot,
    pub(super) unsettled: BTreeSet<Slot>,
    pub(super) constraints: Constraints,
    /// The live events of items that have left the window.
    pub(super) gone_of: FxHashMap<ItemId, EventId>,
    pub(super) dormant: Dormant,
    /// True of what the machine alone would have.
    pub(super) is_own: bool,
}

impl Grouping {
    /// The event of an item; `None` if it is in none, or not live.
    pub(super) fn place(&self, slot: Slot) -> Option<EventId> {
        let at = slot.checked_sub(self.base)? as usize;
        self.places.get(at).copied().flatten()
    }

    /// Puts a live item into an event; the one that it stood in before.
    pub(super) fn move_to(&mut self, slot: Slot, event: EventId) -> Option<EventId> {
        self.places[(slot - self.base) as usize].replace(event)
    }

    /// The next item is live, and in no event yet.
    pub(super) fn push(&mut self) {
        self.places.push_back(None);
    }

    /// The oldest item leaves the window; its event, if no live item is left in it.
    pub(super) fn pop(&mut self, item: ItemId) -> Option<EventId> {
        let slot = self.base;
        self.base += 1;
        self.dormant.expire(item);
        let id = self.places.pop_front().flatten()?;
        let event = self.events.get_mut(&id).expect("an item's event is live");
        if event.members.first() == Some(&slot) {
            event.members.remove(0);
        } else {
            event.members.retain(|member| *member != slot);
        }
        event.is_pinned = true;
        event.gone.push(item);
        self.gone_of.insert(item, id);
        event.members.is_empty().then(|| {
            self.close_event(id);
            id
        })
    }

    /// Takes a live item out of an event, which is forgotten if no other is left in it.
    pub(super) fn leave(&mut self, slot: Slot, id: EventId) {
        if let Some(event) = self.events.get_mut(&id) {
            event.members.retain(|member| *member != slot);
            if event.members.is_empty() {
                self.close_event(id);
            }
        }
    }

    /// The event of an id, live from now on: what was known of it while it was merged away is known of
    /// it again, and its id leads nowhere else.
    pub(super) fn wake(&mut self, id: EventId) -> &mut LiveEvent {
        let awake = self.dormant.take(id);
        let event = self.events.entry(id).or_default();
        if let Some(awake) = awake {
            event.publication = Some(Box::new(awake.publication));
        }
        event
    }

    /// Forgets an event that has no live items any more.
    pub(super) fn close_event(&mut self, id: EventId) {
        let event = self.events.remove(&id).into_iter();
        for item in event.flat_map(|event| event.gone) {
            self.gone_of.remove(&item);
        }
    }

    /// As the machine alone goes on from here, no ruling having been obeyed yet.
    fn to_own(&self) -> Self {
        let mut own = Self {
            constraints: Constraints::default(),
            is_own: true,
            ..self.clone()
        };
        for event in own.events.values_mut() {
            event.is_locked = false;
        }
        own
    }

    /// True if every event holds the same items under the same id.
    fn agrees_with(&self, other: &Self) -> bool {
        let mut pairs = self.events.iter().zip(&other.events);
        self.events.len() == other.events.len()
            && pairs.all(|((id, a), (other, b))| {
                id == other && a.members == b.members && sorted(&a.gone) == sorted(&b.gone)
            })
    }
}

fn sorted(items: &[ItemId]) -> Vec<ItemId> {
    let mut items = items.to_vec();
    items.sort_unstable();
    items
}

/// True if rulings may group otherwise than the machine alone.
fn regroups(constraints: &Constraints) -> bool {
    !(constraints.together.is_empty()
        && constraints.gathered.is_empty()
        && constraints.apart.is_empty()
        && constraints.locked.is_empty()
        && constraints.revived.is_empty())
}

impl Engine {
    /// From here on rulings may have items elsewhere than the machine alone: where that has them is
    /// kept beside it. To be called before the first of them is obeyed.
    pub fn keep_own(&mut self) {
        if self.own.is_none() {
            self.own = Some(Box::new(self.groups.to_own()));
        }
    }

    pub(super) fn keep_own_if_ruled(&mut self, constraints: &Constraints) {
        if regroups(constraints) {
            self.keep_own();
        }
    }

    /// Once no ruling is left, and all stands where the machine has it, one is enough. It costs a look at
    /// all that is live, as keeping it anew does: to be called now and then.
    pub fn drop_own_if_same(&mut self) {
        let is_ruled = regroups(&self.groups.constraints);
        if let Some(own) = &self.own
            && !is_ruled
            && own.agrees_with(&self.groups)
        {
            self.own = None;
        }
    }

    /// Does something to what the machine alone would have; `None` if that is what there is.
    pub(super) fn with_own<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.own.as_ref()?;
        self.exchange();
        let outcome = act(self);
        self.exchange();
        Some(outcome)
    }

    fn exchange(&mut self) {
        if let Some(other) = &mut self.own {
            std::mem::swap(&mut self.groups, other);
        }
    }

    /// What the machine alone would have, seen from what rulings make of it; `None` if that is all there is.
    pub(super) fn beside(&self) -> Option<&Grouping> {
        self.own.as_deref().filter(|_| !self.groups.is_own)
    }

    /// What the machine alone would have.
    pub(super) fn own_groups(&self) -> &Grouping {
        self.own.as_deref().unwrap_or(&self.groups)
    }

    /// The event in which the machine alone would have an item that is live or has live company
    /// there.
    pub fn own_event_of(&self, item: ItemId) -> Option<EventId> {
        let own = self.own_groups();
        match self.window.slot_of(item) {
            Some(slot) => own.place(slot),
            None => own.gone_of.get(&item).copied(),
        }
    }

    /// True if the machine alone would have some of these live items in an event, or with some of those of it
    /// that have left the window; or if that is not kept beside what rulings make of it.
    pub(super) fn is_own_company(
        &self,
        slots: &[Slot],
        (event, gone): (EventId, &[ItemId]),
    ) -> bool {
        let Some(own) = self.beside() else {
            return true;
        };
        let around = |item: &ItemId| own.gone_of.get(item).copied();
        let mut around: BTreeSet<EventId> = gone.iter().filter_map(around).collect();
        around.insert(event);
        let mut places = slots.iter().filter_map(|slot| own.place(*slot));
        places.any(|event| around.contains(&event))
    }

    /// All items that the machine alone would have in an event, by id; empty if none is live.
    pub fn own_items_of(&self, event: EventId) -> Vec<ItemId> {
        self.all_items_of(self.own_groups(), event)
    }

    /// All items that stand in an event, by id; empty if none is live.
    pub(super) fn all_items_shown(&self, event: EventId) -> Vec<ItemId> {
        self.all_items_of(&self.groups, event)
    }

    /// True if the machine alone would have the same items in an event, or if neither has it.
    pub fn is_own(&self, event: EventId) -> bool {
        self.own.is_none() || self.own_items_of(event) == self.all_items_of(&self.groups, event)
    }

    fn all_items_of(&self, groups: &Grouping, event: EventId) -> Vec<ItemId> {
        let Some(event) = groups.events.get(&event) else {
            return Vec::new();
        };
        let live = event.members.iter();
        let live = live.map(|slot| self.window.item(*slot).id);
        let mut items: Vec<ItemId> = live.chain(event.gone.iter().copied()).collect();
        items.sort_unstable();
        items
    }

    /// The event of a live item.
    pub(super) fn event_at(&self, slot: Slot) -> Option<EventId> {
        self.groups.place(slot)
    }

    pub(super) fn open_event(&mut self) -> EventId {
        let event = EventId(self.next_event);
        self.next_event += 1;
        event
    }

    /// An id for a new event that holds a live item. What the machine alone would open has the id that
    /// the item's event has under rulings, if that is as new: most are the same in both.
    pub(super) fn open_event_for(&mut self, slot: Slot, taken: &[Option<EventId>]) -> EventId {
        let is_free = |id: &EventId| {
            id.0 >= self.new_from
                && !self.groups.events.contains_key(id)
                && !taken.contains(&Some(*id))
        };
        let ruled = self.own.as_ref().filter(|_| self.groups.is_own);
        let shared = ruled.and_then(|ruled| ruled.place(slot)).filter(is_free);
        shared.unwrap_or_else(|| self.open_event())
    }
}
