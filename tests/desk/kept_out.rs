//! What an editor keeps out, where rulings and the machine move it, and what stands beside it.

use dateline::news::{EventId, ItemId, Ruling, Target};
use dateline::store::{desk, kept_out};

use super::spiking::{rule, shown, take_back, tell_again, two_matters};
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

fn move_in(world: &World, item: ItemId, to: EventId) -> Ruling {
    let ruling = |conn: &_| desk::load_move(conn, item, to);
    world.store.read(ruling).unwrap()
}

fn target(world: &World, event: EventId, is_line: bool) -> Target {
    match is_line {
        true => Target::Storyline(world.line_of(event).unwrap()),
        false => Target::Event(event),
    }
}

async fn undo(world: &mut World, decision: i64) {
    take_back(world, dateline::news::DecisionId(decision)).await;
    follow(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_editor_moves_into_what_is_spiked_is_out_with_it_under_the_id_that_readers_know() {
    for (is_line, undoes_the_move_first) in [(false, true), (false, false), (true, true)] {
        let (mut world, [from, to]) = published().await;
        let [rest, buried] = [from, to].map(|event| world.members(event));
        spike(&world, target(&world, to, is_line)).await;
        follow(&mut world).await;
        let ruling = move_in(&world, rest[2], to);
        assert!(rule(&world, ruling).await);
        follow(&mut world).await;
        let all = [&buried[..], &rest[2..3]].concat();
        assert_eq!(world.homes(&all), [to].into());
        assert_eq!(are_shown(&world, &all), [false; 6]);
        assert_eq!(are_shown(&world, &rest), [true, true, false, true, true]);
        assert_eq!(world.events().len(), 2, "no other event is made of them");
        let (first, second) = if undoes_the_move_first {
            (2, 1)
        } else {
            (1, 2)
        };
        undo(&mut world, first).await;
        let is_out = undoes_the_move_first;
        assert_eq!(are_shown(&world, &buried), [!is_out; 5]);
        assert_eq!(are_shown(&world, &rest), [true; 5]);
        undo(&mut world, second).await;
        assert_eq!(
            are_shown(&world, &[rest.clone(), buried.clone()].concat()),
            [true; 10]
        );
        assert_eq!(
            (world.homes(&rest), world.homes(&buried)),
            ([from].into(), [to].into())
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_goes_into_a_spiked_event_whole_leads_there_and_comes_back_alone() {
    for spikes_first in [true, false] {
        let (mut world, [from, to]) = published().await;
        let items = world.members(from);
        assert!(rule(&world, split(&world, from, 4).0).await);
        follow(&mut world).await;
        let alone = *world.homes(&items[4..]).first().unwrap();
        let ruling = move_in(&world, items[4], to);
        if spikes_first {
            spike(&world, Target::Event(to)).await;
        }
        assert!(rule(&world, ruling).await);
        if !spikes_first {
            spike(&world, Target::Event(to)).await;
        }
        follow(&mut world).await;
        assert_eq!(world.homes(&items[4..]), [to].into());
        assert_eq!(are_shown(&world, &items), [true, true, true, true, false]);
        undo(&mut world, if spikes_first { 3 } else { 2 }).await;
        assert_eq!(world.homes(&items[4..]), [alone].into());
        assert_eq!(are_shown(&world, &items[4..]), [spikes_first]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_told_now_is_moved_into_a_spiked_event_that_has_left_the_window() {
    let mut world = World::open(3).await;
    let [(old, _), _] = two_matters(&mut world).await;
    follow(&mut world).await;
    let buried = world.members(old);
    world.minutes += 600;
    let [_, (new, _)] = two_matters(&mut world).await;
    follow(&mut world).await;
    let items = world.members(new);
    assert_eq!((buried.len(), items.len()), (5, 5));
    spike(&world, Target::Event(old)).await;
    follow(&mut world).await;
    let ruling = move_in(&world, items[1], old);
    assert!(rule(&world, ruling).await);
    follow(&mut world).await;
    let all = [&buried[..], &items[1..2]].concat();
    assert_eq!(world.homes(&all), [old].into());
    assert_eq!(are_shown(&world, &all), [false; 6]);
    undo(&mut world, 2).await;
    assert_eq!(world.homes(&items), [new].into());
    assert_eq!(are_shown(&world, &items), [true; 5]);
    assert_eq!(are_shown(&world, &buried), [false; 5]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_to_stay_in_a_spiked_event_keeps_its_id_be_it_the_lesser_part() {
    let (mut world, [event, _]) = published().await;
    let items = world.members(event);
    spike(&world, Target::Event(event)).await;
    follow(&mut world).await;
    assert!(rule(&world, split(&world, event, 1).0).await);
    follow(&mut world).await;
    assert_eq!(world.homes(&items[..1]), [event].into());
    assert_eq!(are_shown(&world, &items), [false, true, true, true, true]);
    undo(&mut world, 2).await;
    assert_eq!(world.homes(&items), [event].into());
    assert_eq!(are_shown(&world, &items), [false; 5]);
    assert!(rule(&world, split(&world, event, 1).0).await);
    follow(&mut world).await;
    assert_eq!(are_shown(&world, &items), [false, true, true, true, true]);
}

/// The lesser part of an event of one storyline, as an event there.
async fn part_of(world: &mut World, event: EventId) -> EventId {
    let (ruling, parted) = split(world, event, 3);
    assert!(rule(world, ruling).await);
    follow(world).await;
    *world.homes(&parted).first().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_goes_back_into_a_spiked_storyline_when_its_split_is_undone_and_out_again() {
    for spikes_first in [true, false] {
        let (mut world, [event, _]) = published().await;
        let part = part_of(&mut world, event).await;
        let line = world.line_of(event).unwrap();
        assert_eq!(world.line_of(part), Some(line));
        let items = world.members(part);
        let leave = Ruling::SplitStoryline {
            storyline: line,
            kept_events: vec![event],
            split_events: vec![part],
        };
        if spikes_first {
            spike(&world, Target::Storyline(line)).await;
            follow(&mut world).await;
        }
        assert!(rule(&world, leave.clone()).await);
        follow(&mut world).await;
        if !spikes_first {
            spike(&world, Target::Storyline(line)).await;
            follow(&mut world).await;
        }
        assert_eq!(are_shown(&world, &items), [true; 2]);
        undo(&mut world, if spikes_first { 3 } else { 2 }).await;
        let stays_shown = !spikes_first;
        assert_eq!(are_shown(&world, &items), [stays_shown; 2]);
        assert_eq!(world.line_of(part) == Some(line), spikes_first);
        if spikes_first {
            assert_eq!(world.store.read(kept_out::load_items).unwrap(), [].into());
            assert!(rule(&world, leave).await, "it may be ruled again");
            follow(&mut world).await;
            assert_eq!(are_shown(&world, &items), [true; 2]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merge_that_was_undone_under_a_spike_is_made_again_and_shows_nothing() {
    for is_line in [false, true] {
        let (mut world, events) = published().await;
        let items = events.map(|event| world.members(event)).concat();
        let join = |world: &World| match is_line {
            true => {
                let lines = events.map(|event| world.line_of(event).unwrap());
                world.merge_lines(lines[0], lines[1])
            }
            false => merge(world, events[0], events[1]),
        };
        let ruling = join(&world);
        assert!(rule(&world, ruling).await);
        follow(&mut world).await;
        spike(&world, target(&world, events[0], is_line)).await;
        follow(&mut world).await;
        undo(&mut world, 1).await;
        assert_eq!(are_shown(&world, &items), [false; 10]);
        let ruling = join(&world);
        assert!(rule(&world, ruling).await);
        follow(&mut world).await;
        assert_eq!(are_shown(&world, &items), [false; 10]);
        undo(&mut world, 2).await;
        assert_eq!(are_shown(&world, &items), [true; 10]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_lock_alone_keeps_from_a_spiked_event_is_out_with_it() {
    for (is_spiked, is_locked) in [(true, true), (true, false), (false, true)] {
        let (mut world, [event, _]) = published().await;
        if is_locked {
            let items = world.members(event);
            world.rule(Ruling::Lock { event, items }).await;
        }
        if is_spiked {
            spike(&world, Target::Event(event)).await;
        }
        follow(&mut world).await;
        let mut late = Vec::new();
        for outlet in [6, 7] {
            tell_again(&mut world, outlet).await;
            follow(&mut world).await;
            late.push(*world.places().last_key_value().unwrap().0);
        }
        assert_eq!(world.homes(&late) == [event].into(), !is_locked);
        assert_eq!(are_shown(&world, &late), [!is_spiked; 2], "{is_locked}");
        world.restart();
        take_back(&world, world.made()[0].id).await;
        follow(&mut world).await;
        // Without the lock they join it and stay out with it, without the spike they are shown.
        let is_out = is_spiked && is_locked;
        assert_eq!(are_shown(&world, &late), [!is_out; 2], "{is_locked}");
        assert!(!is_locked || world.homes(&late) == [event].into());
        let shown = world.store.read(kept_out::load_items).unwrap();
        assert_eq!(shown, [].into());
    }
}
