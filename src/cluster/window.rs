//! The live items: those of the window of time, in order of arrival, filed under their words.
//!
//! Items leave in the order in which they came, so a restored window equals the one before.

use std::collections::VecDeque;
use std::hint::black_box;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::arriving::{ArrivingItem, IN_LEAD, IN_TITLE, KIND, NUMBER, OPENER, Reading, WHICH};
use super::counted::Counted;
use super::tables::{Tables, WordWeight};
use crate::news::{ItemId, OutletId};
use crate::text::fingerprint::{BANDS, KEYS, bands};
use crate::text::kinds::writes_nouns_with_capitals;
use crate::text::sequels::Sequel;
use crate::text::stages::Stages;

/// Position of a live item in order of arrival, counted from the first item ever.
pub(super) type Slot = u32;

/// Some live items. Most words stand in few and most events have few: those need no memory of their
/// own.
pub(super) type Slots = SmallVec<[Slot; 4]>;

/// Items kept in the list of one word: more only repeat what the newest say.
pub(super) const NEWEST: usize = 256;
/// The lists of words are swept once so large a part of what is live has left: a half.
const UNSWEPT_PART: usize = 2;
/// What a line of the processor's cache holds, 64 bytes.
const TERMS_IN_LINE: usize = 64 / size_of::<Term>();
const GRAMS_IN_LINE: usize = 64 / size_of::<u16>();
const PAIRS_IN_LINE: usize = 64 / size_of::<Pair>();
/// Items looked at of one band of fingerprints, the newest.
const NEWEST_IN_BAND: usize = 16;

/// The word is a name by the tables.
pub(super) const NAME: u16 = 32;
/// The word may be a name, for all that the tables know.
pub(super) const MAYBE_NAME: u16 = 2048;

/// A word of a live item with its weight in 1/6000 of a nat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) hash: u32,
    weight: u16,
    pub(super) flags: u16,
}

const WEIGHT_STEPS: f32 = 6000.0;

impl Term {
    pub(super) fn weight(self) -> f32 {
        f32::from(self.weight) / WEIGHT_STEPS
    }

    pub(super) fn is(self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    /// True of a word of a script without capitals, or of a noun where every noun has one, that is neither common nor of
    /// a kind of event.
    pub(super) fn says_which(self) -> bool {
        self.is(WHICH) && self.weight > 0
    }
}

/// An item in the window.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LiveItem {
    pub(super) id: ItemId,
    pub(super) outlet: OutletId,
    pub(super) time_secs: i64,
    pub(super) time_is_claimed: bool,
    pub(super) language: u8,
    /// False for wraps, live blogs and the like: they join no event and link none.
    pub(super) tells_an_event: bool,
    pub(super) agency: u32,
    pub(super) series: u32,
    pub(super) fingerprint: u64,
    pub(super) stages: Stages,
    /// Which step of a matter of two its title tells.
    pub(super) sequel: Sequel,
    /// What its title numbers and counts.
    pub(super) counted: Counted,
    pub(super) terms: Box<[Term]>,
    pub(super) grams: Box<[u16]>,
    pub(super) title_words: Box<[u32]>,
    pub(super) title_letters: Box<[u8]>,
    pub(super) norm: f32,
    pub(super) title_norm: f32,
    /// How many words stand in the title and in the lead.
    pub(super) lengths: (u16, u16),
    /// The first word of the title that is a name by the tables.
    pub(super) first_name: Option<u32>,
    pub(super) title_has_number: bool,
    /// True in a language in which a capital shows a noun and not a name.
    pub(super) nouns_have_capitals: bool,
}

impl LiveItem {
    /// 4-grams of its title that a word of it makes, with the spaces around it; 0 if it stands in no title.
    pub(super) fn grams_of(&self, word: u32) -> usize {
        let at = self.title_words.iter().position(|own| *own == word);
        let letters = at.and_then(|at| self.title_letters.get(at));
        letters.map_or(0, |letters| usize::from(*letters).saturating_sub(1))
    }

    /// True if two words are neighbours in its title.
    pub(super) fn has_side_by_side(&self, words: [u32; 2]) -> bool {
        let [one, other] = words;
        let mut pairs = self.title_words.windows(2);
        pairs.any(|pair| pair == [one, other] || pair == [other, one])
    }

