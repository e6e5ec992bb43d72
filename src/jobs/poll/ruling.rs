//! What a visit means: the feed's next state, its line in the log, and what else is to be saved.
//! A plain function of the state before, the answer and what was read in it.

use std::sync::Arc;

use chrono::Duration;

use crate::feed::identity::GuidStanding;
use crate::feed::{ParsedFeed, VisitHints};
use crate::fetch::health::{Illness, Wellness, name_illness, name_wellness};
use crate::fetch::moves::{MoveTrial, MoveVerdict, judge_move};
use crate::fetch::pace::{CoolDown, read_cool_down};
use crate::fetch::schedule::{
    Failing, Hints, NextVisit, Rhythm, Setback, Sighting, adapt, after_failure, after_success,
    is_early, secs_between,
};
use crate::fetch::{FetchOutcome, Visited};
use crate::jobs::ingest::Prepared;
use crate::news::{FeedHealth, UtcTime, Validators, utc_from_secs};
use crate::store::StoreError;
use crate::store::polls::{NEVER, VisitLine, VisitState};

use super::hints::SavedHints;
use super::{PollSettings, READER_VERSION};

/// The habit of a feed is averaged over about this many days.
const HABIT_DAYS: f64 = 7.0;

/// What the document said beside its items.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    title: String,
    site_url: Option<String>,
    id: Option<String>,
    self_url: Option<String>,
    hub_urls: Vec<String>,
    hints: VisitHints,
    listed: usize,
    dated: usize,
    /// True if not all of its new items were taken.
    pub(super) is_flood: bool,
    /// True if a state of one of its items is taken only if it comes again some hours later.
    pub(super) puts_off: bool,
    /// True if it ended before its end: the outlet's program may have died over it, which no protocol
    /// tells.
    pub(super) is_cut_short: bool,
}

impl Document {
    /// What is kept of a document beside its items.
    pub(super) fn of(parsed: ParsedFeed) -> Self {
        Self {
            title: parsed.title,
            site_url: parsed.link,
            id: parsed.id,
            self_url: parsed.self_url,
            hub_urls: parsed.hub_urls,
            hints: parsed.hints,
            listed: parsed.items.len(),
            dated: parsed
                .items
                .iter()
                .filter(|item| item.claimed_at().is_some())
                .count(),
            is_flood: false,
            puts_off: false,
            is_cut_short: false,
        }
    }
}

/// What was found in the body.
pub(super) enum Found {
    /// There was no body to read.
    Nothing,
    /// The bytes of the last time.
    SameBytes,
    /// A feed.
    Document(Document, Box<Prepared>),
    /// A page.
    NotAFeed,
    /// Neither, and why.
    Unreadable(String),
    /// The store failed while the document was compared with it.
    Trouble(StoreError),
}

/// All that a ruling is made from.
pub(super) struct Facts {
    pub(super) state: VisitState,
    pub(super) visited: Visited,
    pub(super) found: Found,
    /// Hash of the body.
    pub(super) body_hash: Option<Vec<u8>>,
    /// True if the request carried no validators on purpose.
    pub(super) is_full: bool,
    /// What a request for quiet is remembered under.
    pub(super) host: Option<String>,
    /// Requests for quiet in a row before this visit.
    pub(super) strikes: u32,
    pub(super) now: UtcTime,
    pub(super) settings: Arc<PollSettings>,
}

/// What is to be saved after a visit.
pub(super) struct Ruling {
    pub(super) state: VisitState,
    pub(super) line: VisitLine,
    pub(super) prepared: Option<Box<Prepared>>,
    /// The feed's new address.
    pub(super) moved_to: Option<String>,
    /// A host to be left alone: until when and why.
    pub(super) cool: Option<(String, UtcTime, String)>,
    /// A host whose requests for quiet are forgotten.
    pub(super) warm_host: Option<String>,
    /// True if the hub that pushes the feed had not sent what was found.
    pub(super) has_missed: bool,
    pub(super) trouble: Option<StoreError>,
}

