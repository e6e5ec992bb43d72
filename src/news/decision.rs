//! Editors' rulings. They are stored apart from what was computed, and never deleted.

use super::{DecisionId, EventId, ItemId, StorylineId, UtcTime};

/// What a spike or lock applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// One item.
    Item(ItemId),
    /// One event.
    Event(EventId),
    /// One storyline.
    Storyline(StorylineId),
}

/// Such as `event 12`.
impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Item(item) => write!(f, "item {item}"),
            Self::Event(event) => write!(f, "event {event}"),
            Self::Storyline(storyline) => write!(f, "storyline {storyline}"),
        }
    }
}

impl Target {
    /// As it is typed and stands in forms: `event:12`.
    pub fn as_typed(self) -> String {
        self.to_string().replace(' ', ":")
    }
}

/// What an editor ruled. Rulings on events name the items that stood in them when the editor
/// looked, because events are computed and items are not.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Ruling {
    /// Two events are one.
    MergeEvents {
        /// The event that stays.
        kept: EventId,
        /// Its items at the time.
        kept_items: Vec<ItemId>,
        /// The event that goes into it.
        merged: EventId,
        /// Its items at the time.
        merged_items: Vec<ItemId>,
    },
    /// Some items of an event tell another one.
    SplitEvent {
        /// The event.
        event: EventId,
        /// The items that stay.
        kept_items: Vec<ItemId>,
        /// The items that go into an event of their own.
        split_items: Vec<ItemId>,
    },
    /// One item belongs to another event.
    MoveItem {
        /// The item.
        item: ItemId,
        /// The event it stood in.
        from: EventId,
        /// The other items of that event at the time.
        from_items: Vec<ItemId>,
        /// The event it belongs to.
        to: EventId,
        /// Its items at the time.
        to_items: Vec<ItemId>,
    },
    /// Two items tell the same event.
    SameEvent {
        /// One item.
        a: ItemId,
        /// The other.
        b: ItemId,
        /// The items of the event in which both stood at the time; empty if that was not one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        items: Vec<ItemId>,
    },
    /// Two items do not tell the same event.
    NotSameEvent {
        /// One item.
        a: ItemId,
        /// The other.
        b: ItemId,
    },
    /// Two storylines are one.
    MergeStorylines {
        /// The storyline that stays.
        kept: StorylineId,
        /// The events of it at the time.
        kept_events: Vec<EventId>,
        /// The storyline that goes into it.
        merged: StorylineId,
        /// Its events at the time.
        merged_events: Vec<EventId>,
    },
    /// Some events of a storyline belong to another one.
    SplitStoryline {
        /// The storyline.
        storyline: StorylineId,
        /// The events that stay.
        kept_events: Vec<EventId>,
        /// The events that go.
        split_events: Vec<EventId>,
    },
    /// The event's headline is this.
    PinHeadline {
        /// The event.
        event: EventId,
        /// The headline.
        headline: String,
    },
    /// The storyline's headline, and so its slug, is this.
    RenameStoryline {
        /// The storyline.
        storyline: StorylineId,
        /// The headline.
        headline: String,
    },
    /// Keep out of what is published.
    Spike {
        /// What is kept out.
        target: Target,
    },
    /// Late items become suggestions.
    Lock {
        /// The event.
        event: EventId,
        /// Its items at the time.
        items: Vec<ItemId>,
    },
}

impl Ruling {
    /// A merge with what stays and what goes exchanged; anything else as it is.
    #[must_use]
    pub fn turned_round(self) -> Self {
        match self {
            Self::MergeEvents {
                kept: merged,
                kept_items: merged_items,
                merged: kept,
                merged_items: kept_items,
            } => Self::MergeEvents {
                kept,
                kept_items,
                merged,
                merged_items,
            },
            Self::MergeStorylines {
                kept: merged,
                kept_events: merged_events,
                merged: kept,
                merged_events: kept_events,
            } => Self::MergeStorylines {
                kept,
                kept_events,
                merged,
                merged_events,
            },
            other => other,
        }
    }

