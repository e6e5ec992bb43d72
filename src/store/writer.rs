//! The one writer: a thread that takes closures from a bounded queue and runs them by turns, each turn in
//! one transaction. Closures have a savepoint each, so that a failing one takes nothing with it, or fail
//! together; these are patient, the others go before them, and what people decided goes before all.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction};
use tokio::sync::{mpsc, oneshot, watch};

use super::checkpoints::Checkpoints;
use super::error::{Result, StoreError};
use super::health::{OpenedFile, Trouble, TroubleKind};

/// How many closures may wait; callers wait beyond that. Memory stays bounded by it.
const QUEUE_LENGTH: usize = 256;

/// How many closures share one transaction at the most, so that readers see progress.
const BATCH_LENGTH: usize = 128;

/// How long a closure waits for company if the one before had some. Visits come by the dozen, and what
/// they change lies on the same few pages: shared, a commit costs each a fraction.
const GATHERING: Duration = Duration::from_millis(2);

/// For how long patient closures are added to a transaction. Who came meanwhile and is not patient waits
/// for no more than that, one closure and a commit, and has the next transaction without them.
const TURN: Duration = Duration::from_millis(20);

/// Whether a commit waits for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Survives the end of the process, not a loss of power (WAL with synchronous NORMAL).
    Process,
    /// Survives a loss of power (synchronous FULL). For what people decided.
    Power,
}

/// Gets the transaction, or why there is none.
type Work = Box<dyn FnOnce(Result<&Transaction<'_>>) -> Outcome + Send>;
/// What became of a closure.
struct Outcome {
    /// Whether its savepoint stays.
    keep: bool,
    /// What it met that concerns the file or the disk.
    trouble: Option<Trouble>,
    /// Answers the caller once the transaction has ended.
    answer: Box<dyn FnOnce(Result<()>) + Send>,
}

struct Task {
    durability: Durability,
    isolation: Isolation,
    work: Work,
}

impl Task {
    fn line(&self) -> Line {
        match (self.durability, self.isolation) {
            (Durability::Power, _) => Line::Decided,
            (_, Isolation::Alone) => Line::Hurried,
            (_, Isolation::Together) => Line::Patient,
        }
    }
}

/// Where a closure waits; each turn is one line's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Line {
    /// What somebody decided, which nothing that was fetched undoes: always the next turn.
    Decided,
    /// What others wait for.
    Hurried,
    /// What nobody waits for at a screen.
    #[default]
    Patient,
}

/// What a failing closure takes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Nothing: it has a savepoint of its own. SQLite then copies every page that it changes.
    Alone,
    /// All that shares the transaction.
    Together,
}

/// The sending side of the writer's queue.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Task>,
    /// How many closures were taken from the queue and wait for their turn.
    in_line: Arc<AtomicUsize>,
    commits: watch::Receiver<u64>,
    trouble: watch::Sender<Option<Trouble>>,
}

impl Writer {
    /// Starts the thread; it ends when every `Writer` is gone.
    ///
    /// # Errors
    /// Why the database at `path` cannot be opened once more, to copy its log.
    pub fn start(mut conn: Connection, path: &Path) -> Result<(Self, JoinHandle<()>)> {
        let checkpoints = Checkpoints::start(&mut conn, path)?;
        let file = OpenedFile::at(path)?;
        let (queue, tasks) = mpsc::channel(QUEUE_LENGTH);
        let (committed, commits) = watch::channel(0);
        let trouble = watch::Sender::new(None);
        let line = Waiting::default();
        let in_line = line.told.clone();
        let met = trouble.clone();
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || run_writer((conn, file, checkpoints), (tasks, line), &committed, &met))
            .expect("the system can start a thread");
        let writer = Self {
            queue,
            in_line,
            commits,
            trouble,
        };
        Ok((writer, thread))
    }

    /// Runs `work` in a transaction and waits until it is committed.
    pub async fn write<T, F>(
        &self,
        (durability, isolation): (Durability, Isolation),
        work: F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        let (task, answer) = make_task((durability, isolation), work);
        self.queue
            .send(task)
            .await
            .map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// The same for a thread outside the runtime.
    pub fn write_blocking<T, F>(
        &self,
        (durability, isolation): (Durability, Isolation),
        work: F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.begin_blocking((durability, isolation), work)?.wait()
    }

    /// Hands `work` over for a transaction and goes on; for a thread outside the runtime.
    pub fn begin_blocking<T, F>(
        &self,
        (durability, isolation): (Durability, Isolation),
        work: F,
    ) -> Result<Pending<T>>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        let (task, answer) = make_task((durability, isolation), work);
        self.queue
            .blocking_send(task)
            .map_err(|_| StoreError::Closed)?;
        Ok(Pending(Some(answer)))
    }

    /// Counts commits: changes whenever the database may have changed.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.clone()
    }

    /// What keeps the database from being written; `None` while nothing does.
    pub fn trouble(&self) -> &watch::Sender<Option<Trouble>> {
        &self.trouble
    }

    /// How many closures wait.
    pub fn queue_length(&self) -> usize {
        let queued = QUEUE_LENGTH - self.queue.capacity();
        queued + self.in_line.load(Ordering::Relaxed)
    }
}

