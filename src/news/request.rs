//! What a command or a page asks of the process that owns the data directory, and its answer.

use super::{DecisionId, EventId, FeedId, ItemId, Ruling};

/// Work asked of the owner. Kept as JSON in the table of requests.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Request {
    /// Visit these feeds now, or all that are due if there are none.
    Poll {
        /// The feeds.
        feeds: Vec<FeedId>,
    },
    /// Add the feed at an address, or the feeds that the page there names.
    AddFeed {
        /// Address of a feed or a page.
        url: String,
        /// Name of the outlet; `None` to take that of its publisher's other feeds, or else the feed's title.
        outlet: Option<String>,
        /// `wire` or `outlet`.
        kind: Option<String>,
        /// Category by the operator.
        category: Option<String>,
        /// Language by the operator.
        language: Option<String>,
    },
    /// Remove a feed; its items stay.
    RemoveFeed {
        /// The feed.
        feed: FeedId,
    },
    /// Set what may be set on a feed; what is `None` stays.
    EditFeed {
        /// The feed.
        feed: FeedId,
        /// Paused.
        paused: Option<bool>,
        /// Title.
        title: Option<String>,
        /// Category.
        category: Option<String>,
        /// Cron line; an empty one takes it away.
        cron: Option<String>,
        /// A fixed interval in seconds; 0 gives the adaptive one back.
        #[serde(default)]
        interval_secs: Option<u32>,
        /// The operator's own or under contract.
        own: Option<bool>,
        /// Full text may be republished.
        full_text_allowed: Option<bool>,
        /// Invalid certificates are accepted.
        any_certificate: Option<bool>,
        /// How much its outlet weighs in the choice of headlines: 0 to 3, 1 for most.
        #[serde(default)]
        reliability: Option<f64>,
        /// Name of the outlet that it is of from now on, with all its items; made if there is none.
        #[serde(default)]
        outlet: Option<String>,
        /// Language, whatever the feed says of itself; an empty one takes it away.
        #[serde(default)]
        language: Option<String>,
    },
    /// Add the feeds of an OPML document.
    ImportOpml {
        /// The document.
        opml: String,
    },
    /// Put a ruling into force.
    Decide {
        /// The ruling.
        ruling: Ruling,
        /// Name of the editor.
        editor: String,
        /// Why; empty if not said.
        note: String,
        /// The event on the page that the editor ruled from; `None` if the ruling itself says what was seen, or
        /// nothing does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<Seen>,
        /// The last decision when that page was made: a headline that was set since is not overridden. `None` if it is,
        /// whenever it was set.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        known: Option<DecisionId>,
    },
    /// Take a decision back.
    Undo {
        /// The decision.
        decision: DecisionId,
        /// Name of the editor.
        editor: String,
    },
}

/// An event as an editor saw it.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Seen {
    /// The event.
    pub event: EventId,
    /// The items that stood in it.
    pub items: Vec<ItemId>,
}

impl Request {
    /// True if it rules on something, or takes a ruling back.
    pub fn is_about_decisions(&self) -> bool {
        matches!(self, Self::Decide { .. } | Self::Undo { .. })
    }
}

/// How a line begins that tells whoever types commands how to take a decision back.
pub const TAKE_BACK: &str = "to take it back: dateline undo";

/// What came of a request.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Answer {
    /// True if it was done.
    pub done: bool,
    /// What to tell a person, line by line.
    pub lines: Vec<String>,
    /// The decision that was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionId>,
}

impl Answer {
    /// It was done.
    pub fn done(lines: Vec<String>) -> Self {
        Self {
            done: true,
            lines,
            decision: None,
        }
    }

    /// It was not done, and why.
    pub fn refused(why: impl Into<String>) -> Self {
        Self {
            done: false,
            lines: vec![why.into()],
            decision: None,
        }
    }

    /// The same for a page, on which decisions are taken back by a button.
    pub fn without_commands(mut self) -> Self {
        self.lines.retain(|line| !line.starts_with(TAKE_BACK));
        self
    }
}
