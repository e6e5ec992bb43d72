//! What the store knows of the items of a document, looked up by their keys.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::Arrived;
use super::draft::{Draft, is_believable};
use crate::feed::identity::{
    ItemMatch, KeyKind, KnownItem, KnownItems, content_digest, has_drifted, is_at_page,
    is_of_visit, was_listed_before,
};
use crate::news::{Feed, ItemId, KeyDigest, UtcTime};
use crate::store::items::{self, KnownRow};
use crate::store::{Connection, Result};

/// So often within [`RETURN_HOURS`] a state may be replaced and come again: servers that show two states in turn do so
/// at every visit, an outlet that means it will show its last one still when that time is over.
const MOST_RETURNS: usize = 3;
const RETURN_HOURS: i64 = 24;

/// What the store knows of a document's items.
#[derive(Default)]
pub(super) struct Known {
    pub(super) items: KnownItems,
    /// Of the present state of each.
    digests: BTreeMap<ItemId, Vec<u8>>,
    of_series: BTreeSet<ItemId>,
    notices: BTreeSet<ItemId>,
    /// How often the links of some were corrected.
    link_moves: BTreeMap<ItemId, u32>,
    /// The last claims of change.
    updated: BTreeMap<ItemId, UtcTime>,
    /// States that were replaced by what is stored now, and are not taken again.
    replaced: BTreeSet<(ItemId, [u8; 16])>,
    /// Those that have come again too often of late, and are not taken for some hours.
    returned: BTreeSet<(ItemId, [u8; 16])>,
    /// How often each state of an item was replaced of late, by the digest of what is stored of it.
    returns: BTreeMap<ItemId, BTreeMap<[u8; 16], usize>>,
    asked: BTreeSet<KeyDigest>,
    /// Those whose lead and link were read.
    whole: BTreeSet<ItemId>,
}

