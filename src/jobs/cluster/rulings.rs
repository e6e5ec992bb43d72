//! The editors' decisions as the clusterer keeps them: found by the items that they name, so that a
//! change costs what hangs together with it and not what is in force.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::describe::Pins;
use crate::cluster::Engine;
use crate::decisions::{Attributes, Constraints, Held, constraints_of, said_by};
use crate::news::{Decision, DecisionId, EventId, ItemId, Ruling, StorylineId, Target};
use crate::store::{Connection, Result, decisions};
use crate::timeline::StorylineRules;

/// The decisions, and what follows from those in force.
#[derive(Clone, Debug, Default)]
pub(super) struct Rulings {
    /// By id, undone ones too.
    made: Vec<Decision>,
    /// Those that events may follow in part, because whoever obeyed them last did not come to the end.
    begun: BTreeSet<DecisionId>,
    /// By item those that say something of it, in order.
    naming: FxHashMap<ItemId, Vec<DecisionId>>,
    /// Those that the engine may see; fewer and fewer, as items leave the window.
    reach: BTreeSet<DecisionId>,
    /// What these say.
    pub(super) within_reach: Constraints,
    /// The oldest live item when this was looked at last; `None` if it is to be looked at anew.
    looked_from: Option<Option<ItemId>>,
    pub(super) rules: StorylineRules,
    pub(super) pins: Arc<Pins>,
}

/// What is other than before.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// The decisions that were made or taken back.
    pub(super) changed: Vec<Decision>,
    /// The rulings that were undone, the latest first, because it may rest on those before it. With
    /// them those that were undone while they were in force: they may have stood in the way.
    pub(super) undone: Vec<Ruling>,
    /// Events that have another pinned headline, or none.
    pub(super) events: Vec<EventId>,
    /// Storylines that have another name, or none.
    pub(super) storylines: Vec<StorylineId>,
    /// Storylines that are kept out from now on, or no more.
    pub(super) spiked: Vec<StorylineId>,
}

impl Rulings {
    /// The decisions as events follow them, and those that they may follow in part.
    pub(super) fn of(made: Vec<Decision>, begun: BTreeSet<DecisionId>) -> Self {
        let mut rulings = Self {
            begun,
            within_reach: constraints_of(&made),
            rules: StorylineRules::of(&made),
            pins: Arc::new(Pins::of(&made)),
            reach: made.iter().map(|one| one.id).collect(),
            ..Self::default()
        };
        for decision in &made {
            rulings.file(decision);
        }
        rulings.made = made;
        rulings
    }

    /// The decisions that are new or were taken back; empty if none is.
    pub(super) fn load_newer(&self, conn: &Connection) -> Result<Vec<Decision>> {
        decisions::load_unheeded(conn, self.newest())
    }

    /// Puts decisions that are new or were taken back among the others.
    pub(super) fn take_up(&mut self, newer: Vec<Decision>) -> Changes {
        self.hold_begun(&newer);
        let is_in_force = |one: &Decision| one.undone_at.is_none();
        let held = |id| self.find(id).map(is_in_force);
        let is_changed = |one: &&Decision| held(one.id) != Some(is_in_force(one));
        let changed: Vec<Decision> = newer.iter().filter(is_changed).cloned().collect();
        let is_lost = |one: &&Decision| held(one.id) == Some(true) && !is_in_force(one);
        let lost: Vec<Decision> = newer.iter().filter(is_lost).cloned().collect();
        let named: BTreeSet<ItemId> = changed.iter().flat_map(|one| one.ruling.items()).collect();
        self.reach.extend(self.around(&named));
        for decision in newer {
            self.replace(decision);
        }
        self.reach.extend(self.around(&named));
        self.within_reach = self.in_effect(self.reach.iter());
        self.looked_from = None;
        let mut changes = Changes {
            undone: self.undone_with(&lost),
            ..Changes::default()
        };
        let is_about_lines = |one: &Decision| {
            let ruling = &one.ruling;
            let is_line = matches!(
                ruling,
                Ruling::RenameStoryline { .. } | Ruling::Spike { .. }
            );
            !is_line && !ruling.storylines().is_empty()
        };
        if changed.iter().any(is_about_lines) {
            self.rules = StorylineRules::of(&self.made);
        }
        let is_pin = |one: &Decision| {
            let ruling = &one.ruling;
            matches!(
                ruling,
                Ruling::PinHeadline { .. } | Ruling::RenameStoryline { .. }
            )
        };
        if changed.iter().any(is_pin) {
            let pins = Arc::new(Pins::of(&self.made));
            (changes.events, changes.storylines) = self.pins.differences(&pins);
            self.pins = pins;
        }
        let spiked = changed.iter().filter_map(|one| match one.ruling {
            Ruling::Spike {
                target: Target::Storyline(line),
            } => Some(line),
            _ => None,
        });
        changes.spiked = spiked.collect();
        changes.changed = changed;
        changes
    }

