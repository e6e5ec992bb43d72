//! What each element means, in one line each.

use url::Url;

use super::read_leniently;
use crate::feed::dates::DateClaim;
use crate::feed::raw::{RawFeed, RawItem};

fn feed_of(channel: &str, item: &str) -> RawFeed {
    let text =
        format!("<rss version=\"2.0\"><channel>{channel}<item>{item}</item></channel></rss>");
    let base = Url::parse("https://example.org/feeds/all").expect("an address");
    read_leniently(&text, &base).feed
}

fn item_of(item: &str) -> RawItem {
    let mut feed = feed_of("", item);
    assert_eq!(feed.items.len(), 1, "{item}");
    feed.items.remove(0)
}

fn day(claim: Option<DateClaim>) -> Option<String> {
    Some(claim?.certain()?.format("%Y-%m-%d").to_string())
}

#[test]
fn each_element_fills_its_field() {
    type Field = fn(&RawItem) -> Option<String>;
    let title: Field = |item| Some(item.title.value.clone());
    let summary: Field = |item| Some(item.summary.value.clone());
    let content: Field = |item| Some(item.content.value.clone());
    let guid: Field = |item| item.guid.clone();
    let link: Field = |item| item.link.clone();
    let published: Field = |item| day(item.published);
    let updated: Field = |item| day(item.updated);
    let created: Field = |item| day(item.created);
    let author: Field = |item| item.authors.first().cloned();
    for (element, field, expected) in [
        ("<title>a</title>", title, "a"),
        ("<TITLE>a</TITLE>", title, "a"),
        ("<dc:title>a</dc:title>", title, "a"),
        ("<atom:title>a</atom:title>", title, "a"),
        ("<media:title>b</media:title><title>a</title>", title, "a"),
        ("<media:title>a</media:title>", title, "a"),
        ("<x><title>b</title></x><title>a</title>", title, "a"),
        (
            "<image><title>b</title></image><title>a</title>",
            title,
            "a",
        ),
        (
            "<source><title>b</title></source><title>a</title>",
            title,
            "a",
        ),
        ("<description>a</description>", summary, "a"),
        ("<summary>a</summary>", summary, "a"),
        ("<abstract>a</abstract>", summary, "a"),
        ("<itunes:summary>a</itunes:summary>", summary, "a"),
        (
            "<description>a</description><summary>b</summary>",
            summary,
            "a",
        ),
        (
            "<media:description>b</media:description><description>a</description>",
            summary,
            "a",
        ),
        ("<content>a</content>", content, "a"),
        ("<content:encoded>a</content:encoded>", content, "a"),
        ("<fullitem>a</fullitem>", content, "a"),
        (
            "<description>b</description><description>a</description>",
            content,
            "a",
        ),
        ("<guid>a</guid>", guid, "a"),
        ("<id>a</id>", guid, "a"),
        ("<link>/a</link>", link, "https://example.org/a"),
        ("<link href='/a'/>", link, "https://example.org/a"),
        (
            "<link rel='self' href='/b'/><link href='/a'/>",
            link,
            "https://example.org/a",
        ),
        ("<guid>https://e.org/a</guid>", link, "https://e.org/a"),
        (
            "<guid isPermaLink='false'>https://e.org/b</guid><link>/a</link>",
            link,
            "https://example.org/a",
        ),
        (
            "<pubDate>Fri, 15 Aug 2025</pubDate>",
            published,
            "2025-08-15",
        ),
        ("<issued>2025-08-15</issued>", published, "2025-08-15"),
        (
            "<dcterms:issued>2025-08-15</dcterms:issued>",
            published,
            "2025-08-15",
        ),
        ("<dc:date>2025-08-15</dc:date>", updated, "2025-08-15"),
        ("<modified>2025-08-15</modified>", updated, "2025-08-15"),
        (
            "<lastBuildDate>Fri, 15 Aug 2025</lastBuildDate>",
            updated,
            "2025-08-15",
        ),
        (
            "<dcterms:created>2025-08-15</dcterms:created>",
            created,
            "2025-08-15",
        ),
        ("<author>a</author>", author, "a"),
        (
            "<author><name>a</name><email>b@e.org</email></author>",
            author,
            "a",
        ),
        ("<dc:creator>a</dc:creator>", author, "a"),
    ] {
        let found = field(&item_of(element));
        assert_eq!(found.as_deref(), Some(expected), "{element}");
    }
}

#[test]
fn a_title_in_a_picture_source_or_search_box_is_not_the_feeds() {
    for aside in [
        "<image><title>b</title><link>/b</link></image>",
        "<textInput><title>b</title><link>/b</link></textInput>",
        "<textinput><title>b</title><link>/b</link></textinput>",
    ] {
        for channel in [
            format!("{aside}<title>a</title><link>/a</link>"),
            format!("<title>a</title><link>/a</link>{aside}"),
        ] {
            let feed = feed_of(&channel, "");
            assert_eq!(feed.title.value, "a", "{channel}");
            assert_eq!(
                feed.link.as_deref(),
                Some("https://example.org/a"),
                "{channel}"
            );
        }
    }
}

