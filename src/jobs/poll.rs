//! One visit to one feed: fetch, read, compare with what is known, decide when to come again, and
//! save it all in one transaction. Safe to run twice: a visit that was cut off has left nothing.
//!
//! What the visit means is decided in `poll::ruling`; waiting and pacing are `sweep`'s.

mod desks;
mod hints;
mod locks;
mod manners;
mod reach;
mod ruling;
mod turns;

use std::sync::Arc;

use anyhow::Context as _;
use chrono::Duration;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use url::Url;

use crate::clock::Clock;
use crate::feed::identity::GuidStanding;
use crate::feed::{self, Format};
use crate::fetch::pace::{PaceSettings, cool_down_key, host_key};
use crate::fetch::schedule::{ScheduleSettings, wants_full_fetch};
use crate::fetch::{FailureKind, FeedRequest, FetchOutcome, Fetcher, Manners, Visited};
use crate::news::{FeedHealth, FeedId, ItemId, Outlet, UtcTime};
use crate::store::feeds::AddressChange;
use crate::store::polls::{self, VisitState};
use crate::store::{Store, feeds, hosts, outlets, subscriptions};

use super::ingest::{self, Arrived};
use desks::Desks;
use locks::FeedLocks;
use manners::PollManners;
use reach::Reach;
use ruling::{Found, Ruling};
use turns::HostTurns;

/// Version of the reading of documents. Raised when what is kept of a document changes: then every
/// feed is fetched once without validators.
pub const READER_VERSION: u32 = 2;

/// What an answer may take before the attempt is noted: nearly all take less.
const LONG_ATTEMPT: std::time::Duration = std::time::Duration::from_secs(2);

/// Seconds that a visit is put off whose document found no place.
const BUSY_SECS: i64 = 120;

/// Documents beyond this share half of the places for reading.
const LARGE_BYTES: usize = 512 * 1024;

/// How feeds are visited.
#[derive(Clone, Debug)]
pub struct PollSettings {
    /// When.
    pub schedule: ScheduleSettings,
    /// How gently.
    pub pace: PaceSettings,
    /// How many are served by each visit, for User-Agent.
    pub subscribers: u32,
    /// Most new items taken at one visit; what is more waits for the next. No outlet writes a
    /// thousand reports in five minutes; a feed of random ids does.
    pub max_new_items: usize,
    /// Most items of a document that are looked at closely, see [`ingest::prepare_most`]. No outlet lists as many.
    pub max_listed_items: usize,
    /// Documents read at the same time; reading takes a core each. Large ones take at most half of
    /// the places.
    pub max_parses: usize,
}

impl Default for PollSettings {
    fn default() -> Self {
        Self {
            schedule: ScheduleSettings::default(),
            pace: PaceSettings::default(),
            subscribers: 1,
            max_new_items: 1000,
            max_listed_items: 3000,
            max_parses: std::thread::available_parallelism()
                .map_or(2, usize::from)
                .max(2),
        }
    }
}

/// What came of a visit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PollReport {
    /// `items`, `unchanged`, `waiting` (its host asked for quiet, or no host can be reached: nothing
    /// is held against the feed), or the name of a failure.
    pub outcome: String,
    /// The new items.
    pub new: Vec<ItemId>,
    /// How many items were revised.
    pub revised: usize,
    /// State of the feed's health.
    pub health: FeedHealth,
    /// One line for the operator.
    pub note: String,
    /// When it is visited next; `None` if not by itself.
    pub next_visit_at: Option<UtcTime>,
}

/// Visits feeds. Cheap to clone.
#[derive(Clone)]
pub struct Poller {
    pub(super) store: Store,
    pub(super) fetcher: Fetcher,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: Arc<PollSettings>,
    parses: Arc<Semaphore>,
    large_parses: Arc<Semaphore>,
    desks: Desks,
    locks: FeedLocks,
    turns: HostTurns,
    reach: Reach,
}

