//! A live blog, a preview, an opinion that its outlet retitled to plain news.
//!
//! History is a sequence, and a pair is scored once, when the later item arrives: so what tells an event from now on
//! enters history now, as an item of its own, and what it was before stays in its place. Only what clustering has taken
//! in and put in no event goes on in this way; all else is revised, so that an item which is retitled back and forth
//! becomes one new item at most. In the same way goes on what a clock that was ahead took for old: its outlet's time is
//! believed once the clock is right.

use std::borrow::Cow;

use super::draft::{is_believable, is_stale};
use crate::news::{ItemId, Role, UtcTime};
use crate::store::items::ItemState;
use crate::store::{Result, Transaction, retold};

/// The state with which a known item enters history anew; `None` if it is to be revised.
///
/// # Errors
/// Whatever the store says.
pub(super) fn as_new(
    tx: &Transaction<'_>,
    item: ItemId,
    state: &ItemState,
    now: UtcTime,
) -> Result<Option<ItemState>> {
    let before = told_nothing_yet(tx, item, state, now)?;
    Ok(before.map(|before| told_since(state, before, now)))
}

/// The item time of a known item that told nothing so far and tells an event in this state; `None` if it is to be
/// revised.
///
/// # Errors
/// Whatever the store says.
pub(super) fn told_nothing_yet(
    tx: &Transaction<'_>,
    item: ItemId,
    state: &ItemState,
    now: UtcTime,
) -> Result<Option<UtcTime>> {
    // What is withdrawn has nothing to tell.
    if !state.wire.role.tells_an_event() || state.withdrawn_at.is_some() {
        return Ok(None);
    }
    if is_stale_still(tx, item, state, now)? {
        return Ok(None);
    }
    retold::find_told_by_none(tx, item)
}

/// The state that a known item is revised to: what was no news when it came is none under another headline.
///
/// # Errors
/// Whatever the store says.
pub(super) fn as_revised<'a>(
    tx: &Transaction<'_>,
    item: ItemId,
    state: &'a ItemState,
    now: UtcTime,
) -> Result<Cow<'a, ItemState>> {
    if !state.wire.role.tells_an_event() || !is_stale_still(tx, item, state, now)? {
        return Ok(Cow::Borrowed(state));
    }
    let mut state = state.clone();
    state.wire.role = Role::Background;
    Ok(Cow::Owned(state))
}

/// True for background that its outlet goes on dating long ago.
fn is_stale_still(
    tx: &Transaction<'_>,
    item: ItemId,
    state: &ItemState,
    now: UtcTime,
) -> Result<bool> {
    let is_old = state.published_at.is_some_and(|claim| is_stale(claim, now));
    Ok(is_old && retold::is_background(tx, item)?)
}

/// The outlet's time of the preview says nothing of the match: a claim is believed if it is a later one.
fn told_since(state: &ItemState, before: UtcTime, now: UtcTime) -> ItemState {
    let claims = [state.published_at, state.updated_at].into_iter().flatten();
    let claim = claims
        .filter(|claim| state.time_is_claimed && *claim > before && is_believable(*claim, now))
        .max();
    ItemState {
        item_time: claim.unwrap_or(now),
        time_is_claimed: claim.is_some(),
        ..state.clone()
    }
}
