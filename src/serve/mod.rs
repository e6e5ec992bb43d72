//! HTTP in: published feeds, pages, the desk, the JSON API, health and metrics.
//!
//! It reads what is stored and asks for work through the store; it decides nothing about the news.

mod address;
mod assets;
mod compose;
mod conditional;
mod desk;
mod documents;
mod door;
mod here;
mod hub;
mod leads;
mod metrics;
mod opml;
mod outputs;
mod pages;
mod patience;
mod rendered;
mod settings;
mod site;
mod status;
mod websub;

use std::future::Future;
use std::io;

use std::net::SocketAddr;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use door::{Door, say_last};
use metrics::{RequestTimes, Watched};
pub use opml::private_addresses;
pub use settings::{RENDERING, Settings, TermsOf};
pub use site::Site;

/// The largest body that a request may have: forms only.
const LARGEST_BODY: usize = 64 * 1024;

/// Serves the site until `shutdown` completes; whoever was let in is answered.
///
/// # Errors
/// Why the listener failed.
pub async fn run(
    listener: TcpListener,
    site: Site,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    site.note_settings().await;
    let follower = tokio::spawn(site.clone().follow_publication());
    let closing = site.clone();
    let shutdown = async move {
        shutdown.await;
        closing.close();
    };
    let (door, closed, leaving) = Door::new(listener, shutdown);
    let door = door.tap_io(|stream| {
        // A failure costs some milliseconds and nothing else.
        drop(stream.get_ref().set_nodelay(true));
    });
    let routes = router(site).layer(from_fn_with_state(closed, say_last));
    let served = axum::serve(
        door,
        routes.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(leaving)
    .await;
    follower.abort();
    served
}

/// All routes of the site.
pub fn router(site: Site) -> Router {
    let watched = Watched {
        site: site.clone(),
        times: RequestTimes::default(),
    };
    Router::new()
        .route("/healthz", get(metrics::healthz))
        .route("/readyz", get(metrics::readyz))
        .route(
            "/metrics",
            get(metrics::metrics).with_state(watched.clone()),
        )
        .route("/hub", post(hub::serve_hub))
        .route("/websub/{token}", websub_callback())
        .merge(desk::routes())
        .fallback(outputs::serve_output)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn_with_state(watched, metrics::go_with))
        .with_state(site)
}

fn websub_callback() -> MethodRouter<Site> {
    get(websub::answer_question)
        .post(websub::keep_push)
        .layer(DefaultBodyLimit::max(websub::LARGEST_PUSH))
}
