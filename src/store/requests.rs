//! Requests to the process that owns the data directory. The one table that others than the owner
//! write to.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::{FILE_NAME, Result, StoreError, decisions, migrate, open_writable, went_along};
use crate::news::{Answer, DecisionId, Request, UtcTime, WentAlong};

/// A connection that only asks: for a process that does not own the data directory.
pub struct Asking {
    conn: Connection,
}

impl Asking {
    /// Opens the database beside its owner; none is made.
    ///
    /// # Errors
    /// [`StoreError::Gone`] if there is none; else as for opening the store for reading.
    pub fn open(directory: &Path) -> Result<Self> {
        let path = directory.join(FILE_NAME);
        // Its owner has it open: an empty one in its place would be the end of its log.
        if !std::fs::metadata(&path).is_ok_and(|found| found.len() > 0) {
            return Err(StoreError::Gone);
        }
        let conn = open_writable(&path)?;
        migrate::check_schema(&conn, &path)?;
        conn.execute_batch("PRAGMA busy_timeout = 10000; PRAGMA synchronous = NORMAL;")?;
        Ok(Self { conn })
    }

    /// Writes a request down; returns its number.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn ask(&self, request: &Request, now: UtcTime) -> Result<i64> {
        let command = serde_json::to_string(request)?;
        let sql = "INSERT INTO requests (command, asked_at) VALUES (?1, ?2)";
        self.conn.execute(sql, params![command, now.timestamp()])?;
        Ok(self.conn.last_insert_rowid())
    }

    /// Changes the accounts of editors beside the owner, which keeps nothing of them in memory.
    ///
    /// # Errors
    /// What `work` returns; then nothing was changed.
    pub fn change_accounts<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T>,
    ) -> Result<T> {
        let tx = Transaction::new_unchecked(&self.conn, TransactionBehavior::Immediate)?;
        let outcome = work(&tx)?;
        tx.commit()?;
        Ok(outcome)
    }

    /// True if events follow all decisions.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn are_decisions_obeyed(&self) -> Result<bool> {
        decisions::are_obeyed(&self.conn)
    }

    /// What went along by a decision that does not name it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn load_went_along(&self, decision: DecisionId) -> Result<Vec<WentAlong>> {
        went_along::load(&self.conn, decision)
    }

    /// The answer; `None` while there is none.
    ///
    /// # Errors
    /// Whatever SQLite says, or an answer that cannot be read.
    pub fn look_for_answer(&self, number: i64) -> Result<Option<Answer>> {
        find_answer(&self.conn, number)?
            .ok_or_else(|| StoreError::NotFound(format!("request {number}")))
    }
}

/// Writes a request down within the owner's process; returns its number.
///
/// # Errors
/// Whatever SQLite says.
pub fn ask(tx: &Transaction<'_>, request: &Request, now: UtcTime) -> Result<i64> {
    let command = serde_json::to_string(request)?;
    let sql = "INSERT INTO requests (command, asked_at) VALUES (?1, ?2)";
    tx.execute(sql, params![command, now.timestamp()])?;
    Ok(tx.last_insert_rowid())
}

/// The requests that wait, oldest first; one that this program cannot read is an error in its
/// place.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_waiting(conn: &Connection) -> Result<Vec<(i64, Result<Request>)>> {
    let sql = "SELECT id, command FROM requests WHERE answer IS NULL ORDER BY id";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let rows: Vec<(i64, String)> = rows.collect::<rusqlite::Result<_>>()?;
    let read = |command: &str| serde_json::from_str(command).map_err(StoreError::from);
    Ok(rows
        .into_iter()
        .map(|(number, command)| (number, read(&command)))
        .collect())
}

/// Answers a request.
///
/// # Errors
/// Whatever SQLite says.
pub fn answer(tx: &Transaction<'_>, number: i64, answer: &Answer, now: UtcTime) -> Result<()> {
    let sql = "UPDATE requests SET answer = ?2, answered_at = ?3 WHERE id = ?1";
    tx.prepare_cached(sql)?.execute(params![
        number,
        serde_json::to_string(answer)?,
        now.timestamp()
    ])?;
    Ok(())
}

/// The answer to a request; `None` while there is none.
///
/// # Errors
/// Whatever SQLite says, or an answer that cannot be read.
pub fn load_answer(conn: &Connection, number: i64) -> Result<Option<Answer>> {
    Ok(find_answer(conn, number)?.flatten())
}

/// What came of a request: `None` if there is no such request (any more), `Some(None)` while it waits.
///
/// # Errors
/// Whatever SQLite says, or an answer that cannot be read.
pub fn find_answer(conn: &Connection, number: i64) -> Result<Option<Option<Answer>>> {
    let sql = "SELECT answer FROM requests WHERE id = ?1";
    let mut query = conn.prepare_cached(sql)?;
    let json: Option<Option<String>> = query.query_row([number], |row| row.get(0)).optional()?;
    let read = |json: Option<String>| json.map(|json| serde_json::from_str(&json)).transpose();
    Ok(json.map(read).transpose()?)
}

/// Forgets answered requests that are older than a day; their answers were read or never will be.
///
/// # Errors
/// Whatever SQLite says.
pub fn trim_requests(tx: &Transaction<'_>, now: UtcTime) -> Result<usize> {
    let sql = "DELETE FROM requests WHERE answered_at < ?1";
    Ok(tx.execute(sql, [now.timestamp() - 86_400])?)
}
