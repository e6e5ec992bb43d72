//! Editors' decisions. Rows are added and marked as undone, never changed otherwise, never removed.

mod obeyed;

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{Result, StoreError, describing};
use crate::news::{
    Decision, DecisionId, EventId, ItemId, Ruling, StorylineId, Target, UtcTime, utc_from_secs,
};

pub use obeyed::{
    are_obeyed, are_these_obeyed, load_begun, load_obeyed, load_unheeded, note_begun, note_obeyed,
    obeyed_through,
};

/// Keeps a decision; returns its id, which is its place in the order of decisions.
///
/// # Errors
/// Whatever SQLite says.
pub fn save_decision(
    tx: &Transaction<'_>,
    ruling: &Ruling,
    editor: &str,
    note: &str,
    now: UtcTime,
) -> Result<DecisionId> {
    let sql = "INSERT INTO decisions (ruling, editor, decided_at, note) VALUES (?1, ?2, ?3, ?4)";
    let json = serde_json::to_string(ruling)?;
    tx.prepare_cached(sql)?
        .execute(params![json, editor, now.timestamp(), note])?;
    let id = DecisionId(tx.last_insert_rowid());
    let sql = "INSERT OR IGNORE INTO decision_names (noun, thing, decision_id) VALUES (?1, ?2, ?3)";
    let mut name = tx.prepare_cached(sql)?;
    for (noun, thing) in Named::by(ruling).things() {
        name.execute(params![noun, thing, id.0])?;
    }
    // Their rows stay when they are merged into others.
    let mut keep = tx.prepare_cached("UPDATE events SET is_named = 1 WHERE id = ?1")?;
    for event in ruling.events() {
        keep.execute([event.0])?;
    }
    Ok(id)
}

/// The numbers of nouns as they are stored; 1 is that of an item.
pub(super) const EVENT: i64 = 2;
pub(super) const STORYLINE: i64 = 3;

/// Things that decisions may be about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Items.
    pub items: Vec<ItemId>,
    /// Events.
    pub events: Vec<EventId>,
    /// Storylines.
    pub storylines: Vec<StorylineId>,
}

impl Named {
    /// What a ruling names.
    pub fn by(ruling: &Ruling) -> Self {
        Self {
            items: ruling.items(),
            events: ruling.events(),
            storylines: ruling.storylines(),
        }
    }

    /// The number of each thing's noun as it is stored, and of the thing.
    fn things(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        let items = self.items.iter().map(|item| (1, item.0));
        let events = self.events.iter().map(|event| (EVENT, event.0));
        let storylines = self.storylines.iter().map(|line| (STORYLINE, line.0));
        items.chain(events).chain(storylines)
    }
}

/// The decisions that name any of these, in order, undone ones too.
///
/// # Errors
/// As [`load_decisions`].
pub fn load_about(conn: &Connection, named: &Named) -> Result<Vec<Decision>> {
    let mut found = BTreeMap::new();
    load_naming(conn, named, &mut found)?;
    Ok(found.into_values().collect())
}

/// The pins of events, in order, undone ones too.
///
/// # Errors
/// As [`load_decisions`].
pub fn load_pins(conn: &Connection, events: Vec<EventId>) -> Result<Vec<Decision>> {
    let named = Named {
        events,
        ..Named::default()
    };
    let mut made = load_about(conn, &named)?;
    made.retain(|one| matches!(one.ruling, Ruling::PinHeadline { .. }));
    Ok(made)
}

/// The decisions that name an event or one of its items, in order, undone ones too.
///
/// # Errors
/// As [`load_decisions`].
pub fn load_about_event(conn: &Connection, event: EventId) -> Result<Vec<Decision>> {
    let sql = "SELECT decision_id FROM decision_names WHERE noun = 2 AND thing = ?1
         UNION SELECT n.decision_id FROM event_items m
            CROSS JOIN decision_names n ON n.noun = 1 AND n.thing = m.item_id
         WHERE m.event_id = ?1 ORDER BY 1";
    let mut query = conn.prepare_cached(sql)?;
    let ids = query.query_map([event.0], |row| row.get(0).map(DecisionId))?;
    let mut found = Vec::new();
    for id in ids {
        found.extend(load_decision(conn, id?)?);
    }
    Ok(found)
}

/// The decisions that a ruling or its undoing is to be held against: those that name what it names,
/// those in force that name what these name, and so on; in order, undone ones too.
///
/// # Errors
/// As [`load_decisions`].
pub fn load_connected(conn: &Connection, ruling: &Ruling) -> Result<Vec<Decision>> {
    let mut found = BTreeMap::new();
    let mut open = vec![ruling.clone()];
    while let Some(ruling) = open.pop() {
        let new = load_naming(conn, &Named::by(&ruling), &mut found)?;
        let in_force = new
            .iter()
            .map(|id| &found[id])
            .filter(|one| one.undone_at.is_none());
        open.extend(in_force.map(|one| one.ruling.clone()));
    }
    Ok(found.into_values().collect())
}

