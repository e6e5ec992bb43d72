//! The stage that a headline tells: what must differ before a changed headline is a changed outcome. It reads plain
//! words only; what it does not know is no stage, and then nothing is claimed to have changed.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::figures::{Words, words_of};
use super::tongues::{Signs, Tongues, words_of_list};
use crate::text::words::is_unspaced;

/// The places of stages in `stages.txt`, what tells them, and their names.
struct Stages {
    names: Vec<&'static str>,
    /// Phrases by their first word.
    phrases: FxHashMap<&'static str, Vec<Sign>>,
    /// In scripts without spaces: what stands anywhere in the headline, in the order of stages.
    stretches: Vec<(usize, &'static str)>,
    /// The other lists by their names.
    lists: FxHashMap<&'static str, Signs>,
}

/// The name of what is no sign.
const NONE: &str = "-";

/// A phrase that tells a stage.
struct Sign {
    place: usize,
    /// What follows its first word.
    rest: Vec<&'static str>,
    tongues: Tongues,
    /// True if it tells it only beside a word of the list that is named after the stage.
    needs_matter: bool,
}

const FILE: &str = include_str!("stages.txt");

static STAGES: LazyLock<Stages> = LazyLock::new(|| {
    let lines = FILE.lines().filter(|line| !line.starts_with(['#', '@']));
    let mut stages = Stages {
        names: Vec::new(),
        phrases: FxHashMap::default(),
        stretches: Vec::new(),
        lists: lists(),
    };
    for (name, signs) in lines.filter_map(|line| line.split_once(": ")) {
        let place = stages.names.len();
        stages.names.push(name);
        for (codes, sign) in signs.split("; ").flat_map(signs_of) {
            let (tongues, sign) = Tongues::of(codes, sign);
            let bare = sign.strip_suffix('?');
            let mut words = bare.unwrap_or(sign).split(' ');
            let first = words.next().unwrap_or_default();
            if sign.contains(is_unspaced) {
                stages.stretches.push((place, sign));
                continue;
            }
            stages.phrases.entry(first).or_default().push(Sign {
                place,
                rest: words.collect(),
                tongues,
                needs_matter: bare.is_some(),
            });
        }
    }
    stages
});

/// What stands behind `@`.
fn lists() -> FxHashMap<&'static str, Signs> {
    let heads = FILE.lines().filter(|line| line.starts_with('@'));
    let names = heads.filter_map(|head| head.split([' ', ':']).next());
    let names: BTreeSet<&str> = names.collect();
    let lists = names.into_iter().map(|name| {
        let words = words_of_list(FILE, name);
        (name.trim_start_matches('@'), Signs::of(words))
    });
    lists.collect()
}

/// The signs of a group of languages, with the codes of these.
fn signs_of(group: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let (codes, signs) = group.split_once(": ").unwrap_or(("", group));
    signs.split(", ").map(move |sign| (codes, sign))
}

/// Words that deny what stands beside them.
const DENIALS: [&str; 34] = [
    "denies",
    "deny",
    "denying",
    "refuses",
    "dementiert",
    "bestreitet",
    "dément",
    "démentent",
    "niega",
    "niegan",
    "desmiente",
    "nega",
    "negam",
    "smentisce",
    "förnekar",
    "dementerar",
    "ontkent",
    "zaprzecza",
    "отрицает",
    "отрицают",
    "опроверг",
    "опровергла",
    "опровергли",
    "заперечує",
    "заперечив",
    "ينفي",
    "نفى",
    "تنفي",
    "تکذیب",
    "מכחיש",
    "yalanladı",
    "διαψεύδει",
    "exclut",
    "descarta",
];
/// The same in words that follow each other, or with others between them.
const DENYING_PAIRS: [(&str, &str); 19] = [
    ("rules", "out"),
    ("ruled", "out"),
    ("rejects", "claim"),
    ("rejects", "claims"),
    ("rejects", "reports"),
    ("dismisses", "claims"),
    ("dismisses", "reports"),
    ("schließt", "aus"),
    ("weist", "zurück"),
    ("no", "plans"),
    ("no", "arrest"),
    ("no", "arrests"),
    ("no", "resignation"),
    ("kein", "rücktritt"),
    ("keine", "verhaftung"),
    ("vows", "not"),
    ("is", "false"),
    ("are", "false"),
    ("not", "true"),
];
/// The same in scripts without spaces.
const DENYING_STRETCHES: [&str; 4] = ["否认", "否認", "否定", "부인"];

/// True if a headline asks instead of telling.
pub(super) fn asks(headline: &str) -> bool {
    headline.contains(['?', '？', '؟'])
}

