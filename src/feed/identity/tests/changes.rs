//! What changes about an item that stays itself, and what is another item beside it.

use super::*;

#[test]
fn the_next_notice_of_a_kind_at_the_address_of_a_page_is_another_item() {
    let quakes = [
        (
            "Magnitude 4.5 earthquake strikes near Izmir",
            "At a depth of 10 km. No damage is known of.",
        ),
        (
            "Magnitude 6.8 earthquake strikes near Izmir",
            "At a depth of 7 km. Buildings have collapsed.",
        ),
    ];
    let warnings = [
        (
            "Yellow warning of wind affecting Northern Scotland",
            "Gusts of 70 mph on Friday along the coast.",
        ),
        (
            "Yellow warning of rain affecting Northern Scotland",
            "Flooding of roads is likely on Sunday in the hills.",
        ),
    ];
    let same_title = [
        ("Weather warning", "Gusts of 70 mph along the coast."),
        ("Weather warning", "Flooding is likely in the hills."),
    ];
    let bare = warnings.map(|(title, _)| (title, ""));
    for notices in [quakes, warnings, same_title, bare] {
        let mut memory = Memory::default();
        for (number, (title, lead)) in notices.into_iter().enumerate() {
            let at = noon() + TimeDelta::hours(number as i64);
            let notice = IdentityInput {
                summary: lead.to_owned(),
                published_at: Some(at),
                ..input(&format!("q-{number}"), "https://e.example/latest", title)
            };
            let matching = memory.visit_at(&[notice], at);
            assert_eq!(verdicts(&matching), [NEW], "{title}");
        }
    }
}

#[test]
fn the_number_of_a_section_makes_no_two_items_one() {
    let told = |guid: &str, link: &str, title: &str, lead: &str, hour: i64| IdentityInput {
        summary: lead.to_owned(),
        published_at: Some(noon() + TimeDelta::hours(hour)),
        ..input(guid, link, title)
    };
    let school = "https://paper.example/section-1234567/council-approves-new-school-budget";
    let flats = "https://paper.example/section-1234567/council-approves-new-housing-plan";
    let (for_schools, for_flats) = (
        "Councillors in Leeds voted for more teachers on Monday night.",
        "Nine hundred flats are to be built by the river, after years of dispute.",
    );
    for (first, second) in [("c1", "c2"), (school, flats)] {
        let mut memory = Memory::default();
        memory.visit(&[told(
            first,
            school,
            "Council approves new school budget in Leeds",
            for_schools,
            0,
        )]);
        let title = "Council approves new housing plan in Leeds";
        let next = memory.visit(&[told(second, flats, title, for_flats, 4)]);
        assert_eq!(verdicts(&next), [NEW], "{second}");
        // The address follows an edited headline, and the id the address.
        let flats = "https://paper.example/section-1234567/council-backs-new-housing-plan";
        let second = if second == "c2" { "c2" } else { flats };
        let title = "Council backs new housing plan in Leeds";
        let lead = "Nine hundred flats are to be built by the river after a long dispute.";
        let edited = memory.visit(&[told(second, flats, title, lead, 5)]);
        assert_eq!(verdicts(&edited), [same(1)], "{second}");
    }
}

/// Five items at four visits; how many are new at each.
fn visited(entry: impl Fn(usize, usize) -> IdentityInput) -> Vec<usize> {
    let mut memory = Memory::default();
    let visits = (0..4).map(|visit| {
        let listed: Vec<IdentityInput> = (0..5).map(|at| entry(at, visit)).collect();
        let found = memory.visit(&listed);
        found
            .items
            .iter()
            .filter(|item| item.verdict == NEW)
            .count()
    });
    visits.collect()
}

#[test]
fn links_that_change_at_every_visit_make_no_item_new() {
    let link = |at: usize, visit: usize| format!("https://e.example/view?id={at}&s=x{visit}y");
    for secs in [60 * 15, 61] {
        let at_time = |at: usize| Some(noon() + TimeDelta::seconds(at as i64 * secs));
        let bare = visited(|at, visit| IdentityInput {
            published_at: at_time(at),
            ..input("", &link(at, visit), HEADLINES[at])
        });
        let permalink = visited(|at, visit| IdentityInput {
            published_at: at_time(at),
            ..input(&link(at, visit), &link(at, visit), HEADLINES[at])
        });
        assert_eq!((bare, permalink), (vec![5, 0, 0, 0], vec![5, 0, 0, 0]));
    }
}

#[test]
fn a_report_of_the_same_name_and_day_at_another_address_is_another_item() {
    let new = visited(|at, visit| {
        let link = format!("https://e.example/{visit}/{at}");
        input(
            "",
            &link,
            ["Weather", "Traffic", "Shares", "Sport", "Stage"][at],
        )
    });
    assert_eq!(new, [5; 4]);
}

#[test]
fn what_is_left_alone_at_a_link_that_it_shared_is_known() {
    let mut memory = Memory::default();
    let told = |title: &str, secs: i64| IdentityInput {
        published_at: Some(noon() + TimeDelta::seconds(secs)),
        ..input("", "https://example.org/live", title)
    };
    let results = told("First results come in", 6_034);
    memory.visit(&[results.clone(), told("Polls open across country", 34)]);
    assert_eq!(verdicts(&memory.visit(&[results])), [same(0)]);
}
