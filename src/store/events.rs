//! What clustering writes of events and storylines: membership, descriptions, links, merges.
//! What is read of them for the world stands in `published`.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::items::load_content;
use super::scores::{pack_evidence, pack_values, unpack_evidence, unpack_values};
use super::{Result, StoreError, slugs};
use crate::news::{
    DevelopmentId, DevelopmentKind, EventId, Evidence, ItemId, Life, OutletId, ScoredPair,
    StorylineId, UtcTime, utc_from_secs,
};

/// An item as a member of an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The item.
    pub item: ItemId,
    /// The original that it repeats.
    pub reprint_of: Option<ItemId>,
    /// Why it stands there; `None` leaves what is stored. Its terms are not kept: they follow from
    /// the values of the pairs.
    pub evidence: Option<Evidence>,
    /// Its weightiest pairs with earlier items, with their values; kept once, when it arrives.
    pub frozen: Vec<ScoredPair>,
}

/// How an event is described; everything that a reader sees beside its reports.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventDescription {
    /// The headline shown.
    pub headline: String,
    /// The report it comes from; `None` if an editor wrote it.
    pub headline_item: Option<ItemId>,
    /// How it was chosen, as JSON.
    pub headline_reason: String,
    /// Lead, at most 300 characters.
    pub lede: String,
    /// Where it happened; empty if none says.
    pub place: String,
    /// When it happened, estimated.
    pub occurred_at: UtcTime,
    /// Item time of the first report.
    pub first_report_at: UtcTime,
    /// Item time of the latest report.
    pub last_report_at: UtcTime,
    /// Originals.
    pub report_count: u32,
    /// The outlets that carry it, those of reprints among them.
    pub outlets: BTreeSet<OutletId>,
}

/// How a storyline is described.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StorylineDescription {
    /// The headline shown.
    pub headline: String,
    /// The slug that it would like to have; a number is added if another storyline has it.
    pub slug: String,
    /// Where it stands.
    pub life: Life,
    /// When the first of its events happened.
    pub first_event_at: UtcTime,
    /// When the latest of its events happened.
    pub last_event_at: UtcTime,
    /// Events.
    pub event_count: u32,
    /// Outlets of all its events.
    pub outlet_count: u32,
    /// The event whose headline it is, with the report that gave it that, if an editor did not; `None` if an editor named
    /// the storyline.
    pub named_after: Option<(EventId, Option<ItemId>)>,
}

/// An event as the clusterer needs it to go on after a start.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    /// The event.
    pub id: EventId,
    /// Its storyline.
    pub storyline_id: Option<StorylineId>,
    /// All its items, by id.
    pub items: Vec<ItemId>,
    /// First publication, by our clock; `None` while provisional.
    pub published_at: Option<UtcTime>,
    /// What its id hangs on, by id; empty while provisional.
    pub anchors: Vec<ItemId>,
    /// The anchor whose headline was shown at first publication; `None` if that was an editor's, or
    /// while provisional.
    pub published_headline: Option<ItemId>,
}

/// Opens the event if it is new, and puts the items into it, out of whatever they were in.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_members(
    tx: &Transaction<'_>,
    event: EventId,
    members: &[Member],
    now: UtcTime,
) -> Result<()> {
    let sql = "INSERT INTO events (id, opened_at, settled) VALUES (?1, ?2, 1)
         ON CONFLICT DO UPDATE SET merged_into = NULL WHERE merged_into IS NOT NULL";
    tx.prepare_cached(sql)?
        .execute(params![event.0, now.timestamp()])?;
    let sql = "INSERT INTO event_items (item_id, event_id, reprint_of, evidence, frozen)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET event_id = excluded.event_id, reprint_of = excluded.reprint_of,
            evidence = coalesce(excluded.evidence, evidence),
            frozen = coalesce(frozen, excluded.frozen)
         WHERE event_id <> excluded.event_id OR reprint_of IS NOT excluded.reprint_of
            OR excluded.evidence IS NOT NULL";
    let mut insert = tx.prepare_cached(sql)?;
    for member in members {
        let evidence = member.evidence.as_ref().map(pack_evidence);
        let frozen = (!member.frozen.is_empty()).then(|| pack_values(&member.frozen));
        let original = member.reprint_of.map(|original| original.0);
        insert.execute(params![member.item.0, event.0, original, evidence, frozen])?;
    }
    Ok(())
}

