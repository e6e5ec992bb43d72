//! The stage that a headline tells: what must differ before a changed headline is a changed outcome. It reads plain
//! words only; what it does not know is no stage, and then nothing is claimed to have changed.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::denials::is_open_in;
pub(super) use super::denials::{asks, denies};
use super::figures::{Words, words_of};
use super::retractions::RETRACTED;
use super::tongues::{Signs, Tongues, words_of_list};
use crate::text::words::is_unspaced;

/// The places of stages in `stages.txt`, what tells them, and their names.
struct Stages {
    names: Vec<&'static str>,
    /// Phrases by their first word.
    phrases: FxHashMap<&'static str, Vec<Sign>>,
    /// In scripts without spaces: what stands anywhere in the headline, in the order of stages.
    stretches: Vec<(usize, &'static str)>,
    /// The other lists by their names.
    lists: FxHashMap<&'static str, Signs>,
    /// In these scripts, what right before or right behind a stretch says that it has not come, and what does near it.
    beside: [Vec<&'static str>; 3],
}

/// The name of what is no sign.
const NONE: &str = "-";

/// A phrase that tells a stage.
struct Sign {
    place: usize,
    /// What follows its first word.
    rest: Vec<&'static str>,
    tongues: Tongues,
    bound: Bound,
}

/// Where a phrase tells its stage.
#[derive(Clone, Copy, PartialEq)]
enum Bound {
    Anywhere,
    /// Beside a word of the list that is named after the stage.
    Matter,
    /// At the head of a part of a headline, unless that goes on to say that it is only near.
    Head,
    /// Where a part of a headline ends.
    Tail,
}

impl Bound {
    /// Of a sign, with that sign without the mark.
    fn of(sign: &str) -> (Self, &str) {
        let marks = [('?', Self::Matter), ('^', Self::Head), ('$', Self::Tail)];
        let mut marked = marks.into_iter();
        let marked = marked.find_map(|(mark, bound)| Some((bound, sign.strip_suffix(mark)?)));
        marked.unwrap_or((Self::Anywhere, sign))
    }

    /// True if words from one place to another, which tell a stage, stand where they must.
    fn holds(self, words: &Words<'_>, (at, end): (usize, usize), stage: &str) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Matter => has_matter(words, at, stage),
            Self::Head => {
                (at == 0 || words.is_stopped(at))
                    && !words
                        .behind(end, words.len())
                        .any(|near| is_in("sight", words, near))
            }
            Self::Tail => end >= words.len() || words.is_stopped(end),
        }
    }
}

const FILE: &str = include_str!("stages.txt");

static STAGES: LazyLock<Stages> = LazyLock::new(|| {
    let lines = FILE.lines().filter(|line| !line.starts_with(['#', '@']));
    let mut stages = Stages {
        names: Vec::new(),
        phrases: FxHashMap::default(),
        stretches: Vec::new(),
        lists: lists(),
        beside: ["@before", "@after", "@around"]
            .map(|list| words_of_list(FILE, list).map(|(_, word)| word).collect()),
    };
    for (name, signs) in lines.filter_map(|line| line.split_once(": ")) {
        let place = stages.names.len();
        stages.names.push(name);
        for (codes, sign) in signs.split("; ").flat_map(signs_of) {
            let (tongues, sign) = Tongues::of(codes, sign);
            let (bound, bare) = Bound::of(sign);
            let mut words = bare.split(' ');
            let first = words.next().unwrap_or_default();
            if sign.contains(is_unspaced) {
                stages.stretches.push((place, sign));
                continue;
            }
            stages.phrases.entry(first).or_default().push(Sign {
                place,
                rest: words.collect(),
                tongues,
                bound,
            });
        }
    }
    stages
});

/// What stands behind `@`.
fn lists() -> FxHashMap<&'static str, Signs> {
    let heads = FILE.lines().filter(|line| line.starts_with('@'));
    let names = heads.filter_map(|head| head.split([' ', ':']).next());
    let names: BTreeSet<&str> = names.collect();
    let lists = names.into_iter().map(|name| {
        let words = words_of_list(FILE, name);
        (name.trim_start_matches('@'), Signs::of(words))
    });
    lists.collect()
}

