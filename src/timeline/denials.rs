//! Headlines that ask or deny what they name, or call it a rumour: nothing has happened in them. What denies in which
//! language stands in `denials.txt`.

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::figures::{Words, words_of};
use super::stages::{is_cleared, named_stage};
use super::tolls::{is_count, names_death};
use super::tongues::{Signs, Tongues, words_of_list};
use crate::text::words::is_unspaced;

/// The words of `denials.txt`.
struct Lists {
    untrue: Signs,
    fakes: Signs,
    denials: Signs,
    granted: Signs,
    rumours: Signs,
    borne_out: Signs,
    blamed: Signs,
    blamed_behind: Signs,
    blamed_first: Signs,
    stated: Signs,
    clauses: Signs,
    checks: Signs,
    check_pairs: Pairs,
    trades: Signs,
    courts: Signs,
    denied: Signs,
    what: Signs,
    false_signs: Signs,
    unproved: Signs,
    told: Signs,
    closing: Signs,
    hoax: Signs,
    made_of: Signs,
    untrue_things: Pairs,
    untrue_pairs: Pairs,
    untrue_ends: Pairs,
    plain: Signs,
    about: Signs,
    agents: Signs,
    relatives: Signs,
    articles: Signs,
    alarms: Signs,
    many: Signs,
    many_before: Signs,
    within: Signs,
    slain: Signs,
    crimes: Signs,
    pairs: Pairs,
    gaps: Pairs,
    claims: Pairs,
    ends: Pairs,
    absent: Pairs,
    unproven: Pairs,
}

const FILE: &str = include_str!("denials.txt");

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let signs = |list| Signs::of(words_of_list(FILE, list));
    Lists {
        untrue: signs("untrue"),
        fakes: signs("fakes"),
        denials: signs("denials"),
        granted: signs("granted"),
        rumours: signs("rumours"),
        borne_out: signs("borne-out"),
        blamed: signs("blamed"),
        blamed_behind: signs("blamed-behind"),
        blamed_first: signs("blamed-first"),
        stated: signs("stated"),
        clauses: signs("clauses"),
        checks: signs("checks"),
        check_pairs: Pairs::of("check-pairs"),
        trades: signs("trades"),
        courts: signs("courts"),
        denied: signs("denied"),
        what: signs("what"),
        false_signs: signs("false"),
        unproved: signs("unproved"),
        told: signs("told"),
        closing: signs("closing"),
        hoax: signs("hoax"),
        made_of: signs("made-of"),
        untrue_things: Pairs::of("untrue-things"),
        untrue_pairs: Pairs::of("untrue-pairs"),
        untrue_ends: Pairs::of("untrue-ends"),
        plain: signs("plain"),
        about: signs("about"),
        agents: signs("agents"),
        relatives: signs("relatives"),
        articles: signs("articles"),
        alarms: signs("alarms"),
        many: signs("many"),
        many_before: signs("many-before"),
        within: signs("within"),
        slain: signs("slain"),
        crimes: signs("crimes"),
        pairs: Pairs::of("pairs"),
        gaps: Pairs::of("gaps"),
        claims: Pairs::of("claims"),
        ends: Pairs::of("ends"),
        absent: Pairs::of("absent"),
        unproven: Pairs::of("unproven"),
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
            is_in(&LISTS.denials, words, at) && !is_refusal(words, at) && !is_defence(words, at)
                || is_rumour(words, at) && !is_blamed(words, at)
                || is_check(words, at)
                || is_denied(words, at)
                || is_told_as(&LISTS.unproved, words, at)
                || is_in_pair(words, at)
        })
}

/// What somebody denies of whom something else is told: `resigns, denies wrongdoing`.
const DEFENDED: [&str; 7] = [
    "wrongdoing",
    "guilt",
    "charges",
    "allegations",
    "accusations",
    "involvement",
    "responsibility",
];

