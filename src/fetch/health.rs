//! The named state of a feed's health after a visit, with one line that says why and what happens
//! next. It names; it does not decide when to come again.

use std::time::Duration;

use crate::news::{FeedHealth, UtcTime};

use super::outcome::{FailureKind, FetchFailure};
use super::schedule::{DEAD_AFTER_DAYS, in_words};

/// A visit that takes longer is slow; a news server answers within one second.
const SLOW: Duration = Duration::from_secs(10);
/// Clocks that differ by more are worth a word; dates of items may be as wrong.
const SKEW_SECS: i64 = 600;
/// Identical bytes for longer than this are frozen.
const FROZEN_DAYS: i64 = 14;
/// Silence is counted against the feed's habit: this many times its usual gap, and no less than
/// this many days.
const SILENT_TIMES: f64 = 10.0;
const SILENT_DAYS: f64 = 14.0;

/// What a visit that brought a readable feed or a 304 showed.
#[derive(Clone, Debug, Default)]
pub struct Wellness {
    /// True for a 304.
    pub is_not_modified: bool,
    /// Items listed; `None` if the document was not read again.
    pub listed: Option<usize>,
    /// How many of them are dated.
    pub dated: usize,
    /// True if ids changed while the texts did not.
    pub guids_churn: bool,
    /// True if far more new items came than can be news.
    pub is_flood: bool,
    /// True if the connection ended before the document did.
    pub is_cut_short: bool,
    /// How long the visit took.
    pub duration: Duration,
    /// The server's clock.
    pub server_date: Option<UtcTime>,
    /// Since when the bytes are the same.
    pub same_bytes_since: Option<UtcTime>,
    /// The last visit that brought a new item.
    pub last_change_at: Option<UtcTime>,
    /// Its habit.
    pub items_per_day: f64,
    /// Where redirects led; `None` if there were none.
    pub redirected_to: Option<String>,
}

/// Why a visit brought no readable feed.
#[derive(Clone, Debug)]
pub enum Illness {
    /// A status that is neither success nor 304.
    Status {
        /// The status.
        status: u16,
        /// Days since the feed last worked.
        days: i64,
        /// What the server asked for, if it asked for quiet.
        cool_down: Option<String>,
    },
    /// No usable answer.
    Failed(FetchFailure),
    /// A page.
    NotAFeed,
    /// A feed that could not be read, and why.
    Unreadable(String),
}

/// Names the state after a visit that worked; the first that applies, gravest first.
pub fn name_wellness(seen: &Wellness, now: UtcTime) -> (FeedHealth, String) {
    let skew = seen
        .server_date
        .map_or(0, |date| (date - now).num_seconds());
    let frozen_days = seen
        .same_bytes_since
        .map_or(0, |since| (now - since).num_days());
    if seen.is_flood {
        let why = "far more new items than can be news; the newest are taken, the rest waits";
        (FeedHealth::Flood, why.to_owned())
    } else if seen.guids_churn {
        let why = "ids change while the texts do not; items are told apart by link and text";
        (FeedHealth::GuidChurn, why.to_owned())
    } else if seen.is_cut_short {
        let why = "the document ended early; its whole items were taken, the next visit asks again";
        (FeedHealth::Unreadable, why.to_owned())
    } else if seen.listed == Some(0) {
        (
            FeedHealth::Empty,
            "a feed without items; visited as usual".to_owned(),
        )
    } else if seen.listed.is_some() && seen.dated == 0 {
        let why = "no item has a date; ours is used, marked as uncertain";
        (FeedHealth::Undated, why.to_owned())
    } else if skew.abs() > SKEW_SECS {
        let by = in_words(skew.unsigned_abs());
        let side = if skew > 0 { "ahead" } else { "behind" };
        (
            FeedHealth::ClockSkew,
            format!("the server's clock is {by} {side}; ours counts"),
        )
    } else if frozen_days >= FROZEN_DAYS {
        let why = format!("the same bytes for {frozen_days} days; visited less often");
        (FeedHealth::Frozen, why)
    } else if let Some(days) = days_of_silence(seen, now) {
        let why = format!(
            "nothing new for {days:.0} days, usually {:.1} items a day; visited as usual",
            seen.items_per_day
        );
        (FeedHealth::Silent, why)
    } else if let Some(to) = &seen.redirected_to {
        (
            FeedHealth::Redirected,
            format!("redirected to {to}; followed at every visit"),
        )
    } else if seen.duration > SLOW {
        let why = format!(
            "the visit took {} s; visited as usual",
            seen.duration.as_secs()
        );
        (FeedHealth::Slow, why)
    } else if seen.is_not_modified || seen.listed.is_none() {
        (
            FeedHealth::Unchanged,
            "nothing changed since the last visit".to_owned(),
        )
    } else {
        (FeedHealth::Ok, "read without trouble".to_owned())
    }
}

