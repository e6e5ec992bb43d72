//! The WebSub hub's tables: subscriptions, requests to be verified, deliveries that wait, and what
//! each topic was when its subscribers were last told.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Result;
use crate::news::{UtcTime, utc_from_secs};

/// The longest lease that is granted, in seconds.
pub const LONGEST_LEASE_SECS: i64 = 30 * 86_400;

/// A verified subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubSubscription {
    /// Row id.
    pub id: i64,
    /// Address of the feed.
    pub topic: String,
    /// Where to deliver.
    pub callback: String,
    /// Key of the signature; `None` for none.
    pub secret: Option<Vec<u8>>,
    /// Until when, by our clock.
    pub lease_until: UtcTime,
}

/// A request that is to be verified with its callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubRequest {
    /// Row id; 0 before it is kept.
    pub id: i64,
    /// True to subscribe, false to unsubscribe.
    pub subscribes: bool,
    /// Address of the feed.
    pub topic: String,
    /// Where to deliver.
    pub callback: String,
    /// The callback's host, as an address is written in one way only.
    pub host: String,
    /// Key of the signature.
    pub secret: Option<Vec<u8>>,
    /// Lease that will be granted, in seconds.
    pub lease_secs: i64,
    /// Network address that asked; empty if it is not known.
    pub asked_from: String,
}

/// A delivery that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubDelivery {
    /// To whom.
    pub subscription: HubSubscription,
    /// How often it was tried.
    pub attempts: u32,
    /// What the topic was noted as when the delivery was loaded.
    pub noted: Option<Vec<u8>>,
}

/// How many subscriptions and requests there are already, for the limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HubLoad {
    /// To the topic.
    pub of_topic: u32,
    /// Of callbacks of one host.
    pub of_host: u32,
    /// Asked from one network address.
    pub of_address: u32,
}

/// Counts what the limits look at.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_of(conn: &Connection, request: &HubRequest) -> Result<HubLoad> {
    let sql = "SELECT sum(topic = ?1), sum(host = ?2), sum(asked_from = ?3 AND ?3 <> '')
         FROM (SELECT topic, callback, host, asked_from FROM hub_subscriptions
            UNION ALL SELECT topic, callback, host, asked_from FROM hub_requests)
         WHERE NOT (topic = ?1 AND callback = ?4)";
    let count = |row: &Row<'_>, index| {
        row.get::<_, Option<u32>>(index)
            .map(Option::unwrap_or_default)
    };
    Ok(conn.prepare_cached(sql)?.query_row(
        params![
            request.topic,
            request.host,
            request.asked_from,
            request.callback
        ],
        |row| {
            Ok(HubLoad {
                of_topic: count(row, 0)?,
                of_host: count(row, 1)?,
                of_address: count(row, 2)?,
            })
        },
    )?)
}

/// Keeps a request; it takes the place of an earlier one for the same topic and callback.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_request(tx: &Transaction<'_>, request: &HubRequest, now: UtcTime) -> Result<()> {
    let mode = if request.subscribes {
        "subscribe"
    } else {
        "unsubscribe"
    };
    let sql = "INSERT OR REPLACE INTO hub_requests
            (mode, topic, callback, secret, lease_secs, asked_at, asked_from, host)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    tx.prepare_cached(sql)?.execute(params![
        mode,
        request.topic,
        request.callback,
        request.secret,
        request.lease_secs,
        now.timestamp(),
        request.asked_from,
        request.host,
    ])?;
    Ok(())
}

/// The oldest requests that wait for verification and whose callback is `wanted`, up to `limit`.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_requests(
    conn: &Connection,
    limit: usize,
    wanted: impl FnMut(&str) -> bool,
) -> Result<Vec<HubRequest>> {
    let sql =
        "SELECT id, mode, topic, callback, secret, lease_secs, asked_from, host FROM hub_requests
         ORDER BY id";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([], |row| {
        Ok(HubRequest {
            id: row.get(0)?,
            subscribes: row.get::<_, String>(1)? == "subscribe",
            topic: row.get(2)?,
            callback: row.get(3)?,
            secret: row.get(4)?,
            lease_secs: row.get(5)?,
            asked_from: row.get(6)?,
            host: row.get(7)?,
        })
    })?;
    choose(rows, limit, |request| &request.callback, wanted)
}

