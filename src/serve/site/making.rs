//! Making what a path is answered with: once at a time for each path, and a few at once of all. Who asked may go
//! away: what was begun is ended and kept all the same, so that whoever asks next does not begin it again.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::OwnedMutexGuard;

use super::kept::{self, Demand, Kept, Slot, rest_after};
use super::{Answer, Site, render};
use crate::feed::write::OutputFormat;
use crate::serve::address::{Address, Form, Output, private_path};
use crate::serve::conditional::Coding;
use crate::serve::rendered::Rendered;
use crate::store::{Result, StoreError, tokens};

/// How many documents are rendered at once: each holds its rows, its text and a thread.
pub(super) const MOST_AT_ONCE: usize = 8;

/// What is asked for, and under which name it is kept.
struct Wanted {
    address: Address,
    /// The path of a private output's token, or empty.
    prefix: String,
    /// The path; of a private output without its beginning, so that no path names it.
    place: String,
}

/// A document to be made, and the place where it is kept.
struct Making {
    wanted: Wanted,
    coding: Coding,
    slot: Arc<Slot>,
    /// What stands there and will do, but for the coding.
    kept: Option<Arc<Rendered>>,
    /// Nobody else makes it meanwhile.
    _turn: OwnedMutexGuard<()>,
}

impl Site {
    /// What a path is answered with, rendered now if need be; at most once at a time for each path.
    pub(in crate::serve) async fn answer(
        &self,
        path: &str,
        coding: Coding,
        demand: Demand,
    ) -> Result<Answer> {
        let Some(wanted) = self.wanted(path)? else {
            return Ok(Answer::Nothing);
        };
        if wanted.address.is_status() {
            return self.render_now(wanted.address, coding).await;
        }
        if let Some(answer) = self.known_lead(&wanted) {
            return Ok(answer);
        }
        let slot = self.slot(&wanted.place);
        let turn = slot.making.clone().lock_owned().await;
        if let Some(answer) = self.known_lead(&wanted) {
            return Ok(answer);
        }
        let making = Making {
            kept: self.kept(&wanted.place, demand),
            wanted,
            coding,
            slot,
            _turn: turn,
        };
        if let Some(rendered) = making.kept.as_ref().filter(|kept| kept.has(coding)) {
            return Ok(Answer::Document(rendered.clone()));
        }
        let site = self.clone();
        self.at_work(move || site.make(&making)).await
    }

    /// What a path names and may be served; `None` if nothing. A token is looked at each time: one that was revoked
    /// opens nothing, whatever is kept.
    fn wanted(&self, path: &str) -> Result<Option<Wanted>> {
        let Some(token_and_path) = path.strip_prefix("/private/") else {
            let is_served = |address: &Address| !address.is_status() || self.settings().is_local();
            let address = Address::parse(path).filter(is_served);
            return Ok(address.map(|address| Wanted {
                address,
                prefix: String::new(),
                place: path.to_owned(),
            }));
        };
        let Some((token, rest)) = token_and_path.split_once('/') else {
            return Ok(None);
        };
        let address = Address::parse(&["/", rest].concat());
        let Some(address) = address.filter(|address| !address.is_status()) else {
            return Ok(None);
        };
        let store = &self.inner.store;
        let is_known = store.read(|conn| tokens::is_valid_token(conn, token))?;
        Ok(is_known.then(|| Wanted {
            address,
            prefix: private_path(token),
            place: token_and_path.to_owned(),
        }))
    }

    fn known_lead(&self, wanted: &Wanted) -> Option<Answer> {
        if !wanted.prefix.is_empty() {
            return None;
        }
        let leads = &self.inner.leads;
        let url = leads.find(&wanted.address, &wanted.place, self.generation())?;
        Some(Answer::Elsewhere(StatusCode::TEMPORARY_REDIRECT, url))
    }

    /// The bytes and the media type of a public feed, as a hub delivers them; `None` if there is no
    /// such feed.
    pub async fn feed_content(&self, path: &str) -> Result<Option<(Vec<u8>, OutputFormat)>> {
        let found = self.find_feed(path, Demand::Hub).await?;
        Ok(found.map(|(rendered, format)| (rendered.bytes().to_vec(), format)))
    }

