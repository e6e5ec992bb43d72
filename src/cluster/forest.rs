//! What a change reaches: settling costs what has changed and not what is live.
//!
//! Average link from single reports down to a threshold builds a tree for each event, and the trees
//! are independent of each other: what came together inside one did so by itself. So a tree can be
//! found again from its own reports, and after a change the whole history of groupings need not be
//! gone through again, only what differs from it. Groups are *asleep* as long as they do as they did
//! before, and *awake* where they do otherwise: new reports from the start; a group from the moment
//! when what it used to join next is not there any more. At any mean an awake group is held against
//! the groups that exist at this mean, asleep or awake, and the highest mean comes first, as in
//! grouping from single reports. A group that is joined by another than before leaves its tree, and
//! what it would have met there wakes. The outcome is that of grouping everything that is live.
//!
//! That nothing asleep need be looked at rests on one bound: a mean over more pairs is never above
//! the highest mean over its parts. It holds while a mean counts all pairs, for groups of up to
//! [`super::engine::KEPT_SCORES`] reports; for larger ones the outcome may depend on their history.

mod alike;
mod kept;
mod nodes;
mod sums;
mod tearing;
mod trees;

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use rustc_hash::{FxHashMap, FxHashSet};

use super::engine::{Engine, KEPT_SCORES};
use super::pairs::{mean_score, pairs_between};
use super::rules::Rules;
use super::window::Slot;
use crate::news::EventId;
pub(super) use alike::Alike;
use alike::Kin;
use nodes::{Above, NodeOf};
use sums::Sums;

/// What has changed since the last settling.
pub(super) struct Change {
    /// Items that have come, or that are to be judged as if they had.
    pub(super) fresh: BTreeSet<Slot>,
    /// Settled items on which other rulings hold than before.
    pub(super) ruled: BTreeSet<Slot>,
}

/// The events that a change reaches, as groups of live items, each sorted by slot. Every event
/// that may have other items than before is among them with all of its items. The second rules are
/// those that what is settled was grouped under. Beside them what the machine alone would group alike,
/// if that is kept.
pub(super) fn group_anew(
    engine: &Engine,
    rules: (&Rules, &Rules),
    change: &Change,
) -> (Vec<Vec<Slot>>, Alike) {
    let forest = Forest::of_change(engine, rules, change);
    let tops = forest.tops();
    let groups: Vec<Vec<Slot>> = tops.iter().map(|at| forest.items_of(*at)).collect();
    let alike = forest.find_alike(&tops, &groups);
    (groups, alike)
}

/// The same beside what is grouped already; `None` if the two meet.
pub(super) fn group_beside(
    known: &Alike,
    engine: &Engine,
    rules: (&Rules, &Rules),
    change: &Change,
) -> Option<Vec<Vec<Slot>>> {
    let forest = Forest::of_change(engine, rules, change);
    if forest.meets(known) {
        return None;
    }
    let tops = forest.tops().into_iter();
    Some(tops.map(|at| forest.items_of(at)).collect())
}

/// When two groups came together: the higher mean first (the bits of a non-negative float are in its
/// order), of equal means the smaller reports first.
type Moment = (u32, Reverse<(Slot, Slot)>);

const FIRST: Moment = (u32::MAX, Reverse((0, 0)));

/// An awake group, another, and how often each had changed when this was written.
type Offer = (Moment, [usize; 2], [u32; 2]);

/// A group of reports.
struct Node {
    /// The smallest first.
    leaves: Vec<Slot>,
    /// When its parts came together.
    formed: Moment,
    /// What came together last; empty for one report, and for a whole event not yet looked into.
    parts: Vec<usize>,
    /// For a group that does otherwise than before: from when on.
    awake_since: Option<Moment>,
    /// Groups that may come near enough to an awake one, in no order, some more than once.
    near: Vec<usize>,
    changes: u32,
    is_locked: bool,
}

struct Forest<'a> {
    engine: &'a Engine,
    rules: &'a Rules,
    rules_before: &'a Rules,
    change: &'a Change,
    nodes: Vec<Node>,
    above: Above,
    node_of: NodeOf,
    /// Kept between trees for its room alone.
    leaf_numbers: NodeOf,
    sums: Sums,
    /// `None` unless what the machine alone has is grouped after this.
    kin: Option<Kin>,
    met: FxHashSet<EventId>,
    /// Reports whose group is part of the outcome, changed or not.
    shown: BTreeSet<Slot>,
    /// Reprints that stand elsewhere than their originals.
    strays: Vec<Slot>,
    /// Reports that a ruling keeps apart themselves, the smaller of two first: they never come together.
    parted: FxHashSet<(Slot, Slot)>,
    offers: BinaryHeap<Offer>,
}