    pub(super) fn new(item: &ArrivingItem, language: u8, reading: Reading) -> Self {
        let count = |flags| {
            let terms = reading.terms.iter();
            terms.filter(|term| term.flags & flags == flags).count()
        };
        let lengths = (count(IN_TITLE) as u16, count(IN_LEAD) as u16);
        let title_has_number = count(IN_TITLE | NUMBER) > 0;
        let terms = reading.terms.iter().map(|term| Term {
            hash: term.hash,
            weight: 0,
            flags: term.flags,
        });
        Self {
            id: item.id,
            outlet: item.outlet,
            time_secs: item.item_time.timestamp(),
            time_is_claimed: item.time_is_claimed,
            language,
            tells_an_event: item.role.tells_an_event(),
            agency: hash_of(item.agency.as_deref()),
            series: hash_of(item.series_key.as_deref()),
            fingerprint: reading.fingerprint,
            stages: reading.stages,
            sequel: reading.sequel,
            counted: reading.counted,
            terms: terms.collect(),
            grams: reading.grams.into_boxed_slice(),
            title_words: reading.title_words.into_boxed_slice(),
            title_letters: reading.title_letters.into_boxed_slice(),
            norm: 0.0,
            title_norm: 0.0,
            lengths,
            first_name: None,
            title_has_number,
            nouns_have_capitals: writes_nouns_with_capitals(&item.language),
        }
    }

    /// Takes the weights of the last epoch.
    pub(super) fn weigh(&mut self, tables: &Tables) {
        let (mut norm, mut title_norm) = (0.0, 0.0);
        let weighed = match self.nouns_have_capitals {
            true => NAME | MAYBE_NAME | WHICH,
            false => NAME | MAYBE_NAME,
        };
        for term in &mut self.terms {
            let word = tables.weigh(self.language, term.hash, term.flags);
            term.weight = (word.idf * WEIGHT_STEPS) as u16;
            let shown = match self.nouns_have_capitals {
                true => names_among_nouns(*term, word),
                false if word.is_name => NAME,
                false if word.may_be_name => MAYBE_NAME,
                false => 0,
            };
            term.flags = term.flags & !weighed | shown;
            let square = term.weight() * term.weight();
            norm += square;
            title_norm += if term.is(IN_TITLE) { square } else { 0.0 };
        }
        self.norm = norm.sqrt();
        self.title_norm = title_norm.sqrt();
        let is_name = |word: &u32| {
            let at = self.terms.binary_search_by_key(word, |term| term.hash);
            at.is_ok_and(|at| self.terms[at].is(NAME))
        };
        self.first_name = self.title_words.iter().copied().find(is_name);
    }

    /// True if a word stands in its title or lead.
    pub(super) fn holds(&self, word: u32) -> bool {
        let at = self.terms.binary_search_by_key(&word, |term| term.hash);
        at.is_ok()
    }

    pub(super) fn titles(&self) -> impl Iterator<Item = Term> + '_ {
        self.terms.iter().copied().filter(|term| term.is(IN_TITLE))
    }

    /// The terms by which others are looked up: all of the title, and the rarest of the lead.
    pub(super) fn look_up_terms(&self, rarest: usize) -> Vec<Term> {
        let weighty = |term: &Term| term.weight > 0;
        let mut terms: Vec<Term> = self.titles().filter(weighty).collect();
        let lead = self.terms.iter().copied().filter(|t| !t.is(IN_TITLE));
        let mut others: Vec<Term> = lead.filter(weighty).collect();
        others.sort_unstable_by_key(|term| (std::cmp::Reverse(term.weight), term.hash));
        others.truncate(rarest);
        terms.append(&mut others);
        terms
    }

    /// Hours between two items; `None` if the time of one says nothing.
    pub(super) fn hours_to(&self, other: &LiveItem) -> Option<f32> {
        self.brief().hours_to(other.brief())
    }

    /// The same, less than none if it is the earlier.
    pub(super) fn hours_after(&self, other: &LiveItem) -> Option<f32> {
        let is_earlier = self.time_secs < other.time_secs;
        let hours = self.hours_to(other);
        hours.map(|hours| if is_earlier { -hours } else { hours })
    }

    /// What a look-up asks of it.
    pub(super) fn brief(&self) -> Brief {
        Brief {
            outlet: self.outlet,
            time_secs: self.time_secs,
            norm: self.norm,
            language: self.language,
            time_is_claimed: self.time_is_claimed,
            tells_an_event: self.tells_an_event,
        }
    }

    pub(super) fn title_numbers(&self) -> impl Iterator<Item = u32> + '_ {
        let numbers = self.titles().filter(|term| term.is(NUMBER));
        numbers.map(|term| term.hash)
    }
}

