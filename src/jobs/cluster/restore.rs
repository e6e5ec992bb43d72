//! The clusterer's state from what the store holds.

use std::collections::BTreeMap;
use std::sync::mpsc::{SyncSender, sync_channel};

use super::leaving::load_kept_back;
use super::own::Own;
use super::rulings::Rulings;
use super::save::{
    ARRIVED, LATEST, LET_GO_AT, LET_GO_EVENT, NEXT_EVENT, NEXT_STORYLINE, OLDEST_LIVE,
    TABLES_COUNTED,
};
use super::tellings::Tellings;
use super::{Clusterer, ClusteringSettings, sketches};
use crate::cluster::{
    ArrivingItem, Cursor, DormantEvent, Engine, Latest, Parting, Publication, Restored,
    RestoredEvent, Restoring, SavedTables, Weights,
};
use crate::jobs::describe::is_wire;
use crate::news::{
    EventId, Item, ItemId, Outlet, OutletId, ScoredPair, StorylineId, UtcTime, utc_from_secs,
};
use crate::store::events::StoredEvent;
use crate::store::{
    Connection, Result, clustering, decisions, describing, events, items, kept_out, outlets,
    own_events, published, standing, taken,
};
use crate::timeline::Storylines;

/// Items in memory with all their words at once, while the window is rebuilt.
const LOT: u32 = 2_000;

pub(super) fn restore(
    conn: &Connection,
    settings: ClusteringSettings,
    weights: Weights,
) -> Result<Clusterer> {
    // Read first: what is published meanwhile is marked twice rather than never.
    let marked = published::newest_development(conn)?;
    let latest = standing::latest_line_published_at(conn)?;
    let lines_marked = latest.map(|at| (at, StorylineId(0))).into_iter().collect();
    let arrived = ItemId(clustering::load_cursor(conn, ARRIVED)?);
    let outlets = load_outlets(conn)?;
    let rulings = Rulings::of(decisions::load_obeyed(conn)?, decisions::load_begun(conn)?);
    let own = own_events::load_own_items(conn, None)?;
    let own_stored = Own::of(own.iter().map(|one| one.0));
    let restored = restore_window(conn, arrived, (&rulings, own))?;
    let counted = restored.tables.through;
    let after = restored
        .oldest_live
        .map_or(counted, |oldest| counted.min(ItemId(oldest.0 - 1)));
    let restoring = Engine::restore(settings.events.clone(), weights, restored);
    let mut engine = restore_items(conn, (after, arrived), &outlets, restoring)?.finish();
    let clock = items::clock_at(conn, arrived)?;
    if let Some(clock) = clock {
        engine.tell_clock(clock);
    }
    let storylines = restore_storylines(conn, &settings, (clock, &rulings))?;
    Ok(Clusterer {
        tables_saved: engine.tables_through(),
        tellings: Tellings::default(),
        decided_at: None,
        buried: count_buried(conn, &engine)?,
        engine,
        storylines,
        arrived,
        rulings,
        own: own_stored,
        reached: Default::default(),
        obeying_from: None,
        placed_anew: Default::default(),
        stale: Default::default(),
        spiked_lines: kept_out::load_lines(conn)?,
        marked,
        published_late: Vec::new(),
        lines_marked,
        outlets,
        settings,
    })
}

/// How many items from the oldest of the window on are gone, with a tombstone.
pub(super) fn count_buried(conn: &Connection, engine: &Engine) -> Result<i64> {
    let oldest = engine.oldest_live();
    oldest.map_or(Ok(0), |oldest| items::count_buried(conn, oldest))
}

/// What the engine takes at a time.
type Lot = (Vec<ArrivingItem>, Vec<ScoredPair>);

/// Hands the items after one and up to another to the engine, which takes a lot while the next is read.
fn restore_items(
    conn: &Connection,
    range: (ItemId, ItemId),
    outlets: &BTreeMap<OutletId, Outlet>,
    mut restoring: Restoring,
) -> Result<Restoring> {
    std::thread::scope(|scope| {
        let (sender, lots) = sync_channel::<Lot>(1);
        let taking = scope.spawn(move || {
            for (items, pairs) in lots {
                restoring.take(&items, pairs);
            }
            restoring
        });
        let loaded = load_lots(conn, range, outlets, &sender);
        drop(sender);
        let restoring = taking.join().expect("rebuilding does not fail");
        loaded.map(|()| restoring)
    })
}

fn load_lots(
    conn: &Connection,
    (mut after, last): (ItemId, ItemId),
    outlets: &BTreeMap<OutletId, Outlet>,
    sender: &SyncSender<Lot>,
) -> Result<()> {
    loop {
        let mut lot = taken::load_taken_after(conn, after, LOT)?;
        lot.retain(|item| item.id <= last);
        let Some(end) = lot.last().map(|item| item.id) else {
            return Ok(());
        };
        let pairs = clustering::load_pairs(conn, ItemId(after.0 + 1), end)?;
        let arriving = |item: &Item| arriving(item, is_wire(outlets, item.outlet_id));
        let lot: Vec<ArrivingItem> = lot.iter().map(arriving).collect();
        after = end;
        if sender.send((lot, pairs)).is_err() {
            return Ok(());
        }
    }
}

