//! The number of dead that a headline tells.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::figures::{counted, foreign_number, words_of};
use super::stages::is_open_in;
use crate::text::words::is_unspaced;

/// The words of `tolls.txt`.
struct Lists {
    dead: Signs,
    beside: Signs,
    living: Signs,
    tolls: FxHashSet<&'static str>,
    anyone: FxHashSet<&'static str>,
    rises: FxHashSet<&'static str>,
    up_to: FxHashSet<&'static str>,
    risen: FxHashSet<&'static str>,
    /// Words that are one sign with the word behind them, by the first.
    pairs: FxHashMap<&'static str, Vec<&'static str>>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let lines = || include_str!("tolls.txt").lines();
    let words = |list: &'static str| {
        let of_list = lines().filter_map(move |line| line.strip_prefix(list)?.strip_prefix(':'));
        of_list.flat_map(str::split_whitespace)
    };
    let mut pairs: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    for pair in words("dead").chain(words("living")) {
        if let Some((first, second)) = pair.split_once('_') {
            pairs.entry(first).or_default().push(second);
        }
    }
    Lists {
        dead: Signs::of(words("dead").chain(words("beside"))),
        beside: Signs::of(words("beside")),
        living: Signs::of(words("living")),
        tolls: words("tolls").collect(),
        anyone: words("anyone").collect(),
        rises: words("rises").collect(),
        up_to: words("up-to").collect(),
        risen: words("risen").collect(),
        pairs,
    }
});

/// Words of which those that are one sign stand as one, with `_` between.
fn join_pairs(words: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let seconds = joined
            .last()
            .and_then(|last| LISTS.pairs.get(last.as_str()));
        let is_second = seconds.is_some_and(|seconds| {
            seconds.iter().any(|second| match second.strip_suffix('~') {
                Some(stem) => word.starts_with(stem),
                None => *second == word,
            })
        });
        match joined.last_mut().filter(|_| is_second) {
            Some(last) => {
                last.push('_');
                last.push_str(&word);
            }
            None => joined.push(word),
        }
    }
    joined
}

/// Words between a number and a word of death, at most.
const REACH: usize = 4;
/// The same for what names a toll: what happened, and where, may stand in between.
const REACH_OF_TOLL: usize = 10;
/// The same for a word that also says something else.
const REACH_BESIDE: usize = 2;

/// The number of dead that a headline tells; `None` if it tells none.
pub(super) fn toll_of(headline: &str) -> Option<u32> {
    let words = join_pairs(words_of(headline));
    let deaths: Vec<usize> = (0..words.len())
        .filter(|at| is_death(&words[*at]) && !is_unsure(&words, *at))
        .collect();
    // Most headlines tell of no dead.
    if deaths.is_empty() || is_open_in(&words, headline) || is_remembered(&words) {
        return None;
    }
    let rises = words
        .iter()
        .any(|word| LISTS.rises.contains(word.as_str()) || LISTS.risen.contains(word.as_str()));
    let number = |at: usize| match counted(&words, at) {
        Some(number) => number.parse().ok(),
        None => foreign_number(&words[at])
            .filter(|_| rises && follows_rise(&words, at) || is_beside_foreign_death(&words, at)),
    };
    let numbers = (0..words.len())
        .filter_map(|at| Some((at, number(at)?)))
        .filter(|(at, _)| !counts_living(&words, *at));
    let tolls = numbers.filter_map(|(at, number)| {
        let near = deaths.iter().filter_map(|death| {
            let word = words[*death].as_str();
            let is_toll = LISTS.tolls.contains(word) || rises && is_risen_to(&words, at);
            let reach = match is_toll {
                true => REACH_OF_TOLL,
                false if LISTS.beside.stand_in(word) => REACH_BESIDE,
                false => REACH,
            };
            Some(death.abs_diff(at)).filter(|distance| *distance <= reach)
        });
        Some((near.min()?, at, number))
    });
    tolls.min().map(|(_, _, number)| number)
}

/// True if what stands before a number says that something rose to it.
fn follows_rise(words: &[String], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| words[at].as_str());
    before.is_some_and(|word| LISTS.up_to.contains(word))
}

