//! A clock that is set while the daemon runs.

use dateline::news::utc_from_secs;

use super::harness::{Newsroom, START, rss};
use crate::server::Reply;

#[tokio::test]
async fn a_jump_of_the_clock_is_seen_again_if_it_could_not_be_written() {
    let room = Newsroom::open().await;
    let id = room.add("paper.test", "/feed").await;
    room.say(Reply::ok(rss(1..4)));
    room.sweep_once().await;
    let run = |sql: &'static str| room.store.write(move |tx| Ok(tx.execute_batch(sql)?));
    run(
        "CREATE TRIGGER refuse BEFORE UPDATE OF next_visit_at ON feeds
         BEGIN SELECT RAISE (ABORT, 'refused'); END",
    )
    .await
    .unwrap();
    room.clock.advance_secs(60);
    room.clock.set(utc_from_secs(START + 60 + 7200));
    assert!(room.sweep.tick().await.is_err());
    run("DROP TRIGGER refuse").await.unwrap();
    room.clock.advance_secs(5);
    assert_eq!(room.sweep_once().await, 0, "no earlier than due");
    assert_eq!(room.wait_of(id), 835);
}