    /// Of what was undone before it was obeyed to the end all has to be taken back that may have been done.
    fn hold_begun(&mut self, newer: &[Decision]) {
        let begun = std::mem::take(&mut self.begun);
        let is_held = |one: &&Decision| begun.contains(&one.id) && one.undone_at.is_some();
        let held: Vec<&Decision> = newer.iter().filter(is_held).collect();
        if held.is_empty() {
            return;
        }
        for one in held {
            self.replace(Decision {
                undone_at: None,
                undone_by: None,
                ..one.clone()
            });
        }
        self.rules = StorylineRules::of(&self.made);
        self.pins = Arc::new(Pins::of(&self.made));
    }

    /// The storylines that editors keep out.
    pub(super) fn spiked_lines(&self) -> BTreeSet<StorylineId> {
        let spiked = Attributes::of(&self.made).spiked_storylines;
        spiked.into_keys().collect()
    }

    /// The last decision that is known of.
    pub(super) fn newest(&self) -> DecisionId {
        self.made.last().map_or(DecisionId(0), |last| last.id)
    }

    /// Forgets of what is within reach what the engine cannot see any more: it sees items that are
    /// live, those of live events, and what is held together with these.
    pub(super) fn look_around(&mut self, engine: &Engine) {
        if self.looked_from.replace(engine.oldest_live()) == Some(engine.oldest_live()) {
            return;
        }
        let is_seen = |item: &ItemId| {
            engine.event_of(*item).is_some() || engine.old_event_of(*item).is_some()
        };
        let held = Held::of(self.within_reach.together.iter().copied());
        let mut reached: FxHashSet<ItemId> = FxHashSet::default();
        let all = &self.within_reach;
        for (a, b) in all.pairs() {
            if is_seen(a) || is_seen(b) {
                reached.extend([held.root_of(*a), held.root_of(*b)]);
            }
        }
        let is_reached = |id: &DecisionId| {
            let said = self.said_by([id].into_iter());
            let mut paired = said.pairs();
            let mut others = said
                .locked
                .iter()
                .chain(said.revived.iter().map(|one| &one.1));
            let root = |item: &ItemId| held.root_of(*item);
            paired.any(|(a, b)| reached.contains(&root(a)) || reached.contains(&root(b)))
                || others.any(|items| items.iter().any(is_seen))
                // Anchors of an event may have left the window long ago.
                || !said.kept_out.is_empty()
        };
        let reach: BTreeSet<DecisionId> = self
            .reach
            .iter()
            .filter(|id| is_reached(id))
            .copied()
            .collect();
        if reach.len() < self.reach.len() {
            self.reach = reach;
            self.within_reach = self.in_effect(self.reach.iter());
        }
    }

    /// An item arrives that may have been ruled on before.
    pub(super) fn meet(&mut self, item: ItemId) {
        if self.naming.contains_key(&item) {
            self.extend_reach(self.around(&BTreeSet::from([item])));
        }
    }

    /// The engine may see items of a scope again: of what decisions said of them some may have been out
    /// of its reach.
    pub(super) fn bring_back(&mut self, items: &BTreeSet<ItemId>) {
        self.extend_reach(self.naming_any(items));
    }

    fn extend_reach(&mut self, ids: BTreeSet<DecisionId>) {
        if !ids.is_subset(&self.reach) {
            self.reach.extend(ids);
            self.within_reach = self.in_effect(self.reach.iter());
            self.looked_from = None;
        }
    }

    /// What decisions say of items to which one of these hangs on, as pairs.
    pub(super) fn pairs_of(&self, items: &BTreeSet<ItemId>) -> Constraints {
        let said = self.in_effect(self.naming_any(items).iter());
        let within = |pairs: Vec<(ItemId, ItemId)>| {
            let pairs = pairs.into_iter().filter(|pair| items.contains(&pair.0));
            pairs.collect()
        };
        Constraints {
            together: within(said.together),
            apart: within(said.apart),
            ..Constraints::default()
        }
    }

    /// The decisions that say something of these items, in order.
    pub(super) fn about(&self, items: &BTreeSet<ItemId>) -> Vec<Decision> {
        let ids = self.naming_any(items);
        ids.iter()
            .filter_map(|id| self.find(*id))
            .cloned()
            .collect()
    }

