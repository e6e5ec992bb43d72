//! Words that say what kind of event a text tells: what two texts share beside them says which one it is.
//!
//! In scripts without capitals nothing shows which words are names; there what a title says beside the words of its kind
//! stands for them.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::stems::Filing;
use super::words::{Word, fold_word, hash_word, is_unspaced};

/// Letters that stand before a word and are written as one with it: `and`, `in`, `to`, `the`.
const PREFIXES: [(&str, &str); 2] = [("ar", "وبلفك"), ("he", "הובלמשכ")];

/// Letters of the shortest part of a noun that is made of several, and of what may stand before its head.
const LETTERS_OF_PART: usize = 4;
const LETTERS_BEFORE_HEAD: usize = 3;
/// Endings that make a form of a head; not `en`, with which half of all names of places end: `Frankenhausen`.
const ENDINGS_OF_HEAD: [&str; 4] = ["", "s", "n", "es"];
/// What joins a part to the next: `Wohnung-s-brand`.
const JOINTS: [&str; 7] = ["", "s", "n", "en", "es", "e", "er"];

/// The words of one language.
#[derive(Debug, Default)]
pub struct Kinds {
    /// As they are filed, by their hashes.
    words: FxHashSet<u32>,
    /// As they stand in a text without spaces, by their first letter, the longest first.
    stretches: FxHashMap<char, Vec<String>>,
    prefixes: &'static str,
    /// Where nouns are made of several, as `Wohnungsbrand` is a `Brand`: the words as they are folded, by their hashes.
    parts: FxHashMap<u32, Head>,
}

/// What a noun that is made of several is, by its last part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Head {
    /// Of its kind.
    Always,
    /// Of its kind if another part stands before it: `Kellerbrand` is a fire, `Hildebrand` a name.
    BehindAnother,
    /// Anything: more names end so than words of a kind.
    Never,
}

#[derive(serde::Deserialize)]
struct Listed {
    words: String,
    /// Those of them with which more names end than nouns of the kind.
    #[serde(default)]
    end_names: String,
    /// Those of them with which names end, and as many nouns of the kind.
    #[serde(default)]
    end_some_names: String,
    /// Made of them when the first item of the language comes.
    #[serde(skip)]
    kinds: OnceLock<Kinds>,
}

static LISTED: LazyLock<BTreeMap<String, Listed>> = LazyLock::new(|| {
    toml::from_str(include_str!("kind_words.toml"))
        .expect("the embedded list parses, a test reads it")
});

/// Those of a language by its two-letter code; `None` if none are known.
pub fn kinds_of(language: &str) -> Option<&'static Kinds> {
    let listed = LISTED.get(language)?;
    let kinds = || Kinds::new(language, listed);
    Some(listed.kinds.get_or_init(kinds))
}

impl Kinds {
    fn new(language: &str, listed: &Listed) -> Self {
        let prefixes = PREFIXES.iter().find(|(code, _)| *code == language);
        let mut kinds = Self {
            prefixes: prefixes.map_or("", |(_, letters)| letters),
            parts: parts_of(language, listed),
            ..Self::default()
        };
        let filing = Filing::of(language);
        let (mut folded, mut stem) = (String::new(), String::new());
        for word in listed.words.split_whitespace() {
            if let Some(first) = word.chars().next().filter(|c| is_unspaced(*c)) {
                let alike = kinds.stretches.entry(first).or_default();
                alike.push(word.to_owned());
                continue;
            }
            fold_word(word, &mut folded);
            let filed = filing.form(word, &folded, &mut stem);
            kinds.words.insert(hash_word(filed));
        }
        for alike in kinds.stretches.values_mut() {
            alike.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
        }
        kinds
    }

    /// These as they stand in a text.
    pub fn within<'a>(&'a self, text: &'a str) -> KindsWithin<'a> {
        KindsWithin {
            kinds: self,
            text,
            covered: self.cover(text),
        }
    }

    fn hold(&self, folded: &str, hash: u32) -> bool {
        let is_prefixed = || {
            let bare = folded.strip_prefix(|letter| self.prefixes.contains(letter));
            bare.is_some_and(|bare| self.words.contains(&hash_word(bare)))
        };
        self.words.contains(&hash)
            || !self.prefixes.is_empty() && is_prefixed()
            || !self.parts.is_empty() && self.hold_head_of(folded)
    }

