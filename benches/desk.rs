//! Every page of the desk at 100,000 items and 10,000 decisions, over HTTP on loopback, and a decision
//! until it is acknowledged: the median, 99 of 100, and the slowest, in milliseconds. Another number of
//! items is given as `DATELINE_ITEMS`.
#![allow(
    clippy::disallowed_methods,
    reason = "a bench is the client here, and holds the stopwatch"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use dateline::clock::FakeClock;
use dateline::jobs::decide::answer_request;
use dateline::news::{
    EventId, FeedId, ItemId, OutletKind, Ruling, StorylineId, Target, WireReading, utc_from_secs,
};
use dateline::serve::{Settings, Site, run};
use dateline::store::events::{self, EventDescription, StorylineDescription};
use dateline::store::items::{ItemState, insert_item};
use dateline::store::{
    Result, Store, Transaction, decisions, editors, feeds, outlets, requests, sessions,
};
use sha2::{Digest, Sha256};

const NOW: i64 = 1_790_000_000;
/// Items of one event, events of one storyline.
const REPORTS: i64 = 4;
const EVENTS: i64 = 5;
/// Items for one decision.
const RULED: i64 = 10;
const FEEDS: i64 = 300;
const VISITS: usize = 200;

fn main() {
    let wanted = std::env::var("DATELINE_ITEMS").ok();
    let items: i64 = wanted.and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory.path()).expect("a database");
    store.write_blocking(add_feeds).expect("feeds");
    for from in (0..items).step_by(10_000) {
        store
            .write_blocking(move |tx| fill(tx, from, (from + 10_000).min(items)))
            .expect("a filled database");
    }
    store
        .write_blocking(move |tx| rule(tx, items))
        .expect("decisions");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let token = token(&store);
    runtime.block_on(visit(store, items, &token));
}

fn fill(tx: &Transaction<'_>, from: i64, until: i64) -> Result<()> {
    let words = [
        "summit", "flood", "harbour", "strike", "minister", "quake", "court", "vote",
    ];
    for number in from..until {
        let outlet =
            outlets::ensure_outlet(tx, &format!("Outlet {}", number % 60), OutletKind::Outlet)?;
        let at = NOW - (until - number) * 20;
        let word = |step: i64| words[((number / REPORTS + step * 3) % 8) as usize];
        let title = format!(
            "{} {} {} number {}",
            word(0),
            word(1),
            word(2),
            number / REPORTS
        );
        let state = ItemState {
            guid: None,
            title: title.clone(),
            summary: title.clone(),
            text: String::new(),
            link: Some(format!("https://a.example/{number}")),
            author: None,
            language: "en".to_owned(),
            published_at: None,
            updated_at: None,
            item_time: utc_from_secs(at),
            time_is_claimed: true,
            wire: WireReading {
                clean_title: title.clone(),
                clean_summary: title.clone(),
                ..WireReading::default()
            },
            categories: Vec::new(),
            image: None,
            digest: [0; 16],
            withdrawn_at: None,
            keys: Vec::new(),
        };
        let item = insert_item(tx, FeedId(1), outlet, &state, utc_from_secs(at))?;
        let (event, line) = (
            EventId(number / REPORTS + 1),
            StorylineId(number / REPORTS / EVENTS + 1),
        );
        let member = events::Member {
            item,
            reprint_of: None,
            evidence: None,
            frozen: Vec::new(),
        };
        events::save_members(tx, event, &[member], utc_from_secs(at))?;
        if number % REPORTS == REPORTS - 1 {
            events::link_event(tx, event, line)?;
            let description = EventDescription {
                headline: title.clone(),
                lede: title.clone(),
                occurred_at: utc_from_secs(at),
                first_report_at: utc_from_secs(at),
                last_report_at: utc_from_secs(at),
                report_count: REPORTS as u32,
                outlets: [outlet].into(),
                ..EventDescription::default()
            };
            events::describe_event(tx, event, &description)?;
            let description = StorylineDescription {
                headline: title,
                slug: format!("line-{line}"),
                last_event_at: utc_from_secs(at),
                event_count: EVENTS as u32,
                outlet_count: 9,
                ..StorylineDescription::default()
            };
            events::describe_storyline(tx, line, &description)?;
        }
    }
    Ok(())
}

fn add_feeds(tx: &Transaction<'_>) -> Result<()> {
    for number in 0..FEEDS {
        let new = feeds::NewFeed {
            url: format!("https://outlet{number}.example/feed"),
            outlet_id: outlets::ensure_outlet(
                tx,
                &format!("Outlet {}", number % 60),
                OutletKind::Outlet,
            )?,
            title: format!("Outlet {number} world"),
            ..feeds::NewFeed::default()
        };
        feeds::add_feed(tx, &new, utc_from_secs(NOW))?;
    }
    Ok(())
}

