//! What the desk reads of events and storylines: provisional ones too.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row, params};

use super::events::{load_items, load_members};
use super::reports::load_all_reports;
use super::rows::{EVENT_COLUMNS, STORYLINE_COLUMNS, read_event, read_storyline};
use super::{Result, withdrawn};
use crate::news::{Event, EventId, ItemId, Ruling, Storyline, StorylineId, UtcTime, utc_from_secs};

/// A storyline as a line of the desk's first page.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct StorylineLine {
    /// The storyline.
    pub storyline: Storyline,
    /// Its latest event.
    pub latest: Option<Event>,
    /// True if nothing stands of that event, see [`is_withdrawn`].
    pub is_latest_withdrawn: bool,
    /// True if nothing stands of any of its events.
    pub is_withdrawn: bool,
    /// Items per hour of the last hours of telling, oldest first.
    pub hourly: Vec<u32>,
    /// Where these hours end: at its latest report, or now if that is later than now.
    pub hours_until: UtcTime,
    /// Languages it is told in, most used first.
    pub languages: Vec<String>,
    /// True if anything of it changed since `since`.
    pub is_changed: bool,
}

/// The events that stand in a storyline, by time of happening.
///
/// # Errors
/// Whatever SQLite says.
pub fn events_of(conn: &Connection, storyline: StorylineId) -> Result<Vec<EventId>> {
    let sql = "SELECT id FROM events WHERE storyline_id = ?1 AND merged_into IS NULL
         ORDER BY occurred_at, first_report_at, id";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([storyline.0], |row| row.get(0).map(EventId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What leaves an event where some of its items are named to leave it, and what stays. A report leaves with its
/// copies in that event, those of an original that is no longer there with the one that is shown in its place. A copy
/// that is named leaves alone. What is named and stands elsewhere is among what leaves.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_parting(
    conn: &Connection,
    event: EventId,
    named: &[ItemId],
) -> Result<(Vec<ItemId>, Vec<ItemId>)> {
    let members = load_members(conn, event)?;
    let reports = load_all_reports(conn, event)?;
    let shown = reports
        .iter()
        .filter(|report| named.contains(&report.item_id));
    let shown_with = shown.flat_map(|report| report.items().skip(1));
    let mut leaving = named.to_vec();
    leaving.extend(shown_with);
    // An original is older than its copies, and these come by id.
    for (item, original) in &members {
        if original.is_some_and(|original| leaving.contains(&original)) {
            leaving.push(*item);
        }
    }
    let mut met = BTreeSet::new();
    leaving.retain(|item| met.insert(*item));
    let staying = members.into_iter().map(|(item, _)| item);
    let staying = staying.filter(|item| !met.contains(item)).collect();
    Ok((leaving, staying))
}

/// The ruling that moves an item into another event, with the items as they stand. Copies of the item go along with
/// it, see [`load_parting`].
///
/// # Errors
/// Whatever SQLite says.
pub fn load_move(conn: &Connection, item: ItemId, to: EventId) -> Result<Ruling> {
    let from = super::events::event_of_item(conn, item)?.unwrap_or_default();
    let (_, from_items) = load_parting(conn, from, &[item])?;
    Ok(Ruling::MoveItem {
        item,
        from,
        from_items,
        to,
        to_items: load_items(conn, to)?,
    })
}

/// The ruling that splits items out of an event, with the items as they stand. Copies of these go along, see
/// [`load_parting`].
///
/// # Errors
/// Whatever SQLite says.
pub fn load_split(conn: &Connection, event: EventId, named: &[ItemId]) -> Result<Ruling> {
    let (split_items, kept_items) = load_parting(conn, event, named)?;
    Ok(Ruling::SplitEvent {
        event,
        kept_items,
        split_items,
    })
}

