//! Puts rulings into force and takes them back: checks them against the decisions in force and
//! against the events as they are, keeps them durably, answers in words. What follows from them
//! for events is the clusterer's work, which obeys them at its next pass.

use std::collections::BTreeMap;

use super::{locks, spikes};
use crate::decisions::{
    Present, Refusal, Undoing, check_present, check_ruling, check_undo, check_whole,
    describe_copies, describe_ruling, in_force,
};
use crate::news::{
    Answer, Decision, DecisionId, EventId, Item, ItemId, Request, Ruling, Seen, StorylineId,
    TAKE_BACK, Target, UtcTime,
};
use crate::store::decisions::{self, Named};
use crate::store::{
    Connection, Result, Store, Transaction, desk, events, items, requests, retold, standing,
};
use crate::text::clean::inert;

/// A ruling as it is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The ruling.
    pub ruling: Ruling,
    /// Name of the editor.
    pub editor: String,
    /// Why; empty if not said.
    pub note: String,
}

/// Puts a ruling into force, or says what stands in the way. On the disk when it returns.
///
/// # Errors
/// Whatever the store says; a refusal is an answer and no error.
pub async fn decide(store: &Store, asked: Asked, now: UtcTime) -> Result<Answer> {
    store
        .write_durably(move |tx| decide_within(tx, &asked, now))
        .await
}

/// Takes a decision back, or says why not. On the disk when it returns.
///
/// # Errors
/// As [`decide`].
pub async fn undo(
    store: &Store,
    decision: DecisionId,
    editor: String,
    now: UtcTime,
) -> Result<Answer> {
    store
        .write_durably(move |tx| undo_within(tx, decision, &editor, now))
        .await
}

/// Does what a request asks if it is about decisions; `None` if it is about something else. On the disk
/// when it returns.
///
/// # Errors
/// Whatever the store says; a refusal is an answer and no error.
pub async fn answer_request(
    store: &Store,
    request: &Request,
    now: UtcTime,
) -> Result<Option<Answer>> {
    if !request.is_about_decisions() {
        return Ok(None);
    }
    let request = request.clone();
    store
        .write_durably(move |tx| answer_within(tx, &request, now))
        .await
}

/// As [`answer_request`], for a request that waits under a number: that it is answered is noted together
/// with what was decided, so that a crash between the two does not have it decided twice. False if it is
/// about something else.
///
/// # Errors
/// Whatever the store says; then it still waits.
pub async fn answer_waiting(
    store: &Store,
    (number, request): (i64, &Request),
    now: UtcTime,
) -> Result<bool> {
    if !request.is_about_decisions() {
        return Ok(false);
    }
    let request = request.clone();
    let answered = store.write_durably(move |tx| {
        let answer = answer_within(tx, &request, now)?;
        let noted = answer.map(|answer| requests::answer(tx, number, &answer, now));
        noted.transpose()
    });
    Ok(answered.await?.is_some())
}

fn answer_within(tx: &Transaction<'_>, request: &Request, now: UtcTime) -> Result<Option<Answer>> {
    match request.clone() {
        Request::Decide {
            ruling,
            editor,
            note,
            seen,
            known,
        } => {
            if let Some(no) = refuse_if_changed(tx, seen)? {
                return Ok(Some(no));
            }
            if let Some(no) = refuse_if_headed(tx, &ruling, known)? {
                return Ok(Some(no));
            }
            let asked = Asked {
                ruling,
                editor,
                note,
            };
            decide_within(tx, &asked, now).map(Some)
        }
        Request::Undo { decision, editor } => undo_within(tx, decision, &editor, now).map(Some),
        _ => Ok(None),
    }
}

/// The refusal of a ruling from a page on which an event was seen with items that stand elsewhere by now, worded as
/// that of a ruling which names the items.
fn refuse_if_changed(conn: &Connection, seen: Option<Seen>) -> Result<Option<Answer>> {
    let Some(Seen { event, items }) = seen else {
        return Ok(None);
    };
    let names_them = Ruling::Lock { event, items };
    match check_present(&names_them, &load_present(conn, &names_them)?) {
        Ok(()) => Ok(None),
        Err(refusal) => {
            let made = decisions::load_connected(conn, &names_them)?;
            Ok(Some(refused(&refusal, &made)))
        }
    }
}

/// The refusal of a headline from a page that was made before another editor set one.
fn refuse_if_headed(
    conn: &Connection,
    ruling: &Ruling,
    known: Option<DecisionId>,
) -> Result<Option<Answer>> {
    let Some(known) = known.filter(|_| sets_headline(ruling)) else {
        return Ok(None);
    };
    let made = decisions::load_about(conn, &Named::by(ruling))?;
    let is_since = |one: &&Decision| one.id > known && sets_headline(&one.ruling);
    let since = in_force(&made).filter(is_since).last();
    Ok(since.map(|one| refused(&Refusal::HeadlineSet(one.id), &made)))
}

