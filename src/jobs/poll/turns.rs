//! One request at a time for each host, with the gap between them, whoever asks: the sweep, a
//! command, a page. Lanes queue; this is what holds if two queues meet.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use tokio::time::Instant;

/// Hosts remembered before those that nobody uses are forgotten.
const MOST_HOSTS: usize = 4096;

type Ended = Arc<AsyncMutex<Option<Instant>>>;

/// When the last request to each host ended. A process before this one may have asked any of them until this one
/// began.
#[derive(Clone)]
pub(super) struct HostTurns {
    begun: Instant,
    hosts: Arc<Mutex<HashMap<String, Ended>>>,
}

/// A host's turn; ends when dropped.
pub(super) struct HostTurn {
    guard: OwnedMutexGuard<Option<Instant>>,
}

impl HostTurns {
    /// Turns of a process that begins now.
    pub(super) fn begin() -> Self {
        Self {
            begun: Instant::now(),
            hosts: Arc::default(),
        }
    }

    /// Waits until nobody else speaks to the host and the gap has passed.
    pub(super) async fn take(&self, host: &str, gap: Duration) -> HostTurn {
        let ended = self.ended(host, gap);
        let guard = ended.lock_owned().await;
        tokio::time::sleep_until(guard.unwrap_or(self.begun) + gap).await;
        HostTurn { guard }
    }

    fn ended(&self, host: &str, gap: Duration) -> Ended {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= MOST_HOSTS {
            let now = Instant::now();
            // One that is locked is in use.
            hosts.retain(|_, ended| match ended.try_lock() {
                Ok(at) => Arc::strong_count(ended) > 1 || at.is_some_and(|at| at + gap > now),
                Err(_) => true,
            });
        }
        Arc::clone(hosts.entry(host.to_owned()).or_default())
    }
}

impl Drop for HostTurn {
    fn drop(&mut self) {
        *self.guard = Some(Instant::now());
    }
}
