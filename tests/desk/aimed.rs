//! Rulings that are aimed at what is spiked: what goes into it, what is taken out of it, what the desk asks of it; and
//! what holds of them.

use std::collections::BTreeSet;

use dateline::decisions::Attributes;
use dateline::news::{EventId, ItemId, Ruling, Target};
use dateline::store::review::{Question, load_doubts};
use dateline::store::{desk, kept_out};

use super::spiking::{Done, is_bound};
use super::world::World;
use crate::dice::Dice;

/// A ruling on an event that is kept out; `None` if there is none, or nothing to rule.
pub fn ruling(world: &World, dice: &mut Dice) -> Option<Ruling> {
    let kept_out = world.store.read(kept_out::load_events).unwrap();
    let out: Vec<EventId> = kept_out.into_iter().collect();
    let event = dice.pick(&out)?;
    let items = world.members(event);
    let other = dice.pick(&world.events())?;
    let others = world.members(other);
    match dice.roll(8) {
        0..=1 => {
            let item = dice.pick(&others)?;
            (!items.is_empty() && event != other).then(|| load_move(world, item, event))
        }
        2..=3 if items.len() > 1 => {
            let (kept_items, split_items) = dice.some(&items);
            Some(Ruling::SplitEvent {
                event,
                kept_items,
                split_items,
            })
        }
        4 => world.storyline_ruling(dice, event, event),
        5 if !items.is_empty() => Some(Ruling::Lock { event, items }),
        6 => {
            let beside = dice.pick(&out)?;
            let merge = |conn: &_| desk::load_merge(conn, event, beside);
            (beside != event).then(|| world.store.read(merge).unwrap())
        }
        _ => answer(world, dice),
    }
}

fn load_move(world: &World, item: ItemId, to: EventId) -> Ruling {
    let ruling = |conn: &_| desk::load_move(conn, item, to);
    world.store.read(ruling).unwrap()
}

/// What the desk asks, answered: as it makes rulings of answers.
fn answer(world: &World, dice: &mut Dice) -> Option<Ruling> {
    let doubts = |conn: &_| load_doubts(conn, world.now(), 20);
    let doubts = world.store.read(doubts).unwrap();
    let asked: Vec<Question> = doubts.into_iter().map(|doubt| doubt.question).collect();
    let is_yes = dice.roll(2) == 0;
    match (dice.pick(&asked)?, is_yes) {
        (Question::Late { item, event }, true) => Some(load_move(world, item, event)),
        (Question::Belongs { item, event }, false) => {
            let split = |conn: &_| desk::load_split(conn, event, &[item]);
            Some(world.store.read(split).unwrap())
        }
        (Question::Merge { event, other }, true) => {
            let merge = |conn: &_| desk::load_merge(conn, event, other);
            Some(world.store.read(merge).unwrap())
        }
        (Question::Merge { event, other }, false) => Some(Ruling::NotSameEvent {
            a: *world.members(event).first()?,
            b: *world.members(other).first()?,
        }),
        _ => None,
    }
}

/// What is not as it has to be after a ruling or an undoing, where these events were kept out before.
pub fn find_wrong(world: &World, done: &Done, kept_out: &BTreeSet<EventId>) -> Option<String> {
    match done {
        Done::Ruled(Ruling::MoveItem {
            item, to, to_items, ..
        }) if kept_out.contains(to) => {
            let all: Vec<ItemId> = to_items.iter().chain([item]).copied().collect();
            let homes = world.homes(&all);
            // The machine may make more of one that nobody knows by its number, as long as that is out as well.
            let read = |conn: &_| desk::load_event(conn, *to);
            let is_known = world
                .store
                .read(read)
                .unwrap()
                .is_some_and(|one| one.public_id.is_some());
            let is_out = |home: &EventId| {
                world
                    .store
                    .read(kept_out::load_events)
                    .unwrap()
                    .contains(home)
            };
            let holds =
                homes == [*to].into() || !is_known && homes.len() == 1 && homes.iter().all(is_out);
            (!holds).then(|| format!("{to} lost {all:?}"))
        }
        Done::Ruled(Ruling::SplitEvent {
            event, split_items, ..
        }) if kept_out.contains(event) => {
            let went = world.homes(split_items).contains(event);
            went.then(|| format!("{event} went with {split_items:?}"))
        }
        Done::Undone(Ruling::SplitStoryline { split_events, .. }) => {
            let mut stranded = split_events
                .iter()
                .filter(|event| is_stranded(world, **event));
            stranded
                .next()
                .map(|event| format!("{event} is left outside"))
        }
        _ => None,
    }
}

/// True if all of an event is out with the storyline that it is at home in, and it stands elsewhere by nobody's word.
fn is_stranded(world: &World, event: EventId) -> bool {
    let items = world.members(event);
    let Some(line) = world.line_of(event) else {
        return false;
    };
    let read = |conn: &_| dateline::store::standing::load_home(conn, event);
    let Some(home) = world.store.read(read).unwrap().filter(|home| *home != line) else {
        return false;
    };
    let attributes = Attributes::of(&world.made());
    let is_out = |item: &ItemId| {
        let with = |conn: &_| kept_out::load_kept_with(conn, *item);
        world.store.read(with).unwrap() == [Target::Storyline(home)]
    };
    attributes.spiked_storylines.contains_key(&home)
        && items.iter().all(is_out)
        && items.first().is_some_and(|item| !is_bound(world, *item))
}
