//! How alike two texts are, by their words.

use std::collections::{BTreeSet, HashMap};

/// Twice the shared words over all words, 0 to 1; 1 if both are empty. Scripts without spaces
/// are compared by pairs of characters.
pub(super) fn likeness(a: &str, b: &str) -> f32 {
    if a == b {
        return 1.0;
    }
    let (a, b) = (words(a), words(b));
    let total = a.len() + b.len();
    if total == 0 {
        return 1.0;
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in &a {
        *counts.entry(word).or_default() += 1;
    }
    let mut shared = 0usize;
    for word in &b {
        if let Some(left) = counts.get_mut(word.as_str()).filter(|left| **left > 0) {
            *left -= 1;
            shared += 1;
        }
    }
    2.0 * shared as f32 / total as f32
}

/// As [`likeness`], of the words that occur, however often they do: in texts of some length the small words of a language
/// make any two alike.
pub(super) fn common_share(a: &str, b: &str) -> f32 {
    let (a, b): (BTreeSet<_>, BTreeSet<_>) = (
        words(a).into_iter().collect(),
        words(b).into_iter().collect(),
    );
    match a.len() + b.len() {
        0 => 1.0,
        total => 2.0 * a.intersection(&b).count() as f32 / total as f32,
    }
}

/// Lower-case words, or pairs of characters of scripts without spaces.
pub(super) fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut words = Vec::new();
    for word in lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let chars: Vec<char> = word.chars().collect();
        if chars.len() > 2 && chars.iter().any(|c| is_unspaced(*c)) {
            words.extend(chars.windows(2).map(|pair| pair.iter().collect()));
        } else {
            words.push(word.to_owned());
        }
    }
    words
}

/// How long a text is in words: three pairs of characters count as one.
pub(super) fn length(text: &str) -> usize {
    let words = words(text);
    let is_pair = |word: &&String| word.chars().any(is_unspaced);
    let pairs = words.iter().filter(is_pair).count();
    words.len() - pairs + pairs / PAIRS_IN_WORD
}

const PAIRS_IN_WORD: usize = 3;

/// Thai, Lao, Khmer, Myanmar, Chinese, Japanese.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}
