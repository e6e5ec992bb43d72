//! Settling: what was touched since the last time is grouped anew from single items.
//!
//! The outcome depends on the frozen scores, the rulings and what has left the window, and on
//! nothing else; how often it is called does not matter.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::agglomerate::{Graph, Stop, agglomerate};
use super::dormant::DormantEvent;
use super::engine::{Engine, KEPT_SCORES};
use super::identity::name_parts;
use super::pairs::steps_of;
use super::weights::{log_odds, probability};
use super::window::Slot;
use crate::decisions::Constraints;
use crate::news::{EventId, ItemId};

/// Items that hang together by scores before only higher scores link them: where everything looks
/// like everything, one wrong link must not make all of it one heap, nor settling slow.
const MOST_LINKED: usize = 256;
/// Levels of links above the threshold, and log-odds between two of them.
const LAST_LEVEL: u8 = 8;
const LEVEL_LOG_ODDS: f32 = 0.9;

/// How far the engine has come: to be stored with what a settling changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The last item that has been settled.
    pub settled_through: ItemId,
    /// The next event id that the engine will use.
    pub next_event: EventId,
}

/// An event whose items changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventChange {
    /// The event.
    pub event: EventId,
    /// Its items inside the window, in order of arrival. Items of it that have left the window
    /// stay as they are stored.
    pub items: Vec<ItemId>,
    /// The event that most of its items stood in before, if it is new and they had one.
    pub split_from: Option<EventId>,
}

/// What a settling changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settlement {
    /// Events that are new or whose items changed, by id.
    pub changed: Vec<EventChange>,
    /// Events that are no more, each with the one that most of its items went to. To be applied
    /// after `changed`.
    pub merged: Vec<(EventId, EventId)>,
    /// Events all of whose items have now left the window: the machine changes them no more.
    pub closed: Vec<EventId>,
    /// To be stored with the above.
    pub cursor: Cursor,
}

impl Engine {
    /// Groups what was touched since the last settling, and what changed rulings touch. Then lets
    /// items leave whose time is past the window.
    pub fn settle(&mut self, constraints: &Constraints) -> Settlement {
        let mut touched = std::mem::take(&mut self.unsettled);
        if *constraints != self.constraints {
            touched.extend(ruled_slots(self, constraints));
            touched.extend(ruled_slots(self, &self.constraints));
            self.constraints = constraints.clone();
        }
        let rules = Rules::new(self);
        let arrived = touched.clone();
        let mut settlement = Settlement::default();
        while let Some(first) = touched.pop_first() {
            let component = self.component(first, &rules, &mut touched);
            for slot in component.keys() {
                touched.remove(slot);
            }
            self.regroup(&component, &arrived, &rules, &mut settlement);
        }
        settlement.changed.sort_by_key(|change| change.event);
        settlement.merged.sort_unstable();
        self.settled_through = self.newest_id();
        self.expire(&mut settlement);
        settlement.cursor = self.cursor();
        settlement
    }

