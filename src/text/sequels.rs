//! What a title tells that has come, and what it tells that comes of it (`sequels.txt`): a verdict and the appeal, that an
//! office is left and who has it then. It reads titles only, and knows no names: whose office it is, others must see.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;

use super::tongues::{Tongues, named_language, words_of_list};
use super::words::{is_unspaced, lower_word, split_words, with_gaps};

/// What a title tells of matters of two steps, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sequel(u8);

const VERDICT: u8 = 1;
const APPEAL: u8 = 2;
const LEAVES: u8 = 4;
const SUCCEEDS: u8 = 8;
/// Matters of two steps: what has come, and what comes of it.
const STEPS: [(u8, u8); 2] = [(VERDICT, APPEAL), (LEAVES, SUCCEEDS)];

/// Words of a title that are looked at.
const MAX_WORDS: usize = 32;
/// Words that `+` stands for, at most.
const GAP: usize = 4;
/// Words between who is appointed and what to, at most.
const OFFICE_WITHIN: usize = 5;
/// Words between `new` and the office: `new US health secretary`.
const NEW_WITHIN: usize = 3;
/// What parts no words of one phrase.
const JOINS: [char; 8] = ['-', '\'', '’', '‘', '"', '“', '”', '.'];

const FILE: &str = include_str!("sequels.txt");
/// The lists of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Verdict,
    Appeal,
    Leaves,
    Succeeds,
    Appoints,
    New,
    Offices,
    None,
    Behind,
    Ahead,
}

const LISTS: [(List, &str); 10] = [
    (List::Verdict, "verdict"),
    (List::Appeal, "appeal"),
    (List::Leaves, "leaves"),
    (List::Succeeds, "succeeds"),
    (List::Appoints, "appoints"),
    (List::New, "new"),
    (List::Offices, "offices"),
    (List::None, "none"),
    (List::Behind, "behind"),
    (List::Ahead, "ahead"),
];

/// One word of a phrase.
enum Form {
    Whole(String),
    Begins(String),
    Ends(String),
}

impl Form {
    fn of(word: &str) -> Self {
        match (word.strip_prefix('~'), word.strip_suffix('~')) {
            (Some(ending), _) => Self::Ends(ending.to_owned()),
            (_, Some(beginning)) => Self::Begins(beginning.to_owned()),
            _ => Self::Whole(word.to_owned()),
        }
    }

    fn fits(&self, word: &str) -> bool {
        match self {
            Self::Whole(whole) => word == whole,
            Self::Begins(beginning) => word.starts_with(beginning.as_str()),
            Self::Ends(ending) => word.ends_with(ending.as_str()),
        }
    }
}

/// Words that say something together.
struct Phrase {
    list: List,
    tongues: Tongues,
    first: Form,
    /// The others, with how many words may stand before each.
    rest: Vec<(usize, Form)>,
}

impl Phrase {
    fn of(list: List, codes: &'static str, sign: &'static str) -> Self {
        let (tongues, sign) = Tongues::of(codes, sign);
        let mut words = sign.split_inclusive(['_', '+']);
        let bare = |word: &str| Form::of(word.trim_end_matches(['_', '+']));
        let gap_behind = |word: &str| if word.ends_with('+') { GAP } else { 0 };
        let first = words.next().unwrap_or_default();
        let mut gap = gap_behind(first);
        let rest = words.map(|word| (std::mem::replace(&mut gap, gap_behind(word)), bare(word)));
        Self {
            list,
            tongues,
            rest: rest.collect(),
            first: bare(first),
        }
    }

    /// Where it ends if its first word stands before a place.
    fn end_from(&self, words: &[Said], mut at: usize) -> Option<usize> {
        for (gap, form) in &self.rest {
            let mut near = at..words.len().min(at + gap + 1);
            at = near.find(|at| form.fits(&words[*at].word))? + 1;
        }
        Some(at)
    }
}

#[derive(Default)]
struct Phrases {
    /// By their first word.
    whole: FxHashMap<String, Vec<Phrase>>,
    /// Those whose first word has other endings, by its first letter.
    begun: FxHashMap<char, Vec<Phrase>>,
    /// Those whose first word has other beginnings, by its last letter.
    ended: FxHashMap<char, Vec<Phrase>>,
    /// What stands anywhere in a title, in scripts without spaces.
    stretches: Vec<(List, String)>,
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let mut phrases = Phrases::default();
    for (list, name) in LISTS {
        for (codes, sign) in words_of_list(FILE, name) {
            if sign.contains(is_unspaced) {
                phrases.stretches.push((list, sign.nfkc().collect()));
                continue;
            }
            let phrase = Phrase::of(list, codes, sign);
            phrases.file(phrase);
        }
    }
    phrases
});

