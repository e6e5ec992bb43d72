//! What the engine is told of an item, and what it reads in it once: terms, 4-grams of the title,
//! numbers, the fingerprint. Nothing here looks at other items.

use std::hash::Hasher;

use super::counted::Counted;
use crate::news::{Dateline, ItemId, OutletId, Role, UtcTime};
use crate::text::concepts::concept_of;
use crate::text::fingerprint::fingerprint;
use crate::text::kinds::{Kinds, has_no_capitals, kinds_of, writes_nouns_with_capitals};
use crate::text::lands::{Land, Lands, lands_of};
use crate::text::ordinary::{Ordinary, ordinary_words};
use crate::text::places::{
    PlaceSigns, ends_as_noun, names_region, place_signs, place_words, says_against,
};
use crate::text::sequels::Sequel;
use crate::text::stages::Stages;
use crate::text::stems::Filing;
use crate::text::words::{Word, fold_word, hash_word, mix, split_words};

/// An item as it is handed to the engine, by value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArrivingItem {
    /// Row id and place in history.
    pub id: ItemId,
    /// Who published it.
    pub outlet: OutletId,
    /// True if others run this outlet's copy.
    pub outlet_is_wire: bool,
    /// Two-letter code, or `und`.
    pub language: String,
    /// The time that the window and all gaps are measured in (invariant 10).
    pub item_time: UtcTime,
    /// False if `item_time` is only our clock: gaps then say nothing.
    pub time_is_claimed: bool,
    /// Title without tags.
    pub title: String,
    /// Lead without dateline and change note; may be empty.
    pub summary: String,
    /// Full text; may be empty.
    pub text: String,
    /// What kind of telling it is.
    pub role: Role,
    /// The agency whose copy it is.
    pub agency: Option<String>,
    /// Place and day of filing.
    pub dateline: Option<Dateline>,
    /// What stays the same over all takes of one series.
    pub series_key: Option<String>,
}

/// The term stands in the title.
pub(super) const IN_TITLE: u16 = 1;
/// The term stands in the lead or text.
pub(super) const IN_LEAD: u16 = 2;
/// Written with a capital where that says something.
pub(super) const CAPITAL: u16 = 4;
/// Written without a capital where that says something.
pub(super) const PLAIN: u16 = 8;
/// The term is a number.
pub(super) const NUMBER: u16 = 16;
/// Two neighbouring characters of a script that puts no space between words.
pub(super) const PAIR: u16 = 128;
/// Opens a sentence with a capital, as any word does there.
pub(super) const OPENER: u16 = 64;
/// Says what kind of event is told.
pub(super) const KIND: u16 = 256;
/// Of a script without capitals and none of a kind: it may say which event it is. Where every noun has a capital, its
/// weight decides.
pub(super) const WHICH: u16 = 512;
/// Has a capital where any word has one, as it opens a sentence or stands in a title of which most words have one, and
/// is no ordinary word, in a language whose ordinary words are known.
pub(super) const UNUSUAL: u16 = 1024;
/// Stands beside the sign of a place; in a script with capitals, behind a word for where or against whom, or in the lead
/// alone behind one for where.
pub(super) const PLACE: u16 = 4096;

/// Names a country or who is from there.
pub(super) const LAND: u16 = 8192;
/// Names of countries are made of it and other words.
pub(super) const PART_OF_LAND: u16 = 16384;

/// A place by the word before it, and a country or a part of one: towns lie in it.
pub(super) const WIDE: u16 = 32768;

/// A word of an item, once for all its uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ReadTerm {
    pub(super) hash: u32,
    pub(super) flags: u16,
}

