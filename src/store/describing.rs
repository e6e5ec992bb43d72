//! What descriptions of events and storylines are made from.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Result;
use super::items::content;
use super::scores::unpack_evidence;
use crate::news::{
    EventId, ItemId, Life, OutletId, StorylineId, UtcTime, WireReading, utc_from_secs,
};
use crate::text::pages::page_of;

/// An item as far as the description of its event needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct TellingRow {
    /// The item.
    pub item: ItemId,
    /// Its outlet.
    pub outlet: OutletId,
    /// The page that it leads to, as [`page_of`] has it.
    pub page: Option<String>,
    /// Title and lead as given.
    pub title: String,
    /// Lead as given.
    pub summary: String,
    /// Language code.
    pub language: String,
    /// What its wire conventions said.
    pub wire: WireReading,
    /// Invariant 10.
    pub item_time: UtcTime,
    /// Whether that is the outlet's claim.
    pub time_is_claimed: bool,
    /// True if its outlet or agency withdrew it.
    pub is_withdrawn: bool,
    /// True if an editor keeps it out of what is published.
    pub is_spiked: bool,
}

/// An event's place in a storyline's description.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRow {
    /// The event.
    pub id: EventId,
    /// Its headline.
    pub headline: String,
    /// The report that gave it; `None` if an editor did.
    pub headline_item: Option<ItemId>,
    /// When it happened, estimated.
    pub occurred_at: UtcTime,
    /// Item time of its latest report.
    pub last_report_at: UtcTime,
    /// Outlets that carry it.
    pub outlets: BTreeSet<OutletId>,
    /// True if an editor keeps it out of what is published.
    pub is_spiked: bool,
}

/// The items with these ids; those that are gone are left out.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_tellings(conn: &Connection, ids: &[ItemId]) -> Result<Vec<TellingRow>> {
    let sql = "SELECT id, outlet_id, title, unpacked(content), language, role, item_time,
            time_is_claimed, withdrawn_at IS NOT NULL, spiked
         FROM items WHERE id = ?1";
    let mut query = conn.prepare_cached(sql)?;
    let mut tellings = Vec::with_capacity(ids.len());
    for id in ids {
        tellings.extend(query.query_row([id.0], read_telling).optional()?);
    }
    Ok(tellings)
}

/// The mean of an item's scores with the others of its event, as it was when it was put there; `None` if that was not
/// kept or nothing else was there.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_mean_score(conn: &Connection, item: ItemId) -> Result<Option<f32>> {
    let sql = "SELECT evidence FROM event_items WHERE item_id = ?1";
    let bytes: Option<Option<Vec<u8>>> = conn
        .prepare_cached(sql)?
        .query_row([item.0], |row| row.get(0))
        .optional()?;
    let kept = bytes
        .flatten()
        .and_then(|bytes| unpack_evidence(item, &bytes));
    let among_others = kept.filter(|evidence| !evidence.strongest_for.is_empty());
    Ok(among_others.map(|evidence| evidence.mean_score))
}

/// What waits to be described anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeQueue {
    /// The events, where they stand now. What an item outside events says is described when it comes into one.
    pub events: Vec<EventId>,
    /// The last entry that this covers; `None` if nothing waits.
    pub through: Option<i64>,
}

/// The first `limit` entries of the queue of what says something else since it was described. Whoever reads the
/// items after this sees all that it covers.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_describe_queue(conn: &Connection, limit: u32) -> Result<DescribeQueue> {
    let sql = "SELECT q.seq, coalesce(q.event_id, m.event_id) FROM describe_queue q
         LEFT JOIN event_items m ON m.item_id = q.item_id ORDER BY q.seq LIMIT ?1";
    let mut query = conn.prepare_cached(sql)?;
    let mut rows = query.query([limit])?;
    let mut queue = DescribeQueue::default();
    while let Some(row) = rows.next()? {
        queue.through = Some(row.get(0)?);
        queue
            .events
            .extend(row.get::<_, Option<i64>>(1)?.map(EventId));
    }
    Ok(queue)
}

/// The items in that queue, which may say something else than when they were read; `None` if there are more than
/// `limit` entries.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_restated(conn: &Connection, limit: u32) -> Result<Option<Vec<ItemId>>> {
    let sql = "SELECT item_id FROM describe_queue LIMIT ?1 + 1";
    let mut query = conn.prepare_cached(sql)?;
    let entries = query.query_map([limit], |row| {
        row.get::<_, Option<i64>>(0).map(|item| item.map(ItemId))
    })?;
    let entries: Vec<Option<ItemId>> = entries.collect::<rusqlite::Result<_>>()?;
    let is_all = entries.len() <= limit as usize;
    Ok(is_all.then(|| entries.into_iter().flatten().collect()))
}

