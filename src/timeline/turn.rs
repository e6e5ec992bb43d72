//! The last turn of a matter, as two voices tell it: what tells less than that makes no headline.

use std::collections::BTreeMap;

use super::headline::{OVERTAKEN, Report};
use super::stages::{is_open, is_reversal};
use super::voices::{Voice, are_two};
use crate::news::{OutletId, UtcTime};

/// What two outlets tell last of how a matter stands.
pub(super) struct Turn {
    stage: &'static str,
    /// When it was told first.
    since: UtcTime,
    /// True if it also goes before what tells no stage.
    is_reversal: bool,
}

impl Turn {
    /// How a report stands to it: one that came before it and tells another stage, or asks or denies, is behind.
    pub(super) fn weigh(&self, report: &Report, stage: Option<&str>) -> (f32, &'static str) {
        let is_behind = report.item_time < self.since
            && match stage {
                Some(stage) => stage != self.stage,
                None => self.is_reversal || is_open(&report.title, &report.language),
            };
        match is_behind {
            true => (OVERTAKEN, "two outlets tell what came after it"),
            false => (1.0, ""),
        }
    }
}

/// The stage that two outlets tell last, if one of those told last by each outlet began after the others. A reversal
/// goes before what tells no stage where at least half of the reports since tell it: else it is an aspect.
pub(super) fn latest_turn(reports: &[Report], stages: &[Option<&'static str>]) -> Option<Turn> {
    let is_plain = |(report, _): &(&Report, _)| report.has_a_voice() && !report.is_superseded;
    let mut plain: Vec<_> = reports.iter().zip(stages).filter(is_plain).collect();
    plain.sort_by_key(|(report, _)| (report.item_time, report.item));
    let mut last: BTreeMap<OutletId, (&'static str, Voice<'_, OutletId>)> = BTreeMap::new();
    let mut since: BTreeMap<&'static str, UtcTime> = BTreeMap::new();
    for (report, stage) in &plain {
        if let Some(stage) = stage {
            last.insert(report.outlet, (*stage, report.voice()));
            since.entry(*stage).or_insert(report.item_time);
        }
    }
    let is_told_by_two = |stage: &str| {
        let tellers = last.values().filter(|(told, _)| *told == stage);
        are_two(&tellers.map(|(_, voice)| *voice).collect::<Vec<_>>())
    };
    let confirmed = since.iter().filter(|(stage, _)| is_told_by_two(stage));
    let (stage, since) = confirmed.max_by_key(|(stage, since)| (**since, **stage))?;
    let later = plain
        .iter()
        .filter(|(report, _)| report.item_time >= *since);
    let telling = later.clone().filter(|(_, told)| **told == Some(*stage));
    Some(Turn {
        stage,
        since: *since,
        is_reversal: is_reversal(stage) && telling.count() * 2 >= later.count(),
    })
}
