//! What a document says of when to come again, as it is kept on the feed.

use crate::feed::VisitHints;

/// A document's hints as they are kept until the next document.
#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub(super) struct SavedHints {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ttl_minutes: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) skip_hours: Vec<u8>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) skip_days: Vec<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) update_period_secs: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) update_base: Option<i64>,
}

impl SavedHints {
    pub(super) fn of(hints: &VisitHints) -> Self {
        Self {
            ttl_minutes: hints.ttl_minutes,
            skip_hours: hints.skip_hours.clone(),
            skip_days: hints.skip_days.clone(),
            update_period_secs: hints.update_period_secs,
            update_base: hints.update_base.map(|base| base.timestamp()),
        }
    }

    pub(super) fn to_json(&self) -> Option<String> {
        serde_json::to_string(self).ok().filter(|json| json != "{}")
    }
}
