//! What editors ruled on an event, as its page shows it: the decisions that may be taken back there, those that put a
//! report where it stands, and what keeps one out.

use super::views::{Moment, moment};
use crate::decisions::{describe_ruling, describe_went_along, in_force};
use crate::feed::write::one_line;
use crate::news::{Answer, Decision, DecisionId, EventId, ItemId, Ruling, Target};
use crate::store::decisions::{self, load_decision};
use crate::store::{Connection, Result, kept_out, requests, standing, went_along};

/// A decision as a line of the log.
#[derive(serde::Serialize)]
pub(super) struct DecisionLine {
    pub(super) id: i64,
    pub(super) editor: String,
    pub(super) what: String,
    /// What went along that it does not name.
    pub(super) along: Vec<String>,
    pub(super) note: String,
    pub(super) at: Moment,
    pub(super) undone: Option<(String, Moment)>,
}

pub(super) fn decision_line(conn: &Connection, decision: &Decision) -> Result<DecisionLine> {
    let undone_by = decision.undone_by.clone().unwrap_or_default();
    Ok(DecisionLine {
        id: decision.id.0,
        editor: one_line(&decision.editor),
        what: one_line(&describe_ruling(&decision.ruling)),
        along: describe_along(conn, decision.id)?,
        note: one_line(&decision.note),
        at: moment(decision.decided_at),
        undone: decision
            .undone_at
            .map(|at| (one_line(&undone_by), moment(at))),
    })
}

/// What went along by a decision that does not name it, in words.
pub(super) fn describe_along(conn: &Connection, decision: DecisionId) -> Result<Vec<String>> {
    let went = went_along::load(conn, decision)?;
    Ok(went.iter().map(describe_went_along).collect())
}

/// What came of a request, with what the decision took along that it does not name: `None` if there is no such request
/// (any more), `Some(None)` while it waits.
pub(super) fn find_answer(conn: &Connection, number: i64) -> Result<Option<Option<Answer>>> {
    let mut said = requests::find_answer(conn, number)?;
    if let Some(Some(answer)) = &mut said
        && let Some(decision) = answer.decision
    {
        answer.lines.extend(describe_along(conn, decision)?);
    }
    Ok(said)
}

/// The answer, while there is one.
pub(super) fn load_answer(conn: &Connection, number: i64) -> Result<Option<Answer>> {
    Ok(find_answer(conn, number)?.flatten())
}

/// The decisions on an event and on what it holds by now, the latest first: of those that name it or its items those
/// that are about it, those by which something went along out of it or into it, and the pins that it shows.
pub(super) fn decisions_on(
    conn: &Connection,
    about: &[Decision],
    (event, items): (EventId, &[ItemId]),
    pins: &[Decision],
) -> Result<Vec<DecisionLine>> {
    let mut found: Vec<&Decision> = about
        .iter()
        .filter(|one| concerns(&one.ruling, event, items))
        .collect();
    let mut along = Vec::new();
    for id in went_along::load_decisions(conn, event)? {
        along.extend(load_decision(conn, id)?);
    }
    for one in along.iter().chain(pins) {
        if found.iter().all(|known| known.id != one.id) {
            found.push(one);
        }
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.id));
    let lines = found.into_iter().map(|one| decision_line(conn, one));
    lines.collect()
}

fn concerns(ruling: &Ruling, event: EventId, items: &[ItemId]) -> bool {
    match ruling {
        Ruling::MergeEvents { kept, merged, .. } => *kept == event || *merged == event,
        Ruling::SplitEvent { event: of, .. } | Ruling::PinHeadline { event: of, .. } => {
            *of == event
        }
        // It goes along with what it names.
        Ruling::Lock {
            event: of,
            items: locked,
        } => *of == event || locked.iter().any(|item| items.contains(item)),
        Ruling::MoveItem { from, to, .. } => *from == event || *to == event,
        Ruling::Spike { target } => *target == Target::Event(event),
        _ => false,
    }
}

/// The pins in force of an event and of what was merged into it, whose headline it may show.
pub(super) fn load_pins(conn: &Connection, event: EventId) -> Result<Vec<Decision>> {
    let mut events = standing::load_predecessors(conn, event)?;
    events.push(event);
    let mut made = decisions::load_pins(conn, events)?;
    made.retain(|one| one.undone_at.is_none());
    Ok(made)
}

/// The rulings in force that say of an item which event it tells, in words.
pub(super) fn rulings_on(item: ItemId, made: &[Decision]) -> Vec<String> {
    let named = in_force(made).filter(|one| names_item(&one.ruling, item));
    let words = named.map(|one| {
        let what = describe_ruling(&one.ruling);
        format!("decision {}: {} {what}", one.id, one.editor)
    });
    words.collect()
}

fn names_item(ruling: &Ruling, id: ItemId) -> bool {
    match ruling {
        Ruling::SameEvent { a, b, .. } | Ruling::NotSameEvent { a, b } => *a == id || *b == id,
        Ruling::SplitEvent { split_items, .. } => split_items.contains(&id),
        ruling => ruling.puts(id),
    }
}

/// True if a ruling in force put an item into the event of others.
pub(super) fn is_put(item: ItemId, made: &[Decision]) -> bool {
    in_force(made).any(|one| one.ruling.puts(item))
}

/// What keeps an item out that stands elsewhere, each as a target and in words.
pub(super) fn load_keepers(conn: &Connection, item: ItemId) -> Result<Vec<(String, String)>> {
    let keepers = kept_out::load_kept_with(conn, item)?.into_iter();
    let named = keepers.map(|keeper| (keeper.as_typed(), keeper.to_string()));
    Ok(named.collect())
}
