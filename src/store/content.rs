//! The parts of an item that no query looks into, as one value: lead, text, link, guid, author,
//! categories, picture, reading of the wire conventions. It is packed by `packing`.

use super::items::ItemState;
use super::numbers::{put_number, take_number};
use super::{Result, StoreError};
use crate::news::{Image, Role, WireReading};

/// The parts, read back.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Content {
    pub(super) summary: String,
    pub(super) text: String,
    pub(super) link: Option<String>,
    pub(super) author: Option<String>,
    pub(super) categories: Vec<String>,
    pub(super) image: Option<Image>,
    /// `None` if it says nothing that title, lead and role do not say.
    wire: Option<WireReading>,
    guid: Option<String>,
}

impl Content {
    /// What is to be kept of a state, not packed yet.
    pub(super) fn encode(state: &ItemState) -> Result<Vec<u8>> {
        let categories = (!state.categories.is_empty()).then_some(&state.categories);
        let categories = categories.map(serde_json::to_string).transpose()?;
        let image = state
            .image
            .as_ref()
            .map(serde_json::to_string)
            .transpose()?;
        // Most items carry no tags, and a million rows of JSON are dear.
        let plain = plain_reading(&state.title, &state.summary, state.wire.role);
        let wire = (state.wire != plain).then_some(&state.wire);
        let wire = wire.map(serde_json::to_string).transpose()?;
        let parts = [
            Some(state.summary.as_str()),
            Some(&state.text),
            state.link.as_deref(),
            state.guid.as_deref(),
            state.author.as_deref(),
            categories.as_deref(),
            image.as_deref(),
            wire.as_deref(),
        ];
        Ok(join(&parts))
    }

    /// Encoded content with another link, all else as it is.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] if it is damaged.
    pub(super) fn with_link(bytes: &[u8], link: &str) -> Result<Vec<u8>> {
        let mut rest = bytes;
        let mut parts = [None; PARTS];
        for part in &mut parts {
            *part = take_part(&mut rest)?;
        }
        parts[LINK] = Some(link);
        Ok(join(&parts))
    }

    /// Reads it back. JSON that cannot be read counts as absent, because one bad part must not hide
    /// an item.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self> {
        let mut rest = bytes;
        let mut next = || take_part(&mut rest).map(|part| part.map(str::to_owned));
        Ok(Self {
            summary: next()?.unwrap_or_default(),
            text: next()?.unwrap_or_default(),
            link: next()?,
            guid: next()?,
            author: next()?,
            categories: from_json(next()?).unwrap_or_default(),
            image: from_json(next()?),
            wire: from_json(next()?),
        })
    }

    /// The lead alone.
    pub(super) fn lead_of(bytes: &[u8]) -> &str {
        let mut rest = bytes;
        take_part(&mut rest).ok().flatten().unwrap_or_default()
    }

    /// The guid as given.
    pub(super) fn guid(&self) -> Option<&str> {
        self.guid.as_deref()
    }

    /// The guid as given.
    pub(super) fn into_guid(self) -> Option<String> {
        self.guid
    }

    /// The reading of the wire conventions.
    pub(super) fn wire(&self, title: &str, role: &str) -> WireReading {
        self.wire.clone().unwrap_or_else(|| {
            let role = Role::from_name(role).unwrap_or_default();
            plain_reading(title, &self.summary, role)
        })
    }
}

/// How many parts there are, and which is the link.
const PARTS: usize = 8;
const LINK: usize = 2;

fn join(parts: &[Option<&str>; PARTS]) -> Vec<u8> {
    let used = parts
        .iter()
        .rposition(Option::is_some)
        .map_or(0, |at| at + 1);
    let length: usize = parts.iter().flatten().map(|part| part.len() + 8).sum();
    let mut bytes = Vec::with_capacity(length);
    for part in &parts[..used] {
        put_number(&mut bytes, part.map_or(0, |part| part.len() as u64 + 1));
        bytes.extend_from_slice(part.unwrap_or_default().as_bytes());
    }
    bytes
}

/// `None` where there is no such part.
fn take_part<'a>(rest: &mut &'a [u8]) -> Result<Option<&'a str>> {
    if rest.is_empty() {
        return Ok(None);
    }
    let unreadable = || StoreError::Unreadable("content of an item".to_owned());
    let length = take_number(rest).ok_or_else(unreadable)?;
    let Some(length) = length.checked_sub(1) else {
        return Ok(None);
    };
    let length = usize::try_from(length).map_err(|_| unreadable())?;
    let (part, after) = rest.split_at_checked(length).ok_or_else(unreadable)?;
    *rest = after;
    std::str::from_utf8(part)
        .map(Some)
        .map_err(|_| unreadable())
}

fn from_json<T: serde::de::DeserializeOwned>(json: Option<String>) -> Option<T> {
    serde_json::from_str(&json?).ok()
}

fn plain_reading(title: &str, summary: &str, role: Role) -> WireReading {
    WireReading {
        clean_title: title.to_owned(),
        clean_summary: summary.to_owned(),
        role,
        ..WireReading::default()
    }
}
