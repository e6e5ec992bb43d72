//! What editors keep out, as a step of the machine meets it: what the step takes out of that stays out, and readers
//! lose nothing to it that they are shown.

use std::collections::BTreeSet;

use super::Clusterer;
use super::save::Save;
use crate::cluster::KeptBack;
use crate::jobs::spikes::{Before, find_spike};
use crate::news::{EventId, StorylineId, Target};
use crate::store::{
    Connection, Result, Store, StoreError, Transaction, events, kept_out, standing,
};
use crate::timeline::Placing;

/// What stands where, as far as a step may change that. To be asked before it is written.
///
/// # Errors
/// [`StoreError::Spiked`] if it was judged before something was spiked that it takes events out of, or puts into it what
/// readers are shown.
pub(super) fn look_before(tx: &Transaction<'_>, save: &Save) -> Result<Before> {
    if !kept_out::is_any(tx)? {
        return Ok(Before::default());
    }
    check_known(tx, save)?;
    let (settlement, placing) = (&save.settlement, &save.placing);
    let merged = settlement
        .merged
        .iter()
        .flat_map(|(gone, into)| [*gone, *into]);
    let mut all: BTreeSet<EventId> = merged.collect();
    all.extend(settlement.changed.iter().map(|change| change.event));
    all.extend(placing.placed.keys());
    for (gone, _) in &placing.merged {
        let around = standing::load_events_around(tx, *gone)?.into_iter();
        all.extend(around.filter(|one| one.shown == *gone).map(|one| one.event));
    }
    for item in save.newcomers.iter().flatten().map(|member| member.item) {
        all.extend(events::event_of_item(tx, item)?);
    }
    Before::of(tx, all)
}

fn check_known(tx: &Transaction<'_>, save: &Save) -> Result<()> {
    for (change, newcomers) in save.settlement.changed.iter().zip(&save.newcomers) {
        let Some(late) = find_late(tx, save, change.event)? else {
            continue;
        };
        for member in newcomers {
            let from = events::event_of_item(tx, member.item)?;
            if from.map(|from| kept_out::is_shown(tx, from)).transpose()? == Some(true) {
                return Err(StoreError::Spiked(late));
            }
        }
    }
    for (gone, into) in &save.settlement.merged {
        if let Some(late) = find_late(tx, save, *into)?
            && kept_out::is_shown(tx, *gone)?
        {
            return Err(StoreError::Spiked(late));
        }
    }
    let mut lines: BTreeSet<StorylineId> = BTreeSet::new();
    for (event, standing) in &save.placing.placed {
        let left = standing::load_standing_event(tx, *event)?.map(|one| one.shown);
        if let Some(left) = left.filter(|left| *left != standing.shown) {
            lines.extend([left, standing.shown]);
        }
    }
    let merged = save.placing.merged.iter();
    lines.extend(merged.flat_map(|(gone, into)| [*gone, *into]));
    match lines
        .into_iter()
        .map(Target::Storyline)
        .find_map(|line| is_late(tx, save, line).transpose())
    {
        Some(late) => Err(StoreError::Spiked(late?)),
        None => Ok(()),
    }
}

/// By what an event is kept out that a step knows nothing of.
fn find_late(tx: &Transaction<'_>, save: &Save, event: EventId) -> Result<Option<Target>> {
    for keeper in kept_out::load_keepers(tx, event)? {
        if is_late(tx, save, keeper)?.is_some() {
            return Ok(Some(keeper));
        }
    }
    Ok(None)
}

fn is_late(tx: &Transaction<'_>, save: &Save, keeper: Target) -> Result<Option<Target>> {
    Ok((find_spike(tx, keeper)? > Some(save.decided)).then_some(keeper))
}

/// All that editors keep back, as it is stored.
pub(super) fn load_kept_back(conn: &Connection) -> Result<KeptBack> {
    Ok(KeptBack {
        events: kept_out::load_events(conn)?,
        items: kept_out::load_items(conn)?,
    })
}

impl Clusterer {
    /// Looks up what editors keep back: they said something else, or rulings moved it. Nothing may be being saved.
    pub(super) fn look_up_kept_back(&mut self, store: &Store) -> Result<()> {
        self.engine.keep_back(store.read(load_kept_back)?);
        self.spiked_lines = store.read(kept_out::load_lines)?;
        Ok(())
    }

    /// What comes into a storyline that is kept out is out with it.
    pub(super) fn keep_back_placed(&mut self, placing: &Placing) {
        if !self.spiked_lines.is_empty() {
            let placed = placing.placed.iter();
            let into = placed.filter(|(_, standing)| self.spiked_lines.contains(&standing.shown));
            self.engine.keep_back_too(into.map(|(event, _)| *event));
        }
    }
}
