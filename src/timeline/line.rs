//! A storyline as it is compared: its events and the sum of their words.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::vectors::{Sum, cosine_sum, cosine_with, terms_of};
use crate::cluster::EventSketch;
use crate::news::EventId;

/// Events of a storyline that are compared, the latest: a story moves on, and the mean with what was told of it weeks ago
/// holds at a distance what is told now. `docs/clustering.md` has the figures of 20 to 400.
pub(super) const MOST_COMPARED: usize = 50;

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line {
    /// Those that are compared.
    pub(super) events: Sketches,
    /// Of its events where there are several: most storylines have one, whose words are the sum. It is
    /// filed under every term of it, so that a restart changes nothing.
    sum: Option<Sum>,
    /// Events that are not compared because there are too many, all older than those that are.
    surplus: Sketches,
    pub(super) latest_secs: i64,
    /// Rank by first publication; `None` while provisional.
    pub(super) published: Option<i64>,
}

/// What changes of the terms that a storyline is filed under: first what is no longer, then what is new.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Refiling {
    pub(super) unused: Vec<u32>,
    pub(super) new: Vec<u32>,
}

impl Line {
    /// Puts in an event that it does not have. Whatever the order, the latest are compared.
    pub(super) fn put_in(&mut self, sketch: EventSketch) -> Refiling {
        self.latest_secs = match self.events.is_empty() {
            true => sketch.last_secs,
            false => self.latest_secs.max(sketch.last_secs),
        };
        let new = self.add(sketch);
        let mut refiling = Refiling {
            new,
            ..Refiling::default()
        };
        let oldest = self.events.oldest_of_more_than(MOST_COMPARED);
        if let Some((sketch, unused)) = oldest.and_then(|event| self.subtract(event)) {
            self.surplus.insert(sketch);
            // What is older than all others is compared with nothing.
            refiling.new.retain(|term| !unused.contains(term));
            refiling.unused = unused;
        }
        refiling
    }

    /// Takes an event out; the latest of those that were too many is compared in its place. Returns the time of its last
    /// report; `None` if it is not here.
    pub(super) fn take_out(&mut self, event: EventId) -> Option<(i64, Refiling)> {
        if let Some(sketch) = self.surplus.remove(event) {
            return Some((sketch.last_secs, Refiling::default()));
        }
        let (sketch, unused) = self.subtract(event)?;
        let next = self.surplus.latest();
        let next = next.and_then(|event| self.surplus.remove(event));
        let new = next.map_or_else(Vec::new, |sketch| self.add(sketch));
        if sketch.last_secs == self.latest_secs && !self.events.is_empty() {
            let times = self.events.iter().map(|other| other.last_secs);
            self.latest_secs = times.max().unwrap_or(self.latest_secs);
        }
        Some((sketch.last_secs, Refiling { unused, new }))
    }

    /// What it has of an event; `None` if it does not have it.
    pub(super) fn get(&self, event: EventId) -> Option<&EventSketch> {
        self.events.get(event).or_else(|| self.surplus.get(event))
    }

    /// All its events: those that are compared, by id, then the others.
    pub(super) fn all(&self) -> impl Iterator<Item = &EventSketch> {
        self.events.iter().chain(self.surplus.iter())
    }

    /// All its events, for another storyline.
    pub(super) fn into_all(self) -> impl Iterator<Item = EventSketch> {
        self.events.0.into_iter().chain(self.surplus.0)
    }

    /// Adds an event to what is compared. Returns its terms that are new here.
    fn add(&mut self, sketch: EventSketch) -> Vec<u32> {
        let new = match self.events.is_empty() {
            true => terms_of(&sketch).map(|(term, _)| term).collect(),
            false => {
                let known = self.sum.take();
                let mut sum = known.unwrap_or_else(|| self.sum().into_owned());
                let new = sum.add(&sketch);
                self.sum = Some(sum);
                new
            }
        };
        self.events.insert(sketch);
        new
    }

    /// Takes an event away from what is compared. Returns it with the terms that no other has.
    fn subtract(&mut self, event: EventId) -> Option<(EventSketch, Vec<u32>)> {
        let sketch = self.events.remove(event)?;
        let unused = match &mut self.sum {
            Some(sum) => sum.subtract(&sketch),
            None => terms_of(&sketch).map(|(term, _)| term).collect(),
        };
        if self.events.len() < 2 {
            self.sum = None;
        }
        Some((sketch, unused))
    }

