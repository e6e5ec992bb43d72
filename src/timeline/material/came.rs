//! What came of something that lay ahead: told once for each matter, once two outlets tell it.

use std::collections::BTreeSet;

use super::{Present, Telling, Told, is_confirmed};
use crate::timeline::prospects::{Matters, Outlook};

/// True if the headline tells what came of something that lay ahead in a report before, two outlets tell it, and it was
/// not told. It is told then.
pub(super) fn has_come(next: &mut Told, shown: &Telling, present: &Present) -> bool {
    let before = &next.headline;
    let in_headline = || matters_told(Outlook::of(before, &shown.language));
    let known = next.came.get_or_insert_with(in_headline);
    let done = shown.outlook().done;
    if done.names().all(|name| known.contains(name)) {
        return false;
    }
    let reports = present.tellings.iter().filter(|one| !one.is_withdrawn);
    let outlooks: Vec<_> = reports.map(|one| (one.at, one.outlook())).collect();
    let came: Vec<Matters> = done
        .each()
        .filter(|matter| {
            let told = outlooks.iter().filter(|(_, one)| one.done.has(*matter));
            let since = told.map(|(at, _)| *at).min();
            let mut ahead = outlooks.iter().filter(|(_, one)| one.ahead.has(*matter));
            ahead.any(|(at, _)| since.is_some_and(|since| *at < since))
                && is_confirmed(present, |one| one.outlook().done.has(*matter))
        })
        .collect();
    let names = came.into_iter().flat_map(Matters::names);
    let told = known.len();
    known.extend(names.map(str::to_owned));
    known.len() > told
}

/// The matters of which a headline tells what came, by name.
pub(super) fn matters_told(outlook: Outlook) -> BTreeSet<String> {
    outlook.done.names().map(str::to_owned).collect()
}
