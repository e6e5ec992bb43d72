//! The WebSub hub against a subscriber of our own, line by line of the Recommendation.

use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use dateline::fetch::{FetchSettings, Fetcher};
use dateline::jobs::websub_hub::{
    ExternalHub, Hub, HubPass, Hubs, Patience, TopicContent, TopicReader,
};
use dateline::serve::Site;
use dateline::store::{StoreError, hub};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::http::Server;
use super::newsroom::{Newsroom, START, summit, told};

const TOPIC: &str = "https://news.example/feeds/events.atom";

/// Much less than the fetcher waits for an answer, and much more than a slow machine needs.
const SOON: Duration = Duration::from_secs(20);

type Asked = std::collections::HashMap<String, String>;

/// A subscriber that writes down what it hears.
#[derive(Clone)]
struct Subscriber {
    heard: Arc<Heard>,
}

struct Heard {
    asked: Mutex<Vec<Asked>>,
    posts: Mutex<Vec<(HeaderMap, Vec<u8>)>>,
    status_of_post: AtomicU16,
    confirms: Mutex<bool>,
    /// Told of each post.
    arrived: tokio::sync::Notify,
    /// Posts are answered only while nobody else holds it.
    answering: tokio::sync::Mutex<()>,
}

impl Subscriber {
    async fn start() -> (Self, String, u16) {
        let heard = Heard {
            asked: Mutex::default(),
            posts: Mutex::default(),
            status_of_post: AtomicU16::new(204),
            confirms: Mutex::new(true),
            arrived: tokio::sync::Notify::new(),
            answering: tokio::sync::Mutex::default(),
        };
        let subscriber = Self {
            heard: Arc::new(heard),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let router = Router::new()
            .route("/callback", get(hear_question).post(hear_content))
            .with_state(subscriber.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let callback = format!("http://127.0.0.1:{port}/callback?mine=1");
        (subscriber, callback, port)
    }

    fn asked(&self) -> Vec<Asked> {
        self.heard.asked.lock().expect("no panic").clone()
    }

    fn posts(&self) -> Vec<(HeaderMap, Vec<u8>)> {
        self.heard.posts.lock().expect("no panic").clone()
    }

    fn confirm(&self, confirms: bool) {
        *self.heard.confirms.lock().expect("no panic") = confirms;
    }
}

async fn hear_question(
    State(subscriber): State<Subscriber>,
    Query(asked): Query<Asked>,
) -> (StatusCode, String) {
    let challenge = asked.get("hub.challenge").cloned().unwrap_or_default();
    subscriber.heard.asked.lock().expect("no panic").push(asked);
    match *subscriber.heard.confirms.lock().expect("no panic") {
        true => (StatusCode::OK, challenge),
        false => (StatusCode::NOT_FOUND, challenge),
    }
}

async fn hear_content(
    State(subscriber): State<Subscriber>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let post = (headers, body.to_vec());
    subscriber.heard.posts.lock().expect("no panic").push(post);
    subscriber.heard.arrived.notify_one();
    drop(subscriber.heard.answering.lock().await);
    let status = subscriber.heard.status_of_post.load(Ordering::SeqCst);
    StatusCode::from_u16(status).expect("a status")
}

/// A host that takes connections and never answers.
struct Silent {
    port: u16,
    connections: Arc<AtomicU64>,
}

impl Silent {
    async fn start() -> Self {
        // Another host than the well-behaved subscriber's.
        let listener = tokio::net::TcpListener::bind("127.0.0.2:0")
            .await
            .expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let connections = Arc::new(AtomicU64::new(0));
        let count = connections.clone();
        tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((connection, _)) = listener.accept().await {
                held.push(connection);
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { port, connections }
    }

    fn callback(&self, number: usize) -> String {
        format!("http://127.0.0.2:{}/{number}", self.port)
    }
}

struct Stage {
    room: Newsroom,
    server: Server,
    site: Site,
    hub: Hub,
    subscriber: Subscriber,
    callback: String,
}

impl Stage {
    async fn set() -> Self {
        let room = summit().await;
        let site = room.site();
        let server = Server::start(site.clone()).await;
        let (subscriber, callback, port) = Subscriber::start().await;
        let hub = hub_of(&room, &site, vec![port]);
        Self {
            room,
            server,
            site,
            hub,
            subscriber,
            callback,
        }
    }

    async fn ask(&self, mode: &str, more: &[(&str, &str)]) -> u16 {
        let mut form = vec![
            ("hub.mode", mode),
            ("hub.topic", TOPIC),
            ("hub.callback", self.callback.as_str()),
        ];
        form.extend(more);
        self.server.post_form("/hub", &form).await.status
    }

    /// The stage with a host that never answers: it confirmed `subscriptions` once.
    async fn with_silent(subscriptions: usize) -> (Self, Silent) {
        let mut stage = Self::set().await;
        let silent = Silent::start().await;
        let port = stage.callback.split([':', '/']).nth(4).expect("a port");
        let ports = vec![port.parse().expect("a port"), silent.port];
        stage.hub = hub_of(&stage.room, &stage.site, ports);
        let callbacks: Vec<String> = (0..subscriptions).map(|n| silent.callback(n)).collect();
        let sql = "INSERT INTO hub_subscriptions (topic, callback, lease_until, asked_from)
            VALUES (?1, ?2, ?3, '')";
        stage
            .room
            .store
            .write(move |tx| {
                for callback in callbacks {
                    tx.execute(sql, (TOPIC, callback, START + 864_000))?;
                }
                Ok(())
            })
            .await
            .expect("subscriptions");
        (stage, silent)
    }

    async fn ask_for(&self, callback: &str) {
        let form = [
            ("hub.mode", "subscribe"),
            ("hub.topic", TOPIC),
            ("hub.callback", callback),
        ];
        let reply = self.server.post_form("/hub", &form).await;
        assert_eq!(reply.status, 202);
    }

    /// Waits for the next post to the well-behaved subscriber.
    async fn arrival(&self) {
        tokio::time::timeout(SOON, self.subscriber.heard.arrived.notified())
            .await
            .expect("a post arrives");
    }

    async fn pass(&self) -> HubPass {
        self.hub.pass().await.expect("a pass")
    }

    /// Something material happens.
    async fn develop(&self, event: i64, minutes: i64) {
        let link = format!("https://post.example/{event}");
        let item = self
            .room
            .ingest(told(
                "Post",
                &format!("Ferry {event} sinks"),
                &link,
                minutes - 10,
            ))
            .await;
        self.room.assign(event, event, &[(item, None)]).await;
        self.room.publish(minutes).await;
        self.site.expire();
    }
}

/// The built-in hub alone.
pub fn own_hub() -> Hubs {
    Hubs {
        site: "https://news.example/".to_owned(),
        own_url: Some("https://news.example/hub".to_owned()),
        external: None,
    }
}

/// A hub elsewhere that is told of these.
pub fn hub_elsewhere(url: &str, feeds: Vec<Vec<String>>) -> Hubs {
    let external = ExternalHub {
        url: url.to_owned(),
        feeds,
    };
    Hubs {
        site: "https://news.example/".to_owned(),
        own_url: None,
        external: Some(external),
    }
}

fn hub_of(room: &Newsroom, site: &Site, ports: Vec<u16>) -> Hub {
    let settings = FetchSettings {
        allow_networks: vec!["127.0.0.0/8".parse().expect("a network")],
        allow_ports: ports,
        ..FetchSettings::default()
    };
    let ids = Arc::new(AtomicU64::new(1));
    let reader_site = site.clone();
    let topics: TopicReader = Arc::new(move |topic| {
        let site = reader_site.clone();
        let path = topic
            .strip_prefix("https://news.example")
            .map(str::to_owned);
        Box::pin(async move {
            let Some(path) = path else {
                return Ok(None);
            };
            let content = site.feed_content(&path).await?;
            Ok(content.map(|(bytes, format)| TopicContent {
                bytes: Arc::new(bytes),
                content_type: format.content_type(),
            }))
        })
    });
    Hub {
        store: room.store.clone(),
        fetcher: Fetcher::new(settings, room.clock.clone()).expect("a fetcher"),
        clock: room.clock.clone(),
        topics,
        hubs: Arc::new(own_hub),
        random: Arc::new(move || u128::from(ids.fetch_add(1, Ordering::SeqCst)).to_be_bytes()),
        patience: Patience::default(),
    }
}

#[tokio::test]
async fn a_subscriber_is_verified_once_and_gets_the_whole_signed_document() {
    let stage = Stage::set().await;
    assert_eq!(
        stage.ask("subscribe", &[("hub.secret", "s3cret")]).await,
        202
    );
    assert!(
        stage.subscriber.asked().is_empty(),
        "202 comes before verification"
    );
    assert_eq!(stage.pass().await.confirmed, 1);
    assert_eq!(stage.pass().await.confirmed, 0);
    let asked = stage.subscriber.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0]["mine"], "1");
    assert_eq!(asked[0]["hub.mode"], "subscribe");
    assert_eq!(asked[0]["hub.topic"], TOPIC);
    assert_eq!(asked[0]["hub.lease_seconds"], "864000");
    assert!(stage.subscriber.posts().is_empty(), "nothing changed yet");
    stage.develop(3, 300).await;
    let done = stage.pass().await;
    assert_eq!((done.changed, done.delivered), (1, 1));
    assert_eq!(stage.pass().await.delivered, 0);
    let posts = stage.subscriber.posts();
    let (headers, body) = &posts[0];
    assert_eq!(
        headers["content-type"],
        "application/atom+xml; charset=utf-8"
    );
    let link = headers["link"].to_str().expect("ASCII");
    assert!(link.contains("<https://news.example/hub>; rel=\"hub\""));
    assert!(link.contains(&format!("<{TOPIC}>; rel=\"self\"")));
    assert_eq!(body, &stage.server.get("/feeds/events.atom").await.body);
    let mut mac = Hmac::<Sha256>::new_from_slice(b"s3cret").expect("a key");
    mac.update(body);
    let digest: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        headers["x-hub-signature"].to_str().expect("ASCII"),
        format!("sha256={digest}")
    );
}

