//! `dateline poll`: visits feeds once and clusters what came, by this process or by the daemon that
//! owns the data directory.

use std::process::ExitCode;

use anyhow::bail;

use super::asking;
use super::{Global, Place};
use crate::news::{FeedId, Request};
use crate::store::feeds::find_feeds;

/// Options of `poll`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples: dateline poll\n          dateline poll 3 https://example.org/feed.xml"
)]
pub struct PollArgs {
    /// Ids, addresses, or parts of an address or title; none for all feeds that are due, those too that a
    /// start found overdue and spread over their interval
    feeds: Vec<String>,
}

/// Visits the feeds and prints what came of it, a line each.
///
/// # Errors
/// If there is no database, or a name that means no feed.
pub fn run(args: &PollArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let place = Place::find(global)?;
    let store = place.read_store()?;
    let mut feeds: Vec<FeedId> = Vec::new();
    for name in &args.feeds {
        let found = store.read(|conn| find_feeds(conn, name))?;
        if found.is_empty() {
            bail!("no feed is named `{name}`: `dateline feeds list` shows those that there are");
        }
        feeds.extend(found.iter().map(|listing| listing.feed.id));
    }
    drop(store);
    asking::ask(&place, Request::Poll { feeds })
}