/// Puts an event into the queue of those to be described.
///
/// # Errors
/// Whatever SQLite says.
pub fn enter_describe_queue(tx: &Transaction<'_>, event: EventId) -> Result<()> {
    let sql = "INSERT INTO describe_queue (event_id) SELECT id FROM events WHERE id = ?1";
    tx.prepare_cached(sql)?.execute([event.0])?;
    Ok(())
}

/// Takes what is described now out of the queue, and nothing that was noted after it.
///
/// # Errors
/// Whatever SQLite says.
pub fn leave_describe_queue(tx: &Transaction<'_>, through: i64) -> Result<()> {
    tx.prepare_cached("DELETE FROM describe_queue WHERE seq <= ?1")?
        .execute([through])?;
    Ok(())
}

/// How many reports tell an event, and the outlets that carry it; what is spiked does not count.
///
/// # Errors
/// Whatever SQLite says.
pub fn count_reports(conn: &Connection, event: EventId) -> Result<(u32, BTreeSet<OutletId>)> {
    let sql = "SELECT i.outlet_id, e.reprint_of IS NULL
         FROM event_items e CROSS JOIN items i INDEXED BY items_outlet ON i.id = e.item_id
         WHERE e.event_id = ?1 AND i.spiked = 0";
    let mut query = conn.prepare_cached(sql)?;
    let mut rows = query.query([event.0])?;
    let (mut originals, mut outlets) = (0, BTreeSet::new());
    while let Some(row) = rows.next()? {
        outlets.insert(OutletId(row.get(0)?));
        originals += u32::from(row.get::<_, bool>(1)?);
    }
    // Reprints of which the original is kept out or gone are one report.
    let reports = originals.max(u32::from(!outlets.is_empty()));
    Ok((reports, outlets))
}

/// The events of a storyline that have reports, in the order in which they happened.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_storyline_events(conn: &Connection, id: StorylineId) -> Result<Vec<EventRow>> {
    let sql = "SELECT id, headline, occurred_at, last_report_at, outlets, spiked, headline_item_id FROM events
         WHERE storyline_id = ?1 AND merged_into IS NULL AND report_count > 0
         ORDER BY occurred_at, first_report_at, id";
    let mut query = conn.prepare_cached(sql)?;
    let mut rows = query.query([id.0])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let id = EventId(row.get(0)?);
        let outlets: Option<&str> = row
            .get_ref(4)?
            .as_str_or_null()
            .map_err(rusqlite::Error::from)?;
        events.push(EventRow {
            id,
            headline: row.get(1)?,
            headline_item: row.get::<_, Option<i64>>(6)?.map(ItemId),
            occurred_at: utc_from_secs(row.get(2)?),
            last_report_at: utc_from_secs(row.get(3)?),
            outlets: match outlets {
                Some(outlets) => read_outlets(outlets)?,
                None => count_reports(conn, id)?.1,
            },
            is_spiked: row.get(5)?,
        });
    }
    Ok(events)
}

/// The outlets of an event as they are kept beside it, with the event.
fn read_outlets(json: &str) -> Result<BTreeSet<OutletId>> {
    let ids: Vec<i64> = serde_json::from_str(json)?;
    Ok(ids.into_iter().map(OutletId).collect())
}

/// The storyline in which an event is stored; `None` if in none that is open.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_open_line(conn: &Connection, event: EventId) -> Result<Option<StorylineId>> {
    let sql = "SELECT s.id FROM events e JOIN storylines s ON s.id = e.storyline_id
         WHERE e.id = ?1 AND s.merged_into IS NULL";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([event.0], |row| row.get(0).map(StorylineId))
        .optional()?)
}

/// When a storyline was first published; `None` if it is not.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_publication_of_line(conn: &Connection, id: StorylineId) -> Result<Option<UtcTime>> {
    let at: Option<Option<i64>> = conn
        .prepare_cached("SELECT published_at FROM storylines WHERE id = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    Ok(at.flatten().map(utc_from_secs))
}

/// Notes that a storyline holds no events any more.
///
/// # Errors
/// Whatever SQLite says.
pub fn empty_storyline(tx: &Transaction<'_>, id: StorylineId) -> Result<()> {
    let sql = "UPDATE storylines SET event_count = 0, outlet_count = 0, version = version + 1
         WHERE id = ?1 AND event_count <> 0";
    tx.prepare_cached(sql)?.execute([id.0])?;
    Ok(())
}

