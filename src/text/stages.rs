//! At what stage of a matter a headline stands: still ahead, or done, and in which direction.
//!
//! Words of some languages, many only for beginnings and ends; a headline in another language has no stage.
//! Pairs of characters are words in scripts that put no space between them.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::concepts::concept_of;
use super::words::fold_word;

/// Stages that a text names, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stages(u16);

/// Still to come, planned or feared.
const AHEAD: u16 = 1;

/// Rows of words; in each, the first list is the opposite of the second. In the first row that is a beginning and an
/// end, in the last what lasts and that it has ended.
const OPPOSITES: [(&str, &str); 6] = [
    (
        "open begin start arrive kick launch meet greet shake kickoff börjar inleds startar beginnt eröffnet comienza abre \
         ouvre s'ouvre débute commence inizia começa inicia begint rozpoczął rozpoczęła rozpoczyna \
         открылся открылась открылись открывается начался началась начались начинается стартовал стартовала \
         розпочався розпочалася розпочалися розпочинається відкрився відкрилася почався почалася \
         افتتاح افتتحت افتتح انطلاق انطلقت انطلق بدء تنطلق آغاز شروع گشایش נפתח נפתחה נפתחו החל החלה शुरू आगाज शुभारंभ \
         başladı başlıyor açıldı açılıyor ξεκίνησε ξεκινά άρχισε αρχίζει 開幕 開始 開会 开幕 开始 启动 啟動 개막 시작 개회 \
         เปิด เริ่ม",
        "end conclude close leave depart wrap finish avslutas slutar endet beendet termina concluye \
         s'achève encerra conclui eindigt zakończył zakończyła \
         завершился завершилась завершились завершается закончился закончилась закончились закрылся \
         завершився завершилася завершилися закінчився закінчилася закінчилися \
         اختتام اختتمت اختتم ختام انتهاء انتهت تختتم پایان خاتمه הסתיים הסתיימה הסתיימו ננעל ננעלה खत्म समाप्त संपन्न \
         sona bitti tamamlandı sonuçlandı ολοκληρώθηκε ολοκληρώνεται έληξε τελείωσε 閉幕 終了 閉会 闭幕 结束 結束 폐막 종료 폐회 \
         ปิด จบ",
    ),
    (
        "approve pass agree accept sign win advance endorse survive uphold godkänner antar billigt aprueba",
        "reject block fail refuse deny oppose veto halt lose defeat decline stall collapse avvisar stoppar lehnt rechaza",
    ),
    (
        "rise jump rally gain soar surge climb rebound rocket hike raise höjer stiger steigt sube",
        "fall drop plunge slump tumble sink slide dive cut sänker faller sinkt baja cae",
    ),
    (
        "arrest detain charge jail convict indict griper verhaftet detiene",
        "release free acquit pardon släpper freigelassen libera",
    ),
    (
        "impose hit slap threaten announce inför verhängt impone",
        "lift scrap suspend delay pause withdraw abandon skjuter hebt suspende",
    ),
    (
        "close closure gesperrt sperrung avstängd avstängt afgesloten interditada interditado перекрыт перекрыта перекрыто \
         закрыт закрыта закрыто закрыли закрито lukket spærret stengt sperret 閉鎖 关闭 關閉 封闭 封閉 폐쇄",
        "reopen återöppna återöppnas återöppnar återöppnad rouvre rouvrent rouvert rouverte reabre reabren reabierto reabierta \
         reabrem reaberto reaberta riapre riaprono riaperto riaperta heropend heropent heropenen wiedereröffnet genåbnet genåbner \
         genåbnes gjenåpnet gjenåpner gjenåpnes 再開 重开 重開 재개",
    ),
];

/// The place of the row of what lasts.
const LASTING: usize = 5;
const LASTS: u16 = 1 << (1 + 2 * LASTING);
const HAS_ENDED: u16 = 2 << (1 + 2 * LASTING);

