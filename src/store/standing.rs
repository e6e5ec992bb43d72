//! Where events and items stand, and where those stood that rulings have elsewhere.

use std::cmp::Reverse;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{Result, kept_out};
use crate::news::{EventId, ItemId, StorylineId, UtcTime, utc_from_secs};

/// An event as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandingEvent {
    /// The event.
    pub event: EventId,
    /// The storyline to which the machine links it.
    pub home: StorylineId,
    /// The storyline in which it is shown.
    pub shown: StorylineId,
    /// True if it was merged into another.
    pub is_merged: bool,
}

/// True if an event is shown elsewhere than the machine has it.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_any_displaced(conn: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM event_homes)";
    Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// True if decisions name an event that is shown in a storyline, or if one is shown in it and at home
/// elsewhere or the other way round. Otherwise its events stand where the machine has them.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_ruled(conn: &Connection, line: StorylineId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM event_homes WHERE storyline_id = ?1)
            OR EXISTS (SELECT 1 FROM events e LEFT JOIN event_homes h ON h.event_id = e.id
               WHERE e.storyline_id = ?1 AND (e.is_named OR h.event_id IS NOT NULL))";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([line.0], |row| row.get(0))?)
}

/// The ids of what was merged into one of a table, by whatever way.
macro_rules! merged_into {
    ($table:literal) => {
        concat!(
            "WITH RECURSIVE before (id) AS (SELECT id FROM ",
            $table,
            " WHERE merged_into = ?1
            UNION SELECT one.id FROM ",
            $table,
            " one JOIN before ON one.merged_into = before.id)
         SELECT id FROM before ORDER BY id"
        )
    };
}

/// The events that were merged into one, by whatever way.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_predecessors(conn: &Connection, event: EventId) -> Result<Vec<EventId>> {
    list(conn, merged_into!("events"), (event.0, EventId))
}

/// The events that were merged into one, and not by way of another.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_merged_into(conn: &Connection, event: EventId) -> Result<Vec<EventId>> {
    let sql = "SELECT id FROM events WHERE merged_into = ?1 ORDER BY id";
    list(conn, sql, (event.0, EventId))
}

/// The storylines that were merged into one, by whatever way.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_lines_merged_into(conn: &Connection, line: StorylineId) -> Result<Vec<StorylineId>> {
    list(conn, merged_into!("storylines"), (line.0, StorylineId))
}

/// The ids that are found of one.
fn list<T>(conn: &Connection, sql: &str, (of, read): (i64, fn(i64) -> T)) -> Result<Vec<T>> {
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([of], |row| row.get(0).map(read))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The storyline in which all that a storyline held stands; `None` if it was not merged away, or if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_line_successor(conn: &Connection, line: StorylineId) -> Result<Option<StorylineId>> {
    let sql = "WITH RECURSIVE way (id) AS (VALUES (?1)
            UNION SELECT s.merged_into FROM way w JOIN storylines s ON s.id = w.id)
         SELECT s.id FROM way w JOIN storylines s ON s.id = w.id
         WHERE s.merged_into IS NULL AND s.id <> ?1";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([line.0], |row| row.get(0).map(StorylineId))
        .optional()?)
}

/// True if one of these events or storylines is kept, be it merged away or not.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_any_kept(conn: &Connection, events: &[EventId], lines: &[StorylineId]) -> Result<bool> {
    let mut event = conn.prepare_cached("SELECT 1 FROM events WHERE id = ?1")?;
    for id in events {
        if event.exists([id.0])? {
            return Ok(true);
        }
    }
    let mut line = conn.prepare_cached("SELECT 1 FROM storylines WHERE id = ?1")?;
    for id in lines {
        if line.exists([id.0])? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// One event; `None` if there is none or it stands in no storyline.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_standing_event(conn: &Connection, event: EventId) -> Result<Option<StandingEvent>> {
    let sql = format!("{SELECT} WHERE e.id = ?1 AND e.storyline_id IS NOT NULL");
    Ok(select(conn, &sql, [event.0])?.pop())
}

