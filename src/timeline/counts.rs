//! What a headline counts, and how many: figures of different things are not held against each other. Of a death
//! toll the highest that two outlets tell is how things are, whoever is most central.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::figures::{Words, counted, words_of};
use super::tolls::{counts_anyone, toll_of};
use super::voices::{Voice, are_two};
use crate::text::concepts::concept_of;
use crate::text::words::fold_word;

/// What counts the dead.
const DEAD: &str = "dead";
/// What counts hundredths.
const PERCENT: &str = "%";

/// The first figure of a headline; the number of dead, if it tells one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Figure {
    /// What it counts: the word that follows it, under its concept.
    pub(super) kind: String,
    /// In plain digits.
    pub(super) number: String,
}

impl Figure {
    /// True if it counts dead.
    pub(super) fn is_toll(&self) -> bool {
        self.kind == DEAD
    }

    /// What it counts, and the number.
    pub(super) fn into_parts(self) -> (String, String) {
        (self.kind, self.number)
    }

    /// True if it is a higher number.
    pub(super) fn exceeds(&self, other: &Figure) -> bool {
        self.is_above(other.number.parse().ok())
    }

    /// True if it is higher than a number; false without one.
    pub(super) fn is_above(&self, other: Option<u32>) -> bool {
        let own: Option<u32> = self.number.parse().ok();
        own.zip(other).is_some_and(|(own, other)| own > other)
    }
}

/// The figure of a headline in a language; `None` if it has none.
pub(super) fn head_figure(headline: &str, language: &str) -> Option<Figure> {
    if let Some(toll) = toll_of(headline, language) {
        return Some(Figure {
            kind: DEAD.to_owned(),
            number: toll.to_string(),
        });
    }
    let words = words_of(headline, language);
    let (at, mut number) = (0..words.len()).find_map(|at| Some((at, counted(&words, at)?)))?;
    let kind = kind_at(&words, at);
    if kind == PERCENT && !number.ends_with('%') {
        number.push('%');
    }
    Some(Figure { kind, number })
}

/// Words for hundredths.
const PERCENT_WORDS: &str = "percent percentage pct prozent procent prosent persen percento procenta procentów процент процента \
    процентов відсоток відсотки відсотків";
/// The same in two words: `84 per barrel` and `40 pour la paix` are none.
const PERCENT_PAIRS: [(&str, &str); 5] = [
    ("per", "cent"),
    ("por", "ciento"),
    ("por", "cento"),
    ("pour", "cent"),
    ("per", "cento"),
];

/// True if the words behind a number say that it counts hundredths.
fn is_percent(next: Option<&String>, then: Option<&String>) -> bool {
    let is = |word: Option<&String>, said: &str| word.is_some_and(|word| word == said);
    PERCENT_WORDS.split_whitespace().any(|word| is(next, word))
        || PERCENT_PAIRS
            .iter()
            .any(|(first, second)| is(next, first) && is(then, second))
}

/// What stands between a number and what it is told by.
const PER: [&str; 4] = ["per", "por", "pour", "pro"];

const SCALES: [&str; 14] = [
    "thousand",
    "million",
    "billion",
    "trillion",
    "mn",
    "bn",
    "m",
    "tn",
    "millionen",
    "milliarden",
    "millions",
    "milliards",
    "millones",
    "miljoner",
];

/// What the number at a place counts: percent, or the word behind it and its scale, or where nothing follows the
/// word before it.
fn kind_at(words: &Words<'_>, at: usize) -> String {
    let filed = |word: &String| {
        let mut folded = String::new();
        fold_word(word, &mut folded);
        concept_of(&folded).to_owned()
    };
    let next = |places: usize| words.get(at + places);
    match next(1) {
        _ if words[at].ends_with('%') || is_percent(next(1), next(2)) => PERCENT.to_owned(),
        // What is told by the barrel is not what is told by the day.
        Some(per) if PER.contains(&per.as_str()) => {
            let unit = next(2).map_or_else(String::new, filed);
            [per.as_str(), " ", &unit].concat()
        }
        Some(scale) if SCALES.contains(&scale.as_str()) => {
            let counted = next(2).map_or_else(String::new, filed);
            [scale.as_str(), " ", &counted].concat()
        }
        Some(anyone) if counts_anyone(anyone, words.language) && next(2).is_some() => {
            next(2).map_or_else(String::new, filed)
        }
        Some(word) => filed(word),
        None => {
            let before = at.checked_sub(1).map(|before| filed(&words[before]));
            [&before.unwrap_or_default(), " …"].concat()
        }
    }
}