/// Where a storyline stood last; developing if it is new.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_life(conn: &Connection, id: StorylineId) -> Result<Life> {
    let sql = "SELECT life FROM storylines WHERE id = ?1";
    let life: Option<String> = conn
        .prepare_cached(sql)?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    Ok(life
        .and_then(|name| Life::from_name(&name))
        .unwrap_or_default())
}

/// The storylines that are not closed, hold events and had no event for a while: those whose life may change
/// by time alone.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_resting(conn: &Connection, silent_since: UtcTime) -> Result<Vec<StorylineId>> {
    let sql = "SELECT id FROM storylines
         WHERE life <> 'closed' AND merged_into IS NULL AND event_count > 0 AND last_event_at < ?1
         ORDER BY id";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([silent_since.timestamp()], |row| {
        row.get(0).map(StorylineId)
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Keeps what linking compares of an event; `None` forgets it.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_sketch(tx: &Transaction<'_>, event: EventId, sketch: Option<&[u8]>) -> Result<()> {
    let sql = "UPDATE events SET sketch = ?2 WHERE id = ?1 AND sketch IS NOT ?2";
    tx.prepare_cached(sql)?.execute(params![event.0, sketch])?;
    Ok(())
}

/// An event as linking knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSketch {
    /// The event.
    pub event: EventId,
    /// The storyline to which the machine links it.
    pub storyline: StorylineId,
    /// When that was first published; `None` while it is provisional.
    pub published_at: Option<UtcTime>,
    /// What linking compares, as it was given.
    pub sketch: Vec<u8>,
}

/// The sketches of the machine's own events whose latest report is not older than `since`, by event.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_sketches(conn: &Connection, since: UtcTime) -> Result<Vec<StoredSketch>> {
    let sql = "SELECT own.id, own.home, s.published_at, own.sketch FROM (
            SELECT e.id, coalesce(h.storyline_id, e.storyline_id) AS home, e.sketch
            FROM events e LEFT JOIN event_homes h ON h.event_id = e.id
            WHERE e.storyline_id IS NOT NULL AND e.last_report_at >= ?1
               AND e.sketch IS NOT NULL AND e.merged_into IS NULL
               AND NOT EXISTS (SELECT 1 FROM own_events WHERE event_id = e.id)
            UNION ALL
            SELECT event_id, storyline_id, sketch FROM own_events
            WHERE storyline_id IS NOT NULL AND sketch IS NOT NULL AND last_report_at >= ?1
         ) own LEFT JOIN storylines s ON s.id = own.home ORDER BY own.id";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([since.timestamp()], |row| {
        Ok(StoredSketch {
            event: EventId(row.get(0)?),
            storyline: StorylineId(row.get(1)?),
            published_at: row.get::<_, Option<i64>>(2)?.map(utc_from_secs),
            sketch: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Item time of the latest report of any event; the epoch if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn newest_report(conn: &Connection) -> Result<UtcTime> {
    let secs: Option<i64> =
        conn.query_row("SELECT max(last_report_at) FROM events", [], |row| {
            row.get(0)
        })?;
    Ok(utc_from_secs(secs.unwrap_or(0)))
}

/// Forgets the sketches of events that nothing is linked to any more; at most `limit` at once.
///
/// # Errors
/// Whatever SQLite says.
pub fn trim_sketches(tx: &Transaction<'_>, before: UtcTime, limit: u32) -> Result<usize> {
    let sql = "UPDATE events SET sketch = NULL WHERE id IN (
            SELECT id FROM events WHERE last_report_at < ?1 AND sketch IS NOT NULL LIMIT ?2)";
    Ok(tx
        .prepare_cached(sql)?
        .execute(params![before.timestamp(), limit])?)
}

fn read_telling(row: &Row<'_>) -> rusqlite::Result<TellingRow> {
    let title: String = row.get(2)?;
    let content = content(row, 3)?;
    let role: String = row.get(5)?;
    Ok(TellingRow {
        item: ItemId(row.get(0)?),
        outlet: OutletId(row.get(1)?),
        page: content.link.as_deref().and_then(page_of),
        wire: content.wire(&title, &role),
        title,
        summary: content.summary,
        language: row.get(4)?,
        item_time: utc_from_secs(row.get(6)?),
        time_is_claimed: row.get(7)?,
        is_withdrawn: row.get(8)?,
        is_spiked: row.get(9)?,
    })
}
