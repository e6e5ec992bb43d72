//! The beginning of a text, without what pages put around it, cut where it may end. What pages put there is data
//! (`lead.toml`).

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::words::is_unspaced;

#[cfg(test)]
mod tests;

/// Pieces of boilerplate that stand in a row at most.
const MOST_PIECES: usize = 8;
/// Letters of a sentence that is boilerplate at most; a letter of a script without spaces counts as two.
const MOST_LETTERS: usize = 220;
/// The same of a line that credits, and of one that tells a time.
const MOST_LETTERS_OF_LINES: usize = 40;
/// Digits that a date or a time of day has at least.
const FEWEST_DIGITS: usize = 4;
/// How far a bracket at either end reaches, in bytes.
const MOST_BRACKETED: usize = 400;

/// A lead without what publishing software puts around it: `The post … appeared first on …`, `Continue reading...`,
/// `Please use Chrome browser …`, `Photo: …`. Empty if there is nothing else.
pub fn without_boilerplate(lead: &str) -> &str {
    let mut rest = lead.trim();
    for _ in 0..MOST_PIECES {
        let shorter = without_head(rest)
            .or_else(|| without_first(rest))
            .or_else(|| without_notice(rest))
            .or_else(|| without_tail(rest))
            .or_else(|| without_last(rest));
        match shorter {
            Some(shorter) => rest = shorter,
            None => break,
        }
    }
    rest
}

fn without_head(lead: &str) -> Option<&str> {
    let mut found = PAGES.heads.found_at_start(lead);
    found.find_map(|(_, end)| {
        let (head, rest) = lead.split_at(end);
        // `Advertisement of the year` is a text.
        let goes_on = rest
            .strip_prefix(' ')
            .is_some_and(|rest| rest.starts_with(char::is_lowercase));
        let is_word = !head.contains([' ', ':', '：']);
        let is_between = |c: char| c.is_whitespace() || c == '.' || SEPARATORS.contains(&c);
        (!is_word || !goes_on).then(|| rest.trim_start_matches(is_between))
    })
}

/// Without a first sentence, or a bracket before it, that is no news.
fn without_first(lead: &str) -> Option<&str> {
    let bracket = lead.chars().next().and_then(|open| {
        let close = BRACKETS.iter().find(|(one, _)| *one == open)?.1;
        let from = open.len_utf8();
        let length = lead[from..].find(close)?;
        let is_piece = length <= MOST_BRACKETED && is_no_news(&lead[from..from + length], true);
        is_piece.then_some(from + length + close.len_utf8())
    });
    let end = bracket.or_else(|| {
        let from = lead.len() - without_bullets(lead).len();
        let mut found = PAGES.begins.found_at_start(&lead[from..]);
        found.find_map(|(kind, length)| {
            let end = end_of_sentence(lead, from + length);
            kind.holds_for(&lead[from..end], false).then_some(end)
        })
    })?;
    Some(lead[end..].trim_start_matches(|c: char| c.is_whitespace() || SEPARATORS.contains(&c)))
}

/// Without `The post … appeared first on …` at its end, which has the title within.
fn without_notice(lead: &str) -> Option<&str> {
    let at = lead.rfind("The post ")?;
    lead[at..]
        .contains(" appeared first on ")
        .then(|| lead[..at].trim_end())
}

/// Without a prompt to read on that is a sentence of its own.
fn without_tail(lead: &str) -> Option<&str> {
    let bare = lead.trim_end_matches(|c: char| !is_letter(c));
    let behind = &lead[bare.len()..];
    let leads_on = behind.contains(['…', '→', '»']) || behind.contains("..");
    let mut found = PAGES.tails.found_at_end(bare);
    let from = found.find_map(|(words, from)| {
        let before = bare[..from].trim_end_matches([' ', '\u{a0}', '[', '(', '→', '»', '|', '>']);
        let is_own = before.is_empty()
            || before.ends_with(ENDS)
            || before.ends_with(['"', '”', '’', '」', ')', '）', ':', '\n'])
            || leads_on && words > 1;
        is_own.then_some(from)
    })?;
    Some(bare[..from].trim_end_matches([' ', '\u{a0}', '[', '(', '→', '»', '|', '>', '\n']))
}

