//! In which order the writer takes what waits: what somebody decided, then by turns what others wait for and what
//! nobody waits for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::precedence::Precedence;
use super::{Durability, Task};

/// How many closures share one transaction at the most, so that readers see progress.
const BATCH_LENGTH: usize = 128;

/// For how long patient closures are added to a transaction. Who came meanwhile and is not patient waits
/// for no more than that, one closure and a commit, and has the next transaction without them.
const TURN: Duration = Duration::from_millis(20);

/// Where a closure waits; each turn is one line's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Line {
    /// What somebody decided, which nothing that was fetched undoes: always the next turn.
    Decided,
    /// What others wait for.
    Hurried,
    /// What nobody waits for at a screen.
    #[default]
    Patient,
}

/// The tasks that wait, in three lines.
pub(super) struct Waiting {
    decided: VecDeque<Task>,
    hurried: VecDeque<Task>,
    patient: VecDeque<Task>,
    /// Whose turn it is.
    turn: Line,
    /// Of the lines where nothing was decided, the one that had the last turn.
    before: Line,
    /// How many are still taken in it.
    left: usize,
    /// Until when patient ones are taken.
    turn_ends: Option<Instant>,
    /// How many these are, for others to see.
    told: Arc<AtomicUsize>,
    /// Of what was decided over the others.
    pub(super) precedence: Precedence,
}

impl Waiting {
    /// Nothing yet.
    pub(super) fn new(precedence: Precedence) -> Self {
        Self {
            decided: VecDeque::new(),
            hurried: VecDeque::new(),
            patient: VecDeque::new(),
            turn: Line::default(),
            before: Line::default(),
            left: 0,
            turn_ends: None,
            told: Arc::default(),
            precedence,
        }
    }

    /// How many wait, from now on.
    pub(super) fn told(&self) -> Arc<AtomicUsize> {
        self.told.clone()
    }

    pub(super) fn add(&mut self, task: Task) {
        self.tasks_of(task.line).push_back(task);
        self.told.fetch_add(1, Ordering::Relaxed);
    }

    fn tasks_of(&mut self, line: Line) -> &mut VecDeque<Task> {
        match line {
            Line::Decided => &mut self.decided,
            Line::Hurried => &mut self.hurried,
            Line::Patient => &mut self.patient,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.decided.len() + self.hurried.len() + self.patient.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The next turn, which takes at least one: at once what somebody decided, else by turns those in a
    /// hurry and the patient ones, so that nobody waits for ever.
    pub(super) fn begin_turn(&mut self) -> Durability {
        self.turn_ends = None;
        self.left = BATCH_LENGTH;
        self.turn = Line::Decided;
        if !self.decided.is_empty() {
            return Durability::Power;
        }
        let has_priority = self.before == Line::Patient || self.patient.is_empty();
        self.before = match !self.hurried.is_empty() && has_priority {
            true => Line::Hurried,
            false => Line::Patient,
        };
        self.turn = self.before;
        Durability::Process
    }

    /// The next of this turn. A turn of what is not decided ends as soon as somebody decides.
    pub(super) fn next(&mut self) -> Option<Task> {
        let has_begun = self.left < BATCH_LENGTH;
        if has_begun && self.turn != Line::Decided && self.precedence.is_wanted() {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        let mut task = match self.turn {
            Line::Patient => self.next_patient(),
            line => self.tasks_of(line).pop_front(),
        }?;
        self.told.fetch_sub(1, Ordering::Relaxed);
        drop(task.announced.take());
        Some(task)
    }

    /// Those that were undone for what somebody decided are the first of their line, and are not undone again.
    pub(super) fn put_back(&mut self, undone: Vec<Task>) {
        self.told.fetch_add(undone.len(), Ordering::Relaxed);
        for mut task in undone.into_iter().rev() {
            task.may_be_undone = false;
            self.tasks_of(task.line).push_front(task);
        }
    }

    fn next_patient(&mut self) -> Option<Task> {
        #[allow(
            clippy::disallowed_methods,
            reason = "a stopwatch, not the time of day"
        )]
        let now = Instant::now();
        let ends = *self.turn_ends.get_or_insert(now + TURN);
        (now < ends).then(|| self.patient.pop_front()).flatten()
    }
}
