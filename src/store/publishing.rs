//! What the publisher writes: first publications with their ids and anchors, material changes, and
//! the version of the publication.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::rows::{EVENT_COLUMNS, public_id, read_event};
use super::withdrawn::is_item_withdrawn;
use super::{Result, standing};
use crate::news::{
    Development, DevelopmentId, Event, EventId, ItemId, PublicId, StorylineId, UtcTime,
    utc_from_secs,
};

/// An event that the publisher looks at.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// The event.
    pub event: Event,
    /// True once the clusterer takes it as settled.
    pub is_settled: bool,
    /// When it was opened, by our clock.
    pub opened_at: UtcTime,
    /// JSON of what was last told; `None` before the first publication.
    pub told: Option<String>,
    /// The event that it was split from.
    pub split_from: Option<EventId>,
    /// True if an editor keeps its storyline out.
    pub is_line_spiked: bool,
    /// False if its headline and lede may still be those of what was withdrawn or spiked since.
    pub is_described: bool,
}

/// Makes the publication's row if there is none, with `instance` as what its feeds' ids come from.
///
/// # Errors
/// Whatever SQLite says.
pub fn ensure_publication(tx: &Transaction<'_>, instance: PublicId, now: UtcTime) -> Result<()> {
    let sql = "INSERT INTO publication (id, instance, version, changed_at) VALUES (1, ?1, 1, ?2)
         ON CONFLICT DO NOTHING";
    tx.execute(sql, params![instance.to_bytes(), now.timestamp()])?;
    Ok(())
}

/// By how many seconds versions may have been dated ahead of the clock. What is dated in a time to come is sent without
/// its date, and nothing rests for so long.
const AHEAD_SECS: i64 = 300;

/// Moves the version: something shown has changed. No two versions of late have one time, however soon one follows the
/// other: a reader may know by it which of them it has. After a burst of many, or a clock that was wrong, it begins
/// again at `now`.
///
/// # Errors
/// Whatever SQLite says.
pub fn move_version(tx: &Transaction<'_>, now: UtcTime) -> Result<()> {
    let sql = "UPDATE publication SET version = version + 1,
            changed_at = iif(changed_at BETWEEN ?1 AND ?1 + ?2, changed_at + 1, ?1)";
    tx.prepare_cached(sql)?
        .execute([now.timestamp(), AHEAD_SECS])?;
    Ok(())
}

/// Moves the version if what is shown was made with other settings than these, which their digest tells.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_settings(tx: &Transaction<'_>, digest: i64, now: UtcTime) -> Result<()> {
    match note_change(tx, SETTINGS, digest)? {
        true => move_version(tx, now),
        false => Ok(()),
    }
}

/// The cursor that tells with which settings what is shown is made.
pub(super) const SETTINGS: &str = "settings";

/// Has all that is held back looked at again if it is held for another time than this: what was held by the one before
/// would wait for its end.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_hold(tx: &Transaction<'_>, hold_secs: i64) -> Result<()> {
    if note_change(tx, HOLD, hold_secs)? {
        tx.execute("UPDATE publish_queue SET look_at = 0 WHERE look_at > 0", [])?;
    }
    Ok(())
}

/// The cursor that tells for how long events are held back, in seconds.
const HOLD: &str = "publish-hold";

/// Sets a cursor; true if it had another value, or none.
fn note_change(tx: &Transaction<'_>, cursor: &str, value: i64) -> Result<bool> {
    let sql = "INSERT INTO cursors (name, value) VALUES (?1, ?2)
         ON CONFLICT DO UPDATE SET value = excluded.value WHERE value <> excluded.value";
    Ok(tx.prepare_cached(sql)?.execute(params![cursor, value])? > 0)
}