/// Without a last sentence, or a bracket behind it, that is no news.
fn without_last(lead: &str) -> Option<&str> {
    let bare = lead.trim_end_matches(|c: char| c.is_whitespace() || c == '.' || c == '。');
    let bracket = bare.chars().next_back().and_then(|close| {
        let open = BRACKETS.iter().find(|(_, one)| *one == close)?.0;
        let end = bare.len() - close.len_utf8();
        let at = bare[..end].rfind(open)?;
        let inner = &bare[at + open.len_utf8()..end];
        (inner.len() <= MOST_BRACKETED && is_no_news(inner, true)).then_some(at)
    });
    let from = bracket.or_else(|| {
        let from = start_of_last_sentence(bare);
        is_no_news(&bare[from..], false).then_some(from)
    })?;
    let is_separator = |c: char| c.is_whitespace() || SEPARATORS.contains(&c);
    Some(lead[..from].trim_end_matches(is_separator))
}

const BRACKETS: [(char, char); 6] = [
    ('(', ')'),
    ('（', '）'),
    ('[', ']'),
    ('【', '】'),
    ('〔', '〕'),
    ('［', '］'),
];
/// What stands between a text and what is put around it.
const SEPARATORS: [char; 7] = ['|', '•', '·', '–', '—', '-', '*'];
/// What sentences end with.
const ENDS: [char; 10] = ['.', '!', '?', '…', '。', '！', '？', '؟', '।', '۔'];

fn without_bullets(text: &str) -> &str {
    text.trim_start_matches(|c: char| {
        c.is_whitespace() || SEPARATORS.contains(&c) || matches!(c, '>' | '»' | '→' | '▶')
    })
}

/// True if all of a piece is what pages put around a text.
fn is_no_news(piece: &str, is_bracketed: bool) -> bool {
    let piece = without_bullets(piece);
    let mut found = PAGES.begins.found_at_start(piece);
    found.any(|(kind, _)| kind.holds_for(piece, is_bracketed))
}

/// Where the sentence ends that goes on at `from`.
fn end_of_sentence(text: &str, from: usize) -> usize {
    let ends = text[from..].match_indices(|c: char| c == '\n' || ENDS.contains(&c));
    let mut ends = ends.map(|(at, end)| (from + at, from + at + end.len()));
    let found = ends.find(|(at, end)| ends_sentence(text, *at, *end));
    found.map_or(text.len(), |(_, end)| end)
}

/// Where the last sentence begins; what ends it is cut off already.
fn start_of_last_sentence(text: &str) -> usize {
    let ends = text.rmatch_indices(|c: char| c == '\n' || ENDS.contains(&c));
    let mut ends = ends.map(|(at, end)| (at, at + end.len()));
    let found = ends.find(|(at, end)| ends_sentence(text, *at, *end));
    found.map_or(0, |(_, end)| end)
}

/// True if a mark ends a sentence: a full stop does before a space, unless it shortens a name to a letter.
fn ends_sentence(text: &str, at: usize, end: usize) -> bool {
    let is_spaced = text[end..].chars().next().is_none_or(char::is_whitespace);
    match &text[at..end] {
        "." => {
            let mut before = text[..at].chars().rev();
            let is_initial = before.next().is_some_and(char::is_alphabetic)
                && before.next().is_none_or(|c| !c.is_alphanumeric());
            is_spaced && !is_initial
        }
        "!" | "?" | "…" => is_spaced,
        _ => true,
    }
}

/// Letters with the marks that stand on them.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// What a piece that begins with a phrase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Head,
    Tail,
    Sentence,
    Credit,
    Bracketed,
    Time,
}

