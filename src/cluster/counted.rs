//! What a title numbers and counts: which stage of a race, how many were killed.
//!
//! Two titles that number one kind of thing otherwise tell of two. Two that count the same thing otherwise on two days
//! do too, as attacks of two nights, unless either says that what it counts has grown; and of a flood or a fire the later
//! may have more dead though nobody says so.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::ranked::{is_month, is_numbered, ordered_by, ordinal_of};
use crate::text::tolls::TollWords;
use crate::text::words::{Word, fold_word, hash_word, split_words};

/// A number of a title with a word that stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    beside: u32,
    /// In thousandths.
    number: u32,
    says: Says,
}

/// What a number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// Which of several.
    Rank,
    /// How many died.
    Dead,
    /// How many of anything else.
    Count,
}

/// All that one title numbers and counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Counted {
    marks: Box<[Mark]>,
    /// All its numbers, in thousandths.
    numbers: Box<[u32]>,
    /// True if it says that what it counts has grown, or is all so far.
    tells_growth: bool,
    /// True if it tells of an attack as each night of a war has its own.
    tells_attack: bool,
    /// True if it tells of what goes on over night, as a flood does.
    tells_what_lasts: bool,
}

/// Hours from which on what is counted otherwise is another thing: those from a night to the next noon.
const ANOTHER_DAY_HOURS: f32 = 12.0;
/// Words of a title that are looked at.
const MAX_WORDS: usize = 32;
/// Words between a word of death and the number of dead, at most.
const DEAD_WITHIN: usize = 4;
/// Letters of the shortest word that is numbered or counted.
const SHORTEST: usize = 3;
/// A number of four digits between these is a year.
const YEARS: std::ops::Range<u32> = 1900..2100;
const THOUSANDTHS: u32 = 1000;
const LAST_OF_MONTH: u32 = 31 * THOUSANDTHS;
/// What may stand between two words of one phrase.
const JOINS: [char; 8] = ['-', '\'', '’', '‘', '"', '“', '”', '„'];

/// Number words of English, in which headlines write small numbers so, from one on.
const NUMBER_WORDS: &str = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen \
    seventeen eighteen nineteen twenty";
/// What stands between a verb and its number.
const BETWEEN: &str = "at least more than over about around nearly almost some up to mindestens rund au moins al menos almeno";
/// What stands before a day of the month that has none beside it.
const BEFORE_DAYS: &str = "dia día giorno";

struct Lists {
    between: FxHashSet<u32>,
    before_days: FxHashSet<u32>,
    number_words: FxHashMap<u32, u32>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let numbers = (1..).map(|number| number * THOUSANDTHS);
    Lists {
        between: hashes(BETWEEN).collect(),
        before_days: hashes(BEFORE_DAYS).collect(),
        number_words: hashes(NUMBER_WORDS).zip(numbers).collect(),
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
        let is_number = |word: &Told| word.number.is_some() || word.ordinal.is_some();
        if !words.iter().any(is_number) {
            return Self::default();
        }
        let tolls = TollWords::read(words.iter().map(|word| word.written), language);
        let dead = numbers_of_dead(&words, &tolls);
        let marks = (0..words.len()).flat_map(|at| match words[at].ordinal {
            Some(number) => [rank_behind(&words, at, number), None],
            None => count_at(&words, at, dead.contains(&at)),
        });
        let numbers = words.iter().filter_map(|word| word.ordinal.or(word.number));
        Self {
            marks: marks.flatten().collect(),
            numbers: numbers.collect(),
            tells_growth: tolls.say_grown(),
            tells_attack: tolls.tell_attack(),
            tells_what_lasts: tolls.tell_what_lasts(),
        }
    }

    /// True if two titles number one kind of thing otherwise, or count one otherwise, this one so many hours later than
    /// the other; without hours they may be of one day.
    pub(super) fn contradicts(&self, other: &Self, hours_later: Option<f32>) -> bool {
        if self.marks.is_empty() || other.marks.is_empty() {
            return false;
        }
        let is_another_day = hours_later.is_some_and(|hours| hours.abs() >= ANOTHER_DAY_HOURS);
        let (late, early) = match hours_later {
            Some(hours) if hours < 0.0 => (other, self),
            _ => (self, other),
        };
        self.number_otherwise(other)
            || is_another_day
                && !self.tells_growth
                && !other.tells_growth
                && late.counts_otherwise(early)
    }

