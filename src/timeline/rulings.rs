//! What editors ruled on storylines, as rules for linking.

use std::collections::BTreeMap;

use crate::news::{Decision, EventId, Ruling, StorylineId};

/// Which events stand in one storyline, and which never do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorylineRules {
    together: Vec<Vec<EventId>>,
    apart: Vec<(Vec<EventId>, Vec<EventId>)>,
}

impl StorylineRules {
    /// The rules that follow from the decisions in force.
    pub fn of(decisions: &[Decision]) -> Self {
        let mut rules = Self::default();
        for decision in decisions
            .iter()
            .filter(|decision| decision.undone_at.is_none())
        {
            match &decision.ruling {
                Ruling::MergeStorylines {
                    kept_events,
                    merged_events,
                    ..
                } => {
                    let all = kept_events.iter().chain(merged_events);
                    rules.together.push(all.copied().collect());
                }
                Ruling::SplitStoryline {
                    kept_events,
                    split_events,
                    ..
                } => {
                    rules.together.push(split_events.clone());
                    rules
                        .apart
                        .push((kept_events.clone(), split_events.clone()));
                }
                _ => {}
            }
        }
        rules
    }

    /// The storyline in which an event is ruled to stand, if one of its companions stands in one.
    pub(super) fn storyline_for(
        &self,
        event: EventId,
        line_of: &BTreeMap<EventId, StorylineId>,
    ) -> Option<StorylineId> {
        let groups = self
            .together
            .iter()
            .rev()
            .filter(|group| group.contains(&event));
        let mut companions = groups.flatten().filter(|other| **other != event);
        companions.find_map(|other| line_of.get(other).copied())
    }

    /// True if rulings hold two events in one storyline, directly or by others.
    pub(super) fn hold_together(&self, a: EventId, b: EventId) -> bool {
        let mut held = vec![a];
        let mut next = 0;
        while let Some(event) = held.get(next).copied() {
            next += 1;
            for group in self.together.iter().filter(|group| group.contains(&event)) {
                let new: Vec<EventId> = group
                    .iter()
                    .filter(|one| !held.contains(one))
                    .copied()
                    .collect();
                held.extend(new);
            }
        }
        held.contains(&b)
    }

    /// True if no ruling keeps the two sets of events apart.
    pub(super) fn allow(
        &self,
        left: impl IntoIterator<Item = EventId>,
        right: impl IntoIterator<Item = EventId>,
    ) -> bool {
        if self.apart.is_empty() {
            return true;
        }
        let left: Vec<EventId> = left.into_iter().collect();
        let right: Vec<EventId> = right.into_iter().collect();
        let holds =
            |side: &[EventId], ruled: &[EventId]| side.iter().any(|event| ruled.contains(event));
        self.apart.iter().all(|(a, b)| {
            !(holds(&left, a) && holds(&right, b) || holds(&left, b) && holds(&right, a))
        })
    }
}
