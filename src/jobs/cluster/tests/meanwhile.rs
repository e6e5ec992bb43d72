//! What happens to items and events between the reading of a step and its saving.

use super::*;

/// The headline of the event of an item.
fn headline_of(store: &Store, item: i64) -> String {
    let sql = "SELECT headline FROM events WHERE id = (SELECT event_id FROM event_items WHERE item_id = ?1)";
    let headline = store.read(|conn| Ok(conn.query_row(sql, [item], |row| row.get(0))?));
    headline.unwrap()
}

#[test]
fn what_items_say_anew_while_a_step_is_saved_is_described_in_the_next() {
    let (desk, mut clusterer) = clustered_summit();
    let now = utc_from_secs(NOW);
    let list = |id, hours, title| list_as(&desk.store, "Globe", &[(id, (hours, title, ""))]);
    let known = "Dockers at Port Calloway walk out";
    list(known, 3.0, "Dockers at Port Calloway walk out again");
    list("new", 7.0, "Glacier lake above Skardal bursts");
    let read = |conn: &Connection| {
        let queue = describing::load_describe_queue(conn, BATCH)?;
        Ok((queue, items::load_items_after(conn, ItemId(5), BATCH)?))
    };
    let (queue, batch) = desk.store.read(read).unwrap();
    let judged = clusterer.judge(&desk.store, &batch).unwrap();
    let touched = Touched {
        events: queue.events,
        through: queue.through,
        ..Touched::default()
    };
    let (_, save) = clusterer.place(&desk.store, judged, touched).unwrap();
    list(known, 3.0, "Dockers at Port Calloway return to work");
    list("new", 7.0, "Glacier lake above Skardal empties");
    let saving = clusterer.begin_save(&desk.store, save, now).unwrap();
    saving.wait().unwrap();
    clusterer.take_in(&desk.store, now).unwrap();
    assert_eq!(
        headline_of(&desk.store, 5),
        "Dockers at Port Calloway return to work"
    );
    assert_eq!(
        headline_of(&desk.store, 6),
        "Glacier lake above Skardal empties"
    );
    let queue = desk
        .store
        .read(|conn| describing::load_describe_queue(conn, BATCH));
    assert_eq!(queue.unwrap(), describing::DescribeQueue::default());
}

#[test]
fn an_event_published_while_it_is_merged_away_is_remembered_as_after_a_restart() {
    let (desk, mut clusterer) = clustered_summit();
    let now = utc_from_secs(NOW);
    let [kept, merged] = [1, 3].map(|item| clusterer.engine.event_of(ItemId(item)).unwrap());
    let ruling = Ruling::MergeEvents {
        kept,
        kept_items: clusterer.engine.items_of(kept),
        merged,
        merged_items: clusterer.engine.items_of(merged),
    };
    decide(&desk.store, ruling);
    clusterer.take_in(&desk.store, now).unwrap();
    assert!(!clusterer.engine.is_live_event(merged));
    let successor = desk
        .store
        .read(|conn| standing::load_successor(conn, merged));
    assert_eq!(successor.unwrap(), Some(kept));
    let written = desk.store.write_blocking(move |tx| {
        let (id, anchors) = (crate::news::PublicId::mint([7; 16]), [ItemId(3), ItemId(4)]);
        crate::store::publishing::publish_event(tx, merged, id, &anchors.into(), now)?;
        let sql =
            "INSERT INTO developments (public_id, event_id, storyline_id, changed_at, kind, note)
             SELECT public_id, id, storyline_id, ?2, ?3, '' FROM events WHERE id = ?1";
        let kind = crate::news::DevelopmentKind::NewEvent.name();
        tx.execute(sql, (merged.0, NOW, kind))?;
        Ok(())
    });
    written.unwrap();
    clusterer.take_in(&desk.store, now).unwrap();
    clusterer.take_in(&desk.store, now).unwrap();
    assert_eq!(clusterer.engine.lead_of(merged), Some(kept));
    assert_eq!(load(&desk.store).engine.lead_of(merged), Some(kept));
}

#[test]
fn what_is_retitled_while_it_is_taken_in_as_a_preview_is_taken_in_anew() {
    let (desk, mut clusterer) = clustered_summit();
    let list = |title| list_as(&desk.store, "Wire", &[("match", (6.0, title, ""))]);
    list("Preview: Braga v Utrecht");
    let load_newer = |conn: &Connection| items::load_items_after(conn, ItemId(5), BATCH);
    let batch = desk.store.read(load_newer).unwrap();
    let judged = clusterer.judge(&desk.store, &batch).unwrap();
    list("Braga beat Utrecht 3-1");
    let placed = clusterer.place(&desk.store, judged, Touched::default());
    let (_, save) = placed.unwrap();
    let saved = clusterer
        .begin_save(&desk.store, save, utc_from_secs(NOW))
        .unwrap()
        .wait();
    assert!(saved.is_err());
    let mut clusterer = load(&desk.store);
    let taken = clusterer.take_in(&desk.store, utc_from_secs(NOW)).unwrap();
    assert_eq!(taken.items, 1);
    assert!(clusterer.engine.event_of(ItemId(6)).is_some());
}
