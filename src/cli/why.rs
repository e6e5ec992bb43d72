//! `dateline why`: the frozen numbers for a pair of items, or the evidence for one item's event.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::json;

use super::asking::open_to_read;
use super::table::{print_line, printable};
use super::{Global, Place};
use crate::cluster::Weights;
use crate::decisions::{describe_ruling, in_force};
use crate::jobs::cluster::parted_now;
use crate::jobs::decide::{decisions_about, why_in_no_event};
use crate::news::{Decision, EventId, Evidence, Item, ItemId, PairEvidence, Term};
use crate::store::decisions::{Named, load_about};
use crate::store::{Connection, Store, clustering, events, items, kept_out};

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
    let place = Place::find(global)?;
    let store = open_to_read(&place)?;
    let item = load(&store, ItemId(args.item))?;
    let lines = match args.other {
        Some(other) => {
            let pair = (&item, &load(&store, ItemId(other))?);
            why_pair(&store, &place, pair, args.json)?
        }
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
        let reason = store.read(|conn| why_in_no_event(conn, item))?;
        if json {
            let answer = json!({"item": item.id, "event": null, "reason": reason});
            return Ok(vec![answer.to_string()]);
        }
        return Ok(vec![reason]);
    };
    let mut evidence = evidence.with_terms(&frozen, Weights::embedded_terms);
    evidence.decisions = decisions_about(item.id, &made);
    let places = store.read(|conn| load_places(conn, &evidence))?;
    if json {
        let mut answer = serde_json::to_value(&evidence)?;
        answer["stands_in"] = json!(places.get(&item.id));
        return Ok(vec![answer.to_string()]);
    }
    let mut lines = describe_evidence(&evidence, &places, &made);
    let kept_with = store.read(|conn| kept_out::load_kept_with(conn, item.id))?;
    let kept_out = |keeper| format!("it is kept out with {keeper}");
    lines.extend(kept_with.iter().map(kept_out));
    Ok(lines)
}

/// Where the item and those that it was held against stand now.
fn load_places(conn: &Connection, evidence: &Evidence) -> crate::store::Result<Places> {
    let pairs = evidence.strongest_for.iter();
    let pairs = pairs.chain(&evidence.strongest_against);
    let mut places = Places::new();
    for item in pairs.map(|pair| pair.other).chain([evidence.item]) {
        let event = events::event_of_item(conn, item)?;
        places.extend(event.map(|event| (item, event)));
    }
    Ok(places)
}

type Places = BTreeMap<ItemId, EventId>;

fn naming(item: &Item) -> Named {
    Named {
        items: vec![item.id],
        ..Named::default()
    }
}

/// The numbers are those of when the item joined; where what came since put it or the others elsewhere, that
/// is said.
fn describe_evidence(evidence: &Evidence, places: &Places, made: &[Decision]) -> Vec<String> {
    let stands_in = places.get(&evidence.item).copied();
    let decisions: Vec<&Decision> = in_force(made)
        .filter(|one| evidence.decisions.contains(&one.id))
        .collect();
    let is_put = decisions.iter().any(|one| one.ruling.puts(evidence.item));
    let mut lines = vec![verdict_of(evidence, stands_in, is_put)];
    let place_of = |pair: &PairEvidence, is_for: bool| {
        let event = places.get(&pair.other).copied()?;
        match (stands_in == Some(event), is_for) {
            (true, false) => Some(", in the same event by now".to_owned()),
            (false, true) => Some(format!(", in event {event} by now")),
            _ => None,
        }
    };
    if let Some(original) = evidence.reprint_of {
        lines.push(format!("its text is a copy of item {original}"));
    }
    lines.extend(
        evidence
            .strongest_for
            .iter()
            .flat_map(|pair| describe_pair(pair, "for", place_of(pair, true))),
    );
    match evidence.runner_up {
        Some((event, mean)) => lines.push(format!("next best: event {event}, mean {mean:.3}")),
        None => lines.push("with no other event a score was kept".to_owned()),
    }
    let against = evidence.strongest_against.iter();
    lines.extend(against.flat_map(|pair| describe_pair(pair, "against", place_of(pair, false))));
    lines.extend(decisions.into_iter().map(describe_decision));
    lines
}

