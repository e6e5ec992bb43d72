//! What stands at every door of the server, whatever is behind it: what answers say of themselves,
//! who is let in, and that looking changes nothing (security: 29, 32, 34, 44, 45).

use chrono::TimeDelta;
use dateline::clock::Clock;
use dateline::store::{editors, sessions};
use reqwest::Method;
use sha2::{Digest, Sha256};

use super::http::{PASSWORD, Reply, Running};
use super::newsdesk::now;

/// Every route of the server, and the ways to be refused by it.
const PLACES: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/feeds/events"),
    ("GET", "/feeds/events.atom"),
    ("GET", "/feeds/events.json"),
    ("GET", "/feeds/status"),
    ("GET", "/feeds.opml"),
    ("GET", "/nothing"),
    ("GET", "/nothing.atom"),
    ("GET", "//evil.example/"),
    ("GET", "/private/guess/feeds/events"),
    ("GET", "/storylines/anchorage-summit"),
    ("GET", "/assets/nothing.css"),
    ("OPTIONS", "/feeds/events.atom"),
    ("POST", "/"),
    ("DELETE", "/feeds/events.atom"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("POST", "/hub"),
    ("GET", "/hub"),
    (
        "GET",
        "/websub/guess?hub.challenge=%3Cscript%3E&hub.mode=subscribe",
    ),
    ("POST", "/websub/guess"),
    ("GET", "/desk"),
    ("GET", "/desk/events/1"),
    ("GET", "/desk/events/x"),
    ("GET", "/desk/storylines/1"),
    ("GET", "/desk/review"),
    ("GET", "/desk/quality"),
    ("GET", "/desk/search?q=summit"),
    ("GET", "/desk/feeds"),
    ("GET", "/desk/log"),
    ("GET", "/desk/act?do=spike&target=event:1"),
    ("GET", "/desk/logout"),
    ("GET", "/desk/login?back=//evil.example"),
    ("GET", "/desk/welcome/guess"),
    ("POST", "/desk/act"),
    ("POST", "/desk/login"),
    ("POST", "/desk/logout"),
    ("POST", "/desk/welcome/guess"),
    ("GET", "/api/storylines"),
    ("GET", "/api/storylines/1"),
    ("GET", "/api/events/1"),
    ("GET", "/api/events/99"),
    ("GET", "/api/review"),
    ("GET", "/api/search?q=summit"),
    ("GET", "/api/decisions"),
    ("POST", "/api/decisions"),
    ("GET", "/api/decisions/1/undo"),
    ("POST", "/api/decisions/1/undo"),
    ("GET", "/api/openapi.json"),
];

async fn ask(running: &Running, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    let method: Method = method.parse().unwrap();
    running.send(method, path, headers, None).await
}

/// 29, 31: also what is refused, what is no page, and what no handler answered.
#[tokio::test]
async fn every_answer_says_that_nothing_in_it_runs_and_no_type_is_guessed() {
    let running = Running::start(|_| {}).await;
    let page = running.get("/", &[]).await.body;
    let asset = page.split('"').find(|part| part.contains("/assets/"));
    let asset = asset.expect("a style sheet");
    let style = &asset[asset.find("/assets/").unwrap()..];
    let places = PLACES.iter().copied().chain([("GET", style)]);
    for (method, path) in places {
        let reply = ask(&running, method, path, &[]).await;
        let policy = reply.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{method} {path}: {policy:?}"
        );
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        // The desk's own forms need their origin, which `no-referrer` would take from them.
        let referrer = reply.header("referrer-policy");
        assert!(["no-referrer", "same-origin"].contains(&referrer), "{path}");
        let location = reply.header("location");
        let is_ours = location.is_empty()
            || location.starts_with("/desk")
            || location.starts_with(&format!("http://{}/", running.address));
        assert!(is_ours && !location.starts_with("//"), "{path}: {location}");
    }
}

/// 32: whoever can make a browser load an address changes nothing by it, also with its cookie.
#[tokio::test]
async fn looking_changes_nothing() {
    let running = Running::start(|_| {}).await;
    running.invite("berta").await;
    let (cookie, _) = running.log_in("anna").await;
    let berta = format!("/desk/welcome/{:0>64}", "berta");
    let before = contents(&running);
    let gets = PLACES.iter().filter(|(method, _)| *method == "GET");
    for path in gets.map(|(_, path)| *path).chain([berta.as_str()]) {
        ask(&running, "GET", path, &[("cookie", &cookie)]).await;
        ask(&running, "HEAD", path, &[("cookie", &cookie)]).await;
    }
    assert_eq!(contents(&running), before);
}

/// Every row that says something, as text; the time of an editor's last look is no such thing.
fn contents(running: &Running) -> Vec<String> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%search%'
         ORDER BY name";
    let read = running.desk.store.read(|conn| {
        let mut query = conn.prepare(tables)?;
        let names: Vec<String> = query
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut rows = Vec::new();
        for name in names {
            let columns = match name.as_str() {
                "editors" => "id, name, password, link_digest, link_until",
                _ => "*",
            };
            let mut query = conn.prepare(&format!("SELECT {columns} FROM {name}"))?;
            let count = query.column_count();
            let mut found = query.query([])?;
            while let Some(row) = found.next()? {
                let values = (0..count).map(|at| format!("{:?}", row.get_ref(at)));
                rows.push(format!("{name}: {}", values.collect::<Vec<_>>().join(", ")));
            }
        }
        Ok(rows)
    });
    read.unwrap()
}

