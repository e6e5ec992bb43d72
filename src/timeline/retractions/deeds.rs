//! Whether what a headline calls false is a deed itself. `Claims that he resigned under pressure are false` and `hoaxes on
//! the crash with 12 dead` leave the deed as it was told, and every crash has its false claims: where more is said beside
//! the deed than was told, nothing is taken back.

use std::ops::Range;

use super::super::denials::{
    adds_nothing, are_many, begins_anew, is_aside, is_of_slain, is_statement, is_telling,
    is_verdict, is_verdict_on_next, joins, leads_to_detail, stretches_that_add_nothing,
};
use super::super::figures::{Words, counted};
use super::super::tolls::names_death;
use crate::text::words::is_unspaced;

/// True if words call false the deed at a place, of which other words tell.
pub(super) fn is_deed_false(words: &Words<'_>, deed: &Range<usize>, told: &Words<'_>) -> bool {
    let mut verdicts = (0..words.len()).filter(|at| is_verdict(words, *at));
    !is_aside(words, deed.start)
        && !is_done_otherwise(words, deed, told)
        && verdicts.any(|verdict| {
            let mut beside = beside(words, deed, verdict);
            let is_deed = |at: usize| deed.contains(&at) && !words[at].contains(is_unspaced);
            is_of_deed(words, deed, verdict)
                && beside.all(|at| is_deed(at) || is_told(words, at, told))
        })
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
        return false;
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
