//! How often the clusterer is settled, and what was ruled and taken back in between, does not
//! matter: the groups are those of grouping everything once.

use std::collections::BTreeSet;

use crate::dice::Dice;
use dateline::cluster::{ArrivingItem, Engine, Settings, Weights};
use dateline::decisions::Constraints;
use dateline::news::{EventId, ItemId, OutletId, Role, utc_from_secs};

/// Items before the storylines, so that the tables know what is common.
const OTHER_NEWS: i64 = 60;
/// Fewer than the scores that an item keeps: up to there the groups are exact.
const ITEMS: i64 = 50;

/// When the engine settles, and what rules it then.
struct Course {
    settle_every: i64,
    /// Rulings are made and taken back on the way, and these hold at the end.
    with_rulings: bool,
    last: Constraints,
}

fn dice(seed: u64) -> Dice {
    Dice(seed.wrapping_mul(2_654_435_761) + 88_172_645_463_325_252)
}

/// A few matters that share names and words, so that much hangs together.
fn item(id: i64, draws: &mut Dice) -> ArrivingItem {
    item_of(3, id, draws)
}

fn item_of(matters: usize, id: i64, draws: &mut Dice) -> ArrivingItem {
    let matter = draws.roll(matters);
    let words: Vec<String> = (0..9)
        .map(|at| match (id <= OTHER_NEWS, at % 3) {
            (true, _) => format!("Word{}", draws.roll(4000)),
            (false, 0) => format!("Name{}", matter * 6 + draws.roll(6)),
            (false, _) => format!("w{}", matter / 3 * 25 + draws.roll(25)),
        })
        .collect();
    ArrivingItem {
        id: ItemId(id),
        outlet: OutletId(draws.roll(9) as i64),
        language: "en".to_owned(),
        item_time: utc_from_secs(1_755_000_000 + id * 600),
        time_is_claimed: true,
        title: words[..7].join(" "),
        summary: words[7..].join(" "),
        ..ArrivingItem::default()
    }
}

fn engine() -> Engine {
    let settings = Settings {
        settle_score: 0.3,
        join_score: 0.3,
        ..Settings::default()
    };
    Engine::new(settings, Weights::embedded(), EventId(1))
}

fn groups(seed: u64, course: &Course) -> BTreeSet<Vec<ItemId>> {
    let mut engine = engine();
    let (mut words, mut rulings) = (dice(seed), dice(seed + 1_000));
    for id in 1..=OTHER_NEWS + ITEMS {
        engine.arrive(&item(id, &mut words));
        if id % course.settle_every == 0 {
            engine.settle(&if course.with_rulings {
                some_rulings(id, &mut rulings)
            } else {
                Constraints::default()
            });
            engine.move_on();
        }
    }
    engine.settle(&course.last);
    engine
        .live_events()
        .map(|event| engine.items_of(event))
        .collect()
}

fn some_rulings(until: i64, draws: &mut Dice) -> Constraints {
    let mut any = || ItemId(1 + draws.roll(until as usize) as i64);
    Constraints {
        together: vec![(any(), any()), (any(), any())],
        apart: vec![(any(), any()), (any(), any()), (any(), any())],
        locked: vec![vec![any()]],
        ..Constraints::default()
    }
}

#[test]
fn settling_after_every_item_gives_the_groups_of_settling_once() {
    let course = |settle_every| Course {
        settle_every,
        with_rulings: false,
        last: Constraints::default(),
    };
    for seed in 1..13 {
        let once = groups(seed, &course(i64::MAX));
        for every in [1, 7] {
            assert_eq!(groups(seed, &course(every)), once, "seed {seed}");
        }
    }
}

#[test]
fn rulings_taken_back_leave_no_trace_in_the_groups() {
    for seed in 1..13 {
        let course = |settle_every, with_rulings| Course {
            settle_every,
            with_rulings,
            last: Constraints::default(),
        };
        let untouched = groups(seed, &course(i64::MAX, false));
        for every in [1, 5] {
            assert_eq!(groups(seed, &course(every, true)), untouched, "seed {seed}");
        }
    }
}

