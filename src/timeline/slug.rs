//! The short stable name of a storyline, in logs and on pages.

use crate::text::words::{is_accent, split_words};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Characters of a slug at most.
const MOST_CHARS: usize = 60;

/// The slug of a headline: its words in lower case, without marks, joined by hyphens. Scripts
/// without case stay as they are. `storyline` if nothing is left.
pub fn make_slug(headline: &str) -> String {
    let mut slug = String::new();
    let mut last_end = None;
    for word in split_words(headline) {
        let start = word.written.as_ptr() as usize;
        let overlap = last_end.filter(|end| word.is_bigram && start < *end);
        let overlaps = overlap.is_some();
        let fresh = &word.written[overlap.map_or(0, |end| end - start)..];
        last_end = Some(start + word.written.len());
        let piece = piece_of(fresh);
        if slug.chars().count() + piece.chars().count() + 1 > MOST_CHARS {
            break;
        }
        if !slug.is_empty() && !overlaps {
            slug.push('-');
        }
        slug.push_str(&piece);
    }
    if slug.is_empty() {
        "storyline".to_owned()
    } else {
        slug
    }
}

/// A word without marks where those are only accents: of Latin and Greek letters. The point of a decimal is a
/// hyphen; thousands are not parted.
fn piece_of(word: &str) -> String {
    let whole: String = word.nfkc().collect();
    let mut piece = String::with_capacity(whole.len());
    for (at, c) in whole.char_indices() {
        let base = c.nfd().next().unwrap_or(c);
        let is_accented = matches!(base, 'a'..='z' | 'A'..='Z' | '\u{370}'..='\u{3ff}');
        let c = if is_accented { base } else { c };
        if matches!(c, '.' | ',') && is_decimal(&whole[at + 1..]) {
            piece.push('-');
        } else if !is_accent(c) && (c.is_alphanumeric() || is_combining_mark(c)) {
            piece.extend(c.to_lowercase());
        }
    }
    piece
}

/// True for digits that are not the three of a thousand.
fn is_decimal(rest: &str) -> bool {
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    digits > 0 && digits != 3
}

/// The slug with a number behind it if it is taken.
pub fn unique_slug(headline: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let slug = make_slug(headline);
    let numbered = (2..).map(|number| format!("{slug}-{number}"));
    let mut free = std::iter::once(slug.clone()).chain(numbered);
    free.find(|slug| !is_taken(slug))
        .expect("numbers do not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_short_and_plain() {
        assert_eq!(
            make_slug("Trump, Putin meet in Alaska's São"),
            "trump-putin-meet-in-alaskas-sao"
        );
        assert_eq!(make_slug("首脑会晤 东京"), "首脑会晤-东京");
        assert_eq!(make_slug("がんで死去"), "がんで死去");
        assert_eq!(make_slug("ไฟไหม้บ้าน"), "ไฟไหม้บ้าน");
        assert_eq!(make_slug("दिल्ली में आग"), "दिल्ली-में-आग");
        assert_eq!(
            make_slug("Банк снизил ставку до 14,5 %, магнитудой"),
            "банк-снизил-ставку-до-14-5-магнитудой"
        );
        assert_eq!(make_slug("رئيس الوزراء يستقيل"), "رئيس-الوزراء-يستقيل");
        assert_eq!(make_slug("Φωτιά στην Πάτρα"), "φωτια-στην-πατρα");
        assert_eq!(make_slug("1,200 homes burn"), "1200-homes-burn");
        assert_eq!(make_slug("…"), "storyline");
        assert!(make_slug(&"very long words ".repeat(20)).len() <= MOST_CHARS);
    }

    #[test]
    fn a_taken_slug_gets_a_number() {
        assert_eq!(unique_slug("A vote", |slug| slug == "a-vote"), "a-vote-2");
    }
}
