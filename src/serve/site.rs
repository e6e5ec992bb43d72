//! The site: what is served at a path, rendered when it is asked for and kept until the publication's
//! version moves.

mod kept;
mod making;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::StatusCode;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::address::{Address, Archive, Asked, Form, Output};
use super::documents::{self, Found, document_of, find_output};
use super::leads::Leads;
use super::opml::list_outputs;
use super::pages::page_of;
use super::rendered::{Draft, Freshness, Rendered};
use super::settings::Settings;
use crate::clock::Clock;
use crate::feed::write::write_document;
use crate::news::UtcTime;
use crate::store::published::{self, Publication};
use crate::store::{Result, Store, publishing};
pub(super) use kept::Demand;
use kept::{Kept, RESTLESS, Seen, Slot};

/// How long an old archive of living entries may be kept: they are edited in place.
const LIVING_ARCHIVE_SECS: u32 = 3600;

/// How long a page may be kept without asking again.
const PAGE_SECS: u32 = 30;

/// What is served, and everything that serving needs. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    settings: RwLock<Arc<Settings>>,
    /// Moves with the publication's version and with the settings.
    generation: AtomicU64,
    /// The generation before which nothing may be served any more, however long it took.
    oldest: AtomicU64,
    slots: RwLock<HashMap<String, Arc<Slot>>>,
    leads: Leads,
    /// Documents that are rendered now.
    rendering: Arc<Semaphore>,
    /// True once the server goes down: streams end.
    closing: tokio::sync::watch::Sender<bool>,
}

/// What a path is answered with.
pub(super) enum Answer {
    /// This document.
    Document(Arc<Rendered>),
    /// It stands elsewhere.
    Elsewhere(StatusCode, String),
    /// It is kept out, for this reason.
    Gone(String),
    /// Nothing stands there.
    Nothing,
}

impl Site {
    /// A site over an open database.
    pub fn new(store: Store, settings: Settings, clock: Arc<dyn Clock>) -> Self {
        Self {
            inner: Arc::new(Inner {
                store,
                clock,
                settings: RwLock::new(Arc::new(settings)),
                generation: AtomicU64::new(1),
                oldest: AtomicU64::new(1),
                slots: RwLock::default(),
                leads: Leads::default(),
                rendering: Arc::new(Semaphore::new(making::MOST_AT_ONCE)),
                closing: tokio::sync::watch::Sender::new(false),
            }),
        }
    }

    /// Ends the streams that are open.
    pub(super) fn close(&self) {
        self.inner.closing.send_replace(true);
    }

    /// Completes when the server goes down.
    pub(super) async fn closed(&self) {
        let mut closing = self.inner.closing.subscribe();
        // The sender lives as long as the site.
        drop(closing.wait_for(|closing| *closing).await);
    }

