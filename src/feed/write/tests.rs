//! Tests of the writers: hostile text, equal ids, equal bytes.

use proptest::prelude::*;
use quick_xml::events::Event;

use super::*;
use crate::news::{Image, utc_from_secs};

fn document_of(text: &str, url: &str) -> Document {
    let link = Link {
        url: url.to_owned(),
        title: text.to_owned(),
        language: Some(text.to_owned()),
    };
    Document {
        id: "urn:uuid:00000000-0000-4000-8000-000000000001".to_owned(),
        title: text.to_owned(),
        subtitle: text.to_owned(),
        language: Some(text.to_owned()),
        page_url: "https://news.example/feeds/events".to_owned(),
        address: "https://news.example/feeds/events".to_owned(),
        hub_url: Some("https://news.example/hub".to_owned()),
        updated: utc_from_secs(1_755_300_000),
        ttl_minutes: 5,
        paging: Paging::default(),
        deletions: vec![Deletion {
            id: "urn:uuid:00000000-0000-4000-8000-000000000002".to_owned(),
            at: utc_from_secs(1_755_300_000),
            reason: text.to_owned(),
        }],
        entries: vec![entry_of(text, url, &link)],
    }
}

fn entry_of(text: &str, url: &str, link: &Link) -> Entry {
    Entry {
        id: "urn:uuid:00000000-0000-4000-8000-000000000002".to_owned(),
        title: text.to_owned(),
        published: utc_from_secs(1_755_290_000),
        updated: utc_from_secs(1_755_300_000),
        alternate: url.to_owned(),
        page_url: "https://news.example/events/00000000-0000-4000-8000-000000000002".to_owned(),
        via: Some(link.clone()),
        related: vec![link.clone()],
        absorbed: vec![Absorbed {
            id: "urn:uuid:00000000-0000-4000-8000-000000000004".to_owned(),
            page_url: "https://news.example/events/4".to_owned(),
            title: text.to_owned(),
        }],
        outlets: vec![text.to_owned(), text.to_owned()],
        categories: vec![Category {
            term: text.to_owned(),
            scheme: None,
        }],
        language: Some(text.to_owned()),
        source: Some(SourceFeed {
            id: text.to_owned(),
            url: url.to_owned(),
            title: text.to_owned(),
            updated: utc_from_secs(1_755_280_000),
            site_url: Some(url.to_owned()),
        }),
        in_reply_to: Some(Reply {
            id: "urn:uuid:00000000-0000-4000-8000-000000000003".to_owned(),
            page_url: "https://news.example/events/3".to_owned(),
        }),
        image: Some(Image {
            url: url.to_owned(),
            media_type: Some(text.to_owned()),
            width: Some(640),
            height: None,
            credit: Some(text.to_owned()),
        }),
        body: body_of(text, url, link),
    }
}

fn body_of(text: &str, url: &str, link: &Link) -> Body {
    Body {
        notices: vec![Notice {
            words: text.to_owned(),
            name: text.to_owned(),
            label: text.to_owned(),
            url: Some(url.to_owned()),
        }],
        lede: text.to_owned(),
        place: text.to_owned(),
        occurred_at: Some(utc_from_secs(1_755_290_000)),
        change: text.to_owned(),
        roles: vec![text.to_owned()],
        storyline: Some(link.clone()),
        reports: vec![ReportLine {
            outlet: text.to_owned(),
            title: text.to_owned(),
            url: Some(url.to_owned()),
            language: Some(text.to_owned()),
            role: "update",
            is_first: true,
            is_withdrawn: true,
            note: text.to_owned(),
            reprints: vec![ReprintLine {
                outlet: text.to_owned(),
                url: Some(url.to_owned()),
                ..ReprintLine::default()
            }],
            ..ReportLine::default()
        }],
        events: vec![EventLine {
            title: text.to_owned(),
            url: url.to_owned(),
            place: text.to_owned(),
            outlet_count: 3,
            ..EventLine::default()
        }],
        page_name: "",
    }
}

