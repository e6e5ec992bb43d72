//! Copies what was committed from the log into the database, beside the writer: done within a commit,
//! as SQLite does it by default, it makes an editor wait for the disk.

use std::path::Path;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::hooks::Wal;
use rusqlite::{Connection, OpenFlags};

use super::error::Result;

/// Pages of the log that are new since it was copied last and make a copy due: 16 MB. What is changed
/// again meanwhile is copied once.
const DUE: i32 = 4_000;
/// Pages of the log from which the writer copies the rest itself, between two transactions: 64 MB. While
/// it does, nothing is added, so that the log begins anew, unless a reader still needs it.
const TOO_LONG: i32 = 16_000;
/// Pages of the log from which the writer waits for a copy that is being made before it does so.
const FAR_TOO_LONG: i32 = 32_000;

/// The thread that copies, and how long the log is. It ends when this is dropped.
pub(super) struct Checkpoints {
    state: Arc<State>,
    bell: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    /// Pages of the log after the last commit.
    logged: AtomicI32,
    /// Pages of the log that are in the database.
    copied: AtomicI32,
    /// Held by who copies: SQLite refuses a second one.
    copying: Mutex<()>,
}

impl Checkpoints {
    /// Takes copying over from the writer's connection.
    ///
    /// # Errors
    /// Why the database cannot be opened once more.
    pub(super) fn start(writer: &mut Connection, path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(path, flags)?;
        conn.pragma_update(None, "cache_size", -500)?;
        let state: Arc<State> = Arc::default();
        let seen = state.clone();
        writer.wal_hook(Some(move |_: &mut Wal, pages| {
            if pages < seen.logged.swap(pages, Ordering::AcqRel) {
                // The log has begun anew.
                seen.copied.store(0, Ordering::Release);
            }
            Ok(())
        }))?;
        let (bell, rings) = sync_channel(1);
        let known = state.clone();
        let thread = std::thread::Builder::new()
            .name("store-copier".into())
            .spawn(move || copy_when_due(&conn, &rings, &known))
            .expect("the system can start a thread");
        Ok(Self {
            state,
            bell: Some(bell),
            thread: Some(thread),
        })
    }

    /// Sees after a commit whether it is time to copy.
    pub(super) fn look(&self, writer: &Connection) {
        let logged = self.state.logged.load(Ordering::Acquire);
        let copied = self.state.copied.load(Ordering::Acquire);
        let new = logged - copied;
        let copying = &self.state.copying;
        let turn = match logged {
            FAR_TOO_LONG.. => Some(copying.lock().unwrap_or_else(PoisonError::into_inner)),
            TOO_LONG.. => copying.try_lock().ok(),
            _ => None,
        };
        if turn.is_some() {
            copy(writer, &self.state);
        } else if new >= DUE
            && let Some(bell) = &self.bell
        {
            // If it was rung already, once is enough.
            bell.try_send(()).ok();
        }
    }

    /// Copies all that no reader still needs, whether it is time or not.
    pub(super) fn copy_all(&self, writer: &Connection) {
        let _turn = self.state.copying.lock();
        copy(writer, &self.state);
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.bell = None;
        if let Some(thread) = self.thread.take() {
            // A panic in it was already reported.
            drop(thread.join());
        }
    }
}

fn copy_when_due(conn: &Connection, rings: &Receiver<()>, state: &State) {
    while rings.recv().is_ok() {
        let _turn = state.copying.lock();
        copy(conn, state);
    }
}

/// Copies what no reader still needs from the log. If it fails, nothing is lost and it is tried again
/// after the next commit, as SQLite does.
fn copy(conn: &Connection, state: &State) {
    match conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(2)) {
        Ok(copied) => state.copied.store(copied, Ordering::Release),
        Err(error) => {
            tracing::warn!(%error, "the database's log was not copied into it");
        }
    }
}