/// The signs of a group of languages, with the codes of these.
fn signs_of(group: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let (codes, signs) = group.split_once(": ").unwrap_or(("", group));
    signs.split(", ").map(move |sign| (codes, sign))
}

/// True if a headline in a language asks or denies what it names, or tells no stage but one that has not come:
/// nothing has happened yet.
pub(super) fn is_open(headline: &str, language: &str) -> bool {
    let words = words_of(headline, language);
    is_open_in(&words, headline)
        || Said::in_words(&words)
            .awaited()
            .is_some_and(|name| name != LASTING)
}

/// What a headline says of something that has begun and will end: a port that is closed, hostages, the missing.
pub(super) const LASTING: &str = "lasting";
/// What says that somebody is hunted, who has yet to be found.
const SOUGHT: &str = "sought";

/// True if a headline in a language tells what lasts until it ends, and no stage.
pub(super) fn lasts(headline: &str, language: &str) -> bool {
    let words = words_of(headline, language);
    !is_open_in(&words, headline) && Said::in_words(&words).awaited() == Some(LASTING)
}

/// The stage that a headline in a language tells; `None` if it tells none that is known, or only asks or denies.
pub(super) fn stage_of(headline: &str, language: &str) -> Option<&'static str> {
    let words = words_of(headline, language);
    let is_open = is_open_in(&words, headline);
    come_stage(&words).filter(|_| !is_open)
}

/// The stage that words tell to have come.
pub(super) fn come_stage(words: &Words<'_>) -> Option<&'static str> {
    let place = Said::in_words(words).stage?;
    Some(STAGES.names[place])
}

/// The stage that words name, whether it has come, has not, or is denied.
pub(super) fn named_stage(words: &Words<'_>) -> Option<&'static str> {
    let said = Said::in_words(words);
    Some(STAGES.names[said.stage.or(said.ahead)?])
}

/// The places of the words that tell a stage.
pub(super) fn places_of(stage: &str, words: &Words<'_>) -> Vec<Range<usize>> {
    let Some(place) = STAGES.names.iter().position(|name| *name == stage) else {
        return Vec::new();
    };
    let phrase_at = |at: usize| {
        let signs = STAGES.phrases.get(words[at].as_str());
        let mut own = (signs.into_iter().flatten())
            .filter(|sign| sign.place == place && sign.tongues.speak(words.language));
        own.find_map(|sign| follows(words, at + 1, &sign.rest))
    };
    let stands_in = |at: usize| {
        let mut own = STAGES.stretches.iter().filter(|(own, _)| *own == place);
        own.any(|(_, stretch)| words[at].contains(stretch))
    };
    let end_at = |at: usize| phrase_at(at).or_else(|| stands_in(at).then_some(at + 1));
    (0..words.len())
        .filter_map(|at| Some(at..end_at(at)?))
        .collect()
}

/// Stages that may come for want of proof.
const CLEARED: [&str; 3] = ["acquitted", "released", "overturned"];

/// True if words tell that somebody is cleared.
pub(super) fn is_cleared(words: &Words<'_>) -> bool {
    named_stage(words).is_some_and(|stage| CLEARED.contains(&stage))
}

fn goes_to_prison(stage: &str) -> bool {
    matches!(stage, "convicted" | "sentenced")
}

fn is_acquitted(place: usize) -> bool {
    STAGES.names[place] == "acquitted"
}

/// What words say of stages.
#[derive(Default)]
struct Said {
    /// The place of the first stage that has come.
    stage: Option<usize>,
    /// That of the first that has not.
    ahead: Option<usize>,
}

impl Said {
    fn in_words(words: &Words<'_>) -> Self {
        let mut said = Self::default();
        for at in 0..words.len() {
            said.add_phrase(words, at);
        }
        if words.iter().any(|word| word.contains(is_unspaced)) {
            for part in parts_of(words) {
                said.add_stretches(&part);
            }
        }
        said
    }

    /// The name of what has yet to come, if nothing has.
    fn awaited(&self) -> Option<&'static str> {
        let ahead = self.ahead.filter(|_| self.stage.is_none())?;
        Some(STAGES.names[ahead])
    }

    fn add(&mut self, place: usize, has_come: bool) {
        let has_come = has_come && !matches!(STAGES.names[place], LASTING | SOUGHT);
        let first = match has_come {
            true => &mut self.stage,
            false => &mut self.ahead,
        };
        // Who is found guilty of one thing and then acquitted of another is not free.
        let is_mixed = |known| goes_to_prison(STAGES.names[known]) && is_acquitted(place);
        *first = Some(match *first {
            Some(known) if is_mixed(known) => known,
            known => known.map_or(place, |known| known.min(place)),
        });
    }

    /// Adds the first stage that a phrase at a place tells.
    fn add_phrase(&mut self, words: &Words<'_>, at: usize) {
        let Some(signs) = STAGES.phrases.get(words[at].as_str()) else {
            return;
        };
        let told = signs.iter().filter_map(|sign| {
            let end = follows(words, at + 1, &sign.rest)?;
            let name = STAGES.names[sign.place];
            let counts =
                sign.tongues.speak(words.language) && sign.bound.holds(words, (at, end), name);
            // One that says itself what is not (`finds ~ not guilty`) is not denied by that.
            let may_be_denied = sign.rest.contains(&GAPPED) && !sign.rest.contains(&"not");
            counts.then_some((sign.place, end, may_be_denied))
        });
        let Some((place, end, may_be_denied)) = told.min() else {
            return;
        };
        let name = STAGES.names[place];
        if name != NONE && !(name == ARRESTED && is_fighter(words, at, end)) {
            let is_denied_within =
                may_be_denied && (at + 1..end).any(|within| is_doubt(words, within));
            let has_come = !is_denied_within
                && !is_yet_to_come(words, at)
                && !is_taken_back(words, end)
                && !is_for_later(words, at, end);
            self.add(place, has_come);
        }
    }

    /// Adds the stages that stand in a part of a sentence in a script without spaces.
    fn add_stretches(&mut self, part: &str) {
        for (place, stretch) in &STAGES.stretches {
            for (at, _) in part.match_indices(stretch) {
                let has_come = !is_put_off(&part[..at], &part[at + stretch.len()..]);
                self.add(*place, has_come);
            }
        }
    }
}

/// What stands between punctuation.
fn parts_of(words: &Words<'_>) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        match parts.last_mut().filter(|_| !words.is_stopped(at)) {
            Some(last) => {
                last.push(' ');
                last.push_str(word);
            }
            None => parts.push(word.clone()),
        }
    }
    parts
}

