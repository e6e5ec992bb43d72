//! Numbers that are a part of a sum which no headline adds up: `a captain, his wife and 3 sons`, `nine children and a
//! woman`, `12 in Turkey, 3 in Syria`. No toll is told of these.

use super::asides::{counts_living, counts_things, is_behind};
use super::figures::Words;
use super::tolls::{LISTS, is_count, is_death, stands_in};
use super::tongues::Signs;

/// True if others died beside those whom a number counts.
pub(super) fn is_summand(words: &Words<'_>, at: usize) -> bool {
    is_counted_in(words, at)
        || is_joined(words, at)
        || has_more_behind(words, at)
        || stands_in_list(words, at)
        || is_of_one_place(words, at)
}

/// Words between an `and` and the number that it adds, at most: `and at least their 3 children`.
const LED: usize = 3;

/// Where what leads to a number begins: the `their` of `their 3 children`.
fn beginning_of(words: &Words<'_>, at: usize) -> usize {
    let leads = |at: &usize| stands_in(&LISTS.leading, words, *at);
    words.before(at, LED).take_while(leads).last().unwrap_or(at)
}

/// True of the number behind an `and`, but not of that in `10 hurt and 12 dead`.
fn is_counted_in(words: &Words<'_>, at: usize) -> bool {
    is_behind(words, beginning_of(words, at), &LISTS.and)
        && is_count(words, at)
        && !is_death(words, at + 1)
        && !counts_living(words, at)
        && !counts_things(words, at)
}

/// The same in scripts without spaces: `父親と子ども3人`, `부부와 자녀 2명`.
fn is_joined(words: &Words<'_>, at: usize) -> bool {
    let joins = |rest: &str| LISTS.joins.without_first(rest).is_some();
    words.before(at, ADDED).any(|before| {
        let persons = [&LISTS.persons, &LISTS.kin];
        let mut places = persons
            .into_iter()
            .flat_map(|signs| signs.places_in(&words[before]));
        places.any(|person| joins(&words[before][person.end..]))
    })
}

/// True of one before whom Arabic writes its `and` in one word.
fn is_written_with_and(words: &Words<'_>, at: usize) -> bool {
    let person = words[at].strip_prefix('و');
    person.is_some_and(|person| LISTS.persons.stand_in(person, words.language))
}

/// Words between a number and what adds another to it, at most.
const ADDED: usize = 2;

/// True of the three and of the nine in `kills three women and two children` and `nine children and a woman`.
fn has_more_behind(words: &Words<'_>, at: usize) -> bool {
    let is_of_sum = |next: &usize| !is_death(words, *next);
    let behind = || words.behind(at + 1, ADDED + 2).take_while(is_of_sum);
    // `kills 3 at party, suspect flees` lists nobody.
    let is_counted = |place: usize| {
        is_of_sum(&place)
            && ![&LISTS.inside, &LISTS.leading]
                .into_iter()
                .any(|signs| stands_in(signs, words, place))
    };
    let listed = (at + 2..words.len().min(at + 2 + ADDED))
        .take_while(|next| is_counted(next - 1))
        .find(|next| words.is_stopped(*next))
        .filter(|next| words.is_cut(*next));
    behind().any(|next| is_counted_in(words, next))
        || behind().any(|next| is_behind(words, next, &LISTS.and) && is_someone(words, next))
        || behind().any(|next| is_written_with_and(words, next))
        || listed.is_some_and(|next| is_someone(words, next) || is_anyone(words, next))
}

/// Words that may stand before one who is not counted in digits, at most: `y a su madre`.
const BEFORE_ONE: usize = 2;

/// True if one who is not counted in digits begins at a place, and nothing says that they live: `a woman`, `their
/// parents`, `suspect`. Who says how many died does.
fn is_someone(words: &Words<'_>, at: usize) -> bool {
    let led = |to: usize| (at..to).all(|at| stands_in(&LISTS.leading, words, at));
    let is_person = |at: usize| stands_in(&LISTS.persons, words, at) && !tells(words, at);
    let mut places = (at..=at + BEFORE_ONE).take_while(|place| led(*place));
    places.any(|place| is_one(words, place) || is_person(place))
}

/// The same of `a`; of `a day after`, `one of the deadliest` and `a medic says` it is not.
fn is_one(words: &Words<'_>, at: usize) -> bool {
    let is_other = |signs: &Signs| stands_in(signs, words, at + 1);
    let others = [&LISTS.units, &LISTS.parts, &LISTS.between];
    stands_in(&LISTS.article, words, at) && !others.into_iter().any(is_other) && !tells(words, at)
}

/// True if a count of people begins at a place, and nothing says that they live.
fn is_anyone(words: &Words<'_>, at: usize) -> bool {
    let is_counted =
        |at: usize| stands_in(&LISTS.persons, words, at) || stands_in(&LISTS.anyone, words, at);
    is_count(words, at) && (is_counted(at + 1) || is_counted(at + 2)) && !lives(words, at)
}

/// Words behind one in which what became of him may be said.
const FATE: usize = 4;

/// True of one who lives, or tells of it.
fn tells(words: &Words<'_>, at: usize) -> bool {
    let mut behind = words.behind(at + 1, FATE);
    lives(words, at) || behind.any(|at| stands_in(&LISTS.says, words, at))
}

fn lives(words: &Words<'_>, at: usize) -> bool {
    let mut behind = words.behind(at + 1, FATE);
    behind.any(|at| stands_in(&LISTS.living, words, at) || stands_in(&LISTS.wards, words, at))
}

/// Words of one who is listed before a number, at most: `2 U.S. service members`.
const LISTED: usize = 5;