/// The same of what stands around it; of `rises 12 to 52` not of the twelve.
fn is_risen_to(words: &[String], at: usize) -> bool {
    let stands_in = |list: &FxHashSet<&str>, at: Option<usize>| {
        let word = at.and_then(|at| words.get(at));
        word.is_some_and(|word| list.contains(word.as_str()))
    };
    let (before, next) = (at.checked_sub(1), Some(at + 1));
    follows_rise(words, at)
        || stands_in(&LISTS.risen, next)
        || stands_in(&LISTS.rises, before) && !stands_in(&LISTS.up_to, next)
}

/// Words of headlines that tell of what was long ago.
const REMEMBERED: [&str; 24] = [
    "anniversary",
    "remembers",
    "remembered",
    "remembering",
    "commemorates",
    "commemorate",
    "mourns",
    "memorial",
    "decades",
    "jahrestag",
    "gedenken",
    "gedenkt",
    "anniversaire",
    "commémore",
    "aniversario",
    "conmemora",
    "recuerda",
    "aniversário",
    "lembra",
    "anniversario",
    "ricorda",
    "årsdag",
    "годовщина",
    "годовщину",
];

/// True if a headline tells of what was long ago, or `40 years after` it.
fn is_remembered(words: &[String]) -> bool {
    let is_after = |pair: &[String]| {
        pair[0] == "years" && ["after", "on", "since", "later"].contains(&pair[1].as_str())
    };
    words.iter().any(|word| REMEMBERED.contains(&word.as_str())) || words.windows(2).any(is_after)
}

/// What makes dead before it none, or none that anyone knows of.
const UNSURE: [&str; 14] = [
    "no", "none", "nobody", "zero", "without", "feared", "presumed", "believed", "keine", "ohne",
    "sin", "aucun", "sans", "inga",
];

/// True if a word of death is denied or only feared.
fn is_unsure(words: &[String], at: usize) -> bool {
    let before = words[..at].iter().rev().take(2);
    before
        .into_iter()
        .any(|word| UNSURE.contains(&word.as_str()))
}

/// True if what a number at a place counts is not the dead.
fn counts_living(words: &[String], at: usize) -> bool {
    let next = words.get(at + 1);
    let behind = next.filter(|word| LISTS.anyone.contains(word.as_str()));
    let who = behind.and_then(|_| words.get(at + 2)).or(next);
    who.is_some_and(|who| LISTS.living.stand_in(who) && !is_death(who)) && !is_labelled(words, at)
}

/// True if the number at a place has its word of death before it and what is behind it belongs to the next number,
/// as in `নিহত ৩, আহত ১৫`; in English what is counted stands behind.
fn is_labelled(words: &[String], at: usize) -> bool {
    let word = |at: Option<usize>| at.and_then(|at| words.get(at));
    let is_foreign_death =
        |word: &String| is_death(word) && !ENGLISH_DEATHS.contains(&word.as_str());
    word(at.checked_sub(1)).is_some_and(is_foreign_death)
        && word(Some(at + 2)).is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        && word(Some(at + 3)).is_none_or(|word| !LISTS.living.stand_in(word))
}

/// English words of death: beside these a number word is English.
const ENGLISH_DEATHS: [&str; 10] = [
    "dead", "kill", "kills", "killed", "killing", "die", "died", "death", "deaths", "bodies",
];

/// True if a word of death of another language stands right beside.
fn is_beside_foreign_death(words: &[String], at: usize) -> bool {
    let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
    beside
        .filter_map(|at| words.get(at))
        .any(|word| is_death(word) && !ENGLISH_DEATHS.contains(&word.as_str()))
}

/// Words that say one thing: whole ones, what others begin with by its first letter, and what stands in others.
struct Signs {
    whole: FxHashSet<&'static str>,
    stems: FxHashMap<char, Vec<&'static str>>,
    stretches: Vec<&'static str>,
}

impl Signs {
    /// Of words as `tolls.txt` has them.
    fn of(words: impl Iterator<Item = &'static str>) -> Self {
        let (stretches, spaced): (Vec<&str>, Vec<&str>) =
            words.partition(|sign| sign.starts_with(is_unspaced));
        let mut stems: FxHashMap<char, Vec<&str>> = FxHashMap::default();
        for stem in spaced.iter().filter_map(|sign| sign.strip_suffix('~')) {
            if let Some(first) = stem.chars().next() {
                stems.entry(first).or_default().push(stem);
            }
        }
        Self {
            stems,
            whole: spaced.into_iter().collect(),
            stretches,
        }
    }

