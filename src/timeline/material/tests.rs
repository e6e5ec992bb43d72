//! Tests of the policy on material changes.

use super::*;

pub(super) fn telling(id: i64, outlet: &str, headline: &str) -> Telling {
    Telling {
        item_id: ItemId(id),
        outlet: outlet.to_owned(),
        headline: headline.to_owned(),
        ..Telling::default()
    }
}

pub(super) fn present(chosen: i64, tellings: Vec<Telling>) -> Present {
    let headline = tellings
        .iter()
        .find(|telling| telling.item_id == ItemId(chosen))
        .map(|telling| telling.headline.clone())
        .unwrap_or_default();
    Present {
        headline,
        headline_item_id: Some(ItemId(chosen)),
        tellings,
        ..Present::default()
    }
}

/// The kinds of change at each step after the first.
pub(super) fn kinds(steps: &[Present]) -> Vec<Vec<DevelopmentKind>> {
    let mut told = first_told(&steps[0]);
    steps[1..]
        .iter()
        .map(|step| {
            let (changes, next) = material_changes(&told, step);
            told = next;
            changes.iter().map(|change| change.kind).collect()
        })
        .collect()
}

pub(super) fn toll(chosen: i64, tolls: &[(&str, &str)]) -> Present {
    let tellings = tolls
        .iter()
        .enumerate()
        .map(|(index, (outlet, headline))| telling(index as i64 + 1, outlet, headline))
        .collect();
    present(chosen, tellings)
}

#[test]
fn one_more_outlet_and_another_wording_are_not_material() {
    let steps = [
        toll(1, &[("AP", "Ferry sinks, 12 dead")]),
        toll(
            1,
            &[
                ("AP", "Ferry sinks, 12 dead"),
                ("BBC", "Twelve dead in ferry sinking"),
            ],
        ),
        toll(
            2,
            &[
                ("AP", "Ferry sinks, 12 dead"),
                ("BBC", "At least 12 dead as ferry sinks"),
            ],
        ),
    ];
    assert_eq!(kinds(&steps), [vec![], vec![]]);
}

#[test]
fn a_figure_counts_once_two_outlets_tell_it_and_never_when_it_comes_back() {
    let old = ("AP", "Ferry sinks, 12 dead");
    let new_a = ("BBC", "Ferry sinks, 15 dead");
    let new_b = ("dpa", "Now 15 dead");
    let steps = [
        toll(1, &[old]),
        toll(2, &[old, new_a]),
        toll(2, &[old, new_a, new_b]),
        toll(1, &[old, new_a, new_b, ("NYT", "Ferry sinks, 12 dead")]),
        toll(3, &[old, new_a, new_b]),
    ];
    let outcome = vec![DevelopmentKind::Outcome];
    assert_eq!(kinds(&steps), [vec![], outcome, vec![], vec![]]);
}

#[test]
fn a_stage_that_two_outlets_tell_is_an_outcome() {
    let steps = [
        toll(1, &[("AP", "Summit opens")]),
        toll(
            2,
            &[
                ("AP", "Summit opens"),
                ("BBC", "Summit ends"),
                ("dpa", "Summit ends"),
            ],
        ),
    ];
    assert_eq!(kinds(&steps), [vec![DevelopmentKind::Outcome]]);
}