/// Letters on either side of a stretch that may put it off.
const AROUND: usize = 12;

/// True if what stands before a stretch or behind it says that it has not come: `不起訴`, `辞任を要求`.
pub(super) fn is_put_off(before: &str, behind: &str) -> bool {
    let [rights, lefts, around] = &STAGES.beside;
    let (before, behind) = (before.trim_end(), behind.trim_start());
    let start = before.char_indices().nth_back(AROUND - 1);
    let end = behind.char_indices().nth(AROUND);
    let near = [
        &before[start.map_or(0, |(at, _)| at)..],
        &behind[..end.map_or(behind.len(), |(at, _)| at)],
    ];
    rights.iter().any(|sign| before.ends_with(sign))
        || lefts.iter().any(|sign| behind.starts_with(sign))
        || around
            .iter()
            .any(|sign| near.iter().any(|near| near.contains(sign)))
}

/// True if a word of a list stands at a place.
pub(super) fn is_in(list: &str, words: &Words<'_>, at: usize) -> bool {
    let signs = STAGES.lists.get(list);
    signs.is_some_and(|signs| signs.stand_in(&words[at], words.language))
}

/// True if what a stage is told of stands near a place. Bridges collapse too, near trials; trucks that overturn have
/// no court in their headlines, and what courts overturn has a long name.
fn has_matter(words: &Words<'_>, at: usize, stage: &str) -> bool {
    let reach = match stage {
        "overturned" => 8,
        "released" | "over" | "reopened" | LASTING => 5,
        "rescued" | "found" => 4,
        _ => 3,
    };
    let mut near = at.saturating_sub(reach)..words.len().min(at + 1 + reach);
    near.any(|near| {
        is_in(stage, words, near)
            && match stage {
                "over" => ends_itself(words, near, at),
                "found" => is_who_is_found(words, near, at),
                _ => true,
            }
    }) || has_far_matter(words, at, stage)
}