/// The event that an event was merged into; `None` if it was not, or if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_successor(conn: &Connection, event: EventId) -> Result<Option<EventId>> {
    let sql = "SELECT merged_into FROM events WHERE id = ?1 AND merged_into IS NOT NULL";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([event.0], |row| row.get(0).map(EventId))
        .optional()?)
}

/// Which of two events that are merged stays, as the clusterer has it: the lesser. The one that readers had
/// first, of those published in one pass the one with more anchors, else the larger.
pub type MergeRank = (i64, Reverse<i64>, Reverse<i64>, EventId);

/// The rank of an event in a merge.
///
/// # Errors
/// Whatever SQLite says.
pub fn merge_rank(conn: &Connection, event: EventId) -> Result<MergeRank> {
    let sql = "SELECT coalesce((SELECT published_at FROM events WHERE id = ?1), ?2),
            coalesce(nullif((SELECT count(*) FROM anchors a LEFT JOIN items i ON i.id = a.item_id
                    WHERE a.event_id = ?1 AND i.spiked IS NOT 1), 0),
                (SELECT count(*) FROM anchors WHERE event_id = ?1)),
            (SELECT count(*) FROM event_items WHERE event_id = ?1)";
    let mut query = conn.prepare_cached(sql)?;
    Ok(query.query_row(params![event.0, i64::MAX], |row| {
        Ok((
            row.get(0)?,
            Reverse(row.get(1)?),
            Reverse(row.get(2)?),
            event,
        ))
    })?)
}

/// Which of two events stays when what has left the window makes them one, the lesser: one that no editor keeps out, then
/// as in a merge.
pub type Rank = (bool, MergeRank);

/// The rank of an event.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_rank(conn: &Connection, event: EventId) -> Result<Rank> {
    let is_out = !kept_out::load_keepers(conn, event)?.is_empty();
    Ok((is_out, merge_rank(conn, event)?))
}

/// The event to which an event's id leads over all that were merged; `None` if it was not merged, or if there
/// is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_last_successor(conn: &Connection, event: EventId) -> Result<Option<EventId>> {
    let sql = "WITH RECURSIVE way (id) AS (VALUES (?1)
            UNION SELECT e.merged_into FROM way w JOIN events e ON e.id = w.id)
         SELECT e.id FROM way w JOIN events e ON e.id = w.id
         WHERE e.merged_into IS NULL AND e.id <> ?1";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([event.0], |row| row.get(0).map(EventId))
        .optional()?)
}

/// Events at home elsewhere that are shown in a published storyline.
const SHOWN_IN_PUBLISHED: &str = "FROM event_homes h CROSS JOIN events e ON e.id = h.event_id
        CROSS JOIN storylines s ON s.id = e.storyline_id
     WHERE s.published_at IS NOT NULL AND e.merged_into IS NULL";

/// Homes of events that are shown in a published storyline while the home itself is not published:
/// when the first of those storylines was.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_shown_homes(conn: &Connection) -> Result<Vec<(StorylineId, UtcTime)>> {
    let sql = format!(
        "SELECT h.storyline_id, min(s.published_at) {SHOWN_IN_PUBLISHED}
         GROUP BY h.storyline_id ORDER BY h.storyline_id"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map([], |row| {
        Ok((StorylineId(row.get(0)?), utc_from_secs(row.get(1)?)))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// As [`load_shown_homes`], of one home; `None` if none of its events is shown in a published storyline
/// that is another.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_shown_home(conn: &Connection, home: StorylineId) -> Result<Option<UtcTime>> {
    let sql = format!("SELECT min(s.published_at) {SHOWN_IN_PUBLISHED} AND h.storyline_id = ?1");
    let at: Option<i64> = conn
        .prepare_cached(&sql)?
        .query_row([home.0], |row| row.get(0))?;
    Ok(at.map(utc_from_secs))
}

