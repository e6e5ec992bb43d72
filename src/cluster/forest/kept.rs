//! What is kept together because a part of it left the window.

use std::collections::BTreeMap;

use super::Forest;
use crate::cluster::window::Slot;
use crate::news::EventId;

impl Forest<'_> {
    /// Reports that no ruling keeps from an event any more, which the machine alone never took out of it.
    pub(super) fn returned_to(&self, id: EventId) -> Vec<Slot> {
        let Some(own) = self.engine.beside() else {
            return Vec::new();
        };
        let is_settled = |slot: &&Slot| !own.unsettled.contains(slot);
        let fresh = self.change.fresh.iter().filter(is_settled);
        fresh
            .filter(|slot| self.engine.event_at(**slot) == Some(id))
            .map(|slot| self.rules.report_of(self.engine, *slot))
            .filter(|report| self.engine.event_at(*report) == Some(id))
            .collect()
    }

    /// Of the reports of an event of which a part left the window those that are kept together since. What only
    /// rulings brought together there is held by these, and no longer than they are in force.
    pub(super) fn kept_since(&self, members: Vec<Slot>) -> Vec<Vec<Slot>> {
        let Some(own) = self.engine.beside() else {
            return vec![members];
        };
        let mut kept: BTreeMap<EventId, Vec<Slot>> = BTreeMap::new();
        for report in members {
            let place = own.place(report);
            if let Some(id) = place.filter(|id| own.events[id].is_pinned) {
                kept.entry(id).or_default().push(report);
            }
        }
        kept.into_values().collect()
    }
}
