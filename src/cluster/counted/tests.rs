//! What titles number and count, as pairs of titles.

use super::*;

/// Of an earlier title and one so many hours later.
fn contradict(titles: [&str; 2], hours: f32) -> bool {
    let language = if titles[0].contains("Etappe") {
        "de"
    } else {
        "en"
    };
    contradict_in(language, titles, hours)
}

fn contradict_in(language: &str, titles: [&str; 2], hours: f32) -> bool {
    let [early, late] = titles.map(|title| Counted::of_title(title, language));
    let is_so = late.contradicts(&early, Some(hours));
    assert_eq!(early.contradicts(&late, Some(-hours)), is_so, "{titles:?}");
    is_so
}

#[test]
fn what_is_numbered_otherwise_is_another_thing_at_any_time() {
    for titles in [
        [
            "Marten wins stage 12 of the Tour",
            "Tour: Marten storms to stage 13 victory",
        ],
        [
            "Lord's Test, day one: England 310-5",
            "England all out at Lord's on day two",
        ],
        [
            "Cabinet wins first confidence vote",
            "Premier survives second no-confidence vote",
        ],
        ["Hawks beat Owls in Game 1", "Hawks edge Owls in Game 2"],
        [
            "Marten gewinnt die 12. Etappe",
            "Marten jubelt auf der 13. Etappe",
        ],
    ] {
        assert!(contradict(titles, 1.0), "{titles:?}");
    }
    for titles in [
        [
            "Hawks beat Owls in Game 2",
            "After losing Game 1, Hawks take Game 2",
        ],
        [
            "Bank cuts rates for first time in a year",
            "Second time lucky: bank cuts rates",
        ],
        [
            "Fire kills 12. Police search site",
            "Fire kills 13. Police search site",
        ],
        [
            "Two days of rain flood Perth",
            "Perth floods after three days of rain",
        ],
    ] {
        assert!(!contradict(titles, 1.0), "{titles:?}");
    }
}

#[test]
fn what_came_before_is_numbered_beside_what_comes_then() {
    for (language, titles) in [
        (
            "de",
            [
                "Merz im zweiten Wahlgang zum Kanzler gewählt",
                "Nach Schlappe im ersten Wahlgang: Merz ist Kanzler",
            ],
        ),
        (
            "en",
            [
                "Merz elected German chancellor on second ballot",
                "Germany: Merz becomes chancellor after humiliation in first ballot",
            ],
        ),
        (
            "fr",
            [
                "Merz élu chancelier au deuxième scrutin",
                "Merz devient chancelier après son échec au premier scrutin",
            ],
        ),
        (
            "es",
            [
                "Merz, elegido canciller en la segunda votación",
                "Merz, canciller tras fracasar en la primera votación",
            ],
        ),
        (
            "it",
            [
                "Merz eletto cancelliere alla seconda votazione",
                "Merz è cancelliere dopo la bocciatura alla prima votazione",
            ],
        ),
        (
            "nl",
            [
                "Merz in tweede stemming gekozen tot kanselier",
                "Merz toch kanselier na nederlaag in eerste stemming",
            ],
        ),
        (
            "en",
            [
                "Pogacar extends Tour lead on stage 13",
                "Pogacar wins again a day after stage 12 triumph to extend Tour lead",
            ],
        ),
    ] {
        let [late, before] = titles;
        assert!(!contradict_in(language, [late, before], 1.0), "{titles:?}");
        assert!(!contradict_in(language, [before, late], 0.5), "{titles:?}");
        assert!(
            contradict_in(language, [before, late], 6.0),
            "{titles:?} earlier"
        );
    }
    for titles in [
        ["Hawks lose Game 1", "Hawks level series after Game 2 win"],
        [
            "England 310-5 after day one",
            "England all out after day two",
        ],
        ["Marten in yellow after stage 13", "Marten wins stage 12"],
    ] {
        assert!(contradict(titles, 0.5), "{titles:?}");
    }
}

