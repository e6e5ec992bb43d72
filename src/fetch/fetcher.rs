//! The fetcher: one guarded request at a time, and redirects followed by hand so that every hop
//! is judged like the first. It keeps no cookies, sends no referer, knows no proxy.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::{CONTROLS, percent_encode};
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, Method, Response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use url::Url;

use crate::clock::Clock;

use super::body::{self, RawBody};
use super::credentials::{authorization, take_credentials};
use super::failure::{describe, ended_unanswered};
use super::guard::AddressGuard;
use super::headers;
use super::kept::{KEEP_CONNECTION, KeptConnections};
use super::names::{GuardedNames, Names, ResolverHook, SystemNames};
use super::outcome::{Answer, FailureKind, FetchFailure, FetchOutcome, Hop, Visited};
use super::pace::host_key;
use super::request::{FeedRequest, PlainAnswer, PlainRequest, Turn, without_credentials};
use super::settings::FetchSettings;

const ACCEPT: &str = "application/atom+xml, application/rss+xml, application/feed+json, \
                      application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1";
const ACCEPT_ENCODING: &str = "zstd, br, gzip";

/// Most headers in one answer; hyper's own limit is 100, which some real servers pass.
const MAX_HEADERS: usize = 500;

/// Bodies beyond this are decoded on the blocking pool, so that they hold up nobody's network.
const INLINE_DECODE_BYTES: usize = 128 * 1024;

/// Bodies of more than a megabyte that are in memory at once.
const LARGE_PLACES: usize = 4;

/// What undoing the codings of a large body that came at the last moment may take.
const DECODING: Duration = Duration::from_secs(5);

/// How much of a refusal's page is read to tell a challenge from a ban.
const CHALLENGE_BYTES: usize = 32 * 1024;

/// Connections of one host that are kept so. A stranger's host is asked one thing at a time and has
/// one; the operator's own feeds are visited side by side.
const KEPT_OF_A_HOST: usize = 8;

/// The fetcher could not be built.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up HTTP: {0}")]
pub struct FetchSetupError(String);

/// Makes requests. Cheap to clone; all clones share connections and names.
#[derive(Clone)]
pub struct Fetcher {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    lenient_client: Client,
    guard: AddressGuard,
    settings: FetchSettings,
    clock: Arc<dyn Clock>,
    large_places: Arc<Semaphore>,
    kept: KeptConnections,
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher")
            .field("settings", &self.inner.settings)
            .finish_non_exhaustive()
    }
}

impl Fetcher {
    /// A fetcher that asks the system's resolver.
    pub fn new(settings: FetchSettings, clock: Arc<dyn Clock>) -> Result<Self, FetchSetupError> {
        Self::with_names(settings, clock, Arc::new(SystemNames::default()))
    }

