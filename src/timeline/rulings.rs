//! What editors ruled on storylines, as rules on where events stand.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::bound::Bound;
use crate::news::{Decision, EventId, Ruling, StorylineId};

/// A ruling that events left a storyline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// The storyline that they left.
    pub(super) from: StorylineId,
    /// Events that stayed.
    pub(super) kept: BTreeSet<EventId>,
    /// Events that went, together.
    pub(super) went: BTreeSet<EventId>,
}

/// A merge of storylines that was undone: which storyline the events of each side stood in.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Undone {
    kept: (StorylineId, BTreeSet<EventId>),
    merged: (StorylineId, BTreeSet<EventId>),
}

/// Which events stand in one storyline, and which never do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorylineRules {
    pub(super) together: Vec<Vec<EventId>>,
    /// In the order of decision.
    pub(super) splits: Vec<Split>,
    undone: Vec<Undone>,
    /// Which of each of the three name an event.
    naming: BTreeMap<EventId, Naming>,
}

/// Places of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Naming {
    together: Vec<usize>,
    splits: Vec<usize>,
    undone: Vec<usize>,
}

impl StorylineRules {
    /// The rules that follow from the decisions in force, and where undone ones lead back to.
    pub fn of(decisions: &[Decision]) -> Self {
        let mut rules = Self::default();
        for decision in decisions {
            rules.add(&decision.ruling, decision.undone_at.is_none());
        }
        rules.file_names();
        rules
    }

    /// True if no decision was ever made on storylines.
    pub fn is_empty(&self) -> bool {
        self.naming.is_empty()
    }

    /// True if a rule names the event.
    pub fn names(&self, event: EventId) -> bool {
        self.naming.contains_key(&event)
    }

    /// The events that rules name together with one, and the storylines that these rules name.
    pub fn named_with(&self, event: EventId) -> (BTreeSet<EventId>, BTreeSet<StorylineId>) {
        let (mut events, mut lines) = (BTreeSet::new(), BTreeSet::new());
        let Some(naming) = self.naming.get(&event) else {
            return (events, lines);
        };
        events.extend(naming.together.iter().flat_map(|at| &self.together[*at]));
        for split in naming.splits.iter().map(|at| &self.splits[*at]) {
            events.extend(split.kept.iter().chain(&split.went));
            lines.insert(split.from);
        }
        let undone = naming.undone.iter().map(|at| &self.undone[*at]);
        lines.extend(undone.flat_map(|one| [one.kept.0, one.merged.0]));
        (events, lines)
    }

    /// The rules that name one of these events.
    pub fn limit(&self, events: &BTreeSet<EventId>) -> Self {
        let mut places = Naming::default();
        for naming in events.iter().filter_map(|event| self.naming.get(event)) {
            places.together.extend(&naming.together);
            places.splits.extend(&naming.splits);
            places.undone.extend(&naming.undone);
        }
        let once = |places: Vec<usize>| BTreeSet::from_iter(places).into_iter();
        let mut rules = Self {
            together: once(places.together)
                .map(|at| self.together[at].clone())
                .collect(),
            splits: once(places.splits)
                .map(|at| self.splits[at].clone())
                .collect(),
            undone: once(places.undone)
                .map(|at| self.undone[at].clone())
                .collect(),
            naming: BTreeMap::new(),
        };
        rules.file_names();
        rules
    }

    fn file_names(&mut self) {
        for (at, events) in self.together.iter().enumerate() {
            for event in events {
                self.naming.entry(*event).or_default().together.push(at);
            }
        }
        for (at, split) in self.splits.iter().enumerate() {
            for event in split.kept.iter().chain(&split.went) {
                self.naming.entry(*event).or_default().splits.push(at);
            }
        }
        for (at, one) in self.undone.iter().enumerate() {
            for event in one.kept.1.iter().chain(&one.merged.1) {
                self.naming.entry(*event).or_default().undone.push(at);
            }
        }
    }

    /// The events that rules in force name.
    pub fn events(&self) -> BTreeSet<EventId> {
        let sides = self
            .splits
            .iter()
            .flat_map(|split| [&split.kept, &split.went]);
        let named = self.together.iter().flatten().chain(sides.flatten());
        named.copied().collect()
    }