/// True if a headline asks or denies what it names: nothing has happened yet.
pub(super) fn is_open(headline: &str) -> bool {
    is_open_in(&words_of(headline, ""), headline)
}

/// The same of a headline of which the words are known.
pub(super) fn is_open_in(words: &[String], headline: &str) -> bool {
    asks(headline) || denies_in(words, headline)
}

/// True if a text denies what it names.
pub(super) fn denies(text: &str) -> bool {
    denies_in(&words_of(text, ""), text)
}

fn denies_in(words: &[String], text: &str) -> bool {
    let place = |sign: &str| words.iter().position(|word| word == sign);
    let is_near = |a: usize, b: usize| a < b && b - a <= GAP;
    words.iter().any(|word| DENIALS.contains(&word.as_str()))
        || DENYING_PAIRS.iter().any(|(first, then)| {
            place(first)
                .zip(place(then))
                .is_some_and(|(a, b)| is_near(a, b))
        })
        || text.contains(is_unspaced) && DENYING_STRETCHES.iter().any(|sign| text.contains(sign))
}

/// The stage that a headline in a language tells; `None` if it tells none that is known, or only asks or denies.
pub(super) fn stage_of(headline: &str, language: &str) -> Option<&'static str> {
    let words = words_of(headline, language);
    if is_open_in(&words, headline) {
        return None;
    }
    let told = (0..words.len()).filter_map(|at| place_told(&words, at));
    let shown = headline.contains(is_unspaced).then(|| {
        let mut stretches = STAGES.stretches.iter();
        stretches.find(|(_, stretch)| headline.contains(stretch))
    });
    let shown = shown.flatten().map(|(place, _)| *place);
    let shown = shown.filter(|place| STAGES.names[*place] != NONE);
    Some(STAGES.names[told.chain(shown).min()?])
}

/// The place of the first stage that a phrase at a place among words tells to have come.
fn place_told(words: &Words<'_>, at: usize) -> Option<usize> {
    let signs = STAGES.phrases.get(words[at].as_str())?;
    let told = signs.iter().filter(|sign| {
        sign.tongues.speak(words.language)
            && follows(&words[at + 1..], &sign.rest)
            && (!sign.needs_matter || has_matter(words, at, STAGES.names[sign.place]))
    });
    let place = told.map(|sign| sign.place).min()?;
    (STAGES.names[place] != NONE && !is_yet_to_come(words, at)).then_some(place)
}

/// True if a word of a list stands at a place.
fn is_in(list: &str, words: &Words<'_>, at: usize) -> bool {
    let signs = STAGES.lists.get(list);
    signs.is_some_and(|signs| signs.stand_in(&words[at], words.language))
}

/// True if what a stage is told of stands near a place. Bridges collapse too, near trials; trucks that overturn have
/// no court in their headlines, and what courts overturn has a long name.
fn has_matter(words: &Words<'_>, at: usize, stage: &str) -> bool {
    let reach = if stage == "overturned" { 8 } else { 3 };
    let mut near = at.saturating_sub(reach)..words.len().min(at + 1 + reach);
    near.any(|at| is_in(stage, words, at))
}

/// Words before a sign that may deny it or put it off, at most.
const YET: usize = 4;

/// True if what stands before a sign says that it has not come: `to be sentenced`, `nobody arrested`.
fn is_yet_to_come(words: &Words<'_>, at: usize) -> bool {
    let before = (at.saturating_sub(YET)..at).rev();
    let before =
        before.take_while(|before| !words.is_parted(before + 1) && !words.is_cut(before + 1));
    let is_ahead = |before: usize| is_in("ahead", words, before);
    let is_be = |before: usize| {
        is_in("be", words, before)
            && (before.saturating_sub(2)..before)
                .any(|modal| is_ahead(modal) || is_in("before-be", words, modal))
    };
    let denies = |before: usize| {
        words[before].ends_with("n't")
            || is_in("not", words, before) && !words.is_number(before + 1)
    };
    before.into_iter().any(|before| {
        before + 1 == at && is_ahead(before)
            || is_be(before)
            || is_in("soon", words, before)
            || denies(before)
    })
}

/// Stages that turn round what was told before, whatever it was.
const REVERSALS: [&str; 10] = [
    "overturned",
    "scrapped",
    "failed",
    "rejected",
    "acquitted",
    "released",
    "found dead",
    "found alive",
    "sacked",
    "cancelled",
];

/// True if a stage turns round what was told before.
pub(super) fn is_reversal(stage: &str) -> bool {
    REVERSALS.contains(&stage)
}

/// Words that `~` stands for in a phrase, at most: German puts the end of a verb behind what it is about.
const GAP: usize = 5;

