//! Events, storylines and developments as entries of published documents. Pure: the same rows give
//! the same entries.

use crate::feed::write::{
    Absorbed, Body, Category, Entry, EventLine, Link, Notice, Reply, SourceFeed, cut, lines_of,
    one_line, web_address,
};
use crate::news::{
    Development, DevelopmentKind, PublicId, PublicName, PublishedEvent, PublishedStoryline, Report,
    Role, UtcTime, WITHDRAWN,
};

use super::address::Output;
use super::settings::Settings;

/// How much of an outlet's lead is republished.
const LONGEST_LEDE: usize = 300;

/// Categories beyond this many say nothing any more.
const MOST_CATEGORIES: usize = 20;

const ROLE_SCHEME: &str = "urn:dateline:role";

/// The living entry of an event.
pub(super) fn entry_of_event(shown: &PublishedEvent, settings: &Settings) -> Entry {
    let event = &shown.event;
    let page_url = settings.absolute(&Output::Event(shown.public_id()).path());
    let lead = shown.lead_report();
    let has_moved = event.merged_into.is_some() || event.withdrawn_at.is_some();
    let alternate = lead
        .filter(|_| !has_moved)
        .and_then(|report| report.link.as_deref())
        .and_then(web_address)
        .unwrap_or_else(|| page_url.clone());
    let first = shown.reports.iter().find(|report| !report.is_withdrawn);
    Entry {
        id: shown.public_id().urn(),
        title: shown_headline(shown),
        published: shown.published_at(),
        updated: told_apart(shown.updated_at(), event.id.0),
        via: first.and_then(link_of).filter(|link| link.url != alternate),
        related: further_reports(shown, &alternate, first),
        absorbed: absorbed(&shown.absorbed, Output::Event, settings),
        outlets: outlets_of(shown, lead),
        categories: categories_of(shown),
        language: lead.map(|report| report.language.clone()),
        source: lead.filter(|_| !has_moved).and_then(source_of),
        in_reply_to: None,
        image: lead
            .and_then(|report| report.image.clone())
            .or_else(|| shown.reports.iter().find_map(|report| report.image.clone())),
        body: body_of_event(shown, settings),
        alternate,
        page_url,
    }
}

fn absorbed(
    names: &[PublicName],
    page: fn(PublicId) -> Output,
    settings: &Settings,
) -> Vec<Absorbed> {
    let names = names.iter().map(|name| Absorbed {
        id: name.public_id.urn(),
        page_url: settings.absolute(&page(name.public_id).path()),
        title: name.headline.clone(),
    });
    names.collect()
}

/// A time within its second, by the number of a row: what changed in one pass still has times of
/// its own, which readers that sort by them need and validators ask for.
pub(super) fn told_apart(at: UtcTime, row: i64) -> UtcTime {
    at + chrono::TimeDelta::microseconds(row.rem_euclid(1_000_000))
}

/// The headline, and before it what became of the event.
pub(super) fn shown_headline(shown: &PublishedEvent) -> String {
    headline_with(&shown.event.headline, shown.event.withdrawn_at.is_some())
}

fn headline_with(headline: &str, is_withdrawn: bool) -> String {
    let headline = one_line(headline);
    match is_withdrawn {
        true => [WITHDRAWN, &headline].concat(),
        false => headline,
    }
}

/// The headline of a storyline, and before it what became of all of it.
pub(super) fn headline_of_storyline(shown: &PublishedStoryline) -> String {
    headline_with(&shown.storyline.headline, shown.is_withdrawn)
}

/// What stands above everything else about an event.
pub(super) fn notices_of(shown: &PublishedEvent, settings: &Settings) -> Vec<Notice> {
    let page = |name: &PublicName| settings.absolute(&Output::Event(name.public_id).path());
    let mut notices = Vec::new();
    if shown.event.withdrawn_at.is_some() {
        let words = match shown.reports.iter().all(|report| report.is_withdrawn) {
            true => "All reports of this event were withdrawn.",
            false => "The report that this headline is of was withdrawn.",
        };
        notices.push(Notice {
            words: words.to_owned(),
            ..Notice::default()
        });
    }
    if let Some(target) = &shown.merged_into {
        notices.push(Notice {
            words: "Merged into".to_owned(),
            name: one_line(&target.headline),
            label: one_line(&target.headline),
            url: Some(page(target)),
        });
    }
    if let Some(origin) = &shown.split_from {
        notices.push(Notice {
            words: "Told apart from".to_owned(),
            name: one_line(&origin.headline),
            // Not its headline, which grows and shrinks without anything having happened here.
            label: "another event".to_owned(),
            url: Some(page(origin)),
        });
    }
    notices
}

