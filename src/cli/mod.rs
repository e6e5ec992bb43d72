//! The command line: one file per subcommand. It composes the rooms and decides nothing itself.

mod asking;
pub mod backup;
pub mod check;
pub mod decide;
pub mod demo;
pub mod editors;
pub mod eval;
pub mod feeds;
pub mod floors;
mod generate;
pub mod list;
pub mod log;
mod logging;
pub mod metrics;
mod place;
pub mod poll;
pub mod preview;
pub mod private;
pub mod replay;
pub mod restore;
pub mod run;
pub mod show;
mod sockets;
pub mod stream;
pub mod table;
pub mod train;
pub mod why;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};

pub use place::Place;

/// Polls news feeds, gathers the items that tell one event, and republishes storylines as
/// timelines.
#[derive(Debug, Parser)]
#[command(name = "dateline", version, propagate_version = true)]
#[command(
    after_help = "Start with: dateline demo    (no network needed)\n       then: dateline run"
)]
pub struct Cli {
    /// What all commands share.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What all commands share.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Global {
    /// Config file [default: /etc/dateline/dateline.toml if it is there, else what is built in]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Directory of the database [default: /var/lib/dateline with the config in /etc, else the platform's state
    /// directory]
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// How the log is written: auto, text, json or journald
    #[arg(
        long,
        global = true,
        value_name = "FORM",
        default_value = "auto",
        env = "DATELINE_LOG_FORM"
    )]
    pub log: logging::LogForm,
    /// More in the log: -v for each visit, -vv for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Poll, cluster, publish and serve: the daemon
    Run(run::RunArgs),
    /// Play a week of made-up news around a summit, without any network
    Demo(demo::DemoArgs),
    /// List events, newest first
    Events(list::ListArgs),
    /// List storylines, latest first
    Storylines(list::ListArgs),
    /// Show an event, a storyline with its timeline, or an item with its history
    Show(show::ShowArgs),
    /// Check the config and the database, like fsck
    Check(check::CheckArgs),
    /// Visit feeds now: those named, or all that are due
    Poll(poll::PollArgs),
    /// List, explain, add, set, remove, import and export feeds
    Feeds(feeds::FeedsArgs),
    /// Copy the database, beside a running daemon too
    Backup(backup::BackupArgs),
    /// Put a copy in the place of the database
    Restore(restore::RestoreArgs),
    /// Show how a feed is read, without keeping anything
    Preview(preview::PreviewArgs),
    /// Rule that two events, or two storylines, are one
    Merge(decide::MergeArgs),
    /// Rule that items of an event, or events of a storyline, are another one
    Split(decide::SplitArgs),
    /// Rule that an item belongs to another event
    Move(decide::MoveArgs),
    /// Rule that two items tell the same event
    Same(decide::PairArgs),
    /// Rule that two items do not tell the same event
    #[command(after_help = "Example: dateline not-same item:340 item:355")]
    NotSame(decide::PairArgs),
    /// Pin the headline of an event
    Pin(decide::HeadlineArgs),
    /// Rename a storyline
    Rename(decide::HeadlineArgs),
    /// Keep an item, event or storyline out of what is published
    Spike(decide::TargetArgs),
    /// Take a spike back
    #[command(after_help = "Example: dateline unspike event:12")]
    Unspike(decide::TargetArgs),
    /// Let no late reports into an event by themselves
    #[command(after_help = "Example: dateline lock event:12")]
    Lock(decide::TargetArgs),
    /// Take a lock back
    #[command(after_help = "Example: dateline unlock event:12")]
    Unlock(decide::TargetArgs),
    /// Take a decision back
    Undo(decide::UndoArgs),
    /// Show what editors decided
    Log(log::LogArgs),
    /// Show why items stand together, or do not
    Why(why::WhyArgs),
    /// Add and remove editors of the desk
    Editors(editors::EditorsArgs),
    /// Give readers an address for private views, and take it back
    Private(private::PrivateArgs),
    /// Cluster a stream of items from a file, in memory
    #[command(after_help = "Example: dateline replay items.jsonl --out events.jsonl")]
    Replay(replay::ReplayArgs),
    /// Score the clustering against a labelled stream or labelled pairs
    #[command(after_help = "Example: dateline eval labelled.jsonl")]
    Eval(eval::EvalArgs),
    /// Fit the scorer's weights to labelled streams and pairs
    #[command(after_help = "Example: dateline train labelled.jsonl --out weights.json")]
    Train(train::TrainArgs),
    /// Write manual pages and completions
    #[command(hide = true)]
    Generate(generate::GenerateArgs),
}

/// Does what the command line asks and says how it went: 0 done, 1 not done, 2 wrong usage.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    logging::start(&cli.global);
    let done = dispatch(cli);
    let lost = table::lost_output();
    if let Some(error) = lost {
        eprintln!("dateline: what was printed could not be written: {error}");
    }
    match done {
        Ok(_) if lost.is_some() => ExitCode::FAILURE,
        Ok(code) => code,
        Err(error) => {
            eprintln!("dateline: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What nobody guesses.
fn random_bytes<const LENGTH: usize>() -> anyhow::Result<[u8; LENGTH]> {
    let mut random = [0; LENGTH];
    getrandom::fill(&mut random).context("the system gives no random bytes")?;
    Ok(random)
}

/// True for the name of an editor or a reader.
fn is_name(name: &str) -> bool {
    (1..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control)
}

fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Run(args) => run::run(&args, &cli.global),
        Command::Demo(args) => demo::run(&args, &cli.global),
        Command::Events(args) => list::events(&args, &cli.global),
        Command::Storylines(args) => list::storylines(&args, &cli.global),
        Command::Show(args) => show::run(&args, &cli.global),
        Command::Check(args) => check::run(&args, &cli.global),
        Command::Poll(args) => poll::run(&args, &cli.global),
        Command::Feeds(args) => feeds::run(args, &cli.global),
        Command::Backup(args) => backup::run(&args, &cli.global),
        Command::Restore(args) => restore::run(&args, &cli.global),
        Command::Preview(args) => preview::run(&args, &cli.global),
        Command::Merge(args) => decide::merge(&args, &cli.global),
        Command::Split(args) => decide::split(&args, &cli.global),
        Command::Move(args) => decide::move_item(&args, &cli.global),
        Command::Same(args) => decide::same(&args, &cli.global),
        Command::NotSame(args) => decide::not_same(&args, &cli.global),
        Command::Pin(args) => decide::pin(&args, &cli.global),
        Command::Rename(args) => decide::rename(&args, &cli.global),
        Command::Spike(args) => decide::spike(&args, &cli.global),
        Command::Unspike(args) => decide::unspike(&args, &cli.global),
        Command::Lock(args) => decide::lock(&args, &cli.global),
        Command::Unlock(args) => decide::unlock(&args, &cli.global),
        Command::Undo(args) => decide::undo(&args, &cli.global),
        Command::Log(args) => log::run(&args, &cli.global),
        Command::Why(args) => why::run(&args, &cli.global),
        Command::Editors(args) => editors::run(&args, &cli.global),
        Command::Private(args) => private::run(&args, &cli.global),
        Command::Replay(args) => replay::run(&args, &cli.global),
        Command::Eval(args) => eval::run(&args, &cli.global),
        Command::Train(args) => train::run(args),
        Command::Generate(args) => generate::run(&args),
    }
}
