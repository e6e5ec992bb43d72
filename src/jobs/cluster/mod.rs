//! Takes accepted items into the clusterer in the order of history, and saves what it says of
//! them: frozen pairs, events, storylines, evidence, descriptions. The state in memory is rebuilt
//! from the store at start; after a failed save it is to be thrown away and rebuilt, so that it
//! never runs ahead of the disk.

mod described;
mod held;
mod leaving;
mod lines;
mod old;
mod own;
mod restore;
mod returning;
mod ruling;
mod rulings;
mod save;
mod scope;
mod shown;
mod sketches;
mod tellings;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::describe::{self, Pins};
use crate::cluster::{
    Engine, EventChange, EventSketch, Latest, Publication, Settings, Settlement, Weights,
};
use crate::news::{
    DevelopmentId, EventId, Item, ItemId, Outlet, OutletId, ScoredPair, StorylineId, UtcTime,
};
use crate::store::events::{self, Member};
use crate::store::{Connection, Pending, Result, Store, describing, items, standing};
use crate::timeline::{LifeSettings, Placing, StorylineSettings, Storylines};
use own::{Own, OwnChanges};
pub use restore::parted_now;
use rulings::Rulings;
use save::{Described, Save, Touched};
use tellings::Tellings;

/// Items taken in between two settlings: few enough that readers see progress, many enough that a
/// flood is settled in few steps. With 256 a flood takes a tenth more of the processor; with 4,096 while as many wait it
/// takes a little less, and lags three times as far behind.
const BATCH: u32 = 1024;
/// The same while editors decide: one who does waits for no more than the writing of such a step.
const WATCHED_BATCH: u32 = 256;
/// Minutes after a decision in which another one is expected.
const WATCHED_MINUTES: i64 = 2;

/// Days for which what linking compared is kept after its storyline can take no more.
const SKETCH_SLACK_DAYS: i64 = 2;
/// What is forgotten at a time, so that nobody waits for it.
const TRIMMED_AT_ONCE: u32 = 5_000;

/// By how much the clock may be set back while nobody looks.
const CLOCK_SLACK: chrono::TimeDelta = chrono::TimeDelta::minutes(1);

/// How clustering and storylines are set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClusteringSettings {
    /// Events.
    pub events: Settings,
    /// Storylines.
    pub storylines: StorylineSettings,
    /// When a storyline is quiet or closed.
    pub life: LifeSettings,
}

/// What a pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// Items that arrived.
    pub items: usize,
    /// Events that are new, changed or described anew.
    pub events: usize,
}

/// The live clusterer beside its store.
pub struct Clusterer {
    settings: ClusteringSettings,
    engine: Engine,
    storylines: Storylines,
    arrived: ItemId,
    tables_saved: ItemId,
    rulings: Rulings,
    own: Own,
    /// What the decisions that are being obeyed may have touched so far.
    reached: scope::Scope,
    /// The first event that is new since decisions are being obeyed; `None` while none are.
    obeying_from: Option<EventId>,
    /// Events that rulings on storylines name which are being obeyed.
    placed_anew: BTreeSet<EventId>,
    stale: shown::Stale,
    /// The storylines that editors keep out.
    spiked_lines: BTreeSet<StorylineId>,
    /// The last development whose event is known as published.
    marked: DevelopmentId,
    /// Events that were first published when they were live no more: one that was merged away meanwhile may live again.
    published_late: Vec<(EventId, Publication)>,
    /// Storylines that were published lately and are known as such, with when.
    lines_marked: BTreeSet<(UtcTime, StorylineId)>,
    outlets: BTreeMap<OutletId, Outlet>,
    tellings: Tellings,
    /// When a decision was seen last; `None` if none was since the start.
    decided_at: Option<UtcTime>,
    /// Items of the window of which retention is known to have left a tombstone.
    buried: i64,
}

