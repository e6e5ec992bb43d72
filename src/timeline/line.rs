//! A storyline as it is compared: its events and the sum of their words.

use std::borrow::Cow;
use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::vectors::{Sum, cosine_sum, cosine_with, terms_of};
use crate::cluster::EventSketch;
use crate::news::EventId;

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line {
    pub(super) events: Sketches,
    /// Of its events where there are several: most storylines have one, whose words are the sum. It is
    /// filed under every term of it, so that a restart changes nothing.
    sum: Option<Sum>,
    /// Events that are not compared because there are too many, with the time of each.
    pub(super) surplus: BTreeMap<EventId, i64>,
    pub(super) latest_secs: i64,
    /// Rank by first publication; `None` while provisional.
    pub(super) published: Option<i64>,
}

impl Line {
    /// Adds an event that it does not have. Returns its terms that are new here.
    pub(super) fn add(&mut self, sketch: EventSketch) -> Vec<u32> {
        self.latest_secs = match self.events.is_empty() {
            true => sketch.last_secs,
            false => self.latest_secs.max(sketch.last_secs),
        };
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

    /// Takes an event out. Returns it with the terms that no other has; `None` if it is not compared.
    pub(super) fn take_out(&mut self, event: EventId) -> Option<(EventSketch, Vec<u32>)> {
        let sketch = self.events.remove(event)?;
        let unused = match &mut self.sum {
            Some(sum) => sum.subtract(&sketch),
            None => terms_of(&sketch).map(|(term, _)| term).collect(),
        };
        if self.events.len() < 2 {
            self.sum = None;
        }
        if sketch.last_secs == self.latest_secs && !self.events.is_empty() {
            let times = self.events.iter().map(|other| other.last_secs);
            self.latest_secs = times.max().unwrap_or(self.latest_secs);
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
