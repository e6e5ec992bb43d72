//! Streams that mean harm to the clusterer, and streams that come in another order: bounded, and
//! no giant event.

use dateline::cluster::{ArrivingItem, Engine, Settings, Weights};
use dateline::decisions::Constraints;
use dateline::news::{EventId, ItemId, OutletId, utc_from_secs};

const NOON: i64 = 1_755_259_200;

/// Runs titles through an engine, one a minute, and gives the size of each event.
fn sizes(titles: impl Iterator<Item = (i64, String)>) -> Vec<usize> {
    let mut engine = Engine::new(Settings::default(), Weights::embedded(), EventId(1));
    for (at, (secs, title)) in titles.enumerate() {
        let item = ArrivingItem {
            id: ItemId(at as i64 + 1),
            outlet: OutletId(1),
            language: "en".to_owned(),
            item_time: utc_from_secs(secs),
            time_is_claimed: true,
            title,
            ..ArrivingItem::default()
        };
        if engine.arrive(&item).settling_is_due {
            engine.settle(&Constraints::default());
            engine.move_on();
        }
    }
    engine.settle(&Constraints::default());
    engine
        .live_events()
        .map(|event| engine.items_of(event).len())
        .collect()
}

#[test]
fn empty_titles_and_single_words_make_no_giant_event() {
    let empty = (0..600).map(|n| (NOON + n * 60, String::new()));
    assert!(sizes(empty).into_iter().all(|size| size == 1));
    let words = ["News", "Live", "Video", "Sport"];
    let single = (0..600).map(|n| (NOON + n * 60, words[n as usize % 4].to_owned()));
    assert!(sizes(single).into_iter().all(|size| size <= 150));
}

#[test]
fn a_template_for_every_match_of_a_league_makes_no_giant_event() {
    let clubs = [
        "Arden", "Boro", "Calder", "Dunmore", "Elgin", "Forth", "Garve", "Hallam", "Irvine",
        "Jarrow",
    ];
    let matches = (0..90_usize).map(|n| {
        let (home, away) = (clubs[n % 10], clubs[(n / 10 + n % 10 + 1) % 10]);
        let title = format!(
            "{home} {} {away} {}: match report, ratings and talking points",
            n % 4,
            n % 3
        );
        (NOON + n as i64 * 600, title)
    });
    let largest = sizes(matches).into_iter().max();
    assert!(largest <= Some(30), "{largest:?}");
}

#[test]
fn a_flood_of_one_text_is_one_report() {
    let flood = (0..2000).map(|n| {
        (
            NOON + n,
            "Buy now: the garden chair of the year is here today".to_owned(),
        )
    });
    assert_eq!(sizes(flood), [2000]);
}

#[test]
fn titles_of_five_thousand_words_and_wild_dates_are_survived() {
    let long: String = (0..5000).map(|n| format!("word{} ", n % 977)).collect();
    let dates = [0, NOON, 253_370_764_800, NOON, -62_135_596_800, NOON];
    let wild = (0..60_usize).map(|n| (dates[n % 6], format!("{n} {long}")));
    assert!(!sizes(wild).is_empty());
}

/// Other news before, so that the tables know what is common.
fn other_news() -> impl Iterator<Item = (i64, String)> {
    let places = ["Oslo", "Quito", "Hanoi", "Perth", "Lagos", "Turin", "Sofia"];
    let things = ["school", "bridge", "museum", "railway", "dam"];
    let acts = [
        "opens after repairs",
        "gets a new owner",
        "wins an award",
        "is sold to a bank",
    ];
    (0..140_usize).map(move |n| {
        let (place, thing, act) = (places[n % 7], things[n / 7 % 5], acts[n / 35]);
        (
            NOON - 90_000 + n as i64 * 600,
            format!("{place} {thing} {act}"),
        )
    })
}

/// A few storylines with several events each, told by several outlets.
fn storylines() -> Vec<(i64, String)> {
    let mut items = Vec::new();
    let places = ["Vienna", "Manila", "Accra", "Lima"];
    let events = [
        "council votes to close the old port",
        "mayor resigns over port vote",
        "strike halts ferries and trams",
        "storm floods the harbour district",
    ];
    for (p, place) in places.iter().enumerate() {
        for (e, event) in events.iter().enumerate() {
            for telling in 0..6 {
                let lead = [
                    "",
                    "Breaking: ",
                    "In ",
                    "Report: ",
                    "Now: ",
                    "As it stands, ",
                ][telling];
                let secs = NOON + (e as i64 * 20 + p as i64) * 3600 + telling as i64 * 400;
                items.push((
                    secs,
                    format!(
                        "{lead}{place} {event}, take {}",
                        ["a", "b", "c"][telling % 3]
                    ),
                ));
            }
        }
    }
    items.sort();
    items
}

#[test]
fn the_order_within_a_quarter_of_an_hour_changes_little() {
    let groups = |swap: usize| -> usize {
        let mut items = storylines();
        for chunk in items.chunks_mut(3) {
            let by = swap % chunk.len().max(1);
            chunk.rotate_left(by);
        }
        sizes(other_news().chain(items)).len()
    };
    let straight = groups(0);
    for swap in 1..3 {
        let found = groups(swap);
        assert!(found.abs_diff(straight) <= 1, "{found} against {straight}");
    }
}
