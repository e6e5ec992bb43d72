//! Live updates: a server-sent event whenever something was committed, at most one a second.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::super::site::Site;
use super::frame::{let_in, out_of_order};

/// How long one stream lasts; the browser comes back by itself, and a shutdown need not wait
/// longer.
const LASTS: Duration = Duration::from_secs(20);
/// The least time between two events.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) async fn live(State(site): State<Site>, headers: HeaderMap, uri: Uri) -> Response {
    if let Err(response) = let_in(&site, &headers, &uri).await {
        return response;
    }
    let commits = match site.store().commits() {
        Ok(commits) => commits,
        Err(error) => return out_of_order(error),
    };
    let until = tokio::time::Instant::now() + LASTS;
    let events = stream::unfold((commits, true), move |(mut commits, is_first)| async move {
        if is_first {
            let hello = Event::default().retry(PAUSE).comment("open");
            return Some((Ok::<_, Infallible>(hello), (commits, false)));
        }
        let changed = tokio::time::timeout_at(until, commits.changed()).await;
        if !matches!(changed, Ok(Ok(()))) {
            return None;
        }
        tokio::time::sleep(PAUSE).await;
        let number = *commits.borrow_and_update();
        let event = Event::default().event("changed").data(number.to_string());
        Some((Ok(event), (commits, false)))
    });
    Sse::new(events).into_response()
}
