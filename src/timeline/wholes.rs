//! Dead whom a headline tells that are not those of what it tells of: the toll of a war, a season or a year to which a
//! strike added twelve, the victims of a fraud, who live.

use super::figures::{Words, is_month};
use super::tolls::{LISTS, is_death, stand_before, stands_in};
use super::tongues::Signs;
use super::trials::is_condemned;
use super::years::{is_year, looks_like_year};
use crate::text::words::is_unspaced;

/// True if a word of death counts nobody who died.
pub(super) fn is_of_nobody(words: &Words<'_>, death: usize) -> bool {
    is_condemned(words, death)
        || is_victim_of_no_disaster(words, death)
        || is_of_no_dead(words, death)
}

/// What a headline tells of the dead in one number.
#[derive(Clone, Copy)]
pub(super) struct Toll {
    /// How near the word of death is, as `nearness` has it.
    pub(super) nearness: (bool, usize),
    pub(super) at: usize,
    pub(super) number: u32,
    /// The place of that word.
    pub(super) death: usize,
}

/// The toll among several that a headline tells; `None` if they differ and have words of death of their own, since one
/// is then of something larger, or if it is of a season, a war or a year. Bodies that were found are a part of all.
pub(super) fn only_toll(words: &Words<'_>, tolls: &[Toll]) -> Option<u32> {
    let first = tolls.iter().min_by_key(|toll| (toll.nearness, toll.at))?;
    let is_other = |toll: &Toll| {
        toll.number != first.number
            && toll.death != first.death
            && !stands_in(&LISTS.found, words, toll.death)
    };
    let is_only = !tolls.iter().any(is_other) && !is_of_whole(words, first);
    is_only.then_some(first.number)
}

/// Words between a toll and the name of a whole behind it, at most.
const WHOLE: usize = 6;
/// The same before it.
const WHOLE_BEFORE: usize = 4;

/// True of `monsoon toll rises to 700`, of `kills 83 since September` and of `2.137 Tote im Jahr 2024`.
fn is_of_whole(words: &Words<'_>, toll: &Toll) -> bool {
    let names_toll = !toll.nearness.0;
    let (start, end) = (toll.at.min(toll.death), toll.at.max(toll.death) + 1);
    let behind =
        (start..words.len().min(end + WHOLE)).take_while(|at| *at < end || !words.is_stopped(*at));
    let mut near = words.before(start, WHOLE_BEFORE).chain(behind);
    names_toll && near.any(|at| is_whole_of(words, at, toll))
        || is_of_war(words, toll)
        || is_since(words, end)
}

/// Words between the dead and the war in which they died, at most, and letters of each of these.
const IN_WAR: usize = 2;
const IN_LETTERS: usize = 3;

/// True of `war dead pass 70,000` and of `67,000 killed in war`, with nothing that killed them on one day.
fn is_of_war(words: &Words<'_>, toll: &Toll) -> bool {
    let is_war = |at: usize| {
        stands_in(&LISTS.wars, words, at)
            && !words[at].contains(is_unspaced)
            && !has_own_disaster(words, at, toll)
    };
    let end = toll.at.max(toll.death) + 1;
    let leads = |at: &usize| {
        words[*at].chars().count() <= IN_LETTERS && !stands_in(&LISTS.wars, words, *at)
    };
    let between = words.behind(end, IN_WAR).take_while(leads).count();
    let mut before = words.before(toll.death, 1);
    let mut behind = words.behind(end + between, 1);
    let is_last = |at: usize| at + 1 >= words.len() || words.is_stopped(at + 1);
    before.any(is_war) || between > 0 && behind.any(|at| is_war(at) && is_last(at))
}

/// True if a word names the whole of which a toll near it is; false of `in season opener crush`, of `landslide toll rises
/// amid war` and of `toll of hospital strike rises as war rages`.
fn is_whole_of(words: &Words<'_>, at: usize, toll: &Toll) -> bool {
    let is_war = stands_in(&LISTS.wars, words, at);
    let is_whole = stands_in(&LISTS.wholes, words, at);
    match words[at].contains(is_unspaced) {
        true => is_war || is_whole,
        false if is_war => !has_own_disaster(words, at, toll),
        false => is_whole && !is_occasion(words, at + 1),
    }
}

/// Words from what happened to its toll behind it, at most.
const OWN: usize = 3;

