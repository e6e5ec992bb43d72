//! The integration tests: one binary, one module a subject, so that they link once.

mod clustering;
mod clustering_copies;
mod clustering_languages;
mod clustering_likenesses;
mod clustering_sequels;
mod clustering_settling;
mod clustering_streams;
mod desk;
mod dice;
mod evaluating;
mod fetching;
mod operating;
mod opml;
mod polling;
mod publishing;
mod reading;
mod rows;
mod security_fetch;
mod security_text;
mod server;
mod tidy;
mod wire;
