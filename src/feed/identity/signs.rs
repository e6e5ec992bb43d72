//! What words and addresses of two items say of whether they are one.

use chrono::TimeDelta;

use super::keys::{KeyKind, keys_of};
use super::similar::likeness;
use super::{IdentityInput, KnownItem};
use crate::news::UtcTime;

/// Titles that share less than this are about different things; headline edits of one report
/// mostly keep more.
pub(super) const DIFFERENT_TITLES: f32 = 0.34;
/// Titles that share this much are the same title.
pub(super) const SAME_TITLES: f32 = 0.8;

/// True if two items say different things: by their leads, else by any word of their titles, for notices of one kind
/// differ in one (`wind` for `rain`, 4.5 for 6.8).
pub(super) fn says_other_words(input: &IdentityInput, known: &KnownItem) -> bool {
    match lead_likeness(input, known) {
        Some(alike) => alike < SAME_TITLES,
        // What was not asked for says the same.
        None => known.link.is_some() && likeness(&input.title, &known.title) < 1.0,
    }
}

/// True if an item claims the time of a known one, to the second, which is what the store keeps.
pub(super) fn has_time_of(input: &IdentityInput, known: &KnownItem) -> bool {
    let secs = |at: Option<UtcTime>| at.map(|at| at.timestamp());
    secs(input.published_at) == secs(known.published_at)
}

/// How alike two leads are; `None` if either is empty.
pub(super) fn lead_likeness(input: &IdentityInput, known: &KnownItem) -> Option<f32> {
    let have_leads = !(input.summary.is_empty() || known.summary.is_empty());
    have_leads.then(|| likeness(&input.summary, &known.summary))
}

/// True if a link looks like that of one report: a number in its path, or a name of several words.
pub(super) fn names_one_report(link: &str) -> bool {
    let path = link.split_once("://").map_or(link, |(_, rest)| rest);
    let path = path.split_once('/').map_or("", |(_, path)| path);
    path.bytes().any(|b| b.is_ascii_digit())
        || path
            .split('/')
            .any(|name| name.matches(['-', '_', '+']).count() >= NAME_SIGNS)
}

/// Signs between the words of a name of a report; names of pages have fewer.
const NAME_SIGNS: usize = 2;

/// True if host rule, link or the number in it lead to the same place.
pub(super) fn shares_address(input: &IdentityInput, known: &KnownItem) -> bool {
    let address_keys = |link: &Option<String>| {
        let mut keys = keys_of(&IdentityInput {
            link: link.clone(),
            ..IdentityInput::default()
        });
        keys.retain(|key| {
            matches!(
                key.kind,
                KeyKind::HostRule | KeyKind::Link | KeyKind::LinkNumber
            )
        });
        keys
    };
    let theirs = address_keys(&known.link);
    address_keys(&input.link)
        .iter()
        .any(|key| theirs.contains(key))
}

/// True if two entries with one id are an entry and its later version, as RFC 4287, 4.1.1 has it: at one address, under
/// headlines that may be edits of each other, of two times of change.
pub(super) fn are_versions(a: &IdentityInput, b: &IdentityInput) -> bool {
    let is_of_report = a.link.as_deref().is_some_and(names_one_report);
    a.link.is_some()
        && a.link == b.link
        && matches!((a.updated_at, b.updated_at), (Some(a), Some(b)) if a != b)
        && (is_of_report || a.published_at == b.published_at)
        && likeness(&a.title, &b.title) >= DIFFERENT_TITLES
}

/// Equal texts further apart than this are an outlet's daily habit, not a repetition.
pub(super) const REPEAT_HOURS: i64 = 20;

/// True if the time that an outlet claims of an item has moved so far that the item would soon be taken for the next one
/// in the same words, and is to be noted.
pub fn has_drifted(known: &KnownItem, claim: UtcTime) -> bool {
    let moved = known.published_at.map(|then| (claim - then).abs());
    moved.is_some_and(|moved| moved > TimeDelta::hours(REPEAT_HOURS / 2))
}
