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
        self.groups.gone_of.get(&item).copied()
    }

    /// Items of a live event that have left the window themselves.
    pub fn old_items_of(&self, event: EventId) -> Vec<ItemId> {
        let event = self.groups.events.get(&event);
        event.map(|event| event.gone.clone()).unwrap_or_default()
    }

    /// True if the event has live items.
    pub fn is_live_event(&self, event: EventId) -> bool {
        self.groups.events.contains_key(&event)
    }

    /// Puts live items into an event of that id, beside what it has. They are judged anew at the next
    /// settling.
    pub fn split_off(&mut self, items: &[ItemId], into: EventId) {
        let mut slots: Vec<Slot> = items
            .iter()
            .filter_map(|item| self.window.slot_of(*item))
            .collect();
        slots.sort_unstable();
        for slot in &slots {
            let before = self.groups.move_to(*slot, into);
            let Some(before) = before else { continue };
            self.groups.leave(*slot, before);
            // What they leave is judged anew, too: their company had a part in it.
            if let Some(event) = self.groups.events.get(&before) {
                self.groups.unsettled.extend(&event.members);
            }
        }
        if !slots.is_empty() {
            self.groups.unsettled.extend(&slots);
            let event = self.groups.wake(into);
            event.members.extend(slots);
            event.members.sort_unstable();
        }
    }

    /// One event goes into another, which holds all these items then; either may be live. Live items keep
    /// each other's company if the event reaches back beyond the window; else they are judged anew at
    /// the next settling.
    pub fn absorb(&mut self, gone: EventId, (into, all): (EventId, &[ItemId])) {
        if let Some(event) = self.groups.events.remove(&gone) {
            for slot in &event.members {
                self.groups.move_to(*slot, into);
            }
            let kept = self.groups.wake(into);
            kept.members.extend(event.members);
            kept.members.sort_unstable();
            kept.is_locked |= event.is_locked;
            self.take_over(into, event.gone);
        }
        // Before it is looked at whether it reaches back: it may have had no live item until now.
        for item in all {
            self.place_old(*item, into);
        }
        self.unpin_if_young(into);
    }

    /// Tells where an item stands that has left the window.
    pub fn place_old(&mut self, item: ItemId, event: EventId) {
        let before = self.groups.gone_of.get(&item).copied();
        if before == Some(event) {
            return;
        }
        if let Some(id) = before {
            self.groups.gone_of.remove(&item);
            if let Some(before) = self.groups.events.get_mut(&id) {
                before.gone.retain(|other| *other != item);
            }
            self.unpin_if_young(id);
        }
        if self.window.slot_of(item).is_none() {
            self.take_over(event, vec![item]);
        }
    }

    /// True if items wait for a settling.
    pub fn is_unsettled(&self) -> bool {
        !self.groups.unsettled.is_empty()
    }

    /// What does not reach back beyond the window any more is held together by nothing but its
    /// scores, as it would be after a restart.
    fn unpin_if_young(&mut self, id: EventId) {
        let event = self.groups.events.get_mut(&id);
        if let Some(event) = event.filter(|event| event.gone.is_empty()) {
            event.is_pinned = false;
            self.groups.unsettled.extend(&event.members);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{ArrivingItem, Settings, Weights};
    use crate::decisions::Constraints;
    use crate::news::{OutletId, utc_from_secs};

    fn item(id: i64, minute: i64, title: &str) -> ArrivingItem {
        ArrivingItem {
            id: ItemId(id),
            outlet: OutletId(id),
            language: "en".to_owned(),
            item_time: utc_from_secs(1_755_000_000 + minute * 60),
            time_is_claimed: true,
            title: title.to_owned(),
            ..ArrivingItem::default()
        }
    }

    fn engine_of_an_hour() -> Engine {
        let settings = Settings {
            window_hours: 1,
            ..Settings::default()
        };
        Engine::new(settings, Weights::embedded(), EventId(1))
    }

    /// As after a restart, which knows an event by its items alone.
    #[test]
    fn an_event_of_which_every_old_item_was_taken_is_pinned_no_more() {
        let mut engine = engine_of_an_hour();
        let title = "Leaders meet in Anchorage as the summit on the ceasefire opens";
        engine.arrive(&item(1, 0, title));
        engine.arrive(&item(2, 50, title));
        engine.settle(&Constraints::default());
        let event = engine.event_of(ItemId(2)).expect("it is live");
        assert_eq!(engine.event_of(ItemId(1)), Some(event));
        engine.arrive(&item(
            3,
            70,
            "Floods close the harbour of Juneau until Monday",
        ));
        engine.settle(&Constraints::default());
        engine.move_on();
        assert_eq!(engine.old_event_of(ItemId(1)), Some(event));
        assert!(engine.groups.events[&event].is_pinned);

        engine.place_old(ItemId(1), event);
        assert!(engine.groups.events[&event].is_pinned && !engine.is_unsettled());
        engine.place_old(ItemId(1), EventId(99));
        assert!(!engine.groups.events[&event].is_pinned);
        assert!(engine.is_unsettled(), "what is left is judged anew");
    }

    /// Even one that takes nothing by score.
    #[test]
    fn what_goes_into_an_event_of_old_items_alone_stays_together_there() {
        let mut engine = engine_of_an_hour();
        let title = "Leaders meet in Anchorage as the summit on the ceasefire opens";
        engine.arrive(&item(1, 0, "Summit guests land in Anchorage"));
        engine.settle(&Constraints::default());
        let old = engine.event_of(ItemId(1)).expect("it is live");
        engine.arrive(&item(2, 70, title));
        engine.arrive(&item(
            3,
            71,
            "Leaders arrive in Anchorage as the ceasefire summit opens",
        ));
        engine.settle(&Constraints::default());
        engine.move_on();
        let live = engine.event_of(ItemId(2)).expect("it is live");
        assert_eq!(engine.event_of(ItemId(3)), Some(live));
        assert!(!engine.is_live_event(old));

        let all = [ItemId(1), ItemId(2), ItemId(3)];
        engine.absorb(live, (old, &all));
        engine.settle(&Constraints {
            together: vec![(ItemId(1), ItemId(2))],
            locked: vec![vec![ItemId(1)]],
            ..Constraints::default()
        });
        assert_eq!(engine.old_event_of(ItemId(1)), Some(old));
        let events = [2, 3].map(|id| engine.event_of(ItemId(id)));
        assert_eq!(events, [Some(old); 2]);
    }
}
