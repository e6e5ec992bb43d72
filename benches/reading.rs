//! How fast feeds are read: feed-rs alone, our whole strict path, and the repair path, on a feed
//! of 5 MB made here; and cleaning, which is measured apart.
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

/// Some 5 MB of items as outlets write them: escaped HTML, full text in CDATA, dates, categories.
fn document() -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
         <channel><title>Bench</title><link>https://example.org/</link>",
    );
    let mut number = 0;
    while text.len() < 5_000_000 {
        number += 1;
        let body =
            "<p>The two sides met for three hours and said they would meet again.</p>".repeat(20);
        text.push_str(&format!(
            "<item><title>Talks end without a deal, part {number} &amp; more</title>\
             <link>https://example.org/{number}</link><guid isPermaLink=\"false\">{number}</guid>\
             <pubDate>Fri, 15 Aug 2025 10:30:00 GMT</pubDate><dc:creator>A. Writer</dc:creator>\
             <category>World</category><description>&lt;p&gt;They met &amp;amp; talked.&lt;/p&gt;</description>\
             <content:encoded><![CDATA[{body}]]></content:encoded></item>"
        ));
    }
    text.push_str("</channel></rss>");
    text
}

/// The same without its end tags of titles: nothing that a strict parser takes.
fn broken() -> String {
    document().replace("</guid>", "</gid>")
}

#[divan::bench]
fn feed_rs_alone(bencher: Bencher) {
    let text = document();
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

#[divan::bench]
fn strict_path(bencher: Bencher) {
    let (text, base) = (document(), base());
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| dateline::feed::count_items_uncleaned(text.as_bytes(), &base));
}

#[divan::bench]
fn repair_path(bencher: Bencher) {
    let (text, base) = (broken(), base());
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| dateline::feed::count_items_uncleaned(text.as_bytes(), &base));
}

#[divan::bench(sample_count = 5)]
fn strict_path_and_cleaning(bencher: Bencher) {
    let (text, base) = (document(), base());
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        dateline::feed::read(text.as_bytes(), None, &base)
            .0
            .items
            .len()
    });
}
