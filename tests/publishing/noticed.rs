//! What agencies correct and kill, as readers see it, whichever stage comes first.

use dateline::news::{UtcTime, utc_from_secs};

use super::http::Server;
use super::newsroom::START;
use super::week::{Listed, Pipeline, demo};

/// All that the demo's Pacific Wire and others list with these words in the title.
fn listed(words: &str) -> Vec<Listed> {
    let mut listed = demo();
    listed.retain(|one| one.item.title.contains(words));
    listed
}

fn at_hour(hour: i64) -> UtcTime {
    utc_from_secs(START + hour * 3600)
}

async fn text(server: &Server, path: &str) -> String {
    server.get(path).await.text()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correction_is_told_with_what_it_corrects() {
    let rate = listed("Norland cuts rate");
    let [first, corrected] = rate.as_slice() else {
        panic!("two tellings, not {}", rate.len());
    };
    let mut desk = Pipeline::open();
    desk.visit(std::slice::from_ref(first), at_hour(0)).await;
    desk.publish(at_hour(1)).await;
    desk.list(&[corrected], at_hour(2)).await;
    // The publisher comes before the clusterer.
    desk.publish(at_hour(2)).await;
    desk.take_in(at_hour(2));
    desk.publish(at_hour(3)).await;
    let server = Server::start(desk.site.clone()).await;
    for path in ["/feeds/events.atom", "/feeds/storylines.json", "/"] {
        let told = text(&server, path).await;
        assert!(
            told.contains("quarter point to 4.25 percent"),
            "{path}: {told}"
        );
        assert!(
            !told.contains("quarter point to 4.5 percent"),
            "{path}: {told}"
        );
    }
    let told = text(&server, "/feeds/log.atom").await;
    assert!(
        told.contains("Correction: Central bank of Norland cuts rate to 4.25 percent"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_killed_is_named_withdrawn_and_said_no_more() {
    let minister = listed("minister Aksel Brandt");
    let [told, kill] = minister.as_slice() else {
        panic!("a report and its kill, not {}", minister.len());
    };
    for has_clusterer_first in [false, true] {
        let mut desk = Pipeline::open();
        desk.visit(std::slice::from_ref(told), at_hour(0)).await;
        desk.publish(at_hour(1)).await;
        desk.list(&[kill], at_hour(2)).await;
        if has_clusterer_first {
            desk.take_in(at_hour(2));
        }
        desk.publish(at_hour(2)).await;
        let server = Server::start(desk.site.clone()).await;
        let headline = "Withdrawn: Norland's transport minister Aksel Brandt resigns";
        for path in [
            "/feeds/events.json",
            "/feeds/storylines.json",
            "/feeds/storylines.rss",
            "/",
            "/feeds/events",
        ] {
            let told = text(&server, path).await.replace("&#39;", "'");
            assert!(told.contains(headline), "{path}: {told}");
            assert!(!told.contains("has resigned"), "{path}: {told}");
            assert!(!told.contains("Please kill"), "{path}: {told}");
        }
        // The agency takes its kill back.
        desk.list(&[told], at_hour(3)).await;
        desk.take_in(at_hour(3));
        desk.publish(at_hour(4)).await;
        let again = text(&server, "/feeds/events.json").await;
        assert!(!again.contains("Withdrawn:"), "{again}");
        assert!(again.contains("has resigned"), "{again}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_killed_before_it_was_read_is_never_told() {
    let mut minister = listed("minister Aksel Brandt");
    let [told, kill] = minister.as_mut_slice() else {
        panic!("a report and its kill, not {}", minister.len());
    };
    kill.item.guid = Some("kill".to_owned());
    let (told, kill) = (&*told, &*kill);
    for together in [false, true] {
        let mut desk = Pipeline::open();
        if together {
            desk.list(&[kill, told], at_hour(16)).await;
        } else {
            desk.list(&[kill], at_hour(15)).await;
            desk.take_in(at_hour(15));
            desk.list(&[told], at_hour(16)).await;
        }
        desk.take_in(at_hour(16));
        desk.publish(at_hour(18)).await;
        let server = Server::start(desk.site.clone()).await;
        for path in ["/feeds/events.json", "/feeds/storylines.json", "/"] {
            let shown = text(&server, path).await;
            assert!(!shown.contains("Brandt"), "{path}: {shown}");
        }
    }
}
