//! The claim `feeds` of `../claims.rs`. `cargo +nightly fuzz run feeds`

#![no_main]

#[path = "../claims.rs"]
#[allow(dead_code, reason = "each target holds one claim")]
mod claims;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| claims::feeds(bytes));
