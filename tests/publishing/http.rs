//! The site over real HTTP on loopback: conditional requests, codings, redirects, caching.

#![allow(
    clippy::disallowed_methods,
    reason = "the browser or reader of these tests"
)]

use dateline::serve::{Site, run};
use tokio::sync::oneshot;

use super::newsroom::{Newsroom, at_minute, summit, told};

/// A running site.
pub struct Server {
    address: std::net::SocketAddr,
    client: reqwest::Client,
    _stop: oneshot::Sender<()>,
}

/// What came back.
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("ASCII"))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Server {
    pub async fn start(site: Site) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(run(listener, site, async {
            drop(stopped.await);
        }));
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder()
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self {
            address,
            client,
            _stop: stop,
        }
    }

    pub async fn post_form(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let url = format!("http://{}{path}", self.address);
        let request = self
            .client
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        let response = request.send().await.expect("an answer");
        Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.expect("a body").to_vec(),
        }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, &[]).await
    }

    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
        let method = method.parse().expect("a method");
        let url = format!("http://{}{path}", self.address);
        let mut request = self.client.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("an answer");
        Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.expect("a body").to_vec(),
        }
    }
}

const FEED: &str = "/feeds/events.atom";

#[tokio::test]
async fn a_feed_says_all_that_a_reader_needs() {
    let room = summit().await;
    let server = Server::start(room.site()).await;
    let reply = server.get(FEED).await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.header("content-type"),
        "application/atom+xml; charset=utf-8"
    );
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    assert_eq!(reply.header("vary"), "Accept-Encoding");
    assert!(
        reply
            .header("cache-control")
            .starts_with("public, max-age=")
    );
    let links: Vec<&str> = reply
        .headers
        .get_all("link")
        .iter()
        .map(|value| value.to_str().expect("ASCII"))
        .collect();
    let expected = [
        "<https://news.example/feeds/events.atom>; rel=\"self\"",
        "<https://news.example/hub>; rel=\"hub\"",
    ];
    assert_eq!(links, expected);
    assert!(!reply.text().contains("secret"));
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let room = summit().await;
    let server = Server::start(room.site()).await;
    // That it is made with these settings was noted just now.
    room.clock.advance_secs(10);
    for coding in ["identity", "gzip", "br", "zstd"] {
        let accept = ("accept-encoding", coding);
        let first = server.ask("GET", FEED, &[accept]).await;
        let named = if coding == "identity" { "" } else { coding };
        assert_eq!(first.header("content-encoding"), named);
        let tag = first.header("etag").to_owned();
        assert!(!tag.starts_with("W/"));
        let again = server
            .ask("GET", FEED, &[accept, ("if-none-match", &tag)])
            .await;
        assert_eq!((again.status, again.body.len()), (304, 0));
        assert_eq!(again.header("etag"), tag);
        assert_eq!(again.header("vary"), "Accept-Encoding");
        assert!(again.header("cache-control").contains("max-age"));
        let head = server.ask("HEAD", FEED, &[accept]).await;
        assert_eq!((head.status, head.body.len()), (200, 0));
        assert_eq!(head.header("etag"), tag);
        assert_eq!(head.header("content-length"), first.body.len().to_string());
        let date = first.header("last-modified").to_owned();
        let dated = server
            .ask("GET", FEED, &[accept, ("if-modified-since", &date)])
            .await;
        assert_eq!(dated.status, 304);
    }
}

#[tokio::test]
async fn tags_differ_by_coding_and_survive_a_restart() {
    let room = summit().await;
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..2 {
        let server = Server::start(room.site()).await;
        for coding in ["identity", "gzip", "br", "zstd"] {
            let reply = server
                .ask("GET", FEED, &[("accept-encoding", coding)])
                .await;
            let tag = reply.header("etag").to_owned();
            assert_eq!(seen.entry(coding).or_insert(tag.clone()), &tag);
        }
    }
    let tags: std::collections::BTreeSet<&String> = seen.values().collect();
    assert_eq!(tags.len(), 4);
}

