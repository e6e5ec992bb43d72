//! Which events make a storyline: online, by the words and names of events, with stable ids.
//!
//! A storyline's affinity to an event is the mean cosine with its events, in which no word counts
//! alone, damped by the gap in time. Storylines grow and merge; once one is published only editors
//! split it, because a reader follows it by id. Before, an event that has changed is linked anew.
//!
//! What editors ruled does not enter here (see `obeying`): linking is what the machine alone says. But what
//! they keep out stays by itself, or the machine would show it somewhere else.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::filed::Filed;
use super::line::{Line, Refiling};
use super::vectors::Sum;
use crate::cluster::{EventSketch, Latest};
use crate::news::{EventId, StorylineId, UtcTime};

/// The settings of linking; the defaults are those that were measured.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StorylineSettings {
    /// Mean cosine from which an event joins a storyline, and two storylines are one.
    pub link_score: f32,
    /// Days over which a gap in time damps the mean to a third.
    pub damping_days: f32,
    /// Days without an event after which a storyline takes no more.
    pub closed_after_days: u32,
    /// Events compared at most, the latest, whatever their time: a bound for memory.
    pub most_events: usize,
}

impl Default for StorylineSettings {
    fn default() -> Self {
        Self {
            link_score: 0.05,
            damping_days: 8.0,
            closed_after_days: 21,
            most_events: 100_000,
        }
    }
}

impl StorylineSettings {
    /// Days before the newest report that events are compared for: until no open storyline can hold
    /// one that is older.
    pub fn compared_days(&self) -> i64 {
        i64::from(self.closed_after_days) + 1
    }
}

/// What linking changed, as the machine alone has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linking {
    /// Events whose storyline is new or another than before, with that storyline.
    pub linked: Vec<(EventId, StorylineId)>,
    /// Storylines that are no more, each with the one that its events went to.
    /// In the order in which they were merged.
    pub merged: Vec<(StorylineId, StorylineId)>,
}

impl Linking {
    /// The storyline that a storyline is in by now; itself if it was not merged.
    pub fn follow(&self, line: StorylineId) -> StorylineId {
        let merged = self.merged.iter();
        merged.fold(line, |line, (gone, into)| match *gone == line {
            true => *into,
            false => line,
        })
    }
}

/// The storylines of the last weeks. The same calls in the same order give the same results.
#[derive(Clone, Debug, Default)]
pub struct Storylines {
    settings: StorylineSettings,
    pub(super) lines: BTreeMap<StorylineId, Line>,
    line_of: BTreeMap<EventId, StorylineId>,
    /// The same events by the time of their last report.
    by_time: BTreeSet<(i64, EventId)>,
    filed: Filed,
    /// Kept between calls for its room alone.
    shares: FxHashMap<StorylineId, u64>,
    /// Storylines whose events are shown in a published one, with its rank.
    shown_elsewhere: BTreeMap<StorylineId, i64>,
    /// Storylines that editors keep out.
    spiked: BTreeSet<StorylineId>,
    /// Storylines whose events are shown in one that editors keep out.
    spiked_elsewhere: BTreeSet<StorylineId>,
    /// Events that hold what readers are shown: none joins a storyline that is kept out.
    showing: BTreeSet<EventId>,
    next: i64,
    latest: Latest,
    /// The last event that was let go because there were too many, with the time of its last report.
    let_go_through: Option<(i64, EventId)>,
}

/// Terms by which the storylines near an event or a storyline are looked up, the strongest.
const ASKED_TERMS: usize = 24;
/// Storylines looked at of each term, the newest.
const NEWEST_OF_TERM: usize = 64;
/// Storylines that are compared as a whole: on the development sets twice or twenty times as many do
/// no better.
const COMPARED: usize = 16;

impl Storylines {
    /// No storylines yet. `next` is the first id that may be used.
    pub fn new(settings: StorylineSettings, next: StorylineId) -> Self {
        Self {
            settings,
            next: next.0,
            ..Self::default()
        }
    }

    /// What our clock said when the next items were accepted: an event that is more than a day ahead of it closes
    /// no storyline. Without a clock every time is believed.
    pub fn tell_clock(&mut self, accepted_at: UtcTime) {
        self.latest.tell_clock(accepted_at);
    }

