//! What editors keep out stays out, whatever comes after and whatever the machine makes of it. More operations with
//! `DATELINE_OPERATIONS`, other histories with `DATELINE_SEED`.

use std::collections::{BTreeMap, BTreeSet};

use dateline::decisions::in_force;
use dateline::jobs::decide::{Asked, decide, undo};
use dateline::news::{DecisionId, EventId, ItemId, Ruling, StorylineId, Target};
use dateline::store::check::check_database;
use dateline::store::{desk, items, kept_out, standing};

use super::holding::{dice, dice_of};
use super::world::{World, word};
use crate::dice::Dice;
use crate::rows::list_rows;

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

/// The items that nothing keeps out and that are not shown.
fn waiting(world: &World) -> Vec<ItemId> {
    let sql = "SELECT m.item_id FROM event_items m JOIN items i ON i.id = m.item_id
            JOIN events e ON e.id = m.event_id JOIN storylines s ON s.id = e.storyline_id
         WHERE i.spiked = 0 AND e.spiked = 0 AND s.spiked = 0 AND e.public_id IS NULL
            AND e.id > ?1";
    list(world, sql, 0, ItemId)
}

/// The items that readers are shown.
pub fn shown(world: &World) -> BTreeSet<ItemId> {
    let sql = "SELECT m.item_id FROM event_items m JOIN items i ON i.id = m.item_id
            JOIN events e ON e.id = m.event_id JOIN storylines s ON s.id = e.storyline_id
         WHERE i.spiked = 0 AND e.spiked = 0 AND s.spiked = 0 AND e.public_id IS NOT NULL
            AND e.id > ?1";
    BTreeSet::from_iter(list(world, sql, 0, ItemId))
}

pub async fn rule(world: &World, ruling: Ruling) -> bool {
    let asked = Asked {
        ruling,
        editor: "anna".into(),
        note: String::new(),
    };
    let answer = decide(&world.store, asked, world.now()).await;
    answer.unwrap().done
}

pub async fn take_back(world: &World, id: DecisionId) {
    let answer = undo(&world.store, id, "ben".into(), world.now()).await;
    assert!(answer.unwrap().done);
}

/// What was done.
pub enum Done {
    /// Something came, or the machine looked at it, or a spike was taken back.
    Nothing,
    /// Something is spiked from here on.
    Spiked,
    /// An editor ruled what stands where.
    Ruled(Ruling),
    /// Such a ruling was taken back.
    Undone(Ruling),
}

async fn operate(world: &mut World, dice: &mut Dice, history: History) -> Done {
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
                return Done::Spiked;
            }
        }
        9 => {
            let made = world.made();
            let open: Vec<DecisionId> = in_force(&made).map(|one| one.id).collect();
            let Some(id) = dice.pick(&open) else {
                return Done::Nothing;
            };
            take_back(world, id).await;
            let mut made = made.into_iter();
            let undone = made
                .find(|one| one.id == id)
                .expect("it was in force")
                .ruling;
            if !matches!(undone, Ruling::Spike { .. }) {
                return Done::Undone(undone);
            }
        }
        10..=12 if history.is_aimed && dice.roll(3) > 0 => {
            if let Some(ruling) = super::aimed::ruling(world, dice)
                && rule(world, ruling.clone()).await
            {
                return Done::Ruled(ruling);
            }
        }
        10 => world.refine(),
        11..=12 if history.has_rulings => {
            let events = world.events();
            let pair = dice.pick(&events).zip(dice.pick(&events));
            let ruling = match dice.roll(2) {
                0 => world.ruling(dice),
                _ => pair.and_then(|(a, b)| world.storyline_ruling(dice, a, b)),
            };
            if let Some(ruling) = ruling
                && rule(world, ruling.clone()).await
            {
                return Done::Ruled(ruling);
            }
        }
        _ => world.publish().await,
    }
    Done::Nothing
}

