//! `dateline show`: an event with its reports, a storyline with its timeline, or an item with its
//! history.

use std::process::ExitCode;

use anyhow::{Context, bail};
use serde_json::json;

use super::list::{event_json, life_of, minute, state_of, storyline_json};
use super::table::{Table, print_line, printable};
use super::{Global, Place};
use crate::jobs::decide::find_spike;
use crate::news::{Event, EventId, Item, ItemId, Report, Revision, StorylineId, Target};
use crate::store::listing::{self, Named};
use crate::store::{Store, events, items, kept_out, outlets, published};
use crate::text::diff::{WordChange, word_diff};

/// Options of `show`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples: dateline show the-summit-opens\n          dateline show event 12\n          dateline show item 345 --json"
)]
pub struct ShowArgs {
    /// A slug, a public id, the address of a page, or `event N`, `storyline N`, `item N`; a bare number means an event,
    /// else an item
    #[arg(required = true, num_args = 1..=2, value_name = "ID")]
    id: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Shows what the id names.
///
/// # Errors
/// If there is no database, or nothing of that name.
pub fn run(args: &ShowArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let store = Place::find(global)?.read_store()?;
    let text = args.id.join(" ");
    match store.read(|conn| listing::find_named(conn, &text))? {
        Some(Named::Event(id)) => show_event(&store, id, args.json)?,
        Some(Named::Storyline(id)) => show_storyline(&store, id, args.json)?,
        Some(Named::Item(id)) => show_item(&store, id, args.json)?,
        None if store.read(|conn| listing::was_named(conn, &text))? => {
            bail!("`{text}` is older than what is kept")
        }
        None => bail!(
            "nothing is named `{text}`: `dateline events` and `dateline storylines` list what there is"
        ),
    }
    Ok(ExitCode::SUCCESS)
}

fn show_event(store: &Store, id: EventId, as_json: bool) -> anyhow::Result<()> {
    let event = store
        .read(|conn| listing::load_event(conn, id))?
        .context("the event is gone")?;
    let reports = store.read(|conn| published::load_reports(conn, id))?;
    if as_json {
        let mut object = event_json(&event);
        object["reports"] = json!(reports);
        print_line(&object.to_string());
        return Ok(());
    }
    print_event_head(&event);
    print_reports(&reports);
    let out = store.read(|conn| kept_out::load_spiked(conn, id))?;
    if !out.is_empty() {
        let items: Vec<String> = out.iter().map(ItemId::to_string).collect();
        print_line(&format!("kept out: items {}", items.join(", ")));
    }
    Ok(())
}

fn show_storyline(store: &Store, id: StorylineId, as_json: bool) -> anyhow::Result<()> {
    let storyline = store
        .read(|conn| listing::load_storyline(conn, id))?
        .context("the storyline is gone")?;
    let events = store.read(|conn| listing::timeline_of(conn, id))?;
    if as_json {
        let mut object = storyline_json(&storyline);
        object["events"] = events.iter().map(event_json).collect();
        print_line(&object.to_string());
        return Ok(());
    }
    print_line(&printable(&storyline.headline));
    print_line(&format!(
        "storyline {id}, {}, {} events, {} outlets",
        life_of(store, &storyline)?,
        storyline.event_count,
        storyline.outlet_count
    ));
    if let Some(public_id) = storyline.public_id {
        print_line(&format!("/storylines/{public_id}/timeline"));
    }
    if let Some(into) = storyline.merged_into {
        print_line(&format!("merged: see `dateline show storyline {into}`"));
    }
    print_line("");
    let mut table = Table::new(&["happened", "event", "state", "reports", "place", "headline"]);
    for event in &events {
        table.row(vec![
            minute(event.occurred_at),
            event.id.to_string(),
            state_of(event).to_owned(),
            event.report_count.to_string(),
            event.place.clone(),
            event.headline.clone(),
        ]);
    }
    table.print();
    Ok(())
}

fn show_item(store: &Store, id: ItemId, as_json: bool) -> anyhow::Result<()> {
    let item = store
        .read(|conn| items::load_item(conn, id))?
        .context("the item is gone")?;
    let revisions = store.read(|conn| items::load_revisions(conn, id))?;
    let outlet = store.read(|conn| outlets::load_outlet(conn, item.outlet_id))?;
    let event = store.read(|conn| events::event_of_item(conn, id))?;
    if as_json {
        let mut object = json!(item);
        object["event"] = json!(event);
        object["revisions"] = json!(revisions);
        print_line(&object.to_string());
        return Ok(());
    }
    print_line(&printable(&item.title));
    let outlet = outlet.map(|outlet| outlet.name).unwrap_or_default();
    print_line(&printable(&format!(
        "item {id}, {}, {}, {outlet}, told {}, seen {}",
        item.wire.role.name(),
        item.language,
        minute(item.item_time),
        minute(item.fetched_at)
    )));
    print_line(&match event {
        Some(event) => format!("stands in event {event}: `dateline why {id}` tells why"),
        None => format!("stands in no event: `dateline why {id}` tells why"),
    });
    if let Some(spike) = find_spike(store, Target::Item(id))? {
        print_line(&format!("kept out by decision {spike}"));
    }
    for keeper in store.read(|conn| kept_out::load_kept_with(conn, id))? {
        print_line(&format!("kept out with {keeper}"));
    }
    if let Some(link) = &item.link {
        print_line(&printable(link));
    }
    print_history(&item, &revisions);
    Ok(())
}

fn print_event_head(event: &Event) {
    print_line(&printable(&event.headline));
    let place = if event.place.is_empty() {
        String::new()
    } else {
        format!(", {}", event.place)
    };
    print_line(&format!(
        "event {}, {}, {}{}",
        event.id,
        state_of(event),
        minute(event.occurred_at),
        printable(&place)
    ));
    if !event.lede.is_empty() && event.withdrawn_at.is_none() {
        print_line(&crate::text::clean::inert(&event.lede));
    }
    if let Some(public_id) = event.public_id {
        print_line(&format!("/events/{public_id}"));
    }
    if let Some(into) = event.merged_into {
        print_line(&format!("merged: see `dateline show event {into}`"));
    }
    print_line("");
}

fn print_reports(reports: &[Report]) {
    let mut table = Table::new(&["told", "item", "outlet", "role", "title"]);
    for report in reports {
        let role = if report.is_withdrawn {
            "withdrawn"
        } else {
            report.role.name()
        };
        table.row(vec![
            minute(report.at),
            report.item_id.to_string(),
            report.outlet.clone(),
            role.to_owned(),
            report.title.clone(),
        ]);
        let reprints = report.reprints.iter().map(|copy| (copy, "reprint"));
        let relisted = report.relisted.iter().map(|copy| (copy, "listed again"));
        for (copy, word) in reprints.chain(relisted) {
            table.row(vec![
                minute(copy.at),
                copy.item_id.to_string(),
                copy.outlet.clone(),
                word.to_owned(),
                copy.title.clone(),
            ]);
        }
    }
    table.print();
}

/// What changed from each state to the next, word by word.
fn print_history(item: &Item, revisions: &[Revision]) {
    for (index, revision) in revisions.iter().enumerate() {
        let next = revisions.get(index + 1);
        let title = next.map_or(item.title.as_str(), |next| &next.title);
        let summary = next.map_or(item.summary.as_str(), |next| &next.summary);
        let text = next.map_or(item.text.as_str(), |next| &next.text);
        print_line("");
        print_line(&format!("changed {}", minute(revision.replaced_at)));
        print_change("title", &revision.title, title);
        print_change("lead", &revision.summary, summary);
        print_change("text", &revision.text, text);
    }
}

fn print_change(field: &str, old: &str, new: &str) {
    if old == new {
        return;
    }
    let words: Vec<String> = word_diff(old, new)
        .into_iter()
        .map(|change| match change {
            WordChange::Same(text) => text,
            WordChange::Removed(text) => format!("[-{text}-]"),
            WordChange::Added(text) => format!("{{+{text}+}}"),
        })
        .collect();
    print_line(&format!(
        "  {field}: {}",
        crate::text::clean::inert(&words.concat())
    ));
}
