//! Attacks on the fetcher, one test for each line of the list: addresses of the inside, in every
//! spelling and by every way in; bombs; endless answers; what must not cross origins.

use std::time::Duration;

use dateline::fetch::{
    AddressGuard, FailureKind, FeedRequest, FetchOutcome, FetchSettings, PlainRequest, Visited,
};
use dateline::news::Validators;
use url::Url;

use super::fetching::{RSS, fetcher, fetcher_with, gzip, request, settings};
use super::server::{Certificate, Reply, TestServer};

fn kind_of(visited: &Visited) -> Option<FailureKind> {
    match &visited.outcome {
        FetchOutcome::Failed(failure) => Some(failure.kind),
        _ => None,
    }
}

async fn kind_for(url: &str) -> Option<FailureKind> {
    // No exception at all: nothing of this machine may be reached.
    let (fetcher, _, _) = fetcher_with(FetchSettings::default());
    kind_of(&fetcher.fetch(&request(url)).await)
}

#[tokio::test]
async fn networks_of_the_inside_are_refused() {
    for host in [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[fc00::1]",
        "[fdff::1]",
        "[fe80::1]",
        "[febf::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:8.8.8.8]",
        "[::ffff:0:8.8.8.8]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[2001::1]",
        "[2001:10::1]",
        "[2001:db8::1]",
        "[100::1]",
        "[3fff::1]",
        "[5f00::1]",
    ] {
        let kind = kind_for(&format!("http://{host}/feed")).await;
        assert_eq!(kind, Some(FailureKind::RefusedAddress), "{host}");
    }
}

#[tokio::test]
async fn every_spelling_of_loopback_is_refused() {
    for host in [
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "127.1",
        "127.0.1",
        "017700000001",
        "0177.0.0.1",
        "0x7f.0x0.0x0.0x1",
        "127.0.0.1.",
        "0",
        "0x0",
        "user:pass@127.0.0.1",
        "user@2130706433",
        "%31%32%37.0.0.1",
        "127。0。0。1",
        "１２７.０.０.１",
        "①②⑦.⓪.⓪.①",
        "[0:0:0:0:0:0:0:1]",
        "[::0001]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "127.0.0.1:80",
        "paper.test@127.0.0.1",
        "127.0.0.1%00.paper.test",
    ] {
        let kind = kind_for(&format!("http://{host}/feed")).await;
        let is_refused = matches!(
            kind,
            Some(FailureKind::RefusedAddress | FailureKind::BadUrl)
        );
        assert!(is_refused, "{host}: {kind:?}");
    }
}

#[tokio::test]
async fn names_of_this_machine_are_refused_by_what_they_resolve_to() {
    let (fetcher, _, names) = fetcher_with(FetchSettings::default());
    for host in [
        "localhost",
        "localhost.",
        "LOCALHOST",
        "inside.test",
        "router.lan",
    ] {
        names.set(&host.to_ascii_lowercase(), &[&["127.0.0.1"]]);
        let visited = fetcher.fetch(&request(format!("http://{host}/"))).await;
        assert_eq!(
            kind_of(&visited),
            Some(FailureKind::RefusedAddress),
            "{host}"
        );
    }
}

#[test]
fn public_addresses_are_not_refused() {
    let guard = AddressGuard::new(&FetchSettings::default());
    for host in [
        "8.8.8.8",
        "1.1.1.1",
        "172.32.0.1",
        "172.15.0.1",
        "100.128.0.1",
        "192.0.1.1",
        "198.20.0.1",
        "223.255.255.255",
        "[2606:4700::1111]",
        "[2a00:1450::1]",
        "paper.test",
    ] {
        let url = Url::parse(&format!("https://{host}/")).unwrap();
        assert_eq!(guard.check_url(&url), Ok(()), "{host}");
    }
}

