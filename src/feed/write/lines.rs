//! The list of an event's reports in its entry. Some readers (Feedbin) take an entry that grew by
//! more than fifty letters for news, so between two material changes no line of it grows: a line
//! has the letters that it took when it was told, at its shortest since, and what needs more is
//! shortened or only counted. Addresses are not shown, so they cost nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::content::{aside, clock_time, link_or_text};
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
    let count = |letters| u32::try_from(letters).unwrap_or(u32::MAX);
    let fitted = lines.iter().filter_map(fit);
    fitted
        .flat_map(|fitted| {
            let own = letters_of_report(fitted.line, &fitted.title);
            let reprints = fitted.reprints.into_iter();
            let reprints = reprints.map(|one| (one.item, letters_of_reprint(one)));
            std::iter::once((fitted.line.item, own)).chain(reprints)
        })
        .map(|(item, letters)| (item, count(letters)))
        .collect()
}

/// A line of the list within its letters.
pub(super) struct Fitted<'a> {
    line: &'a ReportLine,
    title: String,
    /// Those that have a place.
    pub(super) reprints: Vec<&'a ReprintLine>,
}

/// `None` if the report has no place in the list: then its reprints have none either.
pub(super) fn fit(line: &ReportLine) -> Option<Fitted<'_>> {
    let has_place = |one: &&ReprintLine| {
        let most = one.letters.map_or(usize::MAX, |most| most as usize);
        letters_of_reprint(one) <= most
    };
    Some(Fitted {
        title: fitting_title(line)?,
        reprints: line.reprints.iter().filter(has_place).collect(),
        line,
    })
}

fn fitting_title(line: &ReportLine) -> Option<String> {
    let title = one_line(&line.title);
    let most = line.letters.map_or(usize::MAX, |most| most as usize);
    let excess = letters_of_report(line, &title).saturating_sub(most);
    if excess == 0 {
        return Some(title);
    }
    let room = escaped_letters(&title).checked_sub(excess)?;
    (room >= SHORTEST_HEADLINE).then(|| cut(&title, room))
}

impl Fitted<'_> {
    /// Writes the report and the reprints that have a place.
    pub(super) fn write(&self, html: &mut Xml) {
        let url = self.line.url.as_deref();
        for piece in pieces_of(self.line, &self.title) {
            match piece {
                Piece::Text(text) => aside(html, &text),
                Piece::Marked(mark, text) => {
                    html.open(mark, &[]);
                    aside(html, &text);
                    html.close(mark);
                }
                Piece::Title(title) => link_or_text(html, url, title),
            }
        }
        html.text(match self.reprints.len() {
            0 => "",
            1 => " · also carried by ",
            _ => " · also carried by: ",
        });
        for (index, one) in self.reprints.iter().enumerate() {
            if index > 0 {
                html.text(", ");
            }
            link_or_text(html, one.url.as_deref(), &one.outlet);
        }
    }
}

/// A piece of a report's line, as it is shown.
enum Piece<'a> {
    Text(Cow<'a, str>),
    /// Within an element.
    Marked(&'static str, Cow<'a, str>),
    /// Linked, if there is an address.
    Title(&'a str),
}

fn pieces_of<'a>(line: &'a ReportLine, title: &'a str) -> Vec<Piece<'a>> {
    let text = |text: &'static str| Piece::Text(Cow::Borrowed(text));
    let mut pieces = vec![
        Piece::Marked("b", one_line(&line.outlet).into()),
        text(": "),
        Piece::Title(title),
        text(" · "),
        Piece::Text(clock_time(line.at).into()),
    ];
    if line.role != "news" {
        pieces.extend([text(" · "), Piece::Marked("em", line.role.into())]);
    }
    if line.is_first {
        pieces.push(text(" · first to report"));
    }
    if line.is_withdrawn {
        pieces.extend([text(" · "), Piece::Marked("b", "withdrawn".into())]);
    }
    if !line.note.is_empty() {
        pieces.extend([text(" · "), Piece::Text(one_line(&line.note).into())]);
    }
    pieces
}

/// How many letters a report takes with that title. So readers count that tell of entries which grew
/// (Feedbin): markup is not counted, and an escaped letter as it is escaped.
fn letters_of_report(line: &ReportLine, title: &str) -> usize {
    let pieces = pieces_of(line, title).into_iter();
    let letters = pieces.map(|piece| match piece {
        Piece::Text(text) | Piece::Marked(_, text) => escaped_letters(&text),
        Piece::Title(title) => escaped_letters(title),
    });
    letters.sum()
}

fn letters_of_reprint(reprint: &ReprintLine) -> usize {
    escaped_letters(&one_line(&reprint.outlet))
}

/// The text with an ellipsis in at most so many letters, as they are counted when escaped.
pub fn cut(text: &str, most: usize) -> String {
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

    fn shown(fitted: &Fitted<'_>) -> String {
        let mut html = Xml::fragment();
        fitted.write(&mut html);
        html.into_text()
    }

    #[test]
    fn what_goes_from_right_to_left_stands_apart_from_what_follows() {
        let line = report(1, "פיגוע בתל אביב", Some("https://a.example/1"));
        let html = shown(&fit(&line).expect("a line"));
        let title = r#"<a href="https://a.example/1"><bdi>פיגוע בתל אביב</bdi></a> · "#;
        assert!(html.contains(title), "{html}");
        assert!(!html.contains("<b><bdi>"), "{html}");
    }

    #[test]
    fn letters_are_counted_as_they_are_shown() {
        let mut line = report(
            1,
            "Fire & <smoke>\u{202e} in \u{fffd}town",
            Some("https://a.example/1"),
        );
        line.note = "adds\n toll > 3".to_owned();
        line.role = "correction";
        (line.is_first, line.is_withdrawn) = (true, true);
        for url in [
            None,
            Some("javascript:alert(1)".to_owned()),
            line.url.clone(),
        ] {
            line.url = url;
            let html = shown(&fit(&line).expect("a line"));
            let counted = letters_of(std::slice::from_ref(&line));
            assert_eq!(shown_letters(&html), counted[&line.item] as usize, "{html}");
        }
    }

    /// The line as it is told within what it took before.
    fn told_again(before: &ReportLine, now: ReportLine) -> Option<String> {
        let letters = letters_of(std::slice::from_ref(before));
        let now = ReportLine {
            letters: Some(letters.get(&now.item).copied().unwrap_or(0)),
            ..now
        };
        let html = shown(&fit(&now)?);
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
