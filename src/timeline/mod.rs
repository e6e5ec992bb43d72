//! Which events make a storyline, in what order, under what headline. Pure.
//!
//! Events come from `cluster` as sketches; reports come from the store as [`Report`]s. What counts
//! as a change worth telling readers is not decided here but in `material`.

mod affixes;
mod asides;
mod bound;
mod bridges;
mod counts;
mod denials;
mod figures;
mod filed;
mod headline;
mod line;
pub mod material;
mod obeying;
mod occurred;
mod outcomes;
mod parts;
mod prospects;
mod remembered;
mod retractions;
mod rulings;
mod slug;
mod stages;
mod storylines;
mod sums;
mod tolls;
mod trials;
mod turn;
mod vectors;
mod voices;
mod wholes;
mod years;

use crate::text::tongues;

pub use headline::{HeadlineChoice, HeadlineShare, Report, Says, pick_headline};
pub use obeying::{Beside, Placing, Standing, StoredLines};
pub use occurred::{LifeSettings, life_of, when_it_occurred};
pub use rulings::StorylineRules;
pub use slug::{make_slug, unique_slug};
pub use storylines::{Linking, StorylineSettings, Storylines};
