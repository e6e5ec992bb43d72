//! The ids of a feed that had lost their standing, and tell its items apart again.
//!
//! They are held against those that the items came with, which are packed: only where they have no standing, and only
//! when a document has something new.

use super::draft::Draft;
use super::known::Known;
use crate::feed::identity::{GuidStanding, KeyKind, ListedId, Matching, Verdict, ids_hold};
use crate::store::{Connection, Result, items};

/// Gives the ids their standing from the next visit on, and their items to them as keys, if they have earned it.
///
/// # Errors
/// Whatever the store says.
pub(super) fn regain(
    conn: &Connection,
    matching: &mut Matching,
    drafts: &[Draft<'_>],
    known: &Known,
) -> Result<()> {
    let was_lost_before =
        matching.standing == GuidStanding::Lost && matching.lost_because.is_none();
    let has_new = matching
        .items
        .iter()
        .any(|found| found.verdict == Verdict::New);
    if !was_lost_before || !has_new {
        return Ok(());
    }
    let mut listed = Vec::with_capacity(drafts.len());
    for (draft, found) in drafts.iter().zip(&matching.items) {
        let known = match found.verdict {
            Verdict::Same(id) => known.items.items.get(&id).filter(|item| !item.is_tombstone),
            Verdict::New => None,
            Verdict::Repeats(_) => continue,
        };
        if let Some(key) = draft.candidate.key(KeyKind::Guid) {
            let known = match known {
                Some(item) => Some((items::load_guid(conn, item.id)?, item.fetched_at)),
                None => None,
            };
            let id = key.value.clone();
            listed.push(ListedId { id, known });
        }
    }
    if ids_hold(&listed) {
        matching.standing = GuidStanding::Good;
        for (draft, found) in drafts.iter().zip(&mut matching.items) {
            let is_listed = !matches!(found.verdict, Verdict::Repeats(_));
            let key = draft.candidate.key(KeyKind::Guid).filter(|_| is_listed);
            found.keys.extend(key.map(|key| key.digest));
        }
    }
    Ok(())
}
