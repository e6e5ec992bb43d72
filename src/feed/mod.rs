//! Bytes to parsed items, and events to bytes: RSS, Atom, JSON Feed, OPML. Pure.

mod parsed;
pub mod write;

pub use parsed::{Format, ParsedFeed, ParsedItem, VisitHints};
