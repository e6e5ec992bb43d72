//! Whether the ids and the links of a document tell its items apart, and whether ids do so again.

use std::collections::BTreeSet;

use super::content::normalised;
use super::keys::{IdentityKey, KeyKind};
use super::made_up::headline_of;
use super::matching::{CHURNED, Ladder};
use super::signs::{SAME_TITLES, lead_likeness_but_for_numbers};
use super::similar::likeness;
use super::{GuidStanding, KnownItem, Verdict};
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
    /// Headlines of others that show the same by the moment of the visit and an address that says nothing.
    headlines: usize,
}

impl Ladder<'_> {
    /// Guids lose their standing when one stands on two different items, when they come back for others, or when they
    /// change while the items stay. One of many that stands on two states of one entry says nothing by itself alone.
    pub(super) fn judge_guids(&mut self) {
        if self.visit.standing == GuidStanding::Lost {
            return;
        }
        if let Some(guid) = self.repeated_guid() {
            let because = format!("{guid:?} stands on two items of one document");
            self.lost_because = Some(because);
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

    /// An id that stands on two different items, or, as half of the ids do, on two states of one.
    fn repeated_guid(&self) -> Option<&str> {
        let mut of_states = Vec::new();
        for (index, key) in self.guid_keys() {
            let first = self.holders[&key.digest][0];
            if first == index || self.is_same_listing(first, index) {
                continue;
            }
            if !self.is_one_entry(first, index) {
                return Some(&key.value);
            }
            of_states.push(key.value.as_str());
        }
        let are_many = of_states.len() * 4 >= self.guid_keys().count();
        of_states.first().copied().filter(|_| are_many)
    }

    /// True if two entries under one id may be two states of one: at one link and moment, under one headline, with leads that
    /// are edits of each other.
    pub(super) fn is_one_entry(&self, a: usize, b: usize) -> bool {
        let (a, b) = (self.inputs[a], self.inputs[b]);
        a.link.is_some()
            && a.link == b.link
            && normalised(&a.title) == normalised(&b.title)
            && a.published_at == b.published_at
            && self.tells_moment(a)
            && likeness(a.lead(), b.lead()) >= SAME_TITLES
    }

    /// The ids of the document that each stand on one item.
    fn telling_guids(&self) -> impl Iterator<Item = (usize, &IdentityKey)> {
        let ids = self.guid_keys();
        ids.filter(|(index, key)| self.is_usable(*index, key.kind))
    }

    /// An id that came back for another item, where ids do that: one that stood on another known item, or several, and
    /// half of those that are known. One that is given to another item says that of itself alone.
    fn returned_guid(&self) -> Option<&str> {
        let (mut known_ids, mut returned) = (0, Vec::new());
        for (index, key) in self.telling_guids() {
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
        let made_up = self.made_up_headlines();
        let (mut told, mut headlines) = (BTreeSet::new(), BTreeSet::<&str>::new());
        for (index, key) in self.telling_guids() {
            ids.given += 1;
            if let Some(known) = self.find(index, key.kind) {
                ids.seen += 1;
                ids.held += usize::from(!self.contradicts(index, known));
                continue;
            }
            let known = self.told(index).or_else(|| self.known_at_its_link(index));
            match known.or_else(|| self.told_lately(index)) {
                Some(known) => drop(told.insert(known.id)),
                None => headlines.extend(made_up.get(&index).copied()),
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
        let made_up = self.made_up_headlines();
        for (index, input) in self.inputs.iter().enumerate() {
            if self.key(index, KeyKind::Link).is_none() {
                continue;
            }
            given += 1;
            if self.find(index, KeyKind::Link).is_some() {
                continue;
            }
            if self.told(index).is_some() {
                told += 1;
                times.extend(input.published_at);
                headlines.extend(headline_of(input));
            } else if let Some(headline) = made_up.get(&index) {
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
        known.filter(|known| self.is_repetition(index, known))
    }

    /// The known item that told the same lately in as many words as hardly another item has.
    fn told_lately(&self, index: usize) -> Option<&KnownItem> {
        let known = self.find(index, KeyKind::Text);
        let known = known.filter(|_| self.is_telling(index));
        known.filter(|known| self.is_repetition(index, known))
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
