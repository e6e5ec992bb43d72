//! Where events stand under the rulings on storylines: a function of where the machine links them
//! and of all rulings in force, whatever came first. Linking knows nothing of rulings, so when none
//! is left each event stands again where the machine has it.
//!
//! What a storyline holds that no ruling names goes where its other events are. The only memory is
//! in names: a group that rulings formed keeps the id it has.

use std::collections::{BTreeMap, BTreeSet};

use super::bound::Bound;
use super::rulings::StorylineRules;
use super::storylines::{Linking, Storylines};
use super::vectors::Sum;
use crate::cluster::EventSketch;
use crate::news::{EventId, StorylineId};

/// How an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The storyline that the machine links it to.
    pub home: StorylineId,
    /// The storyline in which it is shown.
    pub shown: StorylineId,
}

/// What is stored of the storylines that rulings touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredLines {
    /// The events of these storylines: all that are shown in them or at home in them and are not
    /// merged away.
    pub events: BTreeMap<EventId, Standing>,
    /// Rank by first publication of those that are published.
    pub published: BTreeMap<StorylineId, i64>,
    /// Homes to which only new events come that no ruling names, by where the others of each are shown:
    /// these stay where they are.
    pub beside: BTreeMap<StorylineId, Beside>,
    /// Events that hold something which no editor keeps out: they go under nothing that is.
    pub open: BTreeSet<EventId>,
}

/// Where the events of a home are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Where those are that no ruling names.
    pub main: StorylineId,
    /// Where each is.
    pub shown: BTreeMap<EventId, StorylineId>,
}

/// What is to be stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placing {
    /// Events that stand otherwise than is stored.
    pub placed: BTreeMap<EventId, Standing>,
    /// Storylines that are no more, each with the one that its events went to.
    pub merged: Vec<(StorylineId, StorylineId)>,
    /// Homes that the machine made one, the first of each pair going into the second.
    pub rehomed: Vec<(StorylineId, StorylineId)>,
}

impl Storylines {
    /// Where events stand after a linking. The sketches are those of the events that are new.
    pub fn place(
        &mut self,
        linking: &Linking,
        rules: &StorylineRules,
        stored: &StoredLines,
        sketches: &[EventSketch],
    ) -> Placing {
        let mut placing = Placing {
            rehomed: linking.merged.clone(),
            ..Placing::default()
        };
        let scene = self.scene(linking, stored, sketches, &mut placing);
        let mut groups = Groups::new(&scene, rules);
        groups.take_names(rules, &stored.published, || self.open());
        let shown = self.settle_unnamed(&scene, rules, &groups, sketches);
        for (event, group) in shown {
            let home = scene.home_of[&event];
            let before = stored.events.get(&event);
            let mut standing = Standing {
                home,
                shown: groups.names[&group],
            };
            // What no ruling names goes under nothing that is kept out, or it is out already.
            let is_named = groups.bound.group_of(Node::Event(event)).is_some();
            let goes_under = self.keeps_out(standing.shown)
                && (stored.open.contains(&event) || self.would_hide(standing.shown, event));
            let stays = before.map_or(home, |before| before.shown);
            if !is_named && goes_under && !self.keeps_out(stays) {
                standing.shown = stays;
            }
            if before != Some(&standing) {
                placing.placed.insert(event, standing);
            }
        }
        let touched: BTreeSet<StorylineId> = stored
            .events
            .values()
            .flat_map(|standing| [standing.home, standing.shown])
            .collect();
        for (gone, into) in &linking.merged {
            let into = linking.follow(*into);
            if !touched.contains(gone) {
                placing.merged.push((*gone, into));
            } else if !groups.names.values().any(|name| name == gone) {
                let group = groups.bound.group_of(Node::Line(into));
                let name = group.and_then(|group| groups.names.get(&group));
                placing.merged.push((*gone, *name.unwrap_or(&into)));
            }
        }
        placing
    }

