//! What is shown to the world, read for the outputs and the pages: published events and storylines
//! with their reports, developments, and what a permanent id answers with.
//!
//! Nothing here writes; see `publishing`.

mod names;
mod shown;

use rusqlite::{Connection, OptionalExtension, params};

use names::{
    EVENTS_SHOWN, STORYLINES_SHOWN, absorbed_by, is_line_withdrawn, name_of_read, name_of_shown,
    name_of_successor,
};
pub use names::{name_of_event, name_of_storyline};
pub(in crate::store) use shown::IS_LET_THROUGH;
use shown::{
    HAS_REPORTS, IS_KEPT_BACK, IS_SHOWN, IS_TOLD, IS_TOLD_WHERE_KEPT_BACK, SAYS_INTO_WHAT,
    SHOWS_EVENTS, TOLD_INSTEAD,
};

use super::publishing::SETTINGS;
pub use super::reports::load_reports;
use super::reports::load_reports_of;
use super::rows::{
    EVENT_COLUMNS, STORYLINE_COLUMNS, json, public_id, read_development, read_event, read_storyline,
};
use super::{Result, kept_out, withdrawn};
use crate::news::{
    Development, DevelopmentId, EventId, FeedId, ItemId, PublicId, PublicName, PublishedEvent,
    PublishedStoryline, Standing, Storyline, StorylineId, ToldAtLength, UtcTime, utc_from_secs,
};

/// The state of the publication as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Publication {
    /// The ids of the feeds come from it.
    pub instance: PublicId,
    /// Moves whenever anything shown may have changed.
    pub version: i64,
    /// When it moved.
    pub changed_at: UtcTime,
    /// Moves with every decision of an editor and with every undoing.
    pub decided: i64,
    /// Digest of the settings that it is made with since then; `None` if they were never noted.
    pub settings: Option<i64>,
}

/// How much a subscription document holds: whatever changed within `keep_secs` of the latest change,
/// and never fewer than `at_least` if there are as many. Measured from the latest change and not
/// from now, so that the same content gives the same document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The fewest.
    pub at_least: u32,
    /// How long each stays.
    pub keep_secs: i64,
    /// How long a withdrawn one stays.
    pub keep_withdrawn_secs: i64,
    /// The most, so that memory is bounded.
    pub at_most: u32,
}

impl Default for Extent {
    /// 50 and 48 hours (a daily reader loses nothing), 7 days for what was withdrawn.
    fn default() -> Self {
        Self {
            at_least: 50,
            keep_secs: 48 * 3600,
            keep_withdrawn_secs: 7 * 86_400,
            at_most: 5_000,
        }
    }
}

impl Extent {
    /// What a page for people lists: nobody reads further down, and archives hold the rest.
    pub fn of_page() -> Self {
        Self {
            at_least: 100,
            keep_secs: 0,
            keep_withdrawn_secs: 0,
            at_most: 100,
        }
    }

    /// Wider, so that a view which shows one event of a hundred still has its fifty.
    pub fn of_view() -> Self {
        Self {
            at_least: 5_000,
            ..Self::default()
        }
    }
}

/// A change of a feed's health.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthChange {
    /// The feed.
    pub feed_id: FeedId,
    /// Its title, or the name of its outlet.
    pub title: String,
    /// When, by our clock.
    pub at: UtcTime,
    /// Name of the new state.
    pub health: String,
    /// Why.
    pub reason: String,
}

