//! What is done when decisions were made or undone: events and storylines follow them, and that is
//! noted beside the decisions, so that nothing decided while nobody was at work is passed over.

use std::collections::BTreeSet;

use super::rulings::Changes;
use super::save::Touched;
use super::scope::Scope;
use super::{Clusterer, held, old, restore};
use crate::cluster::Engine;
use crate::decisions::Constraints;
use crate::news::{Decision, EventId, ItemId, Ruling, StorylineId, UtcTime};
use crate::store::{
    Connection, Pending, Result, Store, Transaction, decisions, describing, events, publishing,
    standing, went_along,
};

/// Rounds in which old items are brought into place: far more than rulings ever need.
const MOST_ROUNDS: usize = 64;

/// Says where old items go before or after the engine settles, in view of all rulings in force that
/// hang together with those that changed.
type Placing = fn(&Connection, &mut Engine, &held::Ruled) -> Result<held::Moves>;

impl Clusterer {
    /// Lets events and storylines follow the decisions; how many events changed. That they do is being
    /// noted.
    pub(super) fn obey(
        &mut self,
        store: &Store,
        newer: Vec<Decision>,
        now: UtcTime,
    ) -> Result<(usize, Pending)> {
        let Changes {
            changed,
            undone,
            mut events,
            mut storylines,
            spiked,
        } = self.rulings.take_up(newer);
        if !spiked.is_empty() {
            self.storylines.tell_spiked(self.rulings.spiked_lines());
        }
        for line in spiked {
            self.stale.note_spiked(line);
        }
        self.look_up_kept_back(store)?;
        let mut retitled = Retitled::by(store, (&events, &storylines))?;
        let pins = &self.rulings.pins;
        retitled.events.retain(|event| !pins.pin(*event));
        retitled.storylines.retain(|line| !pins.name(*line));
        // A pin shows on what its event was merged into, and a name on what its storyline was.
        let led_on = store.read(|conn| {
            let on = events
                .iter()
                .map(|event| standing::load_last_successor(conn, *event));
            on.collect::<Result<Vec<_>>>()
        })?;
        events.extend(led_on.into_iter().flatten());
        let led_on = store.read(|conn| {
            let on = storylines.iter();
            let on = on.map(|line| standing::load_line_successor(conn, *line));
            on.collect::<Result<Vec<_>>>()
        })?;
        storylines.extend(led_on.into_iter().flatten());
        self.reached = Scope::default();
        for ruling in changed.iter().map(|one| &one.ruling).chain(&undone) {
            self.reached.items.extend(ruling.items());
            self.reached.events.extend(ruling.events());
            if !ruling.storylines().is_empty() {
                self.placed_anew.extend(ruling.events());
            }
        }
        self.obeying_from = Some(self.engine.cursor().next_event);
        let taken_up = changed.clone();
        store.write_blocking(move |tx| {
            decisions::note_begun(tx, &taken_up)?;
            went_along::take_up(tx, &taken_up)
        })?;
        let is_about_items = |ruling: &Ruling| !ruling.items().is_empty();
        if changed.iter().any(|one| is_about_items(&one.ruling)) {
            self.engine.keep_own();
        }
        let constraints = self.constraints_in_scope(store)?;
        events.extend(old::split_off(&mut self.engine, &undone, &constraints));
        let mut origins = Vec::new();
        let mut count = 0;
        for ruling in &undone {
            count += self.take_back(store, (ruling, old::plan_returns, &constraints), now)?;
        }
        if !undone.is_empty() {
            count += self.put_in_place(store, held::plan_returns, (&mut origins, now))?;
        }
        count += self.put_in_place(store, held::plan_partings, (&mut origins, now))?;
        let touched = Touched {
            events,
            storylines,
            ..Touched::default()
        };
        count += self.step(store, touched, now)?;
        store.read(|conn| self.mark_revived(conn))?;
        let constraints = self.constraints_in_scope(store)?;
        for ruling in &undone {
            count += self.take_back(store, (ruling, old::plan_joins, &constraints), now)?;
        }
        count += self.hold_together(store, (&mut origins, now))?;
        count += self.return_to_own(store, now)?;
        self.look_up_kept_back(store)?;
        let next_event = self.engine.cursor().next_event;
        self.obeying_from = None;
        self.placed_anew.clear();
        self.reached = Scope::default();
        let noting = store.begin_together_blocking(move |tx| {
            for (part, origin) in &origins {
                events::save_origin(tx, *part, *origin)?;
            }
            super::save::save_next_event(tx, next_event)?;
            retitled.write(tx, now)?;
            publishing::move_ruled_lines(tx, &ruled_lines(tx, &changed)?, now)?;
            went_along::note(tx, &changed)?;
            decisions::note_obeyed(tx, &changed)
        })?;
        Ok((count, noting))
    }

