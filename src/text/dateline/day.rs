//! The day in a dateline, in the languages whose agencies are covered.

use chrono::{Datelike, Days, NaiveDate};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::months::month_of;
use crate::text::words::plain_digit;

/// First letters of the names of the months, in lower case: enough to tell them apart.
const MONTHS: [(&str, u32); 79] = [
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
    // German, Scandinavian
    ("jän", 1),
    ("mär", 3),
    ("mai", 5),
    ("maj", 5),
    ("okt", 10),
    ("dez", 12),
    ("des", 12),
    // French
    ("fév", 2),
    ("fev", 2),
    ("avr", 4),
    ("juin", 6),
    ("juil", 7),
    ("aoû", 8),
    ("aou", 8),
    ("déc", 12),
    // Spanish, Portuguese, Italian
    ("ene", 1),
    ("abr", 4),
    ("ago", 8),
    ("set", 9),
    ("out", 10),
    ("dic", 12),
    ("gen", 1),
    ("mag", 5),
    ("giu", 6),
    ("lug", 7),
    ("ott", 10),
    // Turkish
    ("oca", 1),
    ("şub", 2),
    ("nis", 4),
    ("haz", 6),
    ("tem", 7),
    ("ağu", 8),
    ("eyl", 9),
    ("eki", 10),
    ("kas", 11),
    ("ara", 12),
    // Russian
    ("янв", 1),
    ("фев", 2),
    ("мар", 3),
    ("апр", 4),
    ("мая", 5),
    ("май", 5),
    ("июн", 6),
    ("июл", 7),
    ("авг", 8),
    ("сен", 9),
    ("окт", 10),
    ("ноя", 11),
    ("дек", 12),
    // Dutch
    ("mei", 5),
    ("maa", 3),
    ("mrt", 3),
    // Ukrainian
    ("січ", 1),
    ("лют", 2),
    ("бер", 3),
    // Hindi, as far as the first sign that joins two letters
    ("जन", 1),
    ("फर", 2),
    ("मार", 3),
    ("अप", 4),
    ("मई", 5),
    ("जून", 6),
    ("जुल", 7),
    ("अग", 8),
    ("सित", 9),
    ("अक", 10),
    ("नव", 11),
    ("दिस", 12),
];

/// The day that `text` names: `Jan. 5`, `5 ene 2026`, `5 de enero`, `1er déc.`, `31 декабря`, `1月5日`, `5日`.
/// A missing year or month is the one that puts the day nearest to `near`. `None` if it is no day.
pub(super) fn read_day(text: &str, near: NaiveDate) -> Option<NaiveDate> {
    let text: String = text.chars().map(plain_digit).collect();
    let numbers: Vec<u32> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect();
    // The first word of `1er déc.` and of `5 de enero` names no month.
    let named = || {
        let mut words = text.split(|c: char| !c.is_alphabetic());
        words.find_map(|word| month_number(&word.to_lowercase()))
    };
    let year = numbers.iter().copied().find(|number| *number >= 1900);
    let small: Vec<u32> = numbers
        .into_iter()
        .filter(|number| (1..=31).contains(number))
        .collect();
    let (month, day) = if text.contains('月') {
        (*small.first()?, *small.get(1)?)
    } else if text.contains('日') {
        return nearest_of_months(*small.first()?, near);
    } else {
        (named()?, *small.first()?)
    };
    match year {
        Some(year) => NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day),
        None => nearest(month, day, near),
    }
}

fn month_number(word: &str) -> Option<u32> {
    let begun = MONTHS.iter().filter(|(start, _)| word.starts_with(start));
    let begun = begun.max_by_key(|(start, _)| start.len());
    begun.map(|(_, month)| *month).or_else(|| {
        let bare: String = word.nfd().filter(|c| !is_combining_mark(*c)).collect();
        month_of(&bare)
    })
}

/// The nearest date of that day of a month.
fn nearest_of_months(day: u32, near: NaiveDate) -> Option<NaiveDate> {
    // A day comes back after 31 days, or after 62 if a month has none.
    let dates = (0..=31).flat_map(|days| {
        let days = Days::new(days);
        [near.checked_sub_days(days), near.checked_add_days(days)]
    });
    dates.flatten().find(|date| date.day() == day)
}

/// The date of that month and day nearest to `near`.
fn nearest(month: u32, day: u32, near: NaiveDate) -> Option<NaiveDate> {
    // 183 days: half a year in either direction.
    let latest = near.checked_add_days(Days::new(183))?;
    (0..5).find_map(|back| {
        NaiveDate::from_ymd_opt(latest.year() - back, month, day).filter(|date| *date <= latest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_named_whatever_stands_between_its_number_and_its_month() {
        let near = NaiveDate::from_ymd_opt(2026, 1, 6).expect("a day");
        for (text, day) in [
            ("1er déc.", "2025-12-01"),
            ("1er janvier 2026", "2026-01-01"),
            ("5 de enero", "2026-01-05"),
            ("5 de enero de 2026", "2026-01-05"),
            ("5 de março", "2026-03-05"),
            ("5º maggio", "2026-05-05"),
            ("5 ene", "2026-01-05"),
            ("Jan. 5", "2026-01-05"),
            ("31 декабря", "2025-12-31"),
            ("1月5日", "2026-01-05"),
            ("5日", "2026-01-05"),
        ] {
            let found = read_day(text, near).map(|found| found.to_string());
            assert_eq!(found.as_deref(), Some(day), "{text}");
        }
        assert_eq!(read_day("5 de la tarde", near), None);
    }
}
