//! Where the log goes: the journal under systemd, text on a terminal, JSON if asked for.

use std::io::IsTerminal;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::Global;

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogForm {
    /// The journal if its socket is standard error, else text.
    #[default]
    Auto,
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
    /// The journal's own protocol, with fields.
    Journald,
}

/// Starts the log on standard error or in the journal. Called once.
pub(super) fn start(global: &Global) {
    let filter = EnvFilter::try_from_env("DATELINE_LOG").unwrap_or_else(|_| {
        EnvFilter::new(match global.verbose {
            0 => "warn,dateline=info",
            1 => "warn,dateline=debug",
            _ => "debug,dateline=trace",
        })
    });
    let under_systemd = std::env::var_os("JOURNAL_STREAM").is_some();
    let form = match global.log {
        LogForm::Auto if under_systemd => LogForm::Journald,
        LogForm::Auto => LogForm::Text,
        named => named,
    };
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(false);
    match form {
        LogForm::Journald => match tracing_journald::layer() {
            Ok(journal) => registry.with(journal.boxed()).init(),
            Err(_) => registry.with(lines.with_ansi(false)).init(),
        },
        LogForm::Json => registry.with(lines.json().flatten_event(true)).init(),
        LogForm::Auto | LogForm::Text => {
            registry
                .with(lines.with_ansi(std::io::stderr().is_terminal()))
                .init();
        }
    }
}
