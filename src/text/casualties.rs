//! How many dead and how many hurt a title counts, in digits or in words, whatever word stands beside the number
//! (`casualties.txt`, and the words of death of `tolls.txt`). What a headline says of a toll at last is read in `timeline`.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::months::month_of;
use super::tolls::{self, TollWords};
use super::tongues::{Signs, named_language, words_of_list};
use super::words::{fold_word, lower_word, split_words, with_gaps};

/// Whom a title counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Casualty {
    /// Who died.
    Dead,
    /// Who lives.
    Hurt,
}

const FILE: &str = include_str!("casualties.txt");
/// Words of a title that are looked at.
const MAX_WORDS: usize = 32;
/// Places between a number and the word that says whom it counts, at most.
const WITHIN: usize = 4;
/// The same if it counts people, and nothing else is numbered: German puts its verbs at the end.
const PEOPLE_WITHIN: usize = 9;
/// What a mark between them counts for.
const CUT: usize = 2;
/// Words from a number to the animal that it counts, at most.
const BEAST_WITHIN: usize = 2;
/// Words behind `and` within which it goes on to tell of others, who are counted by themselves.
const TOLD_WITHIN: usize = 3;
/// A number of four digits between these is a year.
const YEARS: std::ops::Range<u32> = 1900..2100;
/// What parts no words of one phrase.
const JOINS: [char; 8] = ['-', '\'', '’', '‘', '"', '“', '”', '„'];

struct Lists {
    hurt: Signs,
    people: Signs,
    and: FxHashSet<&'static str>,
    larger: FxHashSet<&'static str>,
    joins: Signs,
    whose: Signs,
    active: Signs,
    aged: FxHashSet<&'static str>,
    of: FxHashSet<&'static str>,
    beasts: Signs,
    years: FxHashSet<&'static str>,
    spoken: FxHashMap<&'static str, Spoken>,
}

/// The number words of a language.
#[derive(Default)]
struct Spoken {
    numbers: FxHashMap<String, u32>,
    /// Tens alone.
    tens: FxHashMap<String, u32>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let words = |list| words_of_list(FILE, list).map(|(_, word)| word).collect();
    let people = ["anyone", "persons"].into_iter();
    let people = people.flat_map(|list| words_of_list(tolls::FILE, list));
    Lists {
        hurt: Signs::of(words_of_list(FILE, "hurt")),
        people: Signs::of(people),
        and: words("and"),
        larger: words("larger"),
        joins: Signs::of(words_of_list(FILE, "joins")),
        whose: Signs::of(words_of_list(FILE, "whose")),
        active: Signs::of(words_of_list(FILE, "active")),
        aged: words("aged"),
        of: words("of"),
        beasts: Signs::of(words_of_list(tolls::FILE, "beasts")),
        years: words("years"),
        spoken: spoken_numbers(),
    }
});

fn spoken_numbers() -> FxHashMap<&'static str, Spoken> {
    let mut spoken: FxHashMap<&str, Spoken> = FxHashMap::default();
    for (language, at, ten) in numbers_of_list("tens") {
        let tens = &mut spoken.entry(language).or_default().tens;
        tens.insert(ten, (at + 2) * 10);
    }
    for (language, at, one) in numbers_of_list("numbers") {
        let Spoken { numbers, tens } = spoken.entry(language).or_default();
        for (ten, value) in tens.iter().filter(|_| at < 9) {
            // `tjugofem`, `venticinque`; `fünfundzwanzig`; `vijfentwintig`, `tweeëntwintig`; `femogtyve`.
            for written in [
                format!("{ten}{one}"),
                format!("{one}und{ten}"),
                format!("{one}en{ten}"),
                format!("{one}ën{ten}"),
                format!("{one}og{ten}"),
            ] {
                numbers.insert(written, value + at + 1);
            }
        }
        numbers.insert(one, at + 1);
    }
    spoken
}

