//! Is a ruling about the events as they are? An editor rules on what was shown; if somebody else
//! or a late report changed that meanwhile, the ruling is refused and not bent.

use std::collections::BTreeMap;

use crate::news::{DecisionId, EventId, ItemId, Ruling, StorylineId, Target};

use super::Refusal;

/// The events and storylines as they are: at least all that a ruling names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Present {
    /// Where each item stands.
    pub event_of: BTreeMap<ItemId, EventId>,
    /// Each event that is, with its storyline.
    pub storyline_of: BTreeMap<EventId, Option<StorylineId>>,
    /// The storylines that are.
    pub storylines: Vec<StorylineId>,
    /// Of the events and the storylines that were merged away: into what.
    pub merged_into: (
        BTreeMap<EventId, EventId>,
        BTreeMap<StorylineId, StorylineId>,
    ),
    /// Items that are kept, whether they tell an event or not.
    pub items: Vec<ItemId>,
    /// All that stands in the event that a lock names.
    pub holds: Vec<ItemId>,
    /// What is merged and is out of what is published, by itself or with its storyline: by which decision.
    pub kept_out: Option<DecisionId>,
    /// True if what is merged holds something that is not out.
    pub is_open: bool,
}

/// Checks a ruling against what is.
///
/// # Errors
/// What is not as the ruling takes it to be.
pub fn check_present(ruling: &Ruling, present: &Present) -> Result<(), Refusal> {
    match ruling {
        Ruling::MergeEvents {
            kept,
            kept_items,
            merged,
            merged_items,
        } => {
            present.hold(*kept, kept_items)?;
            present.hold(*merged, merged_items)?;
            present.check_mixture()
        }
        Ruling::SplitEvent {
            event,
            kept_items,
            split_items,
        } => {
            present.hold(*event, kept_items)?;
            present.hold(*event, split_items)
        }
        Ruling::MoveItem {
            item,
            from,
            from_items,
            to,
            to_items,
        } => {
            present.tells(*item)?;
            present.hold(*from, &[*item])?;
            present.hold(*from, from_items)?;
            present.hold(*to, to_items)
        }
        Ruling::SameEvent { a, b, .. } | Ruling::NotSameEvent { a, b } => {
            present.tells(*a)?;
            present.tells(*b)
        }
        Ruling::MergeStorylines {
            kept,
            kept_events,
            merged,
            merged_events,
        } => {
            present.line_up(*kept, kept_events)?;
            present.line_up(*merged, merged_events)?;
            present.check_mixture()
        }
        Ruling::SplitStoryline {
            storyline,
            kept_events,
            split_events,
        } => {
            present.line_up(*storyline, kept_events)?;
            present.line_up(*storyline, split_events)
        }
        Ruling::PinHeadline { event, .. } => present.hold(*event, &[]),
        Ruling::RenameStoryline { storyline, .. } => present.line_up(*storyline, &[]),
        Ruling::Lock { event, items } => present.hold(*event, items),
        Ruling::Spike { target } => match target {
            Target::Item(item) if present.items.contains(item) => Ok(()),
            Target::Item(item) => Err(Refusal::NoItem(*item)),
            Target::Event(event) => present.hold(*event, &[]),
            Target::Storyline(storyline) => present.line_up(*storyline, &[]),
        },
    }
}

/// Checks that a lock names all that stands in the event: what came since the editor looked would be torn out of it.
///
/// # Errors
/// What it does not name.
pub fn check_whole(ruling: &Ruling, present: &Present) -> Result<(), Refusal> {
    let Ruling::Lock { event, items } = ruling else {
        return Ok(());
    };
    match present.holds.iter().find(|item| !items.contains(item)) {
        Some(item) => Err(Refusal::ItemCame {
            item: *item,
            event: *event,
        }),
        None => Ok(()),
    }
}

impl Present {
    /// What is kept out is not merged into what is shown, nor that into what is kept out.
    fn check_mixture(&self) -> Result<(), Refusal> {
        match self.kept_out.filter(|_| self.is_open) {
            Some(decision) => Err(Refusal::StandsInTheWay {
                decision,
                why: "it keeps one of the two out of what is published".to_owned(),
            }),
            _ => Ok(()),
        }
    }

    fn hold(&self, event: EventId, items: &[ItemId]) -> Result<(), Refusal> {
        let is_gone = !self.storyline_of.contains_key(&event);
        let place = |item: &ItemId| self.event_of.get(item).copied();
        match items.iter().find(|item| place(item) != Some(event)) {
            // Of an event that is gone it says where what was seen in it stands now.
            Some(item) if !is_gone || place(item).is_some() => Err(Refusal::ItemWent {
                item: *item,
                event,
                now: place(item),
            }),
            _ if is_gone => Err(match self.merged_into.0.get(&event) {
                Some(into) => Refusal::EventMerged { event, into: *into },
                None => Refusal::NoEvent(event),
            }),
            _ => Ok(()),
        }
    }

    fn line_up(&self, storyline: StorylineId, events: &[EventId]) -> Result<(), Refusal> {
        if !self.storylines.contains(&storyline) {
            return Err(match self.merged_into.1.get(&storyline) {
                Some(into) => Refusal::StorylineMerged {
                    storyline,
                    into: *into,
                },
                None => Refusal::NoStoryline(storyline),
            });
        }
        let place = |event: &EventId| self.storyline_of.get(event).copied().flatten();
        match events.iter().find(|event| place(event) != Some(storyline)) {
            Some(event) => Err(Refusal::EventWent {
                event: *event,
                storyline,
                now: place(event),
            }),
            None => Ok(()),
        }
    }

    fn tells(&self, item: ItemId) -> Result<(), Refusal> {
        match self.event_of.contains_key(&item) {
            true => Ok(()),
            false => Err(Refusal::NoItem(item)),
        }
    }
}
