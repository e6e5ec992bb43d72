//! The keys that an item is known by, best first.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;
use sha2::{Digest, Sha256};
use url::Url;

use super::IdentityInput;
use super::content::normalised;
use super::host_rules;
use crate::news::KeyDigest;

/// The rungs of the ladder, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// What a rule for the host finds in guid or link.
    HostRule,
    /// The guid.
    Guid,
    /// The link.
    Link,
    /// The long number in the link, which stays when the words around it change.
    LinkNumber,
    /// The agency's series.
    Series,
    /// Title, lead and claimed time.
    DatedText,
    /// Title and lead.
    Text,
}

impl KeyKind {
    /// Kebab-case name, for logs.
    pub fn name(self) -> &'static str {
        match self {
            KeyKind::HostRule => "host-rule",
            KeyKind::Guid => "guid",
            KeyKind::Link => "link",
            KeyKind::LinkNumber => "link-number",
            KeyKind::Series => "series",
            KeyKind::DatedText => "dated-text",
            KeyKind::Text => "text",
        }
    }
}

/// One key of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityKey {
    /// Which rung.
    pub kind: KeyKind,
    /// What stands on it.
    pub value: String,
    /// Both in 16 bytes, for the store. It never changes between versions: SHA-256 of the kind's name, a
    /// zero byte and the value, cut.
    pub digest: KeyDigest,
}

impl IdentityKey {
    /// What stands on a rung.
    pub fn new(kind: KeyKind, value: String) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(kind.name());
        hasher.update([0]);
        hasher.update(&value);
        let mut digest = [0; 16];
        digest.copy_from_slice(&hasher.finalize()[..16]);
        Self {
            kind,
            value,
            digest,
        }
    }
}

/// The link of an item as keys are made from it.
struct Address<'a> {
    link: Option<&'a str>,
    /// `None` if it is no address.
    url: Option<Url>,
}

impl<'a> Address<'a> {
    fn of(input: &'a IdentityInput) -> Self {
        let link = input.link.as_deref().map(str::trim);
        let link = link.filter(|link| !link.is_empty());
        Self {
            link,
            url: link.and_then(|link| Url::parse(link).ok()),
        }
    }
}

/// Every key of an item, best first. None only for an item that says nothing.
pub fn keys_of(input: &IdentityInput) -> Vec<IdentityKey> {
    keys_at(input, &Address::of(input))
}

/// The same, and the keys that it may be known by beside its own: those of its id before the site went over to `https`
/// or left off `www.`, or back, and of a link with a port those that were kept when ports did not count. These are looked up and never kept.
pub fn keys_and_aliases_of(input: &IdentityInput) -> (Vec<IdentityKey>, Vec<IdentityKey>) {
    let address = Address::of(input);
    (keys_at(input, &address), aliases_at(input, address))
}

/// True if a rule for the host finds in the id what stays the same, and not in the link alone.
pub(super) fn has_rule_for_id(input: &IdentityInput) -> bool {
    host_rules::key_of(input.guid.as_deref().map(str::trim), None).is_some()
}

fn keys_at(input: &IdentityInput, address: &Address<'_>) -> Vec<IdentityKey> {
    let guid = input
        .guid
        .as_deref()
        .map(str::trim)
        .filter(|guid| !guid.is_empty());
    let mut keys = Vec::with_capacity(6);
    let mut add = |kind, value: Option<String>| {
        keys.extend(value.map(|value| IdentityKey::new(kind, value)));
    };
    add(KeyKind::HostRule, host_rules::key_of(guid, address.link));
    add(KeyKind::Guid, guid.map(str::to_owned));
    let url = address.url.as_ref();
    // What is no address tells items apart as it stands.
    let as_written = || address.link.map(str::to_owned);
    add(KeyKind::Link, url.map_or_else(as_written, link_key));
    add(KeyKind::LinkNumber, url.and_then(link_number));
    add(KeyKind::Series, input.series_key.clone());
    let text = text_of(input);
    if text.trim().is_empty() {
        return keys;
    }
    let dated = input
        .published_at
        .map(|at| format!("{}\n{text}", at.timestamp()));
    add(KeyKind::DatedText, dated);
    add(KeyKind::Text, Some(text));
    keys
}

