//! A feed document as read: what it claims, before anything is believed or kept.

use std::borrow::Cow;

use crate::news::{Image, UtcTime};
use crate::text::lead::{cut_lede, first_paragraph_on};

/// Which family of formats a document belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// RSS 0.9x or 2.0.
    Rss,
    /// RSS 0.90, 1.0 or 1.1 in RDF.
    Rdf,
    /// Atom 0.3 or 1.0.
    Atom,
    /// JSON Feed 1.0 or 1.1.
    Json,
    /// Not a feed (a page, nothing, anything else).
    #[default]
    None,
}

impl Format {
    /// Lower-case name: `rss`, `rdf`, `atom`, `json`, `none`.
    pub fn name(self) -> &'static str {
        match self {
            Format::Rss => "rss",
            Format::Rdf => "rdf",
            Format::Atom => "atom",
            Format::Json => "json",
            Format::None => "none",
        }
    }
}

/// What a document says about when to come again. All are lower bounds on the interval.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VisitHints {
    /// RSS `ttl`, in minutes.
    pub ttl_minutes: Option<u32>,
    /// RSS `skipHours`: hours of the day in GMT, 0 to 23.
    pub skip_hours: Vec<u8>,
    /// RSS `skipDays`: 0 is Monday.
    pub skip_days: Vec<u8>,
    /// `sy:updatePeriod` divided by `sy:updateFrequency`, in seconds.
    pub update_period_secs: Option<u64>,
    /// `sy:updateBase`.
    pub update_base: Option<UtcTime>,
}

/// A feed document as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParsedFeed {
    /// Format family.
    pub format: Format,
    /// Lower-case name of the encoding that the document was read in.
    pub encoding: String,
    /// atom:id or guid of the feed itself; `None` if not claimed.
    pub id: Option<String>,
    /// Title as plain text; empty if none.
    pub title: String,
    /// What the feed says of itself (subtitle, tagline, description), as plain text.
    pub subtitle: String,
    /// The site's address.
    pub link: Option<String>,
    /// Language as claimed, in lower case (`en`, `en-us`); `None` if not claimed.
    pub language: Option<String>,
    /// rel=self, absolute.
    pub self_url: Option<String>,
    /// rel=hub, absolute, in order.
    pub hub_urls: Vec<String>,
    /// When to come again.
    pub hints: VisitHints,
    /// The feed's own claim of its publication (RSS `pubDate`).
    pub published: Option<UtcTime>,
    /// The feed's own claim of its last change.
    pub updated: Option<UtcTime>,
    /// Items in document order.
    pub items: Vec<ParsedItem>,
}

/// One item as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParsedItem {
    /// guid, atom:id, rdf:about or JSON Feed id, trimmed; `None` if absent or empty.
    pub guid: Option<String>,
    /// Link to the report, absolute, http(s) only.
    pub link: Option<String>,
    /// Title as plain text; empty if none.
    pub title: String,
    /// Lead as plain text; empty if none.
    pub summary: String,
    /// Full content as sanitised HTML; empty if the feed gives none.
    pub content_html: String,
    /// Full content as plain text; empty if the feed gives none.
    pub content_text: String,
    /// The full text without the captions of its pictures, where it has such and the feed gives no lead; else empty.
    pub uncaptioned_text: String,
    /// Authors as written, joined with a comma.
    pub author: Option<String>,
    /// Claimed time of publication; `None` if absent or unreadable, never "now".
    pub published: Option<UtcTime>,
    /// Claimed time of the last change.
    pub updated: Option<UtcTime>,
    /// True if the time that the item claims could be another one, with day and month the other way round.
    pub time_is_guessed: bool,
    /// Language as claimed for the item or inherited from the feed.
    pub language: Option<String>,
    /// Categories as written.
    pub categories: Vec<String>,
    /// A picture.
    pub image: Option<Image>,
    /// Name of the feed that the item came from (RSS `source`, atom:source); attribution stays
    /// with the fetched feed.
    pub source_title: Option<String>,
    /// Address of that feed.
    pub source_url: Option<String>,
    /// `thr:in-reply-to` ref.
    pub in_reply_to: Option<String>,
}

/// Characters of a full text that stand for a lead: more than is shown of one or compared.
const LEAD_CHARS: usize = 600;

impl ParsedItem {
    /// The outlet's claim of when the item was published, or else last changed.
    pub fn claimed_at(&self) -> Option<UtcTime> {
        self.published.or(self.updated)
    }

    /// The lead, or the beginning of the full text where the feed gives no lead.
    pub fn lead(&self) -> Cow<'_, str> {
        if !self.summary.is_empty() {
            return Cow::Borrowed(&self.summary);
        }
        let text = match self.uncaptioned_text.is_empty() {
            true => &self.content_text,
            false => &self.uncaptioned_text,
        };
        Cow::Owned(cut_lede(first_paragraph_on(text), LEAD_CHARS))
    }

    /// The lead, or the full text where the feed gives no lead.
    pub fn summary_or_content(&self) -> &str {
        if self.summary.is_empty() {
            &self.content_text
        } else {
            &self.summary
        }
    }
}
