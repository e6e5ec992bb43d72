//! The names by which storylines stand in addresses.

use rusqlite::{OptionalExtension, Transaction, params};

use super::Result;
use crate::news::StorylineId;

/// Storylines of one slug that are counted on from 2; then each takes the number of its row, which is hardly ever taken:
/// of thousands without a letter in their headlines none asks for the numbers of all others.
const NUMBERED_SLUGS: i64 = 20;

/// Gives a storyline a slug; the slugs it had before still lead to it. Returns the slug given,
/// which carries a number if another storyline has that one.
///
/// # Errors
/// Whatever SQLite says.
pub fn give_slug(tx: &Transaction<'_>, storyline: StorylineId, wanted: &str) -> Result<String> {
    let mut slug = wanted.to_owned();
    let mut number = 1;
    loop {
        // A slug whose storyline is gone stays taken: it never comes to mean something else.
        let owner: Option<Option<i64>> = tx
            .prepare_cached("SELECT storyline_id FROM slugs WHERE slug = ?1")?
            .query_row([&slug], |row| row.get(0))
            .optional()?;
        match owner {
            Some(owner) if owner != Some(storyline.0) => {
                number += 1;
                if number > NUMBERED_SLUGS {
                    number = number.max(storyline.0);
                }
                slug = format!("{wanted}-{number}");
            }
            _ => break,
        }
    }
    let sql = "INSERT INTO slugs (slug, storyline_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    tx.prepare_cached(sql)?
        .execute(params![slug, storyline.0])?;
    let sql = "UPDATE storylines SET slug = ?2, version = version + 1
         WHERE id = ?1 AND slug IS NOT ?2";
    tx.prepare_cached(sql)?
        .execute(params![storyline.0, slug])?;
    Ok(slug)
}
