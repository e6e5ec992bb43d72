//! What came of something that lay ahead: told once for each matter, once two outlets tell it.

use std::collections::BTreeSet;

use super::{Present, Telling, Told};
use crate::timeline::outcomes::{Heard, find_outcomes};
use crate::timeline::prospects::{Matters, Outlook};

/// True if the headline shown tells what came of something that lay ahead in a report before, as two outlets do, and it
/// was not told. It is told then. Of what no list knows, it was not if the headline before had it ahead.
pub(super) fn has_come(next: &mut Told, shown: &Telling, present: &Present) -> bool {
    let before = Outlook::of(&next.headline, &shown.language);
    let known = next.came.get_or_insert_with(|| matters_told(before));
    let outlook = shown.outlook();
    // What else it says is to come takes nothing from what it tells of a matter that a list knows.
    let may_tell_any = outlook.is_told && before.lies_ahead();
    if outlook.done.are_none() && !may_tell_any {
        return false;
    }
    let told = present.tellings.iter().chain(&present.copies);
    let reports: Vec<&Telling> = told.filter(|one| !one.is_withdrawn).collect();
    let heard: Vec<Heard<'_, &str>> = reports.iter().map(|one| heard_in(one)).collect();
    let at = reports.iter().position(|one| one.item_id == shown.item_id);
    let came = find_outcomes(&heard).into_iter().filter(|outcome| {
        let is_open = outcome.matter != Matters::ANY || may_tell_any;
        is_open && at.is_some_and(|at| outcome.tellers.contains(&at))
    });
    let names = came.flat_map(|outcome| {
        let names = outcome.matter.names();
        names.map(move |name| name_of_round(name, outcome.round))
    });
    let told = known.len();
    known.extend(names);
    known.len() > told
}

/// Under what is known that a matter came so often.
fn name_of_round(name: &str, round: usize) -> String {
    match round {
        0 | 1 => name.to_owned(),
        _ => format!("{name} {round}"),
    }
}

/// True if a headline tells what came of somebody beside whom no headline before is about: `Kolb's deputy resigns`.
pub(super) fn tells_of_another(shown: &Telling, present: &Present) -> bool {
    let is_known = |beside: &str| {
        let mut before = present.tellings.iter().filter(|one| one.at < shown.at);
        before.any(|one| {
            one.headline.to_lowercase().contains(beside) && one.outlook().beside != Some(beside)
        })
    };
    shown
        .outlook()
        .beside
        .is_some_and(|beside| !is_known(beside))
}

/// A stage was told that is what came of a matter: it is not told again by that.
pub(super) fn note_matter(next: &mut Told, stage: &str) {
    let names = Matters::of_stage(stage).names().map(str::to_owned);
    next.came.get_or_insert_default().extend(names);
}

/// The matters of which a headline tells what came, by name.
pub(super) fn matters_told(outlook: Outlook) -> BTreeSet<String> {
    outlook.done.names().map(str::to_owned).collect()
}

