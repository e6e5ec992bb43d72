//! The short stable name of a storyline, in logs and on pages.

use crate::text::words::split_words;
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
        // A mark that makes another sound of a kana is no accent.
        let is_voicing = |c: &char| matches!(c, '\u{3099}' | '\u{309a}');
        let bare = word
            .written
            .nfkd()
            .filter(|c| is_voicing(c) || c.is_alphanumeric() && !is_combining_mark(*c));
        let bare: String = bare.flat_map(char::to_lowercase).nfc().collect();
        let start = word.written.as_ptr() as usize;
        let overlaps = word.is_bigram && last_end.is_some_and(|end| start < end);
        last_end = Some(start + word.written.len());
        let piece = if overlaps {
            bare.chars().last().map(String::from).unwrap_or_default()
        } else {
            bare
        };
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
        assert_eq!(make_slug("…"), "storyline");
        assert!(make_slug(&"very long words ".repeat(20)).len() <= MOST_CHARS);
    }

    #[test]
    fn a_taken_slug_gets_a_number() {
        assert_eq!(unique_slug("A vote", |slug| slug == "a-vote"), "a-vote-2");
    }
}