impl Poller {
    /// A poller over that store and fetcher.
    pub fn new(
        store: Store,
        fetcher: Fetcher,
        clock: Arc<dyn Clock>,
        settings: PollSettings,
    ) -> Self {
        Self {
            store,
            fetcher,
            clock,
            parses: Arc::new(Semaphore::new(settings.max_parses.max(2))),
            desks: Desks::new(settings.max_parses.max(2)),
            large_parses: Arc::new(Semaphore::new((settings.max_parses / 2).max(1))),
            settings: Arc::new(settings),
            locks: FeedLocks::default(),
            turns: HostTurns::begin(),
            reach: Reach::default(),
        }
    }

    /// Visits a feed now, whatever its time; only a host that asked for quiet is left alone. What
    /// goes wrong with the feed is a fact on its row.
    ///
    /// # Errors
    /// If the store fails or there is no such feed.
    pub async fn poll_feed(&self, id: FeedId) -> anyhow::Result<PollReport> {
        let _turn = self.locks.lock(id).await;
        let now = self.clock.now();
        let state = self
            .store
            .read(|conn| polls::load_visit_state(conn, id))?
            .with_context(|| format!("there is no feed {id}"))?;
        let host = cool_down_key(&state.feed.url, self.settings.pace.cool_down_scope);
        let quiet = self.quiet_of(host.as_deref())?;
        if let Some(cool) = quiet.as_ref().filter(|cool| cool.cool_until > now) {
            return self.put_off(state, cool.cool_until, cool.say()).await;
        }
        let is_full = self.wants_everything(&state, now);
        let manners = Arc::new(PollManners::of(self));
        let mut request = self.request_for(&state, is_full);
        if !state.feed.own {
            request.manners = Some(manners.clone());
        }
        let visited = self.fetch(id, &request).await?;
        if let Some((until, why)) = manners.put_off() {
            return self.put_off(state, until, why).await;
        }
        if let FetchOutcome::Failed(failure) = &visited.outcome
            && failure.kind == FailureKind::Busy
        {
            let until = self.clock.now() + Duration::seconds(BUSY_SECS);
            return self.put_off(state, until, failure.message.clone()).await;
        }
        if self.reach.is_cut_off(&state, &visited) {
            let until = self.usual_time();
            return self.put_off(state, until, reach::CUT_OFF.to_owned()).await;
        }
        let asked = (host, quiet.map_or(0, |cool| cool.strikes));
        self.take_visit(state, visited, is_full, asked).await
    }

    /// Fetches; an attempt that takes long is noted, or whoever starts again and again would ask a slow server each
    /// time.
    async fn fetch(&self, id: FeedId, request: &FeedRequest) -> anyhow::Result<Visited> {
        let mut fetching = std::pin::pin!(self.fetcher.fetch(request));
        if let Ok(visited) = tokio::time::timeout(LONG_ATTEMPT, &mut fetching).await {
            return Ok(visited);
        }
        let until = self.usual_time();
        let noting = self
            .store
            .write(move |tx| polls::note_attempt(tx, id, until));
        let (noted, visited) = tokio::join!(noting, fetching);
        noted?;
        Ok(visited)
    }

    /// When a feed is due of which nothing is known.
    fn usual_time(&self) -> UtcTime {
        let secs = i64::try_from(self.settings.schedule.base_secs).unwrap_or(900);
        self.clock.now() + Duration::seconds(secs)
    }

    /// Takes what a request to a feed's own address brought as its first visit, so that adding a
    /// feed asks for it once and not twice.
    ///
    /// # Errors
    /// If the store fails or there is no such feed.
    pub async fn take_first_visit(
        &self,
        id: FeedId,
        visited: Visited,
    ) -> anyhow::Result<PollReport> {
        let _turn = self.locks.lock(id).await;
        let state = self
            .store
            .read(|conn| polls::load_visit_state(conn, id))?
            .with_context(|| format!("there is no feed {id}"))?;
        let host = cool_down_key(&state.feed.url, self.settings.pace.cool_down_scope);
        let strikes = self.quiet_of(host.as_deref())?;
        let asked = (host, strikes.map_or(0, |cool| cool.strikes));
        self.take_visit(state, visited, true, asked).await
    }

