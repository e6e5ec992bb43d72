//! Rulings that were undone, on items that have left the window: what they had moved goes back, as
//! far as those still in force allow. The engine judges live items only, and outside the window the
//! machine changes nothing; what an editor rules there is done on the rows, and the engine is told
//! where it touches events that are still live.

use std::collections::BTreeSet;

use crate::cluster::Engine;
use crate::decisions::Constraints;
use crate::jobs::locks;
use crate::jobs::spikes::Before;
use crate::news::{EventId, ItemId, Ruling, UtcTime};
use crate::store::events::{self, Member};
use crate::store::{Connection, Result, Transaction, describing, standing};

/// Items that go from one event into another.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) members: Vec<Member>,
    pub(super) from: EventId,
    pub(super) into: EventId,
    /// True if the whole event goes.
    pub(super) is_whole: bool,
    /// True if no ruling moves the items any more: they go back.
    pub(super) is_return: bool,
}

impl Step {
    /// Some of the `all` items of an event go; `None` if none does.
    pub(super) fn of(
        members: Vec<Member>,
        (from, into): (EventId, EventId),
        all: usize,
    ) -> Option<Self> {
        (!members.is_empty()).then_some(Self {
            is_whole: members.len() == all,
            members,
            from,
            into,
            is_return: false,
        })
    }
}

/// Names the next step that the undoing of a ruling asks for, if one is left.
pub(super) type Plan = fn(&Connection, &Engine, &Ruling, &Constraints) -> Result<Option<Step>>;

/// Takes live items of a merged event out of the other one, of which all items have left the window:
/// the engine alone has nothing to hold them against. Returns the events that they leave, of which the
/// engine knows no more.
pub(super) fn split_off(
    engine: &mut Engine,
    undone: &[Ruling],
    constraints: &Constraints,
) -> Vec<EventId> {
    let mut left = Vec::new();
    for ruling in undone {
        let Ruling::MergeEvents {
            kept_items,
            merged_items,
            merged,
            ..
        } = ruling
        else {
            continue;
        };
        let mut live = merged_items.iter().copied();
        let live = live
            .by_ref()
            .filter(|item| engine.event_of(*item).is_some());
        let live: Vec<ItemId> = live.collect();
        let Some(event) = live.first().and_then(|item| engine.event_of(*item)) else {
            continue;
        };
        let is_old = |item: &ItemId| engine.event_of(*item).is_none();
        let stays = kept_items.iter();
        let is_there = |item: &ItemId| engine.old_event_of(*item) == Some(event);
        if kept_items.iter().all(is_old)
            && stays.copied().any(|item| is_there(&item))
            && !engine.is_live_event(*merged)
            && !are_held(constraints, kept_items, merged_items)
        {
            engine.split_off(&live, *merged);
            left.push(event);
        }
    }
    left
}

/// True if rulings in force hold items of the two sides together.
fn are_held(constraints: &Constraints, left: &[ItemId], right: &[ItemId]) -> bool {
    let mut held: BTreeSet<ItemId> = left.iter().copied().collect();
    loop {
        let before = held.len();
        for (a, b) in &constraints.together {
            if held.contains(a) || held.contains(b) {
                held.extend([*a, *b]);
            }
        }
        if held.len() == before {
            return right.iter().any(|item| held.contains(item));
        }
    }
}

fn are_apart(constraints: &Constraints, left: &[ItemId], right: &[ItemId]) -> bool {
    let parts = |a: &ItemId, b: &ItemId| left.contains(a) && right.contains(b);
    constraints
        .apart
        .iter()
        .any(|(a, b)| parts(a, b) || parts(b, a))
}

/// What is done before the engine settles: old items go back, so that live ones are not held to
/// those they leave.
pub(super) fn plan_returns(
    conn: &Connection,
    engine: &Engine,
    undone: &Ruling,
    constraints: &Constraints,
) -> Result<Option<Step>> {
    let planner = Planner {
        conn,
        engine,
        constraints,
    };
    match undone {
        Ruling::MergeEvents {
            kept,
            kept_items,
            merged,
            merged_items,
        } => planner.bring_back((*kept, kept_items), (*merged, merged_items)),
        Ruling::MoveItem {
            item,
            from_items,
            to_items,
            ..
        } if !are_held(constraints, to_items, &[*item])
            && !are_apart(constraints, from_items, &[*item]) =>
        {
            planner.carry_back(*item, from_items, to_items)
        }
        _ => Ok(None),
    }
}

