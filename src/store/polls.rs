//! What visits read and write: due feeds and their claims, the state that a visit carries from
//! one time to the next, and the log of visits.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Result;
use super::feeds::{FEED_COLUMNS, read_feed};
use crate::news::{Feed, FeedHealth, FeedId, UtcTime, Validators, utc_from_secs};

/// `next_visit_at` of a feed that is not visited by itself: the last second of the year 9999.
pub const NEVER: i64 = 253_402_300_799;

/// How many visits of a feed the log keeps.
const VISITS_KEPT: i64 = 500;

/// A feed that is due, as the sweep needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueFeed {
    /// The feed.
    pub id: FeedId,
    /// Its address.
    pub url: String,
    /// True if its host's pace does not hold.
    pub is_own: bool,
    /// When it was due.
    pub due_at: UtcTime,
    /// Visits in a row that failed.
    pub failures: u32,
}

/// All that a visit reads before and writes after. Fields that a visit never changes are in
/// `feed`.
#[derive(Clone, Debug, PartialEq)]
pub struct VisitState {
    /// The feed; of it `title` (if empty), `health`, `health_reason`,
    /// `next_visit_at`, `next_visit_reason`, `last_visit_at` and `failures` are written back.
    pub feed: Feed,
    /// Fixed interval by the operator.
    pub interval_secs: Option<u64>,
    /// The adaptive interval.
    pub adaptive_secs: u64,
    /// The last visit that worked.
    pub last_success_at: Option<UtcTime>,
    /// The last visit that brought something new.
    pub last_change_at: Option<UtcTime>,
    /// The last error.
    pub last_error: Option<String>,
    /// Since when every visit failed.
    pub failing_since: Option<UtcTime>,
    /// Share of known items in the last document.
    pub overlap: Option<f64>,
    /// When the window of the document had rolled over.
    pub possible_gap_at: Option<UtcTime>,
    /// How often it had.
    pub gap_count: u32,
    /// The feed's habit.
    pub items_per_day: f64,
    /// Hash of the last body.
    pub body_hash: Option<Vec<u8>>,
    /// Since when the body is the same.
    pub body_unchanged_since: Option<UtcTime>,
    /// The last 200.
    pub last_full_fetch_at: Option<UtcTime>,
    /// True if the feed's guids are not believed any more.
    pub guids_lost_standing: bool,
    /// Version of the reader that made the items.
    pub reader_version: u32,
    /// The address that gave the validators.
    pub validators_url: String,
    /// Validators of that address.
    pub validators: Validators,
    /// Where permanent redirects lead, since when, and for how many visits.
    pub moved: Option<(String, UtcTime, u32)>,
    /// The hub that the feed names.
    pub hub_url: Option<String>,
    /// The address that the feed gives for itself.
    pub self_url: Option<String>,
    /// The site's address by the feed.
    pub site_url: Option<String>,
    /// The id that the feed gives itself.
    pub document_id: Option<String>,
    /// What the document said about when to come again, as JSON.
    pub hints: Option<String>,
    /// Until when a hub pushes this feed; `None` if none does, or if the last visit found what it had not
    /// sent. Never written back.
    pub pushed_until: Option<UtcTime>,
}

/// One line of the log of visits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VisitLine {
    /// When.
    pub at: UtcTime,
    /// `items`, `unchanged`, or the name of a failure.
    pub outcome: String,
    /// HTTP status; `None` if no answer came.
    pub status: Option<u16>,
    /// Decoded size of the body.
    pub bytes: u64,
    /// How long it took.
    pub millis: u64,
    /// Items in the document.
    pub listed: u32,
    /// Of them known before.
    pub known: u32,
    /// Of them new.
    pub new: u32,
    /// Of them changed.
    pub revised: u32,
    /// Share of known items.
    pub overlap: Option<f64>,
    /// True if the window had rolled over.
    pub gap: bool,
    /// One line for the operator.
    pub note: String,
}