/// One decision on every tenth item: pins, spikes, locks, merges of storylines.
fn rule(tx: &Transaction<'_>, items: i64) -> Result<()> {
    for number in 0..items / RULED {
        let item = number * RULED;
        let event = EventId(item / REPORTS + 1);
        let line = item / REPORTS / EVENTS + 1;
        let ruling = match number % 4 {
            0 => Ruling::PinHeadline {
                event,
                headline: format!("Pinned {number}"),
            },
            1 => Ruling::Spike {
                target: Target::Item(ItemId(item + 1)),
            },
            2 => Ruling::Lock {
                event,
                items: vec![ItemId(item + 1)],
            },
            _ => Ruling::RenameStoryline {
                storyline: StorylineId(line),
                headline: format!("Named {number}"),
            },
        };
        decisions::save_decision(
            tx,
            &ruling,
            "anna",
            "as the wire has it",
            utc_from_secs(NOW),
        )?;
    }
    tx.execute_batch("INSERT INTO doubted_kills SELECT id FROM items ORDER BY id DESC LIMIT 100")?;
    Ok(())
}

/// Does what is asked of the owner of the data directory.
async fn own(store: Store) {
    let mut commits = store.commits().expect("an open store");
    loop {
        for (number, request) in store.read(requests::load_waiting).expect("requests") {
            let request = request.expect("a request");
            let now = utc_from_secs(NOW);
            let answer = answer_request(&store, &request, now)
                .await
                .expect("an answer");
            let answer = answer.unwrap_or_default();
            let kept = store.write(move |tx| requests::answer(tx, number, &answer, now));
            kept.await.expect("kept");
        }
        if commits.changed().await.is_err() {
            return;
        }
    }
}

/// A token of the API for an editor.
fn token(store: &Store) -> String {
    let token = "7".repeat(64);
    let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    let now = utc_from_secs(NOW);
    let made = store.write_blocking(move |tx| {
        editors::invite_editor(tx, "anna", [1; 32], now, now)?;
        sessions::add_token(tx, "anna", digest, "bench", now)
    });
    assert!(made.expect("a token"));
    token
}

async fn visit(store: Store, items: i64, token: &str) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let settings = Settings {
        base_url: format!("http://{address}"),
        ..Settings::default()
    };
    tokio::spawn(own(store.clone()));
    let site = Site::new(
        store,
        settings,
        Arc::new(FakeClock::new(utc_from_secs(NOW))),
    );
    tokio::spawn(run(listener, site, std::future::pending()));
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    println!("{items} items");
    let (event, line) = (items / REPORTS / 2, items / REPORTS / EVENTS / 2);
    for path in [
        "/desk".to_owned(),
        format!("/desk/storylines/{line}"),
        format!("/desk/events/{event}"),
        "/desk/review".to_owned(),
        "/desk/search?q=summit".to_owned(),
        "/desk/search?q=s".to_owned(),
        "/desk/search?q=summit&outlet=Nobody".to_owned(),
        "/desk/search?q=summit%20flood&days=3&role=news".to_owned(),
        "/desk/feeds".to_owned(),
        "/desk/log".to_owned(),
        "/desk/quality".to_owned(),
    ] {
        let mut times: Vec<Duration> = Vec::new();
        for _ in 0..VISITS {
            let start = Instant::now();
            let reply = client
                .get(format!("http://{address}{path}"))
                .send()
                .await
                .expect("a page");
            assert_eq!(reply.status(), 200, "{path}");
            reply.bytes().await.expect("a page");
            times.push(start.elapsed());
        }
        say(&path, times);
    }
    let mut times: Vec<Duration> = Vec::new();
    for number in 0..VISITS {
        let ruling = serde_json::json!({
            "kind": "pin-headline", "event": event, "headline": format!("At last {number}"),
        });
        let request = client
            .post(format!("http://{address}/api/decisions"))
            .bearer_auth(token)
            .header("content-type", "application/json")
            .body(serde_json::json!({ "ruling": ruling }).to_string());
        let start = Instant::now();
        let reply = request.send().await.expect("an answer");
        assert_eq!(reply.status(), 200);
        reply.bytes().await.expect("an answer");
        times.push(start.elapsed());
    }
    say("a decision, acknowledged", times);
}

fn say(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let millis = |share: usize| {
        let at = (times.len() * share).div_ceil(100).max(1) - 1;
        times[at].as_secs_f64() * 1000.0
    };
    println!(
        "{what:<50} median {:6.1} ms, 99 of 100 {:6.1} ms, slowest {:6.1} ms",
        millis(50),
        millis(99),
        millis(100)
    );
}
