//! The table of feeds as people see and set it. What visits write is in `polls`.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Result;
use super::polls::NEVER;
use crate::news::{Feed, FeedHealth, FeedId, OutletId, UtcTime, Validators, utc_from_secs};

/// A feed to be added.
#[derive(Clone, Debug, Default)]
pub struct NewFeed {
    /// Address without fragment; the credentials in it stay.
    pub url: String,
    /// Who publishes it.
    pub outlet_id: OutletId,
    /// Title by the operator; empty to take the feed's own.
    pub title: String,
    /// Category by the operator.
    pub category: String,
    /// Language by the operator.
    pub language: Option<String>,
}

/// A feed with everything that lists and explanations show.
#[derive(Clone, Debug)]
pub struct FeedListing {
    /// The feed.
    pub feed: Feed,
    /// Name of its outlet.
    pub outlet: String,
    /// Share of known items in the last document.
    pub overlap: Option<f64>,
    /// Its habit.
    pub items_per_day: f64,
    /// The adaptive interval, in seconds.
    pub adaptive_secs: u64,
    /// The interval that the operator fixed, in seconds; `None` if it is adaptive.
    pub interval_secs: Option<u64>,
    /// Validators as last received.
    pub validators: Validators,
    /// The last visit that worked.
    pub last_success_at: Option<UtcTime>,
    /// The last visit that brought something new.
    pub last_change_at: Option<UtcTime>,
    /// The last error; `None` after a visit that worked.
    pub last_error: Option<String>,
    /// When the window of the document had rolled over between two visits.
    pub possible_gap_at: Option<UtcTime>,
    /// How often that happened.
    pub gap_count: u32,
    /// Where permanent redirects lead that are on trial.
    pub moved_to: Option<String>,
    /// The hub named by the feed.
    pub hub_url: Option<String>,
    /// When it entered its present health.
    pub health_since: UtcTime,
}

/// What the operator may set on a feed; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct FeedEdit {
    /// Title.
    pub title: Option<String>,
    /// Category.
    pub category: Option<String>,
    /// Cron line; an empty one takes it away.
    pub cron: Option<String>,
    /// Fixed interval in seconds; 0 takes it away.
    pub interval_secs: Option<u32>,
    /// Paused.
    pub paused: Option<bool>,
    /// The operator's own or under contract.
    pub own: Option<bool>,
    /// Full text may be republished.
    pub full_text_allowed: Option<bool>,
    /// Invalid certificates are accepted.
    pub any_certificate: Option<bool>,
    /// Language by the operator; an empty one takes it away.
    pub language: Option<String>,
}

/// What became of a change of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressChange {
    /// The feed has the new address.
    Changed,
    /// Another feed had it already; this one was merged into that one and is gone.
    MergedInto(FeedId),
}

/// Adds a feed, due at once. A feed that is there already stays as it is; the flag is true if the
/// feed is new. One that was removed has its number again, and by that its items and what they are known by.
///
/// # Errors
/// Whatever SQLite says.
pub fn add_feed(tx: &Transaction<'_>, new: &NewFeed, now: UtcTime) -> Result<(FeedId, bool)> {
    let added = tx
        .prepare_cached(
            "INSERT INTO feeds (id, url, outlet_id, title, category, language, added_at,
                next_visit_at, health_since)
             VALUES (coalesce((SELECT max(id) FROM former_feeds WHERE url = ?1),
                    1 + max(coalesce((SELECT max(id) FROM feeds), 0),
                        coalesce((SELECT max(id) FROM former_feeds), 0))),
                ?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6) ON CONFLICT (url) DO NOTHING",
        )?
        .execute(params![
            new.url,
            new.outlet_id.0,
            new.title,
            new.category,
            new.language,
            now.timestamp(),
        ])?;
    let id: i64 = tx
        .prepare_cached("SELECT id FROM feeds WHERE url = ?1")?
        .query_row([&new.url], |row| row.get(0))?;
    tx.prepare_cached("DELETE FROM former_feeds WHERE id = ?1")?
        .execute([id])?;
    Ok((FeedId(id), added == 1))
}

/// One feed; `None` if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_feed(conn: &Connection, id: FeedId) -> Result<Option<FeedListing>> {
    let sql = format!("{SELECT_FEED} WHERE f.id = ?1");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([id.0], read_listing)
        .optional()?)
}

