//! Puts rulings on storylines into force and takes them back. What has happened since to other
//! storylines stays as it is: readers follow them by id.

use std::collections::{BTreeMap, BTreeSet};

use super::rulings::StorylineRules;
use super::storylines::{Linking, Storylines};
use crate::news::{EventId, Ruling, StorylineId};

/// What is stored of the events and storylines that a ruling names: they may be older than what
/// linking remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredLines {
    /// Events that were not merged away, each with its storyline.
    pub line_of: BTreeMap<EventId, StorylineId>,
    /// Rank by first publication of the storylines that are published.
    pub published: BTreeMap<StorylineId, i64>,
}

impl Storylines {
    /// Puts a ruling into force; one that is no ruling on storylines changes nothing.
    pub fn obey(&mut self, ruling: &Ruling, stored: &StoredLines, linking: &mut Linking) {
        match ruling {
            Ruling::MergeStorylines {
                kept_events,
                merged_events,
                ..
            } => {
                let all = kept_events.iter().chain(merged_events);
                let lines = all.filter_map(|event| self.line_now(*event, stored));
                let lines: BTreeSet<StorylineId> = lines.collect();
                self.make_one(&lines, stored, linking);
            }
            Ruling::SplitStoryline {
                kept_events,
                split_events,
                ..
            } => {
                let kept = kept_events.iter();
                let kept: BTreeSet<StorylineId> = kept
                    .filter_map(|event| self.line_now(*event, stored))
                    .collect();
                let is_in = |event: &EventId| {
                    self.line_now(*event, stored)
                        .is_some_and(|line| kept.contains(&line))
                };
                let going: Vec<EventId> = split_events
                    .iter()
                    .filter(|event| is_in(event))
                    .copied()
                    .collect();
                if !going.is_empty() {
                    let own = self.open();
                    self.carry(&going, own, stored, linking);
                }
            }
            _ => {}
        }
    }

    /// Takes a ruling back, as far as the rulings that are left allow: merged storylines live again,
    /// split ones are one again.
    pub fn undo(
        &mut self,
        ruling: &Ruling,
        rules: &StorylineRules,
        stored: &StoredLines,
        linking: &mut Linking,
    ) {
        match ruling {
            Ruling::MergeStorylines {
                kept,
                kept_events,
                merged,
                merged_events,
            } => {
                let is_held = kept_events
                    .iter()
                    .any(|a| merged_events.iter().any(|b| rules.hold_together(*a, *b)));
                if is_held {
                    return;
                }
                let now = |events: &[EventId]| {
                    events
                        .iter()
                        .find_map(|event| self.line_now(*event, stored))
                };
                if now(kept_events) != now(merged_events) {
                    return;
                }
                let (going, home) = match now(merged_events) == Some(*merged) {
                    true => (kept_events, *kept),
                    false => (merged_events, *merged),
                };
                self.carry(going, home, stored, linking);
            }
            Ruling::SplitStoryline {
                kept_events,
                split_events,
                ..
            } => {
                let all = kept_events.iter().chain(split_events);
                let lines = all.filter_map(|event| self.line_now(*event, stored));
                let lines: BTreeSet<StorylineId> = lines.collect();
                if rules.allow(kept_events.iter().copied(), split_events.iter().copied()) {
                    self.make_one(&lines, stored, linking);
                }
            }
            _ => {}
        }
    }

    fn line_now(&self, event: EventId, stored: &StoredLines) -> Option<StorylineId> {
        self.storyline_of(event)
            .or_else(|| stored.line_of.get(&event).copied())
    }

    /// The storyline published first keeps its id.
    fn make_one(
        &mut self,
        lines: &BTreeSet<StorylineId>,
        stored: &StoredLines,
        linking: &mut Linking,
    ) {
        let rank = |id: &StorylineId| {
            let order = stored.published.get(id).copied();
            (order.unwrap_or(i64::MAX), *id)
        };
        let Some(kept) = lines.iter().copied().min_by_key(rank) else {
            return;
        };
        for gone in lines.iter().filter(|line| **line != kept) {
            if self.lines.contains_key(gone) {
                self.merge(kept, *gone, linking);
            } else {
                linking.merged.push((*gone, kept));
            }
        }
        self.note_rank(kept, stored);
    }

    fn carry(
        &mut self,
        events: &[EventId],
        to: StorylineId,
        stored: &StoredLines,
        linking: &mut Linking,
    ) {
        for event in events
            .iter()
            .filter(|event| stored.line_of.contains_key(event))
        {
            let from = self.storyline_of(*event);
            let sketch = from
                .and_then(|from| self.lines.get(&from))
                .and_then(|line| line.events.get(event).cloned());
            if let (Some(from), Some(sketch)) = (from, sketch) {
                self.take_out(from, *event);
                self.put_in(to, sketch);
            }
            linking.linked.push((*event, to));
        }
        self.note_rank(to, stored);
    }

    fn note_rank(&mut self, id: StorylineId, stored: &StoredLines) {
        if let Some(order) = stored.published.get(&id) {
            self.mark_published(id, *order);
        }
    }
}
