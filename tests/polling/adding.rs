//! Adding feeds: by address, by page, by OPML, by command; and what people are shown of them.

use std::time::Duration;

use dateline::feed::opml::OpmlFeed;
use dateline::jobs::feeds::{add_address, answer_request, import_opml};
use dateline::news::{FeedHealth, Request};
use dateline::store::feeds;

use super::harness::{Newsroom, exact, rss};
use crate::server::{Reply, TestServer};

const PAGE: &str = "<!DOCTYPE html><html><head><title>secret page</title>\
     <link rel=alternate type=\"application/rss+xml\" title=News href=/news.xml>\
     <link rel=alternate type=\"application/atom+xml\" href=/sport.atom></head></html>";

fn wanted(url: String) -> OpmlFeed {
    OpmlFeed {
        url,
        ..OpmlFeed::default()
    }
}

#[tokio::test]
async fn a_feed_is_added_and_read_with_one_request() {
    let room = Newsroom::with(exact(), |_| {
        Some(Reply::ok(rss(1..4)).with("ETag", "\"1\""))
    })
    .await;
    let answer = add_address(&room.poller, wanted(room.server.url("paper.test", "/feed"))).await;
    let answer = answer.unwrap();
    assert!(answer.done, "{answer:?}");
    assert_eq!((room.server.seen().len(), room.item_count()), (1, 3));
    let listing = room.store.read(feeds::list_feeds).unwrap().remove(0);
    assert_eq!(
        (listing.feed.health, listing.outlet.as_str()),
        (FeedHealth::Ok, "Paper")
    );
    room.poll(listing.feed.id).await;
    assert_eq!(room.last_header("if-none-match").as_deref(), Some("\"1\""));
    let again = add_address(&room.poller, wanted(listing.feed.url))
        .await
        .unwrap();
    assert!(again.lines[0].contains("was there already"), "{again:?}");
}

#[tokio::test]
async fn an_address_that_leads_to_a_feed_that_is_there_adds_nothing() {
    let room = Newsroom::with(exact(), |seen| match seen.path() {
        "/moved" => Some(Reply::redirect(301, "/feed")),
        "/passing" => Some(Reply::redirect(302, "/feed")),
        "/elsewhere" => Some(Reply::redirect(301, "/other")),
        _ => Some(Reply::ok(rss(1..4))),
    })
    .await;
    let add = async |path: &str| {
        let address = wanted(room.server.url("paper.test", path));
        add_address(&room.poller, address).await.unwrap()
    };
    add("/feed").await;
    for path in ["/moved", "/passing"] {
        let answer = add(path).await;
        assert!(answer.done, "{answer:?}");
        let feed = room.server.url("paper.test", "/feed");
        let asked = room.server.url("paper.test", path);
        let expected = [
            format!("feed 1 was there already: {feed}"),
            format!("{asked} leads there"),
        ];
        assert_eq!(answer.lines, expected);
    }
    assert_eq!(room.store.read(feeds::count_feeds).unwrap(), 1);
    add("/elsewhere").await;
    assert_eq!(room.store.read(feeds::count_feeds).unwrap(), 2);
}

#[tokio::test]
async fn the_feeds_of_a_page_are_found_with_one_request_to_the_page() {
    let room = Newsroom::with(exact(), |seen| match seen.path() {
        "/" => Some(Reply::ok(PAGE)),
        _ => Some(Reply::ok(rss(1..4))),
    })
    .await;
    let answer = add_address(&room.poller, wanted(room.server.url("paper.test", "/"))).await;
    assert!(answer.unwrap().done);
    assert_eq!(room.server.seen().len(), 1);
    let urls: Vec<String> = room
        .store
        .read(feeds::list_feeds)
        .unwrap()
        .into_iter()
        .map(|l| l.feed.url)
        .collect();
    let expected = ["/news.xml", "/sport.atom"].map(|path| room.server.url("paper.test", path));
    assert_eq!(urls, expected);
}

