//! The desk over real HTTP on loopback: who gets in, who may act, and what cannot be smuggled.

#![allow(
    clippy::disallowed_methods,
    reason = "the browser or reader of these tests"
)]

use std::net::SocketAddr;
use std::sync::Arc;

use dateline::clock::{Clock, FakeClock};
use dateline::jobs::decide::answer_request;
use dateline::news::ItemId;
use dateline::serve::{Settings, Site, run};
use dateline::store::decisions::{load_decisions, note_obeyed};
use dateline::store::{Store, Transaction, editors, items, requests, sessions};
use reqwest::header::{HeaderMap, SET_COOKIE};
use sha2::{Digest, Sha256};

use super::newsdesk::{Newsdesk, now};

pub const PASSWORD: &str = "correct horse battery";

/// A running desk, and somebody who does what is asked of the owner.
pub struct Running {
    pub desk: Newsdesk,
    pub address: SocketAddr,
    pub clock: Arc<FakeClock>,
    client: reqwest::Client,
}

pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    pub fn cookie(&self) -> String {
        let cookie = self.headers.get(SET_COOKIE).expect("a cookie");
        cookie
            .to_str()
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned()
    }

    /// The token that the page's forms carry.
    fn csrf(&self) -> String {
        let (_, after) = self
            .body
            .split_once("name=\"csrf\" value=\"")
            .expect("a form");
        after.split('"').next().unwrap().to_owned()
    }
}

async fn own(store: Store) {
    let mut commits = store.commits().unwrap();
    loop {
        for (number, request) in store.read(requests::load_waiting).unwrap() {
            let answer = answer_request(&store, &request.unwrap(), now())
                .await
                .unwrap();
            let answer = answer.unwrap_or_default();
            let written = store.write(move |tx| {
                note_obeyed(tx, &load_decisions(tx)?)?;
                requests::answer(tx, number, &answer, now())
            });
            written.await.unwrap();
        }
        if commits.changed().await.is_err() {
            return;
        }
    }
}

impl Running {
    pub async fn start(change: impl FnOnce(&mut Settings)) -> Self {
        let desk = Newsdesk::open().await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut settings = Settings {
            base_url: format!("http://{address}"),
            ..Settings::default()
        };
        change(&mut settings);
        let clock = Arc::new(FakeClock::new(now()));
        let site = Site::new(desk.store.clone(), settings, clock.clone());
        tokio::spawn(run(listener, site, std::future::pending()));
        tokio::spawn(own(desk.store.clone()));
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            desk,
            address,
            clock,
            client,
        }
    }

    pub async fn invite(&self, name: &'static str) -> String {
        let token = format!("{name:0>64}");
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let until = now() + chrono::TimeDelta::hours(24);
        let invited = self
            .desk
            .store
            .write(move |tx| editors::invite_editor(tx, name, digest, until, now()));
        invited.await.unwrap();
        token
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send(reqwest::Method::GET, path, headers, None).await
    }

    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let has_type = headers.iter().any(|(name, _)| *name == "content-type");
        let headers: Vec<_> = match has_type {
            true => headers.to_vec(),
            false => headers.iter().copied().chain([form]).collect(),
        };
        self.send(reqwest::Method::POST, path, &headers, Some(body.to_owned()))
            .await
    }

    pub async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Reply {
        let url = format!("http://{}{path}", self.address);
        let mut request = self
            .client
            .request(method, url)
            .body(body.unwrap_or_default());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.unwrap(),
        }
    }

    /// Sets a password by link, logs in, and returns the cookie and the forms' token.
    pub async fn log_in(&self, name: &'static str) -> (String, String) {
        let token = self.invite(name).await;
        let form = format!("password={PASSWORD}");
        let reply = self
            .post(&format!("/desk/welcome/{token}"), &[], &form)
            .await;
        assert_eq!((reply.status, reply.header("location")), (303, "/desk"));
        let cookie = reply.cookie();
        let page = self.get("/desk/events/1", &[("cookie", &cookie)]).await;
        (cookie, page.csrf())
    }
}

fn login_form(password: &str) -> String {
    format!("name=anna&password={password}&back=/desk/log")
}

/// A page of each kind.
pub const PAGES: [&str; 9] = [
    "/desk",
    "/desk/storylines/1",
    "/desk/events/1",
    "/desk/review",
    "/desk/search?q=summit",
    "/desk/feeds",
    "/desk/log",
    "/desk/quality",
    "/desk/login",
];

