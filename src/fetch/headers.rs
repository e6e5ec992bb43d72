//! The head of an answer, read leniently: what cannot be read is absent, never an error.

use chrono::{DateTime, Duration, NaiveDateTime};
use reqwest::header::{self, HeaderMap, HeaderName};
use url::Url;

use crate::news::{UtcTime, Validators};

use super::outcome::Answer;
use super::request::without_credentials;

/// Longest validator that is kept, in bytes; longer ones are treated as absent.
const MAX_VALIDATOR_BYTES: usize = 8 * 1024;

/// An answer that was cached for longer than this is not believed about its age.
const YEAR_SECS: u64 = 31_536_000;

/// Reads the three forms of an HTTP date (RFC 9110, 5.6.7); `None` if it is none of them.
pub fn parse_http_date(text: &str) -> Option<UtcTime> {
    let text = text.trim();
    if let Ok(date) = DateTime::parse_from_rfc2822(text) {
        return Some(date.to_utc());
    }
    ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|date| date.and_utc())
}

/// Reads the head of an answer that came from `url` at `now`.
pub(super) fn read_answer(url: &Url, status: u16, headers: &HeaderMap, now: UtcTime) -> Answer {
    let server_date = text_of(headers, header::DATE).and_then(parse_http_date);
    let reference = server_date.unwrap_or(now);
    // A cache keeps the Date of the origin and says in Age how old it is.
    let age_secs = text_of(headers, header::AGE).and_then(digits).unwrap_or(0);
    let age = Duration::seconds(i64::try_from(age_secs.min(YEAR_SECS)).unwrap_or(0));
    let (hub_urls, self_url) = read_links(url, headers);
    Answer {
        status,
        final_url: without_credentials(url),
        validators: read_validators(headers),
        retry_after_secs: read_retry_after(headers, reference),
        hop_retry_after_secs: None,
        max_age_secs: read_max_age(headers),
        expires_in_secs: text_of(headers, header::EXPIRES)
            .and_then(parse_http_date)
            .and_then(|expires| positive_secs(reference, expires)),
        content_type: text_of(headers, header::CONTENT_TYPE).map(str::to_owned),
        server_date: server_date.map(|date| date + age),
        hub_urls,
        self_url,
        is_challenge: says_challenge(headers),
    }
}

fn text_of(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::trim)
}

fn positive_secs(from: UtcTime, to: UtcTime) -> Option<u64> {
    u64::try_from((to - from).num_seconds())
        .ok()
        .filter(|secs| *secs > 0)
}

fn read_validators(headers: &HeaderMap) -> Validators {
    let bytes_of = |name| {
        headers
            .get(name)
            .map(|value: &header::HeaderValue| value.as_bytes().to_vec())
            .filter(|bytes| !bytes.is_empty() && bytes.len() <= MAX_VALIDATOR_BYTES)
    };
    Validators {
        etag: bytes_of(header::ETAG),
        last_modified: bytes_of(header::LAST_MODIFIED),
    }
}

/// Retry-After as seconds or as a date; the longest one if it is given twice.
pub(super) fn read_retry_after(headers: &HeaderMap, reference: UtcTime) -> Option<u64> {
    let read = |value: &header::HeaderValue| {
        let text = value.to_str().ok()?.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(text.parse::<u64>().unwrap_or(u64::MAX)).filter(|secs| *secs > 0);
        }
        positive_secs(reference, parse_http_date(text)?)
    };
    headers
        .get_all(header::RETRY_AFTER)
        .iter()
        .filter_map(read)
        .max()
}

fn read_max_age(headers: &HeaderMap) -> Option<u64> {
    let max_age = headers
        .get_all(header::CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .filter_map(|directive| directive.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("max-age"))
        .and_then(|(_, value)| digits(value.trim().trim_matches('"')))?;
    let age = text_of(headers, header::AGE).and_then(digits).unwrap_or(0);
    Some(max_age.saturating_sub(age))
}

/// A number of seconds; one that is too large for 64 bits counts as the largest (RFC 9111, 1.2.2).
fn digits(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

/// Headers by which the usual guards of websites say that they want a person.
fn says_challenge(headers: &HeaderMap) -> bool {
    let has = |name: &str| headers.contains_key(name);
    has("cf-mitigated") || has("x-datadome") || has("x-sucuri-block")
}

/// rel=hub and rel=self of the Link headers (RFC 8288), absolute, http(s) only.
fn read_links(url: &Url, headers: &HeaderMap) -> (Vec<String>, Option<String>) {
    let mut hub_urls = Vec::new();
    let mut self_url = None;
    let values = headers
        .get_all(header::LINK)
        .iter()
        .filter_map(|value| value.to_str().ok());
    for (target, parameters) in values.flat_map(split_links) {
        let Ok(target) = url.join(target) else {
            continue;
        };
        if !matches!(target.scheme(), "http" | "https") {
            continue;
        }
        let is = |wanted: &str| relations(parameters).any(|rel| rel.eq_ignore_ascii_case(wanted));
        if is("hub") {
            hub_urls.push(without_credentials(&target));
        }
        if is("self") && self_url.is_none() {
            self_url = Some(without_credentials(&target));
        }
    }
    (hub_urls, self_url)
}

/// Splits a Link header into pairs of target and parameters. Commas inside `<>` and quotes do not
/// separate.
fn split_links(value: &str) -> Vec<(&str, &str)> {
    let mut links = Vec::new();
    let mut rest = value;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((target, after)) = after.split_once('>') else {
            break;
        };
        let end = end_of_parameters(after);
        links.push((target.trim(), &after[..end]));
        rest = &after[end..];
    }
    links
}

fn end_of_parameters(text: &str) -> usize {
    let mut is_quoted = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b',' if !is_quoted => return at,
            _ => {}
        }
    }
    text.len()
}

fn relations(parameters: &str) -> impl Iterator<Item = &str> {
    parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("rel"))
        .take(1)
        .flat_map(|(_, value)| value.trim().trim_matches('"').split_ascii_whitespace())
}

#[cfg(test)]
mod tests;
