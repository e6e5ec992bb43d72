//! The public pages: rows to what the templates show. All text is cleaned here and escaped by the
//! templates; all addresses are http(s).

use askama::Template;
use chrono::NaiveDate;

use super::address::{Archive, Asked, OPML, Output};
use super::assets;
use super::compose::{
    headline_of_storyline, latest_standing, notices_of, present_lede, roles_of, shown_headline,
};
use super::documents::{Content, Rows};
use super::settings::Settings;
use crate::feed::write::{
    Entry, Notice, OutputFormat, ReportLine, lines_of, one_line, web_address,
};
use crate::news::{PublishedEvent, PublishedStoryline, UtcTime};

/// Events of a storyline that the list of storylines shows.
const LATEST_EVENTS: usize = 3;

/// Reports that a timeline names at each event.
const NAMED_REPORTS: usize = 8;

/// What every page has.
pub(super) struct Frame {
    title: String,
    site: String,
    home_url: String,
    opml_url: String,
    style_url: String,
    icon_url: String,
    feeds: Vec<FeedLink>,
    nav: Vec<NavLink>,
}

struct FeedLink {
    media_type: &'static str,
    format: &'static str,
    title: String,
    url: String,
}

struct NavLink {
    title: &'static str,
    url: String,
    is_here: bool,
}

struct Moment {
    machine: String,
    person: String,
    brief: String,
    clock: String,
}

struct PageLink {
    title: String,
    url: String,
}

struct ShownReprint {
    outlet: String,
    url: Option<String>,
    at: Moment,
}

struct ShownReport {
    outlet: String,
    title: String,
    url: Option<String>,
    language: String,
    at: Moment,
    role: &'static str,
    is_first: bool,
    is_withdrawn: bool,
    note: String,
    reprints: Vec<ShownReprint>,
}

struct ShownEvent {
    anchor: String,
    url: String,
    headline: String,
    language: String,
    lede: String,
    place: String,
    at: Moment,
    notices: Vec<String>,
    change: String,
    roles: Vec<&'static str>,
    reports: Vec<ShownReport>,
    more: usize,
    is_withdrawn: bool,
}

struct ShownStoryline {
    url: String,
    headline: String,
    language: String,
    life: &'static str,
    lede: String,
    counts: String,
    updated: Moment,
    events: Vec<ShownEvent>,
}

struct Day {
    name: String,
    events: Vec<ShownEvent>,
}

struct Line {
    url: String,
    headline: String,
    language: String,
    lede: String,
    change: String,
    label: String,
    counts: String,
    at: Moment,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    heading: String,
    storylines: Vec<ShownStoryline>,
}

#[derive(Template)]
#[template(path = "timeline.html")]
struct TimelinePage {
    frame: Frame,
    headline: String,
    language: String,
    life: &'static str,
    counts: String,
    published: Moment,
    updated: Moment,
    log_url: String,
    days: Vec<Day>,
}

#[derive(Template)]
#[template(path = "event.html")]
struct EventPage {
    frame: Frame,
    storyline: Option<PageLink>,
    event: ShownEvent,
    counts: String,
    published: Moment,
    updated: Moment,
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    frame: Frame,
    heading: String,
    subtitle: String,
    lines: Vec<Line>,
    older_url: Option<String>,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    code: u16,
    heading: String,
    words: String,
}

/// The page of an output that was read.
pub(super) fn page_of(asked: &Asked<'_>, content: &Content, settings: &Settings) -> Vec<u8> {
    let older = match asked.archive {
        None => content.newest_archive,
        Some(archive) => archive.number.checked_sub(1),
    };
    let older_url =
        older.map(|number| settings.absolute(&Archive::numbered(number).of(&asked.path())));
    let frame = frame_of(asked.output, asked.prefix, &content.title, settings);
    let rendered = match &content.rows {
        Rows::Storylines(storylines) => HomePage {
            frame,
            heading: "Storylines".to_owned(),
            storylines: storylines
                .iter()
                .filter(|shown| shown.merged_into.is_none())
                .map(|shown| shown_storyline(shown, settings))
                .collect(),
        }
        .render(),
        Rows::Timeline(shown) => timeline_page(frame, shown, settings).render(),
        Rows::Event(shown) => event_page(frame, shown, settings).render(),
        Rows::Events(events) => {
            let lines = events.iter().map(|shown| line_of_event(shown, settings));
            list_page(frame, content, lines.collect(), older_url).render()
        }
        Rows::Entries(entries) => {
            let lines = entries.iter().map(line_of_entry);
            list_page(frame, content, lines.collect(), older_url).render()
        }
    };
    rendered
        .expect("rendering to memory does not fail")
        .into_bytes()
}