    /// The items that the ruling names.
    pub fn items(&self) -> Vec<ItemId> {
        match self {
            Self::MergeEvents {
                kept_items: a,
                merged_items: b,
                ..
            }
            | Self::SplitEvent {
                kept_items: a,
                split_items: b,
                ..
            } => a.iter().chain(b).copied().collect(),
            Self::MoveItem {
                item,
                from_items,
                to_items,
                ..
            } => [*item]
                .iter()
                .chain(from_items)
                .chain(to_items)
                .copied()
                .collect(),
            Self::SameEvent { a, b, items } => [*a, *b].iter().chain(items).copied().collect(),
            Self::NotSameEvent { a, b } => vec![*a, *b],
            Self::Lock { items, .. } => items.clone(),
            Self::Spike {
                target: Target::Item(item),
            } => vec![*item],
            _ => Vec::new(),
        }
    }

    /// The events that the ruling names.
    pub fn events(&self) -> Vec<EventId> {
        match self {
            Self::MergeEvents { kept, merged, .. } => vec![*kept, *merged],
            Self::SplitEvent { event, .. }
            | Self::PinHeadline { event, .. }
            | Self::Lock { event, .. }
            | Self::Spike {
                target: Target::Event(event),
            } => vec![*event],
            Self::MoveItem { from, to, .. } => vec![*from, *to],
            Self::MergeStorylines {
                kept_events: a,
                merged_events: b,
                ..
            }
            | Self::SplitStoryline {
                kept_events: a,
                split_events: b,
                ..
            } => a.iter().chain(b).copied().collect(),
            _ => Vec::new(),
        }
    }

    /// True if the ruling put an item into the event of others.
    pub fn puts(&self, id: ItemId) -> bool {
        match self {
            Self::MoveItem { item, .. } => *item == id,
            Self::SameEvent { a, b, .. } => *a == id || *b == id,
            Self::MergeEvents { merged_items, .. } => merged_items.contains(&id),
            _ => false,
        }
    }

    /// True if the ruling says of one of these items and of one of the others that they tell two events.
    pub fn parts(&self, these: &[ItemId], others: &[ItemId]) -> bool {
        let (left, stayed) = match self {
            Self::NotSameEvent { a, b } => (vec![*a], vec![*b]),
            Self::MoveItem {
                item, from_items, ..
            } => (vec![*item], from_items.clone()),
            Self::SplitEvent {
                kept_items,
                split_items,
                ..
            } => (split_items.clone(), kept_items.clone()),
            _ => return false,
        };
        let any = |items: &[ItemId], of: &[ItemId]| items.iter().any(|item| of.contains(item));
        any(&left, these) && any(&stayed, others) || any(&left, others) && any(&stayed, these)
    }

    /// What the ruling makes one of two; empty if it merges nothing.
    pub fn merges(&self) -> Vec<Target> {
        match self {
            Self::MergeEvents { kept, merged, .. } => {
                vec![Target::Event(*kept), Target::Event(*merged)]
            }
            Self::MergeStorylines { kept, merged, .. } => {
                vec![Target::Storyline(*kept), Target::Storyline(*merged)]
            }
            _ => Vec::new(),
        }
    }

    /// The storylines that the ruling names.
    pub fn storylines(&self) -> Vec<StorylineId> {
        match self {
            Self::MergeStorylines { kept, merged, .. } => vec![*kept, *merged],
            Self::SplitStoryline { storyline, .. }
            | Self::RenameStoryline { storyline, .. }
            | Self::Spike {
                target: Target::Storyline(storyline),
            } => vec![*storyline],
            _ => Vec::new(),
        }
    }
}

/// Items that left an event by a decision that does not name them: they stood there by what it took away.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct WentAlong {
    /// The items.
    pub items: Vec<ItemId>,
    /// Where they stood.
    pub from: EventId,
    /// Where they went.
    pub into: EventId,
}

/// A ruling with who, when and why.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Decision {
    /// Row id; decisions apply in this order.
    pub id: DecisionId,
    /// What was ruled.
    pub ruling: Ruling,
    /// Name of the editor, or `command line`.
    pub editor: String,
    /// When, by our clock.
    pub decided_at: UtcTime,
    /// The editor's note; empty if none.
    pub note: String,
    /// When it was undone; `None` while it is in force.
    pub undone_at: Option<UtcTime>,
    /// Who undid it.
    pub undone_by: Option<String>,
}

/// A decision with what came of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DecisionMade {
    /// The decision.
    #[serde(flatten)]
    pub decision: Decision,
    /// What it does not name and took along.
    pub went_along: Vec<WentAlong>,
}
