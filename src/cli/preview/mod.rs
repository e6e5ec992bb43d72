//! `dateline preview`: what a feed says and how Dateline reads it, without keeping anything.

mod document;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use url::Url;

use super::table::{Table, print_line};
use super::{Global, Place};
use crate::clock::{Clock, SystemClock};
use crate::feed::{self, Format, ParsedFeed};
use crate::fetch::{FeedRequest, FetchOutcome, Fetcher};
use crate::news::{Problem, UtcTime};
use crate::text::clean::inert;
use crate::text::dateline::agency_of_outlet;
use document::{PreviewDocument, preview_document};

/// Stands for the address of a file that came from nowhere: what is resolved against it is shown
/// as it was written.
const UNKNOWN_BASE: &str = "http://unknown.invalid/-/-/-/";

/// Options of `preview`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples: dateline preview https://example.org/feed.xml\n          dateline preview feed.xml --json\n          dateline preview - < feed.xml"
)]
pub struct PreviewArgs {
    /// Address or file of the feed; `-` for standard input
    #[arg(value_name = "URL|FILE")]
    feed: String,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// The outlet's name, for its suffix in titles [default: the feed's title]
    #[arg(long, value_name = "NAME")]
    outlet: Option<String>,
    /// The outlet is an agency [default: if its name is that of one]
    #[arg(long)]
    wire: bool,
    /// The address a file came from, for relative links
    #[arg(long, value_name = "URL")]
    base: Option<Url>,
    /// The Content-Type a file came with
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
}

/// What is known of the outlet before its items are read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reader<'a> {
    outlet_name: &'a str,
    outlet_is_wire: bool,
    now: UtcTime,
}

/// Bytes and what came with them.
struct Fetched {
    bytes: Vec<u8>,
    content_type: Option<String>,
    base: Url,
    problems: Vec<Problem>,
}

/// Prints how the feed is read. Succeeds whenever something could be read.
///
/// # Errors
/// Why the file or the address gave no bytes.
pub fn run(args: &PreviewArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let fetched = match web_address(&args.feed) {
        Some(url) => fetch(args, global, url)?,
        None => open(args)?,
    };
    let (parsed, problems) = feed::read(
        &fetched.bytes,
        fetched.content_type.as_deref(),
        &fetched.base,
    );
    let mut all = fetched.problems;
    all.extend(problems);
    let name = args.outlet.as_deref().unwrap_or(&parsed.title);
    let reader = Reader {
        outlet_name: name,
        outlet_is_wire: args.wire || agency_of_outlet(name).is_some(),
        now: SystemClock.now(),
    };
    let document = preview_document(&parsed, all, reader);
    if args.json {
        print_line(&serde_json::to_string_pretty(&document)?);
    } else {
        print_for_people(&document);
    }
    Ok(exit_code(&parsed))
}

fn exit_code(parsed: &ParsedFeed) -> ExitCode {
    if parsed.format == Format::None && parsed.items.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn web_address(text: &str) -> Option<Url> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn open(args: &PreviewArgs) -> anyhow::Result<Fetched> {
    let bytes = if args.feed == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes)
            .context("cannot read standard input")?;
        bytes
    } else {
        let path = PathBuf::from(&args.feed);
        std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?
    };
    let base = match &args.base {
        Some(base) => base.clone(),
        None => Url::parse(UNKNOWN_BASE).expect("a constant address"),
    };
    Ok(Fetched {
        bytes,
        content_type: args.content_type.clone(),
        base,
        problems: Vec::new(),
    })
}

/// One visit through the guard, with the settings of the config, kept nowhere.
fn fetch(args: &PreviewArgs, global: &Global, url: Url) -> anyhow::Result<Fetched> {
    let place = Place::find(global)?;
    let fetcher = Fetcher::new(place.config.fetch_settings(), Arc::new(SystemClock))?;
    let request = FeedRequest {
        url: url.clone().into(),
        subscribers: 1,
        ..FeedRequest::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let visited = runtime.block_on(fetcher.fetch(&request));
    let (bytes, is_complete) = match visited.outcome {
        FetchOutcome::Body { bytes, is_complete } => (bytes, is_complete),
        FetchOutcome::Status(status) => bail!("the server answered {status}"),
        FetchOutcome::NotModified => bail!("the server answered 304 to an unconditional request"),
        FetchOutcome::Failed(failure) => bail!("{failure}"),
    };
    let base = args
        .base
        .clone()
        .or_else(|| Url::parse(&visited.answer.final_url).ok())
        .unwrap_or(url);
    let cut = Problem::new(
        "cut-short",
        "the connection ended before the whole feed had come",
    );
    Ok(Fetched {
        bytes,
        content_type: visited.answer.content_type,
        base,
        problems: if is_complete { Vec::new() } else { vec![cut] },
    })
}

fn print_for_people(document: &PreviewDocument<'_>) {
    let title = if document.title.is_empty() {
        "(no title)"
    } else {
        document.title
    };
    print_line(&format!(
        "{}: {} items, {}, language {}",
        inert(title),
        document.items.len(),
        document.format,
        document.language.as_deref().unwrap_or("not said"),
    ));
    for problem in &document.problems {
        print_line(&format!("! {}: {}", problem.kind, inert(&problem.message)));
    }
    let mut table = Table::new(&["time", "role", "agency", "lang", "title"]);
    for item in &document.items {
        // Without a time of its own, the one of its last change is that of publication too.
        let time = item.published.as_ref().or(item.updated.as_ref());
        table.row(vec![
            time.cloned().unwrap_or_else(|| "no date".to_owned()),
            item.role.name().to_owned(),
            item.agency.clone().unwrap_or_default(),
            item.language.clone(),
            inert(item.title).into_owned(),
        ]);
    }
    table.print();
}
