//! Streams that mean harm to the clusterer, and streams that come in another order: bounded, and
//! no giant event.

use dateline::cluster::{ArrivingItem, Engine, Settings, Weights};
use dateline::decisions::Constraints;
use dateline::news::{EventId, ItemId, OutletId, utc_from_secs};

pub(super) const NOON: i64 = 1_755_259_200;

/// Runs titles through an engine, one a minute, and gives the size of each event.
fn sizes(titles: impl Iterator<Item = (i64, String)>) -> Vec<usize> {
    let mut engine = Engine::new(Settings::default(), Weights::embedded(), EventId(1));
    for (at, (secs, title)) in titles.enumerate() {
        let item = ArrivingItem {
            id: ItemId(at as i64 + 1),
            outlet: OutletId(1),
            language: "en".to_owned(),
            item_time: utc_from_secs(secs),
            time_is_claimed: true,
            title,
            ..ArrivingItem::default()
        };
        if engine.arrive(&item).settling_is_due {
            engine.settle(&Constraints::default());
            engine.move_on();
        }
    }
    engine.settle(&Constraints::default());
    engine
        .live_events()
        .map(|event| engine.items_of(event).len())
        .collect()
}

#[test]
fn empty_titles_and_single_words_make_no_giant_event() {
    let empty = (0..600).map(|n| (NOON + n * 60, String::new()));
    assert!(sizes(empty).into_iter().all(|size| size == 1));
    let words = ["News", "Live", "Video", "Sport"];
    let single = (0..600).map(|n| (NOON + n * 60, words[n as usize % 4].to_owned()));
    assert!(sizes(single).into_iter().all(|size| size <= 150));
}

#[test]
fn a_template_for_every_match_of_a_league_makes_no_giant_event() {
    let clubs = [
        "Arden", "Boro", "Calder", "Dunmore", "Elgin", "Forth", "Garve", "Hallam", "Irvine",
        "Jarrow",
    ];
    let matches = (0..90_usize).map(|n| {
        let (home, away) = (clubs[n % 10], clubs[(n / 10 + n % 10 + 1) % 10]);
        let title = format!(
            "{home} {} {away} {}: match report, ratings and talking points",
            n % 4,
            n % 3
        );
        (NOON + n as i64 * 600, title)
    });
    let largest = sizes(matches).into_iter().max();
    assert!(largest <= Some(30), "{largest:?}");
}

#[test]
fn a_flood_of_one_text_is_one_report() {
    let flood = (0..2000).map(|n| {
        (
            NOON + n,
            "Buy now: the garden chair of the year is here today".to_owned(),
        )
    });
    assert_eq!(sizes(flood), [2000]);
}

#[test]
fn titles_of_five_thousand_words_and_wild_dates_are_survived() {
    let long: String = (0..5000).map(|n| format!("word{} ", n % 977)).collect();
    let dates = [0, NOON, 253_370_764_800, NOON, -62_135_596_800, NOON];
    let wild = (0..60_usize).map(|n| (dates[n % 6], format!("{n} {long}")));
    assert!(!sizes(wild).is_empty());
}

/// Other news before, enough for the tables to know what is common and what is a name.
pub(super) fn other_news() -> impl Iterator<Item = (i64, String)> {
    let places = ["Oslo", "Quito", "Hanoi", "Perth", "Lagos", "Turin", "Sofia"];
    let things = ["school", "bridge", "museum", "railway", "dam"];
    let acts = [
        "opens after repairs",
        "gets a new owner",
        "wins an award",
        "is sold to a bank",
    ];
    (0..1120_usize).map(move |n| {
        let (place, thing, act) = (places[n % 7], things[n / 7 % 5], acts[n / 35 % 4]);
        (
            NOON - 90_000 + n as i64 * 75,
            format!("{place} {thing} {act}"),
        )
    })
}

/// A few storylines with several events each, told by several outlets.
fn storylines() -> Vec<(i64, String)> {
    let mut items = Vec::new();
    let places = ["Vienna", "Manila", "Accra", "Lima"];
    let events = [
        "council votes to close the old port",
        "mayor resigns over port vote",
        "strike halts ferries and trams",
        "storm floods the harbour district",
    ];
    for (p, place) in places.iter().enumerate() {
        for (e, event) in events.iter().enumerate() {
            for telling in 0..6 {
                let lead = [
                    "",
                    "Breaking: ",
                    "In ",
                    "Report: ",
                    "Now: ",
                    "As it stands, ",
                ][telling];
                let secs = NOON + (e as i64 * 20 + p as i64) * 3600 + telling as i64 * 400;
                items.push((
                    secs,
                    format!(
                        "{lead}{place} {event}, take {}",
                        ["a", "b", "c"][telling % 3]
                    ),
                ));
            }
        }
    }
    items.sort();
    items
}

#[test]
fn the_order_within_a_quarter_of_an_hour_changes_little() {
    let groups = |swap: usize| -> usize {
        let mut items = storylines();
        for chunk in items.chunks_mut(3) {
            let by = swap % chunk.len().max(1);
            chunk.rotate_left(by);
        }
        sizes(other_news().chain(items)).len()
    };
    let straight = groups(0);
    for swap in 1..3 {
        let found = groups(swap);
        assert!(found.abs_diff(straight) <= 1, "{found} against {straight}");
    }
}

