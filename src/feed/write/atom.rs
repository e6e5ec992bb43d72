//! Atom 1.0 (RFC 4287) with threading (RFC 4685), archives (RFC 5005), tombstones (RFC 6721) and
//! Media RSS.

use super::content::body_html;
use super::document::{Deletion, Document, Entry, Link, OutputFormat, with_ending};
use super::plain::{one_line, web_address};
use super::xml::Xml;
use crate::news::{Image, UtcTime};

const NAMESPACES: [(&str, &str); 4] = [
    ("xmlns", "http://www.w3.org/2005/Atom"),
    ("xmlns:thr", "http://purl.org/syndication/thread/1.0"),
    ("xmlns:fh", "http://purl.org/syndication/history/1.0"),
    ("xmlns:media", "http://search.yahoo.com/mrss/"),
];

/// Named only where it is used: the feed validator warns of it.
const TOMBSTONES: (&str, &str) = ("xmlns:at", "http://purl.org/atompub/tombstones/1.0");

/// The document in Atom.
pub(super) fn write_atom(document: &Document) -> Vec<u8> {
    let mut xml = Xml::document();
    let mut attributes = NAMESPACES.to_vec();
    if !document.deletions.is_empty() {
        attributes.push(TOMBSTONES);
    }
    if let Some(language) = document.language.as_deref().and_then(language_tag) {
        attributes.push(("xml:lang", language));
    }
    xml.open("feed", &attributes);
    head(&mut xml, document);
    for deletion in &document.deletions {
        deleted_entry(&mut xml, deletion);
    }
    for one in &document.entries {
        entry(&mut xml, one);
    }
    xml.close("feed");
    xml.into_bytes()
}

fn head(xml: &mut Xml, document: &Document) {
    xml.element("id", &[], &document.id);
    xml.element("title", &[], &one_line(&document.title));
    if !document.subtitle.is_empty() {
        xml.element("subtitle", &[], &one_line(&document.subtitle));
    }
    xml.element("updated", &[], &timestamp(document.updated));
    xml.open("author", &[]);
    xml.element("name", &[], "Dateline");
    xml.close("author");
    let version = env!("CARGO_PKG_VERSION");
    xml.element("generator", &[("version", version)], "Dateline");
    links_of_feed(xml, document, "link", OutputFormat::Atom);
    let page = [
        ("rel", "alternate"),
        ("type", "text/html"),
        ("href", document.page_url.as_str()),
    ];
    xml.empty("link", &page);
    if document.paging.archive_of.is_some() {
        xml.empty("fh:archive", &[]);
    }
}

/// rel=self, hub and the archives; RSS writes the same elements with a prefix.
pub(super) fn links_of_feed(xml: &mut Xml, document: &Document, name: &str, format: OutputFormat) {
    let own = document.self_url(format);
    let media_type = format.media_type();
    let link = |xml: &mut Xml, rel: &str, href: &str| {
        xml.empty(name, &[("rel", rel), ("type", media_type), ("href", href)]);
    };
    link(xml, "self", &own);
    if let Some(hub) = &document.hub_url {
        xml.empty(name, &[("rel", "hub"), ("href", hub)]);
    }
    let paging = &document.paging;
    for (rel, address) in [
        ("current", &paging.archive_of),
        ("prev-archive", &paging.previous),
        ("next-archive", &paging.next),
    ] {
        if let Some(address) = address {
            link(xml, rel, &with_ending(address, format));
        }
    }
}

fn deleted_entry(xml: &mut Xml, deletion: &Deletion) {
    let when = timestamp(deletion.at);
    xml.open(
        "at:deleted-entry",
        &[("ref", &deletion.id), ("when", &when)],
    );
    xml.element("at:comment", &[], &one_line(&deletion.reason));
    xml.close("at:deleted-entry");
}