impl<'a> Forest<'a> {
    fn of_change(
        engine: &'a Engine,
        (rules, rules_before): (&'a Rules, &'a Rules),
        change: &'a Change,
    ) -> Self {
        let mut forest = Self {
            engine,
            rules,
            rules_before,
            change,
            nodes: Vec::new(),
            above: Above::default(),
            node_of: NodeOf::new(engine),
            leaf_numbers: NodeOf::new(engine),
            sums: Sums::default(),
            kin: engine.beside().map(|_| Kin::default()),
            met: FxHashSet::default(),
            shown: BTreeSet::new(),
            strays: Vec::new(),
            parted: tearing::parted_reports(engine, rules),
            offers: BinaryHeap::new(),
        };
        forest.wake_fresh();
        forest.wake_ruled();
        forest.join_ruled();
        forest.join_by_score();
        forest
    }

    fn wake_fresh(&mut self) {
        for slot in &self.change.fresh {
            let report = self.rules.report_of(self.engine, *slot);
            if !self.change.fresh.contains(&report) {
                self.meet(report);
                self.shown.insert(report);
            } else if self.node_of.get(report).is_none() {
                self.add_leaf(report, Some(FIRST));
            }
            if self.engine.event_at(*slot) != self.engine.event_at(report) {
                self.strays.push(*slot);
            }
            self.show_event_of(*slot);
            self.tie_to_event(*slot);
        }
    }

    /// Takes each report on which rulings have changed out of its group.
    fn wake_ruled(&mut self) {
        for slot in &self.change.ruled {
            self.show_event_of(*slot);
            let report = self.rules.report_of(self.engine, *slot);
            for report in BTreeSet::from([*slot, report]) {
                if !self.change.fresh.contains(&report)
                    && self.rules.report_of(self.engine, report) == report
                {
                    self.take_out(report);
                }
            }
        }
    }

    fn show_event_of(&mut self, slot: Slot) {
        if let Some(id) = self.engine.event_at(slot) {
            self.shown.extend(self.settled_reports(id).first());
            self.meet_event(id);
        }
    }

    /// Wakes one report, alone, and what it leaves.
    fn take_out(&mut self, report: Slot) {
        let Some(mut at) = self.meet(report) else {
            return;
        };
        while self.nodes[at].leaves.len() > 1 {
            self.grow(at);
            let parts = self.nodes[at].parts.iter();
            let holding = parts
                .copied()
                .find(|part| self.nodes[*part].leaves.contains(&report));
            at = holding.expect("the parts hold all reports");
        }
        self.leave_tree(at);
        self.nodes[at].awake_since = Some(FIRST);
    }

    /// What rulings hold together, and what is kept since a part of it left the window.
    fn join_ruled(&mut self) {
        self.tear_ruled();
        let mut pairs = self.rules.together.clone();
        for id in self.met.iter().copied().collect::<BTreeSet<EventId>>() {
            if !self.engine.groups.events[&id].is_pinned {
                continue;
            }
            let mut members = self.settled_reports(id);
            let back = self.returned_to(id);
            let is_torn = !back.is_empty()
                || members
                    .first()
                    .is_some_and(|first| self.nodes[self.top_of(*first)].awake_since.is_some());
            members.extend(back);
            members.sort_unstable();
            members.dedup();
            let kept = is_torn.then(|| self.kept_since(members));
            for kept in kept.into_iter().flatten() {
                // Each to the first, and to the one before it if a ruling keeps it from the first.
                let firsts = kept.iter().skip(1).map(|slot| (kept[0], *slot));
                let neighbours = kept.windows(2).map(|pair| (pair[0], pair[1]));
                pairs.extend(firsts.chain(neighbours));
            }
        }
        for (a, b) in pairs {
            self.join_pair(a, b);
        }
        for at in 0..self.nodes.len() {
            if self.is_top(at) && self.nodes[at].awake_since.is_some() {
                self.look_around(at);
            }
        }
    }

    fn join_pair(&mut self, a: Slot, b: Slot) {
        let [a, b] = [a, b].map(|slot| self.rules.report_of(self.engine, slot));
        let is_unknown = self.node_of.get(a).is_none() && self.node_of.get(b).is_none();
        if is_unknown || self.is_parted(a, b) {
            return;
        }
        for slot in [a, b] {
            let top = self.meet(slot).map(|at| self.top_above(at));
            if top.is_some_and(|top| self.nodes[top].awake_since.is_none()) {
                let other = if slot == a { b } else { a };
                if self.node_of.get(other).map(|at| self.top_above(at)) == top {
                    return;
                }
                self.take_out(slot);
            }
        }
        let tops = [a, b].map(|slot| self.meet(slot).map(|at| self.top_above(at)));
        // What tells no event stands with nothing, whatever is ruled.
        let [Some(a), Some(b)] = tops else { return };
        self.tie(a, b);
        if a != b && !self.are_apart(a, b) {
            self.join(a, b, FIRST);
        }
    }

