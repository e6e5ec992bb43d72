//! Why items stand together: scores as they were frozen, and the terms they are the sum of.

use super::{DecisionId, EventId, ItemId};

/// One feature's share in a pair's score.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Term {
    /// Name of the feature, in words that an editor reads.
    pub feature: String,
    /// The feature's value.
    pub value: f32,
    /// What it adds to the sum of the score (log-odds).
    pub contribution: f32,
}

/// The score of two items, computed once when the later one arrived and never again
/// (invariant 9).
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ScoredPair {
    /// The item that was there first.
    pub earlier: ItemId,
    /// The item whose arrival caused the scoring.
    pub later: ItemId,
    /// Probability that both tell the same event, 0 to 1.
    pub score: f32,
    /// Version of the weights that gave the score.
    pub weights_version: u32,
    /// The features' values, in the order of that version's features.
    pub values: Vec<f32>,
}

/// A pair as it is shown in an explanation.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PairEvidence {
    /// The other item of the pair.
    pub other: ItemId,
    /// The frozen score.
    pub score: f32,
    /// The terms, largest share first; they sum to the log-odds of the score.
    pub terms: Vec<Term>,
}

/// Why an item stands in its event, from the same numbers as the verdict (invariant 13).
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Evidence {
    /// The item.
    pub item: ItemId,
    /// The event it was assigned to.
    pub event: EventId,
    /// Mean of the item's frozen pair scores with the event's other members (a pair that was
    /// never scored counts 0); 1 for the only member.
    pub mean_score: f32,
    /// The threshold that the mean was held against.
    pub threshold: f32,
    /// The best other event and the mean with it; `None` if no other was a candidate.
    pub runner_up: Option<(EventId, f32)>,
    /// The three strongest pairs with members of the event.
    pub strongest_for: Vec<PairEvidence>,
    /// The three strongest pairs with members of the runner-up.
    pub strongest_against: Vec<PairEvidence>,
    /// The decisions that took part, oldest first.
    pub decisions: Vec<DecisionId>,
    /// The original that this item is a reprint of.
    pub reprint_of: Option<ItemId>,
}

impl Evidence {
    /// Puts the terms to the pairs whose frozen values are known. `terms_of` gives those of a pair
    /// seen from an item, or `None` if its version of the weights is not known.
    pub fn with_terms(
        mut self,
        frozen: &[ScoredPair],
        terms_of: impl Fn(ItemId, &ScoredPair) -> Option<Vec<Term>>,
    ) -> Self {
        let item = self.item;
        let sides = [&mut self.strongest_for, &mut self.strongest_against];
        for pair in sides.into_iter().flatten() {
            let both = (item.min(pair.other), item.max(pair.other));
            let known = frozen.iter().find(|one| (one.earlier, one.later) == both);
            let terms = known.and_then(|one| terms_of(item, one));
            pair.terms = terms.unwrap_or_default();
        }
        self
    }
}
