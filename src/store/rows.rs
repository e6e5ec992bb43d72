//! Rows of the published tables to the types of `news`.

use rusqlite::Row;

use super::items::content;
use crate::news::{
    Carrier, Development, DevelopmentId, DevelopmentKind, Event, EventId, ItemId, Life, OutletKind,
    PublicId, Report, Role, Storyline, StorylineId, UtcTime, utc_from_secs,
};
use crate::text::wire::told_title;

pub(super) fn read_event(row: &Row<'_>) -> rusqlite::Result<Event> {
    Ok(Event {
        id: EventId(row.get(0)?),
        public_id: public_id(row, 1)?,
        storyline_id: StorylineId(row.get::<_, Option<i64>>(2)?.unwrap_or_default()),
        headline: row.get(3)?,
        headline_item_id: row.get::<_, Option<i64>>(4)?.map(ItemId),
        lede: row.get(5)?,
        place: row.get(6)?,
        occurred_at: utc_from_secs(row.get(7)?),
        first_report_at: utc_from_secs(row.get(8)?),
        last_report_at: utc_from_secs(row.get(9)?),
        published_at: time(row, 10)?,
        updated_at: time(row, 11)?,
        change: row.get(12)?,
        report_count: row.get(13)?,
        outlet_count: row.get(14)?,
        spiked: row.get(15)?,
        locked: row.get(16)?,
        merged_into: row.get::<_, Option<i64>>(17)?.map(EventId),
        withdrawn_at: time(row, 18)?,
    })
}

pub(super) fn read_storyline(row: &Row<'_>) -> rusqlite::Result<Storyline> {
    let life: String = row.get(4)?;
    Ok(Storyline {
        id: StorylineId(row.get(0)?),
        public_id: public_id(row, 1)?,
        slug: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
        headline: row.get(3)?,
        life: Life::from_name(&life).unwrap_or_default(),
        first_event_at: utc_from_secs(row.get(5)?),
        last_event_at: utc_from_secs(row.get(6)?),
        published_at: time(row, 7)?,
        updated_at: time(row, 8)?,
        event_count: row.get(9)?,
        outlet_count: row.get(10)?,
        spiked: row.get(11)?,
        merged_into: row.get::<_, Option<i64>>(12)?.map(StorylineId),
    })
}

pub(super) fn read_development(row: &Row<'_>) -> rusqlite::Result<Development> {
    let kind: String = row.get(5)?;
    Ok(Development {
        id: DevelopmentId(row.get(0)?),
        public_id: public_id(row, 1)?.unwrap_or_default(),
        event_id: EventId(row.get(2)?),
        storyline_id: StorylineId(row.get(3)?),
        changed_at: utc_from_secs(row.get(4)?),
        kind: DevelopmentKind::from_name(&kind).unwrap_or(DevelopmentKind::NewEvent),
        headline: row.get(6)?,
        note: row.get(7)?,
    })
}

pub(super) fn read_report(row: &Row<'_>) -> rusqlite::Result<Report> {
    let title: String = row.get(3)?;
    let content = content(row, 4)?;
    let kind: String = row.get(2)?;
    let role: String = row.get(7)?;
    let wire = content.wire(&title, &role);
    let guid = content.guid().unwrap_or_default().to_owned();
    let mut categories = content.categories;
    let feed_category: String = row.get(9)?;
    if !feed_category.is_empty() && !categories.contains(&feed_category) {
        categories.insert(0, feed_category);
    }
    let told_title = Some(told_title(&wire)).filter(|text| !text.is_empty());
    Ok(Report {
        item_id: ItemId(row.get(0)?),
        outlet: row.get(1)?,
        outlet_kind: OutletKind::from_name(&kind).unwrap_or_default(),
        title: told_title.unwrap_or(title),
        link: content.link,
        language: row.get(5)?,
        at: utc_from_secs(row.get(6)?),
        role: Role::from_name(&role).unwrap_or_default(),
        change_note: wire.change_note.unwrap_or_default(),
        categories,
        image: content.image,
        guid,
        feed: Carrier {
            url: row.get(8)?,
            title: row.get(12)?,
            site_url: row.get(13)?,
            document_id: row.get(14)?,
        },
        is_withdrawn: row.get(10)?,
        reprints: Vec::new(),
        relisted: Vec::new(),
    })
}

pub(super) fn public_id(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<PublicId>> {
    let bytes: Option<[u8; 16]> = row.get(index)?;
    Ok(bytes.map(PublicId::from_bytes))
}

pub(super) fn time(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<UtcTime>> {
    Ok(row.get::<_, Option<i64>>(index)?.map(utc_from_secs))
}

/// `None` if the column is NULL or unreadable, because one bad cell must not hide an event.
pub(super) fn json<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    index: usize,
) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(index)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// The columns that [`read_event`] reads, of a table named `e`.
pub(super) const EVENT_COLUMNS: &str = "e.id, e.public_id, e.storyline_id, e.headline,
        e.headline_item_id, coalesce(e.lede, lead_of(
            (SELECT h.content FROM items h WHERE h.id = e.headline_item_id), e.lede_bytes)),
        e.place, e.occurred_at, e.first_report_at, e.last_report_at, e.published_at, e.updated_at,
        e.change, e.report_count, e.outlet_count, e.spiked, e.locked, e.merged_into,
        e.withdrawn_at";

/// The columns that [`read_storyline`] reads, of a table named `s`.
pub(super) const STORYLINE_COLUMNS: &str = "s.id, s.public_id, s.slug, s.headline, s.life,
        s.first_event_at, s.last_event_at, s.published_at, s.updated_at, s.event_count,
        s.outlet_count, s.spiked, s.merged_into";
