//! Ids that come back for other items: places in a list, what stands for a region.

use std::collections::BTreeSet;

use super::shared::{one_after_the_other, told};
use super::*;

const CITIES: [&str; 8] = [
    "Izmir", "Lima", "Osaka", "Quito", "Davao", "Adana", "Petra", "Patras",
];

const POSTS: [&str; 8] = [
    "The mayor has resigned after the vote of the council tonight.",
    "Ferries stop because of wind at the coast.",
    "Two dead in a fire in the old harbour.",
    "School reform passes parliament by ten votes.",
    "Airport reopens at noon, flights resume.",
    "Champion falls at training and withdraws.",
    "Old prints were saved by readers in a chain.",
    "Inflation fell faster than expected in October.",
];

fn quake(at: usize) -> (String, String) {
    let (strength, city) = (4 + at % 3, CITIES[at]);
    let lead = format!(
        "A quake of magnitude {strength}.{at} was recorded by the institute near {city} at a depth of {} km.",
        at * 7 + 3
    );
    (
        format!("Magnitude {strength}.{at} earthquake strikes near {city}"),
        lead,
    )
}

/// An item of a list whose ids are places in it.
fn in_place((title, lead): (String, String), at: usize, visit: usize, link: &str) -> IdentityInput {
    let link = match link {
        "" => String::new(),
        link => format!("https://list.example/{link}{}", 7_000_001 + at),
    };
    IdentityInput {
        summary: lead,
        published_at: Some(noon() + TimeDelta::seconds(at as i64 * 7261)),
        ..input(&(visit + 4 - at).to_string(), &link, &title)
    }
}

#[test]
fn ids_that_are_places_in_a_list_lose_no_notice_of_one_kind_and_no_untitled_post() {
    for link in ["", "event/us", "@desk/11559000", "page?at="] {
        for is_dated in [true, false] {
            let dated = |item: IdentityInput| IdentityInput {
                published_at: item.published_at.filter(|_| is_dated),
                ..item
            };
            let quakes = rolling(|at, visit| dated(in_place(quake(at), at, visit, link)));
            let untitled = |at: usize| (String::new(), POSTS[at].to_owned());
            let posts = rolling(|at, visit| dated(in_place(untitled(at), at, visit, link)));
            // Without times and links, only what they say parts them.
            assert_eq!(quakes, [5, 1, 1, 1], "{link:?} {is_dated}");
            assert_eq!(posts, [5, 1, 1, 1], "{link:?} {is_dated}");
        }
    }
}

#[test]
fn ids_that_are_places_are_seen_by_links_and_times_where_leads_change_at_every_visit() {
    let new = rolling(|at, visit| {
        let (title, lead) = quake(at);
        let lead = format!("{lead} Seen {} times.", visit * 100 + at);
        in_place((title, lead), at, visit, "event/us")
    });
    assert_eq!(new, [5, 1, 1, 1]);
}

#[test]
fn places_in_a_list_of_equal_notices_are_told_apart_by_their_times() {
    let words = || {
        (
            "Weather warning".to_owned(),
            "A warning was issued.".to_owned(),
        )
    };
    let new = rolling(|at, visit| in_place(words(), at, visit, ""));
    assert_eq!(new, [5, 1, 1, 1]);
}

#[test]
fn an_id_of_a_region_that_comes_at_another_address_and_time_with_another_lead_is_another_item() {
    let told = |link: &str, title: &str, lead: &str, hours: i64| IdentityInput {
        summary: lead.to_owned(),
        published_at: Some(noon() + TimeDelta::seconds(hours * 3600 + 7)),
        ..input("SE-012", &format!("https://met.example/{link}"), title)
    };
    let gusts = "Gusts of 25 metres a second along the whole coast during Friday evening.";
    let downpours = "Heavy downpours may flood cellars and roads inland on Sunday morning.";
    let wind = told("warn/8841", "Yellow wind warning for Skåne", gusts, 0);
    for (next, verdict) in [
        (
            told("warn/8857", "Yellow rain warning for Skåne", downpours, 24),
            NEW,
        ),
        (told("warn/8857", "", downpours, 24), NEW),
        // An edit may change the address, and the time, and most words.
        (
            told("warn/8857", "Yellow wind warning for Skåne", downpours, 0),
            same(0),
        ),
        (
            told(
                "warn/8857",
                "Orange wind warning for Skåne",
                "Gusts of 30 metres a second along the coast during Friday night.",
                24,
            ),
            same(0),
        ),
    ] {
        let mut memory = Memory::default();
        memory.visit(std::slice::from_ref(&wind));
        let found = memory.visit(std::slice::from_ref(&next));
        assert_eq!(verdicts(&found), [verdict], "{next:?}");
        assert_eq!(found.standing, GuidStanding::Good);
    }
}

