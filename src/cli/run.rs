//! `dateline run`: the daemon. Polls, clusters, publishes and serves in one process.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::{Global, Place, sockets};
use crate::clock::{Clock, SystemClock};
use crate::config::{self, Config};
use crate::fetch::{FetchSettings, Fetcher};
use crate::jobs::daemon::{Daemon, Hands};
use crate::jobs::publish::Randomness;
use crate::jobs::websub_hub::{
    ExternalHub, Hub, Hubs, HubsReader, Patience, Reading, TopicContent, TopicReader,
};
use crate::jobs::websub_subscriber::Subscriber;
use crate::jobs::{PollSettings, Poller, Schedule, StorageSettings, feeds};
use crate::news::Request;
use crate::serve::{self, Site};
use crate::store::{self, DirectoryLock, Store};

/// The list of feeds that an empty database begins with.
const STARTER_LIST: &str = include_str!("../../config/starter.opml");
/// Threads for reading and other short work that are there from the start: as many as keep a connection, and
/// two for clustering and what comes at the same time. More come when they are needed and stay, so that a
/// daemon of weeks is as large as one of an hour.
const READY_THREADS: usize = store::IDLE_READERS + 2;
/// How long a thread stays that has nothing to do.
const KEEP_ALIVE: Duration = Duration::from_secs(86_400);
/// How long an ending daemon waits for connections and visits.
const PATIENCE: Duration = Duration::from_secs(4);

/// Options of `run`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dateline run --config dateline.toml --data-dir /var/lib/dateline")]
pub struct RunArgs {
    /// Do not import the starter list into an empty database
    #[arg(long)]
    no_starter: bool,
}

/// What a daemon is made of; `run` takes it from the config, `demo` makes its own.
pub(super) struct Plan {
    /// The database, owned.
    pub store: Store,
    /// By which it is.
    pub lock: Arc<DirectoryLock>,
    /// Requests to outlets.
    pub fetch: FetchSettings,
    /// Visits.
    pub poll: PollSettings,
    /// Clustering.
    pub clustering: crate::jobs::cluster::ClusteringSettings,
    /// Pages and feeds.
    pub serve: serve::Settings,
    /// The jobs' times.
    pub schedule: Schedule,
    /// What is kept, and copied where.
    pub storage: StorageSettings,
}

/// Runs until a signal ends it.
///
/// # Errors
/// Why it cannot start.
pub fn run(args: &RunArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let place = Place::find(global)?;
    let owned = place.own_store()?;
    let plan = Plan {
        store: owned.store.clone(),
        lock: owned.lock.clone(),
        fetch: place.config.fetch_settings(),
        poll: place.config.poll_settings(),
        clustering: place.config.clustering_settings(),
        serve: place.config.serve_settings(),
        schedule: place.config.schedule.clone(),
        storage: place.config.storage.clone(),
    };
    let now = SystemClock.now();
    let due = owned.store.read(|conn| store::polls::list_due(conn, now))?;
    let due = due.len();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_keep_alive(KEEP_ALIVE)
        .build()?;
    runtime.block_on(async {
        be_ready(&owned.store).await;
        let mut running = Running::start(plan).await?;
        if !args.no_starter && place.config.import_starter {
            import_starter(&running).await?;
        }
        say_start(&place, &running, due)?;
        running.follow_signals(global).await?;
        running.end().await;
        anyhow::Ok(())
    })?;
    runtime.shutdown_timeout(Duration::from_secs(1));
    drop(owned);
    Ok(ExitCode::SUCCESS)
}

/// Opens threads and reading connections before anything needs them.
async fn be_ready(store: &Store) {
    let all = Arc::new((Mutex::new(0), Condvar::new()));
    let ready: Vec<_> = (0..READY_THREADS)
        .map(|_| {
            let (store, all) = (store.clone(), all.clone());
            tokio::task::spawn_blocking(move || {
                // Who reads next says what is wrong.
                drop(store.read(|conn| {
                    let publication = store::published::load_publication(conn);
                    meet(&all);
                    publication
                }));
            })
        })
        .collect();
    for one in ready {
        drop(one.await);
    }
}