    /// The events that rulings may move, with their homes by now. What is linked elsewhere is placed
    /// at once.
    fn scene(
        &self,
        linking: &Linking,
        stored: &StoredLines,
        sketches: &[EventSketch],
        placing: &mut Placing,
    ) -> Scene {
        let mut scene = Scene::default();
        for (event, standing) in &stored.events {
            scene.home_of.insert(*event, linking.follow(standing.home));
            scene.shown_in.insert(*event, standing.shown);
        }
        let homes: BTreeSet<StorylineId> = scene.home_of.values().copied().collect();
        let mut beside = stored.beside.clone();
        for (event, line) in &linking.linked {
            let home = linking.follow(*line);
            if scene.home_of.contains_key(event) || homes.contains(&home) {
                scene.home_of.insert(*event, home);
            } else {
                let others = beside.get_mut(&home);
                let shown = others.map_or(home, |others| {
                    self.join_nearest((*event, home), others, sketches)
                });
                let standing = Standing { home, shown };
                placing.placed.insert(*event, standing);
            }
        }
        scene
    }

    /// Where a new event is shown by its home's others, of which it is one from now on.
    fn join_nearest(
        &self,
        (event, home): (EventId, StorylineId),
        others: &mut Beside,
        sketches: &[EventSketch],
    ) -> StorylineId {
        let is_open = |line| !self.would_hide(line, event);
        let nearest = self.nearest_part((event, home), (&others.shown, &is_open), sketches);
        let shown = nearest.unwrap_or(match self.would_hide(others.main, event) {
            true => home,
            false => others.main,
        });
        others.shown.insert(event, shown);
        shown
    }

    /// The group of each event: what no ruling names stays with the part of its home that it is
    /// shown with; if it is new, it goes to the part that it is nearest to.
    fn settle_unnamed(
        &self,
        scene: &Scene,
        rules: &StorylineRules,
        groups: &Groups,
        sketches: &[EventSketch],
    ) -> BTreeMap<EventId, usize> {
        let mut group_of = BTreeMap::new();
        let mut new = Vec::new();
        for (event, home) in &scene.home_of {
            let main = groups.main_of(*home);
            let parts = groups.parts.get(home);
            let group = match (groups.bound.group_of(Node::Event(*event)), parts) {
                (Some(group), _) => group,
                (None, None) => main,
                (None, Some(parts)) => match scene.shown_in.get(event) {
                    Some(shown) => groups.follow(*event, *shown, parts, rules).unwrap_or(main),
                    None => {
                        new.push((*event, *home));
                        continue;
                    }
                },
            };
            group_of.insert(*event, group);
        }
        for (event, home) in new {
            let is_open = |group| !self.would_hide(groups.names[&group], event);
            let nearest = self.nearest_part((event, home), (&group_of, &is_open), sketches);
            let main = groups.main_of(home);
            group_of.insert(event, nearest.unwrap_or(main));
        }
        group_of
    }

    /// Of the groups that hold events of a storyline, and are open to an event of it, the one with the highest mean
    /// cosine to that; `None` if none shares anything with it.
    fn nearest_part<T: Copy + Ord>(
        &self,
        (event, home): (EventId, StorylineId),
        (group_of, is_open): (&BTreeMap<EventId, T>, &impl Fn(T) -> bool),
        sketches: &[EventSketch],
    ) -> Option<T> {
        let line = self.lines.get(&home)?;
        let own = Sum::of(sketches.iter().find(|sketch| sketch.event == event)?);
        let mut parts: BTreeMap<T, (Sum, usize)> = BTreeMap::new();
        for sketch in line.all() {
            if let Some(group) = group_of.get(&sketch.event).filter(|group| is_open(**group)) {
                let (sum, count) = parts.entry(*group).or_default();
                sum.add(sketch);
                *count += 1;
            }
        }
        let means = parts.into_iter().map(|(group, (sum, count))| {
            (group, super::vectors::cosine_sum(&own, &sum) / count as f32)
        });
        // One shared word is nothing.
        let near = means.filter(|(_, mean)| *mean > 0.0);
        let best = near.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        best.map(|(group, _)| group)
    }
}

/// Events that rulings may move.
#[derive(Default)]
struct Scene {
    home_of: BTreeMap<EventId, StorylineId>,
    /// Where those are shown that were there before.
    shown_in: BTreeMap<EventId, StorylineId>,
}

/// An event that a ruling names, or what a storyline of the machine holds beside these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Line(StorylineId),
    Event(EventId),
}

/// What stands together.
#[derive(Default)]
struct Groups {
    bound: Bound<Node>,
    /// The storyline of each group that holds something.
    names: BTreeMap<usize, StorylineId>,
    /// Of each storyline the groups that rulings made of some of its events.
    parts: BTreeMap<StorylineId, BTreeSet<usize>>,
    /// The groups whose ruled events are shown in a storyline that is no one else's home.
    claims: BTreeMap<StorylineId, Vec<usize>>,
    held: Vec<Held>,
}