#[tokio::test]
async fn who_does_not_confirm_gets_nothing_and_keeps_what_it_had() {
    let stage = Stage::set().await;
    stage.subscriber.confirm(false);
    stage.ask("subscribe", &[]).await;
    assert_eq!(stage.pass().await.unconfirmed, 1);
    stage.develop(3, 300).await;
    stage.pass().await;
    assert!(stage.subscriber.posts().is_empty());
    stage.subscriber.confirm(true);
    stage.ask("subscribe", &[]).await;
    stage.pass().await;
    stage.subscriber.confirm(false);
    stage.ask("unsubscribe", &[]).await;
    stage.pass().await;
    stage.develop(4, 310).await;
    assert_eq!(stage.pass().await.delivered, 1, "still subscribed");
    assert!(
        !stage.subscriber.posts()[0]
            .0
            .contains_key("x-hub-signature")
    );
    stage.subscriber.confirm(true);
    stage.ask("unsubscribe", &[]).await;
    assert_eq!(stage.pass().await.confirmed, 1);
    assert!(
        !stage
            .subscriber
            .asked()
            .last()
            .expect("asked")
            .contains_key("hub.lease_seconds")
    );
    stage.develop(5, 320).await;
    assert_eq!(stage.pass().await.delivered, 0);
}