/// True of a denial beside a deed, which is not what is denied: behind a comma, or `guilty despite denying murder`.
fn is_defence(words: &Words<'_>, at: usize) -> bool {
    let is_beside = at > 0 && (words[at - 1] == "despite" || words.is_stopped(at));
    let of_self = |behind: usize| DEFENDED.contains(&words[behind].as_str());
    is_beside && (words[at - 1] == "despite" || at + 1 < words.len() && of_self(at + 1))
}

/// Words behind a denial of which one may be what a court refuses, at most: `denies former mayor bail`.
const REFUSED: usize = 3;

/// True if what denies at a place refuses what courts and offices grant: `judge denies bail`.
fn is_refusal(words: &Words<'_>, at: usize) -> bool {
    let mut behind = words.behind(at + 1, REFUSED);
    behind.any(|near| is_in(&LISTS.granted, words, near))
}

/// True if a headline itself calls false what it names; not if it tells that somebody denies it.
pub(super) fn calls_false(words: &Words<'_>) -> bool {
    (0..words.len()).any(|at| is_verdict(words, at)) && !is_false_alarm(words)
}

/// True if a word at a place, alone or with those behind it, calls false what a headline names.
pub(super) fn is_verdict(words: &Words<'_>, at: usize) -> bool {
    is_in(&LISTS.untrue, words, at) && !is_ground(words, at)
        || is_fake(words, at) && !is_blamed(words, at)
        || LISTS.untrue_pairs.stand_at(words, at, 1, |_| true)
        || ends_with(&LISTS.untrue_ends, words, at)
}

/// True of what is untrue if that is why something else happened: `quits after untrue testimony`.
fn is_ground(words: &Words<'_>, at: usize) -> bool {
    let mut before = words.before(at, 1);
    before.any(|near| is_in(&LISTS.blamed, words, near))
}

/// Stages of what ends as an alarm does that was false.
const CALLED_OFF: [&str; 3] = ["reopened", "over", "lifted"];

/// True if what is false is an alarm that is over: `false alarm: airport reopens`.
fn is_false_alarm(words: &Words<'_>) -> bool {
    (0..words.len()).any(|at| is_in(&LISTS.alarms, words, at))
        && named_stage(words).is_some_and(|stage| CALLED_OFF.contains(&stage))
}

/// True of a word that says nothing on what is called false beside it: an article, what leads to a name or a place, what
/// told it.
pub(super) fn adds_nothing(words: &Words<'_>, at: usize) -> bool {
    let lists = [&LISTS.plain, &LISTS.told, &LISTS.stated, &LISTS.clauses];
    let signs = [&LISTS.untrue, &LISTS.fakes, &LISTS.false_signs, &LISTS.hoax];
    lists
        .into_iter()
        .chain(signs)
        .any(|signs| is_in(signs, words, at))
}

/// The places of bytes in a word of a script without spaces that add nothing in that sense.
pub(super) fn stretches_that_add_nothing(word: &str) -> impl Iterator<Item = Range<usize>> {
    let lists = [&LISTS.plain, &LISTS.untrue, &LISTS.fakes];
    lists.into_iter().flat_map(|signs| signs.places_in(word))
}

/// True of a word behind which stands how, why or of what something is told: `resigned over leak`.
pub(super) fn leads_to_detail(words: &Words<'_>, at: usize) -> bool {
    let article = words[at].split_once('\'').map(|(article, _)| article);
    let is_article = |article| LISTS.about.stand_in(article, words.language);
    is_in(&LISTS.about, words, at) || article.is_some_and(is_article)
}

/// True of what leads to who did it: `sacked by`.
pub(super) fn is_agent(words: &Words<'_>, at: usize) -> bool {
    is_in(&LISTS.agents, words, at)
}

/// True of `that`.
pub(super) fn leads_to_clause(words: &Words<'_>, at: usize) -> bool {
    is_in(&LISTS.clauses, words, at)
}

/// True of a thing that is told: a report, a claim.
pub(super) fn is_telling(words: &Words<'_>, at: usize) -> bool {
    is_in(&LISTS.told, words, at)
}

