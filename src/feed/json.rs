//! JSON Feed 1.0 and 1.1, read leniently: numbers as ids, missing versions, documents cut off, items that cannot be
//! read between others.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::{Map, Value};
use url::Url;

use crate::news::{Image, Problem};

use super::dates::read_date;
use super::parsed::Format;
use super::raw::{RawFeed, RawItem, RawText, TextKind};
use super::reader::MAX_ITEMS;
use super::urls::resolve;

type Object = Map<String, Value>;

/// Reads a document that begins with a bracket or brace.
pub(crate) fn read_json(text: &str, base: &Url, problems: &mut Vec<Problem>) -> RawFeed {
    let bounded = up_to_most_objects(text);
    let parsed = if bounded.len() < text.len() {
        problems.push(Problem::new(
            "too-complex",
            "the document holds more than feeds do; parts were left out",
        ));
        Ok(Value::Object(salvage(&mended(bounded))))
    } else {
        serde_json::from_str(text)
    };
    let mend = |error: serde_json::Error| {
        let mended = mended(text);
        // The first fault may be one that is mended, and the document cut off all the same.
        let kind = match is_open(&mended) {
            true => "truncated",
            false => "not-well-formed",
        };
        problems.push(Problem::new(
            kind,
            format!("the JSON cannot be read whole: {error}"),
        ));
        serde_json::from_str(&mended).unwrap_or_else(|_| Value::Object(salvage(&mended)))
    };
    let feed = match parsed.unwrap_or_else(mend) {
        Value::Object(feed) => Some(feed),
        _ => None,
    };
    match feed.filter(is_feed) {
        Some(feed) => feed_of(&feed, base, problems),
        None => {
            problems.push(Problem::new("not-a-feed", "the JSON is no JSON Feed"));
            RawFeed::default()
        }
    }
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

/// What JavaScript has between strings and JSON has not: a comma before the end of a list, numbers that are none.
static LOOSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r",(?P<end>\s*[}\]])|-?\b(?:NaN|Infinity|undefined)\b")
        .expect("the pattern is valid")
});

/// The document with what JSON has for what other writers write. Between strings: no comma before the end of a list,
/// null for numbers that are none. In strings: U+FFFD for halves of surrogate pairs, as of a text that was cut within
/// one, a space for control characters, and of unknown escapes what they stand for in JavaScript.
fn mended(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        push_structure(&mut mended, &rest[..at]);
        mended.push('"');
        rest = push_string(&mut mended, &rest[at + 1..]);
    }
    push_structure(&mut mended, rest);
    mended
}

/// The brackets and braces of a text outside its strings, each with its place and 1 where it opens, -1 where it closes.
fn brackets(text: &str) -> impl Iterator<Item = (usize, i64)> + '_ {
    let mut is_string = false;
    let mut bytes = text.bytes().enumerate();
    std::iter::from_fn(move || {
        while let Some((at, byte)) = bytes.next() {
            match byte {
                b'\\' => drop(bytes.next()),
                b'"' => is_string = !is_string,
                b'{' | b'[' if !is_string => return Some((at, 1)),
                b'}' | b']' if !is_string => return Some((at, -1)),
                _ => {}
            }
        }
        None
    })
}

/// True if a bracket or brace of a mended document was not closed: whatever is cut off ends within one.
fn is_open(mended: &str) -> bool {
    brackets(mended).map(|(_, step)| step).sum::<i64>() > 0
}

fn push_structure(mended: &mut String, structure: &str) {
    let tight = LOOSE.replace_all(structure, |found: &Captures<'_>| match found.name("end") {
        Some(end) => end.as_str().to_owned(),
        None => "null".to_owned(),
    });
    mended.extend(tight.chars().map(|c| if c < ' ' { ' ' } else { c }));
}

/// Appends a string, from after its opening sign to its end, and says what follows.
fn push_string<'a>(mended: &mut String, text: &'a str) -> &'a str {
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| matches!(c, '\\' | '"') || c < ' ') {
        mended.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('"') {
            mended.push('"');
            return after;
        }
        let (written, length) = mended_sign(rest);
        mended.push_str(&written);
        rest = &rest[length..];
    }
    mended.push_str(rest);
    ""
}

