//! What undoing a decision brings back. Any decision can be undone, in any order: to take demands
//! away never makes those that are left contradict each other. What others still hold stays.

use crate::news::{Decision, DecisionId, EventId, Ruling, StorylineId, Target};

use super::Held;
use super::attributes::Attributes;
use super::links::demand_on_items;
use super::{Refusal, in_force};

/// What comes of an undoing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undoing {
    /// The machine decides again about what the ruling held.
    MachineDecides,
    /// All that the ruling named is older than what is kept.
    NothingIsLeft,
    /// This event lives again under its own id.
    EventLives(EventId),
    /// This storyline lives again under its own id.
    StorylineLives(StorylineId),
    /// An earlier decision's headline is shown again.
    EarlierHeadline(String),
    /// The machine picks the headline again.
    MachineHeadline,
    /// It is published again.
    Published(Target),
    /// Other decisions hold it as it is; the latest of them.
    StillHeld(DecisionId),
}

/// Says what undoing a decision brings back.
///
/// # Errors
/// [`Refusal::NoDecision`] and [`Refusal::UndoneAlready`].
pub fn check_undo(id: DecisionId, decisions: &[Decision]) -> Result<Undoing, Refusal> {
    let decision = decisions
        .iter()
        .find(|decision| decision.id == id)
        .ok_or(Refusal::NoDecision(id))?;
    if decision.undone_at.is_some() {
        return Err(Refusal::UndoneAlready(id));
    }
    let rest: Vec<Decision> = in_force(decisions)
        .filter(|other| other.id != id)
        .cloned()
        .collect();
    Ok(brings_back(&decision.ruling, &rest))
}

fn brings_back(ruling: &Ruling, rest: &[Decision]) -> Undoing {
    let attributes = Attributes::of(rest);
    let headline = |earlier: Option<&super::Fixed>| {
        earlier.map_or(Undoing::MachineHeadline, |fixed| {
            Undoing::EarlierHeadline(fixed.value.clone())
        })
    };
    match ruling {
        Ruling::PinHeadline { event, .. } => headline(attributes.headlines.get(event)),
        Ruling::RenameStoryline { storyline, .. } => headline(attributes.names.get(storyline)),
        Ruling::Spike { target } => attributes
            .spike_of(*target)
            .map_or(Undoing::Published(*target), Undoing::StillHeld),
        Ruling::MergeEvents {
            kept_items,
            merged,
            merged_items,
            ..
        } => still_linked(kept_items.first(), merged_items.first(), rest)
            .map_or(Undoing::EventLives(*merged), Undoing::StillHeld),
        Ruling::MergeStorylines { merged, .. } => Undoing::StorylineLives(*merged),
        _ => Undoing::MachineDecides,
    }
}

/// The latest decision without which the two would not be linked by the rest; `None` if they are
/// not.
fn still_linked(
    a: Option<&crate::news::ItemId>,
    b: Option<&crate::news::ItemId>,
    rest: &[Decision],
) -> Option<DecisionId> {
    let (a, b) = (*a?, *b?);
    let are_linked = |decisions: &[&Decision]| {
        let links = decisions
            .iter()
            .flat_map(|one| demand_on_items(&one.ruling).together);
        Held::of(links).are_one(a, b)
    };
    let all: Vec<&Decision> = rest.iter().collect();
    let needed = (1..=all.len()).find(|count| are_linked(&all[..*count]))?;
    Some(all[needed - 1].id)
}
