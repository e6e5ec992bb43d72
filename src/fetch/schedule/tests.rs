//! Tables of the schedule: what is known of a feed, when it is visited next, and why.

use super::*;
use crate::news::utc_from_secs;

/// A Thursday, 12:00 in GMT.
const NOON: &str = "2026-11-19T12:00:00Z";

fn noon() -> UtcTime {
    NOON.parse().unwrap()
}

fn still() -> ScheduleSettings {
    ScheduleSettings {
        jitter: 0.0,
        ..ScheduleSettings::default()
    }
}

fn plain() -> Rhythm {
    Rhythm {
        feed_id: 7,
        adaptive_secs: 900,
        has_validators: true,
        ..Rhythm::default()
    }
}

fn next(rhythm: &Rhythm, hints: &Hints) -> (i64, String) {
    let next = after_success(rhythm, hints, &still(), noon());
    ((next.at.unwrap() - noon()).num_seconds(), next.reason)
}

#[test]
fn a_feed_that_nothing_is_known_of_is_due_after_fifteen_minutes() {
    let (secs, reason) = next(&plain(), &Hints::default());
    assert_eq!(
        (secs, reason.as_str()),
        (900, "adaptive interval of 15 min")
    );
}

#[test]
fn the_largest_hint_wins_and_is_named_and_capped() {
    let day = 86_400;
    for (hints, secs, reason) in [
        (
            Hints {
                max_age_secs: Some(60),
                ..Hints::default()
            },
            900,
            "adaptive interval of 15 min",
        ),
        (
            Hints {
                max_age_secs: Some(3600),
                ..Hints::default()
            },
            3600,
            "max-age 3600 s from the server",
        ),
        (
            Hints {
                max_age_secs: Some(31_536_000),
                ..Hints::default()
            },
            day,
            "capped at 24 h",
        ),
        (
            Hints {
                max_age_secs: Some(u64::MAX),
                ..Hints::default()
            },
            day,
            "capped at 24 h",
        ),
        (
            Hints {
                expires_in_secs: Some(7200),
                ..Hints::default()
            },
            7200,
            "Expires in 7200 s",
        ),
        (
            Hints {
                max_age_secs: Some(1800),
                expires_in_secs: Some(7200),
                ..Hints::default()
            },
            1800,
            "max-age 1800 s",
        ),
        (
            Hints {
                ttl_secs: Some(5400),
                ..Hints::default()
            },
            5400,
            "ttl 5400 s in the document",
        ),
        (
            Hints {
                update_period_secs: Some(3600),
                ..Hints::default()
            },
            3600,
            "update period 3600 s",
        ),
        (
            Hints {
                max_age_secs: Some(1200),
                ttl_secs: Some(4000),
                ..Hints::default()
            },
            4000,
            "ttl 4000 s",
        ),
    ] {
        let (got, why) = next(&plain(), &hints);
        assert_eq!(got, secs, "{hints:?}");
        assert!(why.contains(reason), "{why:?} names {reason:?}");
    }
}

#[test]
fn an_update_base_sets_the_phase_of_the_update_period() {
    let hints = Hints {
        update_period_secs: Some(7200),
        update_base: Some("2020-01-01T00:30:00Z".parse().unwrap()),
        ..Hints::default()
    };
    assert_eq!(
        next(&plain(), &hints).0,
        1800,
        "12:30 is the next even hour and a half"
    );
}

#[test]
fn skip_hours_and_skip_days_are_lower_bounds_in_gmt() {
    let hours = |list: &[u8]| Hints {
        skip_hours: list.to_vec(),
        ..Hints::default()
    };
    assert_eq!(next(&plain(), &hours(&[12])).0, 3600 + 900);
    assert_eq!(next(&plain(), &hours(&[12, 13, 14])).0, 3 * 3600 + 900);
    assert_eq!(next(&plain(), &hours(&[11, 13])).0, 900);
    let all: Vec<u8> = (0..24).collect();
    assert_eq!(
        next(&plain(), &hours(&all)).0,
        900,
        "a document that skips every hour is ignored"
    );
    let thursday = Hints {
        skip_days: vec![3],
        ..Hints::default()
    };
    assert_eq!(next(&plain(), &thursday).0, 12 * 3600 + 900);
    let weekend = Hints {
        skip_days: vec![3, 4, 5, 6],
        ..Hints::default()
    };
    assert_eq!(next(&plain(), &weekend).0, 86_400, "capped");
}

#[test]
fn the_floor_of_five_minutes_holds_unless_the_feed_is_the_operators_own() {
    let eager = Rhythm {
        fixed_secs: Some(30),
        ..plain()
    };
    assert_eq!(next(&eager, &Hints::default()).0, 300);
    let own = Rhythm {
        is_own: true,
        ..eager.clone()
    };
    assert_eq!(next(&own, &Hints::default()).0, 30);
    let hint = Hints {
        max_age_secs: Some(120),
        ..Hints::default()
    };
    assert_eq!(
        next(&own, &hint).0,
        120,
        "never below the server's own hint"
    );
}

