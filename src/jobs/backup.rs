//! Copies the database into the directory of copies and removes the oldest ones.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::news::UtcTime;
use crate::store::Store;
use crate::store::backup::{self, Copied};

use super::StorageSettings;

/// Where copies go, given the data directory.
pub fn copies_directory(settings: &StorageSettings, data_dir: &Path) -> PathBuf {
    let named = settings.backup_dir.clone();
    named.unwrap_or_else(|| data_dir.join("backups"))
}

/// Why copies cannot be put into a directory, which is made with the first one; `None` if nothing speaks against it.
pub fn why_no_copies(directory: &Path) -> Option<String> {
    let mut above = directory.ancestors();
    let nearest = above.find(|path| path.symlink_metadata().is_ok())?;
    match nearest.metadata() {
        Ok(there) if !there.is_dir() => Some(format!("{} is no directory", nearest.display())),
        Ok(there) if there.permissions().readonly() => {
            Some(format!("nobody may write to {}", nearest.display()))
        }
        Ok(_) => None,
        Err(error) => Some(format!("{}: {error}", nearest.display())),
    }
}

/// Makes a copy with the time in its name, and removes the oldest beyond those that are kept.
/// Returns what was copied; `None` if the settings want no copies. A second run in the same second
/// is refused.
///
/// # Errors
/// If the copy cannot be made or is not whole; then no older copy is removed.
pub async fn make_copy(
    store: &Store,
    settings: &StorageSettings,
    now: UtcTime,
) -> anyhow::Result<Option<Copied>> {
    if settings.backups_kept == 0 {
        return Ok(None);
    }
    let data_dir = store.path().parent().unwrap_or(Path::new("."));
    let directory = copies_directory(settings, data_dir);
    let kept = settings.backups_kept;
    let store = store.clone();
    let copied = tokio::task::spawn_blocking(move || copy_and_trim(&store, &directory, kept, now))
        .await
        .context("the copy broke off")??;
    tracing::info!(path = %copied.path.display(), bytes = copied.bytes, "database copied");
    Ok(Some(copied))
}

fn copy_and_trim(
    store: &Store,
    directory: &Path,
    kept: usize,
    now: UtcTime,
) -> anyhow::Result<Copied> {
    std::fs::create_dir_all(directory)
        .with_context(|| format!("cannot make {}", directory.display()))?;
    let copied = backup::back_up(store, &directory.join(backup::copy_name(now)))?;
    backup::trim_copies(directory, &copied.path, kept)?;
    Ok(copied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::utc_from_secs;

    #[tokio::test]
    async fn the_newest_copies_are_kept() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let settings = StorageSettings {
            backups_kept: 2,
            ..StorageSettings::default()
        };
        for day in 0..4 {
            let now = utc_from_secs(1_750_000_000 + day * 86_400);
            make_copy(&store, &settings, now).await.unwrap().unwrap();
        }
        let copies = std::fs::read_dir(directory.path().join("backups")).unwrap();
        assert_eq!(copies.count(), 2);
    }

    #[test]
    fn a_directory_of_copies_that_cannot_be_made_is_known_before_the_first_one() {
        let there = tempfile::tempdir().unwrap();
        let file = there.path().join("file");
        std::fs::write(&file, "").unwrap();
        std::os::unix::fs::symlink("/nowhere/at/all", there.path().join("loose")).unwrap();
        for (path, is_right) in [
            ("", true),
            ("copies/of/dateline", true),
            ("file", false),
            ("file/copies", false),
            ("loose/copies", false),
        ] {
            let why = why_no_copies(&there.path().join(path));
            assert_eq!(why.is_none(), is_right, "{path} {why:?}");
        }
    }

    #[tokio::test]
    async fn no_copies_are_made_if_none_are_kept() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let settings = StorageSettings {
            backups_kept: 0,
            ..StorageSettings::default()
        };
        let made = make_copy(&store, &settings, utc_from_secs(0))
            .await
            .unwrap();
        assert_eq!(made, None);
    }
}