/// The events in the queue that stand in a storyline and are not held back at `now`, by id, at most `limit` of those
/// after `after`. Those of which items say something else since they were described are
/// left until they are described anew, for what a correction corrects would be told with it; but not those
/// of which something was withdrawn or spiked, for that waits for nothing.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_waiting(
    conn: &Connection,
    now: UtcTime,
    after: EventId,
    limit: u32,
) -> Result<Vec<Waiting>> {
    let sql = format!(
        "SELECT {EVENT_COLUMNS}, e.settled, e.opened_at, iif(
                json_type(e.published_state, '$.headline') IS NULL,
                json_set(e.published_state, '$.headline', e.headline), e.published_state),
            e.split_from, e.id NOT IN (SELECT event_id FROM events_to_describe),
            EXISTS (SELECT 1 FROM storylines s WHERE s.id = e.storyline_id AND s.spiked = 1)
         FROM publish_queue q JOIN events e ON e.id = q.event_id
         WHERE q.look_at <= ?3 AND q.event_id > ?1 AND e.storyline_id IS NOT NULL
            AND {IS_DESCRIBED}
         ORDER BY q.event_id LIMIT ?2"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map(params![after.0, limit, now.timestamp()], |row| {
        Ok(Waiting {
            event: read_event(row)?,
            is_settled: row.get(19)?,
            opened_at: utc_from_secs(row.get(20)?),
            told: row.get(21)?,
            split_from: row.get::<_, Option<i64>>(22)?.map(EventId),
            is_described: row.get(23)?,
            is_line_spiked: row.get(24)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// True if what the event tells was published already: a published event was merged into it, or
/// it was split from one. Its id must lead somewhere at once, its reports must not go missing.
///
/// # Errors
/// Whatever SQLite says.
pub fn was_shown(conn: &Connection, id: EventId) -> Result<bool> {
    let sql = format!("SELECT {WAS_SHOWN} FROM events e WHERE e.id = ?1");
    let shown = conn
        .prepare_cached(&sql)?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    Ok(shown.unwrap_or(false))
}

const IS_DESCRIBED: &str = "(e.spiked = 1 OR e.id NOT IN (SELECT event_id FROM events_to_describe)
    OR EXISTS (SELECT 1 FROM event_items m JOIN items i ON i.id = m.item_id
        WHERE m.event_id = e.id AND (i.withdrawn_at IS NOT NULL OR i.spiked = 1)))";

const WAS_SHOWN: &str = "(EXISTS (SELECT 1 FROM events o WHERE o.merged_into = e.id
        AND o.public_id IS NOT NULL)
    OR EXISTS (SELECT 1 FROM events o WHERE o.id = e.split_from AND o.public_id IS NOT NULL))";

/// True if the queue holds something that is not held back: readers are to see it at once.
///
/// # Errors
/// Whatever SQLite says.
pub fn has_urgent(conn: &Connection) -> Result<bool> {
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM publish_queue q JOIN events e ON e.id = q.event_id
         WHERE q.look_at = 0 AND (e.public_id IS NOT NULL OR {WAS_SHOWN}) AND {IS_DESCRIBED})"
    );
    Ok(conn.prepare_cached(&sql)?.query_row([], |row| row.get(0))?)
}

/// Holds an event back: it is not looked at before `until` unless it changes.
///
/// # Errors
/// Whatever SQLite says.
pub fn hold_back(tx: &Transaction<'_>, id: EventId, until: UtcTime) -> Result<()> {
    tx.prepare_cached("UPDATE publish_queue SET look_at = ?2 WHERE event_id = ?1")?
        .execute(params![id.0, until.timestamp()])?;
    Ok(())
}

/// Notes that an event was opened at `now` at the latest.
///
/// # Errors
/// Whatever SQLite says.
pub fn open_at_latest(tx: &Transaction<'_>, id: EventId, now: UtcTime) -> Result<()> {
    tx.prepare_cached("UPDATE events SET opened_at = ?2 WHERE id = ?1 AND opened_at > ?2")?
        .execute(params![id.0, now.timestamp()])?;
    Ok(())
}