    fn quiet_of(&self, host: Option<&str>) -> crate::store::Result<Option<hosts::CoolHost>> {
        match host {
            Some(host) => self.store.read(|conn| hosts::load_host(conn, host)),
            None => Ok(None),
        }
    }

    /// `asked` is the host of the feed's address with its requests for quiet in a row.
    async fn take_visit(
        &self,
        state: VisitState,
        visited: Visited,
        is_full: bool,
        asked: (Option<String>, u32),
    ) -> anyhow::Result<PollReport> {
        let body_hash = hash_of_body(&visited.outcome);
        let found = self
            .read_outcome(&state, &visited, body_hash.as_deref())
            .await;
        // Who refuses is who answered, not who redirected there.
        let (host, strikes) = match visited.answer.status {
            403 | 429 | 503 => {
                let answered = &visited.answer.final_url;
                let host = cool_down_key(answered, self.settings.pace.cool_down_scope);
                let known = self.quiet_of(host.as_deref())?;
                (host, known.map_or(0, |cool| cool.strikes))
            }
            _ => asked,
        };
        let ruling = Ruling::make(ruling::Facts {
            state,
            visited,
            found,
            body_hash,
            is_full,
            host,
            strikes,
            now: self.clock.now(),
            settings: Arc::clone(&self.settings),
        });
        self.save(ruling).await
    }

    /// Reads a document that a hub sent: what is new in it is kept, and nothing else changes; it
    /// may be part of the feed and says nothing about its validators.
    ///
    /// # Errors
    /// If the store fails or there is no such feed; then nothing of it is kept, and it is to be read again.
    pub async fn take_pushed(
        &self,
        id: FeedId,
        body: Vec<u8>,
        content_type: Option<String>,
    ) -> anyhow::Result<PollReport> {
        let _turn = self.locks.lock(id).await;
        let now = self.clock.now();
        let state = self
            .store
            .read(|conn| polls::load_visit_state(conn, id))?
            .with_context(|| format!("there is no feed {id}"))?;
        let document = Document {
            bytes: body,
            content_type,
            base_url: state.feed.url.clone(),
            is_pushed: true,
            is_part: false,
            fetched_at: now,
        };
        match self.read_document(&state, document).await {
            Found::Document(document, prepared) => {
                let line = ruling::pushed_line(&prepared, now);
                let feed = state.feed;
                let saved = self.store.write(move |tx| {
                    let new = ingest::save(tx, &feed, &prepared, now)?;
                    subscriptions::note_missed(tx, feed.id, None)?;
                    if document.is_flood {
                        subscriptions::visit_instead(tx, feed.id, now)?;
                    }
                    polls::log_visit(tx, feed.id, &line)?;
                    Ok((new, prepared.revised.len()))
                });
                let (new, revised) = saved.await?;
                Ok(PollReport {
                    outcome: "pushed".to_owned(),
                    new,
                    revised,
                    ..PollReport::default()
                })
            }
            Found::Trouble(error) => Err(error.into()),
            _ => Ok(PollReport {
                outcome: "ignored".to_owned(),
                note: "what the hub sent is no feed".to_owned(),
                ..PollReport::default()
            }),
        }
    }

    /// Puts a visit off: a host on its way asked for quiet or is busy, or none can be reached.
    async fn put_off(
        &self,
        state: VisitState,
        until: UtcTime,
        note: String,
    ) -> anyhow::Result<PollReport> {
        let id = state.feed.id;
        let reason = note.clone();
        self.store
            .write(move |tx| polls::postpone(tx, id, until, &reason))
            .await?;
        Ok(PollReport {
            outcome: "waiting".to_owned(),
            health: state.feed.health,
            note,
            next_visit_at: Some(until),
            ..PollReport::default()
        })
    }

