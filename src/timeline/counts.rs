//! What a headline counts, and how many: figures of different things are not held against each other. Of a death
//! toll the highest that two outlets tell is how things are, whoever is most central.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::figures::{counted, foreign_number, is_open_in, words_of};
use crate::text::concepts::concept_of;
use crate::text::words::{fold_word, is_unspaced};

/// What counts the dead.
const DEAD: &str = "dead";
/// What counts hundredths.
pub(super) const PERCENT: &str = "%";

/// The first figure of a headline; the number of dead, if it tells one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Figure {
    /// What it counts: the word that follows it, under its concept.
    pub(super) kind: String,
    /// In plain digits.
    pub(super) number: String,
}

impl Figure {
    /// True if it counts dead.
    pub(super) fn is_toll(&self) -> bool {
        self.kind == DEAD
    }

    /// True if it is a higher number.
    pub(super) fn exceeds(&self, other: &Figure) -> bool {
        self.is_above(other.number.parse().ok())
    }

    /// True if it is higher than a number; false without one.
    pub(super) fn is_above(&self, other: Option<u32>) -> bool {
        let own: Option<u32> = self.number.parse().ok();
        own.zip(other).is_some_and(|(own, other)| own > other)
    }
}

/// The figure of a headline; `None` if it has none.
pub(super) fn head_figure(headline: &str) -> Option<Figure> {
    if let Some(toll) = toll_of(headline) {
        return Some(Figure {
            kind: DEAD.to_owned(),
            number: toll.to_string(),
        });
    }
    let words = words_of(headline);
    let (at, mut number) = (0..words.len()).find_map(|at| Some((at, counted(&words, at)?)))?;
    let kind = kind_at(&words, at);
    if kind == PERCENT && !number.ends_with('%') {
        number.push('%');
    }
    Some(Figure { kind, number })
}

const PERCENT_WORDS: [&str; 7] = [
    "percent",
    "per",
    "prozent",
    "procent",
    "por",
    "pour",
    "percentage",
];
const SCALES: [&str; 14] = [
    "thousand",
    "million",
    "billion",
    "trillion",
    "mn",
    "bn",
    "m",
    "tn",
    "millionen",
    "milliarden",
    "millions",
    "milliards",
    "millones",
    "miljoner",
];

/// Words that say nothing of what happened to whom they name.
const ANYONE: [&str; 14] = [
    "people",
    "person",
    "persons",
    "others",
    "more",
    "men",
    "women",
    "children",
    "menschen",
    "personen",
    "personnes",
    "personas",
    "människor",
    "personer",
];

/// What the number at a place counts: percent, or the word behind it and its scale, or where nothing follows the
/// word before it.
fn kind_at(words: &[String], at: usize) -> String {
    let filed = |word: &String| {
        let mut folded = String::new();
        fold_word(word, &mut folded);
        concept_of(&folded).to_owned()
    };
    let next = |places: usize| words.get(at + places);
    match next(1) {
        _ if words[at].ends_with('%') => PERCENT.to_owned(),
        Some(word) if PERCENT_WORDS.contains(&word.as_str()) => PERCENT.to_owned(),
        Some(scale) if SCALES.contains(&scale.as_str()) => {
            let counted = next(2).map_or_else(String::new, filed);
            [scale.as_str(), " ", &counted].concat()
        }
        Some(anyone) if ANYONE.contains(&anyone.as_str()) && next(2).is_some() => {
            next(2).map_or_else(String::new, filed)
        }
        Some(word) => filed(word),
        None => {
            let before = at.checked_sub(1).map(|before| filed(&words[before]));
            [&before.unwrap_or_default(), " …"].concat()
        }
    }
}

/// Words of death; what ends with `~` stands for all that begins so. From knowing the languages.
const DEATHS: &str = "dead kill kills killed killing die died death deaths toll fatalities bodies \
    tote toten todesopfer gestorben getötet mort morts tués tuées décès muerto muertos muertas muertes fallecidos mueren \
    mata matan mortos mortes morrem morti döda dödade dör omkomna omkommit doden zabitych ofiar погиб~ жертв~ убит~ \
    загин~ قتيل~ قتل~ ضحايا وفاة مصرع کشته~ הרוג~ נהרג~ הרוגים מתים मौत मौतें मृत~ मरे ölü öldü ölen νεκρ~ σκοτώθηκ~ \
    死亡 死者 死 遇难 遇難 罹难 罹難 사망 숨져 숨진 숨졌 ดับ เสียชีวิต ตาย ศพ";
