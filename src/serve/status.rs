//! The feed for operators: each change of a feed's health is one entry. Never part of what is
//! published to readers.

use super::address::Output;
use super::compose::told_apart;
use super::documents::derived_id;
use super::settings::Settings;
use crate::feed::write::{Body, Entry, one_line};
use crate::store::{Result, Store, published};

/// How many changes of health the status feed shows.
const LINES: u32 = 100;

/// The latest changes of health, newest first.
pub(super) fn status_entries(store: &Store, settings: &Settings) -> Result<Vec<Entry>> {
    let (publication, changes) = store.read(|conn| {
        Ok((
            published::load_publication(conn)?,
            published::latest_health_changes(conn, LINES)?,
        ))
    })?;
    let page_url = settings.absolute(&Output::Status.path());
    let entries = changes.into_iter().map(|change| {
        let at = change.at.timestamp().to_string();
        let feed = change.feed_id.to_string();
        let id = derived_id(
            publication.instance,
            &["status", &feed, &at, &change.health],
        );
        Entry {
            id: id.urn(),
            title: format!("{}: {}", one_line(&change.title), change.health),
            published: change.at,
            updated: told_apart(change.at, change.feed_id.0),
            alternate: page_url.clone(),
            page_url: page_url.clone(),
            body: Body {
                lede: one_line(&change.reason),
                page_name: "All changes",
                ..Body::default()
            },
            ..Entry::default()
        }
    });
    Ok(entries.collect())
}