/// The feed that has this address; `None` if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn find_by_address(conn: &Connection, url: &str) -> Result<Option<FeedId>> {
    Ok(conn
        .prepare_cached("SELECT id FROM feeds WHERE url = ?1")?
        .query_row([url], |row| row.get(0).map(FeedId))
        .optional()?)
}

/// All feeds, by id.
///
/// # Errors
/// Whatever SQLite says.
pub fn list_feeds(conn: &Connection) -> Result<Vec<FeedListing>> {
    let sql = format!("{SELECT_FEED} ORDER BY f.id");
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map([], read_listing)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The feeds that a person means by an id, an address, or a part of an address or title.
///
/// # Errors
/// Whatever SQLite says.
pub fn find_feeds(conn: &Connection, text: &str) -> Result<Vec<FeedListing>> {
    if let Ok(id) = text.parse() {
        return Ok(load_feed(conn, FeedId(id))?.into_iter().collect());
    }
    let exact = format!("{SELECT_FEED} WHERE f.url = ?1");
    let part = format!(
        "{SELECT_FEED} WHERE instr(lower(f.url), lower(?1)) OR instr(lower(f.title), lower(?1))
         ORDER BY f.id"
    );
    for sql in [exact, part] {
        let mut query = conn.prepare_cached(&sql)?;
        let rows = query.query_map([text], read_listing)?;
        let found: Vec<FeedListing> = rows.collect::<rusqlite::Result<_>>()?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// How many feeds there are.
///
/// # Errors
/// Whatever SQLite says.
pub fn count_feeds(conn: &Connection) -> Result<u64> {
    let count: i64 = conn.query_row("SELECT count(*) FROM feeds", [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Removes a feed; its items stay. True if it was there.
///
/// # Errors
/// Whatever SQLite says.
pub fn remove_feed(tx: &Transaction<'_>, id: FeedId) -> Result<bool> {
    let sql = "INSERT INTO former_feeds (id, url) SELECT id, url FROM feeds WHERE id = ?1";
    tx.execute(sql, [id.0])?;
    Ok(tx.execute("DELETE FROM feeds WHERE id = ?1", [id.0])? == 1)
}

/// Sets what the operator may set. A new rhythm holds from the next visit on, because what the
/// server asked for until then still holds.
///
/// # Errors
/// Whatever SQLite says.
pub fn edit_feed(tx: &Transaction<'_>, id: FeedId, edit: &FeedEdit) -> Result<()> {
    tx.execute(
        "UPDATE feeds SET title = coalesce(?2, title), category = coalesce(?3, category),
            cron = CASE WHEN ?4 IS NULL THEN cron ELSE nullif(?4, '') END,
            interval_secs = CASE WHEN ?5 IS NULL THEN interval_secs ELSE nullif(?5, 0) END,
            paused = coalesce(?6, paused), own = coalesce(?7, own),
            full_text_allowed = coalesce(?8, full_text_allowed),
            any_certificate = coalesce(?9, any_certificate),
            language = CASE WHEN ?10 IS NULL THEN language ELSE nullif(?10, '') END
         WHERE id = ?1",
        params![
            id.0,
            edit.title,
            edit.category,
            edit.cron,
            edit.interval_secs,
            edit.paused,
            edit.own,
            edit.full_text_allowed,
            edit.any_certificate,
            edit.language,
        ],
    )?;
    Ok(())
}

/// Makes a feed due at `now`, also one that is gone: a visit by hand.
///
/// # Errors
/// Whatever SQLite says.
pub fn make_due(tx: &Transaction<'_>, id: FeedId, now: UtcTime, reason: &str) -> Result<()> {
    tx.execute(
        "UPDATE feeds SET next_visit_at = ?2, next_visit_reason = ?3 WHERE id = ?1",
        params![id.0, now.timestamp(), reason],
    )?;
    Ok(())
}

/// Gives a feed another address; if another feed has it already, this one is merged into that one:
/// its items and what they were known by go over, and its row goes. Of two items that have a key in
/// common and say the same the earlier one is known by it there from now on, so that what their
/// outlet changes reaches the report and not its copy. Under the number that led here each item
/// keeps a key. Validators stay with the address that they came from.
///
/// # Errors
/// Whatever SQLite says.
pub fn change_address(tx: &Transaction<'_>, id: FeedId, url: &str) -> Result<AddressChange> {
    let other: Option<i64> = tx
        .prepare_cached("SELECT id FROM feeds WHERE url = ?1 AND id <> ?2")?
        .query_row(params![url, id.0], |row| row.get(0))
        .optional()?;
    let Some(other) = other else {
        tx.execute(
            "UPDATE feeds SET url = ?2, moved_to = NULL, moved_since = NULL, moved_visits = 0
             WHERE id = ?1",
            params![id.0, url],
        )?;
        return Ok(AddressChange::Changed);
    };
    give_keys(tx, id, FeedId(other))?;
    tx.execute(
        "UPDATE items SET feed_id = ?2 WHERE feed_id = ?1",
        params![id.0, other],
    )?;
    remove_feed(tx, id)?;
    // What it had is the other's now, so its number is nobody's again.
    tx.execute("UPDATE former_feeds SET url = '' WHERE id = ?1", [id.0])?;
    Ok(AddressChange::MergedInto(FeedId(other)))
}

/// What the items of a feed are known by holds in another one too. The rows of the feed stay, under a number that no
/// feed has again: an item whose key leads to its twin has them still.
fn give_keys(tx: &Transaction<'_>, from: FeedId, to: FeedId) -> Result<()> {
    let sql = "SELECT a.key, a.item_id, b.item_id FROM item_keys a
            JOIN item_keys b ON b.feed_id = ?2 AND b.key = a.key
            JOIN items earlier ON earlier.id = a.item_id
            JOIN items later ON later.id = b.item_id
         WHERE a.feed_id = ?1 AND earlier.id < later.id AND earlier.digest = later.digest";
    let mut query = tx.prepare_cached(sql)?;
    let rows = query.query_map([from.0, to.0], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    let twins: Vec<(i64, i64, i64)> = rows.collect::<rusqlite::Result<_>>()?;
    let sql = "UPDATE item_keys SET item_id = ?3 WHERE feed_id = ?1 AND key = ?2";
    let mut lead = tx.prepare_cached(sql)?;
    for (key, earlier, later) in twins {
        lead.execute(params![to.0, key, earlier])?;
        lead.execute(params![from.0, key, later])?;
    }
    tx.execute(
        "INSERT OR IGNORE INTO item_keys (feed_id, key, item_id)
         SELECT ?2, key, item_id FROM item_keys WHERE feed_id = ?1",
        params![from.0, to.0],
    )?;
    Ok(())
}

/// The changes of a feed's health, newest first: when, which state, why.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_health_history(
    conn: &Connection,
    id: FeedId,
    limit: u32,
) -> Result<Vec<(UtcTime, FeedHealth, String)>> {
    let sql = "SELECT at, health, reason FROM feed_health_history WHERE feed_id = ?1
         ORDER BY at DESC, rowid DESC LIMIT ?2";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map(params![id.0, limit], |row| {
        let health: String = row.get(1)?;
        let health = FeedHealth::from_name(&health).unwrap_or_default();
        Ok((utc_from_secs(row.get(0)?), health, row.get(2)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How far the dates of a feed are ahead of the visits that found its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatesAhead {
    /// The most that one of them was, in seconds: as much as the feed's clock, less the age of the item when it was found.
    pub most_secs: i64,
    /// How many were not believed for that.
    pub count: usize,
    /// Of so many.
    pub of: usize,
}

/// Items of a feed whose dates tell of its clock.
const LAST_ITEMS: u32 = 20;
/// What is further ahead is no clock of another zone, but the day of something to come.
const MOST_AHEAD_SECS: i64 = 14 * 3600;
/// Fewer than this are faults of single items.
const FEWEST_AHEAD: usize = 3;

/// The dates of a feed that are steadily ahead: at two visits, and at half of its last items. `None` if they are not.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_dates_ahead(conn: &Connection, id: FeedId) -> Result<Option<DatesAhead>> {
    let sql = "SELECT fetched_at, published_at, time_is_claimed FROM (
            SELECT * FROM items WHERE feed_id = ?1 ORDER BY id DESC LIMIT ?2)
         WHERE published_at IS NOT NULL";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map(params![id.0, LAST_ITEMS], |row| {
        let (fetched_at, published_at): (i64, i64) = (row.get(0)?, row.get(1)?);
        let is_believed: bool = row.get(2)?;
        Ok((fetched_at, published_at - fetched_at, is_believed))
    })?;
    let dated = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let is_ahead = |(_, lead, is_believed): &&(i64, i64, bool)| {
        !is_believed && (1..=MOST_AHEAD_SECS).contains(lead)
    };
    let ahead: Vec<_> = dated.iter().filter(is_ahead).collect();
    let visits: BTreeSet<i64> = ahead.iter().map(|(visit, ..)| *visit).collect();
    let is_steady =
        visits.len() > 1 && ahead.len() >= FEWEST_AHEAD && ahead.len() * 2 >= dated.len();
    let most_secs = ahead.iter().map(|(_, lead, _)| *lead).max();
    Ok(most_secs.filter(|_| is_steady).map(|most_secs| DatesAhead {
        most_secs,
        count: ahead.len(),
        of: dated.len(),
    }))
}

/// How many feeds are in each state of health, by the state's name.
///
/// # Errors
/// Whatever SQLite says.
pub fn count_by_health(conn: &Connection) -> Result<Vec<(FeedHealth, u64)>> {
    let mut query =
        conn.prepare_cached("SELECT health, count(*) FROM feeds GROUP BY health ORDER BY health")?;
    let rows = query.query_map([], |row| {
        let health: String = row.get(0)?;
        let count: i64 = row.get(1)?;
        Ok((
            FeedHealth::from_name(&health).unwrap_or_default(),
            count.unsigned_abs(),
        ))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) const FEED_COLUMNS: &str = "f.id, f.url, f.outlet_id, f.title, f.category, f.language,
        f.cron, f.paused, f.own, f.full_text_allowed, f.any_certificate, f.health,
        f.health_reason, f.next_visit_at, f.next_visit_reason, f.last_visit_at, f.failures";

const SELECT_FEED: &str = "SELECT f.id, f.url, f.outlet_id, f.title, f.category, f.language,
        f.cron, f.paused, f.own, f.full_text_allowed, f.any_certificate, f.health,
        f.health_reason, f.next_visit_at, f.next_visit_reason, f.last_visit_at, f.failures,
        o.name, f.overlap, f.items_per_day, f.adaptive_secs, f.etag, f.last_modified,
        f.last_success_at, f.last_change_at, f.last_error, f.possible_gap_at, f.gap_count,
        f.moved_to, f.hub_url, f.health_since, f.interval_secs
     FROM feeds f JOIN outlets o ON o.id = f.outlet_id";

pub(super) fn read_feed(row: &Row<'_>) -> rusqlite::Result<Feed> {
    let health: String = row.get(11)?;
    let next_visit_at: i64 = row.get(13)?;
    Ok(Feed {
        id: FeedId(row.get(0)?),
        url: row.get(1)?,
        outlet_id: OutletId(row.get(2)?),
        title: row.get(3)?,
        category: row.get(4)?,
        language: row.get(5)?,
        cron: row.get(6)?,
        paused: row.get(7)?,
        own: row.get(8)?,
        full_text_allowed: row.get(9)?,
        any_certificate: row.get(10)?,
        health: FeedHealth::from_name(&health).unwrap_or_default(),
        health_reason: row.get(12)?,
        next_visit_at: utc_from_secs(next_visit_at.min(NEVER)),
        next_visit_reason: row.get(14)?,
        last_visit_at: row.get::<_, Option<i64>>(15)?.map(utc_from_secs),
        failures: row.get(16)?,
    })
}

fn read_listing(row: &Row<'_>) -> rusqlite::Result<FeedListing> {
    let time = |index| {
        row.get::<_, Option<i64>>(index)
            .map(|secs| secs.map(utc_from_secs))
    };
    Ok(FeedListing {
        feed: read_feed(row)?,
        outlet: row.get(17)?,
        overlap: row.get(18)?,
        items_per_day: row.get(19)?,
        adaptive_secs: row.get::<_, i64>(20)?.unsigned_abs(),
        validators: Validators {
            etag: row.get(21)?,
            last_modified: row.get(22)?,
        },
        last_success_at: time(23)?,
        last_change_at: time(24)?,
        last_error: row.get(25)?,
        possible_gap_at: time(26)?,
        gap_count: row.get(27)?,
        moved_to: row.get(28)?,
        hub_url: row.get(29)?,
        health_since: utc_from_secs(row.get(30)?),
        interval_secs: row.get::<_, Option<i64>>(31)?.map(i64::unsigned_abs),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::outlets::ensure_outlet;

    #[test]
    fn dates_are_ahead_of_a_feed_if_they_are_so_at_two_visits_and_half_of_its_last_items() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        // Of each item: the visit, by how many minutes its date is ahead, and whether it was believed.
        let steady = [(1, 55, 0), (1, 16, 0), (2, 58, 0), (2, -10, 1)];
        let at_one_visit = [(1, 55, 0), (1, 16, 0), (1, 58, 0)];
        let now_and_then = [
            (1, 55, 0),
            (2, 16, 0),
            (3, 58, 0),
            (3, 5, 1),
            (4, 1, 1),
            (5, 9, 1),
            (6, -3, 1),
        ];
        let days_to_come = [(1, 2000, 0), (2, 3000, 0), (3, 4000, 0)];
        let older_than_believed = [(1, -60_000, 0), (2, -60_000, 0), (3, -60_000, 0)];
        let told = |id: i64, items: Vec<(i64, i64, i64)>| {
            let written = store.write_blocking(move |tx| {
                let outlet = ensure_outlet(tx, "The Paper", Default::default())?;
                for (visit, minutes, believed) in items {
                    let at = visit * 3600;
                    tx.execute(
                        "INSERT INTO items (feed_id, outlet_id, fetched_at, published_at, item_time,
                            time_is_claimed, language, role, title, content, seen_at, digest)
                         VALUES (?1, ?2, ?3, ?4, ?3, ?5, 'en', 'news', '', x'', ?3, x'')",
                        params![id, outlet.0, at, at + minutes * 60, believed],
                    )?;
                }
                Ok(())
            });
            written.unwrap();
            store
                .read(|conn| load_dates_ahead(conn, FeedId(id)))
                .unwrap()
        };
        let expected = DatesAhead {
            most_secs: 58 * 60,
            count: 3,
            of: 4,
        };
        assert_eq!(told(1, steady.to_vec()), Some(expected));
        for (id, items) in [
            (2, at_one_visit.to_vec()),
            (3, now_and_then.to_vec()),
            (4, days_to_come.to_vec()),
            (5, older_than_believed.to_vec()),
            (6, Vec::new()),
        ] {
            assert_eq!(told(id, items), None, "{id}");
        }
        let undated = store.write_blocking(|tx| {
            let sql =
                "INSERT INTO items (feed_id, outlet_id, fetched_at, item_time, time_is_claimed,
                    language, role, title, content, seen_at, digest)
                 VALUES (1, 1, 0, 0, 0, 'en', 'news', '', x'', 0, x'')";
            for _ in 0..LAST_ITEMS {
                tx.execute(sql, [])?;
            }
            Ok(())
        });
        undated.unwrap();
        assert_eq!(told(1, Vec::new()), None, "its last items have no dates");
    }

    #[test]
    fn a_removed_feed_that_comes_back_has_its_number_and_no_other_ever_has() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let add = |path: &str| {
            let url = format!("https://feeds.example/{path}");
            let added = store.write_blocking(move |tx| {
                let outlet_id = ensure_outlet(tx, "The Paper", Default::default())?;
                let new = NewFeed {
                    url,
                    outlet_id,
                    ..NewFeed::default()
                };
                add_feed(tx, &new, utc_from_secs(1_000))
            });
            added.unwrap()
        };
        let remove = |id: FeedId| store.write_blocking(move |tx| remove_feed(tx, id)).unwrap();
        let (first, _) = add("first");
        let (second, is_new) = add("second");
        assert!(is_new && second != first);
        assert!(remove(second));
        let (third, _) = add("third");
        assert_ne!(third, second);
        assert_eq!(add("second"), (second, true));
        assert_eq!(add("second"), (second, false));
        // What went into another has left its number, and its address is anyone's.
        let url = "https://feeds.example/first";
        let change = store
            .write_blocking(move |tx| change_address(tx, third, url))
            .unwrap();
        assert_eq!(change, AddressChange::MergedInto(first));
        assert_eq!(add("third").0, FeedId(third.0 + 1));
        assert!(!remove(third));
    }
}
