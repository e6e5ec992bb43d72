//! `dateline generate`: the manual pages and the completions, from the same words as `--help`. For
//! packages; it is not listed.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{CommandFactory, ValueEnum};
use clap_complete::Shell;

use super::Cli;

/// Options of `generate`.
#[derive(Debug, clap::Args)]
pub struct GenerateArgs {
    /// Where `man` and `completions` are written to
    directory: PathBuf,
}

/// Writes the files.
///
/// # Errors
/// If the directory cannot be written.
pub fn run(args: &GenerateArgs) -> anyhow::Result<ExitCode> {
    let man = make(&args.directory.join("man"))?;
    clap_mangen::generate_to(Cli::command(), &man)
        .with_context(|| format!("cannot write {}", man.display()))?;
    let completions = make(&args.directory.join("completions"))?;
    for shell in Shell::value_variants() {
        clap_complete::generate_to(*shell, &mut Cli::command(), "dateline", &completions)
            .with_context(|| format!("cannot write {}", completions.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn make(directory: &Path) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(directory)
        .with_context(|| format!("cannot make {}", directory.display()))?;
    Ok(directory.to_owned())
}
