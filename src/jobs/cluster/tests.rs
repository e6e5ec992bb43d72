//! The clusterer beside a real store: what is saved, and that a restart changes nothing.

use super::*;
use crate::feed::identity::GuidStanding;
use crate::feed::{ParsedFeed, ParsedItem};
use crate::jobs::ingest::{self, Arrived};
use crate::news::{DecisionId, FeedId, OutletKind, Ruling, utc_from_secs};
use crate::store::decisions;
use crate::store::feeds::{self, NewFeed};
use crate::store::outlets::ensure_outlet;

mod lines;
mod meanwhile;
mod spiked;

const NOW: i64 = 1_755_300_000;

struct Desk {
    _directory: tempfile::TempDir,
    store: Store,
}

fn open() -> Desk {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    Desk {
        _directory: directory,
        store,
    }
}

fn load(store: &Store) -> Clusterer {
    Clusterer::load(store, ClusteringSettings::default(), Weights::embedded()).unwrap()
}

/// Lists items in an outlet's feed, each with the hours since the first, by ids that are their titles.
fn list(store: &Store, outlet: &str, items: &[(f64, &str, &str)]) {
    let items: Vec<_> = items.iter().map(|one| (one.1, *one)).collect();
    list_as(store, outlet, &items);
}

/// The same by ids that are given.
fn list_as(store: &Store, outlet: &str, items: &[(&str, (f64, &str, &str))]) {
    list_at(store, outlet, items, utc_from_secs(NOW));
}

/// The same when our clock says `now`.
fn list_at(store: &Store, outlet: &str, items: &[(&str, (f64, &str, &str))], now: UtcTime) {
    let name = outlet.to_owned();
    let (feed, outlet) = store
        .write_blocking(move |tx| {
            let outlet_id = ensure_outlet(tx, &name, OutletKind::Outlet)?;
            let url = format!("https://{}.example/feed", name.replace(' ', "-"));
            let new = NewFeed {
                url,
                outlet_id,
                ..NewFeed::default()
            };
            let (id, _): (FeedId, bool) = feeds::add_feed(tx, &new, utc_from_secs(NOW))?;
            let feed = feeds::load_feed(tx, id)?.expect("it was just added").feed;
            let outlet = crate::store::outlets::load_outlet(tx, outlet_id)?;
            Ok((feed, outlet.expect("it was just made")))
        })
        .unwrap();
    let parsed = ParsedFeed {
        language: Some("en".into()),
        items: items
            .iter()
            .map(|(id, (hours, title, summary))| ParsedItem {
                guid: Some(format!("{}-{id}", outlet.name)),
                title: (*title).into(),
                summary: (*summary).into(),
                published: Some(utc_from_secs(NOW - 100_000 + (hours * 3600.0) as i64)),
                ..ParsedItem::default()
            })
            .collect(),
        ..ParsedFeed::default()
    };
    let prepared = store
        .read(|conn| {
            ingest::prepare(
                conn,
                Arrived {
                    feed: &feed,
                    outlet: &outlet,
                    parsed: &parsed,
                    standing: GuidStanding::Good,
                    fetched_at: now,
                    is_partial: false,
                    is_cut: false,
                },
            )
        })
        .unwrap();
    store
        .write_blocking(move |tx| ingest::save(tx, &feed, &prepared, now))
        .unwrap();
}

const OPENS: &str = "Donald Trump and Vladimir Putin shook hands on a red carpet in Anchorage and \
     began talks on Ukraine with senior officials";
const ENDS: &str = "The summit in Anchorage ended with no deal on Ukraine; Trump and Putin claimed \
     progress and took no questions";

const OPENS_TOO: &str = "A red carpet and a handshake: the two presidents began their talks on \
     Ukraine at a base in Anchorage, Vladimir Putin and Donald Trump each with two ministers";
const ENDS_TOO: &str = "Donald Trump and Vladimir Putin left Anchorage after three hours without a \
     deal on Ukraine; neither answered the press after the summit";