/// Adds the decisions that name any of these; returns those that are new.
fn load_naming(
    conn: &Connection,
    named: &Named,
    found: &mut BTreeMap<DecisionId, Decision>,
) -> Result<Vec<DecisionId>> {
    let sql = "SELECT decision_id FROM decision_names WHERE noun = ?1 AND thing = ?2";
    let mut query = conn.prepare_cached(sql)?;
    let mut new = Vec::new();
    for (noun, thing) in named.things() {
        let ids = query.query_map([noun, thing], |row| row.get(0).map(DecisionId))?;
        for id in ids {
            let id = id?;
            if !found.contains_key(&id)
                && let Some(decision) = load_decision(conn, id)?
            {
                found.insert(id, decision);
                new.push(id);
            }
        }
    }
    Ok(new)
}

/// Which of the latest decisions are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Latest {
    /// How many at most.
    pub limit: u32,
    /// Only those made before this one.
    pub before: Option<DecisionId>,
    /// Only those made then or later.
    pub since: Option<UtcTime>,
}

/// The latest decisions, the latest first, undone ones too.
///
/// # Errors
/// As [`load_decisions`].
pub fn load_latest(conn: &Connection, latest: &Latest) -> Result<Vec<Decision>> {
    let sql =
        format!("{SELECT_DECISION} WHERE id < ?1 AND decided_at >= ?3 ORDER BY id DESC LIMIT ?2");
    let mut query = conn.prepare_cached(&sql)?;
    let before = latest.before.map_or(i64::MAX, |before| before.0);
    let since = latest.since.map_or(i64::MIN, |since| since.timestamp());
    let rows = query.query_map(params![before, latest.limit, since], read_decision)?;
    let rows: Vec<(String, Decision)> = rows.collect::<rusqlite::Result<_>>()?;
    rows.into_iter().map(understand).collect()
}

/// The last decision that was made; 0 if none was.
///
/// # Errors
/// Whatever SQLite says.
pub fn newest(conn: &Connection) -> Result<DecisionId> {
    let sql = "SELECT coalesce(max(id), 0) FROM decisions";
    let mut query = conn.prepare_cached(sql)?;
    Ok(query.query_row([], |row| row.get(0).map(DecisionId))?)
}

/// Marks a decision as undone; false if there is none or it was undone before.
///
/// # Errors
/// Whatever SQLite says.
pub fn undo_decision(
    tx: &Transaction<'_>,
    id: DecisionId,
    editor: &str,
    now: UtcTime,
) -> Result<bool> {
    let sql = "UPDATE decisions SET undone_at = ?2, undone_by = ?3
         WHERE id = ?1 AND undone_at IS NULL";
    Ok(tx
        .prepare_cached(sql)?
        .execute(params![id.0, now.timestamp(), editor])?
        == 1)
}

/// Every decision in order, undone ones too.
///
/// # Errors
/// Whatever SQLite says; [`StoreError::Unreadable`] for a ruling that this program does not know,
/// because a decision that is not understood must not be passed over.
pub fn load_decisions(conn: &Connection) -> Result<Vec<Decision>> {
    let sql = format!("{SELECT_DECISION} ORDER BY id");
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map([], read_decision)?;
    let rows: Vec<(String, Decision)> = rows.collect::<rusqlite::Result<_>>()?;
    rows.into_iter().map(understand).collect()
}

/// Decisions whose ruling cannot be read, each with the reason.
///
/// # Errors
/// Whatever SQLite says.
pub(super) fn list_unreadable(conn: &Connection) -> Result<Vec<String>> {
    let mut query = conn.prepare(&format!("{SELECT_DECISION} ORDER BY id"))?;
    let mut unreadable = Vec::new();
    for row in query.query_map([], read_decision)? {
        match understand(row?) {
            Err(StoreError::Unreadable(what)) => unreadable.push(what),
            decision => drop(decision?),
        }
    }
    Ok(unreadable)
}

/// One decision; `None` if there is none.
///
/// # Errors
/// As [`load_decisions`].
pub fn load_decision(conn: &Connection, id: DecisionId) -> Result<Option<Decision>> {
    let sql = format!("{SELECT_DECISION} WHERE id = ?1");
    let row = conn
        .prepare_cached(&sql)?
        .query_row([id.0], read_decision)
        .optional()?;
    row.map(understand).transpose()
}

const SELECT_DECISION: &str =
    "SELECT id, ruling, editor, decided_at, note, undone_at, undone_by FROM decisions";