#[test]
fn a_region_that_has_the_weather_of_its_neighbour_keeps_its_id() {
    let told = |region: &str, lead: &str, day: i64| IdentityInput {
        summary: lead.to_owned(),
        published_at: Some(noon() + TimeDelta::days(day)),
        ..input(
            region,
            &format!("https://met.example/{region}"),
            "Forecast of the day",
        )
    };
    let sun = "Sunny and dry, light winds from the east, at most ten degrees.";
    let rain = "Rain all day, strong winds from the west, at most six degrees.";
    let snow = "Snow above three hundred metres, storms at the coast, below zero.";
    let mut memory = Memory::default();
    memory.visit(&[told("north", sun, 0), told("south", rain, 0)]);
    let found = memory.visit(&[told("north", rain, 1), told("south", snow, 1)]);
    assert_eq!(verdicts(&found), [same(0), same(1)]);
    assert_eq!(found.standing, GuidStanding::Good);
}

#[test]
fn a_report_that_is_listed_twice_is_edited_in_one_place_before_the_other() {
    let told = |section: &str, title: &str, lead: &str, hours: i64| IdentityInput {
        summary: lead.to_owned(),
        published_at: Some(noon() + TimeDelta::hours(hours)),
        ..input(
            section,
            &format!("https://p.example/{section}/2026/11/30/storm"),
            title,
        )
    };
    let first = |section| told(section, "Storm closes harbour", "Ships wait at sea.", 0);
    let edited = |section, hours| {
        let lead = "A ferry with ninety on board drifts off Hull.";
        told(section, "Ferry adrift in storm", lead, hours)
    };
    for hours in [0, 2] {
        let mut memory = Memory::default();
        memory.visit(&[first("front"), first("north")]);
        memory.visit(&[edited("front", hours), first("north")]);
        let found = memory.visit(&[edited("front", hours), edited("north", hours)]);
        assert_eq!(verdicts(&found), [same(0), same(1)], "{hours}");
        assert_eq!(found.standing, GuidStanding::Good);
    }
}

#[test]
fn an_id_of_the_top_of_a_page_swallows_no_next_report() {
    let reports = [
        ("Storm closes Hull harbour", "Ships wait at sea off Hull."),
        (
            "Storm closes Leeds schools",
            "Children stay at home in Leeds.",
        ),
        (
            "Storm closes York castle",
            "Visitors are turned away at York.",
        ),
    ];
    let at = |at: usize, has_lead: bool, hours: Option<i64>| {
        let link = format!("https://p.example/2026/11/30/storm-{at}-closes-things");
        let (title, lead) = reports[at];
        let lead = if has_lead { lead } else { "" };
        told("top", &link, (title, lead), hours)
    };
    let midnight = |item: IdentityInput| IdentityInput {
        published_at: Some(noon() - TimeDelta::hours(12)),
        ..item
    };
    for are_beside in [true, false] {
        let with = |item: &dyn Fn(usize) -> IdentityInput| {
            one_after_the_other(&[0, 1, 2].map(item), are_beside)
        };
        let exact = |has_lead| with(&|n| at(n, has_lead, Some(n as i64)));
        assert_eq!((exact(true), exact(false)), (vec![NEW; 3], vec![NEW; 3]));
        assert_eq!(with(&|n| at(n, true, None)), [NEW; 3]);
        assert_eq!(with(&|n| midnight(at(n, true, None))), [NEW; 3]);
    }
}

