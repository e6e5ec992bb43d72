//! The JSON API: what the pages show, and the same actions. Described by OpenAPI 3.1 at
//! `/api/openapi.json`.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;

use super::super::site::Site;
use super::asking::ask;
use super::frame::{answer, let_in, out_of_order, read};
use super::guard::{carries_token, find_bearer, find_session, is_same_site};
use super::pages::SearchForm;
use super::views;
use crate::news::{DecisionId, Request, Ruling};
use crate::store::decisions::{self as kept, Latest};
use crate::store::desk;
use crate::store::review::load_doubts;
use crate::store::search::search_items;

/// The description of this API.
const OPENAPI: &str = include_str!("openapi.json");

type Answered = Result<Response, Response>;

fn json(status: StatusCode, value: &impl serde::Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(body) => answer(status, "application/json", body),
        Err(_) => problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the answer cannot be made",
        ),
    }
}

/// What is wrong, in the form of RFC 9457.
fn problem(status: StatusCode, title: &str) -> Response {
    let body = serde_json::json!({ "status": status.as_u16(), "title": title });
    answer(status, "application/problem+json", body.to_string())
}

async fn may_read(site: &Site, headers: &HeaderMap, uri: &Uri) -> Result<(), Response> {
    if find_bearer(site, headers).map_err(out_of_order)?.is_some() {
        return Ok(());
    }
    match let_in(site, headers, uri).await {
        Ok(_) => Ok(()),
        Err(response) if response.status() == StatusCode::SEE_OTHER => Err(problem(
            StatusCode::UNAUTHORIZED,
            "log in at /desk/login first, or send a token: dateline editors token NAME",
        )),
        Err(response) => Err(response),
    }
}

/// The name of who acts: the editor of a token, or of a session that proves that no other site
/// sent the request.
async fn may_act(site: &Site, headers: &HeaderMap) -> Result<String, Response> {
    if let Some(name) = find_bearer(site, headers).map_err(out_of_order)? {
        return Ok(name);
    }
    if !is_same_site(&site.settings(), headers) {
        return Err(problem(
            StatusCode::FORBIDDEN,
            "this was sent from another site",
        ));
    }
    let session = find_session(site, headers).await.map_err(out_of_order)?;
    let session =
        session.ok_or_else(|| problem(StatusCode::UNAUTHORIZED, "log in at /desk/login first"))?;
    let token = headers
        .get("x-csrf-token")
        .and_then(|token| token.to_str().ok());
    match carries_token(&session, token.unwrap_or_default()) {
        true => Ok(session.name),
        false => Err(problem(
            StatusCode::FORBIDDEN,
            "the header X-CSRF-Token does not carry the session's token",
        )),
    }
}

pub(super) async fn openapi() -> Response {
    answer(StatusCode::OK, "application/json", OPENAPI.to_owned())
}

pub(super) async fn storylines(State(site): State<Site>, headers: HeaderMap, uri: Uri) -> Answered {
    may_read(&site, &headers, &uri).await?;
    let now = site.clock().now();
    let lines = read(&site, move |conn| desk::load_now(conn, now, now, 100)).await?;
    Ok(json(StatusCode::OK, &lines))
}

pub(super) async fn storyline(
    State(site): State<Site>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    uri: Uri,
) -> Answered {
    may_read(&site, &headers, &uri).await?;
    match read(&site, move |conn| views::load_storyline(conn, id)).await? {
        Some(storyline) => Ok(json(StatusCode::OK, &storyline)),
        None => Err(problem(StatusCode::NOT_FOUND, "no such storyline")),
    }
}

pub(super) async fn event(
    State(site): State<Site>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    uri: Uri,
) -> Answered {
    may_read(&site, &headers, &uri).await?;
    let terms_of = site.settings().terms_of;
    match read(&site, move |conn| views::load_event(conn, id, terms_of)).await? {
        Some(event) => Ok(json(StatusCode::OK, &event)),
        None => Err(problem(StatusCode::NOT_FOUND, "no such event")),
    }
}

pub(super) async fn review(State(site): State<Site>, headers: HeaderMap, uri: Uri) -> Answered {
    may_read(&site, &headers, &uri).await?;
    let now = site.clock().now();
    let doubts = read(&site, move |conn| load_doubts(conn, now, 50)).await?;
    Ok(json(StatusCode::OK, &doubts))
}

pub(super) async fn search(
    State(site): State<Site>,
    Query(form): Query<SearchForm>,
    headers: HeaderMap,
    uri: Uri,
) -> Answered {
    may_read(&site, &headers, &uri).await?;
    let search = form.search(site.clock().now());
    let found = read(&site, move |conn| search_items(conn, &search, 100)).await?;
    Ok(json(StatusCode::OK, &found))
}

/// Decisions in one answer, unless another number is asked for; and at most.
const DECISIONS: (u32, u32) = (50, 500);

/// A page of decisions, as it is asked for.
#[derive(serde::Deserialize)]
#[serde(default)]
pub(super) struct PageForm {
    limit: u32,
    before: Option<i64>,
}

impl Default for PageForm {
    fn default() -> Self {
        Self {
            limit: DECISIONS.0,
            before: None,
        }
    }
}

pub(super) async fn decisions(
    State(site): State<Site>,
    form: Result<Query<PageForm>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Answered {
    may_read(&site, &headers, &uri).await?;
    let Query(form) =
        form.map_err(|wrong| problem(StatusCode::UNPROCESSABLE_ENTITY, &wrong.body_text()))?;
    let latest = Latest {
        limit: form.limit.clamp(1, DECISIONS.1),
        before: form.before.map(DecisionId),
        since: None,
    };
    let made = read(&site, move |conn| kept::load_latest(conn, &latest)).await?;
    let last = made.last().filter(|_| made.len() == latest.limit as usize);
    let body = serde_json::json!({ "decisions": made, "before": last.map(|last| last.id) });
    Ok(json(StatusCode::OK, &body))
}

/// A ruling as it is sent.
#[derive(serde::Deserialize)]
pub(super) struct Sent {
    ruling: Ruling,
    #[serde(default)]
    note: String,
}

pub(super) async fn decide(
    State(site): State<Site>,
    headers: HeaderMap,
    sent: Result<Json<Sent>, axum::extract::rejection::JsonRejection>,
) -> Answered {
    let editor = may_act(&site, &headers).await?;
    let Json(sent) =
        sent.map_err(|wrong| problem(StatusCode::UNPROCESSABLE_ENTITY, &wrong.body_text()))?;
    let request = Request::Decide {
        ruling: sent.ruling,
        editor,
        note: sent.note.chars().take(500).collect(),
    };
    have_done(&site, request).await
}

pub(super) async fn undo(
    State(site): State<Site>,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Answered {
    let editor = may_act(&site, &headers).await?;
    let request = Request::Undo {
        decision: DecisionId(id),
        editor,
    };
    have_done(&site, request).await
}

async fn have_done(site: &Site, request: Request) -> Answered {
    let (number, said) = ask(site, request).await.map_err(out_of_order)?;
    let status = match &said {
        Some(answer) if answer.done => StatusCode::OK,
        Some(_) => StatusCode::CONFLICT,
        None => StatusCode::ACCEPTED,
    };
    let body = serde_json::json!({ "request": number, "answer": said });
    Ok(json(status, &body))
}