impl Ruling {
    pub(super) fn make(facts: Facts) -> Self {
        let Facts {
            mut state,
            visited,
            found,
            body_hash,
            is_full,
            host,
            strikes,
            now,
            settings,
        } = facts;
        let cool = read_cool_down(&visited.outcome, &visited.answer, strikes, &settings.pace);
        let mut line = VisitLine {
            at: now,
            status: Some(visited.answer.status).filter(|status| *status > 0),
            millis: u64::try_from(visited.duration.as_millis()).unwrap_or(u64::MAX),
            ..VisitLine::default()
        };
        if let FetchOutcome::Body { bytes, .. } = &visited.outcome {
            line.bytes = bytes.len() as u64;
        }
        let last_visit_at = state.feed.last_visit_at.replace(now);
        let mut desk = Desk {
            state,
            last_visit_at,
            visited: &visited,
            settings: &settings,
            cool: cool.as_ref(),
            body_hash,
            now,
        };
        let mut ruling = match (found, &visited.outcome) {
            (Found::Document(document, prepared), _) => {
                let has_missed = desk.is_pushed() && !prepared.new.is_empty();
                if has_missed {
                    desk.state.pushed_until = None;
                }
                let moved_to = desk.take_document(&document, &prepared, &mut line);
                let mut ruling = Self::of(desk.state, line, Some(prepared), moved_to);
                ruling.has_missed = has_missed;
                ruling
            }
            (Found::SameBytes, _) => {
                line.outcome = "unchanged".to_owned();
                let moved_to = desk.take_same(Sighting::SameBytes);
                Self::of(desk.state, line, None, moved_to)
            }
            (Found::Nothing, FetchOutcome::NotModified)
                if desk.state.last_full_fetch_at.is_some() && !desk.state.validators.is_empty() =>
            {
                line.outcome = "unchanged".to_owned();
                if is_full {
                    // It was asked for everything and has nothing to say: asked again in due time.
                    desk.state.last_full_fetch_at = Some(now);
                    desk.state.reader_version = READER_VERSION;
                }
                let moved_to = desk.take_same(Sighting::NotModified);
                Self::of(desk.state, line, None, moved_to)
            }
            (Found::Trouble(error), _) => {
                let mut ruling = Self::of(desk.state, line, None, None);
                ruling.trouble = Some(error);
                return ruling;
            }
            (found, outcome) => {
                let illness = desk.illness_of(found, outcome);
                desk.take_failure(&illness, &mut line);
                Self::of(desk.state, line, None, None)
            }
        };
        ruling.cool_or_warm(host, cool, strikes, now);
        ruling
    }

    fn of(
        state: VisitState,
        line: VisitLine,
        prepared: Option<Box<Prepared>>,
        moved_to: Option<String>,
    ) -> Self {
        Self {
            state,
            line,
            prepared,
            moved_to,
            cool: None,
            warm_host: None,
            has_missed: false,
            trouble: None,
        }
    }

    fn cool_or_warm(
        &mut self,
        host: Option<String>,
        cool: Option<CoolDown>,
        strikes: u32,
        now: UtcTime,
    ) {
        let Some(host) = host else { return };
        match cool {
            Some(cool) => {
                let until = now + Duration::seconds(i64::try_from(cool.secs).unwrap_or(86_400));
                self.cool = Some((host, until, cool.reason));
            }
            None if strikes > 0 && self.line.status.is_some() => self.warm_host = Some(host),
            None => {}
        }
    }
}

/// The state while it is being changed.
struct Desk<'a> {
    state: VisitState,
    /// The visit before.
    last_visit_at: Option<UtcTime>,
    visited: &'a Visited,
    settings: &'a PollSettings,
    cool: Option<&'a CoolDown>,
    body_hash: Option<Vec<u8>>,
    now: UtcTime,
}