/// Words that say so together, at most [`NEAR`] apart; of what lasts, in this order.
const PAIRS: [(&str, &str, u16); 6] = [
    ("take taken held", "hostage", LASTS),
    ("walk", "out", LASTS),
    ("strike", "over", LASTS),
    ("hostage", "free release", HAS_ENDED),
    ("strike walkout siege standoff", "end", HAS_ENDED),
    (
        "open öppen öppet öppnar öppnad geöffnet offen freigegeben åben åbent åbner åbnet åpen åpent åpner åpnet открыт открыта \
         открыто открыли відкрито відкрили",
        "again igen igjen wieder åter weer вновь снова знову",
        HAS_ENDED,
    ),
];
const NEAR: usize = 3;
/// Behind `over`, what a strike is about that lasts: `strike over pay`.
const REASONS: &str = "pay wage salary bonus job work condition contract cut pension plan safety staff staffing hour shift layoff reform row dispute";

/// Behind one of these what lasts is told as what was before: `reopens after heist closure`, `airport closed since May`
/// (right behind it).
const AFTER: &str = "after following since despite nach trotz seit efter trots etter sedan après malgré depuis tras después \
    desde dopo após apesar depois na sinds ondanks после після";
/// Between that and such a verb, or a noun, at most. What stands between is what came first, and many languages put their
/// verb behind that (`A7 nach Unfall gesperrt`): so far from it only in a title that says that it is over.
const BEHIND_AFTER: usize = 2;
const NOUN_BEHIND_AFTER: usize = 4;
const NOUNS: &str = "closure";
/// What stands between it and a noun or a verb that it is about: `dopo la chiusura`, `after being closed`.
const ARTICLES: &str = "the a being la le il lo el les los las o a de het die der den dem";
/// Those of them that a time follows: `closed since May`. No `с`: it is `from` as well, and `with`.
const SINCE: &str = "since seit sedan depuis desde sinds";
/// Right behind it, that it lasts no more: `Sperrung aufgehoben`.
const LIFTED: &str = "lifted aufgehoben beendet hävd hävs opphevet ophævet снято сняли";
/// Behind one of these it is told of whom or what the text is about: `pilots who walked out accept deal`.
const RELATIVES: &str = "who which that qui dat";

/// Words that say that what lasted is over: `closed by drones resumes flights`.
const RETURNS: &str = "resume resumption hervat hervatten återupptar återupptas gjenopptar gjenopptas genoptager genoptages \
    wiederaufgenommen wiederaufnahme reprend reprennent reprise reanuda reanudan riprende riprendono ripresa retoma retomam \
    возобновил возобновили возобновлены возобновлено возобновляет відновив відновили відновлено";
/// The same, unless they stand beside or behind the word for what lasts: `closed again`.
const AGAIN: &str = "again wieder igen igjen åter weer opnieuw вновь снова знову";
/// Behind `back`, that something is where it was: `back to class`.
const BACK_TO: [&str; 8] = ["to", "on", "in", "at", "online", "open", "after", "up"];

const AHEAD_WORDS: &str = "will set plan ahead loom expected may could might upcoming prepare consider seek want urge \
    would tomorrow next before eye brace weigh mull await ska väntas kan inför wird soll könnte vor planea podria prevé";

impl Stages {
    /// The stages that a sequence of folded words names. A verb of purpose (`to end the war`) names
    /// none.
    pub fn of_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Stages {
        let words = without_open_ended(words.into_iter().collect());
        let pairs = bits_of_pairs(&words);
        let found: Vec<u16> = words.iter().map(|word| Stages::of_word(word).0).collect();
        let named = found.iter().fold(pairs.ended, |all, bits| all | bits);
        let is_over = named & HAS_ENDED != 0 || tells_return(&words);
        let lasts_no_more = |at: usize| found[at] & LASTS != 0 && tells_before(&words, at, is_over);
        let mut bits = pairs.ended;
        if pairs
            .lasting
            .iter()
            .any(|at| !tells_before(&words, *at, is_over))
        {
            bits |= LASTS;
        }
        for (at, found) in found.iter().enumerate() {
            bits |= match is_purpose(&words, at) {
                true => found & AHEAD,
                false if lasts_no_more(at) => found & !LASTS,
                false => *found,
            };
        }
        if bits & HAS_ENDED == 0 && is_over {
            bits &= !LASTS;
        }
        Stages(bits)
    }

