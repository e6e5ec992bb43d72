//! The figures that operators watch, read when they are asked for. None takes longer than a look at
//! an index.

use rusqlite::{Connection, params};

use super::Result;
use super::retention::{FileUse, measure_file};
use crate::news::UtcTime;

/// Visits with one outcome since the database was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitCount {
    /// `items`, `unchanged`, or the name of a failure.
    pub outcome: String,
    /// How many.
    pub visits: u64,
    /// Bytes of bodies.
    pub bytes: u64,
    /// Time taken, in milliseconds.
    pub millis: u64,
    /// Items that were new.
    pub new: u64,
    /// Items that were revised.
    pub revised: u64,
    /// Visits whose document had rolled over since the one before.
    pub gaps: u64,
}

/// How visits keep to their times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Punctuality {
    /// Feeds that are due and that nothing has taken up.
    pub waiting: u64,
    /// How long the longest of them waits, in seconds.
    pub longest_wait_secs: u64,
}

/// What is read at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Visits by outcome.
    pub visits: Vec<VisitCount>,
    /// Feeds by health.
    pub feeds: Vec<(String, u64)>,
    /// Due feeds.
    pub punctuality: Punctuality,
    /// Mean share of known items in the last documents of all feeds; `None` before the first.
    pub mean_overlap: Option<f64>,
    /// Items ever accepted.
    pub items_accepted: u64,
    /// Items that clustering has not taken in.
    pub items_unclustered: u64,
    /// Events that are published.
    pub events_published: u64,
    /// Decisions ever made.
    pub decisions: u64,
    /// Events that wait to be looked at by the publisher.
    pub publish_queue: u64,
    /// Requests that wait for an answer.
    pub requests_waiting: u64,
    /// Subscribers of the hub that wait for content.
    pub hub_deliveries: u64,
    /// Seconds from an event's first report to its publication here, of the events published in the
    /// hour before, in ascending order.
    pub lags_secs: Vec<u64>,
    /// The database file.
    pub file: FileUse,
}

/// Reads all figures as of `now`.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_figures(conn: &Connection, now: UtcTime) -> Result<Figures> {
    let count = |sql: &str| -> Result<u64> {
        let number: i64 = conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        Ok(number.unsigned_abs())
    };
    Ok(Figures {
        visits: load_visit_counts(conn)?,
        feeds: load_feeds_by_health(conn)?,
        punctuality: load_punctuality(conn, now)?,
        mean_overlap: conn
            .prepare_cached("SELECT avg(overlap) FROM feeds WHERE paused = 0")?
            .query_row([], |row| row.get(0))?,
        items_accepted: count(
            "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'items'",
        )?,
        items_unclustered: count(
            "SELECT count(*) FROM items WHERE id >
                (SELECT coalesce(max(value), 0) FROM cursors WHERE name = 'cluster')",
        )?,
        events_published: count("SELECT count(*) FROM events WHERE updated_at IS NOT NULL")?,
        decisions: count(
            "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'decisions'",
        )?,
        publish_queue: count("SELECT count(*) FROM publish_queue")?,
        requests_waiting: count("SELECT count(*) FROM requests WHERE answer IS NULL")?,
        hub_deliveries: count("SELECT count(*) FROM hub_deliveries")?,
        lags_secs: load_lags(conn, now)?,
        file: measure_file(conn)?,
    })
}

/// Feeds that are due although nothing has taken them up.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_punctuality(conn: &Connection, now: UtcTime) -> Result<Punctuality> {
    let sql = "SELECT count(*), ?1 - coalesce(min(next_visit_at), ?1) FROM feeds
         WHERE paused = 0 AND next_visit_at <= ?1 AND claimed_until <= ?1";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([now.timestamp()], |row| {
            Ok(Punctuality {
                waiting: row.get::<_, i64>(0)?.unsigned_abs(),
                longest_wait_secs: row.get::<_, i64>(1)?.unsigned_abs(),
            })
        })?)
}

fn load_visit_counts(conn: &Connection) -> Result<Vec<VisitCount>> {
    let sql = "SELECT outcome, visits, bytes, millis, new, revised, gaps FROM visit_counts
         ORDER BY outcome";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([], |row| {
        let number = |index| row.get::<_, i64>(index).map(i64::unsigned_abs);
        Ok(VisitCount {
            outcome: row.get(0)?,
            visits: number(1)?,
            bytes: number(2)?,
            millis: number(3)?,
            new: number(4)?,
            revised: number(5)?,
            gaps: number(6)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn load_feeds_by_health(conn: &Connection) -> Result<Vec<(String, u64)>> {
    let sql = "SELECT CASE paused WHEN 0 THEN health ELSE 'paused' END AS state, count(*)
         FROM feeds GROUP BY state ORDER BY state";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn load_lags(conn: &Connection, now: UtcTime) -> Result<Vec<u64>> {
    let sql = "SELECT max(0, published_at - first_report_at) AS lag FROM events
         WHERE updated_at > ?1 AND published_at > ?1 AND published_at <= ?2 AND first_report_at > 0 ORDER BY lag";
    let mut query = conn.prepare_cached(sql)?;
    let span = params![now.timestamp() - 3600, now.timestamp()];
    let rows = query.query_map(span, |row| Ok(row.get::<_, i64>(0)?.unsigned_abs()))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::{FeedId, utc_from_secs};
    use crate::store::Store;
    use crate::store::polls::{VisitLine, log_visit};

    #[test]
    fn visits_are_counted_for_ever_although_their_log_is_shortened() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        store
            .write_blocking(|tx| {
                tx.execute_batch(
                    "INSERT INTO outlets (id, name) VALUES (1, 'The Paper');
                     INSERT INTO feeds (id, url, outlet_id, added_at, next_visit_at, health_since)
                        VALUES (1, 'https://feeds.example/', 1, 0, 400, 0);
                     ",
                )?;
                for (outcome, bytes, new) in
                    [("items", 100, 3), ("items", 50, 1), ("unchanged", 0, 0)]
                {
                    let line = VisitLine {
                        outcome: outcome.to_owned(),
                        bytes,
                        new,
                        ..VisitLine::default()
                    };
                    log_visit(tx, FeedId(1), &line)?;
                }
                Ok(tx.execute_batch("DELETE FROM polls")?)
            })
            .unwrap();
        let now = utc_from_secs(1000);
        let figures = store.read(|conn| load_figures(conn, now)).unwrap();
        let items = &figures.visits[0];
        assert_eq!((items.visits, items.bytes, items.new), (2, 150, 4));
        assert_eq!(figures.visits[1].outcome, "unchanged");
        assert_eq!(figures.feeds, [("new".to_owned(), 1)]);
        let punctuality = Punctuality {
            waiting: 1,
            longest_wait_secs: 600,
        };
        assert_eq!(figures.punctuality, punctuality);
    }
}
