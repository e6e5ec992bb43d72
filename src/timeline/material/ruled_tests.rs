//! Tests of which editors' decisions are told.

use super::tests::{kinds, telling, toll};
use super::*;

fn ruled(id: i64) -> Ruled {
    Ruled {
        id: DecisionId(id),
        words: "an editor moved a report".to_owned(),
        comes_along: false,
    }
}

#[test]
fn a_decision_counts_only_if_it_changes_what_is_shown() {
    let plain = toll(1, &[("AP", "A"), ("BBC", "B")]);
    let mut pinned_same = plain.clone();
    pinned_same.rulings.push(ruled(1));
    let mut pinned = pinned_same.clone();
    pinned.headline = "C".to_owned();
    pinned.rulings.push(ruled(2));
    let mut undone = plain.clone();
    undone.undone = [DecisionId(2)].into();
    let steps = [plain, pinned_same, pinned.clone(), pinned, undone];
    let decision = vec![DevelopmentKind::Decision];
    assert_eq!(kinds(&steps), [vec![], decision.clone(), vec![], decision]);
}

#[test]
fn a_decision_is_told_when_it_is_obeyed_and_not_while_it_is_being() {
    let plain = toll(1, &[("AP", "A"), ("BBC", "B")]);
    let mut decided = plain.clone();
    decided.is_ruled_on = true;
    decided.rulings.push(ruled(1));
    let mut half_obeyed = decided.clone();
    half_obeyed.headline = "C".to_owned();
    let mut obeyed = half_obeyed.clone();
    obeyed.is_ruled_on = false;
    let steps = [
        plain,
        decided.clone(),
        half_obeyed,
        obeyed.clone(),
        obeyed.clone(),
    ];
    let decision = vec![DevelopmentKind::Decision];
    assert_eq!(kinds(&steps), [vec![], vec![], decision.clone(), vec![]]);
    assert_eq!(
        kinds(&[decided, obeyed]),
        [decision],
        "first published meanwhile"
    );
}

#[test]
fn what_comes_in_once_a_lock_is_undone_is_told_and_the_lock_itself_is_not() {
    let plain = toll(1, &[("AP", "A"), ("BBC", "B")]);
    let mut locked = plain.clone();
    locked.rulings.push(Ruled {
        words: String::new(),
        ..ruled(1)
    });
    let mut more = toll(3, &[("AP", "A"), ("BBC", "B"), ("dpa", "C")]);
    let under_lock = Present {
        rulings: locked.rulings.clone(),
        ..more.clone()
    };
    more.undone = [DecisionId(1)].into();
    let decision = vec![DevelopmentKind::Decision];
    assert_eq!(
        kinds(&[plain.clone(), locked.clone(), more]),
        [vec![], decision]
    );
    assert_eq!(kinds(&[plain, under_lock]), [vec![]]);
}

#[test]
fn a_decision_that_comes_along_with_a_report_is_no_news_unless_it_is_a_headline() {
    let plain = Present {
        obeyed_through: DecisionId(7),
        ..toll(1, &[("AP", "A"), ("BBC", "B")])
    };
    for (comes_along, told) in [(false, vec![]), (true, vec![DevelopmentKind::Decision])] {
        let mut joined = toll(1, &[("AP", "A"), ("BBC", "B"), ("dpa", "C")]);
        joined.rulings.push(Ruled {
            comes_along,
            ..ruled(4)
        });
        assert_eq!(
            kinds(&[plain.clone(), joined.clone()]),
            [[]],
            "it does not show"
        );
        joined.headline = "D".to_owned();
        assert_eq!(kinds(&[plain.clone(), joined]), [told]);
    }
}

#[test]
fn what_others_tell_where_nothing_stood_or_all_was_out_is_told_anew_by_no_editor() {
    let again = vec![DevelopmentKind::Reinstatement];
    let mut fell = toll(1, &[("AP", "A"), ("BBC", "B")]);
    for telling in &mut fell.tellings {
        telling.is_withdrawn = true;
    }
    let mut anew = fell.clone();
    anew.tellings.push(telling(3, "dpa", "C"));
    let first = toll(1, &[("AP", "A"), ("BBC", "B")]);
    let kills = vec![DevelopmentKind::Kill; 2];
    let steps = [first.clone(), fell, anew.clone(), anew];
    assert_eq!(kinds(&steps), [kills, again.clone(), vec![]]);
    let out = Told {
        kept_out: true,
        out: [ItemId(1), ItemId(2)].into(),
        ..first_told(&first)
    };
    let told = |now: Present| {
        let changes = material_changes(&out, &now).0;
        changes.iter().map(|change| change.kind).collect::<Vec<_>>()
    };
    assert_eq!(told(toll(1, &[("AP", "A")])), [DevelopmentKind::Decision]);
    let mut other = first;
    other.tellings = vec![telling(3, "dpa", "C")];
    other.out.clone_from(&out.out);
    assert_eq!(told(other), again);
}
