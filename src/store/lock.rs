//! The lock that makes one process the owner of a data directory.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::error::{Result, StoreError};
use super::private;

const LOCK_NAME: &str = "dateline.lock";

/// Held by the owner of a data directory for as long as it lives. The system releases it when the
/// process ends, however it ends, so that a lock is never stale; the file itself stays.
#[derive(Debug)]
pub struct DirectoryLock {
    file: File,
}

impl DirectoryLock {
    /// Takes the lock, and writes the process id into the file for whoever finds it taken.
    ///
    /// # Errors
    /// [`StoreError::Locked`] with the owner's process id if another process holds it.
    pub fn take(directory: &Path) -> Result<Self> {
        let open = StoreError::opening(directory);
        private::make_directory(directory).map_err(&open)?;
        let path = directory.join(LOCK_NAME);
        let mut options = private::for_owner();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(&open)?;
        private::give_to_owner_of(directory, &path, &file).map_err(&open)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut owner = String::new();
                // Without the number the message still says what is the matter.
                drop(file.read_to_string(&mut owner));
                let owner = owner.lines().next().unwrap_or_default().trim().to_owned();
                return Err(StoreError::Locked {
                    path: directory.to_owned(),
                    owner,
                });
            }
            Err(TryLockError::Error(cause)) => return Err(open(cause)),
        }
        write_down(&file, &std::process::id().to_string()).map_err(&open)?;
        Ok(Self { file })
    }

    /// Writes into the file where the owner's pages are found, for commands that name one.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn note_address(&self, base_url: &str) -> std::io::Result<()> {
        write_down(&self.file, &format!("{}\n{base_url}", std::process::id()))
    }
}

/// Where the pages of the last owner of a data directory are found; `None` if it has served none. Whoever takes the lock
/// begins anew.
pub fn read_address(directory: &Path) -> Option<String> {
    let noted = std::fs::read_to_string(directory.join(LOCK_NAME)).ok()?;
    noted.lines().nth(1).map(str::to_owned)
}

fn write_down(mut file: &File, words: &str) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(words.as_bytes())
}
