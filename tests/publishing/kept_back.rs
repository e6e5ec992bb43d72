//! No words of what an editor keeps out stand elsewhere, and what is told of it is dated as all else.

use dateline::news::{ItemId, Target};

use super::newsroom::{Newsroom, told};
use super::spiked::{outputs, rule_to_spike};

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
