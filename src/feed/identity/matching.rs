//! The ladder itself: each rung over the whole document before the next, so that a weak match
//! never takes an item from its real owner. Whether what a key leads to is the item is asked in [`super::agreement`].

use std::cell::RefCell;
use std::collections::HashMap;

use chrono::TimeDelta;

use super::content::normalised;
use super::keys::{IdentityKey, KeyKind, has_rule_for_id};
use super::signs::{
    DIFFERENT_TITLES, SAME_TITLES, are_other_leads, are_versions, is_at_page, name_each_other,
    part_of, shares_address,
};
use super::similar::{likeness, words};
use super::{
    Candidate, GuidStanding, IdentityInput, ItemMatch, KnownItem, KnownItems, Matching, Verdict,
    Visit,
};
use crate::news::{ItemId, KeyDigest, UtcTime};
use crate::text::links::place_of;

/// A text of fewer words says too little to be an identity beside a guid or link.
const TELLING_WORDS: usize = 10;
/// So many items at least have to show that ids are made up anew.
pub(super) const CHURNED: usize = 3;
/// Claims further ahead of our clock than this are wrong (invariant 10).
const FUTURE_MINUTES: i64 = 10;

/// Identifies the items of a document.
pub fn match_items(candidates: &[&Candidate], known: &KnownItems, visit: Visit) -> Matching {
    let mut ladder = Ladder::new(candidates, known, visit);
    ladder.links_churn = ladder.links_alone_are_new();
    ladder.judge_guids();
    for kind in RUNGS {
        ladder.climb(kind);
    }
    ladder.find_repeats();
    ladder.judge_churn();
    ladder.finish()
}

const RUNGS: [KeyKind; 7] = [
    KeyKind::HostRule,
    KeyKind::Guid,
    KeyKind::Link,
    KeyKind::LinkNumber,
    KeyKind::Series,
    KeyKind::DatedText,
    KeyKind::Text,
];

/// The rungs over one document.
pub(super) struct Ladder<'a> {
    pub(super) inputs: Vec<&'a IdentityInput>,
    aliases: Vec<&'a [IdentityKey]>,
    pub(super) links_churn: bool,
    known: &'a KnownItems,
    pub(super) visit: Visit,
    keys: Vec<&'a [IdentityKey]>,
    /// Who in this document has a key.
    pub(super) holders: HashMap<KeyDigest, Vec<usize>>,
    /// Whether the items that have a key are one, as far as that was asked.
    are_one: RefCell<HashMap<(KeyDigest, GuidStanding), bool>>,
    pub(super) times_are_equal: bool,
    /// How many items of the document are at each page.
    pub(super) pages: HashMap<&'a str, usize>,
    pub(super) lost_because: Option<String>,
    pub(super) guids_churn: bool,
    /// True if other ids of the document lead to their items: then one that was never seen is no other name of a known one.
    pub(super) ids_hold: bool,
    pub(super) found: Vec<Option<(Verdict, KeyKind, bool)>>,
    claimed: HashMap<ItemId, usize>,
}

