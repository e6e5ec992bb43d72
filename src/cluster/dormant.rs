//! Published events that were merged away. Their ids lead to where their anchors stand: when these
//! leave the event that had swallowed them, the id goes along, and lives again if they stand in a
//! group of their own (invariant 6).

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::engine::Publication;
use super::window::{Slot, Window};
use crate::news::{EventId, ItemId};

/// A published event that was merged into another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DormantEvent {
    /// The event.
    pub id: EventId,
    /// What its id hangs on.
    pub publication: Publication,
    /// Where its id leads.
    pub into: EventId,
}

/// A published event that was merged away, as it stands to groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sleeper {
    /// Rank by first publication.
    pub(super) order: i64,
    pub(super) event: EventId,
    /// The group that holds most of its anchors.
    pub(super) part: usize,
    /// True if more than half of all its anchors stand there. Those that are not among the groups,
    /// or have left the window, stand elsewhere.
    pub(super) is_main: bool,
    /// True if at least half of them stand there.
    pub(super) is_half: bool,
    /// Where its id leads now.
    pub(super) into: EventId,
}

/// All of which anchors are live.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dormant {
    events: BTreeMap<EventId, DormantEvent>,
    by_anchor: FxHashMap<ItemId, Vec<EventId>>,
}

#[cfg(test)]
impl super::Engine {
    /// Where the id of a published event that was merged away leads.
    pub(crate) fn lead_of(&self, event: EventId) -> Option<EventId> {
        let dormant = &self.groups.dormant.events;
        dormant.get(&event).map(|event| event.into)
    }
}

impl Dormant {
    pub(super) fn add(&mut self, event: DormantEvent, window: &Window) {
        let live = event.publication.anchors.iter();
        let live: Vec<ItemId> = live
            .filter(|item| window.slot_of(**item).is_some())
            .copied()
            .collect();
        if live.is_empty() {
            return;
        }
        for item in live {
            let around = self.by_anchor.entry(item).or_default();
            if !around.contains(&event.id) {
                around.push(event.id);
            }
        }
        self.events.insert(event.id, event);
    }

    /// By what readers know an event that was merged away; `None` if none of it is live.
    pub(super) fn known_by(&self, id: EventId) -> Option<&Publication> {
        self.events.get(&id).map(|event| &event.publication)
    }

    /// An event lives again.
    pub(super) fn take(&mut self, id: EventId) -> Option<DormantEvent> {
        let event = self.events.remove(&id)?;
        for item in &event.publication.anchors {
            self.leave(*item, id);
        }
        Some(event)
    }

    /// An item has left the window: from here on only editors change what hangs on it.
    pub(super) fn expire(&mut self, item: ItemId) {
        for id in self.by_anchor.remove(&item).unwrap_or_default() {
            let has_more = self.events.get(&id).is_some_and(|event| {
                let mut anchors = event.publication.anchors.iter();
                anchors.any(|other| self.by_anchor.contains_key(other))
            });
            if !has_more {
                self.events.remove(&id);
            }
        }
    }

    pub(super) fn lead(&mut self, id: EventId, into: EventId) {
        if let Some(event) = self.events.get_mut(&id) {
            event.into = into;
        }
    }

    /// The events that have anchors in groups, the first published first.
    pub(super) fn around(
        &self,
        parts: &[Vec<Slot>],
        window: &Window,
        kept_out: &BTreeSet<ItemId>,
    ) -> Vec<Sleeper> {
        let mut held: BTreeMap<EventId, BTreeMap<ItemId, usize>> = BTreeMap::new();
        if self.events.is_empty() {
            return Vec::new();
        }
        for (part, slots) in parts.iter().enumerate() {
            for item in slots.iter().map(|slot| window.item(*slot).id) {
                for id in self.by_anchor.get(&item).into_iter().flatten() {
                    held.entry(*id).or_default().insert(item, part);
                }
            }
        }
        let around = held.into_iter().filter_map(|(id, part_of)| {
            let event = self.events.get(&id)?;
            let anchors = event.publication.counting_anchors(kept_out);
            let mut counts = vec![0; parts.len()];
            for part in anchors.iter().filter_map(|item| part_of.get(item)) {
                counts[*part] += 1;
            }
            let most = counts.iter().copied().max().filter(|most| *most > 0)?;
            Some(Sleeper {
                is_main: most * 2 > anchors.len(),
                is_half: most * 2 >= anchors.len(),
                order: event.publication.order,
                event: id,
                part: counts.iter().position(|count| *count == most)?,
                into: event.into,
            })
        });
        let mut around: Vec<Sleeper> = around.collect();
        around.sort_unstable_by_key(|one| (one.order, one.event));
        around
    }

    fn leave(&mut self, item: ItemId, id: EventId) {
        if let Some(around) = self.by_anchor.get_mut(&item) {
            around.retain(|other| *other != id);
            if around.is_empty() {
                self.by_anchor.remove(&item);
            }
        }
    }
}
