//! The limit: fetch, parse, insert, and nothing that makes it right. No guard, no identity beyond the
//! guid, no cleaning, no search, no clustering, no health.
#![allow(
    clippy::disallowed_methods,
    reason = "the limit goes without the guard: that is what it is for"
)]

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use futures_util::StreamExt as _;
use reqwest::header::{ETAG, IF_NONE_MATCH};
use rusqlite::{Connection, params};
use tokio::runtime::Runtime;

use super::{Task, farm};

/// Items of one transaction.
const BATCH: usize = 2_000;

struct Row {
    feed: i64,
    guid: String,
    title: String,
    summary: String,
    link: String,
    published: i64,
}

pub fn prepare<'a>(
    runtime: &'a Runtime,
    directory: &Path,
    task: Task,
) -> Box<dyn FnMut() -> u64 + 'a> {
    let mut conn = open(directory);
    // Err means that there is one already.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder()
        .pool_max_idle_per_host(8)
        .build()
        .expect("a client is built");
    let etags: Arc<Mutex<HashMap<usize, String>>> = Arc::default();
    Box::new(move || {
        let (send, receive) = std::sync::mpsc::sync_channel::<Vec<Row>>(64);
        std::thread::scope(|scope| {
            let conn = &mut conn;
            let writing = scope.spawn(move || write(conn, &receive));
            let (client, etags) = (client.clone(), Arc::clone(&etags));
            runtime.block_on(poll(client, etags, send, task));
            writing.join().expect("the writer does not fail");
        });
        let count: i64 = conn
            .query_row("SELECT count(*) FROM items", [], |row| row.get(0))
            .expect("items are counted");
        count.unsigned_abs()
    })
}

async fn poll(
    client: reqwest::Client,
    etags: Arc<Mutex<HashMap<usize, String>>>,
    send: std::sync::mpsc::SyncSender<Vec<Row>>,
    task: Task,
) {
    let visits = futures_util::stream::iter(0..task.feeds).map(|feed| {
        let (client, etags, send) = (client.clone(), Arc::clone(&etags), send.clone());
        let visit = tokio::spawn(async move {
            let known = etags.lock().unwrap().get(&feed).cloned();
            let mut request = client.get(farm::address(task.port, feed));
            if let Some(etag) = known {
                request = request.header(IF_NONE_MATCH, etag);
            }
            let answer = request.send().await.expect("the farm answers");
            if answer.status() == 304 {
                return;
            }
            let etag = answer.headers().get(ETAG);
            let etag = etag.map(|etag| String::from_utf8_lossy(etag.as_bytes()).into_owned());
            let body = answer.bytes().await.expect("the body comes");
            etags.lock().unwrap().extend(etag.map(|etag| (feed, etag)));
            let rows = tokio::task::spawn_blocking(move || read(feed, &body));
            send.send(rows.await.expect("the feed is read")).ok();
        });
        async { visit.await.expect("the visit ends") }
    });
    visits
        .buffer_unordered(task.in_flight)
        .for_each(|()| async {})
        .await;
}

fn read(feed: usize, body: &[u8]) -> Vec<Row> {
    let parser = feed_rs::parser::Builder::new()
        .sanitize_content(false)
        .build();
    let document = parser
        .parse(body)
        .expect("the farm's feeds are well-formed");
    let rows = document.entries.into_iter().map(|entry| Row {
        feed: feed as i64,
        guid: entry.id,
        title: entry.title.map(|text| text.content).unwrap_or_default(),
        summary: entry
            .content
            .and_then(|content| content.body)
            .or(entry.summary.map(|text| text.content))
            .unwrap_or_default(),
        link: entry
            .links
            .first()
            .map(|link| link.href.clone())
            .unwrap_or_default(),
        published: entry.published.map_or(0, |at| at.timestamp()),
    });
    rows.collect()
}

fn write(conn: &mut Connection, receive: &std::sync::mpsc::Receiver<Vec<Row>>) {
    while let Ok(mut rows) = receive.recv() {
        while rows.len() < BATCH {
            let Ok(more) = receive.try_recv() else { break };
            rows.extend(more);
        }
        let tx = conn.transaction().expect("a transaction begins");
        for row in rows {
            tx.prepare_cached("INSERT OR IGNORE INTO items VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
                .expect("the statement stands")
                .execute(params![
                    row.feed,
                    row.guid,
                    row.title,
                    row.summary,
                    row.link,
                    row.published
                ])
                .expect("a row is inserted");
        }
        tx.commit().expect("a transaction ends");
    }
}

fn open(directory: &Path) -> Connection {
    let conn = Connection::open(directory.join("limit.sqlite")).expect("a database opens");
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
         CREATE TABLE items (feed INTEGER, guid TEXT, title TEXT, summary TEXT, link TEXT,
            published INTEGER, PRIMARY KEY (feed, guid)) WITHOUT ROWID;",
    )
    .expect("the table is made");
    conn
}