/// All that is read in an item's words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Reading {
    /// Unique, sorted by hash.
    pub(super) terms: Vec<ReadTerm>,
    /// Hashes of the title's character 4-grams, unique, sorted; two of one title seldom share one.
    pub(super) grams: Vec<u16>,
    /// Words of the title in order, at most 24.
    pub(super) title_words: Vec<u32>,
    /// How many letters each of them has, folded.
    pub(super) title_letters: Vec<u8>,
    pub(super) fingerprint: u64,
    /// Stages that the title names.
    pub(super) stages: Stages,
    /// Which step of a matter of two the title tells.
    pub(super) sequel: Sequel,
    /// What the title numbers and counts.
    pub(super) counted: Counted,
}

/// Characters of the lead that are read: leads say what happened first.
const LEAD_CHARS: usize = 420;
/// Words that are read of any title: longer ones are not titles.
const MAX_TITLE_WORDS: usize = 48;
/// What a word and its space take at the least in most texts: room for them all at once.
const WORD_BYTES: usize = 5;
/// Unique terms kept of an item, a bound for hostile texts.
const MAX_TERMS: usize = 160;

pub(super) fn read_item(item: &ArrivingItem) -> Reading {
    let mut reader = Reader {
        filing: Filing::of(&item.language),
        kinds: kinds_of(&item.language),
        ordinary: ordinary_words(&item.language),
        place_signs: place_signs(&item.language),
        lands: lands_of(&item.language),
        place_words: place_words(&item.language),
        nouns_have_capitals: writes_nouns_with_capitals(&item.language),
        ..Reader::default()
    };
    let title = cut_chars(&item.title, LEAD_CHARS);
    reader.read(title, IN_TITLE, MAX_TITLE_WORDS);
    let title_words = reader.order.iter().copied().take(24).collect();
    reader.title_terms = reader.terms.len();
    let title_letters = std::mem::take(&mut reader.letters);
    let stages = Stages::of_words(reader.said.split('\n'));
    let grams = title_grams(&reader.folded);
    let lead = if item.summary.is_empty() {
        &item.text
    } else {
        &item.summary
    };
    reader.read(cut_chars(lead, LEAD_CHARS), IN_LEAD, MAX_TERMS);
    Reading {
        grams,
        title_words,
        title_letters: title_letters.into_iter().take(24).collect(),
        stages,
        sequel: Sequel::of_title(title, &item.language),
        counted: Counted::of_title(title, &item.language),
        fingerprint: fingerprint(&reader.order),
        terms: reader.into_terms(),
    }
}

fn cut_chars(text: &str, chars: usize) -> &str {
    text.char_indices()
        .nth(chars)
        .map_or(text, |(end, _)| &text[..end])
}

#[derive(Default)]
struct Reader {
    filing: Filing,
    kinds: Option<&'static Kinds>,
    ordinary: Option<&'static Ordinary>,
    place_signs: Option<&'static PlaceSigns>,
    lands: Option<&'static Lands>,
    nouns_have_capitals: bool,
    place_words: &'static [&'static str],
    /// True if the last word was one of those behind which a name says where, or against whom.
    is_behind_sign: bool,
    /// True if it was one of the latter.
    is_behind_against: bool,
    terms: Vec<ReadTerm>,
    /// How many of these are the title's.
    title_terms: usize,
    /// The hashes of all words in order.
    order: Vec<u32>,
    /// How many letters each of the title's has, folded.
    letters: Vec<u8>,
    /// The title's words in full, those that say one thing in one form, a line each.
    said: String,
    /// The title's folded words with a space before and after each.
    folded: String,
}