impl Clusterer {
    /// Rebuilds the state that the last save left.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn load(store: &Store, settings: ClusteringSettings, weights: Weights) -> Result<Self> {
        store.read(|conn| restore::restore(conn, settings, weights))
    }

    /// Takes in what has been accepted since, obeys what has been decided since, and describes
    /// anew what items say differently. After an error the clusterer is to be loaded anew.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn take_in(&mut self, store: &Store, now: UtcTime) -> Result<TakenIn> {
        let mut taken = TakenIn::default();
        let mut saving = None;
        self.forget_buried(store)?;
        loop {
            store.read(|conn| self.mark_published(conn, now))?;
            let newer = store.read(|conn| self.rulings.load_newer(conn))?;
            if !newer.is_empty() {
                self.decided_at = Some(now);
                wait_for(saving.take())?;
                let (count, noting) = self.obey(store, newer, now)?;
                taken.events += count;
                saving = Some(noting);
            }
            store.learn_to_pack(self.arrived.0)?;
            let most = self.batch_size(now);
            let mut batch = store.read(|conn| items::load_items_after(conn, self.arrived, most))?;
            batch.truncate(until_set_back(&batch));
            if let Some(clock) = batch.first().map(|item| item.fetched_at)
                && self.engine.latest().was_set_back(clock)
            {
                wait_for(saving.take())?;
                self.open_again(store, clock)?;
            }
            let times = batch.iter().map(|item| item.item_time);
            batch.truncate(self.engine.fitting(times));
            if let Some(item) = batch.last() {
                self.engine.tell_clock(item.fetched_at);
                self.storylines.tell_clock(item.fetched_at);
            }
            // Beside the writing of the batch before: this asks nothing of what that changes.
            let judged = match batch.is_empty() {
                true => None,
                false => Some(self.judge(store, &batch)?),
            };
            wait_for(saving.take())?;
            let queue = store.read(|conn| describing::load_describe_queue(conn, most))?;
            if batch.is_empty() && queue.through.is_none() {
                return Ok(taken);
            }
            taken.items += batch.len();
            let touched = Touched {
                events: queue.events,
                storylines: Vec::new(),
                through: queue.through,
            };
            let judged = judged.map_or_else(|| self.judge(store, &[]), Ok)?;
            let (count, save) = self.place(store, judged, touched)?;
            taken.events += count;
            let takes_out = !save.settlement.left_kept_back.is_empty();
            saving = Some(self.begin_save(store, save, now)?);
            if takes_out {
                wait_for(saving.take())?;
                self.look_up_kept_back(store)?;
            }
        }
    }

    /// Looks at storylines whose life may have changed by time alone, and forgets what linking compared
    /// of events to which nothing is linked any more.
    ///
    /// # Errors
    /// Whatever the store says.
    pub fn refine(&mut self, store: &Store, now: UtcTime) -> Result<()> {
        self.return_all(store, now)?;
        self.engine.drop_own_if_same();
        self.outlets = store.read(restore::load_outlets)?;
        let quiet = chrono::TimeDelta::hours(i64::from(self.settings.life.quiet_after_hours));
        let storylines = store.read(|conn| describing::load_resting(conn, now - quiet))?;
        let touched = Touched {
            storylines,
            ..Touched::default()
        };
        self.step(store, touched, now)?;
        let days = i64::from(self.settings.storylines.closed_after_days) + SKETCH_SLACK_DAYS;
        let latest = self.engine.latest();
        let newest = store.read(|conn| restore::newest_report(conn, latest))?;
        let before = newest - chrono::TimeDelta::days(days);
        store.write_blocking(move |tx| describing::trim_sketches(tx, before, TRIMMED_AT_ONCE))?;
        self.trim_own(store, before)
    }

    /// Knows storylines again that were taken to be closed while the clock was ahead. `clock` is what it says now;
    /// everything must be saved.
    fn open_again(&mut self, store: &Store, clock: UtcTime) -> Result<()> {
        self.engine.tell_clock(clock);
        let (settings, rulings) = (&self.settings, &self.rulings);
        let restore =
            |conn: &_| restore::restore_storylines(conn, settings, (Some(clock), rulings));
        self.storylines = store.read(restore)?;
        Ok(())
    }

    /// Where retention removed items that are compared still, as after weeks in which nothing came, the window is read
    /// anew: what is decided would be written of items that are no more.
    fn forget_buried(&mut self, store: &Store) -> Result<()> {
        let buried = store.read(|conn| restore::count_buried(conn, &self.engine))?;
        if buried > self.buried {
            let (settings, weights) = (self.settings.clone(), self.engine.weights().clone());
            *self = Self::load(store, settings, weights)?;
        } else {
            self.buried = buried;
        }
        Ok(())
    }

    fn batch_size(&self, now: UtcTime) -> u32 {
        let is_watched = |at| now - at <= chrono::TimeDelta::minutes(WATCHED_MINUTES);
        match self.decided_at.is_some_and(is_watched) {
            true => WATCHED_BATCH,
            false => BATCH,
        }
    }

    /// How many items are compared with new ones.
    pub fn live_items(&self) -> usize {
        self.engine.live_items()
    }

    fn step(&mut self, store: &Store, touched: Touched, now: UtcTime) -> Result<usize> {
        let judged = self.judge(store, &[])?;
        let (count, save) = self.place(store, judged, touched)?;
        let (pins, life) = self.describing_by();
        let takes_out = !save.settlement.left_kept_back.is_empty();
        // Before what nobody waits for: all that comes meanwhile waits for it.
        store.write_blocking(move |tx| save.write(tx, &pins, (now, &life)))?;
        if takes_out {
            self.look_up_kept_back(store)?;
        }
        Ok(count)
    }

    /// Takes in arrivals and settles, in memory alone.
    fn judge(&mut self, store: &Store, batch: &[Item]) -> Result<Judged> {
        let mut arrived = Arrived::default();
        for item in batch {
            let is_wire = self.is_wire(store, item.outlet_id)?;
            let arrival = self.engine.arrive(&restore::arriving(item, is_wire));
            arrived.frozen.extend(
                self.weightiest(&arrival.pairs)
                    .map(|of_one| (item.id, of_one)),
            );
            arrived
                .pairs
                .extend(arrival.pairs.into_iter().map(|pair| ScoredPair {
                    values: Vec::new(),
                    ..pair
                }));
            let reprint = arrival.reprint_of.map(|original| (item.id, original));
            arrived.reprints.extend(reprint);
            if item.revision_count > 0 {
                arrived.revised.push((item.id, item.revision_count));
            }
            if !item.wire.role.tells_an_event() {
                arrived.told_by_none.push(item.id);
            }
            let beside = arrival.beside.map(|report| (item.id, report));
            arrived.beside.extend(beside);
            self.rulings.meet(item.id);
            self.arrived = item.id;
        }
        self.rulings.look_around(&self.engine);
        let constraints = held::for_engine(&self.engine, &self.rulings.within_reach);
        let settlement = self.engine.settle(&constraints);
        if settlement.left_over > 0 {
            let groups = settlement.left_over;
            tracing::error!(
                groups,
                "grouping lost sight of items; they stay as they stood"
            );
        }
        if self.obeying_from.is_some() {
            let changed = settlement.changed.iter().map(|change| change.event);
            self.reached.events.extend(changed);
        }
        Ok(Judged {
            arrived,
            settlement,
        })
    }

    /// Links and describes what a settling changed, which asks the store as the step before left it. How many
    /// events are new, changed or described anew, and what is to be saved.
    fn place(
        &mut self,
        store: &Store,
        judged: Judged,
        mut touched: Touched,
    ) -> Result<(usize, Save)> {
        let settlement = &judged.settlement;
        touched.events.extend(&settlement.left);
        for (gone, _) in &settlement.merged {
            let left = store.read(|conn| describing::load_open_line(conn, *gone))?;
            touched.storylines.extend(left);
        }
        let changed = settlement.changed.iter();
        let sketches: Vec<EventSketch> = changed
            .filter_map(|change| self.engine.sketch(change.event))
            .collect();
        let (placing, own) = store.read(|conn| self.link(conn, settlement, &sketches))?;
        let count = settlement.changed.len() + settlement.merged.len() + touched.events.len();
        let found = Found {
            arrived: judged.arrived,
            settlement: judged.settlement,
            placing,
            own,
        };
        let save = store.read(|conn| self.prepare_save(conn, found, touched))?;
        Ok((count, save))
    }

    fn begin_save(&self, store: &Store, save: Save, now: UtcTime) -> Result<Pending> {
        let (pins, life) = self.describing_by();
        store.begin_together_blocking(move |tx| save.write(tx, &pins, (now, &life)))
    }

    /// What storylines are described by beside their events.
    fn describing_by(&self) -> (Arc<Pins>, LifeSettings) {
        (self.rulings.pins.clone(), self.settings.life.clone())
    }

    fn prepare_save(
        &mut self,
        conn: &Connection,
        found: Found,
        mut touched: Touched,
    ) -> Result<Save> {
        self.tellings.forget_restated(conn)?;
        let mut newcomers = Vec::with_capacity(found.settlement.changed.len());
        let mut stored = BTreeMap::new();
        for change in &found.settlement.changed {
            let before = events::load_members(conn, change.event)?;
            newcomers.push(self.newcomers(conn, change, (&before, &found))?);
            stored.insert(change.event, before);
        }
        for change in &found.settlement.changed {
            touched.events.push(change.event);
            // What it inherited of a pin it has no more once that one lives again.
            if !self.rulings.pins.are_none() {
                let left = standing::load_last_successor(conn, change.event)?;
                touched.events.extend(left);
            }
        }
        let events: BTreeSet<EventId> = touched.events.iter().copied().collect();
        let mut descriptions = Vec::with_capacity(events.len());
        let changed = found.settlement.changed.iter().map(|change| change.event);
        let new_in: BTreeMap<EventId, &[Member]> = changed
            .zip(&newcomers)
            .map(|(event, newcomers)| (event, &newcomers[..]))
            .collect();
        let grown: BTreeSet<EventId> = found.settlement.merged.iter().map(|one| one.1).collect();
        for event in &events {
            let merged = &found.settlement.merged;
            let absorbed = self.absorbed(conn, *event, merged)?;
            let before = stored
                .remove(event)
                .map_or_else(|| events::load_members(conn, *event), Ok)?;
            let new = new_in.get(event);
            let told = self.describe(
                conn,
                (*event, absorbed),
                (&before, new.copied().unwrap_or_default()),
            )?;
            descriptions.extend(told.map(|(description, counts)| Described {
                event: *event,
                description,
                // What is left in the merged one comes along when it is saved.
                counts: counts.filter(|_| new.is_some() && !grown.contains(event)),
            }));
        }
        for event in &events {
            let line = lines::shown_in(conn, &found.placing, *event)?;
            touched.storylines.extend(line);
        }
        let placed = found.placing.placed.values();
        touched
            .storylines
            .extend(placed.map(|standing| standing.shown));
        let tables = (self.engine.tables_through() != self.tables_saved)
            .then(|| save::Tables::of(self.engine.tables()));
        self.tables_saved = self.engine.tables_through();
        let left = self.left_behind(conn, &found.settlement)?;
        // Not before: what leaves the window in the step in which it changed is described too.
        self.engine.move_on();
        Ok(Save {
            arrived: self.arrived,
            oldest_live: self.engine.oldest_live(),
            latest_secs: self.engine.latest().told_secs(),
            left,
            next_storyline: self.storylines.next_id(),
            let_go: self.storylines.let_go(),
            beside: found.arrived.beside,
            revised: found.arrived.revised,
            told_by_none: found.arrived.told_by_none,
            settlement: found.settlement,
            placing: found.placing,
            pairs: found.arrived.pairs,
            described_through: touched.through,
            newcomers,
            descriptions,
            own: found.own,
            storylines: touched.storylines.into_iter().collect(),
            tables,
            decided: self.rulings.newest(),
        })
    }

    /// The items of a changed event that are not among those which are stored in it, with their evidence.
    fn newcomers(
        &self,
        conn: &Connection,
        change: &EventChange,
        (stored, found): (&[Placed], &Found),
    ) -> Result<Vec<Member>> {
        let is_new = |item: &&ItemId| placed_in(stored, **item).is_none();
        let mut newcomers = Vec::new();
        for item in change.items.iter().filter(is_new) {
            let arrived = found.arrived.reprints.get(item).copied();
            let reprint_of = match arrived {
                Some(original) => Some(original),
                None => events::original_of(conn, *item)?,
            };
            let scores = self.engine.frozen_scores(*item);
            newcomers.push(Member {
                item: *item,
                reprint_of,
                evidence: self.engine.explain(*item, &scores),
                frozen: found.arrived.frozen.get(item).cloned().unwrap_or_default(),
            });
        }
        Ok(newcomers)
    }

    /// Of an arrival's pairs those whose values are kept, so that its place can be explained for as
    /// long as it is there: the best one, and the best one with a member of another event of the
    /// machine's own, whatever is ruled, since what is frozen outlives rulings. `None` if it has no
    /// pairs.
    fn weightiest(&self, pairs: &[ScoredPair]) -> Option<Vec<ScoredPair>> {
        let best = pairs.first()?;
        let event = self.engine.own_event_of(best.earlier);
        let other = pairs
            .iter()
            .find(|pair| self.engine.own_event_of(pair.earlier) != event);
        let kept = [best].into_iter().chain(other);
        let weights = self.engine.weights();
        Some(kept.map(|pair| weights.shorten(pair.clone())).collect())
    }

    fn mark_published(&mut self, conn: &Connection, now: UtcTime) -> Result<()> {
        let mut published_late = Vec::new();
        for first in events::load_first_publications(conn, self.marked)? {
            self.marked = first.development;
            let publication = first.event.as_ref().and_then(restore::publication_of);
            if let (Some(event), Some(publication)) = (&first.event, publication) {
                match self.engine.is_live_event(event.id) {
                    true => self.engine.mark_published(event.id, publication),
                    false => published_late.push((event.id, publication)),
                }
            }
        }
        // Of what is being saved meanwhile the store tells the next time.
        let before = std::mem::replace(&mut self.published_late, published_late);
        for (event, publication) in before {
            if let Some(into) = standing::load_successor(conn, event)? {
                self.engine
                    .remember(event, Some(Box::new(publication)), into);
            }
        }
        // Of one second some may be known and others not; and the clock may have been set back.
        let latest = self.lines_marked.last().map(|(at, _)| *at);
        let since = latest.unwrap_or_default().min(now - CLOCK_SLACK);
        self.lines_marked = self.lines_marked.split_off(&(since, StorylineId(0)));
        for (storyline, published_at) in standing::load_lines_published_since(conn, since)? {
            if self.lines_marked.insert((published_at, storyline)) {
                self.storylines
                    .mark_published(storyline, published_at.timestamp());
                self.stale.note_published(storyline);
            }
        }
        Ok(())
    }

    /// An event that an undone merge brought back is known by its anchors again.
    fn mark_revived(&mut self, conn: &Connection) -> Result<()> {
        for (event, _) in &self.rulings.within_reach.revived {
            let stored = events::load_stored(conn, *event)?;
            if let Some(publication) = stored.as_ref().and_then(restore::publication_of) {
                self.engine.mark_published(*event, publication);
            }
        }
        Ok(())
    }

    fn is_wire(&mut self, store: &Store, outlet: OutletId) -> Result<bool> {
        if !self.outlets.contains_key(&outlet) {
            self.outlets = store.read(restore::load_outlets)?;
        }
        Ok(describe::is_wire(&self.outlets, outlet))
    }
}

