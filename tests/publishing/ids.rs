//! Permanent ids under long random histories: every id ever published still answers, and means what
//! it was published for.

use std::collections::{BTreeMap, BTreeSet};

use dateline::news::{EventId, ItemId, PublicId, Standing};
use dateline::store::{events, published};

use super::newsroom::{Newsroom, told};
use crate::dice::Dice;

/// How many operations; more with `DATELINE_OPERATIONS`.
const OPERATIONS: usize = 300;

#[derive(Default)]
struct History {
    /// Items of each event's row that is not merged away.
    members: BTreeMap<i64, BTreeSet<ItemId>>,
    /// Rows that were merged away while published, and into which.
    merged: BTreeMap<i64, i64>,
    spiked: BTreeSet<i64>,
    deleted: BTreeSet<ItemId>,
    /// What each id was published for.
    anchors: BTreeMap<PublicId, (i64, BTreeSet<ItemId>)>,
    /// Rows that have an id.
    published: BTreeSet<i64>,
    next_event: i64,
    next_item: usize,
}

impl History {
    fn pick(&self, dice: &mut Dice) -> Option<i64> {
        let rows: Vec<i64> = self.members.keys().copied().collect();
        (!rows.is_empty()).then(|| rows[dice.roll(rows.len())])
    }

    /// What the ids of a row and of all rows that lead to it hang on.
    fn anchors_of(&self, row: i64) -> BTreeSet<ItemId> {
        let leads_here = |mut at: i64| {
            while let Some(next) = self.merged.get(&at).filter(|_| at != row) {
                at = *next;
            }
            at == row
        };
        let owned = self
            .anchors
            .values()
            .filter(|(owner, _)| leads_here(*owner));
        owned.flat_map(|(_, items)| items).copied().collect()
    }

    fn is_published(&self, row: i64) -> bool {
        self.published.contains(&row)
    }
}

#[tokio::test]
async fn every_id_ever_published_answers_and_means_its_reports() {
    let wanted = std::env::var("DATELINE_OPERATIONS").ok();
    let operations = wanted
        .and_then(|text| text.parse().ok())
        .unwrap_or(OPERATIONS);
    let mut room = Newsroom::open();
    let (mut history, mut dice) = (History::default(), Dice(0x5eed_0001));
    for number in 0..operations {
        operate(&mut room, &mut history, &mut dice).await;
        room.publish(number as i64 + 10).await;
        note_ids(&room, &mut history);
        // A look at every id takes longer the more there are.
        if number % (operations / 100).max(25) == 0 || number + 1 == operations {
            check(&room, &history);
        }
    }
    assert!(
        history.anchors.len() > operations / 20,
        "ids were published"
    );
    assert!(!history.deleted.is_empty(), "retention was at work");
}

async fn operate(room: &mut Newsroom, history: &mut History, dice: &mut Dice) {
    let row = history.pick(dice);
    match (dice.roll(20), row) {
        (0..=6, _) | (_, None) => open_event(room, history).await,
        (7..=9, Some(row)) => add_report(room, history, row).await,
        (10..=12, Some(row)) => {
            if let Some(other) = history.pick(dice).filter(|other| *other != row) {
                merge(room, history, row, other).await;
            }
        }
        (13, Some(_)) => unmerge(room, history, dice).await,
        (14..=15, Some(row)) => split(room, history, row).await,
        (16, Some(row)) => spike(room, history, row).await,
        (17, Some(row)) => withdraw(room, history, row).await,
        (18, Some(row)) => forget_items(room, history, row).await,
        (_, Some(_)) => room.restart(),
    }
}

async fn new_item(room: &Newsroom, history: &mut History) -> ItemId {
    history.next_item += 1;
    let number = history.next_item;
    let link = format!("https://ap.example/{number}");
    room.ingest(told("AP", &format!("Report {number}"), &link, 0))
        .await
}

async fn open_event(room: &Newsroom, history: &mut History) {
    history.next_event += 1;
    let row = history.next_event;
    let (first, second) = (new_item(room, history).await, new_item(room, history).await);
    room.assign(row, 1 + row % 7, &[(first, None), (second, None)])
        .await;
    history.members.insert(row, [first, second].into());
}

async fn add_report(room: &Newsroom, history: &mut History, row: i64) {
    let item = new_item(room, history).await;
    room.assign(row, 1 + row % 7, &[(item, None)]).await;
    history.members.entry(row).or_default().insert(item);
}

/// The id that was published first stays, as the clusterer has it.
async fn merge(room: &Newsroom, history: &mut History, a: i64, b: i64) {
    let is_first = |row: i64| (!history.is_published(row), row);
    let (kept, gone) = if is_first(a) < is_first(b) {
        (a, b)
    } else {
        (b, a)
    };
    room.store
        .write(move |tx| events::merge_event(tx, EventId(gone), EventId(kept)))
        .await
        .expect("a merge");
    let items = history.members.remove(&gone).unwrap_or_default();
    if history.is_published(gone) {
        history.merged.insert(gone, kept);
    }
    history.members.entry(kept).or_default().extend(items);
}

