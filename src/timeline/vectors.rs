//! Sums of events' word vectors: sparse, with a bound on their size.

use std::cmp::Ordering;

use crate::cluster::{EventSketch, SketchTerms};

/// A sum of unit vectors of events.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sum {
    /// By term, rising. Weights in whole steps, so that a sum does not depend on the order of what was
    /// added; those of the most events that a storyline compares fit by far.
    terms: Vec<(u32, u32)>,
}

/// What the strongest shared word counts at most, in times what all others count together: a country
/// or a name alone makes no storyline. Without the bound storylines of outlets' feeds that we labelled
/// come out at a B-cubed F1 of .50, with it at .61 (`docs/clustering.md`).
const MOST_OF_ONE: u64 = 4;
/// From so many times as many terms on, looking each up is faster than going through all.
const FAR_LARGER: usize = 8;

impl Sum {
    pub(super) fn of(sketch: &EventSketch) -> Self {
        Self {
            terms: terms_of(sketch).collect(),
        }
    }

    /// Adds an event's vector. Returns its terms that are new here.
    pub(super) fn add(&mut self, sketch: &EventSketch) -> Vec<u32> {
        let mut new = Vec::new();
        let mut terms = Vec::with_capacity(self.terms.len() + sketch.terms.iter().len());
        let mut own = self.terms.iter().copied().peekable();
        for (term, weight) in terms_of(sketch) {
            while let Some(before) = own.next_if(|before| before.0 < term) {
                terms.push(before);
            }
            let same = own.next_if(|same| same.0 == term);
            if same.is_none() {
                new.push(term);
            }
            terms.push((term, same.map_or(0, |same| same.1) + weight));
        }
        terms.extend(own);
        terms.shrink_to_fit();
        self.terms = terms;
        new
    }

    /// Takes away an event's vector that was added. Returns the terms that no other has.
    pub(super) fn subtract(&mut self, sketch: &EventSketch) -> Vec<u32> {
        let mut unused = Vec::new();
        for (term, weight) in terms_of(sketch) {
            if let Ok(at) = self.terms.binary_search_by_key(&term, |own| own.0) {
                let sum = &mut self.terms[at].1;
                *sum = sum.saturating_sub(weight);
                if *sum == 0 {
                    unused.push(term);
                }
            }
        }
        self.terms.retain(|(_, weight)| *weight > 0);
        unused
    }

    /// All terms, rising.
    pub(super) fn terms(&self) -> impl Iterator<Item = u32> {
        self.terms.iter().map(|(term, _)| *term)
    }

    /// The heaviest terms with their weights, in no order.
    pub(super) fn strongest(&self, most: usize) -> Vec<(u32, u32)> {
        let heavier = |a: &(u32, u32), b: &(u32, u32)| b.1.cmp(&a.1).then(a.0.cmp(&b.0));
        let mut terms = self.terms.clone();
        if most < terms.len() {
            terms.select_nth_unstable_by(most, heavier);
            terms.truncate(most);
        }
        terms
    }

    fn weight(&self, term: u32) -> u32 {
        let at = self.terms.binary_search_by_key(&term, |own| own.0);
        at.map_or(0, |at| self.terms[at].1)
    }
}

/// An event's words in whole steps. Those that weigh nothing are none.
pub(super) fn terms_of(sketch: &EventSketch) -> impl Iterator<Item = (u32, u32)> + '_ {
    let terms = sketch.terms.iter();
    let terms = terms.map(|(term, weight)| (term, u32::from(weight)));
    terms.filter(|(_, weight)| *weight > 0)
}

/// The sum of cosines over all pairs of events of two sums, the strongest word bounded by the others.
pub(super) fn cosine_sum(a: &Sum, b: &Sum) -> f32 {
    let (small, large) = if a.terms.len() <= b.terms.len() {
        (a, b)
    } else {
        (b, a)
    };
    let terms = small.terms.iter().copied();
    in_whole(match small.terms.len() * FAR_LARGER < large.terms.len() {
        true => looked_up(terms, large),
        false => gone_through(terms, large),
    })
}

