//! Who may read and who may act (security: CSRF, sessions, what is public).

use axum::http::{HeaderMap, header};

use super::super::here::is_from_here;
use super::super::settings::Settings;
use super::super::site::Site;
use super::passwords::{are_same, digest_of};
use crate::store::Result;
use crate::store::sessions::{self, Session};

/// The session of a request; `None` if it has none that is open.
pub(super) async fn find_session(site: &Site, headers: &HeaderMap) -> Result<Option<Session>> {
    let Some(token) = session_token(site, headers) else {
        return Ok(None);
    };
    let (digest, now) = (digest_of(&token), site.clock().now());
    let found = site
        .store()
        .read(|conn| sessions::find_session(conn, digest, now))?;
    let Some(session) = found else {
        return Ok(None);
    };
    if (now - session.used_at).num_seconds() > 3600 {
        site.store()
            .write(move |tx| sessions::note_use(tx, digest, now))
            .await?;
    }
    Ok(Some(session))
}

/// The editor in whose name a program asks, by `Authorization: Bearer`; `None` if it names none
/// that is known.
pub(super) fn find_bearer(site: &Site, headers: &HeaderMap) -> Result<Option<String>> {
    let value = headers.get(header::AUTHORIZATION);
    let token = value
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| token.len() == 64);
    match token {
        Some(token) => {
            let digest = digest_of(token);
            site.store()
                .read(|conn| sessions::editor_of_token(conn, digest))
        }
        None => Ok(None),
    }
}

/// The session's token as the cookie carries it.
pub(super) fn session_token(site: &Site, headers: &HeaderMap) -> Option<String> {
    let name = cookie_name(&site.settings());
    let cookies = headers.get_all(header::COOKIE).iter();
    let pairs = cookies.filter_map(|value| value.to_str().ok());
    pairs
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, value)| *found == name && value.len() == 64)
        .map(|(_, value)| value.to_owned())
}

/// The cookie that carries a session's token; an empty token takes it away.
pub(super) fn session_cookie(settings: &Settings, token: &str) -> String {
    let name = cookie_name(settings);
    let secure = if is_https(settings) { "; Secure" } else { "" };
    let age = if token.is_empty() { 0 } else { 30 * 86_400 };
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")
}

fn cookie_name(settings: &Settings) -> &'static str {
    match is_https(settings) {
        true => "__Host-dateline",
        false => "dateline",
    }
}

fn is_https(settings: &Settings) -> bool {
    settings.base_url.starts_with("https://")
}

/// True if a request that changes something comes from a page of this site: the browser says so
/// (Fetch Metadata), or its Origin is ours. A request that says neither comes from no browser and
/// carries its token by itself.
pub(super) fn is_same_site(settings: &Settings, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let origin_is_ours = text("origin").map(|origin| is_our_origin(settings, headers, origin));
    match (text("sec-fetch-site"), origin_is_ours) {
        (Some(site), None) => site == "same-origin",
        (Some(site), Some(ours)) => site == "same-origin" && ours,
        (None, Some(ours)) => ours,
        (None, None) => true,
    }
}

fn is_our_origin(settings: &Settings, headers: &HeaderMap, origin: &str) -> bool {
    let base = url::Url::parse(&settings.base_url).map(|url| url.origin().ascii_serialization());
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let is_here = is_from_here(settings, headers)
        && host.is_some_and(|host| origin == format!("http://{host}"));
    base.is_ok_and(|base| base == origin) || is_here
}

/// True if the request carries the session's own token.
pub(super) fn carries_token(session: &Session, token: &str) -> bool {
    are_same(&session.csrf, token)
}

/// A path of the desk to go back to; the first page for anything else.
pub(super) fn way_back(path: &str) -> &str {
    let is_plain = path
        .chars()
        .all(|c| c.is_ascii_graphic() && c != '\\' && c != '"' && c != '<');
    let is_desk = path == "/desk" || path.starts_with("/desk/") || path.starts_with("/desk?");
    match is_plain && is_desk && !path.contains("//") {
        true => path,
        false => "/desk",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for path in [
            "//evil.example",
            "/\\evil.example",
            "https:evil.example",
            "\t//evil",
            "/desk//evil",
            "/deskevil",
            "javascript:alert(1)",
            "/desk\r\nx: y",
            "/desk\\..",
            "",
            "/%09/evil",
        ] {
            assert_eq!(way_back(path), "/desk", "{path:?}");
        }
        assert_eq!(way_back("/desk/events/3?a=b#c"), "/desk/events/3?a=b#c");
    }
}
