//! Whether what a headline calls false is a deed itself. `Claims that he resigned under pressure are false` and `hoaxes on
//! the crash with 12 dead` leave the deed as it was told, and every crash has its false claims: where more is said beside
//! the deed than was told, nothing is taken back.

use std::ops::Range;

use super::super::denials::{
    adds_nothing, are_many, begins_anew, is_agent, is_aside, is_of_slain, is_statement, is_telling,
    is_verdict, is_verdict_on_next, joins, leads_to_clause, leads_to_detail,
    stretches_that_add_nothing,
};
use super::super::figures::{Words, counted};
use super::super::stages::is_not;
use super::super::tolls::names_death;
use crate::text::words::is_unspaced;

/// True if words call false the deed at a place, of which other words tell.
pub(super) fn is_deed_false(words: &Words<'_>, deed: &Range<usize>, told: &Words<'_>) -> bool {
    let needs_no_link = names_death(words, deed.start) || is_denied(words, deed);
    let mut verdicts = (0..words.len()).filter(|at| {
        is_verdict(words, *at) && (needs_no_link || !is_another_claim(words, deed, *at))
    });
    !is_aside(words, deed.start)
        && !is_attribute(words, deed)
        && !is_done_otherwise(words, deed, told)
        && verdicts.any(|verdict| {
            let mut beside = beside(words, deed, verdict);
            let is_deed = |at: usize| deed.contains(&at) && !words[at].contains(is_unspaced);
            is_of_deed(words, deed, verdict)
                && beside.all(|at| is_deed(at) || is_told(words, at, told))
        })
}

/// True if words call a death false and nothing else: nobody is named who says so. That an army calls it false of those
/// whom it killed is how every strike is told.
pub(super) fn is_nobodys_denial(words: &Words<'_>, deed: &Range<usize>, told: &Words<'_>) -> bool {
    (0..words.len()).all(|at| {
        !words.is_stopped(at)
            && !begins_anew(words, at)
            && (deed.contains(&at) || is_told(words, at, told))
    })
}

/// True if what is false is a report or a claim that does not lead to the deed: `arrested mayor: claims are false`,
/// `sacked coach says betting claims are false`.
fn is_another_claim(words: &Words<'_>, deed: &Range<usize>, verdict: usize) -> bool {
    let subject = match is_verdict_on_next(words, verdict) {
        true => Some(verdict + 1),
        false => words
            .before(verdict, words.len())
            .find(|near| is_telling(words, *near)),
    };
    subject.is_some_and(|told| !leads_to_deed(words, told, deed, verdict))
}

/// True of `reports that he resigned are false` and `arrest reports false`.
fn leads_to_deed(words: &Words<'_>, told: usize, deed: &Range<usize>, verdict: usize) -> bool {
    let (first, last) = (told.min(deed.start), told.max(deed.end - 1));
    let is_between = (told..deed.start).contains(&verdict);
    let is_one_part = !(first + 1..=last).any(|at| words.is_stopped(at));
    is_one_part
        && match told < deed.start {
            true => !is_between || (verdict..deed.start).any(|at| leads_to_clause(words, at)),
            false => told == deed.end,
        }
}

/// Words from what denies a deed to it, at most: `was not cancelled`.
const DENIED: usize = 2;

/// True of a deed that is denied beside what calls it false: `final not cancelled: report false`.
fn is_denied(words: &Words<'_>, deed: &Range<usize>) -> bool {
    let mut near = words.before(deed.start, DENIED).chain(deed.clone());
    near.any(|near| is_not(words, near))
}

/// True of who was arrested as he is named since: `arrested mayor`, `says sacked coach`.
fn is_attribute(words: &Words<'_>, deed: &Range<usize>) -> bool {
    let Range { start, end } = *deed;
    let mut before = words.before(start, 1);
    let is_name = |next: usize| !adds_nothing(words, next) && !leads_to_detail(words, next);
    matches!(words.language, "en" | "")
        && end == start + 1
        && words[start].ends_with("ed")
        && before.all(|near| begins_anew(words, near) || adds_nothing(words, near))
        && words.behind(end, 1).any(is_name)
}

/// True of `that he was killed is false` where it was told that he died.
fn is_done_otherwise(words: &Words<'_>, deed: &Range<usize>, told: &Words<'_>) -> bool {
    let is_counted = (0..words.len()).any(|at| counted(words, at).is_some());
    is_of_slain(words, deed.start)
        && !is_counted
        && !(0..told.len()).any(|at| is_of_slain(told, at))
}

