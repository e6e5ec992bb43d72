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
    let own_words = [
        "Councillors in Leeds voted for more teachers on Monday night.",
        "Nine hundred flats are to be built by the river, after years of dispute.",
        "Nine hundred flats are to be built by the river after a long dispute.",
    ];
    let stock_words = [
        "The council of Leeds voted on Monday night to approve the school budget, by 20 votes to 12.",
        "The council of Leeds voted on Tuesday night to approve the housing plan, by 25 votes to 7.",
        "The council of Leeds voted late on Tuesday night to approve the housing plan, by 25 votes to 7.",
    ];
    for (first, second) in [("c1", "c2"), (school, flats), ("", "")] {
        for [for_schools, for_flats, edited] in [own_words, stock_words] {
            let mut memory = Memory::default();
            let title = "Council approves new school budget in Leeds";
            memory.visit(&[told(first, school, title, for_schools, 0)]);
            let title = "Council approves new housing plan in Leeds";
            let next = memory.visit(&[told(second, flats, title, for_flats, 4)]);
            assert_eq!(verdicts(&next), [NEW], "{second}");
            // The address follows an edited headline, and the id the address.
            let flats = "https://paper.example/section-1234567/council-backs-new-housing-plan";
            let second = if second.contains("://") {
                flats
            } else {
                second
            };
            let title = "Council backs new housing plan in Leeds";
            let edited = memory.visit(&[told(second, flats, title, edited, 5)]);
            assert_eq!(verdicts(&edited), [same(1)], "{second}");
        }
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
fn links_that_change_at_every_visit_make_no_undated_headline_new_for_days() {
    let link = |at: usize, visit: usize| format!("https://e.example/S(x{visit}y)/news?id={at}");
    let midnight = noon() - TimeDelta::hours(12);
    let times: [&dyn Fn(usize) -> Option<UtcTime>; 3] = [&|_| None, &|_| Some(midnight), &|at| {
        Some(midnight - TimeDelta::days((at % 2) as i64))
    }];
    for (case, time) in times.into_iter().enumerate() {
        for is_permalink in [false, true] {
            let mut memory = Memory::default();
            for visit in 0..6 {
                let told = |at: usize| {
                    let link = link(at, visit);
                    let guid = if is_permalink { &link } else { "" };
                    IdentityInput {
                        published_at: time(at),
                        ..input(guid, &link, HEADLINES[at])
                    }
                };
                let listed: Vec<IdentityInput> = (0..5).map(told).collect();
                let hours = if case == 0 { 9 } else { 1 };
                let fetched_at = noon() + TimeDelta::hours(visit as i64 * hours);
                let found = memory.visit_at(&listed, fetched_at);
                let is_new = found.items.iter().all(|item| item.verdict == NEW);
                assert_eq!(is_new, visit == 0, "{case} {is_permalink} {visit}");
            }
            assert_eq!(memory.items.len(), 5);
        }
    }
}

#[test]
fn ids_times_and_leads_that_change_at_every_visit_make_no_item_new() {
    let new = visited(|at, visit| IdentityInput {
        summary: format!("Posted {} minutes ago", visit * 15 + at),
        published_at: Some(noon() + TimeDelta::minutes((visit * 15) as i64)),
        ..input(
            &format!("{visit}-{at}"),
            &format!(
                "https://e.example/{}",
                ["storm", "bank", "talks", "fire", "bridge"][at]
            ),
            HEADLINES[at],
        )
    });
    assert_eq!(new, [5, 0, 0, 0]);
}

#[test]
fn the_next_bulletins_of_several_regions_are_new_and_their_ids_keep_their_standing() {
    let leads = [
        [
            "Gusts of 70 mph are likely along the exposed coast on Friday evening.",
            "Dense fog will form over the valleys, with visibility under 100 metres.",
            "Snow above 300 metres, up to ten centimetres by dawn.",
            "Thunderstorms bring hail and lightning to the islands.",
        ],
        [
            "Flooding of roads expected in the hills after days of heavy downpours.",
            "Ice on untreated pavements; temperatures fall to minus eight.",
            "Heat above 38 degrees, elderly people are asked to stay indoors.",
            "Tidal surge threatens promenades, residents told to move cars.",
        ],
    ];
    let mut memory = Memory::default();
    for (day, leads) in leads.into_iter().enumerate() {
        let told = ["north", "south", "east", "west"].into_iter().zip(leads);
        let secs = |region: usize| (day * 86_400 + region * 61 + 33) as i64;
        let listed: Vec<IdentityInput> = told
            .enumerate()
            .map(|(at, (region, lead))| IdentityInput {
                summary: lead.to_owned(),
                published_at: Some(noon() + TimeDelta::seconds(secs(at))),
                ..input(
                    &format!("{day}-{region}"),
                    &format!("https://met.example/warnings/{region}"),
                    &format!("Weather warning for {region} region"),
                )
            })
            .collect();
        let found = memory.visit_at(&listed, noon() + TimeDelta::days(day as i64 + 1));
        assert_eq!(verdicts(&found), [NEW; 4]);
        assert_eq!(found.standing, GuidStanding::Good);
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

#[test]
fn an_id_at_its_own_second_is_one_item_whatever_is_rewritten() {
    let mut memory = Memory::default();
    let told = |slug: &str, title: &str, lead: &str| IdentityInput {
        summary: lead.to_owned(),
        published_at: Some(noon() + TimeDelta::seconds(50)),
        ..input("?p=99", &format!("https://paper.example/{slug}/"), title)
    };
    let first = "Explosion heard near harbour";
    let next = "Three dead in gas blast, police say";
    memory.visit(&[told("explosion-heard", first, "Residents report a bang.")]);
    let again = memory.visit(&[told(
        "three-dead",
        next,
        "Officers confirmed it on Tuesday.",
    )]);
    assert_eq!(verdicts(&again), [same(0)]);
    assert_eq!(again.standing, GuidStanding::Good);
}

#[test]
fn what_is_about_another_thing_at_the_address_of_a_page_is_new_whatever_its_id() {
    let bridge = (
        "Bridge collapses in harbour",
        "A ship struck the northern pillar.",
    );
    let resigns = (
        "President resigns over budget",
        "She leaves on Friday after a vote.",
    );
    let told = |guid: &str, link: &str, (title, lead): (&str, &str), hours: i64| IdentityInput {
        summary: lead.to_owned(),
        published_at: Some(noon() + TimeDelta::seconds(hours * 3600 + 7)),
        ..input(guid, link, title)
    };
    let page = "https://p.example/latest";
    for (first, second, standing) in [
        ("", "", GuidStanding::Good),
        ("latest", "latest", GuidStanding::Good),
        ("u1", "u2", GuidStanding::Lost),
    ] {
        for link in ["", page].iter().skip(usize::from(first != second)) {
            let mut memory = Memory {
                standing,
                ..Memory::default()
            };
            memory.visit(&[told(first, link, bridge, 0)]);
            let next = told(second, link, resigns, 20);
            for verdict in [NEW, same(1)] {
                let found = memory.visit(std::slice::from_ref(&next));
                assert_eq!(verdicts(&found), [verdict], "{first:?} {link:?}");
                assert_eq!(found.standing, standing);
            }
            // A server that lags behind brings back what is known.
            let lagging = memory.visit(&[told(first, link, bridge, 0)]);
            assert_eq!(verdicts(&lagging), [same(0)], "{first:?} {link:?}");
        }
    }
    // At the address of a report, or in the same text, it is an edit.
    let mut memory = Memory::default();
    let report = "https://p.example/bridge-collapses-in-harbour";
    memory.visit(&[told("", report, bridge, 0)]);
    let edited = memory.visit(&[told("", report, resigns, 20)]);
    assert_eq!(verdicts(&edited), [same(0)]);
    let mut memory = Memory::default();
    memory.visit(&[told("", page, bridge, 0)]);
    let retitled = IdentityInput {
        beginning: bridge.1.to_owned(),
        ..told("", page, ("What we know of the ship", ""), 20)
    };
    assert_eq!(verdicts(&memory.visit(&[retitled])), [same(0)]);
}

#[test]
fn a_rewritten_item_takes_no_standing_from_the_ids_of_its_feed() {
    let told = |slug: &str, guid: &str, title: &str, secs: i64| IdentityInput {
        published_at: Some(noon() + TimeDelta::seconds(secs)),
        ..input(guid, &format!("https://p.example/{slug}"), title)
    };
    let cup = told("team-wins-the-cup", "?p=98", "Team wins cup", 7);
    let mut memory = Memory::default();
    let first = told(
        "explosion-heard-near-harbour",
        "?p=99",
        "Explosion heard near harbour",
        8,
    );
    memory.visit(&[first, cup.clone()]);
    let rewritten = told(
        "three-dead-in-gas-blast",
        "?p=99",
        "Three dead in gas blast",
        9999,
    );
    for verdict in [NEW, same(2)] {
        let found = memory.visit(&[rewritten.clone(), cup.clone()]);
        assert_eq!(verdicts(&found), [verdict, same(1)]);
        assert_eq!(found.standing, GuidStanding::Good);
    }
}

#[test]
fn an_id_of_a_day_alone_that_comes_back_in_other_words_is_another_item() {
    let mut memory = Memory::default();
    let midnight = noon() - TimeDelta::hours(12);
    let told = |link: &str, title: &str| IdentityInput {
        published_at: Some(midnight),
        ..input("news", link, title)
    };
    memory.visit(&[told("https://e.example/1", "Parliament passes the budget")]);
    let again = memory.visit(&[told("https://e.example/2", "Storm closes airport")]);
    assert_eq!(verdicts(&again), [NEW]);
}

#[test]
fn one_id_under_two_sections_is_one_item() {
    let mut memory = Memory::default();
    let link = |section: &str| format!("https://paper.example/n?id=1&section={section}");
    let told = |section: &str| input("n1", &link(section), "Storm closes northern railway");
    let other = input("n2", "https://paper.example/2", "Team wins the cup");
    let matching = memory.visit(&[told("front"), told("north"), other]);
    assert_eq!(verdicts(&matching), [NEW, Verdict::Repeats(0), NEW]);
    assert_eq!(matching.standing, GuidStanding::Good);
}

#[test]
fn two_versions_of_one_id_are_one_item() {
    let told = |title: &str, change: i64| IdentityInput {
        updated_at: Some(noon() + TimeDelta::minutes(change)),
        ..input("tag:p,1", "https://paper.example/storm", title)
    };
    let mut memory = Memory::default();
    let document = [
        told("Storm closes railway, two hurt", 90),
        told("Storm closes northern railway", 30),
    ];
    for first in [NEW, same(0)] {
        let matching = memory.visit(&document);
        assert_eq!(verdicts(&matching), [first, Verdict::Repeats(0)]);
        assert_eq!(matching.standing, GuidStanding::Good);
    }
}

#[test]
fn ids_that_change_in_their_scheme_and_www_alone_keep_their_standing() {
    for moved_to in ["https://paper.example", "https://www.paper.example"] {
        let mut memory = Memory::default();
        let listed = |site: &str| -> Vec<IdentityInput> {
            let guid = |at: usize| format!("{site}/?p={at}");
            let link = |at: usize| format!("{site}/{at}");
            (0..5)
                .map(|at| input(&guid(at), &link(at), HEADLINES[at]))
                .collect()
        };
        memory.visit(&listed("http://paper.example"));
        for _ in 0..2 {
            let moved = memory.visit(&listed(moved_to));
            assert_eq!(verdicts(&moved), [0, 1, 2, 3, 4].map(same));
            assert_eq!(moved.standing, GuidStanding::Good, "{moved_to}");
        }
    }
}

#[test]
fn the_parts_of_a_page_are_items_of_their_own() {
    let told = |guid: &str, title: &str, lead: &str, hour: i64| IdentityInput {
        is_part: true,
        summary: lead.to_owned(),
        published_at: Some(noon() + TimeDelta::hours(hour)),
        ..input(guid, "https://port.example/bulletin-2026.html", title)
    };
    let mut memory = Memory::default();
    let ferries = "All ferries to the islands stay in port because of wind.";
    memory.visit(&[told("b1", "Bulletin: ferry services suspended", ferries, 0)]);
    let flights = "Flights resume at noon, police found nothing.";
    let next = told("b2", "Airport reopens after bomb scare", flights, 4);
    assert_eq!(verdicts(&memory.visit(&[next])), [NEW]);
}

#[test]
fn notices_of_times_of_their_own_at_the_address_of_a_page_are_items_of_their_own() {
    let quake = |guid: &str, strength: &str, minutes: i64| IdentityInput {
        summary: format!(
            "A quake of magnitude {strength} was felt at a depth of 10 km in the Izmir region, the institute says."
        ),
        published_at: Some(noon() + TimeDelta::seconds(minutes * 60 + 7)),
        ..input(
            guid,
            "https://quakes.example/list",
            "Earthquake in the Izmir region",
        )
    };
    for guid in ["", "quake"] {
        let mut memory = Memory::default();
        let listed = [quake(guid, "6.8", 108), quake(guid, "4.5", 0)];
        assert_eq!(verdicts(&memory.visit(&listed)), [NEW, NEW], "{guid}");
        let [first, second] = listed;
        for verdict in [NEW, same(2)] {
            let listed = [quake(guid, "5.1", 120), first.clone(), second.clone()];
            let found = memory.visit(&listed);
            assert_eq!(verdicts(&found), [verdict, same(0), same(1)], "{guid}");
        }
    }
}

#[test]
fn a_series_key_that_comes_for_another_thing_makes_no_two_items_one() {
    let told = |number: i64, title: &str, lead: &str| IdentityInput {
        summary: lead.to_owned(),
        series_key: Some("germany/politics/".to_owned()),
        published_at: Some(noon() + TimeDelta::seconds(number * 3601)),
        ..input(
            &format!("g{number}"),
            &format!("https://dpa.example/n/{number}"),
            &format!("Germany/politics/ {title}"),
        )
    };
    let pensions = "The coalition in Berlin agreed on a reform of pensions early on Sunday.";
    let first = told(1, "1ST LEAD Coalition agrees on pensions", pensions);
    let take = "The coalition in Berlin agreed on a reform of pensions, to begin in July.";
    for (title, lead, verdict) in [
        (
            "2ND LEAD Coalition agrees on pensions after night of talks",
            take,
            same(0),
        ),
        (
            "1ST LEAD Defence minister resigns over spying affair",
            "The defence minister stepped down on Monday after an aide was arrested.",
            NEW,
        ),
        (
            "1ST LEAD Coalition splits on fishing",
            "Ministers of two parties left a meeting about quotas without a word.",
            NEW,
        ),
    ] {
        let mut memory = Memory::default();
        memory.visit(std::slice::from_ref(&first));
        let found = memory.visit(&[told(2, title, lead)]);
        assert_eq!(verdicts(&found), [verdict], "{title}");
    }
}

#[test]
fn the_next_notice_in_the_same_words_with_an_id_a_link_and_a_time_of_its_own_is_new() {
    let flood = |number: i64, river: &str| {
        IdentityInput {
        summary: "River levels are high after rain. People near the river should move valuables upstairs."
            .to_owned(),
        published_at: Some(noon() + TimeDelta::seconds(number * 3601 + river.len() as i64 * 61)),
        ..input(
            &format!("a{number}-{river}"),
            &format!("https://warn.example/n/{number}{river}"),
            &format!("Flood warning for the lower {river} valley"),
        )
    }
    };
    let mut memory = Memory::default();
    for number in [0, 3] {
        let found = memory.visit(&[flood(number, "Severn")]);
        assert_eq!(verdicts(&found), [NEW], "{number}");
    }
    // Where all of a document is told again, its ids are made up anew.
    let mut memory = Memory::default();
    let listed = |number| ["Severn", "Avon", "Thames"].map(|river| flood(number, river));
    memory.visit(&listed(0));
    let found = memory.visit(&listed(1));
    assert_eq!(verdicts(&found), [same(0), same(1), same(2)]);
    assert!(found.guids_churn);
}

#[test]
fn the_entries_of_a_live_blog_are_items_of_their_own_on_hosts_with_a_rule_too() {
    for page in [
        "https://www.aftonbladet.se/nyheter/a/AbCd01/senaste-nytt",
        "https://www.n-tv.de/politik/Krieg-article30000001.html",
        "https://other.example/live/krieg-30000001",
    ] {
        let told = |number: i64, title: &str, lead: &str| IdentityInput {
            summary: lead.to_owned(),
            published_at: Some(noon() + TimeDelta::seconds(number * 3601)),
            ..input(
                &format!("{page}?entry={number}"),
                &format!("{page}?entry={number}"),
                &format!("Live: war in Ukraine: {title}"),
            )
        };
        let summit = told(
            3,
            "summit opens",
            "Heads of state met to talk about sanctions.",
        );
        let port = told(2, "port struck", "Two warehouses burn after drones came.");
        let mut memory = Memory::default();
        let found = memory.visit(&[summit.clone(), port.clone()]);
        assert_eq!(verdicts(&found), [NEW, NEW], "{page}");
        let ship = told(
            4,
            "grain ship sinks",
            "Crew of twelve rescued by the coast guard.",
        );
        for verdict in [NEW, same(2)] {
            let found = memory.visit(std::slice::from_ref(&ship));
            assert_eq!(verdicts(&found), [verdict], "{page}");
        }
        // What stood there before is known, alone and beside the other.
        assert_eq!(
            verdicts(&memory.visit(std::slice::from_ref(&port))),
            [same(1)],
            "{page}"
        );
        let edited = told(
            2,
            "port struck by drones",
            "Two warehouses and a ferry burn.",
        );
        let found = memory.visit(&[ship, edited]);
        assert_eq!(verdicts(&found), [same(2), same(1)], "{page}");
        assert_eq!(found.standing, GuidStanding::Good);
    }
}

#[test]
fn the_same_path_at_another_port_is_another_address() {
    for path in ["a", "a-1234567"] {
        let at =
            |port: &str, title: &str| input("", &format!("https://p.example{port}/{path}"), title);
        let mut memory = Memory::default();
        for (port, title) in [
            (":8443", "Ferry services suspended in wind"),
            ("", "Ferry services suspended in fog"),
            (":8444", "Ferry services suspended in snow"),
        ] {
            let told = memory.visit(&[at(port, title)]);
            assert_eq!(verdicts(&told), [NEW], "{port} {path}");
        }
        let revised = memory.visit(&[at(":8443", "Ferries stay in port")]);
        assert_eq!(verdicts(&revised), [same(0)], "{path}");
    }
}

#[test]
fn what_is_known_by_an_address_without_its_port_stays_known() {
    let ported = |title: &str| input("", "https://p.example:8443/a", title);
    let mut memory = Memory::default();
    memory.visit(&[ported("Ferry services suspended")]);
    // As it was kept when ports did not count.
    let alias = &Candidate::of(ported("")).aliases[0];
    memory.keys = HashMap::from([(alias.digest, 0)]);
    let again = memory.visit(&[ported("Ferries stay in port")]);
    assert_eq!(verdicts(&again), [same(0)]);
}
