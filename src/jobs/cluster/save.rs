//! Everything that one step of clustering changes, written in one transaction.

use std::collections::BTreeSet;

use super::describe;
use super::leaving::look_before;
use super::own::OwnChanges;
use crate::cluster::{SavedTables, Settlement};
use crate::jobs::describe::{Counts, Pins};
use crate::jobs::{locks, spikes};
use crate::news::{DecisionId, EventId, ItemId, ScoredPair, StorylineId, UtcTime};
use crate::store::clustering::{self, LearntTable};
use crate::store::events::{self, EventDescription, Member};
use crate::store::{Result, Transaction, describing, retold, standing, taken};
use crate::timeline::{LifeSettings, Placing};

pub(super) const ARRIVED: &str = "cluster";
pub(super) const NEXT_EVENT: &str = "cluster-next-event";
pub(super) const NEXT_STORYLINE: &str = "cluster-next-storyline";
pub(super) const LET_GO_AT: &str = "cluster-let-go-at";
pub(super) const LET_GO_EVENT: &str = "cluster-let-go-event";
pub(super) const OLDEST_LIVE: &str = "cluster-oldest-live";
pub(super) const LATEST: &str = "cluster-latest";
pub(super) const TABLES_COUNTED: &str = "cluster-tables-counted";

/// What is to be described anew beside what changed.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) events: Vec<EventId>,
    pub(super) storylines: Vec<StorylineId>,
    /// The last entry of the queue of what is to be described whose event is among these.
    pub(super) through: Option<i64>,
}

/// How an event is described from now on.
pub(super) struct Described {
    pub(super) event: EventId,
    /// Without its counts.
    pub(super) description: EventDescription,
    /// `None` if what is stored is to be counted.
    pub(super) counts: Option<Counts>,
}

impl Described {
    fn write(&self, tx: &Transaction<'_>) -> Result<()> {
        let stored = || describing::count_reports(tx, self.event);
        let counts = self.counts.clone().map_or_else(stored, Ok)?;
        debug_assert_eq!(counts, stored()?, "{:?}", self.event);
        let mut description = self.description.clone();
        (description.report_count, description.outlets) = counts;
        events::describe_event(tx, self.event, &description)
    }
}

/// The changes.
pub(super) struct Save {
    pub(super) arrived: ItemId,
    pub(super) oldest_live: Option<ItemId>,
    /// The latest time that any item told.
    pub(super) latest_secs: Option<i64>,
    pub(super) next_storyline: StorylineId,
    /// The last event that linking let go because there were too many.
    pub(super) let_go: Option<(i64, EventId)>,
    pub(super) settlement: Settlement,
    pub(super) placing: Placing,
    pub(super) pairs: Vec<ScoredPair>,
    /// The last entry of the queue of what is to be described that this covers.
    pub(super) described_through: Option<i64>,
    /// What is new in each changed event, in the order of the settlement.
    pub(super) newcomers: Vec<Vec<Member>>,
    pub(super) descriptions: Vec<Described>,
    pub(super) own: OwnChanges,
    /// Items of merged events that the machine alone knows no more of, each with the event.
    pub(super) left: Vec<(ItemId, EventId)>,
    /// Items that tell no event and stand beside a report.
    pub(super) beside: Vec<(ItemId, ItemId)>,
    /// Items that came and had been revised before, and how often.
    pub(super) revised: Vec<(ItemId, u32)>,
    /// Items that came and tell no event.
    pub(super) told_by_none: Vec<ItemId>,
    pub(super) storylines: BTreeSet<StorylineId>,
    pub(super) tables: Option<Tables>,
    /// The last decision that this knows of.
    pub(super) decided: DecisionId,
}

/// What was learnt of words, as it is kept.
pub(super) struct Tables {
    learnt: Vec<LearntTable>,
    counted: i64,
}

impl Tables {
    pub(super) fn of(tables: SavedTables) -> Self {
        let seq = tables.through;
        let learnt = tables.languages.into_iter();
        let learnt = learnt.map(|(language, content)| LearntTable {
            language,
            seq,
            content,
        });
        Self {
            learnt: learnt.collect(),
            counted: i64::try_from(tables.counted).unwrap_or(i64::MAX),
        }
    }

    fn write(&self, tx: &Transaction<'_>) -> Result<()> {
        clustering::save_learnt_tables(tx, &self.learnt)?;
        clustering::save_cursor(tx, TABLES_COUNTED, self.counted)
    }
}

