//! Numbers beside words of death that are no toll: they count someone or something else, not all, or what may come.
//! A toll that is not read is silence; a wrong one is told as fact.

use super::figures::Words;
use super::sums::is_summand;
use super::tolls::{LISTS, is_count, is_death, is_foreign_death, stand_before, stands_in};
use super::tongues::Signs;
use crate::text::words::is_unspaced;

/// True if a number at a place is none of all that died. `rises`: the headline says of something that it does.
pub(super) fn is_aside(words: &Words<'_>, at: usize, rises: bool) -> bool {
    counts_living(words, at)
        || is_labelled_living(words, at)
        || is_behind(words, at, &LISTS.named)
        || is_age_of_person(words, at)
        || counts_things(words, at)
        || counts_beasts(words, at)
        || is_more(words, at)
        || is_part(words, at)
        || is_summand(words, at)
        || is_behind(words, at, &LISTS.steps)
        || is_nearly(words, at)
        || is_start(words, at, rises)
        || !rises && is_range(words, at)
        || is_doubted(words, at)
}

/// True if one of the signs stands before a place without punctuation between.
pub(super) fn is_behind(words: &Words<'_>, at: usize, signs: &Signs) -> bool {
    !words.is_parted(at) && stand_before(signs, words, at)
}

/// True if one stands at a place without punctuation before it.
fn follows(words: &Words<'_>, at: usize, signs: &Signs) -> bool {
    !words.is_parted(at) && stands_in(signs, words, at)
}

/// How many words behind a number may say what became of those whom it counts: `12 rebels wounded`.
const WHO: usize = 2;

/// True of those who were hurt, are missing, or may live.
pub(super) fn counts_living(words: &Words<'_>, at: usize) -> bool {
    let is_anyone = follows(words, at + 1, &LISTS.anyone) && at + 2 < words.len();
    let first = if is_anyone { at + 2 } else { at + 1 };
    let is_other = |at: usize| {
        words.is_number(at)
            || is_death(words, at)
            || stands_in(&LISTS.since, words, at)
            || stands_in(&LISTS.between, words, at)
    };
    let mut behind = (first..words.len().min(first + WHO))
        .take_while(|at| !words.is_parted(*at) && !is_other(*at));
    let lives = |at: usize| stands_in(&LISTS.living, words, at) && !is_dead_captive(words, at);
    behind.any(lives) && !is_labelled(words, at)
}

/// Words from hostages to what says that they died, at most: `shot dead`.
const CAPTIVE: usize = 2;

/// True of hostages at a place who died.
fn is_dead_captive(words: &Words<'_>, at: usize) -> bool {
    let mut behind = words.behind(at + 1, CAPTIVE);
    stands_in(&LISTS.captives, words, at) && behind.any(|near| is_death(words, near))
}

/// True if the number at a place has its word of death before it and what is behind it belongs to the next number,
/// as in `নিহত ৩ আহত ১৫`; in English what is counted stands behind.
fn is_labelled(words: &Words<'_>, at: usize) -> bool {
    at.checked_sub(1)
        .is_some_and(|before| is_foreign_death(words, before))
        && words.is_number(at + 2)
        && !stands_in(&LISTS.living, words, at + 3)
}

/// True of the 5 in `kills 3, hurting 5` and `เจ็บ 5 ดับ 3`: what is before it says what became of those whom it counts.
fn is_labelled_living(words: &Words<'_>, at: usize) -> bool {
    is_behind(words, at, &LISTS.living)
        && !at
            .checked_sub(2)
            .is_some_and(|before| is_count(words, before))
}

/// True of the 34 in `Man 34 killed`; of `男女2人死亡` it is not.
fn is_age_of_person(words: &Words<'_>, at: usize) -> bool {
    is_behind(words, at, &LISTS.persons) && !words[at - 1].contains(is_unspaced)
}