impl<'a> Ladder<'a> {
    fn new(candidates: &[&'a Candidate], known: &'a KnownItems, visit: Visit) -> Self {
        let inputs: Vec<&IdentityInput> = candidates.iter().map(|one| &one.input).collect();
        let keys: Vec<&[IdentityKey]> = candidates.iter().map(|one| &one.keys[..]).collect();
        let mut holders: HashMap<KeyDigest, Vec<usize>> = HashMap::new();
        for (index, keys) in keys.iter().enumerate() {
            for key in *keys {
                holders.entry(key.digest).or_default().push(index);
            }
        }
        let first_time = inputs.first().and_then(|input| input.published_at);
        let times_are_equal = inputs.len() > 2
            && first_time.is_some()
            && inputs.iter().all(|input| input.published_at == first_time);
        let links = inputs.iter().filter_map(|input| input.link.as_deref());
        let mut pages: HashMap<&str, usize> = HashMap::new();
        for page in links.filter_map(place_of) {
            *pages.entry(page).or_default() += 1;
        }
        Self {
            found: vec![None; inputs.len()],
            inputs,
            aliases: candidates.iter().map(|one| &one.aliases[..]).collect(),
            links_churn: false,
            known,
            visit,
            keys,
            holders,
            are_one: RefCell::default(),
            times_are_equal,
            pages,
            lost_because: None,
            guids_churn: false,
            ids_hold: false,
            claimed: HashMap::new(),
        }
    }

    pub(super) fn standing(&self) -> GuidStanding {
        if self.lost_because.is_some() {
            GuidStanding::Lost
        } else {
            self.visit.standing
        }
    }

    pub(super) fn guid_keys(&self) -> impl Iterator<Item = (usize, &'a IdentityKey)> + '_ {
        self.keys.iter().enumerate().filter_map(|(index, keys)| {
            Some((index, keys.iter().find(|key| key.kind == KeyKind::Guid)?))
        })
    }

    fn lookup(&self, key: &IdentityKey) -> Option<&'a KnownItem> {
        self.known.get(&key.digest)
    }

    pub(super) fn key(&self, index: usize, kind: KeyKind) -> Option<&'a IdentityKey> {
        self.keys[index].iter().find(|key| key.kind == kind)
    }

