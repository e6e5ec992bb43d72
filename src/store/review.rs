//! The questions that the machine is least sure of, ordered by doubt times reach, and what editors
//! answered.

use std::collections::BTreeSet;

use rusqlite::{Connection, Transaction, params};

use super::Result;
use super::decisions::load_about_event;
use super::events::load_items;
use super::items::load_item;
use super::scores::unpack_evidence;
use crate::news::{Decision, EventId, Evidence, ItemId, Ruling, UtcTime};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Question {
    /// Does the item tell the event that it stands in?
    Belongs {
        /// The item.
        item: ItemId,
        /// Its event.
        event: EventId,
    },
    /// Are these two events one?
    Merge {
        /// One event.
        event: EventId,
        /// The other.
        other: EventId,
    },
    /// Does the notice, which the machine does not believe, withdraw this item?
    Kill {
        /// The item that it may mean.
        item: ItemId,
        /// The event of that item.
        event: EventId,
    },
    /// Does the item, which came late, belong to this locked event?
    Late {
        /// The item.
        item: ItemId,
        /// The locked event.
        event: EventId,
    },
}

impl Question {
    /// The key under which an answer is kept.
    pub fn key(&self) -> String {
        match self {
            Question::Belongs { item, event } => format!("belongs:{item}:{event}"),
            Question::Merge { event, other } => {
                format!("merge:{}:{}", event.min(other), event.max(other))
            }
            Question::Late { item, event } => format!("late:{item}:{event}"),
            Question::Kill { item, event } => format!("kill:{item}:{event}"),
        }
    }

    /// The question of a key; `None` if it is none.
    pub fn parse(key: &str) -> Option<Self> {
        let mut parts = key.split(':');
        let kind = parts.next()?;
        let a: i64 = parts.next()?.parse().ok()?;
        let b: i64 = parts.next()?.parse().ok()?;
        match kind {
            "belongs" => Some(Question::Belongs {
                item: ItemId(a),
                event: EventId(b),
            }),
            "merge" => Some(Question::Merge {
                event: EventId(a),
                other: EventId(b),
            }),
            "kill" => Some(Question::Kill {
                item: ItemId(a),
                event: EventId(b),
            }),
            "late" => Some(Question::Late {
                item: ItemId(a),
                event: EventId(b),
            }),
            _ => None,
        }
    }
}

/// A question with what it is asked for.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Doubt {
    /// The question.
    pub question: Question,
    /// The mean score behind it.
    pub score: f32,
    /// The threshold that it was held against.
    pub threshold: f32,
    /// Outlets that it concerns.
    pub reach: u32,
    /// Doubt times reach; the largest comes first.
    pub weight: f32,
}

/// Assignments looked at: the latest ones. Older ones have been seen or are settled by time.
const LOOKED_AT: u32 = 3_000;
/// Items among which they are, also if many are reprints, of which none is doubted.
const LOOKED_BACK: u32 = 12_000;
/// Hours for which `later` hides a question.
const LATER_HOURS: i64 = 4;

/// The open questions, weightiest first: those that no answer and no ruling in force has answered.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_doubts(conn: &Connection, now: UtcTime, limit: usize) -> Result<Vec<Doubt>> {
    let mut open = Vec::new();
    for doubt in find_doubts(conn)? {
        if open.len() == limit {
            break;
        }
        if !is_answered(conn, &doubt.question.key(), now)? && !is_ruled(conn, &doubt.question)? {
            open.push(doubt);
        }
    }
    Ok(open)
}

/// All that the machine is not sure of, weightiest first.
fn find_doubts(conn: &Connection) -> Result<Vec<Doubt>> {
    let sql = "SELECT m.item_id, m.evidence, e.id, e.outlet_count FROM event_items m
         JOIN events e ON e.id = m.event_id
         WHERE m.evidence IS NOT NULL AND m.reprint_of IS NULL AND e.merged_into IS NULL
            AND m.item_id > (SELECT coalesce(max(item_id), 0) FROM event_items) - ?2
         ORDER BY m.item_id DESC LIMIT ?1";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([LOOKED_AT, LOOKED_BACK], |row| {
        let item = ItemId(row.get(0)?);
        let bytes: Vec<u8> = row.get(1)?;
        Ok((
            unpack_evidence(item, &bytes),
            EventId(row.get(2)?),
            row.get::<_, u32>(3)?,
        ))
    })?;
    let rows: Vec<(Option<Evidence>, EventId, u32)> = rows.collect::<rusqlite::Result<_>>()?;
    let mut doubts: Vec<Doubt> = Vec::new();
    let mut known = BTreeSet::new();
    for (evidence, event, reach) in rows {
        let Some(evidence) = evidence else { continue };
        let found = doubts_of(conn, &evidence, event, reach)?;
        doubts.extend(
            found
                .into_iter()
                .filter(|doubt| known.insert(doubt.question.key())),
        );
    }
    doubts.extend(doubtful_kills(conn)?);
    doubts.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    Ok(doubts)
}

