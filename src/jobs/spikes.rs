//! What editors keep out, until when, and who lets it in:
//!
//! 1. An item is out if it is spiked, if the event or the storyline in which it stands is, or if it was taken out of such
//!    a one and stays out with it (`items_kept_out`). All else is published; nothing else is asked.
//! 2. What leaves what is spiked stays out with it, item by item, wherever it stands by then, until that spike is taken
//!    back; but not what came since the spike, which no editor has seen in it, and which the machine puts elsewhere now,
//!    unless it repeats what is out. Else it is let in by a ruling alone that is in force, was made since the spike or was
//!    not obeyed when that was made, and names it as taken out. To undo a ruling lets nothing in but what that had put there
//!    since the spike.
//! 3. What readers are shown comes under nothing that is spiked but by an editor's ruling: the clusterer names no
//!    group so (`cluster::KeptBack`), and a merge of what is out with what is not is refused.

use std::collections::BTreeSet;

use crate::decisions::{Attributes, in_force};
use crate::news::{Decision, DecisionId, EventId, ItemId, Ruling, Target};
use crate::store::decisions::{self, Named};
use crate::store::{Connection, Result, Transaction, events, items, kept_out};

/// Items about to be moved, each with where it stands and what keeps it out there.
#[derive(Debug, Default)]
pub(super) struct Before {
    out: Vec<(ItemId, EventId, Vec<Target>)>,
    /// Events which may hold others afterwards.
    events: BTreeSet<EventId>,
}

impl Before {
    /// To be asked before what these events hold, or the storylines in which they stand, are changed.
    pub(super) fn of(tx: &Transaction<'_>, events: BTreeSet<EventId>) -> Result<Self> {
        let mut before = Self::default();
        if !kept_out::is_any(tx)? {
            return Ok(before);
        }
        for event in &events {
            let keepers = kept_out::load_keepers(tx, *event)?;
            if !keepers.is_empty() {
                let items = events::load_items(tx, *event)?.into_iter();
                before
                    .out
                    .extend(items.map(|item| (item, *event, keepers.clone())));
            }
        }
        before.events = events;
        Ok(before)
    }

    /// Keeps out what has been taken out of what is spiked, and counts what is back in it as that.
    pub(super) fn keep_out(&self, tx: &Transaction<'_>) -> Result<()> {
        let mut places = self.events.clone();
        for (item, from, keepers) in &self.out {
            let Some(event) = events::event_of_item(tx, *item)? else {
                continue;
            };
            places.insert(event);
            let now = kept_out::load_keepers(tx, event)?;
            for keeper in keepers.iter().filter(|one| !now.contains(one)) {
                let places = (*from, event);
                if !is_let_in(tx, *item, *keeper, places)? && !came_since(tx, *item, *keeper)? {
                    kept_out::keep_out(tx, *item, *keeper)?;
                }
            }
        }
        for event in places {
            for item in kept_out::take_back(tx, event)? {
                mark_item(tx, item)?;
            }
        }
        Ok(())
    }
}

/// An item that stands elsewhere is out with an event, as long as that is.
pub(super) fn keep_out_with(tx: &Transaction<'_>, item: ItemId, event: EventId) -> Result<()> {
    for keeper in kept_out::load_keepers(tx, event)? {
        kept_out::keep_out(tx, item, keeper)?;
    }
    Ok(())
}

/// A ruling was undone: what it alone had let in is out again, wherever it stands until that is obeyed.
pub(super) fn shut_out(tx: &Transaction<'_>, undone: &Decision) -> Result<()> {
    let mut left: Vec<(ItemId, EventId)> = Vec::new();
    match &undone.ruling {
        Ruling::SplitEvent {
            event, split_items, ..
        } => left.extend(split_items.iter().map(|item| (*item, *event))),
        Ruling::MoveItem { item, from, .. } => left.push((*item, *from)),
        Ruling::NotSameEvent { a, b } => {
            for (item, other) in [(a, b), (b, a)] {
                let stays = events::event_of_item(tx, *other)?;
                left.extend(stays.map(|event| (*item, event)));
            }
        }
        Ruling::SplitStoryline {
            kept_events,
            split_events,
            ..
        } => {
            for event in split_events {
                let items = events::load_items(tx, *event)?.into_iter();
                let stays = kept_events.first().copied();
                left.extend(items.zip(stays.into_iter().cycle()));
            }
        }
        _ => {}
    }
    for (item, stays) in left {
        for keeper in kept_out::load_keepers(tx, stays)? {
            if find_spike(tx, keeper)? < Some(undone.id) {
                shut_out_with(tx, item, (keeper, stays))?;
            }
        }
    }
    Ok(())
}