/// True of days, miles, dollars, and of thousands, since the number alone is not all then.
pub(super) fn counts_things(words: &Words<'_>, at: usize) -> bool {
    let next = words.get(at + 1).filter(|_| !words.is_parted(at + 1));
    next.is_some_and(|next| LISTS.units.begin(next, words.language))
}

/// Words between a number and the beasts that it counts, at most: `21 wild dogs dead`, `50 dead cows`.
const BEASTS: usize = 3;

fn counts_beasts(words: &Words<'_>, at: usize) -> bool {
    let is_other = |at: &usize| stands_in(&LISTS.inside, words, *at);
    let mut behind = words.behind(at + 1, BEASTS).take_while(|at| !is_other(at));
    behind.any(|at| stands_in(&LISTS.beasts, words, at))
}

/// True of a number that was not reached: `nearly 40`, `nearly a dozen`.
fn is_nearly(words: &Words<'_>, at: usize) -> bool {
    is_behind(words, at, &LISTS.nearly)
        || is_behind(words, at, &LISTS.article) && is_behind(words, at - 1, &LISTS.nearly)
}

/// True of both ends of `30 to 40`.
fn is_range(words: &Words<'_>, at: usize) -> bool {
    let leads = |from: usize| {
        words.is_number(from)
            && !is_behind(words, from, &LISTS.from)
            && follows(words, from + 1, &LISTS.up_to)
            && words.is_number(from + 2)
    };
    leads(at) || at.checked_sub(2).is_some_and(leads)
}

/// True of those who died after others, or beside one who is named.
fn is_more(words: &Words<'_>, at: usize) -> bool {
    let is_more = |at: usize| follows(words, at, &LISTS.more) && !words.is_number(at + 1);
    let is_counted = follows(words, at + 1, &LISTS.anyone) || follows(words, at + 1, &LISTS.dead);
    is_behind(words, at, &LISTS.more) || is_more(at + 1) || is_counted && is_more(at + 2)
}

/// Words between a number and what it is a part of, at most.
const BETWEEN: usize = 3;

/// True for `one of 12`, `2 of 12`, `one in five` and `mother of three`, and for the 4 in `4 in 10 deaths`.
fn is_part(words: &Words<'_>, at: usize) -> bool {
    let is_rate = follows(words, at + 1, &LISTS.rates) && words.is_number(at + 2);
    if is_rate && words.behind(at + 3, WHO).any(|at| is_death(words, at)) {
        return true;
    }
    let mut place = at;
    for between in 0..=BETWEEN {
        let Some(before) = place.checked_sub(1).filter(|_| !words.is_parted(place)) else {
            return false;
        };
        let is_counted = || is_count(words, before) && !stands_in(&LISTS.and, words, before + 1);
        if stands_in(&LISTS.parents, words, before)
            || between > 0 && (stands_in(&LISTS.parts, words, before) || is_counted())
        {
            return true;
        }
        if !stands_in(&LISTS.between, words, before) {
            return false;
        }
        place = before;
    }
    false
}

/// Words between the number that was and the one that is, at most.
const ON_THE_WAY: usize = 3;

/// True of the 33 in `rises from 33 to 87`.
pub(super) fn is_start(words: &Words<'_>, at: usize, rises: bool) -> bool {
    let is_left = rises || is_behind(words, at, &LISTS.from);
    let near = |from: usize| (from..from + ON_THE_WAY).take_while(|at| !words.is_cut(*at));
    let leads_on = |up_to: usize| near(up_to + 1).any(|at| words.is_number(at));
    // `A toll of 33 could rise to 100` tells of the 33.
    let mut behind = near(at + 1).take_while(|at| !stands_in(&LISTS.ahead, words, *at));
    follows(words, at + 1, &LISTS.left) && words.is_number(at + 2)
        || is_left && behind.any(|at| stands_in(&LISTS.up_to, words, at) && leads_on(at))
}

/// Words between what doubts that so many died and the number or the word of death, at most: before it, and behind
/// it, where German and Japanese have their verbs.
const DOUBTS: (usize, usize) = (4, 8);

