//! An entry's content as HTML, the same for every format. Made of the few elements that all readers
//! show: p, ul, li, a, b, em.

use super::document::{Body, EventLine, ReportLine};
use super::plain::{one_line, web_address};
use super::xml::Xml;
use crate::news::UtcTime;

/// The content of an entry as a well-formed HTML fragment; `page_url` is Dateline's page of it.
pub fn body_html(body: &Body, page_url: &str) -> String {
    let mut html = Xml::fragment();
    for notice in &body.notices {
        strong_paragraph(&mut html, notice);
    }
    if !body.change.is_empty() {
        html.open("p", &[]);
        html.element("b", &[], "What changed: ");
        html.text(&one_line(&body.change));
        html.close("p");
    }
    if !body.lede.is_empty() {
        html.element("p", &[], &one_line(&body.lede));
    }
    place_and_time(&mut html, body);
    if !body.reports.is_empty() {
        html.open("ul", &[]);
        for report in body.reports.iter().filter(|report| !report.came_since) {
            report_line(&mut html, report);
        }
        html.close("ul");
        let since = names_since(body);
        if !since.is_empty() {
            html.element("p", &[], &one_line(&since));
        }
    }
    if !body.events.is_empty() {
        html.open("ul", &[]);
        for event in &body.events {
            event_line(&mut html, event);
        }
        html.close("ul");
    }
    footer(&mut html, body, page_url);
    html.into_text()
}

/// Letters that the outlets which came since may take: a reader that is told of an entry which grew
/// by more than fifty is not.
const LONGEST_SINCE: usize = 38;

/// The outlets that came since the last material change: by name as far as that is short.
fn names_since(body: &Body) -> String {
    let told = body.reports.iter().filter(|report| !report.came_since);
    let mut names: Vec<&str> = told.map(|report| report.outlet.as_str()).collect();
    let known = names.len();
    for report in &body.reports {
        let reprints = report.reprints.iter().filter(|one| one.came_since);
        let own = report.came_since.then_some(report.outlet.as_str());
        for name in own
            .into_iter()
            .chain(reprints.map(|one| one.outlet.as_str()))
        {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let since = &names[known..];
    let fits = |text: &String| text.chars().count() <= LONGEST_SINCE;
    let shortened = (0..=since.len()).rev().map(|shown| {
        let rest = since.len() - shown;
        let mut parts: Vec<String> = since[..shown]
            .iter()
            .map(|name| (*name).to_owned())
            .collect();
        if rest > 0 {
            let noun = if rest == 1 { "outlet" } else { "outlets" };
            parts.push(format!("{rest} more {noun}"));
        }
        format!("Also: {}", parts.join(", "))
    });
    match since.is_empty() {
        true => String::new(),
        false => shortened.into_iter().find(fits).unwrap_or_default(),
    }
}

fn strong_paragraph(html: &mut Xml, text: &str) {
    html.open("p", &[]);
    html.element("b", &[], &one_line(text));
    html.close("p");
}

fn place_and_time(html: &mut Xml, body: &Body) {
    let Some(at) = body.occurred_at else { return };
    html.open("p", &[]);
    if !body.place.is_empty() {
        html.text(&one_line(&body.place));
        html.text(" · ");
    }
    time(html, at);
    for role in &body.roles {
        html.text(" · ");
        html.element("em", &[], role);
    }
    html.close("p");
}

fn report_line(html: &mut Xml, report: &ReportLine) {
    html.open("li", &[]);
    html.element("b", &[], &one_line(&report.outlet));
    html.text(": ");
    link_or_text(html, report.url.as_deref(), &report.title);
    html.text(" · ");
    time(html, report.at);
    if report.role != "news" {
        html.text(" · ");
        html.element("em", &[], report.role);
    }
    if report.is_first {
        html.text(" · first to report");
    }
    if report.is_withdrawn {
        html.text(" · ");
        html.element("b", &[], "withdrawn");
    }
    if !report.note.is_empty() {
        html.text(" · ");
        html.text(&one_line(&report.note));
    }
    reprints(html, report);
    html.close("li");
}

fn reprints(html: &mut Xml, report: &ReportLine) {
    let told: Vec<_> = report
        .reprints
        .iter()
        .filter(|one| !one.came_since)
        .collect();
    html.text(match told.len() {
        0 => return,
        1 => " · also carried by ",
        _ => " · also carried by: ",
    });
    for (index, reprint) in told.into_iter().enumerate() {
        if index > 0 {
            html.text(", ");
        }
        link_or_text(html, reprint.url.as_deref(), &reprint.outlet);
    }
}

fn event_line(html: &mut Xml, event: &EventLine) {
    html.open("li", &[]);
    time(html, event.occurred_at);
    html.text(" · ");
    link_or_text(html, Some(&event.url), &event.title);
    if !event.place.is_empty() {
        html.text(" · ");
        html.text(&one_line(&event.place));
    }
    if event.outlet_count > 1 {
        html.text(" · ");
        html.text(&event.outlet_count.to_string());
        html.text(" outlets");
    }
    html.close("li");
}

fn footer(html: &mut Xml, body: &Body, page_url: &str) {
    html.open("p", &[]);
    if let Some(storyline) = &body.storyline {
        html.text("Storyline: ");
        // Not its headline, which grows and shrinks without anything having happened here.
        link_or_text(html, Some(&storyline.url), "its timeline");
        html.text(" · ");
    }
    let label = if body.events.is_empty() {
        "All reports"
    } else {
        "The whole timeline"
    };
    link_or_text(html, Some(page_url), label);
    html.close("p");
}

fn link_or_text(html: &mut Xml, url: Option<&str>, text: &str) {
    let text = one_line(text);
    match url.and_then(web_address) {
        Some(url) => html.element("a", &[("href", &url)], &text),
        None => html.text(&text),
    }
}

fn time(html: &mut Xml, at: UtcTime) {
    html.text(&at.format("%-d %B %Y, %H:%M UTC").to_string());
}
