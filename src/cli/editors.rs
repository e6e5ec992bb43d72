//! `dateline editors`: accounts of the desk. Passwords never pass through a command line: an
//! editor gets a one-time link and sets one there.

use std::process::ExitCode;

use anyhow::bail;
use sha2::{Digest, Sha256};

use super::place::OwnedStore;
use super::table::{Table, print_line};
use super::{Global, Place, is_name, random_bytes};
use crate::clock::{Clock, SystemClock};
use crate::news::UtcTime;
use crate::store::editors;
use crate::store::requests::Asking;
use crate::store::sessions;
use crate::store::{Result, Store, StoreError, Transaction};

/// Hours for which a one-time link is good.
const LINK_HOURS: i64 = 24;

/// Options of `editors`.
#[derive(Debug, clap::Args)]
pub struct EditorsArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Add an editor and print a link, good once, to set a password
    #[command(after_help = "Example: dateline editors add anna")]
    Add {
        /// Name to log in with
        name: String,
    },
    /// End an editor's password, sessions and tokens, and print a new link
    #[command(after_help = "Example: dateline editors reset anna")]
    Reset {
        /// Name of the editor
        name: String,
    },
    /// Remove an editor; decisions keep the name
    #[command(after_help = "Example: dateline editors remove anna")]
    Remove {
        /// Name of the editor
        name: String,
    },
    /// Make a token for programs that use the API in an editor's name; it is shown once
    #[command(after_help = "Example: dateline editors token anna --label newsroom-bot")]
    Token {
        /// Name of the editor
        name: String,
        /// What it is for
        #[arg(long, default_value = "")]
        label: String,
    },
    /// Revoke a token by its number, or list the tokens
    #[command(after_help = "Example: dateline editors revoke 3")]
    Revoke {
        /// Number of the token
        number: Option<i64>,
    },
    /// List the editors
    #[command(after_help = "Example: dateline editors list")]
    List,
}

