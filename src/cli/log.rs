//! `dateline log`: what editors decided, latest first.

use std::process::ExitCode;

use chrono::NaiveTime;

use super::asking::open_to_read;
use super::table::{print_line, printable};
use super::{Global, Place};
use crate::decisions::{describe_ruling, describe_went_along};
use crate::news::{Decision, DecisionId};
use crate::store::decisions::{Latest, load_latest};
use crate::store::went_along;

/// Options of `log`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples: dateline log --limit 20\n          dateline log --since 2026-11-01 --json"
)]
pub struct LogArgs {
    /// How many decisions to show
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Only decisions made before the one of this number
    #[arg(long, value_name = "NUMBER")]
    before: Option<i64>,
    /// Only decisions of this day or later (UTC)
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<chrono::NaiveDate>,
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
    let latest = Latest {
        limit: args.limit,
        before: args.before.map(DecisionId),
        since: args.since.map(|day| day.and_time(NaiveTime::MIN).and_utc()),
    };
    let decisions = store.read(|conn| went_along::load_with(conn, load_latest(conn, &latest)?))?;
    for made in &decisions {
        if args.json {
            print_line(&serde_json::to_string(made)?);
            continue;
        }
        print_line(&line_of(&made.decision));
        for went in &made.went_along {
            print_line(&format!("       {}", describe_went_along(went)));
        }
    }
    if decisions.is_empty() && !args.json {
        let is_part = args.before.is_some() || args.since.is_some();
        print_line(if is_part {
            "no such decisions"
        } else {
            "no decisions yet"
        });
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
