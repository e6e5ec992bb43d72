//! Visits from end to end: a store on disk, the real fetcher, a server that logs what it is asked,
//! and a clock that the test moves. One test for each line of `docs/polling.md` that can break.

mod adding;
mod addresses;
mod beside;
mod clock;
mod conditional;
mod cut;
mod ends;
mod gone;
pub mod harness;
mod history;
mod identity;
mod kill;
mod notices;
mod pace;
mod stale;
mod standing;
mod states;
mod sweep;
mod table;
mod websub;
