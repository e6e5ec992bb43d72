//! Which servers may have a connection of ours that is kept: a request on one may never be seen.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

/// Connections are kept between the visits of one host's batch and closed soon after.
pub(super) const KEEP_CONNECTION: Duration = Duration::from_secs(5);

/// Servers remembered before those whose connections are closed by now are forgotten; then twice as many as are left.
const FEWEST_SERVERS: usize = 1024;

/// When each server answered last.
#[derive(Default)]
pub(super) struct KeptConnections {
    answered: Mutex<Answered>,
}

#[derive(Default)]
struct Answered {
    at: HashMap<String, Instant>,
    most: usize,
}

impl KeptConnections {
    /// True if a request may go over a connection that was used before.
    pub(super) fn is_kept(&self, url: &Url) -> bool {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        let last = answered.at.get(&server_of(url));
        last.is_some_and(|at| at.elapsed() < KEEP_CONNECTION)
    }

    /// The server of this address has answered.
    pub(super) fn note(&self, url: &Url) {
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        if answered.at.len() >= answered.most.max(FEWEST_SERVERS) {
            answered.at.retain(|_, at| at.elapsed() < KEEP_CONNECTION);
            answered.most = 2 * answered.at.len();
        }
        answered.at.insert(server_of(url), Instant::now());
    }

    /// The server of this address has closed what was kept.
    pub(super) fn forget(&self, url: &Url) {
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.at.remove(&server_of(url));
    }
}

fn server_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}
