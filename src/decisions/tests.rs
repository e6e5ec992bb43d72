//! Claims about decisions, by example and over random sequences.

use proptest::prelude::*;

use super::*;
use crate::news::{DecisionId, EventId, StorylineId, Target, utc_from_secs};

fn items(ids: &[i64]) -> Vec<ItemId> {
    ids.iter().copied().map(ItemId).collect()
}

fn merge(kept: &[i64], merged: &[i64]) -> Ruling {
    Ruling::MergeEvents {
        kept: EventId(kept[0]),
        kept_items: items(kept),
        merged: EventId(merged[0]),
        merged_items: items(merged),
    }
}

fn split(kept: &[i64], split: &[i64]) -> Ruling {
    Ruling::SplitEvent {
        event: EventId(kept[0]),
        kept_items: items(kept),
        split_items: items(split),
    }
}

fn not_same(a: i64, b: i64) -> Ruling {
    Ruling::NotSameEvent {
        a: ItemId(a),
        b: ItemId(b),
    }
}

fn same(a: i64, b: i64) -> Ruling {
    Ruling::SameEvent {
        a: ItemId(a),
        b: ItemId(b),
        items: Vec::new(),
    }
}

fn made(id: i64, ruling: Ruling) -> Decision {
    Decision {
        id: DecisionId(id),
        ruling,
        editor: "anna".into(),
        decided_at: utc_from_secs(id),
        note: String::new(),
        undone_at: None,
        undone_by: None,
    }
}

fn numbered(rulings: Vec<Ruling>) -> Vec<Decision> {
    let numbers = 1..;
    numbers
        .zip(rulings)
        .map(|(id, one)| made(id, one))
        .collect()
}

#[test]
fn opposite_rulings_are_refused_with_the_decision_in_the_way() {
    let cases = [
        (vec![split(&[1, 2], &[3])], merge(&[1, 2], &[3]), 1),
        (vec![merge(&[1, 2], &[3])], split(&[1, 2], &[3]), 1),
        (vec![same(1, 2), same(2, 3)], not_same(1, 3), 2),
        (vec![not_same(1, 3), same(1, 2)], same(2, 3), 1),
        (vec![same(5, 6), same(1, 2)], not_same(1, 2), 2),
        (
            vec![Ruling::Lock {
                event: EventId(1),
                items: items(&[1, 2]),
            }],
            split(&[1], &[2]),
            1,
        ),
    ];
    for (rulings, ruling, expected) in cases {
        let refusal = check_ruling(&ruling, &numbered(rulings)).unwrap_err();
        let Refusal::StandsInTheWay { decision, .. } = refusal else {
            panic!("{ruling:?}: {refusal}");
        };
        assert_eq!(decision, DecisionId(expected), "{ruling:?}");
    }
}

fn move_item(
    item: i64,
    (from, from_items): (i64, &[i64]),
    (to, to_items): (i64, &[i64]),
) -> Ruling {
    Ruling::MoveItem {
        item: ItemId(item),
        from: EventId(from),
        from_items: items(from_items),
        to: EventId(to),
        to_items: items(to_items),
    }
}

#[test]
fn what_was_taken_out_of_an_event_is_joined_by_what_is_taken_out_of_it_later() {
    let one = move_item(3, (1, &[1, 2, 4]), (5, &[5, 6]));
    let two = move_item(4, (1, &[1, 2]), (5, &[5, 6]));
    let part = |kept: &[i64], gone: &[i64]| Ruling::SplitEvent {
        event: EventId(1),
        kept_items: items(kept),
        split_items: items(gone),
    };
    let cases = [
        (vec![one.clone()], two.clone()),
        (
            vec![part(&[1, 2, 4], &[3])],
            move_item(4, (1, &[1, 2]), (3, &[3])),
        ),
        (
            vec![part(&[1, 2, 4], &[3]), part(&[1, 2], &[4])],
            merge(&[3], &[4]),
        ),
    ];
    for (before, ruling) in cases {
        let before = numbered(before);
        assert_eq!(check_ruling(&ruling, &before), Ok(()), "{ruling:?}");
    }
    let made = numbered(vec![one.clone(), two.clone()]);
    let parted: BTreeSet<_> = constraints_of(&made).apart.into_iter().collect();
    let apart = [(3, 1), (3, 2), (4, 1), (4, 2)];
    assert_eq!(parted, apart.map(|(a, b)| (ItemId(a), ItemId(b))).into());

    // Neither what stays nor the way back is free.
    for ruling in [
        merge(&[1, 2], &[3, 4, 5, 6]),
        move_item(3, (5, &[4, 5, 6]), (1, &[1, 2])),
    ] {
        let refusal = check_ruling(&ruling, &made);
        assert!(
            matches!(refusal, Err(Refusal::StandsInTheWay { .. })),
            "{ruling:?}"
        );
    }

    // What others hold together stays so when one of the two is taken back.
    let lock = Ruling::Lock {
        event: EventId(5),
        items: items(&[3, 4, 5, 6]),
    };
    let mut made = numbered(vec![one, two, lock]);
    made[1].undone_at = Some(utc_from_secs(9));
    assert!(can_be_met(&constraints_of(&made)));
    assert_eq!(check_ruling(&same(7, 8), &made), Ok(()));
}

