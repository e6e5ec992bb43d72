//! What outlets withdraw, give back and correct.

use std::collections::BTreeSet;

use super::{Change, Present, Telling, Told};
use crate::news::{DevelopmentKind, ItemId};
use crate::text::words::hash_word;

pub(super) fn kills(told: &Told, present: &Present) -> Vec<Change> {
    let new: Vec<&Telling> = present
        .tellings
        .iter()
        .filter(|telling| telling.is_withdrawn && !told.withdrawn.contains(&telling.item_id))
        .collect();
    let has_wire = new.iter().any(|telling| telling.is_wire);
    let new = new
        .into_iter()
        .filter(|telling| telling.is_wire || !has_wire);
    let what = |telling: &Telling| telling.headline.clone();
    tell_alike((DevelopmentKind::Kill, "withdrawn by"), new, what)
}

/// What was withdrawn and stands again, by itself or as a copy; or what others tell anew.
pub(super) fn reinstatements(told: &Told, present: &Present) -> Vec<Change> {
    let back: BTreeSet<ItemId> = &told.withdrawn & &present.standing;
    if back.is_empty() {
        return told_anew(told, present).into_iter().collect();
    }
    let tellings = present.tellings.iter().chain(&present.copies);
    let back = tellings.filter(|telling| back.contains(&telling.item_id));
    let what = |telling: &Telling| telling.headline.clone();
    let kind = (DevelopmentKind::Reinstatement, "stands again at");
    let told = tell_alike(kind, back, what);
    if !told.is_empty() {
        return told;
    }
    let note = "a report that was withdrawn stands again".to_owned();
    vec![Change::of_event(DevelopmentKind::Reinstatement, note)]
}

/// An event of which nothing stood any more, or was shown, is told by others.
fn told_anew(told: &Told, present: &Present) -> Option<Change> {
    if present.is_ruled_on || !is_told_anew(told, present) {
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

pub(super) fn corrections(told: &Told, present: &Present) -> Vec<Change> {
    let new = present
        .tellings
        .iter()
        .filter(|telling| telling.is_correction && !telling.is_withdrawn)
        .filter(|telling| !is_known_correction(told, telling));
    let what = |telling: &Telling| match telling.change_note.is_empty() {
        true => telling.headline.clone(),
        false => telling.change_note.clone(),
    };
    tell_alike((DevelopmentKind::Correction, "corrected by"), new, what)
}

/// A change for each of what tellings say, in the words of a kind, with the outlets that say it, under the first headline.
fn tell_alike<'p>(
    (kind, words): (DevelopmentKind, &str),
    tellings: impl Iterator<Item = &'p Telling>,
    what: impl Fn(&Telling) -> String,
) -> Vec<Change> {
    let mut groups: Vec<(String, Vec<&Telling>)> = Vec::new();
    for telling in tellings {
        let said = what(telling);
        match groups.iter_mut().find(|(own, _)| *own == said) {
            Some((_, group)) => group.push(telling),
            None => groups.push((said, vec![telling])),
        }
    }
    let changes = groups.into_iter().filter_map(|(said, group)| {
        let note = format!("{words} {}: {said}", named_outlets(&group)?);
        Some(Change::of_report(kind, note, group.first()?))
    });
    changes.collect()
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
    use super::super::{first_told, material_changes};
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

    #[test]
    fn of_several_notices_at_once_each_is_told_in_its_own_words() {
        let plain = toll(1, &[("Post", "A"), ("Sun", "B"), ("Echo", "B")]);
        let mut corrected = plain.clone();
        for (telling, note) in corrected
            .tellings
            .iter_mut()
            .zip(["the name", "the toll", "the toll"])
        {
            telling.is_correction = true;
            telling.change_note = note.to_owned();
        }
        let mut killed = corrected.clone();
        for telling in &mut killed.tellings {
            telling.is_withdrawn = true;
        }
        let notes = |told: &Told, now: &Present| {
            let (changes, next) = material_changes(told, now);
            let notes: Vec<String> = changes.into_iter().map(|change| change.note).collect();
            (notes, next)
        };
        let (told, next) = notes(&first_told(&plain), &corrected);
        assert_eq!(
            told,
            [
                "corrected by Post: the name",
                "corrected by Sun and Echo: the toll"
            ]
        );
        let (told, _) = notes(&next, &killed);
        assert_eq!(
            told,
            ["withdrawn by Post: A", "withdrawn by Sun and Echo: B"]
        );
    }
}
