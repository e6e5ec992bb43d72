//! `dateline backup`: a copy of the database, made beside a running daemon.

use std::path::PathBuf;
use std::process::ExitCode;

use super::table::print_line;
use super::{Global, Place};
use crate::clock::{Clock, SystemClock};
use crate::store::backup::{back_up, copy_name};

/// Options of `backup`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dateline backup /mnt/backups/")]
pub struct BackupArgs {
    /// The file to write, which must not exist; in a directory, the copy gets a name with its time
    file: PathBuf,
}

/// Copies, verifies, and says what the copy holds.
///
/// # Errors
/// If there is no database, the file exists, or the copy is not whole.
pub fn run(args: &BackupArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let store = Place::find(global)?.read_store()?;
    let mut file = args.file.clone();
    if file.is_dir() {
        file.push(copy_name(SystemClock.now()));
    }
    let copied = back_up(&store, &file)?;
    print_line(&format!(
        "{}: {} bytes, {} items, {} decisions, verified",
        copied.path.display(),
        copied.bytes,
        copied.item_count,
        copied.decision_count
    ));
    Ok(ExitCode::SUCCESS)
}
