//! What no ruling holds any more goes back to where the machine alone has it.

use std::collections::{BTreeMap, BTreeSet};

use super::old::{Step, members_of};
use super::save::Touched;
use super::{Arrived, Clusterer, Judged};
use crate::cluster::{EventChange, Returning};
use crate::news::{EventId, ItemId, UtcTime};
use crate::store::{Connection, Result, Store, events};

/// Far more than there are numbers that wait for one another.
const MOST_ROUNDS: usize = 8;

impl Clusterer {
    /// After rulings were obeyed: of what hangs together with them, all that none of those in force names; how
    /// many events changed.
    pub(super) fn return_to_own(&mut self, store: &Store, now: UtcTime) -> Result<usize> {
        let mut count = 0;
        // A number may be free only once another event has its own again.
        for _ in 0..MOST_ROUNDS {
            let scope = store.read(|conn| self.scope(conn))?;
            let changed = self.return_around(store, &scope.events, now)?;
            count += changed;
            if changed == 0 {
                break;
            }
        }
        Ok(count)
    }

    /// The same of all that is live: what an earlier version left behind.
    pub(super) fn return_all(&mut self, store: &Store, now: UtcTime) -> Result<usize> {
        let live = self.engine.live_events().collect();
        self.return_around(store, &live, now)
    }

    fn return_around(
        &mut self,
        store: &Store,
        events: &BTreeSet<EventId>,
        now: UtcTime,
    ) -> Result<usize> {
        let mut changed = 0;
        let is_held = |items: &BTreeSet<ItemId>| self.rulings.hold_any(items);
        for kin in self.engine.find_returning(events, is_held) {
            changed += self.return_kin(store, &kin, now)?;
        }
        Ok(changed)
    }

    fn return_kin(&mut self, store: &Store, kin: &Returning, now: UtcTime) -> Result<usize> {
        let mut known = kin.own.clone();
        for event in &kin.own {
            if store
                .read(|conn| events::load_stored(conn, *event))?
                .is_none()
            {
                known.remove(event);
            }
        }
        if kin.is_renaming(&self.engine) && known.is_empty() {
            return Ok(0);
        }
        let settlement = self.engine.return_to_own(kin, &known);
        self.own.touch(kin.own.union(&kin.shown).copied());
        let changed: Vec<EventId> = settlement.changed.iter().map(|one| one.event).collect();
        for step in store.read(|conn| self.steps_back(conn, &settlement.changed))? {
            self.take_step(store, step, (false, now))?;
        }
        for (from, items) in &settlement.left_alone {
            self.leave_alone(store, (*from, items), now)?;
        }
        let judged = Judged {
            arrived: Arrived::default(),
            settlement,
        };
        let (count, save) = self.place(store, judged, Touched::default())?;
        self.begin_save(store, save, now)?.wait()?;
        if self.engine.keeps_back_any() {
            self.look_up_kept_back(store)?;
        }
        for event in changed {
            self.know_again(store, event)?;
        }
        Ok(count)
    }

    /// What stays behind while the id of its event goes elsewhere is an event of its own.
    fn leave_alone(
        &mut self,
        store: &Store,
        (from, items): (EventId, &[ItemId]),
        now: UtcTime,
    ) -> Result<()> {
        let mut members = store.read(|conn| members_of(conn, &self.engine, from))?;
        members.retain(|member| items.contains(&member.item));
        let step = Step {
            members,
            from,
            into: self.engine.reserve_event(),
            is_whole: false,
            is_return: false,
        };
        self.take_step(store, step, (false, now))
    }

    /// What has left the window and is stored elsewhere than the events have it.
    fn steps_back(&self, conn: &Connection, changed: &[EventChange]) -> Result<Vec<Step>> {
        let mut away: BTreeMap<(EventId, EventId), Vec<ItemId>> = BTreeMap::new();
        for event in changed.iter().map(|one| one.event) {
            for item in self.engine.old_items_of(event) {
                let stored_in = events::event_of_item(conn, item)?;
                if let Some(from) = stored_in.filter(|from| *from != event) {
                    away.entry((from, event)).or_default().push(item);
                }
            }
        }
        let mut steps = Vec::new();
        for ((from, into), items) in away {
            let mut members = members_of(conn, &self.engine, from)?;
            let all = members.len();
            members.retain(|member| items.contains(&member.item));
            let step = Step::of(members, (from, into), all);
            steps.extend(step.map(|step| Step {
                is_return: true,
                ..step
            }));
        }
        Ok(steps)
    }
}
