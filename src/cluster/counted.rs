//! What a title numbers and counts: which stage of a race, how many were killed.
//!
//! Two titles that number one kind of thing otherwise tell of two. Two that count the same thing otherwise on two days
//! do too, as attacks of two nights, unless either says that what it counts has grown. Nothing here knows what is counted.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::text::words::{Word, fold_word, hash_word, split_words};

/// A number of a title with a word that stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    beside: u32,
    /// In thousandths.
    number: u32,
    /// True if it says which of several, and not how many.
    is_rank: bool,
}

/// All that one title numbers and counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Counted {
    marks: Box<[Mark]>,
    /// True if it says that what it counts has grown, or is all so far.
    tells_growth: bool,
}

/// Hours from which on what is counted otherwise is another thing: those from a night to the next noon.
const ANOTHER_DAY_HOURS: f32 = 12.0;
/// Words of a title that are looked at.
const MAX_WORDS: usize = 32;
/// Words behind an ordinal one of which is what it numbers: `second no-confidence vote`.
const NUMBERED_WITHIN: usize = 3;
/// Letters of the shortest word that is numbered or counted.
const SHORTEST: usize = 3;
/// A number of four digits between these is a year.
const YEARS: std::ops::Range<u32> = 1900..2100;

/// What is numbered by a number behind it: `stage 12`, `day two`.
const NUMBERED: &str = "stage étape etapa tappa etappe etapp etap этап game test matchday spieltag jornada journée giornata \
    speelronde round runde ronda ronde runda omgång kolejka тур day tag dag giorno día jour episode folge episodio chapter heat \
    phase semaine week woche gameweek match";
/// Ordinals of some languages, a row for each number.
const ORDINALS: [&str; 10] = [
    "first erste erster ersten erstes premier première primer primera primero prima primo primeiro primeira eerste",
    "second zweite zweiter zweiten zweites deuxième segundo segunda seconda secondo tweede",
    "third dritte dritter dritten drittes troisième tercer tercera tercero terza terzo terceiro terceira derde tredje",
    "fourth vierte vierter vierten quatrième cuarto cuarta quarta quarto vierde fjärde",
    "fifth fünfte fünfter fünften cinquième quinto quinta vijfde femte",
    "sixth sechste sechster sechsten sixième sexto sexta sesto sesta zesde sjätte",
    "seventh siebte siebter siebten septième séptimo séptima settimo settima zevende sjunde",
    "eighth achte achter achten huitième octavo octava ottavo ottava achtste åttonde",
    "ninth neunte neunter neunten neuvième noveno novena nono nona negende nionde",
    "tenth zehnte zehnter zehnten dixième décimo décima tiende tionde",
];
/// Endings that make an ordinal of digits: `12th`, `13e`, `2ª`.
const ORDINAL_ENDINGS: [&str; 10] = ["st", "nd", "rd", "th", "e", "er", "ème", "ª", "º", "o"];
/// Languages in which a point makes an ordinal of digits: `12. Etappe`.
const POINTED: [&str; 15] = [
    "de", "da", "nb", "no", "fi", "et", "lv", "pl", "cs", "sk", "hu", "hr", "sl", "sr", "tr",
];
/// What stands behind ordinals of all kinds and is no thing of which each is another event.
const UNNUMBERED: &str = "time times half quarter year years month months lady place person woman minister mal halbjahr quartal jahr \
    platz fois trimestre semestre vez veces volta keer kwartaal kvartal kvartalet année mois ministre ministro ministra";
/// Number words of English, in which headlines write small numbers so, from one on.
const NUMBER_WORDS: &str = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen \
    seventeen eighteen nineteen twenty";
/// What stands between a verb and its number.
const BETWEEN: &str = "at least more than over about around nearly almost some up to mindestens rund au moins al menos almeno";
/// What says that a number has grown, or that it is of all so far.
const GROWING: &str = "rises rise rising risen toll climbs climb climbing climbed grows grow growing grown jumps jump now more reaches \
    reach reached passes pass passed tops top exceeds exceed surpasses surpass mounts mount mounting another total count latest \
    update updated overall bilan alourdit augmente monte grimpe balance sube suben aumenta asciende saldo bilancio sale salito \
    salgono opferzahl zahl steigt gestiegen erhöht dodental loopt gestegen dödssiffran stiger dödstal dødstall stigit liczba \
    wzrosła rośnie число возросло выросло увеличилось достигло sayısı yükseldi arttı";