#[test]
fn a_feed_that_a_hub_pushes_is_polled_once_a_day() {
    let pushed = Rhythm {
        is_pushed: true,
        ..plain()
    };
    assert_eq!(next(&pushed, &Hints::default()).0, 86_400);
}

#[test]
fn a_large_feed_without_validators_is_visited_half_as_often() {
    let large = Rhythm {
        has_validators: false,
        body_bytes: 1 << 20,
        ..plain()
    };
    assert_eq!(next(&large, &Hints::default()).0, 1800);
    let small = Rhythm {
        has_validators: false,
        body_bytes: 10_000,
        ..plain()
    };
    assert_eq!(next(&small, &Hints::default()).0, 900);
}

#[test]
fn overlap_above_two_thirds_slows_down_and_below_one_third_speeds_up_within_the_bounds() {
    let settings = still();
    let run = |start: u64, overlap: f64, times: usize| {
        let mut rhythm = Rhythm {
            adaptive_secs: start,
            ..plain()
        };
        for _ in 0..times {
            rhythm.adaptive_secs = adapt(&rhythm, Sighting::Document(Some(overlap)), &settings);
        }
        rhythm.adaptive_secs
    };
    assert_eq!(run(900, 0.9, 1), 1350);
    assert_eq!(run(900, 0.9, 20), 3600);
    assert_eq!(run(900, 0.1, 1), 450);
    assert_eq!(run(900, 0.0, 20), 300);
    assert_eq!(run(900, 0.5, 20), 900);
    assert_eq!(adapt(&plain(), Sighting::Document(None), &settings), 900);
    assert_eq!(adapt(&plain(), Sighting::NotModified, &settings), 1350);
}

#[test]
fn a_feed_without_validators_whose_bytes_stay_is_visited_down_to_once_in_six_hours() {
    let settings = still();
    let mut rhythm = Rhythm {
        has_validators: false,
        ..plain()
    };
    let mut seen = Vec::new();
    for _ in 0..7 {
        rhythm.adaptive_secs = adapt(&rhythm, Sighting::SameBytes, &settings);
        seen.push(rhythm.adaptive_secs);
    }
    assert_eq!(seen, [1800, 3600, 7200, 14_400, 21_600, 21_600, 21_600]);
    let changed = adapt(&rhythm, Sighting::Document(Some(0.5)), &settings);
    assert_eq!(changed, 3600, "until it changes");
}

#[test]
fn a_visit_before_its_time_makes_no_interval_longer() {
    let settings = still();
    for sighting in [
        Sighting::NotModified,
        Sighting::SameBytes,
        Sighting::Document(Some(1.0)),
    ] {
        for has_validators in [true, false] {
            let after = |secs| Rhythm {
                has_validators,
                since_secs: Some(secs),
                ..plain()
            };
            assert_eq!(adapt(&after(899), sighting, &settings), 900, "{sighting:?}");
            assert!(
                adapt(&after(900), sighting, &settings) > 900,
                "{sighting:?}"
            );
        }
    }
    let early = Rhythm {
        since_secs: Some(3),
        ..plain()
    };
    let found_much = Sighting::Document(Some(0.1));
    assert_eq!(adapt(&early, found_much, &settings), 450);
}

#[test]
fn failures_back_off_to_one_visit_a_day_and_never_further() {
    let wait = |failures| {
        let failing = Failing {
            setback: Setback::Other,
            failures,
            asked_secs: None,
        };
        let next = after_failure(&plain(), failing, &still(), noon());
        (next.at.unwrap() - noon()).num_seconds()
    };
    let waits: Vec<i64> = (1..=9).map(wait).collect();
    assert_eq!(
        waits,
        [
            900, 1800, 3600, 7200, 14_400, 28_800, 57_600, 86_400, 86_400
        ]
    );
    assert_eq!(wait(u32::MAX), 86_400, "a failing feed is never given up");
}

#[test]
fn a_410_stops_the_visits_and_a_404_of_three_weeks_makes_them_weekly() {
    let at = |setback, failures| {
        let failing = Failing {
            setback,
            failures,
            asked_secs: None,
        };
        after_failure(&plain(), failing, &still(), noon()).at
    };
    assert_eq!(at(Setback::Gone, 1), None);
    let in_days = |days: i64| Some(noon() + Duration::days(days));
    assert_eq!(at(Setback::Missing { days: 20 }, 30), in_days(1));
    assert_eq!(at(Setback::Missing { days: 21 }, 31), in_days(7));
}

#[test]
fn what_the_server_asks_for_outlasts_a_shorter_back_off() {
    let wait = |asked| {
        let failing = Failing {
            setback: Setback::Other,
            failures: 1,
            asked_secs: asked,
        };
        let next = after_failure(&plain(), failing, &still(), noon());
        ((next.at.unwrap() - noon()).num_seconds(), next.reason)
    };
    assert_eq!(
        wait(Some(7200)),
        (7200, "the server asks for quiet for 2 h".to_owned())
    );
    assert_eq!(wait(Some(60)).0, 900);
}

