//! What editors change in events that reach back beyond the window: the engine is told, it does not
//! judge.

use super::engine::Engine;
use super::window::Slot;
use crate::news::{EventId, ItemId};

impl Engine {
    /// An id for an event that is opened outside the engine.
    pub fn reserve_event(&mut self) -> EventId {
        self.open_event()
    }

    /// The live event of an item that has left the window itself.
    pub fn old_event_of(&self, item: ItemId) -> Option<EventId> {
        self.gone_of.get(&item).copied()
    }

    /// True if the event has live items.
    pub fn is_live_event(&self, event: EventId) -> bool {
        self.events.contains_key(&event)
    }

    /// Puts live items into an event of that id, which has no live items yet. They are judged anew
    /// at the next settling.
    pub fn split_off(&mut self, items: &[ItemId], into: EventId) {
        let mut slots: Vec<Slot> = items
            .iter()
            .filter_map(|item| self.window.slot_of(*item))
            .collect();
        slots.sort_unstable();
        for slot in &slots {
            let before = self.window.item_mut(*slot).event.replace(into);
            let Some(before) = before else { continue };
            if let Some(event) = self.events.get_mut(&before) {
                event.members.retain(|member| *member != *slot);
                // What they leave is judged anew, too: their company had a part in it.
                self.unsettled.extend(&event.members);
                if event.members.is_empty() {
                    self.close_event(before);
                }
            }
        }
        if !slots.is_empty() {
            self.unsettled.extend(&slots);
            self.events.entry(into).or_default().members = slots.into();
        }
    }

    /// One event goes into another; either may be live. Live items keep each other's company from
    /// then on, because the event reaches back beyond the window.
    pub fn absorb(&mut self, gone: EventId, into: EventId) {
        let Some(event) = self.events.remove(&gone) else {
            if let Some(kept) = self.events.get_mut(&into) {
                kept.is_pinned = true;
            }
            return;
        };
        for slot in &event.members {
            self.window.item_mut(*slot).event = Some(into);
        }
        let kept = self.events.entry(into).or_default();
        kept.members.extend(event.members);
        kept.members.sort_unstable();
        kept.is_pinned = true;
        kept.is_locked |= event.is_locked;
        self.take_over(into, event.gone);
    }

    /// Tells where an item stands that has left the window.
    pub fn place_old(&mut self, item: ItemId, event: EventId) {
        let before = self.gone_of.remove(&item);
        if let Some(before) = before.and_then(|before| self.events.get_mut(&before)) {
            before.gone.retain(|other| *other != item);
        }
        if self.window.slot_of(item).is_none() {
            self.take_over(event, vec![item]);
        }
    }

    /// Forgets an event that has no live items any more.
    pub(super) fn close_event(&mut self, id: EventId) {
        for item in self
            .events
            .remove(&id)
            .into_iter()
            .flat_map(|event| event.gone)
        {
            self.gone_of.remove(&item);
        }
    }
}