    /// True if there is a public feed at a path.
    pub(in crate::serve) async fn has_feed(&self, path: &str) -> Result<bool> {
        // As of a while ago will do: else whoever asks would have a large feed rendered at each change.
        Ok(self.find_feed(path, Demand::Reader).await?.is_some())
    }

    async fn find_feed(
        &self,
        path: &str,
        demand: Demand,
    ) -> Result<Option<(Arc<Rendered>, OutputFormat)>> {
        let Some(Address::Output {
            output,
            form: Form::Feed(format),
            archive: None,
        }) = Address::parse(path)
        else {
            return Ok(None);
        };
        if output == Output::Status {
            return Ok(None);
        }
        let rendered = match self.kept(path, demand) {
            Some(rendered) => rendered,
            None => match self.answer(path, Coding::Identity, demand).await? {
                Answer::Document(rendered) => rendered,
                _ => return Ok(None),
            },
        };
        Ok(Some((rendered, format)))
    }

    /// Renders what is public and never kept.
    async fn render_now(&self, address: Address, coding: Coding) -> Result<Answer> {
        let site = self.clone();
        self.at_work(move || {
            let answer = site.render(&address, "")?;
            if let Answer::Document(rendered) = &answer {
                rendered.prepare(coding);
            }
            Ok(answer)
        })
        .await
    }

    /// Works on a thread for that, when it is its turn. Work that was begun goes on when nobody waits for it.
    async fn at_work(
        &self,
        work: impl FnOnce() -> Result<Answer> + Send + 'static,
    ) -> Result<Answer> {
        let Ok(turn) = self.inner.rendering.clone().acquire_owned().await else {
            return Err(StoreError::Closed);
        };
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        match done.await {
            Ok(answer) => answer,
            Err(failure) => match failure.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The program ends: that nothing stands there is not said.
                Err(_) => Err(StoreError::Closed),
            },
        }
    }

    fn render(&self, address: &Address, prefix: &str) -> Result<Answer> {
        render(&self.inner.store, &self.settings(), address, prefix)
    }

    /// Renders a document and keeps it; of one that is kept it makes the coding.
    fn make(&self, making: &Making) -> Result<Answer> {
        let Making { wanted, coding, .. } = making;
        if let Some(rendered) = &making.kept {
            rendered.prepare(*coding);
            return Ok(Answer::Document(rendered.clone()));
        }
        let generation = self.generation();
        let begun = self.inner.clock.elapsed();
        let answer = self.render(&wanted.address, &wanted.prefix);
        if let Ok(Answer::Document(rendered)) = answer {
            let rendered = making.slot.earlier_or(rendered);
            rendered.prepare(*coding);
            let took = self.inner.clock.elapsed().saturating_sub(begun);
            self.keep(&making.slot, (generation, took), rendered.clone());
            self.bound_memory();
            return Ok(Answer::Document(rendered));
        }
        if let Ok(Answer::Elsewhere(_, url)) = &answer
            && wanted.prefix.is_empty()
        {
            self.inner.leads.keep(&wanted.address, url, generation);
        }
        self.forget(&wanted.place);
        answer
    }

    fn generation(&self) -> u64 {
        self.inner.generation.load(Ordering::Acquire)
    }

    pub(super) fn slot(&self, path: &str) -> Arc<Slot> {
        let mut slots = self
            .inner
            .slots
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        slots.entry(path.to_owned()).or_default().clone()
    }

    fn forget(&self, path: &str) {
        let mut slots = self
            .inner
            .slots
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        slots.remove(path);
    }

    /// Keeps what was rendered, which took so long.
    pub(super) fn keep(
        &self,
        slot: &Slot,
        (generation, took): (u64, Duration),
        rendered: Arc<Rendered>,
    ) {
        let mut kept = slot.kept.write().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(Kept {
            generation,
            rendered,
            rests_until: self.inner.clock.elapsed() + rest_after(took),
        });
    }

    pub(super) fn bound_memory(&self) {
        let limit = self.settings().cache_bytes;
        let generation = self.generation();
        let mut slots = self
            .inner
            .slots
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        kept::bound_weight(&mut slots, limit, generation);
    }
}