/// True if what happened is told right beside a toll, so that a war at a place is where it happened.
fn has_own_disaster(words: &Words<'_>, war: usize, toll: &Toll) -> bool {
    let is_disaster = |at: usize| stands_in(&LISTS.disasters, words, at) && !names_whole(words, at);
    let (start, end) = (toll.at.min(toll.death), toll.at.max(toll.death));
    if war < start {
        return (war + 1..start).any(is_disaster);
    }
    // In `12 dead of a strike in the war` it stands behind the dead.
    let last = if toll.death == end { war } else { end };
    words.before(start, OWN).any(is_disaster) || (start + 1..last).any(is_disaster)
}

/// True if what stands at a place, behind the name of a whole, is something that happened once in it.
fn is_occasion(words: &Words<'_>, at: usize) -> bool {
    stands_in(&LISTS.occasions, words, at) || stands_in(&LISTS.most, words, at)
}

fn names_whole(words: &Words<'_>, at: usize) -> bool {
    stands_in(&LISTS.wholes, words, at) || stands_in(&LISTS.wars, words, at)
}

/// Words behind a toll in which it may be said since when it is counted, at most.
const SINCE: usize = 8;

/// True if a part of a headline from a place on says since when the dead are counted; not of the `worst since 1999`.
fn is_since(words: &Words<'_>, from: usize) -> bool {
    let is_elapsed = |at: usize| {
        stands_in(&LISTS.elapsed, words, at)
            && words
                .behind(at + 1, 2)
                .any(|near| is_time(words, near) || names_whole(words, near))
            || stands_in(&LISTS.lately, words, at)
            || looks_like_year(&words[at]) && is_year(words, at)
    };
    !stand_anywhere(&LISTS.most, words)
        && (from..words.len().min(from + SINCE))
            .take_while(|at| !words.is_cut(*at) || *at == from)
            .any(is_elapsed)
}

/// True of a month, a year or a day.
fn is_time(words: &Words<'_>, at: usize) -> bool {
    is_month(&words[at]) || words.is_number(at)
}

/// True of the victims of a fraud: the word says that they died only where a disaster, or other dead, stand beside it,
/// or their number is said to have risen.
fn is_victim_of_no_disaster(words: &Words<'_>, at: usize) -> bool {
    let is_victim = |at: usize| stands_in(&LISTS.victims, words, at);
    let is_counted = stands_in(&LISTS.rises, words, at + 1)
        || stands_in(&LISTS.up_to, words, at + 1)
        || stands_in(&LISTS.numbered, words, at + 1);
    is_victim(at)
        && (stand_before(&LISTS.among, words, at)
            || !is_counted
                && !stand_anywhere(&LISTS.disasters, words)
                && !(0..words.len()).any(|at| is_death(words, at) && !is_victim(at)))
}

/// True of the toll of a bridge or of jobs, and of a `toll` beside no word of death and no disaster.
fn is_of_no_dead(words: &Words<'_>, at: usize) -> bool {
    let is_other_death = |other: usize| other != at && is_death(words, other);
    stands_in(&LISTS.bare_toll, words, at)
        && (stand_before(&LISTS.tolled, words, at)
            || !stand_anywhere(&LISTS.disasters, words) && !(0..words.len()).any(is_other_death))
}

/// True if one of the signs stands anywhere in a headline.
pub(super) fn stand_anywhere(signs: &Signs, words: &Words<'_>) -> bool {
    (0..words.len()).any(|at| stands_in(signs, words, at))
}

#[cfg(test)]
mod tests {
    use super::super::tolls::check_tolls;

