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

/// The text with everything levelled that is not content.
pub(super) fn normalised(text: &str) -> String {
    let text = decode_entities(text, &Entities::default());
    let text = if text.contains("://") {
        TRACKING.replace_all(&text, "$1")
    } else {
        text
    };
    // Most texts are composed already, and composing costs more than all the rest.
    match text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        true => level(text.chars(), text.len()),
        false => level(text.nfc(), text.len()),
    }
}

fn level(chars: impl Iterator<Item = char>, bytes: usize) -> String {
    let mut level = String::with_capacity(bytes);
    let mut in_space = true;
    for c in chars.map(levelled) {
        let is_space = c.is_whitespace();
        if !(is_space && in_space) {
            level.push(if is_space { ' ' } else { c });
        }
        in_space = is_space;
    }
    level.truncate(level.trim_end_matches([' ', '?', '&']).len());
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
    let mut hasher = Sha256::new();
    for part in [title, summary, text] {
        hasher.update(normalised(part));
        hasher.update([0]);
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&hasher.finalize()[..16]);
    digest
}

/// True if a text differs from its earlier state in more than white space, references, tracking
/// parameters and the shape of quotation marks.
pub fn is_revision(old: &str, new: &str) -> bool {
    old != new && normalised(old) != normalised(new)
}
