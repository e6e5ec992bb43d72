//! HTTP in: published feeds, pages, the desk, the JSON API, health and metrics.
//!
//! It reads what is stored and asks for work through the store; it decides nothing about the news.

mod address;
mod assets;
mod compose;
mod conditional;
mod documents;
mod hub;
mod outputs;
mod pages;
mod rendered;
mod settings;
mod site;
mod status;

use std::future::Future;
use std::io;

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

pub use settings::Settings;
pub use site::Site;

/// The largest body that a request may have: forms only.
const LARGEST_BODY: usize = 64 * 1024;

/// Serves the site until `shutdown` completes; connections under way are finished.
///
/// # Errors
/// Why the listener failed.
pub async fn run(
    listener: TcpListener,
    site: Site,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let follower = tokio::spawn(site.clone().follow_publication());
    let listener = listener.tap_io(|stream| {
        // A failure costs some milliseconds and nothing else.
        drop(stream.set_nodelay(true));
    });
    let served = axum::serve(
        listener,
        router(site).into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(shutdown)
    .await;
    follower.abort();
    served
}

/// All routes of the site.
pub fn router(site: Site) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/hub", post(hub::serve_hub))
        .fallback(outputs::serve_output)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(site)
}

async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready once the database answers.
async fn readyz(State(site): State<Site>) -> Response {
    match site.store().read(crate::store::published::load_publication) {
        Ok(_) => "ready\n".into_response(),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        )
            .into_response(),
    }
}

/// For this machine only, and not through a proxy.
async fn metrics(State(site): State<Site>, headers: HeaderMap) -> Response {
    let is_forwarded = ["forwarded", "x-forwarded-for", "x-real-ip"]
        .iter()
        .any(|name| headers.contains_key(*name));
    if is_forwarded || !site.settings().is_local() {
        return (StatusCode::NOT_FOUND, "not found\n").into_response();
    }
    match outputs::metrics_text(&site) {
        Ok(text) => {
            let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([("content-type", content_type)], text).into_response()
        }
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
