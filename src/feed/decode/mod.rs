//! Bytes to text, by evidence: byte order mark, UTF-16 and UTF-32 by their zero bytes, the charset
//! of the Content-Type, the XML declaration, UTF-8, a detector. Never fails: what cannot be
//! decoded becomes U+FFFD and a problem.

mod codepages;
mod labels;

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::news::Problem;
use codepages::CodePage;
use labels::{Charset, charset_for_label};

/// A document as text, and the name of the encoding it was read in.
pub(crate) struct Decoded<'a> {
    /// The text, without byte order mark. An XML declaration is still there.
    pub text: Cow<'a, str>,
    /// Lower-case name of the encoding.
    pub encoding: String,
}

/// How far into a document an XML declaration is looked for: junk may stand before it.
const DECLARATION_WINDOW_BYTES: usize = 1024;
/// So many signs that are valid UTF-8, and nothing that is not, are no accident in any encoding: of the pairs of those of
/// East Asia one in ten is. Of three bytes one is enough: there it would be a rare sign and half of another one.
const TELLING_SIGNS: usize = 3;
/// How much of a document the detector reads.
const DETECTOR_WINDOW_BYTES: usize = 256 * 1024;

/// Decodes a document. `content_type` is the value of the HTTP header.
pub(crate) fn decode<'a>(
    bytes: &'a [u8],
    content_type: Option<&str>,
    problems: &mut Vec<Problem>,
) -> Decoded<'a> {
    let mut bytes = bytes;
    if let Some((charset, skip)) = byte_order_mark(bytes) {
        bytes = &bytes[skip..];
        match charset {
            Charset::Known(encoding) if encoding == UTF_8 => {}
            _ => return finish(bytes, charset, problems),
        }
        if let Some(text) = decode_marked_utf8(bytes, problems) {
            return text;
        }
    }
    if let Some(charset) = wide_by_zero_bytes(bytes) {
        return finish(bytes, charset, problems);
    }
    let declaration = declared_label(bytes);
    if declaration.is_none() && bytes.starts_with(&[0x4C, 0x6F, 0xA7, 0x94]) {
        return finish(bytes, declared_ebcdic(bytes), problems);
    }
    let header = content_type.and_then(charset_of_content_type);
    decode_by_labels(bytes, header.as_deref(), declaration.as_deref(), problems)
}

/// What follows a mark of UTF-8; `None` if it is something else: programs put marks before texts that they join.
fn decode_marked_utf8<'a>(bytes: &'a [u8], problems: &mut Vec<Problem>) -> Option<Decoded<'a>> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(decoded(Cow::Borrowed(text), Charset::Known(UTF_8)));
    }
    let counts = Utf8Counts::of(bytes);
    counts
        .are_not_by_chance()
        .then(|| decoded_with_strays(bytes, problems))
}

fn decoded_with_strays<'a>(bytes: &[u8], problems: &mut Vec<Problem>) -> Decoded<'a> {
    problems.push(Problem::new(
        "invalid-bytes",
        "some bytes are not valid UTF-8; they were read as windows-1252",
    ));
    decoded(Cow::Owned(utf8_with_strays(bytes)), Charset::Known(UTF_8))
}

fn decode_by_labels<'a>(
    bytes: &'a [u8],
    header: Option<&str>,
    declaration: Option<&str>,
    problems: &mut Vec<Problem>,
) -> Decoded<'a> {
    let utf8 = std::str::from_utf8(bytes);
    if let Some(text) = utf8.ok().and_then(decode_escaped) {
        return text;
    }
    let counts = Utf8Counts::of(bytes);
    let is_utf8 = utf8.is_ok() || counts.are_mostly_valid();
    let says_utf8 = declaration.and_then(charset_for_label);
    let says_utf8 = says_utf8.is_some_and(|charset| charset.is_utf8());
    let is_utf8_for_sure = utf8.is_ok() && (says_utf8 || counts.are_telling());
    for (place, label) in by_weight(header, declaration) {
        let Some(label) = label else { continue };
        let Some(charset) = charset_for_label(label) else {
            problems.push(Problem::new(
                "unknown-charset",
                format!("the {place} names the unknown charset {label:?}; another was found"),
            ));
            continue;
        };
        if charset.is_said_by_habit() && counts.are_nearly_all_valid() {
            // Servers and templates say ISO-8859-1 or windows-1251 by habit; several bytes in the exact
            // pattern of UTF-8 are no accident: no two letters of such an encoding that follow each other
            // in a word fit it. A stray byte beside many of them is one.
            break;
        }
        if charset.is_local() && is_utf8_for_sure {
            break;
        }
        if let Some(text) = charset.decode_strictly(bytes) {
            return decoded(text, charset);
        }
        problems.push(Problem::new(
            "wrong-charset",
            format!("the bytes are not valid {label}, which the {place} names"),
        ));
        if let Some(text) = decode_nearly(bytes, charset).filter(|_| !is_utf8) {
            return decoded(text, charset);
        }
    }
    match utf8 {
        Ok(text) => decoded(Cow::Borrowed(text), Charset::Known(UTF_8)),
        Err(_) if is_utf8 => decoded_with_strays(bytes, problems),
        Err(_) => finish(bytes, detect(bytes), problems),
    }
}