/// Remembers which event an event was split from, if that is still kept.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_origin(tx: &Transaction<'_>, event: EventId, origin: EventId) -> Result<()> {
    let sql = "UPDATE events SET split_from = ?2 WHERE id = ?1 AND split_from IS NULL
            AND EXISTS (SELECT 1 FROM events WHERE id = ?2)";
    tx.prepare_cached(sql)?
        .execute(params![event.0, origin.0])?;
    Ok(())
}

/// Ends an event in another one. One that was never published and that no decision names leaves no
/// trace; the others say for ever where they went. Items that are left in it, because they are older than the
/// window, go along.
///
/// # Errors
/// Whatever SQLite says.
pub fn merge_event(tx: &Transaction<'_>, gone: EventId, into: EventId) -> Result<()> {
    let sql = "UPDATE event_items SET event_id = ?2 WHERE event_id = ?1";
    tx.prepare_cached(sql)?.execute(params![gone.0, into.0])?;
    let sql =
        "UPDATE events SET merged_into = ?2, report_count = 0, outlet_count = 0, outlets = NULL,
            version = version + 1
         WHERE id = ?1 AND (public_id IS NOT NULL OR is_named)";
    let kept = tx.prepare_cached(sql)?.execute(params![gone.0, into.0])?;
    if kept == 0 {
        let sql = "UPDATE events SET split_from = ?2 WHERE split_from = ?1 AND id <> ?2";
        tx.prepare_cached(sql)?.execute(params![gone.0, into.0])?;
        let sql = "UPDATE events SET split_from = NULL WHERE split_from = ?1";
        tx.prepare_cached(sql)?.execute([gone.0])?;
        let sql = "UPDATE events SET merged_into = ?2 WHERE merged_into = ?1";
        tx.prepare_cached(sql)?.execute(params![gone.0, into.0])?;
        tx.prepare_cached("DELETE FROM events WHERE id = ?1")?
            .execute([gone.0])?;
    }
    Ok(())
}

/// Saves how an event is described; its version moves only if something differs.
///
/// # Errors
/// Whatever SQLite says.
pub fn describe_event(
    tx: &Transaction<'_>,
    event: EventId,
    description: &EventDescription,
) -> Result<()> {
    let sql = "UPDATE events SET headline = ?2, headline_item_id = ?3, headline_reason = ?4,
            lede = ?5, lede_bytes = ?6, place = ?7, occurred_at = ?8, first_report_at = ?9,
            last_report_at = ?10, report_count = ?11, outlet_count = ?12, outlets = ?13, version = version + 1
         WHERE id = ?1 AND (headline, headline_item_id, headline_reason, lede, lede_bytes, place,
            occurred_at, first_report_at, last_report_at, report_count, outlet_count, outlets)
            IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    let (lede, lede_bytes) = lede_columns(tx, description)?;
    tx.prepare_cached(sql)?.execute(params![
        event.0,
        description.headline,
        description.headline_item.map(|item| item.0),
        description.headline_reason,
        lede,
        lede_bytes,
        description.place,
        description.occurred_at.timestamp(),
        description.first_report_at.timestamp(),
        description.last_report_at.timestamp(),
        description.report_count,
        u32::try_from(description.outlets.len()).unwrap_or(u32::MAX),
        outlets_json(&description.outlets)?,
    ])?;
    Ok(())
}

/// The outlets of an event as they are kept beside it.
fn outlets_json(outlets: &BTreeSet<OutletId>) -> Result<String> {
    let ids: Vec<i64> = outlets.iter().map(|outlet| outlet.0).collect();
    Ok(serde_json::to_string(&ids)?)
}

/// The lede as it is kept: how much of the lead of the headline's item it is, or itself if it is
/// no part of that.
fn lede_columns<'a>(
    tx: &Transaction<'_>,
    description: &'a EventDescription,
) -> Result<(Option<&'a str>, u32)> {
    let lede = description.lede.as_str();
    if lede.is_empty() {
        return Ok((None, 0));
    }
    let shown = description.headline_item;
    match shown
        .map(|item| load_content(tx, item))
        .transpose()?
        .flatten()
    {
        Some(content) if content.summary.starts_with(lede) => {
            Ok((None, u32::try_from(lede.len()).unwrap_or(u32::MAX)))
        }
        _ => Ok((Some(lede), 0)),
    }
}