#[test]
fn what_two_splits_took_out_one_after_the_other_stays_apart() {
    let part = |kept: &[i64], gone: &[i64]| Ruling::SplitEvent {
        event: EventId(1),
        kept_items: items(kept),
        split_items: items(gone),
    };
    let made = numbered(vec![part(&[1, 2, 4], &[3]), part(&[1, 2], &[4])]);
    assert!(
        constraints_of(&made)
            .apart
            .contains(&(ItemId(3), ItemId(4)))
    );
}

#[test]
fn an_undone_decision_stands_in_nobodys_way() {
    let mut decisions = numbered(vec![split(&[1, 2], &[3])]);
    decisions[0].undone_at = Some(utc_from_secs(9));
    assert_eq!(check_ruling(&merge(&[1, 2], &[3]), &decisions), Ok(()));
}

#[test]
fn incomplete_rulings_are_refused() {
    let rulings = [
        merge(&[1], &[1]),
        split(&[1], &[]),
        same(4, 4),
        Ruling::PinHeadline {
            event: EventId(1),
            headline: "  ".into(),
        },
        Ruling::PinHeadline {
            event: EventId(1),
            headline: "Two\nlines".into(),
        },
    ];
    for ruling in rulings {
        let refusal = check_ruling(&ruling, &[]);
        assert!(matches!(refusal, Err(Refusal::Incomplete(_))), "{ruling:?}");
    }
}

#[test]
fn what_is_spiked_is_not_merged_into_what_is_shown() {
    let target = Target::Event(EventId(3));
    let spike = Ruling::Spike { target };
    let decisions = numbered(vec![spike.clone()]);
    let mut present = Present {
        event_of: [(ItemId(1), EventId(1)), (ItemId(3), EventId(3))].into(),
        storyline_of: [(EventId(1), None), (EventId(3), None)].into(),
        kept_out: Some(DecisionId(1)),
        is_open: true,
        ..Present::default()
    };
    let refusal = check_present(&merge(&[1], &[3]), &present);
    assert!(matches!(refusal, Err(Refusal::StandsInTheWay { .. })));
    present.is_open = false;
    assert_eq!(check_present(&merge(&[1], &[3]), &present), Ok(()));
    assert_eq!(
        check_ruling(&spike, &decisions),
        Err(Refusal::Already(DecisionId(1)))
    );
}

#[test]
fn events_ruled_into_two_storylines_are_not_merged() {
    let ruling = Ruling::SplitStoryline {
        storyline: StorylineId(1),
        kept_events: vec![EventId(1)],
        split_events: vec![EventId(3)],
    };
    let refusal = check_ruling(&merge(&[1, 2], &[3]), &numbered(vec![ruling]));
    assert!(matches!(refusal, Err(Refusal::StandsInTheWay { .. })));
}

#[test]
fn undoing_a_pin_brings_the_earlier_one_back() {
    let pin = |headline: &str| Ruling::PinHeadline {
        event: EventId(1),
        headline: headline.into(),
    };
    let decisions = numbered(vec![pin("First"), pin("Second")]);
    let earlier = Undoing::EarlierHeadline("First".into());
    assert_eq!(check_undo(DecisionId(2), &decisions), Ok(earlier));
    assert_eq!(
        Attributes::of(&decisions).headlines[&EventId(1)].value,
        "Second"
    );
}

#[test]
fn undoing_a_merge_says_who_still_holds_the_two_together() {
    let decisions = numbered(vec![merge(&[1, 2], &[3, 4]), same(2, 3), same(7, 8)]);
    assert_eq!(
        check_undo(DecisionId(1), &decisions),
        Ok(Undoing::EventLives(EventId(3)))
    );
    let decisions = numbered(vec![merge(&[1, 2], &[3, 4]), same(1, 3), same(7, 8)]);
    assert_eq!(
        check_undo(DecisionId(1), &decisions),
        Ok(Undoing::StillHeld(DecisionId(2)))
    );
}