/// Claims up to `limit` due feeds, longest due first, until `until`: a claim that is not released
/// by then has lapsed, and the feed is due again.
///
/// # Errors
/// Whatever SQLite says.
pub fn claim_due(
    tx: &Transaction<'_>,
    now: UtcTime,
    until: UtcTime,
    limit: usize,
) -> Result<Vec<DueFeed>> {
    let sql = "SELECT id, url, own, next_visit_at, failures FROM feeds
         WHERE paused = 0 AND next_visit_at <= ?1 AND claimed_until <= ?1
         ORDER BY next_visit_at, id LIMIT ?2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let due: Vec<DueFeed> = tx
        .prepare_cached(sql)?
        .query_map(params![now.timestamp(), limit], |row| {
            Ok(DueFeed {
                id: FeedId(row.get(0)?),
                url: row.get(1)?,
                is_own: row.get(2)?,
                due_at: utc_from_secs(row.get(3)?),
                failures: row.get(4)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut claim = tx.prepare_cached("UPDATE feeds SET claimed_until = ?2 WHERE id = ?1")?;
    for feed in &due {
        claim.execute(params![feed.id.0, until.timestamp()])?;
    }
    Ok(due)
}

/// True if a feed is due and not claimed: a look before the writer is asked.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_anything_due(conn: &Connection, now: UtcTime) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM feeds
         WHERE paused = 0 AND next_visit_at <= ?1 AND claimed_until <= ?1)";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([now.timestamp()], |row| row.get(0))?)
}

/// The feeds that are due, longest due first.
///
/// # Errors
/// Whatever SQLite says.
pub fn list_due(conn: &Connection, now: UtcTime) -> Result<Vec<FeedId>> {
    list_unpaused(conn, "next_visit_at <= ?1", [now.timestamp()])
}

/// The feeds that are due when somebody asks by hand, longest due first: those too whose visit was only put off so that
/// a start visits not all at once.
///
/// # Errors
/// Whatever SQLite says.
pub fn list_due_by_hand(conn: &Connection, now: UtcTime) -> Result<Vec<FeedId>> {
    let is_due = "(next_visit_at <= ?1 OR substr(next_visit_reason, 1, length(?2)) = ?2)";
    list_unpaused(conn, is_due, params![now.timestamp(), OVERDUE])
}

/// The feeds that are visited and of which a condition holds, longest due first.
fn list_unpaused(
    conn: &Connection,
    condition: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<FeedId>> {
    let sql =
        format!("SELECT id FROM feeds WHERE paused = 0 AND {condition} ORDER BY next_visit_at, id");
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map(values, |row| Ok(FeedId(row.get(0)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Gives back the claims of feeds that were not visited.
///
/// # Errors
/// Whatever SQLite says.
pub fn release_claims(tx: &Transaction<'_>, ids: &[FeedId]) -> Result<()> {
    let mut release = tx.prepare_cached("UPDATE feeds SET claimed_until = 0 WHERE id = ?1")?;
    for id in ids {
        release.execute([id.0])?;
    }
    Ok(())
}

/// Puts a visit off without counting it as one.
///
/// # Errors
/// Whatever SQLite says.
pub fn postpone(tx: &Transaction<'_>, id: FeedId, until: UtcTime, reason: &str) -> Result<()> {
    tx.prepare_cached(
        "UPDATE feeds SET claimed_until = 0, next_visit_at = max(next_visit_at, ?2),
            next_visit_reason = ?3 WHERE id = ?1",
    )?
    .execute(params![id.0, until.timestamp(), reason])?;
    Ok(())
}

/// Notes that a feed was asked and has not answered yet, so that a process that comes after this one does not ask
/// again at once. The visit's own outcome replaces it.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_attempt(tx: &Transaction<'_>, id: FeedId, until: UtcTime) -> Result<()> {
    let sql = "UPDATE feeds SET next_visit_at = max(next_visit_at, ?2),
            next_visit_reason = 'it was asked and has not answered yet' WHERE id = ?1";
    tx.prepare_cached(sql)?
        .execute(params![id.0, until.timestamp()])?;
    Ok(())
}

/// Forgets all claims: those of a process that is gone.
///
/// # Errors
/// Whatever SQLite says.
pub fn release_all_claims(tx: &Transaction<'_>) -> Result<()> {
    tx.execute(
        "UPDATE feeds SET claimed_until = 0 WHERE claimed_until <> 0",
        [],
    )?;
    Ok(())
}

/// Moves the times of visits with the clock when it was set, so that what was due in ten minutes
/// is due in ten minutes. Feeds with a cron line keep their times, which are the calendar's.
///
/// # Errors
/// Whatever SQLite says.
pub fn shift_visits(tx: &Transaction<'_>, secs: i64) -> Result<()> {
    tx.execute(
        "UPDATE feeds SET next_visit_at = next_visit_at + ?1,
            claimed_until = CASE claimed_until WHEN 0 THEN 0 ELSE claimed_until + ?1 END
         WHERE cron IS NULL AND last_visit_at IS NOT NULL AND next_visit_at < ?2",
        params![secs, NEVER],
    )?;
    tx.execute("UPDATE hosts SET cool_until = cool_until + ?1", [secs])?;
    Ok(())
}

/// How the reason of a visit begins that a start has put off.
const OVERDUE: &str = "overdue at the start; ";

/// Puts visits off without giving any reason but its own; ids that are gone are left out.
///
/// # Errors
/// Whatever SQLite says.
pub fn spread(tx: &Transaction<'_>, times: &[(FeedId, UtcTime)]) -> Result<()> {
    let mut update = tx.prepare_cached(
        "UPDATE feeds SET next_visit_at = ?2, next_visit_reason = ?3 || next_visit_reason
         WHERE id = ?1",
    )?;
    for (id, at) in times {
        update.execute(params![id.0, at.timestamp(), OVERDUE])?;
    }
    Ok(())
}

/// The feeds that have been visited before and are overdue at `now`, with the adaptive interval
/// of each in seconds.
///
/// # Errors
/// Whatever SQLite says.
pub fn list_overdue(conn: &Connection, now: UtcTime) -> Result<Vec<(FeedId, u64)>> {
    let sql = "SELECT id, coalesce(interval_secs, adaptive_secs) FROM feeds
         WHERE paused = 0 AND next_visit_at < ?1 AND last_visit_at IS NOT NULL";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([now.timestamp()], |row| {
        Ok((FeedId(row.get(0)?), row.get::<_, i64>(1)?.unsigned_abs()))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The state that a visit starts from; `None` if the feed is gone from the table.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_visit_state(conn: &Connection, id: FeedId) -> Result<Option<VisitState>> {
    let sql = format!(
        "SELECT {FEED_COLUMNS}, f.interval_secs, f.adaptive_secs, f.last_success_at,
            f.last_change_at, f.last_error, f.failing_since, f.overlap, f.possible_gap_at,
            f.gap_count, f.items_per_day, f.body_hash, f.body_unchanged_since,
            f.last_full_fetch_at, f.guid_standing, f.reader_version, f.validators_url, f.etag,
            f.last_modified, f.moved_to, f.moved_since, f.moved_visits, f.hub_url, f.self_url,
            f.site_url, f.hints,
            (SELECT lease_until FROM subscriptions s WHERE s.feed_id = f.id AND missed_at IS NULL),
            f.document_id
         FROM feeds f WHERE f.id = ?1"
    );
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([id.0], read_visit_state)
        .optional()?)
}

/// Writes the state after a visit, releases the claim, adds the line to the log and, if the health
/// changed, to its history. To be called in the transaction that saves the items.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_visit(tx: &Transaction<'_>, state: &VisitState, line: &VisitLine) -> Result<()> {
    save_health(tx, state, line.at)?;
    let feed = &state.feed;
    let moved = state.moved.as_ref();
    tx.prepare_cached(
        "UPDATE feeds SET claimed_until = 0,
            title = CASE title WHEN '' THEN ?2 ELSE title END,
            health = ?3, health_reason = ?4,
            next_visit_at = ?5, next_visit_reason = ?6, last_visit_at = ?7, failures = ?8,
            adaptive_secs = ?9, last_success_at = ?10, last_change_at = ?11, last_error = ?12,
            failing_since = ?13, overlap = ?14, possible_gap_at = ?15, gap_count = ?16,
            items_per_day = ?17, body_hash = ?18, body_unchanged_since = ?19,
            last_full_fetch_at = ?20, guid_standing = ?21, reader_version = ?22,
            validators_url = ?23, etag = ?24, last_modified = ?25, moved_to = ?26,
            moved_since = ?27, moved_visits = ?28, hub_url = ?29, self_url = ?30, site_url = ?31,
            hints = ?32, document_id = ?33
         WHERE id = ?1",
    )?
    .execute(params![
        feed.id.0,
        feed.title,
        feed.health.name(),
        feed.health_reason,
        feed.next_visit_at.timestamp(),
        feed.next_visit_reason,
        secs(feed.last_visit_at),
        feed.failures,
        count(state.adaptive_secs),
        secs(state.last_success_at),
        secs(state.last_change_at),
        state.last_error,
        secs(state.failing_since),
        state.overlap,
        secs(state.possible_gap_at),
        state.gap_count,
        state.items_per_day,
        state.body_hash,
        secs(state.body_unchanged_since),
        secs(state.last_full_fetch_at),
        if state.guids_lost_standing {
            "lost"
        } else {
            "good"
        },
        state.reader_version,
        state.validators_url,
        state.validators.etag,
        state.validators.last_modified,
        moved.map(|(url, _, _)| url),
        moved.map(|(_, since, _)| since.timestamp()),
        moved.map_or(0, |(_, _, visits)| *visits),
        state.hub_url,
        state.self_url,
        state.site_url,
        state.hints,
        state.document_id,
    ])?;
    log_visit(tx, feed.id, line)
}

/// Counts prefixes of titles that no wire rule knows; nothing of a feed that was removed meanwhile.
///
/// # Errors
/// Whatever SQLite says.
pub fn count_unknown_prefixes(
    tx: &Transaction<'_>,
    id: FeedId,
    prefixes: &BTreeMap<String, u32>,
    now: UtcTime,
) -> Result<()> {
    let sql = "INSERT INTO unknown_prefixes (feed_id, prefix, count, last_at)
         SELECT id, ?2, ?3, ?4 FROM feeds WHERE id = ?1
         ON CONFLICT DO UPDATE SET count = count + excluded.count, last_at = excluded.last_at";
    for (prefix, count) in prefixes {
        tx.prepare_cached(sql)?
            .execute(params![id.0, prefix, count, now.timestamp()])?;
    }
    Ok(())
}

/// The most frequent prefixes of a feed's titles that no wire rule knows, with how often they
/// stood there; at most `limit`.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_unknown_prefixes(
    conn: &Connection,
    id: FeedId,
    limit: u32,
) -> Result<Vec<(String, u32)>> {
    let sql = "SELECT prefix, count FROM unknown_prefixes WHERE feed_id = ?1
         ORDER BY count DESC, prefix LIMIT ?2";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map(params![id.0, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Adds a line to the log of visits.
///
/// # Errors
/// Whatever SQLite says.
pub fn log_visit(tx: &Transaction<'_>, id: FeedId, line: &VisitLine) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO polls (feed_id, at, outcome, status, bytes, millis, listed, known, new,
            revised, overlap, gap, note)
         SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 FROM feeds WHERE id = ?1",
    )?
    .execute(params![
        id.0,
        line.at.timestamp(),
        line.outcome,
        line.status,
        count(line.bytes),
        count(line.millis),
        line.listed,
        line.known,
        line.new,
        line.revised,
        line.overlap,
        line.gap,
        line.note,
    ])?;
    count_visit(tx, line)
}

fn count_visit(tx: &Transaction<'_>, line: &VisitLine) -> Result<()> {
    let values = params![
        line.outcome,
        count(line.bytes),
        count(line.millis),
        line.new,
        line.revised,
        line.gap
    ];
    let sql = "UPDATE visit_counts SET visits = visits + 1, bytes = bytes + ?2,
            millis = millis + ?3, new = new + ?4, revised = revised + ?5, gaps = gaps + ?6
         WHERE outcome = ?1";
    if tx.prepare_cached(sql)?.execute(values)? == 0 {
        let sql = "INSERT INTO visit_counts VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6)";
        tx.prepare_cached(sql)?.execute(values)?;
    }
    Ok(())
}

/// The last visits of a feed, newest first.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_visits(conn: &Connection, id: FeedId, limit: u32) -> Result<Vec<VisitLine>> {
    let sql = "SELECT at, outcome, status, bytes, millis, listed, known, new, revised, overlap,
            gap, note
         FROM polls WHERE feed_id = ?1 ORDER BY id DESC LIMIT ?2";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map(params![id.0, limit], |row| {
        Ok(VisitLine {
            at: utc_from_secs(row.get(0)?),
            outcome: row.get(1)?,
            status: row.get(2)?,
            bytes: row.get::<_, i64>(3)?.unsigned_abs(),
            millis: row.get::<_, i64>(4)?.unsigned_abs(),
            listed: row.get(5)?,
            known: row.get(6)?,
            new: row.get(7)?,
            revised: row.get(8)?,
            overlap: row.get(9)?,
            gap: row.get(10)?,
            note: row.get(11)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Shortens the log of every feed to what is kept of it. Returns how many lines went.
///
/// # Errors
/// Whatever SQLite says.
pub fn trim_visits(tx: &Transaction<'_>) -> Result<usize> {
    let sql = "DELETE FROM polls WHERE id IN (
            SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY feed_id ORDER BY id DESC)
                AS place FROM polls) WHERE place > ?1)";
    Ok(tx.execute(sql, [VISITS_KEPT])?)
}

fn save_health(tx: &Transaction<'_>, state: &VisitState, now: UtcTime) -> Result<()> {
    let feed = &state.feed;
    let changed = tx
        .prepare_cached("UPDATE feeds SET health_since = ?3 WHERE id = ?1 AND health <> ?2")?
        .execute(params![feed.id.0, feed.health.name(), now.timestamp()])?;
    if changed == 1 {
        tx.prepare_cached(
            "INSERT INTO feed_health_history (feed_id, at, health, reason)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            feed.id.0,
            now.timestamp(),
            feed.health.name(),
            feed.health_reason,
        ])?;
    }
    Ok(())
}

fn read_visit_state(row: &Row<'_>) -> rusqlite::Result<VisitState> {
    let time = |index| {
        row.get::<_, Option<i64>>(index)
            .map(|secs| secs.map(utc_from_secs))
    };
    let guid_standing: String = row.get(30)?;
    let moved: Option<String> = row.get(35)?;
    Ok(VisitState {
        feed: read_feed(row)?,
        interval_secs: row.get::<_, Option<i64>>(17)?.map(i64::unsigned_abs),
        adaptive_secs: row.get::<_, i64>(18)?.unsigned_abs(),
        last_success_at: time(19)?,
        last_change_at: time(20)?,
        last_error: row.get(21)?,
        failing_since: time(22)?,
        overlap: row.get(23)?,
        possible_gap_at: time(24)?,
        gap_count: row.get(25)?,
        items_per_day: row.get(26)?,
        body_hash: row.get(27)?,
        body_unchanged_since: time(28)?,
        last_full_fetch_at: time(29)?,
        guids_lost_standing: guid_standing == "lost",
        reader_version: row.get(31)?,
        validators_url: row.get::<_, Option<String>>(32)?.unwrap_or_default(),
        validators: Validators {
            etag: row.get(33)?,
            last_modified: row.get(34)?,
        },
        moved: match moved {
            Some(url) => Some((url, time(36)?.unwrap_or_default(), row.get(37)?)),
            None => None,
        },
        hub_url: row.get(38)?,
        self_url: row.get(39)?,
        site_url: row.get(40)?,
        hints: row.get(41)?,
        pushed_until: time(42)?,
        document_id: row.get(43)?,
    })
}

/// True if the state of the health asks for no attention.
pub fn is_well(health: FeedHealth) -> bool {
    use FeedHealth::{Empty, New, Ok, Redirected, Silent, Slow, Unchanged, Undated};
    matches!(
        health,
        New | Ok | Unchanged | Slow | Empty | Silent | Undated | Redirected
    )
}

fn secs(time: Option<UtcTime>) -> Option<i64> {
    time.map(|time| time.timestamp())
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