    fn join_by_score(&mut self) {
        while let Some((moment, [a, b], changes)) = self.offers.pop() {
            let is_current = [a, b].map(|at| self.nodes[at].changes) == changes;
            if !is_current || self.are_apart(a, b) {
                continue;
            }
            let left = self.leave_tree(b);
            let was_asleep = self.nodes[b].awake_since.is_none();
            if was_asleep && !left.is_empty() {
                let near = self.groups_near(b);
                self.nodes[b].near.extend(near);
            }
            let joined = self.join(a, b, moment);
            for at in left {
                self.look_around(at);
            }
            self.offer_to_near(joined);
        }
    }

    /// Takes a group out of the larger ones that it was part of. What it would have met there wakes
    /// and is returned.
    fn leave_tree(&mut self, at: usize) -> Vec<usize> {
        let mut left = Vec::new();
        let (mut at, mut above) = (at, self.above.take(at));
        while let Some(upper) = above {
            let since = self.nodes[upper].formed;
            for part in std::mem::take(&mut self.nodes[upper].parts) {
                if part != at {
                    // Offers to it stay: it is the same group.
                    self.above.take(part);
                    self.nodes[part].awake_since = Some(since);
                    left.push(part);
                }
            }
            self.nodes[upper].changes += 1;
            (at, above) = (upper, self.above.take(upper));
        }
        left
    }

    /// The larger group takes in the other, and is awake from now on.
    fn join(&mut self, a: usize, b: usize, moment: Moment) -> usize {
        self.tie(a, b);
        let is_larger = self.nodes[a].leaves.len() >= self.nodes[b].leaves.len();
        let (kept, taken) = if is_larger { (a, b) } else { (b, a) };
        self.above.set(taken, kept);
        let gone = &mut self.nodes[taken];
        gone.parts = Vec::new();
        gone.changes += 1;
        let leaves = std::mem::take(&mut gone.leaves);
        let mut near = std::mem::take(&mut gone.near);
        let is_locked = gone.is_locked;
        let node = &mut self.nodes[kept];
        node.leaves.extend(leaves);
        let smallest = (0..node.leaves.len()).min_by_key(|at| node.leaves[*at]);
        node.leaves.swap(0, smallest.unwrap_or(0));
        node.formed = moment;
        // What it is made of does not come apart any more.
        node.parts = Vec::new();
        node.awake_since = Some(moment);
        node.near.append(&mut near);
        node.changes += 1;
        node.is_locked |= is_locked;
        kept
    }

    /// Offers an awake group to all that may come near enough.
    fn look_around(&mut self, at: usize) {
        let near = self.groups_near(at);
        self.nodes[at].near.extend(near);
        self.offer_to_near(at);
    }

    fn offer_to_near(&mut self, at: usize) {
        let near = std::mem::take(&mut self.nodes[at].near);
        let mut near = self.standing_for(near);
        near.retain(|other| *other != at);
        near.sort_unstable();
        near.dedup();
        for other in &near {
            self.tie(at, *other);
            let near_it = &mut self.nodes[*other].near;
            if near_it.last() != Some(&at) {
                near_it.push(at);
            }
            self.grow(*other);
        }
        if !self.nodes[at].is_locked {
            self.offer(at, &near);
        }
        self.nodes[at].near = near;
    }

    /// The groups of the outcome that hold these, and of one that came apart those that hold its reports.
    fn standing_for(&self, groups: Vec<usize>) -> Vec<usize> {
        let mut standing = Vec::with_capacity(groups.len());
        for group in groups {
            let top = self.top_above(group);
            match self.is_top(top) {
                true => standing.push(top),
                false => {
                    let leaves = self.nodes[top].leaves.iter();
                    standing.extend(leaves.map(|report| self.top_of(*report)));
                }
            }
        }
        standing
    }

    /// Writes an offer to each group near, and inside one, that exists when it would be taken.
    fn offer(&mut self, at: usize, near: &[usize]) {
        let since = self.nodes[at].awake_since.unwrap_or(FIRST);
        let since = since.min(self.nodes[at].formed);
        let mut sums = std::mem::take(&mut self.sums);
        self.sum_around(at, near, &mut sums);
        while let Some((group, sum)) = sums.take() {
            let node = &self.nodes[group];
            // In means that rise, a larger group may be there before the one that it holds.
            let joined = self.groups_above(group).map(|at| self.nodes[at].formed);
            let joined = joined.max();
            let exists = |moment: &Moment| {
                *moment < node.formed && joined.is_none_or(|joined| *moment > joined)
            };
            // Of equal means any may come next.
            let is_free = |moment: &Moment| !node.is_locked && moment.0 <= since.0;
            let moment = self.moment_of(at, group, sum);
            if let Some(moment) = moment.filter(|moment| exists(moment) && is_free(moment)) {
                let changes = [at, group].map(|one| self.nodes[one].changes);
                self.offers.push((moment, [at, group], changes));
            }
        }
        self.sums = sums;
    }