    /// The manners of a request that is no visit of the sweep: the same turns and gaps.
    pub(super) fn manners(&self) -> Arc<dyn Manners> {
        Arc::new(PollManners::of(self))
    }

    /// True if this visit is to be made without validators, once.
    fn wants_everything(&self, state: &VisitState, now: UtcTime) -> bool {
        let host = host_key(&state.feed.url);
        state.reader_version != READER_VERSION
            || wants_full_fetch(
                &host,
                state.last_full_fetch_at,
                &self.settings.schedule,
                now,
            )
    }

    fn request_for(&self, state: &VisitState, is_full: bool) -> FeedRequest {
        let mut request = FeedRequest {
            url: state.feed.url.clone(),
            subscribers: self.settings.subscribers,
            any_certificate: state.feed.any_certificate,
            ..FeedRequest::default()
        };
        if !is_full {
            request.validators = state.validators.clone();
            request.validators_url = state.validators_url.clone();
        }
        request
    }

    async fn read_outcome(
        &self,
        state: &VisitState,
        visited: &Visited,
        body_hash: Option<&[u8]>,
    ) -> Found {
        let FetchOutcome::Body { bytes, .. } = &visited.outcome else {
            return Found::Nothing;
        };
        let is_known = body_hash.is_some() && state.body_hash.as_deref() == body_hash;
        if is_known && state.reader_version == READER_VERSION {
            return Found::SameBytes;
        }
        let document = Document {
            bytes: bytes.clone(),
            content_type: visited.answer.content_type.clone(),
            base_url: visited.answer.final_url.clone(),
            is_pushed: false,
            is_part: visited.answer.status == 206,
            fetched_at: self.clock.now(),
        };
        self.read_document(state, document).await
    }

    /// Reads a document on a thread for that, a bounded number at a time. A panic in the reader is
    /// a document that cannot be read.
    async fn read_document(&self, state: &VisitState, document: Document) -> Found {
        let large_place = match document.bytes.len() > LARGE_BYTES {
            true => Arc::clone(&self.large_parses).acquire_owned().await.ok(),
            false => None,
        };
        let place = Arc::clone(&self.parses).acquire_owned().await;
        let store = self.store.clone();
        let state = state.clone();
        let settings = Arc::clone(&self.settings);
        let reading = self.desks.run(move || {
            let found = document.read(&store, &state, &settings);
            drop((place, large_place));
            found
        });
        match reading.await {
            Some(Ok(found)) => found,
            Some(Err(error)) => Found::Trouble(error),
            None => Found::Unreadable("the reader failed on this document".to_owned()),
        }
    }

    async fn save(&self, ruling: Ruling) -> anyhow::Result<PollReport> {
        let Ruling {
            state,
            line,
            prepared,
            moved_to,
            cool,
            warm_host,
            has_missed,
            trouble,
        } = ruling;
        if let Some(error) = trouble {
            return Err(error.into());
        }
        let now = line.at;
        let id = state.feed.id;
        let next = state.feed.next_visit_at;
        let mut report = PollReport {
            outcome: line.outcome.clone(),
            health: state.feed.health,
            note: state.feed.health_reason.clone(),
            next_visit_at: Some(next).filter(|at| at.timestamp() < polls::NEVER),
            revised: prepared
                .as_ref()
                .map_or(0, |prepared| prepared.revised.len()),
            ..PollReport::default()
        };
        let written = self.store.write_together(move |tx| {
            let mut new = Vec::new();
            if let Some(prepared) = &prepared {
                new = ingest::save(tx, &state.feed, prepared, now)?;
                polls::count_unknown_prefixes(tx, id, &prepared.unknown_prefixes, now)?;
            }
            polls::save_visit(tx, &state, &line)?;
            if has_missed {
                subscriptions::note_missed(tx, id, Some(now))?;
            }
            if let Some((host, until, reason)) = &cool {
                hosts::cool_host(tx, host, *until, reason)?;
            }
            if let Some(host) = &warm_host {
                hosts::clear_host(tx, host, now)?;
            }
            let moved = moved_to.as_deref();
            let moved = moved.map(|url| feeds::change_address(tx, id, url));
            Ok((new, moved.transpose()?))
        });
        let (new, moved) = written.await?;
        report.new = new;
        if let Some(AddressChange::MergedInto(other)) = moved {
            tracing::info!(
                feed = id.0,
                into = other.0,
                "a feed moved to the address of another one: they are one from now on"
            );
            report.note = format!("it moved to the address of feed {other}, and is that one now");
            report.next_visit_at = None;
        }
        tracing::debug!(
            feed = id.0,
            outcome = report.outcome,
            new = report.new.len(),
            "visited"
        );
        Ok(report)
    }
}