/// True if what stands around a number or a word of death says that they may have died, would or will, or were saved.
pub(super) fn is_doubted(words: &Words<'_>, at: usize) -> bool {
    let (before, behind) = DOUBTS;
    let doubts = |at: usize| stands_in(&LISTS.doubts, words, at);
    words
        .before(at, before)
        .any(|before| stands_in(&LISTS.ahead, words, before) || doubts(before))
        || words.behind(at, behind).any(doubts)
}

#[cfg(test)]
mod tests {
    use super::super::tolls::check_tolls;

    #[test]
    fn those_who_died_after_others_are_not_the_toll() {
        check_tolls(&[
            (
                "Two more bodies found after Hat Yai flood, death toll now 147",
                "en",
                Some(147),
            ),
            (
                "Two more die after Dhaka factory fire, raising death toll to 33",
                "en",
                Some(33),
            ),
            ("Two more die of burns in Dhaka", "en", None),
            ("Another 12 killed in Kyiv", "en", None),
            ("Mayor, 3 others killed in crash", "en", None),
            ("More than 40 dead in Hat Yai", "en", Some(40)),
            ("Flood kills 12, others missing", "en", Some(12)),
            ("Weitere 12 Tote nach Beben", "de", None),
            ("Mueren otros 12 en el incendio de Dacca", "es", None),
            ("Dos muertos más por el incendio", "es", None),
            ("12 muertos, más de 40 heridos", "es", Some(12)),
            ("Yangında 2 kişi daha öldü", "tr", None),
            ("Ещё двое погибли в Ижевске", "ru", None),
            ("地震でさらに2人死亡", "ja", None),
            ("泥石流新增2人遇难", "zh", None),
        ]);
    }

    #[test]
    fn a_toll_is_where_it_rose_to() {
        check_tolls(&[
            ("Death toll rises from 33 to 87", "en", Some(87)),
            ("Death toll up from 33 to at least 87", "en", Some(87)),
            ("Flood death toll rises by 12", "en", None),
            ("Zahl der Toten steigt von 33 auf 87", "de", Some(87)),
            ("Los muertos suben de 33 a 87", "es", Some(87)),
            ("Число погибших выросло с 33 до 87", "ru", Some(87)),
            ("Число погибших выросло на 12", "ru", None),
            ("Броят на загиналите нарасна на 12", "bg", Some(12)),
            ("Korban tewas naik dari 33 menjadi 87", "id", Some(87)),
            ("Korban tewas bertambah 2 orang", "id", None),
            ("地震遇难人数从33人升至87人", "zh", Some(87)),
            ("사망자 33명에서 87명으로 늘어", "ko", Some(87)),
            (
                "Zahl der Toten in Gaza steigt auf über 60.000",
                "de",
                Some(60_000),
            ),
            ("Depremde ölenlerin sayısı 10 bini aştı", "tr", None),
            ("Flood death toll of 33 could rise to 100", "en", Some(33)),
            ("Death toll could reach 100", "en", None),
            (
                "40 flood deaths, toll expected to climb past 100",
                "en",
                Some(40),
            ),
        ]);
    }

