//! Copies of the database: made beside a running daemon, verified after writing, and put back.
//!
//! A copy is one file without a log beside it. It appears under its name only when it is whole and
//! on the disk; until then it is called `….partial`.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use super::error::{Result, StoreError};
use super::{FILE_NAME, Store, beside, check, migrate, private};
use crate::news::UtcTime;

/// Pages that are copied at once; between two lots other threads get their turn.
const PAGES_AT_ONCE: i32 = 4096;

/// What a copy holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Items in it.
    pub item_count: u64,
    /// Decisions in it.
    pub decision_count: u64,
}

/// What a restore did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What is in force now.
    pub copied: Copied,
    /// Where the database that was there before lies now; `None` if there was none.
    pub set_aside: Option<PathBuf>,
}

/// Copies the database as of now to `to`, which must not exist. The writer goes on meanwhile: the
/// copy shows the moment at which it began. Blocks the thread.
///
/// # Errors
/// [`StoreError::Open`] if `to` exists or cannot be made, [`StoreError::Damaged`] if the copy is
/// not whole; then nothing is left at `to`.
pub fn back_up(store: &Store, to: &Path) -> Result<Copied> {
    if to.exists() {
        let cause = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
        return Err(StoreError::opening(to)(cause));
    }
    // A connection of its own, so that a long copy keeps no reader waiting.
    let from = super::open_reader(store.path())?;
    migrate::check_schema(&from, store.path())?;
    copy_verified(&from, to)
}

/// The name of a copy made at that time: names sort by time.
pub fn copy_name(now: UtcTime) -> String {
    format!("dateline-{}.sqlite", now.format("%Y%m%dT%H%M%SZ"))
}

/// Removes the oldest copies with names by [`copy_name`] until `kept` are left with `newest`, which stays, and what
/// copies that were killed left; returns what went. Copies of a time to come, made when a clock was wrong, neither
/// count nor go; other files are left alone.
///
/// # Errors
/// If the directory cannot be read or a file not removed.
pub fn trim_copies(directory: &Path, newest: &Path, kept: usize) -> Result<Vec<PathBuf>> {
    let listing = std::fs::read_dir(directory).map_err(StoreError::opening(directory))?;
    let paths = listing.filter_map(|found| Some(found.ok()?.path()));
    let (mut copies, others): (Vec<PathBuf>, Vec<PathBuf>) = paths.partition(|path| is_copy(path));
    copies.retain(|path| path.file_name() <= newest.file_name());
    copies.sort();
    copies.truncate(copies.len().saturating_sub(kept));
    let is_broken_off = |path: &PathBuf| {
        path.extension().is_some_and(|ending| ending == "partial")
            && is_copy(&path.with_extension(""))
    };
    copies.extend(others.into_iter().filter(is_broken_off));
    for path in &copies {
        std::fs::remove_file(path).map_err(StoreError::opening(path))?;
    }
    Ok(copies)
}

/// Puts a copy in the place of the database of `directory`, whose lock the caller holds. What was
/// there is set aside under a name with `now`; at every moment one of the two is in force.
///
/// # Errors
/// If the copy is not whole or not ours; then nothing was changed.
pub fn restore(directory: &Path, from: &Path, now: UtcTime) -> Result<Restored> {
    if !from.exists() {
        return Err(StoreError::NotFound(format!("copy {}", from.display())));
    }
    let useless = |why: &dyn std::fmt::Display| StoreError::UselessCopy {
        path: from.to_owned(),
        why: why.to_string(),
    };
    if !from.is_file() {
        return Err(useless(&"it is no file"));
    }
    let source = open_copy(from).map_err(|error| useless(&error))?;
    match migrate::check_schema(&source, from) {
        Ok(0) => return Err(useless(&"it is no database of Dateline")),
        Err(StoreError::Damaged(why)) => return Err(useless(&why)),
        schema => schema?,
    };
    let database = directory.join(FILE_NAME);
    let incoming = directory.join("dateline-incoming.sqlite");
    remove_if_there(&incoming)?;
    let copied = copy_verified(&source, &incoming);
    let mut copied = copied.map_err(|error| match error {
        StoreError::Damaged(why) => useless(&why),
        error => error,
    })?;
    give_away(directory, &incoming)?;
    let set_aside = set_aside(directory, now)?;
    std::fs::rename(&incoming, &database).map_err(StoreError::opening(&database))?;
    sync_directory(directory)?;
    copied.path = database;
    Ok(Restored { copied, set_aside })
}

/// Copies a database of an older schema before it is upgraded, over a copy of an earlier attempt.
///
/// # Errors
/// As [`back_up`]: without a copy there is no upgrade.
pub fn before_upgrade(conn: &Connection, directory: &Path, schema: u32) -> Result<PathBuf> {
    let path = directory.join(format!("before-schema-{}.sqlite", schema + 1));
    remove_if_there(&path)?;
    copy_verified(conn, &path)?;
    give_away(directory, &path)?;
    Ok(path)
}

