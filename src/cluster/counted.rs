//! What a title numbers and counts: which stage of a race, how many were killed.
//!
//! Two titles that number one kind of thing otherwise tell of two. Two that count the same thing otherwise on two days
//! do too, as attacks of two nights, unless either says that what it counts has grown; and of a flood or a fire the later
//! may have more dead though nobody says so, more hectares burnt, more or fewer missing.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::ranked::{is_month, is_numbered, is_of_before, ordered_by, ordinal_of, words_for_after};
use crate::text::casualties::{Casualty, casualties_of};
use crate::text::tolls::TollWords;
use crate::text::words::{fold_word, hash_word, split_words, with_gaps};

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
    /// The same of what came before what the title tells: `after losing the first ballot`.
    RankBefore,
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
    /// True if it tells of people who are missing or trapped.
    tells_missing: bool,
}

/// Hours from which on what is counted otherwise is another thing: those from a night to the next noon.
const ANOTHER_DAY_HOURS: f32 = 12.0;
/// Hours by which a title with what came before may be earlier than another with what came then: their outlets' clocks
/// and haste; what is earlier by more tells what came first.
const HASTE_HOURS: f32 = 1.0;
/// What grows over night though it is not dead: hectares and homes, no ages and no injured of one night of many.
const MANY: u32 = 100 * THOUSANDTHS;
/// Hours until which more may be dead than was told, though nobody says that they rose: the next day's noon. And so many
/// are then dead at least: two fires or shootings of one town on two days kill two and four, and such days are many.
const OVER_NIGHT_HOURS: f32 = 30.0;
const DEAD_OF_GREAT: u32 = 10 * THOUSANDTHS;
/// From so many on, and within this share of the more, the hurt of one crash are counted anew by the next morning.
const HURT_OF_MANY: u32 = 10 * THOUSANDTHS;
const RECOUNTED: f32 = 0.8;
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

/// What grows over night however few it is: cases of a disease.
const CASES: &str = "case infection patient fall fälle infektion cas caso casos casi contagi gevallen besmettingen fallet tilfælde \
    tilfeller przypadek przypadki przypadków случай случаев випадків vaka kasus";
/// Who is missing or trapped: of them more are known by the next morning, or fewer are left.
const MISSING: &str = "missing trap trapped stranded unaccounted vermisst vermisste vermissten verschüttet verschüttete \
    verschütteten eingeschlossen eingeschlossene disparu disparue disparus disparues piégés coincés bloqués desaparecido \
    desaparecida desaparecidos atrapado atrapados sepultados soterrados disperso dispersi intrappolati vermist vermisten \
    ingesloten försvunna saknade saknas instängda savnet savnede fanget zaginionych zaginęło uwięzionych пропали пропавших \
    пропавшими зниклих зникли kayıp mahsur hilang terjebak مفقود مفقودين عالقين عالقون 失踪 失蹤 被困 行方 실종 매몰";

