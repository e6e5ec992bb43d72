//! Who counts as an outlet: the sections of a paper, and whoever lists another's page, are no second voice.

use dateline::news::{FeedId, UtcTime, utc_from_secs};
use dateline::store::{feeds, listing, outlets};

use super::http::Server;
use super::newsroom::START;
use super::week::{Listed, Pipeline};

const BEFORE: &str = "Quake of magnitude 6.8 kills 12 on the island of Cebu";
const AFTER: &str = "Quake of magnitude 6.8 kills at least 90 on the island of Cebu";

fn at(hours: f64) -> UtcTime {
    utc_from_secs(START + (hours * 3600.0) as i64)
}

fn listed(outlet: &str, feed: &str, page: &str, title: &str) -> Listed {
    let lead = match page.contains("alpha") {
        true => {
            "A strong earthquake struck the island of Cebu before dawn on Monday and brought down houses and a church, \
             the disaster office of the province said."
        }
        false => {
            "Rescuers on Cebu dug through what was left of a market on Monday after the ground had shaken for half a \
             minute, the governor told reporters in the capital."
        }
    };
    Listed::new(outlet.into(), at(0.0), title.into(), lead.into()).in_feed(feed, page)
}

fn alpha(title: &str) -> Listed {
    let page = "https://alpha.example/a/k1";
    listed("Alpha - World", "https://alpha.example/world", page, title)
}

fn beta(title: &str) -> Listed {
    let page = "https://beta.example/b/1";
    listed("Beta Daily", "https://beta.example/rss", page, title)
}

async fn shown(desk: &Pipeline, feed: &str) -> String {
    let server = Server::start(desk.site.clone()).await;
    server.get(feed).await.text()
}

/// Reports and outlets of the only event.
fn counts(desk: &Pipeline) -> (u32, u32) {
    let listed = desk
        .store
        .read(|conn| listing::list_events(conn, at(-24.0), 9));
    let listed = listed.expect("a read");
    assert_eq!(listed.len(), 1, "{listed:?}");
    (listed[0].report_count, listed[0].outlet_count)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_listed_again_after_its_revision_is_no_second_voice() {
    for (outlet, feed, page) in [
        (
            "Alpha - Americas",
            "https://alpha.example/americas",
            "https://alpha.example/a/k1",
        ),
        (
            "Alpha - Americas",
            "https://rss.alpha.example/2",
            "http://www.alpha.example/a/k1?ref=2",
        ),
        (
            "Links of the day",
            "https://links.example/rss",
            "https://alpha.example/a/k1",
        ),
    ] {
        let mut desk = Pipeline::open();
        desk.visit(&[alpha(BEFORE), beta(BEFORE)], at(0.1)).await;
        desk.publish(at(1.0)).await;
        desk.visit(&[alpha(AFTER)], at(1.1)).await;
        desk.visit(&[listed(outlet, feed, page, AFTER)], at(1.2))
            .await;
        desk.publish(at(1.3)).await;
        let log = shown(&desk, "/feeds/log.json").await;
        assert!(!log.contains("at least 90"), "{feed}: {log}");
        let told = shown(&desk, "/feeds/events.json").await;
        assert!(!told.contains(outlet), "{told}");
        desk.visit(&[beta(AFTER)], at(2.0)).await;
        desk.publish(at(2.1)).await;
        let log = shown(&desk, "/feeds/log.json").await;
        assert!(log.contains("at least 90"), "{feed}: {log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outlets_that_tell_at_one_host_under_a_query_each_are_voices_of_their_own() {
    let channel = |name: &str, title: &str| {
        let feed = format!("https://tube.example/feeds/videos.xml?channel_id={name}");
        let page = format!("https://tube.example/watch?v={name}{}", title.len());
        listed(&format!("Channel {name}"), &feed, &page, title)
    };
    let mut desk = Pipeline::open();
    desk.visit(
        &[channel("alpha7", BEFORE), channel("beta7", BEFORE)],
        at(0.1),
    )
    .await;
    desk.publish(at(1.0)).await;
    desk.visit(&[channel("alpha7", AFTER)], at(1.1)).await;
    desk.publish(at(1.2)).await;
    let log = shown(&desk, "/feeds/log.json").await;
    assert!(!log.contains("at least 90"), "{log}");
    desk.visit(&[channel("beta7", AFTER)], at(1.3)).await;
    desk.publish(at(1.4)).await;
    let log = shown(&desk, "/feeds/log.json").await;
    assert!(log.contains("at least 90"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_that_is_made_another_outlets_takes_its_items_with_it() {
    let mut desk = Pipeline::open();
    let (feed, page) = (
        "https://alphadaily.example/rss",
        "https://alphadaily.example/2",
    );
    let second = || {
        listed(
            "Alpha Daily",
            feed,
            page,
            "Cebu quake kills 12 and brings down a church",
        )
    };
    desk.visit(&[alpha(BEFORE), second()], at(0.1)).await;
    desk.publish(at(1.0)).await;
    assert_eq!(counts(&desk).1, 2);
    let given = desk.store.write(move |tx| {
        let first = feeds::load_feed(tx, FeedId(1))?.expect("the first feed");
        outlets::give_feed(tx, FeedId(2), first.feed.outlet_id)
    });
    assert_eq!(given.await.expect("given"), 1);
    desk.take_in(at(1.1));
    desk.publish(at(1.2)).await;
    assert_eq!(counts(&desk).1, 1);
    let told = shown(&desk, "/feeds/events.json").await;
    assert!(
        told.contains("Alpha Daily") != told.contains("Alpha - World"),
        "{told}"
    );
}
