//! What can be set about serving.

use std::net::{Ipv4Addr, SocketAddr};

use sha2::{Digest, Sha256};

use super::address::Output;
use crate::feed::write::OutputFormat;
use crate::news::{ItemId, ScoredPair, Term, View};
use crate::store::newest_schema;

/// Which way this program writes what it shows: the first bytes of the digest of all golden files, so that it is
/// another one whenever these are.
pub const RENDERING: u32 = 0x1320_f95b;

/// Gives the terms of a frozen pair seen from one of its items; `None` if it does not know the
/// version of the weights that scored it. Passed in, because serving knows nothing of scoring.
#[derive(Clone, Copy)]
pub struct TermsOf(pub fn(ItemId, &ScoredPair) -> Option<Vec<Term>>);

impl Default for TermsOf {
    /// Knows none.
    fn default() -> Self {
        Self(|_, _| None)
    }
}

impl std::fmt::Debug for TermsOf {
    fn fmt(&self, form: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        form.write_str("TermsOf")
    }
}

impl PartialEq for TermsOf {
    /// Settings differ by what an operator sets; this is none of it.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Settings of the served pages and feeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address under which the world reaches this server, without a slash at the end. The Host
    /// header is never believed.
    pub base_url: String,
    /// The name at the head of the pages and feeds.
    pub title: String,
    /// How long an event is held back before it is published, in seconds (invariant 11).
    pub publish_hold_secs: u32,
    /// How long an entry stays in the feeds after its last change, in seconds; fifty stay however old.
    pub feed_keep_secs: u32,
    /// Filtered outputs.
    pub views: Vec<View>,
    /// Whether the built-in WebSub hub runs.
    pub hub: bool,
    /// A hub elsewhere that is told of changes instead of the built-in one.
    pub external_hub: Option<String>,
    /// How much memory rendered documents may take, in bytes; the one rendered last may alone take more.
    pub cache_bytes: usize,
    /// What explanations on the desk are made with.
    pub terms_of: TermsOf,
    /// Mean score from which the machine joins: what others would have done is told around it.
    pub settle_score: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8330)),
            base_url: "http://127.0.0.1:8330".to_owned(),
            title: "Dateline".to_owned(),
            publish_hold_secs: 180,
            feed_keep_secs: 48 * 3600,
            views: Vec::new(),
            hub: true,
            external_hub: None,
            cache_bytes: 32 * 1024 * 1024,
            terms_of: TermsOf::default(),
            settle_score: 0.5,
        }
    }
}

impl Settings {
    /// The same for a server that listens there: another address than the one that was set if the service manager
    /// opened the socket.
    #[must_use]
    pub fn heard_at(self, address: SocketAddr) -> Self {
        let has_own_base = self.base_url != format!("http://{}", self.listen);
        Self {
            listen: address,
            base_url: match has_own_base {
                true => self.base_url,
                false => format!("http://{address}"),
            },
            ..self
        }
    }

    /// What tells these settings from others that show the same otherwise, and this program from one that may write it
    /// another way.
    pub(super) fn digest(&self) -> i64 {
        let shown = (
            RENDERING,
            newest_schema(),
            &self.base_url,
            &self.title,
            self.feed_keep_secs,
            &self.views,
            self.hub,
            &self.external_hub,
        );
        let digest = Sha256::digest(format!("{shown:?}"));
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        i64::from_be_bytes(first)
    }

    /// The absolute address of a path that begins with a slash.
    pub fn absolute(&self, path: &str) -> String {
        [self.base_url.trim_end_matches('/'), path].concat()
    }

    /// The address of the built-in hub; `None` if it is switched off, or another one is told instead.
    pub fn own_hub_url(&self) -> Option<String> {
        let is_on = self.hub && self.external_hub.is_none();
        is_on.then(|| self.absolute("/hub"))
    }

    /// The hub that the feeds of a public output name; `None` if there is none. A hub elsewhere is named only in what it
    /// is told of.
    pub(super) fn hub_url_of(&self, output: &Output) -> Option<String> {
        let external = self.external_hub.clone();
        match external {
            Some(url) => self.told_outputs().contains(output).then_some(url),
            None => self.own_hub_url(),
        }
    }

    /// The addresses of the feeds of which a hub elsewhere is told: those of an output together, since they tell the
    /// same.
    pub fn told_feeds(&self) -> Vec<Vec<String>> {
        let feeds = |output: &Output| {
            let path = output.path();
            let feed = |format: OutputFormat| {
                self.absolute(&[path.as_str(), ".", format.ending()].concat())
            };
            OutputFormat::ALL.map(feed).to_vec()
        };
        self.told_outputs().iter().map(feeds).collect()
    }

    /// The outputs of which there are few; those of single events and storylines are without number.
    fn told_outputs(&self) -> Vec<Output> {
        let views = self.views.iter().filter(|view| !view.private);
        let views = views.map(|view| Output::View(view.name.clone()));
        [Output::Events, Output::Storylines, Output::Log]
            .into_iter()
            .chain(views)
            .collect()
    }

    /// True if only this machine can connect, so that what is for operators may be shown.
    pub fn is_local(&self) -> bool {
        self.listen.ip().is_loopback()
    }
}