    /// The stages that a folded word names; plural endings are expected to be off.
    pub fn of_word(folded: &str) -> Stages {
        let bits_of = |word: &str| WORDS.get(word).copied().unwrap_or(0);
        let past = folded.strip_suffix("ed").or(folded.strip_suffix('d'));
        let stems = [past, folded.strip_suffix("ing")];
        let inflected = stems.into_iter().flatten().map(bits_of);
        Stages(inflected.fold(bits_of(folded), |bits, stem| bits | stem))
    }

    /// Both sets together.
    pub fn and(self, other: Stages) -> Stages {
        Stages(self.0 | other.0)
    }

    /// True if one text says that it is still ahead and the other does not.
    pub fn one_is_ahead(self, other: Stages) -> bool {
        (self.0 ^ other.0) & AHEAD != 0
    }

    /// True if both say that it is still ahead.
    pub fn both_ahead(self, other: Stages) -> bool {
        self.0 & other.0 & AHEAD != 0
    }

    /// True if one names the opposite of what the other names, and they agree in no stage.
    pub fn are_opposite(self, other: Stages) -> bool {
        self.opposed(other) != 0
    }

    /// True if one names a beginning and the other an end, and they agree in no stage, or if one names what lasts and the
    /// other that it has ended, whatever else they agree in: a port that is shut opens when the strike ends.
    pub fn are_beginning_and_end(self, other: Stages) -> bool {
        let of = |stages: Stages| stages.0 & (LASTS | HAS_ENDED);
        let has_ended = matches!(
            (of(self), of(other)),
            (LASTS, HAS_ENDED) | (HAS_ENDED, LASTS)
        );
        has_ended || self.opposed(other) & 0b11 != 0
    }

    fn opposed(self, other: Stages) -> u16 {
        let (a, b) = (self.0 >> 1, other.0 >> 1);
        let swapped = ((b & 0x5555) << 1) | ((b & 0xAAAA) >> 1);
        if a & b == 0 { a & swapped } else { 0 }
    }

    /// True if both name the same stage.
    pub fn agree(self, other: Stages) -> bool {
        (self.0 >> 1) & (other.0 >> 1) != 0
    }
}

/// Without the words of `open-ended`, which neither opens nor ends.
fn without_open_ended(mut words: Vec<&str>) -> Vec<&str> {
    let is_it = |pair: &[&str]| matches!(pair, ["open", "end" | "ended"]);
    while let Some(at) = words.windows(2).position(is_it) {
        words.drain(at..at + 2);
    }
    words
}

/// True if a word before the one at a place says that it is what for, as in `to end the war`.
fn is_purpose(words: &[&str], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| words[before]);
    before.is_some_and(|before| matches!(before, "to" | "att" | "zu" | "the" | "pour" | "para"))
}

/// True if what lasts by the word at a place is told as what was before, in a title that says that it is over or does
/// not, or of what the text is about.
fn tells_before(words: &[&str], at: usize, is_over: bool) -> bool {
    let lists = &*BEFORE;
    let any_before = |reach: usize, list: &FxHashSet<String>| {
        let before = &words[at.saturating_sub(reach)..at];
        before.iter().any(|word| list.contains(*word))
    };
    let is_between = |word: &&&str| lists.articles.contains(**word);
    let before = words[..at].iter().rev().take(BEHIND_AFTER);
    let is_right_behind = || {
        let mut before = before.skip_while(is_between);
        before
            .next()
            .is_some_and(|word| lists.after.contains(*word))
    };
    let is_behind = match (lists.nouns.contains(words[at]), is_over) {
        (true, _) => any_before(NOUN_BEHIND_AFTER, &lists.after),
        (false, true) => any_before(BEHIND_AFTER, &lists.after),
        (false, false) => is_right_behind(),
    };
    let behind = words.get(at + 1);
    is_behind
        || any_before(BEHIND_AFTER, &lists.relatives)
        || behind.is_some_and(|word| lists.since.contains(*word) || lists.lifted.contains(*word))
}