impl Phrases {
    fn file(&mut self, phrase: Phrase) {
        let alike = match &phrase.first {
            Form::Whole(word) => self.whole.entry(word.clone()).or_default(),
            Form::Begins(word) => {
                let first = word.chars().next().unwrap_or_default();
                self.begun.entry(first).or_default()
            }
            Form::Ends(word) => {
                let last = word.chars().next_back().unwrap_or_default();
                self.ended.entry(last).or_default()
            }
        };
        alike.push(phrase);
    }

    /// Those whose first word a word is.
    fn begin_with<'p>(&'p self, word: &'p str) -> impl Iterator<Item = &'p Phrase> {
        let first = word.chars().next().and_then(|first| self.begun.get(&first));
        let last = word.chars().next_back();
        let last = last.and_then(|last| self.ended.get(&last));
        let others = [first, last].into_iter().flatten().flatten();
        let fitting = others.filter(move |phrase| phrase.first.fits(word));
        self.whole.get(word).into_iter().flatten().chain(fitting)
    }
}

/// A word of a title.
struct Said {
    word: String,
    /// True if more than a space stands before it.
    is_cut: bool,
}

/// The signs that stand in a title, each with its place.
struct Signs(Vec<(List, usize)>);

impl Sequel {
    /// What a title in a language, by its two-letter code, tells.
    pub fn of_title(title: &str, language: &str) -> Self {
        let signs = Signs::of_title(title, named_language(language));
        let has = |list| signs.places(list).next().is_some();
        let asks = || has(List::Ahead) || title.contains(['?', '？', '؟', ';']);
        let mut bits = 0;
        let (verdict, appeal) = (has(List::Verdict), has(List::Appeal));
        // Who is sentenced and will appeal is in the news for the sentence.
        if appeal && !(verdict && has(List::Ahead)) {
            bits |= APPEAL;
        } else if verdict {
            bits |= VERDICT;
        }
        let succeeds = signs.tell_succession() && !asks();
        bits |= match (has(List::Leaves), succeeds) {
            (true, false) => LEAVES,
            (false, true) => SUCCEEDS,
            _ => 0,
        };
        Self(bits)
    }

    /// True if one tells what has come and the other what comes of it.
    pub fn follows_or_precedes(self, other: Self) -> bool {
        STEPS.iter().any(|(before, then)| {
            let of = |sequel: Sequel| sequel.0 & (before | then);
            let (one, two) = (of(self), of(other));
            one & two == 0 && one | two == before | then && one != 0 && two != 0
        })
    }
}

impl Signs {
    fn of_title(title: &str, language: &str) -> Self {
        let words = words_of(title);
        let mut found = Vec::new();
        let mut is_none = vec![false; words.len()];
        for at in 0..words.len() {
            for phrase in PHRASES.begin_with(&words[at].word) {
                if !phrase.tongues.speak(language) {
                    continue;
                }
                if let Some(end) = phrase.end_from(&words, at + 1) {
                    found.push((phrase.list, at, end));
                    if phrase.list == List::None {
                        is_none[at..end].fill(true);
                    }
                }
            }
        }
        found.retain(|(_, at, end)| !is_none[*at..*end].contains(&true));
        let mut found: Vec<_> = found.iter().map(|(list, at, _)| (*list, *at)).collect();
        let behind = found.iter().filter(|(list, _)| *list == List::Behind);
        let before: Vec<_> = behind.map(|(_, at)| part_behind(&words, *at)).collect();
        let has_come = |list| matches!(list, List::Verdict | List::Leaves);
        found.retain(|(list, at)| !has_come(*list) || !before.iter().any(|part| part.contains(at)));
        if title.contains(is_unspaced) {
            let plain: String = title.nfkc().collect();
            let shown = PHRASES.stretches.iter();
            let shown = shown.filter(|(_, sign)| plain.contains(sign.as_str()));
            found.extend(shown.map(|(list, _)| (*list, 0)));
        }
        Self(found)
    }