/// Two outlets tell, in words of their own, the same kind of thing of three places or companies each.
fn likenesses() -> Vec<(
    &'static str,
    [&'static str; 2],
    &'static str,
    [&'static str; 3],
)> {
    vec![
        (
            "minister",
            [
                "{} finance minister resigns over pensions",
                "Finance minister quits in {} after row over pensions",
            ],
            "The finance minister of {} stepped down on Monday because of a dispute over pensions.",
            ["Peru", "Kenya", "Latvia"],
        ),
        (
            "plane",
            [
                "Small plane crashes near {}, two dead",
                "Two killed as small plane comes down near {}",
            ],
            "A small plane came down in a field near {} on Monday, and two people died.",
            ["Denver", "Boise", "Tucson"],
        ),
        (
            "profit",
            [
                "{} profit jumps in second quarter",
                "{} reports higher profit for second quarter",
            ],
            "{} said that its profit rose in the second quarter, helped by strong demand.",
            ["Nordwerk", "Calvetti", "Brightoak"],
        ),
    ]
}

#[test]
fn the_same_kind_of_thing_told_of_other_names_is_another_event() {
    let other: Vec<Telling> = other_news()
        .map(|(secs, title)| (secs, OutletId(1), title, String::new()))
        .collect();
    let (names, pairs) = told_as_one(other);
    assert!(pairs >= 8, "both outlets tell one event: {names:?}");
}

#[test]
fn it_is_another_event_on_the_first_day_too() {
    let (names, pairs) = told_as_one(Vec::new());
    assert!(pairs >= 6, "both outlets tell one event: {names:?}");
}

/// When, by whom, title and lead.
type Telling = (i64, OutletId, String, String);

/// Tells all likenesses after other news: what stands in one event, and of how many things both tellings do. None stands
/// with another.
fn told_as_one(mut items: Vec<Telling>) -> (Vec<Vec<(&'static str, &'static str)>>, usize) {
    let mut told = Vec::new();
    for (family, titles, lead, names) in likenesses() {
        for (n, name) in names.iter().enumerate() {
            for (outlet, title) in titles.iter().enumerate() {
                let secs = NOON + n as i64 * 900 + outlet as i64 * 1500;
                told.push((items.len(), family, *name));
                items.push((
                    secs,
                    OutletId(2 + outlet as i64),
                    title.replace("{}", name),
                    lead.replace("{}", name),
                ));
            }
        }
    }
    let events = events_of(items);
    let mut names: std::collections::BTreeMap<EventId, Vec<_>> = Default::default();
    for (at, family, name) in told {
        names.entry(events[at]).or_default().push((family, name));
    }
    let names: Vec<Vec<(&str, &str)>> = names.into_values().collect();
    for alike in &names {
        assert!(alike.iter().all(|one| *one == alike[0]), "{alike:?}");
    }
    let pairs = names.iter().filter(|alike| alike.len() == 2).count();
    (names, pairs)
}

/// The event of each.
fn events_of(items: Vec<Telling>) -> Vec<EventId> {
    let mut engine = Engine::new(Settings::default(), Weights::embedded(), EventId(1));
    let count = items.len() as i64;
    for (at, (secs, outlet, title, summary)) in items.into_iter().enumerate() {
        engine.arrive(&ArrivingItem {
            id: ItemId(at as i64 + 1),
            outlet,
            language: "en".to_owned(),
            item_time: utc_from_secs(secs),
            time_is_claimed: true,
            title,
            summary,
            ..ArrivingItem::default()
        });
    }
    engine.settle(&Constraints::default());
    let ids = (1..=count).map(ItemId);
    ids.map(|id| engine.event_of(id).unwrap()).collect()
}

/// A newsroom of one country with few feeds: all of it is about the same people, and each is another matter. Two of the
/// pairs have a name and more in common and are taken for one event.
#[test]
fn hardly_anything_that_few_feeds_tell_of_one_government_is_taken_for_one_event() {
    let told = [
        (
            "President Varga vetoes the fishing bill",
            "Varga said the quotas would ruin the coast.",
        ),
        (
            "Varga to meet Nordic leaders in Tromsø",
            "Energy and the Arctic are on the agenda, the president's office said.",
        ),
        (
            "Senate confirms Varga's pick for the central bank",
            "Ilse Holm won 61 of 99 votes.",
        ),
        (
            "Court clears former minister Dahl of bribery",
            "The judges found no proof that Dahl took money.",
        ),
        (
            "Dahl's party falls to third place in new poll",
            "The Greens are second for the first time.",
        ),
        (
            "Opposition wants inquiry into ferry contract",
            "Varga's government signed it without a tender.",
        ),
        (
            "Varga visits flooded valley",
            "The president promised quick help to farmers.",
        ),
        (
            "Parliament debates pensions until dawn",
            "A vote is expected next week.",
        ),
        (
            "President's son fined for speeding",
            "Police measured 141 km/h on the ring road.",
        ),
        (
            "Senate blocks funds for the northern railway",
            "Supporters of Varga spoke of revenge.",
        ),
        (
            "Greens elect Maro as their leader",
            "She wants to leave the coalition by autumn.",
        ),
        (
            "Varga's approval falls below 30%",
            "It is the lowest of any president since the war.",
        ),
        (
            "Minister of health resigns over vaccine delays",
            "Varga thanked Lund for her work.",
        ),
        (
            "Teachers strike in the capital",
            "Schools stay shut on Thursday.",
        ),
        (
            "Varga pardons whistleblower Eide",
            "He had spent four years in prison.",
        ),
        (
            "Central bank holds its rate",
            "Holm sees prices easing in spring.",
        ),
    ];
    let tellings = told.iter().enumerate().map(|(at, (title, lead))| {
        let (secs, outlet) = (NOON + at as i64 * 2700, OutletId(1 + at as i64 % 5));
        (secs, outlet, (*title).to_owned(), (*lead).to_owned())
    });
    let events = events_of(tellings.collect());
    let distinct: std::collections::BTreeSet<EventId> = events.iter().copied().collect();
    assert!(distinct.len() + 2 >= told.len(), "{events:?}");
}