fn list_summit(store: &Store) {
    list(
        store,
        "Courier",
        &[(
            0.1,
            "Trump greets Putin on red carpet as Alaska summit opens",
            OPENS,
        )],
    );
    list(
        store,
        "Ledger",
        &[(
            0.4,
            "Alaska summit opens: Trump and Putin shake hands on red carpet",
            OPENS_TOO,
        )],
    );
    list(
        store,
        "Radio",
        &[(5.0, "Alaska summit ends: no deal for Trump and Putin", ENDS)],
    );
    list(
        store,
        "Post",
        &[(
            5.3,
            "Trump and Putin end Alaska summit with no deal on Ukraine",
            ENDS_TOO,
        )],
    );
    list(
        store,
        "Globe",
        &[(
            3.0,
            "Dockers at Port Calloway walk out",
            "A strike over night shifts",
        )],
    );
}

/// The summit's items, taken in.
fn clustered_summit() -> (Desk, Clusterer) {
    let desk = open();
    list_summit(&desk.store);
    let mut clusterer = load(&desk.store);
    clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
    (desk, clusterer)
}

/// Everything that clustering wrote, as text.
fn dump(store: &Store) -> String {
    store
        .read(|conn| {
            let mut text = String::new();
            for sql in [
                "SELECT item_id || ' ' || event_id || ' ' || coalesce(reprint_of, '-') || ' '
                    || coalesce(hex(evidence), '-') || ' ' || coalesce(hex(frozen), '-') FROM event_items ORDER BY 1",
                "SELECT id || ' ' || storyline_id || ' ' || headline || ' ' || report_count || ' '
                    || occurred_at || ' ' || hex(sketch) FROM events ORDER BY 1",
                "SELECT id || ' ' || slug || ' ' || event_count FROM storylines ORDER BY 1",
                "SELECT item_id || ' ' || hex(pairs) FROM scores ORDER BY 1",
                "SELECT name || ' ' || value FROM cursors ORDER BY 1",
            ] {
                let mut query = conn.prepare(sql)?;
                let rows = query.query_map([], |row| row.get::<_, Option<String>>(0))?;
                for row in rows {
                    text.push_str(&row?.unwrap_or_else(|| "NULL".into()));
                    text.push('\n');
                }
            }
            Ok(text)
        })
        .unwrap()
}

#[test]
fn the_summit_opens_and_ends_in_two_events_of_one_storyline() {
    let desk = open();
    list_summit(&desk.store);
    let taken = load(&desk.store)
        .take_in(&desk.store, utc_from_secs(NOW))
        .unwrap();
    assert_eq!(taken.items, 5);
    let rows: Vec<(i64, i64, String)> = desk
        .store
        .read(|conn| {
            let mut query = conn.prepare(
                "SELECT report_count, storyline_id, headline FROM events ORDER BY occurred_at",
            )?;
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(rows.collect::<std::result::Result<_, _>>()?)
        })
        .unwrap();
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert_eq!((rows[0].0, rows[1].0, rows[2].0), (2, 1, 2), "{rows:?}");
    assert_eq!(
        rows[0].1, rows[2].1,
        "opening and ending stand in one storyline: {rows:?}"
    );
    assert_ne!(
        rows[0].1, rows[1].1,
        "the strike stands in its own: {rows:?}"
    );
}

#[test]
fn a_restart_after_a_headline_was_edited_changes_nothing() {
    let live = |is_restarted: bool| {
        let (desk, mut clusterer) = clustered_summit();
        let first = "Trump greets Putin on red carpet as Alaska summit opens";
        let edited = (
            0.1,
            "Red carpet for two: a handshake seen round the world",
            OPENS,
        );
        list_as(&desk.store, "Courier", &[(first, edited)]);
        clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
        if is_restarted {
            clusterer = load(&desk.store);
        }
        let more = "Alaska summit: Putin greeted by Trump on red carpet";
        list(&desk.store, "Herald", &[(0.9, more, OPENS_TOO)]);
        clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
        dump(&desk.store)
    };
    assert_eq!(live(true), live(false));
}

