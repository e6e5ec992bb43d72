//! Removes what is old, or what is oldest if the database is too large, in lots between which
//! everything else goes on; then gives the room back. Safe to run twice and to break off.

use crate::news::UtcTime;
use crate::store::clustering::{load_cursor, save_cursor};
use crate::store::retention::{self, FileUse, Removed};
use crate::store::{Connection, Result, Store, polls, requests, statistics};

use super::StorageSettings;

/// Items of one lot, a few more if its last event has many.
pub const LOT: u32 = 200;
/// Free room given back at once, in bytes.
const GIVEN_BACK_AT_ONCE: u64 = 4 << 20;
/// Part of the file that may stay free: tomorrow's items go there.
const FREE_PART: u64 = 20;
const DAY_SECS: i64 = 86_400;

/// What one run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionReport {
    /// What went.
    pub removed: Removed,
    /// How the file is used now.
    pub file: FileUse,
    /// True if the database is larger than it may be although all that may go is gone.
    pub still_too_large: bool,
}

/// What a clock must have gone on for, from one run to another, before it is believed: a clock that was wrong for
/// ten seconds emptied an archive.
const BELIEVED_AFTER_SECS: i64 = 20 * 3_600;
/// Runs further apart than this, more than a month: the daemon was off, or the clock jumped.
const UNBROKEN_SECS: i64 = 35 * DAY_SECS;
/// When the clock was first and last seen by a run, without a jump in between.
const SEEN_SINCE: &str = "retention-since";
const SEEN_LAST: &str = "retention-last";

/// Removes what is old, as [`remove_old`] does, if the clock has gone on without a jump since the run of the day
/// before; `None` if not yet. Has SQLite look how much its tables hold first.
///
/// # Errors
/// As [`remove_old`].
pub async fn remove_by_clock(
    store: &Store,
    settings: &StorageSettings,
    now: UtcTime,
) -> Result<Option<RetentionReport>> {
    let secs = now.timestamp();
    let seen = |conn: &Connection| {
        let since = load_cursor(conn, SEEN_SINCE)?;
        Ok((since, load_cursor(conn, SEEN_LAST)?))
    };
    store.write(|tx| statistics::bring_up_to_date(tx)).await?;
    let (since, last) = store.read(seen)?;
    let is_unbroken = (0..=UNBROKEN_SECS).contains(&(secs - last));
    let since = if is_unbroken { since } else { secs };
    store
        .write(move |tx| {
            save_cursor(tx, SEEN_SINCE, since)?;
            save_cursor(tx, SEEN_LAST, secs)
        })
        .await?;
    if secs - since < BELIEVED_AFTER_SECS {
        tracing::info!("old items stay until the clock has gone on for a day");
        return Ok(None);
    }
    remove_old(store, settings, now).await.map(Some)
}

/// Removes what is older than it may become, shortens logs, and gives free room back.
///
/// # Errors
/// Whatever the store says; what earlier lots removed stays removed.
pub async fn remove_old(
    store: &Store,
    settings: &StorageSettings,
    now: UtcTime,
) -> Result<RetentionReport> {
    let by_age = days_before(now, settings.keep_days);
    let by_size = days_before(now, StorageSettings::SHORTEST_KEEP_DAYS);
    let mut removed = remove_before(store, by_age, now, None).await?;
    let limit = Some(settings.max_database_bytes).filter(|bytes| *bytes > 0);
    removed.add(remove_before(store, by_size, now, limit.or(Some(u64::MAX))).await?);
    store
        .write(move |tx| {
            retention::trim_histories(tx, by_age)?;
            polls::trim_visits(tx)?;
            requests::trim_requests(tx, now)
        })
        .await?;
    give_room_back(store).await?;
    let file = store.read(retention::measure_file)?;
    let report = RetentionReport {
        removed,
        file,
        still_too_large: limit.is_some_and(|bytes| file.used_bytes > bytes),
    };
    tell(&report);
    Ok(report)
}

fn tell(report: &RetentionReport) {
    let Removed {
        items,
        events,
        storylines,
    } = report.removed;
    let used_bytes = report.file.used_bytes;
    if !report.removed.is_nothing() {
        tracing::info!(items, events, storylines, used_bytes, "old items removed");
    }
}

/// Removes lot by lot until nothing older is left or, with a limit, no more is in use than that.
async fn remove_before(
    store: &Store,
    before: UtcTime,
    now: UtcTime,
    limit_bytes: Option<u64>,
) -> Result<Removed> {
    let mut removed = Removed::default();
    loop {
        let used_bytes = store.read(retention::measure_file)?.used_bytes;
        if limit_bytes.is_some_and(|limit| used_bytes <= limit) {
            return Ok(removed);
        }
        let lot = store
            .write(move |tx| retention::remove_lot(tx, before, LOT, now))
            .await?;
        if lot.is_nothing() {
            return Ok(removed);
        }
        removed.add(lot);
    }
}

