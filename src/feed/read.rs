//! Bytes to a feed. Never fails and never panics: what cannot be read is left out and said.

use url::Url;

use crate::news::Problem;

use super::decode::decode;
use super::finish::finish;
use super::json::read_json;
use super::merge::fill_gaps;
use super::parsed::{Format, ParsedFeed};
use super::raw::RawFeed;
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
    let mut problems = Vec::new();
    let decoded = decode(bytes, content_type, &mut problems);
    let raw = read_text(&decoded.text, base_url, &mut problems);
    let mut feed = finish(raw, base_url, &mut problems);
    feed.encoding = decoded.encoding;
    (feed, problems)
}

/// As [`read`], but stops before anything is cleaned: for measuring the parsing alone. The number
/// of items.
#[doc(hidden)]
pub fn count_items_uncleaned(bytes: &[u8], base_url: &Url) -> usize {
    let mut problems = Vec::new();
    let decoded = decode(bytes, None, &mut problems);
    read_text(&decoded.text, base_url, &mut problems)
        .items
        .len()
}

fn read_text(text: &str, base: &Url, problems: &mut Vec<Problem>) -> RawFeed {
    let start =
        text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
    if start.starts_with(['{', '[']) {
        return read_json(start, base, problems);
    }
    let reading = read_leniently(text, base);
    report(&reading, problems);
    let suspicious = reading.is_broken
        || reading.is_hostile
        || reading.is_cut
        || reading.is_wide
        || reading.has_too_many_items;
    if suspicious || !is_safe_for_strict(text) {
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
