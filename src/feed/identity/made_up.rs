//! Whether ids, links and times are made up as a document is written: then they say nothing of its items.
//!
//! One document does not tell that from a short list that rolled over a minute ago: it takes two visits running, at both of
//! which all was of that moment. In doubt it was not made up, and every item is kept.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::keys::KeyKind;
use super::matching::{CHURNED, Ladder};
use super::signs::{AGAIN_HOURS, HEADLINE_WORDS};
use super::similar::length;
use super::{IdentityInput, KnownItem};
use crate::news::UtcTime;
use crate::text::links::place_of;

/// What is made up as a document is written is so old at most when it arrives.
const VISIT_MINUTES: i64 = 2;
/// The same where it may have waited in a cache.
const CACHE_MINUTES: i64 = 20;
/// Signs of a name that nobody chose.
const TOKEN_SIGNS: usize = 8;
/// So often letters and digits take turns in one, at least: a counter behind a word has one turn (`wind4401`).
const TOKEN_TURNS: usize = 3;

/// True if a claimed time may be that at which the document of a visit was written, which may have waited in a cache.
pub fn is_of_visit(claim: UtcTime, fetched_at: UtcTime) -> bool {
    (fetched_at - claim).abs() <= TimeDelta::minutes(CACHE_MINUTES)
}

impl Ladder<'_> {
    /// The headlines of items whose ids, links and times are made up as the document is written, by their places: no id was
    /// seen, all times are of the visit, and what was listed at the visit before, as of that one, claims the moment again, at
    /// an address that says nothing. A short list that rolled over tells the headlines of its kind again too, but some visit
    /// finds it as it was, or older than that.
    pub(super) fn made_up_headlines(&self) -> BTreeMap<usize, &str> {
        if !self.is_no_id_seen() || !self.is_written_at_once() {
            return BTreeMap::new();
        }
        let headline = |index: usize| {
            let input = self.inputs[index];
            let known = self.find(index, KeyKind::Text)?;
            let is_made_up = self.was_listed_last(known)
                && self.gap(input, known) <= TimeDelta::hours(AGAIN_HOURS)
                && self.is_made_up(index, known);
            headline_of(input).filter(|_| is_made_up)
        };
        let places = 0..self.inputs.len();
        let headlines = places.filter_map(|index| Some((index, headline(index)?)));
        headlines.collect()
    }

    fn is_no_id_seen(&self) -> bool {
        let mut ids = self.guid_keys();
        ids.all(|(index, key)| self.find(index, key.kind).is_none())
    }

    /// True if every time that the document gives may be that of its writing.
    fn is_written_at_once(&self) -> bool {
        let mut claims = self.inputs.iter().filter_map(|input| input.published_at);
        claims.all(|claim| is_of_visit(claim, self.visit.fetched_at))
    }

    /// True if a known item came, or was noted as listed, at the visit before: none in between found it under its name, but
    /// soon, when a cache may have kept it.
    fn was_listed_last(&self, known: &KnownItem) -> bool {
        let last = self.visit.last_visit_at;
        last.is_some_and(|last| is_of_visit(known.listed_at, last))
    }

    /// True if an item claims the moment of the visit, as a known one did when it came, and its address says nothing. One that
    /// was noted at a later claim since did so more than once.
    fn is_made_up(&self, index: usize, known: &KnownItem) -> bool {
        let claims = (self.inputs[index].published_at, known.published_at);
        let ((Some(claim), Some(known_claim)), Some(minutes)) =
            (claims, self.minutes_to_arrive(index, known))
        else {
            return false;
        };
        let at_most = TimeDelta::minutes(minutes);
        (self.visit.fetched_at - claim).abs() <= at_most
            && known.fetched_at - known_claim <= at_most
    }

    /// How long what is made up takes to arrive at most; `None` if the address of an item says which one it is. What has no
    /// link, or that of the whole site, may be a bulletin, and so may be what a number in the query counts.
    fn minutes_to_arrive(&self, index: usize, known: &KnownItem) -> Option<i64> {
        if self.key(index, KeyKind::Link).is_none() {
            return Some(VISIT_MINUTES);
        }
        let is_at_page = self.is_alone_at_page_of(index, known);
        is_at_page.then(|| match has_other_token(self.inputs[index], known) {
            true => CACHE_MINUTES,
            false => VISIT_MINUTES,
        })
    }

    /// True if the link of an item is that of a known one but for tokens in the query. One or two items alone may each be the
    /// next at their page.
    pub(super) fn is_in_other_session(&self, index: usize, known: &KnownItem) -> bool {
        self.inputs.len() >= CHURNED
            && self.is_alone_at_page_of(index, known)
            && has_other_token(self.inputs[index], known)
    }

    /// True if the link of an item is that of a known one but for the query, where no other of the document stands: one page
    /// for all tells them apart by its query.
    fn is_alone_at_page_of(&self, index: usize, known: &KnownItem) -> bool {
        let page = self.inputs[index].link.as_deref().and_then(place_of);
        page.is_some_and(|page| self.pages.get(page) == Some(&1))
            && page == known.link.as_deref().and_then(place_of)
    }
}

/// The title of an item, or the lead of one without, if it is more than a name.
pub(super) fn headline_of(input: &IdentityInput) -> Option<&str> {
    let headline = match input.title.is_empty() {
        true => input.lead(),
        false => &input.title,
    };
    (length(headline) >= HEADLINE_WORDS).then_some(headline)
}

/// True if the queries of two links differ in tokens alone, and both have one.
fn has_other_token(input: &IdentityInput, known: &KnownItem) -> bool {
    let (Some(ours), Some(theirs)) = (&input.link, &known.link) else {
        return false;
    };
    let own_values = |link: &str, other: &str| -> Vec<String> {
        let other = values_of(other);
        let mut own = values_of(link);
        own.retain(|value| !other.contains(value));
        own
    };
    [own_values(ours, theirs), own_values(theirs, ours)]
        .iter()
        .all(|own| !own.is_empty() && own.iter().all(|value| is_token(value)))
}

fn values_of(link: &str) -> Vec<String> {
    let query = link.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    let pairs = query.split(['&', ';']).filter(|pair| !pair.is_empty());
    let value = |pair: &str| {
        pair.split_once('=')
            .map_or(pair, |(_, value)| value)
            .to_owned()
    };
    pairs.map(value).collect()
}

/// True for what nobody chose: letters and digits in turns. A number may count, and what begins with a year is a day.
fn is_token(value: &str) -> bool {
    let signs: Vec<char> = value.chars().filter(char::is_ascii_alphanumeric).collect();
    let turns = signs
        .windows(2)
        .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit());
    let is_day = signs.len() > 3
        && matches!(signs[..2], ['1', '9'] | ['2', '0'])
        && signs[..4].iter().all(char::is_ascii_digit);
    signs.len() >= TOKEN_SIGNS && turns.count() >= TOKEN_TURNS && !is_day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_none_that_counts_or_names_a_day() {
        for (value, expected) in [
            ("q8f2m7xa31tz", true),
            ("3f2504e0-4f89-41d3-9a0c-0305e82c3301", true),
            ("4401", false),
            ("1796090000", false),
            ("wind4401", false),
            ("20261201T0300Z", false),
            ("2026-12-01T03:00:00Z", false),
            ("storm-closes-railway", false),
        ] {
            assert_eq!(is_token(value), expected, "{value}");
        }
    }
}
