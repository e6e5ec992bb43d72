//! The editors' commands: `merge`, `split`, `move`, `same`, `not-same`, `pin`, `rename`, `spike`,
//! `unspike`, `lock`, `unlock` and `undo`. They turn what is typed into a ruling on the events as
//! they are now; the owner of the data directory decides.

use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Context, bail};

use super::asking::{ask, open_to_read};
use super::{Global, Place};
use crate::jobs::decide::{find_lock, find_spike};
use crate::news::{DecisionId, EventId, ItemId, Request, Ruling, StorylineId, Target};
use crate::store::{Store, desk, events, kept_out};

/// What every ruling can carry.
#[derive(Debug, clap::Args)]
pub struct Why {
    /// Why, for the log of decisions
    #[arg(long, default_value = "", value_name = "TEXT")]
    note: String,
    /// Name of the editor
    #[arg(long, default_value = "command line", value_name = "NAME")]
    editor: String,
}

/// Options of `merge`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dateline merge event:12 event:15")]
pub struct MergeArgs {
    /// What stays: event:ID or storyline:ID; of two published ones the one published first stays, whichever is
    /// named first
    kept: Noun,
    /// What goes into it, of the same kind
    merged: Noun,
    #[command(flatten)]
    why: Why,
}

/// Options of `split`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dateline split event:12 item:340 item:341")]
pub struct SplitArgs {
    /// What is split: event:ID or storyline:ID
    whole: Noun,
    /// What goes: item:ID out of an event, and its copies there with it, or event:ID out of a storyline
    #[arg(required = true)]
    parts: Vec<Noun>,
    #[command(flatten)]
    why: Why,
}

/// Options of `move`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dateline move item:340 event:15")]
pub struct MoveArgs {
    /// The item: item:ID; its copies in the event where it stands go along
    item: Noun,
    /// Where it belongs: event:ID
    to: Noun,
    #[command(flatten)]
    why: Why,
}

/// Options of `same` and `not-same`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dateline same item:340 item:355")]
pub struct PairArgs {
    /// One item: item:ID
    a: Noun,
    /// The other: item:ID
    b: Noun,
    #[command(flatten)]
    why: Why,
}

/// Options of `pin` and `rename`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples: dateline pin event:12 'Summit ends without a deal'\n          dateline rename storyline:3 'Alaska summit'"
)]
pub struct HeadlineArgs {
    /// event:ID for `pin`, storyline:ID for `rename`
    target: Noun,
    /// The headline
    headline: String,
    #[command(flatten)]
    why: Why,
}

/// Options of `spike`, `unspike`, `lock` and `unlock`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dateline spike event:12 --note 'a rumour'")]
pub struct TargetArgs {
    /// item:ID, event:ID or storyline:ID (events only for `lock` and `unlock`)
    target: Noun,
    #[command(flatten)]
    why: Why,
}

/// Options of `undo`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: dateline undo 7    (the numbers stand in: dateline log)")]
pub struct UndoArgs {
    /// Number of the decision
    decision: i64,
    /// Name of the editor
    #[arg(long, default_value = "command line", value_name = "NAME")]
    editor: String,
}

/// An item, event or storyline as typed: `event:12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noun(pub Target);

impl FromStr for Noun {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is none of item:ID, event:ID, storyline:ID");
        let (noun, id) = text.split_once(':').ok_or_else(wrong)?;
        let id: i64 = id.parse().map_err(|_| wrong())?;
        match noun {
            "item" => Ok(Noun(Target::Item(ItemId(id)))),
            "event" => Ok(Noun(Target::Event(EventId(id)))),
            "storyline" => Ok(Noun(Target::Storyline(StorylineId(id)))),
            _ => Err(wrong()),
        }
    }
}

/// Rules that two events or two storylines are one.
///
/// # Errors
/// What is wrong with what was typed, or with the store.
pub fn merge(args: &MergeArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let place = Place::find(global)?;
    let store = open_to_read(&place)?;
    let ruling = match (args.kept.0, args.merged.0) {
        (Target::Event(kept), Target::Event(merged)) => {
            store.read(|conn| desk::load_merge(conn, kept, merged))?
        }
        (Target::Storyline(kept), Target::Storyline(merged)) => Ruling::MergeStorylines {
            kept,
            kept_events: events_of(&store, kept)?,
            merged,
            merged_events: events_of(&store, merged)?,
        },
        _ => bail!("merge takes two events or two storylines"),
    };
    rule(&place, ruling, &args.why)
}

/// Rules that some items of an event, or events of a storyline, are another one. Copies of the items go along.
///
/// # Errors
/// As [`merge`].
pub fn split(args: &SplitArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let place = Place::find(global)?;
    let store = open_to_read(&place)?;
    let ruling = match args.whole.0 {
        Target::Event(event) => {
            let split_items = args.parts.iter().map(item_named);
            let split_items: Vec<ItemId> = split_items.collect::<anyhow::Result<_>>()?;
            store.read(|conn| desk::load_split(conn, event, &split_items))?
        }
        Target::Storyline(storyline) => {
            let split_events = args.parts.iter().map(event_named);
            let split_events: Vec<EventId> = split_events.collect::<anyhow::Result<_>>()?;
            let mut kept_events = events_of(&store, storyline)?;
            kept_events.retain(|event| !split_events.contains(event));
            Ruling::SplitStoryline {
                storyline,
                kept_events,
                split_events,
            }
        }
        Target::Item(_) => bail!("split takes an event or a storyline"),
    };
    rule(&place, ruling, &args.why)
}

