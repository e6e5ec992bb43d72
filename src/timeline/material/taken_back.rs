//! What a headline calls false that was told to the world, or is told still.

use std::collections::BTreeSet;

use super::super::retractions::{Matter, is_called_false};
use super::{Present, Telling, Told};

/// What was told and is called false.
pub(super) struct TakenBack {
    /// The headline that told it.
    pub(super) headline: String,
    matter: Matter,
}

impl TakenBack {
    /// What a headline calls false, if the one that was shown before tells it, or told it before others took its place,
    /// or if another report does.
    pub(super) fn by(shown: &Telling, present: &Present, told: &Told) -> Option<Self> {
        let now = is_called_false(&shown.headline, &shown.language).then(|| matter_of(shown))?;
        let before = [Some(&told.headline), told.disputed.as_ref()];
        let before = before.into_iter().flatten();
        let before = before.map(|headline| (headline, Matter::of(headline, &shown.language)));
        let tellings = present.tellings.iter();
        let mut all = before.chain(tellings.map(|one| (&one.headline, matter_of(one))));
        let (headline, matter) = all.find(|(_, told)| now.takes_back(told))?;
        Some(Self {
            headline: headline.clone(),
            matter,
        })
    }

    /// What the headline shown tells, if others call it false and at least as many tell it no more since; with the first of
    /// these.
    pub(super) fn by_others<'p>(
        shown: &Telling,
        present: &'p Present,
    ) -> Option<(Self, &'p Telling)> {
        let matter = matter_of(shown);
        if !matter.can_be_taken_back() {
            return None;
        }
        let taken = Self {
            headline: shown.headline.clone(),
            matter,
        };
        let calls: Vec<&Telling> = (present.tellings.iter())
            .filter(|one| !one.is_withdrawn && taken.is_called_false_by(one))
            .collect();
        let first = *calls.iter().min_by_key(|call| (call.at, call.item_id))?;
        let now = matter_of(first);
        let tells = |one: &&Telling| now.takes_back(&matter_of(one));
        let (before, since): (Vec<_>, Vec<_>) =
            (present.tellings.iter().filter(tells)).partition(|one| one.at <= first.at);
        let names = |told: &[&Telling]| {
            let names = told.iter().map(|one| one.outlet.clone());
            names.collect::<BTreeSet<String>>()
        };
        let outweigh = names(&since).len() < names(&calls).len();
        (!before.is_empty() && outweigh).then_some((taken, first))
    }

    /// True of a report that calls it false too.
    pub(super) fn is_called_false_by(&self, telling: &Telling) -> bool {
        is_called_false(&telling.headline, &telling.language)
            && matter_of(telling).takes_back(&self.matter)
    }
}

fn matter_of(telling: &Telling) -> Matter {
    Matter::of(&telling.headline, &telling.language)
}
