//! Notices that withdraw something, and the items that they may mean. What is believed of them is `text::belief`'s.

use std::collections::BTreeSet;

use rusqlite::{Connection, ToSql, params};

use super::Result;
use super::items::{key_number, load_item};
use super::outlets::load_outlet;
use crate::news::{
    FeedId, Item, ItemId, KeyDigest, Outlet, OutletId, OutletKind, UtcTime, utc_from_secs,
};

/// One side of a withdrawal: a notice, or an item that it may mean.
#[derive(Clone, Debug, PartialEq)]
pub struct KillSide {
    /// The item.
    pub item: Item,
    /// Its outlet.
    pub outlet: Outlet,
    /// When we saw first what it says by now.
    pub seen_at: UtcTime,
}

/// The newest items of the last weeks with that series key or known by one of these keys in any
/// feed, removed ones among them, at most 32: what a notice to withdraw something may mean.
///
/// # Errors
/// Whatever SQLite says.
pub fn find_meant(
    conn: &Connection,
    series_key: Option<&str>,
    keys: &[KeyDigest],
) -> Result<Vec<ItemId>> {
    let mut ids = BTreeSet::new();
    let mut add = |sql: &str, values: &[&dyn ToSql]| -> Result<()> {
        let mut query = conn.prepare_cached(sql)?;
        let rows = query.query_map(values, |row| row.get(0))?;
        for id in rows {
            ids.insert(ItemId(id?));
        }
        Ok(())
    };
    // A key may follow the agency's own mark; those are few, so all of the last weeks are looked at.
    let by_series = "SELECT id FROM items INDEXED BY items_series
         WHERE series_key IS NOT NULL AND (series_key = ?1 OR series_key LIKE '%--' || ?1)
            AND id > (SELECT coalesce(max(id), 0) - 200000 FROM items)
         ORDER BY id DESC LIMIT 32";
    if let Some(series_key) = series_key {
        add(by_series, &[&series_key])?;
    }
    // Items outlive the rows of their feeds, so the feeds are those that have items.
    let by_key = "WITH RECURSIVE holders (id) AS (
            SELECT min(feed_id) FROM items
            UNION ALL SELECT (SELECT min(i.feed_id) FROM items i WHERE i.feed_id > h.id)
            FROM holders h WHERE h.id IS NOT NULL)
         SELECT k.item_id FROM holders h CROSS JOIN item_keys k
         WHERE k.feed_id = h.id AND k.key = ?1
            AND k.item_id > (SELECT coalesce(max(id), 0) - 200000 FROM items)
         ORDER BY k.item_id DESC LIMIT 32";
    for key in keys {
        add(by_key, &[&key_number(*key)])?;
    }
    Ok(ids.into_iter().rev().take(32).collect())
}

/// A notice, as far as it tells whether anything that comes may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The item.
    pub id: ItemId,
    /// The feed in which it came.
    pub feed: FeedId,
    /// Its series key.
    pub series_key: Option<String>,
}

/// The notices seen since then that could withdraw an item of the outlet: its own and those of agencies, newest
/// first, at most 200. One that was retitled to news and goes on as that is none any more.
///
/// # Errors
/// Whatever SQLite says.
pub fn list_notices(conn: &Connection, outlet: OutletId, since: UtcTime) -> Result<Vec<Notice>> {
    let sql = "SELECT i.id, i.feed_id, i.series_key
         FROM items i INDEXED BY items_kills CROSS JOIN outlets o
         WHERE i.role = 'kill' AND i.id > (SELECT coalesce(max(id), 0) - 200000 FROM items)
            AND o.id = i.outlet_id AND (o.id = ?1 OR o.kind = ?3)
            AND i.seen_at >= ?2 AND i.retold_as IS NULL
         ORDER BY i.id DESC LIMIT 200";
    let values = params![outlet.0, since.timestamp(), OutletKind::Wire.name()];
    let mut query = conn.prepare_cached(sql)?;
    let notices = query.query_map(values, |row| {
        Ok(Notice {
            id: ItemId(row.get(0)?),
            feed: FeedId(row.get(1)?),
            series_key: row.get(2)?,
        })
    })?;
    Ok(notices.collect::<rusqlite::Result<_>>()?)
}

/// The items after a place in history, the newest of them, at most 2000.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_sides_after(conn: &Connection, after: ItemId) -> Result<Vec<KillSide>> {
    let sql = "SELECT id FROM items WHERE id > ?1 ORDER BY id DESC LIMIT 2000";
    let mut query = conn.prepare_cached(sql)?;
    let ids = query.query_map([after.0], |row| row.get(0).map(ItemId))?;
    let ids: Vec<ItemId> = ids.collect::<rusqlite::Result<_>>()?;
    load_sides(conn, ids)
}

/// The copies of one text that stand in one event with an item, the text's original among them, at most 200.
///
/// # Errors
/// Whatever SQLite says.
pub fn find_copies(conn: &Connection, id: ItemId) -> Result<Vec<KillSide>> {
    let sql = "SELECT c.item_id FROM event_items m JOIN event_items c ON c.event_id = m.event_id
            AND coalesce(c.reprint_of, c.item_id) = coalesce(m.reprint_of, m.item_id)
         WHERE m.item_id = ?1 AND c.item_id <> ?1 ORDER BY c.item_id LIMIT 200";
    let mut query = conn.prepare_cached(sql)?;
    let ids = query.query_map([id.0], |row| row.get(0).map(ItemId))?;
    let ids: Vec<ItemId> = ids.collect::<rusqlite::Result<_>>()?;
    load_sides(conn, ids)
}

/// Those of the items that are there.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_sides(
    conn: &Connection,
    ids: impl IntoIterator<Item = ItemId>,
) -> Result<Vec<KillSide>> {
    let mut seen = conn.prepare_cached("SELECT seen_at FROM items WHERE id = ?1")?;
    let mut sides = Vec::new();
    for id in ids {
        let Some(item) = load_item(conn, id)? else {
            continue;
        };
        if let Some(outlet) = load_outlet(conn, item.outlet_id)? {
            let seen_at = seen.query_row([id.0], |row| row.get(0).map(utc_from_secs))?;
            sides.push(KillSide {
                item,
                outlet,
                seen_at,
            });
        }
    }
    Ok(sides)
}
