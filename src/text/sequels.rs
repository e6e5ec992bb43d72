//! What a title tells that has come, and what it tells that comes of it (`sequels.txt`): a verdict and the appeal, that an
//! office is left and who has it then. It reads titles only, and knows no names: whose office it is, others must see.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;

use super::tongues::{Tongues, named_language, words_of_list};
use super::words::{is_unspaced, lower_word, split_words, with_gaps};

/// What a title tells of matters of two steps, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sequel(u8);

const VERDICT: u8 = 1;
const APPEAL: u8 = 2;
const LEAVES: u8 = 4;
const SUCCEEDS: u8 = 8;

/// Of what something comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matter {
    /// Of a verdict an appeal.
    Court,
    /// Of an office that is left somebody else who has it: a title that says so names somebody new.
    Office,
}

/// Words of a title that are looked at.
const MAX_WORDS: usize = 32;
/// Words that `+` stands for, at most.
const GAP: usize = 4;
/// Words from a word of appointing to the office: `names Raj Patel culture minister`; and from the office to the word, in
/// languages that put it last.
const OFFICE_WITHIN: usize = 4;
const OFFICE_BEFORE: usize = 3;
/// Languages that do; in German and Dutch the office then stands behind one of these.
const VERBS_LAST: [&str; 10] = ["de", "nl", "tr", "az", "hu", "fi", "et", "fa", "hi", "ur"];
const TO_OFFICE: [&str; 3] = ["zum", "zur", "tot"];
/// Words from `new` to the office: `new US health secretary`; and where the office stands first.
const NEW_WITHIN: usize = 3;
const NEW_BEHIND: usize = 2;
const OFFICES_FIRST: [&str; 8] = ["ar", "fa", "he", "vi", "id", "ms", "sw", "th"];
/// Words from a word of becoming to `new`: `wird der neue Minister`.
const BECOMES_NEW: usize = 2;
/// Words of a name that `, new minister` stands behind, at most.
const NAME_WORDS: usize = 4;
/// Words between a word of death and the office of the dead, at most.
const DEAD_WITHIN: usize = 4;
/// What parts no words of one phrase.
const JOINS: [char; 8] = ['-', '\'', '’', '‘', '"', '“', '”', '.'];

const FILE: &str = include_str!("sequels.txt");
/// The lists of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Verdict,
    Appeal,
    Rules,
    Leaves,
    Dies,
    Succeeds,
    Hints,
    Appoints,
    Becomes,
    New,
    Offices,
    None,
    Behind,
    Ahead,
}

const LISTS: [(List, &str); 14] = [
    (List::Verdict, "verdict"),
    (List::Appeal, "appeal"),
    (List::Rules, "rules"),
    (List::Leaves, "leaves"),
    (List::Dies, "dies"),
    (List::Succeeds, "succeeds"),
    (List::Hints, "hints"),
    (List::Appoints, "appoints"),
    (List::Becomes, "becomes"),
    (List::New, "new"),
    (List::Offices, "offices"),
    (List::None, "none"),
    (List::Behind, "behind"),
    (List::Ahead, "ahead"),
];

/// One word of a phrase.
enum Form {
    Whole(String),
    Begins(String),
    Ends(String),
}

impl Form {
    fn of(word: &str) -> Self {
        match (word.strip_prefix('~'), word.strip_suffix('~')) {
            (Some(ending), _) => Self::Ends(ending.to_owned()),
            (_, Some(beginning)) => Self::Begins(beginning.to_owned()),
            _ => Self::Whole(word.to_owned()),
        }
    }

    fn fits(&self, word: &str) -> bool {
        match self {
            Self::Whole(whole) => word == whole,
            Self::Begins(beginning) => word.starts_with(beginning.as_str()),
            Self::Ends(ending) => word.ends_with(ending.as_str()),
        }
    }
}

/// Words that say something together.
struct Phrase {
    list: List,
    tongues: Tongues,
    first: Form,
    /// The others, with how many words may stand before each.
    rest: Vec<(usize, Form)>,
}

