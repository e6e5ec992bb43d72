//! What is learnt online, one table per language: how many items hold a word, and how often it is
//! written with a capital where that says something.
//!
//! Weights of words change only at epochs, so that everything between two epochs is a function of
//! the table at the last epoch and of the items since. The table at the last epoch is what is
//! saved (`seq` of its last item is the cursor); the items after it are read again at start.

use rustc_hash::FxHashMap;

use super::arriving::{CAPITAL, NUMBER, OPENER, PAIR, PLAIN, Reading, UNUSUAL};
use super::common_words::{PRETENDED_ITEMS, common_words};
use crate::news::ItemId;

/// The tables as they are saved: those of the last epoch, with their cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedTables {
    /// Every item up to this one is counted; items after it must be handed to `restore`.
    pub through: ItemId,
    /// How many items were counted in all, over all languages.
    pub counted: u64,
    /// Code of the language and its table, in the order in which the languages came up.
    pub languages: Vec<(String, Vec<u8>)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    hash: u32,
    items: u32,
    capital: u32,
    plain: u32,
}

#[derive(Clone, Debug, Default)]
struct LanguageTable {
    code: String,
    items: u64,
    counts: FxHashMap<u32, Count>,
}

/// The tables of all languages, and what came in since the last epoch.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    settled: Vec<LanguageTable>,
    pending: Vec<LanguageTable>,
    through: ItemId,
    counted: u64,
    since_epoch: u64,
    last: ItemId,
}

/// What the table says of a word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct WordWeight {
    pub(super) idf: f32,
    pub(super) is_name: bool,
    /// True if it is not known for a name and may be one: it is unusual, and was never seen without a capital.
    pub(super) may_be_name: bool,
    /// True if it was never seen without a capital.
    pub(super) never_plain: bool,
}

/// Words that stand in a fifth of all items weigh nothing; measured on four corpora.
const COMMON: f64 = 1.5;
const HIGHEST: f64 = 9.5;
/// Items after which the common words of a language have been seen without a capital; those that a list of
/// common words stands for count among them.
const KNOWS_COMMON_WORDS: u64 = 1000;
/// Items that a new table of a language without a list of common words pretends to have seen. With none, no word
/// weighs anything and two items are one event by a number that they share; with as many as where there is a
/// list, common words make one event of two. Tried at 25 to 400 on dev streams made into scripts without capitals.
const PRETENDED_UNKNOWN: u64 = 50;
/// Items that hold a pair of characters that may be there by chance.
const CHANCE_ITEMS: u32 = 3;
/// Beyond this many words the rarest are forgotten: 16 bytes each.
const MAX_WORDS: usize = 400_000;
/// Beyond this many items the table is halved, so that it follows the language.
const MAX_ITEMS: u64 = 1_000_000;

impl Tables {
    /// The index of a language, made at its first item.
    pub(super) fn language(&mut self, code: &str) -> u8 {
        let found = self.settled.iter().position(|table| table.code == code);
        let index = found.unwrap_or_else(|| {
            let known = self.settled.len();
            if known == usize::from(u8::MAX) {
                return known - 1;
            }
            self.settled.push(LanguageTable::of(code));
            self.pending.push(LanguageTable {
                code: code.to_owned(),
                ..LanguageTable::default()
            });
            known
        });
        index as u8
    }

    /// Counts an item. It weighs from the next epoch on.
    pub(super) fn count(&mut self, id: ItemId, language: u8, reading: &Reading) {
        let table = &mut self.pending[usize::from(language)];
        table.items += 1;
        for term in &reading.terms {
            let count = table.counts.entry(term.hash).or_insert(Count {
                hash: term.hash,
                ..Count::default()
            });
            count.items += 1;
            count.capital += u32::from(term.flags & CAPITAL != 0);
            count.plain += u32::from(term.flags & PLAIN != 0);
        }
        self.since_epoch += 1;
        self.last = id;
    }