    /// A fetcher that asks the given names.
    pub fn with_names(
        settings: FetchSettings,
        clock: Arc<dyn Clock>,
        names: Arc<dyn Names>,
    ) -> Result<Self, FetchSetupError> {
        let guard = AddressGuard::new(&settings);
        let names = Arc::new(GuardedNames::new(
            names,
            guard.clone(),
            Duration::from_secs(settings.dns_timeout_secs),
            Duration::from_secs(settings.name_cache_secs),
        ));
        // Err means that a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = build_client(&settings, ResolverHook(Arc::clone(&names)), false)?;
        let lenient_client = build_client(&settings, ResolverHook(names), true)?;
        let inner = Inner {
            client,
            lenient_client,
            guard,
            settings,
            clock,
            large_places: Arc::new(Semaphore::new(LARGE_PLACES)),
            kept: KeptConnections::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Visits a feed. Never fails: what went wrong is an outcome.
    pub async fn fetch(&self, request: &FeedRequest) -> Visited {
        let mut visit = Visit::default();
        let followed = self.follow(request, &mut visit).await;
        let outcome = followed.unwrap_or_else(FetchOutcome::Failed);
        Visited {
            outcome,
            answer: visit.answer,
            hops: visit.hops,
            duration: visit.duration,
            place: visit.place,
        }
    }

    /// One request, one answer, no redirects followed.
    pub async fn exchange(&self, request: &PlainRequest) -> Result<PlainAnswer, FetchFailure> {
        let limit = Duration::from_secs(self.inner.settings.whole_timeout_secs);
        let exchange = self.exchange_unlimited(request);
        tokio::time::timeout(limit, exchange)
            .await
            .unwrap_or_else(|_| {
                let message = format!("no whole answer within {} s", limit.as_secs());
                Err(FetchFailure::new(FailureKind::Timeout, message))
            })
    }

    async fn exchange_unlimited(
        &self,
        request: &PlainRequest,
    ) -> Result<PlainAnswer, FetchFailure> {
        let mut url = parse_url(&request.url)?;
        let credentials = take_credentials(&mut url);
        self.inner.guard.check_url(&url)?;
        let method = if request.post.is_some() {
            Method::POST
        } else {
            Method::GET
        };
        let mut builder = self.inner.client.request(method, url.clone());
        builder = builder.header(header::USER_AGENT, self.user_agent(1));
        builder = builder.header(header::ACCEPT_ENCODING, ACCEPT_ENCODING);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        builder = builder.headers(authorization(credentials.as_ref()));
        if let Some(body) = &request.post {
            builder = builder.body(body.clone());
        }
        let response = builder.send().await.map_err(|error| describe(&error))?;
        self.check_head(&response)?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let location = redirect_target(&url, &response).map(|url| without_credentials(&url));
        let until = Instant::now() + Duration::from_secs(self.inner.settings.whole_timeout_secs);
        let limits = (request.max_answer_bytes, until);
        let body = read_body(response, limits, &self.inner.large_places)
            .await?
            .bytes;
        Ok(PlainAnswer {
            status,
            headers,
            body,
            location,
        })
    }

    async fn follow(
        &self,
        request: &FeedRequest,
        visit: &mut Visit,
    ) -> Result<FetchOutcome, FetchFailure> {
        let mut url = parse_url(&request.url)?;
        let way = Way {
            request,
            credentials: take_credentials(&mut url),
            first: url.clone(),
        };
        let limit = Duration::from_secs(self.inner.settings.whole_timeout_secs);
        let mut turn = Some(self.take_turn(request, &url, false).await?);
        loop {
            let begun = Instant::now();
            let left = limit.saturating_sub(visit.duration);
            let step = self.step(&way, &url, begun + left, visit);
            let step = tokio::time::timeout(left + DECODING, step).await;
            visit.duration += begun.elapsed();
            let step = step.unwrap_or_else(|_| {
                let message = format!("no whole answer within {} s", limit.as_secs());
                Err(FetchFailure::new(FailureKind::Timeout, message))
            });
            let target = match step? {
                Step::Arrived(outcome) => return Ok(outcome),
                Step::Onward(target) => target,
            };
            if host_key(target.as_str()) != host_key(url.as_str()) {
                // No visit waits for one host while it holds another.
                drop(turn.take());
                turn = Some(self.take_turn(request, &target, true).await?);
            }
            url = target;
        }
    }

    async fn take_turn(
        &self,
        request: &FeedRequest,
        url: &Url,
        is_hop: bool,
    ) -> Result<Turn, FetchFailure> {
        self.inner.guard.check_url(url)?;
        match &request.manners {
            Some(manners) => manners.may_ask(url, is_hop).await,
            None => Ok(Box::new(())),
        }
    }

    /// One request of a visit and its answer, of which what came until then counts.
    async fn step(
        &self,
        way: &Way<'_>,
        url: &Url,
        until: Instant,
        visit: &mut Visit,
    ) -> Result<Step, FetchFailure> {
        self.inner.guard.check_url(url)?;
        let headers = self.headers_for(way, url);
        let client = match way.request.any_certificate {
            true => &self.inner.lenient_client,
            false => &self.inner.client,
        };
        let send = || client.get(url.clone()).headers(headers.clone()).send();
        let was_kept = self.inner.kept.is_kept(url);
        let sent = match send().await {
            // RFC 9112 §9.3.1: once more, on a new connection.
            Err(error) if was_kept && ended_unanswered(&error) => {
                self.inner.kept.forget(url);
                send().await
            }
            sent => sent,
        };
        let response = sent.map_err(|error| describe(&error))?;
        self.inner.kept.note(url);
        self.check_head(&response)?;
        let status = response.status().as_u16();
        let asked_before = visit.answer.hop_retry_after_secs;
        visit.answer =
            headers::read_answer(url, status, response.headers(), self.inner.clock.now());
        visit.answer.hop_retry_after_secs = asked_before;
        let Some(target) = redirect_target(url, &response) else {
            return Ok(Step::Arrived(self.conclude(response, until, visit).await?));
        };
        visit.answer.hop_retry_after_secs = asked_before.max(visit.answer.retry_after_secs);
        self.check_hop(url, &target, &way.first, visit)?;
        visit.hops.push(Hop {
            status,
            to_url: without_credentials(&target),
        });
        Ok(Step::Onward(target))
    }

    fn check_hop(
        &self,
        from: &Url,
        to: &Url,
        first: &Url,
        visit: &Visit,
    ) -> Result<(), FetchFailure> {
        let settings = &self.inner.settings;
        if visit.hops.len() >= settings.max_hops {
            let message = format!("redirected more than {} times", settings.max_hops);
            return Err(FetchFailure::new(FailureKind::RedirectLoop, message));
        }
        let target = without_credentials(to);
        if target == without_credentials(first) || visit.hops.iter().any(|hop| hop.to_url == target)
        {
            let message = "redirected in a circle";
            return Err(FetchFailure::new(FailureKind::RedirectLoop, message));
        }
        if from.scheme() == "https" && to.scheme() == "http" && !settings.allow_downgrade {
            let message = "redirected from https to http, which is not followed";
            return Err(FetchFailure::new(FailureKind::Downgrade, message));
        }
        Ok(())
    }

    async fn conclude(
        &self,
        response: Response,
        until: Instant,
        visit: &mut Visit,
    ) -> Result<FetchOutcome, FetchFailure> {
        let status = response.status().as_u16();
        match status {
            304 => Ok(FetchOutcome::NotModified),
            200..=299 => {
                let limits = (self.inner.settings.max_body_bytes, until);
                let body = read_body(response, limits, &self.inner.large_places).await?;
                visit.place = body.place;
                // 206 is part of a document; its validators would vouch for the whole.
                let is_complete = body.is_complete && status != 206;
                Ok(FetchOutcome::Body {
                    bytes: body.bytes,
                    is_complete,
                })
            }
            403 | 429 | 503 => {
                if !visit.answer.is_challenge {
                    visit.answer.is_challenge =
                        shows_challenge(response, until, &self.inner.large_places).await;
                }
                Ok(FetchOutcome::Status(status))
            }
            _ => Ok(FetchOutcome::Status(status)),
        }
    }

    /// Validators go to the very URL that gave them, credentials to the origin of the configured
    /// address.
    fn headers_for(&self, way: &Way<'_>, url: &Url) -> HeaderMap {
        let request = way.request;
        let mut headers = HeaderMap::new();
        if url.origin() == way.first.origin() {
            headers = authorization(way.credentials.as_ref());
        }
        headers.insert(header::USER_AGENT, self.user_agent(request.subscribers));
        headers.insert(header::ACCEPT, HeaderValue::from_static(ACCEPT));
        headers.insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static(ACCEPT_ENCODING),
        );
        if without_credentials(url) == request.validators_url {
            let mut insert = |name, bytes: &Option<Vec<u8>>| {
                if let Some(Ok(value)) = bytes.as_deref().map(HeaderValue::from_bytes) {
                    headers.insert(name, value);
                }
            };
            insert(header::IF_NONE_MATCH, &request.validators.etag);
            insert(header::IF_MODIFIED_SINCE, &request.validators.last_modified);
        }
        headers
    }

    fn user_agent(&self, subscribers: u32) -> HeaderValue {
        let subscribers = match subscribers.max(1) {
            1 => "1 subscriber".to_owned(),
            n => format!("{n} subscribers"),
        };
        let version = env!("CARGO_PKG_VERSION");
        let contact = self.inner.settings.contact_url.trim();
        let text = match contact {
            "" => format!("Dateline/{version} ({subscribers})"),
            _ => format!("Dateline/{version} (+{contact}; {subscribers})"),
        };
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("Dateline"))
    }