/// The lede as it is by now; empty if the event was withdrawn: what nobody says any more is not repeated,
/// and a notice to editors is not for readers. Empty too while it is that of a report which is not shown any
/// more.
pub(super) fn present_lede(shown: &PublishedEvent) -> String {
    match shown.event.withdrawn_at {
        None if shown.is_headed() => shown_lede(&shown.event.lede),
        _ => String::new(),
    }
}

/// The lead, cut at a word within the length that may be republished.
fn shown_lede(lede: &str) -> String {
    let lede = one_line(lede);
    let Some((end, _)) = lede.char_indices().nth(LONGEST_LEDE) else {
        return lede;
    };
    let cut_at = lede
        .char_indices()
        .nth(LONGEST_LEDE - 1)
        .map_or(end, |(at, _)| at);
    let kept = &lede[..cut_at];
    let kept = kept.rsplit_once(' ').map_or(kept, |(words, _)| words);
    [kept.trim_end_matches([',', ';', ':']), "…"].concat()
}

/// Names of the roles of the reports other than plain news, each once.
pub(super) fn roles_of(shown: &PublishedEvent) -> Vec<&'static str> {
    let mut roles: Vec<Role> = shown.reports.iter().map(|report| report.role).collect();
    roles.retain(|role| *role != Role::News);
    roles.sort();
    roles.dedup();
    roles.into_iter().map(Role::name).collect()
}

/// The latest event that was not withdrawn; the latest if all were.
pub(super) fn latest_standing(shown: &PublishedStoryline) -> Option<&PublishedEvent> {
    let mut standing = shown.events.iter().rev();
    standing
        .find(|event| event.event.withdrawn_at.is_none())
        .or(shown.events.last())
}

/// The entry of a storyline: its latest event above, all of them below.
pub(super) fn entry_of_storyline(shown: &PublishedStoryline, settings: &Settings) -> Entry {
    let page_url = settings.absolute(&Output::Timeline(shown.public_id()).path());
    let latest = latest_standing(shown);
    let mut outlets: Vec<String> = Vec::new();
    for event in shown.events.iter().rev() {
        for outlet in outlets_of(event, event.lead_report()) {
            if !outlets.contains(&outlet) {
                outlets.push(outlet);
            }
        }
    }
    let mut categories: Vec<Category> = Vec::new();
    for category in shown.events.iter().rev().flat_map(categories_of) {
        if category.scheme.is_none() && !categories.contains(&category) {
            categories.push(category);
        }
    }
    categories.truncate(MOST_CATEGORIES);
    let merged = shown.merged_into.as_ref();
    Entry {
        id: shown.public_id().urn(),
        title: headline_of_storyline(shown),
        published: shown.published_at(),
        updated: told_apart(shown.updated_at(), shown.storyline.id.0),
        alternate: page_url.clone(),
        absorbed: absorbed(&shown.absorbed, Output::Timeline, settings),
        outlets,
        categories,
        language: latest
            .and_then(PublishedEvent::lead_report)
            .map(|report| report.language.clone()),
        image: shown
            .events
            .iter()
            .rev()
            .flat_map(|event| &event.reports)
            .find_map(|report| report.image.clone()),
        body: Body {
            notices: merged
                .map(|target| Notice {
                    words: "Merged into".to_owned(),
                    name: one_line(&target.headline),
                    label: one_line(&target.headline),
                    url: Some(settings.absolute(&Output::Timeline(target.public_id).path())),
                })
                .into_iter()
                .collect(),
            lede: latest
                .map(|event| lede_in(shown, event))
                .unwrap_or_default(),
            // What another event changed is not what changed here last.
            change: latest
                .filter(|event| event.event.updated_at == latest_change(shown))
                .map(|event| event.event.change.clone())
                .unwrap_or_default(),
            events: shown
                .events
                .iter()
                .map(|event| event_line(event, settings))
                .collect(),
            ..Body::default()
        },
        page_url,
        ..Entry::default()
    }
}

