//! Which live items may tell the same event as a new one, best first, and how the words weigh
//! among them.
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
    pub(super) near: Neighbourhood,
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
        for slot in self.touched.drain(..) {
            let shared = std::mem::take(&mut self.ranks[(slot - window.base()) as usize]);
            let other = window.item(slot);
            if other
                .hours_to(item)
                .is_none_or(|h| h <= limits.window_hours)
            {
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

/// How many of the nearest items hold each word: where everyone says Trump, Putin and Alaska,
/// only "red carpet" tells events apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Neighbourhood {
    cells: Vec<(u32, u32, u32)>,
    round: u32,
    size: u32,
    /// How rare a word is that so many of the nearest hold.
    rarities: Vec<f32>,
    /// The weights of the newest item's own terms, in their order.
    own: Vec<f32>,
}

const CELLS: usize = 1 << 14;

impl Neighbourhood {
    /// Counts the words of the nearest items and of the item itself.
    pub(super) fn gather<'a>(
        &mut self,
        nearest: impl Iterator<Item = &'a LiveItem>,
        newest: &'a LiveItem,
    ) {
        if self.cells.is_empty() {
            self.cells = vec![(0, 0, 0); CELLS];
        }
        self.round += 1;
        self.size = 0;
        for item in nearest.chain([newest]) {
            self.size += 1;
            for term in &item.terms {
                let at = self.cell(term.hash);
                let cell = &mut self.cells[at];
                if cell.1 != self.round {
                    *cell = (term.hash, self.round, 0);
                }
                cell.2 += 1;
            }
        }
        let rarity = |holding: u32| ((self.size as f32 + 1.0) / (holding.max(1) as f32)).ln();
        self.rarities = (0..=self.size).map(rarity).collect();
        let own = newest.terms.iter().map(|term| self.local_weight(*term));
        self.own = own.collect();
    }

    /// The weight of the newest item's own term at a place.
    pub(super) fn own_weight(&self, at: usize) -> f32 {
        self.own[at]
    }

    /// The weight of a word among the nearest items: its global weight times how rare it is here.
    pub(super) fn local_weight(&self, term: Term) -> f32 {
        let (_, round, count) = self.cells[self.cell(term.hash)];
        let holding = if round == self.round { count } else { 0 };
        self.rarities[holding as usize] * term.weight()
    }

    fn cell(&self, hash: u32) -> usize {
        let mut at = hash as usize % CELLS;
        loop {
            let (key, round, _) = self.cells[at];
            if round != self.round || key == hash {
                return at;
            }
            at = (at + 1) % CELLS;
        }
    }
}
