//! Search over the titles and leads of items. What is typed is taken as words, never as the
//! syntax of the index.

pub(super) mod terms;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Result;
use crate::news::{EventId, ItemId, StorylineId, UtcTime, utc_from_secs};
use terms::Filing;

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Words; the last one may be the beginning of one, if nothing holds it as it stands.
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

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Found {
    /// The latest first.
    pub items: Vec<FoundItem>,
    /// Set if the search ended before all items with the words were looked at: where it ended.
    /// What is older was not looked at.
    pub ended_at: Option<ItemId>,
    /// True if nothing holds all the words as they stand, so that the last one was taken as the beginning
    /// of a word.
    pub is_last_begun: bool,
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
    forget(tx, item, &words_of(title, lead))
}

/// The index finds what it is to forget by the words that it was fed with.
fn forget(tx: &Transaction<'_>, item: ItemId, words: &str) -> Result<()> {
    let sql = "INSERT INTO item_search (item_search, rowid, words) VALUES ('delete', ?1, ?2)";
    tx.prepare_cached(sql)?.execute(params![item.0, words])?;
    Ok(())
}

fn words_of(title: &str, lead: &str) -> String {
    words_filed(title, lead, Filing::Folded)
}

fn words_filed(title: &str, lead: &str, filing: Filing) -> String {
    [&terms::fed(title, filing), "\n", &terms::fed(lead, filing)].concat()
}

/// Empties the index.
pub(super) fn forget_all(tx: &Transaction<'_>) -> Result<()> {
    tx.execute(
        "INSERT INTO item_search (item_search) VALUES ('delete-all')",
        [],
    )?;
    Ok(())
}

/// Files an item anew that was filed as of an earlier schema; nothing if its words are the same.
pub(super) fn refile(
    tx: &Transaction<'_>,
    item: ItemId,
    (title, lead): (&str, &str),
    before: Filing,
) -> Result<()> {
    let filed = words_filed(title, lead, before);
    if filed == words_of(title, lead) {
        return Ok(());
    }
    forget(tx, item, &filed)?;
    file(tx, item, title, lead)
}

/// Items with the words that are looked at, the latest first, whatever the filters leave of them: a
/// search by common words for an outlet that hardly has any ends. Twice as many took 65 ms on a machine
/// with much else to do.
const MOST_LOOKED_AT: usize = 10_000;

/// The latest items that hold all the words, at most `limit`; none if there is no word. If nothing
/// holds them, the last word is taken as the beginning of one. What it found tells whether there may
/// be more.
///
/// # Errors
/// Whatever SQLite says; never because of what was typed.
pub fn search_items(conn: &Connection, search: &Search, limit: u32) -> Result<Found> {
    search_within(conn, search, (limit as usize, MOST_LOOKED_AT))
}

fn search_within(conn: &Connection, search: &Search, bounds: (usize, usize)) -> Result<Found> {
    let Some(words) = terms::asked(&search.words, false) else {
        return Ok(Found::default());
    };
    let found = search_matching(conn, search, &words, bounds)?;
    if !found.items.is_empty() || found.ended_at.is_some() {
        return Ok(found);
    }
    // For the beginning of a word the index goes through all items with such a word, however many.
    let begun = terms::asked(&search.words, true).unwrap_or_default();
    let begun = search_matching(conn, search, &begun, bounds)?;
    Ok(Found {
        is_last_begun: !begun.items.is_empty() || begun.ended_at.is_some(),
        ..begun
    })
}

fn search_matching(
    conn: &Connection,
    search: &Search,
    expression: &str,
    (limit, most_looked_at): (usize, usize),
) -> Result<Found> {
    let mut found = Found::default();
    let sql = "SELECT rowid FROM item_search WHERE item_search MATCH ?1 ORDER BY rowid DESC";
    let mut query = conn.prepare_cached(sql)?;
    let mut rows = query.query_map([expression], |row| row.get(0).map(ItemId))?;
    let mut filter = conn.prepare_cached(FILTER)?;
    for item in rows.by_ref().take(most_looked_at) {
        let item = match item {
            Err(error) if is_refused(&error) => return Ok(Found::default()),
            item => item?,
        };
        found.ended_at = Some(item);
        let asked = params![
            item.0,
            search.outlet,
            search.language,
            search.role,
            search.since.map(|since| since.timestamp()),
        ];
        let kept = filter.query_row(asked, read_found).optional()?;
        found.items.extend(kept);
        if found.items.len() >= limit {
            break;
        }
    }
    if rows.next().is_none() {
        found.ended_at = None;
    }
    Ok(found)
}

