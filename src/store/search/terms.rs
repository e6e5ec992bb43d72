//! What the index is asked for and fed with. Its tokenizer cuts at whatever is neither letter nor number,
//! and knows no places: so marks that combine with a letter go, at which it would cut Hindi or Arabic words
//! apart, and scripts that put no space between words are cut into pairs of letters, as clustering does. Letters
//! that are written for each other are one: it knows only those of Latin script.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::words::{is_unspaced, plain_digit};

/// Words looked for at most, and pairs of letters; more than that is no search.
const MOST_WORDS: usize = 12;
const MOST_TERMS: usize = 24;

/// How the index was fed at a time: what it is to forget it finds by that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Filing {
    /// Before schema 14: texts as they stand.
    Plain,
    /// From schema 14 on: cut.
    Cut,
    /// From schema 18 on: cut, letters made one.
    Folded,
}

/// A text as the index is fed with it; as it stands if the tokenizer cuts it well.
pub(in crate::store) fn fed(text: &str, filing: Filing) -> Cow<'_, str> {
    let is_cut = |c: char| is_combining_mark(c) || is_unspaced(c);
    let stays = match filing {
        Filing::Plain => true,
        Filing::Cut => !text.contains(is_cut),
        Filing::Folded => !text.contains(|c| is_cut(c) || is_wide(c) || fold(c) != Some(c)),
    };
    if stays {
        return Cow::Borrowed(text);
    }
    let mut cut = String::with_capacity(text.len() * 2);
    for stretch in stretches(text, filing) {
        match stretch {
            Stretch::Spaced(words) => cut.push_str(&words),
            Stretch::Unspaced(letters) => {
                let last = letters.last();
                let pairs = letters.windows(2).map(String::from_iter);
                for term in pairs.chain(last.map(char::to_string)) {
                    cut.push(' ');
                    cut.push_str(&term);
                }
                cut.push(' ');
            }
        }
    }
    Cow::Owned(cut)
}

/// What was typed as an expression of FTS5 in which nothing but the words means anything; `None` if it holds
/// no word. `is_begun` takes the last one as the beginning of a word.
pub(super) fn asked(typed: &str, is_begun: bool) -> Option<String> {
    let words = typed.split_whitespace().take(MOST_WORDS);
    let mut terms: Vec<String> = words
        .flat_map(|word| stretches(word, Filing::Folded))
        .flat_map(Stretch::terms)
        .take(MOST_TERMS)
        .collect();
    let last = terms.last_mut()?;
    if is_begun && !last.ends_with('*') {
        last.push('*');
    }
    Some(terms.join(" "))
}

/// A part of a text, without marks.
enum Stretch {
    /// Of scripts with spaces, with all that stands between its words.
    Spaced(String),
    /// Letters of one run of a script without.
    Unspaced(Vec<char>),
}

impl Stretch {
    fn terms(self) -> Vec<String> {
        match self {
            Stretch::Spaced(words) => words
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(|word| format!("\"{word}\""))
                .collect(),
            // One letter alone begins the pairs that it stands in.
            Stretch::Unspaced(letters) if letters.len() == 1 => {
                vec![format!("\"{}\"*", letters[0])]
            }
            Stretch::Unspaced(letters) => letters
                .windows(2)
                .map(|pair| format!("\"{}{}\"", pair[0], pair[1]))
                .collect(),
        }
    }
}

fn stretches(text: &str, filing: Filing) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    let is_folded = filing == Filing::Folded;
    let composed: String = match is_folded && text.contains(is_wide) {
        true => text.nfkc().collect(),
        false => text.nfc().collect(),
    };
    let letters = composed.chars().filter(|c| !is_combining_mark(*c));
    for c in letters.filter_map(|c| if is_folded { fold(c) } else { Some(c) }) {
        let is_letter = is_unspaced(c) && c.is_alphanumeric();
        match found.last_mut() {
            Some(Stretch::Unspaced(letters)) if is_letter => letters.push(c),
            Some(Stretch::Spaced(words)) if !is_letter => words.push(c),
            _ if is_letter => found.push(Stretch::Unspaced(vec![c])),
            _ => found.push(Stretch::Spaced(c.to_string())),
        }
    }
    found
}

/// Letters of full or half width.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{ff01}'..='\u{ffef}')
}

/// One letter for those that are written for each other; `None` for what only draws letters out.
fn fold(c: char) -> Option<char> {
    Some(match c {
        c if c < '\u{130}' => c,
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ؤ' => 'و',
        'ئ' | 'ى' | 'ی' => 'ي',
        'ة' | 'ۀ' | 'ہ' | 'ھ' => 'ه',
        'ک' => 'ك',
        'ـ' => return None,
        'İ' | 'ı' => 'i',
        'ς' => 'σ',
        'ё' | 'Ё' => 'е',
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => c.nfd().next().unwrap_or(c),
        c => plain_digit(c),
    })
}
