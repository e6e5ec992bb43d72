//! Short histories in which an id once lost its meaning, each found by the random ones of `decided`.

use dateline::news::{EventId, Ruling, Target};
use dateline::store::published;

use super::decided::{GAP, WINDOW_HOURS, World};
use super::newsroom::{at_minute, summit, told};

/// A happening that is told twice and parted by an editor, who then merges the one half into what
/// was published before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_that_was_merged_away_follows_most_of_its_anchors_and_not_the_last_in_the_window() {
    let mut world = World::open(0x5eed_0008);
    world.tell(1, 0).await;
    world.publish().await;
    world.tell(2, 0).await;
    world.tell(2, 7).await;
    world.publish().await;
    let [elder, parted] = [1, 2].map(EventId);
    let items = world.members(parted);
    assert_eq!((world.members(elder).len(), items.len()), (1, 2));
    let half = world.part(parted, &items[..1]).await;
    let merged = world
        .rule(Ruling::MergeEvents {
            kept: elder,
            kept_items: world.members(elder),
            merged: parted,
            merged_items: world.members(parted),
        })
        .await;
    assert!(merged);
    world.publish().await;
    let [of_elder, of_parted, of_half] = [elder, parted, half].map(|event| world.id_of(event));
    // Far enough that one of the two has left the window, and the other has not.
    for number in 0..=i64::from(WINDOW_HOURS) * 60 / GAP {
        world.tell(2, 7).await;
        world.publish().await;
        assert_eq!(world.follow(of_parted).0, of_elder, "{number}");
        assert_eq!(world.id_of(half), of_half, "{number}");
        assert_eq!(world.members(half).first(), items.last(), "{number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_stays_with_what_is_shown_of_its_anchors() {
    for kept_out in 0..2 {
        let mut world = World::open(0x5eed_0009);
        world.tell(2, 0).await;
        world.tell(2, 7).await;
        world.publish().await;
        let event = EventId(1);
        let items = world.members(event);
        let id = world.id_of(event);
        let spike = Ruling::Spike {
            target: Target::Item(items[kept_out]),
        };
        assert!(world.rule(spike).await);
        world.publish().await;
        let (a, b) = (items[0], items[1]);
        assert!(world.rule(Ruling::NotSameEvent { a, b }).await);
        world.publish().await;
        assert_eq!(world.members(event), [items[1 - kept_out]]);
        assert_eq!(world.id_of(event), id);
    }
}

/// The old event has a report that another ruling names.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_is_moved_into_an_old_event_joins_it_and_takes_nothing_out() {
    let mut world = World::open(0x5eed_000a);
    for (happening, skipped) in [(2, 0), (2, 7), (3, 0)] {
        world.tell(happening, skipped).await;
    }
    world.publish().await;
    let [old, other] = [1, 2].map(EventId);
    let items = world.members(old);
    let (a, b) = (items[1], world.members(other)[0]);
    assert!(world.rule(Ruling::NotSameEvent { a, b }).await);
    world.leave_the_window().await;
    world.tell(5, 0).await;
    world.publish().await;
    let from = world.latest_events()[0];
    let item = world.members(from)[0];
    let moved = world
        .rule(Ruling::MoveItem {
            item,
            from,
            from_items: Vec::new(),
            to: old,
            to_items: items.clone(),
        })
        .await;
    assert!(moved);
    let (of_old, of_from) = (world.id_of(old), world.id_of(from));
    world.publish().await;
    assert_eq!(world.members(old), [items, vec![item]].concat());
    assert_eq!(world.id_of(old), of_old);
    assert_eq!(world.follow(of_from).0, of_old);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_undone_split_the_id_of_the_part_leads_back_whatever_joined_it() {
    let mut world = World::open(0x5eed_000b);
    world.tell(2, 0).await;
    world.tell(2, 7).await;
    world.publish().await;
    let whole = EventId(1);
    // The first two have left the window when they are parted, the third has not.
    world.minutes += i64::from(WINDOW_HOURS) * 60 - 4 * GAP;
    world.tell(2, 7).await;
    for happening in 5..9 {
        world.tell(happening, 0).await;
        world.publish().await;
    }
    let items = world.members(whole);
    let part = world.part(whole, &items[..1]).await;
    let of_part = world.id_of(part);
    world.tell(2, 7).await;
    world.publish().await;
    assert_eq!(world.members(part).len(), 3, "the machine added one");
    world.take_back(1).await;
    assert_eq!(world.members(whole).len(), 4);
    assert_eq!(world.follow(of_part).0, world.id_of(whole));
}

/// Two events of one happening that an editor keeps apart, both told of again shortly before what the
/// editor named leaves the window. Then one of them is parted once more, and the machine alone would put
/// what leaves it to the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_whose_anchors_have_left_the_window_keeps_its_id_when_its_neighbour_is_parted() {
    let mut world = World::open(0x5eed_000c);
    world.tell(2, 0).await;
    world.tell(2, 7).await;
    world.publish().await;
    let both = EventId(1);
    let (a, b) = (world.members(both)[0], world.members(both)[1]);
    assert!(world.rule(Ruling::NotSameEvent { a, b }).await);
    world.publish().await;
    let other = world.event_of(b);
    for happening in 10..36 {
        world.tell(happening, 0).await;
    }
    world.lock(other).await;
    world.tell(2, 0).await;
    world.publish().await;
    world.take_back(2).await;
    world.lock(both).await;
    for _ in 0..2 {
        world.tell(2, 7).await;
        world.publish().await;
    }
    for happening in 40..46 {
        world.tell(happening, 0).await;
        world.publish().await;
    }
    world.take_back(3).await;
    let late = world.members(both)[1];
    let of_both = world.id_of(both);
    let last = world.members(other)[2];
    let half = world.part(other, &[last]).await;
    assert!(world.members(both).starts_with(&[a, late]));
    assert_eq!(world.id_of(both), of_both);
    assert_eq!(world.members(half).first(), Some(&b));
    assert!(!world.members(half).contains(&late));
}

