//! Words of several languages that say one thing: `avgår`, `quits` and `Rücktritt` are filed as
//! `resign`. A short list, not a dictionary: it knows what headlines are made of, and one word at
//! a time.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::words::fold_word;

/// The form under which a folded word is filed: that of its concept, or the word itself.
pub fn concept_of(folded: &str) -> &str {
    find_concept(folded).unwrap_or(folded)
}

/// The form of a folded word's concept; `None` if the list does not know the word.
pub fn find_concept(folded: &str) -> Option<&'static str> {
    CONCEPTS.get(folded).map(String::as_str)
}

#[derive(serde::Deserialize)]
struct File {
    endings: String,
    #[serde(flatten)]
    shelves: BTreeMap<String, BTreeMap<String, String>>,
}

static CONCEPTS: LazyLock<FxHashMap<String, String>> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("concepts.toml"))
        .expect("the embedded list parses, a test reads it");
    let mut concepts = FxHashMap::default();
    let mut inflected = FxHashMap::default();
    for (concept, words) in file.shelves.into_values().flatten() {
        for word in words.split_whitespace() {
            let Some(stem) = word.strip_suffix('~') else {
                add(&mut concepts, word, &concept);
                continue;
            };
            add(&mut concepts, stem, &concept);
            for ending in file.endings.split_whitespace() {
                add(&mut inflected, &format!("{stem}{ending}"), &concept);
            }
        }
    }
    // A word that is listed goes before a form that another word could have.
    for (form, concept) in inflected {
        concepts.entry(form).or_insert(concept);
    }
    concepts
});

/// The first concept that claims a word keeps it.
fn add(concepts: &mut FxHashMap<String, String>, word: &str, concept: &str) {
    let mut folded = String::new();
    fold_word(word, &mut folded);
    concepts.entry(folded).or_insert_with(|| concept.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filed(word: &str) -> String {
        let mut folded = String::new();
        fold_word(word, &mut folded);
        concept_of(&folded).to_owned()
    }

    #[test]
    fn words_that_say_one_thing_meet() {
        for (word, concept) in [
            ("quits", "resign"),
            ("resigned", "resign"),
            ("avgår", "resign"),
            ("Rücktritt", "resign"),
            ("eröffnet", "open"),
            ("endet", "end"),
            ("Gipfel", "summit"),
            ("toppmötet", "summit"),
            ("ceasefire", "ceasefire"),
            ("Rysslands", "russia"),
            ("U.S.", "usa"),
            ("två", "2"),
        ] {
            assert_eq!(filed(word), concept, "{word}");
        }
    }

    #[test]
    fn other_words_stay_themselves() {
        for word in ["putin", "anchorage", "handshake", "the", "die"] {
            assert_eq!(filed(word).as_str(), word);
        }
    }
}
