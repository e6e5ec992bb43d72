//! An entry's content as HTML, the same for every format. Made of the few elements that all readers
//! show: p, ul, li, a, b, em; and bdi where letters go from right to left.

use std::collections::{HashMap, HashSet};

use super::document::{Body, EventLine, Notice};
use super::lines::{Fitted, cut, fit, shown_letters};
use super::plain::{one_line, web_address};
use super::xml::{Attributes, Xml};
use crate::news::UtcTime;
use crate::text::clean::has_right_to_left;

/// The content of an entry as a well-formed HTML fragment; `page_url` is Dateline's page of it.
pub fn body_html(body: &Body, page_url: &str) -> String {
    let mut html = Xml::fragment();
    for one in &body.notices {
        notice(&mut html, one);
    }
    if !body.change.is_empty() {
        html.open("p", &[]);
        html.element("b", &[], "What changed: ");
        aside(&mut html, &one_line(&body.change));
        html.close("p");
    }
    if !body.lede.is_empty() {
        let lede = one_line(&body.lede);
        let by_its_letters: &[_] = match has_right_to_left(&lede) {
            true => &[("dir", "auto")],
            false => &[],
        };
        html.element("p", by_its_letters, &lede);
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
    let since = outlets_since(body);
    if !since.is_empty() {
        html.open("p", &[]);
        html.markup(&since_html(&since));
        html.close("p");
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
/// by more than fifty is not: two are the spaces around a paragraph, and eight may be those of a
/// longer date.
const LONGEST_SINCE: usize = 40;

/// More never fit: a name has a letter at least, with a comma and a space, and a number two.
const MOST_NAMES: usize = LONGEST_SINCE / 3;
const MOST_NUMBERS: usize = LONGEST_SINCE / 2;

/// An outlet that told it since the last material change, with its first report.
struct Since<'a> {
    outlet: &'a str,
    url: Option<&'a str>,
    /// What it told, and when.
    title: String,
}

/// The outlets of what is only counted, in the order of telling.
fn outlets_since(body: &Body) -> Vec<Since<'_>> {
    let mut listed: HashSet<&str> = HashSet::new();
    let mut counted: Vec<Since<'_>> = Vec::new();
    for report in &body.reports {
        let fitted = fit(report);
        let title = |at| titled(&report.title, at);
        match fitted {
            Some(_) => {
                listed.insert(&report.outlet);
            }
            None => counted.push(Since {
                outlet: &report.outlet,
                url: report.url.as_deref(),
                title: title(report.at),
            }),
        }
        let reprints = fitted.map(|line| line.reprints).unwrap_or_default();
        for reprint in &report.reprints {
            match reprints.iter().any(|one| one.item == reprint.item) {
                true => {
                    listed.insert(&reprint.outlet);
                }
                false => counted.push(Since {
                    outlet: &reprint.outlet,
                    url: reprint.url.as_deref(),
                    title: title(reprint.at),
                }),
            }
        }
    }
    let mut since: Vec<Since<'_>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for one in counted {
        match places.get(one.outlet) {
            Some(place) if since[*place].url.is_none() => since[*place] = one,
            Some(_) => {}
            None if listed.contains(one.outlet) => {}
            None => {
                places.insert(one.outlet, since.len());
                since.push(one);
            }
        }
    }
    since
}

fn titled(headline: &str, at: UtcTime) -> String {
    [&one_line(headline), " · ", &clock_time(at)].concat()
}

/// The outlets that came since, each a link: by name as far as that is short, the others by number.
/// What a link says of its report costs no letters.
fn since_html(since: &[Since<'_>]) -> String {
    let mut htmls = tries(since.len()).map(|(named, linked)| {
        let (names, rest) = since.split_at(named);
        since_with(names, rest, linked)
    });
    htmls
        .find(|html| shown_letters(html) <= LONGEST_SINCE)
        .unwrap_or_default()
}

/// How many are named and how many of the others linked by number, the best first.
fn tries(outlets: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..=outlets.min(MOST_NAMES)).rev().flat_map(move |named| {
        let most = outlets - named;
        // Rather fewer names than an outlet without a link.
        let least = if named == 0 { 0 } else { most };
        let linked = (least..=most.min(MOST_NUMBERS)).rev();
        linked.map(move |linked| (named, linked))
    })
}

