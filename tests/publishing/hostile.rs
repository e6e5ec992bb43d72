//! An outlet that writes what hurts readers into every field that it has: nothing of it runs, links
//! to anything but the web, or says where a reader comes from; and a request that names another
//! host gets no link to it (security: 27, 28, 29, 33, 36).

use dateline::news::{Dateline, Image, Role};
use dateline::store::items::{self, ItemState};
use dateline::store::{feeds, outlets};

use dateline::serve::{Settings, Site};

use super::http::Server;
use super::newsroom::{Newsroom, at_minute, item_state, told};

/// Markup that runs, ends of what it may stand in, and what turns a line round.
const TEXT: &str = "x</title></script><script>alert(1)</script><img src=x onerror=alert(1)>\
     <svg/onload=alert(1)><iframe srcdoc='<b>'></iframe><a href=javascript:alert(1)>y</a>\
     ]]><![CDATA[ \"onmouseover=alert(1) ' {{7*7}} &lt;script&gt; \u{202e}\u{2028}\u{0}\u{1b}[31m";

/// What the reader of feeds would not let through, as if it had.
const LINKS: [&str; 6] = [
    "javascript:alert(1)",
    " java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:alert(1)",
    "//evil.example/\"><script>alert(1)</script>",
    "https://reader:secret@paper.example/?a=\"><script>alert(1)</script>&b='",
];

async fn hostile() -> Newsroom {
    let room = Newsroom::open();
    let mut members = Vec::new();
    for (number, link) in LINKS.into_iter().enumerate() {
        let outlet = format!("Outlet {number} {TEXT}");
        let mut plain = told("", TEXT, link, number as i64);
        plain.lede = TEXT;
        plain.role = if number == 3 {
            Role::Correction
        } else {
            Role::News
        };
        let state = spoilt(item_state(&plain), link);
        let kept = room.store.write(move |tx| {
            let outlet_id = outlets::ensure_outlet(tx, &outlet, Default::default())?;
            let new = feeds::NewFeed {
                url: format!("https://reader:secret@paper{number}.example/\"<x>&"),
                outlet_id,
                title: TEXT.to_owned(),
                category: TEXT.to_owned(),
                language: Some(TEXT.to_owned()),
            };
            let (feed, _) = feeds::add_feed(tx, &new, at_minute(0))?;
            let now = at_minute(number as i64);
            items::insert_item(tx, feed, outlet_id, &state, now)
        });
        members.push((kept.await.expect("an item"), None));
    }
    let reprint = (members[5].0, Some(members[4].0));
    members[5] = reprint;
    room.assign(1, 1, &members[..3]).await;
    room.publish(10).await;
    room.assign(1, 1, &members[3..]).await;
    room.store
        .write(|tx| {
            tx.execute("UPDATE storylines SET headline = ?1", [TEXT])?;
            Ok(tx.execute(
                "UPDATE events SET headline = ?1, lede = ?1, place = ?1",
                [TEXT],
            )?)
        })
        .await
        .expect("a headline");
    room.publish(20).await;
    room
}

fn spoilt(state: ItemState, link: &str) -> ItemState {
    let mut state = ItemState {
        author: Some(TEXT.to_owned()),
        categories: vec![TEXT.to_owned()],
        image: Some(Image {
            url: link.to_owned(),
            media_type: Some(TEXT.to_owned()),
            width: None,
            height: None,
            credit: Some(TEXT.to_owned()),
        }),
        ..state
    };
    state.wire.change_note = Some(TEXT.to_owned());
    state.wire.agency = Some(TEXT.to_owned());
    state.wire.dateline = Some(Dateline {
        place: Some(TEXT.to_owned()),
        date: None,
    });
    state
}

/// Every place where the words of an outlet are published.
fn places(room: &Newsroom) -> Vec<String> {
    let (event, line) = (room.public_id(1), room.storyline_id(1));
    let mut places = vec!["/".to_owned(), "/feeds.opml".to_owned()];
    for stem in [
        "/feeds/events".to_owned(),
        "/feeds/storylines".to_owned(),
        "/feeds/log".to_owned(),
        "/feeds/log/archive/0".to_owned(),
        format!("/events/{event}"),
        format!("/storylines/{line}/timeline"),
        format!("/storylines/{line}/log"),
    ] {
        let forms = ["", ".atom", ".rss", ".json"];
        places.extend(forms.map(|form| format!("{stem}{form}")));
    }
    places.extend(
        [
            "/desk",
            "/desk/events/1",
            "/desk/storylines/1",
            "/desk/feeds",
        ]
        .map(Into::into),
    );
    places
}

#[tokio::test]
async fn nothing_that_an_outlet_writes_runs_anywhere() {
    let room = hostile().await;
    // The desk is among them, which this machine reads where the site has no other name.
    let settings = Settings {
        base_url: "http://127.0.0.1:8330".to_owned(),
        ..room.settings()
    };
    let site = Site::new(room.store.clone(), settings, room.clock.clone());
    let server = Server::start(site).await;
    let mut told = 0;
    for path in places(&room) {
        let reply = server.ask("GET", &path, &[("host", "127.0.0.1")]).await;
        if reply.status == 404 && path.contains("/archive/") {
            continue;
        }
        assert_eq!(reply.status, 200, "{path}");
        let body = reply.text();
        told += usize::from(body.contains("alert(1)"));
        let odd = |c: char| (c.is_control() && !"\n\t".contains(c)) || c == '\u{202e}';
        let line = body.lines().find(|line| line.contains(odd));
        assert_eq!(line, None, "{path}: control characters");
        assert!(!body.contains("secret"), "{path}: a password");
        match reply
            .header("content-type")
            .split(';')
            .next()
            .unwrap_or_default()
        {
            "text/html" => {
                check_html(&body, &path);
                for tag in body.split('<').filter(|tag| tag.contains("paper.example")) {
                    assert!(tag.contains("noopener noreferrer"), "{path}: <{tag}");
                }
            }
            "application/feed+json" => {
                let feed: serde_json::Value = serde_json::from_str(&body).expect("JSON");
                check_json(&feed, &path);
            }
            _ => check_xml(&body, &path),
        }
    }
    assert!(told > 20, "only {told} places tell the hostile words");
}

