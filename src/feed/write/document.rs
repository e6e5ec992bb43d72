//! The document model that all three writers share: one list of entries with the same ids in the
//! same order. It holds text as it came; the writers clean and escape it.

use super::plain::one_line;
use crate::news::{Image, ItemId, UtcTime};

/// A format in which a document is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OutputFormat {
    /// RFC 4287.
    Atom,
    /// RSS 2.0 with the extensions that readers know.
    Rss,
    /// JSON Feed 1.1.
    Json,
}

impl OutputFormat {
    /// Every format, the preferred one first.
    pub const ALL: [OutputFormat; 3] = [OutputFormat::Atom, OutputFormat::Rss, OutputFormat::Json];

    /// The ending of a path, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            OutputFormat::Atom => "atom",
            OutputFormat::Rss => "rss",
            OutputFormat::Json => "json",
        }
    }

    /// The format of that ending; `None` for any other.
    pub fn from_ending(ending: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.ending() == ending)
    }

    /// The media type without parameters.
    pub fn media_type(self) -> &'static str {
        match self {
            OutputFormat::Atom => "application/atom+xml",
            OutputFormat::Rss => "application/rss+xml",
            OutputFormat::Json => "application/feed+json",
        }
    }

    /// The value of Content-Type.
    pub fn content_type(self) -> &'static str {
        match self {
            OutputFormat::Atom => "application/atom+xml; charset=utf-8",
            OutputFormat::Rss => "application/rss+xml; charset=utf-8",
            OutputFormat::Json => "application/feed+json; charset=utf-8",
        }
    }
}

/// Where a document stands among the documents of one archived feed (RFC 5005, section 4).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Paging {
    /// Address without ending of the archive that holds the entries before these.
    pub previous: Option<String>,
    /// Address without ending of the archive that follows; `None` in the newest one.
    pub next: Option<String>,
    /// Address without ending of the subscription document, if this is an archive.
    pub archive_of: Option<String>,
}

/// A feed document to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Permanent id, `urn:uuid:…`.
    pub id: String,
    /// Title, distinct among the outputs.
    pub title: String,
    /// One sentence on what it holds.
    pub subtitle: String,
    /// Language of all entries; `None` if they differ.
    pub language: Option<String>,
    /// Address of the HTML page that shows the same.
    pub page_url: String,
    /// Absolute address without ending; each format's own address is this, a dot, its ending.
    pub address: String,
    /// The WebSub hub.
    pub hub_url: Option<String>,
    /// The latest `updated` of the entries, or the start of the feed if there are none.
    pub updated: UtcTime,
    /// RSS `ttl`: how long a reader may wait before it asks again.
    pub ttl_minutes: u32,
    /// Archives before and after.
    pub paging: Paging,
    /// Entries that were withdrawn (RFC 6721).
    pub deletions: Vec<Deletion>,
    /// The entries, in order; no id twice.
    pub entries: Vec<Entry>,
}

impl Document {
    /// The document's own address in that format.
    pub fn self_url(&self, format: OutputFormat) -> String {
        with_ending(&self.address, format)
    }
}

pub(super) fn with_ending(address: &str, format: OutputFormat) -> String {
    let mut url = address.to_owned();
    url.push('.');
    url.push_str(format.ending());
    url
}

/// The notice that an entry was withdrawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Deletion {
    /// Id of the entry.
    pub id: String,
    /// Since when.
    pub at: UtcTime,
    /// Why, in words.
    pub reason: String,
}

/// One entry: an event, a storyline, or one development of an event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// Permanent id, `urn:uuid:…`, the same in every format.
    pub id: String,
    /// Plain text.
    pub title: String,
    /// When it was first published; never moves.
    pub published: UtcTime,
    /// Its last material change.
    pub updated: UtcTime,
    /// rel=alternate: the lead report, or the page.
    pub alternate: String,
    /// Dateline's own page of it.
    pub page_url: String,
    /// rel=via: the report through which it was learnt first, if it is not the lead report.
    pub via: Option<Link>,
    /// rel=related: the further reports.
    pub related: Vec<Link>,
    /// Entries that were merged into this one.
    pub absorbed: Vec<Absorbed>,
    /// Names of the outlets, the lead report's first.
    pub outlets: Vec<String>,
    /// Categories and roles.
    pub categories: Vec<Category>,
    /// Language of the lead report.
    pub language: Option<String>,
    /// The feed that carried the lead report.
    pub source: Option<SourceFeed>,
    /// The living entry that a development belongs to (RFC 4685).
    pub in_reply_to: Option<Reply>,
    /// A picture that a report's feed carries.
    pub image: Option<Image>,
    /// What it tells.
    pub body: Body,
}