/// An item and its copies beside it are out again with what they were let in of.
fn shut_out_with(
    tx: &Transaction<'_>,
    item: ItemId,
    (keeper, left): (Target, EventId),
) -> Result<()> {
    let Some(event) = events::event_of_item(tx, item)? else {
        return Ok(());
    };
    if kept_out::load_keepers(tx, event)?.contains(&keeper) {
        return Ok(());
    }
    let members = events::load_members(tx, event)?.into_iter();
    let goes = |(one, original): &(ItemId, Option<ItemId>)| *one == item || *original == Some(item);
    for (one, _) in members.filter(goes) {
        if !is_let_in(tx, one, keeper, (left, event))? {
            kept_out::keep_out(tx, one, keeper)?;
        }
    }
    Ok(())
}

/// True if an item that leaves what is spiked is let in by an editor's word.
fn is_let_in(
    tx: &Transaction<'_>,
    item: ItemId,
    keeper: Target,
    (from, into): (EventId, EventId),
) -> Result<bool> {
    let leaving = Leaving {
        tx,
        item,
        original: events::original_of(tx, item)?,
        keeper,
        from,
    };
    let spike = find_spike(tx, keeper)?;
    let mut about = decisions::load_about_event(tx, into)?;
    about.extend(decisions::load_about_event(tx, from)?);
    for one in &about {
        let is_since = Some(one.id) > spike;
        let is_meant = match one.undone_at {
            None => leaving.is_taken_out(one)? && (is_since || !is_obeyed(tx, one)?),
            // What came in by it alone goes back out as it was.
            Some(_) => is_since && leaving.was_put_in(&one.ruling) && !is_obeyed(tx, one)?,
        };
        if is_meant {
            return Ok(true);
        }
    }
    Ok(false)
}

/// True if an item came after a thing had been spiked, the machine alone put it there, and it repeats nothing older.
fn came_since(tx: &Transaction<'_>, item: ItemId, keeper: Target) -> Result<bool> {
    let spike = find_spike(tx, keeper)?;
    let spike = spike
        .map(|id| decisions::load_decision(tx, id))
        .transpose()?;
    let Some(spike) = spike.flatten() else {
        return Ok(false);
    };
    for one in events::original_of(tx, item)?.into_iter().chain([item]) {
        let came_at = items::fetched_at(tx, one)?;
        if came_at.is_none_or(|at| at <= spike.decided_at) {
            return Ok(false);
        }
    }
    let named = Named {
        items: vec![item],
        ..Named::default()
    };
    let about = decisions::load_about(tx, &named)?;
    Ok(in_force(&about).next().is_none())
}

/// An item that leaves what is spiked.
struct Leaving<'a> {
    tx: &'a Transaction<'a>,
    item: ItemId,
    /// The original that it repeats.
    original: Option<ItemId>,
    keeper: Target,
    /// The event in which it stood.
    from: EventId,
}

impl Leaving<'_> {
    /// True if a ruling that names this item names the one that leaves: as itself, or as what it repeats.
    fn is_it(&self, named: ItemId) -> bool {
        named == self.item || Some(named) == self.original
    }

    /// True of a ruling that takes it out.
    fn is_taken_out(&self, decision: &Decision) -> Result<bool> {
        let is_it = |named: &ItemId| self.is_it(*named);
        Ok(match (&decision.ruling, self.keeper) {
            (
                Ruling::SplitEvent {
                    event, split_items, ..
                },
                Target::Event(spiked),
            ) => *event == spiked && split_items.iter().any(is_it),
            (Ruling::NotSameEvent { a, b }, Target::Event(spiked)) => {
                let stays = match (is_it(a), is_it(b)) {
                    (true, _) => *b,
                    (_, true) => *a,
                    _ => return Ok(false),
                };
                events::event_of_item(self.tx, stays)? == Some(spiked)
            }
            (
                Ruling::MoveItem {
                    item, from: left, ..
                },
                Target::Event(spiked),
            ) => *left == spiked && is_it(item),
            // What leaves later, with the event that it was moved to, does not leave by the move.
            (Ruling::MoveItem { item, .. }, Target::Storyline(_)) => {
                is_it(item) && !is_obeyed(self.tx, decision)?
            }
            (
                Ruling::SplitStoryline {
                    storyline,
                    split_events,
                    ..
                },
                Target::Storyline(spiked),
            ) => *storyline == spiked && split_events.contains(&self.from),
            _ => false,
        })
    }

    /// True of a ruling that put it there.
    fn was_put_in(&self, ruling: &Ruling) -> bool {
        let is_it = |named: &ItemId| self.is_it(*named);
        match (ruling, self.keeper) {
            (
                Ruling::MergeEvents {
                    kept,
                    kept_items,
                    merged,
                    merged_items,
                },
                Target::Event(spiked),
            ) => {
                *kept == spiked && merged_items.iter().any(is_it)
                    || *merged == spiked && kept_items.iter().any(is_it)
            }
            (Ruling::MoveItem { item, to, .. }, Target::Event(spiked)) => {
                *to == spiked && is_it(item)
            }
            (Ruling::MoveItem { item, .. }, Target::Storyline(_)) => is_it(item),
            (
                Ruling::MergeStorylines {
                    kept,
                    kept_events,
                    merged,
                    merged_events,
                },
                Target::Storyline(spiked),
            ) => {
                *kept == spiked && merged_events.contains(&self.from)
                    || *merged == spiked && kept_events.contains(&self.from)
            }
            _ => false,
        }
    }
}

