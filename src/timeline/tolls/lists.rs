//! The lists of `tolls.txt`.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::text::tolls::FILE;
use crate::text::tongues::{Signs, Tongues, words_of_list};

/// The words of `tolls.txt`.
pub(in crate::timeline) struct Lists {
    pub(in crate::timeline) dead: Signs,
    pub(super) undead: Signs,
    pub(super) beside: Signs,
    pub(in crate::timeline) living: Signs,
    pub(in crate::timeline) captives: Signs,
    pub(in crate::timeline) tolls: Signs,
    pub(in crate::timeline) kills: Signs,
    pub(in crate::timeline) anyone: Signs,
    pub(in crate::timeline) rises: Signs,
    pub(in crate::timeline) up_to: Signs,
    pub(in crate::timeline) risen: Signs,
    pub(in crate::timeline) from: Signs,
    pub(in crate::timeline) left: Signs,
    pub(in crate::timeline) steps: Signs,
    pub(in crate::timeline) more: Signs,
    pub(in crate::timeline) parts: Signs,
    pub(in crate::timeline) between: Signs,
    pub(in crate::timeline) parents: Signs,
    pub(in crate::timeline) named: Signs,
    pub(in crate::timeline) units: Signs,
    pub(in crate::timeline) ahead: Signs,
    pub(in crate::timeline) doubts: Signs,
    pub(super) none: Signs,
    pub(in crate::timeline) wholes: Signs,
    pub(in crate::timeline) occasions: Signs,
    pub(in crate::timeline) wars: Signs,
    pub(in crate::timeline) most: Signs,
    pub(in crate::timeline) elapsed: Signs,
    pub(in crate::timeline) lately: Signs,
    pub(in crate::timeline) tried: Signs,
    pub(in crate::timeline) decries: Signs,
    pub(in crate::timeline) sentenced: Signs,
    pub(in crate::timeline) sparks: Signs,
    pub(in crate::timeline) unrest: Signs,
    pub(in crate::timeline) regarding: Signs,
    pub(in crate::timeline) of_dead: Signs,
    pub(in crate::timeline) along: Signs,
    pub(in crate::timeline) convicts: Signs,
    pub(in crate::timeline) relatives: Signs,
    pub(in crate::timeline) condemns: Signs,
    pub(in crate::timeline) to_death: Signs,
    pub(in crate::timeline) victims: Signs,
    pub(in crate::timeline) numbered: Signs,
    pub(in crate::timeline) among: Signs,
    pub(in crate::timeline) disasters: Signs,
    pub(in crate::timeline) bare_toll: Signs,
    pub(in crate::timeline) tolled: Signs,
    pub(in crate::timeline) found: Signs,
    pub(in crate::timeline) of_years: Signs,
    pub(in crate::timeline) before_years: Signs,
    pub(super) be: Signs,
    pub(super) nots: Signs,
    pub(super) moved: Signs,
    pub(super) attacks: Signs,
    pub(super) lasting: Signs,
    pub(in crate::timeline) verbs: Signs,
    pub(in crate::timeline) deeds: Signs,
    pub(super) without: Signs,
    pub(in crate::timeline) nearly: Signs,
    pub(in crate::timeline) and: Signs,
    pub(in crate::timeline) rates: Signs,
    pub(in crate::timeline) since: Signs,
    pub(in crate::timeline) including: Signs,
    pub(in crate::timeline) inside: Signs,
    pub(in crate::timeline) says: Signs,
    pub(in crate::timeline) places: Signs,
    pub(in crate::timeline) beasts: Signs,
    pub(in crate::timeline) persons: Signs,
    pub(in crate::timeline) wards: Signs,
    pub(in crate::timeline) kin: Signs,
    pub(in crate::timeline) article: Signs,
    pub(in crate::timeline) joins: Signs,
    pub(in crate::timeline) counters: Signs,
    pub(in crate::timeline) clauses: Signs,
    pub(in crate::timeline) leading: Signs,
    pub(super) dies: Signs,
    /// Number words of other languages than English, and what they say.
    pub(super) numbers: FxHashMap<&'static str, Vec<(u32, Tongues)>>,
    /// Words that are one sign with the word behind them, by the first.
    pub(super) pairs: FxHashMap<&'static str, Vec<&'static str>>,
}

