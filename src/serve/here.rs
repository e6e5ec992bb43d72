//! Who asks: this machine or somebody else, and from which address (security: what is public, which
//! forwarded addresses are believed).

use std::net::{IpAddr, SocketAddr};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::settings::Settings;
use super::site::Site;

const FORWARDED_FOR: &str = "x-forwarded-for";
/// Headers by which a proxy says that somebody else asks, or that it is one.
const FORWARDED: [&str; 7] = [
    "forwarded",
    FORWARDED_FOR,
    "x-real-ip",
    "x-forwarded-host",
    "x-forwarded-proto",
    "via",
    "cf-connecting-ip",
];

/// True if it is this machine that asks: nobody else can connect, nobody asks for somebody else, and
/// the name asked for is this machine's (else another site could point its own name here).
pub(super) fn is_from_here(settings: &Settings, headers: &HeaderMap) -> bool {
    let is_forwarded = FORWARDED.iter().any(|name| headers.contains_key(*name));
    let host = only_host(headers).and_then(|host| host.to_str().ok());
    let name = host.map(|host| match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    });
    let is_here = name.is_some_and(|name| OWN_NAMES.contains(&name));
    settings.is_local() && !is_forwarded && is_here
}

/// True if the desk may be read without an editor: this machine asks, and the site is known by no other name. A
/// proxy that says nothing of itself would else open the desk to the world.
pub(super) fn may_read_desk(settings: &Settings, headers: &HeaderMap) -> bool {
    let base = url::Url::parse(&settings.base_url);
    let is_known_here = base.is_ok_and(|base| {
        base.host_str()
            .is_some_and(|name| OWN_NAMES.contains(&name))
    });
    is_known_here && is_from_here(settings, headers)
}

/// By which names this machine asks itself.
const OWN_NAMES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// The name asked for; `None` if there is none, or several, of which nobody knows which is meant.
pub(super) fn only_host(headers: &HeaderMap) -> Option<&HeaderValue> {
    let mut hosts = headers.get_all(header::HOST).iter();
    hosts.next().filter(|_| hosts.next().is_none())
}

/// The address that asks. A proxy on this machine asks for the one that it names last, which is who
/// connected to it; what others say of themselves is believed by nobody. Of an IPv6 address it is the network
/// of 64 bits, all of which one household has.
pub(super) fn asker(peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    let last = headers.get_all(FORWARDED_FOR).iter().next_back();
    let last = last
        .and_then(|value| value.to_str().ok())
        .and_then(|list| list.rsplit(',').next())
        .and_then(|address| address.trim().parse().ok());
    let address = match last {
        Some(address) if peer.ip().is_loopback() => address,
        _ => peer.ip(),
    };
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        address @ IpAddr::V4(_) => address,
    }
}

/// Metrics and the status feed are for this machine: the answer to others, that there is nothing there.
pub(super) fn refuse_others(site: &Site, request: &Request) -> Option<Response> {
    let path = request.uri().path();
    let is_for_operators = path == "/metrics" || path.starts_with("/feeds/status");
    let is_refused = is_for_operators && !is_from_here(&site.settings(), request.headers());
    is_refused.then(|| (StatusCode::NOT_FOUND, "not found\n").into_response())
}

/// What every answer says, whoever made it and whatever it is: its type is not to be guessed,
/// nothing in it runs, and nobody is told where a reader came from. A page's own words stand.
pub(super) fn say_what_is_safe(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        let value = axum::http::HeaderValue::from_static(value);
        headers.entry(name).or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_name_that_points_here_does_not_open_the_desk() {
        let settings = Settings::default();
        for (host, expected) in [
            ("127.0.0.1:8330", true),
            ("localhost", true),
            ("[::1]", true),
            ("[::1]:8330", true),
            ("rebound.example:8330", false),
            ("localhost.example", false),
        ] {
            let headers = headers(&[("host", host)]);
            assert_eq!(is_from_here(&settings, &headers), expected, "{host}");
        }
        let twice = headers(&[("host", "localhost"), ("host", "rebound.example")]);
        assert!(!is_from_here(&settings, &twice));
        for name in FORWARDED {
            let headers = headers(&[("host", "localhost"), (name, "127.0.0.1")]);
            assert!(!is_from_here(&settings, &headers), "{name}");
        }
    }

    #[test]
    fn a_proxy_that_says_nothing_of_itself_opens_no_desk() {
        let headers = headers(&[("host", "127.0.0.1:8330")]);
        for (base_url, expected) in [
            ("http://127.0.0.1:8330", true),
            ("http://localhost:8330/news", true),
            ("http://[::1]:8330", true),
            ("https://news.example.org/dateline", false),
            ("http://localhost.example", false),
        ] {
            let settings = Settings {
                base_url: base_url.to_owned(),
                ..Settings::default()
            };
            assert_eq!(may_read_desk(&settings, &headers), expected, "{base_url}");
        }
    }

    #[test]
    fn a_forwarded_address_is_believed_from_a_proxy_on_this_machine_only() {
        let near = SocketAddr::from(([127, 0, 0, 1], 1));
        let far = SocketAddr::from(([203, 0, 113, 9], 1));
        for (peer, lines, expected) in [
            (near, &[][..], "127.0.0.1"),
            (near, &["198.51.100.7"], "198.51.100.7"),
            (near, &["10.0.0.1, 198.51.100.7"], "198.51.100.7"),
            (near, &["10.0.0.1", "198.51.100.7"], "198.51.100.7"),
            (near, &["garbage"], "127.0.0.1"),
            (near, &["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
            (near, &["::ffff:198.51.100.7"], "198.51.100.7"),
            (far, &["198.51.100.7"], "203.0.113.9"),
        ] {
            let pairs: Vec<_> = lines.iter().map(|line| (FORWARDED_FOR, *line)).collect();
            let found = asker(peer, &headers(&pairs));
            assert_eq!(found.to_string(), expected, "{lines:?}");
        }
    }
}
