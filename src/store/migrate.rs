//! Numbered migrations, embedded in the program, forward only, all in one transaction.

use std::path::Path;

use rusqlite::Connection;

use super::error::{Result, StoreError};
use super::items;
use super::packing::Packing;
use super::search::terms::Filing;

/// `PRAGMA application_id` of a Dateline database: "DTLN".
const APPLICATION_ID: i32 = 0x4454_4c4e;

/// Every migration in order; the number is its place, counted from 1. Never edited after release.
const MIGRATIONS: &[(&str, &str)] = &[
    (
        "0001_initial",
        include_str!("../../migrations/0001_initial.sql"),
    ),
    (
        "0002_publishing",
        include_str!("../../migrations/0002_publishing.sql"),
    ),
    (
        "0003_operating",
        include_str!("../../migrations/0003_operating.sql"),
    ),
    ("0004_desk", include_str!("../../migrations/0004_desk.sql")),
    (
        "0005_homes",
        include_str!("../../migrations/0005_homes.sql"),
    ),
    (
        "0006_named",
        include_str!("../../migrations/0006_named.sql"),
    ),
    (
        "0007_sources",
        include_str!("../../migrations/0007_sources.sql"),
    ),
    (
        "0008_published",
        include_str!("../../migrations/0008_published.sql"),
    ),
    (
        "0009_own_events",
        include_str!("../../migrations/0009_own_events.sql"),
    ),
    (
        "0010_outlets_of_items",
        include_str!("../../migrations/0010_outlets_of_items.sql"),
    ),
    (
        "0011_beside",
        include_str!("../../migrations/0011_beside.sql"),
    ),
    (
        "0012_published_headline",
        include_str!("../../migrations/0012_published_headline.sql"),
    ),
    (
        "0013_missed_pushes",
        include_str!("../../migrations/0013_missed_pushes.sql"),
    ),
    (
        "0014_search_terms",
        include_str!("../../migrations/0014_search_terms.sql"),
    ),
    (
        "0015_decided",
        include_str!("../../migrations/0015_decided.sql"),
    ),
    (
        "0016_words_of_scripts",
        include_str!("../../migrations/0016_words_of_scripts.sql"),
    ),
    (
        "0017_whose_headlines",
        include_str!("../../migrations/0017_whose_headlines.sql"),
    ),
    (
        "0018_former_feeds",
        include_str!("../../migrations/0018_former_feeds.sql"),
    ),
    (
        "0019_retold",
        include_str!("../../migrations/0019_retold.sql"),
    ),
    (
        "0020_stems",
        include_str!("../../migrations/0020_stems.sql"),
    ),
    (
        "0021_described",
        include_str!("../../migrations/0021_described.sql"),
    ),
    (
        "0022_members",
        include_str!("../../migrations/0022_members.sql"),
    ),
    (
        "0023_shown",
        include_str!("../../migrations/0023_shown.sql"),
    ),
    (
        "0024_link_moves",
        include_str!("../../migrations/0024_link_moves.sql"),
    ),
    (
        "0025_kept_out",
        include_str!("../../migrations/0025_kept_out.sql"),
    ),
    (
        "0026_outlets",
        include_str!("../../migrations/0026_outlets.sql"),
    ),
    (
        "0027_let_in",
        include_str!("../../migrations/0027_let_in.sql"),
    ),
    (
        "0028_listed_at",
        include_str!("../../migrations/0028_listed_at.sql"),
    ),
    (
        "0029_left_out",
        include_str!("../../migrations/0029_left_out.sql"),
    ),
    (
        "0030_named_after",
        include_str!("../../migrations/0030_named_after.sql"),
    ),
    (
        "0031_went_along",
        include_str!("../../migrations/0031_went_along.sql"),
    ),
    (
        "0032_was_out",
        include_str!("../../migrations/0032_was_out.sql"),
    ),
    (
        "0033_merged_withdrawn",
        include_str!("../../migrations/0033_merged_withdrawn.sql"),
    ),
    (
        "0034_withdrawn",
        include_str!("../../migrations/0034_withdrawn.sql"),
    ),
];

/// The schema from which on items are filed for search at all.
const FILED: u32 = 4;
/// The schema from which on they are filed by words that were cut, and the one from which on all items are filed
/// as [`super::search`] files them.
const CUT: u32 = 14;
const REFILED: u32 = 18;

/// The schema number of this program.
pub fn newest_schema() -> u32 {
    MIGRATIONS.len() as u32
}

/// The schema number of an open database; 0 for an empty one.
///
/// # Errors
/// [`StoreError::Foreign`] if the file is another program's, [`StoreError::Newer`] if it comes
/// from a newer Dateline.
pub fn check_schema(conn: &Connection, path: &Path) -> Result<u32> {
    let found: u32 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let owner: i32 = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: u32 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if owner != APPLICATION_ID && (tables > 0 || owner != 0) {
        return Err(StoreError::Foreign {
            path: path.to_owned(),
        });
    }
    if found > newest_schema() {
        let known = newest_schema();
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    Ok(found)
}

/// A database in memory of that schema, without rows.
///
/// # Errors
/// Whatever SQLite says.
pub(super) fn empty_of_schema(schema: u32) -> Result<Connection> {
    let conn = Connection::open_in_memory()?;
    std::sync::Arc::new(Packing::default()).register(&conn)?;
    for (_, sql) in MIGRATIONS.iter().take(schema as usize) {
        conn.execute_batch(sql)?;
    }
    Ok(conn)
}

/// Brings the database to the newest schema; returns the names of the migrations that ran.
///
/// # Errors
/// As [`check_schema`], and whatever SQLite says; then nothing was changed.
pub(super) fn migrate(
    conn: &mut Connection,
    path: &Path,
    packing: &Packing,
) -> Result<Vec<&'static str>> {
    let found = check_schema(conn, path)?;
    let pending = &MIGRATIONS[found as usize..];
    if pending.is_empty() {
        return Ok(Vec::new());
    }
    let tx = conn.transaction()?;
    for (name, sql) in pending {
        tx.execute_batch(sql)
            .map_err(|error| failure(name, error))?;
    }
    if (1..REFILED).contains(&found) {
        packing.load(&tx)?;
        let before = match found {
            ..FILED => None,
            FILED..CUT => Some(Filing::Plain),
            _ => Some(Filing::Cut),
        };
        items::refile_all(&tx, before)?;
    }
    tx.pragma_update(None, "user_version", newest_schema())?;
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.commit()?;
    Ok(pending.iter().map(|(name, _)| *name).collect())
}

/// Without the statement, which SQLite's error would repeat whole; trouble with the disk stays what it is.
fn failure(name: &'static str, error: rusqlite::Error) -> StoreError {
    let cause = match StoreError::from(error) {
        StoreError::Sqlite(rusqlite::Error::SqlInputError { msg, .. }) => msg,
        StoreError::Sqlite(other) => other.to_string(),
        trouble => return trouble,
    };
    StoreError::Migration { name, cause }
}