#[tokio::test]
async fn a_failed_delivery_waits_and_a_410_ends_the_subscription() {
    let stage = Stage::set().await;
    stage.ask("subscribe", &[]).await;
    stage.pass().await;
    stage
        .subscriber
        .heard
        .status_of_post
        .store(302, Ordering::SeqCst);
    stage.develop(3, 300).await;
    assert_eq!(stage.pass().await.failed, 1);
    assert_eq!(stage.pass().await.failed, 0, "not before its time");
    stage.room.clock.advance_secs(11);
    assert_eq!(stage.pass().await.failed, 1);
    stage
        .subscriber
        .heard
        .status_of_post
        .store(410, Ordering::SeqCst);
    stage.room.clock.advance_secs(61);
    stage.pass().await;
    stage
        .subscriber
        .heard
        .status_of_post
        .store(200, Ordering::SeqCst);
    stage.develop(4, 400).await;
    assert_eq!(stage.pass().await.delivered, 0);
}

#[tokio::test]
async fn a_lease_ends_and_a_restart_forgets_nothing() {
    let stage = Stage::set().await;
    stage
        .ask("subscribe", &[("hub.lease_seconds", "3600")])
        .await;
    let port = stage.callback.split([':', '/']).nth(4).expect("a port");
    let port = port.parse().expect("a port");
    let again = hub_of(&stage.room, &stage.site, vec![port]);
    assert_eq!(again.pass().await.expect("a pass").confirmed, 1);
    stage.develop(3, 300).await;
    let again = hub_of(&stage.room, &stage.site, vec![port]);
    assert_eq!(again.pass().await.expect("a pass").delivered, 1);
    stage
        .room
        .clock
        .set(dateline::news::utc_from_secs(START + 300 * 60 + 7200));
    stage.pass().await;
    stage.develop(4, 430).await;
    assert_eq!(stage.pass().await.delivered, 0);
}