#[tokio::test]
async fn a_change_is_served_as_soon_as_it_is_committed() {
    let room = summit().await;
    let server = Server::start(room.site()).await;
    let before = server.get(FEED).await;
    let item = room
        .ingest(told(
            "Post",
            "Ferry sinks off Luzon",
            "https://post.example/9",
            250,
        ))
        .await;
    room.assign(3, 2, &[(item, None)]).await;
    room.publish(260).await;
    let after = loop {
        let reply = server.get(FEED).await;
        if reply.header("etag") != before.header("etag") {
            break reply;
        }
        tokio::task::yield_now().await;
    };
    assert!(after.text().contains("Ferry sinks off Luzon"));
}

#[tokio::test]
async fn one_more_outlet_changes_content_and_not_updated() {
    let room = summit().await;
    let server = Server::start(room.site()).await;
    let path = format!("/events/{}.json", room.public_id(2));
    let before: serde_json::Value =
        serde_json::from_slice(&server.get(&path).await.body).expect("JSON");
    let item = room
        .ingest(told(
            "Post",
            "Summit ends without deal",
            "https://post.example/9",
            250,
        ))
        .await;
    room.assign(2, 1, &[(item, None)]).await;
    room.publish(260).await;
    let after = loop {
        let reply = server.get(&path).await;
        if reply.text().contains("post.example") {
            break serde_json::from_slice::<serde_json::Value>(&reply.body).expect("JSON");
        }
        tokio::task::yield_now().await;
    };
    for key in ["id", "date_published", "date_modified", "title"] {
        assert_eq!(before["items"][0][key], after["items"][0][key], "{key}");
    }
}

