//! Which storyline each event stands in: what linking says, then what rulings make of it.

use std::collections::{BTreeMap, BTreeSet};

use super::Clusterer;
use super::own::{self, OwnChanges};
use crate::cluster::{EventSketch, Settlement};
use crate::news::{EventId, ItemId, StorylineId};
use crate::store::standing::{self, StandingEvent};
use crate::store::{Connection, Result, describing, kept_out};
use crate::timeline::{Beside, Linking, Placing, Standing, StoredLines, StorylineRules};

impl Clusterer {
    /// Links what a settling changed, and places events under the rulings in force.
    pub(super) fn link(
        &mut self,
        conn: &Connection,
        settlement: &Settlement,
        sketches: &[EventSketch],
    ) -> Result<(Placing, OwnChanges)> {
        let own = settlement.own.as_ref();
        let merged = own.map_or(&settlement.merged, |own| &own.merged);
        for (gone, _) in merged {
            self.storylines.forget(*gone);
        }
        let machine = own.map(|own| own::sketches_of(&self.engine, own));
        let machine = machine.as_deref().unwrap_or(sketches);
        for sketch in machine {
            // One that lives again stands where it stood.
            if self.storylines.storyline_of(sketch.event).is_none()
                && let Some(home) = home_of_revived(conn, sketch.event)?
            {
                self.storylines.restore(home, sketch.clone());
                // Of one without events a restart knows nothing.
                if let Some(at) = describing::load_publication_of_line(conn, home)? {
                    self.storylines.mark_published(home, at.timestamp());
                }
            }
        }
        self.stale.tell(conn, &mut self.storylines)?;
        let showing = self.showing(settlement, (machine, sketches));
        self.storylines.tell_showing(showing.clone());
        let linking = self.storylines.link(machine);
        let homes = own.map(|_| {
            let machine = (&self.engine, &self.storylines);
            own::homes_of(conn, machine, (settlement, &self.own), &linking)
        });
        let homes = homes.transpose()?.map(|(mut homes, homeless)| {
            for event in homeless {
                homes.linked.push((event, self.storylines.open()));
            }
            homes
        });
        let told = homes.as_ref().unwrap_or(&linking);
        let changes = self.own_changes(conn, settlement, &linking)?;
        let around = Around {
            conn,
            rules: &self.rulings.rules,
            linking: told,
            lives: settlement.changed.iter().map(|one| one.event).collect(),
            showing,
            merged: settlement.merged.iter().copied().collect(),
            stored: StoredLines::default(),
            named: BTreeSet::new(),
            successors: BTreeMap::new(),
            lines: BTreeSet::new(),
            events: BTreeSet::new(),
        };
        let (rules, mut stored) = around.gather(&self.placed_anew, &self.reached.events)?;
        if !self.spiked_lines.is_empty() {
            stored.open = open_among(conn, &stored.events)?;
        }
        let placing = self.storylines.place(told, &rules, &stored, sketches);
        self.stale.note_step(conn, settlement, &placing)?;
        self.keep_back_placed(&placing);
        Ok((placing, changes))
    }

    /// Which of the machine's own events and of those under rulings that changed hold what readers were shown before.
    fn showing(
        &self,
        settlement: &Settlement,
        (machine, ruled): (&[EventSketch], &[EventSketch]),
    ) -> BTreeSet<EventId> {
        if settlement.shown.is_empty() {
            return BTreeSet::new();
        }
        let holds = |items: Vec<ItemId>| items.iter().any(|item| settlement.shown.contains(item));
        let own = machine.iter().map(|one| one.event);
        let own = own.filter(|event| holds(self.engine.own_items_of(*event)));
        let ruled = ruled.iter().map(|one| one.event);
        let ruled = ruled.filter(|event| holds(self.engine.items_of(*event)));
        own.chain(ruled).collect()
    }
}

