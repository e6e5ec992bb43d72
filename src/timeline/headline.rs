//! The headline and lede of an event: those of its most central report, by numbers that can be
//! shown. Not the longest, not an opinion, not a live blog, not bait.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::counts::{ToldToll, confirmed_toll};
use super::prospects::Outlook;
use super::retractions::is_called_false;
use super::stages::{asks, denies, stage_of};
use super::tolls::{revises_toll, toll_of};
use super::turn::{Latest, Turn, latest_outcome, latest_turn, stages_in};
use super::voices::Voice;
use crate::news::{ItemId, OutletId, Role, UtcTime};
use crate::text::lead::cut_lede;
use crate::text::words::weighty_words;

/// A telling of an event, as the choice of headline and of times sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The item.
    pub item: ItemId,
    /// Its outlet.
    pub outlet: OutletId,
    /// The page that it leads to, as `text::pages::page_of` has it.
    pub page: Option<Arc<str>>,
    /// Its title without tags.
    pub title: Arc<str>,
    /// What the title says.
    pub says: Says,
    /// Its lead without dateline; may be empty.
    pub lead: Arc<str>,
    /// Two-letter language code.
    pub language: String,
    /// What kind of telling it is.
    pub role: Role,
    /// True if it is a copy of another report.
    pub is_reprint: bool,
    /// True if that is one of its own outlet's, and the title says otherwise how the matter stands.
    pub revises_own: bool,
    /// True if the text that it copies was corrected since.
    pub is_superseded: bool,
    /// The outlet's reliability: a setting, 1 by default.
    pub reliability: f32,
    /// Mean of its frozen scores with the event's other reports (`Evidence::mean_score`).
    pub mean_score: f32,
    /// Item time.
    pub item_time: UtcTime,
    /// False if the item time is only our clock.
    pub time_is_claimed: bool,
    /// The day of its dateline.
    pub dateline_day: Option<chrono::NaiveDate>,
}

impl Report {
    /// True if its title counts as its outlet's word on how the matter stands.
    pub(super) fn has_a_voice(&self) -> bool {
        self.role.tells_an_event() && (!self.is_reprint || self.revises_own)
    }

    /// Whose word that is.
    pub(super) fn voice(&self) -> Voice<'_, OutletId> {
        Voice {
            outlet: self.outlet,
            page: self.page.as_deref(),
        }
    }
}

/// What a title says of how a matter stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Says {
    pub(super) stage: Option<&'static str>,
    toll: Option<u32>,
    /// True if it says that its toll is another than was told.
    revises_toll: bool,
    /// True if it calls false what it names.
    pub(super) is_false: bool,
    /// What lies ahead in it, and what it tells that has come.
    pub(super) outlook: Outlook,
}

impl Says {
    /// What a title in a language says.
    pub fn of(title: &str, language: &str) -> Self {
        let toll = toll_of(title, language);
        Self {
            stage: stage_of(title, language),
            toll,
            revises_toll: toll.is_some() && revises_toll(title, language),
            is_false: is_called_false(title, language),
            outlook: Outlook::of(title, language),
        }
    }
}

/// How a report fared in the choice.
#[derive(Clone, Debug, PartialEq)]
pub struct HeadlineShare {
    /// The report.
    pub item: ItemId,
    /// Mean score with the other reports.
    pub centrality: f32,
    /// The outlet's reliability.
    pub reliability: f32,
    /// 1 for a plain report; less for what makes a poor headline, more for a correction.
    pub form: f32,
    /// The product of the three.
    pub total: f32,
    /// Why the form is less than 1; empty if it is not.
    pub reason: String,
}

/// The choice with all that took part, best first.
#[derive(Clone, Debug, PartialEq)]
pub struct HeadlineChoice {
    /// The report whose title is the headline.
    pub item: ItemId,
    /// The headline.
    pub headline: String,
    /// Lead of that report, or if it has none of the most central one in the same language that holds most of the
    /// headline's words.
    pub lede: String,
    /// When two outlets' outcome of what lay ahead was told first, if the headline tells it.
    pub came_at: Option<UtcTime>,
    /// All reports, best first.
    pub shares: Vec<HeadlineShare>,
}

/// Characters of a lede.
pub const LEDE_CHARS: usize = 300;
/// A later report must beat an earlier one by this much, so that the headline does not flicker.
const STAY: f32 = 1.15;

