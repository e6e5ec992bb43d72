//! Pages without ids: one that counts, and one that tells one notice after the other.

use super::shared::{alert, one_after_the_other, told};
use super::*;

#[test]
fn notices_of_one_page_without_ids_are_items_of_their_own() {
    let page = "https://quakes.example/latest";
    let (izmir, lima) = (alert("4.5", "Izmir"), alert("6.8", "Lima"));
    let midnight = noon() - TimeDelta::hours(12);
    for guid in ["", page] {
        for time in [None, Some(midnight)] {
            let quake = |(title, lead): &(String, String)| IdentityInput {
                published_at: time,
                ..told(guid, page, (title, lead), 0)
            };
            let both = [quake(&lima), quake(&izmir)];
            let mut memory = Memory::default();
            assert_eq!(verdicts(&memory.visit(&both)), [NEW, NEW], "{guid}");
            assert_eq!(verdicts(&memory.visit(&both)), [same(0), same(1)], "{guid}");
        }
    }
    // One after the other, at moments of their own.
    let quake = |(title, lead): &(String, String), hours: i64| told("", page, (title, lead), hours);
    let items = [quake(&izmir, 0), quake(&lima, 2)];
    assert_eq!(one_after_the_other(&items, false), [NEW, NEW]);
}

#[test]
fn a_page_that_counts_is_one_item() {
    let counted = |at: usize| {
        let lead = format!(
            "The river stands at {}.{at} metres at the bridge today.",
            3 + at
        );
        told(
            "",
            "https://river.example/level",
            ("Level of the river", &lead),
            at as i64 * 2,
        )
    };
    for are_beside in [true, false] {
        let items = [counted(0), counted(1), counted(2)];
        let found = one_after_the_other(&items, are_beside);
        assert_eq!(found, [NEW, same(0), same(0)], "{are_beside}");
    }
}

/// Leads of a page without ids, one after the other, at times of their own.
fn at_page(language: &str, leads: &[&str]) -> Vec<Verdict> {
    let state = |(at, lead): (usize, &&str)| IdentityInput {
        language: language.to_owned(),
        ..told(
            "",
            "https://p.example/live/storm",
            ("Storm", lead),
            at as i64 * 2,
        )
    };
    let states: Vec<IdentityInput> = leads.iter().enumerate().map(state).collect();
    one_after_the_other(&states, false)
}

#[test]
fn a_page_whose_sentences_begin_with_what_it_counts_is_one_item() {
    for (language, leads) in [
        (
            "en",
            [
                "Three people were killed, officials say.",
                "Four people were killed, officials say.",
            ],
        ),
        (
            "en",
            [
                "Sunny spells, 20 degrees.",
                "Cloudy. Rain later, 19 degrees.",
            ],
        ),
        (
            "en",
            [
                "At least three died by Monday.",
                "At least four died by Tuesday.",
            ],
        ),
        (
            "es",
            ["Tres personas murieron.", "Cuatro personas murieron."],
        ),
        (
            "de",
            [
                "Der Wasserstand liegt bei 3,1 Metern am Morgen.",
                "Der Wasserstand liegt bei 3,4 Metern am Mittag.",
            ],
        ),
        (
            "de",
            [
                "Zwei Menschen wurden verletzt, die Feuerwehr ist da.",
                "Drei Menschen wurden verletzt, die Polizei ist da.",
            ],
        ),
        (
            "hi",
            [
                "तूफान से तीन लोगों की मौत, राहत कार्य जारी है।",
                "तूफान से चार लोगों की मौत, राहत कार्य जारी है।",
            ],
        ),
        (
            "ar",
            [
                "قتل 3 أشخاص في العاصفة صباح اليوم وفق الدفاع المدني",
                "قتل 5 أشخاص في العاصفة مساء اليوم وفق الدفاع المدني",
            ],
        ),
        (
            "zh",
            [
                "截至10时，三人死亡，五人失踪。",
                "截至12时，四人死亡，六人失踪。",
            ],
        ),
    ] {
        assert_eq!(at_page(language, &leads), [NEW, same(0)], "{leads:?}");
    }
}

#[test]
fn a_page_that_names_another_place_tells_the_next_notice_in_any_script() {
    for (language, leads) in [
        (
            "en",
            [
                "a quake of magnitude 4.5 was recorded near Izmir",
                "a quake of magnitude 6.8 was recorded near Lima",
            ],
        ),
        (
            "en",
            [
                "Izmir was hit by a quake of magnitude 4.5",
                "Lima was hit by a quake of magnitude 6.8",
            ],
        ),
        (
            "",
            [
                "Ein Beben der Stärke 4,5 bei Izmir wurde gemeldet",
                "Ein Beben der Stärke 6,8 bei Lima wurde gemeldet",
            ],
        ),
        (
            "de",
            [
                "Ein Beben der Stärke 4,5 bei Izmir wurde gemeldet",
                "Ein Beben der Stärke 6,8 bei Lima wurde gemeldet",
            ],
        ),
        (
            "ar",
            [
                "وقع زلزال بقوة 4.5 درجات قرب مدينة إزمير اليوم وفق المعهد الوطني للرصد",
                "وقع زلزال بقوة 6.8 درجات قرب مدينة ليما اليوم وفق المعهد الوطني للرصد",
            ],
        ),
        (
            "hi",
            [
                "आज 4.5 तीव्रता का भूकंप इज़मिर के पास दर्ज किया गया संस्थान ने बताया",
                "आज 6.8 तीव्रता का भूकंप लीमा के पास दर्ज किया गया संस्थान ने बताया",
            ],
        ),
        (
            "zh",
            [
                "四川省成都市发生4.5级地震，震源深度10千米。",
                "云南省昆明市发生6.8级地震，震源深度15千米。",
            ],
        ),
    ] {
        assert_eq!(at_page(language, &leads), [NEW, NEW], "{leads:?}");
    }
}
