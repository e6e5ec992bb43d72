//! RSS 2.0 with Atom links, content:encoded, Dublin Core, threading, archives and Media RSS.

use super::atom::{language_tag, links_of_feed, links_to_absorbed, media, timestamp};
use super::content::body_html;
use super::document::{Document, Entry, OutputFormat};
use super::plain::{one_line, web_address};
use super::xml::Xml;
use crate::news::UtcTime;

const NAMESPACES: [(&str, &str); 7] = [
    ("version", "2.0"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("xmlns:thr", "http://purl.org/syndication/thread/1.0"),
    ("xmlns:fh", "http://purl.org/syndication/history/1.0"),
    ("xmlns:media", "http://search.yahoo.com/mrss/"),
];

/// The document in RSS.
pub(super) fn write_rss(document: &Document) -> Vec<u8> {
    let mut xml = Xml::document();
    xml.open("rss", &NAMESPACES);
    xml.open("channel", &[]);
    head(&mut xml, document);
    for entry in &document.entries {
        item(&mut xml, entry);
    }
    xml.close("channel");
    xml.close("rss");
    xml.into_bytes()
}

fn head(xml: &mut Xml, document: &Document) {
    xml.element("title", &[], &one_line(&document.title));
    xml.element("link", &[], &document.page_url);
    let subtitle = one_line(&document.subtitle);
    let description = if subtitle.is_empty() {
        one_line(&document.title)
    } else {
        subtitle
    };
    xml.element("description", &[], &description);
    if let Some(language) = document.language.as_deref().and_then(language_tag) {
        xml.element("language", &[], language);
    }
    xml.element("lastBuildDate", &[], &rss_date(document.updated));
    xml.element(
        "generator",
        &[],
        concat!("Dateline ", env!("CARGO_PKG_VERSION")),
    );
    xml.element("docs", &[], "https://www.rssboard.org/rss-specification");
    if document.ttl_minutes > 0 {
        xml.element("ttl", &[], &document.ttl_minutes.to_string());
    }
    links_of_feed(xml, document, "atom:link", OutputFormat::Rss);
    if document.paging.archive_of.is_some() {
        xml.empty("fh:archive", &[]);
    }
}

fn item(xml: &mut Xml, entry: &Entry) {
    xml.open("item", &[]);
    xml.element("guid", &[("isPermaLink", "false")], &entry.id);
    xml.element("title", &[], &one_line(&entry.title));
    let link = web_address(&entry.alternate).unwrap_or_else(|| entry.page_url.clone());
    xml.element("link", &[], &link);
    xml.element("pubDate", &[], &rss_date(entry.published));
    xml.element("atom:updated", &[], &timestamp(entry.updated));
    if !entry.outlets.is_empty() {
        xml.element("dc:creator", &[], &one_line(&entry.outlets.join(", ")));
    }
    if let Some(language) = entry.language.as_deref().and_then(language_tag) {
        xml.element("dc:language", &[], language);
    }
    for category in &entry.categories {
        let term = one_line(&category.term);
        match category.scheme {
            Some(scheme) => xml.element("category", &[("domain", scheme)], &term),
            None => xml.element("category", &[], &term),
        }
    }
    if let Some(source) = &entry.source
        && let Some(url) = web_address(&source.url)
    {
        xml.element("source", &[("url", &url)], &one_line(&source.title));
    }
    if let Some(reply) = &entry.in_reply_to {
        let page = reply.page_url.as_str();
        let attributes = [
            ("ref", reply.id.as_str()),
            ("type", "text/html"),
            ("href", page),
        ];
        xml.empty("thr:in-reply-to", &attributes);
    }
    links_to_absorbed(xml, entry, "atom:link");
    if let Some(image) = &entry.image {
        media(xml, image);
    }
    let content = body_html(&entry.body, &entry.page_url);
    if entry.body.lede.is_empty() {
        xml.element("description", &[], &content);
    } else {
        xml.element("description", &[], &escaped_once(&entry.body.lede));
        xml.element("content:encoded", &[], &content);
    }
    xml.close("item");
}

/// RSS descriptions are HTML, so a plain text has to be escaped as HTML before XML escapes it again.
fn escaped_once(text: &str) -> String {
    quick_xml::escape::partial_escape(one_line(text).as_str()).into_owned()
}

fn rss_date(at: UtcTime) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
