//! What lies ahead in a headline (a vote, a match, a verdict, a storm), and what tells that it has come. What says so
//! in which language stands in `prospects.txt`, by matter: that somebody is elected is no outcome of a match.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::denials::is_open_in;
use super::figures::{Words, words_of};
use super::stages::{come_stage, is_put_off, is_taken_back, is_yet_to_come};
use super::tolls::toll_of;
use super::tongues::Tongues;
use crate::text::words::is_unspaced;

/// Matters of which headlines tell that they lie ahead, by their places as bits.
const MATTERS: [&str; 19] = [
    "any", "vote", "match", "court", "storm", "launch", "deal", "rates", "talks", "craft", "souls",
    "prize", "outage", "life", "office", "decision", "captives", "threat", "coup",
];

/// Some of the matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Matters(u32);

impl Matters {
    /// What lies ahead, whatever it is: what came of it no list knows.
    pub(super) const ANY: Self = Self(1);

    fn named(name: &str) -> Self {
        let place = MATTERS.iter().position(|matter| *matter == name);
        Self(place.map_or(0, |place| 1 << place))
    }

    fn all_named<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let named = names.into_iter().map(Self::named);
        named.fold(Self::default(), Self::or)
    }

    /// The matter of which a stage is what came; none of most.
    pub(super) fn of_stage(stage: &str) -> Self {
        match stage {
            "convicted" | "acquitted" | "sentenced" => Self::named("court"),
            "agreed" | "failed" | "ended" => Self::named("talks"),
            "approved" | "rejected" => Self::named("vote"),
            "resigned" | "sacked" => Self::named("office"),
            _ => Self::default(),
        }
    }

    /// True of matters that are announced anew: what still lies ahead of others is told on and on (`plane crash`).
    pub(super) fn recurs(self) -> bool {
        self.has(LISTS.recurring)
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// True if one of another's is among them.
    pub(super) fn has(self, other: Self) -> bool {
        !self.and(other).are_none()
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub(super) fn are_none(self) -> bool {
        self.0 == 0
    }

    /// Each by itself.
    pub(super) fn each(self) -> impl Iterator<Item = Self> {
        let all = (0..MATTERS.len()).map(|place| Self(1 << place));
        all.filter(move |one| self.has(*one))
    }

    /// Their names.
    pub(super) fn names(self) -> impl Iterator<Item = &'static str> {
        let matters = MATTERS.into_iter();
        matters.filter(move |name| self.has(Self::named(name)))
    }
}

/// What a headline says of what lies ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outlook {
    /// Matters that lie ahead in it.
    pub(super) ahead: Matters,
    /// Matters of which it tells what came.
    pub(super) done: Matters,
    /// True if it neither asks nor denies, and nothing lies ahead in it.
    pub(super) is_told: bool,
    /// Who is beside somebody else, where it may be told of him that it came: `Pope's doctor dies`.
    pub(super) beside: Option<&'static str>,
}

/// What a phrase says of its matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Ahead,
    Done,
    /// The matter must be named by one of these.
    Beside,
    /// What follows may not have come.
    Unsure,
    /// Who is beside somebody else: a doctor, a brother, a dog.
    Kin,
    /// The headline tells nothing that has come: of its matter, or of any.
    Open,
}

struct Phrase {
    says: Says,
    matter: Matters,
    /// What follows its first word.
    rest: Vec<&'static str>,
    tongues: Tongues,
}