struct Lists {
    numbered: FxHashSet<u32>,
    unnumbered: FxHashSet<u32>,
    between: FxHashSet<u32>,
    growing: FxHashSet<u32>,
    ordinals: FxHashMap<u32, u32>,
    number_words: FxHashMap<u32, u32>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let rows = (1..).zip(ORDINALS);
    let ordinals =
        rows.flat_map(|(number, row)| hashes(row).map(move |word| (word, number * 1000)));
    let number_words = hashes(NUMBER_WORDS).zip((1..).map(|number| number * 1000));
    Lists {
        numbered: hashes(NUMBERED).collect(),
        unnumbered: hashes(UNNUMBERED).collect(),
        between: hashes(BETWEEN).collect(),
        growing: hashes(GROWING).collect(),
        ordinals: ordinals.collect(),
        number_words: number_words.collect(),
    }
});

fn hashes(listed: &str) -> impl Iterator<Item = u32> + '_ {
    let mut folded = String::new();
    listed.split_whitespace().map(move |word| {
        fold_word(word, &mut folded);
        hash_word(&folded)
    })
}

impl Counted {
    /// What a title in a language, by its two-letter code, numbers and counts.
    pub(super) fn of_title(title: &str, language: &str) -> Self {
        let words = Told::read(title, language);
        let mut marks = Vec::new();
        for at in 0..words.len() {
            let word = &words[at];
            if let Some(number) = word.ordinal {
                let behind = words[at + 1..].iter().take(NUMBERED_WITHIN);
                let numbered = behind.take_while(|word| !word.is_unnumbered());
                marks.extend(numbered.filter_map(|word| word.mark(number, true)));
            } else if let Some(number) = word.number {
                let is_between = |word: &&Told| LISTS.between.contains(&word.hash);
                let is_rank = |word: &Told| LISTS.numbered.contains(&word.hash);
                let before = words[..at].iter().rfind(|word| !is_between(word));
                marks.extend(before.and_then(|word| word.mark(number, is_rank(word))));
                let behind = words.get(at + 1);
                marks.extend(behind.and_then(|word| word.mark(number, false)));
            }
        }
        let tells_growth = words.iter().any(|word| LISTS.growing.contains(&word.hash));
        Self {
            marks: marks.into_boxed_slice(),
            tells_growth,
        }
    }

    /// True if two titles number one kind of thing otherwise, or count one otherwise so many hours apart; without
    /// hours they may be of one day.
    pub(super) fn contradicts(&self, other: &Self, hours: Option<f32>) -> bool {
        if self.marks.is_empty() || other.marks.is_empty() {
            return false;
        }
        let is_another_day = hours.is_some_and(|hours| hours >= ANOTHER_DAY_HOURS);
        self.number_otherwise(other)
            || is_another_day
                && !self.tells_growth
                && !other.tells_growth
                && self.count_otherwise(other)
    }

    fn number_otherwise(&self, other: &Self) -> bool {
        let ranks = |a: &Mark, b: &Mark| a.is_rank && b.is_rank && a.beside == b.beside;
        self.have_two(other, ranks)
            && !self.have_two(other, |a, b| ranks(a, b) && a.number == b.number)
    }

    fn count_otherwise(&self, other: &Self) -> bool {
        self.have_two(other, |a, b| a.beside == b.beside && a.is_rank == b.is_rank)
            && !self.have_two(other, |a, b| a.number == b.number)
    }

    /// True if this holds of a mark of one and a mark of the other.
    fn have_two(&self, other: &Self, holds: impl Fn(&Mark, &Mark) -> bool) -> bool {
        let has_one = |a: &Mark| other.marks.iter().any(|b| holds(a, b));
        self.marks.iter().any(has_one)
    }
}

/// A word of a title as it bears on what is counted.
struct Told {
    hash: u32,
    letters: usize,
    number: Option<u32>,
    ordinal: Option<u32>,
}

impl Told {
    fn read(title: &str, language: &str) -> Vec<Self> {
        let mut folded = String::new();
        let words = split_words(title).take(MAX_WORDS);
        let told = words.map(|word| {
            fold_word(word.written, &mut folded);
            let hash = hash_word(&folded);
            let number_words = (language == "en").then(|| LISTS.number_words.get(&hash));
            let behind = match POINTED.contains(&language) {
                true => &title[end_of(title, word)..],
                false => "",
            };
            Self {
                hash,
                letters: folded.chars().count(),
                number: number_of(&folded).or(number_words.flatten().copied()),
                ordinal: match LISTS.ordinals.get(&hash) {
                    Some(number) => Some(*number),
                    None => ordinal_of(word.written, behind),
                },
            }
        });
        told.collect()
    }

