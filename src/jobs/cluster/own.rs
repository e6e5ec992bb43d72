//! The machine's own events where rulings have others. Storylines are linked from these, and the ruled
//! ones are shown by where their items are at home: so with every ruling undone the storylines are
//! those that the machine alone would have made.

use std::collections::{BTreeMap, BTreeSet};

use super::old::Step;
use super::{Clusterer, sketches};
use crate::cluster::{Engine, EventSketch, OwnEvents, Settlement};
use crate::news::{EventId, ItemId, StorylineId, UtcTime, utc_from_secs};
use crate::store::own_events::{self, OwnEvent};
use crate::store::{Connection, Result, Store, Transaction, describing, events, standing};
use crate::timeline::{Linking, Storylines};

/// What is to be kept of own events.
#[derive(Debug, Default)]
pub(super) struct OwnChanges {
    /// What linking compares of events that are the machine's own.
    sketches: Vec<(EventId, Vec<u8>)>,
    /// The machine would have other items in these.
    kept: Vec<OwnEvent>,
    /// The machine would have what rulings have.
    same: Vec<EventId>,
    /// Storylines that the machine made one.
    merged: Vec<(StorylineId, StorylineId)>,
}

impl OwnChanges {
    pub(super) fn write(&self, tx: &Transaction<'_>) -> Result<()> {
        for (event, sketch) in &self.sketches {
            describing::save_sketch(tx, *event, Some(sketch))?;
        }
        for (gone, into) in &self.merged {
            own_events::move_own_events(tx, *gone, *into)?;
        }
        for event in &self.kept {
            own_events::save_own_event(tx, event)?;
        }
        for event in &self.same {
            own_events::forget_own_event(tx, *event)?;
        }
        Ok(())
    }
}

/// Where rulings have other events than the machine alone.
#[derive(Clone, Debug, Default)]
pub(super) struct Own {
    /// The events of which the machine's own are stored.
    stored: BTreeSet<EventId>,
    /// Events that were changed beside the engine since the last step.
    touched: BTreeSet<EventId>,
}

impl Own {
    pub(super) fn of(stored: impl IntoIterator<Item = EventId>) -> Self {
        Self {
            stored: stored.into_iter().collect(),
            touched: BTreeSet::new(),
        }
    }

    /// Events are changed beside the engine.
    pub(super) fn touch(&mut self, events: impl IntoIterator<Item = EventId>) {
        self.touched.extend(events);
    }

    /// True if a step has to look at what was changed.
    pub(super) fn is_touched(&self) -> bool {
        !self.touched.is_empty()
    }
}

/// What linking is told of.
pub(super) fn sketches_of(engine: &Engine, own: &OwnEvents) -> Vec<EventSketch> {
    let changed = own.changed.iter();
    changed
        .filter_map(|event| engine.own_sketch(*event))
        .collect()
}