/// Words between a number and a word of death, at most.
const REACH: usize = 4;
/// The same for what names a toll: what happened, and where, may stand in between.
const REACH_OF_TOLL: usize = 10;
const TOLLS: [&str; 2] = ["toll", "todesopfer"];

/// The number of dead that a headline tells; `None` if it tells none.
pub(super) fn toll_of(headline: &str) -> Option<u32> {
    let words = words_of(headline);
    let deaths: Vec<usize> = (0..words.len())
        .filter(|at| is_death(&words[*at]) && !is_unsure(&words, *at))
        .collect();
    // Most headlines tell of no dead.
    if deaths.is_empty() || is_open_in(&words, headline) || is_remembered(&words) {
        return None;
    }
    let rises = words.iter().any(|word| RISES.contains(&word.as_str()));
    let number = |at: usize| match counted(&words, at) {
        Some(number) => number.parse().ok(),
        None => foreign_number(&words[at])
            .filter(|_| rises && follows_rise(&words, at) || is_beside_foreign_death(&words, at)),
    };
    let numbers = (0..words.len())
        .filter_map(|at| Some((at, number(at)?)))
        .filter(|(at, _)| !counts_living(&words, *at));
    let tolls = numbers.filter_map(|(at, number)| {
        let near = deaths.iter().filter_map(|death| {
            let is_toll =
                TOLLS.contains(&words[*death].as_str()) || rises && follows_rise(&words, at);
            let reach = if is_toll { REACH_OF_TOLL } else { REACH };
            Some(death.abs_diff(at)).filter(|distance| *distance <= reach)
        });
        Some((near.min()?, at, number))
    });
    tolls.min().map(|(_, _, number)| number)
}

/// What a toll does: then where and why may stand between it and the number.
const RISES: [&str; 32] = [
    "rises",
    "rise",
    "climbs",
    "climb",
    "jumps",
    "reaches",
    "asciende",
    "ascienden",
    "sube",
    "suben",
    "aumenta",
    "aumentan",
    "eleva",
    "elevan",
    "sobe",
    "sobem",
    "sale",
    "salgono",
    "steigt",
    "steigen",
    "grimpe",
    "monte",
    "s'alourdit",
    "passe",
    "stiger",
    "stijgt",
    "rośnie",
    "wzrosła",
    "выросло",
    "возросло",
    "увеличилось",
    "зросла",
];
/// What stands between a rise and the number.
const UP_TO: [&str; 13] = [
    "to", "a", "à", "al", "ad", "auf", "para", "til", "till", "naar", "do", "до", "ya",
];

fn follows_rise(words: &[String], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| words[at].as_str());
    before.is_some_and(|word| UP_TO.contains(&word))
}

/// Words of headlines that tell of what was long ago.
const REMEMBERED: [&str; 24] = [
    "anniversary",
    "remembers",
    "remembered",
    "remembering",
    "commemorates",
    "commemorate",
    "mourns",
    "memorial",
    "decades",
    "jahrestag",
    "gedenken",
    "gedenkt",
    "anniversaire",
    "commémore",
    "aniversario",
    "conmemora",
    "recuerda",
    "aniversário",
    "lembra",
    "anniversario",
    "ricorda",
    "årsdag",
    "годовщина",
    "годовщину",
];

/// True if a headline tells of what was long ago, or `40 years after` it.
fn is_remembered(words: &[String]) -> bool {
    let is_after = |pair: &[String]| {
        pair[0] == "years" && ["after", "on", "since", "later"].contains(&pair[1].as_str())
    };
    words.iter().any(|word| REMEMBERED.contains(&word.as_str())) || words.windows(2).any(is_after)
}