    fn number_otherwise(&self, other: &Self) -> bool {
        let ranks =
            |a: &Mark, b: &Mark| a.says == Says::Rank && b.says == a.says && a.beside == b.beside;
        self.have_two(other, ranks)
            && !self.have_two(other, |a, b| ranks(a, b) && a.number == b.number)
    }

    fn counts_otherwise(&self, early: &Self) -> bool {
        let is_rank = |mark: &Mark| mark.says == Says::Rank;
        let of_one = |a: &Mark, b: &Mark| a.beside == b.beside && is_rank(a) == is_rank(b);
        let is_part = |number: u32| !number.is_multiple_of(THOUSANDTHS);
        // A magnitude does not grow overnight.
        let measures =
            |a: &Mark, b: &Mark| of_one(a, b) && (is_part(a.number) || is_part(b.number));
        let share = self
            .numbers
            .iter()
            .any(|number| early.numbers.contains(number));
        !share
            && match self.may_have_grown_from(early) {
                true => self.have_two(early, measures),
                false => self.have_two(early, of_one),
            }
    }

    /// True if it tells more dead than an earlier one, and either tells of what goes on over night and neither of an
    /// attack.
    fn may_have_grown_from(&self, early: &Self) -> bool {
        let has_grown = |a: &Mark, b: &Mark| {
            a.says == Says::Dead && b.says == Says::Dead && a.number > b.number
        };
        let lasts = self.tells_what_lasts || early.tells_what_lasts;
        let is_attack = self.tells_attack || early.tells_attack;
        lasts && !is_attack && self.have_two(early, has_grown)
    }

    /// True if this holds of a mark of one and a mark of the other.
    fn have_two(&self, other: &Self, holds: impl Fn(&Mark, &Mark) -> bool) -> bool {
        let has_one = |a: &Mark| other.marks.iter().any(|b| holds(a, b));
        self.marks.iter().any(has_one)
    }
}

