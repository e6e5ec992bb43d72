//! The engine's state from what the store holds: it equals the state before.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::arriving::{ArrivingItem, Reading, read_item};
use super::dormant::DormantEvent;
use super::engine::{Engine, Publication, Settings};
use super::grouping::LiveEvent;
use super::kept_back::KeptBack;
use super::pairs::steps_of;
use super::settle::Cursor;
use super::tables::{SavedTables, Tables};
use super::weights::Weights;
use super::window::{LiveItem, Slot, Slots};
use crate::decisions::Constraints;
use crate::news::{EventId, ItemId, Role, ScoredPair};

/// Items that are not worth a thread of their own.
const LEAST_PART: usize = 128;

/// What the store holds of a window, beside its items and their pairs.
#[derive(Clone, Debug, Default)]
pub struct Restored {
    /// The tables as last saved.
    pub tables: SavedTables,
    /// As stored with the last settling.
    pub cursor: Cursor,
    /// Reprints with their originals.
    pub reprints: Vec<(ItemId, ItemId)>,
    /// The events of those items.
    pub events: Vec<RestoredEvent>,
    /// Published events that were merged away and have anchors among those items.
    pub dormant: Vec<DormantEvent>,
    /// The oldest item that was live; `None` if none was.
    pub oldest_live: Option<ItemId>,
    /// The latest time that any item told ([`Latest::told_secs`]): the one that told it may have left the window.
    pub latest_secs: Option<i64>,
    /// The rulings of the last settling.
    pub constraints: Constraints,
    /// What editors keep back.
    pub kept_back: KeptBack,
    /// Where the machine alone would have other items than rulings have: what it would have, which is
    /// nothing where only rulings have the event.
    pub own: Vec<RestoredEvent>,
}

/// An event as stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestoredEvent {
    /// Its id.
    pub id: EventId,
    /// All of its items that tell it, also those that have left the window.
    pub items: Vec<ItemId>,
    /// Present once it was published.
    pub publication: Option<Publication>,
}

impl Engine {
    /// The oldest live item: to be stored with each settling, so that a restored window begins
    /// where this one does.
    pub fn oldest_live(&self) -> Option<ItemId> {
        self.window.oldest().map(|item| item.id)
    }

    /// Begins to rebuild the live state. Events are settled as they were stored; items after the
    /// cursor are taken as arrived but not settled.
    pub fn restore(settings: Settings, weights: Weights, restored: Restored) -> Restoring {
        let mut engine = Self::new(settings, weights, restored.cursor.next_event);
        engine.tables = Tables::restore(&restored.tables);
        engine.settled_through = restored.cursor.settled_through;
        engine.groups.constraints = restored.constraints;
        engine.kept_back = restored.kept_back;
        if let Some(secs) = restored.latest_secs {
            engine.latest.tell(secs);
        }
        Restoring {
            engine,
            counted_through: restored.tables.through,
            oldest_live: restored.oldest_live,
            originals: restored.reprints.into_iter().collect(),
            telling: telling(&restored.events, &restored.own),
            events: restored.events,
            dormant: restored.dormant,
            own: restored.own,
        }
    }

    fn restore_event(&mut self, event: RestoredEvent) {
        let live = event
            .items
            .iter()
            .filter_map(|item| self.window.slot_of(*item));
        let mut members: Slots = live.collect();
        members.sort_unstable();
        if members.is_empty() {
            return;
        }
        for slot in &members {
            self.groups.move_to(*slot, event.id);
            if self.window.item(*slot).id > self.settled_through {
                self.groups.unsettled.insert(*slot);
            }
        }
        let mut locked = self.groups.constraints.locked.iter().flatten();
        let is_locked = locked.any(|item| event.items.contains(item));
        let is_live = |item: &ItemId| self.window.slot_of(*item).is_some();
        let gone: Vec<ItemId> = event
            .items
            .into_iter()
            .filter(|item| !is_live(item))
            .collect();
        let around = gone.iter().map(|item| (*item, event.id));
        self.groups.gone_of.extend(around);
        *self.groups.wake(event.id) = LiveEvent {
            is_pinned: !gone.is_empty(),
            is_locked,
            members,
            publication: event.publication.map(Box::new),
            gone,
        };
    }

    /// The machine alone has other items in these events; none where it has no such event.
    fn restore_own(&mut self, own: Vec<RestoredEvent>) {
        if own.is_empty() {
            return;
        }
        self.keep_own();
        self.with_own(|engine| {
            let mut shown: Vec<(Slot, EventId)> = Vec::new();
            for event in &own {
                let live = engine.groups.events.get(&event.id).into_iter();
                let members = live.flat_map(|live| &live.members);
                shown.extend(members.map(|slot| (*slot, event.id)));
                engine.groups.close_event(event.id);
            }
            for event in own {
                for item in &event.items {
                    let slot = engine.window.slot_of(*item);
                    if let Some((slot, id)) = slot.and_then(|at| Some((at, engine.event_at(at)?))) {
                        engine.groups.leave(slot, id);
                    }
                }
                engine.restore_event(event);
            }
            // What is kept says of every item where it goes; if not, it stays where it is shown.
            for (slot, event) in shown {
                engine.stay_in(slot, event);
            }
        });
    }

