//! The link of a known item that says what it said: an outlet corrects an address too, and readers are sent where the
//! report is. It is no revision, for nothing is told.
//!
//! An address counts as corrected when it comes for the first time, so that two which take turns change the item once.

use super::Prepared;
use super::draft::Draft;
use crate::feed::identity::KeyKind;
use crate::news::KeyDigest;
use crate::store::{Result, Transaction, items};

impl Draft<'_> {
    /// The item's link if its key is one of these.
    pub(super) fn link_among(&self, keys: &[KeyDigest]) -> Option<String> {
        let mut own = self.candidate.keys.iter();
        let key = own.find(|key| key.kind == KeyKind::Link)?;
        let is_among = keys.contains(&key.digest);
        self.candidate.input.link.clone().filter(|_| is_among)
    }
}

impl Prepared {
    /// Saves the links that were corrected.
    pub(super) fn correct_links(&self, tx: &Transaction<'_>) -> Result<()> {
        for (id, link) in &self.corrected {
            let (_, old) = items::load_lead_and_link(tx, *id)?;
            // Something in the links of such a feed is another at every visit.
            let is_restless = self.links_churn || self.is_undated;
            let leads_elsewhere = old.as_deref().is_none_or(|old| match is_restless {
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
