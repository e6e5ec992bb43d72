//! Which items are reprints, which items tell the same event, and why.
//!
//! The [`Engine`] keeps a window of time in memory. An item that arrives is scored once against
//! the live items (the scores are frozen) and gets a provisional event; [`Engine::settle`] groups
//! what was touched anew, from the frozen scores and the editors' constraints alone. The method
//! and its figures: `docs/clustering.md`.
//!
//! Pure: no I/O, no clock. The store keeps what the engine returns and hands it back to
//! [`Engine::restore`].

mod agglomerate;
mod arriving;
mod candidates;
mod common_words;
mod counted;
mod dormant;
mod engine;
mod explain;
mod features;
mod forest;
mod grouping;
mod identity;
mod kept_back;
mod latest;
mod newest;
mod pairs;
mod parting;
mod ranked;
mod regroup;
mod reprints;
mod restore;
mod returning;
mod rules;
mod settle;
mod shared;
mod sketch;
mod tables;
mod training;
mod weights;
mod window;

pub use arriving::ArrivingItem;
pub use dormant::DormantEvent;
pub use engine::{Arrival, Engine, MeasuredPair, Publication, Settings};
pub use features::{ABSENT, FEATURES};
pub use kept_back::KeptBack;
pub use latest::Latest;
pub use parting::Parting;
pub use restore::{Restored, RestoredEvent, Restoring};
pub use returning::Returning;
pub use settle::{Cursor, EventChange, OwnEvents, Settlement};
pub use sketch::{EventSketch, SketchTerms};
pub use tables::SavedTables;
pub use training::{Sample, fit, fit_first_cut};
pub use weights::{Curve, FirstCut, Model, Surface, Weights, WeightsError};
