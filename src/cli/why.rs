//! `dateline why`: the frozen numbers for a pair of items, or the evidence for one item's event.

use std::process::ExitCode;

use anyhow::Context;

use super::asking::open_to_read;
use super::table::{print_line, printable};
use super::{Global, Place};
use crate::cluster::{Settings, Weights};
use crate::decisions::{describe_ruling, in_force};
use crate::jobs::decide::decisions_about;
use crate::news::{Decision, Evidence, Item, ItemId, PairEvidence};
use crate::store::decisions::{Named, load_about};
use crate::store::{Connection, Store, clustering, events, items};

/// Options of `why`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples: dateline why 340\n          dateline why 340 355")]
pub struct WhyArgs {
    /// Number of an item
    item: i64,
    /// Number of another item: why these two stand together, or not
    other: Option<i64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints why.
///
/// # Errors
/// That there is no such item, or whatever the store says.
pub fn run(args: &WhyArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let store = open_to_read(&Place::find(global)?)?;
    let item = load(&store, ItemId(args.item))?;
    let lines = match args.other {
        Some(other) => why_pair(&store, &item, &load(&store, ItemId(other))?, args.json)?,
        None => why_item(&store, &item, args.json)?,
    };
    for line in lines {
        print_line(&printable(&line));
    }
    Ok(ExitCode::SUCCESS)
}

fn load(store: &Store, id: ItemId) -> anyhow::Result<Item> {
    store
        .read(|conn| items::load_item(conn, id))?
        .with_context(|| format!("there is no item {id}"))
}

fn why_item(store: &Store, item: &Item, json: bool) -> anyhow::Result<Vec<String>> {
    let (evidence, made) = store.read(|conn| {
        Ok((
            events::load_evidence(conn, item.id)?,
            load_about(conn, &naming(item))?,
        ))
    })?;
    let Some((evidence, frozen)) = evidence else {
        let role = item.wire.role.name();
        return Ok(vec![match item.wire.role.tells_an_event() {
            true => format!("item {} has not been clustered yet", item.id),
            false => format!("item {} is {role}, which joins no event", item.id),
        }]);
    };
    let mut evidence = evidence.with_terms(&frozen, Weights::embedded_terms);
    evidence.decisions = decisions_about(item.id, &made);
    if json {
        return Ok(vec![serde_json::to_string(&evidence)?]);
    }
    Ok(describe_evidence(&evidence, &made))
}

fn naming(item: &Item) -> Named {
    Named {
        items: vec![item.id],
        ..Named::default()
    }
}

fn describe_evidence(evidence: &Evidence, made: &[Decision]) -> Vec<String> {
    let verdict = match evidence.mean_score >= evidence.threshold {
        true => "reaches",
        false => "is below",
    };
    let mut lines = vec![format!(
        "item {} stands in event {}: its mean score with the other reports was {:.3}, which {verdict} {:.3}",
        evidence.item, evidence.event, evidence.mean_score, evidence.threshold
    )];
    if let Some(original) = evidence.reprint_of {
        lines.push(format!("its text is a copy of item {original}"));
    }
    lines.extend(
        evidence
            .strongest_for
            .iter()
            .flat_map(|pair| describe_pair(pair, "for")),
    );
    match evidence.runner_up {
        Some((event, mean)) => lines.push(format!("next best: event {event}, mean {mean:.3}")),
        None => lines.push("no other event was near".to_owned()),
    }
    let against = evidence.strongest_against.iter();
    lines.extend(against.flat_map(|pair| describe_pair(pair, "against")));
    for decision in in_force(made).filter(|one| evidence.decisions.contains(&one.id)) {
        lines.push(describe_decision(decision));
    }
    lines
}

fn describe_decision(decision: &Decision) -> String {
    let what = describe_ruling(&decision.ruling);
    format!("decision {}: {} {what}", decision.id, decision.editor)
}

fn describe_pair(pair: &PairEvidence, side: &str) -> Vec<String> {
    let mut lines = vec![format!(
        "{side}: item {}, score {:.3}",
        pair.other, pair.score
    )];
    lines.extend(pair.terms.iter().map(|term| {
        format!(
            "    {:+.3}  {} = {:.3}",
            term.contribution, term.feature, term.value
        )
    }));
    lines
}

fn why_pair(store: &Store, a: &Item, b: &Item, json: bool) -> anyhow::Result<Vec<String>> {
    let found = store.read(|conn| clustering::load_pair(conn, a.id, b.id))?;
    let made = store.read(|conn| load_about(conn, &naming(a)))?;
    let weights = Weights::embedded();
    let mut lines = Vec::new();
    match found {
        Some(pair) if json => return Ok(vec![serde_json::to_string(&pair)?]),
        Some(pair) if pair.weights_version == weights.version => {
            lines.push(format!(
                "items {} and {} tell one event with probability {:.3}, frozen when item {} came",
                a.id, b.id, pair.score, pair.later
            ));
            lines.extend(describe_pair(&weights.explain_pair(a.id, &pair), "terms"));
        }
        Some(pair) => lines.push(format!(
            "items {} and {}: score {:.3} by version {} of the weights; values {:?}",
            a.id, b.id, pair.score, pair.weights_version, pair.values
        )),
        None => lines.push(store.read(|conn| why_they_never_met(conn, a, b))?),
    }
    let about_both = |one: &&Decision| {
        let named = one.ruling.items();
        named.contains(&a.id) && named.contains(&b.id)
    };
    lines.extend(in_force(&made).filter(about_both).map(describe_decision));
    Ok(lines)
}

/// Why a pair has no frozen score.
fn why_they_never_met(conn: &Connection, a: &Item, b: &Item) -> crate::store::Result<String> {
    let hours = (a.item_time - b.item_time).num_hours().abs();
    let window = i64::from(Settings::default().window_hours);
    for item in [a, b] {
        if !item.wire.role.tells_an_event() {
            let role = item.wire.role.name();
            return Ok(format!(
                "never scored: item {} is {role}, which joins no event",
                item.id
            ));
        }
        if let Some(original) = events::original_of(conn, item.id)? {
            return Ok(format!(
                "never scored: item {} is a reprint of item {original}, which is scored for it",
                item.id
            ));
        }
    }
    if hours > window {
        return Ok(format!(
            "never met: {hours} hours lie between them, and items are compared within {window}"
        ));
    }
    Ok(
        "no score is kept: they share too few rare words to be candidates of each other, \
        were too far apart in time and rank to be measured, \
        or scored below 0.1, which no verdict could turn on"
            .to_owned(),
    )
}
