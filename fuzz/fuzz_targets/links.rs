//! The claim `links` of `../claims.rs`. `cargo +nightly fuzz run links`

#![no_main]

#[path = "../claims.rs"]
#[allow(dead_code, reason = "each target holds one claim")]
mod claims;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| claims::links(bytes));