/// The latest changes of the health of feeds, newest first.
///
/// # Errors
/// Whatever SQLite says.
pub fn latest_health_changes(conn: &Connection, limit: u32) -> Result<Vec<HealthChange>> {
    let sql = "SELECT h.feed_id, coalesce(nullif(f.title, ''), o.name), h.at, h.health, h.reason
         FROM feed_health_history h JOIN feeds f ON f.id = h.feed_id
            JOIN outlets o ON o.id = f.outlet_id
         ORDER BY h.at DESC, h.rowid DESC LIMIT ?1";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([limit], |row| {
        Ok(HealthChange {
            feed_id: FeedId(row.get(0)?),
            title: row.get(1)?,
            at: utc_from_secs(row.get(2)?),
            health: row.get(3)?,
            reason: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The state of the publication; all zero before anything was published.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_publication(conn: &Connection) -> Result<Publication> {
    let row = conn
        .prepare_cached(
            "SELECT instance, version, changed_at, decided,
                (SELECT value FROM cursors WHERE name = ?1) FROM publication WHERE id = 1",
        )?
        .query_row([SETTINGS], |row| {
            Ok(Publication {
                instance: public_id(row, 0)?.unwrap_or_default(),
                version: row.get(1)?,
                changed_at: utc_from_secs(row.get(2)?),
                decided: row.get(3)?,
                settings: row.get(4)?,
            })
        })
        .optional()?;
    Ok(row.unwrap_or_default())
}

/// The published events of the subscription document, the latest material change first. Merged and
/// withdrawn ones stand among them, spiked ones do not.
///
/// # Errors
/// Whatever SQLite says.
pub fn latest_events(conn: &Connection, extent: Extent) -> Result<Vec<PublishedEvent>> {
    let Some(latest) = nth_change(conn, 0)? else {
        return Ok(Vec::new());
    };
    let last_due = nth_change(conn, extent.at_least.saturating_sub(1))?.unwrap_or(0);
    let since = last_due.min(latest - extent.keep_secs);
    let withdrawn_since = since.min(latest - extent.keep_withdrawn_secs);
    let condition = format!(
        "WHERE e.updated_at >= ?2 AND (e.updated_at >= ?3 OR e.withdrawn_at IS NOT NULL)
         AND e.published_at IS NOT NULL AND {IS_SHOWN} AND {HAS_REPORTS}
         ORDER BY e.updated_at DESC, e.id DESC LIMIT ?1"
    );
    let events = load_events(conn, &condition, (extent.at_most, withdrawn_since, since))?;
    with_reports(conn, events)
}

/// When the published event changed that has so many later ones before it, none of them kept out;
/// `None` if there are not so many.
fn nth_change(conn: &Connection, later: u32) -> Result<Option<i64>> {
    let sql = format!(
        "SELECT e.updated_at FROM events e
         WHERE e.updated_at IS NOT NULL AND e.published_at IS NOT NULL
            AND {IS_SHOWN} AND {HAS_REPORTS}
         ORDER BY e.updated_at DESC LIMIT 1 OFFSET ?1"
    );
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([later], |row| row.get(0))
        .optional()?)
}

/// The events whose first development has one of these numbers, oldest first: one archive.
///
/// # Errors
/// Whatever SQLite says.
pub fn events_of_archive(conn: &Connection, from: i64, until: i64) -> Result<Vec<PublishedEvent>> {
    let condition = format!(
        "JOIN developments d ON d.event_id = e.id AND d.kind = 'new-event'
         WHERE d.id >= ?1 AND d.id < ?2 AND {IS_SHOWN} ORDER BY d.id"
    );
    let events = load_events(conn, &condition, [from, until])?;
    with_reports(conn, events)
}

/// One published event, whatever became of it.
///
/// # Errors
/// Whatever SQLite says.
pub fn find_event(conn: &Connection, id: PublicId) -> Result<Option<PublishedEvent>> {
    let events = load_events(conn, "WHERE e.public_id = ?1", [id.to_bytes()])?;
    Ok(with_reports(conn, events)?.pop())
}

/// The published events of a storyline that are not merged away, in the order in which they
/// happened; what a dateline puts at the same time, in that in which it was first told.
///
/// # Errors
/// Whatever SQLite says.
pub fn events_of_storyline(conn: &Connection, id: StorylineId) -> Result<Vec<PublishedEvent>> {
    let condition = "WHERE e.storyline_id = ?1 AND e.published_at IS NOT NULL AND e.spiked = 0
         AND e.merged_into IS NULL ORDER BY e.occurred_at, e.first_report_at, e.id";
    let events = load_events(conn, condition, [id.0])?;
    with_reports(conn, events)
}

/// The storylines of the subscription document, the latest material change first, each with its
/// events. Of merged ones those that say into what.
///
/// # Errors
/// Whatever SQLite says.
pub fn latest_storylines(conn: &Connection, extent: Extent) -> Result<Vec<PublishedStoryline>> {
    let condition = format!(
        "WHERE s.published_at IS NOT NULL AND s.spiked = 0
         AND ({SAYS_INTO_WHAT} OR {SHOWS_EVENTS})
         ORDER BY s.updated_at DESC, s.id DESC LIMIT ?1"
    );
    let mut found = load_storylines(conn, &condition, [extent.at_most])?;
    let latest = found
        .first()
        .and_then(|one| one.updated_at)
        .unwrap_or_default();
    let mut place = 0;
    found.retain(|one| {
        place += 1;
        let age = latest - one.updated_at.unwrap_or_default();
        place <= extent.at_least || age.num_seconds() <= extent.keep_secs
    });
    found
        .into_iter()
        .map(|storyline| with_events(conn, storyline))
        .collect()
}

/// The names of the storylines of the subscription document, the latest material change first.
///
/// # Errors
/// Whatever SQLite says.
pub fn latest_storyline_names(conn: &Connection, extent: Extent) -> Result<Vec<PublicName>> {
    let condition = format!(
        "WHERE s.published_at IS NOT NULL AND s.spiked = 0 AND s.merged_into IS NULL
            AND {SHOWS_EVENTS}
         ORDER BY s.updated_at DESC, s.id DESC LIMIT ?1"
    );
    let found = load_storylines(conn, &condition, [extent.at_most])?;
    let names = found.into_iter().map(|one| name_of_read(conn, one));
    names.filter_map(Result::transpose).collect()
}

/// One published storyline, whatever became of it.
///
/// # Errors
/// Whatever SQLite says.
pub fn find_storyline(conn: &Connection, id: PublicId) -> Result<Option<PublishedStoryline>> {
    load_storylines(conn, "WHERE s.public_id = ?1", [id.to_bytes()])?
        .pop()
        .map(|storyline| with_events(conn, storyline))
        .transpose()
}

/// The permanent id of the storyline to which a slug leads, old slugs too.
///
/// # Errors
/// Whatever SQLite says.
pub fn storyline_of_slug(conn: &Connection, slug: &str) -> Result<Option<PublicId>> {
    let sql = "SELECT s.public_id FROM slugs JOIN storylines s ON s.id = slugs.storyline_id
         WHERE slugs.slug = ?1";
    let id = conn
        .prepare_cached(sql)?
        .query_row([slug], |row| public_id(row, 0))
        .optional()?;
    Ok(id.flatten())
}

/// True if a slug led to a storyline that retention removed.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_retired_slug(conn: &Connection, slug: &str) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM slugs WHERE slug = ?1 AND storyline_id IS NULL)";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([slug], |row| row.get(0))?)
}

/// What the permanent id of an event answers with; `None` if it was never published.
///
/// # Errors
/// Whatever SQLite says.
pub fn standing_of_event(conn: &Connection, id: PublicId) -> Result<Option<Standing>> {
    let sql = format!(
        "SELECT m.public_id, NOT {IS_LET_THROUGH}, e.merged_into IS NOT NULL,
            NOT EXISTS (SELECT 1 FROM event_items i WHERE i.event_id = e.id)
         FROM events e LEFT JOIN events m ON m.id = e.merged_into WHERE e.public_id = ?1"
    );
    standing(conn, &sql, id, "its reports are no longer kept")
}

/// What the permanent id of a storyline answers with; `None` if it was never published. One whose events
/// were all merged into others leads to where the last of them is told.
///
/// # Errors
/// Whatever SQLite says.
pub fn standing_of_storyline(conn: &Connection, id: PublicId) -> Result<Option<Standing>> {
    let sql = format!(
        "WITH asked AS (
            SELECT s.*, NOT {SHOWS_EVENTS} AS is_empty, {IS_KEPT_BACK} AS is_kept_back,
                (SELECT o.public_id {TOLD_INSTEAD} ORDER BY e.id DESC LIMIT 1) AS told_in,
                {IS_TOLD_WHERE_KEPT_BACK} AS is_told_out
            FROM storylines s WHERE s.public_id = ?1)
         SELECT coalesce(m.public_id, s.told_in),
            s.is_kept_back OR s.merged_into IS NULL AND s.is_empty AND s.told_in IS NULL AND s.is_told_out,
            s.merged_into IS NOT NULL OR s.is_empty AND s.told_in IS NOT NULL, s.is_empty
         FROM asked s LEFT JOIN storylines m ON m.id = s.merged_into"
    );
    standing(conn, &sql, id, "its events are told elsewhere now")
}

