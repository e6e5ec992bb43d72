//! Names to addresses, guarded: what the resolver hands to the connector is what was judged, so
//! a second answer of a rebinding name is never connected to. Every name is asked once per sweep.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{OnceCell, Semaphore};
use tokio::time::Instant;

use super::guard::AddressGuard;
use super::outcome::{FailureKind, FetchFailure};

/// Answer of a lookup, to come.
pub type Lookup<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Something that knows the addresses of a name. Literal addresses never reach it.
pub trait Names: Send + Sync + 'static {
    /// All addresses of the name, in the order in which to try them.
    fn lookup(&self, host: String) -> Lookup<'_>;
}

/// The system's resolver. Lookups that hang hold at most [`SystemNames::MOST_AT_ONCE`] threads of
/// the pool that parses also run on.
#[derive(Debug)]
pub struct SystemNames {
    places: Arc<Semaphore>,
}

impl SystemNames {
    /// Lookups under way at once; the runtime's pool has 512 threads.
    pub const MOST_AT_ONCE: usize = 64;
}

impl Default for SystemNames {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(Self::MOST_AT_ONCE)),
        }
    }
}

impl Names for SystemNames {
    fn lookup(&self, host: String) -> Lookup<'_> {
        let places = Arc::clone(&self.places);
        Box::pin(async move {
            let place = places.acquire_owned().await.map_err(io::Error::other)?;
            let answer = tokio::task::spawn_blocking(move || {
                let addresses = (host.as_str(), 0).to_socket_addrs();
                drop(place);
                addresses.map(|list| list.map(|address| address.ip()).collect())
            });
            answer.await.map_err(io::Error::other)?
        })
    }
}

type Answer = Arc<OnceCell<Result<Vec<IpAddr>, FetchFailure>>>;

/// A resolver that asks once per name and while, and refuses what the guard refuses.
pub(super) struct GuardedNames {
    names: Arc<dyn Names>,
    guard: AddressGuard,
    timeout: Duration,
    keep: Duration,
    answers: Mutex<HashMap<String, (Instant, Answer)>>,
}

impl GuardedNames {
    /// Names kept at most; beyond it the expired ones are dropped first, then all.
    const MOST_KEPT: usize = 20_000;

    pub(super) fn new(
        names: Arc<dyn Names>,
        guard: AddressGuard,
        timeout: Duration,
        keep: Duration,
    ) -> Self {
        let answers = Mutex::default();
        Self {
            names,
            guard,
            timeout,
            keep,
            answers,
        }
    }

    fn answer_of(&self, host: &str) -> Answer {
        let now = Instant::now();
        let mut answers = self.answers.lock().expect("no holder of this lock panics");
        if let Some((asked_at, answer)) = answers.get(host)
            && now.duration_since(*asked_at) < self.keep
        {
            return Arc::clone(answer);
        }
        if answers.len() >= Self::MOST_KEPT {
            answers.retain(|_, (asked_at, _)| now.duration_since(*asked_at) < self.keep);
        }
        if answers.len() >= Self::MOST_KEPT {
            answers.clear();
        }
        let answer = Answer::default();
        answers.insert(host.to_owned(), (now, Arc::clone(&answer)));
        answer
    }

    async fn ask(&self, host: &str) -> Result<Vec<IpAddr>, FetchFailure> {
        let lookup = tokio::time::timeout(self.timeout, self.names.lookup(host.to_owned())).await;
        let addresses = match lookup {
            Err(_) => {
                let secs = self.timeout.as_secs();
                let message = format!("no answer for the name {host} within {secs} s");
                return Err(FetchFailure::new(FailureKind::Name, message));
            }
            Ok(Err(error)) => {
                let message = format!("the name {host} could not be resolved: {error}");
                return Err(FetchFailure::new(FailureKind::Name, message));
            }
            Ok(Ok(addresses)) => addresses,
        };
        if addresses.is_empty() {
            let message = format!("the name {host} has no address");
            return Err(FetchFailure::new(FailureKind::Name, message));
        }
        self.guard
            .check_answer(&addresses)
            .map_err(FetchFailure::from)?;
        Ok(addresses)
    }

    async fn resolve(self: Arc<Self>, host: String) -> Result<Vec<IpAddr>, FetchFailure> {
        let answer = self.answer_of(&host);
        answer.get_or_init(|| self.ask(&host)).await.clone()
    }
}

/// The form in which reqwest takes a resolver.
#[derive(Clone)]
pub(super) struct ResolverHook(pub(super) Arc<GuardedNames>);

impl reqwest::dns::Resolve for ResolverHook {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let names = Arc::clone(&self.0);
        let host = name.as_str().to_owned();
        Box::pin(async move {
            let addresses = names.resolve(host).await?;
            let with_port = addresses.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(with_port) as reqwest::dns::Addrs)
        })
    }
}
