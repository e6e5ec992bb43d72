//! What rulings hold together comes together before anything does by score, and in their order. So where two of
//! it stand apart, all that hangs together with them leaves its groups first: else what is taken out for
//! one ruling would be lost for another that was met before.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::Forest;
use crate::cluster::engine::Engine;
use crate::cluster::rules::Rules;
use crate::cluster::window::Slot;
use crate::decisions::Held;

impl Forest<'_> {
    /// Takes the reports out of their groups that rulings hold together with some that stand elsewhere.
    pub(super) fn tear_ruled(&mut self) {
        let together = self.rules.together.iter();
        let pairs: Vec<(Slot, Slot)> = together
            .map(|pair| reports_of(self.engine, self.rules, pair))
            .filter(|(a, b)| !self.is_parted(*a, *b))
            .collect();
        let mut unmet = Vec::new();
        for (a, b) in &pairs {
            if self.stand_apart(*a, *b) {
                unmet.push(*a);
            }
        }
        if unmet.is_empty() {
            return;
        }
        let held = Held::of(pairs.iter().copied());
        let torn: BTreeSet<Slot> = unmet.into_iter().map(|one| held.root_of(one)).collect();
        let named: BTreeSet<Slot> = pairs.into_iter().flat_map(|(a, b)| [a, b]).collect();
        for report in named {
            if torn.contains(&held.root_of(report)) {
                self.take_out(report);
            }
        }
    }

    /// True if a ruling keeps two reports apart themselves.
    pub(super) fn is_parted(&self, a: Slot, b: Slot) -> bool {
        self.parted.contains(&(a.min(b), a.max(b)))
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
pub(super) fn parted_reports(engine: &Engine, rules: &Rules) -> FxHashSet<(Slot, Slot)> {
    let apart = rules.apart.iter();
    let apart = apart.map(|pair| reports_of(engine, rules, pair));
    apart.map(|(a, b)| (a.min(b), a.max(b))).collect()
}

fn reports_of(engine: &Engine, rules: &Rules, (a, b): &(Slot, Slot)) -> (Slot, Slot) {
    (rules.report_of(engine, *a), rules.report_of(engine, *b))
}
