//! The wire normaliser on whole items: stacked tags, datelines, notes, kills, and hostile text.

use dateline::news::{Role, WireReading, utc_from_secs};
use dateline::text::wire::{WireInput, read_wire, told_title, with_tags, without_tags};
use proptest::prelude::*;

mod conventions;
mod languages;

/// 2026-01-06T00:00:00Z.
const ITEM_TIME: i64 = 1_767_657_600;

fn wire(title: &str, summary: &str) -> WireReading {
    read_wire(&WireInput {
        outlet_name: "Example Wire",
        outlet_is_wire: true,
        language: "und",
        title,
        summary,
        item_time: utc_from_secs(ITEM_TIME),
        ..WireInput::default()
    })
}

fn web(outlet: &str, title: &str, link: &str) -> WireReading {
    read_wire(&WireInput {
        outlet_name: outlet,
        language: "en",
        title,
        link: Some(link),
        item_time: utc_from_secs(ITEM_TIME),
        ..WireInput::default()
    })
}

#[test]
fn stacked_tags_come_off_one_by_one_and_the_weightiest_decides() {
    for (title, clean, role, number) in [
        (
            "CORRECTED-(OFFICIAL)UPDATE 1-Bank cuts rate",
            "Bank cuts rate",
            Role::Correction,
            Some(1),
        ),
        (
            "CORRECTED-UPDATE 2-Bank cuts rate",
            "Bank cuts rate",
            Role::Correction,
            Some(2),
        ),
        (
            "REFILE-WRAPUP 1-Stocks fall",
            "Stocks fall",
            Role::Wrap,
            Some(1),
        ),
        (
            "RPT-UPDATE 3-Bank cuts rate",
            "Bank cuts rate",
            Role::Update,
            Some(3),
        ),
        ("RPT-Bank cuts rate", "Bank cuts rate", Role::News, None),
        (
            "EXCLUSIVE-Bank to cut rate",
            "Bank to cut rate",
            Role::News,
            None,
        ),
        (
            "UPDATE 1-SOCCER-City beat United",
            "SOCCER-City beat United",
            Role::Update,
            Some(1),
        ),
        (
            "再送:UPDATE 1-銀行が利下げ",
            "銀行が利下げ",
            Role::Update,
            Some(1),
        ),
        (
            "[속보] 법원, 장관 구속(종합2보)",
            "법원, 장관 구속",
            Role::Update,
            Some(2),
        ),
        (
            "(2nd LD) Court jails minister",
            "Court jails minister",
            Role::Update,
            Some(2),
        ),
        (
            "CORREGIDO-ACTUALIZA 1-Banco recorta la tasa",
            "Banco recorta la tasa",
            Role::Correction,
            Some(1),
        ),
        (
            "LIVE: Leaders meet – as it happened",
            "Leaders meet",
            Role::Live,
            None,
        ),
    ] {
        let reading = wire(title, "");
        assert_eq!(reading.clean_title, clean, "{title}");
        assert_eq!(reading.role, role, "{title}");
        assert_eq!(reading.series_no, number, "{title}");
    }
}

#[test]
fn ordinary_headlines_are_left_alone() {
    for title in [
        "Live Nation to be broken up, judge rules",
        "Update on the bridge: it stays open",
        "[현대백화점그룹] 신임 대표 선임",
        "Breaking Bad house goes on sale",
        "Exclusive resort opens on the coast",
        "Timeline of a crash slips again",
        "Correction in markets deepens",
        "US-China talks end without a deal",
        "AP-style guide adds a word",
        "Alert driver saves bus",
        "Opinion polls narrow before the vote",
        "Analysis shows lead in the water",
        "How and where we live: a survey",
        "Flash flood kills ten",
        "Hold the line: a memoir of the strike",
        "Kill switch ordered for robots",
        "Urgent care centres close",
        "Recap of the season sells out",
        "The week ahead looks wet",
        "Blitz schlägt in Kirche ein",
        "Alerte orange aux orages dans le Nord",
        "Molnia: the satellites that saw it all",
        "Spider-Man 4 – a new beginning",
        "COVID-19: what the inquiry heard",
    ] {
        let reading = wire(title, "");
        assert_eq!(reading.clean_title, title);
        assert_eq!(reading.role, Role::News, "{title}: {:?}", reading.tags);
    }
}

