//! What clustering keeps: cursors, learnt tables, frozen scores of pairs.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::events::load_frozen;
use super::scores::{pack_scores, unpack_scores};
use super::{Result, StoreError};
use crate::news::{ItemId, ScoredPair};

/// The value of a cursor; 0 if it was never set.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_cursor(conn: &Connection, name: &str) -> Result<i64> {
    let found = conn
        .prepare_cached("SELECT value FROM cursors WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(found.unwrap_or(0))
}

/// Sets a cursor.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_cursor(tx: &Transaction<'_>, name: &str, value: i64) -> Result<()> {
    let sql = "INSERT INTO cursors (name, value) VALUES (?1, ?2)
         ON CONFLICT DO UPDATE SET value = excluded.value";
    tx.prepare_cached(sql)?.execute(params![name, value])?;
    Ok(())
}

/// One language's learnt table, in the clusterer's own form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearntTable {
    /// Language code.
    pub language: String,
    /// The last item it has learnt from.
    pub seq: ItemId,
    /// The table.
    pub content: Vec<u8>,
}

/// Puts these tables in the place of those that were there.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_learnt_tables(tx: &Transaction<'_>, tables: &[LearntTable]) -> Result<()> {
    tx.execute("DELETE FROM learnt_tables", [])?;
    let sql = "INSERT INTO learnt_tables (position, language, seq, content)
         VALUES (?1, ?2, ?3, ?4)";
    let mut insert = tx.prepare_cached(sql)?;
    for (position, table) in tables.iter().enumerate() {
        insert.execute(params![
            position as i64,
            table.language,
            table.seq.0,
            table.content
        ])?;
    }
    Ok(())
}

/// The learnt tables, in the order in which they were saved.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_learnt_tables(conn: &Connection) -> Result<Vec<LearntTable>> {
    let sql = "SELECT language, seq, content FROM learnt_tables ORDER BY position";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([], |row| {
        Ok(LearntTable {
            language: row.get(0)?,
            seq: ItemId(row.get(1)?),
            content: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Keeps the frozen scores of items with earlier ones; an item whose scores are there already keeps
/// those it has.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_pairs(tx: &Transaction<'_>, pairs: &[ScoredPair]) -> Result<()> {
    let sql = "INSERT INTO scores (item_id, pairs) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    let mut insert = tx.prepare_cached(sql)?;
    for of_one in pairs.chunk_by(|a, b| a.later == b.later) {
        insert.execute(params![of_one[0].later.0, pack_scores(of_one.iter())])?;
    }
    Ok(())
}

/// Forgets the scores of items before `oldest_live`, some thousands at once: nothing can turn on
/// them any more.
///
/// # Errors
/// Whatever SQLite says.
pub fn forget_pairs(tx: &Transaction<'_>, oldest_live: ItemId) -> Result<()> {
    let sql = "DELETE FROM scores WHERE item_id IN
         (SELECT item_id FROM scores WHERE item_id < ?1 ORDER BY item_id LIMIT 4000)";
    tx.prepare_cached(sql)?.execute([oldest_live.0])?;
    Ok(())
}

/// The frozen scores of the pairs whose later item is `from` or after it and at most `to`, by
/// later and then earlier item. Their values are left out.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_pairs(conn: &Connection, from: ItemId, to: ItemId) -> Result<Vec<ScoredPair>> {
    let sql = "SELECT item_id, pairs FROM scores WHERE item_id BETWEEN ?1 AND ?2 ORDER BY item_id";
    let mut query = conn.prepare_cached(sql)?;
    let mut rows = query.query(params![from.0, to.0])?;
    let mut pairs = Vec::new();
    while let Some(row) = rows.next()? {
        let later = ItemId(row.get(0)?);
        let bytes: Vec<u8> = row.get(1)?;
        pairs.extend(unpack_scores(later, &bytes).ok_or_else(|| unreadable(later))?);
    }
    Ok(pairs)
}

/// The frozen score of two items, in either order, with its values where those are kept; `None` if
/// they never met, scored too low to be kept, or have left the window and were none of the
/// weightiest.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_pair(conn: &Connection, a: ItemId, b: ItemId) -> Result<Option<ScoredPair>> {
    let (later, earlier) = if a > b { (a, b) } else { (b, a) };
    let frozen = load_frozen(conn, later)?;
    let is_meant = |pair: &ScoredPair| pair.earlier == earlier;
    if let Some(pair) = frozen.into_iter().find(is_meant) {
        return Ok(Some(pair));
    }
    let scores = load_pairs(conn, later, later)?;
    Ok(scores.into_iter().find(is_meant))
}

fn unreadable(later: ItemId) -> StoreError {
    StoreError::Unreadable(format!("scores of item {later}"))
}