/// Puts an event into a storyline, which is opened if it is new; returns the one that it leaves.
///
/// # Errors
/// Whatever SQLite says.
pub fn link_event(
    tx: &Transaction<'_>,
    event: EventId,
    storyline: StorylineId,
) -> Result<Option<StorylineId>> {
    open_storyline(tx, storyline)?;
    let before: Option<Option<i64>> = tx
        .prepare_cached("SELECT storyline_id FROM events WHERE id = ?1")?
        .query_row([event.0], |row| row.get(0))
        .optional()?;
    let sql = "UPDATE events SET storyline_id = ?2, version = version + 1
         WHERE id = ?1 AND storyline_id IS NOT ?2";
    tx.prepare_cached(sql)?
        .execute(params![event.0, storyline.0])?;
    Ok(before
        .flatten()
        .map(StorylineId)
        .filter(|before| *before != storyline))
}

/// Puts an item that tells no event beside a report: a wrap, a live blog, background. It is shown
/// with the storyline in which that report stands by now.
///
/// # Errors
/// Whatever SQLite says.
pub fn stand_beside(tx: &Transaction<'_>, item: ItemId, report: ItemId) -> Result<()> {
    let sql = "INSERT INTO items_beside (item_id, report_id) VALUES (?1, ?2)
         ON CONFLICT DO NOTHING";
    tx.prepare_cached(sql)?.execute(params![item.0, report.0])?;
    Ok(())
}

/// Ends a storyline in another one, with all that stands in it. One that was never published and that no decision
/// names leaves no trace but its slug; that of one that was never published leads on.
///
/// # Errors
/// Whatever SQLite says.
pub fn merge_storyline(tx: &Transaction<'_>, gone: StorylineId, into: StorylineId) -> Result<()> {
    open_storyline(tx, into)?;
    let sql = "UPDATE events SET storyline_id = ?2, version = version + 1 WHERE storyline_id = ?1";
    tx.prepare_cached(sql)?.execute(params![gone.0, into.0])?;
    let sql = "UPDATE storylines SET merged_into = ?2, event_count = 0, version = version + 1
         WHERE id = ?1 AND public_id IS NOT NULL";
    if tx.prepare_cached(sql)?.execute(params![gone.0, into.0])? == 0 {
        let moves = [
            "UPDATE slugs SET storyline_id = ?2 WHERE storyline_id = ?1",
            "UPDATE storylines SET merged_into = ?2 WHERE merged_into = ?1",
            "UPDATE developments SET storyline_id = ?2 WHERE storyline_id = ?1",
        ];
        for sql in moves {
            tx.prepare_cached(sql)?.execute(params![gone.0, into.0])?;
        }
        if !keep_named(tx, gone, into)? {
            tx.prepare_cached("DELETE FROM storylines WHERE id = ?1")?
                .execute([gone.0])?;
        }
    }
    Ok(())
}

/// Of a storyline that a decision names the row stays with its marks, should it live again; false if none does.
fn keep_named(tx: &Transaction<'_>, gone: StorylineId, into: StorylineId) -> Result<bool> {
    let sql = "UPDATE storylines SET merged_into = ?2, event_count = 0, slug = NULL,
            version = version + 1
         WHERE id = ?1 AND EXISTS (
            SELECT 1 FROM decision_names WHERE noun = 3 AND thing = ?1)";
    Ok(tx.prepare_cached(sql)?.execute(params![gone.0, into.0])? > 0)
}

/// Saves how a storyline is described; its version moves only if something differs. The slug is
/// given once: a storyline that has one keeps it.
///
/// # Errors
/// Whatever SQLite says.
pub fn describe_storyline(
    tx: &Transaction<'_>,
    storyline: StorylineId,
    description: &StorylineDescription,
) -> Result<()> {
    open_storyline(tx, storyline)?;
    let sql = "UPDATE storylines SET headline = ?2, life = ?3, first_event_at = ?4,
            last_event_at = ?5, event_count = ?6, outlet_count = ?7, headline_event_id = ?8,
            headline_item_id = ?9, version = version + 1
         WHERE id = ?1 AND (headline, life, first_event_at, last_event_at, event_count,
            outlet_count, headline_event_id, headline_item_id) IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let (event, item) = description.named_after.unzip();
    tx.prepare_cached(sql)?.execute(params![
        storyline.0,
        description.headline,
        description.life.name(),
        description.first_event_at.timestamp(),
        description.last_event_at.timestamp(),
        description.event_count,
        description.outlet_count,
        event.map(|event| event.0),
        item.flatten().map(|item| item.0),
    ])?;
    let has_slug: bool = tx
        .prepare_cached("SELECT slug IS NOT NULL FROM storylines WHERE id = ?1")?
        .query_row([storyline.0], |row| row.get(0))?;
    if !has_slug && !description.slug.is_empty() {
        slugs::give_slug(tx, storyline, &description.slug)?;
    }
    Ok(())
}

