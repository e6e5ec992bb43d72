//! Which reports of an event take back what was told in it: those whose own outlet told it, and those of others once
//! they are enough beside those who told it.

use std::collections::BTreeSet;

use super::super::headline::Report;
use super::Matter;
use crate::news::OutletId;

/// Outlets that call false what others told, at least, where an outlet that told it calls it false too.
const BESIDE_OWN: usize = 2;
/// How many times as many outlets call it false as tell it still, where none of these does.
const TIMES: usize = 2;

/// For each report, true if it takes back what was told before it: by its own outlet, or by others where two
/// more outlets than one that told it call it false, or twice as many as still tell it.
pub(in super::super) fn are_taken_back(reports: &[Report]) -> Vec<bool> {
    if !reports.iter().any(|one| one.says.is_false) {
        return vec![false; reports.len()];
    }
    let matter = |one: &Report| Matter::of(&one.title, &one.language);
    let matters: Vec<Matter> = reports.iter().map(matter).collect();
    // Of each report, the places of those before it that tell what it calls false.
    let before = |(report, own): (&Report, &Matter)| {
        let told = reports.iter().zip(&matters).enumerate();
        let told = told.filter(|(_, (one, told))| {
            report.says.is_false && one.item_time < report.item_time && own.takes_back(told)
        });
        told.map(|(at, _)| at).collect()
    };
    let told_before: Vec<BTreeSet<usize>> = reports.iter().zip(&matters).map(before).collect();
    let all = reports.iter().zip(&told_before);
    all.map(|(report, told)| {
        let is_own = |at: &usize| reports[*at].outlet == report.outlet;
        told.iter().any(is_own) || report.has_a_voice() && outweigh(reports, &told_before, told)
    })
    .collect()
}

/// True if those who call false what stands at some places outweigh those who told it.
fn outweigh(reports: &[Report], told_before: &[BTreeSet<usize>], told: &BTreeSet<usize>) -> bool {
    let voices = reports.iter().zip(told_before);
    let calls = voices
        .filter(|(report, others)| report.has_a_voice() && !others.is_disjoint(told))
        .map(|(report, _)| report.outlet);
    let callers: BTreeSet<OutletId> = calls.collect();
    let tellers: BTreeSet<OutletId> = told.iter().map(|at| reports[*at].outlet).collect();
    let own = callers.intersection(&tellers).count();
    let still = tellers.len() - own;
    let (others, all) = (callers.len() - own, callers.len());
    all >= TIMES * still.max(1) || own > 0 && others >= BESIDE_OWN
}
