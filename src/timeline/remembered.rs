//! Headlines that tell of what was long ago: an anniversary, a memorial, `ten years after`. Its dead are no news.

use crate::text::words::is_unspaced;

/// Words of headlines that tell of what was long ago.
const REMEMBERED: [&str; 75] = [
    "anniversary",
    "remembers",
    "remembered",
    "remembering",
    "commemorates",
    "commemorate",
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
    "herdenkt",
    "herdenken",
    "herdenking",
    "minns",
    "minnes",
    "mindes",
    "jubileum",
    "rocznica",
    "rocznicę",
    "rocznicy",
    "upamiętnia",
    "upamiętniono",
    "yıldönümü",
    "yıldönümünde",
    "anıldı",
    "anılıyor",
    "anma",
    "годовщины",
    "годовщине",
    "вспоминают",
    "почтили",
    "річниця",
    "річницю",
    "роковини",
    "годишнина",
    "годишњица",
    "výročí",
    "výročia",
    "výročie",
    "pietní",
    "évforduló",
    "évfordulóján",
    "megemlékezés",
    "comemorare",
    "comemorează",
    "aniversării",
    "επέτειος",
    "επετείου",
    "μνημόσυνο",
    "godišnjica",
    "godišnjice",
    "obljetnica",
    "obljetnice",
    "ricordo",
    "commemorazione",
    "commémoration",
    "commémorations",
    "الذكرى",
    "ذكرى",
    "سالگرد",
    "बरसी",
    "mengenang",
    "memperingati",
    "muistopäivä",
];

/// Words that tell of it or of the days after: the dead are new where the headline begins with them or says that their
/// toll rises.
const MOURNED: [&str; 8] = [
    "mourns",
    "gedenkfeier",
    "trauerfeier",
    "minnesstund",
    "mindehøjtidelighed",
    "hommage",
    "homenaje",
    "homenagem",
];

/// Words that tell of it only with others behind them: a hospital may be a memorial, and a flood the worst in decades.
const REMEMBERED_PAIRS: [(&str, &str); 18] = [
    ("vigil vigils", "for"),
    ("years decades centuries", "after on since later ago"),
    ("year decade century", "after since later ago"),
    (
        "memorial",
        "service services held for ceremony ceremonies vigil vigils to day mass",
    ),
    ("año años", "después de del desde"),
    ("ano anos", "depois atrás de da do"),
    ("jahr jahre", "nach danach seit her"),
    ("an ans", "après"),
    ("anno anni", "dopo fa dal dalla"),
    ("jaar", "na later geleden"),
    ("år", "efter etter senare sedan siden"),
    ("lat lata", "po temu"),
    ("лет года", "назад спустя после"),
    ("yıl", "sonra önce"),
    ("tahun", "lalu"),
    ("peringatan", "hari tahun haul tragedi"),
    ("년", "전 뒤 후"),
    ("năm", "trước sau"),
];

/// Words that tell of it with one other between them: `hace diez años`.
const REMEMBERED_AROUND: [(&str, &str); 8] = [
    ("vigil", "for"),
    ("vigils", "for"),
    ("hace", "año años"),
    ("a", "an ans"),
    ("vor", "jahr jahren"),
    ("há", "ano anos"),
    ("för", "år"),
    ("peringatan", "tahun"),
];

/// Of what is planned: a vigil for those who died now.
const PLANNED: [&str; 6] = ["planned", "set", "due", "scheduled", "called", "organised"];

/// What tells of it in scripts without spaces, wherever it stands in a word, and what does behind a number: `20年`, but
/// not `20年ぶり`.
const REMEMBERED_STRETCHES: [&str; 12] = [
    "周年",
    "週年",
    "追悼",
    "慰霊",
    "回忌",
    "纪念日",
    "紀念日",
    "주기",
    "주년",
    "추모",
    "ครบรอบ",
    "รําลึก",
];
const YEARS_SINCE: [&str; 4] = ["年前", "年後", "年后", "年目"];

/// True if a headline tells of what was long ago, or `40 years after` it. `is_fresh`: it begins with its dead, or says that
/// their toll rises.
pub(super) fn is_remembered(words: &[String], is_fresh: bool) -> bool {
    let is_in = |list: &str, word: &str| list.split(' ').any(|known| known == word);
    let is_said = |pair: &[String]| {
        let mut pairs = REMEMBERED_PAIRS.iter();
        pairs.any(|(first, then)| is_in(first, &pair[0]) && is_in(then, &pair[1]))
    };
    let is_around = |three: &[String]| {
        let mut around = REMEMBERED_AROUND.iter();
        around.any(|(first, then)| *first == three[0] && is_in(then, &three[2]))
            && !PLANNED.contains(&three[1].as_str())
    };
    words.iter().any(|word| REMEMBERED.contains(&word.as_str()))
        || !is_fresh && words.iter().any(|word| MOURNED.contains(&word.as_str()))
        || words.windows(2).any(is_said)
        || words.windows(3).any(is_around)
        || words.iter().any(|word| word.contains(is_unspaced)) && is_remembered_unspaced(words)
}

