//! Numbers that languages write into one word with what declines them: `19'e`, `ל-19`, `19-re`, `19:ään`.

/// What follows a number and an apostrophe: cases of Turkish in which a number is reached, passed, or part of a
/// whole. Where it is left or stood at (`19'dan`, `19'da`) it is where a count came from, or an hour.
const AFTER_APOSTROPHES: &str = "e a ye ya i ı u ü yi yı yu yü";
/// What follows a number and a hyphen: to so many in Hungarian, Estonian, Kazakh and Azerbaijani, so many persons in
/// Bulgarian and Macedonian.
const AFTER_HYPHENS: &str = "re ra ni le ге ға ке қа ə има мина";
/// What follows a number and a colon: to so many in Finnish.
const AFTER_COLONS: &str = "ään een aan iin hun";
/// What stands right behind a number: who is counted, in Bengali.
const JOINED: &str = "জন জনে জনের জনকে";
/// What stands before a number: to and about, in Hebrew; to, in Arabic. `-19` itself may be the 19th, and from 19
/// is where a count came from.
const BEFORE_NUMBERS: [&str; 5] = ["ל-", "כ-", "לכ-", "لـ", "ل"];
/// The same, of `and`, in both.
const AND_BEFORE_NUMBERS: [&str; 4] = ["ו-", "ו", "وـ", "و"];

/// A word without what declines the number that it is; any other word as it is, so that `72-year-old`, `10:30` and
/// `1970's` stay words.
pub(super) fn without_affixes(word: &str) -> &str {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let (first, last) = (word.as_bytes().first(), word.as_bytes().last());
    match (is_digit(first), is_digit(last)) {
        (true, false) => without_ending(word),
        (false, true) => without_beginning(word),
        _ => word,
    }
}

fn without_ending(word: &str) -> &str {
    let end = word.find(|c: char| !is_of_number(c)).unwrap_or(word.len());
    let (number, rest) = word.split_at(end);
    let mut letters = rest.chars();
    let (endings, ending) = match letters.next() {
        Some('\'') => (AFTER_APOSTROPHES, letters.as_str()),
        Some('-') => (AFTER_HYPHENS, letters.as_str()),
        Some(':') => (AFTER_COLONS, letters.as_str()),
        _ => (JOINED, rest),
    };
    let is_known = endings.split(' ').any(|one| one == ending);
    if is_known { number } else { word }
}

fn without_beginning(word: &str) -> &str {
    let rests = BEFORE_NUMBERS
        .iter()
        .filter_map(|beginning| word.strip_prefix(beginning));
    let mut numbers = rests.filter(|rest| rest.chars().all(is_of_number));
    numbers.next().unwrap_or(word)
}

/// The `and` that is written into one word with a number behind it, as a word of its own, and the number: `ו-3`.
pub(super) fn split_and(word: &str) -> Option<(&str, &str)> {
    let numbers = AND_BEFORE_NUMBERS
        .iter()
        .filter_map(|and| word.strip_prefix(and));
    let mut numbers = numbers.filter(|rest| !rest.is_empty() && rest.chars().all(is_of_number));
    let number = numbers.next()?;
    let and = word.chars().next().map_or(0, char::len_utf8);
    Some((&word[..and], number))
}

fn is_of_number(letter: char) -> bool {
    letter.is_ascii_digit() || matches!(letter, '.' | ',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_whatever_declines_it() {
        for (word, number) in [
            ("19'e", "19"),
            ("442'ye", "442"),
            ("1.200'ü", "1.200"),
            ("ל-19", "19"),
            ("ל-1,200", "1,200"),
            ("لـ19", "19"),
            ("19-re", "19"),
            ("19:ään", "19"),
            ("19জনের", "19"),
        ] {
            assert_eq!(without_affixes(word), number, "{word}");
        }
    }

    #[test]
    fn an_and_is_taken_off_the_number_behind_it() {
        assert_eq!(split_and("ו-3"), Some(("ו", "3")));
        assert_eq!(split_and("و12"), Some(("و", "12")));
        for word in ["ו", "ורד", "ל-3", "3", ""] {
            assert_eq!(split_and(word), None, "{word}");
        }
    }

    #[test]
    fn words_with_numbers_in_them_stay_words() {
        for word in [
            "72-year-old",
            "10:30",
            "1970's",
            "19'da",
            "12'den",
            "3'üncü",
            "מ-12",
            "ה-7",
            "ke-19",
            "covid-19",
            "5-0",
            "g20",
            "3rd",
            "19",
            "",
        ] {
            assert_eq!(without_affixes(word), word);
        }
    }
}
