//! Decisions are listed page by page, the latest first.

use chrono::TimeDelta;
use dateline::news::{DecisionId, EventId, Ruling};
use dateline::store::Store;
use dateline::store::decisions::{Latest, load_latest, save_decision};

use super::http::Running;
use super::newsdesk::now;

/// One decision an hour.
async fn decide(store: &Store, count: i64) {
    let decided = store.write(move |tx| {
        for number in 0..count {
            let ruling = Ruling::PinHeadline {
                event: EventId(1),
                headline: format!("Pinned {number}"),
            };
            save_decision(tx, &ruling, "anna", "", now() + TimeDelta::hours(number))?;
        }
        Ok(())
    });
    decided.await.unwrap();
}

#[tokio::test]
async fn a_page_ends_where_the_next_one_starts() {
    let running = Running::start(|_| {}).await;
    decide(&running.desk.store, 7).await;
    let mut path = "/api/decisions?limit=3".to_owned();
    let mut pages: Vec<Vec<i64>> = Vec::new();
    loop {
        let answer = running.get(&path, &[]).await;
        let said: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        let made = said["decisions"].as_array().unwrap().iter();
        pages.push(made.map(|one| one["id"].as_i64().unwrap()).collect());
        let Some(before) = said["before"].as_i64() else {
            break;
        };
        path = format!("/api/decisions?limit=3&before={before}");
    }
    assert_eq!(pages, [vec![7, 6, 5], vec![4, 3, 2], vec![1]]);
    let wrong = running.get("/api/decisions?limit=many", &[]).await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn what_was_decided_since_then_is_listed() {
    let running = Running::start(|_| {}).await;
    decide(&running.desk.store, 7).await;
    let ids = |latest: Latest| {
        let made = running.desk.store.read(|conn| load_latest(conn, &latest));
        let ids = made.unwrap().into_iter().map(|one| one.id.0);
        ids.collect::<Vec<_>>()
    };
    let since = Latest {
        limit: 50,
        since: Some(now() + TimeDelta::hours(4)),
        before: None,
    };
    assert_eq!(ids(since), [7, 6, 5]);
    let before = Some(DecisionId(7));
    assert_eq!(ids(Latest { before, ..since }), [6, 5]);
    assert_eq!(ids(Latest { limit: 1, ..since }), [7]);
}
