//! What is looked at of a document that lists more than can be news: the newest of what is new, whatever its order.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::draft::{Draft, NEWEST_CLAIM};
use super::{Known, NewItem, Prepared};
use crate::feed::identity::KeyKind;
use crate::news::{KeyDigest, UtcTime};

/// Items of a document that are not looked at closely.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// Those that are known and say the same.
    pub(super) known: usize,
    /// Those that are to come again.
    pub(super) waiting: usize,
}

/// How an item stands to what is known, as far as its keys tell alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    New,
    Changed,
    Same,
}

/// True if a document lists its newest items last. Feeds list them first, and so does what has no times.
pub(super) fn is_oldest_first(drafts: &[Draft<'_>]) -> bool {
    let mut claims = drafts.iter().filter_map(|draft| draft.item.claimed_at());
    let first = claims.next();
    first.is_some() && first < claims.next_back()
}

/// Leaves of a document at most so many items, in its order: what is new before what has changed, the newest first;
/// a quarter of the places is for what is known and says the same. Items with the same id or link as one that is
/// looked at come first among these, because all of them together tell whether that is known.
pub(super) fn keep_most(
    drafts: &mut Vec<Draft<'_>>,
    known: &Known,
    most: usize,
    fetched_at: UtcTime,
) -> LeftOut {
    if drafts.len() <= most {
        return LeftOut::default();
    }
    let standing = |draft| known.standing(draft, fetched_at);
    let standings: Vec<Standing> = drafts.iter().map(standing).collect();
    let newness = newness(drafts, fetched_at);
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    order.sort_by_key(|at| (standings[*at], Reverse(newness[*at])));
    let (telling, mut same): (Vec<usize>, Vec<usize>) = order
        .into_iter()
        .partition(|at| standings[*at] != Standing::Same);
    let places = (most - most / 4).min(telling.len());
    let mut kept: BTreeSet<usize> = telling[..places].iter().copied().collect();
    let keys: BTreeSet<KeyDigest> = kept.iter().flat_map(|at| keys_of(&drafts[*at])).collect();
    same.sort_by_key(|at| !keys_of(&drafts[*at]).any(|key| keys.contains(&key)));
    let left_out = LeftOut {
        known: same.len().saturating_sub(most - places),
        waiting: telling.len() - places,
    };
    kept.extend(same.into_iter().take(most - places));
    retain_places(drafts, &kept);
    left_out
}

/// Leaves what stands at these places, in its order.
fn retain_places<T>(all: &mut Vec<T>, places: &BTreeSet<usize>) {
    let mut at = 0;
    all.retain(|_| {
        at += 1;
        places.contains(&(at - 1))
    });
}

fn keys_of<'a>(draft: &'a Draft<'_>) -> impl Iterator<Item = KeyDigest> + 'a {
    draft.candidate.keys.iter().map(|key| key.digest)
}

/// The time of each item with its place, greater for newer ones. What claims no time, or one to come, has that of its
/// neighbour.
fn newness(drafts: &[Draft<'_>], fetched_at: UtcTime) -> Vec<(Option<UtcTime>, usize)> {
    let latest = fetched_at + NEWEST_CLAIM;
    let claims = drafts.iter().map(|draft| draft.item.claimed_at());
    let mut times: Vec<Option<UtcTime>> = claims
        .map(|claim| claim.filter(|claim| *claim <= latest))
        .collect();
    let mut neighbour = times.iter().copied().flatten().next();
    for time in &mut times {
        neighbour = time.or(neighbour);
        *time = neighbour;
    }
    let is_oldest_first = is_oldest_first(drafts);
    let places = (0..times.len()).map(|at| match is_oldest_first {
        true => at,
        false => drafts.len() - at,
    });
    times.into_iter().zip(places).collect()
}

impl Known {
    fn standing(&self, draft: &Draft<'_>, fetched_at: UtcTime) -> Standing {
        let keys = draft.candidate.keys.iter();
        let mut telling = keys.filter(|key| key.kind != KeyKind::Series);
        let found = telling.find_map(|key| self.items.by_key.get(&key.digest));
        let Some(item) = found.and_then(|id| self.items.items.get(id)) else {
            return Standing::New;
        };
        match item.is_tombstone || self.says(item.id, &draft.digest) {
            true if self.is_told_since(item.id, Some(draft), fetched_at) => Standing::New,
            true => Standing::Same,
            false => Standing::Changed,
        }
    }
}

impl Prepared {
    /// Takes at most so many of the new items, the newest by their outlet's claims; the others wait for the next
    /// visit.
    pub fn keep_newest(&mut self, most: usize) {
        let too_many = self.new.len().saturating_sub(most);
        if too_many == 0 {
            return;
        }
        self.waiting += too_many;
        // The claim of what is older than is believed tells its age all the same.
        let age = |item: &NewItem| {
            let first = &item.first;
            let claim = first.published_at.unwrap_or(first.item_time);
            claim.min(first.item_time)
        };
        let mut order: Vec<usize> = (0..self.new.len()).collect();
        order.sort_by_key(|at| (age(&self.new[*at]), *at));
        let kept: BTreeSet<usize> = order.into_iter().skip(too_many).collect();
        retain_places(&mut self.new, &kept);
    }
}