#[test]
fn a_restart_after_an_item_was_revised_before_it_was_taken_in_changes_nothing() {
    let live = |is_restarted: bool| {
        let (desk, mut clusterer) = clustered_summit();
        let list = |state| list_as(&desk.store, "Courier", &[("page", state)]);
        let strike = "A strike over night shifts empties the quays of Calloway";
        list((6.0, "Dockers at Port Calloway walk out", strike));
        list((6.0, "Alaska summit ends: no deal for Trump and Putin", ENDS));
        clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
        list((6.0, "Preview: what comes next", ""));
        clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
        if is_restarted {
            clusterer = load(&desk.store);
        }
        let more = "Trump and Putin part in Alaska without a deal";
        let text = "Three hours of talks in Anchorage brought no deal on Ukraine, both said";
        super::tests::list(&desk.store, "Herald", &[(6.2, more, text)]);
        clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
        dump(&desk.store)
    };
    assert_eq!(live(true), live(false));
}

#[test]
fn a_copy_is_known_as_one_from_the_step_in_which_it_comes() {
    let desk = open();
    for outlet in ["Courier", "Ledger"] {
        list(
            &desk.store,
            outlet,
            &[(0.1, "Red carpet in Anchorage", OPENS)],
        );
    }
    let mut clusterer = load(&desk.store);
    clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
    let told = desk.store.read(|conn| {
        let sql = "SELECT report_count, outlet_count, headline_reason FROM events";
        let told = conn.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        Ok(told?)
    });
    let (reports, outlets, reason): (u32, u32, String) = told.unwrap();
    assert_eq!((reports, outlets), (1, 2));
    assert!(reason.contains("a copy"), "{reason}");
}

#[test]
fn a_second_pass_writes_nothing() {
    let (desk, mut clusterer) = clustered_summit();
    let before = dump(&desk.store);
    let taken = clusterer
        .take_in(&desk.store, utc_from_secs(NOW + 60))
        .unwrap();
    assert_eq!(taken, TakenIn::default());
    assert_eq!(dump(&desk.store), before);
}

#[test]
fn a_restart_between_any_two_polls_changes_nothing() {
    let (steady, restarted) = (open(), open());
    let mut clusterer = load(&steady.store);
    let polls: [(&str, f64, &str, &str); 4] = [
        (
            "Courier",
            0.1,
            "Trump greets Putin on red carpet as Alaska summit opens",
            OPENS,
        ),
        (
            "Ledger",
            0.4,
            "Alaska summit opens: Trump and Putin shake hands",
            OPENS,
        ),
        (
            "Radio",
            5.0,
            "Alaska summit ends: no deal for Trump and Putin",
            ENDS,
        ),
        (
            "Post",
            5.3,
            "Trump and Putin end Alaska summit with no deal",
            ENDS,
        ),
    ];
    for (outlet, hours, title, summary) in polls {
        for desk in [&steady, &restarted] {
            list(&desk.store, outlet, &[(hours, title, summary)]);
        }
        clusterer
            .take_in(&steady.store, utc_from_secs(NOW))
            .unwrap();
        load(&restarted.store)
            .take_in(&restarted.store, utc_from_secs(NOW))
            .unwrap();
    }
    assert_eq!(dump(&steady.store), dump(&restarted.store));
}

fn decide(store: &Store, ruling: Ruling) -> DecisionId {
    let saved = store.write_blocking(move |tx| {
        decisions::save_decision(tx, &ruling, "ada", "", utc_from_secs(NOW))
    });
    saved.unwrap()
}

/// A ruling that changes nothing: what rulings have is what the machine alone has.
fn part_the_strike(store: &Store) {
    let (a, b) = (ItemId(1), ItemId(5));
    decide(store, Ruling::NotSameEvent { a, b });
}

#[test]
fn a_report_that_comes_weeks_late_stands_in_a_storyline_beside_rulings_too() {
    let (desk, mut clusterer) = clustered_summit();
    part_the_strike(&desk.store);
    clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
    let late = "A flood closes the harbour of Bergen";
    list(&desk.store, "Harbour News", &[(-24.0 * 25.0, late, "")]);
    clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
    let sql = "SELECT storyline_id FROM events WHERE headline = ?1";
    let line: Option<i64> = desk
        .store
        .read(|conn| Ok(conn.query_row(sql, [late], |row| row.get(0))?))
        .unwrap();
    assert!(line.is_some());
}