#[test]
fn a_second_correction_of_a_report_is_told_and_another_point_in_it_is_not() {
    let mut first = toll(1, &[("AP", "A"), ("BBC", "Rate cut to 4.25 percent")]);
    first.tellings[1].is_correction = true;
    first.tellings[1].change_note = "corrects the rate".to_owned();
    let mut same = first.clone();
    same.tellings[1].headline = "Rate cut to 4.25 percent.".to_owned();
    same.tellings[1].change_note = "Corrects the rate".to_owned();
    let mut second = first.clone();
    second.tellings[1].headline = "Rate cut to 42.5 percent".to_owned();
    let (_, told) = material_changes(&Told::default(), &first);
    let (changes, told) = material_changes(&told, &same);
    assert!(changes.is_empty(), "{changes:?}");
    let kept: Told = serde_json::from_str(&serde_json::to_string(&told).unwrap()).unwrap();
    let (changes, told) = material_changes(&kept, &second);
    assert_eq!(changes[0].kind, DevelopmentKind::Correction);
    assert_eq!(
        changes[0].headline.as_deref(),
        Some("Rate cut to 42.5 percent")
    );
    assert!(material_changes(&told, &second).0.is_empty());

    // What was kept before a correction's words were.
    let old = r#"{"headline":"A","items":[1,2],"corrections":[2]}"#;
    let old: Told = serde_json::from_str(old).unwrap();
    let (changes, told) = material_changes(&old, &first);
    assert!(changes.is_empty(), "{changes:?}");
    assert_eq!(material_changes(&told, &second).0.len(), 1);
}

#[test]
fn what_was_planned_and_failed_is_material() {
    let steps = [
        toll(
            1,
            &[
                ("AP", "Peace talks to open in Lisbon on Monday"),
                ("BBC", "Karsia and Belmar to hold talks in Lisbon"),
            ],
        ),
        toll(
            1,
            &[
                ("AP", "Peace talks collapse in Lisbon"),
                ("BBC", "Karsia and Belmar end talks without agreement"),
            ],
        ),
    ];
    assert_eq!(kinds(&steps), [vec![DevelopmentKind::Outcome]]);
}

#[test]
fn what_stood_before_and_is_told_again_takes_the_last_change_back() {
    let steps = [("12", "12"), ("19", "19"), ("12", "12"), ("19", "12")];
    let steps = steps.map(|(one, other)| {
        let headlines = [one, other].map(|dead| format!("Ferry sinks, {dead} dead"));
        toll(1, &[("AP", &headlines[0]), ("BBC", &headlines[1])])
    });
    let mut told = first_told(&steps[0]);
    let mut taken_back = Vec::new();
    for step in &steps {
        let (_, next) = material_changes(&told, step);
        taken_back.push(takes_back(&next, step));
        told = next;
    }
    assert_eq!(taken_back, [false, false, true, false]);
}

#[test]
fn a_correction_and_a_withdrawal_are_told_under_the_headline_of_their_report() {
    let before = toll(
        1,
        &[
            ("AP", "Mine collapse kills 25"),
            ("BBC", "25 killed in mine"),
        ],
    );
    let told = first_told(&before);
    let mut corrected = toll(
        1,
        &[
            ("AP", "Mine collapse kills 25"),
            ("BBC", "21 killed in mine"),
        ],
    );
    corrected.tellings[1].is_correction = true;
    let (changes, _) = material_changes(&told, &corrected);
    assert_eq!(changes[0].headline.as_deref(), Some("21 killed in mine"));
    let mut withdrawn = before;
    withdrawn.tellings[1].is_withdrawn = true;
    let (changes, _) = material_changes(&told, &withdrawn);
    assert_eq!(changes[0].headline.as_deref(), Some("25 killed in mine"));
}

#[test]
fn the_first_dead_that_two_outlets_tell_are_an_outcome_and_figures_of_other_things_are_none() {
    let (hurt, dead) = ("Blast injures dozens", "Blast kills two");
    let steps = [
        toll(1, &[("AP", hurt), ("BBC", hurt)]),
        toll(3, &[("AP", hurt), ("BBC", hurt), ("AFP", dead)]),
        toll(
            3,
            &[("AP", hurt), ("BBC", hurt), ("AFP", dead), ("NYT", dead)],
        ),
    ];
    assert_eq!(kinds(&steps), [vec![], vec![DevelopmentKind::Outcome]]);
    let steps = [steps[0].clone(), steps[2].clone()];
    assert_eq!(kinds(&steps), [vec![DevelopmentKind::Outcome]]);
    let seized = toll(
        1,
        &[("AP", "40 hostages seized"), ("BBC", "40 hostages held")],
    );
    let freed = toll(
        2,
        &[("AP", "12 hostages freed"), ("BBC", "12 hostages freed")],
    );
    let (changes, _) = material_changes(&first_told(&seized), &freed);
    assert_eq!(changes[0].note, "now: 12 hostages freed");
    let (trapped, rescued) = ("30 trapped in mine", "12 rescued from mine");
    let steps = [
        toll(1, &[("AP", trapped), ("BBC", trapped)]),
        toll(2, &[("AP", rescued), ("BBC", rescued)]),
    ];
    assert_eq!(kinds(&steps), [vec![]]);
}

