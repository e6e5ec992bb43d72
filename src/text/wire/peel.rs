//! Takes tags off both ends of a title, one after the other, and reads link and categories.

use super::{Draft, Hit, WireInput, suffix};
use crate::news::{Span, WireTag};

use super::rules::rulebook;
use super::shelf::Match;

/// More tags than any agency stacks; a bound for titles made of nothing but tags.
const MOST_TAGS: usize = 8;

/// How far into a title a tag at its start can reach, in bytes.
const START_BYTES: usize = 160;

/// Reads tags at the start and end of the title; returns the stretch that is left between them.
pub(super) fn read_title(input: &WireInput<'_>, draft: &mut Draft) -> Span {
    let mut left = Span {
        start: 0,
        end: input.title.len(),
    };
    for _ in 0..MOST_TAGS {
        if !peel_start(input, draft, &mut left) {
            break;
        }
    }
    for _ in 0..MOST_TAGS {
        if !peel_end(input, draft, &mut left) {
            break;
        }
    }
    left
}

/// Reads what link and categories say of the role: only where the title says nothing, since a
/// title speaks of the item and a path often of its section.
pub(super) fn read_link_and_categories(input: &WireInput<'_>, draft: &mut Draft) {
    if !draft.roles.is_empty() {
        return;
    }
    if let Some(link) = input.link {
        let (offset, path) = path_of(link);
        if let Some(found) = rulebook().link.longest(input, path) {
            note(
                draft,
                Window {
                    field: "link",
                    text: path,
                    offset,
                },
                found,
                false,
            );
        }
    }
    for category in input.categories {
        if let Some(found) = rulebook().category.longest(input, category.trim()) {
            let offset = category.len() - category.trim_start().len();
            note(
                draft,
                Window {
                    field: "category",
                    text: category.trim(),
                    offset,
                },
                found,
                false,
            );
            break;
        }
    }
}

/// A bracketed or capitalised prefix that no rule took off, as written.
pub(super) fn unknown_prefix(
    input: &WireInput<'_>,
    left: Span,
    tags: &[WireTag],
) -> Option<String> {
    let kept = tags
        .iter()
        .any(|tag| tag.field == "title" && !tag.removed && tag.span.start == left.start);
    let rest = input.title.get(left.start..left.end)?.trim_start();
    if kept {
        return None;
    }
    bracketed(rest)
        .or_else(|| capitalised(rest))
        .map(str::to_owned)
}

/// True if a text is a slug rather than a sentence: joined by hyphens and slashes at least as
/// often as by spaces.
pub(super) fn is_slug(text: &str) -> bool {
    let text = text.trim();
    let joints = text.matches(['-', '/']).count();
    joints > 0 && joints >= text.matches(' ').count()
}

fn peel_start(input: &WireInput<'_>, draft: &mut Draft, left: &mut Span) -> bool {
    let rest = &input.title[left.start..left.end];
    let window = head(rest, START_BYTES);
    let Some(found) = rulebook().start.longest(input, window) else {
        return false;
    };
    let leaves_words = rest[found.end..].chars().any(char::is_alphanumeric);
    let removed = leaves_words && !found.rule.keep;
    let (offset, end) = (left.start, found.end);
    note(
        draft,
        Window {
            field: "title",
            text: window,
            offset,
        },
        found,
        removed,
    );
    if removed {
        left.start += end;
    }
    removed
}

