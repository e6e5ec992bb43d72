//! Claims on lists of feeds, friendly and hostile.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::news::utc_from_secs;

fn urls(list: &str) -> Vec<String> {
    read_feed_list(list.as_bytes())
        .0
        .into_iter()
        .map(|feed| feed.url)
        .collect()
}

fn kinds(list: &str) -> Vec<String> {
    read_feed_list(list.as_bytes())
        .1
        .into_iter()
        .map(|problem| problem.kind)
        .collect()
}

#[test]
fn folders_become_the_category_unless_the_outline_names_one() {
    let list = r#"<opml version="2.0"><body>
        <outline text="World"><outline title="Africa">
          <outline type="rss" text="One" xmlUrl="https://one.example/feed"/></outline>
          <outline text="Two" category="/Sports/Rowing,other" xmlUrl="https://two.example/feed"/>
        </outline>
        <outline text="Three" xmlUrl="https://three.example/feed"/>
      </body></opml>"#;
    let (feeds, problems) = read_feed_list(list.as_bytes());
    let categories: Vec<&str> = feeds.iter().map(|feed| feed.category.as_str()).collect();
    assert_eq!(categories, ["World / Africa", "Sports / Rowing", ""]);
    assert_eq!(problems, []);
}

#[test]
fn lists_of_the_nineties_and_of_careless_readers_are_read() {
    let list = "junk before <?xml version='1.0'?><OPML version=1.1><body>\
        <OUTLINE TEXT='A & B' URL=https://one.example/?a=1&b=2 />\
        <outline text=\"C\" xmlurl=\"feed://two.example/x?a=1&amp;b=2\"></outline>\
        </body>";
    assert_eq!(
        urls(list),
        [
            "https://one.example/?a=1&b=2",
            "http://two.example/x?a=1&b=2"
        ]
    );
}

#[test]
fn a_list_cut_short_gives_the_feeds_before_the_cut() {
    let list =
        r#"<opml><body><outline xmlUrl="https://one.example/"/><outline xmlUrl="https://two.ex"#;
    assert_eq!(urls(list), ["https://one.example/"]);
    assert_eq!(kinds(list), ["opml-broken"]);
}

#[test]
fn an_address_that_leads_nowhere_on_the_web_is_left_out() {
    let list = r#"<opml><body>
        <outline text="a" xmlUrl="javascript:alert(1)"/>
        <outline text="b" xmlUrl="file:///etc/passwd"/>
        <outline text="c" xmlUrl="JAVA&#10;SCRIPT:alert(1)"/>
        <outline text="d" xmlUrl="data:text/xml,x"/>
        <outline text="e" xmlUrl="/relative"/>
        <outline text="f" type="include" xmlUrl="https://one.example/list.opml"/>
        <outline text="g" xmlUrl="https://ok.example/" htmlUrl="javascript:alert(1)"/>
      </body></opml>"#;
    let (feeds, problems) = read_feed_list(list.as_bytes());
    assert_eq!(feeds.len(), 1);
    assert_eq!(feeds[0].html_url, None);
    assert_eq!(problems.len(), 6);
}

#[test]
fn one_address_is_one_feed() {
    let list = r#"<opml><body><outline text="a" xmlUrl="https://one.example/x"/>
        <outline text="b" xmlUrl="HTTPS://ONE.example:443/x#top"/></body></opml>"#;
    assert_eq!(urls(list), ["https://one.example/x"]);
    assert_eq!(kinds(list), ["opml-duplicate"]);
}

#[test]
fn markup_in_a_title_is_text() {
    let list = r#"<opml><body><outline text="&lt;b&gt;News&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt;&#x202e; &amp;amp; more" xmlUrl="https://one.example/"/></body></opml>"#;
    let title = &read_feed_list(list.as_bytes()).0[0].title;
    assert!(
        !title.contains(['<', '>', '\u{202e}']) && !title.contains("alert"),
        "{title}"
    );
    assert!(title.starts_with("News"), "{title}");
}

#[test]
fn entities_of_the_document_are_neither_fetched_nor_expanded() {
    let list = r#"<!DOCTYPE opml [<!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY a "aaaaaaaaaa">
        <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
        <opml><body><outline text="&file;&c;" xmlUrl="https://one.example/">&c;</outline></body></opml>"#;
    let feeds = read_feed_list(list.as_bytes()).0;
    assert_eq!(feeds.len(), 1);
    assert!(feeds[0].title.len() < 20 && !feeds[0].title.contains("root:"));
}