    /// What has to be stored for [`Engine::restore`] beside tables, pairs and events.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            settled_through: self.settled_through,
            next_event: EventId(self.next_event),
        }
    }

    fn newest_id(&self) -> ItemId {
        let newest = self.window.newest();
        newest.map_or(self.settled_through, |item| item.id)
    }

    /// All that is grouped anew with a slot: what can end up in one group with it, and what its
    /// events hold, each slot with the number of its unit. Only slots of one unit are grouped by
    /// score.
    fn component(
        &mut self,
        first: Slot,
        rules: &Rules,
        touched: &mut BTreeSet<Slot>,
    ) -> BTreeMap<Slot, u32> {
        let mut unit_of = BTreeMap::new();
        let mut open = vec![first];
        let mut units = 0;
        while let Some(slot) = open.pop() {
            if unit_of.contains_key(&slot) {
                continue;
            }
            for member in self.unit(slot, rules, touched) {
                unit_of.insert(member, units);
                let event = self.window.item(member).event;
                let event = event.and_then(|event| self.events.get(&event));
                open.extend(event.into_iter().flat_map(|event| &event.members));
            }
            units += 1;
        }
        unit_of
    }

    /// What hangs together with a slot by scores that reach the threshold, by reprints and by
    /// rulings. Where that is too much, everything seen is raised a level, on which only higher
    /// scores link, and is touched: it has to be grouped anew on its level.
    fn unit(&mut self, first: Slot, rules: &Rules, touched: &mut BTreeSet<Slot>) -> Vec<Slot> {
        loop {
            let level = self.window.item(first).level;
            let (reached, is_whole) = self.reach(first, level, rules);
            if is_whole && (reached.len() <= MOST_LINKED || level == LAST_LEVEL) {
                return reached;
            }
            for slot in reached {
                let item = self.window.item_mut(slot);
                item.level = item.level.max((level + 1).min(LAST_LEVEL));
                touched.insert(slot);
            }
        }
    }

    /// The slots up to a level that hang together with one, and whether nothing on a higher level
    /// hangs with them.
    fn reach(&self, first: Slot, level: u8, rules: &Rules) -> (Vec<Slot>, bool) {
        let threshold = log_odds(self.settings.settle_score);
        let least = steps_of(probability(threshold + f32::from(level) * LEVEL_LOG_ODDS));
        let mut seen = FxHashSet::from_iter([first]);
        let mut reached = vec![first];
        let mut is_whole = true;
        let mut at = 0;
        while let Some(slot) = reached.get(at).copied() {
            at += 1;
            let item = self.window.item(slot);
            let strong = item.pairs.iter().filter(|(_, steps)| *steps >= least);
            let linked = strong.map(|(other, _)| *other);
            for other in linked.chain(item.reprint_of).chain(rules.with(slot)) {
                match self.window.get(other) {
                    Some(o) if o.tells_an_event && o.level > level => is_whole = false,
                    Some(o) if o.tells_an_event && seen.insert(other) => reached.push(other),
                    _ => {}
                }
            }
        }
        (reached, is_whole)
    }

    fn regroup(
        &mut self,
        component: &BTreeMap<Slot, u32>,
        arrived: &BTreeSet<Slot>,
        rules: &Rules,
        settlement: &mut Settlement,
    ) {
        let reports = Reports::new(self, component, rules);
        let graph = self.graph(&reports, rules);
        let stop = Stop {
            threshold: self.settings.settle_score,
            kept: KEPT_SCORES,
        };
        let groups = agglomerate(&graph, stop);
        let mut parts: BTreeMap<u32, Vec<Slot>> = BTreeMap::new();
        for slot in component.keys() {
            let node = reports.node_of[slot];
            parts.entry(groups[node as usize]).or_default().push(*slot);
        }
        let parts: Vec<Vec<Slot>> = parts.into_values().collect();
        let naming = name_parts(self, &parts);
        settlement.merged.extend(&naming.merged);
        for event in &naming.left {
            self.close_event(*event);
        }
        let mut passed_on: Vec<(EventId, Vec<ItemId>)> = Vec::new();
        for (id, into) in &naming.merged {
            let Some(event) = self.events.remove(id) else {
                continue;
            };
            if let Some(publication) = event.publication {
                let (id, into) = (*id, *into);
                let dormant = DormantEvent {
                    id,
                    publication,
                    into,
                };
                self.dormant.add(dormant, &self.window);
            }
            passed_on.push((*into, event.gone));
        }
        for (id, into) in &naming.led_on {
            self.dormant.lead(*id, *into);
            settlement.merged.push((*id, *into));
        }
        for (part, name) in parts.into_iter().zip(&naming.names) {
            let has_new = part.iter().any(|slot| arrived.contains(slot));
            for slot in &part {
                self.window.item_mut(*slot).event = Some(name.event);
            }
            let items = part.iter().map(|slot| self.window.item(*slot).id).collect();
            let awake = self.dormant.take(name.event);
            let event = self.events.entry(name.event).or_default();
            if let Some(awake) = awake {
                event.publication = Some(awake.publication);
            }
            event.is_locked = part.iter().any(|slot| rules.locked.contains(slot));
            if event.members != part || has_new {
                settlement.changed.push(EventChange {
                    event: name.event,
                    items,
                    split_from: name.split_from,
                });
            }
            event.members = part;
        }
        for (into, items) in passed_on {
            self.take_over(into, items);
        }
    }

    /// Items that have left the window go along into another live event.
    pub(super) fn take_over(&mut self, into: EventId, items: Vec<ItemId>) {
        let Some(event) = self.events.get_mut(&into) else {
            return;
        };
        event.is_pinned |= !items.is_empty();
        for item in items {
            self.gone_of.insert(item, into);
            event.gone.push(item);
        }
    }

    fn graph(&self, reports: &Reports, rules: &Rules) -> Graph {
        let mut graph = Graph {
            nodes: reports.roots.len(),
            ..Graph::default()
        };
        for (node, root) in reports.roots.iter().enumerate() {
            for (other, steps) in &self.window.item(*root).pairs {
                if *other >= *root {
                    continue;
                }
                if let Ok(other) = reports.roots.binary_search(other)
                    && reports.units[other] == reports.units[node]
                {
                    graph.scores.push((other as u32, node as u32, *steps));
                }
            }
        }
        let node = |slot: Slot| reports.node_of.get(&slot).copied();
        let both = |(a, b): &(Slot, Slot)| Some((node(*a)?, node(*b)?));
        graph.together = rules.together.iter().filter_map(both).collect();
        graph.apart = rules.apart.iter().filter_map(both).collect();
        graph.locked = rules.locked.iter().filter_map(|slot| node(*slot)).collect();
        for event in reports.pinned_events(self) {
            // Each to the first, and to the one before it if a ruling keeps it from the first.
            let members = &self.events[&event].members;
            let firsts = members.iter().skip(1).map(|slot| (members[0], *slot));
            let neighbours = members.windows(2).map(|pair| (pair[0], pair[1]));
            let chained = firsts.chain(neighbours);
            graph
                .together
                .extend(chained.filter_map(|pair| both(&pair)));
        }
        graph
    }

    /// Items leave in order of arrival once the latest time is past their window, or if there are
    /// too many of them.
    fn expire(&mut self, settlement: &mut Settlement) {
        let reach = i64::from(self.settings.window_hours) * 3600;
        let horizon = self.latest_secs.saturating_sub(reach);
        let most = self.settings.most_items;
        while let Some(oldest) = self.window.oldest() {
            if oldest.time_secs >= horizon && self.window.len() <= most {
                break;
            }
            let slot = self.window.base();
            let gone = self.window.pop().expect("there was an oldest item");
            self.dormant.expire(gone.id);
            let Some(id) = gone.event else { continue };
            let event = self.events.get_mut(&id).expect("an item's event is live");
            if event.members.first() == Some(&slot) {
                event.members.remove(0);
            } else {
                event.members.retain(|member| *member != slot);
            }
            event.is_pinned = true;
            event.gone.push(gone.id);
            self.gone_of.insert(gone.id, id);
            if event.members.is_empty() {
                self.close_event(id);
                settlement.closed.push(id);
            }
        }
    }
}

