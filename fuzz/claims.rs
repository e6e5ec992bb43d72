//! What must hold for any input, whoever makes it up: cargo-fuzz (`fuzz_targets`, nightly), the long
//! run (`examples/mutate.rs`) and `cargo test`, both on stable.

use dateline::feed::opml::{Credentials, read_feed_list, write_feed_list};
use dateline::news::utc_from_secs;
use dateline::text::links::canonical_link;
use dateline::text::wire::{WireInput, read_wire, with_tags};

/// What must hold for these bytes; it panics if it does not.
pub type Claim = fn(&[u8]);

/// Any bytes are read as a feed without a panic.
pub fn feeds(bytes: &[u8]) {
    let base = url::Url::parse("https://feeds.example.net/news/rss").expect("a URL");
    let _ = dateline::feed::read(bytes, None, &base);
}

/// Any text is read as a date without a panic, and what was read is read again from its standard form.
pub fn dates(bytes: &[u8]) {
    if let Some(date) = dateline::feed::read_date(&String::from_utf8_lossy(bytes)) {
        assert_eq!(dateline::feed::read_date(&date.to_rfc3339()), Some(date));
    }
}

/// Any bytes are read as a list of feeds without a panic; what was read is exported and read again.
pub fn opml(bytes: &[u8]) {
    let (feeds, _) = read_feed_list(bytes);
    let list = write_feed_list("fuzz", utc_from_secs(0), &feeds, Credentials::Shown);
    let (again, _) = read_feed_list(list.as_bytes());
    assert_eq!(again.len(), feeds.len());
}

/// Any title (the first line) and summary (the rest) are read without a panic, and the originals can
/// be put together again.
pub fn wire_tags(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (title, summary) = text.split_once('\n').unwrap_or((&text, ""));
    let reading = read_wire(&WireInput {
        outlet_name: "BBC News",
        outlet_is_wire: bytes.len().is_multiple_of(2),
        language: "und",
        title,
        summary,
        link: Some(summary),
        ..WireInput::default()
    });
    assert_eq!(
        with_tags(&reading.clean_title, "title", &reading.tags),
        title
    );
    let original = with_tags(&reading.clean_summary, "summary", &reading.tags);
    assert_eq!(original, summary);
}

/// Any text is made a canonical link without a panic, and a canonical link is its own.
pub fn links(bytes: &[u8]) {
    let once = canonical_link(&String::from_utf8_lossy(bytes));
    assert_eq!(canonical_link(&once), once);
}