impl Save {
    /// What it says may be written twice: the first time may be undone with what shared its transaction.
    pub(super) fn write(
        &self,
        tx: &Transaction<'_>,
        pins: &Pins,
        (now, life): (UtcTime, &LifeSettings),
    ) -> Result<()> {
        // Once it is known as taken in, a visit that finds it retitled sees to it.
        retold::check_tell_none(tx, &self.told_by_none)?;
        taken::note_revised(tx, &self.revised)?;
        clustering::save_pairs(tx, &self.pairs)?;
        if let Some(oldest) = self.oldest_live {
            clustering::forget_pairs(tx, oldest)?;
        }
        let before = look_before(tx, self)?;
        self.write_events(tx, now)?;
        let storylines = self.write_links(tx)?;
        for described in &self.descriptions {
            described.write(tx)?;
        }
        if let Some(through) = self.described_through {
            describing::leave_describe_queue(tx, through)?;
        }
        // What is described here is described again without it.
        before.keep_out(tx)?;
        for (item, event) in &self.settlement.shut_out {
            spikes::keep_out_with(tx, *item, *event)?;
        }
        locks::follow(tx, self.regrouped())?;
        self.own.write(tx)?;
        for storyline in &storylines {
            let told = describe::describe_storyline(tx, *storyline, pins, (now, life))?;
            match told {
                Some(description) => events::describe_storyline(tx, *storyline, &description)?,
                None => describing::empty_storyline(tx, *storyline)?,
            }
        }
        if let Some(tables) = &self.tables {
            tables.write(tx)?;
        }
        clustering::save_cursor(tx, ARRIVED, self.arrived.0)?;
        clustering::save_cursor(tx, NEXT_EVENT, self.settlement.cursor.next_event.0)?;
        clustering::save_cursor(tx, NEXT_STORYLINE, self.next_storyline.0)?;
        if let Some((at, event)) = self.let_go {
            clustering::save_cursor(tx, LET_GO_AT, at)?;
            clustering::save_cursor(tx, LET_GO_EVENT, event.0)?;
        }
        if let Some(secs) = self.latest_secs {
            clustering::save_cursor(tx, LATEST, secs)?;
        }
        clustering::save_cursor(tx, OLDEST_LIVE, self.oldest_live.map_or(0, |item| item.0))
    }

    /// The events that may hold other items than before.
    fn regrouped(&self) -> impl Iterator<Item = EventId> {
        let merged = self.settlement.merged.iter();
        let changed = self.settlement.changed.iter().map(|change| change.event);
        let around = merged.flat_map(|(gone, into)| [*gone, *into]);
        around
            .chain(changed)
            .chain(self.settlement.left.iter().copied())
    }

    fn write_events(&self, tx: &Transaction<'_>, now: UtcTime) -> Result<()> {
        for (change, newcomers) in self.settlement.changed.iter().zip(&self.newcomers) {
            events::save_members(tx, change.event, newcomers, now)?;
        }
        for change in &self.settlement.changed {
            if let Some(origin) = change.split_from {
                events::save_origin(tx, change.event, origin)?;
            }
        }
        // What only rulings make one is two for what comes back from elsewhere.
        let merged = &self.settlement.merged;
        let own = self.settlement.own.as_ref();
        for (gone, into) in own.map_or(merged, |own| &own.merged) {
            standing::move_item_homes(tx, *gone, *into)?;
        }
        for (item, from) in &self.left {
            standing::note_moved(tx, *item, *from)?;
        }
        for (gone, into) in merged {
            events::merge_event(tx, *gone, *into)?;
        }
        Ok(())
    }

    /// Returns the storylines that are to be described.
    fn write_links(&self, tx: &Transaction<'_>) -> Result<BTreeSet<StorylineId>> {
        let mut storylines = self.storylines.clone();
        for (gone, into) in &self.placing.rehomed {
            standing::move_homes(tx, *gone, *into)?;
        }
        for (event, standing) in &self.placing.placed {
            let shown = standing.shown;
            let home = (standing.home != shown).then_some(standing.home);
            standing::save_home(tx, *event, home)?;
            if let Some(left) = events::link_event(tx, *event, shown)? {
                if standing::has_events(tx, left)? {
                    storylines.insert(left);
                } else {
                    events::merge_storyline(tx, left, shown)?;
                }
            }
        }
        for (gone, into) in &self.placing.merged {
            events::merge_storyline(tx, *gone, *into)?;
            storylines.remove(gone);
            storylines.insert(*into);
        }
        for (item, report) in &self.beside {
            events::stand_beside(tx, *item, *report)?;
        }
        Ok(storylines)
    }
}

pub(super) fn save_next_event(tx: &Transaction<'_>, next: EventId) -> Result<()> {
    clustering::save_cursor(tx, NEXT_EVENT, next.0)
}