/// The lists that have words which are one sign with the word behind them.
const PAIRED: [&str; 13] = [
    "dead", "undead", "living", "ahead", "doubts", "nearly", "rates", "between", "leading",
    "lately", "wholes", "tried", "attacks",
];

pub(in crate::timeline) static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let words = |list| words_of_list(FILE, list);
    let signs = |list| Signs::of(words(list));
    let mut pairs: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    for (_, pair) in PAIRED.into_iter().flat_map(words) {
        if let Some((first, second)) = pair.split_once('_') {
            pairs.entry(first).or_default().push(second);
        }
    }
    Lists {
        dead: Signs::of(words("dead").chain(words("beside"))),
        undead: signs("undead"),
        beside: signs("beside"),
        living: signs("living"),
        captives: signs("captives"),
        tolls: signs("tolls"),
        kills: signs("kills"),
        anyone: signs("anyone"),
        rises: signs("rises"),
        up_to: signs("up-to"),
        risen: signs("risen"),
        from: signs("from"),
        left: signs("left"),
        steps: signs("steps"),
        more: signs("more"),
        parts: signs("parts"),
        between: signs("between"),
        parents: signs("parents"),
        named: signs("named"),
        units: signs("units"),
        ahead: signs("ahead"),
        doubts: signs("doubts"),
        none: signs("none"),
        wholes: signs("wholes"),
        occasions: signs("occasions"),
        wars: signs("wars"),
        most: signs("most"),
        elapsed: signs("elapsed"),
        lately: signs("lately"),
        tried: signs("tried"),
        decries: signs("decries"),
        sentenced: signs("sentenced"),
        sparks: signs("sparks"),
        unrest: signs("unrest"),
        regarding: signs("regarding"),
        of_dead: signs("of-dead"),
        along: signs("along"),
        convicts: signs("convicts"),
        relatives: signs("relatives"),
        condemns: signs("condemns"),
        to_death: signs("to-death"),
        victims: signs("victims"),
        numbered: signs("numbered"),
        among: signs("among"),
        disasters: signs("disasters"),
        bare_toll: signs("bare-toll"),
        tolled: signs("tolled"),
        found: signs("found"),
        of_years: signs("of-years"),
        before_years: signs("before-years"),
        be: signs("be"),
        nots: signs("nots"),
        moved: signs("moved"),
        attacks: signs("attacks"),
        lasting: signs("lasting"),
        verbs: signs("verbs"),
        deeds: signs("deeds"),
        without: signs("without"),
        nearly: signs("nearly"),
        and: signs("and"),
        rates: signs("rates"),
        since: signs("since"),
        including: signs("including"),
        inside: signs("inside"),
        says: signs("says"),
        places: signs("places"),
        beasts: signs("beasts"),
        persons: signs("persons"),
        wards: signs("wards"),
        kin: signs("kin"),
        article: signs("article"),
        joins: signs("joins"),
        counters: signs("counters"),
        clauses: signs("clauses"),
        leading: signs("leading"),
        dies: signs("dies"),
        numbers: number_words(),
        pairs,
    }
});

fn number_words() -> FxHashMap<&'static str, Vec<(u32, Tongues)>> {
    let mut numbers: FxHashMap<&str, Vec<(u32, Tongues)>> = FxHashMap::default();
    let mut next = (2, "");
    for (codes, forms) in words_of_list(FILE, "numbers") {
        let number = if codes == next.1 { next.0 } else { 2 };
        next = (number + 1, codes);
        for form in forms.split('/') {
            let (tongues, word) = Tongues::of(codes, form);
            numbers.entry(word).or_default().push((number, tongues));
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::FILE;
    use crate::text::tongues::named_language;

    #[test]
    fn lists_name_the_languages_that_are_known_to_be_named() {
        let files = [
            FILE,
            include_str!("../stages.txt"),
            include_str!("../denials.txt"),
        ];
        for file in files {
            let heads = file
                .split(['\n', ';'])
                .filter_map(|line| line.split_once(':'));
            for (head, _) in heads.filter(|(head, _)| !head.starts_with('#')) {
                let codes = head.split_whitespace().filter(|word| word.len() == 2);
                let unnamed: Vec<&str> = codes
                    .filter(|code| named_language(code).is_empty())
                    .collect();
                assert!(unnamed.is_empty(), "{unnamed:?}");
            }
        }
    }
}