    #[test]
    fn the_dead_of_a_war_a_season_or_a_year_are_not_those_of_one_day_in_it() {
        check_tolls(&[
            (
                "Hamas agrees to Gaza truce after 67,000 killed in war",
                "en",
                None,
            ),
            ("Gaza war dead pass 70,000, ministry says", "en", None),
            ("Schon 70.000 Tote im Krieg", "de", None),
            ("Drone strike kills 12 in war", "en", Some(12)),
            ("Sudan war toll nears end of count at 62,000", "en", None),
            (
                "Strike kills 9 in Rafah as Gaza toll hits 58,000",
                "en",
                None,
            ),
            (
                "Rafah strike kills 9, taking Gaza death toll to 58,000",
                "en",
                None,
            ),
            (
                "Kerala monsoon toll rises to 214 after Wayanad slide",
                "en",
                None,
            ),
            ("Hurricane season death toll climbs to 96", "en", None),
            ("Avalanche kills 4 skiers, winter toll at 21", "en", None),
            (
                "US strikes on boats have killed 64 since September",
                "en",
                None,
            ),
            (
                "Wolves blamed as 3 killed in Bihar; 11 dead since May",
                "en",
                None,
            ),
            ("Lightning kills 13 in Odisha this year", "en", None),
            ("Lawinen: 21 Tote im Jahr 2023", "de", None),
            ("Cholera kills 8 in Aden, overall toll at 420", "en", None),
            (
                "Zahl der Toten in diesem Krieg steigt auf 40.000",
                "de",
                None,
            ),
            ("Bergunfall: 2 Tote, 31 Tote seit Mai", "de", None),
            (
                "Canicule : 12 morts à Lyon, 480 morts depuis juin",
                "fr",
                None,
            ),
            (
                "Frappe à Rafah : 9 morts, le bilan de la guerre monte à 58 000 morts",
                "fr",
                None,
            ),
            (
                "Ataque en Rafah deja 9 muertos y 58.000 muertos desde octubre",
                "es",
                None,
            ),
            (
                "Deslizamento mata 6; mortos pela chuva sobem para 57",
                "pt",
                None,
            ),
            (
                "Raid su Rafah, 9 morti: sale a 58.000 il numero dei morti della guerra",
                "it",
                None,
            ),
            (
                "Aanval doodt gezin: dodental oorlog stijgt naar 58.000",
                "nl",
                None,
            ),
            (
                "Dödssiffran i kriget stiger till 58 000 sedan oktober",
                "sv",
                None,
            ),
            (
                "Удар по Рафаху: погибли 9 человек, число погибших с октября выросло до 58000",
                "ru",
                None,
            ),
            ("ارتفاع عدد قتلى الحرب في غزة إلى 58000", "ar", None),
            ("拉法空袭致9人死亡 战争死亡人数升至58000人", "zh", None),
        ]);
    }

    #[test]
    fn one_toll_is_told_whatever_else_a_headline_counts() {
        check_tolls(&[
            (
                "Gaza strike: death toll rises to 31 in Rafah",
                "en",
                Some(31),
            ),
            (
                "Death toll in Jakarta hotel blaze climbs to 18",
                "en",
                Some(18),
            ),
            (
                "Ten bodies found in Porto Alegre, flood toll at 143",
                "en",
                Some(143),
            ),
            (
                "Bus plunge kills 17, year's road toll tops 900",
                "en",
                Some(17),
            ),
            ("Monsoon flood kills 22 in Swat", "en", Some(22)),
            ("Wartime bomb explodes in Berlin, 3 dead", "en", Some(3)),
            (
                "Deadliest crash since 2009: 49 dead in Jeju",
                "en",
                Some(49),
            ),
            ("Worst blaze this year kills 14 in Izmir", "en", Some(14)),
            ("Quake kills 12 since it struck at dawn", "en", Some(12)),
            ("Selde 4'ü çocuk 17 kişi öldü", "tr", Some(17)),
            (
                "Schwerstes Unglück seit 1998: 41 Tote in Eschede",
                "de",
                Some(41),
            ),
            ("Frappe à Rafah : 9 morts", "fr", Some(9)),
            (
                "El peor incendio desde 2005 deja 11 muertos",
                "es",
                Some(11),
            ),
            (
                "Chuva no Rio: sobe para 31 o número de mortos",
                "pt",
                Some(31),
            ),
            (
                "Frana a Ischia, sale a 12 il numero dei morti",
                "it",
                Some(12),
            ),
            ("Dodental brand Crans stijgt naar 41", "nl", Some(41)),
            (
                "Dödssiffran efter tågolyckan stiger till 41",
                "sv",
                Some(41),
            ),
            ("Число погибших в Рафахе выросло до 31", "ru", Some(31)),
            ("拉法空袭死亡人数升至31人", "zh", Some(31)),
            ("ارتفاع عدد قتلى غارة رفح إلى 31", "ar", Some(31)),
        ]);
    }

    #[test]
    fn a_war_or_a_season_beside_a_toll_may_be_where_or_when_it_happened() {
        check_tolls(&[
            ("Landslide toll rises to 370 amid war", "en", Some(370)),
            (
                "Death toll in Omdurman hospital strike rises to 70 as war rages",
                "en",
                Some(70),
            ),
            (
                "Mosque blast toll rises to 59 in Pakistan's conflict zone",
                "en",
                Some(59),
            ),
            (
                "Crash toll climbs to 71 in year's worst disaster",
                "en",
                Some(71),
            ),
            (
                "Toll rises to 31 in season opener stadium crush",
                "en",
                Some(31),
            ),
            (
                "Todesopfer nach Angriff auf Charkiw steigt auf 25 im Krieg",
                "de",
                Some(25),
            ),
            ("Toll rises to 21 in annual fair crush", "en", Some(21)),
            ("Toll rises to 78 in monsoon fury", "en", None),
            ("Gaza death toll hits 58,000 in war", "en", None),
            ("Gaza death toll hits 58,000 as war rages", "en", None),
            ("Death toll of Sudan's war rises to 62,000", "en", None),
            ("Toll rises to 700 in monsoon floods", "en", None),
            ("Flood toll rises to 700 in monsoon season", "en", None),
            ("Death toll this monsoon season at 700", "en", None),
        ]);
    }