fn days_of_silence(seen: &Wellness, now: UtcTime) -> Option<f64> {
    let days = (now - seen.last_change_at?).num_seconds() as f64 / 86_400.0;
    let usual_gap_days = 1.0 / seen.items_per_day.max(0.001);
    let limit = (SILENT_TIMES * usual_gap_days).max(SILENT_DAYS);
    (days > limit).then_some(days)
}

/// Names the state after a visit that did not work.
pub fn name_illness(illness: &Illness) -> (FeedHealth, String) {
    match illness {
        Illness::Status {
            cool_down: Some(reason),
            ..
        } => (
            FeedHealth::RateLimited,
            format!("{reason}; left alone until then"),
        ),
        Illness::Status { status, days, .. } => name_status(*status, *days),
        Illness::Failed(failure) => (health_of(failure.kind), failure.message.clone()),
        Illness::NotAFeed => {
            let why = "the answer is a page, not a feed; check the address";
            (FeedHealth::NotAFeed, why.to_owned())
        }
        Illness::Unreadable(why) => (
            FeedHealth::Unreadable,
            format!("{why}; visited less and less until it is mended"),
        ),
    }
}

fn name_status(status: u16, days: i64) -> (FeedHealth, String) {
    match status {
        410 => {
            let why = "410: gone for good, the server says; kept, not visited unless by hand";
            (FeedHealth::Gone, why.to_owned())
        }
        404 if days >= DEAD_AFTER_DAYS => {
            let why = format!("nothing but 404 for {days} days; visited once a week");
            (FeedHealth::Dead, why)
        }
        404 => (
            FeedHealth::Missing,
            "404: no such document; visited less and less".to_owned(),
        ),
        401 | 403 | 407 | 451 => {
            let why = format!("{status}: the server refuses; visited less and less");
            (FeedHealth::Forbidden, why)
        }
        429 => (
            FeedHealth::RateLimited,
            "429: too many requests; visited less often".to_owned(),
        ),
        300..=399 => {
            let why = format!("{status}: a redirect that leads nowhere; visited less and less");
            (FeedHealth::Unreachable, why)
        }
        400..=499 => {
            let why =
                format!("{status}: the server does not accept the request; visited less and less");
            (FeedHealth::Forbidden, why)
        }
        _ => (
            FeedHealth::ServerError,
            format!("{status}: the server failed; visited less and less"),
        ),
    }
}