impl Kind {
    /// True if a piece that begins with a phrase of this kind tells nothing.
    fn holds_for(self, piece: &str, is_bracketed: bool) -> bool {
        let weigh = |c: char| match is_letter(c) {
            true if is_unspaced(c) => 2,
            true => 1,
            false => 0,
        };
        let letters = || piece.chars().map(weigh).sum::<usize>();
        match self {
            Self::Head | Self::Tail => false,
            Self::Bracketed => is_bracketed,
            Self::Sentence => letters() <= MOST_LETTERS,
            Self::Credit => letters() <= MOST_LETTERS_OF_LINES,
            Self::Time => {
                let digits = piece.chars().filter(|c| c.is_numeric()).count();
                digits >= FEWEST_DIGITS && letters() - digits <= MOST_LETTERS_OF_LINES
            }
        }
    }
}

/// The lists of `lead.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    tails: Vec<String>,
    heads: Vec<String>,
    sentences: Vec<String>,
    credits: Vec<String>,
    bracketed: Vec<String>,
    times: Vec<String>,
}

/// The same, found by the letter at which a text begins or ends.
struct Pages {
    heads: Phrases,
    begins: Phrases,
    tails: Phrases,
}

static PAGES: LazyLock<Pages> = LazyLock::new(|| {
    let lists: Lists = toml::from_str(include_str!("lead.toml"))
        .expect("the embedded list parses, a test reads it");
    let mut pages = Pages {
        heads: Phrases::default(),
        begins: Phrases::default(),
        tails: Phrases::default(),
    };
    pages.heads.add(&lists.heads, Kind::Head);
    pages.tails.add(&lists.tails, Kind::Tail);
    pages.begins.add(&lists.sentences, Kind::Sentence);
    pages.begins.add(&lists.credits, Kind::Credit);
    pages.begins.add(&lists.bracketed, Kind::Bracketed);
    pages.begins.add(&lists.times, Kind::Time);
    pages
});

struct Phrase {
    letters: Vec<char>,
    words: usize,
    kind: Kind,
}

/// Phrases by their first letter, or by their last if they are tails.
#[derive(Default)]
struct Phrases(FxHashMap<char, Vec<Phrase>>);

impl Phrases {
    fn add(&mut self, phrases: &[String], kind: Kind) {
        for phrase in phrases {
            let (one, other) = (phrase.nfc().collect::<String>(), in_single_letters(phrase));
            let forms = [Some(&one), Some(&other).filter(|other| **other != one)];
            for form in forms.into_iter().flatten() {
                let letters: Vec<char> = form.chars().collect();
                let key = if kind == Kind::Tail {
                    letters.last()
                } else {
                    letters.first()
                };
                let Some(key) = key.copied() else { continue };
                // In a script without spaces a phrase is more than a word.
                let words = form.split(' ').count() + usize::from(form.contains(is_unspaced));
                let phrase = Phrase {
                    letters,
                    words,
                    kind,
                };
                self.0.entry(key).or_default().push(phrase);
            }
        }
    }

    /// Those that a text begins with, each with where it ends.
    fn found_at_start<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (Kind, usize)> + 'a {
        let phrases = text
            .chars()
            .next()
            .and_then(|first| self.0.get(&lower(first)));
        let phrases = phrases.into_iter().flatten();
        phrases.filter_map(move |phrase| Some((phrase.kind, phrase.end_in(text)?)))
    }

    /// Those that a text ends with, each with its number of words and where it begins.
    fn found_at_end<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        let last = text.chars().next_back();
        let phrases = last.and_then(|last| self.0.get(&lower(last)));
        let phrases = phrases.into_iter().flatten();
        phrases.filter_map(move |phrase| Some((phrase.words, phrase.start_in(text)?)))
    }
}

impl Phrase {
    fn end_in(&self, text: &str) -> Option<usize> {
        let mut rest = text;
        for letter in &self.letters {
            let shorter = match letter {
                '#' => rest.trim_start_matches(|c: char| c.is_numeric() || c == ','),
                _ => rest.strip_prefix(|c| is_same(*letter, c))?,
            };
            if shorter.len() == rest.len() {
                return None;
            }
            rest = shorter;
        }
        let last = self.letters.last()?;
        let goes_on = is_letter(*last)
            && !is_unspaced(*last)
            && rest.starts_with(|c: char| is_letter(c) && !is_unspaced(c));
        (!goes_on).then_some(text.len() - rest.len())
    }

