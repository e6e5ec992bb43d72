//! Words of a text in any script: cut, folded to a form in which spellings meet, and hashed.
//!
//! Han, kana, Hangul, Thai, Lao, Khmer and Burmese are cut into pairs of neighbouring characters,
//! because no dictionary is carried. It knows no stop words: what is common weighs nothing by the
//! tables of `cluster`.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One word as it stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word as written, without outer punctuation.
    pub written: &'a str,
    /// True at the start of the text and after anything that may end a sentence or open a
    /// quotation: a capital letter says nothing there.
    pub opens_sentence: bool,
    /// True for two neighbouring characters of a script that puts no space between words.
    pub is_bigram: bool,
}

impl Word<'_> {
    /// Where it stands in the text that it was cut from, in bytes.
    pub fn place_in(&self, text: &str) -> Range<usize> {
        let start = self.written.as_ptr() as usize - text.as_ptr() as usize;
        start..start + self.written.len()
    }
}

/// Words that were cut from a text, in reading order, each with what stands between it and the one before; nothing where
/// pairs of characters overlap.
pub fn with_gaps<'a>(
    text: &'a str,
    words: impl Iterator<Item = Word<'a>>,
) -> impl Iterator<Item = (Word<'a>, &'a str)> {
    let mut read_to = 0;
    words.map(move |word| {
        let place = word.place_in(text);
        let gap = text.get(read_to..place.start).unwrap_or_default();
        read_to = place.end;
        (word, gap)
    })
}

/// A word in lower case, in the form of Unicode's NFKC.
pub fn lower_word(written: &str) -> String {
    match written.is_ascii() {
        true => written.to_ascii_lowercase(),
        false => written.nfkc().flat_map(char::to_lowercase).collect(),
    }
}

/// Cuts a text into words, in reading order. Decimals, inner apostrophes and dotted initials
/// (`U.S.`) stay whole.
pub fn split_words(text: &str) -> Words<'_> {
    Words {
        text,
        at: 0,
        opens: true,
    }
}

/// The words of four letters and more, pairs of characters of a script without spaces, and numbers; each spelt one way.
pub fn weighty_words(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = split_words(text).filter(|word| {
        let letters = word.written.chars().count();
        word.is_bigram || letters > 3 || word.written.starts_with(char::is_numeric)
    });
    words.map(|word| {
        let mut folded = String::new();
        fold_word(word.written, &mut folded);
        folded
    })
}

/// The iterator of [`split_words`].
#[derive(Clone, Debug)]
pub struct Words<'a> {
    text: &'a str,
    at: usize,
    opens: bool,
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let (start, first) = self.skip_to_word()?;
        let opens_sentence = std::mem::take(&mut self.opens);
        if is_unspaced(first) {
            return Some(self.take_bigram(start, first, opens_sentence));
        }
        let end = initials_end(&self.text[start..])
            .map_or_else(|| word_end(self.text, start), |length| start + length);
        self.at = end;
        Some(Word {
            written: &self.text[start..end],
            opens_sentence,
            is_bigram: false,
        })
    }
}

impl<'a> Words<'a> {
    fn skip_to_word(&mut self) -> Option<(usize, char)> {
        let mut before = if self.at == 0 { ' ' } else { 'a' };
        for (offset, c) in self.text[self.at..].char_indices() {
            if is_word_char(c) {
                return Some((self.at + offset, c));
            }
            let closes_quotation = c == '"' && before != ' ' || c == '”';
            self.opens |= ends_sentence(c) && !closes_quotation;
            before = c;
        }
        self.at = self.text.len();
        None
    }

    /// Stays on the second character, so that the next pair overlaps; a lone character is a word.
    fn take_bigram(&mut self, start: usize, first: char, opens_sentence: bool) -> Word<'a> {
        let second_at = start + written_length(&self.text[start..], first);
        let follows = |at: usize| self.text[at..].chars().next().filter(|c| is_unspaced(*c));
        let second = follows(second_at);
        let length = |c| written_length(&self.text[second_at..], c);
        let end = second_at + second.map_or(0, length);
        self.at = match second.is_some() && follows(end).is_some() {
            true => second_at,
            false => end,
        };
        Word {
            written: &self.text[start..end],
            opens_sentence,
            is_bigram: true,
        }
    }
}

