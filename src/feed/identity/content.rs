//! When two states of an item are the same: after white space, references, tracking parameters
//! and the shape of quotation marks are levelled.

use std::sync::LazyLock;

use regex::Regex;
use sha2::{Digest, Sha256};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::feed::doctype::Entities;
use crate::feed::entities::decode_entities;

/// Parameters that say where a reader came from.
static TRACKING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)([?&])(utm_[a-z]+|at_[a-z_]+|fbclid|gclid|cmp|ns_[a-z]+|xtor|ref|rss|src)=[^\s&#]*",
    )
    .expect("the pattern is valid")
});

/// The text with everything levelled that is not content, and without signs of a question or an address at its end: what
/// an item is known by.
pub(super) fn normalised(text: &str) -> String {
    let (mut level, _) = level(text);
    level.truncate(level.trim_end_matches([' ', '?', '&']).len());
    level
}

/// The text with everything levelled that is not content. `Minister dead?` and `Minister dead` are two things to say.
fn as_told(text: &str) -> String {
    let (mut level, was_tracked) = level(text);
    // What is left of an address when its tracking parameters are gone.
    let ends: &[char] = if was_tracked {
        &[' ', '?', '&']
    } else {
        &[' ']
    };
    level.truncate(level.trim_end_matches(ends).len());
    level
}

/// Levelled but for the end, and whether tracking parameters were left out.
fn level(text: &str) -> (String, bool) {
    let text = decode_entities(text, &Entities::default());
    let was_tracked = text.contains("://") && TRACKING.is_match(&text);
    let text = match was_tracked {
        true => TRACKING.replace_all(&text, "$1"),
        false => text,
    };
    // Most texts are composed already, and composing costs more than all the rest.
    let level = match text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        true => level_chars(text.chars(), text.len()),
        false => level_chars(text.nfc(), text.len()),
    };
    (level, was_tracked)
}

fn level_chars(chars: impl Iterator<Item = char>, bytes: usize) -> String {
    let mut level = String::with_capacity(bytes);
    let mut in_space = true;
    for c in chars.map(levelled) {
        let is_space = c.is_whitespace();
        if !(is_space && in_space) {
            level.push(if is_space { ' ' } else { c });
        }
        in_space = is_space;
    }
    level
}

fn levelled(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{2032}' | '`' | '\u{b4}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => '"',
        '\u{2010}'..='\u{2015}' => '-',
        '\u{a0}' | '\u{200b}' | '\u{2028}' | '\u{2029}' => ' ',
        _ => c,
    }
}

/// 16 bytes that are equal for two states of an item that differ in nothing that matters.
pub fn content_digest(title: &str, summary: &str, text: &str) -> [u8; 16] {
    digest([title, summary, text].map(as_told))
}

/// As [`content_digest`] was made of what is stored from before a sign of a question at the end of a text counted.
pub fn former_digest(title: &str, summary: &str, text: &str) -> [u8; 16] {
    digest([title, summary, text].map(normalised))
}

fn digest(parts: [String; 3]) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
        hasher.update([0]);
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&hasher.finalize()[..16]);
    digest
}

/// True if a text differs from its earlier state in more than white space, references, tracking
/// parameters and the shape of quotation marks.
pub fn is_revision(old: &str, new: &str) -> bool {
    old != new && as_told(old) != as_told(new)
}
