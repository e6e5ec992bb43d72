//! Items, their long texts, their keys and their revisions.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::content::Content;
use super::search::terms::Filing;
use super::{Result, StoreError, search};
use crate::news::{
    FeedId, Image, Item, ItemId, KeyDigest, OutletId, Revision, UtcTime, WireReading, utc_from_secs,
};

/// The state of an item as it is to be kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemState {
    /// guid as given, for those who republish it.
    pub guid: Option<String>,
    /// Title as the outlet wrote it.
    pub title: String,
    /// Lead.
    pub summary: String,
    /// Full text; empty if the feed gives none.
    pub text: String,
    /// Canonical link.
    pub link: Option<String>,
    /// Author as written.
    pub author: Option<String>,
    /// Language code.
    pub language: String,
    /// The outlet's claim of first publication.
    pub published_at: Option<UtcTime>,
    /// The outlet's claim of the last change.
    pub updated_at: Option<UtcTime>,
    /// Invariant 10.
    pub item_time: UtcTime,
    /// Whether `item_time` is the outlet's claim.
    pub time_is_claimed: bool,
    /// What the wire conventions said.
    pub wire: WireReading,
    /// Categories as written.
    pub categories: Vec<String>,
    /// A picture.
    pub image: Option<Image>,
    /// Digest of the content after normalisation; equal digests are no revision.
    pub digest: [u8; 16],
    /// Set if this state withdraws the item.
    pub withdrawn_at: Option<UtcTime>,
    /// What the item is known by from now on.
    pub keys: Vec<KeyDigest>,
}

/// An item that a key led to.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownRow {
    /// The item.
    pub id: ItemId,
    /// Its title; empty for a tombstone.
    pub title: String,
    /// The outlet's claim.
    pub published_at: Option<UtcTime>,
    /// Our clock at acceptance, or at removal for a tombstone.
    pub fetched_at: UtcTime,
    /// Our clock when it was last noted as listed, or said something new; at removal for a tombstone.
    pub listed_at: UtcTime,
    /// Digest of its present content.
    pub digest: Vec<u8>,
    /// True if the item itself is gone and only remembered.
    pub is_tombstone: bool,
    /// True if it is one of a series of an agency.
    pub is_of_series: bool,
    /// True if it is a notice that withdraws something.
    pub is_notice: bool,
    /// The outlet's claim of the last change.
    pub updated_at: Option<UtcTime>,
    /// How often its link was corrected.
    pub link_moves: u32,
    /// The item that it goes on as; see [`super::retold`].
    pub retold_as: Option<ItemId>,
}

/// Keeps a new item and returns its id, which is its place in history.
///
/// # Errors
/// Whatever SQLite says.
pub fn insert_item(
    tx: &Transaction<'_>,
    feed_id: FeedId,
    outlet_id: OutletId,
    state: &ItemState,
    now: UtcTime,
) -> Result<ItemId> {
    let sql = "INSERT INTO items (feed_id, outlet_id, fetched_at, published_at, updated_at,
            item_time, time_is_claimed, language, role, title, series_key, content, withdrawn_at,
            seen_at, digest)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, packed(?12), ?13, ?3, ?14)";
    tx.prepare_cached(sql)?.execute(params![
        feed_id.0,
        outlet_id.0,
        now.timestamp(),
        secs(state.published_at),
        secs(state.updated_at),
        state.item_time.timestamp(),
        state.time_is_claimed,
        state.language,
        state.wire.role.name(),
        state.title,
        state.wire.series_key,
        Content::encode(state)?,
        secs(state.withdrawn_at),
        state.digest,
    ])?;
    let id = ItemId(tx.last_insert_rowid());
    search::file(tx, id, &state.title, &state.summary)?;
    save_keys(tx, feed_id, id, &state.keys)?;
    Ok(id)
}

/// How many items from one on are gone, with a tombstone.
///
/// # Errors
/// Whatever SQLite says.
pub fn count_buried(conn: &Connection, from: ItemId) -> Result<i64> {
    let sql = "SELECT count(*) FROM tombstones WHERE item_id >= ?1";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([from.0], |row| row.get(0))?)
}