    #[test]
    fn victims_who_live_are_no_dead() {
        check_tolls(&[
            ("Жертвами нападения стали 5 человек", "ru", Some(5)),
            ("Жертвами отравления в лагере стали 60 детей", "ru", None),
            ("Жертвами хакерской атаки стали 300 фирм", "ru", None),
            ("Attacco hacker, 300 vittime", "it", None),
            ("Truffa dei vaglia, 300 vittime in Veneto", "it", None),
            ("Molestie in azienda: 8 vittime", "it", None),
            ("Terremoto ad Amatrice, 299 vittime", "it", Some(299)),
            ("Frana in Val Pusteria, 6 vittime", "it", Some(6)),
            ("Escroquerie : 40 victime", "fr", None),
            ("Жертвами афериста стали 18 студентов", "ru", None),
            ("Жертвами сталкера стали 5 женщин", "ru", None),
            ("Жертвами урагана стали 18 человек", "ru", Some(18)),
            ("Число жертв выросло до 18", "ru", Some(18)),
            ("14 из жертв Вайнштейна дали показания", "ru", None),
            ("Liczba ofiar hakera wzrosła do 900", "pl", None),
            ("Liczba ofiar powodzi wzrosła do 9", "pl", Some(9)),
            ("A zaklatónak 30 áldozata lehet", "hu", None),
            ("Az árvíznek 30 áldozata van", "hu", Some(30)),
            ("Broj žrtava prevaranta je 60", "hr", None),
            ("Broj žrtava potresa porastao na 60", "hr", Some(60)),
            ("20 من ضحايا القس يتحدثون", "ar", None),
            ("ارتفاع عدد ضحايا الزلزال إلى 20", "ar", Some(20)),
            ("Počet obětí podvodníka vzrostl na 70", "cs", None),
            ("Počet obětí povodní vzrostl na 70", "cs", Some(70)),
        ]);
    }

    #[test]
    fn what_counts_jobs_beasts_or_who_was_to_die_counts_no_dead() {
        check_tolls(&[
            ("Job-loss toll climbs to 4,500 at Intel", "en", None),
            ("Layoff toll hits 9,000 at Bosch", "en", None),
            ("Congestion toll set at 15", "en", None),
            ("Buildings toll reaches 800 in Lahaina fires", "en", None),
            ("Injury toll rises to 45 in Leeds crash", "en", None),
            ("Lahaina fire toll climbs to 97", "en", Some(97)),
            ("Council kills 5 amendments", "en", None),
            ("300 dead gulls found on beach", "en", None),
            ("Planerade att döda 7 elever", "sv", None),
            ("Man försökte döda 4 i Solna", "sv", None),
            ("90 döda tärnor på stranden", "sv", None),
            ("7 döda i Solna", "sv", Some(7)),
            ("7 döda elever hittade i Solna", "sv", Some(7)),
            ("Nio döda av hettan i Solna", "sv", Some(9)),
            ("400 døde torsk i fjorden", "no", None),
            ("4 døde etter ras i Tromsø", "no", Some(4)),
            ("7名死囚越狱", "zh", None),
            ("9人死里逃生", "zh", None),
            ("9名死忠球迷", "zh", None),
            ("男5人を死体遺棄の疑いで逮捕", "ja", None),
            ("町に4人の死亡届", "ja", None),
            ("Menaces de mort : 6 élus protégés", "fr", None),
            ("Les 4 versions de la mort de Delphine", "fr", None),
            ("Mort de 4 alpinistes dans les Écrins", "fr", Some(4)),
            ("40 tote Robben an der Küste", "de", None),
            ("80 delfines muertos en la costa", "es", None),
            ("Bei Brand in Trier sterben 4 Menschen", "de", Some(4)),
            ("Bienen sterben: 3 Gründe", "de", None),
            ("200 Sprachen sterben aus", "de", None),
            ("Les lacs meurent : 4 causes", "fr", None),
            ("12 mensen komen om bij brand", "nl", Some(12)),
            ("Dodental brand loopt op tot 41", "nl", Some(41)),
            ("Погибли двое, ранены 12", "ru", Some(2)),
            ("استشهاد 9 فلسطينيين في رفح", "ar", Some(9)),
            ("انهيار مبنى ومقتل 14 شخصا", "ar", Some(14)),
        ]);
    }
}