/// Where the events that rulings make are at home, as far as a step may have changed that: in the storyline that
/// the machine links most of their items to. Into one that is spiked none of them comes from another; new ones that hold
/// what readers are shown, and would come into no other, are returned beside them.
pub(super) fn homes_of(
    conn: &Connection,
    (engine, storylines): (&Engine, &Storylines),
    (settlement, own): (&Settlement, &Own),
    linking: &Linking,
) -> Result<(Linking, Vec<EventId>)> {
    let mut ruled: BTreeSet<EventId> = own.touched.clone();
    ruled.extend(settlement.changed.iter().map(|change| change.event));
    let regrouped = settlement.own.iter().flat_map(|own| &own.changed);
    let linked_to: BTreeMap<EventId, StorylineId> = linking.linked.iter().copied().collect();
    for machine in linked_to.keys().chain(regrouped) {
        for item in engine.own_items_of(*machine) {
            ruled.extend(standing_in(conn, engine, item)?);
        }
    }
    // What came late may be linked to a storyline that takes no more after it.
    let open_line = |machine| {
        let line = storylines.storyline_of(machine);
        line.or_else(|| linked_to.get(&machine).copied())
    };
    // What stands nowhere yet has to stand somewhere, be it in a storyline that takes no more by itself.
    let closed_line = |machine| {
        let stands = standing::load_standing_event(conn, machine)?;
        Ok(stands.map(|one| linking.follow(one.home)))
    };
    let gone: BTreeSet<EventId> = settlement.merged.iter().map(|one| one.0).collect();
    let (mut linked, mut homeless) = (Vec::new(), Vec::new());
    for event in ruled.difference(&gone) {
        let stands = standing::load_standing_event(conn, *event)?;
        let before = stands.as_ref().map(|one| linking.follow(one.home));
        let line_of = |machine| match open_line(machine) {
            None if stands.is_none() => closed_line(machine),
            line => Ok(line),
        };
        let not_hidden = |machine| {
            let line: Option<StorylineId> = line_of(machine)?;
            Ok(line.filter(|line| !storylines.would_hide(*line, *event)))
        };
        let Some(home) = home_of(conn, engine, (*event, before), not_hidden)? else {
            if stands.is_none() && home_of(conn, engine, (*event, before), line_of)?.is_some() {
                homeless.push(*event);
            }
            continue;
        };
        let is_there = stands.is_some_and(|one| !one.is_merged && one.home == home);
        let is_lost = before.is_some_and(|before| !storylines.is_spiked(before))
            && storylines.is_spiked(home);
        if !is_there && !is_lost {
            linked.push((*event, home));
        }
    }
    let homes = Linking {
        linked,
        merged: linking.merged.clone(),
    };
    Ok((homes, homeless))
}

fn standing_in(conn: &Connection, engine: &Engine, item: ItemId) -> Result<Option<EventId>> {
    match engine.event_of(item).or_else(|| engine.old_event_of(item)) {
        Some(event) => Ok(Some(event)),
        None => events::event_of_item(conn, item),
    }
}

/// Where an event is at home that was at home somewhere before, or nowhere: items that the window knows no
/// more speak for where it was. `None` if no line is known of what the machine has of it: it stays where it is.
fn home_of(
    conn: &Connection,
    engine: &Engine,
    (event, before): (EventId, Option<StorylineId>),
    line_of: impl Fn(EventId) -> Result<Option<StorylineId>>,
) -> Result<Option<StorylineId>> {
    let mut items = engine.items_of(event);
    let old = events::load_items(conn, event)?.into_iter();
    items.extend(old.filter(|item| engine.event_of(*item).is_none()));
    let mut counts: BTreeMap<StorylineId, usize> = BTreeMap::new();
    for item in items {
        let line = match engine.own_event_of(item) {
            Some(machine) => line_of(machine)?,
            None => before,
        };
        if let Some(line) = line {
            *counts.entry(line).or_default() += 1;
        }
    }
    // Of two it stays where it was.
    let was_there = |line| Some(line) == before;
    let most = counts.into_iter().max_by_key(|(line, count)| {
        let (line, count) = (*line, *count);
        (count, was_there(line), std::cmp::Reverse(line))
    });
    Ok(most.map(|(line, _)| line))
}

impl Clusterer {
    /// Forgets own events to which nothing is linked any more, and of which nothing is in the window.
    pub(super) fn trim_own(&mut self, store: &Store, before: UtcTime) -> Result<()> {
        let mut old = store.read(|conn| own_events::load_own_items(conn, Some(before)))?;
        let is_seen = |item: &ItemId| self.engine.own_event_of(*item).is_some();
        old.retain(|(event, items)| self.has_left(*event) && !items.iter().any(is_seen));
        for (event, _) in &old {
            self.own.stored.remove(event);
        }
        store.write_blocking(move |tx| {
            let mut events = old.iter();
            events.try_for_each(|(event, _)| own_events::forget_own_event(tx, *event))
        })
    }

