//! Whose a feed is, as far as its name says so: `Paper - World` and `Sport | Paper` are of one, `World` tells nothing.
//! It compares names, and knows no outlet: where each of two has a word of its own beside what they have in common, it
//! leaves open whether they are of one.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::words::{fold_word, is_unspaced};

/// The name of a feed or of an outlet, as far as it tells whose it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedName {
    /// What stands between signs such as `|` and ` - `, word by word, folded.
    parts: Vec<Vec<String>>,
    /// The words that tell.
    telling: BTreeSet<String>,
    /// The part of the host that its publisher is called by there.
    host: String,
}

/// What two names of one publisher's feeds say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// They have no word in common that tells.
    Apart,
    /// They have one, and each has others besides: `Morning Gazette` and `Evening Gazette`.
    Perhaps,
    /// They are of one outlet.
    OfOne,
}

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

/// Telling words from which on a part that two names have in common is a name, and no section: `Evening Star - Chess`.
const WORDS_OF_NAME: usize = 2;
/// Letters of names by their initials.
const INITIALS: std::ops::RangeInclusive<usize> = 3..=5;
/// Letters up to which a word is none that parts two names: `The Times`.
const LETTERS_OF_ARTICLE: usize = 3;

impl FeedName {
    /// Of a name; `publisher` is the part of the host that one publisher has (`publishers::publisher_of`), whose own words
    /// tell whatever they mean elsewhere. An address that stands in the place of a name tells nothing.
    pub fn of(name: &str, publisher: &str) -> Self {
        let host = publisher.split('.').next().unwrap_or_default();
        let is_of_host = |word: &str| word.len() >= LETTERS_IN_HOST && host.contains(word);
        let tells = |word: &&String| {
            let is_number = word.chars().all(char::is_numeric);
            is_of_host(word) || !(is_number || OF_ANY.contains(*word))
        };
        let parts: Vec<Vec<String>> = match name.contains("://") {
            true => Vec::new(),
            false => parts_of(name),
        };
        Self {
            telling: parts.iter().flatten().filter(tells).cloned().collect(),
            parts,
            host: host.to_owned(),
        }
    }

    /// True if no word of the name tells whose the feed is.
    pub fn tells_nothing(&self) -> bool {
        self.telling.is_empty()
    }

    /// True if the host is called by this name, or by most of it.
    pub fn is_of_host(&self) -> bool {
        self.make_up_host(self.telling.iter())
    }

    /// True if a word of the name stands in that of the host.
    pub fn is_partly_of_host(&self) -> bool {
        self.telling
            .iter()
            .any(|word| self.host.contains(word.as_str()))
    }

    /// What this name and another of the same publisher say together.
    pub fn likeness(&self, other: &Self) -> Likeness {
        let common: Vec<&String> = self.telling.iter().filter(|word| other.has(word)).collect();
        if common.is_empty() {
            let is_short_for = self.has_initials_of(other) || other.has_initials_of(self);
            return if is_short_for {
                Likeness::OfOne
            } else {
                Likeness::Apart
            };
        }
        let has_more = |one: &Self, other: &Self| one.telling.iter().any(|word| !other.has(word));
        let more = [has_more(self, other), has_more(other, self)];
        let are_told_apart = match more {
            [true, true] => true,
            [false, false] => false,
            _ => self.is_crosswise(other, &common),
        };
        let is_one_all_the_same =
            || self.make_up_host(common.iter().copied()) || self.has_part_of(other);
        match are_told_apart && !is_one_all_the_same() {
            true => Likeness::Perhaps,
            false => Likeness::OfOne,
        }
    }

    fn has(&self, word: &str) -> bool {
        self.telling.iter().any(|own| are_one_name(own, word))
    }