#[tokio::test]
async fn every_page_answers_and_runs_no_inline_script() {
    let running = Running::start(|_| {}).await;
    for path in PAGES {
        let reply = running.get(path, &[]).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        let policy = reply.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("cache-control"), "private, no-store");
        assert!(
            !reply.body.contains("<script>") && !reply.body.contains(" onclick"),
            "{path}"
        );
        assert!(!reply.body.contains("style=\""), "{path}");
    }
    let found = running.get("/desk/search?q=summit", &[]).await;
    assert!(found.body.contains("Summit ends without a deal"));
}

#[tokio::test]
async fn the_desk_says_of_each_list_that_a_story_was_withdrawn() {
    let running = Running::start(|_| {}).await;
    let pages = ["/desk", "/desk/storylines/2", "/desk/events/3"];
    let says = async |path: &str| {
        let page = running.get(path, &[]).await.body;
        let (_, content) = page.split_once("<main").unwrap();
        content.contains(">withdrawn</span>")
    };
    for path in pages {
        assert!(!says(path).await, "{path}");
    }
    let mark = |tx: &Transaction<'_>| items::withdraw_item(tx, ItemId(6), now());
    running.desk.store.write(mark).await.unwrap();
    for path in pages {
        assert!(says(path).await, "{path}");
    }
    let now = running.get("/desk", &[]).await.body;
    assert!(now.contains("life withdrawn"), "{now}");
    let developing = now.matches("life developing").count();
    assert_eq!(developing, 1, "the summit goes on: {now}");
}

#[tokio::test]
async fn the_foot_names_the_keys_for_ticks_where_something_can_be_ticked() {
    let running = Running::start(|_| {}).await;
    let (cookie, _) = running.log_in("anna").await;
    let pages = PAGES.iter().filter(|path| **path != "/desk/login");
    for path in pages {
        let reply = running.get(path, &[("cookie", &cookie)]).await;
        let can_tick = reply.body.contains("data-tick");
        let names_keys = reply.body.contains("<kbd>x</kbd> tick");
        assert_eq!(names_keys, can_tick, "{path}");
    }
    let event = running.get("/desk/events/1", &[("cookie", &cookie)]).await;
    assert!(event.body.contains("<kbd>x</kbd> tick"), "{}", event.body);
    let reader = running.get("/desk/events/1", &[]).await;
    assert!(!reader.body.contains("<kbd>x</kbd> tick"));
}

#[tokio::test]
async fn a_link_sets_a_password_once() {
    let running = Running::start(|_| {}).await;
    let token = running.invite("anna").await;
    let path = format!("/desk/welcome/{token}");
    assert_eq!(running.post(&path, &[], "password=short").await.status, 422);
    let form = format!("password={PASSWORD}");
    assert_eq!(running.post(&path, &[], &form).await.status, 303);
    assert_eq!(running.post(&path, &[], &form).await.status, 404);
    assert_eq!(running.get(&path, &[]).await.status, 404);
}

#[tokio::test]
async fn sessions_are_rotated_at_login_and_end() {
    let running = Running::start(|settings| settings.listen = ([0, 0, 0, 0], 1).into()).await;
    let (first, _) = running.log_in("anna").await;
    let reply = running
        .post("/desk/login", &[("cookie", &first)], &login_form(PASSWORD))
        .await;
    assert_eq!((reply.status, reply.header("location")), (303, "/desk/log"));
    let set = reply.header("set-cookie").to_owned();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && !set.contains("Secure"));
    let second = reply.cookie();
    assert_ne!(first, second);
    assert_eq!(
        running.get("/desk", &[("cookie", &first)]).await.status,
        303
    );
    assert_eq!(
        running.get("/desk", &[("cookie", &second)]).await.status,
        200
    );
    running.clock.set(now() + chrono::TimeDelta::days(8));
    assert_eq!(
        running.get("/desk", &[("cookie", &second)]).await.status,
        303
    );
}

