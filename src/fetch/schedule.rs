//! When a feed is visited next, and why. Our clock alone decides; what servers and documents ask
//! for are lower bounds, never reasons to come earlier.

use chrono::{Datelike, Duration, NaiveTime, Timelike};

use crate::news::UtcTime;

use super::cron::CronLine;
use super::pace::doubled;

/// Share of known items above which a feed is visited less often, and below which more often
/// (Media Cloud's fetcher, 180,000 feeds).
const OVERLAP_HIGH: f64 = 0.67;
const OVERLAP_LOW: f64 = 0.33;

/// Days of nothing but 404 after which a feed counts as dead.
pub const DEAD_AFTER_DAYS: i64 = 21;

/// A body of this size without validators costs its server as much as all conditional answers of
/// a week.
const LARGE_BODY_BYTES: usize = 256 * 1024;
const LARGE_BODY_SECS: u64 = 1800;

/// How often feeds are visited.
#[derive(Clone, Debug)]
pub struct ScheduleSettings {
    /// Interval of a feed that nothing is known of, in seconds.
    pub base_secs: u64,
    /// Shortest interval of a feed that is not the operator's own, in seconds.
    pub floor_secs: u64,
    /// Longest adaptive interval, in seconds.
    pub ceiling_secs: u64,
    /// Longest interval of a feed without validators whose bytes do not change, in seconds.
    pub idle_ceiling_secs: u64,
    /// Longest time that a hint of server or document is obeyed for, in seconds.
    pub hint_cap_secs: u64,
    /// Longest interval of a failing feed, in seconds.
    pub failing_ceiling_secs: u64,
    /// Interval of a dead feed, in seconds.
    pub dead_secs: u64,
    /// Least interval of a feed whose hub pushes, in seconds.
    pub pushed_secs: u64,
    /// Largest delay added so that feeds do not march in step, as a share of the interval.
    pub jitter: f64,
    /// Days of 304 alone after which one unconditional request is made.
    pub refetch_days: i64,
    /// Hosts that forbid unconditional requests.
    pub never_refetch_hosts: Vec<String>,
}

impl Default for ScheduleSettings {
    fn default() -> Self {
        Self {
            base_secs: 900,
            floor_secs: 300,
            ceiling_secs: 3600,
            idle_ceiling_secs: 6 * 3600,
            hint_cap_secs: 86_400,
            failing_ceiling_secs: 86_400,
            dead_secs: 7 * 86_400,
            pushed_secs: 86_400,
            jitter: 0.1,
            refetch_days: 8,
            never_refetch_hosts: vec!["rachelbythebay.com".to_owned()],
        }
    }
}

/// What server and document asked for; all of it is a lower bound.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hints {
    /// `Cache-Control: max-age` less `Age`.
    pub max_age_secs: Option<u64>,
    /// `Expires`, counted where there is no max-age.
    pub expires_in_secs: Option<u64>,
    /// RSS ttl.
    pub ttl_secs: Option<u64>,
    /// `sy:updatePeriod` divided by `sy:updateFrequency`.
    pub update_period_secs: Option<u64>,
    /// `sy:updateBase`.
    pub update_base: Option<UtcTime>,
    /// RSS skipHours, 0 to 23 in GMT.
    pub skip_hours: Vec<u8>,
    /// RSS skipDays, 0 is Monday, in GMT.
    pub skip_days: Vec<u8>,
}

/// What is set and known about a feed's rhythm.
#[derive(Clone, Debug, Default)]
pub struct Rhythm {
    /// Row id; the seed of the jitter.
    pub feed_id: i64,
    /// A cron line of the feed's own.
    pub cron: Option<CronLine>,
    /// A fixed interval set by the operator.
    pub fixed_secs: Option<u64>,
    /// True if the floor does not hold.
    pub is_own: bool,
    /// The adaptive interval.
    pub adaptive_secs: u64,
    /// True if a hub pushes this feed and the lease is running.
    pub is_pushed: bool,
    /// True if the last answer gave an ETag or Last-Modified.
    pub has_validators: bool,
    /// Size of the last body.
    pub body_bytes: usize,
    /// Seconds since the visit before that worked; `None` if there was none.
    pub since_secs: Option<u64>,
}

/// How a visit that brought a readable feed changes the adaptive interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sighting {
    /// 304.
    NotModified,
    /// 200 with the bytes of the last time.
    SameBytes,
    /// A document; the share of its items that were known, `None` at the first visit and for an
    /// empty document.
    Document(Option<f64>),
}

