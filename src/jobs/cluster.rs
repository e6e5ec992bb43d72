//! Takes accepted items into the clusterer in the order of history, and saves what it says of
//! them: frozen pairs, events, evidence. The state in memory is rebuilt from the store at start;
//! after a failed save it is thrown away and rebuilt, so that it never runs ahead of the disk.

use std::collections::BTreeMap;

use crate::cluster::{
    ArrivingItem, Cursor, Engine, EventChange, Publication, Restored, RestoredEvent, SavedTables,
    Settings, Settlement, Weights,
};
use crate::decisions::{Constraints, constraints_of};
use crate::news::{
    Decision, EventId, Evidence, Item, ItemId, OutletId, OutletKind, ScoredPair, UtcTime,
};
use crate::store::clustering::{self, LearntTable};
use crate::store::events::{self, Member, StoredEvent};
use crate::store::{Connection, Result, Store, Transaction, items, outlets};

/// Items taken in between two settlings: few enough that readers see progress, many enough that a
/// flood is settled in few steps.
const BATCH: u32 = 512;

const ARRIVED: &str = "cluster";
const NEXT_EVENT: &str = "cluster-next-event";
const OLDEST_LIVE: &str = "cluster-oldest-live";
const TABLES_COUNTED: &str = "cluster-tables-counted";

/// What a pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// Items that arrived.
    pub items: usize,
    /// Events that are new or changed.
    pub events: usize,
}

/// The live clusterer beside its store.
pub struct Clusterer {
    engine: Engine,
    arrived: ItemId,
    tables_saved: ItemId,
    constraints: Constraints,
    marked_until: UtcTime,
    wires: BTreeMap<OutletId, bool>,
}

