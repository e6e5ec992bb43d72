//! Reading documents as they are in the wild: every fixture, every encoding, mutated inputs, and
//! the attacks of the parsing kind.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use dateline::feed::{self, Format, ParsedFeed};
use dateline::news::{Problem, UtcTime};
use url::Url;

#[path = "../fuzz/claims.rs"]
mod claims;
mod fields;
mod mutation;

fn base() -> Url {
    Url::parse("https://feeds.example.net/news/rss").expect("a URL")
}

fn read(bytes: &[u8]) -> (ParsedFeed, Vec<Problem>) {
    feed::read(bytes, None, &base())
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/feeds");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the fixtures are there")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read(&path).expect("the fixture can be read"))
        })
        .collect()
}

fn has(problems: &[Problem], kind: &str) -> bool {
    problems.iter().any(|problem| problem.kind == kind)
}

fn written(at: Option<UtcTime>) -> String {
    at.map_or_else(
        || "-".to_owned(),
        |at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    )
}

/// One document in lines: what the golden file holds.
fn described(name: &str, feed: &ParsedFeed, problems: &[Problem]) -> String {
    let mut out = String::new();
    let kinds: Vec<_> = problems
        .iter()
        .map(|problem| problem.kind.as_str())
        .collect();
    let _ = writeln!(
        out,
        "{name}: {} | {} | {} | {} | {} | {}",
        feed.format.name(),
        feed.title,
        feed.link.as_deref().unwrap_or("-"),
        feed.language.as_deref().unwrap_or("-"),
        written(feed.updated),
        kinds.join(" "),
    );
    for item in &feed.items {
        let _ = writeln!(
            out,
            "  {} | {} | {} | {} | {} | {} | {}",
            item.guid.as_deref().unwrap_or("-"),
            item.link.as_deref().unwrap_or("-"),
            item.title,
            item.summary.replace('\n', " / "),
            item.content_html.replace('\n', " / "),
            written(item.published),
            written(item.updated),
        );
    }
    out
}

/// `DATELINE_BLESS=1 cargo test` writes the golden file anew; read the difference before keeping it.
#[test]
fn every_fixture_is_read_as_it_was_agreed() {
    let mut found = String::new();
    for (name, bytes) in fixtures() {
        let (feed, problems) = read(&bytes);
        found.push_str(&described(&name, &feed, &problems));
    }
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/feeds.expected.txt");
    if std::env::var_os("DATELINE_BLESS").is_some() {
        std::fs::write(&path, &found).expect("the golden file can be written");
    }
    let expected = std::fs::read_to_string(&path).expect("the golden file is there");
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.lines().count(), expected.lines().count());
}

#[test]
fn a_second_reading_is_the_same_as_the_first() {
    for (name, bytes) in fixtures() {
        assert_eq!(read(&bytes), read(&bytes), "{name}");
    }
}

#[test]
fn polling_reads_the_same_items_without_markup() {
    for (name, bytes) in fixtures() {
        let mut studied = read(&bytes).0;
        for item in &mut studied.items {
            item.content_html.clear();
        }
        let polled = feed::read_polled(&bytes, None, &base()).0;
        assert_eq!(polled.items, studied.items, "{name}");
        let head = |feed: &ParsedFeed| {
            let addresses = (
                feed.link.clone(),
                feed.self_url.clone(),
                feed.hub_urls.clone(),
            );
            (
                feed.format,
                feed.title.clone(),
                feed.language.clone(),
                feed.hints.clone(),
                addresses,
            )
        };
        assert_eq!(head(&polled), head(&studied), "{name}");
    }
}

#[test]
fn no_prefix_of_a_document_makes_the_reader_panic_or_gain_items() {
    for (name, bytes) in fixtures() {
        let whole = read(&bytes).0.items.len();
        for end in (0..bytes.len()).step_by(7) {
            let cut = read(&bytes[..end]).0.items.len();
            assert!(cut <= whole, "{name} cut at {end}: {cut} of {whole}");
        }
    }
}

/// The long run holds the same claims against millions: `examples/mutate.rs`.
#[test]
fn mutated_inputs_break_no_claim() {
    let documents = fixtures().into_iter().map(|(_, bytes)| bytes).collect();
    let claims: [(claims::Claim, Vec<Vec<u8>>); 5] = [
        (claims::feeds, documents),
        (claims::dates, mutation::date_seeds()),
        (claims::opml, mutation::opml_seeds()),
        (claims::wire_tags, mutation::wire_seeds()),
        (claims::links, mutation::link_seeds()),
    ];
    for (claim, seeds) in claims {
        let mut mutator = mutation::Mutator::new(seeds, 1);
        for _ in 0..4_000 {
            claim(&mutator.next());
        }
    }
}