fn sets_headline(ruling: &Ruling) -> bool {
    matches!(
        ruling,
        Ruling::PinHeadline { .. } | Ruling::RenameStoryline { .. }
    )
}

fn decide_within(tx: &Transaction<'_>, asked: &Asked, now: UtcTime) -> Result<Answer> {
    let ruling = &as_it_comes_out(tx, &asked.ruling)?;
    let mut made = decisions::load_connected(tx, ruling)?;
    let present = load_present(tx, ruling)?;
    let checked = check_present(ruling, &present)
        .and_then(|()| check_whole(ruling, &present))
        .and_then(|()| check_ruling(ruling, &made));
    if let Err(refusal) = checked {
        if let Refusal::StandsInTheWay { decision, .. } = refusal
            && made.iter().all(|one| one.id != decision)
        {
            made.extend(decisions::load_decision(tx, decision)?);
        }
        let mut answer = refused(&refusal, &made);
        if let Refusal::NoItem(item) = refusal
            && let Some(item) = items::load_item(tx, item)?
        {
            answer.lines.push(why_in_no_event(tx, &item)?);
        }
        return Ok(answer);
    }
    let along = desk::load_copies_along(tx, ruling)?;
    let note = asked.note.trim();
    let id = decisions::save_decision(tx, ruling, &asked.editor, note, now)?;
    apply_marks(tx, ruling)?;
    let made = format!(
        "decision {id}: {} {}",
        asked.editor,
        describe_ruling(ruling)
    );
    let back = format!("{TAKE_BACK} {id}");
    let hidden = describe_hiding(tx, ruling)?;
    let lines = [Some(made), describe_copies(&along), hidden, Some(back)];
    Ok(Answer {
        decision: Some(id),
        ..Answer::done(lines.into_iter().flatten().collect())
    })
}

/// That what is moved goes out of what is published with what it is moved to; `None` if it does not.
fn describe_hiding(conn: &Connection, ruling: &Ruling) -> Result<Option<String>> {
    let Ruling::MoveItem { to, .. } = ruling else {
        return Ok(None);
    };
    let keeper = spikes::find_keeper(conn, Target::Event(*to))?;
    let words =
        |spike| format!("event {to} is kept out by decision {spike}, and what goes into it");
    Ok(keeper.map(words))
}

/// What was asked for, as what follows from it: two items of two events that tell one make one event of
/// these, and of two that are merged the one that readers had first stays, whichever was named first.
fn as_it_comes_out(conn: &Connection, ruling: &Ruling) -> Result<Ruling> {
    let ruling = match ruling {
        Ruling::SameEvent { a, b, .. } => join_events(conn, *a, *b)?,
        Ruling::MoveItem { .. } => beside_its_own(conn, ruling)?,
        other => worded(other.clone()),
    };
    let is_other_way = match &ruling {
        Ruling::MergeEvents { kept, merged, .. } => {
            standing::merge_rank(conn, *merged)? < standing::merge_rank(conn, *kept)?
        }
        Ruling::MergeStorylines { kept, merged, .. } => {
            storyline_rank(conn, *merged)? < storyline_rank(conn, *kept)?
        }
        _ => false,
    };
    Ok(match is_other_way {
        true => ruling.turned_round(),
        false => ruling,
    })
}

/// With a headline as it is shown everywhere: nothing invisible in it turns the line. One with control characters is
/// left, to be refused.
fn worded(mut ruling: Ruling) -> Ruling {
    if let Ruling::PinHeadline { headline, .. } | Ruling::RenameStoryline { headline, .. } =
        &mut ruling
        && !headline.chars().any(char::is_control)
    {
        *headline = inert(headline).trim().to_owned();
    }
    ruling
}

/// A move into what an event holds of its own: what was moved there before hangs on that as well, and not on one
/// another, so that each can be taken back by itself.
fn beside_its_own(conn: &Connection, ruling: &Ruling) -> Result<Ruling> {
    let mut ruling = ruling.clone();
    let made = decisions::load_connected(conn, &ruling)?;
    if let Ruling::MoveItem { to, to_items, .. } = &mut ruling {
        let moved = |item: &ItemId| {
            in_force(&made).any(|one| {
                matches!(&one.ruling, Ruling::MoveItem { item: moved, to: into, .. }
                    if moved == item && into == to)
            })
        };
        let own = to_items.iter().filter(|item| !moved(item));
        let own: Vec<ItemId> = own.copied().collect();
        if !own.is_empty() {
            *to_items = own;
        }
    }
    Ok(ruling)
}