#[tokio::test]
async fn a_second_change_within_one_second_moves_a_storyline_too() {
    let room = summit().await;
    let updated = || {
        let id = room.storyline_id(1);
        let found = room.store.read(|conn| published::find_storyline(conn, id));
        let found = found.expect("a read").expect("the storyline");
        found.storyline.updated_at.expect("published")
    };
    let mut seen = vec![updated()];
    for event in [7, 8] {
        let link = format!("https://post.example/{event}");
        let title = format!("Reaction {event} to the summit");
        let item = room.ingest(told("Post", &title, &link, 290)).await;
        room.assign(event, 1, &[(item, None)]).await;
        room.publish(300).await;
        seen.push(updated());
    }
    assert!(seen[0] < seen[1] && seen[1] < seen[2], "{seen:?}");
    assert_eq!(seen[1], at_minute(300), "and no more than it must");
}

/// What is left of an event stands, by two moves, in another one; the first of them keeps the two apart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_ruling_keeps_from_the_last_of_its_event_does_not_follow_that_when_its_own_move_is_undone()
 {
    let mut world = World::open(0x5eed_000b);
    for skipped in [0, 7, 6] {
        world.tell(1, skipped).await;
    }
    world.leave_the_window().await;
    for skipped in [0, 7] {
        world.tell(2, skipped).await;
    }
    world.publish().await;
    let left = EventId(1);
    let other = world.latest_events()[0];
    let (items, others) = (world.members(left), world.members(other));
    assert_eq!((items.len(), others.len()), (3, 2));
    for at in 0..2 {
        let moved = Ruling::MoveItem {
            item: items[at],
            from: left,
            from_items: items[at + 1..].to_vec(),
            to: other,
            to_items: others.clone(),
        };
        assert!(world.rule(moved).await);
        world.publish().await;
    }
    let id = world.id_of(other);
    world.leave_the_window().await;
    world.remove_old().await;
    assert!(world.members(left).is_empty(), "retention removed the rest");
    assert_eq!(world.event_of(items[1]), world.event_of(items[0]));
    world.take_back(2).await;
    let stays = world.event_of(others[0]);
    assert_eq!(world.id_of(stays), id);
    assert_eq!(world.event_of(items[0]), stays);
    assert_eq!(world.members(world.event_of(items[1])), [items[1]]);
}
