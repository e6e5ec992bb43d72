//! Which of several things a title tells of, by an ordinal: `the second confidence vote`. Only of what is told one after
//! the other: of a title won, a rate kept or a month an ordinal says no more than how often, or when.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::counted::Told;
use crate::text::concepts::concept_of;
use crate::text::months::month_of;
use crate::text::words::{fold_word, hash_word};

/// What is numbered by a number behind it: `stage 12`, `day two`.
const NUMBERED: &str = "stage étape etapa tappa etappe etapp etap этап game test matchday spieltag jornada journée giornata \
    speelronde round runde ronda ronde runda omgång kolejka тур day tag dag jour episode folge episodio chapter heat \
    phase semaine week woche gameweek match";
/// What is numbered by an ordinal before it. No round: who wins the first goes to the second.
const ORDERED: &str = "stage étape etapa tappa etappe etapp etappen этап game test matchday spieltag jornada journée giornata \
    omgång omgången day tag dag dagen dia día giorno jour episode folge episodio chapter heat phase semaine week woche \
    gameweek match matchen leg semifinal vote ballot hearing session reading debate tranche batch abstimmung \
    vertrauensabstimmung misstrauensvotum misstrauensantrag wahlgang lesung sitzung prozesstag verhandlungstag debatte \
    motion scrutin audience votación moción debate sesión audiencia votação moção sessão votazione mozione seduta udienza \
    stemming motie debat omröstning omröstningen";
/// Words behind an ordinal one of which is what it numbers: `second no-confidence vote`.
const ORDERED_WITHIN: usize = 3;
/// Words behind that which say of how many it is one.
const SINCE_WITHIN: usize = 4;

/// Ordinals from one on, by language; `/` parts forms of one.
const ORDINALS: [(&str, &str); 10] = [
    (
        "en",
        "first second third fourth fifth sixth seventh eighth ninth tenth",
    ),
    (
        "de",
        "erste/ersten/erster/erstes zweite/zweiten/zweiter/zweites dritte/dritten/dritter/drittes vierte/vierten/vierter/viertes \
        fünfte/fünften/fünfter/fünftes sechste/sechsten/sechster/sechstes siebte/siebten/siebter/siebtes \
        achte/achten/achter/achtes neunte/neunten/neunter/neuntes zehnte/zehnten/zehnter/zehntes",
    ),
    (
        "fr",
        "premier/première deuxième/second/seconde troisième quatrième cinquième sixième septième huitième neuvième dixième",
    ),
    (
        "es",
        "primer/primero/primera segundo/segunda tercer/tercero/tercera cuarto/cuarta quinto/quinta sexto/sexta \
        séptimo/séptima octavo/octava noveno/novena décimo/décima",
    ),
    (
        "pt",
        "primeiro/primeira segundo/segunda terceiro/terceira quarto/quarta quinto/quinta sexto/sexta sétimo/sétima \
        oitavo/oitava nono/nona décimo/décima",
    ),
    (
        "it",
        "primo/prima secondo/seconda terzo/terza quarto/quarta quinto/quinta sesto/sesta settimo/settima ottavo/ottava \
        nono/nona decimo/decima",
    ),
    (
        "nl",
        "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende",
    ),
    (
        "sv",
        "första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde",
    ),
    (
        "da",
        "første anden tredje fjerde femte sjette syvende ottende niende tiende",
    ),
    (
        "nb",
        "første andre tredje fjerde femte sjette sjuende åttende niende tiende",
    ),
];
/// Endings that make an ordinal of digits: `12th`, `13e`, `2ª`.
const ORDINAL_ENDINGS: [&str; 10] = ["st", "nd", "rd", "th", "e", "er", "ème", "ª", "º", "o"];
/// Languages in which a point makes an ordinal of digits: `12. Etappe`.
const POINTED: [&str; 15] = [
    "de", "da", "nb", "no", "fi", "et", "lv", "pl", "cs", "sk", "hu", "hr", "sl", "sr", "tr",
];

/// Before an ordinal, that it counts what somebody did, or for how long: `his third`, `for the second day`.
const OWN: &str = "his her its their my our for sein seine seinen seinem seiner ihr ihre ihren ihrem ihrer son sa ses leur leurs \
    pour su sus por seu sua seus suas pelo pela suo sua suoi loro per zijn haar hun voor sin sitt sina hans hennes deres för";
/// What may stand between that and the ordinal.
const ARTICLES: &str = "the a an le la el o il den";
/// Behind an ordinal, that what it numbers does not stand behind them, or that it counts how often in a row.
const ENDS_GROUP: &str = "straight consecutive successive career time times mal fois vez veces volta keer in of at on to from by with and \
    since im am an von vom zu zum zur bei mit für und van op bij met en de du des da do di del i på av til och og";
/// Behind what is numbered, that it is one of those since then, or in a row.
const SINCE: &str = "since ever row running year years month months decade decades season career this seit jahr jahre jahren monat monaten \
    saison folge depuis année années mois suite desde año años meses temporada ano anos temporada seguido seguida dal anno \
    anni stagione sinds jaar seizoen sedan år säsong säsongen rad sæson";