/// The copies that go along with what a ruling takes out of an event, as the items stand.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_copies_along(conn: &Connection, ruling: &Ruling) -> Result<Vec<ItemId>> {
    match ruling {
        Ruling::MoveItem {
            item,
            from,
            from_items,
            ..
        } => {
            let (mut leaving, _) = load_parting(conn, *from, &[*item])?;
            leaving.retain(|other| other != item && !from_items.contains(other));
            Ok(leaving)
        }
        Ruling::SplitEvent {
            event, split_items, ..
        } => {
            let members = load_members(conn, *event)?.into_iter();
            let copies = members.filter(|(item, original)| {
                let goes = original.is_some_and(|original| split_items.contains(&original));
                goes && split_items.contains(item)
            });
            Ok(copies.map(|(item, _)| item).collect())
        }
        _ => Ok(Vec::new()),
    }
}

/// The ruling that merges two events, with their items as they stand.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_merge(conn: &Connection, kept: EventId, merged: EventId) -> Result<Ruling> {
    Ok(Ruling::MergeEvents {
        kept,
        kept_items: load_items(conn, kept)?,
        merged,
        merged_items: load_items(conn, merged)?,
    })
}

/// One event, whatever became of it; `None` if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_event(conn: &Connection, id: EventId) -> Result<Option<Event>> {
    let sql = format!("SELECT {EVENT_COLUMNS} FROM events e WHERE e.id = ?1");
    one(conn, &sql, id.0, read_event)
}

/// One storyline, whatever became of it; `None` if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_storyline(conn: &Connection, id: StorylineId) -> Result<Option<Storyline>> {
    let sql = format!("SELECT {STORYLINE_COLUMNS} FROM storylines s WHERE s.id = ?1");
    one(conn, &sql, id.0, read_storyline)
}

/// The events of a storyline, by time of happening, spiked and provisional ones too.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_events_of(conn: &Connection, storyline: StorylineId) -> Result<Vec<Event>> {
    let sql = format!(
        "SELECT {EVENT_COLUMNS} FROM events e WHERE e.storyline_id = ?1 AND e.merged_into IS NULL
         ORDER BY e.occurred_at, e.first_report_at, e.id"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map([storyline.0], read_event)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The storylines that something happened in last, with what the first page shows of them.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_now(
    conn: &Connection,
    now: UtcTime,
    since: UtcTime,
    limit: u32,
) -> Result<Vec<StorylineLine>> {
    let sql = format!(
        "SELECT {STORYLINE_COLUMNS} FROM storylines s WHERE s.merged_into IS NULL AND s.event_count > 0
         ORDER BY s.last_event_at DESC, s.id DESC LIMIT ?1"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map([limit], read_storyline)?;
    let storylines: Vec<Storyline> = rows.collect::<rusqlite::Result<_>>()?;
    let lines = storylines.into_iter();
    lines
        .map(|storyline| line_of(conn, storyline, now, since))
        .collect()
}

/// True if all that an event tells was withdrawn: what was published is so once the publisher has looked at it,
/// what is provisional once no item of it stands.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_withdrawn(conn: &Connection, event: &Event) -> Result<bool> {
    if event.published_at.is_some() || event.withdrawn_at.is_some() {
        return Ok(event.withdrawn_at.is_some());
    }
    withdrawn::is_event_withdrawn(conn, event.id)
}

/// True if all that a storyline tells was withdrawn, but for what an editor keeps out.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_line_withdrawn(conn: &Connection, storyline: StorylineId) -> Result<bool> {
    let mut is_told = false;
    for event in load_events_of(conn, storyline)? {
        if event.spiked {
            continue;
        }
        is_told = true;
        if !is_withdrawn(conn, &event)? {
            return Ok(false);
        }
    }
    Ok(is_told)
}

/// Hours that the small graph of a storyline covers.
pub const HOURS: usize = 24;

