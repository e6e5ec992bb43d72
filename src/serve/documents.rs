//! Which rows make which document: an output's entries, its title, its paging.

use sha2::{Digest, Sha256};

use super::address::{Archive, Asked, Form, Output};
use super::compose::{entry_of_development, entry_of_event, entry_of_storyline, told_apart};
use super::settings::Settings;
use crate::feed::write::{Deletion, Document, Entry, Paging};
use crate::news::{
    Development, PublicId, PublishedEvent, PublishedStoryline, Standing, StorylineId, UtcTime,
    View, utc_from_secs,
};
use crate::store::published::{self, Extent, Publication};
use crate::store::{Result, Store};

/// How many developments one archive spans. Fewer than a subscription document always holds, so
/// that nothing lies between the newest archive and it.
const ARCHIVE_SPAN: i64 = 50;

/// The most developments of a storyline that its log holds.
const LONGEST_STORYLINE_LOG: u32 = 1000;

/// How long a reader may wait, at the least and at the most, before it asks again.
const TTL_MINUTES: (i64, i64) = (1, 15);

/// What is served at an output.
pub(super) enum Found {
    /// This.
    Content(Content),
    /// It was merged: it is told there now.
    Moved(Output),
    /// It is kept out, for this reason.
    Gone(String),
    /// There never was such a thing.
    Nothing,
}

/// An output's rows, for the feeds and for the page alike.
pub(super) struct Content {
    /// Shown as the title.
    pub(super) title: String,
    /// One sentence.
    pub(super) subtitle: String,
    /// The rows.
    pub(super) rows: Rows,
    /// Number of the newest archive, if the output has any.
    pub(super) newest_archive: Option<u32>,
}

/// The rows of an output.
pub(super) enum Rows {
    Events(Vec<PublishedEvent>),
    Storylines(Vec<PublishedStoryline>),
    Timeline(Box<PublishedStoryline>),
    Event(Box<PublishedEvent>),
    Entries(Vec<Entry>),
}

/// The time of a document that holds nothing: 1 January 2025. It does not move, or the document would be another one
/// with each change elsewhere; readers doubt a feed of 1970.
const EARLIEST: i64 = 1_735_689_600;

/// Reads an output, as much of it as that form shows.
pub(super) fn find_output(
    store: &Store,
    settings: &Settings,
    (output, form): (&Output, Form),
    archive: Option<Archive>,
) -> Result<Found> {
    if let Some(archive) = archive {
        return find_archive(store, settings, output, archive.number);
    }
    let extent = match form {
        Form::Page => Extent::of_page(),
        Form::Feed(_) => Extent {
            keep_secs: i64::from(settings.feed_keep_secs),
            ..Extent::default()
        },
    };
    let title = |words: &str| [settings.title.as_str(), ": ", words].concat();
    let content = |title: String, subtitle: &str, rows: Rows| {
        Ok(Found::Content(Content {
            title,
            subtitle: subtitle.to_owned(),
            rows,
            newest_archive: None,
        }))
    };
    match output {
        Output::Events => {
            let events = store.read(|conn| published::latest_events(conn, extent))?;
            archived(
                store,
                content(
                    title("events"),
                    "Every event, edited in place as it develops.",
                    Rows::Events(events),
                ),
            )
        }
        Output::Home | Output::Storylines => {
            let rows = store.read(|conn| published::latest_storylines(conn, extent))?;
            let title = match output {
                Output::Home => settings.title.clone(),
                _ => title("storylines"),
            };
            content(
                title,
                "Every storyline, with its events in order.",
                Rows::Storylines(rows),
            )
        }
        Output::Log => {
            let rows = store.read(|conn| published::latest_developments(conn, extent))?;
            let entries = entries_of_log(store, settings, &rows)?;
            archived(
                store,
                content(
                    title("log"),
                    "Every material development, once.",
                    Rows::Entries(entries),
                ),
            )
        }
        Output::Status => {
            let entries = super::status::status_entries(store, settings)?;
            content(
                title("status"),
                "Health of the feeds, for operators.",
                Rows::Entries(entries),
            )
        }
        Output::View(name) => match settings.views.iter().find(|view| view.name == *name) {
            Some(view) => find_view(store, settings, view, extent),
            None => Ok(Found::Nothing),
        },
        Output::Event(id) => find_event(store, *id),
        Output::Timeline(id) => find_timeline(store, *id),
        Output::StorylineLog(id) => find_storyline_log(store, settings, *id),
    }
}

