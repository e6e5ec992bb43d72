//! The daemon is killed while it obeys a ruling, and the ruling is undone before it is back.

use dateline::jobs::decide::{Asked, decide, undo};
use dateline::store::decisions;

use super::holding::{dice, similar};
use super::world::World;
use crate::dice::Dice;

/// Rounds in each of which a ruling is made, obeyed in part and undone.
const ROUNDS: usize = 40;

/// Where it is killed: at its first steps, in their midst, and when all that is left is to note that it has obeyed.
const WRITES: [&str; 6] = [
    "BEFORE INSERT ON cursors WHEN new.name = 'cluster'",
    "BEFORE UPDATE OF obeyed ON decisions WHEN new.obeyed < 2",
    "BEFORE UPDATE OF event_id ON event_items WHEN new.item_id % 3 = 0",
    "BEFORE UPDATE OF event_id ON event_items WHEN new.item_id % 5 > 2",
    "BEFORE INSERT ON own_events WHEN new.event_id % 2 = 0",
    "BEFORE INSERT ON describe_queue",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_obeyed_in_part_and_undone_meanwhile_leaves_nothing() {
    leaves_nothing(dice(0x0dea_d111), 1000).await;
}

/// Rulings by themselves, and with others in force that were made before.
async fn leaves_nothing(mut dice: Dice, window_hours: u32) {
    let mut world = World::open(window_hours).await;
    let mut alone = World::open(window_hours).await;
    let mut in_part = 0;
    for round in 0..ROUNDS {
        let seed = dice.0;
        grow(&mut world, &mut dice).await;
        grow(&mut alone, &mut Dice(seed)).await;
        let Some(ruling) = world.ruling(&mut dice) else {
            continue;
        };
        let asked = Asked {
            ruling: ruling.clone(),
            editor: "anna".into(),
            note: String::new(),
        };
        let answer = decide(&world.store, asked, world.now()).await.unwrap();
        let Some(decision) = answer.decision.filter(|_| answer.done) else {
            continue;
        };
        let write = dice.pick(&WRITES).expect("there are some");
        world.crash_at(write);
        in_part += usize::from(!world.store.read(decisions::are_obeyed).unwrap());
        let undone = undo(&world.store, decision, "ben".into(), world.now()).await;
        assert!(undone.unwrap().done);
        if dice.roll(3) == 0 {
            // Killed once more while it takes back.
            let write = dice.pick(&WRITES).expect("there are some");
            world.crash_at(write);
        }
        world.take_in();
        assert!(world.store.read(decisions::are_obeyed).unwrap(), "{round}");
        world.check(round);
        println!("{round}: {ruling:?} at {write}");
        similar(&world.dump(), &alone.dump(), round);
    }
    assert!(in_part > ROUNDS / 4, "{in_part} were obeyed in part");
}

/// Some more is told, and published.
async fn grow(world: &mut World, dice: &mut Dice) {
    for _ in 0..=dice.roll(5) {
        world.tell(dice, 7).await;
    }
    world.take_in();
    if dice.roll(3) == 0 {
        world.publish().await;
    }
}
