//! Undoing decisions in any order gives every published id back what it stood for.

use std::collections::BTreeMap;

use dateline::jobs::decide::{Asked, decide};
use dateline::news::{EventId, Ruling, StorylineId, Target};

use super::holding::dice;
use super::world::World;
use crate::dice::Dice;

/// Rulings that are in force at once, at most.
const RULINGS: usize = 14;
const ROUNDS: usize = 3;

async fn newsroom(window_hours: u32, dice: &mut Dice) -> World {
    let mut world = World::open(window_hours).await;
    for _ in 0..45 {
        world.tell(dice, 7).await;
    }
    world.take_in();
    world.publish().await;
    world.take_in();
    world
}

async fn rule(world: &mut World, ruling: Ruling) {
    let asked = Asked {
        ruling,
        editor: "anna".into(),
        note: String::new(),
    };
    decide(&world.store, asked, world.now()).await.unwrap();
    world.take_in();
    world.check(0);
}

fn lines(world: &World) -> BTreeMap<EventId, StorylineId> {
    let events: Vec<EventId> = world.places().into_values().collect();
    let line = |event| Some((event, world.line_of(event)?));
    events.into_iter().filter_map(line).collect()
}

async fn events_come_back(window_hours: u32, later_minutes: i64) {
    let mut dice = dice(0x0ba_cca5e);
    let mut world = newsroom(window_hours, &mut dice).await;
    world.tell(&mut dice, later_minutes).await;
    world.take_in();
    world.publish().await;
    let before = world.places();
    for round in 0..ROUNDS {
        for _ in 0..RULINGS {
            if let Some(ruling) = world.ruling(&mut dice) {
                rule(&mut world, ruling).await;
            }
            if dice.roll(3) == 0 {
                world.publish().await;
            }
        }
        world.undo_all(&mut dice).await;
        is_as_before(round, &world.places(), &before);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_have_their_items_again_under_their_ids() {
    events_come_back(1000, 15 * 60).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_outside_the_window_have_their_items_again_under_their_ids() {
    events_come_back(12, 15 * 60).await;
}

/// Of most events a part has left the window.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_across_the_edge_of_the_window_have_their_items_again_under_their_ids() {
    events_come_back(12, 9 * 60).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn storylines_have_their_events_again_under_their_ids() {
    let mut dice = dice(0x11_0be5);
    let mut world = newsroom(1000, &mut dice).await;
    let before = lines(&world);
    for round in 0..ROUNDS {
        for _ in 0..RULINGS {
            let events = world.events();
            let (a, b) = (dice.pick(&events).unwrap(), dice.pick(&events).unwrap());
            if let Some(ruling) = world.storyline_ruling(&mut dice, a, b) {
                rule(&mut world, ruling).await;
            }
            if dice.roll(3) == 0 {
                world.publish().await;
            }
        }
        world.undo_all(&mut dice).await;
        is_as_before(round, &lines(&world), &before);
    }
}

fn is_as_before<T, U>(round: usize, now: &BTreeMap<T, U>, before: &BTreeMap<T, U>)
where
    T: Ord + std::fmt::Debug,
    U: PartialEq + std::fmt::Debug,
{
    let moved = before
        .iter()
        .filter(|(one, place)| now.get(one) != Some(place));
    let moved: Vec<_> = moved
        .map(|(one, place)| (one, place, now.get(one)))
        .collect();
    assert!(moved.is_empty(), "round {round}, was and is: {moved:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ruling_on_what_retention_took_is_undone_and_brings_nothing_back() {
    let mut world = World::open(1000).await;
    let events = super::spiking::two_matters(&mut world).await;
    let [(kept, line), (merged, _)] = events;
    world.publish().await;
    let merge = |conn: &_| dateline::store::desk::load_merge(conn, kept, merged);
    let merge = world.store.read(merge).unwrap();
    let headline = "What the editor calls it".to_owned();
    let rulings = [
        merge,
        Ruling::PinHeadline {
            event: kept,
            headline: headline.clone(),
        },
        Ruling::RenameStoryline {
            storyline: line,
            headline,
        },
        Ruling::Spike {
            target: Target::Event(kept),
        },
        Ruling::Spike {
            target: Target::Storyline(line),
        },
    ];
    for ruling in rulings {
        assert!(world.rule(ruling).await.done);
    }
    world.take_in();
    world.publish().await;
    let settings = dateline::jobs::StorageSettings {
        keep_days: 30,
        ..Default::default()
    };
    world.minutes += 60 * 24 * 60;
    let removed = dateline::jobs::retention::remove_old(&world.store, &settings, world.now()).await;
    assert!(removed.unwrap().removed.items > 700, "all of it is old");
    for decision in world.made() {
        let by = "ben".to_owned();
        let answer = dateline::jobs::decide::undo(&world.store, decision.id, by, world.now());
        let answer = answer.await.unwrap();
        assert_eq!(
            answer.lines[1], "nothing of what it was about is kept any more",
            "{:?}",
            decision.ruling
        );
    }
    world.take_in();
    assert_eq!(world.places().len(), 0);
}
