//! Average-link agglomeration: merges the two groups with the highest mean score until none
//! reaches the threshold. Scores that were never taken count 0.
//!
//! A pure function of frozen scores and rulings: repeated at any time, it gives the same groups.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

use super::pairs::{mean_score, pairs_between};
use super::window::Slot;

/// Reports that came together, and how.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tree {
    /// The smallest first, the others in no order.
    pub(super) leaves: Vec<Slot>,
    /// The lowest mean at which two of its parts came together: infinite for one report and for
    /// what rulings hold together.
    pub(super) height: f32,
    /// What came together last; `None` for one report.
    pub(super) parts: Option<Vec<Tree>>,
}

impl Tree {
    /// One report.
    pub(super) fn leaf(slot: Slot) -> Self {
        Self {
            leaves: vec![slot],
            height: f32::INFINITY,
            parts: None,
        }
    }

    fn join(self, other: Self, mean: f32) -> Self {
        let mut leaves = self.leaves.clone();
        leaves.extend(&other.leaves);
        Self {
            leaves,
            height: mean.min(self.height).min(other.height),
            parts: Some(vec![self, other]),
        }
    }
}

/// What is to be grouped. Nodes are numbers from 0; smaller numbers win ties.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    /// The report of each node, rising.
    pub(super) leaves: Vec<Slot>,
    /// Sum of the scores between two nodes, in steps; each pair once.
    pub(super) scores: Vec<(u32, u32, u64)>,
    /// Pairs that stand together whatever their score, in order of precedence.
    pub(super) together: Vec<(u32, u32)>,
    /// Pairs that never stand together.
    pub(super) apart: Vec<(u32, u32)>,
    /// Nodes whose group takes no others by score.
    pub(super) locked: Vec<u32>,
}

/// When to stop, and how many scores a report can have kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    pub(super) threshold: f32,
    pub(super) kept: usize,
}

/// The groups, in the order of their smallest node.
pub(super) fn grow_trees(graph: Graph, stop: Stop) -> Vec<Tree> {
    let (together, locked) = (graph.together.clone(), graph.locked.clone());
    let mut groups = Groups::new(graph, stop);
    for (a, b) in together {
        let (a, b) = (groups.find(a), groups.find(b));
        if a != b && !groups.are_apart(a, b) {
            groups.merge(a, b, f32::INFINITY);
        }
    }
    for node in locked {
        let group = groups.find(node);
        groups.locked[group as usize] = true;
    }
    groups.queue_all();
    while let Some((a, b, mean)) = groups.next_merge() {
        let merged = groups.merge(a, b, mean);
        groups.queue_around(merged);
    }
    groups.trees.into_iter().flatten().collect()
}

/// A merge that may be the next: mean in bits (of a non-negative float, so they order like it),
/// the two groups smallest first, and how often each had changed when this was written.
type Offer = (u32, Reverse<(u32, u32)>, [u32; 2]);

struct Groups {
    parent: Vec<u32>,
    /// Of each group, at its smallest node.
    trees: Vec<Option<Tree>>,
    sizes: Vec<usize>,
    changes: Vec<u32>,
    locked: Vec<bool>,
    sums: Vec<FxHashMap<u32, u64>>,
    apart: Vec<Vec<u32>>,
    offers: BinaryHeap<Offer>,
    stop: Stop,
}

impl Groups {
    fn new(graph: Graph, stop: Stop) -> Self {
        let nodes = graph.leaves.len();
        let mut sums = vec![FxHashMap::default(); nodes];
        for (a, b, sum) in &graph.scores {
            *sums[*a as usize].entry(*b).or_default() += sum;
            *sums[*b as usize].entry(*a).or_default() += sum;
        }
        let mut apart = vec![Vec::new(); nodes];
        for (a, b) in &graph.apart {
            apart[*a as usize].push(*b);
            apart[*b as usize].push(*a);
        }
        Self {
            parent: (0..nodes as u32).collect(),
            sizes: vec![1; nodes],
            trees: graph
                .leaves
                .into_iter()
                .map(|leaf| Some(Tree::leaf(leaf)))
                .collect(),
            changes: vec![0; nodes],
            locked: vec![false; nodes],
            sums,
            apart,
            offers: BinaryHeap::new(),
            stop,
        }
    }

    fn find(&mut self, node: u32) -> u32 {
        let mut root = node;
        while self.parent[root as usize] != root {
            root = self.parent[root as usize];
        }
        let mut at = node;
        while self.parent[at as usize] != root {
            at = std::mem::replace(&mut self.parent[at as usize], root);
        }
        root
    }

    fn are_apart(&mut self, a: u32, b: u32) -> bool {
        let forbidden = std::mem::take(&mut self.apart[a as usize]);
        let apart = forbidden.iter().any(|node| self.find(*node) == b);
        self.apart[a as usize] = forbidden;
        apart
    }

