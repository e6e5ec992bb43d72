//! Our subscriptions at other people's WebSub hubs, and what hubs sent. `serve` reads and writes
//! here when a hub calls; what is to be done about it, `jobs::websub_subscriber` does.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Result;
use super::polls::NEVER;
use crate::news::{FeedId, UtcTime, utc_from_secs};

/// Notifications of one feed that may wait to be read; what comes beyond is dropped, and the feed is visited instead.
const MOST_WAITING: i64 = 20;
/// How long a notification waits that cannot be read, in seconds; then the feed is visited instead.
const LONGEST_WAIT_SECS: i64 = 3600;
/// The least between two visits, in seconds, to a feed that is not the operator's own (docs/polling.md).
const FLOOR_SECS: i64 = 300;

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriptionState {
    /// The hub was asked, and has not confirmed yet.
    Pending,
    /// The hub confirmed; the lease runs.
    Active,
    /// The hub refused or could not be asked.
    Failed,
}

impl SubscriptionState {
    fn name(self) -> &'static str {
        match self {
            SubscriptionState::Pending => "pending",
            SubscriptionState::Active => "active",
            SubscriptionState::Failed => "failed",
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "pending" => SubscriptionState::Pending,
            "active" => SubscriptionState::Active,
            _ => SubscriptionState::Failed,
        }
    }
}

/// A subscription of ours.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The feed.
    pub feed_id: FeedId,
    /// The unguessable part of our callback.
    pub token: String,
    /// What the hub signs with.
    pub secret: Vec<u8>,
    /// The hub.
    pub hub_url: String,
    /// The topic as the hub knows it.
    pub topic_url: String,
    /// Where it stands.
    pub state: SubscriptionState,
    /// When the hub was asked last.
    pub asked_at: UtcTime,
    /// When it is to be asked again.
    pub next_at: UtcTime,
    /// End of the lease; `None` until the hub confirmed.
    pub lease_until: Option<UtcTime>,
    /// Failed attempts in a row.
    pub failures: u32,
    /// The last error.
    pub last_error: Option<String>,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Token and secret stay out of logs.
        f.debug_struct("Subscription")
            .field("feed_id", &self.feed_id)
            .field("hub_url", &self.hub_url)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// What a hub asks us to confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubQuestion {
    /// `hub.mode`.
    pub mode: String,
    /// `hub.topic`.
    pub topic: String,
    /// `hub.lease_seconds`; `None` if absent or no number.
    pub lease_secs: Option<u64>,
}

/// What to answer a hub that calls our callback with GET.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HubAnswer {
    /// 200 with the challenge.
    Confirm,
    /// 200 with an empty body: heard, nothing to confirm (`denied`).
    Noted,
    /// 404: nothing of ours is pending there.
    Unknown,
}

/// Longest lease believed, in seconds; hubs give days, and ours no more.
const LONGEST_LEASE_SECS: u64 = super::hub::LONGEST_LEASE_SECS.unsigned_abs();
/// Lease of a hub that names none.
const USUAL_LEASE_SECS: u64 = 86_400;
/// A hub that asks this long after we asked it is too late.
const PENDING_SECS: i64 = 86_400;

/// Judges a hub's question by what we asked for, and notes the lease: only a pending topic is
/// confirmed. An active one that is being renewed is pending again meanwhile, with its old lease.
/// We never ask to unsubscribe while a feed is kept, so that mode is never confirmed.
///
/// # Errors
/// Whatever SQLite says.
pub fn answer_hub(
    tx: &Transaction<'_>,
    token: &str,
    question: &HubQuestion,
    now: UtcTime,
) -> Result<HubAnswer> {
    let Some(found) = find_by_token(tx, token)? else {
        return Ok(HubAnswer::Unknown);
    };
    let is_ours = found.topic_url == question.topic
        && found.state == SubscriptionState::Pending
        && (now - found.asked_at).num_seconds() <= PENDING_SECS;
    // A hub may deny what it once accepted (W3C WebSub, 5.2).
    let is_deniable =
        is_ours || found.topic_url == question.topic && found.state == SubscriptionState::Active;
    match question.mode.as_str() {
        "subscribe" if is_ours => {
            let secs = question
                .lease_secs
                .filter(|secs| *secs > 0)
                .unwrap_or(USUAL_LEASE_SECS);
            let secs = i64::try_from(secs.min(LONGEST_LEASE_SECS)).unwrap_or(0);
            // Renewed at 80 % of the lease; the feed's number spreads renewals of one hour.
            let renew_at =
                now.timestamp() + secs * 8 / 10 - found.feed_id.0.rem_euclid(61).min(secs / 20);
            tx.execute(
                "UPDATE subscriptions SET state = 'active', lease_until = ?2, next_at = ?3,
                    failures = 0, last_error = NULL
                 WHERE feed_id = ?1",
                params![found.feed_id.0, now.timestamp() + secs, renew_at],
            )?;
            Ok(HubAnswer::Confirm)
        }
        "denied" if is_deniable => {
            if found.state == SubscriptionState::Active {
                leave_hub(tx, "feed_id = ?2", found.feed_id.0, now)?;
            }
            tx.execute(
                "UPDATE subscriptions SET state = 'failed', failures = failures + 1,
                    last_error = 'the hub denied the subscription', next_at = ?2,
                    lease_until = NULL
                 WHERE feed_id = ?1",
                params![found.feed_id.0, now.timestamp() + 86_400],
            )?;
            Ok(HubAnswer::Noted)
        }
        _ => Ok(HubAnswer::Unknown),
    }
}

