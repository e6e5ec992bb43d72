//! What changed between two states of a text, word by word, for people to read. Writing without
//! spaces is compared by the segments that Unicode gives it.

use similar::{ChangeTag, TextDiff};

/// More words than this on either side are not compared one by one: the work grows with the
/// product of both sides, and nobody reads such a comparison.
const MOST_WORDS: usize = 4_000;

/// A stretch of words and what happened to it. The stretches that are not `Added`, joined, are the
/// old text; those that are not `Removed`, the new one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase", tag = "change", content = "text")]
pub enum WordChange {
    /// In both.
    Same(String),
    /// In the old text only.
    Removed(String),
    /// In the new text only.
    Added(String),
}

/// Compares two texts word by word.
pub fn word_diff(old: &str, new: &str) -> Vec<WordChange> {
    if old == new {
        return whole(old, WordChange::Same).into_iter().collect();
    }
    // A word is at most as many as there are spaces, or characters where there are none.
    if is_long(old) || is_long(new) {
        return whole(old, WordChange::Removed)
            .into_iter()
            .chain(whole(new, WordChange::Added))
            .collect();
    }
    let diff = TextDiff::from_unicode_words(old, new);
    let mut stretches: Vec<(ChangeTag, String)> = Vec::new();
    for change in diff.iter_all_changes() {
        match stretches.last_mut() {
            Some((tag, text)) if *tag == change.tag() => text.push_str(change.value()),
            _ => stretches.push((change.tag(), change.value().to_owned())),
        }
    }
    stretches.into_iter().map(named).collect()
}

fn named((tag, text): (ChangeTag, String)) -> WordChange {
    match tag {
        ChangeTag::Equal => WordChange::Same(text),
        ChangeTag::Delete => WordChange::Removed(text),
        ChangeTag::Insert => WordChange::Added(text),
    }
}

fn whole(text: &str, as_change: fn(String) -> WordChange) -> Option<WordChange> {
    (!text.is_empty()).then(|| as_change(text.to_owned()))
}

fn is_long(text: &str) -> bool {
    use unicode_segmentation::UnicodeSegmentation;
    text.unicode_words().nth(MOST_WORDS).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(old: &str, new: &str) -> String {
        word_diff(old, new)
            .iter()
            .map(|change| match change {
                WordChange::Same(text) => text.clone(),
                WordChange::Removed(text) => format!("[-{text}]"),
                WordChange::Added(text) => format!("[+{text}]"),
            })
            .collect()
    }

    #[test]
    fn a_changed_word_is_a_changed_word() {
        assert_eq!(
            shown("Ten die in crash", "Twelve die in crash"),
            "[-Ten][+Twelve] die in crash"
        );
        assert_eq!(shown("Same", "Same"), "Same");
        assert_eq!(shown("", "New"), "[+New]");
        assert_eq!(shown("", ""), "");
    }

    #[test]
    fn writing_without_spaces_has_words_too() {
        assert_eq!(shown("银行降息", "银行加息"), "银行[-降][+加]息");
    }

    #[test]
    fn very_long_texts_are_replaced_whole() {
        let old = "word ".repeat(5_000);
        let new = format!("{old} more");
        assert_eq!(word_diff(&old, &new).len(), 2);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_off_the_comparison(old in "\\PC{0,40}", new in "\\PC{0,40}") {
            let (mut left, mut right) = (String::new(), String::new());
            for change in word_diff(&old, &new) {
                match change {
                    WordChange::Same(text) => {
                        left.push_str(&text);
                        right.push_str(&text);
                    }
                    WordChange::Removed(text) => left.push_str(&text),
                    WordChange::Added(text) => right.push_str(&text),
                }
            }
            prop_assert_eq!(left, old);
            prop_assert_eq!(right, new);
        }
    }
}