/// What our clock said when an item was accepted; `None` if it is not there.
///
/// # Errors
/// Whatever SQLite says.
pub fn fetched_at(conn: &Connection, id: ItemId) -> Result<Option<UtcTime>> {
    let sql = "SELECT fetched_at FROM items WHERE id = ?1";
    let mut query = conn.prepare_cached(sql)?;
    let found = query.query_row([id.0], |row| row.get(0).map(utc_from_secs));
    Ok(found.optional()?)
}

/// What our clock said when the item was accepted, or the last before it that is there; `None` before the first.
///
/// # Errors
/// Whatever SQLite says.
pub fn clock_at(conn: &Connection, id: ItemId) -> Result<Option<UtcTime>> {
    let sql = "SELECT fetched_at FROM items WHERE id <= ?1 ORDER BY id DESC LIMIT 1";
    let mut query = conn.prepare_cached(sql)?;
    let found = query.query_row([id.0], |row| row.get(0).map(utc_from_secs));
    Ok(found.optional()?)
}

/// Keeps the present state of an item as a revision and puts `state` in its place. The place in
/// history, the first `fetched_at` and the item time stay as they are.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such item.
pub fn revise_item(
    tx: &Transaction<'_>,
    id: ItemId,
    state: &ItemState,
    now: UtcTime,
) -> Result<()> {
    unfile(tx, id)?;
    let kept = tx
        .prepare_cached(
            "INSERT INTO revisions (item_id, number, seen_at, replaced_at, title, content,
                updated_at, role, language)
             SELECT id, revision_count + 1, seen_at, ?2, title, content, updated_at, role, language
             FROM items WHERE id = ?1",
        )?
        .execute(params![id.0, now.timestamp()])?;
    if kept == 0 {
        return Err(StoreError::NotFound(format!("item {id}")));
    }
    let sql = "UPDATE items SET published_at = ?2, updated_at = ?3, language = ?4, role = ?5,
            title = ?6, series_key = ?7, content = packed(?8),
            withdrawn_at = CASE WHEN ?9 IS NULL AND role = 'kill' THEN NULL
                ELSE coalesce(withdrawn_at, ?9) END, seen_at = ?10, digest = ?11,
            revision_count = revision_count + 1
         WHERE id = ?1";
    tx.prepare_cached(sql)?.execute(params![
        id.0,
        secs(state.published_at),
        secs(state.updated_at),
        state.language,
        state.wire.role.name(),
        state.title,
        state.wire.series_key,
        Content::encode(state)?,
        secs(state.withdrawn_at),
        now.timestamp(),
        state.digest,
    ])?;
    search::file(tx, id, &state.title, &state.summary)?;
    let feed_id: i64 = tx
        .prepare_cached("SELECT feed_id FROM items WHERE id = ?1")?
        .query_row([id.0], |row| row.get(0))?;
    save_keys(tx, FeedId(feed_id), id, &state.keys)
}

/// Puts another link in the place of an item's own, which is no revision, and counts how often it was done. Nothing if the item is gone.
///
/// # Errors
/// Whatever SQLite says, and [`StoreError::Unreadable`] if what the item says is damaged.
pub fn correct_link(tx: &Transaction<'_>, id: ItemId, link: &str) -> Result<()> {
    let sql = "SELECT unpacked(content) FROM items WHERE id = ?1";
    let content: Option<Vec<u8>> = tx
        .prepare_cached(sql)?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    let Some(content) = content else {
        return Ok(());
    };
    let sql = "UPDATE items SET content = packed(?2), link_moves = link_moves + 1 WHERE id = ?1";
    tx.prepare_cached(sql)?
        .execute(params![id.0, Content::with_link(&content, link)?])?;
    Ok(())
}

/// Notes that an outlet claims another time of publication of an item that is as it was. The item time stays.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_claim(tx: &Transaction<'_>, id: ItemId, claim: UtcTime) -> Result<()> {
    let sql = "UPDATE items SET published_at = ?2 WHERE id = ?1";
    tx.prepare_cached(sql)?
        .execute(params![id.0, claim.timestamp()])?;
    Ok(())
}

/// Notes that an item is listed still.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_listing(tx: &Transaction<'_>, id: ItemId, now: UtcTime) -> Result<()> {
    let sql = "UPDATE items SET listed_at = ?2 WHERE id = ?1";
    tx.prepare_cached(sql)?
        .execute(params![id.0, now.timestamp()])?;
    Ok(())
}

