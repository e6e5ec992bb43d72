//! Names of encodings as feeds and servers write them, and the decoders behind them. The names of
//! the WHATWG Encoding Standard come from `encoding_rs`; the rest are the IANA aliases that feeds use.

use std::borrow::Cow;

use encoding_rs::{Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::codepages::CodePage;

/// An encoding that can be decoded.
#[derive(Clone, Copy)]
pub(super) enum Charset {
    /// One of the Encoding Standard.
    Known(&'static Encoding),
    /// A single-byte code page from the data file.
    Page(&'static CodePage),
    /// UTF-32, which the standard left out.
    Utf32 {
        /// Most significant byte first.
        big_endian: bool,
    },
}

/// The encoding of that name; `None` if the name is unknown.
pub(super) fn charset_for_label(label: &str) -> Option<Charset> {
    let label = label.trim().to_ascii_lowercase();
    if let Some(encoding) = Encoding::for_label(label.as_bytes())
        && encoding != REPLACEMENT
    {
        return Some(Charset::Known(encoding));
    }
    let plain: String = label
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | ' ' | '.' | ':'))
        .collect();
    let plain = plain.strip_prefix('x').unwrap_or(&plain);
    wide_for_label(plain)
        .or_else(|| alias_for_label(plain))
        .or_else(|| CodePage::named(plain).map(Charset::Page))
}

fn wide_for_label(plain: &str) -> Option<Charset> {
    Some(match plain {
        "utf16" | "u16" | "utf16le" | "csunicode" | "iso10646ucs2" | "ucs2" | "unicode" => {
            Charset::Known(UTF_16LE)
        }
        "utf16be" | "unicodefffe" => Charset::Known(UTF_16BE),
        "utf32" | "u32" | "utf32le" | "csucs4" | "iso10646ucs4" | "ucs4" => {
            Charset::Utf32 { big_endian: false }
        }
        "utf32be" => Charset::Utf32 { big_endian: true },
        _ => return None,
    })
}

/// Names that differ from the standard's only in form, such as `cp1252` or `latin_1`.
fn alias_for_label(plain: &str) -> Option<Charset> {
    let standard = match plain {
        "utf8" | "u8" | "utf8bom" | "utf8sig" | "cp65001" => "utf-8",
        "usascii" | "ascii" | "646" | "csascii" | "latin1" | "l1" | "iso88591" | "88591" => {
            "windows-1252"
        }
        "latin2" | "iso88592" => "iso-8859-2",
        "latin9" | "iso885915" => "iso-8859-15",
        "gb2312" | "euccn" | "eucgb2312cn" | "gb231280" | "936" | "cp936" | "ms936" => "gbk",
        "gb18030" | "gb180302000" => "gb18030",
        "big5" | "big5hkscs" | "big5tw" | "cp950" | "ms950" | "950" => "big5",
        "sjis" | "shiftjis" | "cp932" | "ms932" | "932" | "mskanji" | "shiftjis2004" => "shift_jis",
        "eucjp" | "ujis" | "eucjis2004" => "euc-jp",
        "iso2022jp" | "csiso2022jp" | "iso2022jp1" | "iso2022jp2" => "iso-2022-jp",
        "euckr" | "cp949" | "ms949" | "949" | "uhc" | "ksc5601" => "euc-kr",
        "cp874" | "tis620" | "iso885911" => "windows-874",
        "cp866" | "ibm866" => "ibm866",
        "jisx0213" | "eucjisx0213" => "euc-jp",
        "shiftjisx0213" | "sjis2004" | "sjisx0213" | "macjapanese" | "xmacjapanese" => "shift_jis",
        "iso2022jp2004" | "iso2022jp3" | "iso2022jpext" => "iso-2022-jp",
        "hkscs" => "big5",
        "gb23121980" | "isoir58" | "macsimpchinese" => "gbk",
        "johab" | "cp1361" | "ms1361" => "euc-kr",
        "latin" | "isoir100" => "windows-1252",
        "latin7" | "l7" => "iso-8859-13",
        "latin8" | "l8" | "isoceltic" | "isoir199" => "iso-8859-14",
        "latin10" | "l10" | "isoir226" => "iso-8859-16",
        "thai" | "tis6200" | "tis62025290" | "tis62025291" | "isoir166" => "windows-874",
        "koi8r" | "koi8" => "koi8-r",
        "koi8u" | "koi8ru" => "koi8-u",
        "macroman" | "macintosh" => "macintosh",
        "maccyrillic" => "x-mac-cyrillic",
        _ => return windows_or_iso(plain),
    };
    Encoding::for_label(standard.as_bytes()).map(Charset::Known)
}

fn windows_or_iso(plain: &str) -> Option<Charset> {
    let standard = if let Some(number) = plain.strip_prefix("iso8859") {
        // Labels may bear the year of the standard: `ISO_8859-5:1988`.
        let is_year =
            |year: &&str| number.len() > 4 && (year.starts_with("19") || year.starts_with("200"));
        let year = number.len().checked_sub(4).and_then(|at| number.get(at..));
        match year.filter(is_year) {
            Some(year) => format!("iso-8859-{}", number.trim_end_matches(year)),
            None => format!("iso-8859-{number}"),
        }
    } else if plain.len() == 4 && plain.starts_with("125") {
        format!("windows-{plain}")
    } else {
        let number = ["windows", "cp", "ms", "win", "ibm"]
            .iter()
            .find_map(|prefix| plain.strip_prefix(prefix))?;
        format!("windows-{number}")
    };
    Encoding::for_label(standard.as_bytes()).map(Charset::Known)
}

impl Charset {
    /// Lower-case name.
    pub(super) fn name(&self) -> String {
        match self {
            Charset::Known(encoding) => encoding.name().to_ascii_lowercase(),
            Charset::Page(page) => page.name.clone(),
            Charset::Utf32 { big_endian: true } => "utf-32be".to_owned(),
            Charset::Utf32 { big_endian: false } => "utf-32le".to_owned(),
        }
    }

    /// True for what servers say when they know nothing: one encoding of single bytes for all.
    pub(super) fn is_said_by_habit(&self) -> bool {
        match self {
            Charset::Known(encoding) => encoding.is_single_byte(),
            Charset::Page(page) => !page.is_ebcdic(),
            Charset::Utf32 { .. } => false,
        }
    }

    /// True for UTF-8.
    pub(super) fn is_utf8(&self) -> bool {
        matches!(self, Charset::Known(encoding) if *encoding == UTF_8)
    }

    /// True for what the Encoding Standard reads ISO-8859-1 and ASCII as.
    pub(super) fn is_windows_1252(&self) -> bool {
        matches!(self, Charset::Known(encoding) if *encoding == WINDOWS_1252)
    }

    /// True for encodings of some languages that contain ASCII: all but those of Unicode and EBCDIC.
    pub(super) fn is_local(&self) -> bool {
        match self {
            Charset::Known(encoding) => {
                let contains_ascii = encoding.is_ascii_compatible() || *encoding == ISO_2022_JP;
                contains_ascii && *encoding != UTF_8
            }
            Charset::Page(page) => !page.is_ebcdic(),
            Charset::Utf32 { .. } => false,
        }
    }

    /// True if the page does not contain ASCII.
    pub(super) fn is_ebcdic(&self) -> bool {
        matches!(self, Charset::Page(page) if page.is_ebcdic())
    }

    /// The text, if every byte is valid; `None` too if the encoding cannot hold markup that was
    /// already seen as ASCII (a declaration of UTF-16 in a document of single bytes).
    pub(super) fn decode_strictly<'a>(&self, bytes: &'a [u8]) -> Option<Cow<'a, str>> {
        match self {
            Charset::Known(encoding) if *encoding == UTF_8 => {
                std::str::from_utf8(bytes).ok().map(Cow::Borrowed)
            }
            Charset::Known(encoding) if *encoding == UTF_16LE || *encoding == UTF_16BE => None,
            Charset::Known(encoding) if *encoding == WINDOWS_1252 => {
                let (text, _) = encoding.decode_without_bom_handling(bytes);
                Some(text)
            }
            Charset::Known(encoding) => {
                encoding.decode_without_bom_handling_and_without_replacement(bytes)
            }
            Charset::Page(page) if page.is_ebcdic() => None,
            Charset::Page(page) => {
                let (text, had_errors) = page.decode(bytes);
                (!had_errors).then_some(Cow::Owned(text))
            }
            Charset::Utf32 { .. } => None,
        }
    }

    /// The text with U+FFFD for invalid bytes, and whether there were any.
    pub(super) fn decode_lossily<'a>(&self, bytes: &'a [u8]) -> (Cow<'a, str>, bool) {
        match self {
            Charset::Known(encoding) => encoding.decode_without_bom_handling(bytes),
            Charset::Page(page) => {
                let (text, had_errors) = page.decode(bytes);
                (Cow::Owned(text), had_errors)
            }
            Charset::Utf32 { big_endian } => {
                let (text, had_errors) = decode_utf32(bytes, *big_endian);
                (Cow::Owned(text), had_errors)
            }
        }
    }
}

fn decode_utf32(bytes: &[u8], big_endian: bool) -> (String, bool) {
    let mut had_errors = !bytes.len().is_multiple_of(4);
    let text = bytes
        .chunks_exact(4)
        .map(|unit| {
            let unit = [unit[0], unit[1], unit[2], unit[3]];
            let value = if big_endian {
                u32::from_be_bytes(unit)
            } else {
                u32::from_le_bytes(unit)
            };
            char::from_u32(value).unwrap_or_else(|| {
                had_errors = true;
                char::REPLACEMENT_CHARACTER
            })
        })
        .collect();
    (text, had_errors)
}
