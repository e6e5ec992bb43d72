//! `dateline events` and `dateline storylines`: lists for people, JSON lines for programs.

use std::process::ExitCode;

use anyhow::bail;
use chrono::{DateTime, NaiveDate, TimeDelta};
use serde_json::json;

use super::table::{Table, print_line};
use super::{Global, Place};
use crate::clock::{Clock, SystemClock};
use crate::news::{Event, Storyline, UtcTime, utc_from_secs};
use crate::store::{Store, desk, listing};

/// Options of both lists.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples: dateline events --since 6h\n          dateline storylines --since 2026-11-01 --json"
)]
pub struct ListArgs {
    /// Only what has reports since: 90m, 6h, 2d, a date, or a time in RFC 3339
    #[arg(long, value_name = "WHEN", default_value = "2d")]
    since: String,
    /// At most so many
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    most: u32,
    /// Print JSON lines
    #[arg(long)]
    json: bool,
}

/// Lists events.
///
/// # Errors
/// If there is no database, or `--since` is no time.
pub fn events(args: &ListArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let since = parse_since(&args.since, SystemClock.now())?;
    let store = Place::find(global)?.read_store()?;
    let events = store.read(|conn| listing::list_events(conn, since, args.most))?;
    let mut table = Table::new(&["id", "happened", "reports", "outlets", "state", "headline"]);
    for event in &events {
        if args.json {
            print_line(&event_json(event).to_string());
        } else {
            table.row(vec![
                event.id.to_string(),
                minute(event.occurred_at),
                event.report_count.to_string(),
                event.outlet_count.to_string(),
                state_of(event).to_owned(),
                event.headline.clone(),
            ]);
        }
    }
    finish(args, &table, events.len(), "event")
}

/// Lists storylines.
///
/// # Errors
/// As [`events`].
pub fn storylines(args: &ListArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let since = parse_since(&args.since, SystemClock.now())?;
    let store = Place::find(global)?.read_store()?;
    let found = store.read(|conn| listing::list_storylines(conn, since, args.most))?;
    let mut table = Table::new(&["slug", "latest", "events", "outlets", "life", "headline"]);
    for storyline in &found {
        if args.json {
            print_line(&storyline_json(storyline).to_string());
        } else {
            table.row(vec![
                storyline.slug.clone(),
                minute(storyline.last_event_at),
                storyline.event_count.to_string(),
                storyline.outlet_count.to_string(),
                life_of(&store, storyline)?.to_owned(),
                storyline.headline.clone(),
            ]);
        }
    }
    finish(args, &table, found.len(), "storyline")
}

/// How a storyline stands, in a word.
pub(super) fn life_of(store: &Store, storyline: &Storyline) -> anyhow::Result<&'static str> {
    let is_withdrawn = store.read(|conn| desk::is_line_withdrawn(conn, storyline.id))?;
    Ok(match storyline.spiked {
        true => "spiked",
        false if is_withdrawn => "withdrawn",
        false => storyline.life.name(),
    })
}

/// An event as one JSON object: the fields of `news::Event`.
pub(super) fn event_json(event: &Event) -> serde_json::Value {
    json!(event)
}

/// A storyline as one JSON object: the fields of `news::Storyline`.
pub(super) fn storyline_json(storyline: &Storyline) -> serde_json::Value {
    json!(storyline)
}

/// A time to the minute, in UTC.
pub(super) fn minute(time: UtcTime) -> String {
    time.format("%Y-%m-%d %H:%M").to_string()
}

/// What became of an event, in a word.
pub(super) fn state_of(event: &Event) -> &'static str {
    if event.merged_into.is_some() {
        "merged"
    } else if event.spiked {
        "spiked"
    } else if event.withdrawn_at.is_some() {
        "withdrawn"
    } else if event.published_at.is_none() {
        "provisional"
    } else if event.locked {
        "locked"
    } else {
        "published"
    }
}

fn finish(args: &ListArgs, table: &Table, count: usize, noun: &str) -> anyhow::Result<ExitCode> {
    if !args.json {
        if count == 0 {
            print_line(&format!("no {noun} since {}", args.since));
        } else {
            table.print();
        }
        if count == args.most as usize {
            print_line(&format!("(the first {count}; more with --most)"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The instant that `text` names, seen from `now`.
fn parse_since(text: &str, now: UtcTime) -> anyhow::Result<UtcTime> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(day.and_time(chrono::NaiveTime::MIN).and_utc());
    }
    let (number, unit) =
        text.split_at(text.len() - text.chars().next_back().map_or(0, char::len_utf8));
    let secs = match (number.parse::<i64>(), unit) {
        (Ok(number), "m") => number.checked_mul(60),
        (Ok(number), "h") => number.checked_mul(3600),
        (Ok(number), "d") => number.checked_mul(86_400),
        _ => None,
    };
    let span = secs.and_then(TimeDelta::try_seconds);
    match span {
        Some(span) => Ok(now.checked_sub_signed(span).unwrap_or(utc_from_secs(0))),
        None => bail!("--since takes 90m, 6h, 2d, 2026-11-01 or an RFC 3339 time, not `{text}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_reads_spans_days_and_times() {
        let now = utc_from_secs(1_760_000_000);
        let secs = |text| parse_since(text, now).map(|time| now.timestamp() - time.timestamp());
        assert_eq!(secs("90m").unwrap(), 5400);
        assert_eq!(secs("2d").unwrap(), 172_800);
        assert_eq!(
            parse_since("2026-11-01", now).unwrap().to_rfc3339(),
            "2026-11-01T00:00:00+00:00"
        );
        assert!(parse_since("2026-11-01T10:00:00+02:00", now).is_ok());
        for wrong in ["", "soon", "5", "h", "5ü", "99999999999999999999d"] {
            assert!(parse_since(wrong, now).is_err(), "{wrong}");
        }
    }
}