#[tokio::test]
async fn a_removed_editor_is_out_at_once() {
    let running = Running::start(|settings| settings.listen = ([0, 0, 0, 0], 1).into()).await;
    let (cookie, _) = running.log_in("anna").await;
    assert_eq!(
        running.get("/desk", &[("cookie", &cookie)]).await.status,
        200
    );
    let removed = running
        .desk
        .store
        .write(|tx| editors::remove_editor(tx, "anna"));
    assert!(removed.await.unwrap());
    assert_eq!(
        running.get("/desk", &[("cookie", &cookie)]).await.status,
        303
    );
}

#[tokio::test]
async fn a_secure_address_makes_a_secure_cookie() {
    let running =
        Running::start(|settings| settings.base_url = "https://desk.example".into()).await;
    let token = running.invite("anna").await;
    let form = format!("password={PASSWORD}");
    let reply = running
        .post(&format!("/desk/welcome/{token}"), &[], &form)
        .await;
    let set = reply.header("set-cookie");
    assert!(
        set.starts_with("__Host-dateline=") && set.ends_with("; Secure"),
        "{set}"
    );
}

#[tokio::test]
async fn guessing_ends_after_some_attempts_even_with_the_right_password() {
    let running = Running::start(|_| {}).await;
    running.log_in("anna").await;
    for _ in 0..10 {
        let reply = running.post("/desk/login", &[], &login_form("wrong")).await;
        assert_eq!(reply.status, 401);
    }
    let reply = running
        .post("/desk/login", &[], &login_form(PASSWORD))
        .await;
    assert_eq!(reply.status, 429);
    running
        .clock
        .set(running.clock.now() + chrono::TimeDelta::minutes(16));
    let reply = running
        .post("/desk/login", &[], &login_form(PASSWORD))
        .await;
    assert_eq!(reply.status, 303);
}

#[tokio::test]
async fn who_logs_in_rightly_is_let_in_however_often() {
    let running = Running::start(|_| {}).await;
    running.log_in("anna").await;
    let attempt = editors::Attempt {
        account: None,
        address: "127.0.0.1".to_owned(),
        at: running.clock.now(),
    };
    let failed = running
        .desk
        .store
        .write(move |tx| (0..39).try_for_each(|_| editors::note_attempt(tx, &attempt, attempt.at)));
    failed.await.unwrap();
    for attempt in 0..3 {
        let reply = running
            .post("/desk/login", &[], &login_form(PASSWORD))
            .await;
        assert_eq!(reply.status, 303, "{attempt}");
    }
}

#[tokio::test]
async fn a_closed_account_opens_again_although_somebody_keeps_trying() {
    let running = Running::start(|_| {}).await;
    running.log_in("anna").await;
    let began = running.clock.now();
    for minute in 0..16 {
        running
            .clock
            .set(began + chrono::TimeDelta::minutes(minute));
        for _ in 0..11 {
            let reply = running.post("/desk/login", &[], &login_form("wrong")).await;
            assert!(minute > 0 || [401, 429].contains(&reply.status));
            if minute > 0 {
                assert_eq!(reply.status, 429, "{minute}");
            }
        }
    }
    running
        .clock
        .set(began + chrono::TimeDelta::seconds(15 * 60 + 1));
    let reply = running
        .post("/desk/login", &[], &login_form(PASSWORD))
        .await;
    assert_eq!(reply.status, 303);
}

#[tokio::test]
async fn who_guesses_links_has_nothing_hashed_and_is_sent_away() {
    let running = Running::start(|_| {}).await;
    let stranger = [("x-forwarded-for", "198.51.100.7")];
    let link = "/desk/welcome/guess";
    let form = format!("password={PASSWORD}");
    for form in [form.as_str(), "password=short"] {
        // Not even its length is looked at.
        assert_eq!(running.post(link, &stranger, form).await.status, 404);
    }
    for _ in 0..38 {
        assert_eq!(running.post(link, &stranger, &form).await.status, 404);
    }
    assert_eq!(running.post(link, &stranger, &form).await.status, 429);
    let path = format!("/desk/welcome/{}", running.invite("anna").await);
    for _ in 0..45 {
        let reply = running.post(&path, &[], "password=short").await;
        assert_eq!(reply.status, 422, "who has a link is not counted");
    }
    assert_eq!(running.post(&path, &[], &form).await.status, 303);
}

