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
use crate::store::{Result, tokens};

/// How many documents are rendered at once: each holds its rows, its text and a thread.
pub(super) const MOST_AT_ONCE: usize = 8;

/// A document to be made, and the place where it is kept.
struct Making {
    path: String,
    address: Address,
    coding: Coding,
    slot: Arc<Slot>,
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
        if let Some(token_and_path) = path.strip_prefix("/private/") {
            return self.private_answer(token_and_path).await;
        }
        let Some(address) = Address::parse(path) else {
            return Ok(Answer::Nothing);
        };
        if address.is_status() {
            return match self.settings().is_local() {
                true => self.render_now(address, String::new(), coding).await,
                false => Ok(Answer::Nothing),
            };
        }
        if let Some(answer) = self.known_lead(&address, path) {
            return Ok(answer);
        }
        let slot = self.slot(path);
        let turn = slot.making.clone().lock_owned().await;
        if let Some(rendered) = self.kept(path, demand) {
            return Ok(Answer::Document(rendered));
        }
        if let Some(answer) = self.known_lead(&address, path) {
            return Ok(answer);
        }
        let making = Making {
            path: path.to_owned(),
            address,
            coding,
            slot,
            _turn: turn,
        };
        let site = self.clone();
        self.at_work(move || site.make(&making)).await
    }

    fn known_lead(&self, address: &Address, path: &str) -> Option<Answer> {
        let url = self.inner.leads.find(address, path, self.generation())?;
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

    async fn private_answer(&self, token_and_path: &str) -> Result<Answer> {
        let Some((token, _)) = token_and_path.split_once('/') else {
            return Ok(Answer::Nothing);
        };
        let is_known = self
            .inner
            .store
            .read(|conn| tokens::is_valid_token(conn, token))?;
        let path = &token_and_path[token.len()..];
        match Address::parse(path) {
            Some(address) if is_known && !address.is_status() => {
                self.render_now(address, private_path(token), Coding::Identity)
                    .await
            }
            _ => Ok(Answer::Nothing),
        }
    }

    /// Renders what is kept for nobody.
    async fn render_now(&self, address: Address, prefix: String, coding: Coding) -> Result<Answer> {
        let site = self.clone();
        self.at_work(move || {
            let answer = site.render(&address, &prefix)?;
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
            return Ok(Answer::Nothing);
        };
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        match done.await {
            Ok(answer) => answer,
            Err(failure) => match failure.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Ok(Answer::Nothing),
            },
        }
    }

    fn render(&self, address: &Address, prefix: &str) -> Result<Answer> {
        let now = self.inner.clock.now();
        render((&self.inner.store, now), &self.settings(), address, prefix)
    }

    /// Renders a document and keeps it.
    fn make(&self, making: &Making) -> Result<Answer> {
        let generation = self.generation();
        let begun = self.inner.clock.elapsed();
        let answer = self.render(&making.address, "");
        if let Ok(Answer::Document(rendered)) = answer {
            rendered.prepare(making.coding);
            let took = self.inner.clock.elapsed().saturating_sub(begun);
            let rendered = self.keep(&making.slot, (generation, took), rendered);
            self.bound_memory();
            return Ok(Answer::Document(rendered));
        }
        if let Ok(Answer::Elsewhere(_, url)) = &answer {
            self.inner.leads.keep(&making.address, url, generation);
        }
        self.forget(&making.path);
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

    /// Keeps what was rendered; the earlier one if it says the same, with its codings and its date.
    pub(super) fn keep(
        &self,
        slot: &Slot,
        (generation, took): (u64, Duration),
        rendered: Arc<Rendered>,
    ) -> Arc<Rendered> {
        let mut kept = slot.kept.write().unwrap_or_else(PoisonError::into_inner);
        let rendered = match kept.take() {
            Some(earlier) if earlier.rendered.says_the_same(&rendered) => earlier.rendered,
            _ => rendered,
        };
        *kept = Some(Kept {
            generation,
            rendered: rendered.clone(),
            rests_until: self.inner.clock.elapsed() + rest_after(took),
        });
        rendered
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
