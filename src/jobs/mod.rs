//! Load, decide in the core, save: one file per job, each safe to run twice.

pub mod cluster;
pub mod ingest;
pub mod schedule;
mod settings;

pub use settings::Schedule;