/// What stands before what came earlier: `after humiliation in first ballot`.
const AFTER: [(&str, &str); 15] = [
    ("en", "after following"),
    ("de", "nach"),
    ("fr", "après"),
    ("es", "tras después"),
    ("pt", "após depois"),
    ("it", "dopo"),
    ("nl", "na"),
    ("sv", "efter"),
    ("da", "efter"),
    ("nb", "etter"),
    ("pl", "po"),
    ("cs", "po"),
    ("ro", "după"),
    ("ru", "после"),
    ("uk", "після"),
];

struct Lists {
    /// By language.
    after: FxHashMap<&'static str, Vec<u32>>,
    numbered: FxHashSet<u32>,
    ordered: FxHashSet<u32>,
    own: FxHashSet<u32>,
    articles: FxHashSet<u32>,
    ends_group: FxHashSet<u32>,
    since: FxHashSet<u32>,
    /// By language and hash.
    ordinals: FxHashMap<(&'static str, u32), u32>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let set = |listed: &'static str| listed.split_whitespace().map(hash_of).collect();
    let mut ordinals = FxHashMap::default();
    for (language, row) in ORDINALS {
        for (number, forms) in (1..).zip(row.split_whitespace()) {
            let forms = forms.split('/').map(hash_of);
            ordinals.extend(forms.map(|form| ((language, form), number)));
        }
    }
    let after =
        AFTER.map(|(code, listed)| (code, listed.split_whitespace().map(hash_of).collect()));
    Lists {
        after: after.into_iter().collect(),
        numbered: set(NUMBERED),
        ordered: set(ORDERED),
        own: set(OWN),
        articles: set(ARTICLES),
        ends_group: set(ENDS_GROUP),
        since: set(SINCE),
        ordinals,
    }
});

fn hash_of(word: &str) -> u32 {
    let mut folded = String::new();
    fold_word(word, &mut folded);
    hash_word(&folded)
}

/// True if the number behind a word says which of several: `stage 12`.
pub(super) fn is_numbered(word: &Told<'_>) -> bool {
    LISTS.numbered.contains(&word.hash)
}

/// The word that the ordinal at a place numbers; `None` if it is none of which each is told for itself.
pub(super) fn ordered_by<'t>(words: &'t [Told<'t>], at: usize) -> Option<&'t Told<'t>> {
    let mut before = words[..at].iter().rev();
    let before = before.find(|word| !LISTS.articles.contains(&word.hash));
    if before.is_some_and(|word| LISTS.own.contains(&word.hash)) {
        return None;
    }
    let behind = &words[at + 1..];
    let ends =
        |word: &&Told| word.is_cut || LISTS.ends_group.contains(&word.hash) || is_month(word);
    let mut group = behind
        .iter()
        .take(ORDERED_WITHIN)
        .take_while(|word| !ends(word));
    let place = group.position(|word| LISTS.ordered.contains(&word.hash))?;
    let rest = behind[place + 1..].iter().take_while(|word| !word.is_cut);
    let mut rest = rest.take(SINCE_WITHIN);
    let is_since = |word: &Told| LISTS.since.contains(&word.hash);
    // `third stage win`.
    let is_win = behind.get(place + 1).is_some_and(tells_win);
    (!is_win && !rest.any(is_since)).then_some(&behind[place])
}

/// The words of a language, by their hashes, behind which stands what came earlier.
pub(super) fn words_for_after(language: &str) -> &'static [u32] {
    LISTS.after.get(language).map_or(&[], Vec::as_slice)
}

/// True if a word before the one at a place, in its part of the sentence, says that it tells what came earlier.
pub(super) fn is_of_before(words: &[Told<'_>], at: usize) -> bool {
    for at in (0..=at).rev() {
        if words[at].says_after || words[at].is_cut {
            return words[at].says_after;
        }
    }
    false
}

fn tells_win(word: &Told<'_>) -> bool {
    let mut folded = String::new();
    fold_word(word.written, &mut folded);
    !word.is_cut && concept_of(&folded) == "win"
}

/// True of the name of a month: what stands before it is a day.
pub(super) fn is_month(word: &Told<'_>) -> bool {
    let mut folded = String::new();
    fold_word(word.written, &mut folded);
    month_of(&folded).is_some()
}

/// What an ordinal says, in digits or as a word whose folded form has this hash; `behind` is the text behind it.
pub(super) fn ordinal_of(written: &str, hash: u32, language: &str, behind: &str) -> Option<u32> {
    let word = ORDINALS.iter().find(|(code, _)| *code == language);
    let word = word.and_then(|(code, _)| LISTS.ordinals.get(&(*code, hash)));
    word.copied()
        .or_else(|| ordinal_of_digits(written, language, behind))
}

/// What digits say with an ending that makes them an ordinal, or with a point and a word behind them, as in
/// `12. Etappe`.
fn ordinal_of_digits(written: &str, language: &str, behind: &str) -> Option<u32> {
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    let number: u32 = written[..digits]
        .parse()
        .ok()
        .filter(|number| *number < 1000)?;
    let ending = &written[digits..];
    let has_point = || {
        let mut letters = behind.strip_prefix(". ").unwrap_or_default().chars();
        POINTED.contains(&language) && letters.next().is_some_and(char::is_alphabetic)
    };
    let is_ordinal = match ending {
        "" => has_point(),
        ending => ORDINAL_ENDINGS.contains(&ending),
    };
    is_ordinal.then_some(number)
}