#[test]
fn what_is_split_off_where_a_storyline_is_closed_stands_in_it() {
    let (desk, mut clusterer) = clustered_summit();
    let weeks = -24.0 * 25.0;
    let report = "A guard died when a warehouse burned down in the harbour of Bergen overnight";
    for (outlet, after, title) in [
        (
            "Harbour News",
            0.0,
            "Warehouse fire in Bergen harbour kills a guard",
        ),
        (
            "Fjord Post",
            0.1,
            "Guard killed in Bergen harbour warehouse fire",
        ),
    ] {
        list(&desk.store, outlet, &[(weeks + after, title, report)]);
    }
    clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
    let (kept, gone) = (ItemId(6), ItemId(7));
    let event = clusterer.engine.event_of(kept).unwrap();
    assert_eq!(clusterer.engine.event_of(gone), Some(event));
    assert_eq!(
        clusterer.storylines.storyline_of(event),
        None,
        "it is closed"
    );
    decide(&desk.store, Ruling::NotSameEvent { a: kept, b: gone });
    clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
    let line_of = |item: ItemId| {
        let event = clusterer.engine.event_of(item).unwrap();
        let read = desk
            .store
            .read(|conn| describing::load_open_line(conn, event));
        (event, read.unwrap())
    };
    let (kept, gone) = (line_of(kept), line_of(gone));
    assert_ne!(kept.0, gone.0);
    assert!(kept.1.is_some());
    assert_eq!(kept.1, gone.1);
}

#[test]
fn a_live_blog_stands_in_whatever_storyline_its_nearest_report_stands() {
    let (desk, mut clusterer) = clustered_summit();
    let live = "Live updates: Alaska summit ends with no deal for Trump and Putin";
    list(&desk.store, "Wire", &[(5.4, live, ENDS)]);
    clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
    let line_and_event = || {
        let sql = "SELECT e.storyline_id, e.id FROM items_beside b
             JOIN event_items m ON m.item_id = b.report_id JOIN events e ON e.id = m.event_id";
        let read = desk.store.read(|conn| {
            let row = conn.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok((StorylineId(row.0), EventId(row.1)))
        });
        read.unwrap()
    };
    let beside = |line| {
        let read = desk
            .store
            .read(|conn| crate::store::desk::load_beside(conn, line, 9));
        read.unwrap()
    };
    let (before, event) = line_and_event();
    assert_eq!(beside(before), (vec![ItemId(6)], 1));
    let ruling = Ruling::SplitStoryline {
        storyline: before,
        kept_events: vec![clusterer.engine.event_of(ItemId(1)).unwrap()],
        split_events: vec![event],
    };
    decide(&desk.store, ruling);
    clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
    let (after, _) = line_and_event();
    assert_ne!(after, before);
    assert_eq!(beside(before), (vec![], 0));
    assert_eq!(beside(after), (vec![ItemId(6)], 1));
}

#[test]
fn an_event_is_known_by_the_headline_of_its_first_publication_after_a_restart_too() {
    let (desk, clusterer) = clustered_summit();
    let event = clusterer.engine.event_of(ItemId(1)).unwrap();
    let written = desk.store.write_blocking(move |tx| {
        let sql = "UPDATE events SET headline_item_id = ?2 WHERE id = ?1";
        tx.execute(sql, [event.0, 2])?;
        let (id, anchors) = (crate::news::PublicId::mint([7; 16]), [ItemId(1), ItemId(2)]);
        let now = utc_from_secs(NOW);
        crate::store::publishing::publish_event(tx, event, id, &anchors.into(), now)?;
        tx.execute(sql, [event.0, 1])?;
        Ok(())
    });
    written.unwrap();
    let stored = desk.store.read(|conn| events::load_stored(conn, event));
    let publication = restore::publication_of(&stored.unwrap().unwrap()).unwrap();
    assert_eq!(publication.headline, Some(ItemId(2)));
    assert_eq!(publication.anchors, [ItemId(1), ItemId(2)]);
}

