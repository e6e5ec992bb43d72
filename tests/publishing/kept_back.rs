//! No words of what an editor keeps out stand elsewhere, and what is told of it is dated as all else.

use dateline::news::{EventId, ItemId, Target};

use super::newsroom::{Newsroom, summit, told};
use super::spiked::{outputs, part_from_the_first, rule_to_spike};

fn paths(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("/feeds/{name}")).collect()
}

/// A fire that two outlets tell, not published yet.
async fn fire() -> Newsroom {
    let room = Newsroom::open();
    let mut members = Vec::new();
    for (outlet, headline) in [("AP", "Fire in the harbour"), ("Post", "Harbour burns")] {
        let link = format!("https://{outlet}.example/1");
        let item = room.ingest(told(outlet, headline, &link, 0)).await;
        members.push((item, None));
    }
    room.assign(1, 1, &members).await;
    room
}

#[tokio::test]
async fn nothing_is_published_first_under_the_headline_of_a_spiked_report() {
    let room = fire().await;
    rule_to_spike(&room, Target::Item(ItemId(1)), 1).await;
    assert_eq!(room.publish_before_describing(10).await.events, 0);
    room.assign(1, 1, &[]).await;
    assert_eq!(room.publish(11).await.events, 1);
    let shown = outputs(&room, &paths(&["events.json", "log.json"])).await;
    assert!(shown.contains("Harbour burns") && !shown.contains("Fire in the harbour"));
}

#[tokio::test]
async fn what_was_split_from_a_spiked_event_does_not_say_its_headline() {
    let room = summit().await;
    part_from_the_first(&room).await;
    room.publish(310).await;
    rule_to_spike(&room, Target::Event(EventId(1)), 320).await;
    room.publish(320).await;
    let shown = outputs(&room, &paths(&["log.json", "log", "events.json"])).await;
    assert!(shown.contains("What left it") && shown.contains("split from another event"));
    assert!(!shown.contains("Summit opens in Anchorage"), "{shown}");
}