    /// The rules as they bind what events went into that were merged away: each with its successor,
    /// unless rules part the two. What a rule parted and what is one event now stands with what
    /// stayed, if the event itself is not named.
    pub fn following(&self, successors: &BTreeMap<EventId, EventId>) -> Cow<'_, Self> {
        let successors = self.agreeing(successors);
        if successors.is_empty() {
            return Cow::Borrowed(self);
        }
        let follow = |event: &EventId| successors.get(event).copied().unwrap_or(*event);
        let all = |events: &BTreeSet<EventId>| -> BTreeSet<EventId> {
            events.iter().map(follow).collect()
        };
        let follow_undone =
            |(line, events): &(StorylineId, BTreeSet<EventId>)| (*line, all(events));
        let mut rules = Self {
            naming: BTreeMap::new(),
            together: self
                .together
                .iter()
                .map(|events| events.iter().map(follow).collect())
                .collect(),
            splits: self
                .splits
                .iter()
                .map(|split| Split {
                    kept: all(&split.kept),
                    went: all(&split.went),
                    ..*split
                })
                .collect(),
            undone: self
                .undone
                .iter()
                .map(|one| Undone {
                    kept: follow_undone(&one.kept),
                    merged: follow_undone(&one.merged),
                })
                .collect(),
        };
        rules.file_names();
        Cow::Owned(rules)
    }

    /// The successors that no rules part from what went into them, also by way of what others hold
    /// together with either.
    fn agreeing(&self, successors: &BTreeMap<EventId, EventId>) -> BTreeMap<EventId, EventId> {
        let mut bound = Bound::default();
        self.bind(&mut bound, |event| event);
        let has_stayed =
            |event: &EventId| self.splits.iter().any(|split| split.kept.contains(event));
        let (stayed, others): (Vec<_>, Vec<_>) = successors
            .iter()
            .map(|(event, into)| (*event, *into))
            .partition(|(event, _)| has_stayed(event));
        let mut agreeing = BTreeMap::new();
        for (event, into) in stayed.into_iter().chain(others) {
            if bound.join_unless_parted(event, into) {
                agreeing.insert(event, into);
            }
        }
        agreeing
    }

    /// Puts what the rules hold together into groups, with the sides of splits.
    pub(super) fn bind<T: Copy + Ord>(&self, bound: &mut Bound<T>, node: impl Fn(EventId) -> T) {
        for (at, split) in self.splits.iter().enumerate() {
            for (side, events) in [(false, &split.kept), (true, &split.went)] {
                for event in events {
                    bound.mark(node(*event), (at, side));
                }
            }
        }
        for events in &self.together {
            bound.join_all(events.iter().copied().map(&node));
        }
        for split in &self.splits {
            bound.join_all(split.went.iter().copied().map(&node));
        }
    }

    /// The storyline in which these events stood before a merge that was undone, the latest that
    /// has them on one side.
    pub(super) fn stood_in(&self, events: &BTreeSet<EventId>) -> Option<StorylineId> {
        let mut latest_first = self.undone.iter().rev();
        latest_first.find_map(|one| {
            let named = |side: &BTreeSet<EventId>| !side.is_disjoint(events);
            match (named(&one.kept.1), named(&one.merged.1)) {
                (true, false) => Some(one.kept.0),
                (false, true) => Some(one.merged.0),
                _ => None,
            }
        })
    }

    fn add(&mut self, ruling: &Ruling, is_in_force: bool) {
        match ruling {
            Ruling::MergeStorylines {
                kept,
                kept_events,
                merged,
                merged_events,
            } => {
                if is_in_force {
                    let all = kept_events.iter().chain(merged_events);
                    self.together.push(all.copied().collect());
                } else {
                    self.undone.push(Undone {
                        kept: (*kept, kept_events.iter().copied().collect()),
                        merged: (*merged, merged_events.iter().copied().collect()),
                    });
                }
            }
            Ruling::SplitStoryline {
                storyline,
                kept_events,
                split_events,
            } if is_in_force => {
                self.splits.push(Split {
                    from: *storyline,
                    kept: kept_events.iter().copied().collect(),
                    went: split_events.iter().copied().collect(),
                });
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids<C: FromIterator<EventId>>(numbers: &[i64]) -> C {
        numbers.iter().copied().map(EventId).collect()
    }

    fn rules(together: &[&[i64]], (kept, went): (&[i64], &[i64])) -> StorylineRules {
        let mut rules = StorylineRules {
            together: together.iter().map(|events| ids(events)).collect(),
            splits: vec![Split {
                from: StorylineId(1),
                kept: ids(kept),
                went: ids(went),
            }],
            ..StorylineRules::default()
        };
        rules.file_names();
        rules
    }

    #[test]
    fn a_rule_binds_what_its_events_went_into() {
        let rules = rules(&[&[1, 5]], (&[1], &[2]));
        let followed = rules.following(&BTreeMap::from([(EventId(5), EventId(6))]));
        assert_eq!(followed.together, [ids::<Vec<_>>(&[1, 6])]);
    }

    #[test]
    fn an_event_that_came_to_the_other_side_of_a_split_binds_nothing_there() {
        // The one that came is held together with what went by another rule.
        let rules = rules(&[&[3, 4]], (&[1], &[2, 3]));
        let followed = rules.following(&BTreeMap::from([(EventId(4), EventId(1))]));
        assert_eq!(*followed, rules);
    }

    #[test]
    fn two_that_a_split_parted_and_that_are_one_now_stand_with_what_stayed() {
        let rules = rules(&[], (&[1, 2], &[3, 4]));
        let into = |event| (EventId(event), EventId(9));
        let followed = rules.following(&BTreeMap::from([into(2), into(3)]));
        assert_eq!(followed.splits[0].kept, ids(&[1, 9]));
        assert_eq!(followed.splits[0].went, ids(&[3, 4]));
    }
}