/// Takes an item out of the search index. One whose content is damaged stays found by its lead.
///
/// # Errors
/// Whatever SQLite says.
pub(super) fn unfile(tx: &Transaction<'_>, id: ItemId) -> Result<()> {
    let sql = "SELECT title, content FROM items WHERE id = ?1";
    let filed: Option<(String, Option<Vec<u8>>)> = tx
        .prepare_cached(sql)?
        .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((title, packed)) = filed else {
        return Ok(());
    };
    let content = unpack(tx, packed).unwrap_or_default();
    search::unfile(tx, id, &title, &content.summary)
}

/// Items whose content cannot be read.
///
/// # Errors
/// Whatever SQLite says of anything else.
pub(super) fn list_unreadable(conn: &Connection) -> Result<Vec<String>> {
    let mut query = conn.prepare("SELECT id, content FROM items ORDER BY id")?;
    let mut rows = query.query([])?;
    let mut unreadable = Vec::new();
    while let Some(row) = rows.next()? {
        if unpack(conn, row.get(1)?).is_none() {
            unreadable.push(format!("item {}", row.get::<_, i64>(0)?));
        }
    }
    Ok(unreadable)
}

/// Files all items anew that [`search::refile`] concerns, or all if they are not filed yet. One whose content
/// is damaged stays as it is.
///
/// # Errors
/// Whatever SQLite says.
pub(super) fn refile_all(tx: &Transaction<'_>, before: Option<Filing>) -> Result<()> {
    if before.is_none() {
        search::forget_all(tx)?;
    }
    let mut query = tx.prepare("SELECT id, title, content FROM items")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let (item, title) = (ItemId(row.get(0)?), row.get::<_, String>(1)?);
        let Some(Content { summary, .. }) = unpack(tx, row.get(2)?) else {
            continue;
        };
        match before {
            Some(before) => search::refile(tx, item, (&title, &summary), before)?,
            None => search::file(tx, item, &title, &summary)?,
        }
    }
    Ok(())
}

/// The content in a column as it is stored; `None` if it is damaged.
fn unpack(conn: &Connection, packed: Option<Vec<u8>>) -> Option<Content> {
    let mut unpack = conn.prepare_cached("SELECT unpacked(?1)").ok()?;
    unpack.query_row([packed], |row| content(row, 0)).ok()
}

/// Adds keys that lead to an item; a key that leads to another one is turned to this one.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_keys(
    tx: &Transaction<'_>,
    feed_id: FeedId,
    id: ItemId,
    keys: &[KeyDigest],
) -> Result<()> {
    let sql = "INSERT INTO item_keys (feed_id, key, item_id) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET item_id = excluded.item_id
            WHERE item_id <> excluded.item_id";
    let mut insert = tx.prepare_cached(sql)?;
    for key in keys {
        insert.execute(params![feed_id.0, key_number(*key), id.0])?;
    }
    Ok(())
}

/// What the keys of a feed lead to; keys that lead nowhere are left out.
///
/// # Errors
/// Whatever SQLite says.
pub fn look_up_keys(
    conn: &Connection,
    feed_id: FeedId,
    keys: &[KeyDigest],
) -> Result<Vec<(KeyDigest, ItemId)>> {
    let sql = "SELECT item_id FROM item_keys WHERE feed_id = ?1 AND key = ?2";
    let mut leads_to = conn.prepare_cached(sql)?;
    let mut found = Vec::new();
    for key in keys {
        let values = params![feed_id.0, key_number(*key)];
        let id: Option<i64> = leads_to.query_row(values, |row| row.get(0)).optional()?;
        found.extend(id.map(|id| (*key, ItemId(id))));
    }
    Ok(found)
}

/// What keys led to, or the tombstones of it.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_known(conn: &Connection, ids: &[ItemId]) -> Result<Vec<KnownRow>> {
    let sql = "SELECT k.id, i.title, coalesce(i.published_at, t.published_at),
            coalesce(i.fetched_at, t.removed_at, 0), coalesce(i.digest, t.digest, x''), i.id IS NULL,
            i.series_key IS NOT NULL, i.retold_as, coalesce(i.role = 'kill', 0),
            coalesce(i.link_moves, 0), i.updated_at,
            coalesce(max(i.seen_at, coalesce(i.listed_at, 0)), t.removed_at, 0)
         FROM (SELECT ?1 AS id) k LEFT JOIN items i ON i.id = k.id
            LEFT JOIN tombstones t ON t.item_id = k.id";
    let mut load = conn.prepare_cached(sql)?;
    let rows = ids.iter().map(|id| Ok(load.query_row([id.0], read_known)?));
    rows.collect()
}

