//! How the clusterer describes an event: from the tellings that are stored and those that are about to be.

use std::collections::BTreeMap;

use super::describe::{self, Counts, MOST_TELLINGS, Told};
use super::{Clusterer, Placed, placed_in};
use crate::news::{EventId, ItemId};
use crate::store::events::{self, EventDescription, Member};
use crate::store::{Connection, Result, describing, standing, withdrawn};

impl Clusterer {
    /// How an event is described that is stored with these items and in which those are new, and its counts; `None`
    /// for these if it has more items than are looked at.
    pub(super) fn describe(
        &mut self,
        conn: &Connection,
        (event, absorbed): (EventId, Vec<EventId>),
        (stored, newcomers): (&[Placed], &[Member]),
    ) -> Result<Option<(EventDescription, Option<Counts>)>> {
        let live = self.engine.items_of(event);
        // Items that are live and not in the engine's event are about to leave it.
        let older = stored.iter().map(|(item, _)| *item);
        let older = older.filter(|item| self.engine.event_of(*item).is_none());
        let mut ids: Vec<ItemId> = older.chain(live.iter().copied()).collect();
        ids.sort_unstable();
        let is_whole = ids.len() <= MOST_TELLINGS;
        if !is_whole {
            ids.drain(MOST_TELLINGS / 2..ids.len() - MOST_TELLINGS / 2);
        }
        // Of those that are new in the event, what they repeat is not stored yet.
        let original_of = |item: ItemId| {
            let new = newcomers.iter().find(|member| member.item == item);
            let there = || placed_in(stored, item);
            let elsewhere = || events::original_of(conn, item);
            let placed = new.map(|member| member.reprint_of).or_else(there);
            placed.map_or_else(elsewhere, Ok)
        };
        let mut tellings = self.tellings.load(conn, &ids)?;
        tellings.sort_unstable_by_key(|telling| telling.item());
        let fallen = tellings.iter().filter(|telling| telling.is_withdrawn());
        let fallen: Vec<ItemId> = fallen.map(|telling| telling.item()).collect();
        let falls_with = |copy: ItemId, original: ItemId| match ids.binary_search(&original) {
            Ok(_) => Ok(fallen.contains(&original)),
            // It may be one of those that are not looked at.
            Err(_) if !is_whole => withdrawn::is_withdrawn(conn, copy),
            Err(_) => Ok(false),
        };
        let mut told = Vec::with_capacity(tellings.len());
        for telling in tellings {
            let reprint_of = original_of(telling.item())?;
            let is_withdrawn = telling.is_withdrawn()
                || match reprint_of {
                    Some(original) if !telling.says_its_own() => {
                        falls_with(telling.item(), original)?
                    }
                    _ => false,
                };
            told.push(describe::Member {
                telling,
                reprint_of,
                is_withdrawn,
            });
        }
        let mean_scores = self.mean_scores(conn, &ids)?;
        let told = Told {
            event,
            absorbed,
            members: &told,
            mean_scores: &mean_scores,
        };
        let description = describe::describe_event(&told, &self.outlets, &self.rulings.pins);
        let counts = is_whole.then(|| describe::count_reports(told.members));
        Ok(description.map(|description| (description, counts)))
    }

    /// How central each of these items is in its event. One that has left the window is as central as when it was put
    /// there, and if nothing else was there then, as the others are.
    fn mean_scores(&self, conn: &Connection, ids: &[ItemId]) -> Result<BTreeMap<ItemId, f32>> {
        let mut scores = BTreeMap::new();
        let mut openers = Vec::new();
        for id in ids {
            let score = match self.engine.mean_score_of(*id) {
                Some(score) => Some(score),
                None => describing::load_mean_score(conn, *id)?,
            };
            match score {
                Some(score) => drop(scores.insert(*id, score)),
                None => openers.push(*id),
            }
        }
        let sum: f32 = scores.values().sum();
        let mean = if scores.is_empty() {
            1.0
        } else {
            sum / scores.len() as f32
        };
        scores.extend(openers.into_iter().map(|id| (id, mean)));
        Ok(scores)
    }

    /// The events that were merged into one, by whatever way, once this is saved: those that are being merged
    /// among them, and none that lives again. None if nothing is pinned.
    pub(super) fn absorbed(
        &self,
        conn: &Connection,
        event: EventId,
        merged: &[(EventId, EventId)],
    ) -> Result<Vec<EventId>> {
        let mut absorbed = Vec::new();
        let mut open = vec![event];
        while let Some(event) = open.pop().filter(|_| !self.rulings.pins.are_none()) {
            let mut before = standing::load_merged_into(conn, event)?;
            before.retain(|gone| !self.engine.is_live_event(*gone));
            before.retain(|gone| merged.iter().all(|(one, _)| one != gone));
            let now = merged.iter().filter(|(_, into)| *into == event);
            before.extend(now.map(|(gone, _)| *gone));
            before.retain(|gone| !absorbed.contains(gone));
            absorbed.extend(&before);
            open.extend(before);
        }
        Ok(absorbed)
    }
}