#[tokio::test]
async fn foreign_topics_and_inward_callbacks_are_refused() {
    let stage = Stage::set().await;
    for topic in [
        "https://other.example/feed.atom",
        "https://news.example/feeds/events",
        "https://news.example/feeds/status.atom",
        "https://news.example/feeds/views/none.atom",
        "https://news.example.evil.example/feeds/events.atom",
    ] {
        let form = [
            ("hub.mode", "subscribe"),
            ("hub.topic", topic),
            ("hub.callback", stage.callback.as_str()),
        ];
        let reply = stage.server.post_form("/hub", &form).await;
        assert_eq!(reply.status, 404, "{topic}");
        assert!(reply.header("content-type").starts_with("text/plain"));
    }
    let strict = Hub {
        fetcher: Fetcher::new(FetchSettings::default(), stage.room.clock.clone())
            .expect("a fetcher"),
        ..stage.hub.clone()
    };
    stage.ask("subscribe", &[]).await;
    let done = strict.pass().await.expect("a pass");
    assert_eq!((done.confirmed, done.unconfirmed), (0, 1));
    assert!(stage.subscriber.asked().is_empty());
}

#[tokio::test]
async fn a_host_has_its_share_of_subscriptions_in_whatever_way_it_is_written() {
    let stage = Stage::set().await;
    let ask = async |callback: String| {
        let form = [
            ("hub.mode", "subscribe"),
            ("hub.topic", TOPIC),
            ("hub.callback", callback.as_str()),
        ];
        stage.server.post_form("/hub", &form).await.status
    };
    for number in 0..100 {
        let written = [
            "http://b.example",
            "https://B.Example.",
            "HTTP://b.example:81",
        ];
        let callback = format!("{}/{number}", written[number % 3]);
        assert_eq!(ask(callback).await, 202, "{number}");
    }
    assert_eq!(ask("https://B.EXAMPLE/more".to_owned()).await, 429);
    let other = "https://b.example.org/".to_owned();
    assert_eq!(ask(other).await, 202, "another host that begins alike");
    assert_eq!(ask("https://b.ex/".to_owned()).await, 202, "or is shorter");
}

#[tokio::test]
async fn a_topic_that_is_gone_is_denied() {
    let stage = Stage::set().await;
    let id = stage.room.public_id(1);
    let topic = format!("https://news.example/events/{id}.atom");
    let form = [
        ("hub.mode", "subscribe"),
        ("hub.topic", topic.as_str()),
        ("hub.callback", stage.callback.as_str()),
    ];
    assert_eq!(stage.server.post_form("/hub", &form).await.status, 202);
    stage.pass().await;
    stage
        .room
        .store
        .write(|tx| {
            tx.execute("UPDATE events SET spiked = 1 WHERE id = 1", [])?;
            Ok(())
        })
        .await
        .expect("a spike");
    stage.room.publish(300).await;
    stage.site.expire();
    stage.pass().await;
    let last = stage.subscriber.asked().last().expect("asked").clone();
    assert_eq!(last["hub.mode"], "denied");
    assert_eq!(last["hub.topic"], topic);
}

#[tokio::test]
async fn a_copy_under_another_address_tells_the_subscribers_of_the_site_nothing() {
    let stage = Stage::set().await;
    stage.ask("subscribe", &[]).await;
    stage.pass().await;
    let asked = stage.subscriber.asked().len();
    stage.develop(3, 300).await;
    for own_url in [None, Some("http://127.0.0.1:9/hub".to_owned())] {
        let hubs = Hubs {
            site: "http://127.0.0.1:9/".to_owned(),
            own_url,
            external: None,
        };
        let copy = Hub {
            topics: Arc::new(|_| Box::pin(async { Ok(None) })),
            hubs: Arc::new(move || hubs.clone()),
            ..stage.hub.clone()
        };
        copy.pass().await.expect("a pass");
    }
    assert_eq!(stage.subscriber.asked().len(), asked, "nothing is denied");
    let kept = stage.room.store.read(hub::load_topics).expect("a read");
    assert_eq!(kept, [TOPIC], "it is still subscribed");
}