/// The places of the numbers that are nearest to a word of death.
fn numbers_of_dead(words: &[Told<'_>], tolls: &TollWords<'_>) -> Vec<usize> {
    let numbers: Vec<usize> = (0..words.len())
        .filter(|at| words[*at].number.is_some() && words[*at].ordinal.is_none())
        .collect();
    let deaths = (0..words.len()).filter(|at| !numbers.is_empty() && tolls.count_dead(*at));
    let nearest = deaths.flat_map(|death| {
        let distances = numbers.iter().map(|at| at.abs_diff(death));
        let least = distances.min().filter(|least| *least <= DEAD_WITHIN);
        let is_nearest = move |at: &&usize| Some(at.abs_diff(death)) == least;
        numbers.iter().filter(is_nearest).copied()
    });
    nearest.collect()
}

fn rank_behind(words: &[Told<'_>], at: usize, number: u32) -> Option<Mark> {
    ordered_by(words, at)?.mark(number, Says::Rank)
}

/// What is counted by the number at a place, before it and behind it; nothing by the day of a month.
fn count_at(words: &[Told<'_>], at: usize, is_of_dead: bool) -> [Option<Mark>; 2] {
    let Some(number) = words[at].number else {
        return [None, None];
    };
    let says = match is_of_dead {
        true => Says::Dead,
        false => Says::Count,
    };
    let is_between = |word: &&Told| LISTS.between.contains(&word.hash);
    let before = words[..at].iter().rfind(|word| !is_between(word));
    let behind = words.get(at + 1);
    let is_before_day = |word: &Told| LISTS.before_days.contains(&word.hash) || is_month(word);
    let is_day = before.is_some_and(is_before_day) || behind.is_some_and(is_month);
    if is_day && number <= LAST_OF_MONTH {
        return [None, None];
    }
    let is_score = behind.is_some_and(|word| word.number.is_some() && word.is_joined);
    let says_before = |word: &Told| match is_numbered(word) && !is_score {
        true => Says::Rank,
        false => says,
    };
    [
        before.and_then(|word| word.mark(number, says_before(word))),
        behind.and_then(|word| word.mark(number, says)),
    ]
}

/// A word of a title as it bears on what is counted.
pub(super) struct Told<'t> {
    pub(super) written: &'t str,
    pub(super) hash: u32,
    /// True if more than a space or a hyphen stands before it.
    pub(super) is_cut: bool,
    /// True if no space stands before it: `2-1`.
    is_joined: bool,
    letters: usize,
    /// In thousandths, as is the next.
    number: Option<u32>,
    ordinal: Option<u32>,
}

impl<'t> Told<'t> {
    fn read(title: &'t str, language: &str) -> Vec<Self> {
        let mut folded = String::new();
        let (mut read_to, mut is_behind_ordinal) = (0, false);
        let words = split_words(title).take(MAX_WORDS);
        let told = words.map(|word| {
            fold_word(word.written, &mut folded);
            let hash = hash_word(&folded);
            let number_words = (language == "en").then(|| LISTS.number_words.get(&hash));
            let end = end_of(title, word);
            let start = end - word.written.len();
            // Pairs of characters overlap.
            let gap = title.get(read_to..start).unwrap_or_default();
            read_to = end;
            let is_point = is_behind_ordinal && gap == ". ";
            let is_cut =
                !is_point && gap.contains(|c: char| !c.is_whitespace() && !JOINS.contains(&c));
            let ordinal = ordinal_of(word.written, hash, language, &title[end..]);
            is_behind_ordinal = ordinal.is_some();
            Self {
                written: word.written,
                hash,
                is_cut,
                is_joined: !gap.contains(char::is_whitespace),
                letters: folded.chars().count(),
                number: number_of(&folded).or(number_words.flatten().copied()),
                ordinal: ordinal.map(|number| number * THOUSANDTHS),
            }
        });
        told.collect()
    }

    fn mark(&self, number: u32, says: Says) -> Option<Mark> {
        let is_word = self.number.is_none() && self.ordinal.is_none() && self.letters >= SHORTEST;
        is_word.then_some(Mark {
            beside: self.hash,
            number,
            says,
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
    let thousandths = (number * f64::from(THOUSANDTHS)).round();
    (!is_year && thousandths < f64::from(u32::MAX)).then_some(thousandths as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of an earlier title and one so many hours later.
    fn contradict(titles: [&str; 2], hours: f32) -> bool {
        let language = if titles[0].contains("Etappe") {
            "de"
        } else {
            "en"
        };
        contradict_in(language, titles, hours)
    }

    fn contradict_in(language: &str, titles: [&str; 2], hours: f32) -> bool {
        let [early, late] = titles.map(|title| Counted::of_title(title, language));
        let is_so = late.contradicts(&early, Some(hours));
        assert_eq!(early.contradicts(&late, Some(-hours)), is_so, "{titles:?}");
        is_so
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

    #[test]
    fn an_ordinal_that_says_how_often_somebody_did_something_numbers_no_event() {
        for titles in [
            [
                "Sinner wins first Wimbledon title with victory over Alcaraz",
                "Sinner beats Alcaraz at Wimbledon for his fourth Grand Slam title",
            ],
            [
                "Norris wins first F1 title in Abu Dhabi",
                "Norris denies Verstappen fifth straight title in Abu Dhabi decider",
            ],
            [
                "ECB holds rates for fourth straight meeting",
                "ECB leaves rates unchanged at first meeting of the year",
            ],
            [
                "Marten wins stage 12 of the Tour",
                "Marten takes third stage win of this Tour",
            ],
            [
                "Marten wins stage 12 of the Tour",
                "Marten wins his third stage of the Tour",
            ],
            [
                "Stocks fall for second day on rate fears",
                "Stocks fall on first trading day of the month",
            ],
            [
                "North Marev fires missile in third test this year",
                "North Marev fires missile in first test since May",
            ],
            [
                "Holt wins first round of election",
                "Holt heads into second round of election against Okafor",
            ],
            [
                "Owls win match 3-1 in Marev",
                "Owls take match 2-1 at half-time",
            ],
        ] {
            assert!(!contradict(titles, 1.0), "{titles:?}");
        }
        for (language, titles) in [
            (
                "fr",
                [
                    "La première motion de censure rejetée",
                    "La deuxième motion de censure rejetée",
                ],
            ),
            (
                "de",
                [
                    "Holt scheitert im ersten Wahlgang",
                    "Holt im zweiten Wahlgang gewählt",
                ],
            ),
            (
                "pt",
                [
                    "Marten vence a segunda etapa",
                    "Marten vence a terceira etapa",
                ],
            ),
        ] {
            assert!(contradict_in(language, titles, 1.0), "{titles:?}");
        }
    }

    #[test]
    fn a_date_or_a_day_of_the_week_numbers_and_counts_no_event() {
        for (language, titles) in [
            (
                "de",
                [
                    "Lokführer streiken ab 3. Dezember",
                    "GDL-Streik bei der Bahn dauert bis 5. Dezember",
                ],
            ),
            (
                "cs",
                [
                    "Babiš bude jmenován premiérem 9. prosince",
                    "Pavel jmenuje Babiše, vláda nastoupí 15. prosince",
                ],
            ),
            (
                "pt",
                [
                    "Metroviários aprovam greve para o dia 15",
                    "Metroviários marcam nova assembleia no dia 14",
                ],
            ),
            (
                "pt",
                [
                    "Petrobras anuncia nesta quarta-feira redução da gasolina",
                    "Petrobras anuncia redução da gasolina a partir de quinta-feira",
                ],
            ),
            ("en", ["Talks open on August 15", "Talks end on August 16"]),
        ] {
            for hours in [1.0, 24.0] {
                let is_so = contradict_in(language, titles, hours);
                assert!(!is_so, "{titles:?} after {hours} hours");
            }
        }
    }

    #[test]
    fn the_dead_of_what_goes_on_over_night_are_more_the_next_morning_though_nobody_says_so() {
        let (first, second) = (
            "Texas floods: 24 dead and girls missing from camp",
            "Texas floods: 51 dead as search goes on",
        );
        assert!(!contradict([first, second], 14.0));
        assert!(contradict([second, first], 14.0), "fewer are other dead");
        for titles in [
            [
                "Texas floods kill 24, 12 missing",
                "Texas floods kill 51, 8 missing",
            ],
            ["Delhi car blast kills 8", "Delhi car blast kills 12"],
        ] {
            assert!(!contradict(titles, 14.0), "{titles:?}");
        }
        for titles in [
            [
                "Magnitude 5.9 quake kills 3 in Herat",
                "Magnitude 6.2 quake kills 8 in Herat",
            ],
            ["Okafor scores 30 points", "Okafor scores 41 points"],
            [
                "Bus crash in Punjab kills 8",
                "Bus crash in Punjab kills 12",
            ],
            [
                "At least 31 killed in Gaza since dawn",
                "At least 45 killed in Gaza since dawn",
            ],
            ["Gunmen kill 12 villagers", "Gunmen kill 20 villagers"],
        ] {
            assert!(contradict(titles, 24.0), "{titles:?}");
        }
    }

    #[test]
    fn a_toll_that_is_said_to_have_risen_is_of_one_event_in_any_language() {
        for (language, titles) in [
            (
                "uk",
                [
                    "Удар по Тернополю: загинули 19 людей",
                    "Удар по Тернополю: кількість загиблих зросла до 25 людей",
                ],
            ),
            (
                "ar",
                [
                    "غارة على ننغرهار: 25 قتيلا",
                    "ارتفاع حصيلة غارة ننغرهار إلى 81 قتيلا",
                ],
            ),
            (
                "nl",
                [
                    "Raketaanval op Marev: 36 doden",
                    "Aantal doden raketaanval Marev stijgt naar 94 doden",
                ],
            ),
        ] {
            assert!(!contradict_in(language, titles, 14.0), "{titles:?}");
        }
    }
}
