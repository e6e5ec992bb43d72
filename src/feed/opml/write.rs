//! Export: the list of subscriptions as OPML 2.0, in folders by category.

use std::collections::BTreeMap;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use url::Url;

use super::OpmlFeed;
use crate::feed::html::one_line;
use crate::news::UtcTime;
use crate::text::clean::inert;

/// Whether user names and passwords in addresses are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Credentials {
    /// Left out: the list may be shown to others.
    #[default]
    Hidden,
    /// Written, because the operator asked for it.
    Shown,
}

/// The list as an OPML 2.0 document that [`super::read_feed_list`] reads back as it was. Feeds of
/// a category stand in a folder of that name; those without stand beside the folders.
pub fn write_feed_list(
    title: &str,
    created: UtcTime,
    feeds: &[OpmlFeed],
    credentials: Credentials,
) -> String {
    let mut list = List(Writer::new_with_indent(Vec::new(), b' ', 2));
    list.put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    list.open("opml", &[("version", "2.0")]);
    list.open("head", &[]);
    list.element("title", title);
    let date = created.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    list.element("dateCreated", &date);
    list.close("head");
    list.open("body", &[]);
    let mut folders: BTreeMap<&str, Vec<&OpmlFeed>> = BTreeMap::new();
    for feed in feeds {
        folders.entry(&feed.category).or_default().push(feed);
    }
    for (category, feeds) in folders {
        if !category.is_empty() {
            list.open("outline", &[("text", category), ("title", category)]);
        }
        for feed in feeds {
            list.feed(feed, credentials);
        }
        if !category.is_empty() {
            list.close("outline");
        }
    }
    list.close("body");
    list.close("opml");
    String::from_utf8(list.0.into_inner()).expect("only UTF-8 was written")
}

struct List(Writer<Vec<u8>>);

impl List {
    fn feed(&mut self, feed: &OpmlFeed, credentials: Credentials) {
        let url = address(&feed.url, credentials);
        let title = if feed.title.is_empty() {
            &url
        } else {
            &feed.title
        };
        let html_url = feed
            .html_url
            .as_deref()
            .map(|url| address(url, credentials));
        let optional = [
            ("htmlUrl", html_url.as_deref()),
            ("outlet", feed.outlet.as_deref()),
            ("kind", feed.kind.map(|kind| kind.name())),
            ("language", feed.language.as_deref()),
            (
                "category",
                Some(feed.category.as_str()).filter(|name| !name.is_empty()),
            ),
        ];
        let mut attributes = vec![
            ("type", "rss"),
            ("text", title.as_str()),
            ("title", title.as_str()),
            ("xmlUrl", url.as_str()),
        ];
        attributes.extend(
            optional
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        self.put(Event::Empty(element("outline", &attributes)));
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.put(Event::Start(element(name, attributes)));
    }

    fn close(&mut self, name: &str) {
        self.put(Event::End(BytesEnd::new(name)));
    }

    fn element(&mut self, name: &str, text: &str) {
        self.open(name, &[]);
        self.put(Event::Text(BytesText::new(&clean(text))));
        self.close(name);
    }

    fn put(&mut self, event: Event<'_>) {
        self.0
            .write_event(event)
            .expect("writing to memory does not fail");
    }
}

fn element<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut element = BytesStart::new(name);
    for (key, value) in attributes {
        element.push_attribute((*key, clean(value).as_str()));
    }
    element
}

/// What XML can hold and a line can show.
fn clean(text: &str) -> String {
    one_line(&inert(text))
}

fn address(url: &str, credentials: Credentials) -> String {
    if credentials == Credentials::Shown || !url.contains('@') {
        return url.to_owned();
    }
    match Url::parse(url) {
        Ok(mut parsed) if !parsed.username().is_empty() || parsed.password().is_some() => {
            // Both can fail only for addresses without a host, which no feed has.
            let _ = parsed.set_username("");
            let _ = parsed.set_password(None);
            parsed.into()
        }
        _ => url.to_owned(),
    }
}
