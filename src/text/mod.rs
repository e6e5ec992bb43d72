//! Words, language, names, numbers, wire tags, datelines, fingerprints of a text. Pure.

pub mod belief;
pub mod dateline;
pub mod language;
pub mod wire;
