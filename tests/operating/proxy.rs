//! The examples for nginx and Caddy of `docs/operating.md`, run as they stand there but for certificates
//! and ports. Says so where one of them is not installed.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::client::{Client, Reply};
use super::newsroom::{Outlets, now};
use super::service::{Place, Service};

const BASE: &str = "https://news.example.org/dateline";

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

/// A daemon under a prefix that has visited its feeds.
struct Published {
    place: Place,
    _service: Service,
    _outlets: Outlets,
}

impl Published {
    async fn start() -> Self {
        let outlets = Outlets::open(2, 1).await;
        let place = Place::new(&[outlets.port()], "");
        let config = std::fs::read_to_string(place.config()).unwrap();
        let own = format!("base_url = \"http://{}\"", place.address());
        place.configure(&config.replace(&own, &format!("base_url = \"{BASE}\"")));
        let store = place.open_store();
        outlets.subscribe(&store, 3600, now()).await;
        drop(store);
        let service = place.start();
        place.hear("READY=1").await;
        Self {
            place,
            _service: service,
            _outlets: outlets,
        }
    }
}

/// The first example of the page in that language, before the daemon of that place.
fn example(language: &str, place: &Place) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, example) = page
        .split_once(&format!("```{language}\n"))
        .expect("the page has one");
    let example = example.split("```").next().unwrap();
    example.replace("127.0.0.1:8330", &place.address().to_string())
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// nginx before that daemon; `None` if it is not installed.
async fn start_nginx(place: &Place) -> Option<Proxy> {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path().display();
    let address = free_address();
    let mut server: String = example("nginx", place)
        .replace("443 ssl", &address.to_string())
        .replace("/var/cache/nginx/dateline", &format!("{at}/cache"));
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
    let mut command = Command::new("nginx");
    command.args(["-e", "/dev/null", "-c"]).arg(&path);
    start(command, address, directory).await
}

/// Caddy before that daemon; `None` if it is not installed.
async fn start_caddy(place: &Place) -> Option<Proxy> {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path().display();
    let address = free_address();
    let site =
        example("caddy", place).replace("news.example.org {", &format!("http://{address} {{"));
    let config = format!("{{\nadmin off\nstorage file_system {at}/storage\n}}\n{site}");
    let path = directory.path().join("Caddyfile");
    std::fs::write(&path, config).unwrap();
    let mut command = Command::new("caddy");
    command
        .args(["run", "--adapter", "caddyfile", "--config"])
        .arg(&path);
    command.env("XDG_CONFIG_HOME", directory.path());
    start(command, address, directory).await
}

async fn start(
    mut command: Command,
    address: SocketAddr,
    directory: tempfile::TempDir,
) -> Option<Proxy> {
    let Ok(child) = command.stderr(Stdio::null()).spawn() else {
        let program = command.get_program().display();
        eprintln!("{program} is not installed: the example was not tried");
        return None;
    };
    let client = Client::new(address).with("X-Reader", "test");
    let proxy = Proxy {
        child,
        client,
        _directory: directory,
    };
    let up = async {
        while proxy.client.get("/").await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), up)
        .await
        .expect("the program takes the example");
    Some(proxy)
}

fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    let find = |line: &'a str| line.strip_prefix(name)?.strip_prefix(": ");
    reply.head.lines().find_map(find).unwrap_or_default()
}

/// Everything but the desk stands under the prefix, compressed, with tags that are asked for.
async fn check_prefix(proxy: &Proxy) {
    let get = async |path: &str| proxy.client.get(path).await.unwrap();
    let bare = get("/dateline").await;
    assert!((301..=308).contains(&bare.status), "{}", bare.head);
    assert!(header(&bare, "location").ends_with("/dateline/"));

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
    assert!(plain.body.contains(&format!("{BASE}/feeds/events.atom")));
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
}

/// The desk stands at the root and asks who is there; figures are for this machine only.
async fn check_desk(proxy: &Proxy) {
    let get = async |path: &str| proxy.client.get(path).await.unwrap();
    assert_eq!(get("/dateline/metrics").await.status, 404);
    let desk = get("/desk").await;
    assert_eq!(
        (desk.status, header(&desk, "location")),
        (303, "/desk/login?back=/desk")
    );
    assert_eq!(get("/desk/login?back=/desk").await.status, 200);
    assert_eq!(get("/api/storylines").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nginx_example_serves_under_its_prefix_compressed_cached_and_without_the_desk() {
    let published = Published::start().await;
    let Some(proxy) = start_nginx(&published.place).await else {
        return;
    };
    check_prefix(&proxy).await;
    let cached = proxy.client.get("/dateline/feeds/events.atom").await;
    assert_eq!(header(&cached.unwrap(), "x-cache"), "hit");
    check_desk(&proxy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_caddy_example_serves_under_its_prefix_compressed_and_without_the_desk() {
    let published = Published::start().await;
    let Some(proxy) = start_caddy(&published.place).await else {
        return;
    };
    check_prefix(&proxy).await;
    check_desk(&proxy).await;
}
