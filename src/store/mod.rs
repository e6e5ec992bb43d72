//! SQLite: one file per table or subject. All SQL is here.
//!
//! One thread writes, any number of connections read. Callers pass closures; the functions of the
//! other files of this room are what the closures call. Nothing here decides anything.

pub mod backup;
pub mod check;
mod checkpoints;
pub mod clustering;
mod content;
pub mod decisions;
pub mod describing;
pub mod desk;
pub mod editors;
mod error;
pub mod events;
pub mod feeds;
pub mod figures;
pub mod health;
pub mod hosts;
pub mod hub;
pub mod items;
pub mod kept_out;
pub mod kills;
pub mod listing;
mod lock;
pub mod locks;
pub mod mending;
mod migrate;
mod numbers;
pub mod outlets;
pub mod own_events;
mod packing;
pub mod polls;
mod private;
pub mod published;
pub mod publishing;
pub mod reports;
pub mod requests;
pub mod retention;
pub mod retold;
pub mod review;
mod rows;
mod scores;
pub mod search;
pub mod sessions;
pub mod slugs;
pub mod standing;
pub mod statistics;
pub mod subscriptions;
pub mod taken;
pub mod tokens;
pub mod went_along;
pub mod withdrawn;
mod writer;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;
pub use rusqlite::{Connection, Transaction};
use tokio::sync::watch;

pub use error::{Result, StoreError};
pub use health::{Trouble, TroubleKind};
pub use lock::{DirectoryLock, read_address};
pub use migrate::newest_schema;
use packing::Packing;
use writer::Writer;
pub use writer::{Durability, Pending};

/// Name of the database within the data directory.
pub const FILE_NAME: &str = "dateline.sqlite";

/// How many idle reading connections are kept open, and taken in turn: each soon has prepared what it is
/// asked and filled its cache, and memory stays as it is.
pub const IDLE_READERS: usize = 4;

/// Statements that each connection keeps prepared; more than the program has.
const STATEMENT_CACHE: usize = 256;

/// The open database. Cheap to clone; all clones share one writer.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    writer: Option<Writer>,
    writer_thread: Option<std::thread::JoinHandle<()>>,
    readers: Mutex<VecDeque<Connection>>,
    packing: Arc<Packing>,
}

impl Store {
    /// Opens the database in `directory`, makes it if it is not there, and brings it to the newest
    /// schema.
    ///
    /// # Errors
    /// [`StoreError::Newer`] and [`StoreError::Foreign`] leave the file as it is, [`StoreError::LoneLog`] what lies
    /// beside it.
    pub fn open(directory: &Path) -> Result<Self> {
        let path = directory.join(FILE_NAME);
        refuse_lone_log(&path)?;
        make_if_missing(directory, &path).map_err(StoreError::opening(directory))?;
        let mut conn = open_writable(&path)?;
        let found = migrate::check_schema(&conn, &path)?;
        let packing = Arc::new(Packing::default());
        prepare_writer(&conn)?;
        packing.register(&conn)?;
        if (1..migrate::newest_schema()).contains(&found) {
            let copy = backup::before_upgrade(&conn, directory, found)?;
            tracing::info!(schema = found, copy = %copy.display(), "database copied before its upgrade");
        }
        let names = migrate::migrate(&mut conn, &path, &packing)?;
        if found > 0 && !names.is_empty() {
            tracing::info!(
                from = found,
                to = migrate::newest_schema(),
                "database upgraded"
            );
        }
        packing.load(&conn)?;
        statistics::forget_beginnings(&conn)?;
        let (writer, thread) = Writer::start(conn, &path)?;
        Ok(Self::from_parts(path, packing, Some((writer, thread))))
    }

    /// As [`Store::open`], but makes no database.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none yet; else as for [`Store::open`].
    pub fn open_existing(directory: &Path) -> Result<Self> {
        find_database(directory)?;
        Self::open(directory)
    }

    /// Opens the database for reading only, beside a process that owns it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none yet; else as for [`Store::open`].
    pub fn open_read_only(directory: &Path) -> Result<Self> {
        let path = find_database(directory)?;
        let store = Self::from_parts(path, Arc::default(), None);
        store.read(|conn| {
            migrate::check_schema(conn, &store.inner.path)?;
            store.inner.packing.load(conn)
        })?;
        Ok(store)
    }

    fn from_parts(
        path: PathBuf,
        packing: Arc<Packing>,
        writer: Option<(Writer, std::thread::JoinHandle<()>)>,
    ) -> Self {
        let (writer, writer_thread) = writer.unzip();
        Self {
            inner: Arc::new(Inner {
                path,
                writer,
                writer_thread,
                readers: Mutex::default(),
                packing,
            }),
        }
    }