/// What is left to do after the engine has settled: events become one again that it does not see
/// as a whole.
pub(super) fn plan_joins(
    conn: &Connection,
    engine: &Engine,
    undone: &Ruling,
    constraints: &Constraints,
) -> Result<Option<Step>> {
    let planner = Planner {
        conn,
        engine,
        constraints,
    };
    match undone {
        Ruling::SplitEvent {
            kept_items,
            split_items,
            ..
        } => planner.rejoin(kept_items, split_items),
        Ruling::NotSameEvent { a, b } => planner.rejoin(&[*a], &[*b]),
        _ => Ok(None),
    }
}

/// The items of an event as they are to stand in another. What the engine has elsewhere is none of
/// them, though it is stored in the event until the engine has settled.
pub(super) fn members_of(
    conn: &Connection,
    engine: &Engine,
    event: EventId,
) -> Result<Vec<Member>> {
    let members = events::load_members(conn, event)?.into_iter();
    let stands_here = |item| engine.event_of(item).is_none_or(|other| other == event);
    let members = members.filter(|(item, _)| stands_here(*item));
    let members = members.map(|(item, reprint_of)| Member {
        item,
        reprint_of,
        evidence: None,
        frozen: Vec::new(),
    });
    Ok(members.collect())
}

struct Planner<'a> {
    conn: &'a Connection,
    engine: &'a Engine,
    constraints: &'a Constraints,
}