/// What shows that a word says which event it is, and is a name or stands for one, where a capital shows a noun: it has
/// one, and is neither of a kind of event nor common.
fn names_among_nouns(term: Term, word: WordWeight) -> u16 {
    let is_noun = word.is_name || term.is(OPENER) && word.never_plain;
    match is_noun && !term.is(KIND) && term.weight > 0 {
        true => NAME | WHICH,
        false => 0,
    }
}

/// What a look-up asks of every item that it touches, side by side in memory: thousands are
/// touched for each that is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Brief {
    pub(super) outlet: OutletId,
    time_secs: i64,
    pub(super) norm: f32,
    pub(super) language: u8,
    time_is_claimed: bool,
    pub(super) tells_an_event: bool,
}

impl Brief {
    /// Hours between two items; `None` if the time of one says nothing.
    pub(super) fn hours_to(self, other: Brief) -> Option<f32> {
        let claimed = self.time_is_claimed && other.time_is_claimed;
        claimed.then(|| self.time_secs.abs_diff(other.time_secs) as f32 / 3600.0)
    }
}

fn hash_of(text: Option<&str>) -> u32 {
    text.map_or(0, crate::text::words::hash_word)
}

/// A frozen score with another live item, in steps of [`super::pairs::SCORE_STEPS`].
pub(super) type Pair = (Slot, u32);

/// The live items and the lists of their words. What is asked of many items at a time is kept apart from
/// the rest of them, side by side in memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    base: Slot,
    /// The first that is compared with new ones; those before it wait for a settling to leave.
    first_met: Slot,
    items: VecDeque<LiveItem>,
    /// Of each item, in the same order, as the next three.
    briefs: VecDeque<Brief>,
    filed: VecDeque<Filed>,
    originals: VecDeque<Option<NonZeroSlot>>,
    pairs: VecDeque<Vec<Pair>>,
    slots: FxHashMap<ItemId, Slot>,
    words: FxHashMap<u32, Slots>,
    /// Items that have left since the lists of words were swept.
    unswept: usize,
    bands: Bands,
}

impl Window {
    /// Files an item with the original that it repeats and its scores with older ones; it is then the
    /// newest.
    pub(super) fn push(
        &mut self,
        item: LiveItem,
        original: Option<Slot>,
        pairs: Vec<Pair>,
    ) -> Slot {
        let slot = self.base + self.items.len() as Slot;
        for term in &item.terms {
            push_newest(self.words.entry(term.hash).or_default(), slot);
        }
        let before_in_band = match item.terms.is_empty() {
            true => [None; BANDS],
            false => self.bands.file(item.fingerprint, slot),
        };
        if item.tells_an_event {
            for (other, steps) in &pairs {
                self.pairs[(other - self.base) as usize].push((slot, *steps));
            }
        }
        self.slots.insert(item.id, slot);
        self.briefs.push_back(item.brief());
        self.filed.push_back(Filed {
            fingerprint: item.fingerprint,
            before_in_band,
        });
        self.originals.push_back(original.and_then(to_link));
        self.pairs.push_back(pairs);
        self.items.push_back(item);
        slot
    }

    /// Takes the oldest item out.
    pub(super) fn pop(&mut self) -> Option<LiveItem> {
        let item = self.items.pop_front()?;
        self.briefs.pop_front();
        self.filed.pop_front();
        self.originals.pop_front();
        self.pairs.pop_front();
        self.base += 1;
        self.first_met = self.first_met.max(self.base);
        self.slots.remove(&item.id);
        self.unswept += 1;
        if self.unswept > self.items.len() / UNSWEPT_PART {
            self.sweep();
        }
        Some(item)
    }