/// What it means that two items tell one event: of two events, that these are merged.
fn join_events(conn: &Connection, a: ItemId, b: ItemId) -> Result<Ruling> {
    let place = |item| events::event_of_item(conn, item);
    let items = match (place(a)?, place(b)?) {
        (Some(one), Some(other)) if one != other => return desk::load_merge(conn, one, other),
        (Some(event), Some(_)) => events::load_items(conn, event)?,
        _ => Vec::new(),
    };
    Ok(Ruling::SameEvent { a, b, items })
}

/// Which of two storylines that are merged stays: the lesser.
fn storyline_rank(conn: &Connection, line: StorylineId) -> Result<(i64, StorylineId)> {
    let found = desk::load_storyline(conn, line)?;
    let published = found.and_then(|line| line.published_at);
    Ok((published.map_or(i64::MAX, |at| at.timestamp()), line))
}

fn undo_within(tx: &Transaction<'_>, id: DecisionId, editor: &str, now: UtcTime) -> Result<Answer> {
    let decision = decisions::load_decision(tx, id)?;
    let made = match &decision {
        Some(decision) => decisions::load_connected(tx, &decision.ruling)?,
        None => Vec::new(),
    };
    let undoing = match check_undo(id, &made) {
        Ok(undoing) => undoing,
        Err(refusal) => return Ok(refused(&refusal, &made)),
    };
    decisions::undo_decision(tx, id, editor, now)?;
    let decision = made.iter().find(|one| one.id == id);
    let ruling = &decision.expect("an undoing was found for it").ruling;
    apply_marks(tx, ruling)?;
    spikes::shut_out(tx, decision.expect("it was just found"))?;
    let undoing = match is_anything_left(tx, ruling)? {
        true => find_lock_left(tx, ruling)?.map_or(undoing, Undoing::StillHeld),
        false => Undoing::NothingIsLeft,
    };
    Ok(Answer::done(vec![
        format!("decision {id} undone: {}", describe_ruling(ruling)),
        describe_undoing(&undoing),
    ]))
}

/// False if all items that a ruling names are older than what is kept; of one that names none, if all events and
/// storylines are.
fn is_anything_left(conn: &Connection, ruling: &Ruling) -> Result<bool> {
    let named = ruling.items();
    if named.is_empty() {
        let (events, storylines) = (ruling.events(), ruling.storylines());
        return standing::is_any_kept(conn, &events, &storylines);
    }
    let standing = decisions::load_standing(conn, &named, &[], &[])?;
    Ok(!standing.items.is_empty())
}

/// The decision that locks an event after one that did was undone; `None` if none does, or it was no lock.
fn find_lock_left(conn: &Connection, undone: &Ruling) -> Result<Option<DecisionId>> {
    let Ruling::Lock { items, .. } = undone else {
        return Ok(None);
    };
    let mut left = None;
    for item in items {
        if let Some(event) = events::event_of_item(conn, *item)? {
            left = left.max(locks::find(conn, event)?);
        }
    }
    Ok(left)
}

/// Why an item stands in no event, in words.
///
/// # Errors
/// Whatever the store says.
pub fn why_in_no_event(conn: &Connection, item: &Item) -> Result<String> {
    let (id, role) = (item.id, item.wire.role);
    let Some(since) = retold::load_retold_as(conn, id)? else {
        return Ok(match role.tells_an_event() {
            false => format!("item {id} is {}, which joins no event", role.name()),
            true if retold::find_told_by_none(conn, id)?.is_some() => {
                format!(
                    "item {id} told no event when it came; if its outlet changes it again, it comes as a new item"
                )
            }
            true => format!("item {id} has not been clustered yet"),
        });
    };
    let what = match role.tells_an_event() {
        false => format!("was {}, which joins no event", role.name()),
        true => "told no event when it came".to_owned(),
    };
    Ok(format!(
        "item {id} {what}; its outlet retitled it, and it is item {since} since"
    ))
}

