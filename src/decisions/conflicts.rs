//! Which rulings exclude each other.

use crate::news::{Decision, DecisionId, EventId, ItemId, Ruling, StorylineId};

use super::attributes::Attributes;
use super::in_force;
use super::links::{Clash, Links, demand_on_events, demand_on_items, demands_on_items};

/// Why a ruling or an undoing is not put into force.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing would be left on one side, or a text is empty.
    #[error("{0}")]
    Incomplete(&'static str),
    /// The ruling says that the same two are together and apart.
    #[error("the ruling contradicts itself: items {0} and {1} would be both together and apart")]
    Contradiction(i64, i64),
    /// A decision in force says the opposite.
    #[error("decision {decision} stands in the way: {why}; undo it first")]
    StandsInTheWay {
        /// The decision.
        decision: DecisionId,
        /// What it holds.
        why: String,
    },
    /// A decision in force says this already.
    #[error("decision {0} says so already")]
    Already(DecisionId),
    /// An editor has set the headline since this one looked.
    #[error(
        "the headline was set by another decision since you looked: look at it, and then set yours"
    )]
    HeadlineSet(DecisionId),
    /// There is no such item, or it tells no event.
    #[error("item {0} stands in no event")]
    NoItem(ItemId),
    /// There is no such event.
    #[error("there is no event {0}")]
    NoEvent(EventId),
    /// There is no such storyline.
    #[error("there is no storyline {0}")]
    NoStoryline(StorylineId),
    /// The event was merged into another.
    #[error("event {event} was merged into event {into}")]
    EventMerged {
        /// The event.
        event: EventId,
        /// Where what it held stands.
        into: EventId,
    },
    /// The storyline was merged into another.
    #[error("storyline {storyline} was merged into storyline {into}")]
    StorylineMerged {
        /// The storyline.
        storyline: StorylineId,
        /// Where what it held stands.
        into: StorylineId,
    },
    /// The event is not what the editor saw.
    #[error("event {event} changed since you looked: item {item} stands in {} now",
        .now.map_or("no event".to_owned(), |now| format!("event {now}")))]
    ItemWent {
        /// The item.
        item: ItemId,
        /// The event it was taken to stand in.
        event: EventId,
        /// Where it stands.
        now: Option<EventId>,
    },
    /// The event holds more than the editor saw.
    #[error("event {event} changed since you looked: item {item} stands in it too")]
    ItemCame {
        /// The item.
        item: ItemId,
        /// The event.
        event: EventId,
    },
    /// The storyline is not what the editor saw.
    #[error("storyline {storyline} changed since you looked: event {event} stands in {} now",
        .now.map_or("no storyline".to_owned(), |now| format!("storyline {now}")))]
    EventWent {
        /// The event.
        event: EventId,
        /// The storyline it was taken to stand in.
        storyline: StorylineId,
        /// Where it stands.
        now: Option<StorylineId>,
    },
    /// There is no such decision.
    #[error("there is no decision {0}")]
    NoDecision(DecisionId),
    /// It was undone before.
    #[error("decision {0} has been undone already")]
    UndoneAlready(DecisionId),
}

/// Checks a ruling against itself and the decisions in force, whatever the events are like.
///
/// # Errors
/// Why it is refused; where a decision stands in the way, which.
pub fn check_ruling(ruling: &Ruling, decisions: &[Decision]) -> Result<(), Refusal> {
    check_complete(ruling)?;
    check_attributes(ruling, decisions)?;
    let items = Links::new(demands_on_items(decisions, ruling));
    if let Some(clash) = items.find_clash(&demand_on_items(ruling)) {
        return Err(refuse(clash, "item", |item| item.0));
    }
    let events = Links::new(in_force(decisions).map(|one| (one.id, demand_on_events(&one.ruling))));
    match events.find_clash(&demand_on_events(ruling)) {
        Some(clash) => Err(refuse(clash, "event", |event| event.0)),
        None => Ok(()),
    }
}

