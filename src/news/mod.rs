//! The nouns of Dateline as types: feeds, items, events, storylines, decisions, and their ids.
//!
//! Nothing here does any work. What a feed document said (`feed::ParsedItem`) and what is kept
//! (`news::Item`) are different types on purpose.

mod decision;
mod event;
mod evidence;
mod feed;
mod ids;
mod item;
mod problem;
mod published;
mod request;
mod view;
mod wire;

pub use decision::{Decision, DecisionMade, Ruling, Target, WentAlong};
pub use event::{Development, DevelopmentKind, Event, Life, Storyline};
pub use evidence::{Evidence, PairEvidence, ScoredPair, Term};
pub use feed::{Feed, FeedHealth, Outlet, OutletKind, Validators};
pub use ids::{
    DecisionId, DevelopmentId, EditorId, EventId, FeedId, ItemId, OutletId, PublicId, StorylineId,
};
pub use item::{Image, Item, KeyDigest, Revision};
pub use problem::Problem;
pub use published::{
    Carrier, PublicName, PublishedEvent, PublishedStoryline, Report, Reprint, Standing,
    ToldAtLength, WITHDRAWN,
};
pub use request::{Answer, Request, Seen, TAKE_BACK};
pub use view::View;
pub use wire::{Dateline, Role, Span, WireReading, WireTag};

/// An instant of the calendar, in UTC. Kept in the database as whole seconds since 1970.
pub type UtcTime = chrono::DateTime<chrono::Utc>;

/// The instant `secs` seconds after 1970-01-01T00:00:00Z; the epoch itself if out of range.
pub fn utc_from_secs(secs: i64) -> UtcTime {
    chrono::DateTime::from_timestamp(secs, 0).unwrap_or_default()
}
