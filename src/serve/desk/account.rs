//! Logging in and out, and setting a password by a one-time link.

use std::net::SocketAddr;

use askama::Template;
use axum::extract::{ConnectInfo, Form, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use chrono::TimeDelta;

use super::super::here::asker;
use super::super::site::Site;
use super::frame::{Frame, frame, out_of_order, page, plain, see_other, stranger};
use super::guard::way_back;
use super::guard::{carries_token, find_session, is_same_site, session_cookie, session_token};
use super::passwords::{
    LONGEST, SHORTEST, digest_of, hash_password, in_turn, is_password, random_token,
};
use crate::news::EditorId;
use crate::store::editors::Attempt;
use crate::store::{editors, sessions};

/// Minutes over which attempts to log in are counted.
const COUNTED_MINUTES: i64 = 15;
/// Attempts on one account within them.
const MOST_BY_ACCOUNT: u32 = 10;
/// Attempts from one address within them: an office shares one.
const MOST_BY_ADDRESS: u32 = 40;

#[derive(Template)]
#[template(path = "desk_login.html")]
struct LoginPage {
    frame: Frame,
    heading: String,
    words: String,
    name: Option<String>,
    action: String,
    back: String,
    button: &'static str,
}

/// Query of the log-in page.
#[derive(serde::Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    back: String,
}

/// The log-in form.
#[derive(serde::Deserialize)]
pub(super) struct LoginForm {
    name: String,
    password: String,
    #[serde(default)]
    back: String,
}

/// The form of a one-time link.
#[derive(serde::Deserialize)]
pub(super) struct WelcomeForm {
    password: String,
}

/// A form that carries the session's token only.
#[derive(serde::Deserialize)]
pub(super) struct TokenForm {
    #[serde(default)]
    csrf: String,
}

pub(super) async fn login_page(State(site): State<Site>, Query(query): Query<Back>) -> Response {
    login_form(&site, StatusCode::OK, "", way_back(&query.back))
}

fn login_form(site: &Site, status: StatusCode, words: &str, back: &str) -> Response {
    let login = LoginPage {
        frame: frame(site, "Log in", "login", &stranger()),
        heading: "Log in to the desk".to_owned(),
        words: words.to_owned(),
        name: Some(String::new()),
        action: "/desk/login".to_owned(),
        back: back.to_owned(),
        button: "Log in",
    };
    page(status, &login)
}

pub(super) async fn login(
    State(site): State<Site>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(form): Form<LoginForm>,
) -> Response {
    if !is_same_site(&site.settings(), &headers) {
        return plain(
            StatusCode::FORBIDDEN,
            "this form was sent from another site",
        );
    }
    match try_login(&site, peer, &headers, &form).await {
        Ok(Outcome::In(response)) => response,
        Ok(Outcome::TooMany) => login_form(
            &site,
            StatusCode::TOO_MANY_REQUESTS,
            TOO_MANY,
            way_back(&form.back),
        ),
        Ok(Outcome::Busy) => login_form(
            &site,
            StatusCode::SERVICE_UNAVAILABLE,
            BUSY,
            way_back(&form.back),
        ),
        Ok(Outcome::Wrong) => login_form(
            &site,
            StatusCode::UNAUTHORIZED,
            "Name and password do not match.",
            way_back(&form.back),
        ),
        Err(error) => out_of_order(error),
    }
}

/// What is said when too many attempts have failed.
const TOO_MANY: &str = "Too many attempts. Try again in a quarter of an hour.";

/// What is said when too many passwords wait to be hashed.
const BUSY: &str = "Too many log in at this moment. Try again.";

enum Outcome {
    In(Response),
    TooMany,
    /// Too many others log in at this moment.
    Busy,
    Wrong,
}

async fn try_login(
    site: &Site,
    peer: SocketAddr,
    headers: &HeaderMap,
    form: &LoginForm,
) -> crate::store::Result<Outcome> {
    let account: String = form.name.trim().chars().take(60).collect();
    let attempt = attempt_of(site, Some(account.clone()), peer, headers);
    if !is_noted(site, &attempt).await? {
        return Ok(Outcome::TooMany);
    }
    let editor = site
        .store()
        .read(|conn| editors::find_editor(conn, &account))?;
    let stored = editor.as_ref().and_then(|editor| editor.password.clone());
    let password: String = form.password.chars().take(LONGEST).collect();
    let Some(is_right) = in_turn(move || is_password(&password, stored.as_deref())).await else {
        forget(site, attempt).await?;
        return Ok(Outcome::Busy);
    };
    let Some(editor) = editor.filter(|_| is_right) else {
        return Ok(Outcome::Wrong);
    };
    let old = session_token(site, headers).map(|token| digest_of(&token));
    site.store()
        .write(move |tx| editors::forgive(tx, &attempt))
        .await?;
    let opened = open_session(site, editor.id, old, way_back(&form.back)).await?;
    Ok(Outcome::In(opened))
}

fn attempt_of(
    site: &Site,
    account: Option<String>,
    peer: SocketAddr,
    headers: &HeaderMap,
) -> Attempt {
    Attempt {
        account,
        address: asker(peer, headers).to_string(),
        at: site.clock().now(),
    }
}