    /// Links events that are new or have changed, in the order given.
    pub fn link(&mut self, sketches: &[EventSketch]) -> Linking {
        let mut linking = Linking::default();
        for sketch in sketches {
            self.latest.tell(sketch.last_secs);
            self.link_one(sketch, &mut linking);
        }
        self.let_go_old();
        self.close_old();
        linking
    }

    /// Takes an event out, because it was merged into another or withdrawn.
    pub fn forget(&mut self, event: EventId) {
        if let Some(id) = self.line_of.remove(&event) {
            self.take_out(id, event);
        }
    }

    /// Puts back an event as it was stored, without judging anew.
    pub fn restore(&mut self, storyline: StorylineId, sketch: EventSketch) {
        self.latest.tell(sketch.last_secs);
        self.next = self.next.max(storyline.0 + 1);
        self.put_in(storyline, sketch);
    }

    /// Tells that a storyline is published, with its rank by first publication: of two merged
    /// storylines the one published first keeps its id.
    pub fn mark_published(&mut self, storyline: StorylineId, order: i64) {
        if let Some(line) = self.lines.get_mut(&storyline) {
            line.published = Some(order);
        }
    }

    /// Tells that a storyline has events that rulings show in a published one, with the rank of that, or
    /// that it has none any more: readers follow these events, so it counts as published.
    pub fn tell_shown_elsewhere(&mut self, storyline: StorylineId, order: Option<i64>) {
        match order {
            Some(order) => self.shown_elsewhere.insert(storyline, order),
            None => self.shown_elsewhere.remove(&storyline),
        };
    }

    /// Tells which storylines editors keep out, all of them: none is merged, and none of their events is linked
    /// anew, so that what is kept out comes into nothing that is shown. New events join them as any other.
    pub fn tell_spiked(&mut self, storylines: BTreeSet<StorylineId>) {
        self.spiked = storylines;
    }

    /// Tells which of the events that are about to be linked hold what readers are shown already.
    pub fn tell_showing(&mut self, events: BTreeSet<EventId>) {
        self.showing = events;
    }

    /// Tells whether a storyline has events that rulings show in one that editors keep out: then it stays by itself
    /// as that does.
    pub fn tell_spiked_elsewhere(&mut self, storyline: StorylineId, is_spiked: bool) {
        match is_spiked {
            true => self.spiked_elsewhere.insert(storyline),
            false => self.spiked_elsewhere.remove(&storyline),
        };
    }

    /// True if a storyline is kept out, or stays by itself as one that is.
    pub fn is_spiked(&self, id: StorylineId) -> bool {
        self.spiked.contains(&id) || self.spiked_elsewhere.contains(&id)
    }

    /// True if an editor keeps a storyline out itself.
    pub(super) fn keeps_out(&self, line: StorylineId) -> bool {
        self.spiked.contains(&line)
    }

    /// True if what readers are shown of an event would be kept out with a storyline.
    pub fn would_hide(&self, line: StorylineId, event: EventId) -> bool {
        self.showing.contains(&event) && self.is_spiked(line)
    }

    /// The rank of a storyline by first publication; `None` while it is provisional.
    fn published(&self, id: StorylineId) -> Option<i64> {
        let own = self.lines.get(&id).and_then(|line| line.published);
        own.or_else(|| self.shown_elsewhere.get(&id).copied())
    }

    /// The storyline that an event is linked to.
    pub fn storyline_of(&self, event: EventId) -> Option<StorylineId> {
        self.line_of.get(&event).copied()
    }

    /// What is compared of an event; `None` if it is linked to no open storyline.
    pub fn sketch_of(&self, event: EventId) -> Option<&EventSketch> {
        self.lines.get(self.line_of.get(&event)?)?.get(event)
    }

    /// The events of a storyline that is still open, by id.
    pub fn events_of(&self, storyline: StorylineId) -> Vec<EventId> {
        let line = self.lines.get(&storyline);
        let events = line.into_iter().flat_map(|line| line.all());
        events.map(|one| one.event).collect()
    }

    /// The next id that will be used.
    pub fn next_id(&self) -> StorylineId {
        StorylineId(self.next)
    }