    pub(super) fn oldest(&self) -> Option<&LiveItem> {
        self.items.front()
    }

    /// The times of those that are compared with new ones, in order of arrival.
    pub(super) fn times(&self) -> impl Iterator<Item = i64> + '_ {
        let met = (self.first_met - self.base) as usize;
        self.items.range(met..).map(|item| item.time_secs)
    }

    /// How many are compared with new ones.
    pub(super) fn count_met(&self) -> usize {
        self.items.len() - (self.first_met - self.base) as usize
    }

    /// The first of these is compared with none that comes from now on. There must be one.
    pub(super) fn pass_by(&mut self) {
        self.first_met += 1;
    }

    /// True if one that is compared with none any more is still here.
    pub(super) fn holds_passed_by(&self) -> bool {
        self.base < self.first_met
    }

    pub(super) fn base(&self) -> Slot {
        self.base
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn get(&self, slot: Slot) -> Option<&LiveItem> {
        self.items.get(slot.checked_sub(self.base)? as usize)
    }

    /// Asks memory for all that is compared of these items. Asked for at once it comes in little more time
    /// than that of one takes, and most of the cost of comparing is waiting for it.
    pub(super) fn bring_near(&self, slots: impl Iterator<Item = Slot> + Clone) {
        let items = slots.map(|slot| self.item(slot));
        let ends = items
            .clone()
            .map(|item| item.lengths.0 as usize ^ item.terms.len());
        black_box(ends.fold(0, |all, one| all ^ one));
        let lines = items.map(|item| {
            let terms = item.terms.iter().step_by(TERMS_IN_LINE);
            let terms = terms.fold(0, |all, term| all ^ term.hash);
            let grams = item.grams.iter().step_by(GRAMS_IN_LINE);
            let grams = grams.fold(0, |all, gram| all ^ gram);
            let word = item.title_words.first().copied().unwrap_or(0);
            terms ^ u32::from(grams) ^ word
        });
        black_box(lines.fold(0, |all, one| all ^ one));
    }

    /// The same for the scores of these items.
    pub(super) fn bring_pairs_near(&self, slots: &[Slot]) {
        let lines = slots.iter().map(|slot| {
            let pairs = self.pairs_of(*slot).iter().step_by(PAIRS_IN_LINE);
            pairs.fold(0, |all, pair| all ^ pair.0)
        });
        black_box(lines.fold(0, |all, one| all ^ one));
    }

    /// The item of a live slot.
    pub(super) fn item(&self, slot: Slot) -> &LiveItem {
        self.get(slot).expect("the slot is live")
    }

    /// What a look-up asks of the item of a live slot.
    pub(super) fn brief(&self, slot: Slot) -> Brief {
        self.briefs[(slot - self.base) as usize]
    }

    /// The original that the item of a live slot repeats, if it is live. A copy of one that has left the window stands
    /// for it, as it does after a restart, which knows no more of it.
    pub(super) fn original_of(&self, slot: Slot) -> Option<Slot> {
        let original = from_link(self.originals[(slot - self.base) as usize]);
        original.filter(|original| self.get(*original).is_some())
    }

    /// The scores of the item of a live slot with others, of which some may have left the window.
    pub(super) fn pairs_of(&self, slot: Slot) -> &[Pair] {
        &self.pairs[(slot - self.base) as usize]
    }

    /// The fingerprint of the item of a live slot.
    pub(super) fn fingerprint_of(&self, slot: Slot) -> u64 {
        self.filed(slot).fingerprint
    }

    fn filed(&self, slot: Slot) -> &Filed {
        &self.filed[(slot - self.base) as usize]
    }

    pub(super) fn slot_of(&self, id: ItemId) -> Option<Slot> {
        self.slots.get(&id).copied()
    }

    /// The newest items that hold a word, of those that are compared with new ones.
    pub(super) fn holding(&self, word: u32) -> &[Slot] {
        let list = self.words.get(&word).map_or(&[][..], |list| &list[..]);
        let newest = &list[list.len().saturating_sub(NEWEST)..];
        let met = newest.partition_point(|slot| *slot < self.first_met);
        &newest[met..]
    }

    /// The newest of these that share a band of the fingerprint, for each band the newest first.
    pub(super) fn in_bands_of(&self, fingerprint: u64) -> impl Iterator<Item = Slot> + '_ {
        let latest = self.bands.latest(fingerprint).into_iter().enumerate();
        latest.flat_map(move |(band, latest)| {
            let before = move |slot: &Slot| from_link(self.filed(*slot).before_in_band[band]);
            let is_met = |slot: &Slot| *slot >= self.first_met;
            let newest = from_link(latest).filter(is_met);
            std::iter::successors(newest, move |slot| before(slot).filter(is_met))
                .take(NEWEST_IN_BAND)
        })
    }

    /// Weighs every item anew and drops what has left the window from the lists.
    pub(super) fn weigh_all(&mut self, tables: &Tables) {
        for (item, brief) in self.items.iter_mut().zip(&mut self.briefs) {
            item.weigh(tables);
            *brief = item.brief();
        }
        self.sweep();
    }

    /// Drops what has left the window from the lists of words.
    fn sweep(&mut self) {
        self.unswept = 0;
        let base = self.base;
        self.words.retain(|_, list| {
            list.retain(|slot| *slot >= base);
            list.shrink_to_fit();
            !list.is_empty()
        });
    }

    /// The item that came last.
    pub(super) fn newest(&self) -> Option<&LiveItem> {
        self.items.back()
    }
}