fn health_of(kind: FailureKind) -> FeedHealth {
    match kind {
        FailureKind::RefusedAddress | FailureKind::BadUrl => FeedHealth::RefusedAddress,
        FailureKind::Name
        | FailureKind::Connection
        | FailureKind::Timeout
        | FailureKind::Busy
        | FailureKind::RedirectLoop
        | FailureKind::Downgrade => FeedHealth::Unreachable,
        FailureKind::Certificate => FeedHealth::Certificate,
        FailureKind::TooLarge => FeedHealth::TooLarge,
        FailureKind::Protocol => FeedHealth::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::utc_from_secs;

    const NOW: i64 = 1_800_000_000;
    const DAY: i64 = 86_400;

    fn well() -> Wellness {
        Wellness {
            listed: Some(30),
            dated: 30,
            items_per_day: 20.0,
            ..Wellness::default()
        }
    }

    #[test]
    fn every_state_of_a_working_feed_is_named_with_its_reason() {
        let ago = |days: i64| Some(utc_from_secs(NOW - days * DAY));
        let cases = [
            (FeedHealth::Ok, well()),
            (
                FeedHealth::Unchanged,
                Wellness {
                    is_not_modified: true,
                    listed: None,
                    ..well()
                },
            ),
            (
                FeedHealth::Flood,
                Wellness {
                    is_flood: true,
                    ..well()
                },
            ),
            (
                FeedHealth::GuidChurn,
                Wellness {
                    guids_churn: true,
                    ..well()
                },
            ),
            (
                FeedHealth::Unreadable,
                Wellness {
                    is_cut_short: true,
                    ..well()
                },
            ),
            (
                FeedHealth::Empty,
                Wellness {
                    listed: Some(0),
                    dated: 0,
                    ..well()
                },
            ),
            (FeedHealth::Undated, Wellness { dated: 0, ..well() }),
            (
                FeedHealth::ClockSkew,
                Wellness {
                    server_date: ago(1),
                    ..well()
                },
            ),
            (
                FeedHealth::Frozen,
                Wellness {
                    same_bytes_since: ago(20),
                    ..well()
                },
            ),
            (
                FeedHealth::Silent,
                Wellness {
                    last_change_at: ago(20),
                    ..well()
                },
            ),
            (
                FeedHealth::Ok,
                Wellness {
                    last_change_at: ago(20),
                    items_per_day: 0.1,
                    ..well()
                },
            ),
            (
                FeedHealth::Redirected,
                Wellness {
                    redirected_to: Some("x".into()),
                    ..well()
                },
            ),
            (
                FeedHealth::Slow,
                Wellness {
                    duration: Duration::from_secs(30),
                    ..well()
                },
            ),
        ];
        for (expected, seen) in cases {
            let (health, reason) = name_wellness(&seen, utc_from_secs(NOW));
            assert_eq!(health, expected, "{seen:?}");
            assert!(!reason.is_empty() && !reason.contains('\n'));
        }
    }

    #[test]
    fn every_state_of_a_failing_feed_is_named_with_its_next_action() {
        let status = |status, days| Illness::Status {
            status,
            days,
            cool_down: None,
        };
        let failed = |kind| Illness::Failed(FetchFailure::new(kind, "why"));
        let asked = Some("429 with Retry-After 60 s".to_owned());
        for (expected, illness) in [
            (FeedHealth::Gone, status(410, 0)),
            (FeedHealth::Missing, status(404, 5)),
            (FeedHealth::Dead, status(404, 25)),
            (FeedHealth::Forbidden, status(401, 0)),
            (FeedHealth::Forbidden, status(403, 0)),
            (FeedHealth::ServerError, status(500, 0)),
            (FeedHealth::RateLimited, status(429, 0)),
            (
                FeedHealth::RateLimited,
                Illness::Status {
                    status: 403,
                    days: 0,
                    cool_down: asked,
                },
            ),
            (FeedHealth::NotAFeed, Illness::NotAFeed),
            (FeedHealth::Unreadable, Illness::Unreadable("broken".into())),
            (FeedHealth::Unreachable, failed(FailureKind::Name)),
            (FeedHealth::Unreachable, failed(FailureKind::Timeout)),
            (FeedHealth::Certificate, failed(FailureKind::Certificate)),
            (FeedHealth::TooLarge, failed(FailureKind::TooLarge)),
            (
                FeedHealth::RefusedAddress,
                failed(FailureKind::RefusedAddress),
            ),
            (FeedHealth::Unreachable, failed(FailureKind::RedirectLoop)),
        ] {
            let (health, reason) = name_illness(&illness);
            assert_eq!(health, expected, "{illness:?}");
            assert!(!reason.is_empty());
        }
    }
}
