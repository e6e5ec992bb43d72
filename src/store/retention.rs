//! Taking old things away, in bounded lots: whole events with their items, items outside events,
//! and storylines that have become empty.
//!
//! What stays for ever: keys and tombstones of items, decisions, slugs, and the ids of what was
//! published (`retired_ids`, filled by triggers). Which age is old is decided by the caller.

use std::collections::BTreeSet;

use rusqlite::{Connection, Transaction, params};

use super::kept_out::is_item_out;
use super::published::IS_LET_THROUGH;
use super::withdrawn::is_item_withdrawn;
use super::{Result, publishing};
use crate::news::{ItemId, UtcTime};

/// What a lot took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Items, each of which left a tombstone.
    pub items: usize,
    /// Events, those merged into them counted.
    pub events: usize,
    /// Storylines.
    pub storylines: usize,
}

impl Removed {
    /// Adds what another lot took away.
    pub fn add(&mut self, other: Removed) {
        self.items += other.items;
        self.events += other.events;
        self.storylines += other.storylines;
    }

    /// True if there was nothing to take away.
    pub fn is_nothing(self) -> bool {
        self == Removed::default()
    }
}

/// How much of the database file is in use, and how much is free within it, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileUse {
    /// In use.
    pub used_bytes: u64,
    /// Free pages within the file.
    pub free_bytes: u64,
}

/// Old: last told of before `before`, and fetched before it, as is its present state: what its outlet goes on
/// revising is not old. An event goes with all its items or stays; what clustering has not taken in yet stays.
const OLD_EVENTS: &str = "
    SELECT e.id FROM events e
    WHERE e.last_report_at < ?1 AND e.opened_at < ?1 AND e.merged_into IS NULL
      AND NOT EXISTS (SELECT 1 FROM event_items m JOIN items i ON i.id = m.item_id
        WHERE m.event_id = e.id AND (i.item_time >= ?1 OR i.fetched_at >= ?1 OR i.seen_at >= ?1))
    ORDER BY e.last_report_at LIMIT ?2";

const OLD_LONE_ITEMS: &str = "
    SELECT i.id FROM items i
    WHERE i.item_time < ?1 AND i.fetched_at < ?1 AND i.seen_at < ?1
      AND i.id <= (SELECT coalesce(max(value), 0) FROM cursors WHERE name = 'cluster')
      AND NOT EXISTS (SELECT 1 FROM event_items WHERE item_id = i.id)
    ORDER BY i.item_time LIMIT ?2";

const EMPTY_STORYLINES: &str = "
    SELECT s.id FROM storylines s
    WHERE s.last_event_at < ?1 AND s.merged_into IS NULL
      AND NOT EXISTS (SELECT 1 FROM events WHERE storyline_id = s.id)";

/// Takes away what is older than `before`: events with the storylines that they leave empty, or if
/// there is no such event lone items, or else storylines. It ends once `limit` items are gone, but takes
/// an event whole. Call again until nothing is taken.
///
/// # Errors
/// Whatever SQLite says.
pub fn remove_lot(
    tx: &Transaction<'_>,
    before: UtcTime,
    limit: u32,
    now: UtcTime,
) -> Result<Removed> {
    // What lone items are is found by going through all old ones, so it is not asked in each lot.
    let mut removed = remove_events(tx, before, limit, now)?;
    if removed.is_nothing() {
        for item in pick(tx, OLD_LONE_ITEMS, before, limit)? {
            bury(tx, item, now)?;
            removed.items += 1;
        }
    }
    if removed.is_nothing() {
        let first_empty = [EMPTY_STORYLINES, " ORDER BY s.last_event_at LIMIT ?2"].concat();
        for storyline in pick(tx, &first_empty, before, limit)? {
            removed.storylines += remove_storyline(tx, storyline)?;
        }
    }
    if removed.events + removed.storylines > 0 {
        // What is in no queue any more is looked at by nobody.
        publishing::move_version(tx, now)?;
    }
    Ok(removed)
}

