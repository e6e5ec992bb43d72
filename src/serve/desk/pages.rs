//! The pages: Now, Storyline, Event, Search, Feeds, Log.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use chrono::TimeDelta;

use super::super::site::Site;
use super::frame::{Frame, frame, let_in, page, plain, read};
use super::ruled::{DecisionLine, decision_line};
use super::views::{self, EventView, Moment, NowLine, StorylineView, count, moment, now_line};
use crate::feed::write::one_line;
use crate::news::{EditorId, UtcTime};
use crate::store::decisions::{self, Latest};
use crate::store::search::{FoundItem, Search, search_items};
use crate::store::{desk, editors, feeds, outlets};

/// Storylines on the first page.
const MOST_STORYLINES: u32 = 60;
/// Items that a search shows.
const MOST_FOUND: u32 = 60;
/// Decisions that the log shows.
const MOST_DECISIONS: u32 = 200;

type Shown = Result<Response, Response>;

#[derive(Template)]
#[template(path = "desk_now.html")]
struct NowPage {
    frame: Frame,
    lines: Vec<NowLine>,
    changed: usize,
}

pub(super) async fn now(State(site): State<Site>, headers: HeaderMap, uri: Uri) -> Shown {
    let asker = let_in(&site, &headers, &uri).await?;
    let at = site.clock().now();
    let since = asker
        .session
        .as_ref()
        .map_or(at, |session| session.looked_at);
    let lines = read(&site, move |conn| {
        desk::load_now(conn, at, since, MOST_STORYLINES)
    })
    .await?;
    let is_background = headers.contains_key("x-live");
    if let Some(session) = asker.session.as_ref().filter(|_| !is_background) {
        note_look(&site, session.editor_id, at).await;
    }
    let lines: Vec<NowLine> = lines.into_iter().map(now_line).collect();
    let now = NowPage {
        frame: frame(&site, "Now", "now", &asker),
        changed: lines.iter().filter(|line| line.is_changed).count(),
        lines,
    };
    Ok(page(StatusCode::OK, &now))
}

/// What changed is counted from the last look. A failure costs that count only.
async fn note_look(site: &Site, editor: EditorId, at: UtcTime) {
    let noted = site
        .store()
        .write(move |tx| editors::note_look(tx, editor, at));
    if let Err(error) = noted.await {
        tracing::warn!(%error, "an editor's look was not noted");
    }
}

#[derive(Template)]
#[template(path = "desk_storyline.html")]
struct StorylinePage {
    frame: Frame,
    storyline: StorylineView,
}

pub(super) async fn storyline(
    State(site): State<Site>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    uri: Uri,
) -> Shown {
    let asker = let_in(&site, &headers, &uri).await?;
    let found = read(&site, move |conn| views::load_storyline(conn, id)).await?;
    let storyline = found.ok_or_else(|| plain(StatusCode::NOT_FOUND, "no such storyline"))?;
    let title = storyline.headline.clone();
    let frame = frame(&site, &title, "", &asker);
    Ok(page(StatusCode::OK, &StorylinePage { frame, storyline }))
}

#[derive(Template)]
#[template(path = "desk_event.html")]
struct EventPage {
    frame: Frame,
    event: EventView,
}

pub(super) async fn event(
    State(site): State<Site>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    uri: Uri,
) -> Shown {
    let asker = let_in(&site, &headers, &uri).await?;
    let terms_of = site.settings().terms_of;
    let found = read(&site, move |conn| views::load_event(conn, id, terms_of)).await?;
    let event = found.ok_or_else(|| plain(StatusCode::NOT_FOUND, "no such event"))?;
    let title = event.line.headline.clone();
    let frame = frame(&site, &title, "", &asker);
    Ok(page(StatusCode::OK, &EventPage { frame, event }))
}

/// What is typed into the search page.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct SearchForm {
    pub(super) q: String,
    pub(super) outlet: String,
    pub(super) language: String,
    pub(super) role: String,
    pub(super) days: String,
}

impl SearchForm {
    pub(super) fn search(&self, now: UtcTime) -> Search {
        let days: Option<i64> = self.days.parse().ok();
        let short = |text: &str| text.trim().chars().take(200).collect::<String>();
        Search {
            words: short(&self.q),
            outlet: short(&self.outlet),
            language: short(&self.language),
            role: short(&self.role),
            since: days.map(|days| now - TimeDelta::days(days.clamp(0, 3_650))),
        }
    }
}

