//! The claim `dates` of `../claims.rs`. `cargo +nightly fuzz run dates`

#![no_main]

#[path = "../claims.rs"]
#[allow(dead_code, reason = "each target holds one claim")]
mod claims;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| claims::dates(bytes));
