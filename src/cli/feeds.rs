//! `dateline feeds`: list, explain, add, set, remove, import and export feeds.

use std::collections::HashSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::asking;
use super::table::{Table, print_line, printable};
use super::{Global, Place};
use crate::clock::{Clock, SystemClock};
use crate::feed::opml::{Credentials, OpmlFeed, decode_feed_list, write_feed_list};
use crate::fetch::without_credentials;
use crate::news::{FeedId, Request, UtcTime};
use crate::store::feeds::{self, DatesAhead, FeedListing};
use crate::store::{Store, StoreError, outlets, polls};

/// The options of `dateline feeds`.
#[derive(Debug, Args)]
pub struct FeedsArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show every feed: state, last and next visit and why then, overlap, items a day, last error
    #[command(after_help = "Example: dateline feeds list --troubled")]
    List {
        /// Only feeds that ask for attention
        #[arg(long)]
        troubled: bool,
        /// Print JSON lines
        #[arg(long)]
        json: bool,
    },
    /// Explain a feed: its state, its next visit, its last visits
    #[command(after_help = "Example: dateline feeds why outlet.example")]
    Why {
        /// Id, address, or a part of an address or title
        feed: String,
    },
    /// Add the feed at an address, or the feeds that the page there names
    #[command(
        after_help = "Example: dateline feeds add https://outlet.example/news --category world"
    )]
    Add {
        /// Address of a feed or of a page
        url: String,
        /// Name of the outlet [default: that of the publisher's other feeds, or else the feed's title]
        #[arg(long)]
        outlet: Option<String>,
        /// The outlet is an agency, whose copy others run
        #[arg(long)]
        wire: bool,
        /// Category
        #[arg(long)]
        category: Option<String>,
        /// Language, as a two-letter code, whatever the feed says of itself
        #[arg(long)]
        language: Option<String>,
    },
    /// Set what may be set on a feed
    #[command(after_help = "Example: dateline feeds set 12 --interval 20m")]
    Set(SetArgs),
    /// Remove a feed; its items stay
    #[command(after_help = "Example: dateline feeds remove 12")]
    Remove {
        /// Id, address, or a part of an address or title
        feed: String,
    },
    /// Add the feeds of an OPML file; they are visited at the usual pace
    #[command(after_help = "Example: dateline feeds import subscriptions.opml")]
    Import {
        /// The file
        file: PathBuf,
    },
    /// Write the feeds as OPML to standard output
    #[command(after_help = "Example: dateline feeds export > feeds.opml")]
    Export {
        /// Write passwords that stand in addresses, too
        #[arg(long)]
        with_credentials: bool,
    },
}

#[derive(Debug, Args)]
struct SetArgs {
    /// Id, address, or a part of an address or title
    feed: String,
    /// Stop visiting it, or go on
    #[arg(long)]
    paused: Option<bool>,
    /// Title
    #[arg(long)]
    title: Option<String>,
    /// Name of the outlet that it is of, with all its items; feeds of one outlet count as one voice
    #[arg(long)]
    outlet: Option<String>,
    /// Category
    #[arg(long)]
    category: Option<String>,
    /// Language, as a two-letter code, whatever the feed says of itself; "" takes it away. What was read stays as it is
    #[arg(long)]
    language: Option<String>,
    /// A cron line of its own, in UTC unless it names a zone; "" takes it away
    #[arg(long)]
    cron: Option<String>,
    /// A fixed interval such as 20m, 2h or 1d; 0 gives the adaptive one back. Servers' own hints
    /// still win, and the floor holds unless the feed is ours
    #[arg(long, value_parser = read_interval)]
    interval: Option<u32>,
    /// The feed is ours or under contract: no floor on the interval, no pace
    #[arg(long)]
    own: Option<bool>,
    /// Its full text may be republished
    #[arg(long)]
    full_text_allowed: Option<bool>,
    /// Accept an invalid certificate
    #[arg(long)]
    any_certificate: Option<bool>,
}

impl SetArgs {
    fn sets_something(&self) -> bool {
        let texts = [
            &self.title,
            &self.outlet,
            &self.category,
            &self.cron,
            &self.language,
        ];
        let flags = [
            self.paused,
            self.own,
            self.full_text_allowed,
            self.any_certificate,
        ];
        texts.iter().any(|text| text.is_some())
            || flags.iter().any(Option::is_some)
            || self.interval.is_some()
    }
}

