//! The last turn of a matter, as two voices tell it: what tells less than that makes no headline.

use std::collections::{BTreeMap, BTreeSet};

use super::headline::{OVERTAKEN, Report};
use super::outcomes::{Heard, Outcome, find_outcomes};
use super::parts::Counted;
use super::retractions::{RETRACTED, are_taken_back};
use super::stages::{are_one_end, goes_before_none, is_open, is_reversal, lasts};
use super::voices::{Voice, are_two};
use crate::news::{ItemId, OutletId, UtcTime};

/// What two outlets tell last of how a matter stands.
pub(super) struct Turn {
    stage: &'static str,
    /// When it was told first, or anew after another one.
    since: UtcTime,
    /// True if two tell it by that name, and not only an end that is the same.
    is_by_name: bool,
    /// True if it also goes before what tells no stage.
    goes_before_none: bool,
}

impl Turn {
    /// How a report stands to it: one that came before it and tells another stage, or the same of another time, asks or
    /// denies, or tells what lasts where it has ended, is behind.
    pub(super) fn weigh(&self, report: &Report, stage: Option<&str>) -> (f32, &'static str) {
        let is_behind = report.item_time < self.since
            && match stage {
                // Some may be free before it is over.
                Some("released") if self.stage == "over" => self.is_by_name,
                Some(stage) => stage == self.stage || !are_one_end(stage, self.stage),
                None => {
                    let (title, language) = (&report.title, &report.language);
                    self.goes_before_none
                        || is_open(title, language)
                        || is_reversal(self.stage) && lasts(title, language)
                }
            };
        match is_behind {
            true => (OVERTAKEN, "two outlets tell what came after it"),
            false => (1.0, ""),
        }
    }

    /// True if a report tells this turn, which came after an outcome: it is not behind that.
    pub(super) fn is_told_after(
        &self,
        outcome: &Latest,
        report: &Report,
        stage: Option<&str>,
    ) -> bool {
        self.since > outcome.outcome.since
            && report.item_time >= self.since
            && stage.is_some_and(|stage| are_one_end(stage, self.stage))
    }
}

/// The stage that each report tells: that the matter is taken back, if it takes back what was told before; none, if it
/// came for a part of those whom it is told of.
pub(super) fn stages_in(reports: &[Report]) -> Vec<Option<&'static str>> {
    let titles = || reports.iter().map(|one| (&*one.title, &*one.language));
    let counted = Counted::by(titles());
    let stages = reports.iter().zip(are_taken_back(reports)).zip(titles());
    let stages = stages.map(|((report, takes_back), title)| match takes_back {
        true => Some(RETRACTED),
        false => counted.stage_of_all(report.says.stage, title),
    });
    stages.collect()
}

