//! Which language an item is in: what is said of it, unless the writing contradicts it, or of what a document says of all
//! its items the words do, too; what the text shows where nothing is said. Two-letter codes, and `und` where nothing tells.

mod codes;
mod groups;
mod small_words;

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use whatlang::{Lang, Script};

use self::codes::is_code;
use self::groups::{group_of, refutes};
pub use self::small_words::has_small_word;
use super::words::is_unspaced;

/// Fewer letters than this tell nothing about a Latin or Cyrillic text: short headlines are
/// mistaken for a neighbouring language about as often as not.
const ENOUGH_LETTERS: usize = 30;

/// What contradicts a claim has more: of 2,500 headlines in English and Swedish, ten to a document that claims their
/// language, one is taken out of it, which is in the other; of 6,000 made of the words of addresses, four to a document, five.
const ENOUGH_TO_REFUTE: usize = 60;

/// Of a guess that two halves of the text confirm, less is asked: of a hundred documents of thirty English
/// headlines .9 leaves six untold, .5 two, and neither tells one wrongly.
const SURE_ENOUGH_THRICE: f64 = 0.5;

/// Bytes of each half of what a feed's items say, from which on more of them does not change the answer.
const ENOUGH_TOGETHER: usize = 500;
/// Bytes of each half from which on they contradict a claim.
const ENOUGH_TO_REFUTE_TOGETHER: usize = 150;

/// One in so many texts of a feed at least has a small word where they contradict a claim: names of clubs and places look
/// like the language that they are from, however many there are.
const SHARE_WITH_SMALL: usize = 5;

/// whatlang calls itself reliable above .9; below, `und` is the better answer.
const SURE_ENOUGH: f64 = 0.9;

/// What is said of an item's language, as tags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claims<'a> {
    /// Of this item, and not of its document.
    pub own: Option<&'a str>,
    /// By the operator, of all items of the feed.
    pub set: Option<&'a str>,
    /// By the document, of all its items: programs write `en-US` whatever their papers write.
    pub of_document: Option<&'a str>,
}

/// The two-letter code of the language of an item: the first of its claims that the script of `text` does not rule out,
/// the document's also only if neither what its items show together (`beside`) nor the words of this one say otherwise;
/// else what `text` shows; if that is not sure, what its feed shows, under the same condition; else `und`.
pub fn detect(claims: Claims<'_>, text: &str, beside: impl FnOnce() -> Option<Shown>) -> String {
    let text = &wide(head(text));
    let script = whatlang::detect_script(text);
    let is_possible = |code: &String| {
        script.is_none_or(|script| can_be_written_in(code, script))
            || (script == Some(Script::Latin) && is_told_in(code, text))
    };
    let possible = |tag: Option<&str>| tag.and_then(two_letters).filter(is_possible);
    if let Some(code) = possible(claims.own).or_else(|| possible(claims.set)) {
        return code;
    }
    if let Some(code) = possible(claims.of_document) {
        return held_against(code, (text, script), beside);
    }
    let beside = || script.and_then(|_| beside()).map(|shown| shown.code);
    let beside = || beside().filter(is_possible);
    from_text(text, script)
        .or_else(beside)
        .unwrap_or_else(|| "und".to_owned())
}

/// The language that a document claims, or the one that the words of its items show instead: of this one, or where it
/// is too short to show any, of all.
fn held_against(
    claim: String,
    (text, script): (&str, Option<Script>),
    beside: impl FnOnce() -> Option<Shown>,
) -> String {
    if !script.is_some_and(|script| can_be_refuted(&claim, script)) {
        return claim;
    }
    let shown = beside();
    if shown.as_ref().is_some_and(|shown| shown.code == claim) {
        return claim;
    }
    let own = match letters_of(text) >= ENOUGH_TO_REFUTE {
        true => from_text(text, script),
        false => None,
    };
    let own = own.filter(|code| *code == claim || has_small_word(code, text));
    let shown = shown.filter(|shown| shown.is_sure).map(|shown| shown.code);
    let refuting = |code: &String| code == &claim || refutes(code, &claim);
    own.or(shown).filter(refuting).unwrap_or(claim)
}