/// The events that hold items at or after a place in history, with all their items, by id.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_live_events(conn: &Connection, oldest: ItemId) -> Result<Vec<StoredEvent>> {
    let sql = "SELECT id, storyline_id, published_at FROM events
         WHERE id IN (SELECT DISTINCT event_id FROM event_items WHERE item_id >= ?1)
         ORDER BY id";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([oldest.0], read_stored)?;
    let mut events: Vec<StoredEvent> = rows.collect::<rusqlite::Result<_>>()?;
    for event in &mut events {
        event.items = item_ids(conn, ITEMS_OF_EVENT, event.id)?;
        if event.published_at.is_some() {
            load_anchors(conn, event)?;
        }
    }
    Ok(events)
}

/// Published events that were merged away and have anchors at or after a place in history, each
/// with the event that it was merged into; their items are left out.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_merged(conn: &Connection, oldest: ItemId) -> Result<Vec<(StoredEvent, EventId)>> {
    let sql = "SELECT id, storyline_id, published_at, merged_into FROM events e
         WHERE merged_into IS NOT NULL AND public_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM anchors a WHERE a.event_id = e.id AND a.item_id >= ?1) ORDER BY id";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([oldest.0], |row| {
        Ok((read_stored(row)?, EventId(row.get(3)?)))
    })?;
    let mut events: Vec<(StoredEvent, EventId)> = rows.collect::<rusqlite::Result<_>>()?;
    for (event, _) in &mut events {
        load_anchors(conn, event)?;
    }
    Ok(events)
}

/// A first publication.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstPublication {
    /// The development that told it.
    pub development: DevelopmentId,
    /// The event, without its items, with what its id hangs on; `None` if it is gone.
    pub event: Option<StoredEvent>,
}

/// The first publications told after a development, in that order.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_first_publications(
    conn: &Connection,
    after: DevelopmentId,
) -> Result<Vec<FirstPublication>> {
    let sql = "SELECT id, event_id FROM developments WHERE id > ?1 AND kind = ?2 ORDER BY id";
    let mut query = conn.prepare_cached(sql)?;
    let mut rows = query.query(params![after.0, DevelopmentKind::NewEvent.name()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(FirstPublication {
            development: DevelopmentId(row.get(0)?),
            event: load_stored(conn, EventId(row.get(1)?))?,
        });
    }
    Ok(found)
}

/// An event as it is stored, without its items; `None` if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_stored(conn: &Connection, event: EventId) -> Result<Option<StoredEvent>> {
    let sql = "SELECT id, storyline_id, published_at FROM events WHERE id = ?1";
    let stored = conn
        .prepare_cached(sql)?
        .query_row([event.0], read_stored)
        .optional()?;
    stored
        .map(|mut stored| {
            load_anchors(conn, &mut stored)?;
            Ok(stored)
        })
        .transpose()
}

/// The items of an event, by id, each with the original that it repeats.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_members(conn: &Connection, event: EventId) -> Result<Vec<(ItemId, Option<ItemId>)>> {
    // Sorted here, because the index tells copies after originals.
    let sql = "SELECT item_id, reprint_of FROM event_items WHERE event_id = ?1";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([event.0], |row| {
        Ok((
            ItemId(row.get(0)?),
            row.get::<_, Option<i64>>(1)?.map(ItemId),
        ))
    })?;
    let mut members: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
    members.sort_unstable();
    Ok(members)
}

/// The items of an event, by id.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_items(conn: &Connection, event: EventId) -> Result<Vec<ItemId>> {
    let members = load_members(conn, event)?;
    Ok(members.into_iter().map(|(item, _)| item).collect())
}

/// Reprints with their originals, of the items at or after a place in history.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_reprints(conn: &Connection, oldest: ItemId) -> Result<Vec<(ItemId, ItemId)>> {
    let sql = "SELECT item_id, reprint_of FROM event_items
         WHERE reprint_of IS NOT NULL AND item_id >= ?1 ORDER BY item_id";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([oldest.0], |row| {
        Ok((ItemId(row.get(0)?), ItemId(row.get(1)?)))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The event in which an item stands; `None` if it joined none.
///
/// # Errors
/// Whatever SQLite says.
pub fn event_of_item(conn: &Connection, item: ItemId) -> Result<Option<EventId>> {
    let sql = "SELECT event_id FROM event_items WHERE item_id = ?1";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([item.0], |row| row.get(0).map(EventId))
        .optional()?)
}