/// True if a word says that what lasted is over, though it is listed as no end.
fn tells_return(words: &[&str]) -> bool {
    let in_pair = |word: &str| {
        let mut pairs = PAIRED.get(word).into_iter().flatten();
        pairs.any(|(pair, _)| PAIRS[*pair].2 == LASTS)
    };
    let lasts = |word: &&str| Stages::of_word(word).0 & LASTS != 0 || in_pair(word);
    let again = |at: usize| {
        let to_next = &words[..words.len().min(at + 2)];
        BEFORE.again.contains(words[at]) && !to_next.iter().any(lasts)
    };
    let back = |at: usize| {
        let behind = words.get(at + 1);
        words[at] == "back" && behind.is_some_and(|word| BACK_TO.contains(word))
    };
    let returns = |at: usize| BEFORE.returns.contains(words[at]) || again(at) || back(at);
    (0..words.len()).any(returns)
}

/// What is said by two words near each other.
#[derive(Default)]
struct OfPairs {
    /// What has ended, as a set of bits.
    ended: u16,
    /// The places of words that say that something lasts.
    lasting: Vec<usize>,
}

fn bits_of_pairs(words: &[&str]) -> OfPairs {
    let sides = |at: usize| {
        let said = match words[at] {
            "over" => over_what(words.get(at + 1)),
            said => said,
        };
        PAIRED.get(said).map_or(&[] as &[_], Vec::as_slice)
    };
    let mut of_pairs = OfPairs::default();
    for at in 0..words.len() {
        for (pair, _) in sides(at).iter().filter(|(_, is_what)| !is_what) {
            let lasts = PAIRS[*pair].2 == LASTS;
            let behind = if lasts { 0 } else { NEAR };
            let mut near = at.saturating_sub(NEAR)..words.len().min(at + behind + 1);
            let counts = !is_purpose(words, at) && !is_noun(words, at);
            if !counts || !near.any(|near| sides(near).contains(&(*pair, true))) {
                continue;
            }
            match lasts {
                true => of_pairs.lasting.push(at),
                false => of_pairs.ended |= PAIRS[*pair].2,
            }
        }
    }
    of_pairs
}

/// What `over` says, by the word behind it: `strike over as pilots accept` ends, `strike over pay` lasts, of others it says
/// neither.
fn over_what(behind: Option<&&str>) -> &'static str {
    match behind {
        None | Some(&("as" | "after")) => "end",
        Some(word) if BEFORE.reasons.contains(*word) => "over",
        Some(_) => "",
    }
}

/// True of `end to the strike`, which may be what somebody calls for.
fn is_noun(words: &[&str], at: usize) -> bool {
    words[at] == "end" && matches!(words.get(at + 1), Some(&("to" | "of")))
}

struct Before {
    after: FxHashSet<String>,
    since: FxHashSet<String>,
    lifted: FxHashSet<String>,
    articles: FxHashSet<String>,
    nouns: FxHashSet<String>,
    relatives: FxHashSet<String>,
    returns: FxHashSet<String>,
    again: FxHashSet<String>,
    reasons: FxHashSet<String>,
}

/// The words that say that what lasts is not what a text tells, folded and by their concepts, as titles are.
static BEFORE: LazyLock<Before> = LazyLock::new(|| {
    let set = |list: &str| {
        let mut folded = String::new();
        let filed = list.split_whitespace().map(|word| {
            fold_word(word, &mut folded);
            concept_of(&folded).to_owned()
        });
        filed.collect()
    };
    Before {
        after: set(AFTER),
        since: set(SINCE),
        lifted: set(LIFTED),
        articles: set(ARTICLES),
        nouns: set(NOUNS),
        relatives: set(RELATIVES),
        returns: set(RETURNS),
        again: set(AGAIN),
        reasons: set(REASONS),
    }
});

