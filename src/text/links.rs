//! The one link of a report: without what says where a reader came from, so that the same report
//! has the same link in every feed. It never makes two reports one: what is not known to be
//! tracking stays. Nothing is fetched, and redirects of link shorteners are not followed.

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;
use url::Url;

const FILE: &str = include_str!("rules/tracking.toml");

/// The canonical form of an absolute http(s) link; any other text comes back trimmed. Idempotent.
///
/// Scheme and host in lower case, no default port, no user name or password, no tracking
/// parameters, no session of a reader, no fragment unless it carries the address (`#!`, `#/`, a part of a live page).
pub fn canonical_link(url: &str) -> String {
    let url = url.trim();
    let Ok(mut parsed) = Url::parse(url) else {
        return url.to_owned();
    };
    if !matches!(parsed.scheme(), "http" | "https") || parsed.host_str().is_none() {
        return url.to_owned();
    }
    // Both can fail only for addresses without a host, which are excluded above.
    let _ = parsed.set_username("");
    let _ = parsed.set_password(None);
    drop_tracking(&mut parsed);
    drop_session(&mut parsed);
    if !parsed
        .fragment()
        .is_some_and(|fragment| is_meaningful(&parsed, fragment))
    {
        parsed.set_fragment(None);
    }
    parsed.into()
}

/// Where a link leads, whatever it asks there: host and path, without scheme, `www.` and the slash at the end. `None` for
/// the address of a whole site, which many items share.
pub fn place_of(link: &str) -> Option<&str> {
    let (_, address) = link.split_once("://")?;
    let address = address.strip_prefix("www.").unwrap_or(address);
    let place = address.split('?').next()?.trim_end_matches('/');
    place.contains('/').then_some(place)
}

/// True if a link leads to a part of its page that may be a report of its own (`#b2`), though the canonical link goes
/// without: no number of a revision, nothing that says where a reader came from, and no part that every page has.
pub fn names_part(url: &str) -> bool {
    let fragment = url.split_once('#').map(|(_, fragment)| fragment);
    fragment.is_some_and(|fragment| !fragment.contains('=') && is_name_of_part(fragment))
}

fn is_name_of_part(fragment: &str) -> bool {
    let is_number = fragment.bytes().all(|b| b.is_ascii_digit());
    let lower = fragment.to_ascii_lowercase();
    let begins_so = |start: &&str| lower.starts_with(start);
    // `#comment-7` and `#commentsList` are of any page, `#commentary-2` is not.
    let is_of_readers = |name: &&str| {
        let is_whole = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_lowercase());
        lower.starts_with(name) && is_whole(&fragment[name.len()..])
    };
    // `#article-3` is one of several, `#main-content` is not.
    let is_called = |name: &&str| {
        lower.strip_prefix(name).is_some_and(|rest| {
            !rest.starts_with(char::is_alphanumeric) && !rest.contains(|c: char| c.is_ascii_digit())
        })
    };
    !is_number
        && !OF_ANY_PAGE.iter().any(begins_so)
        && !OF_READERS.iter().any(is_of_readers)
        && !PARTS_OF_ANY_PAGE.iter().any(is_called)
}

/// How the names of parts begin that many pages have, and what outlets put there to know where readers came from.
const OF_ANY_PAGE: [&str; 4] = ["disqus", "more-", "utm_", "xtor"];

/// What is called so, whatever follows the name, is what readers wrote.
const OF_READERS: [&str; 12] = [
    "comment",
    "comments",
    "commentform",
    "commentlist",
    "commentarea",
    "commentbox",
    "commentaire",
    "commentaires",
    "respond",
    "reply",
    "replies",
    "replyform",
];

