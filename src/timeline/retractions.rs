//! Headlines that take back what was told: `reports of his death are a hoax` of who died, `reports that she resigned are
//! false` of who resigned. That somebody denies it takes nothing back, as an army does of whom it killed, nor does what
//! calls false only how or why it happened, or what else is claimed of who was arrested.

mod deeds;
mod tellers;

use super::denials::calls_false;
use super::figures::{Words, counted, words_of};
use super::stages::{named_stage, places_of};
use super::tolls::{deaths_in, names_dead, tells_attack, toll_of};
use deeds::{is_deed_false, is_nobodys_denial};
pub(super) use tellers::are_taken_back;

/// The stage of a matter that was told and is taken back.
pub(super) const RETRACTED: &str = "retracted";

/// What a headline names, whether it tells it or calls it false.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Matter {
    headline: String,
    language: String,
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
            headline: headline.to_owned(),
            language: language.to_owned(),
            stage: named_stage(&words),
            has_dead: names_dead(headline, language),
            numbers: numbers_of(&words),
            is_false: calls_false(&words),
        }
    }

    /// True if it is told as what happened: a stage, or that somebody died.
    pub(super) fn can_be_taken_back(&self) -> bool {
        !self.is_false && (self.stage.is_some() || self.has_dead)
    }

    /// True if this one is called false, and the other one tells it.
    pub(super) fn takes_back(&self, told: &Matter) -> bool {
        self.is_false && !told.is_false && (self.is_stage_of(told) || self.is_death_of(told))
    }

    fn is_stage_of(&self, told: &Matter) -> bool {
        let Some(stage) = self.stage.filter(|stage| told.stage == Some(stage)) else {
            return false;
        };
        let words = words_of(&self.headline, &self.language);
        let mut deeds = places_of(stage, &words).into_iter();
        deeds.any(|deed| is_deed_false(&words, &deed, &told.words()))
    }

    /// Of a quake that killed twelve it is not false that it killed hundreds.
    fn is_death_of(&self, told: &Matter) -> bool {
        let is_same_number =
            self.numbers.is_empty() || self.numbers.iter().any(|own| told.numbers.contains(own));
        if !(self.has_dead && told.has_dead && is_same_number) {
            return false;
        }
        let (words, deaths) = deaths_in(&self.headline, &self.language);
        let mut deaths = deaths.into_iter().map(|at| at..at + 1);
        let (before, may_be_denied) = (told.words(), told.may_be_denied());
        deaths.any(|death| {
            is_deed_false(&words, &death, &before)
                && (!may_be_denied || is_nobodys_denial(&words, &death, &before))
        })
    }

    /// True of those who were killed, or of many: somebody denies them, who did it or whose fault it is.
    fn may_be_denied(&self) -> bool {
        toll_of(&self.headline, &self.language).is_some()
            || tells_attack(&self.headline, &self.language)
    }

    fn words(&self) -> Words<'_> {
        words_of(&self.headline, &self.language)
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
            ("Muere Kim Hoon", "La muerte de Kim Hoon es un bulo", "es"),
            ("Morto Kim Hoon", "La morte di Kim Hoon è una bufala", "it"),
            ("Morre Kim Hoon", "Morte de Kim Hoon é falsa", "pt"),
            (
                "L'acteur Kim Hoon est mort",
                "Non, Kim Hoon n'est pas mort : c'est une infox",
                "fr",
            ),
            (
                "Actor Kim Hoon dies",
                "No, Kim Hoon is not dead: viral post is false",
                "en",
            ),
            ("知事が辞任", "「知事が辞任」はデマ", "ja"),
            ("장관 사퇴", "장관 사퇴는 가짜뉴스", "ko"),
            (
                "Актер Ким Хун умер",
                "Сообщение о смерти Ким Хуна оказалось фейком",
                "ru",
            ),
            (
                "Actor Tarel Vonk dies at 71",
                "Actor Tarel Vonk is alive: death reports false",
                "en",
            ),
            (
                "Actor Tarel Vonk dies at 71",
                "Tarel Vonk death hoax: reports of actor dying are false",
                "en",
            ),
            (
                "Duke Varnell dies",
                "Duke Varnell alive after death hoax",
                "en",
            ),
            (
                "Orvald resigns as finance minister",
                "It is false that finance minister Orvald has resigned",
                "en",
            ),
            (
                "Sångaren Lars Ek död",
                "Uppgifter om att Lars Ek är död är falska",
                "sv",
            ),
            (
                "Sångaren Lars Ek död",
                "Lars Ek lever: uppgifter om hans död är falska",
                "sv",
            ),
            (
                "Coach Arne Vik sacked by Holmar FC",
                "Report that Arne Vik was sacked by Holmar FC is untrue",
                "en",
            ),
            (
                "Minister Orvald arrested",
                "False reports that minister Orvald was arrested",
                "en",
            ),
            (
                "Brell final cancelled",
                "Brell final not cancelled: report false",
                "en",
            ),
            (
                "Suspect in custody in Quellham shooting",
                "No suspect in custody in Quellham shooting: earlier report was false",
                "en",
            ),
            (
                "Morto Carlo Venni, regista",
                "Il regista Carlo Venni non è morto: è una fake news",
                "it",
            ),
            (
                "Zanger Rik Holst overleden",
                "Bericht over overlijden van zanger Rik Holst is onwaar",
                "nl",
            ),
            (
                "Schauspieler Jan Toll gestorben",
                "Jan Toll lebt: Todesmeldung war falsch",
                "de",
            ),
            (
                "L'actrice Line Morvan est morte",
                "Non, l'actrice Line Morvan n'est pas morte, c'est une infox",
                "fr",
            ),
            (
                "Morto l'attore Gino Salvi",
                "Gino Salvi è vivo: la notizia della morte è falsa",
                "it",
            ),
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
                "Istvan mayor Belmar arrested on corruption charges",
                "Arrested mayor Belmar: corruption claims are false",
                "en",
            ),
            (
                "Istvan mayor Belmar arrested on corruption charges",
                "Corruption claims are false, says arrested Istvan mayor Belmar",
                "en",
            ),
            (
                "Holmar FC sack coach Arne Vik over betting claims",
                "Sacked coach Vik: betting claims are false",
                "en",
            ),
            (
                "Holmar FC coach Arne Vik sacked amid betting claims",
                "Betting claims are false, says sacked Holmar FC coach Vik",
                "en",
            ),
            (
                "Nurse Ila Voss sacked by Quellham hospital",
                "Sacked nurse Ila Voss: claims false, says Quellham hospital",
                "en",
            ),
            (
                "Nurse Ila Voss sacked by Quellham hospital",
                "Quellham nurse Voss sacked: claims were false, says hospital",
                "en",
            ),
            (
                "MP Dole Harvik arrested in Lundmar",
                "Arrested Lundmar MP Harvik: allegations are false",
                "en",
            ),
            (
                "Journalist Kim Varo arrested in Tarvona",
                "Journalist Kim Varo arrested: report was false, says ministry",
                "en",
            ),
            (
                "Journalist Kim Varo arrested in Tarvona",
                "Tarvona journalist Varo arrested: story false, ministry says",
                "en",
            ),
            (
                "Oslo vicar Per Nilsen charged with fraud",
                "Vicar Nilsen charged with fraud: report is false",
                "en",
            ),
            (
                "Oslo vicar Per Nilsen charged with fraud",
                "Charged with fraud, vicar Per Nilsen says claims are false",
                "en",
            ),
            (
                "Raid on Gomavik kills 12",
                "Reports of 12 killed in Gomavik raid are false, says army",
                "en",
            ),
            (
                "Raid on Gomavik kills 12",
                "Army says reports that 12 were killed in Gomavik raid are false",
                "en",
            ),
            (
                "Army raid on Gomavik kills 12",
                "Army: reports of 12 killed in Gomavik raid are false",
                "en",
            ),
            (
                "Police raid in Dharvi kills 8",
                "Report of 8 killed in Dharvi raid is false, police say",
                "en",
            ),
            (
                "Strike kills dozens in Rafavik",
                "Army: report of dozens killed in Rafavik strike is false",
                "en",
            ),
            (
                "Angriff auf Rafavik: 12 Tote",
                "Armee: Berichte über 12 Tote in Rafavik sind falsch",
                "de",
            ),
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
            (
                "Tarvosk attack kills 12",
                "Claims that Tarvosk explosion that killed 12 was an attack are false",
                "en",
            ),
            (
                "Tarvosk explosion kills 12",
                "False claims spread over Tarvosk explosion that killed 12",
                "en",
            ),
            (
                "Tarvosk explosion kills 12",
                "Fake video of Tarvosk explosion that killed 12 is false, army says",
                "en",
            ),
            (
                "Minister Brask resigns over leak",
                "Claim that Brask resigned under pressure is false, aide says",
                "en",
            ),
            (
                "Minister Brask resigns over leak",
                "Brask: claims he resigned over leak are false",
                "en",
            ),
            (
                "Orvald resigns",
                "Orvald: report that I resigned over affair is false",
                "en",
            ),
            (
                "Car attack in Mollberg kills five",
                "Police: reports of second attacker in Mollberg attack that killed five are false",
                "en",
            ),
            (
                "Car attack in Mollberg kills five",
                "Mollberg attack that killed five: false claims on attacker spread",
                "en",
            ),
            (
                "Anschlag in Mollberg: 5 Tote",
                "Anschlag mit 5 Toten in Mollberg: Falschmeldungen über Täter im Netz",
                "de",
            ),
            (
                "Explosion in Mollberg: 5 Tote",
                "Explosion in Mollberg, die 5 Tote forderte: Bericht ist falsch",
                "de",
            ),
            (
                "Accidente de tren en Adelmuz: 12 muertos",
                "Los bulos sobre el accidente de tren de Adelmuz con 12 muertos",
                "es",
            ),
            (
                "Accidente de tren en Adelmuz: 12 muertos",
                "Bulos y accidente de tren en Adelmuz: 12 muertos y mucha mentira",
                "es",
            ),
            (
                "Incendie à Cransval : 40 morts",
                "Incendie à Cransval, 40 morts : les infox qui circulent",
                "fr",
            ),
            (
                "Incendie à Cransval : 40 morts",
                "Infox et images truquées sur les 40 morts à Cransval",
                "fr",
            ),
            (
                "Esplosione a Rovelna: 12 morti",
                "Le bufale sull'esplosione di Rovelna: 12 morti",
                "it",
            ),
            (
                "Взрыв в Тарвске: погибли 12 человек",
                "Фейк о причинах взрыва в Тарвске, где погибли 12 человек",
                "ru",
            ),
            (
                "Actor Kim Hoon dies",
                "Claims Kim Hoon was killed are false",
                "en",
            ),
            (
                "Pope Leo dies",
                "Fake news about Pope Leo's death spreads",
                "en",
            ),
            ("Pope Leo dies", "Pope Leo dead: the hoaxes", "en"),
            (
                "Minister Orvald resigns",
                "Minister Orvald who made false claims resigns",
                "en",
            ),
            (
                "Officer acquitted in Leeds",
                "Officer in Leeds acquitted of false reports",
                "en",
            ),
            (
                "Papst Leo gestorben",
                "Falschmeldung zum Tod von Papst Leo",
                "de",
            ),
            (
                "Papst Leo gestorben",
                "Tod von Papst Leo: die Falschmeldungen",
                "de",
            ),
            (
                "Le pape Léon est mort",
                "Mort du pape Léon : les infox",
                "fr",
            ),
            (
                "Muere el papa León",
                "Los bulos de la muerte del papa León",
                "es",
            ),
            (
                "Morto il papa Leone",
                "La morte del papa Leone: le bufale",
                "it",
            ),
            ("爆炸致12人死亡", "爆炸致12人死亡的原因系谣言", "zh"),
            ("12人が死亡", "12人が死亡した事故めぐる動画はデマ", "ja"),
        ] {
            assert!(!takes_back(later, sooner, language), "{later}");
        }
    }
}