/// True of the 3 in `captain, wife, 3 sons found dead`, but not in `bus falls into gorge, 3 people dead`.
fn stands_in_list(words: &Words<'_>, at: usize) -> bool {
    let is_plain =
        stands_in(&LISTS.anyone, words, at + 1) && !stands_in(&LISTS.persons, words, at + 1);
    let start = beginning_of(words, at);
    if is_plain || is_death(words, at + 1) || start == 0 || !words.is_cut(start) {
        return false;
    }
    let last = start - 1;
    let first = words.before(last, LISTED).last().unwrap_or(last);
    let is_other = |at: usize| {
        is_death(words, at)
            || stands_in(&LISTS.living, words, at)
            || stands_in(&LISTS.units, words, at)
    };
    let is_counted = (is_count(words, first) || stands_in(&LISTS.article, words, first))
        && last > first
        && !(first..start).any(is_other);
    stands_in(&LISTS.persons, words, last) || is_counted
}

/// True of the 12 in `kills 12 in Turkey, 3 in Syria`.
fn is_of_one_place(words: &Words<'_>, at: usize) -> bool {
    let is_of_other = |other: usize| {
        if !stands_in(&LISTS.places, words, other + 1) || !is_count(words, other) {
            return false;
        }
        let start = beginning_of(words, other);
        (words.is_cut(start) || is_behind(words, start, &LISTS.and))
            && !words.is_stopped(other + 1)
            && !lives(words, other + 1)
    };
    (at + 1..words.len()).any(is_of_other)
}

#[cfg(test)]
mod tests {
    use super::super::tolls::check_tolls;

    #[test]
    fn who_died_beside_others_is_no_toll_however_they_are_listed() {
        check_tolls(&[
            ("Child, 2 adults dead in fire at daycare", "en", None),
            ("Fire captain, wife, 3 sons found dead", "en", None),
            ("Explosion leaves 1 resident, 1 employee dead", "en", None),
            ("2 U.S. service members, 1 civilian killed", "en", None),
            (
                "Six militants, 3 police officers killed in raid",
                "en",
                None,
            ),
            (
                "Strike on Khost, killing nine children and a woman",
                "en",
                None,
            ),
            ("Deaths of 2 children and their parents", "en", None),
            ("Couple and their 3 children killed in crash", "en", None),
            ("Gunman kills 4 and himself", "en", None),
            ("Shooting kills 6 and gunman is shot dead", "en", None),
            ("Bodies of 2 women, 3 men pulled from river", "en", None),
            ("Crash kills 2 passengers, driver", "en", None),
            ("11 skydivers and pilot killed in plane crash", "en", None),
            ("Five shot and teenager killed in Leeds", "en", None),
            ("Vater, Mutter und 2 Kinder tot aufgefunden", "de", None),
            ("Madre y sus 3 hijos muertos en un choque", "es", None),
            ("Casal e 2 filhos mortos em acidente", "pt", None),
            ("Погибли мать и 3 детей", "ru", None),
            ("Погибли 3 ребенка и их мать", "ru", None),
            ("Mueren 3 niños y su madre", "es", None),
            ("Matan a 3 jóvenes y a una mujer", "es", None),
            ("Morti 2 bambini e la madre", "it", None),
            ("3 anak dan ibunya tewas", "id", None),
            ("مقتل 3 أطفال وأمهم", "ar", None),
            ("부부와 자녀 2명 숨져", "ko", None),
            ("夫妻和2名子女死亡", "zh", None),
            ("พ่อและลูก 2 คน เสียชีวิต", "th", None),
            ("पति-पत्नी और 2 बच्चों की मौत", "hi", None),
            ("אב ו-3 ילדיו נהרגו בתאונה", "he", None),
            ("مقتل 5 جنود و3 مدنيين", "ar", None),
            ("父親と子ども3人死亡", "ja", None),
            ("母と娘2人死亡", "ja", None),
        ]);
    }

    #[test]
    fn the_dead_of_one_place_among_others_are_no_toll() {
        check_tolls(&[
            ("Quake kills 12 in Turkey, 3 in Syria", "en", None),
            ("At least 10 killed in Israel and 128 in Iran", "en", None),
            ("Floods kill 13 in Texas and at least 3 in Ohio", "en", None),
            ("10 muertos en Cali, 3 en Bogotá", "es", None),
            ("Quake kills 12 in Turkey, 3 in hospital", "en", Some(12)),
            ("12 dead, 2 in critical condition", "en", Some(12)),
        ]);
    }

    #[test]
    fn all_who_died_are_the_toll_whoever_else_is_named() {
        check_tolls(&[
            ("Bus plunges into gorge, 12 pilgrims die", "en", Some(12)),
            ("Woman kills her 3 children", "en", Some(3)),
            ("Deaths of 4 students: suspect pleads guilty", "en", Some(4)),
            ("Blast kills 12 and a woman is missing", "en", Some(12)),
            ("Attacks kill 10 people, a day after strike", "en", Some(10)),
            ("Strike kills 18 Palestinians, doctor says", "en", Some(18)),
            ("Strike kills 18 Palestinians, a medic says", "en", Some(18)),
            ("Blast kills 33, one of the deadliest", "en", Some(33)),
            ("Fire kills 12 in hospital", "en", Some(12)),
            ("Riot kills 12 in prison", "en", Some(12)),
            ("Shooting kills 3 at party, suspect at large", "en", Some(3)),
            ("5 injured, 2 teachers killed in crash", "en", Some(2)),
            ("Shooting leaves 5 dead, a child among them", "en", Some(5)),
            ("5 הרוגים ו-3 פצועים", "he", Some(5)),
            ("5 قتلى و3 جرحى في انفجار", "ar", Some(5)),
            ("トラックと衝突、3人死亡", "ja", Some(3)),
        ]);
    }
}