#[tokio::test]
async fn a_topic_that_cannot_be_read_is_not_gone_and_is_delivered_later() {
    let stage = Stage::set().await;
    stage.ask("subscribe", &[]).await;
    stage.pass().await;
    stage.develop(3, 300).await;
    let failing = Hub {
        topics: Arc::new(|_| Box::pin(async { Err(StoreError::Full) })),
        ..stage.hub.clone()
    };
    let asked = stage.subscriber.asked().len();
    failing.pass().await.expect("a pass");
    assert_eq!(stage.subscriber.asked().len(), asked, "nothing is denied");
    let panicking = Hub {
        topics: Arc::new(|_| Box::pin(async { panic!("a bug") })),
        ..stage.hub.clone()
    };
    panicking.pass().await.expect("a pass");
    assert_eq!(stage.subscriber.asked().len(), asked);
    assert_eq!(stage.pass().await.delivered, 1);
    stage.develop(4, 310).await;
    let held = stage.subscriber.heard.answering.lock().await;
    let noticing = Hub {
        patience: Patience {
            for_delivery: Duration::from_millis(50),
            ..Patience::default()
        },
        ..stage.hub.clone()
    };
    assert_eq!(noticing.pass().await.expect("a pass").failed, 1);
    drop(held);
    stage.room.clock.advance_secs(11);
    assert_eq!(failing.pass().await.expect("a pass").failed, 1);
    stage.room.clock.advance_secs(11);
    let done = stage.pass().await;
    assert_eq!(done.delivered, 0, "an attempt that failed counts");
    stage.room.clock.advance_secs(50);
    assert_eq!(stage.pass().await.delivered, 1);
}

#[tokio::test]
async fn a_hub_elsewhere_is_pinged_once_for_each_change() {
    let mut stage = Stage::set().await;
    let rss = TOPIC.replace(".atom", ".rss");
    let hubs = hub_elsewhere(&stage.callback, vec![vec![TOPIC.to_owned(), rss.clone()]]);
    stage.hub.hubs = Arc::new(move || hubs.clone());
    stage.pass().await;
    let before = stage.subscriber.posts().len();
    stage.pass().await;
    assert_eq!(stage.subscriber.posts().len(), before, "nothing changed");
    stage.develop(3, 300).await;
    stage.pass().await;
    stage.pass().await;
    let posts = stage.subscriber.posts();
    assert_eq!(posts.len(), before + 2);
    let mut told = Vec::new();
    for (headers, body) in &posts[before..] {
        assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
        let sent: Asked = url::form_urlencoded::parse(body).into_owned().collect();
        assert_eq!(sent["hub.mode"], "publish");
        told.push(sent["hub.url"].clone());
    }
    told.sort();
    assert_eq!(told, [TOPIC.to_owned(), rss], "each feed that names it");
}

#[tokio::test]
async fn a_hub_elsewhere_is_named_in_what_it_is_told_of_alone() {
    let room = summit().await;
    let view = |name: &str, private| dateline::news::View {
        name: name.to_owned(),
        private,
        ..dateline::news::View::default()
    };
    let settings = dateline::serve::Settings {
        external_hub: Some("https://hub.example/".to_owned()),
        views: vec![view("all", false), view("mine", true)],
        ..room.settings()
    };
    let told: Vec<String> = settings.told_feeds().concat();
    assert_eq!(told.len(), 12, "{told:?}");
    let site = Site::new(room.store.clone(), settings, room.clock.clone());
    let server = Server::start(site).await;
    let event = format!("https://news.example/events/{}.atom", room.public_id(1));
    for feed in told.iter().chain([&event]) {
        let path = feed.strip_prefix("https://news.example").expect("ours");
        let reply = server.get(path).await;
        assert_eq!(reply.status, 200, "{feed}");
        let names_it = reply.text().contains("https://hub.example/");
        assert_eq!(names_it, *feed != event, "{feed}");
    }
    assert!(!told.iter().any(|feed| feed.contains("mine")));
}