/// Notes that a visit found what the hub had not sent; with `None` that the hub sends after all.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_missed(tx: &Transaction<'_>, feed: FeedId, at: Option<UtcTime>) -> Result<()> {
    let at = at.map(|at| at.timestamp());
    tx.prepare_cached("UPDATE subscriptions SET missed_at = ?2 WHERE feed_id = ?1")?
        .execute(params![feed.0, at])?;
    Ok(())
}

/// Keeps what a hub sent, to be read later; false if the callback is unknown. The signature is
/// judged when it is read, so the answer to the hub need not wait. Where too much waits already, the feed is
/// visited instead.
///
/// # Errors
/// Whatever SQLite says.
pub fn keep_push(tx: &Transaction<'_>, token: &str, push: &Push, now: UtcTime) -> Result<bool> {
    let Some(found) = find_by_token(tx, token)? else {
        return Ok(false);
    };
    let kept = tx.execute(
        "INSERT INTO pushes (feed_id, received_at, content_type, signature, body)
         SELECT ?1, ?2, ?3, ?4, ?5
         WHERE (SELECT count(*) FROM pushes WHERE feed_id = ?1) < ?6",
        params![
            found.feed_id.0,
            now.timestamp(),
            push.content_type,
            push.signature,
            push.body,
            MOST_WAITING,
        ],
    )?;
    if kept == 0 {
        visit_instead(tx, found.feed_id, now)?;
    }
    Ok(true)
}

/// Makes a feed due because not all was kept that its hub sent: at once, and not within the floor of its last visit.
/// One that is not visited by itself stays so.
///
/// # Errors
/// Whatever SQLite says.
pub fn visit_instead(tx: &Transaction<'_>, id: FeedId, now: UtcTime) -> Result<()> {
    let sql = "WITH due (at) AS (
            SELECT max(?2, coalesce(last_visit_at, 0) + iif(own, 0, ?3)) FROM feeds WHERE id = ?1)
         UPDATE feeds SET next_visit_at = (SELECT at FROM due),
            next_visit_reason = 'not all was kept that its hub sent'
         WHERE id = ?1 AND next_visit_at < ?4 AND next_visit_at > (SELECT at FROM due)";
    let values = params![id.0, now.timestamp(), FLOOR_SECS, NEVER];
    tx.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// What a hub sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Push {
    /// Content-Type.
    pub content_type: Option<String>,
    /// X-Hub-Signature.
    pub signature: Option<String>,
    /// The body, capped by who received it.
    pub body: Vec<u8>,
}

/// What waits to be read, oldest first: number, feed, and what was sent.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_pushes(conn: &Connection, limit: u32) -> Result<Vec<(i64, FeedId, Push)>> {
    let sql = "SELECT id, feed_id, content_type, signature, body FROM pushes ORDER BY id LIMIT ?1";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([limit], |row| {
        let push = Push {
            content_type: row.get(2)?,
            signature: row.get(3)?,
            body: row.get(4)?,
        };
        Ok((row.get(0)?, FeedId(row.get(1)?), push))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Forgets what was read.
///
/// # Errors
/// Whatever SQLite says.
pub fn drop_push(tx: &Transaction<'_>, number: i64) -> Result<()> {
    tx.prepare_cached("DELETE FROM pushes WHERE id = ?1")?
        .execute([number])?;
    Ok(())
}

/// Forgets what could not be read for long, and has its feed visited instead; what came lately stays.
///
/// # Errors
/// Whatever SQLite says.
pub fn give_up_push(tx: &Transaction<'_>, number: i64, now: UtcTime) -> Result<()> {
    let sql = "DELETE FROM pushes WHERE id = ?1 AND received_at <= ?2 RETURNING feed_id";
    let values = params![number, now.timestamp() - LONGEST_WAIT_SECS];
    let gone = tx.query_row(sql, values, |row| row.get(0).map(FeedId));
    match gone.optional()? {
        Some(feed) => visit_instead(tx, feed, now),
        None => Ok(()),
    }
}

/// The subscription for a feed; `None` if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_subscription(conn: &Connection, id: FeedId) -> Result<Option<Subscription>> {
    let sql = format!("{SELECT} WHERE feed_id = ?1");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([id.0], read_subscription)
        .optional()?)
}

