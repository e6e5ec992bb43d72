//! Commands that rule beside the process that owns the data directory.

use std::time::Duration;

use dateline::jobs::decide::answer_waiting;
use dateline::store::decisions::{load_decisions, note_obeyed};
use dateline::store::{DirectoryLock, requests};

use super::newsdesk::{Newsdesk, now};

#[tokio::test]
async fn a_command_that_rules_ends_once_events_follow_the_ruling() {
    let desk = Newsdesk::open().await;
    let _lock = DirectoryLock::take(desk.directory.path()).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dateline"));
    command
        .args(["not-same", "item:1", "item:2", "--data-dir"])
        .arg(desk.directory.path());
    let mut running = command.spawn().unwrap();
    let mut looks = tokio::time::interval(Duration::from_millis(20));
    let (number, request) = loop {
        looks.tick().await;
        let mut waiting = desk.store.read(requests::load_waiting).unwrap();
        if let Some((number, request)) = waiting.pop() {
            break (number, request.unwrap());
        }
    };
    let answered = answer_waiting(&desk.store, (number, &request), now()).await;
    assert!(answered.unwrap());
    for _ in 0..25 {
        looks.tick().await;
        let ended = running.try_wait().unwrap();
        assert_eq!(ended, None, "nothing follows it yet");
    }
    let obeyed = desk.store.write(|tx| note_obeyed(tx, &load_decisions(tx)?));
    obeyed.await.unwrap();
    let ended = tokio::task::spawn_blocking(move || running.wait().unwrap());
    assert!(ended.await.unwrap().success());
}