/// True if a ruling in force says what is asked, or if it asks of an item as late that was there before the lock.
fn is_ruled(conn: &Connection, question: &Question) -> Result<bool> {
    let in_force = |event| -> Result<Vec<Decision>> {
        let mut made = load_about_event(conn, event)?;
        made.retain(|one| one.undone_at.is_none());
        Ok(made)
    };
    Ok(match *question {
        Question::Belongs { item, event } => in_force(event)?.iter().any(|one| {
            let is_locked_in =
                matches!(&one.ruling, Ruling::Lock { items, .. } if items.contains(&item));
            is_locked_in || one.ruling.puts(item)
        }),
        Question::Merge { event, other } => {
            let (these, others) = (load_items(conn, event)?, load_items(conn, other)?);
            let made = in_force(event)?;
            made.iter().any(|one| one.ruling.parts(&these, &others))
        }
        Question::Late { item, event } => {
            let (items, made) = (load_items(conn, event)?, in_force(event)?);
            let is_parted = made.iter().any(|one| one.ruling.parts(&[item], &items));
            let names_one = |locked: &[ItemId]| locked.iter().any(|item| items.contains(item));
            let locks = made.iter().filter(
                |one| matches!(&one.ruling, Ruling::Lock { items, .. } if names_one(items)),
            );
            let locked_at = locks.map(|one| one.decided_at).min();
            let came = load_item(conn, item)?.map(|item| item.fetched_at);
            is_parted || locked_at.is_some_and(|at| came < Some(at))
        }
        Question::Kill { .. } => false,
    })
}

fn doubts_of(
    conn: &Connection,
    evidence: &Evidence,
    event: EventId,
    reach: u32,
) -> Result<Vec<Doubt>> {
    let mut doubts = Vec::new();
    let item = evidence.item;
    let threshold = evidence.threshold;
    // Half the threshold on either side: beyond it the machine is as sure as it ever is.
    let uncertainty = |score: f32| 1.0 - ((score - threshold).abs() / (threshold / 2.0));
    let mut add = |question, (score, nearness): (f32, f32), reach: u32| {
        let doubt = uncertainty(nearness);
        if doubt > 0.0 {
            doubts.push(Doubt {
                question,
                score,
                threshold,
                reach,
                weight: doubt * (1.0 + reach as f32).ln(),
            });
        }
    };
    if evidence.event == event && !evidence.strongest_for.is_empty() {
        add(
            Question::Belongs { item, event },
            (evidence.mean_score, evidence.mean_score),
            reach,
        );
    }
    if let Some((other, score)) = evidence.runner_up.filter(|(other, _)| *other != event) {
        let sql = "SELECT outlet_count, locked FROM events
             WHERE id = ?1 AND merged_into IS NULL";
        let mut query = conn.prepare_cached(sql)?;
        let mut rows = query.query([other.0])?;
        if let Some(row) = rows.next()? {
            let other_reach: u32 = row.get(0)?;
            let question = match row.get(1)? {
                true => Question::Late { item, event: other },
                false => Question::Merge { event, other },
            };
            // What a lock keeps out the machine cannot judge.
            let nearness = match question {
                Question::Late { .. } => threshold,
                _ => score,
            };
            if score > threshold / 2.0 {
                add(question, (score, nearness), reach + other_reach);
            }
        }
    }
    Ok(doubts)
}