/// Notes an attempt; false if too many have failed before. Then it is not noted: an account opens again however
/// long somebody goes on trying.
async fn is_noted(site: &Site, attempt: &Attempt) -> crate::store::Result<bool> {
    let attempt = attempt.clone();
    let since = attempt.at - TimeDelta::minutes(COUNTED_MINUTES);
    site.store()
        .write(move |tx| {
            let (by_account, by_address) = editors::count_failures(tx, &attempt, since)?;
            let is_open = by_account < MOST_BY_ACCOUNT && by_address < MOST_BY_ADDRESS;
            if is_open {
                editors::note_attempt(tx, &attempt, since)?;
            }
            Ok(is_open)
        })
        .await
}

async fn forget(site: &Site, attempt: Attempt) -> crate::store::Result<()> {
    site.store()
        .write(move |tx| editors::forget_attempt(tx, &attempt))
        .await
}

/// Opens a new session under a new token, whatever session there was, and sends the editor on.
async fn open_session(
    site: &Site,
    editor: EditorId,
    old: Option<[u8; 32]>,
    back: &str,
) -> crate::store::Result<Response> {
    let now = site.clock().now();
    let (Some(token), Some(csrf)) = (random_token(), random_token()) else {
        return Ok(plain(StatusCode::SERVICE_UNAVAILABLE, "no random bytes"));
    };
    let digest = digest_of(&token);
    site.store()
        .write(move |tx| {
            if let Some(old) = old {
                sessions::close_session(tx, old)?;
            }
            sessions::open_session(tx, digest, editor, &csrf, now)
        })
        .await?;
    Ok(with_cookie(site, see_other(back), &token))
}

fn with_cookie(site: &Site, mut response: Response, token: &str) -> Response {
    let cookie = session_cookie(&site.settings(), token);
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

pub(super) async fn logout(
    State(site): State<Site>,
    headers: HeaderMap,
    Form(form): Form<TokenForm>,
) -> Response {
    let session = find_session(&site, &headers).await;
    let is_own = matches!(&session, Ok(Some(session)) if carries_token(session, &form.csrf));
    if !is_own || !is_same_site(&site.settings(), &headers) {
        return plain(
            StatusCode::FORBIDDEN,
            "this form was sent from another site",
        );
    }
    if let Some(token) = session_token(&site, &headers) {
        let digest = digest_of(&token);
        let closed = site
            .store()
            .write(move |tx| sessions::close_session(tx, digest));
        if let Err(error) = closed.await {
            return out_of_order(error);
        }
    }
    with_cookie(&site, see_other("/desk/login"), "")
}

pub(super) async fn welcome_page(State(site): State<Site>, Path(token): Path<String>) -> Response {
    let now = site.clock().now();
    let digest = digest_of(&token);
    let found = site
        .store()
        .read(|conn| editors::find_invited(conn, digest, now));
    match found {
        Ok(Some(editor)) => welcome_form(&site, StatusCode::OK, &token, &editor.name, ""),
        Ok(None) => plain(
            StatusCode::NOT_FOUND,
            "this link is used up or too old: ask for another with `dateline editors reset`",
        ),
        Err(error) => out_of_order(error),
    }
}

fn welcome_form(site: &Site, status: StatusCode, token: &str, name: &str, words: &str) -> Response {
    let form = LoginPage {
        frame: frame(site, "Welcome", "login", &stranger()),
        heading: format!("Welcome, {name}"),
        words: match words {
            "" => format!("Choose a password of at least {SHORTEST} characters."),
            words => words.to_owned(),
        },
        name: None,
        action: format!("/desk/welcome/{token}"),
        back: "/desk".to_owned(),
        button: "Set password and log in",
    };
    page(status, &form)
}

pub(super) async fn welcome(
    State(site): State<Site>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(form): Form<WelcomeForm>,
) -> Response {
    if !is_same_site(&site.settings(), &headers) {
        return plain(
            StatusCode::FORBIDDEN,
            "this form was sent from another site",
        );
    }
    let attempt = attempt_of(&site, None, peer, &headers);
    match set_password(&site, attempt, &token, form.password).await {
        Ok(response) => response,
        Err(error) => out_of_order(error),
    }
}

/// A stranger has no link, and without one nothing is hashed: the turns of hashing are for who may log in.
async fn set_password(
    site: &Site,
    attempt: Attempt,
    token: &str,
    password: String,
) -> crate::store::Result<Response> {
    if !is_noted(site, &attempt).await? {
        return Ok(plain(StatusCode::TOO_MANY_REQUESTS, TOO_MANY));
    }
    let (digest, now) = (digest_of(token), attempt.at);
    let store = site.store();
    let invited = store.read(|conn| editors::find_invited(conn, digest, now))?;
    let Some(invited) = invited else {
        return Ok(plain(
            StatusCode::NOT_FOUND,
            "this link is used up or too old",
        ));
    };
    forget(site, attempt).await?;
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let words = format!("A password has {SHORTEST} to {LONGEST} characters.");
        return Ok(welcome_form(site, status, token, &invited.name, &words));
    }
    let Some(hashed) = in_turn(move || hash_password(&password)).await else {
        return Ok(plain(StatusCode::SERVICE_UNAVAILABLE, BUSY));
    };
    let Some(hash) = hashed else {
        return Ok(plain(StatusCode::SERVICE_UNAVAILABLE, "no random bytes"));
    };
    let accepted =
        store.write_durably(move |tx| editors::accept_invitation(tx, digest, &hash, now));
    match accepted.await? {
        Some(editor) => open_session(site, editor, None, "/desk").await,
        None => Ok(plain(
            StatusCode::NOT_FOUND,
            "this link is used up or too old",
        )),
    }
}
