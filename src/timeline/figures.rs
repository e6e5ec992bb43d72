//! The number and the stage that a headline tells: what must differ before a changed headline is a
//! changed outcome. It reads plain words only; what it does not know is no stage, and then nothing
//! is claimed to have changed.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Stages, and the words or pairs of words that tell them, lower case, in English, German, French
/// and Spanish. The first that occurs wins, so that `ends without a deal` is a failure and not just
/// an end. Chosen by reading headlines of the kind; a word that also means something else is not here.
const STAGES: &[(&str, &[&str])] = &[
    (
        "failed",
        &[
            "without a deal",
            "without deal",
            "no deal",
            "without agreement",
            "without result",
            "collapse",
            "collapses",
            "collapsed",
            "breaks down",
            "broke down",
            "ohne einigung",
            "ohne ergebnis",
            "gescheitert",
            "scheitern",
            "sans accord",
            "échec",
            "sin acuerdo",
            "fracasa",
            "fracasan",
        ],
    ),
    (
        "agreed",
        &[
            "reach a deal",
            "reach deal",
            "reaches deal",
            "deal reached",
            "agreement reached",
            "agree on",
            "agrees to",
            "agree to",
            "sign deal",
            "signs deal",
            "sign agreement",
            "einigen sich",
            "einigung erzielt",
            "accord conclu",
            "acuerdan",
        ],
    ),
    (
        "approved",
        &[
            "approves",
            "approved",
            "passes bill",
            "ratifies",
            "verabschiedet",
            "adopte",
            "aprueba",
        ],
    ),
    (
        "rejected",
        &[
            "rejects",
            "rejected",
            "votes down",
            "vetoes",
            "lehnt ab",
            "rejette",
            "rechaza",
        ],
    ),
    (
        "acquitted",
        &[
            "acquitted",
            "acquits",
            "freigesprochen",
            "acquitté",
            "absuelto",
        ],
    ),
    (
        "sentenced",
        &["sentenced", "verurteilt", "condamné", "condenado"],
    ),
    (
        "convicted",
        &[
            "convicted",
            "found guilty",
            "schuldig gesprochen",
            "reconnu coupable",
        ],
    ),
    (
        "charged",
        &[
            "charged with",
            "indicted",
            "angeklagt",
            "inculpé",
            "imputado",
        ],
    ),
    (
        "arrested",
        &["arrested", "detained", "festgenommen", "arrêté", "detenido"],
    ),
    (
        "resigned",
        &[
            "resigns",
            "resigned",
            "steps down",
            "tritt zurück",
            "démissionne",
            "dimite",
        ],
    ),
    (
        "won",
        &[
            "wins election",
            "elected",
            "wins vote",
            "gewählt",
            "élu",
            "elegido",
        ],
    ),
    (
        "ended",
        &[
            "ends",
            "ended",
            "concludes",
            "concluded",
            "is over",
            "wraps up",
            "endet",
            "beendet",
            "s'achève",
            "termina",
            "concluye",
        ],
    ),
    (
        "postponed",
        &["postponed", "delayed", "verschoben", "reporté", "aplazado"],
    ),
    (
        "cancelled",
        &[
            "cancelled",
            "canceled",
            "called off",
            "abgesagt",
            "annulé",
            "cancelado",
        ],
    ),
    (
        "begun",
        &[
            "opens",
            "opened",
            "begins",
            "began",
            "starts",
            "started",
            "kicks off",
            "under way",
            "underway",
            "beginnt",
            "begonnen",
            "eröffnet",
            "commence",
            "s'ouvre",
            "comienza",
            "empieza",
        ],
    ),
    (
        "arrived",
        &[
            "arrives",
            "arrive",
            "arrived",
            "lands in",
            "eingetroffen",
            "arrivé",
            "llega",
            "llegan",
        ],
    ),
    (
        "planned",
        &[
            "to open",
            "to begin",
            "to start",
            "to meet",
            "to hold",
            "set to",
            "will meet",
            "will open",
            "will begin",
        ],
    ),
];

const NUMBER_WORDS: &[(&str, u32)] = &[
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("dozens", 0),
];

