//! The desk: decisions, explanations, accounts and pages over a real store.

mod decisions;
mod http;
mod newsdesk;
mod why;
