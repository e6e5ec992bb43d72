//! Any title and summary: no panic, and the originals can be put together again.
#![no_main]

use dateline::text::wire::{WireInput, read_wire, with_tags};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, bool)| {
    let (title, summary, outlet_is_wire) = input;
    let reading = read_wire(&WireInput {
        outlet_name: "BBC News",
        outlet_is_wire,
        language: "und",
        title,
        summary,
        link: Some(summary),
        ..WireInput::default()
    });
    assert_eq!(with_tags(&reading.clean_title, "title", &reading.tags), title);
    assert_eq!(with_tags(&reading.clean_summary, "summary", &reading.tags), summary);
});
