//! JSON Feed 1.0 and 1.1, read leniently: numbers as ids, missing versions, documents cut off, items that cannot be
//! read between others.

mod mend;
mod salvage;

use serde_json::{Map, Value};
use url::Url;

use crate::news::{Image, Problem};

use super::dates::{DateClaim, read_claim};
use super::parsed::Format;
use super::raw::{RawFeed, RawItem, RawText, TextKind};
use super::reader::MAX_ITEMS;
use super::urls::resolve;
use mend::{comment_length, mended, without_comments};
use salvage::{Salvaged, after_brackets, is_item, salvage};

type Object = Map<String, Value>;

/// The JSON of a document: what begins with a bracket or brace, behind comments, or is handed over by a script (JSONP).
/// `None` if it is something else.
pub(crate) fn find_json(text: &str) -> Option<&str> {
    let mut start = trimmed(text);
    while let Some(length) = comment_length(start).or_else(|| guard_length(start)) {
        start = trimmed(&start[length..]);
    }
    let begins = |text: &str| text.starts_with(['{', '[']);
    match begins(start) {
        true => Some(start),
        false => handed_over(start),
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}')
}

/// What servers put before JSON, so that no page can run it as a script.
const GUARDS: [&str; 8] = [
    ")]}',",
    ")]}'",
    ")]}",
    "for(;;);",
    "for (;;);",
    "while(1);",
    "while (1);",
    "while(true);",
];

fn guard_length(text: &str) -> Option<usize> {
    let mut guards = GUARDS.iter();
    guards
        .find(|guard| text.starts_with(**guard))
        .map(|guard| guard.len())
}

/// What a script calls a function with (`callback({…});`) or has a name for (`var feed = {…};`), whatever it asks before that
/// (`typeof callback === 'function' && callback({…});`, `if (callback) { callback({…}); }`).
fn handed_over(script: &str) -> Option<&str> {
    let places = script.match_indices(['{', '[', '<']);
    let places = places.take_while(|(at, sign)| *at <= MOST_BEFORE && *sign != "<");
    let is_handed = |at: &usize| {
        let before = script[..*at].trim_end();
        before.ends_with('(') || (before.ends_with('=') && !before.ends_with("=="))
    };
    let handed: Vec<usize> = places
        .map(|(at, _)| at)
        .filter(is_handed)
        .take(MOST_HANDED)
        .collect();
    let first = &script[*handed.first()?..];
    // Its end is where the brackets close; `None` if they do not.
    let whole = |value: &str| Some(value.len() - after_brackets(value)?.len());
    let values = || handed.iter().map(|at| &script[*at..]);
    let of_feeds = || {
        let wholes = values().filter_map(|value| Some(&value[..whole(value)?]));
        wholes.filter(|value| value.contains("\"items\""))
    };
    let cut = || values().find(|value| whole(value).is_none() && has_items(value));
    let full = of_feeds().find(|value| has_items(value));
    full.or_else(|| cut().map(without_end))
        .or_else(|| of_feeds().next())
        .or_else(|| Some(without_end(first)))
}

/// The rest of a script from a value on, without what ends a call or a statement.
fn without_end(value: &str) -> &str {
    let end = value.trim_end().trim_end_matches(';').trim_end();
    end.strip_suffix(')').unwrap_or(end)
}

/// True if a text has a list of items that holds something.
fn has_items(text: &str) -> bool {
    let mut lists = text.split("\"items\"").skip(1);
    lists.any(|after| {
        let list = after.trim_start().strip_prefix(':').map(str::trim_start);
        let inside = list.and_then(|list| list.strip_prefix(['[', '{']));
        inside.is_some_and(|inside| !inside.trim_start().starts_with([']', '}']))
    })
}

/// Values of a script of which each is read over to its end, to find the feed among them.
const MOST_HANDED: usize = 4;

/// Bytes of a script before the feed that it hands over.
const MOST_BEFORE: usize = 400;

/// Reads a document that begins with a bracket or brace.
pub(crate) fn read_json(text: &str, base: &Url, problems: &mut Vec<Problem>) -> RawFeed {
    match value_of(text, problems) {
        Value::Object(feed) if is_feed(&feed) => feed_of(&feed, base, problems),
        _ => {
            problems.push(Problem::new("not-a-feed", "the JSON is no JSON Feed"));
            RawFeed::default()
        }
    }
}

/// The document as it stands, or what can be read of it.
fn value_of(text: &str, problems: &mut Vec<Problem>) -> Value {
    let bounded = up_to_most_objects(text);
    if bounded.len() < text.len() {
        problems.push(Problem::new(
            "too-complex",
            "the document holds more than feeds do; parts were left out",
        ));
        return Value::Object(salvage(&mended(bounded)).feed);
    }
    let error = match serde_json::from_str(text) {
        Ok(value) => return value,
        Err(error) => error,
    };
    let (value, is_cut) = read_mended(text);
    // The first fault may be one that is mended, and the document cut off all the same.
    let kind = match is_cut {
        true => "truncated",
        false => "not-well-formed",
    };
    problems.push(Problem::new(
        kind,
        format!("the JSON cannot be read whole: {error}"),
    ));
    value
}

/// What can be read of a document that is not well formed, and whether it ends too early.
fn read_mended(text: &str) -> (Value, bool) {
    let whole = mended(text);
    if let Ok(value) = serde_json::from_str(&whole) {
        return (value, false);
    }
    let bare = without_comments(text).map(|bare| mended(&bare));
    if let Some(Ok(value)) = bare.as_deref().map(serde_json::from_str) {
        return (value, false);
    }
    // Where signs of strings are missing, what looks like a comment may be an address within one.
    let most = |salvaged: &Salvaged| {
        let items = salvaged.feed.get("items").and_then(Value::as_array);
        (items.map_or(0, Vec::len), salvaged.feed.len())
    };
    let readings = [Some(whole), bare].into_iter().flatten();
    let best = readings.map(|text| salvage(&text)).max_by_key(most);
    let Salvaged { feed, is_cut } = best.unwrap_or_default();
    (Value::Object(feed), is_cut)
}

