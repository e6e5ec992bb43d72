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
