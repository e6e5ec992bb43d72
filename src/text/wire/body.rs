//! The first lines of an item: byline, dateline, notes to editors, kill texts.

use super::peel::{Window, head, note};
use super::rules::rulebook;
use super::{Draft, WireInput};
use crate::news::{Span, WireTag};
use crate::text::dateline;

/// How far into a body notes and kill texts are looked for, in bytes: they stand at its head.
const HEAD_BYTES: usize = 600;

/// The most notes that stand in a row before the text begins.
const MOST_NOTES: usize = 6;

/// Reads summary and text; only the summary is cleaned.
pub(super) fn read_body(input: &WireInput<'_>, draft: &mut Draft) {
    read_field(input, draft, "summary", input.summary);
    if draft.reading.dateline.is_none() {
        read_field(input, draft, "text", input.text);
    }
}

fn read_field(input: &WireInput<'_>, draft: &mut Draft, field: &str, body: &str) {
    if body.is_empty() {
        return;
    }
    let mut from = 0;
    for _ in 0..MOST_NOTES {
        let step = read_note(input, draft, field, (body, from))
            .or_else(|| read_dateline(input, draft, field, (body, from)));
        match step {
            Some(end) if end > from => from = end,
            _ => break,
        }
    }
    for found in rulebook().body.matches(input, head(body, HEAD_BYTES)) {
        let notice = matches!(found.rule.meaning(), "kill" | "hold");
        if !notice || draft.tags.iter().all(|tag| tag.rule != found.rule.id) {
            note(
                draft,
                Window {
                    field,
                    text: head(body, HEAD_BYTES),
                    offset: 0,
                },
                found,
                false,
            );
        }
    }
}

/// A note to editors at `from`; returns where it ends.
fn read_note(
    input: &WireInput<'_>,
    draft: &mut Draft,
    field: &str,
    at: (&str, usize),
) -> Option<usize> {
    let (body, from) = at;
    let window = head(&body[from..], HEAD_BYTES);
    let found = rulebook().body_start.longest(input, window)?;
    let end = from + found.end;
    let leaves_words = body[end..].chars().any(char::is_alphanumeric);
    let removed = leaves_words && !found.rule.keep;
    if found.rule.meaning() == "change-note" && draft.reading.change_note.is_none() {
        draft.reading.change_note = Some(window[found.start..found.end].trim().to_owned());
    }
    note(
        draft,
        Window {
            field,
            text: window,
            offset: from,
        },
        found,
        removed,
    );
    removed.then_some(end)
}

/// A dateline at `from`; returns where it ends.
fn read_dateline(
    input: &WireInput<'_>,
    draft: &mut Draft,
    field: &str,
    at: (&str, usize),
) -> Option<usize> {
    let (body, from) = at;
    if draft.reading.dateline.is_some() {
        return None;
    }
    let found = dateline::read(&body[from..], input.outlet_is_wire, input.item_time)?;
    let end = from + found.end;
    let removed = body[end..].chars().any(char::is_alphanumeric);
    draft.tags.push(WireTag {
        text: body[from..end].to_owned(),
        field: field.to_owned(),
        span: Span { start: from, end },
        meaning: "dateline".to_owned(),
        rule: found.rule.to_owned(),
        removed,
    });
    draft.reading.agency = found.agency;
    draft.reading.dateline = Some(found.dateline);
    removed.then_some(end)
}
