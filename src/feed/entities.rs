//! The character references of XML and HTML, decoded leniently. What is no reference stays as it is.

use std::borrow::Cow;

use markup5ever::data::NAMED_ENTITIES;

use super::doctype::Entities;

/// Decodes references in `text` once: numeric ones, the names of HTML, and those that the
/// document's own DOCTYPE declares. Numbers 128 to 159 mean windows-1252, as they do on the web.
pub(crate) fn decode_entities<'a>(text: &'a str, own: &Entities) -> Cow<'a, str> {
    let Some(first) = memchr::memchr(b'&', text.as_bytes()) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    push_decoded(&mut out, text, first, own);
    Cow::Owned(out)
}

/// As [`decode_entities`], appended to `out`.
pub(crate) fn decode_entities_into(out: &mut String, text: &str, own: &Entities) {
    match memchr::memchr(b'&', text.as_bytes()) {
        Some(first) => push_decoded(out, text, first, own),
        None => out.push_str(text),
    }
}

fn push_decoded(out: &mut String, text: &str, first: usize, own: &Entities) {
    let mut rest = text;
    let mut next = Some(first);
    while let Some(at) = next {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let used = push_reference(out, rest, own);
        rest = &rest[used..];
        next = memchr::memchr(b'&', rest.as_bytes());
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
    let body = &text.as_bytes()[1..];
    let window = &body[..body.len().min(MAX_NAME_BYTES)];
    let end = memchr::memchr(b';', window).filter(|&end| end > 0);
    if let Some(name) = end.and_then(|end| text.get(1..=end)) {
        if let Some(number) = name.strip_prefix('#') {
            if let Some(c) = numeric(number) {
                out.push(c);
                return name.len() + 2;
            }
        } else if let Some(value) = own.get(name) {
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

fn numeric(number: &str) -> Option<char> {
    let value = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    if let 0x80..=0x9F = value {
        return windows_1252_control(value);
    }
    char::from_u32(value)
}

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
        ] {
            assert_eq!(decoded(text), expected, "{text}");
        }
    }
}
