//! Whether the day stands before the month where both may be: decided once for a document, because one program wrote
//! its dates.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use chrono::TimeDelta;

use super::DateClaim;
use crate::news::UtcTime;

/// Which of day and month comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// As most of the world writes.
    DayFirst,
    /// As Americans write.
    MonthFirst,
}

/// The order of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DocumentOrder {
    /// Shown by a number beyond 12.
    shown: Option<Order>,
    /// Likely where hours are counted to 24, and to twelve; nothing is where another order is shown.
    likely: [Option<Order>; 2],
}

/// A time that a document means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The instant.
    pub at: UtcTime,
    /// True if it could be another one, and is only likely.
    pub is_guess: bool,
}

/// Fewer days that dates may mean are close to each other by chance.
const FEWEST_DAYS: usize = 3;
/// Days over which a feed's items spread in the right order.
const CLOSE_DAYS: i64 = 31;
/// And in the wrong one at least: three days are as many months.
const FAR_DAYS: i64 = 50;

impl DocumentOrder {
    /// By all times that a document claims: what one of them shows; else what brings them close together, for items of a
    /// feed are of these weeks; else what is usual in its language. Nothing if two of them show both orders.
    pub(crate) fn of(claims: &[DateClaim], language: Option<&str>) -> Self {
        let shows = |order| claims.iter().any(|claim| claim.shows == Some(order));
        match (shows(Order::DayFirst), shows(Order::MonthFirst)) {
            (true, true) => Self::default(),
            (true, false) => Self::shown(Order::DayFirst),
            (false, true) => Self::shown(Order::MonthFirst),
            (false, false) => {
                let close = closest(claims);
                let usual = |is_half_day| close.or_else(|| usual_in(language?, is_half_day));
                Self {
                    shown: None,
                    likely: [false, true].map(usual),
                }
            }
        }
    }

    fn shown(order: Order) -> Self {
        Self {
            shown: Some(order),
            likely: [None; 2],
        }
    }

    /// What a claim means in this order; `None` if it means two times and nothing tells which.
    pub(crate) fn tell(self, claim: DateClaim) -> Option<Told> {
        let by = |order| match order {
            Order::DayFirst => claim.day_first,
            Order::MonthFirst => claim.month_first,
        };
        if let Some(at) = claim.certain() {
            return Some(Told {
                at,
                is_guess: false,
            });
        }
        let likely = self.likely[usize::from(claim.is_half_day)];
        self.shown.or(likely).map(|order| Told {
            at: by(order),
            is_guess: self.shown.is_none(),
        })
    }
}

/// The order in which all claims lie close together, if they do not in the other.
fn closest(claims: &[DateClaim]) -> Option<Order> {
    let unclear = claims.iter().filter(|claim| claim.certain().is_none());
    let days: BTreeSet<_> = unclear.map(|claim| claim.day_first.date_naive()).collect();
    if days.len() < FEWEST_DAYS {
        return None;
    }
    let by_day = range(claims.iter().map(|claim| claim.day_first))?;
    let by_month = range(claims.iter().map(|claim| claim.month_first))?;
    let days = |range: &RangeInclusive<UtcTime>| *range.end() - *range.start();
    let is_close = |range| days(range) <= TimeDelta::days(CLOSE_DAYS);
    let is_far = |range| days(range) >= TimeDelta::days(FAR_DAYS);
    match () {
        () if is_close(&by_day) && is_far(&by_month) => Some(Order::DayFirst),
        () if is_close(&by_month) && is_far(&by_day) => Some(Order::MonthFirst),
        () => None,
    }
}

fn range(times: impl Iterator<Item = UtcTime> + Clone) -> Option<RangeInclusive<UtcTime>> {
    Some(times.clone().min()?..=times.max()?)
}

/// Languages in which the day comes first and hours are counted to 24.
const DAY_FIRST: [&str; 28] = [
    "bg", "ca", "cs", "da", "de", "el", "es", "et", "fi", "fr", "gl", "hr", "id", "it", "lv", "nb",
    "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "tr", "uk", "vi",
];
/// Countries of English in which the day comes first and hours are counted to twelve.
const DAY_FIRST_IN_ENGLISH: [&str; 7] = ["au", "gb", "ie", "in", "nz", "pk", "za"];
/// Countries where more than one order is usual.
const MIXED: [&str; 5] = ["us", "ca", "pr", "pa", "ph"];

/// The order that is usual in a language, as `en-us`. English without a country says nothing, and `en-us` beside hours
/// up to 24 neither: many programs say it of whatever they write.
fn usual_in(language: &str, is_half_day: bool) -> Option<Order> {
    let mut parts = language.split('-');
    let (language, country) = (parts.next()?, parts.next_back());
    match (language, country) {
        ("en", Some("us")) => is_half_day.then_some(Order::MonthFirst),
        ("en", Some(country)) => DAY_FIRST_IN_ENGLISH
            .contains(&country)
            .then_some(Order::DayFirst),
        (_, Some(country)) if MIXED.contains(&country) => None,
        // Hours up to twelve are a sign of a program that writes English whatever the language.
        _ => (!is_half_day && DAY_FIRST.contains(&language)).then_some(Order::DayFirst),
    }
}