    /// The last event, with the time of its last report, that was let go because there were too many: to be
    /// stored for [`Storylines::let_go_through`]. `None` if there never were.
    pub fn let_go(&self) -> Option<(i64, EventId)> {
        self.let_go_through
    }

    /// Lets go of what was let go before everything was restored.
    pub fn let_go_through(&mut self, last: (i64, EventId)) {
        self.let_go_through = Some(last);
        self.let_go_old();
    }

    fn link_one(&mut self, sketch: &EventSketch, linking: &mut Linking) {
        let before = self.line_of.get(&sketch.event).copied();
        let may_move = before.is_some_and(|id| self.published(id).is_none() && !self.is_spiked(id));
        let (id, is_alone) = match before {
            Some(id) if !may_move => {
                self.take_out(id, sketch.event);
                self.put_in(id, sketch.clone());
                (id, false)
            }
            _ => {
                if let Some(id) = before {
                    self.take_out(id, sketch.event);
                }
                let near = self.nearest(sketch);
                let id = near.or(before).unwrap_or_else(|| self.open());
                self.put_in(id, sketch.clone());
                (id, near.is_none() && self.lines[&id].events.len() == 1)
            }
        };
        // What is near one event alone is what was just asked.
        let id = match is_alone {
            true => id,
            false => self.merge_around(id, linking),
        };
        if before != Some(id) {
            linking.linked.push((sketch.event, id));
        }
    }

    /// A new storyline's id.
    pub fn open(&mut self) -> StorylineId {
        let id = StorylineId(self.next);
        self.next += 1;
        id
    }

    fn nearest(&mut self, sketch: &EventSketch) -> Option<StorylineId> {
        let sum = Sum::of(sketch);
        let sharing = self.sharing(&sum.strongest(ASKED_TERMS), None).into_iter();
        let sharing = sharing.filter(|id| !self.would_hide(*id, sketch.event));
        let near = sharing.filter_map(|id| {
            let line = self.lines.get(&id)?;
            Some((id, self.affinity(&sum, 1, sketch.last_secs, line)))
        });
        let near = near.filter(|(_, affinity)| *affinity >= self.settings.link_score);
        let best = near.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        best.map(|(id, _)| id)
    }

    /// Merges the storyline with the nearest others until none is near enough.
    fn merge_around(&mut self, mut id: StorylineId, linking: &mut Linking) -> StorylineId {
        if self.is_spiked(id) {
            return id;
        }
        loop {
            let terms = self.lines[&id].sum().strongest(ASKED_TERMS);
            let sharing = self.sharing(&terms, Some(id)).into_iter();
            let line = &self.lines[&id];
            let sum = line.sum();
            let near = sharing.filter(|other| !self.is_spiked(*other));
            let near = near.filter_map(|other| {
                let (count, latest) = (line.events.len(), line.latest_secs);
                let affinity = self.affinity(&sum, count, latest, self.lines.get(&other)?);
                Some((other, affinity))
            });
            let near = near.filter(|(_, affinity)| *affinity >= self.settings.link_score);
            let Some((other, _)) = near.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
            else {
                return id;
            };
            let rank = |id: StorylineId| (self.published(id).unwrap_or(i64::MAX), id);
            let (kept, gone) = if rank(id) < rank(other) {
                (id, other)
            } else {
                (other, id)
            };
            self.merge(kept, gone, linking);
            id = kept;
        }
    }

    fn merge(&mut self, kept: StorylineId, gone: StorylineId, linking: &mut Linking) {
        let line = self.lines.remove(&gone).expect("the storyline is open");
        for term in line.terms() {
            self.filed.unfile(term, gone);
        }
        for sketch in line.into_all() {
            linking.linked.push((sketch.event, kept));
            self.put_in(kept, sketch);
        }
        linking.merged.push((gone, kept));
    }

    fn affinity(&self, sum: &Sum, events: usize, last_secs: i64, line: &Line) -> f32 {
        let pairs = (events * line.events.len()).max(1) as f32;
        let gap_days = last_secs.abs_diff(line.latest_secs) as f32 / 86_400.0;
        line.cosine_sum(sum) / pairs * (-gap_days / self.settings.damping_days).exp()
    }