/// The kinds of failure that the schedule tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setback {
    /// 410.
    Gone,
    /// 404, and for how many days nothing else.
    Missing {
        /// Whole days.
        days: i64,
    },
    /// Everything else.
    Other,
}

/// When to come again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextVisit {
    /// `None`: not by itself.
    pub at: Option<UtcTime>,
    /// Why then, as a sentence.
    pub reason: String,
}

/// The adaptive interval after a sighting, in seconds. What is looked at again before its time (by hand, say) has had
/// none to change, so that this makes no interval longer.
pub fn adapt(rhythm: &Rhythm, sighting: Sighting, settings: &ScheduleSettings) -> u64 {
    let now = rhythm.adaptive_secs.max(1);
    let floor = floor_of(rhythm, settings);
    let slower = (now * 3 / 2).min(settings.ceiling_secs.max(floor));
    let is_early = rhythm.since_secs.is_some_and(|secs| secs < now);
    match sighting {
        Sighting::NotModified | Sighting::SameBytes if is_early => now,
        Sighting::Document(Some(overlap)) if overlap > OVERLAP_HIGH && is_early => now,
        Sighting::SameBytes if !rhythm.has_validators => {
            (now * 2).clamp(floor, settings.idle_ceiling_secs.max(floor))
        }
        Sighting::NotModified | Sighting::SameBytes => slower,
        Sighting::Document(Some(overlap)) if overlap > OVERLAP_HIGH => slower,
        Sighting::Document(Some(overlap)) if overlap < OVERLAP_LOW => {
            (now / 2).clamp(floor, settings.ceiling_secs.max(floor))
        }
        Sighting::Document(_) => now.min(settings.ceiling_secs.max(floor)),
    }
}

/// True for a visit so many seconds after the one before that the feed's interval had not passed; `None` for the first.
pub fn is_early(rhythm: &Rhythm, since_secs: Option<u64>, settings: &ScheduleSettings) -> bool {
    let interval = rhythm.fixed_secs.unwrap_or(rhythm.adaptive_secs);
    since_secs.is_some_and(|secs| secs < interval.min(settings.failing_ceiling_secs))
}

/// Seconds from one instant to a later one; none where the clock was set back in between.
pub fn secs_between(at: Option<UtcTime>, now: UtcTime) -> Option<u64> {
    at.map(|at| (now - at).num_seconds().max(0).unsigned_abs())
}

/// The next visit after one that brought a readable feed or a 304.
pub fn after_success(
    rhythm: &Rhythm,
    hints: &Hints,
    settings: &ScheduleSettings,
    now: UtcTime,
) -> NextVisit {
    let bound = largest_hint(hints, settings, now);
    if let Some(cron) = &rhythm.cron {
        let floor = floor_of(rhythm, settings);
        let next = by_cron(cron, bound.as_ref(), floor, now);
        return after_skipped(cron, next, hints, settings, now);
    }
    let (mut secs, mut reason) = wanted_interval(rhythm, settings);
    if let Some((asked, why)) = bound
        && asked >= secs
    {
        reason = format!("{why}; {reason}");
        secs = asked;
    }
    let at = now + secs_of(secs.saturating_add(jitter_secs(rhythm.feed_id, now, secs, settings)));
    match past_skipped(at, hints, now, settings) {
        Some((later, why)) => NextVisit {
            at: Some(later),
            reason: format!("{why}; {reason}"),
        },
        None => NextVisit {
            at: Some(at),
            reason,
        },
    }
}

/// A failed visit in its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failing {
    /// What failed.
    pub setback: Setback,
    /// Failed visits in a row, this one among them.
    pub failures: u32,
    /// What Retry-After or the host's cool-down asks for.
    pub asked_secs: Option<u64>,
}

/// The next visit after one that failed.
pub fn after_failure(
    rhythm: &Rhythm,
    failing: Failing,
    settings: &ScheduleSettings,
    now: UtcTime,
) -> NextVisit {
    let Failing {
        setback,
        failures,
        asked_secs,
    } = failing;
    if setback == Setback::Gone {
        let reason = "410: the server says it is gone; visited again only by hand".to_owned();
        return NextVisit { at: None, reason };
    }
    let (first, _) = wanted_interval(rhythm, settings);
    let first = first.min(settings.failing_ceiling_secs);
    let mut secs = doubled(
        first,
        failures.saturating_sub(1),
        settings.failing_ceiling_secs,
    );
    let failed = match failures {
        0 | 1 => "a failed visit".to_owned(),
        many => format!("{many} failed visits in a row"),
    };
    let mut reason = format!("{failed}, next after {}", in_words(secs));
    if let Setback::Missing { days } = setback
        && days >= DEAD_AFTER_DAYS
    {
        secs = settings.dead_secs;
        reason = format!(
            "nothing but 404 for {days} days, next after {}",
            in_words(secs)
        );
    }
    if let Some(asked) = asked_secs
        && asked >= secs
    {
        secs = asked;
        reason = format!("the server asks for quiet for {}", in_words(secs));
    }
    let at = now + secs_of(secs.saturating_add(jitter_secs(rhythm.feed_id, now, secs, settings)));
    NextVisit {
        at: Some(at),
        reason,
    }
}

