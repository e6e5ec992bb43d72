//! Feeds as an operator meets them, with the daemon running: gaps, large imports.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use dateline::store::feeds::{self, NewFeed};
use dateline::store::outlets;

use super::newsroom::now;
use super::service::Place;
use crate::server::{Reply, TestServer};

/// A server whose list is another one at each request.
async fn rolling() -> TestServer {
    let visit = AtomicU32::new(0);
    TestServer::start(move |_| {
        let first = visit.fetch_add(1, Ordering::SeqCst) * 20;
        Reply::ok(crate::polling::harness::rss(first..first + 20))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_rolls_over_faster_than_it_is_polled_shows_a_possible_gap_within_one_poll() {
    let server = rolling().await;
    let place = Place::new(&[server.port()], "");
    let store = place.open_store();
    let url = format!("http://127.0.0.1:{}/feed", server.port());
    let added = store.write(move |tx| {
        let outlet_id = outlets::ensure_outlet(tx, "Paper", Default::default())?;
        let new = NewFeed {
            url,
            outlet_id,
            ..NewFeed::default()
        };
        feeds::add_feed(tx, &new, now())
    });
    added.await.unwrap();
    drop(store);
    let _service = place.start();
    server.wait_for(1).await;
    let polled = place.dateline(&["poll", "1"]).await;
    assert!(polled.status.success(), "{polled:?}");
    assert_eq!(server.seen().len(), 2);
    let list = place.dateline(&["feeds", "list"]).await;
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(list.contains("(possible gap)"), "{list}");
    let why = place.dateline(&["feeds", "why", "1"]).await;
    let why = String::from_utf8_lossy(&why.stdout).into_owned();
    assert!(
        why.contains("the list had rolled over between visits"),
        "{why}"
    );
    let get = async |path: &str| place.client().get(path).await.unwrap().body;
    let metrics = get("/metrics").await;
    assert!(
        metrics.contains("dateline_poll_possible_gaps_total{outcome=\"items\"} 1"),
        "{metrics}"
    );
    assert!(get("/desk/feeds").await.contains("badge alert"));
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_imported_feeds_queue_through_the_limits() {
    let server = TestServer::start(|_| Reply::ok(crate::polling::harness::rss(1..3))).await;
    let place = Place::new(&[server.port()], "");
    let config = std::fs::read_to_string(place.config()).unwrap();
    place.configure(&config.replace("host_gap_millis = 0", "host_gap_millis = 200"));
    let outlines: String = (0..5000)
        .map(|number| {
            let url = format!("http://127.0.0.1:{}/{number}", server.port());
            format!("<outline text=\"Paper {number}\" type=\"rss\" xmlUrl=\"{url}\"/>")
        })
        .collect();
    let opml = format!("<opml version=\"2.0\"><body>{outlines}</body></opml>");
    let file = place.data_dir().join("feeds.opml");
    std::fs::write(&file, opml).unwrap();
    let _service = place.start();
    place.hear("READY=1").await;
    let imported = place
        .dateline(&["feeds", "import", file.to_str().unwrap()])
        .await;
    let said = String::from_utf8_lossy(&imported.stdout).into_owned();
    assert!(
        said.contains("5000 feeds added, 0 were there already"),
        "{said}"
    );
    let again = place
        .dateline(&["feeds", "import", file.to_str().unwrap()])
        .await;
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(
        said.contains("0 feeds added, 5000 were there already"),
        "{said}"
    );
    server.wait_for(6).await;
    let seen = server.seen();
    assert_eq!(server.most_in_flight(), 1);
    for pair in seen.windows(2) {
        let gap = pair[1].at - pair[0].at;
        assert!(gap >= Duration::from_millis(190), "{gap:?}");
    }
    assert!(place.client().get("/readyz").await.is_ok());
}
