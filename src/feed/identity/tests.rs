//! The cases of identity: what is one item, what is two.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::*;
use crate::news::utc_from_secs;

mod changes;
mod moments;
mod pages;
mod returned;
mod shared;
mod standing;

fn noon() -> UtcTime {
    utc_from_secs(1_755_259_200)
}

fn input(guid: &str, link: &str, title: &str) -> IdentityInput {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    IdentityInput {
        guid: some(guid),
        link: some(link),
        title: title.to_owned(),
        published_at: Some(noon()),
        ..IdentityInput::default()
    }
}

/// A feed as the store would remember it.
#[derive(Default)]
struct Memory {
    standing: GuidStanding,
    items: Vec<KnownItem>,
    keys: HashMap<[u8; 16], usize>,
    last_visit_at: Option<UtcTime>,
}

impl Memory {
    fn visit(&mut self, inputs: &[IdentityInput]) -> Matching {
        self.visit_at(inputs, noon() + TimeDelta::minutes(5))
    }

    fn visit_at(&mut self, inputs: &[IdentityInput], fetched_at: UtcTime) -> Matching {
        let by_key = self.keys.iter().map(|(key, at)| (*key, id_of(*at)));
        let items = self.items.iter().map(|item| (item.id, item.clone()));
        let known = KnownItems {
            by_key: by_key.collect(),
            items: items.collect(),
        };
        let candidates: Vec<Candidate> = inputs.iter().cloned().map(Candidate::of).collect();
        let candidates: Vec<&Candidate> = candidates.iter().collect();
        let visit = Visit {
            standing: self.standing,
            fetched_at,
            last_visit_at: self.last_visit_at.replace(fetched_at),
        };
        let matching = match_items(&candidates, &known, visit);
        self.standing = matching.standing;
        for (input, found) in inputs.iter().zip(&matching.items) {
            let at = match found.verdict {
                Verdict::New => {
                    self.items
                        .push(known_of(input, self.items.len(), fetched_at));
                    self.items.len() - 1
                }
                Verdict::Same(id) => {
                    let at = usize::try_from(id.0).expect("ids are small");
                    let before = &self.items[at];
                    let claim = input.published_at;
                    let is_noted = found.by == Some(KeyKind::Text)
                        && claim.is_none_or(|claim| is_of_visit(claim, fetched_at));
                    self.items[at] = KnownItem {
                        listed_at: if is_noted {
                            fetched_at
                        } else {
                            before.listed_at
                        },
                        ..known_of(input, at, before.fetched_at)
                    };
                    at
                }
                Verdict::Repeats(_) => continue,
            };
            self.keys.extend(found.keys.iter().map(|key| (*key, at)));
        }
        matching
    }
}

fn id_of(at: usize) -> ItemId {
    ItemId(i64::try_from(at).expect("ids are small"))
}

fn known_of(input: &IdentityInput, at: usize, fetched_at: UtcTime) -> KnownItem {
    KnownItem {
        id: id_of(at),
        title: input.title.clone(),
        summary: input.summary.clone(),
        link: input.link.clone(),
        published_at: input.published_at,
        fetched_at,
        listed_at: fetched_at,
        is_tombstone: false,
    }
}

fn verdicts(matching: &Matching) -> Vec<Verdict> {
    matching.items.iter().map(|item| item.verdict).collect()
}

const NEW: Verdict = Verdict::New;

fn same(id: usize) -> Verdict {
    Verdict::Same(id_of(id))
}

#[test]
fn a_headline_edit_is_no_second_item_where_a_guid_or_link_is_there() {
    for (guid, link) in [
        ("1", ""),
        ("", "https://example.org/a"),
        ("1", "https://example.org/a"),
    ] {
        let mut memory = Memory::default();
        memory.visit(&[input(guid, link, "Leaders gather for talks")]);
        let again = memory.visit(&[input(guid, link, "Summit ends without a deal")]);
        assert_eq!(verdicts(&again), [same(0)], "{guid} {link}");
        assert_eq!(again.standing, GuidStanding::Good);
    }
}

