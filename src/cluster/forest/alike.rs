//! What rulings do not reach the machine alone groups alike, so it is not grouped twice.
//!
//! Groups that took part in each other's history are kin. Kin that hold nothing that rulings name, and
//! nothing that stands elsewhere in what the machine alone has, come out the same there, unless what is
//! grouped for the machine alone meets them: then all of it is grouped.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::Forest;
use crate::cluster::grouping::Grouping;
use crate::cluster::window::Slot;
use crate::news::EventId;

/// What the machine alone groups as under rulings.
#[derive(Debug, Default)]
pub(in crate::cluster) struct Alike {
    /// The groups, among those of the outcome and in their order.
    pub(in crate::cluster) groups: Vec<Vec<Slot>>,
    /// What came and stands in one of them.
    pub(in crate::cluster) fresh: BTreeSet<Slot>,
    /// All reports that had a part in their history, whether they are in a group or not.
    reports: FxHashSet<Slot>,
}

/// Which groups are kin: a forest of disjoint sets.
#[derive(Default)]
pub(super) struct Kin {
    /// By group; those beyond the end are kin of none.
    above: Vec<usize>,
}

impl Kin {
    pub(super) fn tie(&mut self, a: usize, b: usize) {
        let known = self.above.len();
        self.above.extend(known..=a.max(b));
        let (a, b) = (self.shorten(a), self.shorten(b));
        self.above[a.max(b)] = a.min(b);
    }

    /// The eldest of a group's kin, with a shorter way to it than before.
    fn shorten(&mut self, mut at: usize) -> usize {
        while self.above[at] != at {
            self.above[at] = self.above[self.above[at]];
            at = self.above[at];
        }
        at
    }

    fn eldest(&self, mut at: usize) -> usize {
        while let Some(above) = self.above.get(at).filter(|above| **above != at) {
            at = *above;
        }
        at
    }
}

impl Forest<'_> {
    /// Notes that two groups are kin.
    pub(super) fn tie(&mut self, a: usize, b: usize) {
        if let Some(kin) = &mut self.kin {
            kin.tie(a, b);
        }
    }

    /// A report that came is kin of what it was put with when it came.
    pub(super) fn tie_to_event(&mut self, slot: Slot) {
        if self.kin.is_none() {
            return;
        }
        let (Some(node), Some(id)) = (self.node_around(slot), self.engine.event_at(slot)) else {
            return;
        };
        let others = self.engine.groups.events[&id].members.iter();
        let mut others = others.filter(|other| **other != slot);
        if let Some(other) = others.find_map(|other| self.node_around(*other)) {
            self.tie(node, other);
        }
    }

    /// The smallest group known of the report that an item is part of.
    fn node_around(&self, slot: Slot) -> Option<usize> {
        self.engine.window.get(slot)?;
        self.node_of.get(self.rules.report_of(self.engine, slot))
    }

    /// What the machine alone groups as under rulings, of an outcome with these groups; nothing if it is
    /// not kept.
    pub(super) fn find_alike(&self, tops: &[usize], groups: &[Vec<Slot>]) -> Alike {
        let (Some(own), Some(kin)) = (&self.engine.own, &self.kin) else {
            return Alike::default();
        };
        let otherwise = self.kin_otherwise(own, kin);
        let is_alike = |at: usize| !otherwise.contains(&kin.eldest(at));
        let alike = tops.iter().zip(groups).filter(|(at, _)| is_alike(**at));
        let fresh = self.change.fresh.iter().copied();
        let nodes = (0..self.nodes.len()).filter(|at| is_alike(*at));
        Alike {
            reports: nodes
                .flat_map(|at| &self.nodes[at].leaves)
                .copied()
                .collect(),
            groups: alike.map(|(_, group)| group.clone()).collect(),
            fresh: fresh
                .filter(|slot| self.node_around(*slot).is_some_and(is_alike))
                .collect(),
        }
    }

    /// True if a report was met that is known to have had a part in what is grouped already.
    pub(super) fn meets(&self, known: &Alike) -> bool {
        let mut leaves = self.nodes.iter().flat_map(|node| &node.leaves);
        !known.reports.is_empty() && leaves.any(|leaf| known.reports.contains(leaf))
    }

    /// The eldest of those that may come out otherwise for the machine alone.
    fn kin_otherwise(&self, own: &Grouping, kin: &Kin) -> FxHashSet<usize> {
        let rules = [self.rules, self.rules_before].into_iter();
        let named = rules.flat_map(|rules| {
            let pairs = rules.together.iter().chain(&rules.apart);
            let paired = pairs.flat_map(|(a, b)| [*a, *b]);
            paired.chain(rules.locked.iter().copied())
        });
        let fresh = &self.change.fresh;
        let only_one = own.unsettled.symmetric_difference(fresh).copied();
        let events = fresh.iter().filter_map(|slot| self.engine.event_at(*slot));
        let events: BTreeSet<EventId> = events.chain(self.met.iter().copied()).collect();
        let differing = events.iter().filter(|id| self.differs(own, **id));
        let members = differing.flat_map(|id| &self.engine.groups.events[id].members);
        let all = named.chain(only_one).chain(members.copied());
        all.chain(self.change.ruled.iter().copied())
            .flat_map(|slot| [self.node_around(slot), self.node_of.get(slot)])
            .flatten()
            .map(|node| kin.eldest(node))
            .collect()
    }

    /// True if the machine alone has other items with those of an event, under whatever id.
    fn differs(&self, own: &Grouping, id: EventId) -> bool {
        let ruled = &self.engine.groups.events[&id];
        let place = ruled.members.first().and_then(|slot| own.place(*slot));
        let own = place.and_then(|id| own.events.get(&id));
        own.is_none_or(|own| {
            own.members != ruled.members
                || own.is_pinned != ruled.is_pinned
                || own.gone != ruled.gone
        })
    }
}
