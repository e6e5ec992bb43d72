//! Polls many feeds on loopback, once with documents and once with 304 alone, and prints feeds a
//! second and processor time a feed. The server runs in a process of its own.
//!
//! `cargo bench --bench polling -- [FEEDS]`; 10,000 feeds of 30 items by default.

use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use dateline::clock::{Clock, FakeClock};
use dateline::fetch::{FetchSettings, Fetcher, Lookup, Names};
use dateline::jobs::{PollSettings, Poller, Sweep};
use dateline::news::{OutletKind, utc_from_secs};
use dateline::store::feeds::{NewFeed, add_feed};
use dateline::store::{Store, items, outlets};

const START: i64 = 1_795_089_600;
const ITEMS: u32 = 30;
/// Feeds of one outlet, so that outlets are as many as in the world.
const FEEDS_AN_OUTLET: usize = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "serve") {
        return serve();
    }
    let count = arguments
        .iter()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(10_000);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(poll_all(count));
}

struct Loopback;

impl Names for Loopback {
    fn lookup(&self, _: String) -> Lookup<'_> {
        Box::pin(std::future::ready(Ok(vec![IpAddr::V4(
            Ipv4Addr::LOCALHOST,
        )])))
    }
}

async fn poll_all(count: usize) {
    let program = std::env::current_exe().unwrap();
    let mut server = Command::new(program)
        .arg("serve")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let port: u16 = line.trim().parse().unwrap();

    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let clock = Arc::new(FakeClock::new(utc_from_secs(START)));
    let mut settings = PollSettings::default();
    // Every feed has a host of its own here, so no host is ever asked twice.
    settings.pace.host_gap_millis = 0;
    let fetch_settings = FetchSettings {
        allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
        allow_ports: vec![port],
        ..FetchSettings::default()
    };
    let fetcher = Fetcher::with_names(fetch_settings, clock.clone(), Arc::new(Loopback)).unwrap();
    let sweep = Sweep::new(Poller::new(store.clone(), fetcher, clock.clone(), settings));
    add_feeds(&store, count, port).await;
    for name in ["documents", "304 alone"] {
        let (started, cpu) = (Instant::now(), cpu_millis());
        let mut visited = 0;
        while visited < count {
            visited += sweep.tick().await.unwrap();
            sweep.wait_until_idle().await;
        }
        let secs = started.elapsed().as_secs_f64();
        let cpu = cpu_millis() - cpu;
        let kept = store.read(items::count_items).unwrap();
        println!(
            "{name}: {count} feeds in {secs:.1} s, {:.0} feeds/s, {:.2} ms of processor a feed; \
             {kept} items kept",
            count as f64 / secs,
            cpu as f64 / count as f64
        );
        clock.advance_secs(7200);
        assert!(clock.now().timestamp() > START);
    }
    server.kill().unwrap();
    server.wait().unwrap();
}

async fn add_feeds(store: &Store, count: usize, port: u16) {
    let added = store.write(move |tx| {
        for number in 0..count {
            let outlet = format!("Outlet {}", number / FEEDS_AN_OUTLET);
            let outlet_id = outlets::ensure_outlet(tx, &outlet, OutletKind::Outlet)?;
            let url = format!("http://host{number}.test:{port}/feed{number}");
            let new = NewFeed {
                url,
                outlet_id,
                ..NewFeed::default()
            };
            add_feed(tx, &new, utc_from_secs(START))?;
        }
        Ok(())
    });
    added.await.unwrap();
}

/// Processor time of this process so far (proc(5): fields 14 and 15, in ticks of 10 ms).
fn cpu_millis() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .collect();
    let ticks = |at: usize| {
        fields
            .get(at)
            .and_then(|field| field.parse::<u64>().ok())
            .unwrap_or(0)
    };
    (ticks(11) + ticks(12)) * 10
}

fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    std::io::stdout().flush().unwrap();
    for stream in listener.incoming().flatten() {
        // A thread each would be thousands; answers are short and the connection closes.
        answer(stream);
    }
}

fn answer(stream: TcpStream) {
    let mut reader = BufReader::new(&stream);
    let mut target = String::new();
    let mut is_conditional = false;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|length| length > 2) {
        if target.is_empty() {
            target = line.split(' ').nth(1).unwrap_or("/").to_owned();
        }
        is_conditional |= line.to_ascii_lowercase().starts_with("if-none-match");
        line.clear();
    }
    let number: u64 = target.trim_start_matches("/feed").parse().unwrap_or(0);
    let head = "ETag: \"1\"\r\nConnection: close\r\n";
    let reply = if is_conditional {
        format!("HTTP/1.1 304 Not Modified\r\n{head}\r\n")
    } else {
        let body = document(number);
        format!(
            "HTTP/1.1 200 OK\r\n{head}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    // A client that went away misses nothing.
    drop((&stream).write_all(reply.as_bytes()));
}

fn document(feed: u64) -> String {
    let items: String = (0..ITEMS)
        .map(|item| one_item(feed * u64::from(ITEMS) + u64::from(item)))
        .collect();
    format!("<rss version=\"2.0\"><channel><title>Feed {feed}</title>{items}</channel></rss>")
}

fn one_item(number: u64) -> String {
    const WORDS: [&str; 24] = [
        "bridge",
        "minister",
        "court",
        "storm",
        "election",
        "strike",
        "budget",
        "school",
        "river",
        "police",
        "talks",
        "hospital",
        "market",
        "factory",
        "airport",
        "museum",
        "harvest",
        "parliament",
        "verdict",
        "ferry",
        "inquiry",
        "railway",
        "vaccine",
        "border",
    ];
    let word = |place: u64| {
        let mixed = (number * 31 + place).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        WORDS[(mixed % WORDS.len() as u64) as usize]
    };
    let text = |from: u64, to: u64| (from..to).map(word).collect::<Vec<_>>().join(" ");
    format!(
        "<item><title>{} {number}</title><description>{} in town {number} after {}.</description>\
         <guid>urn:x:{number}</guid><link>http://paper.test/{number}</link>\
         <pubDate>Thu, 19 Nov 2026 09:00:00 GMT</pubDate></item>",
        text(0, 7),
        text(7, 20),
        text(20, 32),
    )
}
