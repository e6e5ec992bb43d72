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
use crate::news::{Feed, ItemId, KeyDigest};
use crate::store::{Result, Transaction, items};

/// How often the address of one item is corrected: back and forth a few times.
const MOST_MOVES: u32 = 8;
/// The same where something in the links, or in the items, is another at every visit.
const MOST_RESTLESS_MOVES: u32 = 2;

/// A known item that says what it said, at what may be another address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrected {
    id: ItemId,
    link: String,
    /// The key of the link. That of one which is stored is remembered in any case.
    key: KeyDigest,
}

impl Prepared {
    /// Notes the link of a known item if it may have been corrected.
    pub(super) fn note_link(&mut self, id: ItemId, draft: &Draft<'_>, known: &Known) {
        let most = match self.is_restless() {
            true => MOST_RESTLESS_MOVES,
            false => MOST_MOVES,
        };
        let moves = known.link_moves(id);
        let candidate = &draft.candidate;
        let key = candidate.key(KeyKind::Link);
        let (Some(key), Some(link)) = (key, candidate.input.link.clone()) else {
            return;
        };
        let key = key.digest;
        let is_first = known.items.by_key.get(&key) != Some(&id);
        if moves < most && (is_first || moves > 0) {
            self.corrected.push(Corrected { id, link, key });
        }
    }

    /// True if something in the links of such a feed is another at every visit.
    fn is_restless(&self) -> bool {
        self.links_churn || self.is_undated
    }

    /// Saves the links that were corrected.
    pub(super) fn correct_links(&self, tx: &Transaction<'_>, feed: &Feed) -> Result<()> {
        for Corrected { id, link, key } in &self.corrected {
            let (_, old) = items::load_lead_and_link(tx, *id)?;
            let leads_elsewhere = old.as_deref().is_none_or(|old| match self.is_restless() {
                true => page_of(old) != page_of(link),
                false => old != link,
            });
            if leads_elsewhere {
                items::correct_link(tx, *id, link)?;
                items::save_keys(tx, feed.id, *id, &[*key])?;
            }
        }
        Ok(())
    }
}

/// A link up to its parameters.
fn page_of(link: &str) -> &str {
    link.split(['?', ';']).next().unwrap_or(link)
}
