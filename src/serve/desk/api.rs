//! The JSON API: what the pages show, and the same actions. Described by OpenAPI 3.1 at
//! `/api/openapi.json`.

use axum::body::to_bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};

use super::super::site::Site;
use super::asking::{ask, wait_until_obeyed};
use super::frame::{answer, let_in, out_of_order, read};
use super::guard::{carries_token, find_bearer, find_session, is_same_site};
use super::pages::SearchForm;
use super::ruled;
use super::views;
use crate::news::{Answer, DecisionId, Request, Ruling};
use crate::store::decisions::{self as kept, Latest};
use crate::store::desk;
use crate::store::review::load_doubts;
use crate::store::search::search_items;
use crate::store::went_along;

/// Bytes of a refusal in words.
const LONGEST_REFUSAL: usize = 4096;

/// The description of this API.
const OPENAPI: &str = include_str!("openapi.json");

type Answered = Result<Response, Response>;

/// The routes below `/api`.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/storylines", get(storylines))
        .route("/storylines/{id}", get(storyline))
        .route("/events/{id}", get(event))
        .route("/review", get(review))
        .route("/search", get(search))
        .route("/decisions", get(decisions).post(decide))
        .route("/decisions/{id}/undo", post(undo))
        .route("/requests/{id}", get(request))
        .route("/openapi.json", get(openapi))
        .fallback(async || problem(StatusCode::NOT_FOUND, "nothing has this address"))
        .layer(map_response(say_as_problem))
}

/// Refusals in words are problems like all others, whoever made them.
async fn say_as_problem(response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_json = kind.is_some_and(|kind| kind.as_bytes().ends_with(b"json"));
    let status = response.status();
    if is_json || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (head, body) = response.into_parts();
    let words = to_bytes(body, LONGEST_REFUSAL).await.unwrap_or_default();
    let words = String::from_utf8_lossy(&words);
    let words = match words.trim() {
        "" => status.canonical_reason().unwrap_or("refused"),
        words => words,
    };
    let mut said = problem(status, words);
    said.headers_mut().extend(
        head.headers
            .get(header::ALLOW)
            .map(|methods| (header::ALLOW, methods.clone())),
    );
    said
}

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

async fn openapi() -> Response {
    answer(StatusCode::OK, "application/json", OPENAPI.to_owned())
}

async fn storylines(State(site): State<Site>, headers: HeaderMap, uri: Uri) -> Answered {
    may_read(&site, &headers, &uri).await?;
    let now = site.clock().now();
    let lines = read(&site, move |conn| desk::load_now(conn, now, now, 100)).await?;
    Ok(json(StatusCode::OK, &lines))
}

async fn storyline(
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

async fn event(
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

async fn review(State(site): State<Site>, headers: HeaderMap, uri: Uri) -> Answered {
    may_read(&site, &headers, &uri).await?;
    let now = site.clock().now();
    let doubts = read(&site, move |conn| load_doubts(conn, now, 50)).await?;
    Ok(json(StatusCode::OK, &doubts))
}

async fn search(
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
struct PageForm {
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

async fn decisions(
    State(site): State<Site>,
    form: Result<Query<PageForm>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Answered {
    may_read(&site, &headers, &uri).await?;
    let Query(form) = form.map_err(|wrong| problem(wrong.status(), &wrong.body_text()))?;
    if !(1..=DECISIONS.1).contains(&form.limit) {
        let words = format!("limit is 1 to {}", DECISIONS.1);
        return Err(problem(StatusCode::BAD_REQUEST, &words));
    }
    let latest = Latest {
        limit: form.limit,
        before: form.before.map(DecisionId),
        since: None,
    };
    let made = read(&site, move |conn| {
        went_along::load_with(conn, kept::load_latest(conn, &latest)?)
    });
    let made = made.await?;
    let last = made.last().filter(|_| made.len() == latest.limit as usize);
    let before = last.map(|last| last.decision.id);
    let body = serde_json::json!({ "decisions": made, "before": before });
    Ok(json(StatusCode::OK, &body))
}

/// A ruling as it is sent.
#[derive(serde::Deserialize)]
struct Sent {
    ruling: Ruling,
    #[serde(default)]
    note: String,
}

async fn decide(
    State(site): State<Site>,
    headers: HeaderMap,
    sent: Result<Json<Sent>, axum::extract::rejection::JsonRejection>,
) -> Answered {
    let editor = may_act(&site, &headers).await?;
    let Json(sent) = sent.map_err(|wrong| problem(wrong.status(), &wrong.body_text()))?;
    let request = Request::Decide {
        ruling: sent.ruling,
        editor,
        note: sent.note.chars().take(500).collect(),
        seen: None,
        known: None,
    };
    have_done(&site, request).await
}

async fn undo(State(site): State<Site>, Path(id): Path<i64>, headers: HeaderMap) -> Answered {
    let editor = may_act(&site, &headers).await?;
    let decision = DecisionId(id);
    let made = read(&site, move |conn| kept::load_decision(conn, decision)).await?;
    if made.is_none() {
        return Err(problem(StatusCode::NOT_FOUND, "no such decision"));
    }
    let request = Request::Undo { decision, editor };
    have_done(&site, request).await
}

async fn have_done(site: &Site, request: Request) -> Answered {
    let (number, said) = ask(site, request).await.map_err(out_of_order)?;
    if !said.as_ref().is_some_and(|answer| answer.done) {
        return Ok(outcome(number, said.as_ref()));
    }
    wait_until_obeyed(site).await.map_err(out_of_order)?;
    let said = read(site, move |conn| ruled::load_answer(conn, number)).await?;
    Ok(outcome(number, said.as_ref()))
}

/// What came of a request that was written down before.
async fn request(
    State(site): State<Site>,
    Path(number): Path<i64>,
    headers: HeaderMap,
    uri: Uri,
) -> Answered {
    may_read(&site, &headers, &uri).await?;
    let said = read(&site, move |conn| ruled::find_answer(conn, number)).await?;
    match said {
        Some(said) => Ok(outcome(number, said.as_ref())),
        None => Err(problem(StatusCode::NOT_FOUND, "no such request")),
    }
}

fn outcome(number: i64, said: Option<&Answer>) -> Response {
    let body = serde_json::json!({ "request": number, "answer": said });
    match said {
        Some(answer) if !answer.done => refusal(&answer.lines, body),
        Some(_) => json(StatusCode::OK, &body),
        None => json(StatusCode::ACCEPTED, &body),
    }
}

/// A request that was refused: a problem that holds the answer too (RFC 9457, section 3.2).
fn refusal(lines: &[String], mut body: serde_json::Value) -> Response {
    let status = StatusCode::CONFLICT;
    body["status"] = status.as_u16().into();
    body["title"] = lines.first().map_or("refused", String::as_str).into();
    answer(status, "application/problem+json", body.to_string())
}