/// True for a claim that words in this script can contradict.
fn can_be_refuted(claim: &str, script: Script) -> bool {
    script == Script::Latin && can_be_written_in(claim, script) && group_of(claim).is_some()
}

/// The text with half-width kana as kana: whatlang takes them for Hangul.
fn wide(text: &str) -> Cow<'_, str> {
    match text.contains(|c| matches!(c, '\u{ff61}'..='\u{ff9f}')) {
        true => Cow::Owned(text.nfkc().collect()),
        false => Cow::Borrowed(text),
    }
}

/// The language that the texts of a feed show together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Two letters.
    pub code: String,
    /// True if they are enough, and plain enough, to contradict what the feed says.
    pub is_sure: bool,
}

impl Shown {
    /// True if it contradicts a claim, also as two letters.
    pub fn refutes(&self, claim: &str) -> bool {
        self.is_sure && group_of(claim).is_some() && refutes(&self.code, claim)
    }
}

/// The language that the texts of a feed show together, each of which may be too short to tell. `None` unless all of them
/// show it well, and each half, taken in turn, shows the same: a feed of two languages shows none.
pub fn shown_by<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Shown> {
    let mut halves = [String::new(), String::new()];
    let mut taken = Vec::new();
    for text in texts {
        let [shorter, longer] = &mut halves;
        if shorter.len() >= ENOUGH_TOGETHER {
            break;
        }
        shorter.push_str(&wide(head(text)));
        shorter.push('\n');
        taken.push(head(text));
        std::mem::swap(shorter, longer);
    }
    let guessed = |text: &str| guess(text, whatlang::detect_script(text));
    let (code, confidence) = guessed(&halves.concat())?;
    let is_so = |half: &String| guessed(half).is_some_and(|(shown, _)| shown == code);
    let is_shown = confidence >= SURE_ENOUGH_THRICE && halves.iter().all(is_so);
    let is_long = |half: &String| half.len() >= ENOUGH_TO_REFUTE_TOGETHER;
    let are_words = || {
        let with = taken.iter().filter(|text| has_small_word(code, text));
        with.count() * SHARE_WITH_SMALL >= taken.len()
    };
    is_shown.then(|| Shown {
        code: code.to_owned(),
        is_sure: confidence >= SURE_ENOUGH && halves.iter().all(is_long) && are_words(),
    })
}

/// The two-letter code of a language tag (`en-US`, `eng`, `English`, `zh_Hans`); `None` if it
/// names no language.
pub fn two_letters(tag: &str) -> Option<String> {
    let word: String = tag
        .trim()
        .chars()
        .take_while(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect();
    let code = match word.as_str() {
        "" | "und" | "mul" | "zxx" | "xx" => return None,
        "iw" => "he",
        "in" => "id",
        "ji" => "yi",
        "mo" => "ro",
        "nb" | "nn" => "no",
        "sh" | "scc" => "sr",
        two if is_code(two) => two,
        other => codes::longer(other)?,
    };
    Some(code.to_owned())
}

/// So much of a text at least, counted as letters of words, is in the script of the language that it is in, however many
/// names of products and people stand in it in Latin letters: `iPhone 17 Pro Max 今日开售`.
const TOLD_SHARE: usize = 4;
/// Letters of Latin words that one of a script without spaces stands for.
const LETTERS_OF_ONE: usize = 3;

/// True if a good part of a text is in a script of this language, which is not written in Latin letters.
fn is_told_in(code: &str, text: &str) -> bool {
    if can_be_written_in(code, Script::Latin) {
        return false;
    }
    let (mut told, mut all) = (0, 0);
    let mut room = [0; 4];
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        let weight = if is_unspaced(c) { LETTERS_OF_ONE } else { 1 };
        let script = match c.is_ascii() {
            true => Some(Script::Latin),
            false => whatlang::detect_script(c.encode_utf8(&mut room)),
        };
        all += weight;
        if script.is_some_and(|script| can_be_written_in(code, script)) {
            told += weight;
        }
    }
    told * TOLD_SHARE >= all && told > 0
}

