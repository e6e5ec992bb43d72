//! Bytes to a feed. Never fails and never panics: what cannot be read is left out and said.

use url::Url;

use crate::news::Problem;

use super::decode::decode;
use super::finish::finish;
use super::json::{find_json, read_json};
use super::merge::fill_gaps;
use super::parsed::{Format, ParsedFeed};
use super::raw::{RawFeed, RawItem};
use super::reader::{MAX_ITEMS, Reading, read_leniently};
use super::strict::{is_safe_for_strict, read_strictly};

/// Reads a feed document: RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0, JSON Feed, well formed or not.
///
/// `content_type` is the value of the HTTP header, `base_url` the address the document came from
/// (relative addresses are resolved against it). What is no feed has the format `None` and no
/// items. The problems say what was mended or left out.
pub fn read(
    bytes: &[u8],
    content_type: Option<&str>,
    base_url: &Url,
) -> (ParsedFeed, Vec<Problem>) {
    read_for(Purpose::Study, bytes, content_type, base_url)
}

/// As [`read`], as polling wants it: without contents as HTML, and with feed-rs's reading only where
/// ours leaves something open.
pub fn read_polled(
    bytes: &[u8],
    content_type: Option<&str>,
    base_url: &Url,
) -> (ParsedFeed, Vec<Problem>) {
    read_for(Purpose::Polling, bytes, content_type, base_url)
}

/// What a document is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// All that can be said of it.
    Study,
    /// What is kept of it.
    Polling,
}

fn read_for(
    purpose: Purpose,
    bytes: &[u8],
    content_type: Option<&str>,
    base_url: &Url,
) -> (ParsedFeed, Vec<Problem>) {
    let mut problems = Vec::new();
    let decoded = decode(bytes, content_type, &mut problems);
    let raw = read_text(&decoded.text, base_url, purpose, &mut problems);
    let with_markup = purpose == Purpose::Study;
    let mut feed = finish(raw, with_markup, base_url, &mut problems);
    feed.encoding = decoded.encoding;
    (feed, problems)
}

/// As [`read`], but stops before anything is cleaned: for measuring the parsing alone. The number
/// of items.
#[doc(hidden)]
pub fn count_items_uncleaned(bytes: &[u8], base_url: &Url) -> usize {
    let mut problems = Vec::new();
    let decoded = decode(bytes, None, &mut problems);
    read_text(&decoded.text, base_url, Purpose::Study, &mut problems)
        .items
        .len()
}

fn read_text(text: &str, base: &Url, purpose: Purpose, problems: &mut Vec<Problem>) -> RawFeed {
    if let Some(json) = find_json(text) {
        let mut json_problems = Vec::new();
        let feed = read_json(json, base, &mut json_problems);
        if feed.format != Format::None || !holds_feed(json) {
            problems.append(&mut json_problems);
            return feed;
        }
    }
    let reading = read_leniently(text, base);
    report(&reading, problems);
    let suspicious = reading.is_broken
        || reading.is_hostile
        || reading.is_cut
        || reading.is_wide
        || reading.has_too_many_items;
    let is_enough = purpose == Purpose::Polling && !leaves_open(&reading.feed, text);
    if suspicious || is_enough || !is_safe_for_strict(text) {
        return known_format(reading.feed, problems);
    }
    match read_strictly(text, base) {
        Ok(strict) if strict.items.len() > reading.feed.items.len() => {
            problems.push(Problem::new(
                "count-mismatch",
                "the two readings differ in the number of items",
            ));
            strict
        }
        Ok(strict) => fill_gaps(reading.feed, strict),
        Err(reason) => {
            if reading.feed.format != Format::None {
                problems.push(Problem::new(
                    "not-strict",
                    format!("read leniently: {reason}"),
                ));
            }
            known_format(reading.feed, problems)
        }
    }
}

/// True if a feed of XML begins in a text: what programs complain of may stand before it.
fn holds_feed(text: &str) -> bool {
    ["<rss", "<feed", "<rdf:RDF"]
        .iter()
        .any(|root| memchr::memmem::find(text.as_bytes(), root.as_bytes()).is_some())
}

/// True if another reader may find what is not in this reading: there are more starts of items than
/// items, or one is without address, title, text or time.
fn leaves_open(feed: &RawFeed, text: &str) -> bool {
    let lacks_something = |item: &RawItem| {
        let has_address = item.guid.is_some() || item.link.is_some();
        let has_text = !(item.summary.is_empty() && item.content.is_empty());
        let has_time = item.published.is_some() || item.updated.is_some() || item.created.is_some();
        !(has_address && has_text && has_time) || item.title.is_empty()
    };
    feed.format == Format::None
        || feed.title.is_empty()
        || feed.items.is_empty()
        || feed.items.iter().any(lacks_something)
        || count_starts(text) > feed.items.len()
}

/// How often an item seems to begin, whatever its prefix, within texts too.
fn count_starts(text: &str) -> usize {
    let bytes = text.as_bytes();
    let starts = ["<item", "<entry", ":item", ":entry"].iter();
    let starts = starts.flat_map(|start| {
        let found = memchr::memmem::find_iter(bytes, start.as_bytes());
        found.map(|at| (at, at + start.len()))
    });
    let begins = |(start, end): &(usize, usize)| {
        let next = bytes.get(*end);
        let ends = next.is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
        ends && (bytes[*start] == b'<' || has_start_before(&bytes[..*start]))
    };
    starts.filter(begins).count()
}

/// True if nothing but a prefix stands between the last `<` and the end.
fn has_start_before(bytes: &[u8]) -> bool {
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.') || b >= 0x80;
    bytes.iter().rev().find(|b| !is_name(**b)) == Some(&b'<')
}

fn report(reading: &Reading, problems: &mut Vec<Problem>) {
    let mut say = |holds: bool, kind: &str, message: String| {
        if holds {
            problems.push(Problem::new(kind, message));
        }
    };
    let is_feed = reading.feed.format != Format::None;
    say(
        is_feed && reading.is_cut,
        "truncated",
        "the document ends too early; its complete items were read".to_owned(),
    );
    say(
        is_feed && reading.is_broken && !reading.is_cut,
        "not-well-formed",
        "tags do not match or are not closed; read leniently".to_owned(),
    );
    say(
        reading.is_hostile,
        "too-complex",
        "the document nests or repeats more than feeds do; parts were left out".to_owned(),
    );
    say(
        reading.has_too_many_items,
        "too-many-items",
        format!("only the first {MAX_ITEMS} items were read"),
    );
}

fn known_format(feed: RawFeed, problems: &mut Vec<Problem>) -> RawFeed {
    if feed.format == Format::None {
        problems.push(Problem::new(
            "not-a-feed",
            "the document is no RSS, Atom or JSON feed",
        ));
    }
    feed
}