/// The document by the escapes of ISO-2022-JP, whatever is said of it: nothing else has them among ASCII.
fn decode_escaped(text: &str) -> Option<Decoded<'_>> {
    let bytes = text.as_bytes();
    let mut escapes = memchr::memchr_iter(0x1B, bytes).filter_map(|at| bytes.get(at + 1));
    if !escapes.any(|next| matches!(next, b'$' | b'(')) || !text.is_ascii() {
        return None;
    }
    let charset = Charset::Known(ISO_2022_JP);
    let strictly = charset.decode_strictly(bytes);
    let text = strictly.or_else(|| decode_nearly(bytes, charset))?;
    Some(decoded(text, charset))
}

/// The text by a named encoding in which next to all signs beyond ASCII are right: a sign that was cut in two is no
/// reason to read all others by another one. It may spoil some up to the end of its line; of texts in another encoding
/// one in four is wrong and more.
fn decode_nearly(bytes: &[u8], charset: Charset) -> Option<Cow<'_, str>> {
    if !charset.is_local() {
        return None;
    }
    let (text, _) = charset.decode_lossily(bytes);
    let (mut all, mut wrong) = (0usize, 0usize);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        all += 1;
        wrong += usize::from(c == char::REPLACEMENT_CHARACTER);
    }
    (wrong * 10 <= all).then_some(text)
}

/// The names of the encoding, the one that counts more first: that of the server, unless it says ISO-8859-1, as servers do
/// by habit, and the document another one that is known. Each with the place where it stands.
fn by_weight<'a>(
    header: Option<&'a str>,
    declaration: Option<&'a str>,
) -> [(&'static str, Option<&'a str>); 2] {
    let mut names = [("Content-Type", header), ("XML declaration", declaration)];
    let is_habit = header
        .and_then(charset_for_label)
        .is_some_and(|said| said.is_windows_1252());
    if is_habit && declaration.is_some_and(|label| charset_for_label(label).is_some()) {
        names.reverse();
    }
    names
}

fn decoded(text: Cow<'_, str>, charset: Charset) -> Decoded<'_> {
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)),
        owned => owned,
    };
    Decoded {
        text,
        encoding: charset.name(),
    }
}

fn finish<'a>(bytes: &'a [u8], charset: Charset, problems: &mut Vec<Problem>) -> Decoded<'a> {
    let (text, had_errors) = charset.decode_lossily(bytes);
    if had_errors {
        problems.push(Problem::new(
            "invalid-bytes",
            format!("some bytes are not valid {}", charset.name()),
        ));
    }
    decoded(text, charset)
}

fn byte_order_mark(bytes: &[u8]) -> Option<(Charset, usize)> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] => Some((Charset::Utf32 { big_endian: false }, 4)),
        [0, 0, 0xFE, 0xFF, ..] => Some((Charset::Utf32 { big_endian: true }, 4)),
        [0xEF, 0xBB, 0xBF, ..] => Some((Charset::Known(UTF_8), 3)),
        [0xFF, 0xFE, ..] => Some((Charset::Known(UTF_16LE), 2)),
        [0xFE, 0xFF, ..] => Some((Charset::Known(UTF_16BE), 2)),
        [0x84, 0x31, 0x95, 0x33, ..] => Some((Charset::Known(encoding_rs::GB18030), 4)),
        _ => None,
    }
}

/// UTF-16 and UTF-32 without a mark: markup and white space are ASCII, so zero bytes stand in a
/// pattern among the first characters.
fn wide_by_zero_bytes(bytes: &[u8]) -> Option<Charset> {
    match bytes {
        [0, 0, 0, b, ..] if *b != 0 => Some(Charset::Utf32 { big_endian: true }),
        [a, 0, 0, 0, ..] if *a != 0 => Some(Charset::Utf32 { big_endian: false }),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some(Charset::Known(UTF_16BE)),
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some(Charset::Known(UTF_16LE)),
        _ => None,
    }
}

