//! What came of something that lay ahead: two voices tell it after a headline that had it ahead.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::prospects::{Matters, Outlook};
use super::voices::{Voice, are_two};
use crate::news::UtcTime;
use crate::text::language::has_small_word;
use crate::text::stems::Filing;
use crate::text::words::{fold_word, split_words};

/// A headline in which an outcome is looked for.
pub(super) struct Heard<'a, O> {
    pub(super) at: UtcTime,
    pub(super) voice: Voice<'a, O>,
    pub(super) outlook: Outlook,
    pub(super) headline: &'a str,
    pub(super) language: &'a str,
}

/// What two voices tell of what lay ahead in a headline before.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outcome {
    pub(super) matter: Matters,
    /// How often the matter came, this time among them: a bill is voted on twice.
    pub(super) round: usize,
    /// When it was told first.
    pub(super) since: UtcTime,
    /// The places of those that tell it.
    pub(super) tellers: BTreeSet<usize>,
}

/// What two voices tell last of each matter that lay ahead, no fewer than have it ahead still.
pub(super) fn find_outcomes<O: PartialEq + Copy>(heard: &[Heard<'_, O>]) -> Vec<Outcome> {
    let ahead = heard.iter().map(|one| one.outlook.ahead);
    let ahead = ahead.fold(Matters::default(), Matters::or);
    let mut order: Vec<usize> = (0..heard.len()).collect();
    order.sort_by_key(|at| heard[*at].at);
    let outcomes = ahead
        .each()
        .filter_map(|matter| match matter == Matters::ANY {
            true => outcome_of_any(heard),
            false => last_round(heard, &order, matter),
        });
    outcomes.collect()
}

/// Of what came of something no list knows.
fn outcome_of_any<O: PartialEq + Copy>(heard: &[Heard<'_, O>]) -> Option<Outcome> {
    let tellers = tellers_of_any(heard)?;
    let since = tellers.iter().map(|at| heard[*at].at).min()?;
    let ahead = heard.iter().filter(|one| one.outlook.lies_ahead());
    let (before, still): (Vec<_>, Vec<_>) = ahead.partition(|one| one.at < since);
    (!before.is_empty() && still.len() <= tellers.len()).then_some(Outcome {
        matter: Matters::ANY,
        round: 1,
        since,
        tellers,
    })
}

/// A matter that lies ahead in a headline so long after it came lies ahead anew, as a second vote does: sooner, somebody is
/// late. Set from three made-up histories, in which the second lay ahead 15 hours later or more; no labelled data tell.
const ANEW_HOURS: i64 = 6;

/// What is told of a matter from when it lay ahead until it does anew.
#[derive(Default)]
struct Round {
    lay_ahead: bool,
    /// Those that tell what came of it, in their order.
    tellers: Vec<usize>,
    /// Headlines that have it ahead still.
    late: usize,
}

impl Round {
    fn has_come<O: PartialEq + Copy>(&self, heard: &[Heard<'_, O>]) -> bool {
        let voices: Vec<_> = self.tellers.iter().map(|at| heard[*at].voice).collect();
        are_two(&voices) && self.late <= self.tellers.len()
    }
}

/// False if what came is told of somebody beside whom it lay ahead of: `Pope's doctor dies`.
fn is_of_whom_it_lay_ahead<O>(
    told: &Heard<'_, O>,
    heard: &[Heard<'_, O>],
    matter: Matters,
) -> bool {
    let Some(beside) = told.outlook.beside else {
        return true;
    };
    let mut ahead = heard.iter().filter(|one| one.outlook.ahead.has(matter));
    ahead.any(|one| one.headline.to_lowercase().contains(beside))
}

/// The last time that a matter came after it had lain ahead.
fn last_round<O: PartialEq + Copy>(
    heard: &[Heard<'_, O>],
    order: &[usize],
    matter: Matters,
) -> Option<Outcome> {
    let mut rounds = vec![Round::default()];
    for at in order {
        let one = &heard[*at];
        let round = rounds.last_mut()?;
        if one.outlook.ahead.has(matter) {
            let since = round.tellers.first().map(|first| heard[*first].at);
            let is_anew = since.is_some_and(|since| one.at - since >= TimeDelta::hours(ANEW_HOURS));
            if is_anew && matter.recurs() && round.has_come(heard) {
                rounds.push(Round::default());
            }
            let round = rounds.last_mut()?;
            if !round.lay_ahead {
                round.tellers.clear();
            }
            round.lay_ahead = true;
            round.late += usize::from(!round.tellers.is_empty());
        } else if one.outlook.done.has(matter) && is_of_whom_it_lay_ahead(one, heard, matter) {
            round.tellers.push(*at);
        }
    }
    let came = rounds
        .iter()
        .zip(1..)
        .filter(|(round, _)| round.lay_ahead && round.has_come(heard));
    let (round, number) = came.last()?;
    Some(Outcome {
        matter,
        round: number,
        since: heard[*round.tellers.first()?].at,
        tellers: round.tellers.iter().copied().collect(),
    })
}

/// An outcome in words that no list knows comes so long after it was said to lie ahead at least: sooner, it is another
/// wording of the same.
const LATER_HOURS: i64 = 1;

/// Those that tell in words of their own what came of anything: a word that no headline before them has stands in two of
/// them and in at least half of all since, while most headlines before them have it ahead; `None` if there are none.
fn tellers_of_any<O: PartialEq + Copy>(heard: &[Heard<'_, O>]) -> Option<BTreeSet<usize>> {
    let mut order: Vec<usize> = (0..heard.len()).collect();
    order.sort_by_key(|at| heard[*at].at);
    let first = order.iter().find(|at| heard[**at].outlook.lies_ahead())?;
    let is_later = |at: usize| heard[at].at - heard[*first].at >= TimeDelta::hours(LATER_HOURS);
    // By word those that have it, in their order: each word is new once, so however many there are each is met once.
    let mut having: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for at in &order {
        for form in forms_of(&heard[*at]) {
            having.entry(form).or_default().push(*at);
        }
    }
    let mut new: BTreeMap<usize, Vec<&[usize]>> = BTreeMap::new();
    for having in having.values() {
        new.entry(having[0]).or_default().push(having);
    }
    let mut ahead = 0;
    for (place, one) in order.iter().enumerate() {
        if heard[*one].outlook.is_told && is_later(*one) {
            if ahead * 2 < place {
                return None;
            }
            let having = new.get(one).into_iter().flatten().copied().flatten();
            let tellers: BTreeSet<usize> = having
                .copied()
                .filter(|at| heard[*at].outlook.is_told)
                .collect();
            let voices: Vec<_> = tellers.iter().map(|at| heard[*at].voice).collect();
            if are_two(&voices) && tellers.len() * 2 >= order.len() - place {
                return Some(tellers);
            }
        }
        ahead += usize::from(heard[*one].outlook.lies_ahead());
    }
    None
}

/// Letters of a word that may tell what came, at least.
const LETTERS: usize = 4;

/// The words of a headline that may tell what came: neither small words nor numbers.
fn forms_of<O>(heard: &Heard<'_, O>) -> BTreeSet<String> {
    let filing = Filing::of(heard.language);
    let (mut folded, mut stem) = (String::new(), String::new());
    let words = split_words(heard.headline).filter(|word| {
        let is_long = word.is_bigram || word.written.chars().count() >= LETTERS;
        is_long
            && !word.written.starts_with(char::is_numeric)
            && !has_small_word(heard.language, word.written)
    });
    let mut forms = BTreeSet::new();
    for word in words {
        fold_word(word.written, &mut folded);
        forms.insert(filing.form(word.written, &folded, &mut stem).to_owned());
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::utc_from_secs;

    /// What is found in headlines at hours, each of an outlet, as the places of those that tell it.
    fn found(
        headlines: &[(i64, &str, &str)],
        language: &str,
    ) -> Vec<(Vec<&'static str>, Vec<usize>)> {
        let heard = headlines.iter().map(|(hour, outlet, headline)| Heard {
            at: utc_from_secs(hour * 3600),
            voice: Voice {
                outlet: *outlet,
                page: None,
            },
            outlook: Outlook::of(headline, language),
            headline,
            language,
        });
        let outcomes = find_outcomes(&heard.collect::<Vec<_>>()).into_iter();
        let said = outcomes.map(|one| {
            (
                one.matter.names().collect(),
                one.tellers.into_iter().collect(),
            )
        });
        said.collect()
    }

    #[test]
    fn what_two_tell_in_a_word_of_their_own_came_of_what_was_to_be() {
        for (language, headlines) in [
            (
                "en",
                [
                    (0, "A", "OPEC+ set to agree another oil output increase"),
                    (9, "B", "OPEC+ pauses oil output hikes amid glut fears"),
                    (10, "C", "Oil climbs as OPEC+ pauses output increases"),
                ],
            ),
            (
                "de",
                [
                    (0, "A", "Kanzlerwahl: Merz stellt sich zur Wahl"),
                    (4, "B", "Merz scheitert im ersten Wahlgang"),
                    (5, "C", "Kanzlerwahl: Merz scheitert überraschend"),
                ],
            ),
            (
                "fr",
                [
                    (0, "A", "Vote de confiance : Bayrou face aux députés"),
                    (8, "B", "Bayrou renversé par les députés"),
                    (9, "C", "France : le gouvernement Bayrou est renversé"),
                ],
            ),
        ] {
            assert_eq!(found(&headlines, language), [(vec!["any"], vec![1, 2])]);
        }
    }

    #[test]
    fn what_two_told_before_anything_lay_ahead_is_no_outcome_though_a_second_vote_lies_ahead() {
        let first = [
            (0, "A", "Zupan wins Slovenian election"),
            (1, "B", "Zupan wins election in Slovenia"),
            (20, "C", "Slovenians vote in second round of election"),
        ];
        assert_eq!(found(&first, "en"), []);
    }

    #[test]
    fn one_outlet_another_wording_at_once_and_what_may_come_are_no_outcome() {
        let ahead = (0, "A", "OPEC+ set to agree another oil output increase");
        for later in [
            // One outlet alone.
            [
                (9, "B", "OPEC+ pauses hikes"),
                (10, "B", "OPEC+ pauses hikes in first quarter"),
            ],
            // Nothing in common.
            [
                (9, "B", "OPEC+ pauses hikes"),
                (10, "C", "Saudi minister thanks partners"),
            ],
            // At once.
            [
                (0, "B", "OPEC+ agrees modest rise"),
                (0, "C", "OPEC+ in modest rise"),
            ],
            [
                (9, "B", "OPEC+ could pause hikes"),
                (10, "C", "OPEC+ could pause increases"),
            ],
        ] {
            assert_eq!(found(&[ahead, later[0], later[1]], "en"), []);
        }
        // Most headlines before have it behind them.
        let told = [
            (0, "A", "OPEC+ agrees output increase"),
            (1, "B", "OPEC+ agrees modest increase"),
            (2, "C", "OPEC+ set to meet again"),
            (9, "A", "Oil falls on OPEC+ glut"),
            (10, "B", "Oil falls after OPEC+ agrees increase"),
        ];
        assert_eq!(found(&told, "en"), []);
    }
}