#[tokio::test]
async fn other_settings_are_in_force_at_the_next_look_and_subscribers_are_told_of_the_hubs_end() {
    let stage = Stage::set().await;
    stage.ask("subscribe", &[]).await;
    stage.pass().await;
    let hubs = Arc::new(Mutex::new(own_hub()));
    let read = hubs.clone();
    let hub = Hub {
        hubs: Arc::new(move || read.lock().expect("no panic").clone()),
        ..stage.hub.clone()
    };
    let elsewhere = hub_elsewhere(&stage.callback, vec![vec![TOPIC.to_owned()]]);
    let running = tokio::spawn(hub.run(std::future::pending()));
    stage.develop(3, 300).await;
    stage.arrival().await;
    let mut commits = stage.room.store.commits().expect("a writer");
    *hubs.lock().expect("no panic") = elsewhere;
    stage.develop(4, 310).await;
    stage.arrival().await;
    let (_, ping) = stage.subscriber.posts().pop().expect("a ping");
    assert!(ping.starts_with(b"hub.mode=publish"));
    let subscribed = || stage.room.store.read(hub::load_topics).expect("a read");
    while !subscribed().is_empty() {
        let changed = tokio::time::timeout(SOON, commits.changed()).await;
        changed.expect("it ends").expect("a writer");
    }
    running.abort();
    let denied = stage.subscriber.asked().pop().expect("asked");
    assert_eq!(denied["hub.mode"], "denied");
    assert_eq!(denied["hub.reason"], "this hub is switched off");
}

#[tokio::test]
async fn callbacks_that_never_answer_delay_nobody_else() {
    let (mut stage, silent) = Stage::with_silent(40).await;
    // Nobody's patience ends here: what is delivered is delivered beside them.
    stage.hub.patience = Patience {
        for_question: SOON * 2,
        for_delivery: SOON * 2,
    };
    stage.ask("subscribe", &[]).await;
    stage.pass().await;
    for number in 100..140 {
        stage.ask_for(&silent.callback(number)).await;
    }
    stage.develop(3, 300).await;
    let hub = tokio::spawn(stage.hub.clone().run(std::future::pending()));
    stage.arrival().await;
    stage.develop(4, 310).await;
    stage.arrival().await;
    let newest = stage.server.get("/feeds/events.atom").await.body;
    assert_eq!(stage.subscriber.posts().last().expect("a post").1, newest);
    let held = silent.connections.load(Ordering::SeqCst);
    assert!((1..=6).contains(&held), "2 questions, 4 deliveries: {held}");
    hub.abort();
}

#[tokio::test]
async fn a_callback_that_never_answers_is_given_up_in_time() {
    let (mut stage, silent) = Stage::with_silent(1).await;
    stage.pass().await;
    stage.ask_for(&silent.callback(100)).await;
    stage.develop(3, 300).await;
    stage.hub.patience = Patience {
        for_question: Duration::from_millis(50),
        for_delivery: Duration::from_millis(50),
    };
    let done = tokio::time::timeout(SOON, stage.pass()).await;
    let done = done.expect("a pass within the patience");
    assert_eq!((done.unconfirmed, done.failed), (1, 1));
}

#[tokio::test]
async fn what_changes_during_a_delivery_is_delivered_after_it() {
    let stage = Stage::set().await;
    stage.ask("subscribe", &[]).await;
    stage.pass().await;
    stage.develop(3, 300).await;
    let answering = stage.subscriber.heard.answering.lock().await;
    let hub = tokio::spawn(stage.hub.clone().run(std::future::pending()));
    stage.arrival().await;
    let noted = || {
        let digest = stage.room.store.read(|conn| hub::topic_digest(conn, TOPIC));
        digest.expect("a read")
    };
    let (before, mut commits) = (noted(), stage.room.store.commits().expect("a writer"));
    stage.develop(4, 310).await;
    while noted() == before {
        commits.changed().await.expect("a writer");
    }
    drop(answering);
    stage.arrival().await;
    let newest = stage.server.get("/feeds/events.atom").await.body;
    assert_eq!(stage.subscriber.posts()[1].1, newest);
    hub.abort();
}