/// 32: each form of the desk, not only the one for rulings.
#[tokio::test]
async fn no_form_is_taken_from_another_site() {
    let running = Running::start(|_| {}).await;
    running.invite("berta").await;
    let (cookie, csrf) = running.log_in("anna").await;
    let before = contents(&running);
    let berta = format!("/desk/welcome/{:0>64}", "berta");
    let forms = [
        ("/desk/act", format!("do=spike&target=event:1&csrf={csrf}")),
        ("/desk/logout", format!("csrf={csrf}")),
        (berta.as_str(), format!("password={PASSWORD}")),
        ("/desk/login", format!("name=anna&password={PASSWORD}")),
        ("/api/decisions", "{}".to_owned()),
        ("/api/decisions/1/undo", String::new()),
    ];
    for (path, form) in &forms {
        for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
            let kind = match path.starts_with("/api") {
                true => "application/json",
                false => "application/x-www-form-urlencoded",
            };
            let headers = [
                ("cookie", cookie.as_str()),
                ("x-csrf-token", csrf.as_str()),
                ("origin", origin),
                ("content-type", kind),
            ];
            let reply = running.post(path, &headers, form).await;
            assert_eq!(reply.status, 403, "{path} from {origin}");
        }
    }
    let no_token = running
        .post("/desk/logout", &[("cookie", &cookie)], "")
        .await;
    assert_eq!(no_token.status, 403);
    assert_eq!(contents(&running), before);
}

/// 44: many accounts from one address; behind a proxy on this machine each asker has an address.
#[tokio::test]
async fn guesses_over_many_accounts_end_for_the_address_that_made_them_alone() {
    let running = Running::start(|_| {}).await;
    running.log_in("anna").await;
    let evil = ("x-forwarded-for", "anna's desk, 198.51.100.7");
    for number in 0..40 {
        let form = format!("name=guess{number}&password=wrong");
        let reply = running.post("/desk/login", &[evil], &form).await;
        assert_eq!(reply.status, 401);
    }
    let form = format!("name=anna&password={PASSWORD}");
    for forged in ["198.51.100.7", "203.0.113.1, 198.51.100.7"] {
        let headers = [("x-forwarded-for", forged)];
        let reply = running.post("/desk/login", &headers, &form).await;
        assert_eq!(reply.status, 429, "{forged}");
    }
    let other = [("x-forwarded-for", "203.0.113.9")];
    let reply = running.post("/desk/login", &other, &form).await;
    assert_eq!(reply.status, 303);
}

/// 44: a session that is used each day ends too, and a reset ends it at once with the password.
#[tokio::test]
async fn a_session_ends_after_a_month_of_use_and_by_a_reset_which_ends_tokens_too() {
    let running = Running::start(|settings| settings.listen = ([0, 0, 0, 0], 1).into()).await;
    let (cookie, _) = running.log_in("anna").await;
    let headers = [("cookie", cookie.as_str())];
    for day in 1..=30 {
        running.clock.set(now() + TimeDelta::days(day));
        assert_eq!(running.get("/desk", &headers).await.status, 200, "{day}");
    }
    running.clock.set(now() + TimeDelta::days(31));
    assert_eq!(running.get("/desk", &headers).await.status, 303);

    let form = format!("name=anna&password={PASSWORD}");
    let again = running.post("/desk/login", &[], &form).await;
    let cookie = again.cookie();
    let headers = [("cookie", cookie.as_str())];
    assert_eq!(running.get("/desk", &headers).await.status, 200);
    let digest: [u8; 32] = Sha256::digest(b"another link").into();
    let (at, until) = (
        running.clock.now(),
        running.clock.now() + TimeDelta::hours(24),
    );
    let bearer = format!("Bearer {}", "7".repeat(64));
    let program = [("authorization", bearer.as_str())];
    let token: [u8; 32] = Sha256::digest("7".repeat(64)).into();
    let kept = running
        .desk
        .store
        .write(move |tx| sessions::add_token(tx, "anna", token, "a script", at));
    assert!(kept.await.unwrap());
    assert_eq!(running.get("/api/review", &program).await.status, 200);
    let reset = running
        .desk
        .store
        .write(move |tx| editors::invite_editor(tx, "anna", digest, until, at));
    reset.await.unwrap();
    assert_eq!(running.get("/desk", &headers).await.status, 303);
    assert_eq!(running.get("/api/review", &program).await.status, 401);
    assert_eq!(running.post("/desk/login", &[], &form).await.status, 401);
}

/// 34, 45: who asks through a proxy, under another name, or at an address that others reach.
#[tokio::test]
async fn what_is_for_this_machine_is_shown_to_nobody_else() {
    let private = ["/metrics", "/feeds/status", "/feeds/status.atom"];
    let desk = ["/desk", "/desk/feeds", "/api/decisions", "/desk/live"];
    let local = Running::start(|_| {}).await;
    for path in private.iter().chain(&desk[..3]) {
        assert_eq!(local.get(path, &[]).await.status, 200, "{path}");
    }
    let public = Running::start(|settings| settings.listen = ([0, 0, 0, 0], 1).into()).await;
    let askers = [
        (&local, vec![("x-forwarded-for", "127.0.0.1")]),
        (&local, vec![("forwarded", "for=127.0.0.1")]),
        (&local, vec![("x-real-ip", "127.0.0.1")]),
        (&local, vec![("host", "rebound.example")]),
        (&public, vec![]),
    ];
    for (running, headers) in &askers {
        for path in private {
            let reply = running.get(path, headers).await;
            assert_eq!(reply.status, 404, "{path} {headers:?}");
        }
        for path in desk {
            let reply = running.get(path, headers).await;
            assert!([303, 401].contains(&reply.status), "{path} {headers:?}");
        }
    }
}
