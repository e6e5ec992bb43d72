//! How many dead a headline tells: of a death toll the highest that two outlets tell is how things are, whoever
//! is most central.

use super::figures::{counted, words_of};
use crate::text::words::is_unspaced;

/// Words of death; what ends with `~` stands for all that begins so. From knowing the languages.
const DEATHS: &str = "dead kill kills killed killing die dies died death deaths toll fatalities bodies \
    tote toten todesopfer gestorben getötet mort morts tués tuées décès muerto muertos muertes fallecidos mueren \
    mata matan mortos mortes morrem morti döda dödade dör omkomna omkommit doden zabitych ofiar погиб~ жертв~ убит~ \
    загин~ قتيل~ قتل~ ضحايا وفاة مصرع کشته~ הרוג~ נהרג~ הרוגים מתים मौत मौतें मृत~ मरे ölü öldü ölen νεκρ~ σκοτώθηκ~ \
    死亡 死者 死 遇难 遇難 罹难 罹難 사망 숨져 숨진 숨졌 ดับ เสียชีวิต ตาย ศพ";
/// Words between a number and a word of death, at most.
const REACH: usize = 4;

/// The number of dead that a headline tells; `None` if it tells none.
pub(super) fn toll_of(headline: &str) -> Option<u32> {
    let words = words_of(headline);
    let deaths: Vec<usize> = (0..words.len())
        .filter(|at| is_death(&words[*at]))
        .collect();
    let tolls = (0..words.len()).filter_map(|at| {
        let number = counted(&words, at)?.parse::<u32>().ok()?;
        let distance = deaths.iter().map(|death| death.abs_diff(at)).min()?;
        (distance <= REACH).then_some((distance, at, number))
    });
    tolls.min().map(|(_, _, number)| number)
}

fn is_death(word: &str) -> bool {
    DEATHS
        .split_whitespace()
        .any(|sign| match sign.strip_suffix('~') {
            Some(stem) => word.starts_with(stem),
            None if sign.starts_with(is_unspaced) => word.contains(sign),
            None => word == sign,
        })
}

/// The highest toll that two outlets tell or exceed; `None` if no two tell any. Of each outlet the highest
/// counts.
pub(super) fn confirmed_toll<T: Ord>(tolls: impl Iterator<Item = (T, u32)>) -> Option<u32> {
    let mut of_outlets: std::collections::BTreeMap<T, u32> = std::collections::BTreeMap::new();
    for (outlet, toll) in tolls {
        let most = of_outlets.entry(outlet).or_default();
        *most = toll.max(*most);
    }
    let mut tolls: Vec<u32> = of_outlets.into_values().collect();
    tolls.sort_unstable_by(|a, b| b.cmp(a));
    tolls.get(1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toll_is_the_number_beside_a_word_of_death() {
        let cases = [
            ("Flood in Hat Yai kills 33", Some(33)),
            ("Death toll rises to 120 in Hat Yai flood", Some(120)),
            ("5.9 quake: 7 homes destroyed, 3 dead", Some(3)),
            ("Flood: 200 homes destroyed", None),
            ("Twelve dead as ferry sinks", Some(12)),
            ("ホテル火災で13人死亡", Some(13)),
            ("能登の地震 死者5人に", Some(5)),
            ("호텔 화재로 13명 사망", Some(13)),
            ("Жертвами пожара стали 12 человек", Some(12)),
            ("ไฟไหม้โรงแรม ดับ 13 ศพ", Some(13)),
            ("حريق فندق أسوان: ١٣ قتيلا", Some(13)),
        ];
        for (headline, toll) in cases {
            assert_eq!(toll_of(headline), toll, "{headline}");
        }
    }

    #[test]
    fn one_outlet_alone_confirms_nothing() {
        assert_eq!(confirmed_toll([("A", 33), ("A", 87)].into_iter()), None);
        let tolls = [("A", 33), ("B", 33), ("A", 120), ("C", 87)];
        assert_eq!(confirmed_toll(tolls.into_iter()), Some(87));
    }
}
