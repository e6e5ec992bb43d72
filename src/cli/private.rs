//! `dateline private`: addresses under which private outputs are served, one for each reader who gets one.

use std::process::ExitCode;

use anyhow::bail;

use super::editors::{begin_accounts, change_accounts};
use super::table::{Table, print_line};
use super::{Global, Place, is_name, random_bytes};
use crate::clock::{Clock, SystemClock};
use crate::serve::private_addresses;
use crate::store::tokens;

/// Options of `private`.
#[derive(Debug, clap::Args)]
pub struct PrivateArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Make an address for a reader and print what is served there; it is shown once
    #[command(after_help = "Example: dateline private add \"anna, foreign desk\"")]
    Add {
        /// Whom it is given to
        reader: String,
    },
    /// End an address by its number
    #[command(after_help = "Example: dateline private revoke 3")]
    Revoke {
        /// Number of the address
        number: i64,
    },
    /// List who was given an address
    List,
}

/// Does what is asked about private addresses.
///
/// # Errors
/// That there is no such address, or whatever the store says.
pub fn run(args: &PrivateArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let place = Place::find(global)?;
    match &args.action {
        Action::Add { reader } => add(&place, reader)?,
        Action::Revoke { number } => revoke(&place, *number)?,
        Action::List => list(&place)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn add(place: &Place, reader: &str) -> anyhow::Result<()> {
    let reader = reader.trim().to_owned();
    if !is_name(&reader) {
        bail!("whom it is given to has 1 to 60 characters");
    }
    let random = random_bytes()?;
    let now = SystemClock.now();
    let token = begin_accounts(place, move |tx| {
        tokens::create_token(tx, random, &reader, now)
    })?;
    let settings = place.serve_settings();
    for address in private_addresses(&settings, &token) {
        print_line(&address);
    }
    print_line("shown once; whoever has it reads what is private, until: dateline private revoke");
    Ok(())
}

fn revoke(place: &Place, number: i64) -> anyhow::Result<()> {
    let now = SystemClock.now();
    match change_accounts(place, move |tx| tokens::revoke_token(tx, number, now))? {
        true => print_line(&format!("address {number} opens nothing any more")),
        false => bail!("there is no open address {number}: dateline private list"),
    }
    Ok(())
}

fn list(place: &Place) -> anyhow::Result<()> {
    let store = super::asking::open_to_read(place)?;
    let mut table = Table::new(&["number", "reader", "since", "state"]);
    for token in store.read(tokens::list_tokens)? {
        let state = token.revoked_at.map_or("open", |_| "revoked");
        table.row(vec![
            token.id.to_string(),
            token.label,
            token.created_at.format("%Y-%m-%d").to_string(),
            state.to_owned(),
        ]);
    }
    table.print();
    Ok(())
}
