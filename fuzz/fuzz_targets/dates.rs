//! Any text, read as a date. `cargo +nightly fuzz run dates`

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = dateline::feed::read_date(text);
});