/// The slots of items that rulings name.
fn ruled_slots(engine: &Engine, constraints: &Constraints) -> Vec<Slot> {
    let pairs = constraints.together.iter().chain(&constraints.apart);
    let named = pairs.flat_map(|(a, b)| [*a, *b]);
    let revived = constraints.revived.iter().flat_map(|(_, items)| items);
    named
        .chain(constraints.locked.iter().flatten().copied())
        .chain(revived.copied())
        .filter_map(|item| stand_in(engine, item))
        .filter(|slot| engine.window.item(*slot).tells_an_event)
        .collect()
}

/// The slot of an item; for one that has left the window that of the first live item of its event,
/// which the others of it stand together with.
fn stand_in(engine: &Engine, item: ItemId) -> Option<Slot> {
    engine.window.slot_of(item).or_else(|| {
        let event = engine.events.get(engine.gone_of.get(&item)?)?;
        event.members.first().copied()
    })
}

/// The event of an item that is live or has live companions.
fn event_around(engine: &Engine, item: ItemId) -> Option<EventId> {
    engine
        .event_of(item)
        .or_else(|| engine.gone_of.get(&item).copied())
}

/// The rulings in force, on live items.
struct Rules {
    together: Vec<(Slot, Slot)>,
    apart: Vec<(Slot, Slot)>,
    locked: BTreeSet<Slot>,
    partners: BTreeMap<Slot, Vec<Slot>>,
    separated: BTreeSet<Slot>,
}