    fn is_unnumbered(&self) -> bool {
        LISTS.unnumbered.contains(&self.hash)
    }

    fn mark(&self, number: u32, is_rank: bool) -> Option<Mark> {
        let is_word = self.number.is_none() && self.ordinal.is_none() && self.letters >= SHORTEST;
        is_word.then_some(Mark {
            beside: self.hash,
            number,
            is_rank,
        })
    }
}

fn end_of(title: &str, word: Word<'_>) -> usize {
    word.written.as_ptr() as usize - title.as_ptr() as usize + word.written.len()
}

/// What a folded number says, in thousandths; `None` for a word, a year, and what is too great.
fn number_of(folded: &str) -> Option<u32> {
    if !folded.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let number: f64 = folded.parse().ok()?;
    let is_year = folded.len() == 4 && YEARS.contains(&(number as u32));
    let thousandths = (number * 1000.0).round();
    (!is_year && thousandths < f64::from(u32::MAX)).then_some(thousandths as u32)
}

/// What digits say with an ending that makes them an ordinal, or with a point and a word behind them, as in
/// `12. Etappe`; in thousandths.
fn ordinal_of(written: &str, behind: &str) -> Option<u32> {
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    let number: u32 = written[..digits]
        .parse()
        .ok()
        .filter(|number| *number < 1000)?;
    let ending = &written[digits..];
    let has_point = || {
        let mut letters = behind.strip_prefix(". ").unwrap_or_default().chars();
        letters.next().is_some_and(char::is_alphabetic)
    };
    let is_ordinal = match ending {
        "" => has_point(),
        ending => ORDINAL_ENDINGS.contains(&ending),
    };
    is_ordinal.then_some(number * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contradict(titles: [&str; 2], hours: f32) -> bool {
        let language = if titles[0].contains("Etappe") {
            "de"
        } else {
            "en"
        };
        let [one, other] = titles.map(|title| Counted::of_title(title, language));
        one.contradicts(&other, Some(hours))
    }

    #[test]
    fn what_is_numbered_otherwise_is_another_thing_at_any_time() {
        for titles in [
            [
                "Marten wins stage 12 of the Tour",
                "Tour: Marten storms to stage 13 victory",
            ],
            [
                "Lord's Test, day one: England 310-5",
                "England all out at Lord's on day two",
            ],
            [
                "Cabinet wins first confidence vote",
                "Premier survives second no-confidence vote",
            ],
            ["Hawks beat Owls in Game 1", "Hawks edge Owls in Game 2"],
            [
                "Marten gewinnt die 12. Etappe",
                "Marten jubelt auf der 13. Etappe",
            ],
        ] {
            assert!(contradict(titles, 1.0), "{titles:?}");
        }
        for titles in [
            [
                "Hawks beat Owls in Game 2",
                "After losing Game 1, Hawks take Game 2",
            ],
            [
                "Bank cuts rates for first time in a year",
                "Second time lucky: bank cuts rates",
            ],
            [
                "Fire kills 12. Police search site",
                "Fire kills 13. Police search site",
            ],
            [
                "Two days of rain flood Perth",
                "Perth floods after three days of rain",
            ],
        ] {
            assert!(!contradict(titles, 1.0), "{titles:?}");
        }
    }

    #[test]
    fn what_is_counted_otherwise_on_another_day_is_another_thing_unless_it_has_grown() {
        let (three, five) = (
            "Drones hit Kyiv, killing three",
            "Drones hit Kyiv, killing at least 5",
        );
        assert!(contradict([three, five], 24.0));
        assert!(!contradict([three, five], 3.0));
        for titles in [
            [three, "Drones kill 3 in Kyiv"],
            [three, "Kyiv toll rises to five after drones hit, killing 5"],
            [three, "Drones hit Kyiv again"],
        ] {
            assert!(!contradict(titles, 24.0), "{titles:?}");
        }
        let undated = [three, five].map(|title| Counted::of_title(title, "en"));
        assert!(!undated[0].contradicts(&undated[1], None));
    }
}
