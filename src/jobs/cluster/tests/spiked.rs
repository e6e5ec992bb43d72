//! What the machine does to what editors keep out.

use super::*;
use crate::news::Target;
use crate::store::{StoreError, kept_out};

fn ask(store: &Store, sql: &str) -> i64 {
    let found = store.read(|conn| Ok(conn.query_row(sql, [], |row| row.get(0))?));
    found.unwrap()
}

/// Of the first summit's event and the strike's, the event and the storyline.
fn two(store: &Store) -> [(EventId, StorylineId); 2] {
    [1, 5].map(|item| {
        let of = |what: &str| -> i64 {
            let event = format!("(SELECT event_id FROM event_items WHERE item_id = {item})");
            ask(
                store,
                &format!("SELECT {what} FROM events WHERE id = {event}"),
            )
        };
        (EventId(of("id")), StorylineId(of("storyline_id")))
    })
}

fn spike(store: &Store, target: Target) -> DecisionId {
    let id = decide(store, Ruling::Spike { target });
    let marked = store.write_blocking(move |tx| decisions::set_spiked(tx, target, true));
    marked.unwrap();
    id
}

fn undo(store: &Store, decision: DecisionId) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let undone = crate::jobs::decide::undo(store, decision, "ben".into(), utc_from_secs(NOW));
    assert!(runtime.block_on(undone).unwrap().done);
}

fn is_kept_out(store: &Store, item: i64) -> bool {
    let sql = format!("SELECT spiked FROM items WHERE id = {item}");
    ask(store, &sql) == 1
}

/// A step in which nothing came.
fn empty_step(store: &Store, clusterer: &mut Clusterer) -> Save {
    let judged = clusterer.judge(store, &[]).unwrap();
    clusterer
        .place(store, judged, Touched::default())
        .unwrap()
        .1
}

#[test]
fn what_the_machine_merges_out_of_what_is_kept_out_stays_out_until_that_is_let_in() {
    for of_line in [true, false] {
        let (desk, mut clusterer) = clustered_summit();
        let store = &desk.store;
        let now = utc_from_secs(NOW);
        let [(summit, _), (strike, line)] = two(store);
        let target = match of_line {
            true => Target::Storyline(line),
            false => Target::Event(strike),
        };
        let spiked = spike(store, target);
        clusterer.take_in(store, now).unwrap();
        let mut save = empty_step(store, &mut clusterer);
        save.settlement.merged.push((strike, summit));
        clusterer
            .begin_save(store, save, now)
            .unwrap()
            .wait()
            .unwrap();
        assert_eq!(two(store)[1].0, summit);
        assert!(is_kept_out(store, 5), "{target:?}");
        assert!(!is_kept_out(store, 1));
        let spiked_there = store.read(|conn| kept_out::load_spiked(conn, summit));
        assert_eq!(spiked_there.unwrap().len(), 1);
        let mut clusterer = load(store);
        clusterer.take_in(store, now).unwrap();
        let outlets = format!("SELECT outlet_count FROM events WHERE id = {}", summit.0);
        let outlets = || ask(store, &outlets);
        let shown = outlets();
        undo(store, spiked);
        assert!(!is_kept_out(store, 5));
        clusterer.take_in(store, now).unwrap();
        assert_eq!(outlets(), shown + 1);
    }
}

#[test]
fn what_the_machine_splits_off_what_is_kept_out_stays_out_but_for_an_item_that_is_spiked_itself() {
    let (desk, mut clusterer) = clustered_summit();
    let store = &desk.store;
    let now = utc_from_secs(NOW);
    let [(summit, line), (strike, _)] = two(store);
    let spiked = spike(store, Target::Storyline(line));
    let own = spike(store, Target::Item(ItemId(2)));
    clusterer.take_in(store, now).unwrap();
    let mut save = empty_step(store, &mut clusterer);
    let goes = |item| Member {
        item: ItemId(item),
        reprint_of: None,
        evidence: None,
        frozen: Vec::new(),
    };
    save.settlement.changed.push(EventChange {
        event: strike,
        items: [1, 2, 5].map(ItemId).to_vec(),
        split_from: None,
    });
    save.newcomers.push(vec![goes(1), goes(2)]);
    clusterer
        .begin_save(store, save, now)
        .unwrap()
        .wait()
        .unwrap();
    assert_eq!(two(store)[0].0, strike, "it left {summit}");
    assert!(is_kept_out(store, 1) && is_kept_out(store, 2));
    undo(store, own);
    assert!(is_kept_out(store, 2), "with what it left");
    let own = spike(store, Target::Item(ItemId(2)));
    undo(store, spiked);
    assert!(!is_kept_out(store, 1) && is_kept_out(store, 2));
    undo(store, own);
    assert!(!is_kept_out(store, 2));
}

#[test]
fn what_is_spiked_while_it_is_linked_elsewhere_is_linked_anew() {
    let (desk, mut clusterer) = clustered_summit();
    let store = &desk.store;
    let now = utc_from_secs(NOW);
    let [(_, kept), (strike, gone)] = two(store);
    let linked = |placing: &mut Placing, is_merged| match is_merged {
        true => placing.merged.push((gone, kept)),
        false => {
            let standing = crate::timeline::Standing {
                home: kept,
                shown: kept,
            };
            placing.placed.insert(strike, standing);
        }
    };
    let mut saves = Vec::new();
    for is_merged in [true, false] {
        let mut save = empty_step(store, &mut clusterer);
        linked(&mut save.placing, is_merged);
        saves.push(save);
    }
    spike(store, Target::Storyline(gone));
    for save in saves {
        let saved = clusterer.begin_save(store, save, now).unwrap().wait();
        assert!(matches!(saved, Err(StoreError::Spiked(Target::Storyline(line))) if line == gone));
    }
    load(store).take_in(store, now).unwrap();
    assert_eq!(two(store)[1], (strike, gone));
}