#[test]
fn more_is_counted_of_what_goes_on_over_night_though_it_is_not_dead() {
    for (language, titles) in [
        (
            "en",
            [
                "Aude wildfire burns 12,000 hectares",
                "Aude wildfire burns 16,000 hectares",
            ],
        ),
        (
            "fr",
            [
                "Incendie dans l'Aude : 12.000 hectares brûlés",
                "Incendie dans l'Aude : 16.000 hectares brûlés",
            ],
        ),
        (
            "es",
            [
                "Incendio en Zamora arrasa 15.000 hectáreas",
                "Incendio en Zamora arrasa 31.000 hectáreas",
            ],
        ),
        (
            "en",
            [
                "Storm Floris leaves 20,000 homes without power in Scotland",
                "Storm Floris leaves 43,000 homes without power in Scotland",
            ],
        ),
        (
            "en",
            [
                "Ebola outbreak in Kasai: 28 cases",
                "Ebola outbreak in Kasai: 32 cases",
            ],
        ),
        (
            "en",
            [
                "Rescuers search for 27 girls missing in Kerr County flood",
                "Rescuers search for 11 girls missing in Kerr County flood",
            ],
        ),
        (
            "en",
            [
                "Landslide traps 40 miners in Kolwezi",
                "Landslide traps 32 miners in Kolwezi",
            ],
        ),
    ] {
        assert!(!contradict_in(language, titles, 14.0), "{titles:?}");
    }
    for titles in [
        [
            "Aude wildfire burns 16,000 hectares",
            "Aude wildfire burns 12,000 hectares",
        ],
        [
            "Magnitude 7 quake hits Herat",
            "Magnitude 8 quake hits Herat",
        ],
        [
            "Man, 24, arrested over Leeds shooting",
            "Man, 31, arrested over Leeds shooting",
        ],
        [
            "Drones start fire, 200 flee homes",
            "Drones start fire, 300 flee homes",
        ],
        [
            "Police arrest 200 protesters",
            "Police arrest 340 protesters",
        ],
    ] {
        assert!(contradict(titles, 24.0), "{titles:?}");
    }
}

#[test]
fn what_is_counted_otherwise_on_another_day_is_another_thing_unless_it_has_grown() {
    let (three, five) = (
        "Drones hit Kyiv, killing three",
        "Drones hit Kyiv, killing at least 5",
    );
    assert!(contradict([three, five], 24.0));
    assert!(!contradict([three, five], 3.0));
    for titles in [
        [three, "Drones kill 3 in Kyiv"],
        [three, "Kyiv toll rises to five after drones hit, killing 5"],
        [three, "Drones hit Kyiv again"],
    ] {
        assert!(!contradict(titles, 24.0), "{titles:?}");
    }
    let undated = [three, five].map(|title| Counted::of_title(title, "en"));
    assert!(!undated[0].contradicts(&undated[1], None));
}

#[test]
fn an_ordinal_that_says_how_often_somebody_did_something_numbers_no_event() {
    for titles in [
        [
            "Sinner wins first Wimbledon title with victory over Alcaraz",
            "Sinner beats Alcaraz at Wimbledon for his fourth Grand Slam title",
        ],
        [
            "Norris wins first F1 title in Abu Dhabi",
            "Norris denies Verstappen fifth straight title in Abu Dhabi decider",
        ],
        [
            "ECB holds rates for fourth straight meeting",
            "ECB leaves rates unchanged at first meeting of the year",
        ],
        [
            "Marten wins stage 12 of the Tour",
            "Marten takes third stage win of this Tour",
        ],
        [
            "Marten wins stage 12 of the Tour",
            "Marten wins his third stage of the Tour",
        ],
        [
            "Stocks fall for second day on rate fears",
            "Stocks fall on first trading day of the month",
        ],
        [
            "North Marev fires missile in third test this year",
            "North Marev fires missile in first test since May",
        ],
        [
            "Holt wins first round of election",
            "Holt heads into second round of election against Okafor",
        ],
        [
            "Owls win match 3-1 in Marev",
            "Owls take match 2-1 at half-time",
        ],
    ] {
        assert!(!contradict(titles, 1.0), "{titles:?}");
    }
    for (language, titles) in [
        (
            "fr",
            [
                "La première motion de censure rejetée",
                "La deuxième motion de censure rejetée",
            ],
        ),
        (
            "de",
            [
                "Holt scheitert im ersten Wahlgang",
                "Holt im zweiten Wahlgang gewählt",
            ],
        ),
        (
            "pt",
            [
                "Marten vence a segunda etapa",
                "Marten vence a terceira etapa",
            ],
        ),
    ] {
        assert!(contradict_in(language, titles, 1.0), "{titles:?}");
    }
}

