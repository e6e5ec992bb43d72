//! An entry's content as HTML, the same for every format. Made of the few elements that all readers
//! show: p, ul, li, a, b, em.

use super::document::{Body, EventLine, Notice};
use super::lines::{Fitted, cut, fit};
use super::plain::{one_line, web_address};
use super::xml::Xml;
use crate::news::UtcTime;

/// The content of an entry as a well-formed HTML fragment; `page_url` is Dateline's page of it.
pub fn body_html(body: &Body, page_url: &str) -> String {
    let mut html = Xml::fragment();
    for one in &body.notices {
        notice(&mut html, one);
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
    let lines: Vec<Fitted<'_>> = body.reports.iter().filter_map(fit).collect();
    if !lines.is_empty() {
        html.open("ul", &[]);
        for line in &lines {
            report_line(&mut html, line);
        }
        html.close("ul");
    }
    let since = names_since(body);
    if !since.is_empty() {
        html.element("p", &[], &since);
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

/// Letters of the name that a notice leads to. A merged entry says where it went in the place of
/// its link to the storyline, which is 12 letters longer than a name of none.
const LONGEST_LABEL: usize = 58;

/// Letters that the outlets which came since may take. A reader that is told of an entry which grew
/// by more than fifty is not: seven are markup, and eight may be those of a longer date.
const LONGEST_SINCE: usize = 35;

/// The outlets of what is only counted: by name as far as that is short.
fn names_since(body: &Body) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut counted: Vec<&str> = Vec::new();
    for report in &body.reports {
        let fitted = fit(report);
        match fitted {
            Some(_) => names.push(&report.outlet),
            None => counted.push(&report.outlet),
        }
        let listed = fitted.map(|line| line.reprints).unwrap_or_default();
        for reprint in &report.reprints {
            match listed.iter().any(|(one, _)| one.item == reprint.item) {
                true => names.push(&reprint.outlet),
                false => counted.push(&reprint.outlet),
            }
        }
    }
    let known = names.len();
    for name in counted {
        if !names.contains(&name) {
            names.push(name);
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
        one_line(&format!("Also: {}", parts.join(", ")))
    });
    match since.is_empty() {
        true => String::new(),
        false => shortened.into_iter().find(fits).unwrap_or_default(),
    }
}

fn notice(html: &mut Xml, notice: &Notice) {
    html.open("p", &[]);
    html.open("b", &[]);
    html.text(&one_line(&notice.words));
    if let Some(url) = &notice.url {
        html.text(": ");
        link_or_text(
            html,
            Some(url),
            &cut(&one_line(&notice.label), LONGEST_LABEL),
        );
    }
    html.close("b");
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
    html.close("p");
}

fn report_line(html: &mut Xml, line: &Fitted<'_>) {
    html.open("li", &[]);
    html.markup(&line.report);
    html.text(match line.reprints.len() {
        0 => "",
        1 => " · also carried by ",
        _ => " · also carried by: ",
    });
    for (index, (_, reprint)) in line.reprints.iter().enumerate() {
        if index > 0 {
            html.text(", ");
        }
        html.markup(reprint);
    }
    html.close("li");
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

pub(super) fn link_or_text(html: &mut Xml, url: Option<&str>, text: &str) {
    let text = one_line(text);
    match url.and_then(web_address) {
        Some(url) => html.element("a", &[("href", &url)], &text),
        None => html.text(&text),
    }
}

pub(super) fn time(html: &mut Xml, at: UtcTime) {
    html.text(&at.format("%-d %B %Y, %H:%M UTC").to_string());
}
