//! Any bytes as a list of feeds: no panic, and what was read is exported and read again.
#![no_main]

use dateline::feed::opml::{Credentials, read_feed_list, write_feed_list};
use dateline::news::utc_from_secs;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (feeds, _) = read_feed_list(bytes);
    let list = write_feed_list("fuzz", utc_from_secs(0), &feeds, Credentials::Shown);
    let (again, _) = read_feed_list(list.as_bytes());
    assert_eq!(again.len(), feeds.len());
});
