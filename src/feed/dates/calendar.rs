//! The day within a date, once the time is taken out.

use chrono::{DateTime, NaiveDate, Weekday};

use super::{Order, words};
use crate::news::UtcTime;

/// The day that a text names, or two where day and month may be either way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub day_first: NaiveDate,
    /// The same unless both may be meant.
    pub month_first: NaiveDate,
    /// The order that it shows by a number beyond 12.
    pub shows: Option<Order>,
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self {
            day_first: date,
            month_first: date,
            shows: None,
        }
    }
}

/// Numbers, words and the signs between them.
#[derive(Default)]
struct Parts {
    /// Value, number of digits, and the sign that follows at once.
    numbers: Vec<(u32, usize, char)>,
    month: Option<u32>,
    /// How many numbers stand before the month's name.
    before_month: usize,
    is_week: bool,
    /// True if a word that no date has stands before the first number.
    has_preface: bool,
}

/// Unix seconds or milliseconds, alone.
pub(super) fn unix_time(text: &str) -> Option<UtcTime> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let value: i64 = whole.parse().ok()?;
    match whole.len() {
        9 | 10 => DateTime::from_timestamp(value, 0),
        13 => DateTime::from_timestamp_millis(value),
        _ => None,
    }
}

/// The day that a folded text names. `is_half_day` tells that hours are counted to twelve, by those who do not begin with
/// the year.
pub(super) fn read_day(text: &str, is_half_day: bool) -> Option<Day> {
    let parts = Parts::of(text)?;
    match parts.numbers.as_slice() {
        [(a, 1 | 2, sign), (b, 1 | 2, _), (year, 4, _)] if parts.is_plain() => {
            day_of_two(*a, *b, *year, *sign)
        }
        [(_, 1 | 2, _), (_, 1 | 2, _), (_, 2, _)] if parts.is_plain() => {
            short_day_of(&parts, is_half_day)
        }
        _ => single_day(&parts).map(Day::from),
    }
}

/// The day where the order of day and month is no question.
fn single_day(parts: &Parts) -> Option<NaiveDate> {
    let numbers: Vec<u32> = parts.numbers.iter().map(|number| number.0).collect();
    let digits: Vec<usize> = parts.numbers.iter().map(|number| number.1).collect();
    if let Some(month) = parts.month {
        return day_by_name(parts, month);
    }
    match (numbers.as_slice(), digits.as_slice()) {
        (&[year, week], [4, 2]) if parts.is_week => iso_week(year, week, 1),
        (&[year, week, day], [4, 2, 1]) if parts.is_week => iso_week(year, week, day),
        _ if parts.is_week => None,
        (&[all], [8]) => day(all / 10_000, all / 100 % 100, all % 100),
        (&[all], [7]) => ordinal_day(all / 1000, all % 1000),
        (&[all], [6]) => short_day_by_year(all / 10_000, all / 100 % 100, all % 100),
        (&[year, nth], [2, 3]) => ordinal_day(full_year(year, 2)?, nth),
        (&[year], [4]) if !parts.has_preface => day(year, 1, 1),
        (&[year, nth], [4, 3]) => ordinal_day(year, nth),
        (&[year, month], [4, 1 | 2]) => day(year, month, 1),
        (&[year, month, date], [4, 1 | 2, 1 | 2]) => day(year, month, date),
        _ => None,
    }
}

impl Parts {
    /// `None` if something stands there that no date has.
    fn of(text: &str) -> Option<Self> {
        let mut parts = Self::default();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let is_digit = first.is_ascii_digit();
            let is_letter = |c: char| c.is_alphabetic() || is_joined(c);
            if !is_digit && !is_letter(first) {
                rest = &rest[first.len_utf8()..];
                continue;
            }
            let end = rest
                .find(|c: char| {
                    if is_digit {
                        !c.is_ascii_digit()
                    } else {
                        !is_letter(c)
                    }
                })
                .unwrap_or(rest.len());
            let (piece, after) = rest.split_at(end);
            if is_digit {
                let sign = after.chars().next().unwrap_or(' ');
                parts.numbers.push((piece.parse().ok()?, piece.len(), sign));
            } else {
                parts.take_word(piece)?;
            }
            rest = after;
        }
        Some(parts)
    }

    /// True if nothing but numbers tells the day.
    fn is_plain(&self) -> bool {
        self.month.is_none() && !self.is_week
    }

    fn take_word(&mut self, word: &str) -> Option<()> {
        // A later name wins over one before all numbers: `mar 15 abr 2025` begins with a weekday.
        if let Some(month) = words::month(word)
            .filter(|_| self.month.is_none() || self.numbers.len() == 1 && self.before_month == 0)
        {
            let day = self.numbers.last();
            if day.is_some_and(|day| words::is_croatian(word, day.2)) {
                return None;
            }
            self.month = Some(month);
            self.before_month = self.numbers.len();
        } else if word == "w" {
            self.is_week = true;
        } else if is_year_counter(word) && self.numbers.last().is_none_or(|year| year.1 != 4) {
            // Of this century or of an emperor.
            return None;
        } else if !words::is_noise(word) && !is_counter(word) {
            // A weekday that is not known, as likely as not.
            if !self.numbers.is_empty() {
                return None;
            }
            self.has_preface = true;
        }
        Some(())
    }
}

