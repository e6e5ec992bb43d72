//! When ids that told nothing apart tell items apart again.

use super::*;

/// A list of five of which one was new at each of five visits; what it says of its ids at the last one.
fn listed(id_now: impl Fn(usize) -> String, id_then: impl Fn(usize) -> String) -> Vec<ListedId> {
    let item = |at: usize| ListedId {
        id: id_now(at),
        known: (at < 4).then(|| (Some(id_then(at)), noon() + TimeDelta::hours(at as i64))),
    };
    (0..5).map(item).collect()
}

/// How many minutes before a visit an entry of it is dated, by its place and the visit.
type Minutes<'a> = &'a dyn Fn(usize, usize) -> i64;

#[test]
fn ids_that_stay_with_their_items_over_three_visits_hold_and_no_others_do() {
    let own = |at: usize| format!("p={at}");
    assert!(ids_hold(&listed(own, own)));
    let constant = |_: usize| "news".to_owned();
    assert!(!ids_hold(&listed(constant, constant)), "one for all");
    let anew = |at: usize| format!("{at}-of-today");
    assert!(!ids_hold(&listed(anew, own)), "made up anew");
    let place = |at: usize| (4 - at).to_string();
    assert!(!ids_hold(&listed(place, |_| "0".to_owned())), "places");
    let mut of_one_visit = listed(own, own);
    for item in &mut of_one_visit {
        item.known = item.known.take().map(|(id, _)| (id, noon()));
    }
    assert!(!ids_hold(&of_one_visit), "nothing has moved yet");
}

#[test]
fn links_that_change_at_every_visit_are_not_remembered() {
    let listed = |visit: usize| -> Vec<IdentityInput> {
        let link = |at: usize| format!("https://e.example/S(x{visit}000000y)/a?id={at}&s={visit}");
        let told = |at: usize| IdentityInput {
            published_at: Some(noon() + TimeDelta::seconds(917 * at as i64)),
            ..input(&format!("n{at}"), &link(at), HEADLINES[at])
        };
        (0..5).map(told).collect()
    };
    let mut memory = Memory::default();
    memory.visit(&listed(0));
    let keys = memory.keys.len();
    for visit in 1..4 {
        assert_eq!(
            verdicts(&memory.visit(&listed(visit))),
            [0, 1, 2, 3, 4].map(same)
        );
        assert_eq!(memory.keys.len(), keys, "{visit}");
    }
}

#[test]
fn few_words_lead_back_to_their_item_where_its_id_and_page_went_to_another() {
    let told = |title: &str, hours: i64| IdentityInput {
        published_at: Some(noon() + TimeDelta::hours(hours)),
        ..input("latest", "https://p.example/latest", title)
    };
    let bridge = told("Bridge collapses in harbour", 0);
    let resigns = told("President resigns over budget", 1);
    let mut memory = Memory::default();
    for _ in 0..3 {
        memory.visit(std::slice::from_ref(&bridge));
        memory.visit(std::slice::from_ref(&resigns));
    }
    assert_eq!(memory.items.len(), 2);
}

#[test]
fn headlines_whose_ids_links_and_times_are_made_up_at_every_visit_are_told_once() {
    let front = |_: usize, _: usize| "https://e.example/".to_owned();
    let session = |at: usize, visit: usize| {
        format!(
            "https://e.example/2026/{at}-is-back-here?sid={}",
            7919 * (visit * 9 + at + 1)
        )
    };
    let links: [&dyn Fn(usize, usize) -> String; 3] = [&front, &session, &session];
    for (case, link) in links.into_iter().enumerate() {
        let is_permalink = case == 2;
        for count in [3, 5] {
            let mut memory = Memory::default();
            for visit in 0..5 {
                let now = noon() + TimeDelta::minutes(visit as i64 * 40);
                let told = |at: usize| {
                    let link = link(at, visit);
                    let guid = if is_permalink {
                        link.clone()
                    } else {
                        format!("{visit}-{at}")
                    };
                    IdentityInput {
                        summary: "More soon.".to_owned(),
                        published_at: Some(now - TimeDelta::seconds(at as i64 * 7 + 2)),
                        ..input(&guid, &link, HEADLINES[at])
                    }
                };
                let listed: Vec<IdentityInput> = (0..count).map(told).collect();
                memory.visit_at(&listed, now);
            }
            assert_eq!(memory.items.len(), count, "{case}");
        }
    }
}