#[test]
fn a_number_after_the_sign_in_a_bbc_guid_is_a_revision() {
    let mut memory = Memory::default();
    let link = "https://www.bbc.co.uk/news/articles/c1";
    memory.visit(&[input(&format!("{link}#0"), link, "Talks begin")]);
    let again = memory.visit(&[input(&format!("{link}#1"), link, "Leaders leave early")]);
    assert_eq!(verdicts(&again), [same(0)]);
    assert!(!again.guids_churn);
}

#[test]
fn a_headline_in_the_address_beside_a_number_does_not_make_a_second_item() {
    let mut memory = Memory::default();
    memory.visit(&[input(
        "",
        "https://www.dw.com/en/talks-begin/a-10000001",
        "Talks begin",
    )]);
    let again = memory.visit(&[input(
        "",
        "https://www.dw.com/en/no-deal/a-10000001",
        "No deal reached",
    )]);
    assert_eq!(verdicts(&again), [same(0)]);
    let mut memory = Memory::default();
    memory.visit(&[input(
        "",
        "https://example.org/flood-hits-town-40000001",
        "Flood hits town",
    )]);
    let again = memory.visit(&[input(
        "",
        "https://example.org/flood-hits-two-40000001",
        "Flood hits two towns",
    )]);
    assert_eq!(verdicts(&again), [same(0)]);
}

#[test]
fn equal_guids_lose_their_standing_and_every_item_is_kept() {
    let mut memory = Memory::default();
    let document = [
        input("x", "https://example.org/1", "One thing happened"),
        input("x", "https://example.org/2", "Another thing happened"),
        input("x", "https://example.org/3", "A third thing"),
    ];
    let first = memory.visit(&document);
    assert_eq!(verdicts(&first), [NEW, NEW, NEW]);
    assert_eq!(first.standing, GuidStanding::Lost);
    assert_eq!(
        verdicts(&memory.visit(&document)),
        [same(0), same(1), same(2)]
    );
}

#[test]
fn a_guid_that_comes_back_for_another_item_leads_there_and_several_lose_their_standing() {
    for (returned, standing) in [(1, GuidStanding::Good), (3, GuidStanding::Lost)] {
        let mut memory = Memory::default();
        let listed = |first: usize, day: &str| -> Vec<IdentityInput> {
            let link = |at: usize| format!("https://example.org/{day}/{at}");
            let told =
                (0..returned).map(|at| input(&at.to_string(), &link(at), HEADLINES[first + at]));
            told.collect()
        };
        memory.visit(&listed(0, "monday"));
        for verdict in [NEW, same(returned)] {
            let again = memory.visit(&listed(4, "tuesday"));
            assert_eq!(again.items[0].verdict, verdict, "{returned}");
            assert_eq!(again.standing, standing, "{returned}");
        }
    }
}

#[test]
fn a_guid_used_again_after_a_year_is_another_item() {
    let mut memory = Memory::default();
    memory.visit(&[input(
        "7",
        "https://example.org/1",
        "Parliament passes the budget",
    )]);
    let later = noon() + TimeDelta::days(366);
    let mut item = input("7", "https://example.org/1", "Storm closes airport");
    item.published_at = Some(later);
    assert_eq!(verdicts(&memory.visit_at(&[item], later)), [NEW]);
}

#[test]
fn ids_that_change_at_every_poll_are_seen_through() {
    let mut memory = Memory::default();
    let document = |poll: u32| -> Vec<IdentityInput> {
        (0..4)
            .map(|n| {
                input(
                    &format!("{poll}-{n}"),
                    &format!("https://example.org/{n}"),
                    &format!("Report number {n}"),
                )
            })
            .collect()
    };
    memory.visit(&document(1));
    let again = memory.visit(&document(2));
    assert_eq!(verdicts(&again), [same(0), same(1), same(2), same(3)]);
    assert!(again.guids_churn);
    assert_eq!(again.standing, GuidStanding::Lost);
}