fn aliases_at(input: &IdentityInput, address: Address<'_>) -> Vec<IdentityKey> {
    let guid = input.guid.as_deref().map(str::trim);
    let mut aliases: Vec<IdentityKey> = guid
        .map(other_spellings)
        .unwrap_or_default()
        .into_iter()
        .map(|guid| IdentityKey::new(KeyKind::Guid, guid))
        .collect();
    if let Some(mut url) = address.url.filter(|url| url.port().is_some())
        && url.set_port(None).is_ok()
    {
        let keys = [
            (KeyKind::Link, link_key(&url)),
            (KeyKind::LinkNumber, link_number(&url)),
        ];
        let keys = keys.into_iter();
        aliases.extend(keys.filter_map(|(kind, value)| Some(IdentityKey::new(kind, value?))));
    }
    aliases
}

/// An id that is an address with the other scheme, with or without `www.`, and both.
fn other_spellings(guid: &str) -> Vec<String> {
    let Some((scheme @ ("http" | "https"), host)) = guid.split_once("://") else {
        return Vec::new();
    };
    let other_scheme = if scheme == "http" { "https" } else { "http" };
    let other_host = match host.strip_prefix("www.") {
        Some(bare) => bare.to_owned(),
        None => format!("www.{host}"),
    };
    vec![
        format!("{other_scheme}://{host}"),
        format!("{scheme}://{other_host}"),
        format!("{other_scheme}://{other_host}"),
    ]
}

fn text_of(input: &IdentityInput) -> String {
    format!(
        "{}\n{}",
        normalised(&input.title),
        normalised(&input.summary)
    )
}

/// The link without what does not make another page: scheme, `www.`, the slash at the end. `None`
/// for the address of a whole site, which many items share.
fn link_key(url: &Url) -> Option<String> {
    let host = host_and_port(url).unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let path = url.path().trim_end_matches('/');
    if path.is_empty() && url.query().is_none() && url.fragment().is_none() {
        return None;
    }
    let mut key = format!("{host}{path}");
    for (sign, part) in [('?', url.query()), ('#', url.fragment())] {
        if let Some(part) = part.filter(|part| !part.is_empty()) {
            key.push(sign);
            key.push_str(part);
        }
    }
    Some(key)
}

/// The port of its own, which the scheme does not say, behind the host.
fn host_and_port(url: &Url) -> Option<Cow<'_, str>> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => Cow::Owned(format!("{host}:{port}")),
        None => Cow::Borrowed(host),
    })
}

/// Seven digits and more are ids; eight that read as a date are a date.
static LONG_NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[0-9]{7,}").expect("the pattern is valid"));

fn link_number(url: &Url) -> Option<String> {
    let host = host_and_port(url)?;
    let found = LONG_NUMBER
        .find_iter(url.path())
        .map(|found| found.as_str());
    let number = found.filter(|number| !is_date(number)).last()?;
    Some(format!("{host} {number}"))
}

/// True for eight digits that read as a day: the year first or last, or first as it is counted in Iran (`14050909`) and by
/// the moon.
fn is_date(number: &str) -> bool {
    if number.len() != 8 {
        return false;
    }
    let part = |from: usize, to: usize| number[from..to].parse::<u32>().unwrap_or_default();
    let are_day_and_month = |day, month| (1..=31).contains(&day) && (1..=12).contains(&month);
    let is_year = |year| (1900..2100).contains(&year);
    let is_other_year = |year| (1380..1460).contains(&year);
    is_year(part(0, 4))
        || (is_other_year(part(0, 4)) && are_day_and_month(part(6, 8), part(4, 6)))
        || (is_year(part(4, 8))
            && (are_day_and_month(part(0, 2), part(2, 4))
                || are_day_and_month(part(2, 4), part(0, 2))))
}

/// True for a day with a time of it, to the minute or the second: two reports may have the same.
pub(super) fn is_stamp(number: &str) -> bool {
    let is_of_length = matches!(number.len(), 12 | 14);
    let part = |from: usize, to: usize| number[from..to].parse::<u32>().unwrap_or(u32::MAX);
    is_of_length
        && is_date(&number[..8])
        && (1..=12).contains(&part(4, 6))
        && (1..=31).contains(&part(6, 8))
        && part(8, 10) < 24
        && part(10, 12) < 60
}
