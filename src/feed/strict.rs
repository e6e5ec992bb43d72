//! The strict reading: feed-rs, fenced in. It is given only text that it is known to survive, and
//! a panic in it is a problem of the document.

use std::panic::{AssertUnwindSafe, catch_unwind};

use feed_rs::model;
use url::Url;

use crate::news::Image;

use super::dates::{self, DateClaim};
use super::parsed::Format;
use super::raw::{RawFeed, RawItem, RawText, TextKind};
use super::urls::LONGEST_ADDRESS;

/// How much of an author is looked at.
const MAX_AUTHOR_BYTES: usize = 4096;

/// True unless the text holds something on which feed-rs 3.0 is known to panic: a letter of
/// several bytes beside an e-mail address in an author, a duration beyond all numbers, or a late
/// declaration; or a base so long that addresses under it take all memory.
pub(crate) fn is_safe_for_strict(text: &str) -> bool {
    let bytes = text.as_bytes();
    let authors = ["<author", "<managingEditor", "<webMaster", "<dc:creator"];
    let has_risky_author = authors.iter().any(|start| {
        memchr::memmem::find_iter(bytes, start.as_bytes()).any(|at| {
            // No more than is judged is looked through: an end may be missing behind each of many starts.
            let value = &bytes[at + 1..bytes.len().min(at + 1 + MAX_AUTHOR_BYTES)];
            let value = &value[..memchr::memchr(b'/', value).unwrap_or(value.len())];
            value.contains(&b'@') && !value.is_ascii()
        })
    });
    let has_risky_duration = memchr::memmem::find_iter(bytes, b"duration").any(|at| {
        let value = &bytes[at..bytes.len().min(at + 256)];
        value
            .split(|b| !b.is_ascii_digit())
            .any(|digits| digits.len() > 12)
    });
    let has_endless_base = memchr::memmem::find_iter(bytes, b"base=").any(|at| {
        let value = &bytes[at + 5..];
        let quote = value.first().copied().unwrap_or(b'"');
        let value = value.get(1..).unwrap_or_default();
        memchr::memchr(quote, value).is_none_or(|length| length > LONGEST_ADDRESS)
    });
    // A declaration anywhere but at the start would change the encoding in mid-stream.
    let rest = without_declaration(text).as_bytes();
    let has_late_declaration = memchr::memmem::find(rest, b"<?xml").is_some();
    !has_risky_author && !has_risky_duration && !has_endless_base && !has_late_declaration
}

/// The text without the XML declaration, whose encoding is no longer true.
fn without_declaration(text: &str) -> &str {
    let start = text.trim_start();
    if !start.starts_with("<?xml") {
        return text;
    }
    start.split_once("?>").map_or(text, |(_, rest)| rest)
}

/// Reads a document with feed-rs; `Err` says why it cannot.
pub(crate) fn read_strictly(text: &str, base: &Url) -> Result<RawFeed, String> {
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some(base.as_str()))
        .sanitize_content(false)
        // The default draws a random id at every reading for what has neither id nor link.
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(dates::read_date)
        .build();
    match catch_unwind(AssertUnwindSafe(|| {
        parser.parse(without_declaration(text).as_bytes())
    })) {
        Ok(Ok(feed)) => Ok(feed_of(feed)),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the strict parser gave up in an unexpected place".to_owned()),
    }
}

fn feed_of(feed: model::Feed) -> RawFeed {
    let links = &feed.links;
    RawFeed {
        format: match feed.feed_type {
            model::FeedType::Atom => Format::Atom,
            model::FeedType::JSON => Format::Json,
            model::FeedType::RSS1 => Format::Rdf,
            model::FeedType::RSS0 | model::FeedType::RSS2 => Format::Rss,
        },
        link: alternate(links),
        self_url: with_rel(links, "self").next(),
        hub_urls: with_rel(links, "hub").collect(),
        language: feed.language,
        published: feed.published.map(DateClaim::from),
        updated: feed.updated.map(DateClaim::from),
        title: feed.title.map(text_of).unwrap_or_default(),
        items: feed.entries.into_iter().map(item_of).collect(),
        ..RawFeed::default()
    }
}

fn item_of(entry: model::Entry) -> RawItem {
    RawItem {
        guid: Some(entry.id).filter(|id| !id.trim().is_empty()),
        link: alternate(&entry.links),
        image: entry.media.iter().find_map(image_of),
        title: entry.title.map(text_of).unwrap_or_default(),
        summary: entry.summary.map(text_of).unwrap_or_default(),
        content: entry.content.map(content_of).unwrap_or_default(),
        authors: entry
            .authors
            .into_iter()
            .filter_map(|person| person.name.or(person.email))
            .collect(),
        published: entry.published.map(DateClaim::from),
        updated: entry.updated.map(DateClaim::from),
        language: entry.language,
        categories: entry
            .categories
            .into_iter()
            .map(|category| category.label.unwrap_or(category.term))
            .collect(),
        ..RawItem::default()
    }
}

fn text_of(text: model::Text) -> RawText {
    let kind = match text.content_type.subty().as_str() {
        "plain" => TextKind::Unsaid,
        _ => TextKind::Html,
    };
    RawText {
        value: text.content,
        kind,
        base: None,
    }
}

fn content_of(content: model::Content) -> RawText {
    let is_text = content.content_type.ty().as_str() == "text"
        || content.content_type.to_string().contains("xhtml");
    RawText {
        value: content.body.filter(|_| is_text).unwrap_or_default(),
        kind: TextKind::Html,
        base: None,
    }
}

fn alternate(links: &[model::Link]) -> Option<String> {
    let is_alternate =
        |link: &&model::Link| link.rel.as_deref().is_none_or(|rel| rel == "alternate");
    links
        .iter()
        .find(is_alternate)
        .map(|link| link.href.clone())
}

fn with_rel<'a>(links: &'a [model::Link], rel: &'a str) -> impl Iterator<Item = String> + 'a {
    links
        .iter()
        .filter(move |link| link.rel.as_deref() == Some(rel))
        .map(|link| link.href.clone())
}

fn image_of(media: &model::MediaObject) -> Option<Image> {
    let credit = media.credits.first().map(|credit| credit.entity.clone());
    let full = media.content.iter().find(|content| {
        content
            .content_type
            .as_ref()
            .is_some_and(|kind| kind.ty().as_str() == "image")
    });
    if let Some((content, url)) = full.and_then(|content| Some((content, content.url.as_ref()?))) {
        return Some(Image {
            url: url.to_string(),
            media_type: content.content_type.as_ref().map(ToString::to_string),
            width: content.width,
            height: content.height,
            credit,
        });
    }
    let thumbnail = &media.thumbnails.first()?.image;
    Some(Image {
        url: thumbnail.uri.clone(),
        media_type: None,
        width: thumbnail.width,
        height: thumbnail.height,
        credit,
    })
}
