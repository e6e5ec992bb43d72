//! Dead of a crime that is tried, whom a headline tells of a court: they are no news, unless the trial set off what killed
//! them.

use super::figures::Words;
use super::tolls::{LISTS, is_count, stands_in};
use super::wholes::stand_anywhere;
use crate::text::words::is_unspaced;

/// Words between what says that somebody is tried and the dead of his crime, at most.
const TRIED: usize = 10;

/// True if a word of death counts those of a crime that is tried: `trial over blast that killed 12`; not in `kills 12,
/// driver charged`, `verdict sparks riot, 12 killed` and `condemns attack with 12 dead`.
pub(super) fn is_tried(words: &Words<'_>, death: usize) -> bool {
    let tries = |at: usize| {
        stands_in(&LISTS.tried, words, at)
            && !is_counted_convict(words, at)
            && !is_decried(words, at)
            && !is_before_deed(words, at, death)
    };
    let is_in_unspaced = words[death].contains(is_unspaced);
    (death.saturating_sub(TRIED)..death).any(tries)
        || is_in_unspaced && stand_anywhere(&LISTS.tried, words)
}

/// True of `12 convicts`, whom nobody convicts.
fn is_counted_convict(words: &Words<'_>, at: usize) -> bool {
    let mut before = words.before(at, 1);
    stands_in(&LISTS.convicts, words, at) && before.any(|near| is_count(words, near))
}

/// Words from what decries to what it does, at most: an article and an adjective may stand between.
const DECRIED: usize = 3;

/// True of a deed that somebody only calls bad: `UN verurteilt Angriff`, where a court's `verurteilt nach Angriff` is said
/// of who did it.
fn is_decried(words: &Words<'_>, at: usize) -> bool {
    let leads_off = |near: usize| {
        stands_in(&LISTS.inside, words, near)
            || stands_in(&LISTS.places, words, near)
            || stands_in(&LISTS.since, words, near)
    };
    let mut behind = (words.behind(at + 1, DECRIED)).take_while(|near| !leads_off(*near));
    stands_in(&LISTS.decries, words, at)
        && !stands_in(&LISTS.sentenced, words, at + 1)
        && behind.any(|near| is_disaster(words, near))
}

/// True of what happened, with its article too: `l'attentato`.
fn is_disaster(words: &Words<'_>, at: usize) -> bool {
    let (_, bare) = words[at].split_once('\'').unwrap_or_default();
    stands_in(&LISTS.disasters, words, at) || LISTS.disasters.stand_in(bare, words.language)
}

/// Words from a comma to what says that more is told of what stands before it, at most: `, the nurse who`.
const RELATIVE: usize = 4;

/// Words from protests to the trial that they are against, at most.
const UNREST: usize = 3;

/// True if a trial at a place came before the deed of which a word of death is: it set that off, or a part of the
/// headline that does not go on with the trial tells who kills.
fn is_before_deed(words: &Words<'_>, trial: usize, death: usize) -> bool {
    let is_relative = |at: usize| stands_in(&LISTS.relatives, words, at);
    let goes_on = |from: usize| (from..=death.min(from + RELATIVE)).any(is_relative);
    let kills = stands_in(&LISTS.kills, words, death);
    let begins = |at: usize| kills && words.is_cut(at) && !goes_on(at);
    let mut before = words.before(trial, UNREST);
    before.any(|at| stands_in(&LISTS.unrest, words, at))
        && !(trial..death).any(is_relative)
        && !is_matter_of_trial(words, death)
        || (trial + 1..=death).any(|at| begins(at) || stands_in(&LISTS.sparks, words, at))
}

/// Words of a number of dead, and of what they are, before a word of death, at most: `over 12 people killed`.
const NUMBERED: usize = 3;

/// True of the dead of whom a verdict is: `acquitted over deaths of 12`, `for killing 12`; not of `leaves 4 dead`.
fn is_matter_of_trial(words: &Words<'_>, death: usize) -> bool {
    let is_number_or_who = |at: &usize| {
        is_count(words, *at)
            || stands_in(&LISTS.anyone, words, *at)
            || stands_in(&LISTS.article, words, *at)
    };
    let mut before = words.before(death, NUMBERED).skip_while(is_number_or_who);
    let is_counted_before = words.before(death, 1).any(|at| is_count(words, at));
    let mut behind = words.behind(death + 1, 1);
    let leads_back = |at: usize| {
        stands_in(&LISTS.regarding, words, at)
            || stands_in(&LISTS.along, words, at)
                && words.before(at, 1).any(|deed| is_disaster(words, deed))
    };
    before.next().is_some_and(leads_back)
        || !is_counted_before && behind.any(|at| stands_in(&LISTS.of_dead, words, at))
}

/// True of `sentences 12 to death`.
pub(super) fn is_condemned(words: &Words<'_>, death: usize) -> bool {
    let condemns = |at: usize| stands_in(&LISTS.condemns, words, at);
    stands_in(&LISTS.to_death, words, death) && words.before(death, TRIED).any(condemns)
}

#[cfg(test)]
mod tests {
    use super::super::tolls::check_tolls;

