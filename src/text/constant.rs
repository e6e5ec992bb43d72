//! Leads that say nothing of their items, because an outlet sets them under whatever it tells: what a radio station or a
//! video desk says of itself.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::words::weighty_words;

/// Titles without a weighty word in common that have one lead, from which on it is none of theirs. Of two such a
/// report may have been retitled.
const UNLIKE_TITLES: usize = 3;

/// The leads of a document that stand under three titles of which no two have a weighty word in common. Each report is a
/// title and a lead.
pub fn constant_leads<'a>(reports: impl Iterator<Item = (&'a str, &'a str)>) -> FxHashSet<&'a str> {
    let mut titles: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    for (title, lead) in reports.filter(|(_, lead)| !lead.is_empty()) {
        titles.entry(lead).or_default().push(title);
    }
    let constant = titles.into_iter().filter(|(_, titles)| are_unlike(titles));
    constant.map(|(lead, _)| lead).collect()
}

fn are_unlike(titles: &[&str]) -> bool {
    if titles.len() < UNLIKE_TITLES {
        return false;
    }
    let mut unlike: Vec<BTreeSet<String>> = Vec::new();
    for title in titles {
        let words: BTreeSet<String> = weighty_words(title).collect();
        if !words.is_empty() && unlike.iter().all(|other| other.is_disjoint(&words)) {
            unlike.push(words);
        }
        if unlike.len() == UNLIKE_TITLES {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_under_titles_that_have_nothing_in_common_is_constant() {
        let of_itself = "Radio North brings you the news of the coast, every hour.";
        let reports = [
            ("Minister resigns over bridge", of_itself),
            ("Fire in Gunnebo factory", of_itself),
            ("Bridge closed after minister resigns", of_itself),
            ("Okafor moves to Porto", of_itself),
            ("Volcano wakes", "The volcano of Jan Mayen wakes."),
            ("Weather", ""),
            ("Sport", ""),
            ("Culture", ""),
        ];
        let found = |count: usize| constant_leads(reports[..count].iter().copied());
        assert!(found(3).is_empty(), "two of the three are of one matter");
        assert_eq!(found(8), FxHashSet::from_iter([of_itself]));
    }

    #[test]
    fn a_report_that_is_retitled_keeps_its_lead() {
        let lead = "The two presidents shook hands in Anchorage before talks.";
        let reports = [
            ("Trump and Putin meet in Alaska", lead),
            ("Putin and Trump shake hands", lead),
            ("Talks in Alaska begin with handshake", lead),
            ("Summit in Alaska opens", lead),
        ];
        assert!(constant_leads(reports.into_iter()).is_empty());
    }
}
