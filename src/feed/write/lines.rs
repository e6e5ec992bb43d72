//! The list of an event's reports in its entry. Some readers (Feedbin) take an entry that grew by
//! more than fifty letters for news, so between two material changes no line of it grows: a line
//! has the letters that it took when it was told, at its shortest since, and what needs more is
//! shortened or only counted. Addresses are not shown, so they cost nothing.

use std::collections::BTreeMap;

use super::content::{link_or_text, time};
use super::document::{ReportLine, ReprintLine};
use super::plain::one_line;
use super::xml::Xml;
use crate::news::{ItemId, Report, ToldAtLength};

/// A headline that is cut to fewer letters says nothing.
const SHORTEST_HEADLINE: usize = 24;

/// The reports in the order of telling, the first of them that stands marked; `told` is what the
/// entry told at its last material change.
pub fn lines_of(reports: &[Report], told: &ToldAtLength) -> Vec<ReportLine> {
    let first = reports
        .iter()
        .find(|report| !report.is_withdrawn)
        .map(|report| report.item_id);
    let letters = |item: ItemId| {
        let lines = told.lines.as_ref()?;
        Some(lines.get(&item).copied().unwrap_or(0))
    };
    reports
        .iter()
        .map(|report| ReportLine {
            item: report.item_id,
            guid: report.guid.clone(),
            letters: letters(report.item_id),
            outlet: report.outlet.clone(),
            title: report.title.clone(),
            url: report.link.clone(),
            language: Some(report.language.clone()),
            at: report.at,
            role: report.role.name(),
            is_first: first == Some(report.item_id),
            is_withdrawn: report.is_withdrawn,
            note: report.change_note.clone(),
            reprints: report
                .reprints
                .iter()
                .map(|reprint| ReprintLine {
                    item: reprint.item_id,
                    letters: letters(reprint.item_id),
                    outlet: reprint.outlet.clone(),
                    url: reprint.link.clone(),
                    at: reprint.at,
                })
                .collect(),
        })
        .collect()
}

/// How many letters each item takes in the list; those that are only counted are not in it.
pub fn letters_of(lines: &[ReportLine]) -> BTreeMap<ItemId, u32> {
    let fitted = lines.iter().filter_map(|line| Some((line, fit(line)?)));
    fitted
        .flat_map(|(line, fitted)| {
            let reprints = fitted.reprints.into_iter();
            let reprints = reprints.map(|(reprint, html)| (reprint.item, html));
            std::iter::once((line.item, fitted.report)).chain(reprints)
        })
        .map(|(item, html)| {
            (
                item,
                u32::try_from(shown_letters(&html)).unwrap_or(u32::MAX),
            )
        })
        .collect()
}

/// A line of the list within its letters, as HTML.
pub(super) struct Fitted<'a> {
    pub(super) report: String,
    pub(super) reprints: Vec<(&'a ReprintLine, String)>,
}

/// `None` if the report has no place in the list: then its reprints have none either.
pub(super) fn fit(line: &ReportLine) -> Option<Fitted<'_>> {
    let title = one_line(&line.title);
    let report = match line.letters {
        None => report_html(line, line.url.as_deref(), &title),
        Some(most) => report_within(line, line.url.as_deref(), &title, most as usize)?,
    };
    let reprints = line.reprints.iter();
    Some(Fitted {
        report,
        reprints: reprints
            .filter_map(|reprint| Some((reprint, reprint_within(reprint)?)))
            .collect(),
    })
}

fn report_within(line: &ReportLine, url: Option<&str>, title: &str, most: usize) -> Option<String> {
    let whole = report_html(line, url, title);
    let excess = shown_letters(&whole).saturating_sub(most);
    if excess == 0 {
        return Some(whole);
    }
    let room = escaped_letters(title).checked_sub(excess)?;
    (room >= SHORTEST_HEADLINE).then(|| report_html(line, url, &cut(title, room)))
}

fn reprint_within(reprint: &ReprintLine) -> Option<String> {
    let most = reprint.letters.map_or(usize::MAX, |most| most as usize);
    let mut html = Xml::fragment();
    link_or_text(&mut html, reprint.url.as_deref(), &reprint.outlet);
    let html = html.into_text();
    (shown_letters(&html) <= most).then_some(html)
}

