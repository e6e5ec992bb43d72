//! An item of a document, read as far as is needed to tell what it is.

use chrono::TimeDelta;

use super::Arrived;
use crate::feed::identity::{
    Candidate, IdentityInput, ItemMatch, content_digest, former_digest, is_revision,
};
use crate::feed::{Languages, ParsedItem};
use crate::news::{OutletKind, Role, UtcTime, WireReading};
use crate::store::items::ItemState;
use crate::text::constant::constant_leads;
use crate::text::links;
use crate::text::wire::{WireInput, read_wire};

/// How far back a claimed time of publication is believed (invariant 10).
const OLDEST_CLAIM: TimeDelta = TimeDelta::days(30);
/// How far ahead of our clock it is believed (invariant 10).
pub(super) const NEWEST_CLAIM: TimeDelta = TimeDelta::minutes(10);

/// An item of the document with what was read in it.
pub(super) struct Draft<'a> {
    pub(super) item: &'a ParsedItem,
    /// Without a series key until it is read.
    pub(super) candidate: Candidate,
    /// The time that its outlet claims.
    claim: Option<UtcTime>,
    /// Of its content.
    pub(super) digest: [u8; 16],
    /// True if the document ended within it, or may have.
    pub(super) is_torso: bool,
    /// True if its lead is what the outlet says with every item.
    pub(super) has_constant_lead: bool,
    /// True if it is no news any more.
    is_stale: bool,
    text: &'a str,
    languages: &'a Languages<'a>,
    reading: Option<Reading>,
}

/// What only the words tell.
struct Reading {
    language: String,
    wire: WireReading,
}

impl<'a> Draft<'a> {
    /// What shows without reading its words.
    pub(super) fn glance(
        item: &'a ParsedItem,
        languages: &'a Languages<'a>,
        fetched_at: UtcTime,
    ) -> Self {
        // A guess that does not fit the visit is wrong.
        let claim = item
            .claimed_at()
            .filter(|claim| !item.time_is_guessed || is_believable(*claim, fetched_at));
        // A full text that is the lead again is not kept twice.
        let text = if item.content_text == item.summary {
            ""
        } else {
            &item.content_text
        };
        let identity = IdentityInput {
            guid: item.guid.clone(),
            link: item.link.as_deref().map(links::canonical_link),
            is_part: item.link.as_deref().is_some_and(links::names_part),
            title: item.title.clone(),
            summary: item.summary.clone(),
            beginning: match item.summary.is_empty() {
                true => item.lead().into_owned(),
                false => String::new(),
            },
            lead_is_constant: false,
            language: String::new(),
            series_key: None,
            published_at: claim,
            updated_at: item.updated,
        };
        Self {
            item,
            candidate: Candidate::of(identity),
            claim,
            digest: content_digest(&item.title, &item.summary, text),
            is_torso: false,
            has_constant_lead: false,
            is_stale: false,
            text,
            languages,
            reading: None,
        }
    }

    /// True if a digest is that of its content, of this or a former kind.
    pub(super) fn is_told_by(&self, digest: &[u8]) -> bool {
        self.digest[..] == *digest || self.former_digest()[..] == *digest
    }

    /// Digest of its content as it is stored, with the beginning of the text where there is no lead.
    pub(super) fn stored_digest(&self) -> [u8; 16] {
        content_digest(&self.item.title, &self.item.lead(), self.text)
    }

    fn former_digest(&self) -> [u8; 16] {
        former_digest(&self.item.title, &self.item.summary, self.text)
    }

    /// True if a state of this title, lead and digest says the same, told by a digest of a former kind.
    pub(super) fn says_as_before(&self, title: &str, lead: &str, digest: &[u8]) -> bool {
        let item = self.item;
        self.former_digest()[..] == *digest
            && !is_revision(title, &item.title)
            && !is_revision(lead, &item.lead())
    }

    /// Reads language and wire tags, if that is not done.
    pub(super) fn read(&mut self, arrived: Arrived<'_>) {
        if self.reading.is_none() {
            let reading = self.read_words(arrived);
            self.candidate.input.language.clone_from(&reading.language);
            if reading.wire.series_key.is_some() {
                let mut identity = std::mem::take(&mut self.candidate.input);
                identity.series_key.clone_from(&reading.wire.series_key);
                self.candidate = Candidate::of(identity);
            }
            self.reading = Some(reading);
        }
    }

    /// True if it was read and is one of a series of an agency.
    pub(super) fn is_of_series(&self) -> bool {
        self.candidate.input.series_key.is_some()
    }

