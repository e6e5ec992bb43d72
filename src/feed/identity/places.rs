//! Whether the leads of two notices at one page name other places or persons, whatever else they say. A page that counts, and
//! one that says the same in other words, is one item: what is no name for sure parts nothing here.

use std::collections::BTreeSet;

use super::similar::words;
use super::{IdentityInput, KnownItem};
use crate::text::diff::{WordChange, word_diff};
use crate::text::kinds::{KindsWithin, has_no_capitals, kinds_of};
use crate::text::ordinary::{Ordinary, ordinary_words};
use crate::text::stems::Filing;
use crate::text::words::{Word, fold_word, hash_word, split_words};

/// True if each lead names what the other item does not, or, in a script without capitals, one name stands in the place of
/// another and one number too.
pub(super) fn names_other_place(input: &IdentityInput, known: &KnownItem) -> bool {
    let names = Names::of(&input.language);
    let held = |title: &str, lead: &str| -> BTreeSet<String> {
        words(title).into_iter().chain(words(lead)).collect()
    };
    let (ours, theirs) = (input.lead(), known.summary.as_str());
    let are_in_capitals = names.go_beyond(ours, &held(&known.title, theirs))
        && names.go_beyond(theirs, &held(&input.title, ours));
    are_in_capitals || names.replace_each_other(theirs, ours)
}

/// What names are known by in one language.
struct Names<'a> {
    language: &'a str,
    /// Words that no name is; `None` where they are not known.
    ordinary: Option<&'static Ordinary>,
}

impl<'a> Names<'a> {
    fn of(language: &'a str) -> Self {
        Self {
            language,
            ordinary: ordinary_words(language),
        }
    }

    /// True if a lead has a name in capitals that is none of the words that another item holds.
    fn go_beyond(&self, lead: &str, held: &BTreeSet<String>) -> bool {
        let kinds = self.kinds_within(lead);
        let named = split_words(lead).filter(|word| self.is_in_capitals(*word, kinds.as_ref()));
        let mut parts = named.flat_map(|word| words(word.written));
        parts.any(|part| !held.contains(&part))
    }

    /// True if in the second text a number stands in the place of another, and a word that may be a name, of a script without
    /// capitals, in that of another.
    fn replace_each_other(&self, before: &str, after: &str) -> bool {
        if !split_words(after).any(has_no_capitals) {
            return false;
        }
        let changes = word_diff(before, after);
        let replaced = || {
            changes.windows(2).filter_map(|pair| match pair {
                [WordChange::Removed(old), WordChange::Added(new)] => Some([old, new]),
                _ => None,
            })
        };
        let both = |pair: [&String; 2], holds: &dyn Fn(&str) -> bool| {
            pair.into_iter().all(|text| holds(text))
        };
        replaced().any(|pair| both(pair, &|text| text.contains(char::is_numeric)))
            && replaced().any(|pair| both(pair, &|text| self.may_be_name(text)))
    }

    /// True for a few words without capitals of which one is neither a number nor of a kind.
    fn may_be_name(&self, text: &str) -> bool {
        if split_words(text).count() > MOST_WORDS {
            return false;
        }
        let kinds = self.kinds_within(text);
        let is_name = |word: Word<'_>| {
            let is_numeral = word.written.chars().all(|c| NUMERALS.contains(c));
            has_no_capitals(word) && !is_numeral && !self.is_of_kind(word, kinds.as_ref())
        };
        split_words(text).any(is_name)
    }

    /// True for a capital within a sentence; at the start of one, where any word has it, if the word is known to be no other.
    fn is_in_capitals(&self, word: Word<'_>, kinds: Option<&KindsWithin<'_>>) -> bool {
        if !word.written.starts_with(char::is_uppercase) {
            return false;
        }
        let mut folded = String::new();
        fold_word(word.written, &mut folded);
        let is_unordinary = || {
            let ordinary = self.ordinary;
            ordinary.is_some_and(|ordinary| !ordinary.hold(&folded))
        };
        (!word.opens_sentence || is_unordinary())
            && !PARTS_OF_DAY.contains(&folded.as_str())
            && !self.is_of_kind(word, kinds)
    }

    /// True if a word says what kind of thing happened, or when: `Feuerwehr`, `Abend`, `Tuesday`.
    fn is_of_kind(&self, word: Word<'_>, kinds: Option<&KindsWithin<'_>>) -> bool {
        let (mut folded, mut form) = (String::new(), String::new());
        fold_word(word.written, &mut folded);
        let filed = Filing::of(self.language).form(word.written, &folded, &mut form);
        kinds.is_some_and(|kinds| kinds.hold(word, &folded, hash_word(filed)))
    }

    fn kinds_within<'t>(&self, text: &'t str) -> Option<KindsWithin<'t>> {
        kinds_of(self.language).map(|kinds| kinds.within(text))
    }
}

/// Nouns, which German writes with a capital, that are of no kind.
const PARTS_OF_DAY: [&str; 4] = ["mittag", "vormittag", "nachmittag", "mitternacht"];

/// Numbers as Chinese and Japanese write them in words.
const NUMERALS: &str = "零〇一二三四五六七八九十百千万萬億亿两兩";

/// Words, or pairs of characters, of the longest name; what is longer is told in other words.
const MOST_WORDS: usize = 6;