impl Planner<'_> {
    fn is_old(&self, item: &ItemId) -> bool {
        self.engine.event_of(*item).is_none()
    }

    fn event_of(&self, items: &[ItemId]) -> Result<Option<EventId>> {
        for item in items {
            if let Some(event) = events::event_of_item(self.conn, *item)? {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    /// Where items are at home: the event of one that no ruling moved; else that out of which rulings moved one, if it
    /// has any items left; else where they stand.
    fn home_of(&self, items: &[ItemId]) -> Result<Option<EventId>> {
        let mut left = None;
        for item in items {
            match standing::load_moved_from(self.conn, *item)? {
                None => {
                    if let Some(event) = self.event_of(&[*item])? {
                        return Ok(Some(event));
                    }
                }
                Some(home) if left.is_none() => {
                    let is_left = !events::load_members(self.conn, home)?.is_empty();
                    left = Some(home).filter(|_| is_left);
                }
                Some(_) => {}
            }
        }
        Ok(left.or(self.event_of(items)?))
    }

    /// The event of one side goes into that of the other; the one that readers were shown first stays.
    fn join(&self, left: &[ItemId], right: &[ItemId]) -> Result<Option<Step>> {
        let (Some(a), Some(b)) = (self.event_of(left)?, self.event_of(right)?) else {
            return Ok(None);
        };
        if a == b || !left.iter().chain(right).any(|item| self.is_old(item)) {
            return Ok(None);
        }
        let rank = |event| standing::load_rank(self.conn, event);
        let (into, from) = match rank(a)? < rank(b)? {
            true => (a, b),
            false => (b, a),
        };
        let of_from = events::load_items(self.conn, from)?;
        let of_into = events::load_items(self.conn, into)?;
        if are_apart(self.constraints, &of_from, &of_into) {
            return Ok(None);
        }
        Ok(Some(Step {
            members: members_of(self.conn, self.engine, from)?,
            from,
            into,
            is_whole: true,
            is_return: false,
        }))
    }

    /// An item that stands where it was moved to goes back to where others stand, with its reprints
    /// but for those that are to stay.
    fn carry_back(&self, item: ItemId, to: &[ItemId], stay: &[ItemId]) -> Result<Option<Step>> {
        let (Some(from), Some(into)) = (self.event_of(&[item])?, self.home_of(to)?) else {
            return Ok(None);
        };
        if from == into || self.event_of(stay)? != Some(from) || !self.is_old(&item) {
            return Ok(None);
        }
        self.leave((&[item], stay), from, into)
    }

    fn leave(
        &self,
        (go, stay): (&[ItemId], &[ItemId]),
        from: EventId,
        into: EventId,
    ) -> Result<Option<Step>> {
        let mut members = members_of(self.conn, self.engine, from)?;
        let all = members.len();
        members.retain(|member| {
            let copies = |of: ItemId| go.contains(&of);
            let goes = go.contains(&member.item) || member.reprint_of.is_some_and(copies);
            goes && !stay.contains(&member.item) && self.is_old(&member.item)
        });
        Ok(Step::of(members, (from, into), all))
    }

    /// An event that a merge had ended lives again, with its items.
    fn bring_back(
        &self,
        (kept, kept_items): (EventId, &[ItemId]),
        (merged, merged_items): (EventId, &[ItemId]),
    ) -> Result<Option<Step>> {
        let now = self.event_of(merged_items)?;
        if now.is_none()
            || now != self.event_of(kept_items)?
            || are_held(self.constraints, kept_items, merged_items)
        {
            return Ok(None);
        }
        let from = now.expect("it was just looked at");
        let (going, staying, home) = match from == merged {
            true => (kept_items, merged_items, kept),
            false => (merged_items, kept_items, merged),
        };
        let old: Vec<ItemId> = going
            .iter()
            .filter(|item| self.is_old(item))
            .copied()
            .collect();
        self.leave((&old, staying), from, home)
    }

    /// What a ruling had parted is one again, if it was one and no other ruling parts it.
    fn rejoin(&self, left: &[ItemId], right: &[ItemId]) -> Result<Option<Step>> {
        let (Some(a), Some(b)) = (self.event_of(left)?, self.event_of(right)?) else {
            return Ok(None);
        };
        let was_one = events::origin_of(self.conn, b)? == Some(a)
            || events::origin_of(self.conn, a)? == Some(b);
        match was_one && !are_apart(self.constraints, left, right) {
            true => self.join(left, right),
            false => Ok(None),
        }
    }
}

/// Writes a step. The event that is left or entered is described anew. Of the items that a ruling in
/// force moves it is kept where they came from: from an event that was opened on the way, as those from `new_from`
/// on were, from where they stood before.
pub(super) fn write(
    tx: &Transaction<'_>,
    step: &Step,
    (is_ruled, new_from): (bool, Option<EventId>),
    now: UtcTime,
) -> Result<()> {
    let is_new = new_from.is_some_and(|first| step.from >= first);
    let origin = match is_new {
        true => events::origin_of(tx, step.from)?,
        false => None,
    };
    let before = Before::of(tx, BTreeSet::from([step.from, step.into]))?;
    for member in &step.members {
        if is_ruled {
            standing::note_moved(tx, member.item, origin.unwrap_or(step.from))?;
        }
        standing::note_back(tx, member.item, step.into)?;
    }
    let line = describing::load_open_line(tx, step.from)?;
    let is_new = events::load_stored(tx, step.into)?.is_none();
    let left = standing::load_last_successor(tx, step.into)?;
    events::save_members(tx, step.into, &step.members, now)?;
    if is_new {
        events::save_origin(tx, step.into, step.from)?;
    }
    if describing::load_open_line(tx, step.into)?.is_none()
        && let Some(line) = line
    {
        events::link_event(tx, step.into, line)?;
        let home = standing::load_standing_event(tx, step.from)?.map(|one| one.home);
        standing::save_home(tx, step.into, home.filter(|home| *home != line))?;
    }
    if step.is_whole {
        events::merge_event(tx, step.from, step.into)?;
    }
    before.keep_out(tx)?;
    locks::follow(tx, [step.from, step.into])?;
    for event in [step.from, step.into].into_iter().chain(left) {
        describing::enter_describe_queue(tx, event)?;
    }
    Ok(())
}