#[test]
fn what_the_machine_alone_has_outlives_a_crash_in_the_midst_of_a_ruling() {
    let desk = open();
    let mut settings = ClusteringSettings::default();
    settings.events.window_hours = 3;
    let load = || Clusterer::load(&desk.store, settings.clone(), Weights::embedded()).unwrap();
    list_summit(&desk.store);
    let mut clusterer = load();
    clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
    let before = dump(&desk.store);
    let event_of = |item| desk.store.read(|conn| events::event_of_item(conn, item));
    let opening = event_of(ItemId(1)).unwrap().unwrap();
    let ending = event_of(ItemId(3)).unwrap().unwrap();
    assert!(!clusterer.engine.is_live_event(opening));
    assert!(clusterer.engine.is_live_event(ending));
    let ruling = Ruling::MergeEvents {
        kept: ending,
        kept_items: vec![ItemId(3), ItemId(4)],
        merged: opening,
        merged_items: vec![ItemId(1), ItemId(2)],
    };
    let crash = format!(
        "CREATE TRIGGER crash BEFORE INSERT ON cursors WHEN new.name = 'cluster'
            AND {opening} = (SELECT event_id FROM event_items WHERE item_id = 3)
         BEGIN SELECT RAISE (ABORT, 'crash'); END"
    );
    let armed = desk
        .store
        .write_blocking(move |tx| Ok(tx.execute_batch(&crash)?));
    armed.unwrap();
    let decision = decide(&desk.store, ruling);
    assert!(clusterer.take_in(&desk.store, utc_from_secs(NOW)).is_err());
    assert_eq!(event_of(ItemId(3)).unwrap(), Some(opening), "it was moved");
    let dropped = desk
        .store
        .write_blocking(|tx| Ok(tx.execute_batch("DROP TRIGGER crash")?));
    dropped.unwrap();
    let mut clusterer = load();
    assert_eq!(
        clusterer.engine.own_items_of(ending),
        [ItemId(3), ItemId(4)]
    );
    clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
    let undone = desk.store.write_blocking(move |tx| {
        decisions::undo_decision(tx, decision, "ada", utc_from_secs(NOW))
    });
    undone.unwrap();
    clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
    assert_eq!(dump(&desk.store), before);
}

#[test]
fn what_was_just_split_off_is_none_of_an_events_items() {
    let (desk, mut clusterer) = clustered_summit();
    let all = desk
        .store
        .read(|conn| events::load_members(conn, EventId(1)))
        .unwrap();
    let [stays, goes] = all[..] else {
        panic!("an event of two reports, not {all:?}")
    };
    let own = clusterer.engine.reserve_event();
    clusterer.engine.split_off(&[goes.0], own);
    let engine = &clusterer.engine;
    let left = desk
        .store
        .read(|conn| old::members_of(conn, engine, EventId(1)))
        .unwrap();
    let left: Vec<ItemId> = left.iter().map(|member| member.item).collect();
    assert_eq!(left, [stays.0]);
}

#[test]
fn a_clock_that_was_ahead_for_a_while_closes_no_storyline_for_good() {
    let (desk, mut clusterer) = clustered_summit();
    let line = |clusterer: &Clusterer| clusterer.storylines.storyline_of(EventId(1));
    let before = line(&clusterer);
    assert!(before.is_some());
    let take = |clusterer: &mut Clusterer, title, days: i64, secs: i64| {
        let now = utc_from_secs(NOW + days * 86_400 + secs);
        list_at(&desk.store, "Courier", &[(title, (27.0, title, ""))], now);
        clusterer.take_in(&desk.store, now).unwrap();
    };
    take(
        &mut clusterer,
        "Museum in Tarnow shows lost paintings",
        400,
        0,
    );
    assert_eq!(line(&clusterer), None, "the clock says that it is long ago");
    let mut restarted = load(&desk.store);
    assert_eq!(line(&restarted), None);
    take(&mut clusterer, "Ferry to Ostend runs aground in fog", 0, 60);
    assert_eq!(line(&clusterer), before);
    restarted.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
    for other in [load(&desk.store), load(&desk.store)] {
        assert_eq!(line(&other), before);
        assert_eq!(other.engine.live_items(), clusterer.engine.live_items());
        assert_eq!(other.engine.oldest_live(), clusterer.engine.oldest_live());
    }
    // The one that is ahead makes none that comes now leave.
    take(&mut clusterer, "Bakers of Ghent go on strike", 0, 3600);
    assert_eq!(clusterer.engine.live_items(), 3);
    clusterer
        .refine(&desk.store, utc_from_secs(NOW + 7200))
        .unwrap();
    assert_eq!(
        line(&load(&desk.store)),
        before,
        "what is compared of it is kept"
    );
}
