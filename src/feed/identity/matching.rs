//! The ladder itself: each rung over the whole document before the next, so that a weak match
//! never takes an item from its real owner.

use std::cell::RefCell;
use std::collections::HashMap;

use chrono::TimeDelta;

use super::content::normalised;
use super::keys::{IdentityKey, KeyKind};
use super::signs::{
    DIFFERENT_TITLES, REPEAT_HOURS, SAME_TITLES, are_versions, has_time_of, is_at_page, is_at_part,
    lead_likeness, part_of, says_other_words, shares_address, stands_behind, tells_other_lead,
    tells_other_thing,
};
use super::similar::{likeness, words};
use super::{
    Candidate, GuidStanding, IdentityInput, ItemMatch, KnownItem, KnownItems, Matching, Verdict,
    Visit,
};
use crate::news::{ItemId, KeyDigest, UtcTime};

/// An id that comes back after this long with another title is another item.
const REUSE_DAYS: i64 = 300;
/// Takes of one series follow each other within days; a later one is another running story.
const SERIES_DAYS: i64 = 3;
/// A text of fewer words says too little to be an identity beside a guid or link.
const TELLING_WORDS: usize = 10;
/// Time zones begin at quarters of an hour.
const ROUND_SECS: i64 = 900;
/// So many items at least have to show that ids are made up anew.
pub(super) const CHURNED: usize = 3;
/// Claims further ahead of our clock than this are wrong (invariant 10).
const FUTURE_MINUTES: i64 = 10;