/// The same for a sum and a single event.
pub(super) fn cosine_with(sum: &Sum, sketch: &EventSketch) -> f32 {
    let terms = terms_of(sketch);
    in_whole(
        match sketch.terms.iter().len() * FAR_LARGER < sum.terms.len() {
            true => looked_up(terms, sum),
            false => gone_through(terms, sum),
        },
    )
}

fn in_whole(shared: Shared) -> f32 {
    shared.bounded() as f32 / (SketchTerms::WEIGHT_STEPS * SketchTerms::WEIGHT_STEPS)
}

/// The products of weights of words that two sums share. Whole numbers, so that the order of the terms
/// does not matter; fifty events of unit length stay far below the largest.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Shared {
    sum: u64,
    most: u64,
}

impl Shared {
    fn add(&mut self, product: u64) {
        self.sum += product;
        self.most = self.most.max(product);
    }

    fn bounded(self) -> u64 {
        let others = self.sum - self.most;
        others + self.most.min(others * MOST_OF_ONE)
    }
}

fn looked_up(terms: impl Iterator<Item = (u32, u32)>, large: &Sum) -> Shared {
    let mut shared = Shared::default();
    for (term, weight) in terms {
        shared.add(u64::from(weight) * u64::from(large.weight(term)));
    }
    shared
}

fn gone_through(mut terms: impl Iterator<Item = (u32, u32)>, sum: &Sum) -> Shared {
    let mut shared = Shared::default();
    let mut others = sum.terms.iter().copied();
    let (mut own, mut other) = (terms.next(), others.next());
    while let (Some(a), Some(b)) = (own, other) {
        match a.0.cmp(&b.0) {
            Ordering::Less => own = terms.next(),
            Ordering::Greater => other = others.next(),
            Ordering::Equal => {
                shared.add(u64::from(a.1) * u64::from(b.1));
                (own, other) = (terms.next(), others.next());
            }
        }
    }
    shared
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Terms whose weights are parts of 1.
    pub(in crate::timeline) fn in_steps(terms: &[(u32, f32)]) -> SketchTerms {
        let terms = terms.iter();
        let in_steps =
            terms.map(|(term, weight)| (*term, (weight * SketchTerms::WEIGHT_STEPS) as u16));
        in_steps.collect()
    }

    fn sketch(terms: &[(u32, f32)]) -> EventSketch {
        EventSketch {
            terms: in_steps(terms),
            ..EventSketch::default()
        }
    }

    #[test]
    fn what_is_taken_away_leaves_the_sum_as_it_was() {
        let (a, b) = (
            sketch(&[(2, 0.6), (5, 0.8)]),
            sketch(&[(1, 0.5), (5, 0.1), (9, 0.2)]),
        );
        let mut sum = Sum::of(&a);
        sum.add(&b);
        assert_eq!(sum.strongest(1).first().map(|heaviest| heaviest.0), Some(5));
        sum.subtract(&b);
        assert_eq!(sum, Sum::of(&a));
    }

    #[test]
    fn one_shared_word_is_nothing_and_a_second_lets_it_count() {
        let of = |terms: &[(u32, f32)]| Sum::of(&sketch(terms));
        let event = of(&[(1, 0.8), (2, 0.6)]);
        assert!(cosine_sum(&event, &of(&[(1, 1.0)])) == 0.0);
        let both = cosine_sum(&event, &of(&[(1, 0.8), (2, 0.6)]));
        assert!((both - 1.0).abs() < 1e-3, "{both}");
        let little = cosine_sum(&event, &of(&[(1, 0.99), (2, 0.1)]));
        assert!((little - 0.06 * 5.0).abs() < 1e-3, "{little}");
    }

    #[test]
    fn both_ways_of_multiplying_give_the_same() {
        let large: Vec<(u32, f32)> = (0..400).map(|at| (at * 3, 0.05)).collect();
        let (small, large) = (
            sketch(&[(3, 0.6), (4, 0.5), (999, 0.7)]),
            Sum::of(&sketch(&large)),
        );
        let shared = gone_through(terms_of(&small), &large);
        assert!(shared.sum > 0);
        assert_eq!(looked_up(terms_of(&small), &large), shared);
        assert_eq!(
            cosine_with(&large, &small),
            cosine_sum(&Sum::of(&small), &large)
        );
    }
}