    /// The head is bounded by hyper at about 400 KiB while it is read; here at the limit that the
    /// operator set.
    fn check_head(&self, response: &Response) -> Result<(), FetchFailure> {
        let size: usize = response
            .headers()
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 4)
            .sum();
        let limit = self.inner.settings.max_header_bytes;
        if size > limit {
            let message = format!("the head of the answer is larger than {limit} bytes");
            return Err(FetchFailure::new(FailureKind::TooLarge, message));
        }
        Ok(())
    }
}

/// What a visit sets out with.
struct Way<'a> {
    request: &'a FeedRequest,
    /// The configured address, without its credentials.
    first: Url,
    credentials: Option<HeaderValue>,
}

/// What one request of a visit came to.
enum Step {
    Arrived(FetchOutcome),
    Onward(Url),
}

/// What is known of a visit while it is under way.
#[derive(Default)]
struct Visit {
    answer: Answer,
    hops: Vec<Hop>,
    /// Time that servers took; waiting for turns is not in it.
    duration: Duration,
    place: Option<Arc<OwnedSemaphorePermit>>,
}

#[allow(
    clippy::disallowed_methods,
    reason = "the one place that makes HTTP clients"
)]
fn build_client(
    settings: &FetchSettings,
    resolver: ResolverHook,
    any_certificate: bool,
) -> Result<Client, FetchSetupError> {
    let mut roots = Vec::new();
    for pem in &settings.extra_roots_pem {
        let certificate = reqwest::Certificate::from_pem(pem);
        roots.push(certificate.map_err(|error| FetchSetupError(error.to_string()))?);
    }
    let builder = || {
        Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .dns_resolver(resolver.clone())
            .connect_timeout(Duration::from_secs(settings.connect_timeout_secs))
            .read_timeout(Duration::from_secs(settings.idle_timeout_secs))
            .pool_idle_timeout(KEEP_CONNECTION)
            .pool_max_idle_per_host(KEPT_OF_A_HOST)
            .http1_max_headers(MAX_HEADERS)
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http2_max_header_list_size(
                u32::try_from(settings.max_header_bytes).unwrap_or(u32::MAX),
            )
            .tls_danger_accept_invalid_certs(any_certificate)
    };
    builder()
        .tls_certs_merge(roots.clone())
        .build()
        // A machine without certificates of its own can still visit http.
        .or_else(|_| builder().tls_certs_only(roots).build())
        .map_err(|error| FetchSetupError(error.to_string()))
}

