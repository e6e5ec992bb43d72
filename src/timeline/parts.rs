//! Ends of what lasts that are told of some of those who are held, trapped or missing: two of twelve miners are rescued.
//! That is no end, which comes with the last of them.

use std::cell::OnceCell;

use super::asides::counts_things;
use super::figures::{Words, words_of};
use super::stages::{LASTING, is_in, places_of, stage_of};
use super::tolls::number_of;

/// The stages that may come for some before they do for the others.
const OF_SOME: [&str; 4] = ["released", "rescued", "found", "found alive"];
/// The lists of those who are held, trapped or missing.
const WHO: [&str; 3] = ["released", "rescued", "found"];
/// Words from their number, or from what says that there are others, to who they are, at most.
const REACH: usize = 3;

/// What the headlines of an event say of how many are held, trapped or missing: found once it is asked for.
pub(super) struct Counted<'a> {
    headlines: Vec<(&'a str, &'a str)>,
    all: OnceCell<All>,
}

/// What headlines say of all of them.
#[derive(Clone, Copy, Default)]
struct All {
    /// How many there are at most, by headlines that tell no stage or one of all.
    most: Option<u32>,
    /// True if one tells, without a number, that all are free or found.
    are_free: bool,
}

impl<'a> Counted<'a> {
    /// Of headlines, each with its language.
    pub(super) fn by(headlines: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        Self {
            headlines: headlines.collect(),
            all: OnceCell::new(),
        }
    }

    /// The stage that a headline in a language tells; `None` where it tells it of some of them.
    pub(super) fn stage_of_all(
        &self,
        stage: Option<&'static str>,
        (headline, language): (&str, &str),
    ) -> Option<&'static str> {
        stage.filter(|stage| {
            !OF_SOME.contains(stage) || !self.is_of_some(&words_of(headline, language))
        })
    }

    fn all(&self) -> All {
        *self.all.get_or_init(|| {
            let mut all = All::default();
            for (headline, language) in &self.headlines {
                let words = words_of(headline, language);
                let stage = stage_of(headline, language);
                let has_all = tells_all(&words);
                let counts = counts_in(&words).into_iter().map(|(_, number)| number);
                match counts.max() {
                    Some(most) if has_all || stage.is_none() => {
                        all.most = all.most.max(Some(most));
                    }
                    Some(_) => (),
                    None => {
                        all.are_free |=
                            has_all && stage.is_some_and(|stage| OF_SOME.contains(&stage));
                    }
                }
            }
            all
        })
    }

    fn is_of_some(&self, words: &Words<'_>) -> bool {
        let places = || 0..words.len();
        let lasting = places_of(LASTING, words);
        let is_still = |at: usize| is_in("still", words, at);
        if !lasting.is_empty() && places().any(is_still) {
            return true;
        }
        if tells_all(words) {
            return false;
        }
        let is_part = |at: usize| is_in("part", words, at) && stands_before_who(words, at);
        let is_of = |at: usize| {
            let mut next = words.behind(at + 1, 1);
            number_of(words, at).is_some()
                && next.any(|next| is_in("of-part", words, next))
                && words
                    .behind(at + 1, REACH)
                    .any(|near| stands_before_who(words, near))
        };
        let counts = counts_in(words);
        if places().any(is_part) || places().any(is_of) {
            return true;
        }
        let numbers = || counts.iter().map(|(_, number)| *number);
        let Some(own) = numbers().min() else {
            return false;
        };
        let all = self.all();
        numbers().any(|number| own < number)
            || all.are_free
            || all.most.is_some_and(|most| own < most)
    }
}

/// True if words tell something of all of them.
fn tells_all(words: &Words<'_>) -> bool {
    let mut all = (0..words.len()).filter(|at| is_in("all", words, *at));
    all.any(|at| words.get(at + 1).is_none_or(|next| next != "but"))
}

/// The numbers of those who are held, trapped or missing, with their places.
fn counts_in(words: &Words<'_>) -> Vec<(usize, u32)> {
    let counts = (0..words.len()).filter_map(|at| Some((at, number_of(words, at)?)));
    counts
        .filter(|(at, _)| !counts_things(words, *at) && stands_before_who(words, *at))
        .collect()
}

fn stands_before_who(words: &Words<'_>, at: usize) -> bool {
    let lasting = places_of(LASTING, words);
    let is_who = |near: usize| {
        WHO.iter().any(|list| is_in(list, words, near)) && !is_in("all", words, near)
            || lasting.iter().any(|range| range.start == near)
    };
    let mut behind = words
        .behind(at + 1, REACH)
        .take_while(|near| number_of(words, *near).is_none());
    behind.any(is_who)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(headline: &str, language: &str, other: &str) -> Option<&'static str> {
        let others = [(other, language), (headline, language)].into_iter();
        let counted = Counted::by(others.filter(|(other, _)| !other.is_empty()));
        counted.stage_of_all(stage_of(headline, language), (headline, language))
    }

    #[test]
    fn some_of_those_who_are_held_are_not_all() {
        for (other, headline, language) in [
            ("", "Two of 12 trapped Selvik miners rescued", "en"),
            (
                "Twelve miners trapped in Selvik mine",
                "Selvik: two trapped miners rescued",
                "en",
            ),
            ("", "Two of missing Mount Orsk climbers found alive", "en"),
            (
                "Gunman holds 20 hostages in Torvik bank",
                "Five hostages freed in Torvik bank siege",
                "en",
            ),
            (
                "All hostages freed as Quellham bank siege ends",
                "Two hostages freed from Quellham bank",
                "en",
            ),
            (
                "Gunmen abduct 200 schoolgirls in Zamvara",
                "50 abducted Zamvara schoolgirls freed",
                "en",
            ),
            ("", "First hostages freed in Torvik bank siege", "en"),
            ("", "Two more trapped miners rescued in Selvik", "en"),
            ("", "Missing climber found alive, three still missing", "en"),
            (
                "Zwölf Bergleute verschüttet",
                "Selvik: zwei Bergleute gerettet",
                "de",
            ),
            (
                "Tiene a 20 personas como rehenes en Vigarda",
                "Vigarda: liberan a cinco rehenes",
                "es",
            ),
            ("", "Erste Geiseln frei", "de"),
        ] {
            assert_eq!(stage(headline, language, other), None, "{headline}");
        }
    }

    #[test]
    fn all_of_them_and_those_whom_nobody_counts_are() {
        for (other, headline, language, expected) in [
            (
                "Twelve miners trapped in Selvik mine",
                "All 12 trapped Selvik miners rescued",
                "en",
                "rescued",
            ),
            (
                "Twelve miners trapped in Selvik mine",
                "Selvik mine: last trapped miners rescued, all 12 safe",
                "en",
                "rescued",
            ),
            (
                "Twelve miners trapped in Selvik mine",
                "Twelve Selvik miners rescued after 14 hours",
                "en",
                "rescued",
            ),
            (
                "Boy missing in Yarrowby for 12 hours",
                "Missing Yarrowby boy found after 14 hours",
                "en",
                "found",
            ),
            (
                "Boy, 4, missing in Yarrowby",
                "Missing boy, 4, found alive in Yarrowby",
                "en",
                "found alive",
            ),
            ("", "Hostages freed in Torvik bank siege", "en", "released"),
            (
                "All 12 hostages freed in Lyon bank",
                "Twelve hostages freed in Lyon bank",
                "en",
                "released",
            ),
            (
                "Three children missing in Karst",
                "Three missing children found in Karst",
                "en",
                "found",
            ),
        ] {
            let told = stage(headline, language, other);
            assert_eq!(told, Some(expected), "{headline}");
        }
    }
}