/// Does what is asked about accounts.
///
/// # Errors
/// That the name is taken or unknown, or whatever the store says.
pub fn run(args: &EditorsArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let place = Place::find(global)?;
    match &args.action {
        Action::Add { name } => invite(&place, name, false)?,
        Action::Reset { name } => invite(&place, name, true)?,
        Action::Remove { name } => remove(&place, name)?,
        Action::Token { name, label } => make_token(&place, name, label)?,
        Action::Revoke { number: None } => list_tokens(&place)?,
        Action::Revoke {
            number: Some(number),
        } => revoke_token(&place, *number)?,
        Action::List => list(&place)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn invite(place: &Place, name: &str, is_reset: bool) -> anyhow::Result<()> {
    let name = name.trim();
    if !is_name(name) {
        bail!("a name has 1 to 60 characters");
    }
    let now = SystemClock.now();
    let invitation = Invitation::make(now)?;
    let (digest, until) = (invitation.digest, invitation.until);
    let owned_name = name.to_owned();
    let invite = move |tx: &Transaction<'_>| {
        let is_known = editors::find_editor(tx, &owned_name)?.is_some();
        if is_known == is_reset {
            editors::invite_editor(tx, &owned_name, digest, until, now)?;
        }
        Ok(is_known)
    };
    let is_known = match is_reset {
        true => change_accounts(place, invite)?,
        false => begin_accounts(place, invite)?,
    };
    match (is_known, is_reset) {
        (true, false) => bail!(
            "there is an editor {name}: dateline editors reset {}",
            quoted(name)
        ),
        (false, true) => bail!(
            "there is no editor {name}: dateline editors add {}",
            quoted(name)
        ),
        _ => {}
    }
    print_line(&place.serve_settings().absolute(&invitation.path));
    print_line(&format!(
        "{name} sets a password there; the link is good once, for {LINK_HOURS} hours"
    ));
    Ok(())
}

/// A one-time link by which an editor sets a password.
pub(super) struct Invitation {
    /// Of the page where that is done.
    pub(super) path: String,
    /// By which the link is known.
    pub(super) digest: [u8; 32],
    /// When it ends.
    pub(super) until: UtcTime,
}

impl Invitation {
    pub(super) fn make(now: UtcTime) -> anyhow::Result<Self> {
        let (secret, digest) = make_secret()?;
        Ok(Self {
            path: format!("/desk/welcome/{secret}"),
            digest,
            until: now + chrono::Duration::hours(LINK_HOURS),
        })
    }
}

/// What nobody guesses, and the digest by which it is known.
fn make_secret() -> anyhow::Result<(String, [u8; 32])> {
    let random = random_bytes::<32>()?;
    let secret: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let digest = Sha256::digest(secret.as_bytes()).into();
    Ok((secret, digest))
}

fn remove(place: &Place, name: &str) -> anyhow::Result<()> {
    let owned_name = name.to_owned();
    match change_accounts(place, move |tx| editors::remove_editor(tx, &owned_name))? {
        true => print_line(&format!(
            "{name} is no editor any more; open sessions have ended"
        )),
        false => bail!("there is no editor {name}"),
    }
    Ok(())
}

fn make_token(place: &Place, name: &str, label: &str) -> anyhow::Result<()> {
    let (token, digest) = make_secret()?;
    let (owned_name, label) = (name.to_owned(), label.to_owned());
    let is_made = change_accounts(place, move |tx| {
        sessions::add_token(tx, &owned_name, digest, &label, SystemClock.now())
    })?;
    match is_made {
        true => print_line(&token),
        false => bail!("there is no editor {name}: dateline editors add {name}"),
    }
    Ok(())
}

fn revoke_token(place: &Place, number: i64) -> anyhow::Result<()> {
    let is_revoked = change_accounts(place, move |tx| {
        sessions::revoke_token(tx, number, SystemClock.now())
    })?;
    match is_revoked {
        true => print_line(&format!("token {number} opens nothing any more")),
        false => bail!("there is no open token {number}: dateline editors revoke lists them"),
    }
    Ok(())
}

fn list_tokens(place: &Place) -> anyhow::Result<()> {
    let store = super::asking::open_to_read(place)?;
    let mut table = Table::new(&["number", "editor", "label", "since", "state"]);
    for token in store.read(sessions::list_tokens)? {
        let state = token.revoked_at.map_or("open", |_| "revoked");
        table.row(vec![
            token.id.to_string(),
            token.editor,
            token.label,
            token.created_at.format("%Y-%m-%d").to_string(),
            state.to_owned(),
        ]);
    }
    table.print();
    Ok(())
}

fn list(place: &Place) -> anyhow::Result<()> {
    let store = super::asking::open_to_read(place)?;
    let mut table = Table::new(&["name", "since", "state"]);
    for editor in store.read(editors::list_editors)? {
        let state = match editor.password {
            Some(_) => "has a password",
            None => "has not set a password",
        };
        let since = editor.added_at.format("%Y-%m-%d").to_string();
        table.row(vec![editor.name, since, state.to_owned()]);
    }
    table.print();
    Ok(())
}

/// Changes accounts whether or not a daemon runs: it looks them up at every request.
pub(super) fn change_accounts<T: Send + 'static>(
    place: &Place,
    work: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    change(place, place.own_existing_store(), work)
}

/// As [`change_accounts`], also before the first start: then it makes the database.
pub(super) fn begin_accounts<T: Send + 'static>(
    place: &Place,
    work: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    change(place, place.own_store(), work)
}

fn change<T: Send + 'static>(
    place: &Place,
    owned: Result<OwnedStore>,
    work: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    match owned {
        Ok(owned) => change_here(&owned.store, work),
        Err(StoreError::Locked { .. }) => Ok(Asking::open(&place.data_dir)?.change_accounts(work)?),
        Err(error) => Err(error.into()),
    }
}

fn change_here<T: Send + 'static>(
    store: &Store,
    work: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(runtime.block_on(store.write_durably(work))?)
}
/// A name as a shell takes it.
fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@');
    match name.chars().all(is_plain) {
        true => name.to_owned(),
        false => format!("'{}'", name.replace('\'', r"'\''")),
    }
}