#[tokio::test]
async fn nobody_is_sent_elsewhere_after_logging_in() {
    let running = Running::start(|_| {}).await;
    running.log_in("anna").await;
    for back in [
        "//evil.example",
        "/%5Cevil.example",
        "https:evil.example",
        "%09//evil",
    ] {
        let form = format!("name=anna&password={PASSWORD}&back={back}");
        let reply = running.post("/desk/login", &[], &form).await;
        assert_eq!(
            (reply.status, reply.header("location")),
            (303, "/desk"),
            "{back}"
        );
    }
}

#[tokio::test]
async fn another_site_can_do_nothing() {
    let running = Running::start(|_| {}).await;
    let (cookie, csrf) = running.log_in("anna").await;
    let spike = format!("do=spike&target=event:1&csrf={csrf}");
    let cases = [
        vec![
            ("cookie", cookie.as_str()),
            ("origin", "https://evil.example"),
        ],
        vec![
            ("cookie", cookie.as_str()),
            ("sec-fetch-site", "cross-site"),
        ],
        vec![("cookie", cookie.as_str()), ("sec-fetch-site", "same-site")],
        vec![("cookie", cookie.as_str()), ("origin", "null")],
    ];
    for headers in &cases {
        assert_eq!(
            running.post("/desk/act", headers, &spike).await.status,
            403,
            "{headers:?}"
        );
        let login = running
            .post("/desk/login", &headers[1..], &login_form(PASSWORD))
            .await;
        assert_eq!(login.status, 403, "{headers:?}");
    }
    let no_token = running
        .post("/desk/act", &cases[0][..1], "do=spike&target=event:1")
        .await;
    assert_eq!(no_token.status, 403);
    assert_eq!(
        running
            .post("/desk/act", &[], &spike)
            .await
            .header("location"),
        "/desk/login"
    );
    assert_eq!(
        running
            .get("/desk/act?do=spike&target=event:1", &cases[0][..1])
            .await
            .status,
        405
    );
    assert!(running.desk.store.read(load_decisions).unwrap().is_empty());
}

#[tokio::test]
async fn a_ruling_by_form_is_answered_on_the_page_it_came_from() {
    let running = Running::start(|_| {}).await;
    let (cookie, csrf) = running.log_in("anna").await;
    let headers = [
        ("cookie", cookie.as_str()),
        ("sec-fetch-site", "same-origin"),
    ];
    let form =
        format!("do=split&event=1&seen=1:1,2,3&pick=3&back=/desk/events/1&note=wrong&csrf={csrf}");
    let reply = running.post("/desk/act", &headers, &form).await;
    assert_eq!(reply.status, 303);
    let page = running.get(reply.header("location"), &headers).await;
    assert!(
        page.body.contains("anna split item 3 out of event 1"),
        "{}",
        page.body
    );
    let merge = format!("do=merge&pick=1&pick=2&seen=1:1,2,3,9&seen=2:4,5&csrf={csrf}");
    let reply = running.post("/desk/act", &headers, &merge).await;
    let page = running.get(reply.header("location"), &headers).await;
    assert!(
        page.body.contains("event 1 changed since you looked"),
        "{}",
        page.body
    );
    assert_eq!(running.desk.store.read(load_decisions).unwrap().len(), 1);
}

#[tokio::test]
async fn an_old_page_pins_and_spikes_nothing_of_an_event_that_changed() {
    let running = Running::start(|_| {}).await;
    let (cookie, csrf) = running.log_in("anna").await;
    let headers = [("cookie", cookie.as_str())];
    let said = async |form: &str| {
        let form = format!("{form}&csrf={csrf}&back=/desk/events/1");
        let reply = running.post("/desk/act", &headers, &form).await;
        running.get(reply.header("location"), &headers).await.body
    };
    let forms = [
        "do=pin&event=1&headline=Pinned",
        "do=spike&event=1&target=event:1",
        "do=spike-items&event=1&pick=1",
    ];
    for form in forms {
        let page = said(&format!("{form}&seen=2:4,5&seen=1:1,2,3,4")).await;
        let refused = "event 1 changed since you looked: item 4 stands in event 2 now";
        assert!(page.contains(refused), "{form}: {page}");
    }
    assert!(running.desk.store.read(load_decisions).unwrap().is_empty());
    // A page that shows no items, and one from before a report came.
    for (number, form) in (1..).zip([forms[0].to_owned(), format!("{}&seen=1:1,2", forms[1])]) {
        let page = said(&form).await;
        assert!(page.contains(&format!("decision {number}: anna")), "{page}");
        // There is a button.
        assert!(!page.contains("dateline undo"), "{page}");
        assert!(page.contains("value=\"undo\""), "{page}");
    }
}

