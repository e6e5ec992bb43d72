//! Headlines that take back what was told: `reports of his death are a hoax` of who died, `reports that she resigned are
//! false` of who resigned. That somebody denies it takes nothing back.

use super::denials::calls_false;
use super::figures::{Words, counted, words_of};
use super::stages::named_stage;
use super::tolls::names_dead;

/// The stage of a matter that was told and is taken back.
pub(super) const RETRACTED: &str = "retracted";

/// What a headline names, whether it tells it or calls it false.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Matter {
    stage: Option<&'static str>,
    has_dead: bool,
    /// What it counts.
    numbers: Vec<String>,
    is_false: bool,
}

impl Matter {
    /// That of a headline in a language.
    pub(super) fn of(headline: &str, language: &str) -> Self {
        let words = words_of(headline, language);
        Self {
            stage: named_stage(&words),
            has_dead: names_dead(headline, language),
            numbers: numbers_of(&words),
            is_false: calls_false(&words),
        }
    }

    /// True if this one is called false, and the other one tells it.
    pub(super) fn takes_back(&self, told: &Matter) -> bool {
        self.is_false && !told.is_false && (self.is_stage_of(told) || self.is_death_of(told))
    }

    fn is_stage_of(&self, told: &Matter) -> bool {
        self.stage.is_some() && self.stage == told.stage
    }

    /// Of a quake that killed twelve it is not false that it killed hundreds.
    fn is_death_of(&self, told: &Matter) -> bool {
        let is_same_number =
            self.numbers.is_empty() || self.numbers.iter().any(|own| told.numbers.contains(own));
        self.has_dead && told.has_dead && is_same_number
    }
}

fn numbers_of(words: &Words<'_>) -> Vec<String> {
    let numbers = (0..words.len()).filter_map(|at| counted(words, at));
    numbers.collect()
}

/// True if a headline in a language calls false what it names.
pub(super) fn is_called_false(headline: &str, language: &str) -> bool {
    calls_false(&words_of(headline, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes_back(later: &str, sooner: &str, language: &str) -> bool {
        Matter::of(later, language).takes_back(&Matter::of(sooner, language))
    }

    #[test]
    fn what_is_called_false_takes_back_what_was_told() {
        for (sooner, later, language) in [
            (
                "Actor Kim Hoon dies at 61",
                "Kim Hoon death a hoax, agent says",
                "en",
            ),
            (
                "Actor Kim Hoon dead at 61",
                "Reports of Kim Hoon's death are false",
                "en",
            ),
            (
                "15 dead in Surat mall fire",
                "Report of 15 dead in Surat mall was a hoax",
                "en",
            ),
            (
                "Finance minister resigns",
                "Reports that minister resigned are false",
                "en",
            ),
            (
                "Schlagerstar Ida Holm gestorben",
                "Tod von Ida Holm: Bericht ist falsch",
                "de",
            ),
            (
                "Le préfet démissionne",
                "Infox : le préfet démissionne",
                "fr",
            ),
            (
                "Dimite el alcalde de Vigo",
                "Es falso que dimite el alcalde de Vigo",
                "es",
            ),
            ("市长被捕", "市长被捕系谣言", "zh"),
        ] {
            assert!(takes_back(later, sooner, language), "{later}");
        }
    }

    #[test]
    fn what_is_denied_doubted_or_another_matter_takes_nothing_back() {
        for (sooner, later, language) in [
            (
                "12 killed in raid on Goma",
                "Army denies killing 12 in Goma",
                "en",
            ),
            (
                "Quake kills 12 in Venezuela",
                "False reports of 500 dead in quake spread",
                "en",
            ),
            ("Minister resigns", "Minister denies he resigned", "en"),
            (
                "Minister resigns",
                "Reports that minister was arrested are false",
                "en",
            ),
            (
                "Gunman arrested in Leeds",
                "False arrest: man sues police in Leeds",
                "en",
            ),
            ("Report of his death is a hoax", "Kim Hoon death hoax", "en"),
        ] {
            assert!(!takes_back(later, sooner, language), "{later}");
        }
    }
}
