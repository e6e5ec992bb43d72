//! The character references of XML and HTML, decoded leniently. What is no reference stays as it is.

use std::borrow::Cow;

use markup5ever::data::NAMED_ENTITIES;

use super::doctype::Entities;

/// Decodes references in `text` once: numeric ones, the names of HTML, and those that the
/// document's own DOCTYPE declares. Numbers 128 to 159 mean windows-1252, as they do on the web.
pub(crate) fn decode_entities<'a>(text: &'a str, own: &Entities) -> Cow<'a, str> {
    if memchr::memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    decode_entities_into(&mut out, text, own);
    Cow::Owned(out)
}

/// As [`decode_entities`], appended to `out`.
pub(crate) fn decode_entities_into(out: &mut String, text: &str, own: &Entities) {
    push_decoded(out, text, |out, reference| {
        push_reference(out, reference, own)
    });
}

/// As [`decode_entities_into`], also names without a semicolon where HTML reads them (`caf&eacute now`), unless
/// they may be parameters of an address or words (`?a=1&copy=2`, `R&notes`).
pub(crate) fn decode_html_into(out: &mut String, text: &str) {
    let own = Entities::default();
    push_decoded(out, text, |out, reference| match open_name(reference) {
        Some((c, used)) => {
            out.push(c);
            used
        }
        None => push_reference(out, reference, &own),
    });
}

fn push_decoded(out: &mut String, text: &str, push: impl Fn(&mut String, &str) -> usize) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let used = push(out, rest);
        rest = &rest[used..];
    }
    out.push_str(rest);
}

/// Appends a text as markup that shows it.
pub(crate) fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

/// The longest name of HTML has as many with its semicolon; no declared one may have more.
const MAX_NAME_BYTES: usize = 32;

/// Decodes the reference at the start of `text`, which begins with `&`, and says how many bytes
/// it took. What is no reference is copied: the ampersand alone.
fn push_reference(out: &mut String, text: &str, own: &Entities) -> usize {
    if let Some((c, used)) = numbered(text) {
        out.push(c);
        return used;
    }
    let body = &text.as_bytes()[1..];
    let window = &body[..body.len().min(MAX_NAME_BYTES)];
    let end = memchr::memchr(b';', window).filter(|&end| end > 0);
    if let Some(name) = end.and_then(|end| text.get(1..=end)) {
        if let Some(value) = own.get(name) {
            out.push_str(value);
            return name.len() + 2;
        } else if let Some(characters) = named(&text[1..name.len() + 2]) {
            out.extend(characters);
            return name.len() + 2;
        }
    }
    out.push('&');
    1
}

/// The character that a reference by number stands for, and how many bytes that takes. Two halves of one, as UTF-16
/// has it, are that one. Without a semicolon it takes two digits and no control character to be one.
fn numbered(text: &str) -> Option<(char, usize)> {
    let (number, used) = number_at(text)?;
    if let 0xD800..=0xDBFF = number {
        let (low, more) = number_at(&text[used..])?;
        let low = low.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
        let whole = 0x1_0000 + ((number - 0xD800) << 10) + low;
        return Some((char::from_u32(whole)?, used + more));
    }
    let c = match number {
        0x80..=0x9F => windows_1252_control(number)?,
        number => char::from_u32(number)?,
    };
    let is_closed = text[..used].ends_with(';');
    (is_closed || (used > "&#1".len() && !c.is_control())).then_some((c, used))
}

/// The number of a reference that a text begins with, and how many bytes it takes, with its semicolon if it has one.
fn number_at(text: &str) -> Option<(u32, usize)> {
    let body = text.strip_prefix("&#")?;
    let (digits, radix) = match body.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (body, 10),
    };
    let window = digits.as_bytes().iter().take(MAX_NAME_BYTES);
    let length = window
        .take_while(|b| char::from(**b).is_digit(radix))
        .count();
    let number = u32::from_str_radix(&digits[..length], radix).ok()?;
    let used = text.len() - digits.len() + length;
    Some((
        number,
        used + usize::from(digits[length..].starts_with(';')),
    ))
}