/// The `encoding` of an XML declaration near the start, for encodings that contain ASCII.
fn declared_label(bytes: &[u8]) -> Option<String> {
    let window = &bytes[..bytes.len().min(DECLARATION_WINDOW_BYTES)];
    let start = memchr::memmem::find(window, b"<?xml")?;
    let rest = &window[start..];
    let end = memchr::memmem::find(rest, b"?>").or_else(|| memchr::memchr(b'>', rest))?;
    label_in_declaration(&String::from_utf8_lossy(&rest[..end]))
}

fn label_in_declaration(declaration: &str) -> Option<String> {
    let after = declaration.split_once("encoding")?.1;
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value[1..].split(quote).next()?.trim();
    (!label.is_empty()).then(|| label.to_owned())
}

/// The declaration of an EBCDIC document is readable in nearly any EBCDIC page, quotes apart; the
/// right one is the first in which the declaration names an EBCDIC page.
fn declared_ebcdic(bytes: &[u8]) -> Charset {
    let window = &bytes[..bytes.len().min(DECLARATION_WINDOW_BYTES)];
    let named_by = |page: &'static CodePage| {
        let (text, _) = page.decode(window);
        label_in_declaration(text.split("?>").next().unwrap_or_default())
            .and_then(|label| charset_for_label(&label))
            .filter(Charset::is_ebcdic)
    };
    CodePage::all_ebcdic()
        .find_map(named_by)
        .or_else(|| charset_for_label("cp037"))
        .expect("cp037 is among the code pages")
}

/// The `charset` parameter of a Content-Type.
fn charset_of_content_type(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']).trim();
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    })
}

/// How many signs beyond ASCII are UTF-8, how many of them have three bytes or four, and how many sequences are none.
struct Utf8Counts {
    valid: usize,
    wide: usize,
    invalid: usize,
}

impl Utf8Counts {
    fn of(bytes: &[u8]) -> Self {
        let (mut valid, mut wide, mut invalid) = (0usize, 0usize, 0usize);
        for chunk in bytes.utf8_chunks() {
            for begin in chunk.valid().bytes().filter(|b| *b >= 0xC0) {
                valid += 1;
                wide += usize::from(begin >= 0xE0);
            }
            invalid += usize::from(!chunk.invalid().is_empty());
        }
        Self {
            valid,
            wide,
            invalid,
        }
    }

    /// True if what is valid, where nothing is not, is no accident in an encoding of East Asia.
    fn are_telling(&self) -> bool {
        self.valid >= TELLING_SIGNS || self.wide > 0
    }

    /// True if the invalid bytes are no more than the valid sequences of several bytes, which hardly
    /// ever arise in other encodings: about one in ten pairs does in those of East Asia.
    fn are_mostly_valid(&self) -> bool {
        self.valid >= self.invalid
    }

    /// True if there are more valid sequences than arise in other encodings. Less than are needed without a mark.
    fn are_not_by_chance(&self) -> bool {
        self.valid > 0 && self.valid * 4 >= self.invalid
    }

    /// True if there are valid sequences, and ten or more for each invalid one.
    fn are_nearly_all_valid(&self) -> bool {
        self.valid > 0 && self.valid >= 10 * self.invalid
    }
}

/// UTF-8 in which each invalid byte is read as windows-1252, the usual origin of such bytes, and the beginning of a
/// sign that was cut off is left out.
fn utf8_with_strays(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !is_torn(&text, chunk.invalid()) {
            let (stray, _) = WINDOWS_1252.decode_without_bom_handling(chunk.invalid());
            text.push_str(&stray);
        }
    }
    text
}

/// True for what can only be the beginning of a sign that was cut off: of a dash, quotation mark, sign of money or
/// picture, which are `â€`, `â‚` and `ðŸ` in windows-1252; of a letter after one that is not Latin.
fn is_torn(before: &str, invalid: &[u8]) -> bool {
    let is_foreign = |c: char| c > '\u{24f}' && c.is_alphabetic();
    match invalid {
        [0xE2, 0x80 | 0x82] | [0xF0, 0x9F] | [0xF0, 0x9F, _] => true,
        [0xC2..=0xF4, ..] => before.chars().next_back().is_some_and(is_foreign),
        _ => false,
    }
}

fn detect(bytes: &[u8]) -> Charset {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let window = &bytes[..bytes.len().min(DETECTOR_WINDOW_BYTES)];
    detector.feed(window, window.len() == bytes.len());
    let encoding: &'static Encoding = detector.guess(None, Utf8Detection::Deny);
    Charset::Known(encoding)
}

#[cfg(test)]
mod tests;