struct Lists {
    cases: FxHashSet<u32>,
    missing: FxHashSet<u32>,
    between: FxHashSet<u32>,
    before_days: FxHashSet<u32>,
    number_words: FxHashMap<u32, u32>,
    /// What stands for whatever says that somebody died, or was hurt.
    dead: u32,
    hurt: u32,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let numbers = (1..).map(|number| number * THOUSANDTHS);
    Lists {
        cases: hashes(CASES).collect(),
        missing: hashes(MISSING).collect(),
        between: hashes(BETWEEN).collect(),
        before_days: hashes(BEFORE_DAYS).collect(),
        number_words: hashes(NUMBER_WORDS).zip(numbers).collect(),
        dead: hash_word("\u{2020}dead"),
        hurt: hash_word("\u{2020}hurt"),
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
        let casualties = casualties_of(title, language);
        if casualties.is_empty() && !words.iter().any(is_number) {
            return Self::default();
        }
        let tolls = TollWords::read(words.iter().map(|word| word.written), language);
        let dead = numbers_of_dead(&words, &tolls);
        let marks = (0..words.len()).flat_map(|at| match words[at].ordinal {
            Some(number) => [rank_behind(&words, at, number), None],
            None => count_at(&words, at, dead.contains(&at)),
        });
        let numbers = words.iter().filter_map(|word| word.ordinal.or(word.number));
        let told = casualties
            .iter()
            .map(|(_, number)| number.saturating_mul(THOUSANDTHS));
        let counted = casualties
            .iter()
            .map(|(who, number)| Mark::of(*who, *number));
        Self {
            marks: marks.flatten().chain(counted).collect(),
            numbers: numbers.chain(told).collect(),
            tells_growth: tolls.say_grown(),
            tells_attack: tolls.tell_attack(),
            tells_what_lasts: tolls.tell_what_lasts(),
            tells_missing: words.iter().any(|word| LISTS.missing.contains(&word.hash)),
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
        let number_otherwise = self.number_otherwise(other)
            && !self.tells_before_and(other, hours_later)
            && !other.tells_before_and(self, hours_later.map(|hours| -hours));
        let is_next_day = hours_later.is_some_and(|hours| hours.abs() < OVER_NIGHT_HOURS);
        number_otherwise
            || is_another_day
                && !self.tells_growth
                && !other.tells_growth
                && late.counts_otherwise(early, is_next_day)
    }

    fn number_otherwise(&self, other: &Self) -> bool {
        let ranks = |a: &Mark, b: &Mark| a.is_rank() && b.is_rank() && a.beside == b.beside;
        self.have_two(other, ranks)
            && !self.have_two(other, |a, b| ranks(a, b) && a.number == b.number)
    }

    /// True if it numbers what came before what another title numbers, and is told when that is, so many hours later:
    /// the ballot that was lost before the one that was won.
    fn tells_before_and(&self, other: &Self, hours_later: Option<f32>) -> bool {
        let is_told_then = |hours: f32| (-HASTE_HOURS..ANOTHER_DAY_HOURS).contains(&hours);
        let came_before = |a: &Mark, b: &Mark| {
            a.says == Says::RankBefore
                && b.says == Says::Rank
                && a.beside == b.beside
                && a.number < b.number
        };
        hours_later.is_some_and(is_told_then) && self.have_two(other, came_before)
    }

    fn counts_otherwise(&self, early: &Self, is_next_day: bool) -> bool {
        let of_one = |a: &Mark, b: &Mark| a.beside == b.beside && a.is_rank() == b.is_rank();
        let is_part = |number: u32| !number.is_multiple_of(THOUSANDTHS);
        // A magnitude does not grow overnight.
        let measures =
            |a: &Mark, b: &Mark| of_one(a, b) && (is_part(a.number) || is_part(b.number));
        let share = self
            .numbers
            .iter()
            .any(|number| early.numbers.contains(number));
        !share
            && match is_next_day && self.may_have_grown_from(early) {
                true => self.have_two(early, measures),
                false => self.have_two(early, |a, b| {
                    of_one(a, b) && !self.may_count_anew(early, [a, b])
                }),
            }
    }

    /// True if what a mark counts may be what that of an earlier title does, of which there is more by now, or if it is who
    /// is missing, less.
    fn may_count_anew(&self, early: &Self, [a, b]: [&Mark; 2]) -> bool {
        let lasts = self.tells_what_lasts || early.tells_what_lasts;
        let is_attack = self.tells_attack || early.tells_attack;
        let are_whole = [a, b]
            .iter()
            .all(|mark| mark.says == Says::Count && mark.number.is_multiple_of(THOUSANDTHS));
        let are_missing = self.tells_missing && early.tells_missing;
        let are_cases = |mark: &Mark| mark.number == a.number && LISTS.cases.contains(&mark.beside);
        let are_many = b.number >= MANY || self.marks.iter().any(are_cases);
        let has_grown = a.number > b.number && are_many;
        let is_of_one = lasts && (are_missing || has_grown);
        !is_attack && are_whole && (is_of_one || self.recounts_hurt_of(early, [a.number, b.number]))
    }

    /// True if these are hurt whom it and an earlier title count, many and nearly as many.
    fn recounts_hurt_of(&self, early: &Self, numbers: [u32; 2]) -> bool {
        let hurts = |counted: &Self, number: u32| {
            let mut marks = counted.marks.iter();
            marks.any(|mark| mark.beside == LISTS.hurt && mark.number == number)
        };
        let [number, before] = numbers;
        let (less, more) = (number.min(before), number.max(before));
        let are_near = less >= HURT_OF_MANY && less as f32 >= RECOUNTED * more as f32;
        are_near && hurts(self, number) && hurts(early, before)
    }

    /// True if it tells more dead than an earlier one, and many, and either tells of what goes on over night and neither of
    /// an attack.
    fn may_have_grown_from(&self, early: &Self) -> bool {
        let has_grown = |a: &Mark, b: &Mark| {
            let are_dead = a.says == Says::Dead && b.says == Says::Dead;
            are_dead && a.number > b.number && a.number >= DEAD_OF_GREAT
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

impl Mark {
    fn is_rank(&self) -> bool {
        matches!(self.says, Says::Rank | Says::RankBefore)
    }

    /// Of people who were counted, whatever word stands beside their number.
    fn of(who: Casualty, number: u32) -> Self {
        let (beside, says) = match who {
            Casualty::Dead => (LISTS.dead, Says::Dead),
            Casualty::Hurt => (LISTS.hurt, Says::Count),
        };
        Self {
            beside,
            number: number.saturating_mul(THOUSANDTHS),
            says,
        }
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
    ordered_by(words, at)?.mark(number, rank_at(words, at))
}

fn rank_at(words: &[Told<'_>], at: usize) -> Says {
    match is_of_before(words, at) {
        true => Says::RankBefore,
        false => Says::Rank,
    }
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
        true => rank_at(words, at),
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
    /// True if what stands behind it came earlier.
    pub(super) says_after: bool,
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
        let mut is_behind_ordinal = false;
        let words = with_gaps(title, split_words(title).take(MAX_WORDS));
        let for_after = words_for_after(language);
        let told = words.map(|(word, gap)| {
            fold_word(word.written, &mut folded);
            let hash = hash_word(&folded);
            let number_words = (language == "en").then(|| LISTS.number_words.get(&hash));
            let is_point = is_behind_ordinal && gap == ". ";
            let is_cut =
                !is_point && gap.contains(|c: char| !c.is_whitespace() && !JOINS.contains(&c));
            let behind = &title[word.place_in(title).end..];
            let ordinal = ordinal_of(word.written, hash, language, behind);
            is_behind_ordinal = ordinal.is_some();
            Self {
                written: word.written,
                hash,
                is_cut,
                says_after: for_after.contains(&hash),
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
mod tests;