/// Those of some events that hold what no editor keeps out.
fn open_among(
    conn: &Connection,
    events: &BTreeMap<EventId, Standing>,
) -> Result<BTreeSet<EventId>> {
    let mut open = BTreeSet::new();
    for event in events.keys() {
        open.extend(kept_out::is_open(conn, *event)?.then_some(*event));
    }
    Ok(open)
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
    /// Those that hold what readers were shown.
    showing: BTreeSet<EventId>,
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
    /// which is as good as always. Of the events that changed rulings reach, those that no rule binds stay
    /// where they are, unless they are to be placed anew.
    fn gather(
        mut self,
        placed_anew: &BTreeSet<EventId>,
        reached: &BTreeSet<EventId>,
    ) -> Result<(StorylineRules, StoredLines)> {
        if self.rules.is_empty() && !standing::is_any_displaced(self.conn)? {
            return Ok((StorylineRules::default(), self.stored));
        }
        let mut open = Open::default();
        open.events.extend(placed_anew);
        for event in self.lives.iter().chain(reached) {
            let is_back = self.lives.contains(event) && !self.is_back_beside(*event)?;
            if is_back || self.is_bound(*event)? {
                open.events.insert(*event);
            }
        }
        for (gone, into) in &self.merged {
            if self.is_bound(*gone)? || self.is_bound(*into)? {
                open.events.extend([*gone, *into]);
            }
        }
        for (event, line) in &self.linking.linked {
            if !self.looks_only_beside(*event, *line)? {
                open.events.insert(*event);
                open.lines.insert(*line);
            }
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

    /// True if rules name the event or one that went into it.
    fn is_bound(&self, event: EventId) -> Result<bool> {
        let gone = self.merged.iter().filter(|(_, into)| **into == event);
        let mut names = gone.map(|(gone, _)| gone).chain([&event]);
        if names.any(|name| self.rules.names(*name)) {
            return Ok(true);
        }
        let before = standing::load_predecessors(self.conn, event)?;
        Ok(before.iter().any(|name| self.rules.names(*name)))
    }

    /// True unless an event lives again and others of its home are shown elsewhere than it was shown.
    fn is_back_beside(&self, event: EventId) -> Result<bool> {
        if standing::load_successor(self.conn, event)?.is_none() {
            return Ok(true);
        }
        let Some(stands) = standing::load_standing_event(self.conn, event)? else {
            return Ok(true);
        };
        let around = standing::load_events_around(self.conn, stands.home)?;
        let mut others = around
            .iter()
            .filter(|one| one.event != event && one.home == stands.home && self.is_alive(one));
        Ok(others.any(|one| one.shown == stands.shown))
    }

    /// True if an event is new, so that it only has to know where the others of its home are shown:
    /// these stay where they are. False if all of these are bound by rules, or if it is not new.
    fn looks_only_beside(&mut self, event: EventId, home: StorylineId) -> Result<bool> {
        if standing::load_standing_event(self.conn, event)?.is_some() || self.is_bound(event)? {
            return Ok(false);
        }
        if self.stored.beside.contains_key(&home) || !standing::is_ruled(self.conn, home)? {
            return Ok(true);
        }
        let mut shown = BTreeMap::new();
        let mut main = None;
        for one in standing::load_events_around(self.conn, home)? {
            if one.home != home || !self.is_alive(&one) {
                continue;
            }
            if main.is_none() && !self.is_bound(one.event)? {
                main = Some(one.shown);
            }
            shown.insert(one.event, one.shown);
        }
        let Some(main) = main else { return Ok(false) };
        self.stored.beside.insert(home, Beside { main, shown });
        Ok(true)
    }

    fn is_alive(&self, one: &StandingEvent) -> bool {
        let lives = self.lives.contains(&one.event);
        lives || !one.is_merged && !self.merged.contains_key(&one.event)
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
                open.events.insert(successor);
                if !self.would_take_under(name, successor)? {
                    self.successors.insert(name, successor);
                }
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
            if !self.is_alive(&one) {
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

    /// True if what rules say of an event that was kept out would take under what readers are shown, into which the machine
    /// has merged it.
    fn would_take_under(&self, event: EventId, into: EventId) -> Result<bool> {
        let is_shown = match self.lives.contains(&into) {
            true => self.showing.contains(&into),
            false => kept_out::is_open(self.conn, into)?,
        };
        Ok(is_shown && kept_out::was_out(self.conn, event)?)
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