impl Clusterer {
    /// Rebuilds the state that the last save left.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn load(store: &Store, settings: Settings, weights: Weights) -> Result<Self> {
        store.read(|conn| {
            let arrived = ItemId(clustering::load_cursor(conn, ARRIVED)?);
            let wires = load_wires(conn)?;
            let constraints = load_constraints(conn)?;
            let restored = load_window(conn, arrived, &wires, &constraints)?;
            let published = restored
                .events
                .iter()
                .filter_map(|event| event.publication.as_ref());
            let marked_until = published.map(|mark| mark.order).max().unwrap_or(0);
            let engine = Engine::restore(settings, weights, restored);
            Ok(Self {
                tables_saved: engine.tables_through(),
                engine,
                arrived,
                constraints,
                marked_until: crate::news::utc_from_secs(marked_until),
                wires,
            })
        })
    }

    /// Takes in what has been accepted since, and obeys what has been decided since. After an
    /// error the clusterer is to be loaded anew.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn take_in(&mut self, store: &Store, now: UtcTime) -> Result<TakenIn> {
        let mut taken = TakenIn::default();
        self.mark_published(store)?;
        let constraints = store.read(load_constraints)?;
        let is_ruled_anew = constraints != self.constraints;
        self.constraints = constraints;
        if is_ruled_anew {
            taken.events += self.settle_batch(store, &[], now)?;
        }
        loop {
            let batch = store.read(|conn| items::load_items_after(conn, self.arrived, BATCH))?;
            if batch.is_empty() {
                return Ok(taken);
            }
            taken.items += batch.len();
            taken.events += self.settle_batch(store, &batch, now)?;
        }
    }

    /// How many items are compared with new ones.
    pub fn live_items(&self) -> usize {
        self.engine.live_items()
    }

    fn settle_batch(&mut self, store: &Store, batch: &[Item], now: UtcTime) -> Result<usize> {
        let mut pairs = Vec::new();
        let mut reprints = BTreeMap::new();
        for item in batch {
            let is_wire = self.is_wire(store, item.outlet_id)?;
            let arrival = self.engine.arrive(&arriving(item, is_wire));
            pairs.extend(arrival.pairs);
            reprints.extend(arrival.reprint_of.map(|original| (item.id, original)));
            self.arrived = item.id;
        }
        let settlement = self.engine.settle(&self.constraints);
        let count = settlement.changed.len() + settlement.merged.len();
        let save = self.prepare_save(store, settlement, pairs, &reprints)?;
        store.write_blocking(move |tx| save.write(tx, now))?;
        Ok(count)
    }

    fn prepare_save(
        &mut self,
        store: &Store,
        settlement: Settlement,
        pairs: Vec<ScoredPair>,
        reprints: &BTreeMap<ItemId, ItemId>,
    ) -> Result<Save> {
        let mut members = Vec::new();
        store.read(|conn| {
            for change in &settlement.changed {
                members.push(self.members_of(conn, change, &pairs, reprints)?);
            }
            Ok(())
        })?;
        let tables =
            (self.engine.tables_through() != self.tables_saved).then(|| self.engine.tables());
        self.tables_saved = self.engine.tables_through();
        Ok(Save {
            arrived: self.arrived,
            oldest_live: self.engine.oldest_live(),
            settlement,
            members,
            pairs,
            tables,
        })
    }

    /// The items of a changed event; those that are new in it carry their evidence.
    fn members_of(
        &self,
        conn: &Connection,
        change: &EventChange,
        new_pairs: &[ScoredPair],
        reprints: &BTreeMap<ItemId, ItemId>,
    ) -> Result<Vec<Member>> {
        let stored: BTreeMap<ItemId, Option<ItemId>> = events::load_members(conn, change.event)?
            .into_iter()
            .collect();
        let mut members = Vec::with_capacity(change.items.len());
        for item in &change.items {
            let known = stored.get(item);
            let evidence = match known {
                Some(_) => None,
                None => self.explain(conn, *item, new_pairs)?,
            };
            let original = reprints.get(item).copied().or(known.copied().flatten());
            let reprint_of = match (original, known) {
                (None, None) => events::original_of(conn, *item)?,
                (original, _) => original,
            };
            members.push(Member {
                item: *item,
                reprint_of,
                evidence,
            });
        }
        Ok(members)
    }

    fn explain(
        &self,
        conn: &Connection,
        item: ItemId,
        new_pairs: &[ScoredPair],
    ) -> Result<Option<Evidence>> {
        let mut frozen = clustering::load_pairs_of(conn, item)?;
        frozen.extend(
            new_pairs
                .iter()
                .filter(|pair| pair.later == item || pair.earlier == item)
                .cloned(),
        );
        Ok(self.engine.explain(item, &frozen))
    }

    fn mark_published(&mut self, store: &Store) -> Result<()> {
        let since = self.marked_until;
        let published = store.read(|conn| events::load_published_since(conn, since))?;
        for event in published {
            self.marked_until = self.marked_until.max(event.published_at.unwrap_or(since));
            if let Some(publication) = publication_of(&event) {
                self.engine.mark_published(event.id, publication);
            }
        }
        Ok(())
    }

    fn is_wire(&mut self, store: &Store, outlet: OutletId) -> Result<bool> {
        if !self.wires.contains_key(&outlet) {
            self.wires = store.read(load_wires)?;
        }
        Ok(self.wires.get(&outlet).copied().unwrap_or(false))
    }
}

/// Everything that one settling changes, for one transaction.
struct Save {
    arrived: ItemId,
    oldest_live: Option<ItemId>,
    settlement: Settlement,
    members: Vec<Vec<Member>>,
    pairs: Vec<ScoredPair>,
    tables: Option<SavedTables>,
}

impl Save {
    fn write(self, tx: &Transaction<'_>, now: UtcTime) -> Result<()> {
        clustering::save_pairs(tx, &self.pairs)?;
        for (change, members) in self.settlement.changed.iter().zip(&self.members) {
            events::save_members(tx, change.event, members, now)?;
        }
        for change in &self.settlement.changed {
            if let Some(origin) = change.split_from {
                events::save_origin(tx, change.event, origin)?;
            }
        }
        for (gone, into) in &self.settlement.merged {
            events::merge_event(tx, *gone, *into)?;
        }
        if let Some(tables) = self.tables {
            save_tables(tx, tables)?;
        }
        let Cursor {
            settled_through: _,
            next_event,
        } = self.settlement.cursor;
        clustering::save_cursor(tx, ARRIVED, self.arrived.0)?;
        clustering::save_cursor(tx, NEXT_EVENT, next_event.0)?;
        clustering::save_cursor(tx, OLDEST_LIVE, self.oldest_live.map_or(0, |item| item.0))
    }
}

