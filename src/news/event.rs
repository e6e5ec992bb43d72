//! Events, storylines and developments as they are kept.

use super::{DevelopmentId, EventId, ItemId, PublicId, StorylineId, UtcTime};

/// A specific thing that happened at a specific time and place.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Event {
    /// Row id.
    pub id: EventId,
    /// Minted at first publication; `None` while provisional.
    pub public_id: Option<PublicId>,
    /// The storyline it belongs to.
    pub storyline_id: StorylineId,
    /// The headline shown.
    pub headline: String,
    /// The report whose headline and lead are shown; `None` if an editor wrote the headline.
    pub headline_item_id: Option<ItemId>,
    /// Lead of the headline's report, at most 300 characters.
    pub lede: String,
    /// Where it happened, as written in datelines; empty if none says.
    pub place: String,
    /// When it happened, estimated.
    pub occurred_at: UtcTime,
    /// Item time of its first report.
    pub first_report_at: UtcTime,
    /// Item time of its latest report.
    pub last_report_at: UtcTime,
    /// When it entered the published feeds; `None` while provisional.
    pub published_at: Option<UtcTime>,
    /// Its last material change; equals `published_at` at first.
    pub updated_at: Option<UtcTime>,
    /// What that change was, in words; empty at first.
    pub change: String,
    /// How many reports tell it: originals, reprints not counted.
    pub report_count: u32,
    /// How many outlets carry it, reprints counted.
    pub outlet_count: u32,
    /// Kept out of what is published.
    pub spiked: bool,
    /// Late items become suggestions.
    pub locked: bool,
    /// The event that this one was merged into.
    pub merged_into: Option<EventId>,
    /// When all of its reports had been withdrawn.
    pub withdrawn_at: Option<UtcTime>,
}

/// Where a storyline stands in its life.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Life {
    /// New reports are coming in.
    #[default]
    Developing,
    /// Nothing new for a while.
    Quiet,
    /// Nothing new for so long that it is taken as over.
    Closed,
    /// Was closed, and something new happened.
    Reopened,
}

impl Life {
    /// The word shown and stored.
    pub fn name(self) -> &'static str {
        match self {
            Life::Developing => "developing",
            Life::Quiet => "quiet",
            Life::Closed => "closed",
            Life::Reopened => "reopened",
        }
    }

    /// The life of that name; `None` for an unknown word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Life::Developing, Life::Quiet, Life::Closed, Life::Reopened]
            .into_iter()
            .find(|life| life.name() == name)
    }
}

/// Events that an editor would tell together.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Storyline {
    /// Row id.
    pub id: StorylineId,
    /// Minted at first publication; `None` while provisional.
    pub public_id: Option<PublicId>,
    /// Short stable name for logs and pages; unique.
    pub slug: String,
    /// The headline shown.
    pub headline: String,
    /// Where it stands.
    pub life: Life,
    /// When the first of its events happened.
    pub first_event_at: UtcTime,
    /// When the latest of its events happened.
    pub last_event_at: UtcTime,
    /// When it entered the published feeds.
    pub published_at: Option<UtcTime>,
    /// Its last material change.
    pub updated_at: Option<UtcTime>,
    /// How many events it holds.
    pub event_count: u32,
    /// How many outlets tell it.
    pub outlet_count: u32,
    /// Kept out of what is published.
    pub spiked: bool,
    /// The storyline that this one was merged into.
    pub merged_into: Option<StorylineId>,
}

/// Why a development stands in the log feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DevelopmentKind {
    /// A new event was published.
    NewEvent,
    /// The outcome or the head number changed, and two outlets tell it.
    Outcome,
    /// A report of it was corrected.
    Correction,
    /// A report of it was withdrawn.
    Kill,
    /// A report of it that was withdrawn stands again.
    Reinstatement,
    /// An editor changed its headline or its reports.
    Decision,
}

impl DevelopmentKind {
    /// The name in the database and in feeds.
    pub fn name(self) -> &'static str {
        match self {
            DevelopmentKind::NewEvent => "new-event",
            DevelopmentKind::Outcome => "outcome",
            DevelopmentKind::Correction => "correction",
            DevelopmentKind::Kill => "kill",
            DevelopmentKind::Reinstatement => "reinstatement",
            DevelopmentKind::Decision => "decision",
        }
    }

    /// The kind of that name; `None` for an unknown word.
    pub fn from_name(name: &str) -> Option<Self> {
        use DevelopmentKind::*;
        let all = [NewEvent, Outcome, Correction, Kill, Reinstatement, Decision];
        all.into_iter().find(|kind| kind.name() == name)
    }
}

/// One material change of one event: an entry of the log feeds. Written once, never edited.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Development {
    /// Row id.
    pub id: DevelopmentId,
    /// Its own permanent id.
    pub public_id: PublicId,
    /// The event that changed.
    pub event_id: EventId,
    /// The storyline of that event at the time.
    pub storyline_id: StorylineId,
    /// When it changed, by our clock.
    pub changed_at: UtcTime,
    /// Why it is here.
    pub kind: DevelopmentKind,
    /// Headline at the time.
    pub headline: String,
    /// What changed, in words.
    pub note: String,
}