/// How the encoding of a document is made known.
#[derive(Clone, Copy)]
enum Evidence {
    Declared,
    Nothing,
    Header,
    HeaderAgainstDeclaration,
}

fn encoded(text: &str, label: &str) -> Vec<u8> {
    match label {
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => {
            let encoding =
                encoding_rs::Encoding::for_label(label.as_bytes()).expect("a known label");
            let (bytes, _, failed) = encoding.encode(text);
            assert!(!failed, "{label} cannot hold its sentence");
            bytes.into_owned()
        }
    }
}

fn reads_sentence(label: &str, sentence: &str, evidence: Evidence) -> bool {
    let wrong = if label == "utf-8" {
        "iso-8859-1"
    } else {
        "utf-8"
    };
    let declaration = match evidence {
        Evidence::Declared => format!("<?xml version=\"1.0\" encoding=\"{label}\"?>"),
        Evidence::HeaderAgainstDeclaration => {
            format!("<?xml version=\"1.0\" encoding=\"{wrong}\"?>")
        }
        Evidence::Nothing | Evidence::Header => "<?xml version=\"1.0\"?>".to_owned(),
    };
    let text = format!(
        "{declaration}<rss version=\"2.0\"><channel><title>x</title><item><title>{sentence}</title></item></channel></rss>"
    );
    let header = format!("text/xml; charset={label}");
    let header = match evidence {
        Evidence::Header | Evidence::HeaderAgainstDeclaration => Some(header.as_str()),
        Evidence::Declared | Evidence::Nothing => None,
    };
    let (feed, _) = feed::read(&encoded(&text, label), header, &base());
    feed.items.len() == 1 && feed.items[0].title == sentence
}

#[test]
fn twenty_seven_encodings_are_read_by_each_kind_of_evidence() {
    let table: Vec<_> = include_str!("fixtures/encodings.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .collect();
    assert_eq!(table.len(), 27);
    for (evidence, at_least) in [
        (Evidence::Declared, 27),
        (Evidence::Nothing, 24),
        (Evidence::Header, 27),
        (Evidence::HeaderAgainstDeclaration, 27),
    ] {
        let failed: Vec<_> = table
            .iter()
            .filter(|(label, sentence)| !reads_sentence(label, sentence, evidence))
            .map(|(label, _)| *label)
            .collect();
        assert!(
            table.len() - failed.len() >= at_least,
            "not read: {failed:?}"
        );
    }
}

#[test]
fn utf_8_that_is_called_something_else_by_habit_is_read_as_utf_8() {
    let sentence = "Президент встретился с премьером";
    let text = format!("<rss><channel><title>{sentence}</title></channel></rss>");
    for label in ["iso-8859-1", "windows-1251", "koi8-r"] {
        let header = format!("text/xml; charset={label}");
        let (feed, _) = feed::read(text.as_bytes(), Some(&header), &base());
        assert_eq!(feed.title, sentence, "{label}");
    }
}

/// Reads within the time that any document may take, in a build that is optimised. The debug
/// build of tests is given ten times as long.
fn read_in_time(bytes: &[u8]) -> (ParsedFeed, Vec<Problem>) {
    let allowed = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 2 });
    let start = Instant::now();
    let result = read(bytes);
    assert!(start.elapsed() < allowed, "took {:?}", start.elapsed());
    result
}

fn rss_with(inside: &str) -> Vec<u8> {
    format!("<rss version=\"2.0\"><channel><title>x</title>{inside}</channel></rss>").into_bytes()
}