fn refuse<T: Copy>(clash: Clash<T>, noun: &str, number: impl Fn(T) -> i64) -> Refusal {
    let why = |how: &str, a, b| format!("it {how} {noun} {} and {noun} {}", number(a), number(b));
    match clash {
        Clash::Itself(a, b) => Refusal::Contradiction(number(a), number(b)),
        Clash::KeptApart(a, b, decision) => Refusal::StandsInTheWay {
            decision,
            why: why("keeps apart", a, b),
        },
        Clash::HeldTogether(a, b, decision) => Refusal::StandsInTheWay {
            decision,
            why: why("holds together", a, b),
        },
    }
}

/// The longest headline that an editor may set, in letters: twice what the longest of a newspaper has.
pub const LONGEST_HEADLINE: usize = 300;

fn check_complete(ruling: &Ruling) -> Result<(), Refusal> {
    let wrong = match ruling {
        Ruling::MergeEvents { kept, merged, .. } if kept == merged => "an event is one with itself",
        Ruling::MergeEvents {
            kept_items,
            merged_items,
            ..
        } if kept_items.is_empty() || merged_items.is_empty() => "an event without items",
        Ruling::SplitEvent { split_items, .. } if split_items.is_empty() => {
            "name the items that tell another event"
        }
        Ruling::SplitEvent { kept_items, .. } if kept_items.is_empty() => {
            "a split leaves at least one item in the event"
        }
        Ruling::MoveItem { from, to, .. } if from == to => "the item stands there already",
        Ruling::MoveItem { to_items, .. } if to_items.is_empty() => "an event without items",
        Ruling::SameEvent { a, b, .. } | Ruling::NotSameEvent { a, b } if a == b => {
            "name two different items"
        }
        Ruling::MergeStorylines { kept, merged, .. } if kept == merged => {
            "a storyline is one with itself"
        }
        Ruling::MergeStorylines {
            kept_events,
            merged_events,
            ..
        } if kept_events.is_empty() || merged_events.is_empty() => "a storyline without events",
        Ruling::SplitStoryline {
            kept_events,
            split_events,
            ..
        } if kept_events.is_empty() || split_events.is_empty() => {
            "a split leaves at least one event on each side"
        }
        Ruling::PinHeadline { headline, .. } | Ruling::RenameStoryline { headline, .. }
            if !headline.chars().any(char::is_alphanumeric) =>
        {
            "a headline says something"
        }
        Ruling::PinHeadline { headline, .. } | Ruling::RenameStoryline { headline, .. }
            if headline.chars().count() > LONGEST_HEADLINE =>
        {
            "a headline of more than 300 letters is none"
        }
        Ruling::PinHeadline { headline, .. } | Ruling::RenameStoryline { headline, .. }
            if headline.chars().any(char::is_control) =>
        {
            "a headline is one line, without control characters"
        }
        Ruling::Lock { items, .. } if items.is_empty() => "an event without items",
        _ => return Ok(()),
    };
    Err(Refusal::Incomplete(wrong))
}

/// Nothing is ruled twice.
fn check_attributes(ruling: &Ruling, decisions: &[Decision]) -> Result<(), Refusal> {
    let attributes = Attributes::of(decisions);
    let already = match ruling {
        Ruling::Spike { target } => attributes.spike_of(*target),
        Ruling::Lock { event, .. } => attributes.locks.get(event).copied(),
        Ruling::PinHeadline { event, headline } => {
            let pinned = attributes.headlines.get(event);
            pinned.filter(|p| p.value == *headline).map(|p| p.decision)
        }
        Ruling::RenameStoryline {
            storyline,
            headline,
        } => {
            let name = attributes.names.get(storyline);
            name.filter(|p| p.value == *headline).map(|p| p.decision)
        }
        Ruling::SameEvent { a, b, .. } => {
            Links::new(demands_on_items(decisions, ruling)).holder(*a, *b)
        }
        _ => in_force(decisions)
            .find(|one| one.ruling == *ruling)
            .map(|one| one.id),
    };
    already.map_or(Ok(()), |decision| Err(Refusal::Already(decision)))
}
