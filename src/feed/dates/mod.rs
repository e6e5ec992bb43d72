//! Dates as feeds write them: RFC 822 and 3339 and their corruptions, asctime, month names in some
//! twenty languages, Unix seconds. What cannot be read with certainty is absent, never now.

mod calendar;
mod clock_time;
mod words;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, TimeDelta};

use crate::news::UtcTime;

/// Longer texts are no dates.
const MAX_BYTES: usize = 120;
/// Earlier years are a program's zero, not a date of news.
const FIRST_YEAR: i32 = 1900;

/// The instant that a date of a feed means; `None` if it cannot be read with certainty. A date
/// without a zone is taken as UTC, one without a time as midnight.
pub fn read_date(text: &str) -> Option<UtcTime> {
    let text = without_zone_name(text.trim());
    if text.is_empty() || text.len() > MAX_BYTES {
        return None;
    }
    // Only the exact forms: chrono takes unknown zone names as UTC.
    DateTime::parse_from_rfc3339(text)
        .ok()
        .or_else(|| exact_rfc822(text))
        .map(|date| date.to_utc())
        .or_else(|| read_leniently(text))
        // Whole seconds; a leap second counts as the last of its minute.
        .and_then(|date| DateTime::from_timestamp(date.timestamp(), 0))
        .filter(|date| (FIRST_YEAR..=9999).contains(&date.year()))
}

/// RFC 9557 names the zone in brackets after the offset, which counts.
fn without_zone_name(text: &str) -> &str {
    let bare = text.strip_suffix(']').and_then(|text| text.rfind('['));
    bare.map_or(text, |at| text[..at].trim_end())
}

fn exact_rfc822(text: &str) -> Option<DateTime<FixedOffset>> {
    let zone = text.rsplit(' ').next()?;
    let is_plain = zone == "GMT" || (zone.len() == 5 && zone.starts_with(['+', '-']));
    let has_year = text
        .split(' ')
        .any(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()));
    (is_plain && has_year).then(|| DateTime::parse_from_rfc2822(text).ok())?
}

fn read_leniently(text: &str) -> Option<UtcTime> {
    let text = words::joined(words::folded(text));
    if let Some(instant) = calendar::unix_time(&text) {
        return Some(instant);
    }
    let (time, rest) = clock_time::take_time(&text)?;
    let date = calendar::read_day(&rest, time.is_half_day)?;
    let seconds = time.seconds_of_day;
    let offset = time
        .offset_minutes
        .unwrap_or_else(|| words::usual_offset(&text));
    let local: NaiveDateTime = date.and_hms_opt(0, 0, 0)? + TimeDelta::seconds(seconds);
    let zoned = match time.zone {
        Some(zone) => local.and_local_timezone(zone).earliest()?.to_utc(),
        None => (local - TimeDelta::minutes(offset)).and_utc(),
    };
    Some(zoned)
}

#[cfg(test)]
mod tests;