#[test]
fn documents_made_to_hurt_take_bounded_time() {
    let attributes: String = (0..1_000_000).map(|n| format!(" a{n}='1'")).collect();
    let namespaces: String = (0..1_000_000)
        .map(|n| format!(" xmlns:a{n}='u{n}'"))
        .collect();
    let item = "<item><title>t</title></item>";
    for inside in [
        "<a>".repeat(200_000),
        format!("<item><description>{}", "<b>".repeat(200_000)),
        format!("<item{attributes}><title>t</title></item>"),
        format!("<item><title{attributes}>t</title></item>"),
        format!("<item{namespaces}><title>t</title></item>"),
        item.repeat(1_000_000),
        format!("<item><title>{}</title></item>", "x".repeat(20_000_000)),
        "<!--".repeat(500_000),
        "<?".repeat(500_000),
        "<![CDATA[".repeat(300_000),
        format!("{}</item>", "<![CDATA[".repeat(300_000)),
        format!("{}]]>", "<![CDATA[</item>".repeat(300_000)),
        "<a b=\"".repeat(300_000),
        "<x ".repeat(400_000),
        "<x b='>".repeat(300_000),
        "<item><x>".repeat(200_000),
        "<item><x><!-- <item>".repeat(200_000),
        format!("<item><x>{}</x>", "<item>".repeat(300_000)),
        "<!DOCTYPE [".repeat(200_000),
        format!("<item>{}", "<description>x<link>".repeat(50_000)),
        "</item>".repeat(500_000),
        "&#x26;".repeat(500_000),
        in_description(&"<script>x ".repeat(500_000)),
        in_description(&"<eur x ".repeat(500_000)),
        in_description(&"<a href=\"<a href=\"".repeat(300_000)),
        in_description(&"<a href='".repeat(500_000)),
        in_description(&"<style></script><iframe>".repeat(200_000)),
        in_content(&"<p class='wp-caption-text'><figcaption></figcaption>".repeat(20_000)),
        in_content(&"<p class='wp-caption-text'>é<figcaption></figcaption>".repeat(20_000)),
        in_content(&["<figcaption>", &"<p> ".repeat(250_000)].concat()),
        in_content(&"<figcaption>a<p>b".repeat(60_000)),
        format!("<!--{}-->", "<author".repeat(600_000)),
        format!("<item><title>t</title>{}</item>", authors(200_000)),
    ] {
        read_in_time(&rss_with(&inside));
    }
}

fn in_description(text: &str) -> String {
    format!("<item><title>t</title><description><![CDATA[{text}]]></description></item>")
}

fn in_content(text: &str) -> String {
    format!("<item><title>t</title><content:encoded><![CDATA[{text}]]></content:encoded></item>")
}

fn authors(count: usize) -> String {
    let author = |number| format!("<author>a{number}@x (N {number})</author>");
    (0..count).map(author).collect()
}

#[test]
fn a_base_or_an_address_without_end_is_none() {
    let long = "a/".repeat(500_000);
    let entries: String = (0..500)
        .map(|n| format!("<entry><id>u{n}</id><title>t</title><link href='../{n}'/></entry>"))
        .collect();
    let text = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://x.test/{long}'><title>f</title>\
         {entries}<entry><id>last</id><title>t</title><link href='http://x.test/{long}'/></entry></feed>"
    );
    let (feed, _) = read_in_time(text.as_bytes());
    assert_eq!(feed.items.len(), 501);
    let links = feed.items.iter().filter_map(|item| item.link.as_ref());
    assert!(links.clone().all(|link| link.len() < 4_096));
    assert_eq!(
        links.count(),
        500,
        "the others are resolved against what is left"
    );
}

#[test]
fn a_json_document_of_a_million_objects_gives_its_first_items() {
    let items = "{\"id\":1},".repeat(1_000_000);
    let within = format!("{{\"id\":\"x\",\"title\":\"t\",\"more\":[{items}1]}},");
    for (listed, least) in [(items.as_str(), 1), (within.as_str(), 0)] {
        let text = format!(
            "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"f\",\"items\":[{listed}{{\"id\":2}}]}}"
        );
        let (feed, problems) = read_in_time(text.as_bytes());
        assert!(feed.items.len() >= least && feed.items.len() <= 10_000);
        assert!(has(&problems, "too-complex"));
    }
}

#[test]
fn json_items_that_cannot_be_read_take_bounded_time() {
    for broken in [
        "{\"id\":1.,\"url\":\"x\"},",
        "{\"url\":1.},",
        "{\"url\":\"a\"b\"},",
        "{\"id\":[[[{\"a\":\"b\",\"title\":\"c\"d\"},",
    ] {
        let items = broken.repeat(90_000);
        let text = format!("{{\"items\":[{items}{{\"id\":2,\"title\":\"x\"}}]}}");
        read_in_time(text.as_bytes());
    }
}

#[test]
fn json_items_that_cannot_be_read_between_good_ones_take_bounded_time() {
    let pair = "{\"id\":\"b\",\"t\":[1.},{\"id\":\"g\",\"title\":\"t\"},".repeat(4_500);
    let long = "a".repeat(1_000_000);
    let text = format!("{{\"items\":[{pair}{{\"id\":\"z\",\"title\":\"{long}\"}}]}}");
    assert_eq!(read_in_time(text.as_bytes()).0.items.len(), 4_501);
}

