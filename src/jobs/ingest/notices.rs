//! Notices that withdraw something: what each may mean among what is stored and what comes, whichever of both came
//! first. A notice and its item meet when the later of them is saved, in the same transaction: where the notice is
//! the later one, what was stored before was looked up on a reading connection, and what came since is looked at here.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::draft::NEWEST_CLAIM;
use super::{Arrived, NewItem, Prepared};
use crate::feed::identity::{IdentityInput, KeyKind, keys_of};
use crate::news::{Feed, FeedId, Item, ItemId, KeyDigest, Outlet, OutletKind, Role, UtcTime};
use crate::store::items::{self, ItemState};
use crate::store::kills::{self, KillSide, Notice};
use crate::store::{Connection, Result, Transaction, review};
use crate::text::belief::{
    Belief, Party, Sequence, Told, falls_with_it, judge_kill, sequence_of, series_as_compared,
    series_of,
};

/// How long a notice is held against what comes after it. Feeds of one agency lag by hours, and one that is added
/// lists what is days old; slugs are used again after some weeks.
const STANDS: TimeDelta = TimeDelta::days(7);

/// Looks up which stored items the notices of a document may mean, and what falls with the items that it withdraws
/// under their own ids.
pub(super) fn look_up(
    conn: &Connection,
    prepared: &mut Prepared,
    arrived: Arrived<'_>,
) -> Result<()> {
    for (id, state) in &prepared.revised {
        if state.withdrawn_at.is_some() {
            let notice = party_of(arrived.outlet, state);
            prepared
                .withdrawn
                .extend(copies_that_fall(conn, *id, notice)?);
        }
    }
    for new in &mut prepared.new {
        let state = NewItem::newest(new);
        if state.wire.role == Role::Kill {
            let series = state.wire.series_key.as_deref();
            new.means = kills::find_meant(conn, series, &link_keys(state.link.as_deref()))?;
        }
    }
    Ok(())
}

/// Withdraws what believed notices mean, once all of a document is stored, and notes for editors what notices mean
/// that nobody has to believe.
pub(super) fn judge(
    tx: &Transaction<'_>,
    feed: &Feed,
    prepared: &Prepared,
    saved: &[Saved<'_>],
    now: UtcTime,
) -> Result<()> {
    let mut ruling = Rulings {
        withdrawn: prepared.withdrawn.clone(),
        doubted: prepared.doubted.clone(),
    };
    let notices = match saved.is_empty() {
        true => Vec::new(),
        false => kills::list_notices(tx, feed.outlet_id, now - STANDS)?,
    };
    let (own, others): (Vec<Notice>, Vec<Notice>) = notices
        .into_iter()
        .partition(|notice| saved.iter().any(|one| one.id == notice.id));
    if !own.is_empty() {
        let ids = own.iter().map(|notice| notice.id);
        // What came since the document was compared, of which some is its own.
        let fresh = Meant::of(kills::load_sides_after(tx, prepared.compared_at)?);
        for notice in kills::load_sides(tx, ids)? {
            let of_this = saved.iter().find(|one| one.id == notice.item.id);
            let meant = of_this.map_or(&[][..], |one| one.means);
            for item in kills::load_sides(tx, meant.iter().copied())? {
                ruling.judge(tx, &notice, &item)?;
            }
            for item in fresh.by(&notice) {
                ruling.judge(tx, &notice, item)?;
            }
        }
    }
    let near = near_to(tx, feed.id, (&others, saved))?;
    if !near.is_empty() {
        let coming = saved.iter().map(|one| one.id);
        let coming = Meant::of(kills::load_sides(tx, coming)?);
        for notice in kills::load_sides(tx, near)? {
            for item in coming.by(&notice) {
                ruling.judge(tx, &notice, item)?;
            }
        }
    }
    for id in &ruling.withdrawn {
        items::withdraw_item(tx, *id, now)?;
    }
    review::note_doubted_kills(tx, &ruling.doubted)
}

/// An item of a document that was just saved.
pub(super) struct Saved<'a> {
    /// Its place.
    pub(super) id: ItemId,
    /// What it says by now.
    pub(super) state: &'a ItemState,
    /// Earlier items that were looked up for it, if it is a notice.
    pub(super) means: &'a [ItemId],
}

