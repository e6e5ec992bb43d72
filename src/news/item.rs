//! Items as they are kept, and their revisions.

use super::{FeedId, ItemId, OutletId, UtcTime, WireReading};

/// 16 bytes that an item is known by within its feed.
pub type KeyDigest = [u8; 16];

/// One thing that a feed listed, as it is kept. The identity is the id; every earlier state is a
/// [`Revision`].
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Item {
    /// Row id and place in history.
    pub id: ItemId,
    /// The feed that listed it first.
    pub feed_id: FeedId,
    /// The outlet of that feed.
    pub outlet_id: OutletId,
    /// The title as the outlet wrote it, as plain text.
    pub title: String,
    /// The lead as plain text; empty if there is none.
    pub summary: String,
    /// The full text as plain text, where the feed carries one; empty if not.
    pub text: String,
    /// The link to the report, without tracking parameters.
    pub link: Option<String>,
    /// Author as written.
    pub author: Option<String>,
    /// Two-letter language code, or `und` if neither the feed nor the text tells.
    pub language: String,
    /// The outlet's claim of first publication.
    pub published_at: Option<UtcTime>,
    /// The outlet's claim of the last change.
    pub updated_at: Option<UtcTime>,
    /// Our clock, when the item was accepted.
    pub fetched_at: UtcTime,
    /// The time that clustering and ageing use (invariant 10).
    pub item_time: UtcTime,
    /// False if `item_time` is our clock because the outlet's claim was absent or unbelievable.
    pub time_is_claimed: bool,
    /// What the wire conventions said.
    pub wire: WireReading,
    /// Categories as written.
    pub categories: Vec<String>,
    /// A picture that the feed carries.
    pub image: Option<Image>,
    /// When the outlet or its agency withdrew the item.
    pub withdrawn_at: Option<UtcTime>,
    /// How many earlier states are kept.
    pub revision_count: u32,
}

/// A picture that a feed gives with an item; only its address is kept.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Image {
    /// http(s) address.
    pub url: String,
    /// Media type such as `image/jpeg`, if given.
    pub media_type: Option<String>,
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
    /// Credit line as written.
    pub credit: Option<String>,
}

/// An earlier state of an item, replaced at `replaced_at` by the next one.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Revision {
    /// 1 for the first state.
    pub number: u32,
    /// Our clock, when this state was first seen.
    pub seen_at: UtcTime,
    /// Our clock, when the next state was seen.
    pub replaced_at: UtcTime,
    /// Title of that state.
    pub title: String,
    /// Lead of that state.
    pub summary: String,
    /// Full text of that state.
    pub text: String,
    /// The outlet's claim of the last change, at that state.
    pub updated_at: Option<UtcTime>,
}