/// True of `warning for the coast of Malvos lifted`: what it is told of stands farther before it, and whose or where it is
/// between.
fn has_far_matter(words: &Words<'_>, at: usize, stage: &str) -> bool {
    matches!(stage, "lifted" | "failed" | "scrapped")
        && words.before(at, at).any(|near| {
            is_in(stage, words, near)
                && is_in("far", words, near)
                && is_in("whereof", words, near + 1)
        })
}

/// True if what lasts, at a place, is what ends at another: not in `air strike ends lull`, `siege ends in massacre` and
/// `ends strike drought`. Other languages than English have a word of their own for what ends something else.
fn ends_itself(words: &Words<'_>, matter: usize, end: usize) -> bool {
    if !matches!(words[end].as_str(), "ends" | "ended") {
        return true;
    }
    let behind = matter.max(end) + 1;
    let mut armed = words.before(matter, 1);
    let goes_on = |next: usize| is_in("over-behind", words, next);
    !armed.any(|near| is_in("armed", words, near))
        && words.behind(behind, 1).all(goes_on)
        && !words
            .behind(behind, TAKEN_BACK)
            .any(|near| is_in("over-bad", words, near))
}

/// Words from a thing to the missing whose it is, at most.
const WHOSE: usize = 3;
/// Letters of a name that ends as what says whose it is, at most: `Jens`.
const NAME: usize = 5;

/// True if the missing, at a place, are who is found at another: not in `backpack of missing hiker found`, `missing
/// hiker's car found` and `Fahrrad der Vermissten gefunden`.
fn is_who_is_found(words: &Words<'_>, missing: usize, found: usize) -> bool {
    let (first, last) = (missing.min(found), missing.max(found));
    let mut near = first.saturating_sub(WHOSE)..last;
    let is_some = |near: usize| is_in("some", words, near) || words.is_number(near);
    let is_of = |near: usize| {
        is_in("of-missing", words, near) && words.before(near, 1).any(|some| !is_some(some))
    };
    let is_whose = |near: usize| {
        let ends = ["'s", "s'", "’s", "s’"];
        ends.iter().any(|end| words[near].ends_with(end))
            || words.language == "sv"
                && words[near].len() > NAME
                && ["ans", "ens"].iter().any(|end| words[near].ends_with(end))
    };
    !near.any(|near| is_in("thing", words, near))
        && !words.before(missing, 1).any(is_of)
        && !(missing + 1..found.saturating_sub(1)).any(is_whose)
}

/// The stage that a name tells too: Sweden's fighter is a `Gripen`, which is who was arrested.
const ARRESTED: &str = "arrested";

/// True if what stands right around a sign, which ends before a place, says that it is the fighter.
fn is_fighter(words: &Words<'_>, at: usize, end: usize) -> bool {
    words
        .before(at, 1)
        .any(|before| is_in("fighter", words, before))
        || words
            .behind(end, 1)
            .any(|behind| is_in("fighter-behind", words, behind))
}

/// Words before a sign that may deny it or put it off, at most.
const YET: usize = 5;

/// True if what stands before a sign says that it has not come: `to be sentenced`, `nobody arrested`.
pub(super) fn is_yet_to_come(words: &Words<'_>, at: usize) -> bool {
    let is_ahead = |before: usize| is_in("ahead", words, before);
    let is_be = |before: usize| {
        is_in("be", words, before)
            && (before.saturating_sub(2)..before)
                .any(|modal| is_ahead(modal) || is_in("before-be", words, modal))
    };
    words.before(at, YET).any(|before| {
        before + 1 == at && is_ahead(before) || is_be(before) || is_doubt(words, before)
    })
}

/// True if a word denies what stands behind it a few words on, or puts it off.
fn is_doubt(words: &Words<'_>, at: usize) -> bool {
    is_in("soon", words, at) || is_not(words, at)
}