/// False only where a language is never written in that script.
fn can_be_written_in(code: &str, script: Script) -> bool {
    let scripts: &[Script] = match code {
        "ru" | "bg" | "be" | "mk" | "mn" | "ky" | "tg" => &[Script::Cyrillic],
        "uk" => &[Script::Cyrillic],
        "sr" | "kk" | "bs" | "uz" | "az" | "tk" => {
            &[Script::Cyrillic, Script::Latin, Script::Arabic]
        }
        "el" => &[Script::Greek],
        "he" | "yi" => &[Script::Hebrew],
        "ar" | "fa" | "ur" | "ps" | "ug" | "sd" => &[Script::Arabic],
        "ku" | "ms" | "ha" => &[Script::Arabic, Script::Latin, Script::Cyrillic],
        "ja" => &[Script::Hiragana, Script::Katakana, Script::Mandarin],
        "zh" => &[Script::Mandarin],
        "ko" => &[Script::Hangul, Script::Mandarin],
        "th" => &[Script::Thai],
        "hi" | "mr" | "ne" | "sa" => &[Script::Devanagari],
        "bn" | "as" => &[Script::Bengali],
        "ta" => &[Script::Tamil],
        "te" => &[Script::Telugu],
        "kn" => &[Script::Kannada],
        "ml" => &[Script::Malayalam],
        "gu" => &[Script::Gujarati],
        "pa" => &[Script::Gurmukhi, Script::Arabic],
        "or" => &[Script::Oriya],
        "si" => &[Script::Sinhala],
        "km" => &[Script::Khmer],
        "my" => &[Script::Myanmar],
        "ka" => &[Script::Georgian],
        "hy" => &[Script::Armenian],
        "am" | "ti" => &[Script::Ethiopic],
        "en" | "de" | "fr" | "es" | "it" | "pt" | "sv" | "no" | "da" | "fi" | "nl" | "pl"
        | "tr" | "cs" | "sk" | "hu" | "ro" | "hr" | "sl" | "et" | "lv" | "lt" | "is" | "ca"
        | "gl" | "eu" | "ga" | "cy" | "mt" | "sq" | "af" | "sw" | "id" | "vi" | "tl" => {
            &[Script::Latin]
        }
        _ => return true,
    };
    scripts.contains(&script)
}

fn from_text(text: &str, script: Option<Script>) -> Option<String> {
    let code = from_script(text, script?).or_else(|| {
        let guessed = (letters_of(text) >= ENOUGH_LETTERS).then(|| guess(text, script))?;
        let sure = guessed.filter(|(_, confidence)| *confidence >= SURE_ENOUGH);
        sure.map(|(code, _)| code)
    });
    code.map(str::to_owned)
}

fn letters_of(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

/// The likeliest language, and how sure that is, from 0 to 1.
fn guess(text: &str, script: Option<Script>) -> Option<(&'static str, f64)> {
    let script = script?;
    if let Some(code) = from_script(text, script) {
        return Some((code, 1.0));
    }
    if script == Script::Latin && is_plainly_english(text) {
        return Some(("en", 1.0));
    }
    let info = whatlang::detect(text)?;
    Some((code_of(info.lang())?, info.confidence()))
}

/// Small words of English that hardly another language has.
const ENGLISH_ALONE: [&str; 33] = [
    "the", "and", "with", "from", "that", "which", "were", "has", "have", "been", "would", "said",
    "says", "its", "his", "their", "they", "who", "than", "this", "into", "about", "when", "how",
    "why", "what", "you", "your", "our", "had", "her", "after", "before",
];
/// Others, which stand in other languages too.
const ENGLISH_TOO: [&str; 17] = [
    "of", "to", "in", "for", "is", "on", "by", "at", "as", "it", "an", "be", "he", "but", "was",
    "are", "will",
];
/// Of 53,000 headlines in six other languages of Latin letters, so many small words, which are a quarter of all,
/// show English in one, which is English.
const ENOUGH_SMALL: usize = 5;
const ENOUGH_ALONE: usize = 3;

/// True if a text is English by its small words. Most feeds that name no language are in English, and to hold their
/// items against forty languages took two thirds of the time of reading a document.
fn is_plainly_english(text: &str) -> bool {
    let (mut words, mut alone, mut too) = (0, 0, 0);
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let is_in = |list: &[&str]| list.iter().any(|small| small.eq_ignore_ascii_case(word));
        words += usize::from(!word.is_empty());
        if (2..=6).contains(&word.len()) {
            let is_alone = is_in(&ENGLISH_ALONE);
            alone += usize::from(is_alone);
            too += usize::from(!is_alone && is_in(&ENGLISH_TOO));
        }
    }
    let small = alone + too;
    alone >= ENOUGH_ALONE && small >= ENOUGH_SMALL && small * 4 >= words
}