#[test]
fn a_slug_without_its_take_is_the_key_of_the_series() {
    for (title, key, number) in [
        (
            "BC-US--Ethanol-Losing Grassland, 1st Ld-Writethru",
            "US--Ethanol-Losing Grassland",
            Some(1),
        ),
        (
            "BC-US--Ethanol-Losing Grassland, 2ndLd-Writethru",
            "US--Ethanol-Losing Grassland",
            Some(2),
        ),
        (
            "AP-FBN--Browns-Farmer, 2nd Ld-Writethru",
            "FBN--Browns-Farmer",
            Some(2),
        ),
        (
            "SOCCER-PORTUGAL/RESULTS (UPDATE 2)",
            "SOCCER-PORTUGAL/RESULTS",
            Some(2),
        ),
        ("China-US-diplomacy,WRAP", "China-US-diplomacy", None),
        (
            "US-China-politics-court,2ndlead",
            "US-China-politics-court",
            Some(2),
        ),
        (
            "Yemen/conflict/ 1ST LEAD Talks end",
            "Yemen/conflict/",
            Some(1),
        ),
    ] {
        let reading = wire(title, "");
        assert_eq!(reading.series_key.as_deref(), Some(key), "{title}");
        assert_eq!(reading.series_no, number, "{title}");
    }
}

#[test]
fn digests_and_advisories_are_advisories() {
    for title in [
        "BC-AP News Coverage Advisory 10:15, 1st Ld-Writethru",
        "Yonhap News Summary",
        "Kyodo News Digest: Jan. 5, 2026",
        "Kyodo news summary -5-",
        "Temas del día de EFE para el lunes 5 de enero",
    ] {
        assert_eq!(wire(title, "").role, Role::Advisory, "{title}");
    }
}

#[test]
fn notes_to_editors_and_datelines_come_off_the_summary() {
    let reading = wire(
        "UPDATE 2-City floods",
        "(Adds mayor's words in paragraph 3, updates toll)\nPARIS, Jan 5 (Reuters) - The river rose.",
    );
    assert_eq!(reading.clean_summary, "The river rose.");
    assert_eq!(reading.agency.as_deref(), Some("Reuters"));
    let note = reading.change_note.expect("a note");
    assert!(note.starts_with("(Adds mayor's words"), "{note}");
    let dateline = reading.dateline.expect("a dateline");
    assert_eq!(dateline.place.as_deref(), Some("PARIS"));
    assert_eq!(
        dateline.date.map(|date| date.to_string()).as_deref(),
        Some("2026-01-05")
    );
}

#[test]
fn a_note_that_corrects_makes_a_correction() {
    let reading = wire(
        "Bank cuts rate",
        "(Corrects date in first paragraph) The bank cut its rate.",
    );
    assert_eq!(reading.role, Role::Correction);
    assert_eq!(reading.clean_summary, "The bank cut its rate.");
}

#[test]
fn corrections_are_read_in_every_language_that_has_a_rule() {
    for (language, title) in [
        ("en", "CORRECTED-Bank cuts rate"),
        ("en", "Correction: Senate-Bill story"),
        ("fr", "RECTIFICATIF - La banque baisse son taux"),
        ("fr", "La banque baisse son taux (CORRECTIF)"),
        ("de", "Berichtigung: Bank senkt Zins"),
        ("de", "KORREKTUR: Bank senkt Zins"),
        ("es", "CORREGIDO-Banco recorta la tasa"),
        ("ja", "訂正-銀行が利下げ"),
        ("sv", "Rättelse: Banken sänkte inte räntan"),
    ] {
        let input = WireInput {
            language,
            title,
            ..WireInput::default()
        };
        assert_eq!(read_wire(&input).role, Role::Correction, "{title}");
    }
}

#[test]
fn kills_and_holds_are_read_in_every_language_that_has_a_rule() {
    for (language, title, summary) in [
        ("en", "STORY WITHDRAWN: Bank cuts rate", ""),
        ("en", "Bank cuts rate - STORY WITHDRAWN", ""),
        ("en", "BC-US--Senate-Bill, KILL", ""),
        (
            "en",
            "US--Senate-Bill",
            "Please kill the story Senate-Bill, V9991. A kill is mandatory.",
        ),
        (
            "en",
            "KILL KILL KILL Yemen/conflict/",
            "Please kill item dpa 157",
        ),
        ("en", "HOLD HOLD HOLD Yemen/conflict/", ""),
        ("fr", "ANNULATION - La banque baisse son taux", ""),
    ] {
        let input = WireInput {
            outlet_is_wire: true,
            language,
            title,
            summary,
            ..WireInput::default()
        };
        assert_eq!(read_wire(&input).role, Role::Kill, "{title}");
    }
}

