//! Getting something done: by this process if it can own the data directory, else by the daemon
//! that does.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};

use super::Place;
use super::table::{print_line, printable};
use crate::clock::{Clock, SystemClock};
use crate::cluster::Weights;
use crate::decisions::describe_went_along;
use crate::fetch::Fetcher;
use crate::jobs::cluster::{Clusterer, ClusteringSettings};
use crate::jobs::{Poller, decide, feeds};
use crate::news::{Answer, Request, WentAlong};
use crate::store::requests::Asking;
use crate::store::{Store, StoreError, went_along};

/// How long a command waits for the daemon: as long as the longest visit takes, and some more.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long a command that has ruled waits until events follow: as long as that may take with much of it, and longer
/// than a pass of the clusterer. It is decided anyway.
const OBEYED_WITHIN: Duration = Duration::from_secs(10);
/// How often it looks for the answer.
const LOOK: Duration = Duration::from_millis(50);

/// Does what a request asks, or has the daemon do it, and prints the answer.
///
/// # Errors
/// If the store fails, or the daemon does not answer.
pub fn ask(place: &Place, request: Request) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let owned = match request {
        Request::AddFeed { .. } | Request::ImportOpml { .. } => place.own_store(),
        _ => place.own_existing_store(),
    };
    let answer = match owned {
        Ok(owned) => runtime.block_on(do_it(place, owned.store.clone(), &request))?,
        Err(StoreError::Locked { .. }) => runtime.block_on(have_it_done(place, &request))?,
        Err(error) => return Err(error.into()),
    };
    // Names and headlines in it are other people's words.
    let lines = answer.lines.iter().map(|line| printable(line));
    if answer.done {
        lines.for_each(|line| print_line(&line));
        return Ok(ExitCode::SUCCESS);
    }
    lines.for_each(|line| eprintln!("{line}"));
    Ok(ExitCode::FAILURE)
}

async fn do_it(place: &Place, store: Store, request: &Request) -> anyhow::Result<Answer> {
    let answer = match decide::answer_request(&store, request, SystemClock.now()).await? {
        Some(answer) => answer,
        None => answer_about_feeds(place, store.clone(), request).await?,
    };
    if answer.done {
        let settings = place.config.clustering_settings();
        let followed = store.clone();
        tokio::task::spawn_blocking(move || let_events_follow(&followed, settings)).await??;
    }
    let went = answer.decision.map_or(Ok(Vec::new()), |decision| {
        store.read(|conn| went_along::load(conn, decision))
    })?;
    Ok(with_what_went_along(answer, &went))
}

/// The answer with what the decision took along beside what it names.
fn with_what_went_along(mut answer: Answer, went: &[WentAlong]) -> Answer {
    answer.lines.extend(went.iter().map(describe_went_along));
    answer
}

async fn answer_about_feeds(
    place: &Place,
    store: Store,
    request: &Request,
) -> anyhow::Result<Answer> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let fetcher = Fetcher::new(place.config.fetch_settings(), Arc::clone(&clock))?;
    let poller = Poller::new(store, fetcher, clock, place.config.poll_settings());
    feeds::answer_request(&poller, request)
        .await?
        .context("this is no request that a command can do")
}

/// Without a daemon nobody else would: what came in is clustered, what was decided is obeyed.
fn let_events_follow(store: &Store, settings: ClusteringSettings) -> crate::store::Result<()> {
    Clusterer::load(store, settings, Weights::embedded())?.take_in(store, SystemClock.now())?;
    Ok(())
}

async fn have_it_done(place: &Place, request: &Request) -> anyhow::Result<Answer> {
    let asking = Asking::open(&place.data_dir)?;
    let number = asking.ask(request, SystemClock.now())?;
    let mut looks = tokio::time::interval(LOOK);
    let waiting = async {
        loop {
            looks.tick().await;
            if let Some(answer) = asking.look_for_answer(number)? {
                return anyhow::Ok(answer);
            }
        }
    };
    let Ok(answer) = tokio::time::timeout(PATIENCE, waiting).await else {
        bail!("the daemon has not answered yet; it may still do request {number}");
    };
    let answer = answer?;
    if answer.done && request.is_about_decisions() {
        wait_until_obeyed(&asking).await?;
    }
    let went = answer
        .decision
        .map_or(Ok(Vec::new()), |decision| asking.load_went_along(decision))?;
    Ok(with_what_went_along(answer, &went))
}

/// The next command reads where items stand, and what was ruled is so by then.
async fn wait_until_obeyed(asking: &Asking) -> anyhow::Result<()> {
    let mut looks = tokio::time::interval(LOOK);
    let waiting = async {
        while !asking.are_decisions_obeyed()? {
            looks.tick().await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(OBEYED_WITHIN, waiting)
        .await
        .unwrap_or(Ok(()))
}

/// Opens the store for reading.
///
/// # Errors
/// That there is none yet, with what to do.
pub fn open_to_read(place: &Place) -> anyhow::Result<Store> {
    place.read_store().map_err(|error| match error {
        StoreError::NotFound(_) => anyhow::Error::new(error)
            .context("there is nothing to read yet: start `dateline run` or `dateline demo` first"),
        error => error.into(),
    })
}