/// Takes an event out of the queue, and whatever is there without an event.
///
/// # Errors
/// Whatever SQLite says.
pub fn leave_queue(tx: &Transaction<'_>, id: EventId) -> Result<()> {
    tx.prepare_cached("DELETE FROM publish_queue WHERE event_id = ?1")?
        .execute([id.0])?;
    Ok(())
}

/// Publishes an event for the first time under a new id, and remembers the items by which it will
/// be known, and which of them its headline is of.
///
/// # Errors
/// Whatever SQLite says.
pub fn publish_event(
    tx: &Transaction<'_>,
    id: EventId,
    public_id: PublicId,
    anchors: &BTreeSet<ItemId>,
    now: UtcTime,
) -> Result<()> {
    let sql = "UPDATE events SET public_id = ?2, published_at = ?3, updated_at = ?3 WHERE id = ?1";
    tx.prepare_cached(sql)?
        .execute(params![id.0, public_id.to_bytes(), now.timestamp()])?;
    let sql = "INSERT OR IGNORE INTO anchors (event_id, item_id, is_headline)
         SELECT id, ?2, headline_item_id IS ?2 FROM events WHERE id = ?1";
    let mut insert = tx.prepare_cached(sql)?;
    for item in anchors {
        insert.execute(params![id.0, item.0])?;
    }
    Ok(())
}

/// Publishes a storyline if it is not yet: under `public_id`, which is used only then.
///
/// # Errors
/// Whatever SQLite says.
pub fn publish_storyline(
    tx: &Transaction<'_>,
    id: StorylineId,
    public_id: PublicId,
    now: UtcTime,
) -> Result<()> {
    let sql = "UPDATE storylines SET public_id = ?2, published_at = ?3, updated_at = ?3
         WHERE id = ?1 AND public_id IS NULL";
    tx.prepare_cached(sql)?
        .execute(params![id.0, public_id.to_bytes(), now.timestamp()])?;
    Ok(())
}

/// Moves `updated_at` of the storylines that developments after one tell of: by one second at least, however many
/// tell of it, so that it does not run ahead of the clock.
///
/// # Errors
/// Whatever SQLite says.
pub fn move_storylines(tx: &Transaction<'_>, after: DevelopmentId, now: UtcTime) -> Result<()> {
    let sql = "UPDATE storylines SET updated_at = CASE
            WHEN updated_at >= ?2
               AND EXISTS (SELECT 1 FROM developments WHERE storyline_id = storylines.id AND id <= ?1)
            THEN updated_at + 1 ELSE max(coalesce(updated_at, 0), ?2) END
         WHERE id IN (SELECT storyline_id FROM developments WHERE id > ?1)";
    tx.prepare_cached(sql)?
        .execute(params![after.0, now.timestamp()])?;
    Ok(())
}

/// Writes a development. `headline_item_id` is the report whose words it tells, where that is not the report of the event's
/// headline.
///
/// # Errors
/// Whatever SQLite says.
pub fn write_development(
    tx: &Transaction<'_>,
    development: &Development,
    headline_item_id: Option<ItemId>,
) -> Result<()> {
    let at = development.changed_at.timestamp();
    let sql = "INSERT INTO developments
            (public_id, event_id, storyline_id, changed_at, kind, headline, note, headline_item_id)
         SELECT ?1, id, ?3, ?4, ?5, nullif(?6, headline), ?7, ?8 FROM events WHERE id = ?2";
    tx.prepare_cached(sql)?.execute(params![
        development.public_id.to_bytes(),
        development.event_id.0,
        development.storyline_id.0,
        at,
        development.kind.name(),
        development.headline,
        development.note,
        headline_item_id.map(|item| item.0),
    ])?;
    Ok(())
}