#[test]
fn a_report_whose_address_follows_its_headline_is_one_item_under_its_id() {
    let lead = "Ships wait at sea off Hull while wind of force ten blows.";
    let told = |slug: &str, title: &str, lead: &str, hours: i64| {
        let link = format!("https://p.example/2026/11/30/{slug}");
        told("?p=77", &link, (title, lead), hours)
    };
    for (lead, hours) in [(lead, 0), (lead, 2), ("", 0)] {
        let states = [
            told("storm-closes-harbour", "Storm closes Hull harbour", lead, 0),
            told(
                "storm-sinks-ferry-off-hull",
                "Ferry sinks in storm off Hull",
                lead,
                hours,
            ),
        ];
        for are_beside in [true, false] {
            let found = one_after_the_other(&states, are_beside);
            assert_eq!(found, [NEW, same(0)], "{lead} {hours}");
        }
    }
}

#[test]
fn a_report_that_is_told_on_at_another_address_is_one_item_under_its_id() {
    let slug = |title: &str| title.to_lowercase().replace([' ', ','], "-");
    let told = |title: &str, lead: &str, hours: Option<i64>| {
        let link = format!("https://p.example/2026/11/30/{}", slug(title));
        told("?p=77", &link, (title, lead), hours)
    };
    let leads = [
        "A quake of magnitude seven struck off the coast, sending people into the streets.",
        "At least twenty died when buildings collapsed, rescuers said on Tuesday.",
    ];
    let first = "Strong quake hits the north coast";
    for (next, hours, verdict) in [
        ("Strong quake hits the north coast, 20 dead", None, same(0)),
        (
            "Strong quake hits the north coast, 20 dead",
            Some(0),
            same(0),
        ),
        ("Strong quake hits north", None, same(0)),
        // What is said of another place, in no more words, or at another time is of the next.
        ("Strong quake hits the south coast", None, NEW),
        (first, None, NEW),
        ("Another strong quake hits the north coast", Some(3), NEW),
    ] {
        let at_first = hours.map(|_| 0);
        let mut second = told(next, leads[1], hours);
        second.link.get_or_insert_default().push_str("-now");
        let states = [told(first, leads[0], at_first), second];
        for are_beside in [true, false] {
            let found = one_after_the_other(&states, are_beside);
            assert_eq!(found, [NEW, verdict], "{next} {hours:?}");
        }
    }
}

#[test]
fn the_alert_of_one_region_is_not_that_of_another_in_the_same_words() {
    let state = |region: &str, title: &str, minutes: i64, link: &str| {
        let link = match link {
            "" => String::new(),
            link => format!("https://alert.example/{region}{link}"),
        };
        IdentityInput {
            published_at: Some(noon() + TimeDelta::seconds(minutes * 60 + 7)),
            ..input(region, &link, title)
        }
    };
    for link in ["", "/", "/state-of-the-alert"] {
        let south = |title, minutes| state("south", title, minutes, link);
        let north = |title, minutes| state("north", title, minutes, link);
        let mut memory = Memory::default();
        memory.visit(&[south("Red alert", 0), north("All clear", 3)]);
        let mut told = BTreeSet::from([(0, 0), (1, 3)]);
        for (at_south, at_north) in [
            (("All clear", 60), ("All clear", 3)),
            (("Red alert", 300), ("All clear", 3)),
            (("All clear", 360), ("Red alert", 355)),
            (("All clear", 360), ("All clear", 420)),
        ] {
            let now = [south(at_south.0, at_south.1), north(at_north.0, at_north.1)];
            let found = memory.visit_at(&now, noon() + TimeDelta::minutes(at_north.1 + 60));
            assert_eq!(found.standing, GuidStanding::Good, "{link}");
            for (region, (verdict, minutes)) in verdicts(&found)
                .into_iter()
                .zip([at_south.1, at_north.1])
                .enumerate()
            {
                let is_first = told.insert((region, minutes));
                // At the address of a report it is a state of that.
                let is_new = is_first && link != "/state-of-the-alert";
                assert_eq!(verdict == NEW, is_new, "{link} {region} {minutes}");
            }
        }
        let reports = if link == "/state-of-the-alert" { 2 } else { 7 };
        assert_eq!(memory.items.len(), reports, "{link}");
    }
}
