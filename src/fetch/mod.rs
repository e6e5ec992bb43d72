//! Polite HTTP out: validators, back-off, limits, the guard against private addresses.
//!
//! [`Fetcher`] makes the requests; everything else is plain functions with time as an argument.
//! It neither parses feeds nor saves anything: `jobs` does both.

mod body;
mod credentials;
mod cron;
mod failure;
mod fetcher;
mod guard;
mod headers;
pub mod health;
mod kept;
pub mod moves;
mod names;
mod outcome;
pub mod pace;
mod request;
pub mod schedule;
mod settings;

pub use cron::{CronLine, NotACronLine};
pub use fetcher::{FetchSetupError, Fetcher};
pub use guard::{AddressGuard, Network, NotANetwork, Refusal, is_public};
pub use headers::parse_http_date;
pub use names::{Lookup, Names, SystemNames};
pub use outcome::{Answer, FailureKind, FetchFailure, FetchOutcome, Hop, Visited};
pub use request::{
    FeedRequest, Manners, PlainAnswer, PlainRequest, Turn, TurnTaking, without_credentials,
};
pub use settings::FetchSettings;
