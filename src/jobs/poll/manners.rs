//! When a host may be asked: its own turn, its own gap and its own request for quiet, for the
//! address of a feed and for every host that a redirect leads to.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use url::Url;

use super::Poller;
use super::turns::HostTurns;
use crate::clock::Clock;
use crate::fetch::pace::{CoolDownScope, cool_down_key, host_key};
use crate::fetch::schedule::spread_secs;
use crate::fetch::{FailureKind, FetchFailure, Manners, Turn, TurnTaking};
use crate::news::UtcTime;
use crate::store::{Store, hosts};

/// How long a visit holds its place while the host that it was redirected to speaks to others.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long a visit is put off that waited so long, in seconds; up to twice as long.
const PUT_OFF_SECS: u64 = 60;

/// The manners of one visit.
pub(super) struct PollManners {
    store: Store,
    clock: Arc<dyn Clock>,
    turns: HostTurns,
    gap: Duration,
    scope: CoolDownScope,
    /// Until when the visit is put off, and why.
    put_off: Mutex<Option<(UtcTime, String)>>,
}

impl std::fmt::Debug for PollManners {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PollManners")
            .field("gap", &self.gap)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl PollManners {
    pub(super) fn of(poller: &Poller) -> Self {
        let pace = &poller.settings.pace;
        Self {
            store: poller.store.clone(),
            clock: poller.clock.clone(),
            turns: poller.turns.clone(),
            gap: Duration::from_millis(pace.host_gap_millis),
            scope: pace.cool_down_scope,
            put_off: Mutex::default(),
        }
    }

    /// Until when the visit was put off on its way, and why; `None` if it was not.
    pub(super) fn put_off(&self) -> Option<(UtcTime, String)> {
        self.put_off
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    fn wait_until(&self, until: UtcTime, why: String) -> FetchFailure {
        let failure = FetchFailure::new(FailureKind::Connection, why.clone());
        *self.put_off.lock().unwrap_or_else(PoisonError::into_inner) = Some((until, why));
        failure
    }

    async fn take_turn(&self, url: &Url, is_hop: bool) -> Result<Turn, FetchFailure> {
        let host = host_key(url.as_str());
        let turn = self.turns.take(&host, self.gap);
        if !is_hop {
            if self.gap.is_zero() {
                return Ok(Box::new(()));
            }
            return Ok(Box::new(turn.await));
        }
        if let Some(cool) = self.cool_host(url) {
            return Err(self.wait_until(cool.cool_until, cool.say()));
        }
        match tokio::time::timeout(LONGEST_WAIT, turn).await {
            Ok(turn) => Ok(Box::new(turn)),
            Err(_) => {
                let secs = PUT_OFF_SECS + spread_secs(self.clock.now().timestamp(), PUT_OFF_SECS);
                let until = self.clock.now() + Duration::from_secs(secs);
                let why = format!("{host}, where it was redirected to, is busy with other visits");
                Err(self.wait_until(until, why))
            }
        }
    }

    /// The host's request for quiet, if it has one in force.
    fn cool_host(&self, url: &Url) -> Option<hosts::CoolHost> {
        let key = cool_down_key(url.as_str(), self.scope)?;
        // A store that does not answer is met again when the visit is saved.
        let cool = self
            .store
            .read(|conn| hosts::load_host(conn, &key))
            .ok()??;
        (cool.cool_until > self.clock.now()).then_some(cool)
    }
}

impl Manners for PollManners {
    fn may_ask<'a>(&'a self, url: &'a Url, is_hop: bool) -> TurnTaking<'a> {
        Box::pin(self.take_turn(url, is_hop))
    }
}