#[test]
fn an_item_without_guid_and_link_is_the_same_at_every_poll() {
    let mut memory = Memory::default();
    let document = [
        input("", "", "Earthquake in the north"),
        input("", "", "Harvest ends"),
    ];
    memory.visit(&document);
    assert_eq!(verdicts(&memory.visit(&document)), [same(0), same(1)]);
    let mut redated = document.clone();
    redated[0].published_at = Some(noon() + TimeDelta::hours(3));
    assert_eq!(verdicts(&memory.visit(&redated)), [same(0), same(1)]);
}

#[test]
fn the_same_short_title_on_another_day_is_another_item() {
    let mut memory = Memory::default();
    memory.visit(&[input("", "", "Weather")]);
    let mut next = input("", "", "Weather");
    next.published_at = Some(noon() + TimeDelta::days(1));
    assert_eq!(
        verdicts(&memory.visit_at(&[next], noon() + TimeDelta::days(1))),
        [NEW]
    );
}

#[test]
fn one_item_listed_twice_is_one() {
    let mut memory = Memory::default();
    let item = input("1", "https://example.org/1", "One thing happened");
    assert_eq!(
        verdicts(&memory.visit(&[item.clone(), item.clone()])),
        [NEW, Verdict::Repeats(0)]
    );
    assert_eq!(
        verdicts(&memory.visit(&[item.clone(), item])),
        [same(0), Verdict::Repeats(0)]
    );
}

#[test]
fn items_that_share_a_link_are_kept_apart() {
    let mut memory = Memory::default();
    let live = "https://example.org/live";
    let document = [
        input("1", live, "Polls open"),
        input("2", live, "First results come in"),
    ];
    assert_eq!(verdicts(&memory.visit(&document)), [NEW, NEW]);
    let next = [
        input("3", live, "Winner declared"),
        document[0].clone(),
        document[1].clone(),
    ];
    assert_eq!(verdicts(&memory.visit(&next)), [NEW, same(0), same(1)]);
}

#[test]
fn the_address_of_the_site_is_no_identity() {
    let mut memory = Memory::default();
    memory.visit(&[input("", "https://example.org/", "Polls open")]);
    assert_eq!(
        verdicts(&memory.visit(&[input("", "https://example.org/", "Storm closes airport")])),
        [NEW]
    );
}

#[test]
fn a_gone_item_does_not_come_back_with_a_new_date() {
    let mut memory = Memory::default();
    memory.visit(&[input(
        "1",
        "https://example.org/1",
        "Parliament passes the budget",
    )]);
    memory.items[0].is_tombstone = true;
    memory.items[0].title.clear();
    let mut again = input("1", "https://example.org/1", "Parliament passes the budget");
    again.published_at = Some(noon() + TimeDelta::days(60));
    let matching = memory.visit_at(&[again], noon() + TimeDelta::days(60));
    assert_eq!(verdicts(&matching), [same(0)]);
    assert!(matching.items[0].is_tombstone);
}

#[test]
fn what_is_told_again_in_the_words_of_what_was_removed_is_new() {
    let alert = |guid: &str, link: &str, day: i64| {
        let mut input = input(
            guid,
            link,
            "Magnitude 4.5 earthquake strikes near Izmir, no damage reported so far",
        );
        input.published_at = Some(noon() + TimeDelta::days(day));
        input
    };
    for (link, later) in [
        ("https://example.org/1", "https://example.org/2"),
        ("https://example.org/alerts", "https://example.org/alerts"),
    ] {
        let mut memory = Memory::default();
        memory.visit(&[alert("1", link, 0)]);
        memory.items[0].is_tombstone = true;
        memory.items[0].title.clear();
        memory.items[0].summary.clear();
        let day_55 = noon() + TimeDelta::days(55);
        let matching = memory.visit_at(&[alert("2", later, 55), alert("1", link, 0)], day_55);
        assert_eq!(verdicts(&matching), [NEW, same(0)], "{later}");
    }
}

