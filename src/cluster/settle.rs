//! Settling: what was touched since the last time is grouped anew from single items.
//!
//! The outcome depends on the frozen scores, the rulings and what has left the window, and on
//! nothing else; how often it is called does not matter.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::dormant::DormantEvent;
use super::engine::{Engine, Publication};
use super::forest::{Alike, Change, group_anew, group_beside};
use super::identity::name_parts;
use super::rules::{Rules, slots_ruled_otherwise};
use super::window::Slot;
use crate::decisions::Constraints;
use crate::news::{EventId, ItemId};

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
    /// Events that are new or whose items changed, in the order of their first live items.
    pub changed: Vec<EventChange>,
    /// Events that are no more, each with the one that most of its items went to. To be applied
    /// after `changed`.
    pub merged: Vec<(EventId, EventId)>,
    /// Events that live items have left which keep others: they are to be described anew.
    pub left: Vec<EventId>,
    /// Items that have left the window and stay behind where an event is among `merged`, each with that: they are an
    /// event of their own from then on.
    pub left_alone: Vec<(EventId, Vec<ItemId>)>,
    /// Groups of items that grouping had lost sight of and that were kept as they stood; other than 0 is a
    /// mistake of ours.
    pub left_over: usize,
    /// Items of what changed that readers were shown before, as far as anything is kept back.
    pub shown: BTreeSet<ItemId>,
    /// Items that have left what is kept back: they stay out, unless whoever saves this knows better.
    pub left_kept_back: BTreeSet<ItemId>,
    /// Items that came and that a lock alone keeps from an event which is kept back: they are out with it, too.
    pub shut_out: Vec<(ItemId, EventId)>,
    /// To be stored with the above.
    pub cursor: Cursor,
    /// What the machine alone would have changed, where that may differ from the above; `None` where
    /// it is the same.
    pub own: Option<OwnEvents>,
}

/// What the machine alone would have changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnEvents {
    /// Events that are new or whose items changed, in the order of their first live items.
    pub changed: Vec<EventId>,
    /// Events that are no more, each with the one that most of its items went to.
    pub merged: Vec<(EventId, EventId)>,
}

impl Engine {
    /// Groups anew what the items that came since the last time and changed rulings reach. Once what
    /// changed is described, the window is to be moved on ([`Engine::move_on`]).
    pub fn settle(&mut self, constraints: &Constraints) -> Settlement {
        self.keep_own_if_ruled(constraints);
        let (mut settlement, alike) = self.settle_groups(constraints, Alike::default());
        let mut left_over = 0;
        let mut shown = BTreeSet::new();
        settlement.own = self.with_own(|own| {
            let (settled, _) = own.settle_groups(&Constraints::default(), alike);
            left_over = settled.left_over;
            shown = settled.shown;
            OwnEvents {
                changed: settled.changed.iter().map(|one| one.event).collect(),
                merged: settled.merged,
            }
        });
        settlement.left_over += left_over;
        settlement.shown.extend(shown);
        // What the machine alone would take out of it is not taken out. Whether what is stays out, who saves it knows.
        self.kept_back.items.extend(&settlement.left_kept_back);
        settlement.shut_out = self.find_shut_out();
        let shut_out = settlement.shut_out.iter().map(|(item, _)| *item);
        self.kept_back.items.extend(shut_out);
        self.settled_through = self.newest_id();
        self.new_from = self.next_event;
        settlement.cursor = self.cursor();
        settlement
    }

    /// Groups anew what a change of these groups reaches, where it is not known to come out as before.
    /// What comes out alike for the machine alone is returned.
    fn settle_groups(&mut self, constraints: &Constraints, known: Alike) -> (Settlement, Alike) {
        let mut change = Change {
            fresh: std::mem::take(&mut self.groups.unsettled),
            ruled: BTreeSet::new(),
        };
        let before = Rules::new(self);
        let mut changed = None;
        if *constraints != self.groups.constraints {
            change.ruled = slots_ruled_otherwise(self, constraints);
            self.groups.constraints = constraints.clone();
            changed = Some(Rules::new(self));
        }
        let rules = changed.as_ref().unwrap_or(&before);
        let mut settlement = Settlement::default();
        let mut alike = Alike::default();
        if !change.fresh.is_empty() || !change.ruled.is_empty() {
            let beside = self.group_beside((rules, &before), &change, known);
            let groups = beside.unwrap_or_else(|| {
                let (groups, found) = group_anew(self, (rules, &before), &change);
                alike = found;
                groups
            });
            self.put_in_force(groups, &change.fresh, rules, &mut settlement);
        }
        // By what does not depend on the numbers of events: storylines are linked in this order.
        settlement
            .changed
            .sort_by_key(|change| change.items.first().copied());
        settlement.merged.sort_unstable();
        (settlement, alike)
    }