#[test]
fn the_same_few_words_of_some_items_are_told_again_beside_an_id_that_is_known() {
    let told = |guid: &str, slug: &str, at: usize, minutes: i64| IdentityInput {
        published_at: Some(noon() + TimeDelta::seconds(minutes * 60 + at as i64 * 7 + 2)),
        ..input(
            guid,
            &format!("https://e.example/2026/{slug}-of-the-day"),
            HEADLINES[at],
        )
    };
    let mut memory = Memory::default();
    let stays = told("stays", "stays", 7, 0);
    let listed = |visit: i64| -> Vec<IdentityInput> {
        let again = (0..3).map(|at| {
            let name = format!("{visit}-{at}");
            told(&name, &name, at, visit * 90)
        });
        again.chain([stays.clone()]).collect()
    };
    memory.visit(&listed(0));
    let found = memory.visit_at(&listed(1), noon() + TimeDelta::minutes(95));
    assert_eq!(verdicts(&found), [NEW, NEW, NEW, same(3)]);
    assert_eq!(found.standing, GuidStanding::Good);
}

/// A list of items at two visits, of which the second lists nothing of the first; how many are kept.
fn rolled_over(told: &dyn Fn(usize, usize) -> IdentityInput, hours: i64) -> usize {
    let mut memory = Memory::default();
    for visit in 0..3 {
        let listed: Vec<IdentityInput> = (0..5).map(|at| told(at, visit)).collect();
        // The visits between two editions find the links that are known.
        for minutes in [2, 32] {
            let now = noon() + TimeDelta::minutes(visit as i64 * hours * 60 + minutes);
            memory.visit_at(&listed, now);
        }
    }
    memory.items.len()
}

#[test]
fn a_short_list_that_rolled_over_tells_the_headlines_of_its_kind_again() {
    const IN_CHINESE: [&str; 5] = ["今日天气", "股市行情", "交通路况", "早间新闻", "晚间新闻"];
    let at_path = |number: usize| format!("https://e.example/announcement/{number}");
    let at_query = |number: usize| format!("https://e.example/view?id={number}");
    let at_site = |_: usize| "https://e.example/".to_owned();
    let links: [(&dyn Fn(usize) -> String, i64); 3] =
        [(&at_path, 0), (&at_query, 0), (&at_site, 4)];
    for headlines in [&HEADLINES[..5], &IN_CHINESE] {
        for (link, minutes) in links {
            for has_ids in [true, false] {
                for hours in [1, 5] {
                    let told = |at: usize, visit: usize| {
                        let number = 8_800_000 + visit * 10 + at;
                        let guid = format!("n-{number}");
                        let secs = visit as i64 * hours * 3600 - minutes * 60 - at as i64 * 7 + 37;
                        IdentityInput {
                            published_at: Some(noon() + TimeDelta::seconds(secs)),
                            ..input(
                                if has_ids { &guid } else { "" },
                                &link(number),
                                headlines[at],
                            )
                        }
                    };
                    let has_names = has_ids || minutes == 0;
                    let kept = if has_names { 15 } else { 5 };
                    assert_eq!(rolled_over(&told, hours), kept, "{headlines:?} {hours}");
                }
            }
        }
    }
}

#[test]
fn what_has_no_time_and_a_link_of_its_own_is_told_again_on_another_day() {
    for (folder, slug) in [("", "{number}-"), ("/{number}", "")] {
        for lead in [
            "",
            "More of what moved the readers of this paper and its region today.",
        ] {
            for has_ids in [true, false] {
                let told = |at: usize, visit: usize| {
                    let number = format!("{}", 500_100 + visit * 10 + at);
                    let link = format!("https://e.example/daily{folder}/{slug}piece-of-day-{at}");
                    let link = link.replace("{number}", &number);
                    IdentityInput {
                        published_at: None,
                        summary: lead.to_owned(),
                        ..input(if has_ids { &number } else { "" }, &link, HEADLINES[at])
                    }
                };
                assert_eq!(rolled_over(&told, 24), 15, "{folder:?} {lead:?} {has_ids}");
            }
        }
    }
}