/// Does what `dateline feeds` is asked.
///
/// # Errors
/// If the store cannot be read, or the request was refused.
pub fn run(args: FeedsArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let place = Place::find(global)?;
    match args.action {
        Action::List { troubled, json } => list(&place.read_store()?, troubled, json),
        Action::Why { feed } => why(&place.read_store()?, &feed),
        Action::Export { with_credentials } => export(&place.read_store()?, with_credentials),
        Action::Add {
            url,
            outlet,
            wire,
            category,
            language,
        } => {
            let kind = wire.then(|| "wire".to_owned());
            asking::ask(
                &place,
                Request::AddFeed {
                    url,
                    outlet,
                    kind,
                    category,
                    language,
                },
            )
        }
        Action::Set(args) => {
            anyhow::ensure!(
                args.sets_something(),
                "say what to set: see `dateline feeds set --help`"
            );
            let feed = find_one(&place.read_store()?, &args.feed)?.feed.id;
            asking::ask(&place, edit_request(args, feed))
        }
        Action::Remove { feed } => {
            let feed = find_one(&place.read_store()?, &feed)?.feed.id;
            asking::ask(&place, Request::RemoveFeed { feed })
        }
        Action::Import { file } => {
            let bytes =
                std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let (opml, problems) = decode_feed_list(&bytes);
            for problem in problems {
                eprintln!("{}: {}", file.display(), problem.message);
            }
            asking::ask(&place, Request::ImportOpml { opml })
        }
    }
}

/// An interval as people write it, in seconds.
fn read_interval(text: &str) -> Result<u32, String> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h', 'd']) {
        Some(number) => (number, text.chars().last().unwrap_or('s')),
        None => (text, 's'),
    };
    let factor = match unit {
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => 1,
    };
    let secs = number
        .parse::<u32>()
        .ok()
        .and_then(|n| n.checked_mul(factor));
    match secs {
        Some(0) => Ok(0),
        Some(secs) if secs <= 7 * 86_400 => Ok(secs),
        _ => Err("write it like 20m, 2h or 1d, at most 7d; 0 for adaptive".to_owned()),
    }
}

fn edit_request(args: SetArgs, feed: FeedId) -> Request {
    Request::EditFeed {
        feed,
        paused: args.paused,
        title: args.title,
        category: args.category,
        cron: args.cron,
        interval_secs: args.interval,
        own: args.own,
        full_text_allowed: args.full_text_allowed,
        any_certificate: args.any_certificate,
        reliability: None,
        outlet: args.outlet,
        language: args.language,
    }
}

fn list(store: &Store, troubled: bool, json: bool) -> anyhow::Result<ExitCode> {
    let now = SystemClock.now();
    let mut table = Table::new(&[
        "id",
        "state",
        "last visit",
        "next visit",
        "why then",
        "overlap",
        "items/day",
        "validators",
        "title",
        "outlet",
        "address",
        "last error",
    ]);
    let listed = store.read(|conn| {
        let listings = feeds::list_feeds(conn)?.into_iter();
        let with_dates = listings.map(|one| Ok((feeds::load_dates_ahead(conn, one.feed.id)?, one)));
        with_dates.collect::<Result<Vec<_>, StoreError>>()
    })?;
    for (ahead, listing) in listed {
        let is_well = polls::is_well(listing.feed.health) && listing.possible_gap_at.is_none();
        if troubled && is_well && ahead.is_none() {
            continue;
        }
        if json {
            print_line(&json_of(&listing, ahead).to_string());
        } else {
            table.row(cells_of(&listing, ahead, now));
        }
    }
    if !json {
        table.print();
    }
    Ok(ExitCode::SUCCESS)
}

