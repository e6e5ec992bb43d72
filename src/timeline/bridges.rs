//! What may stand between a number and a word of death for the two to belong together. Before a word of death stand
//! those who died, and they may be anybody; behind one only what is known to lead to a number may stand. In scripts
//! without spaces, where a word holds half a sentence, a number has what counts people behind it, or the sign of
//! death itself.

use super::asides::is_start;
use super::figures::Words;
use super::tolls::{LISTS, stands_in};
use super::tongues::Signs;
use crate::text::words::is_unspaced;

/// True if a number and a plain word of death have to do with each other, as far as what stands between them says.
pub(super) fn belong_together(words: &Words<'_>, number: usize, death: usize) -> bool {
    match (is_in_unspaced(words, death), number < death) {
        (true, true) => counts_who_died(words, number, death),
        (true, false) => is_labelled(words, number, death),
        (false, true) => stands_before_death(words, number, death),
        (false, false) => leads_on(words, death, number),
    }
}

/// True if a number is the one that a word which names a toll leads to, whatever happened where between the two.
pub(super) fn is_named(words: &Words<'_>, number: usize, toll: usize) -> bool {
    let before = number - 1;
    let is_led = before == toll
        || stands_in(&LISTS.leading, words, before)
        || stands_in(&LISTS.up_to, words, before)
        || stands_in(&LISTS.rises, words, before);
    is_led && !words.is_cut(number) || stands_in(&LISTS.risen, words, number + 1)
}

/// True if the number to which something rose may be that of a word of death which does not name a toll: `one dead as
/// heat rises to 40` is none.
pub(super) fn rises_with(words: &Words<'_>, number: usize, death: usize) -> bool {
    let (from, to) = (number.min(death) + 1, number.max(death));
    let is_parted = |at: usize| words.is_cut(at) || at < to && stands_in(&LISTS.clauses, words, at);
    !(from..=to).any(is_parted) && (!is_in_unspaced(words, death) || ends_count(words, number))
}

fn is_in_unspaced(words: &Words<'_>, at: usize) -> bool {
    words.get(at).is_some_and(|word| word.contains(is_unspaced))
}

/// True of `12 rebels killed`; false of `5 shot and woman killed` and of `two gunmen kill`.
fn stands_before_death(words: &Words<'_>, number: usize, death: usize) -> bool {
    let between = |signs: &Signs| (number + 1..death).any(|at| stands_in(signs, words, at));
    let is_cut = (number + 1..=death).any(|at| words.is_parted(at) || words.is_cut(at));
    let is_parted = !between(&LISTS.including) && (is_cut || between(&LISTS.and));
    !is_parted && !stands_in(&LISTS.kills, words, death) && !between(&LISTS.since)
}

/// True of `kills at least 12`; Swedish `döda 12` is what somebody wants to do.
fn leads_on(words: &Words<'_>, death: usize, number: usize) -> bool {
    let is_known = |at: usize| stands_in(&LISTS.leading, words, at);
    let is_deed = stands_in(&LISTS.deeds, words, death);
    let parts = |at: usize| words.is_cut(at) || is_deed && words.is_stopped(at);
    (death + 1..number).all(is_known)
        && !(death + 1..=number).any(parts)
        && !stands_in(&LISTS.verbs, words, death)
}

/// The same in scripts without spaces: `3人が死亡`, and not `80代男性死亡`.
fn counts_who_died(words: &Words<'_>, number: usize, death: usize) -> bool {
    let Some(sign) = LISTS
        .dead
        .places_in(&words[death])
        .map(|sign| sign.start)
        .min()
    else {
        return false;
    };
    if (number + 1..=death).any(|at| words.is_cut(at)) {
        return false;
    }
    let between: String = words[number + 1..death]
        .iter()
        .map(String::as_str)
        .chain([&words[death][..sign]])
        .collect();
    is_count_of_people(&between) || between.is_empty() && !stands_in(&LISTS.kills, words, death)
}

/// True of `死者は5人に`, `사망자 수 5명` and `ดับ 5`, and not of `死亡の男性5回`.
fn is_labelled(words: &Words<'_>, number: usize, death: usize) -> bool {
    let Some(sign) = LISTS
        .dead
        .places_in(&words[death])
        .map(|sign| sign.end)
        .max()
    else {
        return false;
    };
    // `死者5人から12人に` is labelled too.
    let is_told = |at: &usize| !(words.is_number(*at) && is_start(words, *at, false));
    let between: String = std::iter::once(&words[death][sign..])
        .chain(
            (death + 1..number)
                .filter(is_told)
                .map(|at| words[at].as_str()),
        )
        .collect();
    !(death + 1..=number).any(|at| words.is_cut(at))
        && is_made_of_leading(&between)
        && ends_count(words, number)
}

/// True if a number is followed by what counts people, and by nothing that they do, or by the label of the next number.
fn ends_count(words: &Words<'_>, number: usize) -> bool {
    let Some(next) = words
        .get(number + 1)
        .filter(|_| !words.is_stopped(number + 1))
    else {
        return true;
    };
    let is_label = stands_in(&LISTS.living, words, number + 1) && words.is_number(number + 2);
    is_label || !next.contains(is_unspaced) || is_count_of_people(next)
}

fn is_count_of_people(text: &str) -> bool {
    let behind = LISTS.counters.without_first(text);
    behind.is_some_and(is_made_of_leading)
}

