//! One visit at a time for each feed: a poll and a push of the same feed must not both find the
//! same item new.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::news::FeedId;

type Locks = HashMap<FeedId, Arc<AsyncMutex<()>>>;

/// The locks of the feeds that are being visited.
#[derive(Clone, Default)]
pub(super) struct FeedLocks {
    locks: Arc<Mutex<Locks>>,
}

/// A feed's turn; ends when dropped.
pub(super) struct Turn {
    id: FeedId,
    locks: FeedLocks,
    guard: Option<OwnedMutexGuard<()>>,
}

impl FeedLocks {
    /// Waits for the feed's turn.
    pub(super) async fn lock(&self, id: FeedId) -> Turn {
        let lock = Arc::clone(self.table().entry(id).or_default());
        let guard = Some(lock.lock_owned().await);
        let locks = self.clone();
        Turn { id, locks, guard }
    }

    fn table(&self) -> std::sync::MutexGuard<'_, Locks> {
        self.locks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut table = self.locks.table();
        self.guard = None;
        // Whoever else holds or awaits this lock holds a clone of it.
        if table
            .get(&self.id)
            .is_some_and(|lock| Arc::strong_count(lock) == 1)
        {
            table.remove(&self.id);
        }
    }
}
