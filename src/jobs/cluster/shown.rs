//! Which storylines of the machine count as published, or as kept out, because rulings show events of theirs in
//! one that is. Only what a step may have changed is looked up again.

use std::collections::BTreeSet;

use crate::cluster::Settlement;
use crate::news::{EventId, StorylineId};
use crate::store::{Connection, Result, standing};
use crate::timeline::{Placing, Storylines};

/// What is to be looked up before the next linking.
#[derive(Clone, Debug, Default)]
pub(super) struct Stale {
    homes: BTreeSet<StorylineId>,
    /// Storylines of which the homes of all that is shown there are meant.
    shown: BTreeSet<StorylineId>,
}

impl Stale {
    /// An event is about to be linked, merged away or brought back.
    pub(super) fn note_event(&mut self, conn: &Connection, event: EventId) -> Result<()> {
        self.homes.extend(standing::load_home(conn, event)?);
        Ok(())
    }

    /// A storyline was published.
    pub(super) fn note_published(&mut self, line: StorylineId) {
        self.shown.insert(line);
    }

    /// A storyline was spiked, or is no more.
    pub(super) fn note_spiked(&mut self, line: StorylineId) {
        self.shown.insert(line);
    }

    /// A step is about to be written.
    pub(super) fn note_step(
        &mut self,
        conn: &Connection,
        settlement: &Settlement,
        placing: &Placing,
    ) -> Result<()> {
        let changed = settlement.changed.iter().map(|change| change.event);
        let merged = settlement.merged.iter().map(|(gone, _)| *gone);
        for event in changed.chain(merged).chain(placing.placed.keys().copied()) {
            self.note_event(conn, event)?;
        }
        let displaced = placing.placed.values().filter(|one| one.home != one.shown);
        self.homes.extend(displaced.map(|one| one.home));
        let rehomed = placing.rehomed.iter();
        self.homes
            .extend(rehomed.flat_map(|(gone, into)| [*gone, *into]));
        self.shown
            .extend(placing.merged.iter().map(|(_, into)| *into));
        Ok(())
    }

    /// Tells what is new, and has nothing more to look up.
    pub(super) fn tell(&mut self, conn: &Connection, storylines: &mut Storylines) -> Result<()> {
        for line in std::mem::take(&mut self.shown) {
            self.homes
                .extend(standing::load_homes_shown_in(conn, line)?);
        }
        for home in std::mem::take(&mut self.homes) {
            let at = standing::load_shown_home(conn, home)?;
            storylines.tell_shown_elsewhere(home, at.map(|at| at.timestamp()));
            storylines.tell_spiked_elsewhere(home, standing::is_spiked_home(conn, home)?);
        }
        Ok(())
    }
}
