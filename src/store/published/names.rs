//! The public names of events and storylines: their permanent ids with their headlines.

use rusqlite::{Connection, OptionalExtension};

use super::shown::{IS_LINE_WITHDRAWN, IS_NAMED, IS_SHOWN};
use crate::news::{EventId, PublicId, PublicName, Storyline, StorylineId, WITHDRAWN};
use crate::store::Result;
use crate::store::rows::public_id;

/// A table with what is true of those of its rows `e` whose headlines are shown, and of those that are withdrawn.
pub(super) type Shown = (&'static str, &'static str, &'static str);
pub(super) const EVENTS_SHOWN: Shown = ("events", IS_SHOWN, "e.withdrawn_at IS NOT NULL");
pub(super) const STORYLINES_SHOWN: Shown = ("storylines", IS_NAMED, IS_LINE_WITHDRAWN);

/// The public name of an event by its row.
///
/// # Errors
/// Whatever SQLite says.
pub fn name_of_event(conn: &Connection, id: EventId) -> Result<Option<PublicName>> {
    public_name(
        conn,
        "SELECT public_id, headline, 0 FROM events WHERE id = ?1",
        id.0,
    )
}

/// The public name of a storyline by its row, which says so if all that it tells was withdrawn.
///
/// # Errors
/// Whatever SQLite says.
pub fn name_of_storyline(conn: &Connection, id: StorylineId) -> Result<Option<PublicName>> {
    let sql =
        format!("SELECT public_id, headline, {IS_LINE_WITHDRAWN} FROM storylines e WHERE id = ?1");
    public_name(conn, &sql, id.0)
}

/// The public name of an event by its row; `None` if it is not shown.
pub(super) fn name_of_shown(conn: &Connection, id: EventId) -> Result<Option<PublicName>> {
    name_if_shown(conn, EVENTS_SHOWN, id.0)
}

/// The public name of the row into which one was merged; where that was merged too and is not shown, of its end.
pub(super) fn name_of_successor(
    conn: &Connection,
    shown: Shown,
    into: i64,
) -> Result<Option<PublicName>> {
    if let Some(name) = name_if_shown(conn, shown, into)? {
        return Ok(Some(name));
    }
    let (table, _, is_withdrawn) = shown;
    let sql = format!(
        "WITH RECURSIVE way (id) AS (VALUES (?1)
            UNION SELECT x.merged_into FROM way CROSS JOIN {table} x ON x.id = way.id)
         SELECT e.public_id, e.headline, {is_withdrawn} FROM way CROSS JOIN {table} e ON e.id = way.id
         WHERE e.merged_into IS NULL"
    );
    public_name(conn, &sql, into)
}

/// The public names of what was merged into a row of `events` or `storylines`, by way of others too,
/// in the order of their rows; without what an editor keeps back, or whose words.
// Not a join: once SQLite has statistics, it goes through the whole table for one, to make a filter.
pub(super) fn absorbed_by(
    conn: &Connection,
    (table, is_shown, is_withdrawn): Shown,
    id: i64,
) -> Result<Vec<PublicName>> {
    let sql = format!(
        "WITH RECURSIVE led (id) AS (SELECT id FROM {table} WHERE merged_into = ?1
            UNION SELECT t.id FROM led JOIN {table} t ON t.merged_into = led.id)
         SELECT e.public_id, e.headline, {is_withdrawn} FROM {table} e WHERE e.id IN (SELECT id FROM led)
            AND e.public_id IS NOT NULL AND e.id <> ?1 AND {is_shown} ORDER BY e.id"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map([id], |row| {
        Ok(PublicName {
            public_id: public_id(row, 0)?.unwrap_or_default(),
            headline: marked(row.get(1)?, row.get(2)?),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The public name of a row of `events` or `storylines`, unless an editor keeps it back, or whose words it is.
fn name_if_shown(
    conn: &Connection,
    (table, is_shown, is_withdrawn): Shown,
    id: i64,
) -> Result<Option<PublicName>> {
    let sql = format!(
        "SELECT public_id, headline, {is_withdrawn} FROM {table} e WHERE id = ?1 AND {is_shown}"
    );
    public_name(conn, &sql, id)
}

fn public_name(conn: &Connection, sql: &str, id: i64) -> Result<Option<PublicName>> {
    let row: Option<(Option<PublicId>, String)> = conn
        .prepare_cached(sql)?
        .query_row([id], |row| {
            Ok((public_id(row, 0)?, marked(row.get(1)?, row.get(2)?)))
        })
        .optional()?;
    Ok(row.and_then(|(public_id, headline)| {
        public_id.map(|public_id| PublicName {
            public_id,
            headline,
        })
    }))
}

/// The public name of a storyline that was read; `None` while it is provisional.
pub(super) fn name_of_read(conn: &Connection, storyline: Storyline) -> Result<Option<PublicName>> {
    let Some(public_id) = storyline.public_id else {
        return Ok(None);
    };
    let is_withdrawn = is_line_withdrawn(conn, storyline.id)?;
    Ok(Some(PublicName {
        public_id,
        headline: marked(storyline.headline, is_withdrawn),
    }))
}

/// A headline that stands beside others does not stand plain there once it is withdrawn.
fn marked(headline: String, is_withdrawn: bool) -> String {
    match is_withdrawn {
        true => [WITHDRAWN, &headline].concat(),
        false => headline,
    }
}

/// True if what a storyline is headed by was withdrawn, or all that it tells.
///
/// # Errors
/// Whatever SQLite says.
pub(super) fn is_line_withdrawn(conn: &Connection, id: StorylineId) -> Result<bool> {
    let sql = format!("SELECT {IS_LINE_WITHDRAWN} FROM storylines e WHERE e.id = ?1");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([id.0], |row| row.get(0))?)
}
