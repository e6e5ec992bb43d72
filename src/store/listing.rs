//! Events and storylines as the command line lists them: provisional ones too.

use rusqlite::{Connection, OptionalExtension, params};

use super::Result;
use super::published::is_retired_slug;
use super::rows::{EVENT_COLUMNS, STORYLINE_COLUMNS, read_event, read_storyline};
use crate::news::{Event, EventId, ItemId, PublicId, Storyline, StorylineId, UtcTime};

/// What a person's word for something means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// An item.
    Item(ItemId),
    /// An event.
    Event(EventId),
    /// A storyline.
    Storyline(StorylineId),
}

/// Events with a report since `since`, the latest to happen first, merged ones left out.
///
/// # Errors
/// Whatever SQLite says.
pub fn list_events(conn: &Connection, since: UtcTime, limit: u32) -> Result<Vec<Event>> {
    let sql = format!(
        "SELECT {EVENT_COLUMNS} FROM events e
         WHERE e.last_report_at >= ?1 AND e.merged_into IS NULL AND e.report_count > 0
         ORDER BY e.occurred_at DESC, e.id DESC LIMIT ?2"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map(params![since.timestamp(), limit], read_event)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Storylines with an event since `since`, the latest first, merged ones left out.
///
/// # Errors
/// Whatever SQLite says.
pub fn list_storylines(conn: &Connection, since: UtcTime, limit: u32) -> Result<Vec<Storyline>> {
    let sql = format!(
        "SELECT {STORYLINE_COLUMNS} FROM storylines s
         WHERE s.last_event_at >= ?1 AND s.merged_into IS NULL AND s.event_count > 0
         ORDER BY s.last_event_at DESC, s.id DESC LIMIT ?2"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map(params![since.timestamp(), limit], read_storyline)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// One event; `None` if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_event(conn: &Connection, id: EventId) -> Result<Option<Event>> {
    let sql = format!("SELECT {EVENT_COLUMNS} FROM events e WHERE e.id = ?1");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([id.0], read_event)
        .optional()?)
}

/// One storyline; `None` if there is none.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_storyline(conn: &Connection, id: StorylineId) -> Result<Option<Storyline>> {
    let sql = format!("SELECT {STORYLINE_COLUMNS} FROM storylines s WHERE s.id = ?1");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([id.0], read_storyline)
        .optional()?)
}

/// The events of a storyline, in the order in which they happened.
///
/// # Errors
/// Whatever SQLite says.
pub fn timeline_of(conn: &Connection, id: StorylineId) -> Result<Vec<Event>> {
    let sql = format!(
        "SELECT {EVENT_COLUMNS} FROM events e
         WHERE e.storyline_id = ?1 AND e.merged_into IS NULL AND e.report_count > 0
         ORDER BY e.occurred_at, e.first_report_at, e.id"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map([id.0], read_event)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What a person means by `text`: `item 12`, `event 12` or `storyline 12` by number, a public id of
/// an event or storyline with or without `urn:uuid:`, the address of its page, a slug, or a bare number, which means
/// an event, else an item. `None` if it means nothing.
///
/// # Errors
/// Whatever SQLite says.
pub fn find_named(conn: &Connection, text: &str) -> Result<Option<Named>> {
    let text = text.trim();
    let of_page = named_by_address(text);
    let text = of_page.as_deref().unwrap_or(text);
    let (noun, rest) = text.split_once([' ', ':', '/']).unwrap_or(("", text));
    if let Ok(number) = rest.trim().parse::<i64>() {
        let item = || exists(conn, "items", number, Named::Item(ItemId(number)));
        let event = || exists(conn, "events", number, Named::Event(EventId(number)));
        let line = || {
            exists(
                conn,
                "storylines",
                number,
                Named::Storyline(StorylineId(number)),
            )
        };
        return match noun {
            "item" => item(),
            "event" => event(),
            "storyline" => line(),
            _ => Ok(event()?.or(item()?)),
        };
    }
    if let Some(public_id) = PublicId::parse(text) {
        let bytes = public_id.to_bytes();
        let find = |sql: &str| -> Result<Option<i64>> {
            Ok(conn
                .prepare_cached(sql)?
                .query_row([bytes], |row| row.get(0))
                .optional()?)
        };
        if let Some(id) = find("SELECT id FROM events WHERE public_id = ?1")? {
            return Ok(Some(Named::Event(EventId(id))));
        }
        let id = find("SELECT id FROM storylines WHERE public_id = ?1")?;
        return Ok(id.map(|id| Named::Storyline(StorylineId(id))));
    }
    let sql = "SELECT storyline_id FROM slugs WHERE slug = ?1";
    let id = conn
        .prepare_cached(sql)?
        .query_row([text], |row| row.get::<_, Option<i64>>(0))
        .optional()?;
    // Of one that retention removed the slug is kept alone.
    Ok(id.flatten().map(|id| Named::Storyline(StorylineId(id))))
}

/// True if a text names something by its address, its permanent id or its slug that retention removed.
///
/// # Errors
/// Whatever SQLite says.
pub fn was_named(conn: &Connection, text: &str) -> Result<bool> {
    let text = text.trim();
    let of_page = named_by_address(text);
    let text = of_page.as_deref().unwrap_or(text);
    match PublicId::parse(text) {
        Some(id) => {
            let sql = "SELECT 1 FROM retired_ids WHERE public_id = ?1";
            Ok(conn.prepare_cached(sql)?.exists([id.to_bytes()])?)
        }
        None => is_retired_slug(conn, text),
    }
}

/// What the address of a page or a feed names, here or on the desk; `None` for what is no such address.
fn named_by_address(text: &str) -> Option<String> {
    let nouns = [("/events/", "event"), ("/storylines/", "storyline")];
    let mut found = nouns
        .iter()
        .filter_map(|(path, noun)| Some((text.rsplit_once(path)?.1, *noun)));
    let (rest, noun) = found.next()?;
    let name = rest.split(['/', '.', '?', '#']).next()?;
    match name.parse::<i64>() {
        Ok(number) => Some(format!("{noun} {number}")),
        Err(_) => Some(name.to_owned()),
    }
}

fn exists(conn: &Connection, table: &str, id: i64, named: Named) -> Result<Option<Named>> {
    let sql = format!("SELECT 1 FROM {table} WHERE id = ?1");
    let found = conn
        .prepare_cached(&sql)?
        .query_row([id], |_| Ok(()))
        .optional()?;
    Ok(found.map(|()| named))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_page_names_what_it_shows() {
        let id = "5f2c09ab-0000-4000-8000-000000000001";
        for (address, named) in [
            (format!("/events/{id}"), id),
            (format!("https://news.example/x/events/{id}.atom"), id),
            (format!("/storylines/{id}/timeline"), id),
            (format!("/storylines/{id}/log.json?a=1"), id),
            (
                "https://news.example/storylines/the-summit".to_owned(),
                "the-summit",
            ),
            ("/desk/storylines/3".to_owned(), "storyline 3"),
            ("/desk/events/3#item-4".to_owned(), "event 3"),
        ] {
            assert_eq!(
                named_by_address(&address).as_deref(),
                Some(named),
                "{address}"
            );
        }
        for other in [id, "event 12", "item/12", "the-summit"] {
            assert_eq!(named_by_address(other), None, "{other}");
        }
    }
}
