//! Events and storylines as they are shown to the world: with their reports, and with what became
//! of them.

use std::collections::BTreeMap;

use super::{Event, Image, ItemId, OutletKind, PublicId, Role, Storyline, UtcTime};

/// One telling of an event: an original and its reprints, counted once.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Report {
    /// The original.
    pub item_id: ItemId,
    /// Name of its outlet.
    pub outlet: String,
    /// Whether that outlet is a wire.
    pub outlet_kind: OutletKind,
    /// Its headline without tags.
    pub title: String,
    /// Its address.
    pub link: Option<String>,
    /// Two-letter language code, or `und`.
    pub language: String,
    /// Item time.
    pub at: UtcTime,
    /// What kind of telling it is.
    pub role: Role,
    /// The note to editors on what changed, as written; empty if none.
    pub change_note: String,
    /// Category of its feed and categories as written.
    pub categories: Vec<String>,
    /// A picture that its feed carries.
    pub image: Option<Image>,
    /// The id that its feed gave it; empty if none.
    pub guid: String,
    /// The feed that carried it.
    pub feed: Carrier,
    /// True if its outlet or agency withdrew it.
    pub is_withdrawn: bool,
    /// The items that repeat it, in the order of telling.
    pub reprints: Vec<Reprint>,
    /// Copies of it or of one of these that lead to the same page of the same outlet, which lists it in several feeds
    /// and tells it once.
    pub relisted: Vec<Reprint>,
}

impl Report {
    /// The items that it is made of: its own, and all that repeat it.
    pub fn items(&self) -> impl Iterator<Item = ItemId> {
        let copies = self.reprints.iter().chain(&self.relisted);
        std::iter::once(self.item_id).chain(copies.map(|copy| copy.item_id))
    }

    /// True if the item is this report or repeats it.
    pub fn holds(&self, item: ItemId) -> bool {
        self.items().any(|one| one == item)
    }
}

impl Event {
    /// True if one of the reports gave the headline, or if no report did: then an editor set it, or nothing has
    /// described the event yet.
    pub fn is_headed_by_one_of<'a>(&self, reports: impl IntoIterator<Item = &'a Report>) -> bool {
        let mut reports = reports.into_iter();
        let chosen = self.headline_item_id;
        chosen.is_none_or(|item| reports.any(|report| report.holds(item)))
    }
}

/// A feed that carried a report, as it names itself.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Carrier {
    /// Its address; may hold credentials.
    pub url: String,
    /// Its title; empty if it has none.
    pub title: String,
    /// Address of its site.
    pub site_url: Option<String>,
    /// The id that it gives itself.
    pub document_id: Option<String>,
}

/// An item that repeats a report.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Reprint {
    /// The item.
    pub item_id: ItemId,
    /// Name of its outlet.
    pub outlet: String,
    /// Its headline without tags.
    pub title: String,
    /// Its address.
    pub link: Option<String>,
    /// Item time.
    pub at: UtcTime,
}

/// What stands before the headline of what was withdrawn.
pub const WITHDRAWN: &str = "Withdrawn: ";

/// The public name of an event or a storyline.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct PublicName {
    /// Its permanent id.
    pub public_id: PublicId,
    /// Its headline.
    pub headline: String,
}

/// What an event's entry told at its last material change: until the next one it is not told at
/// greater length.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ToldAtLength {
    /// The items it listed, and how many letters each took at its shortest since. `None` if that was
    /// not kept: then all are told at length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<BTreeMap<ItemId, u32>>,
    /// The lede.
    pub lede: String,
    /// The place.
    pub place: String,
}

/// An event as it is shown.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct PublishedEvent {
    /// The event; its `public_id`, `published_at` and `updated_at` are set.
    pub event: Event,
    /// Its reports, in the order of telling.
    pub reports: Vec<Report>,
    /// Its storyline, if that is published too.
    pub storyline: Option<PublicName>,
    /// The event that it was merged into.
    pub merged_into: Option<PublicName>,
    /// The published events that were merged into it, by way of others too.
    pub absorbed: Vec<PublicName>,
    /// The event that it was split from.
    pub split_from: Option<PublicName>,
    /// Why its headline was chosen; empty if not known.
    pub headline_reason: String,
    /// What its entry told at its last material change.
    pub told: ToldAtLength,
}

impl PublishedEvent {
    /// The permanent id.
    pub fn public_id(&self) -> PublicId {
        self.event.public_id.unwrap_or_default()
    }

    /// When it was first published.
    pub fn published_at(&self) -> UtcTime {
        self.event.published_at.unwrap_or_default()
    }

    /// Its last material change.
    pub fn updated_at(&self) -> UtcTime {
        self.event.updated_at.unwrap_or_else(|| self.published_at())
    }

    /// The report whose headline is shown, or else the first one.
    pub fn lead_report(&self) -> Option<&Report> {
        let chosen = self.event.headline_item_id;
        let heads = |report: &&Report| chosen.is_some_and(|item| report.holds(item));
        self.reports.iter().find(heads).or(self.reports.first())
    }

    /// False if its headline and lede are those of a report that is not among those shown.
    pub fn is_headed(&self) -> bool {
        self.reports.is_empty() || self.event.is_headed_by_one_of(&self.reports)
    }
}

/// A storyline as it is shown.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct PublishedStoryline {
    /// The storyline; its `public_id`, `published_at` and `updated_at` are set.
    pub storyline: Storyline,
    /// True if what it tells was withdrawn; of one that was merged, that by which it is headed.
    pub is_withdrawn: bool,
    /// Its published events, in the order in which they happened.
    pub events: Vec<PublishedEvent>,
    /// The storyline that it was merged into.
    pub merged_into: Option<PublicName>,
    /// The published storylines that were merged into it, by way of others too.
    pub absorbed: Vec<PublicName>,
}

impl PublishedStoryline {
    /// The permanent id.
    pub fn public_id(&self) -> PublicId {
        self.storyline.public_id.unwrap_or_default()
    }

    /// When it was first published.
    pub fn published_at(&self) -> UtcTime {
        self.storyline.published_at.unwrap_or_default()
    }

    /// Its last material change.
    pub fn updated_at(&self) -> UtcTime {
        self.storyline
            .updated_at
            .unwrap_or_else(|| self.published_at())
    }
}

/// What a permanent id answers with.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// It is published.
    Live,
    /// It was merged; what it means is told there now.
    MergedInto(PublicId),
    /// It is kept out of what is published, for this reason.
    Gone(String),
}
