//! Which storyline each event stands in: what linking says, then what rulings make of it.

use std::collections::{BTreeMap, BTreeSet};

use super::Clusterer;
use crate::cluster::{EventSketch, Settlement};
use crate::news::{EventId, StorylineId};
use crate::store::standing::{self, StandingEvent};
use crate::store::{Connection, Result, describing};
use crate::timeline::{Linking, Placing, Standing, StoredLines, StorylineRules};

impl Clusterer {
    /// Links what a settling changed, and places events under the rulings in force.
    pub(super) fn link(
        &mut self,
        conn: &Connection,
        settlement: &Settlement,
        sketches: &[EventSketch],
    ) -> Result<Placing> {
        for (gone, _) in &settlement.merged {
            self.storylines.forget(*gone);
        }
        for sketch in sketches {
            // One that lives again stands where it stood.
            if self.storylines.storyline_of(sketch.event).is_none()
                && let Some(home) = home_of_revived(conn, sketch.event)?
            {
                self.storylines.restore(home, sketch.clone());
            }
        }
        let shown = standing::load_shown_homes(conn)?.into_iter();
        let shown = shown.map(|(home, at)| (home, at.timestamp()));
        self.storylines.tell_shown_elsewhere(shown.collect());
        let linking = self.storylines.link(sketches);
        let successors = load_successors(conn, &self.rulings.rules, settlement)?;
        let rules = self.rulings.rules.following(&successors);
        let stored = load_stored_lines(conn, &rules, &linking, settlement)?;
        Ok(self.storylines.place(&linking, &rules, &stored))
    }
}

/// The storyline in which an event is shown; `None` if in none that is open.
pub(super) fn shown_in(
    conn: &Connection,
    placing: &Placing,
    event: EventId,
) -> Result<Option<StorylineId>> {
    match placing.placed.get(&event) {
        Some(standing) => Ok(Some(standing.shown)),
        None => describing::load_open_line(conn, event),
    }
}

fn home_of_revived(conn: &Connection, event: EventId) -> Result<Option<StorylineId>> {
    let stands = standing::load_standing_event(conn, event)?;
    match stands.filter(|one| one.home != one.shown) {
        Some(one) => Ok(Some(one.home)),
        None => describing::load_open_line(conn, event),
    }
}

/// What the events that rules name went into, by now, of those that were merged away.
fn load_successors(
    conn: &Connection,
    rules: &StorylineRules,
    settlement: &Settlement,
) -> Result<BTreeMap<EventId, EventId>> {
    let lives: BTreeSet<EventId> = settlement.changed.iter().map(|one| one.event).collect();
    let merged: BTreeMap<EventId, EventId> = settlement.merged.iter().copied().collect();
    let mut successors = BTreeMap::new();
    for event in rules.events() {
        let mut last = event;
        let mut seen = BTreeSet::new();
        while !lives.contains(&last) && seen.insert(last) {
            let next = match merged.get(&last) {
                Some(into) => Some(*into),
                None => standing::load_successor(conn, last)?,
            };
            let Some(next) = next else { break };
            last = next;
        }
        if last != event {
            successors.insert(event, last);
        }
    }
    Ok(successors)
}

/// What is stored of all storylines that rulings touch; empty if there are none, which is as good
/// as always.
fn load_stored_lines(
    conn: &Connection,
    rules: &StorylineRules,
    linking: &Linking,
    settlement: &Settlement,
) -> Result<StoredLines> {
    let mut stored = StoredLines::default();
    let named = rules.events();
    let mut ruled = standing::load_displaced(conn)?;
    for event in &named {
        ruled.extend(standing::load_standing_event(conn, *event)?);
    }
    if ruled.is_empty() && named.is_empty() {
        return Ok(stored);
    }
    let linked: BTreeMap<EventId, StorylineId> = linking.linked.iter().copied().collect();
    let events = ruled.iter().map(|one| one.event).chain(named);
    let moved = events.filter_map(|event| linked.get(&event).copied());
    let mut open: BTreeSet<StorylineId> = moved.collect();
    open.extend(ruled.iter().flat_map(|one| [one.home, one.shown]));
    open.extend(rules.earlier_lines());
    let changed = settlement.changed.iter().map(|change| change.event);
    let (changed, ended): (BTreeSet<EventId>, BTreeSet<EventId>) = (
        changed.collect(),
        settlement.merged.iter().map(|(gone, _)| *gone).collect(),
    );
    let is_alive = |one: &StandingEvent| match one.is_merged {
        true => changed.contains(&one.event),
        false => !ended.contains(&one.event),
    };
    let mut seen = BTreeSet::new();
    while let Some(line) = open.pop_first() {
        if !seen.insert(line) {
            continue;
        }
        let around = standing::load_events_around(conn, line)?;
        for one in around.into_iter().filter(is_alive) {
            open.extend([one.home, one.shown]);
            let standing = Standing {
                home: one.home,
                shown: one.shown,
            };
            stored.events.insert(one.event, standing);
        }
        let merges = linking.merged.iter();
        let ends = merges.filter(|(gone, into)| *gone == line || *into == line);
        open.extend(ends.flat_map(|(gone, into)| [*gone, *into]));
        let published = describing::load_publication_of_line(conn, line)?;
        stored
            .published
            .extend(published.map(|at| (line, at.timestamp())));
    }
    Ok(stored)
}