/// True if words begin with a phrase.
fn follows(words: &[String], phrase: &[&str]) -> bool {
    match phrase.split_first() {
        None => true,
        Some((&"~", rest)) => (0..=GAP.min(words.len())).any(|gap| follows(&words[gap..], rest)),
        Some((first, rest)) => {
            words.first().is_some_and(|word| word == first) && follows(&words[1..], rest)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_told_by_plain_words() {
        let cases = [
            ("Summit opens in Anchorage", Some("begun")),
            ("Summit ends without a deal", Some("failed")),
            ("Alaska summit ends", Some("ended")),
            ("Gipfel endet ohne Einigung", Some("failed")),
            ("Lindner tritt als Bahnchefin zurück", Some("resigned")),
            ("Lindner schließt Rücktritt aus", None),
            ("Police deny minister arrested", None),
            ("Minister arrested?", None),
            ("Minister resigns", Some("resigned")),
            ("Leaders at odds", None),
            ("Bookends for sale", None),
            ("Ｇ２０サミット閉幕、合意なく　リスボン", Some("failed")),
            ("二十国集团里斯本峰会开幕", Some("begun")),
            (
                "Саммит в Лиссабоне завершился без соглашения",
                Some("failed"),
            ),
            ("افتتاح قمة العشرين في لشبونة", Some("begun")),
            ("Başbakan istifa etti", Some("resigned")),
        ];
        for (headline, expected) in cases {
            assert_eq!(stage_of(headline, ""), expected, "{headline}");
        }
    }

    #[test]
    fn a_stage_is_told_by_words_of_the_language() {
        let cases = [
            ("Brazil orders 20 more Gripen jets", "en", None),
            ("Brazil orders 20 more Gripen jets", "und", None),
            ("Man gripen för mord i Malmö", "sv", Some("arrested")),
            ("Il ministro ha preso il treno", "it", None),
            ("Ex-ministro preso em Brasília", "pt", Some("arrested")),
            ("Oficina aberta: Summit opens", "eu", Some("begun")),
        ];
        for (headline, language, expected) in cases {
            assert_eq!(stage_of(headline, language), expected, "{headline}");
        }
    }

    #[test]
    fn what_is_ahead_or_denied_is_no_stage() {
        let cases = [
            (
                "Ex-president to be sentenced for fraud on Friday",
                "en",
                None,
            ),
            ("Suspect could be released on bail", "en", None),
            ("Minister may soon be sacked", "en", None),
            ("Shooting at mall: no one arrested", "en", None),
            ("Nobody has yet been arrested over blast", "en", None),
            ("Suspect isn't arrested yet", "en", None),
            ("Leaders fail to agree on budget", "en", None),
            ("No. 2 official arrested", "en", Some("arrested")),
            (
                "Former minister sentenced to 6 years",
                "en",
                Some("sentenced"),
            ),
            ("After long night, minister resigns", "en", Some("resigned")),
            ("Ministern ska gripas, inte gripen", "sv", None),
            ("Verdächtiger nicht festgenommen", "de", None),
            ("L'ex-ministre sera condamné vendredi", "fr", None),
            ("L'ex-ministre condamné", "fr", Some("sentenced")),
            ("Подозреваемый не арестован", "ru", None),
            ("首相、辞任せず", "ja", None),
            ("首相が辞任", "ja", Some("resigned")),
        ];
        for (headline, language, expected) in cases {
            assert_eq!(stage_of(headline, language), expected, "{headline}");
        }
    }

    #[test]
    fn a_word_that_says_something_else_too_tells_a_stage_only_beside_its_matter() {
        let cases = [
            ("Bridge in Poznan collapses onto railway", "en", None),
            ("Ceasefire talks in Geneva collapse", "en", Some("failed")),
            ("Bus overturns in Peru", "en", None),
            (
                "Court overturns murder conviction",
                "en",
                Some("overturned"),
            ),
            ("Man falls through ice", "en", None),
            ("Artema deal falls through", "en", Some("scrapped")),
            ("Ceasefire talks on verge of collapse", "en", None),
            (
                "Conviction of man in killing of boy is overturned",
                "en",
                Some("overturned"),
            ),
            ("Gunman opens fire in Leeds", "en", None),
            ("Merkel verurteilt Angriff scharf", "de", None),
            ("Mann wegen Mordes verurteilt", "de", Some("sentenced")),
            ("Bundestag verabschiedet Haushalt", "de", Some("approved")),
            ("Bayern verabschiedet Müller", "de", None),
        ];
        for (headline, language, expected) in cases {
            assert_eq!(stage_of(headline, language), expected, "{headline}");
        }
    }
}
