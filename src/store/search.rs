//! Search over the titles and leads of items. What is typed is taken as words, never as the
//! syntax of the index.

use rusqlite::{Connection, Transaction, params};

use super::Result;
use crate::news::{EventId, ItemId, StorylineId, UtcTime, utc_from_secs};

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Words; the last one may be unfinished.
    pub words: String,
    /// Name of the outlet; empty for all.
    pub outlet: String,
    /// Language code; empty for all.
    pub language: String,
    /// Role; empty for all.
    pub role: String,
    /// Items of this time and later; `None` for all.
    pub since: Option<UtcTime>,
}

/// An item that was found.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct FoundItem {
    /// The item.
    pub item: ItemId,
    /// Its title.
    pub title: String,
    /// Its outlet.
    pub outlet: String,
    /// Its language.
    pub language: String,
    /// Its role.
    pub role: String,
    /// Item time.
    pub at: UtcTime,
    /// The event it stands in, with its headline.
    pub event: Option<(EventId, String)>,
    /// The storyline it stands in or beside, with its headline.
    pub storyline: Option<(StorylineId, String)>,
}

/// Files an item under the words of its title and lead.
pub(super) fn file(tx: &Transaction<'_>, item: ItemId, title: &str, lead: &str) -> Result<()> {
    let sql = "INSERT INTO item_search (rowid, words) VALUES (?1, ?2)";
    tx.prepare_cached(sql)?
        .execute(params![item.0, words_of(title, lead)])?;
    Ok(())
}

/// Takes an item out again: from under the words that it was filed under.
pub(super) fn unfile(tx: &Transaction<'_>, item: ItemId, title: &str, lead: &str) -> Result<()> {
    let sql = "INSERT INTO item_search (item_search, rowid, words) VALUES ('delete', ?1, ?2)";
    tx.prepare_cached(sql)?
        .execute(params![item.0, words_of(title, lead)])?;
    Ok(())
}

fn words_of(title: &str, lead: &str) -> String {
    [title, "\n", lead].concat()
}

/// Words looked for at most; more than that is no search.
const MOST_WORDS: usize = 12;

/// The latest items that hold all the words, at most `limit`; none if there is no word.
///
/// # Errors
/// Whatever SQLite says; never because of what was typed.
pub fn search_items(conn: &Connection, search: &Search, limit: u32) -> Result<Vec<FoundItem>> {
    let Some(expression) = match_expression(&search.words) else {
        return Ok(Vec::new());
    };
    let sql = "SELECT i.id, i.title, o.name, i.language, i.role, i.item_time, e.id, e.headline,
            s.id, s.headline
         FROM item_search f JOIN items i ON i.id = f.rowid JOIN outlets o ON o.id = i.outlet_id
            LEFT JOIN event_items m ON m.item_id = i.id LEFT JOIN events e ON e.id = m.event_id
            LEFT JOIN storyline_items b ON b.item_id = i.id
            LEFT JOIN storylines s ON s.id = coalesce(e.storyline_id, b.storyline_id)
         WHERE item_search MATCH ?1 AND (?2 = '' OR o.name = ?2) AND (?3 = '' OR i.language = ?3)
            AND (?4 = '' OR i.role = ?4) AND (?5 IS NULL OR i.item_time >= ?5)
         ORDER BY f.rowid DESC LIMIT ?6";
    let mut query = conn.prepare_cached(sql)?;
    let asked = params![
        expression,
        search.outlet,
        search.language,
        search.role,
        search.since.map(|since| since.timestamp()),
        limit
    ];
    let rows = query.query_map(asked, |row| {
        let event: Option<i64> = row.get(6)?;
        let storyline: Option<i64> = row.get(8)?;
        Ok(FoundItem {
            item: ItemId(row.get(0)?),
            title: row.get(1)?,
            outlet: row.get(2)?,
            language: row.get(3)?,
            role: row.get(4)?,
            at: utc_from_secs(row.get(5)?),
            event: event.map(EventId).zip(row.get(7)?),
            storyline: storyline.map(StorylineId).zip(row.get(9)?),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The words as an expression of FTS5 in which nothing but the words means anything. The index knows
/// no places, so what the tokenizer takes apart is asked for as words of their own.
fn match_expression(words: &str) -> Option<String> {
    let apart = |letter: char| !letter.is_alphanumeric() && !is_mark(letter);
    let quoted: Vec<String> = words
        .split(apart)
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(MOST_WORDS)
        .map(|word| format!("\"{word}\""))
        .collect();
    if quoted.is_empty() {
        return None;
    }
    Some([&quoted.join(" "), "*"].concat())
}

/// Marks that combine with the letter before are part of its word.
fn is_mark(letter: char) -> bool {
    unicode_normalization::char::is_combining_mark(letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn what_is_typed_is_never_syntax() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let hostile = [
            "\"",
            "*",
            "NEAR(",
            "a AND",
            "title:x",
            "^a",
            "a\"b",
            "{a b}:c",
            "-a",
            "a + b",
            "''--",
            "a\0b",
            "NOT",
            "(",
            "a*b*",
            "\u{202e}abc",
        ];
        for words in hostile {
            let search = Search {
                words: words.into(),
                outlet: "' OR 1=1 --".into(),
                ..Search::default()
            };
            let found = store.read(|conn| search_items(conn, &search, 10));
            assert_eq!(found.unwrap(), [], "{words:?}");
        }
    }
}