    /// True if a word ends with one of these, as a noun does that is made of several, and is not likely a name.
    fn hold_head_of(&self, folded: &str) -> bool {
        let splits = folded.char_indices().skip(LETTERS_BEFORE_HEAD);
        let mut splits = splits.map(|(at, _)| folded.split_at(at));
        splits.any(|(before, head)| match self.find_head(head) {
            Some(Head::Always) => true,
            Some(Head::BehindAnother) => self.hold_part(before),
            Some(Head::Never) | None => false,
        })
    }

    fn find_head(&self, word: &str) -> Option<Head> {
        let mut bases = ENDINGS_OF_HEAD.iter().filter_map(|e| word.strip_suffix(e));
        bases.find_map(|base| self.find_part(base))
    }

    /// True if a word is one of these with what joins it to the next.
    fn hold_part(&self, word: &str) -> bool {
        let mut bases = JOINTS.iter().filter_map(|joint| word.strip_suffix(joint));
        bases.any(|base| self.find_part(base).is_some())
    }

    fn find_part(&self, folded: &str) -> Option<Head> {
        let is_long = folded.len() >= LETTERS_OF_PART;
        let found = is_long.then(|| self.parts.get(&hash_word(folded)));
        found.flatten().copied()
    }

    /// Of a text in a script without spaces, for each of its bytes whether it is of a word of a kind; empty in other
    /// languages.
    fn cover(&self, text: &str) -> Vec<bool> {
        if self.stretches.is_empty() {
            return Vec::new();
        }
        let mut covered = vec![false; text.len()];
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let start = text.len() - rest.len();
            let mut alike = self.stretches.get(&first).into_iter().flatten();
            let found = alike.find(|word| rest.starts_with(word.as_str()));
            let length = found.map_or(first.len_utf8(), String::len);
            if found.is_some() {
                covered[start..start + length].fill(true);
            }
            rest = &rest[length..];
        }
        covered
    }
}

/// As what the listed words of a language end a noun that is made of several; nothing where none is.
fn parts_of(language: &str, listed: &Listed) -> FxHashMap<u32, Head> {
    let mut parts = FxHashMap::default();
    if !writes_nouns_with_capitals(language) {
        return parts;
    }
    let mut folded = String::new();
    for (words, head) in [
        (&listed.words, Head::Always),
        (&listed.end_some_names, Head::BehindAnother),
        (&listed.end_names, Head::Never),
    ] {
        for word in words.split_whitespace() {
            fold_word(word, &mut folded);
            parts.insert(hash_word(&folded), head);
        }
    }
    parts
}

/// The words of one language as they stand in a text.
pub struct KindsWithin<'a> {
    kinds: &'a Kinds,
    text: &'a str,
    covered: Vec<bool>,
}

impl KindsWithin<'_> {
    /// True if a word of the text says a kind: `folded`, of which `hash` is that of the form in which it is filed. A
    /// pair of characters does if either is of a word of a kind.
    pub fn hold(&self, word: Word<'_>, folded: &str, hash: u32) -> bool {
        if !word.is_bigram {
            return self.kinds.hold(folded, hash);
        }
        let covered = self.covered.get(word.place_in(self.text));
        covered.is_some_and(|covered| covered.contains(&true))
    }
}

/// True if a word is of a script without capitals.
pub fn has_no_capitals(word: Word<'_>) -> bool {
    let first = word.written.chars().next();
    first.is_some_and(|c| c.is_alphabetic() && !c.is_uppercase() && !c.is_lowercase())
}