impl Reader {
    fn read(&mut self, text: &str, place: u16, max_words: usize) {
        let small = self.filing.in_small_letters(text);
        let text = small.as_deref().unwrap_or(text);
        let mut words: Vec<Word<'_>> = Vec::with_capacity(text.len() / WORD_BYTES);
        words.extend(split_words(text));
        self.order.reserve(words.len());
        self.terms.reserve(words.len());
        let capitals_tell = small.is_none() && (self.nouns_have_capitals || !is_title_case(&words));
        let kinds = self.kinds.map(|kinds| kinds.within(text));
        let (mut folded, mut stem) = (String::new(), String::new());
        (self.is_behind_sign, self.is_behind_against) = (false, false);
        for word in words.into_iter().take(max_words) {
            fold_word(word.written, &mut folded);
            let is_against = std::mem::replace(&mut self.is_behind_against, says_against(&folded));
            let says_where = self.say_where(text, word, &folded);
            if place == IN_TITLE {
                self.folded.push(' ');
                self.folded.push_str(&folded);
            }
            if folded.is_empty() {
                continue;
            }
            let filed = self.filing.form(word.written, &folded, &mut stem);
            let mut flags = place;
            if filed.as_bytes()[0].is_ascii_digit() {
                flags |= NUMBER;
            } else if !word.is_bigram && capitals_tell {
                flags |= match (word.opens_sentence, capital_flag(word.written)) {
                    (false, flag) => flag,
                    (true, CAPITAL) => OPENER,
                    (true, _) => 0,
                };
            }
            let is_capital = || capital_flag(word.written) == CAPITAL;
            let has_capital_as_any = flags & OPENER != 0 || !capitals_tell && is_capital();
            let hash = hash_word(filed);
            let land = self.lands.and_then(|lands| lands.find(hash));
            // `Polish` and `French` are ordinary words as well, in small letters.
            let is_unordinary = || match self.ordinary {
                Some(words) => land == Some(Land::Name) || !words.hold(&folded),
                None => self.filing.shows_name(word.written),
            };
            if has_capital_as_any && is_unordinary() {
                flags |= UNUSUAL;
            }
            if word.is_bigram {
                flags |= PAIR;
            }
            let is_kind = kinds.as_ref().map(|kinds| kinds.hold(word, &folded, hash));
            flags |= match is_kind {
                Some(true) => KIND,
                Some(false) if has_no_capitals(word) => {
                    let is_place = self.place_signs.is_some_and(|signs| signs.mark(text, word));
                    WHICH | if is_place { PLACE } else { 0 }
                }
                _ => 0,
            };
            flags |= match land {
                Some(Land::Name) => LAND,
                Some(Land::Part) => PART_OF_LAND,
                None => 0,
            };
            if says_where && (place == IN_TITLE || !is_against && !self.title_has(hash)) {
                let is_wide = !is_against && (land.is_some() || names_region(&folded));
                flags |= PLACE | if is_wide { WIDE } else { 0 };
            }
            self.terms.push(ReadTerm { hash, flags });
            self.order.push(hash);
            if place == IN_TITLE {
                self.letters.push(folded.chars().count().min(255) as u8);
                self.said.push_str(concept_of(&folded));
                self.said.push('\n');
            }
        }
        if place == IN_TITLE {
            self.folded.push(' ');
        }
    }

    fn title_has(&self, hash: u32) -> bool {
        let title = &self.terms[..self.title_terms];
        title.iter().any(|term| term.hash == hash)
    }

    /// True if a word with a capital says where something happened, by the word before it or by its own ending. Where
    /// every noun has a capital, neither a noun that ends as no place does nor the beginning of `US-Regierung`.
    fn say_where(&mut self, text: &str, word: Word<'_>, folded: &str) -> bool {
        let written = word.written;
        let is_sign = self.place_words.contains(&folded);
        let is_behind = std::mem::replace(&mut self.is_behind_sign, is_sign);
        let behind = &text[word.place_in(text).end..];
        let is_noun = || ends_as_noun(folded) || behind.starts_with('-');
        let names_place = is_behind && !(self.nouns_have_capitals && is_noun());
        capital_flag(written) == CAPITAL && (names_place || self.filing.shows_place(written))
    }

    fn into_terms(mut self) -> Vec<ReadTerm> {
        self.terms.truncate(MAX_TERMS * 2);
        self.terms.sort_unstable();
        let mut unique: Vec<ReadTerm> = Vec::with_capacity(self.terms.len());
        for term in self.terms {
            match unique.last_mut() {
                Some(last) if last.hash == term.hash => last.flags |= term.flags,
                _ => unique.push(term),
            }
        }
        unique.truncate(MAX_TERMS);
        unique
    }
}

