//! A headline that an editor words does not mute what reports tell.

use dateline::news::DevelopmentKind;

use super::newsroom::{Newsroom, summit, told};
use super::spiked::kinds;

async fn pin(room: &Newsroom, item: i64) {
    let pinned = room.store.write(move |tx| {
        let sql = "UPDATE events SET headline = 'What we know', headline_item_id = NULL,
                headline_reason = json_object('pinned', json('true'), 'else', ?1) WHERE id = 1";
        Ok(tx.execute(sql, [item])?)
    });
    pinned.await.expect("a pin");
}

#[tokio::test]
async fn an_outcome_is_told_under_a_headline_that_an_editor_set() {
    let room = summit().await;
    pin(&room, 1).await;
    room.publish(290).await;
    let before = kinds(&room).len();
    let mut ids = Vec::new();
    for (outlet, link) in [
        ("AP", "https://ap.example/9"),
        ("Daily", "https://daily.example/9"),
    ] {
        ids.push(
            room.ingest(told(outlet, "Summit in Anchorage ends", link, 300))
                .await,
        );
    }
    room.assign(1, 1, &[(ids[0], None), (ids[1], None)]).await;
    pin(&room, ids[0].0).await;
    room.publish(310).await;
    assert_eq!(kinds(&room)[0], DevelopmentKind::Outcome);
    assert_eq!(kinds(&room).len(), before + 1);
    room.publish(320).await;
    assert_eq!(kinds(&room).len(), before + 1, "it is told once");
}