/// A write that was handed over and may not be committed yet. Dropped, it is waited for all the same, so
/// that who reads the database after a failure on the way finds it at rest.
#[must_use]
pub struct Pending<T = ()>(Option<oneshot::Receiver<Result<T>>>);

impl<T> Pending<T> {
    /// Waits until it is committed; not for a thread of the runtime.
    ///
    /// # Errors
    /// Why nothing of it was kept.
    pub fn wait(mut self) -> Result<T> {
        let answer = self.0.take().ok_or(StoreError::Closed)?;
        answer.blocking_recv().map_err(|_| StoreError::Closed)?
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        if let Some(answer) = self.0.take() {
            drop(answer.blocking_recv());
        }
    }
}

fn make_task<T, F>(
    (durability, isolation): (Durability, Isolation),
    work: F,
) -> (Task, oneshot::Receiver<Result<T>>)
where
    T: Send + 'static,
    F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let work: Work = Box::new(move |tx| {
        let result = tx.and_then(work);
        // A caller that stopped waiting does not mind a lost answer.
        Outcome {
            keep: result.is_ok(),
            trouble: result.as_ref().err().and_then(Trouble::met),
            answer: Box::new(move |end| {
                drop(reply.send(result.and_then(|value| end.map(|()| value))));
            }),
        }
    });
    let task = Task {
        durability,
        isolation,
        work,
    };
    (task, answer)
}

fn run_writer(
    (mut conn, file, checkpoints): (Connection, OpenedFile, Checkpoints),
    (mut tasks, mut waiting): (mpsc::Receiver<Task>, Waiting),
    committed: &watch::Sender<u64>,
    trouble: &watch::Sender<Option<Trouble>>,
) {
    let mut durability = None;
    let mut was_shared = false;
    loop {
        if waiting.is_empty() {
            let Some(first) = tasks.blocking_recv() else {
                break;
            };
            if was_shared && first.line() == Line::Patient && tasks.is_empty() {
                std::thread::park_timeout(GATHERING);
            }
            waiting.add(first);
        }
        // All of them, so that nobody in a hurry is behind who is not.
        while let Ok(next) = tasks.try_recv() {
            waiting.add(next);
        }
        was_shared = waiting.len() > 1;
        run_turn((&mut conn, &file), &mut waiting, &mut durability, trouble);
        committed.send_modify(|count| *count += 1);
        checkpoints.look(&conn);
    }
    drop(checkpoints);
    // Leaves a clean file behind; if it cannot, the next start recovers from the log.
    drop(conn.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)"));
}

/// Trouble lasts until a probe has found its cause gone: a batch that changes nothing goes through
/// on a full disk too. Damage is not forgotten for anything that is met later.
fn note_trouble(state: &watch::Sender<Option<Trouble>>, met: Option<Trouble>) {
    let Some(met) = met else { return };
    state.send_if_modified(|known| {
        let is_news = known
            .as_ref()
            .is_none_or(|known| known.kind != met.kind && known.kind != TroubleKind::Damaged);
        if is_news {
            *known = Some(met);
        }
        is_news
    });
}

#[derive(Default)]
struct Batch {
    answers: Vec<Box<dyn FnOnce(Result<()>) + Send>>,
    trouble: Option<Trouble>,
}

/// The tasks that wait, in three lines.
#[derive(Default)]
struct Waiting {
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
}

impl Waiting {
    fn add(&mut self, task: Task) {
        self.tasks_of(task.line()).push_back(task);
        self.told.fetch_add(1, Ordering::Relaxed);
    }

    fn tasks_of(&mut self, line: Line) -> &mut VecDeque<Task> {
        match line {
            Line::Decided => &mut self.decided,
            Line::Hurried => &mut self.hurried,
            Line::Patient => &mut self.patient,
        }
    }

