//! The events that a change reaches, and how their reports once came together.

use std::cmp::Reverse;

use super::{FIRST, Forest, Moment, Node};
use crate::cluster::agglomerate::{Graph, Stop, Tree, grow_trees};
use crate::cluster::engine::KEPT_SCORES;
use crate::cluster::window::Slot;
use crate::news::EventId;

impl Forest<'_> {
    /// The smallest group known of a report, with the rest of its event if it was not met before.
    /// `None` for what is in no event.
    pub(super) fn meet(&mut self, report: Slot) -> Option<usize> {
        if self.node_of.get(report).is_none() {
            self.meet_event(self.engine.event_at(report)?);
        }
        self.node_of.get(report)
    }

    pub(super) fn meet_event(&mut self, id: EventId) {
        if !self.met.insert(id) {
            return;
        }
        let leaves = self.settled_reports(id);
        match leaves.as_slice() {
            [] => {}
            [only] => {
                self.add_leaf(*only, None);
            }
            _ => {
                let at = self.add(leaves, FIRST);
                for leaf in self.nodes[at].leaves.clone() {
                    self.node_of.set(leaf, at);
                }
            }
        }
    }

    /// The reports of an event as it was settled.
    pub(super) fn settled_reports(&self, id: EventId) -> Vec<Slot> {
        let members = self.engine.groups.events[&id].members.iter();
        let reports = members
            .map(|slot| self.rules.report_of(self.engine, *slot))
            .filter(|report| !self.change.fresh.contains(report))
            // The original of a reprint may have been ruled into another event.
            .filter(|report| self.engine.event_at(*report) == Some(id));
        let mut reports: Vec<Slot> = reports.collect();
        reports.sort_unstable();
        reports.dedup();
        reports
    }

    pub(super) fn add_leaf(&mut self, report: Slot, awake_since: Option<Moment>) -> usize {
        let at = self.add(vec![report], FIRST);
        self.nodes[at].awake_since = awake_since;
        self.node_of.set(report, at);
        at
    }

    fn add(&mut self, leaves: Vec<Slot>, formed: Moment) -> usize {
        self.above.push();
        self.nodes.push(Node {
            is_locked: leaves.iter().any(|leaf| self.rules.locked.contains(leaf)),
            leaves,
            formed,
            parts: Vec::new(),
            awake_since: None,
            near: Vec::new(),
            changes: 0,
        });
        self.nodes.len() - 1
    }

    /// Finds the tree of a whole event again: that of its own reports under the rulings of the time,
    /// because nothing from outside took part in it.
    pub(super) fn grow(&mut self, at: usize) {
        let node = &self.nodes[at];
        let is_whole = node.awake_since.is_none() && self.above.of(at).is_none();
        if !is_whole || node.leaves.len() < 2 || !node.parts.is_empty() {
            return;
        }
        let leaves = node.leaves.clone();
        let event = self.engine.event_at(leaves[0]);
        let is_pinned = event.is_some_and(|event| self.engine.groups.events[&event].is_pinned);
        let trees = match is_pinned {
            true => leaves.iter().map(|leaf| Tree::leaf(*leaf)).collect(),
            false => self.trees_of(&leaves),
        };
        if let [tree] = trees.as_slice() {
            self.nodes[at].formed = moment_of_tree(tree);
        }
        let parts = match trees.len() {
            1 => trees
                .into_iter()
                .flat_map(|tree| tree.parts)
                .flatten()
                .collect(),
            // It came together while more was live; what is left holds by that alone.
            _ => trees,
        };
        for part in parts {
            self.add_tree(part, at);
        }
    }

    fn add_tree(&mut self, tree: Tree, above: usize) {
        let formed = moment_of_tree(&tree);
        let at = self.add(tree.leaves, formed);
        self.above.set(at, above);
        self.tie(at, above);
        self.nodes[above].parts.push(at);
        if let [leaf] = self.nodes[at].leaves[..] {
            self.node_of.set(leaf, at);
        }
        for part in tree.parts.into_iter().flatten() {
            self.add_tree(part, at);
        }
    }

    fn trees_of(&mut self, leaves: &[Slot]) -> Vec<Tree> {
        for (at, leaf) in leaves.iter().enumerate() {
            self.leaf_numbers.set(*leaf, at);
        }
        let numbers = &self.leaf_numbers;
        let mut scores = Vec::new();
        self.engine.window.bring_pairs_near(leaves);
        for (at, leaf) in leaves.iter().enumerate() {
            for (other, steps) in self.engine.window.pairs_of(*leaf) {
                if let Some(other) = numbers.get(*other).filter(|other| *other < at) {
                    scores.push((other as u32, at as u32, u64::from(*steps)));
                }
            }
        }
        let node = |slot: Slot| {
            let report = self.rules.report_of(self.engine, slot);
            numbers.get(report).map(|at| at as u32)
        };
        let both = |(a, b): &(Slot, Slot)| Some((node(*a)?, node(*b)?));
        let rules = self.rules_before;
        let graph = Graph {
            leaves: leaves.to_vec(),
            scores,
            together: rules.together.iter().filter_map(both).collect(),
            apart: rules.apart.iter().filter_map(both).collect(),
            locked: Vec::new(),
        };
        self.leaf_numbers.forget(leaves);
        let stop = Stop {
            threshold: self.engine.settings.settle_score,
            kept: KEPT_SCORES,
        };
        grow_trees(graph, stop)
    }
}

fn moment_of_tree(tree: &Tree) -> Moment {
    match tree.parts.as_deref() {
        Some([a, b]) if tree.height.is_finite() => {
            let pair = (a.leaves[0].min(b.leaves[0]), a.leaves[0].max(b.leaves[0]));
            (tree.height.to_bits(), Reverse(pair))
        }
        _ => FIRST,
    }
}