impl Phrase {
    fn of(list: List, codes: &'static str, sign: &'static str) -> Self {
        let (tongues, sign) = Tongues::of(codes, sign);
        let mut words = sign.split_inclusive(['_', '+']);
        let bare = |word: &str| Form::of(word.trim_end_matches(['_', '+']));
        let gap_behind = |word: &str| if word.ends_with('+') { GAP } else { 0 };
        let first = words.next().unwrap_or_default();
        let mut gap = gap_behind(first);
        let rest = words.map(|word| (std::mem::replace(&mut gap, gap_behind(word)), bare(word)));
        Self {
            list,
            tongues,
            rest: rest.collect(),
            first: bare(first),
        }
    }

    /// Where it ends if its first word stands before a place.
    fn end_from(&self, words: &[Said], mut at: usize) -> Option<usize> {
        for (gap, form) in &self.rest {
            let mut near = at..words.len().min(at + gap + 1);
            at = near.find(|at| form.fits(&words[*at].word))? + 1;
        }
        Some(at)
    }
}

#[derive(Default)]
struct Phrases {
    /// By their first word.
    whole: FxHashMap<String, Vec<Phrase>>,
    /// Those whose first word has other endings, by its first letter.
    begun: FxHashMap<char, Vec<Phrase>>,
    /// Those whose first word has other beginnings, by its last letter.
    ended: FxHashMap<char, Vec<Phrase>>,
    /// What stands anywhere in a title, in scripts without spaces.
    stretches: Vec<(List, String)>,
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let mut phrases = Phrases::default();
    for (list, name) in LISTS {
        for (codes, sign) in words_of_list(FILE, name) {
            if sign.contains(is_unspaced) {
                let sign: String = sign.nfkc().collect();
                phrases.stretches.push((list, sign.replace('_', " ")));
                continue;
            }
            let phrase = Phrase::of(list, codes, sign);
            phrases.file(phrase);
        }
    }
    phrases
});

impl Phrases {
    fn file(&mut self, phrase: Phrase) {
        let alike = match &phrase.first {
            Form::Whole(word) => self.whole.entry(word.clone()).or_default(),
            Form::Begins(word) => {
                let first = word.chars().next().unwrap_or_default();
                self.begun.entry(first).or_default()
            }
            Form::Ends(word) => {
                let last = word.chars().next_back().unwrap_or_default();
                self.ended.entry(last).or_default()
            }
        };
        alike.push(phrase);
    }

    /// Those whose first word a word is.
    fn begin_with<'p>(&'p self, word: &'p str) -> impl Iterator<Item = &'p Phrase> {
        let first = word.chars().next().and_then(|first| self.begun.get(&first));
        let last = word.chars().next_back();
        let last = last.and_then(|last| self.ended.get(&last));
        let others = [first, last].into_iter().flatten().flatten();
        let fitting = others.filter(move |phrase| phrase.first.fits(word));
        self.whole.get(word).into_iter().flatten().chain(fitting)
    }
}

/// A word of a title.
struct Said {
    word: String,
    /// True if more than a space stands before it.
    is_cut: bool,
    /// True if no space does: `Trump-appointed`.
    is_joined: bool,
}

/// A title with the signs that stand in it, each with its place; those of scripts without spaces stand nowhere.
struct Signs<'l> {
    language: &'l str,
    words: Vec<Said>,
    placed: Vec<(List, usize)>,
    unplaced: Vec<List>,
}

impl Sequel {
    /// What a title in a language, by its two-letter code, tells.
    pub fn of_title(title: &str, language: &str) -> Self {
        let signs = Signs::of_title(title, named_language(language));
        let asks = signs.has(List::Ahead) || title.contains(['?', '？', '؟', ';']);
        let tells_more = signs.has(List::Hints) || signs.has(List::Appoints);
        let leaves = signs.has(List::Leaves) || signs.tell_death_in_office();
        let succeeds = !asks && signs.tell_succession();
        let of_office = match (leaves, succeeds) {
            (true, false) if !tells_more => LEAVES,
            (false, true) => SUCCEEDS,
            _ => 0,
        };
        Self(signs.court() | of_office)
    }