/// One feed as a JSON object; passwords in its address stay behind.
fn json_of(listing: &FeedListing, ahead: Option<DatesAhead>) -> serde_json::Value {
    let mut object = serde_json::json!(listing.feed);
    object["url"] = serde_json::json!(shown_url(&listing.feed.url));
    object["outlet"] = serde_json::json!(listing.outlet);
    object["overlap"] = serde_json::json!(listing.overlap);
    object["items_per_day"] = serde_json::json!(listing.items_per_day);
    object["possible_gap_at"] = serde_json::json!(listing.possible_gap_at);
    object["gap_count"] = serde_json::json!(listing.gap_count);
    object["last_success_at"] = serde_json::json!(listing.last_success_at);
    object["last_change_at"] = serde_json::json!(listing.last_change_at);
    object["last_error"] = serde_json::json!(listing.last_error);
    object["dates_ahead_secs"] = serde_json::json!(ahead.map(|ahead| ahead.most_secs));
    object
}

fn cells_of(listing: &FeedListing, ahead: Option<DatesAhead>, now: UtcTime) -> Vec<String> {
    let feed = &listing.feed;
    let state = match (feed.paused, listing.possible_gap_at) {
        (true, _) => format!("paused ({})", feed.health.name()),
        (false, Some(_)) => format!("{} (possible gap)", feed.health.name()),
        (false, None) => feed.health.name().to_owned(),
    };
    let state = match ahead {
        Some(ahead) => format!("{state} (dates {} ahead)", say_ahead(ahead.most_secs)),
        None => state,
    };
    let validators = match (&listing.validators.etag, &listing.validators.last_modified) {
        (Some(_), Some(_)) => "etag, date",
        (Some(_), None) => "etag",
        (None, Some(_)) => "date",
        (None, None) => "none",
    };
    vec![
        feed.id.to_string(),
        state,
        feed.last_visit_at
            .map_or("never".to_owned(), |at| relative(at, now)),
        next_visit(feed.next_visit_at, now),
        feed.next_visit_reason.clone(),
        listing
            .overlap
            .map_or("-".to_owned(), |share| format!("{:.0} %", share * 100.0)),
        format!("{:.1}", listing.items_per_day),
        validators.to_owned(),
        feed.title.clone(),
        listing.outlet.clone(),
        shown_url(&feed.url),
        listing.last_error.clone().unwrap_or_default(),
    ]
}

/// Prefixes without a wire rule that `feeds why` shows: enough to see a habit.
const MOST_PREFIXES: u32 = 12;

fn why(store: &Store, text: &str) -> anyhow::Result<ExitCode> {
    let listing = find_one(store, text)?;
    let feed = &listing.feed;
    let now = SystemClock.now();
    let say = |name: &str, value: &str| print_line(&format!("{name:<14}{}", printable(value)));
    say("feed", &format!("{} {}", feed.id, feed.title));
    say("address", &shown_url(&feed.url));
    say("outlet", &listing.outlet);
    let language = feed.language.as_deref();
    say(
        "language",
        &language.map_or("as it says, if its items show no other".to_owned(), |set| {
            format!("{set}, as was set")
        }),
    );
    let since = listing.health_since.format("%F %R UTC");
    say("state", &format!("{} since {since}", feed.health.name()));
    say("because", &feed.health_reason);
    if feed.paused {
        say("next visit", "none while it is paused");
    } else {
        say("next visit", &next_visit(feed.next_visit_at, now));
        say("why then", &feed.next_visit_reason);
    }
    if let Some(at) = listing.possible_gap_at {
        let times = listing.gap_count;
        let when = at.format("%F %R UTC");
        say(
            "possible gap",
            &format!("{when}, {times} in all: the list had rolled over between visits"),
        );
    }
    if let Some(ahead) = store.read(|conn| feeds::load_dates_ahead(conn, feed.id))? {
        let (most, count, of) = (say_ahead(ahead.most_secs), ahead.count, ahead.of);
        say(
            "dates",
            &format!(
                "up to {most} ahead of the visit, at {count} of its last {of} items: they are not believed, and its reports stand by when they were found"
            ),
        );
    }
    if let Some(url) = &listing.moved_to {
        say("moving to", &shown_url(url));
    }
    let etag = listing
        .validators
        .etag
        .as_deref()
        .map(String::from_utf8_lossy);
    say("etag", &etag.unwrap_or("none".into()));
    let modified = listing
        .validators
        .last_modified
        .as_deref()
        .map(String::from_utf8_lossy);
    say("last-modified", &modified.unwrap_or("none".into()));
    say(
        "interval",
        &match (&feed.cron, listing.interval_secs) {
            (Some(line), _) => format!("by the cron line {line}"),
            (None, Some(secs)) => format!("{}, fixed", crate::fetch::schedule::in_words(secs)),
            (None, None) => format!("{} min, adaptive", listing.adaptive_secs / 60),
        },
    );
    let prefixes = store.read(|conn| polls::load_unknown_prefixes(conn, feed.id, MOST_PREFIXES))?;
    if !prefixes.is_empty() {
        let counted = |(prefix, count): &(String, u32)| format!("{prefix} ({count})");
        let counted: Vec<String> = prefixes.iter().map(counted).collect();
        say("unknown tags", &counted.join(", "));
    }
    print_visits(store, feed.id)?;
    Ok(ExitCode::SUCCESS)
}