    /// All groups that a change reaches, of which some are known; `None` if none are, or if they would not
    /// come out by themselves.
    fn group_beside(
        &self,
        rules: (&Rules, &Rules),
        change: &Change,
        known: Alike,
    ) -> Option<Vec<Vec<Slot>>> {
        if known.groups.is_empty() {
            return None;
        }
        let rest = Change {
            fresh: change.fresh.difference(&known.fresh).copied().collect(),
            ruled: change.ruled.clone(),
        };
        let mut groups = group_beside(&known, self, rules, &rest)?;
        groups.extend(known.groups);
        groups.sort_by_key(|group| group[0]);
        Some(groups)
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

    fn put_in_force(
        &mut self,
        groups: Vec<Vec<Slot>>,
        fresh: &BTreeSet<Slot>,
        rules: &Rules,
        settlement: &mut Settlement,
    ) {
        let found = groups.len();
        let groups = self.with_the_rest(groups);
        settlement.left_over += groups.len() - found;
        debug_assert_eq!(settlement.left_over, 0, "groups are whole");
        let naming = name_parts(self, &groups);
        settlement.merged.extend(&naming.merged);
        for event in &naming.left {
            self.groups.close_event(*event);
        }
        settlement.left.extend(&naming.left);
        let mut passed_on: Vec<(EventId, Vec<ItemId>)> = Vec::new();
        let named = groups.iter().zip(&naming.names);
        let named = named.map(|(group, name)| (&group[..], name.event));
        let (shown, out) = self.find_leaving(named);
        (settlement.shown, settlement.left_kept_back) = (shown, out);
        for (id, into) in &naming.merged {
            let gone = self.put_to_sleep(*id, *into);
            passed_on.extend(gone.map(|items| (*into, items)));
        }
        for (id, into) in &naming.led_on {
            self.groups.dormant.lead(*id, *into);
            settlement.merged.push((*id, *into));
        }
        for (group, name) in groups.into_iter().zip(&naming.names) {
            let is_changed = self.fill_event(name.event, &group, fresh, rules);
            if is_changed {
                settlement.changed.push(EventChange {
                    event: name.event,
                    items: group
                        .iter()
                        .map(|slot| self.window.item(*slot).id)
                        .collect(),
                    split_from: name.split_from,
                });
            }
        }
        for (into, items) in passed_on {
            self.take_over(into, items);
        }
    }

    /// The groups, and as one more of each event that they take items of what none of them has. Groups are
    /// whole by their contract; where they are not, an item would be left in an event that is no more.
    fn with_the_rest(&self, mut groups: Vec<Vec<Slot>>) -> Vec<Vec<Slot>> {
        let grouped: FxHashSet<Slot> = groups.iter().flatten().copied().collect();
        let events = grouped.iter().filter_map(|slot| self.event_at(*slot));
        let events: BTreeSet<EventId> = events.collect();
        for id in events {
            let members = self.groups.events.get(&id).map(|event| &event.members);
            let members = members.into_iter().flatten().copied();
            let rest: Vec<Slot> = members.filter(|slot| !grouped.contains(slot)).collect();
            if !rest.is_empty() {
                groups.push(rest);
            }
        }
        groups
    }

    /// Ends an event that was merged into another; its items that have left the window.
    fn put_to_sleep(&mut self, id: EventId, into: EventId) -> Option<Vec<ItemId>> {
        let event = self.groups.events.remove(&id)?;
        self.remember(id, event.publication, into);
        Some(event.gone)
    }

    /// Of an event that is merged away it is remembered by what it is known, if it was published, and where its id
    /// leads.
    pub fn remember(&mut self, id: EventId, publication: Option<Box<Publication>>, into: EventId) {
        if let Some(publication) = publication {
            let dormant = DormantEvent {
                id,
                publication: *publication,
                into,
            };
            self.groups.dormant.add(dormant, &self.window);
        }
    }

    /// Makes a group the live items of an event. True if that is another set of items than was
    /// settled before.
    fn fill_event(
        &mut self,
        id: EventId,
        group: &[Slot],
        fresh: &BTreeSet<Slot>,
        rules: &Rules,
    ) -> bool {
        for slot in group {
            self.groups.move_to(*slot, id);
        }
        let event = self.groups.wake(id);
        event.is_locked = group.iter().any(|slot| rules.locked.contains(slot));
        let before = event.members.iter().filter(|slot| !fresh.contains(slot));
        let is_changed = !before.eq(group);
        event.members = group.into();
        is_changed
    }

    /// Items that have left the window go along into another live event.
    pub(super) fn take_over(&mut self, into: EventId, items: Vec<ItemId>) {
        let Some(event) = self.groups.events.get_mut(&into) else {
            return;
        };
        event.is_pinned |= !items.is_empty();
        for item in items {
            self.groups.gone_of.insert(item, into);
            event.gone.push(item);
        }
    }

    /// Moves the window on after a settling: items that have left it are changed by nothing but rulings.
    /// They leave in order of arrival once the latest time is past their window, or if there are too many
    /// of them. Returns the events of which all have left.
    pub fn move_on(&mut self) -> Vec<EventId> {
        self.pass_by();
        let mut closed = Vec::new();
        while self.window.holds_passed_by() {
            let gone = self.window.pop().expect("it was passed by").id;
            closed.extend(self.groups.pop(gone));
            if let Some(own) = &mut self.own {
                own.pop(gone);
            }
        }
        closed
    }

    /// What leaves the window at the next settling is compared with nothing that comes before it: what is depends on
    /// what came, and not on when it was settled.
    pub(super) fn pass_by(&mut self) {
        let reach = i64::from(self.settings.window_hours) * 3600;
        let horizon = self.latest.secs().saturating_sub(reach);
        let most = self.settings.most_items;
        while let Some(oldest) = self.oldest_secs() {
            if oldest >= horizon && self.window.count_met() <= most {
                break;
            }
            self.window.pass_by();
        }
    }

    /// The time of the oldest item that is compared with new ones; if it is ahead of the clock, that of the first after
    /// it which is not: what came later does not wait behind it until it is old. `None` without any.
    fn oldest_secs(&self) -> Option<i64> {
        let mut times = self.window.times();
        let believed = times.find(|secs| !self.latest.is_ahead(*secs));
        believed.or_else(|| self.window.times().next())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::cluster::pairs::steps_of;
    use crate::cluster::{ArrivingItem, Settings, Weights};
    use crate::news::{OutletId, utc_from_secs};

    pub(in crate::cluster) fn engine() -> Engine {
        Engine::new(Settings::default(), Weights::embedded(), EventId(1))
    }

    fn item(id: i64) -> ArrivingItem {
        ArrivingItem {
            id: ItemId(id),
            outlet: OutletId(id),
            item_time: utc_from_secs(1_755_000_000),
            time_is_claimed: true,
            title: "Leaders meet in Anchorage as the summit on the ceasefire opens".to_owned(),
            ..ArrivingItem::default()
        }
    }

    /// The next item, with these scores with slots before it.
    pub(in crate::cluster) fn take_in(engine: &mut Engine, scores: &[(Slot, f32)]) {
        let live = engine.read(&item(engine.window.len() as i64 + 1));
        let pairs = scores.iter().map(|(slot, score)| (*slot, steps_of(*score)));
        let slot = engine.file(live, None, pairs.collect());
        engine.place_new(slot);
    }

    #[test]
    fn what_a_late_item_is_compared_with_does_not_hang_on_when_was_settled() {
        let scored = |settles_between: bool| {
            let mut engine = engine();
            let hours = [0, 200, 100];
            let mut pairs = Vec::new();
            for (number, hour) in (1..).zip(hours) {
                let arrival = engine.arrive(&ArrivingItem {
                    item_time: utc_from_secs(1_755_000_000 + hour * 3600),
                    title: format!(
                        "Leaders meet in Anchorage, ceasefire summit day {number} opens"
                    ),
                    ..item(number)
                });
                pairs.push((arrival.reprint_of, arrival.pairs));
                if settles_between {
                    engine.settle(&Constraints::default());
                    engine.move_on();
                }
            }
            pairs
        };
        assert_eq!(scored(true), scored(false));
    }

    #[test]
    fn what_an_event_that_came_apart_held_is_near_to_whom_the_whole_was_near() {
        let two_parts: [&[(Slot, f32)]; 7] = [
            &[],
            &[(0, 0.95)],
            &[(0, 0.6), (1, 0.6)],
            &[(0, 0.6), (1, 0.6), (2, 0.95)],
            &[(0, 0.6), (1, 0.6), (2, 0.95), (3, 0.95)],
            &[(0, 0.6), (1, 0.6), (2, 0.95), (3, 0.95), (4, 0.95)],
            &[
                (0, 0.55),
                (1, 0.55),
                (2, 0.55),
                (3, 0.55),
                (4, 0.55),
                (5, 0.55),
            ],
        ];
        let later: [&[(Slot, f32)]; 3] = [
            &[(6, 0.92)],
            &[(0, 0.7), (1, 0.7)],
            &[(0, 0.7), (1, 0.7), (8, 0.9)],
        ];
        let grouped = |settles_between: bool| {
            let mut engine = engine();
            two_parts
                .iter()
                .for_each(|scores| take_in(&mut engine, scores));
            if settles_between {
                engine.settle(&Constraints::default());
            }
            later.iter().for_each(|scores| take_in(&mut engine, scores));
            engine.settle(&Constraints::default());
            let of_first = engine.event_at(0);
            (0..10)
                .map(|slot| engine.event_at(slot) == of_first)
                .collect::<Vec<bool>>()
        };
        let once: Vec<bool> = (0..10).map(|slot| [0, 1, 8, 9].contains(&slot)).collect();
        assert_eq!(grouped(false), once);
        assert_eq!(grouped(true), once);
    }

    /// As an event of many reports is, that came together while more was live.
    fn merge_unscored(engine: &mut Engine, gone: EventId, into: EventId) {
        let gone = engine.groups.events.remove(&gone).expect("it is live");
        for slot in &gone.members {
            engine.groups.move_to(*slot, into);
        }
        let kept = engine.groups.events.get_mut(&into).expect("it is live");
        kept.members.extend(gone.members);
    }

    #[test]
    fn a_part_of_what_holds_by_history_alone_is_joined_by_nothing() {
        let mut engine = engine();
        take_in(&mut engine, &[]);
        take_in(&mut engine, &[(0, 0.98)]);
        take_in(&mut engine, &[(0, 0.9), (1, 0.9)]);
        take_in(&mut engine, &[]);
        engine.settle(&Constraints::default());
        let [into, gone] = [0, 3].map(|slot| engine.event_at(slot).expect("it is a report"));
        merge_unscored(&mut engine, gone, into);

        take_in(&mut engine, &[(0, 0.96), (1, 0.96), (2, 0.96), (3, 1.0)]);
        take_in(&mut engine, &[(0, 0.95), (1, 0.95)]);
        assert_eq!(engine.settle(&Constraints::default()).left_over, 0);
        let events = engine.live_events().map(|event| engine.items_of(event));
        let events: BTreeSet<Vec<ItemId>> = events.collect();
        let items = |range: std::ops::Range<i64>| range.map(ItemId).collect::<Vec<ItemId>>();
        assert_eq!(events, BTreeSet::from([items(1..6), items(6..7)]));
    }

    #[test]
    fn what_a_clock_that_was_ahead_dated_ages_no_other_and_holds_nobody_up() {
        let mut engine = engine();
        let now = utc_from_secs(1_755_000_000);
        let hours = chrono::TimeDelta::hours;
        let later = |id, after| ArrivingItem {
            item_time: now + hours(after),
            ..item(id)
        };
        engine.tell_clock(now);
        engine.arrive(&later(1, 0));
        engine.arrive(&later(2, 400 * 24));
        engine.arrive(&later(3, 1));
        engine.move_on();
        assert_eq!(engine.live_items(), 3);
        for (id, after, live) in [(4, 50, 4), (5, 109, 4), (6, 110, 3)] {
            engine.tell_clock(now + hours(after));
            engine.arrive(&later(id, after));
            engine.move_on();
            assert_eq!(engine.live_items(), live, "after {after} hours");
        }
        assert_eq!(engine.oldest_live(), Some(ItemId(4)));
    }

    #[test]
    fn what_grouping_lost_sight_of_stays_together() {
        let mut engine = engine();
        for id in 1..4 {
            engine.arrive(&item(id));
        }
        engine.settle(&Constraints::default());
        assert_eq!(engine.live_events().count(), 1);
        assert_eq!(engine.with_the_rest(vec![vec![1]]), [vec![1], vec![0, 2]]);
        assert_eq!(engine.with_the_rest(vec![vec![0, 1, 2]]), [vec![0, 1, 2]]);
    }
}