#[test]
fn hostile_lists_are_done_with_in_bounded_time() {
    let deep = format!("<opml><body>{}", "<outline text='x'>".repeat(10_000));
    let many = format!("<opml><body>{}", "<outline/>".repeat(1_000_000));
    let many_feeds: String = (0..30_000)
        .map(|n| format!("<outline xmlUrl='https://e.example/{n}'/>"))
        .collect();
    let huge = vec![b'<'; 100 * 1024 * 1024];
    let wide = format!("<opml><outline {}/></opml>", "a='b' ".repeat(200_000));
    let started = Instant::now();
    assert!(read_feed_list(deep.as_bytes()).0.is_empty());
    assert_eq!(kinds(&many), ["opml-too-many"]);
    assert_eq!(urls(&format!("<opml><body>{many_feeds}")).len(), 20_000);
    assert_eq!(read_feed_list(&huge).1[0].kind, "opml-too-large");
    assert!(read_feed_list(wide.as_bytes()).0.is_empty());
    // Two seconds each in a release build; debug builds are some ten times slower.
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn what_is_no_list_says_so() {
    assert_eq!(kinds("<html><body>Not found</body></html>"), ["not-opml"]);
    assert_eq!(kinds(""), ["not-opml"]);
}

#[test]
fn an_export_hides_passwords_unless_asked() {
    let feed = OpmlFeed {
        url: "https://user:secret@one.example/feed".to_owned(),
        ..OpmlFeed::default()
    };
    let now = utc_from_secs(0);
    let hidden = write_feed_list("x", now, std::slice::from_ref(&feed), Credentials::Hidden);
    assert!(!hidden.contains("secret") && hidden.contains("https://one.example/feed"));
    let shown = write_feed_list("x", now, &[feed], Credentials::Shown);
    assert!(shown.contains("user:secret@"));
}

proptest! {
    #[test]
    fn what_is_exported_is_imported_as_it_was(
        parts in proptest::collection::vec(("[A-Za-z0-9 &é銀'.]{1,20}", "[A-Z][a-z]{0,8}", 0..3u8), 0..12),
    ) {
        let feeds: Vec<OpmlFeed> = parts
            .iter()
            .enumerate()
            .filter(|(_, (title, _, _))| !title.trim().is_empty())
            .map(|(n, (title, category, kind))| OpmlFeed {
                url: format!("https://e.example/{n}?a=1&b=2"),
                title: title.split_whitespace().collect::<Vec<_>>().join(" "),
                category: category.clone(),
                outlet: (*kind > 0).then(|| "The <Outlet> & Co".replace(['<', '>'], "")),
                kind: [None, Some(OutletKind::Wire), Some(OutletKind::Outlet)][usize::from(*kind)],
                language: (*kind > 0).then(|| "en".to_owned()),
                html_url: None,
            })
            .collect();
        let list = write_feed_list("Feeds", utc_from_secs(0), &feeds, Credentials::Hidden);
        let (mut read, problems) = read_feed_list(list.as_bytes());
        let mut feeds = feeds;
        feeds.sort_by(|one, other| one.url.cmp(&other.url));
        read.sort_by(|one, other| one.url.cmp(&other.url));
        prop_assert_eq!(problems, vec![]);
        prop_assert_eq!(read, feeds);
    }

    #[test]
    fn no_bytes_break_the_import(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read_feed_list(&bytes);
    }
}

/// The starter list with some of its bytes replaced, repeated or cut.
fn mutated_list() -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<prop::sample::Index>(), any::<u8>(), 0..4u8);
    prop::collection::vec(edit, 1..12).prop_map(|edits| {
        let mut bytes = include_bytes!("../../../config/starter.opml")[..4_000].to_vec();
        for (at, byte, what) in edits {
            let at = at.index(bytes.len().max(1));
            match what {
                0 => bytes.truncate(at + 1),
                1 => bytes.insert(at, byte),
                2 => bytes.extend_from_within(at..(at + 80).min(bytes.len())),
                _ => {
                    bytes[at] = *b"<>&\"'=/ \n;#\0"
                        .get(usize::from(byte) % 16)
                        .unwrap_or(&byte)
                }
            }
        }
        bytes
    })
}

proptest! {
    #[test]
    fn a_mutated_list_is_read_and_what_was_read_is_read_again(bytes in mutated_list()) {
        let (feeds, _) = read_feed_list(&bytes);
        let list = write_feed_list("x", utc_from_secs(0), &feeds, Credentials::Shown);
        let (again, _) = read_feed_list(list.as_bytes());
        prop_assert_eq!(again.len(), feeds.len());
    }
}

#[test]
fn a_list_is_read_in_the_encoding_it_declares_also_once_it_is_text() {
    let list = |label: &str| {
        format!(
            r#"<?xml version="1.0" encoding="{label}"?><opml version="2.0"><body>
            <outline text="РИА Новости" xmlUrl="https://ria.example/feed"/></body></opml>"#
        )
    };
    for label in ["windows-1251", "koi8-r", "utf-16", "utf-8"] {
        let text = list(label);
        let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).expect("it is known");
        let bytes: Vec<u8> = match label {
            "utf-16" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ => encoding.encode(&text).0.into_owned(),
        };
        let (text, problems) = decode_feed_list(&bytes);
        assert!(problems.is_empty(), "{label}: {problems:?}");
        assert_eq!(read_feed_text(&text).0[0].title, "РИА Новости", "{label}");
    }
}