/// The feed document of an output that was read.
pub(super) fn document_of(
    asked: &Asked<'_>,
    content: &Content,
    settings: &Settings,
    publication: &Publication,
) -> Document {
    let (output, archive) = (asked.output, asked.archive);
    let entries = match &content.rows {
        Rows::Events(events) => events
            .iter()
            .map(|one| entry_of_event(one, settings))
            .collect(),
        Rows::Storylines(storylines) => storylines
            .iter()
            .map(|one| entry_of_storyline(one, settings))
            .collect(),
        Rows::Timeline(shown) => shown
            .events
            .iter()
            .map(|one| entry_of_event(one, settings))
            .collect(),
        Rows::Event(shown) => vec![entry_of_event(shown, settings)],
        Rows::Entries(entries) => entries.clone(),
    };
    let address = settings.absolute(&asked.path());
    let updated = entries.iter().map(|entry| entry.updated).max();
    let is_private = asked.is_private() || *output == Output::Status;
    Document {
        id: feed_id(publication.instance, output, archive),
        title: content.title.clone(),
        subtitle: content.subtitle.clone(),
        language: None,
        page_url: address.clone(),
        address: match archive {
            Some(archive) => archive.of(&address),
            None => address.clone(),
        },
        hub_url: settings
            .hub_url_of(output)
            .filter(|_| archive.is_none() && !is_private),
        updated: updated.unwrap_or_else(|| utc_from_secs(EARLIEST)),
        ttl_minutes: ttl_minutes(&entries),
        paging: paging(output, &address, archive, content),
        deletions: deletions(&content.rows),
        entries,
    }
}

/// The permanent id of a feed: of this publication and this path, wherever it is served.
fn feed_id(instance: PublicId, output: &Output, archive: Option<Archive>) -> String {
    let number = archive.map(|archive| archive.number.to_string());
    let number = number.unwrap_or_default();
    derived_id(instance, &[&output.path(), &number]).urn()
}

/// An id that follows from the publication and from names within it.
pub(super) fn derived_id(instance: PublicId, names: &[&str]) -> PublicId {
    let mut digest = Sha256::new();
    digest.update(instance.to_bytes());
    for name in names {
        digest.update(name.as_bytes());
        digest.update([0]);
    }
    let digest = digest.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    PublicId::mint(bytes)
}

/// A feed's own rhythm: the mean gap between its latest ten changes, within bounds.
fn ttl_minutes(entries: &[Entry]) -> u32 {
    let mut times: Vec<UtcTime> = entries.iter().map(|entry| entry.updated).collect();
    times.sort_unstable_by(|a, b| b.cmp(a));
    times.truncate(10);
    let (Some(newest), Some(oldest)) = (times.first(), times.last()) else {
        return TTL_MINUTES.1 as u32;
    };
    let gaps = (times.len() as i64 - 1).max(1);
    let mean = (*newest - *oldest).num_minutes() / gaps;
    let minutes = if times.len() < 2 { TTL_MINUTES.1 } else { mean };
    minutes.clamp(TTL_MINUTES.0, TTL_MINUTES.1) as u32
}

fn paging(output: &Output, address: &str, archive: Option<Archive>, content: &Content) -> Paging {
    let newest = content.newest_archive;
    // Not by what it holds: an archive would change with every one before it.
    let at = |number| Archive::numbered(number).of(address);
    match archive.map(|archive| archive.number) {
        None => Paging {
            previous: newest.map(at),
            ..Paging::default()
        },
        Some(number) => Paging {
            previous: number.checked_sub(1).map(at),
            // A document that never changes cannot name one that comes later.
            next: newest
                .filter(|newest| number < *newest && *output != Output::Log)
                .map(|_| at(number + 1)),
            archive_of: Some(address.to_owned()),
        },
    }
}

fn deletions(rows: &Rows) -> Vec<Deletion> {
    let events: &[PublishedEvent] = match rows {
        Rows::Events(events) => events,
        Rows::Timeline(shown) => &shown.events,
        Rows::Event(shown) => std::slice::from_ref(shown),
        Rows::Storylines(_) | Rows::Entries(_) => &[],
    };
    events
        .iter()
        .filter_map(|shown| {
            Some(Deletion {
                id: shown.public_id().urn(),
                // No earlier than the entry: else it would not count as deleted (RFC 6721).
                at: shown
                    .event
                    .withdrawn_at
                    .map(|at| at.max(told_apart(shown.updated_at(), shown.event.id.0)))?,
                reason: match shown.reports.iter().all(|report| report.is_withdrawn) {
                    true => "all reports were withdrawn".to_owned(),
                    false => "the report that it is headed by was withdrawn".to_owned(),
                },
            })
        })
        .collect()
}

fn archived(store: &Store, found: Result<Found>) -> Result<Found> {
    let newest = newest_archive(store)?;
    Ok(match found? {
        Found::Content(content) => Found::Content(Content {
            newest_archive: newest,
            ..content
        }),
        other => other,
    })
}

/// The newest archive that no development can be added to any more; `None` if there is none.
fn newest_archive(store: &Store) -> Result<Option<u32>> {
    let newest = store.read(published::newest_development)?;
    let whole = (newest.0 + 1) / ARCHIVE_SPAN;
    Ok(u32::try_from(whole).unwrap_or(u32::MAX).checked_sub(1))
}

