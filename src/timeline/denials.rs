//! Headlines that ask or deny what they name, or call it a rumour: nothing has happened in them. What denies in which
//! language stands in `denials.txt`.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::figures::{Words, words_of};
use super::tongues::{Signs, Tongues, words_of_list};

/// The words of `denials.txt`.
struct Lists {
    untrue: Signs,
    denials: Signs,
    denied: Signs,
    what: Signs,
    false_signs: Signs,
    unproved: Signs,
    told: Signs,
    closing: Signs,
    hoax: Signs,
    made_of: Signs,
    untrue_pairs: Pairs,
    untrue_ends: Pairs,
    pairs: Pairs,
    gaps: Pairs,
    ends: Pairs,
    absent: Pairs,
}

const FILE: &str = include_str!("denials.txt");

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let signs = |list| Signs::of(words_of_list(FILE, list));
    Lists {
        untrue: signs("untrue"),
        denials: signs("denials"),
        denied: signs("denied"),
        what: signs("what"),
        false_signs: signs("false"),
        unproved: signs("unproved"),
        told: signs("told"),
        closing: signs("closing"),
        hoax: signs("hoax"),
        made_of: signs("made-of"),
        untrue_pairs: Pairs::of("untrue-pairs"),
        untrue_ends: Pairs::of("untrue-ends"),
        pairs: Pairs::of("pairs"),
        gaps: Pairs::of("gaps"),
        ends: Pairs::of("ends"),
        absent: Pairs::of("absent"),
    }
});