/// The highest toll that two outlets tell or exceed; `None` if no two tell any. Of each outlet what comes last
/// counts: it may have revised its toll.
pub(super) fn confirmed_toll<'a, O: Ord + Copy>(
    tolls: impl Iterator<Item = (Voice<'a, O>, u32)>,
) -> Option<u32> {
    let mut of_outlets: BTreeMap<O, (u32, Voice<'a, O>)> = BTreeMap::new();
    for (voice, toll) in tolls {
        of_outlets.insert(voice.outlet, (toll, voice));
    }
    let mut tolls: Vec<(u32, Voice<'a, O>)> = of_outlets.into_values().collect();
    tolls.sort_by_key(|(toll, _)| Reverse(*toll));
    let voices: Vec<Voice<'a, O>> = tolls.iter().map(|(_, voice)| *voice).collect();
    let mut told = tolls.iter().enumerate();
    let confirmed = told.find(|(at, _)| are_two(&voices[..=*at]));
    confirmed.map(|(_, (toll, _))| *toll)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_different_things_differ_in_kind() {
        let kind = |headline: &str| head_figure(headline, "").map(|figure| figure.kind);
        assert_eq!(kind("Ferry sinks, 12 dead"), kind("Death toll at 31"));
        assert_eq!(kind("40 wounded in blast"), kind("Blast: 44 hurt"));
        assert_eq!(
            kind("Inflation at 3.4%"),
            kind("Inflation rises to 3.6 percent")
        );
        assert_ne!(
            kind("40 missing after ferry sinks"),
            kind("200 rescued from ferry")
        );
        assert_ne!(
            kind("$1.2 billion bill passes"),
            kind("$1.2 million bill passes")
        );
        assert_ne!(
            kind("Ferry sinks, 12 dead"),
            kind("Ferry sinks, 40 missing")
        );
        assert_ne!(
            kind("40 people missing after ferry sinks"),
            kind("200 people rescued")
        );
        assert_eq!(
            kind("40 people missing after ferry sinks"),
            kind("50 missing as ferry sinks")
        );
        assert_eq!(kind("Leaders meet"), None);
        let percent = kind("Inflation at 3.4%");
        for headline in [
            "Inflation at 4 per cent",
            "Inflación del 4 por ciento",
            "Inflation à 4 pour cent",
            "Inflasi 4 persen",
        ] {
            assert_eq!(kind(headline), percent, "{headline}");
        }
        for headline in [
            "Oil price rises to 84 per barrel",
            "200 por la paz",
            "84 pour le oui",
        ] {
            assert_ne!(kind(headline), percent, "{headline}");
        }
        assert_ne!(kind("Oil at 84 per barrel"), kind("Rates of 84 per day"));
    }

    #[test]
    fn one_outlet_alone_confirms_nothing() {
        let confirmed = |tolls: &[(&'static str, u32)]| {
            let told = tolls.iter().map(|(outlet, toll)| {
                let (outlet, page) = outlet.split_once(' ').unwrap_or((outlet, ""));
                let page = Some(page).filter(|page| !page.is_empty());
                (Voice { outlet, page }, *toll)
            });
            confirmed_toll(told)
        };
        assert_eq!(confirmed(&[("A", 33), ("A", 87)]), None);
        let tolls = [("A", 33), ("B", 33), ("A", 120), ("C", 87)];
        assert_eq!(confirmed(&tolls), Some(87));
        let revised = [("A", 41), ("B", 41), ("C", 41), ("A", 38), ("B", 38)];
        assert_eq!(confirmed(&revised), Some(38));
        let one_page = [("A a/1", 90), ("Links a/1", 90), ("B b/1", 12)];
        assert_eq!(confirmed(&one_page), Some(12));
    }
}
