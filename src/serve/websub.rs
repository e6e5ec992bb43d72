//! Where other people's hubs call us: questions are answered from what we asked for, and what they
//! send is kept for the job that judges its signature (W3C WebSub, sections 5.3 and 7).

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::site::Site;
use crate::store::subscriptions::{self, HubAnswer, HubQuestion, Push};

/// The longest challenge that is sent back: a hub's is some dozens of bytes.
const LONGEST_CHALLENGE: usize = 1024;

/// The largest document that a hub may send, in bytes. Real feeds stay under it; a larger one is
/// polled.
pub(super) const LARGEST_PUSH: usize = 5 * 1024 * 1024;

/// Answers a hub that asks whether we meant it.
pub(super) async fn answer_question(
    State(site): State<Site>,
    Path(token): Path<String>,
    Query(asked): Query<HashMap<String, String>>,
) -> Response {
    let text = |name: &str| asked.get(name).cloned().unwrap_or_default();
    let question = HubQuestion {
        mode: text("hub.mode"),
        topic: text("hub.topic"),
        lease_secs: asked
            .get("hub.lease_seconds")
            .and_then(|secs| secs.parse().ok()),
    };
    let challenge = text("hub.challenge");
    if challenge.len() > LONGEST_CHALLENGE {
        return plain(StatusCode::BAD_REQUEST, String::new());
    }
    let now = site.clock().now();
    let answered = site
        .store()
        .write(move |tx| subscriptions::answer_hub(tx, &token, &question, now))
        .await;
    match answered {
        Ok(HubAnswer::Confirm) => plain(StatusCode::OK, challenge),
        Ok(HubAnswer::Noted) => plain(StatusCode::OK, String::new()),
        Ok(HubAnswer::Unknown) => plain(StatusCode::NOT_FOUND, String::new()),
        Err(error) => unavailable(&error),
    }
}

/// Keeps what a hub sends, and says so at once.
pub(super) async fn keep_push(
    State(site): State<Site>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    let push = Push {
        content_type: text("content-type"),
        signature: text("x-hub-signature"),
        body: body.to_vec(),
    };
    let now = site.clock().now();
    let kept = site
        .store()
        .write(move |tx| subscriptions::keep_push(tx, &token, &push, now))
        .await;
    match kept {
        Ok(true) => plain(StatusCode::ACCEPTED, String::new()),
        Ok(false) => plain(StatusCode::NOT_FOUND, String::new()),
        Err(error) => unavailable(&error),
    }
}

fn unavailable(error: &crate::store::StoreError) -> Response {
    tracing::error!(%error, "a hub's call could not be kept");
    plain(StatusCode::SERVICE_UNAVAILABLE, String::new())
}

/// Plain text that no browser takes for anything else: a challenge is whatever the caller wrote.
fn plain(status: StatusCode, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, body).into_response()
}