/// Ends a request. If the callback confirmed it, and no later request took its place, it takes
/// effect: the subscription is made, renewed or ended.
///
/// # Errors
/// Whatever SQLite says.
pub fn end_request(
    tx: &Transaction<'_>,
    request: &HubRequest,
    is_confirmed: bool,
    now: UtcTime,
) -> Result<()> {
    let ended = tx
        .prepare_cached("DELETE FROM hub_requests WHERE id = ?1")?
        .execute([request.id])?;
    if ended == 0 || !is_confirmed {
        return Ok(());
    }
    if !request.subscribes {
        let sql = "DELETE FROM hub_subscriptions WHERE topic = ?1 AND callback = ?2";
        tx.prepare_cached(sql)?
            .execute(params![request.topic, request.callback])?;
        return Ok(());
    }
    let sql =
        "INSERT INTO hub_subscriptions (topic, callback, secret, lease_until, asked_from, host)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO UPDATE SET secret = excluded.secret, lease_until = excluded.lease_until,
            asked_from = excluded.asked_from, host = excluded.host";
    tx.prepare_cached(sql)?.execute(params![
        request.topic,
        request.callback,
        request.secret,
        now.timestamp() + request.lease_secs,
        request.asked_from,
        request.host,
    ])?;
    Ok(())
}

/// True if there is a lease that is over.
///
/// # Errors
/// Whatever SQLite says.
pub fn has_ended_leases(conn: &Connection, now: UtcTime) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM hub_subscriptions WHERE lease_until <= ?1)";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([now.timestamp()], |row| row.get(0))?)
}

/// Ends the subscriptions whose lease is over; returns how many.
///
/// # Errors
/// Whatever SQLite says.
pub fn end_leases(tx: &Transaction<'_>, now: UtcTime) -> Result<usize> {
    Ok(tx
        .prepare_cached("DELETE FROM hub_subscriptions WHERE lease_until <= ?1")?
        .execute([now.timestamp()])?)
}

/// Ends one subscription.
///
/// # Errors
/// Whatever SQLite says.
pub fn end_subscription(tx: &Transaction<'_>, id: i64) -> Result<()> {
    tx.prepare_cached("DELETE FROM hub_subscriptions WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}

/// The topics that have subscribers.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_topics(conn: &Connection) -> Result<Vec<String>> {
    let mut query =
        conn.prepare_cached("SELECT DISTINCT topic FROM hub_subscriptions ORDER BY topic")?;
    let rows = query.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The subscriptions to a topic whose callback is `wanted`, up to `limit`.
///
/// # Errors
/// Whatever SQLite says.
pub fn subscriptions_to(
    conn: &Connection,
    topic: &str,
    limit: usize,
    wanted: impl FnMut(&str) -> bool,
) -> Result<Vec<HubSubscription>> {
    let sql = "SELECT id, topic, callback, secret, lease_until FROM hub_subscriptions
         WHERE topic = ?1 ORDER BY id";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([topic], read_subscription)?;
    choose(rows, limit, |subscription| &subscription.callback, wanted)
}

/// What a topic was noted as; `None` if it never was.
///
/// # Errors
/// Whatever SQLite says.
pub fn topic_digest(conn: &Connection, topic: &str) -> Result<Option<Vec<u8>>> {
    Ok(conn
        .prepare_cached("SELECT digest FROM hub_topics WHERE topic = ?1")?
        .query_row([topic], |row| row.get(0))
        .optional()?)
}

/// What all topics were noted as.
///
/// # Errors
/// Whatever SQLite says.
pub fn topic_digests(conn: &Connection) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut query = conn.prepare_cached("SELECT topic, digest FROM hub_topics")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Notes what a topic's document is now. If it was known as something else, every subscriber gets
/// a delivery; true then. One that waits already stays as it is: it will bring the newest.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_topic(
    tx: &Transaction<'_>,
    topic: &str,
    digest: [u8; 32],
    now: UtcTime,
) -> Result<bool> {
    let known = topic_digest(tx, topic)?;
    if known.as_deref() == Some(&digest[..]) {
        return Ok(false);
    }
    let sql = "INSERT INTO hub_topics (topic, digest) VALUES (?1, ?2)
         ON CONFLICT DO UPDATE SET digest = excluded.digest";
    tx.prepare_cached(sql)?.execute(params![topic, digest])?;
    if known.is_none() {
        return Ok(false);
    }
    let sql = "INSERT INTO hub_deliveries (subscription_id, next_at)
         SELECT id, ?2 FROM hub_subscriptions WHERE topic = ?1 ON CONFLICT DO NOTHING";
    tx.prepare_cached(sql)?
        .execute(params![topic, now.timestamp()])?;
    Ok(true)
}

/// The deliveries that are due and whose callback is `wanted`, the longest waiting first, up to
/// `limit`.
///
/// # Errors
/// Whatever SQLite says.
pub fn due_deliveries(
    conn: &Connection,
    now: UtcTime,
    limit: usize,
    wanted: impl FnMut(&str) -> bool,
) -> Result<Vec<HubDelivery>> {
    let sql = "SELECT s.id, s.topic, s.callback, s.secret, s.lease_until, d.attempts, t.digest
         FROM hub_deliveries d JOIN hub_subscriptions s ON s.id = d.subscription_id
         LEFT JOIN hub_topics t ON t.topic = s.topic
         WHERE d.next_at <= ?1 ORDER BY d.next_at, d.subscription_id";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([now.timestamp()], |row| {
        Ok(HubDelivery {
            subscription: read_subscription(row)?,
            attempts: row.get(5)?,
            noted: row.get(6)?,
        })
    })?;
    choose(rows, limit, |due| &due.subscription.callback, wanted)
}

