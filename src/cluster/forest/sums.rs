//! Sums of scores between a group and those near it.

use super::Forest;
use crate::cluster::window::Slot;

/// Sums of scores by group, and memory that is used again.
#[derive(Default)]
pub(super) struct Sums {
    /// By group; 0 of those that were not met.
    of_nodes: Vec<u64>,
    met: Vec<usize>,
    path: Vec<usize>,
    /// Which groups the sums are wanted of, by group.
    is_meant: Vec<bool>,
}

impl Sums {
    /// A group that was met and its sum, until there are no more.
    pub(super) fn take(&mut self) -> Option<(usize, u64)> {
        let node = self.met.pop()?;
        Some((node, std::mem::take(&mut self.of_nodes[node])))
    }

    fn add(&mut self, node: usize, sum: u64) {
        if self.of_nodes[node] == 0 {
            self.met.push(node);
        }
        self.of_nodes[node] += sum;
    }

    fn mean(&mut self, groups: &[usize], is_meant: bool) {
        for group in groups {
            self.is_meant[*group] = is_meant;
        }
    }
}

impl Forest<'_> {
    /// Adds the sums of a group's scores with others, in rising order, and with the groups that these
    /// are made of.
    pub(super) fn sum_around(&self, at: usize, near: &[usize], sums: &mut Sums) {
        sums.of_nodes.resize(self.nodes.len(), 0);
        sums.is_meant.resize(self.nodes.len(), false);
        let count = |at: usize| self.nodes[at].leaves.len();
        let one_by_one: usize = near.iter().map(|other| count(*other).min(count(at))).sum();
        if count(at) <= one_by_one {
            self.add_seen_from(at, near, sums);
            return;
        }
        for other in near {
            match count(at) <= count(*other) {
                true => self.add_seen_from(at, &[*other], sums),
                false => self.add_seen_by(*other, at, sums),
            }
        }
    }

    /// By the scores of the group's own reports.
    fn add_seen_from(&self, at: usize, near: &[usize], sums: &mut Sums) {
        sums.mean(near, true);
        for leaf in &self.nodes[at].leaves {
            for (partner, steps) in self.engine.window.pairs_of(*leaf) {
                self.add_on_path(*partner, u64::from(*steps), sums);
            }
        }
        sums.mean(near, false);
    }

    /// By the scores of the other's reports.
    fn add_seen_by(&self, other: usize, at: usize, sums: &mut Sums) {
        sums.mean(&[other], true);
        for leaf in &self.nodes[other].leaves {
            let pairs = self.engine.window.pairs_of(*leaf).iter();
            let with_it = pairs.filter(|(partner, _)| {
                let node = self.node_of.get(*partner);
                node.is_some_and(|node| self.top_above(node) == at)
            });
            let sum = with_it.map(|(_, steps)| u64::from(*steps)).sum();
            self.add_on_path(*leaf, sum, sums);
        }
        sums.mean(&[other], false);
    }

    /// Adds to the sums of all groups that hold a report, up to one that is meant.
    fn add_on_path(&self, report: Slot, sum: u64, sums: &mut Sums) {
        let Some(first) = self.node_of.get(report) else {
            return;
        };
        if sum == 0 || !sums.is_meant[self.top_above(first)] {
            return;
        }
        sums.path.clear();
        sums.path.push(first);
        sums.path.extend(self.groups_above(first));
        while let Some(at) = sums.path.pop() {
            sums.add(at, sum);
            if self.nodes[at].parts.is_empty() {
                break;
            }
        }
    }
}