#[test]
fn what_a_feed_says_of_itself_is_its_subtitle() {
    for element in [
        "description",
        "subtitle",
        "tagline",
        "itunes:subtitle",
        "dc:description",
    ] {
        let feed = feed_of(
            &format!("<{element}>a</{element}>"),
            "<description>b</description>",
        );
        assert_eq!(feed.subtitle.value, "a", "{element}");
    }
}

#[test]
fn an_address_as_the_feeds_id_stands_in_for_its_link() {
    let feed = feed_of("<id>https://e.org/</id>", "");
    assert_eq!(feed.id, feed.link);
    let feed = feed_of("<id>https://e.org/</id><link>/a</link>", "");
    assert_eq!(feed.link.as_deref(), Some("https://example.org/a"));
    assert_eq!(feed_of("<id>urn:x:1</id>", "").link, None);
}

#[test]
fn a_base_holds_for_what_is_within_it() {
    let item = item_of("<x xml:base='/a/'><link>b</link></x>");
    assert_eq!(item.link.as_deref(), Some("https://example.org/a/b"));
    let item = item_of("<x xml:base='/a/'></x><link>b</link>");
    assert_eq!(item.link.as_deref(), Some("https://example.org/feeds/b"));
}

fn titles_of(text: &str) -> Vec<String> {
    let base = Url::parse("https://example.org/feeds/all").expect("an address");
    let items = read_leniently(text, &base).feed.items;
    items.into_iter().map(|item| item.title.value).collect()
}

#[test]
fn a_section_that_is_never_closed_takes_no_items_with_it() {
    for title in [
        "<title><![CDATA[B</title>",
        "<title><![CDATA[B</title><guid>2</guid>",
    ] {
        for last in ["<title>C</title>", "<title><![CDATA[C]]></title>"] {
            let text = format!(
                "<rss><channel><item><title>A</title></item><item>{title}</item><item>{last}</item></channel></rss>"
            );
            assert_eq!(titles_of(&text), ["A", "B", "C"], "{text}");
        }
    }
}

#[test]
fn a_section_that_is_read_again_ends_where_it_ended() {
    let item = item_of(
        "<description>a<link>/b</link><x><![CDATA[c]]></x><guid><![CDATA[d]]></guid><y><![CDATA[e]]></y>",
    );
    assert_eq!(item.guid.as_deref(), Some("d"));
}

#[test]
fn a_default_namespace_of_another_vocabulary_around_items_hides_none() {
    for space in [
        "http://search.yahoo.com/mrss/",
        "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "http://purl.org/dc/elements/1.1/",
        "http://www.w3.org/1999/xhtml",
    ] {
        let item =
            "<item><title>A</title><g xmlns='http://search.yahoo.com/mrss/'><item/></g></item>";
        for text in [
            format!("<rss xmlns='{space}'><channel>{item}</channel></rss>"),
            format!("<rss><channel xmlns='{space}'>{item}</channel></rss>"),
        ] {
            assert_eq!(titles_of(&text), ["A"], "{text}");
        }
    }
}

#[test]
fn what_only_begins_like_an_item_stays_within_the_item_that_it_stands_in() {
    for inside in [
        "<timeline><entry><title>B</title></entry><entry><title>C</title></entry></timeline>",
        "<related><item><title>B</title></item><item><title>C</title></item></related>",
        "<x><related><item><title>B</title></item></related></x>",
        "<timeline><entry><![CDATA[</item></timeline>]]></entry><entry/></timeline>",
    ] {
        let text = format!(
            "<rss><channel><item><title>A</title>{inside}<guid>1</guid></item><item><title>D</title></item></channel></rss>"
        );
        assert_eq!(titles_of(&text), ["A", "D"], "{inside}");
    }
}

#[test]
fn an_element_that_is_never_closed_takes_no_items_with_it() {
    for (first, next) in [
        ("<x>", ""),
        ("<x>", "<x></x>"),
        ("<x>", "<x>"),
        ("<x></x>", "<x>"),
        ("<p>one", "<p>two</p>"),
    ] {
        for end in ["</item>", ""] {
            let text = format!(
                "<rss><channel><item><title>A</title>{first}{end}<item><title>B</title>{next}{end}<item><title>C</title>{next}</item></channel></rss>"
            );
            assert_eq!(titles_of(&text), ["A", "B", "C"], "{text}");
        }
    }
    // The end of the first item is missing, and the second begins within what it left open.
    let text = "<rss><channel><item><title>A</title><x>a<item><title>B</title>b</x></item></channel></rss>";
    assert_eq!(titles_of(text), ["A", "B"]);
}