#[test]
fn rulings_give_the_same_groups_whenever_they_are_made() {
    for seed in 1..13 {
        let rulings = some_rulings(OTHER_NEWS + ITEMS, &mut dice(seed));
        let course = |settle_every, with_rulings| Course {
            settle_every,
            with_rulings,
            last: rulings.clone(),
        };
        let at_the_end = groups(seed, &course(i64::MAX, false));
        assert_eq!(groups(seed, &course(3, true)), at_the_end, "seed {seed}");
    }
}

#[test]
fn the_machine_alone_groups_as_if_nothing_were_ruled() {
    for seed in 1..9 {
        let (mut ruled, mut free) = (engine(), engine());
        let (mut words, mut rulings) = (dice(seed), dice(seed + 1_000));
        let mut in_force = Constraints::default();
        for id in 1..=OTHER_NEWS + 4 * ITEMS {
            let item = item_of(18, id, &mut words);
            ruled.arrive(&item);
            free.arrive(&item);
            if id % 6 != 0 {
                continue;
            }
            // They hold for a while, so that most of what comes is not reached by what changed.
            if id % 42 == 0 {
                in_force = some_rulings(id, &mut rulings);
            }
            ruled.settle(&in_force);
            free.settle(&Constraints::default());
            let live = (1..=id).map(ItemId);
            let own: BTreeSet<Vec<ItemId>> = live
                .filter_map(|item| ruled.own_event_of(item))
                .map(|event| ruled.own_items_of(event))
                .collect();
            let alone = free.live_events().map(|event| free.items_of(event));
            assert_eq!(own, alone.collect(), "seed {seed}, after item {id}");
            ruled.move_on();
            free.move_on();
        }
    }
}

#[test]
fn a_ruling_on_what_tells_no_event_changes_nothing() {
    let mut engine = engine();
    let of = |id: i64, role: Role, title: &str| ArrivingItem {
        id: ItemId(id),
        role,
        item_time: utc_from_secs(1_755_000_000 + id * 60),
        language: "en".to_owned(),
        title: title.to_owned(),
        ..ArrivingItem::default()
    };
    engine.arrive(&of(
        1,
        Role::News,
        "Leaders meet in Anchorage as the summit opens",
    ));
    let blog = engine.arrive(&of(
        2,
        Role::Live,
        "Live updates: leaders meet in Anchorage",
    ));
    assert_eq!(blog.event, None);
    engine.settle(&Constraints {
        together: vec![(ItemId(1), ItemId(2)), (ItemId(2), ItemId(1))],
        apart: vec![(ItemId(2), ItemId(1))],
        locked: vec![vec![ItemId(2)]],
        ..Constraints::default()
    });
    let event = engine.event_of(ItemId(1)).expect("it is a report");
    assert_eq!(engine.items_of(event), [ItemId(1)]);
    assert_eq!(engine.event_of(ItemId(2)), None);
}

#[test]
fn what_rulings_hold_together_stays_together_whatever_comes_and_whatever_contradicts_it() {
    for seed in 0..40 {
        let mut engine = engine();
        let (mut words, mut draws) = (dice(seed), dice(seed + 2_000));
        let first = OTHER_NEWS + 1;
        for id in 1..=OTHER_NEWS + ITEMS / 2 {
            engine.arrive(&item(id, &mut words));
        }
        engine.settle(&Constraints::default());
        // A report is moved to the first of others, and then some of these are split off.
        let named = |at: i64| ItemId(first + at);
        let mut others: Vec<ItemId> = (1..ITEMS / 2).map(named).collect();
        others.retain(|_| draws.roll(2) == 0);
        let (kept, split) = others.split_at(others.len() / 2);
        let gathered = others.iter().map(|other| (named(0), *other));
        let staying = [kept, &[ItemId(first)]].concat();
        let rules = Constraints {
            together: vec![(ItemId(first), ItemId(1))],
            gathered: gathered.collect(),
            apart: staying
                .iter()
                .flat_map(|a| split.iter().map(|b| (*a, *b)))
                .collect(),
            ..Constraints::default()
        };
        engine.settle(&rules);
        for id in OTHER_NEWS + ITEMS / 2 + 1..=OTHER_NEWS + ITEMS {
            engine.arrive(&item(id, &mut words));
            engine.settle(&rules);
            let place = |item: i64| engine.event_of(ItemId(item));
            assert_eq!(place(first), place(1), "{seed}: after {id}");
        }
    }
}