fn since_with(names: &[Since<'_>], rest: &[Since<'_>], linked: usize) -> String {
    let mut html = Xml::fragment();
    html.text("Also: ");
    for (index, one) in names.iter().enumerate() {
        if index > 0 {
            html.text(", ");
        }
        titled_link(&mut html, one, one.outlet);
    }
    if !rest.is_empty() {
        if !names.is_empty() {
            html.text(" and ");
        }
        html.text(&[&rest.len().to_string(), " more"].concat());
    }
    for (index, one) in rest[..linked].iter().enumerate() {
        html.text(if index == 0 { ": " } else { " " });
        titled_link(&mut html, one, &(index + 1).to_string());
    }
    html.into_text()
}

fn titled_link(html: &mut Xml, one: &Since<'_>, text: &str) {
    match one.url.and_then(web_address) {
        Some(url) => {
            let attributes = [("href", url.as_str()), ("title", one.title.as_str())];
            link(html, &attributes, &one_line(text));
        }
        None => aside(html, &one_line(text)),
    }
}

fn notice(html: &mut Xml, notice: &Notice) {
    html.open("p", &[]);
    html.open("b", &[]);
    aside(html, &one_line(&notice.words));
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
        aside(html, &one_line(&body.place));
        html.text(" · ");
    }
    time(html, at);
    html.close("p");
}

fn report_line(html: &mut Xml, line: &Fitted<'_>) {
    html.open("li", &[]);
    line.write(html);
    html.close("li");
}

fn event_line(html: &mut Xml, event: &EventLine) {
    html.open("li", &[]);
    time(html, event.occurred_at);
    html.text(" · ");
    link_or_text(html, Some(&event.url), &event.title);
    if !event.place.is_empty() {
        html.text(" · ");
        aside(html, &one_line(&event.place));
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
    let label = match (body.page_name, body.events.is_empty()) {
        ("", true) => "All reports",
        ("", false) => "The whole timeline",
        (name, _) => name,
    };
    link_or_text(html, Some(page_url), label);
    html.close("p");
}

pub(super) fn link_or_text(html: &mut Xml, url: Option<&str>, text: &str) {
    let text = one_line(text);
    match url.and_then(web_address) {
        Some(url) => link(html, &[("href", &url)], &text),
        None => aside(html, &text),
    }
}

fn link(html: &mut Xml, attributes: Attributes<'_>, text: &str) {
    html.open("a", attributes);
    aside(html, text);
    html.close("a");
}

/// A text in a line of others: from right to left it stands apart, or it would draw what follows it into its
/// order.
pub(super) fn aside(html: &mut Xml, text: &str) {
    match has_right_to_left(text) {
        true => html.element("bdi", &[], text),
        false => html.text(text),
    }
}

pub(super) fn time(html: &mut Xml, at: UtcTime) {
    html.text(&clock_time(at));
}

pub(super) fn clock_time(at: UtcTime) -> String {
    at.format("%-d %B %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outlets(names: &[String]) -> Vec<Since<'_>> {
        let since = names.iter().map(|name| Since {
            outlet: name,
            url: Some("https://a.example/1"),
            title: String::new(),
        });
        since.collect()
    }

    /// The first that is short enough of all that there are.
    fn since_of_all(since: &[Since<'_>]) -> String {
        for named in (0..=since.len()).rev() {
            let most = since.len() - named;
            let least = if named == 0 { 0 } else { most };
            for linked in (least..=most).rev() {
                let (names, rest) = since.split_at(named);
                let html = since_with(names, rest, linked);
                if shown_letters(&html) <= LONGEST_SINCE {
                    return html;
                }
            }
        }
        String::new()
    }

    #[test]
    fn what_never_fits_is_not_tried_and_what_is_told_is_the_same() {
        for letters in [1, 2, 9] {
            for count in 1..60 {
                let names: Vec<String> = vec!["x".repeat(letters); count];
                let since = outlets(&names);
                let told = since_html(&since);
                assert_eq!(told, since_of_all(&since), "{count} of {letters}");
            }
        }
        assert!(tries(10_000).count() < 100);
    }
}
