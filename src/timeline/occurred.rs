//! When an event happened, and where a storyline is in its life.

use chrono::{Duration, NaiveTime};

use super::headline::Report;
use crate::news::{Life, UtcTime};

/// Days of silence that change a storyline's life.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LifeSettings {
    /// Hours without a report after which a storyline is quiet.
    pub quiet_after_hours: u32,
    /// Days without a report after which it is closed.
    pub closed_after_days: u32,
}

impl Default for LifeSettings {
    fn default() -> Self {
        Self {
            quiet_after_hours: 48,
            closed_after_days: 14,
        }
    }
}

/// Hours by which the day of the place furthest west ends after that of UTC.
const HOURS_OF_WEST: i64 = 12;

/// When an event happened, estimated: its first report with a claimed time, but no later than the
/// end of the earliest day that two reports' datelines name, each in words of its own (or one, if it is the only
/// report with a dateline). A dateline names the day of its place: it has ended when it has everywhere. `None` without reports.
pub fn when_it_occurred(reports: &[Report]) -> Option<UtcTime> {
    let claimed = reports.iter().filter(|report| report.time_is_claimed);
    let first = claimed.map(|report| report.item_time).min();
    let first = first.or_else(|| reports.iter().map(|report| report.item_time).min())?;
    let own = reports.iter().filter(|report| !report.is_reprint);
    let mut days: Vec<chrono::NaiveDate> = own.filter_map(|report| report.dateline_day).collect();
    days.sort_unstable();
    let agreed = days
        .windows(2)
        .find(|pair| pair[0] == pair[1])
        .map(|pair| pair[0]);
    let Some(day) = agreed.or_else(|| days.first().copied().filter(|_| days.len() == 1)) else {
        return Some(first);
    };
    let opens = day.and_time(NaiveTime::MIN).and_utc();
    let ends = opens + Duration::hours(24 + HOURS_OF_WEST) - Duration::seconds(1);
    let near = first - opens < Duration::days(7) && opens - first < Duration::days(2);
    Some(if near { first.min(ends) } else { first })
}

/// Where a storyline stands at `now`, given its latest report and where it stood before.
pub fn life_of(
    before: Life,
    last_report_at: UtcTime,
    now: UtcTime,
    settings: &LifeSettings,
) -> Life {
    let silent = now - last_report_at;
    if silent >= Duration::days(i64::from(settings.closed_after_days)) {
        Life::Closed
    } else if matches!(before, Life::Closed | Life::Reopened) {
        Life::Reopened
    } else if silent >= Duration::hours(i64::from(settings.quiet_after_hours)) {
        Life::Quiet
    } else {
        Life::Developing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::utc_from_secs;

    const NOON: i64 = 1_755_259_200;

    fn report(secs: i64, claimed: bool, day: Option<&str>) -> Report {
        Report {
            item_time: utc_from_secs(secs),
            time_is_claimed: claimed,
            dateline_day: day.map(|day| day.parse().expect("a day")),
            ..Report::default()
        }
    }

    #[test]
    fn an_event_happened_no_later_than_its_first_claimed_report() {
        let reports = [report(NOON, true, None), report(NOON - 9000, false, None)];
        assert_eq!(when_it_occurred(&reports), Some(utc_from_secs(NOON)));
        assert_eq!(when_it_occurred(&[]), None);
    }

    #[test]
    fn a_dateline_of_the_day_before_moves_a_late_report_back() {
        let reports = [report(NOON + 86_400, true, Some("2025-08-14"))];
        let occurred = when_it_occurred(&reports).expect("one report");
        assert_eq!(occurred.to_rfc3339(), "2025-08-15T11:59:59+00:00");
        let far = [report(NOON, true, Some("2019-08-14"))];
        assert_eq!(when_it_occurred(&far), Some(utc_from_secs(NOON)));
    }

    #[test]
    fn a_copy_does_not_bear_out_the_dateline_of_its_original() {
        let mistaken = report(NOON + 86_400, true, Some("2025-08-14"));
        let copy = Report {
            is_reprint: true,
            ..mistaken.clone()
        };
        let right = report(NOON + 86_400, true, Some("2025-08-16"));
        let told = [mistaken.clone(), right.clone(), copy];
        let first = Some(utc_from_secs(NOON + 86_400));
        assert_eq!(when_it_occurred(&told), first);
        let agreed = [mistaken.clone(), right, mistaken];
        assert!(when_it_occurred(&agreed) < first);
    }

    #[test]
    fn the_day_of_a_dateline_is_that_of_its_place() {
        // Filed from Los Angeles at 20:30 of the 14th, from Kiritimati at 6:00 of the 15th.
        for (secs, day) in [(NOON - 27_000, "2025-08-14"), (NOON - 72_000, "2025-08-15")] {
            let reports = [report(secs, true, Some(day))];
            assert_eq!(when_it_occurred(&reports), Some(utc_from_secs(secs)));
        }
    }

    #[test]
    fn what_is_told_later_is_not_put_before_what_is_told_sooner_of_the_same_day() {
        let at = |hours: i64| {
            let reports = [report(NOON + hours * 3600, true, Some("2025-08-14"))];
            when_it_occurred(&reports)
        };
        assert!((-48..72).all(|hours| at(hours) <= at(hours + 1)));
    }

    #[test]
    fn a_closed_storyline_reopens_with_a_new_report() {
        let settings = LifeSettings::default();
        let at = |days: i64| utc_from_secs(NOON + days * 86_400);
        let life = |before, days| life_of(before, at(0), at(days), &settings);
        assert_eq!(life(Life::Developing, 1), Life::Developing);
        assert_eq!(life(Life::Developing, 3), Life::Quiet);
        assert_eq!(life(Life::Quiet, 20), Life::Closed);
        assert_eq!(life(Life::Closed, 1), Life::Reopened);
    }
}
