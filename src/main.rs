//! The `dateline` program.

#![forbid(unsafe_code)]

fn main() {}