/// What makes dead before it none, or none that anyone knows of.
const UNSURE: [&str; 14] = [
    "no", "none", "nobody", "zero", "without", "feared", "presumed", "believed", "keine", "ohne",
    "sin", "aucun", "sans", "inga",
];

/// True if a word of death is denied or only feared.
fn is_unsure(words: &[String], at: usize) -> bool {
    let before = words[..at].iter().rev().take(2);
    before
        .into_iter()
        .any(|word| UNSURE.contains(&word.as_str()))
}

/// Who is counted and lives, or may; what ends with `~` stands for all that begins so.
const LIVING: &str = "injured hurt wounded missing rescued evacuated hospitalised hospitalized arrested detained survivors \
    hostages homes houses buildings feared verletzte verletzter vermisste vermisst blessés blessées \
    disparus heridos desaparecidos lesionados evacuados feridos desaparecidas feriti dispersi gewonden \
    vermisten skadade saknade rannych zaginionych ранен~ пострада~ пропавш~ поранен~ مفقود~ جريح~ جرحى \
    مصاب~ إصابة زخمی~ פצוע~ נעדר~ yaralı kayıp τραυματί~ घायल लापता 失联 失聯 失踪 失蹤 受伤 受傷 不明 負傷 けが 重軽傷 伤 실종 \
    부상 다쳐 บาดเจ็บ สูญหาย";

/// True if what a number at a place counts is not the dead.
fn counts_living(words: &[String], at: usize) -> bool {
    let next = words.get(at + 1);
    let behind = next.filter(|word| ANYONE.contains(&word.as_str()));
    let who = behind.and_then(|_| words.get(at + 2)).or(next);
    who.is_some_and(|who| LIVING_SIGNS.stand_in(who) && !is_death(who))
}

/// English words of death: beside these a number word is English.
const ENGLISH_DEATHS: [&str; 10] = [
    "dead", "kill", "kills", "killed", "killing", "die", "died", "death", "deaths", "bodies",
];

/// True if a word of death of another language stands right beside.
fn is_beside_foreign_death(words: &[String], at: usize) -> bool {
    let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
    beside
        .filter_map(|at| words.get(at))
        .any(|word| is_death(word) && !ENGLISH_DEATHS.contains(&word.as_str()))
}

/// Words that say one thing: whole ones, what others begin with, and what stands in others.
struct Signs {
    whole: FxHashSet<&'static str>,
    stems: Vec<&'static str>,
    stretches: Vec<&'static str>,
}

impl Signs {
    /// Of words between spaces; what ends with `~` stands for all that begins so.
    fn of(words: &'static str) -> Self {
        let (stretches, spaced): (Vec<&str>, Vec<&str>) = words
            .split_whitespace()
            .partition(|sign| sign.starts_with(is_unspaced));
        let stems = spaced.iter().filter_map(|sign| sign.strip_suffix('~'));
        Self {
            stems: stems.collect(),
            whole: spaced.into_iter().collect(),
            stretches,
        }
    }

    fn stand_in(&self, word: &str) -> bool {
        self.whole.contains(word)
            || self.stems.iter().any(|stem| word.starts_with(stem))
            || word.contains(is_unspaced) && self.stretches.iter().any(|sign| word.contains(sign))
    }
}

static DEATH_SIGNS: LazyLock<Signs> = LazyLock::new(|| Signs::of(DEATHS));
static LIVING_SIGNS: LazyLock<Signs> = LazyLock::new(|| Signs::of(LIVING));

fn is_death(word: &str) -> bool {
    DEATH_SIGNS.stand_in(word)
}

