//! What rulings hold together, and which side of each split that is on.

use std::collections::{BTreeMap, BTreeSet};

/// The sides of splits that a group has members on: which split, and whether it is the side that went.
type Sides = BTreeSet<(usize, bool)>;

/// Groups of what stands together.
#[derive(Clone, Debug)]
pub(super) struct Bound<T> {
    of: BTreeMap<T, usize>,
    /// Empty once it went into another.
    members: Vec<Vec<T>>,
    sides: Vec<Sides>,
}

impl<T> Default for Bound<T> {
    fn default() -> Self {
        Self {
            of: BTreeMap::new(),
            members: Vec::new(),
            sides: Vec::new(),
        }
    }
}

impl<T: Copy + Ord> Bound<T> {
    /// The group of a member, by itself if it is new.
    pub(super) fn add(&mut self, member: T) -> usize {
        let next = self.members.len();
        let group = *self.of.entry(member).or_insert(next);
        if group == next {
            self.members.push(vec![member]);
            self.sides.push(Sides::new());
        }
        group
    }

    /// The group of a member; `None` if it was never added.
    pub(super) fn group_of(&self, member: T) -> Option<usize> {
        self.of.get(&member).copied()
    }

    /// Each member with its group.
    pub(super) fn iter(&self) -> impl Iterator<Item = (T, usize)> + '_ {
        self.of.iter().map(|(member, group)| (*member, *group))
    }

    /// Puts a member on a side of a split.
    pub(super) fn mark(&mut self, member: T, side: (usize, bool)) {
        let group = self.add(member);
        self.sides[group].insert(side);
    }

    pub(super) fn join_all(&mut self, members: impl IntoIterator<Item = T>) {
        let mut members = members.into_iter();
        let Some(first) = members.next() else { return };
        for member in members {
            self.join(first, member);
        }
    }

    pub(super) fn join(&mut self, a: T, b: T) {
        let (kept, gone) = (self.add(a), self.add(b));
        if kept == gone {
            return;
        }
        for member in std::mem::take(&mut self.members[gone]) {
            self.of.insert(member, kept);
            self.members[kept].push(member);
        }
        let sides = std::mem::take(&mut self.sides[gone]);
        self.sides[kept].extend(sides);
    }

    /// Joins two unless a split parts them; true if they are together now.
    pub(super) fn join_unless_parted(&mut self, a: T, b: T) -> bool {
        let (one, other) = (self.add(a), self.add(b));
        let mut sides = self.sides[one].iter();
        let are_parted = sides.any(|(split, went)| self.sides[other].contains(&(*split, !went)));
        if !are_parted {
            self.join(a, b);
        }
        !are_parted
    }
}