#[test]
fn what_turns_round_a_matter_of_which_no_stage_was_told_is_an_outcome() {
    let cases = [
        (
            "Minister denies he has resigned",
            "Minister resigns",
            1,
            true,
        ),
        ("Will the minister resign?", "Minister resigns", 1, true),
        ("Minister under fire", "Minister resigns", 9, true),
        ("Minister under fire", "Minister resigns", 1, false),
        (
            "Kellmann to buy Artema",
            "Kellmann scraps Artema deal",
            9,
            true,
        ),
        ("City part with manager", "City sack manager", 1, false),
    ];
    for (before, after, hours, is_news) in cases {
        let toll = |chosen: i64, told: &[(&str, &str)]| {
            let mut present = toll(chosen, told);
            for telling in &mut present.tellings {
                let later = if telling.headline == after { hours } else { 0 };
                telling.at = crate::news::utc_from_secs(1_755_000_000 + later * 3600);
            }
            present
        };
        let steps = [
            toll(1, &[("AP", before), ("BBC", before)]),
            toll(3, &[("AP", before), ("BBC", before), ("AP", after)]),
            toll(
                3,
                &[
                    ("AP", before),
                    ("BBC", before),
                    ("AP", after),
                    ("BBC", after),
                ],
            ),
        ];
        let expected: &[DevelopmentKind] = if is_news {
            &[DevelopmentKind::Outcome]
        } else {
            &[]
        };
        let told = kinds(&steps);
        assert_eq!(told.last().map(Vec::as_slice), Some(expected), "{after}");
        assert!(
            told[..told.len() - 1].iter().all(Vec::is_empty),
            "one outlet alone"
        );
    }
}

#[test]
fn only_of_the_dead_it_is_said_what_a_figure_was_before() {
    for (before, after, note) in [
        (
            "Novak party at 34% in Karsia election",
            "Novak wins Karsia election, turnout at 58%",
            "now: Novak wins Karsia election, turnout at 58%",
        ),
        (
            "Ferry sinks, 12 dead",
            "Ferry sinks, 15 dead",
            "now 15 instead of 12",
        ),
    ] {
        let told = first_told(&toll(1, &[("AP", before)]));
        let later = toll(2, &[("AP", before), ("BBC", after), ("dpa", after)]);
        let (changes, _) = material_changes(&told, &later);
        let notes: Vec<&str> = changes.iter().map(|change| change.note.as_str()).collect();
        assert_eq!(notes, [note]);
    }
}

#[test]
fn what_was_told_under_one_event_is_not_told_again_under_the_one_that_it_is_merged_into() {
    let correction = Telling {
        is_correction: true,
        ..telling(3, "BBC", "Correction: ferry sinks, 12 dead")
    };
    let other = present(
        4,
        vec![
            correction.clone(),
            telling(4, "dpa", "Ferry sinks, 12 dead"),
        ],
    );
    let first = toll(1, &[("AP", "Ferry sinks, 10 dead")]);
    let merged = Present {
        rulings: vec![Ruled {
            id: DecisionId(1),
            words: "an editor merged two events into this one".to_owned(),
            comes_along: false,
        }],
        told_elsewhere: vec![first_told(&other)],
        ..present(4, [first.tellings.clone(), other.tellings.clone()].concat())
    };
    let (changes, told) = material_changes(&first_told(&first), &merged);
    let kinds: Vec<DevelopmentKind> = changes.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [DevelopmentKind::Decision]);
    // What an outlet tells from then on is news.
    let mut later = Present {
        told_elsewhere: Vec::new(),
        ..merged
    };
    later.tellings.extend([
        telling(5, "NYT", "Ferry sinks, 15 dead"),
        telling(6, "FAZ", "Ferry sinks, 15 dead"),
    ]);
    later.headline_item_id = Some(ItemId(5));
    let (changes, _) = material_changes(&told, &later);
    assert_eq!(changes[0].note, "now 15 instead of 12");
    assert_eq!(changes.len(), 1);
}