impl Known {
    /// Looks up what was not asked for before.
    pub(super) fn look_up(
        &mut self,
        conn: &Connection,
        arrived: Arrived<'_>,
        drafts: &[Draft<'_>],
    ) -> Result<()> {
        let feed = arrived.feed;
        let candidates = drafts.iter().map(|draft| &draft.candidate);
        let keys = candidates.clone().flat_map(|one| &one.keys);
        self.ask(conn, feed, keys.map(|key| key.digest).collect())?;
        let aliases = candidates.flat_map(|one| one.open_aliases(&self.items));
        self.ask(conn, feed, aliases.collect())?;
        self.complete(conn, drafts)?;
        self.find_replaced(conn, drafts, arrived.fetched_at)
    }

    fn ask(&mut self, conn: &Connection, feed: &Feed, mut keys: Vec<KeyDigest>) -> Result<()> {
        keys.retain(|key| self.asked.insert(*key));
        let found = items::look_up_keys(conn, feed.id, &keys)?;
        let ids: BTreeSet<ItemId> = found.iter().map(|(_, id)| *id).collect();
        self.items.by_key.extend(found);
        self.meet(conn, ids)
    }

    /// Loads what was not met before. What goes on as another item is known as that one.
    fn meet(&mut self, conn: &Connection, mut ids: BTreeSet<ItemId>) -> Result<()> {
        while !ids.is_empty() {
            let is_new = |id: &ItemId| !self.items.items.contains_key(id);
            let new: Vec<ItemId> = ids.into_iter().filter(is_new).collect();
            let mut retold = BTreeMap::new();
            for row in items::load_known(conn, &new)? {
                match row.retold_as {
                    Some(now) => drop(retold.insert(row.id, now)),
                    None => self.take_in(row),
                }
            }
            if !retold.is_empty() {
                for id in self.items.by_key.values_mut() {
                    *id = *retold.get(id).unwrap_or(id);
                }
            }
            ids = retold.into_values().collect();
        }
        Ok(())
    }

    fn take_in(&mut self, row: KnownRow) {
        self.digests.insert(row.id, row.digest.clone());
        self.updated
            .extend(row.updated_at.map(|updated| (row.id, updated)));
        if row.link_moves > 0 {
            self.link_moves.insert(row.id, row.link_moves);
        }
        if row.is_of_series {
            self.of_series.insert(row.id);
        }
        if row.is_notice {
            self.notices.insert(row.id);
        }
        self.items.items.insert(row.id, known_item(row));
    }

    /// Reads lead and link of what says something else than the drafts that lead to it, or stood at another link: of all
    /// others they are not asked for, and they are packed.
    fn complete(&mut self, conn: &Connection, drafts: &[Draft<'_>]) -> Result<()> {
        for draft in drafts {
            for key in draft.candidate.digests() {
                let Some(id) = self.items.by_key.get(&key).copied() else {
                    continue;
                };
                let is_as_seen = self.says(id, &draft.digest) && !self.is_new(draft, KeyKind::Link);
                if is_as_seen || !self.whole.insert(id) {
                    continue;
                }
                if let Some(known) = self.items.items.get_mut(&id) {
                    (known.summary, known.link) = items::load_lead_and_link(conn, id)?;
                    let digest = self.digests.entry(id).or_default();
                    if draft.says_as_before(&known.title, &known.summary, digest) {
                        *digest = draft.digest.to_vec();
                    }
                }
            }
        }
        Ok(())
    }

    /// Finds states that were stored before: those that claim an earlier change than what is stored, for then a server lags
    /// behind, and those that have come again too often of late and claim no later time.
    fn find_replaced(
        &mut self,
        conn: &Connection,
        drafts: &[Draft<'_>],
        fetched_at: UtcTime,
    ) -> Result<()> {
        for draft in drafts {
            let keys = draft.candidate.digests();
            let ids: BTreeSet<ItemId> = keys
                .filter_map(|key| self.items.by_key.get(&key).copied())
                .filter(|id| !self.says(*id, &draft.digest))
                .collect();
            for id in ids {
                if self.lags_behind(conn, id, draft)? {
                    self.replaced.insert((id, draft.digest));
                } else if self.returns_too_often(conn, id, draft, fetched_at)? {
                    self.returned.insert((id, draft.digest));
                }
            }
        }
        Ok(())
    }

    fn lags_behind(&self, conn: &Connection, id: ItemId, draft: &Draft<'_>) -> Result<bool> {
        match (draft.item.updated, self.updated.get(&id)) {
            (Some(claim), Some(now)) if claim < *now => {
                items::was_told(conn, id, &draft.item.title, claim)
            }
            _ => Ok(false),
        }
    }

    fn returns_too_often(
        &mut self,
        conn: &Connection,
        id: ItemId,
        draft: &Draft<'_>,
        fetched_at: UtcTime,
    ) -> Result<bool> {
        let known = self.items.items.get(&id);
        let known_claim = known.and_then(|item| item.published_at);
        let changed = |claim: Option<UtcTime>, since: Option<UtcTime>| claim > since;
        if changed(draft.item.claimed_at(), known_claim)
            || changed(draft.item.updated, self.updated.get(&id).copied())
        {
            return Ok(false);
        }
        let states = self.states_of_late(conn, id, fetched_at)?;
        let returns = states.get(&draft.stored_digest());
        Ok(returns.is_some_and(|returns| *returns >= MOST_RETURNS))
    }

    /// How often the states of an item were replaced of late. They are packed, and a document may list as many again: they
    /// are loaded once.
    fn states_of_late(
        &mut self,
        conn: &Connection,
        id: ItemId,
        fetched_at: UtcTime,
    ) -> Result<&BTreeMap<[u8; 16], usize>> {
        Ok(match self.returns.entry(id) {
            Entry::Occupied(states) => states.into_mut(),
            Entry::Vacant(place) => {
                let since = fetched_at - TimeDelta::hours(RETURN_HOURS);
                let mut states = BTreeMap::new();
                for [title, lead, text] in items::load_replaced_since(conn, id, since)? {
                    *states
                        .entry(content_digest(&title, &lead, &text))
                        .or_default() += 1;
                }
                place.insert(states)
            }
        })
    }

    /// True if a state of this digest was replaced by what the item says now, and is not to be taken again.
    pub(super) fn was_replaced(&self, id: ItemId, state: &[u8; 16]) -> bool {
        self.replaced.contains(&(id, *state))
    }

    /// True if a state of this digest has come again too often of late: it is taken when it comes some hours later.
    pub(super) fn is_put_off(&self, id: ItemId, state: &[u8; 16]) -> bool {
        self.returned.contains(&(id, *state))
    }

    /// The item that a draft's best key leads to, if that says the same. `None` where a series of an
    /// agency may have a say: then it has to be read.
    pub(super) fn says_same(&self, draft: &Draft<'_>) -> Option<ItemId> {
        let keys = draft.candidate.keys.iter();
        let mut better = keys.filter(|key| key.kind < KeyKind::Series);
        let id = better.find_map(|key| self.items.by_key.get(&key.digest))?;
        let is_same = self.says(*id, &draft.digest) && !self.of_series.contains(id);
        is_same.then_some(*id)
    }

    /// True if the item is a notice at whose address, or in whose series, something older comes with an id that was
    /// never seen: that is what the notice may withdraw, and no new state of it.
    pub(super) fn is_notice_about(&self, id: ItemId, drafts: &[Draft<'_>]) -> bool {
        let Some(notice) = self.items.items.get(&id) else {
            return false;
        };
        let is_older = |draft: &Draft<'_>| {
            let id = draft.candidate.key(KeyKind::Guid);
            id.is_some_and(|id| !self.items.by_key.contains_key(&id.digest))
                && draft.candidate.input.published_at.is_some()
                && draft.candidate.input.published_at < notice.published_at
        };
        self.notices.contains(&id) && drafts.iter().all(is_older)
    }

    /// True if retention removed the item and its outlet tells since then something else in its place: by its own account,
    /// at a page's address or under an id that never changes; or in other words than those that were removed, where it gives
    /// no time and the address is not that of the report that was removed.
    pub(super) fn is_told_since(
        &self,
        id: ItemId,
        draft: Option<&Draft<'_>>,
        fetched_at: UtcTime,
    ) -> bool {
        let removed = self.items.items.get(&id).filter(|item| item.is_tombstone);
        let (Some(removed), Some(draft)) = (removed, draft) else {
            return false;
        };
        // What is dated ahead was so before it was removed.
        let is_later = |claim| claim > removed.fetched_at && is_believable(claim, fetched_at);
        let may_be_other = match draft.candidate.input.published_at {
            Some(claim) => is_later(claim),
            None => !self.is_at_report_of(id, draft),
        };
        let digest = self.digests.get(&id);
        may_be_other && !draft.is_torso && !digest.is_some_and(|digest| draft.is_told_by(digest))
    }

    /// True if a draft has the address of a report, and that is the item's.
    fn is_at_report_of(&self, id: ItemId, draft: &Draft<'_>) -> bool {
        let link = draft.candidate.key(KeyKind::Link);
        let leads_to = link.and_then(|link| self.items.by_key.get(&link.digest));
        leads_to == Some(&id) && !is_at_page(&draft.candidate.input)
    }

    /// How often the link of an item was corrected.
    pub(super) fn link_moves(&self, id: ItemId) -> u32 {
        self.link_moves.get(&id).copied().unwrap_or_default()
    }

    /// The claimed time of a known item that was told by its words, or at a page, if it has drifted: or it would be new one
    /// day, although every document lists it.
    pub(super) fn drift_of(
        &self,
        id: ItemId,
        found: &ItemMatch,
        draft: &Draft<'_>,
    ) -> Option<UtcTime> {
        let item = self.items.items.get(&id)?;
        let claim = draft.candidate.input.published_at?;
        let is_by_place_or_words = matches!(found.by, Some(KeyKind::Link | KeyKind::Text));
        (is_by_place_or_words && has_drifted(item, claim)).then_some(claim)
    }

    /// True if it is to be noted that a known item is listed still: it was told by its words or its place, has no time, and
    /// comes under an id, or by its words under a link, that was never seen. Or it would be new after some hours, although every
    /// document lists it. Of what claims the time of the visit each one is noted: the next asks what was listed at this.
    pub(super) fn is_listing_to_note(
        &self,
        id: ItemId,
        found: &ItemMatch,
        (draft, fetched_at): (&Draft<'_>, UtcTime),
    ) -> bool {
        let Some(item) = self.items.items.get(&id) else {
            return false;
        };
        let is_due = match draft.candidate.input.published_at {
            Some(claim) => found.by == Some(KeyKind::Text) && is_of_visit(claim, fetched_at),
            None => was_listed_before(item, fetched_at),
        };
        let comes_anew = match found.by {
            Some(KeyKind::Link) => self.is_new(draft, KeyKind::Guid),
            Some(KeyKind::Text) => {
                self.is_new(draft, KeyKind::Guid) || self.is_new(draft, KeyKind::Link)
            }
            _ => false,
        };
        is_due && comes_anew
    }

    /// True if a draft has a key of a kind that was never seen.
    fn is_new(&self, draft: &Draft<'_>, kind: KeyKind) -> bool {
        let key = draft.candidate.key(kind);
        key.is_some_and(|key| !self.items.by_key.contains_key(&key.digest))
    }

    /// True if the item was taken in more than a day after the visit: the clock was wrong then, and what it took for old
    /// may be news.
    pub(super) fn is_of_clock_ahead(&self, id: ItemId, fetched_at: UtcTime) -> bool {
        let item = self.items.items.get(&id);
        item.is_some_and(|item| item.fetched_at > fetched_at + TimeDelta::days(1))
    }

    /// True if the item says already what a state of this digest says.
    pub(super) fn says(&self, id: ItemId, state: &[u8; 16]) -> bool {
        let digest = self.digests.get(&id);
        digest.is_some_and(|digest| digest[..] == state[..])
    }
}

fn known_item(row: KnownRow) -> KnownItem {
    KnownItem {
        id: row.id,
        title: row.title,
        summary: String::new(),
        link: None,
        published_at: row.published_at,
        fetched_at: row.fetched_at,
        listed_at: row.listed_at,
        is_tombstone: row.is_tombstone,
    }
}