/// Says no, and who decided what stands in the way.
fn refused(refusal: &Refusal, made: &[Decision]) -> Answer {
    let mut lines = vec![refusal.to_string()];
    let named = match refusal {
        Refusal::StandsInTheWay { decision, .. }
        | Refusal::Already(decision)
        | Refusal::HeadlineSet(decision)
        | Refusal::UndoneAlready(decision) => made.iter().find(|one| one.id == *decision),
        Refusal::ItemWent { item, .. } => {
            let about = |one: &&Decision| one.ruling.items().contains(item);
            made.iter().rev().find(about)
        }
        _ => None,
    };
    if let Some(decision) = named {
        let (by, when) = match (&decision.undone_by, decision.undone_at) {
            (Some(editor), Some(at)) => (format!(", undone by {editor}"), at),
            _ => (String::new(), decision.decided_at),
        };
        let what = describe_ruling(&decision.ruling);
        let when = when.format("%Y-%m-%d %H:%M");
        lines.push(format!(
            "decision {}: {} {what}{by}, {when} UTC",
            decision.id, decision.editor
        ));
    }
    Answer {
        lines,
        ..Answer::default()
    }
}

fn describe_undoing(undoing: &Undoing) -> String {
    match undoing {
        Undoing::MachineDecides => "the machine decides about it again".to_owned(),
        Undoing::NothingIsLeft => "nothing of what it was about is kept any more".to_owned(),
        Undoing::EventLives(event) => format!("event {event} lives again"),
        Undoing::StorylineLives(storyline) => format!("storyline {storyline} lives again"),
        Undoing::EarlierHeadline(headline) => format!("the headline is again: {headline}"),
        Undoing::MachineHeadline => "the machine picks the headline again".to_owned(),
        Undoing::Published(_) => "it may be published again".to_owned(),
        Undoing::StillHeld(decision) => format!("decision {decision} holds it as it is"),
    }
}

/// Brings the marks on rows in line with the decisions in force, for what a ruling is about.
fn apply_marks(tx: &Transaction<'_>, ruling: &Ruling) -> Result<()> {
    match ruling {
        Ruling::Spike { target } => spikes::mark(tx, *target),
        Ruling::Lock { event, items } => {
            let places = items.iter().map(|item| events::event_of_item(tx, *item));
            let places: Vec<Option<EventId>> = places.collect::<Result<_>>()?;
            locks::mark(tx, places.into_iter().flatten().chain([*event]))
        }
        _ => Ok(()),
    }
}

fn load_present(conn: &Connection, ruling: &Ruling) -> Result<Present> {
    let standing = decisions::load_standing(
        conn,
        &ruling.items(),
        &ruling.events(),
        &ruling.storylines(),
    )?;
    let stands = |(item, event): &(ItemId, Option<EventId>)| event.map(|event| (*item, event));
    let mut holds = Vec::new();
    if let Ruling::Lock { event, .. } = ruling {
        holds = events::load_items(conn, *event)?;
    }
    let (mut kept_out, mut is_open) = (None, false);
    for target in ruling.merges() {
        kept_out = kept_out.or(spikes::find_keeper(conn, target)?);
        is_open |= spikes::is_open(conn, target)?;
    }
    Ok(Present {
        holds,
        kept_out,
        is_open,
        event_of: standing.items.iter().filter_map(stands).collect(),
        items: standing.items.iter().map(|(item, _)| *item).collect(),
        storyline_of: standing.events.into_iter().collect(),
        storylines: standing.storylines,
        merged_into: load_merged_into(conn, ruling)?,
    })
}

/// Into what the events and the storylines of a ruling were merged that are no more.
fn load_merged_into(
    conn: &Connection,
    ruling: &Ruling,
) -> Result<(
    BTreeMap<EventId, EventId>,
    BTreeMap<StorylineId, StorylineId>,
)> {
    let mut merged = (BTreeMap::new(), BTreeMap::new());
    for event in ruling.events() {
        let into = standing::load_last_successor(conn, event)?;
        merged.0.extend(into.map(|into| (event, into)));
    }
    for line in ruling.storylines() {
        let into = standing::load_line_successor(conn, line)?;
        merged.1.extend(into.map(|into| (line, into)));
    }
    Ok(merged)
}

/// The decision in force by which something is spiked; `None` if it is not.
///
/// # Errors
/// Whatever the store says.
pub fn find_spike(store: &Store, target: Target) -> Result<Option<DecisionId>> {
    store.read(|conn| spikes::find_spike(conn, target))
}

/// The decision in force by which an event is locked; `None` if it is not.
///
/// # Errors
/// Whatever the store says.
pub fn find_lock(store: &Store, event: EventId) -> Result<Option<DecisionId>> {
    store.read(|conn| locks::find(conn, event))
}

/// The decisions in force that name an item, oldest first.
pub fn decisions_about(item: ItemId, made: &[Decision]) -> Vec<DecisionId> {
    in_force(made)
        .filter(|one| one.ruling.items().contains(&item))
        .map(|one| one.id)
        .collect()
}