/// Waits until all threads are here, but no longer than a second: the system may refuse one.
fn meet((count, changed): &(Mutex<usize>, Condvar)) {
    let mut count = count.lock().unwrap_or_else(PoisonError::into_inner);
    *count += 1;
    changed.notify_all();
    let are_missing = |count: &mut usize| *count < READY_THREADS;
    drop(changed.wait_timeout_while(count, Duration::from_secs(1), are_missing));
}

/// A daemon that runs and serves.
pub(super) struct Running {
    daemon: Daemon,
    site: Site,
    /// Where it listens, whoever opened the socket.
    address: SocketAddr,
    poller: Poller,
    store: Store,
    lock: Arc<DirectoryLock>,
    hold: watch::Sender<i64>,
    stop: watch::Sender<bool>,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
    hub: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Binds the address, then starts the workers.
    pub(super) async fn start(plan: Plan) -> anyhow::Result<Self> {
        let listener = sockets::listen(plan.serve.listen).await?;
        let address = listener.local_addr()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let fetcher = Fetcher::new(plan.fetch, clock.clone()).context("cannot set up HTTP")?;
        let poller = Poller::new(
            plan.store.clone(),
            fetcher.clone(),
            clock.clone(),
            plan.poll,
        );
        let random = system_randomness();
        let (hold, hold_secs) = watch::channel(i64::from(plan.serve.publish_hold_secs));
        let site = Site::new(
            plan.store.clone(),
            plan.serve.heard_at(address),
            clock.clone(),
        );
        let hands = Hands {
            store: plan.store.clone(),
            clock: clock.clone(),
            poller: poller.clone(),
            random: random.clone(),
            clustering: plan.clustering,
            hold_secs,
            storage: plan.storage,
            subscriber: Subscriber::new(
                poller.clone(),
                site.settings().absolute("/websub/"),
                random.clone(),
            ),
            is_reachable: site.settings().base_url.starts_with("https://"),
        };
        let daemon = Daemon::start(hands, &plan.schedule).await?;
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(serve::run(
            listener,
            site.clone(),
            wait_for_stop(stopped.clone()),
        ));
        let hub = hub_of(&site, &fetcher, clock, random);
        let hub = tokio::spawn(hub.run(wait_for_stop(stopped)));
        let running = Self {
            daemon,
            site,
            address,
            poller,
            store: plan.store,
            lock: plan.lock,
            hold,
            stop,
            server,
            hub,
        };
        running.note_address();
        Ok(running)
    }

    /// Without it, commands name the address of their own config.
    fn note_address(&self) {
        if let Err(error) = self.lock.note_address(&self.base_url()) {
            tracing::warn!(%error, "the address could not be noted for commands");
        }
    }

    /// Where pages and feeds are found.
    pub(super) fn base_url(&self) -> String {
        self.site.settings().base_url.clone()
    }

    /// Waits for the signal that ends the daemon; a hang-up reloads the config on the way.
    async fn follow_signals(&mut self, global: &Global) -> anyhow::Result<()> {
        let mut signals = Signals::listen()?;
        notify(&[
            NotifyState::Ready,
            NotifyState::Status("polling, clustering, serving"),
        ]);
        let watchdog = sd_notify::watchdog_enabled().map_or(Duration::from_secs(30), |all| all / 2);
        let mut beat = tokio::time::interval(watchdog);
        loop {
            tokio::select! {
                name = signals.next() => match name {
                    "SIGHUP" => self.reload(global).await,
                    name => {
                        tracing::info!(signal = name, "ending");
                        return Ok(());
                    }
                },
                _ = beat.tick() => notify(&[NotifyState::Watchdog]),
                served = &mut self.server => {
                    return served.context("the server failed")?.context("the server failed");
                }
            }
        }
    }

