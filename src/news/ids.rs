//! Row ids as types of their own, and the public id that the world sees.

use std::fmt;

macro_rules! row_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

row_ids! {
    /// A feed's row.
    FeedId,
    /// An outlet's row.
    OutletId,
    /// An item's row. It is also the item's place in history (`seq`): the writer hands the
    /// numbers out in the order in which items are accepted, and never uses one twice.
    ItemId,
    /// An event's row.
    EventId,
    /// A storyline's row.
    StorylineId,
    /// A development's row (an entry of the log feeds).
    DevelopmentId,
    /// A decision's row.
    DecisionId,
    /// An editor's row.
    EditorId,
}

/// The permanent id of something published: a random UUID, minted once, written `urn:uuid:…` in
/// feeds and without the prefix in URLs (RFC 9562, RFC 4151 is not used).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicId(uuid::Uuid);

impl PublicId {
    /// Mints an id from 16 random bytes, which the caller draws from its source of randomness.
    pub fn mint(random: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(random).into_uuid())
    }

    /// The 16 bytes, as kept in the database.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.into_bytes()
    }

    /// The id of those 16 bytes, as they were kept.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(uuid::Uuid::from_bytes(bytes))
    }

    /// Reads the form used in URLs, or the `urn:uuid:` form; `None` if it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        uuid::Uuid::try_parse(text).ok().map(Self)
    }

    /// The `urn:uuid:…` form used as atom:id, guid and JSON Feed id.
    pub fn urn(&self) -> String {
        self.0.urn().to_string()
    }
}

impl fmt::Display for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl serde::Serialize for PublicId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for PublicId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a UUID"))
    }
}
