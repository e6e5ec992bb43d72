//! Dates as feeds write them. What cannot be read with certainty is absent, never now.

use crate::news::UtcTime;

/// The instant that a date of a feed means; `None` if it cannot be read.
pub fn read_date(text: &str) -> Option<UtcTime> {
    let text = text.trim();
    chrono::DateTime::parse_from_rfc3339(text)
        .or_else(|_| chrono::DateTime::parse_from_rfc2822(text))
        .ok()
        .map(|date| date.to_utc())
}
