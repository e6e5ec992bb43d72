//! Which item of a document is one that is already known: the identity ladder. Pure: what is known
//! is passed in, what to remember is handed back. It never swallows an item: in doubt an item is new.
//!
//! The rungs, best first: a rule known for the host; the guid, if guids of this feed behave; the
//! link; the long number in the link; the agency's series key; the text.

mod agreement;
mod content;
mod host_rules;
mod keys;
mod made_up;
mod matching;
mod places;
mod signs;
mod similar;
mod standing;

use std::collections::HashMap;

pub use content::{content_digest, former_digest, is_revision};
pub use keys::{IdentityKey, KeyKind, keys_and_aliases_of, keys_of};
pub use made_up::is_of_visit;
pub use matching::match_items;
pub use signs::{has_drifted, is_at_page, was_listed_before};
pub use standing::{ListedId, ids_hold};

use crate::news::{ItemId, KeyDigest, UtcTime};

/// What identity is read from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IdentityInput {
    /// guid, atom:id or JSON Feed id as the feed has it.
    pub guid: Option<String>,
    /// Link without tracking parameters.
    pub link: Option<String>,
    /// True if it led to a part of its page; see [`crate::text::links::names_part`].
    pub is_part: bool,
    /// Title as plain text.
    pub title: String,
    /// Lead as plain text.
    pub summary: String,
    /// What stands for a lead where there is none: the beginning of the full text. No key is made from it.
    pub beginning: String,
    /// True if the lead stands under whatever the outlet tells: it says nothing of the item. The keys hold it all the same.
    pub lead_is_constant: bool,
    /// Its language by the two-letter code; empty where its words were not read.
    pub language: String,
    /// What stays the same over all takes of one series of an agency.
    pub series_key: Option<String>,
    /// The outlet's claim of publication.
    pub published_at: Option<UtcTime>,
    /// The outlet's claim of the last change.
    pub updated_at: Option<UtcTime>,
}

impl IdentityInput {
    /// The lead, as a known item has it; empty if it says nothing.
    fn lead(&self) -> &str {
        match self.summary.is_empty() {
            true => &self.beginning,
            false if self.lead_is_constant => "",
            false => &self.summary,
        }
    }
}

/// An item of a document, with the keys that it is known by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidate {
    /// What identity is read from.
    pub input: IdentityInput,
    /// What [`keys_of`] gives for it.
    pub keys: Vec<IdentityKey>,
    /// The keys that it may be known by beside them; see [`keys_and_aliases_of`].
    pub aliases: Vec<IdentityKey>,
}

impl Candidate {
    /// With its keys.
    pub fn of(input: IdentityInput) -> Self {
        let (keys, aliases) = keys_and_aliases_of(&input);
        Self {
            keys,
            aliases,
            input,
        }
    }

    /// Its own key of a kind; `None` if it has none.
    pub fn key(&self, kind: KeyKind) -> Option<&IdentityKey> {
        self.keys.iter().find(|key| key.kind == kind)
    }

    /// The keys and aliases that an item may be known by.
    pub fn digests(&self) -> impl Iterator<Item = KeyDigest> + '_ {
        self.keys.iter().chain(&self.aliases).map(|key| key.digest)
    }

    /// The aliases that matter: of keys that lead to nothing.
    pub fn open_aliases(&self, known: &KnownItems) -> impl Iterator<Item = KeyDigest> {
        let is_open = |alias: &&IdentityKey| {
            let mut own = self.keys.iter().filter(|key| key.kind == alias.kind);
            own.all(|key| !known.by_key.contains_key(&key.digest))
        };
        self.aliases
            .iter()
            .filter(is_open)
            .map(|alias| alias.digest)
    }
}

/// Whether the guids of a feed tell its items apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GuidStanding {
    /// They do, as far as is known.
    #[default]
    Good,
    /// They do not: one repeated, several came back for something else, or they changed while the items did not.
    /// It is regained by [`ids_hold`].
    Lost,
}

/// The circumstances of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// What was known of the feed's guids before.
    pub standing: GuidStanding,
    /// Our clock when the document was fetched.
    pub fetched_at: UtcTime,
    /// The same at the visit before, whatever came of it; `None` for the first one, and for what comes at no visit.
    pub last_visit_at: Option<UtcTime>,
}

/// An item that is known, or was: a tombstone.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownItem {
    /// The item.
    pub id: ItemId,
    /// Its title; empty for a tombstone.
    pub title: String,
    /// Its lead; empty for a tombstone. Asked for only where the titles differ.
    pub summary: String,
    /// Its link; may be absent for a tombstone. Asked for only where the titles differ, or the link of the document was never seen.
    pub link: Option<String>,
    /// The outlet's claim.
    pub published_at: Option<UtcTime>,
    /// Our clock at acceptance, or at removal for a tombstone.
    pub fetched_at: UtcTime,
    /// Our clock when it came or was last noted as listed: of what has no time, or that of the visit, and comes under ids or
    /// links that are made up anew.
    pub listed_at: UtcTime,
    /// True if the item itself is gone and only remembered.
    pub is_tombstone: bool,
}

/// What the store knows about the items of a document.
#[derive(Clone, Debug, Default)]
pub struct KnownItems {
    /// What the keys of the document's items lead to.
    pub by_key: HashMap<KeyDigest, ItemId>,
    /// All that keys lead to.
    pub items: HashMap<ItemId, KnownItem>,
}

impl KnownItems {
    /// The item that a key leads to.
    pub fn get(&self, key: &KeyDigest) -> Option<&KnownItem> {
        self.items.get(self.by_key.get(key)?)
    }
}

/// What was found for one item of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not known: keep it.
    New,
    /// Known: a revision, or nothing new. A tombstone if the known item was one: then it stays gone.
    Same(ItemId),
    /// The same item as another one earlier in this document (its index): listed twice.
    Repeats(usize),
}

/// One item of the document, identified.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemMatch {
    /// New, same or repeated.
    pub verdict: Verdict,
    /// True if the known item is a tombstone: it was seen before, and does not come back.
    pub is_tombstone: bool,
    /// The rung that told; `None` for new items.
    pub by: Option<KeyKind>,
    /// What to remember it by from now on.
    pub keys: Vec<KeyDigest>,
    /// True if no other item of the document has its link.
    pub has_own_link: bool,
    /// False if the claimed time is missing, in the future, or the same for every item.
    pub time_is_certain: bool,
}

/// A document, identified.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matching {
    /// What is now known of the feed's guids.
    pub standing: GuidStanding,
    /// Why they lost their standing in this document, in words; `None` if nothing changed.
    pub lost_because: Option<String>,
    /// True if ids changed while the items did not: a state of the feed's health.
    pub guids_churn: bool,
    /// True if links changed while the items did not.
    pub links_churn: bool,
    /// One for each item, in order.
    pub items: Vec<ItemMatch>,
}

#[cfg(test)]
mod tests;
