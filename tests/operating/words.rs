//! What the daemon says of itself: every warning is explained, figures follow the conventions, and
//! nothing that a stranger sent or that is secret gets into the log.

use std::path::Path;

use dateline::store::feeds::{self, NewFeed};
use dateline::store::outlets;

use super::newsroom::now;
use super::service::Place;
use crate::server::{Reply, TestServer};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating.md");
    std::fs::read_to_string(path).unwrap()
}

fn gather(directory: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            for level in ["tracing::warn!(", "tracing::error!("] {
                let calls = text.split(level).skip(1);
                found.extend(calls.filter_map(message_of));
            }
        }
    }
}

/// The message of a call: its last text, which may go on over a line's end.
fn message_of(call: &str) -> Option<String> {
    let end = call.find(");")?;
    let texts: Vec<&str> = call[..end].split('"').collect();
    let message = texts.get(texts.len().checked_sub(2)?)?;
    Some(
        message
            .replace("\\\n", "")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
    )
}

#[test]
fn every_warning_and_error_line_is_explained() {
    let mut messages = Vec::new();
    gather(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut messages,
    );
    assert!(messages.len() > 20, "{messages:?}");
    let page = page();
    messages.retain(|message| !page.contains(message.as_str()));
    assert!(
        messages.is_empty(),
        "not in docs/operating.md: {messages:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_is_explained_and_named_by_the_conventions() {
    let place = Place::new(&[], "");
    let _service = place.start();
    place.hear("READY=1").await;
    place.client().get("/").await.unwrap();
    let scrape = place.client().get("/metrics").await.unwrap().body;
    let page = page();
    let mut families = 0;
    for line in scrape.lines().filter(|line| line.starts_with("# TYPE ")) {
        families += 1;
        let (name, kind) = line["# TYPE ".len()..].split_once(' ').unwrap();
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(
            name.starts_with("dateline_") && name.chars().all(is_plain),
            "{name}"
        );
        for part in name.split('_') {
            let is_odd = matches!(
                part,
                "ms" | "millis" | "kb" | "mb" | "minutes" | "percent" | "total" | "count"
            );
            assert!(!is_odd, "{name}: base units, and no ending by hand");
        }
        let shown = match kind {
            "counter" => format!("{name}_total"),
            _ => name.to_owned(),
        };
        assert!(
            page.contains(&format!("`{shown}`")),
            "{shown} is not in docs/operating.md"
        );
        assert!(scrape.contains(&format!("# HELP {name} ")), "{name}");
        for unit in ["seconds", "bytes", "ratio"] {
            let has_unit = scrape.contains(&format!("# UNIT {name} {unit}\n"));
            assert_eq!(has_unit, name.ends_with(unit), "{name} and its unit");
        }
    }
    assert!(families > 15, "{scrape}");
    assert!(scrape.ends_with("# EOF\n"));
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/alerts.yml");
    let rules = std::fs::read_to_string(rules).unwrap();
    for word in rules.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
        let is_metric = word.starts_with("dateline_");
        assert!(
            !is_metric || page.contains(word),
            "{word} of alerts.yml is no metric"
        );
    }
}

/// A server that sends what hurts a log, wherever it can.
async fn hostile() -> TestServer {
    let evil = "\u{1b}]0;owned\u{7}\u{202e}\r\n2026-01-01T00:00:00Z ERROR forged";
    TestServer::start(move |seen| match seen.path() {
        "/title" => Reply::ok(format!(
            "<rss version=\"2.0\"><channel><title>{evil}</title><item><title>{evil}</title>\
             <guid>{evil}</guid><link>http://p.test/</link></item></channel></rss>"
        )),
        "/moved" => Reply::redirect(302, format!("http://u:S3CRET@127.0.0.2/{evil}")),
        "/broken" => Reply::Raw(format!("HTTP/1.1 200 {evil}\r\n{evil}").into_bytes()),
        "/type" => Reply::ok(evil).with("Content-Type", evil.replace(['\r', '\n'], "")),
        _ => Reply::status(401).with("WWW-Authenticate", "Basic"),
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_and_no_control_character_of_a_stranger_reaches_the_log() {
    for form in ["text", "json"] {
        let server = hostile().await;
        let place = Place::new(&[server.port()], "");
        let store = place.open_store();
        for path in ["title", "moved", "broken", "type", "private"] {
            let port = server.port();
            let url = format!("http://reader:S3CRET@127.0.0.1:{port}/{path}");
            let added = store.write(move |tx| {
                let outlet_id = outlets::ensure_outlet(tx, "Paper", Default::default())?;
                let new = NewFeed {
                    url,
                    outlet_id,
                    ..NewFeed::default()
                };
                feeds::add_feed(tx, &new, now())
            });
            added.await.unwrap();
        }
        drop(store);
        let service = place.start_with(&[("DATELINE_LOG", "trace"), ("DATELINE_LOG_FORM", form)]);
        place.hear("READY=1").await;
        server.wait_for(5).await;
        let evil = "/%1b%5d0;owned%07?token=T0KEN%0d%0aforged";
        for path in [
            evil,
            "/private/T0KEN/feeds/events.atom",
            "/desk/welcome/T0KEN",
        ] {
            place.client().get(path).await.unwrap();
        }
        service.signal("TERM");
        assert!(service.ended().await.success());
        let log = place.log();
        assert!(log.lines().count() > 20, "{log}");
        for line in log.lines() {
            let begins_right = line.starts_with("20") || line.starts_with('{');
            assert!(begins_right, "no line of ours: {line:?}");
            assert!(!line.starts_with("2026-01-01"), "forged: {line:?}");
        }
        let is_odd =
            |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        let odd: Vec<&str> = log.lines().filter(|line| line.contains(is_odd)).collect();
        assert!(odd.is_empty(), "{form}: {odd:?}");
        for secret in ["S3CRET", "T0KEN", "cmVhZGVyOlMzQ1JFVA"] {
            let told: Vec<&str> = log.lines().filter(|line| line.contains(secret)).collect();
            assert!(told.is_empty(), "{form}: {told:#?}");
        }
    }
}