/// A link with what it leads to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    /// Absolute address.
    pub url: String,
    /// Plain text.
    pub title: String,
    /// Language of the target.
    pub language: Option<String>,
}

/// An entry that was merged into another. Its id stays, and its page leads to the other's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absorbed {
    /// Its permanent id.
    pub id: String,
    /// Its own page.
    pub page_url: String,
    /// Plain text.
    pub title: String,
}

/// A category of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// The word.
    pub term: String,
    /// The vocabulary that it comes from; `None` for a free word.
    pub scheme: Option<&'static str>,
}

/// The feed that a report came from.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFeed {
    /// The id that it gives itself, or else its address.
    pub id: String,
    /// Address without credentials.
    pub url: String,
    /// Its title, or else the name of the outlet.
    pub title: String,
    /// When it told the report: it had changed then at the latest.
    pub updated: UtcTime,
    /// Address of its site.
    pub site_url: Option<String>,
}

/// The living entry that a development belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Its id.
    pub id: String,
    /// Its page.
    pub page_url: String,
}

/// What an entry tells, in parts, so that each format says it in its own way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// Notices that stand above all: withdrawn, merged, split off.
    pub notices: Vec<Notice>,
    /// The lead, at most 300 characters.
    pub lede: String,
    /// Where it happened; empty if unknown.
    pub place: String,
    /// When it happened; `None` for a storyline.
    pub occurred_at: Option<UtcTime>,
    /// What the last material change was; empty if there was none.
    pub change: String,
    /// Names of the roles of its reports other than plain news; each line has its own.
    pub roles: Vec<String>,
    /// The storyline that it belongs to.
    pub storyline: Option<Link>,
    /// The reports, in the order of telling.
    pub reports: Vec<ReportLine>,
    /// The events of a storyline, in the order in which they happened.
    pub events: Vec<EventLine>,
    /// What its page is called; empty for that of an event or a storyline.
    pub page_name: &'static str,
}

/// What became of an entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notice {
    /// Such as `Merged into`.
    pub words: String,
    /// The name of what it leads to, in full; empty if it leads nowhere.
    pub name: String,
    /// What stands for the name where an entry must not grow when the name does.
    pub label: String,
    /// The address that it leads to.
    pub url: Option<String>,
}

impl Notice {
    /// The whole of it on one line.
    pub fn text(&self) -> String {
        match self.name.is_empty() {
            true => one_line(&self.words),
            false => one_line(&[&self.words, ": ", &self.name].concat()),
        }
    }
}

/// One report as an entry lists it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportLine {
    /// Which.
    pub item: ItemId,
    /// The id that its feed gave it; empty if none.
    pub guid: String,
    /// How many letters it may take in the content's list (see [`super::lines_of`]): none if it came
    /// after the last material change. `None` for as many as it needs.
    pub letters: Option<u32>,
    /// Name of the outlet.
    pub outlet: String,
    /// Its headline.
    pub title: String,
    /// Its address, if it has one.
    pub url: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// When it was told.
    pub at: UtcTime,
    /// Name of its role.
    pub role: &'static str,
    /// True for the first to report.
    pub is_first: bool,
    /// True if its outlet or agency withdrew it.
    pub is_withdrawn: bool,
    /// The note on what was corrected; empty if none.
    pub note: String,
    /// The items that repeat it.
    pub reprints: Vec<ReprintLine>,
}

/// An item that repeats a report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReprintLine {
    /// Which.
    pub item: ItemId,
    /// As in [`ReportLine`].
    pub letters: Option<u32>,
    /// Name of the outlet.
    pub outlet: String,
    /// Its address, if it has one.
    pub url: Option<String>,
    /// When it was carried.
    pub at: UtcTime,
}

/// One event as a storyline lists it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventLine {
    /// Its headline.
    pub title: String,
    /// Its page.
    pub url: String,
    /// When it happened.
    pub occurred_at: UtcTime,
    /// Where; empty if unknown.
    pub place: String,
    /// How many outlets tell it.
    pub outlet_count: u32,
}