    #[test]
    fn what_counts_no_one_who_died_is_no_toll() {
        check_tolls(&[
            ("Mother of three killed in Leeds hit-and-run", "en", None),
            ("Mutter von drei getötet", "de", None),
            ("Madre de 3 hijos, entre los muertos", "es", None),
            ("Ibu 3 anak tewas tertabrak", "id", None),
            ("3児の母死亡", "ja", None),
            ("Boeing 737 crash kills all aboard", "en", None),
            ("Motorcyclist killed in Route 66 crash", "en", None),
            ("Hurricane category 5 deaths feared", "en", None),
            ("Actress Diane Keaton has died. She was 79", "en", None),
            ("Death toll was 79", "en", Some(79)),
            ("Sängerin mit 82 gestorben", "de", None),
            ("Murió el actor a los 82, muertos sus hijos", "es", None),
            (
                "Air India flight 171 crash death toll at 274",
                "en",
                Some(274),
            ),
            ("Bus 73 crash: 12 dead", "en", Some(12)),
            ("School bus: 12 dead", "en", Some(12)),
            ("Soldier killed 3 days after truce", "en", None),
            ("Man killed over $20", "en", None),
            ("10 mil muertos por el terremoto", "es", None),
            ("One of three miners dies", "en", None),
            ("One in five deaths linked to smoke", "en", None),
            ("Boat carrying 200 sinks, dozens dead", "en", None),
            ("Children under 5 die in Gaza", "en", None),
            ("Man 34 killed in Leeds crash", "en", None),
            ("Rangers kill 3 penalties", "en", None),
            ("3 tiempos muertos en el partido", "es", None),
        ]);
    }

    #[test]
    fn who_may_have_died_is_no_toll_whichever_side_says_so() {
        check_tolls(&[
            ("Up to 40 may be dead after bridge gives way", "en", None),
            ("At least 20 may have died in mine", "en", None),
            ("5,000 could die if dam bursts", "en", None),
            ("12 thought dead as balloon crashes", "en", None),
            ("40 deaths feared in Hat Yai", "en", None),
            ("Plot to kill 200 foiled", "en", None),
            ("Vaccine prevents 500 deaths", "en", None),
            ("Twelve killed in blast that could spread", "en", Some(12)),
            ("12 dead, dozens feared trapped", "en", Some(12)),
            ("Fire: 12 dead and 30 feared trapped", "en", Some(12)),
            ("Fährunglück: 40 Tote befürchtet", "de", None),
            ("40 Tote nach Fährunglück vor Luzon befürchtet", "de", None),
            ("40 Tote, weitere befürchtet", "de", Some(40)),
            ("Naufrage : on craint 40 morts", "fr", None),
            ("Le tireur aurait tué 12 passagers tués", "fr", None),
            ("Temen 40 muertos en naufragio", "es", None),
            ("Si temono 40 morti", "it", None),
            ("Gevreesd voor 30 doden in Urk", "nl", None),
            ("30 befaras döda i Luleå", "sv", None),
            ("До 30 человек могли погибнуть в Перми", "ru", None),
            ("مخاوف من مقتل 30 شخصا في غرق مركب", "ar", None),
            ("हादसे में 30 की मौत की आशंका", "hi", None),
            ("川崎の火災で3人死亡か", "ja", None),
            ("地震で死者5人か", "ja", None),
            ("死者5人から12人に", "ja", Some(12)),
            ("矿难或致30人死亡", "zh", None),
            ("未造成3人死亡", "zh", None),
            ("광산 붕괴로 13명 사망 추정", "ko", None),
            ("Ni 12 muertos ni heridos en Cali", "es", None),
        ]);
    }

