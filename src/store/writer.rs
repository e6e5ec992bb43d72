//! The one writer: a thread that takes closures from a bounded queue and runs them by turns, each turn in
//! one transaction. Closures have a savepoint each, so that a failing one takes nothing with it, or none; these
//! are patient, the others go before them, and what people decided goes before all: what is at work and can be run
//! again is undone for it. Where one without a savepoint fails, those that shared its transaction are run again,
//! with one.

mod lines;
mod precedence;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, Transaction};
use tokio::sync::{mpsc, oneshot, watch};

use super::checkpoints::Checkpoints;
use super::error::{Result, StoreError};
use super::health::{OpenedFile, Trouble, TroubleKind};
use super::statistics;
use lines::{Line, Waiting};
use precedence::{Announced, Precedence};

/// How many closures may wait; callers wait beyond that. Memory stays bounded by it.
const QUEUE_LENGTH: usize = 256;

/// How long a closure waits for company if the one before had some. Visits come by the dozen, and what
/// they change lies on the same few pages: shared, a commit costs each a fraction.
const GATHERING: Duration = Duration::from_millis(2);

/// Whether a commit waits for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Survives the end of the process, not a loss of power (WAL with synchronous NORMAL).
    Process,
    /// Survives a loss of power (synchronous FULL). For what people decided.
    Power,
}

/// A closure with whoever waits for it.
trait Job: Send {
    /// Runs the closure, or notes why there is no transaction for it.
    fn run(&mut self, tx: Result<&Transaction<'_>>) -> Outcome;

    /// Answers the caller with what the closure said when it was run last, unless the transaction ended otherwise.
    fn answer(self: Box<Self>, end: Result<()>);
}

/// What became of a closure.
#[derive(Default)]
struct Outcome {
    /// Whether what it wrote stays.
    keep: bool,
    /// What it met that concerns the file or the disk.
    trouble: Option<Trouble>,
}

/// A closure whose result one caller waits for.
struct Asked<T, F> {
    work: F,
    said: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, F> Job for Asked<T, F>
where
    T: Send,
    F: FnMut(&Transaction<'_>) -> Result<T> + Send,
{
    fn run(&mut self, tx: Result<&Transaction<'_>>) -> Outcome {
        // What it said before was undone; if it fails over itself now, it says nothing.
        self.said = None;
        let said = tx.and_then(&mut self.work);
        let outcome = Outcome {
            keep: said.is_ok(),
            trouble: said.as_ref().err().and_then(Trouble::met),
        };
        self.said = Some(said);
        outcome
    }

    fn answer(self: Box<Self>, end: Result<()>) {
        let said = self.said.unwrap_or(Err(StoreError::Closed));
        // A caller that stopped waiting does not mind a lost answer.
        drop(self.reply.send(said.and_then(|value| end.map(|()| value))));
    }
}

struct Task {
    line: Line,
    /// True if it takes nothing with it when it fails: it has a savepoint of its own. SQLite then copies every
    /// page that it changes.
    is_alone: bool,
    /// True if it can be run again and was not yet: it gives way to what somebody decides.
    may_be_undone: bool,
    /// That it waits, if it is what somebody decided.
    announced: Option<Announced>,
    job: Box<dyn Job>,
}

/// The sending side of the writer's queue.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Task>,
    /// How many closures were taken from the queue and wait for their turn.
    in_line: Arc<AtomicUsize>,
    precedence: Precedence,
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
        let precedence = Precedence::over(&mut conn)?;
        let file = OpenedFile::at(path);
        let (queue, tasks) = mpsc::channel(QUEUE_LENGTH);
        let (committed, commits) = watch::channel(0);
        let trouble = watch::Sender::new(None);
        let line = Waiting::new(precedence.clone());
        let in_line = line.told();
        let met = trouble.clone();
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || run_writer((conn, file, checkpoints), (tasks, line), &committed, &met))
            .expect("the system can start a thread");
        let writer = Self {
            queue,
            in_line,
            precedence,
            commits,
            trouble,
        };
        Ok((writer, thread))
    }

