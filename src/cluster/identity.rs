//! Which group keeps which event id: by anchors for what is published, else by most items
//! (invariant 6). Ids never pass to a group that holds nothing of the event.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::dormant::Sleeper;
use super::engine::Engine;
use super::window::Slot;
use crate::news::{EventId, ItemId};

/// The event of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) event: EventId,
    /// The event that most of its items stood in, if the id is new.
    pub(super) split_from: Option<EventId>,
}

/// Names for all groups of a component, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Naming {
    pub(super) names: Vec<Name>,
    /// Events that named no group, with the event that most of them went to.
    pub(super) merged: Vec<(EventId, EventId)>,
    /// Events that named no group because a ruling keeps them all from its older items: these
    /// stay, and the event has no live items any more.
    pub(super) left: Vec<EventId>,
    /// Events that were merged away before, of which the anchors stand elsewhere now, with where.
    pub(super) led_on: Vec<(EventId, EventId)>,
}

/// Names groups of live items, each sorted by slot.
pub(super) fn name_parts(engine: &mut Engine, parts: &[Vec<Slot>]) -> Naming {
    let claims = Claims::gather(engine, parts);
    let mut names: Vec<Option<EventId>> = vec![None; parts.len()];
    let kept_out = &engine.groups.constraints.kept_out;
    let sleepers = engine
        .groups
        .dormant
        .around(parts, &engine.window, kept_out);
    // Nor may it wake where the group goes by an id that is kept back: what an editor moves there goes under.
    let is_kept_under = |(event, part): (&EventId, &usize)| {
        let is_under = engine.is_kept_back(*event) && !engine.is_barred(*event, &parts[*part]);
        is_under.then_some(*part)
    };
    let kept_under: BTreeSet<usize> = claims.best_part.iter().filter_map(is_kept_under).collect();
    let goes_under = |one: &Sleeper| kept_under.contains(&one.part);
    let is_barred =
        |one: &&Sleeper| engine.is_barred(one.event, &parts[one.part]) || goes_under(one);
    let may_wake: Vec<Sleeper> = sleepers
        .iter()
        .filter(|one| !is_barred(one))
        .copied()
        .collect();
    for (event, held) in engine.groups.constraints.revived.iter().rev() {
        if !engine.groups.events.contains_key(event)
            && !names.contains(&Some(*event))
            && let Some(part) = claims.part_to_revive(engine, parts, held)
            && is_anchored(*event, part, (engine, &sleepers), held)
            && !engine.is_barred(*event, &parts[part])
            && !claims.has_elder(*event, part, &may_wake)
        {
            names[part] = names[part].or(Some(*event));
        }
    }
    // Of two the id of the one published first stays, even if it led elsewhere meanwhile.
    let mut asleep = may_wake.iter().filter(|one| one.is_main).peekable();
    for claim in &claims.sorted {
        while let Some(sleeper) = asleep.next_if(|one| claim.may_speak() && one.order < claim.order)
        {
            wake(sleeper, &mut names);
        }
        let taken = names.contains(&Some(claim.event));
        if names[claim.part].is_none() && !taken && claims.may_name(claim) {
            names[claim.part] = Some(claim.event);
        }
    }
    for sleeper in may_wake.iter().filter(|one| one.is_half) {
        wake(sleeper, &mut names);
    }
    let is_known: Vec<bool> = names.iter().map(Option::is_some).collect();
    for (part, slots) in parts
        .iter()
        .enumerate()
        .filter(|(part, _)| !is_known[*part])
    {
        names[part] = Some(engine.open_event_for(slots[0], &names));
    }
    let named = names.into_iter().flatten().zip(is_known).enumerate();
    let names: Vec<Name> = named
        .map(|(part, (event, is_known))| Name {
            event,
            split_from: (!is_known).then(|| claims.main_origin(part)).flatten(),
        })
        .collect();
    let used: BTreeSet<EventId> = names.iter().map(|name| name.event).collect();
    let gone = claims
        .best_part
        .iter()
        .filter(|(event, _)| !used.contains(event));
    let (left, merged): (Vec<_>, Vec<_>) = gone.partition(|(event, _)| claims.is_left(**event));
    let led_on = sleepers
        .into_iter()
        .filter(|one| one.is_main)
        .map(|one| (one.event, names[one.part].event, one.into))
        .filter(|(event, now, into)| !used.contains(event) && now != into)
        .map(|(event, now, _)| (event, now))
        .collect();
    Naming {
        led_on,
        left: left.into_iter().map(|(event, _)| *event).collect(),
        merged: merged
            .into_iter()
            .map(|(event, part)| (*event, names[*part].event))
            .collect(),
        names,
    }
}