fn capital_flag(written: &str) -> u16 {
    match written.chars().next() {
        Some(first) if first.is_uppercase() => CAPITAL,
        Some(first) if first.is_lowercase() => PLAIN,
        _ => 0,
    }
}

/// True if most longer words have capitals: then they tell no names.
fn is_title_case(words: &[Word<'_>]) -> bool {
    let (mut long, mut capital) = (0, 0);
    let told = words.iter();
    for word in told.filter(|word| !word.opens_sentence && word.written.len() >= 4) {
        long += 1;
        capital += usize::from(word.written.chars().next().is_some_and(char::is_uppercase));
    }
    capital * 10 > long * 7
}

fn title_grams(line: &str) -> Vec<u16> {
    let starts = line.char_indices().map(|(at, _)| at);
    let ends = starts.clone().chain([line.len()]).skip(4);
    let mut grams: Vec<u16> = starts
        .zip(ends)
        .map(|(start, end)| hash_bytes(&line.as_bytes()[start..end]))
        .collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}

fn hash_bytes(bytes: &[u8]) -> u16 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(bytes);
    mix(hasher.finish()) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(title: &str, summary: &str) -> ArrivingItem {
        ArrivingItem {
            title: title.to_owned(),
            summary: summary.to_owned(),
            ..ArrivingItem::default()
        }
    }

    fn flags_of(reading: &Reading, folded: &str) -> u16 {
        let hash = hash_word(concept_of(folded));
        let found = reading.terms.iter().find(|term| term.hash == hash);
        found.expect("the word was read").flags
    }

    #[test]
    fn capitals_count_only_where_they_tell() {
        let read = read_item(&item(
            "Putin Arrives In Alaska Today",
            "He met Trump there.",
        ));
        assert_eq!(flags_of(&read, "alaska") & (CAPITAL | PLAIN), 0);
        assert_eq!(flags_of(&read, "trump"), IN_LEAD | CAPITAL);
        assert_eq!(flags_of(&read, "met"), IN_LEAD | PLAIN);
    }

    #[test]
    fn where_every_word_has_a_capital_those_that_are_ordinary_are_known() {
        let title = "Man Arrested In Kewanee After Chase";
        for title in [title.to_owned(), title.to_uppercase()] {
            let language = "en".to_owned();
            let read = read_item(&ArrivingItem {
                language,
                ..item(&title, "")
            });
            assert_eq!(flags_of(&read, "kewanee"), IN_TITLE | UNUSUAL | PLACE);
            assert_eq!(flags_of(&read, "chase") & UNUSUAL, 0);
        }
    }

    #[test]
    fn a_title_in_capitals_says_what_it_says_in_small_letters() {
        let hashes = |title: &str| -> Vec<u32> {
            let language = "tr".to_owned();
            let read = read_item(&ArrivingItem {
                language,
                ..item(title, "")
            });
            read.terms.iter().map(|term| term.hash).collect()
        };
        let title = "Kırıkkale’de sığınakta yangın çıktı";
        assert_eq!(hashes("KIRIKKALE’DE SIĞINAKTA YANGIN ÇIKTI"), hashes(title));
    }

    #[test]
    fn an_empty_item_reads_as_nothing() {
        assert!(read_item(&item("", "")).terms.is_empty());
        assert!(read_item(&item("…!", " ")).grams.is_empty());
    }

    #[test]
    fn a_text_of_five_thousand_words_is_cut() {
        let long: String = (0..5000).map(|n| format!("word{n} ")).collect();
        let read = read_item(&item(&long, &long));
        assert!(read.terms.len() <= MAX_TERMS, "{}", read.terms.len());
        assert!(read.grams.len() <= LEAD_CHARS);
    }
}