    /// The settings in force.
    pub fn settings(&self) -> Arc<Settings> {
        self.inner
            .settings
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts other settings in force; what was rendered is rendered again when asked for. The listen
    /// address stays what it was.
    pub async fn change_settings(&self, settings: Settings) {
        *self
            .inner
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
        self.expire();
        self.note_settings().await;
    }

    /// Notes with which settings everything is rendered from now on, for who asks by date.
    pub(super) async fn note_settings(&self) {
        let (digest, now) = (self.settings().digest(), self.inner.clock.now());
        let noted = self
            .inner
            .store
            .write(move |tx| publishing::note_settings(tx, digest, now));
        if let Err(error) = noted.await {
            tracing::warn!(%error, "the settings could not be noted; documents carry no date");
        }
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        self.inner.clock.as_ref()
    }

    /// Everything rendered is rendered again when it is asked for next.
    pub fn expire(&self) {
        let before = self.inner.generation.fetch_add(1, Ordering::Release);
        self.inner.oldest.fetch_max(before + 1, Ordering::Release);
    }

    /// What was rendered is rendered again when it is asked for next, unless it rests.
    fn expire_in_turn(&self) {
        self.inner.generation.fetch_add(1, Ordering::Release);
    }

    /// Watches the commits of the database and expires what is rendered when the publication's
    /// version moves. Ends with the store's writer.
    pub async fn follow_publication(self) {
        let Ok(mut commits) = self.inner.store.commits() else {
            return;
        };
        let mut known = self.seen().unwrap_or_default();
        while commits.changed().await.is_ok() {
            if let Some(seen) = self.seen() {
                self.heed(&mut known, &seen);
            }
        }
    }

    /// Expires what is rendered if the publication is another than it was. What editors decided shows at once,
    /// in what rests as well: for as long as it takes to be obeyed, nothing rests.
    fn heed(&self, known: &mut Seen, seen: &Seen) {
        if seen.decided != known.decided {
            known.decided = seen.decided;
            known.prompt_until = self.inner.clock.elapsed() + RESTLESS;
        }
        if seen.version != known.version {
            known.version = seen.version;
            match self.inner.clock.elapsed() < known.prompt_until {
                true => self.expire(),
                false => self.expire_in_turn(),
            }
        }
    }

    /// The publication as it is; `None` if it cannot be read just now.
    fn seen(&self) -> Option<Seen> {
        let publication = self.inner.store.read(published::load_publication).ok()?;
        Some(Seen {
            version: publication.version,
            decided: publication.decided,
            ..Seen::default()
        })
    }

    /// The rendered document of a path if it is still what it should be, or rests and that is enough.
    pub(super) fn kept(&self, path: &str, demand: Demand) -> Option<Arc<Rendered>> {
        let generation = self.inner.generation.load(Ordering::Acquire);
        let slots = self
            .inner
            .slots
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let kept = slots
            .get(path)?
            .kept
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_ref()?;
        let is_served =
            kept.generation == generation || demand == Demand::Reader && self.rests(kept);
        is_served.then(|| kept.rendered.clone())
    }

    fn rests(&self, kept: &Kept) -> bool {
        kept.generation >= self.inner.oldest.load(Ordering::Acquire)
            && self.inner.clock.elapsed() < kept.rests_until
    }
}

/// Renders a path. `prefix` is the path of a private output's token, or empty.
fn render(store: &Store, settings: &Settings, address: &Address, prefix: &str) -> Result<Answer> {
    let finish = |draft: Draft| -> Result<Answer> {
        let modified = sure_date(store, settings, draft.modified)?;
        let draft = Draft { modified, ..draft };
        Ok(Answer::Document(Arc::new(Rendered::new(draft))))
    };
    match address {
        Address::Opml => {
            let draft = store.read(|conn| list_outputs(conn, settings, prefix))?;
            finish(draft)
        }
        Address::Storyline(name) => find_storyline(store, settings, name),
        Address::Output {
            output,
            form,
            archive,
        } => {
            if prefix.is_empty() && is_private(settings, output) {
                return Ok(Answer::Nothing);
            }
            let publication = store.read(published::load_publication)?;
            match find_output(store, settings, (output, *form), *archive)? {
                Found::Nothing => Ok(Answer::Nothing),
                Found::Gone(reason) => Ok(Answer::Gone(reason)),
                Found::Moved(target) => Ok(moved(settings, &target, *form)),
                Found::Content(content) => {
                    let asked = Asked {
                        output,
                        form: *form,
                        archive: *archive,
                        prefix,
                    };
                    let draft =
                        |asked: &Asked<'_>| draft_of(asked, &content, settings, &publication);
                    if let Some(elsewhere) = current_state(&asked, settings, draft) {
                        return Ok(elsewhere);
                    }
                    finish(draft(&asked))
                }
            }
        }
    }
}

/// When a document changed that was begun when the publication had changed last then; `None` if it changed meanwhile, or
/// was not noted yet to be made with these settings: by that date it would be taken for another one.
fn sure_date(
    store: &Store,
    settings: &Settings,
    begun: Option<UtcTime>,
) -> Result<Option<UtcTime>> {
    let current = store.read(published::load_publication)?;
    let is_noted = current.settings == Some(settings.digest());
    Ok(begun.filter(|begun| is_noted && *begun == current.changed_at))
}

/// Where an archive of the log is kept that is asked for by its number alone, or as it was before an
/// editor kept something out or retention removed it. `None` for what is served where it is.
fn current_state(
    asked: &Asked<'_>,
    settings: &Settings,
    draft: impl Fn(&Asked<'_>) -> Draft,
) -> Option<Answer> {
    let archive = asked.archive.filter(|_| may_be_kept_for_ever(asked))?;
    let body = draft(&Asked {
        archive: Some(Archive::numbered(archive.number)),
        ..*asked
    })
    .body;
    let digest = Sha256::digest(&body);
    let state = Some(u32::from_be_bytes([
        digest[0], digest[1], digest[2], digest[3],
    ]));
    let current = Archive { state, ..archive };
    (current != archive).then(|| {
        let path = current.of(&asked.output.path());
        moved_to(settings, path, asked.form)
    })
}

fn may_be_kept_for_ever(asked: &Asked<'_>) -> bool {
    !asked.is_private() && *asked.output == Output::Log
}

fn draft_of(
    asked: &Asked<'_>,
    content: &documents::Content,
    settings: &Settings,
    publication: &Publication,
) -> Draft {
    let is_status = *asked.output == Output::Status;
    let is_private = asked.is_private() || is_status;
    // Health changes without the publication.
    let modified = Some(publication.changed_at).filter(|_| !is_status);
    let Form::Feed(format) = asked.form else {
        return Draft {
            body: page_of(asked, content, settings),
            content_type: "text/html; charset=utf-8",
            modified,
            freshness: freshness(is_private, asked, PAGE_SECS),
            links: Vec::new(),
            is_shared: false,
        };
    };
    let document = document_of(asked, content, settings, publication);
    let mut links = vec![link_header(&document.self_url(format), "self")];
    links.extend(document.hub_url.iter().map(|hub| link_header(hub, "hub")));
    Draft {
        modified,
        freshness: freshness(is_private, asked, document.ttl_minutes * 60),
        links,
        is_shared: !is_private,
        content_type: format.content_type(),
        body: write_document(&document, format),
    }
}

fn freshness(is_private: bool, asked: &Asked<'_>, secs: u32) -> Freshness {
    match (is_private, asked.archive) {
        (true, _) => Freshness::Private(secs),
        (_, Some(_)) if may_be_kept_for_ever(asked) => Freshness::Immutable,
        (_, Some(_)) => Freshness::Public(LIVING_ARCHIVE_SECS),
        (_, None) => Freshness::Public(secs),
    }
}

fn link_header(url: &str, rel: &str) -> String {
    ["<", url, ">; rel=\"", rel, "\""].concat()
}

fn is_private(settings: &Settings, output: &Output) -> bool {
    let Output::View(name) = output else {
        return false;
    };
    settings
        .views
        .iter()
        .any(|view| view.private && view.name == *name)
}

/// Temporary, because a merge can be undone.
fn moved(settings: &Settings, target: &Output, form: Form) -> Answer {
    moved_to(settings, target.path(), form)
}

fn moved_to(settings: &Settings, mut path: String, form: Form) -> Answer {
    if let Form::Feed(format) = form {
        path.push('.');
        path.push_str(format.ending());
    }
    Answer::Elsewhere(StatusCode::TEMPORARY_REDIRECT, settings.absolute(&path))
}

/// A slug leads to its storyline for good; a bare id is a short form.
fn find_storyline(store: &Store, settings: &Settings, name: &str) -> Result<Answer> {
    if let Some(id) = crate::news::PublicId::parse(name) {
        let url = settings.absolute(&Output::Timeline(id).path());
        return Ok(Answer::Elsewhere(StatusCode::TEMPORARY_REDIRECT, url));
    }
    if let Some(id) = store.read(|conn| published::storyline_of_slug(conn, name))? {
        let url = settings.absolute(&Output::Timeline(id).path());
        return Ok(Answer::Elsewhere(StatusCode::MOVED_PERMANENTLY, url));
    }
    Ok(
        match store.read(|conn| published::is_retired_slug(conn, name))? {
            true => Answer::Gone("it is older than what is kept".to_owned()),
            false => Answer::Nothing,
        },
    )
}

#[cfg(test)]
mod tests;
