//! What editors keep out stays out, whatever comes after and whatever the machine makes of it. More operations with
//! `DATELINE_OPERATIONS`, other histories with `DATELINE_SEED`.

use std::collections::{BTreeMap, BTreeSet};

use dateline::decisions::in_force;
use dateline::jobs::decide::{Asked, decide, undo};
use dateline::news::{DecisionId, EventId, ItemId, Ruling, StorylineId, Target};
use dateline::store::desk;

use super::holding::{dice, dice_of};
use super::world::{World, word};
use crate::dice::Dice;

const OPERATIONS: usize = 100;
/// The seed of these histories.
const OWN: u64 = 0x0005_b1ed;
/// Things that happen beside one another: each shares words with the next.
const MATTERS: usize = 7;

/// Eight words of a matter, of which the last ones are the first of the next one.
fn words(matter: usize, shared: usize) -> Vec<String> {
    let of = |matter: usize, at: usize| format!("qu{}", word(matter % MATTERS * 97 + at * 13 + 5));
    let own = (0..8 - shared).map(|at| of(matter, at));
    own.chain((0..shared).map(|at| of(matter + 1, at)))
        .collect()
}

/// An item that tells of a matter, or of two.
async fn tell(world: &mut World, dice: &mut Dice) {
    let (matter, shared) = (dice.roll(MATTERS), [0, 0, 2, 4][dice.roll(4)]);
    let mut words = words(matter, shared);
    words.remove(dice.roll(8));
    let lead = words.iter().rev().cloned().collect::<Vec<_>>().join(" ");
    let title = format!("{} {}", words.join(" "), word(dice.roll(1000)));
    world.ingest(dice.roll(40), title, lead, 9).await;
}

fn list<T>(world: &World, sql: &str, of: i64, read: fn(i64) -> T) -> Vec<T> {
    let found = world.store.read(|conn| {
        let mut query = conn.prepare(sql)?;
        let rows = query.query_map([of], |row| row.get(0).map(read))?;
        Ok(rows.collect::<Result<_, _>>()?)
    });
    found.unwrap()
}

/// The items that stand in what is kept out.
fn held(world: &World, target: Target) -> Vec<ItemId> {
    let (column, id) = match target {
        Target::Event(event) => ("id", event.0),
        Target::Storyline(line) => ("storyline_id", line.0),
        Target::Item(item) => return vec![item],
    };
    let sql = format!(
        "SELECT m.item_id FROM event_items m JOIN events e ON e.id = m.event_id WHERE e.{column} = ?1"
    );
    list(world, &sql, id, ItemId)
}

/// The items that readers are shown.
fn shown(world: &World) -> BTreeSet<ItemId> {
    let sql = "SELECT m.item_id FROM event_items m JOIN items i ON i.id = m.item_id
            JOIN events e ON e.id = m.event_id JOIN storylines s ON s.id = e.storyline_id
         WHERE i.spiked = 0 AND e.spiked = 0 AND s.spiked = 0 AND e.public_id IS NOT NULL
            AND e.id > ?1";
    BTreeSet::from_iter(list(world, sql, 0, ItemId))
}

async fn rule(world: &World, ruling: Ruling) -> bool {
    let asked = Asked {
        ruling,
        editor: "anna".into(),
        note: String::new(),
    };
    let answer = decide(&world.store, asked, world.now()).await;
    answer.unwrap().done
}

async fn take_back(world: &World, id: DecisionId) {
    let answer = undo(&world.store, id, "ben".into(), world.now()).await;
    assert!(answer.unwrap().done);
}

/// True if an editor ruled what stands where, or took that back: then what was kept out may be elsewhere by an
/// editor's word.
async fn operate(world: &mut World, dice: &mut Dice, history: History) -> bool {
    match dice.roll(14) {
        0..=6 => {
            for _ in 0..=dice.roll(3) {
                tell(world, dice).await;
            }
        }
        7..=8 => {
            let event = dice.pick(&world.events());
            let line = event.and_then(|event| world.line_of(event));
            let target = match dice.roll(3) {
                0 => event.map(Target::Event),
                _ => line.map(Target::Storyline),
            };
            if let Some(target) = target {
                rule(world, Ruling::Spike { target }).await;
            }
        }
        9 => {
            let made = world.made();
            let open: Vec<DecisionId> = in_force(&made).map(|one| one.id).collect();
            let Some(id) = dice.pick(&open) else {
                return false;
            };
            take_back(world, id).await;
            let mut made = made.into_iter();
            return made.any(|one| one.id == id && !matches!(one.ruling, Ruling::Spike { .. }));
        }
        10 => world.refine(),
        11..=12 if history.has_rulings => {
            let events = world.events();
            let pair = dice.pick(&events).zip(dice.pick(&events));
            let ruling = match dice.roll(2) {
                0 => world.ruling(dice),
                _ => pair.and_then(|(a, b)| world.storyline_ruling(dice, a, b)),
            };
            if let Some(ruling) = ruling {
                return rule(world, ruling).await;
            }
        }
        _ => world.publish().await,
    }
    false
}

