//! Items that share an address: entries of a live page, at one with a rule for its host or any other.

use super::*;

/// Four items beside, whose ids hold.
pub(super) fn others() -> Vec<IdentityInput> {
    let other = |at: usize| {
        let link = format!("https://p.example/2026/11/30/report-{at}-of-the-day");
        IdentityInput {
            summary: format!("Some text number {at} here."),
            published_at: Some(noon() - TimeDelta::seconds(at as i64 * 61 + 7)),
            ..input(&format!("o{at}"), &link, HEADLINES[at])
        }
    };
    (0..4).map(other).collect()
}

pub(super) fn told(
    guid: &str,
    link: &str,
    (title, lead): (&str, &str),
    hours: impl Into<Option<i64>>,
) -> IdentityInput {
    let at = hours
        .into()
        .map(|hours| noon() + TimeDelta::seconds(hours * 3600 + 7));
    IdentityInput {
        summary: lead.to_owned(),
        published_at: at,
        ..input(guid, link, title)
    }
}

/// Shows one item after the other, each with the four beside it if they are, and says what each was found to be. The
/// first of them is item 0. What has no time is shown eight hours after the one before it.
pub(super) fn one_after_the_other(items: &[IdentityInput], are_beside: bool) -> Vec<Verdict> {
    let mut memory = Memory::default();
    let beside = if are_beside { others() } else { Vec::new() };
    let visits = items.iter().enumerate().map(|(visit, item)| {
        let listed = [std::slice::from_ref(item), &beside].concat();
        let claimed = item.published_at.map(|at| (at - noon()).num_hours());
        let hours = claimed.unwrap_or(visit as i64 * 8);
        let found = memory.visit_at(&listed, noon() + TimeDelta::hours(hours + 1));
        found.items[0].verdict
    });
    visits.collect()
}

pub(super) const WAR: [(&str, &str); 3] = [
    (
        "Krieg in der Ukraine im Liveticker: Lagerhäuser in Odessa brennen",
        "Drohnen trafen den Hafen in der Nacht.",
    ),
    (
        "Krieg in der Ukraine im Liveticker: Gipfel in Genf eröffnet",
        "Staatschefs beraten über Sanktionen und Hilfe.",
    ),
    (
        "Krieg in der Ukraine im Liveticker: Getreidefrachter sinkt",
        "Zwölf Seeleute wurden gerettet.",
    ),
];

#[test]
fn entries_of_one_address_with_ids_and_times_of_their_own_are_items_with_a_rule_for_the_host_too() {
    for host in ["n-tv.de", "other.example"] {
        let page = format!("https://www.{host}/politik/Im-Ueberblick-article30000001.html");
        let entry = |at: usize| told(&format!("entry-{at}"), &page, WAR[at], at as i64 * 2);
        check_entries(&entry, false, host);
    }
}

/// Asserts that entries of a live page are items of their own, listed together and one after the other.
pub(super) fn check_entries(entry: &dyn Fn(usize) -> IdentityInput, are_beside: bool, place: &str) {
    let mut memory = Memory::default();
    let found = memory.visit(&[entry(1), entry(0)]);
    assert_eq!(verdicts(&found), [NEW, NEW], "{place}");
    let found = memory.visit(&[entry(2), entry(1), entry(0)]);
    assert_eq!(verdicts(&found), [NEW, same(0), same(1)], "{place}");
    let alone = one_after_the_other(&[entry(0), entry(1), entry(2)], are_beside);
    assert_eq!(alone, [NEW; 3], "{place}");
}

#[test]
fn two_versions_of_a_report_with_a_rule_for_its_link_are_one_item() {
    let version = |slug: &str, title: &str| {
        let link = format!("https://www.n-tv.de/politik/{slug}-article30000001.html");
        told(
            "",
            &link,
            (title, "Drohnen trafen den Hafen in der Nacht."),
            0,
        )
    };
    let first = version("Hafen-brennt", "Hafen von Odessa brennt");
    let second = version("Hafen-brennt-weiter", "Hafen von Odessa brennt weiter");
    let mut memory = Memory::default();
    let found = memory.visit(&[second.clone(), first.clone()]);
    assert_eq!(verdicts(&found), [NEW, Verdict::Repeats(0)]);
    assert_eq!(verdicts(&memory.visit(&[second])), [same(0)]);
}