#[test]
fn a_cron_line_waits_for_the_first_time_that_the_server_allows() {
    let rhythm = Rhythm {
        cron: Some("0 * * * *".parse().unwrap()),
        ..plain()
    };
    assert_eq!(
        next(&rhythm, &Hints::default()),
        (3600, "its cron line".to_owned())
    );
    let hints = Hints {
        max_age_secs: Some(4000),
        ..Hints::default()
    };
    let (secs, reason) = next(&rhythm, &hints);
    assert_eq!(secs, 7200);
    assert!(reason.starts_with("max-age 4000 s"), "{reason}");
    let never = Rhythm {
        cron: Some("0 0 31 2 *".parse().unwrap()),
        ..plain()
    };
    assert_eq!(
        after_success(&never, &Hints::default(), &still(), noon()).at,
        None
    );
}

#[test]
fn the_floor_and_what_the_document_skips_hold_for_a_cron_line_too() {
    let with = |line: &str, is_own| Rhythm {
        cron: Some(line.parse().unwrap()),
        is_own,
        ..plain()
    };
    assert_eq!(next(&with("* * * * * *", false), &Hints::default()).0, 271);
    assert_eq!(next(&with("* * * * * *", true), &Hints::default()).0, 2);
    assert_eq!(next(&with("*/5 * * * *", false), &Hints::default()).0, 300);
    let skipping = Hints {
        skip_hours: (0..24).filter(|hour| *hour != 15).collect(),
        ..Hints::default()
    };
    // Noon it is, and the first hour that is open is three o'clock.
    let (secs, reason) = next(&with("30 * * * *", false), &skipping);
    assert_eq!(secs, 3 * 3600 + 1800, "{reason}");
    let (secs, reason) = next(&with("0 13 * * *", false), &skipping);
    assert_eq!(secs, 3 * 3600, "no time of the line is open: {reason}");
}

#[test]
fn a_year_that_the_operators_own_server_names_is_capped_like_any_other() {
    let own = Rhythm {
        is_own: true,
        ..plain()
    };
    let year = Hints {
        max_age_secs: Some(31_536_000),
        ..Hints::default()
    };
    assert_eq!(next(&own, &year).0, 86_400);
}

#[test]
fn jitter_only_delays_and_drives_feeds_of_one_interval_apart() {
    let settings = ScheduleSettings::default();
    let mut delays = std::collections::BTreeSet::new();
    for feed_id in 0..1000 {
        let rhythm = Rhythm { feed_id, ..plain() };
        let next = after_success(&rhythm, &Hints::default(), &settings, noon());
        let secs = (next.at.unwrap() - noon()).num_seconds();
        assert!((900..=990).contains(&secs), "{secs}");
        delays.insert(secs);
    }
    assert!(delays.len() > 80, "{} different times", delays.len());
    let two = |now: UtcTime| {
        let at = |feed_id| {
            after_success(
                &Rhythm { feed_id, ..plain() },
                &Hints::default(),
                &settings,
                now,
            )
            .at
        };
        at(1).unwrap() - at(2).unwrap()
    };
    assert_ne!(
        two(noon()),
        two(noon() + Duration::seconds(900)),
        "they do not stay in phase"
    );
}

#[test]
fn overdue_feeds_are_spread_over_the_interval() {
    let mut quarters = [0; 4];
    for feed_id in 0..1000 {
        let secs = spread_secs(feed_id, 900);
        assert!(secs < 900);
        quarters[usize::try_from(secs / 225).unwrap()] += 1;
    }
    assert!(
        quarters.iter().all(|count| (200..300).contains(count)),
        "{quarters:?}"
    );
}

#[test]
fn after_eight_days_of_304_alone_one_full_fetch_is_due_but_not_where_it_is_forbidden() {
    let settings = ScheduleSettings::default();
    let since = |days| Some(noon() - Duration::days(days));
    assert!(!wants_full_fetch("paper.test", since(7), &settings, noon()));
    assert!(wants_full_fetch("paper.test", since(8), &settings, noon()));
    assert!(!wants_full_fetch("paper.test", None, &settings, noon()));
    assert!(!wants_full_fetch(
        "rachelbythebay.com",
        since(80),
        &settings,
        noon()
    ));
    assert!(!wants_full_fetch(
        "www.rachelbythebay.com",
        since(80),
        &settings,
        noon()
    ));
}

#[test]
fn times_beyond_the_calendar_do_not_overflow() {
    let rhythm = Rhythm {
        fixed_secs: Some(u64::MAX / 4),
        is_own: true,
        ..plain()
    };
    let hints = Hints {
        max_age_secs: Some(u64::MAX),
        ..Hints::default()
    };
    let next = after_success(&rhythm, &hints, &still(), utc_from_secs(0));
    assert!(next.at.is_none_or(|at| at > noon()));
}
