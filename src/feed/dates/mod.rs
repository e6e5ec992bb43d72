//! Dates as feeds write them: RFC 822 and 3339 and their corruptions, asctime, month names in some
//! twenty languages, Unix seconds. What cannot be read with certainty is absent, never now; whether day or month comes
//! first where both may is decided for a whole document ([`DocumentOrder`]).

mod calendar;
mod clock_time;
mod order;
mod words;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, TimeDelta};

use crate::news::UtcTime;
use calendar::Day;
pub(crate) use order::{DocumentOrder, Order, Told};

/// What a date says: an instant, or two where day and month may be either way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DateClaim {
    /// With the day before the month.
    day_first: UtcTime,
    /// With the month before the day; the same unless both may be meant.
    month_first: UtcTime,
    /// The order that it shows by a number beyond 12.
    shows: Option<Order>,
    /// True if hours are counted to twelve.
    is_half_day: bool,
}

impl DateClaim {
    /// The instant; `None` if there are two.
    pub(crate) fn certain(self) -> Option<UtcTime> {
        (self.day_first == self.month_first).then_some(self.day_first)
    }
}

impl From<UtcTime> for DateClaim {
    fn from(at: UtcTime) -> Self {
        Self {
            day_first: at,
            month_first: at,
            shows: None,
            is_half_day: false,
        }
    }
}

/// Longer texts are no dates.
const MAX_BYTES: usize = 120;
/// Earlier years are a program's zero, not a date of news.
const FIRST_YEAR: i32 = 1900;

/// The instant that a date of a feed means; `None` if it cannot be read with certainty. A date
/// without a zone is taken as UTC, one without a time as midnight.
pub fn read_date(text: &str) -> Option<UtcTime> {
    read_claim(text)?.certain()
}

/// As [`read_date`], also of a date that means two instants.
pub(crate) fn read_claim(text: &str) -> Option<DateClaim> {
    let text = without_zone_name(text.trim());
    if text.is_empty() || text.len() > MAX_BYTES {
        return None;
    }
    // Only the exact forms: chrono takes unknown zone names as UTC.
    let claim = DateTime::parse_from_rfc3339(text)
        .ok()
        .or_else(|| exact_rfc822(text))
        .map(|date| date.to_utc().into())
        .or_else(|| read_leniently(text))?;
    Some(DateClaim {
        day_first: of_these_ages(claim.day_first)?,
        month_first: of_these_ages(claim.month_first)?,
        ..claim
    })
}

/// True if nothing stands before the first number of a text but what dates begin with: days of the week, months, and
/// what joins them. Whatever else stands there may be a place.
pub(crate) fn begins_with_date(text: &str) -> bool {
    let text = words::joined(words::folded(text));
    let end = text.find(|c: char| c.is_ascii_digit());
    let mut before = text[..end.unwrap_or(text.len())].split(|c: char| !c.is_alphabetic());
    before.all(|word| word.is_empty() || words::is_noise(word) || words::month(word).is_some())
}

/// Whole seconds; a leap second counts as the last of its minute.
fn of_these_ages(date: UtcTime) -> Option<UtcTime> {
    DateTime::from_timestamp(date.timestamp(), 0)
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

fn read_leniently(text: &str) -> Option<DateClaim> {
    let text = words::joined(words::folded(text));
    if let Some(instant) = calendar::unix_time(&text) {
        return Some(instant.into());
    }
    let (time, rest) = clock_time::take_time(&text)?;
    let offset = time
        .offset_minutes
        .unwrap_or_else(|| words::usual_offset(&text));
    let instant = |date: NaiveDate| {
        let local = date.and_hms_opt(0, 0, 0)? + TimeDelta::seconds(time.seconds_of_day);
        Some(match time.zone {
            Some(zone) => local.and_local_timezone(zone).earliest()?.to_utc(),
            None => (local - TimeDelta::minutes(offset)).and_utc(),
        })
    };
    let Day {
        day_first,
        month_first,
        shows,
    } = calendar::read_day(&rest, time.is_half_day)?;
    Some(DateClaim {
        day_first: instant(day_first)?,
        month_first: instant(month_first)?,
        shows,
        is_half_day: time.is_half_day,
    })
}

#[cfg(test)]
mod tests;
