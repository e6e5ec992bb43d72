//! Whether a notice that withdraws an item is believed. A false kill would retract true news, so
//! everything that is not certain goes to a person. Pure judgement: what happens to the item, or
//! to the queue of things to review, is decided elsewhere.

use crate::news::{Role, WireReading};
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
    match (&notice.series_key, &item.series_key) {
        (Some(one), Some(other)) => {
            let (one, other) = (bare_key(one), bare_key(other));
            !one.is_empty() && one == other
        }
        _ => false,
    }
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