    #[test]
    fn the_dead_of_a_crime_that_is_tried_are_no_news() {
        check_tolls(&[
            (
                "Jury convicts man in stampede that killed 10 at festival",
                "en",
                None,
            ),
            ("Court hears how nurse killed 7 babies", "en", None),
            ("Death row inmate who killed 3 executed", "en", None),
            ("Protests over verdict in Dhaka leave 4 dead", "en", Some(4)),
            ("Protest at trial of nurse who killed 7", "en", None),
            (
                "Protests in Dravik after acquittal of officers in deaths of 12 in stampede",
                "en",
                None,
            ),
            (
                "Dravik protests over verdict on deaths of 12 in stampede",
                "en",
                None,
            ),
            (
                "Protests over acquittal for killing of 12 in Dravik",
                "en",
                None,
            ),
            ("Proteste nach Urteil wegen 12 Toten in Dravik", "de", None),
            ("Proteste nach Urteil wegen Brand mit 72 Toten", "de", None),
            ("Unruhen nach Urteil in Dhaka mit 4 Toten", "de", Some(4)),
            ("Protests over verdict in Dravik: 12 killed", "en", Some(12)),
            ("12 convicts killed in Halmar prison fire", "en", Some(12)),
            ("Halmar prison fire: 12 convicts dead", "en", Some(12)),
            ("Court convicts man over blast that killed 12", "en", None),
            ("Unruhen nach Urteil in Dhaka: 4 Tote", "de", Some(4)),
            (
                "Il Papa condanna l'attentato con 25 morti a Damasco",
                "it",
                Some(25),
            ),
            (
                "Trial begins over Grenfell blaze that killed 72",
                "en",
                None,
            ),
            ("Nurse found guilty of killing 7 in Chester", "en", None),
            ("Driver sentenced over crash that killed 5", "en", None),
            ("Nine years in jail for killing 2 in Hull", "en", None),
            ("Court in Tunis sentences 14 to death", "en", None),
            ("Judge condemns 9 to death in Kinshasa", "en", None),
            ("Prozess um Seilbahnunglück mit 14 Toten", "de", None),
            ("Urteil nach Zugunglück mit 5 Toten", "de", None),
            (
                "Procès du crash du Rio-Paris, qui fit 228 morts",
                "fr",
                None,
            ),
            ("Maroc : 9 condamnés à mort", "fr", None),
            ("Juicio por el accidente con 79 muertos", "es", None),
            ("Processo per la strage con 32 morti", "it", None),
            ("Proces om aanslag met 32 doden", "nl", None),
            ("Döms för olyckan med 7 döda", "sv", None),
            ("Приговор по делу о пожаре: 60 погибших", "ru", None),
            ("36人死亡放火事件で被告に死刑判決", "ja", None),
            ("Crash kills 5, driver charged", "en", Some(5)),
            ("Club fire: 59 dead, owner accused of fraud", "en", Some(59)),
            ("Manhunt for gunman who killed 4 in Butte", "en", Some(4)),
            ("Kabul appeals for aid as quake kills 800", "en", Some(800)),
            ("Gunman kills 9 at church in Charleston", "en", Some(9)),
            ("16 stabbed to death in Sichuan market", "en", Some(16)),
            ("Zugunglück mit 5 Toten: Anklage erhoben", "de", Some(5)),
            ("Incendie mortel : 9 morts, le gérant accusé", "fr", Some(9)),
            ("ビル火災で5人死亡、男を逮捕", "ja", Some(5)),
        ]);
    }

    #[test]
    fn what_came_after_a_trial_or_is_only_decried_is_news() {
        check_tolls(&[
            ("Verdict sparks riot, 9 killed in Sfax", "en", Some(9)),
            ("Verdict triggers riots killing 9 in Sfax", "en", Some(9)),
            (
                "After verdict protest, gunman kills 4 in Tulsa",
                "en",
                Some(4),
            ),
            ("Trial over ferry, on which 9 died", "en", None),
            ("Man on trial for murder, 4 children killed", "en", None),
            ("Döms för dödsskjutning – tre döda i Mora", "sv", None),
            ("Condanna per la strage con 32 morti", "it", None),
            ("Trial of Eva Holm, the nurse who killed 7", "en", None),
            ("Man pleads guilty, admits killing 8 in Hull", "en", None),
            ("Driver jailed over crash, killing 5 in Hull", "en", None),
            ("UN verurteilt Angriff mit 25 Toten", "de", Some(25)),
            ("Mann verurteilt nach Angriff mit 25 Toten", "de", None),
            ("Condenan ataque que dejó 25 muertos", "es", Some(25)),
            ("Incendie meurtrier à Lens : 9 morts", "fr", Some(9)),
            ("Киев обвиняет Москву в ударе: 25 погибших", "ru", Some(25)),
            ("Обвиняемый по делу о пожаре: 60 погибших", "ru", None),
            ("Katil ordu çadırları vurdu: 31 ölü", "tr", Some(31)),
            ("裁判争议引发球场骚乱 致56人死亡", "zh", Some(56)),
            ("裁判所前で爆発 12人死亡", "ja", Some(12)),
            ("放火殺人の裁判で証言 36人死亡", "ja", None),
        ]);
    }
}