    /// When two groups with that sum of scores would come together; `None` below the threshold.
    fn moment_of(&self, a: usize, b: usize, sum: u64) -> Option<Moment> {
        let (a, b) = (&self.nodes[a].leaves, &self.nodes[b].leaves);
        let mean = mean_score(sum, pairs_between(a.len(), b.len(), KEPT_SCORES));
        let pair = (a[0].min(b[0]), a[0].max(b[0]));
        (mean >= self.engine.settings.settle_score).then_some((mean.to_bits(), Reverse(pair)))
    }

    /// The groups with a report of which the mean reaches the threshold: no other can come near.
    fn groups_near(&mut self, at: usize) -> Vec<usize> {
        let top = self.top_above(at);
        let mut sums: FxHashMap<Slot, u64> = FxHashMap::default();
        self.engine.window.bring_pairs_near(&self.nodes[at].leaves);
        for leaf in &self.nodes[at].leaves {
            for (other, steps) in self.engine.window.pairs_of(*leaf) {
                *sums.entry(*other).or_default() += u64::from(*steps);
            }
        }
        let pairs = pairs_between(self.nodes[at].leaves.len(), 1, KEPT_SCORES);
        let is_near = |sum: u64| mean_score(sum, pairs) >= self.engine.settings.settle_score;
        let mut reports: Vec<Slot> = sums
            .into_iter()
            .filter(|(other, sum)| is_near(*sum) && self.engine.window.get(*other).is_some())
            .map(|(other, _)| other)
            .collect();
        reports.sort_unstable();
        let groups = reports.into_iter().filter_map(|report| {
            let met = self.meet(report)?;
            let group = self.top_above(met);
            self.tie(at, group);
            Some(group)
        });
        groups.filter(|group| *group != top).collect()
    }

    fn are_apart(&self, a: usize, b: usize) -> bool {
        let holds = |at: usize, slot: Slot| {
            let report = self.rules.report_of(self.engine, slot);
            self.nodes[at].leaves.contains(&report)
        };
        let mut apart = self.rules.apart.iter();
        apart.any(|(x, y)| holds(a, *x) && holds(b, *y) || holds(a, *y) && holds(b, *x))
    }

    fn is_top(&self, at: usize) -> bool {
        self.above.of(at).is_none() && self.top_of(self.nodes[at].leaves[0]) == at
    }

    fn top_of(&self, report: Slot) -> usize {
        let node = self.node_of.get(report);
        self.top_above(node.expect("the report was met"))
    }

    fn top_above(&self, at: usize) -> usize {
        self.groups_above(at).last().unwrap_or(at)
    }

    /// The groups that hold one, from the smallest on.
    fn groups_above(&self, at: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.above.of(at), |at| self.above.of(*at))
    }

    /// The groups that make the outcome, by their smallest reports.
    fn tops(&self) -> Vec<usize> {
        let awake = (0..self.nodes.len())
            .filter(|at| self.nodes[*at].awake_since.is_some() && self.is_top(*at));
        let shown = self.shown.iter().map(|report| self.top_of(*report));
        let tops: BTreeSet<(Slot, usize)> = awake
            .chain(shown)
            .map(|at| (self.nodes[at].leaves[0], at))
            .collect();
        tops.into_iter().map(|(_, at)| at).collect()
    }

    /// All items of a group of reports: originals with their reprints.
    fn items_of(&self, at: usize) -> Vec<Slot> {
        let leaves: FxHashSet<Slot> = self.nodes[at].leaves.iter().copied().collect();
        let events = self.nodes[at].leaves.iter();
        let events = events.filter_map(|slot| self.engine.event_at(*slot));
        let events: BTreeSet<EventId> = events.collect();
        let members = events
            .iter()
            .flat_map(|id| &self.engine.groups.events[id].members);
        // A reprint that a ruling had parted from its original stands in an event of its own.
        let elsewhere = self.change.ruled.iter().chain(&self.strays);
        let candidates = members.chain(elsewhere).chain(&leaves);
        let of_these = candidates.filter(|slot| {
            let report = self.rules.report_of(self.engine, **slot);
            leaves.contains(&report)
        });
        let items: BTreeSet<Slot> = of_these.copied().collect();
        items.into_iter().collect()
    }
}
