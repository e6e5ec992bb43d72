//! Which live items may tell the same event as a new one, best first.
//!
//! The rank is only a first cut: what decides is `features` and the weights.

use super::window::{LiveItem, Slot, Term, Window};

/// How many are looked up, ranked and kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limits {
    /// Words of the lead that are looked up beside those of the title.
    pub(super) rarest: usize,
    /// Candidates kept.
    pub(super) kept: usize,
    /// Hours beyond which two claimed times exclude each other.
    pub(super) window_hours: f32,
}

/// A candidate with its rank: the squared weight of shared words over the other's length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Candidate {
    pub(super) slot: Slot,
    pub(super) rank: f32,
}

/// Memory that is used again for every look-up.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    ranks: Vec<f32>,
    touched: Vec<Slot>,
}

impl Scratch {
    /// The best candidates for an item that is not itself in the window.
    pub(super) fn find_candidates(
        &mut self,
        window: &Window,
        item: &LiveItem,
        limits: Limits,
    ) -> Vec<Candidate> {
        self.ranks.resize(window.len(), 0.0);
        for term in item.look_up_terms(limits.rarest) {
            let weight = rank_weight(term);
            for slot in window.holding(term.hash) {
                let rank = &mut self.ranks[(slot - window.base()) as usize];
                if *rank == 0.0 {
                    self.touched.push(*slot);
                }
                *rank += weight;
            }
        }
        let mut found = Vec::with_capacity(self.touched.len());
        let own = item.brief();
        for slot in self.touched.drain(..) {
            let shared = std::mem::take(&mut self.ranks[(slot - window.base()) as usize]);
            let other = window.brief(slot);
            if other.hours_to(own).is_none_or(|h| h <= limits.window_hours) {
                let rank = shared / (other.norm + LENGTH_PRIOR);
                found.push(Candidate { slot, rank });
            }
        }
        keep_best(&mut found, limits.kept);
        found
    }
}

/// Keeps short texts from winning by their shortness; tuned on dev data.
const LENGTH_PRIOR: f32 = 6.0;

fn rank_weight(term: Term) -> f32 {
    let square = term.weight() * term.weight();
    if term.is(super::arriving::IN_TITLE) {
        square * 2.0
    } else {
        square
    }
}

fn keep_best(found: &mut Vec<Candidate>, kept: usize) {
    let better =
        |a: &Candidate, b: &Candidate| b.rank.total_cmp(&a.rank).then_with(|| b.slot.cmp(&a.slot));
    if found.len() > kept {
        found.select_nth_unstable_by(kept, better);
        found.truncate(kept);
    }
    found.sort_unstable_by(better);
}