    /// Takes in what was counted if enough came in: an eighth of what is known, so that the cost
    /// of weighing all live items anew stays a fixed share. True if weights changed.
    pub(super) fn begin_epoch_if_due(&mut self) -> bool {
        if self.since_epoch < (self.counted / 8).clamp(8, 16_384) {
            return false;
        }
        for (table, pending) in self.settled.iter_mut().zip(&mut self.pending) {
            table.take_in(pending);
        }
        self.counted += std::mem::take(&mut self.since_epoch);
        self.through = self.last;
        true
    }

    /// True while so few items of a language are known that most words have been seen once or never: how rare one is
    /// says little then.
    pub(super) fn is_young(&self, language: u8) -> bool {
        self.settled[usize::from(language)].items < KNOWS_COMMON_WORDS
    }

    pub(super) fn through(&self) -> ItemId {
        self.through
    }

    /// The weight of a word as of the last epoch.
    pub(super) fn weigh(&self, language: u8, hash: u32, flags: u16) -> WordWeight {
        let table = &self.settled[usize::from(language)];
        let count = table.counts.get(&hash).copied().unwrap_or_default();
        let idf = ((table.items as f64 + 1.0) / (f64::from(count.items) + 1.0)).ln() - COMMON;
        let capitals_seen = count.capital + count.plain;
        let is_name = if flags & NUMBER != 0 {
            false
        } else if capitals_seen >= 2 {
            count.capital * 2 > capitals_seen
        } else {
            // What opens a sentence and was never seen without a capital is seldom a common word.
            let is_opener = flags & (OPENER | PLAIN) == OPENER && count.plain == 0;
            let is_known = flags & UNUSUAL != 0 || table.items >= KNOWS_COMMON_WORDS;
            flags & CAPITAL != 0 || is_opener && is_known
        };
        WordWeight {
            idf: idf.clamp(0.0, HIGHEST) as f32,
            is_name,
            may_be_name: !is_name && flags & (UNUSUAL | PLAIN) == UNUSUAL && count.plain == 0,
            never_plain: flags & PLAIN == 0 && count.plain == 0,
        }
    }

    /// True for a pair of characters that so few items hold that it is hardly a word: most such pairs are of two
    /// words that happen to stand side by side.
    pub(super) fn is_chance_pair(&self, language: u8, hash: u32, flags: u16) -> bool {
        let counts = &self.settled[usize::from(language)].counts;
        flags & PAIR != 0
            && counts
                .get(&hash)
                .is_none_or(|count| count.items <= CHANCE_ITEMS)
    }

    pub(super) fn save(&self) -> SavedTables {
        SavedTables {
            through: self.through,
            counted: self.counted,
            languages: self
                .settled
                .iter()
                .map(|table| (table.code.clone(), table.to_bytes()))
                .collect(),
        }
    }

    /// The tables as saved; bytes that are not a whole table count as an empty one.
    pub(super) fn restore(saved: &SavedTables) -> Self {
        let mut tables = Self {
            through: saved.through,
            last: saved.through,
            counted: saved.counted,
            ..Self::default()
        };
        for (code, bytes) in &saved.languages {
            let index = usize::from(tables.language(code));
            tables.settled[index].read_bytes(bytes);
        }
        tables
    }
}

impl LanguageTable {
    /// A table that knows the common words of its language, if there is a list of them, and that words are rare.
    fn of(code: &str) -> Self {
        let mut table = Self {
            code: code.to_owned(),
            items: PRETENDED_UNKNOWN,
            ..Self::default()
        };
        if let Some(words) = common_words(code) {
            table.items = u64::from(PRETENDED_ITEMS);
            for (hash, items) in words {
                let count = Count {
                    hash: *hash,
                    items: *items,
                    ..Count::default()
                };
                table.counts.insert(*hash, count);
            }
        }
        table
    }