#[derive(Template)]
#[template(path = "desk_search.html")]
struct SearchPage {
    frame: Frame,
    form: SearchForm,
    found: Vec<FoundLine>,
    is_cut: bool,
    is_last_begun: bool,
}

struct FoundLine {
    item: FoundItem,
    title: String,
    at: Moment,
}

pub(super) async fn search(
    State(site): State<Site>,
    Query(form): Query<SearchForm>,
    headers: HeaderMap,
    uri: Uri,
) -> Shown {
    let asker = let_in(&site, &headers, &uri).await?;
    let search = form.search(site.clock().now());
    let found = read(&site, move |conn| search_items(conn, &search, MOST_FOUND)).await?;
    let is_cut = found.ended_at.is_some();
    let is_last_begun = found.is_last_begun;
    let lines = found.items.into_iter().map(|mut item| {
        item.outlet = one_line(&item.outlet);
        item.storyline = item
            .storyline
            .map(|(id, headline)| (id, views::named(&headline)));
        FoundLine {
            title: one_line(&item.title),
            at: moment(item.at),
            item,
        }
    });
    let search = SearchPage {
        frame: frame(&site, "Search", "search", &asker),
        found: lines.collect(),
        is_cut,
        is_last_begun,
        form,
    };
    Ok(page(StatusCode::OK, &search))
}

#[derive(Template)]
#[template(path = "desk_feeds.html")]
struct FeedsPage {
    frame: Frame,
    feeds: Vec<FeedLine>,
    prefixes: Vec<(String, String, u32)>,
}

struct FeedLine {
    id: i64,
    title: String,
    host: String,
    outlet: String,
    health: String,
    reason: String,
    category: String,
    cron: String,
    reliability: String,
    items_per_day: String,
    gaps: Option<String>,
    is_paused: bool,
}

pub(super) async fn feeds(State(site): State<Site>, headers: HeaderMap, uri: Uri) -> Shown {
    let asker = let_in(&site, &headers, &uri).await?;
    let (listed, prefixes, weights) = read(&site, |conn| {
        Ok((
            feeds::list_feeds(conn)?,
            desk::load_unknown_prefixes(conn)?,
            outlets::list_outlets(conn)?,
        ))
    })
    .await?;
    let lines = listed.into_iter().map(|listing| {
        let feed = &listing.feed;
        // Only the host: an address may hold credentials.
        let host = url::Url::parse(&feed.url).ok();
        let host = host.and_then(|url| url.host_str().map(str::to_owned));
        FeedLine {
            id: feed.id.0,
            title: views::named(&feed.title),
            host: host.unwrap_or_default(),
            outlet: one_line(&listing.outlet),
            health: feed.health.name().to_owned(),
            reason: listing
                .last_error
                .as_deref()
                .map(one_line)
                .unwrap_or_default(),
            category: one_line(&feed.category),
            cron: feed.cron.clone().unwrap_or_default(),
            reliability: weights
                .iter()
                .find(|outlet| outlet.id == feed.outlet_id)
                .map_or_else(|| "1".to_owned(), |outlet| outlet.reliability.to_string()),
            items_per_day: format!("{:.0}", listing.items_per_day),
            gaps: (listing.gap_count > 0).then(|| count(listing.gap_count, "possible gap")),
            is_paused: feed.paused,
        }
    });
    let feeds = FeedsPage {
        frame: frame(&site, "Feeds", "feeds", &asker),
        feeds: lines.collect(),
        prefixes,
    };
    Ok(page(StatusCode::OK, &feeds))
}

#[derive(Template)]
#[template(path = "desk_log.html")]
struct LogPage {
    frame: Frame,
    lines: Vec<DecisionLine>,
}

pub(super) async fn log(State(site): State<Site>, headers: HeaderMap, uri: Uri) -> Shown {
    let asker = let_in(&site, &headers, &uri).await?;
    let latest = Latest {
        limit: MOST_DECISIONS,
        ..Latest::default()
    };
    let lines = read(&site, move |conn| {
        let made = decisions::load_latest(conn, &latest)?;
        let lines = made.iter().map(|one| decision_line(conn, one));
        lines.collect::<crate::store::Result<Vec<_>>>()
    })
    .await?;
    let log = LogPage {
        frame: frame(&site, "Log", "log", &asker),
        lines,
    };
    Ok(page(StatusCode::OK, &log))
}
