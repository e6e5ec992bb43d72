//! What is published, from rows in a database to bytes over HTTP.

mod callback;
mod clock;
mod decided;
mod fanout;
mod gallery;
mod golden;
mod histories;
mod hostile;
pub mod http;
mod hub;
mod ids;
mod kept_back;
mod newsroom;
mod noticed;
mod parted;
mod pinned;
mod readers;
mod retold;
mod revised;
mod sections;
mod spiked;
mod views;
pub mod week;
mod withdrawn;