    /// Runs `work` in a transaction and waits until it is committed.
    pub async fn write<T, F>(&self, durability: Durability, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.ask(make_alone(durability, work)).await
    }

    /// The same without a savepoint: if `work` or another such closure fails, or somebody decides meanwhile, it is run
    /// again.
    pub async fn write_together<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.ask(make_patient(work)).await
    }

    /// As [`Writer::write`], but undone and run again if somebody decides meanwhile.
    pub async fn write_giving_way<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.ask(make_task(Line::Hurried, work)).await
    }

    /// As [`Writer::write`], for a thread outside the runtime.
    pub fn write_blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.begin(make_alone(Durability::Process, work))?.wait()
    }

    /// Hands `work` over as for [`Writer::write_together`] and goes on; for a thread outside the runtime.
    pub fn begin_together_blocking<T, F>(&self, work: F) -> Result<Pending<T>>
    where
        T: Send + 'static,
        F: Fn(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.begin(make_patient(work))
    }

    async fn ask<T>(&self, (task, answer): (Task, oneshot::Receiver<Result<T>>)) -> Result<T> {
        let task = self.announce(task);
        let sent = self.queue.send(task).await;
        sent.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    fn begin<T>(&self, (task, answer): (Task, oneshot::Receiver<Result<T>>)) -> Result<Pending<T>> {
        let task = self.announce(task);
        let sent = self.queue.blocking_send(task);
        sent.map_err(|_| StoreError::Closed)?;
        Ok(Pending(Some(answer)))
    }

    fn announce(&self, task: Task) -> Task {
        let is_decided = task.line == Line::Decided;
        Task {
            announced: is_decided.then(|| self.precedence.announce()),
            ..task
        }
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

fn make_alone<T, F>(durability: Durability, work: F) -> (Task, oneshot::Receiver<Result<T>>)
where
    T: Send + 'static,
    F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
{
    let line = match durability {
        Durability::Power => Line::Decided,
        Durability::Process => Line::Hurried,
    };
    // It is run once: where others are run again, it was in no transaction with them.
    let mut work = Some(work);
    let once = move |tx: &Transaction<'_>| match work.take() {
        Some(work) => work(tx),
        None => Err(StoreError::Closed),
    };
    let (task, answer) = make_task(line, once);
    let task = Task {
        may_be_undone: false,
        ..task
    };
    (task, answer)
}

fn make_patient<T, F>(work: F) -> (Task, oneshot::Receiver<Result<T>>)
where
    T: Send + 'static,
    F: Fn(&Transaction<'_>) -> Result<T> + Send + 'static,
{
    make_task(Line::Patient, work)
}

/// A task that can be run again.
fn make_task<T, F>(line: Line, work: F) -> (Task, oneshot::Receiver<Result<T>>)
where
    T: Send + 'static,
    F: FnMut(&Transaction<'_>) -> Result<T> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let job = Box::new(Asked {
        work,
        said: None,
        reply,
    });
    let task = Task {
        line,
        is_alone: line != Line::Patient,
        may_be_undone: true,
        announced: None,
        job,
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
            if was_shared && first.line == Line::Patient && tasks.is_empty() {
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
        match is_gone(trouble) {
            true => checkpoints.copy_all(&conn),
            false => checkpoints.look(&conn),
        }
    }
    drop(checkpoints);
    // Leaves a clean file behind; if it cannot, the next start recovers from the log.
    drop(statistics::bring_up_to_date(&conn));
    drop(conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
}

/// The file may be put back and its log not: it takes what was committed, so that nothing of it hangs on the log.
fn is_gone(trouble: &watch::Sender<Option<Trouble>>) -> bool {
    let trouble = trouble.borrow();
    trouble
        .as_ref()
        .is_some_and(|trouble| trouble.kind == TroubleKind::Gone)
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

/// The tasks that shared a transaction.
#[derive(Default)]
struct Batch {
    /// All that ran, but for the one that undid it.
    ran: Vec<Task>,
    /// The one without a savepoint that failed, so that nothing of the others was kept.
    failed: Option<Task>,
    /// Nothing was kept, for somebody has decided meanwhile.
    gave_way: bool,
    trouble: Option<Trouble>,
}

/// Runs a turn of the tasks in one transaction. After a task that failed together with others these are run
/// again, each with a savepoint, so that each is run twice at the most; then the rest in another transaction.
/// What gave way to a decision waits for another turn.
///
/// `set` is the durability that the connection was last set to; `None` if it is not known.
fn run_turn(
    (conn, file): (&mut Connection, &OpenedFile),
    waiting: &mut Waiting,
    set: &mut Option<Durability>,
    state: &watch::Sender<Option<Trouble>>,
) {
    let wanted = waiting.begin_turn();
    let precedence = waiting.precedence.clone();
    let mut run = |tasks: &mut dyn Iterator<Item = Task>| {
        let mut batch = Batch::default();
        let end = file
            .is_there()
            .and_then(|()| set_durability(conn, wanted, set))
            .and_then(|()| run_transaction(conn, tasks, &precedence, &mut batch));
        let gave_way = batch.gave_way;
        (end_transaction(end, batch, tasks, state), gave_way)
    };
    while let Some(first) = waiting.next() {
        let mut tasks = std::iter::once(first).chain(std::iter::from_fn(|| waiting.next()));
        let (mut undone, gave_way) = run(&mut tasks);
        if gave_way {
            return waiting.put_back(undone);
        }
        for task in &mut undone {
            task.is_alone = true;
            task.may_be_undone = false;
        }
        if !undone.is_empty() {
            run(&mut undone.into_iter());
        }
    }
}

/// Answers those whose transaction has ended, after trouble was noted, so that who got an error finds its reason.
/// If there was none to be had, `rest` is told so too. Those are returned that another one undid.
fn end_transaction(
    end: Result<()>,
    batch: Batch,
    rest: &mut dyn Iterator<Item = Task>,
    state: &watch::Sender<Option<Trouble>>,
) -> Vec<Task> {
    let met_at_end = end.as_ref().err().and_then(Trouble::met);
    note_trouble(state, batch.trouble.or(met_at_end));
    if let Some(failed) = batch.failed {
        failed.job.answer(Ok(()));
        return batch.ran;
    }
    if batch.gave_way {
        return batch.ran;
    }
    for task in batch.ran {
        task.job.answer(end.as_ref().copied().map_err(same_error));
    }
    if let Err(cause) = end {
        for mut task in rest {
            task.job.run(Err(same_error(&cause)));
            task.job.answer(Ok(()));
        }
    }
    Vec::new()
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

/// Runs tasks until there are no more or one without a savepoint has failed or gave way, which undoes all.
fn run_transaction(
    conn: &mut Connection,
    tasks: &mut dyn Iterator<Item = Task>,
    precedence: &Precedence,
    batch: &mut Batch,
) -> Result<()> {
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let giving = precedence.watch();
    for mut task in tasks {
        let is_alone = task.is_alone;
        let may_be_undone = task.may_be_undone;
        if is_alone {
            tx.prepare_cached("SAVEPOINT task")?.execute([])?;
        }
        // A bug in one closure must not end the writer: it is a refused write.
        let run = std::panic::AssertUnwindSafe(|| task.job.run(Ok(&tx)));
        let run = || std::panic::catch_unwind(run).unwrap_or_default();
        let outcome = giving.while_at(may_be_undone, run);
        if giving.gave_way() {
            batch.gave_way = true;
            batch.ran.push(task);
            return Ok(());
        }
        batch.trouble = outcome.trouble.or(batch.trouble.take());
        // Some errors of the disk end the whole transaction, not only the statement.
        if tx.is_autocommit() {
            batch.ran.push(task);
            return Err(lost_transaction(batch.trouble.as_ref()));
        }
        if !is_alone && !outcome.keep {
            batch.failed = Some(task);
            return Ok(());
        }
        batch.ran.push(task);
        match (is_alone, outcome.keep) {
            (true, true) => drop(tx.prepare_cached("RELEASE task")?.execute([])?),
            (true, false) => tx.execute_batch("ROLLBACK TO task; RELEASE task")?,
            (false, _) => {}
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
        StoreError::Gone => StoreError::Gone,
        other => StoreError::Disk(other.to_string()),
    }
}