fn verdict_of(evidence: &Evidence, stands_in: Option<EventId>, is_put: bool) -> String {
    let (item, joined) = (evidence.item, evidence.event);
    let event = stands_in.unwrap_or(joined);
    // The evidence of what an editor put somewhere is of then: the machine would not have.
    let is_below = evidence.mean_score < evidence.threshold;
    let when = match (event == joined, is_put && is_below) {
        (_, true) => format!("when an editor put it into event {joined}"),
        (true, false) => "when it joined".to_owned(),
        (false, false) => format!("when it joined event {joined}"),
    };
    if evidence.strongest_for.is_empty() && evidence.mean_score == 1.0 {
        return format!("item {item} stands in event {event}: {when} no other report told it");
    }
    let verdict = match evidence.mean_score >= evidence.threshold {
        true => "reaches",
        false => "is below",
    };
    let since = match evidence.mean_score >= evidence.threshold || !evidence.decisions.is_empty() {
        true => "",
        false => "; what came since holds it there",
    };
    format!(
        "item {item} stands in event {event}: {when} its mean score with the other reports was {:.3}, which {verdict} {:.3}{since}",
        evidence.mean_score, evidence.threshold
    )
}

fn describe_decision(decision: &Decision) -> String {
    let what = describe_ruling(&decision.ruling);
    format!("decision {}: {} {what}", decision.id, decision.editor)
}

fn describe_pair(pair: &PairEvidence, side: &str, place: Option<String>) -> Vec<String> {
    let mut lines = vec![format!(
        "{side}: item {}, score {:.3}{}",
        pair.other,
        pair.score,
        place.unwrap_or_default()
    )];
    lines.extend(pair.terms.iter().map(describe_term));
    lines
}

fn describe_term(term: &Term) -> String {
    format!(
        "    {:+.3}  {} = {:.3}",
        term.contribution, term.feature, term.value
    )
}

/// What is known of a pair, as `--json` prints it.
#[derive(serde::Serialize)]
struct PairAnswer {
    items: [ItemId; 2],
    /// The frozen score; `None` if none is kept.
    score: Option<f32>,
    /// The version of the weights that gave it.
    weights_version: Option<u32>,
    /// Its terms, largest share first; empty without a score, and if they are not kept or another version
    /// of the weights gave it.
    terms: Vec<Term>,
    /// Why there is no score; empty if there is one.
    reason: String,
    /// The decisions in force that name both.
    decisions: Vec<Decision>,
}

fn why_pair(
    store: &Store,
    place: &Place,
    (a, b): (&Item, &Item),
    json: bool,
) -> anyhow::Result<Vec<String>> {
    let answer = store.read(|conn| answer_about(conn, place, a, b))?;
    if json {
        return Ok(vec![serde_json::to_string(&answer)?]);
    }
    let mut lines = vec![verdict_on(&answer)];
    lines.extend(answer.terms.iter().map(describe_term));
    lines.extend(answer.decisions.iter().map(describe_decision));
    Ok(lines)
}

fn answer_about(
    conn: &Connection,
    place: &Place,
    a: &Item,
    b: &Item,
) -> crate::store::Result<PairAnswer> {
    let found = clustering::load_pair(conn, a.id, b.id)?;
    let reason = match found {
        Some(_) => String::new(),
        None => why_they_never_met(conn, place.config.clustering.window_hours, a, b)?,
    };
    let about_both = |one: &&Decision| {
        let named = one.ruling.items();
        named.contains(&a.id) && named.contains(&b.id)
    };
    let made = load_about(conn, &naming(a))?;
    let found = found.as_ref();
    Ok(PairAnswer {
        items: [a.id, b.id],
        score: found.map(|pair| pair.score),
        weights_version: found.map(|pair| pair.weights_version),
        terms: found
            .and_then(|pair| Weights::embedded_terms(a.id, pair))
            .unwrap_or_default(),
        reason,
        decisions: in_force(&made).filter(about_both).cloned().collect(),
    })
}

fn verdict_on(answer: &PairAnswer) -> String {
    let [a, b] = answer.items;
    let Some(score) = answer.score else {
        return answer.reason.clone();
    };
    let of_terms = match answer.terms.is_empty() {
        true => "; its terms are not known any more",
        false => "",
    };
    format!(
        "items {a} and {b} tell one event with probability {score:.3}, frozen when item {} came{of_terms}",
        a.max(b)
    )
}

/// Why a pair has no frozen score.
fn why_they_never_met(
    conn: &Connection,
    window_hours: u32,
    a: &Item,
    b: &Item,
) -> crate::store::Result<String> {
    let hours = (a.item_time - b.item_time).num_hours().abs();
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
    if hours > i64::from(window_hours) {
        return Ok(format!(
            "never met: {hours} hours lie between them, and items are compared within {window_hours}"
        ));
    }
    if let Some(parting) = parted_now(conn, a, b)? {
        let reason = parting.reason();
        return Ok(format!(
            "no score is kept: by the rules and the weights of now the two are not of one event, as {reason}"
        ));
    }
    Ok(
        "no score is kept: they share too few rare words to be candidates of each other, \
        were too far apart in time and rank to be measured, \
        or scored below 0.1, which no verdict could turn on"
            .to_owned(),
    )
}