/// What a group holds.
#[derive(Clone, Debug, Default)]
struct Held {
    group: usize,
    /// The events that rulings name.
    events: BTreeSet<EventId>,
    /// Storylines of the machine that stand in it.
    lines: BTreeSet<StorylineId>,
    /// Where those of its events are shown that are at home elsewhere.
    shown: BTreeSet<StorylineId>,
}

impl Groups {
    fn new(scene: &Scene, rules: &StorylineRules) -> Self {
        let mut bound = Bound::default();
        for home in scene.home_of.values() {
            bound.add(Node::Line(*home));
        }
        rules.bind(&mut bound, Node::Event);
        for (at, split) in rules.splits.iter().enumerate() {
            let homes = split.kept.iter().filter_map(|kept| scene.home_of.get(kept));
            for line in homes.chain([&split.from]) {
                if bound.group_of(Node::Line(*line)).is_some() {
                    bound.mark(Node::Line(*line), (at, false));
                }
            }
        }
        let mut groups = Self {
            bound,
            ..Self::default()
        };
        groups.go_home(scene, rules);
        groups.hold(scene);
        groups
    }

    /// The group of a storyline of the scene.
    fn main_of(&self, home: StorylineId) -> usize {
        let group = self.bound.group_of(Node::Line(home));
        group.expect("each home of the scene is in a group")
    }

    /// What rulings hold together stands with the homes of its events, as far as splits allow; and what a split keeps
    /// in a storyline, wherever it is at home, with that.
    fn go_home(&mut self, scene: &Scene, rules: &StorylineRules) {
        for split in rules.splits.iter().rev() {
            let line = Node::Line(split.from);
            let kept = split
                .kept
                .iter()
                .filter(|kept| scene.home_of.contains_key(kept));
            if self.bound.group_of(line).is_some() {
                for event in kept {
                    self.bound.join_unless_parted(line, Node::Event(*event));
                }
            }
        }
        let went: BTreeSet<EventId> = rules.splits.iter().flat_map(|s| &s.went).copied().collect();
        let mut named: Vec<EventId> = rules.events().into_iter().collect();
        named.sort_by_key(|event| (went.contains(event), *event));
        for event in named {
            let Some(home) = scene.home_of.get(&event) else {
                continue;
            };
            self.bound
                .join_unless_parted(Node::Line(*home), Node::Event(event));
        }
    }

    fn hold(&mut self, scene: &Scene) {
        let mut held: BTreeMap<usize, Held> = BTreeMap::new();
        for (event, home) in &scene.home_of {
            let main = self.main_of(*home);
            let group = self.bound.group_of(Node::Event(*event));
            let one = held.entry(group.unwrap_or(main)).or_default();
            if let Some(group) = group {
                one.events.insert(*event);
                if group != main {
                    self.parts.entry(*home).or_default().insert(group);
                    one.shown.extend(scene.shown_in.get(event));
                }
            }
        }
        let mut line_in: BTreeMap<StorylineId, usize> = BTreeMap::new();
        for (node, group) in self.bound.iter() {
            if let (Node::Line(line), Some(one)) = (node, held.get_mut(&group)) {
                one.lines.insert(line);
                line_in.insert(line, group);
            }
        }
        for (group, one) in &mut held {
            one.group = *group;
            one.shown
                .retain(|line| line_in.get(line).is_none_or(|owner| owner == group));
            for line in &one.shown {
                self.claims.entry(*line).or_default().push(*group);
            }
        }
        self.held = held.into_values().collect();
    }

    /// A group is named by a storyline of the machine that stands in it, or by where its events are
    /// shown, the one published first; else by where they stood before a merge that was undone.
    fn take_names(
        &mut self,
        rules: &StorylineRules,
        published: &BTreeMap<StorylineId, i64>,
        mut open: impl FnMut() -> StorylineId,
    ) {
        let mut held = std::mem::take(&mut self.held);
        let homes: BTreeSet<StorylineId> =
            held.iter().flat_map(|one| &one.lines).copied().collect();
        // Where several are shown in one storyline, it stays with those that came first.
        held.sort_by_cached_key(|one| {
            let stood_in = rules.stood_in(&one.events);
            let claim = match stood_in {
                Some(line) if one.shown.contains(&line) => 0,
                None => 1,
                Some(_) => 2,
            };
            let mut splits = rules.splits.iter();
            let split = splits.rposition(|split| !split.went.is_disjoint(&one.events));
            (claim, split, one.events.first().copied(), one.group)
        });
        let rank = |line: &StorylineId| (published.get(line).copied().unwrap_or(i64::MAX), *line);
        let mut used: BTreeSet<StorylineId> = BTreeSet::new();
        for one in &held {
            let own = one.lines.iter().chain(&one.shown);
            let own = own.filter(|line| !used.contains(line)).copied();
            let name = own.min_by_key(rank).or_else(|| {
                let earlier = rules.stood_in(&one.events)?;
                (!used.contains(&earlier) && !homes.contains(&earlier)).then_some(earlier)
            });
            let name = name.unwrap_or_else(&mut open);
            used.insert(name);
            self.names.insert(one.group, name);
        }
        self.held = held;
    }