fn arriving(item: &Item, outlet_is_wire: bool) -> ArrivingItem {
    ArrivingItem {
        id: item.id,
        outlet: item.outlet_id,
        outlet_is_wire,
        language: item.language.clone(),
        item_time: item.item_time,
        time_is_claimed: item.time_is_claimed,
        title: item.wire.clean_title.clone(),
        summary: item.wire.clean_summary.clone(),
        text: item.text.clone(),
        role: item.wire.role,
        agency: item.wire.agency.clone(),
        dateline: item.wire.dateline.clone(),
        series_key: item.wire.series_key.clone(),
    }
}

fn load_window(
    conn: &Connection,
    arrived: ItemId,
    wires: &BTreeMap<OutletId, bool>,
    constraints: &Constraints,
) -> Result<Restored> {
    let oldest = ItemId(clustering::load_cursor(conn, OLDEST_LIVE)?);
    let tables = load_tables(conn)?;
    let from = oldest.min(ItemId(tables.through.0 + 1));
    let is_wire = |outlet| wires.get(&outlet).copied().unwrap_or(false);
    let live = items::load_items_between(conn, from, arrived)?;
    Ok(Restored {
        items: live
            .iter()
            .map(|item| arriving(item, is_wire(item.outlet_id)))
            .collect(),
        pairs: clustering::load_pairs(conn, oldest, arrived)?,
        reprints: events::load_reprints(conn, oldest)?,
        events: events::load_live_events(conn, oldest)?
            .into_iter()
            .map(restored_event)
            .collect(),
        oldest_live: (oldest.0 > 0).then_some(oldest),
        constraints: constraints.clone(),
        cursor: Cursor {
            settled_through: arrived,
            next_event: EventId(clustering::load_cursor(conn, NEXT_EVENT)?.max(1)),
        },
        tables,
    })
}

fn restored_event(event: StoredEvent) -> RestoredEvent {
    RestoredEvent {
        id: event.id,
        publication: publication_of(&event),
        items: event.items,
    }
}

fn publication_of(event: &StoredEvent) -> Option<Publication> {
    Some(Publication {
        order: event.published_at?.timestamp(),
        anchors: event.anchors.clone(),
        headline: event.headline_item,
    })
}

fn load_tables(conn: &Connection) -> Result<SavedTables> {
    let tables = clustering::load_learnt_tables(conn)?;
    Ok(SavedTables {
        through: tables.first().map_or(ItemId(0), |table| table.seq),
        counted: clustering::load_cursor(conn, TABLES_COUNTED)?.unsigned_abs(),
        languages: tables
            .into_iter()
            .map(|table| (table.language, table.content))
            .collect(),
    })
}

fn save_tables(tx: &Transaction<'_>, tables: SavedTables) -> Result<()> {
    let seq = tables.through;
    let counted = i64::try_from(tables.counted).unwrap_or(i64::MAX);
    let learnt: Vec<LearntTable> = tables
        .languages
        .into_iter()
        .map(|(language, content)| LearntTable {
            language,
            seq,
            content,
        })
        .collect();
    clustering::save_learnt_tables(tx, &learnt)?;
    clustering::save_cursor(tx, TABLES_COUNTED, counted)
}

fn load_wires(conn: &Connection) -> Result<BTreeMap<OutletId, bool>> {
    let outlets = outlets::list_outlets(conn)?;
    Ok(outlets
        .into_iter()
        .map(|one| (one.id, one.kind == OutletKind::Wire))
        .collect())
}

fn load_constraints(conn: &Connection) -> Result<Constraints> {
    let decisions: Vec<Decision> = crate::store::decisions::load_decisions(conn)?;
    Ok(constraints_of(&decisions))
}
