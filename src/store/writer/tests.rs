//! What becomes of a decision that nobody waits for.

use std::sync::mpsc;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_whose_caller_leaves_while_the_queue_is_full_is_waited_for_no_more() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("writer.sqlite");
    let conn = Connection::open(&path).expect("a database");
    let (writer, _thread) = Writer::start(conn, &path).expect("a writer");
    let (has_begun, begun) = mpsc::channel::<()>();
    let (go_on, held) = mpsc::channel::<()>();
    let hold = writer.clone();
    let holding = tokio::spawn(async move {
        let wait = move |_: &Transaction<'_>| {
            has_begun.send(()).expect("somebody waits");
            held.recv().expect("it goes on");
            Ok(())
        };
        hold.write(Durability::Process, wait).await
    });
    begun.recv().expect("it is at work");
    for _ in 0..QUEUE_LENGTH {
        let (task, _) = make_patient(|_| Ok(()));
        assert!(writer.queue.try_send(task).is_ok(), "there is room");
    }
    let decision = writer.write(Durability::Power, |_| Ok(()));
    let left = tokio::time::timeout(Duration::from_millis(10), decision).await;
    assert!(left.is_err() && !writer.precedence.is_wanted());
    go_on.send(()).expect("it waits");
    holding.await.expect("it ended").expect("a write");
    let decided = writer.write(Durability::Power, |_| Ok(())).await;
    assert!(decided.is_ok() && !writer.precedence.is_wanted());
}