    /// After the engine has settled: brings together what rulings hold together, and settles what that
    /// touched, until both are at rest.
    fn hold_together(
        &mut self,
        store: &Store,
        (origins, now): (&mut Vec<(EventId, EventId)>, UtcTime),
    ) -> Result<usize> {
        let mut count = 0;
        for _ in 0..MOST_ROUNDS {
            count += self.put_in_place(store, held::plan_holding, (origins, now))?;
            if !(self.engine.is_unsettled() || self.own.is_touched()) {
                return Ok(count);
            }
            // What comes of this may again stand elsewhere than what is held to it.
            count += self.step(store, Touched::default(), now)?;
        }
        tracing::error!("what rulings hold together does not come to rest");
        Ok(count)
    }

    /// Takes the steps that the undoing of a ruling asks for, until there are none.
    fn take_back(
        &mut self,
        store: &Store,
        (undone, plan, constraints): (&Ruling, old::Plan, &Constraints),
        now: UtcTime,
    ) -> Result<usize> {
        let mut steps = 0;
        loop {
            let step = store.read(|conn| plan(conn, &self.engine, undone, constraints))?;
            let Some(step) = step else { return Ok(steps) };
            self.take_step(store, step, (false, now))?;
            steps += 1;
        }
    }

    /// Moves what reaches back beyond the window until all of it is where rulings have it.
    fn put_in_place(
        &mut self,
        store: &Store,
        placing: Placing,
        (origins, now): (&mut Vec<(EventId, EventId)>, UtcTime),
    ) -> Result<usize> {
        let mut steps = 0;
        for _ in 0..MOST_ROUNDS {
            let scope = store.read(|conn| self.scope(conn))?;
            // What is put to live events brings along what was ruled on it.
            self.rulings.bring_back(&scope.items);
            let (engine, rulings) = (&mut self.engine, &self.rulings);
            let ruled = held::Ruled {
                made: rulings.about(&scope.items),
                constraints: rulings.pairs_of(&scope.items),
                scope,
            };
            let moves = store.read(|conn| placing(conn, engine, &ruled))?;
            if moves.is_empty() {
                return Ok(steps);
            }
            steps += moves.steps.len();
            // First, so that what has left the window and goes to the same event is known to stand with it.
            for split in moves.split_off {
                self.reached.events.extend([split.from, split.into]);
                self.own.touch([split.from, split.into]);
                self.engine.split_off(&split.items, split.into);
                // What has left the window and stands there already holds them together again.
                for item in store.read(|conn| events::load_items(conn, split.into))? {
                    self.engine.place_old(item, split.into);
                }
                if !split.is_return {
                    origins.push((split.into, split.from));
                }
                store.write_blocking(move |tx| note_split(tx, &split))?;
            }
            for step in moves.steps {
                let is_ruled = !step.is_return;
                self.take_step(store, step, (is_ruled, now))?;
            }
        }
        tracing::error!("rulings on old items are not met");
        Ok(steps)
    }

    fn constraints_in_scope(&self, store: &Store) -> Result<Constraints> {
        let scope = store.read(|conn| self.scope(conn))?;
        Ok(self.rulings.pairs_of(&scope.items))
    }

