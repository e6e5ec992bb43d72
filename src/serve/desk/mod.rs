//! The desk: where editors see what the machine made of the news, and rule on it. Pages are made
//! on the server; the script only adds keys and live updates. It changes nothing itself: what an
//! editor asks for is written down as a request, and the owner of the data directory does it.

mod account;
mod actions;
mod api;
mod asking;
mod frame;
mod guard;
mod live;
mod pages;
mod passwords;
mod review;
mod ruled;
mod views;

use axum::Router;
use axum::routing::{get, post};

use super::site::Site;

/// The routes of the desk and of its JSON API.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/desk", get(pages::now))
        .route("/desk/storylines/{id}", get(pages::storyline))
        .route("/desk/events/{id}", get(pages::event))
        .route("/desk/review", get(review::review))
        .route("/desk/search", get(pages::search))
        .route("/desk/feeds", get(pages::feeds))
        .route("/desk/log", get(pages::log))
        .route("/desk/quality", get(review::quality))
        .route("/desk/live", get(live::live))
        .route("/desk/act", post(actions::act))
        .route("/desk/login", get(account::login_page).post(account::login))
        .route("/desk/logout", post(account::logout))
        .route(
            "/desk/welcome/{token}",
            get(account::welcome_page).post(account::welcome),
        )
        .nest("/api", api::routes())
}