/// What an old name of HTML stands for at the start of a text where it lacks its semicolon, and how many bytes it takes.
/// Before a letter only letters are read: they stand within words.
fn open_name(text: &str) -> Option<(char, usize)> {
    let name = &text[1..];
    let letters = name.bytes().take(LONGEST_OPEN_NAME);
    let longest = letters.take_while(u8::is_ascii_alphanumeric).count();
    let known = |length: &usize| {
        NAMED_ENTITIES
            .get(&name[..*length])
            .is_some_and(|found| found.0 != 0)
    };
    let length = (1..=longest).rev().find(known)?;
    let c = char::from_u32(NAMED_ENTITIES.get(&name[..length])?.0)?;
    let stands_alone = match name[length..].chars().next() {
        Some(';' | '=') => false,
        Some(next) if next.is_alphabetic() => c.is_alphabetic(),
        _ => true,
    };
    stands_alone.then_some((c, length + 1))
}

/// The longest names that HTML reads without a semicolon: `Aacute`.
const LONGEST_OPEN_NAME: usize = 6;

/// What a control character of the range 128 to 159 means in windows-1252.
pub(crate) fn windows_1252_control(value: u32) -> Option<char> {
    let byte = u8::try_from(value).ok()?;
    let (text, _) =
        encoding_rs::WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(&byte));
    text.chars().next()
}

/// What a name of HTML, given with its semicolon, stands for: one character or two.
pub(crate) fn named(name: &str) -> Option<impl Iterator<Item = char>> {
    let (first, second) = *NAMED_ENTITIES.get(name).filter(|_| name.ends_with(';'))?;
    let character = |number| char::from_u32(number).filter(|c| *c != '\0');
    let first = character(first)?;
    Some(std::iter::once(first).chain(character(second)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> String {
        decode_entities(text, &Entities::default()).into_owned()
    }

    #[test]
    fn references_are_decoded_once_and_the_rest_is_kept() {
        for (text, expected) in [
            ("a &amp; b &lt;&gt;&quot;&apos;", "a & b <>\"'"),
            ("&nbsp;&eacute;&Eacute;&thetasym;", "\u{a0}éÉϑ"),
            ("&lpar;x&rpar;&excl; &NotEqualTilde; &AMP;", "(x)! ≂̸ &"),
            ("&CounterClockwiseContourIntegral;&amp", "∳&amp"),
            ("&#8217;&#x2019;&#X2019;", "’’’"),
            ("&#128;&#146;&#x9f;", "€’Ÿ"),
            ("&amp;amp;", "&amp;"),
            (
                "AT&T & &; &unknown; &#; &#xZZ; &#1114112; &",
                "AT&T & &; &unknown; &#; &#xZZ; &#1114112; &",
            ),
            ("?a=1&copy=2", "?a=1&copy=2"),
            ("&#55357;&#56832; &#xD83D;&#xDE00;", "😀 😀"),
            ("&#55357; &#56832;", "&#55357; &#56832;"),
            ("Zeit&#8217s It&#39s &#x2019.", "Zeit’s It's ’."),
            ("we're &#1, top&#10 hits", "we're &#1, top&#10 hits"),
        ] {
            assert_eq!(decoded(text), expected, "{text}");
        }
    }

    #[test]
    fn names_without_a_semicolon_are_read_in_html_where_they_are_no_parameters_and_words() {
        for (text, expected) in [
            ("caf&eacute now, caf&eacutes", "café now, cafés"),
            ("a profit of &pound5m &amp more", "a profit of £5m & more"),
            ("&copy 2026, &frac12 hour", "© 2026, ½ hour"),
            ("?a=1&copy=2&reg=3", "?a=1&copy=2&reg=3"),
            ("AT&T, R&notes, Q&A", "AT&T, R&notes, Q&A"),
            ("&notin; &not;", "∉ ¬"),
            ("&eacut &unknown &euro 5", "&eacut &unknown &euro 5"),
        ] {
            let mut out = String::new();
            decode_html_into(&mut out, text);
            assert_eq!(out, expected, "{text}");
        }
    }
}
