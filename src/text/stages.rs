//! At what stage of a matter a headline stands: still ahead, or done, and in which direction.
//!
//! Words of a few languages, in folded form; a headline in another language has no stage.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Stages that a text names, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stages(u16);

/// Still to come, planned or feared.
const AHEAD: u16 = 1;

/// Rows of words; in each, the first list is the opposite of the second.
const OPPOSITES: [(&str, &str); 5] = [
    (
        "open begin start arrive kick launch meet greet shake kickoff börjar inleds startar beginnt eröffnet comienza abre",
        "end conclude close leave depart wrap finish avslutas slutar endet beendet termina concluye",
    ),
    (
        "approve pass agree accept sign win advance endorse survive uphold godkänner antar billigt aprueba",
        "reject block fail refuse deny oppose veto halt lose defeat decline stall collapse avvisar stoppar lehnt rechaza",
    ),
    (
        "rise jump rally gain soar surge climb rebound rocket hike raise höjer stiger steigt sube",
        "fall drop plunge slump tumble sink slide dive cut sänker faller sinkt baja cae",
    ),
    (
        "arrest detain charge jail convict indict griper verhaftet detiene",
        "release free acquit pardon släpper freigelassen libera",
    ),
    (
        "impose hit slap threaten announce inför verhängt impone",
        "lift scrap suspend delay pause withdraw abandon skjuter hebt suspende",
    ),
];

const AHEAD_WORDS: &str = "will set plan ahead loom expected may could might upcoming prepare consider seek want urge \
    would tomorrow next before eye brace weigh mull await ska väntas kan inför wird soll könnte vor planea podria prevé";

impl Stages {
    /// The stages that a sequence of folded words names. A verb of purpose (`to end the war`) names
    /// none.
    pub fn of_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Stages {
        let mut stages = Stages::default();
        let mut before = "";
        for word in words {
            let found = Stages::of_word(word);
            let is_purpose = matches!(before, "to" | "att" | "zu" | "the" | "pour" | "para");
            stages = stages.and(if is_purpose {
                Stages(found.0 & AHEAD)
            } else {
                found
            });
            before = word;
        }
        stages
    }

    /// The stages that a folded word names; plural endings are expected to be off.
    pub fn of_word(folded: &str) -> Stages {
        let bits_of = |word: &str| WORDS.get(word).copied().unwrap_or(0);
        let past = folded.strip_suffix("ed").or(folded.strip_suffix('d'));
        let stems = [past, folded.strip_suffix("ing")];
        let inflected = stems.into_iter().flatten().map(bits_of);
        Stages(inflected.fold(bits_of(folded), |bits, stem| bits | stem))
    }

    /// Both sets together.
    pub fn and(self, other: Stages) -> Stages {
        Stages(self.0 | other.0)
    }

    /// True if one text says that it is still ahead and the other does not.
    pub fn one_is_ahead(self, other: Stages) -> bool {
        (self.0 ^ other.0) & AHEAD != 0
    }

    /// True if both say that it is still ahead.
    pub fn both_ahead(self, other: Stages) -> bool {
        self.0 & other.0 & AHEAD != 0
    }

    /// True if one names the opposite of what the other names, and they agree in no stage.
    pub fn are_opposite(self, other: Stages) -> bool {
        self.opposed(other) != 0
    }

    /// True if one names a beginning and the other an end, and they agree in no stage.
    pub fn are_beginning_and_end(self, other: Stages) -> bool {
        self.opposed(other) & 0b11 != 0
    }

    fn opposed(self, other: Stages) -> u16 {
        let (a, b) = (self.0 >> 1, other.0 >> 1);
        let swapped = ((b & 0x5555) << 1) | ((b & 0xAAAA) >> 1);
        if a & b == 0 { a & swapped } else { 0 }
    }

    /// True if both name the same stage.
    pub fn agree(self, other: Stages) -> bool {
        (self.0 >> 1) & (other.0 >> 1) != 0
    }
}

static WORDS: LazyLock<FxHashMap<&'static str, u16>> = LazyLock::new(|| {
    let mut words: FxHashMap<&str, u16> = FxHashMap::default();
    let mut add = |list: &'static str, bit: u16| {
        for word in list.split_whitespace() {
            *words.entry(word).or_default() |= bit;
        }
    };
    add(AHEAD_WORDS, AHEAD);
    for (row, (left, right)) in OPPOSITES.iter().enumerate() {
        add(left, 1 << (1 + 2 * row));
        add(right, 1 << (2 + 2 * row));
    }
    words
});

#[cfg(test)]
mod tests {
    use super::*;

    fn of(title: &str) -> Stages {
        let words: Vec<String> = title.split(' ').map(str::to_owned).collect();
        Stages::of_words(words.iter().map(String::as_str))
    }

    #[test]
    fn opening_and_ending_are_opposite() {
        assert!(of("summit open in alaska").are_opposite(of("summit ended without deal")));
        assert!(of("leader meet in alaska").are_beginning_and_end(of("summit end without deal")));
        assert!(!of("summit open in alaska").are_opposite(of("summit begin")));
        assert!(!of("summit open").are_opposite(of("talk to end war")));
        assert!(of("senate block bill").are_opposite(of("senate pass bill")));
    }

    #[test]
    fn what_is_ahead_is_told_from_what_is_done() {
        assert!(of("recall vote loom").one_is_ahead(of("governor survive recall vote")));
        assert!(of("leader will meet").both_ahead(of("leader plan talk")));
    }
}
