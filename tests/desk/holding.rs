//! Random histories of items, decisions, undoing, refinement, restarts and crashes beside a real store: no
//! decision in force is ever violated, and with all of them undone the events are what the machine
//! alone makes of the same items. More operations with `DATELINE_OPERATIONS`, other histories with
//! `DATELINE_SEED`.

use std::collections::{BTreeMap, BTreeSet};

use dateline::decisions::{describe_ruling, in_force};
use dateline::jobs::decide::{Asked, decide, undo};
use dateline::news::{DecisionId, Event, EventId, ItemId, Ruling, Target};
use dateline::store::Connection;
use dateline::store::desk::{load_event, load_events_of, load_move, load_storyline};

use super::world::{World, word};
use crate::dice::Dice;

const OPERATIONS: usize = 200;
/// The number of the operation that publishes.
const PUBLISH: usize = 15;

async fn operate(world: &mut World, dice: &mut Dice, counts: &mut BTreeMap<&str, usize>) {
    let mut count = |what| *counts.entry(what).or_default() += 1;
    match dice.roll(16) {
        0..=5 => {
            for _ in 0..=dice.roll(4) {
                world.tell(dice, 7).await;
            }
            count("ingest");
        }
        6..=9 => {
            if let Some(ruling) = world.ruling(dice) {
                let asked = Asked {
                    ruling,
                    editor: "anna".into(),
                    note: String::new(),
                };
                let answer = decide(&world.store, asked, world.now()).await.unwrap();
                count(if answer.done { "decide" } else { "refused" });
                if dice.roll(4) == 0 {
                    world.crash(dice);
                }
            }
        }
        10..=11 => {
            let made = world.made();
            let open: Vec<DecisionId> = in_force(&made).map(|one| one.id).collect();
            if let Some(id) = dice.pick(&open) {
                let answer = undo(&world.store, id, "ben".into(), world.now()).await;
                assert!(answer.unwrap().done, "any decision can be undone");
                count("undo");
                if dice.roll(4) == 0 {
                    world.crash(dice);
                }
            }
        }
        12 => {
            world.refine();
            count("refine");
        }
        13..=14 => {
            world.restart();
            count("restart");
        }
        PUBLISH.. => {
            world.publish().await;
            count("publish");
        }
    }
}

fn asked<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}

fn operations() -> usize {
    asked("DATELINE_OPERATIONS").unwrap_or(OPERATIONS)
}

/// Of a test's own seed and the one that is asked for.
pub fn dice(own: u64) -> Dice {
    dice_of(own, asked("DATELINE_SEED").unwrap_or(0))
}

pub fn dice_of(own: u64, seed: u64) -> Dice {
    Dice(own ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_decision_is_ever_violated_and_undoing_all_gives_what_the_machine_alone_says() {
    let mut dice = dice(0x0dec_1de5);
    let (world, alone) = decide_and_undo((&mut dice, operations()), true).await;
    similar(&world.dump(), &alone.dump(), operations());
}

/// While nothing is published: what readers follow stays where they follow it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn undoing_all_gives_the_storylines_that_the_machine_alone_makes() {
    undo_unpublished(dice(UNPUBLISHED), operations()).await;
}

/// Found among thousands: an event kept the headline that was pinned to one which it had held for a moment, while the
/// undoing of a merge brought that to life again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_that_once_left_a_pin_behind_takes_it_along() {
    undo_unpublished(dice_of(UNPUBLISHED, 28), 73).await;
}

const UNPUBLISHED: u64 = 0x0057_0e1e;

async fn undo_unpublished(mut dice: Dice, operations: usize) {
    let (mut world, mut alone) = decide_and_undo((&mut dice, operations), false).await;
    // A storyline that rests is told so when it is looked at next.
    world.refine();
    alone.refine();
    similar(&world.dump(), &alone.dump(), operations);
    similar(
        &world.dump_storylines(),
        &alone.dump_storylines(),
        operations,
    );
}