/// Every text and attribute value of a well-formed document; panics if it is not well-formed.
fn texts_of(xml: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(xml).expect("UTF-8");
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut texts = Vec::new();
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(tag) | Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    let attribute = attribute.expect("well-formed attribute");
                    texts.push(
                        quick_xml::escape::unescape(&attribute.value)
                            .expect("known entities")
                            .into_owned(),
                    );
                }
            }
            Event::Text(text) => texts.push(text.xml10_content().into_owned()),
            Event::Eof => return texts,
            _ => {}
        }
    }
}

fn check_inert(text: &str, url: &str) {
    let document = document_of(text, url);
    for format in OutputFormat::ALL {
        let bytes = write_document(&document, format);
        let whole = std::str::from_utf8(&bytes).expect("UTF-8");
        assert!(
            whole.chars().all(|letter| letter == '\n'
                || !letter.is_control()
                || letter == '\t'
                || letter == '\r'),
            "control character in {format:?}"
        );
        assert!(!whole.contains(['\u{fffe}', '\u{ffff}']));
        if format == OutputFormat::Json {
            let value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
            assert_html_is_inert(value["items"][0]["content_html"].as_str().expect("content"));
        } else {
            texts_of(&bytes);
        }
    }
    let opml = write_opml(
        text,
        document.updated,
        &[(
            "Feeds",
            vec![OutputLine {
                title: text.to_owned(),
                description: text.to_owned(),
                feed_url: url.to_owned(),
                page_url: url.to_owned(),
            }],
        )],
    );
    texts_of(&opml);
}

/// The sanitiser that a careful reader runs has nothing to take away but its own additions.
fn assert_html_is_inert(html: &str) {
    let allowed = ["p", "b", "ul", "li", "a", "em", "bdi"];
    let mut reader = quick_xml::Reader::from_str(html);
    loop {
        match reader.read_event().expect("well-formed fragment") {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                assert!(allowed.iter().any(|allowed| *allowed == name), "{name}");
                for attribute in tag.attributes() {
                    let attribute = attribute.expect("well-formed attribute");
                    let value =
                        quick_xml::escape::unescape(&attribute.value).expect("known entities");
                    match attribute.key.as_ref() {
                        "dir" => assert_eq!(value, "auto"),
                        "href" => assert!(value.starts_with("http"), "{value}"),
                        other => panic!("attribute {other}"),
                    }
                }
            }
            Event::Eof => return,
            _ => {}
        }
    }
}

#[test]
fn hostile_text_in_every_field_comes_out_inert() {
    let texts = [
        "<script>alert(1)</script>",
        "]]><x/>",
        "\"onmouseover=alert(1) '",
        "&amp;lt;script&amp;gt;",
        "a\u{0}b\u{8}c\u{1b}[31m\u{7f}\u{85}",
        "\u{202e}gnp.exe\u{202c}",
        "\u{fffe}\u{ffff}",
        "</script><svg/onload=alert(1)>\u{2028}\u{2029}",
        "<![CDATA[x]]>",
        "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
        "",
        " \t\r\n ",
    ];
    let urls = [
        "https://a.example/?a=1&b=\"<>'",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "java\tscript:alert(1)",
        "https://user:secret@a.example/",
        "",
        "//evil.example",
    ];
    for text in texts {
        for url in urls {
            check_inert(text, url);
        }
    }
}

#[test]
fn credentials_of_an_address_are_not_published() {
    let document = document_of("x", "https://user:secret@a.example/feed");
    for format in OutputFormat::ALL {
        let bytes = write_document(&document, format);
        assert!(!String::from_utf8_lossy(&bytes).contains("secret"));
    }
}