impl Rules {
    fn new(engine: &Engine) -> Self {
        let live = |(a, b): &(ItemId, ItemId)| {
            let pair = (stand_in(engine, *a)?, stand_in(engine, *b)?);
            (pair.0 != pair.1).then_some(pair)
        };
        // An item outside the window cannot be moved from here, so nothing is kept apart from its
        // own event on its behalf: the job that sees old events does that.
        let is_met_elsewhere = |(a, b): &&(ItemId, ItemId)| {
            let both_live = [a, b].map(|item| engine.window.slot_of(*item).is_some()) == [true; 2];
            !both_live && event_around(engine, *a) == event_around(engine, *b)
        };
        let constraints = &engine.constraints;
        let together: Vec<_> = constraints.together.iter().filter_map(live).collect();
        let apart = constraints.apart.iter();
        let apart: Vec<_> = apart
            .filter(|pair| !is_met_elsewhere(pair))
            .filter_map(live)
            .collect();
        let locked = constraints.locked.iter().flatten();
        let mut partners: BTreeMap<Slot, Vec<Slot>> = BTreeMap::new();
        for (a, b) in &together {
            partners.entry(*a).or_default().push(*b);
            partners.entry(*b).or_default().push(*a);
        }
        Self {
            separated: apart.iter().flat_map(|(a, b)| [*a, *b]).collect(),
            locked: locked.filter_map(|item| stand_in(engine, *item)).collect(),
            together,
            apart,
            partners,
        }
    }

    fn with(&self, slot: Slot) -> impl Iterator<Item = Slot> + '_ {
        self.partners.get(&slot).into_iter().flatten().copied()
    }
}

/// The reports of a component: originals, each with its reprints as one node.
struct Reports {
    roots: Vec<Slot>,
    /// The unit of each root.
    units: Vec<Option<u32>>,
    node_of: BTreeMap<Slot, u32>,
}

impl Reports {
    fn new(engine: &Engine, component: &BTreeMap<Slot, u32>, rules: &Rules) -> Self {
        let root_of = |slot: Slot| {
            let original = engine.window.item(slot).reprint_of;
            original
                .filter(|root| {
                    engine.window.get(*root).is_some() && !rules.separated.contains(&slot)
                })
                .unwrap_or(slot)
        };
        let mut roots: Vec<Slot> = component.keys().map(|slot| root_of(*slot)).collect();
        roots.sort_unstable();
        roots.dedup();
        let node = |slot: &Slot| {
            let at = roots.binary_search(&root_of(*slot));
            (*slot, at.expect("every root is listed") as u32)
        };
        let node_of = component.keys().map(node).collect();
        let units = roots.iter().map(|root| component.get(root).copied());
        Self {
            units: units.collect(),
            roots,
            node_of,
        }
    }

    fn pinned_events(&self, engine: &Engine) -> BTreeSet<EventId> {
        let events = self
            .node_of
            .keys()
            .filter_map(|slot| engine.window.item(*slot).event);
        events
            .filter(|event| engine.events.get(event).is_some_and(|e| e.is_pinned))
            .collect()
    }
}
