//! Whether a notice that withdraws an item is believed. A false kill would retract true news, so
//! everything that is not certain goes to a person. Pure judgement: what happens to the item, or
//! to the queue of things to review, is decided elsewhere.

use crate::news::{Role, UtcTime, WireReading};
use crate::text::dateline::agency_of_outlet;
use crate::text::wire::agency_of_rule;

/// One side of the question: an item as far as the judgement needs it.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    /// The name of the item's outlet.
    pub outlet_name: &'a str,
    /// True if that outlet is an agency.
    pub outlet_is_wire: bool,
    /// What its wire conventions said.
    pub reading: &'a WireReading,
    /// Its canonical link, if any.
    pub link: Option<&'a str>,
}

/// The judgement, with its reason in words for the log and the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belief {
    /// The item is withdrawn.
    Believed(&'static str),
    /// A person decides.
    Review(&'static str),
}

impl Belief {
    /// True if the item is withdrawn without asking anybody.
    pub fn is_believed(self) -> bool {
        matches!(self, Belief::Believed(_))
    }
}

/// Whether `notice`, an item whose role is kill, withdraws `item`. Believed only from the item's
/// own outlet or from the agency whose copy the item is, by that agency's own convention, and
/// with the same series key or the same link.
pub fn judge_kill(notice: Party<'_>, item: Party<'_>) -> Belief {
    if notice.reading.role != Role::Kill {
        return Belief::Review("the notice carries no kill");
    }
    if !speaks_for(notice, item) {
        return Belief::Review("neither the item's own outlet nor the agency of its copy");
    }
    if !uses_its_own_convention(notice) {
        return Belief::Review("the tag is another agency's");
    }
    if same_series(notice.reading, item.reading) {
        return Belief::Believed("same series key, from who may withdraw it");
    }
    if notice.link.is_some() && notice.link == item.link {
        return Belief::Believed("same link, from who may withdraw it");
    }
    Belief::Review("neither series key nor link is that of the item")
}

/// True if a copy falls with the text that `notice`, an agency's kill, withdraws: it is that agency's copy.
pub fn falls_with_it(notice: Party<'_>, copy: Party<'_>) -> bool {
    notice.outlet_is_wire && speaks_for(notice, copy)
}

/// When an item was told as it says it by now, as far as its outlet's claims and our clock tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// When its outlet told it first, by its own claim.
    pub first: Option<UtcTime>,
    /// It was not told as it is before this.
    pub since: Option<UtcTime>,
    /// It was told as it is at this time at the latest.
    pub until: UtcTime,
}

/// How an item stands to a notice in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// It was told as it is when the notice came: the notice may mean it.
    Before,
    /// It was told first after the notice: what an agency tells instead of what it withdrew.
    After,
    /// It was told before and changed since; whether the notice still means it, a person decides.
    Changed,
    /// The claims do not tell.
    Unknown,
}

/// Whether an item had been told when a notice came. An agency withdraws what it has told; a story that it tells
/// later, under the same slug or at the same address, is the one that it stands by.
pub fn sequence_of(item: Told, notice: Told) -> Sequence {
    if item.first.is_some_and(|first| first > notice.until) {
        Sequence::After
    } else if item.since.is_some_and(|since| since > notice.until) {
        Sequence::Changed
    } else if notice.since.is_some_and(|since| item.until <= since) {
        Sequence::Before
    } else {
        Sequence::Unknown
    }
}

/// The series key of an item as it is compared; `None` if it has none.
pub fn series_of(reading: &WireReading) -> Option<String> {
    series_as_compared(reading.series_key.as_deref()?)
}

/// A series key as it is compared; `None` if nothing is left of it.
pub fn series_as_compared(key: &str) -> Option<String> {
    let key = bare_key(key);
    (!key.is_empty()).then_some(key)
}

/// Whether an item whose new revision became a kill is withdrawn: the outlet says it of its own
/// item, under the item's own identity, so only the convention is in question.
pub fn is_own_kill_believed(revised: Party<'_>) -> bool {
    revised.reading.role == Role::Kill && uses_its_own_convention(revised)
}

fn speaks_for(notice: Party<'_>, item: Party<'_>) -> bool {
    if same_name(notice.outlet_name, item.outlet_name) {
        return true;
    }
    let Some(agency) = item.reading.agency.as_deref() else {
        return false;
    };
    notice.outlet_is_wire && same_name(short_name(notice.outlet_name), agency)
}

/// An agency whose words are known is believed in these only; other wires and outlets have none of
/// their own, so that any agency's words will do.
fn uses_its_own_convention(notice: Party<'_>) -> bool {
    let own = short_name(notice.outlet_name);
    let has_own_words = notice.outlet_is_wire && agency_of_outlet(notice.outlet_name).is_some();
    notice
        .reading
        .tags
        .iter()
        .filter(|tag| matches!(tag.meaning.as_str(), "kill" | "hold"))
        .any(|tag| {
            !has_own_words || agency_of_rule(&tag.rule).is_none_or(|agency| same_name(agency, own))
        })
}

fn same_series(notice: &WireReading, item: &WireReading) -> bool {
    let key = series_of(notice);
    key.is_some() && key == series_of(item)
}

/// A key without the region that AP puts before it (`US--`) and the slash that dpa puts after.
fn bare_key(key: &str) -> String {
    let key = key.trim().trim_end_matches('/');
    let bare = match key.split_once("--") {
        Some((region, rest)) if region.len() <= 4 => rest,
        _ => key,
    };
    bare.trim().to_lowercase()
}

fn short_name(outlet_name: &str) -> &str {
    agency_of_outlet(outlet_name).unwrap_or(outlet_name)
}

fn same_name(one: &str, other: &str) -> bool {
    !one.trim().is_empty() && one.trim().to_lowercase() == other.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::utc_from_secs;

    fn at(secs: i64) -> Told {
        let time = utc_from_secs(secs);
        Told {
            first: Some(time),
            since: Some(time),
            until: time,
        }
    }

    #[test]
    fn a_notice_means_what_was_told_before_it_and_nothing_that_was_told_after_it() {
        let notice = at(1000);
        assert_eq!(sequence_of(at(900), notice), Sequence::Before);
        assert_eq!(sequence_of(at(1000), notice), Sequence::Before);
        assert_eq!(sequence_of(at(1001), notice), Sequence::After);
        let changed = Told {
            first: Some(utc_from_secs(900)),
            ..at(1001)
        };
        assert_eq!(sequence_of(changed, notice), Sequence::Changed);
    }

    #[test]
    fn what_has_no_time_was_told_before_it_was_seen_and_more_is_not_known() {
        let seen = |secs| Told {
            first: None,
            since: None,
            until: utc_from_secs(secs),
        };
        assert_eq!(sequence_of(seen(900), at(1000)), Sequence::Before);
        assert_eq!(sequence_of(seen(1100), at(1000)), Sequence::Unknown);
        assert_eq!(sequence_of(at(900), seen(1000)), Sequence::Unknown);
        assert_eq!(sequence_of(at(1001), seen(1000)), Sequence::After);
        assert_eq!(sequence_of(seen(900), seen(1000)), Sequence::Unknown);
    }
}
