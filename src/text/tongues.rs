//! Lists of words in many languages. What a text says is held against the words of its own language: `die` kills
//! nobody in German.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::words::is_unspaced;

/// The languages that lists name.
const NAMED: &str = "ar az be bg bs cs da de en es et fa fi fr he hi hr hu id it ja ko lt lv mk ms nl no pl pt ro ru sk sl sq sr sv \
    sw th tl tr uk vi zh";

/// A language if lists name it; else empty, as where it is not known.
pub fn named_language(code: &str) -> &str {
    match NAMED.split_whitespace().any(|named| named == code) {
        true => code,
        false => "",
    }
}

/// In which languages a sign counts.
#[derive(Clone, Debug, Default)]
pub struct Tongues {
    /// Their codes; none for all.
    codes: Vec<&'static str>,
    /// True if it says nothing else in a language that is not known.
    is_plain: bool,
}

impl Tongues {
    /// Of a sign of these languages, and that sign without `!`, which marks what says something else elsewhere.
    pub fn of(codes: &'static str, sign: &'static str) -> (Self, &'static str) {
        let bare = sign.strip_suffix('!');
        let tongues = Self {
            codes: codes.split_whitespace().collect(),
            is_plain: bare.is_none(),
        };
        (tongues, bare.unwrap_or(sign))
    }

    /// True if it counts in a language; empty where that is not known.
    pub fn speak(&self, language: &str) -> bool {
        match language {
            "" => self.is_plain,
            known => self.codes.is_empty() || self.codes.contains(&known),
        }
    }

    fn add(&mut self, other: Self) {
        match self.codes.is_empty() || other.codes.is_empty() {
            true => self.codes.clear(),
            false => self.codes.extend(other.codes),
        }
        self.is_plain |= other.is_plain;
    }
}

/// The words of a list of a file, with the codes of their languages. A line is `list: words`, of words that count in
/// all languages, or `list de nl: words`.
pub fn words_of_list<'n>(
    file: &'static str,
    list: &'n str,
) -> impl Iterator<Item = (&'static str, &'static str)> + use<'n> {
    let lines = file.lines().filter_map(move |line| {
        let (head, words) = line.split_once(':')?;
        let (name, codes) = head.split_once(' ').unwrap_or((head, ""));
        (name == list).then_some((codes, words))
    });
    lines.flat_map(|(codes, words)| words.split_whitespace().map(move |word| (codes, word)))
}

/// Words that say one thing: whole ones, what others begin with (`x~`) by its first letter or end with (`~x`), and what
/// stands in others.
#[derive(Default)]
pub struct Signs {
    whole: FxHashMap<&'static str, Tongues>,
    stems: FxHashMap<char, Vec<(&'static str, Tongues)>>,
    endings: Vec<&'static str>,
    stretches: Vec<&'static str>,
}

impl Signs {
    /// Of words with the codes of their languages.
    pub fn of(words: impl Iterator<Item = (&'static str, &'static str)>) -> Self {
        let mut signs = Self::default();
        for (codes, word) in words {
            let (tongues, word) = Tongues::of(codes, word);
            if let Some(ending) = word.strip_prefix('~') {
                signs.endings.push(ending);
            } else if word.starts_with(is_unspaced) {
                signs.stretches.push(word);
            } else if let Some((stem, first)) = word.strip_suffix('~').zip(word.chars().next()) {
                let stems = signs.stems.entry(first).or_default();
                stems.push((stem, tongues));
            } else if let Some(known) = signs.whole.get_mut(word) {
                known.add(tongues);
            } else {
                signs.whole.insert(word, tongues);
            }
        }
        signs
    }

    /// True if a word of a language is one of them; in scripts without spaces, if one stands anywhere in it.
    pub fn stand_in(&self, word: &str, language: &str) -> bool {
        let is_shown = || {
            self.stretches.iter().any(|sign| word.contains(sign))
                || self.endings.iter().any(|ending| word.ends_with(ending))
        };
        self.are_word(word, language) || word.contains(is_unspaced) && is_shown()
    }

    /// The same where it must stand at the beginning.
    pub fn begin(&self, word: &str, language: &str) -> bool {
        self.are_word(word, language) || self.stretches.iter().any(|sign| word.starts_with(sign))
    }

    fn are_word(&self, word: &str, language: &str) -> bool {
        let whole = self.whole.get(word);
        let first = word.chars().next();
        let stems = first.and_then(|first| self.stems.get(&first));
        let mut stems = stems.into_iter().flatten();
        whole.is_some_and(|tongues| tongues.speak(language))
            || stems.any(|(stem, tongues)| word.starts_with(stem) && tongues.speak(language))
    }

    /// The signs of scripts without spaces that stand in a word, as places of bytes.
    pub fn places_in(&self, word: &str) -> impl Iterator<Item = Range<usize>> {
        let signs = self.stretches.iter();
        signs.flat_map(|sign| {
            let places = word.match_indices(sign);
            places.map(|(at, _)| at..at + sign.len())
        })
    }

    /// What follows the longest sign of a script without spaces with which a text begins.
    pub fn without_first<'t>(&self, text: &'t str) -> Option<&'t str> {
        let signs = self.stretches.iter();
        let rests = signs.filter_map(|sign| text.strip_prefix(sign));
        rests.min_by_key(|rest| rest.len())
    }

    /// How many whole words there are.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.whole.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_counts_in_its_languages_and_where_it_is_plain_in_one_that_is_not_known() {
        let signs = Signs::of(words_of_list(
            "dead en: die! dead\ndead de: tote\ndead: 死",
            "dead",
        ));
        for (word, counts_in) in [
            ("die", vec!["en"]),
            ("dead", vec!["en", ""]),
            ("tote", vec!["de", ""]),
            ("人死亡", vec!["en", "de", ""]),
        ] {
            for language in ["en", "de", ""] {
                let counts = signs.stand_in(word, language);
                assert_eq!(
                    counts,
                    counts_in.contains(&language),
                    "{word} in {language}"
                );
            }
        }
    }

    #[test]
    fn a_language_that_no_list_names_is_as_one_that_is_not_known() {
        assert_eq!(named_language("und"), "");
        assert_eq!(named_language("eu"), "");
        assert_eq!(named_language("de"), "de");
    }
}