fn report_html(line: &ReportLine, url: Option<&str>, title: &str) -> String {
    let mut html = Xml::fragment();
    html.element("b", &[], &one_line(&line.outlet));
    html.text(": ");
    link_or_text(&mut html, url, title);
    html.text(" · ");
    time(&mut html, line.at);
    if line.role != "news" {
        html.text(" · ");
        html.element("em", &[], line.role);
    }
    if line.is_first {
        html.text(" · first to report");
    }
    if line.is_withdrawn {
        html.text(" · ");
        html.element("b", &[], "withdrawn");
    }
    if !line.note.is_empty() {
        html.text(" · ");
        html.text(&one_line(&line.note));
    }
    html.into_text()
}

/// The text with an ellipsis in at most so many letters, as they are counted when escaped.
pub(super) fn cut(text: &str, most: usize) -> String {
    if escaped_letters(text) <= most {
        return text.to_owned();
    }
    let mut taken = 1;
    let kept = text.chars().take_while(|letter| {
        taken += escaped_letter(*letter);
        taken <= most
    });
    let kept: String = kept.collect();
    [kept.trim_end(), "…"].concat()
}

/// How many letters of a fragment are shown: markup is not, and an escaped letter counts as it is
/// escaped. So readers count that tell of entries which grew (Feedbin).
pub(super) fn shown_letters(html: &str) -> usize {
    let mut is_markup = false;
    let shown = html.chars().filter(|letter| {
        let was_markup = is_markup;
        is_markup = match letter {
            '<' => true,
            '>' => false,
            _ => is_markup,
        };
        !was_markup && !is_markup
    });
    shown.count()
}

fn escaped_letters(text: &str) -> usize {
    text.chars().map(escaped_letter).sum()
}

fn escaped_letter(letter: char) -> usize {
    match letter {
        '&' => 5,
        '<' | '>' => 4,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(item: i64, title: &str, link: Option<&str>) -> ReportLine {
        ReportLine {
            item: ItemId(item),
            outlet: "AP".to_owned(),
            title: title.to_owned(),
            url: link.map(str::to_owned),
            role: "news",
            ..ReportLine::default()
        }
    }

    /// The line as it is told within what it took before.
    fn told_again(before: &ReportLine, now: ReportLine) -> Option<String> {
        let letters = letters_of(std::slice::from_ref(before));
        let now = ReportLine {
            letters: Some(letters.get(&now.item).copied().unwrap_or(0)),
            ..now
        };
        let html = fit(&now)?.report;
        assert!(
            shown_letters(&html) <= letters[&now.item] as usize,
            "{html}"
        );
        Some(html)
    }

    #[test]
    fn a_line_that_became_longer_is_told_in_the_letters_it_had() {
        let link = Some("https://ap.example/1");
        let before = report(1, "Suspect named in shooting at a shop", link);
        let longer = "Suspect named in shooting at a shop & <others> hurt, police say on Tuesday";
        let html = told_again(&before, report(1, longer, link)).expect("a line");
        assert!(html.contains(">Suspect named in shooting at a s"), "{html}");
        assert!(html.contains("…</a>"), "{html}");
        let marked = ReportLine {
            is_first: true,
            ..report(1, "Suspect named in shooting at a shop and more", None)
        };
        assert!(told_again(&marked, report(1, "Named", None)).is_some());
    }

    #[test]
    fn an_address_that_came_later_is_linked_and_what_has_no_room_is_only_counted() {
        let link = Some("https://ap.example/a-long-address-of-a-report/2025/08/15/1");
        let bare = report(1, "Suspect named in shooting", None);
        let html = told_again(&bare, report(1, "Suspect named in shooting", link));
        assert!(html.expect("a line").contains("a-long-address-of-a-report"));
        assert_eq!(
            told_again(&report(1, "Fire", None), report(1, "Fire spreads", None)),
            None
        );
    }

    #[test]
    fn a_reprint_of_what_is_only_counted_is_not_listed() {
        let mut line = report(1, "Fire spreads", None);
        line.reprints = vec![ReprintLine {
            item: ItemId(2),
            outlet: "Daily".to_owned(),
            ..ReprintLine::default()
        }];
        assert_eq!(letters_of(std::slice::from_ref(&line)).len(), 2);
        line.letters = Some(0);
        assert_eq!(letters_of(std::slice::from_ref(&line)), BTreeMap::new());
    }
}
