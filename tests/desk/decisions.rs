//! Rulings against a store: what is kept, what is refused, in which words.

use dateline::jobs::decide::{Asked, answer_waiting, decide, find_lock, find_spike, undo};
use dateline::news::{Answer, DecisionId, EventId, Request, Ruling, Target};
use dateline::store::decisions::load_decisions;
use dateline::store::requests;

use super::newsdesk::{Newsdesk, items, merge, now, split};

async fn rule(desk: &Newsdesk, ruling: Ruling) -> Answer {
    let asked = Asked {
        ruling,
        editor: "anna".into(),
        note: " because ".into(),
    };
    decide(&desk.store, asked, now()).await.unwrap()
}

async fn take_back(desk: &Newsdesk, id: i64) -> Answer {
    let outcome = undo(&desk.store, DecisionId(id), "ben".into(), now()).await;
    outcome.unwrap()
}

#[tokio::test]
async fn a_ruling_is_kept_with_who_when_and_why() {
    let desk = Newsdesk::open().await;
    let answer = rule(&desk, merge()).await;
    assert!(answer.done);
    assert_eq!(
        answer.lines[0],
        "decision 1: anna merged event 2 into event 1"
    );
    let made = desk.store.read(load_decisions).unwrap();
    assert_eq!(made[0].ruling, merge());
    assert_eq!(
        (made[0].editor.as_str(), made[0].note.as_str()),
        ("anna", "because")
    );
    assert_eq!(made[0].decided_at, now());
}

/// As if the daemon had died in between: what is decided and that it was answered are one commit.
#[tokio::test]
async fn a_request_that_cannot_be_noted_as_answered_decides_nothing() {
    let desk = Newsdesk::open().await;
    let request = Request::Decide {
        ruling: merge(),
        editor: "anna".into(),
        note: String::new(),
        seen: None,
        known: None,
    };
    let asked = request.clone();
    let number = desk.store.write(move |tx| {
        tx.execute_batch(
            "CREATE TRIGGER mute BEFORE UPDATE ON requests BEGIN SELECT raise(ABORT, 'mute'); END",
        )?;
        requests::ask(tx, &asked, now())
    });
    let number = number.await.unwrap();
    let answered = answer_waiting(&desk.store, (number, &request), now()).await;
    assert!(answered.is_err());
    assert!(desk.store.read(load_decisions).unwrap().is_empty());

    let heard = desk
        .store
        .write(|tx| Ok(tx.execute_batch("DROP TRIGGER mute")?));
    heard.await.unwrap();
    let answered = answer_waiting(&desk.store, (number, &request), now()).await;
    assert!(answered.unwrap());
    assert_eq!(desk.store.read(load_decisions).unwrap().len(), 1);
    assert!(desk.store.read(requests::load_waiting).unwrap().is_empty());
}

#[tokio::test]
async fn an_opposite_ruling_is_refused_and_names_who_stands_in_the_way() {
    let desk = Newsdesk::open().await;
    rule(&desk, split()).await;
    let together = Ruling::SameEvent {
        a: items(&[1])[0],
        b: items(&[3])[0],
        items: Vec::new(),
    };
    let answer = rule(&desk, together.clone()).await;
    assert!(!answer.done);
    assert!(
        answer.lines[0].starts_with("decision 1 stands in the way"),
        "{answer:?}"
    );
    assert!(answer.lines[1].starts_with("decision 1: anna split item 3 out of event 1"));
    assert!(take_back(&desk, 1).await.done);
    assert!(rule(&desk, together).await.done);
}

#[tokio::test]
async fn a_ruling_on_an_event_that_changed_meanwhile_is_refused() {
    let desk = Newsdesk::open().await;
    let stale = Ruling::Lock {
        event: EventId(1),
        items: items(&[1, 2, 3, 4]),
    };
    let answer = rule(&desk, stale).await;
    assert_eq!(
        answer.lines[0],
        "event 1 changed since you looked: item 4 stands in event 2 now"
    );
    assert!(desk.store.read(load_decisions).unwrap().is_empty());
}

#[tokio::test]
async fn a_lock_from_a_page_that_is_a_moment_old_tears_nothing_out() {
    let desk = Newsdesk::open().await;
    let stale = Ruling::Lock {
        event: EventId(1),
        items: items(&[1, 2]),
    };
    let answer = rule(&desk, stale).await;
    assert_eq!(
        answer.lines[0],
        "event 1 changed since you looked: item 3 stands in it too"
    );
    assert!(desk.store.read(load_decisions).unwrap().is_empty());
}

#[tokio::test]
async fn spikes_and_locks_mark_their_rows_until_they_are_undone() {
    let desk = Newsdesk::open().await;
    let target = Target::Event(EventId(1));
    rule(&desk, Ruling::Spike { target }).await;
    rule(
        &desk,
        Ruling::Lock {
            event: EventId(1),
            items: items(&[1, 2, 3]),
        },
    )
    .await;
    assert!(desk.event(1).spiked && desk.event(1).locked);
    assert_eq!(
        find_spike(&desk.store, target).unwrap(),
        Some(DecisionId(1))
    );
    assert_eq!(
        find_lock(&desk.store, EventId(1)).unwrap(),
        Some(DecisionId(2))
    );
    take_back(&desk, 1).await;
    take_back(&desk, 2).await;
    assert!(!desk.event(1).spiked && !desk.event(1).locked);
}

#[tokio::test]
async fn nothing_is_undone_twice() {
    let desk = Newsdesk::open().await;
    rule(&desk, merge()).await;
    assert!(take_back(&desk, 1).await.done);
    let again = take_back(&desk, 1).await;
    assert!(!again.done);
    assert!(again.lines[1].contains("undone by ben"), "{again:?}");
    assert_eq!(take_back(&desk, 9).await.lines, ["there is no decision 9"]);
}
