//! Any text as a link: no panic, and canonical links are their own canonical links.
#![no_main]

use dateline::text::links::canonical_link;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let once = canonical_link(text);
    assert_eq!(canonical_link(&once), once);
});
