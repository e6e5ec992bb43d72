//! The reports of an event: its items in the order of telling, reprints folded under their originals, but for those
//! that were corrected or withdrawn.

use rusqlite::Connection;

use super::Result;
use super::rows::read_report;
use crate::news::{EventId, ItemId, Report, Reprint, Role};

/// The reports of an event as they are shown to the world: without what an editor keeps out.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_reports(conn: &Connection, id: EventId) -> Result<Vec<Report>> {
    load(conn, id, false)
}

/// The reports of an event as editors see them: with those that are kept out.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_all_reports(conn: &Connection, id: EventId) -> Result<Vec<Report>> {
    load(conn, id, true)
}

/// The reports that items make up, wherever they stand now, as they are shown to the world: without
/// what an editor keeps out and what was withdrawn.
///
/// # Errors
/// Whatever SQLite says.
pub fn load_reports_of(conn: &Connection, items: &[ItemId]) -> Result<Vec<Report>> {
    let condition = "i.id IN (SELECT value FROM json_each(?1)) AND i.spiked = 0
         AND i.withdrawn_at IS NULL";
    select(conn, condition, [serde_json::to_string(items)?])
}

fn load(conn: &Connection, id: EventId, with_spiked: bool) -> Result<Vec<Report>> {
    let condition = "e.event_id = ?1 AND (?2 OR i.spiked = 0)";
    select(conn, condition, (id.0, with_spiked))
}

fn select(
    conn: &Connection,
    condition: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<Report>> {
    let sql = format!(
        "SELECT i.id, o.name, o.kind, i.title, unpacked(i.content), i.language, i.item_time,
            i.role, coalesce(f.url, ''), coalesce(f.category, ''), i.withdrawn_at IS NOT NULL,
            e.reprint_of, coalesce(f.title, ''), f.site_url, f.document_id
         FROM event_items e JOIN items i ON i.id = e.item_id JOIN outlets o ON o.id = i.outlet_id
            LEFT JOIN feeds f ON f.id = i.feed_id
         WHERE {condition} ORDER BY i.item_time, i.id"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let rows = query.query_map(values, |row| {
        Ok((
            read_report(row)?,
            row.get::<_, Option<i64>>(11)?.map(ItemId),
        ))
    })?;
    let rows: Vec<(Report, Option<ItemId>)> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(fold_reprints(rows))
}

/// Of reprints whose original is not among the rows the first stands as the report.
fn fold_reprints(rows: Vec<(Report, Option<ItemId>)>) -> Vec<Report> {
    let listed: Vec<ItemId> = rows.iter().map(|(report, _)| report.item_id).collect();
    let mut reports: Vec<Report> = Vec::new();
    let mut waiting: Vec<(ItemId, Reprint)> = Vec::new();
    let mut stands_for: Vec<(ItemId, ItemId)> = Vec::new();
    for (report, of) in rows {
        let of = of.filter(|of| *of != report.item_id && !says_its_own(&report));
        let root = of.map(|of| match listed.contains(&of) {
            true => Some(of),
            false => stands_for
                .iter()
                .find(|(gone, _)| *gone == of)
                .map(|(_, stand_in)| *stand_in),
        });
        match (root, of) {
            (Some(Some(root)), _) => waiting.push((root, reprint_of(report))),
            (_, of) => {
                stands_for.extend(of.map(|of| (of, report.item_id)));
                reports.push(report);
            }
        }
    }
    // A reprint of a reprint waits until that one is folded.
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|(of, reprint)| {
            let original = reports.iter_mut().find(|report| {
                report.item_id == *of || report.reprints.iter().any(|one| one.item_id == *of)
            });
            original
                .map(|report| report.reprints.push(reprint.clone()))
                .is_none()
        });
        if waiting.len() == before {
            break;
        }
    }
    reports
}

/// True for a copy that its outlet has corrected or withdrawn since: that is no copy of what others still say.
fn says_its_own(report: &Report) -> bool {
    report.is_withdrawn || matches!(report.role, Role::Correction | Role::Kill)
}

fn reprint_of(report: Report) -> Reprint {
    Reprint {
        item_id: report.item_id,
        outlet: report.outlet,
        title: report.title,
        link: report.link,
        at: report.at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_was_corrected_or_withdrawn_is_a_report_of_its_own() {
        let rows = |role: Role, is_withdrawn: bool| {
            let report = |id: i64| Report {
                item_id: ItemId(id),
                ..Report::default()
            };
            let original = Report {
                role,
                is_withdrawn,
                ..report(1)
            };
            vec![(original, Some(ItemId(2))), (report(2), None)]
        };
        let shown = |role, is_withdrawn| fold_reprints(rows(role, is_withdrawn)).len();
        assert_eq!(shown(Role::News, false), 1);
        assert_eq!(shown(Role::Correction, false), 2);
        assert_eq!(shown(Role::Kill, false), 2);
        assert_eq!(shown(Role::News, true), 2);
    }
}
