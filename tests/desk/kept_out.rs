//! What an editor keeps out, where rulings and the machine move it, and what stands beside it.

use dateline::news::{EventId, ItemId, Ruling, Target};
use dateline::store::desk;

use super::spiking::{rule, shown, take_back, two_matters};
use super::world::World;

/// All that follows from what was decided and what came.
async fn follow(world: &mut World) {
    for _ in 0..2 {
        world.take_in();
        world.publish().await;
    }
}

async fn published() -> (World, [EventId; 2]) {
    let mut world = World::open(1000).await;
    let events = two_matters(&mut world).await.map(|one| one.0);
    follow(&mut world).await;
    (world, events)
}

fn are_shown(world: &World, items: &[ItemId]) -> Vec<bool> {
    let shown = shown(world);
    items.iter().map(|item| shown.contains(item)).collect()
}

async fn spike(world: &World, target: Target) {
    assert!(rule(world, Ruling::Spike { target }).await);
}

fn last(world: &World) -> dateline::news::DecisionId {
    world.made().last().expect("a decision").id
}

fn split(world: &World, event: EventId, from: usize) -> (Ruling, Vec<ItemId>) {
    let mut kept_items = world.members(event);
    let split_items = kept_items.split_off(from);
    let ruling = Ruling::SplitEvent {
        event,
        kept_items,
        split_items: split_items.clone(),
    };
    (ruling, split_items)
}

