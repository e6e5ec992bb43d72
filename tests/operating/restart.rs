//! What the service manager and readers see of starts, restarts, reloads and ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::newsroom::{Outlets, now};
use super::service::Place;

const READERS: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_under_two_hundred_readers_fails_no_request() {
    let outlets = Outlets::open(4, 2).await;
    let place = Place::new(&[outlets.port()], "");
    let store = place.open_store();
    outlets.subscribe(&store, 1, now()).await;
    drop(store);
    let mut service = place.start();
    place.hear("READY=1").await;
    let answered = Arc::new(AtomicUsize::new(0));
    let is_over = Arc::new(AtomicBool::new(false));
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..READERS {
        let (client, answered, is_over) = (place.client(), answered.clone(), is_over.clone());
        readers.spawn(async move {
            let mut failed = Vec::new();
            while !is_over.load(Ordering::SeqCst) {
                match client.get("/feeds/events.atom").await {
                    Ok(reply) if reply.status == 200 => {
                        answered.fetch_add(1, Ordering::SeqCst);
                    }
                    other => failed.push(format!("{other:?}")),
                }
            }
            failed
        });
    }
    let until_answered = async |more: usize| {
        let enough = answered.load(Ordering::SeqCst) + more;
        while answered.load(Ordering::SeqCst) < enough {
            tokio::task::yield_now().await;
        }
    };
    for _ in 0..3 {
        until_answered(READERS).await;
        service.signal("TERM");
        let status = service.ended().await;
        assert!(status.success(), "{status}: {}", place.log());
        place.forget_notes();
        service = place.start();
        place.hear("READY=1").await;
    }
    until_answered(READERS).await;
    is_over.store(true, Ordering::SeqCst);
    let failed: Vec<String> = readers.join_all().await.concat();
    assert!(
        failed.is_empty(),
        "{} failed: {:?}",
        failed.len(),
        &failed[..1]
    );
}

#[tokio::test]
async fn the_service_manager_is_told_ready_reloading_stopping_and_that_it_lives() {
    let place = Place::new(&[], "");
    let service = place.start_with(&[("WATCHDOG_USEC", "200000")]);
    assert_eq!(place.hear("READY").await, "READY=1");
    assert!(place.hear("STATUS").await.starts_with("STATUS=polling"));
    for _ in 0..3 {
        assert_eq!(place.hear("WATCHDOG").await, "WATCHDOG=1");
    }
    service.signal("HUP");
    assert_eq!(place.hear("RELOADING").await, "RELOADING=1");
    let stamp = place.hear("MONOTONIC_USEC=").await;
    let micros: u64 = stamp["MONOTONIC_USEC=".len()..].parse().unwrap();
    assert!(micros > 0);
    assert_eq!(place.hear("READY").await, "READY=1");
    service.signal("TERM");
    assert_eq!(place.hear("STOPPING").await, "STOPPING=1");
    assert!(service.ended().await.success());
}

#[tokio::test]
async fn a_wrong_config_is_refused_at_a_reload_and_the_old_one_stays() {
    let place = Place::new(&[], "");
    let service = place.start();
    place.hear("READY=1").await;
    let title = async || place.client().get("/").await.unwrap().body;
    let good = std::fs::read_to_string(place.config()).unwrap();
    place.configure("[server]\ntitel = \"Wrong\"\n");
    service.signal("HUP");
    place.hear("READY=1").await;
    assert!(place.log().contains("config refused"), "{}", place.log());
    assert!(place.log().contains("titel"), "the key is named");
    assert!(title().await.contains("Dateline"));
    place.configure(&good.replace("[server]\n", "[server]\ntitle = \"The Wire Room\"\n"));
    service.signal("HUP");
    place.hear("READY=1").await;
    assert!(title().await.contains("The Wire Room"));
}

#[tokio::test]
async fn a_start_says_where_it_serves_what_it_keeps_and_what_is_due() {
    let outlets = Outlets::open(3, 1).await;
    let place = Place::new(&[outlets.port()], "");
    let store = place.open_store();
    outlets.subscribe(&store, 3600, now()).await;
    drop(store);
    let _service = place.start();
    place.hear("READY=1").await;
    let log = place.log();
    let directory = place.data_dir();
    for part in [
        &format!("http://{}/", place.address()),
        directory.to_str().unwrap(),
        "feeds=3",
        "due=3",
    ] {
        assert!(log.contains(part), "{part} in\n{log}");
    }
}