fn latest_change(shown: &PublishedStoryline) -> Option<UtcTime> {
    let events = shown.events.iter();
    events.filter_map(|event| event.event.updated_at).max()
}

/// Letters of the headline that a lede of another event than the title's begins with: with more of them the entry
/// would grow by more than readers overlook (fifty) when the headline does.
const LONGEST_NAME: usize = 40;

/// The lede of an event of a storyline, with whose it is unless it is that of the title.
fn lede_in(shown: &PublishedStoryline, event: &PublishedEvent) -> String {
    let lede = told_lede(event);
    let headline = one_line(&event.event.headline);
    match lede.is_empty() || headline == one_line(&shown.storyline.headline) {
        true => lede,
        false => [&cut(&headline, LONGEST_NAME), ": ", &lede].concat(),
    }
}

/// The entry of one development. It is made of what was written once and never edited, so that it
/// stays the same for ever.
pub(super) fn entry_of_development(
    development: &Development,
    event: &PublicName,
    storyline: Option<&PublicName>,
    settings: &Settings,
) -> Entry {
    let page_url = settings.absolute(&Output::Event(event.public_id).path());
    let headline = one_line(&development.headline);
    let title = match development.kind {
        DevelopmentKind::NewEvent => headline,
        DevelopmentKind::Outcome => ["Update: ", &headline].concat(),
        // Some agencies head a correction so themselves.
        DevelopmentKind::Correction if headline.starts_with("Correction: ") => headline,
        DevelopmentKind::Correction => ["Correction: ", &headline].concat(),
        DevelopmentKind::Kill => ["Report withdrawn: ", &headline].concat(),
        DevelopmentKind::Reinstatement => ["Stands again: ", &headline].concat(),
        DevelopmentKind::Decision => ["Edited: ", &headline].concat(),
    };
    Entry {
        id: development.public_id.urn(),
        title,
        published: development.changed_at,
        updated: told_apart(development.changed_at, development.id.0),
        alternate: page_url.clone(),
        categories: vec![Category {
            term: development.kind.name().to_owned(),
            scheme: Some("urn:dateline:development"),
        }],
        in_reply_to: Some(Reply {
            id: event.public_id.urn(),
            page_url: page_url.clone(),
        }),
        body: Body {
            change: one_line(&development.note),
            storyline: storyline.map(|storyline| Link {
                url: settings.absolute(&Output::Timeline(storyline.public_id).path()),
                // Its headline grows and shrinks, and what the log told stays as it was told.
                title: String::new(),
                language: None,
            }),
            ..Body::default()
        },
        page_url,
        ..Entry::default()
    }
}

/// The lede as it was told at the last material change; the present one if nothing was. Empty if the
/// event was withdrawn.
fn told_lede(shown: &PublishedEvent) -> String {
    match shown.told.lines {
        Some(_) if shown.event.withdrawn_at.is_none() => shown_lede(&shown.told.lede),
        _ => present_lede(shown),
    }
}

fn body_of_event(shown: &PublishedEvent, settings: &Settings) -> Body {
    let event = &shown.event;
    let place = match shown.told.lines {
        None => &event.place,
        Some(_) => &shown.told.place,
    };
    // A merged one leads to where it went instead.
    let storyline = shown.storyline.as_ref();
    let storyline = storyline.filter(|_| shown.merged_into.is_none());
    Body {
        notices: notices_of(shown, settings),
        lede: told_lede(shown),
        place: one_line(place),
        occurred_at: Some(event.occurred_at),
        change: one_line(&event.change),
        roles: roles_of(shown).into_iter().map(str::to_owned).collect(),
        storyline: storyline.map(|storyline| Link {
            url: settings.absolute(&Output::Timeline(storyline.public_id).path()),
            title: storyline.headline.clone(),
            language: None,
        }),
        reports: lines_of(&shown.reports, &shown.told),
        ..Body::default()
    }
}