fn print_visits(store: &Store, id: FeedId) -> anyhow::Result<()> {
    let mut table = Table::new(&[
        "visit", "outcome", "status", "ms", "listed", "new", "revised", "overlap", "note",
    ]);
    for visit in store.read(|conn| polls::load_visits(conn, id, 10))? {
        table.row(vec![
            visit.at.format("%F %T").to_string(),
            visit.outcome,
            visit
                .status
                .map_or("-".to_owned(), |status| status.to_string()),
            visit.millis.to_string(),
            visit.listed.to_string(),
            visit.new.to_string(),
            visit.revised.to_string(),
            visit
                .overlap
                .map_or("-".to_owned(), |share| format!("{:.0} %", share * 100.0)),
            if visit.gap {
                format!("possible gap {}", visit.note)
            } else {
                visit.note
            },
        ]);
    }
    print_line("");
    table.print();
    Ok(())
}

fn export(store: &Store, with_credentials: bool) -> anyhow::Result<ExitCode> {
    let listings = store.read(feeds::list_feeds)?;
    let wires: HashSet<_> = store
        .read(outlets::list_outlets)?
        .into_iter()
        .map(|outlet| (outlet.id, outlet.kind))
        .collect();
    let list: Vec<OpmlFeed> = listings
        .into_iter()
        .map(|listing| OpmlFeed {
            kind: wires
                .iter()
                .find(|(id, _)| *id == listing.feed.outlet_id)
                .map(|(_, kind)| *kind),
            url: listing.feed.url,
            title: listing.feed.title,
            category: listing.feed.category,
            outlet: Some(listing.outlet),
            language: listing.feed.language,
            html_url: None,
        })
        .collect();
    let credentials = match with_credentials {
        true => Credentials::Shown,
        false => Credentials::Hidden,
    };
    let now = Arc::new(SystemClock).now();
    print_line(write_feed_list("Feeds of Dateline", now, &list, credentials).trim_end());
    Ok(ExitCode::SUCCESS)
}

/// In hours and minutes: clocks are wrong by zones, of which some lie a quarter of an hour beside others.
fn say_ahead(secs: i64) -> String {
    let minutes = (secs + 59) / 60;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// The one feed that a person means.
fn find_one(store: &Store, text: &str) -> anyhow::Result<FeedListing> {
    let mut found = store.read(|conn| feeds::find_feeds(conn, text))?;
    match found.len() {
        0 => bail!("no feed is meant by {text:?}: see `dateline feeds list`"),
        1 => Ok(found.remove(0)),
        many => bail!("{many} feeds are meant by {text:?}: name one by its id"),
    }
}

fn shown_url(url: &str) -> String {
    url::Url::parse(url).map_or_else(|_| url.to_owned(), |url| without_credentials(&url))
}

fn next_visit(at: UtcTime, now: UtcTime) -> String {
    if at.timestamp() >= polls::NEVER {
        return "only by hand".to_owned();
    }
    if at <= now {
        "due".to_owned()
    } else {
        relative(at, now)
    }
}

fn relative(at: UtcTime, now: UtcTime) -> String {
    let secs = (at - now).num_seconds();
    let span = crate::fetch::schedule::in_words(secs.unsigned_abs());
    if secs <= 0 {
        format!("{span} ago")
    } else {
        format!("in {span}")
    }
}
