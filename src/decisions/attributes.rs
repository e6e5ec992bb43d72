//! What decisions fix that is no constraint: headlines, names, what is spiked, what is locked.

use std::collections::BTreeMap;

use crate::news::{Decision, DecisionId, EventId, ItemId, Ruling, StorylineId, Target};

use super::in_force;

/// A value and the decision that fixed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// What was ruled.
    pub value: String,
    /// By which decision.
    pub decision: DecisionId,
}

/// The attributes that the decisions in force fix; where several fix one, the latest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Headlines that were pinned.
    pub headlines: BTreeMap<EventId, Fixed>,
    /// Headlines that storylines were given.
    pub names: BTreeMap<StorylineId, Fixed>,
    /// Items that are kept out.
    pub spiked_items: BTreeMap<ItemId, DecisionId>,
    /// Events that are kept out.
    pub spiked_events: BTreeMap<EventId, DecisionId>,
    /// Storylines that are kept out.
    pub spiked_storylines: BTreeMap<StorylineId, DecisionId>,
    /// Events whose late items become suggestions.
    pub locks: BTreeMap<EventId, DecisionId>,
}

impl Attributes {
    /// The attributes that follow from the decisions in force.
    pub fn of(decisions: &[Decision]) -> Self {
        let mut attributes = Self::default();
        for decision in in_force(decisions) {
            attributes.add(decision);
        }
        attributes
    }

    /// The decision that keeps something out; `None` if none does.
    pub fn spike_of(&self, target: Target) -> Option<DecisionId> {
        match target {
            Target::Item(item) => self.spiked_items.get(&item).copied(),
            Target::Event(event) => self.spiked_events.get(&event).copied(),
            Target::Storyline(storyline) => self.spiked_storylines.get(&storyline).copied(),
        }
    }

    fn add(&mut self, decision: &Decision) {
        let id = decision.id;
        let fixed = |value: &String| Fixed {
            value: value.clone(),
            decision: id,
        };
        match &decision.ruling {
            Ruling::PinHeadline { event, headline } => {
                self.headlines.insert(*event, fixed(headline));
            }
            Ruling::RenameStoryline {
                storyline,
                headline,
            } => {
                self.names.insert(*storyline, fixed(headline));
            }
            Ruling::Spike { target } => {
                match target {
                    Target::Item(item) => self.spiked_items.insert(*item, id),
                    Target::Event(event) => self.spiked_events.insert(*event, id),
                    Target::Storyline(line) => self.spiked_storylines.insert(*line, id),
                };
            }
            Ruling::Lock { event, .. } => {
                self.locks.insert(*event, id);
            }
            _ => {}
        }
    }
}

/// The decision by which an event is locked that holds these items, the latest in force; `None` if it is not. A lock
/// goes along with what it names, so it may name another event. `made` are at least those that name the items.
pub fn lock_of(items: &[ItemId], made: &[Decision]) -> Option<DecisionId> {
    let locks = in_force(made).filter(|one| match &one.ruling {
        Ruling::Lock { items: locked, .. } => locked.iter().any(|item| items.contains(item)),
        _ => false,
    });
    locks.last().map(|one| one.id)
}