/// True of a language, by its two-letter code, that writes every noun with a capital: there a capital shows no name.
pub fn writes_nouns_with_capitals(language: &str) -> bool {
    matches!(language, "de" | "lb")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words::split_words;

    /// The words of a title, and whether each is of a kind.
    fn read<'a>(language: &str, title: &'a str) -> Vec<(Word<'a>, bool)> {
        let kinds = kinds_of(language).expect("the language is listed");
        let kinds = kinds.within(title);
        let filing = Filing::of(language);
        let (mut folded, mut stem) = (String::new(), String::new());
        let words = split_words(title).map(|word| {
            fold_word(word.written, &mut folded);
            let filed = filing.form(word.written, &folded, &mut stem);
            (word, kinds.hold(word, &folded, hash_word(filed)))
        });
        words.collect()
    }

    /// The words of a title that say which event it tells.
    fn left_of(language: &str, title: &str) -> Vec<String> {
        let read = read(language, title).into_iter();
        let left = read.filter(|(word, is_kind)| has_no_capitals(*word) && !is_kind);
        left.map(|(word, _)| word.written.to_owned()).collect()
    }

    #[test]
    fn what_is_left_of_a_headline_says_which_event_it_is() {
        let cases: [(&str, &str, &[&str]); 6] = [
            ("zh", "仁川工厂爆炸致3人死亡", &["仁川"]),
            ("ja", "札幌のビルで爆発3人死亡", &["札幌", "幌の"]),
            ("ko", "부산 아파트 화재 2명 사망", &["부산"]),
            ("th", "ไฟไหม้โรงงานอยุธยา", &["อยุ", "ยุธ", "ธยา"]),
            ("ar", "مقتل 3 أشخاص في حريق بمصنع في البصرة", &["البصرة"]),
            ("he", "שריפה במפעל בחיפה", &["בחיפה"]),
        ];
        for (language, title, which) in cases {
            let left = left_of(language, title);
            assert_eq!(left, which, "{title}");
        }
    }

    /// Those of some German words that are of a kind, or are not.
    fn german(words: &str, are_of_a_kind: bool) -> Vec<&str> {
        let read = read("de", words).into_iter();
        let found = read.filter(|(_, is_kind)| *is_kind == are_of_a_kind);
        found.map(|(word, _)| word.written).collect()
    }

    #[test]
    fn a_german_name_is_of_no_kind_by_how_it_ends() {
        let names = "Düsseldorf Deggendorf Warendorf Schwandorf Meckesdorf Neuendorf Königsdorf Siegsdorf Gummersdorf Zehdendorf \
            Ingolstadt Darmstadt Eisenhüttenstadt Rudolstadt Neustadt Filderstadt Hallstadt Neuenstadt Mutterstadt Karstadt \
            Saarland Deutschland Mailand Friedland Helgoland Wieland Hochland Gauland Schönland Roland \
            Steinsel Neuenkirchen Gelsenkirchen Saarbrücken Zweibrücken Halsbrücke Aschersleben Eisleben Andernach \
            Sangerhausen Mühlhausen Oberhausen Frankenhausen Heiligenhaus Lockenhaus Backhaus Niehaus Althaus Holthaus \
            Hildebrand Willebrand Engelsbrand Ladybrand Wolbrand Heidenkeller Muggensturm Iserlohn Hückeswagen \
            Ludwigshafen Wilhelmshaven Hartmann Baumeister Feichtenschlager Dinklage Küsnacht Baltimore Salvatore Beckingen \
            Hermine Commerzbank Clydebank Mangold Adelboden Wittstock Langewahl Böhlerwerk Baunatal Rothrist Pocking";
        assert_eq!(german(names, true), Vec::<&str>::new());
    }

    #[test]
    fn a_german_noun_that_is_made_of_several_is_of_the_kind_of_its_last() {
        let nouns = "Wohnungsbrand Dachstuhlbrand Kellerbrand Lagerhallenbrand Scheunenbrand Hotelbrand Küchenbrand \
            Messerangriff Drohnenangriffe Gasexplosion Busunglück Zugunglücks Verkehrsunfällen Raubmord Frauenmordes \
            Innenstadt Hauptstadt Großstadt Bundesland Nachbardorf Ferieninsel Hochhaus Rathaus Parkhaus \
            Landtagswahl Kommunalwahlen Präsidentenwahl Finanzministers Vizekanzler Oberlandesgericht Mordprozess \
            Notenbank Großbank Autobahnbrücke Bundesstraße Turnhalle Grundschule Stahlwerk Kraftwerks Sammelklage \
            Abschiebehaft Hauptbahnhof Warnstreiks Lokführerstreik Rettungswagen Schneesturm Heimsieg";
        assert_eq!(german(nouns, false), Vec::<&str>::new());
    }

    #[test]
    fn every_language_has_words() {
        for language in LISTED.keys() {
            let kinds = kinds_of(language).expect("it is listed");
            let stretches = kinds.stretches.values().flatten();
            let count = kinds.words.len() + stretches.count();
            assert!(count > 200, "{language}: {count}");
        }
    }
}