/// The headers of an editor's program that sends JSON.
fn as_editor<'a>(cookie: &'a str, csrf: &'a str) -> [(&'a str, &'a str); 3] {
    [
        ("cookie", cookie),
        ("x-csrf-token", csrf),
        ("content-type", "application/json"),
    ]
}

#[tokio::test]
async fn the_api_rules_as_the_pages_do() {
    let running = Running::start(|_| {}).await;
    let (cookie, csrf) = running.log_in("anna").await;
    let json = ("content-type", "application/json");
    let body = r#"{"ruling":{"kind":"pin-headline","event":1,"headline":"Pinned"}}"#;
    let refused = running
        .post("/api/decisions", &[("cookie", &cookie), json], body)
        .await;
    assert_eq!(refused.status, 403);
    let headers = as_editor(&cookie, &csrf);
    assert_eq!(
        running.post("/api/decisions", &headers, body).await.status,
        200
    );
    assert_eq!(
        running.post("/api/decisions", &headers, body).await.status,
        409
    );
    assert_eq!(
        running.post("/api/decisions", &headers, "{}").await.status,
        422
    );
    assert_eq!(
        running
            .post("/api/decisions/1/undo", &headers, "")
            .await
            .status,
        200
    );
    let event = running.get("/api/events/1", &[]).await;
    let event: serde_json::Value = serde_json::from_str(&event.body).unwrap();
    assert_eq!(event["line"]["reports"].as_array().map(Vec::len), Some(0));
    assert_eq!(event["reports"].as_array().map(Vec::len), Some(3));
    let described = running.get("/api/openapi.json", &[]).await;
    let described: serde_json::Value = serde_json::from_str(&described.body).unwrap();
    assert_eq!(described["openapi"], "3.1.0");
}