async fn give_room_back(store: &Store) -> Result<()> {
    let mut last = u64::MAX;
    loop {
        let file = store.read(retention::measure_file)?;
        let spare = file.free_bytes.saturating_sub(file.used_bytes / FREE_PART);
        if spare < GIVEN_BACK_AT_ONCE || file.free_bytes >= last {
            return Ok(());
        }
        last = file.free_bytes;
        store
            .write(|tx| retention::give_back(tx, GIVEN_BACK_AT_ONCE))
            .await?;
    }
}

fn days_before(now: UtcTime, days: u32) -> UtcTime {
    crate::news::utc_from_secs(now.timestamp() - i64::from(days) * DAY_SECS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::utc_from_secs;

    const NOW: i64 = 1_750_000_000;

    /// A store with one lone item of `kilobytes` for each day back.
    fn newsroom(days: i64, kilobytes: i64) -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let fill = move |tx: &crate::store::Transaction<'_>| {
            tx.execute_batch("INSERT INTO outlets (id, name) VALUES (1, 'The Paper')")?;
            for day in 1..=days {
                let at = NOW - day * DAY_SECS;
                tx.execute_batch(&format!(
                    "INSERT INTO items (id, feed_id, outlet_id, fetched_at, item_time,
                        time_is_claimed, language, role, title, content, seen_at, digest)
                     VALUES ({day}, 1, 1, {at}, {at}, 1, 'en', 'news', 'T',
                        packed(randomblob({kilobytes} * 1024)), {at}, x'00');
                     INSERT INTO item_search (rowid, words) VALUES ({day}, 'T' || char(10));
                     INSERT INTO item_keys VALUES (1, {day}, {day});"
                ))?;
            }
            Ok(tx.execute_batch(&format!("INSERT INTO cursors VALUES ('cluster', {days})"))?)
        };
        store.write_blocking(fill).unwrap();
        (directory, store)
    }

    #[test]
    fn a_clock_that_jumps_removes_nothing_before_it_has_gone_on_for_a_day() {
        let (_directory, store) = newsroom(60, 1);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let settings = settings(30, 0);
        let day = DAY_SECS;
        let far = NOW + 500 * day;
        // Nights as they come; a clock that is ahead for some runs in a row, and right again.
        for (at, is_removing) in [
            (NOW, false),
            (NOW + 60, false),
            (NOW + day, true),
            (NOW + 2 * day, true),
            (far, false),
            (far + 10, false),
            (NOW + 3 * day, false),
            (NOW + 4 * day, true),
            (NOW + 50 * day, false),
        ] {
            let removing = remove_by_clock(&store, &settings, utc_from_secs(at));
            let report = runtime.block_on(removing).unwrap();
            assert_eq!(report.is_some(), is_removing, "{}", at - NOW);
        }
        let left = |conn: &Connection| {
            Ok(conn.query_row("SELECT count(*) FROM items", [], |row| row.get::<_, i64>(0))?)
        };
        assert_eq!(store.read(left).unwrap(), 26);
    }

    fn settings(keep_days: u32, max_database_bytes: u64) -> StorageSettings {
        StorageSettings {
            keep_days,
            max_database_bytes,
            ..StorageSettings::default()
        }
    }

    async fn run(store: &Store, settings: &StorageSettings) -> RetentionReport {
        remove_old(store, settings, utc_from_secs(NOW))
            .await
            .unwrap()
    }

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(work)
    }

    #[test]
    fn what_is_older_than_the_limit_goes_and_a_second_run_does_nothing() {
        let (_directory, store) = newsroom(120, 1);
        let settings = settings(100, 0);
        assert_eq!(block_on(run(&store, &settings)).removed.items, 20);
        assert!(block_on(run(&store, &settings)).removed.is_nothing());
    }

    #[test]
    fn a_database_that_is_too_large_gives_up_its_oldest_and_shrinks_on_disk() {
        let (directory, store) = newsroom(200, 100);
        let report = block_on(run(&store, &settings(400, 15_000_000)));
        assert!(report.removed.items > 40, "{report:?}");
        assert!(!report.still_too_large);
        drop(store);
        let file = directory.path().join(crate::store::FILE_NAME);
        assert!(std::fs::metadata(file).unwrap().len() < 21_000_000);
    }

    #[test]
    fn the_last_weeks_stay_however_large_they_are() {
        let (_directory, store) = newsroom(60, 100);
        let report = block_on(run(&store, &settings(400, 1_000_000)));
        assert_eq!(report.removed.items, 15);
        assert!(report.still_too_large);
    }
}