/// The same in scripts without spaces.
fn is_remembered_unspaced(words: &[String]) -> bool {
    let is_shown = |word: &String| REMEMBERED_STRETCHES.iter().any(|sign| word.contains(sign));
    let is_since = |pair: &[String]| {
        let years = &pair[1];
        let is_few = pair[0].len() < 4 && pair[0].bytes().all(|letter| letter.is_ascii_digit());
        is_few && (years == "年" || YEARS_SINCE.iter().any(|sign| years.starts_with(sign)))
    };
    words.iter().any(is_shown) || words.windows(2).any(is_since)
}

#[cfg(test)]
mod tests {
    use super::super::tolls::toll_of;

    #[test]
    fn what_was_long_ago_is_no_toll_in_other_languages() {
        let cases = [
            ("Un año de la DANA que dejó 229 muertos", None),
            ("Attentats : 130 morts il y a dix ans", None),
            ("Vor 20 Jahren: 12 Tote bei Unglück", None),
            ("20 år sedan tsunamin: 543 döda", None),
            ("事故から20年 107人死亡", None),
            ("JR脱線20年、107人死亡を追悼", None),
            ("20年ぶりの大雪、3人死亡", Some(3)),
        ];
        for (headline, toll) in cases {
            assert_eq!(toll_of(headline, ""), toll, "{headline}");
        }
    }

    #[test]
    fn those_who_are_mourned_are_new_where_they_come_first_or_their_toll_rises() {
        for (headline, language, toll) in [
            ("City mourns as blast toll climbs to 31", "en", Some(31)),
            ("City mourns 31 killed in blast", "en", None),
            ("Vigil held for 11 killed at Vancouver festival", "en", None),
            (
                "11 killed at Vancouver festival, vigil held",
                "en",
                Some(11),
            ),
            ("Bus crash: 2 killed, vigils planned Monday", "en", Some(2)),
            (
                "3 teens killed in Elwick crash; vigil planned for Sunday",
                "en",
                Some(3),
            ),
            (
                "Elwick crash kills 3 teens, vigil set for Sunday",
                "en",
                Some(3),
            ),
            ("Elva döda i skolattack, minnesstund i Mora", "sv", Some(11)),
            ("Minnesstund för elva döda i Mora", "sv", None),
            (
                "Hommage national, le bilan passe à 41 morts",
                "fr",
                Some(41),
            ),
            ("Gempa Aceh, 12 tewas, peringatan tsunami", "id", Some(12)),
            ("Peringatan 20 tahun tsunami, 170 tewas", "id", None),
            ("Memperingati tragedi Kanjuruhan, 135 tewas", "id", None),
        ] {
            assert_eq!(toll_of(headline, language), toll, "{headline}");
        }
    }

    #[test]
    fn an_anniversary_tells_of_no_dead_in_any_language() {
        for (headline, language) in [
            ("10. rocznica wypadku, w którym zginęło 14 osób", "pl"),
            ("الذكرى العاشرة لغرق العبارة التي أودت بحياة 180", "ar"),
            ("ذكرى تفجير بغداد: 300 قتيل", "ar"),
            ("Rigopiano, 29 morti: il ricordo dei parenti", "it"),
            ("Herdenking vuurwerkramp: 23 doden", "nl"),
            ("Estonia: 852 döda, minns överlevande", "sv"),
            ("Utøya: 69 døde minnes i dag", "no"),
            ("Soma faciasının yıldönümünde 301 ölü anıldı", "tr"),
            ("В Беслане вспоминают: 334 погибших", "ru"),
            ("Výročí povodní: 50 mrtvých", "cs"),
            ("Évforduló: 154 halott az árvízben", "hu"),
            ("Homenaje a los 192 muertos de Atocha", "es"),
            ("Homenagem aos 242 mortos da boate Kiss", "pt"),
            ("Hommage aux 86 morts de Nice", "fr"),
            ("Επέτειος για το Μάτι: 104 νεκροί", "el"),
            ("Gedenkfeier für die 9 Toten von Hanau", "de"),
            ("سالگرد زلزله بم با ۲۶۰۰۰ کشته", "fa"),
        ] {
            assert_eq!(toll_of(headline, language), None, "{headline}");
        }
    }
}
