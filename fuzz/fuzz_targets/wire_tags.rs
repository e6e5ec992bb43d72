//! The claim `wire_tags` of `../claims.rs`. `cargo +nightly fuzz run wire_tags`

#![no_main]

#[path = "../claims.rs"]
#[allow(dead_code, reason = "each target holds one claim")]
mod claims;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| claims::wire_tags(bytes));