/// True of a word that calls what stands behind it false, as `false` in `false claims`.
pub(super) fn is_verdict_on_next(words: &Words<'_>, at: usize) -> bool {
    let mut next = words.behind(at + 1, 1);
    is_in(&LISTS.false_signs, words, at) && next.any(|next| is_telling(words, next))
}

/// True of false things that are many: of what happened each tells another thing.
pub(super) fn are_many(words: &Words<'_>, at: usize) -> bool {
    let mut before = words.before(at, 1);
    is_in(&LISTS.many, words, at) || before.any(|near| is_in(&LISTS.many_before, words, near))
}

/// True of a word that makes what stands behind it a part of what stands before: `acquitted of`, `arrested in`.
pub(super) fn joins(words: &Words<'_>, at: usize) -> bool {
    is_in(&LISTS.within, words, at)
}

/// True of a word of death that says that somebody killed.
pub(super) fn is_of_slain(words: &Words<'_>, at: usize) -> bool {
    is_in(&LISTS.slain, words, at)
}

/// True of a form of `be` or `say`.
pub(super) fn is_statement(words: &Words<'_>, at: usize) -> bool {
    is_in(&LISTS.stated, words, at)
}

/// True of a word with which somebody begins to say it.
pub(super) fn begins_anew(words: &Words<'_>, at: usize) -> bool {
    is_in(&LISTS.closing, words, at)
}

/// Words from a deed back to what makes it an aside, at most.
const RELATIVE: usize = 4;

/// True if a deed at a place is told as known: `blast that killed 12`; not in `reports that 12 died`.
pub(super) fn is_aside(words: &Words<'_>, deed: usize) -> bool {
    let leads = |near: usize| {
        is_in(&LISTS.told, words, near)
            || is_in(&LISTS.false_signs, words, near)
            || is_in(&LISTS.clauses, words, near)
            || is_in(&LISTS.plain, words, near)
    };
    let is_behind_noun = |near: usize| {
        let mut sooner = words.before(near, 1);
        is_in(&LISTS.relatives, words, near) && sooner.any(|sooner| !leads(sooner))
    };
    words.before(deed, RELATIVE).any(|near| {
        is_behind_noun(near) || is_in(&LISTS.articles, words, near) && words.is_cut(near)
    })
}

/// True if a headline has a number that may be of a rumour, whatever else is told: `jailed for fakes on 30 dead`.
pub(super) fn counts_rumour(words: &Words<'_>) -> bool {
    let is_counted = |at: usize| {
        let mut behind = words.behind(at + 1, words.len());
        words[at].contains(is_unspaced) || behind.any(|near| is_count(words, near))
    };
    let is_of_rumour = |at: usize| {
        is_fake(words, at)
            || is_rumour(words, at)
            || LISTS.claims.stand_at(words, at, GAP, |_| true)
    };
    (0..words.len()).any(|at| is_of_rumour(at) && is_counted(at))
}

/// True of what is false, by its name.
fn is_fake(words: &Words<'_>, at: usize) -> bool {
    is_in(&LISTS.fakes, words, at)
        || is_told_as(&LISTS.false_signs, words, at)
        || is_hoax(words, at)
        || LISTS.untrue_things.stand_at(words, at, 1, |_| true)
}

/// True of a rumour, unless the next word says that it was true.
fn is_rumour(words: &Words<'_>, at: usize) -> bool {
    let mut next = words.behind(at + 1, 1);
    is_in(&LISTS.rumours, words, at) && !next.any(|next| is_in(&LISTS.borne_out, words, next))
}

/// Words from a rumour back to what says that it is the charge or the past, at most.
const BLAMED: usize = 4;
/// The same behind it.
const BLAMED_BEHIND: usize = 2;
/// Words from a rumour to a clause or a death that it is about, at most.
const RUMOURED: usize = 4;

/// True of a rumour that somebody is tried for, or that came before what is told: `jailed for spreading fakes`, `resigns
/// after rumours`. One of a death, or of what a clause says, may be all that is told.
fn is_blamed(words: &Words<'_>, at: usize) -> bool {
    let is_clause = |near: usize| is_in(&LISTS.clauses, words, near);
    let is_about = |near: usize| is_clause(near) || names_death(words, near);
    let says_all = words.before(at, 1).any(|near| names_death(words, near))
        || at + 1 < words.len() && is_clause(at + 1)
        || words.behind(at + 1, RUMOURED).any(is_about);
    is_charge(words, at) && !says_all
}

