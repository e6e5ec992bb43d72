//! Import: whatever other readers write, read leniently and within bounds. Nothing is fetched, no
//! entity of the document is expanded, `include` outlines are not followed.

use std::collections::HashSet;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::OpmlFeed;
use crate::feed::decode::decode;
use crate::feed::doctype::Entities;
use crate::feed::entities::decode_entities;
use crate::feed::html::{looks_like_html, one_line, plain_text};
use crate::feed::urls::web_url;
use crate::news::{OutletKind, Problem};
use crate::text::clean::inert;
use crate::text::language::two_letters;

/// The largest list that is read: a hundred thousand feeds at 200 bytes each.
const MOST_BYTES: usize = 20 * 1024 * 1024;
/// The most feeds taken from one list: more than any reader exports, and as many as one machine
/// is meant to visit.
const MOST_FEEDS: usize = 20_000;
/// The most elements looked at.
const MOST_ELEMENTS: usize = 500_000;
/// Folders below this depth no longer add to the category.
const DEEPEST_FOLDER: usize = 8;
/// The longest title, outlet or category, in characters.
const LONGEST_NAME: usize = 200;
/// The most attributes looked at in one outline.
const MOST_ATTRIBUTES: usize = 64;
/// The most problems of one list that are told one by one.
const MOST_PROBLEMS: usize = 50;

/// Reads an OPML list as [`decode_feed_list`] and [`read_feed_text`] do.
pub fn read_feed_list(bytes: &[u8]) -> (Vec<OpmlFeed>, Vec<Problem>) {
    let (text, problems) = decode_feed_list(bytes);
    let (feeds, mut more) = read_feed_text(&text);
    more.splice(0..0, problems);
    (feeds, more)
}

/// The text of an OPML list, by its byte order mark, its XML declaration or a guess, and what could not be read.
pub fn decode_feed_list(bytes: &[u8]) -> (String, Vec<Problem>) {
    let mut problems = Vec::new();
    // No more than what is told to be too large; a letter of two bytes may be cut, which tells nothing.
    let most = &bytes[..bytes.len().min(MOST_BYTES + 1)];
    let text = decode(most, None, &mut problems).text.into_owned();
    (text, problems)
}

/// Reads an OPML list, whatever encoding it declares: the feeds in its order, each address once, and what was
/// wrong. Never fails; a truncated list gives the feeds before the cut.
pub fn read_feed_text(text: &str) -> (Vec<OpmlFeed>, Vec<Problem>) {
    let mut list = List::default();
    if text.len() > MOST_BYTES {
        let message = format!("the list has more than {MOST_BYTES} bytes: split it");
        list.problem("opml-too-large", message);
        return list.finish();
    }
    list.read(text);
    list.finish()
}

/// The list as it grows.
#[derive(Default)]
struct List {
    feeds: Vec<OpmlFeed>,
    seen: HashSet<String>,
    /// One entry for each open element: the name of the folder, if it is one.
    open: Vec<Option<String>>,
    is_opml: bool,
    problems: Vec<Problem>,
    untold: usize,
}

/// What an outline says, as written.
#[derive(Default)]
struct Outline {
    url: Option<String>,
    html_url: Option<String>,
    title: Option<String>,
    text: Option<String>,
    kind_of_outline: Option<String>,
    category: Option<String>,
    outlet: Option<String>,
    kind: Option<String>,
    language: Option<String>,
}

impl List {
    fn read(&mut self, text: &str) {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        for _ in 0..MOST_ELEMENTS {
            match reader.read_event() {
                Ok(Event::Start(element)) => self.start(&element, true),
                Ok(Event::Empty(element)) => self.start(&element, false),
                Ok(Event::End(_)) => {
                    self.open.pop();
                }
                Ok(Event::Eof) => return,
                Ok(_) => {}
                Err(error) => {
                    let at = reader.buffer_position();
                    self.problem(
                        "opml-broken",
                        format!(
                            "the list is broken at byte {at} ({error}); what stands before is read"
                        ),
                    );
                    return;
                }
            }
            if self.feeds.len() >= MOST_FEEDS {
                self.problem(
                    "opml-too-many",
                    format!("only the first {MOST_FEEDS} feeds of the list are taken"),
                );
                return;
            }
        }
        self.problem(
            "opml-too-many",
            format!("only the first {MOST_ELEMENTS} elements of the list are read"),
        );
    }

    fn start(&mut self, element: &BytesStart<'_>, stays_open: bool) {
        let name = element.local_name();
        let name = name.as_ref();
        let mut folder = None;
        if name.eq_ignore_ascii_case("opml") {
            self.is_opml = true;
        } else if name.eq_ignore_ascii_case("outline") {
            folder = self.outline(read_outline(element));
        }
        if stays_open {
            // Deeper elements are counted, so that their ends match, but not named.
            let named = folder.filter(|_| self.open.len() < 4 * DEEPEST_FOLDER);
            self.open.push(named);
        }
    }