async fn unmerge(room: &Newsroom, history: &mut History, dice: &mut Dice) {
    let rows: Vec<i64> = history.merged.keys().copied().collect();
    if rows.is_empty() {
        return;
    }
    let row = rows[dice.roll(rows.len())];
    history.merged.remove(&row);
    let items = history.anchors_of(row);
    let alive: Vec<(ItemId, Option<ItemId>)> = items
        .iter()
        .filter(|item| !history.deleted.contains(item))
        .map(|item| (*item, None))
        .collect();
    if alive.is_empty() {
        return;
    }
    room.assign(row, 1 + row % 7, &alive).await;
    for members in history.members.values_mut() {
        members.retain(|item| !items.contains(item));
    }
    history.members.retain(|_, members| !members.is_empty());
    history
        .members
        .insert(row, alive.into_iter().map(|(item, _)| item).collect());
}

/// A report that no id hangs on goes into an event of its own; with one that does, the clusterer
/// would bring that id along.
async fn split(room: &Newsroom, history: &mut History, row: i64) {
    let newest = history.members[&row].last().copied().filter(|item| {
        history.members[&row].len() > 2
            && history
                .anchors
                .values()
                .all(|(_, items)| !items.contains(item))
    });
    let Some(newest) = newest else { return };
    history.next_event += 1;
    let part = history.next_event;
    room.assign(part, 1 + part % 7, &[(newest, None)]).await;
    room.store
        .write(move |tx| events::save_origin(tx, EventId(part), EventId(row)))
        .await
        .expect("an origin");
    history.members.entry(row).or_default().remove(&newest);
    history.members.insert(part, [newest].into());
}

async fn spike(room: &Newsroom, history: &mut History, row: i64) {
    let is_spiked = history.spiked.insert(row) || !history.spiked.remove(&row);
    room.store
        .write(move |tx| {
            tx.execute(
                "UPDATE events SET spiked = ?2 WHERE id = ?1",
                (row, is_spiked),
            )?;
            Ok(())
        })
        .await
        .expect("a spike");
}

async fn withdraw(room: &Newsroom, history: &mut History, row: i64) {
    let items: Vec<ItemId> = history.members[&row].iter().copied().collect();
    let now = super::newsroom::at_minute(0);
    room.store
        .write(move |tx| {
            for item in items {
                dateline::store::items::withdraw_item(tx, item, now)?;
            }
            Ok(())
        })
        .await
        .expect("a kill");
}

/// What retention does: the items go, the event's row stays or goes.
async fn forget_items(room: &Newsroom, history: &mut History, row: i64) {
    let items: Vec<ItemId> = history
        .members
        .remove(&row)
        .unwrap_or_default()
        .into_iter()
        .collect();
    history.deleted.extend(&items);
    history.spiked.remove(&row);
    room.store
        .write(move |tx| {
            for item in items {
                tx.execute("DELETE FROM items WHERE id = ?1", [item.0])?;
            }
            Ok(())
        })
        .await
        .expect("retention");
}

fn note_ids(room: &Newsroom, history: &mut History) {
    let rows = history.members.iter();
    let unpublished = rows.filter(|(row, _)| !history.published.contains(row));
    let mut new = Vec::new();
    for (row, items) in unpublished {
        let name = room
            .store
            .read(|conn| published::name_of_event(conn, EventId(*row)))
            .expect("a read");
        new.extend(name.map(|name| (name.public_id, (*row, items.clone()))));
    }
    history
        .published
        .extend(new.iter().map(|(_, (row, _))| row));
    history.anchors.extend(new);
}

fn check(room: &Newsroom, history: &History) {
    for (id, (row, anchors)) in &history.anchors {
        let (last, standing) = follow(room, *id);
        let alive: BTreeSet<ItemId> = anchors.difference(&history.deleted).copied().collect();
        match standing {
            Standing::Live => {
                let shown = room
                    .store
                    .read(|conn| published::find_event(conn, last))
                    .expect("a read")
                    .expect("a live event");
                let items: BTreeSet<ItemId> =
                    shown.reports.iter().map(|report| report.item_id).collect();
                if last == *id {
                    assert_eq!(shown.event.id, EventId(*row), "{id} changed its row");
                }
                let kept = alive.intersection(&items).count();
                assert!(
                    alive.is_empty() || kept > 0,
                    "{id} shows none of its reports"
                );
            }
            Standing::Gone(reason) => assert!(!reason.is_empty()),
            Standing::MergedInto(_) => panic!("{id} leads round in a ring"),
        }
    }
}

fn follow(room: &Newsroom, id: PublicId) -> (PublicId, Standing) {
    let mut at = id;
    for _ in 0..1000 {
        let standing = room
            .store
            .read(|conn| published::standing_of_event(conn, at))
            .expect("a read")
            .unwrap_or_else(|| panic!("{id} leads to {at}, which is nothing"));
        match standing {
            Standing::MergedInto(next) => at = next,
            other => return (at, other),
        }
    }
    (at, Standing::MergedInto(at))
}
