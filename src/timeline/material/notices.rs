//! What outlets withdraw, give back and correct.

use std::collections::BTreeSet;

use super::{Change, Present, Telling, Told};
use crate::news::{DevelopmentKind, ItemId};
use crate::text::words::hash_word;

pub(super) fn kills(told: &Told, present: &Present) -> Option<Change> {
    let new: Vec<&Telling> = present
        .tellings
        .iter()
        .filter(|telling| telling.is_withdrawn && !told.withdrawn.contains(&telling.item_id))
        .collect();
    let has_wire = new.iter().any(|telling| telling.is_wire);
    let new: Vec<&Telling> = new
        .into_iter()
        .filter(|telling| telling.is_wire || !has_wire)
        .collect();
    let outlets = named_outlets(&new)?;
    let note = format!("withdrawn by {outlets}: {}", new.first()?.headline);
    Some(Change::of_report(DevelopmentKind::Kill, note, new.first()?))
}

/// What was withdrawn and stands again, by itself or as a copy.
pub(super) fn reinstatements(told: &Told, present: &Present) -> Option<Change> {
    let back: BTreeSet<ItemId> = &told.withdrawn & &present.standing;
    let Some(first) = back.first() else {
        return told_anew(told, present);
    };
    let mut tellings = present.tellings.iter().chain(&present.copies);
    let Some(telling) = tellings.find(|telling| telling.item_id == *first) else {
        let note = "a report that was withdrawn stands again".to_owned();
        return Some(Change::of_event(DevelopmentKind::Reinstatement, note));
    };
    let note = format!("stands again at {}: {}", telling.outlet, telling.headline);
    Some(Change::of_report(
        DevelopmentKind::Reinstatement,
        note,
        telling,
    ))
}

/// An event of which nothing stood any more, or was shown, is told by others.
fn told_anew(told: &Told, present: &Present) -> Option<Change> {
    if !is_told_anew(told, present) {
        return None;
    }
    let telling = present.tellings.iter().filter(|one| !one.is_withdrawn);
    let outlets = named_outlets(&telling.collect::<Vec<_>>())?;
    let note = format!("told again by {outlets}");
    Some(Change::of_event(DevelopmentKind::Reinstatement, note))
}

/// True if all that was told was withdrawn or is out one by one, and something else is told now.
pub(super) fn is_told_anew(told: &Told, present: &Present) -> bool {
    let fell = &told.withdrawn | &told.out;
    let mut standing = present.tellings.iter().filter(|one| !one.is_withdrawn);
    !told.items.is_empty()
        && told.items.is_subset(&fell)
        && standing.clone().next().is_some()
        && standing.all(|one| !told.items.contains(&one.item_id) && !fell.contains(&one.item_id))
}

pub(super) fn corrections(told: &Told, present: &Present) -> Option<Change> {
    let new: Vec<&Telling> = present
        .tellings
        .iter()
        .filter(|telling| telling.is_correction && !telling.is_withdrawn)
        .filter(|telling| !is_known_correction(told, telling))
        .collect();
    let outlets = named_outlets(&new)?;
    let first = new.first()?;
    let what = if first.change_note.is_empty() {
        &first.headline
    } else {
        &first.change_note
    };
    let note = format!("corrected by {outlets}: {what}");
    Some(Change::of_report(DevelopmentKind::Correction, note, first))
}

fn is_known_correction(told: &Told, telling: &Telling) -> bool {
    let before = told.corrections_said.get(&telling.item_id);
    told.corrections.contains(&telling.item_id)
        && before.is_none_or(|before| *before == said(telling))
}

/// What a correction says, in 32 bits: its words and its note, whatever the capitals and the points around a word.
pub(super) fn said(telling: &Telling) -> u32 {
    const POINTS: &[char] = &[
        '.', ',', ';', ':', '!', '?', '"', '\'', '“', '”', '‘', '’', '«', '»',
    ];
    let both = [telling.headline.as_str(), &telling.change_note].join(" ");
    let both = both.to_lowercase();
    let words = both
        .split_whitespace()
        .map(|word| word.trim_matches(POINTS));
    hash_word(&words.collect::<Vec<&str>>().join(" "))
}

fn named_outlets(tellings: &[&Telling]) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for telling in tellings {
        if !names.contains(&telling.outlet.as_str()) {
            names.push(&telling.outlet);
        }
    }
    match names.split_last() {
        None => None,
        Some((only, [])) => Some((*only).to_owned()),
        Some((last, rest)) => Some(format!("{} and {last}", rest.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{kinds, toll};
    use super::*;

    #[test]
    fn a_correction_counts_once_and_a_kill_each_time_that_it_comes() {
        let plain = toll(1, &[("AP", "A"), ("BBC", "B")]);
        let mut corrected = plain.clone();
        corrected.tellings[1].is_correction = true;
        corrected.tellings[1].change_note = "corrects the name".to_owned();
        let mut killed = corrected.clone();
        killed.tellings[1].is_withdrawn = true;
        let mut back = corrected.clone();
        back.standing = [ItemId(1), ItemId(2)].into();
        let kill = vec![DevelopmentKind::Kill];
        let steps = [
            plain,
            corrected.clone(),
            corrected,
            killed.clone(),
            killed.clone(),
            back.clone(),
            back,
            killed,
        ];
        let expected = [
            vec![DevelopmentKind::Correction],
            vec![],
            kill.clone(),
            vec![],
            vec![DevelopmentKind::Reinstatement],
            vec![],
            kill,
        ];
        assert_eq!(kinds(&steps), expected);
    }
}