/// True if so long nothing but 304 came that the server may be answering it to everything: then
/// one unconditional request is due.
pub fn wants_full_fetch(
    host: &str,
    last_full_fetch_at: Option<UtcTime>,
    settings: &ScheduleSettings,
    now: UtcTime,
) -> bool {
    let is_forbidden = settings
        .never_refetch_hosts
        .iter()
        .any(|name| host == name || host.ends_with(&format!(".{name}")));
    !is_forbidden
        && last_full_fetch_at.is_some_and(|at| (now - at).num_days() >= settings.refetch_days)
}

/// Where an overdue feed goes when many are overdue at once: somewhere in the next interval, by
/// its id. Never earlier than now.
pub fn spread_secs(feed_id: i64, interval_secs: u64) -> u64 {
    scaled(mix(feed_id.unsigned_abs()), interval_secs)
}

/// Seconds as a person says them.
pub fn in_words(secs: u64) -> String {
    match secs {
        0..=119 => format!("{secs} s"),
        120..=7199 => format!("{} min", secs / 60),
        7200..=172_799 => format!("{} h", secs / 3600),
        _ => format!("{} days", secs / 86_400),
    }
}

/// The least time between two visits, in seconds.
fn floor_of(rhythm: &Rhythm, settings: &ScheduleSettings) -> u64 {
    match rhythm.is_own {
        true => 1,
        false => settings.floor_secs,
    }
}

fn wanted_interval(rhythm: &Rhythm, settings: &ScheduleSettings) -> (u64, String) {
    let floor = floor_of(rhythm, settings);
    let is_large = !rhythm.has_validators && rhythm.body_bytes > LARGE_BODY_BYTES;
    let (secs, reason) = match rhythm.fixed_secs {
        Some(fixed) => (
            fixed,
            format!("interval of {} set by the operator", in_words(fixed)),
        ),
        None => {
            let adaptive = rhythm.adaptive_secs;
            (
                adaptive,
                format!("adaptive interval of {}", in_words(adaptive)),
            )
        }
    };
    if rhythm.is_pushed && secs < settings.pushed_secs {
        return (
            settings.pushed_secs,
            "a hub pushes this feed; polled once a day".to_owned(),
        );
    }
    if is_large && !rhythm.is_own && secs < LARGE_BODY_SECS {
        let size = rhythm.body_bytes / 1024;
        let reason = format!("large ({size} KiB) and without validators; {reason}");
        return (LARGE_BODY_SECS, reason);
    }
    if secs < floor {
        return (floor, format!("floor of {}; {reason}", in_words(floor)));
    }
    (secs, reason)
}

/// The largest of the hints that are a number of seconds, capped.
fn largest_hint(hints: &Hints, settings: &ScheduleSettings, now: UtcTime) -> Option<(u64, String)> {
    let expires = hints
        .expires_in_secs
        .filter(|_| hints.max_age_secs.is_none());
    let based = hints.update_base.zip(hints.update_period_secs);
    let until_update = based.and_then(|(base, period)| secs_until_update(base, period, now));
    let period = hints.update_period_secs.filter(|_| until_update.is_none());
    let asked = [
        (hints.max_age_secs, "max-age", "from the server"),
        (expires, "Expires in", "from the server"),
        (hints.ttl_secs, "ttl", "in the document"),
        (period, "update period", "in the document"),
        (
            until_update,
            "next update by updateBase in",
            "in the document",
        ),
    ];
    let (secs, name, whose) = asked
        .into_iter()
        .filter_map(|(secs, name, whose)| Some((secs?, name, whose)))
        .filter(|(secs, _, _)| *secs > 0)
        .rev()
        .max_by_key(|(secs, _, _)| *secs)?;
    let cap = settings.hint_cap_secs;
    let capped = if secs > cap {
        format!(", capped at {}", in_words(cap))
    } else {
        String::new()
    };
    Some((secs.min(cap), format!("{name} {secs} s {whose}{capped}")))
}