/// When each stage was told first, or anew after another one that two told since: by an outlet that told that one, as
/// others may be late.
fn begun_of(plain: &[(&Report, &Option<&'static str>)]) -> BTreeMap<&'static str, UtcTime> {
    let told = |stage: &str| {
        let tellers = plain.iter().filter(|(_, told)| **told == Some(stage));
        are_two(
            &tellers
                .map(|(report, _)| report.voice())
                .collect::<Vec<_>>(),
        )
    };
    let mut since: BTreeMap<&'static str, UtcTime> = BTreeMap::new();
    let mut last: BTreeMap<OutletId, &'static str> = BTreeMap::new();
    for (report, stage) in plain {
        let Some(stage) = **stage else { continue };
        let before = last.insert(report.outlet, stage);
        let began = *since.entry(stage).or_insert(report.item_time);
        let comes_back = before.is_some_and(|before| {
            !are_one_end(before, stage)
                && since.get(before).is_some_and(|other| *other > began)
                && told(before)
        });
        if comes_back {
            since.insert(stage, report.item_time);
        }
    }
    since
}

/// The stage that two outlets tell last, if one of those told last by each outlet began after the others. A reversal
/// goes before what tells no stage where at least half of the reports since tell it: else it is an aspect.
pub(super) fn latest_turn(reports: &[Report], stages: &[Option<&'static str>]) -> Option<Turn> {
    let is_plain = |(report, _): &(&Report, _)| report.has_a_voice() && !report.is_superseded;
    let mut plain: Vec<_> = reports.iter().zip(stages).filter(is_plain).collect();
    plain.sort_by_key(|(report, _)| (report.item_time, report.item));
    let mut told: BTreeMap<OutletId, BTreeMap<&'static str, Voice<'_, OutletId>>> = BTreeMap::new();
    let mut last: BTreeMap<OutletId, &'static str> = BTreeMap::new();
    for (report, stage) in &plain {
        if let Some(stage) = stage {
            let own = told.entry(report.outlet).or_default();
            own.insert(*stage, report.voice());
            last.insert(report.outlet, *stage);
        }
    }
    let since = begun_of(&plain);
    // Who has gone on to what came after a stage tells it too, but for what turns it round.
    let stands = |outlet: &OutletId, stage: &str| {
        let last = last[outlet];
        last == stage || !is_reversal(last) && since[last] > since[stage]
    };
    let do_two_tell = |is_it: &dyn Fn(&str) -> bool| {
        let tellers = told.iter().filter_map(|(outlet, own)| {
            let mut own = own.iter().rev();
            let it = own.find(|(stage, _)| is_it(stage) && stands(outlet, stage))?;
            Some(*it.1)
        });
        are_two(&tellers.collect::<Vec<_>>())
    };
    let is_told_by_two = |stage: &str| do_two_tell(&|told| are_one_end(told, stage));
    let confirmed = since.iter().filter(|(stage, _)| is_told_by_two(stage));
    let (stage, since) = confirmed.max_by_key(|(stage, since)| (**since, **stage))?;
    let later = plain
        .iter()
        .filter(|(report, _)| report.item_time >= *since);
    let tells = |told: &Option<&str>| told.is_some_and(|told| are_one_end(told, stage));
    let telling = later.clone().filter(|(_, told)| tells(told));
    Some(Turn {
        stage,
        since: *since,
        is_by_name: do_two_tell(&|told| told == *stage),
        goes_before_none: goes_before_none(stage) && telling.count() * 2 >= later.count(),
    })
}

/// What two outlets tell last of what lay ahead in a report before.
pub(super) struct Latest {
    outcome: Outcome,
    tellers: BTreeSet<ItemId>,
    /// True if at least half of the reports since tell it.
    is_all: bool,
}

impl Latest {
    /// How a report stands to it: one that came before, one in which the matter lies ahead still, and one that tells
    /// something else where most tell it is behind.
    pub(super) fn weigh(&self, report: &Report) -> (f32, &'static str) {
        let lies_ahead = report.says.outlook.ahead.has(self.outcome.matter);
        let is_behind = !self.tellers.contains(&report.item)
            && (report.item_time < self.outcome.since || lies_ahead || self.is_all);
        match is_behind {
            true => (OVERTAKEN, "two outlets tell what came of it"),
            false => (1.0, ""),
        }
    }

    /// When it came, as a report tells it; `None` if it does not.
    pub(super) fn came_in(&self, report: &Report) -> Option<UtcTime> {
        let tells = self.tellers.contains(&report.item);
        tells.then_some(self.outcome.since)
    }
}

/// The last outcome of what lay ahead in a report before it, as two outlets tell it, and no fewer reports since than
/// have it ahead still. Who takes over an agency's report of it tells it too: what was to come is likely to have.
pub(super) fn latest_outcome(reports: &[Report]) -> Option<Latest> {
    let is_plain = |report: &&Report| report.role.tells_an_event() && !report.is_superseded;
    let plain: Vec<&Report> = reports.iter().filter(is_plain).collect();
    let heard: Vec<_> = plain.iter().map(|report| heard_in(report)).collect();
    let outcomes = find_outcomes(&heard).into_iter();
    let outcome = outcomes.max_by_key(|outcome| outcome.since)?;
    let later = heard.iter().filter(|one| one.at >= outcome.since);
    Some(Latest {
        is_all: outcome.tellers.len() * 2 >= later.count(),
        tellers: outcome.tellers.iter().map(|at| plain[*at].item).collect(),
        outcome,
    })
}

fn heard_in(report: &Report) -> Heard<'_, OutletId> {
    Heard {
        at: report.item_time,
        voice: report.voice(),
        outlook: report.says.outlook,
        headline: &report.title,
        language: &report.language,
    }
}

#[cfg(test)]
mod tests {
    use super::super::headline::{Says, pick_headline};
    use super::*;
    use crate::news::ItemId;

    fn told(titles: &[(i64, &str)]) -> String {
        let reports = titles.iter().enumerate();
        let reports = reports.map(|(at, (outlet, title))| Report {
            item: ItemId(at as i64 + 1),
            outlet: OutletId(*outlet),
            title: (*title).into(),
            says: Says::of(title, "en"),
            language: "en".to_owned(),
            reliability: 1.0,
            // The first are the most central.
            mean_score: 0.9 - at as f32 * 0.1,
            item_time: UtcTime::default() + chrono::TimeDelta::hours(at as i64),
            ..Report::default()
        });
        let reports: Vec<Report> = reports.collect();
        pick_headline(&reports).expect("there are reports").headline
    }

    #[test]
    fn the_headline_follows_the_end_of_what_lasts() {
        let mut titles = vec![
            (1, "Cracks force closure of Elbe bridge near Hamburg"),
            (2, "Bridge on A7 near Hamburg closed after cracks found"),
            (3, "Elbe bridge near Hamburg reopens after repairs"),
        ];
        assert_eq!(told(&titles), titles[0].1, "one may be mistaken");
        titles.push((4, "A7 bridge near Hamburg open again"));
        assert_eq!(told(&titles), titles[2].1);
        let more = ["Hamburg traders count cost", "Minister visits Elbe bridge"];
        titles.extend(more.map(|title| (1, title)));
        titles.push((2, "What went wrong at the Elbe bridge"));
        assert_eq!(
            told(&titles),
            titles[2].1,
            "whatever aspects are told since"
        );
    }

    #[test]
    fn the_headline_follows_an_end_that_two_tell_in_words_of_their_own() {
        let titles = [
            (1, "Boy, 4, missing in Yarrowby outback"),
            (2, "Search for boy missing in Yarrowby"),
            (3, "Missing Yarrowby boy found"),
            (1, "Yarrowby: missing boy found alive"),
        ];
        assert_ne!(told(&titles), titles[0].1);
        assert_ne!(told(&titles), titles[1].1);
    }

    #[test]
    fn a_stage_that_comes_back_puts_behind_it_what_was_told_before() {
        let titles = [
            (1, "Suspect arrested in Bradwell mall shooting"),
            (2, "Bradwell mall shooting: man arrested"),
            (
                1,
                "Man arrested in Bradwell mall shooting released without charge",
            ),
            (2, "Bradwell mall shooting suspect released"),
            (1, "Second man arrested in Bradwell mall shooting"),
            (2, "Bradwell mall shooting: new suspect arrested"),
        ];
        assert_eq!(told(&titles), titles[4].1);
        let late = [
            (3, "Bradwell mall shooting: police have arrested man"),
            (4, "Man arrested over Bradwell mall shooting"),
        ];
        let with_late = [&titles[..4], &late].concat();
        assert_eq!(told(&with_late), titles[2].1, "they never told the release");
    }

    #[test]
    fn who_goes_on_from_what_two_told_leaves_nobody_at_what_was_before() {
        let mut titles = vec![
            (1, "Man arrested over Bradwell market stabbing"),
            (2, "Police arrest man over stabbing at Bradwell market"),
            (1, "Man charged with Bradwell market stabbing murder"),
            (2, "Bradwell market stabbing: man charged with murder"),
        ];
        let charged = titles[2].1;
        assert_eq!(told(&titles), charged);
        titles.push((1, "Bradwell market stabbing: man pleads guilty to murder"));
        assert_eq!(told(&titles), charged);
    }

    #[test]
    fn that_somebody_resigned_or_is_convicted_goes_before_what_tells_no_stage() {
        let minister = [
            (1, "Minister Kolb faces inquiry over leak of police files"),
            (2, "Minister Kolb resigns over leak of police files"),
            (3, "Kolb resigns as minister over police files leak"),
        ];
        assert_eq!(told(&minister), minister[1].1);
        let mayor = [
            (1, "Bradwell mayor Tom Reed in court over fraud"),
            (2, "Bradwell mayor Tom Reed convicted of fraud"),
            (3, "Mayor Reed found guilty of fraud in Bradwell"),
        ];
        assert_eq!(told(&mayor), mayor[1].1);
    }

    #[test]
    fn the_end_of_a_siege_goes_before_the_first_who_are_free() {
        let siege = [
            (1, "Gunman holds 20 hostages in Torvik bank"),
            (2, "Torvik bank gunman holds 20 hostages"),
            (1, "Torvik bank gunman frees five hostages"),
            (2, "Five hostages freed in Torvik bank siege"),
            (1, "Torvik bank siege over as gunman surrenders"),
            (2, "Torvik bank siege ends as gunman surrenders"),
        ];
        assert_eq!(told(&siege), siege[4].1);
        let uncounted = [
            (1, "Torvik bank gunman frees hostages"),
            (2, "Hostages freed in Torvik bank siege"),
            siege[4],
            siege[5],
        ];
        assert_eq!(told(&uncounted), siege[4].1);
        let mine = [
            (1, "Twelve miners trapped in Selvik mine"),
            (2, "Selvik mine collapse: 12 miners trapped"),
            (1, "Two of 12 trapped Selvik miners rescued"),
            (2, "Selvik: two trapped miners rescued"),
            (1, "All 12 trapped Selvik miners rescued"),
            (2, "Selvik mine: last trapped miners rescued, all 12 safe"),
        ];
        assert_eq!(told(&mine), mine[4].1);
    }

    #[test]
    fn the_headline_is_not_what_its_own_outlets_took_back() {
        let hoax = "Kim Hoon death a hoax, agent says";
        let mut titles = vec![
            (1, "Actor Kim Hoon dies at 61"),
            (2, "Kim Hoon, actor, dead at 61"),
            (3, "Film star Kim Hoon dies"),
            (1, hoax),
        ];
        assert_eq!(told(&titles), titles[0].1, "one may be mistaken");
        titles.push((4, "Reports of Kim Hoon's death are false"));
        assert_eq!(told(&titles), titles[0].1, "it never told that he died");
        titles.push((2, "Kim Hoon alive: report of death was false"));
        assert_eq!(told(&titles), hoax);
    }

    #[test]
    fn the_headline_is_not_what_twice_as_many_others_call_false() {
        let hoax = "Kim Hoon death a hoax, agent says";
        let mut titles = vec![
            (1, "Actor Kim Hoon dies at 61"),
            (2, "Kim Hoon, actor, dead at 61"),
            (3, hoax),
            (4, "Reports of Kim Hoon's death are false"),
            (5, "Actor Kim Hoon is alive: death reports false"),
        ];
        assert_eq!(told(&titles), titles[0].1, "three beside two");
        let mut with_own = titles.clone();
        with_own.push((1, "Kim Hoon alive: report of death was false"));
        assert_eq!(told(&with_own), hoax, "one that told it says so too");
        titles.push((6, "Kim Hoon death hoax: reports of actor dying are false"));
        assert_eq!(told(&titles), hoax);
    }

    #[test]
    fn what_calls_false_a_detail_leaves_the_headline() {
        let titles = [
            (1, "Explosion kills 12 in Tarvosk"),
            (2, "Tarvosk explosion kills 12"),
            (
                1,
                "Claims that Tarvosk explosion that killed 12 was an attack are false",
            ),
            (
                2,
                "False claims spread over Tarvosk explosion that killed 12",
            ),
            (
                3,
                "Fake video of Tarvosk explosion that killed 12 is false, army says",
            ),
        ];
        assert_eq!(told(&titles), titles[0].1);
    }
}