fn peel_end(input: &WireInput<'_>, draft: &mut Draft, left: &mut Span) -> bool {
    let rest = &input.title[left.start..left.end];
    let Some(cut) = suffix::last_part(rest) else {
        return false;
    };
    let tail = &rest[cut..];
    let leaves_words = rest[..cut].chars().any(char::is_alphanumeric);
    let offset = left.start + cut;
    if let Some(found) = rulebook().end.longest(input, tail) {
        let removed = leaves_words && !found.rule.keep;
        note(
            draft,
            Window {
                field: "title",
                text: tail,
                offset,
            },
            found,
            removed,
        );
        if removed {
            left.end = offset;
        }
        return removed;
    }
    if leaves_words && suffix::names_the_outlet(input, tail) {
        draft.reading.outlet_suffix = Some(suffix::bare(tail).to_owned());
        draft.tags.push(WireTag {
            text: tail.to_owned(),
            field: "title".to_owned(),
            span: Span {
                start: offset,
                end: offset + tail.len(),
            },
            meaning: "outlet-suffix".to_owned(),
            rule: "outlet-name".to_owned(),
            removed: true,
        });
        left.end = offset;
        return true;
    }
    false
}

/// A stretch of a field that rules are tried on.
#[derive(Clone, Copy)]
pub(super) struct Window<'a> {
    /// `title`, `summary`, `text`, `link` or `category`.
    pub field: &'a str,
    /// What is tried.
    pub text: &'a str,
    /// Where it begins in the field.
    pub offset: usize,
}

/// Enters a match in the draft.
pub(super) fn note(draft: &mut Draft, window: Window<'_>, found: Match<'_, '_>, removed: bool) {
    let hit = Hit {
        text: &window.text[found.start..found.end],
        span: Span {
            start: window.offset + found.start,
            end: window.offset + found.end,
        },
        number: found.number,
        key: found.key.map(|key| key.trim().to_owned()),
        removed,
    };
    draft.apply(found.rule, window.field, hit);
}

/// The first `bytes` of a text, cut at a character.
pub(super) fn head(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The path of a link and where it begins, without scheme, host, query and fragment.
fn path_of(link: &str) -> (usize, &str) {
    let after_scheme = link.find("://").map_or(0, |at| at + 3);
    let end = link
        .find(['?', '#'])
        .unwrap_or(link.len())
        .max(after_scheme);
    let host_and_path = &link[after_scheme..end];
    let start = host_and_path.find('/').map_or(end, |at| after_scheme + at);
    (start, &link[start..end])
}

fn bracketed(text: &str) -> Option<&str> {
    const PAIRS: [(char, char); 8] = [
        ('[', ']'),
        ('(', ')'),
        ('{', '}'),
        ('<', '>'),
        ('【', '】'),
        ('〔', '〕'),
        ('（', '）'),
        ('《', '》'),
    ];
    let first = text.chars().next()?;
    let (open, close) = PAIRS.into_iter().find(|(open, _)| *open == first)?;
    let window = head(text, 80);
    let inside = &window[open.len_utf8()..];
    let length = inside.find(close)?;
    let end = open.len_utf8() + length + close.len_utf8();
    let leaves_words = text[end..].chars().any(char::is_alphanumeric);
    (length > 0 && leaves_words).then(|| &text[..end])
}

/// `SOME WORDS:` or `SOME WORDS-` in capitals, followed by a headline.
fn capitalised(text: &str) -> Option<&str> {
    let window = head(text, 48);
    let end = window.find([':', '：', '-', '|'])?;
    let word = &window[..end];
    let mut letters = word.chars().filter(|c| c.is_alphabetic()).peekable();
    letters.peek()?;
    let shouted = letters.all(char::is_uppercase)
        && word.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && word.split_whitespace().count() <= 4;
    let mark = window[end..].chars().next()?;
    let after = &text[end + mark.len_utf8()..];
    let next = after.chars().next()?;
    // `SOCCER-Real win` is a prefix, `US-China talks` and `COVID-19` are names.
    let joined = mark == '-' && !(next.is_uppercase() && word.chars().count() > 4);
    // `USA:s ekonomi` is Swedish for the economy of the USA.
    let inflected = mark == ':' && next.is_lowercase();
    (shouted && !joined && !inflected && after.chars().any(char::is_alphanumeric))
        .then(|| &text[..end + mark.len_utf8()])
}
