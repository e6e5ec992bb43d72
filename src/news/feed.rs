//! Feeds and outlets as they are kept, and the named states of a feed's health.

use super::{FeedId, OutletId, UtcTime};

/// Whether others run an outlet's copy.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum OutletKind {
    /// An agency.
    Wire,
    /// A paper, a station, anybody else.
    #[default]
    Outlet,
}

impl OutletKind {
    /// The word of the glossary.
    pub fn name(self) -> &'static str {
        match self {
            OutletKind::Wire => "wire",
            OutletKind::Outlet => "outlet",
        }
    }

    /// The kind of that name; `None` for an unknown word.
    pub fn from_name(name: &str) -> Option<Self> {
        [OutletKind::Wire, OutletKind::Outlet]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// Who publishes: a paper, an agency, a station.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Outlet {
    /// Row id.
    pub id: OutletId,
    /// Name as shown; unique.
    pub name: String,
    /// Wire or outlet.
    pub kind: OutletKind,
    /// Weight of its reports in the choice of a headline; 1 by default, set by an editor.
    pub reliability: f64,
}

/// What a server gave to make the next request conditional. They belong to a URL, not to a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Validators {
    /// ETag, byte for byte, with quotes and `W/`.
    pub etag: Option<Vec<u8>>,
    /// Last-Modified, byte for byte.
    pub last_modified: Option<Vec<u8>>,
}

impl Validators {
    /// True if the next request would be unconditional.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// A subscription: a document at a URL that lists what an outlet published.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Feed {
    /// Row id.
    pub id: FeedId,
    /// Address as configured, without fragment.
    pub url: String,
    /// Who publishes it.
    pub outlet_id: OutletId,
    /// Title, by the operator or else by the feed.
    pub title: String,
    /// Category by the operator; empty if none.
    pub category: String,
    /// Language by the operator, whose word counts more than the feed's own; `None` if nothing is set.
    pub language: Option<String>,
    /// A cron line of its own, in UTC unless it names a zone; `None` for the adaptive interval.
    pub cron: Option<String>,
    /// True if the feed is paused by an editor or operator.
    pub paused: bool,
    /// True if the feed is the operator's own or under contract: the floor on the interval and
    /// the pace towards its host do not hold.
    pub own: bool,
    /// True if its full text may be republished.
    pub full_text_allowed: bool,
    /// True if an invalid certificate is accepted, by the operator's word.
    pub any_certificate: bool,
    /// Health, named.
    pub health: FeedHealth,
    /// One line: why it is in that state, and what happens next.
    pub health_reason: String,
    /// When it is visited next.
    pub next_visit_at: UtcTime,
    /// Why at that time.
    pub next_visit_reason: String,
    /// The last visit, whatever its outcome.
    pub last_visit_at: Option<UtcTime>,
    /// Visits in a row that failed.
    pub failures: u32,
}

/// The named states of a feed's health.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum FeedHealth {
    /// Never visited.
    #[default]
    New,
    /// The last visit brought a readable feed.
    Ok,
    /// The server says nothing changed.
    Unchanged,
    /// Visits take long.
    Slow,
    /// The server asked for fewer visits.
    RateLimited,
    /// The server says it is gone for good (410).
    Gone,
    /// Nothing but 404 for weeks.
    Dead,
    /// The server has no such document (404).
    Missing,
    /// The server refuses without credentials (401, 403).
    Forbidden,
    /// The server failed (5xx).
    ServerError,
    /// No answer: name, connection or time, or redirects that lead nowhere.
    Unreachable,
    /// The answer is a page, not a feed.
    NotAFeed,
    /// A feed that could not be read.
    Unreadable,
    /// The body was over a limit.
    TooLarge,
    /// A feed with no items.
    Empty,
    /// Has published nothing for far longer than its habit.
    Silent,
    /// 200 with the same bytes for long.
    Frozen,
    /// No item has a date.
    Undated,
    /// Ids change while the texts do not.
    GuidChurn,
    /// Far more new items in one visit than can be news.
    Flood,
    /// The server's clock and ours differ.
    ClockSkew,
    /// The address has moved.
    Redirected,
    /// The certificate is not valid.
    Certificate,
    /// The address lies in a network that is not allowed.
    RefusedAddress,
}

impl FeedHealth {
    /// Every state.
    pub const ALL: [FeedHealth; 24] = {
        use FeedHealth::*;
        [
            New,
            Ok,
            Unchanged,
            Slow,
            RateLimited,
            Gone,
            Dead,
            Missing,
            Forbidden,
            ServerError,
            Unreachable,
            NotAFeed,
            Unreadable,
            TooLarge,
            Empty,
            Silent,
            Frozen,
            Undated,
            GuidChurn,
            Flood,
            ClockSkew,
            Redirected,
            Certificate,
            RefusedAddress,
        ]
    };

    /// The name in the database, in logs and on pages.
    pub fn name(self) -> &'static str {
        match self {
            FeedHealth::New => "new",
            FeedHealth::Ok => "ok",
            FeedHealth::Unchanged => "unchanged",
            FeedHealth::Slow => "slow",
            FeedHealth::RateLimited => "rate-limited",
            FeedHealth::Gone => "gone",
            FeedHealth::Dead => "dead",
            FeedHealth::Missing => "missing",
            FeedHealth::Forbidden => "forbidden",
            FeedHealth::ServerError => "server-error",
            FeedHealth::Unreachable => "unreachable",
            FeedHealth::NotAFeed => "not-a-feed",
            FeedHealth::Unreadable => "unreadable",
            FeedHealth::TooLarge => "too-large",
            FeedHealth::Empty => "empty",
            FeedHealth::Silent => "silent",
            FeedHealth::Frozen => "frozen",
            FeedHealth::Undated => "undated",
            FeedHealth::GuidChurn => "guid-churn",
            FeedHealth::Flood => "flood",
            FeedHealth::ClockSkew => "clock-skew",
            FeedHealth::Redirected => "redirected",
            FeedHealth::Certificate => "certificate",
            FeedHealth::RefusedAddress => "refused-address",
        }
    }

    /// The state of that name; `None` for an unknown word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|health| health.name() == name)
    }
}