/// True if what is false may be the deed: not in `acquitted of false claims`, `who made false claims resigns`, `the blast
/// was an attack is false`, and not where many things are false.
fn is_of_deed(words: &Words<'_>, deed: &Range<usize>, verdict: usize) -> bool {
    let is_behind = verdict >= deed.end && (deed.end..=verdict).all(|at| !words.is_stopped(at));
    let mut before = words.before(verdict, 1);
    let is_joined =
        is_behind && (is_verdict_on_next(words, verdict) || before.any(|at| joins(words, at)));
    let mut who = words.before(deed.start, 1);
    let is_done_by_it = verdict < deed.start && who.any(|at| is_telling(words, at));
    !is_joined
        && !is_done_by_it
        && !are_many(words, verdict)
        && !is_second_statement(words, deed, verdict)
}

/// The places of what is called false with a deed: from what tells it to the end of the parts of the headline that have
/// the deed and the verdict, or to what says whose the verdict is.
fn beside(
    words: &Words<'_>,
    deed: &Range<usize>,
    verdict: usize,
) -> impl Iterator<Item = usize> + use<> {
    let mut before = words.before(deed.start, words.len());
    let told = before.find(|near| is_telling(words, *near));
    let start = deed.start.min(verdict).min(told.unwrap_or(deed.start));
    let last = (deed.end - 1).max(verdict);
    let mut behind = words.behind(last + 1, words.len());
    let goes_on = |at: &usize| !begins_anew(words, *at);
    let mut end = last + 1;
    while behind.next().as_ref().is_some_and(goes_on) {
        end += 1;
    }
    start..end
}

/// Words between `are` and `a hoax`, at most.
const VERDICT: usize = 2;

/// True of `that the blast was an attack is false`: something else is said of the deed first.
fn is_second_statement(words: &Words<'_>, deed: &Range<usize>, verdict: usize) -> bool {
    let mut between = deed.end..verdict.saturating_sub(VERDICT);
    between.any(|at| is_statement(words, at) && !words.is_stopped(at + 1))
}

/// True if a word says no more than was told.
fn is_told(words: &Words<'_>, at: usize, told: &Words<'_>) -> bool {
    let word = words[at].as_str();
    if leads_to_detail(words, at) {
        return leads_to_same(words, at, told);
    }
    if word.contains(is_unspaced) {
        return holds_no_more(word, told);
    }
    let is_same_count = || {
        let number = counted(words, at);
        let mut others = (0..told.len()).filter_map(|at| counted(told, at));
        match number {
            Some(number) => others.any(|other| other == number),
            None => words.is_number(at),
        }
    };
    adds_nothing(words, at)
        || names_death(words, at)
        || is_same_count()
        || told
            .iter()
            .any(|other| are_forms_of_one(without_article(word), without_article(other)))
}

/// True of a word that leads to what was told too: `sacked by Holmar` of who was, and what stands right behind a report,
/// as `Bericht über`. Of `resigns over leak` that may be what is false.
fn leads_to_same(words: &Words<'_>, at: usize, told: &Words<'_>) -> bool {
    let is_next = |other: usize| {
        let pair = words.get(at + 1).zip(told.get(other + 1));
        told[other] == words[at] && pair.is_some_and(|(next, then)| are_forms_of_one(next, then))
    };
    words.before(at, 1).any(|near| is_telling(words, near))
        || is_agent(words, at) && (0..told.len()).any(is_next)
}

/// Letters that two forms of a word share, at least, unless one is shorter.
const SHARED: usize = 4;
/// Letters of an ending, at most.
const ENDING: usize = 3;
/// Letters of a name that has endings, at least.
const NAME: usize = 3;

/// True of `Kim` and `Kim's`, `Хун` and `Хуна`, `attack` and `attacken`.
fn are_forms_of_one(one: &str, other: &str) -> bool {
    let length = |word: &str| word.chars().count();
    let pairs = one.chars().zip(other.chars());
    let shared = pairs.take_while(|(one, other)| one == other).count();
    let (shorter, longer) = (
        length(one).min(length(other)),
        length(one).max(length(other)),
    );
    one == other || shorter >= NAME && shared >= SHARED.min(shorter) && longer - shared <= ENDING
}

/// Letters of an article that is written into one word with what follows, at most: `dell'`.
const ARTICLE: usize = 4;

/// A word without the article that an apostrophe joins to it.
fn without_article(word: &str) -> &str {
    match word.split_once('\'') {
        Some((article, rest)) if article.len() <= ARTICLE && rest.chars().count() >= NAME => rest,
        _ => word,
    }
}

/// True if a word of a script without spaces has no letters but those that were told.
fn holds_no_more(word: &str, told: &Words<'_>) -> bool {
    let known: Vec<Range<usize>> = stretches_that_add_nothing(word).collect();
    word.char_indices().all(|(at, letter)| {
        known.iter().any(|range| range.contains(&at))
            || told.iter().any(|other| other.contains(letter))
    })
}
