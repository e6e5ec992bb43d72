//! How what is at work in the writer gives way to what somebody decided: SQLite asks between its steps, and what can be
//! run again is undone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rusqlite::Connection;

use crate::store::error::Result;

/// Steps of SQLite's machine between two looks: some tens of microseconds.
const STEPS_BETWEEN: i32 = 1_000;

/// Whether somebody has decided and waits, and whether what is at work can be undone for it.
#[derive(Clone, Default)]
pub(super) struct Precedence(Arc<State>);

#[derive(Default)]
struct State {
    /// Decisions that were handed over and not begun.
    waiting: AtomicUsize,
    can_give_way: AtomicBool,
    gave_way: AtomicBool,
}

impl Precedence {
    /// Over what this connection is at.
    ///
    /// # Errors
    /// If the connection takes no handler.
    pub(super) fn over(conn: &mut Connection) -> Result<Self> {
        let precedence = Self::default();
        let asked = precedence.clone();
        conn.progress_handler(STEPS_BETWEEN, Some(move || asked.stops()))?;
        Ok(precedence)
    }

    /// A decision is about to be handed over.
    pub(super) fn announce(&self) {
        self.0.waiting.fetch_add(1, Ordering::Release);
    }

    /// A decision has its turn.
    pub(super) fn begin(&self) {
        self.0.waiting.fetch_sub(1, Ordering::Release);
    }

    /// True if a decision waits.
    pub(super) fn is_wanted(&self) -> bool {
        self.0.waiting.load(Ordering::Acquire) > 0
    }

    /// Watches over one transaction, of which nothing gives way until it is told what does.
    pub(super) fn watch(&self) -> GivingWay<'_> {
        self.0.gave_way.store(false, Ordering::Relaxed);
        GivingWay {
            state: &self.0,
            all_can: std::cell::Cell::new(true),
        }
    }

    fn stops(&self) -> bool {
        let stops = self.0.can_give_way.load(Ordering::Relaxed) && self.is_wanted();
        if stops {
            self.0.gave_way.store(true, Ordering::Relaxed);
        }
        stops
    }
}

/// A transaction that may be undone; not any more once this is dropped.
pub(super) struct GivingWay<'a> {
    state: &'a State,
    all_can: std::cell::Cell<bool>,
}

impl GivingWay<'_> {
    /// Something more is begun in it: it can be undone as long as all in it can be run again.
    pub(super) fn go_on(&self, can_run_again: bool) {
        self.all_can.set(self.all_can.get() && can_run_again);
        self.state
            .can_give_way
            .store(self.all_can.get(), Ordering::Relaxed);
    }

    /// True if it was stopped for a decision: nothing of it may be kept.
    pub(super) fn gave_way(&self) -> bool {
        self.state.gave_way.load(Ordering::Relaxed)
    }
}

impl Drop for GivingWay<'_> {
    fn drop(&mut self) {
        self.state.can_give_way.store(false, Ordering::Relaxed);
    }
}
