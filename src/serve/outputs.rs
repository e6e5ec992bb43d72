//! The handler of everything published: conditional requests, codings, redirects and errors.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};

use super::assets::find_asset;
use super::conditional::choose_coding;
use super::pages::error_page;
use super::rendered::PAGE_POLICY;
use super::settings::Settings;
use super::site::{Answer, Demand, Site};
use crate::feed::write::OutputFormat;

/// Answers a request for a page or a feed.
pub(super) async fn serve_output(State(site): State<Site>, request: Request) -> Response<Body> {
    let path = request.uri().path();
    let (method, headers) = (request.method(), request.headers());
    if method == Method::OPTIONS {
        return preflight();
    }
    if method != Method::GET && method != Method::HEAD {
        return refused_method(&site.settings());
    }
    let coding = choose_coding(headers);
    let kept = site.kept(path, Demand::Reader);
    if let Some(rendered) = kept.filter(|kept| kept.has(coding)) {
        return rendered.answer(method, headers, site.clock().now());
    }
    if let Some(asset) = find_asset(path) {
        return asset.answer(method, headers, site.clock().now());
    }
    answer_path(&site, path, method, headers).await
}

async fn answer_path(
    site: &Site,
    path: &str,
    method: &Method,
    headers: &HeaderMap,
) -> Response<Body> {
    let settings = site.settings();
    let failure = Failure {
        path,
        method,
        settings: &settings,
    };
    match site
        .answer(path, choose_coding(headers), Demand::Reader)
        .await
    {
        Ok(Answer::Document(rendered)) => rendered.answer(method, headers, site.clock().now()),
        Ok(Answer::Elsewhere(status, url)) => redirect(status, &url),
        Ok(Answer::Gone(reason)) => {
            let words = format!("This was published here once and is gone: {reason}.");
            failure.answer(StatusCode::GONE, "Gone", &words)
        }
        Ok(Answer::Nothing) => failure.answer(
            StatusCode::NOT_FOUND,
            "Nothing here",
            "No storyline, event or feed has this address.",
        ),
        Err(error) => {
            tracing::error!(%error, "an output could not be read");
            failure.answer(
                StatusCode::SERVICE_UNAVAILABLE,
                "Not now",
                "The database does not answer. Try again in a minute.",
            )
        }
    }
}

struct Failure<'a> {
    path: &'a str,
    method: &'a Method,
    settings: &'a Settings,
}

impl Failure<'_> {
    /// A page for people, one line for feed readers.
    fn answer(&self, status: StatusCode, heading: &str, words: &str) -> Response<Body> {
        let is_feed = self
            .path
            .rsplit_once('.')
            .is_some_and(|(_, ending)| OutputFormat::from_ending(ending).is_some());
        let (content_type, body) = if is_feed {
            (
                "text/plain; charset=utf-8",
                [words, "\n"].concat().into_bytes(),
            )
        } else {
            let page = error_page(status.as_u16(), heading, words, self.settings);
            ("text/html; charset=utf-8", page)
        };
        let body = if self.method == Method::HEAD {
            Vec::new()
        } else {
            body
        };
        let mut response = plain(status, Body::from(body));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(PAGE_POLICY),
        );
        headers.insert(
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        );
        response
    }
}

fn redirect(status: StatusCode, url: &str) -> Response<Body> {
    let mut response = plain(status, Body::empty());
    if let Ok(url) = HeaderValue::from_str(url) {
        response.headers_mut().insert(header::LOCATION, url);
    }
    let any = HeaderValue::from_static("*");
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    response
}

/// A conditional request from another site's script is asked about first.
fn preflight() -> Response<Body> {
    let mut response = plain(StatusCode::NO_CONTENT, Body::empty());
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ALLOW, "GET, HEAD, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "If-None-Match, If-Modified-Since",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn refused_method(settings: &Settings) -> Response<Body> {
    let words = "This address can only be read.";
    let page = error_page(405, "Not allowed", words, settings);
    let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, Body::from(page));
    let headers = response.headers_mut();
    headers.insert(
        header::ALLOW,
        HeaderValue::from_static("GET, HEAD, OPTIONS"),
    );
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    response
}

fn plain(status: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}