    /// Of events that are merged while rulings are in force, what has left the window with all that the machine
    /// alone had it with: its row alone says where it came from.
    pub(super) fn left_behind(
        &self,
        conn: &Connection,
        settlement: &Settlement,
    ) -> Result<Vec<(ItemId, EventId)>> {
        let mut left = Vec::new();
        let ruled = settlement.own.iter().flat_map(|_| &settlement.merged);
        for (gone, _) in ruled {
            let mut items = events::load_items(conn, *gone)?;
            items.retain(|item| {
                self.engine.event_of(*item).is_none() && self.engine.own_event_of(*item).is_none()
            });
            left.extend(items.into_iter().map(|item| (item, *gone)));
        }
        Ok(left)
    }

    /// What is to be kept after a linking.
    pub(super) fn own_changes(
        &mut self,
        conn: &Connection,
        settlement: &Settlement,
        linking: &Linking,
    ) -> Result<OwnChanges> {
        let mut touched = std::mem::take(&mut self.own.touched);
        touched.extend(settlement.changed.iter().map(|change| change.event));
        touched.extend(settlement.merged.iter().map(|one| one.0));
        if let Some(own) = &settlement.own {
            touched.extend(&own.changed);
            touched.extend(own.merged.iter().map(|one| one.0));
        }
        let linked = linking.linked.iter().map(|one| one.0);
        touched.extend(linked.filter(|event| self.own.stored.contains(event)));
        let mut changes = OwnChanges {
            merged: linking.merged.clone(),
            ..OwnChanges::default()
        };
        for event in touched {
            self.keep(conn, settlement, event, &mut changes)?;
        }
        Ok(changes)
    }

    /// Says of an event whether the machine's own is kept beside it. One that has left the window keeps
    /// what it has: its own row, or the event's.
    fn keep(
        &mut self,
        conn: &Connection,
        settlement: &Settlement,
        event: EventId,
        changes: &mut OwnChanges,
    ) -> Result<()> {
        let sketch = self.storylines.sketch_of(event);
        let has_left = self.has_left(event);
        let is_same = match has_left {
            true => sketch.is_none(),
            false => self.engine.is_own(event),
        };
        if is_same {
            let sketch = sketch.map(|sketch| (event, sketches::encode(sketch)));
            changes.sketches.extend(sketch);
            if self.own.stored.remove(&event) {
                changes.same.push(event);
            }
            return Ok(());
        }
        if has_left && (self.own.stored.contains(&event) || !is_gone(conn, settlement, event)?) {
            return Ok(());
        }
        changes.kept.push(self.own_event(event));
        self.own.stored.insert(event);
        Ok(())
    }

    /// What the machine alone has of the two events of a step, as far as the step may take it out of
    /// their rows. To be written with the step: should nothing be written after it, what the machine
    /// alone would have is still known.
    pub(super) fn own_before(&mut self, step: &Step) -> OwnChanges {
        let mut changes = OwnChanges::default();
        for event in [step.from, step.into] {
            let is_leaving = step.is_whole && event == step.from;
            if (is_leaving || !self.has_left(event)) && self.own.stored.insert(event) {
                changes.kept.push(self.own_event(event));
            }
        }
        changes
    }

    /// True if neither the machine alone nor rulings have anything live in an event.
    fn has_left(&self, event: EventId) -> bool {
        !self.engine.is_live_event(event) && self.engine.own_items_of(event).is_empty()
    }

    fn own_event(&self, event: EventId) -> OwnEvent {
        let sketch = self.storylines.sketch_of(event);
        let shown = self.engine.sketch(event);
        let latest = sketch.or(shown.as_ref()).map(|sketch| sketch.last_secs);
        OwnEvent {
            id: event,
            items: self.engine.own_items_of(event),
            storyline: self.storylines.storyline_of(event),
            sketch: sketch.map(sketches::encode),
            last_report_at: utc_from_secs(latest.unwrap_or_default()),
        }
    }
}

/// True of an event that rulings merged away, so that its row does not keep what linking compares.
fn is_gone(conn: &Connection, settlement: &Settlement, event: EventId) -> Result<bool> {
    Ok(settlement.merged.iter().any(|one| one.0 == event)
        || standing::load_successor(conn, event)?.is_some()
        || events::load_stored(conn, event)?.is_none())
}