/// What a report counts in the choice whose death toll is lower than two outlets tell: less than the most central
/// has over the least.
pub(super) const OVERTAKEN: f32 = 0.1;
/// The same for one that tells more dead than two outlets do, or none.
const UNCONFIRMED: f32 = 0.3;

/// The same for a correction: what others copied before it may still be wrong.
const CORRECTED: f32 = 1.5;

/// Chooses among the reports of an event: the earliest that no other is clearly better than. What
/// was shown before plays no part, so that the same reports always have the same headline.
/// `None` without reports.
pub fn pick_headline(reports: &[Report]) -> Option<HeadlineChoice> {
    let is_read = |one: &Report| one.says == Says::of(&one.title, &one.language);
    debug_assert!(reports.iter().all(is_read), "{reports:?}");
    let main_language = main_language(reports);
    let toll = |one: &Report| one.says.toll.filter(|_| !one.is_superseded);
    let tolls: Vec<Option<u32>> = reports.iter().map(toll).collect();
    let standing = standing_toll(reports, &tolls);
    let stages = stages_in(reports);
    let turn = latest_turn(reports, &stages);
    let outcome = latest_outcome(reports);
    let mut shares: Vec<HeadlineShare> = reports
        .iter()
        .zip(tolls.iter().zip(&stages))
        .map(|(report, (toll, stage))| {
            let toll = standing.map(|standing| weigh_toll(*toll, standing));
            let turned = turn.as_ref().map(|turn| turn.weigh(report, *stage));
            let overtakes = |outcome: &&Latest| {
                let is_after = |turn: &Turn| turn.is_told_after(outcome, report, *stage);
                !turn.as_ref().is_some_and(is_after)
            };
            let outcome = outcome.as_ref().filter(overtakes);
            let outcome = outcome.map(|outcome| outcome.weigh(report));
            let weights = toll.into_iter().chain(turned).chain(outcome);
            share_of(report, main_language, weights)
        })
        .collect();
    shares.sort_by(|a, b| b.total.total_cmp(&a.total).then(a.item.cmp(&b.item)));
    let best = shares.first()?;
    let near = shares
        .iter()
        .filter(|share| share.total * STAY >= best.total && share.total > 0.0);
    let item = near.map(|share| share.item).min().unwrap_or(best.item);
    let chosen = reports.iter().find(|report| report.item == item)?;
    let has_lead = |report: &&Report| {
        report.language == chosen.language
            && tells_more(report, &chosen.title)
            && (report.item == item
                || holds_most(report, &chosen.title)
                    && denies(&report.lead) == denies(&chosen.title))
    };
    let by_rank = shares
        .iter()
        .filter_map(|share| reports.iter().find(|report| report.item == share.item));
    let with_lead = std::iter::once(chosen).chain(by_rank).find(has_lead);
    Some(HeadlineChoice {
        item,
        headline: chosen.title.to_string(),
        lede: with_lead
            .map(|report| cut_lede(&report.lead, LEDE_CHARS))
            .unwrap_or_default(),
        came_at: outcome.and_then(|outcome| outcome.came_in(chosen)),
        shares,
    })
}

/// A lead that only repeats the title tells nothing more.
fn tells_more(report: &Report, title: &str) -> bool {
    let lead = report.lead.trim();
    !lead.is_empty() && lead != title && lead != &*report.title
}

/// What a report must hold of another's headline for its lead to stand below it, in percent of the weighty words; of
/// numbers all. Two ministers' dismissals share half of their words.
const HELD_PERCENT: usize = 65;

/// True if a report's texts hold most words of a headline, and its numbers.
fn holds_most(report: &Report, headline: &str) -> bool {
    let own: BTreeSet<String> = weighty_words(&report.title)
        .chain(weighty_words(&report.lead))
        .collect();
    let words: BTreeSet<String> = weighty_words(headline).collect();
    let is_held = |word: &&String| own.contains(*word);
    let mut numbers = words
        .iter()
        .filter(|word| word.starts_with(char::is_numeric));
    numbers.all(|number| is_held(&number))
        && words.iter().filter(is_held).count() * 100 >= words.len() * HELD_PERCENT
}

