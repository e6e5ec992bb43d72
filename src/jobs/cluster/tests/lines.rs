//! How storylines are described from their events.

use super::*;
use crate::store::{desk, events, items, published};

/// Headline and number of outlets of the summit's storyline.
fn line(store: &Store) -> (String, u32) {
    let sql = "SELECT headline, outlet_count FROM storylines WHERE event_count = 2";
    let line =
        store.read(|conn| Ok(conn.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?));
    line.unwrap()
}

#[test]
fn a_storyline_is_not_named_by_what_was_withdrawn_while_other_events_stand() {
    let (desk, mut clusterer) = clustered_summit();
    let now = utc_from_secs(NOW);
    assert!(!line(&desk.store).0.contains("opens"), "it has ended");
    let mut withdraw = |these: [i64; 2]| {
        let written = desk.store.write_blocking(move |tx| {
            for item in these {
                items::withdraw_item(tx, ItemId(item), now)?;
            }
            Ok(())
        });
        written.unwrap();
        clusterer.take_in(&desk.store, now).unwrap();
        line(&desk.store).0
    };
    assert!(withdraw([3, 4]).contains("opens"));
    assert!(!withdraw([1, 2]).contains("opens"), "nothing stands");
}

#[test]
fn a_copy_of_what_was_withdrawn_heads_no_storyline_while_other_events_stand() {
    let (place, mut clusterer) = clustered_summit();
    let now = utc_from_secs(NOW);
    let written = place.store.write_blocking(move |tx| {
        tx.execute_batch("UPDATE event_items SET reprint_of = 3 WHERE item_id = 4")?;
        items::withdraw_item(tx, ItemId(3), now)
    });
    written.unwrap();
    clusterer.take_in(&place.store, now).unwrap();
    assert!(line(&place.store).0.contains("opens"));
    let is_withdrawn = |item: i64| {
        place.store.read(|conn| {
            let event = events::event_of_item(conn, ItemId(item))?.unwrap();
            desk::is_withdrawn(conn, &desk::load_event(conn, event)?.unwrap())
        })
    };
    assert!(is_withdrawn(3).unwrap(), "nor does the publisher tell it");
    assert!(!is_withdrawn(1).unwrap());
}

#[test]
fn a_copy_of_what_was_withdrawn_heads_no_event_while_another_report_stands() {
    let (place, _) = clustered_summit();
    // Or it would be chosen before a copy.
    let unreliable = "UPDATE outlets SET reliability = 0.1 WHERE name = 'Post'";
    let changed = place
        .store
        .write_blocking(|tx| Ok(tx.execute(unreliable, [])?));
    changed.unwrap();
    let mut clusterer = load(&place.store);
    let now = utc_from_secs(NOW);
    for outlet in ["Herald", "Voice", "Tribune"] {
        let title = "Alaska summit ends: no deal for Trump and Putin";
        list(&place.store, outlet, &[(5.6, title, ENDS)]);
    }
    clusterer.take_in(&place.store, now).unwrap();
    let head = || {
        let sql = "SELECT e.headline_item_id, count(c.reprint_of) FROM event_items m
                JOIN events e ON e.id = m.event_id JOIN event_items c ON c.event_id = e.id
             WHERE m.item_id = 3";
        let head = place
            .store
            .read(|conn| Ok(conn.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?));
        head.unwrap()
    };
    assert_eq!(head(), (3, 3), "three copies");
    let killed = place
        .store
        .write_blocking(move |tx| items::withdraw_item(tx, ItemId(3), now));
    killed.unwrap();
    clusterer.take_in(&place.store, now).unwrap();
    assert_eq!(head(), (4, 3));
}

#[test]
fn an_outlet_that_an_editor_keeps_out_of_a_storyline_is_not_counted() {
    let (desk, mut clusterer) = clustered_summit();
    let mut count = |change: &'static str| {
        let changed = desk
            .store
            .write_blocking(|tx| Ok(tx.execute_batch(change)?));
        changed.unwrap();
        clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
        line(&desk.store).1
    };
    assert_eq!(count(""), 4);
    assert_eq!(count("UPDATE items SET spiked = 1 WHERE id = 1"), 3);
    assert_eq!(count("UPDATE items SET spiked = 0 WHERE id = 1"), 4);
    let spike =
        "UPDATE events SET spiked = 1 WHERE id = (SELECT event_id FROM event_items WHERE item_id = 1);
        INSERT INTO describe_queue (event_id) SELECT event_id FROM event_items WHERE item_id = 1";
    assert_eq!(count(spike), 2);
}

#[test]
fn an_event_that_was_described_before_its_outlets_stood_beside_it_counts_them_all_the_same() {
    let (desk, mut clusterer) = clustered_summit();
    let changed = desk.store.write_blocking(|tx| {
        let before = "UPDATE events SET outlets = NULL; UPDATE storylines SET outlet_count = 0;
            INSERT INTO describe_queue (event_id) SELECT event_id FROM event_items WHERE item_id = 1";
        Ok(tx.execute_batch(before)?)
    });
    changed.unwrap();
    clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
    assert_eq!(line(&desk.store).1, 4);
}

#[test]
fn events_of_one_time_stand_in_the_order_in_which_they_were_first_told() {
    let (place, _) = clustered_summit();
    let line = "SELECT id FROM storylines WHERE event_count = 2";
    let change = "UPDATE events SET occurred_at = 0, first_report_at = -id, published_at = 0, updated_at = 0,
        public_id = randomblob(16) WHERE storyline_id = (SELECT id FROM storylines WHERE event_count = 2)";
    let changed = place
        .store
        .write_blocking(move |tx| Ok(tx.execute_batch(change)?));
    changed.unwrap();
    let orders = place.store.read(|conn| {
        let line = conn.query_row(line, [], |row| row.get(0).map(StorylineId))?;
        let published = published::events_of_storyline(conn, line)?.into_iter();
        let on_desk = desk::load_events_of(conn, line)?.into_iter();
        Ok([
            published.map(|one| one.event.id).collect::<Vec<EventId>>(),
            on_desk.map(|event| event.id).collect(),
            desk::events_of(conn, line)?,
        ])
    });
    for order in orders.unwrap() {
        assert!(order.len() == 2 && order[0] > order[1], "{order:?}");
    }
}
