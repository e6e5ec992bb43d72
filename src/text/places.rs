//! Where a text says that something happened. In scripts without capitals: the words beside the signs of a place, such
//! as `city` and `province`, and no signs beside which much else stands, such as `in`. In others a capital shows a name, and
//! there a name behind `in` will do. It knows no places.

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

/// Those of a language with capitals by its two-letter code; none if none are known.
pub fn place_words(language: &str) -> &'static [&'static str] {
    let found = BEFORE_NAMES.iter().find(|(code, _)| *code == language);
    found.map_or(&[], |(_, words)| words)
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
        let start = word.written.as_ptr() as usize - text.as_ptr() as usize;
        let (before, behind) = (&text[..start], &text[start + word.written.len()..]);
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
