//! What the page of an event says of rulings that came along with a merge, and of what is kept out with something else.

use dateline::jobs::decide::{Asked, decide};
use dateline::news::{EventId, ItemId, Ruling, Target};
use dateline::store::decisions::load_decisions;
use dateline::store::{events, kept_out, locks};

use super::http::{Reply, Running};
use super::newsdesk::{items, merge, now};

async fn rule(running: &Running, ruling: Ruling) {
    let asked = Asked {
        ruling,
        editor: "anna".into(),
        note: String::new(),
    };
    let answer = decide(&running.desk.store, asked, now()).await.unwrap();
    assert!(answer.done, "{answer:?}");
}

fn lock(event: i64, numbers: &[i64]) -> Ruling {
    Ruling::Lock {
        event: EventId(event),
        items: items(numbers),
    }
}

/// Event 2, locked and pinned, is merged into event 1, as the clusterer does it.
async fn merged() -> Running {
    let running = Running::start(|_| {}).await;
    rule(&running, lock(2, &[4, 5])).await;
    let pin = Ruling::PinHeadline {
        event: EventId(2),
        headline: "In an editor's words".into(),
    };
    rule(&running, pin).await;
    rule(&running, merge()).await;
    let obeyed = running.desk.store.write(|tx| {
        events::merge_event(tx, EventId(2), EventId(1))?;
        locks::set(tx, EventId(1), true)
    });
    obeyed.await.unwrap();
    running
}

async fn press(running: &Running, (cookie, csrf): &(String, String), button: &str) -> Reply {
    let headers = [
        ("cookie", cookie.as_str()),
        ("sec-fetch-site", "same-origin"),
    ];
    let form = format!("do={button}&back=/desk/events/1&csrf={csrf}");
    let reply = running.post("/desk/act", &headers, &form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    running.get(reply.header("location"), &headers).await
}

#[tokio::test]
async fn a_lock_that_came_along_is_on_the_page_and_is_taken_back_there() {
    let running = merged().await;
    rule(&running, lock(1, &[1, 2, 3, 4, 5])).await;
    let session = running.log_in("anna").await;
    let page = running
        .get("/desk/events/1", &[("cookie", &session.0)])
        .await;
    assert!(page.body.contains("locked event 2"));
    let page = press(&running, &session, "unlock&target=event:1").await;
    assert!(
        page.body.contains("decision 1 holds it as it is"),
        "{}",
        page.body
    );
    let page = press(&running, &session, "unlock&target=event:1").await;
    assert!(page.body.contains("the machine decides about it again"));
    assert!(!running.desk.event(1).locked);
}

#[tokio::test]
async fn a_pin_that_came_along_is_on_the_page() {
    let running = merged().await;
    let page = running.get("/desk/events/1", &[]).await;
    assert!(
        page.body.contains(">pinned<") && page.body.contains("In an editor's words")
            || page.body.contains("In an editor&#39;s words")
    );
}

#[tokio::test]
async fn why_a_report_stands_somewhere_names_the_merge_that_put_it_there() {
    let running = merged().await;
    let page = running.get("/desk/events/1", &[]).await.body;
    let (_, report) = page.split_once("id=\"item-4\"").expect("the report");
    let (report, _) = report.split_once("id=\"item-5\"").expect("the next one");
    assert!(
        report.contains("decision 3: anna merged event 2 into event 1"),
        "{report}"
    );
}

#[tokio::test]
async fn what_keeps_a_report_out_is_named_with_a_way_to_publish_it() {
    let running = merged().await;
    let spike = Ruling::Spike {
        target: Target::Event(EventId(3)),
    };
    rule(&running, spike).await;
    let kept = running
        .desk
        .store
        .write(|tx| kept_out::keep_out(tx, ItemId(4), Target::Event(EventId(3))));
    kept.await.unwrap();
    let session = running.log_in("anna").await;
    let page = running
        .get("/desk/events/1", &[("cookie", &session.0)])
        .await;
    assert!(page.body.contains("Kept out with event 3"));
    let page = press(&running, &session, "unspike&target=event:3").await;
    assert!(!page.body.contains("Kept out with event 3"));
    let made = running.desk.store.read(load_decisions).unwrap();
    assert!(made.last().unwrap().undone_at.is_some());
}

#[tokio::test]
async fn a_ruling_on_what_was_merged_away_says_into_what() {
    let running = merged().await;
    for ruling in [
        Ruling::PinHeadline {
            event: EventId(2),
            headline: "Another one".into(),
        },
        Ruling::Spike {
            target: Target::Event(EventId(2)),
        },
    ] {
        let asked = Asked {
            ruling,
            editor: "anna".into(),
            note: String::new(),
        };
        let answer = decide(&running.desk.store, asked, now()).await.unwrap();
        assert_eq!(answer.lines[0], "event 2 was merged into event 1");
    }
}