fn line_of(
    conn: &Connection,
    storyline: Storyline,
    now: UtcTime,
    since: UtcTime,
) -> Result<StorylineLine> {
    let sql = "SELECT max(last_report_at) FROM events WHERE storyline_id = ?1";
    let latest: Option<i64> = conn
        .prepare_cached(sql)?
        .query_row([storyline.id.0], |row| row.get(0))?;
    let hours_until = latest.map_or(now, |latest| now.min(utc_from_secs(latest)));
    let sql = "SELECT (?2 - i.item_time) / 3600, i.language, i.fetched_at > ?3
         FROM events e JOIN event_items m ON m.event_id = e.id JOIN items i ON i.id = m.item_id
         WHERE e.storyline_id = ?1 AND e.last_report_at > ?2 - 259200 LIMIT 2000";
    let mut hourly = vec![0_u32; HOURS];
    let mut languages: Vec<(String, u32)> = Vec::new();
    let mut is_changed = false;
    let mut query = conn.prepare_cached(sql)?;
    let asked = params![storyline.id.0, hours_until.timestamp(), since.timestamp()];
    let mut rows = query.query(asked)?;
    while let Some(row) = rows.next()? {
        let ago: i64 = row.get(0)?;
        if let Some(at) = usize::try_from(ago).ok().filter(|ago| *ago < HOURS) {
            hourly[HOURS - 1 - at] += 1;
        }
        let language: String = row.get(1)?;
        match languages.iter_mut().find(|(known, _)| *known == language) {
            Some((_, count)) => *count += 1,
            None => languages.push((language, 1)),
        }
        is_changed |= row.get::<_, bool>(2)?;
    }
    languages.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let sql = format!(
        "SELECT {EVENT_COLUMNS} FROM events e WHERE e.storyline_id = ?1 AND e.merged_into IS NULL
         ORDER BY e.occurred_at DESC, e.first_report_at DESC, e.id DESC LIMIT 1"
    );
    let latest = one(conn, &sql, storyline.id.0, read_event)?;
    let is_latest_withdrawn = match &latest {
        Some(event) => is_withdrawn(conn, event)?,
        None => false,
    };
    Ok(StorylineLine {
        is_latest_withdrawn,
        // Most storylines are told by their latest event that they stand.
        is_withdrawn: is_latest_withdrawn && is_line_withdrawn(conn, storyline.id)?,
        latest,
        storyline,
        hourly,
        hours_until,
        languages: languages.into_iter().map(|(code, _)| code).collect(),
        is_changed,
    })
}

/// Items beside the reports of a storyline's events: wraps, live blogs, background. Latest first,
/// at most `limit`, and how many there are.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_beside(
    conn: &Connection,
    storyline: StorylineId,
    limit: usize,
) -> Result<(Vec<ItemId>, usize)> {
    let sql = "SELECT b.item_id FROM events e
            CROSS JOIN event_items m ON m.event_id = e.id
            CROSS JOIN items_beside b ON b.report_id = m.item_id
         WHERE e.storyline_id = ?1 AND e.merged_into IS NULL
         ORDER BY b.item_id DESC";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([storyline.0], |row| row.get(0).map(ItemId))?;
    let mut found = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let count = found.len();
    found.truncate(limit);
    Ok((found, count))
}

/// The other events around the time of one: where an item of it might belong. Same storyline
/// first.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_near(conn: &Connection, event: &Event, limit: u32) -> Result<Vec<(EventId, String)>> {
    let sql = "SELECT id, headline FROM events
         WHERE storyline_id = ?1 AND id <> ?2 AND merged_into IS NULL
         ORDER BY abs(occurred_at - ?3) LIMIT ?4";
    let mut query = conn.prepare_cached(sql)?;
    let asked = params![
        event.storyline_id.0,
        event.id.0,
        event.occurred_at.timestamp(),
        limit
    ];
    let rows = query.query_map(asked, |row| Ok((EventId(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Wire prefixes that no rule knows, most frequent first: prefix, feed, how often.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_unknown_prefixes(conn: &Connection) -> Result<Vec<(String, String, u32)>> {
    let sql = "SELECT p.prefix, coalesce(nullif(f.title, ''), f.url), p.count
         FROM unknown_prefixes p JOIN feeds f ON f.id = p.feed_id ORDER BY p.count DESC LIMIT 40";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn one<T>(
    conn: &Connection,
    sql: &str,
    id: i64,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>> {
    use rusqlite::OptionalExtension;
    Ok(conn.prepare_cached(sql)?.query_row([id], read).optional()?)
}