/// Bytes of the character that `text` begins with, together with the vowels and marks that are written around it
/// in Thai, Lao, Burmese and Khmer: alone they say as much as a letter.
fn written_length(text: &str, first: char) -> usize {
    let mut length = first.len_utf8();
    let mut rest = text[length..].chars().peekable();
    if is_leading_vowel(first)
        && let Some(base) = rest.next_if(|c| is_unspaced(*c))
    {
        length += base.len_utf8();
    }
    while let Some(mark) = rest.next_if(|c| is_unspaced(*c) && is_written_around(*c)) {
        length += mark.len_utf8();
    }
    length
}

fn is_leading_vowel(c: char) -> bool {
    matches!(u32::from(c), 0x0E40..=0x0E44 | 0x0EC0..=0x0EC4)
}

fn is_written_around(c: char) -> bool {
    is_combining_mark(c)
        || matches!(
            u32::from(c),
            0x0E30 | 0x0E32 | 0x0E33 | 0x0E45 | 0x0EB0 | 0x0EB2 | 0x0EB3
        )
}

fn word_end(text: &str, start: usize) -> usize {
    let mut chars = text[start..].char_indices().peekable();
    let mut previous = ' ';
    while let Some((offset, c)) = chars.next() {
        let joins = match c {
            '\'' | '’' => previous.is_alphabetic() && next_is(&mut chars, char::is_alphabetic),
            '.' | ',' => previous.is_numeric() && next_is(&mut chars, char::is_numeric),
            _ => is_word_char(c) && !is_unspaced(c),
        };
        if !joins {
            return start + offset;
        }
        previous = c;
    }
    text.len()
}

fn next_is(
    chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>,
    holds: fn(char) -> bool,
) -> bool {
    chars.peek().is_some_and(|(_, c)| holds(*c))
}

/// The length of dotted initials at the start of `text`, such as `U.S.` or `U.A.E`.
fn initials_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut letters = 0;
    while bytes.get(letters * 2).is_some_and(u8::is_ascii_uppercase)
        && bytes.get(letters * 2 + 1) == Some(&b'.')
    {
        letters += 1;
    }
    let last_has_no_dot = bytes.get(letters * 2).is_some_and(u8::is_ascii_uppercase)
        && !bytes
            .get(letters * 2 + 1)
            .is_some_and(|b| b.is_ascii_alphanumeric() || !b.is_ascii());
    match (letters, last_has_no_dot) {
        (0 | 1, false) | (0, true) => None,
        (_, true) => Some(letters * 2 + 1),
        (_, false) => Some(letters * 2),
    }
}

fn is_word_char(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric()
    } else {
        c.is_alphanumeric() || is_combining_mark(c)
    }
}

fn ends_sentence(c: char) -> bool {
    !matches!(
        c,
        ' ' | ',' | '-' | '\'' | '’' | '(' | ')' | '/' | '&' | '$' | '%' | '#'
    )
}

/// True for scripts that put no space between words, and for Hangul, whose particles stick to
/// the word before them.
pub fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
}

/// Writes the folded form of a word into `folded` (cleared first): lower case, digits of any script as ASCII,
/// marks and apostrophes stripped where they are not letters, possessive and plural endings off, endings of
/// Slavic names made one; of Arabic the article and common endings, of Devanagari a last vowel sign.
pub fn fold_word(written: &str, folded: &mut String) {
    folded.clear();
    if written.is_ascii() {
        if written.starts_with(|c: char| c.is_ascii_digit()) && written.contains(['.', ',']) {
            return fold_number(written, folded);
        }
        folded.extend(
            written
                .bytes()
                .filter(|b| !matches!(b, b'\'' | b'.' | b','))
                .map(|b| char::from(b.to_ascii_lowercase())),
        );
        if written.ends_with("'s") || written.ends_with("'S") {
            folded.pop();
        }
    } else {
        let bare = written
            .strip_suffix("’s")
            .or_else(|| written.strip_suffix("'s"))
            .unwrap_or(written);
        folded.extend(
            bare.nfkd()
                .filter(|c| !(is_accent(*c) || matches!(c, '\'' | '’')))
                .flat_map(char::to_lowercase)
                .map(spell_one_way),
        );
    }
    match folded.chars().next() {
        Some('\u{0600}'..='\u{06FF}') => strip_arabic(folded),
        Some('\u{0900}'..='\u{097F}') => strip_devanagari(folded),
        _ if folded.is_ascii() => strip_endings(folded),
        _ => {}
    }
}

