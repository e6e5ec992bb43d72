//! The fetcher against a server that logs what it is asked: the requests of `docs/polling.md`.

use std::sync::Arc;
use std::time::Duration;

use dateline::clock::FakeClock;
use dateline::fetch::{FailureKind, FeedRequest, FetchOutcome, FetchSettings, Fetcher, Visited};
use dateline::news::{Validators, utc_from_secs};

use super::server::{Certificate, Reply, Seen, TestNames, TestServer, authority_pem, serve_http2};

/// A small feed.
pub const RSS: &str = "<rss version=\"2.0\"><channel><title>Paper</title><link>http://paper.test/\
     </link><description>d</description><item><title>Bridge closed</title>\
     <link>http://paper.test/1</link><guid>1</guid></item></channel></rss>";

/// Settings under which the server may be visited.
pub fn settings(ports: &[u16]) -> FetchSettings {
    FetchSettings {
        contact_url: "https://dateline.test/about".to_owned(),
        allow_networks: vec!["127.0.0.1".parse().unwrap()],
        allow_ports: ports.to_vec(),
        extra_roots_pem: vec![authority_pem()],
        ..FetchSettings::default()
    }
}

/// A fetcher for that server, its clock, and the names it asks.
pub fn fetcher_with(settings: FetchSettings) -> (Fetcher, Arc<FakeClock>, Arc<TestNames>) {
    let clock = Arc::new(FakeClock::new(utc_from_secs(1_800_000_000)));
    let names = Arc::new(TestNames::default());
    let fetcher = Fetcher::with_names(settings, clock.clone(), names.clone()).unwrap();
    (fetcher, clock, names)
}

/// A fetcher with the settings of the tests.
pub fn fetcher(server: &TestServer) -> Fetcher {
    fetcher_with(settings(&[server.port()])).0
}

/// A request without validators.
pub fn request(url: impl Into<String>) -> FeedRequest {
    FeedRequest {
        url: url.into(),
        ..FeedRequest::default()
    }
}

async fn always(reply: Reply) -> TestServer {
    TestServer::start(move |_| reply.clone()).await
}

async fn visit(reply: Reply) -> Visited {
    let server = always(reply).await;
    fetcher(&server)
        .fetch(&request(server.url("paper.test", "/feed")))
        .await
}

fn body_of(visited: &Visited) -> Option<&[u8]> {
    match &visited.outcome {
        FetchOutcome::Body { bytes, .. } => Some(bytes),
        _ => None,
    }
}

