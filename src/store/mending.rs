//! Times that a clock which was ahead has written: what lies further ahead than its own rule puts anything is
//! taken back to now. When a clock was wrong is not known; each time is judged by itself.

use rusqlite::{Transaction, params};

use super::Result;
use super::hub::LONGEST_LEASE_SECS;
use super::polls::NEVER;
use super::publishing;
use crate::news::{FeedId, UtcTime, utc_from_secs};

/// By how much a clock is corrected without having been wrong, in seconds.
const SLACK_SECS: i64 = 60;

/// How far ahead times may lie, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The next visit of a feed without a rhythm of its own.
    pub visit_secs: i64,
    /// The end of a claim.
    pub claim_secs: i64,
    /// The end of a host's quiet.
    pub quiet_secs: i64,
    /// A host's first quiet where it named no time, which doubles with each further one to a day.
    pub first_quiet_secs: i64,
    /// The next attempt of a delivery.
    pub delivery_secs: i64,
}

/// A feed with a cron line and a visit to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronFeed {
    /// The feed.
    pub id: FeedId,
    /// Its line.
    pub line: String,
    /// When it is visited next.
    pub next_visit_at: UtcTime,
    /// True if its last visit is to come.
    pub is_ahead: bool,
}

/// Visits that were put after one which is itself to come are counted from `now` instead; for the start, when
/// nobody knows by how much the clock was wrong.
///
/// # Errors
/// Whatever SQLite says.
pub fn mend_future_visits(tx: &Transaction<'_>, now: UtcTime) -> Result<usize> {
    let sql = "UPDATE feeds SET next_visit_at = ?1 + max(0, next_visit_at - last_visit_at)
         WHERE last_visit_at > ?1 + ?3 AND next_visit_at < ?2 AND cron IS NULL";
    Ok(tx.execute(sql, params![now.timestamp(), NEVER, SLACK_SECS])?)
}