/// Rules that an item belongs to another event. Copies of it go along.
///
/// # Errors
/// As [`merge`].
pub fn move_item(args: &MoveArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let place = Place::find(global)?;
    let store = open_to_read(&place)?;
    let (item, to) = (item_named(&args.item)?, event_named(&args.to)?);
    let ruling = store.read(|conn| desk::load_move(conn, item, to))?;
    rule(&place, ruling, &args.why)
}

/// Rules that two items tell the same event.
///
/// # Errors
/// As [`merge`].
pub fn same(args: &PairArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let (a, b) = (item_named(&args.a)?, item_named(&args.b)?);
    let ruling = Ruling::SameEvent {
        a,
        b,
        items: Vec::new(),
    };
    rule(&Place::find(global)?, ruling, &args.why)
}

/// Rules that two items do not tell the same event.
///
/// # Errors
/// As [`merge`].
pub fn not_same(args: &PairArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let (a, b) = (item_named(&args.a)?, item_named(&args.b)?);
    rule(
        &Place::find(global)?,
        Ruling::NotSameEvent { a, b },
        &args.why,
    )
}

/// Pins the headline of an event.
///
/// # Errors
/// As [`merge`].
pub fn pin(args: &HeadlineArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let ruling = Ruling::PinHeadline {
        event: event_named(&args.target)?,
        headline: args.headline.clone(),
    };
    rule(&Place::find(global)?, ruling, &args.why)
}

/// Renames a storyline; the slugs it had still lead to it.
///
/// # Errors
/// As [`merge`].
pub fn rename(args: &HeadlineArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let Target::Storyline(storyline) = args.target.0 else {
        bail!("rename takes a storyline, such as storyline:3; an event's headline is pinned");
    };
    let headline = args.headline.clone();
    let ruling = Ruling::RenameStoryline {
        storyline,
        headline,
    };
    rule(&Place::find(global)?, ruling, &args.why)
}

/// Keeps something out of what is published.
///
/// # Errors
/// As [`merge`].
pub fn spike(args: &TargetArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let ruling = Ruling::Spike {
        target: args.target.0,
    };
    rule(&Place::find(global)?, ruling, &args.why)
}

/// Takes a spike back.
///
/// # Errors
/// As [`merge`], or that it is not spiked.
pub fn unspike(args: &TargetArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let place = Place::find(global)?;
    let store = open_to_read(&place)?;
    let spike = find_spike(&store, args.target.0)?;
    let kept_with = match args.target.0 {
        Target::Item(item) => store.read(|conn| kept_out::load_kept_with(conn, item))?,
        _ => Vec::new(),
    };
    let why = match kept_with.first() {
        Some(keeper) => format!(
            "it is kept out with {keeper}, which it was taken out of: dateline unspike {}",
            keeper.as_typed()
        ),
        None => "it is not spiked".to_owned(),
    };
    take_back(&place, spike.context(why)?, &args.why.editor)
}

/// Lets no late reports into an event by themselves; copies of those in it are none.
///
/// # Errors
/// As [`merge`].
pub fn lock(args: &TargetArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let place = Place::find(global)?;
    let event = event_named(&args.target)?;
    let items = items_of(&open_to_read(&place)?, event)?;
    rule(&place, Ruling::Lock { event, items }, &args.why)
}

/// Takes a lock back.
///
/// # Errors
/// As [`merge`], or that the event is not locked.
pub fn unlock(args: &TargetArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let place = Place::find(global)?;
    let lock = find_lock(&open_to_read(&place)?, event_named(&args.target)?)?;
    take_back(&place, lock.context("it is not locked")?, &args.why.editor)
}

/// Takes a decision back.
///
/// # Errors
/// As [`merge`].
pub fn undo(args: &UndoArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let place = Place::find(global)?;
    take_back(&place, DecisionId(args.decision), &args.editor)
}

fn rule(place: &Place, ruling: Ruling, why: &Why) -> anyhow::Result<ExitCode> {
    let request = Request::Decide {
        ruling,
        editor: why.editor.clone(),
        note: why.note.clone(),
        seen: None,
        known: None,
    };
    ask(place, request)
}

fn take_back(place: &Place, decision: DecisionId, editor: &str) -> anyhow::Result<ExitCode> {
    let request = Request::Undo {
        decision,
        editor: editor.to_owned(),
    };
    ask(place, request)
}

fn items_of(store: &Store, event: EventId) -> anyhow::Result<Vec<ItemId>> {
    Ok(store.read(|conn| events::load_items(conn, event))?)
}

fn events_of(store: &Store, storyline: StorylineId) -> anyhow::Result<Vec<EventId>> {
    Ok(store.read(|conn| desk::events_of(conn, storyline))?)
}

fn item_named(noun: &Noun) -> anyhow::Result<ItemId> {
    match noun.0 {
        Target::Item(item) => Ok(item),
        _ => bail!("an item is named as item:ID"),
    }
}

fn event_named(noun: &Noun) -> anyhow::Result<EventId> {
    match noun.0 {
        Target::Event(event) => Ok(event),
        _ => bail!("an event is named as event:ID"),
    }
}
