//! The daemon as an operator runs it: the real program, its signals, its sockets, its disk.

pub mod client;
mod crash;
mod disk;
mod feeds;
mod newsroom;
mod own;
mod proxy;
mod restart;
pub mod service;
mod soak;
mod units;
mod upgrade;
mod words;
