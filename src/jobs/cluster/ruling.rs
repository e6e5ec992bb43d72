//! What is done when decisions were made or undone: events and storylines follow them, and that is
//! noted beside the decisions, so that nothing decided while nobody was at work is passed over.

use std::collections::BTreeSet;

use super::save::Touched;
use super::{Clusterer, Rulings, old, restore};
use crate::news::{Decision, DecisionId, Ruling, UtcTime};
use crate::store::{Result, Store, decisions, events};

/// The rulings that came into force and those that were undone, each in the order of decision.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RulingChange {
    pub(super) new: Vec<Ruling>,
    pub(super) undone: Vec<Ruling>,
}

impl RulingChange {
    fn between(before: &[Decision], now: &[Decision]) -> Self {
        let held = in_force(before);
        let holds = in_force(now);
        let pick = |made: &[Decision], ids: &BTreeSet<DecisionId>| -> Vec<Ruling> {
            let picked = made.iter().filter(|one| ids.contains(&one.id));
            picked.map(|one| one.ruling.clone()).collect()
        };
        let mut undone = pick(now, &held.difference(&holds).copied().collect());
        // The last is undone first: it may rest on those before it.
        undone.reverse();
        Self {
            new: pick(now, &holds.difference(&held).copied().collect()),
            undone,
        }
    }
}

fn in_force(made: &[Decision]) -> BTreeSet<DecisionId> {
    crate::decisions::in_force(made).map(|one| one.id).collect()
}

impl Clusterer {
    /// Lets events and storylines follow the decisions, and notes that they do.
    pub(super) fn obey(&mut self, store: &Store, rulings: Rulings, now: UtcTime) -> Result<usize> {
        let change = RulingChange::between(&self.rulings.made, &rulings.made);
        let (events, storylines) = self.rulings.pins.differences(&rulings.pins);
        self.rulings = rulings;
        let origins = old::split_off(&mut self.engine, &change, &self.rulings.constraints);
        let mut count = 0;
        for ruled in old::in_order(&change) {
            count += self.take_steps(store, (ruled, old::plan_moves), now)?;
        }
        count += self.step(store, &[], Touched { events, storylines }, now)?;
        store.read(|conn| self.mark_revived(conn))?;
        for ruled in old::in_order(&change) {
            count += self.take_steps(store, (ruled, old::plan_joins), now)?;
        }
        let next_event = self.engine.cursor().next_event;
        let made = self.rulings.made.clone();
        store.write_blocking(move |tx| {
            for (part, origin) in origins {
                events::save_origin(tx, part, origin)?;
            }
            super::save::save_next_event(tx, next_event)?;
            decisions::note_obeyed(tx, &made)
        })?;
        Ok(count)
    }

    /// Takes the steps that a plan names, until it names none.
    fn take_steps(
        &mut self,
        store: &Store,
        (ruled, plan): ((&Ruling, bool), old::Plan),
        now: UtcTime,
    ) -> Result<usize> {
        let mut steps = 0;
        loop {
            let constraints = &self.rulings.constraints;
            let engine = &mut self.engine;
            let step = store.read(|conn| plan(conn, engine, ruled, constraints))?;
            let Some(step) = step else { return Ok(steps) };
            self.take_step(store, step, now)?;
            steps += 1;
        }
    }

    fn take_step(&mut self, store: &Store, step: old::Step, now: UtcTime) -> Result<()> {
        let (written, members) = (step.clone(), step.members.clone());
        store.write_blocking(move |tx| old::write(tx, &written, now))?;
        if step.is_whole {
            self.storylines.forget(step.from);
            self.engine.absorb(step.from, step.into);
        }
        for member in members {
            self.engine.place_old(member.item, step.into);
        }
        let stored = store.read(|conn| events::load_stored(conn, step.into))?;
        if let Some(publication) = stored.as_ref().and_then(restore::publication_of) {
            self.engine.mark_published(step.into, publication);
        }
        Ok(())
    }
}