/// The tags of a document that is ours, and that of `html` within a feed.
fn check_html(html: &str, path: &str) {
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag
            .split_once('>')
            .unwrap_or_else(|| panic!("{path}: {tag}"));
        let name: String = tag
            .chars()
            .take_while(|c| !c.is_whitespace())
            .collect::<String>()
            .to_ascii_lowercase();
        let is_ours = name == "script" && tag.contains("src=\"/assets/desk.");
        for bad in [
            "script", "img", "iframe", "object", "base", "style", "embed",
        ] {
            assert!(name != bad || is_ours, "{path}: <{tag}>");
        }
        for (name, value) in attributes(tag) {
            assert!(!name.starts_with("on"), "{path}: <{tag}>");
            assert!(name != "style" && name != "srcdoc", "{path}: <{tag}>");
            if ["href", "src", "action", "formaction"].contains(&name.as_str()) {
                let is_web = value.starts_with("http://") || value.starts_with("https://");
                let is_own = value.starts_with('/') && !value.starts_with("//");
                assert!(
                    is_web || is_own || value.starts_with('#'),
                    "{path}: <{tag}>"
                );
            }
        }
    }
}

/// Attributes of a tag, as written; every one of ours has quotes or no value.
fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = tag
        .split_once(char::is_whitespace)
        .map_or("", |(_, rest)| rest);
    while !rest.trim_start().is_empty() {
        rest = rest.trim_start();
        let end = rest
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        rest = &rest[end..];
        let mut value = "";
        if let Some(after) = rest.strip_prefix("=\"") {
            (value, rest) = after.split_once('"').expect("the quote is closed");
        } else if let Some(after) = rest.strip_prefix('=') {
            let end = after.find(char::is_whitespace).unwrap_or(after.len());
            (value, rest) = after.split_at(end);
        }
        found.push((name, value.to_owned()));
    }
    found
}

fn check_json(value: &serde_json::Value, path: &str) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(html) if name == "content_html" => check_fragment(html, path),
                    Some(url) if name.ends_with("url") => check_address(url, path),
                    _ => check_json(value, path),
                }
            }
        }
        serde_json::Value::Array(values) => values.iter().for_each(|one| check_json(one, path)),
        _ => {}
    }
}

/// Content that readers show as HTML: links, and the elements that all readers know.
fn check_fragment(html: &str, path: &str) {
    for tag in html.split('<').skip(1) {
        let name = tag
            .trim_start_matches('/')
            .split([' ', '>'])
            .next()
            .unwrap_or_default();
        assert!(
            ["p", "b", "ul", "li", "a", "em"].contains(&name),
            "{path}: <{tag}"
        );
    }
    check_html(html, path);
}

fn check_address(url: &str, path: &str) {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    assert!(is_web, "{path}: {url}");
}

/// Well-formed, with addresses of the web only, and content that is harmless once it is unescaped.
fn check_xml(xml: &str, path: &str) {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut is_content, mut text) = (false, String::new());
    loop {
        use quick_xml::events::Event;
        match reader
            .read_event()
            .unwrap_or_else(|error| panic!("{path}: {error}"))
        {
            Event::Start(tag) | Event::Empty(tag) => {
                let pairs: Vec<(String, String)> = tag
                    .attributes()
                    .map(|pair| {
                        let pair = pair.expect("an attribute");
                        let value = quick_xml::escape::unescape(&pair.value).expect("entities");
                        (pair.key.as_ref().to_owned(), value.into_owned())
                    })
                    .collect();
                let is_html = ("type".to_owned(), "html".to_owned());
                is_content = pairs.contains(&is_html) || tag.name().as_ref() == "description";
                for (name, value) in &pairs {
                    if ["href", "url", "xmlUrl", "htmlUrl", "uri"].contains(&name.as_str()) {
                        check_address(value, path);
                    }
                }
            }
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(name) => {
                text.push_str(match &*name {
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    "amp" => "&",
                    _ => "",
                });
            }
            Event::End(_) => {
                if is_content && text.trim_start().starts_with('<') {
                    check_fragment(&text, path);
                }
                (is_content, text) = (false, String::new());
            }
            Event::Eof => return,
            _ => {}
        }
    }
}

#[tokio::test]
async fn the_host_that_a_request_names_is_believed_nowhere() {
    let room = hostile().await;
    let server = Server::start(room.site()).await;
    let forged = [
        ("host", "evil.test"),
        ("x-forwarded-host", "evil.test"),
        ("forwarded", "host=evil.test"),
        ("x-original-url", "/desk"),
    ];
    let first = server.get("/feeds/events.atom").await;
    for path in places(&room) {
        let reply = server.ask("GET", &path, &forged).await;
        assert!(!reply.text().contains("evil.test"), "{path}");
        assert!(!reply.header("location").contains("evil.test"), "{path}");
        assert!(!reply.header("link").contains("evil.test"), "{path}");
    }
    let again = server.get("/feeds/events.atom").await;
    assert_eq!(first.body, again.body, "nothing forged was kept");
    assert!(first.text().contains(&room.public_id(1).to_string()));
}