/// The highest toll that two outlets tell or exceed; `None` if no two tell any. Of each outlet what comes last
/// counts: it may have revised its toll.
pub(super) fn confirmed_toll<T: Ord>(tolls: impl Iterator<Item = (T, u32)>) -> Option<u32> {
    let mut of_outlets: BTreeMap<T, u32> = BTreeMap::new();
    for (outlet, toll) in tolls {
        of_outlets.insert(outlet, toll);
    }
    let mut tolls: Vec<u32> = of_outlets.into_values().collect();
    tolls.sort_unstable_by(|a, b| b.cmp(a));
    tolls.get(1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toll_is_the_number_beside_a_word_of_death() {
        let cases = [
            ("Flood in Hat Yai kills 33", Some(33)),
            ("Death toll rises to 120 in Hat Yai flood", Some(120)),
            (
                "Death toll in Norrey ferry capsizing climbs to 31",
                Some(31),
            ),
            ("5.9 quake: 7 homes destroyed, 3 dead", Some(3)),
            ("Flood: 200 homes destroyed", None),
            ("Twelve dead as ferry sinks", Some(12)),
            ("ホテル火災で13人死亡", Some(13)),
            ("能登の地震 死者5人に", Some(5)),
            ("호텔 화재로 13명 사망", Some(13)),
            ("Жертвами пожара стали 12 человек", Some(12)),
            ("ไฟไหม้โรงแรม ดับ 13 ศพ", Some(13)),
            ("حريق فندق أسوان: ١٣ قتيلا", Some(13)),
            ("Cyclist, 34, killed by lorry", None),
            ("Jim Lovell, commander of Apollo 13, dies at 97", None),
            ("Gergen, who advised four presidents, dies at 83", None),
            ("Séisme : 1 450 morts", Some(1450)),
            ("Terremoto: 1.650 muertos", Some(1650)),
            ("Two dozen killed in blast", Some(24)),
            ("Storm leaves twenty-one dead", Some(21)),
            ("Dam burst toll rises by 12 to 52", Some(52)),
            ("Oito mortos e 20 desaparecidos em enchente", Some(8)),
            ("Inondations : onze morts, 28 disparus", Some(11)),
            ("Otto morti e 20 feriti", Some(8)),
            ("爆炸致十五人遇难13人失联", None),
            ("3 hurt, none killed in crash", None),
            ("Army denies 40 killed in strike", None),
            ("67 feared dead after plane crash", None),
            ("5 injured, 2 killed in crash", Some(2)),
            ("Три человека погибли", None),
            ("Погибли три человека", Some(3)),
            ("Bhopal remembers 3,500 killed in gas leak", None),
            (
                "Forty years after quake killed 5,000, a village rebuilds",
                None,
            ),
            ("Chad army rejects claim that 40 soldiers were killed", None),
            ("Ижевск: число погибших выросло до пяти", Some(5)),
            (
                "Los muertos por el terremoto de Birmania ascienden a 1.650",
                Some(1650),
            ),
        ];
        for (headline, toll) in cases {
            assert_eq!(toll_of(headline), toll, "{headline}");
        }
    }

    #[test]
    fn figures_of_different_things_differ_in_kind() {
        let kind = |headline: &str| head_figure(headline).map(|figure| figure.kind);
        assert_eq!(kind("Ferry sinks, 12 dead"), kind("Death toll at 31"));
        assert_eq!(kind("40 wounded in blast"), kind("Blast: 44 hurt"));
        assert_eq!(
            kind("Inflation at 3.4%"),
            kind("Inflation rises to 3.6 percent")
        );
        assert_ne!(
            kind("40 missing after ferry sinks"),
            kind("200 rescued from ferry")
        );
        assert_ne!(
            kind("$1.2 billion bill passes"),
            kind("$1.2 million bill passes")
        );
        assert_ne!(
            kind("Ferry sinks, 12 dead"),
            kind("Ferry sinks, 40 missing")
        );
        assert_ne!(
            kind("40 people missing after ferry sinks"),
            kind("200 people rescued")
        );
        assert_eq!(
            kind("40 people missing after ferry sinks"),
            kind("50 missing as ferry sinks")
        );
        assert_eq!(kind("Leaders meet"), None);
    }

    #[test]
    fn one_outlet_alone_confirms_nothing() {
        assert_eq!(confirmed_toll([("A", 33), ("A", 87)].into_iter()), None);
        let tolls = [("A", 33), ("B", 33), ("A", 120), ("C", 87)];
        assert_eq!(confirmed_toll(tolls.into_iter()), Some(87));
        let revised = [("A", 41), ("B", 41), ("C", 41), ("A", 38), ("B", 38)];
        assert_eq!(confirmed_toll(revised.into_iter()), Some(38));
    }
}