    /// The storylines whose strongest terms hold most of the weight of these: only those are
    /// compared as a whole.
    fn sharing(&mut self, terms: &[(u32, u32)], except: Option<StorylineId>) -> Vec<StorylineId> {
        self.shares.clear();
        for (term, weight) in terms {
            for id in self.filed.newest(*term).take(NEWEST_OF_TERM) {
                *self.shares.entry(id).or_default() += u64::from(*weight) * u64::from(*weight);
            }
        }
        let shares = self.shares.iter().map(|(id, share)| (*id, *share));
        let others = shares.filter(|(id, _)| Some(*id) != except);
        let mut near: Vec<(StorylineId, u64)> = others.collect();
        let nearer =
            |a: &(StorylineId, u64), b: &(StorylineId, u64)| b.1.cmp(&a.1).then(a.0.cmp(&b.0));
        if near.len() > COMPARED {
            near.select_nth_unstable_by(COMPARED, nearer);
            near.truncate(COMPARED);
        }
        near.into_iter().map(|(id, _)| id).collect()
    }

    fn put_in(&mut self, id: StorylineId, sketch: EventSketch) {
        self.line_of.insert(sketch.event, id);
        self.by_time.insert((sketch.last_secs, sketch.event));
        let line = self.lines.entry(id).or_default();
        let refiling = line.put_in(sketch);
        self.file_anew(id, refiling);
    }

    fn take_out(&mut self, id: StorylineId, event: EventId) {
        let Some(line) = self.lines.get_mut(&id) else {
            return;
        };
        let Some((last_secs, refiling)) = line.take_out(event) else {
            return;
        };
        if line.events.is_empty() && line.published.is_none() {
            self.lines.remove(&id);
        }
        self.by_time.remove(&(last_secs, event));
        self.file_anew(id, refiling);
    }

    fn file_anew(&mut self, id: StorylineId, refiling: Refiling) {
        for term in refiling.unused {
            self.filed.unfile(term, id);
        }
        for term in refiling.new {
            self.filed.file(term, id);
        }
    }

    /// Lets go of events that were told of last so long ago that a restart would not read them, or that
    /// are too many. Their storylines, if open, go on from what they have told since.
    fn let_go_old(&mut self) {
        let days = self.settings.compared_days();
        let horizon = self.latest.secs().saturating_sub(days * 86_400);
        while let Some((at, event)) = self.by_time.first().copied() {
            if self.by_time.len() > self.settings.most_events {
                self.let_go_through = self.let_go_through.max(Some((at, event)));
            } else if at >= horizon && Some((at, event)) > self.let_go_through {
                break;
            }
            self.by_time.remove(&(at, event));
            if let Some(id) = self.line_of.remove(&event) {
                self.take_out(id, event);
            }
        }
    }

