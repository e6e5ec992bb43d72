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
    _file: File,
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
                let owner = owner.trim().to_owned();
                return Err(StoreError::Locked {
                    path: directory.to_owned(),
                    owner,
                });
            }
            Err(TryLockError::Error(cause)) => return Err(open(cause)),
        }
        let id = std::process::id().to_string();
        file.set_len(0)
            .and_then(|()| file.rewind())
            .map_err(&open)?;
        file.write_all(id.as_bytes()).map_err(&open)?;
        Ok(Self { _file: file })
    }
}