#[tokio::test]
async fn what_is_no_feed_is_refused_and_nothing_of_it_is_shown() {
    let room = Newsroom::with(exact(), |seen| match seen.path() {
        "/page" => Some(Reply::ok("<html><title>secret page</title></html>")),
        "/inside" => Some(Reply::redirect(302, "http://10.0.0.1/")),
        _ => None,
    })
    .await;
    for path in ["/page", "/inside", "/missing"] {
        let address = format!("http://user:pass@paper.test:{}{path}", room.server.port());
        let answer = add_address(&room.poller, wanted(address)).await.unwrap();
        assert!(!answer.done);
        let text = answer.lines.join(" ");
        assert!(!text.contains("secret") && !text.contains("pass"), "{text}");
    }
    for url in ["file:///etc/passwd", "javascript:alert(1)", "", "http://"] {
        assert!(
            !add_address(&room.poller, wanted(url.into()))
                .await
                .unwrap()
                .done,
            "{url}"
        );
    }
    assert_eq!(room.store.read(feeds::count_feeds).unwrap(), 0);
}

#[tokio::test]
async fn an_imported_list_is_visited_at_the_pace_of_all_others() {
    let mut settings = exact();
    settings.pace.host_gap_millis = 60;
    let room = Newsroom::with(settings, |_| Some(Reply::ok(rss(1..4)))).await;
    let outlines: String = (0..6)
        .map(|n| {
            format!(
                "<outline xmlUrl=\"{}\"/>",
                room.server.url("paper.test", &format!("/{}", n % 5))
            )
        })
        .collect();
    let inside =
        "<outline xmlUrl=\"http://10.0.0.1/feed\"/><outline xmlUrl=\"file:///etc/passwd\"/>";
    let opml = format!("<opml version=\"2.0\"><body>{outlines}{inside}</body></opml>");
    let answer = import_opml(&room.poller, &opml).await.unwrap();
    assert!(answer.done, "{answer:?}");
    assert!(
        room.server.seen().is_empty(),
        "nothing is asked for at once"
    );
    room.sweep_once().await;
    let seen = room.server.seen();
    assert_eq!(seen.len(), 5);
    for pair in seen.windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_millis(60));
    }
}

#[tokio::test]
async fn visits_by_hand_keep_the_pace_of_their_host_too() {
    let mut settings = exact();
    settings.pace.host_gap_millis = 100;
    let room = Newsroom::with(settings, |_| Some(Reply::ok(rss(1..4)))).await;
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(room.add("paper.test", &format!("/{n}")).await);
    }
    tokio::join!(room.poll(ids[0]), room.poll(ids[1]), room.poll(ids[2]));
    let seen = room.server.seen();
    for pair in seen.windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_millis(100));
    }
    assert_eq!(room.server.most_in_flight(), 1);
}

#[tokio::test]
async fn a_cron_line_that_is_none_is_refused_with_what_is_wrong() {
    let room = Newsroom::open().await;
    let feed = room.add("paper.test", "/feed").await;
    let edit = |cron: &str| Request::EditFeed {
        feed,
        paused: None,
        title: None,
        category: None,
        cron: Some(cron.to_owned()),
        interval_secs: None,
        own: None,
        full_text_allowed: None,
        any_certificate: None,
        reliability: None,
        outlet: None,
        language: None,
    };
    let refused = answer_request(&room.poller, &edit("whenever"))
        .await
        .unwrap()
        .unwrap();
    assert!(
        !refused.done && refused.lines[0].contains("is not a cron line"),
        "{refused:?}"
    );
    let taken = answer_request(&room.poller, &edit("0 6 * * *"))
        .await
        .unwrap()
        .unwrap();
    assert!(taken.done);
    assert_eq!(room.state(feed).feed.cron.as_deref(), Some("0 6 * * *"));
}

/// The outlets of all feeds, by their ids.
fn outlets_of(room: &Newsroom) -> Vec<String> {
    let listed = room.store.read(feeds::list_feeds).unwrap();
    listed.into_iter().map(|listing| listing.outlet).collect()
}

fn outline(text: &str, url: &str) -> String {
    format!("<opml version=\"2.0\"><body><outline text=\"{text}\" xmlUrl=\"{url}\"/></body></opml>")
}

