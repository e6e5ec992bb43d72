//! `/metrics` in the OpenMetrics form, `/healthz` and `/readyz`.
//!
//! What the database knows is read from it at each scrape, so that no figure can differ from what is
//! stored; only the times of requests are counted here. Names and units follow the conventions of
//! Prometheus: base units, `_total` for what only grows.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::here::{refuse_others, say_what_is_safe};
use super::site::Site;
use crate::store::figures::{Figures, VisitCount, load_figures, load_punctuality};
use crate::store::{StoreError, Trouble, TroubleKind};

/// A feed that waits longer for its visit means that polling stands still: sweeps come every few
/// seconds.
const LONGEST_WAIT_SECS: u64 = 600;
/// From a cached answer to one that was rendered from a slow disk.
const BUCKETS_SECS: [f64; 8] = [0.001, 0.005, 0.02, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Times of the requests that this process answered. Cheap to clone.
#[derive(Clone)]
pub(super) struct RequestTimes {
    times: Family<RequestLabels, Histogram, fn() -> Histogram>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    place: &'static str,
    status: &'static str,
}

/// What the handlers of this file work with.
#[derive(Clone)]
pub(super) struct Watched {
    pub(super) site: Site,
    pub(super) times: RequestTimes,
}

impl Default for RequestTimes {
    fn default() -> Self {
        let make: fn() -> Histogram = || Histogram::new(BUCKETS_SECS);
        Self {
            times: Family::new_with_constructor(make),
        }
    }
}

/// What is done around every answer, in one layer because each costs a request memory and copies: it is
/// refused where it is not for strangers, made safe and timed.
pub(super) async fn go_with(
    State(watched): State<Watched>,
    request: Request,
    next: Next,
) -> Response {
    let place = match request.extensions().get::<MatchedPath>() {
        Some(path) => place_of(path.as_str()),
        None => place_of(request.uri().path()),
    };
    let begun = Instant::now();
    let mut response = match refuse_others(&watched.site, &request) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    };
    say_what_is_safe(response.headers_mut());
    let status = class_of(response.status());
    let times = &watched.times.times;
    times
        .get_or_create(&RequestLabels { place, status })
        .observe(begun.elapsed().as_secs_f64());
    response
}

/// A bounded set of places, whatever strangers ask for.
fn place_of(path: &str) -> &'static str {
    match path.trim_start_matches('/').split('/').next() {
        Some("feeds" | "feeds.opml") => "feeds",
        Some("storylines") => "storylines",
        Some("events") => "events",
        Some("desk") => "desk",
        Some("api") => "api",
        Some("hub") => "hub",
        Some("metrics" | "healthz" | "readyz") => "watch",
        _ => "other",
    }
}

fn class_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        304 => "304",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

/// Alive: the process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready: the database can be written, and polls are on time. The answer says what is not.
pub(super) async fn readyz(State(site): State<Site>) -> Response {
    match find_obstacle(&site) {
        None => "ready\n".into_response(),
        Some(obstacle) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("{obstacle}\n")).into_response()
        }
    }
}

/// What stands in the way of polling and publishing; `None` if nothing does.
pub(super) fn find_obstacle(site: &Site) -> Option<String> {
    if let Some(trouble) = site.store().trouble() {
        return Some(format!("{}; reading goes on", say_trouble(&trouble)));
    }
    let now = site.clock().now();
    match site.store().read(|conn| load_punctuality(conn, now)) {
        Err(error) => Some(format!("the database does not answer: {error}")),
        Ok(late) if late.longest_wait_secs > LONGEST_WAIT_SECS => Some(format!(
            "polls are late: {} feeds wait, one for {} seconds",
            late.waiting, late.longest_wait_secs
        )),
        Ok(_) => None,
    }
}

/// The cause without the words of the disk, which may name paths.
pub(super) fn say_trouble(trouble: &Trouble) -> &'static str {
    match trouble.kind {
        TroubleKind::Full => "the disk is full, and 4 MB are wanted",
        TroubleKind::ReadOnly => "the database cannot be written",
        TroubleKind::Damaged => "the database is damaged",
        TroubleKind::Disk => "the disk does not read or write",
        TroubleKind::Gone => "the database file or its log was removed or replaced",
    }
}

