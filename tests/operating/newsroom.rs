//! Outlets that never stop: feeds on loopback whose lists move on with every full answer, all of
//! them telling the same events in words of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use dateline::news::{FeedId, ItemId, OutletKind, UtcTime, utc_from_secs};
use dateline::store::feeds::{self, FeedEdit, NewFeed};
use dateline::store::{Store, items, outlets};

use crate::server::{Reply, TestServer};

/// How many items each feed lists: more than can pass by while a daemon is down.
const WINDOW: u32 = 40;

/// How many words the outlets know: what a language's papers use.
const VOCABULARY: u32 = 20_011;

/// The outlets.
pub struct Outlets {
    server: TestServer,
    asked: Arc<AtomicUsize>,
    feeds: usize,
}

/// What the outlets tell.
#[derive(Clone, Copy, Debug)]
pub struct Telling {
    /// Events told at a time: each by so many feeds as come to it.
    pub at_once: u32,
    /// When an outlet says that its first item was published, and the seconds to its next one; `None`
    /// if it says nothing.
    pub dated: Option<(i64, i64)>,
}

impl Telling {
    /// All tell the same, and give no dates.
    const TOGETHER: Self = Self {
        at_once: 1,
        dated: None,
    };
}

impl Outlets {
    /// So many feeds, each of which gains up to `most_new` items with every full answer.
    pub async fn open(feeds: usize, most_new: u32) -> Self {
        Self::open_telling(feeds, most_new, Telling::TOGETHER).await
    }

    /// The same, telling something else.
    pub async fn open_telling(feeds: usize, most_new: u32, telling: Telling) -> Self {
        let newest: Vec<AtomicU32> = (0..feeds).map(|_| AtomicU32::new(3)).collect();
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let server = TestServer::start_forgetful(move |seen| {
            counter.fetch_add(1, Ordering::SeqCst);
            let number = seen.path().trim_start_matches('/').parse::<usize>();
            let Some((feed, newest)) = number.ok().and_then(|feed| Some((feed, newest.get(feed)?)))
            else {
                return Reply::status(404);
            };
            let now = newest.load(Ordering::SeqCst);
            if seen.header("if-none-match") == Some(format!("\"{now}\"").as_str()) {
                newest.fetch_add(1 + now % most_new, Ordering::SeqCst);
                return Reply::status(304);
            }
            let listed = (now.saturating_sub(WINDOW) + 1..=now).rev();
            Reply::ok(document(feed, listed, telling)).with("ETag", format!("\"{now}\""))
        })
        .await;
        Self {
            server,
            asked,
            feeds,
        }
    }

    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// How many requests have come.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Waits until so many requests have come.
    pub async fn wait_for(&self, asked: usize) {
        self.server.wait_for(asked).await;
    }

    /// Adds the feeds, each visited every `interval_secs`.
    pub async fn subscribe(&self, store: &Store, interval_secs: u32, now: UtcTime) {
        for number in 0..self.feeds {
            let url = format!("http://127.0.0.1:{}/{number}", self.port());
            let added = store.write(move |tx| {
                let name = format!("Paper {number}");
                let outlet_id = outlets::ensure_outlet(tx, &name, OutletKind::Outlet)?;
                let new = NewFeed {
                    url,
                    outlet_id,
                    ..NewFeed::default()
                };
                let (id, _) = feeds::add_feed(tx, &new, now)?;
                let edit = FeedEdit {
                    own: Some(true),
                    interval_secs: Some(interval_secs),
                    ..FeedEdit::default()
                };
                feeds::edit_feed(tx, id, &edit)
            });
            added.await.unwrap();
        }
    }

    /// Says what is wrong with the items kept: each feed's must be the first so many, each once.
    pub fn find_lost_or_doubled(&self, store: &Store) -> Vec<String> {
        let kept = store.read(|conn| items::load_items_after(conn, ItemId(0), u32::MAX));
        let kept = kept.unwrap();
        let mut wrong = Vec::new();
        for feed in 1..=self.feeds {
            let id = FeedId(feed as i64);
            let of_feed = kept.iter().filter(|item| item.feed_id == id);
            let links: Vec<String> = of_feed.filter_map(|item| item.link.clone()).collect();
            let mut numbers: Vec<u32> = links
                .iter()
                .map(|link| link.rsplit('/').next().unwrap().parse().unwrap())
                .collect();
            numbers.sort_unstable();
            let expected: Vec<u32> = (1..=numbers.last().copied().unwrap_or(0)).collect();
            if numbers != expected {
                wrong.push(format!("feed {id}: {numbers:?}"));
            }
        }
        wrong
    }
}

fn document(feed: usize, numbers: impl IntoIterator<Item = u32>, telling: Telling) -> String {
    let items: String = numbers
        .into_iter()
        .map(|number| item(feed, number, telling))
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>Paper {feed}</title>\
         <link>http://paper{feed}.test/</link>{items}</channel></rss>"
    )
}

/// Item `number` tells an event in words that all outlets use and some of this one.
fn item(feed: usize, number: u32, telling: Telling) -> String {
    let event = number * telling.at_once + feed as u32 % telling.at_once;
    let words = |salt: u32, count: u32| -> String {
        let word = |place: u32| {
            let mixed = event.wrapping_mul(2_654_435_761) ^ salt.wrapping_mul(97_531);
            let word = mixed.wrapping_add(place.wrapping_mul(40_503)) ^ (mixed >> 13);
            format!("w{:x}", word % VOCABULARY)
        };
        (0..count).map(word).collect::<Vec<_>>().join(" ")
    };
    let own = feed as u32 + 1;
    let date = telling.dated.map(|(first, step)| {
        let at = utc_from_secs((first + i64::from(number) * step).min(now().timestamp()));
        format!("<pubDate>{}</pubDate>", at.to_rfc2822())
    });
    format!(
        "<item><title>{} {}</title><description>{} {}</description>\
         <guid>urn:paper{feed}:{number}</guid><link>http://paper{feed}.test/{number}</link>{}</item>",
        words(0, 5),
        words(own, 2),
        words(7, 12),
        words(own + 100, 8),
        date.unwrap_or_default(),
    )
}

/// The time now, for rows that a test writes.
#[allow(
    clippy::disallowed_methods,
    reason = "the daemons of these tests run by the system's clock"
)]
pub fn now() -> UtcTime {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    utc_from_secs(since.unwrap().as_secs() as i64)
}