    fn len(&self) -> usize {
        self.decided.len() + self.hurried.len() + self.patient.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The next turn, which takes at least one: at once what somebody decided, else by turns those in a
    /// hurry and the patient ones, so that nobody waits for ever.
    fn begin_turn(&mut self) -> Durability {
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

    fn next(&mut self) -> Option<Task> {
        self.left = self.left.checked_sub(1)?;
        let task = match self.turn {
            Line::Patient => self.next_patient(),
            line => self.tasks_of(line).pop_front(),
        }?;
        self.told.fetch_sub(1, Ordering::Relaxed);
        Some(task)
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

/// Runs a turn of the tasks in one transaction; after a task that failed together with others, the rest in
/// another one. Callers are answered after trouble was noted, so that who got an error finds its
/// reason.
///
/// `set` is the durability that the connection was last set to; `None` if it is not known.
fn run_turn(
    (conn, file): (&mut Connection, &OpenedFile),
    waiting: &mut Waiting,
    set: &mut Option<Durability>,
    state: &watch::Sender<Option<Trouble>>,
) {
    let wanted = waiting.begin_turn();
    let mut next = waiting.next();
    while let Some(first) = next.take() {
        let mut batch = Batch::default();
        let mut tasks = std::iter::once(first).chain(std::iter::from_fn(|| waiting.next()));
        let end = file
            .is_there()
            .and_then(|()| set_durability(conn, wanted, set))
            .and_then(|()| run_transaction(conn, &mut tasks, &mut batch));
        let met_at_end = end.as_ref().err().and_then(Trouble::met);
        note_trouble(state, batch.trouble.or(met_at_end));
        for answer in batch.answers {
            answer(end.as_ref().copied().map_err(same_error));
        }
        if let Err(cause) = end {
            match cause {
                StoreError::Undone => next = tasks.next(),
                cause => tasks.for_each(|task| {
                    let outcome = (task.work)(Err(same_error(&cause)));
                    (outcome.answer)(Ok(()));
                }),
            }
        }
    }
}

/// Sets it if it is not set already; a statement of its own at each commit would be felt.
fn set_durability(
    conn: &Connection,
    wanted: Durability,
    set: &mut Option<Durability>,
) -> Result<()> {
    if *set != Some(wanted) {
        let name = match wanted {
            Durability::Process => "NORMAL",
            Durability::Power => "FULL",
        };
        *set = None;
        conn.pragma_update(None, "synchronous", name)?;
        *set = Some(wanted);
    }
    Ok(())
}

fn run_transaction(
    conn: &mut Connection,
    waiting: &mut impl Iterator<Item = Task>,
    batch: &mut Batch,
) -> Result<()> {
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for task in waiting {
        let is_alone = task.isolation == Isolation::Alone;
        if is_alone {
            tx.prepare_cached("SAVEPOINT task")?.execute([])?;
        }
        // A bug in one closure must not end the writer: it is a refused write.
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (task.work)(Ok(&tx))));
        let mut keep = false;
        if let Ok(outcome) = ran {
            keep = outcome.keep;
            batch.answers.push(outcome.answer);
            batch.trouble = outcome.trouble.or(batch.trouble.take());
        }
        // Some errors of the disk end the whole transaction, not only the statement.
        if tx.is_autocommit() {
            return Err(lost_transaction(batch.trouble.as_ref()));
        }
        match (is_alone, keep) {
            (true, true) => drop(tx.prepare_cached("RELEASE task")?.execute([])?),
            (true, false) => tx.execute_batch("ROLLBACK TO task; RELEASE task")?,
            (false, true) => {}
            (false, false) => return Err(StoreError::Undone),
        }
    }
    tx.commit()?;
    Ok(())
}

fn lost_transaction(trouble: Option<&Trouble>) -> StoreError {
    let cause = || "the transaction was undone".to_owned();
    match trouble.map(|trouble| trouble.kind) {
        Some(TroubleKind::Full) => StoreError::Full,
        Some(TroubleKind::ReadOnly) => StoreError::ReadOnly,
        Some(TroubleKind::Damaged) => StoreError::Damaged(cause()),
        Some(TroubleKind::Gone) => StoreError::Gone,
        Some(TroubleKind::Disk) | None => StoreError::Disk(cause()),
    }
}

fn same_error(error: &StoreError) -> StoreError {
    match error {
        StoreError::Full => StoreError::Full,
        StoreError::ReadOnly => StoreError::ReadOnly,
        StoreError::Damaged(cause) => StoreError::Damaged(cause.clone()),
        StoreError::Undone => StoreError::Undone,
        StoreError::Gone => StoreError::Gone,
        other => StoreError::Disk(other.to_string()),
    }
}