fn copy_verified(from: &Connection, to: &Path) -> Result<Copied> {
    let partial = beside(to, ".partial");
    remove_if_there(&partial)?;
    let copied = copy_pages(from, &partial).and_then(|()| verify(&partial));
    let copied = copied.inspect_err(|_| {
        // The first error is the one that matters.
        drop(std::fs::remove_file(&partial));
    })?;
    std::fs::rename(&partial, to).map_err(StoreError::opening(to))?;
    if let Some(directory) = to.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        sync_directory(directory)?;
    }
    Ok(Copied {
        path: to.to_owned(),
        ..copied
    })
}

fn copy_pages(from: &Connection, to: &Path) -> Result<()> {
    create_private(to)?;
    let mut target = Connection::open(to)?;
    // One snapshot for all lots: else every commit in between would start the copy again.
    from.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema")?;
    let copied = Backup::new(from, &mut target)
        .and_then(|copy| copy.run_to_completion(PAGES_AT_ONCE, Duration::ZERO, None));
    let ended = from.execute_batch("ROLLBACK");
    copied?;
    ended?;
    // One file, without a log beside it.
    target.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;")?;
    drop(target);
    let file = File::open(to).map_err(StoreError::opening(to))?;
    file.sync_all().map_err(StoreError::opening(to))
}

/// What root makes in the directory of the service's user is that user's.
fn give_away(directory: &Path, path: &Path) -> Result<()> {
    let given = File::open(path).and_then(|file| private::give_to_owner_of(directory, path, &file));
    given.map_err(StoreError::opening(path))
}

/// The copy may hold passwords of feeds and digests of those of editors.
fn create_private(path: &Path) -> Result<()> {
    let mut options = private::for_owner();
    options.write(true).create_new(true);
    options
        .open(path)
        .map(drop)
        .map_err(StoreError::opening(path))
}

/// Reads the whole copy: every page, every reference, every claim of `check`.
fn verify(path: &Path) -> Result<Copied> {
    let conn = open_copy(path)?;
    let damage = check::find_damage(&conn)?;
    if let Some(first) = damage.first() {
        return Err(StoreError::Damaged(format!("copy: {first}")));
    }
    let count = |table: &str| -> Result<u64> {
        let sql = format!("SELECT count(*) FROM {table}");
        let count: i64 = conn.query_row(&sql, [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    };
    Ok(Copied {
        path: path.to_owned(),
        bytes: std::fs::metadata(path)
            .map_err(StoreError::opening(path))?
            .len(),
        item_count: count("items")?,
        decision_count: count("decisions")?,
    })
}

fn open_copy(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(path, flags)?)
}

/// Gives the database a second name and takes its log away, also one that lies alone, so that the log is never
/// taken for one of the file that comes in its place. `None` if neither is there.
fn set_aside(directory: &Path, now: UtcTime) -> Result<Option<PathBuf>> {
    let database = directory.join(FILE_NAME);
    let stamp = now.format("%Y%m%dT%H%M%SZ");
    let names = std::iter::once(String::new()).chain((2..).map(|number| format!("-{number}")));
    let mut aside = names.map(|more| directory.join(format!("set-aside-{stamp}{more}.sqlite")));
    let is_free = |path: &PathBuf| !path.exists() && !beside(path, "-wal").exists();
    let aside = aside.find(is_free).unwrap_or_default();
    let mut taken = Vec::new();
    if database.exists() {
        empty_log(&database);
        if std::fs::hard_link(&database, &aside).is_err() {
            std::fs::copy(&database, &aside).map_err(StoreError::opening(&aside))?;
            give_away(directory, &aside)?;
        }
        taken.push(aside.clone());
    }
    for ending in ["-wal", "-shm"] {
        let (log, moved) = (beside(&database, ending), beside(&aside, ending));
        if log.exists() {
            std::fs::rename(&log, &moved).map_err(StoreError::opening(&log))?;
            taken.push(moved);
        }
    }
    sync_directory(directory)?;
    Ok(taken.into_iter().next())
}

/// Brings the log into the file. A damaged or empty file keeps its log, which is set aside with it.
fn empty_log(database: &Path) {
    let emptied = super::refuse_lone_log(database).and_then(|()| {
        let conn = super::open_writable(database)?;
        Ok(conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?)
    });
    if let Err(error) = emptied {
        tracing::warn!(%error, "the log of the old database is set aside with it");
    }
}

fn sync_directory(directory: &Path) -> Result<()> {
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(StoreError::opening(directory))
}

fn remove_if_there(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::opening(path)(cause))
        }
        _ => Ok(()),
    }
}

fn is_copy(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.and_then(|name| name.strip_prefix("dateline-")?.strip_suffix("Z.sqlite"))
        .is_some_and(|stamp| {
            stamp.len() == 15
                && stamp
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'T')
        })
}

#[cfg(test)]
mod tests;