/// Moves `updated_at` of an event of which developments were written: after the first publication with every look at it that
/// found any, even twice within a second.
///
/// # Errors
/// Whatever SQLite says.
pub fn move_event(tx: &Transaction<'_>, event: EventId, now: UtcTime) -> Result<()> {
    let sql = "UPDATE events SET updated_at = CASE
            WHEN updated_at >= ?2 AND 1 < (SELECT count(*) FROM developments WHERE event_id = ?1)
            THEN updated_at + 1 ELSE max(coalesce(updated_at, 0), ?2) END
         WHERE id = ?1";
    tx.prepare_cached(sql)?
        .execute(params![event.0, now.timestamp()])?;
    Ok(())
}

/// The published events that lead to one, of whose reports none stands there, each with the published event where most
/// do. Whether one stands there is asked first, of one after the other: nearly always the first one does.
pub(super) const STRAYS: &str =
    "WITH RECURSIVE led (id) AS (SELECT id FROM events WHERE merged_into = ?1
        UNION SELECT e.id FROM led CROSS JOIN events e ON e.merged_into = led.id),
     stray (id) AS (SELECT o.id FROM led CROSS JOIN events o ON o.id = led.id
        WHERE o.public_id IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM anchors a CROSS JOIN event_items m ON m.item_id = a.item_id
              CROSS JOIN events e ON e.id = m.event_id
           WHERE a.event_id = o.id AND m.event_id = ?1 AND e.public_id IS NOT NULL))
     SELECT id, (SELECT m.event_id FROM anchors a
           CROSS JOIN event_items m ON m.item_id = a.item_id
           CROSS JOIN events e ON e.id = m.event_id
        WHERE a.event_id = stray.id AND e.public_id IS NOT NULL GROUP BY m.event_id
        ORDER BY count(*) DESC, m.event_id LIMIT 1)
     FROM stray ORDER BY id";

/// Leads ids on that lead to an event which shows none of the reports that they were published for:
/// to the published event that shows most of them. So it is when an editor takes reports out again
/// that have left the window of clustering, where the machine changes nothing.
///
/// # Errors
/// Whatever SQLite says.
pub fn lead_ids_on(tx: &Transaction<'_>, from: EventId) -> Result<()> {
    let mut query = tx.prepare_cached(STRAYS)?;
    let rows = query.query_map([from.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let strays: Vec<(i64, Option<i64>)> = rows.collect::<rusqlite::Result<_>>()?;
    for (id, home) in strays {
        let Some(home) = home else { continue };
        // What leads here by way of it stays here.
        tx.prepare_cached("UPDATE events SET merged_into = ?2 WHERE merged_into = ?1")?
            .execute(params![id, from.0])?;
        tx.prepare_cached("UPDATE events SET merged_into = ?2 WHERE id = ?1")?
            .execute(params![id, home])?;
    }
    Ok(())
}

/// What was told of an event; `None` if it was never published, or if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_told(conn: &Connection, id: EventId) -> Result<Option<String>> {
    let sql = "SELECT published_state FROM events WHERE id = ?1";
    let told: Option<Option<String>> = conn
        .prepare_cached(sql)?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    Ok(told.flatten())
}

/// Keeps what was told of an event, and the words of its last change if there is one.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_told(
    tx: &Transaction<'_>,
    id: EventId,
    told: &str,
    change: Option<&str>,
) -> Result<()> {
    // The headline stands there only while it is another one (see the trigger `events_renamed`).
    let sql = "UPDATE events SET change = coalesce(?3, change), published_state =
            iif(json_extract(?2, '$.headline') = headline, json_remove(?2, '$.headline'), ?2)
         WHERE id = ?1";
    tx.prepare_cached(sql)?
        .execute(params![id.0, told, change])?;
    Ok(())
}

/// Sets since when all reports of an event are withdrawn; `None` if not all are.
///
/// # Errors
/// Whatever SQLite says.
pub fn set_withdrawn(tx: &Transaction<'_>, id: EventId, since: Option<UtcTime>) -> Result<()> {
    let sql = "UPDATE events SET withdrawn_at = ?2 WHERE id = ?1 AND withdrawn_at IS NOT ?2";
    tx.prepare_cached(sql)?
        .execute(params![id.0, since.map(|since| since.timestamp())])?;
    Ok(())
}