fn restore_window(
    conn: &Connection,
    arrived: ItemId,
    (rulings, own): (&Rulings, Vec<(EventId, Vec<ItemId>)>),
) -> Result<Restored> {
    let oldest = ItemId(clustering::load_cursor(conn, OLDEST_LIVE)?);
    let latest = clustering::load_cursor(conn, LATEST)?;
    let tables = load_tables(conn)?;
    Ok(Restored {
        reprints: events::load_reprints(conn, oldest)?,
        events: events::load_live_events(conn, oldest)?
            .into_iter()
            .map(restored_event)
            .collect(),
        dormant: events::load_merged(conn, oldest)?
            .into_iter()
            .filter_map(|(event, into)| {
                Some(DormantEvent {
                    id: event.id,
                    publication: publication_of(&event)?,
                    into,
                })
            })
            .collect(),
        oldest_live: (oldest.0 > 0).then_some(oldest),
        latest_secs: (latest != 0).then_some(latest),
        constraints: rulings.within_reach.clone(),
        kept_back: load_kept_back(conn)?,
        own: own
            .into_iter()
            .map(|(id, items)| restored_own(conn, id, items))
            .collect::<Result<_>>()?,
        cursor: Cursor {
            settled_through: arrived,
            next_event: EventId(clustering::load_cursor(conn, NEXT_EVENT)?.max(1)),
        },
        tables,
    })
}

/// `clock` is what our clock said when the last item was accepted that clustering has taken in.
pub(super) fn restore_storylines(
    conn: &Connection,
    settings: &ClusteringSettings,
    (clock, rulings): (Option<UtcTime>, &Rulings),
) -> Result<Storylines> {
    let next = StorylineId(clustering::load_cursor(conn, NEXT_STORYLINE)?.max(1));
    let mut storylines = Storylines::new(settings.storylines.clone(), next);
    let mut latest = Latest::default();
    if let Some(clock) = clock {
        storylines.tell_clock(clock);
        latest.tell_clock(clock);
    }
    let newest = newest_report(conn, latest)?;
    let days = chrono::TimeDelta::days(settings.storylines.compared_days());
    let let_go_at = clustering::load_cursor(conn, LET_GO_AT)?;
    let let_go_event = EventId(clustering::load_cursor(conn, LET_GO_EVENT)?);
    let let_go = (let_go_event > EventId(0)).then_some((let_go_at, let_go_event));
    let since = let_go.map_or(newest - days, |(at, _)| {
        utc_from_secs(at).max(newest - days)
    });
    for stored in describing::load_sketches(conn, since)? {
        if let Some(sketch) = sketches::decode(stored.event, &stored.sketch) {
            storylines.restore(stored.storyline, sketch);
        }
        if let Some(published_at) = stored.published_at {
            storylines.mark_published(stored.storyline, published_at.timestamp());
        }
    }
    if let Some(last) = let_go {
        storylines.let_go_through(last);
    }
    for (home, at) in standing::load_shown_homes(conn)? {
        storylines.tell_shown_elsewhere(home, Some(at.timestamp()));
    }
    storylines.tell_spiked(rulings.spiked_lines());
    for home in standing::load_spiked_homes(conn)? {
        storylines.tell_spiked_elsewhere(home, true);
    }
    Ok(storylines)
}

/// The time of the newest report as far as it is believed.
pub(super) fn newest_report(conn: &Connection, mut latest: Latest) -> Result<UtcTime> {
    latest.tell(describing::newest_report(conn)?.timestamp());
    Ok(utc_from_secs(latest.secs()))
}

/// The rule of now that parts two items; `None` if none does.
///
/// # Errors
/// Whatever the store says.
pub fn parted_now(conn: &Connection, a: &Item, b: &Item) -> Result<Option<Parting>> {
    let tables = load_tables(conn)?;
    let [a, b] = [a, b].map(|item| arriving(item, false));
    Ok(Parting::of_now(&tables, &a, &b))
}

pub(super) fn arriving(item: &Item, outlet_is_wire: bool) -> ArrivingItem {
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

/// How an event stands in what is published; `None` while it is provisional.
pub(super) fn publication_of(event: &StoredEvent) -> Option<Publication> {
    Some(Publication {
        order: event.published_at?.timestamp(),
        anchors: event.anchors.clone(),
        headline: event.published_headline,
    })
}

pub(super) fn load_outlets(conn: &Connection) -> Result<BTreeMap<OutletId, Outlet>> {
    Ok(outlets::list_outlets(conn)?
        .into_iter()
        .map(|outlet| (outlet.id, outlet))
        .collect())
}

fn restored_event(event: StoredEvent) -> RestoredEvent {
    RestoredEvent {
        id: event.id,
        publication: publication_of(&event),
        items: event.items,
    }
}

fn restored_own(conn: &Connection, id: EventId, items: Vec<ItemId>) -> Result<RestoredEvent> {
    let stored = match items.is_empty() {
        true => None,
        false => events::load_stored(conn, id)?,
    };
    Ok(RestoredEvent {
        id,
        publication: stored.as_ref().and_then(publication_of),
        items,
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