    /// The part of its home that an event goes with by where it is shown; `None` if with none.
    fn follow(
        &self,
        event: EventId,
        shown: StorylineId,
        parts: &BTreeSet<usize>,
        rules: &StorylineRules,
    ) -> Option<usize> {
        let named = |group: &&usize, line: StorylineId| self.names.get(group) == Some(&line);
        let claims = self.claims.get(&shown).map_or(&[][..], Vec::as_slice);
        let there = || claims.iter().filter(|group| parts.contains(group));
        if let [only] = claims
            && parts.contains(only)
        {
            return Some(*only);
        }
        let stood_in = rules.stood_in(&BTreeSet::from([event]));
        let back = stood_in.and_then(|line| parts.iter().find(|group| named(group, line)));
        back.or_else(|| there().find(|group| named(group, shown)))
            .or_else(|| there().next())
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::{Decision, DecisionId, Ruling, utc_from_secs};
    use crate::timeline::StorylineSettings;

    /// Those of one ruling.
    fn rules(ruling: Ruling) -> StorylineRules {
        let decision = Decision {
            id: DecisionId(1),
            decided_at: utc_from_secs(0),
            editor: "anna".into(),
            ruling,
            note: String::new(),
            undone_at: None,
            undone_by: None,
        };
        StorylineRules::of(&[decision])
    }

    /// Events, each with its home and where it is shown.
    fn stored(events: &[(EventId, StorylineId, StorylineId)]) -> StoredLines {
        let events = events.iter();
        let events = events.map(|(event, home, shown)| {
            let (home, shown) = (*home, *shown);
            (*event, Standing { home, shown })
        });
        StoredLines {
            events: events.collect(),
            ..StoredLines::default()
        }
    }

    #[test]
    fn what_is_new_where_a_ruling_takes_the_rest_under_stays_at_home_if_readers_are_shown_any_of_it()
     {
        let (spiked, home) = (StorylineId(1), StorylineId(2));
        let [under, taken, new] = [1, 2, 3].map(EventId);
        let rules = rules(Ruling::MergeStorylines {
            kept: spiked,
            kept_events: vec![under],
            merged: home,
            merged_events: vec![taken],
        });
        let stored = stored(&[(under, spiked, spiked), (taken, home, home)]);
        let linking = Linking {
            linked: vec![(new, home)],
            ..Linking::default()
        };
        for (showing, expected) in [(BTreeSet::new(), spiked), (BTreeSet::from([new]), home)] {
            let mut lines = Storylines::new(StorylineSettings::default(), StorylineId(9));
            lines.tell_spiked(BTreeSet::from([spiked]));
            lines.tell_showing(showing);
            let placing = lines.place(&linking, &rules, &stored, &[]);
            let shown = |event| placing.placed[&event].shown;
            assert_eq!((shown(taken), shown(new)), (spiked, expected));
        }
    }

    #[test]
    fn a_split_storyline_keeps_its_id_with_what_is_to_stay_wherever_that_is_at_home() {
        let (line, other) = (StorylineId(1), StorylineId(2));
        let [goes, stays] = [1, 2].map(EventId);
        let rules = rules(Ruling::SplitStoryline {
            storyline: line,
            kept_events: vec![stays],
            split_events: vec![goes],
        });
        let stored = stored(&[(goes, line, line), (stays, other, line)]);
        let mut lines = Storylines::new(StorylineSettings::default(), StorylineId(9));
        let placing = lines.place(&Linking::default(), &rules, &stored, &[]);
        assert_eq!(placing.placed[&goes].shown, StorylineId(9));
        assert!(!placing.placed.contains_key(&stays), "{placing:?}");
    }
}