/// The developments of the subscription document, newest first.
///
/// # Errors
/// Whatever SQLite says.
pub fn latest_developments(conn: &Connection, extent: Extent) -> Result<Vec<Development>> {
    let mut found = load_developments(conn, "ORDER BY d.id DESC LIMIT ?1", [extent.at_most])?;
    let latest = found.first().map(|one| one.changed_at).unwrap_or_default();
    let mut place = 0;
    found.retain(|one| {
        place += 1;
        place <= extent.at_least || (latest - one.changed_at).num_seconds() <= extent.keep_secs
    });
    Ok(found)
}

/// The developments with one of these numbers, oldest first: one archive.
///
/// # Errors
/// Whatever SQLite says.
pub fn developments_of_archive(
    conn: &Connection,
    from: i64,
    until: i64,
) -> Result<Vec<Development>> {
    let condition = "AND d.id >= ?1 AND d.id < ?2 ORDER BY d.id";
    load_developments(conn, condition, [from, until])
}

/// The developments of a storyline, newest first, at most `limit`.
///
/// # Errors
/// Whatever SQLite says.
pub fn developments_of_storyline(
    conn: &Connection,
    id: StorylineId,
    limit: u32,
) -> Result<Vec<Development>> {
    let condition = "AND e.storyline_id = ?1 ORDER BY d.id DESC LIMIT ?2";
    load_developments(conn, condition, params![id.0, limit])
}

