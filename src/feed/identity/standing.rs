//! Whether the ids and the links of a document tell its items apart, and whether ids do so again.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::keys::KeyKind;
use super::matching::{CHURNED, Ladder};
use super::signs::{AGAIN_HOURS, REPEAT_HOURS, SAME_TITLES, lead_likeness_but_for_numbers};
use super::similar::{likeness, words};
use super::{GuidStanding, IdentityInput, KnownItem, Verdict};
use crate::news::UtcTime;

/// An item of a document, with what tells whether its id is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedId {
    /// Its id in the document.
    pub id: String,
    /// If it is known without its id: the id that its stored state came with, and our clock when it was accepted.
    pub known: Option<(Option<String>, UtcTime)>,
}

/// True if ids that had lost their standing tell items apart again: no two of the document have the same, and of those that
/// are known otherwise, taken in at three visits at least, all but a third have the one that they came with. Ids that are
/// made up anew, that are places in the list, or that are the same for all do not come so far.
pub fn ids_hold(listed: &[ListedId]) -> bool {
    let distinct: BTreeSet<&str> = listed.iter().map(|item| item.id.trim()).collect();
    if distinct.len() < listed.len() {
        return false;
    }
    let (mut held, mut changed, mut visits) = (0, 0, BTreeSet::new());
    for item in listed {
        match &item.known {
            Some((Some(kept), accepted_at)) if kept.trim() == item.id.trim() => {
                held += 1;
                visits.insert(*accepted_at);
            }
            Some(_) => changed += 1,
            None => {}
        }
    }
    visits.len() >= CHURNED && changed * 2 <= held
}

/// The ids of a document, counted. Where none was seen before, but half of the items and more were, three at least, the
/// outlet makes up ids anew.
#[derive(Default)]
struct Ids {
    /// Items that have one.
    given: usize,
    /// Ids that were seen before.
    seen: usize,
    /// Those of them that lead to their items.
    held: usize,
    /// Items that are known without their ids: by their words and time, by link and headline, or as told lately.
    anew: usize,
    /// Headlines of others that were told in the same few words some hours ago: where no id was seen, these show it too.
    headlines: usize,
}