/// Ends a delivery: it was taken, or given up. If the topic was noted as something else since the
/// delivery was loaded, it is due anew: what was sent may be the old document.
///
/// # Errors
/// Whatever SQLite says.
pub fn end_delivery(tx: &Transaction<'_>, delivery: &HubDelivery, now: UtcTime) -> Result<()> {
    let subscription = &delivery.subscription;
    let sql = "DELETE FROM hub_deliveries WHERE subscription_id = ?1
         AND (SELECT digest FROM hub_topics WHERE topic = ?2) IS ?3";
    let ended = tx.prepare_cached(sql)?.execute(params![
        subscription.id,
        subscription.topic,
        delivery.noted
    ])?;
    if ended == 0 {
        let sql = "UPDATE hub_deliveries SET attempts = 0, next_at = ?2 WHERE subscription_id = ?1";
        tx.prepare_cached(sql)?
            .execute(params![subscription.id, now.timestamp()])?;
    }
    Ok(())
}

/// Tries a delivery again at `at`.
///
/// # Errors
/// Whatever SQLite says.
pub fn put_off_delivery(tx: &Transaction<'_>, subscription: i64, at: UtcTime) -> Result<()> {
    let sql = "UPDATE hub_deliveries SET attempts = attempts + 1, next_at = ?2
         WHERE subscription_id = ?1";
    tx.prepare_cached(sql)?
        .execute(params![subscription, at.timestamp()])?;
    Ok(())
}

/// The first `limit` rows whose callback is wanted; no row is read after them.
fn choose<T>(
    rows: impl Iterator<Item = rusqlite::Result<T>>,
    limit: usize,
    callback: impl Fn(&T) -> &str,
    mut wanted: impl FnMut(&str) -> bool,
) -> Result<Vec<T>> {
    let chosen = rows.filter(|row| match row {
        Ok(row) => wanted(callback(row)),
        Err(_) => true,
    });
    Ok(chosen.take(limit).collect::<rusqlite::Result<_>>()?)
}

fn read_subscription(row: &Row<'_>) -> rusqlite::Result<HubSubscription> {
    Ok(HubSubscription {
        id: row.get(0)?,
        topic: row.get(1)?,
        callback: row.get(2)?,
        secret: row.get(3)?,
        lease_until: utc_from_secs(row.get(4)?),
    })
}