impl Desk<'_> {
    fn take_document(
        &mut self,
        document: &Document,
        prepared: &Prepared,
        line: &mut VisitLine,
    ) -> Option<String> {
        let is_whole = !document.is_cut_short;
        fill_line(line, prepared);
        self.keep_claims(document);
        self.state.guids_lost_standing = prepared.standing == GuidStanding::Lost;
        self.state.overlap = prepared.overlap;
        if prepared.is_possible_gap {
            self.state.possible_gap_at = Some(self.now);
            self.state.gap_count = self.state.gap_count.saturating_add(1);
        }
        self.keep_habit(prepared.new.len());
        let is_taken = !document.is_flood && !document.puts_off;
        if is_whole && is_taken {
            self.keep_validators();
        } else {
            // What was not taken whole has to come again: validators would prevent it, those of what came before
            // too, since what is kept is not what they vouch for.
            self.state.validators = Validators::default();
        }
        let hash = self.body_hash.take();
        self.state.body_hash = hash.filter(|_| is_taken);
        if !document.is_flood {
            self.state.reader_version = READER_VERSION;
        }
        self.state.body_unchanged_since = None;
        self.state.last_full_fetch_at = Some(self.now);
        let wellness = Wellness {
            listed: Some(document.listed),
            dated: document.dated,
            guids_churn: prepared.guids_churn,
            is_flood: document.is_flood,
            is_cut_short: !is_whole,
            ..self.wellness()
        };
        self.succeed(Sighting::Document(prepared.overlap), &wellness)
    }

    fn take_same(&mut self, sighting: Sighting) -> Option<String> {
        let is_not_modified = sighting == Sighting::NotModified;
        if is_not_modified {
            self.update_validators();
        } else {
            if self.is_transferred_whole() {
                self.keep_validators();
            }
            self.state.body_unchanged_since = self
                .state
                .body_unchanged_since
                .or(self.state.last_full_fetch_at);
            self.state.last_full_fetch_at = Some(self.now);
        }
        let wellness = Wellness {
            is_not_modified,
            ..self.wellness()
        };
        self.succeed(sighting, &wellness)
    }

    fn is_transferred_whole(&self) -> bool {
        let outcome = &self.visited.outcome;
        matches!(
            outcome,
            FetchOutcome::Body {
                is_complete: true,
                ..
            }
        )
    }

    fn wellness(&self) -> Wellness {
        Wellness {
            duration: self.visited.duration,
            server_date: self.visited.answer.server_date,
            same_bytes_since: self.state.body_unchanged_since,
            last_change_at: self.state.last_change_at,
            items_per_day: self.state.items_per_day,
            redirected_to: self.visited.hops.last().map(|hop| hop.to_url.clone()),
            ..Wellness::default()
        }
    }

    fn succeed(&mut self, sighting: Sighting, wellness: &Wellness) -> Option<String> {
        let (health, reason) = name_wellness(wellness, self.now);
        // What was said about a document holds until the next document.
        let holds = match self.state.feed.health {
            FeedHealth::Empty | FeedHealth::Undated | FeedHealth::GuidChurn => true,
            // A part of a document, not a failure.
            FeedHealth::Unreadable => self.state.feed.failures == 0,
            _ => false,
        };
        if !(holds && health == FeedHealth::Unchanged) {
            self.state.feed.health = health;
            self.state.feed.health_reason = reason;
        }
        self.state.feed.failures = 0;
        self.state.failing_since = None;
        self.state.last_error = None;
        let rhythm = self.rhythm();
        self.state.adaptive_secs = adapt(&rhythm, sighting, &self.settings.schedule);
        self.state.last_success_at = Some(self.now);
        let rhythm = self.rhythm();
        let next = after_success(&rhythm, &self.hints(), &self.settings.schedule, self.now);
        self.plan(next);
        self.judge_redirects()
    }

    fn illness_of(&mut self, found: Found, outcome: &FetchOutcome) -> Illness {
        match (found, outcome) {
            (Found::NotAFeed, _) => Illness::NotAFeed,
            (Found::Unreadable(why), _) => Illness::Unreadable(why),
            (_, FetchOutcome::Failed(failure)) => Illness::Failed(failure.clone()),
            (_, FetchOutcome::Status(status)) => {
                let was_missing = matches!(
                    self.state.feed.health,
                    FeedHealth::Missing | FeedHealth::Dead
                );
                if *status == 404 && !was_missing {
                    self.state.failing_since = None;
                }
                let since = self.state.failing_since.unwrap_or(self.now);
                Illness::Status {
                    status: *status,
                    days: (self.now - since).num_days(),
                    cool_down: self.cool.map(|cool| cool.reason.clone()),
                }
            }
            _ => Illness::Unreadable("304 although nothing was there to compare with".to_owned()),
        }
    }

    fn take_failure(&mut self, illness: &Illness, line: &mut VisitLine) {
        // Some servers refuse whoever asks for what is new since: asked for everything they may answer.
        if matches!(
            illness,
            Illness::Status {
                status: 400 | 403 | 406 | 412 | 416 | 428 | 431,
                ..
            }
        ) {
            self.state.validators = Validators::default();
        }
        let (health, reason) = name_illness(illness);
        line.outcome = health.name().to_owned();
        line.note.clone_from(&reason);
        self.state.last_error = Some(reason.clone());
        self.state.feed.health = health;
        self.state.feed.health_reason = reason;
        let rhythm = self.rhythm();
        let since = secs_between(self.last_visit_at, self.now);
        // Asked again before its time, it has had none to recover.
        if self.state.feed.failures == 0 || !is_early(&rhythm, since, &self.settings.schedule) {
            self.state.feed.failures = self.state.feed.failures.saturating_add(1);
        }
        self.state.failing_since.get_or_insert(self.now);
        let setback = match illness {
            Illness::Status { status: 410, .. } => Setback::Gone,
            Illness::Status {
                status: 404, days, ..
            } => Setback::Missing { days: *days },
            _ => Setback::Other,
        };
        let failing = Failing {
            setback,
            failures: self.state.feed.failures,
            asked_secs: self.cool.map(|cool| cool.secs),
        };
        let next = after_failure(&rhythm, failing, &self.settings.schedule, self.now);
        self.plan(next);
    }

    fn plan(&mut self, next: NextVisit) {
        let mut at = next.at.unwrap_or_else(|| utc_from_secs(NEVER));
        let mut reason = next.reason;
        if let Some(cool) = self.cool {
            let quiet = self.now + Duration::seconds(i64::try_from(cool.secs).unwrap_or(86_400));
            if quiet > at {
                at = quiet;
                reason = format!("{}; {reason}", cool.reason);
            }
        }
        self.state.feed.next_visit_at = at;
        self.state.feed.next_visit_reason = reason;
    }

    /// True while a hub pushes the feed.
    fn is_pushed(&self) -> bool {
        let until = self.state.pushed_until;
        until.is_some_and(|until| until > self.now)
    }

    fn rhythm(&self) -> Rhythm {
        let state = &self.state;
        let body_bytes = match &self.visited.outcome {
            FetchOutcome::Body { bytes, .. } => bytes.len(),
            _ => 0,
        };
        Rhythm {
            feed_id: state.feed.id.0,
            // A line that cannot be read was refused when it was set.
            cron: state
                .feed
                .cron
                .as_deref()
                .and_then(|line| line.parse().ok()),
            fixed_secs: state.interval_secs,
            is_own: state.feed.own,
            adaptive_secs: state.adaptive_secs,
            is_pushed: self.is_pushed(),
            has_validators: !state.validators.is_empty(),
            body_bytes,
            since_secs: secs_between(state.last_success_at, self.now),
        }
    }

    fn hints(&self) -> Hints {
        let said: SavedHints = self
            .state
            .hints
            .as_deref()
            .and_then(|json| serde_json::from_str(json).ok())
            .unwrap_or_default();
        Hints {
            max_age_secs: self.visited.answer.max_age_secs,
            expires_in_secs: self.visited.answer.expires_in_secs,
            ttl_secs: said.ttl_minutes.map(|minutes| u64::from(minutes) * 60),
            update_period_secs: said.update_period_secs,
            update_base: said.update_base.map(utc_from_secs),
            skip_hours: said.skip_hours,
            skip_days: said.skip_days,
        }
    }

    fn keep_claims(&mut self, document: &Document) {
        let state = &mut self.state;
        state.feed.title.clone_from(&document.title);
        state.site_url.clone_from(&document.site_url);
        state.document_id.clone_from(&document.id);
        let answer = &self.visited.answer;
        let hubs = if answer.hub_urls.is_empty() {
            &document.hub_urls
        } else {
            &answer.hub_urls
        };
        let secure = hubs.iter().find(|url| url.starts_with("https:"));
        state.hub_url = secure.or(hubs.first()).cloned();
        state.self_url = answer
            .self_url
            .clone()
            .or_else(|| document.self_url.clone());
        state.hints = SavedHints::of(&document.hints).to_json();
    }

    /// The habit is counted from one change to the next, so that silence does not become the habit
    /// that it is held against.
    fn keep_habit(&mut self, new: usize) {
        if new == 0 {
            return;
        }
        let before = self.state.last_change_at.replace(self.now);
        if let Some(before) = before {
            let days = (self.now - before).num_seconds().max(1) as f64 / 86_400.0;
            let kept = (-days / HABIT_DAYS).exp();
            let rate = new as f64 / days;
            self.state.items_per_day = self.state.items_per_day * kept + rate * (1.0 - kept);
        }
    }

    /// A 200 replaces both validators; one that it does not give is forgotten.
    fn keep_validators(&mut self) {
        self.state.validators = self.visited.answer.validators.clone();
        self.state
            .validators_url
            .clone_from(&self.visited.answer.final_url);
    }

    /// A 304 replaces those that it gives.
    fn update_validators(&mut self) {
        let answer = &self.visited.answer;
        if answer.final_url != self.state.validators_url {
            return;
        }
        let given = answer.validators.clone();
        let kept = &mut self.state.validators;
        kept.etag = given.etag.or(kept.etag.take());
        kept.last_modified = given.last_modified.or(kept.last_modified.take());
    }

    fn judge_redirects(&mut self) -> Option<String> {
        let trial = self
            .state
            .moved
            .take()
            .map(|(to_url, since, visits)| MoveTrial {
                to_url,
                since,
                visits,
            });
        let url = &self.state.feed.url;
        match judge_move(url, &self.visited.hops, true, trial.as_ref(), self.now) {
            MoveVerdict::Stay => None,
            MoveVerdict::Watch(trial) => {
                self.state.moved = Some((trial.to_url, trial.since, trial.visits));
                None
            }
            // The operator's credentials are for the address he gave.
            MoveVerdict::Adopt(_) if has_credentials(url) => None,
            MoveVerdict::Adopt(to_url) => Some(to_url),
        }
    }
}

/// The log line of a notification by a hub.
pub(super) fn pushed_line(prepared: &Prepared, now: UtcTime) -> VisitLine {
    let mut line = VisitLine {
        at: now,
        ..VisitLine::default()
    };
    fill_line(&mut line, prepared);
    line.outcome = "pushed".to_owned();
    line
}

fn fill_line(line: &mut VisitLine, prepared: &Prepared) {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    line.outcome = "items".to_owned();
    line.listed = count(prepared.listed);
    line.known = count(prepared.known);
    line.new = count(prepared.new.len());
    line.revised = count(prepared.revised.len());
    line.overlap = prepared.overlap;
    line.gap = prepared.is_possible_gap;
    line.note = note_of(prepared);
}

fn note_of(prepared: &Prepared) -> String {
    let problems = prepared.problems.iter().map(|problem| &problem.message);
    let notes: Vec<&str> = prepared
        .lost_because
        .iter()
        .chain(problems)
        .map(String::as_str)
        .collect();
    notes.join("; ")
}

fn has_credentials(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| !url.username().is_empty() || url.password().is_some())
}
