//! Items as clustering took them in: what is learnt and scored at an arrival hangs on what the item said then, whatever
//! it says by now.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Result;
use super::items::{content, load_items_after};
use crate::news::{Item, ItemId, WireReading};

/// Notes of items that are being taken in how often each had been revised before.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_revised(tx: &Transaction<'_>, items: &[(ItemId, u32)]) -> Result<()> {
    let sql = "INSERT INTO items_taken_revised (item_id, revision) SELECT id, ?2 FROM items
         WHERE id = ?1 ON CONFLICT DO UPDATE SET revision = excluded.revision";
    let mut query = tx.prepare_cached(sql)?;
    for (item, revision) in items {
        query.execute(params![item.0, revision])?;
    }
    Ok(())
}

/// As [`load_items_after`], each in the state in which clustering took it in.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_taken_after(conn: &Connection, after: ItemId, limit: u32) -> Result<Vec<Item>> {
    let sql = "SELECT title, unpacked(content), role, language FROM revisions
         WHERE item_id = ?1 AND number = 1 + coalesce(
            (SELECT revision FROM items_taken_revised WHERE item_id = ?1), 0)";
    let mut query = conn.prepare_cached(sql)?;
    let mut items = load_items_after(conn, after, limit)?;
    for item in items.iter_mut().filter(|item| item.revision_count > 0) {
        let replaced = query.query_row([item.id.0], |row| Earlier::read(row, item));
        if let Some(earlier) = replaced.optional()? {
            earlier.put_into(item);
        }
    }
    Ok(items)
}

/// What of an item a later state replaced.
struct Earlier {
    title: String,
    summary: String,
    text: String,
    language: String,
    wire: WireReading,
}

impl Earlier {
    fn read(row: &Row<'_>, item: &Item) -> rusqlite::Result<Self> {
        let title: String = row.get(0)?;
        let content = content(row, 1)?;
        // Of states that were replaced by older versions of this program neither was kept.
        let role: Option<String> = row.get(2)?;
        let language: Option<String> = row.get(3)?;
        let role = role.as_deref().unwrap_or(item.wire.role.name());
        Ok(Self {
            wire: content.wire(&title, role),
            title,
            summary: content.summary,
            text: content.text,
            language: language.unwrap_or_else(|| item.language.clone()),
        })
    }

    fn put_into(self, item: &mut Item) {
        item.title = self.title;
        item.summary = self.summary;
        item.text = self.text;
        item.language = self.language;
        item.wire = self.wire;
    }
}