/// Objects that are read of a document: ten for each item that is. Each takes some hundred bytes, however few are
/// written.
const MOST_OBJECTS: usize = 10 * MAX_ITEMS;

/// The text up to where it holds more objects than are read.
fn up_to_most_objects(text: &str) -> &str {
    let mut begins = memchr::memchr_iter(b'{', text.as_bytes());
    begins.nth(MOST_OBJECTS).map_or(text, |end| &text[..end])
}

fn is_feed(feed: &Object) -> bool {
    let version = feed
        .get("version")
        .and_then(Value::as_str)
        .unwrap_or_default();
    version.contains("jsonfeed.org") || feed.get("items").is_some_and(Value::is_array)
}

fn feed_of(feed: &Object, base: &Url, problems: &mut Vec<Problem>) -> RawFeed {
    let items = items_of(feed);
    if items.is_empty() && has_other_items(feed) {
        problems.push(Problem::new(
            "not-well-formed",
            "what the JSON Feed calls its items are none",
        ));
    }
    if items.len() > MAX_ITEMS {
        problems.push(Problem::new(
            "too-many-items",
            format!("only the first {MAX_ITEMS} items were read"),
        ));
    }
    let authors = authors(feed);
    RawFeed {
        format: Format::Json,
        title: text(feed, "title", TextKind::Plain),
        subtitle: text(feed, "description", TextKind::Plain),
        link: address(feed, "home_page_url", base),
        language: string(feed, "language"),
        self_url: address(feed, "feed_url", base),
        hub_urls: hubs(feed, base),
        items: items
            .into_iter()
            .take(MAX_ITEMS)
            .map(|item| item_of(item, &authors, base))
            .collect(),
        ..RawFeed::default()
    }
}

/// The items: a list, or an object of them by their numbers, which PHP makes of a list with a gap, or the one item where
/// a program makes no list of one.
fn items_of(feed: &Object) -> Vec<&Object> {
    match feed.get("items") {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_object).collect(),
        Some(Value::Object(item)) if is_item(item) => vec![item],
        Some(Value::Object(items)) => {
            let numbered = |(name, item): (&String, _)| (name.parse().unwrap_or(u64::MAX), item);
            let mut items: Vec<(u64, &Value)> = items.iter().map(numbered).collect();
            items.sort_by_key(|(number, _)| *number);
            items
                .into_iter()
                .filter_map(|(_, item)| item.as_object())
                .collect()
        }
        _ => Vec::new(),
    }
}

/// True if something stands where the items should.
fn has_other_items(feed: &Object) -> bool {
    match feed.get("items") {
        None | Some(Value::Null) => false,
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(items)) => !items.is_empty(),
        Some(_) => true,
    }
}

fn item_of(item: &Object, feed_authors: &[String], base: &Url) -> RawItem {
    let html = text(item, "content_html", TextKind::Html);
    let content = if html.is_empty() {
        text(item, "content_text", TextKind::Plain)
    } else {
        html
    };
    let own_authors = authors(item);
    let link = address(item, "url", base).or_else(|| address(item, "external_url", base));
    let guid = string(item, "id");
    RawItem {
        link: link.or_else(|| guid.clone().filter(|guid| guid.contains("://"))),
        guid,
        title: text(item, "title", TextKind::Plain),
        summary: text(item, "summary", TextKind::Plain),
        content,
        authors: if own_authors.is_empty() {
            feed_authors.to_vec()
        } else {
            own_authors
        },
        published: time(item, "date_published"),
        updated: time(item, "date_modified"),
        language: string(item, "language"),
        categories: strings(item, "tags"),
        image: address(item, "image", base)
            .or_else(|| address(item, "banner_image", base))
            .map(|url| Image {
                url,
                media_type: None,
                width: None,
                height: None,
                credit: None,
            }),
        ..RawItem::default()
    }
}

/// A string, or a number written as one.
fn string(object: &Object, name: &str) -> Option<String> {
    match object.get(name)? {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

fn strings(object: &Object, name: &str) -> Vec<String> {
    let list = object.get(name).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn text(object: &Object, name: &str, kind: TextKind) -> RawText {
    RawText {
        value: string(object, name).unwrap_or_default(),
        kind,
        base: None,
    }
}

fn address(object: &Object, name: &str, base: &Url) -> Option<String> {
    resolve(&string(object, name)?, base)
}

fn time(object: &Object, name: &str) -> Option<DateClaim> {
    read_claim(&string(object, name)?)
}

/// `authors` of 1.1, else `author` of 1.0.
fn authors(object: &Object) -> Vec<String> {
    let many = object.get("authors").and_then(Value::as_array);
    let one = object.get("author");
    many.into_iter()
        .flatten()
        .chain(one.filter(|_| many.is_none_or(Vec::is_empty)))
        .filter_map(|author| match author {
            Value::Object(author) => string(author, "name"),
            Value::String(name) => Some(name.clone()),
            _ => None,
        })
        .collect()
}

fn hubs(feed: &Object, base: &Url) -> Vec<String> {
    let list = feed.get("hubs").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .filter(|hub| {
            hub.get("type")
                .and_then(Value::as_str)
                .is_none_or(|kind| kind.eq_ignore_ascii_case("websub"))
        })
        .filter_map(|hub| address(hub, "url", base))
        .collect()
}

#[cfg(test)]
mod tests;