    fn close_old(&mut self) {
        let reach = i64::from(self.settings.closed_after_days) * 86_400;
        let horizon = self.latest.secs().saturating_sub(reach);
        let old = self
            .lines
            .iter()
            .filter(|(_, line)| line.latest_secs < horizon);
        let old: BTreeSet<StorylineId> = old.map(|(id, _)| *id).collect();
        if old.is_empty() {
            return;
        }
        for id in &old {
            let line = self.lines.remove(id).expect("listed above");
            for term in line.terms() {
                self.filed.unfile(term, *id);
            }
            for one in line.all() {
                self.by_time.remove(&(one.last_secs, one.event));
                self.line_of.remove(&one.event);
            }
        }
        self.shown_elsewhere
            .retain(|id, _| self.lines.contains_key(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::vectors::tests::in_steps;

    fn sketch(event: i64, terms: &[(u32, f32)]) -> EventSketch {
        EventSketch {
            event: EventId(event),
            terms: in_steps(terms),
            first_secs: 0,
            last_secs: 0,
        }
    }

    #[test]
    fn of_too_many_events_the_oldest_are_let_go_and_a_restart_knows_of_it() {
        let settings = StorylineSettings {
            most_events: 3,
            ..StorylineSettings::default()
        };
        let at = |event: i64, secs: i64| EventSketch {
            last_secs: secs,
            ..sketch(event, &[(1, 0.8), (2, 0.6)])
        };
        // The last two were told at the same time, and one of them is let go.
        let told = [at(1, 40), at(2, 10), at(3, 20), at(4, 30), at(5, 20)];
        let mut lines = Storylines::new(settings.clone(), StorylineId(1));
        lines.link(&told);
        let held = |lines: &Storylines| {
            let events = (1..6).map(EventId);
            let are_held = events.map(|event| lines.storyline_of(event).is_some());
            are_held.collect::<Vec<bool>>()
        };
        let expected = [true, false, false, true, true];
        assert_eq!(held(&lines), expected);

        let mut anew = Storylines::new(settings, lines.next_id());
        for sketch in told {
            anew.restore(StorylineId(1), sketch);
        }
        anew.let_go_through(lines.let_go().expect("two were let go"));
        assert_eq!(held(&anew), expected);
        assert_eq!(anew.let_go(), lines.let_go());
        // Fewer by now: what was let go does not come back, and what is as old is not compared.
        anew.forget(EventId(1));
        anew.link(&[at(6, 15)]);
        assert_eq!(anew.storyline_of(EventId(6)), None);
    }

    #[test]
    fn an_event_that_a_clock_ahead_has_dated_closes_no_storyline() {
        let mut lines = Storylines::new(StorylineSettings::default(), StorylineId(1));
        lines.tell_clock(crate::news::utc_from_secs(600));
        let fire = [(1, 0.8), (2, 0.6)];
        let museum = EventSketch {
            last_secs: 400 * 86_400,
            ..sketch(2, &[(3, 0.8), (4, 0.6)])
        };
        lines.link(&[sketch(1, &fire), museum]);
        lines.link(&[sketch(3, &fire)]);
        assert_eq!(lines.storyline_of(EventId(3)), Some(StorylineId(1)));
    }

    #[test]
    fn what_editors_keep_out_is_neither_linked_anew_nor_merged_until_they_let_it_in() {
        let (own, other) = (StorylineId(1), StorylineId(2));
        for is_elsewhere in [false, true] {
            let mut lines = Storylines::new(StorylineSettings::default(), own);
            let tell = |lines: &mut Storylines, is_spiked: bool| match is_elsewhere {
                true => lines.tell_spiked_elsewhere(own, is_spiked),
                false => lines.tell_spiked([own].into_iter().filter(|_| is_spiked).collect()),
            };
            let (fire, museum) = ([(1, 0.8), (2, 0.6)], [(3, 0.8), (4, 0.6)]);
            lines.link(&[sketch(1, &fire), sketch(2, &museum)]);
            lines.mark_published(other, 7);
            tell(&mut lines, true);
            let bridge = [(1, 0.4), (2, 0.3), (3, 0.7), (4, 0.5)];
            assert_eq!(lines.link(&[sketch(3, &bridge)]).merged, []);
            // What comes new joins what it is nearest to.
            lines.link(&[sketch(4, &fire)]);
            assert_eq!(lines.storyline_of(EventId(4)), Some(own));
            // By now it tells what the other does.
            assert_eq!(lines.link(&[sketch(1, &museum)]).merged, []);
            assert_eq!(lines.storyline_of(EventId(1)), Some(own));
            tell(&mut lines, false);
            lines.link(&[sketch(1, &museum)]);
            assert_eq!(lines.storyline_of(EventId(1)), Some(other));
        }
    }

    #[test]
    fn an_event_that_readers_follow_elsewhere_is_not_linked_anew() {
        let (own, other) = (StorylineId(1), StorylineId(2));
        for (is_shown, expected) in [(false, other), (true, own)] {
            let mut lines = Storylines::new(StorylineSettings::default(), own);
            let fire = [(1, 0.8), (2, 0.6)];
            let (first, second) = (sketch(1, &fire), sketch(2, &fire));
            lines.link(&[first, second, sketch(3, &[(3, 0.8), (4, 0.6)])]);
            lines.mark_published(other, 7);
            if is_shown {
                lines.tell_shown_elsewhere(own, Some(9));
            }
            // By now it is nearer to the other, though not so near that the two were one.
            lines.link(&[sketch(1, &[(3, 0.05), (4, 0.05), (5, 0.99)])]);
            assert_eq!(lines.storyline_of(EventId(1)), Some(expected));
        }
    }
}
