//! Texts from outside that want to mislead: lines 25, 26 and 46 of the list of attacks.

use std::time::{Duration, Instant};

use dateline::news::{Role, WireReading};
use dateline::text::belief::{Belief, Party, is_own_kill_believed, judge_kill};
use dateline::text::clean::inert;
use dateline::text::wire::{WireInput, read_wire};

fn read(outlet: &str, is_wire: bool, title: &str, summary: &str) -> WireReading {
    read_wire(&WireInput {
        outlet_name: outlet,
        outlet_is_wire: is_wire,
        language: "en",
        title,
        summary,
        ..WireInput::default()
    })
}

fn party<'a>(
    outlet: &'a str,
    is_wire: bool,
    reading: &'a WireReading,
    link: Option<&'a str>,
) -> Party<'a> {
    Party {
        outlet_name: outlet,
        outlet_is_wire: is_wire,
        reading,
        link,
    }
}

/// 25: the patterns are linear in the text, whatever it is made of.
#[test]
fn a_title_made_to_stall_patterns_is_read_in_time() {
    let evil = [
        "A".repeat(200_000),
        "(".repeat(200_000),
        "UPDATE 1-".repeat(20_000),
        "LIVE ".repeat(40_000) + ":",
        "By A ".repeat(40_000) + "(Reuters) - x",
        " - ".repeat(60_000),
        "[".repeat(100_000) + &"]".repeat(100_000),
        "PARIS, ".repeat(30_000) + "Jan 5 (Reuters) - x",
        "(Adds ".repeat(30_000),
        "^Eds: Adds x. ".repeat(15_000),
    ];
    let started = Instant::now();
    for text in &evil {
        read("Example", true, text, text);
    }
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
}

/// 26: what is shown reads as it is written.
#[test]
fn nothing_in_a_title_commands_a_terminal_or_turns_a_line() {
    let title = "Bank\u{1b}]0;pwned\u{7} \u{202e}etar stuc\u{202c} \u{200b}x\u{2028}y\r\nz\u{9b}2J";
    let shown = inert(title);
    assert!(!shown.chars().any(char::is_control), "{shown:?}");
    assert!(
        !shown.contains(['\u{202e}', '\u{202c}', '\u{200b}', '\u{2028}']),
        "{shown:?}"
    );
}

/// 46: the agency withdraws its own item, by its own words, under the same slug.
#[test]
fn a_kill_by_the_agency_under_the_same_slug_is_believed() {
    let item = read("AP", true, "BC-US--Senate-Bill, 1st Ld-Writethru", "");
    let kill = read(
        "AP",
        true,
        "US--Senate-Bill",
        "Please kill the story Senate-Bill, V9991. A kill is mandatory.",
    );
    assert_eq!(kill.role, Role::Kill);
    assert_eq!(kill.series_key.as_deref(), Some("US--Senate-Bill"));
    assert!(
        judge_kill(
            party("AP", true, &kill, None),
            party("AP", true, &item, None)
        )
        .is_believed()
    );
}

/// 46: a paper's reprint falls with the agency's copy.
#[test]
fn a_kill_by_the_agency_reaches_the_reprints_of_its_copy() {
    let mut reprint = read(
        "Example Gazette",
        false,
        "Senate passes bill",
        "WASHINGTON (AP) — It passed.",
    );
    reprint.series_key = Some("US--Senate-Bill".to_owned());
    assert_eq!(reprint.agency.as_deref(), Some("AP"));
    let kill = read("AP", true, "BC-US--Senate-Bill, KILL", "");
    let verdict = judge_kill(
        party("AP", true, &kill, None),
        party("Example Gazette", false, &reprint, None),
    );
    assert!(verdict.is_believed(), "{verdict:?}");
}

/// 46: everything else goes to a person.
#[test]
fn a_kill_that_is_not_certain_goes_to_review() {
    let item = read("AP", true, "BC-US--Senate-Bill, 1st Ld-Writethru", "");
    let own = read("Example Gazette", false, "Senate passes bill", "");
    let same = "https://example.org/a";
    let kill = |outlet: &'static str, is_wire, title: &str| {
        (outlet, is_wire, read(outlet, is_wire, title, ""))
    };
    let refused = [
        // Another outlet, wire or not, about an agency's item.
        (
            kill("Example Gazette", false, "US--Senate-Bill, KILL"),
            &item,
            "AP",
            Some(same),
        ),
        (
            kill("AFP", true, "US--Senate-Bill, KILL"),
            &item,
            "AP",
            Some(same),
        ),
        // An agency about a paper's own item.
        (
            kill("AP", true, "US--Senate-Bill, KILL"),
            &own,
            "Example Gazette",
            Some(same),
        ),
        // The agency, but with the words of another one.
        (
            kill("AP", true, "KILL KILL KILL US--Senate-Bill"),
            &item,
            "AP",
            None,
        ),
        // The agency, about another slug.
        (kill("AP", true, "US--House-Bill, KILL"), &item, "AP", None),
        // No kill at all.
        (
            kill("AP", true, "US--Senate-Bill, 2nd Ld-Writethru"),
            &item,
            "AP",
            Some(same),
        ),
    ];
    for ((outlet, is_wire, notice), item, item_outlet, link) in &refused {
        let verdict = judge_kill(
            party(outlet, *is_wire, notice, *link),
            party(item_outlet, *item_outlet == "AP", item, *link),
        );
        assert!(
            matches!(verdict, Belief::Review(_)),
            "{outlet}: {:?} {verdict:?}",
            notice.tags
        );
    }
}

/// 46: an outlet takes back its own item at the same address.
#[test]
fn an_outlet_withdraws_its_own_item_by_its_link() {
    let item = read("Example Gazette", false, "Senate passes bill", "");
    let kill = read(
        "Example Gazette",
        false,
        "STORY WITHDRAWN: Senate passes bill",
        "",
    );
    let link = Some("https://example.org/a");
    let gazette = |reading, link| party("Example Gazette", false, reading, link);
    assert!(judge_kill(gazette(&kill, link), gazette(&item, link)).is_believed());
    assert!(
        !judge_kill(
            gazette(&kill, Some("https://example.org/b")),
            gazette(&item, link)
        )
        .is_believed()
    );
    assert!(is_own_kill_believed(gazette(&kill, link)));
    assert!(!is_own_kill_believed(gazette(&item, link)));
}

/// 46: the words of a kill inside a report about kills withdraw nothing.
#[test]
fn a_report_about_kills_is_no_kill() {
    for (title, summary) in [
        ("Kill bill: senators drop the plan", ""),
        ("Withdrawn troops come home", "The story of a withdrawal."),
        (
            "Editors recall the kill notice",
            "They were told to kill the story at once.",
        ),
        ("KILL SWITCH: robots must stop", ""),
    ] {
        assert_ne!(read("AP", true, title, summary).role, Role::Kill, "{title}");
    }
}