#[tokio::test]
async fn a_merged_event_answers_307_and_a_spiked_one_410() {
    let room = summit().await;
    let (gone, kept) = (room.public_id(2), room.public_id(1));
    room.store
        .write(|tx| {
            dateline::store::events::merge_event(
                tx,
                dateline::news::EventId(2),
                dateline::news::EventId(1),
            )
        })
        .await
        .expect("a merge");
    room.publish(300).await;
    let server = Server::start(room.site()).await;
    for ending in ["", ".atom", ".rss", ".json"] {
        let reply = server.get(&format!("/events/{gone}{ending}")).await;
        assert_eq!(reply.status, 307);
        let target = format!("https://news.example/events/{kept}{ending}");
        assert_eq!(reply.header("location"), target);
    }
    let feed = server.get(FEED).await.text();
    assert!(feed.contains(&gone.urn()), "its entry stays");
    let leads_on = format!(
        "Merged into: &lt;a href=\"https://news.example/events/{kept}\"&gt;Summit opens in Anchorage"
    );
    assert!(feed.contains(&leads_on), "{feed}");
    room.store
        .write(|tx| {
            tx.execute(
                "UPDATE events SET spiked = 1, version = version + 1 WHERE id = 1",
                [],
            )?;
            Ok(())
        })
        .await
        .expect("a spike");
    room.publish(301).await;
    let reply = loop {
        let reply = server.get(&format!("/events/{kept}")).await;
        if reply.status != 200 {
            break reply;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(reply.status, 410);
    assert!(reply.text().contains("an editor keeps it back"));
}

#[tokio::test]
async fn other_methods_other_paths_and_other_hosts_get_nothing() {
    let room = summit().await;
    let server = Server::start(room.site()).await;
    assert_eq!(server.ask("POST", FEED, &[]).await.status, 405);
    assert_eq!(server.ask("DELETE", "/", &[]).await.status, 405);
    assert_eq!(server.get("/feeds/nothing.atom").await.status, 404);
    assert_eq!(
        server
            .get("/events/0f8fad5b-d9cb-469f-a165-70867728950e")
            .await
            .status,
        404
    );
    assert_eq!(
        server.get("/private/guess/feeds/events.atom").await.status,
        404
    );
    let forged = server.ask("GET", FEED, &[("host", "evil.example")]).await;
    assert_eq!(forged.status, 200);
    assert!(!forged.text().contains("evil.example"));
    let preflight = server
        .ask("OPTIONS", FEED, &[("origin", "https://a.example")])
        .await;
    assert_eq!(preflight.status, 204);
}

#[tokio::test]
async fn no_script_of_another_site_and_no_cache_gets_the_feed_for_operators() {
    let room = summit().await;
    let server = Server::start(room.site()).await;
    for ending in ["", ".atom", ".rss", ".json"] {
        let reply = server.get(&format!("/feeds/status{ending}")).await;
        assert_eq!(reply.status, 200, "{ending}");
        assert_eq!(reply.header("access-control-allow-origin"), "", "{ending}");
        assert!(
            reply.header("cache-control").starts_with("private, "),
            "{ending}"
        );
    }
}

#[tokio::test]
async fn a_document_without_entries_is_the_same_whatever_is_published_elsewhere() {
    let room = summit().await;
    let mut settings = room.settings();
    settings.views = vec![dateline::news::View {
        name: "none".to_owned(),
        search: "unheard-of".to_owned(),
        ..dateline::news::View::default()
    }];
    let site = Site::new(room.store.clone(), settings, room.clock.clone());
    let mut seen = Vec::new();
    for minutes in [260, 280] {
        let link = format!("https://post.example/{minutes}");
        let item = room
            .ingest(told("Post", "Ferry sinks off Luzon", &link, minutes - 10))
            .await;
        room.assign(minutes, minutes, &[(item, None)]).await;
        room.publish(minutes).await;
        site.expire();
        for ending in ["atom", "rss", "json"] {
            let path = format!("/feeds/views/none.{ending}");
            let content = site.feed_content(&path).await.expect("a read");
            seen.push(content.expect("a feed").0);
        }
    }
    assert_eq!(seen[..3], seen[3..]);
}

/// The status for who asks whether it changed since then.
async fn status_since(server: &Server, date: &str) -> u16 {
    let headers = [("if-modified-since", date)];
    server.ask("GET", FEED, &headers).await.status
}

#[tokio::test]
async fn who_asks_by_date_is_told_of_other_settings_before_and_after_a_restart() {
    let room = summit().await;
    let site = room.site();
    let server = Server::start(site.clone()).await;
    room.clock.advance_secs(10);
    let before = server.get(FEED).await.header("last-modified").to_owned();
    assert_eq!(status_since(&server, &before).await, 304);
    let settings = dateline::serve::Settings {
        title: "Morning".to_owned(),
        ..room.settings()
    };
    site.change_settings(settings.clone()).await;
    room.clock.advance_secs(10);
    assert_eq!(status_since(&server, &before).await, 200);
    let after = server.get(FEED).await.header("last-modified").to_owned();
    let again = Site::new(room.store.clone(), settings, room.clock.clone());
    let again = Server::start(again).await;
    assert_eq!(status_since(&again, &before).await, 200);
    assert_eq!(status_since(&again, &after).await, 304);
    // And back again, while nothing runs.
    let back = Server::start(room.site()).await;
    assert_eq!(status_since(&back, &before).await, 200);
    assert_eq!(status_since(&back, &after).await, 200);
}

#[tokio::test]
async fn who_asks_by_date_is_told_of_what_two_passes_of_one_second_published() {
    let room = summit().await;
    let site = room.site();
    let server = Server::start(site.clone()).await;
    assert_eq!(status_since(&server, "").await, 200, "it has begun");
    let mut dates = Vec::new();
    for event in [7, 8] {
        let link = format!("https://post.example/{event}");
        let title = format!("Ferry {event} sinks");
        let item = room.ingest(told("Post", &title, &link, 290)).await;
        room.assign(event, event, &[(item, None)]).await;
        room.publish(300).await;
        site.expire();
        dates.push(server.get(FEED).await.header("last-modified").to_owned());
    }
    assert!(!dates[0].is_empty());
    assert_eq!(dates[1], "", "a second has one date");
    assert_eq!(status_since(&server, &dates[0]).await, 200);
    room.clock.advance_secs(1);
    let date = server.get(FEED).await.header("last-modified").to_owned();
    assert_ne!(date, dates[0]);
    assert_eq!(status_since(&server, &date).await, 304);
}

#[tokio::test]
async fn a_slug_leads_to_its_storyline_for_good() {
    let room = summit().await;
    let id = room.storyline_id(1);
    let server = Server::start(room.site()).await;
    let reply = server.get("/storylines/alaska-summit-1").await;
    assert_eq!(reply.status, 301);
    let target = format!("https://news.example/storylines/{id}/timeline");
    assert_eq!(reply.header("location"), target);
}

#[tokio::test]
async fn a_private_output_opens_with_its_token_only_until_it_is_revoked() {
    let room = summit().await;
    let token = room
        .store
        .write(|tx| dateline::store::tokens::create_token(tx, [7; 32], "desk", at_minute(0)))
        .await
        .expect("a token");
    let server = Server::start(room.site()).await;
    let path = format!("/private/{token}/feeds/events.atom");
    let reply = server.get(&path).await;
    assert_eq!(reply.status, 200);
    assert!(reply.header("cache-control").starts_with("private"));
    assert_eq!(reply.header("access-control-allow-origin"), "");
    assert!(
        reply.text().contains(&path),
        "rel=self is the private address"
    );
    room.store
        .write(|tx| dateline::store::tokens::revoke_token(tx, 1, at_minute(1)))
        .await
        .expect("revoked");
    assert_eq!(server.get(&path).await.status, 404);
}

#[tokio::test]
async fn pages_name_their_feeds_and_load_nothing_from_elsewhere() {
    let room: Newsroom = summit().await;
    let id = room.storyline_id(1);
    let server = Server::start(room.site()).await;
    for path in [
        "/".to_owned(),
        format!("/storylines/{id}/timeline"),
        "/feeds/log".to_owned(),
    ] {
        let reply = server.get(&path).await;
        assert_eq!(reply.status, 200, "{path}");
        let page = reply.text();
        let atom = page.find("application/atom+xml").expect("autodiscovery");
        let rss = page.find("application/rss+xml").expect("autodiscovery");
        assert!(atom < rss, "the preferred format comes first");
        assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("style="));
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"));
    }
}

#[tokio::test]
async fn what_an_operator_changes_of_a_feed_is_shown_at_once() {
    let room = summit().await;
    let read = room.store.write(|tx| {
        tx.execute("UPDATE feeds SET last_success_at = 1", [])?;
        Ok(())
    });
    read.await.expect("visits");
    let server = Server::start(room.site()).await;
    for (sql, shown) in [
        (
            "UPDATE feeds SET category = 'Summits' WHERE title = 'Reuters world'",
            "term=\"Summits\"",
        ),
        (
            "UPDATE feeds SET title = 'All the world' WHERE title = 'Reuters world'",
            "<title>All the world</title>",
        ),
        (
            "UPDATE outlets SET name = 'Thomson' WHERE name = 'Reuters'",
            "<name>Thomson</name>",
        ),
    ] {
        assert!(!server.get(FEED).await.text().contains(shown), "{sql}");
        let edited = room.store.write(move |tx| Ok(tx.execute(sql, [])?));
        assert_eq!(edited.await.expect("a write"), 1, "{sql}");
        let shows = async || server.get(FEED).await.text().contains(shown);
        let soon = async {
            while !shows().await {
                tokio::task::yield_now().await;
            }
        };
        let shown = tokio::time::timeout(std::time::Duration::from_secs(20), soon).await;
        shown.expect(sql);
    }
}