/// The items that a ruling takes out of where they stand.
fn taken_out(world: &World, ruling: &Ruling) -> BTreeSet<ItemId> {
    match ruling {
        Ruling::SplitEvent { split_items, .. } => split_items.iter().copied().collect(),
        Ruling::MoveItem { item, .. } => BTreeSet::from([*item]),
        Ruling::NotSameEvent { a, b } => BTreeSet::from([*a, *b]),
        Ruling::SplitStoryline { split_events, .. } => {
            let events = split_events.iter();
            events.flat_map(|event| world.members(*event)).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// True if a ruling in force says in which storyline the event of an item stands, or one that went into it: then it
/// stands there by an editor's word.
pub fn is_bound(world: &World, item: ItemId) -> bool {
    let event = world.places()[&item];
    let mut names = world
        .store
        .read(|conn| standing::load_predecessors(conn, event))
        .unwrap();
    names.push(event);
    let made = world.made();
    let mut rulings = in_force(&made).filter(|one| !one.ruling.storylines().is_empty());
    rulings.any(|one| {
        one.ruling
            .events()
            .iter()
            .any(|event| names.contains(event))
    })
}

/// The items that a ruling puts where they stand.
fn put_in(world: &World, ruling: &Ruling) -> BTreeSet<ItemId> {
    match ruling {
        Ruling::MergeEvents {
            kept_items,
            merged_items,
            ..
        } => kept_items.iter().chain(merged_items).copied().collect(),
        Ruling::MoveItem { item, .. } => BTreeSet::from([*item]),
        Ruling::MergeStorylines {
            kept_events,
            merged_events,
            ..
        } => {
            let events = kept_events.iter().chain(merged_events);
            events.flat_map(|event| world.members(*event)).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// Everything that was ever kept out by what is in force, by decision: but what a ruling in force has taken out since,
/// though the machine puts it there again, and what has come since, because they may come up when that parts them.
fn note_held(world: &World, known: &mut BTreeMap<DecisionId, BTreeSet<ItemId>>) {
    let made = world.made();
    let open: BTreeSet<DecisionId> = in_force(&made).map(|one| one.id).collect();
    known.retain(|id, _| open.contains(id));
    for one in in_force(&made) {
        if let Ruling::Spike { target } = one.ruling {
            let since = in_force(&made).filter(|other| other.id > one.id);
            // What a ruling takes out of a storyline stays in its event, and the other way round.
            let takes_out_of_it = |ruling: &&Ruling| match ruling {
                Ruling::SplitStoryline { storyline, .. } => target == Target::Storyline(*storyline),
                _ => matches!(target, Target::Event(_)),
            };
            let rulings = since.map(|other| &other.ruling).filter(takes_out_of_it);
            let let_in: BTreeSet<ItemId> = rulings
                .flat_map(|ruling| taken_out(world, ruling))
                .collect();
            let came_before = |item: &ItemId| {
                let came_at = world.store.read(|conn| items::fetched_at(conn, *item));
                came_at.unwrap().is_some_and(|at| at <= one.decided_at)
            };
            let held = held(world, target).into_iter();
            let held = held.filter(|item| !let_in.contains(item) && came_before(item));
            known.entry(one.id).or_default().extend(held);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_spiked_is_never_shown_and_a_restart_changes_nothing() {
    let history = History {
        has_rulings: false,
        is_aimed: false,
        has_twin: true,
    };
    live(dice(OWN), operations(), history).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_spiked_is_never_shown_beside_other_rulings() {
    let history = History {
        has_rulings: true,
        is_aimed: false,
        has_twin: false,
    };
    live(dice(OWN + 1), operations(), history).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_editors_rule_on_what_is_spiked_takes_no_id_from_it() {
    let history = History {
        has_rulings: true,
        is_aimed: true,
        has_twin: false,
    };
    live(dice(OWN + 2), operations(), history).await;
}

/// Found among some: an event that was parted again from what it had been merged into stood in another storyline than
/// the one that readers follow.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_in_which_a_restart_once_changed_a_storyline_is_the_same_with_and_without() {
    let history = History {
        has_rulings: true,
        is_aimed: false,
        has_twin: true,
    };
    live(dice_of(OWN, 8), 30, history).await;
}

/// Found among a hundred: what an editor moved to what is kept out came up under an id that had gone into that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_in_which_what_was_moved_under_once_stayed_shown_hides_it() {
    let history = History {
        has_rulings: true,
        is_aimed: true,
        has_twin: false,
    };
    live_for(dice_of(OWN + 2, 38), (18, 0), history).await;
}

/// Found among a hundred short ones: what an editor moved to what is kept out took the id of something else along that is
/// kept out as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn histories_in_which_what_was_moved_under_once_took_another_id_along_keep_its_own() {
    let history = History {
        has_rulings: true,
        is_aimed: false,
        has_twin: false,
    };
    for (seed, operations) in [(51, 29), (88, 48)] {
        live_for(dice_of(OWN + 1, seed), (operations, 0), history).await;
    }
}

/// What an editor lets in is kept out by nothing that is known.
fn forget(known: &mut BTreeMap<DecisionId, BTreeSet<ItemId>>, let_in: &BTreeSet<ItemId>) {
    for held in known.values_mut() {
        held.retain(|item| !let_in.contains(item));
    }
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
    /// Rulings on what is spiked, of the kinds that move it.
    is_aimed: bool,
    /// A second world that is never started anew and has to be the same.
    has_twin: bool,
}

async fn live(dice: Dice, operations: usize, history: History) {
    live_for(dice, (operations, 5), history).await;
}

/// A history of so many operations, in which at least more items than the second number are kept out.
async fn live_for(mut dice: Dice, (operations, least): (usize, usize), history: History) {
    let mut world = World::open(1000).await;
    let mut twin = match history.has_twin {
        true => Some(World::open(1000).await),
        false => None,
    };
    let mut known: BTreeMap<DecisionId, BTreeSet<ItemId>> = BTreeMap::new();
    let mut most = 0;
    for number in 0..operations {
        let seed = dice.0;
        let before = shown(&world);
        let story = self::story(&world);
        let kept_out = world.store.read(kept_out::load_events).unwrap();
        let done = operate(&mut world, &mut dice, history).await;
        if let Some(twin) = &mut twin {
            operate(twin, &mut Dice(seed), history).await;
        }
        world.restart();
        match &done {
            Done::Spiked => note_held(&world, &mut known),
            Done::Ruled(ruling) => forget(&mut known, &taken_out(&world, ruling)),
            Done::Undone(ruling) => forget(&mut known, &put_in(&world, ruling)),
            Done::Nothing => {}
        }
        let out: BTreeSet<ItemId> = known.values().flatten().copied().collect();
        for one in std::iter::once(&mut world).chain(&mut twin) {
            for _ in 0..2 {
                one.take_in();
                one.publish().await;
            }
        }
        note_held(&world, &mut known);
        let shown = shown(&world);
        for (decision, items) in &known {
            let both: Vec<&ItemId> = items.intersection(&shown).collect();
            assert!(
                both.is_empty(),
                "{number}: {both:?} by {decision}\n{story}\n{}",
                self::story(&world)
            );
        }
        if matches!(done, Done::Nothing | Done::Spiked) {
            let lost = before.difference(&shown);
            let lost = lost.filter(|item| !out.contains(item) && !is_bound(&world, **item));
            let lost: Vec<&ItemId> = lost.collect();
            assert!(
                lost.is_empty(),
                "{number}: {lost:?} went under\n{}\n{}",
                story,
                self::story(&world)
            );
        }
        assert_eq!(waiting(&world), [], "{number}: nothing keeps it out");
        if let Some(wrong) = super::aimed::find_wrong(&world, &done, &kept_out) {
            panic!("{number}: {wrong}\n{story}\n{}", self::story(&world));
        }
        world.check(number);
        most = most.max(known.values().map(BTreeSet::len).sum());
        if let Some(twin) = &twin {
            assert_alike(number, &world, twin);
        }
    }
    assert!(most > least && !shown(&world).is_empty(), "{most}");
    let findings = world.store.read(check_database).unwrap();
    let is_of_decisions = |claim: &str| {
        let words = ["kept out", "locked", "merged away"];
        words.iter().any(|word| claim.contains(word))
    };
    let findings = findings.iter().filter(|one| is_of_decisions(one.claim));
    let wrong: Vec<&String> = findings.flat_map(|one| &one.wrong).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// What stands where and what was decided, for whoever reads of a failure.
fn story(world: &World) -> String {
    let events = "SELECT 'event ' || e.id || ' into ' || coalesce(e.merged_into, '-') || ' of '
            || coalesce(e.storyline_id, '-') || iif(e.spiked, ' spiked', '')
            || iif(e.public_id IS NULL, '', ' published') || ': ' || coalesce((
                SELECT group_concat(m.item_id || iif(i.spiked, 'x', '')) FROM event_items m
                    JOIN items i ON i.id = m.item_id WHERE m.event_id = e.id), '')
         FROM events e WHERE e.merged_into IS NOT NULL
            OR EXISTS (SELECT 1 FROM event_items WHERE event_id = e.id AND item_id > 700)
         ORDER BY e.id";
    let rest = [
        "SELECT 'storyline ' || id || ' spiked' FROM storylines WHERE spiked = 1",
        "SELECT 'out ' || item_id || ' ' || noun || ' ' || thing FROM items_kept_out",
        "SELECT 'decision ' || id || ' ' || ruling || coalesce(' undone ' || undone_at, '')
         FROM decisions",
    ];
    list_rows(&world.store, &[&[events][..], &rest].concat())
}

fn assert_alike(number: usize, world: &World, twin: &World) {
    for dump in [World::dump, World::dump_storylines] {
        let (left, right) = (dump(world), dump(twin));
        let differs = left.lines().zip(right.lines()).find(|(a, b)| a != b);
        assert!(
            left == right,
            "{number}: {differs:#?}\n{}\n{}",
            story(world),
            story(twin)
        );
    }
}

/// Another outlet tells the first of two matters.
pub async fn tell_again(world: &mut World, outlet: usize) {
    let mut words = words(0, 0);
    words.remove(outlet);
    let lead = words.iter().rev().cloned().collect::<Vec<_>>().join(" ");
    world.ingest(outlet, words.join(" "), lead, 3).await;
}

/// Five items of each of two matters; the event of each with its storyline.
pub async fn two_matters(world: &mut World) -> [(EventId, StorylineId); 2] {
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
    let merge = world.merge_lines(kept, merged);
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
