//! What is asked of the fetcher, and what a plain exchange answers.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::header::HeaderMap;
use url::Url;

use super::outcome::FetchFailure;
use crate::news::Validators;

/// A host's turn: held while the host is spoken to, over when it is dropped.
pub type Turn = Box<dyn Any + Send>;

/// A turn to come, or why the host is not to be asked now.
pub type TurnTaking<'a> = Pin<Box<dyn Future<Output = Result<Turn, FetchFailure>> + Send + 'a>>;

/// Says when an address may be asked. Called before the first request of a visit and before each
/// redirect to another host, with no turn held; time spent here is not the server's.
pub trait Manners: std::fmt::Debug + Send + Sync {
    /// Waits until the address may be asked; `is_hop` is true for the target of a redirect.
    fn may_ask<'a>(&'a self, url: &'a Url, is_hop: bool) -> TurnTaking<'a>;
}

/// A visit to a feed.
#[derive(Clone, Debug, Default)]
pub struct FeedRequest {
    /// The address as configured; credentials in it go to its own origin only.
    pub url: String,
    /// What the server gave last; empty for an unconditional request.
    pub validators: Validators,
    /// The address that gave them, as [`Answer::final_url`](super::Answer::final_url) named it:
    /// they are sent to no other, be it the configured one or the target of a redirect.
    pub validators_url: String,
    /// How many are served by this visit, for User-Agent; at least 1 is said.
    pub subscribers: u32,
    /// True if an invalid certificate is accepted, by the operator's word.
    pub any_certificate: bool,
    /// Who says when each host may be asked; `None` for at once.
    pub manners: Option<Arc<dyn Manners>>,
}

/// One request and one answer, without redirects, through the same guard as every visit: for
/// hubs, callbacks and pages.
#[derive(Clone, Debug, Default)]
pub struct PlainRequest {
    /// Where to.
    pub url: String,
    /// `None` for GET, else the body of a POST.
    pub post: Option<Vec<u8>>,
    /// Headers beside User-Agent, such as Content-Type.
    pub headers: Vec<(String, String)>,
    /// Largest answer read, in bytes; what is longer fails.
    pub max_answer_bytes: usize,
}

/// The answer to a [`PlainRequest`].
#[derive(Clone, Debug)]
pub struct PlainAnswer {
    /// HTTP status.
    pub status: u16,
    /// The headers as received.
    pub headers: HeaderMap,
    /// The decoded body.
    pub body: Vec<u8>,
    /// For a redirect, its target: absolute, without fragment.
    pub location: Option<String>,
}

/// The address as it may be logged, shown and exported: without credentials and fragment.
pub fn without_credentials(url: &Url) -> String {
    let mut url = url.clone();
    // A URL that cannot hold credentials has none to lose.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    url.into()
}