#[test]
fn the_outlets_own_name_is_a_suffix_and_another_name_is_not() {
    for (outlet, link, title, clean) in [
        (
            "BBC News",
            "https://www.bbc.co.uk/news/x",
            "Bank cuts rate - BBC News",
            "Bank cuts rate",
        ),
        (
            "BBC",
            "https://www.bbc.co.uk/news/x",
            "Bank cuts rate - BBC News",
            "Bank cuts rate",
        ),
        (
            "Reuters",
            "https://www.reuters.com/x",
            "Bank cuts rate | Reuters",
            "Bank cuts rate",
        ),
        (
            "The Wall Street Journal",
            "https://www.wsj.com/x",
            "Bank cuts rate - WSJ",
            "Bank cuts rate",
        ),
        (
            "Dagens Nyheter",
            "https://www.dn.se/x",
            "Bank cuts rate - DN.se",
            "Bank cuts rate",
        ),
        (
            "The New York Times",
            "https://www.nytimes.com/x",
            "Bank cuts rate - The New York Times",
            "Bank cuts rate",
        ),
        (
            "The Guardian",
            "https://www.theguardian.com/x",
            "Leaders meet – live | The Guardian",
            "Leaders meet",
        ),
        (
            "BBC News",
            "https://www.bbc.co.uk/news/x",
            "Bank cuts rate - minister",
            "Bank cuts rate - minister",
        ),
        ("Reuters", "https://www.reuters.com/x", "Reuters", "Reuters"),
        (
            "Time",
            "https://time.com/x",
            "Bank cuts rate – for the first time",
            "Bank cuts rate – for the first time",
        ),
    ] {
        let reading = web(outlet, title, link);
        assert_eq!(reading.clean_title, clean, "{title}");
        assert_eq!(reading.outlet_suffix.is_some(), clean != title, "{title}");
    }
}

#[test]
fn an_aggregators_suffix_is_the_outlet_it_names() {
    let input = WireInput {
        outlet_name: "Google News",
        source_name: Some("The Example Gazette"),
        title: "Bank cuts rate - The Example Gazette",
        ..WireInput::default()
    };
    let reading = read_wire(&input);
    assert_eq!(reading.clean_title, "Bank cuts rate");
    assert_eq!(
        reading.outlet_suffix.as_deref(),
        Some("The Example Gazette")
    );
}

#[test]
fn a_path_tells_the_role_where_the_title_does_not() {
    for (link, role) in [
        (
            "https://www.example.org/world/live/2026/jan/05/summit",
            Role::Live,
        ),
        (
            "https://www.example.org/opinion/2026/01/05/summit",
            Role::Opinion,
        ),
        (
            "https://www.example.org/commentisfree/2026/jan/05/summit",
            Role::Opinion,
        ),
        ("https://www.example.org/news/videos/c0ffee", Role::Opinion),
        (
            "https://www.example.org/explainers/summit",
            Role::Background,
        ),
        ("https://www.example.org/world/summit-opens", Role::News),
        (
            "https://www.example.org/lifestyle/where-to-live-now",
            Role::News,
        ),
        ("https://live.example.org/world/summit-opens", Role::News),
        (
            "https://www.example.org/world/summit?from=/live/updates",
            Role::News,
        ),
    ] {
        assert_eq!(
            web("Example", "Leaders meet in the north", link).role,
            role,
            "{link}"
        );
    }
}

#[test]
fn an_unknown_prefix_is_kept_and_reported() {
    for (title, unknown) in [
        ("[XYZ] Bank cuts rate", Some("[XYZ]")),
        ("【速達】銀行が利下げ", Some("【速達】")),
        ("NOVELTY WORD: Bank cuts rate", Some("NOVELTY WORD:")),
        ("UPDATE 1-[XYZ] Bank cuts rate", Some("[XYZ]")),
        ("[현대백화점그룹] 신임 대표 선임", Some("[현대백화점그룹]")),
        ("Bank cuts rate [XYZ]", None),
        ("COVID-19 cases fall", None),
        ("SOCCER-City beat United", None),
    ] {
        let reading = wire(title, "");
        assert_eq!(reading.unknown_prefix.as_deref(), unknown, "{title}");
        assert!(title.ends_with(&reading.clean_title), "{title}");
    }
}

