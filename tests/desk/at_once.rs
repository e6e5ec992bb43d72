//! A decision, as the running daemon takes it, and the published feed within two seconds.

use std::time::Duration;

use dateline::clock::{Clock, SystemClock};
use dateline::news::{EventId, ItemId};
use dateline::store::{events, published};

use crate::operating::client::Client;
use crate::operating::service::Place;
use crate::publishing::week::{Pipeline, demo};

/// What the contract allows.
const TWO_SECONDS: Duration = Duration::from_secs(2);

/// The demo's week up to now, published; the event with the most reports.
async fn tell_week(place: &Place) -> (EventId, Vec<ItemId>, String) {
    let now = SystemClock.now();
    let mut week = demo();
    let by = now - week[week.len() - 1].at - chrono::TimeDelta::minutes(30);
    for listed in &mut week {
        listed.at += by;
        listed.item.published = Some(listed.at);
    }
    let mut pipeline = Pipeline::open_in(&place.data_dir());
    pipeline
        .visit(&week, now - chrono::TimeDelta::minutes(20))
        .await;
    pipeline.publish(now - chrono::TimeDelta::minutes(10)).await;
    let read = pipeline.store.read(|conn| {
        let sql = "SELECT event_id FROM event_items GROUP BY event_id ORDER BY count(*) DESC";
        let event = EventId(conn.query_row(sql, [], |row| row.get(0))?);
        let members = events::load_members(conn, event)?;
        let items = members.into_iter().map(|(item, _)| item).collect();
        let name = published::name_of_event(conn, event)?;
        Ok((
            event,
            items,
            name.expect("it is published").public_id.to_string(),
        ))
    });
    read.unwrap()
}

/// The entry of the event as soon as it is as wanted.
async fn entry_when(
    client: &Client,
    id: &str,
    wanted: impl Fn(&serde_json::Value) -> bool,
) -> serde_json::Value {
    let looking = async {
        loop {
            let feed = client.get("/feeds/events.json").await.unwrap();
            let feed: serde_json::Value = serde_json::from_str(&feed.body).unwrap();
            let items = feed["items"].as_array().unwrap().clone();
            let entry = items
                .into_iter()
                .find(|one| one["id"].as_str().is_some_and(|urn| urn.ends_with(id)));
            if let Some(entry) = entry.filter(|entry| wanted(entry)) {
                return entry;
            }
        }
    };
    let found = tokio::time::timeout(TWO_SECONDS, looking).await;
    found.expect("the feed shows the decision within two seconds")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_is_in_the_feeds_within_two_seconds_and_counts_as_the_contract_says() {
    let place = Place::new(&[], "");
    let (event, items, id) = tell_week(&place).await;
    let mut service = place.start();
    place.hear("READY=1").await;
    let client = place.client();
    let first = entry_when(&client, &id, |_| true).await;
    let named = format!("event:{event}");

    let done = place
        .dateline(&["pin", &named, "Pinned by an editor"])
        .await;
    assert!(done.status.success(), "{done:?}");
    // A pin is material. Its words may be there a moment before the publisher has looked at them.
    let pinned = entry_when(&client, &id, |entry| {
        entry["title"] == "Pinned by an editor" && entry["date_modified"] != first["date_modified"]
    })
    .await;
    assert_eq!(pinned["date_published"], first["date_published"]);

    let last = format!("item:{}", items[items.len() - 1]);
    let reports = pinned["content_html"]
        .as_str()
        .unwrap()
        .matches("<li>")
        .count();
    let done = place.dateline(&["spike", &last]).await;
    assert!(done.status.success(), "{done:?}");
    let spiked = entry_when(&client, &id, |entry| {
        entry["content_html"]
            .as_str()
            .unwrap()
            .matches("<li>")
            .count()
            < reports
            || entry["date_modified"] != pinned["date_modified"]
    })
    .await;
    assert_ne!(
        spiked["date_modified"], pinned["date_modified"],
        "reports that go are material"
    );

    let done = place.dateline(&["lock", &named]).await;
    assert!(done.status.success(), "{done:?}");
    let locked = entry_when(&client, &id, |_| true).await;
    assert_eq!(
        locked["date_modified"], spiked["date_modified"],
        "a lock is not material"
    );
    service.kill();
}
