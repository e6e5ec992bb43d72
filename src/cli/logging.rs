//! Where the log goes: the journal under systemd, text on a terminal, JSON if asked for. One event
//! is one line, whatever strangers put into it.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{IsTerminal, Write};

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
    let asked = std::env::var("DATELINE_LOG").ok();
    let asked = asked.map(|filter| EnvFilter::builder().parse(filter));
    let refused = asked.as_ref().and_then(|asked| asked.as_ref().err());
    let refused = refused.map(ToString::to_string);
    let filter = asked.and_then(Result::ok).unwrap_or_else(|| {
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
        .with_writer(|| OneLine(std::io::stderr()))
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
    std::panic::set_hook(Box::new(log_panic));
    if let Some(error) = refused {
        tracing::warn!(%error, "DATELINE_LOG is no filter and is not heeded");
    }
}

/// A panic is an event like any other, on one line; with a backtrace if the environment asks for it.
fn log_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let payload = panic.payload();
    let said = payload.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| payload.downcast_ref::<&str>().copied());
    let place = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    let backtrace = Backtrace::capture();
    let backtrace =
        (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
    tracing::error!(said, place, backtrace, "an error in Dateline");
}

/// Writes each event as one line: line breaks, other control characters and those that turn the
/// order of reading round, which a feed or a server may have sent, become a dot in the middle.
/// Escapes for colour pass; tracing-subscriber keeps those of strangers out.
struct OneLine<W>(W);

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let (event, end) = match text.strip_suffix('\n') {
            Some(event) => (event, "\n"),
            None => (&*text, ""),
        };
        let clean: String = event
            .chars()
            .map(|c| if is_harmless(c) { c } else { '\u{b7}' })
            .chain(end.chars())
            .collect();
        self.0.write_all(clean.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

fn is_harmless(c: char) -> bool {
    let turns =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}');
    !turns && (!c.is_control() || c == '\u{1b}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_whatever_stands_in_it() {
        for (event, written) in [
            ("plain\n", "plain\n"),
            ("two\nlines\r\n", "two·lines·\n"),
            (
                "nul\0 bell\u{7} del\u{7f} c1\u{9b}2J\n",
                "nul· bell· del· c1·2J\n",
            ),
            ("turned \u{202e}txt\u{2069}\u{200b}\n", "turned ·txt··\n"),
            ("Zürich 東京 👍\n", "Zürich 東京 👍\n"),
        ] {
            let mut line = OneLine(Vec::new());
            line.write_all(event.as_bytes()).unwrap();
            assert_eq!(String::from_utf8(line.0).unwrap(), written);
        }
    }
}
