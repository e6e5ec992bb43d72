//! Editors' accounts, and attempts to log in.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Result;
use crate::news::{EditorId, UtcTime, utc_from_secs};

/// An editor as listed.
#[derive(Clone, Debug, PartialEq)]
pub struct Editor {
    /// Row id.
    pub id: EditorId,
    /// Name; also the log-in.
    pub name: String,
    /// The password in PHC form; `None` until it is set.
    pub password: Option<String>,
    /// When the account was made.
    pub added_at: UtcTime,
    /// When the editor last looked at the first page.
    pub looked_at: UtcTime,
}

/// Adds an editor, or gives a known one a new link: the password, the sessions and the tokens of the API
/// end, because a reset is what is done when a computer is lost.
///
/// # Errors
/// Whatever SQLite says.
pub fn invite_editor(
    tx: &Transaction<'_>,
    name: &str,
    link_digest: [u8; 32],
    until: UtcTime,
    now: UtcTime,
) -> Result<()> {
    let sql = "INSERT INTO editors (name, link_digest, link_until, added_at)
         VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET link_digest = excluded.link_digest,
            link_until = excluded.link_until, password = NULL";
    let at = now.timestamp();
    tx.execute(sql, params![name, link_digest, until.timestamp(), at])?;
    let sql = "DELETE FROM sessions
         WHERE editor_id = (SELECT id FROM editors WHERE name = ?1)";
    tx.execute(sql, [name])?;
    let sql = "UPDATE editor_tokens SET revoked_at = ?2 WHERE revoked_at IS NULL
            AND editor_id = (SELECT id FROM editors WHERE name = ?1)";
    tx.execute(sql, params![name, at])?;
    Ok(())
}

/// Removes an editor with the sessions; decisions keep the name. False if there was none.
///
/// # Errors
/// Whatever SQLite says.
pub fn remove_editor(tx: &Transaction<'_>, name: &str) -> Result<bool> {
    Ok(tx.execute("DELETE FROM editors WHERE name = ?1", [name])? == 1)
}

/// Every editor, by name.
///
/// # Errors
/// Whatever SQLite says.
pub fn list_editors(conn: &Connection) -> Result<Vec<Editor>> {
    let mut query = conn.prepare_cached(&format!("{SELECT} ORDER BY name"))?;
    let rows = query.query_map([], read_editor)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The editor of that name; `None` if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn find_editor(conn: &Connection, name: &str) -> Result<Option<Editor>> {
    let sql = format!("{SELECT} WHERE name = ?1");
    let mut query = conn.prepare_cached(&sql)?;
    Ok(query.query_row([name], read_editor).optional()?)
}

/// The editor to whom a one-time link belongs, if it is still good.
///
/// # Errors
/// Whatever SQLite says.
pub fn find_invited(
    conn: &Connection,
    link_digest: [u8; 32],
    now: UtcTime,
) -> Result<Option<Editor>> {
    let sql = format!("{SELECT} WHERE link_digest = ?1 AND link_until > ?2");
    let mut query = conn.prepare_cached(&sql)?;
    let asked = params![link_digest, now.timestamp()];
    Ok(query.query_row(asked, read_editor).optional()?)
}

/// Sets the password by a one-time link, which is used up; `None` if the link is not good.
///
/// # Errors
/// Whatever SQLite says.
pub fn accept_invitation(
    tx: &Transaction<'_>,
    link_digest: [u8; 32],
    password: &str,
    now: UtcTime,
) -> Result<Option<EditorId>> {
    let Some(editor) = find_invited(tx, link_digest, now)? else {
        return Ok(None);
    };
    let sql = "UPDATE editors SET password = ?2, link_digest = NULL, link_until = NULL
         WHERE id = ?1";
    tx.execute(sql, params![editor.id.0, password])?;
    Ok(Some(editor.id))
}

/// Notes that the editor has looked at the first page.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_look(tx: &Transaction<'_>, id: EditorId, now: UtcTime) -> Result<()> {
    let sql = "UPDATE editors SET looked_at = ?2 WHERE id = ?1";
    tx.execute(sql, params![id.0, now.timestamp()])?;
    Ok(())
}

/// An attempt to log in, or to set a password by a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The account; `None` for a link, which names none.
    pub account: Option<String>,
    /// The network address.
    pub address: String,
    /// When, by our clock.
    pub at: UtcTime,
}

/// How often others failed since then, by account and by address.
///
/// # Errors
/// Whatever SQLite says.
pub fn count_failures(conn: &Connection, attempt: &Attempt, since: UtcTime) -> Result<(u32, u32)> {
    let sql = "SELECT count(*) FROM login_attempts WHERE kind = ?1 AND name = ?2 AND at >= ?3";
    let mut query = conn.prepare_cached(sql)?;
    let at = since.timestamp();
    let by_account = query.query_row(params!["account", attempt.account, at], |row| row.get(0))?;
    let by_address = query.query_row(params!["address", attempt.address, at], |row| row.get(0))?;
    Ok((by_account, by_address))
}

/// Notes an attempt before the password is looked at; forgets those of before `forget_before`.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_attempt(tx: &Transaction<'_>, attempt: &Attempt, forget_before: UtcTime) -> Result<()> {
    let before = forget_before.timestamp();
    tx.execute("DELETE FROM login_attempts WHERE at < ?1", [before])?;
    let sql = "INSERT INTO login_attempts (kind, name, at) VALUES (?1, ?2, ?3)";
    let mut insert = tx.prepare_cached(sql)?;
    for (kind, name) in names_of(attempt) {
        insert.execute(params![kind, name, attempt.at.timestamp()])?;
    }
    Ok(())
}

/// Forgets an attempt that was noted: it did not fail.
///
/// # Errors
/// Whatever SQLite says.
pub fn forget_attempt(tx: &Transaction<'_>, attempt: &Attempt) -> Result<()> {
    let sql = "DELETE FROM login_attempts WHERE rowid = (SELECT rowid FROM login_attempts
         WHERE kind = ?1 AND name = ?2 AND at = ?3 LIMIT 1)";
    let mut delete = tx.prepare_cached(sql)?;
    for (kind, name) in names_of(attempt) {
        delete.execute(params![kind, name, attempt.at.timestamp()])?;
    }
    Ok(())
}

/// Forgets an attempt that was let in, and all that failed on its account before. What else its address tried is
/// counted still: it may be that of many.
///
/// # Errors
/// Whatever SQLite says.
pub fn forgive(tx: &Transaction<'_>, attempt: &Attempt) -> Result<()> {
    forget_attempt(tx, attempt)?;
    let sql = "DELETE FROM login_attempts WHERE kind = 'account' AND name = ?1";
    tx.execute(sql, [&attempt.account])?;
    Ok(())
}

fn names_of(attempt: &Attempt) -> impl Iterator<Item = (&'static str, &str)> {
    let account = attempt.account.as_deref().map(|name| ("account", name));
    account
        .into_iter()
        .chain([("address", attempt.address.as_str())])
}

const SELECT: &str = "SELECT id, name, password, added_at, looked_at FROM editors";

fn read_editor(row: &Row<'_>) -> rusqlite::Result<Editor> {
    Ok(Editor {
        id: EditorId(row.get(0)?),
        name: row.get(1)?,
        password: row.get(2)?,
        added_at: utc_from_secs(row.get(3)?),
        looked_at: utc_from_secs(row.get(4)?),
    })
}
