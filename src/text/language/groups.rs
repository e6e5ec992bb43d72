//! Which languages words tell apart for sure, and which are taken for each other.

/// Languages whose words show them for sure, in groups within which one is easily taken for another.
const TOLD_BY_WORDS: [&[&str]; 13] = [
    &["en"],
    &["de"],
    &["nl"],
    &["fr"],
    &["es", "pt", "it"],
    &["sv", "da", "no"],
    &["fi", "et"],
    &["pl"],
    &["cs", "sk", "sl", "hr", "sr"],
    &["hu"],
    &["ro"],
    &["tr", "az"],
    &["vi"],
];

/// The group of a language; `None` if its words do not show it.
pub(super) fn group_of(code: &str) -> Option<usize> {
    let holds = |group: &&[&str]| group.contains(&code);
    TOLD_BY_WORDS.iter().position(holds)
}

/// True if to show the one contradicts that it is the other.
pub(super) fn refutes(shown: &str, claim: &str) -> bool {
    group_of(shown).is_some_and(|group| group_of(claim) != Some(group))
}
