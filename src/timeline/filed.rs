//! Which storylines hold each term.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::news::StorylineId;

/// The storylines of each term, by id: the newest last. The oldest are those that go.
#[derive(Clone, Debug, Default)]
pub(super) struct Filed(FxHashMap<u32, Holders>);

/// One storyline needs no memory of its own.
#[derive(Clone, Debug)]
#[expect(
    clippy::box_collection,
    reason = "the table gives each term as much room as the larger kind takes"
)]
enum Holders {
    One(StorylineId),
    Several(Box<VecDeque<StorylineId>>),
}

impl Filed {
    /// Files a storyline under a term, if it is not filed there.
    pub(super) fn file(&mut self, term: u32, id: StorylineId) {
        let holders = self.0.entry(term).or_insert(Holders::One(id));
        match holders {
            Holders::One(other) if *other == id => {}
            Holders::One(other) => {
                let both = [id.min(*other), id.max(*other)];
                *holders = Holders::Several(Box::new(VecDeque::from(both)));
            }
            Holders::Several(ids) => {
                if let Err(at) = ids.binary_search(&id) {
                    ids.insert(at, id);
                }
            }
        }
    }

    /// Takes a storyline away from a term.
    pub(super) fn unfile(&mut self, term: u32, id: StorylineId) {
        match self.0.get_mut(&term) {
            Some(Holders::One(other)) if *other == id => {
                self.0.remove(&term);
            }
            Some(holders @ Holders::Several(_)) => holders.take_out(id),
            _ => {}
        }
    }

    /// The storylines of a term, the newest first.
    pub(super) fn newest(&self, term: u32) -> impl Iterator<Item = StorylineId> + '_ {
        let (one, several) = match self.0.get(&term) {
            Some(Holders::One(id)) => (Some(*id), None),
            Some(Holders::Several(ids)) => (None, Some(ids.iter().rev().copied())),
            None => (None, None),
        };
        one.into_iter().chain(several.into_iter().flatten())
    }
}

impl Holders {
    fn take_out(&mut self, id: StorylineId) {
        let Self::Several(ids) = self else { return };
        if let Ok(at) = ids.binary_search(&id) {
            ids.remove(at);
        }
        if ids.len() == 1 {
            *self = Self::One(ids[0]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_leads_to_whom_it_is_filed_for_whatever_came_and_went() {
        let mut filed = Filed::default();
        let mut expected: Vec<i64> = Vec::new();
        for (id, is_filed) in [
            (5, true),
            (5, true),
            (3, true),
            (9, true),
            (3, true),
            (5, false),
            (7, false),
            (9, false),
            (4, true),
            (3, false),
            (4, false),
            (6, true),
        ] {
            expected.retain(|other| *other != id);
            if is_filed {
                expected.push(id);
                filed.file(1, StorylineId(id));
            } else {
                filed.unfile(1, StorylineId(id));
            }
            expected.sort_unstable_by(|a, b| b.cmp(a));
            let newest: Vec<i64> = filed.newest(1).map(|id| id.0).collect();
            assert_eq!(newest, expected, "after {id}");
            assert_eq!(filed.newest(2).count(), 0);
        }
    }
}
