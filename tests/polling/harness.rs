//! What a visit needs, on loopback and under the test's own clock.

use std::sync::{Arc, Mutex};

use dateline::clock::{Clock, FakeClock};
use dateline::feed::identity::GuidStanding;
use dateline::feed::read_polled;
use dateline::fetch::Fetcher;
use dateline::jobs::ingest::{self, Arrived, Prepared};
use dateline::jobs::{PollReport, PollSettings, Poller, Sweep};
use dateline::news::{Feed, FeedId, Outlet, OutletKind, UtcTime, utc_from_secs};
use dateline::store::feeds::{self, FeedListing, NewFeed};
use dateline::store::polls::{self, VisitState};
use dateline::store::{Store, items, outlets};

use crate::fetching::settings;
use crate::server::{Reply, Seen, TestNames, TestServer};

/// When the tests begin: Thursday 2026-11-19, 12:00.
pub const START: i64 = 1_795_089_600;

/// A server, a store, a poller and a sweep.
pub struct Newsroom {
    pub server: TestServer,
    pub store: Store,
    pub clock: Arc<FakeClock>,
    pub poller: Poller,
    pub sweep: Sweep,
    _directory: tempfile::TempDir,
    said: Arc<Mutex<Option<Reply>>>,
}

/// Settings without jitter and with a short gap, so that times can be told exactly.
pub fn exact() -> PollSettings {
    let mut settings = PollSettings::default();
    settings.schedule.jitter = 0.0;
    settings.pace.host_gap_millis = 20;
    settings
}

impl Newsroom {
    /// What a document would bring at the feed's next visit, beside any visit.
    pub fn prepare(&self, feed: &Feed, document: &str) -> Prepared {
        let base = url::Url::parse(&feed.url).unwrap();
        let (parsed, _) = read_polled(document.as_bytes(), None, &base);
        let outlet = Outlet {
            id: feed.outlet_id,
            name: "Paper".into(),
            kind: OutletKind::Outlet,
            reliability: 1.0,
        };
        let arrived = Arrived {
            feed,
            outlet: &outlet,
            parsed: &parsed,
            standing: GuidStanding::Good,
            fetched_at: feed.next_visit_at,
            is_partial: false,
            is_cut: false,
        };
        let read = self.store.read(|conn| ingest::prepare(conn, arrived));
        read.unwrap()
    }

    /// A newsroom whose server says what [`Newsroom::say`] was told last; 404 before.
    pub async fn open() -> Self {
        Self::with(exact(), |_| None).await
    }

    /// A newsroom whose server answers with the handler, or with what was said last where the
    /// handler has no answer.
    pub async fn with(
        poll_settings: PollSettings,
        handler: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        let said: Arc<Mutex<Option<Reply>>> = Arc::default();
        let saying = Arc::clone(&said);
        let server = TestServer::start(move |seen| {
            let said = || saying.lock().unwrap().clone();
            handler(seen).or_else(said).unwrap_or(Reply::status(404))
        })
        .await;
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let clock = Arc::new(FakeClock::new(utc_from_secs(START)));
        let names = Arc::new(TestNames::default());
        let fetch_settings = settings(&[server.port()]);
        let fetcher = Fetcher::with_names(fetch_settings, clock.clone(), names).unwrap();
        let poller = Poller::new(store.clone(), fetcher, clock.clone(), poll_settings);
        let sweep = Sweep::new(poller.clone());
        Self {
            server,
            store,
            clock,
            poller,
            sweep,
            _directory: directory,
            said,
        }
    }

    /// The poller of a process that begins after this one ended.
    pub fn poller_anew(&self, poll_settings: PollSettings) -> Poller {
        let names = Arc::new(TestNames::default());
        let fetch_settings = settings(&[self.server.port()]);
        let fetcher = Fetcher::with_names(fetch_settings, self.clock.clone(), names).unwrap();
        Poller::new(
            self.store.clone(),
            fetcher,
            self.clock.clone(),
            poll_settings,
        )
    }