/// Events at home elsewhere that are shown in a storyline which an editor keeps out.
const SHOWN_IN_SPIKED: &str = "FROM event_homes h CROSS JOIN events e ON e.id = h.event_id
        CROSS JOIN storylines s ON s.id = e.storyline_id
     WHERE s.spiked = 1 AND e.merged_into IS NULL";

/// Homes of events that are shown in a storyline which an editor keeps out.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_spiked_homes(conn: &Connection) -> Result<Vec<StorylineId>> {
    let sql = format!("SELECT DISTINCT h.storyline_id {SHOWN_IN_SPIKED} ORDER BY 1");
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map([], |row| row.get(0).map(StorylineId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// As [`load_spiked_homes`]: true of such a home.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_spiked_home(conn: &Connection, home: StorylineId) -> Result<bool> {
    let sql = format!("SELECT EXISTS (SELECT 1 {SHOWN_IN_SPIKED} AND h.storyline_id = ?1)");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([home.0], |row| row.get(0))?)
}

/// Where the machine has an event that is shown elsewhere, merged away or not; `None` of any other.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_home(conn: &Connection, event: EventId) -> Result<Option<StorylineId>> {
    let sql = "SELECT storyline_id FROM event_homes WHERE event_id = ?1";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([event.0], |row| row.get(0).map(StorylineId))
        .optional()?)
}

/// The homes of what is shown in a storyline and at home elsewhere.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_homes_shown_in(conn: &Connection, line: StorylineId) -> Result<Vec<StorylineId>> {
    let sql = "SELECT DISTINCT h.storyline_id
         FROM events e CROSS JOIN event_homes h ON h.event_id = e.id
         WHERE e.storyline_id = ?1 ORDER BY 1";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([line.0], |row| row.get(0).map(StorylineId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// All that is shown in a storyline or at home in it, merged ones too.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_events_around(conn: &Connection, line: StorylineId) -> Result<Vec<StandingEvent>> {
    let sql = format!(
        "{SELECT} WHERE e.storyline_id = ?1
         UNION {SELECT} WHERE h.storyline_id = ?1 ORDER BY 1"
    );
    select(conn, &sql, [line.0])
}

/// Notes where the machine has an event; `None` if that is where it is shown.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_home(tx: &Transaction<'_>, event: EventId, home: Option<StorylineId>) -> Result<()> {
    match home {
        Some(home) => {
            let sql = "INSERT INTO event_homes (event_id, storyline_id) VALUES (?1, ?2)
                 ON CONFLICT DO UPDATE SET storyline_id = excluded.storyline_id";
            tx.prepare_cached(sql)?.execute(params![event.0, home.0])?;
        }
        None => {
            let sql = "DELETE FROM event_homes WHERE event_id = ?1";
            tx.prepare_cached(sql)?.execute([event.0])?;
        }
    }
    Ok(())
}

/// The machine made two storylines one: what is at home in the first is from now on at home in the
/// second.
///
/// # Errors
/// Whatever SQLite says.
pub fn move_homes(tx: &Transaction<'_>, gone: StorylineId, into: StorylineId) -> Result<()> {
    let sql = "UPDATE event_homes SET storyline_id = ?2 WHERE storyline_id = ?1";
    tx.prepare_cached(sql)?.execute(params![gone.0, into.0])?;
    Ok(())
}