/// A world in which much was decided and all undone, and another one with the same items.
async fn decide_and_undo(
    (dice, operations): (&mut Dice, usize),
    publishes: bool,
) -> (World, World) {
    let (mut world, mut alone) = (World::open(1000).await, World::open(1000).await);
    let mut counts = BTreeMap::new();
    for number in 0..operations {
        let seed = dice.0;
        if !publishes && Dice(seed).roll(16) == PUBLISH {
            dice.roll(16);
            continue;
        }
        let before = world.minutes;
        operate(&mut world, dice, &mut counts).await;
        world.take_in();
        world.check(number);
        if world.minutes > before {
            operate(&mut alone, &mut Dice(seed), &mut BTreeMap::new()).await;
            alone.take_in();
        }
        if !publishes {
            similar(&world.dump_own(), &alone.dump_own(), number);
        }
    }
    assert!(
        counts["decide"] > 3 && counts.contains_key("undo"),
        "{counts:?}"
    );
    assert!(
        world
            .events()
            .iter()
            .any(|event| world.members(*event).len() > 2)
    );
    assert!(
        alone.dump().contains(" beside "),
        "live blogs stand beside reports"
    );
    world.undo_all(dice).await;
    similar(&world.dump(), &alone.dump(), operations);
    world.restart();
    world.take_in();
    println!("{counts:?}");
    (world, alone)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decisions_hold_when_the_items_have_left_the_window() {
    live_briefly(dice(BRIEF), operations()).await;
}

/// Found among thousands: two reports that an editor had merged into an event parted when the last of those that the
/// machine had there itself left the window, because the younger one stood in for the older.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_that_once_lost_a_merge_to_time_keeps_it() {
    live_briefly(dice_of(BRIEF, 1), 200).await;
}

const BRIEF: u64 = 0x0001_d0f5;

/// A history of so many operations in a world whose window is three hours.
async fn live_briefly(mut dice: Dice, operations: usize) {
    let mut world = World::open(3).await;
    let mut counts = BTreeMap::new();
    for number in 0..operations {
        operate(&mut world, &mut dice, &mut counts).await;
        world.take_in();
        world.check(number);
    }
    assert!(counts["decide"] > 3, "{counts:?}");
    world.undo_all(&mut dice).await;
    println!("{counts:?}");
}

pub fn similar(left: &str, right: &str, at: usize) {
    let differs = left.lines().zip(right.lines()).find(|(a, b)| a != b);
    assert!(left == right, "{at}: {differs:#?}");
}

/// Two things that five outlets tell in words of their own, with the items of each.
async fn two_matters(world: &mut World) -> [Vec<ItemId>; 2] {
    let matters = [tell(world, 0, 0..5).await, tell(world, 1, 0..5).await];
    world.take_in();
    world.refine();
    matters
}

/// Outlets tell a thing of that number; the items.
async fn tell(world: &mut World, number: usize, outlets: std::ops::Range<usize>) -> Vec<ItemId> {
    let mut items = Vec::new();
    for outlet in outlets {
        // Words that nothing else says.
        let own = |at: usize| word(number * 8 + at) + "qo";
        let words: Vec<String> = (0..8).filter(|at| *at != outlet).map(own).collect();
        let lead = words.iter().rev().cloned().collect::<Vec<_>>().join(" ");
        let title = format!("{} {}", words.join(" "), word(900 + outlet));
        world.ingest(outlet, title, lead, 3).await;
        items.extend(world.store.read(newest_item).unwrap());
    }
    items
}

