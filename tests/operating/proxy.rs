//! The nginx example of `docs/operating.md`, run as it stands there but for certificates and ports.
//! Says so where nginx is not installed.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::client::{Client, Reply};
use super::newsroom::{Outlets, now};
use super::service::Place;

struct Proxy {
    child: Child,
    client: Client,
    _directory: tempfile::TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // SIGTERM, so that nginx takes its workers along.
        let id = self.child.id().to_string();
        let _ = Command::new("sh")
            .args(["-c", &format!("kill {id}")])
            .status();
        let _ = self.child.wait();
    }
}

fn example() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, example) = page.split_once("```nginx\n").expect("the page has one");
    example.split("```").next().unwrap().to_owned()
}

/// nginx before that daemon; `None` if it is not installed.
async fn start_nginx(place: &Place) -> Option<Proxy> {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path().display();
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut server: String = example()
        .replace("443 ssl", &port.to_string())
        .replace("/var/cache/nginx/dateline", &format!("{at}/cache"))
        .replace("127.0.0.1:8330", &place.address().to_string());
    server = server
        .lines()
        .filter(|line| !line.contains("ssl_certificate"))
        .map(|line| format!("{line}\n"))
        .collect();
    let config = format!(
        "user root; daemon off; pid {at}/pid; error_log {at}/errors; events {{}} http {{
         access_log off; client_body_temp_path {at}/a; proxy_temp_path {at}/b;
         fastcgi_temp_path {at}/c; uwsgi_temp_path {at}/d; scgi_temp_path {at}/e; {server} }}"
    );
    let path = directory.path().join("nginx.conf");
    std::fs::write(&path, config).unwrap();
    let started = Command::new("nginx")
        .args(["-e", "/dev/null", "-c"])
        .arg(&path)
        .stderr(Stdio::null())
        .spawn();
    let Ok(child) = started else {
        eprintln!("nginx is not installed: the example was not tried");
        return None;
    };
    let client = Client::new(port).with("X-Reader", "test");
    let up = async {
        while client.get("/").await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), up)
        .await
        .expect("nginx takes the example");
    Some(Proxy {
        child,
        client,
        _directory: directory,
    })
}

fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    let find = |line: &'a str| line.strip_prefix(name)?.strip_prefix(": ");
    reply.head.lines().find_map(find).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nginx_example_serves_under_its_prefix_compressed_cached_and_without_the_desk() {
    let outlets = Outlets::open(2, 1).await;
    let place = Place::new(&[outlets.port()], "");
    let config = std::fs::read_to_string(place.config()).unwrap();
    let own = format!("base_url = \"http://{}\"", place.address());
    let base = "https://news.example.org/dateline";
    place.configure(&config.replace(&own, &format!("base_url = \"{base}\"")));
    let store = place.open_store();
    outlets.subscribe(&store, 3600, now()).await;
    drop(store);
    let _service = place.start();
    place.hear("READY=1").await;
    let Some(proxy) = start_nginx(&place).await else {
        return;
    };
    let get = async |path: &str| proxy.client.get(path).await.unwrap();

    let home = get("/dateline/").await;
    assert_eq!(home.status, 200, "{}", home.head);
    let links = home.body.split("href=\"").skip(1);
    let links: Vec<&str> = links.filter_map(|rest| rest.split('"').next()).collect();
    assert!(links.len() > 5);
    for link in links.iter().filter(|link| !link.starts_with('#')) {
        let path = link
            .strip_prefix("https://news.example.org")
            .unwrap_or(link);
        assert!(path.starts_with("/dateline"), "{link} leaves the prefix");
        assert_eq!(get(path).await.status, 200, "{link}");
    }

    let path = "/dateline/feeds/events.atom";
    let plain = get(path).await;
    assert!(plain.body.contains(&format!("{base}/feeds/events.atom")));
    assert_eq!(header(&get(path).await, "x-cache"), "hit");
    let packed = proxy.client.clone().with("Accept-Encoding", "gzip");
    let packed = packed.get(path).await.unwrap();
    assert_eq!(header(&packed, "content-encoding"), "gzip");
    assert!(
        header(&packed, "vary").contains("accept-encoding"),
        "{}",
        packed.head
    );
    let etag = header(&plain, "etag").to_owned();
    let again = proxy.client.clone().with("If-None-Match", &etag);
    assert_eq!(again.get(path).await.unwrap().status, 304, "{etag}");

    assert_eq!(get("/dateline/metrics").await.status, 404);
    let desk = get("/desk").await;
    assert_eq!(
        (desk.status, header(&desk, "location")),
        (303, "/desk/login?back=/desk")
    );
    assert_eq!(get("/desk/login?back=/desk").await.status, 200);
    assert_eq!(get("/api/storylines").await.status, 401);
}
