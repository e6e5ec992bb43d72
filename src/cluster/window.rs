//! The live items: those of the window of time, in order of arrival, filed under their words.
//!
//! Items leave in the order in which they came, so a restored window equals the one before.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::arriving::{ArrivingItem, IN_LEAD, IN_TITLE, NUMBER, Reading};
use super::tables::Tables;
use crate::news::{EventId, ItemId, OutletId};
use crate::text::fingerprint::bands;
use crate::text::stages::Stages;

/// Position of a live item in order of arrival, counted from the first item ever.
pub(super) type Slot = u32;

/// Items kept in the list of one word: more only repeat what the newest say.
pub(super) const NEWEST: usize = 256;
/// Items kept in the list of one band of fingerprints.
const NEWEST_IN_BAND: usize = 16;

/// The word is a name by the tables.
pub(super) const NAME: u8 = 32;

/// A word of a live item with its weight in 1/6000 of a nat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) hash: u32,
    weight: u16,
    pub(super) flags: u8,
}

const WEIGHT_STEPS: f32 = 6000.0;

impl Term {
    pub(super) fn weight(self) -> f32 {
        f32::from(self.weight) / WEIGHT_STEPS
    }

    pub(super) fn is(self, flag: u8) -> bool {
        self.flags & flag != 0
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
    pub(super) terms: Box<[Term]>,
    pub(super) grams: Box<[u32]>,
    pub(super) title_words: Box<[u32]>,
    pub(super) norm: f32,
    pub(super) title_norm: f32,
    /// The original that this item repeats.
    pub(super) reprint_of: Option<Slot>,
    /// Frozen scores with other live items, in steps of [`super::pairs::SCORE_STEPS`].
    pub(super) pairs: Vec<(Slot, u32)>,
    /// `None` for items that join no event.
    pub(super) event: Option<EventId>,
}

impl LiveItem {
    pub(super) fn new(item: &ArrivingItem, language: u8, reading: Reading) -> Self {
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
            terms: terms.collect(),
            grams: reading.grams.into_boxed_slice(),
            title_words: reading.title_words.into_boxed_slice(),
            norm: 0.0,
            title_norm: 0.0,
            reprint_of: None,
            pairs: Vec::new(),
            event: None,
        }
    }

    /// Takes the weights of the last epoch.
    pub(super) fn weigh(&mut self, tables: &Tables) {
        let (mut norm, mut title_norm) = (0.0, 0.0);
        for term in &mut self.terms {
            let word = tables.weigh(self.language, term.hash, term.flags);
            term.weight = (word.idf * WEIGHT_STEPS) as u16;
            term.flags = (term.flags & !NAME) | if word.is_name { NAME } else { 0 };
            let square = term.weight() * term.weight();
            norm += square;
            title_norm += if term.is(IN_TITLE) { square } else { 0.0 };
        }
        self.norm = norm.sqrt();
        self.title_norm = title_norm.sqrt();
    }

    pub(super) fn titles(&self) -> impl Iterator<Item = Term> + '_ {
        self.terms.iter().copied().filter(|term| term.is(IN_TITLE))
    }

    /// How many words stand in the title and in the lead.
    pub(super) fn lengths(&self) -> (usize, usize) {
        let title = self.titles().count();
        let lead = self.terms.iter().filter(|term| term.is(IN_LEAD)).count();
        (title, lead)
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
        let claimed = self.time_is_claimed && other.time_is_claimed;
        claimed.then(|| self.time_secs.abs_diff(other.time_secs) as f32 / 3600.0)
    }

    pub(super) fn title_numbers(&self) -> impl Iterator<Item = u32> + '_ {
        let numbers = self.titles().filter(|term| term.is(NUMBER));
        numbers.map(|term| term.hash)
    }
}

fn hash_of(text: Option<&str>) -> u32 {
    text.map_or(0, crate::text::words::hash_word)
}

/// The live items and the lists of their words.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    base: Slot,
    items: VecDeque<LiveItem>,
    slots: FxHashMap<ItemId, Slot>,
    words: FxHashMap<u32, Vec<Slot>>,
    bands: FxHashMap<u32, Vec<Slot>>,
}

impl Window {
    /// Files an item; it is then the newest.
    pub(super) fn push(&mut self, item: LiveItem) -> Slot {
        let slot = self.base + self.items.len() as Slot;
        for term in &item.terms {
            push_newest(self.words.entry(term.hash).or_default(), slot, NEWEST);
        }
        if !item.terms.is_empty() {
            for band in bands(item.fingerprint) {
                push_newest(self.bands.entry(band).or_default(), slot, NEWEST_IN_BAND);
            }
        }
        self.slots.insert(item.id, slot);
        self.items.push_back(item);
        slot
    }

    /// Takes the oldest item out.
    pub(super) fn pop(&mut self) -> Option<LiveItem> {
        let item = self.items.pop_front()?;
        self.base += 1;
        self.slots.remove(&item.id);
        Some(item)
    }

    pub(super) fn oldest(&self) -> Option<&LiveItem> {
        self.items.front()
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

    /// The item of a live slot.
    pub(super) fn item(&self, slot: Slot) -> &LiveItem {
        self.get(slot).expect("the slot is live")
    }

    pub(super) fn item_mut(&mut self, slot: Slot) -> &mut LiveItem {
        let at = (slot - self.base) as usize;
        &mut self.items[at]
    }

    pub(super) fn slot_of(&self, id: ItemId) -> Option<Slot> {
        self.slots.get(&id).copied()
    }

    /// The newest live items that hold a word.
    pub(super) fn holding(&self, word: u32) -> &[Slot] {
        self.newest_of(self.words.get(&word), NEWEST)
    }

    /// The newest live items that share a band of the fingerprint.
    pub(super) fn in_band(&self, band: u32) -> &[Slot] {
        self.newest_of(self.bands.get(&band), NEWEST_IN_BAND)
    }

    fn newest_of<'a>(&self, list: Option<&'a Vec<Slot>>, most: usize) -> &'a [Slot] {
        let list = list.map_or(&[][..], Vec::as_slice);
        let newest = &list[list.len().saturating_sub(most)..];
        let live = newest.partition_point(|slot| *slot < self.base);
        &newest[live..]
    }

    /// Weighs every item anew and drops what has left the window from the lists.
    pub(super) fn weigh_all(&mut self, tables: &Tables) {
        for item in &mut self.items {
            item.weigh(tables);
        }
        let base = self.base;
        for lists in [&mut self.words, &mut self.bands] {
            lists.retain(|_, list| {
                list.retain(|slot| *slot >= base);
                list.shrink_to(list.len() * 2);
                !list.is_empty()
            });
        }
    }

    /// The item that came last.
    pub(super) fn newest(&self) -> Option<&LiveItem> {
        self.items.back()
    }
}

/// Old slots are cut in bulk; what is visible is always the newest `most`.
fn push_newest(list: &mut Vec<Slot>, slot: Slot, most: usize) {
    if list.len() >= most + most / 2 {
        list.drain(..list.len() - most);
    }
    list.push(slot);
}