#[tokio::test]
async fn feeds_of_one_publisher_are_taken_to_be_of_one_outlet_until_it_is_said_otherwise() {
    let room = Newsroom::with(exact(), |_| Some(Reply::ok(rss(1..4)))).await;
    for (title, url) in [
        ("Paper - World", "https://feeds.paper.test/world"),
        ("Paper - Europe", "https://www.paper.test/europe"),
        ("Anna", "https://anna.substack.com/feed"),
        ("Bert", "https://bert.substack.com/feed"),
    ] {
        let answer = import_opml(&room.poller, &outline(title, url))
            .await
            .unwrap();
        assert!(answer.done, "{answer:?}");
        let is_told = answer
            .lines
            .iter()
            .any(|line| line.contains("Paper - World"));
        assert_eq!(is_told, title == "Paper - Europe", "{answer:?}");
    }
    let named = OpmlFeed {
        outlet: Some("Evening Paper".to_owned()),
        ..wanted(room.server.url("evening.paper.test", "/feed"))
    };
    add_address(&room.poller, named).await.unwrap();
    assert_eq!(
        outlets_of(&room),
        [
            "Paper - World",
            "Paper - World",
            "Anna",
            "Bert",
            "Evening Paper"
        ]
    );
    // Told apart once, nobody knows whose another feed is.
    let third = wanted(room.server.url("sport.paper.test", "/feed"));
    let answer = add_address(&room.poller, third).await.unwrap();
    assert_eq!(outlets_of(&room)[5], "Paper", "{answer:?}");
    let edit = |outlet: &str| Request::EditFeed {
        feed: dateline::news::FeedId(6),
        paused: None,
        title: None,
        category: None,
        cron: None,
        interval_secs: None,
        own: None,
        full_text_allowed: None,
        any_certificate: None,
        reliability: Some(2.0),
        outlet: Some(outlet.to_owned()),
        language: None,
    };
    for (outlet, expected) in [
        (
            " Evening  Paper ",
            "it is of the outlet \"Evening Paper\" now, and with it 3 items",
        ),
        ("Evening Paper", ""),
        (
            "Morning Paper",
            "it is of the new outlet \"Morning Paper\" now, and with it 3 items",
        ),
    ] {
        let answer = answer_request(&room.poller, &edit(outlet)).await;
        let answer = answer.unwrap().unwrap();
        let said = answer.lines.get(1).map_or("", String::as_str);
        assert_eq!(said, expected, "{answer:?}");
    }
    assert_eq!(outlets_of(&room)[4..], ["Evening Paper", "Morning Paper"]);
    let refused = answer_request(&room.poller, &edit(" "))
        .await
        .unwrap()
        .unwrap();
    assert!(!refused.done, "{refused:?}");
}