    /// The words of all its events.
    pub(super) fn sum(&self) -> Cow<'_, Sum> {
        match (&self.sum, self.events.iter().next()) {
            (Some(sum), _) => Cow::Borrowed(sum),
            (None, Some(only)) => Cow::Owned(Sum::of(only)),
            (None, None) => Cow::Owned(Sum::default()),
        }
    }

    /// The sum of cosines over all pairs of its events and those of a sum.
    pub(super) fn cosine_sum(&self, other: &Sum) -> f32 {
        match (&self.sum, self.events.iter().next()) {
            (Some(sum), _) => cosine_sum(sum, other),
            (None, Some(only)) => cosine_with(other, only),
            (None, None) => 0.0,
        }
    }

    /// All terms, rising.
    pub(super) fn terms(&self) -> Vec<u32> {
        self.sum().terms().collect()
    }
}

/// What is compared of some events, by id. Most storylines have one, which needs no memory of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sketches(pub(super) SmallVec<[EventSketch; 1]>);

impl Sketches {
    fn place(&self, event: EventId) -> Result<usize, usize> {
        self.0.binary_search_by_key(&event, |sketch| sketch.event)
    }

    pub(super) fn get(&self, event: EventId) -> Option<&EventSketch> {
        self.place(event).ok().map(|at| &self.0[at])
    }

    fn insert(&mut self, sketch: EventSketch) {
        match self.place(sketch.event) {
            Ok(at) => self.0[at] = sketch,
            Err(at) => self.0.insert(at, sketch),
        }
    }

    fn remove(&mut self, event: EventId) -> Option<EventSketch> {
        self.place(event).ok().map(|at| self.0.remove(at))
    }

    /// The event that was told of longest ago, if there are more than so many.
    fn oldest_of_more_than(&self, most: usize) -> Option<EventId> {
        let many = (self.len() > most).then(|| self.iter())?;
        let oldest = many.min_by_key(|one| (one.last_secs, one.event));
        oldest.map(|one| one.event)
    }

    /// The event that was told of last; `None` if there is none.
    fn latest(&self) -> Option<EventId> {
        let latest = self.iter().max_by_key(|one| (one.last_secs, one.event));
        latest.map(|one| one.event)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &EventSketch> {
        self.0.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::vectors::tests::in_steps;

    /// An event of two terms, of which one is its own, told of at so many seconds.
    fn told(event: i64, last_secs: i64) -> EventSketch {
        let own = 1_000 + event as u32;
        EventSketch {
            event: EventId(event),
            terms: in_steps(&[(1, 0.6), (own, 0.8)]),
            first_secs: last_secs,
            last_secs,
        }
    }

    fn compared(line: &Line) -> Vec<i64> {
        line.events.iter().map(|one| one.event.0).collect()
    }

    /// What a storyline would be filed under after these changes.
    fn file(filed: &mut Vec<u32>, refiling: Refiling) {
        filed.retain(|term| !refiling.unused.contains(term));
        filed.extend(refiling.new);
        filed.sort_unstable();
    }

    #[test]
    fn whatever_comes_and_goes_in_whatever_order_the_latest_are_compared_and_filed() {
        let many = MOST_COMPARED as i64 + 20;
        for step in [1, 9, 37] {
            let (mut line, mut filed) = (Line::default(), Vec::new());
            let order: Vec<i64> = (0..many).map(|at| at * step % many).collect();
            for at in &order {
                file(&mut filed, line.put_in(told(*at, 10 * at)));
            }
            assert_eq!(compared(&line), (20..many).collect::<Vec<_>>());
            assert_eq!(line.terms(), filed);
            // Of what is compared some go, and of what is not.
            for at in [25, 3, 69, 40, 18] {
                let (_, refiling) = line.take_out(EventId(at)).expect("it is there");
                file(&mut filed, refiling);
            }
            let left = (0..many).filter(|at| ![25, 3, 69, 40, 18].contains(at));
            let left: Vec<i64> = left.collect();
            assert_eq!(compared(&line), left[left.len() - MOST_COMPARED..]);
            assert_eq!(line.terms(), filed);
            assert_eq!(line.latest_secs, 10 * 68);
            let mut all: Vec<i64> = line.all().map(|one| one.event.0).collect();
            all.sort_unstable();
            assert_eq!(all, left);
        }
    }
}