/// Of notices those that may mean one of these items, by its series key or link. Most mean none, and of none of these
/// is the text unpacked.
fn near_to(
    conn: &Connection,
    of: FeedId,
    (notices, saved): (&[Notice], &[Saved<'_>]),
) -> Result<Vec<ItemId>> {
    if notices.is_empty() {
        return Ok(Vec::new());
    }
    let series: BTreeSet<String> = saved
        .iter()
        .filter_map(|one| series_of(&one.state.wire))
        .collect();
    let links: Vec<KeyDigest> = saved
        .iter()
        .flat_map(|one| link_keys(one.state.link.as_deref()))
        .collect();
    let mut linked = BTreeSet::new();
    for feed in notices
        .iter()
        .map(|notice| notice.feed)
        .collect::<BTreeSet<_>>()
    {
        let found = items::look_up_keys(conn, feed, &links)?;
        linked.extend(found.into_iter().map(|(_, item)| item));
    }
    let is_near = |notice: &&Notice| {
        let key = notice.series_key.as_deref().and_then(series_as_compared);
        // In their own feed the keys of a notice may lead to what has just come.
        notice.feed == of
            || linked.contains(&notice.id)
            || key.is_some_and(|key| series.contains(&key))
    };
    Ok(notices
        .iter()
        .filter(is_near)
        .map(|notice| notice.id)
        .collect())
}

/// What was ruled of a document's notices.
struct Rulings {
    withdrawn: BTreeSet<ItemId>,
    doubted: BTreeSet<ItemId>,
}

impl Rulings {
    /// Whether a notice withdraws an item that has its series key or link, and what falls with it.
    fn judge(&mut self, conn: &Connection, notice: &KillSide, item: &KillSide) -> Result<()> {
        if item.item.wire.role == Role::Kill || item.item.withdrawn_at.is_some() {
            return Ok(());
        }
        let id = item.item.id;
        // Where the claims do not tell, what was accepted first was told first; that is enough for what was there when
        // the notice came, and not for what comes after it.
        let was_there = id < notice.item.id;
        let is_meant = match sequence_of(told(item), told(notice)) {
            Sequence::Before => true,
            Sequence::Unknown => was_there,
            Sequence::Changed => false,
            Sequence::After => return Ok(()),
        };
        match judge_kill(party(notice), party(item)) {
            Belief::Believed(_) if is_meant => {
                self.withdrawn.insert(id);
                self.withdrawn
                    .extend(copies_that_fall(conn, id, party(notice))?);
            }
            _ => {
                self.doubted.insert(id);
            }
        }
        Ok(())
    }
}

/// Items by what a notice may mean them by.
struct Meant {
    items: Vec<KillSide>,
    by_series: BTreeMap<String, Vec<usize>>,
    by_link: BTreeMap<KeyDigest, Vec<usize>>,
}

impl Meant {
    fn of(items: Vec<KillSide>) -> Self {
        let (mut by_series, mut by_link) = (BTreeMap::new(), BTreeMap::new());
        for (at, side) in items.iter().enumerate() {
            if let Some(series) = series_of(&side.item.wire) {
                by_series.entry(series).or_insert_with(Vec::new).push(at);
            }
            for key in link_keys(side.item.link.as_deref()) {
                by_link.entry(key).or_insert_with(Vec::new).push(at);
            }
        }
        Self {
            items,
            by_series,
            by_link,
        }
    }

    /// Those with a notice's series key or link.
    fn by(&self, notice: &KillSide) -> impl Iterator<Item = &KillSide> {
        let series = series_of(&notice.item.wire);
        let of_series = series.and_then(|series| self.by_series.get(&series));
        let links = link_keys(notice.item.link.as_deref());
        let of_link = links.first().and_then(|key| self.by_link.get(key));
        let found: BTreeSet<usize> = of_series
            .into_iter()
            .chain(of_link)
            .flatten()
            .copied()
            .collect();
        found.into_iter().map(|at| &self.items[at])
    }
}

/// When an item was told as it is. A claim that a later state does not move says when the first one was told.
fn told(side: &KillSide) -> Told {
    let item = &side.item;
    let until = side.seen_at.max(item.item_time);
    let claims = [item.published_at, item.updated_at].into_iter().flatten();
    let changed = claims
        .filter(|claim| *claim > item.item_time && *claim <= side.seen_at + NEWEST_CLAIM)
        .max();
    let first = item.time_is_claimed.then_some(item.item_time);
    let exact = match (first, changed) {
        (Some(_), Some(changed)) => Some(changed),
        (Some(first), None) if item.revision_count == 0 => Some(first),
        _ => None,
    };
    Told {
        first,
        since: exact.or(first),
        until: exact.unwrap_or(until),
    }
}

/// The copies of a withdrawn text that fall with it.
fn copies_that_fall(conn: &Connection, id: ItemId, notice: Party<'_>) -> Result<Vec<ItemId>> {
    let copies = kills::find_copies(conn, id)?.into_iter();
    let falls = |copy: &KillSide| falls_with_it(notice, party(copy));
    Ok(copies.filter(falls).map(|copy| copy.item.id).collect())
}

/// The keys that an item with this link is known by.
fn link_keys(link: Option<&str>) -> Vec<KeyDigest> {
    let input = IdentityInput {
        link: link.map(str::to_owned),
        ..IdentityInput::default()
    };
    let keys = keys_of(&input).into_iter();
    keys.filter(|key| key.kind == KeyKind::Link)
        .map(|key| key.digest)
        .collect()
}

/// An item that is coming, as a side of the question.
pub(super) fn party_of<'a>(outlet: &'a Outlet, state: &'a ItemState) -> Party<'a> {
    Party {
        outlet_name: &outlet.name,
        outlet_is_wire: outlet.kind == OutletKind::Wire,
        reading: &state.wire,
        link: state.link.as_deref(),
    }
}

fn party(side: &KillSide) -> Party<'_> {
    let Item { wire, link, .. } = &side.item;
    Party {
        outlet_name: &side.outlet.name,
        outlet_is_wire: side.outlet.kind == OutletKind::Wire,
        reading: wire,
        link: link.as_deref(),
    }
}
