//! Autodiscovery: the feeds that a page names in its head (`<link rel="alternate">`). It reads tags
//! leniently and follows nothing.

use url::Url;

/// Pages name a handful; more is somebody's joke.
const MOST_LINKS: usize = 20;

/// A feed that a page names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamedFeed {
    /// Address, absolute, http or https.
    pub(super) url: String,
    /// Title as the page gives it; empty if none.
    pub(super) title: String,
}

/// The feeds that a page names, in its order; feeds of comments only if there are no others.
pub(super) fn find_feeds(page: &str, page_url: &Url) -> Vec<NamedFeed> {
    let base = tags(page, "base")
        .find_map(|tag| page_url.join(&attribute(tag, "href")?).ok())
        .unwrap_or_else(|| page_url.clone());
    let mut feeds: Vec<NamedFeed> = Vec::new();
    for tag in tags(page, "link") {
        let Some(url) = feed_address(tag, &base) else {
            continue;
        };
        if feeds.len() < MOST_LINKS && feeds.iter().all(|feed| feed.url != url) {
            let title = attribute(tag, "title").unwrap_or_default();
            feeds.push(NamedFeed { url, title });
        }
    }
    let is_comments = |feed: &NamedFeed| {
        let text = format!("{} {}", feed.url, feed.title).to_lowercase();
        text.contains("comment") || text.contains("kommentar")
    };
    if feeds.iter().any(|feed| !is_comments(feed)) {
        feeds.retain(|feed| !is_comments(feed));
    }
    feeds
}

fn feed_address(tag: &str, base: &Url) -> Option<String> {
    const TYPES: [&str; 4] = [
        "application/atom+xml",
        "application/rss+xml",
        "application/feed+json",
        "application/rdf+xml",
    ];
    let relations = attribute(tag, "rel")?.to_lowercase();
    let mut relations = relations.split_ascii_whitespace();
    let media_type = attribute(tag, "type")?.to_lowercase();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    let href = attribute(tag, "href")?;
    let is_feed = TYPES.contains(&media_type)
        || media_type == "application/json" && calls_itself_feed(tag, &href);
    if !relations.any(|rel| rel == "alternate") || !is_feed {
        return None;
    }
    let mut url = base.join(href.trim()).ok()?;
    url.set_fragment(None);
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

/// JSON Feed had no type of its own at first; most other JSON that pages name is of a programming interface, as
/// WordPress's of each page.
fn calls_itself_feed(tag: &str, href: &str) -> bool {
    let title = attribute(tag, "title").unwrap_or_default();
    [href, &title]
        .iter()
        .any(|text| text.to_lowercase().contains("feed"))
}

/// The insides of the tags of that name, in order.
fn tags<'a>(page: &'a str, name: &'static str) -> impl Iterator<Item = &'a str> {
    page.split('<').skip(1).filter_map(move |rest| {
        let (word, inside) = rest.split_at_checked(name.len())?;
        let ends_there = inside.starts_with(|c: char| c.is_ascii_whitespace() || c == '/');
        if !word.eq_ignore_ascii_case(name) || !ends_there {
            return None;
        }
        Some(inside.split_once('>').map_or(inside, |(inside, _)| inside))
    })
}

/// The value of an attribute, with the entities that occur in addresses resolved.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=')?;
        let (found, after) = rest.split_at(end);
        let after = after.trim_start();
        let Some(after) = after.strip_prefix('=') else {
            rest = after;
            continue;
        };
        let after = after.trim_start();
        let (value, next) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inside = &after[1..];
                inside.split_once(quote).unwrap_or((inside, ""))
            }
            _ => {
                let end = after
                    .find(|c: char| c.is_ascii_whitespace())
                    .unwrap_or(after.len());
                after.split_at(end)
            }
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(value.replace("&amp;", "&").replace("&#38;", "&"));
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(page: &str) -> Vec<String> {
        let url = Url::parse("https://paper.test/news/index.html").unwrap();
        find_feeds(page, &url)
            .into_iter()
            .map(|feed| feed.url)
            .collect()
    }

    #[test]
    fn feeds_are_found_however_their_tags_are_written() {
        for (page, expected) in [
            (
                r#"<link rel="alternate" type="application/rss+xml" href="/feed">"#,
                "https://paper.test/feed",
            ),
            (
                r#"<LINK HREF='feed?a=1&amp;b=2' TYPE='application/atom+xml' REL='Alternate'/>"#,
                "https://paper.test/news/feed?a=1&b=2",
            ),
            (
                "<link\n rel=alternate\n type=application/feed+json href=//other.test/f.json#x >",
                "https://other.test/f.json",
            ),
            (
                r#"<link rel="alternate" type="application/json" title="Paper JSON Feed" href="/n.json">"#,
                "https://paper.test/n.json",
            ),
            (
                r#"<link rel="alternate" type="application/json" href="/feeds/json">"#,
                "https://paper.test/feeds/json",
            ),
            (
                r#"<base href="/base/"><link disabled rel="home alternate" type="application/rss+xml; charset=utf-8" href="x">"#,
                "https://paper.test/base/x",
            ),
        ] {
            assert_eq!(find(page), [expected], "{page}");
        }
    }

    #[test]
    fn what_is_no_feed_is_not_found() {
        for page in [
            "",
            "<link",
            "<link rel=",
            r#"<link rel="stylesheet" type="text/css" href="/a">"#,
            r#"<link rel="alternate" hreflang="de" href="/de">"#,
            r#"<link rel="alternate" title="JSON" type="application/json" href="/wp-json/wp/v2/pages/7">"#,
            r#"<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">"#,
            r#"<link rel="alternate" type="application/rss+xml">"#,
            r#"<linkx rel="alternate" type="application/rss+xml" href="/x">"#,
            "<<<>><é",
        ] {
            assert_eq!(find(page), [""; 0], "{page}");
        }
    }

    #[test]
    fn feeds_of_comments_are_taken_only_if_there_are_no_others() {
        let comments =
            r#"<link rel="alternate" type="application/rss+xml" title="Comments" href="/c">"#;
        let news = r#"<link rel="alternate" type="application/rss+xml" title="News" href="/n">"#;
        assert_eq!(
            find(&format!("{news}{comments}{news}")),
            ["https://paper.test/n"]
        );
        assert_eq!(find(comments), ["https://paper.test/c"]);
    }
}
