//! The link of a known item that says what it said: an outlet corrects an address too, and readers are sent where the
//! report is. It is no revision, for nothing is told.
//!
//! An address counts as corrected when it comes for the first time, and of an item whose address was corrected before
//! also when it comes again: what was shown at one visit may have been the wrong one. Addresses that take turns, or that
//! are others at every visit, change an item a few times, and then no more.

use super::Prepared;
use super::draft::Draft;
use super::known::Known;
use crate::feed::identity::KeyKind;
use crate::news::ItemId;
use crate::store::{Result, Transaction, items};

/// How often the address of one item is corrected: back and forth a few times.
const MOST_MOVES: u32 = 8;
/// The same where something in the links, or in the items, is another at every visit.
const MOST_RESTLESS_MOVES: u32 = 2;

impl Prepared {
    /// Notes the link of a known item if it may have been corrected.
    pub(super) fn note_link(&mut self, id: ItemId, draft: &Draft<'_>, known: &Known) {
        let most = match self.is_restless() {
            true => MOST_RESTLESS_MOVES,
            false => MOST_MOVES,
        };
        let moves = known.link_moves(id);
        let mut keys = draft.candidate.keys.iter();
        let key = keys.find(|key| key.kind == KeyKind::Link);
        let is_first = key.is_some_and(|key| known.items.by_key.get(&key.digest) != Some(&id));
        if moves < most && (is_first || moves > 0) {
            let link = draft.candidate.input.link.clone();
            self.corrected.extend(link.map(|link| (id, link)));
        }
    }

    /// True if something in the links of such a feed is another at every visit.
    fn is_restless(&self) -> bool {
        self.links_churn || self.is_undated
    }

    /// Saves the links that were corrected.
    pub(super) fn correct_links(&self, tx: &Transaction<'_>) -> Result<()> {
        for (id, link) in &self.corrected {
            let (_, old) = items::load_lead_and_link(tx, *id)?;
            let leads_elsewhere = old.as_deref().is_none_or(|old| match self.is_restless() {
                true => page_of(old) != page_of(link),
                false => old != link,
            });
            if leads_elsewhere {
                items::correct_link(tx, *id, link)?;
            }
        }
        Ok(())
    }
}

/// A link up to its parameters.
fn page_of(link: &str) -> &str {
    link.split(['?', ';']).next().unwrap_or(link)
}