#[test]
fn an_entry_of_a_live_page_with_an_id_a_time_and_words_of_its_own_is_an_item_at_any_address() {
    let live = "https://p.example/2026/11/30/storm-across-northern-england";
    let bridge = (
        "Bridge collapses in Hull harbour",
        "A ship struck the northern pillar, divers search the water.",
    );
    let visit = (
        "Prime minister cuts short visit to Japan",
        "She will return to London tonight and chair a crisis meeting.",
    );
    for are_beside in [true, false] {
        let entries = [told("x-1", live, bridge, 0), told("x-2", live, visit, 3)];
        assert_eq!(one_after_the_other(&entries, are_beside), [NEW, NEW]);
        // An edit under a new id, at the time of the first, or that keeps the lead or most of the headline.
        let edits = [
            told("x-2", live, visit, 0),
            told("x-2", live, (visit.0, bridge.1), 3),
            told(
                "x-2",
                live,
                (
                    "Bridge in Hull harbour collapses, two missing",
                    "A ship struck the northern pillar, divers search the cold water for two men.",
                ),
                3,
            ),
        ];
        for edit in edits {
            let states = [told("x-1", live, bridge, 0), edit];
            let found = one_after_the_other(&states, are_beside);
            assert!(matches!(found[1], Verdict::Same(_)), "{states:?}");
        }
    }
}

#[test]
fn what_shared_a_link_is_known_again_when_it_stands_there_alone() {
    let link = "https://p.example/2026/11/30/storm";
    let a = (
        "Storm closes the harbour of Rotterdam",
        "Ships wait at sea while wind of force ten blows.",
    );
    let b = (
        "Railway minister resigns over budget",
        "She leaves on Friday after a vote in parliament.",
    );
    // Without ids, with ids that have lost their standing, and at times that are mere days.
    for guid in ["", "0"] {
        for of_b in [5, 0] {
            let mut memory = Memory {
                standing: GuidStanding::Lost,
                ..Memory::default()
            };
            let (a, b) = (told(guid, link, a, 0), told(guid, link, b, of_b));
            let at_midnight = |item: &IdentityInput| IdentityInput {
                published_at: Some(noon() - TimeDelta::hours(12)),
                ..item.clone()
            };
            let (a, b) = match of_b {
                0 => (at_midnight(&a), at_midnight(&b)),
                _ => (a, b),
            };
            let one = std::slice::from_ref;
            assert_eq!(verdicts(&memory.visit(one(&a))), [NEW]);
            let both = [b.clone(), a.clone()];
            assert_eq!(verdicts(&memory.visit(&both)), [NEW, same(0)]);
            for _ in 0..2 {
                assert_eq!(verdicts(&memory.visit(one(&b))), [same(1)], "{of_b}");
                assert_eq!(verdicts(&memory.visit(&both)), [same(1), same(0)]);
                assert_eq!(verdicts(&memory.visit(one(&a))), [same(0)], "{of_b}");
            }
        }
    }
}

#[test]
fn the_next_notice_at_a_page_differs_in_a_name_or_a_number_alone() {
    let rivers = ["Severn", "Avon", "Thames"].map(|river| {
        (
            format!("Flood warning for the river {river}"),
            format!(
                "River levels are high after rain near {river}. People should move valuables upstairs."
            ),
        )
    });
    let quakes = [("4.5", "Izmir"), ("6.8", "Lima"), ("6.8", "Osaka")].map(|(strength, city)| {
        (
            "Earthquake alert".to_owned(),
            format!(
                "A quake of magnitude {strength} was recorded near {city} by the institute in the early hours."
            ),
        )
    });
    let in_one_case = ["الشرقية", "الغربية", "الشمالية"].map(|place| {
        (
            format!("تحذير من السيول في المنطقة {place}"),
            format!("تتوقع الأرصاد أمطارا غزيرة الليلة في المنطقة {place} وتدعو السكان إلى الحذر"),
        )
    });
    for notices in [rivers, quakes, in_one_case] {
        for are_beside in [true, false] {
            let at = |at: usize| {
                let (title, lead) = (notices[at].0.as_str(), notices[at].1.as_str());
                told(
                    &format!("w{at}"),
                    "https://warn.example/floods",
                    (title, lead),
                    at as i64 * 5,
                )
            };
            let found = one_after_the_other(&[at(0), at(1), at(2)], are_beside);
            assert_eq!(found, [NEW; 3], "{notices:?} {are_beside}");
        }
    }
}