    fn merge(&mut self, a: u32, b: u32, mean: f32) -> u32 {
        let (kept, gone) = (a.min(b), a.max(b));
        let (k, g) = (kept as usize, gone as usize);
        let left = self.trees[k].take();
        let right = self.trees[g].take();
        let joined = left.zip(right).map(|(left, right)| left.join(right, mean));
        self.trees[k] = joined;
        self.parent[g] = kept;
        self.sizes[k] += self.sizes[g];
        self.changes[k] += 1;
        self.locked[k] |= self.locked[g];
        let mut forbidden = std::mem::take(&mut self.apart[g]);
        self.apart[k].append(&mut forbidden);
        let gone_sums = std::mem::take(&mut self.sums[g]);
        self.sums[k].remove(&gone);
        for (other, sum) in gone_sums {
            if other == kept {
                continue;
            }
            let around = &mut self.sums[other as usize];
            around.remove(&gone);
            *around.entry(kept).or_default() += sum;
            *self.sums[k].entry(other).or_default() += sum;
        }
        kept
    }

    fn queue_all(&mut self) {
        for group in 0..self.parent.len() as u32 {
            let others: Vec<u32> = self.sums[group as usize].keys().copied().collect();
            for other in others.into_iter().filter(|other| *other > group) {
                self.offer(group, other);
            }
        }
    }

    fn queue_around(&mut self, group: u32) {
        let others: Vec<u32> = self.sums[group as usize].keys().copied().collect();
        for other in others {
            self.offer(group, other);
        }
    }

    fn offer(&mut self, a: u32, b: u32) {
        let (a, b) = (a.min(b), a.max(b));
        let sizes = [a, b].map(|group| self.sizes[group as usize]);
        let sum = self.sums[a as usize].get(&b).copied().unwrap_or_default();
        let mean = mean_score(sum, pairs_between(sizes[0], sizes[1], self.stop.kept));
        if mean >= self.stop.threshold && !self.locked[a as usize] && !self.locked[b as usize] {
            let changes = [a, b].map(|group| self.changes[group as usize]);
            self.offers.push((mean.to_bits(), Reverse((a, b)), changes));
        }
    }

    fn next_merge(&mut self) -> Option<(u32, u32, f32)> {
        while let Some((mean, Reverse((a, b)), changes)) = self.offers.pop() {
            let is_current = [a, b].map(|group| self.changes[group as usize]) == changes
                && self.parent[a as usize] == a
                && self.parent[b as usize] == b;
            if is_current && !self.are_apart(a, b) {
                return Some((a, b, f32::from_bits(mean)));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::pairs::steps_of;

    fn group(nodes: usize, scores: &[(u32, u32, f32)], change: impl Fn(&mut Graph)) -> Vec<u32> {
        let scores = scores
            .iter()
            .map(|(a, b, score)| (*a, *b, u64::from(steps_of(*score))));
        let mut graph = Graph {
            leaves: (0..nodes as u32).collect(),
            scores: scores.collect(),
            ..Graph::default()
        };
        change(&mut graph);
        let stop = Stop {
            threshold: 0.25,
            kept: 64,
        };
        let mut group_of = vec![0; nodes];
        for tree in grow_trees(graph, stop) {
            for leaf in &tree.leaves {
                group_of[*leaf as usize] = tree.leaves[0];
            }
        }
        group_of
    }

    #[test]
    fn a_single_bridge_does_not_join_two_groups() {
        let scores = [(0, 1, 0.9), (2, 3, 0.9), (1, 2, 0.6)];
        assert_eq!(group(4, &scores, |_| {}), [0, 0, 2, 2]);
    }

    #[test]
    fn groups_join_when_their_mean_reaches_the_threshold() {
        let scores = [(0, 1, 0.9), (2, 3, 0.9), (1, 2, 0.6), (0, 3, 0.5)];
        assert_eq!(group(4, &scores, |_| {}), [0, 0, 0, 0]);
    }

    #[test]
    fn what_is_apart_stays_apart_whatever_joins_around_it() {
        let scores = [(0, 1, 0.9), (1, 2, 0.9), (0, 2, 0.9)];
        assert_eq!(
            group(3, &scores, |graph| graph.apart.push((0, 2))),
            [0, 0, 2]
        );
        let ruled = |graph: &mut Graph| {
            graph.apart.push((0, 2));
            graph.together.push((1, 2));
        };
        assert_eq!(group(3, &scores, ruled), [0, 1, 1]);
    }

    #[test]
    fn a_locked_group_takes_nothing_by_score() {
        let scores = [(0, 1, 0.9)];
        assert_eq!(group(2, &scores, |graph| graph.locked.push(0)), [0, 1]);
    }
}
