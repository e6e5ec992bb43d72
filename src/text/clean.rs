//! Text from outside made inert for people to look at, in logs, on pages and in what is published:
//! no control characters, no terminal escapes, nothing invisible that makes a line read otherwise
//! than it is written. It does not escape markup; whoever writes HTML or XML does.

use std::borrow::Cow;

/// More marks than this on one letter are there to cover the lines around it.
const MOST_MARKS: usize = 6;

/// `text` on one line without control characters, without marks that override or nest the
/// direction of writing, without invisible characters. The joiners U+200C and U+200D stay between
/// letters of writings that need them and within emoji; direction marks stay in texts that have
/// letters written from right to left. Idempotent.
pub fn inert(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let right_to_left = has_right_to_left(text);
    let mut clean = String::with_capacity(text.len());
    let mut marks = 0;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        let before = clean.chars().next_back();
        let shown = match c {
            '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                Some(' ')
            }
            '\u{200c}' | '\u{200d}' => joins(before, characters.peek().copied()).then_some(c),
            '\u{200e}' | '\u{200f}' | '\u{61c}' => right_to_left.then_some(c),
            '\u{e0020}'..='\u{e007f}' => before.is_some_and(is_in_flag).then_some(c),
            _ if is_inert(c) && marks <= MOST_MARKS => Some(c),
            _ => None,
        };
        clean.extend(shown);
    }
    Cow::Owned(clean)
}

/// False for what must never be shown.
fn is_inert(c: char) -> bool {
    !(is_hidden(c) || is_selector(c))
}

/// True for what nobody sees, or what makes a line read otherwise than it is written: controls, fillers, noncharacters,
/// marks that override or nest the direction of writing. Neither joiners, nor plain direction marks, nor selectors.
pub fn is_hidden(c: char) -> bool {
    !is_selector(c)
        && (c.is_control()
            || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
            || (c as u32) & 0xfffe == 0xfffe)
}

/// Selectors of a form of the letter before them, in Mongolian and in names of Chinese characters.
fn is_selector(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{e0100}'..='\u{e01ef}')
}

/// True if a joiner between these two does what it is for.
fn joins(before: Option<char>, after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else {
        return false;
    };
    (needs_joiners(before) && needs_joiners(after)) || (is_pictorial(before) && is_pictorial(after))
}

/// Letters and marks of Arabic, Syriac, the Indic writings, Khmer, Mongolian and their kin.
fn needs_joiners(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{df4}' | '\u{f00}'..='\u{fff}' | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{18af}' | '\u{a8e0}'..='\u{a8ff}' | '\u{fb50}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefe}' | '\u{11000}'..='\u{11fff}')
        && !c.is_ascii()
}

fn is_pictorial(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

/// Flags of regions are a black flag followed by tag characters.
fn is_in_flag(before: char) -> bool {
    matches!(before, '\u{1f3f4}' | '\u{e0020}'..='\u{e007e}')
}

/// True if a text holds letters that are written from right to left.
pub fn has_right_to_left(text: &str) -> bool {
    text.chars().any(is_right_to_left)
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
        && c.is_alphabetic()
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_and_controls_are_gone() {
        assert_eq!(inert("a\u{1b}[31mred\u{7}"), "a[31mred");
        assert_eq!(
            inert("one\r\ntwo\tthree\u{2028}four\0"),
            "one  two three four"
        );
        assert_eq!(inert("c1 \u{9b}31m"), "c1 31m");
    }

    #[test]
    fn nothing_turns_the_line_round() {
        assert_eq!(inert("bank\u{202e}knab"), "bankknab");
        assert_eq!(inert("\u{2066}x\u{2069}\u{200e}"), "x");
        assert_eq!(inert("pay\u{200b}pal\u{2060}\u{feff}\u{ad}"), "paypal");
        assert_eq!(inert("a\u{e0041}b"), "ab");
    }

    #[test]
    fn writings_that_need_joiners_keep_them() {
        let persian = "می\u{200c}رود";
        assert_eq!(inert(persian), persian);
        let family = "👨\u{200d}👩\u{200d}👧";
        assert_eq!(inert(family), family);
        let wales = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}";
        assert_eq!(inert(wales), wales);
        assert_eq!(inert("ba\u{200c}nk\u{200d}"), "bank");
        assert_eq!(inert("שלום\u{200f}!"), "שלום\u{200f}!");
    }

    #[test]
    fn a_heap_of_marks_is_cut() {
        let heap = format!("a{}", "\u{301}".repeat(40));
        assert_eq!(inert(&heap).chars().count(), 1 + MOST_MARKS);
        assert_eq!(inert("Việt"), "Việt");
    }

    proptest! {
        #[test]
        fn inert_text_is_left_alone(text in any::<String>()) {
            let once = inert(&text).into_owned();
            prop_assert_eq!(inert(&once).into_owned(), once);
        }
    }
}