#[test]
fn a_ruling_on_what_has_changed_is_refused() {
    let present = Present {
        event_of: [(ItemId(1), EventId(1)), (ItemId(3), EventId(9))].into(),
        storyline_of: [(EventId(1), None), (EventId(3), None), (EventId(9), None)].into(),
        ..Present::default()
    };
    let refusal = check_present(&merge(&[1], &[3]), &present).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "event 3 changed since you looked: item 3 stands in event 9 now"
    );
    let gone = Ruling::Lock {
        event: EventId(7),
        items: items(&[3]),
    };
    let refusal = check_present(&gone, &present).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "event 7 changed since you looked: item 3 stands in event 9 now",
        "where an event went is told by its items"
    );
    assert_eq!(
        check_present(&merge(&[1], &[8]), &present),
        Err(Refusal::NoEvent(EventId(8)))
    );
}

#[test]
fn a_lock_that_leaves_out_what_stands_in_the_event_is_refused() {
    let lock = |numbers: &[i64]| Ruling::Lock {
        event: EventId(1),
        items: items(numbers),
    };
    let present = Present {
        holds: items(&[1, 2]),
        ..Present::default()
    };
    assert_eq!(check_whole(&lock(&[1, 2]), &present), Ok(()));
    let refusal = check_whole(&lock(&[1]), &present).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "event 1 changed since you looked: item 2 stands in it too"
    );
}

fn arbitrary_ruling() -> impl Strategy<Value = Ruling> {
    let some = || prop::collection::btree_set(0_i64..12, 1..4);
    let pair = (0_i64..12, 0_i64..12);
    prop_oneof![
        (some(), some()).prop_map(|(a, b)| {
            let b: Vec<i64> = b.difference(&a).copied().collect();
            let a: Vec<i64> = a.into_iter().collect();
            split(&a, &b.into_iter().chain([20]).collect::<Vec<_>>())
        }),
        (some(), some()).prop_map(|(a, b)| {
            let a: Vec<i64> = a.into_iter().collect();
            merge(&a, &b.into_iter().collect::<Vec<_>>())
        }),
        pair.clone().prop_map(|(a, b)| same(a, b)),
        pair.prop_map(|(a, b)| not_same(a, b)),
        (some(), 0_i64..12).prop_map(|(all, item)| Ruling::MoveItem {
            item: ItemId(item),
            from: EventId(1),
            from_items: all
                .iter()
                .filter(|one| **one != item)
                .copied()
                .map(ItemId)
                .collect(),
            to: EventId(2),
            to_items: items(&[13]),
        }),
        some().prop_map(|all| Ruling::Lock {
            event: EventId(*all.first().expect("one at least")),
            items: all.into_iter().map(ItemId).collect(),
        }),
    ]
}

fn can_be_met(constraints: &Constraints) -> bool {
    let groups = Held::of(constraints.together.iter().copied());
    let mut apart = constraints.apart.iter();
    apart.all(|(a, b)| !groups.are_one(*a, *b))
}

proptest! {
    #[test]
    fn what_is_in_force_can_always_be_met(
        rulings in prop::collection::vec(arbitrary_ruling(), 1..24),
        undone in prop::collection::vec(any::<prop::sample::Index>(), 0..24),
    ) {
        let mut decisions: Vec<Decision> = Vec::new();
        for ruling in rulings {
            if check_ruling(&ruling, &decisions).is_ok() {
                decisions.push(made(decisions.len() as i64 + 1, ruling));
            }
            prop_assert!(can_be_met(&constraints_of(&decisions)));
        }
        for index in undone {
            if decisions.is_empty() {
                break;
            }
            let at = index.index(decisions.len());
            let id = decisions[at].id;
            let is_in_force = decisions[at].undone_at.is_none();
            prop_assert_eq!(check_undo(id, &decisions).is_ok(), is_in_force);
            decisions[at].undone_at = Some(utc_from_secs(99));
            prop_assert!(can_be_met(&constraints_of(&decisions)));
        }
    }

    #[test]
    fn undoing_whatever_stands_in_the_way_lets_the_ruling_through(
        rulings in prop::collection::vec(arbitrary_ruling(), 1..16),
        wanted in arbitrary_ruling(),
    ) {
        let mut decisions: Vec<Decision> = Vec::new();
        for ruling in rulings {
            if check_ruling(&ruling, &decisions).is_ok() {
                decisions.push(made(decisions.len() as i64 + 1, ruling));
            }
        }
        loop {
            match check_ruling(&wanted, &decisions) {
                Err(Refusal::StandsInTheWay { decision, .. } | Refusal::Already(decision)) => {
                    let named = decisions.iter_mut().find(|one| one.id == decision);
                    let named = named.expect("a refusal names a decision that is kept");
                    prop_assert!(named.undone_at.is_none());
                    named.undone_at = Some(utc_from_secs(99));
                }
                Ok(()) => break,
                Err(Refusal::Contradiction(..) | Refusal::Incomplete(_)) => {
                    prop_assert!(check_ruling(&wanted, &[]).is_err());
                    break;
                }
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
    }
}
