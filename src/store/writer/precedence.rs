//! How what is at work in the writer gives way to what somebody decided: SQLite asks between its steps, and what can be
//! run again is undone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rusqlite::Connection;

use crate::store::error::Result;

/// Steps of SQLite's machine between two looks: some tens of microseconds.
const STEPS_BETWEEN: i32 = 1_000;

/// A decision that waits.
pub(super) struct Announced(Arc<State>);

impl Drop for Announced {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Release);
    }
}

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

    /// A decision is about to be handed over: it waits until what is returned is dropped, whether it has its turn by
    /// then or went away before.
    pub(super) fn announce(&self) -> Announced {
        self.0.waiting.fetch_add(1, Ordering::Release);
        Announced(self.0.clone())
    }

    /// True if a decision waits.
    pub(super) fn is_wanted(&self) -> bool {
        self.0.waiting.load(Ordering::Acquire) > 0
    }

    /// Watches over one transaction, of which nothing gives way but what is run by it.
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

/// A transaction that may be undone while something is at work in it.
pub(super) struct GivingWay<'a> {
    state: &'a State,
    all_can: std::cell::Cell<bool>,
}

impl GivingWay<'_> {
    /// Runs something more in it, during which it can be undone if all in it can be run again. What opens a savepoint
    /// before and closes it after is not stopped: who asked for the work would be told of that.
    ///
    /// `work` must not panic.
    pub(super) fn while_at<T>(&self, can_run_again: bool, work: impl FnOnce() -> T) -> T {
        self.all_can.set(self.all_can.get() && can_run_again);
        let can_give_way = |can| self.state.can_give_way.store(can, Ordering::Relaxed);
        can_give_way(self.all_can.get());
        let said = work();
        can_give_way(false);
        said
    }

    /// True if it was stopped for a decision: nothing of it may be kept.
    pub(super) fn gave_way(&self) -> bool {
        self.state.gave_way.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_work_itself_is_stopped_for_a_decision() {
        let mut conn = Connection::open_in_memory().expect("a database");
        let precedence = Precedence::over(&mut conn).expect("a handler");
        let tx = conn.transaction().expect("a transaction");
        let giving = precedence.watch();
        giving.while_at(true, || ());
        let _waits = precedence.announce();
        // SQLite looks at every thousandth step of a statement that is kept, over all its runs.
        for _ in 0..1_000 {
            for sql in ["SAVEPOINT task", "RELEASE task"] {
                let ran = tx.prepare_cached(sql).and_then(|mut one| one.execute([]));
                assert!(ran.is_ok() && !giving.gave_way(), "{sql}: {ran:?}");
            }
        }
        let count =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
            SELECT count(*) FROM n";
        let count = || tx.query_row(count, [], |row| row.get::<_, i64>(0));
        assert!(giving.while_at(true, count).is_err() && giving.gave_way());
    }

    #[test]
    fn a_decision_that_goes_away_is_waited_for_no_more() {
        let precedence = Precedence::default();
        let [one, other] = [(); 2].map(|()| precedence.announce());
        drop(one);
        assert!(precedence.is_wanted());
        drop(other);
        assert!(!precedence.is_wanted());
    }
}