/// Everything that was ever kept out by what is in force, by decision.
fn note_held(world: &World, known: &mut BTreeMap<DecisionId, BTreeSet<ItemId>>) {
    let made = world.made();
    let open: BTreeSet<DecisionId> = in_force(&made).map(|one| one.id).collect();
    known.retain(|id, _| open.contains(id));
    for one in in_force(&made) {
        if let Ruling::Spike { target } = one.ruling {
            known.entry(one.id).or_default().extend(held(world, target));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_spiked_is_never_shown_and_a_restart_changes_nothing() {
    let history = History {
        has_rulings: false,
        has_twin: true,
    };
    live(dice(OWN), operations(), history).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_spiked_is_never_shown_beside_other_rulings() {
    let history = History {
        has_rulings: true,
        has_twin: false,
    };
    live(dice(OWN + 1), operations(), history).await;
}

/// Found among some: an event that was parted again from what it had been merged into stood in another storyline than
/// the one that readers follow.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_in_which_a_restart_once_changed_a_storyline_is_the_same_with_and_without() {
    let history = History {
        has_rulings: true,
        has_twin: true,
    };
    live(dice_of(OWN, 8), 30, history).await;
}

fn operations() -> usize {
    let asked = std::env::var("DATELINE_OPERATIONS");
    asked.map_or(OPERATIONS, |number| number.parse().unwrap())
}

/// What is in a history beside items and spikes.
#[derive(Clone, Copy)]
struct History {
    /// Rulings on what stands where.
    has_rulings: bool,
    /// A second world that is never started anew and has to be the same.
    has_twin: bool,
}

async fn live(mut dice: Dice, operations: usize, history: History) {
    let mut world = World::open(1000).await;
    let mut twin = match history.has_twin {
        true => Some(World::open(1000).await),
        false => None,
    };
    let mut known = BTreeMap::new();
    let mut most = 0;
    for number in 0..operations {
        let seed = dice.0;
        let is_ruled = operate(&mut world, &mut dice, history).await;
        if let Some(twin) = &mut twin {
            operate(twin, &mut Dice(seed), history).await;
        }
        world.restart();
        for one in std::iter::once(&mut world).chain(&mut twin) {
            note_held(one, &mut known);
            one.take_in();
            if is_ruled {
                known.clear();
            }
            note_held(one, &mut known);
            one.publish().await;
            one.take_in();
        }
        let shown = shown(&world);
        for (decision, items) in &known {
            let both: Vec<&ItemId> = items.intersection(&shown).collect();
            assert!(both.is_empty(), "{number}: {both:?} by {decision}");
        }
        world.check(number);
        most = most.max(known.values().map(BTreeSet::len).sum());
        if let Some(twin) = &twin {
            assert_alike(number, &world, twin);
        }
    }
    assert!(most > 5 && !shown(&world).is_empty(), "{most}");
}

fn assert_alike(number: usize, world: &World, twin: &World) {
    for dump in [World::dump, World::dump_storylines] {
        let (left, right) = (dump(world), dump(twin));
        let differs = left.lines().zip(right.lines()).find(|(a, b)| a != b);
        assert!(left == right, "{number}: {differs:#?}");
    }
}

/// Five items of each of two matters; the event of each with its storyline.
async fn two_matters(world: &mut World) -> [(EventId, StorylineId); 2] {
    let mut events = Vec::new();
    for matter in [0, 3] {
        for outlet in 0..5 {
            let mut words = words(matter, 0);
            words.remove(outlet);
            let lead = words.iter().rev().cloned().collect::<Vec<_>>().join(" ");
            world.ingest(outlet, words.join(" "), lead, 3).await;
        }
        world.take_in();
        let event = *world.places().last_key_value().unwrap().1;
        events.push((event, world.line_of(event).unwrap()));
    }
    [events[0], events[1]]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spiked_storyline_that_an_editor_merged_before_it_was_published_lives_again_as_spiked() {
    let mut world = World::open(1000).await;
    let [(first, kept), (second, merged)] = two_matters(&mut world).await;
    assert_ne!(kept, merged);
    for line in [kept, merged] {
        let target = Target::Storyline(line);
        assert!(rule(&world, Ruling::Spike { target }).await);
    }
    let merge = Ruling::MergeStorylines {
        kept,
        kept_events: world
            .store
            .read(|conn| desk::events_of(conn, kept))
            .unwrap(),
        merged,
        merged_events: world
            .store
            .read(|conn| desk::events_of(conn, merged))
            .unwrap(),
    };
    assert!(rule(&world, merge).await);
    world.take_in();
    assert_eq!(world.line_of(second), world.line_of(first));
    take_back(&world, world.made()[2].id).await;
    world.take_in();
    assert_eq!(world.line_of(second), Some(merged));
    world.publish().await;
    let shown = shown(&world);
    assert!(
        world
            .members(second)
            .iter()
            .all(|item| !shown.contains(item))
    );
    take_back(&world, world.made()[1].id).await;
    world.publish().await;
    let stands = world.store.read(|conn| desk::load_storyline(conn, merged));
    let stands = stands.unwrap().expect("the storyline");
    assert!(stands.public_id.is_some() && !stands.slug.is_empty());
}
