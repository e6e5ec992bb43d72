//! What can go wrong in the store, by what the caller can do about it.

use std::path::{Path, PathBuf};

use crate::news::{ItemId, Target};

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database was made by a newer Dateline.
    #[error(
        "database {path} is from a newer Dateline (schema {found}, this program knows {known}): \
         install that version again, or restore the backup made before the upgrade"
    )]
    Newer {
        /// The database file.
        path: PathBuf,
        /// The schema number it carries.
        found: u32,
        /// The newest schema number of this program.
        known: u32,
    },
    /// The file is not a Dateline database.
    #[error("{path} is not a Dateline database: name another data directory with --data-dir")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Another process owns the data directory.
    #[error("data directory {path} is in use by process {owner}: stop it first")]
    Locked {
        /// The data directory.
        path: PathBuf,
        /// The process id that the lock file names; empty if it cannot be read.
        owner: String,
    },
    /// No room on the disk.
    #[error(
        "the disk is full: free some room, 4 MB at least; a daemon that runs goes on by itself then"
    )]
    Full,
    /// The file cannot be written.
    #[error("the database cannot be written: check the owner and the mount of the data directory")]
    ReadOnly,
    /// The file is damaged.
    #[error(
        "the database is damaged ({0}): stop Dateline and put a copy in place, see `dateline restore --help`"
    )]
    Damaged(String),
    /// A copy of the database is no use.
    #[error(
        "the copy {path} cannot be used ({why}): take another one; the database is left as it was"
    )]
    UselessCopy {
        /// The copy.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The disk failed to read or write.
    #[error(
        "the disk does not read or write ({0}): check whether it is full or broken; a daemon that runs goes on by itself \
         then"
    )]
    Disk(String),
    /// The file or its log was removed or replaced while it was open.
    #[error(
        "the database file or its log was removed or replaced while Dateline runs: put both back, or copy what the \
         daemon still has open in /proc/PID/fd, then restart it; until then nothing is stored"
    )]
    Gone,
    /// There is a log, and no database that it could belong to.
    #[error(
        "{0} is missing or empty, and its log ({0}-wal) holds what was written last: put the database back; if it is \
         lost and no daemon runs, move the log away to begin with an empty one, or restore a copy"
    )]
    LoneLog(PathBuf),
    /// A migration failed.
    #[error(
        "the upgrade stopped at {name} ({cause}): the database is as it was before; start the version that it \
         comes from, and report this"
    )]
    Migration {
        /// The migration.
        name: &'static str,
        /// What SQLite said.
        cause: String,
    },
    /// What was asked for is not there.
    #[error("no such {0}")]
    NotFound(String),
    /// A value in the database does not have the form that this program writes.
    #[error("the database holds an unreadable {0}")]
    Unreadable(String),
    /// A file of the data directory cannot be made or opened.
    #[error("cannot open {path}: {cause}")]
    Open {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// An item says something else than what was to be saved of it.
    #[error("item {0} was retitled while it was taken in; it is taken in anew")]
    Retitled(ItemId),
    /// Something that was to be moved out of it, or that readers are shown into it, is kept out by an editor.
    #[error("{0} was spiked while it was clustered; it is clustered anew")]
    Spiked(Target),
    /// The writer has ended.
    #[error("the store is closed")]
    Closed,
    /// Anything else that SQLite said.
    #[error("database: {0}")]
    Sqlite(rusqlite::Error),
}

impl StoreError {
    /// What a failure to make or open a file or directory is to whoever asked for it.
    pub(super) fn opening(path: &Path) -> impl Fn(std::io::Error) -> Self {
        let path = path.to_owned();
        move |cause| StoreError::Open {
            path: path.clone(),
            cause,
        }
    }
}

/// The result of a call to the store.
pub type Result<T> = std::result::Result<T, StoreError>;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{
            CannotOpen, DatabaseCorrupt, DiskFull, NotADatabase, ReadOnly, SystemIoFailure,
        };
        match &error {
            rusqlite::Error::SqliteFailure(cause, message) => match cause.code {
                DiskFull => StoreError::Full,
                ReadOnly | CannotOpen => StoreError::ReadOnly,
                DatabaseCorrupt | NotADatabase => {
                    StoreError::Damaged(message.clone().unwrap_or_else(|| cause.to_string()))
                }
                SystemIoFailure => {
                    StoreError::Disk(message.clone().unwrap_or_else(|| cause.to_string()))
                }
                _ => StoreError::Sqlite(error),
            },
            _ => StoreError::Sqlite(error),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        StoreError::Unreadable(format!("JSON column: {error}"))
    }
}