    /// Puts an item into the event in which it is shown, unless an event holds it.
    fn stay_in(&mut self, slot: Slot, shown: EventId) {
        let place = self.groups.place(slot);
        let held = place.and_then(|event| self.groups.events.get(&event));
        if held.is_some_and(|event| event.members.contains(&slot)) {
            return;
        }
        self.groups.move_to(slot, shown);
        let members = &mut self.groups.wake(shown).members;
        members.push(slot);
        members.sort_unstable();
    }
}

/// An engine that is being rebuilt: it is handed its items lot by lot, so that no more of them than
/// a lot is in memory with all its words.
#[derive(Debug)]
pub struct Restoring {
    engine: Engine,
    counted_through: ItemId,
    oldest_live: Option<ItemId>,
    originals: FxHashMap<ItemId, ItemId>,
    /// What told an event when it came, whatever its role is by now.
    telling: FxHashSet<ItemId>,
    events: Vec<RestoredEvent>,
    dormant: Vec<DormantEvent>,
    own: Vec<RestoredEvent>,
}

impl Restoring {
    /// Takes the next items with the frozen pairs of which they are the later, those in any order.
    /// In all, by id: every item of the window (see [`Engine::oldest_live`]), every item after
    /// [`SavedTables::through`] even if it has left the window, and none that has not yet arrived.
    pub fn take(&mut self, items: &[ArrivingItem], pairs: Vec<ScoredPair>) {
        let mut pairs = pairs_by_later(pairs);
        for (item, reading) in items.iter().zip(read_all(items)) {
            if item.role != Role::Advisory {
                let pairs = pairs.remove(&item.id).unwrap_or_default();
                self.file(item, reading, &pairs);
            }
        }
    }

    fn file(&mut self, item: &ArrivingItem, reading: Reading, pairs: &[ScoredPair]) {
        let engine = &mut self.engine;
        let language = engine.tables.language(&item.language);
        if item.id > self.counted_through {
            engine.tables.count(item.id, language, &reading);
        }
        if self.oldest_live.is_none_or(|oldest| item.id < oldest) {
            return;
        }
        let mut live = LiveItem::new(item, language, reading);
        live.tells_an_event = self.telling.contains(&item.id);
        live.weigh(&engine.tables);
        engine.latest.tell(live.time_secs);
        let original = self.originals.get(&item.id);
        let original = original.and_then(|original| engine.window.slot_of(*original));
        let live_pair = |pair: &ScoredPair| {
            let slot = engine.window.slot_of(pair.earlier)?;
            Some((slot, steps_of(pair.score)))
        };
        let pairs = pairs.iter().filter_map(live_pair).collect();
        engine.file(live, original, pairs);
    }

    /// The engine, after the last item.
    pub fn finish(mut self) -> Engine {
        for event in self.events {
            self.engine.restore_event(event);
        }
        for event in self.dormant {
            self.engine.groups.dormant.add(event, &self.engine.window);
        }
        // From the first arrival on: a lock already puts it elsewhere than the machine alone would.
        let constraints = self.engine.groups.constraints.clone();
        self.engine.keep_own_if_ruled(&constraints);
        self.engine.restore_own(self.own);
        self.engine
    }
}

fn telling(events: &[RestoredEvent], own: &[RestoredEvent]) -> FxHashSet<ItemId> {
    let events = events.iter().chain(own);
    events.flat_map(|event| &event.items).copied().collect()
}

/// Reads the items on all cores: reading one looks at no other.
fn read_all(items: &[ArrivingItem]) -> Vec<Reading> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let part = items.len().div_ceil(cores).max(LEAST_PART);
    let read = |part: &[ArrivingItem]| part.iter().map(read_item).collect::<Vec<_>>();
    let Some((first, others)) = items.split_at_checked(part) else {
        return read(items);
    };
    std::thread::scope(|scope| {
        let others = others.chunks(part);
        let others: Vec<_> = others.map(|part| scope.spawn(move || read(part))).collect();
        let mut readings = read(first);
        for other in others {
            readings.extend(other.join().expect("reading words does not fail"));
        }
        readings
    })
}

