//! Any bytes, read as a feed. `cargo +nightly fuzz run feeds`

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let base = url::Url::parse("https://feeds.example.net/rss").expect("a URL");
    let _ = dateline::feed::read(bytes, None, &base);
});
