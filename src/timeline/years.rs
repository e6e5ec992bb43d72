//! Numbers that may be years. From 1900 to 2099 a number is one unless what stands around it says that it counts people:
//! a quake may kill 2056, and most languages write them so.

use super::figures::Words;
use super::tolls::{LISTS, is_death, stand_before, stands_in};
use super::tongues::Signs;

/// True if the number at a place is a year.
pub(super) fn is_year(words: &Words<'_>, at: usize) -> bool {
    looks_like_year(&words[at]) && !counts_people(words, at) && !is_risen_to(words, at)
}

/// True of four digits that nothing parts; of `2 056` the parts are known.
pub(super) fn looks_like_year(word: &str) -> bool {
    word.len() == 4 && (word.starts_with("19") || word.starts_with("20"))
}

/// True of `at least 2056 people` and `2056 morts`; false of `quake of 2023 killed 12` and `2024 deaths`.
fn counts_people(words: &Words<'_>, at: usize) -> bool {
    let next = at + 1;
    if words.is_stopped(next) {
        return false;
    }
    let is_counter = words
        .get(next)
        .is_some_and(|next| LISTS.counters.begin(next, words.language));
    let is_anyone = stands_in(&LISTS.anyone, words, next) || stands_in(&LISTS.persons, words, next);
    let is_dead = is_death(words, next) && !stands_in(&LISTS.of_years, words, next);
    is_counter || (is_anyone || is_dead) && (begins_part(words, at) || is_led(words, at))
}

fn begins_part(words: &Words<'_>, at: usize) -> bool {
    at == 0 || words.is_stopped(at)
}

/// True if what leads to a count stands right before a place; `more than`, not `of`.
fn is_led(words: &Words<'_>, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else {
        return false;
    };
    // `plus de 2056`.
    let is_compared = || before > 0 && stands_in(&LISTS.leading, words, before - 1);
    let leads = |signs: &Signs| stands_in(signs, words, before);
    let lists = [&LISTS.leading, &LISTS.rises, &LISTS.up_to];
    (lists.into_iter().any(leads) || is_death(words, before))
        && (!leads(&LISTS.before_years) || is_compared())
}

/// True of `toll rises to 2056`, `выросло до 2056` and `toll now 2056`; false of `rise from 2020 to 2024` and `to 2019
/// levels`. Of several years in a headline none is asked about the rest of it.
fn is_risen_to(words: &Words<'_>, at: usize) -> bool {
    let is_risen = stands_in(&LISTS.risen, words, at + 1);
    let is_told = is_risen || !words.is_cut(at) && is_led(words, at) && ends_count(words, at);
    let starts_year = |word: &String| word.get(..4).is_some_and(looks_like_year);
    let years = || words.iter().filter(|word| starts_year(word)).take(2);
    let is_toll =
        |at: usize| stands_in(&LISTS.rises, words, at) || stands_in(&LISTS.tolls, words, at);
    is_told
        && !stand_before(&LISTS.before_years, words, at)
        && years().count() < 2
        && (is_risen || (0..at).any(is_toll))
        && (0..words.len()).any(|at| is_death(words, at))
}

/// True if what stands behind a number does not belong to it.
fn ends_count(words: &Words<'_>, at: usize) -> bool {
    let next = at + 1;
    let lists = [
        &LISTS.inside,
        &LISTS.since,
        &LISTS.says,
        &LISTS.and,
        &LISTS.leading,
    ];
    next >= words.len()
        || words.is_stopped(next)
        || lists.into_iter().any(|signs| stands_in(signs, words, next))
}

#[cfg(test)]
mod tests {
    use super::super::tolls::check_tolls;

    #[test]
    fn a_number_that_counts_people_is_no_year() {
        check_tolls(&[
            ("Flood toll in Derna climbs to 2013", "en", Some(2013)),
            ("At least 1987 people killed by cyclone", "en", Some(1987)),
            ("Morocco quake: 2012 dead, army says", "en", Some(2012)),
            ("Cholera death toll now 2041", "en", Some(2041)),
            ("Over 1950 dead in Herat quake", "en", Some(1950)),
            ("Zahl der Toten in Herat steigt auf 2053", "de", Some(2053)),
            ("Beben in Marokko: 2012 Tote", "de", Some(2012)),
            ("Séisme au Maroc : 2 012 morts", "fr", Some(2012)),
            ("Maroc : plus de 2000 morts", "fr", Some(2000)),
            ("Le bilan monte à 2 122 morts", "fr", Some(2122)),
            ("Los fallecidos ascienden a 2053 en Herat", "es", Some(2053)),
            ("Suman 2012 muertos en Marruecos", "es", None),
            ("Terremoto: almeno 2012 morti", "it", Some(2012)),
            ("Sobe para 2053 o número de mortos", "pt", Some(2053)),
            ("Dodental stijgt naar 2053", "nl", Some(2053)),
            ("Dödssiffran i Herat stiger till 2 053", "sv", Some(2053)),
            ("Liczba ofiar wzrosła do 2012", "pl", Some(2012)),
            ("Depremde ölü sayısı 2012'ye yükseldi", "tr", Some(2012)),
            ("Число погибших в Герате выросло до 2053", "ru", Some(2053)),
            ("Погибли 1940 человек", "ru", Some(1940)),
            ("ارتفاع عدد قتلى زلزال هرات إلى 2053", "ar", Some(2053)),
            ("摩洛哥地震已致2012人死亡", "zh", Some(2012)),
            ("遇难人数升至2053人", "zh", Some(2053)),
            ("モロッコ地震の死者2012人に", "ja", Some(2012)),
            ("모로코 지진 사망자 2012명", "ko", Some(2012)),
            ("5 000 000 de morts", "fr", Some(5_000_000)),
        ]);
    }

    #[test]
    fn a_year_beside_the_dead_counts_nobody() {
        check_tolls(&[
            ("Road deaths rise to 2019 levels", "en", None),
            ("Deaths rose from 2019 to 2023", "en", None),
            ("2024 deaths on roads fall", "en", None),
            ("Flood of 1953 killed hundreds in Zeeland", "en", None),
            ("Wanted since 2009, killed in raid", "en", None),
            ("Man missing since 1998 dead, police say", "en", None),
            ("Storm kills dozens in worst flood since 2002", "en", None),
            ("Tote 2023: Bilanz der Bergretter", "de", None),
            ("Seit 2015 Tote im Mittelmeer", "de", None),
            ("Morts en 2024 : la liste", "fr", None),
            ("En 2024 murieron decenas de migrantes", "es", None),
            ("Muertos en 2020 por la pandemia", "es", None),
            ("Morti nel 2023 sulle strade", "it", None),
            ("Mortos em 2021 pela covid", "pt", None),
            ("Doden in 2023 door hitte", "nl", None),
            ("Döda i trafiken 2023", "sv", None),
            ("В 2023 погибли десятки туристов", "ru", None),
            ("Zabici w 2022 roku pod Buczą", "pl", None),
            ("2024年死亡交通事故", "ja", None),
            ("2023年地震死者", "zh", None),
            ("قتلى عام 2023", "ar", None),
        ]);
    }
}