/// The items that rulings moved from an event or into it, by item: the event they came from and the
/// one they stand in.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_moved_around(
    conn: &Connection,
    event: EventId,
) -> Result<Vec<(ItemId, EventId, EventId)>> {
    let moved = "SELECT h.item_id, h.event_id, m.event_id
         FROM item_homes h JOIN event_items m ON m.item_id = h.item_id";
    let sql =
        format!("{moved} WHERE h.event_id = ?1 UNION {moved} WHERE m.event_id = ?1 ORDER BY 1");
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map([event.0], |row| {
        Ok((
            ItemId(row.get(0)?),
            EventId(row.get(1)?),
            EventId(row.get(2)?),
        ))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The event out of which rulings moved an item; `None` if it stands where the machine put it.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_moved_from(conn: &Connection, item: ItemId) -> Result<Option<EventId>> {
    let sql = "SELECT event_id FROM item_homes WHERE item_id = ?1";
    let mut query = conn.prepare_cached(sql)?;
    Ok(query
        .query_row([item.0], |row| row.get(0).map(EventId))
        .optional()?)
}

/// Notes that a ruling moves an item out of an event; where it came from first is what counts.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_moved(tx: &Transaction<'_>, item: ItemId, from: EventId) -> Result<()> {
    let sql = "INSERT INTO item_homes (item_id, event_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    tx.prepare_cached(sql)?.execute(params![item.0, from.0])?;
    Ok(())
}

/// Notes that an item stands in an event: if it came from there, it is back.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_back(tx: &Transaction<'_>, item: ItemId, event: EventId) -> Result<()> {
    let sql = "DELETE FROM item_homes WHERE item_id = ?1 AND event_id = ?2";
    tx.prepare_cached(sql)?.execute(params![item.0, event.0])?;
    Ok(())
}

/// Notes that no ruling moves an item any more.
///
/// # Errors
/// Whatever SQLite says.
pub fn forget_moved(tx: &Transaction<'_>, item: ItemId) -> Result<()> {
    let sql = "DELETE FROM item_homes WHERE item_id = ?1";
    tx.prepare_cached(sql)?.execute([item.0])?;
    Ok(())
}

/// The machine is about to make two events one: what came from the first goes back to the second.
/// For an event that had gone before, only where its id leads is new.
///
/// # Errors
/// Whatever SQLite says.
pub fn move_item_homes(tx: &Transaction<'_>, gone: EventId, into: EventId) -> Result<()> {
    let sql = "UPDATE item_homes SET event_id = ?2 WHERE event_id = ?1
            AND EXISTS (SELECT 1 FROM events WHERE id = ?1 AND merged_into IS NULL)";
    tx.prepare_cached(sql)?.execute(params![gone.0, into.0])?;
    Ok(())
}

/// True if a storyline has events that were not merged away.
///
/// # Errors
/// Whatever SQLite says.
pub fn has_events(conn: &Connection, line: StorylineId) -> Result<bool> {
    let sql = "SELECT 1 FROM events WHERE storyline_id = ?1 AND merged_into IS NULL LIMIT 1";
    let found: Option<i64> = conn
        .prepare_cached(sql)?
        .query_row([line.0], |row| row.get(0))
        .optional()?;
    Ok(found.is_some())
}

const SELECT: &str = "SELECT e.id, coalesce(h.storyline_id, e.storyline_id), e.storyline_id,
        e.merged_into IS NOT NULL
     FROM events e LEFT JOIN event_homes h ON h.event_id = e.id";

fn select(conn: &Connection, sql: &str, of: impl rusqlite::Params) -> Result<Vec<StandingEvent>> {
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map(of, |row| {
        Ok(StandingEvent {
            event: EventId(row.get(0)?),
            home: StorylineId(row.get(1)?),
            shown: StorylineId(row.get(2)?),
            is_merged: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The storylines that were first published at a time or later, each with when, the earliest first.
/// Some are published with an event that was before, which is no development.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_lines_published_since(
    conn: &Connection,
    since: UtcTime,
) -> Result<Vec<(StorylineId, UtcTime)>> {
    let sql = "SELECT id, published_at FROM storylines WHERE published_at >= ?1
         ORDER BY published_at, id";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([since.timestamp()], |row| {
        Ok((StorylineId(row.get(0)?), utc_from_secs(row.get(1)?)))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// When a storyline was first published last; `None` if none was.
///
/// # Errors
/// Whatever SQLite says.
pub fn latest_line_published_at(conn: &Connection) -> Result<Option<UtcTime>> {
    let latest = conn
        .prepare_cached("SELECT max(published_at) FROM storylines")?
        .query_row([], |row| row.get::<_, Option<i64>>(0))?;
    Ok(latest.map(utc_from_secs))
}