#[tokio::test]
async fn feeds_of_one_host_whose_names_tell_of_several_outlets_stay_theirs() {
    let room = Newsroom::open().await;
    let list: String = [
        ("Wire World", "https://box.example/made?of=wire"),
        (
            "Union Press: World News",
            "https://box.example/made?of=union",
        ),
        ("Wire Sport", "https://box.example/made?of=wire-sport"),
        ("Ministry of Defence", "https://birds.example/defence/rss"),
        ("Kremlin", "https://birds.example/kremlin/rss"),
        ("World", "https://paper.example/world"),
        ("Sport", "https://paper.example/sport"),
        ("NSW Rural Fire Service", "https://www.rfs.nsw.gov.au/feed"),
        ("NSW Police", "https://www.police.nsw.gov.au/feed"),
    ]
    .iter()
    .map(|(text, url)| format!("<outline text=\"{text}\" xmlUrl=\"{url}\"/>"))
    .collect();
    let list = format!("<opml version=\"2.0\"><body>{list}</body></opml>");
    let answer = import_opml(&room.poller, &list).await.unwrap();
    assert_eq!(
        outlets_of(&room),
        [
            "Wire World",
            "Union Press: World News",
            "Wire World",
            "Ministry of Defence",
            "Kremlin",
            "World",
            "World",
            "NSW Rural Fire Service",
            "NSW Police"
        ]
    );
    let said = |part: &str| answer.lines.iter().any(|line| line.contains(part));
    assert!(
        said("perhaps of the outlet \"Ministry of Defence\""),
        "{answer:?}"
    );
    assert!(
        said("dateline feeds set FEED --outlet \"Wire World\""),
        "{answer:?}"
    );
    assert!(
        said("of the outlet \"World\", as other feeds of paper.example: 7"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn names_that_share_a_word_and_have_others_are_told_to_the_operator_and_not_joined() {
    let room = Newsroom::open().await;
    let list: String = [
        ("Gazzetta di Mantova", "https://mantova.gelocal.example/rss"),
        ("Gazzetta di Modena", "https://modena.gelocal.example/rss"),
        ("The War Room", "https://feeds.transistor.fm/the-war-room"),
        (
            "War on the Rocks",
            "https://feeds.transistor.fm/on-the-rocks",
        ),
        (
            "Defence / @defence_a",
            "https://birds.example/defence_a/rss",
        ),
        (
            "Defence / @defence_b",
            "https://birds.example/defence_b/rss",
        ),
        ("Wire Zeugma", "https://box.example/zeugma"),
        ("Wire World", "https://box.example/world"),
        ("Wire Quorum", "https://box.example/quorum"),
    ]
    .iter()
    .map(|(text, url)| format!("<outline text=\"{text}\" xmlUrl=\"{url}\"/>"))
    .collect();
    let list = format!("<opml version=\"2.0\"><body>{list}</body></opml>");
    let answer = import_opml(&room.poller, &list).await.unwrap();
    assert_eq!(
        outlets_of(&room),
        [
            "Gazzetta di Mantova",
            "Gazzetta di Modena",
            "The War Room",
            "War on the Rocks",
            "Defence / @defence_a",
            "Defence / @defence_b",
            "Wire Zeugma",
            "Wire Zeugma",
            "Wire Zeugma"
        ]
    );
    let hints = answer.lines.iter().filter(|line| line.contains("perhaps"));
    let hints: Vec<&String> = hints.collect();
    assert_eq!(hints.len(), 1, "{answer:?}");
    assert!(hints[0].contains("Gazzetta di Mantova"), "{answer:?}");
}

#[tokio::test]
async fn sections_whose_names_are_on_no_list_are_of_the_paper_of_their_host() {
    let room = Newsroom::open().await;
    let list: String = [
        ("World", "https://feeds.stellarpost.example/world"),
        ("Zeugmas", "https://feeds.stellarpost.example/zeugmas"),
        ("Kvasir", "https://feeds.stellarpost.example/kvasir"),
        (
            "Stellar Post - Quora",
            "https://feeds.stellarpost.example/quora",
        ),
        ("Weekly Post", "https://feeds.stellarpost.example/weekly"),
        ("World", "https://box.example/made?of=a"),
        ("Kremlin", "https://box.example/made?of=b"),
        ("Agora", "https://box.example/made?of=c"),
    ]
    .iter()
    .map(|(text, url)| format!("<outline text=\"{text}\" xmlUrl=\"{url}\"/>"))
    .collect();
    let list = format!("<opml version=\"2.0\"><body>{list}</body></opml>");
    let answer = import_opml(&room.poller, &list).await.unwrap();
    let outlets = outlets_of(&room);
    assert_eq!(outlets[..4], ["World"; 4]);
    assert_eq!(outlets[4..6], ["Weekly Post", "World"]);
    assert_eq!(outlets[6..], ["Kremlin", "Agora"]);
    let hint = "perhaps of the outlet \"World\", as other feeds of box.example, though their names do not say so: 7, 8";
    let is_told = answer.lines.iter().any(|line| line.starts_with(hint));
    assert!(is_told, "{answer:?}");
}

#[tokio::test]
async fn the_language_of_a_feed_is_set_and_taken_away() {
    let room = Newsroom::open().await;
    let list = outline("Paper", "https://paper.example/rss");
    import_opml(&room.poller, &list).await.unwrap();
    let set = async |language: &str| {
        let edit = serde_json::json!({"ask": "edit-feed", "feed": 1, "language": language});
        let request: Request = serde_json::from_value(edit).unwrap();
        let answer = answer_request(&room.poller, &request).await;
        let listed = room.store.read(feeds::list_feeds).unwrap();
        (
            answer.unwrap().unwrap().done,
            listed[0].feed.language.clone(),
        )
    };
    assert_eq!(set("de").await, (true, Some("de".to_owned())));
    for none in ["klingon", "zz-99", "jp"] {
        assert_eq!(set(none).await, (false, Some("de".to_owned())), "{none}");
    }
    let add = Request::AddFeed {
        url: room.server.url("paper.test", "/feed"),
        outlet: None,
        kind: None,
        category: None,
        language: Some("zz".to_owned()),
    };
    let refused = answer_request(&room.poller, &add).await.unwrap().unwrap();
    assert!(!refused.done && refused.lines[0].contains("names no language"));
    assert_eq!(set("").await, (true, None));
}

#[tokio::test]
async fn a_feed_that_is_there_is_known_however_its_address_is_written() {
    let room = Newsroom::open().await;
    for written in [
        "http://paper.example/rss",
        "HTTP://Paper.Example/rss",
        "http://paper.example:80/./rss",
        "http://paper.example/rss#top",
        "feed://paper.example/rss",
    ] {
        let answer = import_opml(&room.poller, &outline(written, written))
            .await
            .unwrap();
        let expected = match written {
            "http://paper.example/rss" => "1 feed added, 0 were there already",
            _ => "0 feeds added, 1 was there already",
        };
        assert_eq!(answer.lines, [expected], "{written}");
    }
    // What an earlier version took as it was written.
    room.add_url("HTTP://Old.example").await;
    let old = outline("Old", "http://old.example/");
    let answer = import_opml(&room.poller, &old).await.unwrap();
    assert_eq!(answer.lines, ["0 feeds added, 1 was there already"]);
    assert_eq!(room.store.read(feeds::count_feeds).unwrap(), 2);
    let addresses = room.store.read(feeds::list_feeds).unwrap();
    assert_eq!(addresses[0].feed.url, "http://paper.example/rss");
}

#[tokio::test]
async fn the_commands_add_list_explain_export_and_remove() {
    let server = TestServer::start(|_| {
        Reply::ok(rss(1..4))
            .with("ETag", "\"1\"")
            .with("Cache-Control", "max-age=3600")
    })
    .await;
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("dateline.toml");
    let port = server.port();
    let text = format!("[fetch]\nallow_networks = [\"127.0.0.1/32\"]\nallow_ports = [{port}]\n");
    std::fs::write(&config, text).unwrap();
    let dateline = async |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dateline"));
        command
            .arg("--config")
            .arg(&config)
            .arg("--data-dir")
            .arg(directory.path())
            .args(args);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
            errors,
        )
    };
    let url = format!("http://127.0.0.1:{port}/feed");
    let (done, said, errors) = dateline(&["feeds", "add", &url, "--outlet", "The Paper"]).await;
    assert!(done && said.contains("3 new"), "{said}{errors}");
    let (_, listed, _) = dateline(&["feeds", "list"]).await;
    for part in [
        "ok",
        "max-age 3600 s from the server",
        "etag",
        "Paper",
        &url,
    ] {
        assert!(listed.contains(part), "{part:?} in\n{listed}");
    }
    let (_, explained, _) = dateline(&["feeds", "why", "1"]).await;
    for part in [
        "state",
        "why then",
        "max-age 3600 s from the server",
        "\"1\"",
        "The Paper",
    ] {
        assert!(explained.contains(part), "{part:?} in\n{explained}");
    }
    let (_, events, errors) = dateline(&["events", "--json", "--since", "2000-01-01"]).await;
    assert!(
        !events.is_empty(),
        "what a command brought is clustered without a daemon: {errors}"
    );
    let (_, opml, _) = dateline(&["feeds", "export"]).await;
    assert!(opml.contains(&url), "{opml}");
    let (done, _, errors) = dateline(&["feeds", "why", "nothing like it"]).await;
    assert!(!done && errors.contains("no feed is meant"), "{errors}");
    assert!(dateline(&["feeds", "remove", "1"]).await.0);
    assert!(!dateline(&["feeds", "list"]).await.1.contains(&url));
}
