//! What clustering keeps: cursors, learnt tables, frozen pair scores.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::Result;
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

/// Keeps frozen scores; a pair that is there already keeps the score it has.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_pairs(tx: &Transaction<'_>, pairs: &[ScoredPair]) -> Result<()> {
    let sql = "INSERT INTO pairs (later, earlier, score, weights_version, feature_values)
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
    let mut insert = tx.prepare_cached(sql)?;
    for pair in pairs {
        let values: Vec<u8> = pair
            .values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        let score = f64::from(pair.score);
        insert.execute(params![
            pair.later.0,
            pair.earlier.0,
            score,
            pair.weights_version,
            values
        ])?;
    }
    Ok(())
}

/// The frozen scores of the pairs whose later item is `from` or after it and at most `to`, by
/// later and then earlier item.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_pairs(conn: &Connection, from: ItemId, to: ItemId) -> Result<Vec<ScoredPair>> {
    let sql = "SELECT later, earlier, score, weights_version, feature_values
         FROM pairs WHERE later BETWEEN ?1 AND ?2 ORDER BY later, earlier";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map(params![from.0, to.0], read_pair)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The frozen scores of the pairs that an item is part of, by later and then earlier item.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_pairs_of(conn: &Connection, item: ItemId) -> Result<Vec<ScoredPair>> {
    let sql = "SELECT later, earlier, score, weights_version, feature_values
         FROM pairs WHERE later = ?1 OR earlier = ?1 ORDER BY later, earlier";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([item.0], read_pair)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The frozen score of two items, in either order; `None` if they never met or scored too low to
/// be kept.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_pair(conn: &Connection, a: ItemId, b: ItemId) -> Result<Option<ScoredPair>> {
    let sql = "SELECT later, earlier, score, weights_version, feature_values
         FROM pairs WHERE later = ?1 AND earlier = ?2";
    let (later, earlier) = if a > b { (a, b) } else { (b, a) };
    let mut query = conn.prepare_cached(sql)?;
    Ok(query
        .query_row(params![later.0, earlier.0], read_pair)
        .optional()?)
}

fn read_pair(row: &rusqlite::Row<'_>) -> rusqlite::Result<ScoredPair> {
    let values: Vec<u8> = row.get(4)?;
    Ok(ScoredPair {
        later: ItemId(row.get(0)?),
        earlier: ItemId(row.get(1)?),
        // Stored from an f32, so that nothing is lost on the way back.
        score: row.get::<_, f64>(2)? as f32,
        weights_version: row.get(3)?,
        values: values
            .chunks_exact(4)
            .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
            .collect(),
    })
}