#[test]
fn an_entry_that_is_listed_in_two_states_is_one_item_and_takes_no_standing_from_the_ids_beside_it()
{
    let ticker = |minutes: usize| IdentityInput {
        summary: format!("Updated at 10:{minutes}. All the deals of the day in one place."),
        published_at: Some(noon() + TimeDelta::seconds(7)),
        ..input("t1", "https://s.example/ticker", "Transfer ticker")
    };
    let news = |at: usize, title: &str| IdentityInput {
        published_at: Some(noon() + TimeDelta::seconds(at as i64 * 60 + 5)),
        ..input(&format!("n{at}"), "https://s.example/news", title)
    };
    let mut memory = Memory::default();
    for (visit, minutes) in [15, 15, 25].into_iter().enumerate() {
        let title = |at: usize| match visit {
            0 => format!("Club {at} signs a young striker from abroad"),
            _ => format!("Fans of club {at} cheer as deal is done"),
        };
        let reports = (0..4).map(|at| news(at, &title(at)));
        let listed: Vec<IdentityInput> = [ticker(minutes), ticker(minutes + 5)]
            .into_iter()
            .chain(reports)
            .collect();
        let found = memory.visit(&listed);
        assert_eq!(found.standing, GuidStanding::Good);
        let reports = if visit == 0 {
            [NEW; 4]
        } else {
            [1, 2, 3, 4].map(same)
        };
        assert_eq!(verdicts(&found)[2..], reports, "{visit}");
        let first = if visit == 0 { NEW } else { same(0) };
        assert_eq!(
            verdicts(&found)[..2],
            [first, Verdict::Repeats(0)],
            "{visit}"
        );
    }
    // The same id on two reports, or on most of what is listed, names nothing.
    let other = IdentityInput {
        title: "Club 7 sells its captain".to_owned(),
        ..ticker(15)
    };
    let reports: Vec<IdentityInput> = (0..4).map(|at| news(at, HEADLINES[at])).collect();
    let of_two = [&[ticker(15), other], &reports[..]].concat();
    let of_most = [&[ticker(15), ticker(20)], &reports[..2]].concat();
    for listed in [of_two, of_most] {
        let found = Memory::default().visit(&listed);
        assert_eq!(found.standing, GuidStanding::Lost);
        assert_eq!(verdicts(&found), vec![NEW; listed.len()]);
    }
}

/// What visits of a feed keep that shows one list of headlines at each, all under new ids and links: so many minutes before
/// the visit they claim to be told.
fn kept_of_lists(
    link: &dyn Fn(usize, usize) -> String,
    minutes: &dyn Fn(usize, usize) -> i64,
    (hours, has_ids): (i64, bool),
    is_found_again: bool,
) -> (usize, GuidStanding) {
    let mut memory = Memory::default();
    for visit in 0..4 {
        let now = noon() + TimeDelta::hours(visit as i64 * hours);
        let told = |at: usize| {
            let claim = TimeDelta::seconds(minutes(at, visit) * 60 + at as i64 * 7 + 2);
            let guid = format!("urn:b:{visit}-{at}");
            IdentityInput {
                summary: "See the site of the service for details.".to_owned(),
                lead_is_constant: true,
                published_at: Some(now - claim),
                ..input(
                    if has_ids { &guid } else { "" },
                    &link(at, visit),
                    HEADLINES[at],
                )
            }
        };
        let listed: Vec<IdentityInput> = (0..5).map(told).collect();
        memory.visit_at(&listed, now);
        if is_found_again {
            memory.visit_at(&listed, now + TimeDelta::minutes(30));
        }
    }
    (memory.items.len(), memory.standing)
}