/// True if a group may have the id of an event that was merged away, by what it hangs on.
fn is_anchored(
    event: EventId,
    part: usize,
    (engine, sleepers): (&Engine, &[Sleeper]),
    held: &[ItemId],
) -> bool {
    match engine.groups.dormant.known_by(event) {
        Some(_) => sleepers
            .iter()
            .any(|one| one.event == event && one.part == part && one.is_half),
        None => held
            .iter()
            .all(|item| engine.window.slot_of(*item).is_some()),
    }
}

fn wake(sleeper: &Sleeper, names: &mut [Option<EventId>]) {
    if names[sleeper.part].is_none() && !names.contains(&Some(sleeper.event)) {
        names[sleeper.part] = Some(sleeper.event);
    }
}

/// That an event's id may go to a group, with what speaks for it.
#[derive(Clone, Copy, Debug)]
struct Claim {
    event: EventId,
    part: usize,
    /// Rank by first publication; last for what is not published.
    order: i64,
    /// True if a ruling keeps the group from items of the event that have left the window, or if only rulings
    /// that are in force no more had brought it to them.
    is_kept_off: bool,
    /// True if editors moved all that the group has of the event out of it.
    is_moved_out: bool,
    /// True if an editor keeps the event back, and readers are shown something of the group.
    is_barred: bool,
    /// True if editors split off all that the group has of the event.
    is_split_off: bool,
    /// True if they split it off what is kept back: the id is for what was to stay, be that less or more.
    is_let_out: bool,
    is_pinned: bool,
    anchors: usize,
    holds_headline: bool,
    items: usize,
}

impl Claim {
    fn may_speak(&self) -> bool {
        !self.is_kept_off && !self.is_moved_out && !self.is_let_out && !self.is_barred
    }
}

struct Claims {
    /// The strongest first.
    sorted: Vec<Claim>,
    /// The group that speaks most for each event.
    best_part: BTreeMap<EventId, usize>,
    is_published: BTreeSet<EventId>,
}

impl Claims {
    fn gather(engine: &Engine, parts: &[Vec<Slot>]) -> Self {
        // What was only put somewhere when it came speaks for no event that was there before it.
        let is_fresh = |slot: &Slot| engine.window.item(*slot).id > engine.settled_through;
        let is_new = |event: &EventId| {
            let live = engine.groups.events.get(event);
            live.is_none_or(|live| live.gone.is_empty() && live.members.iter().all(is_fresh))
        };
        let mut sorted = Vec::new();
        for (part, slots) in parts.iter().enumerate() {
            let mut items: BTreeMap<EventId, usize> = BTreeMap::new();
            for slot in slots {
                let event = engine.event_at(*slot);
                if let Some(event) = event.filter(|event| !is_fresh(slot) || is_new(event)) {
                    *items.entry(event).or_default() += 1;
                }
            }
            let claims = items
                .into_iter()
                .map(|(event, items)| claim(engine, (part, slots), event, items));
            sorted.extend(claims);
        }
        sorted.sort_by_key(|claim| {
            (
                !claim.may_speak(),
                claim.order,
                Reverse((
                    claim.is_pinned,
                    claim.anchors,
                    !claim.is_split_off,
                    claim.holds_headline,
                    claim.items,
                )),
                claim.event,
                claim.part,
            )
        });
        let mut best_part = BTreeMap::new();
        for claim in &sorted {
            best_part.entry(claim.event).or_insert(claim.part);
        }
        let published = sorted.iter().filter(|claim| claim.order < i64::MAX);
        Self {
            is_published: published.map(|claim| claim.event).collect(),
            sorted,
            best_part,
        }
    }

    /// A published id goes to the part that speaks most for it or is merged; it never falls to a
    /// lesser part.
    fn may_name(&self, claim: &Claim) -> bool {
        claim.may_speak()
            && (!self.is_published.contains(&claim.event)
                || self.best_part[&claim.event] == claim.part)
    }

    /// True if another event's id goes to a group that was published before one that is merged away.
    fn has_elder(&self, event: EventId, part: usize, sleepers: &[Sleeper]) -> bool {
        let own = sleepers.iter().find(|one| one.event == event);
        let order = own.map_or(i64::MAX, |one| one.order);
        let mut asleep = sleepers
            .iter()
            .filter(|one| one.is_main && one.part == part);
        let mut awake = self.sorted.iter().filter(|claim| claim.part == part);
        asleep.any(|one| one.order < order)
            || awake.any(|claim| claim.order < order && self.may_name(claim))
    }

