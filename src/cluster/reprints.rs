//! Which item is another's copy: found by fingerprint or by rank, verified on the words.
//!
//! Copy is the same text, not the same event. Texts of one template differ in a name or a number,
//! and that is enough to keep them apart.

use super::arriving::{IN_LEAD, IN_TITLE, NUMBER};
use super::candidates::Candidate;
use super::window::{LiveItem, NAME, Slot, Term, Window};
use crate::text::fingerprint::distance;

/// Bits in which fingerprints of copies may differ: finds nearly all one-word edits.
const FARTHEST: u32 = 8;
/// Candidates by rank that are verified beside those found by fingerprint.
const BY_RANK: usize = 12;
/// Words a lead must have before it alone proves a copy under another headline.
const TELLING_LEAD: usize = 22;
/// Share of words that copies have in common.
const SAME_WORDS: f32 = 0.86;
/// Hours within which copies are expected.
const HOURS: f32 = 72.0;

/// The original that an item repeats, if it is a copy. The earliest of the finds is taken.
pub(super) fn find_original(
    window: &Window,
    item: &LiveItem,
    ranked: &[Candidate],
) -> Option<Slot> {
    let mut found: Vec<Slot> = window
        .in_bands_of(item.fingerprint)
        .filter(|slot| distance(window.fingerprint_of(*slot), item.fingerprint) <= FARTHEST)
        .chain(ranked.iter().take(BY_RANK).map(|candidate| candidate.slot))
        .collect();
    found.sort_unstable();
    found.dedup();
    let copied = found.into_iter().map(|slot| (slot, window.item(slot)));
    copied
        .filter(|(_, other)| other.tells_an_event && is_copy(item, other))
        .map(|(slot, _)| window.live_original_of(slot).unwrap_or(slot))
        .min()
}

/// True if two items carry the same text: all of it, or the same long lead.
pub(super) fn is_copy(a: &LiveItem, b: &LiveItem) -> bool {
    if a.hours_to(b).is_some_and(|hours| hours > HOURS) {
        return false;
    }
    let whole = Comparison::of(a, b, IN_TITLE | IN_LEAD);
    if whole.is_same_text(3) {
        return true;
    }
    let leads = Comparison::of(a, b, IN_LEAD);
    leads.is_same_text(TELLING_LEAD)
}

#[derive(Default)]
struct Comparison {
    shared: usize,
    different: usize,
    telling_difference: bool,
}

impl Comparison {
    fn of(a: &LiveItem, b: &LiveItem, places: u16) -> Self {
        let mut comparison = Self::default();
        let (mut i, mut j) = (0, 0);
        let in_places = |term: Option<&Term>| term.copied().filter(|term| term.is(places));
        while i < a.terms.len() || j < b.terms.len() {
            let (x, y) = (a.terms.get(i), b.terms.get(j));
            let order = match (x, y) {
                (Some(x), Some(y)) => x.hash.cmp(&y.hash),
                (Some(_), None) => std::cmp::Ordering::Less,
                _ => std::cmp::Ordering::Greater,
            };
            let left = in_places(x.filter(|_| order.is_le()));
            let right = in_places(y.filter(|_| order.is_ge()));
            comparison.add(left, right);
            i += usize::from(order.is_le());
            j += usize::from(order.is_ge());
        }
        comparison
    }

    fn add(&mut self, left: Option<Term>, right: Option<Term>) {
        match (left, right) {
            (Some(_), Some(_)) => self.shared += 1,
            (Some(only), None) | (None, Some(only)) => {
                self.different += 1;
                self.telling_difference |= only.is(NAME | NUMBER);
            }
            (None, None) => {}
        }
    }

    fn is_same_text(&self, least_words: usize) -> bool {
        let all = self.shared + self.different;
        self.shared >= least_words
            && self.shared as f32 >= SAME_WORDS * all as f32
            && (self.different == 0 || !self.telling_difference)
    }
}