impl Ladder<'_> {
    /// Guids lose their standing when one stands on two different items, when they come back for others, or when they
    /// change while the items stay.
    pub(super) fn judge_guids(&mut self) {
        if self.visit.standing == GuidStanding::Lost {
            return;
        }
        let repeated = self.guid_keys().find(|(index, key)| {
            let first = self.holders[&key.digest][0];
            first != *index && !self.is_same_listing(first, *index)
        });
        if let Some((_, key)) = repeated {
            self.lost_because = Some(format!(
                "{:?} stands on two items of one document",
                key.value
            ));
            return;
        }
        if let Some(guid) = self.returned_guid() {
            self.lost_because = Some(format!("{guid:?} came back for another item"));
            return;
        }
        let ids = self.count_ids();
        let anew = ids.anew + ids.headlines;
        if ids.seen == 0 && anew >= CHURNED && anew * 2 >= ids.given {
            self.note_churn();
        }
        self.ids_hold = !self.guids_churn && ids.held > 0 && ids.held >= ids.anew;
    }

    /// An id that came back for another item, where ids do that: one that stood on another known item, or several, and
    /// half of those that are known. One that is given to another item says that of itself alone.
    fn returned_guid(&self) -> Option<&str> {
        let (mut known_ids, mut returned) = (0, Vec::new());
        for (index, key) in self.guid_keys() {
            let Some(known) = self.find(index, key.kind) else {
                continue;
            };
            known_ids += 1;
            if self.contradicts(index, known) {
                if self.is_another(index, known) {
                    return Some(&key.value);
                }
                returned.push(&key.value);
            }
        }
        let are_many = returned.len() >= CHURNED && returned.len() * 2 >= known_ids;
        returned
            .first()
            .filter(|_| are_many)
            .map(|guid| guid.as_str())
    }

    /// How the ids of the document stand to what is known.
    fn count_ids(&self) -> Ids {
        let mut ids = Ids::default();
        let (mut told, mut headlines) = (BTreeSet::new(), BTreeSet::new());
        for (index, key) in self.guid_keys() {
            ids.given += 1;
            if let Some(known) = self.find(index, key.kind) {
                ids.seen += 1;
                ids.held += usize::from(!self.contradicts(index, known));
                continue;
            }
            let known = self.told(index).or_else(|| self.known_at_its_link(index));
            match known.or_else(|| self.told_lately(index)) {
                Some(known) => drop(told.insert(known.id)),
                None => headlines.extend(self.headline_told(index)),
            }
        }
        (ids.anew, ids.headlines) = (told.len(), headlines.len());
        ids
    }

    /// True if the links of half of the items and more were never seen, but the items were, under three headlines or of
    /// three times at least: something in the links is another at every visit. A word or two may be the name under which
    /// the next one comes, on the same day.
    pub(super) fn links_alone_are_new(&self) -> bool {
        let (mut given, mut told) = (0, 0);
        let (mut times, mut headlines) = (BTreeSet::new(), BTreeSet::new());
        let is_no_id_seen = self.is_no_id_seen();
        for (index, input) in self.inputs.iter().enumerate() {
            if self.key(index, KeyKind::Link).is_none() {
                continue;
            }
            given += 1;
            let is_told = || {
                self.told(index)
                    .or_else(|| self.told_undated(index))
                    .is_some()
            };
            if self.find(index, KeyKind::Link).is_some() {
                continue;
            }
            if is_told() {
                told += 1;
                times.extend(input.published_at);
                headlines.extend(headline_of(input));
            } else if is_no_id_seen && let Some(headline) = self.headline_told(index) {
                told += 1;
                headlines.insert(headline);
            }
        }
        times.len().max(headlines.len()) >= CHURNED && told * 2 >= given
    }

    /// The known item with the same words, of the same time or, where times tell nothing, seen lately.
    fn told(&self, index: usize) -> Option<&KnownItem> {
        let input = self.inputs[index];
        let kind = match input.published_at {
            Some(_) if !self.times_are_equal => KeyKind::DatedText,
            _ => KeyKind::Text,
        };
        let known = self.find(index, kind);
        known.filter(|known| self.gap(input, known) <= TimeDelta::hours(REPEAT_HOURS))
    }

    /// The known item under the same headline where neither has a time: what is listed for days was not seen lately.
    fn told_undated(&self, index: usize) -> Option<&KnownItem> {
        let input = self.inputs[index];
        let is_undated = input.published_at.is_none() && headline_of(input).is_some();
        let known = self.find(index, KeyKind::Text).filter(|_| is_undated);
        known.filter(|known| known.published_at.is_none())
    }

    /// The headline of an item, if one told the same some hours ago, whatever the times are.
    fn headline_told(&self, index: usize) -> Option<&str> {
        let input = self.inputs[index];
        let known = self.find(index, KeyKind::Text)?;
        let is_of_hours = self.gap(input, known) <= TimeDelta::hours(AGAIN_HOURS);
        headline_of(input).filter(|_| is_of_hours)
    }

    fn is_no_id_seen(&self) -> bool {
        let mut ids = self.guid_keys();
        ids.all(|(index, key)| self.find(index, key.kind).is_none())
    }

    /// The known item that told the same lately in as many words as hardly another item has.
    fn told_lately(&self, index: usize) -> Option<&KnownItem> {
        let known = self.find(index, KeyKind::Text);
        let known = known.filter(|_| self.is_telling(index));
        known.filter(|known| self.gap(self.inputs[index], known) <= TimeDelta::hours(REPEAT_HOURS))
    }

    /// The known item of the same headline at the link, where no other of the document stands, if their leads differ in
    /// numbers at most (`Posted 15 minutes ago`): another lead is another bulletin.
    fn known_at_its_link(&self, index: usize) -> Option<&KnownItem> {
        let input = self.inputs[index];
        let known = self.find(index, KeyKind::Link);
        let known = known.filter(|_| self.is_usable(index, KeyKind::Link));
        known.filter(|known| {
            likeness(&input.title, &known.title) >= SAME_TITLES
                && lead_likeness_but_for_numbers(input, known)
                    .is_none_or(|alike| alike >= SAME_TITLES)
        })
    }

    fn note_churn(&mut self) {
        self.guids_churn = true;
        self.lost_because = Some("the ids change while the items do not".to_owned());
    }

    /// Ids that change while the items do not: found by another rung although guids are given.
    pub(super) fn judge_churn(&mut self) {
        let mut matched = 0usize;
        let mut changed = 0usize;
        for (index, found) in self.found.iter().enumerate() {
            let Some((Verdict::Same(_), kind, _)) = found else {
                continue;
            };
            matched += 1;
            let is_lower = matches!(
                kind,
                KeyKind::Link | KeyKind::LinkNumber | KeyKind::DatedText | KeyKind::Text
            );
            let has_new_id = self.key(index, KeyKind::Guid).is_some()
                && self.find(index, KeyKind::Guid).is_none();
            changed += usize::from(is_lower && has_new_id);
        }
        if self.standing() == GuidStanding::Good && changed >= CHURNED && changed * 2 >= matched {
            self.note_churn();
        }
    }
}

/// The title of an item, or the lead of one without, if it is more than a name.
fn headline_of(input: &IdentityInput) -> Option<&str> {
    let headline = match input.title.is_empty() {
        true => input.lead(),
        false => &input.title,
    };
    (words(headline).len() >= HEADLINE_WORDS).then_some(headline)
}

/// `Weather report` has fewer.
const HEADLINE_WORDS: usize = 3;
