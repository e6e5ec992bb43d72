//! Live updates: a server-sent event whenever something was committed, at most one a second.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::super::site::Site;
use super::frame::{let_in, out_of_order};

/// How long one stream lasts; the browser comes back by itself. A shutdown ends it at once.
const LASTS: Duration = Duration::from_secs(300);
/// How often a silent stream shows that it is alive: proxies end what is silent for a minute.
const BEAT: Duration = Duration::from_secs(25);
/// The least time between two events.
const PAUSE: Duration = Duration::from_secs(1);

type Commits = tokio::sync::watch::Receiver<u64>;
/// The site, its commits, who asked, and whether nothing was said yet.
type Stream = (Site, Commits, (HeaderMap, Uri), bool);

pub(super) async fn live(State(site): State<Site>, headers: HeaderMap, uri: Uri) -> Response {
    if let Err(response) = let_in(&site, &headers, &uri).await {
        return response;
    }
    let commits = match site.store().commits() {
        Ok(commits) => commits,
        Err(error) => return out_of_order(error),
    };
    let until = tokio::time::Instant::now() + LASTS;
    let next = move |(site, mut commits, asker, is_first): Stream| async move {
        if is_first {
            let hello = Event::default().retry(PAUSE).comment("open");
            return Some((Ok::<_, Infallible>(hello), (site, commits, asker, false)));
        }
        let changed = async {
            let changed = tokio::time::timeout_at(until, commits.changed()).await;
            let is_more = matches!(changed, Ok(Ok(())));
            if is_more {
                tokio::time::sleep(PAUSE).await;
            }
            is_more
        };
        let is_more = tokio::select! {
            is_more = changed => is_more,
            () = site.closed() => false,
        };
        // Whoever has logged out since is told nothing more.
        if !is_more || let_in(&site, &asker.0, &asker.1).await.is_err() {
            return None;
        }
        let number = *commits.borrow_and_update();
        let event = Event::default().event("changed").data(number.to_string());
        Some((Ok(event), (site, commits, asker, false)))
    };
    let beat = KeepAlive::new().interval(BEAT);
    Sse::new(stream::unfold((site, commits, (headers, uri), true), next))
        .keep_alive(beat)
        .into_response()
}
