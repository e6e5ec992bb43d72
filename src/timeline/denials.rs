//! Headlines that ask or deny what they name: nothing has happened in them.

use super::figures::{Words, words_of};
use crate::text::words::is_unspaced;

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
const DENYING_PAIRS: [(&str, &str); 13] = [
    ("rules", "out"),
    ("ruled", "out"),
    ("rejects", "claim"),
    ("rejects", "claims"),
    ("rejects", "reports"),
    ("dismisses", "claims"),
    ("dismisses", "reports"),
    ("schließt", "aus"),
    ("weist", "zurück"),
    ("vows", "not"),
    ("is", "false"),
    ("are", "false"),
    ("not", "true"),
];
/// The same in words of which the first says that there is none of the second: at most one stands between.
const ABSENT: [(&str, &str); 6] = [
    ("no", "plans"),
    ("no", "arrest"),
    ("no", "arrests"),
    ("no", "resignation"),
    ("kein", "rücktritt"),
    ("keine", "verhaftung"),
];
/// The same in scripts without spaces.
const DENYING_STRETCHES: [&str; 4] = ["否认", "否認", "否定", "부인"];

/// Words between the two of a pair, at most.
const BETWEEN: usize = 5;

/// True if a headline asks instead of telling.
pub(super) fn asks(headline: &str) -> bool {
    headline.contains(['?', '？', '؟'])
}

/// True if a headline of which the words are known asks or denies.
pub(super) fn is_open_in(words: &Words<'_>, headline: &str) -> bool {
    asks(headline) || denies_in(words, headline)
}

/// True if a text denies what it names.
pub(super) fn denies(text: &str) -> bool {
    denies_in(&words_of(text, ""), text)
}

fn denies_in(words: &Words<'_>, text: &str) -> bool {
    let place = |sign: &str| words.iter().position(|word| word == sign);
    let is_near = |a: usize, b: usize| a < b && b - a <= BETWEEN;
    words.iter().any(|word| DENIALS.contains(&word.as_str()))
        || DENYING_PAIRS.iter().any(|(first, then)| {
            place(first)
                .zip(place(then))
                .is_some_and(|(a, b)| is_near(a, b))
        })
        || (0..words.len()).any(|at| is_absent_behind(words, at))
        || text.contains(is_unspaced) && DENYING_STRETCHES.iter().any(|sign| text.contains(sign))
}

/// True if the word at a place says that there is none of what is behind it; `No 10` is an address.
fn is_absent_behind(words: &Words<'_>, at: usize) -> bool {
    let mut absent = ABSENT.iter().filter(|(first, _)| *first == words[at]);
    absent.any(|(_, then)| {
        let mut near = words.behind(at + 1, 2);
        !words.is_number(at + 1) && near.any(|near| *then == words[near])
    })
}

#[cfg(test)]
mod tests {
    use super::super::stages::is_open;

    #[test]
    fn what_is_absent_stands_near_what_says_so() {
        assert!(!is_open("No 10 under pressure after arrest of aide", "en"));
        assert!(!is_open("No talks, then arrest of aide", "en"));
        assert!(is_open("No immediate arrests over blast", "en"));
        assert!(is_open("Police make no arrest", "en"));
        assert!(is_open("Kein Rücktritt geplant", "de"));
    }
}
