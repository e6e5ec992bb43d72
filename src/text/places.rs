//! Where a text says that something happened. In scripts without capitals: the words beside the signs of a place, such
//! as `city` and `province`, and no signs beside which much else stands, such as `in`. In others a capital shows a name, and
//! there a name behind `in` will do. It knows no towns, and of parts of countries some.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::words::Word;

/// The signs of one language.
#[derive(Debug)]
pub struct PlaceSigns {
    /// Those that stand before a place.
    before: &'static str,
    /// Those that stand behind it.
    behind: &'static str,
    /// Those that stand behind it where it is the first word of a text; behind others they say less.
    behind_first: &'static str,
}

const LISTED: [(&str, PlaceSigns); 10] = [
    ("zh", behind("市 县 縣 省 区 區 州 镇 鎮 乡 鄉 村")),
    ("ja", behind("市 県 都 府 区 町 村 郡")),
    ("ko", behind("시 군 구")),
    ("th", before("จังหวัด อำเภอ ตำบล เขต จ. อ. ต.")),
    ("ar", before("مدينة محافظة ولاية إقليم بلدة قرية قضاء")),
    ("fa", before("شهر شهرستان استان روستای شهرک")),
    ("he", before("העיר בעיר ביישוב במושב בקיבוץ בכפר")),
    (
        "hi",
        PlaceSigns {
            behind_first: "में के",
            ..behind("शहर जिले जिला जनपद")
        },
    ),
    (
        "ur",
        PlaceSigns {
            behind_first: "میں کے",
            ..behind("شہر ضلع")
        },
    ),
    ("bn", behind("শহর শহরে জেলা জেলায় জেলার উপজেলা উপজেলায়")),
];

/// Words, as they are folded, behind which a name with a capital says where something happened, or against whom.
const BEFORE_NAMES: [(&str, &[&str]); 12] = [
    ("en", &["in", "at", "near", "off", "against", "from"]),
    ("de", &["in", "bei", "nahe", "gegen", "aus"]),
    ("fr", &["a", "pres", "contre"]),
    ("es", &["en", "contra", "cerca"]),
    ("it", &["a", "in", "contro"]),
    ("pt", &["em", "contra"]),
    ("nl", &["in", "bij", "te", "tegen"]),
    ("sv", &["i", "mot", "vid"]),
    ("da", &["i", "mod", "ved"]),
    ("nb", &["i", "mot", "ved"]),
    ("pl", &["w", "we", "pod"]),
    ("ru", &["в", "во", "под"]),
];

/// Those that say against whom.
const AGAINST: [&str; 8] = [
    "against", "gegen", "contre", "contra", "contro", "tegen", "mot", "mod",
];

/// True if a word behind which a name stands says against whom, and not where.
pub fn says_against(folded: &str) -> bool {
    AGAINST.contains(&folded)
}

/// Those of a language with capitals by its two-letter code; none if none are known.
pub fn place_words(language: &str) -> &'static [&'static str] {
    let found = BEFORE_NAMES.iter().find(|(code, _)| *code == language);
    found.map_or(&[], |(_, words)| words)
}

/// Parts of countries in which towns lie, as they are folded and as they are called in one language or another; more
/// stand in `lands.toml`.
const REGIONS: &str = "england scotland wales ontario quebec alberta manitoba queensland tasmania kashmir punjab kerala bihar gujarat \
    maharashtra assam rajasthan odisha karnataka telangana bengal haryana jharkhand manipur balochistan sindh xinjiang tibet \
    guangdong sichuan yunnan crimea donbas siberia chechnya dagestan gaza darfur kordofan tigray kivu sumatra java sulawesi \
    mindanao luzon kurdistan bavaria saxony sicily sardinia tuscany lombardy catalonia andalusia normandy brittany corsica \
    bayern sachsen hessen thuringen brandenburg niedersachsen mecklenburg schleswig nordrhein westfalen nrw rheinland \
    saarland baden franken tirol karnten steiermark vorarlberg burgenland oberosterreich niederosterreich graubunden \
    wallis tessin ruhrgebiet gazastreifen westjordanland krim donbass katalonien andalusien sizilien sardinien toskana \
    lombardei kalifornien california texas florida georgia louisiana minnesota ohio michigan illinois pennsylvania virginia \
    colorado oregon arizona nevada utah alaska hawaii bretagne normandie corse occitanie provence alsace lorraine \
    cisjordania andalucia cataluna galicia aragon asturias cantabria navarra extremadura canarias baleares castilla \
    euskadi sinaloa jalisco michoacan guerrero oaxaca chiapas sonora tamaulipas antioquia cauca catatumbo lombardia \
    piemonte veneto liguria toscana umbria marche lazio abruzzo campania puglia basilicata calabria sicilia sardegna \
    minas goias parana ceara alagoas sergipe algarve alentejo limburg friesland drenthe gelderland zeeland brabant \
    vlaanderen wallonie skane dalarna norrland jylland sjaelland nordland finnmark";

