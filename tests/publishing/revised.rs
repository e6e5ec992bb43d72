//! What outlets tell later under their old leads: it is their word, though the text is no new one.

use dateline::news::{UtcTime, utc_from_secs};

use super::http::Server;
use super::newsroom::START;
use super::week::{Listed, Pipeline};

const LEADS: [&str; 2] = [
    "A passenger ferry carrying more people than its licence allowed went down in rough seas off the island of Cebu on \
     Monday, the Philippine coast guard said, and boats were searching the waters for survivors.",
    "Rescuers searched the sea off Cebu on Monday for passengers of an overloaded ferry that had capsized in high waves \
     shortly after it left port, officials of the coast guard in Manila said.",
];

fn at(hours: f64) -> UtcTime {
    utc_from_secs(START + (hours * 3600.0) as i64)
}

/// What the Courier and the Ledger tell, each under its one lead.
fn told(titles: [&str; 2], hours: f64) -> Vec<Listed> {
    let outlets = ["Courier", "Ledger"].into_iter().zip(LEADS).zip(titles);
    let told = outlets.map(|((outlet, lead), title)| {
        Listed::new(outlet.into(), at(hours), title.into(), lead.into())
    });
    told.collect()
}

async fn titles_of(desk: &Pipeline, feed: &str) -> Vec<String> {
    let server = Server::start(desk.site.clone()).await;
    let text = server.get(feed).await.text();
    let feed: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let items = feed["items"].as_array().expect("items").iter();
    items
        .map(|item| item["title"].as_str().expect("a title").to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_toll_that_outlets_tell_later_under_their_old_leads_is_heard() {
    for before in [
        [
            "Ferry sinks off Cebu in the Philippines, 12 dead",
            "Philippine ferry capsizes off Cebu: 12 dead",
        ],
        [
            "Ferry sinks off Cebu in the Philippines, survivors sought",
            "Philippine ferry capsizes off Cebu: survivors sought",
        ],
    ] {
        let after = [
            "Cebu ferry sinking: death toll rises to 31",
            "Death toll of Philippine ferry off Cebu at 31",
        ];
        let mut desk = Pipeline::open();
        desk.visit(&told(before, 0.0), at(0.1)).await;
        desk.publish(at(1.0)).await;
        assert_eq!(titles_of(&desk, "/feeds/events.json").await, before[..1]);
        desk.visit(&told(after, 2.0), at(2.1)).await;
        desk.publish(at(3.0)).await;
        assert_eq!(titles_of(&desk, "/feeds/events.json").await, after[..1]);
        let log = titles_of(&desk, "/feeds/log.json").await;
        assert!(log.iter().any(|title| title.contains(after[0])), "{log:?}");
    }
}
