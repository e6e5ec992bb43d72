//! Tests of when the end of what lasts is told.

use super::tests::{kinds, present, telling};
use super::*;

/// What is told of an event once reports of some hours later follow the first one in its headline.
fn told_after(first: &str, later: &[&str], hours: i64) -> Vec<DevelopmentKind> {
    let mut begun = telling(1, "A", first);
    begun.language = if first.contains("Brücke") {
        "de"
    } else {
        "en"
    }
    .to_owned();
    let mut all = vec![begun.clone()];
    for ((headline, id), outlet) in later.iter().zip(2..).zip(["A", "B"]) {
        let mut ended = telling(id, outlet, headline);
        ended.language = if first.contains("Brücke") {
            "de"
        } else {
            "en"
        }
        .to_owned();
        ended.at += TimeDelta::hours(hours);
        all.push(ended);
    }
    let shown = all.len() as i64;
    kinds(&[present(1, vec![begun]), present(shown, all)]).remove(0)
}

#[test]
fn the_end_of_what_lasts_is_an_outcome_once_two_outlets_tell_it() {
    for (first, later, hours) in [
        (
            "Gunman takes 12 hostages in bank in Lyon",
            [
                "All hostages freed as gunman surrenders",
                "Lyon siege ends, hostages free",
            ],
            1,
        ),
        (
            "Dockworkers strike shuts port of Antwerp",
            [
                "Antwerp dockworkers end strike",
                "Port reopens as dockworkers' strike ends",
            ],
            20,
        ),
        (
            "Cracks force closure of Elbe bridge",
            ["Elbe bridge reopens after repairs", "A7 bridge open again"],
            20,
        ),
        (
            "Brücke in Halvern gesperrt",
            [
                "Brücke in Halvern wieder freigegeben",
                "Halvern: Sperrung der Brücke aufgehoben",
            ],
            20,
        ),
        (
            "Twelve miners trapped in Selvik mine",
            [
                "All 12 trapped Selvik miners rescued",
                "Selvik mine: last trapped miners rescued, all 12 safe",
            ],
            20,
        ),
        (
            "Boy, 4, missing in Yarrowby outback",
            [
                "Missing Yarrowby boy found",
                "Yarrowby: missing boy found alive",
            ],
            20,
        ),
        (
            "Gunman takes 12 hostages in Karvina bank",
            [
                "Karvina bank hostages freed",
                "Karvina bank siege over as police storm in",
            ],
            2,
        ),
        (
            "Manhunt after four die in bar",
            ["Suspect arrested in bar shooting", "Police: man arrested"],
            20,
        ),
    ] {
        assert_eq!(
            told_after(first, &later[..1], hours),
            [],
            "one outlet alone: {first}"
        );
        let told = told_after(first, &later, hours);
        assert_eq!(told, [DevelopmentKind::Outcome], "{first}");
    }
}

#[test]
fn an_aspect_of_what_lasts_is_no_outcome() {
    for (first, later) in [
        (
            "Dozens missing after landslide",
            ["Search begins for missing", "Search is under way"],
        ),
        (
            "Port closed by strike",
            ["Talks open on port strike", "Talks begin on port strike"],
        ),
        (
            "Port closed by strike",
            ["Closed port costs millions", "Ships wait at closed port"],
        ),
        (
            "Twelve miners trapped in Selvik mine",
            [
                "Two of 12 trapped Selvik miners rescued",
                "Selvik: two trapped miners rescued",
            ],
        ),
    ] {
        assert_eq!(told_after(first, &later, 20), [], "{first}");
    }
}

#[test]
fn another_wording_of_an_end_is_not_told_as_one() {
    let later = ["Flights resume at Leeds airport", "Leeds airport reopens"];
    assert_eq!(told_after("Leeds airport back open", &later, 1), []);
}

#[test]
fn what_two_others_call_false_is_an_outcome_though_the_headline_still_tells_it() {
    let step = |later: &[&str]| {
        let told = ["Actor Kim Hoon dies at 61", "Kim Hoon, actor, dead at 61"];
        let all = told
            .iter()
            .chain(later)
            .zip(1..)
            .zip(["A", "B", "C", "D", "E"]);
        let tellings = all.map(|((headline, id), outlet)| Telling {
            language: "en".to_owned(),
            at: crate::news::utc_from_secs(id * 3600),
            ..telling(id, outlet, headline)
        });
        present(1, tellings.collect())
    };
    let hoax = "Kim Hoon death a hoax, agent says";
    let reports = "Reports of Kim Hoon's death are false";
    let steps = [step(&[]), step(&[hoax]), step(&[hoax, reports])];
    let outcome = vec![DevelopmentKind::Outcome];
    assert_eq!(kinds(&steps), [vec![], outcome], "one may be mistaken");
    let again = ["Actor Kim Hoon dies", "Kim Hoon dead"];
    let more = step(&[hoax, again[0], again[1]]);
    assert_eq!(kinds(&[step(&[]), more]), [vec![]]);
    let detail = "Reports that Kim Hoon died by suicide are false";
    let cause = "Claims of foul play in Kim Hoon's death are false";
    assert_eq!(kinds(&[step(&[]), step(&[detail, cause])]), [vec![]]);
    let called = step(&[hoax, reports]);
    let (changes, told) = material_changes(&first_told(&step(&[])), &called);
    assert_eq!(changes[0].headline.as_deref(), Some(hoax));
    assert!(!takes_back(&told, &called), "what was told last stands");
}