/// Items that a notice may mean which withdrew nothing: a true kill that is missed stays told, so
/// these come first.
fn doubtful_kills(conn: &Connection) -> Result<Vec<Doubt>> {
    let sql = "SELECT t.id, m.event_id, e.outlet_count
         FROM doubted_kills d JOIN items t ON t.id = d.item_id
            JOIN event_items m ON m.item_id = t.id JOIN events e ON e.id = m.event_id
         WHERE t.withdrawn_at IS NULL AND t.spiked = 0 AND t.role <> 'kill'
         ORDER BY d.item_id DESC LIMIT 20";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([], |row| {
        let reach: u32 = row.get(2)?;
        Ok(Doubt {
            question: Question::Kill {
                item: ItemId(row.get(0)?),
                event: EventId(row.get(1)?),
            },
            score: 0.0,
            threshold: 0.0,
            reach,
            weight: 2.0 * (2.0 + reach as f32).ln(),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn is_answered(conn: &Connection, key: &str, now: UtcTime) -> Result<bool> {
    let sql = "SELECT count(*) FROM reviews
         WHERE question = ?1 AND (answer <> 'later' OR answered_at > ?2)";
    let hidden_since = now.timestamp() - LATER_HOURS * 3600;
    let mut query = conn.prepare_cached(sql)?;
    let count: u32 = query.query_row(params![key, hidden_since], |row| row.get(0))?;
    Ok(count > 0)
}

/// True while what is asked about is as it was asked: the item stands where it stood, the events are there.
///
/// # Errors
/// Whatever SQLite says.
pub fn still_stands(conn: &Connection, question: &Question) -> Result<bool> {
    let (sql, numbers) = match *question {
        Question::Belongs { item, event } | Question::Kill { item, event } => (
            "SELECT EXISTS (SELECT 1 FROM event_items WHERE item_id = ?1 AND event_id = ?2)",
            (item.0, event.0),
        ),
        Question::Merge { event, other } => (
            "SELECT count(*) = 2 FROM events WHERE id IN (?1, ?2) AND merged_into IS NULL",
            (event.0, other.0),
        ),
        Question::Late { item, event } => (
            "SELECT EXISTS (SELECT 1 FROM event_items WHERE item_id = ?1 AND event_id <> ?2)
                AND EXISTS (SELECT 1 FROM events WHERE id = ?2 AND merged_into IS NULL)",
            (item.0, event.0),
        ),
    };
    let mut query = conn.prepare_cached(sql)?;
    Ok(query.query_row(numbers, |row| row.get(0))?)
}

/// Remembers items that a notice may mean which withdrew nothing.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_doubted_kills<'a>(
    tx: &Transaction<'_>,
    items: impl IntoIterator<Item = &'a ItemId>,
) -> Result<()> {
    let sql = "INSERT INTO doubted_kills (item_id) SELECT id FROM items WHERE id = ?1
         ON CONFLICT DO NOTHING";
    let mut insert = tx.prepare_cached(sql)?;
    for item in items {
        insert.execute([item.0])?;
    }
    Ok(())
}

/// Keeps an answer; the last one counts.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_answer(
    tx: &Transaction<'_>,
    question: &Question,
    answer: &str,
    editor: &str,
    now: UtcTime,
) -> Result<()> {
    // What the machine had said, if it still doubts it.
    let doubts = find_doubts(tx)?;
    let asked = doubts.iter().find(|doubt| doubt.question == *question);
    let score = asked.map_or(0.0, |doubt| f64::from(doubt.score));
    let sql = "INSERT INTO reviews (question, answer, editor, answered_at, score)
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET answer = excluded.answer,
            editor = excluded.editor, answered_at = excluded.answered_at,
            score = max(score, excluded.score)";
    let at = now.timestamp();
    tx.execute(sql, params![question.key(), answer, editor, at, score])?;
    Ok(())
}

/// What one threshold would have done on the questions that editors answered.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct ThresholdTrial {
    /// The threshold.
    pub threshold: f64,
    /// Answers that it would have agreed with.
    pub agreed: u32,
    /// Questions that it would have joined and an editor parted.
    pub wrongly_joined: u32,
    /// Questions that it would have parted and an editor joined.
    pub wrongly_parted: u32,
}

/// What other thresholds would have done on the same decisions, lowest threshold first.
///
/// # Errors
/// Whatever SQLite says.
pub fn try_thresholds(conn: &Connection, thresholds: &[f64]) -> Result<Vec<ThresholdTrial>> {
    let sql = "SELECT coalesce(sum((score >= ?1) = (answer = 'yes')), 0),
            coalesce(sum(score >= ?1 AND answer = 'no'), 0),
            coalesce(sum(score < ?1 AND answer = 'yes'), 0)
         FROM reviews WHERE answer <> 'later' AND score > 0
            AND (question LIKE 'belongs:%' OR question LIKE 'merge:%')";
    let mut query = conn.prepare_cached(sql)?;
    let mut trials = Vec::with_capacity(thresholds.len());
    for threshold in thresholds {
        trials.push(query.query_row([threshold], |row| {
            Ok(ThresholdTrial {
                threshold: *threshold,
                agreed: row.get(0)?,
                wrongly_joined: row.get(1)?,
                wrongly_parted: row.get(2)?,
            })
        })?);
    }
    Ok(trials)
}

/// How often editors agreed and overruled, of one week and kind.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct WeekOfReviews {
    /// Monday of the week, as a date.
    pub week: String,
    /// Kind of question.
    pub kind: String,
    /// Answers that agreed with the machine.
    pub agreed: u32,
    /// Answers that overruled it.
    pub overruled: u32,
}

/// Answers by week and kind, latest week first. To a merge that the machine did not make, yes
/// overrules; to an assignment that it made, no does.
///
/// # Errors
/// Whatever SQLite says.
pub fn count_reviews(conn: &Connection) -> Result<Vec<WeekOfReviews>> {
    let sql = "SELECT date(answered_at, 'unixepoch', 'weekday 0', '-6 days') AS week,
            substr(question, 1, instr(question, ':') - 1) AS kind,
            sum((answer = 'yes') = (question LIKE 'belongs:%')),
            sum((answer = 'yes') <> (question LIKE 'belongs:%'))
         FROM reviews WHERE answer <> 'later' GROUP BY week, kind ORDER BY week DESC, kind
         LIMIT 60";
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map([], |row| {
        Ok(WeekOfReviews {
            week: row.get(0)?,
            kind: row.get(1)?,
            agreed: row.get(2)?,
            overruled: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