fn read_decision(row: &Row<'_>) -> rusqlite::Result<(String, Decision)> {
    let unknown = Ruling::SameEvent {
        a: Default::default(),
        b: Default::default(),
        items: Vec::new(),
    };
    let decision = Decision {
        id: DecisionId(row.get(0)?),
        ruling: unknown,
        editor: row.get(2)?,
        decided_at: utc_from_secs(row.get(3)?),
        note: row.get(4)?,
        undone_at: row.get::<_, Option<i64>>(5)?.map(utc_from_secs),
        undone_by: row.get(6)?,
    };
    Ok((row.get(1)?, decision))
}

fn understand((json, decision): (String, Decision)) -> Result<Decision> {
    let ruling = serde_json::from_str(&json)
        .map_err(|cause| StoreError::Unreadable(format!("decision {}: {cause}", decision.id)))?;
    Ok(Decision { ruling, ..decision })
}

/// Where things stand that a ruling is about: items in events, events in storylines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Items that are kept, each with its event.
    pub items: Vec<(ItemId, Option<EventId>)>,
    /// Events that were not merged away, each with its storyline.
    pub events: Vec<(EventId, Option<StorylineId>)>,
    /// Storylines that were not merged away.
    pub storylines: Vec<StorylineId>,
}

/// Looks up where these stand; what does not exist is left out.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_standing(
    conn: &Connection,
    items: &[ItemId],
    events: &[EventId],
    storylines: &[StorylineId],
) -> Result<Standing> {
    let mut standing = Standing::default();
    let sql = "SELECT e.event_id FROM items i LEFT JOIN event_items e ON e.item_id = i.id
         WHERE i.id = ?1";
    let mut query = conn.prepare_cached(sql)?;
    for item in items {
        let found: Option<Option<i64>> = query.query_row([item.0], |row| row.get(0)).optional()?;
        let place = found.map(|event| (*item, event.map(EventId)));
        standing.items.extend(place);
    }
    let sql = "SELECT storyline_id FROM events WHERE id = ?1 AND merged_into IS NULL";
    let mut query = conn.prepare_cached(sql)?;
    for event in events {
        let found: Option<Option<i64>> = query.query_row([event.0], |row| row.get(0)).optional()?;
        let place = found.map(|line| (*event, line.map(StorylineId)));
        standing.events.extend(place);
    }
    let sql = "SELECT 1 FROM storylines WHERE id = ?1 AND merged_into IS NULL";
    let mut query = conn.prepare_cached(sql)?;
    for storyline in storylines {
        let found: Option<i64> = query
            .query_row([storyline.0], |row| row.get(0))
            .optional()?;
        standing.storylines.extend(found.map(|_| *storyline));
    }
    Ok(standing)
}

/// Marks something as kept out of what is published, or as not.
///
/// # Errors
/// Whatever SQLite says.
pub fn set_spiked(tx: &Transaction<'_>, target: Target, spiked: bool) -> Result<()> {
    let (sql, id) = match target {
        Target::Item(item) => ("UPDATE items SET spiked = ?2 WHERE id = ?1", item.0),
        Target::Event(event) => (
            "UPDATE events SET spiked = ?2, version = version + 1 WHERE id = ?1 AND spiked <> ?2",
            event.0,
        ),
        Target::Storyline(storyline) => (
            "UPDATE storylines SET spiked = ?2, version = version + 1
             WHERE id = ?1 AND spiked <> ?2",
            storyline.0,
        ),
    };
    tx.prepare_cached(sql)?.execute(params![id, spiked])?;
    if let Target::Storyline(line) = target {
        // What is in it was kept out, or comes back, with it.
        let held = "SELECT id FROM events WHERE storyline_id = ?1";
        look_again(tx, held, line.0)?;
    }
    if let Target::Event(event) = target {
        // Its storyline may have its headline.
        describing::enter_describe_queue(tx, event)?;
    }
    Ok(())
}