fn remove_events(
    tx: &Transaction<'_>,
    before: UtcTime,
    limit: u32,
    now: UtcTime,
) -> Result<Removed> {
    let mut removed = Removed::default();
    let mut left = BTreeSet::new();
    for event in pick(tx, OLD_EVENTS, before, limit)? {
        left.extend(storyline_of(tx, event)?);
        removed.add(remove_event(tx, event, now)?);
        if removed.items >= limit as usize {
            break;
        }
    }
    for storyline in left {
        if is_empty(tx, storyline, before)? {
            removed.storylines += remove_storyline(tx, storyline)?;
        }
    }
    Ok(removed)
}

fn storyline_of(tx: &Transaction<'_>, event: i64) -> Result<Option<i64>> {
    let sql = "SELECT storyline_id FROM events WHERE id = ?1";
    Ok(tx
        .prepare_cached(sql)?
        .query_row([event], |row| row.get(0))?)
}

fn is_empty(tx: &Transaction<'_>, storyline: i64, before: UtcTime) -> Result<bool> {
    let sql = [EMPTY_STORYLINES, " AND s.id = ?2"].concat();
    Ok(tx
        .prepare_cached(&sql)?
        .exists(params![before.timestamp(), storyline])?)
}

/// Shortens histories that are kept for operators: health of feeds, words of unknown prefixes.
///
/// # Errors
/// Whatever SQLite says.
pub fn trim_histories(tx: &Transaction<'_>, before: UtcTime) -> Result<usize> {
    let sqls = [
        "DELETE FROM feed_health_history WHERE at < ?1",
        "DELETE FROM unknown_prefixes WHERE last_at < ?1",
    ];
    let mut gone = 0;
    for sql in sqls {
        gone += tx.execute(sql, [before.timestamp()])?;
    }
    Ok(gone)
}

/// How the file is used.
///
/// # Errors
/// Whatever SQLite says.
pub fn measure_file(conn: &Connection) -> Result<FileUse> {
    let number = |pragma: &str| -> Result<u64> {
        let sql = format!("PRAGMA {pragma}");
        let number: i64 = conn.query_row(&sql, [], |row| row.get(0))?;
        Ok(number.unsigned_abs())
    };
    let page_size = number("page_size")?;
    let free_bytes = number("freelist_count")? * page_size;
    Ok(FileUse {
        used_bytes: (number("page_count")? * page_size).saturating_sub(free_bytes),
        free_bytes,
    })
}