/// The language of a script that only one language is written in, near enough.
fn from_script(text: &str, script: Script) -> Option<&'static str> {
    Some(match script {
        Script::Hiragana | Script::Katakana => "ja",
        Script::Hangul => "ko",
        Script::Thai => "th",
        Script::Greek => "el",
        Script::Mandarin if has_kana(text) => "ja",
        Script::Mandarin => "zh",
        _ => return None,
    })
}

fn has_kana(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3041}'..='\u{30ff}'))
}

fn code_of(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Epo => "eo",
        Lang::Eng => "en",
        Lang::Rus => "ru",
        Lang::Cmn => "zh",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Ben => "bn",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ukr => "uk",
        Lang::Kat => "ka",
        Lang::Ara => "ar",
        Lang::Hin => "hi",
        Lang::Jpn => "ja",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Pol => "pl",
        Lang::Amh => "am",
        Lang::Jav => "jv",
        Lang::Kor => "ko",
        Lang::Nob => "no",
        Lang::Dan => "da",
        Lang::Swe => "sv",
        Lang::Fin => "fi",
        Lang::Tur => "tr",
        Lang::Nld => "nl",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Ell => "el",
        Lang::Bul => "bg",
        Lang::Bel => "be",
        Lang::Mar => "mr",
        Lang::Kan => "kn",
        Lang::Ron => "ro",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tam => "ta",
        Lang::Vie => "vi",
        Lang::Urd => "ur",
        Lang::Tha => "th",
        Lang::Guj => "gu",
        Lang::Uzb => "uz",
        Lang::Pan => "pa",
        Lang::Aze => "az",
        Lang::Ind => "id",
        Lang::Tel => "te",
        Lang::Pes => "fa",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Sin => "si",
        Lang::Khm => "km",
        Lang::Tuk => "tk",
        Lang::Aka => "ak",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Slk => "sk",
        Lang::Cat => "ca",
        Lang::Tgl => "tl",
        Lang::Hye => "hy",
        _ => return None,
    })
}