/// The words of [`PAIRS`], folded: of which pair each is, and whether it is of its first list.
static PAIRED: LazyLock<FxHashMap<String, Vec<(usize, bool)>>> = LazyLock::new(|| {
    let mut paired: FxHashMap<String, Vec<(usize, bool)>> = FxHashMap::default();
    let mut folded = String::new();
    for (pair, (what, says, _)) in PAIRS.iter().enumerate() {
        for (list, is_what) in [(what, true), (says, false)] {
            for word in list.split_whitespace() {
                fold_word(word, &mut folded);
                paired
                    .entry(folded.clone())
                    .or_default()
                    .push((pair, is_what));
            }
        }
    }
    paired
});

static WORDS: LazyLock<FxHashMap<String, u16>> = LazyLock::new(|| {
    let mut words: FxHashMap<String, u16> = FxHashMap::default();
    let mut folded = String::new();
    let mut add = |list: &str, bit: u16| {
        for word in list.split_whitespace() {
            fold_word(word, &mut folded);
            *words.entry(folded.clone()).or_default() |= bit;
        }
    };
    add(AHEAD_WORDS, AHEAD);
    for (row, (left, right)) in OPPOSITES.iter().enumerate() {
        add(left, 1 << (1 + 2 * row));
        add(right, 1 << (2 + 2 * row));
    }
    words
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words::split_words;

    fn of(title: &str) -> Stages {
        let words: Vec<String> = title.split(' ').map(str::to_owned).collect();
        Stages::of_words(words.iter().map(String::as_str))
    }

    fn folded(title: &str) -> Stages {
        let words = split_words(title).map(|word| {
            let mut folded = String::new();
            fold_word(word.written, &mut folded);
            folded
        });
        let words: Vec<String> = words.collect();
        Stages::of_words(words.iter().map(String::as_str))
    }

    #[test]
    fn opening_and_ending_are_opposite() {
        assert!(of("summit open in alaska").are_opposite(of("summit ended without deal")));
        assert!(of("leader meet in alaska").are_beginning_and_end(of("summit end without deal")));
        assert!(!of("summit open in alaska").are_opposite(of("summit begin")));
        assert!(!of("summit open").are_opposite(of("talk to end war")));
        assert!(of("senate block bill").are_opposite(of("senate pass bill")));
    }

    #[test]
    fn a_beginning_and_an_end_are_known_in_other_scripts() {
        for (begun, ended) in [
            ("Саммит открылся", "Саммит завершился без соглашения"),
            ("Саміт розпочався", "Саміт завершився"),
            ("افتتاح قمة العشرين", "اختتام قمة العشرين"),
            ("آغاز نشست سران", "پایان نشست سران"),
            ("ועידת הפסגה נפתחה", "ועידת הפסגה הסתיימה"),
            ("शिखर सम्मेलन शुरू", "शिखर सम्मेलन खत्म"),
            ("G20 zirvesi başladı", "G20 zirvesi sona erdi"),
            ("Ξεκίνησε η σύνοδος", "Ολοκληρώθηκε η σύνοδος"),
            ("Le sommet s'ouvre", "Le sommet s'achève"),
            ("里斯本峰会开幕", "里斯本峰会闭幕"),
            ("サミット、リスボンで開幕", "サミット閉幕、合意なく"),
            ("정상회의 리스본서 개막", "정상회의 합의 없이 폐막"),
            ("เปิดประชุมสุดยอด", "ปิดประชุมสุดยอด"),
        ] {
            assert!(
                folded(begun).are_beginning_and_end(folded(ended)),
                "{begun}"
            );
        }
    }

    #[test]
    fn what_lasts_is_held_apart_from_its_end() {
        for (lasts, ended) in [
            (
                "dockworker strike close port of antwerp",
                "port reopen as dockworker strike end",
            ),
            (
                "pilot walk out grounding 300 flight",
                "pilot end strike after pay deal",
            ),
            (
                "port close as dockworker walk out",
                "strike over as pilot accept raise",
            ),
            (
                "gunman take 12 hostage in bank",
                "all hostage release as gunman surrender",
            ),
            (
                "docker strike over pay halt container traffic",
                "dock strike end after pay deal",
            ),
            (
                "crack force closure of bridge",
                "bridge reopen after repair",
            ),
        ] {
            assert!(of(lasts).are_beginning_and_end(of(ended)), "{lasts}");
        }
        for (one, other) in [
            ("pilot walk out over pay", "pilot strike over pay"),
            ("pilot walk out over pay", "minister call for end to strike"),
            ("pilot walk out over pay", "talk to end strike"),
            ("pilot walk out over pay", "pilot begin open ended strike"),
            ("hostage family hold protest", "hostage release near"),
            ("close bridge reopen", "bridge reopen"),
            ("close bridge reopen", "bridge close"),
            ("strike over union say", "dock strike end after pay deal"),
            (
                "strike over as docker accept pay",
                "dock strike end after pay deal",
            ),
        ] {
            assert!(!of(one).are_beginning_and_end(of(other)), "{one}");
        }
    }

    #[test]
    fn an_end_that_tells_of_what_lasted_before_is_held_apart_from_no_other_report_of_it() {
        for title in [
            "munich airport close by drone resume flight",
            "louvre welcome visitor again after heist closure",
            "flight resume at brussels airport after closure over drone",
            "traffic back on kerch bridge close after blast",
            "first gazan cross at rafah crossing close since may 2024",
            "back to class in taipei school close by typhoon",
            "trump sign bill to reopen government close for 43 day",
            "air canada to fly again after attendant who had walk out accept deal",
            "boeing machinist who walk out in august vote to return",
            "gunman who take hostage in bank let two go",
            "vliegveld dat werd afgesloten na drone hervat vlucht",
            "volo dopo close",
        ] {
            assert!(
                !of(title).are_beginning_and_end(of("airport reopen")),
                "{title}"
            );
            assert!(
                !of(title).are_beginning_and_end(of("pilot end strike")),
                "{title}"
            );
        }
        for title in [
            "munich airport close after drone sighting",
            "after blast bridge close",
            "drone close munich airport again",
            "munich airport close again after drone",
            "pilot walk out again over pay",
            "flughafen wieder gesperrt",
            "driver turned back as bridge close",
            "pilot walk out after talk fail",
        ] {
            assert!(
                of(title).are_beginning_and_end(of("airport reopen")),
                "{title}"
            );
        }
        for (lasts, is_over) in [
            ("A7 nach Unfall gesperrt", "A7 wieder geöffnet"),
            (
                "A7 nach Unfall gesperrt",
                "A7 nach Unfall wieder freigegeben",
            ),
            ("A7 seit Montag gesperrt", "A7 wieder geöffnet"),
            ("A7 gesperrt", "A7 wieder offen: Sperrung aufgehoben"),
            ("Kaufhaus nach Brand close", "Kaufhaus wieder geöffnet"),
            ("A2 na ongeluk afgesloten", "A2 weer open"),
            ("E4 efter olycka avstängd", "E4 öppnar igen"),
            ("Аэропорт после атаки закрыт", "Аэропорт вновь открыт"),
            ("Аэропорт с утра закрыт", "Аэропорт вновь открыт"),
            ("Міст після вибуху закрито", "Міст знову відкрито"),
            ("Rodovia após acidente interditada", "Rodovia reaberta"),
            ("bro lukket efter ulykke", "bro genåbnet efter ulykke"),
        ] {
            let [lasts_so, over_so] = [lasts, is_over].map(folded);
            assert!(lasts_so.are_beginning_and_end(over_so), "{lasts}");
        }
        // What was closed before is open now: apart from the report that it was closed.
        assert!(of("airport reopen after closure").are_beginning_and_end(of("airport close")));
    }

    #[test]
    fn what_is_ahead_is_told_from_what_is_done() {
        assert!(of("recall vote loom").one_is_ahead(of("governor survive recall vote")));
        assert!(of("leader will meet").both_ahead(of("leader plan talk")));
    }
}