#[tokio::test]
async fn a_first_request_is_unconditional_and_polite() {
    let server = always(Reply::ok(RSS)).await;
    let url = server.url("paper.test", "/feed?a=1&b=%20#part");
    let subscribed = FeedRequest {
        subscribers: 3,
        ..request(url)
    };
    let visited = fetcher(&server).fetch(&subscribed).await;
    assert_eq!(body_of(&visited), Some(RSS.as_bytes()));
    let seen = server.seen();
    assert_eq!(seen.len(), 1, "one request, no HEAD, no icon, no page");
    let first = &seen[0];
    assert_eq!(
        (first.method.as_str(), first.target.as_str()),
        ("GET", "/feed?a=1&b=%20")
    );
    for absent in [
        "if-none-match",
        "if-modified-since",
        "cookie",
        "referer",
        "a-im",
        "authorization",
    ] {
        assert_eq!(first.header(absent), None, "{absent}");
    }
    let agent = format!(
        "Dateline/{} (+https://dateline.test/about; 3 subscribers)",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(first.header("user-agent"), Some(agent.as_str()));
    assert_eq!(first.header("accept-encoding"), Some("zstd, br, gzip"));
    let accept = first.header("accept").unwrap();
    for media_type in [
        "application/atom+xml",
        "application/rss+xml",
        "application/feed+json",
        "application/xml",
        "text/xml",
        "*/*;q=0.1",
    ] {
        assert!(accept.contains(media_type), "{accept}");
    }
}

#[tokio::test]
async fn validators_are_sent_back_byte_for_byte_and_only_to_their_url() {
    let server = always(Reply::status(304)).await;
    let fetcher = fetcher(&server);
    type Bytes = Option<&'static [u8]>;
    let cases: [(Bytes, Bytes); 5] = [
        (Some(b"W/\"x\""), Some(b"Sat, 1 Jan 2000 00:00:00 GMT")),
        (Some(b"no quotes, \"inner\""), None),
        (None, Some(b"last tuesday")),
        (Some("\"\u{e9}\"".as_bytes()), None),
        (Some(b"\"x\""), Some(b"0")),
    ];
    for (etag, last_modified) in cases {
        let url = server.url("paper.test", "/feed");
        let validators = Validators {
            etag: etag.map(<[u8]>::to_vec),
            last_modified: last_modified.map(<[u8]>::to_vec),
        };
        let conditional = FeedRequest {
            validators,
            validators_url: url.clone(),
            ..request(url)
        };
        assert_eq!(
            fetcher.fetch(&conditional).await.outcome,
            FetchOutcome::NotModified
        );
        let moved = FeedRequest {
            url: server.url("paper.test", "/other"),
            ..conditional
        };
        fetcher.fetch(&moved).await;
        let seen = server.seen();
        let [.., same, other] = seen.as_slice() else {
            panic!("two requests")
        };
        let text =
            |bytes: Option<&[u8]>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        assert_eq!(same.header("if-none-match").map(str::to_owned), text(etag));
        assert_eq!(
            same.header("if-modified-since").map(str::to_owned),
            text(last_modified)
        );
        assert_eq!(other.header("if-none-match"), None);
        assert_eq!(other.header("if-modified-since"), None);
    }
}

#[tokio::test]
async fn cookies_are_neither_kept_nor_returned() {
    let server = always(Reply::ok(RSS).with("Set-Cookie", "id=1; Path=/")).await;
    let fetcher = fetcher(&server);
    for _ in 0..3 {
        fetcher
            .fetch(&request(server.url("paper.test", "/feed")))
            .await;
    }
    assert!(
        server
            .seen()
            .iter()
            .all(|seen| seen.header("cookie").is_none())
    );
}

#[tokio::test]
async fn every_coding_of_a_body_is_decoded_also_gzip_that_nobody_announced() {
    let gzip = gzip(RSS.as_bytes());
    let zstd = zstd::encode_all(RSS.as_bytes(), 3).unwrap();
    for (name, reply) in [
        (
            "gzip",
            Reply::ok(gzip.clone()).with("Content-Encoding", "gzip"),
        ),
        ("zstd", Reply::ok(zstd).with("Content-Encoding", "zstd")),
        ("unannounced", Reply::ok(gzip)),
        (
            "announced only",
            Reply::ok(RSS).with("Content-Encoding", "gzip"),
        ),
    ] {
        assert_eq!(body_of(&visit(reply).await), Some(RSS.as_bytes()), "{name}");
    }
}

/// Bytes as a gzip file.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn ordinary_answers_are_outcomes_and_carry_what_the_server_said() {
    for status in [
        400, 401, 403, 404, 410, 418, 429, 451, 500, 502, 503, 504, 599, 300, 305,
    ] {
        let visited = visit(Reply::status(status).with("Retry-After", "77")).await;
        assert_eq!(visited.outcome, FetchOutcome::Status(status));
        assert_eq!(visited.answer.retry_after_secs, Some(77), "{status}");
    }
}

#[tokio::test]
async fn a_challenge_page_is_told_from_a_ban() {
    let page = "<html><title>Just a moment...</title></html>";
    let mut challenge = Reply::status(403);
    if let Reply::Answer { body, .. } = &mut challenge {
        *body = page.into();
    }
    assert!(visit(challenge).await.answer.is_challenge);
    assert!(
        visit(Reply::status(403).with("cf-mitigated", "challenge"))
            .await
            .answer
            .is_challenge
    );
    assert!(!visit(Reply::status(403)).await.answer.is_challenge);
}

#[tokio::test]
async fn a_document_that_is_cut_short_is_handed_over_and_marked() {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\nETag: \"1\"\r\n\r\n{RSS}");
    let visited = visit(Reply::Raw(head.into_bytes())).await;
    let FetchOutcome::Body { bytes, is_complete } = visited.outcome else {
        panic!("a body")
    };
    assert_eq!((bytes.as_slice(), is_complete), (RSS.as_bytes(), false));
}

