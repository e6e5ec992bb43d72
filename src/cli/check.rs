//! `dateline check`: is the config right and the database whole?

use std::process::ExitCode;

use super::table::print_line;
use super::{Global, Place};
use crate::jobs::backup;
use crate::store::StoreError;
use crate::store::check::{Finding, check_database};

/// Options of `check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dateline check --config /etc/dateline/dateline.toml")]
pub struct CheckArgs {
    /// Look at the database only
    #[arg(long)]
    db: bool,
    /// Print JSON lines
    #[arg(long)]
    json: bool,
}

/// Looks at the config, then at the database. Succeeds if all that it says is yes: where there is no database it does
/// not, since a wrong directory looks the same as one before the first start.
///
/// # Errors
/// What is wrong with the config, or why the database cannot be opened.
pub fn run(args: &CheckArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let place = Place::find(global)?;
    let origin = place
        .config_path
        .as_ref()
        .map_or_else(|| "built in".to_owned(), |path| path.display().to_string());
    if !args.json && !args.db {
        print_line(&format!("config ({origin}): right"));
    }
    let no_copies = why_no_copies(&place).filter(|_| !args.db);
    if let Some(why) = &no_copies {
        let finding = Finding {
            claim: "copies can be kept",
            wrong: vec![why.clone()],
        };
        print_finding(&finding, args.json);
    }
    let store = match place.read_store() {
        Ok(store) => store,
        Err(StoreError::NotFound(what)) => {
            let none = Finding {
                claim: "there is a database",
                wrong: vec![format!("no {what}")],
            };
            print_finding(&none, args.json);
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(error.into()),
    };
    let findings = store.read(check_database)?;
    for finding in &findings {
        print_finding(finding, args.json);
    }
    let is_whole = findings.iter().all(|finding| finding.wrong.is_empty());
    if is_whole && no_copies.is_none() {
        return Ok(ExitCode::SUCCESS);
    }
    if !args.json && !is_whole {
        print_line("stop Dateline and put its last copy in place: `dateline restore --help`");
    }
    Ok(ExitCode::FAILURE)
}

fn why_no_copies(place: &Place) -> Option<String> {
    let storage = &place.config.storage;
    let directory = backup::copies_directory(storage, &place.data_dir);
    let why = backup::why_no_copies(&directory).filter(|_| storage.backups_kept > 0)?;
    Some(format!("[storage] backup_dir: {why}"))
}

fn print_finding(finding: &Finding, json: bool) {
    if json {
        let line = serde_json::json!({ "claim": finding.claim, "wrong": finding.wrong });
        return print_line(&line.to_string());
    }
    let verdict = if finding.wrong.is_empty() {
        "yes"
    } else {
        "NO"
    };
    print_line(&format!("{}: {verdict}", finding.claim));
    for wrong in finding.wrong.iter().take(20) {
        print_line(&format!("    {wrong}"));
    }
    if finding.wrong.len() > 20 {
        print_line(&format!("    and {} more", finding.wrong.len() - 20));
    }
}
