//! Words that say what kind of event a text tells: what two texts share beside them says which one it is.
//!
//! In scripts without capitals nothing shows which words are names; there what a title says beside the words of its kind
//! stands for them.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::concepts::concept_of;
use super::stems::Filing;
use super::words::{Word, fold_word, hash_word, is_unspaced};

/// Letters that stand before a word and are written as one with it: `and`, `in`, `to`, `the`.
const PREFIXES: [(&str, &str); 2] = [("ar", "وبلفك"), ("he", "הובלמשכ")];

/// Letters of the shortest head of a noun that is made of several, and of what stands before it.
const LETTERS_OF_HEAD: usize = 4;
const LETTERS_BEFORE_HEAD: usize = 3;
/// Heads with which names end as well: `Hartmann`, `Ludwigshafen`.
const ENDS_NAMES: [&str; 8] = [
    "mann", "hafen", "markt", "konig", "richter", "junge", "general", "meister",
];

/// The words of one language.
#[derive(Debug, Default)]
pub struct Kinds {
    /// As they are filed, by their hashes.
    words: FxHashSet<u32>,
    /// As they stand in a text without spaces, by their first letter, the longest first.
    stretches: FxHashMap<char, Vec<String>>,
    prefixes: &'static str,
    /// True if its nouns are made of several: `Wohnungsbrand` is a `Brand`.
    has_compounds: bool,
}

#[derive(serde::Deserialize)]
struct Listed {
    words: String,
    /// Made of them when the first item of the language comes.
    #[serde(skip)]
    kinds: OnceLock<Kinds>,
}

static LISTED: LazyLock<BTreeMap<String, Listed>> = LazyLock::new(|| {
    toml::from_str(include_str!("kind_words.toml"))
        .expect("the embedded list parses, a test reads it")
});

/// Those of a language by its two-letter code; `None` if none are known.
pub fn kinds_of(language: &str) -> Option<&'static Kinds> {
    let listed = LISTED.get(language)?;
    let kinds = || Kinds::new(language, &listed.words);
    Some(listed.kinds.get_or_init(kinds))
}

impl Kinds {
    fn new(language: &str, listed: &str) -> Self {
        let prefixes = PREFIXES.iter().find(|(code, _)| *code == language);
        let mut kinds = Self {
            prefixes: prefixes.map_or("", |(_, letters)| letters),
            has_compounds: writes_nouns_with_capitals(language),
            ..Self::default()
        };
        let filing = Filing::of(language);
        let (mut folded, mut stem) = (String::new(), String::new());
        for word in listed.split_whitespace() {
            if let Some(first) = word.chars().next().filter(|c| is_unspaced(*c)) {
                let alike = kinds.stretches.entry(first).or_default();
                alike.push(word.to_owned());
                continue;
            }
            fold_word(word, &mut folded);
            let filed = filing.form(word, &folded, &mut stem);
            kinds.words.insert(hash_word(filed));
        }
        for alike in kinds.stretches.values_mut() {
            alike.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
        }
        kinds
    }

    /// These as they stand in a text.
    pub fn within<'a>(&'a self, text: &'a str) -> KindsWithin<'a> {
        KindsWithin {
            kinds: self,
            text,
            covered: self.cover(text),
        }
    }

    fn hold(&self, folded: &str, hash: u32) -> bool {
        let is_prefixed = || {
            let bare = folded.strip_prefix(|letter| self.prefixes.contains(letter));
            bare.is_some_and(|bare| self.words.contains(&hash_word(bare)))
        };
        self.words.contains(&hash)
            || !self.prefixes.is_empty() && is_prefixed()
            || self.has_compounds && self.hold_head_of(folded)
    }

    /// True if a word ends with one of these, as a noun does that is made of several.
    fn hold_head_of(&self, folded: &str) -> bool {
        let splits = folded
            .char_indices()
            .map(|(at, _)| at)
            .skip(LETTERS_BEFORE_HEAD);
        let mut heads = splits.map(|at| &folded[at..]);
        heads.any(|head| {
            head.len() >= LETTERS_OF_HEAD
                && !ENDS_NAMES.contains(&head)
                && self.words.contains(&hash_word(concept_of(head)))
        })
    }

