//! What every page of the desk has, and how a page or a refusal is answered.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::super::assets;
use super::super::here::may_read_desk;
use super::super::metrics::say_trouble;
use super::super::site::Site;
use super::asking::wait_until_obeyed;
use super::{guard, ruled};
use crate::news::Answer;

use crate::store::sessions::Session;
use crate::store::{Connection, Result, StoreError};

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What the head and the foot of a page show.
pub(super) struct Frame {
    pub(super) title: String,
    pub(super) site: String,
    pub(super) style_url: &'static str,
    pub(super) desk_style_url: &'static str,
    pub(super) script_url: &'static str,
    pub(super) icon_url: &'static str,
    pub(super) here: &'static str,
    pub(super) path: String,
    pub(super) editor: Option<String>,
    pub(super) csrf: String,
    pub(super) said: Option<Answer>,
    /// What keeps the database from being written.
    pub(super) trouble: Option<&'static str>,
}

/// Who asks for a page, and what was said to them before.
pub(super) struct Asker {
    pub(super) session: Option<Session>,
    pub(super) path: String,
    said: Option<Answer>,
}

impl Asker {
    pub(super) fn name(&self) -> Option<&str> {
        self.session.as_ref().map(|session| session.name.as_str())
    }
}

/// Finds out who asks; the response that turns them away if they may not read.
pub(super) async fn let_in(
    site: &Site,
    headers: &axum::http::HeaderMap,
    uri: &axum::http::Uri,
) -> std::result::Result<Asker, Response> {
    let session = guard::find_session(site, headers)
        .await
        .map_err(out_of_order)?;
    let path = uri.path().to_owned();
    if session.is_none() && !may_read_desk(&site.settings(), headers) {
        return Err(see_other(&format!("/desk/login?back={path}")));
    }
    let number = uri.query().unwrap_or_default().split('&');
    let mut number = number.filter_map(|pair| pair.strip_prefix("said=")?.parse::<i64>().ok());
    let said = match (number.next_back(), &session) {
        (Some(number), Some(_)) => {
            wait_until_obeyed(site).await.map_err(out_of_order)?;
            read(site, move |conn| ruled::load_answer(conn, number))
                .await
                .unwrap_or_default()
        }
        _ => None,
    };
    Ok(Asker {
        session,
        path,
        said: said.map(Answer::without_commands),
    })
}

/// The frame of a page.
pub(super) fn frame(site: &Site, title: &str, here: &'static str, asker: &Asker) -> Frame {
    Frame {
        title: title.to_owned(),
        site: site.settings().title.clone(),
        style_url: assets::style_path(),
        desk_style_url: assets::desk_style_path(),
        script_url: assets::desk_script_path(),
        icon_url: assets::icon_path(),
        here,
        path: asker.path.clone(),
        editor: asker.name().map(str::to_owned),
        csrf: asker
            .session
            .as_ref()
            .map(|session| session.csrf.clone())
            .unwrap_or_default(),
        said: asker.said.clone(),
        trouble: site.store().trouble().as_ref().map(say_trouble),
    }
}

/// A page for somebody who has no session.
pub(super) fn stranger() -> Asker {
    Asker {
        session: None,
        path: String::new(),
        said: None,
    }
}

/// A rendered page.
pub(super) fn page(status: StatusCode, template: &impl askama::Template) -> Response {
    match template.render() {
        Ok(html) => answer(status, "text/html; charset=utf-8", html),
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "the page cannot be made"),
    }
}

/// A line of text with a status.
pub(super) fn plain(status: StatusCode, text: &str) -> Response {
    answer(status, "text/plain; charset=utf-8", format!("{text}\n"))
}

/// A body that is nobody else's: not kept by anything in between.
pub(super) fn answer(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Sends the browser on, with GET.
pub(super) fn see_other(path: &str) -> Response {
    let mut response = answer(
        StatusCode::SEE_OTHER,
        "text/plain; charset=utf-8",
        String::new(),
    );
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/desk"));
    response.headers_mut().insert(header::LOCATION, location);
    response
}

/// The database does not answer.
pub(super) fn out_of_order(error: StoreError) -> Response {
    tracing::error!(%error, "the desk cannot read or write");
    plain(
        StatusCode::SERVICE_UNAVAILABLE,
        "the database does not answer: try again in a minute",
    )
}

/// Reads without holding up others.
pub(super) async fn read<T: Send + 'static>(
    site: &Site,
    work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
) -> std::result::Result<T, Response> {
    let site = site.clone();
    match tokio::task::spawn_blocking(move || site.store().read(work)).await {
        Ok(outcome) => outcome.map_err(out_of_order),
        Err(_) => Err(plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the page cannot be made",
        )),
    }
}