/// Old slots are cut in bulk; what is visible is always the newest.
fn push_newest(list: &mut Slots, slot: Slot) {
    if list.len() >= NEWEST + NEWEST / 2 {
        list.drain(..list.len() - NEWEST);
    }
    list.push(slot);
}

/// A slot and one, so that none takes no room.
type NonZeroSlot = std::num::NonZeroU32;

fn to_link(slot: Slot) -> Option<NonZeroSlot> {
    NonZeroSlot::new(slot.wrapping_add(1))
}

fn from_link(link: Option<NonZeroSlot>) -> Option<Slot> {
    link.map(|slot| slot.get() - 1)
}

/// How an item is filed under its fingerprint.
#[derive(Clone, Copy, Debug)]
struct Filed {
    fingerprint: u64,
    /// The item filed before it in each band.
    before_in_band: [Option<NonZeroSlot>; BANDS],
}

/// The item filed last in each band of fingerprints; each names the one before it.
#[derive(Clone, Debug, Default)]
struct Bands {
    latest: Vec<Option<NonZeroSlot>>,
}

impl Bands {
    fn file(&mut self, fingerprint: u64, slot: Slot) -> [Option<NonZeroSlot>; BANDS] {
        self.latest.resize(BANDS * KEYS, None);
        bands(fingerprint)
            .map(|key| std::mem::replace(&mut self.latest[key as usize], to_link(slot)))
    }

    fn latest(&self, fingerprint: u64) -> [Option<NonZeroSlot>; BANDS] {
        bands(fingerprint).map(|key| self.latest.get(key as usize).copied().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::arriving::read_item;

    /// Lives through so many items that share no word, `most` of them at a time, and no epoch.
    fn lived_through(items: i64, most: usize) -> Window {
        let mut tables = Tables::default();
        let language = tables.language("en");
        let mut window = Window::default();
        for id in 1..=items {
            let item = ArrivingItem {
                id: ItemId(id),
                summary: format!("first{id} second{id} third{id}"),
                ..ArrivingItem::default()
            };
            window.push(
                LiveItem::new(&item, language, read_item(&item)),
                None,
                Vec::new(),
            );
            if window.len() > most {
                window.pop();
            }
        }
        window
    }

    #[test]
    fn the_words_of_what_has_left_are_forgotten_though_no_epoch_begins() {
        let window = lived_through(5_000, 100);
        assert_eq!(window.len(), 100);
        assert!(window.words.len() <= 3 * 151, "{}", window.words.len());
        let words = read_item(&ArrivingItem {
            summary: "second5000".to_owned(),
            ..ArrivingItem::default()
        });
        assert_eq!(window.holding(words.terms[0].hash).len(), 1);
    }
}