/// The lead and the link of an item; both empty if it is gone.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_lead_and_link(conn: &Connection, id: ItemId) -> Result<(String, Option<String>)> {
    let content = load_content(conn, id)?.unwrap_or_default();
    Ok((content.summary, content.link))
}

/// The id that the present state of an item came with; `None` if it had none or is gone.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_guid(conn: &Connection, id: ItemId) -> Result<Option<String>> {
    let content = load_content(conn, id)?;
    Ok(content.and_then(Content::into_guid))
}

/// The unpacked content of an item; `None` if it is gone.
pub(super) fn load_content(conn: &Connection, id: ItemId) -> Result<Option<Content>> {
    let sql = "SELECT unpacked(content) FROM items WHERE id = ?1";
    let mut load = conn.prepare_cached(sql)?;
    Ok(load.query_row([id.0], |row| content(row, 0)).optional()?)
}

/// True if an item of the feed was ever kept and still is.
///
/// # Errors
/// Whatever SQLite says.
pub fn has_items(conn: &Connection, feed_id: FeedId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM items WHERE feed_id = ?1)";
    let mut query = conn.prepare_cached(sql)?;
    Ok(query.query_row([feed_id.0], |row| row.get(0))?)
}

/// One item; `None` if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_item(conn: &Connection, id: ItemId) -> Result<Option<Item>> {
    let sql = format!("{SELECT_ITEM} WHERE i.id = ?1");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([id.0], read_item)
        .optional()?)
}

/// The items after a place in history, in its order, at most `limit`.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_items_after(conn: &Connection, after: ItemId, limit: u32) -> Result<Vec<Item>> {
    let sql = format!("{SELECT_ITEM} WHERE i.id > ?1 ORDER BY i.id LIMIT ?2");
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map(params![after.0, limit], read_item)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The earlier states of an item, oldest first.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_revisions(conn: &Connection, id: ItemId) -> Result<Vec<Revision>> {
    let sql = "SELECT number, seen_at, replaced_at, title, unpacked(content), updated_at
         FROM revisions WHERE item_id = ?1 ORDER BY number";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([id.0], |row| {
        let content = content(row, 4)?;
        Ok(Revision {
            number: row.get(0)?,
            seen_at: utc_from_secs(row.get(1)?),
            replaced_at: utc_from_secs(row.get(2)?),
            title: row.get(3)?,
            summary: content.summary,
            text: content.text,
            updated_at: row.get::<_, Option<i64>>(5)?.map(utc_from_secs),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// True if an earlier state of an item had this title and claimed this time of change.
///
/// # Errors
/// Whatever SQLite says.
pub fn was_told(conn: &Connection, id: ItemId, title: &str, updated_at: UtcTime) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM revisions WHERE item_id = ?1 AND updated_at = ?2 AND title = ?3)";
    let mut query = conn.prepare_cached(sql)?;
    let values = params![id.0, updated_at.timestamp(), title];
    Ok(query.query_row(values, |row| row.get(0))?)
}

/// Title, lead and text of the earlier states of an item that were replaced after this time.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_replaced_since(
    conn: &Connection,
    id: ItemId,
    since: UtcTime,
) -> Result<Vec<[String; 3]>> {
    let sql = "SELECT title, unpacked(content) FROM revisions
         WHERE item_id = ?1 AND replaced_at > ?2";
    let mut query = conn.prepare_cached(sql)?;
    let values = params![id.0, since.timestamp()];
    let rows = query.query_map(values, |row| Ok((row.get(0)?, content(row, 1)?)))?;
    let states = rows.map(|state| state.map(|(title, state)| [title, state.summary, state.text]));
    Ok(states.collect::<rusqlite::Result<_>>()?)
}

