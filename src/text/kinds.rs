//! Words that say what kind of event a headline tells, in languages whose scripts have no capitals.
//!
//! Where names have capitals, two fires are told apart because they share no name. Elsewhere nothing shows which words
//! are names; but what a title says beside the words of its kind says which event it is.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use super::stems::Filing;
use super::words::{Word, fold_word, is_unspaced};

/// The longest of them in characters, where there are no spaces.
const LONGEST: usize = 8;

/// Letters that stand before a word and are written as one with it: `and`, `in`, `to`, `the`.
const PREFIXES: [(&str, &str); 2] = [("ar", "وبلفك"), ("he", "הובלמשכ")];

/// The words of one language.
#[derive(Debug, Default)]
pub struct Kinds {
    /// Folded, and as they are filed.
    words: HashSet<String>,
    /// As they stand in a text without spaces.
    stretches: HashSet<String>,
    prefixes: &'static str,
}

#[derive(serde::Deserialize)]
struct Listed {
    words: String,
}

static KINDS: LazyLock<BTreeMap<String, Kinds>> = LazyLock::new(|| {
    let file: BTreeMap<String, Listed> = toml::from_str(include_str!("kind_words.toml"))
        .expect("the embedded list parses, a test reads it");
    let languages = file.into_iter();
    languages
        .map(|(language, listed)| {
            let kinds = Kinds::new(&language, &listed.words);
            (language, kinds)
        })
        .collect()
});

/// Those of a language by its two-letter code; `None` if it has capitals or none are known.
pub fn kinds_of(language: &str) -> Option<&'static Kinds> {
    KINDS.get(language)
}

impl Kinds {
    fn new(language: &str, listed: &str) -> Self {
        let prefixes = PREFIXES.iter().find(|(code, _)| *code == language);
        let mut kinds = Self {
            prefixes: prefixes.map_or("", |(_, letters)| letters),
            ..Self::default()
        };
        let filing = Filing::of(language);
        let (mut folded, mut stem) = (String::new(), String::new());
        for word in listed.split_whitespace() {
            if word.starts_with(is_unspaced) {
                kinds.stretches.insert(word.to_owned());
                continue;
            }
            fold_word(word, &mut folded);
            let filed = filing.form(word, &folded, &mut stem).to_owned();
            kinds.words.insert(filed);
            kinds.words.insert(std::mem::take(&mut folded));
        }
        kinds
    }

    /// True if a word, folded and as it is filed, says a kind.
    pub fn hold(&self, folded: &str, filed: &str) -> bool {
        let is_prefixed = || {
            let bare = folded.strip_prefix(|letter| self.prefixes.contains(letter));
            bare.is_some_and(|bare| self.words.contains(bare))
        };
        self.words.contains(filed) || self.words.contains(folded) || is_prefixed()
    }

    /// Of a text in a script without spaces, for each of its bytes whether it is of a word of a kind.
    pub fn cover(&self, text: &str) -> Vec<bool> {
        let mut covered = vec![false; text.len()];
        if !text.contains(is_unspaced) {
            return covered;
        }
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let end_of = |place: usize| ends.get(place).copied().unwrap_or(text.len());
        let mut place = 0;
        while place < ends.len() {
            let start = ends[place];
            let mut lengths = (1..=LONGEST.min(ends.len() - place)).rev();
            let found =
                lengths.find(|length| self.stretches.contains(&text[start..end_of(place + length)]));
            if let Some(length) = found {
                covered[start..end_of(place + length)].fill(true);
            }
            place += found.unwrap_or(1);
        }
        covered
    }
}

/// True if a word is of a script without capitals.
pub fn has_no_capitals(word: Word<'_>) -> bool {
    let first = word.written.chars().next();
    first.is_some_and(|c| c.is_alphabetic() && !c.is_uppercase() && !c.is_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words::split_words;

    /// The words of a title that say which event it tells, folded.
    fn left_of(language: &str, title: &str) -> Vec<String> {
        let kinds = kinds_of(language).expect("the language is listed");
        let covered = kinds.cover(title);
        let filing = Filing::of(language);
        let mut left = Vec::new();
        for word in split_words(title).filter(|word| has_no_capitals(*word)) {
            let start = word.written.as_ptr() as usize - title.as_ptr() as usize;
            let (mut folded, mut stem) = (String::new(), String::new());
            fold_word(word.written, &mut folded);
            let filed = filing.form(word.written, &folded, &mut stem);
            let is_kind = match word.is_bigram {
                true => covered[start..start + word.written.len()].contains(&true),
                false => kinds.hold(&folded, filed),
            };
            if !is_kind {
                left.push(folded);
            }
        }
        left
    }

    #[test]
    fn what_is_left_of_a_headline_says_which_event_it_is() {
        let cases: [(&str, &str, &[&str]); 6] = [
            ("zh", "仁川工厂爆炸致3人死亡", &["仁川"]),
            ("ja", "札幌でビル爆発3人死亡", &["札幌"]),
            ("ko", "부산 아파트 화재 2명 사망", &["부산"]),
            ("th", "ไฟไหม้โรงงานชลบุรี", &[]),
            ("ar", "مقتل 3 أشخاص في حريق بمصنع في البصرة", &["بصر"]),
            ("he", "שריפה במפעל בחיפה", &["בחיפה"]),
        ];
        for (language, title, which) in cases {
            let left = left_of(language, title);
            for word in which {
                assert!(left.contains(&(*word).to_owned()), "{title}: {left:?}");
            }
            assert!(left.len() <= which.len() + 5, "{title}: {left:?}");
            println!("{title}: {left:?}");
        }
    }

    #[test]
    fn every_language_has_words_and_none_has_capitals() {
        for (language, kinds) in KINDS.iter() {
            let words = kinds.words.iter().chain(&kinds.stretches);
            let mut count = 0;
            for word in words {
                count += 1;
                let has_case = word.chars().any(|c| c.is_uppercase() || c.is_lowercase());
                assert!(!has_case, "{language}: {word}");
                assert!(!word.is_empty() && word.chars().count() <= 24, "{language}: {word}");
            }
            assert!(count > 250, "{language}: {count}");
        }
    }
}