/// The forms of a list of numbers, each with its language and its place there, from 0.
fn numbers_of_list(list: &'static str) -> impl Iterator<Item = (&'static str, u32, String)> {
    let mut next = (0, "");
    words_of_list(FILE, list).flat_map(move |(codes, forms)| {
        let at = if codes == next.1 { next.0 } else { 0 };
        next = (at + 1, codes);
        let of_each = move |code| {
            forms
                .split('/')
                .map(move |form| (code, at, form.to_owned()))
        };
        codes.split_whitespace().flat_map(of_each)
    })
}

/// A word of a title.
struct Said<'t> {
    written: &'t str,
    lower: String,
    /// True if more than a space or a hyphen stands before it.
    is_cut: bool,
}

impl Said<'_> {
    fn folded(&self) -> String {
        let mut folded = String::new();
        fold_word(self.written, &mut folded);
        folded
    }
}

/// A number of a title: the places of its words and what it says.
struct Number {
    first: usize,
    last: usize,
    says: u32,
    /// True if it may be an article.
    is_one: bool,
}

/// Whom a title in a language, by its two-letter code, counts, and how many: each number once, by the sign of death or of
/// hurt that is nearest to it.
pub fn casualties_of(title: &str, language: &str) -> Vec<(Casualty, u32)> {
    let read = Read::of_title(title, language);
    let mut near = read.distances();
    near.sort_unstable();
    let (mut used_signs, mut used_numbers) = (FxHashSet::default(), FxHashSet::default());
    let mut told = Vec::new();
    for (_, sign, place) in near {
        if !used_signs.contains(&sign) && !used_numbers.contains(&place) {
            used_signs.insert(sign);
            used_numbers.insert(place);
            let (number, (at, who)) = (&read.numbers[place], read.signs[sign]);
            if !read.is_part(number, at) {
                told.push((who, number.says));
            }
        }
    }
    told
}

/// A title as it bears on who is counted.
struct Read<'t> {
    words: Vec<Said<'t>>,
    language: &'t str,
    numbers: Vec<Number>,
    /// The places of the words of death and of hurt.
    signs: Vec<(usize, Casualty)>,
}

impl<'t> Read<'t> {
    fn of_title(title: &'t str, language: &'t str) -> Self {
        let words = words_of(title);
        let numbers = numbers_of(&words, language);
        let language = named_language(language);
        let mut signs = Vec::new();
        if !numbers.is_empty() {
            let lower = words.iter().map(|word| word.lower.as_str());
            let tolls = TollWords::read(lower, language);
            let sign_at = |at: usize| match tolls.count_dead(at) {
                true => Some(Casualty::Dead),
                false => is_hurt(&words, at, language).then_some(Casualty::Hurt),
            };
            let found = (0..words.len()).filter_map(|at| Some((at, sign_at(at)?)));
            signs = found.collect();
        }
        Self {
            words,
            language,
            numbers,
            signs,
        }
    }

    /// Of each sign and each number near it how far they are, with their places in the lists.
    fn distances(&self) -> Vec<(usize, usize, usize)> {
        let mut near = Vec::new();
        for (sign, (at, _)) in self.signs.iter().enumerate() {
            // `Two gunmen kill officer`.
            let is_active = self.stands(&LISTS.active, *at);
            for (place, number) in self.numbers.iter().enumerate() {
                let distance = distance(&self.words, number, *at);
                let is_subject = is_active && number.last < *at;
                if distance <= self.reach_of(number) && !is_subject {
                    near.push((distance, sign, place));
                }
            }
        }
        near
    }

    fn reach_of(&self, number: &Number) -> usize {
        let counts_people = self.numbers.len() == 1 && self.stands(&LISTS.people, number.last + 1);
        match (number.is_one, counts_people) {
            (true, _) => 1,
            (_, true) => PEOPLE_WITHIN,
            _ => WITHIN,
        }
    }