    fn start_in(&self, text: &str) -> Option<usize> {
        let mut rest = text;
        for letter in self.letters.iter().rev() {
            rest = rest.strip_suffix(|c| is_same(*letter, c))?;
        }
        (!rest.ends_with(is_letter)).then_some(rest.len())
    }
}

/// True if a letter of a text is that of a phrase; a space is any.
fn is_same(letter: char, other: char) -> bool {
    letter == other || letter == ' ' && other.is_whitespace() || letter == lower(other)
}

fn lower(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

/// Letters of Bengali and Devanagari with a dot below that Unicode's normal forms take apart, and feeds do not.
fn in_single_letters(phrase: &str) -> String {
    const SINGLE: [(&str, &str); 8] = [
        ("\u{9A1}\u{9BC}", "\u{9DC}"),
        ("\u{9A2}\u{9BC}", "\u{9DD}"),
        ("\u{9AF}\u{9BC}", "\u{9DF}"),
        ("\u{915}\u{93C}", "\u{958}"),
        ("\u{916}\u{93C}", "\u{959}"),
        ("\u{91C}\u{93C}", "\u{95B}"),
        ("\u{921}\u{93C}", "\u{95C}"),
        ("\u{922}\u{93C}", "\u{95D}"),
    ];
    let apart: String = phrase.nfc().collect();
    SINGLE
        .iter()
        .fold(apart, |phrase, (two, one)| phrase.replace(two, one))
}

/// Paragraphs that stand before the first one of a report, at most.
const MOST_BEFORE: usize = 6;
/// Letters of such a paragraph, at most.
const MOST_LETTERS_BEFORE: usize = 45;

/// A full text from its first paragraph that is one: short lines before it that end as no sentence does are what pages
/// put there (`Listen to this article`, `Share`, a byline, a picture's credit). All of it where nothing else follows.
pub fn first_paragraph_on(text: &str) -> &str {
    let mut rest = text.trim_start();
    for _ in 0..=MOST_BEFORE {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        if !is_before(line) {
            return rest;
        }
        rest = after.trim_start();
        if rest.is_empty() {
            break;
        }
    }
    text
}

/// True for a line that is no paragraph; one that ends in a dash or colon leads on to what follows, as datelines do.
fn is_before(line: &str) -> bool {
    let line = line.trim_end();
    let bare = line.trim_end_matches(['"', '”', '’', '»', '」', '』', ')', '）', ']']);
    let leads_on = line.ends_with(['-', '–', '—', ':', '：', ',', ';']);
    let letters = line.chars().filter(|c| is_letter(*c));
    let weight: usize = letters.map(|c| 1 + usize::from(is_unspaced(c))).sum();
    !bare.ends_with(ENDS) && !leads_on && weight <= MOST_LETTERS_BEFORE && !line.is_empty()
}

/// Cuts a lead at a sentence or word so that it has at most so many characters.
pub fn cut_lede(lead: &str, most: usize) -> String {
    let lead = lead.trim();
    let Some((end, _)) = lead.char_indices().nth(most) else {
        return lead.to_owned();
    };
    let cut = &lead[..end];
    let sentence = cut.rfind(['.', '!', '?', '。', '！', '？', '؟', '।']);
    if let Some(at) = sentence.filter(|at| *at > end / 2) {
        let length = cut[at..].chars().next().map_or(0, char::len_utf8);
        return cut[..at + length].to_owned();
    }
    let shorter = cut
        .char_indices()
        .nth(most.saturating_sub(1))
        .map_or(cut, |(at, _)| &cut[..at]);
    let word = shorter
        .rfind(char::is_whitespace)
        .filter(|at| *at > end / 2);
    format!("{}…", shorter[..word.unwrap_or(shorter.len())].trim_end())
}
