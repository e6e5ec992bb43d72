//! Tokens that open private outputs. Only their digests are kept, so that the database gives none
//! away, and a look-up by digest takes no longer for a nearly right one.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use super::Result;
use crate::news::{UtcTime, utc_from_secs};

/// A token as it is listed.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputToken {
    /// Row id.
    pub id: i64,
    /// Whom it was given to.
    pub label: String,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was revoked; `None` while it opens.
    pub revoked_at: Option<UtcTime>,
}

/// Makes a token of 32 random bytes; the text is shown once and never again.
///
/// # Errors
/// Whatever SQLite says.
pub fn create_token(
    tx: &Transaction<'_>,
    random: [u8; 32],
    label: &str,
    now: UtcTime,
) -> Result<String> {
    let token: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let sql = "INSERT INTO output_tokens (digest, label, created_at) VALUES (?1, ?2, ?3)";
    tx.execute(sql, params![digest_of(&token), label, now.timestamp()])?;
    Ok(token)
}

/// Revokes a token: it opens nothing from now on. False if there is none that opens anything.
///
/// # Errors
/// Whatever SQLite says.
pub fn revoke_token(tx: &Transaction<'_>, id: i64, now: UtcTime) -> Result<bool> {
    let sql = "UPDATE output_tokens SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
    Ok(tx.execute(sql, params![id, now.timestamp()])? > 0)
}

/// All tokens, revoked ones too.
///
/// # Errors
/// Whatever SQLite says.
pub fn list_tokens(conn: &Connection) -> Result<Vec<OutputToken>> {
    let sql = "SELECT id, label, created_at, revoked_at FROM output_tokens ORDER BY id";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([], |row| {
        Ok(OutputToken {
            id: row.get(0)?,
            label: row.get(1)?,
            created_at: utc_from_secs(row.get(2)?),
            revoked_at: row.get::<_, Option<i64>>(3)?.map(utc_from_secs),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// True if the token opens private outputs.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_valid_token(conn: &Connection, token: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM output_tokens WHERE digest = ?1 AND revoked_at IS NULL";
    let found = conn
        .prepare_cached(sql)?
        .query_row([digest_of(token)], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

fn digest_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
