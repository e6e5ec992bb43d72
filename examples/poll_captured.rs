//! Polls captured feed documents in order, as they were published, and proves that nothing is lost
//! and nothing doubled.
//!
//! `DATELINE_CORPORA` names the directory that holds `feeds_xml/OUTLET/TIME.xml`, one file a poll.
//! Run: `DATELINE_CORPORA=… cargo run --release --example poll_captured`

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use anyhow::{Context, ensure};
use axum::extract::{Path as UrlPath, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use chrono::NaiveDateTime;
use dateline::clock::FakeClock;
use dateline::feed;
use dateline::fetch::{FetchSettings, Fetcher};
use dateline::jobs::{PollSettings, Poller};
use dateline::news::{FeedId, OutletKind, UtcTime};
use dateline::store::Store;
use dateline::store::feeds::{FeedEdit, NewFeed, add_feed, edit_feed};
use dateline::store::items::load_items_after;
use dateline::store::outlets::ensure_outlet;

/// The document that each outlet serves now.
type Served = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// Outlets with their documents in order.
type Captured = BTreeMap<String, Vec<(UtcTime, PathBuf)>>;

fn main() -> anyhow::Result<ExitCode> {
    let Some(corpora) = std::env::var_os("DATELINE_CORPORA") else {
        println!("DATELINE_CORPORA is not set: there are no captured documents to poll");
        return Ok(ExitCode::SUCCESS);
    };
    let captured = find_documents(&Path::new(&corpora).join("feeds_xml"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(poll_all(&captured))?;
    Ok(ExitCode::SUCCESS)
}

async fn poll_all(captured: &Captured) -> anyhow::Result<()> {
    let served = Served::default();
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let router = axum::Router::new()
        .route("/{outlet}", get(serve_document))
        .with_state(served.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let directory = std::env::temp_dir().join(format!("dateline-captured-{}", std::process::id()));
    let store = Store::open(&directory)?;
    let first = captured
        .values()
        .flatten()
        .map(|(at, _)| *at)
        .min()
        .context("no documents")?;
    let clock = Arc::new(FakeClock::new(first));
    let fetch = FetchSettings {
        allow_networks: vec!["127.0.0.0/8".parse()?],
        allow_ports: vec![address.port()],
        ..FetchSettings::default()
    };
    let fetcher = Fetcher::new(fetch, clock.clone())?;
    let poller = Poller::new(
        store.clone(),
        fetcher,
        clock.clone(),
        PollSettings::default(),
    );
    let mut feeds = BTreeMap::new();
    for outlet in captured.keys() {
        let url = format!("http://{address}/{outlet}");
        feeds.insert(outlet.clone(), add(&store, outlet, url, first).await?);
    }
    let listed = poll_in_order(captured, &served, &poller, (&clock, &feeds)).await?;
    let first_count = compare(&store, &listed)?;
    poll_in_order(captured, &served, &poller, (&clock, &feeds)).await?;
    let second_count = compare(&store, &listed)?;
    ensure!(
        first_count == second_count,
        "a second pass made {second_count} of {first_count}"
    );
    println!("a second pass adds nothing");
    std::fs::remove_dir_all(&directory)?;
    Ok(())
}

/// Serves every document in order of time and polls after each; returns the guids that each outlet
/// listed.
async fn poll_in_order(
    captured: &Captured,
    served: &Served,
    poller: &Poller,
    (clock, feeds): (&FakeClock, &BTreeMap<String, FeedId>),
) -> anyhow::Result<BTreeSet<(String, String)>> {
    let mut order: Vec<(UtcTime, &String, &PathBuf)> = Vec::new();
    for (outlet, documents) in captured {
        order.extend(documents.iter().map(|(at, path)| (*at, outlet, path)));
    }
    order.sort();
    let mut listed = BTreeSet::new();
    let (mut new, mut revised) = (0, 0);
    for (at, outlet, path) in &order {
        let bytes = std::fs::read(path)?;
        let base = "http://localhost/".parse()?;
        let (parsed, _) = feed::read(&bytes, Some("application/rss+xml"), &base);
        ensure!(!parsed.items.is_empty(), "{} lists nothing", path.display());
        let guids = parsed.items.iter().filter_map(|item| item.guid.clone());
        listed.extend(guids.map(|guid| ((*outlet).clone(), guid)));
        served
            .lock()
            .expect("no panic held it")
            .insert((*outlet).clone(), bytes);
        clock.set(*at);
        let report = poller.poll_feed(feeds[*outlet]).await?;
        ensure!(
            report.outcome == "items" || report.outcome == "unchanged",
            "{report:?}"
        );
        new += report.new.len();
        revised += report.revised;
    }
    println!(
        "{} documents polled: {new} new items, {revised} revisions",
        order.len()
    );
    Ok(listed)
}

/// Holds what is stored against what was listed; returns how many items there are.
fn compare(store: &Store, listed: &BTreeSet<(String, String)>) -> anyhow::Result<usize> {
    let guids = store.read(dateline::store::items::load_guids)?;
    let stored: BTreeSet<(String, String)> = guids.iter().cloned().collect();
    let items = store
        .read(|conn| load_items_after(conn, Default::default(), u32::MAX))?
        .len();
    let lost = listed.difference(&stored).count();
    let extra = stored.difference(listed).count();
    println!(
        "guids in {}, out {}, items {items}, lost {lost}, extra {extra}",
        listed.len(),
        stored.len()
    );
    ensure!(
        lost == 0 && extra == 0,
        "the set of guids in is not the set out"
    );
    ensure!(guids.len() == stored.len(), "a guid is listed twice");
    ensure!(items == listed.len(), "an item is listed twice");
    Ok(items)
}

async fn add(store: &Store, outlet: &str, url: String, now: UtcTime) -> anyhow::Result<FeedId> {
    let name = outlet.to_owned();
    let id = store
        .write(move |tx| {
            let outlet_id = ensure_outlet(tx, &name, OutletKind::Outlet)?;
            let (id, _) = add_feed(
                tx,
                &NewFeed {
                    url,
                    outlet_id,
                    ..NewFeed::default()
                },
                now,
            )?;
            edit_feed(
                tx,
                id,
                &FeedEdit {
                    own: Some(true),
                    ..FeedEdit::default()
                },
            )?;
            Ok(id)
        })
        .await?;
    Ok(id)
}

async fn serve_document(
    State(served): State<Served>,
    UrlPath(outlet): UrlPath<String>,
) -> impl IntoResponse {
    let document = served
        .lock()
        .expect("no panic held it")
        .get(&outlet)
        .cloned();
    match document {
        Some(bytes) => ([(header::CONTENT_TYPE, "application/rss+xml")], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn find_documents(directory: &Path) -> anyhow::Result<Captured> {
    let mut captured = Captured::new();
    let listing = std::fs::read_dir(directory)
        .with_context(|| format!("no captured documents in {}", directory.display()))?;
    for outlet in listing {
        let outlet = outlet?.path();
        let name = outlet.file_name().context("a directory has a name")?;
        let name = name.to_string_lossy().into_owned();
        let mut documents = Vec::new();
        for file in std::fs::read_dir(&outlet)? {
            let path = file?.path();
            let stem = path
                .file_stem()
                .context("a file has a name")?
                .to_string_lossy();
            let at = NaiveDateTime::parse_from_str(&stem, "%Y-%m-%dT%H%M%SZ")
                .with_context(|| format!("{} is not named for a time", path.display()))?;
            documents.push((at.and_utc(), path.clone()));
        }
        documents.sort();
        captured.insert(name, documents);
    }
    Ok(captured)
}