static REGION_WORDS: LazyLock<FxHashSet<&'static str>> =
    LazyLock::new(|| REGIONS.split_whitespace().collect());

/// True if a folded word names a part of a country: what happened in one of its towns happened there too.
pub fn names_region(folded: &str) -> bool {
    REGION_WORDS.contains(folded)
}

/// Endings of German nouns that name no place, as they are folded, beside those of a kind: what happened in a
/// `Pflegeheim` happened in a town too. No `heim`, `recht` or `berg`: towns end so.
const NOUN_ENDINGS: [&str; 21] = [
    "ung",
    "heit",
    "keit",
    "schaft",
    "tion",
    "itat",
    "ismus",
    "gewahrsam",
    "dienst",
    "pflicht",
    "gesetz",
    "pflegeheim",
    "altenheim",
    "seniorenheim",
    "kinderheim",
    "wohnheim",
    "kindergarten",
    "tunnel",
    "keller",
    "anlage",
    "zentrum",
];
/// Towns that end so all the same.
const TOWNS: [&str; 4] = ["bandung", "kaohsiung", "taichung", "taitung"];

/// True if a folded German noun ends as names of places do not.
pub fn ends_as_noun(folded: &str) -> bool {
    let ends_so = NOUN_ENDINGS.iter().any(|ending| folded.ends_with(ending));
    ends_so && !TOWNS.contains(&folded)
}

const fn before(signs: &'static str) -> PlaceSigns {
    PlaceSigns {
        before: signs,
        behind: "",
        behind_first: "",
    }
}

const fn behind(signs: &'static str) -> PlaceSigns {
    PlaceSigns {
        before: "",
        behind: signs,
        behind_first: "",
    }
}

/// Those of a language by its two-letter code; `None` if none are known.
pub fn place_signs(language: &str) -> Option<&'static PlaceSigns> {
    let found = LISTED.iter().find(|(code, _)| *code == language);
    found.map(|(_, signs)| signs)
}

/// Characters behind a sign, in a script without spaces, with which pairs of a place begin: the first pair alone may
/// stand in any other word.
const PLACE_CHARS: usize = 4;

impl PlaceSigns {
    /// True if a word of a text stands beside a sign of a place. Of a script without spaces those are the pair of
    /// characters before a sign, and the first ones behind it.
    pub fn mark(&self, text: &str, word: Word<'_>) -> bool {
        let place = word.place_in(text);
        let (before, behind) = (&text[..place.start], &text[place.end..]);
        let (before, behind, reach) = match word.is_bigram {
            true => (before, behind, PLACE_CHARS),
            false => (before.trim_end(), behind.trim_start(), 0),
        };
        let begins_so = |sign: &str| {
            let rest = behind.strip_prefix(sign);
            rest.is_some_and(|rest| word.is_bigram || !rest.starts_with(char::is_alphanumeric))
        };
        self.end_near(before, reach)
            || self.behind.split_whitespace().any(begins_so)
            || before.is_empty() && self.behind_first.split_whitespace().any(begins_so)
    }

    /// True if one that stands before a place ends at most so many characters before the end of a text, and no space
    /// lies between.
    fn end_near(&self, text: &str, reach: usize) -> bool {
        let signs = || self.before.split_whitespace();
        let letters = text.char_indices().rev().take(reach);
        let ends = letters.take_while(|(_, c)| !c.is_whitespace());
        let mut ends = std::iter::once(text.len()).chain(ends.map(|(at, _)| at));
        signs().next().is_some() && ends.any(|end| signs().any(|sign| text[..end].ends_with(sign)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words::split_words;

    #[test]
    fn what_stands_beside_the_sign_of_a_place_is_one() {
        let cases: [(&str, &str, &[&str]); 8] = [
            ("zh", "据成都公安局通报", &[]),
            ("zh", "据成都市公安局通报", &["成都"]),
            ("ja", "秋田市で火事があり", &["秋田"]),
            ("ko", "오늘 청주시 공장에서", &["청주"]),
            ("th", "ในจังหวัดขอนแก่นเมื่อวาน", &["ขอ", "อน", "นแก่", "แก่น"]),
            ("ar", "حريق في محافظة إربد اليوم", &["إربد"]),
            ("he", "שריפה בעיר חיפה", &["חיפה"]),
            ("hi", "कानपुर में ट्रक सड़क में फंसा", &["कानपुर"]),
        ];
        for (language, text, expected) in cases {
            let signs = place_signs(language).expect("they are listed");
            let marked = split_words(text).filter(|word| signs.mark(text, *word));
            let marked: Vec<&str> = marked.map(|word| word.written).collect();
            assert_eq!(marked, expected, "{text}");
        }
    }
}