/// Has who publishes look again at the events that a query of one thing gives.
fn look_again(tx: &Transaction<'_>, events: &str, of: i64) -> Result<()> {
    let sql = format!(
        "INSERT INTO publish_queue (event_id) {events} ON CONFLICT DO UPDATE SET look_at = 0"
    );
    tx.prepare_cached(&sql)?.execute([of])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::PublicId;
    use crate::store::Store;
    use crate::store::{published, publishing};

    fn rulings() -> Vec<Ruling> {
        let items = |ids: &[i64]| ids.iter().copied().map(ItemId).collect::<Vec<_>>();
        let events = |ids: &[i64]| ids.iter().copied().map(EventId).collect::<Vec<_>>();
        let spike = |target| Ruling::Spike { target };
        vec![
            Ruling::MergeEvents {
                kept: EventId(1),
                kept_items: items(&[11, 12]),
                merged: EventId(2),
                merged_items: items(&[13]),
            },
            Ruling::SplitEvent {
                event: EventId(3),
                kept_items: items(&[13]),
                split_items: items(&[14, 15]),
            },
            Ruling::MoveItem {
                item: ItemId(16),
                from: EventId(4),
                from_items: items(&[17]),
                to: EventId(5),
                to_items: items(&[18]),
            },
            Ruling::SameEvent {
                a: ItemId(18),
                b: ItemId(19),
                items: Vec::new(),
            },
            Ruling::NotSameEvent {
                a: ItemId(20),
                b: ItemId(21),
            },
            Ruling::MergeStorylines {
                kept: StorylineId(31),
                kept_events: events(&[6]),
                merged: StorylineId(32),
                merged_events: events(&[7, 8]),
            },
            Ruling::SplitStoryline {
                storyline: StorylineId(33),
                kept_events: events(&[8]),
                split_events: events(&[9]),
            },
            Ruling::PinHeadline {
                event: EventId(10),
                headline: "10".to_owned(),
            },
            Ruling::RenameStoryline {
                storyline: StorylineId(34),
                headline: "34".to_owned(),
            },
            Ruling::Lock {
                event: EventId(10),
                items: items(&[22]),
            },
            spike(Target::Item(ItemId(23))),
            spike(Target::Event(EventId(24))),
            spike(Target::Storyline(StorylineId(25))),
        ]
    }

    fn open() -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let decided = store.write_blocking(|tx| {
            for ruling in rulings() {
                save_decision(tx, &ruling, "anna", "", utc_from_secs(0))?;
            }
            Ok(())
        });
        decided.unwrap();
        (directory, store)
    }

    fn names(conn: &Connection) -> Result<Vec<(i64, i64, i64)>> {
        let sql = "SELECT noun, thing, decision_id FROM decision_names ORDER BY 1, 2, 3";
        let mut query = conn.prepare(sql)?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    #[test]
    fn decisions_of_before_are_found_by_the_same_names() {
        let (_directory, store) = open();
        let known = store.read(names).unwrap();
        assert!(known.len() > 25);
        let migration = include_str!("../../migrations/0006_named.sql");
        let start = migration.find("INSERT OR IGNORE").unwrap();
        let end = start + migration[start..].find(';').unwrap();
        let again = store.write_blocking(move |tx| {
            tx.execute("DELETE FROM decision_names", [])?;
            tx.execute(&migration[start..end], [])?;
            names(tx)
        });
        assert_eq!(again.unwrap(), known);
    }

    #[test]
    fn a_ruling_is_held_against_all_that_hangs_together_with_it() {
        let (_directory, store) = open();
        let connected = |ruling: &Ruling| {
            let found = store.read(|conn| load_connected(conn, ruling));
            let ids = found.unwrap().into_iter().map(|one| one.id.0);
            ids.collect::<Vec<_>>()
        };
        let all = rulings();
        // By item 13 and by item 18, by event 8 and by event 10.
        assert_eq!(connected(&all[0]), [1, 2]);
        assert_eq!(connected(&all[3]), [3, 4]);
        assert_eq!(connected(&all[5]), [6, 7]);
        assert_eq!(connected(&all[7]), [8, 10]);
        let undone = store.write_blocking(|tx| {
            undo_decision(tx, DecisionId(2), "ben", utc_from_secs(1))?;
            let new = Ruling::SameEvent {
                a: ItemId(15),
                b: ItemId(20),
                items: Vec::new(),
            };
            load_connected(tx, &new)
        });
        let undone: Vec<i64> = undone.unwrap().into_iter().map(|one| one.id.0).collect();
        assert_eq!(undone, [2, 5], "what was undone leads no further");
    }

    #[test]
    fn the_publication_knows_of_every_decision_and_undoing() {
        let (_directory, store) = open();
        let decided = |act: fn(&Transaction<'_>) -> Result<()>| {
            let decided = store.write_blocking(move |tx| {
                publishing::ensure_publication(tx, PublicId::mint([1; 16]), utc_from_secs(0))?;
                act(tx)?;
                Ok(published::load_publication(tx)?.decided)
            });
            decided.unwrap()
        };
        let before = decided(|_| Ok(()));
        let ruling = |tx: &Transaction<'_>| {
            save_decision(tx, &rulings()[0], "anna", "", utc_from_secs(0)).map(drop)
        };
        assert_eq!(decided(ruling), before + 1);
        let undoing = |tx: &Transaction<'_>| {
            undo_decision(tx, DecisionId(1), "anna", utc_from_secs(1)).map(drop)
        };
        assert_eq!(decided(undoing), before + 2);
        assert_eq!(decided(|_| Ok(())), before + 2);
    }
}