    /// All that hangs together with what was reached so far.
    pub(super) fn scope(&self, conn: &Connection) -> Result<Scope> {
        Scope::around(conn, &self.engine, &self.rulings, &self.reached)
    }

    pub(super) fn take_step(
        &mut self,
        store: &Store,
        step: old::Step,
        (is_ruled, now): (bool, UtcTime),
    ) -> Result<()> {
        self.reached.events.extend([step.from, step.into]);
        self.own.touch([step.from, step.into]);
        store.read(|conn| {
            self.stale.note_event(conn, step.from)?;
            self.stale.note_event(conn, step.into)?;
            let is_back = standing::load_successor(conn, step.into)?.is_some();
            self.placed_anew.extend(is_back.then_some(step.into));
            Ok(())
        })?;
        let written = step.clone();
        let new_from = self.obeying_from.filter(|_| is_ruled);
        let (own, next_event) = (self.own_before(&step), self.engine.cursor().next_event);
        store.write_blocking(move |tx| {
            own.write(tx)?;
            super::save::save_next_event(tx, next_event)?;
            old::write(tx, &written, (is_ruled, new_from), now)
        })?;
        if step.is_whole {
            let all = store.read(|conn| events::load_members(conn, step.into))?;
            let all: Vec<ItemId> = all.into_iter().map(|(item, _)| item).collect();
            self.engine.absorb(step.from, (step.into, &all));
        } else {
            for member in &step.members {
                self.engine.place_old(member.item, step.into);
            }
        }
        self.know_again(store, step.into)
    }

    /// The engine is told by what a published event is known.
    pub(super) fn know_again(&mut self, store: &Store, event: EventId) -> Result<()> {
        let stored = store.read(|conn| events::load_stored(conn, event))?;
        if let Some(publication) = stored.as_ref().and_then(restore::publication_of) {
            self.engine.mark_published(event, publication);
        }
        Ok(())
    }
}

/// What may bear words of an editor that were taken back or replaced, though it was merged away, and is described no more.
struct Retitled {
    events: BTreeSet<EventId>,
    storylines: BTreeSet<StorylineId>,
}

impl Retitled {
    /// Of what has another pin or name, and of what went into that.
    fn by(store: &Store, (pinned, named): (&[EventId], &[StorylineId])) -> Result<Self> {
        store.read(|conn| {
            let mut events: BTreeSet<EventId> = pinned.iter().copied().collect();
            for event in pinned {
                events.extend(standing::load_predecessors(conn, *event)?);
            }
            let mut storylines: BTreeSet<StorylineId> = named.iter().copied().collect();
            for line in named {
                storylines.extend(standing::load_lines_merged_into(conn, *line)?);
            }
            Ok(Self { events, storylines })
        })
    }

    /// To be done once what they lead to is described.
    fn write(&self, tx: &Transaction<'_>, now: UtcTime) -> Result<()> {
        for event in &self.events {
            publishing::head_as_successor(tx, *event, now)?;
        }
        for line in &self.storylines {
            publishing::name_as_successor(tx, *line, now)?;
        }
        Ok(())
    }
}

/// The storylines that decisions name, part or merge, as they stand by now.
fn ruled_lines(tx: &Transaction<'_>, changed: &[Decision]) -> Result<BTreeSet<StorylineId>> {
    let mut lines = BTreeSet::new();
    for one in changed.iter().map(|one| &one.ruling) {
        if matches!(one, Ruling::Spike { .. }) || one.storylines().is_empty() {
            continue;
        }
        for line in one.storylines() {
            lines.extend([line]);
            lines.extend(standing::load_line_successor(tx, line)?);
        }
        for event in one.events() {
            let standing = standing::load_standing_event(tx, event)?;
            lines.extend(standing.map(|standing| standing.shown));
        }
    }
    Ok(lines)
}

fn note_split(tx: &Transaction<'_>, split: &held::SplitOff) -> Result<()> {
    for item in &split.items {
        match split.is_return {
            true => standing::forget_moved(tx, *item)?,
            false => standing::note_moved(tx, *item, split.from)?,
        }
    }
    describing::enter_describe_queue(tx, split.from)
}