/// The number of the newest development; 0 if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn newest_development(conn: &Connection) -> Result<DevelopmentId> {
    let id = conn
        .prepare_cached("SELECT coalesce(max(id), 0) FROM developments")?
        .query_row([], |row| row.get(0))?;
    Ok(DevelopmentId(id))
}

fn standing(
    conn: &Connection,
    sql: &str,
    id: PublicId,
    if_empty: &str,
) -> Result<Option<Standing>> {
    let row = conn
        .prepare_cached(sql)?
        .query_row([id.to_bytes()], |row| {
            let successor = public_id(row, 0)?;
            let [is_spiked, is_merged, is_empty] = [row.get(1)?, row.get(2)?, row.get(3)?];
            Ok(match (is_spiked, is_merged, successor, is_empty) {
                (true, ..) => Standing::Gone("an editor keeps it back".to_owned()),
                (_, true, Some(successor), _) => Standing::MergedInto(successor),
                (_, true, None, _) => Standing::Gone("what it was merged into is gone".to_owned()),
                (_, _, _, true) => Standing::Gone(if_empty.to_owned()),
                _ => Standing::Live,
            })
        })
        .optional()?;
    match row {
        Some(standing) => Ok(Some(standing)),
        None => retired(conn, id),
    }
}

fn retired(conn: &Connection, id: PublicId) -> Result<Option<Standing>> {
    Ok(conn
        .prepare_cached("SELECT successor, reason FROM retired_ids WHERE public_id = ?1")?
        .query_row([id.to_bytes()], |row| {
            Ok(match public_id(row, 0)? {
                Some(successor) => Standing::MergedInto(successor),
                None => Standing::Gone(row.get(1)?),
            })
        })
        .optional()?)
}

