//! The words in which headlines count the dead (`tolls.txt`), and what a title's words say by them of a number. Which
//! number a headline tells is read in `timeline`.

use std::sync::LazyLock;

use super::tongues::{Signs, named_language, words_of_list};
use super::words::lower_word;

/// The lists of `tolls.txt`, with what each is for.
pub const FILE: &str = include_str!("tolls.txt");

struct Lists {
    dead: Signs,
    undead: Signs,
    grown: Signs,
    attacks: Signs,
    lasting: Signs,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let signs = |lists: &[&str]| {
        let words = lists.iter().flat_map(|list| words_of_list(FILE, list));
        Signs::of(words)
    };
    Lists {
        dead: signs(&["dead", "beside"]),
        undead: signs(&["undead"]),
        grown: signs(&["rises", "risen", "tolls", "moved", "grows"]),
        attacks: signs(&["attacks"]),
        lasting: signs(&["lasting"]),
    }
});

/// The words of a title as they bear on how many died.
pub struct TollWords<'t> {
    words: Vec<String>,
    language: &'t str,
}

impl<'t> TollWords<'t> {
    /// Of words as they are written, in a language by its two-letter code.
    pub fn read<'w>(written: impl Iterator<Item = &'w str>, language: &'t str) -> Self {
        Self {
            words: written.map(lower_word).collect(),
            language: named_language(language),
        }
    }

    /// True if it says that what it counts has grown, or is all so far.
    pub fn say_grown(&self) -> bool {
        self.stand_anywhere(&LISTS.grown)
    }

    /// True if it tells of an attack as each night of a war has its own.
    pub fn tell_attack(&self) -> bool {
        self.stand_anywhere(&LISTS.attacks)
    }

    /// True if it tells of what goes on over night, so that more dead are found by the next morning.
    pub fn tell_what_lasts(&self) -> bool {
        self.stand_anywhere(&LISTS.lasting)
    }

    /// True if a word of death stands at a place.
    pub fn count_dead(&self, at: usize) -> bool {
        let looks_dead = self.stand_at(&LISTS.dead, at);
        looks_dead && !self.stand_at(&LISTS.undead, at)
    }

    fn stand_anywhere(&self, signs: &Signs) -> bool {
        (0..self.words.len()).any(|at| self.stand_at(signs, at))
    }

    /// True if one of the signs stands at a place, or is made of the words there and behind.
    fn stand_at(&self, signs: &Signs, at: usize) -> bool {
        let word = &self.words[at];
        signs.stand_in(word, self.language)
            || self.words.get(at + 1).is_some_and(|next| {
                let pair = [word.as_str(), "_", next].concat();
                signs.stand_in(&pair, self.language)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_of<'t>(title: &str, language: &'t str) -> TollWords<'t> {
        TollWords::read(title.split([' ', ':', ',']), language)
    }

    #[test]
    fn a_title_says_that_a_toll_has_grown_in_its_own_language() {
        for (title, language) in [
            ("Death toll reaches 12", "en"),
            ("Aantal doden stijgt naar 94", "nl"),
            ("Кількість загиблих зросла до 25", "uk"),
            ("ارتفاع حصيلة زلزال ننغرهار إلى 812 قتيلا", "ar"),
            ("मरने वालों की संख्या बढ़कर 12", "hi"),
            ("Operação passa de 64 para 121 mortos", "pt"),
        ] {
            assert!(words_of(title, language).say_grown(), "{title}");
        }
        assert!(!words_of("Floods: 24 dead in Kerr County", "en").say_grown());
    }

    #[test]
    fn an_attack_is_of_a_war_and_a_flood_goes_on_over_night() {
        for (title, language, is_attack, lasts) in [
            ("Drones hit Kyiv, killing three", "en", true, false),
            ("Удар по Тернополю: загинули 19 людей", "uk", true, false),
            ("Shooting at Bondi Beach: 11 dead", "en", false, true),
            ("Floods kill 24", "en", false, true),
            ("Brand in flatgebouw Hongkong: 36 doden", "nl", false, true),
            ("Bus crash in Punjab kills 8", "en", false, false),
        ] {
            let words = words_of(title, language);
            assert_eq!(words.tell_attack(), is_attack, "{title}");
            assert_eq!(words.tell_what_lasts(), lasts, "{title}");
        }
    }

    #[test]
    fn a_word_of_death_may_be_two() {
        let words = words_of("Nie żyje 12 osób", "pl");
        assert!(words.count_dead(0));
        assert!(!words_of("Death sentence for 12", "en").count_dead(0));
    }
}