    /// The matter of which it tells what comes of it, if another title tells what has come; `None` if either tells both.
    pub fn follows(self, other: Self) -> Option<Matter> {
        let steps = [
            (VERDICT, APPEAL, Matter::Court),
            (LEAVES, SUCCEEDS, Matter::Office),
        ];
        let follows = |before: u8, then: u8| {
            let of = |sequel: Sequel| sequel.0 & (before | then);
            of(other) == before && of(self) == then
        };
        let mut steps = steps.into_iter();
        steps.find_map(|(before, then, matter)| follows(before, then).then_some(matter))
    }
}

impl<'l> Signs<'l> {
    fn of_title(title: &str, language: &'l str) -> Self {
        let words = words_of(title);
        let mut found = Vec::new();
        let mut is_none = vec![false; words.len()];
        for at in 0..words.len() {
            for phrase in PHRASES.begin_with(&words[at].word) {
                if !phrase.tongues.speak(language) {
                    continue;
                }
                if let Some(end) = phrase.end_from(&words, at + 1) {
                    found.push((phrase.list, at, end));
                    if phrase.list == List::None {
                        is_none[at..end].fill(true);
                    }
                }
            }
        }
        found.retain(|(_, at, end)| !is_none[*at..*end].contains(&true));
        let mut placed: Vec<_> = found.iter().map(|(list, at, _)| (*list, *at)).collect();
        let behind = placed.iter().filter(|(list, _)| *list == List::Behind);
        let before: Vec<_> = behind.map(|(_, at)| part_behind(&words, *at)).collect();
        let has_come = |list| matches!(list, List::Verdict | List::Leaves | List::Dies);
        placed
            .retain(|(list, at)| !has_come(*list) || !before.iter().any(|part| part.contains(at)));
        Self {
            language,
            words,
            placed,
            unplaced: stretches_in(title),
        }
    }

    fn has(&self, list: List) -> bool {
        self.places(list).next().is_some() || self.unplaced.contains(&list)
    }

