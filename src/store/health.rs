//! Whether the database can be written, and if not, why. The writer says what it met; whoever
//! polls asks first, and asks for a probe while there is trouble, so that work goes on by itself
//! once the cause is gone.
//!
//! It does not mend anything, and does not judge how full a disk may become.

use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rusqlite::Transaction;

use super::beside;
use super::error::{Result, StoreError};

/// Room that a probe wants on the disk and within the size that SQLite may use once there was none: a visit with its
/// items, its index pages and its share of the log fits in. Messages and `docs/operating.md` name it.
const WANTED_BYTES: usize = 4 << 20;
/// The same after other trouble, which says nothing of room.
const SAMPLE_BYTES: usize = 64 << 10;

/// What keeps the database from being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// No room on the disk.
    Full,
    /// The file or its mount takes no writes.
    ReadOnly,
    /// The file is damaged.
    Damaged,
    /// The disk failed to read or write.
    Disk,
    /// The file or its log was removed or replaced while it was open.
    Gone,
}

impl TroubleKind {
    /// The name in logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            TroubleKind::Full => "full",
            TroubleKind::ReadOnly => "read-only",
            TroubleKind::Damaged => "damaged",
            TroubleKind::Disk => "disk",
            TroubleKind::Gone => "gone",
        }
    }

    /// The kind of an error; `None` if it says nothing of the file or the disk.
    pub fn of(error: &StoreError) -> Option<Self> {
        match error {
            StoreError::Full => Some(TroubleKind::Full),
            StoreError::ReadOnly => Some(TroubleKind::ReadOnly),
            StoreError::Damaged(_) => Some(TroubleKind::Damaged),
            StoreError::Disk(_) => Some(TroubleKind::Disk),
            StoreError::Gone => Some(TroubleKind::Gone),
            _ => None,
        }
    }
}

/// What keeps the database from being written, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What is the matter.
    pub kind: TroubleKind,
    /// The error's own words, with what to do.
    pub said: String,
    /// When it was first met.
    pub since: Instant,
}

impl Trouble {
    /// The trouble that an error means; `None` if it says nothing of the file or the disk.
    pub(super) fn met(error: &StoreError) -> Option<Self> {
        Some(Self {
            kind: TroubleKind::of(error)?,
            said: error.to_string(),
            since: Instant::now(),
        })
    }
}

/// The files that were opened, to tell whether they are still those at their paths: what is written to one that was
/// removed or replaced is lost when the daemon stops.
#[derive(Debug)]
pub(super) struct OpenedFile {
    /// The database, its log and the index of that.
    paths: [PathBuf; 3],
    /// Device and number on it.
    numbers: [Option<(u64, u64)>; 3],
}

impl OpenedFile {
    /// The files at the path and beside it now.
    pub(super) fn at(path: &Path) -> Self {
        let paths = ["", "-wal", "-shm"].map(|ending| beside(path, ending));
        let numbers = numbers_of(&paths);
        Self { paths, numbers }
    }

    /// # Errors
    /// [`StoreError::Gone`] if another file is at one of the paths, or none.
    pub(super) fn is_there(&self) -> Result<()> {
        match numbers_of(&self.paths) == self.numbers {
            true => Ok(()),
            false => Err(StoreError::Gone),
        }
    }
}

fn numbers_of(paths: &[PathBuf; 3]) -> [Option<(u64, u64)>; 3] {
    let numbers = |found: std::fs::Metadata| (found.dev(), found.ino());
    paths
        .each_ref()
        .map(|path| std::fs::metadata(path).ok().map(numbers))
}

/// Tries what the trouble was with: room on the disk and within SQLite's own limit, and a row written. After damage it is
/// looked for in the whole file.
///
/// # Errors
/// The trouble that is still there.
pub(super) fn probe(tx: &Transaction<'_>, directory: &Path, kind: TroubleKind) -> Result<()> {
    let wanted_bytes = match kind {
        TroubleKind::Full => WANTED_BYTES,
        _ => SAMPLE_BYTES,
    };
    probe_room(tx, wanted_bytes)?;
    probe_disk(directory, wanted_bytes)?;
    if kind == TroubleKind::Damaged {
        // Pages in memory may be those that were read while the file was damaged.
        tx.execute_batch("PRAGMA shrink_memory")?;
        let verdict: String = tx.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(StoreError::Damaged(verdict));
        }
    }
    tx.execute(
        "INSERT INTO cursors (name, value) VALUES ('probe', 1)
         ON CONFLICT DO UPDATE SET value = value + 1",
        [],
    )?;
    Ok(())
}

fn probe_room(tx: &Transaction<'_>, wanted_bytes: usize) -> Result<()> {
    let number = |pragma: &str| -> Result<i64> {
        Ok(tx.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))?)
    };
    let free = number("max_page_count")? - number("page_count")? + number("freelist_count")?;
    let wanted = i64::try_from(wanted_bytes).unwrap_or(i64::MAX) / number("page_size")?.max(1);
    if free < wanted {
        return Err(StoreError::Full);
    }
    Ok(())
}

fn probe_disk(directory: &Path, wanted_bytes: usize) -> Result<()> {
    let mut file = tempfile_in(directory)?;
    file.write_all(&vec![0xA5; wanted_bytes])
        .and_then(|()| file.sync_data())
        .map_err(disk_error)
}

/// A file that is gone from the directory before it is written.
fn tempfile_in(directory: &Path) -> Result<std::fs::File> {
    let path = directory.join("dateline.probe");
    let file = std::fs::File::create(&path).map_err(disk_error)?;
    std::fs::remove_file(&path).map_err(disk_error)?;
    Ok(file)
}

fn disk_error(cause: std::io::Error) -> StoreError {
    use std::io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    match cause.kind() {
        StorageFull | QuotaExceeded => StoreError::Full,
        ReadOnlyFilesystem | PermissionDenied => StoreError::ReadOnly,
        _ => StoreError::Disk(cause.to_string()),
    }
}

#[cfg(test)]
mod tests;
