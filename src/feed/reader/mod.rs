//! Our own reading of XML feeds, well formed or not, with the meanings that Python's feedparser
//! has established: every field in every dialect, and the items of broken documents. feed-rs is the
//! second reader of what is well formed.

mod capture;
mod fields;
mod links;
mod names;
mod scan;
mod state;

use url::Url;

use super::raw::RawFeed;

/// What was read, and what the reading says about the document.
pub(crate) struct Reading {
    /// The feed.
    pub feed: RawFeed,
    /// True if the document ended too early.
    pub is_cut: bool,
    /// True if tags did not match or something was no markup.
    pub is_broken: bool,
    /// True if there were more items than are read.
    pub has_too_many_items: bool,
    /// True if it is deeper or wider than feeds are, so that parts were left out.
    pub is_hostile: bool,
    /// True if single tags are too long for a parser that compares their attributes.
    pub is_wide: bool,
}

/// More items than this are not read from one document: the largest feeds of outlets have a few
/// hundred, sitemaps and archives some thousands.
pub(crate) const MAX_ITEMS: usize = 10_000;

/// Reads a document. `base` is its own address.
pub(crate) fn read_leniently(text: &str, base: &Url) -> Reading {
    let mut state = state::State::new(text, base);
    state.run();
    state.finish()
}

#[cfg(test)]
mod tests;
