//! What a headline counts, and how many: figures of different things are not held against each other. Of a death
//! toll the highest that two outlets tell is how things are, whoever is most central.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::figures::{Words, counted, words_of};
use super::tolls::{Dead, counts_anyone, dead_of};
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

    /// How many dead it counts; `None` if it counts anything else.
    pub(super) fn toll(&self) -> Option<u32> {
        self.number.parse().ok().filter(|_| self.is_toll())
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

/// The figure of a headline in a language; `None` if it has none, or one of dead that are not those of what it tells.
pub(super) fn head_figure(headline: &str, language: &str) -> Option<Figure> {
    match dead_of(headline, language) {
        Dead::Toll(toll) => Some(Figure {
            kind: DEAD.to_owned(),
            number: toll.to_string(),
        }),
        Dead::Other => None,
        Dead::Uncounted => first_figure(headline, language),
    }
}

/// The first number that counts something.
fn first_figure(headline: &str, language: &str) -> Option<Figure> {
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

/// A toll that an outlet tells.
#[derive(Clone, Copy)]
pub(super) struct ToldToll<'a, O> {
    pub(super) voice: Voice<'a, O>,
    pub(super) toll: u32,
    /// True if it says that it is another than was told before.
    pub(super) is_revised: bool,
}

/// The highest toll that two outlets tell or exceed; `None` if no two tell any, or if two tell one from which it is a
/// leap. Of each outlet what comes last counts: it may have revised its toll, if it says so or another outlet tells less
/// than before too; one alone may tell an old one.
pub(super) fn confirmed_toll<'a, O: Ord + Copy>(
    told: impl Iterator<Item = ToldToll<'a, O>>,
) -> Option<u32> {
    let told: Vec<ToldToll<'a, O>> = told.collect();
    let tolls: Vec<(Voice<'a, O>, u32)> = told.iter().map(|one| (one.voice, one.toll)).collect();
    let mut last: BTreeMap<O, (Voice<'a, O>, u32)> = BTreeMap::new();
    let mut fallen: BTreeMap<O, (Voice<'a, O>, u32)> = BTreeMap::new();
    for one in &told {
        let (outlet, now) = (one.voice.outlet, (one.voice, one.toll));
        let before = last.insert(outlet, now);
        let peak = fallen.get(&outlet).copied().or(before);
        match peak.filter(|peak| peak.1 > one.toll && !one.is_revised) {
            Some(peak) => fallen.insert(outlet, peak),
            None => fallen.remove(&outlet),
        };
    }
    let fell: Vec<Voice<'a, O>> = fallen.values().map(|(voice, _)| *voice).collect();
    if !are_two(&fell) {
        last.extend(fallen);
    }
    let mut last: Vec<(Voice<'a, O>, u32)> = last.into_values().collect();
    last.sort_by_key(|(_, toll)| Reverse(*toll));
    let standing = told_by_two(&last)?;
    let told = || tolls.iter().map(|(_, toll)| *toll);
    let is_leap = lowest_toll(&tolls).is_some_and(|low| is_leap(low, standing, told()));
    (!is_leap).then_some(standing)
}

/// The lowest toll that two outlets tell or undercut, of those from which a rise may be a leap.
fn lowest_toll<'a, O: Ord + Copy>(tolls: &[(Voice<'a, O>, u32)]) -> Option<u32> {
    let mut least: BTreeMap<O, (Voice<'a, O>, u32)> = BTreeMap::new();
    for told in tolls.iter().filter(|(_, toll)| *toll >= FEW) {
        let known = least.entry(told.0.outlet).or_insert(*told);
        if told.1 < known.1 {
            *known = *told;
        }
    }
    let mut least: Vec<(Voice<'a, O>, u32)> = least.into_values().collect();
    least.sort_by_key(|(_, toll)| *toll);
    told_by_two(&least)
}

/// Of tolls in order the first which, with those before it, two outlets tell.
fn told_by_two<O: Ord + Copy>(tolls: &[(Voice<'_, O>, u32)]) -> Option<u32> {
    let voices: Vec<Voice<'_, O>> = tolls.iter().map(|(voice, _)| *voice).collect();
    let mut told = tolls.iter().enumerate();
    let second = told.find(|(at, _)| are_two(&voices[..=*at]));
    second.map(|(_, (_, toll))| *toll)
}

/// So many times a toll is another matter's: a war's, a season's. Tolls of quakes rise as much, but somebody tells those
/// between.
const LEAP: u32 = 20;
/// From fewer dead nothing is a leap.
const FEW: u32 = 3;

/// True if two tolls are too far from each other to be of one matter, by all that are told of it.
pub(super) fn is_leap(one: u32, other: u32, told: impl Iterator<Item = u32>) -> bool {
    let (low, high) = (one.min(other), one.max(other));
    let mut steps: Vec<u32> = told.filter(|toll| (low..=high).contains(toll)).collect();
    steps.extend([low, high]);
    steps.sort_unstable();
    low >= FEW
        && steps
            .windows(2)
            .any(|pair| pair[0].saturating_mul(LEAP) < pair[1])
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
    fn a_number_of_dead_that_are_not_told_is_no_other_figure() {
        for headline in [
            "Kerala monsoon toll rises to 214 in rains",
            "Two dead in Leeds crash, 14 dead in Hull fire",
            "Trial begins over Grenfell blaze that killed 72",
            "Tenth anniversary of flood that killed 140",
            "Were 40 people killed in Goma?",
        ] {
            assert_eq!(head_figure(headline, "en"), None, "{headline}");
        }
        let jobs = head_figure("Job-loss toll climbs to 4,500 at Intel", "en");
        assert_eq!(jobs.map(|figure| figure.number).as_deref(), Some("4500"));
    }

    /// Of outlets, each with the page that it leads to if one stands behind a space.
    fn confirmed(tolls: &[(&'static str, u32)]) -> Option<u32> {
        let told = tolls.iter().map(|(outlet, toll)| {
            let (outlet, page) = outlet.split_once(' ').unwrap_or((outlet, ""));
            let page = Some(page).filter(|page| !page.is_empty());
            ToldToll {
                voice: Voice { outlet, page },
                toll: *toll,
                is_revised: false,
            }
        });
        confirmed_toll(told)
    }

    #[test]
    fn a_toll_that_one_outlet_alone_tells_no_more_stands() {
        let risen = [("A", 3), ("B", 3), ("A", 9), ("B", 9)];
        let old = [&risen[..], &[("A", 3)]].concat();
        assert_eq!(confirmed(&old), Some(9), "a late copy");
        let lowered = [&old[..], &[("B", 4)]].concat();
        assert_eq!(confirmed(&lowered), Some(3));
        let again = [&old[..], &[("A", 9), ("A", 11), ("B", 12)]].concat();
        assert_eq!(confirmed(&again), Some(11));
        let mistaken = [("A", 90), ("B", 3), ("A", 3)];
        assert_eq!(confirmed(&mistaken), Some(3));
    }

    #[test]
    fn one_outlet_alone_confirms_nothing() {
        assert_eq!(confirmed(&[("A", 33), ("A", 87)]), None);
        let tolls = [("A", 33), ("B", 33), ("A", 120), ("C", 87)];
        assert_eq!(confirmed(&tolls), Some(87));
        let revised = [("A", 41), ("B", 41), ("C", 41), ("A", 38), ("B", 38)];
        assert_eq!(confirmed(&revised), Some(38));
        let one_page = [("A a/1", 90), ("Links a/1", 90), ("B b/1", 12)];
        assert_eq!(confirmed(&one_page), Some(12));
    }

    #[test]
    fn a_toll_of_a_war_does_not_stand_for_that_of_a_strike_in_it() {
        let strike = [("A", 12), ("B", 12), ("B", 60_000), ("C", 60_000)];
        assert_eq!(confirmed(&strike), None);
        let season = [("A", 13), ("B", 13), ("A", 700), ("B", 700)];
        assert_eq!(confirmed(&season), None);
        let quake = [("A", 7), ("B", 7), ("C", 90), ("A", 700), ("B", 700)];
        assert_eq!(confirmed(&quake), Some(700), "somebody told those between");
        let first = [("A", 2), ("B", 2), ("A", 150), ("B", 150)];
        assert_eq!(confirmed(&first), Some(150), "the first dead of many");
        let alone = [("A", 5), ("B", 150), ("C", 150)];
        assert_eq!(
            confirmed(&alone),
            Some(150),
            "one outlet alone tells so few"
        );
    }
}