/// What stands for the escape or control character at the start, and how many bytes it takes.
fn mended_sign(text: &str) -> (Cow<'_, str>, usize) {
    let second = text.get(6..).and_then(utf16_escape);
    match (utf16_escape(text), second) {
        (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => return (text[..12].into(), 12),
        (Some(0xD800..=0xDFFF), _) => return ("\u{fffd}".into(), 6),
        (Some(_), _) => return (text[..6].into(), 6),
        _ => {}
    }
    let Some(escaped) = text.strip_prefix('\\') else {
        return (" ".into(), 1);
    };
    if escaped.starts_with(['"', '\\', '/', 'b', 'f', 'n', 'r', 't']) {
        return (text[..2].into(), 2);
    }
    match escaped.strip_prefix('x').and_then(|after| hex(after, 2)) {
        Some(_) => (format!("\\u00{}", &escaped[1..3]).into(), 4),
        None => ("".into(), 1),
    }
}

/// The number of a `\uXXXX` at the start.
fn utf16_escape(text: &str) -> Option<u32> {
    hex(text.strip_prefix("\\u")?, 4)
}

/// The number that a text begins with, of so many digits.
fn hex(text: &str, digits: usize) -> Option<u32> {
    let digits = text.get(..digits)?;
    let is_number = digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_number.then(|| u32::from_str_radix(digits, 16).ok())?
}

/// The fields before the items, and the items that can be read, one by one.
fn salvage(text: &str) -> Object {
    let mut feed = Object::new();
    let Some((head, list)) = text.find("\"items\"").and_then(|at| {
        Some((
            &text[..at],
            text[at + 7..]
                .trim_start()
                .strip_prefix(':')?
                .trim_start()
                .strip_prefix('[')?,
        ))
    }) else {
        return feed;
    };
    let closed_head = format!("{}}}", head.trim_end().trim_end_matches(','));
    if let Ok(Value::Object(head)) = serde_json::from_str(&closed_head) {
        feed = head;
    }
    feed.insert("items".to_owned(), Value::Array(salvage_items(list)));
    feed
}

/// What can be read of the items of a list, from after its bracket. What cannot, an item or what a program complains of
/// between two, is passed over.
fn salvage_items(list: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut rest = list;
    let mut budget = MOST_READINGS * list.len();
    while items.len() < MAX_ITEMS {
        rest = rest.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
        if rest.is_empty() || rest.starts_with(']') {
            break;
        }
        let next = match read_value(rest) {
            Reading::Value(item, after) => {
                items.push(item);
                Some(after)
            }
            Reading::Cut => None,
            Reading::Broken(_) => after_broken(rest).or_else(|| next_item(rest, &mut budget)),
        };
        match next {
            Some(next) => rest = next,
            None => break,
        }
    }
    items
}

/// How often what is broken is read over, on the whole: looking for each next item takes time by the square.
const MOST_READINGS: usize = 8;

/// A value that a text begins with.
enum Reading<'a> {
    /// With what follows it.
    Value(Value, &'a str),
    /// It goes on beyond the end.
    Cut,
    /// With the bytes that were read of it.
    Broken(usize),
}

fn read_value(text: &str) -> Reading<'_> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    match values.next() {
        Some(Ok(value)) => Reading::Value(value, &text[values.byte_offset()..]),
        Some(Err(error)) if !error.is_eof() => Reading::Broken(match error.line() {
            1 => error.column(),
            _ => text.len(),
        }),
        _ => Reading::Cut,
    }
}

/// What follows a broken object, if its brackets match and the next one or the end of the list stands there: where signs
/// of strings are missing they match by chance alone.
fn after_broken(text: &str) -> Option<&str> {
    let after = text.starts_with('{').then(|| after_object(text))??;
    let mut signs = after.chars().filter(|c| !c.is_whitespace());
    let is_between = match signs.next()? {
        ',' => signs.next() == Some('{'),
        sign => sign == ']',
    };
    is_between.then_some(after)
}

/// The text from the next object that is an item, whatever stands before it.
fn next_item<'a>(text: &'a str, budget: &mut usize) -> Option<&'a str> {
    for at in memchr::memchr_iter(b'{', text.as_bytes()) {
        let from = &text[at..];
        let read = match read_value(from) {
            Reading::Value(Value::Object(object), _) if is_item(&object) => return Some(from),
            Reading::Value(_, after) => from.len() - after.len(),
            Reading::Cut => return None,
            Reading::Broken(read) => read,
        };
        *budget = budget.checked_sub(read)?;
    }
    None
}