/// A number as one language writes it and another: `1,000` and `1.000` are a thousand, `6.9` and `6,9` less than
/// seven. What three digits follow parts thousands; else the last mark of its kind begins the decimals.
fn fold_number(written: &str, folded: &mut String) {
    let digits = written
        .bytes()
        .take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    let (number, rest) = written.split_at(digits.count());
    let last = number.rfind(['.', ',']).unwrap_or(number.len());
    let mark = number[last..].get(..1).unwrap_or_default();
    let parts_thousands = number.len() == last + 4 && !number.starts_with('0');
    let is_decimal = !parts_thousands && number.matches(mark).count() == 1;
    for (at, digit) in number.char_indices() {
        match digit {
            '.' | ',' if at == last && is_decimal => folded.push('.'),
            '.' | ',' => {}
            digit => folded.push(digit),
        }
    }
    folded.push_str(&rest.to_ascii_lowercase());
}

/// True for marks that may be left out. Without others a word is another one: vowel signs of India and its
/// neighbours, tones of Thai, the voicing of kana; not the dot that marks sounds of Persian in Devanagari.
pub fn is_accent(c: char) -> bool {
    let is_letter_like = matches!(u32::from(c), 0x0900..=0x093B | 0x093D..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3099 | 0x309A);
    is_combining_mark(c) && !is_letter_like
}

/// Zeros of the scripts that have digits of their own in news.
const ZEROS: [u32; 12] = [
    0x0660, 0x06F0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50, 0x1040,
];

/// One letter for those that are written for each other, and one kind of digits.
fn spell_one_way(c: char) -> char {
    match c {
        'ى' | 'ی' => 'ي',
        'ة' | 'ہ' | 'ھ' => 'ه',
        'ک' => 'ك',
        'ٱ' => 'ا',
        'ँ' => 'ं',
        c if c < '\u{0660}' => c,
        c => plain_digit(c),
    }
}

/// A digit of any script that news is written in as its plain one; what is no digit as it is.
pub fn plain_digit(c: char) -> char {
    let value_from = |zero: &u32| u32::from(c).checked_sub(*zero).filter(|value| *value < 10);
    let value = ZEROS.iter().find_map(value_from);
    value
        .and_then(|value| char::from_digit(value, 10))
        .unwrap_or(c)
}

/// The article with what is written before it, and the commonest endings (those of the stemmer "light10" of Larkey,
/// Ballesteros and Connell, 2007, and that of lands); three letters stay.
fn strip_arabic(word: &mut String) {
    let keeps = |rest: &str| rest.chars().nth(2).is_some();
    for beginning in ["وال", "بال", "كال", "فال", "لل", "ال"] {
        if let Some(rest) = word.strip_prefix(beginning).filter(|rest| keeps(rest)) {
            *word = rest.to_owned();
            break;
        }
    }
    // Of `إيران` and `الإيرانية` the same is left.
    for endings in [&["ها", "يه", "يا", "ه", "ي"][..], &["ان", "ات", "ون", "ين"]] {
        let bare = endings
            .iter()
            .find_map(|ending| word.strip_suffix(ending).filter(|rest| keeps(rest)));
        if let Some(bare) = bare {
            word.truncate(bare.len());
        }
    }
}

/// Endings of number and case are vowel signs and a nasal; two characters stay.
fn strip_devanagari(word: &mut String) {
    let is_sign = |c: char| matches!(u32::from(c), 0x0902 | 0x093E..=0x094C);
    let bare = word.trim_end_matches(is_sign);
    if bare.chars().nth(1).is_some() {
        word.truncate(bare.len());
    }
}

