//! Sums of events' word vectors: sparse, with a bound on their size.

use rustc_hash::FxHashMap;

use crate::cluster::EventSketch;

/// A sum of unit vectors of events.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sum {
    /// Whole steps, so that a sum does not depend on the order of what was added.
    terms: FxHashMap<u32, i64>,
}

const STEPS: f32 = (1 << 16) as f32;

impl Sum {
    pub(super) fn of(sketch: &EventSketch) -> Self {
        let mut sum = Self::default();
        sum.add(sketch);
        sum
    }

    /// Adds an event's vector.
    pub(super) fn add(&mut self, sketch: &EventSketch) {
        self.change(sketch, 1);
    }

    /// Takes an event's vector away.
    pub(super) fn subtract(&mut self, sketch: &EventSketch) {
        self.change(sketch, -1);
    }

    fn change(&mut self, sketch: &EventSketch, sign: i64) {
        for (term, weight) in &sketch.terms {
            let entry = self.terms.entry(*term).or_default();
            *entry += sign * (weight * STEPS) as i64;
            if *entry <= 0 {
                self.terms.remove(term);
            }
        }
    }

    /// The heaviest terms, by hash.
    pub(super) fn strongest(&self, most: usize) -> Vec<u32> {
        let heavier = |a: &(u32, i64), b: &(u32, i64)| b.1.cmp(&a.1).then(a.0.cmp(&b.0));
        let mut terms: Vec<(u32, i64)> = self.terms.iter().map(|(t, w)| (*t, *w)).collect();
        if most < terms.len() {
            terms.select_nth_unstable_by(most, heavier);
            terms.truncate(most);
        }
        terms.sort_unstable_by(heavier);
        terms.into_iter().map(|(term, _)| term).collect()
    }
}

/// The sum of cosines over all pairs of events of two sums.
pub(super) fn cosine_sum(a: &Sum, b: &Sum) -> f32 {
    let (small, large) = if a.terms.len() <= b.terms.len() {
        (a, b)
    } else {
        (b, a)
    };
    // Whole numbers, so that the order of the terms does not matter; 400 events of unit length stay
    // far below the largest.
    let shared = small
        .terms
        .iter()
        .filter_map(|(term, x)| Some(x * large.terms.get(term)?));
    shared.sum::<i64>() as f32 / (STEPS * STEPS)
}
