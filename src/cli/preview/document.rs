//! The document that `preview --json` prints: the feed's own words, and beside them what Dateline
//! read from them.

use serde::Serialize;

use super::{Reader, UNKNOWN_BASE};
use crate::feed::{Languages, ParsedFeed, ParsedItem};
use crate::news::{Problem, Role, UtcTime, WireReading, WireTag};
use crate::text::links::canonical_link;
use crate::text::wire::{WireInput, read_wire};

/// A feed as read.
#[derive(Debug, Serialize)]
pub(super) struct PreviewDocument<'a> {
    pub format: &'static str,
    pub encoding: &'a str,
    pub id: Option<&'a str>,
    pub title: &'a str,
    pub link: Option<&'a str>,
    pub summary: &'a str,
    pub language: Option<String>,
    pub published: Option<String>,
    pub updated: Option<String>,
    pub self_url: Option<&'a str>,
    pub hub_urls: &'a [String],
    pub problems: Vec<Problem>,
    pub items: Vec<PreviewItem<'a>>,
}

/// An item as read. `id`, `link`, `title`, `summary`, `content` and the times are the feed's own, in
/// the meanings that Python's feedparser has established: a full text stands in for a missing
/// summary, and the time of publication for a missing time of change.
#[derive(Debug, Serialize)]
pub(super) struct PreviewItem<'a> {
    pub id: Option<&'a str>,
    pub link: Option<&'a str>,
    pub title: &'a str,
    pub summary: &'a str,
    pub content: &'a str,
    pub content_text: &'a str,
    pub author: Option<&'a str>,
    pub published: Option<String>,
    pub updated: Option<String>,
    pub categories: &'a [String],
    pub image: Option<&'a str>,
    pub source_title: Option<&'a str>,
    pub source_url: Option<&'a str>,
    pub canonical_link: Option<String>,
    pub language: String,
    pub clean_title: String,
    pub clean_summary: String,
    pub role: Role,
    pub agency: Option<String>,
    pub dateline: Option<PreviewDateline>,
    pub series_key: Option<String>,
    pub series_no: Option<u32>,
    pub replaces: bool,
    pub change_note: Option<String>,
    pub outlet_suffix: Option<String>,
    pub tags: Vec<WireTag>,
    pub unknown_prefix: Option<String>,
}

/// A dateline as read.
#[derive(Debug, Serialize)]
pub(super) struct PreviewDateline {
    pub place: Option<String>,
    pub date: Option<String>,
}

/// Reads every item of a feed as the poller would.
pub(super) fn preview_document<'a>(
    parsed: &'a ParsedFeed,
    mut problems: Vec<Problem>,
    reader: Reader<'_>,
) -> PreviewDocument<'a> {
    let languages = Languages::new(None, parsed);
    problems.extend(languages.contradiction().map(|(claim, shown)| {
        let message = format!("the feed says that it is in {claim}, its items are in {shown}");
        Problem::new("other-language", message)
    }));
    PreviewDocument {
        format: parsed.format.name(),
        encoding: &parsed.encoding,
        id: parsed.id.as_deref(),
        title: &parsed.title,
        link: parsed.link.as_deref().map(as_written),
        summary: &parsed.subtitle,
        language: parsed.language.clone(),
        published: parsed.published.map(timestamp),
        updated: parsed.updated.or(parsed.published).map(timestamp),
        self_url: parsed.self_url.as_deref().map(as_written),
        hub_urls: &parsed.hub_urls,
        problems,
        items: parsed
            .items
            .iter()
            .map(|item| preview_item(item, &languages, reader))
            .collect(),
    }
}

fn preview_item<'a>(
    item: &'a ParsedItem,
    languages: &Languages<'_>,
    reader: Reader<'_>,
) -> PreviewItem<'a> {
    let language = languages.of(item);
    let wire = wire_of(item, &language, reader);
    PreviewItem {
        id: item.guid.as_deref(),
        link: item.link.as_deref().map(as_written),
        title: &item.title,
        summary: item.summary_or_content(),
        content: &item.content_html,
        content_text: &item.content_text,
        author: item.author.as_deref(),
        published: item.published.map(timestamp),
        updated: item.updated.or(item.published).map(timestamp),
        categories: &item.categories,
        image: item.image.as_ref().map(|image| image.url.as_str()),
        source_title: item.source_title.as_deref(),
        source_url: item.source_url.as_deref(),
        canonical_link: item.link.as_deref().map(as_written).map(canonical_link),
        language,
        clean_title: wire.clean_title,
        clean_summary: wire.clean_summary,
        role: wire.role,
        agency: wire.agency,
        dateline: wire.dateline.map(|dateline| PreviewDateline {
            place: dateline.place,
            date: dateline.date.map(|date| date.to_string()),
        }),
        series_key: wire.series_key,
        series_no: wire.series_no,
        replaces: wire.replaces,
        change_note: wire.change_note,
        outlet_suffix: wire.outlet_suffix,
        tags: wire.tags,
        unknown_prefix: wire.unknown_prefix,
    }
}

fn wire_of(item: &ParsedItem, language: &str, reader: Reader<'_>) -> WireReading {
    read_wire(&WireInput {
        outlet_name: reader.outlet_name,
        outlet_is_wire: reader.outlet_is_wire,
        source_name: item.source_title.as_deref(),
        language,
        title: &item.title,
        summary: &item.lead(),
        text: &item.content_text,
        link: item.link.as_deref(),
        categories: &item.categories,
        item_time: item.claimed_at().unwrap_or(reader.now),
    })
}

/// A relative address of a document whose own address is unknown, as it was written, or nearly so.
fn as_written(address: &str) -> &str {
    let host = UNKNOWN_BASE.trim_end_matches("/-/-/-/");
    address
        .strip_prefix(UNKNOWN_BASE)
        .or_else(|| address.strip_prefix(host))
        .unwrap_or(address)
}

/// RFC 3339, in UTC, to the second.
fn timestamp(time: UtcTime) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