/// Marks an item as withdrawn by its outlet or agency.
///
/// # Errors
/// Whatever SQLite says.
pub fn withdraw_item(tx: &Transaction<'_>, id: ItemId, now: UtcTime) -> Result<()> {
    let sql = "UPDATE items SET withdrawn_at = ?2 WHERE id = ?1 AND withdrawn_at IS NULL";
    tx.prepare_cached(sql)?
        .execute(params![id.0, now.timestamp()])?;
    Ok(())
}

/// Name of the outlet and guid of every item that has one, in the order of history.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_guids(conn: &Connection) -> Result<Vec<(String, String)>> {
    let sql = "SELECT o.name, unpacked(i.content) FROM items i JOIN outlets o ON o.id = i.outlet_id
         ORDER BY i.id";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, content(row, 1)?.into_guid())))?;
    let rows: Vec<(String, Option<String>)> = rows.collect::<rusqlite::Result<_>>()?;
    let named = rows.into_iter();
    Ok(named
        .filter_map(|(outlet, guid)| Some((outlet, guid?)))
        .collect())
}

/// How many items there are.
///
/// # Errors
/// Whatever SQLite says.
pub fn count_items(conn: &Connection) -> Result<u64> {
    let count: i64 = conn.query_row("SELECT count(*) FROM items", [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// The last item of history; 0 before there is one.
///
/// # Errors
/// Whatever SQLite says.
pub fn newest_item(conn: &Connection) -> Result<ItemId> {
    let mut query = conn.prepare_cached("SELECT coalesce(max(id), 0) FROM items")?;
    Ok(query.query_row([], |row| row.get(0).map(ItemId))?)
}

const SELECT_ITEM: &str = "SELECT i.id, i.feed_id, i.outlet_id, i.title, unpacked(i.content),
        i.language, i.published_at, i.updated_at, i.fetched_at, i.item_time, i.time_is_claimed,
        i.role, i.withdrawn_at, i.revision_count
     FROM items i";

fn read_item(row: &Row<'_>) -> rusqlite::Result<Item> {
    let time = |index| {
        row.get::<_, Option<i64>>(index)
            .map(|secs| secs.map(utc_from_secs))
    };
    let title: String = row.get(3)?;
    let content = content(row, 4)?;
    let role: String = row.get(11)?;
    Ok(Item {
        id: ItemId(row.get(0)?),
        feed_id: FeedId(row.get(1)?),
        outlet_id: OutletId(row.get(2)?),
        wire: content.wire(&title, &role),
        title,
        summary: content.summary,
        text: content.text,
        link: content.link,
        author: content.author,
        language: row.get(5)?,
        published_at: time(6)?,
        updated_at: time(7)?,
        fetched_at: utc_from_secs(row.get(8)?),
        item_time: utc_from_secs(row.get(9)?),
        time_is_claimed: row.get(10)?,
        categories: content.categories,
        image: content.image,
        withdrawn_at: time(12)?,
        revision_count: row.get(13)?,
    })
}

fn read_known(row: &Row<'_>) -> rusqlite::Result<KnownRow> {
    Ok(KnownRow {
        id: ItemId(row.get(0)?),
        title: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
        published_at: row.get::<_, Option<i64>>(2)?.map(utc_from_secs),
        fetched_at: utc_from_secs(row.get(3)?),
        digest: row.get(4)?,
        is_tombstone: row.get(5)?,
        is_of_series: row.get(6)?,
        retold_as: row.get::<_, Option<i64>>(7)?.map(ItemId),
        is_notice: row.get(8)?,
        link_moves: row.get(9)?,
        updated_at: row.get::<_, Option<i64>>(10)?.map(utc_from_secs),
        listed_at: utc_from_secs(row.get(11)?),
    })
}

/// The unpacked content in a column; empty if it is NULL (a tombstone).
pub(super) fn content(row: &Row<'_>, index: usize) -> rusqlite::Result<Content> {
    let bytes = row.get_ref(index)?.as_bytes_or_null()?.unwrap_or_default();
    Content::decode(bytes).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(index, Type::Blob, Box::new(error))
    })
}

/// A key as it is stored. Eight bytes are enough: among a million keys of a feed, two of different
/// items are alike with a probability of 1 in 30 million.
pub(super) fn key_number(key: KeyDigest) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = key;
    i64::from_le_bytes([a, b, c, d, e, f, g, h])
}

fn secs(time: Option<UtcTime>) -> Option<i64> {
    time.map(|time| time.timestamp())
}