/// A constant headline, and a lead that differs in one word: names of scripts without capitals, and names in small letters.
const OF_ONE_WORD: [(&str, &str, [&str; 2]); 9] = [
    (
        "صفارات إنذار",
        "أعلن المركز الوطني عن تسجيل هزة أرضية في منطقة {} فجر اليوم ولم ترد أنباء عن وقوع أضرار أو إصابات بين السكان",
        ["الشرقية", "الغربية"],
    ),
    (
        "צבע אדום",
        "צבע אדום הופעל לפני זמן קצר באזור {} והתושבים מתבקשים להיכנס מיד למרחב המוגן ולהישאר בו עד להודעה חדשה",
        ["אשקלון", "חיפה"],
    ),
    (
        "बारिश की चेतावनी",
        "मौसम विभाग ने {} के लिए भारी बारिश की चेतावनी जारी की है और लोगों से घरों में रहने की अपील की है",
        ["पुणे", "नागपुर"],
    ),
    (
        "호우 경보",
        "기상청은 오늘 오후 {} 지역에 호우 경보를 내렸으며 주민들에게 외출을 자제하고 하천 근처에 가지 말 것을 당부했다고 밝혔다",
        ["부산", "대전"],
    ),
    (
        "هشدار سیل",
        "سازمان هواشناسی برای استان {} هشدار سیل صادر کرد و از مردم خواست از رودخانه‌ها دور بمانند و در خانه بمانند",
        ["گیلان", "فارس"],
    ),
    (
        "வெள்ள எச்சரிக்கை",
        "வானிலை ஆய்வு மையம் {} மாவட்டத்திற்கு கனமழை எச்சரிக்கை விடுத்துள்ளது மக்கள் வீடுகளில் இருக்குமாறு கேட்டுக் கொள்ளப்படுகிறார்கள்",
        ["மதுரை", "சேலம்"],
    ),
    (
        "წყალდიდობა",
        "გარემოს სააგენტომ {} გაფრთხილება გამოსცა და მოსახლეობას მოუწოდა თავი შეიკავონ მდინარეებთან მიახლოებისგან დღეს საღამომდე",
        ["იმერეთში", "კახეთში"],
    ),
    (
        "地震速報",
        "気象庁によるとさきほど{}を震源とする地震があり沿岸では揺れが観測されましたがこの地震による津波の心配はないということです今後の情報に注意してください",
        ["宮城県沖", "熊本県"],
    ),
    (
        "Warning: high water",
        "The level of the river will rise by night and those who live near the {} bank should move valuables upstairs",
        ["northern", "southern"],
    ),
];

#[test]
fn the_next_notice_at_a_page_differs_in_one_word_of_any_script() {
    for (title, lead, names) in OF_ONE_WORD {
        for are_beside in [true, false] {
            let notice = |at: usize| {
                let lead = lead.replace("{}", names[at]);
                let page = "https://warn.example/latest";
                told(&format!("w{at}"), page, (title, &lead), at as i64 * 2)
            };
            let found = one_after_the_other(&[notice(0), notice(1)], are_beside);
            // In small letters, where no other id holds, it may be an edit.
            let is_edit = !are_beside && title.is_ascii();
            let second = if is_edit { same(0) } else { NEW };
            assert_eq!(found, [NEW, second], "{title} {are_beside}");
        }
    }
}

#[test]
fn the_same_words_under_an_id_and_a_time_of_each_visit_are_one_item_in_any_script() {
    for (title, lead, names) in OF_ONE_WORD {
        let lead = lead.replace("{}", names[0]);
        let lead = format!("30日午後の運行 {lead}");
        let notice = |at: i64| {
            told(
                &format!("w{at}"),
                "https://warn.example/latest",
                (title, &lead),
                at * 2,
            )
        };
        for are_beside in [true, false] {
            let found = one_after_the_other(&[notice(0), notice(1), notice(2)], are_beside);
            assert_eq!(found, [NEW, same(0), same(0)], "{title} {are_beside}");
        }
    }
}

#[test]
fn an_edit_under_a_new_id_at_a_page_adds_a_name_and_is_no_next_notice() {
    let first = "Ships wait at sea while wind of force ten blows over the coast.";
    let next = "Ships wait at sea while wind of force ten blows over the coast of Zeeland.";
    let page = "https://p.example/storm";
    let states = [
        told("a", page, ("Storm closes harbour", first), 0),
        told("b", page, ("Storm closes harbour", next), 1),
    ];
    assert_eq!(one_after_the_other(&states, false), [NEW, same(0)]);
}

