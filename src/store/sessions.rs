//! Sessions of editors. Only digests are kept: who reads the database cannot take one over.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::Result;
use crate::news::{EditorId, UtcTime, utc_from_secs};

/// Days after which a session ends in any case.
const LONGEST_DAYS: i64 = 30;
/// Days without use after which it ends.
const IDLE_DAYS: i64 = 7;

/// An open session.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Whose it is.
    pub editor_id: EditorId,
    /// The editor's name.
    pub name: String,
    /// What a form of this session carries.
    pub csrf: String,
    /// When the editor last looked at the first page.
    pub looked_at: UtcTime,
    /// When it was last used.
    pub used_at: UtcTime,
}

/// Opens a session, and ends those that are out of date.
///
/// # Errors
/// Whatever SQLite says.
pub fn open_session(
    tx: &Transaction<'_>,
    digest: [u8; 32],
    editor: EditorId,
    csrf: &str,
    now: UtcTime,
) -> Result<()> {
    let at = now.timestamp();
    let sql = "DELETE FROM sessions WHERE opened_at < ?1 OR used_at < ?2";
    tx.execute(sql, [at - LONGEST_DAYS * 86_400, at - IDLE_DAYS * 86_400])?;
    let sql = "INSERT INTO sessions (digest, editor_id, csrf, opened_at, used_at)
         VALUES (?1, ?2, ?3, ?4, ?4)";
    tx.execute(sql, params![digest, editor.0, csrf, at])?;
    Ok(())
}

/// The session of a cookie; `None` if there is none or it has ended.
///
/// # Errors
/// Whatever SQLite says.
pub fn find_session(conn: &Connection, digest: [u8; 32], now: UtcTime) -> Result<Option<Session>> {
    let sql = "SELECT s.editor_id, e.name, s.csrf, e.looked_at, s.used_at
         FROM sessions s JOIN editors e ON e.id = s.editor_id
         WHERE s.digest = ?1 AND s.opened_at >= ?2 AND s.used_at >= ?3";
    let at = now.timestamp();
    let asked = params![digest, at - LONGEST_DAYS * 86_400, at - IDLE_DAYS * 86_400];
    let mut query = conn.prepare_cached(sql)?;
    Ok(query
        .query_row(asked, |row| {
            Ok(Session {
                editor_id: EditorId(row.get(0)?),
                name: row.get(1)?,
                csrf: row.get(2)?,
                looked_at: utc_from_secs(row.get(3)?),
                used_at: utc_from_secs(row.get(4)?),
            })
        })
        .optional()?)
}

/// Notes that a session is in use.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_use(tx: &Transaction<'_>, digest: [u8; 32], now: UtcTime) -> Result<()> {
    let sql = "UPDATE sessions SET used_at = ?2 WHERE digest = ?1";
    tx.execute(sql, params![digest, now.timestamp()])?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// Whatever SQLite says.
pub fn close_session(tx: &Transaction<'_>, digest: [u8; 32]) -> Result<()> {
    tx.execute("DELETE FROM sessions WHERE digest = ?1", [digest])?;
    Ok(())
}

/// A token of the API as it is listed.
#[derive(Clone, Debug, PartialEq)]
pub struct EditorToken {
    /// Row id.
    pub id: i64,
    /// The editor in whose name it acts.
    pub editor: String,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was revoked; `None` while it opens.
    pub revoked_at: Option<UtcTime>,
}

/// Keeps the digest of a token of the API. False if there is no such editor.
///
/// # Errors
/// Whatever SQLite says.
pub fn add_token(
    tx: &Transaction<'_>,
    editor: &str,
    digest: [u8; 32],
    label: &str,
    now: UtcTime,
) -> Result<bool> {
    let sql = "INSERT INTO editor_tokens (editor_id, digest, label, created_at)
         SELECT id, ?2, ?3, ?4 FROM editors WHERE name = ?1";
    Ok(tx.execute(sql, params![editor, digest, label, now.timestamp()])? == 1)
}

/// Revokes a token; false if there is none or it was revoked before.
///
/// # Errors
/// Whatever SQLite says.
pub fn revoke_token(tx: &Transaction<'_>, id: i64, now: UtcTime) -> Result<bool> {
    let sql = "UPDATE editor_tokens SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
    Ok(tx.execute(sql, params![id, now.timestamp()])? == 1)
}

/// Every token, revoked ones too.
///
/// # Errors
/// Whatever SQLite says.
pub fn list_tokens(conn: &Connection) -> Result<Vec<EditorToken>> {
    let sql = "SELECT t.id, e.name, t.label, t.created_at, t.revoked_at
         FROM editor_tokens t JOIN editors e ON e.id = t.editor_id ORDER BY t.id";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([], |row| {
        Ok(EditorToken {
            id: row.get(0)?,
            editor: row.get(1)?,
            label: row.get(2)?,
            created_at: utc_from_secs(row.get(3)?),
            revoked_at: row.get::<_, Option<i64>>(4)?.map(utc_from_secs),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The editor in whose name a token acts; `None` if it opens nothing.
///
/// # Errors
/// Whatever SQLite says.
pub fn editor_of_token(conn: &Connection, digest: [u8; 32]) -> Result<Option<String>> {
    let sql = "SELECT e.name FROM editor_tokens t JOIN editors e ON e.id = t.editor_id
         WHERE t.digest = ?1 AND t.revoked_at IS NULL";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([digest], |row| row.get(0))
        .optional()?)
}