/// The part of `published_state` that entries are made of.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct ToldState {
    at_length: ToldAtLength,
}

fn load_events(
    conn: &Connection,
    condition: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<PublishedEvent>> {
    let sql = format!(
        "SELECT {EVENT_COLUMNS}, e.split_from, e.headline_reason, e.published_state
         FROM events e {condition}"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let mut rows = query.query(values)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let event = read_event(row)?;
        let merged_into = match event.merged_into {
            Some(target) => name_of_successor(conn, EVENTS_SHOWN, target.0)?,
            None => None,
        };
        let split_from = match row.get::<_, Option<i64>>(19)? {
            Some(origin) => name_of_shown(conn, EventId(origin))?,
            None => None,
        };
        events.push(PublishedEvent {
            storyline: name_of_storyline(conn, event.storyline_id)?,
            reports: Vec::new(),
            merged_into,
            absorbed: absorbed_by(conn, EVENTS_SHOWN, event.id.0)?,
            split_from,
            headline_reason: row.get(20)?,
            told: json::<ToldState>(row, 21)?.unwrap_or_default().at_length,
            event,
        });
    }
    Ok(events)
}

/// The events with their reports. One without any has nothing to show: its reports are kept out or
/// no longer kept. A merged one stays, with the reports that it told, to say where they went.
fn with_reports(conn: &Connection, mut events: Vec<PublishedEvent>) -> Result<Vec<PublishedEvent>> {
    for shown in &mut events {
        shown.reports = match (&shown.merged_into, &shown.told.lines) {
            (Some(_), Some(lines)) => {
                let told: Vec<ItemId> = lines.keys().copied().collect();
                if kept_out::is_any_out(conn, &told)? || withdrawn::is_any_withdrawn(conn, &told)? {
                    leave_out_words(shown);
                }
                load_reports_of(conn, &told)?
            }
            _ => load_reports(conn, shown.event.id)?,
        };
    }
    events.retain(|shown| shown.merged_into.is_some() || !shown.reports.is_empty());
    Ok(events)
}

/// A merged event is described no more, and whose words stand under its headline is not known.
fn leave_out_words(shown: &mut PublishedEvent) {
    shown.told.lede.clear();
    shown.event.lede.clear();
    shown.event.change.clear();
}

fn with_events(conn: &Connection, storyline: Storyline) -> Result<PublishedStoryline> {
    let merged_into = match storyline.merged_into {
        Some(target) => name_of_successor(conn, STORYLINES_SHOWN, target.0)?,
        None => None,
    };
    let events = events_of_storyline(conn, storyline.id)?;
    let is_withdrawn = match storyline.merged_into {
        Some(_) => is_line_withdrawn(conn, storyline.id)?,
        None => {
            !events.is_empty()
                && events
                    .iter()
                    .all(|shown| shown.event.withdrawn_at.is_some())
        }
    };
    Ok(PublishedStoryline {
        events,
        is_withdrawn,
        merged_into,
        absorbed: absorbed_by(conn, STORYLINES_SHOWN, storyline.id.0)?,
        storyline,
    })
}

fn load_storylines(
    conn: &Connection,
    condition: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<Storyline>> {
    let sql = format!("SELECT {STORYLINE_COLUMNS} FROM storylines s {condition}");
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map(values, read_storyline)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Developments that are shown, under a further condition and in an order.
fn load_developments(
    conn: &Connection,
    condition: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<Development>> {
    let sql = format!(
        "SELECT d.id, d.public_id, d.event_id, d.storyline_id, d.changed_at, d.kind,
            coalesce(d.headline, e.headline), d.note
         FROM developments d JOIN events e ON e.id = d.event_id
         WHERE {IS_SHOWN} AND {IS_TOLD} {condition}"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map(values, read_development)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