/// The first 1,000 bytes or so: more text does not change the answer, only the time it takes.
fn head(text: &str) -> &str {
    let mut end = text.len().min(1_000);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str =
        "The council voted late on Monday to keep the old bridge open until the new one is built.";
    const GERMAN: &str = "Der Rat hat am späten Montag beschlossen, die alte Brücke offen zu halten, bis die neue steht.";
    const RUSSIAN: &str =
        "Совет поздно вечером решил оставить старый мост открытым, пока не построят новый.";

    fn of([own, of_document]: [Option<&str>; 2], text: &str) -> String {
        let claims = Claims {
            own,
            set: None,
            of_document,
        };
        detect(claims, text, || None)
    }

    #[test]
    fn half_width_kana_are_japanese() {
        assert_eq!(of([Some("ja"), None], "ﾄﾖﾀ自動車 ﾊｲﾌﾞﾘｯﾄﾞ車"), "ja");
        assert_eq!(of([None, None], "ＮＴＴ、ﾃﾞｰﾀｾﾝﾀｰ新設"), "ja");
    }

    #[test]
    fn the_claim_of_the_item_comes_before_that_of_the_feed() {
        assert_eq!(of([Some("de-DE"), Some("en")], GERMAN), "de");
        assert_eq!(of([None, Some("en-us")], "Bank cuts rate"), "en");
    }

    #[test]
    fn words_refute_what_a_document_claims_and_nothing_else() {
        assert_eq!(of([None, Some("en-US")], GERMAN), "de");
        assert_eq!(of([None, Some("de")], ENGLISH), "en");
        assert_eq!(of([Some("en-US"), Some("de")], GERMAN), "en");
        let set = Claims {
            set: Some("en"),
            ..Claims::default()
        };
        assert_eq!(detect(set, GERMAN, || None), "en");
        let danish =
            "Regeringen vil bygge en ny bro over sundet, siger ministeren til avisen i København.";
        assert_eq!(of([None, Some("no")], danish), "no", "a neighbour");
        assert_eq!(of([None, Some("lb")], GERMAN), "lb", "known by no words");
        let of_german_feed = Claims {
            of_document: Some("en-US"),
            ..Claims::default()
        };
        let shown = |code: &str, is_sure: bool| {
            let code = code.to_owned();
            Some(Shown { code, is_sure })
        };
        let short = |text: &str| detect(of_german_feed, text, || shown("de", true));
        assert_eq!(short("Bank senkt Zins"), "de");
        assert_eq!(short(ENGLISH), "en");
        let doubtful = || shown("de", false);
        assert_eq!(detect(of_german_feed, "Bank senkt Zins", doubtful), "en");
        let english = || shown("en", false);
        assert_eq!(detect(of_german_feed, GERMAN, english), "en");
    }

    #[test]
    fn a_script_that_a_language_is_never_written_in_refutes_the_claim() {
        assert_eq!(of([Some("en"), Some("en")], RUSSIAN), "ru");
        assert_eq!(of([None, Some("en")], "銀行が利下げを決めた"), "ja");
        assert_eq!(of([None, Some("ru")], ENGLISH), "en");
    }

    #[test]
    fn names_in_latin_letters_do_not_refute_a_claim() {
        for (claim, text) in [
            ("zh-CN", "OpenAI CEO Sam Altman 宣布 GPT-5 发布"),
            ("zh", "iPhone 17 Pro Max 今日开售"),
            ("ja", "Microsoft Copilot Studioを発売"),
            ("ko", "OpenAI CEO Sam Altman 방한"),
            ("ru", "Microsoft Windows обновлена"),
            ("ar", "Manchester City يفوز بالكأس"),
            ("th", "Samsung Galaxy S26 Ultra เปิดตัว"),
            ("el", "Windows Copilot στην Ελλάδα"),
        ] {
            assert_eq!(of([None, Some(claim)], text), claim[..2], "{text}");
        }
        let quoted = "The president (习近平) met the delegation of the council on Monday evening";
        assert_ne!(of([None, Some("zh")], quoted), "zh");
    }

    #[test]
    fn without_a_claim_the_text_tells() {
        assert_eq!(of([None, None], ENGLISH), "en");
        assert_eq!(of([None, None], GERMAN), "de");
        assert_eq!(of([None, None], "법원이 장관을 구속했다"), "ko");
        assert_eq!(of([None, None], "银行宣布降息"), "zh");
    }

    #[test]
    fn little_text_and_no_claim_is_no_language() {
        assert_eq!(of([None, None], "Bank"), "und");
        assert_eq!(of([None, None], ""), "und");
        assert_eq!(of([Some(""), Some("x-default")], "42"), "und");
    }

    #[test]
    fn tags_of_every_shape_name_a_language() {
        for (tag, code) in [
            ("en-US", "en"),
            ("EN", "en"),
            ("zh_Hans_CN", "zh"),
            ("eng", "en"),
            ("English", "en"),
            ("nb-NO", "no"),
            ("iw", "he"),
            ("pt-BR", "pt"),
            (" fr ", "fr"),
        ] {
            assert_eq!(two_letters(tag).as_deref(), Some(code), "{tag}");
        }
        assert_eq!(two_letters("und"), None);
        for none in ["klingon", "zz-99", "jp"] {
            assert_eq!(two_letters(none), None, "{none}");
        }
    }
}