fn heard_in(telling: &Telling) -> Heard<'_, &str> {
    Heard {
        at: telling.at,
        voice: telling.voice(),
        outlook: telling.outlook(),
        headline: &telling.headline,
        language: &telling.language,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::tests::{kinds, present, telling};
    use super::super::{DevelopmentKind, Present, Telling};

    const AHEAD: &str = "Tolm steel: works council set to decide on offer";

    /// A report of an outlet, so many hours after the first.
    fn report(id: i64, outlet: &str, headline: &str, hours: i64) -> Telling {
        let mut told = telling(id, outlet, headline);
        told.at += TimeDelta::hours(hours);
        told
    }

    /// What is told once later reports come, the last of which heads the event.
    fn told(later: &[&Telling], copies: &[&Telling]) -> Vec<DevelopmentKind> {
        let first = report(1, "A", AHEAD, 0);
        let all: Vec<Telling> = std::iter::once(&first)
            .chain(later.iter().copied())
            .cloned()
            .collect();
        let shown = all.last().map_or(1, |last| last.item_id.0);
        let now = Present {
            copies: copies.iter().copied().cloned().collect(),
            ..present(shown, all)
        };
        kinds(&[present(1, vec![first]), now]).remove(0)
    }

    #[test]
    fn what_came_is_told_once_two_outlets_tell_it_or_one_takes_it_over() {
        let one = report(2, "B", "Tolm steel: works council rejects offer", 9);
        let other = report(3, "C", "Works council at Tolm rejects steel offer", 10);
        let outcome = [DevelopmentKind::Outcome];
        assert_eq!(told(&[&one], &[]), []);
        assert_eq!(told(&[&one, &other], &[]), outcome);
        assert_eq!(told(&[&one], &[&other]), outcome);
        let same_page = |told: &Telling| Telling {
            page: Some("tolm.example/1".to_owned()),
            ..told.clone()
        };
        assert_eq!(told(&[&same_page(&one)], &[&same_page(&other)]), []);
    }

    #[test]
    fn what_came_is_told_once() {
        let reports: Vec<Telling> = [
            (1, "A", AHEAD, 0),
            (2, "B", "Tolm steel: works council rejects offer", 9),
            (3, "C", "Works council at Tolm rejects steel offer", 10),
            (4, "D", "Tolm steel shares slump after offer rejected", 12),
            (5, "E", "Tolm steel shares slump on rejection", 13),
        ]
        .into_iter()
        .map(|(id, outlet, headline, hours)| report(id, outlet, headline, hours))
        .collect();
        let looks: Vec<Present> = [1, 3, 5]
            .into_iter()
            .map(|shown| present(shown, reports[..shown as usize].to_vec()))
            .collect();
        let told = kinds(&looks);
        assert_eq!(told, [vec![DevelopmentKind::Outcome], vec![]]);
    }

    #[test]
    fn that_talks_failed_and_that_they_ended_is_told_once() {
        for [first, later] in [
            [
                [
                    "Tolm summit ends without deal",
                    "No deal as Tolm summit ends",
                ],
                [
                    "Tolm summit ends with no ceasefire deal",
                    "Summit in Tolm ended",
                ],
            ],
            [
                ["Summit in Tolm ends", "Tolm summit ended"],
                ["Tolm summit ends without deal", "No deal at Tolm summit"],
            ],
        ] {
            let headlines = first.into_iter().chain(later);
            let reports: Vec<Telling> = (1..)
                .zip(["A", "B", "C", "D"])
                .zip(headlines)
                .map(|((id, outlet), headline)| report(id, outlet, headline, id))
                .collect();
            let looks = [2, 4].map(|shown| present(shown, reports[..shown as usize].to_vec()));
            assert_eq!(kinds(&looks), [[]], "{later:?}");
        }
    }

    /// Reports as outlets tell them at hours, in their order.
    fn reports_of(told: &[(&str, &str, i64)]) -> Vec<Telling> {
        let told = (1..).zip(told);
        let told = told.map(|(id, (outlet, headline, hours))| report(id, outlet, headline, *hours));
        told.collect()
    }

    /// The kinds told at each look, where each report heads the event as it comes.
    fn told_as_they_come(reports: &[(&str, &str, i64)]) -> Vec<Vec<DevelopmentKind>> {
        let reports = reports_of(reports);
        let looks: Vec<Present> = (1..=reports.len())
            .map(|shown| present(shown as i64, reports[..shown].to_vec()))
            .collect();
        kinds(&looks)
    }

    #[test]
    fn a_verdict_and_the_sentence_of_a_later_hour_are_each_told_once() {
        let trial = [
            ("A", "Jury begins deliberations in trial of Brandt", 0),
            ("A", "Jury finds Brandt guilty of bribery", 4),
            ("B", "Former mayor Brandt convicted of bribery", 4),
            ("C", "Brandt found guilty of bribery, acquitted of fraud", 5),
            ("A", "Brandt sentenced to six years in prison", 9),
            ("B", "Court jails Brandt for six years", 9),
            (
                "D",
                "Former mayor Brandt convicted of bribery, court says",
                10,
            ),
        ];
        let outcome = || vec![DevelopmentKind::Outcome];
        let nothing = Vec::new;
        assert_eq!(
            told_as_they_come(&trial),
            [
                nothing(),
                outcome(),
                nothing(),
                nothing(),
                outcome(),
                nothing()
            ]
        );
        let at_once = [
            ("A", "Brandner convicted of bribery", 0),
            ("B", "Brandner sentenced to three years in jail", 0),
            ("C", "Court jails Brandner for three years", 1),
        ];
        assert_eq!(told_as_they_come(&at_once), [nothing(), nothing()]);
    }

    #[test]
    fn a_sentence_is_news_hours_after_the_verdict_whoever_spoke_of_an_older_one() {
        let outcome = vec![DevelopmentKind::Outcome];
        let aside = [
            ("A", "Banker Voss convicted of fraud in Helmond", 0),
            (
                "B",
                "Delta Bank's Pieter Voss found guilty of fraud in Helmond",
                0,
            ),
            (
                "C",
                "Banker Voss, once jailed for perjury, guilty of Delta Bank fraud",
                1,
            ),
            (
                "A",
                "Banker Voss sentenced to six years for Delta Bank fraud",
                28,
            ),
            (
                "B",
                "Pieter Voss jailed for six years for Delta Bank fraud in Helmond",
                29,
            ),
        ];
        let told = told_as_they_come(&aside);
        assert_eq!(told.concat(), outcome);
    }

    #[test]
    fn not_guilty_is_told_of_a_trial_that_began() {
        let told = told_as_they_come(&[
            ("A", "Odell bribery trial begins in Quorn", 0),
            ("B", "Bribery trial of senator Odell begins in Quorn", 0),
            ("A", "Jury finds senator Odell not guilty of bribery", 24),
            (
                "B",
                "Quorn jury finds senator Mark Odell not guilty in bribery trial",
                25,
            ),
        ]);
        assert_eq!(told.concat(), [DevelopmentKind::Outcome]);
    }

    #[test]
    fn a_matter_that_lies_ahead_anew_comes_anew_and_one_that_is_told_late_does_not() {
        let votes = [
            ("A", "Senate committee opens debate on Harlan nomination", 0),
            (
                "A",
                "Committee rejects Harlan nomination as attorney general",
                5,
            ),
            ("B", "Harlan nomination rejected by Senate committee", 6),
            ("A", "Senate to vote on Harlan nomination", 20),
            ("A", "Harlan wins Senate vote on nomination 51-49", 29),
            (
                "B",
                "Harlan wins Senate vote to become attorney general",
                30,
            ),
            ("C", "Joan Harlan wins Senate vote on nomination", 31),
        ];
        let told = told_as_they_come(&votes);
        let at: Vec<usize> = (0..told.len()).filter(|at| !told[*at].is_empty()).collect();
        assert_eq!(at, [1, 4], "{told:?}");
        let late = [
            ("A", "Slovenians vote in tight parliamentary election", 0),
            ("B", "Zupan wins Slovenian election", 10),
            ("C", "Zupan wins election in Slovenia", 11),
            ("D", "Polls close in Slovenian election", 12),
            ("E", "Zupan wins Slovenian vote", 13),
            ("F", "Slovenia: Zupan wins", 14),
        ];
        let reports = reports_of(&late);
        // The headline stays where it is while somebody is late.
        let looks = [(1, 1), (3, 3), (3, 4), (5, 5), (6, 6)];
        let looks = looks.map(|(shown, heard)| present(shown, reports[..heard].to_vec()));
        let told = kinds(&looks);
        assert_eq!(told.concat(), [DevelopmentKind::Outcome], "{told:?}");
    }

    #[test]
    fn what_came_is_told_whatever_else_the_headline_says_is_to_come() {
        for reports in [
            [
                ("A", "Pope Leo in critical condition", 0),
                ("B", "Pope Leo dies at 88; conclave expected", 9),
                ("C", "Pope Leo dies, conclave expected within weeks", 10),
            ],
            [
                ("A", "Verdict expected in Larsen murder trial in Torvik", 0),
                (
                    "B",
                    "Larsen, who pleaded not guilty, found guilty of murder",
                    24,
                ),
                (
                    "C",
                    "Larsen found guilty of murder he pleaded not guilty to",
                    25,
                ),
            ],
        ] {
            let told = told_as_they_come(&reports);
            assert_eq!(told.concat(), [DevelopmentKind::Outcome], "{reports:?}");
        }
    }

    #[test]
    fn what_comes_of_somebody_else_is_not_what_came_and_leaves_it_to_be_told() {
        for reports in [
            [
                ("A", "Pope Leo in critical condition", 0),
                ("B", "Pope's doctor dies at 61", 5),
                ("C", "Doctor to Pope Leo dies", 6),
                ("B", "Pope Leo dies", 24),
                ("C", "Pope Leo dies aged 88", 25),
            ],
            [
                ("A", "Opposition calls on minister Kolb to resign", 0),
                ("B", "Kolb's deputy quits", 5),
                ("C", "Deputy to Kolb quits", 6),
                ("B", "Minister Kolb quits", 24),
                ("C", "Kolb quits as minister", 25),
            ],
        ] {
            let told = told_as_they_come(&reports);
            assert_eq!(told[..2].concat(), [], "{reports:?}");
            assert_eq!(told.concat(), [DevelopmentKind::Outcome], "{reports:?}");
        }
        let told = told_as_they_come(&[
            ("A", "Verdict expected in trial of Navalny's lawyers", 0),
            ("B", "Navalny's lawyers found guilty", 5),
            ("C", "Court finds Navalny lawyers guilty", 6),
        ]);
        assert_eq!(told.concat(), [DevelopmentKind::Outcome]);
    }
}