    /// A prefix that no wire rule knows.
    pub(super) fn unknown_prefix(&self) -> Option<&str> {
        self.reading.as_ref()?.wire.unknown_prefix.as_deref()
    }

    /// What orders the states of one item: the number that the BBC puts behind its guids, then the
    /// outlet's claims.
    pub(super) fn revision(&self) -> (u32, Option<UtcTime>) {
        let number = self.item.guid.as_deref().and_then(|guid| {
            let (_, number) = guid.rsplit_once('#')?;
            number.parse().ok()
        });
        (
            number.unwrap_or(0),
            self.item.updated.or(self.item.published),
        )
    }

    pub(super) fn into_state(mut self, found: &ItemMatch, arrived: Arrived<'_>) -> ItemState {
        let reading = self.reading.take();
        let Reading { language, mut wire } = reading.unwrap_or_else(|| self.read_words(arrived));
        if self.is_stale && matches!(wire.role, Role::News | Role::Alert | Role::Update) {
            wire.role = Role::Background;
        }
        let claim = self
            .believable_claim(arrived)
            .filter(|_| found.time_is_certain);
        ItemState {
            guid: self.item.guid.clone(),
            digest: self.digest,
            title: self.item.title.clone(),
            summary: self.item.lead().into_owned(),
            text: self.text.to_owned(),
            link: self.candidate.input.link,
            author: self.item.author.clone(),
            language,
            published_at: self.claim,
            updated_at: self.item.updated,
            item_time: claim.unwrap_or(arrived.fetched_at),
            time_is_claimed: claim.is_some(),
            wire,
            categories: self.item.categories.clone(),
            image: self.item.image.clone(),
            withdrawn_at: None,
            keys: found.keys.clone(),
        }
    }

    fn read_words(&self, arrived: Arrived<'_>) -> Reading {
        let item = self.item;
        let language = self.languages.of(item);
        let mut wire = read_wire(&WireInput {
            outlet_name: &arrived.outlet.name,
            outlet_is_wire: arrived.outlet.kind == OutletKind::Wire,
            source_name: item.source_title.as_deref(),
            language: &language,
            title: &item.title,
            summary: &item.lead(),
            text: self.text,
            link: self.candidate.input.link.as_deref(),
            categories: &item.categories,
            item_time: self.believable_claim(arrived).unwrap_or(arrived.fetched_at),
        });
        if self.has_constant_lead {
            wire.clean_summary.clear();
        }
        Reading { language, wire }
    }

    fn believable_claim(&self, arrived: Arrived<'_>) -> Option<UtcTime> {
        self.claim
            .filter(|claim| is_believable(*claim, arrived.fetched_at))
    }
}

/// Notes which leads their outlet sets under whatever it tells.
pub(super) fn note_constant_leads(drafts: &mut [Draft<'_>]) {
    let texts = drafts
        .iter()
        .map(|draft| (&*draft.item.title, &*draft.item.summary));
    let constant = constant_leads(texts);
    for draft in drafts.iter_mut() {
        draft.has_constant_lead = constant.contains(&*draft.item.summary);
        draft.candidate.input.lead_is_constant = draft.has_constant_lead;
    }
}

/// Notes which items are no news any more by their outlet's account: of a feed's first document all that are so old, later
/// those beside items of these weeks. Where all are old later on, the outlet's dates are wrong.
pub(super) fn note_stale(drafts: &mut [Draft<'_>], is_first: bool, fetched_at: UtcTime) {
    let is_of_these_weeks = |claim| is_believable(claim, fetched_at);
    let mut claims = drafts.iter().filter_map(|draft| draft.claim);
    if is_first || claims.any(is_of_these_weeks) {
        for draft in drafts.iter_mut() {
            draft.is_stale = draft.claim.is_some_and(|claim| is_stale(claim, fetched_at));
        }
    }
}

/// Earlier times are a program's zero.
const FIRST_OF_WEB_SECS: i64 = 800_000_000;

/// True for a claim of before the times that are believed (invariant 10).
pub(super) fn is_stale(claim: UtcTime, now: UtcTime) -> bool {
    claim < now - OLDEST_CLAIM && claim.timestamp() > FIRST_OF_WEB_SECS
}

/// True if an outlet's time can be believed of what was fetched then (invariant 10).
pub(super) fn is_believable(claim: UtcTime, fetched_at: UtcTime) -> bool {
    (fetched_at - OLDEST_CLAIM..=fetched_at + NEWEST_CLAIM).contains(&claim)
}
