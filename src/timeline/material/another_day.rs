//! Tolls of two days: attacks on a city have one headline each night.

use chrono::TimeDelta;

use super::Telling;
use crate::timeline::tolls::{says_toll_moved, tells_what_lasts};

/// A toll that is told this long after the last report of another is one of another day, unless somebody says that it
/// moved, as attacks on a city have one headline each night; or that of a flood or a fire, of which more dead are found by
/// the next morning.
const ANEW_HOURS: i64 = 8;

/// True if those who tell the toll that is new begin anew instead of telling on.
pub(super) fn begins_anew(before: u32, after: u32, tolls: &[(&Telling, u32)]) -> bool {
    let is_new = |toll: u32| toll == after || after > before && toll > after;
    let (new, old): (Vec<_>, Vec<_>) = tolls.iter().copied().partition(|(_, toll)| is_new(*toll));
    let first = new.iter().map(|(telling, _)| telling.at).min();
    let last = old.iter().map(|(telling, _)| telling.at).max();
    let is_late = first
        .zip(last)
        .is_some_and(|(first, last)| first - last >= TimeDelta::hours(ANEW_HOURS));
    let moved = |telling: &Telling| says_toll_moved(&telling.headline, &telling.language);
    let lasts = |telling: &Telling| tells_what_lasts(&telling.headline, &telling.language);
    let goes_on = |told: &[(&Telling, u32)]| told.iter().any(|(telling, _)| lasts(telling));
    let has_grown = || after > before && goes_on(&new) && goes_on(&old);
    is_late && !new.iter().any(|(telling, _)| moved(telling)) && !has_grown()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::utc_from_secs;

    #[test]
    fn the_dead_of_a_flood_are_more_by_the_next_morning_though_nobody_says_that_they_rose() {
        let tell = |hour: i64, headline: &str| Telling {
            headline: headline.to_owned(),
            language: "en".to_owned(),
            at: utc_from_secs(hour * 3600),
            ..Telling::default()
        };
        for (first, second, is_anew) in [
            ("Marev floods kill 24", "Marev floods: 51 dead", false),
            ("Attack on Marev kills 24", "Attack on Marev kills 51", true),
            (
                "Bus crash in Marev kills 24",
                "Marev bus crash: 51 dead",
                true,
            ),
        ] {
            let (first, second) = (tell(0, first), tell(14, second));
            let tolls = [(&first, 24), (&second, 51)];
            let told = begins_anew(24, 51, &tolls);
            assert_eq!(told, is_anew, "{}", second.headline);
        }
    }
}
