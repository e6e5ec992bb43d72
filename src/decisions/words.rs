//! Rulings in words, for logs, pages and answers.

use crate::news::{ItemId, Ruling, WentAlong};

/// What a ruling says, as the rest of a sentence that begins with the editor's name.
pub fn describe_ruling(ruling: &Ruling) -> String {
    match ruling {
        Ruling::MergeEvents { kept, merged, .. } => {
            format!("merged event {merged} into event {kept}")
        }
        Ruling::SplitEvent {
            event, split_items, ..
        } => format!("split {} out of event {event}", list("item", split_items)),
        Ruling::MoveItem { item, from, to, .. } => {
            format!("moved item {item} from event {from} to event {to}")
        }
        Ruling::SameEvent { a, b, .. } => format!("ruled that items {a} and {b} tell one event"),
        Ruling::NotSameEvent { a, b } => {
            format!("ruled that items {a} and {b} do not tell one event")
        }
        Ruling::MergeStorylines { kept, merged, .. } => {
            format!("merged storyline {merged} into storyline {kept}")
        }
        Ruling::SplitStoryline {
            storyline,
            split_events,
            ..
        } => format!(
            "split {} out of storyline {storyline}",
            list("event", split_events)
        ),
        Ruling::PinHeadline { event, headline } => {
            format!("pinned the headline of event {event}: {headline}")
        }
        Ruling::RenameStoryline {
            storyline,
            headline,
        } => format!("renamed storyline {storyline}: {headline}"),
        Ruling::Spike { target } => format!("spiked {}", target),
        Ruling::Lock { event, .. } => format!("locked event {event}"),
    }
}

/// Which copies go along with what a ruling takes out of an event; `None` if none do.
pub fn describe_copies(copies: &[ItemId]) -> Option<String> {
    let goes = if copies.len() == 1 {
        "a copy goes"
    } else {
        "copies go"
    };
    (!copies.is_empty()).then(|| format!("{goes} along: {}", list("item", copies)))
}

/// What went along with a decision that does not name it, and where.
pub fn describe_went_along(went: &WentAlong) -> String {
    let WentAlong { items, from, into } = went;
    let items = list("item", items);
    format!("{items} went from event {from} to event {into} with it: nothing else held them there")
}

fn list(noun: &str, ids: &[impl std::fmt::Display]) -> String {
    let named: Vec<String> = ids.iter().take(5).map(ToString::to_string).collect();
    let plural = if ids.len() == 1 { "" } else { "s" };
    let more = match ids.len().saturating_sub(5) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{noun}{plural} {}{more}", named.join(", "))
}
