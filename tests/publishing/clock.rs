//! A clock that was ahead when events were opened or told.

use dateline::news::EventId;
use dateline::store::Connection;
use dateline::store::mending::{Bounds, mend_times};
use dateline::store::published::{self, Extent};

use super::newsroom::{Newsroom, START, at_minute, told};

const AHEAD: i64 = START + 400 * 86_400;

async fn open() -> Newsroom {
    let room = Newsroom::open();
    for (event, outlet) in [(1, "AP"), (2, "Courier")] {
        let link = format!("https://ap.example/{event}");
        let item = room
            .ingest(told(outlet, "Fire in the harbour", &link, 0))
            .await;
        room.assign(event, event, &[(item, None)]).await;
    }
    room
}

async fn run(room: &Newsroom, sql: String) {
    let ran = room.store.write(move |tx| Ok(tx.execute_batch(&sql)?));
    ran.await.unwrap();
}

async fn mend(room: &Newsroom, minutes: i64) {
    let bounds = Bounds {
        visit_secs: 8 * 86_400,
        claim_secs: 1800,
        quiet_secs: 3 * 86_400,
        first_quiet_secs: 600,
        delivery_secs: 21_600,
    };
    let mended = room
        .store
        .write(move |tx| mend_times(tx, at_minute(minutes), &bounds));
    mended.await.unwrap();
}

#[tokio::test]
async fn an_event_that_a_clock_ahead_opened_is_held_no_longer_than_others() {
    let room = open().await;
    run(
        &room,
        format!(
            "UPDATE events SET opened_at = {AHEAD} WHERE id = 1;
             UPDATE publish_queue SET look_at = {AHEAD} WHERE event_id = 1"
        ),
    )
    .await;
    mend(&room, 1).await;
    assert_eq!(room.publish(1).await.events, 0, "both are held back");
    assert_eq!(room.publish(3).await.events, 1, "the other one");
    assert_eq!(room.publish(4).await.events, 1);
}

#[tokio::test]
async fn what_a_clock_ahead_told_stands_before_nothing_that_is_told_later() {
    let room = open().await;
    assert_eq!(room.publish(5).await.events, 2);
    run(
        &room,
        format!("UPDATE events SET updated_at = {AHEAD}, published_at = {AHEAD} WHERE id = 1"),
    )
    .await;
    let version = || {
        room.store
            .read(published::load_publication)
            .unwrap()
            .version
    };
    let before = version();
    mend(&room, 6).await;
    assert!(version() > before, "documents are made anew");
    let latest = |conn: &Connection| published::latest_events(conn, Extent::default());
    let latest = room.store.read(latest).unwrap();
    let told: Vec<_> = latest
        .iter()
        .map(|one| {
            (
                one.event.id,
                one.updated_at().max(one.event.published_at.expect("it is")),
            )
        })
        .collect();
    let expected = [(EventId(1), at_minute(6)), (EventId(2), at_minute(5))];
    assert_eq!(told, expected);
    mend(&room, 7).await;
    assert_eq!(version(), before + 1, "nothing is left to be mended");
}