#[tokio::test]
async fn a_name_with_a_private_address_or_a_mix_is_refused_without_a_connection() {
    let server = TestServer::start(|_| Reply::ok(RSS)).await;
    let (fetcher, _, names) = fetcher_with(settings(&[server.port()]));
    names.set("private.test", &[&["127.0.0.2"]]);
    names.set("mixed.test", &[&["127.0.0.1", "10.0.0.1"]]);
    names.set("mixed6.test", &[&["127.0.0.1", "fd00::1"]]);
    names.set("mapped.test", &[&["::ffff:127.0.0.1"]]);
    for host in ["private.test", "mixed.test", "mixed6.test", "mapped.test"] {
        let visited = fetcher.fetch(&request(server.url(host, "/"))).await;
        assert_eq!(
            kind_of(&visited),
            Some(FailureKind::RefusedAddress),
            "{host}"
        );
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_name_that_rebinds_is_judged_by_the_address_that_is_connected() {
    let server = TestServer::start(|_| Reply::ok(RSS).with("Connection", "close")).await;
    let mut settings = settings(&[server.port()]);
    settings.name_cache_secs = 0;
    let (fetcher, _, names) = fetcher_with(settings);
    names.set(
        "rebinding.test",
        &[&["127.0.0.1"], &["127.0.0.2"], &["127.0.0.1", "127.0.0.2"]],
    );
    let url = server.url("rebinding.test", "/");
    assert_eq!(kind_of(&fetcher.fetch(&request(&url)).await), None);
    for _ in 0..2 {
        let visited = fetcher.fetch(&request(&url)).await;
        assert_eq!(kind_of(&visited), Some(FailureKind::RefusedAddress));
    }
    assert_eq!(
        names.asked("rebinding.test"),
        3,
        "one question for one connection"
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_redirect_to_the_inside_or_to_another_scheme_is_refused_at_every_hop() {
    for target in [
        "http://127.0.0.2/",
        "http://2130706434/",
        "http://0x7f.2/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://inside.test/",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "ftp://paper.test/",
        "gopher://paper.test:70/",
        "data:text/xml,<rss/>",
        "unix:/run/docker.sock",
        "javascript:alert(1)",
        "http://paper.test:22/",
        "http://paper.test:25/",
        "http://paper.test:6379/",
    ] {
        let server = TestServer::start(move |seen| match seen.path() {
            "/feed" => Reply::redirect(302, "/second"),
            "/second" => Reply::redirect(301, target),
            _ => Reply::ok(RSS),
        })
        .await;
        let (fetcher, _, names) = fetcher_with(settings(&[server.port()]));
        names.set("inside.test", &[&["127.0.0.2"]]);
        let visited = fetcher
            .fetch(&request(server.url("paper.test", "/feed")))
            .await;
        assert_eq!(
            kind_of(&visited),
            Some(FailureKind::RefusedAddress),
            "{target}"
        );
        assert_eq!(server.seen().len(), 2, "{target}");
    }
}

#[tokio::test]
async fn schemes_other_than_http_and_ports_that_are_not_allowed_are_refused() {
    for url in [
        "file:///etc/passwd",
        "ftp://paper.test/",
        "gopher://paper.test/",
        "data:text/xml,x",
        "http://paper.test:22/",
        "http://paper.test:25/",
        "http://paper.test:6379/",
        "https://paper.test:8443/",
        "http://paper.test:0/",
        "javascript:1",
        "unix:/x",
    ] {
        assert_eq!(
            kind_for(url).await,
            Some(FailureKind::RefusedAddress),
            "{url}"
        );
    }
    for url in [
        "",
        "feed",
        "http://",
        "http:///",
        "http://[::1",
        "//paper.test/",
        "http://a b/",
    ] {
        let kind = kind_for(url).await;
        assert!(kind.is_some(), "{url:?}");
    }
}

#[tokio::test]
async fn proxies_of_the_environment_are_ignored() {
    let proxy = TestServer::start(|_| Reply::ok("<rss>from the proxy</rss>")).await;
    let server = TestServer::start(|_| Reply::ok(RSS)).await;
    let address = format!("http://{}", proxy.address());
    let url = server.url("paper.test", "/feed");
    let child = move || {
        std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "security_fetch::visits_the_address_of_the_environment",
            ])
            .env("http_proxy", &address)
            .env("HTTP_PROXY", &address)
            .env("ALL_PROXY", &address)
            .env("DATELINE_TEST_VISIT", url)
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(child).await.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert_eq!((server.seen().len(), proxy.seen().len()), (1, 0));
}

/// The child of the test above; by itself it has nothing to visit.
#[tokio::test]
async fn visits_the_address_of_the_environment() {
    let Ok(url) = std::env::var("DATELINE_TEST_VISIT") else {
        return;
    };
    let port = Url::parse(&url).unwrap().port().unwrap();
    let (fetcher, _, _) = fetcher_with(settings(&[port]));
    assert_eq!(kind_of(&fetcher.fetch(&request(url)).await), None);
}

#[tokio::test]
async fn hubs_callbacks_and_pages_go_through_the_same_guard() {
    let (fetcher, _, names) = fetcher_with(FetchSettings::default());
    names.set("inside.test", &[&["10.0.0.1"]]);
    for url in [
        "http://127.1/hub",
        "http://inside.test/hub",
        "https://paper.test:8080/",
        "file:///x",
    ] {
        for post in [None, Some(b"hub.mode=subscribe".to_vec())] {
            let plain = PlainRequest {
                url: url.to_owned(),
                post,
                max_answer_bytes: 1000,
                ..PlainRequest::default()
            };
            let failure = fetcher.exchange(&plain).await.unwrap_err();
            assert_eq!(failure.kind, FailureKind::RefusedAddress, "{url}");
        }
    }
}

#[tokio::test]
async fn a_plain_exchange_follows_no_redirect_and_reads_no_more_than_it_was_told() {
    let server = TestServer::start(|seen| match seen.path() {
        "/moved" => Reply::redirect(307, "http://127.0.0.2/"),
        _ => Reply::ok(vec![b'x'; 5000]),
    })
    .await;
    let exchange = async |path: &str| {
        let plain = PlainRequest {
            url: server.url("hub.test", path),
            post: Some(b"a=b".to_vec()),
            max_answer_bytes: 1000,
            ..PlainRequest::default()
        };
        fetcher(&server).exchange(&plain).await
    };
    let moved = exchange("/moved").await.unwrap();
    assert_eq!(
        (moved.status, moved.location.as_deref()),
        (307, Some("http://127.0.0.2/"))
    );
    assert_eq!(
        exchange("/long").await.unwrap_err().kind,
        FailureKind::TooLarge
    );
    assert_eq!(server.seen()[0].body, b"a=b");
}

#[tokio::test]
async fn refusals_read_the_same_whatever_listens_behind_them() {
    let server = TestServer::start(|_| Reply::ok("secret")).await;
    let mut fetch_settings = settings(&[server.port(), 1]);
    fetch_settings.allow_networks.clear();
    let (fetcher, _, names) = fetcher_with(fetch_settings);
    names.set("open.test", &[&["127.0.0.1"]]);
    names.set("closed.test", &[&["127.0.0.1"]]);
    let mut messages = Vec::new();
    for url in [
        server.url("open.test", "/"),
        "http://closed.test:1/".to_owned(),
    ] {
        match fetcher.fetch(&request(url)).await.outcome {
            FetchOutcome::Failed(failure) => messages.push(failure.message),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(messages[0], messages[1]);
    assert!(
        !messages[0].contains("127"),
        "no address is told: {}",
        messages[0]
    );
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn bombs_and_endless_answers_are_cut_at_the_cap() {
    let server = TestServer::start(|seen| match seen.path() {
        "/gzip" => Reply::ok(gzip(&vec![0; 8 << 20])).with("Content-Encoding", "gzip"),
        "/nested" => {
            Reply::ok(gzip(&gzip(&vec![0; 8 << 20]))).with("Content-Encoding", "gzip, gzip")
        }
        "/quiet" => Reply::ok(gzip(&vec![0; 8 << 20])),
        "/announced" => {
            Reply::RawThenSilence(b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n".into())
        }
        "/identity" => Reply::Endless(b"HTTP/1.1 200 OK\r\n\r\n".into(), vec![b'x'; 4096]),
        _ => Reply::Endless(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".into(),
            [b"1000\r\n".to_vec(), vec![b'x'; 4096], b"\r\n".to_vec()].concat(),
        ),
    })
    .await;
    let mut settings = settings(&[server.port()]);
    settings.max_body_bytes = 1 << 20;
    let (fetcher, _, _) = fetcher_with(settings);
    for path in [
        "/gzip",
        "/nested",
        "/quiet",
        "/announced",
        "/identity",
        "/chunked",
    ] {
        let visited = fetcher
            .fetch(&request(server.url("paper.test", path)))
            .await;
        assert_eq!(kind_of(&visited), Some(FailureKind::TooLarge), "{path}");
    }
}

#[tokio::test]
async fn endless_or_monstrous_heads_are_refused() {
    let long = "x".repeat(300 * 1024);
    let many: String = (0..3000).map(|n| format!("X-{n}: {n}\r\n")).collect();
    let server = TestServer::start(move |seen| match seen.path() {
        "/long" => Reply::status(200).with("X-Long", &long),
        "/many" => Reply::Raw(format!("HTTP/1.1 200 OK\r\n{many}\r\n").into_bytes()),
        "/endless" => Reply::Endless(b"HTTP/1.1 200 OK\r\nX: ".into(), vec![b'x'; 4096]),
        _ => Reply::Endless(b"HTTP/1.1 200 OK\r\n".into(), b"X: y\r\n".repeat(100)),
    })
    .await;
    for path in ["/long", "/many", "/endless", "/lines"] {
        let visited = fetcher(&server)
            .fetch(&request(server.url("paper.test", path)))
            .await;
        let kind = kind_of(&visited);
        let is_refused = matches!(kind, Some(FailureKind::TooLarge | FailureKind::Protocol));
        assert!(is_refused, "{path}: {kind:?}");
    }
}

#[tokio::test]
async fn a_server_that_drips_is_left_at_the_whole_limit() {
    let server = TestServer::start(|_| {
        Reply::Drip(
            b"HTTP/1.1 200 OK\r\n\r\n<rss>".into(),
            Duration::from_millis(100),
        )
    })
    .await;
    let mut settings = settings(&[server.port()]);
    settings.whole_timeout_secs = 1;
    let (fetcher, _, _) = fetcher_with(settings);
    let visited = fetcher.fetch(&request(server.url("paper.test", "/"))).await;
    assert!(visited.duration < Duration::from_secs(5));
    let cut = matches!(
        &visited.outcome,
        FetchOutcome::Body { bytes, is_complete: false } if bytes.starts_with(b"<rss>")
    );
    assert!(cut, "{:?}", visited.outcome);
}

#[tokio::test]
async fn circles_and_endless_chains_of_redirects_end_after_five_hops() {
    let server = TestServer::start(|seen| {
        let number: usize = seen.path().trim_start_matches("/n").parse().unwrap_or(0);
        match seen.path() {
            "/self" => Reply::redirect(301, "/self"),
            "/ping" => Reply::redirect(302, "/pong"),
            "/pong" => Reply::redirect(302, "/ping"),
            _ => Reply::redirect(302, format!("/n{}", number + 1)),
        }
    })
    .await;
    for (path, requests) in [("/self", 1), ("/ping", 2), ("/n0", 6)] {
        let before = server.seen().len();
        let visited = fetcher(&server)
            .fetch(&request(server.url("paper.test", path)))
            .await;
        assert_eq!(kind_of(&visited), Some(FailureKind::RedirectLoop), "{path}");
        assert_eq!(server.seen().len() - before, requests, "{path}");
    }
}

#[tokio::test]
async fn an_invalid_certificate_is_refused_unless_the_feed_has_an_exception() {
    let expired = TestServer::start_tls(Certificate::Expired, |_| Reply::ok(RSS)).await;
    let url = format!("https://secure.test:{}/feed", expired.port());
    let visited = fetcher(&expired).fetch(&request(&url)).await;
    assert_eq!(
        kind_of(&visited),
        Some(FailureKind::Certificate),
        "{:?}",
        visited.outcome
    );
    let wrong_name = format!("https://other.test:{}/feed", expired.port());
    let visited = fetcher(&expired).fetch(&request(wrong_name)).await;
    assert_eq!(kind_of(&visited), Some(FailureKind::Certificate));
    let exception = FeedRequest {
        any_certificate: true,
        ..request(&url)
    };
    assert_eq!(kind_of(&fetcher(&expired).fetch(&exception).await), None);

    let good = TestServer::start_tls(Certificate::Good, |_| Reply::ok(RSS)).await;
    let mut strangers = settings(&[good.port()]);
    strangers.extra_roots_pem.clear();
    let url = format!("https://secure.test:{}/feed", good.port());
    let visited = fetcher_with(strangers).0.fetch(&request(url)).await;
    assert_eq!(
        kind_of(&visited),
        Some(FailureKind::Certificate),
        "an unknown authority"
    );
}

#[tokio::test]
async fn a_redirect_from_https_to_http_is_refused_unless_it_is_configured() {
    let plain = TestServer::start(|_| Reply::ok(RSS)).await;
    let target = plain.url("paper.test", "/feed");
    let secure =
        TestServer::start_tls(Certificate::Good, move |_| Reply::redirect(302, &target)).await;
    let url = format!("https://secure.test:{}/feed", secure.port());
    let mut settings = settings(&[plain.port(), secure.port()]);
    let visited = fetcher_with(settings.clone()).0.fetch(&request(&url)).await;
    assert_eq!(kind_of(&visited), Some(FailureKind::Downgrade));
    assert!(plain.seen().is_empty());
    settings.allow_downgrade = true;
    assert_eq!(
        kind_of(&fetcher_with(settings).0.fetch(&request(&url)).await),
        None
    );
}

#[tokio::test]
async fn nothing_secret_crosses_origins_in_a_redirect() {
    let other = TestServer::start(|_| Reply::ok(RSS).with("ETag", "\"theirs\"")).await;
    let target = other.url("other.test", "/feed");
    let server = TestServer::start(move |seen| match seen.path() {
        "/feed" => Reply::redirect(302, "/same-origin").with("Set-Cookie", "a=b"),
        _ => Reply::redirect(302, &target),
    })
    .await;
    let (fetcher, _, _) = fetcher_with(settings(&[server.port(), other.port()]));
    let url = format!("http://user:secret@paper.test:{}/feed", server.port());
    let conditional = FeedRequest {
        validators: Validators {
            etag: Some(b"\"ours\"".to_vec()),
            last_modified: Some(b"x".to_vec()),
        },
        validators_url: server.url("paper.test", "/feed"),
        ..request(url)
    };
    let visited = fetcher.fetch(&conditional).await;
    assert_eq!(kind_of(&visited), None);
    let ours = server.seen();
    assert_eq!(
        ours[0].header("authorization"),
        Some("Basic dXNlcjpzZWNyZXQ=")
    );
    assert_eq!(ours[0].header("if-none-match"), Some("\"ours\""));
    assert_eq!(
        ours[1].header("authorization"),
        Some("Basic dXNlcjpzZWNyZXQ="),
        "same origin"
    );
    assert_eq!(ours[1].header("if-none-match"), None, "another address");
    let theirs = &other.seen()[0];
    let forbidden = [
        "authorization",
        "cookie",
        "if-none-match",
        "if-modified-since",
        "referer",
    ];
    assert!(
        forbidden.iter().all(|name| theirs.header(name).is_none()),
        "{:?}",
        theirs.headers
    );
}

#[tokio::test]
async fn credentials_stand_in_no_outcome() {
    let server = TestServer::start(|seen| match seen.path() {
        "/feed" => Reply::redirect(301, "http://other:hidden@paper.test:1/x"),
        "/loop" => Reply::redirect(301, "/loop"),
        "/silent" => Reply::Close,
        _ => Reply::ok(RSS).with("Link", "</hub>; rel=hub"),
    })
    .await;
    let fetcher = fetcher(&server);
    for path in ["/feed", "/loop", "/silent", "/ok"] {
        let url = format!("http://user:secret@paper.test:{}{path}", server.port());
        let visited = format!("{:?}", fetcher.fetch(&request(url)).await);
        assert!(
            !visited.contains("secret") && !visited.contains("hidden"),
            "{visited}"
        );
    }
    assert!(
        server
            .seen()
            .iter()
            .all(|seen| seen.header("referer").is_none())
    );
}

#[tokio::test]
async fn line_breaks_in_validators_addresses_and_locations_inject_no_header() {
    let server = TestServer::start(|seen| match seen.path() {
        "/feed" => Reply::redirect(302, b"/there\tX\0Y"),
        "/raw" => Reply::Raw(b"HTTP/1.1 200 OK\r\nETag: \"a\rX-Evil: 1\"\r\n\r\n<rss/>".into()),
        _ => Reply::ok(RSS),
    })
    .await;
    let fetcher = fetcher(&server);
    for etag in [&b"a\r\nX-Evil: 1"[..], b"a\nX-Evil: 1", b"a\0b"] {
        let url = server.url("paper.test", "/ok");
        let conditional = FeedRequest {
            validators: Validators {
                etag: Some(etag.to_vec()),
                last_modified: None,
            },
            validators_url: url.clone(),
            ..request(url)
        };
        fetcher.fetch(&conditional).await;
    }
    fetcher
        .fetch(&request(server.url("paper.test", "/ok\r\nX-Evil: 1")))
        .await;
    fetcher
        .fetch(&request(server.url("paper.test", "/ok?x=\0")))
        .await;
    fetcher
        .fetch(&request(server.url("paper.test", "/feed")))
        .await;
    let raw = fetcher
        .fetch(&request(server.url("paper.test", "/raw")))
        .await;
    let etag = raw.answer.validators.etag.unwrap_or_default();
    assert!(!etag.contains(&b'\r') && !etag.contains(&b'\n'));
    for seen in server.seen() {
        assert_eq!(seen.header("x-evil"), None);
        assert!(
            seen.header("if-none-match")
                .is_none_or(|value| !value.contains("Evil"))
        );
    }
}
