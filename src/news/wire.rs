//! What a wire's tags said about an item: role, series, agency, dateline, change note.

use chrono::NaiveDate;

/// What kind of telling an item is. Roles decide what an item may join (design of the roles:
/// wraps, live blogs, background and previews attach to a storyline and never join two events).
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// An ordinary report.
    #[default]
    News,
    /// A flash or snap: very short, first.
    Alert,
    /// A new version of an item of the same agency.
    Update,
    /// A round-up that tells several events.
    Wrap,
    /// A live blog: a container of many events.
    Live,
    /// A factbox, explainer, profile, analysis.
    Background,
    /// A report of what is still to come.
    Preview,
    /// Opinion, column, editorial, or picture and video items that tell nothing themselves.
    Opinion,
    /// The same item, corrected.
    Correction,
    /// The item is withdrawn.
    Kill,
    /// A note to editors: digest, budget, schedule. Never clustered.
    Advisory,
}

impl Role {
    /// Every role, in the order of the glossary.
    pub const ALL: [Role; 11] = [
        Role::News,
        Role::Alert,
        Role::Update,
        Role::Wrap,
        Role::Live,
        Role::Background,
        Role::Preview,
        Role::Opinion,
        Role::Correction,
        Role::Kill,
        Role::Advisory,
    ];

    /// The word of the glossary, as in the database, in JSON and on pages.
    pub fn name(self) -> &'static str {
        match self {
            Role::News => "news",
            Role::Alert => "alert",
            Role::Update => "update",
            Role::Wrap => "wrap",
            Role::Live => "live",
            Role::Background => "background",
            Role::Preview => "preview",
            Role::Opinion => "opinion",
            Role::Correction => "correction",
            Role::Kill => "kill",
            Role::Advisory => "advisory",
        }
    }

    /// The role of that name; `None` for an unknown word.
    pub fn from_name(name: &str) -> Option<Role> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// True for the roles that tell an event of their own and so stand in its timeline. A notice that withdraws a
    /// report tells none: what it withdraws stands there already.
    pub fn tells_an_event(self) -> bool {
        matches!(
            self,
            Role::News | Role::Alert | Role::Update | Role::Correction
        )
    }
}

/// A stretch of a text, in bytes of its UTF-8 form, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// One tag that was read, and where.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WireTag {
    /// The stretch as it stood, with the white space that went with it, such as `UPDATE 2-`.
    pub text: String,
    /// Which text it stood in: `title`, `summary`, `text`, `link` or `category`.
    pub field: String,
    /// Where in that text.
    pub span: Span,
    /// What it says: `role`, `dateline`, `change-note`, `outlet-suffix`, `series`, `exclusive`,
    /// `repeat`, `topic`, `kill` or `hold`.
    pub meaning: String,
    /// The id of the rule that read it; `outlet-name` for an outlet suffix.
    pub rule: String,
    /// True if the stretch was taken out of the clean text; false if it was read and left.
    pub removed: bool,
}

/// The place and day from which a report says it was filed.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Dateline {
    /// The place as written, such as `ANCHORAGE, Alaska`.
    pub place: Option<String>,
    /// The day, if one is given; a missing year is taken from the item's time.
    pub date: Option<NaiveDate>,
}

/// All that was read from an item's wire conventions.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WireReading {
    /// The title without tags and outlet suffix; never empty if the title was not.
    pub clean_title: String,
    /// The summary without dateline and change note.
    pub clean_summary: String,
    /// The role that the tags give, else `News`.
    pub role: Role,
    /// What stays the same over all takes of one series of an agency.
    pub series_key: Option<String>,
    /// The number of the take within the series.
    pub series_no: Option<u32>,
    /// True if the item says that it replaces earlier takes.
    pub replaces: bool,
    /// The agency whose copy this is, by its usual short name (`AP`, `Reuters`, `dpa`).
    pub agency: Option<String>,
    /// Place and day of filing.
    pub dateline: Option<Dateline>,
    /// The note to editors on what changed, as written.
    pub change_note: Option<String>,
    /// The outlet's name at the end of the title, as written.
    pub outlet_suffix: Option<String>,
    /// Every tag with the span it was read from, in order.
    pub tags: Vec<WireTag>,
    /// A bracketed or capitalised prefix that no rule knows; kept in the title, and counted.
    pub unknown_prefix: Option<String>,
}
