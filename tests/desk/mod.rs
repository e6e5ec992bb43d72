//! The desk: decisions, explanations, accounts and pages over a real store.

mod aimed;
mod along;
mod at_once;
mod commands;
mod copies;
mod decisions;
mod doors;
mod following;
mod forms;
mod holding;
mod http;
mod interrupted;
mod kept_out;
mod listing;
mod newsdesk;
mod reviewing;
mod ruled;
mod spiking;
mod undoing;
mod why;
mod words;
mod world;
