//! JSON with what it has for what other writers write.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What JavaScript has between strings and JSON has not: a comma before the end of a list, numbers that are none.
static LOOSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r",(?P<end>\s*[}\]])|-?(?-u:\b)(?:NaN|Infinity|undefined)(?-u:\b)")
        .expect("the pattern is valid")
});

/// The document with what JSON has for what other writers write. Between strings: no comma before the end of a list,
/// null for numbers that are none. In strings: U+FFFD for halves of surrogate pairs, as of a text that was cut within
/// one, a space for control characters, and of unknown escapes what they stand for in JavaScript.
pub(super) fn mended(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        push_structure(&mut mended, &rest[..at]);
        mended.push('"');
        rest = push_string(&mut mended, &rest[at + 1..]);
    }
    push_structure(&mut mended, rest);
    mended
}

/// The document without comments, as JavaScript has them between strings; `None` if it has none.
pub(super) fn without_comments(text: &str) -> Option<String> {
    let mut bare = String::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(at) = memchr::memchr2(b'"', b'/', &rest.as_bytes()[from..]) {
        let at = from + at;
        if rest.as_bytes()[at] == b'"' {
            from = end_of_string(rest, at + 1);
            continue;
        }
        match comment_length(&rest[at..]) {
            Some(length) => {
                bare.push_str(&rest[..at]);
                bare.push(' ');
                rest = &rest[at + length..];
                from = 0;
            }
            None if rest[at..].starts_with("/*") => break,
            None => from = at + 1,
        }
    }
    (rest.len() < text.len()).then(|| bare + rest)
}

/// Where the string ends that begins before `from`.
fn end_of_string(text: &str, mut from: usize) -> usize {
    let bytes = text.as_bytes();
    while let Some(at) = memchr::memchr2(b'"', b'\\', &bytes[from..]) {
        from += at + 1;
        if bytes[from - 1] == b'"' {
            return from;
        }
        from = bytes.len().min(from + 1);
    }
    bytes.len()
}

/// How many bytes the comment takes that a text begins with; `None` if it begins with none or one that never ends.
pub(super) fn comment_length(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(memchr::memchr(b'\n', text.as_bytes()).unwrap_or(text.len()));
    }
    let inside = text.strip_prefix("/*")?;
    let end = memchr::memmem::find(inside.as_bytes(), b"*/")?;
    Some(end + 4)
}

fn push_structure(mended: &mut String, structure: &str) {
    let tight = LOOSE.replace_all(structure, |found: &Captures<'_>| match found.name("end") {
        Some(end) => end.as_str().to_owned(),
        None => "null".to_owned(),
    });
    mended.extend(tight.chars().map(|c| if c < ' ' { ' ' } else { c }));
}

/// Appends a string, from after its opening sign to its end, and says what follows.
fn push_string<'a>(mended: &mut String, text: &'a str) -> &'a str {
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| matches!(c, '\\' | '"') || c < ' ') {
        mended.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('"') {
            mended.push('"');
            return after;
        }
        let (written, length) = mended_sign(rest);
        mended.push_str(&written);
        rest = &rest[length..];
    }
    mended.push_str(rest);
    ""
}

/// What stands for the escape or control character at the start, and how many bytes it takes.
fn mended_sign(text: &str) -> (Cow<'_, str>, usize) {
    let second = text.get(6..).and_then(utf16_escape);
    match (utf16_escape(text), second) {
        (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => return (text[..12].into(), 12),
        (Some(0xD800..=0xDFFF), _) => return ("\u{fffd}".into(), 6),
        (Some(_), _) => return (text[..6].into(), 6),
        _ => {}
    }
    let Some(escaped) = text.strip_prefix('\\') else {
        return (" ".into(), 1);
    };
    if escaped.starts_with(['"', '\\', '/', 'b', 'f', 'n', 'r', 't']) {
        return (text[..2].into(), 2);
    }
    match escaped.strip_prefix('x').and_then(|after| hex(after, 2)) {
        Some(_) => (format!("\\u00{}", &escaped[1..3]).into(), 4),
        None => ("".into(), 1),
    }
}

/// The number of a `\uXXXX` at the start.
fn utf16_escape(text: &str) -> Option<u32> {
    hex(text.strip_prefix("\\u")?, 4)
}

/// The number that a text begins with, of so many digits.
fn hex(text: &str, digits: usize) -> Option<u32> {
    let digits = text.get(..digits)?;
    let is_number = digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_number.then(|| u32::from_str_radix(digits, 16).ok())?
}
