//! What a document says, before cleaning: texts still know whether they are markup, addresses are
//! absolute, times are read as far as each tells alone. Filled by feed-rs, by our own reader, or by both.

use url::Url;

use crate::news::Image;

use super::dates::DateClaim;
use super::parsed::{Format, VisitHints};

/// What a text claims to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TextKind {
    /// Text as it is.
    Plain,
    /// A fragment of HTML.
    Html,
    /// The format does not say; the text itself must tell (RSS titles).
    #[default]
    Unsaid,
}

/// A text as the document has it, references of XML decoded.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RawText {
    pub value: String,
    pub kind: TextKind,
    /// What relative addresses in it are relative to; `None` for the document's own address.
    pub base: Option<Url>,
}

impl RawText {
    pub(crate) fn is_empty(&self) -> bool {
        self.value.trim().is_empty()
    }
}

/// A feed before cleaning.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawFeed {
    pub format: Format,
    pub id: Option<String>,
    pub title: RawText,
    pub subtitle: RawText,
    pub link: Option<String>,
    pub language: Option<String>,
    pub self_url: Option<String>,
    pub hub_urls: Vec<String>,
    pub hints: VisitHints,
    pub published: Option<DateClaim>,
    pub updated: Option<DateClaim>,
    pub items: Vec<RawItem>,
}

impl RawFeed {
    /// All times that the document claims.
    pub(crate) fn claims(&self) -> Vec<DateClaim> {
        let own = [self.published, self.updated];
        let items = self.items.iter();
        let of_items = items.flat_map(|item| [item.published, item.updated, item.created]);
        own.into_iter().chain(of_items).flatten().collect()
    }
}

/// An item before cleaning.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawItem {
    pub guid: Option<String>,
    pub link: Option<String>,
    pub title: RawText,
    pub summary: RawText,
    pub content: RawText,
    pub authors: Vec<String>,
    pub published: Option<DateClaim>,
    pub updated: Option<DateClaim>,
    pub created: Option<DateClaim>,
    pub language: Option<String>,
    pub categories: Vec<String>,
    pub image: Option<Image>,
    pub source_title: Option<RawText>,
    pub source_url: Option<String>,
    pub in_reply_to: Option<String>,
}