/// A page that says what is wrong.
pub(super) fn error_page(code: u16, heading: &str, words: &str, settings: &Settings) -> Vec<u8> {
    let mut frame = frame_of(&Output::Home, "", heading, settings);
    frame.feeds.clear();
    ErrorPage {
        frame,
        code,
        heading: heading.to_owned(),
        words: one_line(words),
    }
    .render()
    .expect("rendering to memory does not fail")
    .into_bytes()
}

fn frame_of(output: &Output, prefix: &str, title: &str, settings: &Settings) -> Frame {
    let nav = [
        ("Storylines", Output::Home),
        ("Events", Output::Events),
        ("Log", Output::Log),
    ];
    Frame {
        title: match output {
            Output::Home => one_line(title),
            _ => [&one_line(title), " · ", &settings.title].concat(),
        },
        site: settings.title.clone(),
        home_url: settings.absolute("/"),
        opml_url: settings.absolute(&[prefix, OPML].concat()),
        style_url: settings.absolute(assets::style_path()),
        icon_url: settings.absolute(assets::icon_path()),
        feeds: feed_links(output, prefix, title, settings),
        nav: nav
            .into_iter()
            .map(|(title, target)| NavLink {
                title,
                url: settings.absolute(&target.path()),
                is_here: target == *output,
            })
            .collect(),
    }
}

fn feed_links(output: &Output, prefix: &str, title: &str, settings: &Settings) -> Vec<FeedLink> {
    let output = match output {
        Output::Home => &Output::Storylines,
        other => other,
    };
    let address = settings.absolute(&output.path_under(prefix));
    let title = one_line(title);
    OutputFormat::ALL
        .into_iter()
        .map(|format| {
            let name = match format {
                OutputFormat::Atom => "Atom",
                OutputFormat::Rss => "RSS",
                OutputFormat::Json => "JSON Feed",
            };
            FeedLink {
                media_type: format.media_type(),
                format: name,
                title: [&title, " (", name, ")"].concat(),
                url: [&address, ".", format.ending()].concat(),
            }
        })
        .collect()
}

fn timeline_page(frame: Frame, shown: &PublishedStoryline, settings: &Settings) -> TimelinePage {
    let mut days: Vec<(NaiveDate, Day)> = Vec::new();
    for event in &shown.events {
        let date = event.event.occurred_at.date_naive();
        if days.last().is_none_or(|(last, _)| *last != date) {
            let name = date.format("%A, %-d %B %Y").to_string();
            days.push((
                date,
                Day {
                    name,
                    events: Vec::new(),
                },
            ));
        }
        if let Some((_, day)) = days.last_mut() {
            day.events.push(shown_event(event, NAMED_REPORTS, settings));
        }
    }
    TimelinePage {
        frame,
        headline: headline_of_storyline(shown),
        language: language_of_storyline(shown),
        life: life_of(shown),
        counts: counts_of_storyline(shown),
        published: moment(shown.published_at()),
        updated: moment(shown.updated_at()),
        log_url: settings.absolute(&Output::StorylineLog(shown.public_id()).path()),
        days: days.into_iter().map(|(_, day)| day).collect(),
    }
}

fn event_page(frame: Frame, shown: &PublishedEvent, settings: &Settings) -> EventPage {
    EventPage {
        frame,
        storyline: shown.storyline.as_ref().map(|storyline| PageLink {
            title: one_line(&storyline.headline),
            url: settings.absolute(&Output::Timeline(storyline.public_id).path()),
        }),
        event: shown_event(shown, usize::MAX, settings),
        counts: counts_of_event(shown),
        published: moment(shown.published_at()),
        updated: moment(shown.updated_at()),
    }
}

fn list_page(
    frame: Frame,
    content: &Content,
    lines: Vec<Line>,
    older_url: Option<String>,
) -> ListPage {
    ListPage {
        frame,
        heading: one_line(&content.title),
        subtitle: content.subtitle.clone(),
        lines,
        older_url,
    }
}

