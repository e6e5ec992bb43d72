//! Rulings on items that have left the window. The engine judges live items only, and outside the
//! window the machine changes nothing; what an editor rules there is done on the rows, and the
//! engine is told where it touches events that are still live.

use std::collections::BTreeSet;

use super::ruling::RulingChange;
use crate::cluster::Engine;
use crate::decisions::{Constraints, demanded_together};
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
}

/// Names the next step that a ruling asks for, if one is left.
pub(super) type Plan =
    fn(&Connection, &mut Engine, (&Ruling, bool), &Constraints) -> Result<Option<Step>>;

/// What a change does, one ruling after the other; true beside those that came into force.
pub(super) fn in_order(change: &RulingChange) -> impl Iterator<Item = (&Ruling, bool)> {
    let undone = change.undone.iter().map(|ruling| (ruling, false));
    undone.chain(change.new.iter().map(|ruling| (ruling, true)))
}

/// Takes live items out of events whose other ruled items have all left the window: the engine
/// alone has nothing to hold them against. Returns the events opened, each with its origin.
pub(super) fn split_off(
    engine: &mut Engine,
    change: &RulingChange,
    constraints: &Constraints,
) -> Vec<(EventId, EventId)> {
    let mut origins = Vec::new();
    for (ruling, is_new) in in_order(change) {
        let (stay, go, home) = match (ruling, is_new) {
            (
                Ruling::SplitEvent {
                    kept_items,
                    split_items,
                    ..
                },
                true,
            ) => (kept_items.clone(), split_items.clone(), None),
            (Ruling::NotSameEvent { a, b }, true) => (vec![*a.min(b)], vec![*a.max(b)], None),
            (
                Ruling::MoveItem {
                    item, from_items, ..
                },
                true,
            ) => (from_items.clone(), vec![*item], None),
            (
                Ruling::MergeEvents {
                    kept_items,
                    merged_items,
                    merged,
                    ..
                },
                false,
            ) if !are_held(constraints, kept_items, merged_items) => {
                (kept_items.clone(), merged_items.clone(), Some(*merged))
            }
            _ => continue,
        };
        let live: Vec<ItemId> = go
            .into_iter()
            .filter(|item| engine.event_of(*item).is_some())
            .collect();
        let Some(event) = live.first().and_then(|item| engine.event_of(*item)) else {
            continue;
        };
        let stays_alone = stay.iter().all(|item| engine.event_of(*item).is_none())
            && stay
                .iter()
                .any(|item| engine.old_event_of(*item) == Some(event));
        let is_free = home.is_none_or(|home| !engine.is_live_event(home));
        if stays_alone && is_free {
            let into = home.unwrap_or_else(|| engine.reserve_event());
            engine.split_off(&live, into);
            origins.extend(home.is_none().then_some((into, event)));
        }
    }
    origins
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

/// What is done before the engine settles: old items go where a ruling has them, so that live ones
/// are not held to those they leave.
pub(super) fn plan_moves(
    conn: &Connection,
    engine: &mut Engine,
    (ruling, is_new): (&Ruling, bool),
    constraints: &Constraints,
) -> Result<Option<Step>> {
    let mut planner = Planner {
        conn,
        engine,
        constraints,
    };
    match (ruling, is_new) {
        (
            Ruling::MoveItem {
                item,
                from_items,
                to_items,
                ..
            },
            true,
        ) => planner.carry(*item, to_items, from_items),
        (
            Ruling::SplitEvent {
                kept_items,
                split_items,
                ..
            },
            true,
        ) => planner.part(kept_items, split_items),
        (Ruling::NotSameEvent { a, b }, true) => planner.part(&[*a.min(b)], &[*a.max(b)]),
        (
            Ruling::MergeEvents {
                kept,
                kept_items,
                merged,
                merged_items,
            },
            false,
        ) => planner.bring_back((*kept, kept_items), (*merged, merged_items)),
        (
            Ruling::MoveItem {
                item,
                from_items,
                to_items,
                ..
            },
            false,
        ) if !are_held(constraints, to_items, &[*item])
            && !are_apart(constraints, from_items, &[*item]) =>
        {
            planner.carry(*item, from_items, to_items)
        }
        _ => Ok(None),
    }
}

/// What is left to do after the engine has settled: events become one that it does not see as a
/// whole. To be asked again until nothing is left.
pub(super) fn plan_joins(
    conn: &Connection,
    engine: &mut Engine,
    (ruling, is_new): (&Ruling, bool),
    constraints: &Constraints,
) -> Result<Option<Step>> {
    let mut planner = Planner {
        conn,
        engine,
        constraints,
    };
    match (ruling, is_new) {
        (_, true) => planner.hold_together(ruling),
        (
            Ruling::SplitEvent {
                kept_items,
                split_items,
                ..
            },
            false,
        ) => planner.rejoin(kept_items, split_items),
        (Ruling::NotSameEvent { a, b }, false) => planner.rejoin(&[*a], &[*b]),
        _ => Ok(None),
    }
}

struct Planner<'a> {
    conn: &'a Connection,
    engine: &'a mut Engine,
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

    fn standing_in(&self, event: EventId, items: &[ItemId]) -> Result<Vec<Member>> {
        let members = events::load_members(self.conn, event)?.into_iter();
        let wanted = members
            .filter(|(item, of)| items.contains(item) || of.is_some_and(|of| items.contains(&of)));
        Ok(wanted
            .map(|(item, reprint_of)| Member {
                item,
                reprint_of,
                evidence: None,
                frozen: Vec::new(),
            })
            .collect())
    }

    /// The first two events that a ruling has as one.
    fn hold_together(&mut self, ruling: &Ruling) -> Result<Option<Step>> {
        for (a, b) in demanded_together(ruling) {
            if let Some(step) = self.join(&[a], &[b])? {
                return Ok(Some(step));
            }
        }
        Ok(None)
    }

    /// The event of one side goes into that of the other; the one published first stays.
    fn join(&mut self, left: &[ItemId], right: &[ItemId]) -> Result<Option<Step>> {
        let (Some(a), Some(b)) = (self.event_of(left)?, self.event_of(right)?) else {
            return Ok(None);
        };
        if a == b || !left.iter().chain(right).any(|item| self.is_old(item)) {
            return Ok(None);
        }
        let rank = |event: EventId| -> Result<(i64, EventId)> {
            let stored = events::load_stored(self.conn, event)?;
            let published = stored.and_then(|stored| stored.published_at);
            Ok((published.map_or(i64::MAX, |at| at.timestamp()), event))
        };
        let (into, from) = match rank(a)? < rank(b)? {
            true => (a, b),
            false => (b, a),
        };
        let of_from = self.items_in(from)?;
        let of_into = self.items_in(into)?;
        if are_apart(self.constraints, &of_from, &of_into) {
            return self.join_in_part((from, &of_from), (into, &of_into), (left, right));
        }
        Ok(Some(Step {
            members: self.standing_in(from, &of_from)?,
            from,
            into,
            is_whole: true,
        }))
    }

    fn items_in(&self, event: EventId) -> Result<Vec<ItemId>> {
        let members = events::load_members(self.conn, event)?.into_iter();
        Ok(members.map(|(item, _)| item).collect())
    }

    /// Where rulings keep some of two events apart, these leave first, and only what may stand
    /// together comes together.
    fn join_in_part(
        &mut self,
        (from, of_from): (EventId, &[ItemId]),
        (into, of_into): (EventId, &[ItemId]),
        (left, right): (&[ItemId], &[ItemId]),
    ) -> Result<Option<Step>> {
        let constraints = self.constraints;
        let is_named = |item: &ItemId| {
            left.contains(item) || right.contains(item) || are_held(constraints, &[*item], left)
        };
        let named: Vec<ItemId> = of_from
            .iter()
            .filter(|item| is_named(item))
            .copied()
            .collect();
        let in_the_way = |item: &&ItemId| are_apart(constraints, &[**item], &named);
        let leaving: Vec<ItemId> = of_into.iter().filter(in_the_way).copied().collect();
        if leaving.iter().any(|item| self.is_old(item)) {
            let own = self.engine.reserve_event();
            return self.leave((&leaving, &[]), into, own);
        }
        let stays: Vec<ItemId> = of_into
            .iter()
            .filter(|item| !leaving.contains(item))
            .copied()
            .collect();
        let may_go =
            |item: &&ItemId| named.contains(item) || !are_apart(constraints, &[**item], &stays);
        let going: Vec<ItemId> = of_from.iter().filter(may_go).copied().collect();
        let rest: Vec<ItemId> = of_from
            .iter()
            .filter(|item| !going.contains(item))
            .copied()
            .collect();
        self.leave((&going, &rest), from, into)
    }

    /// An item goes to where others stand, with its reprints but for those that are to stay.
    fn carry(&self, item: ItemId, to: &[ItemId], stay: &[ItemId]) -> Result<Option<Step>> {
        let (Some(from), Some(into)) = (self.event_of(&[item])?, self.event_of(to)?) else {
            return Ok(None);
        };
        if from == into {
            return Ok(None);
        }
        if !self.is_old(&item) {
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
        let mut members = self.standing_in(from, go)?;
        members.retain(|member| !stay.contains(&member.item) && self.is_old(&member.item));
        let is_whole = members.len() == events::load_members(self.conn, from)?.len();
        let step = Step {
            members,
            from,
            into,
            is_whole,
        };
        Ok((!step.members.is_empty()).then_some(step))
    }

    /// Old items leave the event of those that stay: to where their companions stand by now, or
    /// into an event of their own.
    fn part(&mut self, stay: &[ItemId], go: &[ItemId]) -> Result<Option<Step>> {
        let Some(from) = self.event_of(stay)? else {
            return Ok(None);
        };
        let mut still = Vec::new();
        let mut into = None;
        for item in go {
            match events::event_of_item(self.conn, *item)? {
                Some(event) if event == from => still.push(*item),
                Some(event) => into = Some(event),
                None => {}
            }
        }
        still.retain(|item| self.is_old(item));
        if still.is_empty() {
            return Ok(None);
        }
        let into = into.unwrap_or_else(|| self.engine.reserve_event());
        self.leave((&still, stay), from, into)
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
    fn rejoin(&mut self, left: &[ItemId], right: &[ItemId]) -> Result<Option<Step>> {
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

/// Writes a step. The event that is left or entered is described anew.
pub(super) fn write(tx: &Transaction<'_>, step: &Step, now: UtcTime) -> Result<()> {
    let line = describing::load_open_line(tx, step.from)?;
    let is_new = events::load_stored(tx, step.into)?.is_none();
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
    describing::enter_describe_queue(tx, step.from)?;
    describing::enter_describe_queue(tx, step.into)
}