/// True for an object with an identity and a text; attachments have a type besides, authors no text.
fn is_item(object: &Object) -> bool {
    let has = |names: &[&str]| names.iter().any(|name| object.contains_key(*name));
    has(&["id", "url", "external_url"])
        && has(&["title", "content_html", "content_text", "summary"])
        && !has(&["mime_type"])
}

/// What follows the object that a text begins with, by its brackets; `None` if they do not match.
fn after_object(text: &str) -> Option<&str> {
    let mut depth = 0;
    let mut ends = brackets(text).map(|(at, step)| {
        depth += step;
        (at, depth)
    });
    let (at, depth) = ends.find(|(_, depth)| *depth <= 0)?;
    (depth == 0).then(|| &text[at + 1..])
}

fn feed_of(feed: &Object, base: &Url, problems: &mut Vec<Problem>) -> RawFeed {
    let items = feed
        .get("items")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
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
            .iter()
            .filter_map(Value::as_object)
            .take(MAX_ITEMS)
            .map(|item| item_of(item, &authors, base))
            .collect(),
        ..RawFeed::default()
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

fn time(object: &Object, name: &str) -> Option<crate::news::UtcTime> {
    read_date(&string(object, name)?)
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
mod tests {
    use super::*;

    fn read(text: &str) -> (RawFeed, Vec<Problem>) {
        let base = Url::parse("https://example.org/feed.json").expect("a URL");
        let mut problems = Vec::new();
        (read_json(text, &base, &mut problems), problems)
    }

    #[test]
    fn both_versions_are_read() {
        let (feed, problems) = read(
            r#"{"version":"https://jsonfeed.org/version/1","title":"T","author":{"name":"A"},
                "hubs":[{"type":"WebSub","url":"/hub"}],
                "items":[{"id":7,"url":"/a","title":"One","content_html":"<p>x</p>","date_published":"2025-08-15T10:00:00+02:00"},
                         {"id":"8","authors":[{"name":"B"},{"name":"C"}],"content_text":"y","tags":["k"]}]}"#,
        );
        assert!(problems.is_empty());
        assert_eq!(feed.hub_urls, ["https://example.org/hub"]);
        assert_eq!(feed.items[0].guid.as_deref(), Some("7"));
        assert_eq!(feed.items[0].link.as_deref(), Some("https://example.org/a"));
        assert_eq!(feed.items[0].authors, ["A"]);
        assert_eq!(feed.items[1].authors, ["B", "C"]);
    }

    #[test]
    fn a_document_that_is_mended_is_cut_off_where_it_ends_early_and_whole_where_not() {
        let whole = "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"t\",\"items\":[\
            {\"id\":\"1\",\"content_text\":\"a raw\nbreak { and \\\" a brace\"},\
            {\"id\":\"2\",\"content_text\":\"b\",\"n\":NaN},{\"id\":\"3\",\"content_text\":\"c\"}]}";
        let base = Url::parse("https://paper.example/").unwrap();
        let read = |text: &str| {
            let mut problems = Vec::new();
            let feed = read_json(text, &base, &mut problems);
            (feed.items.len(), problems[0].kind.clone())
        };
        assert_eq!(read(whole), (3, "not-well-formed".to_owned()));
        for end in [whole.len() - 1, whole.len() - 3, whole.len() - 20] {
            let (items, kind) = read(&whole[..end]);
            assert!(items >= 2, "{items}");
            assert_eq!(kind, "truncated", "{}", &whole[..end]);
        }
    }

    #[test]
    fn a_document_cut_off_keeps_its_complete_items() {
        let (feed, problems) = read(
            r#"{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1"},{"id":"2"},{"id":"3","ti"#,
        );
        assert_eq!((feed.title.value.as_str(), feed.items.len()), ("T", 2));
        assert_eq!(problems.len(), 1);
    }

    fn ids(items: &str) -> Vec<String> {
        let (feed, problems) = read(&format!(r#"{{"title":"T","items":[{items}]}}"#));
        assert_eq!(problems.len(), 1, "{items}");
        feed.items
            .into_iter()
            .filter_map(|item| item.guid)
            .collect()
    }

    #[test]
    fn what_other_writers_take_for_json_is_mended() {
        for field in [
            r#""summary":"It\'s""#,
            r#""summary":"\x41\u12\d""#,
            r#""rate":NaN,"other":-Infinity"#,
            r#""tags":["a","b",],"#,
            "\"summary\":\"a\tb\nc\"",
        ] {
            let items = format!(r#"{{"id":"1",{field}}},{{"id":"2"}},"#);
            assert_eq!(ids(&items), ["1", "2"], "{field}");
        }
        let (feed, _) = read(r#"{"items":[{"id":"1","title":"\x41 It\'s, } \\\" NaN,]",}]}"#);
        assert_eq!(feed.items[0].title.value, r#"A It's, } \" NaN,]"#);
    }

    #[test]
    fn an_item_that_cannot_be_read_takes_no_other_with_it() {
        for broken in [
            r#"{"id":"2","title":"He said "no" again"}"#,
            r#"{"id":"2","title":"He said "no"}"#,
            r#"{"id":"2","title":"a","attachments":[{"url":"/a"},{"url":"/b","size":1.}]}"#,
            r#"{"id":"2" "title":"a } b"}"#,
            r#"{id:2}"#,
        ] {
            let others = r#"{"id":"3","title":"C"},{"id":"4","url":"/d"}"#;
            let items = format!(r#"{{"id":"1"}},{broken},{others}"#);
            assert_eq!(ids(&items), ["1", "3", "4"], "{broken}");
        }
        let without_ids = r#"{"items":[{"url":"/1"},{"url":"/2","x":1.},{"url":"/3"}]}"#;
        assert_eq!(read(without_ids).0.items.len(), 2);
    }

    /// An item with its names in the order of the alphabet, as many programs write them.
    fn sorted_item(id: u8, before: &str) -> String {
        format!(r#"{{{before}"content_html":"<p>B</p>","id":"{id}","title":"T","url":"/{id}"}}"#)
    }

    #[test]
    fn authors_and_attachments_are_not_taken_for_the_items_after_a_broken_one() {
        let authors = r#""authors":[{"name":"A"},{"name":"B"}],"#;
        let attachments = r#""attachments":[{"mime_type":"audio/mpeg","title":"a","url":"/a.mp3"},
            {"mime_type":"audio/mpeg","title":"b","url":"/b.mp3"}],"#;
        for before in [authors, attachments] {
            for said in [
                r#""summary":"He said "no" again","#,
                r#""summary":"He said "no","#,
            ] {
                let broken = sorted_item(2, &[before, said].concat());
                let items = [1, 3, 4, 5].map(|id| sorted_item(id, before));
                let list = [&items[..1], &[broken], &items[1..]].concat().join(",");
                assert_eq!(ids(&list), ["1", "3", "4", "5"], "{before} {said}");
                let feed = read(&format!(r#"{{"title":"T","items":[{list}]}}"#)).0;
                assert_eq!(feed.items.len(), 4, "{before} {said}");
            }
        }
    }

    #[test]
    fn what_stands_between_items_takes_none_with_it() {
        for between in [
            "<br />\n<b>Warning</b>: Undefined index in /feed.php on line 3<br />\n",
            "Notice: Undefined variable {x} in /a.php on line 7\n",
            "}",
            "]]",
        ] {
            let [one, two, three] = [1, 2, 3].map(|id| sorted_item(id, ""));
            for (before, after) in [("", ","), (",", "")] {
                let list = format!("{one}{before}{between}{after}{two},{three}");
                let read = ids(&list);
                let is_end = between.starts_with(']');
                let expected = if is_end { &["1"][..] } else { &["1", "2", "3"] };
                assert_eq!(read, expected, "{list}");
            }
        }
        let broken = r#"{"url":"/2","title":"He said "no"}"#;
        let list = format!(r#"{{"title":"A","url":"/1"}},{broken},{{"title":"C","url":"/3"}}"#);
        let feed = read(&format!(r#"{{"items":[{list},{{"id":"4"}}]}}"#)).0;
        assert_eq!(feed.items.len(), 3);
    }

    #[test]
    fn a_list_that_is_broken_all_over_is_read_a_few_times_over() {
        let broken = r#"{"{":[1,2,3,{"a":"#.repeat(20_000);
        let list = [&broken, &*sorted_item(1, "")].concat();
        let mut budget = MOST_READINGS * list.len();
        assert!(next_item(&list, &mut budget).is_none());
        assert!(salvage_items(&list).is_empty());
    }

    #[test]
    fn other_json_is_no_feed() {
        assert_eq!(read(r#"{"a":1}"#).0.format, Format::None);
        assert_eq!(read("[1,2]").0.format, Format::None);
        assert_eq!(read("{").0.format, Format::None);
    }
}
