//! The number and the stage that a headline tells: what must differ before a changed headline is a
//! changed outcome. It reads plain words only; what it does not know is no stage, and then nothing
//! is claimed to have changed.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::months::month_of;
use crate::text::words::{is_unspaced, plain_digit};

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

/// The stage that the headline tells; `None` if it tells none that is known.
pub(super) fn stage_of(headline: &str) -> Option<&'static str> {
    let words = words_of(headline);
    let told = words.iter().enumerate().flat_map(|(at, word)| {
        let following = &words[at + 1..];
        let signs = PHRASES.get(word.as_str()).into_iter().flatten();
        signs.filter_map(move |(place, rest)| {
            let next = following.iter().take(rest.len());
            next.map(String::as_str)
                .eq(rest.iter().copied())
                .then_some(*place)
        })
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

/// The number at a place among words, in digits, if it counts something: it is not a year, a time, an age, a rank
/// or a day of a month.
pub(super) fn counted(words: &[String], at: usize) -> Option<String> {
    let word = words[at].as_str();
    if let Some((_, number)) = NUMBER_WORDS.iter().find(|(name, _)| *name == word) {
        return (*number > 0).then(|| number.to_string());
    }
    let digits: String = word
        .chars()
        .filter(|&letter| !matches!(letter, ',' | '\''))
        .collect();
    let is_number = digits.starts_with(|letter: char| letter.is_ascii_digit())
        && digits.chars().all(|letter| {
            letter.is_ascii_digit() || matches!(letter, '.' | '%') || MYRIADS.contains(letter)
        });
    if !is_number || is_year(word) || is_day(words, at) || is_ordered(words, at) {
        return None;
    }
    Some(digits)
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && (word.starts_with("19") || word.starts_with("20"))
}

/// Names of months that are not in the list of all: of the Persian year, and in Persian, Hindi and Thai.
const MORE_MONTHS: &str = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند ژانویه فوریه آوریل \
    ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर \
    ม.ค ก.พ มี.ค เม.ย พ.ค มิ.ย ก.ค ส.ค ก.ย ต.ค พ.ย ธ.ค มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม \
    กันยายน ตุลาคม พฤศจิกายน ธันวาคม";
/// What English months are shortened to; of other languages only names of four letters and more, since `set`
/// and `out` are words too.
const SHORT_MONTHS: [&str; 11] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
];

fn is_month(word: &str) -> bool {
    let bare: String = word.nfd().filter(|c| !is_combining_mark(*c)).collect();
    let is_long = bare.chars().count() > 3 || bare == "dec";
    SHORT_MONTHS.contains(&bare.as_str())
        || is_long && month_of(&bare).is_some()
        || MORE_MONTHS.split_whitespace().any(|month| month == word)
}

fn is_day(words: &[String], at: usize) -> bool {
    let is_month = |word: Option<&String>| word.is_some_and(|word| is_month(word));
    let before = |places: usize| words.get(at.checked_sub(places)?);
    // In `15 August: 12 dead` the month has its day already.
    let has_day = before(2).is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    is_month(words.get(at + 1)) || is_month(before(1)) && !has_day
}

/// What follows a number that is a date, a time, an age, a rank or a strength, in scripts without spaces.
const UNITS: &[&str] = &[
    "年", "月", "日", "時", "时", "点", "點", "分", "秒", "歳", "才", "岁", "歲", "号", "號", "期",
    "回", "次", "位", "度", "級", "级", "強", "弱", "週", "周", "世", "년", "월", "일", "시", "분",
    "초", "세", "살", "호", "차", "회", "위", "주", "강",
];
/// What stands before one.
const BEFORE_RANKS: &[&str] = &["第", "震度", "規模", "マグニチュード", "제", "규모"];
/// Letters that multiply the number before them.
const MYRIADS: &str = "百千万萬亿億兆백천만억조";

fn is_ordered(words: &[String], at: usize) -> bool {
    let next = words.get(at + 1);
    let before = at.checked_sub(1).and_then(|at| words.get(at));
    next.is_some_and(|next| UNITS.iter().any(|unit| next.starts_with(unit)))
        || before.is_some_and(|before| BEFORE_RANKS.iter().any(|sign| before.ends_with(sign)))
}

/// Lower-case words with plain digits; a hyphen, a colon or a decimal point within a word stays in it, so that
/// `72-year-old` and `10:30` are words of their own and no numbers. A number beside letters of a script
/// without spaces is a word.
pub(super) fn words_of(text: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(text.len());
    let mut before = ' ';
    for letter in text.nfkc().flat_map(char::to_lowercase).map(plain_letter) {
        let is_edge = is_unspaced(before) && letter.is_ascii_digit()
            || before.is_ascii_digit() && is_unspaced(letter) && !MYRIADS.contains(letter)
            || MYRIADS.contains(before) && !letter.is_ascii_digit();
        if is_edge {
            spaced.push(' ');
        }
        spaced.push(letter);
        before = letter;
    }
    spaced
        .split(|letter: char| {
            !(letter.is_alphanumeric()
                || is_combining_mark(letter)
                || matches!(letter, '-' | '\'' | ':' | '.' | ',' | '%'))
        })
        .map(|word| {
            word.trim_matches(|letter: char| {
                !(letter.is_alphanumeric() || is_combining_mark(letter)) && letter != '%'
            })
        })
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn plain_letter(letter: char) -> char {
    match letter {
        '’' => '\'',
        '٫' => '.',
        '٬' => ',',
        letter => plain_digit(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_counts_something() {
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
            ("Treffen am 15. August", None),
            ("Réunion le 15 août : 12 morts", Some("12")),
            ("ホテル火災で13人死亡", Some("13")),
            ("ホテル火災で１３人死亡、震度６弱", Some("13")),
            ("11月29日の地震で死者5人", Some("5")),
            ("第20回大会が開幕", None),
            ("1.3万人が避難", Some("1.3万")),
            ("酒店火灾致13人死亡", Some("13")),
            ("호텔 화재로 13명 사망", Some("13")),
            ("11월 29일 호텔 화재", None),
            ("حريق فندق: ١٣ قتيلا", Some("13")),
            ("۱۳ کشته در آتش‌سوزی هتل", Some("13")),
            ("होटल में आग, १३ की मौत", Some("13")),
            ("29 नवंबर को चुनाव", None),
            ("ไฟไหม้โรงแรม ดับ ๑๓ ศพ", Some("13")),
            ("Землетрясение 29 ноября: погибли 12 человек", Some("12")),
        ];
        for (headline, expected) in cases {
            let words = words_of(headline);
            let first = (0..words.len()).find_map(|at| counted(&words, at));
            assert_eq!(first.as_deref(), expected, "{headline}");
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
