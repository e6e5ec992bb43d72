//! What rulings hold together comes together before anything does by score, and in their order. So where two of
//! it stand apart, all that hangs together with them leaves its groups first: else what is taken out for
//! one ruling would be lost for another that was met before.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Forest;
use crate::cluster::engine::Engine;
use crate::cluster::rules::Rules;
use crate::cluster::window::Slot;

impl Forest<'_> {
    /// Takes the reports out of their groups that rulings hold together with some that stand elsewhere.
    pub(super) fn tear_ruled(&mut self) {
        let together = self.rules.together.iter();
        let pairs: Vec<[Slot; 2]> = together
            .map(|pair| reports_of(self.engine, self.rules, pair))
            .filter(|[a, b]| !self.is_parted(*a, *b))
            .collect();
        let mut unmet = Vec::new();
        for [a, b] in &pairs {
            if self.stand_apart(*a, *b) {
                unmet.push(*a);
            }
        }
        if unmet.is_empty() {
            return;
        }
        let mut above: FxHashMap<Slot, Slot> = FxHashMap::default();
        for [a, b] in &pairs {
            let (a, b) = (root_of(&above, *a), root_of(&above, *b));
            if a != b {
                above.insert(a.max(b), a.min(b));
            }
        }
        let torn = unmet.into_iter().map(|report| root_of(&above, report));
        let torn: BTreeSet<Slot> = torn.collect();
        let named: BTreeSet<Slot> = pairs.into_iter().flatten().collect();
        for report in named {
            if torn.contains(&root_of(&above, report)) {
                self.take_out(report);
            }
        }
    }

    /// True if a ruling keeps two reports apart themselves.
    pub(super) fn is_parted(&self, a: Slot, b: Slot) -> bool {
        self.parted.contains(&[a.min(b), a.max(b)])
    }

    /// True if two reports, of which one was met, stand in different groups.
    fn stand_apart(&mut self, a: Slot, b: Slot) -> bool {
        if self.node_of.get(a).is_none() && self.node_of.get(b).is_none() {
            return false;
        }
        let tops = [a, b].map(|slot| self.meet(slot).map(|at| self.top_above(at)));
        matches!(tops, [Some(a), Some(b)] if a != b)
    }
}

/// The reports that rulings keep apart, the smaller of two first.
pub(super) fn parted_reports(engine: &Engine, rules: &Rules) -> FxHashSet<[Slot; 2]> {
    let apart = rules.apart.iter();
    let apart = apart.map(|pair| reports_of(engine, rules, pair));
    apart.map(|[a, b]| [a.min(b), a.max(b)]).collect()
}

fn reports_of(engine: &Engine, rules: &Rules, (a, b): &(Slot, Slot)) -> [Slot; 2] {
    [*a, *b].map(|slot| rules.report_of(engine, slot))
}

fn root_of(above: &FxHashMap<Slot, Slot>, report: Slot) -> Slot {
    let mut root = report;
    while let Some(next) = above.get(&root) {
        root = *next;
    }
    root
}
