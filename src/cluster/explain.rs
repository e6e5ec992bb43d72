//! Why an item stands in its event: from the frozen pairs and the groups as they are, the same
//! numbers that decided.

use super::engine::{Engine, KEPT_SCORES};
use super::features::Values;
use super::pairs::{mean_score, pairs_between, score_of, steps_of};
use super::weights::Weights;
use super::window::Slot;
use crate::news::{EventId, Evidence, ItemId, PairEvidence, ScoredPair, Term};

/// Pairs shown on each side.
const SHOWN: usize = 3;

impl Weights {
    /// The pair with each value in eleven significant bits where that changes no term: about three
    /// decimal places, in half the room.
    pub fn shorten(&self, mut pair: ScoredPair) -> ScoredPair {
        let Ok(mut values) = <Values>::try_from(pair.values.as_slice()) else {
            return pair;
        };
        let model = self.model(values[0] >= 0.0);
        let whole = model.log_odds(&values);
        for at in 0..values.len() {
            let before = values[at];
            values[at] = f32::from_bits(before.to_bits().saturating_add(0x1000) & !0x1fff);
            if model.log_odds(&values) != whole {
                values[at] = before;
            }
        }
        pair.values = values.to_vec();
        pair
    }

    /// The terms of a pair that this version of the weights scored; `None` for another version.
    pub fn terms_of(&self, item: ItemId, pair: &ScoredPair) -> Option<Vec<Term>> {
        let is_known = pair.weights_version == self.version;
        is_known.then(|| self.explain_pair(item, pair).terms)
    }

    /// A pair's terms by name, seen from one of its items. They sum to the log-odds of the frozen
    /// score if the pair was scored by this version of the weights. Without values, no terms.
    pub fn explain_pair(&self, item: ItemId, pair: &ScoredPair) -> PairEvidence {
        let other = if pair.later == item {
            pair.earlier
        } else {
            pair.later
        };
        let dated = pair.values.first().is_some_and(|gap| *gap >= 0.0);
        let terms = match pair.values.is_empty() {
            true => Vec::new(),
            false => self.model(dated).terms(&pair.values),
        };
        PairEvidence {
            other,
            score: pair.score,
            terms,
        }
    }
}

impl Engine {
    /// The evidence for a live item, given the frozen pairs that it is part of. `None` if it is
    /// not live or joins no event. The decisions are for the caller to add: the engine knows
    /// constraints only.
    pub fn explain(&self, item: ItemId, frozen: &[ScoredPair]) -> Option<Evidence> {
        let slot = self.window.slot_of(item)?;
        let event = self.event_at(slot)?;
        let report = self.window.original_of(slot);
        let subject = report.unwrap_or(slot);
        let runner_up = self.nearest_event(subject, Some(event));
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

    /// The frozen scores of a live item with other live ones, as far as the engine holds them: without
    /// their values. Empty for an item that is not live.
    pub fn frozen_scores(&self, item: ItemId) -> Vec<ScoredPair> {
        let Some(slot) = self.window.slot_of(item) else {
            return Vec::new();
        };
        let pairs = self.window.pairs_of(slot).iter();
        let live = pairs.filter_map(|(other, steps)| Some((self.window.get(*other)?.id, *steps)));
        live.map(|(other, steps)| ScoredPair {
            earlier: item.min(other),
            later: item.max(other),
            score: score_of(steps),
            weights_version: self.weights.version,
            values: Vec::new(),
        })
        .collect()
    }

    /// The mean score by which a live item stands in its event; as in its evidence.
    pub fn mean_score_of(&self, item: ItemId) -> Option<f32> {
        let slot = self.window.slot_of(item)?;
        let root = self.window.original_of(slot);
        Some(self.mean_within(root.unwrap_or(slot), self.event_at(slot)?))
    }

    /// A pair's terms by name, and the probability that they sum to.
    pub fn explain_pair(&self, item: ItemId, pair: &ScoredPair) -> PairEvidence {
        self.weights.explain_pair(item, pair)
    }

    /// Mean of the item's frozen scores with the other reports of its event.
    fn mean_within(&self, slot: Slot, event: EventId) -> f32 {
        let is_other =
            |member: &&Slot| **member != slot && self.window.original_of(**member).is_none();
        let others = self.groups.events[&event]
            .members
            .iter()
            .filter(is_other)
            .count();
        if others == 0 {
            return 1.0;
        }
        let within = |(other, _): &&(Slot, u32)| self.event_at(*other) == Some(event);
        let pairs = self.window.pairs_of(slot).iter().filter(within);
        let sum = pairs.map(|(_, steps)| u64::from(*steps)).sum();
        mean_score(sum, pairs_between(1, others, KEPT_SCORES))
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