/// For this machine only; the router keeps others out.
pub(super) async fn metrics(State(watched): State<Watched>) -> Response {
    // Reading may take a while on a slow disk.
    let text = tokio::task::spawn_blocking(move || metrics_text(&watched)).await;
    match text {
        Ok(Ok(text)) => {
            let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([("content-type", content_type)], text).into_response()
        }
        _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn metrics_text(watched: &Watched) -> Result<String, StoreError> {
    let site = &watched.site;
    let now = site.clock().now();
    let figures = site.store().read(|conn| load_figures(conn, now))?;
    let mut registry = Registry::with_prefix("dateline");
    register_visits(&mut registry, &figures.visits);
    register_feeds(&mut registry, &figures);
    register_news(&mut registry, &figures);
    register_store(&mut registry, &figures, site);
    register_process(&mut registry);
    registry.register_with_unit(
        "http_request_duration",
        "Time to answer a request, by place and class of status",
        Unit::Seconds,
        watched.times.times.clone(),
    );
    let mut text = String::new();
    encode(&mut text, &registry).expect("writing to memory does not fail");
    Ok(text)
}

type Labelled<M> = Family<Vec<(&'static str, String)>, M>;

fn register_visits(registry: &mut Registry, visits: &[VisitCount]) {
    let column = |pick: fn(&VisitCount) -> u64| -> Labelled<Counter> {
        let family = Labelled::<Counter>::default();
        for visit in visits {
            let labels = vec![("outcome", visit.outcome.clone())];
            family.get_or_create(&labels).inc_by(pick(visit));
        }
        family
    };
    let seconds = Labelled::<Counter<f64, std::sync::atomic::AtomicU64>>::default();
    for visit in visits {
        let labels = vec![("outcome", visit.outcome.clone())];
        let took = Duration::from_millis(visit.millis).as_secs_f64();
        seconds.get_or_create(&labels).inc_by(took);
    }
    registry.register("polls", "Visits to feeds", column(|one| one.visits));
    registry.register_with_unit(
        "poll_body",
        "Decoded bodies",
        Unit::Bytes,
        column(|one| one.bytes),
    );
    registry.register_with_unit("poll_duration", "Time of visits", Unit::Seconds, seconds);
    registry.register(
        "poll_new_items",
        "Items that visits found new",
        column(|one| one.new),
    );
    registry.register(
        "poll_revised_items",
        "Items that visits found revised",
        column(|one| one.revised),
    );
    registry.register(
        "poll_possible_gaps",
        "Visits whose document had rolled over since the one before",
        column(|one| one.gaps),
    );
}

fn register_feeds(registry: &mut Registry, figures: &Figures) {
    let feeds = Labelled::<Gauge>::default();
    for (health, count) in &figures.feeds {
        let labels = vec![("health", health.clone())];
        feeds.get_or_create(&labels).set(signed(*count));
    }
    registry.register("feeds", "Feeds by health", feeds);
    let punctuality = figures.punctuality;
    gauge(
        registry,
        "feeds_due",
        "Feeds that wait for a visit",
        punctuality.waiting,
    );
    let wait = whole_gauge(punctuality.longest_wait_secs);
    registry.register_with_unit(
        "feeds_longest_wait",
        "Longest of these waits",
        Unit::Seconds,
        wait,
    );
    let overlap = Gauge::<f64, std::sync::atomic::AtomicU64>::default();
    overlap.set(figures.mean_overlap.unwrap_or(1.0));
    registry.register_with_unit(
        "feeds_overlap",
        "Mean share of known items in the last documents",
        // Prometheus says "ratio"; the crate's own unit is "ratios".
        Unit::Other("ratio".to_owned()),
        overlap,
    );
}

fn register_news(registry: &mut Registry, figures: &Figures) {
    counter(
        registry,
        "items_accepted",
        "Items ever accepted",
        figures.items_accepted,
    );
    counter(
        registry,
        "decisions",
        "Decisions ever made",
        figures.decisions,
    );
    gauge(
        registry,
        "events_published",
        "Events that are published",
        figures.events_published,
    );
    let queues = Labelled::<Gauge>::default();
    for (queue, depth) in [
        ("cluster", figures.items_unclustered),
        ("publish", figures.publish_queue),
        ("requests", figures.requests_waiting),
        ("hub", figures.hub_deliveries),
    ] {
        let labels = vec![("queue", queue.to_owned())];
        queues.get_or_create(&labels).set(signed(depth));
    }
    registry.register("queue_depth", "What waits for a stage", queues);
    let lags = Labelled::<Gauge>::default();
    for (quantile, share) in [("0.5", 50), ("0.9", 90), ("1", 100)] {
        if let Some(lag) = quantile_of(&figures.lags_secs, share) {
            let labels = vec![("quantile", quantile.to_owned())];
            lags.get_or_create(&labels).set(signed(lag));
        }
    }
    registry.register_with_unit(
        "publication_lag",
        "From an event's first report to its publication here, over the last hour",
        Unit::Seconds,
        lags,
    );
}

fn register_store(registry: &mut Registry, figures: &Figures, site: &Site) {
    let store = site.store();
    let used = whole_gauge(figures.file.used_bytes);
    registry.register_with_unit(
        "database_used",
        "Of the database file in use",
        Unit::Bytes,
        used,
    );
    let free = whole_gauge(figures.file.free_bytes);
    registry.register_with_unit("database_free", "Free within the file", Unit::Bytes, free);
    let mut log = store.path().as_os_str().to_owned();
    log.push("-wal");
    let log_bytes = std::fs::metadata(log).map_or(0, |meta| meta.len());
    let log = whole_gauge(log_bytes);
    registry.register_with_unit("database_log", "The write-ahead log", Unit::Bytes, log);
    let waiting = u64::try_from(store.queue_length()).unwrap_or(u64::MAX);
    gauge(
        registry,
        "database_writes_waiting",
        "Writes that wait",
        waiting,
    );
    let met = store.trouble().map(|trouble| trouble.kind);
    let troubles = Labelled::<Gauge>::default();
    for kind in [
        TroubleKind::Full,
        TroubleKind::ReadOnly,
        TroubleKind::Damaged,
        TroubleKind::Disk,
        TroubleKind::Gone,
    ] {
        let labels = vec![("kind", kind.name().to_owned())];
        let is_met = i64::from(met == Some(kind));
        troubles.get_or_create(&labels).set(is_met);
    }
    registry.register(
        "database_trouble",
        "1 while this keeps the database from being written",
        troubles,
    );
}

/// What `/proc` says of this process; nothing where there is none.
fn register_process(registry: &mut Registry) {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
        return;
    };
    let number = |key: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(key))?;
        line.split_whitespace().next()?.parse().ok()
    };
    if let Some(kib) = number("VmRSS:") {
        let resident = whole_gauge(kib * 1024);
        registry.register_with_unit(
            "process_resident_memory",
            "Memory in use",
            Unit::Bytes,
            resident,
        );
    }
    if let Some(threads) = number("Threads:") {
        gauge(registry, "process_threads", "Threads", threads);
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        let open = u64::try_from(files.count()).unwrap_or(u64::MAX);
        gauge(registry, "process_open_fds", "Open file descriptors", open);
    }
}

/// The value at that share of an ascending list; `None` of an empty one.
fn quantile_of(ascending: &[u64], percent: usize) -> Option<u64> {
    let place = (ascending.len() * percent).div_ceil(100).max(1) - 1;
    ascending.get(place).copied()
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: u64) {
    registry.register(name, help, whole_gauge(value));
}

fn counter(registry: &mut Registry, name: &str, help: &str, value: u64) {
    let counter: Counter = Counter::default();
    counter.inc_by(value);
    registry.register(name, help, counter);
}

fn whole_gauge(value: u64) -> Gauge {
    let gauge = Gauge::default();
    gauge.set(signed(value));
    gauge
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
