//! Whose a feed is, as far as its name says so: `Paper - World` and `Sport | Paper` are of one, `World` tells nothing.
//! It compares names, and knows no outlet.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::words::{fold_word, is_unspaced};

/// The words of names that tell whose a feed is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TellingWords(BTreeSet<String>);

/// Words that tell nothing, folded.
static OF_ANY: LazyLock<FxHashSet<String>> = LazyLock::new(|| {
    let lines = include_str!("outlet_names.txt").lines();
    let words = lines.filter(|line| !line.starts_with('#'));
    words.flat_map(str::split_whitespace).map(folded).collect()
});

/// Letters from which on a word may be part of the name of a host: `welt` in `welt.de`, which is no section there.
const LETTERS_IN_HOST: usize = 3;
/// Signs of a script without spaces in which the beginnings of two names agree that are of one outlet.
const SIGNS_IN_COMMON: usize = 2;

impl TellingWords {
    /// Of a name; `publisher` is the part of the host that one publisher has (`publishers::publisher_of`), whose own words
    /// tell whatever they mean elsewhere. None of an address that stands in the place of a name.
    pub fn of(name: &str, publisher: &str) -> Self {
        let own = publisher.split('.').next().unwrap_or_default();
        let is_of_host = |word: &str| word.len() >= LETTERS_IN_HOST && own.contains(word);
        let tells = |word: &String| {
            let is_number = word.chars().all(char::is_numeric);
            is_of_host(word) || !(is_number || OF_ANY.contains(word))
        };
        match name.contains("://") {
            true => Self::default(),
            false => Self(words_of(name).filter(tells).collect()),
        }
    }

    /// True if no word of the name tells whose the feed is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds those of another name of the same outlet.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// True if one of them stands in both.
    pub fn share_one(&self, other: &Self) -> bool {
        let mut words = self.0.iter();
        words.any(|word| other.0.iter().any(|other| are_one_name(word, other)))
    }
}

fn words_of(name: &str) -> impl Iterator<Item = String> + '_ {
    let words = name.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’')));
    words.map(folded).filter(|word| !word.is_empty())
}

fn folded(word: &str) -> String {
    let mut folded = String::new();
    fold_word(word, &mut folded);
    folded
}

/// Without spaces a name and its section are one word: `人民网体育`, `人民网国际`.
fn are_one_name(one: &str, other: &str) -> bool {
    let pairs = one.chars().zip(other.chars());
    let alike = pairs.take_while(|(one, other)| one == other && is_unspaced(*one));
    let common: String = alike.map(|(sign, _)| sign).collect();
    one == other || (common.chars().count() >= SIGNS_IN_COMMON && !OF_ANY.contains(&common))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_outlet_share_more_than_the_section() {
        for (one, other, host, expected) in [
            ("Paper - World", "Paper - Europe", "paper.example", true),
            (
                "World news | The Paper",
                "Sport | The Paper",
                "paper.example",
                true,
            ),
            (
                "Le Monde.fr - Actualités",
                "Sports : Le Monde",
                "lemonde.fr",
                true,
            ),
            ("WELT - Politik", "WELT - Sport", "welt.de", true),
            ("人民网国际频道", "人民网体育", "people.example", true),
            (
                "Wire World",
                "Union Press: World News",
                "box.example",
                false,
            ),
            ("Ministry of Defence", "Kremlin", "birds.example", false),
            ("国际新闻", "国际频道", "box.example", false),
            ("Meduza - VK", "RT on VK", "box.example", false),
            ("2026", "2026", "box.example", false),
        ] {
            let [one_tells, other_tells] = [one, other].map(|name| TellingWords::of(name, host));
            assert_eq!(
                one_tells.share_one(&other_tells),
                expected,
                "{one} / {other}"
            );
            assert_eq!(
                other_tells.share_one(&one_tells),
                expected,
                "{other} / {one}"
            );
        }
    }

    #[test]
    fn the_name_of_a_section_and_an_address_tell_nothing() {
        for name in [
            "",
            "World",
            "Top Stories",
            "Últimas noticias",
            "Politik",
            "https://paper.example/world",
        ] {
            assert!(TellingWords::of(name, "paper.example").is_empty(), "{name}");
        }
    }
}