/// The event that an event was split from; `None` if from none.
///
/// # Errors
/// Whatever SQLite says.
pub fn origin_of(conn: &Connection, event: EventId) -> Result<Option<EventId>> {
    let sql = "SELECT split_from FROM events WHERE id = ?1";
    let origin: Option<Option<i64>> = conn
        .prepare_cached(sql)?
        .query_row([event.0], |row| row.get(0))
        .optional()?;
    Ok(origin.flatten().map(EventId))
}

/// The original that an item repeats; `None` if it is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn original_of(conn: &Connection, item: ItemId) -> Result<Option<ItemId>> {
    let sql = "SELECT reprint_of FROM event_items WHERE item_id = ?1";
    let found: Option<Option<i64>> = conn
        .prepare_cached(sql)?
        .query_row([item.0], |row| row.get(0))
        .optional()?;
    Ok(found.flatten().map(ItemId))
}

/// Why an item stands in its event, as it was when it was put there, and those of the pairs it
/// shows whose values are kept; `None` if that was not kept. The terms are left out: they follow
/// from the values.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_evidence(
    conn: &Connection,
    item: ItemId,
) -> Result<Option<(Evidence, Vec<ScoredPair>)>> {
    let sql = "SELECT evidence, reprint_of FROM event_items
         WHERE item_id = ?1 AND evidence IS NOT NULL";
    let row: Option<(Vec<u8>, Option<i64>)> = conn
        .prepare_cached(sql)?
        .query_row([item.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((bytes, original)) = row else {
        return Ok(None);
    };
    let unreadable = || StoreError::Unreadable(format!("evidence of item {item}"));
    let mut evidence = unpack_evidence(item, &bytes).ok_or_else(unreadable)?;
    evidence.reprint_of = original.map(ItemId);
    let shown = evidence.strongest_for.iter();
    let mut frozen = Vec::new();
    for pair in shown.chain(&evidence.strongest_against) {
        let of_later = load_frozen(conn, item.max(pair.other))?;
        let earlier = item.min(pair.other);
        frozen.extend(of_later.into_iter().filter(|one| one.earlier == earlier));
    }
    Ok(Some((evidence, frozen)))
}

/// The weightiest pairs of an item with earlier ones, with their values; empty if it has none.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_frozen(conn: &Connection, later: ItemId) -> Result<Vec<ScoredPair>> {
    let sql = "SELECT frozen FROM event_items WHERE item_id = ?1";
    let bytes: Option<Option<Vec<u8>>> = conn
        .prepare_cached(sql)?
        .query_row([later.0], |row| row.get(0))
        .optional()?;
    match bytes.flatten() {
        Some(bytes) => unpack_values(later, &bytes)
            .ok_or_else(|| StoreError::Unreadable(format!("pairs of item {later}"))),
        None => Ok(Vec::new()),
    }
}

fn open_storyline(tx: &Transaction<'_>, id: StorylineId) -> Result<()> {
    let sql = "INSERT INTO storylines (id) VALUES (?1)
         ON CONFLICT DO UPDATE SET merged_into = NULL WHERE merged_into IS NOT NULL";
    tx.prepare_cached(sql)?.execute([id.0])?;
    Ok(())
}

const ITEMS_OF_EVENT: &str = "SELECT item_id FROM event_items WHERE event_id = ?1 ORDER BY 1";

fn read_stored(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    Ok(StoredEvent {
        id: EventId(row.get(0)?),
        storyline_id: row.get::<_, Option<i64>>(1)?.map(StorylineId),
        items: Vec::new(),
        published_at: row.get::<_, Option<i64>>(2)?.map(utc_from_secs),
        anchors: Vec::new(),
        published_headline: None,
    })
}

fn load_anchors(conn: &Connection, event: &mut StoredEvent) -> Result<()> {
    let sql = "SELECT item_id, is_headline FROM anchors WHERE event_id = ?1 ORDER BY item_id";
    let mut query = conn.prepare_cached(sql)?;
    let mut rows = query.query([event.id.0])?;
    while let Some(row) = rows.next()? {
        let item = ItemId(row.get(0)?);
        event.anchors.push(item);
        if row.get(1)? {
            event.published_headline = Some(item);
        }
    }
    Ok(())
}

fn item_ids(conn: &Connection, sql: &str, event: EventId) -> Result<Vec<ItemId>> {
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([event.0], |row| row.get(0).map(ItemId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
