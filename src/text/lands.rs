//! Names of countries, of states of America, and of who is from there: news of all kinds shares them, so that two texts
//! which have nothing else in common have little. It knows no towns, rivers or peoples without a country.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use rustc_hash::FxHashSet;

use super::stems::Filing;
use super::words::{fold_word, hash_word, split_words};

/// What a word says of a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Land {
    /// It names one, or who is from there.
    Name,
    /// Names of countries are made of it and others: `united`, `south`.
    Part,
}

/// The words of one language, as they are filed, by their hashes.
#[derive(Debug, Default)]
pub struct Lands {
    names: FxHashSet<u32>,
    parts: FxHashSet<u32>,
}

#[derive(serde::Deserialize)]
struct Listed {
    names: String,
    parts: String,
    /// Made of them when the first item of the language comes.
    #[serde(skip)]
    lands: OnceLock<Lands>,
}

static LISTED: LazyLock<BTreeMap<String, Listed>> = LazyLock::new(|| {
    toml::from_str(include_str!("lands.toml")).expect("the embedded list parses, a test reads it")
});

/// Those of a language by its two-letter code; `None` if none are known.
pub fn lands_of(language: &str) -> Option<&'static Lands> {
    let listed = LISTED.get(language)?;
    let lands = || Lands {
        names: filed(language, &listed.names),
        parts: filed(language, &listed.parts),
    };
    Some(listed.lands.get_or_init(lands))
}

fn filed(language: &str, listed: &str) -> FxHashSet<u32> {
    let filing = Filing::of(language);
    let (mut folded, mut stem) = (String::new(), String::new());
    let mut filed = FxHashSet::default();
    for word in split_words(listed) {
        fold_word(word.written, &mut folded);
        filed.insert(hash_word(filing.form(word.written, &folded, &mut stem)));
        // With an ending that a concept is not known by: `Türkiye'de`.
        let bare = filing.form(word.written, "", &mut stem);
        if !bare.is_empty() {
            filed.insert(hash_word(bare));
        }
    }
    filed
}

impl Lands {
    /// What the word says that is filed in a form of this hash.
    pub fn find(&self, hash: u32) -> Option<Land> {
        if self.names.contains(&hash) {
            Some(Land::Name)
        } else if self.parts.contains(&hash) {
            Some(Land::Part)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(language: &str, written: &str) -> Option<Land> {
        let (mut folded, mut stem) = (String::new(), String::new());
        fold_word(written, &mut folded);
        let hash = hash_word(Filing::of(language).form(written, &folded, &mut stem));
        lands_of(language).expect("it is listed").find(hash)
    }

    #[test]
    fn countries_and_who_is_from_there_are_known_and_towns_are_not() {
        let cases = [
            ("en", "Nepal", Some(Land::Name)),
            ("en", "Congo's", Some(Land::Name)),
            ("en", "French", Some(Land::Name)),
            ("en", "Texas", Some(Land::Name)),
            ("en", "United", Some(Land::Part)),
            ("en", "Kathmandu", None),
            ("de", "Österreich", Some(Land::Name)),
            ("fr", "Népal", Some(Land::Name)),
            ("ru", "Франции", Some(Land::Name)),
            ("tr", "Türkiye'de", Some(Land::Name)),
        ];
        for (language, written, expected) in cases {
            assert_eq!(find(language, written), expected, "{written}");
        }
    }

    #[test]
    fn every_language_has_two_hundred_names() {
        for language in LISTED.keys() {
            let lands = lands_of(language).expect("it is listed");
            assert!(lands.names.len() > 150, "{language}: {}", lands.names.len());
            assert!(!lands.parts.is_empty(), "{language}");
        }
    }
}