struct Lists {
    /// By their first word.
    phrases: FxHashMap<&'static str, Vec<Phrase>>,
    /// In scripts without spaces: what stands anywhere in the headline.
    stretches: Vec<(Says, Matters, &'static str)>,
    /// What names a matter at the end of a word: `Klimagipfel`.
    endings: Vec<(Matters, &'static str, Tongues)>,
    /// Matters that must be named.
    named: Matters,
    /// Matters of which any word may tell what came: of others the lists alone do.
    told_by_any: Matters,
    /// Matters that may come again.
    recurring: Matters,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let mut lists = Lists {
        phrases: FxHashMap::default(),
        stretches: Vec::new(),
        endings: Vec::new(),
        named: Matters::default(),
        told_by_any: Matters::all_named([
            "any", "vote", "court", "launch", "deal", "rates", "talks",
        ]),
        recurring: Matters::all_named([
            "vote", "match", "court", "launch", "rates", "talks", "decision",
        ]),
    };
    let lines = include_str!("prospects.txt").lines();
    for (head, phrases) in lines.filter_map(|line| line.split_once(": ")) {
        let Some((says, matter, codes)) = read_head(head) else {
            continue;
        };
        if says == Says::Beside {
            lists.named.add(matter);
        }
        for phrase in phrases.split(", ") {
            let (tongues, phrase) = Tongues::of(codes, phrase);
            if let Some(ending) = phrase.strip_prefix('*') {
                lists.endings.push((matter, ending, tongues));
                continue;
            }
            if phrase.contains(is_unspaced) {
                lists.stretches.push((says, matter, phrase));
                continue;
            }
            let mut words = phrase.split(' ');
            let first = words.next().unwrap_or_default();
            lists.phrases.entry(first).or_default().push(Phrase {
                says,
                matter,
                rest: words.collect(),
                tongues,
            });
        }
    }
    lists
});

/// What the phrases of a line say, of which matters, in which languages; `None` if it is a remark.
fn read_head(head: &'static str) -> Option<(Says, Matters, &'static str)> {
    let (first, rest) = head.split_once(' ').unwrap_or((head, ""));
    match first {
        "unsure" => return Some((Says::Unsure, Matters::default(), rest)),
        "kin" => return Some((Says::Kin, Matters::default(), rest)),
        _ => {}
    }
    let (says, codes) = rest.split_once(' ').unwrap_or((rest, ""));
    let says = match says {
        "ahead" => Says::Ahead,
        "done" => Says::Done,
        "beside" => Says::Beside,
        "open" => Says::Open,
        _ => return None,
    };
    Some((says, Matters::all_named(first.split('+')), codes))
}

/// Words before what is done of which one may say that it is not, at most.
const UNSURE: usize = 4;

impl Outlook {
    /// That of a headline in a language. What asks or denies tells neither.
    pub(super) fn of(headline: &str, language: &str) -> Self {
        let words = words_of(headline, language);
        if is_open_in(&words, headline) {
            return Self::default();
        }
        let mut outlook = Self::default();
        let mut beside = Matters::default();
        let mut open = Matters::default();
        for at in 0..words.len() {
            for (phrase, end) in phrases_at(&words, at) {
                match phrase.says {
                    Says::Ahead => outlook.ahead.add(phrase.matter),
                    Says::Beside => beside.add(phrase.matter),
                    Says::Done if has_come(&words, at, end) => {
                        outlook.done.add(phrase.matter);
                        outlook.beside = outlook.beside.or_else(|| kin_near(&words, at, end));
                    }
                    Says::Open => open.add(phrase.matter),
                    Says::Done | Says::Unsure | Says::Kin => {}
                }
            }
        }
        if headline.contains(is_unspaced) {
            for (says, matter, stretch) in &LISTS.stretches {
                for (at, _) in headline.match_indices(stretch) {
                    match says {
                        Says::Ahead => outlook.ahead.add(*matter),
                        Says::Beside => beside.add(*matter),
                        Says::Done
                            if !is_put_off(&headline[..at], &headline[at + stretch.len()..]) =>
                        {
                            outlook.done.add(*matter);
                        }
                        Says::Open => open.add(*matter),
                        Says::Done | Says::Unsure | Says::Kin => {}
                    }
                }
            }
        }
        if has_score(headline) {
            outlook.done.add(Matters::named("match"));
        }
        if toll_of(headline, language).is_some() {
            outlook.done.add(Matters::named("storm"));
        }
        let come = come_stage(&words);
        // `Who pleaded not guilty found guilty` tells it all the same.
        if come.is_none() {
            outlook.done = outlook.done.without(open);
        }
        if outlook.ahead.has(LISTS.named.without(beside)) {
            beside.add(named_by_endings(&words));
        }
        let unnamed = LISTS.named.without(beside);
        outlook.ahead = outlook.ahead.without(unnamed).without(outlook.done);
        match come {
            None | Some("begun" | "planned" | "arrived") => {}
            // Who was rescued may still die of it.
            Some("rescued" | "found alive") => {
                outlook.ahead = outlook.ahead.and(Matters::named("life"));
            }
            Some(_) => outlook.ahead = Matters::default(),
        }
        if outlook.ahead.has(LISTS.told_by_any) {
            outlook.ahead.add(Matters::ANY);
        }
        outlook.is_told = open.are_none() && outlook.ahead.are_none();
        outlook
    }

