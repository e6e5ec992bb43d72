//! The table of hosts that asked for quiet. A host that did not has no row.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::Result;
use crate::news::{UtcTime, utc_from_secs};

/// A host that is left alone, or was lately.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoolHost {
    /// The host, platform or domain.
    pub host: String,
    /// Nothing is sent before then.
    pub cool_until: UtcTime,
    /// One line for the operator.
    pub reason: String,
    /// How often in a row it asked.
    pub strikes: u32,
}

impl CoolHost {
    /// One line on the request for quiet.
    pub fn say(&self) -> String {
        let until = self.cool_until.format("%F %R UTC");
        format!("{} is left alone until {until}: {}", self.host, self.reason)
    }
}

/// Leaves a host alone until then, and counts it. An earlier and longer request for quiet stands.
///
/// # Errors
/// Whatever SQLite says.
pub fn cool_host(tx: &Transaction<'_>, host: &str, until: UtcTime, reason: &str) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO hosts (host, cool_until, cool_reason, strikes) VALUES (?1, ?2, ?3, 1)
         ON CONFLICT DO UPDATE SET strikes = strikes + 1,
            cool_reason = CASE WHEN excluded.cool_until >= cool_until
                THEN excluded.cool_reason ELSE cool_reason END,
            cool_until = max(cool_until, excluded.cool_until)",
    )?
    .execute(params![host, until.timestamp(), reason])?;
    Ok(())
}

/// Forgets the requests for quiet of a host, after a visit that it answered. One that still runs
/// stands.
///
/// # Errors
/// Whatever SQLite says.
pub fn clear_host(tx: &Transaction<'_>, host: &str, now: UtcTime) -> Result<()> {
    tx.prepare_cached("DELETE FROM hosts WHERE host = ?1 AND cool_until <= ?2")?
        .execute(params![host, now.timestamp()])?;
    Ok(())
}

/// What is known of a host's requests for quiet; `None` if it made none lately.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_host(conn: &Connection, host: &str) -> Result<Option<CoolHost>> {
    let sql = "SELECT host, cool_until, cool_reason, strikes FROM hosts WHERE host = ?1";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([host], |row| {
            Ok(CoolHost {
                host: row.get(0)?,
                cool_until: utc_from_secs(row.get(1)?),
                reason: row.get(2)?,
                strikes: row.get(3)?,
            })
        })
        .optional()?)
}