/// The place of a stage, and what follows the first word of a sign of it.
type Sign = (usize, Vec<&'static str>);

/// The signs of stages by their first word.
static SIGNS: LazyLock<HashMap<&str, Vec<Sign>>> = LazyLock::new(|| {
    let mut by_first: HashMap<&str, Vec<Sign>> = HashMap::new();
    for (place, (_, signs)) in STAGES.iter().enumerate() {
        for sign in *signs {
            let mut words = sign.split(' ');
            let first = words.next().unwrap_or_default();
            by_first
                .entry(first)
                .or_default()
                .push((place, words.collect()));
        }
    }
    by_first
});

/// The stage that the headline tells; `None` if it tells none that is known.
pub fn stage_of(headline: &str) -> Option<&'static str> {
    let words = words_of(headline);
    let found = words.iter().enumerate().flat_map(|(at, word)| {
        let following = &words[at + 1..];
        let signs = SIGNS.get(word.as_str()).into_iter().flatten();
        signs.filter_map(move |(place, rest)| {
            let next = following.iter().take(rest.len());
            next.map(String::as_str)
                .eq(rest.iter().copied())
                .then_some(*place)
        })
    });
    found.min().map(|place| STAGES[place].0)
}

/// The first number of the headline that counts something, in digits: not a year, a time, an age, a
/// rank or a day of a month. `None` if there is none.
pub fn head_number(headline: &str) -> Option<String> {
    let words = words_of(headline);
    (0..words.len()).find_map(|at| counted(&words, at))
}

fn counted(words: &[String], at: usize) -> Option<String> {
    let word = words[at].as_str();
    if let Some((_, number)) = NUMBER_WORDS.iter().find(|(name, _)| *name == word) {
        return (*number > 0).then(|| number.to_string());
    }
    let digits: String = word
        .chars()
        .filter(|&letter| !matches!(letter, ',' | '\''))
        .collect();
    let is_number = digits.starts_with(|letter: char| letter.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'%');
    if !is_number || is_year(word) || is_day(words, at) {
        return None;
    }
    Some(digits)
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && (word.starts_with("19") || word.starts_with("20"))
}

fn is_day(words: &[String], at: usize) -> bool {
    const MONTHS: [&str; 24] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
    ];
    let is_month = |word: Option<&String>| word.is_some_and(|word| MONTHS.contains(&word.as_str()));
    is_month(words.get(at + 1)) || (at > 0 && is_month(words.get(at - 1)))
}

/// Lower-case words; a hyphen, a colon or a decimal point within a word stays in it, so that
/// `72-year-old` and `10:30` are words of their own and no numbers.
fn words_of(text: &str) -> Vec<String> {
    text.to_lowercase()
        .replace('’', "'")
        .split(|letter: char| {
            !(letter.is_alphanumeric() || matches!(letter, '-' | '\'' | ':' | '.' | ',' | '%'))
        })
        .map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '%'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_number_counts_something() {
        let cases = [
            ("Ferry sinks off Luzon, 12 dead", Some("12")),
            ("At least twelve dead as ferry sinks", Some("12")),
            ("1,200 homes burn", Some("1200")),
            ("Inflation at 3.4% in May", Some("3.4%")),
            ("72-year-old wins race", None),
            ("Olympics 2028: torch lit", None),
            ("Talks on 15 August in Alaska", None),
            ("Talks on August 15", None),
            ("Match moved to 10:30", None),
            ("The 3rd day of talks", None),
            ("Dozens hurt", None),
        ];
        for (headline, expected) in cases {
            assert_eq!(head_number(headline).as_deref(), expected, "{headline}");
        }
    }

    #[test]
    fn a_stage_is_told_by_plain_words() {
        let cases = [
            ("Summit opens in Anchorage", Some("begun")),
            ("Summit ends without a deal", Some("failed")),
            ("Alaska summit ends", Some("ended")),
            ("Gipfel endet ohne Einigung", Some("failed")),
            ("Minister resigns", Some("resigned")),
            ("Leaders at odds", None),
            ("Bookends for sale", None),
        ];
        for (headline, expected) in cases {
            assert_eq!(stage_of(headline), expected, "{headline}");
        }
    }
}
