//! Why an item stands in its event: from the frozen pairs and the groups as they are, the same
//! numbers that decided.

use super::engine::{Engine, KEPT_SCORES};
use super::pairs::{mean_score, pairs_between, steps_of};
use super::weights::Weights;
use super::window::Slot;
use crate::news::{EventId, Evidence, ItemId, PairEvidence, ScoredPair};

/// Pairs shown on each side.
const SHOWN: usize = 3;

impl Weights {
    /// A pair's terms by name, seen from one of its items. They sum to the log-odds of the frozen
    /// score if the pair was scored by this version of the weights.
    pub fn explain_pair(&self, item: ItemId, pair: &ScoredPair) -> PairEvidence {
        let other = if pair.later == item {
            pair.earlier
        } else {
            pair.later
        };
        let dated = pair.values.first().is_some_and(|gap| *gap >= 0.0);
        PairEvidence {
            other,
            score: pair.score,
            terms: self.model(dated).terms(&pair.values),
        }
    }
}

impl Engine {
    /// The evidence for a live item, given the frozen pairs that it is part of. `None` if it is
    /// not live or joins no event. The decisions are for the caller to add: the engine knows
    /// constraints only.
    pub fn explain(&self, item: ItemId, frozen: &[ScoredPair]) -> Option<Evidence> {
        let slot = self.window.slot_of(item)?;
        let live = self.window.item(slot);
        let event = live.event?;
        let report = live
            .reprint_of
            .filter(|root| self.window.get(*root).is_some());
        let subject = report.unwrap_or(slot);
        let runner_up = self.runner_up(subject, event);
        let against = runner_up.map(|(event, _)| event);
        Some(Evidence {
            item,
            event,
            mean_score: self.mean_within(subject, event),
            threshold: self.settings.settle_score,
            runner_up,
            strongest_for: self.strongest(item, Some(event), frozen),
            strongest_against: self.strongest(item, against, frozen),
            decisions: Vec::new(),
            reprint_of: report.map(|root| self.window.item(root).id),
        })
    }

    /// A pair's terms by name, and the probability that they sum to.
    pub fn explain_pair(&self, item: ItemId, pair: &ScoredPair) -> PairEvidence {
        self.weights.explain_pair(item, pair)
    }

    /// Mean of the item's frozen scores with the other reports of its event.
    fn mean_within(&self, slot: Slot, event: EventId) -> f32 {
        let is_other =
            |member: &&Slot| **member != slot && self.window.item(**member).reprint_of.is_none();
        let others = self.events[&event].members.iter().filter(is_other).count();
        if others == 0 {
            return 1.0;
        }
        let within = |(other, _): &&(Slot, u32)| {
            self.window
                .get(*other)
                .is_some_and(|item| item.event == Some(event))
        };
        let pairs = self.window.item(slot).pairs.iter().filter(within);
        let sum = pairs.map(|(_, steps)| u64::from(*steps)).sum();
        mean_score(sum, pairs_between(1, others, KEPT_SCORES))
    }

    fn runner_up(&self, slot: Slot, event: EventId) -> Option<(EventId, f32)> {
        let means = self.event_means(&self.window.item(slot).pairs);
        let others = means.into_iter().filter(|(other, _)| *other != event);
        others.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    }

    fn strongest(
        &self,
        item: ItemId,
        event: Option<EventId>,
        frozen: &[ScoredPair],
    ) -> Vec<PairEvidence> {
        let other_of = |pair: &ScoredPair| {
            if pair.later == item {
                pair.earlier
            } else {
                pair.later
            }
        };
        let mut pairs: Vec<&ScoredPair> = frozen
            .iter()
            .filter(|pair| (pair.later == item) != (pair.earlier == item))
            .filter(|pair| event.is_some() && self.event_of(other_of(pair)) == event)
            .collect();
        pairs.sort_by(|a, b| {
            steps_of(b.score)
                .cmp(&steps_of(a.score))
                .then(a.earlier.cmp(&b.earlier))
        });
        let strongest = pairs.into_iter().take(SHOWN);
        strongest
            .map(|pair| self.explain_pair(item, pair))
            .collect()
    }
}