/// Gives at most `bytes` of free pages back to the disk.
///
/// # Errors
/// Whatever SQLite says.
pub fn give_back(tx: &Transaction<'_>, bytes: u64) -> Result<()> {
    let page_size: i64 = tx.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let pages = bytes / page_size.unsigned_abs().max(1);
    let mut query = tx.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
    let mut rows = query.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

fn pick(tx: &Transaction<'_>, sql: &str, before: UtcTime, limit: u32) -> Result<Vec<i64>> {
    let mut query = tx.prepare_cached(sql)?;
    let rows = query.query_map(params![before.timestamp(), limit], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The event and those merged into it, each after all that were merged into it.
fn merged_into(tx: &Transaction<'_>, table: &str, id: i64) -> Result<Vec<i64>> {
    let sql = format!(
        "WITH RECURSIVE chain(id, depth) AS (
             SELECT ?1, 0
             UNION SELECT t.id, depth + 1 FROM chain JOIN {table} t ON t.merged_into = chain.id
             WHERE depth < 1000)
         SELECT id FROM chain GROUP BY id ORDER BY max(depth) DESC"
    );
    let mut query = tx.prepare_cached(&sql)?;
    let rows = query.query_map([id], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn remove_event(tx: &Transaction<'_>, event: i64, now: UtcTime) -> Result<Removed> {
    let mut removed = Removed::default();
    for id in merged_into(tx, "events", event)? {
        // A copy before its original, with which it may have been withdrawn.
        let sql = "SELECT item_id FROM event_items WHERE event_id = ?1 ORDER BY item_id DESC";
        let items: Vec<i64> = tx
            .prepare_cached(sql)?
            .query_map([id], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        forget_wording(tx, id)?;
        for item in &items {
            bury(tx, *item, now)?;
        }
        leave_storyline(tx, id)?;
        for sql in [
            "DELETE FROM developments WHERE event_id = ?1",
            "DELETE FROM anchors WHERE event_id = ?1",
            "UPDATE events SET split_from = NULL WHERE split_from = ?1",
            "DELETE FROM events WHERE id = ?1",
        ] {
            tx.prepare_cached(sql)?.execute([id])?;
        }
        removed.items += items.len();
        removed.events += 1;
    }
    Ok(removed)
}

/// A headline that an editor worded for an event outlives it on a storyline that was merged, unless the event is kept back:
/// then what it was worded for goes on to be known. What was worded for one that was withdrawn is kept back with it: it
/// would stand as if that did.
fn forget_wording(tx: &Transaction<'_>, event: i64) -> Result<()> {
    let sql = format!(
        "UPDATE storylines SET headline_event_id = NULL
         WHERE headline_item_id IS NULL AND headline_event_id = ?1
            AND EXISTS (SELECT 1 FROM events e
                WHERE e.id = ?1 AND e.withdrawn_at IS NULL AND {IS_LET_THROUGH})"
    );
    tx.prepare_cached(&sql)?.execute([event])?;
    Ok(())
}

/// The storyline of an event that goes shows one event less.
fn leave_storyline(tx: &Transaction<'_>, event: i64) -> Result<()> {
    tx.prepare_cached(
        "UPDATE storylines SET version = version + 1, event_count = max(0, event_count - 1)
         WHERE id = (SELECT storyline_id FROM events WHERE id = ?1 AND merged_into IS NULL)",
    )?
    .execute([event])?;
    Ok(())
}

/// Removes an item and leaves its tombstone, which says whether it was out and whether it stood; its keys stay.
fn bury(tx: &Transaction<'_>, item: i64, now: UtcTime) -> Result<()> {
    tx.prepare_cached(concat!(
        "INSERT OR IGNORE INTO tombstones (item_id, feed_id, published_at, digest, removed_at, was_out,
            was_withdrawn)
         SELECT i.id, i.feed_id, i.published_at, i.digest, ?2, ",
        is_item_out!("i.id"),
        ", ",
        is_item_withdrawn!("i.id"),
        " FROM items i WHERE i.id = ?1",
    ))?
    .execute(params![item, now.timestamp()])?;
    super::items::unfile(tx, ItemId(item))?;
    for sql in [
        "DELETE FROM scores WHERE item_id = ?1",
        "DELETE FROM items WHERE id = ?1",
    ] {
        tx.prepare_cached(sql)?.execute([item])?;
    }
    Ok(())
}

fn remove_storyline(tx: &Transaction<'_>, storyline: i64) -> Result<usize> {
    let chain = merged_into(tx, "storylines", storyline)?;
    for id in &chain {
        for sql in [
            // What was told here of an event that stands elsewhere by now is told of it there.
            "UPDATE developments SET storyline_id =
                (SELECT storyline_id FROM events WHERE id = developments.event_id)
             WHERE storyline_id = ?1 AND event_id IN
                (SELECT id FROM events WHERE storyline_id <> ?1)",
            "DELETE FROM developments WHERE storyline_id = ?1",
            "DELETE FROM storylines WHERE id = ?1",
        ] {
            tx.prepare_cached(sql)?.execute([id])?;
        }
    }
    Ok(chain.len())
}

#[cfg(test)]
mod tests;