    /// What the key of a rung leads to; else what another spelling of it does, unless that is another item's here.
    pub(super) fn find(&self, index: usize, kind: KeyKind) -> Option<&'a KnownItem> {
        let known = self.key(index, kind).and_then(|key| self.lookup(key));
        let aliases = self.aliases[index].iter();
        let mut aliases = aliases
            .filter(|alias| alias.kind == kind && !self.holders.contains_key(&alias.digest))
            .filter_map(|alias| self.lookup(alias));
        // What was not asked for its link says the same.
        let may_be = |known: &&KnownItem| {
            kind == KeyKind::Guid
                || known.link.is_none()
                || shares_address(self.inputs[index], known)
        };
        known.or_else(|| aliases.find(may_be))
    }

    /// True if two entries of the document are one item listed twice: the same words and link, or id and time, or two
    /// versions of one id. What has an id and a time of its own is an item of its own whatever it says, and at the address
    /// of a page what has a time of its own, an id and any word of its own, or names what the other does not: notices of one
    /// kind are all in the same words. So is, under one id at another address, what names something else.
    pub(super) fn is_same_listing(&self, a: usize, b: usize) -> bool {
        let (a, b) = (self.inputs[a], self.inputs[b]);
        let share_id =
            self.standing() == GuidStanding::Good && a.guid.is_some() && a.guid == b.guid;
        if share_id && are_versions(a, b) {
            return true;
        }
        let share_time = a.published_at.is_some() && a.published_at == b.published_at;
        let have_own_times =
            matches!((a.published_at, b.published_at), (Some(a), Some(b)) if a != b);
        let have_own_ids = differ(&a.guid, &b.guid);
        let alike = if have_own_ids && is_at_page(a) {
            1.0
        } else {
            SAME_TITLES
        };
        normalised(&a.title) == normalised(&b.title)
            && (a.link == b.link || (share_id && share_time))
            && !(have_own_times && (have_own_ids || is_at_page(a)))
            && likeness(a.lead(), b.lead()) >= alike
            && !((is_at_page(a) || a.link != b.link) && name_each_other(a, b))
    }

    /// True if two entries under one id are one item listed twice, or two states of one.
    fn shares_entry(&self, a: usize, b: usize) -> bool {
        self.is_same_listing(a, b) || self.is_one_entry(a, b)
    }

    fn climb(&mut self, kind: KeyKind) {
        for index in 0..self.inputs.len() {
            if self.found[index].is_some() || !self.is_usable(index, kind) {
                continue;
            }
            let Some(known) = self.find(index, kind) else {
                continue;
            };
            if !self.agrees(kind, index, known) {
                continue;
            }
            match self.claimed.get(&known.id) {
                Some(&first) if self.is_repeat(first, index, kind) => {
                    self.found[index] = Some((Verdict::Repeats(first), kind, false));
                }
                Some(_) => {}
                None => {
                    self.claimed.insert(known.id, index);
                    self.found[index] = Some((Verdict::Same(known.id), kind, known.is_tombstone));
                }
            }
        }
    }

    /// Whether a rung tells the items of this document apart.
    pub(super) fn is_usable(&self, index: usize, kind: KeyKind) -> bool {
        let Some(key) = self.key(index, kind) else {
            return false;
        };
        if kind == KeyKind::Guid && self.standing() == GuidStanding::Lost {
            return false;
        }
        let holders = &self.holders[&key.digest];
        holders.len() < 2 || self.are_one(key, holders)
    }

    /// True if a key that several items of the document have does not part them. Judged once for each key, or a
    /// document of one title takes time by the square of its items.
    fn are_one(&self, key: &IdentityKey, holders: &[usize]) -> bool {
        let asked = (key.digest, self.standing());
        let known = self.are_one.borrow().get(&asked).copied();
        known.unwrap_or_else(|| {
            let are_one = self.judge_holders(key.kind, holders);
            self.are_one.borrow_mut().insert(asked, are_one);
            are_one
        })
    }

    /// Each is held against the first one alone.
    fn judge_holders(&self, kind: KeyKind, holders: &[usize]) -> bool {
        let first = holders[0];
        let all = |holds: &dyn Fn(usize) -> bool| holders[1..].iter().all(|&other| holds(other));
        let input = self.inputs[first];
        match kind {
            KeyKind::HostRule => {
                all(&|other| likeness(&self.inputs[other].title, &input.title) >= DIFFERENT_TITLES)
                    && !self.are_parted(holders)
            }
            KeyKind::Link => {
                all(&|other| self.is_same_listing(first, other)) && !self.have_own_names(holders)
            }
            KeyKind::Text => all(&|other| self.inputs[other].published_at == input.published_at),
            KeyKind::Guid => all(&|other| self.shares_entry(first, other)),
            KeyKind::DatedText => true,
            KeyKind::LinkNumber | KeyKind::Series => false,
        }
    }

    /// True if items that share what a rule for their host found have names of their own, at parts of one page, or beside
    /// the link where it was found.
    fn are_parted(&self, holders: &[usize]) -> bool {
        let is_of_link = |holder: &usize| !has_rule_for_id(self.inputs[*holder]);
        (self.have_own_names(holders) || self.tell_other_things(holders))
            && (holders.iter().any(is_of_link) || self.are_parts(holders))
    }

    /// True if one of the items has another id than the first and a lead of another thing, and no time says that they are one.
    fn tell_other_things(&self, holders: &[usize]) -> bool {
        let first = self.inputs[holders[0]];
        holders[1..].iter().any(|&other| {
            let other = self.inputs[other];
            let share_moment = first.published_at == other.published_at && self.tells_moment(first);
            differ(&first.guid, &other.guid)
                && !share_moment
                && are_other_leads(first.lead(), other.lead())
        })
    }

    /// True if two of the items have an id and a time that the other has not: where neither all ids nor all times
    /// are equal.
    fn have_own_names(&self, holders: &[usize]) -> bool {
        let named = holders.iter().map(|holder| self.inputs[*holder]);
        let mut named = named.filter_map(|input| Some((input.guid.as_ref()?, input.published_at?)));
        let Some((guid, at)) = named.next() else {
            return false;
        };
        let (mut differ_in_guid, mut differ_in_time) = (false, false);
        for other in named {
            differ_in_guid |= other.0 != guid;
            differ_in_time |= other.1 != at;
        }
        differ_in_guid && differ_in_time
    }

    /// True if the items stand at parts of one page.
    fn are_parts(&self, holders: &[usize]) -> bool {
        let inputs = || holders.iter().map(|holder| self.inputs[*holder]);
        let mut parts = inputs().map(|input| part_of(input.link.as_deref().unwrap_or_default()));
        let first = parts.next();
        inputs().any(|input| input.is_part) || parts.any(|part| Some(part) != first)
    }

    /// True if an item's words are so many that hardly another item has them. What stands under all is none of them.
    pub(super) fn is_telling(&self, index: usize) -> bool {
        let input = self.inputs[index];
        let lead = match input.lead_is_constant {
            true => "",
            false => &input.summary,
        };
        words(&input.title).len() + words(lead).len() >= TELLING_WORDS
    }

    /// True if an id or a link tells the item from the others of the document: then a few words do not.
    fn has_better(&self, index: usize) -> bool {
        self.is_usable(index, KeyKind::Guid)
            || (!self.links_churn && self.is_usable(index, KeyKind::Link))
    }

    /// True if that id or link was never seen: one that leads to what this cannot be says nothing.
    pub(super) fn has_better_of_its_own(&self, index: usize) -> bool {
        let is_own = |kind| self.is_usable(index, kind) && self.find(index, kind).is_none();
        is_own(KeyKind::Guid) || self.has_own_link(index)
    }

    /// True if an item has a link that was never seen, where links do not change at every visit.
    pub(super) fn has_own_link(&self, index: usize) -> bool {
        !self.links_churn
            && self.is_usable(index, KeyKind::Link)
            && self.find(index, KeyKind::Link).is_none()
    }

    fn is_repeat(&self, first: usize, index: usize, kind: KeyKind) -> bool {
        match kind {
            KeyKind::HostRule => !self.are_parted(&[first, index]),
            KeyKind::Guid => self.shares_entry(first, index),
            _ => self.is_same_listing(first, index),
        }
    }

    /// New items that this document lists twice.
    fn find_repeats(&mut self) {
        for index in 0..self.inputs.len() {
            if self.found[index].is_some() {
                continue;
            }
            let has_better = self.has_better(index);
            let earlier = self.keys[index].iter().find_map(|key| {
                let is_text = matches!(key.kind, KeyKind::DatedText | KeyKind::Text);
                if matches!(key.kind, KeyKind::LinkNumber | KeyKind::Series)
                    || (is_text && has_better)
                    || !self.is_usable(index, key.kind)
                {
                    return None;
                }
                let first = *self.holders[&key.digest]
                    .first()
                    .filter(|first| **first < index)?;
                self.is_repeat(first, index, key.kind)
                    .then_some((self.listed_first(first), key.kind))
            });
            self.found[index] = earlier.map(|(first, kind)| (Verdict::Repeats(first), kind, false));
        }
    }

    /// The entry that one is a repetition of; itself if it is none.
    fn listed_first(&self, index: usize) -> usize {
        match self.found[index] {
            Some((Verdict::Repeats(first), ..)) => first,
            _ => index,
        }
    }

    fn finish(self) -> Matching {
        let items = (0..self.inputs.len())
            .map(|index| self.item_match(index))
            .collect();
        Matching {
            standing: self.standing(),
            lost_because: self.lost_because.clone(),
            guids_churn: self.guids_churn,
            links_churn: self.links_churn,
            items,
        }
    }

    /// True if a known item's link is another at every visit, and will not be seen again.
    fn is_passing(&self, key: &IdentityKey, found_by: KeyKind) -> bool {
        self.links_churn
            && matches!(key.kind, KeyKind::Link | KeyKind::LinkNumber)
            && found_by != KeyKind::Link
            && self.lookup(key).is_none()
    }

    fn item_match(&self, index: usize) -> ItemMatch {
        let (verdict, by, is_tombstone) = match self.found[index] {
            Some((verdict, by, is_tombstone)) => (verdict, Some(by), is_tombstone),
            None => (Verdict::New, None, false),
        };
        let keys = match verdict {
            Verdict::Repeats(_) => Vec::new(),
            _ => self.keys[index]
                .iter()
                .filter(|key| self.is_usable(index, key.kind))
                .filter(|key| by.is_none_or(|by| !self.is_passing(key, by)))
                .map(|key| key.digest)
                .collect(),
        };
        let claim = self.inputs[index].published_at;
        let latest = self.visit.fetched_at + TimeDelta::minutes(FUTURE_MINUTES);
        let time_is_certain =
            claim.is_some_and(|at: UtcTime| at <= latest) && !self.times_are_equal;
        ItemMatch {
            verdict,
            is_tombstone,
            by,
            keys,
            has_own_link: self.is_usable(index, KeyKind::Link),
            time_is_certain,
        }
    }
}

fn differ(a: &Option<String>, b: &Option<String>) -> bool {
    a.is_some() && b.is_some() && a != b
}