    fn stands(&self, signs: &Signs, at: usize) -> bool {
        let word = self.words.get(at);
        word.is_some_and(|word| signs.stand_in(&word.lower, self.language))
    }

    /// True if a number with a sign at a place counts some of those of whom that tells: `parents and two children killed`,
    /// `two teenagers and driver killed`.
    fn is_part(&self, number: &Number, sign: usize) -> bool {
        let joins = |at: usize| self.stands(&LISTS.joins, at) && !self.words[at].is_cut;
        let is_whose = |at: usize| self.stands(&LISTS.whose, at);
        let before = number.first.checked_sub(1);
        let before = before.map(|at| at.saturating_sub(usize::from(is_whose(at))));
        if let Some(joint) = before.filter(|at| *at > 0 && joins(*at)) {
            return match sign < number.first {
                true => sign < joint,
                false => !self.signs.iter().any(|(at, _)| *at < joint),
            };
        }
        let joint = number.last + 2;
        let told = joint + 1..=joint + TOLD_WITHIN;
        joins(joint)
            && match sign > number.last {
                true => sign > joint,
                false => !self.signs.iter().any(|(at, _)| told.contains(at)),
            }
    }
}

fn is_hurt(words: &[Said<'_>], at: usize, language: &str) -> bool {
    let word = words[at].lower.as_str();
    let pair = || {
        words
            .get(at + 1)
            .map(|next| [word, "_", &next.lower].concat())
    };
    LISTS.hurt.stand_in(word, language)
        || pair().is_some_and(|pair| LISTS.hurt.stand_in(&pair, language))
}

fn distance(words: &[Said<'_>], number: &Number, sign: usize) -> usize {
    let (from, to) = match sign < number.first {
        true => (sign, number.first),
        false => (number.last, sign),
    };
    let cuts = words[(from + 1).min(to)..=to]
        .iter()
        .filter(|word| word.is_cut);
    to - from + CUT * cuts.count()
}

/// The numbers that may count people, in order.
fn numbers_of(words: &[Said<'_>], language: &str) -> Vec<Number> {
    let spoken = LISTS.spoken.get(language);
    let (mut numbers, mut at) = (Vec::new(), 0);
    while at < words.len() {
        match number_at(words, at, spoken) {
            Some(number) => {
                at = number.last + 1;
                numbers.push(number);
            }
            None => at += 1,
        }
    }
    let mut are_others: Vec<bool> = numbers
        .iter()
        .map(|number| counts_others(words, number, language))
        .collect();
    // `aged 9 and 12`, `de 9 y 12 años`.
    let are_joined = |one: &Number, next: &Number| {
        let between = words.get(one.last + 1);
        let language = named_language(language);
        next.first == one.last + 2
            && between.is_some_and(|word| LISTS.joins.stand_in(&word.lower, language))
    };
    for at in 1..numbers.len() {
        let is_age = is_aged(words, &numbers[at - 1]) || has_unit_of_time(words, &numbers[at]);
        if is_age && are_joined(&numbers[at - 1], &numbers[at]) {
            are_others[at - 1..=at].fill(true);
        }
    }
    let mut are_others = are_others.into_iter();
    numbers.retain(|_| !are_others.next().unwrap_or_default());
    numbers
}

/// True of a number that is an age, a time or a date, or counts animals, or hundreds.
fn counts_others(words: &[Said<'_>], number: &Number, language: &str) -> bool {
    let next = words.get(number.last + 1);
    let is_larger = |word: &Said<'_>| {
        LISTS.larger.contains(word.lower.as_str()) || month_of(&word.folded()).is_some()
    };
    // `a man, 45, was killed`.
    let stands_alone = words[number.first].is_cut && next.is_some_and(|word| word.is_cut);
    let behind = words[number.last + 1..].iter().take(BEAST_WITHIN);
    let mut behind = behind.take_while(|word| !word.is_cut);
    let language = named_language(language);
    stands_alone
        || next.is_some_and(is_larger)
        || has_unit_of_time(words, number)
        || is_aged(words, number)
        || behind.any(|word| LISTS.beasts.stand_in(&word.lower, language))
}

fn has_unit_of_time(words: &[Said<'_>], number: &Number) -> bool {
    let next = words.get(number.last + 1);
    next.is_some_and(|word| LISTS.years.contains(word.lower.as_str()))
}

/// True of `aged 9`, `âgées de 9`.
fn is_aged(words: &[Said<'_>], number: &Number) -> bool {
    let is_of = |word: &&Said<'_>| LISTS.of.contains(word.lower.as_str());
    let mut before = words[..number.first].iter().rev().take(2);
    let word = before.next();
    let word = if word.is_some_and(|word| is_of(&word)) {
        before.next()
    } else {
        word
    };
    word.is_some_and(|word| LISTS.aged.contains(word.lower.as_str()))
}

/// The number that begins at a place.
fn number_at(words: &[Said<'_>], at: usize, spoken: Option<&Spoken>) -> Option<Number> {
    let find = |of: fn(&Spoken) -> &FxHashMap<String, u32>, at: usize| {
        let word = words.get(at)?;
        of(spoken?).get(&word.lower).copied()
    };
    let number = |last, says, is_one| Number {
        first: at,
        last,
        says,
        is_one,
    };
    if let Some(ten) = find(|spoken| &spoken.tens, at) {
        let has_and = words
            .get(at + 1)
            .is_some_and(|word| LISTS.and.contains(word.lower.as_str()));
        let last = at + 1 + usize::from(has_and);
        let one = find(|spoken| &spoken.numbers, last);
        return Some(match one.filter(|one| *one < 10 && !words[last].is_cut) {
            Some(one) => number(last, ten + one, false),
            None => number(at, ten, false),
        });
    }
    // Most words are none: only what begins with a digit is folded.
    let digits = Some(words[at].written).filter(|word| word.starts_with(char::is_numeric));
    let digits = digits.map(|_| words[at].folded());
    match digits.as_ref().and_then(|digits| digits.parse().ok()) {
        Some(says) => {
            let is_year = digits.is_some_and(|digits| digits.len() == 4) && YEARS.contains(&says);
            (!is_year).then(|| number(at, says, false))
        }
        None => find(|spoken| &spoken.numbers, at).map(|says| number(at, says, says == 1)),
    }
}

fn words_of(title: &str) -> Vec<Said<'_>> {
    let words = with_gaps(title, split_words(title).take(MAX_WORDS));
    let said = words.map(|(word, gap)| Said {
        written: word.written,
        lower: lower_word(word.written).replace('’', "'"),
        is_cut: gap.contains(|c: char| !c.is_whitespace() && !JOINS.contains(&c)),
    });
    said.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Casualty::{Dead, Hurt};

    /// A language, a title and who is counted in it.
    type Case = (&'static str, &'static str, &'static [(Casualty, u32)]);

    #[test]
    fn the_dead_and_the_hurt_are_counted_in_words_and_digits() {
        let cases: &[Case] = &[
            (
                "en",
                "Four killed in Russian drone attack on Kharkiv",
                &[(Dead, 4)],
            ),
            ("en", "Russian drones kill six in Kharkiv", &[(Dead, 6)]),
            (
                "en",
                "At least twenty-five dead in Russian strike",
                &[(Dead, 25)],
            ),
            (
                "en",
                "Strike kills 4 and wounds 12",
                &[(Dead, 4), (Hurt, 12)],
            ),
            (
                "en",
                "Two dead, thirty injured in crash",
                &[(Dead, 2), (Hurt, 30)],
            ),
            (
                "fr",
                "Gaza : vingt-cinq morts dans des frappes",
                &[(Dead, 25)],
            ),
            (
                "fr",
                "Un mort et six blessés à Kharkiv",
                &[(Dead, 1), (Hurt, 6)],
            ),
            (
                "de",
                "Vier Menschen bei Drohnenangriff auf Charkiw getötet",
                &[(Dead, 4)],
            ),
            ("de", "Fünfundzwanzig Tote bei Angriff", &[(Dead, 25)]),
            ("de", "Messerangriff in Köln: Zwei Verletzte", &[(Hurt, 2)]),
            ("es", "Treinta y cinco muertos en un ataque", &[(Dead, 35)]),
            ("it", "Attacco di droni: ventidue morti", &[(Dead, 22)]),
            ("pt", "Seis mortos em ataque com drones", &[(Dead, 6)]),
            ("nl", "Tweeëntwintig doden bij aanval", &[(Dead, 22)]),
            ("sv", "Tjugofem döda i attack", &[(Dead, 25)]),
            ("pl", "Nie żyje sześć osób", &[(Dead, 6)]),
            ("cs", "Při útoku dronů zahynulo šest lidí", &[(Dead, 6)]),
            ("ru", "Четыре человека погибли при атаке", &[(Dead, 4)]),
            ("uk", "Шестеро загиблих унаслідок атаки", &[(Dead, 6)]),
            (
                "tr",
                "Saldırıda altı ölü, üç yaralı",
                &[(Dead, 6), (Hurt, 3)],
            ),
            ("el", "Έξι νεκροί από επίθεση", &[(Dead, 6)]),
            ("ar", "مقتل ستة في هجوم بمسيرات", &[(Dead, 6)]),
            ("he", "שישה הרוגים במתקפה", &[(Dead, 6)]),
            ("id", "Enam orang tewas dalam serangan", &[(Dead, 6)]),
            ("ja", "攻撃で6人死亡", &[(Dead, 6)]),
            (
                "en",
                "Two killed in Leeds and three injured",
                &[(Dead, 2), (Hurt, 3)],
            ),
            ("en", "Drones kill six in Kyiv and Odesa", &[(Dead, 6)]),
        ];
        for (language, title, expected) in cases {
            assert_eq!(&casualties_of(title, language), expected, "{title}");
        }
    }

    #[test]
    fn what_counts_no_people_is_no_casualty() {
        for (language, title) in [
            // Ages and times.
            ("en", "Sisters aged 9 and 12 killed in Bradford house fire"),
            ("en", "Six-month-old baby killed in Hull crash"),
            ("pt", "Irmãs de 9 e 12 anos morrem em incêndio em Bauru"),
            ("fr", "Un bébé de 3 mois tué par un chien à Nantes"),
            ("de", "Kind im Alter von 3 bei Brand getötet"),
            ("vi", "Cháy chung cư Hà Nội chết người nhất năm nay"),
            // Those of whom others died too.
            (
                "en",
                "Two teenagers and driver killed in Leeds minibus crash",
            ),
            ("en", "Drones kill mother and two children in Kharkiv"),
            ("en", "Two soldiers and three civilians killed in ambush"),
            ("de", "Eltern und zwei Kinder bei Brand in Kassel getötet"),
            (
                "fr",
                "Un couple et deux enfants tués dans un incendie à Reims",
            ),
            ("es", "Un matrimonio y sus tres hijos mueren en Lugo"),
            // Who did it.
            ("en", "Four dogs kill man in Essex"),
            ("en", "Man killed by four dogs in Essex"),
            ("en", "Two gunmen kill officer in Porepunkah"),
            ("en", "Man, 45, killed in Leeds crash"),
            ("de", "Ein Mann bei Angriff auf Charkiw getötet"),
            ("en", "Two hundred dead in flood"),
            ("en", "War dead remembered on 11 November"),
            ("en", "Two drones hit hospital in Kharkiv and kill patients"),
            ("de", "45-Jähriger getötet"),
            ("en", "Deadly 2024 attack: man sentenced"),
        ] {
            assert_eq!(casualties_of(title, language), [], "{title}");
        }
    }
}
