//! Who is spoken to at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::fetch::pace::{CoolDownScope, cool_down_key};

/// A bounded number of slots: one for each callback, and no more than a share for one site, so that
/// who is slow waits for itself.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    most: usize,
    most_of_site: usize,
    callbacks: BTreeSet<String>,
    of_site: BTreeMap<String, usize>,
}

impl Slots {
    pub(super) fn new(most: usize, most_of_site: usize) -> Self {
        Self {
            most,
            most_of_site,
            callbacks: BTreeSet::new(),
            of_site: BTreeMap::new(),
        }
    }

    /// How many could be taken by as many sites.
    pub(super) fn free(&self) -> usize {
        self.most.saturating_sub(self.callbacks.len())
    }

    /// Takes a slot for the callback; false if it has one, or there is none for it.
    pub(super) fn take(&mut self, callback: &str) -> bool {
        if self.free() == 0 || self.callbacks.contains(callback) {
            return false;
        }
        let of_site = self.of_site.entry(site_of(callback)).or_default();
        if *of_site >= self.most_of_site {
            return false;
        }
        *of_site += 1;
        self.callbacks.insert(callback.to_owned())
    }

    /// Gives the callback's slot back.
    pub(super) fn give_back(&mut self, callback: &str) {
        if !self.callbacks.remove(callback) {
            return;
        }
        let site = site_of(callback);
        if let Some(of_site) = self.of_site.get_mut(&site) {
            *of_site -= 1;
            if *of_site == 0 {
                self.of_site.remove(&site);
            }
        }
    }
}

/// The domain rather than the host: names under one domain cost nothing.
fn site_of(callback: &str) -> String {
    cool_down_key(callback, CoolDownScope::Domain).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_gets_its_share_and_a_callback_one() {
        let mut slots = Slots::new(3, 2);
        assert!(slots.take("https://a.slow.example/1"));
        assert!(!slots.take("https://a.slow.example/1"), "it has one");
        assert!(slots.take("https://b.slow.example/2"));
        assert!(!slots.take("https://c.slow.example:8443/3"), "its share");
        assert!(slots.take("https://good.example/"));
        assert_eq!(slots.free(), 0);
        assert!(!slots.take("https://other.example.net/"), "all are taken");
        slots.give_back("https://a.slow.example/1");
        slots.give_back("https://a.slow.example/1");
        assert_eq!(slots.free(), 1);
        assert!(slots.take("https://c.slow.example:8443/3"));
    }
}
