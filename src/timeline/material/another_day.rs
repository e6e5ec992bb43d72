//! Tolls of two days: attacks on a city have one headline each night.

use chrono::TimeDelta;

use super::Telling;
use crate::timeline::tolls::says_toll_moved;

/// A toll that is told this long after the last report of another is one of another day, unless somebody says that it
/// moved: attacks on a city have one headline each night.
const ANEW_HOURS: i64 = 8;

/// True if those who tell the toll that is new begin anew instead of telling on.
pub(super) fn begins_anew(before: u32, after: u32, tolls: &[(&Telling, u32)]) -> bool {
    let is_new = |toll: u32| toll == after || after > before && toll > after;
    let (new, old): (Vec<_>, Vec<_>) = tolls.iter().partition(|(_, toll)| is_new(*toll));
    let first = new.iter().map(|(telling, _)| telling.at).min();
    let last = old.iter().map(|(telling, _)| telling.at).max();
    let is_late = first
        .zip(last)
        .is_some_and(|(first, last)| first - last >= TimeDelta::hours(ANEW_HOURS));
    let moved = |telling: &Telling| says_toll_moved(&telling.headline, &telling.language);
    is_late && !new.iter().any(|(telling, _)| moved(telling))
}
