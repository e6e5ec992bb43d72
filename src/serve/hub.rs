//! The endpoint of the built-in WebSub hub: takes requests, checks what can be checked at once, and
//! leaves verification and delivery to the job (W3C WebSub, sections 5 and 6).

use std::net::SocketAddr;
use std::num::IntErrorKind;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::Url;

use super::here::asker;
use super::site::Site;
use crate::store::hub::{self, HubLoad, HubRequest};

/// Seconds: the shortest lease granted, the one without a wish, and the longest.
const LEASE_SECS: (i64, i64, i64) = (3600, 10 * 86_400, hub::LONGEST_LEASE_SECS);

/// The Recommendation: a secret must be less than 200 bytes.
const LONGEST_SECRET: usize = 199;
const LONGEST_CALLBACK: usize = 2048;

/// Limits, so that the hub is neither filled by one nor turned against one.
const MOST_OF_TOPIC: u32 = 10_000;
const MOST_OF_HOST: u32 = 100;
const MOST_OF_ADDRESS: u32 = 500;

/// Answers a request to subscribe or to unsubscribe.
pub(super) async fn serve_hub(
    State(site): State<Site>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut request = match read_request(&body) {
        Ok(request) => request,
        Err(fault) => return refuse(StatusCode::BAD_REQUEST, fault),
    };
    request.asked_from = peer
        .map(|Extension(ConnectInfo(address))| asker(address, &headers))
        // A proxy on this machine that does not say for whom it asks, asks for everybody.
        .filter(|ip| !ip.is_loopback())
        .map(|ip| ip.to_string())
        .unwrap_or_default();
    if site.settings().own_hub_url().is_none() {
        return refuse(StatusCode::NOT_FOUND, "this hub is switched off");
    }
    match is_own_topic(&site, &request.topic).await {
        Ok(true) => {}
        Ok(false) => {
            return refuse(
                StatusCode::NOT_FOUND,
                "hub.topic is not a feed of this site",
            );
        }
        Err(error) => return unavailable(&error),
    }
    match keep_request(&site, request).await {
        Ok(None) => answer(
            StatusCode::ACCEPTED,
            "the callback will be asked to confirm",
        ),
        Ok(Some(fault)) => refuse(StatusCode::TOO_MANY_REQUESTS, fault),
        Err(error) => unavailable(&error),
    }
}

fn unavailable(error: &crate::store::StoreError) -> Response {
    tracing::error!(%error, "a hub request could not be kept");
    refuse(StatusCode::SERVICE_UNAVAILABLE, "try again in a minute")
}

async fn is_own_topic(site: &Site, topic: &str) -> crate::store::Result<bool> {
    let base = site.settings().absolute("");
    let Some(path) = topic.strip_prefix(&base) else {
        return Ok(false);
    };
    site.has_feed(path).await
}

async fn keep_request(
    site: &Site,
    request: HubRequest,
) -> crate::store::Result<Option<&'static str>> {
    let now = site.clock().now();
    site.store()
        .write(move |tx| {
            let load = hub::load_of(tx, &request)?;
            let fault = over_limit(&load);
            if fault.is_none() {
                hub::save_request(tx, &request, now)?;
            }
            Ok(fault)
        })
        .await
}

fn over_limit(load: &HubLoad) -> Option<&'static str> {
    if load.of_topic >= MOST_OF_TOPIC {
        return Some("hub.topic has as many subscribers as it can have");
    }
    if load.of_host >= MOST_OF_HOST {
        return Some("the host of hub.callback has too many subscriptions");
    }
    (load.of_address >= MOST_OF_ADDRESS).then_some("too many subscriptions from this address")
}

fn read_request(body: &[u8]) -> Result<HubRequest, &'static str> {
    let mut request = HubRequest {
        id: 0,
        subscribes: true,
        topic: String::new(),
        callback: String::new(),
        host: String::new(),
        secret: None,
        lease_secs: LEASE_SECS.1,
        asked_from: String::new(),
    };
    let mut mode = String::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        match &*name {
            "hub.mode" => mode = value.into_owned(),
            "hub.topic" => request.topic = value.into_owned(),
            "hub.callback" => request.callback = value.into_owned(),
            "hub.secret" if !value.is_empty() => {
                request.secret = Some(value.into_owned().into_bytes());
            }
            "hub.lease_seconds" => {
                request.lease_secs = granted_lease(&value);
            }
            _ => {}
        }
    }
    request.subscribes = match mode.as_str() {
        "subscribe" => true,
        "unsubscribe" => false,
        _ => return Err("hub.mode must be subscribe or unsubscribe"),
    };
    if request.topic.is_empty() {
        return Err("hub.topic is missing");
    }
    request.host = host_of(&request.callback)
        .ok_or("hub.callback must be an http or https address without credentials")?;
    let secret_len = request.secret.as_ref().map_or(0, Vec::len);
    if secret_len > LONGEST_SECRET {
        return Err("hub.secret must be shorter than 200 bytes");
    }
    Ok(request)
}

