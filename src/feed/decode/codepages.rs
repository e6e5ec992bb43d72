//! Single-byte code pages outside the Encoding Standard, from `codepages.txt`.

use std::sync::LazyLock;

static PAGES: LazyLock<Vec<CodePage>> = LazyLock::new(|| {
    include_str!("codepages.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(CodePage::from_line)
        .collect()
});

/// One code page.
pub(super) struct CodePage {
    /// Its name without punctuation, such as `cp850`.
    pub name: String,
    /// 128 characters for the upper half of an ASCII superset, or 256.
    chars: Vec<char>,
}

impl CodePage {
    /// The page of that name, without punctuation.
    pub(super) fn named(plain: &str) -> Option<&'static CodePage> {
        let name = match plain.strip_prefix("ibm").or(plain.strip_prefix("csibm")) {
            Some(number) => format!("cp{number}"),
            None if plain.bytes().all(|b| b.is_ascii_digit()) => format!("cp{plain}"),
            None => usual_name(plain).to_owned(),
        };
        PAGES.iter().find(|page| page.name == name)
    }

    /// All pages that do not contain ASCII.
    pub(super) fn all_ebcdic() -> impl Iterator<Item = &'static CodePage> {
        PAGES.iter().filter(|page| page.is_ebcdic())
    }

    fn from_line(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let name = words.next()?.to_owned();
        let chars: Vec<char> = words
            .filter_map(|word| u32::from_str_radix(word, 16).ok().and_then(char::from_u32))
            .collect();
        matches!(chars.len(), 128 | 256).then_some(Self { name, chars })
    }

    /// True if the page does not contain ASCII.
    pub(super) fn is_ebcdic(&self) -> bool {
        self.chars.len() == 256
    }

    /// The text, and whether a byte stood for nothing.
    pub(super) fn decode(&self, bytes: &[u8]) -> (String, bool) {
        let text: String = bytes.iter().map(|&byte| self.char_of(byte)).collect();
        let had_errors = text.contains(char::REPLACEMENT_CHARACTER);
        (text, had_errors)
    }

    fn char_of(&self, byte: u8) -> char {
        if self.is_ebcdic() {
            // NEL, the line end of EBCDIC, is white space in XML 1.1 only.
            match self.chars[usize::from(byte)] {
                '\u{85}' => '\n',
                c => c,
            }
        } else if byte.is_ascii() {
            char::from(byte)
        } else {
            self.chars[usize::from(byte) - 128]
        }
    }
}

/// Other names of the pages, without punctuation.
fn usual_name(plain: &str) -> &str {
    match plain {
        "cpgr" => "cp869",
        "cpis" => "cp861",
        "cspc775baltic" => "cp775",
        "cspc850multilingual" => "cp850",
        "cspcp852" => "cp852",
        "cspc862latinhebrew" => "cp862",
        "cspc8codepage437" => "cp437",
        "cp866u" | "ruscii" => "cp1125",
        "cp1051" | "r8" | "roman8" => "hproman8",
        "cp154" | "pt154" | "csptcp154" | "cyrillicasian" => "ptcp154",
        "rk1048" | "strk10482002" => "kz1048",
        "maccenteuro" | "maccentraleurope" => "maclatin2",
        plain => plain,
    }
}
