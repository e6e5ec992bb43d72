//! Load, decide in the core, save: one file per job, each safe to run twice.

mod ahead;
pub mod backup;
pub mod cluster;
pub mod daemon;
pub mod decide;
mod describe;
mod discover;
pub mod feeds;
pub mod ingest;
mod locks;
pub mod poll;
pub mod publish;
pub mod retention;
pub mod schedule;
mod settings;
mod spikes;
pub mod sweep;
pub mod websub_hub;
pub mod websub_subscriber;

pub use poll::{PollReport, PollSettings, Poller};
pub use settings::{Schedule, StorageSettings};
pub use sweep::Sweep;
