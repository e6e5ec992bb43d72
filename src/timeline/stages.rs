//! The stage that a headline tells: what must differ before a changed headline is a changed outcome. It reads plain
//! words only; what it does not know is no stage, and then nothing is claimed to have changed.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::figures::words_of;
use crate::text::words::is_unspaced;

/// A stage, and what is a sign of it.
struct Stage {
    name: &'static str,
    /// Words that follow each other.
    phrases: Vec<Vec<&'static str>>,
    /// In scripts without spaces: anywhere in the headline.
    stretches: Vec<&'static str>,
}

static STAGES: LazyLock<Vec<Stage>> = LazyLock::new(|| {
    let lines = include_str!("stages.txt").lines();
    let lines = lines.filter(|line| !line.starts_with('#'));
    let stages = lines.filter_map(|line| {
        let (name, signs) = line.split_once(": ")?;
        let signs: Vec<&str> = signs.split(", ").collect();
        let (stretches, phrases) = signs
            .into_iter()
            .partition(|sign| sign.contains(is_unspaced));
        Some(Stage {
            name,
            phrases: split_each(phrases),
            stretches,
        })
    });
    stages.collect()
});

fn split_each(phrases: Vec<&'static str>) -> Vec<Vec<&'static str>> {
    let phrases = phrases.into_iter();
    phrases.map(|phrase| phrase.split(' ').collect()).collect()
}

/// The place of a stage, and what follows the first word of a phrase that tells it.
type Sign = (usize, &'static [&'static str]);

/// The phrases by their first word.
static PHRASES: LazyLock<HashMap<&str, Vec<Sign>>> = LazyLock::new(|| {
    let mut by_first: HashMap<&str, Vec<Sign>> = HashMap::new();
    for (place, stage) in STAGES.iter().enumerate() {
        for phrase in &stage.phrases {
            if let Some((first, rest)) = phrase.split_first() {
                by_first.entry(first).or_default().push((place, rest));
            }
        }
    }
    by_first
});

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
    is_open_in(&words_of(headline), headline)
}

/// The same of a headline of which the words are known.
pub(super) fn is_open_in(words: &[String], headline: &str) -> bool {
    asks(headline) || denies_in(words, headline)
}

/// True if a text denies what it names.
pub(super) fn denies(text: &str) -> bool {
    denies_in(&words_of(text), text)
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

/// The stage that the headline tells; `None` if it tells none that is known, or only asks or denies.
pub(super) fn stage_of(headline: &str) -> Option<&'static str> {
    let words = words_of(headline);
    if is_open_in(&words, headline) {
        return None;
    }
    let told = words.iter().enumerate().flat_map(|(at, word)| {
        let following = &words[at + 1..];
        let signs = PHRASES.get(word.as_str()).into_iter().flatten();
        signs.filter_map(move |(place, rest)| follows(following, rest).then_some(*place))
    });
    let shown = headline.contains(is_unspaced).then(|| {
        STAGES.iter().position(|stage| {
            let mut stretches = stage.stretches.iter();
            stretches.any(|stretch| headline.contains(stretch))
        })
    });
    let shown = shown.flatten();
    let place = told.min().into_iter().chain(shown).min()?;
    Some(STAGES[place].name)
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
            assert_eq!(stage_of(headline), expected, "{headline}");
        }
    }
}