/// True if the index does not take the expression: a letter of which SQLite does not know yet that it is one
/// makes two terms of a word, and such a word stands nowhere.
fn is_refused(error: &rusqlite::Error) -> bool {
    error
        .sqlite_error()
        .is_some_and(|error| error.extended_code == SQLITE_ERROR)
}

const SQLITE_ERROR: i32 = 1;

const FILTER: &str = "SELECT i.id, i.title, o.name, i.language, i.role, i.item_time, e.id,
        e.headline, s.id, s.headline
     FROM items i JOIN outlets o ON o.id = i.outlet_id
        LEFT JOIN event_items m ON m.item_id = i.id LEFT JOIN events e ON e.id = m.event_id
        LEFT JOIN items_beside b ON b.item_id = i.id
        LEFT JOIN event_items bm ON bm.item_id = b.report_id
        LEFT JOIN events be ON be.id = bm.event_id
        LEFT JOIN storylines s ON s.id = coalesce(e.storyline_id, be.storyline_id)
     WHERE i.id = ?1 AND (?2 = '' OR o.name = ?2) AND (?3 = '' OR i.language = ?3)
        AND (?4 = '' OR i.role = ?4) AND (?5 IS NULL OR i.item_time >= ?5)";

fn read_found(row: &Row<'_>) -> rusqlite::Result<FoundItem> {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::{FeedId, OutletKind};
    use crate::store::items::{ItemState, insert_item};
    use crate::store::{Store, outlets};

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
            "कहा",
            "a\u{24b6}b",
            "\u{1e4d0}\u{1e4d1}",
            "峰",
            "การ*",
        ];
        for words in hostile {
            let search = Search {
                words: words.into(),
                outlet: "' OR 1=1 --".into(),
                ..Search::default()
            };
            let found = store.read(|conn| search_items(conn, &search, 10));
            assert_eq!(found.unwrap(), Found::default(), "{words:?}");
        }
    }

    fn titled(titles: &'static [&'static str]) -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let filled = store.write_blocking(move |tx| {
            let paper = outlets::ensure_outlet(tx, "Paper", OutletKind::Outlet)?;
            for title in titles {
                let state = ItemState {
                    title: (*title).into(),
                    ..ItemState::default()
                };
                insert_item(tx, FeedId(1), paper, &state, utc_from_secs(0))?;
            }
            Ok(())
        });
        filled.unwrap();
        (directory, store)
    }

    /// The items that hold these words, and whether the last one was taken as the beginning of one.
    fn found(store: &Store, words: &str) -> (Vec<i64>, bool) {
        let search = Search {
            words: words.into(),
            ..Search::default()
        };
        let found = store.read(|conn| search_items(conn, &search, 10)).unwrap();
        let items = found.items.iter().map(|found| found.item.0);
        (items.collect(), found.is_last_begun)
    }

    #[test]
    fn the_last_word_begins_one_where_nothing_holds_it_as_it_stands() {
        let (_directory, store) = titled(&["Trump speaks", "Trumpet played", "A trump card"]);
        let find = |words: &str| found(&store, words);
        assert_eq!(find("trump"), (vec![3, 1], false));
        assert_eq!(find("trum"), (vec![3, 2, 1], true));
        assert_eq!(find("played tru"), (vec![2], true));
        assert_eq!(find("tru played"), (vec![], false));
    }

    #[test]
    fn words_are_found_in_every_script_with_and_without_their_marks() {
        let (_directory, store) = titled(&[
            "प्रधानमंत्री ने कहा",
            "การประชุมสุดยอดจบลง",
            "قِمّة ألاسكا",
            "COVID疫苗峰会今天开幕",
            "정상회담이 끝났다",
            "アラスカ首脳会談",
            "Café à Đà Nẵng",
            "Встреча Йодль",
        ]);
        let find = |words: &str| found(&store, words).0;
        for (words, item) in [
            ("प्रधानमंत्री", 1),
            ("कहा", 1),
            ("ประชุม", 2),
            ("قمة", 3),
            ("قِمّة", 3),
            ("峰会", 4),
            ("峰", 4),
            ("幕", 4),
            ("covid 今天", 4),
            ("疫苗 开幕", 4),
            ("정상회담", 5),
            ("首脳会談", 6),
            ("アラ", 6),
            ("cafe\u{301}", 7),
            ("đa nang", 7),
            ("и\u{306}одль", 8),
        ] {
            assert_eq!(find(words), [item], "{words}");
        }
        for words in ["会峰", "峰会 明天", "회정"] {
            assert_eq!(find(words), [0; 0], "{words}");
        }
    }

    #[test]
    fn letters_that_are_written_for_each_other_are_one() {
        let (_directory, store) = titled(&[
            "震度６弱の地震、ﾄﾖﾀが停止",
            "انتخابات في الأردن",
            "عراقچی: ۳ کشته",
            "Μεγάλη φωτιά στην Πάτρα",
            "BALIKESİR'de deprem",
            "Ещё один саммит",
        ]);
        for (words, item) in [
            ("震度6弱", 1),
            ("トヨタ", 1),
            ("الاردن", 2),
            ("عراقچي", 3),
            ("3 کشته", 3),
            ("۳ كشته", 3),
            ("φωτια", 4),
            ("ΦΩΤΙΆ πάτρα", 4),
            ("balıkesir", 5),
            ("Balikesir", 5),
            ("еще", 6),
        ] {
            assert_eq!(found(&store, words).0, [item], "{words}");
        }
    }

    #[test]
    fn an_item_that_was_filed_as_of_an_earlier_schema_is_found_by_all_of_its_words_afterwards() {
        for before in [Filing::Plain, Filing::Cut] {
            let (_directory, store) = titled(&["峰会开幕 ６", "summit الأردن"]);
            let refiled = store.write_blocking(move |tx| {
                forget_all(tx)?;
                for (item, title) in [(1, "峰会开幕 ６"), (2, "summit الأردن")] {
                    let sql = "INSERT INTO item_search (rowid, words) VALUES (?1, ?2)";
                    tx.execute(sql, params![item, words_filed(title, "", before)])?;
                }
                crate::store::items::refile_all(tx, Some(before))
            });
            refiled.unwrap();
            for (words, items) in [
                ("开幕", vec![1]),
                ("6", vec![1]),
                ("الاردن", vec![2]),
                ("الأردن", vec![2]),
            ] {
                assert_eq!(found(&store, words).0, items, "{words}");
            }
            let forgotten = store.write_blocking(|tx| {
                for (item, title) in [(1, "峰会开幕 ６"), (2, "summit الأردن")] {
                    unfile(tx, ItemId(item), title, "")?;
                }
                Ok(())
            });
            forgotten.unwrap();
            assert_eq!(found(&store, "summit").0, [0; 0]);
            assert_eq!(found(&store, "峰会").0, [0; 0]);
        }
    }

    #[test]
    fn a_search_without_end_ends_at_its_bound() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let filled = store.write_blocking(|tx| {
            let paper = outlets::ensure_outlet(tx, "Paper", OutletKind::Outlet)?;
            let rare = outlets::ensure_outlet(tx, "Rare", OutletKind::Outlet)?;
            for number in 0..30 {
                let outlet = if number == 0 { rare } else { paper };
                let state = ItemState {
                    title: format!("summit {number}"),
                    ..ItemState::default()
                };
                insert_item(tx, FeedId(1), outlet, &state, utc_from_secs(number))?;
            }
            Ok(())
        });
        filled.unwrap();
        let search = |outlet: &str, bounds| {
            let search = Search {
                words: "summit".into(),
                outlet: outlet.into(),
                ..Search::default()
            };
            let found = store.read(|conn| search_within(conn, &search, bounds));
            let found = found.unwrap();
            let items = found.items.into_iter().map(|found| found.item.0);
            (items.collect::<Vec<_>>(), found.ended_at.map(|item| item.0))
        };
        assert_eq!(search("", (3, 100)), (vec![30, 29, 28], Some(28)));
        assert_eq!(search("Rare", (3, 100)), (vec![1], None));
        assert_eq!(search("Rare", (3, 29)), (vec![], Some(2)));
        let latest = vec![30, 29, 28, 27, 26];
        assert_eq!(search("Paper", (100, 5)), (latest, Some(26)));
    }
}