    /// True if anything lies ahead in it.
    pub(super) fn lies_ahead(&self) -> bool {
        self.ahead.has(Matters::ANY)
    }
}

/// The matters that the ends of words name.
fn named_by_endings(words: &Words<'_>) -> Matters {
    let spoken = |(_, _, tongues): &&(Matters, &str, Tongues)| tongues.speak(words.language);
    let endings = LISTS.endings.iter().filter(spoken);
    let named = endings.filter(|(_, ending, _)| {
        let mut all = (0..words.len()).map(|at| words[at].as_str());
        all.any(|word| word.ends_with(ending))
    });
    named.fold(Matters::default(), |all, (matter, _, _)| all.or(*matter))
}

/// Phrases that begin at a place, and where they end.
fn phrases_at<'w>(
    words: &'w Words<'_>,
    at: usize,
) -> impl Iterator<Item = (&'static Phrase, usize)> + use<'w> {
    let phrases = LISTS.phrases.get(words[at].as_str());
    let phrases = phrases.into_iter().flatten();
    phrases.filter_map(move |phrase| {
        let end = super::stages::follows(words, at + 1, &phrase.rest)?;
        phrase
            .tongues
            .speak(words.language)
            .then_some((phrase, end))
    })
}

/// True if nothing around what is done, which stands between two places, says that it is not yet.
fn has_come(words: &Words<'_>, at: usize, end: usize) -> bool {
    let is_unsure =
        |near: usize| phrases_at(words, near).any(|(phrase, _)| phrase.says == Says::Unsure);
    !words.before(at, UNSURE).any(is_unsure)
        && !is_yet_to_come(words, at)
        && !is_taken_back(words, end)
}

/// Words before what is done, and behind it, of which one may say of whom.
const KIN_BEFORE: usize = 5;
const KIN_BEHIND: usize = 2;

/// Who is beside somebody else of those of whom it may be told that something has come. Behind it only where languages put
/// their verb first (`Muere el padre de Marlo`).
fn kin_near(words: &Words<'_>, at: usize, end: usize) -> Option<&'static str> {
    let is_kin =
        |near: &usize| phrases_at(words, *near).any(|(phrase, _)| phrase.says == Says::Kin);
    let found = words.before(at, KIN_BEFORE).find(is_kin);
    let found = found.or_else(|| match words.language {
        "en" | "de" | "nl" => None,
        _ => words.behind(end, KIN_BEHIND).find(is_kin),
    })?;
    let (kin, _) = LISTS.phrases.get_key_value(words[found].as_str())?;
    Some(kin)
}

/// What parts the two numbers of a score.
const PARTS: [char; 3] = ['-', '–', ':'];

/// True if a headline tells a score: `3-1`, `1:3`. What has two digits behind a colon may be a time of day.
fn has_score(headline: &str) -> bool {
    let words = headline.split(|letter: char| {
        letter.is_whitespace() || matches!(letter, ',' | ';' | '(' | ')' | '!' | '|')
    });
    words
        .map(|word| word.trim_end_matches(['.', ':']))
        .any(|word| {
            let Some((one, other)) = word.split_once(PARTS) else {
                return false;
            };
            let is_count = |count: &str| {
                (1..=2).contains(&count.len()) && count.bytes().all(|digit| digit.is_ascii_digit())
            };
            let is_time = word.contains(':') && other.len() > 1;
            is_count(one) && is_count(other) && !is_time
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_ahead_is_told_from_what_came() {
        for (ahead, done, language) in [
            (
                "Slovenians vote in tight parliamentary election",
                "Zupan wins Slovenian election, Hribar concedes defeat",
                "en",
            ),
            (
                "Arsenal host Bayern Munich in Champions League tonight",
                "Arsenal 3-1 Bayern Munich: Saka double sinks ten-man Bayern",
                "en",
            ),
            (
                "Storm Brigitta: Red warning for Limerick as gusts forecast",
                "One killed as Storm Brigitta hits Ireland",
                "en",
            ),
            (
                "Jury retires to consider verdict in Whitmore fraud trial",
                "Whitmore found guilty in Castlegate fraud trial",
                "en",
            ),
            (
                "Latvians vote for new parliament",
                "Ozols concedes defeat in Latvia election",
                "en",
            ),
            (
                "Voters in Slovenia elect parliament",
                "Slovenia election: Kovac concedes",
                "en",
            ),
            (
                "Verdict due in Odell bribery trial",
                "Quorn jury finds senator Mark Odell not guilty of bribery",
                "en",
            ),
            (
                "Cardinals begin conclave to elect new pope",
                "Cardinal Tagle elected pope, first from Asia",
                "en",
            ),
            (
                "SpaceX prepares to launch Orion lunar lander",
                "SpaceX rocket carrying Orion lunar lander explodes",
                "en",
            ),
            (
                "Tarland and Osk open ceasefire talks in Geneva",
                "Tarland, Osk agree 30-day ceasefire in Geneva",
                "en",
            ),
            (
                "Climber rescued alive after two days on Ben Nevis",
                "Ben Nevis climber dies in hospital day after rescue",
                "en",
            ),
            (
                "Plane with 62 aboard goes missing over Lake Sarn",
                "No survivors in Lake Sarn plane crash, minister says",
                "en",
            ),
            (
                "NetCloud outage disrupts airlines, banks worldwide",
                "NetCloud back online after six-hour outage",
                "en",
            ),
            (
                "Norgas in talks to buy rival Petrolan for $14 billion",
                "Norgas to acquire Petrolan in $14.2bn deal",
                "en",
            ),
            (
                "Nobel Peace Prize to be announced today",
                "Ilia Verano wins Nobel Peace Prize",
                "en",
            ),
            (
                "Opposition fordert Rücktritt von Minister Kolb",
                "Minister Kolb tritt nach Affäre zurück",
                "de",
            ),
            (
                "Oposición exige la renuncia del ministro Paredes",
                "El ministro Paredes dimite por el escándalo",
                "es",
            ),
            (
                "Twenty pupils kidnapped from school in northern Orun",
                "All 20 kidnapped Orun pupils freed, governor says",
                "en",
            ),
            (
                "Regulator to decide on Novapharm obesity pill today",
                "Regulator approves Novapharm obesity pill",
                "en",
            ),
            (
                "Dam at Moral Lake at risk of bursting, thousands told to flee",
                "Moral Lake dam bursts, flooding villages",
                "en",
            ),
            (
                "Army officers announce coup in Sarvia, dissolve government",
                "Sarvia coup fails as loyal troops retake palace",
                "en",
            ),
            (
                "Auftakt zum Ukraine-Gipfel in Ankara",
                "Ukraine-Gipfel in Ankara endet ohne Einigung",
                "de",
            ),
            (
                "Le sommet sur le climat s'ouvre à Dakar",
                "Climat : le sommet de Dakar s'achève sans accord",
                "fr",
            ),
            (
                "Klimattoppmötet inleds i Oslo",
                "Klimattoppmötet avslutas utan avtal",
                "sv",
            ),
            (
                "В Стамбуле начались переговоры по газу",
                "Переговоры по газу завершились без соглашения",
                "ru",
            ),
            (
                "日韓首脳会談始まる ソウルで",
                "日韓首脳、シャトル外交の再開に合意 ソウル会談",
                "ja",
            ),
            (
                "انطلاق محادثات وقف إطلاق النار في الدوحة",
                "محادثات الدوحة تنتهي دون اتفاق",
                "ar",
            ),
            (
                "Landtagswahl in Sachsen: Wahllokale geöffnet",
                "Lehmann siegt bei Landtagswahl in Sachsen",
                "de",
            ),
            (
                "Vorschau: FC Bayern vor schwerer Aufgabe",
                "FC Bayern verliert 1:3",
                "de",
            ),
            (
                "Urteil gegen Haas erwartet",
                "Haas zu vier Jahren Haft verurteilt",
                "de",
            ),
            (
                "Les Slovènes aux urnes",
                "Slovénie: Maja Zupan remporte les législatives",
                "fr",
            ),
            (
                "Eslovenia acude a las urnas",
                "Zupan gana las elecciones",
                "es",
            ),
            (
                "Slovenien går till val",
                "Zupan vinner valet i Slovenien",
                "sv",
            ),
            ("スロベニア総選挙の投票始まる", "ズパン氏が勝利", "ja"),
            ("台風21号が接近", "台風で3人死亡", "ja"),
        ] {
            let (before, after) = (Outlook::of(ahead, language), Outlook::of(done, language));
            assert!(
                !before.ahead.and(after.done).are_none(),
                "{ahead} / {done}: {before:?} {after:?}"
            );
            assert!(before.done.and(before.ahead).are_none(), "{ahead}");
            assert!(after.ahead.and(before.ahead).are_none(), "{done}");
        }
    }

    #[test]
    fn what_is_scheduled_in_other_matters_lies_ahead_too_and_tells_nothing() {
        for (title, language) in [
            ("Luigi Mangione due in court on Monday", "en"),
            ("OPEC+ set to agree another output increase", "en"),
            ("Air Canada cabin crew: strike looms", "en"),
            ("Kanzlerwahl: Merz stellt sich zur Wahl", "de"),
            ("Vote de confiance : Bayrou face aux députés", "fr"),
            ("STF julga ex-presidente: sentença aguardada", "pt"),
            ("Sverige väntas köpa Gripen", "sv"),
        ] {
            let outlook = Outlook::of(title, language);
            assert!(outlook.lies_ahead() && !outlook.is_told, "{title}");
        }
        for (title, language) in [
            ("Columbia fails to report its donors", "en"),
            ("Sub lost due to carelessness", "en"),
            ("Trump could attend the summit", "en"),
            ("Merz könnte scheitern", "de"),
        ] {
            assert!(!Outlook::of(title, language).lies_ahead(), "{title}");
        }
        assert!(Outlook::of("OPEC+ agrees output increase", "en").is_told);
        assert!(!Outlook::of("OPEC+ could agree output increase", "en").is_told);
    }

    #[test]
    fn what_is_to_come_may_come_or_came_before_is_not_done() {
        for (title, language) in [
            (
                "Prosecutors ask for life sentence for Larsen in Torvik murder trial",
                "en",
            ),
            ("Life sentence sought for Larsen in murder trial", "en"),
            ("Staatsanwalt hält Brandt für schuldig", "de"),
            ("Прокурор просит 20 лет колонии для Ларсена", "ru"),
            ("被告に懲役10年求刑", "ja"),
            ("Zupan could win Slovenian election", "en"),
            ("Will Zupan win the election?", "en"),
            ("Arsenal hope to beat Bayern", "en"),
            ("Bishop faces 20 years in prison", "en"),
            ("Kick-off at 18:30", "en"),
            ("Haas soll verurteilt werden", "de"),
        ] {
            assert!(Outlook::of(title, language).done.are_none(), "{title}");
        }
    }
}
