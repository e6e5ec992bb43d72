//! How fast feeds are read: feed-rs alone, our whole strict path, and the repair path, on feeds of
//! 5 MB made here; and cleaning, which is measured apart.
//! `cargo bench --bench reading`

use divan::Bencher;
use divan::counter::BytesCount;
use url::Url;

fn main() {
    divan::main();
}

fn base() -> Url {
    Url::parse("https://feeds.example.net/rss").expect("a URL")
}

/// What the items of a feed are like.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Full text in CDATA beside the lead.
    FullTexts,
    /// Title, link, lead and date.
    Leads,
    /// Atom, with the content as escaped HTML.
    Atom,
}

const KINDS: [Kind; 3] = [Kind::FullTexts, Kind::Leads, Kind::Atom];

/// Some 5 MB of items as outlets write them.
fn document(kind: Kind) -> String {
    let (start, end) = match kind {
        Kind::Atom => (
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>urn:bench</id><title>Bench</title>",
            "</feed>",
        ),
        _ => (
            "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Bench</title>\
             <link>https://example.org/</link>",
            "</channel></rss>",
        ),
    };
    let mut text = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{start}");
    let mut number = 0;
    while text.len() < 5_000_000 {
        number += 1;
        text.push_str(&item(kind, number));
    }
    text + end
}

fn item(kind: Kind, number: usize) -> String {
    let sentence = "The two sides met for three hours and said they would meet again.";
    let title = format!("Talks end without a deal, part {number} &amp; more");
    match kind {
        Kind::FullTexts => format!(
            "<item><title>{title}</title><link>https://example.org/{number}</link>\
             <guid isPermaLink=\"false\">{number}</guid><pubDate>Fri, 15 Aug 2025 10:30:00 GMT</pubDate>\
             <dc:creator>A. Writer</dc:creator><category>World</category>\
             <description>&lt;p&gt;They met &amp;amp; talked.&lt;/p&gt;</description>\
             <content:encoded><![CDATA[{}]]></content:encoded></item>",
            format!("<p>{sentence}</p>").repeat(20)
        ),
        Kind::Leads => format!(
            "<item><title>{title}</title><link>https://example.org/{number}</link>\
             <guid isPermaLink=\"false\">{number}</guid><pubDate>Fri, 15 Aug 2025 10:30:00 GMT</pubDate>\
             <description>{}</description></item>",
            format!("{sentence} ").repeat(6)
        ),
        Kind::Atom => format!(
            "<entry><id>urn:{number}</id><title>{title}</title><link href=\"https://example.org/{number}\"/>\
             <updated>2025-08-15T10:30:00Z</updated><author><name>A. Writer</name></author>\
             <summary>{sentence}</summary><content type=\"html\">{}</content></entry>",
            format!("&lt;p&gt;{sentence}&lt;/p&gt;").repeat(10)
        ),
    }
}

/// The same with a wrong end tag in each item: nothing that a strict parser takes.
fn broken(kind: Kind) -> String {
    document(kind)
        .replace("</guid>", "</gid>")
        .replace("</name>", "</nam>")
}

#[divan::bench(args = KINDS)]
fn feed_rs_alone(bencher: Bencher, kind: Kind) {
    let text = document(kind);
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let parser = feed_rs::parser::Builder::new()
            .sanitize_content(false)
            .build();
        parser
            .parse(text.as_bytes())
            .expect("well formed")
            .entries
            .len()
    });
}

#[divan::bench(args = KINDS)]
fn strict_path(bencher: Bencher, kind: Kind) {
    let (text, base) = (document(kind), base());
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| dateline::feed::count_items_uncleaned(text.as_bytes(), &base));
}

#[divan::bench(args = KINDS)]
fn repair_path(bencher: Bencher, kind: Kind) {
    let (text, base) = (broken(kind), base());
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| dateline::feed::count_items_uncleaned(text.as_bytes(), &base));
}

#[divan::bench(sample_count = 5)]
fn strict_path_and_cleaning(bencher: Bencher) {
    let (text, base) = (document(Kind::FullTexts), base());
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        dateline::feed::read(text.as_bytes(), None, &base)
            .0
            .items
            .len()
    });
}
