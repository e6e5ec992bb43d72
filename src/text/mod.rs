//! Words, language, names, numbers, wire tags, datelines, fingerprints of a text. Pure.

pub mod belief;
pub mod casualties;
pub mod clean;
pub mod concepts;
pub mod constant;
pub mod dateline;
pub mod diff;
pub mod fingerprint;
pub mod kinds;
pub mod lands;
pub mod language;
pub mod lead;
pub mod links;
pub mod months;
pub mod ordinary;
pub mod outlet_names;
pub mod pages;
mod pattern;
pub mod places;
pub mod publishers;
pub mod sequels;
pub mod stages;
pub mod stems;
pub mod tolls;
pub mod tongues;
pub mod wire;
pub mod words;
