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
    if !outlook.is_told {
        return false;
    }
    let reports = present.tellings.iter().filter(|one| !one.is_withdrawn);
    let reports: Vec<&Telling> = reports.collect();
    let heard: Vec<Heard<'_, &str>> = reports.iter().map(|one| heard_in(one)).collect();
    let at = reports.iter().position(|one| one.item_id == shown.item_id);
    let came = find_outcomes(&heard).into_iter().filter(|outcome| {
        let is_open = outcome.matter != Matters::ANY || before.lies_ahead();
        is_open && at.is_some_and(|at| outcome.tellers.contains(&at))
    });
    let names = came.flat_map(|outcome| outcome.matter.names());
    let told = known.len();
    known.extend(names.map(str::to_owned));
    known.len() > told
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