    /// Puts another config in force; a wrong one is refused and the old one stays.
    async fn reload(&self, global: &Global) {
        if let Ok(now) = NotifyState::monotonic_usec_now() {
            notify(&[NotifyState::Reloading, now]);
        }
        match Place::find(global) {
            Ok(place) => {
                let settings = place.config.serve_settings().heard_at(self.address);
                // The publisher reads it at its next pass.
                let _ = self.hold.send(i64::from(settings.publish_hold_secs));
                self.site.change_settings(settings).await;
                self.note_address();
                tracing::info!(
                    "config reloaded: [server] and views are in force; all else and the listen address \
                     change at the next start"
                );
            }
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "config refused; the old one stays"
                );
            }
        }
        notify(&[NotifyState::Ready]);
    }

    /// Ends within the patience of a service manager.
    pub(super) async fn end(self) {
        notify(&[NotifyState::Stopping]);
        // Tasks that are gone already need no word.
        let _ = self.stop.send(true);
        let all = async {
            self.daemon.end().await;
            // What they return was logged or is of no use any more.
            let _ = tokio::join!(self.server, self.hub);
        };
        if tokio::time::timeout(PATIENCE, all).await.is_err() {
            tracing::info!("connections were still open; they are closed");
        }
    }
}

async fn import_starter(running: &Running) -> anyhow::Result<()> {
    if running.store.read(store::feeds::count_feeds)? > 0 {
        return Ok(());
    }
    let request = Request::ImportOpml {
        opml: STARTER_LIST.to_owned(),
    };
    feeds::answer_request(&running.poller, &request).await?;
    let feeds = running.store.read(store::feeds::count_feeds)?;
    tracing::info!(
        feeds,
        "the database was empty: the starter list is imported. Next: `dateline feeds list`, \
         `dateline feeds add URL`, `dateline feeds remove ID`"
    );
    Ok(())
}

fn say_start(place: &Place, running: &Running, due: usize) -> anyhow::Result<()> {
    let feeds = running.store.read(store::feeds::count_feeds)?;
    let items = running.store.read(store::items::count_items)?;
    let address = running.base_url();
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        data_dir = %place.data_dir.display(),
        feeds,
        due,
        items,
        "Dateline runs: open {address}/ or subscribe to {address}/feeds/events.atom"
    );
    if !place.config.has_contact() {
        tracing::warn!(
            "set [fetch] contact in the config, so that outlets learn who is polling them"
        );
    }
    Ok(())
}

fn hub_of(site: &Site, fetcher: &Fetcher, clock: Arc<dyn Clock>, random: Randomness) -> Hub {
    Hub {
        store: site.store().clone(),
        fetcher: fetcher.clone(),
        clock,
        topics: topics_of(site.clone()),
        hubs: hubs_of(site.clone()),
        random,
        patience: Patience::default(),
    }
}

fn hubs_of(site: Site) -> HubsReader {
    Arc::new(move || {
        let settings = site.settings();
        let external = settings.external_hub.clone().map(|url| ExternalHub {
            url,
            feeds: settings.told_feeds(),
        });
        Hubs {
            site: settings.absolute("/"),
            own_url: settings.own_hub_url(),
            external,
        }
    })
}

fn topics_of(site: Site) -> TopicReader {
    Arc::new(move |topic: &str| -> Reading {
        let site = site.clone();
        let base = site.settings().base_url.trim_end_matches('/').to_owned();
        let path = topic.strip_prefix(&base).map(str::to_owned);
        Box::pin(async move {
            let Some(path) = path else {
                return Ok(None);
            };
            let content = site.feed_content(&path).await?;
            Ok(content.map(|(bytes, format)| TopicContent {
                bytes: Arc::new(bytes),
                content_type: format.content_type(),
            }))
        })
    })
}

fn system_randomness() -> Randomness {
    Arc::new(|| {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the system has a source of randomness");
        bytes
    })
}

async fn wait_for_stop(mut stopped: watch::Receiver<bool>) {
    // A sender that is gone means the same as its word.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Tells systemd; without one it does nothing.
fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "the service manager was not told");
    }
}

struct Signals {
    term: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.term.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.hang_up.recv() => "SIGHUP",
        }
    }
}

/// Waits for Ctrl-C or a termination.
pub(super) async fn wait_for_end() -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    signals.next().await;
    Ok(())
}

/// The config's file name for messages; a config that is built in has none.
pub(super) fn config_defaults() -> anyhow::Result<Config> {
    Ok(config::load(None)?)
}
