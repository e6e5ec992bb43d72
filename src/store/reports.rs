//! The reports of an event: its items in the order of telling, reprints folded under their originals, but for those
//! that were corrected or withdrawn.

use std::hash::BuildHasher;

use rusqlite::Connection;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::Result;
use super::kept_out::is_item_out;
use super::rows::read_report;
use super::withdrawn::{self, is_item_withdrawn};
use crate::news::{EventId, ItemId, Report, Reprint};
use crate::text::pages::{are_one_page, page_of, path_of};

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
    const CONDITION: &str = concat!(
        "i.id IN (SELECT value FROM json_each(?1)) AND NOT ",
        is_item_withdrawn!("i.id"),
        " AND NOT ",
        is_item_out!("i.id")
    );
    select(conn, CONDITION, [serde_json::to_string(items)?])
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

/// Of reprints whose original is not among the rows the first stands as the report, and of a page that is listed twice in
/// the same words the first, also where clustering compared what it said before.
fn fold_reprints(rows: Vec<(Report, Option<ItemId>)>) -> Vec<Report> {
    let listed: Vec<ItemId> = rows.iter().map(|(report, _)| report.item_id).collect();
    let mut reports: Vec<Report> = Vec::new();
    let mut waiting: Vec<(ItemId, Reprint)> = Vec::new();
    let mut stands_for: Vec<(ItemId, ItemId)> = Vec::new();
    let mut listings: FxHashMap<u64, Vec<(String, usize)>> = FxHashMap::default();
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
                let first = page_listed(&report)
                    .map(|page| first_listing(&mut listings, &report, page, reports.len()));
                match first.and_then(|at| reports.get_mut(at)) {
                    Some(first) => first.relisted.push(reprint_of(report)),
                    None => reports.push(report),
                }
            }
        }
    }
    // A reprint of a reprint waits until that one is folded.
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|(of, reprint)| {
            let original = reports.iter_mut().find(|report| report.holds(*of));
            original
                .map(|report| file_under(report, reprint.clone()))
                .is_none()
        });
        if waiting.len() == before {
            break;
        }
    }
    reports
}

/// Among the reprints, or where an outlet lists one page in several feeds, among what it only lists again.
fn file_under(report: &mut Report, copy: Reprint) {
    let page = copy.link.as_deref().and_then(page_of);
    let is_there = |outlet: &str, link: &Option<String>| {
        let there = || link.as_deref().and_then(page_of);
        let leads_there = |page: &String| there().is_some_and(|one| are_one_page(&one, page));
        outlet == copy.outlet && (*link == copy.link || page.as_ref().is_some_and(leads_there))
    };
    let mut reprints = report.reprints.iter();
    let is_listed = is_there(&report.outlet, &report.link)
        || reprints.any(|one| is_there(&one.outlet, &one.link));
    match is_listed && copy.link.is_some() {
        true => report.relisted.push(copy),
        false => report.reprints.push(copy),
    }
}

/// The page of a report that may be listed again, whatever the feeds call themselves that list it. `None` for what leads
/// to no page, and for what was corrected or withdrawn.
fn page_listed(report: &Report) -> Option<String> {
    let link = report.link.as_deref().filter(|_| !says_its_own(report));
    link.and_then(page_of)
}

/// The place of the first report that says the same at the same page: `next`, its own, if there was none.
fn first_listing(
    listings: &mut FxHashMap<u64, Vec<(String, usize)>>,
    report: &Report,
    page: String,
    next: usize,
) -> usize {
    let alike = FxBuildHasher.hash_one((path_of(&page), &report.title));
    let listed = listings.entry(alike).or_default();
    let first = listed.iter().find(|(one, _)| are_one_page(one, &page));
    let first = first.map(|(_, at)| *at);
    first.unwrap_or_else(|| {
        listed.push((page, next));
        next
    })
}

/// True for a copy that its outlet has corrected or withdrawn since: that is no copy of what others still say.
fn says_its_own(report: &Report) -> bool {
    report.is_withdrawn || withdrawn::says_its_own(report.role)
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
    use crate::news::Role;

    #[test]
    fn a_page_that_an_outlet_lists_in_several_feeds_is_carried_once_and_no_item_of_it_is_lost() {
        let row = |id: i64, outlet: &str, link: &str, of: i64| {
            let report = Report {
                item_id: ItemId(id),
                outlet: outlet.to_owned(),
                link: (!link.is_empty()).then(|| link.to_owned()),
                ..Report::default()
            };
            (report, (of != id).then_some(ItemId(of)))
        };
        let reports = fold_reprints(vec![
            row(1, "Twin", "https://twin.example/a", 1),
            row(2, "Twin", "https://twin.example/a?ref=africa", 1),
            row(3, "Other", "https://other.example/a", 2),
            row(4, "Other", "https://other.example/a", 1),
            row(5, "Twin", "https://twin.example/b", 1),
            row(6, "Bare", "", 1),
            row(7, "Bare", "", 1),
            row(8, "Tube", "https://tube.example/watch?v=1", 1),
            row(9, "Tube", "https://tube.example/watch?v=2", 1),
        ]);
        let ids =
            |copies: &[Reprint]| -> Vec<i64> { copies.iter().map(|copy| copy.item_id.0).collect() };
        assert_eq!(reports.len(), 1);
        assert_eq!(ids(&reports[0].reprints), [3, 5, 6, 7, 8, 9]);
        assert_eq!(ids(&reports[0].relisted), [2, 4]);
        assert!((1..=9).all(|id| reports[0].holds(ItemId(id))));
    }

    #[test]
    fn a_page_that_is_listed_twice_in_the_same_words_is_one_report_whoever_lists_it_and_whenever() {
        let row = |id: i64, outlet: &str, link: &str, title: &str| {
            let report = Report {
                item_id: ItemId(id),
                outlet: outlet.to_owned(),
                title: title.to_owned(),
                link: Some(link.to_owned()),
                ..Report::default()
            };
            (report, None)
        };
        let (now, before) = ("Quake kills at least 90", "Quake kills 12");
        let reports = fold_reprints(vec![
            row(1, "Twin", "https://twin.example/a", now),
            row(2, "Twin", "http://www.twin.example/a?ref=europe", now),
            row(3, "Twin", "https://twin.example/a", before),
            row(4, "Twin", "https://twin.example/b", now),
            row(5, "Other", "https://twin.example/a", now),
            row(6, "Bare", "https://bare.example/", now),
            row(7, "Bare", "https://bare.example/", now),
            row(8, "Tube", "https://tube.example/watch?v=k1", now),
            row(9, "Tele", "https://tube.example/watch?v=k2", now),
        ]);
        let shown: Vec<i64> = reports.iter().map(|one| one.item_id.0).collect();
        assert_eq!(shown, [1, 3, 4, 6, 7, 8, 9]);
        assert!(
            [2, 5]
                .map(ItemId)
                .iter()
                .all(|item| reports[0].holds(*item))
        );
        assert_eq!(reports[0].reprints, []);
    }

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
