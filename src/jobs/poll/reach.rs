//! Whether hosts can be reached at all. When this machine loses its network, every feed fails at once and
//! none is to blame: their visits are put off at the usual pace instead of being made rarer for hours, in
//! which lists would roll over.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::fetch::pace::host_key;
use crate::fetch::{FailureKind, FetchOutcome, Visited};
use crate::store::polls::VisitState;

/// Hosts that worked at their last visit and are silent now, with no answer of any host in between, from
/// which on the network is what they have in common. Two may share a machine.
const SILENT_HOSTS: usize = 3;

/// Why a feed is put off, for `feeds why`.
pub(super) const CUT_OFF: &str =
    "no host can be reached, so this machine seems cut off; not held against the feed";

/// What visits tell about the network. Cheap to clone; all clones are one.
#[derive(Clone, Default)]
pub(super) struct Reach {
    silent: Arc<Mutex<HashSet<String>>>,
}

impl Reach {
    /// Takes note of a visit; true if it came to nothing because no host can be reached. Feeds of the
    /// operator's own tell nothing about it: they may be on this side of what is broken.
    pub(super) fn is_cut_off(&self, before: &VisitState, visited: &Visited) -> bool {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        let was_cut_off = silent.len() >= SILENT_HOSTS;
        if before.feed.own {
            return was_cut_off && !has_answer(visited) && is_silence(visited);
        }
        if has_answer(visited) {
            silent.clear();
            if was_cut_off {
                tracing::info!("hosts can be reached again");
            }
            return false;
        }
        if !is_silence(visited) {
            return false;
        }
        let has_worked = before.feed.failures == 0 && before.last_success_at.is_some();
        if has_worked && !was_cut_off {
            silent.insert(host_key(&before.feed.url));
            if silent.len() >= SILENT_HOSTS {
                tracing::warn!(
                    "no host can be reached; feeds are not blamed and are visited at their usual pace"
                );
            }
        }
        silent.len() >= SILENT_HOSTS
    }
}

/// True if somebody answered, if only with a redirect.
fn has_answer(visited: &Visited) -> bool {
    visited.answer.status != 0 || !visited.hops.is_empty()
}

/// True for a failure that a network that is gone would bring.
fn is_silence(visited: &Visited) -> bool {
    let FetchOutcome::Failed(failure) = &visited.outcome else {
        return false;
    };
    matches!(
        failure.kind,
        FailureKind::Name | FailureKind::Connection | FailureKind::Timeout
    )
}