#[test]
fn times_that_cannot_be_right_are_marked() {
    let mut memory = Memory::default();
    let mut document: Vec<_> = (0..3)
        .map(|n| input(&n.to_string(), "", &format!("Report {n}")))
        .collect();
    assert!(
        memory
            .visit(&document)
            .items
            .iter()
            .all(|item| !item.time_is_certain)
    );
    document[0].published_at = Some(noon() + TimeDelta::days(400));
    document[1].published_at = None;
    document[2].published_at = Some(noon() - TimeDelta::hours(1));
    let certain: Vec<bool> = memory
        .visit(&document)
        .items
        .iter()
        .map(|item| item.time_is_certain)
        .collect();
    assert_eq!(certain, [false, false, true]);
}

#[test]
fn a_later_take_of_a_series_is_the_same_item() {
    let mut memory = Memory::default();
    let mut take = input("1", "https://example.org/1", "UPDATE 1-Bank raises rates");
    take.series_key = Some("bank raises rates".to_owned());
    memory.visit(&[take.clone()]);
    take.guid = Some("2".to_owned());
    take.link = Some("https://example.org/2".to_owned());
    take.title = "UPDATE 2-Bank raises rates, shares fall".to_owned();
    assert_eq!(verdicts(&memory.visit(&[take])), [same(0)]);
}

#[test]
fn a_revision_differs_in_more_than_form() {
    for (old, new, revised) in [
        ("A  b\n", "A b", false),
        ("Tom &amp; Ann", "Tom & Ann", false),
        ("“A” – ‘b’", "\"A\" - 'b'", false),
        (
            "https://example.org/a?utm_source=rss",
            "https://example.org/a",
            false,
        ),
        ("12 dead", "14 dead", true),
        ("Minister dead?", "Minister dead", true),
        ("Minister dead", "Minister dead ?", true),
        ("Talks begin", "Talks Begin", true),
    ] {
        assert_eq!(is_revision(old, new), revised, "{old} / {new}");
    }
}

const HEADLINES: [&str; 8] = [
    "Storm closes northern railway",
    "Bank cuts rate again",
    "Leaders gather for talks",
    "Harbour fire is out",
    "Council keeps old bridge",
    "Minister resigns over ferries",
    "Team wins the cup",
    "New library opens Monday",
];

/// A list of five of which one is new at each visit, `entry` making the one of a headline at a visit.
fn rolling(entry: impl Fn(usize, usize) -> IdentityInput) -> Vec<usize> {
    let mut memory = Memory::default();
    let visits = (0..4).map(|visit| {
        let listed: Vec<IdentityInput> = (visit..visit + 5)
            .rev()
            .map(|at| entry(at, visit))
            .collect();
        let fetched_at = noon() + TimeDelta::minutes(5 + 30 * i64::try_from(visit).unwrap());
        let found = memory.visit_at(&listed, fetched_at);
        let new = found.items.iter().filter(|item| item.verdict == NEW);
        new.count()
    });
    visits.collect()
}

#[test]
fn a_list_without_ids_that_tell_items_apart_lists_each_once() {
    let front = "https://example.org/";
    let with = |guid: String, link: &str, at: usize, is_dated: bool| IdentityInput {
        published_at: is_dated.then(|| noon() + TimeDelta::minutes(at as i64)),
        ..input(&guid, link, HEADLINES[at])
    };
    for is_dated in [true, false] {
        for link in ["", front] {
            // No guid, one guid for all, and one made up anew at each visit.
            let none = rolling(|at, _| with(String::new(), link, at, is_dated));
            let one = rolling(|at, _| with("same".to_owned(), link, at, is_dated));
            let made_up = rolling(|at, visit| with(format!("{visit}-{at}"), link, at, is_dated));
            for (what, new) in [("none", none), ("one", one), ("made up", made_up)] {
                assert_eq!(new, [5, 1, 1, 1], "{what}, link {link:?}, dated {is_dated}");
            }
        }
    }
}

#[test]
fn a_guid_that_is_the_place_in_the_list_loses_no_item() {
    let new = rolling(|at, visit| IdentityInput {
        published_at: Some(noon() + TimeDelta::minutes(at as i64)),
        ..input(&(visit + 4 - at).to_string(), "", HEADLINES[at])
    });
    assert_eq!(new, [5, 1, 1, 1]);
}