/// What was merged away and may say what an event says by now, or said: what leads there, and what is headed by an item
/// that stands there.
pub(super) const SAY_THE_SAME: &str =
    "WITH RECURSIVE led (id) AS (SELECT id FROM events WHERE id = ?1 AND merged_into IS NOT NULL
        UNION SELECT id FROM events WHERE merged_into = ?1
        UNION SELECT e.id FROM led CROSS JOIN events e ON e.merged_into = led.id)
     SELECT id FROM led
     UNION SELECT e.id FROM event_items m CROSS JOIN events e ON e.headline_item_id = m.item_id
        AND e.merged_into IS NOT NULL WHERE m.event_id = ?1";

/// Whether an item is withdrawn; NULL of one that is not there any more, or that is spiked.
macro_rules! how_item_stands {
    ($item:literal) => {
        concat!(
            "CASE WHEN ",
            is_item_withdrawn!($item),
            " THEN 1 WHEN EXISTS (SELECT 1 FROM items there WHERE there.spiked = 0 AND there.id = ",
            $item,
            ") THEN 0 END"
        )
    };
}

/// Of a published event that was merged away: if it is marked as withdrawn, if the report that it is headed by is
/// withdrawn (not if an editor worded the headline), and if all that it told are; NULL where there is none any more.
pub(super) const HOW_MERGED_STAND: &str = concat!(
    "SELECT e.withdrawn_at IS NOT NULL, iif(e.headline_item_id IS NULL, 0, ",
    how_item_stands!("e.headline_item_id"),
    "), (SELECT min(",
    how_item_stands!("CAST(l.key AS INTEGER)"),
    ") FROM json_each(e.published_state, '$.at_length.lines') l)
     FROM events e WHERE e.id = ?1 AND e.merged_into IS NOT NULL AND e.public_id IS NOT NULL"
);

/// Marks what was merged away and is headed by what is withdrawn by now, or told nothing else, where that stands in an
/// event or led there; and takes the mark from what is told again by a report that is shown. True if anything was marked
/// otherwise than before.
///
/// # Errors
/// Whatever SQLite says.
pub fn mark_merged(tx: &Transaction<'_>, event: EventId, now: UtcTime) -> Result<bool> {
    let mut query = tx.prepare_cached(SAY_THE_SAME)?;
    let merged = query.query_map([event.0], |row| row.get(0).map(EventId))?;
    let mut is_any = false;
    for id in merged.collect::<rusqlite::Result<Vec<_>>>()? {
        let stands = tx
            .prepare_cached(HOW_MERGED_STAND)?
            .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let since = match stands {
            Some((false, Some(true), _) | (false, _, Some(true))) => Some(now),
            Some((true, Some(false), Some(false))) => None,
            _ => continue,
        };
        set_withdrawn(tx, id, since)?;
        let sql =
            "UPDATE events SET updated_at = max(coalesce(updated_at, 0) + 1, ?2) WHERE id = ?1";
        tx.prepare_cached(sql)?
            .execute(params![id.0, now.timestamp()])?;
        is_any = true;
    }
    Ok(is_any)
}

/// The report that would head an event, had no editor worded its headline; `None` if none did, or that is not known.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_headline_under_pin(conn: &Connection, event: EventId) -> Result<Option<ItemId>> {
    let sql = "SELECT headline_reason ->> '$.else' FROM events
         WHERE id = ?1 AND headline_item_id IS NULL AND json_valid(headline_reason)";
    let mut query = conn.prepare_cached(sql)?;
    let found = query
        .query_row([event.0], |row| row.get::<_, Option<i64>>(0))
        .optional()?;
    Ok(found.flatten().map(ItemId))
}