/// Marks of East Asian dates, folded (Korean syllables come apart).
fn is_counter(word: &str) -> bool {
    ["年", "月", "日", "년", "월", "일"]
        .iter()
        .any(|mark| words::folded(mark) == word)
}

fn is_year_counter(word: &str) -> bool {
    ["年", "년"].iter().any(|mark| words::folded(mark) == word)
}

fn is_joined(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}')
}

fn day_by_name(parts: &Parts, month: u32) -> Option<NaiveDate> {
    match parts.numbers.as_slice() {
        [(year, 4, _)] => day(*year, month, 1),
        [(year, 4, _), (date, 1 | 2, _)] => day(*year, month, *date),
        [(date, 1 | 2, _), (year, digits, _)] => day(full_year(*year, *digits)?, month, *date),
        _ => None,
    }
}

/// Two digits as RFC 2822 has them; three are years since 1900.
fn full_year(year: u32, digits: usize) -> Option<u32> {
    match digits {
        4 => Some(year),
        3 if year < 200 => Some(1900 + year),
        2 if year < 50 => Some(2000 + year),
        2 => Some(1900 + year),
        _ => None,
    }
}

/// Day and month before a full year: dots mean day first; else one of them beyond 12 shows the order.
fn day_of_two(a: u32, b: u32, year: u32, sign: char) -> Option<Day> {
    let shown = |order, date: Option<NaiveDate>| {
        Some(Day {
            shows: Some(order),
            ..date?.into()
        })
    };
    if sign == '.' {
        day(year, b, a).map(Day::from)
    } else if a > 12 {
        shown(Order::DayFirst, day(year, b, a))
    } else if b > 12 {
        shown(Order::MonthFirst, day(year, a, b))
    } else if a != b && !matches!(sign, '/' | '-') {
        None
    } else {
        Some(Day {
            day_first: day(year, b, a)?,
            month_first: day(year, a, b)?,
            shows: None,
        })
    }
}

/// Three short numbers, of which the last is the year unless the first may be it as well.
fn short_day_of(parts: &Parts, is_half_day: bool) -> Option<Day> {
    let [(a, digits, sign), (b, ..), (c, ..)] = *parts.numbers.as_slice() else {
        return None;
    };
    if sign == '-' {
        return short_day_by_year(a, b, c).map(Day::from);
    }
    let may_begin_with_year = sign == '/' && digits == 2 && !is_half_day;
    let by_year = may_begin_with_year
        .then(|| day(full_year(a, 2)?, b, c))
        .flatten();
    day_of_two(a, b, full_year(c, 2)?, sign).filter(|day| {
        by_year.is_none_or(|by_year| {
            Day::from(by_year)
                == Day {
                    shows: None,
                    ..*day
                }
        })
    })
}

/// ISO 8601 once allowed years of two digits: read so only if it cannot be meant otherwise.
fn short_day_by_year(a: u32, b: u32, c: u32) -> Option<NaiveDate> {
    let could_end_in_year = c <= 30 && a <= 31;
    (!could_end_in_year).then(|| day(full_year(a, 2)?, b, c))?
}

fn day(year: u32, month: u32, date: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, date)
}

fn ordinal_day(year: u32, nth: u32) -> Option<NaiveDate> {
    NaiveDate::from_yo_opt(i32::try_from(year).ok()?, nth)
}

fn iso_week(year: u32, week: u32, nth: u32) -> Option<NaiveDate> {
    let days = [
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
        Weekday::Sat,
        Weekday::Sun,
    ];
    let weekday = days.get(usize::try_from(nth.checked_sub(1)?).ok()?)?;
    NaiveDate::from_isoywd_opt(i32::try_from(year).ok()?, week, *weekday)
}
