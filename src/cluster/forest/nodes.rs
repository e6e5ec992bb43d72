//! Which group holds a report, and which group a group: asked for millions of reports, so kept close together.

use crate::cluster::engine::Engine;
use crate::cluster::window::Slot;

/// A number known of each live report that was met.
pub(super) struct NodeOf {
    base: Slot,
    /// One more than the number, from the oldest item on; 0 of what was not met.
    nodes: Vec<u32>,
}

impl NodeOf {
    /// Of none yet.
    pub(super) fn new(engine: &Engine) -> Self {
        Self {
            base: engine.window.base(),
            nodes: vec![0; engine.window.len()],
        }
    }

    pub(super) fn get(&self, report: Slot) -> Option<usize> {
        let node = self.nodes.get(report.checked_sub(self.base)? as usize)?;
        (*node as usize).checked_sub(1)
    }

    pub(super) fn set(&mut self, report: Slot, node: usize) {
        self.nodes[(report - self.base) as usize] = node as u32 + 1;
    }

    pub(super) fn forget(&mut self, reports: &[Slot]) {
        for report in reports {
            self.nodes[(report - self.base) as usize] = 0;
        }
    }
}

/// The larger group that each is or was a part of.
#[derive(Default)]
pub(super) struct Above(Vec<u32>);

/// Of what is part of none.
const NONE: u32 = u32::MAX;

impl Above {
    /// One more group, which is part of none.
    pub(super) fn push(&mut self) {
        self.0.push(NONE);
    }

    pub(super) fn of(&self, at: usize) -> Option<usize> {
        let above = self.0[at];
        (above != NONE).then_some(above as usize)
    }

    pub(super) fn set(&mut self, at: usize, above: usize) {
        self.0[at] = above as u32;
    }

    pub(super) fn take(&mut self, at: usize) -> Option<usize> {
        let above = self.of(at);
        self.0[at] = NONE;
        above
    }
}