    /// Takes the feed of an outline; the name of the folder if it is one instead.
    fn outline(&mut self, outline: Outline) -> Option<String> {
        let name = outline.title.as_deref().or(outline.text.as_deref());
        let Some(address) = outline.url.clone() else {
            return name.map(clean_name).filter(|name| !name.is_empty());
        };
        let says_other = outline.kind_of_outline.as_deref().is_some_and(|kind| {
            ["link", "include", "html", "audio", "song"]
                .iter()
                .any(|other| kind.eq_ignore_ascii_case(other))
        });
        if says_other {
            self.problem(
                "opml-not-a-feed",
                format!("an outline to {} is no feed", shown(&address)),
            );
        } else {
            self.feed(outline, &address);
        }
        None
    }

    fn feed(&mut self, outline: Outline, address: &str) {
        let Some(url) = web_url(address) else {
            self.problem(
                "opml-address",
                format!(
                    "{} is no address on the web; the feed is left out",
                    shown(address)
                ),
            );
            return;
        };
        let url = without_fragment(&url).to_owned();
        if !self.seen.insert(same_address(&url)) {
            self.problem(
                "opml-duplicate",
                format!("{} stands in the list twice", shown(&url)),
            );
            return;
        }
        let title = outline.title.or(outline.text);
        let category = outline
            .category
            .as_deref()
            .map(first_category)
            .filter(|category| !category.is_empty())
            .unwrap_or_else(|| self.folders());
        self.feeds.push(OpmlFeed {
            url,
            title: title.as_deref().map(clean_name).unwrap_or_default(),
            category,
            outlet: outline
                .outlet
                .as_deref()
                .map(clean_name)
                .filter(|name| !name.is_empty()),
            kind: outline
                .kind
                .as_deref()
                .and_then(|kind| OutletKind::from_name(kind.trim())),
            language: outline.language.as_deref().and_then(two_letters),
            html_url: outline.html_url.as_deref().and_then(web_url),
        });
    }

    fn folders(&self) -> String {
        let names: Vec<&str> = self
            .open
            .iter()
            .flatten()
            .take(DEEPEST_FOLDER)
            .map(String::as_str)
            .collect();
        names.join(" / ")
    }

    fn problem(&mut self, kind: &str, message: String) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems
                .push(Problem::new(kind, inert(&message).into_owned()));
        } else {
            self.untold += 1;
        }
    }

    fn finish(mut self) -> (Vec<OpmlFeed>, Vec<Problem>) {
        if !self.is_opml && self.feeds.is_empty() && self.problems.is_empty() {
            self.problem("not-opml", "the document is no OPML list".to_owned());
        }
        if self.untold > 0 {
            let message = format!("{} more problems of the same list", self.untold);
            self.problems.push(Problem::new("opml-more", message));
        }
        (self.feeds, self.problems)
    }
}

fn read_outline(element: &BytesStart<'_>) -> Outline {
    let mut outline = Outline::default();
    let entities = Entities::default();
    for attribute in element
        .html_attributes()
        .with_checks(false)
        .take(MOST_ATTRIBUTES)
        .flatten()
    {
        let slot = match attribute
            .key
            .local_name()
            .as_ref()
            .to_ascii_lowercase()
            .as_str()
        {
            "xmlurl" | "url" | "feedurl" => &mut outline.url,
            "htmlurl" => &mut outline.html_url,
            "title" => &mut outline.title,
            "text" => &mut outline.text,
            "type" => &mut outline.kind_of_outline,
            "category" => &mut outline.category,
            "outlet" => &mut outline.outlet,
            "kind" => &mut outline.kind,
            "language" | "lang" => &mut outline.language,
            _ => continue,
        };
        let value = decode_entities(&attribute.value, &entities);
        if slot.is_none() && !value.trim().is_empty() {
            *slot = Some(value.into_owned());
        }
    }
    outline
}

/// A name as plain text on one line.
fn clean_name(name: &str) -> String {
    // Markup in a name is layout, and what lies beyond this has no part in it.
    let name: String = name.chars().take(10 * LONGEST_NAME).collect();
    let text = if looks_like_html(&name) || name.contains('<') {
        plain_text(&name)
    } else {
        name
    };
    let line = one_line(&inert(&text));
    line.chars()
        .take(LONGEST_NAME)
        .collect::<String>()
        .trim_end()
        .to_owned()
}

/// OPML 2.0 categories are slash-delimited and separated by commas: the first one counts.
fn first_category(category: &str) -> String {
    let first = category.split(',').next().unwrap_or_default();
    let parts: Vec<String> = first
        .split('/')
        .map(clean_name)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" / ")
}

fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(before, _)| before)
}

/// What two spellings of one address have in common.
fn same_address(url: &str) -> String {
    url::Url::parse(url).map_or_else(|_| url.to_owned(), String::from)
}

/// An address as it may be shown: cut, and without user name and password.
fn shown(address: &str) -> String {
    let bare = match address.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find('/').unwrap_or(rest.len());
            let host = rest[..end].rfind('@').map_or(0, |at| at + 1);
            format!("{scheme}://{}", &rest[host..])
        }
        None => address.to_owned(),
    };
    bare.chars().take(120).collect()
}
