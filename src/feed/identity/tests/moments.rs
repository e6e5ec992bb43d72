//! Times that many items share: a day alone, an hour, the document's own. They say no more than none.

use super::shared::{WAR, alert, check_entries, one_after_the_other, told};
use super::*;

/// A day alone and a full hour.
const SHARED_HOURS: [i64; 2] = [-12, -2];

fn at_hour(hour: i64, item: IdentityInput) -> IdentityInput {
    IdentityInput {
        published_at: Some(noon() + TimeDelta::hours(hour)),
        ..item
    }
}

#[test]
fn notices_and_entries_of_one_day_or_hour_with_ids_of_their_own_are_items_of_their_own() {
    let live = "https://p.example/2026/krieg-in-der-ukraine-live";
    let entry = |at: usize| told(&format!("e{at}"), live, WAR[at], 0);
    let part = |at: usize| IdentityInput {
        is_part: true,
        ..entry(at)
    };
    let quake = |at: usize| {
        let (strength, city) = [("4.5", "Izmir"), ("6.8", "Lima"), ("7.1", "Osaka")][at];
        let (title, lead) = alert(strength, city);
        told(
            &format!("q{at}"),
            "https://q.example/latest",
            (&title, &lead),
            0,
        )
    };
    let river = |at: usize| {
        let river = ["Severn", "Avon", "Thames"][at];
        let lead = format!(
            "River levels are high after rain near {river}. People should move valuables upstairs."
        );
        let title = format!("Flood warning for the river {river}");
        told(&format!("f{at}"), "", (&title, &lead), 0)
    };
    let kinds: [&dyn Fn(usize) -> IdentityInput; 4] = [&entry, &part, &quake, &river];
    for (kind, notice) in kinds.into_iter().enumerate() {
        for hour in SHARED_HOURS {
            let items = [0, 1, 2].map(|at| at_hour(hour, notice(at)));
            assert_eq!(one_after_the_other(&items, true), [NEW; 3], "{kind} {hour}");
        }
    }
}

#[test]
fn what_is_edited_under_a_new_id_on_its_day_stays_one_item_where_no_ids_hold_or_its_words_do() {
    let page = "https://p.example/storm";
    let report = "https://p.example/2026/11/30/storm-closes-the-harbour";
    let first = (
        "Storm closes harbour",
        "Ships wait at sea while wind of force ten blows over the coast.",
    );
    let edited = (
        "Storm closes harbour, ferries wait",
        "Ships wait at sea while wind of force ten blows over the whole coast.",
    );
    for (link, are_beside) in [(page, false), (page, true), (report, false), (report, true)] {
        let items = [told("a", link, first, 0), told("b", link, edited, 0)];
        let items = items.map(|item| at_hour(-12, item));
        let found = one_after_the_other(&items, are_beside);
        assert_eq!(found, [NEW, same(0)], "{link} {are_beside}");
    }
}

#[test]
fn entries_of_one_day_at_a_page_with_a_rule_for_its_host_are_items_of_their_own() {
    for page in [
        "https://www.n-tv.de/politik/Im-Ueberblick-article30000001.html",
        "https://www.aftonbladet.se/nyheter/a/AbCd01/senaste-nytt",
        "https://other.example/live/krieg-30000001",
    ] {
        for is_dated in [true, false] {
            let entry = |at: usize| {
                let link = format!("{page}?entry={at}");
                let entry = at_hour(-12, told(&link, &link, WAR[at], 0));
                IdentityInput {
                    published_at: entry.published_at.filter(|_| is_dated),
                    ..entry
                }
            };
            check_entries(&entry, true, page);
        }
    }
}

#[test]
fn the_number_of_a_section_makes_no_two_items_of_one_day_or_hour_one() {
    let at = |slug: &str| format!("https://paper.example/section-1234567/{slug}");
    let schools = (
        "Council approves new school budget in Leeds",
        "Councillors voted for more teachers on Monday night.",
    );
    let flats = (
        "Council approves new housing plan in Leeds",
        "Nine hundred flats are to be built by the river, after years of dispute.",
    );
    let (first, second) = (at("new-school-budget"), at("new-housing-plan"));
    for (id, other_id) in [(first.as_str(), second.as_str()), ("c1", "c2"), ("", "")] {
        for hour in SHARED_HOURS {
            let items = [
                at_hour(hour, told(id, &first, schools, 0)),
                at_hour(hour, told(other_id, &second, flats, 0)),
            ];
            for are_beside in [true, false] {
                let found = one_after_the_other(&items, are_beside);
                assert_eq!(found, [NEW, NEW], "{id} {hour} {are_beside}");
            }
        }
    }
}

#[test]
fn an_address_that_follows_an_edited_headline_on_one_day_is_no_other_item() {
    let lead = "Councillors voted for more teachers on Monday night.";
    let at = |slug: &str, title: &str| {
        let link = format!("https://paper.example/1234567/{slug}");
        at_hour(-12, told(&link, &link, (title, lead), 0))
    };
    let items = [
        at("new-school-budget", "Council approves new school budget"),
        at("more-teachers", "Council votes for new school budget"),
    ];
    for are_beside in [true, false] {
        assert_eq!(one_after_the_other(&items, are_beside), [NEW, same(0)]);
    }
}

#[test]
fn a_day_or_a_minute_in_the_address_makes_no_two_items_one() {
    let schools = "Council approves new school budget in Leeds";
    let flats = "Council approves new housing plan in Leeds";
    let leads = [
        "Councillors voted for more teachers on Monday night.",
        "Nine hundred flats are to be built by the river, after years of dispute.",
    ];
    for (first, second) in [
        ("school-budget-30112026", "housing-plan-30112026"),
        ("school-budget-11302026", "housing-plan-11302026"),
        ("14050909/school-budget", "14050909/housing-plan"),
        ("202611301530-school-budget", "202611301530-housing-plan"),
        (
            "20261130153012/school-budget",
            "20261130153012/housing-plan",
        ),
    ] {
        let [first, second] =
            [first, second].map(|path| format!("https://paper.example/news/{path}"));
        for leads in [["", ""], leads] {
            let items = [
                told(&first, &first, (schools, leads[0]), 0),
                told(&second, &second, (flats, leads[1]), 2),
            ];
            for are_beside in [true, false] {
                let found = one_after_the_other(&items, are_beside);
                assert_eq!(found, [NEW, NEW], "{first} {leads:?} {are_beside}");
            }
        }
    }
}

#[test]
fn a_number_in_the_address_that_reads_as_no_day_is_an_id() {
    for number in [
        "30132026",
        "32112026",
        "14051309",
        "13790101",
        "2026113015",
        "30112126",
    ] {
        let at = |slug: &str, title: &str, hours: i64| {
            let link = format!("https://paper.example/news/{slug}-{number}");
            told(&link, &link, (title, ""), hours)
        };
        let states = [
            at(
                "school-budget",
                "Council approves school budget in Leeds",
                0,
            ),
            at("teachers", "Council approves more teachers in Leeds", 1),
        ];
        assert_eq!(
            one_after_the_other(&states, true),
            [NEW, same(0)],
            "{number}"
        );
    }
}
