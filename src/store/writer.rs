//! The one writer: a thread that takes closures from a bounded queue and runs as many as wait in
//! one transaction, each in a savepoint of its own, so that a failing one takes nothing with it.

use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction};
use tokio::sync::{mpsc, oneshot, watch};

use super::error::{Result, StoreError};

/// How many closures may wait; callers wait beyond that. Memory stays bounded by it.
const QUEUE_LENGTH: usize = 256;

/// How many closures share one transaction at the most, so that readers see progress.
const BATCH_LENGTH: usize = 128;

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
/// Says whether the savepoint stays, and answers the caller once the transaction has ended.
type Outcome = (bool, Box<dyn FnOnce(Result<()>) + Send>);

struct Task {
    durability: Durability,
    work: Work,
}

/// The sending side of the writer's queue.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Task>,
    commits: watch::Receiver<u64>,
}

impl Writer {
    /// Starts the thread; it ends when every `Writer` is gone.
    pub fn start(conn: Connection) -> (Self, JoinHandle<()>) {
        let (queue, tasks) = mpsc::channel(QUEUE_LENGTH);
        let (committed, commits) = watch::channel(0);
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || run_writer(conn, tasks, &committed))
            .expect("the system can start a thread");
        (Self { queue, commits }, thread)
    }

    /// Runs `work` in a transaction and waits until it is committed.
    pub async fn write<T, F>(&self, durability: Durability, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        let (task, answer) = make_task(durability, work);
        self.queue
            .send(task)
            .await
            .map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// The same for a thread outside the runtime.
    pub fn write_blocking<T, F>(&self, durability: Durability, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        let (task, answer) = make_task(durability, work);
        self.queue
            .blocking_send(task)
            .map_err(|_| StoreError::Closed)?;
        answer.blocking_recv().map_err(|_| StoreError::Closed)?
    }

    /// Counts commits: changes whenever the database may have changed.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.clone()
    }

    /// How many closures wait.
    pub fn queue_length(&self) -> usize {
        QUEUE_LENGTH - self.queue.capacity()
    }
}

fn make_task<T, F>(durability: Durability, work: F) -> (Task, oneshot::Receiver<Result<T>>)
where
    T: Send + 'static,
    F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let work: Work = Box::new(move |tx| {
        let result = tx.and_then(work);
        let keep = result.is_ok();
        // A caller that stopped waiting does not mind a lost answer.
        (
            keep,
            Box::new(move |end| drop(reply.send(result.and_then(|value| end.map(|()| value))))),
        )
    });
    (Task { durability, work }, answer)
}

fn run_writer(
    mut conn: Connection,
    mut tasks: mpsc::Receiver<Task>,
    committed: &watch::Sender<u64>,
) {
    while let Some(first) = tasks.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH_LENGTH {
            let Ok(next) = tasks.try_recv() else { break };
            batch.push(next);
        }
        run_batch(&mut conn, batch);
        committed.send_modify(|count| *count += 1);
    }
    // Leaves a clean file behind; if it cannot, the next start recovers from the log.
    drop(conn.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)"));
}

type Answers = Vec<Box<dyn FnOnce(Result<()>) + Send>>;

fn run_batch(conn: &mut Connection, batch: Vec<Task>) {
    let power = batch
        .iter()
        .any(|task| task.durability == Durability::Power);
    let mut answers = Answers::with_capacity(batch.len());
    let mut waiting = batch.into_iter();
    let end = run_transaction(conn, power, &mut waiting, &mut answers);
    for answer in answers {
        answer(end.as_ref().map(|()| ()).map_err(same_error));
    }
    if let Err(cause) = end {
        for task in waiting {
            let (_, answer) = (task.work)(Err(same_error(&cause)));
            answer(Ok(()));
        }
    }
}

fn run_transaction(
    conn: &mut Connection,
    power: bool,
    waiting: &mut impl Iterator<Item = Task>,
    answers: &mut Answers,
) -> Result<()> {
    conn.pragma_update(None, "synchronous", if power { "FULL" } else { "NORMAL" })?;
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for task in waiting {
        tx.execute_batch("SAVEPOINT task")?;
        // A bug in one closure must not end the writer: it is a refused write.
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (task.work)(Ok(&tx))));
        let keep = match ran {
            Ok((keep, answer)) => {
                answers.push(answer);
                keep
            }
            Err(_) => false,
        };
        tx.execute_batch(if keep {
            "RELEASE task"
        } else {
            "ROLLBACK TO task; RELEASE task"
        })?;
    }
    tx.commit()?;
    Ok(())
}

fn same_error(error: &StoreError) -> StoreError {
    match error {
        StoreError::Full => StoreError::Full,
        StoreError::ReadOnly => StoreError::ReadOnly,
        StoreError::Damaged(cause) => StoreError::Damaged(cause.clone()),
        other => StoreError::Disk(other.to_string()),
    }
}