    /// True if a ruling in force holds one of these items somewhere.
    pub(super) fn hold_any(&self, items: &BTreeSet<ItemId>) -> bool {
        let said = self.in_effect(self.naming_any(items).iter());
        let paired = said.pairs().flat_map(|(a, b)| [a, b]);
        let mut held = paired.chain(said.locked.iter().flatten());
        held.any(|item| items.contains(item))
    }

    /// True if a decision says something of the item.
    pub(super) fn name(&self, item: ItemId) -> bool {
        self.naming.contains_key(&item)
    }

    /// The items that are held to an item or kept from it, with others that the same decisions name.
    /// Decisions that are `met` are left out, and are met from now on.
    pub(super) fn partners(&self, item: ItemId, met: &mut BTreeSet<DecisionId>) -> Vec<ItemId> {
        let ids = self.naming.get(&item).into_iter().flatten();
        let new: Vec<DecisionId> = ids.filter(|id| met.insert(**id)).copied().collect();
        let said = self.said_by(new.iter());
        said.pairs().flat_map(|(a, b)| [*a, *b]).collect()
    }

    fn naming_any(&self, items: &BTreeSet<ItemId>) -> BTreeSet<DecisionId> {
        let ids = items.iter().filter_map(|item| self.naming.get(item));
        ids.flatten().copied().collect()
    }

    /// All decisions that hang together with these items by what they say.
    fn around(&self, items: &BTreeSet<ItemId>) -> BTreeSet<DecisionId> {
        let mut met = BTreeSet::new();
        let mut seen: FxHashSet<ItemId> = FxHashSet::default();
        let mut open: Vec<ItemId> = items.iter().copied().collect();
        while let Some(item) = open.pop() {
            if seen.insert(item) {
                open.extend(self.partners(item, &mut met));
            }
        }
        met
    }

    /// What decisions say, as it is with all that hang together with them.
    fn in_effect<'a>(&self, ids: impl Iterator<Item = &'a DecisionId>) -> Constraints {
        let said = self.said_by(ids);
        if said.taken_out.is_empty() {
            return said;
        }
        let named = said.taken_out.iter().flat_map(|(a, b)| [*a, *b]).collect();
        let around = self.said_by(self.around(&named).iter());
        let held = Held::of(around.together);
        said.resolved(|a, b| held.are_one(a, b))
    }

    fn said_by<'a>(&self, ids: impl Iterator<Item = &'a DecisionId>) -> Constraints {
        let mut said = Constraints::default();
        for one in ids.filter_map(|id| self.find(*id)) {
            let own = said_by(std::slice::from_ref(one));
            said.together.extend(own.together);
            said.gathered.extend(own.gathered);
            said.moved.extend(own.moved);
            said.split_off.extend(own.split_off);
            said.apart.extend(own.apart);
            said.taken_out.extend(own.taken_out);
            said.locked.extend(own.locked);
            said.revived.extend(own.revived);
            said.kept_out.extend(own.kept_out);
        }
        said
    }

    fn undone_with(&self, lost: &[Decision]) -> Vec<Ruling> {
        if lost.is_empty() {
            return Vec::new();
        }
        let was_held = |one: &&Decision| {
            let until = one.undone_at;
            lost.iter()
                .any(|other| other.id == one.id || until >= Some(other.decided_at))
        };
        let undone = self.made.iter().rev().filter(was_held);
        undone.map(|one| one.ruling.clone()).collect()
    }

    fn find(&self, id: DecisionId) -> Option<&Decision> {
        let at = self.made.binary_search_by_key(&id, |one| one.id);
        at.ok().map(|at| &self.made[at])
    }

    fn replace(&mut self, decision: Decision) {
        let at = self.made.binary_search_by_key(&decision.id, |one| one.id);
        for item in decision.ruling.items() {
            if let Some(ids) = self.naming.get_mut(&item) {
                ids.retain(|id| *id != decision.id);
                if ids.is_empty() {
                    self.naming.remove(&item);
                }
            }
        }
        self.file(&decision);
        match at {
            Ok(at) => self.made[at] = decision,
            Err(at) => self.made.insert(at, decision),
        }
    }

    fn file(&mut self, decision: &Decision) {
        let own = said_by(std::slice::from_ref(decision));
        if decision.undone_at.is_some() && own.revived.is_empty() {
            return;
        }
        for item in decision.ruling.items() {
            let ids = self.naming.entry(item).or_default();
            if let Err(at) = ids.binary_search(&decision.id) {
                ids.insert(at, decision.id);
            }
        }
    }
}
