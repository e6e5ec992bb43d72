//! Claims on the preview of small feeds.

use url::Url;

use super::*;
use crate::news::{Role, utc_from_secs};

const FEED: &str = r#"<rss version="2.0"><channel><title>Example Wire</title><language>en-us</language>
<item><guid>a1</guid><link>https://example.org/a?utm_source=rss</link><title>UPDATE 2-Bank cuts rate - Example Wire</title>
<description>PARIS, Jan 5 (Reuters) - The bank cut its rate.</description>
<pubDate>Mon, 05 Jan 2026 10:00:00 +0100</pubDate></item></channel></rss>"#;

fn document_of(parsed: &ParsedFeed) -> serde_json::Value {
    let reader = Reader {
        outlet_name: &parsed.title,
        outlet_is_wire: false,
        now: utc_from_secs(0),
    };
    serde_json::to_value(preview_document(parsed, Vec::new(), reader)).expect("plain values")
}

#[test]
fn the_feeds_own_words_stand_beside_what_was_read_from_them() {
    let base = Url::parse("https://example.org/feed").expect("an address");
    let (parsed, _) = feed::read(FEED.as_bytes(), None, &base);
    let document = document_of(&parsed);
    let item = &document["items"][0];
    assert_eq!(document["format"], "rss");
    assert_eq!(item["id"], "a1");
    assert_eq!(item["title"], "UPDATE 2-Bank cuts rate - Example Wire");
    assert_eq!(item["clean_title"], "Bank cuts rate");
    assert_eq!(item["link"], "https://example.org/a?utm_source=rss");
    assert_eq!(item["canonical_link"], "https://example.org/a");
    assert_eq!(item["published"], "2026-01-05T09:00:00Z");
    assert_eq!(item["role"], Role::Update.name());
    assert_eq!(item["series_no"], 2);
    assert_eq!(item["agency"], "Reuters");
    assert_eq!(item["language"], "en");
    assert_eq!(item["dateline"]["place"], "PARIS");
    assert_eq!(item["dateline"]["date"], "2026-01-05");
    assert_eq!(item["clean_summary"], "The bank cut its rate.");
    assert_eq!(item["outlet_suffix"], "Example Wire");
}

#[test]
fn every_tag_shows_where_it_stood() {
    let base = Url::parse("https://example.org/feed").expect("an address");
    let (parsed, _) = feed::read(FEED.as_bytes(), None, &base);
    let document = document_of(&parsed);
    for tag in document["items"][0]["tags"].as_array().expect("tags") {
        let field = document["items"][0][tag["field"].as_str().expect("a field")].as_str();
        let span = |key: &str| tag["span"][key].as_u64().expect("a byte") as usize;
        assert_eq!(
            field.expect("a text")[span("start")..span("end")],
            tag["text"]
        );
    }
}

#[test]
fn a_page_that_is_no_feed_is_a_failure() {
    assert_eq!(exit_code(&ParsedFeed::default()), ExitCode::FAILURE);
}

#[test]
fn the_preview_of_a_file_uses_established_meanings_and_invents_no_address() {
    let text = r#"<rss version="2.0"><channel><title>T</title><link>/</link><item><link>news/1</link>
<content:encoded>&lt;p&gt;Full text.&lt;/p&gt;</content:encoded><pubDate>Mon, 05 Jan 2026 10:00:00 GMT</pubDate></item>
<item><link>/2</link><dc:date>2026-01-05T10:00:00Z</dc:date></item></channel></rss>"#;
    let base = Url::parse(UNKNOWN_BASE).expect("an address");
    let (parsed, _) = feed::read(text.as_bytes(), None, &base);
    let document = document_of(&parsed);
    let [first, second] = [&document["items"][0], &document["items"][1]];
    assert_eq!(document["link"], "/");
    assert_eq!(first["link"], "news/1");
    assert_eq!(first["summary"], "Full text.");
    assert_eq!(first["updated"], first["published"]);
    assert_eq!(second["link"], "/2");
    assert_eq!(second["published"], serde_json::Value::Null);
    assert_eq!(second["updated"], "2026-01-05T10:00:00Z");
}