#[test]
fn a_report_that_was_out_with_something_else_is_told_when_it_is_let_in_again() {
    let out = Present {
        out: BTreeSet::from([ItemId(2)]),
        ..toll(1, &[("AP", "Ferry sinks")])
    };
    let both = toll(1, &[("AP", "Ferry sinks"), ("BBC", "Ferry goes down")]);
    let steps = [out, both.clone(), both];
    assert_eq!(kinds(&steps), [vec![DevelopmentKind::Decision], vec![]]);
}

/// The notes of each step: reports with the hour at which they were told, the last that of the headline.
fn notes(steps: &[&[(i64, &str, &str)]]) -> Vec<Vec<String>> {
    let presents = steps.iter().map(|step| {
        let headlines: Vec<(&str, &str)> = step
            .iter()
            .map(|(_, outlet, told)| (*outlet, *told))
            .collect();
        let mut present = toll(step.len() as i64, &headlines);
        for (telling, (hour, ..)) in present.tellings.iter_mut().zip(*step) {
            telling.at = crate::news::utc_from_secs(1_755_000_000 + hour * 3600);
            telling.language = "en".to_owned();
        }
        present
    });
    let presents: Vec<Present> = presents.collect();
    let mut told = first_told(&presents[0]);
    let later = presents[1..].iter().map(|present| {
        let (changes, next) = material_changes(&told, present);
        told = next;
        changes.into_iter().map(|change| change.note).collect()
    });
    later.collect()
}

#[test]
fn the_toll_of_a_war_or_of_a_season_is_not_told_as_that_of_a_day_in_it() {
    let strike = [
        (0, "AP", "Israeli strike kills 12 in Khan Younis"),
        (1, "BBC", "Strike on Khan Younis kills 12"),
    ];
    let whole = [
        (
            2,
            "AFP",
            "Gaza death toll tops 60,000 after Khan Younis strike",
        ),
        (
            3,
            "dpa",
            "Khan Younis strike takes Gaza death toll above 60,000",
        ),
    ];
    let later = [
        (4, "AFP", "Khan Younis strike toll rises to 15"),
        (5, "dpa", "Death toll of Khan Younis strike rises to 15"),
    ];
    let both = [strike, whole].concat();
    let all = [strike, whole, later].concat();
    let told = notes(&[&strike, &both, &all]);
    assert_eq!(told, [vec![], vec!["now 15 instead of 12".to_owned()]]);
    let fallen = notes(&[&whole, &[whole, strike].concat()]);
    assert_eq!(fallen, [Vec::<String>::new()], "nor the other way round");
}

#[test]
fn a_toll_that_leaps_is_told_once_somebody_told_one_between() {
    let quake = [
        (0, "AP", "Quake in Herat kills 14"),
        (0, "BBC", "14 dead in Herat quake"),
    ];
    let between = [(2, "NYT", "At least 120 dead in Herat quake")];
    let after = [
        (4, "AFP", "Herat quake kills 1,100"),
        (5, "dpa", "Herat quake: 1,100 dead"),
    ];
    let told = notes(&[&quake, &[&quake[..], &between, &after].concat()]);
    assert_eq!(told, [vec!["now 1100 instead of 14".to_owned()]]);
    let told = notes(&[&quake, &[&quake[..], &after].concat()]);
    assert_eq!(told, [Vec::<String>::new()]);
}