    fn make_up_host<'a>(&self, words: impl Iterator<Item = &'a String>) -> bool {
        let in_host = words.filter(|word| self.host.contains(word.as_str()));
        in_host.map(String::len).sum::<usize>() * 2 > self.host.len()
    }

    /// True if a part that is a name stands in both.
    fn has_part_of(&self, other: &Self) -> bool {
        let mut names = self.names();
        names.any(|name| other.names().any(|other| other == name))
    }

    /// The telling words of each part that has enough of them.
    fn names(&self) -> impl Iterator<Item = Vec<&String>> {
        let telling = |word: &&String| self.telling.contains(*word);
        let parts = self.parts.iter();
        let names = parts.map(move |part| part.iter().filter(telling).collect::<Vec<_>>());
        names.filter(|words| words.len() >= WORDS_OF_NAME)
    }

    /// True if what is common ends a part of the one and begins a part of the other: `The Economic Times` and `Times of
    /// India`, where `Economic` is no section.
    fn is_crosswise(&self, other: &Self, common: &[&String]) -> bool {
        let sides = [self, other].map(|name| name.sides_of(common));
        matches!(
            sides,
            [[true, false], [false, true]] | [[false, true], [true, false]]
        )
    }

    /// Whether words stand before and behind these, in the first part that has one of them.
    fn sides_of(&self, common: &[&String]) -> [bool; 2] {
        let is_common = |word: &String| common.iter().any(|one| are_one_name(one, word));
        let part = self.parts.iter().find(|part| part.iter().any(is_common));
        let Some(part) = part else {
            return [false; 2];
        };
        let parts_names = |word: &String| word.chars().count() > LETTERS_OF_ARTICLE;
        let before = part.iter().take_while(|word| !is_common(word));
        let behind = part.iter().rev().take_while(|word| !is_common(word));
        let (mut before, mut behind) = (before, behind);
        [before.any(parts_names), behind.any(parts_names)]
    }

    /// True if a word of this name is another in short: `NYT` of `The New York Times`.
    fn has_initials_of(&self, other: &Self) -> bool {
        let initials = |part: &Vec<String>| -> String {
            part.iter().filter_map(|word| word.chars().next()).collect()
        };
        let is_short = |word: &&String| INITIALS.contains(&word.len()) && word.is_ascii();
        let mut short = self.telling.iter().filter(is_short);
        short.any(|word| {
            other
                .parts
                .iter()
                .any(|part| initials(part).contains(word.as_str()))
        })
    }
}

/// The parts of a name, which signs divide, or ends of sentences.
fn parts_of(name: &str) -> Vec<Vec<String>> {
    let is_sign = |c: char| "|><»«›‹/·•:：｜—–()[]~".contains(c);
    let parts = name.split(is_sign).flat_map(|part| part.split(" - "));
    let parts = parts.flat_map(|part| part.split(". "));
    let parts = parts.map(|part| words_of(part).collect::<Vec<_>>());
    parts.filter(|words| !words.is_empty()).collect()
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
    fn names_of_one_outlet_share_more_than_the_section_and_lack_not_each_a_word_of_the_other() {
        use Likeness::{Apart, OfOne, Perhaps};
        for (one, other, host, expected) in [
            ("Paper - World", "Paper - Europe", "paper.example", OfOne),
            (
                "World news | The Paper",
                "Sport | The Paper",
                "paper.example",
                OfOne,
            ),
            (
                "Le Monde.fr - Actualités",
                "Sports : Le Monde",
                "lemonde.fr",
                OfOne,
            ),
            ("WELT - Politik", "WELT - Sport", "welt.de", OfOne),
            ("WELT Zeugma", "WELT Quorum", "welt.de", OfOne),
            ("BBC News - World", "BBC Kvasir", "bbci.co.uk", OfOne),
            ("人民网国际频道", "人民网体育", "people.example", OfOne),
            ("Wire World", "Wire Nepal", "box.example", OfOne),
            (
                "Evening Star - Kvasir",
                "Zeugma | Evening Star",
                "box.example",
                OfOne,
            ),
            (
                "NYT > World News",
                "The New York Times - Obituaries",
                "nytimes.com",
                OfOne,
            ),
            (
                "Wire World",
                "Union Press: World News",
                "box.example",
                Apart,
            ),
            ("Ministry of Defence", "Kremlin", "birds.example", Apart),
            ("国际新闻", "国际频道", "box.example", Apart),
            ("Meduza - VK", "RT on VK", "box.example", Apart),
            ("2026", "2026", "box.example", Apart),
            (
                "Gazzetta di Mantova",
                "Gazzetta di Modena",
                "gelocal.it",
                Perhaps,
            ),
            (
                "Times of India - Top Stories",
                "The Economic Times",
                "indiatimes.com",
                Perhaps,
            ),
            (
                "Gaza war reports",
                "Congo war diary",
                "box.example",
                Perhaps,
            ),
        ] {
            let [one_name, other_name] = [one, other].map(|name| FeedName::of(name, host));
            assert_eq!(one_name.likeness(&other_name), expected, "{one} / {other}");
            assert_eq!(other_name.likeness(&one_name), expected, "{other} / {one}");
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
            "Investigations",
            "Nachrufe & Bücher",
            "Livres, cinéma",
            "https://paper.example/world",
        ] {
            assert!(
                FeedName::of(name, "paper.example").tells_nothing(),
                "{name}"
            );
        }
    }
}