#[tokio::test]
async fn the_retry_after_of_a_redirect_is_remembered() {
    let server = TestServer::start(|seen| match seen.path() {
        "/feed" => Reply::redirect(302, "/there").with("Retry-After", "500"),
        _ => Reply::ok(RSS),
    })
    .await;
    let visited = fetcher(&server)
        .fetch(&request(server.url("paper.test", "/feed")))
        .await;
    assert_eq!(visited.answer.hop_retry_after_secs, Some(500));
    assert_eq!(visited.answer.retry_after_secs, None);
    assert_eq!(visited.hops.len(), 1);
}

#[tokio::test]
async fn every_kind_of_redirect_is_followed_at_once_also_relative_and_untidy_ones() {
    for status in [301, 302, 303, 307, 308] {
        for target in [
            "/there",
            "there",
            "//paper.test:PORT/there",
            "http://PAPER.test:PORT/there#x",
        ] {
            let server = TestServer::start(move |seen| match seen.path() {
                "/feed" => {
                    let host = seen.header("host").unwrap();
                    let port = host.rsplit(':').next().unwrap();
                    Reply::redirect(status, target.replace("PORT", port))
                }
                _ => Reply::ok(RSS),
            })
            .await;
            let visited = fetcher(&server)
                .fetch(&request(server.url("paper.test", "/feed")))
                .await;
            assert!(body_of(&visited).is_some(), "{status} {target}");
            assert_eq!(visited.hops[0].to_url, server.url("paper.test", "/there"));
            assert_eq!(visited.answer.final_url, server.url("paper.test", "/there"));
            assert_eq!(visited.hops[0].is_permanent(), matches!(status, 301 | 308));
        }
    }
}

#[tokio::test]
async fn a_redirect_in_an_old_encoding_is_followed_by_its_bytes() {
    let server = TestServer::start(|seen| match seen.path() {
        "/feed" => Reply::redirect(301, b"/nyheter/\xE5r"),
        "/nyheter/%E5r" => Reply::redirect(301, "/nyheter/år"),
        "/nyheter/%C3%A5r" => Reply::ok(RSS),
        _ => Reply::status(404),
    })
    .await;
    let visited = fetcher(&server)
        .fetch(&request(server.url("paper.test", "/feed")))
        .await;
    assert!(body_of(&visited).is_some(), "{:?}", visited.hops);
}

#[tokio::test]
async fn a_redirect_without_a_usable_target_is_an_ordinary_outcome() {
    assert_eq!(
        visit(Reply::status(301)).await.outcome,
        FetchOutcome::Status(301)
    );
    let empty = visit(Reply::redirect(302, "http://")).await;
    assert_eq!(empty.outcome, FetchOutcome::Status(302));
}

#[tokio::test]
async fn a_server_that_hangs_up_is_unreachable_and_one_that_says_something_else_is_unreadable() {
    for (reply, expected) in [
        (Reply::Close, FailureKind::Connection),
        (
            Reply::Raw(b"HTTP/1.1 200 O".to_vec()),
            FailureKind::Connection,
        ),
        (
            Reply::Raw(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()),
            FailureKind::Protocol,
        ),
    ] {
        let said = format!("{reply:?}");
        let FetchOutcome::Failed(failure) = visit(reply).await.outcome else {
            panic!("{said} is no answer");
        };
        assert_eq!(failure.kind, expected, "{said}: {}", failure.message);
    }
}

#[tokio::test]
async fn a_name_is_asked_for_once_per_sweep() {
    let server = always(Reply::ok(RSS).with("Connection", "close")).await;
    let (fetcher, _, names) = fetcher_with(settings(&[server.port()]));
    for path in ["/1", "/2", "/3"] {
        fetcher
            .fetch(&request(server.url("paper.test", path)))
            .await;
    }
    assert_eq!(server.seen().len(), 3);
    assert_eq!(names.asked("paper.test"), 1);
}

#[tokio::test]
async fn a_connection_is_used_again_within_a_batch() {
    let server = always(Reply::ok(RSS)).await;
    let fetcher = fetcher(&server);
    for path in ["/1", "/2", "/3"] {
        fetcher
            .fetch(&request(server.url("paper.test", path)))
            .await;
    }
    assert!(server.seen().iter().all(|seen: &Seen| seen.connection == 0));
}

