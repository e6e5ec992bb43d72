//! The words of dates: months in many languages, zones, and what may stand beside them.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::months::month_of;

static ZONES: LazyLock<HashMap<&'static str, i64>> = LazyLock::new(|| {
    let lines = include_str!("zones.txt")
        .lines()
        .filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let (minutes, names) = line.split_once(' ')?;
            let minutes = minutes.parse().ok()?;
            Some(names.split(' ').map(move |name| (name, minutes)))
        })
        .flatten()
        .collect()
});

/// The text in lower case, without marks, with plain digits, signs and spaces.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
    {
        match c {
            'ς' => out.push('σ'),
            'ı' => out.push('i'),
            'ß' => out.push_str("ss"),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            '\u{0660}'..='\u{0669}' => out.push(char::from(b'0' + (u32::from(c) - 0x660) as u8)),
            '\u{06f0}'..='\u{06f9}' => out.push(char::from(b'0' + (u32::from(c) - 0x6f0) as u8)),
            '\u{200e}' | '\u{200f}' | '\u{feff}' => {}
            c if c.is_whitespace() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Names of months that are words of another meaning elsewhere than in dates, folded: of the Levant and the Maghreb,
/// Polish ones, and what Ukrainian and French ones are shortened to.
const MORE_MONTHS: [&str; 12] = [
    "كانونالثاني جانفي січ",
    "شباط فيفري лют",
    "اذار бер",
    "نيسان افريل квіт",
    "ايار ماي трав",
    "حزيران جوان черв",
    "تموز جويليه جويلية يوليوز лип",
    "اب اوت غشت aou серп",
    "ايلول شتنبر вер",
    "تشرينالاول жовт",
    "تشرينالثاني نونبر lis listopada лист",
    "كانونالاول دجنبر груд",
];

/// The number of a month by its name, folded and [joined].
pub(super) fn month(word: &str) -> Option<u32> {
    let has_word = |names: &&str| names.split(' ').any(|name| name == word);
    let more = || (1..).zip(&MORE_MONTHS).find(|(_, names)| has_word(names));
    month_of(word).or_else(|| more().map(|(number, _)| number))
}

/// True for a name that follows the number of a day with a full stop, and is October to Croats alone.
pub(super) fn is_croatian(word: &str, sign: char) -> bool {
    matches!(word, "lis" | "listopada") && sign == '.'
}

/// The text with names of months in one word each that are two.
pub(super) fn joined(text: String) -> String {
    match text.contains("تشرين ال") || text.contains("كانون ال") {
        true => text
            .replace("تشرين ال", "تشرينال")
            .replace("كانون ال", "كانونال"),
        false => text,
    }
}

/// Minutes east of Greenwich of a zone by its name, folded.
pub(super) fn zone(word: &str) -> Option<i64> {
    ZONES.get(word).copied()
}

/// Korean dates without a zone are Korean time: only Korean outlets write them.
pub(super) fn usual_offset(text: &str) -> i64 {
    // Folding takes syllables apart (NFKD), so the words are compared in the same form.
    let words: [String; 3] = ["년", "오전", "오후"].map(folded);
    if words.iter().any(|word| text.contains(word.as_str())) {
        9 * 60
    } else {
        0
    }
}

/// What stands between day, month and time, and days of the week in the languages of the months.
/// Anything else after the first number is a sign that the text is something else.
pub(super) fn is_noise(word: &str) -> bool {
    const NOISE: &[&str] = &[
        "t", "at", "of", "the", "on", "um", "uhr", "am", "den", "le", "a", "de", "del", "d", "em",
        "as", "kl", "klo", "st", "nd", "rd", "th", "er", "e", "o", "г", "года", "в", "р", "о",
        "st.", "to", "h", "hrs", "ore", "alle", "dne", "og", "i", "gada", "g", "y",
    ];
    NOISE.contains(&word) || WEEKDAYS.contains(word)
}

/// Folded.
static WEEKDAYS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lines = include_str!("weekdays.txt")
        .lines()
        .filter(|line| !line.starts_with('#'));
    lines.flat_map(|line| line.split(' ').map(folded)).collect()
});
