//! Which item is another's copy: found by fingerprint or by rank, verified on the words.
//!
//! Copy is the same text, not the same event. Texts of one template differ in a name or a number,
//! and that is enough to keep them apart; in scripts without capitals, where nothing shows a name, in what
//! each title says of which event it tells, or each text of where. One lead under two titles is a copy only if the
//! titles do not name two matters: a standard sentence stands below every earthquake.

use super::arriving::{IN_LEAD, IN_TITLE, KIND, NUMBER, PAIR, PLACE};
use super::candidates::Candidate;
use super::window::{LiveItem, MAYBE_NAME, NAME, Slot, Term, Window};
use crate::text::fingerprint::distance;

/// Bits in which fingerprints of copies may differ: finds nearly all one-word edits.
const FARTHEST: u32 = 8;
/// Candidates by rank that are verified beside those found by fingerprint.
const BY_RANK: usize = 12;
/// Words a lead must have before it alone proves a copy under another headline.
const TELLING_LEAD: usize = 22;
/// Words, or pairs of characters, that copies share at the least.
const TELLING_TEXT: usize = 3;
/// Pairs of characters that are as long as a word: 22 words of a lead are some sixty characters of a script without
/// spaces.
const PAIRS_IN_WORD: usize = 3;
/// Share of the weight of what a title says of which event it tells that stands in a copy, where nothing shows what of
/// it is a name: what an editor puts in words of his own must not outweigh what he takes from the text.
const SHARE_TOLD: f32 = 0.5;
/// Share of words that copies have in common.
pub(super) const SAME_WORDS: f32 = 0.86;
/// Share of the weight of each title that stands in the other text, and how many words, where one outlet sets a lead
/// under two titles of one matter. Of 23 such pairs in a year of five outlets 16 reach it; the others are scored.
const RETITLED: (f32, usize) = (0.25, 2);
/// Weight from which on a word says something, in nats.
const WEIGHTY: f32 = 0.5;
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
    let found = found.into_iter().map(|slot| (slot, window.item(slot)));
    let found = found.filter(|(_, other)| is_near(item, other));
    let (whole, others): (Vec<_>, Vec<_>) =
        found.partition(|(_, other)| is_whole_copy(item, other));
    let under_it = others
        .into_iter()
        .filter(|(_, other)| has_its_lead(item, other));
    let under_it: Vec<_> = under_it.collect();
    let by_lead = match is_constant(item, under_it.iter().map(|(_, other)| *other)) {
        true => Vec::new(),
        false => under_it,
    };
    whole
        .into_iter()
        .chain(by_lead)
        .filter(|(_, other)| other.tells_an_event)
        .map(|(slot, _)| window.original_of(slot).unwrap_or(slot))
        .min()
}

fn is_near(a: &LiveItem, b: &LiveItem) -> bool {
    a.hours_to(b).is_none_or(|hours| hours <= HOURS)
}

/// True if two items carry the same text.
fn is_whole_copy(a: &LiveItem, b: &LiveItem) -> bool {
    let texts = Comparison::of(a, b, IN_TITLE | IN_LEAD);
    let is_anothers = texts.length() < TELLING_LEAD && are_of_two_agencies(a, b);
    texts.shared >= TELLING_TEXT && texts.is_same_text() && !is_anothers
}

/// True if each is the copy of another agency: two that tell one fact in one sentence say nearly the same.
fn are_of_two_agencies(a: &LiveItem, b: &LiveItem) -> bool {
    a.agency != 0 && b.agency != 0 && a.agency != b.agency
}

/// True if two items have the same long lead, it has to do with either title, and the titles do not name two matters:
/// what a service asks readers of many outlets to sign up for says nothing of what happened, and that no tsunami is
/// expected nothing of where.
fn has_its_lead(a: &LiveItem, b: &LiveItem) -> bool {
    let leads = Comparison::of(a, b, IN_LEAD);
    leads.length() >= TELLING_LEAD
        && leads.is_same_text()
        && !are_titles_apart(a, b)
        && !(names_another(a, b) && names_another(b, a))
}