#[test]
fn bulletins_that_one_visit_finds_fresh_are_all_kept_and_their_ids_stay_good() {
    let none = |_: usize, _: usize| String::new();
    let site = |_: usize, _: usize| "https://w.example/".to_owned();
    let issue =
        |at: usize, visit: usize| format!("https://w.example/kind{at}?issue={}", 4400 + visit);
    let links: [&dyn Fn(usize, usize) -> String; 3] = [&none, &site, &issue];
    for (case, link) in links.into_iter().enumerate() {
        let once_fresh = |_: usize, visit: usize| if visit == 1 { 1 } else { 5 };
        let some_fresh = |at: usize, _: usize| if at < 3 { 1 } else { 60 };
        let always_fresh = |_: usize, _: usize| 1;
        let times: [(Minutes<'_>, bool); 3] = [
            (&once_fresh, false),
            (&some_fresh, false),
            (&always_fresh, true),
        ];
        for (which, (minutes, is_found_again)) in times.into_iter().enumerate() {
            let kept = kept_of_lists(link, minutes, (3, true), is_found_again);
            assert_eq!(kept, (20, GuidStanding::Good), "{case} {which}");
        }
    }
}

#[test]
fn a_document_that_is_made_up_and_waits_in_a_cache_is_told_once() {
    let token = |at: usize, visit: usize| {
        format!(
            "https://p.example/s{at}?ts=qq{}xx{}zz77",
            visit * 31 + at,
            at * 17 + 40 + visit
        )
    };
    for minutes in [0, 3, 10, 15] {
        for has_ids in [true, false] {
            let waits = |_: usize, visit: usize| minutes + visit as i64;
            let (kept, _) = kept_of_lists(&token, &waits, (1, has_ids), false);
            assert_eq!(kept, 5, "{minutes} {has_ids}");
        }
    }
}

const LEAD: &str =
    "Officials said on Tuesday that the matter would be taken up again next week after talks.";

/// What is kept of five items without ids and times whose links are others at the last of three visits.
fn kept_without_times(link: &dyn Fn(usize, usize) -> String, lead: &str, hours: i64) -> usize {
    let mut memory = Memory::default();
    for (visit, hour) in [0, 3, 3 + hours].into_iter().enumerate() {
        let told = |at: usize| IdentityInput {
            published_at: None,
            summary: lead.to_owned(),
            ..input("", &link(at, visit), HEADLINES[at])
        };
        let listed: Vec<IdentityInput> = (0..5).map(told).collect();
        memory.visit_at(&listed, noon() + TimeDelta::hours(hour));
    }
    memory.items.len()
}

#[test]
fn a_report_without_a_time_that_moves_is_no_second_one_and_what_is_told_each_day_is() {
    let moves: [(&str, &str, usize); 7] = [
        ("/news/what-is-told-{at}", "/weather/what-is-told-{at}", 5),
        ("/news/what-is-told-{at}", "/news/what-is-told-{at}.html", 5),
        ("/news/what-is-told-{at}", "/amp/news/what-is-told-{at}", 5),
        ("/news/a_b_c-{at}.php", "/relaunched/a_b_c-{at}", 5),
        (
            "/2026/11/30/what-is-told-{at}",
            "/2026/12/01/what-is-told-{at}",
            10,
        ),
        ("/news/70{at}/what-is-told", "/news/80{at}/what-is-told", 10),
        ("/news/quiz{at}", "/day/quiz{at}", 10),
    ];
    for (before, after, kept) in moves {
        let link = |at: usize, visit: usize| {
            let path = if visit < 2 { before } else { after };
            format!("https://p.example{path}").replace("{at}", &at.to_string())
        };
        for hours in [24, 60] {
            assert_eq!(
                kept_without_times(&link, LEAD, hours),
                kept,
                "{after} {hours}"
            );
        }
        assert_eq!(
            kept_without_times(&link, "", 24),
            10,
            "{after} in few words"
        );
    }
}

#[test]
fn what_has_no_time_is_told_once_however_long_nobody_looked_where_a_session_alone_is_in_its_link() {
    let token = |at: usize, visit: usize| format!("qq{}xx{at}zz77", visit * 13);
    let number = |_: usize, visit: usize| format!("{}", 7001 + visit * 10);
    let at_path = |query: String, at: usize| format!("https://p.example/news/s{at}?sid={query}");
    let at_view = |query: String| format!("https://p.example/watch?v={query}");
    for lead in ["", LEAD] {
        let sessions = |at: usize, visit: usize| at_path(token(at, visit), at);
        assert_eq!(kept_without_times(&sessions, lead, 60), 5, "{lead}");
        let counted = |at: usize, visit: usize| at_path(number(at, visit / 2), at);
        assert_eq!(kept_without_times(&counted, lead, 60), 10, "{lead}");
        let named = |at: usize, visit: usize| at_view(token(at, visit / 2));
        assert_eq!(kept_without_times(&named, lead, 60), 10, "{lead}");
    }
}