    #[test]
    fn a_part_of_the_dead_and_a_number_that_is_not_reached_are_no_toll() {
        check_tolls(&[
            ("Car bomb kills general and two guards", "en", None),
            ("Pilot and 2 passengers killed in Alps crash", "en", None),
            ("Two women and three children killed", "en", None),
            ("Bus crash kills 13 students and two teachers", "en", None),
            ("99 missing, 10 hurt and 12 dead", "en", Some(12)),
            ("Blast kills 12 and 30 are missing", "en", Some(12)),
            (
                "Quake kills 10; 80 hurt and 7 villages razed",
                "en",
                Some(10),
            ),
            ("2 New Jersey pilots killed in crash", "en", Some(2)),
            ("1 in 5 deaths linked to smog", "en", None),
            ("Nine out of 10 deaths preventable", "en", None),
            ("4 in 10 road deaths due to speed", "en", None),
            ("2 of 5 hostages killed in raid", "en", Some(2)),
            ("Israel kills 12 in 3 raids", "en", Some(12)),
            ("3 de cada 10 muertes", "es", None),
            ("Aucun des 12 passagers tués", "fr", None),
            ("12 new deaths from Ebola", "en", None),
            ("Three Britons among dead in funicular crash", "en", None),
            ("Drei Deutsche unter den Toten", "de", None),
            ("Tre svenskar bland de döda", "sv", None),
            ("Girl, 4, among 5 dead in fire", "en", Some(5)),
            ("Death toll nears 500 in Sumatra", "en", None),
            ("Nearly 100 killed in landslide", "en", None),
            ("Dödssiffran närmar sig 200", "sv", None),
            ("Nearly a dozen killed in landslide", "en", None),
            ("Killing of 30 to 40 people", "en", None),
            ("Nära 30 döda i båtolycka i Nigeria", "sv", None),
            ("Närmare 30 döda i båtolycka", "sv", None),
            ("Weniger als 10 Tote", "de", None),
            ("Menos de 10 muertos", "es", None),
        ]);
    }

    #[test]
    fn beasts_are_no_dead() {
        check_tolls(&[
            ("Mysterious deaths of 21 dogs in New York", "en", None),
            ("200 crocodiles killed in West Bank", "en", None),
            ("50 dead cows found", "en", None),
            ("Wolf kills 12 sheep", "en", None),
            ("Mueren 30 animales en un zoológico", "es", None),
            ("30 animaux morts dans un incendie", "fr", None),
            ("Blixten dödade sex kor", "sv", None),
            ("12 killed in raid on cattle herders", "en", Some(12)),
        ]);
    }

    #[test]
    fn what_looks_like_a_word_of_death_counts_no_dead() {
        check_tolls(&[
            ("事故で3人死傷", "ja", None),
            ("3人に死刑判決", "ja", None),
            ("地震で3人死亡", "ja", Some(3)),
            ("แผ่นดินไหวระดับ 7", "th", None),
            ("ไฟไหม้โรงแรม ดับ 13 ศพ", "th", Some(13)),
            ("12 public bodies to be merged", "en", None),
            ("Red Dead Redemption 2 on sale", "en", None),
            ("Death threats sent to 3 judges", "en", None),
            ("Oszust miał 12 ofiar w Łodzi", "pl", None),
            ("Liczba ofiar wzrosła do 87", "pl", Some(87)),
            ("Жертвами мошенников стали 12 пенсионеров", "ru", None),
            ("3 çocuk annesi kadın öldürüldü", "tr", None),
            ("Two-thirds of 12 victims dead", "en", None),
        ]);
    }

    #[test]
    fn who_killed_or_fled_or_was_tried_is_no_toll() {
        check_tolls(&[
            ("Two gunmen kill guard in Leeds", "en", None),
            ("Twelve gunmen kill 40 in Leeds", "en", Some(40)),
            ("Three teens jailed for killing man", "en", None),
            ("Five on trial over death of girl", "en", None),
            ("Man killed, 12 charged", "en", None),
            ("Man killed, 20 flee blaze", "en", None),
            ("40 flee fire, man dead", "en", None),
            ("Man killed – 20 flee blaze", "en", None),
            ("Число погибших — 12", "ru", Some(12)),
            ("3 fired after patient killed", "en", None),
            ("Dozens dead in 7 attacks", "en", None),
            ("12 rebels wounded, 3 killed", "en", Some(3)),
            ("33 soldiers killed in ambush", "en", Some(33)),
            (
                "Quake kills at least 22 as buildings collapse",
                "en",
                Some(22),
            ),
            ("Gunman killed 4 and wounded 14", "en", Some(4)),
            ("Crash kills over 240", "en", Some(240)),
            ("Three people, including infant, killed", "en", Some(3)),
            ("Six U.N. peacekeepers killed in strike", "en", Some(6)),
            ("19 charred to death in bus fire", "en", Some(19)),
        ]);
    }
}
