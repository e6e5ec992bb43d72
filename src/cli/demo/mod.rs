//! `dateline demo`: a week of made-up news around a summit, told by made-up outlets on loopback to
//! the real pipeline. Needs no network and leaves nothing behind.

mod server;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, ensure};
use tokio::net::TcpListener;

use super::Global;
use super::editors::Invitation;
use super::run::{Plan, Running, config_defaults, wait_for_end};
use super::table::print_line;
use crate::clock::{Clock, SystemClock};
use crate::jobs::{Schedule, StorageSettings};
use crate::news::{OutletKind, UtcTime};
use crate::serve;
use crate::store::feeds::{FeedEdit, NewFeed, add_feed, edit_feed};
use crate::store::outlets::ensure_outlet;
use crate::store::{DirectoryLock, Store, editors};
use server::{Week, WeekServer};

/// Options of `demo`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dateline demo --listen 127.0.0.1:8400")]
pub struct DemoArgs {
    /// Address of the pages and feeds; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8330")]
    listen: SocketAddr,
    /// Keep the database in this directory, which holds none yet, instead of a temporary one
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// End by itself after this many seconds
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u64>,
}

/// Runs the demo until it is interrupted.
///
/// # Errors
/// What keeps it from starting.
pub fn run(args: &DemoArgs, global: &Global) -> anyhow::Result<ExitCode> {
    ensure!(
        global.data_dir.is_none(),
        "the demo has a directory of its own; `--keep DIR` names one that stays"
    );
    let directory = Directory::prepare(args.keep.clone())?;
    let lock = Arc::new(DirectoryLock::take(&directory.path)?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(play(args, &directory.path, lock))?;
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    Ok(ExitCode::SUCCESS)
}

async fn play(
    args: &DemoArgs,
    directory: &std::path::Path,
    lock: Arc<DirectoryLock>,
) -> anyhow::Result<()> {
    let week = Week::built_in()?;
    let length = week.length_secs();
    let outlets = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let outlets_address = outlets.local_addr()?;
    let store = Store::open(directory)?;
    add_outlets(&store, &week, outlets_address, SystemClock.now()).await?;
    let welcome = invite_editor(&store).await?;
    let server = WeekServer::new(week, Arc::new(SystemClock));
    let router = server.router();
    tokio::spawn(async move { axum::serve(outlets, router).await });
    let running = Running::start(plan((store, lock), args.listen, outlets_address)?).await?;
    say_what_to_open(&running.base_url(), &welcome, length);
    match args.seconds {
        None => wait_for_end().await?,
        Some(seconds) => {
            let time = std::time::Duration::from_secs(seconds);
            tokio::select! {
                ended = wait_for_end() => ended?,
                () = tokio::time::sleep(time) => {}
            }
        }
    }
    running.end().await;
    Ok(())
}

/// The built-in settings, hurried: the outlets are our own and a week passes in two minutes.
fn plan(
    (store, lock): (Store, Arc<DirectoryLock>),
    listen: SocketAddr,
    outlets: SocketAddr,
) -> anyhow::Result<Plan> {
    let config = config_defaults()?;
    let listen = free_address(listen)?;
    let mut fetch = config.fetch_settings();
    fetch.allow_networks = vec!["127.0.0.0/8".parse().context("loopback is a network")?];
    fetch.allow_ports = vec![outlets.port()];
    let mut poll = config.poll_settings();
    poll.schedule.base_secs = 2;
    poll.schedule.floor_secs = 2;
    poll.schedule.ceiling_secs = 3;
    poll.schedule.idle_ceiling_secs = 3;
    poll.schedule.jitter = 0.0;
    poll.pace.host_gap_millis = 0;
    Ok(Plan {
        store,
        lock,
        fetch,
        poll,
        clustering: config.clustering_settings(),
        serve: serve::Settings {
            listen,
            base_url: format!("http://{listen}"),
            title: "Dateline demo".into(),
            publish_hold_secs: 2,
            ..config.serve_settings()
        },
        schedule: Schedule {
            sweep: "* * * * * *".into(),
            publish: "* * * * * *".into(),
            ..Schedule::default()
        },
        storage: StorageSettings {
            backups_kept: 0,
            ..StorageSettings::default()
        },
    })
}

/// A port of 0 becomes a free one, because the feeds carry their own address.
fn free_address(listen: SocketAddr) -> anyhow::Result<SocketAddr> {
    if listen.port() != 0 {
        return Ok(listen);
    }
    Ok(std::net::TcpListener::bind(listen)?.local_addr()?)
}

async fn add_outlets(
    store: &Store,
    week: &Week,
    server: SocketAddr,
    now: UtcTime,
) -> anyhow::Result<()> {
    let outlets: Vec<(String, OutletKind, NewFeed)> = week
        .outlet
        .iter()
        .map(|outlet| {
            let new = NewFeed {
                url: format!("http://{server}/{}.xml", outlet.path),
                language: Some(outlet.language.clone()),
                title: outlet.name.clone(),
                category: "demo".into(),
                ..NewFeed::default()
            };
            let kind = OutletKind::from_name(&outlet.kind).unwrap_or_default();
            (outlet.name.clone(), kind, new)
        })
        .collect();
    store
        .write(move |tx| {
            for (name, kind, mut new) in outlets {
                new.outlet_id = ensure_outlet(tx, &name, kind)?;
                let (id, _) = add_feed(tx, &new, now)?;
                let own = FeedEdit {
                    own: Some(true),
                    ..FeedEdit::default()
                };
                edit_feed(tx, id, &own)?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

/// The path where the demo's editor sets a password.
async fn invite_editor(store: &Store) -> anyhow::Result<String> {
    let now = SystemClock.now();
    let Invitation {
        path,
        digest,
        until,
    } = Invitation::make(now)?;
    store
        .write(move |tx| editors::invite_editor(tx, "editor", digest, until, now))
        .await?;
    Ok(path)
}

fn say_what_to_open(base_url: &str, welcome: &str, length: i64) {
    print_line(&format!(
        "A made-up week around a summit is told over the next {length} seconds."
    ));
    print_line(&format!(
        "  {base_url}/                        the storylines, as they grow"
    ));
    print_line(&format!(
        "  {base_url}/feeds/events.atom       every event, for a feed reader"
    ));
    print_line(&format!(
        "  {base_url}/feeds/storylines.atom   every storyline"
    ));
    print_line(&format!(
        "  {base_url}/feeds.opml              all feeds in one list"
    ));
    print_line("The desk, once you have set a password for it there (the link is good once):");
    print_line(&format!("  {base_url}{welcome}"));
    print_line("Ctrl-C ends it.");
}

/// The database's directory; a temporary one goes with the demo.
struct Directory {
    path: PathBuf,
    is_temporary: bool,
}

impl Directory {
    fn prepare(keep: Option<PathBuf>) -> anyhow::Result<Self> {
        let is_temporary = keep.is_none();
        let name = unguessed_name()?;
        let path = keep.unwrap_or_else(|| std::env::temp_dir().join(name));
        let made = match is_temporary {
            true => make_for_owner(&path),
            false => std::fs::create_dir_all(&path),
        };
        made.with_context(|| format!("cannot make {}", path.display()))?;
        let database = path.join(crate::store::FILE_NAME);
        ensure!(
            !database.exists(),
            "{} is there already, and what the demo makes up belongs into no other database: name another directory",
            database.display()
        );
        Ok(Self { path, is_temporary })
    }
}

/// Nobody has made a directory, or a link to one, of a name that nobody knows.
fn unguessed_name() -> anyhow::Result<String> {
    let random = u64::from_be_bytes(super::random_bytes()?);
    Ok(format!("dateline-demo-{random:016x}"))
}

/// Makes a directory that was not there, for its owner alone.
fn make_for_owner(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

impl Drop for Directory {
    fn drop(&mut self) {
        if self.is_temporary {
            // A directory that stays behind in the temporary place does no harm.
            drop(std::fs::remove_dir_all(&self.path));
        }
    }
}
