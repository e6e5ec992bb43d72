//! Filtered outputs, and archives of what the subscription document no longer holds.

use dateline::news::{OutletKind, Role, View};
use dateline::serve::{Settings, Site};
use dateline::store::{Transaction, items};

use super::http::{Reply, Server};
use super::newsroom::{Newsroom, at_minute, summit, told};
use super::spiked::{spike, unspike};

fn view(name: &str) -> View {
    View {
        name: name.to_owned(),
        ..View::default()
    }
}

async fn ids_in(server: &Server, path: &str) -> Vec<String> {
    let (_, reply) = follow(server, path).await;
    assert_eq!(reply.status, 200, "{path}");
    let feed: serde_json::Value = serde_json::from_slice(&reply.body).expect("JSON");
    let items = feed["items"].as_array().expect("items");
    items
        .iter()
        .map(|item| item["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[tokio::test]
async fn a_view_holds_what_its_filter_names() {
    let room = summit().await;
    let (opening, ending) = (room.public_id(1).urn(), room.public_id(2).urn());
    let both = vec![ending.clone(), opening.clone()];
    let words = |search: &str| View {
        search: search.to_owned(),
        ..view("x")
    };
    let cases = [
        (view("x"), both.clone()),
        (words("WITHOUT deal"), vec![ending.clone()]),
        (words("nothing like it"), vec![]),
        (
            View {
                categories: vec!["diplomacy".into()],
                ..view("x")
            },
            both.clone(),
        ),
        (
            View {
                categories: vec!["Sport".into()],
                ..view("x")
            },
            vec![],
        ),
        (
            View {
                languages: vec!["en-GB".into()],
                ..view("x")
            },
            both.clone(),
        ),
        (
            View {
                languages: vec!["de".into()],
                ..view("x")
            },
            vec![],
        ),
        (
            View {
                outlets: vec!["daily".into()],
                ..view("x")
            },
            both.clone(),
        ),
        (
            View {
                kinds: vec![OutletKind::Wire],
                ..view("x")
            },
            both,
        ),
        (
            View {
                roles: vec![Role::Correction],
                ..view("x")
            },
            vec![ending],
        ),
        (
            View {
                minimum_outlets: 4,
                ..view("x")
            },
            vec![],
        ),
    ];
    for (view, expected) in cases {
        let settings = Settings {
            views: vec![view.clone()],
            ..room.settings()
        };
        let server =
            Server::start(Site::new(room.store.clone(), settings, room.clock.clone())).await;
        assert_eq!(
            ids_in(&server, "/feeds/views/x.json").await,
            expected,
            "{view:?}"
        );
    }
}

/// A server with an open view and a hidden one, and a token that a reader was given.
async fn with_hidden_view() -> (Newsroom, Server, String) {
    let room = summit().await;
    let hidden = View {
        private: true,
        ..view("hidden")
    };
    let settings = Settings {
        views: vec![view("open"), hidden],
        ..room.settings()
    };
    let server = Server::start(Site::new(room.store.clone(), settings, room.clock.clone())).await;
    let now = super::newsroom::at_minute(0);
    let token = room
        .store
        .write(move |tx| dateline::store::tokens::create_token(tx, [9; 32], "a reader", now))
        .await
        .expect("a token");
    (room, server, token)
}

#[tokio::test]
async fn a_private_view_is_listed_nowhere_and_needs_a_token() {
    let (_room, server, token) = with_hidden_view().await;
    let opml = server.get("/feeds.opml").await.text();
    assert!(opml.contains("/feeds/views/open.atom") && !opml.contains("hidden"));
    assert_eq!(server.get("/feeds/views/hidden.atom").await.status, 404);
    let path = format!("/private/{token}/feeds/views/hidden.json");
    assert_eq!(ids_in(&server, &path).await.len(), 2);
}

#[tokio::test]
async fn what_is_served_under_a_token_leads_to_itself_under_that_token() {
    let (room, server, token) = with_hidden_view().await;
    let base = room.settings().base_url;
    let at = format!("/private/{token}");
    let view = format!("{at}/feeds/views/hidden");
    let opml = server.get(&format!("{at}/feeds.opml")).await;
    assert!(opml.header("cache-control").starts_with("private"));
    let text = opml.text();
    let listed = text.matches("xmlUrl=").count();
    assert!(text.contains(&format!("xmlUrl=\"{base}{view}.atom\"")));
    let own = format!("xmlUrl=\"{base}{at}/");
    assert_eq!(text.matches(&own).count(), listed, "{text}");
    let page = server.get(&view).await.text();
    for ending in ["atom", "rss", "json"] {
        let link = format!("href=\"{base}{view}.{ending}\"");
        assert!(page.contains(&link), "{page}");
    }
    assert!(page.contains(&format!("{base}{at}/feeds.opml")));
    let atom = server.get(&format!("{view}.atom")).await.text();
    assert!(!atom.contains(&format!("\"{base}/feeds/views/")), "{atom}");
    let status = server.get(&format!("{at}/feeds/status.atom")).await;
    assert_eq!(status.status, 404, "that is for operators");
}

#[tokio::test]
async fn a_withdrawn_event_stays_in_a_view_for_a_week() {
    let room = Newsroom::open();
    let hour = |event: i64| event * 60;
    for event in 1..=80_i64 {
        let link = format!("https://ap.example/{event}");
        let headline = format!("Fire {event}");
        let item = room.ingest(told("AP", &headline, &link, hour(event))).await;
        room.assign(event, event, &[(item, None)]).await;
        room.publish(hour(event) + 5).await;
        if event == 2 {
            let withdraw =
                move |tx: &Transaction<'_>| items::withdraw_item(tx, item, at_minute(130));
            room.store.write(withdraw).await.expect("a kill");
            room.publish(hour(event) + 15).await;
        }
    }
    let settings = Settings {
        views: vec![view("all")],
        ..room.settings()
    };
    let site = Site::new(room.store.clone(), settings, room.clock.clone());
    let ids = ids_in(&Server::start(site).await, "/feeds/views/all.json").await;
    assert!(ids.contains(&room.public_id(2).urn()), "the withdrawn one");
    assert!(!ids.contains(&room.public_id(1).urn()), "50 came after it");
}

/// A newsroom of so many fires, each published.
async fn fires(count: i64) -> Newsroom {
    let room = Newsroom::open();
    for event in 1..=count {
        let link = format!("https://ap.example/{event}");
        let item = room
            .ingest(told("AP", &format!("Fire {event}"), &link, event * 120))
            .await;
        room.assign(event, event, &[(item, None)]).await;
        room.publish(event * 120 + 5).await;
    }
    room
}

/// The path that an address leads to, with what is there.
async fn follow(server: &Server, path: &str) -> (String, Reply) {
    let first = server.get(path).await;
    if first.status != 307 {
        return (path.to_owned(), first);
    }
    let url = url::Url::parse(first.header("location")).expect("an address");
    assert!(!first.header("cache-control").contains("immutable"));
    (url.path().to_owned(), server.get(url.path()).await)
}

#[tokio::test]
async fn archives_hold_what_the_subscription_document_no_longer_does() {
    let room = fires(130).await;
    let server = Server::start(room.site()).await;
    for (name, total) in [("events", 130), ("log", 130)] {
        let first = server.get(&format!("/feeds/{name}.atom")).await.text();
        assert!(first.contains("rel=\"prev-archive\""));
        let mut ids: std::collections::BTreeSet<String> =
            ids_in(&server, &format!("/feeds/{name}.json"))
                .await
                .into_iter()
                .collect();
        assert!(ids.len() < total);
        for number in 0..2 {
            let path = format!("/feeds/{name}/archive/{number}");
            ids.extend(ids_in(&server, &format!("{path}.json")).await);
            let (_, archive) = follow(&server, &format!("{path}.atom")).await;
            let archive = archive.text();
            assert!(archive.contains("<fh:archive/>") && archive.contains("rel=\"current\""));
            assert!(!archive.contains("rel=\"hub\""));
            assert_eq!(archive.contains("rel=\"prev-archive\""), number == 1);
        }
        assert_eq!(ids.len(), total, "history is complete");
        assert_eq!(
            server
                .get(&format!("/feeds/{name}/archive/2.atom"))
                .await
                .status,
            404
        );
    }
    let (_, log) = follow(&server, "/feeds/log/archive/0.atom").await;
    assert!(!log.text().contains("next-archive"), "it never changes");
}

#[tokio::test]
async fn an_archive_of_the_log_that_may_be_kept_for_ever_never_changes() {
    let room = fires(130).await;
    let server = Server::start(room.site()).await;
    let bare = |number: u8| format!("/feeds/log/archive/{number}.atom");
    let (path, before) = follow(&server, &bare(0)).await;
    assert_ne!(path, bare(0));
    assert!(before.header("cache-control").contains("immutable"));
    assert!(before.text().contains(&path), "it names itself");
    let (later_path, later) = follow(&server, &bare(1)).await;
    let event = room.public_id(1).urn();
    spike(&room, 1, 16_000).await;
    let (now_path, now) = follow(&server, &bare(0)).await;
    assert!(before.text().contains(&event) && !now.text().contains(&event));
    assert_ne!(path, now_path, "what is kept out is under another address");
    assert_eq!(follow(&server, &path).await.0, now_path);
    assert!(now.header("cache-control").contains("immutable"));
    let (same_path, same) = follow(&server, &later_path).await;
    assert_eq!((same_path, same.body), (later_path, later.body));
    unspike(&room, 1, 16_010).await;
    let (again_path, again) = follow(&server, &bare(0)).await;
    assert_eq!((again_path, again.body), (path, before.body));
}

#[tokio::test]
async fn the_feed_that_carried_the_lead_report_is_named_by_its_own_id() {
    let room = Newsroom::open();
    let link = "https://ap.example/1";
    let item = room.ingest(told("AP", "Fire", link, 0)).await;
    room.assign(1, 1, &[(item, None)]).await;
    room.publish(10).await;
    let path = format!("/events/{}.atom", room.public_id(1));
    for (own, shown) in [
        (
            "tag:ap.example,2025:world",
            "<id>tag:ap.example,2025:world</id>",
        ),
        ("no id at all", "<id>https://ap.example/"),
        ("https://ap.example/f?token=1", "<id>https://ap.example/"),
    ] {
        let sql = "UPDATE feeds SET document_id = ?1, site_url = 'https://ap.example/start'";
        let named = room.store.write(move |tx| Ok(tx.execute(sql, [own])?));
        named.await.expect("a write");
        let text = Server::start(room.site()).await.get(&path).await.text();
        let source = text.split("<source>").nth(1).expect("a source");
        let (source, _) = source.split_once("</source>").expect("its end");
        assert!(source.contains(shown), "{source}");
        assert!(!source.contains("token"), "{source}");
        let site = "rel=\"alternate\" type=\"text/html\" href=\"https://ap.example/start\"";
        assert!(source.contains(site), "{source}");
    }
}