#[test]
fn a_title_of_nothing_but_tags_is_not_emptied() {
    for title in [
        "STORY WITHDRAWN",
        "UPDATE 1-",
        "LIVE: ",
        "[속보]",
        "BREAKING: !!!",
        "UPDATE 1-UPDATE 2-",
        "(LEAD)",
    ] {
        let reading = wire(title, "");
        assert!(!reading.clean_title.trim().is_empty(), "{title}");
    }
}

/// Texts in which tags, marks and odd characters meet more often than in random ones.
fn tagged_text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "\\PC{0,12}",
        prop::sample::select(vec![
            "UPDATE 2-",
            "CORRECTED-",
            "(2nd LD) ",
            "[속보] ",
            "LIVE: ",
            " – live",
            " - BBC News",
            "(",
            ")",
            "[",
            "】",
            "PARIS, Jan 5 (Reuters) - ",
            "(ATTN: ",
            "^Eds: ",
            "\n",
            "KILL KILL KILL",
            ": ",
            " | ",
            "=",
            "（",
            "—",
            "\u{a0}",
            "(서울=연합뉴스) ",
            "МОСКВА, 5 января. /ТАСС/. ",
            ", 1st Ld-Writethru",
            "BC-",
            "訂正-",
            "é",
            "🏴",
            "\u{202e}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn originals_can_always_be_put_together_again(title in tagged_text(), summary in tagged_text(), is_wire in any::<bool>()) {
        let input = WireInput {
            outlet_name: "BBC News",
            outlet_is_wire: is_wire,
            language: "und",
            title: &title,
            summary: &summary,
            item_time: utc_from_secs(ITEM_TIME),
            ..WireInput::default()
        };
        let reading = read_wire(&input);
        for tag in &reading.tags {
            let text = if tag.field == "title" { &title } else { &summary };
            prop_assert_eq!(text.get(tag.span.start..tag.span.end), Some(tag.text.as_str()));
        }
        prop_assert_eq!(&with_tags(&reading.clean_title, "title", &reading.tags), &title);
        prop_assert_eq!(&with_tags(&reading.clean_summary, "summary", &reading.tags), &summary);
        prop_assert_eq!(&without_tags(&title, "title", &reading.tags), &reading.clean_title);
        prop_assert!(reading.clean_title.trim().is_empty() <= title.trim().is_empty());
    }

    #[test]
    fn what_was_cleaned_is_clean(title in tagged_text()) {
        let once = wire(&title, "");
        let twice = wire(&once.clean_title, "");
        // Tags beyond the bound of eight stay, and so does what only a second pass would bare.
        if once.tags.len() < 4 && twice.tags.iter().all(|tag| !tag.removed) {
            prop_assert_eq!(twice.clean_title, once.clean_title);
        }
    }
}

#[test]
fn an_item_without_a_title_is_told_by_its_first_words() {
    let told = |title: &str, summary: &str| {
        told_title(&WireReading {
            clean_title: title.to_owned(),
            clean_summary: summary.to_owned(),
            ..WireReading::default()
        })
    };
    let post = "The bridge is closed. Take the ferry.";
    assert_eq!(told("Bridge closed", post), "Bridge closed");
    assert_eq!(told(" ", post), "The bridge is closed");
    assert_eq!(told("", "Is the bridge closed?"), "Is the bridge closed?");
    assert_eq!(told("", "Kurz und knapp"), "Kurz und knapp");
    let long = told("", &"word after word ".repeat(20));
    assert!(
        long.ends_with("word…") && long.chars().count() <= 101,
        "{long}"
    );
    assert_eq!(told("", &"字".repeat(200)).chars().count(), 101);
    assert_eq!(told("", ""), "");
}

#[test]
fn what_economists_expect_is_told_as_a_poll_and_compared_without_the_tag() {
    let poll = wire("POLL-Bank of Canada to cut rates three times", "");
    assert_eq!(poll.clean_title, "Bank of Canada to cut rates three times");
    assert_eq!(
        told_title(&poll),
        "Poll: Bank of Canada to cut rates three times"
    );
}
