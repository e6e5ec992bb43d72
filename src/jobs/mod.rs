//! Load, decide in the core, save: one file per job, each safe to run twice.

mod settings;

pub use settings::Schedule;