/// An event that was merged away under words of an editor that hold no more is headed as what it leads to. Nothing if it is
/// not among those.
///
/// # Errors
/// Whatever SQLite says.
pub fn head_as_successor(tx: &Transaction<'_>, event: EventId, now: UtcTime) -> Result<()> {
    let Some(into) = standing::load_last_successor(tx, event)? else {
        return Ok(());
    };
    let sql = "UPDATE events SET (headline, headline_item_id, headline_reason, lede, lede_bytes) =
            (SELECT headline, headline_item_id, headline_reason, lede, lede_bytes FROM events WHERE id = ?2),
            updated_at = iif(public_id IS NULL, updated_at, max(coalesce(updated_at, 0) + 1, ?3)),
            version = version + 1
         WHERE id = ?1 AND headline_item_id IS NULL
            AND headline <> (SELECT headline FROM events WHERE id = ?2)";
    tx.prepare_cached(sql)?
        .execute(params![event.0, into.0, now.timestamp()])?;
    Ok(())
}

/// The same of a storyline.
///
/// # Errors
/// Whatever SQLite says.
pub fn name_as_successor(tx: &Transaction<'_>, line: StorylineId, now: UtcTime) -> Result<()> {
    let Some(into) = standing::load_line_successor(tx, line)? else {
        return Ok(());
    };
    let sql = "UPDATE storylines SET (headline, headline_event_id, headline_item_id) =
            (SELECT headline, headline_event_id, headline_item_id FROM storylines WHERE id = ?2),
            updated_at = iif(public_id IS NULL, updated_at, max(coalesce(updated_at, 0) + 1, ?3)),
            version = version + 1
         WHERE id = ?1 AND headline_event_id IS NULL
            AND headline <> (SELECT headline FROM storylines WHERE id = ?2)";
    tx.prepare_cached(sql)?
        .execute(params![line.0, into.0, now.timestamp()])?;
    Ok(())
}

/// Moves `updated_at` of published storylines that an editor has named, parted or merged.
///
/// # Errors
/// Whatever SQLite says.
pub fn move_ruled_lines(
    tx: &Transaction<'_>,
    lines: &BTreeSet<StorylineId>,
    now: UtcTime,
) -> Result<()> {
    let of_line = "id = ?1 AND published_at IS NOT NULL AND merged_into IS NULL";
    move_lines(tx, of_line, lines.iter().map(|line| line.0), now)
}

/// Moves `updated_at` of storylines that were merged away under the headline of one of these reports.
///
/// # Errors
/// Whatever SQLite says.
pub fn move_merged_storylines(
    tx: &Transaction<'_>,
    headed_by: &BTreeSet<ItemId>,
    now: UtcTime,
) -> Result<()> {
    let of_item = "headline_item_id = ?1 AND merged_into IS NOT NULL AND public_id IS NOT NULL";
    move_lines(tx, of_item, headed_by.iter().map(|item| item.0), now)
}

/// Moves `updated_at` of the storylines that a condition finds by each of some numbers.
fn move_lines(
    tx: &Transaction<'_>,
    condition: &str,
    numbers: impl Iterator<Item = i64>,
    now: UtcTime,
) -> Result<()> {
    let sql = format!(
        "UPDATE storylines SET updated_at = max(coalesce(updated_at, 0) + 1, ?2) WHERE {condition}"
    );
    let mut update = tx.prepare_cached(&sql)?;
    for number in numbers {
        update.execute(params![number, now.timestamp()])?;
    }
    Ok(())
}

/// The permanent id of a storyline's row; `None` while it is provisional.
///
/// # Errors
/// Whatever SQLite says.
pub fn public_id_of_storyline(conn: &Connection, id: StorylineId) -> Result<Option<PublicId>> {
    let found = conn
        .prepare_cached("SELECT public_id FROM storylines WHERE id = ?1")?
        .query_row([id.0], |row| public_id(row, 0))
        .optional()?;
    Ok(found.flatten())
}