    /// Runs `work` in a transaction and waits until it is committed. What waits at the same time
    /// shares the transaction; a failing closure is undone alone.
    ///
    /// # Errors
    /// What the closure returns, or why the commit failed; then nothing of it was kept.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.writer()?.write(Durability::Process, work).await
    }

    /// As [`Store::write`], but undone and run again if somebody decides meanwhile.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_giving_way<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.writer()?.write_giving_way(work).await
    }

    /// As [`Store::write_giving_way`], but without a savepoint, which costs a third less. If it fails, those that
    /// share the transaction are undone with it and run again: for what hardly ever fails.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_together<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.writer()?.write_together(work).await
    }

    /// Hands `work` over as for [`Store::write_together`] and goes on; for a thread outside the runtime.
    ///
    /// # Errors
    /// [`StoreError::Closed`] if the writer has ended; the rest comes with [`Pending::wait`].
    pub fn begin_together_blocking<F>(&self, work: F) -> Result<Pending>
    where
        F: Fn(&Transaction<'_>) -> Result<()> + Send + 'static,
    {
        self.writer()?.begin_together_blocking(work)
    }

    /// As [`Store::write`], and the disk has confirmed it: for what people decided.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_durably<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.writer()?.write(Durability::Power, work).await
    }

    /// As [`Store::write`], for a thread outside the runtime.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.writer()?.write_blocking(work)
    }

    /// Runs `work` on a reading connection, all of which sees one and the same commit, the last: each statement
    /// alone would take and give back the lock, and after a commit in between read its pages anew. Blocks the
    /// thread for as long as the query takes: from async code, long ones go through `spawn_blocking`.
    ///
    /// # Errors
    /// What the closure returns.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let conn = self.take_reader()?;
        let result = see_one_commit(&conn, work);
        self.return_reader(conn);
        self.note_damage(result.as_ref().err());
        result
    }

    /// Learns from `items` accepted so far how to pack the next ones, if there are enough of them
    /// and it was not done yet. Cheap otherwise.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn learn_to_pack(&self, items: i64) -> Result<()> {
        let packing = &self.inner.packing;
        if packing.next_at().is_none_or(|at| items < at) {
            return Ok(());
        }
        if let Some(dictionary) = self.read(packing::learn)? {
            self.write_blocking(move |tx| packing::save(tx, dictionary))?;
            self.read(|conn| packing.load(conn))?;
        }
        Ok(())
    }

    /// What keeps the database from being written; `None` while nothing does. Reading goes on.
    pub fn trouble(&self) -> Option<Trouble> {
        let writer = self.inner.writer.as_ref()?;
        writer.trouble().borrow().clone()
    }

    /// Changes whenever trouble comes or goes.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`] if the store was opened for reading only.
    pub fn watch_trouble(&self) -> Result<watch::Receiver<Option<Trouble>>> {
        Ok(self.writer()?.trouble().subscribe())
    }

    /// While there is trouble, tries whether its cause is gone; if it is, the trouble is forgotten.
    /// Cheap while there is none. After damage the whole file is looked at.
    ///
    /// # Errors
    /// The trouble that is still there.
    pub async fn probe(&self) -> Result<()> {
        let Some(trouble) = self.trouble() else {
            return Ok(());
        };
        let directory = self.inner.path.parent().map(Path::to_owned);
        let directory = directory.unwrap_or_default();
        self.write(move |tx| health::probe(tx, &directory, trouble.kind))
            .await?;
        // Readers may hold pages of a file that was damaged.
        self.idle_readers().clear();
        self.writer()?.trouble().send_replace(None);
        Ok(())
    }

    /// Counts commits: changes whenever the database may have changed.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`] if the store was opened for reading only.
    pub fn commits(&self) -> Result<watch::Receiver<u64>> {
        Ok(self.writer()?.commits())
    }

    /// How many writes wait.
    pub fn queue_length(&self) -> usize {
        self.inner.writer.as_ref().map_or(0, Writer::queue_length)
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// What a reader finds damaged, the writer should not go on with.
    fn note_damage(&self, met: Option<&StoreError>) {
        let met = met.and_then(Trouble::met);
        if let (Some(writer), Some(met)) = (&self.inner.writer, met)
            && matches!(met.kind, TroubleKind::Damaged | TroubleKind::Disk)
        {
            writer.trouble().send_if_modified(|known| {
                let is_new = known.is_none();
                if is_new {
                    *known = Some(met);
                }
                is_new
            });
        }
    }

    fn writer(&self) -> Result<&Writer> {
        self.inner.writer.as_ref().ok_or(StoreError::ReadOnly)
    }

    fn idle_readers(&self) -> MutexGuard<'_, VecDeque<Connection>> {
        self.inner
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn take_reader(&self) -> Result<Connection> {
        if let Some(idle) = self.idle_readers().pop_front() {
            return Ok(idle);
        }
        let conn = open_reader(&self.inner.path)?;
        self.inner.packing.register(&conn)?;
        Ok(conn)
    }

    fn return_reader(&self, conn: Connection) {
        let mut idle = self.idle_readers();
        if idle.len() < IDLE_READERS {
            idle.push_back(conn);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.readers
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        self.writer = None;
        if let Some(thread) = self.writer_thread.take() {
            // The thread ends as soon as its queue is empty; a panic in it was already reported.
            drop(thread.join());
        }
    }
}

fn see_one_commit<T>(conn: &Connection, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    // Dropped, it ends; it has nothing to commit.
    let snapshot = conn.unchecked_transaction()?;
    work(&snapshot)
}

/// Keeps a prepared statement for every value. SQLite would plan it anew for each one as soon as it
/// has statistics of the values, which costs more than most of ours do.
fn keep_plans(conn: &Connection) -> Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Of so many pages one is kept by the writer: about as many as lead to the others, so that each look-up
/// reads one. The system has the others at hand.
const PAGES_TO_ONE_KEPT: i64 = 256;
/// The fewest and the most KiB of pages that the writer keeps.
const KEPT_KIB: (i64, i64) = (2_000, 64_000);

/// The path of the database of a directory.
fn find_database(directory: &Path) -> Result<PathBuf> {
    let path = directory.join(FILE_NAME);
    refuse_lone_log(&path)?;
    match path.try_exists().map_err(StoreError::opening(&path))? {
        true => Ok(path),
        false => Err(StoreError::NotFound(format!(
            "database {}: start `dateline run` first",
            path.display()
        ))),
    }
}

/// SQLite deletes the log beside an empty database as soon as it reads that, and what was written last with it.
fn refuse_lone_log(path: &Path) -> Result<()> {
    let holds = |path: &Path| std::fs::metadata(path).is_ok_and(|found| found.len() > 0);
    if holds(&beside(path, "-wal")) && !holds(path) {
        return Err(StoreError::LoneLog(path.to_owned()));
    }
    Ok(())
}

/// A connection that writes to a database that is there; none is made.
fn open_writable(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
}

/// Makes the directory and an empty database for nobody but their owner, where there is none.
fn make_if_missing(directory: &Path, path: &Path) -> std::io::Result<()> {
    private::make_directory(directory)?;
    match private::for_owner().write(true).create_new(true).open(path) {
        Ok(file) => private::give_to_owner_of(directory, path, &file),
        Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(cause) => Err(cause),
    }
}

/// Keeps a small share of the pages. A transaction may change 8 MB (2,000 pages), or as much as is kept,
/// before any of them is written.
fn prepare_writer(conn: &Connection) -> Result<()> {
    keep_plans(conn)?;
    let pages: i64 = conn.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    let bytes: i64 = conn.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let kib = pages / PAGES_TO_ONE_KEPT * bytes / 1024;
    conn.pragma_update(None, "cache_size", -kib.clamp(KEPT_KIB.0, KEPT_KIB.1))?;
    conn.execute_batch(
        "PRAGMA auto_vacuum = INCREMENTAL;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL;
         PRAGMA foreign_keys = ON;
         PRAGMA busy_timeout = 5000;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_spill = 2000;
         PRAGMA journal_size_limit = 67108864;",
    )?;
    conn.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    Ok(())
}

/// True if SQLite cannot read what is there: to read a database with a log it has to write beside it.
fn is_unreadable(conn: &Connection) -> bool {
    let read = conn.query_row("PRAGMA schema_version", [], |row| row.get::<_, i64>(0));
    let read = read.map_err(StoreError::from);
    matches!(read, Err(StoreError::ReadOnly | StoreError::Disk(_)))
}

/// True if nothing can change the file: its mount is read-only, and no log waits beside it.
fn is_left_unchanged(path: &Path) -> bool {
    let has_log = std::fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0);
    let probe = beside(path, "-probe");
    let made = std::fs::File::create_new(&probe).inspect(|_| {
        // Nothing depends on it.
        drop(std::fs::remove_file(&probe));
    });
    let is_read_only =
        |error: &std::io::Error| error.kind() == std::io::ErrorKind::ReadOnlyFilesystem;
    !has_log && made.as_ref().is_err_and(is_read_only)
}

/// The name of what lies beside a file, with an ending.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// The address of a database that does not change, for SQLite.
fn unchanging(path: &Path) -> String {
    let mut address = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                address.push(char::from(*byte));
            }
            other => address.push_str(&format!("%{other:02X}")),
        }
    }
    address + "?immutable=1"
}

/// Keeps few pages: SQLite drops all of a reader's whenever something was committed.
fn open_reader(path: &Path) -> Result<Connection> {
    refuse_lone_log(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let mut conn = Connection::open_with_flags(path, flags)?;
    if is_unreadable(&conn) && is_left_unchanged(path) {
        conn = Connection::open_with_flags(unchanging(path), flags)?;
    }
    keep_plans(&conn)?;
    conn.execute_batch(
        "PRAGMA query_only = ON; PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -500;",
    )?;
    conn.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    Ok(conn)
}