/// The feeds with a cron line that are visited by themselves, later than `now`.
///
/// # Errors
/// Whatever SQLite says.
pub fn list_cron(tx: &Transaction<'_>, now: UtcTime) -> Result<Vec<CronFeed>> {
    let sql = "SELECT id, cron, next_visit_at, coalesce(last_visit_at, 0) > ?1 + ?3 FROM feeds
         WHERE cron IS NOT NULL AND next_visit_at > ?1 AND next_visit_at < ?2 ORDER BY id";
    let mut query = tx.prepare(sql)?;
    let rows = query.query_map(params![now.timestamp(), NEVER, SLACK_SECS], |row| {
        Ok(CronFeed {
            id: FeedId(row.get(0)?),
            line: row.get(1)?,
            next_visit_at: utc_from_secs(row.get(2)?),
            is_ahead: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Sets when a feed with a cron line is visited next.
///
/// # Errors
/// Whatever SQLite says.
pub fn set_cron_visit(tx: &Transaction<'_>, id: FeedId, at: UtcTime) -> Result<()> {
    let sql =
        "UPDATE feeds SET next_visit_at = ?2, next_visit_reason = 'its cron line' WHERE id = ?1";
    tx.execute(sql, params![id.0, at.timestamp()])?;
    Ok(())
}

/// Takes back to `now` all other times that lie too far ahead.
///
/// # Errors
/// Whatever SQLite says.
pub fn mend_times(tx: &Transaction<'_>, now: UtcTime, bounds: &Bounds) -> Result<()> {
    mend_feeds(tx, now, bounds)?;
    // How long a host asked for is lost with the clock that it was counted from.
    let sql = "UPDATE hosts SET cool_until = ?1
            + min(max(?3, 86400), ?3 << min(max(strikes - 1, 0), 16))
         WHERE cool_until > ?1 + ?2";
    let (quiet, first) = (bounds.quiet_secs, bounds.first_quiet_secs);
    tx.execute(sql, params![now.timestamp(), quiet, first])?;
    // The publisher looks at once, and holds back what is to be held back.
    let sql = "UPDATE publish_queue SET look_at = 0 WHERE look_at > ?1";
    tx.execute(sql, [now.timestamp()])?;
    mend_published(tx, now)?;
    mend_subscriptions(tx, now)?;
    let sql = "UPDATE hub_deliveries SET next_at = ?1 WHERE next_at > ?1 + ?2";
    tx.execute(sql, params![now.timestamp(), bounds.delivery_secs])?;
    Ok(())
}

fn mend_feeds(tx: &Transaction<'_>, now: UtcTime, bounds: &Bounds) -> Result<()> {
    // What was taken for old under that clock is judged again, and the server is asked for it.
    let sql = "UPDATE feeds SET etag = NULL, last_modified = NULL, body_hash = NULL
         WHERE last_visit_at > ?1 + 86400";
    tx.execute(sql, [now.timestamp()])?;
    let sql = "UPDATE feeds SET next_visit_reason = 'its time was written by a clock that was ahead',
            next_visit_at = ?1 + iif(last_visit_at IS NULL, 0, coalesce(interval_secs, adaptive_secs))
         WHERE cron IS NULL AND next_visit_at < ?2
            AND next_visit_at > ?1 + max(?3, coalesce(interval_secs, 0) * 5 / 4)";
    tx.execute(sql, params![now.timestamp(), NEVER, bounds.visit_secs])?;
    let sql = "UPDATE feeds SET claimed_until = ?1 + ?2 WHERE claimed_until > ?1 + ?2";
    tx.execute(sql, params![now.timestamp(), bounds.claim_secs])?;
    let told = [
        "last_visit_at",
        "last_success_at",
        "last_change_at",
        "failing_since",
        "possible_gap_at",
        "body_unchanged_since",
        "last_full_fetch_at",
        "health_since",
        "moved_since",
    ];
    for time in told {
        let sql = format!("UPDATE feeds SET {time} = ?1 WHERE {time} > ?1 + ?2");
        tx.execute(&sql, params![now.timestamp(), SLACK_SECS])?;
    }
    Ok(())
}

/// What changed is listed by when it did: what is to come would stand before all else, and documents would be
/// measured from it.
fn mend_published(tx: &Transaction<'_>, now: UtcTime) -> Result<()> {
    let slack = params![now.timestamp(), SLACK_SECS];
    let sql = "UPDATE events SET updated_at = ?1, opened_at = min(opened_at, ?1), published_at = min(published_at, ?1)
         WHERE updated_at > ?1 + ?2";
    let mut mended = tx.execute(sql, slack)?;
    let sql = "UPDATE storylines SET updated_at = ?1, published_at = min(published_at, ?1)
         WHERE updated_at > ?1 + ?2";
    mended += tx.execute(sql, slack)?;
    let sql = "UPDATE publication SET changed_at = ?1 WHERE changed_at > ?1 + ?2";
    mended += tx.execute(sql, slack)?;
    match mended {
        0 => Ok(()),
        _ => publishing::move_version(tx, now),
    }
}

fn mend_subscriptions(tx: &Transaction<'_>, now: UtcTime) -> Result<()> {
    let longest = params![now.timestamp(), LONGEST_LEASE_SECS];
    // Ours end and are asked for anew: when the hub will have ended them is not known.
    let sql = "UPDATE subscriptions SET lease_until = ?1, next_at = min(next_at, ?1)
         WHERE lease_until > ?1 + ?2";
    tx.execute(sql, longest)?;
    let sql = "UPDATE subscriptions SET next_at = ?1 WHERE next_at > ?1 + ?2";
    tx.execute(sql, longest)?;
    let sql = "UPDATE hub_subscriptions SET lease_until = ?1 + ?2 WHERE lease_until > ?1 + ?2";
    tx.execute(sql, longest)?;
    Ok(())
}