    fn places(&self, list: List) -> impl Iterator<Item = usize> + '_ {
        let of_list = self.0.iter().filter(move |(own, _)| *own == list);
        of_list.map(|(_, at)| *at)
    }

    fn tell_succession(&self) -> bool {
        let are_near = |one, other, within: usize| {
            self.places(one)
                .any(|at| self.places(other).any(|near| near.abs_diff(at) <= within))
        };
        self.places(List::Succeeds).next().is_some()
            || are_near(List::Appoints, List::Offices, OFFICE_WITHIN)
            || are_near(List::Appoints, List::New, OFFICE_WITHIN)
            || are_near(List::New, List::Offices, NEW_WITHIN)
    }
}

/// The places behind one up to the next mark.
fn part_behind(words: &[Said], at: usize) -> std::ops::Range<usize> {
    let behind = &words[at + 1..];
    let length = behind.iter().position(|word| word.is_cut);
    at + 1..at + 1 + length.unwrap_or(behind.len())
}

fn words_of(title: &str) -> Vec<Said> {
    let words = split_words(title).filter(|word| !word.is_bigram);
    let words = with_gaps(title, words.take(MAX_WORDS));
    let said = words.map(|(word, gap)| Said {
        word: lower_word(word.written),
        is_cut: gap.contains(|c: char| !c.is_whitespace() && !JOINS.contains(&c)),
    });
    said.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follows(language: &str, titles: [&str; 2]) -> bool {
        let [one, other] = titles.map(|title| Sequel::of_title(title, language));
        let follows = one.follows_or_precedes(other);
        assert_eq!(other.follows_or_precedes(one), follows, "{titles:?}");
        follows
    }

    #[test]
    fn an_appeal_follows_a_verdict() {
        for (language, verdict, appeal) in [
            (
                "en",
                "Ex-banker Leo Strand jailed for fraud",
                "Leo Strand appeals against fraud conviction",
            ),
            (
                "en",
                "Strand sentenced to six years",
                "Jailed Strand lodges appeal against conviction",
            ),
            (
                "de",
                "Ralf Kern zu drei Jahren Haft verurteilt",
                "Ralf Kern legt Revision gegen Urteil ein",
            ),
            (
                "de",
                "Ralf Kern zu Haft verurteilt",
                "Nach Verurteilung: Ralf Kern geht in Berufung",
            ),
            (
                "fr",
                "L'ancien maire Paul Garnier condamné",
                "Paul Garnier fait appel de sa condamnation",
            ),
            (
                "fr",
                "Paul Garnier condamné à trois ans",
                "Condamné à trois ans de prison, Paul Garnier fait appel",
            ),
            (
                "es",
                "Condenan a Luis Prado a seis años",
                "Luis Prado recurre su condena ante el Supremo",
            ),
            (
                "it",
                "Marco Leone condannato a sei anni",
                "Marco Leone ricorre in appello",
            ),
            (
                "pt",
                "Paulo Neves condenado a seis anos",
                "Paulo Neves recorre da condenação",
            ),
            (
                "nl",
                "Oud-minister veroordeeld tot celstraf",
                "Oud-minister gaat in hoger beroep",
            ),
            (
                "sv",
                "Exministern döms till fängelse",
                "Exministern överklagar domen",
            ),
            (
                "da",
                "Eksminister dømt for bedrageri",
                "Eksminister anker dommen",
            ),
            (
                "pl",
                "Były minister skazany na trzy lata",
                "Były minister składa apelację",
            ),
            (
                "ru",
                "Экс-министра приговорили к трём годам",
                "Экс-министр обжаловал приговор",
            ),
            (
                "uk",
                "Ексміністра засудили до трьох років",
                "Ексміністр оскаржив вирок",
            ),
            (
                "ar",
                "الحكم على الوزير السابق بالسجن",
                "الوزير السابق يستأنف الحكم",
            ),
            ("ja", "元社長に懲役３年の判決", "元社長が控訴"),
            ("zh", "前市长被判五年", "前市长提出上诉"),
            ("ko", "전 시장 징역 3년 선고", "전 시장 측 항소했다"),
        ] {
            assert!(follows(language, [verdict, appeal]), "{verdict} / {appeal}");
        }
        for (language, one, other) in [
            (
                "en",
                "Leo Strand jailed for six years",
                "Strand jailed for fraud, will appeal",
            ),
            (
                "en",
                "Leo Strand jailed for six years",
                "Appeals court judge retires",
            ),
            (
                "en",
                "Man jailed for murder",
                "Police chief appeals for calm",
            ),
            (
                "fr",
                "Paul Garnier condamné",
                "Le maire fait appel aux dons",
            ),
            (
                "it",
                "Leone condannato a sei anni",
                "Leone condannato in appello",
            ),
            (
                "nl",
                "Minister veroordeeld",
                "Minister in hoger beroep veroordeeld",
            ),
        ] {
            assert!(!follows(language, [one, other]), "{one} / {other}");
        }
    }

    #[test]
    fn a_successor_follows_who_leaves() {
        for (language, leaves, succeeds) in [
            (
                "en",
                "Health Secretary Helen Carver resigns",
                "Imran Qureshi named new health secretary",
            ),
            (
                "en",
                "UK culture minister Ashe resigns",
                "UK names Patel culture minister after Ashe quits",
            ),
            (
                "en",
                "Chelsea sack manager Rossi",
                "Chelsea appoint Lund as new manager",
            ),
            (
                "en",
                "Pope Francis dies at 88",
                "Cardinal Prevost elected pope",
            ),
            (
                "de",
                "Kulturministerin Nina Asche tritt zurück",
                "Rolf Patel wird neuer Kulturminister",
            ),
            (
                "de",
                "Asche tritt zurück",
                "Nach Rücktritt von Asche: Patel zum Kulturminister ernannt",
            ),
            (
                "fr",
                "La ministre Nina Ashe démissionne",
                "Raj Patel nommé ministre de la Culture",
            ),
            (
                "es",
                "Dimite la ministra Nina Ares",
                "Raúl Pérez, nuevo ministro de Cultura",
            ),
            (
                "it",
                "Si dimette la ministra Ares",
                "Luca Neri nominato ministro della Cultura",
            ),
            (
                "pt",
                "Ministra da Cultura demitida",
                "Rui Neves é o novo ministro da Cultura",
            ),
            (
                "nl",
                "Minister Bakker stapt op",
                "Jansen volgt Bakker op als minister",
            ),
            ("sv", "Kulturministern avgår", "Lund blir ny kulturminister"),
            (
                "no",
                "Kulturministeren går av",
                "Lund blir ny kulturminister",
            ),
            (
                "pl",
                "Minister kultury rezygnuje",
                "Jan Nowak nowym ministrem kultury",
            ),
            (
                "cs",
                "Ministr kultury rezignoval",
                "Novým ministrem kultury bude Novák",
            ),
            (
                "ru",
                "Министр культуры подал в отставку",
                "Назначен новый министр культуры",
            ),
            (
                "uk",
                "Міністр культури подав у відставку",
                "Призначено нового міністра культури",
            ),
            (
                "tr",
                "Kültür bakanı istifa etti",
                "Yeni kültür bakanı Ali Demir oldu",
            ),
            ("ar", "استقالة وزير الثقافة", "تعيين وزير جديد للثقافة"),
            ("ja", "文化相が辞任", "後任の文化相に田中氏"),
            ("zh", "文化部长辞职", "李伟接任文化部长"),
            ("ko", "문화부 장관 사임", "새 문화부 장관에 김철수 임명"),
        ] {
            assert!(
                follows(language, [leaves, succeeds]),
                "{leaves} / {succeeds}"
            );
        }
        for (language, one, other) in [
            (
                "en",
                "Carver resigns as health secretary",
                "Carver quits, Qureshi named health secretary",
            ),
            (
                "en",
                "Helen Carver resigns",
                "Who will succeed Helen Carver?",
            ),
            (
                "en",
                "Helen Carver resigns",
                "Race to be new health secretary: the contenders",
            ),
            ("en", "Helen Carver resigns", "New York prepares for storm"),
            (
                "en",
                "Helen Carver resigns",
                "PM urges new health secretary to act",
            ),
            ("de", "Asche tritt zurück", "Wer wird neuer Kulturminister?"),
            ("en", "Ten dead in fire", "Six killed in fire"),
        ] {
            assert!(!follows(language, [one, other]), "{one} / {other}");
        }
    }

    #[test]
    fn every_list_of_the_file_is_read() {
        let heads = FILE.lines().filter(|line| !line.starts_with('#'));
        for name in heads.filter_map(|line| line.split([' ', ':']).next()) {
            assert!(
                name.is_empty() || LISTS.iter().any(|(_, list)| *list == name),
                "{name}"
            );
        }
    }
}