/// In the order in which they were frozen: the highest score first.
fn pairs_by_later(pairs: Vec<ScoredPair>) -> BTreeMap<ItemId, Vec<ScoredPair>> {
    let mut by_later: BTreeMap<ItemId, Vec<ScoredPair>> = BTreeMap::new();
    for pair in pairs {
        by_later.entry(pair.later).or_default().push(pair);
    }
    for pairs in by_later.values_mut() {
        pairs.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.earlier.cmp(&b.earlier)));
    }
    by_later
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::{OutletId, utc_from_secs};

    fn arriving(id: i64) -> ArrivingItem {
        ArrivingItem {
            id: ItemId(id),
            outlet: OutletId(id),
            outlet_is_wire: false,
            language: "en".into(),
            item_time: utc_from_secs(1_750_000_000 + id),
            time_is_claimed: true,
            title: format!("Harbour closes after storm number {id}"),
            summary: String::new(),
            text: String::new(),
            role: Role::News,
            agency: None,
            dateline: None,
            series_key: None,
        }
    }

    fn event(id: i64, items: &[i64]) -> RestoredEvent {
        RestoredEvent {
            id: EventId(id),
            items: items.iter().copied().map(ItemId).collect(),
            publication: None,
        }
    }

    /// An engine of three items in one event, of which own events say what they say.
    fn restored(own: Vec<RestoredEvent>) -> Engine {
        restored_beside(Vec::new(), own)
    }

    fn restored_beside(dormant: Vec<DormantEvent>, own: Vec<RestoredEvent>) -> Engine {
        let state = Restored {
            events: vec![event(1, &[1, 2, 3])],
            dormant,
            own,
            oldest_live: Some(ItemId(1)),
            cursor: Cursor {
                settled_through: ItemId(3),
                next_event: EventId(9),
            },
            ..Restored::default()
        };
        let mut restoring = Engine::restore(Settings::default(), Weights::embedded(), state);
        restoring.take(&[arriving(1), arriving(2), arriving(3)], Vec::new());
        restoring.finish()
    }

    /// Else what is old would stay in the window that it leaves at once without a restart.
    #[test]
    fn the_latest_time_outlives_the_item_that_told_it() {
        let live = arriving(1).item_time.timestamp();
        for (latest_secs, expected) in [(Some(live + 9), live + 9), (None, live)] {
            let state = Restored {
                latest_secs,
                oldest_live: Some(ItemId(1)),
                ..Restored::default()
            };
            let mut restoring = Engine::restore(Settings::default(), Weights::embedded(), state);
            restoring.take(&[arriving(1)], Vec::new());
            assert_eq!(restoring.finish().latest().told_secs(), Some(expected));
        }
    }

    #[test]
    fn an_item_of_which_no_own_event_says_anything_stays_where_it_is_shown() {
        let engine = restored(vec![event(1, &[1, 2])]);
        let all: Vec<ItemId> = (1..=3).map(ItemId).collect();
        assert_eq!(engine.own_items_of(EventId(1)), all);
    }

    /// Its outlet may have retitled it since.
    #[test]
    fn what_told_an_event_when_it_came_tells_it_whatever_its_role_is_by_now() {
        let state = Restored {
            events: vec![event(1, &[1])],
            oldest_live: Some(ItemId(1)),
            cursor: Cursor {
                settled_through: ItemId(2),
                next_event: EventId(2),
            },
            ..Restored::default()
        };
        let mut restoring = Engine::restore(Settings::default(), Weights::embedded(), state);
        let live = ArrivingItem {
            role: Role::Live,
            ..arriving(1)
        };
        restoring.take(&[live, arriving(2)], Vec::new());
        let engine = restoring.finish();
        let tells = [0, 1].map(|slot| engine.window.item(slot).tells_an_event);
        assert_eq!(tells, [true, false]);
    }

    #[test]
    fn an_item_stands_in_one_own_event() {
        let engine = restored(vec![event(2, &[3])]);
        assert_eq!(engine.own_items_of(EventId(1)), [ItemId(1), ItemId(2)]);
        assert_eq!(engine.own_items_of(EventId(2)), [ItemId(3)]);
        assert_eq!(engine.event_of(ItemId(3)), Some(EventId(1)));
    }

    /// Else its id would go to another group, and its items be in none.
    #[test]
    fn what_rulings_merged_away_does_not_sleep_where_the_machine_alone_has_it() {
        let publication = Publication {
            order: 1,
            anchors: vec![ItemId(3)],
            headline: None,
        };
        let merged = DormantEvent {
            id: EventId(2),
            publication: publication.clone(),
            into: EventId(1),
        };
        let own = RestoredEvent {
            publication: Some(publication),
            ..event(2, &[3])
        };
        let engine = restored_beside(vec![merged.clone()], vec![event(1, &[1, 2]), own]);
        assert_eq!(engine.groups.dormant.clone().take(EventId(2)), Some(merged));
        assert_eq!(engine.own_groups().dormant.clone().take(EventId(2)), None);
    }

    /// Not from the first settling on: what arrives before is placed in both.
    #[test]
    fn under_a_lock_what_the_machine_alone_has_is_kept_from_the_start() {
        let locked = Constraints {
            locked: vec![vec![ItemId(1)]],
            ..Constraints::default()
        };
        for (constraints, is_kept) in [(locked, true), (Constraints::default(), false)] {
            let state = Restored {
                constraints,
                ..Restored::default()
            };
            let restoring = Engine::restore(Settings::default(), Weights::embedded(), state);
            assert_eq!(restoring.finish().own.is_some(), is_kept);
        }
    }
}
