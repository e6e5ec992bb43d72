//! Heads of answers as servers write them, and what is read from them.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::*;
use crate::news::utc_from_secs;

const NOW: i64 = 1_800_000_000;

fn answer(lines: &[(&str, &str)]) -> Answer {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(
            name.parse::<HeaderName>().unwrap(),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
    }
    let url = Url::parse("https://user:pass@paper.test/news/feed?x=1").unwrap();
    read_answer(&url, 200, &headers, utc_from_secs(NOW))
}

#[test]
fn all_three_forms_of_an_http_date_are_read() {
    let expected = utc_from_secs(784_111_777);
    for text in [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ] {
        assert_eq!(parse_http_date(text), Some(expected), "{text}");
    }
    assert_eq!(parse_http_date("soon"), None);
}

#[test]
fn max_age_is_less_age_and_s_maxage_is_ignored() {
    for (control, age, expected) in [
        ("max-age=900", None, Some(900)),
        ("public, Max-Age=900, s-maxage=5", Some("300"), Some(600)),
        ("max-age=900", Some("1000"), Some(0)),
        ("s-maxage=900", None, None),
        ("max-age=\"60\"", None, Some(60)),
        ("max-age=soon", None, None),
        ("max-age=99999999999999999999999", None, Some(u64::MAX)),
        ("no-store", None, None),
    ] {
        let mut lines = vec![("cache-control", control)];
        lines.extend(age.map(|age| ("age", age)));
        assert_eq!(answer(&lines).max_age_secs, expected, "{control}");
    }
}

#[test]
fn retry_after_is_read_as_seconds_and_as_a_date_and_garbage_is_absent() {
    let date = "Fri, 15 Jan 2027 08:10:00 GMT";
    for (value, expected) in [
        ("120", Some(120)),
        (" 120 ", Some(120)),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("99999999999999999999999", Some(u64::MAX)),
        ("Fri, 15 Jan 2027 08:10:00 GMT", Some(600)),
        ("Fri, 15 Jan 2027 07:00:00 GMT", None),
    ] {
        assert_eq!(
            answer(&[("retry-after", value)]).retry_after_secs,
            expected,
            "{value}"
        );
    }
    let skewed = [
        ("date", "Fri, 15 Jan 2027 08:09:00 GMT"),
        ("retry-after", date),
    ];
    assert_eq!(
        answer(&skewed).retry_after_secs,
        Some(60),
        "the server's own clock counts"
    );
}

#[test]
fn expires_is_measured_by_the_servers_clock() {
    let lines = [
        ("date", "Fri, 15 Jan 2027 10:00:00 GMT"),
        ("expires", "Fri, 15 Jan 2027 10:30:00 GMT"),
    ];
    assert_eq!(answer(&lines).expires_in_secs, Some(1800));
    assert_eq!(answer(&[("expires", "0")]).expires_in_secs, None);
    assert_eq!(answer(&[("expires", "-1")]).expires_in_secs, None);
}

#[test]
fn validators_are_kept_byte_for_byte() {
    let validators = answer(&[
        ("etag", "W/\"a b\u{e9}\""),
        ("last-modified", "yesterday, roughly"),
    ])
    .validators;
    assert_eq!(
        validators.etag.as_deref(),
        Some("W/\"a b\u{e9}\"".as_bytes())
    );
    assert_eq!(
        validators.last_modified.as_deref(),
        Some(&b"yesterday, roughly"[..])
    );
    assert!(answer(&[("etag", &"x".repeat(9000))]).validators.is_empty());
}

#[test]
fn hub_and_self_are_read_from_the_link_header() {
    let links = [
        (
            "link",
            "</hub>; rel=\"hub\", <https://paper.test/f,1>; title=\"a, b\"; rel=self",
        ),
        (
            "link",
            "<https://other.test/>; rel=\"next hub\", <ftp://x/>; rel=hub, <broken",
        ),
    ];
    let answer = answer(&links);
    assert_eq!(
        answer.hub_urls,
        ["https://paper.test/hub", "https://other.test/"]
    );
    assert_eq!(answer.self_url.as_deref(), Some("https://paper.test/f,1"));
}

#[test]
fn the_final_address_holds_no_credentials() {
    assert_eq!(answer(&[]).final_url, "https://paper.test/news/feed?x=1");
}