/// Two words that deny together, by the first.
struct Pairs(FxHashMap<&'static str, Vec<(Signs, Tongues)>>);

impl Pairs {
    fn of(list: &str) -> Self {
        let mut pairs: FxHashMap<&str, Vec<_>> = FxHashMap::default();
        for (codes, pair) in words_of_list(FILE, list) {
            let (tongues, pair) = Tongues::of(codes, pair);
            if let Some((first, then)) = pair.split_once('_') {
                let then = Signs::of(std::iter::once((codes, then)));
                pairs.entry(first).or_default().push((then, tongues));
            }
        }
        Self(pairs)
    }

    /// True if the word at a place is the first of a pair whose second one stands at a place behind it that counts, at
    /// most `reach` words on, in the same part of the headline.
    fn stand_at(
        &self,
        words: &Words<'_>,
        at: usize,
        reach: usize,
        counts: impl Fn(usize) -> bool,
    ) -> bool {
        let Some(seconds) = self.0.get(words[at].as_str()) else {
            return false;
        };
        let language = words.language;
        let mut spoken = seconds
            .iter()
            .filter(|(_, tongues)| tongues.speak(language));
        spoken.any(|(then, _)| {
            let mut behind = words.behind(at + 1, reach);
            behind.any(|near| then.stand_in(&words[near], language) && counts(near))
        })
    }
}

/// Words from the first of a pair to the second, at most, where others may stand between them.
const GAP: usize = 6;
/// The same where the first says that there is none of the second.
const ABSENT: usize = 2;

/// True if a headline asks instead of telling.
pub(super) fn asks(headline: &str) -> bool {
    headline.contains(['?', '？', '؟'])
}

/// True if a headline of which the words are known asks or denies.
pub(super) fn is_open_in(words: &Words<'_>, headline: &str) -> bool {
    asks(headline) || denies_in(words)
}

/// True if a text denies what it names.
pub(super) fn denies(text: &str) -> bool {
    denies_in(&words_of(text, ""))
}

fn denies_in(words: &Words<'_>) -> bool {
    calls_false(words)
        || (0..words.len()).any(|at| {
            is_in(&LISTS.denials, words, at)
                || is_denied(words, at)
                || is_told_as(&LISTS.unproved, words, at)
                || is_in_pair(words, at)
        })
}

/// True if a headline itself calls false what it names; not if it tells that somebody denies it.
pub(super) fn calls_false(words: &Words<'_>) -> bool {
    (0..words.len()).any(|at| {
        is_in(&LISTS.untrue, words, at)
            || is_told_as(&LISTS.false_signs, words, at)
            || is_hoax(words, at)
            || LISTS.untrue_pairs.stand_at(words, at, 1, |_| true)
            || ends_with(&LISTS.untrue_ends, words, at)
    })
}

fn is_in(signs: &Signs, words: &Words<'_>, at: usize) -> bool {
    signs.stand_in(&words[at], words.language)
}

/// True if a word denies together with one behind it.
fn is_in_pair(words: &Words<'_>, at: usize) -> bool {
    LISTS.pairs.stand_at(words, at, 1, |_| true)
        || LISTS.gaps.stand_at(words, at, GAP, |_| true)
        || ends_with(&LISTS.ends, words, at)
        || !words.is_number(at + 1) && LISTS.absent.stand_at(words, at, ABSENT, |_| true)
}

/// True of a pair whose second word ends its part of the headline.
fn ends_with(pairs: &Pairs, words: &Words<'_>, at: usize) -> bool {
    let ends_part = |at: usize| at + 1 >= words.len() || words.is_stopped(at + 1);
    pairs.stand_at(words, at, GAP, ends_part)
}

/// Words from a thing that is told to `denied`, at most.
const TOLD: usize = 6;

/// True of `denied that 200 died` and `reports denied`; false of `denied bail` and of `bail denied`.
fn is_denied(words: &Words<'_>, at: usize) -> bool {
    let is_told = |near: usize| is_in(&LISTS.told, words, near);
    let is_what = |near: usize| {
        words.is_number(near)
            || is_in(&LISTS.what, words, near)
            || words[near] == "the" && words.behind(near + 1, 1).any(is_told)
    };
    is_in(&LISTS.denied, words, at)
        && match words.behind(at + 1, 1).next() {
            Some(next) => is_what(next),
            None => words.before(at, TOLD).any(is_told),
        }
}

/// True of `false reports` and `it is false`; false of `false arrest`.
fn is_told_as(signs: &Signs, words: &Words<'_>, at: usize) -> bool {
    let ends = |next: usize| is_in(&LISTS.told, words, next) || is_in(&LISTS.closing, words, next);
    is_in(signs, words, at) && words.behind(at + 1, 1).next().is_none_or(ends)
}

/// True of a report that is a hoax; false of a `bomb hoax` and of `hoax calls`.
fn is_hoax(words: &Words<'_>, at: usize) -> bool {
    let is_made_of = |near: usize| is_in(&LISTS.made_of, words, near);
    is_in(&LISTS.hoax, words, at)
        && !words.before(at, 1).any(is_made_of)
        && !words.behind(at + 1, 1).any(is_made_of)
}

#[cfg(test)]
mod tests {
    use super::super::stages::{is_open, stage_of};
    use super::super::tolls::check_tolls;

    #[test]
    fn what_is_absent_stands_near_what_says_so() {
        assert!(!is_open("No 10 under pressure after arrest of aide", "en"));
        assert!(!is_open("No talks, then arrest of aide", "en"));
        assert!(is_open("No immediate arrests over blast", "en"));
        assert!(is_open("Police make no arrest", "en"));
        assert!(is_open("Kein Rücktritt geplant", "de"));
    }

    #[test]
    fn who_is_said_to_have_died_by_what_is_denied_is_no_dead() {
        for (headline, language) in [
            ("Junta denied 30 villagers were killed in raid", "en"),
            ("Viral post about 40 dead in mall fire is a hoax", "en"),
            ("Fake posts claim 15 dead in Lagos blast", "en"),
            ("False rumours of 20 deaths spark panic in Surat", "en"),
            ("Mayor debunks claim of 18 dead in tunnel", "en"),
            ("Fact check: No, 60 people did not die in Bondi flood", "en"),
            ("No proof that 25 died in prison, ministry says", "en"),
            ("Claims of 33 dead in raid denied", "en"),
            ("Army disputes UN figure of 300 killed", "en"),
            ("Claim that 90 died in camp is untrue", "en"),
            ("Unconfirmed reports of 11 dead in Aleppo", "en"),
            (
                "Reports of 14 killed in Goma are false, governor says",
                "en",
            ),
            ("Faktencheck: Keine 80 Tote bei Unwetter in Franken", "de"),
            ("Gerücht über 17 Tote in Dortmund hält sich", "de"),
            ("Bericht über 22 Tote ist falsch, sagt die Polizei", "de"),
            ("Infox : non, il n'y a pas eu 60 morts à Mayotte", "fr"),
            ("Fausse information sur 14 morts à Lille", "fr"),
            ("El bulo de los 200 muertos en el aparcamiento", "es"),
            ("Es falso que haya 30 muertos, dice el alcalde", "es"),
            ("La bufala dei 50 morti a Valencia", "it"),
            ("Boato sobre 40 mortos em presídio", "pt"),
            ("Nepnieuws over 12 doden in Breda", "nl"),
            ("Falska uppgifter om 20 döda i Borås", "sv"),
            ("Fejk: 15 zabitych w Łodzi", "pl"),
            ("25 ölü iddiası yalanlandı", "tr"),
            ("Слухи о 30 погибших в Омске", "ru"),
            ("Сообщение о 14 погибших не подтвердилось", "ru"),
            ("شائعات عن مقتل 30 شخصا في إربد", "ar"),
            ("لا صحة لأنباء مقتل 12 جنديا", "ar"),
            ("网传20人死亡系谣言", "zh"),
            ("警方辟谣：15人死亡不实", "zh"),
            ("「20人死亡」はデマ 県警", "ja"),
            ("'30명 사망'은 가짜뉴스", "ko"),
        ] {
            check_tolls(&[(headline, language, None)]);
        }
    }

    #[test]
    fn what_only_sounds_like_a_denial_takes_nothing_back() {
        check_tolls(&[
            ("Gunman who was denied a visa kills 6", "en", Some(6)),
            ("Bomb hoax at Delhi school; crash kills 14", "en", Some(14)),
            (
                "False ceiling collapses in Pune mall, 8 dead",
                "en",
                Some(8),
            ),
            ("Fake police officers kill 7 in Benue", "en", Some(7)),
            ("Blast rules club out for years: 9 dead", "en", Some(9)),
            ("Not far from Lyon, bus crash kills 21", "en", Some(21)),
            ("Falsche Polizisten: 3 Tote in Essen", "de", Some(3)),
            ("Explosion schließt 5 Bergleute ein, 2 Tote", "de", Some(2)),
            ("Faux policiers : 4 morts à Nice", "fr", Some(4)),
            ("Falso techo cae en escuela: 6 muertos", "es", Some(6)),
            ("Falso allarme gas, poi il crollo: 5 morti", "it", Some(5)),
            ("Falsk läkare inne på sjukhus: 7 döda", "sv", Some(7)),
            ("Слушания в Думе: 15 погибших в ДТП", "ru", Some(15)),
            ("泥石流致19人死亡", "zh", Some(19)),
        ]);
    }

    #[test]
    fn what_is_said_to_be_a_rumour_is_no_stage() {
        for (headline, language) in [
            ("Reports that minister resigned are fake", "en"),
            ("Finance chief denied he resigned", "en"),
            ("Fact check: general arrested in Harare", "en"),
            ("No evidence mayor was arrested, police say", "en"),
            (
                "Falschmeldung: Söder tritt als Ministerpräsident zurück",
                "de",
            ),
            ("Infox : le préfet démissionne", "fr"),
            ("El rumor de que el ministro dimite", "es"),
            ("Boato de que governador renuncia", "pt"),
            ("Bufala: il sindaco si dimette", "it"),
            ("Vali istifa etti haberi asılsız", "tr"),
            ("Başkan tutuklandı söylentisi yalanlandı", "tr"),
            ("Сообщения, что мэр арестован, не подтвердились", "ru"),
            ("Фейк: губернатор подал в отставку", "ru"),
            ("شائعة استقالة رئيس الوزراء", "ar"),
            ("أنباء عن استقالة المحافظ", "ar"),
            ("市长被捕系谣言", "zh"),
            ("网传校长辞职", "zh"),
            ("「知事が辞任」はデマ", "ja"),
            ("장관 사퇴는 가짜뉴스", "ko"),
            ("Macron exclut de dire qu'il démissionne", "fr"),
            ("Pistorius schließt aus, dass er kandidiert", "de"),
        ] {
            assert_eq!(stage_of(headline, language), None, "{headline}");
            assert!(is_open(headline, language), "{headline}");
        }
    }

    #[test]
    fn what_is_left_out_shut_or_sentenced_is_not_denied() {
        for (headline, language) in [
            ("FIFA exclut le Congo", "fr"),
            ("Le jury exclut un candidat", "fr"),
            ("Ford schließt Werk in Saarlouis aus Kostengründen", "de"),
            ("Kaufhof schließt 16 Häuser aus Geldmangel", "de"),
            ("Richter weist Mann zurück in Haft", "de"),
            ("Woman is paid damages for false imprisonment", "en"),
            ("Judge rules jury's 4 notes out of time", "en"),
            ("Ex-mayor denied bail as trial opens", "en"),
            ("Bail denied for ex-minister", "en"),
            ("Migrants were denied food, court hears", "en"),
            ("Bomb threat hoax caller named", "en"),
            ("Fake doctor named in Leeds", "en"),
            ("Falscher Arzt in Bonn verurteilt", "de"),
            ("Ente stoppt Zug bei Kiel, Schaffner vermisst", "de"),
            ("False widow spiders spread in Kent", "en"),
            ("Juez descartado del tribunal", "es"),
            ("Nega ist ein Vorname", "de"),
            ("Exclut par erreur", "nl"),
        ] {
            assert!(!is_open(headline, language), "{headline}");
        }
    }

    #[test]
    fn the_list_is_in_the_form_in_which_words_are_compared() {
        use unicode_normalization::UnicodeNormalization;
        for line in super::FILE
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
        {
            assert_eq!(line.nfkc().collect::<String>().to_lowercase(), line);
            let (list, _) = line.split_once(':').expect("a list has a name");
            let is_of_words = list.split(' ').next() == Some("denials");
            assert!(!is_of_words || !line.contains('_'), "{line}");
        }
    }
}