    fn stand_in(&self, word: &str) -> bool {
        let first = word.chars().next();
        let stems = first.and_then(|first| self.stems.get(&first));
        self.whole.contains(word)
            || stems.is_some_and(|stems| stems.iter().any(|stem| word.starts_with(stem)))
            || word.contains(is_unspaced) && self.stretches.iter().any(|sign| word.contains(sign))
    }
}

fn is_death(word: &str) -> bool {
    LISTS.dead.stand_in(word)
}

/// True if a word is of people, and says nothing of what happened to them.
pub(super) fn counts_anyone(word: &str) -> bool {
    LISTS.anyone.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toll_is_the_number_beside_a_word_of_death() {
        let cases = [
            ("Flood in Hat Yai kills 33", Some(33)),
            ("Death toll rises to 120 in Hat Yai flood", Some(120)),
            (
                "Death toll in Norrey ferry capsizing climbs to 31",
                Some(31),
            ),
            ("5.9 quake: 7 homes destroyed, 3 dead", Some(3)),
            ("Flood: 200 homes destroyed", None),
            ("Twelve dead as ferry sinks", Some(12)),
            ("ホテル火災で13人死亡", Some(13)),
            ("能登の地震 死者5人に", Some(5)),
            ("호텔 화재로 13명 사망", Some(13)),
            ("Жертвами пожара стали 12 человек", Some(12)),
            ("ไฟไหม้โรงแรม ดับ 13 ศพ", Some(13)),
            ("حريق فندق أسوان: ١٣ قتيلا", Some(13)),
            ("Cyclist, 34, killed by lorry", None),
            ("Jim Lovell, commander of Apollo 13, dies at 97", None),
            ("Gergen, who advised four presidents, dies at 83", None),
            ("Séisme : 1 450 morts", Some(1450)),
            ("Terremoto: 1.650 muertos", Some(1650)),
            ("Two dozen killed in blast", Some(24)),
            ("Storm leaves twenty-one dead", Some(21)),
            ("Dam burst toll rises by 12 to 52", Some(52)),
            ("Oito mortos e 20 desaparecidos em enchente", Some(8)),
            ("Inondations : onze morts, 28 disparus", Some(11)),
            ("Otto morti e 20 feriti", Some(8)),
            ("爆炸致十五人遇难13人失联", None),
            ("3 hurt, none killed in crash", None),
            ("Army denies 40 killed in strike", None),
            ("67 feared dead after plane crash", None),
            ("5 injured, 2 killed in crash", Some(2)),
            ("Три человека погибли", None),
            ("Погибли три человека", Some(3)),
            ("Bhopal remembers 3,500 killed in gas leak", None),
            (
                "Forty years after quake killed 5,000, a village rebuilds",
                None,
            ),
            ("Chad army rejects claim that 40 soldiers were killed", None),
            ("Ижевск: число погибших выросло до пяти", Some(5)),
            (
                "Los muertos por el terremoto de Birmania ascienden a 1.650",
                Some(1650),
            ),
        ];
        for (headline, toll) in cases {
            assert_eq!(toll_of(headline), toll, "{headline}");
        }
    }

    #[test]
    fn tolls_are_read_in_the_languages_of_the_list() {
        let cases = [
            ("Van'daki çığda ölü sayısı 19'e yükseldi", Some(19)),
            (
                "Rize'de selde hayatını kaybedenlerin sayısı 19'a çıktı",
                Some(19),
            ),
            ("Sumatra'daki selde ölü sayısı 442'ye yükseldi", Some(442)),
            ("Endonezya'da sel: 442 ölü, 402 kayıp", Some(442)),
            ("Ölü sayısı 12'den 19'a yükseldi", Some(19)),
            ("מספר ההרוגים בשיטפון בדימונה עלה ל-19", Some(19)),
            ("מספר ההרוגים עלה מ-12 ל-19", Some(19)),
            ("Удар по Тернополю: 19 загиблих", Some(19)),
            ("Кількість загиблих у Тернополі зросла до 19", Some(19)),
            ("সিলেটে বন্যায় মৃতের সংখ্যা বেড়ে ১৯", Some(19)),
            ("ঢাকায় আগুন: নিহত ৩, আহত ১৫", Some(3)),
            ("সিলেটে বন্যায় ১৯ জন নিহত, আহত ৩০", Some(19)),
            ("سوات سیلاب: ہلاکتوں کی تعداد 19 ہوگئی", Some(19)),
            ("سوات میں سیلاب سے 19 افراد جاں بحق، 5 زخمی", Some(19)),
            ("தூத்துக்குடி வெள்ளம்: பலி எண்ணிக்கை 19 ஆக உயர்வு", Some(19)),
            ("Lũ quét ở Lào Cai: số người chết tăng lên 19", Some(19)),
            ("Lào Cai: 19 người tử vong, 40 người bị thương", Some(19)),
            (
                "Korban tewas banjir Sibolga bertambah jadi 19 orang",
                Some(19),
            ),
            ("Lima maut? Tidak: 19 maut dalam nahas bas", None),
            ("19 maut dalam nahas bas di Gerik", Some(19)),
            ("Kecelakaan maut di tol Cipularang KM 92", None),
            (
                "Idadi ya waliokufa kwa mafuriko Mombasa yafikia 19",
                Some(19),
            ),
            ("Mafuriko Mombasa yaua watu 19", Some(19)),
            ("በጎፋ የመሬት መንሸራተት የሟቾች ቁጥር 19 ደረሰ", Some(19)),
            ("شمار کشته‌های زلزله کرمان به ۱۹ نفر رسید", Some(19)),
            (
                "افزایش شمار کشته‌های زلزله شدید شب گذشته کرمان به ۱۹ تن",
                Some(19),
            ),
            ("مقتل 19 شخصا وإصابة 30 في انفجار", Some(19)),
            ("19-re emelkedett a halálos áldozatok száma", Some(19)),
            ("Uhriluku nousi 19:ään", Some(19)),
            ("Broj poginulih porastao na 19", Some(19)),
            ("Numărul morților a crescut la 19", Some(19)),
            ("Πλημμύρα στη Λάρισα: στους 19 οι νεκροί", Some(19)),
            ("ရေကြီးမှုကြောင့် ၁၉ ဦး သေဆုံး", Some(19)),
            ("Погибли 3, ранены 15", Some(3)),
            ("Man killed, 5 injured, 10 homes destroyed", None),
        ];
        for (headline, toll) in cases {
            assert_eq!(toll_of(headline), toll, "{headline}");
        }
    }

    #[test]
    fn ages_days_and_years_are_no_tolls_in_any_of_them() {
        for headline in [
            "Aktor Ray Sahetapy meninggal dunia di usia 68",
            "Aktor meninggal dunia, usia 68 tahun",
            "Ünlü oyuncu 72 yaşında hayatını kaybetti",
            "Diễn viên qua đời ở tuổi 72, người chết trẻ",
            "השחקן מת בגיל 72",
            "Вбито підозрюваного 29 листопада",
            "পাহাড়ধসে মৃত্যু ৩০ নভেম্বর",
            "وفاة الفنان عن 84 عاما",
            "Người chết sáng 30/11 là tài xế",
            "Nie żyje Jan Kowalski. Miał 72 lata",
            "Glumac Petar Petrović preminuo u 72. godini",
            "Πέθανε στα 72 ο ηθοποιός",
            "Actorul a murit la 72 de ani",
            "Ünlü oyuncu hayatını kaybetti, 72 yaşındaydı",
        ] {
            assert_eq!(toll_of(headline), None, "{headline}");
        }
    }

    #[test]
    fn the_list_is_in_the_form_in_which_words_are_compared() {
        use unicode_normalization::UnicodeNormalization;
        for line in include_str!("tolls.txt").lines() {
            let is_of_words = line.starts_with('#')
                || line.nfkc().collect::<String>() == line && line.to_lowercase() == line;
            assert!(is_of_words, "{line}");
        }
        assert!(LISTS.rises.len() > 40 && LISTS.risen.len() > 9 && LISTS.tolls.len() > 3);
    }
}
