//! Which storyline each event stands in: what linking says, then what rulings make of it.

use std::collections::{BTreeMap, BTreeSet};

use super::Clusterer;
use crate::cluster::{EventSketch, Settlement};
use crate::news::{EventId, StorylineId};
use crate::store::standing;
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
        let around = Around {
            conn,
            rules: &self.rulings.rules,
            linking: &linking,
            lives: settlement.changed.iter().map(|one| one.event).collect(),
            merged: settlement.merged.iter().copied().collect(),
            stored: StoredLines::default(),
            named: BTreeSet::new(),
            successors: BTreeMap::new(),
            lines: BTreeSet::new(),
            events: BTreeSet::new(),
        };
        let (rules, stored) = around.gather(&self.reached.events)?;
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

/// Gathers what is stored of the storylines that a linking and a change of rulings reach, with all
/// that hangs together with these by rulings in force.
struct Around<'a> {
    conn: &'a Connection,
    rules: &'a StorylineRules,
    linking: &'a Linking,
    /// Events that changed; one that had been merged away lives again.
    lives: BTreeSet<EventId>,
    /// Events that were merged just now.
    merged: BTreeMap<EventId, EventId>,
    stored: StoredLines,
    /// Events by the names under which rules know them.
    named: BTreeSet<EventId>,
    successors: BTreeMap<EventId, EventId>,
    /// What was looked at.
    lines: BTreeSet<StorylineId>,
    events: BTreeSet<EventId>,
}

/// What is to be looked at.
#[derive(Default)]
struct Open {
    lines: BTreeSet<StorylineId>,
    events: BTreeSet<EventId>,
}

impl Around<'_> {
    /// The rules that bear on it, and what is stored; nothing if there are no rulings on storylines,
    /// which is as good as always.
    fn gather(mut self, reached: &BTreeSet<EventId>) -> Result<(StorylineRules, StoredLines)> {
        if self.rules.is_empty() && !standing::is_any_displaced(self.conn)? {
            return Ok((StorylineRules::default(), self.stored));
        }
        let mut open = Open::default();
        open.events.extend(reached);
        open.events.extend(&self.lives);
        open.events
            .extend(self.merged.iter().flat_map(|(gone, into)| [*gone, *into]));
        for (event, line) in &self.linking.linked {
            open.events.insert(*event);
            open.lines.insert(*line);
        }
        let merges = self.linking.merged.iter();
        open.lines
            .extend(merges.flat_map(|(gone, into)| [*gone, *into]));
        loop {
            if let Some(event) = open.events.pop_first() {
                if self.events.insert(event) {
                    self.look_at_event(event, &mut open)?;
                }
            } else if let Some(line) = open.lines.pop_first() {
                if self.lines.insert(line) {
                    self.look_at_line(line, &mut open)?;
                }
            } else {
                break;
            }
        }
        let rules = self
            .rules
            .limit(&self.named)
            .following(&self.successors)
            .into_owned();
        Ok((rules, self.stored))
    }

    fn look_at_event(&mut self, event: EventId, open: &mut Open) -> Result<()> {
        if let Some(stands) = standing::load_standing_event(self.conn, event)? {
            open.lines.extend([stands.home, stands.shown]);
        }
        let mut names = vec![event];
        names.extend(standing::load_predecessors(self.conn, event)?);
        let gone = self.merged.iter().filter(|(_, into)| **into == event);
        names.extend(gone.map(|(gone, _)| *gone));
        for name in names {
            if !self.named.insert(name) {
                continue;
            }
            open.events.insert(name);
            let successor = self.successor_of(name)?;
            if successor != name {
                self.successors.insert(name, successor);
                open.events.insert(successor);
            }
            let (events, lines) = self.rules.named_with(name);
            open.events.extend(events);
            open.lines.extend(lines);
        }
        Ok(())
    }

    fn look_at_line(&mut self, line: StorylineId, open: &mut Open) -> Result<()> {
        let around = match standing::is_ruled(self.conn, line)? {
            true => standing::load_events_around(self.conn, line)?,
            false => Vec::new(),
        };
        for one in around {
            let is_alive = match one.is_merged {
                true => self.lives.contains(&one.event),
                false => !self.merged.contains_key(&one.event) || self.lives.contains(&one.event),
            };
            if !is_alive {
                continue;
            }
            open.lines.extend([one.home, one.shown]);
            if self.rules.names(one.event) {
                open.events.insert(one.event);
            }
            let standing = Standing {
                home: one.home,
                shown: one.shown,
            };
            self.stored.events.insert(one.event, standing);
        }
        for (gone, into) in &self.linking.merged {
            if *gone == line || *into == line {
                open.lines.extend([*gone, *into]);
            }
        }
        let published = describing::load_publication_of_line(self.conn, line)?;
        let published = published.map(|at| (line, at.timestamp()));
        self.stored.published.extend(published);
        Ok(())
    }

    /// What an event went into by now; itself if it was not merged away.
    fn successor_of(&self, event: EventId) -> Result<EventId> {
        let mut last = event;
        let mut seen = BTreeSet::new();
        while !self.lives.contains(&last) && seen.insert(last) {
            let next = match self.merged.get(&last) {
                Some(into) => Some(*into),
                None => standing::load_successor(self.conn, last)?,
            };
            let Some(next) = next else { break };
            last = next;
        }
        Ok(last)
    }
}
