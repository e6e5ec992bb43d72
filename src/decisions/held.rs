//! What pairs hold together: a forest of disjoint sets.

use std::hash::Hash;

use rustc_hash::FxHashMap;

/// Each of what is held together with one that leads on to one that stands for all.
#[derive(Clone, Debug)]
pub struct Held<T>(FxHashMap<T, T>);

impl<T: Copy + Ord + Hash> Held<T> {
    /// What these pairs hold together, directly or through others.
    pub fn of(together: impl IntoIterator<Item = (T, T)>) -> Self {
        let mut held = Self(FxHashMap::default());
        for (a, b) in together {
            let (a, b) = (held.root_of(a), held.root_of(b));
            if a != b {
                held.0.insert(a.max(b), a.min(b));
            }
        }
        held
    }

    /// True if the two are held together.
    pub fn are_one(&self, a: T, b: T) -> bool {
        self.root_of(a) == self.root_of(b)
    }

    /// The one that stands for all that is held together with it: the smallest, and itself if nothing is.
    pub fn root_of(&self, one: T) -> T {
        let mut root = one;
        while let Some(next) = self.0.get(&root) {
            root = *next;
        }
        root
    }
}