#[test]
fn items_are_capped_and_it_is_said() {
    let (feed, problems) = read_in_time(&rss_with(&"<item><title>t</title></item>".repeat(20_000)));
    assert_eq!(feed.items.len(), 10_000);
    assert!(has(&problems, "too-many-items"));
}

#[test]
fn entities_never_grow_and_files_are_never_read() {
    let levels: String = (1..12)
        .map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)))
        .collect();
    let item = "<item><title>x &l11; y</title></item>";
    let bomb_head = format!("<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY l0 \"lol\">{levels}]>");
    let bomb = [bomb_head.as_bytes(), &rss_with(item)].concat();
    assert!(read_in_time(&bomb).0.items[0].title.len() < 100);
    let wide: Vec<u8> = String::from_utf8_lossy(&bomb)
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(read_in_time(&wide).0.items[0].title.len() < 100);
    let repeated = format!("<!DOCTYPE rss [<!ENTITY a \"{}\">]>", "x".repeat(1_000));
    let quadratic = format!("<item><title>{}</title></item>", "&a;".repeat(1_000_000));
    let quadratic = [repeated.into_bytes(), rss_with(&quadratic)].concat();
    assert!(read_in_time(&quadratic).0.items[0].title.len() < 10_000_000);
    let attribute = "<item><link href=\"https://example.org/&l11;\"/></item>";
    let attribute = [bomb_head.into_bytes(), rss_with(attribute)].concat();
    assert!(
        read_in_time(&attribute).0.items[0]
            .link
            .as_ref()
            .is_none_or(|link| link.len() < 1_000)
    );
    let file = "<!DOCTYPE rss [<!ENTITY f SYSTEM \"file:///etc/passwd\"><!ENTITY % p SYSTEM \"http://127.0.0.1/\">%p;]>";
    let file = [
        file.as_bytes().to_vec(),
        rss_with("<item><title>a &f; b</title></item>"),
    ]
    .concat();
    assert!(!read(&file).0.items[0].title.contains("root:"));
}

#[test]
fn what_feed_rs_panics_on_is_read() {
    for name in [
        "rss_utf16be_declared_utf16.xml",
        "rss_koi8_declared_late.xml",
        "rss_author_with_umlaut_and_mail.xml",
        "rss_endless_duration.xml",
    ] {
        let (_, bytes) = fixtures()
            .into_iter()
            .find(|(known, _)| known == name)
            .expect("the fixture");
        assert_eq!(read(&bytes).0.items.len(), 1, "{name}");
    }
}

#[test]
fn only_the_web_is_linked_to_and_nothing_runs() {
    let inside = "<item><title>T</title><link>javascript:alert(1)</link>\
        <guid>data:text/html,x</guid><enclosure url=\"file:///etc/passwd\" type=\"image/png\"/>\
        <description>&lt;a href=\"vbscript:x\" onclick=\"x()\"&gt;t&lt;/a&gt;&lt;script&gt;alert(1)&lt;/script&gt;</description>\
        <content:encoded>&lt;svg onload=alert(1)&gt;&lt;p style=\"x\"&gt;ok&lt;/p&gt;</content:encoded></item>";
    let (feed, _) = read(&rss_with(inside));
    let item = &feed.items[0];
    assert_eq!((item.link.as_deref(), item.image.as_ref()), (None, None));
    assert_eq!(item.summary, "t");
    assert!(!item.content_html.contains("alert") && item.content_html.contains("<p>ok</p>"));
}

#[test]
fn directions_and_control_characters_do_not_reach_titles() {
    let (feed, _) = read(&rss_with(
        "<item><title>a\u{202e}b\u{200b}c\u{7}d &#x1b;[31me</title></item>",
    ));
    assert_eq!(feed.items[0].title, "abcd [31me");
}

#[test]
fn what_stands_before_a_feed_does_not_hide_it() {
    let feed = rss_with("<item><title>t</title></item>");
    for before in [
        "[30-Nov-2026 08:00:00 UTC] PHP Notice:  Undefined index\n",
        "{\"error\":null}\n",
        "Warning: [x]",
    ] {
        let (feed, problems) = read(&[before.as_bytes(), &feed].concat());
        assert_eq!(feed.items.len(), 1, "{before}");
        assert!(!has(&problems, "not-a-feed"), "{before}: {problems:?}");
    }
    assert!(has(&read(b"[1, 2]").1, "not-a-feed"));
}

#[test]
fn a_page_is_no_feed() {
    let (feed, problems) =
        read(b"<!DOCTYPE html><html><head><title>Log in</title></head><body></body></html>");
    assert_eq!((feed.format, feed.items.len()), (Format::None, 0));
    assert!(has(&problems, "not-a-feed"));
}
