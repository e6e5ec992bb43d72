//! The newest item as others are measured against it: its words, 4-grams and neighbouring words in
//! tables, so that measuring an older item is one look-up for each of its own; and how the words weigh
//! among the nearest items, because where everyone says Trump, Putin and Alaska only "red carpet"
//! tells events apart.

use super::shared::Side;
use super::window::{LiveItem, Term};

/// Memory that is used again for every item that comes.
#[derive(Clone, Debug, Default)]
pub(super) struct Newest {
    words: Table,
    grams: Grams,
    word_pairs: Table,
    /// How rare a word is that so many of the nearest hold.
    rarities: Vec<f32>,
    /// Local weights of the item's own terms, in their order.
    own: Vec<f32>,
    /// Sums over all of its terms, as if none were found in another.
    whole: Side,
    /// True if its language is one of which little is known.
    is_young: bool,
}

impl Newest {
    /// Takes in the newest item and those nearest to it.
    pub(super) fn take_in<'a>(
        &mut self,
        (newest, is_young): (&LiveItem, bool),
        nearest: impl Iterator<Item = &'a LiveItem> + Clone,
    ) {
        let terms = |item: &LiveItem| item.terms.len();
        let count: usize = nearest.clone().map(terms).sum();
        self.words.clear(count + terms(newest));
        let mut size = 1;
        for item in nearest {
            size += 1;
            for term in &item.terms {
                self.words.entry(term.hash).holding += 1;
            }
        }
        for (at, term) in newest.terms.iter().enumerate() {
            let cell = self.words.entry(term.hash);
            cell.holding += 1;
            cell.own = at as u16 + 1;
        }
        let rarity = |holding: u16| ((size as f32 + 1.0) / f32::from(holding.max(1))).ln();
        self.rarities.clear();
        self.rarities.extend((0..=size).map(rarity));
        self.is_young = is_young;
        self.weigh_own(newest);
        self.grams.fill(&newest.grams);
        self.word_pairs.fill(hashed_pairs(&newest.title_words));
    }

    fn weigh_own(&mut self, newest: &LiveItem) {
        let local = |term: &Term| self.look_up(*term).0;
        let own: Vec<f32> = newest.terms.iter().map(local).collect();
        self.own = own;
        self.whole = Side::default();
        for (term, local) in newest.terms.iter().zip(&self.own) {
            self.whole.add(*term, *local, false);
        }
    }

    /// The weight of another item's word among the nearest items, which is its global weight times how
    /// rare it is here; and the place of the same word in the newest item.
    pub(super) fn look_up(&self, term: Term) -> (f32, Option<usize>) {
        let (holding, own) = self
            .words
            .find(term.hash)
            .map_or((0, 0), |cell| (cell.holding, cell.own));
        let local = self.rarities[usize::from(holding)] * term.weight();
        (local, usize::from(own).checked_sub(1))
    }

    /// The local weight of the newest item's own term at a place.
    pub(super) fn own_weight(&self, at: usize) -> f32 {
        self.own[at]
    }

    /// Sums over all of the newest item's terms, as if none were found in another.
    pub(super) fn whole(&self) -> Side {
        self.whole
    }

    /// True if little is known of its language, so that how rare words are says little.
    pub(super) fn is_young(&self) -> bool {
        self.is_young
    }

    /// How many of these 4-grams stand in the newest title.
    pub(super) fn shared_grams(&self, grams: &[u16]) -> usize {
        self.grams.count_of(grams)
    }

    /// How many neighbouring words of a title are neighbours in the newest title.
    pub(super) fn shared_word_pairs(&self, words: &[u32]) -> usize {
        let shared = hashed_pairs(words).filter(|pair| self.word_pairs.find(*pair).is_some());
        shared.count()
    }
}

fn hashed_pairs(words: &[u32]) -> impl Iterator<Item = u32> + Clone {
    let hashed = |pair: &[u32]| pair[0].wrapping_mul(0x9e37_79b1).rotate_left(15) ^ pair[1];
    words.windows(2).map(hashed)
}

/// A set of 4-grams: a bit for each that there can be, 8 KB, so that asking is one look at what is near.
#[derive(Clone, Debug)]
struct Grams {
    bits: Box<[u64]>,
    set: Vec<u16>,
}

impl Default for Grams {
    fn default() -> Self {
        Self {
            bits: vec![0; 1 << 10].into(),
            set: Vec::new(),
        }
    }
}

impl Grams {
    fn fill(&mut self, grams: &[u16]) {
        for gram in self.set.drain(..) {
            self.bits[usize::from(gram >> 6)] = 0;
        }
        for gram in grams {
            self.bits[usize::from(gram >> 6)] |= 1 << (gram & 63);
        }
        self.set.extend(grams);
    }

    fn count_of(&self, grams: &[u16]) -> usize {
        let has = |gram: &u16| self.bits[usize::from(gram >> 6)] >> (gram & 63) & 1;
        grams.iter().map(has).sum::<u64>() as usize
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    key: u32,
    round: u32,
    holding: u16,
    own: u16,
}

/// A small open table that is emptied by counting its rounds. Half of its cells at least are empty.
#[derive(Clone, Debug, Default)]
struct Table {
    cells: Vec<Cell>,
    mask: usize,
    round: u32,
}

impl Table {
    /// Empties it and makes room for so many keys; no more cells are in use than these ask for, so
    /// they stay near at hand.
    fn clear(&mut self, keys: usize) {
        let cells = (keys * 2).next_power_of_two();
        self.mask = cells - 1;
        if self.cells.len() < cells {
            self.cells.resize(cells, Cell::default());
        }
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.cells.fill(Cell::default());
            self.round = 1;
        }
    }

    fn fill(&mut self, keys: impl Iterator<Item = u32> + Clone) {
        self.clear(keys.clone().count());
        for key in keys {
            self.entry(key);
        }
    }

    fn entry(&mut self, key: u32) -> &mut Cell {
        let at = self.place(key);
        let cell = &mut self.cells[at];
        if cell.round != self.round {
            *cell = Cell {
                key,
                round: self.round,
                ..Cell::default()
            };
        }
        cell
    }

    fn find(&self, key: u32) -> Option<&Cell> {
        let cell = &self.cells[self.place(key)];
        (cell.round == self.round).then_some(cell)
    }

    /// The cell of a key, or the empty one where it would stand.
    fn place(&self, key: u32) -> usize {
        let mut at = key as usize & self.mask;
        loop {
            let cell = &self.cells[at];
            if cell.round != self.round || cell.key == key {
                return at;
            }
            at = (at + 1) & self.mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_holds_what_was_put_in_since_it_was_cleared() {
        let mut table = Table::default();
        for round in 0..100_u32 {
            let keys = |from: u32| (0..=round).map(move |at| (from + at) * 64);
            table.fill(keys(round));
            assert!(keys(round).all(|key| table.find(key).is_some()));
            assert!(keys(round + 1000).all(|key| table.find(key).is_none()));
        }
    }
}