    fn places(&self, list: List) -> impl Iterator<Item = usize> + '_ {
        let of_list = self.placed.iter().filter(move |(own, _)| *own == list);
        of_list.map(|(_, at)| *at)
    }

    /// What it tells of a court. What one decides on an appeal is told with the appeal by one outlet, and with the sentence
    /// that stands by the next; a verdict and the appeal at once are told as either, unless whom it is about is called by
    /// the verdict (`Jailed Strand lodges appeal`).
    fn court(&self) -> u8 {
        // `Strand appeals guilty verdict`.
        let is_object = |at: usize| {
            let mut appeals = self.places(List::Appeal);
            appeals.any(|appeal| appeal < at && at - appeal <= GAP && self.are_one_part(appeal, at))
        };
        let mut verdicts = self
            .places(List::Verdict)
            .filter(|at| !is_object(*at))
            .peekable();
        let verdict = verdicts.peek().is_some() || self.unplaced.contains(&List::Verdict);
        let opens = verdicts.all(|at| at == 0);
        match (verdict, self.has(List::Appeal)) {
            (_, true) if self.has(List::Rules) => 0,
            // Who is sentenced and will appeal is in the news for the sentence.
            (true, true) if self.has(List::Ahead) => VERDICT,
            (false, true) if self.has(List::Ahead) => 0,
            (true, true) if !opens => 0,
            (_, true) => APPEAL,
            (true, false) => VERDICT,
            (false, false) => 0,
        }
    }

    /// True if somebody died who is told by his office.
    fn tell_death_in_office(&self) -> bool {
        let are_near = |at: usize| {
            let mut offices = self.places(List::Offices);
            offices
                .any(|office| office.abs_diff(at) <= DEAD_WITHIN && self.are_one_part(office, at))
        };
        self.unplaced.contains(&List::Dies) && self.has(List::Offices)
            || self.places(List::Dies).any(are_near)
    }

    /// True if it tells who has an office now, by a word that says so beside the office.
    fn tell_succession(&self) -> bool {
        let unplaced = |list| self.unplaced.contains(&list);
        let is_appointed = |at: usize| !self.words[at].is_joined && self.have_office_near(at);
        self.has(List::Succeeds)
            || unplaced(List::Offices) && unplaced(List::Appoints)
            || self.places(List::Appoints).any(is_appointed)
            || self.places(List::Becomes).any(|at| self.tell_becoming(at))
            || self.places(List::New).any(|at| self.tell_new_holder(at))
    }

    /// True of `named minister`, and in languages that put the verb last of `zum Minister ernannt`.
    fn have_office_near(&self, at: usize) -> bool {
        let is_behind = |office: usize| office > at && office - at <= OFFICE_WITHIN;
        let is_before = |office: usize| {
            let to_office = &self.words[office.saturating_sub(OFFICE_BEFORE)..office];
            let is_to_office = |word: &Said| TO_OFFICE.contains(&word.word.as_str());
            VERBS_LAST.contains(&self.language)
                && office < at
                && at - office <= OFFICE_BEFORE
                && (!matches!(self.language, "de" | "nl") || to_office.iter().any(is_to_office))
        };
        let is_near = |office: &usize| is_behind(*office) || is_before(*office);
        let mut offices = self.places(List::Offices).filter(is_near);
        offices.any(|office| self.are_one_part(at, office))
    }

    /// True of `wird Minister` and `wird der neue Minister`.
    fn tell_becoming(&self, at: usize) -> bool {
        let is_next = self.places(List::Offices).any(|office| office == at + 1);
        let new = |new: &usize| *new > at && *new - at <= BECOMES_NEW;
        is_next
            || self
                .places(List::New)
                .filter(new)
                .any(|new| self.is_new_office(new))
    }

    /// True if who is new in an office is said to be that, and is not called so for something else.
    fn tell_new_holder(&self, at: usize) -> bool {
        let is_near =
            |place: usize| place.abs_diff(at) <= OFFICE_WITHIN && self.are_one_part(place, at);
        let becomes = |place: usize| at <= 1 && place > at;
        let is_behind_name = || (1..=NAME_WORDS).contains(&at) && self.words[at].is_cut;
        self.is_new_office(at)
            && (self.places(List::Appoints).any(is_near)
                || self.places(List::Becomes).any(becomes)
                || is_behind_name())
    }

    fn is_new_office(&self, new: usize) -> bool {
        let stands_first = OFFICES_FIRST.contains(&self.language);
        let is_beside = |office: usize| match stands_first {
            true => office < new && new - office <= NEW_BEHIND,
            false => office > new && office - new <= NEW_WITHIN,
        };
        let mut offices = self.places(List::Offices);
        offices.any(|office| is_beside(office) && self.are_one_part(new, office))
    }

    /// True if no mark stands between two places.
    fn are_one_part(&self, one: usize, other: usize) -> bool {
        let (from, to) = (one.min(other), one.max(other));
        !self.words[from + 1..=to].iter().any(|word| word.is_cut)
    }
}

/// What stands in a title in scripts without spaces.
fn stretches_in(title: &str) -> Vec<List> {
    if !title.contains(is_unspaced) {
        return Vec::new();
    }
    let mut plain: String = title.nfkc().collect();
    let stretches = || PHRASES.stretches.iter();
    for (_, sign) in stretches().filter(|(list, _)| *list == List::None) {
        plain = plain.replace(sign.as_str(), " ");
    }
    let shown = stretches().filter(|(_, sign)| plain.contains(sign.as_str()));
    shown.map(|(list, _)| *list).collect()
}

/// The places behind one up to the next mark.
fn part_behind(words: &[Said], at: usize) -> std::ops::Range<usize> {
    let behind = &words[at + 1..];
    let length = behind.iter().position(|word| word.is_cut);
    at + 1..at + 1 + length.unwrap_or(behind.len())
}

fn words_of(title: &str) -> Vec<Said> {
    let words = split_words(title).filter(|word| !word.is_bigram);
    let words = with_gaps(title, words.take(MAX_WORDS));
    let said = words.map(|(word, gap)| Said {
        word: lower_word(word.written),
        is_cut: gap.contains(|c: char| !c.is_whitespace() && !JOINS.contains(&c)),
        is_joined: gap.contains('-') && !gap.contains(char::is_whitespace),
    });
    said.collect()
}

#[cfg(test)]
mod tests;
