//! Words that no name is: those that a language writes in small letters within a sentence. What has a capital only where
//! any word has one, as the first of a title, is a name if it is none of them.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// Endings that make a form of a word. With the second kind a last letter of the word may have gone or come: `making`,
/// `stopped`, `carries`.
const ENDINGS: [&str; 3] = ["s", "d", "ly"];
const BENDING: [&str; 3] = ["es", "ed", "ing"];
/// Letters of the shortest word that has forms.
const SHORTEST: usize = 3;

/// The ordinary words of one language.
#[derive(Debug)]
pub struct Ordinary {
    words: FxHashSet<&'static str>,
}

static ENGLISH: LazyLock<Ordinary> = LazyLock::new(|| {
    let lines = include_str!("ordinary_words.txt").lines();
    let words = lines.filter(|line| !line.starts_with('#'));
    Ordinary {
        words: words.flat_map(str::split_ascii_whitespace).collect(),
    }
});

/// Those of a language by its two-letter code; `None` if they are not known.
pub fn ordinary_words(language: &str) -> Option<&'static Ordinary> {
    (language == "en").then(|| &*ENGLISH)
}

impl Ordinary {
    /// True of a folded word that is one of them, or a form of one.
    pub fn hold(&self, folded: &str) -> bool {
        self.words.contains(folded) || self.hold_as_form(folded)
    }

    fn hold_as_form(&self, folded: &str) -> bool {
        let without = |ending: &&str| {
            let base = folded.strip_suffix(*ending)?;
            (base.len() >= SHORTEST).then_some(base)
        };
        let is_known = |base: &str| self.words.contains(base);
        let mut plain = ENDINGS.iter().chain(&BENDING).filter_map(without);
        plain.any(is_known)
            || BENDING
                .iter()
                .filter_map(without)
                .any(|base| self.hold_bent(base))
    }

    fn hold_bent(&self, base: &str) -> bool {
        let mut written = format!("{base}e");
        if self.words.contains(written.as_str()) {
            return true;
        }
        let mut last = base.chars().rev();
        match (last.next(), last.next()) {
            (Some('i'), _) => {
                written.truncate(base.len() - 1);
                written.push('y');
                self.words.contains(written.as_str())
            }
            (Some(one), Some(other)) if one == other => {
                self.words.contains(&base[..base.len() - one.len_utf8()])
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_their_forms_are_ordinary_and_names_are_not() {
        let english = ordinary_words("en").unwrap();
        for word in [
            "police",
            "council",
            "protesters",
            "stabbed",
            "stopped",
            "carries",
            "making",
            "flooding",
            "crews",
            "wildfires",
            "tram",
            "largest",
            "closely",
            "given",
        ] {
            assert!(english.hold(word), "{word}");
        }
        for name in [
            "siemens", "lyon", "bergen", "dakar", "putin", "bayer", "tesla", "é", "",
        ] {
            assert!(!english.hold(name), "{name}");
        }
        assert!(ordinary_words("de").is_none());
    }
}