#[test]
fn an_address_is_whole_however_long_and_a_text_is_no_longer_than_a_line() {
    let url = ["https://a.example/", &"x".repeat(3_000)].concat();
    let text = "wörter ".repeat(300);
    let document = document_of(&text, &url);
    for format in OutputFormat::ALL {
        let written = write_document(&document, format);
        let written = String::from_utf8(written).expect("UTF-8");
        let all: Vec<&str> = written.split("https://a.example/").skip(1).collect();
        assert!(!all.is_empty());
        for rest in all {
            let path: String = rest.chars().take_while(|letter| *letter == 'x').collect();
            assert_eq!(path.len(), 3_000, "{format:?}");
        }
        for value in written.split('"') {
            let words = value.matches("wörter").count();
            let is_markup = value.contains('<') || value.contains("&lt;");
            assert!(words < 200 || is_markup, "{format:?}: {words}");
        }
    }
}

#[test]
fn the_same_ids_stand_in_the_same_order_in_all_formats() {
    let link = Link::default();
    let mut document = document_of("x", "https://a.example/");
    for number in 3..6 {
        let mut entry = entry_of("y", "https://a.example/", &link);
        entry.id = format!("urn:uuid:00000000-0000-4000-8000-00000000000{number}");
        entry.in_reply_to = None;
        document.entries.push(entry);
    }
    document.deletions.clear();
    document.entries[0].in_reply_to = None;
    let expected: Vec<String> = document
        .entries
        .iter()
        .map(|entry| entry.id.clone())
        .collect();
    let atom = texts_of(&write_document(&document, OutputFormat::Atom));
    let rss = texts_of(&write_document(&document, OutputFormat::Rss));
    let json: serde_json::Value =
        serde_json::from_slice(&write_document(&document, OutputFormat::Json)).expect("JSON");
    let ids = |texts: &[String]| -> Vec<String> {
        texts
            .iter()
            .filter(|text| expected.contains(text))
            .cloned()
            .collect()
    };
    assert_eq!(ids(&atom), expected);
    assert_eq!(ids(&rss), expected);
    let items = json["items"].as_array().expect("items");
    let in_json: Vec<&str> = items
        .iter()
        .filter_map(|item| item["id"].as_str())
        .collect();
    assert_eq!(in_json, expected);
}

#[test]
fn every_format_says_in_what_language_an_entry_is_and_json_names_each_outlet() {
    let mut document = document_of("x", "https://paper.example/1");
    document.language = None;
    document.entries[0].language = Some("he".to_owned());
    document.entries[0].outlets = vec!["Haaretz".to_owned(), "AP".to_owned()];
    let written = |format| String::from_utf8(write_document(&document, format)).expect("UTF-8");
    assert!(written(OutputFormat::Atom).contains("<entry xml:lang=\"he\">"));
    assert!(written(OutputFormat::Rss).contains("<dc:language>he</dc:language>"));
    let json: serde_json::Value = serde_json::from_str(&written(OutputFormat::Json)).expect("JSON");
    let item = &json["items"][0];
    assert_eq!(item["language"], "he");
    let names = serde_json::json!([{ "name": "Haaretz" }, { "name": "AP" }]);
    assert_eq!(item["authors"], names);
    assert_eq!(json["authors"], serde_json::json!([{ "name": "Dateline" }]));
    document.language = Some("he".to_owned());
    let json: serde_json::Value =
        serde_json::from_slice(&write_document(&document, OutputFormat::Json)).expect("JSON");
    assert_eq!(json["language"], "he");
}

#[test]
fn an_entry_that_is_no_event_does_not_promise_reports() {
    let body = Body {
        page_name: "All changes",
        ..Body::default()
    };
    let html = body_html(&body, "https://news.example/feeds/status");
    assert!(
        html.contains(">All changes</a>") && !html.contains("reports"),
        "{html}"
    );
}

#[test]
fn equal_documents_give_equal_bytes() {
    for format in OutputFormat::ALL {
        let first = write_document(&document_of("ü <b>", "https://a.example/"), format);
        let second = write_document(&document_of("ü <b>", "https://a.example/"), format);
        assert_eq!(first, second);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_in_any_field_gives_well_formed_documents(text in any::<String>(), url in any::<String>()) {
        check_inert(&text, &url);
    }
}
