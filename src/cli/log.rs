//! `dateline log`: what editors decided, latest first.

use std::process::ExitCode;

use super::asking::open_to_read;
use super::table::{print_line, printable};
use super::{Global, Place};
use crate::decisions::describe_ruling;
use crate::news::Decision;
use crate::store::decisions::load_decisions;

/// Options of `log`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dateline log --limit 20")]
pub struct LogArgs {
    /// How many decisions to show
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// Print JSON lines
    #[arg(long)]
    json: bool,
}

/// Prints the decisions, undone ones too.
///
/// # Errors
/// Whatever the store says.
pub fn run(args: &LogArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let store = open_to_read(&Place::find(global)?)?;
    let decisions = store.read(load_decisions)?;
    for decision in decisions.iter().rev().take(args.limit) {
        match args.json {
            true => print_line(&serde_json::to_string(decision)?),
            false => print_line(&line_of(decision)),
        }
    }
    if decisions.is_empty() && !args.json {
        print_line("no decisions yet");
    }
    Ok(ExitCode::SUCCESS)
}

fn line_of(decision: &Decision) -> String {
    let mut line = format!(
        "{:>5}  {}  {} {}",
        decision.id,
        decision.decided_at.format("%Y-%m-%d %H:%M"),
        decision.editor,
        describe_ruling(&decision.ruling)
    );
    if !decision.note.is_empty() {
        line.push_str(&format!(" ({})", decision.note));
    }
    if let Some(at) = decision.undone_at {
        let by = decision.undone_by.as_deref().unwrap_or("somebody");
        line.push_str(&format!(
            " [undone by {by}, {}]",
            at.format("%Y-%m-%d %H:%M")
        ));
    }
    printable(&line)
}
