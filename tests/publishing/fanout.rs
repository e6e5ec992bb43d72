//! The hub with many topics at once: how soon all subscribers have a change, and how many a hub
//! elsewhere is told of at a time. `DATELINE_TOPICS` is how many there are: then the time is held
//! against the bound, which needs an optimised build and a machine that does nothing else.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use dateline::fetch::{FetchSettings, Fetcher};
use dateline::jobs::websub_hub::{Hub, Patience, TopicContent, TopicReader};

use dateline::store::{Transaction, publishing};

use super::hub::{hub_elsewhere, own_hub};
use super::newsroom::{Newsroom, START, at_minute, summit};

/// Few enough for a machine that does other things, too.
const TOPICS: usize = 200;

/// From a change to the first of its deliveries, the wait for further changes included: the bound of
/// a hub's notification.
const FIRST: Duration = Duration::from_secs(1);

/// From a change to the last of the deliveries of two thousand topics.
const LAST: Duration = Duration::from_secs(2);

/// A post that failed is not sent again in a test, because its clock stands still.
const LONGEST: Duration = Duration::from_secs(60);

/// The Link header and the body of a post.
type Post = (String, Vec<u8>);

/// Who is posted to, on every address of this machine.
#[derive(Clone, Default)]
struct Listener {
    heard: Arc<Mutex<Vec<Post>>>,
    arrived: Arc<tokio::sync::Notify>,
    /// Posts are answered only while nobody else holds it.
    answering: Arc<tokio::sync::RwLock<()>>,
}

impl Listener {
    async fn start() -> (Self, u16) {
        let listener = Self::default();
        let socket = tokio::net::TcpListener::bind("0.0.0.0:0")
            .await
            .expect("a port");
        let port = socket.local_addr().expect("an address").port();
        let router = Router::new()
            .route("/", post(hear))
            .with_state(listener.clone());
        tokio::spawn(async move { axum::serve(socket, router).await });
        (listener, port)
    }

    /// Waits until so many posts have come.
    async fn has_heard(&self, count: usize) {
        let all = async {
            while self.heard.lock().expect("no panic").len() < count {
                self.arrived.notified().await;
            }
        };
        let in_time = tokio::time::timeout(LONGEST, all).await;
        assert!(in_time.is_ok(), "{} of {count} posts", self.heard().len());
    }

    fn heard(&self) -> Vec<Post> {
        self.heard.lock().expect("no panic").clone()
    }
}

async fn hear(State(listener): State<Listener>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let link = headers.get("link").and_then(|value| value.to_str().ok());
    let post = (link.unwrap_or_default().to_owned(), body.to_vec());
    listener.heard.lock().expect("no panic").push(post);
    listener.arrived.notify_one();
    let _ = listener.answering.read().await;
    StatusCode::NO_CONTENT
}

fn topic(number: usize) -> String {
    format!("https://news.example/feeds/views/view-{number}.atom")
}

/// A hub whose topics all change with one number.
fn hub_with(room: &Newsroom, port: u16, generation: &Arc<AtomicUsize>) -> Hub {
    let settings = FetchSettings {
        allow_networks: vec!["127.0.0.0/8".parse().expect("a network")],
        allow_ports: vec![port],
        ..FetchSettings::default()
    };
    let generation = generation.clone();
    let topics: TopicReader = Arc::new(move |topic| {
        let text = format!("{} of {topic}", generation.load(Ordering::SeqCst));
        let content = TopicContent {
            bytes: Arc::new(text.repeat(1000).into_bytes()),
            content_type: "application/atom+xml; charset=utf-8",
        };
        Box::pin(async move { Ok(Some(content)) })
    });
    Hub {
        store: room.store.clone(),
        fetcher: Fetcher::new(settings, room.clock.clone()).expect("a fetcher"),
        clock: room.clock.clone(),
        topics,
        hubs: Arc::new(own_hub),
        random: Arc::new(|| [7; 16]),
        patience: Patience::default(),
    }
}

async fn subscribe(room: &Newsroom, topics: usize, port: u16) {
    let sql = "INSERT INTO hub_subscriptions (topic, callback, lease_until) VALUES (?1, ?2, ?3)";
    let write = room.store.write(move |tx| {
        for number in 0..topics {
            // Each subscriber is another site.
            let host = format!("127.1.{}.{}", number / 250, number % 250 + 1);
            let callback = format!("http://{host}:{port}/");
            tx.execute(sql, (topic(number), callback, START + 864_000))?;
        }
        Ok(())
    });
    write.await.expect("subscriptions");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_all_topics_is_delivered_to_all_subscribers_once_and_soon() {
    let asked = std::env::var("DATELINE_TOPICS").ok();
    let asked = asked.and_then(|text| text.parse().ok());
    let topics = asked.unwrap_or(TOPICS);
    let room = summit().await;
    let (listener, port) = Listener::start().await;
    let generation = Arc::new(AtomicUsize::new(1));
    let hub = hub_with(&room, port, &generation);
    subscribe(&room, topics, port).await;
    assert_eq!(hub.pass().await.expect("a pass").changed, 0, "all are new");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(hub.run(async { drop(stopped.await) }));
    generation.store(2, Ordering::SeqCst);
    let began = Instant::now();
    let change = |tx: &Transaction<'_>| publishing::move_version(tx, at_minute(1));
    room.store.write(change).await.expect("a change");
    listener.has_heard(1).await;
    let first = began.elapsed();
    listener.has_heard(topics).await;
    let last = began.elapsed();
    println!("{topics} topics delivered after {first:?} to {last:?}");
    drop(stop);
    running.await.expect("no panic");
    let heard = listener.heard();
    let links: BTreeSet<&str> = heard.iter().map(|(link, _)| link.as_str()).collect();
    assert_eq!((heard.len(), links.len()), (topics, topics), "each once");
    assert!(heard.iter().all(|(_, body)| body.starts_with(b"2 of ")));
    if asked.is_some() {
        assert!(first <= FIRST && last <= LAST, "{first:?}, {last:?}");
    }
}

#[tokio::test]
async fn a_hub_elsewhere_is_told_of_a_few_topics_at_once_and_of_each_once() {
    let room = Newsroom::open();
    let (listener, port) = Listener::start().await;
    let generation = Arc::new(AtomicUsize::new(1));
    let topics: Vec<String> = (0..20).map(topic).collect();
    let url = format!("http://127.0.0.1:{port}/");
    let hubs = hub_elsewhere(&url, topics.chunks(1).map(<[String]>::to_vec).collect());
    let hub = Hub {
        hubs: Arc::new(move || hubs.clone()),
        ..hub_with(&room, port, &generation)
    };
    assert_eq!(hub.pass().await.expect("a pass").changed, 0, "all are new");
    generation.store(2, Ordering::SeqCst);
    let answering = listener.answering.clone();
    let held = answering.write().await;
    let passing = tokio::spawn(async move { hub.pass().await });
    listener.has_heard(4).await;
    assert_eq!(listener.heard().len(), 4, "the share of one site");
    drop(held);
    let done = passing.await.expect("no panic").expect("a pass");
    assert_eq!((done.changed, done.delivered), (20, 20));
    let heard = listener.heard();
    let told: BTreeSet<&[u8]> = heard.iter().map(|(_, body)| body.as_slice()).collect();
    assert_eq!((heard.len(), told.len()), (20, 20), "each once");
}