fn merge(world: &World, kept: EventId, merged: EventId) -> Ruling {
    let merge = |conn: &_| desk::load_merge(conn, kept, merged);
    world.store.read(merge).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_editor_takes_out_of_a_spiked_event_is_shown_and_nothing_else() {
    let (mut world, [event, _]) = published().await;
    let items = world.members(event);
    spike(&world, Target::Event(event)).await;
    follow(&mut world).await;
    assert_eq!(are_shown(&world, &items), [false; 5]);
    for ruling in [
        split(&world, event, 4).0,
        Ruling::NotSameEvent {
            a: items[3],
            b: items[0],
        },
    ] {
        assert!(rule(&world, ruling).await);
        follow(&mut world).await;
        assert_eq!(
            are_shown(&world, &items[3..]),
            [world.made().len() > 2, true],
            "{:?}",
            world.homes(&items)
        );
        assert_eq!(are_shown(&world, &items[..2]), [false; 2]);
    }
    for at in [2, 1] {
        take_back(&world, world.made()[at].id).await;
        follow(&mut world).await;
    }
    assert_eq!(are_shown(&world, &items), [false; 5], "they are back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_editor_split_before_the_rest_was_spiked_is_shown_be_it_obeyed_or_not() {
    for is_obeyed in [true, false] {
        let (mut world, [event, _]) = published().await;
        let items = world.members(event);
        assert!(rule(&world, split(&world, event, 3).0).await);
        if is_obeyed {
            world.take_in();
        }
        spike(&world, Target::Event(event)).await;
        follow(&mut world).await;
        let expected = [false, false, false, true, true];
        assert_eq!(are_shown(&world, &items), expected, "{is_obeyed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn to_undo_a_split_lets_nothing_in_of_a_part_that_is_spiked_and_takes_nothing_from_readers() {
    for spikes_the_part in [true, false] {
        let (mut world, [event, _]) = published().await;
        let items = world.members(event);
        let (ruling, parted) = split(&world, event, 3);
        assert!(rule(&world, ruling).await);
        follow(&mut world).await;
        let part = *world.homes(&parted).first().unwrap();
        let target = if spikes_the_part { part } else { event };
        let held = world.members(target);
        spike(&world, Target::Event(target)).await;
        follow(&mut world).await;
        take_back(&world, world.made()[0].id).await;
        follow(&mut world).await;
        assert_eq!(world.homes(&items).len(), 1);
        let expected: Vec<bool> = items.iter().map(|item| !held.contains(item)).collect();
        assert_eq!(are_shown(&world, &items), expected, "{spikes_the_part}");
        take_back(&world, last(&world)).await;
        follow(&mut world).await;
        assert_eq!(are_shown(&world, &items), [true; 5]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_spiked_while_another_editor_merges_it_stays_out() {
    for spikes_the_kept in [true, false] {
        let (mut world, events) = published().await;
        let items = events.map(|event| world.members(event));
        assert!(rule(&world, merge(&world, events[0], events[1])).await);
        let at = usize::from(!spikes_the_kept);
        spike(&world, Target::Event(events[at])).await;
        follow(&mut world).await;
        assert_eq!(world.homes(&items.concat()).len(), 1);
        assert_eq!(are_shown(&world, &items[at]), [false; 5]);
        assert_eq!(are_shown(&world, &items[1 - at]), [true; 5]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_spiked_events_that_are_one_each_is_let_in_by_its_own_undoing() {
    let (mut world, events) = published().await;
    let items = events.map(|event| world.members(event));
    for event in events {
        spike(&world, Target::Event(event)).await;
    }
    assert!(rule(&world, merge(&world, events[0], events[1])).await);
    follow(&mut world).await;
    take_back(&world, world.made()[0].id).await;
    follow(&mut world).await;
    assert_eq!(are_shown(&world, &items[0]), [true; 5]);
    assert_eq!(are_shown(&world, &items[1]), [false; 5]);
    take_back(&world, world.made()[1].id).await;
    follow(&mut world).await;
    assert_eq!(are_shown(&world, &items.concat()), [true; 10]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_of_a_spiked_storyline_is_merged_into_nothing_that_is_shown() {
    let (world, events) = published().await;
    let line = world.line_of(events[1]).unwrap();
    assert_ne!(world.line_of(events[0]), Some(line));
    spike(&world, Target::Storyline(line)).await;
    for (kept, merged) in [(0, 1), (1, 0)] {
        let asked = dateline::jobs::decide::Asked {
            ruling: merge(&world, events[kept], events[merged]),
            editor: "ben".into(),
            note: String::new(),
        };
        let answer = dateline::jobs::decide::decide(&world.store, asked, world.now()).await;
        let answer = answer.unwrap();
        assert!(!answer.done);
        assert!(answer.lines[0].starts_with("decision 1 stands in the way"));
        assert!(answer.lines[1].starts_with("decision 1: anna spiked storyline"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storyline_keeps_the_name_of_one_that_goes_into_it() {
    let (mut world, events) = published().await;
    let lines = events.map(|event| world.line_of(event).unwrap());
    let rename = Ruling::RenameStoryline {
        storyline: lines[1],
        headline: "The editor's own words".to_owned(),
    };
    world.rule(rename).await;
    let merge = world.merge_lines(lines[0], lines[1]);
    world.rule(merge).await;
    let headline = |world: &World| {
        let line = world.line_of(events[0]).unwrap();
        let found = world.store.read(|conn| desk::load_storyline(conn, line));
        found.unwrap().unwrap().headline
    };
    assert_eq!(headline(&world), "The editor's own words");
    take_back(&world, world.made()[0].id).await;
    world.take_in();
    assert_ne!(headline(&world), "The editor's own words");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_goes_along_with_what_it_names() {
    let (mut world, events) = published().await;
    let is_locked = |world: &World, event: EventId| {
        let found = world.store.read(|conn| desk::load_event(conn, event));
        found.unwrap().unwrap().locked
    };
    let lock = Ruling::Lock {
        event: events[1],
        items: world.members(events[1]),
    };
    world.rule(lock).await;
    assert!(is_locked(&world, events[1]) && !is_locked(&world, events[0]));
    world.rule(merge(&world, events[0], events[1])).await;
    assert!(is_locked(&world, events[0]));
    let found = dateline::jobs::decide::find_lock(&world.store, events[0]);
    assert_eq!(found.unwrap(), Some(world.made()[0].id));
    take_back(&world, world.made()[1].id).await;
    world.take_in();
    assert!(is_locked(&world, events[1]) && !is_locked(&world, events[0]));
    world.rule(merge(&world, events[0], events[1])).await;
    take_back(&world, world.made()[0].id).await;
    assert!(!is_locked(&world, events[0]) && !is_locked(&world, events[1]));
}