fn is_obeyed(conn: &Connection, decision: &Decision) -> Result<bool> {
    decisions::are_these_obeyed(conn, std::iter::once(decision))
}

/// The decision in force by which something is spiked; `None` if it is not.
pub(super) fn find_spike(conn: &Connection, target: Target) -> Result<Option<DecisionId>> {
    let about = decisions::load_about(conn, &Named::by(&Ruling::Spike { target }))?;
    Ok(Attributes::of(&about).spike_of(target))
}

/// Brings the marks in line with the decisions in force on one thing. What was taken out of it is let in with it.
pub(super) fn mark(tx: &Transaction<'_>, target: Target) -> Result<()> {
    if let Target::Item(item) = target {
        return mark_item(tx, item);
    }
    let is_spiked = find_spike(tx, target)?.is_some();
    decisions::set_spiked(tx, target, is_spiked)?;
    if !is_spiked {
        for item in kept_out::let_in(tx, target)? {
            mark_item(tx, item)?;
        }
    }
    Ok(())
}

/// An item is kept out by a decision on it, or with what it was taken out of.
fn mark_item(tx: &Transaction<'_>, item: ItemId) -> Result<()> {
    let target = Target::Item(item);
    let is_spiked = find_spike(tx, target)?.is_some() || kept_out::is_kept_out(tx, item)?;
    decisions::set_spiked(tx, target, is_spiked)
}

/// True if an event or a storyline holds something that no editor keeps out.
pub(super) fn is_open(conn: &Connection, target: Target) -> Result<bool> {
    match target {
        Target::Item(_) => Ok(true),
        Target::Event(event) => kept_out::is_open(conn, event),
        Target::Storyline(line) => kept_out::is_line_open(conn, line),
    }
}

/// By what a thing is kept out, be it with its storyline, as a decision; `None` if it is not.
pub(super) fn find_keeper(conn: &Connection, target: Target) -> Result<Option<DecisionId>> {
    let keepers = match target {
        Target::Event(event) => kept_out::load_keepers(conn, event)?,
        other => vec![other],
    };
    for keeper in keepers {
        if let Some(spike) = find_spike(conn, keeper)? {
            return Ok(Some(spike));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::utc_from_secs;
    use crate::store::Store;

    #[test]
    fn what_came_after_a_spike_is_shown_once_the_machine_puts_it_elsewhere_but_not_what_it_repeats()
    {
        // Of each item: when it came, what it repeats. The spike is of second 10, and a ruling names item 5.
        let items = [
            (1, 5, None),
            (2, 10, None),
            (3, 20, None),
            (4, 20, Some(1)),
            (5, 20, None),
            (6, 20, Some(3)),
        ];
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::open(directory.path()).expect("a database");
        let written = store.write_blocking(move |tx| {
            tx.execute_batch(
                "INSERT INTO outlets (id, name) VALUES (1, 'The Paper');
                 INSERT INTO events (id) VALUES (1), (2), (3);",
            )?;
            for (item, came_at, original) in items {
                let sql = "INSERT INTO items (id, feed_id, outlet_id, fetched_at, item_time, time_is_claimed,
                        language, role, title, content, seen_at, digest)
                     VALUES (?1, 1, 1, ?2, 1, 1, 'en', 'news', '', x'', 0, x'')";
                tx.execute(sql, (item, came_at))?;
                let sql = "INSERT INTO event_items (item_id, event_id, reprint_of) VALUES (?1, 1, ?2)";
                tx.execute(sql, (item, original))?;
            }
            let target = Target::Event(EventId(1));
            let lock = Ruling::Lock { event: EventId(1), items: vec![ItemId(5)] };
            for ruling in [Ruling::Spike { target }, lock] {
                decisions::save_decision(tx, &ruling, "anna", "", utc_from_secs(10))?;
            }
            mark(tx, target)?;
            let before = Before::of(tx, [1, 2].map(EventId).into())?;
            tx.execute_batch("UPDATE event_items SET event_id = 2")?;
            before.keep_out(tx)
        });
        written.expect("it is written");
        let out = store.read(kept_out::load_items).expect("it is read");
        assert_eq!(out, [1, 2, 4, 5].map(ItemId).into());
    }
}