    fn take_in(&mut self, pending: &mut LanguageTable) {
        self.items += std::mem::take(&mut pending.items);
        for (hash, new) in pending.counts.drain() {
            let count = self.counts.entry(hash).or_insert(Count {
                hash,
                ..Count::default()
            });
            count.items += new.items;
            count.capital += new.capital;
            count.plain += new.plain;
        }
        if self.items > MAX_ITEMS {
            self.items /= 2;
            self.counts.retain(|_, count| {
                count.items /= 2;
                count.capital /= 2;
                count.plain /= 2;
                count.items > 0
            });
        }
        let mut rare = 1;
        while self.counts.len() > MAX_WORDS {
            self.counts.retain(|_, count| count.items > rare);
            rare += 1;
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut counts: Vec<&Count> = self.counts.values().collect();
        counts.sort_unstable_by_key(|count| count.hash);
        let mut bytes = self.items.to_le_bytes().to_vec();
        for count in counts {
            for number in [count.hash, count.items, count.capital, count.plain] {
                bytes.extend(number.to_le_bytes());
            }
        }
        bytes
    }

    fn read_bytes(&mut self, bytes: &[u8]) {
        let Some((items, rest)) = bytes.split_first_chunk::<8>() else {
            return;
        };
        let (rows, []) = rest.as_chunks::<16>() else {
            return;
        };
        self.items = u64::from_le_bytes(*items);
        for row in rows {
            let number =
                |at: usize| u32::from_le_bytes([row[at], row[at + 1], row[at + 2], row[at + 3]]);
            let count = Count {
                hash: number(0),
                items: number(4),
                capital: number(8),
                plain: number(12),
            };
            self.counts.insert(count.hash, count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::arriving::{ArrivingItem, read_item};
    use crate::text::words::hash_word;

    fn learn(tables: &mut Tables, id: i64, summary: &str) {
        let language = tables.language("en");
        let item = ArrivingItem {
            summary: summary.to_owned(),
            ..ArrivingItem::default()
        };
        tables.count(ItemId(id), language, &read_item(&item));
        tables.begin_epoch_if_due();
    }

    fn learnt() -> Tables {
        let mut tables = Tables::default();
        for id in 1..=64 {
            learn(
                &mut tables,
                id,
                &format!("the leader met Putin{id} in the rain"),
            );
        }
        tables
    }

    #[test]
    fn common_words_weigh_nothing_and_capitals_make_names() {
        let tables = learnt();
        assert_eq!(tables.weigh(0, hash_word("the"), 0).idf, 0.0);
        assert!(tables.weigh(0, hash_word("putin7"), 0).idf > 1.5);
        assert!(tables.weigh(0, hash_word("putin7"), CAPITAL).is_name);
        assert!(!tables.weigh(0, hash_word("rain"), CAPITAL).is_name);
    }

    #[test]
    fn what_only_ever_opens_sentences_is_a_name_once_common_words_are_known() {
        let mut tables = learnt();
        let opener = |tables: &Tables, word| tables.weigh(0, hash_word(word), OPENER).is_name;
        assert!(!opener(&tables, "tesla"));
        for id in 65..=KNOWS_COMMON_WORDS + 200 {
            learn(&mut tables, id as i64, "the rain met the leader");
        }
        assert!(opener(&tables, "tesla"));
        assert!(!opener(&tables, "rain"));
        assert!(!tables.weigh(0, hash_word("tesla"), OPENER | PLAIN).is_name);
    }

    #[test]
    fn saved_tables_come_back_the_same() {
        let tables = learnt();
        let saved = tables.save();
        assert_eq!(Tables::restore(&saved).save(), saved);
        assert_eq!(saved.through, ItemId(64));
    }

    #[test]
    fn damaged_tables_count_as_empty() {
        let mut saved = learnt().save();
        saved.languages[0].1.pop();
        let tables = Tables::restore(&saved);
        let unknown = tables.weigh(0, hash_word("never-seen"), 0).idf;
        assert_eq!(tables.weigh(0, hash_word("rain"), 0).idf, unknown);
    }
}