#[test]
fn a_date_or_a_day_of_the_week_numbers_and_counts_no_event() {
    for (language, titles) in [
        (
            "de",
            [
                "Lokführer streiken ab 3. Dezember",
                "GDL-Streik bei der Bahn dauert bis 5. Dezember",
            ],
        ),
        (
            "cs",
            [
                "Babiš bude jmenován premiérem 9. prosince",
                "Pavel jmenuje Babiše, vláda nastoupí 15. prosince",
            ],
        ),
        (
            "pt",
            [
                "Metroviários aprovam greve para o dia 15",
                "Metroviários marcam nova assembleia no dia 14",
            ],
        ),
        (
            "pt",
            [
                "Petrobras anuncia nesta quarta-feira redução da gasolina",
                "Petrobras anuncia redução da gasolina a partir de quinta-feira",
            ],
        ),
        ("en", ["Talks open on August 15", "Talks end on August 16"]),
    ] {
        for hours in [1.0, 24.0] {
            let is_so = contradict_in(language, titles, hours);
            assert!(!is_so, "{titles:?} after {hours} hours");
        }
    }
}

#[test]
fn the_dead_of_what_goes_on_over_night_are_more_the_next_morning_though_nobody_says_so() {
    let (first, second) = (
        "Texas floods: 24 dead and girls missing from camp",
        "Texas floods: 51 dead as search goes on",
    );
    assert!(!contradict([first, second], 14.0));
    assert!(contradict([second, first], 14.0), "fewer are other dead");
    for titles in [
        [
            "Texas floods kill 24, 12 missing",
            "Texas floods kill 51, 8 missing",
        ],
        ["Delhi car blast kills 8", "Delhi car blast kills 12"],
    ] {
        assert!(!contradict(titles, 14.0), "{titles:?}");
    }
    for titles in [
        [
            "Magnitude 5.9 quake kills 3 in Herat",
            "Magnitude 6.2 quake kills 8 in Herat",
        ],
        ["Okafor scores 30 points", "Okafor scores 41 points"],
        [
            "Bus crash in Punjab kills 8",
            "Bus crash in Punjab kills 12",
        ],
        [
            "At least 31 killed in Gaza since dawn",
            "At least 45 killed in Gaza since dawn",
        ],
        ["Gunmen kill 12 villagers", "Gunmen kill 20 villagers"],
        // Another fire of the town, and another shooting.
        ["House fire in Leeds kills 2", "House fire in Leeds kills 3"],
        [
            "Shooting in Chicago leaves 2 dead",
            "Shooting in Chicago leaves 4 dead",
        ],
    ] {
        assert!(contradict(titles, 24.0), "{titles:?}");
    }
    assert!(contradict([first, second], 40.0), "the day after the next");
}

#[test]
fn a_toll_that_is_said_to_have_risen_is_of_one_event_in_any_language() {
    for (language, titles) in [
        (
            "uk",
            [
                "Удар по Тернополю: загинули 19 людей",
                "Удар по Тернополю: кількість загиблих зросла до 25 людей",
            ],
        ),
        (
            "ar",
            [
                "غارة على ننغرهار: 25 قتيلا",
                "ارتفاع حصيلة غارة ننغرهار إلى 81 قتيلا",
            ],
        ),
        (
            "nl",
            [
                "Raketaanval op Marev: 36 doden",
                "Aantal doden raketaanval Marev stijgt naar 94 doden",
            ],
        ),
    ] {
        assert!(!contradict_in(language, titles, 14.0), "{titles:?}");
    }
}

#[test]
fn the_hurt_of_one_crash_are_counted_anew_the_next_morning_and_those_of_another_night_are_others() {
    for (titles, expected) in [
        (
            [
                "Bus crash in Tuscany: 20 injured",
                "22 hurt in Tuscany bus crash",
            ],
            false,
        ),
        (
            [
                "Tuscany bus crash leaves 22 injured",
                "Tuscany bus crash leaves 20 injured",
            ],
            false,
        ),
        (
            [
                "Bus crash in Tuscany: 20 injured",
                "41 hurt in Tuscany bus crash",
            ],
            true,
        ),
        (
            ["Shooting in Leeds: 2 hurt", "Shooting in Leeds: 3 hurt"],
            true,
        ),
        (
            [
                "Drone attack on Kyiv injures 20",
                "Drone attack on Kyiv injures 22",
            ],
            true,
        ),
    ] {
        assert_eq!(contradict(titles, 14.0), expected, "{titles:?}");
    }
}

#[test]
fn a_number_too_great_to_be_held_is_the_greatest() {
    for title in ["4294967295 killed", "5000000 killed in Herat"] {
        let is_so = contradict([title, "Quake kills 3 in Herat"], 24.0);
        assert!(is_so, "{title}");
    }
}