/// True if words around a rumour say that it is the charge or the past, and not that something is one.
fn is_charge(words: &Words<'_>, at: usize) -> bool {
    let is_stated = |near: &usize| is_in(&LISTS.stated, words, *near);
    let mut before = (words.before(at, BLAMED)).take_while(|near| !is_stated(near));
    let mut own = (at..=at).filter(|at| words[*at].contains(is_unspaced));
    let leads = |signs: &Signs| {
        let mut behind = words.behind(at, BLAMED_BEHIND + 1);
        behind.any(|near| is_in(signs, words, near))
    };
    let is_first = || {
        let begins = |signs: &Signs| signs.begin(&words[at], words.language);
        at == 0 && (begins(&LISTS.fakes) || begins(&LISTS.rumours))
    };
    let is_blamed = |near: usize| is_in(&LISTS.blamed, words, near);
    !is_stated(&at)
        && (before.any(is_blamed)
            || own.any(is_blamed)
            || leads(&LISTS.blamed_behind)
            || is_first() && leads(&LISTS.blamed_first))
}

/// True of a check of facts that begins a part of a headline or is its label; false of the trade: `fact-checking deal`.
fn is_check(words: &Words<'_>, at: usize) -> bool {
    let is_pair = LISTS.check_pairs.stand_at(words, at, 1, |_| true);
    let next = if is_pair { at + 2 } else { at + 1 };
    let is_label = words.is_parted(next) && !words.is_cut(next);
    let is_trade = |near: usize| is_in(&LISTS.trades, words, near);
    (is_pair || is_in(&LISTS.checks, words, at))
        && (at == 0 || words.is_stopped(at) || is_label)
        && !words.behind(next, 2).any(is_trade)
}

fn is_in(signs: &Signs, words: &Words<'_>, at: usize) -> bool {
    signs.stand_in(&words[at], words.language)
}

/// True if a word denies together with one behind it.
fn is_in_pair(words: &Words<'_>, at: usize) -> bool {
    LISTS.pairs.stand_at(words, at, 1, |_| true)
        || LISTS.gaps.stand_at(words, at, GAP, |_| true)
        || is_claim_rejected(words, at)
        || ends_with(&LISTS.ends, words, at)
        || !words.is_number(at + 1) && LISTS.absent.stand_at(words, at, ABSENT, |_| true)
        || is_unproven(words, at)
}

/// Words between a court and what it does, at most.
const COURT: usize = 4;

/// True of `minister rejects claims`; what a court rejects is an outcome.
fn is_claim_rejected(words: &Words<'_>, at: usize) -> bool {
    let is_court = |near: usize| is_in(&LISTS.courts, words, near);
    let is_clause = |near: usize| is_in(&LISTS.clauses, words, near);
    LISTS.claims.stand_at(words, at, GAP, |_| true)
        && (!words.before(at, COURT).any(is_court) || words.behind(at, GAP + 2).any(is_clause))
}

/// Words from `no evidence` to the crime that it was not, at most.
const CRIME: usize = 4;

/// True of `no evidence that`; where somebody is cleared, or in spite of it is not, it says why, and of how somebody died
/// where it was no crime.
fn is_unproven(words: &Words<'_>, at: usize) -> bool {
    LISTS.unproven.stand_at(words, at, ABSENT, |_| true)
        && !words
            .behind(at + 1, CRIME)
            .any(|near| is_in(&LISTS.crimes, words, near))
        && !words
            .before(at, 1)
            .any(|near| is_in(&LISTS.blamed, words, near))
        && !is_cleared(words)
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
    let ends = |next: usize| {
        let lists = [&LISTS.told, &LISTS.closing, &LISTS.clauses];
        lists.into_iter().any(|signs| is_in(signs, words, next))
    };
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
mod tests;