/// Light on purpose: a stemmer that also cuts verbs gained nothing on headlines.
fn strip_endings(word: &mut String) {
    let length = word.len();
    if length >= 6 {
        for ending in ["yy", "iy", "ij", "yj", "ii"] {
            if word.ends_with(ending) {
                word.truncate(length - 2);
                word.push('y');
                return;
            }
        }
    }
    if length < 4 || !word.ends_with('s') || word.as_bytes()[0].is_ascii_digit() {
        return;
    }
    if length >= 5 && word.ends_with("ies") {
        word.truncate(length - 3);
        word.push('y');
    } else if !(word.ends_with("ss") || word.ends_with("us") || word.ends_with("is")) {
        word.truncate(length - 1);
    }
}

/// A hash of the folded form that is the same in every version and on every machine (32 bits of
/// FNV-1a, mixed).
pub fn hash_word(folded: &str) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in folded.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mix(hash)
}

/// Spreads 64 bits over all of them (the finalizer of SplitMix64).
pub fn spread(bits: u64) -> u64 {
    let bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

/// Folds 64 bits into 32 well spread ones.
pub fn mix(hash: u64) -> u32 {
    let spread = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (spread >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        split_words(text)
            .map(|word| word.written.to_owned())
            .collect()
    }

    fn folded(written: &str) -> String {
        let mut out = String::new();
        fold_word(written, &mut out);
        out
    }

    #[test]
    fn words_keep_decimals_apostrophes_and_initials() {
        assert_eq!(
            cut("U.S. won't pay $1.2bn, Trump-Putin talks"),
            ["U.S.", "won't", "pay", "1.2bn", "Trump", "Putin", "talks"]
        );
        assert_eq!(cut("Vitamin A. Then"), ["Vitamin", "A", "Then"]);
        assert_eq!(cut("in U.A.E"), ["in", "U.A.E"]);
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_pairs() {
        assert_eq!(cut("首脑会晤"), ["首脑", "脑会", "会晤"]);
        assert_eq!(cut("東京 5"), ["東京", "5"]);
        assert_eq!(cut("年"), ["年"]);
    }

    #[test]
    fn vowels_and_tones_stay_with_the_letter_that_they_are_written_around() {
        assert_eq!(cut("น้ำท่วม"), ["น้ำท่", "ท่ว", "วม"]);
        assert_eq!(cut("ไฟไหม้"), ["ไฟไห", "ไหม้"]);
        assert_eq!(cut("ပြည်"), ["ပြည်"]);
    }

    #[test]
    fn marks_that_are_letters_stay_and_others_go() {
        for (written, other) in [
            ("कार", "कर"),
            ("がく", "かく"),
            ("ใกล้", "ใกล"),
            ("مدير", "مدور"),
        ] {
            assert_ne!(folded(written), folded(other), "{written}");
        }
        for (written, other) in [
            ("धमाके", "धमाका"),
            ("ज़मीन", "जमीन"),
            ("पाँच", "पांच"),
            ("الزلزال", "زلزال"),
            ("الإيرانية", "إيران"),
            ("الأوكرانية", "أوكرانيا"),
            ("فلسطيني", "فلسطين"),
            ("مُحَمَّد", "محمد"),
            ("٢٠٢٥", "2025"),
            ("२०२५", "2025"),
            ("ایران", "ايران"),
        ] {
            assert_eq!(folded(written), folded(other), "{written}");
        }
    }

    #[test]
    fn spellings_of_one_word_meet() {
        for (written, form) in [
            ("Zelenskyy", "zelensky"),
            ("Zelenskiy", "zelensky"),
            ("U.S.", "us"),
            ("Russia's", "russia"),
            ("Russia’s", "russia"),
            ("tariffs", "tariff"),
            ("São", "sao"),
            ("1,000", "1000"),
            ("3.5", "3.5"),
            ("6,9", "6.9"),
            ("1.000", "1000"),
            ("1,234.50", "1234.50"),
            ("1.234.567,8", "1234567.8"),
            ("0.125", "0.125"),
            ("1.2BN", "1.2bn"),
            ("countries", "country"),
        ] {
            assert_eq!(folded(written), form, "{written}");
        }
    }

    #[test]
    fn a_capital_says_nothing_where_a_sentence_opens() {
        let opens: Vec<bool> = split_words("Talks end. \"No deal,\" says Trump")
            .map(|word| word.opens_sentence)
            .collect();
        assert_eq!(opens, [true, false, true, false, false, false]);
    }
}