fn newest_item(conn: &Connection) -> dateline::store::Result<Option<ItemId>> {
    let sql = "SELECT max(id) FROM items";
    Ok(conn
        .query_row(sql, [], |row| row.get::<_, Option<i64>>(0))?
        .map(ItemId))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_moved_into_an_event_tears_nothing_and_stands_in_no_editors_way() {
    let mut world = World::open(1000).await;
    let [matter, other] = two_matters(&mut world).await;
    let (home, from) = (world.homes(&matter), world.homes(&other));
    assert_eq!((home.len(), from.len()), (1, 1), "each is one event");
    let moved = other[2];
    let ruling = |world: &World, item, to: &BTreeSet<EventId>| {
        let to = *to.first().unwrap();
        world.store.read(|conn| load_move(conn, item, to)).unwrap()
    };
    let move_in = ruling(&world, moved, &home);
    world.rule(move_in).await;
    let mut all = matter.clone();
    all.push(moved);
    assert_eq!(world.homes(&all), home);
    let rest: Vec<ItemId> = other
        .iter()
        .copied()
        .filter(|item| *item != moved)
        .collect();
    assert_eq!(world.homes(&rest), from);

    // What is gathered round it is no decision about each of them.
    let move_out = ruling(&world, matter[3], &from);
    world.rule(move_out).await;
    all.retain(|item| *item != matter[3]);
    assert_eq!(world.homes(&all), home);
    assert_eq!(world.homes(&[matter[3], rest[0]]), from);
    world.restart();
    world.take_in();
    world.refine();
    assert_eq!(world.homes(&all), home);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn items_go_one_by_one_into_another_event_and_back_in_any_order() {
    for taken_back in [[0, 1], [1, 0]] {
        let mut world = World::open(1000).await;
        let [matter, other] = two_matters(&mut world).await;
        let (home, from) = (world.homes(&matter), world.homes(&other));
        let goes = [other[2], other[0]];
        for item in goes {
            let to = *home.first().unwrap();
            let ruling = world.store.read(|conn| load_move(conn, item, to));
            world.rule(ruling.unwrap()).await;
            assert!(world.homes(&[item]).is_subset(&home), "{item} went");
        }
        let stays: Vec<ItemId> = other
            .iter()
            .filter(|one| !goes.contains(one))
            .copied()
            .collect();
        assert_eq!(world.homes(&stays), from);
        assert_eq!(world.homes(&[matter.clone(), goes.to_vec()].concat()), home);
        world.restart();
        world.take_in();
        let made: Vec<_> = world.made().iter().map(|one| one.id).collect();
        for at in taken_back {
            take_back(&mut world, made[at]).await;
            assert_eq!(
                world.homes(&[goes[at]]),
                from,
                "{at} of {taken_back:?} is back"
            );
            assert_eq!(world.homes(&matter), home);
        }
        assert_eq!(world.homes(&other), from);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_split_off_is_joined_by_what_is_moved_to_it_later() {
    let mut world = World::open(1000).await;
    let [_, other] = two_matters(&mut world).await;
    let event = *world.homes(&other).first().unwrap();
    let ruling = Ruling::SplitEvent {
        event,
        kept_items: other[1..].to_vec(),
        split_items: other[..1].to_vec(),
    };
    world.rule(ruling).await;
    let apart = world.homes(&other[..1]);
    assert_eq!(apart.len(), 1);
    assert_ne!(apart, world.homes(&other[1..]));
    let to = *apart.first().unwrap();
    let ruling = world.store.read(|conn| load_move(conn, other[1], to));
    world.rule(ruling.unwrap()).await;
    assert_eq!(world.homes(&other[..2]), apart);
    assert!(!world.homes(&other[2..]).contains(&to));
    world.check(0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_items_that_tell_the_same_make_one_event_of_theirs() {
    let mut world = World::open(1000).await;
    let [matter, other] = two_matters(&mut world).await;
    let home = world.homes(&matter);
    let (a, b) = (other[1], matter[1]);
    world
        .rule(Ruling::SameEvent {
            a,
            b,
            items: Vec::new(),
        })
        .await;
    let all = [matter, other].concat();
    assert_eq!(world.homes(&all), home, "of two alike the first stays");
    let made = world.made();
    let said = describe_ruling(&made[0].ruling);
    assert!(said.starts_with("merged event"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spiked_event_gives_its_storyline_no_headline_until_the_spike_is_taken_back() {
    let mut world = World::open(1000).await;
    let matters = two_matters(&mut world).await;
    let events = matters.map(|items| *world.homes(&items).first().unwrap());
    let lines = events.map(|event| world.line_of(event).unwrap());
    if lines[0] != lines[1] {
        let merge = world.merge_lines(lines[0], lines[1]);
        world.rule(merge).await;
    }
    let read = |world: &World| {
        let line = world.line_of(events[0]).unwrap();
        let read = world.store.read(|conn| {
            let shown = load_storyline(conn, line)?.unwrap().headline;
            let events = load_events_of(conn, line)?;
            let heads = |event: &Event| (event.headline.clone(), event.id);
            Ok((shown, events.iter().map(heads).collect()))
        });
        read.unwrap()
    };
    let (headline, heads): (String, BTreeMap<String, EventId>) = read(&world);
    assert!(heads.len() > 1);
    let target = Target::Event(heads[&headline]);
    world.rule(Ruling::Spike { target }).await;
    let (shown, _) = read(&world);
    assert!(shown != headline && heads.contains_key(&shown), "{shown}");
    let spike = world.made().last().unwrap().id;
    let answer = undo(&world.store, spike, "ben".into(), world.now()).await;
    assert!(answer.unwrap().done);
    world.take_in();
    assert_eq!(read(&world).0, headline);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_twice_is_refused_and_undoing_it_once_is_enough() {
    let mut world = World::open(1000).await;
    let [matter, other] = two_matters(&mut world).await;
    let before = world.places();
    let same = |a, b| Ruling::SameEvent {
        a,
        b,
        items: Vec::new(),
    };
    world.rule(same(other[1], matter[1])).await;
    for again in [same(other[1], matter[1]), same(matter[1], other[1])] {
        let asked = Asked {
            ruling: again,
            editor: "ben".into(),
            note: String::new(),
        };
        let answer = decide(&world.store, asked, world.now()).await.unwrap();
        assert!(
            !answer.done && answer.lines[0].contains("says so already"),
            "{answer:?}"
        );
    }
    let first = world.made()[0].id;
    take_back(&mut world, first).await;
    assert_eq!(world.places(), before);

    // Two of one event that are held together tear nothing either.
    world.rule(same(matter[0], matter[4])).await;
    world.refine();
    assert_eq!(world.places(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_takes_no_id_along_not_even_with_the_report_that_was_published_first() {
    let mut world = World::open(1000).await;
    let mut other = tell(&mut world, 31, 0..1).await;
    let alone = tell(&mut world, 47, 0..1).await;
    world.take_in();
    world.refine();
    world.publish().await;
    let matter = tell(&mut world, 0, 0..5).await;
    other.extend(tell(&mut world, 31, 1..3).await);
    world.take_in();
    world.refine();
    let (from, to, gone) = (
        world.homes(&other),
        world.homes(&matter),
        world.homes(&alone),
    );
    let held = |events: &BTreeSet<EventId>| world.members(*events.first().unwrap());
    assert_eq!(
        (held(&from), held(&to), held(&gone)),
        (other.clone(), matter.clone(), alone.clone())
    );
    let into = *to.first().unwrap();
    let move_in = |world: &World, item| {
        world
            .store
            .read(|conn| load_move(conn, item, into))
            .unwrap()
    };
    let ruling = move_in(&world, other[0]);
    world.rule(ruling).await;
    assert_eq!(
        world.homes(&other[1..]),
        from,
        "the address stays with what stays"
    );
    assert_eq!(world.homes(&[matter[0], other[0]]), to);

    // An event that is moved as a whole leads to where it went, also if it is older.
    let ruling = move_in(&world, alone[0]);
    world.rule(ruling).await;
    assert_eq!(world.homes(&[matter[0], alone[0]]), to);
    let event = world
        .store
        .read(|conn| load_event(conn, *gone.first().unwrap()));
    assert_eq!(event.unwrap().unwrap().merged_into, Some(into));
    for decision in world.made() {
        let undone = undo(&world.store, decision.id, "ben".into(), world.now()).await;
        assert!(undone.unwrap().done);
    }
    world.take_in();
    assert_eq!(world.homes(&alone), gone);
    assert_eq!((world.homes(&other), world.homes(&matter)), (from, to));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pinned_headline_outlives_the_merge_of_its_event_until_it_is_undone() {
    let mut world = World::open(1000).await;
    let [matter, other] = two_matters(&mut world).await;
    let event = *world.homes(&other).first().unwrap();
    let pin = Ruling::PinHeadline {
        event,
        headline: "As an editor has it".into(),
    };
    world.rule(pin).await;
    let merge = Ruling::SameEvent {
        a: matter[0],
        b: other[0],
        items: Vec::new(),
    };
    let again = merge.clone();
    world.rule(merge).await;
    let stays = *world.homes(&[matter, other].concat()).first().unwrap();
    assert_ne!(stays, event);
    let is_pinned = |world: &World, event| {
        let event = world.store.read(|conn| load_event(conn, event));
        event.unwrap().unwrap().headline == "As an editor has it"
    };
    assert!(is_pinned(&world, stays));
    take_back(&mut world, DecisionId(2)).await;
    assert!(!is_pinned(&world, stays) && is_pinned(&world, event));
    world.rule(again).await;
    assert!(is_pinned(&world, stays));
    take_back(&mut world, DecisionId(1)).await;
    assert!(!is_pinned(&world, stays));
}

async fn take_back(world: &mut World, id: DecisionId) {
    let answer = undo(&world.store, id, "ben".into(), world.now()).await;
    assert!(answer.unwrap().done);
    world.take_in();
}

/// Two that were published in one pass, live and when both have left the window.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_event_that_a_decision_says_stays_is_the_one_that_does() {
    for window_hours in [1000, 3] {
        let mut world = World::open(window_hours).await;
        let few = tell(&mut world, 0, 0..2).await;
        let many = tell(&mut world, 1, 0..4).await;
        world.take_in();
        world.publish().await;
        for minutes in [300, 300] {
            world
                .ingest(7, "Nothing of the two".into(), String::new(), minutes)
                .await;
            world.take_in();
        }
        let homes = world.homes(&[few[0], many[0]]);
        let homes: Vec<EventId> = homes.into_iter().collect();
        let merge = Ruling::MergeEvents {
            kept: homes[0],
            kept_items: few.clone(),
            merged: homes[1],
            merged_items: many.clone(),
        };
        world.rule(merge).await;
        let Ruling::MergeEvents { kept, .. } = world.made()[0].ruling else {
            panic!("it is a merge");
        };
        assert_eq!(kept, homes[1], "more have told it");
        let all = [few, many].concat();
        assert_eq!(world.homes(&all), BTreeSet::from([kept]), "{window_hours}");
    }
}