/// A document as it came.
struct Document {
    bytes: Vec<u8>,
    content_type: Option<String>,
    base_url: String,
    /// True if a hub sent it.
    is_pushed: bool,
    /// True for a part of a document (206), whatever its end looks like.
    is_part: bool,
    fetched_at: UtcTime,
}

impl Document {
    fn read(
        &self,
        store: &Store,
        state: &VisitState,
        settings: &PollSettings,
    ) -> crate::store::Result<Found> {
        let Ok(base_url) = Url::parse(&self.base_url) else {
            return Ok(Found::Unreadable("its address is no address".to_owned()));
        };
        let (parsed, problems) =
            feed::read_polled(&self.bytes, self.content_type.as_deref(), &base_url);
        if parsed.format == Format::None {
            let why = problems.first().map(|problem| problem.message.clone());
            return Ok(match looks_like_page(&self.bytes) {
                true => Found::NotAFeed,
                false => Found::Unreadable(why.unwrap_or_else(|| "no known format".to_owned())),
            });
        }
        // A transfer that ended early may have brought the document whole all the same: many servers announce a wrong
        // length.
        let is_cut = self.is_part || problems.iter().any(|problem| problem.kind == "truncated");
        let mut prepared = store.read(|conn| {
            let outlet = outlets::load_outlet(conn, state.feed.outlet_id)?;
            let standing = match state.guids_lost_standing {
                true => GuidStanding::Lost,
                false => GuidStanding::Good,
            };
            let arrived = Arrived {
                feed: &state.feed,
                outlet: &outlet.unwrap_or_else(unknown_outlet),
                parsed: &parsed,
                standing,
                fetched_at: self.fetched_at,
                is_partial: self.is_pushed,
                is_cut,
            };
            ingest::prepare_most(conn, arrived, settings.max_listed_items)
        })?;
        prepared.keep_newest(settings.max_new_items);
        let mut document = ruling::Document::of(parsed);
        document.is_flood = prepared.waiting > 0;
        document.puts_off = prepared.puts_off;
        document.is_cut_short = is_cut;
        Ok(Found::Document(document, Box::new(prepared)))
    }
}

/// What the same bytes are known by when they come again. Bytes whose transfer ended early are others: the whole of
/// which they were a part may come next.
fn hash_of_body(outcome: &FetchOutcome) -> Option<Vec<u8>> {
    let FetchOutcome::Body { bytes, is_complete } = outcome else {
        return None;
    };
    let mut hasher = Sha256::new();
    hasher.update(bytes);
    if !is_complete {
        hasher.update(CUT);
    }
    Some(hasher.finalize().to_vec())
}

/// Stands at the end of no document.
const CUT: &[u8] = b"\0cut";

fn unknown_outlet() -> Outlet {
    Outlet {
        id: crate::news::OutletId(0),
        name: String::new(),
        kind: crate::news::OutletKind::Outlet,
        reliability: 1.0,
    }
}

/// True if the bytes begin like a page for people.
fn looks_like_page(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|mark| start.contains(mark))
}