fn event_line(shown: &PublishedEvent, settings: &Settings) -> EventLine {
    EventLine {
        title: shown_headline(shown),
        url: settings.absolute(&Output::Event(shown.public_id()).path()),
        occurred_at: shown.event.occurred_at,
        place: shown.event.place.clone(),
        outlet_count: shown.event.outlet_count,
    }
}

/// One link for each further report and reprint, no address twice.
fn further_reports(shown: &PublishedEvent, alternate: &str, first: Option<&Report>) -> Vec<Link> {
    let via = first.and_then(link_of).map(|link| link.url);
    let mut links: Vec<Link> = Vec::new();
    for report in &shown.reports {
        let reprints = report.reprints.iter().filter_map(|reprint| {
            let url = web_address(reprint.link.as_deref()?)?;
            Some(Link {
                url,
                title: labelled(&reprint.outlet, &reprint.title),
                language: Some(report.language.clone()),
            })
        });
        for link in link_of(report).into_iter().chain(reprints) {
            let is_new = link.url != alternate
                && Some(&link.url) != via.as_ref()
                && links.iter().all(|known| known.url != link.url);
            if is_new {
                links.push(link);
            }
        }
    }
    links
}

fn link_of(report: &Report) -> Option<Link> {
    Some(Link {
        url: web_address(report.link.as_deref()?)?,
        title: labelled(&report.outlet, &report.title),
        language: Some(report.language.clone()),
    })
}

fn labelled(outlet: &str, title: &str) -> String {
    [outlet, ": ", title].concat()
}

fn outlets_of(shown: &PublishedEvent, lead: Option<&Report>) -> Vec<String> {
    let mut names: Vec<String> = lead
        .map(|report| report.outlet.clone())
        .into_iter()
        .collect();
    for report in &shown.reports {
        let carriers = report.reprints.iter().map(|reprint| &reprint.outlet);
        for name in std::iter::once(&report.outlet).chain(carriers) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    names
}

fn categories_of(shown: &PublishedEvent) -> Vec<Category> {
    let mut categories: Vec<Category> = Vec::new();
    for name in shown.reports.iter().flat_map(|report| &report.categories) {
        let term = one_line(name);
        let is_known = categories
            .iter()
            .any(|known| known.term.to_lowercase() == term.to_lowercase());
        if !term.is_empty() && !is_known && categories.len() < MOST_CATEGORIES {
            categories.push(Category { term, scheme: None });
        }
    }
    categories.extend(roles_of(shown).into_iter().map(|role| Category {
        term: role.to_owned(),
        scheme: Some(ROLE_SCHEME),
    }));
    categories
}

/// The feed that carried the report. One that holds a secret in its query is named by its site alone.
fn source_of(report: &Report) -> Option<SourceFeed> {
    let feed = &report.feed;
    let mut url = url::Url::parse(&web_address(&feed.url)?).ok()?;
    if has_secret(&url) {
        url.set_query(None);
        url.set_path("/");
    }
    url.set_fragment(None);
    // What is no IRI is no id (RFC 4287, section 4.2.6).
    let is_id = |id: &&String| url::Url::parse(id).is_ok_and(|parsed| !has_secret(&parsed));
    let id = feed.document_id.as_ref().filter(is_id);
    let title = Some(&feed.title).filter(|title| !title.trim().is_empty());
    Some(SourceFeed {
        id: id.map_or_else(|| url.as_str().to_owned(), String::clone),
        url: url.into(),
        title: title.unwrap_or(&report.outlet).clone(),
        updated: report.at,
        site_url: feed.site_url.clone(),
    })
}

fn has_secret(url: &url::Url) -> bool {
    let signs = ["key", "token", "auth", "secret", "pass", "sig", "session"];
    let is_sign = |key: &str| signs.iter().any(|sign| key.to_lowercase().contains(sign));
    !url.username().is_empty()
        || url.password().is_some()
        || url.query_pairs().any(|(key, _)| is_sign(&key))
}
