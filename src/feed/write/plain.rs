//! Text and addresses as they may stand in a published document. Nothing is escaped here; that is
//! the writers' part.

use crate::feed::urls::LONGEST_ADDRESS;
use crate::text::clean::is_hidden;

/// The text without anything that XML 1.0 or a terminal cannot bear: control characters other than
/// tab and line ends, noncharacters, and the marks that turn the direction of what follows them.
pub fn without_controls(text: &str) -> String {
    text.chars()
        .filter(|&letter| !is_unfit(letter))
        .collect::<String>()
}

/// Characters of a published line: a title, a name or a lede, which has 300. A title of a megabyte, which an
/// outlet may send, must not make everybody's feed as large.
const LONGEST_LINE: usize = 1_000;

/// The same on one line: every run of white space is one space, none at the ends. What is longer than any
/// line ends in an ellipsis.
pub fn one_line(text: &str) -> String {
    line_within(text, LONGEST_LINE)
}

/// The same, however long it is.
pub(super) fn folded(text: &str) -> String {
    line_within(text, usize::MAX)
}

fn line_within(text: &str, most: usize) -> String {
    let mut line = String::with_capacity(text.len().min(4 * LONGEST_LINE));
    let mut letters = 0;
    for letter in text.chars().filter(|&letter| !is_unfit(letter)) {
        let is_space = letter.is_whitespace();
        if is_space && (line.is_empty() || line.ends_with(' ')) {
            continue;
        }
        if letters == most && is_space {
            continue;
        }
        if letters == most {
            line.truncate(line.trim_end().len());
            line.push('…');
            return line;
        }
        line.push(if is_space { ' ' } else { letter });
        letters += 1;
    }
    line.truncate(line.trim_end().len());
    line
}

/// The address as it may be published: http or https, absolute, without credentials; `None` if it is
/// anything else, or too long.
pub fn web_address(address: &str) -> Option<String> {
    if address.len() > LONGEST_ADDRESS {
        return None;
    }
    let mut url = url::Url::parse(address.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return None;
    }
    if !url.username().is_empty() || url.password().is_some() {
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
    }
    Some(url.into())
}

fn is_unfit(letter: char) -> bool {
    match letter {
        '\t' | '\n' | '\r' => false,
        // The joiners U+200C and U+200D, which Persian and emoji need, are no direction marks.
        '\u{200e}' | '\u{200f}' | '\u{61c}' => true,
        // Noncharacters of their own, and what stands for what could not be read.
        '\u{fdd0}'..='\u{fdef}' | '\u{fffd}' => true,
        _ => is_hidden(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_longer_than_a_line() {
        let line = one_line(&"wörter  ".repeat(100_000));
        let letters = line.chars().count();
        assert!(
            (LONGEST_LINE..=LONGEST_LINE + 1).contains(&letters),
            "{letters}"
        );
        assert!(line.starts_with("wörter wörter") && line.ends_with('…'));
        let fitting = "w".repeat(LONGEST_LINE);
        assert_eq!(one_line(&format!("{fitting} ")), fitting);
    }

    #[test]
    fn a_line_has_no_control_characters_and_single_spaces() {
        let cases = [
            ("  a\n\tb  ", "a b"),
            ("a\u{0}b\u{1b}[31m", "ab[31m"),
            ("\u{202e}evil\u{202c}", "evil"),
            ("x\u{fffe}\u{ffff}\u{1fffe}\u{fffd}y", "xy"),
            ("\u{2028}a\u{2029}b", "a b"),
            (
                "pay\u{2063}p\u{180e}a\u{3164}l\u{61c}\u{ad}\u{200b}\u{2060}",
                "paypal",
            ),
            ("\u{e0041}\u{feff}a\u{200e}", "a"),
            ("葛\u{e0100}城 ᠮ\u{180b}ᠣ", "葛\u{e0100}城 ᠮ\u{180b}ᠣ"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
        ];
        for (input, expected) in cases {
            assert_eq!(one_line(input), expected, "{input:?}");
        }
    }

    #[test]
    fn only_web_addresses_pass_and_without_credentials() {
        let cases = [
            (
                "https://a.example/x?y=1#z",
                Some("https://a.example/x?y=1#z"),
            ),
            ("http://user:secret@a.example/x", Some("http://a.example/x")),
            ("javascript:alert(1)", None),
            (" java\tscript:alert(1)", None),
            ("data:text/html,x", None),
            ("vbscript:x", None),
            ("//evil.example/x", None),
            ("/relative", None),
            ("file:///etc/passwd", None),
            ("", None),
        ];
        for (input, expected) in cases {
            assert_eq!(web_address(input).as_deref(), expected, "{input:?}");
        }
    }
}
