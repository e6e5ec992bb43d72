//! Tests of what operators watch: forms, names, and what stands in the way.

use std::sync::Arc;

use super::*;
use crate::clock::{Clock, FakeClock};
use crate::news::{FeedId, utc_from_secs};
use crate::serve::Settings;
use crate::store::Store;
use crate::store::polls::{VisitLine, log_visit};

const NOW: i64 = 1_750_000_000;

fn watched() -> (tempfile::TempDir, Watched) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(FakeClock::new(utc_from_secs(NOW)));
    let site = Site::new(store, Settings::default(), clock);
    let times = RequestTimes::default();
    (directory, Watched { site, times })
}

fn add_feed(watched: &Watched, next_visit_at: i64) {
    watched
        .site
        .store()
        .write_blocking(move |tx| {
            tx.execute_batch(&format!(
                "INSERT INTO outlets (id, name) VALUES (1, 'The Paper');
                 INSERT INTO feeds (id, url, outlet_id, added_at, next_visit_at, health_since)
                    VALUES (1, 'https://feeds.example/', 1, 0, {next_visit_at}, 0);"
            ))?;
            let line = VisitLine {
                outcome: "items".to_owned(),
                bytes: 100,
                ..VisitLine::default()
            };
            log_visit(tx, FeedId(1), &line)
        })
        .unwrap();
}

#[test]
fn metrics_have_names_units_and_help_by_convention() {
    let (_directory, watched) = watched();
    add_feed(&watched, NOW - 30);
    let text = metrics_text(&watched).unwrap();
    for line in [
        "dateline_polls_total{outcome=\"items\"} 1",
        "dateline_poll_body_bytes_total{outcome=\"items\"} 100",
        "dateline_feeds{health=\"new\"} 1",
        "dateline_feeds_due 1",
        "dateline_feeds_longest_wait_seconds 30",
        "dateline_database_trouble{kind=\"full\"} 0",
        "dateline_queue_depth{queue=\"publish\"} 0",
        "dateline_items_accepted_total 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        assert!(line.starts_with("dateline_"), "{line}");
    }
}

#[test]
fn nothing_stands_in_the_way_of_a_daemon_that_is_on_time() {
    let (_directory, watched) = watched();
    add_feed(&watched, NOW - 30);
    assert_eq!(find_obstacle(&watched.site), None);
}

#[test]
fn late_polls_and_a_full_disk_are_said() {
    let (_directory, watched) = watched();
    add_feed(&watched, NOW - 700);
    let obstacle = find_obstacle(&watched.site).unwrap();
    assert_eq!(
        obstacle,
        "polls are late: 1 feeds wait, one for 700 seconds"
    );
    let full = watched
        .site
        .store()
        .write_blocking(|_| Err::<(), _>(StoreError::Full));
    assert!(full.is_err());
    let obstacle = find_obstacle(&watched.site).unwrap();
    assert_eq!(
        obstacle,
        "the disk is full, and 4 MB are wanted; reading goes on"
    );
}

#[test]
fn quantiles_are_those_of_the_list() {
    assert_eq!(quantile_of(&[], 50), None);
    assert_eq!(quantile_of(&[7], 90), Some(7));
    let hundred: Vec<u64> = (1..=100).collect();
    assert_eq!(quantile_of(&hundred, 50), Some(50));
    assert_eq!(quantile_of(&hundred, 90), Some(90));
    assert_eq!(quantile_of(&hundred, 100), Some(100));
}

#[test]
fn what_strangers_ask_for_makes_no_new_label() {
    for path in ["/wp-login.php", "/", "/x/../../etc", "//feeds"] {
        assert!(["other", "feeds"].contains(&place_of(path)), "{path}");
    }
}
