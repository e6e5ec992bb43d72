//! The decisions on an event, as whoever publishes it asks for them.

use std::collections::BTreeSet;

use crate::decisions::in_force;
use crate::news::{Decision, DecisionId, EventId, ItemId, Ruling, Target};
use crate::store::{Result, Transaction, decisions, events};
use crate::timeline::material::Ruled;

/// Those of some decisions that are undone.
pub(super) fn undone_of(
    tx: &Transaction<'_>,
    made: &BTreeSet<DecisionId>,
) -> Result<BTreeSet<DecisionId>> {
    let mut undone = BTreeSet::new();
    for id in made {
        let decision = decisions::load_decision(tx, *id)?;
        undone.extend(decision.and_then(|one| one.undone_at).map(|_| *id));
    }
    Ok(undone)
}

/// True while one of these is not obeyed. What is spiked is out with the decision itself.
pub(super) fn is_ruled_on(tx: &Transaction<'_>, about: &[Decision]) -> Result<bool> {
    let is_waited_for = |one: &&Decision| !matches!(one.ruling, Ruling::Spike { .. });
    Ok(!decisions::are_these_obeyed(
        tx,
        about.iter().filter(is_waited_for),
    )?)
}

pub(super) fn rulings_of(
    tx: &Transaction<'_>,
    event: EventId,
    about: &[Decision],
) -> Result<Vec<Ruled>> {
    if about.is_empty() {
        return Ok(Vec::new());
    }
    let items = events::load_items(tx, event)?.into_iter().collect();
    let rulings = in_force(about).filter_map(|decision| ruled(decision, event, &items));
    Ok(rulings.collect())
}

/// What a decision does to the event, in words; `None` if it does not name it.
fn ruled(decision: &Decision, event: EventId, items: &BTreeSet<ItemId>) -> Option<Ruled> {
    let words = match &decision.ruling {
        Ruling::MergeEvents { kept, merged, .. } if *kept == event || *merged == event => {
            "an editor merged two events into this one"
        }
        Ruling::SplitEvent {
            event: split,
            split_items,
            ..
        } if *split == event || split_items.iter().any(|item| items.contains(item)) => {
            "an editor told two events apart"
        }
        Ruling::MoveItem { from, to, .. } if *from == event || *to == event => {
            "an editor moved a report"
        }
        Ruling::SameEvent { a, b, .. } if items.contains(a) || items.contains(b) => {
            "an editor joined two reports"
        }
        Ruling::NotSameEvent { a, b } if items.contains(a) || items.contains(b) => {
            "an editor told two reports apart"
        }
        // Also of what was merged into it.
        Ruling::PinHeadline { .. } => "an editor set the headline",
        Ruling::Lock { event: locked, .. } if *locked == event => "",
        Ruling::Spike {
            target: Target::Item(item),
        } if items.contains(item) => "an editor took a report out",
        _ => return None,
    };
    Some(Ruled {
        id: decision.id,
        words: words.to_owned(),
        comes_along: matches!(decision.ruling, Ruling::PinHeadline { .. }),
    })
}