/// The death toll that two outlets tell last, none of them in a copy of another's text. `None` if no two tell any.
fn standing_toll(reports: &[Report], tolls: &[Option<u32>]) -> Option<u32> {
    let told = reports.iter().zip(tolls);
    let plain = told.filter(|(report, _)| report.has_a_voice());
    let mut plain: Vec<(&Report, u32)> = plain
        .filter_map(|(report, toll)| Some((report, (*toll)?)))
        .collect();
    plain.sort_by_key(|(report, _)| (report.item_time, report.item));
    let tolls = plain.into_iter();
    confirmed_toll(tolls.map(|(report, toll)| ToldToll {
        voice: report.voice(),
        toll,
        is_revised: report.role == Role::Correction
            || report.revises_own
            || report.says.revises_toll,
    }))
}

/// How a report's death toll stands to the one that two outlets tell.
fn weigh_toll(own: Option<u32>, standing: u32) -> (f32, &'static str) {
    match own {
        Some(own) if own == standing => (1.0, ""),
        Some(own) if own < standing => (OVERTAKEN, "its death toll is overtaken"),
        Some(_) => (UNCONFIRMED, "it alone tells so many dead"),
        None => (UNCONFIRMED, "it tells no death toll, as others do"),
    }
}

fn main_language(reports: &[Report]) -> &str {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for report in reports {
        match counts.iter_mut().find(|(code, _)| *code == report.language) {
            Some((_, count)) => *count += 1,
            None => counts.push((&report.language, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    counts
        .iter()
        .find(|(_, count)| *count == most)
        .map_or("", |(code, _)| *code)
}

fn share_of(
    report: &Report,
    main_language: &str,
    weights: impl Iterator<Item = (f32, &'static str)>,
) -> HeadlineShare {
    let (mut form, mut reason) = form_of(report);
    if report.role == Role::Correction {
        form *= CORRECTED;
    }
    for (weight, why) in weights.filter(|(weight, _)| *weight < 1.0) {
        form *= weight;
        reason = why;
    }
    if report.is_superseded {
        form *= OVERTAKEN;
        reason = "what it copies was corrected";
    }
    if report.language != main_language {
        form *= 0.5;
    }
    let centrality = report.mean_score.max(0.05);
    HeadlineShare {
        item: report.item,
        centrality,
        reliability: report.reliability,
        form,
        total: centrality * report.reliability * form,
        reason: reason.to_owned(),
    }
}

/// True of `12 ways to sleep`; `12 dead in ferry sinking` counts the dead.
fn starts_list(report: &Report) -> bool {
    report.title.starts_with(|c: char| c.is_ascii_digit()) && report.says.toll.is_none()
}

fn form_of(report: &Report) -> (f32, &'static str) {
    let words = report.title.split_whitespace().count();
    let letters = report.title.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = report.title.chars().filter(|c| c.is_uppercase()).count();
    if report.title.trim().is_empty() {
        (0.0, "no title")
    } else if matches!(
        report.role,
        Role::Opinion
            | Role::Live
            | Role::Background
            | Role::Wrap
            | Role::Preview
            | Role::Advisory
            | Role::Kill
    ) {
        (0.05, "not a plain report")
    } else if asks(&report.title)
        || report.title.trim_end().ends_with('…')
        || report.title.contains("You Need to Know")
    {
        (0.4, "asks or teases instead of telling")
    } else if starts_list(report) && words <= 9 {
        (0.6, "may be a list")
    } else if capitals * 10 > letters * 7 && letters > 12 {
        (0.7, "all in capitals")
    } else if report.is_reprint {
        (0.8, "a copy")
    } else if words > 22 {
        (0.7, "too long")
    } else if words < 4 && letters < 16 {
        (0.6, "too short")
    } else {
        (1.0, "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(item: i64, title: &str, mean_score: f32) -> Report {
        Report {
            item: ItemId(item),
            title: title.into(),
            says: Says::of(title, ""),
            lead: format!("Lead of {item}.").into(),
            reliability: 1.0,
            mean_score,
            ..Report::default()
        }
    }

    fn chosen(reports: &[Report]) -> i64 {
        pick_headline(reports).expect("there are reports").item.0
    }

    #[test]
    fn the_most_central_plain_report_gives_the_headline() {
        let mut live = report(3, "Leaders meet in Alaska as it happens", 0.95);
        live.role = Role::Live;
        let reports = [
            report(1, "Leaders meet in Alaska for talks", 0.7),
            report(2, "Will the Alaska talks bring peace?", 0.9),
            live,
        ];
        assert_eq!(chosen(&reports), 1);
    }

    #[test]
    fn a_title_that_begins_with_the_dead_is_no_list() {
        for (title, form) in [
            ("12 dead in ferry sinking off Mindoro", 1.0),
            ("12 ways to sleep", 0.6),
        ] {
            assert_eq!(form_of(&report(1, title, 0.9)).0, form, "{title}");
        }
    }

    #[test]
    fn reliability_weighs_and_the_earlier_of_two_like_reports_stays() {
        let mut reports = [
            report(1, "Leaders meet in Alaska", 0.70),
            report(2, "Leaders sit down in Alaska", 0.75),
        ];
        assert_eq!(chosen(&reports), 1);
        reports[1].mean_score = 0.9;
        assert_eq!(chosen(&reports), 2);
        reports[1].reliability = 0.5;
        assert_eq!(chosen(&reports), 1);
    }

    #[test]
    fn the_headline_follows_a_death_toll_that_two_outlets_tell() {
        let tolls = [
            (1, "Flood in Hat Yai kills 33"),
            (2, "Hat Yai flood: 33 dead"),
            (1, "Flood in Hat Yai kills 87"),
            (2, "Hat Yai flood death toll at 87"),
            (1, "Death toll of Hat Yai flood rises to 120"),
        ];
        let reports = |count: usize| -> Vec<Report> {
            let told = tolls[..count].iter().enumerate();
            told.map(|(at, (outlet, title))| Report {
                outlet: OutletId(*outlet),
                ..report(at as i64 + 1, title, 0.9 - at as f32 / 10.0)
            })
            .collect()
        };
        assert_eq!(chosen(&reports(2)), 1);
        assert_eq!(chosen(&reports(3)), 1, "one outlet alone says so");
        assert_eq!(chosen(&reports(4)), 3);
        assert_eq!(chosen(&reports(5)), 3, "one outlet alone says so");
        let mut corrected = reports(5);
        corrected.push(Report {
            outlet: OutletId(1),
            role: Role::Correction,
            ..report(6, "Flood in Hat Yai kills 23", 0.5)
        });
        assert_eq!(chosen(&corrected), 6);
        let mut copied = reports(5);
        copied.push(Report {
            outlet: OutletId(3),
            is_reprint: true,
            ..report(6, "Death toll of Hat Yai flood rises to 120", 0.4)
        });
        assert_eq!(chosen(&copied), 3, "a copy is no second outlet");
        copied[5].revises_own = true;
        assert_eq!(chosen(&copied), 5, "its outlet says so anew");
        let mut untold = reports(2);
        untold.push(Report {
            outlet: OutletId(3),
            ..report(3, "Flood in Hat Yai injures dozens", 0.99)
        });
        assert_eq!(chosen(&untold), 1);
    }

    #[test]
    fn the_headline_follows_a_death_toll_in_other_languages() {
        for told in [
            [
                "Van'da çığ: 12 ölü",
                "Van'daki çığda ölü sayısı 12'ye yükseldi",
                "Van'daki çığda ölü sayısı 19'e yükseldi",
                "Van'da çığ: 19 ölü",
            ],
            [
                "۱۲ کشته در زلزله کرمان",
                "سیل کرمان ۱۲ کشته داشت",
                "شمار کشته‌های زلزله کرمان به ۱۹ نفر رسید",
                "۱۹ کشته در زلزله کرمان",
            ],
            [
                "12 הרוגים בשיטפון בדימונה",
                "השיטפון בדימונה: 12 הרוגים",
                "מספר ההרוגים בשיטפון בדימונה עלה ל-19",
                "19 הרוגים בשיטפון בדימונה",
            ],
            [
                "Удар по Тернополю: 12 загиблих",
                "У Тернополі 12 загиблих",
                "Кількість загиблих у Тернополі зросла до 19",
                "Удар по Тернополю: 19 загиблих",
            ],
            [
                "সিলেটে বন্যা: নিহত 12",
                "সিলেটে বন্যায় ১২ জন নিহত",
                "সিলেটে বন্যায় মৃতের সংখ্যা বেড়ে 19",
                "সিলেটে বন্যা: নিহত 19",
            ],
            [
                "سوات میں سیلاب سے 12 افراد جاں بحق",
                "سوات سیلاب، 12 ہلاک",
                "سوات سیلاب: ہلاکتوں کی تعداد 19 ہوگئی",
                "سوات میں سیلاب سے 19 افراد جاں بحق",
            ],
            [
                "வெள்ளத்தில் 12 பேர் பலி",
                "தூத்துக்குடி: 12 பேர் பலி",
                "தூத்துக்குடி வெள்ளம்: பலி எண்ணிக்கை 19 ஆக உயர்வு",
                "வெள்ளத்தில் 19 பேர் பலி",
            ],
            [
                "12 người chết vì lũ quét Lào Cai",
                "Lũ quét làm 12 người chết",
                "Lũ quét ở Lào Cai: số người chết tăng lên 19",
                "19 người chết vì lũ quét Lào Cai",
            ],
            [
                "Banjir Sibolga: 12 orang tewas",
                "12 orang tewas di Sibolga",
                "Korban tewas banjir Sibolga bertambah jadi 19 orang",
                "Banjir Sibolga: 19 orang tewas",
            ],
            [
                "Mafuriko Mombasa yaua watu 12",
                "Watu 12 wafariki Mombasa",
                "Idadi ya waliokufa kwa mafuriko Mombasa yafikia 19",
                "Mafuriko Mombasa yaua watu 19",
            ],
            [
                "በጎፋ የመሬት መንሸራተት 12 ሰዎች ሞቱ",
                "በጎፋ 12 ሰዎች ሞቱ",
                "በጎፋ የመሬት መንሸራተት የሟቾች ቁጥር 19 ደረሰ",
                "በጎፋ የመሬት መንሸራተት 19 ሰዎች ሞቱ",
            ],
        ] {
            let told = told.iter().zip(1..);
            let reports = told.map(|(title, item)| Report {
                outlet: OutletId(item % 2),
                ..report(item, title, 0.95 - item as f32 / 10.0)
            });
            let reports: Vec<Report> = reports.collect();
            assert!(chosen(&reports) > 2, "{}", reports[0].title);
        }
    }

    #[test]
    fn what_two_outlets_tell_last_goes_before_what_it_turns_round() {
        let cases = [
            (
                "Kessler convicted of murder",
                "Kessler murder conviction overturned",
                true,
            ),
            (
                "Kellmann to buy Artema in $8bn deal",
                "Kellmann scraps Artema deal",
                true,
            ),
            ("Minister denies he has resigned", "Minister resigns", true),
            ("Will the minister resign?", "Minister resigns", true),
            (
                "Storm Imke hits the coast",
                "Storm Imke: match postponed",
                false,
            ),
        ];
        for (before, after, goes_before) in cases {
            let mut reports: Vec<Report> = (1..=5).map(|item| report(item, before, 0.9)).collect();
            for one in reports.iter_mut().skip(3) {
                one.title = after.into();
                one.says = Says::of(after, "");
                one.mean_score = 0.4;
            }
            for (one, hours) in reports.iter_mut().zip(1..) {
                one.outlet = OutletId(hours);
                one.item_time = crate::news::utc_from_secs(1_755_000_000 + hours * 3600);
            }
            let headline =
                |reports: &[Report]| pick_headline(reports).map(|choice| choice.headline);
            let expected = if goes_before { after } else { before };
            assert_eq!(headline(&reports).as_deref(), Some(expected));
            assert_eq!(
                headline(&reports[..4]).as_deref(),
                Some(before),
                "one outlet alone"
            );
        }
    }

    #[test]
    fn a_lede_of_another_report_tells_of_what_the_headline_tells() {
        let other = "Parliament dismissed defence minister Denys Shmyhal by 268 votes.";
        let same = "On Friday parliament dismissed Svitlana Hrynchuk, the energy minister.";
        for (lead, is_taken) in [(other, false), (same, true)] {
            let mut reports = [
                report(
                    1,
                    "Parliament dismisses energy minister Svitlana Hrynchuk",
                    0.9,
                ),
                report(2, "Minister is dismissed", 0.5),
            ];
            reports[0].lead = "".into();
            reports[1].lead = lead.into();
            let choice = pick_headline(&reports).expect("there are reports");
            assert_eq!(!choice.lede.is_empty(), is_taken, "{lead}");
        }
    }
}