fn entry(xml: &mut Xml, entry: &Entry) {
    match entry.language.as_deref().and_then(language_tag) {
        Some(language) => xml.open("entry", &[("xml:lang", language)]),
        None => xml.open("entry", &[]),
    }
    xml.element("id", &[], &entry.id);
    xml.element("title", &[], &one_line(&entry.title));
    xml.element("published", &[], &timestamp(entry.published));
    xml.element("updated", &[], &timestamp(entry.updated));
    people(xml, entry);
    links_of_entry(xml, entry);
    for category in &entry.categories {
        let term = one_line(&category.term);
        match category.scheme {
            Some(scheme) => {
                xml.empty("category", &[("term", &term), ("scheme", scheme)]);
            }
            None => xml.empty("category", &[("term", &term)]),
        }
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
    source(xml, entry);
    if let Some(image) = &entry.image {
        media(xml, image);
    }
    if !entry.body.lede.is_empty() {
        xml.element("summary", &[], &one_line(&entry.body.lede));
    }
    let content = body_html(&entry.body, &entry.page_url);
    xml.element("content", &[("type", "html")], &content);
    xml.close("entry");
}

fn people(xml: &mut Xml, entry: &Entry) {
    for (index, outlet) in entry.outlets.iter().enumerate() {
        let name = if index == 0 { "author" } else { "contributor" };
        xml.open(name, &[]);
        xml.element("name", &[], &one_line(outlet));
        xml.close(name);
    }
}

fn links_of_entry(xml: &mut Xml, entry: &Entry) {
    let alternate = web_address(&entry.alternate).unwrap_or_else(|| entry.page_url.clone());
    xml.empty(
        "link",
        &[
            ("rel", "alternate"),
            ("type", "text/html"),
            ("href", &alternate),
        ],
    );
    if let Some(via) = &entry.via {
        link(xml, "via", via);
    }
    for related in &entry.related {
        link(xml, "related", related);
    }
    if alternate != entry.page_url {
        let page = entry.page_url.as_str();
        xml.empty(
            "link",
            &[
                ("rel", "related"),
                ("type", "text/html"),
                ("href", page),
                ("title", "All reports"),
            ],
        );
    }
    links_to_absorbed(xml, entry, "link");
}

/// The pages of the entries that were merged into this one; RSS writes the same with a prefix.
pub(super) fn links_to_absorbed(xml: &mut Xml, entry: &Entry, name: &str) {
    for absorbed in &entry.absorbed {
        let title = one_line(&["Merged into this: ", &absorbed.title].concat());
        xml.empty(
            name,
            &[
                ("rel", "related"),
                ("type", "text/html"),
                ("href", &absorbed.page_url),
                ("title", &title),
            ],
        );
    }
}

fn link(xml: &mut Xml, rel: &str, link: &Link) {
    let Some(url) = web_address(&link.url) else {
        return;
    };
    let title = one_line(&link.title);
    let mut attributes = vec![("rel", rel), ("type", "text/html"), ("href", &url)];
    if let Some(language) = link.language.as_deref().and_then(language_tag) {
        attributes.push(("hreflang", language));
    }
    if !title.is_empty() {
        attributes.push(("title", &title));
    }
    xml.empty("link", &attributes);
}

fn source(xml: &mut Xml, entry: &Entry) {
    let Some(source) = &entry.source else { return };
    let Some(url) = web_address(&source.url) else {
        return;
    };
    xml.open("source", &[]);
    xml.element("id", &[], &one_line(&source.id));
    xml.element("title", &[], &one_line(&source.title));
    xml.element("updated", &[], &timestamp(source.updated));
    xml.empty("link", &[("rel", "self"), ("href", &url)]);
    if let Some(site) = source.site_url.as_deref().and_then(web_address) {
        let attributes = [("rel", "alternate"), ("type", "text/html"), ("href", &site)];
        xml.empty("link", &attributes);
    }
    xml.close("source");
}

/// A picture in Media RSS, the same in both XML formats.
pub(super) fn media(xml: &mut Xml, image: &Image) {
    let Some(url) = web_address(&image.url) else {
        return;
    };
    // A picture without extent is one of which the extent is not known.
    let extent = |pixels: Option<u32>| pixels.filter(|pixels| *pixels > 0);
    let width = extent(image.width).map(|pixels| pixels.to_string());
    let height = extent(image.height).map(|pixels| pixels.to_string());
    let mut attributes = vec![("url", url.as_str()), ("medium", "image")];
    let media_type = image
        .media_type
        .as_deref()
        .filter(|name| is_image_type(name));
    for (name, value) in [
        ("type", media_type),
        ("width", width.as_deref()),
        ("height", height.as_deref()),
    ] {
        attributes.extend(value.map(|value| (name, value)));
    }
    xml.open("media:content", &attributes);
    let mut thumbnail = vec![("url", url.as_str())];
    thumbnail.extend(width.as_deref().map(|value| ("width", value)));
    thumbnail.extend(height.as_deref().map(|value| ("height", value)));
    xml.empty("media:thumbnail", &thumbnail);
    let credit = image.credit.as_deref().map(one_line).unwrap_or_default();
    if !credit.is_empty() {
        xml.element("media:credit", &[], &credit);
    }
    xml.close("media:content");
}

/// Letters of a tag of a language or of the name of a media type: what is longer is none.
const LONGEST_TAG: usize = 127;

fn is_image_type(name: &str) -> bool {
    name.strip_prefix("image/").is_some_and(|rest| {
        (1..=LONGEST_TAG).contains(&rest.len())
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// RFC 3339 in UTC, to the second, or finer where the time is.
pub(super) fn timestamp(at: UtcTime) -> String {
    match at.timestamp_subsec_micros() {
        0 => at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        _ => at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
    }
}

/// The tag if it has the shape of one (RFC 5646 as Atom's schema has it) and says something.
pub(super) fn language_tag(tag: &str) -> Option<&str> {
    if tag.len() > LONGEST_TAG {
        return None;
    }
    let mut parts = tag.split('-');
    let first = parts.next()?;
    let is_shaped = (1..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    (is_shaped && tag != "und").then_some(tag)
}