/// True if a text is made of nothing but what may stand between a number and a sign of death.
fn is_made_of_leading(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let shorter = [&LISTS.leading, &LISTS.counters, &LISTS.persons]
            .into_iter()
            .filter_map(|signs| signs.without_first(rest));
        match shorter.min_by_key(|rest| rest.len()) {
            Some(shorter) => rest = shorter,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::tolls::check_tolls;

    #[test]
    fn a_number_behind_a_word_of_death_is_a_toll_only_if_that_leads_to_it() {
        check_tolls(&[
            ("Crash kills man and injures 5", "en", None),
            ("Russian strike kills woman and injures 12", "en", None),
            ("Shooting kills officer and wounds 2", "en", None),
            ("Shark kills surfer and bites 2", "en", None),
            ("Flood kills child and displaces 5,000", "en", None),
            ("Storm kills woman and leaves 100,000 in dark", "en", None),
            ("Microsoft is killing off Windows 11 SE", "en", None),
            ("Hospital deaths: nurse given 15 terms", "en", None),
            ("Man dead as temperature rises to 40", "en", None),
            ("Death toll rises as 5,000 flee", "en", None),
            ("Tiroteo deja un muerto y hiere a 5", "es", None),
            ("Acidente mata mulher e fere 10", "pt", None),
            ("Взрыв: погиб полковник и ранены 12", "ru", None),
            ("مقتل شخصين وإصابة 5 في حادث سير", "ar", None),
            ("مقتل فلسطيني واعتقال 12 في الضفة", "ar", None),
            ("مقتل وإصابة 12 في قصف", "ar", None),
            ("รถชนดับ เจ็บ 5", "th", None),
        ]);
    }

    #[test]
    fn what_happened_parts_a_number_from_a_word_of_death_behind_it() {
        check_tolls(&[
            ("Crash of 2 ferries leaves dozens dead", "en", None),
            ("Three Britons among dead in crash", "en", None),
            ("Accidente entre 3 autos deja un muerto", "es", None),
            ("Batida entre 2 carros deixa mortos", "pt", None),
            ("RN 12 : un mort", "fr", None),
            ("2 araç çarpıştı sürücü öldü", "tr", None),
            ("12 left dead by storm", "en", Some(12)),
            ("12 muertos en choque de 2 trenes", "es", Some(12)),
            ("L'incendie fait 3 morts", "fr", Some(3)),
            ("Kazada 3 kişi öldü", "tr", Some(3)),
        ]);
    }

    #[test]
    fn what_qualifies_a_number_does_not_part_it_from_a_word_of_death() {
        check_tolls(&[
            ("Fire at ski resort kills roughly 40", "en", Some(40)),
            ("Bodies of at least 17 people found in boat", "en", Some(17)),
            ("Flood deaths rise over 900", "en", Some(900)),
            ("Death toll in floods rises above 2,200", "en", Some(2200)),
            ("Number of dead in storm rises to 28", "en", Some(28)),
            ("Dödssiffran i Gaza passerar 64 000", "sv", Some(64_000)),
            ("Mueren al menos 12 personas", "es", Some(12)),
            ("Ataque mata al menos a 12", "es", Some(12)),
            ("Acidente mata ao menos 12", "pt", Some(12)),
            ("Погибли не менее 12 человек", "ru", Some(12)),
            ("مقتل أكثر من 12 شخصا", "ar", Some(12)),
            ("کشته شدن ۱۲ نفر", "fa", Some(12)),
            ("मरने वालों की संख्या 44 हुई", "hi", Some(44)),
            ("Patay ang 12 sa sunog", "tl", Some(12)),
            ("Zginęło co najmniej 12 osób", "pl", Some(12)),
        ]);
    }

    #[test]
    fn in_scripts_without_spaces_a_toll_is_counted_in_people() {
        check_tolls(&[
            ("住宅火災で80代女性が死亡", "ja", None),
            ("民家全焼、90代男性死亡", "ja", None),
            ("マンション10階から転落し男児死亡", "ja", None),
            ("トナカイ3頭死亡、動物園", "ja", None),
            ("110番通報後に男性死亡", "ja", None),
            ("5人乗りの車転落し男性死亡", "ja", None),
            ("3人目の死者", "ja", None),
            ("2人の母死亡", "ja", None),
            ("80대 여성 사망", "ko", None),
            ("아파트 10층서 추락해 사망", "ko", None),
            ("男子从18楼坠落死亡", "zh", None),
            ("90后男子猝死", "zh", None),
            ("夫妇二人死亡 3名子女获救", "zh", None),
            ("3名男子打死老人", "zh", None),
            ("สาววัย 19 เสียชีวิต", "th", None),
            ("นักแสดงอาวุโส เสียชีวิตในวัย 74", "th", None),
            ("กระบะชนรถทัวร์ เจ็บ 20 ดับ 3", "th", Some(3)),
            ("ดับ 4 เจ็บ 19", "th", Some(4)),
            ("น้ำท่วมหาดใหญ่ เสียชีวิตแล้ว 33 ราย", "th", Some(33)),
            ("秋田市の住宅火災、死者2人に", "ja", Some(2)),
            ("男性ら3人の死亡確認", "ja", Some(3)),
            ("児童ら40人以上が死亡", "ja", Some(40)),
            ("致3死5伤", "zh", Some(3)),
            ("5名工人死亡", "zh", Some(5)),
            ("遇难者增至12人 2人失联", "zh", Some(12)),
            ("여성 등 3명이 숨졌다", "ko", Some(3)),
            ("사망 2명, 부상 5명", "ko", Some(2)),
            ("사망자 최소 44명", "ko", Some(44)),
        ]);
    }
}