/// True if a word denies what stands behind it.
pub(super) fn is_not(words: &Words<'_>, at: usize) -> bool {
    words[at].ends_with("n't") || is_in("not", words, at) && !words.is_number(at + 1)
}

/// Words behind a sign of which one may deny it or put it off, at most.
const TAKEN_BACK: usize = 3;

/// True if what stands behind a sign, from a place on, says that it has not come: `ne démissionne pas`.
pub(super) fn is_taken_back(words: &Words<'_>, end: usize) -> bool {
    let mut behind = words.behind(end, TAKEN_BACK);
    behind.any(|behind| is_in("behind", words, behind))
}

/// True if a verb says of now what a day behind it puts off: `strike ends on Friday`, not `strike ended on Friday`.
fn is_for_later(words: &Words<'_>, at: usize, end: usize) -> bool {
    let says_now = (at..end).any(|within| is_in("now", words, within));
    says_now
        && words
            .behind(end, TAKEN_BACK)
            .any(|behind| is_in("day", words, behind))
}

/// Stages that turn round what was told before, whatever it was.
const REVERSALS: [&str; 17] = [
    RETRACTED,
    "overturned",
    "scrapped",
    "failed",
    "rejected",
    "acquitted",
    "released",
    "found dead",
    "found alive",
    "rescued",
    "found",
    "sacked",
    "over",
    "reopened",
    "lifted",
    "dropped",
    "cancelled",
];

/// Stages at which what was told of somebody comes to its end, whether a stage of it was told before or none (`in court over
/// fraud`). No arrest and no death: these are often an aspect of what else happened.
const CLOSING: [&str; 3] = ["resigned", "convicted", "sentenced"];

/// True of a stage that goes before what tells none.
pub(super) fn goes_before_none(stage: &str) -> bool {
    is_reversal(stage) || CLOSING.contains(&stage)
}

/// True if a stage turns round what was told before.
pub(super) fn is_reversal(stage: &str) -> bool {
    REVERSALS.contains(&stage)
}

/// Ends of what lasts that are one end in other words: a road reopens once its closure is lifted.
const ENDS: [&[&str]; 3] = [
    &["over", "reopened", "lifted"],
    &["found", "found alive", "rescued"],
    &["released", "rescued", "over"],
];

/// True if two stages are one, or tell one end of what lasts.
pub(super) fn are_one_end(one: &str, other: &str) -> bool {
    let mut ends = ENDS.iter();
    one == other || ends.any(|ends| ends.contains(&one) && ends.contains(&other))
}

/// True if two stages are one, or tell one end, or tell of what ended that it failed, or the other way: it is told once.
pub(super) fn are_told_alike(one: &str, other: &str) -> bool {
    let fails = [one, other].contains(&"failed") && [one, other].contains(&"ended");
    fails || are_one_end(one, other)
}

/// True if a stage came before another one, or with it: who is sentenced was convicted, and is often at once.
pub(super) fn goes_with(stage: &str, later: &str) -> bool {
    stage == "convicted" && later == "sentenced"
}

/// What stands for words in a phrase.
const GAPPED: &str = "~";
/// Words that it stands for, at most: German puts the end of a verb behind what it is about.
const GAP: usize = 5;

/// Where a phrase ends that begins at a place; `None` if it does not. What its gap stands for is of one part of a
/// sentence.
pub(super) fn follows(words: &Words<'_>, at: usize, phrase: &[&str]) -> Option<usize> {
    match phrase.split_first() {
        None => Some(at),
        Some((&GAPPED, rest)) => {
            let places = at..words.len().min(at + GAP + 1);
            let mut near = places.take_while(|place| !ends_part(words, *place));
            near.find_map(|place| follows(words, place, rest))
        }
        Some((first, rest)) => {
            let is_first = words.get(at).is_some_and(|word| word == first);
            is_first.then(|| follows(words, at + 1, rest))?
        }
    }
}

/// True if a part of a sentence ends before a place; in `tritt zum 1. Juni zurück` none does.
fn ends_part(words: &Words<'_>, at: usize) -> bool {
    let is_rank = at.checked_sub(1).is_some_and(|rank| words.is_number(rank));
    words.is_parted(at) || words.is_stopped(at) && !is_rank
}

#[cfg(test)]
mod tests;