    /// True if a ruling keeps every group from the event's older items.
    fn is_left(&self, event: EventId) -> bool {
        let mut claims = self.sorted.iter().filter(|claim| claim.event == event);
        claims.all(|claim| claim.is_kept_off)
    }

    /// The group for which an event is brought back that an undone merge had ended: it holds most
    /// of what the event held, and what its id hangs on, and the event that had swallowed it goes on in another
    /// group. Where it is not known what the id hangs on, that may have left the window with others of it.
    fn part_to_revive(
        &self,
        engine: &Engine,
        parts: &[Vec<Slot>],
        held: &[ItemId],
    ) -> Option<usize> {
        let held: BTreeSet<Slot> = held
            .iter()
            .filter_map(|item| engine.window.slot_of(*item))
            .collect();
        let count = |part: &Vec<Slot>| part.iter().filter(|slot| held.contains(slot)).count();
        let (at, part) = parts
            .iter()
            .enumerate()
            .max_by_key(|(_, part)| count(part))?;
        let first = part.iter().find(|slot| held.contains(slot))?;
        let swallower = engine.event_at(*first)?;
        let goes_on = parts.iter().enumerate().any(|(other, slots)| {
            let is_its = |slot: &Slot| engine.event_at(*slot) == Some(swallower);
            other != at
                && slots
                    .iter()
                    .any(|slot| is_its(slot) && !held.contains(slot))
        });
        let is_its_own = self.is_published.contains(&swallower) && self.best_part[&swallower] == at;
        (count(part) * 2 > held.len() && goes_on && !is_its_own).then_some(at)
    }

    fn main_origin(&self, part: usize) -> Option<EventId> {
        let claims = self.sorted.iter().filter(|claim| claim.part == part);
        claims
            .max_by_key(|claim| (claim.items, Reverse(claim.event)))
            .map(|claim| claim.event)
    }
}

fn claim(
    engine: &Engine,
    (part, slots): (usize, &Vec<Slot>),
    event: EventId,
    items: usize,
) -> Claim {
    let live = engine.groups.events.get(&event);
    let publication = live.and_then(|live| live.publication.as_ref());
    let holds = |id| {
        let slot = engine.window.slot_of(id);
        slot.is_some_and(|slot| slots.binary_search(&slot).is_ok())
    };
    let is_gone = |id| engine.groups.gone_of.get(&id) == Some(&event);
    let its = slots
        .iter()
        .filter(|slot| engine.event_at(**slot) == Some(event));
    // By itself, or by the report that it repeats.
    let is_among = |named: &BTreeSet<(ItemId, EventId)>, slot: &Slot| {
        let item = engine.window.item(*slot).id;
        named.contains(&(item, event)) || named.contains(&(engine.report_at(*slot), event))
    };
    let constraints = &engine.groups.constraints;
    let gone = live.map_or(&[] as &[ItemId], |live| &live.gone);
    let has_gone = !gone.is_empty();
    let together = &constraints.together;
    let is_let_go = || {
        !engine.is_own_company(slots, (event, gone))
            && !together
                .iter()
                .any(|(a, b)| is_gone(*a) && holds(*b) || is_gone(*b) && holds(*a))
    };
    let mut apart = constraints.apart.iter().filter(|_| has_gone);
    let kept_out = &constraints.kept_out;
    let anchors = publication.map(|publication| publication.counting_anchors(kept_out));
    let headline = publication.and_then(|publication| publication.headline);
    // What was split off before that was kept back may have its id, and has it alone then.
    let stays = || {
        let mut members = live.iter().flat_map(|live| &live.members);
        has_gone || members.any(|slot| !is_among(&constraints.split_off, slot))
    };
    let is_split_off = its
        .clone()
        .all(|slot| is_among(&constraints.split_off, slot));
    Claim {
        event,
        part,
        is_kept_off: apart.any(|(a, b)| is_gone(*a) && holds(*b) || is_gone(*b) && holds(*a))
            || has_gone && is_let_go(),
        is_barred: engine.is_barred(event, slots),
        is_moved_out: its.clone().all(|slot| is_among(&constraints.moved, slot)),
        is_split_off,
        is_let_out: is_split_off && engine.is_kept_back(event) && stays(),
        order: publication.map_or(i64::MAX, |publication| publication.order),
        is_pinned: live.is_some_and(|live| live.is_pinned),
        anchors: anchors.map_or(0, |anchors| {
            anchors.into_iter().filter(|id| holds(*id)).count()
        }),
        holds_headline: headline.is_some_and(|id| holds(id) && !kept_out.contains(&id)),
        items,
    }
}