#[tokio::test]
async fn http2_is_spoken_where_it_is_offered() {
    let address = serve_http2(RSS.as_bytes()).await;
    let (fetcher, _, _) = fetcher_with(settings(&[address.port()]));
    let url = format!("https://secure.test:{}/feed", address.port());
    let visited = fetcher.fetch(&request(url)).await;
    assert_eq!(
        body_of(&visited),
        Some(RSS.as_bytes()),
        "{:?}",
        visited.outcome
    );
}

#[tokio::test]
async fn a_host_with_a_dead_ipv6_address_is_reached_by_ipv4_and_the_other_way_round() {
    let server = always(Reply::ok(RSS)).await;
    let mut settings = settings(&[server.port()]);
    settings.allow_networks.push("::1".parse().unwrap());
    let (fetcher, _, names) = fetcher_with(settings);
    names.set("paper.test", &[&["::1", "127.0.0.1"]]);
    names.set("other.test", &[&["127.0.0.1", "::1"]]);
    for host in ["paper.test", "other.test"] {
        let visited = fetcher.fetch(&request(server.url(host, "/feed"))).await;
        assert!(body_of(&visited).is_some(), "{:?}", visited.outcome);
    }
}

#[tokio::test]
async fn names_connections_silences_and_whole_visits_have_their_limits() {
    let server = TestServer::start(|seen| match seen.path() {
        "/silent" => Reply::Silence,
        "/head" => Reply::RawThenSilence(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n".into()),
        _ => Reply::Drip(b"HTTP/1.1 200 OK\r\nX: ".into(), Duration::from_millis(50)),
    })
    .await;
    let mut settings = settings(&[server.port()]);
    settings.dns_timeout_secs = 1;
    settings.idle_timeout_secs = 2;
    settings.whole_timeout_secs = 3;
    let (fetcher, _, names) = fetcher_with(settings);
    names.silence("mute.test");
    let visit = async |host: &str, path: &str| {
        let visited = fetcher.fetch(&request(server.url(host, path))).await;
        assert!(visited.duration < Duration::from_secs(5), "{path}");
        match visited.outcome {
            FetchOutcome::Failed(failure) => failure.kind,
            other => panic!("{path}: {other:?}"),
        }
    };
    let all = tokio::join!(
        visit("mute.test", "/"),
        visit("paper.test", "/silent"),
        visit("paper.test", "/head"),
        visit("paper.test", "/drip-head"),
    );
    let timeout = FailureKind::Timeout;
    assert_eq!(all, (FailureKind::Name, timeout, timeout, timeout));
}

#[tokio::test]
async fn what_came_of_an_answer_that_falls_silent_or_is_too_slow_is_kept_as_a_part() {
    let server = TestServer::start(|seen| match seen.path() {
        "/half" => {
            Reply::RawThenSilence(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc".into())
        }
        _ => Reply::Drip(
            b"HTTP/1.1 200 OK\r\n\r\nabc".into(),
            Duration::from_millis(50),
        ),
    })
    .await;
    let mut settings = settings(&[server.port()]);
    settings.idle_timeout_secs = 2;
    settings.whole_timeout_secs = 3;
    let (fetcher, _, _) = fetcher_with(settings);
    let visit = async |path: &str| {
        let visited = fetcher
            .fetch(&request(server.url("paper.test", path)))
            .await;
        assert!(visited.duration < Duration::from_secs(5), "{path}");
        let part = matches!(
            &visited.outcome,
            FetchOutcome::Body { bytes, is_complete: false } if bytes.starts_with(b"abc")
        );
        assert!(part, "{path}: {:?}", visited.outcome);
    };
    tokio::join!(visit("/half"), visit("/drip"));
}

#[tokio::test]
async fn tls_with_a_valid_certificate_works_and_needs_no_exception() {
    let server = TestServer::start_tls(Certificate::Good, |_| Reply::ok(RSS)).await;
    let url = format!("https://secure.test:{}/feed", server.port());
    let visited = fetcher(&server).fetch(&request(url)).await;
    assert_eq!(
        body_of(&visited),
        Some(RSS.as_bytes()),
        "{:?}",
        visited.outcome
    );
}
