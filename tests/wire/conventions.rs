//! The confirmed conventions of each agency, one by one: what a title becomes, and what it tells.
//! What is only known from hearsay has no rule and no line in the table (docs/wire-tags.md).

use dateline::news::utc_from_secs;
use dateline::text::wire::{WireInput, read_wire};

const TABLE: &str = include_str!("../fixtures/wire_conventions.txt");

#[test]
fn every_confirmed_convention_is_read() {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let wrong: Vec<String> = lines.filter_map(wrong_in).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is read otherwise than a line of the table says.
fn wrong_in(line: &str) -> Option<String> {
    let columns: Vec<&str> = line.split(" | ").collect();
    let &[outlet_name, language, title, clean, role, number] = columns.as_slice() else {
        return Some(format!("{line:?} has not six columns"));
    };
    let reading = read_wire(&WireInput {
        outlet_name,
        outlet_is_wire: true,
        language,
        title,
        item_time: utc_from_secs(super::ITEM_TIME),
        ..WireInput::default()
    });
    let clean = if clean == "=" { title } else { clean };
    let found_number = reading
        .series_no
        .map_or_else(|| "-".to_owned(), |number| number.to_string());
    let found = (
        reading.clean_title.trim(),
        reading.role.name(),
        found_number.as_str(),
    );
    let expected = (clean, role, number);
    (found != expected).then(|| format!("{title:?}: {found:?}, not {expected:?}"))
}