/// Seconds to the next instant `base + n * period` after now.
fn secs_until_update(base: UtcTime, period: u64, now: UtcTime) -> Option<u64> {
    let period = i64::try_from(period).ok().filter(|period| *period > 0)?;
    let since = (now - base).num_seconds();
    u64::try_from(period - since.rem_euclid(period)).ok()
}

/// The first time that a cron line names after what the server asks for and the floor, of which a tenth
/// may be missing: a line for every five minutes is kept though the last visit took some seconds.
fn by_cron(cron: &CronLine, bound: Option<&(u64, String)>, floor: u64, now: UtcTime) -> NextVisit {
    let asked = bound.map_or(0, |(secs, _)| *secs);
    let earliest = now + secs_of(asked.max(floor - floor / 10));
    let Some(at) = cron.next_after(earliest) else {
        let reason = "its cron line names no further time; visited only by hand".to_owned();
        return NextVisit { at: None, reason };
    };
    let first = cron.next_after(now);
    let reason = match bound {
        Some((_, why)) if first != Some(at) => format!("{why}; then its cron line"),
        _ => "its cron line".to_owned(),
    };
    NextVisit {
        at: Some(at),
        reason,
    }
}

/// A cron line's time out of the hours and days that the document asks to skip: the next one outside
/// them, or where the line names none within the cap on hints, the first moment outside.
fn after_skipped(
    cron: &CronLine,
    next: NextVisit,
    hints: &Hints,
    settings: &ScheduleSettings,
    now: UtcTime,
) -> NextVisit {
    let moved = next
        .at
        .and_then(|at| past_skipped(at, hints, now, settings));
    let Some((open, why)) = moved else {
        return next;
    };
    let latest = now + secs_of(settings.hint_cap_secs);
    let named = cron.next_after(open - Duration::seconds(1));
    let is_fit = |at: &UtcTime| *at <= latest && past_skipped(*at, hints, now, settings).is_none();
    NextVisit {
        at: Some(named.filter(is_fit).unwrap_or(open)),
        reason: format!("{why}; {}", next.reason),
    }
}

/// Moves a time out of the hours and days that the document asks to skip, by at most the cap on
/// hints from now; `None` if it need not move or every hour is skipped.
fn past_skipped(
    at: UtcTime,
    hints: &Hints,
    now: UtcTime,
    settings: &ScheduleSettings,
) -> Option<(UtcTime, String)> {
    let is_skipped = |time: &UtcTime| {
        let hour = u8::try_from(time.hour()).unwrap_or(0);
        let day = u8::try_from(time.weekday().num_days_from_monday()).unwrap_or(0);
        hints.skip_hours.contains(&hour) || hints.skip_days.contains(&day)
    };
    if !is_skipped(&at) {
        return None;
    }
    let hour = at
        .date_naive()
        .and_time(NaiveTime::from_hms_opt(at.hour(), 0, 0)?)
        .and_utc();
    let offset = Duration::seconds((at - hour).num_seconds());
    let open = (1..=7 * 24)
        .map(|n| hour + Duration::hours(n))
        .find(|time| !is_skipped(time))?;
    let latest = (now + secs_of(settings.hint_cap_secs)).max(at);
    // Within the open hour at the same minute, so that feeds do not meet at its first second.
    let moved = (open + offset).min(latest);
    Some((moved, "skipHours or skipDays in the document".to_owned()))
}

/// A delay between 0 and the jitter's share of the interval, by feed and time: the same inputs
/// give the same delay, the next visit gets another one.
fn jitter_secs(feed_id: i64, now: UtcTime, secs: u64, settings: &ScheduleSettings) -> u64 {
    let share = (secs.min(86_400) as f64 * settings.jitter.clamp(0.0, 1.0)) as u64;
    scaled(
        mix(feed_id.unsigned_abs() ^ mix(now.timestamp().unsigned_abs())),
        share,
    )
}

fn scaled(random: u64, range: u64) -> u64 {
    ((u128::from(random) * u128::from(range)) >> 64) as u64
}

/// The finalizer of splitmix64: spreads neighbouring numbers over all 64 bits.
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A span that can be added to any instant of this age: at most a century.
fn secs_of(secs: u64) -> Duration {
    const CENTURY: u64 = 100 * 366 * 86_400;
    Duration::seconds(i64::try_from(secs.min(CENTURY)).unwrap_or(0))
}

#[cfg(test)]
mod tests;
