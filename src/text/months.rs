//! Names of months in many languages.

use std::collections::HashMap;
use std::sync::LazyLock;

static MONTHS: LazyLock<HashMap<&'static str, u32>> = LazyLock::new(|| {
    let lines = include_str!("months.txt")
        .lines()
        .filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let (number, names) = line.split_once(' ')?;
            let number = number.parse().ok()?;
            Some(names.split(' ').map(move |name| (name, number)))
        })
        .flatten()
        .collect()
});

/// The number of a month by its name or what it is shortened to, in lower case and without marks; `None` if it
/// is no month of the Gregorian calendar that is known.
pub fn month_of(word: &str) -> Option<u32> {
    MONTHS.get(word).copied()
}
