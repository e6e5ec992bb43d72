//! Which coding a client takes, and whether it has the bytes already (RFC 9110, sections 8.8, 12.5.3
//! and 13). Pure.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::news::UtcTime;

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// Brotli (RFC 7932).
    Brotli,
    /// Zstandard (RFC 8878).
    Zstd,
    /// gzip (RFC 1952).
    Gzip,
    /// As it is.
    Identity,
}

impl Coding {
    /// The codings, the one that makes feeds smallest first.
    pub const ALL: [Coding; 4] = [Coding::Brotli, Coding::Zstd, Coding::Gzip, Coding::Identity];

    /// The name in Content-Encoding.
    pub fn name(self) -> &'static str {
        match self {
            Coding::Brotli => "br",
            Coding::Zstd => "zstd",
            Coding::Gzip => "gzip",
            Coding::Identity => "identity",
        }
    }
}

/// The coding that the client likes best; among equals the smallest. Without a header, and if it
/// refuses everything, the bytes as they are.
pub fn choose_coding(headers: &HeaderMap) -> Coding {
    let mut best = (Coding::Identity, 0);
    let wishes: Vec<(&str, u32)> = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(read_wish)
        .collect();
    for coding in Coding::ALL {
        let weight = weight_of(coding, &wishes);
        if weight > best.1 {
            best = (coding, weight);
        }
    }
    best.0
}

/// Thousandths; identity counts as wished only if nothing better is.
fn weight_of(coding: Coding, wishes: &[(&str, u32)]) -> u32 {
    let named = |name: &str| {
        wishes
            .iter()
            .find(|(wish, _)| wish.eq_ignore_ascii_case(name))
            .map(|(_, weight)| *weight)
    };
    let alias = if coding == Coding::Gzip {
        named("x-gzip")
    } else {
        None
    };
    match named(coding.name()).or(alias).or_else(|| named("*")) {
        Some(weight) => weight,
        None if coding == Coding::Identity => 1,
        None => 0,
    }
}

fn read_wish(wish: &str) -> (&str, u32) {
    let mut parts = wish.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts
        .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
        .and_then(|weight| weight.parse::<f32>().ok())
        .filter(|weight| weight.is_finite());
    let weight = weight.map_or(1000, |weight| (weight.clamp(0.0, 1.0) * 1000.0) as u32);
    (name, weight)
}

/// True if the client has what would be sent: If-None-Match, or If-Modified-Since where there is no
/// If-None-Match. A date counts if it is the one that is sent: another, also a later one, is not ours, or was sent
/// by a clock that was wrong. Without one only tags count.
pub fn is_unchanged(headers: &HeaderMap, etag: &HeaderValue, modified: Option<UtcTime>) -> bool {
    let mut tags = headers.get_all(header::IF_NONE_MATCH).iter().peekable();
    if tags.peek().is_some() {
        return tags.any(|list| names_tag(list.as_bytes(), etag.as_bytes()));
    }
    headers
        .get(header::IF_MODIFIED_SINCE)
        .and_then(|value| value.to_str().ok())
        .and_then(read_http_date)
        .zip(modified)
        .is_some_and(|(since, modified)| modified.timestamp() == since.timestamp())
}

/// Weak comparison with each tag of a list; a comma may stand within a tag.
fn names_tag(list: &[u8], etag: &[u8]) -> bool {
    let mut rest = list.trim_ascii();
    if rest == b"*" {
        return true;
    }
    loop {
        // Members may be empty (RFC 9110, 5.6.1).
        let is_between = |byte: &u8| *byte == b',' || byte.is_ascii_whitespace();
        let start = rest.iter().position(|byte| !is_between(byte));
        let Some(start) = start else {
            return false;
        };
        rest = &rest[start..];
        let opaque = rest.strip_prefix(b"W/").unwrap_or(rest);
        let Some(inner) = opaque.strip_prefix(b"\"") else {
            return false;
        };
        let Some(length) = inner.iter().position(|byte| *byte == b'"') else {
            return false;
        };
        if &opaque[..length + 2] == etag {
            return true;
        }
        rest = &inner[length + 1..];
    }
}

/// The three forms that a recipient must take (RFC 9110, section 5.6.7).
fn read_http_date(text: &str) -> Option<UtcTime> {
    const FORMS: [&str; 3] = [
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
    ];
    FORMS.iter().find_map(|form| {
        chrono::NaiveDateTime::parse_from_str(text.trim(), form)
            .ok()
            .map(|time| time.and_utc())
    })
}

/// The form that a sender must use.
pub fn http_date(at: UtcTime) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::utc_from_secs;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).expect("a header value"));
        headers
    }

    #[test]
    fn the_coding_follows_the_clients_wishes() {
        let cases = [
            ("", Coding::Identity),
            ("gzip", Coding::Gzip),
            ("x-gzip", Coding::Gzip),
            ("gzip, deflate, br, zstd", Coding::Brotli),
            ("gzip;q=1.0, br;q=0.5", Coding::Gzip),
            ("br;q=0, *", Coding::Zstd),
            ("*;q=0", Coding::Identity),
            ("identity", Coding::Identity),
            ("identity;q=1, gzip;q=0.5", Coding::Identity),
            ("GZIP;Q=0.8", Coding::Gzip),
            ("br;q=nan, gzip", Coding::Brotli),
        ];
        for (wish, expected) in cases {
            let got = choose_coding(&headers(header::ACCEPT_ENCODING, wish));
            assert_eq!(got, expected, "{wish:?}");
        }
    }

    #[test]
    fn tags_are_compared_weakly_and_in_lists() {
        let etag = HeaderValue::from_static("\"abc\"");
        let cases = [
            ("\"abc\"", true),
            ("W/\"abc\"", true),
            ("*", true),
            ("\"x\", \"abc\"", true),
            ("\"a,b\",W/\"abc\"", true),
            (",, \"x\" , ,\"abc\",", true),
            ("\"x\"", false),
            ("abc", false),
            ("\"abc", false),
            ("", false),
        ];
        for (value, expected) in cases {
            let got = is_unchanged(
                &headers(header::IF_NONE_MATCH, value),
                &etag,
                Some(utc_from_secs(0)),
            );
            assert_eq!(got, expected, "{value:?}");
        }
    }

    #[test]
    fn a_tag_beats_a_date() {
        let etag = HeaderValue::from_static("\"abc\"");
        let modified = Some(utc_from_secs(784_111_777));
        let mut both = headers(header::IF_MODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:37 GMT");
        assert!(is_unchanged(&both, &etag, modified));
        assert!(!is_unchanged(&both, &etag, None));
        let later = headers(header::IF_MODIFIED_SINCE, "Mon, 06 Nov 2028 08:49:37 GMT");
        assert!(!is_unchanged(&later, &etag, modified));
        both.insert(header::IF_NONE_MATCH, HeaderValue::from_static("\"old\""));
        assert!(!is_unchanged(&both, &etag, modified));
    }

    #[test]
    fn all_three_forms_of_dates_are_read() {
        let expected = Some(utc_from_secs(784_111_777));
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(read_http_date(text), expected, "{text}");
        }
        assert_eq!(read_http_date("yesterday"), None);
    }
}
