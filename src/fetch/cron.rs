//! A feed's own cron line: when it is next due. In UTC unless the line names a time zone, before
//! (`CRON_TZ=Europe/Berlin 0 6 * * *`) or behind (`0 6 * * * Europe/Berlin`).

use std::str::FromStr;

use chrono_tz::Tz;
use croner::Cron;

use crate::news::UtcTime;

/// A cron line that can be asked for its next time.
#[derive(Clone, Debug)]
pub struct CronLine {
    cron: Cron,
    zone: Tz,
}

/// A line that is no cron line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{line:?} is not a cron line ({reason}): write it like \"*/10 6-22 * * *\" or \"0 6 * * * Europe/Berlin\""
)]
pub struct NotACronLine {
    line: String,
    reason: String,
}

impl FromStr for CronLine {
    type Err = NotACronLine;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let wrong = |reason: String| NotACronLine {
            line: line.to_owned(),
            reason,
        };
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let mut zone = Tz::UTC;
        let named = words.first().and_then(|word| {
            word.strip_prefix("CRON_TZ=")
                .or_else(|| word.strip_prefix("TZ="))
        });
        if let Some(name) = named {
            zone = name
                .parse()
                .map_err(|_| wrong(format!("no time zone {name:?}")))?;
            words.remove(0);
        } else if let Some(last) = words.last().filter(|word| is_zone_name(word)) {
            zone = last
                .parse()
                .map_err(|_| wrong(format!("no time zone {last:?}")))?;
            words.pop();
        }
        let cron = Cron::from_str(&words.join(" ")).map_err(|error| wrong(error.to_string()))?;
        Ok(Self { cron, zone })
    }
}

/// Zone names have a slash or are `UTC`; a field of a cron line that has a slash has a digit or a
/// star beside it.
fn is_zone_name(word: &str) -> bool {
    word.eq_ignore_ascii_case("utc")
        || (word.contains('/') && word.starts_with(|c: char| c.is_ascii_alphabetic()))
}

impl CronLine {
    /// The first time of the line that is later than `after`; `None` if there is none (the 31st of
    /// February).
    pub fn next_after(&self, after: UtcTime) -> Option<UtcTime> {
        let local = after.with_timezone(&self.zone);
        let next = self.cron.find_next_occurrence(&local, false).ok()?;
        Some(next.to_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(line: &str, after: &str) -> String {
        let after: UtcTime = after.parse().unwrap();
        let line: CronLine = line.parse().unwrap();
        line.next_after(after)
            .map_or("never".to_owned(), |at| at.format("%F %R").to_string())
    }

    #[test]
    fn a_line_is_in_utc_unless_it_names_a_zone() {
        let july = "2026-07-01T00:00:00Z";
        assert_eq!(next("0 6 * * *", july), "2026-07-01 06:00");
        assert_eq!(next("0 6 * * * Europe/Berlin", july), "2026-07-01 04:00");
        assert_eq!(
            next("CRON_TZ=America/New_York 0 6 * * *", july),
            "2026-07-01 10:00"
        );
        assert_eq!(
            next("*/10 * * * * UTC", "2026-07-01T00:00:00Z"),
            "2026-07-01 00:10"
        );
        assert_eq!(next("0 0 31 2 *", july), "never");
    }

    #[test]
    fn a_local_time_keeps_its_hour_over_a_change_of_daylight_saving_time() {
        let line = "30 7 * * * Europe/Berlin";
        assert_eq!(next(line, "2026-10-24T12:00:00Z"), "2026-10-25 06:30");
        assert_eq!(next(line, "2026-10-23T12:00:00Z"), "2026-10-24 05:30");
    }

    #[test]
    fn a_local_hour_that_is_missing_or_comes_twice_is_one_visit_a_day() {
        for (first, days) in [
            (
                "2026-03-28T00:00:00Z",
                ["2026-03-28", "2026-03-29", "2026-03-30"],
            ),
            (
                "2026-10-24T00:00:00Z",
                ["2026-10-24", "2026-10-25", "2026-10-26"],
            ),
        ] {
            let line: CronLine = "30 2 * * * Europe/Berlin".parse().unwrap();
            let mut at: UtcTime = first.parse().unwrap();
            let visits = days.map(|_| {
                at = line.next_after(at).unwrap();
                let local = at.with_timezone(&chrono_tz::Europe::Berlin);
                local.format("%F").to_string()
            });
            assert_eq!(visits, days);
        }
    }

    #[test]
    fn a_leap_day_comes_in_leap_years_only() {
        assert_eq!(
            next("0 6 29 2 *", "2026-01-01T00:00:00Z"),
            "2028-02-29 06:00"
        );
        assert_eq!(
            next("0 6 29 2 *", "2028-02-29T06:00:00Z"),
            "2032-02-29 06:00"
        );
        assert_eq!(
            next("0 6 31 * *", "2026-02-01T00:00:00Z"),
            "2026-03-31 06:00"
        );
    }

    #[test]
    fn a_wrong_line_says_what_is_wrong_with_it() {
        for line in ["", "every day", "61 * * * *", "0 6 * * * Europe/Nowhere"] {
            let error = CronLine::from_str(line).unwrap_err().to_string();
            assert!(error.contains("is not a cron line"), "{error}");
        }
    }
}
