//! What a store holds, as text.

use dateline::store::Store;

/// The first column of each row that queries give, a line each.
pub fn list_rows(store: &Store, queries: &[&str]) -> String {
    let read = store.read(|conn| {
        let mut text = String::new();
        for sql in queries {
            let mut query = conn.prepare(sql)?;
            let rows = query.query_map([], |row| row.get::<_, String>(0))?;
            for row in rows {
                text.push_str(&row?);
                text.push('\n');
            }
        }
        Ok(text)
    });
    read.unwrap()
}
