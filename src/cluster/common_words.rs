//! What a table of a language knows before it has seen anything: its most common words.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::text::stems::Filing;
use crate::text::words::{fold_word, hash_word, split_words};

/// Items that a new table pretends to have seen: few against a day's news, enough to tell a rare
/// word from a common one in the first hour.
pub(super) const PRETENDED_ITEMS: u32 = 400;

/// Words of the three shares of `common_words.toml`.
#[derive(serde::Deserialize)]
struct Shares {
    most: String,
    many: String,
    some: String,
}

type Counts = BTreeMap<String, Vec<(u32, u32)>>;

static COUNTS: LazyLock<Counts> = LazyLock::new(|| {
    let file: BTreeMap<String, Shares> = toml::from_str(include_str!("common_words.toml"))
        .expect("the embedded list parses, a test reads it");
    file.into_iter()
        .map(|(language, shares)| {
            let counts = counts_of(&language, &shares);
            (language, counts)
        })
        .collect()
});

/// Hashes of the language's common words, each with the pretended items that hold it; `None` for a
/// language without a list.
pub(super) fn common_words(language: &str) -> Option<&'static [(u32, u32)]> {
    COUNTS.get(language).map(Vec::as_slice)
}

fn counts_of(language: &str, shares: &Shares) -> Vec<(u32, u32)> {
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    let filing = Filing::of(language);
    let (mut folded, mut stem) = (String::new(), String::new());
    let kana = match language {
        "ja" => pairs_of_hiragana(),
        _ => String::new(),
    };
    let many = [&shares.many, " ", &kana].concat();
    for (words, divisor) in [(&shares.some, 30), (&many, 10), (&shares.most, 3)] {
        for word in split_words(words) {
            fold_word(word.written, &mut folded);
            let filed = filing.form(word.written, &folded, &mut stem);
            counts.insert(hash_word(filed), PRETENDED_ITEMS / divisor);
        }
    }
    counts.into_iter().collect()
}

/// Every two hiragana: particles and endings, seldom what a report is about.
fn pairs_of_hiragana() -> String {
    let letters = || 'ぁ'..='ん';
    letters()
        .flat_map(|first| letters().map(move |second| String::from_iter([first, second, ' '])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_parses_and_knows_its_languages() {
        for language in [
            "en", "de", "fr", "es", "ru", "tr", "ar", "hi", "zh", "ja", "ko", "th",
        ] {
            assert!(
                common_words(language).is_some_and(|words| words.len() > 35),
                "{language}"
            );
        }
        assert!(common_words("und").is_none());
    }
}