fn parse_url(text: &str) -> Result<Url, FetchFailure> {
    let wrong = |error| FetchFailure::new(FailureKind::BadUrl, format!("not an address: {error}"));
    let mut url = Url::parse(text.trim()).map_err(wrong)?;
    url.set_fragment(None);
    Ok(url)
}

/// Where a redirect leads, credentials and fragment dropped; `None` if the answer is no redirect
/// or names no usable target.
fn redirect_target(url: &Url, response: &Response) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(header::LOCATION)?;
    let location = text_of_location(location.as_bytes());
    let mut target = url.join(location.trim()).ok()?;
    target.set_fragment(None);
    let _ = target.set_username("");
    let _ = target.set_password(None);
    Some(target)
}

/// A Location as text. Bytes of an old encoding are asked for as they are: the server knows them.
fn text_of_location(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => percent_encode(bytes, CONTROLS).into(),
    }
}

async fn read_body(
    response: Response,
    (max_bytes, until): (usize, Instant),
    large_places: &Arc<Semaphore>,
) -> Result<RawBody, FetchFailure> {
    let codings: Vec<&str> = response
        .headers()
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let codings = codings.join(",");
    let raw = body::read_capped(response, (max_bytes, until), large_places).await?;
    if raw.bytes.len() <= INLINE_DECODE_BYTES {
        return body::decode(raw, &codings, max_bytes);
    }
    let decoded = tokio::task::spawn_blocking(move || body::decode(raw, &codings, max_bytes)).await;
    decoded.unwrap_or_else(|_| {
        let message = "the body could not be decoded";
        Err(FetchFailure::new(FailureKind::Protocol, message))
    })
}

/// True if the page is one of the usual "prove that you are human" pages.
async fn shows_challenge(
    response: Response,
    until: Instant,
    large_places: &Arc<Semaphore>,
) -> bool {
    const MARKS: [&str; 5] = [
        "just a moment...",
        "cf-chl",
        "captcha",
        "ddos-guard",
        "checking your browser",
    ];
    let Ok(body) = read_body(response, (CHALLENGE_BYTES, until), large_places).await else {
        return false;
    };
    let page = String::from_utf8_lossy(&body.bytes).to_ascii_lowercase();
    MARKS.iter().any(|mark| page.contains(mark))
}