    /// Sets what the server says from now on.
    pub fn say(&self, reply: Reply) {
        *self.said.lock().unwrap() = Some(reply);
    }

    /// Adds a feed at an address.
    pub async fn add_url(&self, url: &str) -> FeedId {
        self.add_of("Paper", OutletKind::Outlet, url).await
    }

    /// Adds a feed of an outlet at an address.
    pub async fn add_of(&self, outlet: &'static str, kind: OutletKind, url: &str) -> FeedId {
        let url = url.to_owned();
        let now = self.clock.now();
        let added = self.store.write(move |tx| {
            let outlet_id = outlets::ensure_outlet(tx, outlet, kind)?;
            let new = NewFeed {
                url,
                outlet_id,
                ..NewFeed::default()
            };
            feeds::add_feed(tx, &new, now)
        });
        added.await.unwrap().0
    }

    /// Adds a feed of the server.
    pub async fn add(&self, host: &str, path: &str) -> FeedId {
        self.add_url(&self.server.url(host, path)).await
    }

    /// Visits a feed.
    pub async fn poll(&self, id: FeedId) -> PollReport {
        self.poller.poll_feed(id).await.unwrap()
    }

    /// Says something and visits a feed.
    pub async fn poll_for(&self, id: FeedId, reply: Reply) -> PollReport {
        self.say(reply);
        self.poll(id).await
    }

    /// One tick of the sweep, and all that it sets going.
    pub async fn sweep_once(&self) -> usize {
        let claimed = self.sweep.tick().await.unwrap();
        self.sweep.wait_until_idle().await;
        claimed
    }

    /// The state that the next visit would start from.
    pub fn state(&self, id: FeedId) -> VisitState {
        let state = self.store.read(|conn| polls::load_visit_state(conn, id));
        state.unwrap().expect("the feed is there")
    }

    /// The feed as it is listed.
    pub fn listing(&self, id: FeedId) -> FeedListing {
        let listing = self.store.read(|conn| feeds::load_feed(conn, id));
        listing.unwrap().expect("the feed is there")
    }

    /// In how many seconds a feed is visited next.
    pub fn wait_of(&self, id: FeedId) -> i64 {
        (self.state(id).feed.next_visit_at - self.clock.now()).num_seconds()
    }

    /// How many items are kept.
    pub fn item_count(&self) -> u64 {
        self.store.read(items::count_items).unwrap()
    }

    /// What the newest request carried, by name.
    pub fn last_header(&self, name: &str) -> Option<String> {
        let seen = self.server.seen();
        let last = seen.last().expect("a request has come");
        last.header(name).map(str::to_owned)
    }
}

/// An RSS document of items with these numbers, newest first.
pub fn rss(numbers: impl IntoIterator<Item = u32>) -> String {
    document("", numbers)
}

/// The same with more elements in the channel.
pub fn document(channel: &str, numbers: impl IntoIterator<Item = u32>) -> String {
    let items: String = numbers.into_iter().map(item).collect();
    format!(
        "<rss version=\"2.0\" xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\"><channel>\
         <title>Paper</title><link>http://paper.test/</link>{channel}{items}</channel></rss>"
    )
}

fn item(number: u32) -> String {
    // Texts that share no words beside the commonest, as those of different reports do.
    let word = |salt: u32| {
        format!(
            "w{:x}",
            number
                .wrapping_mul(2_654_435_761)
                .wrapping_add(salt * 40_503)
        )
    };
    let title: Vec<String> = (0..6).map(word).collect();
    let lead: Vec<String> = (6..24).map(word).collect();
    let at: UtcTime = utc_from_secs(START - 86_400 + i64::from(number % 86_000));
    format!(
        "<item><title>{}</title><description>{}</description><guid>urn:item:{number}</guid>\
         <link>http://paper.test/{}/{number}</link><pubDate>{}</pubDate></item>",
        title.join(" "),
        lead.join(" "),
        word(99),
        at.to_rfc2822()
    )
}