#[test]
fn the_same_words_at_a_page_or_at_none_with_an_id_of_their_own_are_told_again_on_another_day() {
    let words = (
        "Flood warning for the lower Severn",
        "River levels are high after rain. People near the river should move valuables upstairs.",
    );
    for (link, hours, are_beside, verdict) in [
        ("https://warn.example/severn", 16 * 24, false, NEW),
        ("https://warn.example/severn", 16 * 24, true, NEW),
        ("", 16 * 24, false, NEW),
        // Beside ids that hold, after some hours.
        ("https://warn.example/severn", 12, true, NEW),
        ("", 12, true, NEW),
        // One that may be made up anew says nothing so soon.
        ("https://warn.example/severn", 3, true, same(0)),
        ("", 3, true, same(0)),
        ("https://warn.example/severn", 12, false, same(0)),
        ("", 12, false, same(0)),
    ] {
        let states = [told("a1", link, words, 0), told("a2", link, words, hours)];
        let found = one_after_the_other(&states, are_beside);
        assert_eq!(found, [NEW, verdict], "{link:?} {hours} {are_beside}");
    }
}

pub(super) fn alert(strength: &str, city: &str) -> (String, String) {
    let lead = format!(
        "A quake of magnitude {strength} was recorded near {city} by the institute today at noon."
    );
    ("Earthquake alert".to_owned(), lead)
}

#[test]
fn undated_items_with_ids_of_their_own_at_one_page_are_items_of_their_own() {
    let quake = |number: usize| {
        let (strength, city) = [("4.5", "Lima"), ("6.8", "Izmir"), ("7.1", "Osaka")][number];
        let (title, lead) = alert(strength, city);
        let page = "https://q.example/latest";
        told(&format!("q{number}"), page, (&title, &lead), None)
    };
    let mut memory = Memory::default();
    let found = memory.visit(&[quake(1), quake(0)]);
    assert_eq!(verdicts(&found), [NEW, NEW]);
    let found = memory.visit(&[quake(2), quake(1), quake(0)]);
    assert_eq!(verdicts(&found), [NEW, same(0), same(1)]);
    // One after the other, ids are believed where others hold.
    let all = [quake(0), quake(1), quake(2)];
    assert_eq!(one_after_the_other(&all, true), [NEW; 3]);
    // The same words are one item listed twice.
    let twice = IdentityInput {
        guid: Some("again".to_owned()),
        ..quake(0)
    };
    let found = Memory::default().visit(&[quake(0), twice]);
    assert_eq!(verdicts(&found), [NEW, Verdict::Repeats(0)]);
}

#[test]
fn an_undated_notice_in_the_same_words_is_another_where_ids_hold() {
    let (title, lead) = alert("4.5", "Lima");
    for link in ["https://q.example/latest", "https://q.example/", ""] {
        let quake = |number: usize| {
            let link = match link.ends_with('/') {
                true => format!("{link}{number}"),
                false => link.to_owned(),
            };
            told(&format!("q{number}"), &link, (&title, &lead), None)
        };
        let items = [quake(0), quake(1)];
        assert_eq!(one_after_the_other(&items, true), [NEW, NEW], "{link}");
        let alone = one_after_the_other(&items, false);
        assert_eq!(alone, [NEW, same(0)], "it may be made up anew: {link}");
    }
}

#[test]
fn the_number_of_a_section_makes_no_two_undated_items_one() {
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
    for (id, other_id) in [(first.as_str(), second.as_str()), ("", "")] {
        let items = [
            told(id, &first, schools, None),
            told(other_id, &second, flats, None),
        ];
        for are_beside in [true, false] {
            assert_eq!(one_after_the_other(&items, are_beside), [NEW, NEW], "{id}");
        }
    }
}

#[test]
fn what_repeats_a_repetition_repeats_the_first() {
    let page = "https://www.bbc.co.uk/news/articles/c0example1o";
    let told = |guid: &str, link: &str| IdentityInput {
        summary: "The two met for three hours.".to_owned(),
        ..input(guid, link, "Leaders meet in Alaska")
    };
    let other = "https://p.example/talks-in-alaska-1";
    let listed = [
        told("", other),
        told(&format!("{page}#0"), other),
        told(&format!("{page}#1"), page),
    ];
    let found = Memory::default().visit(&listed);
    assert_eq!(
        verdicts(&found),
        [NEW, Verdict::Repeats(0), Verdict::Repeats(0)]
    );
}