/// What parts are called that many pages have.
const PARTS_OF_ANY_PAGE: [&str; 8] = [
    "top",
    "main",
    "maincontent",
    "content",
    "article",
    "rss",
    "feed",
    "atom",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    everywhere: Everywhere,
    valued: Vec<Valued>,
    host: Vec<Host>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Everywhere {
    prefixes: Vec<String>,
    parameters: HashSet<String>,
    keep: HashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Valued {
    parameters: HashSet<String>,
    values: HashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Host {
    hosts: Vec<String>,
    parameters: Vec<String>,
}

struct Rules {
    everywhere: Everywhere,
    valued: Vec<Valued>,
    hosts: HashMap<String, HashSet<String>>,
}

fn rules() -> &'static Rules {
    static RULES: LazyLock<Rules> = LazyLock::new(|| {
        let file: File = toml::from_str(FILE).expect("the embedded tracking.toml is readable");
        let mut hosts: HashMap<String, HashSet<String>> = HashMap::new();
        for rule in file.host {
            let dropped: HashSet<String> = rule
                .parameters
                .iter()
                .map(|name| name.to_lowercase())
                .collect();
            for host in rule.hosts {
                hosts
                    .entry(host)
                    .or_default()
                    .extend(dropped.iter().cloned());
            }
        }
        Rules {
            everywhere: file.everywhere,
            valued: file.valued,
            hosts,
        }
    });
    &RULES
}

/// Leaves the order and the spelling of the other parameters as they are: `?a=1&b=2` and
/// `?b=2&a=1` may be two pages.
fn drop_tracking(url: &mut Url) {
    let Some(query) = url.query() else {
        return;
    };
    let host = url.host_str().unwrap_or_default().to_owned();
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_tracking(&host, pair))
        .collect();
    let kept = kept.join("&");
    url.set_query((!kept.is_empty()).then_some(kept.as_str()));
}

/// What servers written in Java put behind a path for readers without cookies: another one at every visit.
fn drop_session(url: &mut Url) {
    let path = url.path();
    // Most paths have no parameters, and need not be copied to be looked through.
    let has_any = path.contains(';');
    let session = has_any.then(|| path.to_ascii_lowercase().find(";jsessionid="));
    let Some(start) = session.flatten() else {
        return;
    };
    let (kept, session) = path.split_at(start);
    let end = session[1..]
        .find([';', '/'])
        .map_or("", |end| &session[end + 1..]);
    let kept = format!("{kept}{end}");
    url.set_path(&kept);
    drop_session(url);
}

/// True for a parameter of a query at that host that says where a reader came from.
pub(super) fn is_tracking(host: &str, pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name.strip_prefix("amp;").unwrap_or(name).to_lowercase();
    let rules = rules();
    let everywhere = &rules.everywhere;
    if everywhere.keep.contains(&name) {
        return false;
    }
    everywhere.parameters.contains(&name)
        || everywhere
            .prefixes
            .iter()
            .any(|prefix| name.starts_with(prefix))
        || rules.valued.iter().any(|rule| {
            rule.parameters.contains(&name) && rule.values.contains(&value.to_lowercase())
        })
        || of_host(host, &name)
}

/// Rules hold for a host and everything under it.
fn of_host(host: &str, name: &str) -> bool {
    let hosts = &rules().hosts;
    let mut rest = host;
    loop {
        if hosts.get(rest).is_some_and(|names| names.contains(name)) {
            return true;
        }
        match rest.split_once('.') {
            Some((_, parent)) => rest = parent,
            None => return false,
        }
    }
}

/// `#!page`, `#/page`, and the parts of a live page, which are reports of their own; the `#0`,
/// `#1` of the BBC are numbers of revisions, and `#xtor=RSS-1` says where a reader came from.
fn is_meaningful(url: &Url, fragment: &str) -> bool {
    let on_live_page = url.path_segments().is_some_and(|mut segments| {
        segments.any(|segment| segment == "live" || segment == "liveblog")
    });
    let host = url.host_str().unwrap_or_default();
    let is_origin = |pair: &str| pair.contains('=') && is_tracking(host, pair);
    fragment.len() > 1 && fragment.starts_with(['!', '/'])
        || (on_live_page && is_name_of_part(fragment) && !fragment.split('&').all(is_origin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tracking_goes_and_the_report_stays() {
        for (given, expected) in [
            (
                "https://www.example.org/a?utm_source=rss&utm_medium=feed",
                "https://www.example.org/a",
            ),
            (
                "https://www.example.org/a?id=7&fbclid=x",
                "https://www.example.org/a?id=7",
            ),
            (
                "https://www.bbc.co.uk/news/articles/c1?at_medium=RSS&at_campaign=KARANGA#0",
                "https://www.bbc.co.uk/news/articles/c1",
            ),
            (
                "https://www.dw.com/en/a/a-1?maca=en-rss-en-all-1573-rdf",
                "https://www.dw.com/en/a/a-1",
            ),
            (
                "https://www.lemonde.fr/a.html?xtor=RSS-3208",
                "https://www.lemonde.fr/a.html",
            ),
            (
                "https://www.aljazeera.com/news/a?traffic_source=rss",
                "https://www.aljazeera.com/news/a",
            ),
            (
                "https://www.cbsnews.com/news/a/?ftag=CNM-00-10aab4i",
                "https://www.cbsnews.com/news/a/",
            ),
            (
                "https://www.cbc.ca/news/a?cmp=rss",
                "https://www.cbc.ca/news/a",
            ),
            (
                "HTTPS://WWW.Example.ORG:443/A?ref=rss",
                "https://www.example.org/A",
            ),
            ("https://user:secret@example.org/a", "https://example.org/a"),
            (
                "http://example.org/view.php?id=7&PHPSESSID=4f1c",
                "http://example.org/view.php?id=7",
            ),
            (
                "http://example.org/view.do;jsessionid=4F1C.node2?id=7",
                "http://example.org/view.do?id=7",
            ),
            (
                "http://example.org/a.asp?ASPSESSIONIDQQ=B1&id=7",
                "http://example.org/a.asp?id=7",
            ),
            (
                "https://example.org/?p=5#comments",
                "https://example.org/?p=5",
            ),
            (
                "https://example.org/live/2026/war.html#xtor=RSS-3208",
                "https://example.org/live/2026/war.html",
            ),
            (
                "https://example.org/live/2026/war.html#ref=rss",
                "https://example.org/live/2026/war.html",
            ),
            (
                "https://example.org/live/2026/war.html#comments",
                "https://example.org/live/2026/war.html",
            ),
            (
                " https://example.org/a&amp;b ",
                "https://example.org/a&amp;b",
            ),
        ] {
            assert_eq!(canonical_link(given), expected, "{given}");
        }
    }

    #[test]
    fn two_reports_never_become_one_link() {
        for (one, other) in [
            // Seen: the id of a report under a name that elsewhere is tracking.
            (
                "https://example.org/a.cfm?SourceCode=1",
                "https://example.org/a.cfm?SourceCode=2",
            ),
            ("https://example.org/a?id=1", "https://example.org/a?id=2"),
            (
                "https://example.org/a?ref=123",
                "https://example.org/a?ref=124",
            ),
            (
                "https://example.org/a?source=gov",
                "https://example.org/a?source=ngo",
            ),
            (
                "https://example.org/a?page=1",
                "https://example.org/a?page=2",
            ),
            ("https://example.org/#!/a", "https://example.org/#!/b"),
            ("https://example.org/#/a", "https://example.org/#/b"),
            (
                "https://example.org/live/2026/x#bridge",
                "https://example.org/live/2026/x#vote",
            ),
            (
                "https://example.org/live/2026/x#article-1",
                "https://example.org/live/2026/x#article-2",
            ),
            (
                "https://example.org/live/2026/x#topple",
                "https://example.org/live/2026/x#entry=2",
            ),
            (
                "https://example.org/live/2026/x#commentary-1",
                "https://example.org/live/2026/x#commentary-2",
            ),
            (
                "https://example.org/live/2026/x#respondents",
                "https://example.org/live/2026/x#replyall",
            ),
            ("https://example.org/a?sid=1", "https://example.org/a?sid=2"),
            ("https://example.org/A", "https://example.org/a"),
            ("https://example.org:8080/a", "https://example.org/a"),
        ] {
            assert_ne!(canonical_link(one), canonical_link(other), "{one}");
        }
    }

    #[test]
    fn a_part_is_named_by_no_number_and_no_origin() {
        for (link, is_part) in [
            ("https://example.org/bulletin.html#b1", true),
            ("https://example.org/bulletin.html", false),
            ("https://example.org/bulletin.html#", false),
            ("https://www.bbc.co.uk/news/articles/c1#0", false),
            ("https://example.org/a#comments", false),
            ("https://example.org/a#comment-7", false),
            ("https://example.org/a#commentsList", false),
            ("https://example.org/a#respond", false),
            ("https://example.org/a#commentary", true),
            ("https://example.org/a#main-content", false),
            ("https://example.org/a#article-3", true),
            ("https://example.org/a#xtor=RSS-1", false),
            ("https://example.org/a#ref=rss", false),
        ] {
            assert_eq!(names_part(link), is_part, "{link}");
        }
    }

    #[test]
    fn what_is_no_web_link_is_left_alone() {
        for text in [
            "",
            "urn:uuid:1",
            "mailto:desk@example.org",
            "not a link",
            "/relative",
        ] {
            assert_eq!(canonical_link(text), text);
        }
    }

    proptest! {
        #[test]
        fn the_canonical_link_of_a_canonical_link_is_itself(text in "https?://[a-z.:@]{1,12}/[a-zA-Z0-9/?&=_#!;%.é-]{0,60}") {
            let once = canonical_link(&text);
            prop_assert_eq!(canonical_link(&once), once);
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC{0,80}") {
            let once = canonical_link(&text);
            prop_assert_eq!(canonical_link(&once), once);
        }
    }
}