/// Identifies the items of a document.
pub fn match_items(candidates: &[&Candidate], known: &KnownItems, visit: Visit) -> Matching {
    let mut ladder = Ladder::new(candidates, known, visit);
    ladder.judge_guids();
    ladder.links_churn = ladder.links_alone_are_new();
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
    links_churn: bool,
    known: &'a KnownItems,
    pub(super) visit: Visit,
    keys: Vec<&'a [IdentityKey]>,
    /// Who in this document has a key.
    pub(super) holders: HashMap<KeyDigest, Vec<usize>>,
    /// Whether the items that have a key are one, as far as that was asked.
    are_one: RefCell<HashMap<(KeyDigest, GuidStanding), bool>>,
    pub(super) times_are_equal: bool,
    pub(super) lost_because: Option<String>,
    pub(super) guids_churn: bool,
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
            lost_because: None,
            guids_churn: false,
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
    /// of a page what has a time of its own: notices of one kind are all in the same words.
    pub(super) fn is_same_listing(&self, a: usize, b: usize) -> bool {
        let (a, b) = (self.inputs[a], self.inputs[b]);
        let share_id =
            self.standing() == GuidStanding::Good && a.guid.is_some() && a.guid == b.guid;
        if share_id && are_versions(a, b) {
            return true;
        }
        let share_time = a.published_at.is_some() && a.published_at == b.published_at;
        let differ = |a: &Option<String>, b: &Option<String>| a.is_some() && b.is_some() && a != b;
        let have_own_times =
            matches!((a.published_at, b.published_at), (Some(a), Some(b)) if a != b);
        normalised(&a.title) == normalised(&b.title)
            && (a.link == b.link || (share_id && share_time))
            && !(have_own_times && (differ(&a.guid, &b.guid) || is_at_page(a)))
            && likeness(&a.summary, &b.summary) >= SAME_TITLES
    }

    /// True if a known item that the guid leads to cannot be this one.
    pub(super) fn contradicts(&self, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        if known.is_tombstone || self.is_of_moment(input, known) {
            return false;
        }
        let alike = likeness(&input.title, &known.title);
        if self.is_reuse(input, known, alike) {
            return true;
        }
        let has_other_lead = || lead_likeness(input, known).is_none_or(|alike| alike < SAME_TITLES);
        let differs = alike < DIFFERENT_TITLES && has_other_lead();
        let have_links = input.link.is_some() && known.link.is_some();
        if have_links && !shares_address(input, known) {
            return differs;
        }
        if have_links && !is_at_page(input) {
            return false;
        }
        self.tells_other_thing(input, known) || (differs && self.is_another(index, known))
    }

    /// True if an item claims the time of a known one, and that hardly another item has.
    fn is_of_moment(&self, input: &IdentityInput, known: &KnownItem) -> bool {
        has_time_of(input, known) && self.tells_moment(input)
    }

    /// True if nothing but its keys says that an item is a known one: headlines and leads have little in common, or,
    /// where there are no leads, headlines and times.
    fn tells_other_thing(&self, input: &IdentityInput, known: &KnownItem) -> bool {
        let have_times = input.published_at.is_some() && known.published_at.is_some();
        !self.is_of_moment(input, known)
            && tells_other_thing(input, known)
                .unwrap_or(have_times && !self.times_are_equal && !has_time_of(input, known))
    }

    /// True if the words of an item are those of a known item other than this one.
    pub(super) fn is_another(&self, index: usize, known: &KnownItem) -> bool {
        let texts = [KeyKind::DatedText, KeyKind::Text].into_iter();
        let keys = texts.filter_map(|kind| self.key(index, kind));
        let mut told = keys.filter_map(|key| self.lookup(key));
        told.any(|told| told.id != known.id)
    }

    fn is_reuse(&self, input: &IdentityInput, known: &KnownItem, alike: f32) -> bool {
        let now = input.published_at.unwrap_or(self.visit.fetched_at);
        let then = known.published_at.unwrap_or(known.fetched_at);
        now - then > TimeDelta::days(REUSE_DAYS) && alike < 0.6
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
        if kind == KeyKind::Guid {
            return self.standing() == GuidStanding::Good;
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
                    && !(self.have_own_names(holders) && self.are_parts(holders))
            }
            KeyKind::Link => {
                all(&|other| self.is_same_listing(first, other)) && !self.have_own_names(holders)
            }
            KeyKind::Text => all(&|other| self.inputs[other].published_at == input.published_at),
            KeyKind::Guid | KeyKind::DatedText => true,
            KeyKind::LinkNumber | KeyKind::Series => false,
        }
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

    /// Whether a known item may be this one, beyond having the key.
    fn agrees(&self, kind: KeyKind, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        if known.is_tombstone {
            // Its words are gone: what has other times is told again in the same words, or at the same page.
            return match kind {
                KeyKind::LinkNumber | KeyKind::Series => false,
                KeyKind::Link => !self.is_told_anew(index, known),
                KeyKind::DatedText | KeyKind::Text => self.agrees_by_text(kind, index, known),
                KeyKind::HostRule | KeyKind::Guid => true,
            };
        }
        let alike = likeness(&input.title, &known.title);
        match kind {
            KeyKind::HostRule => {
                !(self.is_reuse(input, known, alike) || self.is_other_part(index, known))
            }
            KeyKind::Guid => !self.contradicts(index, known),
            KeyKind::Link => {
                !(self.is_reuse(input, known, alike) || self.is_told_anew(index, known))
            }
            KeyKind::LinkNumber => {
                alike >= DIFFERENT_TITLES
                    && !self.is_reuse(input, known, alike)
                    && !self.is_in_section(index, known)
                    && !self.is_other_part(index, known)
            }
            KeyKind::Series => {
                self.gap(input, known) <= TimeDelta::days(SERIES_DAYS)
                    && !self.is_other_of_series(input, known)
            }
            KeyKind::DatedText | KeyKind::Text => self.agrees_by_text(kind, index, known),
        }
    }

    /// True if an item at a known link tells another thing, or has an id that was never seen, another time and other
    /// words, and the link is none of a report, or of a part of a page: some outlets put one report after the other at
    /// the address of a page.
    fn is_told_anew(&self, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        let is_other = match known.is_tombstone {
            true => self.has_own_id_and_time(index, known),
            false => {
                self.tells_other_thing(input, known)
                    || (self.has_own_id_and_time(index, known) && says_other_words(input, known))
            }
        };
        is_other && is_at_page(input)
    }

    /// True if the key of a series has come for another thing. One that names a topic (`Germany/politics/`) says nothing by
    /// itself: of what is told under it, headlines share the tags, and leads have to share more.
    fn is_other_of_series(&self, input: &IdentityInput, known: &KnownItem) -> bool {
        let names_topic = input
            .series_key
            .as_deref()
            .is_some_and(|key| key.contains('/'));
        self.tells_other_thing(input, known) || (names_topic && tells_other_lead(input, known))
    }

    /// True if an item at a part of a known item's page has an id, a time and words of its own: an entry of a live blog.
    fn is_other_part(&self, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        let has_own_id = || {
            let found = self.find(index, KeyKind::Guid);
            self.is_usable(index, KeyKind::Guid) && found.is_none_or(|found| found.id != known.id)
        };
        is_at_part(input, known)
            && input.published_at.is_some()
            && !has_time_of(input, known)
            && has_own_id()
            && says_other_words(input, known)
    }

    /// True if the number in a link is that of a section, in which another item stands now: its time and words are
    /// others. A number behind a link, or in an id that follows the link, may be the item's own and stay while all else is
    /// edited; then the leads have to be of different things.
    fn is_in_section(&self, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        let has_known_id =
            self.is_usable(index, KeyKind::Guid) && self.find(index, KeyKind::Guid).is_some();
        if input.published_at.is_none() || has_time_of(input, known) || has_known_id {
            return false;
        }
        let number = self.key(index, KeyKind::LinkNumber);
        let number = number.and_then(|key| key.value.split(' ').next_back());
        let is_of_section = number.is_some_and(|number| {
            let has_id = self.is_usable(index, KeyKind::Guid);
            let is_in_id = input
                .guid
                .as_ref()
                .is_some_and(|guid| guid.contains(number));
            (has_id && !is_in_id) || !stands_behind(input, number)
        });
        match is_of_section {
            true => says_other_words(input, known),
            false => tells_other_lead(input, known),
        }
    }

    /// True if an item has an id that was never seen, and another time than a known one.
    fn has_own_id_and_time(&self, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        input.published_at.is_some()
            && !has_time_of(input, known)
            && self.is_usable(index, KeyKind::Guid)
            && self.find(index, KeyKind::Guid).is_none()
    }

    /// True if an item in the words of a known one is that: at its time or near it, and few words only where no id or
    /// link says more. What has an id, a link and a time of its own is told again, in the words of its kind.
    fn agrees_by_text(&self, kind: KeyKind, index: usize, known: &KnownItem) -> bool {
        let input = self.inputs[index];
        if self.has_own_id_and_time(index, known) && self.has_own_link(index) {
            return false;
        }
        let is_of_moment = kind == KeyKind::DatedText && self.tells_moment(input);
        let is_near = self.times_are_equal
            || input.published_at.is_none()
            || self.gap(input, known) <= TimeDelta::hours(REPEAT_HOURS);
        is_near && (is_of_moment || self.is_telling(index) || !self.has_better_of_its_own(index))
    }

    /// True if an item's words are so many that hardly another item has them.
    pub(super) fn is_telling(&self, index: usize) -> bool {
        let input = self.inputs[index];
        words(&input.title).len() + words(&input.summary).len() >= TELLING_WORDS
    }

    /// True if an id or a link tells the item from the others of the document: then a few words do not.
    fn has_better(&self, index: usize) -> bool {
        self.is_usable(index, KeyKind::Guid)
            || (!self.links_churn && self.is_usable(index, KeyKind::Link))
    }

    /// True if that id or link was never seen: one that leads to what this cannot be says nothing.
    fn has_better_of_its_own(&self, index: usize) -> bool {
        let is_own = |kind| self.is_usable(index, kind) && self.find(index, kind).is_none();
        is_own(KeyKind::Guid) || self.has_own_link(index)
    }

    /// True if an item has a link that was never seen, where links do not change at every visit.
    fn has_own_link(&self, index: usize) -> bool {
        !self.links_churn
            && self.is_usable(index, KeyKind::Link)
            && self.find(index, KeyKind::Link).is_none()
    }

    /// True if an item's time is so exact that hardly another item has it: not a day alone, which is midnight somewhere,
    /// nor an hour set beforehand, nor the document's own time.
    fn tells_moment(&self, input: &IdentityInput) -> bool {
        let claim = input.published_at.map(|at| at.timestamp());
        !self.times_are_equal && claim.is_some_and(|at| at % ROUND_SECS != 0)
    }

    pub(super) fn gap(&self, input: &IdentityInput, known: &KnownItem) -> TimeDelta {
        let now = input.published_at.unwrap_or(self.visit.fetched_at);
        (now - known.published_at.unwrap_or(known.fetched_at)).abs()
    }

    fn is_repeat(&self, first: usize, index: usize, kind: KeyKind) -> bool {
        matches!(kind, KeyKind::HostRule) || self.is_same_listing(first, index)
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
                    .then_some((first, key.kind))
            });
            self.found[index] = earlier.map(|(first, kind)| (Verdict::Repeats(first), kind, false));
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