/// An item of an event, and the original that it repeats.
type Placed = (ItemId, Option<ItemId>);

/// What an item repeats, among those of an event by id; `None` if it is none of them.
fn placed_in(placed: &[Placed], item: ItemId) -> Option<Option<ItemId>> {
    let found = placed.binary_search_by_key(&item, |one| one.0);
    found.ok().map(|at| placed[at].1)
}

/// What a batch of arrivals brought.
#[derive(Default)]
struct Arrived {
    pairs: Vec<ScoredPair>,
    /// The pairs of each arrival whose values are kept.
    frozen: BTreeMap<ItemId, Vec<ScoredPair>>,
    reprints: BTreeMap<ItemId, ItemId>,
    beside: Vec<(ItemId, ItemId)>,
    /// Those that had been revised before, and how often.
    revised: Vec<(ItemId, u32)>,
    told_by_none: Vec<ItemId>,
}

/// A batch of arrivals and the settling after it.
struct Judged {
    arrived: Arrived,
    settlement: Settlement,
}

/// The same with its place in storylines, before anything is saved.
struct Found {
    arrived: Arrived,
    settlement: Settlement,
    placing: Placing,
    own: OwnChanges,
}

/// How many of these items were accepted before the first of which the clock had been set back.
fn until_set_back(batch: &[Item]) -> usize {
    let mut clock = Latest::default();
    let is_first = |item: &Item| {
        let was_set_back = clock.was_set_back(item.fetched_at);
        clock.tell_clock(item.fetched_at);
        was_set_back
    };
    batch.iter().position(is_first).unwrap_or(batch.len())
}

fn wait_for(saving: Option<Pending>) -> Result<()> {
    saving.map_or(Ok(()), Pending::wait)
}

#[cfg(test)]
mod tests;
