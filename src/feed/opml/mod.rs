//! Lists of feeds as OPML: the import of what other readers export, and the export of ours. The
//! list of published outputs is written elsewhere (`feed::write`).
//!
//! Beside what OPML 2.0 names, an outline may carry `outlet`, `kind` (`wire` or `outlet`),
//! `language` and `category`; `config/starter.opml` is such a list.

mod read;
mod write;

#[cfg(test)]
mod tests;

use crate::news::OutletKind;

pub use read::{decode_feed_list, read_feed_list, read_feed_text};
pub use write::{Credentials, write_feed_list};

/// A subscription as an OPML list names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct OpmlFeed {
    /// Address of the feed: http or https, absolute, without fragment.
    pub url: String,
    /// Title as plain text; empty if the list gives none.
    pub title: String,
    /// Category: the attribute, else the names of the folders joined by ` / `; empty if none.
    pub category: String,
    /// Who publishes it, if the list says so.
    pub outlet: Option<String>,
    /// Whether the outlet is an agency, if the list says so.
    pub kind: Option<OutletKind>,
    /// Two-letter code, if the list gives one.
    pub language: Option<String>,
    /// Address of the site: http or https.
    pub html_url: Option<String>,
}
