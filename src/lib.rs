//! Dateline polls news feeds, gathers the items that tell one event, and republishes storylines as
//! timelines. The rooms and who may import whom: `docs/ARCHITECTURE.md`.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod cli;
pub mod clock;
pub mod cluster;
pub mod config;
pub mod decisions;
pub mod feed;
pub mod fetch;
pub mod jobs;
pub mod news;
pub mod serve;
pub mod store;
pub mod text;
pub mod timeline;