    /// Of a text in a script without spaces, for each of its bytes whether it is of a word of a kind; empty in other
    /// languages.
    fn cover(&self, text: &str) -> Vec<bool> {
        if self.stretches.is_empty() {
            return Vec::new();
        }
        let mut covered = vec![false; text.len()];
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let start = text.len() - rest.len();
            let mut alike = self.stretches.get(&first).into_iter().flatten();
            let found = alike.find(|word| rest.starts_with(word.as_str()));
            let length = found.map_or(first.len_utf8(), String::len);
            if found.is_some() {
                covered[start..start + length].fill(true);
            }
            rest = &rest[length..];
        }
        covered
    }
}

/// The words of one language as they stand in a text.
pub struct KindsWithin<'a> {
    kinds: &'a Kinds,
    text: &'a str,
    covered: Vec<bool>,
}

impl KindsWithin<'_> {
    /// True if a word of the text says a kind: `folded`, of which `hash` is that of the form in which it is filed. A
    /// pair of characters does if either is of a word of a kind.
    pub fn hold(&self, word: Word<'_>, folded: &str, hash: u32) -> bool {
        if !word.is_bigram {
            return self.kinds.hold(folded, hash);
        }
        let start = word.written.as_ptr() as usize - self.text.as_ptr() as usize;
        let covered = self.covered.get(start..start + word.written.len());
        covered.is_some_and(|covered| covered.contains(&true))
    }
}

/// True if a word is of a script without capitals.
pub fn has_no_capitals(word: Word<'_>) -> bool {
    let first = word.written.chars().next();
    first.is_some_and(|c| c.is_alphabetic() && !c.is_uppercase() && !c.is_lowercase())
}

/// True of a language, by its two-letter code, that writes every noun with a capital: there a capital shows no name.
pub fn writes_nouns_with_capitals(language: &str) -> bool {
    matches!(language, "de" | "lb")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words::split_words;

    /// The words of a title that say which event it tells.
    fn left_of(language: &str, title: &str) -> Vec<String> {
        let kinds = kinds_of(language).expect("the language is listed");
        let kinds = kinds.within(title);
        let filing = Filing::of(language);
        let mut left = Vec::new();
        for word in split_words(title).filter(|word| has_no_capitals(*word)) {
            let (mut folded, mut stem) = (String::new(), String::new());
            fold_word(word.written, &mut folded);
            let filed = filing.form(word.written, &folded, &mut stem);
            if !kinds.hold(word, &folded, hash_word(filed)) {
                left.push(word.written.to_owned());
            }
        }
        left
    }

    #[test]
    fn what_is_left_of_a_headline_says_which_event_it_is() {
        let cases: [(&str, &str, &[&str]); 6] = [
            ("zh", "仁川工厂爆炸致3人死亡", &["仁川"]),
            ("ja", "札幌のビルで爆発3人死亡", &["札幌", "幌の"]),
            ("ko", "부산 아파트 화재 2명 사망", &["부산"]),
            ("th", "ไฟไหม้โรงงานอยุธยา", &["อยุ", "ยุธ", "ธยา"]),
            ("ar", "مقتل 3 أشخاص في حريق بمصنع في البصرة", &["البصرة"]),
            ("he", "שריפה במפעל בחיפה", &["בחיפה"]),
        ];
        for (language, title, which) in cases {
            let left = left_of(language, title);
            assert_eq!(left, which, "{title}");
        }
    }

    #[test]
    fn every_language_has_words() {
        for language in LISTED.keys() {
            let kinds = kinds_of(language).expect("it is listed");
            let stretches = kinds.stretches.values().flatten();
            let count = kinds.words.len() + stretches.count();
            assert!(count > 200, "{language}: {count}");
        }
    }
}
