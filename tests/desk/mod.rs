//! The desk: decisions, explanations, accounts and pages over a real store.

mod decisions;
mod newsdesk;
mod why;
