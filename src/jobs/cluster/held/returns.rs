//! What rulings had moved and no longer move goes back to where it came from.

use std::collections::{BTreeMap, BTreeSet};

use super::{Moves, Ruled, Scene, SplitOff};
use crate::cluster::Engine;
use crate::jobs::cluster::old::{Step, members_of};
use crate::news::{EventId, ItemId};
use crate::store::{Connection, Result, events, standing};

/// Before the engine settles: what rulings had moved out of an event goes back to the others of it,
/// unless one in force still holds it where it is or keeps it from there.
pub(in crate::jobs::cluster) fn plan_returns(
    conn: &Connection,
    engine: &mut Engine,
    ruled: &Ruled,
) -> Result<Moves> {
    let mut homes = BTreeMap::new();
    let mut away: BTreeMap<(EventId, EventId), Vec<ItemId>> = BTreeMap::new();
    for event in &ruled.scope.events {
        for (item, home, stored_in) in standing::load_moved_around(conn, *event)? {
            let stands_in = engine.event_of(item).unwrap_or(stored_in);
            let is_new = homes.insert(item, home).is_none();
            if is_new && home != stands_in {
                away.entry((home, stands_in)).or_default().push(item);
            }
        }
    }
    if away.is_empty() {
        return Ok(Moves::default());
    }
    let scene = Scene::load(conn, engine, ruled)?;
    // Where rulings have the items of an event that has none left: what comes back follows them.
    let mut new_home: BTreeMap<EventId, EventId> = BTreeMap::new();
    for ((home, stands_in), items) in &away {
        let mut joined = items.iter();
        if joined.any(|item| scene.is_joined(*item, (*home, *stands_in), &homes))
            && events::load_members(conn, *home)?.is_empty()
        {
            new_home.entry(*home).or_insert(*stands_in);
        }
    }
    let mut back = Vec::new();
    for ((home, from), items) in away {
        let follows = |item: &ItemId| {
            let into = new_home.get(&home);
            into.is_some_and(|into| !scene.is_kept_from(*item, *into))
        };
        let (along, alone): (Vec<ItemId>, Vec<ItemId>) = items.into_iter().partition(follows);
        let into = place_of(conn, home, (from, &alone))?;
        back.push((home, from, into, alone));
        back.extend(new_home.get(&home).map(|into| (home, from, *into, along)));
    }
    let mut moves = Moves::default();
    let mut busy = BTreeSet::new();
    for (home, from, into, items) in back {
        let is_named = |item: &ItemId| scene.groups.of.contains_key(item);
        let stays = |item: &ItemId| {
            scene.is_joined(*item, (home, from), &homes) || scene.is_kept_from(*item, into)
        };
        let (stay, mut items): (Vec<ItemId>, Vec<ItemId>) = items.into_iter().partition(stays);
        if !stay.is_empty() {
            // What no ruling names came along with what one names.
            items.retain(is_named);
        }
        if items.is_empty() || into == from || busy.contains(&from) || busy.contains(&into) {
            continue;
        }
        busy.extend([from, into]);
        let mut members = members_of(conn, engine, from)?;
        let others = members.iter().map(|member| member.item);
        let others: Vec<ItemId> = others.filter(|item| !items.contains(item)).collect();
        // What the machine added to an event goes along with all that its id hangs on.
        let goes_along = |item: &ItemId| !is_named(item) && !homes.contains_key(item);
        let is_whole = others.is_empty()
            || stay.is_empty()
                && others.iter().all(goes_along)
                && !is_known_by(conn, from, &others)?;
        if !is_whole {
            let is_live = |item: &ItemId| engine.event_of(*item).is_some();
            members.retain(|member| items.contains(&member.item) && !is_live(&member.item));
            let live: Vec<ItemId> = items.iter().copied().filter(is_live).collect();
            if !live.is_empty() {
                moves.split_off.push(SplitOff {
                    items: live,
                    from,
                    into: if into == home {
                        home
                    } else {
                        engine.reserve_event()
                    },
                    is_return: true,
                });
            }
        }
        if !members.is_empty() {
            moves.steps.push(Step {
                is_whole,
                members,
                from,
                into,
                is_return: true,
            });
        }
    }
    Ok(moves)
}

/// Where what an event held stands: elsewhere, if it was made one with another event. That may be the one that items
/// are to come back from: then they stay if something else that its id hangs on stands there.
fn place_of(
    conn: &Connection,
    home: EventId,
    (from, items): (EventId, &[ItemId]),
) -> Result<EventId> {
    if !events::load_members(conn, home)?.is_empty() {
        return Ok(home);
    }
    let led_to = standing::load_last_successor(conn, home)?;
    if led_to != Some(from) {
        return Ok(led_to.unwrap_or(home));
    }
    let stored = events::load_stored(conn, home)?;
    for anchor in stored.map(|stored| stored.anchors).unwrap_or_default() {
        if !items.contains(&anchor) && events::event_of_item(conn, anchor)? == Some(from) {
            return Ok(from);
        }
    }
    Ok(home)
}

/// True if the id of an event may stay with these of its items: it hangs on one of them, on none that
/// stands in the event, or there is none yet.
fn is_known_by(conn: &Connection, event: EventId, items: &[ItemId]) -> Result<bool> {
    let stored = events::load_stored(conn, event)?;
    let anchors = stored.map(|stored| stored.anchors).unwrap_or_default();
    let mut standing = events::load_items(conn, event)?
        .into_iter()
        .filter(|item| anchors.contains(item))
        .peekable();
    Ok(standing.peek().is_none() || standing.any(|item| items.contains(&item)))
}
