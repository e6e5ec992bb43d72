//! What a visit brought, as values. An answer that is no feed, a server that is silent and an
//! address that is refused are ordinary outcomes; nothing here is an error that travels.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use crate::news::{UtcTime, Validators};

use super::guard::Refusal;

/// Everything learnt in one visit to a URL.
#[derive(Clone, Debug)]
pub struct Visited {
    /// What came.
    pub outcome: FetchOutcome,
    /// The facts in the head of the last answer; all empty if no answer came.
    pub answer: Answer,
    /// The redirects followed, in order; empty if none.
    pub hops: Vec<Hop>,
    /// How long it all took.
    pub duration: Duration,
    /// The place in memory that a large body takes, given back with this value.
    #[expect(
        dead_code,
        reason = "held, not read: the place is free again when this is dropped"
    )]
    pub(super) place: Option<Arc<OwnedSemaphorePermit>>,
}

/// What came back from a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchOutcome {
    /// A 2xx with a body, decoded.
    Body {
        /// The decoded bytes.
        bytes: Vec<u8>,
        /// False if the connection ended before the announced length; such a body may be read but
        /// its validators must not be kept.
        is_complete: bool,
    },
    /// 304.
    NotModified,
    /// Any other status, also a redirect without a usable target.
    Status(u16),
    /// No usable answer.
    Failed(FetchFailure),
}

/// What the head of an answer said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status; 0 if no answer came.
    pub status: u16,
    /// The address that answered, without fragment and credentials.
    pub final_url: String,
    /// Validators as received.
    pub validators: Validators,
    /// Seconds that the server asked to wait, by Retry-After of the last answer; `None` if absent,
    /// unreadable or past.
    pub retry_after_secs: Option<u64>,
    /// The same of the redirects on the way, the longest.
    pub hop_retry_after_secs: Option<u64>,
    /// `max-age` less `Age`, in seconds; `s-maxage` is for shared caches and ignored.
    pub max_age_secs: Option<u64>,
    /// `Expires` less `Date` (or less our clock), in seconds; `None` if absent, unreadable or past.
    pub expires_in_secs: Option<u64>,
    /// Content-Type as received.
    pub content_type: Option<String>,
    /// The server's clock, by its Date and Age.
    pub server_date: Option<UtcTime>,
    /// rel=hub of the Link header, absolute, in order.
    pub hub_urls: Vec<String>,
    /// rel=self of the Link header, absolute.
    pub self_url: Option<String>,
    /// True if the answer is a challenge to prove to be human: a sign of rate limiting.
    pub is_challenge: bool,
}

/// One redirect that was followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The status that redirected.
    pub status: u16,
    /// Where to, absolute, without fragment and credentials.
    pub to_url: String,
}

impl Hop {
    /// True for 301 and 308.
    pub fn is_permanent(&self) -> bool {
        matches!(self.status, 301 | 308)
    }
}

/// Why there was no usable answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FetchFailure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// One sentence for the operator; never holds credentials or a body.
    pub message: String,
}

impl FetchFailure {
    /// A failure with its sentence.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, message }
    }
}

impl From<Refusal> for FetchFailure {
    fn from(refusal: Refusal) -> Self {
        Self::new(FailureKind::RefusedAddress, refusal.to_string())
    }
}

/// The kinds of failure that a policy tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The configured address is no URL.
    BadUrl,
    /// The guard refused the address, here or at a hop.
    RefusedAddress,
    /// The name has no address, or the resolver did not answer in time.
    Name,
    /// No connection.
    Connection,
    /// A connection, but no or no whole answer in time.
    Timeout,
    /// The certificate is not valid.
    Certificate,
    /// This machine is busy with other large bodies: nothing is wrong with the server.
    Busy,
    /// Head or body over a limit, or a body that decodes to more than the limit.
    TooLarge,
    /// Not HTTP, or a coding that cannot be decoded.
    Protocol,
    /// Redirected in a circle or too often.
    RedirectLoop,
    /// Redirected from https to http.
    Downgrade,
}