/// Feeds that name a hub and are well, and whose subscription is to be asked for, renewed, or
/// changed to another hub or topic: feed, hub, topic.
///
/// # Errors
/// Whatever SQLite says.
pub fn list_wanted(
    conn: &Connection,
    now: UtcTime,
    limit: u32,
) -> Result<Vec<(FeedId, String, String)>> {
    let sql = "SELECT f.id, f.hub_url, coalesce(f.self_url, f.url) AS topic
         FROM feeds f LEFT JOIN subscriptions s ON s.feed_id = f.id
         WHERE f.hub_url IS NOT NULL AND f.paused = 0 AND f.failures = 0
            AND (s.feed_id IS NULL OR s.next_at <= ?1 OR s.hub_url <> f.hub_url)
         ORDER BY coalesce(s.next_at, 0), f.id LIMIT ?2";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map(params![now.timestamp(), limit], |row| {
        Ok((FeedId(row.get(0)?), row.get(1)?, row.get(2)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Writes a subscription, new or changed.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_subscription(tx: &Transaction<'_>, subscription: &Subscription) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO subscriptions (feed_id, token, secret, hub_url, topic_url, state, asked_at,
            next_at, lease_until, failures, last_error)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
         WHERE EXISTS (SELECT 1 FROM feeds WHERE id = ?1)
         ON CONFLICT (feed_id) DO UPDATE SET token = excluded.token, secret = excluded.secret,
            hub_url = excluded.hub_url, topic_url = excluded.topic_url, state = excluded.state,
            asked_at = excluded.asked_at, next_at = excluded.next_at,
            lease_until = excluded.lease_until, failures = excluded.failures,
            last_error = excluded.last_error",
    )?
    .execute(params![
        subscription.feed_id.0,
        subscription.token,
        subscription.secret,
        subscription.hub_url,
        subscription.topic_url,
        subscription.state.name(),
        subscription.asked_at.timestamp(),
        subscription.next_at.timestamp(),
        subscription.lease_until.map(|at| at.timestamp()),
        subscription.failures,
        subscription.last_error,
    ])?;
    Ok(())
}

/// Makes the feeds of the subscriptions of which a condition on `?2` holds due at their usual pace.
fn leave_hub(tx: &Transaction<'_>, condition: &str, number: i64, now: UtcTime) -> Result<()> {
    let sql = format!(
        "UPDATE feeds SET next_visit_at = min(next_visit_at, ?1 + adaptive_secs),
            next_visit_reason = 'its hub pushes no more; ' || next_visit_reason
         WHERE id IN (SELECT feed_id FROM subscriptions WHERE {condition})"
    );
    tx.execute(&sql, params![now.timestamp(), number])?;
    Ok(())
}

/// Makes the feeds whose lease has run out due at their usual pace again; returns how many.
///
/// # Errors
/// Whatever SQLite says.
pub fn end_leases(tx: &Transaction<'_>, now: UtcTime) -> Result<usize> {
    leave_hub(tx, "lease_until <= ?2", now.timestamp(), now)?;
    Ok(tx.execute(
        "UPDATE subscriptions SET state = 'failed', lease_until = NULL,
            last_error = 'the lease ran out', next_at = min(next_at, ?1)
         WHERE lease_until <= ?1",
        [now.timestamp()],
    )?)
}

const SELECT: &str = "SELECT feed_id, token, secret, hub_url, topic_url, state, asked_at, next_at,
        lease_until, failures, last_error
     FROM subscriptions";

fn find_by_token(conn: &Connection, token: &str) -> Result<Option<Subscription>> {
    let sql = format!("{SELECT} WHERE token = ?1");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([token], read_subscription)
        .optional()?)
}

fn read_subscription(row: &Row<'_>) -> rusqlite::Result<Subscription> {
    let state: String = row.get(5)?;
    Ok(Subscription {
        feed_id: FeedId(row.get(0)?),
        token: row.get(1)?,
        secret: row.get(2)?,
        hub_url: row.get(3)?,
        topic_url: row.get(4)?,
        state: SubscriptionState::from_name(&state),
        asked_at: utc_from_secs(row.get(6)?),
        next_at: utc_from_secs(row.get(7)?),
        lease_until: row.get::<_, Option<i64>>(8)?.map(utc_from_secs),
        failures: row.get(9)?,
        last_error: row.get(10)?,
    })
}