fn find_archive(store: &Store, settings: &Settings, output: &Output, number: u32) -> Result<Found> {
    let newest = newest_archive(store)?;
    if newest.is_none_or(|newest| number > newest) {
        return Ok(Found::Nothing);
    }
    let from = i64::from(number) * ARCHIVE_SPAN;
    let until = from + ARCHIVE_SPAN;
    let (name, rows) = match output {
        Output::Events => {
            let rows = store.read(|conn| published::events_of_archive(conn, from, until))?;
            ("events", Rows::Events(rows))
        }
        Output::Log => {
            let rows = store.read(|conn| published::developments_of_archive(conn, from, until))?;
            (
                "log",
                Rows::Entries(entries_of_log(store, settings, &rows)?),
            )
        }
        _ => return Ok(Found::Nothing),
    };
    Ok(Found::Content(Content {
        title: format!("{}: {name}, archive {number}", settings.title),
        subtitle: "Entries in the order in which they were told; the subscription document may hold the latest of them too.".to_owned(),
        rows,
        newest_archive: newest,
    }))
}

fn find_view(store: &Store, settings: &Settings, view: &View, keep: Extent) -> Result<Found> {
    let mut events = store.read(|conn| published::latest_events(conn, Extent::of_view()))?;
    events.retain(|shown| view.matches(shown));
    let latest = events
        .first()
        .map(PublishedEvent::updated_at)
        .unwrap_or_default();
    let mut place = 0;
    events.retain(|shown| {
        place += 1;
        let stays = match shown.event.withdrawn_at {
            Some(_) => keep.keep_withdrawn_secs,
            None => keep.keep_secs,
        };
        place <= keep.at_least || (latest - shown.updated_at()).num_seconds() <= stays
    });
    Ok(Found::Content(Content {
        title: [settings.title.as_str(), ": ", view.shown_title()].concat(),
        subtitle: "Events chosen by a filter.".to_owned(),
        rows: Rows::Events(events),
        newest_archive: None,
    }))
}

fn find_event(store: &Store, id: PublicId) -> Result<Found> {
    match store.read(|conn| published::standing_of_event(conn, id))? {
        None => Ok(Found::Nothing),
        Some(Standing::Gone(reason)) => Ok(Found::Gone(reason)),
        Some(Standing::MergedInto(target)) => Ok(Found::Moved(Output::Event(target))),
        Some(Standing::Live) => {
            let Some(shown) = store.read(|conn| published::find_event(conn, id))? else {
                return Ok(Found::Nothing);
            };
            Ok(Found::Content(Content {
                title: super::compose::shown_headline(&shown),
                subtitle: "One event and its reports.".to_owned(),
                rows: Rows::Event(Box::new(shown)),
                newest_archive: None,
            }))
        }
    }
}

fn find_storyline(store: &Store, id: PublicId, at: fn(PublicId) -> Output) -> Result<Found> {
    match store.read(|conn| published::standing_of_storyline(conn, id))? {
        None => Ok(Found::Nothing),
        Some(Standing::Gone(reason)) => Ok(Found::Gone(reason)),
        Some(Standing::MergedInto(target)) => Ok(Found::Moved(at(target))),
        Some(Standing::Live) => {
            let Some(shown) = store.read(|conn| published::find_storyline(conn, id))? else {
                return Ok(Found::Nothing);
            };
            Ok(Found::Content(Content {
                title: super::compose::headline_of_storyline(&shown),
                subtitle: "The events of one storyline in the order in which they happened."
                    .to_owned(),
                rows: Rows::Timeline(Box::new(shown)),
                newest_archive: None,
            }))
        }
    }
}

fn find_timeline(store: &Store, id: PublicId) -> Result<Found> {
    find_storyline(store, id, Output::Timeline)
}

fn find_storyline_log(store: &Store, settings: &Settings, id: PublicId) -> Result<Found> {
    let found = find_storyline(store, id, Output::StorylineLog)?;
    let Found::Content(Content {
        title,
        rows: Rows::Timeline(shown),
        ..
    }) = found
    else {
        return Ok(found);
    };
    let row: StorylineId = shown.storyline.id;
    let developments = store
        .read(|conn| published::developments_of_storyline(conn, row, LONGEST_STORYLINE_LOG))?;
    Ok(Found::Content(Content {
        title: [&title, ": log"].concat(),
        subtitle: "Every material development of one storyline, once.".to_owned(),
        rows: Rows::Entries(entries_of_log(store, settings, &developments)?),
        newest_archive: None,
    }))
}

fn entries_of_log(
    store: &Store,
    settings: &Settings,
    developments: &[Development],
) -> Result<Vec<Entry>> {
    store.read(|conn| {
        let mut entries = Vec::with_capacity(developments.len());
        for development in developments {
            let Some(event) = published::name_of_event(conn, development.event_id)? else {
                continue;
            };
            let storyline = published::name_of_storyline(conn, development.storyline_id)?;
            entries.push(entry_of_development(
                development,
                &event,
                storyline.as_ref(),
                settings,
            ));
        }
        Ok(entries)
    })
}