fn shown_storyline(shown: &PublishedStoryline, settings: &Settings) -> ShownStoryline {
    let latest = latest_standing(shown);
    ShownStoryline {
        url: settings.absolute(&Output::Timeline(shown.public_id()).path()),
        headline: headline_of_storyline(shown),
        language: language_of_storyline(shown),
        life: life_of(shown),
        lede: latest.map(present_lede).unwrap_or_default(),
        counts: counts_of_storyline(shown),
        updated: moment(shown.updated_at()),
        events: shown
            .events
            .iter()
            .rev()
            .take(LATEST_EVENTS)
            .map(|event| shown_event(event, 0, settings))
            .collect(),
    }
}

fn shown_event(shown: &PublishedEvent, most_reports: usize, settings: &Settings) -> ShownEvent {
    let lines = lines_of(&shown.reports, &shown.told);
    let reports = lines.iter().take(most_reports).map(shown_report);
    ShownEvent {
        anchor: shown.public_id().to_string(),
        url: settings.absolute(&Output::Event(shown.public_id()).path()),
        headline: shown_headline(shown),
        language: language_of(shown),
        lede: present_lede(shown),
        place: one_line(&shown.event.place),
        at: moment(shown.event.occurred_at),
        notices: notices_of(shown, settings)
            .iter()
            .map(Notice::text)
            .collect(),
        change: one_line(&shown.event.change),
        roles: roles_of(shown),
        reports: reports.collect(),
        more: lines.len().saturating_sub(most_reports),
        is_withdrawn: shown.event.withdrawn_at.is_some(),
    }
}

fn shown_report(report: &ReportLine) -> ShownReport {
    ShownReport {
        outlet: one_line(&report.outlet),
        title: one_line(&report.title),
        url: report.url.as_deref().and_then(web_address),
        language: report.language.clone().unwrap_or_default(),
        at: moment(report.at),
        role: report.role,
        is_first: report.is_first,
        is_withdrawn: report.is_withdrawn,
        note: one_line(&report.note),
        reprints: report
            .reprints
            .iter()
            .map(|reprint| ShownReprint {
                outlet: one_line(&reprint.outlet),
                url: reprint.url.as_deref().and_then(web_address),
                at: moment(reprint.at),
            })
            .collect(),
    }
}

fn line_of_event(shown: &PublishedEvent, settings: &Settings) -> Line {
    Line {
        url: settings.absolute(&Output::Event(shown.public_id()).path()),
        headline: shown_headline(shown),
        language: language_of(shown),
        lede: present_lede(shown),
        change: one_line(&shown.event.change),
        label: roles_of(shown)
            .first()
            .map(|role| (*role).to_owned())
            .unwrap_or_default(),
        counts: counts_of_event(shown),
        at: moment(shown.updated_at()),
    }
}

fn line_of_entry(entry: &Entry) -> Line {
    Line {
        url: entry.page_url.clone(),
        headline: one_line(&entry.title),
        language: entry.language.clone().unwrap_or_default(),
        lede: one_line(&entry.body.lede),
        change: entry.body.change.clone(),
        label: entry
            .categories
            .first()
            .map(|category| one_line(&category.term))
            .unwrap_or_default(),
        counts: String::new(),
        at: moment(entry.updated),
    }
}

fn life_of(shown: &PublishedStoryline) -> &'static str {
    match shown.is_withdrawn {
        true => "withdrawn",
        false => shown.storyline.life.name(),
    }
}

fn counts_of_event(shown: &PublishedEvent) -> String {
    let reports = shown.reports.len();
    let outlets = shown.event.outlet_count as usize;
    [counted(reports, "report"), counted(outlets, "outlet")].join(" · ")
}

fn counts_of_storyline(shown: &PublishedStoryline) -> String {
    let outlets = shown.storyline.outlet_count as usize;
    let mut parts = vec![counted(shown.events.len(), "event")];
    if outlets > 0 {
        parts.push(counted(outlets, "outlet"));
    }
    parts.join(" · ")
}

fn counted(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

fn language_of(shown: &PublishedEvent) -> String {
    shown
        .lead_report()
        .map(|report| report.language.clone())
        .unwrap_or_default()
}

fn language_of_storyline(shown: &PublishedStoryline) -> String {
    shown.events.last().map(language_of).unwrap_or_default()
}

fn moment(at: UtcTime) -> Moment {
    Moment {
        machine: at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        person: at.format("%-d %B %Y, %H:%M").to_string(),
        brief: at.format("%-d %b, %H:%M").to_string(),
        clock: at.format("%H:%M").to_string(),
    }
}
