//! Bytes to parsed items, and events to bytes: RSS, Atom, JSON Feed, OPML. Pure.

mod dates;
mod decode;
mod doctype;
mod entities;
mod finish;
mod html;
pub mod identity;
mod json;
mod languages;
mod merge;
pub mod opml;
mod parsed;
mod raw;
mod read;
mod reader;
mod strict;
mod urls;
pub mod write;

pub use dates::read_date;
pub use languages::Languages;
pub use parsed::{Format, ParsedFeed, ParsedItem, VisitHints};
pub use read::{count_items_uncleaned, read, read_polled};

/// How a revision differs from the next: for pages, which do not import `text`.
pub use crate::text::diff::{WordChange, word_diff};