/// True if the title of an item has a name or a number that does not stand in another text; where nothing shows what is
/// a name, if most of what may be one does not.
fn names_another(one: &LiveItem, other: &LiveItem) -> bool {
    let (mut told, mut told_there) = (0.0, 0.0);
    for term in one.titles().filter(|term| !term.is(KIND)) {
        let is_there = other.holds(term.hash);
        let shows_name = term.is(NAME | MAYBE_NAME) && !one.nouns_have_capitals;
        if (term.is(NUMBER) || shows_name) && !is_there {
            return true;
        }
        if term.is(NAME) || term.says_which() {
            told += term.weight();
            told_there += if is_there { term.weight() } else { 0.0 };
        }
    }
    told_there < told * SHARE_TOLD
}

/// True if no weighty word of either title stands in the other text.
fn are_titles_apart(a: &LiveItem, b: &LiveItem) -> bool {
    let is_apart = |one: &LiveItem, other| one.lengths.0 > 0 && held_of_title(one, other).1 == 0;
    is_apart(a, b) && is_apart(b, a)
}

/// True if an outlet sets the lead of an item under titles that have nothing in common, as some do with a description
/// of themselves: then it says nothing of what happened.
fn is_constant<'a>(item: &'a LiveItem, under_it: impl Iterator<Item = &'a LiveItem>) -> bool {
    let all: Vec<&LiveItem> = under_it.chain([item]).collect();
    let is_unlike = |a: &LiveItem, b: &LiveItem| {
        let (share, words) = common_of_titles(a, b);
        share < RETITLED.0 || words < RETITLED.1
    };
    let tell_otherwise = |a: &LiveItem, b: &LiveItem| a.outlet == b.outlet && is_unlike(a, b);
    all.iter()
        .enumerate()
        .any(|(at, a)| all[..at].iter().any(|b| tell_otherwise(a, b)))
}

/// Of the words of either title that stand in the other text: the share of the title's weight, and how many; the
/// less of both.
fn common_of_titles(a: &LiveItem, b: &LiveItem) -> (f32, usize) {
    let ((share, words), (share_back, words_back)) = (held_of_title(a, b), held_of_title(b, a));
    (share.min(share_back), words.min(words_back))
}

/// Of the words of an item's title that stand in another text: the share of the title's weight, and how many are
/// weighty.
fn held_of_title(one: &LiveItem, other: &LiveItem) -> (f32, usize) {
    let title = || one.terms.iter().filter(|term| term.is(IN_TITLE));
    let stands = |term: &&Term| other.holds(term.hash);
    let weight =
        |terms: &mut dyn Iterator<Item = &Term>| -> f32 { terms.map(|term| term.weight()).sum() };
    let all = weight(&mut title()).max(f32::MIN_POSITIVE);
    let share = weight(&mut title().filter(stands)) / all;
    let weighty = |term: &&Term| term.weight() >= WEIGHTY;
    (share, title().filter(stands).filter(weighty).count())
}

#[derive(Default)]
struct Comparison {
    shared: usize,
    /// Of these, pairs of characters.
    shared_pairs: usize,
    different: usize,
    telling_difference: bool,
    /// True if the first, and if the second, has a word in its title, or beside the sign of a place, that says which
    /// event it tells, and the other text does not have it.
    says_which: (bool, bool),
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
            (Some(both), Some(_)) => {
                self.shared += 1;
                self.shared_pairs += usize::from(both.is(PAIR));
            }
            (Some(only), None) | (None, Some(only)) => {
                let says_which = only.is(IN_TITLE | PLACE) && only.says_which();
                self.different += 1;
                self.telling_difference |= only.is(NAME | MAYBE_NAME | NUMBER);
                self.says_which.0 |= left.is_some() && says_which;
                self.says_which.1 |= right.is_some() && says_which;
            }
            (None, None) => {}
        }
    }

    /// How long what both have is, in words.
    fn length(&self) -> usize {
        self.shared - self.shared_pairs + self.shared_pairs / PAIRS_IN_WORD
    }

    fn is_same_text(&self) -> bool {
        let all = self.shared + self.different;
        self.shared as f32 >= SAME_WORDS * all as f32
            && !self.telling_difference
            && self.says_which != (true, true)
    }
}