/// What is no number is no wish; one that is too large for any clock is one for the longest.
fn granted_lease(wish: &str) -> i64 {
    let secs = match wish.parse::<i64>() {
        Ok(secs) => secs,
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => LEASE_SECS.2,
        Err(_) => LEASE_SECS.1,
    };
    secs.clamp(LEASE_SECS.0, LEASE_SECS.2)
}

/// The host of a callback, without the point that it may end in; `None` if it is none.
fn host_of(callback: &str) -> Option<String> {
    let url = Url::parse(callback).ok()?;
    let is_callback = callback.len() <= LONGEST_CALLBACK
        && matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    let host = url.host_str()?.trim_end_matches('.');
    (is_callback && !host.is_empty()).then(|| host.to_owned())
}

fn refuse(status: StatusCode, words: &str) -> Response {
    answer(status, words)
}

fn answer(status: StatusCode, words: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, [words, "\n"].concat()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<HubRequest, &'static str> {
        read_request(body.as_bytes())
    }

    const WHOLE: &str = "hub.mode=subscribe&hub.topic=https%3A%2F%2Fa.example%2Ff.atom\
         &hub.callback=https%3A%2F%2Fb.example%2Fc%3Fx%3D1";

    #[test]
    fn a_whole_request_is_read_and_unknown_parameters_are_ignored() {
        let request = read(&[WHOLE, "&hub.foo=1&x=y"].concat()).expect("a request");
        assert!(request.subscribes);
        assert_eq!(request.topic, "https://a.example/f.atom");
        assert_eq!(request.callback, "https://b.example/c?x=1");
        assert_eq!(request.lease_secs, 864_000);
        assert_eq!(request.secret, None);
    }

    #[test]
    fn a_callback_is_its_hosts_however_it_is_written_and_nobody_elses() {
        for (callback, host) in [
            ("https://b.example/c", "b.example"),
            ("HTTP://B.EXAMPLE:8080/c", "b.example"),
            ("https://b%2Eexample/c", "b.example"),
            (" https:\\\\b.example./c", "b.example"),
            ("https://b.example.org/", "b.example.org"),
            ("http://0x7f.1/", "127.0.0.1"),
        ] {
            assert_eq!(host_of(callback).as_deref(), Some(host), "{callback}");
        }
    }

    #[test]
    fn leases_are_held_within_bounds() {
        for (wish, granted) in [
            ("1", 3600),
            ("7200", 7200),
            ("99999999999", 2_592_000),
            ("99999999999999999999999", 2_592_000),
            ("-99999999999999999999999", 864_000),
            ("x", 864_000),
        ] {
            let body = [WHOLE, "&hub.lease_seconds=", wish].concat();
            assert_eq!(
                read(&body).expect("a request").lease_secs,
                granted,
                "{wish}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_refused() {
        let long = [WHOLE, "&hub.secret=", &"s".repeat(200)].concat();
        let cases = [
            "",
            "hub.mode=publish&hub.topic=https://a.example/f.atom&hub.callback=https://b.example/",
            "hub.mode=subscribe&hub.callback=https://b.example/",
            "hub.mode=subscribe&hub.topic=https://a.example/f.atom",
            "hub.mode=subscribe&hub.topic=t&hub.callback=javascript:x",
            "hub.mode=subscribe&hub.topic=t&hub.callback=https://u:p@b.example/",
            "hub.mode=subscribe&hub.topic=t&hub.callback=/relative",
            long.as_str(),
        ];
        for body in cases {
            assert!(read(body).is_err(), "{body}");
        }
        assert!(read(&[WHOLE, "&hub.secret=", &"s".repeat(199)].concat()).is_ok());
    }
}