#[test]
fn the_dead_of_the_next_night_are_not_told_as_a_toll_that_moved() {
    let first = [
        (0, "AP", "Russian attack on Kyiv kills three"),
        (1, "BBC", "Attack on Kyiv kills at least 3"),
    ];
    let second =
        |after: [&'static str; 2], hour: i64| [(hour, "AP", after[0]), (hour + 1, "BBC", after[1])];
    let anew = [
        "Russian attack on Kyiv kills five",
        "Attack on Kyiv kills at least 5",
    ];
    let fewer = [
        "Russian attack on Kyiv kills two",
        "Attack on Kyiv kills at least 2",
    ];
    let risen = [
        "Kyiv attack death toll rises to five",
        "Attack on Kyiv killed 5",
    ];
    let now = [
        "Now five dead in Kyiv attack",
        "Attack on Kyiv kills at least 5",
    ];
    for (after, hour, note) in [
        (anew, 24, None),
        (fewer, 24, None),
        (risen, 24, Some("now 5 instead of 3")),
        (now, 24, Some("now 5 instead of 3")),
        (anew, 5, Some("now 5 instead of 3")),
    ] {
        let told = notes(&[&first, &[first, second(after, hour)].concat()]);
        let expected: Vec<String> = note.into_iter().map(str::to_owned).collect();
        assert_eq!(told, [expected], "{after:?} after {hour} hours");
    }
    let third = [
        (26, "AP", "Kyiv attack death toll rises to seven"),
        (27, "BBC", "Death toll of attack on Kyiv rises to 7"),
    ];
    let both = [first, second(anew, 24)].concat();
    let all = [&both[..], &third].concat();
    let told = notes(&[&first, &both, &all]);
    assert_eq!(
        told,
        [vec![], vec!["now 7 instead of 5".to_owned()]],
        "what rises is the toll of the second night"
    );
}

#[test]
fn dead_who_are_said_to_be_a_hoax_are_not_told() {
    let fire = [
        (0, "AP", "Dhaka factory fire kills 5"),
        (1, "BBC", "Fire at Dhaka garment factory kills 5"),
    ];
    let hoax = [
        (
            2,
            "AFP",
            "Report that 50 were killed in Dhaka fire is a hoax, police say",
        ),
        (
            3,
            "dpa",
            "Posts claiming 50 killed in Dhaka fire are fake, police say",
        ),
    ];
    let told = notes(&[&fire, &[fire, hoax].concat()]);
    assert_eq!(told, [Vec::<String>::new()]);
}

#[test]
fn what_two_outlets_take_back_is_an_outcome() {
    let dead = [
        ("AP", "Actor Kim Hoon dies at 61"),
        ("BBC", "Kim Hoon, actor, dead at 61"),
    ];
    let hoax = ("AP", "Kim Hoon death a hoax, agent says");
    let false_too = ("BBC", "Reports of Kim Hoon's death are false");
    let denied = ("dpa", "Family denies Kim Hoon has died");
    let steps = [
        toll(1, &dead),
        toll(3, &[dead[0], dead[1], denied]),
        toll(3, &[dead[0], dead[1], hoax]),
        toll(3, &[dead[0], dead[1], hoax, false_too]),
        toll(4, &[dead[0], dead[1], hoax, false_too]),
    ];
    let told = kinds(&steps);
    assert_eq!(
        told,
        [vec![], vec![], vec![DevelopmentKind::Outcome], vec![]]
    );
    // The titles themselves were changed, one after the other.
    let edited = [
        toll(1, &dead),
        toll(1, &[hoax, dead[1]]),
        toll(1, &[hoax, false_too]),
    ];
    assert_eq!(kinds(&edited), [vec![], vec![DevelopmentKind::Outcome]]);
    let begun_so = [toll(1, &[hoax, dead[1], false_too]), steps[3].clone()];
    assert_eq!(kinds(&begun_so), [vec![]]);
}