#[tokio::test]
async fn every_refusal_of_the_api_is_a_problem_that_its_description_names() {
    let running = Running::start(|_| {}).await;
    let (cookie, csrf) = running.log_in("anna").await;
    let described = running.get("/api/openapi.json", &[]).await;
    let described: serde_json::Value = serde_json::from_str(&described.body).unwrap();
    let long = format!(r#"{{"ruling":{{}},"note":"{}"}}"#, "x".repeat(70_000));
    let json = "application/json";
    let unheard = r#"{"ruling":{"kind":"pin-headline","event":99,"headline":"Pinned"}}"#;
    for (status, asked, path, kind, body) in [
        (404, "get /api/events/{id}", "/api/events/99", "", ""),
        (400, "get /api/events/{id}", "/api/events/x", "", ""),
        (
            404,
            "get /api/storylines/{id}",
            "/api/storylines/99",
            "",
            "",
        ),
        (404, "get /api/requests/{id}", "/api/requests/99", "", ""),
        (400, "get /api/search", "/api/search?q=a&q=b", "", ""),
        (400, "get /api/decisions", "/api/decisions?limit=x", "", ""),
        (400, "get /api/decisions", "/api/decisions?limit=0", "", ""),
        (
            400,
            "get /api/decisions",
            "/api/decisions?limit=501",
            "",
            "",
        ),
        (400, "post /api/decisions", "/api/decisions", json, "{"),
        (422, "post /api/decisions", "/api/decisions", json, "{}"),
        (
            415,
            "post /api/decisions",
            "/api/decisions",
            "text/plain",
            "{}",
        ),
        (413, "post /api/decisions", "/api/decisions", json, &long),
        (
            404,
            "post /api/decisions/{id}/undo",
            "/api/decisions/99/undo",
            json,
            "",
        ),
        (409, "post /api/decisions", "/api/decisions", json, unheard),
        (404, "", "/api/nothing", "", ""),
        (405, "", "/api/events/1", json, "{}"),
    ] {
        let headers = [
            ("cookie", cookie.as_str()),
            ("x-csrf-token", csrf.as_str()),
            ("content-type", kind),
        ];
        let reply = match kind {
            "" => running.get(path, &headers[..1]).await,
            _ => running.post(path, &headers, body).await,
        };
        assert_eq!(reply.status, status, "{path} {}", reply.body);
        assert_eq!(
            reply.header("content-type"),
            "application/problem+json",
            "{path}"
        );
        let problem: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(problem["status"], status, "{path}");
        assert_ne!(problem["title"], "", "{path}");
        if let Some((method, of)) = asked.split_once(' ') {
            let responses = &described["paths"][of][method]["responses"];
            assert!(
                responses.get(status.to_string()).is_some(),
                "{asked} {status}"
            );
        }
    }
}

#[tokio::test]
async fn a_headline_is_kept_as_it_is_shown() {
    let running = Running::start(|_| {}).await;
    let (cookie, csrf) = running.log_in("anna").await;
    let headers = as_editor(&cookie, &csrf);
    let body = "{\"ruling\":{\"kind\":\"pin-headline\",\"event\":1,\"headline\":\" Sum\u{202e}mit\u{2066} opens\"}}";
    let made = running.post("/api/decisions", &headers, body).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let kept = running.desk.store.read(load_decisions).unwrap();
    let is_plain = matches!(
        &kept[0].ruling,
        dateline::news::Ruling::PinHeadline { headline, .. } if headline == "Summit opens"
    );
    assert!(is_plain, "{:?}", kept[0].ruling);
}

#[tokio::test]
async fn what_came_of_a_request_is_told_by_its_number() {
    let running = Running::start(|_| {}).await;
    let (cookie, csrf) = running.log_in("anna").await;
    let headers = as_editor(&cookie, &csrf);
    let body = r#"{"ruling":{"kind":"pin-headline","event":1,"headline":"Pinned"}}"#;
    for status in [200, 409] {
        let made = running.post("/api/decisions", &headers, body).await;
        assert_eq!(made.status, status);
        let outcome: serde_json::Value = serde_json::from_str(&made.body).unwrap();
        let path = format!("/api/requests/{}", outcome["request"]);
        let asked = running.get(&path, &headers[..1]).await;
        assert_eq!((asked.status, asked.body), (status, made.body));
    }
}

#[tokio::test]
async fn the_desk_of_a_public_address_is_for_editors() {
    let running = Running::start(|settings| settings.listen = ([0, 0, 0, 0], 1).into()).await;
    for path in [
        "/desk",
        "/desk/events/1",
        "/desk/log",
        "/desk/live",
        "/desk/search?q=a",
    ] {
        let reply = running.get(path, &[]).await;
        assert_eq!(reply.status, 303, "{path}");
        assert!(
            reply.header("location").starts_with("/desk/login"),
            "{path}"
        );
    }
    for path in [
        "/api/storylines",
        "/api/events/1",
        "/api/decisions",
        "/api/search?q=a",
    ] {
        assert_eq!(running.get(path, &[]).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn markup_in_a_title_is_text_on_every_page() {
    let running = Running::start(|_| {}).await;
    let hostile = "<img src=x onerror=alert(1)>\"'</title><script>alert(1)</script>\u{202e}";
    let written = running.desk.store.write(move |tx| {
        tx.execute(
            // An empty lead, no text, and a link of 19 bytes.
            "UPDATE items SET title = ?1,
                content = packed(unhex('010014' || hex('javascript:alert(1)')))",
            [hostile],
        )?;
        tx.execute_batch("INSERT INTO item_search (rowid, words) SELECT id, 'alert' FROM items")?;
        tx.execute(
            "UPDATE events SET headline = ?1, lede = ?1, place = ?1",
            [hostile],
        )?;
        tx.execute("UPDATE storylines SET headline = ?1", [hostile])?;
        Ok(tx.execute("UPDATE outlets SET name = ?1 || id", [hostile])?)
    });
    written.await.unwrap();
    for path in [
        "/desk",
        "/desk/storylines/1",
        "/desk/events/1",
        "/desk/search?q=alert",
    ] {
        let page = running.get(path, &[]).await.body;
        assert!(page.contains("onerror"), "{path}");
        assert!(
            !page.contains("<img") && !page.contains("<script>"),
            "{path}"
        );
        assert!(
            !page.contains("javascript:") && !page.contains('\u{202e}'),
            "{path}"
        );
    }
}

#[tokio::test]
async fn open_streams_do_not_hold_up_a_shutdown() {
    let desk = Newsdesk::open().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let settings = Settings {
        base_url: format!("http://{address}"),
        ..Settings::default()
    };
    let site = Site::new(
        desk.store.clone(),
        settings,
        Arc::new(FakeClock::new(now())),
    );
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(run(listener, site, async {
        drop(stopped.await);
    }));
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut stream = reqwest::get(format!("http://{address}/desk/live"))
        .await
        .unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert!(stream.chunk().await.unwrap().is_some());
    stop.send(()).unwrap();
    let ended = tokio::time::timeout(std::time::Duration::from_secs(5), served).await;
    ended.expect("the server ends at once").unwrap().unwrap();
}

#[tokio::test]
async fn a_stream_ends_with_the_session_that_it_was_opened_in() {
    let running = Running::start(|settings| settings.listen = ([0, 0, 0, 0], 1).into()).await;
    let (cookie, csrf) = running.log_in("anna").await;
    let headers = [
        ("cookie", cookie.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let mut live = std::pin::pin!(running.get("/desk/live", &headers[..1]));
    let leaving = async {
        let form = format!("csrf={csrf}");
        assert_eq!(
            running.post("/desk/logout", &headers, &form).await.status,
            303
        );
        // A stream that was opened meanwhile hears of what is committed from now on.
        for _ in 0..3 {
            let touched = running.desk.store.write(|tx| {
                tx.execute("UPDATE publication SET version = version + 1", [])?;
                Ok(())
            });
            touched.await.unwrap();
            tokio::task::yield_now().await;
        }
        std::future::pending::<()>().await;
    };
    let ended = async {
        tokio::select! {
            reply = &mut live => reply,
            () = leaving => unreachable!("it waits for ever"),
        }
    };
    let reply = tokio::time::timeout(std::time::Duration::from_secs(30), ended).await;
    let reply = reply.expect("the stream ends");
    assert!(!reply.body.contains("event: changed"), "{}", reply.body);
}

#[tokio::test]
async fn a_program_acts_by_token_until_it_is_revoked() {
    let running = Running::start(|settings| settings.listen = ([0, 0, 0, 0], 1).into()).await;
    running.log_in("anna").await;
    let token = "7".repeat(64);
    let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    let kept = running
        .desk
        .store
        .write(move |tx| sessions::add_token(tx, "anna", digest, "a script", now()));
    assert!(kept.await.unwrap());
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    assert_eq!(running.get("/api/decisions", &headers).await.status, 200);
    let body = r#"{"ruling":{"kind":"pin-headline","event":1,"headline":"Pinned"}}"#;
    assert_eq!(
        running.post("/api/decisions", &headers, body).await.status,
        200
    );
    let made = running.desk.store.read(load_decisions).unwrap();
    assert_eq!(made[0].editor, "anna");
    for wrong in [
        "Bearer 7",
        "Basic 7777",
        &format!("Bearer {}", "8".repeat(64)),
    ] {
        let headers = [("authorization", wrong)];
        assert_eq!(
            running.get("/api/decisions", &headers).await.status,
            401,
            "{wrong}"
        );
    }
    let revoked = running
        .desk
        .store
        .write(|tx| sessions::revoke_token(tx, 1, now()));
    assert!(revoked.await.unwrap());
    assert_eq!(running.get("/api/decisions", &headers).await.status, 401);
}

#[tokio::test]
async fn a_notice_that_was_not_believed_is_asked_about_and_a_yes_spikes_what_it_means() {
    let running = Running::start(|_| {}).await;
    let written = running.desk.store.write(|tx| {
        let notice = "INSERT INTO doubted_kills VALUES (1)";
        Ok(tx.execute(notice, [])?)
    });
    written.await.unwrap();
    let (cookie, csrf) = running.log_in("anna").await;
    let headers = [("cookie", cookie.as_str())];
    let page = running.get("/desk/review", &headers).await;
    assert!(page.body.contains("value=\"kill:1:1\""), "{}", page.body);
    let form = format!("do=answer&question=kill:1:1&answer=yes&back=/desk/review&csrf={csrf}");
    assert_eq!(running.post("/desk/act", &headers, &form).await.status, 303);
    let page = running.get("/desk/review", &headers).await;
    assert!(!page.body.contains("kill:1:1"));
    let spike = dateline::news::Target::Item(dateline::news::ItemId(1));
    let found = dateline::jobs::decide::find_spike(&running.desk.store, spike);
    assert!(found.unwrap().is_some());
    assert_eq!(running.get("/desk/quality", &headers).await.status, 200);
}
