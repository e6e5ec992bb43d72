//! `dateline restore`: puts a copy in the place of the database. The daemon must be stopped.

use std::path::PathBuf;
use std::process::ExitCode;

use super::table::print_line;
use super::{Global, Place};
use crate::clock::{Clock, SystemClock};
use crate::store::{DirectoryLock, backup};

/// Options of `restore`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: systemctl stop dateline.socket dateline.service
         dateline restore /mnt/backups/dateline-20260101T034000Z.sqlite
         systemctl start dateline.socket dateline.service")]
pub struct RestoreArgs {
    /// The copy to put in place; it is verified first and stays where it is
    file: PathBuf,
}

/// Verifies the copy, sets the database aside, and puts the copy in its place.
///
/// # Errors
/// If a daemon runs on the data directory, or the copy is damaged or not ours: nothing is changed.
pub fn run(args: &RestoreArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let place = Place::find(global)?;
    let _lock = DirectoryLock::take(&place.data_dir)?;
    let restored = backup::restore(&place.data_dir, &args.file, SystemClock.now())?;
    print_line(&format!(
        "{}: restored, {} items, {} decisions",
        restored.copied.path.display(),
        restored.copied.item_count,
        restored.copied.decision_count
    ));
    if let Some(aside) = restored.set_aside {
        print_line(&format!(
            "what was there before: {}; remove it when all is well",
            aside.display()
        ));
    }
    Ok(ExitCode::SUCCESS)
}