#[test]
fn notices_in_the_same_words_with_ids_and_times_of_their_own_are_items_of_their_own() {
    let mut memory = Memory::default();
    let notice = |number: i64| IdentityInput {
        summary: "A quake of small magnitude was recorded; no damage is known of.".to_owned(),
        published_at: Some(noon() + TimeDelta::minutes(number)),
        ..input(
            &format!("quake-{number}"),
            "https://quakes.example/latest",
            "Earthquake recorded",
        )
    };
    for first in [1, 6] {
        let inputs: Vec<IdentityInput> = (first..first + 5).map(notice).collect();
        let matching = memory.visit_at(&inputs, noon() + TimeDelta::minutes(first + 6));
        for item in &matching.items {
            assert_eq!(item.verdict, Verdict::New, "{first}");
        }
    }
    assert_eq!(memory.items.len(), 10);
}

#[test]
fn another_report_at_the_one_address_that_a_feed_has_is_another_item() {
    let mut memory = Memory::default();
    let stories = [
        (
            "Storm closes the harbour of Rotterdam",
            "Ships wait at sea while wind of force ten blows over the coast.",
        ),
        (
            "Parliament elects a new speaker",
            "Members chose the former minister in the third ballot on Tuesday.",
        ),
        (
            "Champion withdraws from the tour",
            "The rider fell at training and broke a collarbone, her team says.",
        ),
    ];
    for (number, (title, lead)) in stories.into_iter().enumerate() {
        let story = IdentityInput {
            summary: lead.to_owned(),
            published_at: Some(noon() + TimeDelta::hours(number as i64)),
            ..input(
                &format!("breaking-{number}"),
                "https://paper.example/breaking",
                title,
            )
        };
        let at = noon() + TimeDelta::hours(number as i64);
        let matching = memory.visit_at(&[story], at);
        assert_eq!(matching.items[0].verdict, Verdict::New, "{title}");
    }
}

#[test]
fn a_headline_edited_under_a_new_id_at_its_own_address_stays_one_item() {
    let mut memory = Memory::default();
    let told = |guid: &str, title: &str, minutes: i64| IdentityInput {
        summary: "Ships wait at sea while wind of force ten blows over the coast.".to_owned(),
        published_at: Some(noon() + TimeDelta::minutes(minutes)),
        ..input(guid, "https://paper.example/storm", title)
    };
    memory.visit(&[told("a", "Storm closes the harbour of Rotterdam", 0)]);
    let matching = memory.visit(&[told("b", "Harbour shut, trains stop: what we know", 4)]);
    assert!(matches!(matching.items[0].verdict, Verdict::Same(_)));
}

/// Of a linear time a second, of a quadratic one minutes, in the debug build of tests.
const LONG: std::time::Duration = std::time::Duration::from_secs(30);

#[test]
fn many_items_of_one_address_take_no_time_by_their_square() {
    let title = "word after word ".repeat(64);
    let bbc = |n: usize| format!("https://www.bbc.co.uk/news/articles/c1#{n}");
    let equal: Vec<_> = (0..1500)
        .map(|_| input("", "https://example.org/a", &title))
        .collect();
    let states: Vec<_> = (0..1500)
        .map(|n| input(&bbc(n), &bbc(n), &format!("{title} {n}")))
        .collect();
    let start = std::time::Instant::now();
    for inputs in [equal, states] {
        let matching = Memory::default().visit(&inputs);
        let told = verdicts(&matching);
        assert_eq!(told[0], NEW);
        assert!(
            told[1..]
                .iter()
                .all(|verdict| *verdict == Verdict::Repeats(0))
        );
    }
    assert!(start.elapsed() < LONG, "took {:?}", start.elapsed());
}

#[test]
fn items_with_ids_and_times_of_their_own_at_one_page_are_parted_whatever_stands_before_them() {
    let page = "https://example.org/page";
    let words = "Notice to all mariners";
    let mut inputs = vec![
        input("", page, words),
        input("1", page, words),
        input("2", page, words),
    ];
    inputs[2].published_at = Some(noon() + TimeDelta::hours(3));
    let told = verdicts(&Memory::default().visit(&inputs));
    assert_eq!(told[2], NEW, "{told:?}");
}
