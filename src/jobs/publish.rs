//! Publishes what is settled, and tells what changed materially since.
//!
//! Takes the events that changed since the last pass, decides in `timeline::material`, and writes
//! ids, developments and the version of the publication in one transaction. Safe to run twice: a
//! second pass with nothing changed writes nothing.

mod ruled;

use std::collections::BTreeSet;

use ruled::{is_ruled_on, rulings_of, undone_of};

use crate::feed::write::{letters_of, lines_of};
use crate::news::{
    Decision, Development, DevelopmentId, DevelopmentKind, Event, EventId, ItemId, PublicId,
    Report, Reprint, ToldAtLength, UtcTime, WITHDRAWN,
};
use crate::store::{
    Result, Store, Transaction, decisions, events, kept_out, published, publishing, standing,
    withdrawn,
};
use crate::text::lead::cut_lede;
use crate::text::pages::page_of;
use crate::timeline::Says;
use crate::timeline::material::{
    Change, Present, Telling, Told, first_told, material_changes, takes_back,
};

/// How many events one transaction takes, so that whoever waits for a write does not wait for long: some 30 ms
/// of the processor.
const BATCH: u32 = 100;

/// A hold beyond this is a mistake in a config; it must not overflow a time.
const LONGEST_HOLD_SECS: i64 = 365 * 86_400;

/// What the log says of an event that was split from one that is published.
const SPLIT_OFF: &str = "split from another event";

/// Where ids come from: 16 random bytes at each call.
pub type Randomness = std::sync::Arc<dyn Fn() -> [u8; 16] + Send + Sync>;

/// When an event may be published.
#[derive(Clone)]
pub struct Pass {
    /// Our clock.
    pub now: UtcTime,
    /// How long an event is held back after it was opened, in seconds.
    pub hold_secs: i64,
    /// Where ids come from.
    pub random: Randomness,
}

impl Pass {
    fn hold_secs(&self) -> i64 {
        self.hold_secs.clamp(0, LONGEST_HOLD_SECS)
    }
}

/// What a pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// Events that were published for the first time.
    pub events: usize,
    /// Developments that were written, first publications among them.
    pub developments: usize,
    /// Published events that were looked at again.
    pub looked_at: usize,
}

/// One pass over everything that changed.
///
/// # Errors
/// Whatever the store says; what earlier batches wrote stays.
pub async fn publish_events(store: &Store, pass: Pass) -> Result<Published> {
    let mut done = Published::default();
    let mut after = EventId(0);
    loop {
        let batch_pass = pass.clone();
        let (last, batch) = store
            .write_giving_way(move |tx| publish_batch(tx, &batch_pass, after))
            .await?;
        done.events += batch.events;
        done.developments += batch.developments;
        done.looked_at += batch.looked_at;
        match last {
            Some(last) => after = last,
            None => return Ok(done),
        }
    }
}

/// Publishes the next events of the queue after `after`; the last of them, or `None` at the end.
///
/// # Errors
/// Whatever SQLite says.
pub fn publish_batch(
    tx: &Transaction<'_>,
    pass: &Pass,
    after: EventId,
) -> Result<(Option<EventId>, Published)> {
    publishing::note_hold(tx, pass.hold_secs())?;
    let waiting = publishing::load_waiting(tx, pass.now, after, BATCH)?;
    let Some(last) = waiting.last().map(|one| one.event.id) else {
        return Ok((None, Published::default()));
    };
    publishing::ensure_publication(tx, PublicId::mint((pass.random)()), pass.now)?;
    let told_before = published::newest_development(tx)?;
    let mut done = Published::default();
    for one in &waiting {
        if one.event.public_id.is_some() {
            done.looked_at += 1;
            done.developments += look_again(tx, pass, one)?;
        } else if !may_be_published(one) {
            // Whatever changes that puts it into the queue again.
        } else if hold_end(one, pass) > pass.now && !publishing::was_shown(tx, one.event.id)? {
            // Else it would wait for the time that a clock said which was ahead.
            publishing::open_at_latest(tx, one.event.id, pass.now)?;
            publishing::hold_back(tx, one.event.id, hold_end(one, pass))?;
            continue;
        } else if publish_first(tx, pass, one)? {
            done.events += 1;
            done.developments += 1;
        }
        publishing::leave_queue(tx, one.event.id)?;
    }
    publishing::move_storylines(tx, told_before, pass.now)?;
    let mut is_any_marked = false;
    for one in &waiting {
        publishing::lead_ids_on(tx, one.event.id)?;
        is_any_marked |= publishing::mark_merged(tx, one.event.id, pass.now)?;
    }
    if is_any_marked || done.events + done.looked_at > 0 {
        publishing::move_version(tx, pass.now)?;
    }
    Ok((Some(last), done))
}

fn may_be_published(waiting: &publishing::Waiting) -> bool {
    waiting.is_settled && !is_spiked(waiting) && waiting.event.merged_into.is_none()
}

/// True if an editor keeps it out, or its storyline.
fn is_spiked(waiting: &publishing::Waiting) -> bool {
    waiting.event.spiked || waiting.is_line_spiked
}

fn hold_end(waiting: &publishing::Waiting, pass: &Pass) -> UtcTime {
    let opened_at = waiting.opened_at.min(pass.now);
    opened_at + chrono::TimeDelta::seconds(pass.hold_secs())
}

/// False if there is nothing to publish: no report that stands.
fn publish_first(tx: &Transaction<'_>, pass: &Pass, waiting: &publishing::Waiting) -> Result<bool> {
    let event = &waiting.event;
    let reports = published::load_reports(tx, event.id)?;
    if event.headline.is_empty() || !withdrawn::still_stands(tx, event.id)? {
        return Ok(false);
    }
    if !waiting.is_described && !event.is_headed_by_one_of(&reports) {
        // Its headline is that of a report that is kept out. With another one it is looked at again.
        return Ok(false);
    }
    let anchors = anchors_of(&reports);
    publish_storyline(tx, pass, event)?;
    let id = PublicId::mint((pass.random)());
    publishing::publish_event(tx, event.id, id, &anchors, pass.now)?;
    let present = present_of(tx, waiting, (&reports, None))?;
    // Not its headline: what an editor keeps out later would stand here for ever.
    let note = match waiting.split_from {
        Some(origin) if published::name_of_event(tx, origin)?.is_some() => SPLIT_OFF,
        _ => "",
    };
    let change = Change::of_event(DevelopmentKind::NewEvent, note.to_owned());
    tell(tx, pass, waiting, &change)?;
    publishing::move_event(tx, event.id, pass.now)?;
    let told = Told {
        at_length: at_length(waiting, &reports),
        ..first_told(&present)
    };
    publishing::save_told(tx, event.id, &told_json(&told)?, None)?;
    Ok(true)
}

/// Also of an event that was published elsewhere and moved here.
fn publish_storyline(tx: &Transaction<'_>, pass: &Pass, event: &Event) -> Result<()> {
    if publishing::public_id_of_storyline(tx, event.storyline_id)?.is_some() {
        return Ok(());
    }
    let id = PublicId::mint((pass.random)());
    publishing::publish_storyline(tx, event.storyline_id, id, pass.now)
}

fn look_again(tx: &Transaction<'_>, pass: &Pass, waiting: &publishing::Waiting) -> Result<usize> {
    let event = &waiting.event;
    let reports = published::load_reports(tx, event.id)?;
    let told = waiting.told.as_deref();
    let told: Option<Told> = told.and_then(|json| serde_json::from_str(json).ok());
    if reports.is_empty() {
        note_kept_out(tx, event.id, told)?;
        return Ok(0);
    }
    let is_withdrawn = !withdrawn::still_stands(tx, event.id)?;
    let since = is_withdrawn.then(|| event.withdrawn_at.unwrap_or(pass.now));
    publishing::set_withdrawn(tx, event.id, since)?;
    publish_storyline(tx, pass, event)?;
    let present = present_of(tx, waiting, (&reports, told.as_ref()))?;
    let told = told.unwrap_or_else(|| first_told(&present));
    if !waiting.is_described && !event.is_headed_by_one_of(&reports) {
        // The spike is told once the event has another headline; its words go at once.
        let silent = Told {
            at_length: ToldAtLength {
                lede: String::new(),
                ..still_at_length(waiting, &reports, &told.at_length)
            },
            ..told
        };
        publishing::save_told(tx, event.id, &told_json(&silent)?, None)?;
        return Ok(0);
    }
    let (changes, mut next) = material_changes(&told, &present);
    next.at_length = match changes.is_empty() {
        true => still_at_length(waiting, &reports, &told.at_length),
        false => at_length(waiting, &reports),
    };
    for change in &changes {
        tell(tx, pass, waiting, &of_standing(change, waiting, &reports))?;
    }
    if !changes.is_empty() {
        publishing::move_event(tx, event.id, pass.now)?;
    }
    if changes.iter().any(|change| {
        matches!(
            change.kind,
            DevelopmentKind::Kill | DevelopmentKind::Reinstatement
        )
    }) {
        let turned = &next.withdrawn ^ &told.withdrawn;
        let reports = reports.iter();
        let turned = reports.filter(|report| turned.contains(&report.item_id));
        // With its copies.
        let turned: BTreeSet<ItemId> = turned.flat_map(Report::items).collect();
        publishing::move_merged_storylines(tx, &turned, pass.now)?;
    }
    let words: Vec<&str> = changes.iter().map(|change| change.note.as_str()).collect();
    let words = words.join("; ");
    let is_said = !changes.is_empty() || takes_back(&next, &present);
    let change = is_said.then_some(words.as_str());
    publishing::save_told(tx, event.id, &told_json(&next)?, change)?;
    Ok(changes.len())
}

/// A change of an event is told under its headline; but where that is what was withdrawn, it says so.
fn of_standing(change: &Change, waiting: &publishing::Waiting, reports: &[Report]) -> Change {
    let event = &waiting.event;
    if standing(reports).next().is_some() || change.headline.is_some() {
        return change.clone();
    }
    Change {
        headline: Some([WITHDRAWN, &event.headline].concat()),
        headline_item_id: event.headline_item_id,
        ..change.clone()
    }
}

/// An event that has items and shows none has all its reports kept out. One that was merged away has none.
fn note_kept_out(tx: &Transaction<'_>, event: EventId, told: Option<Told>) -> Result<()> {
    let Some(told) = told.filter(|told| !told.kept_out) else {
        return Ok(());
    };
    if events::load_items(tx, event)?.is_empty() {
        return Ok(());
    }
    let out = kept_out::load_spiked(tx, event)?;
    let told = Told {
        kept_out: true,
        out: out.into_iter().collect(),
        ..told
    };
    publishing::save_told(tx, event, &told_json(&told)?, None)
}

fn tell(
    tx: &Transaction<'_>,
    pass: &Pass,
    waiting: &publishing::Waiting,
    change: &Change,
) -> Result<()> {
    let development = Development {
        id: DevelopmentId(0),
        public_id: PublicId::mint((pass.random)()),
        event_id: waiting.event.id,
        storyline_id: waiting.event.storyline_id,
        changed_at: pass.now,
        kind: change.kind,
        headline: change
            .headline
            .clone()
            .unwrap_or_else(|| waiting.event.headline.clone()),
        note: change.note.clone(),
    };
    publishing::write_development(tx, &development, change.headline_item_id)
}

fn told_json(told: &Told) -> Result<String> {
    Ok(serde_json::to_string(told)?)
}

fn anchors_of(reports: &[Report]) -> BTreeSet<ItemId> {
    reports.iter().flat_map(Report::items).collect()
}

/// What the entry of an event tells at length once something material changed.
fn at_length(waiting: &publishing::Waiting, reports: &[Report]) -> ToldAtLength {
    ToldAtLength {
        lines: Some(letters_of(&lines_of(reports, &ToldAtLength::default()))),
        lede: standing_lede(waiting, reports),
        place: waiting.event.place.clone(),
    }
}

/// What it goes on to tell at length until then.
fn still_at_length(
    waiting: &publishing::Waiting,
    reports: &[Report],
    told: &ToldAtLength,
) -> ToldAtLength {
    if told.lines.is_none() {
        return at_length(waiting, reports);
    }
    ToldAtLength {
        lines: Some(letters_of(&lines_of(reports, told))),
        lede: lede_within(&told.lede, &standing_lede(waiting, reports)),
        ..told.clone()
    }
}

/// The lede goes with the headline, or the two would contradict each other; but it takes no more letters than the
/// one before.
fn lede_within(told: &str, now: &str) -> String {
    let most = told.chars().count();
    match now.chars().count() <= most {
        true => now.to_owned(),
        false => {
            let short = cut_lede(now, most);
            // What is cut to less says nothing, and what is cut within a sentence may say something else.
            if most < SHORTEST_LEDE || short.ends_with('…') {
                String::new()
            } else {
                short
            }
        }
    }
}

/// Letters of a lede that was cut, at least.
const SHORTEST_LEDE: usize = 60;

/// The lede, unless it may be that of a report which was withdrawn or spiked while others stand: under a pinned
/// headline nobody knows whose it is until the event is described anew.
fn standing_lede(waiting: &publishing::Waiting, reports: &[Report]) -> String {
    let event = &waiting.event;
    let is_unknown = !waiting.is_described
        && event.headline_item_id.is_none()
        && standing(reports).next().is_some();
    match is_unknown || is_headed_by_fallen(event, reports) {
        true => String::new(),
        false => event.lede.clone(),
    }
}

/// The reports that nobody withdrew.
fn standing(reports: &[Report]) -> impl Iterator<Item = &Report> {
    reports.iter().filter(|report| !report.is_withdrawn)
}

/// True if an event is headed by what was withdrawn or spiked, and a report stands.
fn is_headed_by_fallen(event: &Event, reports: &[Report]) -> bool {
    standing(reports).next().is_some() && !event.is_headed_by_one_of(standing(reports))
}

/// How an event stands, whose reports these are and of which this was told; nothing if it was not.
fn present_of(
    tx: &Transaction<'_>,
    waiting: &publishing::Waiting,
    (reports, told): (&[Report], Option<&Told>),
) -> Result<Present> {
    let event = &waiting.event;
    let mut about = decisions::load_about_event(tx, event.id)?;
    // What was merged into it may have brought a pin along.
    let predecessors = standing::load_predecessors(tx, event.id)?;
    about.extend(decisions::load_pins(tx, predecessors.clone())?);
    about.sort_by_key(|decision| decision.id);
    // What an editor has worded mutes nothing that reports tell.
    let headed_by = match event.headline_item_id {
        Some(item) => Some(item),
        None => publishing::load_headline_under_pin(tx, event.id)?,
    };
    let is_new = |report: &Report| told.is_some_and(|told| !told.items.contains(&report.item_id));
    let told_elsewhere = match reports.iter().any(is_new) {
        true => told_elsewhere(tx, event.id, (&about, predecessors))?,
        false => Vec::new(),
    };
    Ok(Present {
        is_kept_out: is_spiked(waiting),
        headline: event.headline.clone(),
        headline_item_id: headed_by.map(|item| telling_item(item, reports)),
        tellings: reports.iter().flat_map(tellings_of).collect(),
        copies: reports.iter().flat_map(copies_of).collect(),
        standing: standing(reports).flat_map(Report::items).collect(),
        // Nor is it wholly obeyed before the event is headed by what stands.
        is_ruled_on: is_ruled_on(tx, &about)?
            || !waiting.is_described && is_headed_by_fallen(event, reports),
        undone: told.map_or_else(|| Ok(BTreeSet::new()), |told| undone_of(tx, &told.rulings))?,
        obeyed_through: decisions::obeyed_through(tx)?,
        rulings: rulings_of(tx, event.id, &about)?,
        out: kept_out::load_spiked(tx, event.id)?.into_iter().collect(),
        told_elsewhere,
    })
}

/// What was told of events from which an event may have reports: those that went into it, and those that decisions on it
/// name.
fn told_elsewhere(
    tx: &Transaction<'_>,
    event: EventId,
    (about, predecessors): (&[Decision], Vec<EventId>),
) -> Result<Vec<Told>> {
    let mut others: BTreeSet<EventId> = predecessors.into_iter().collect();
    others.extend(about.iter().flat_map(|decision| decision.ruling.events()));
    others.remove(&event);
    let mut told = Vec::new();
    for other in others {
        let json = publishing::load_told(tx, other)?;
        told.extend(json.and_then(|json| serde_json::from_str::<Told>(&json).ok()));
    }
    Ok(told)
}

/// The report that tells what an item says: another one where that only lists its page again.
fn telling_item(item: ItemId, reports: &[Report]) -> ItemId {
    let lists_again = |report: &&Report| {
        let mut copies = report.relisted.iter();
        copies.any(|copy| copy.item_id == item && copy.title == report.title)
    };
    let report = reports.iter().find(lists_again);
    report.map_or(item, |report| report.item_id)
}

/// A report, and what its own outlet told since in its text under titles that say otherwise how the matter stands.
fn tellings_of(report: &Report) -> impl Iterator<Item = Telling> {
    // Read where there is such a copy: nearly no report has one.
    let says = |title: &str| Says::of(title, &report.language);
    let copies = report.reprints.iter().chain(&report.relisted);
    let revised = copies.filter(move |copy| {
        copy.outlet == report.outlet && says(&copy.title) != says(&report.title)
    });
    let revised = revised.map(|copy| Telling {
        is_withdrawn: false,
        ..copy_of(report, copy)
    });
    std::iter::once(telling_of(report)).chain(revised)
}

/// What other outlets took over from a report.
fn copies_of(report: &Report) -> impl Iterator<Item = Telling> {
    let others = report
        .reprints
        .iter()
        .filter(|copy| copy.outlet != report.outlet);
    others.map(|copy| copy_of(report, copy))
}

fn copy_of(report: &Report, copy: &Reprint) -> Telling {
    Telling {
        item_id: copy.item_id,
        outlet: copy.outlet.clone(),
        page: copy.link.as_deref().and_then(page_of),
        headline: copy.title.clone(),
        at: copy.at,
        is_correction: false,
        change_note: String::new(),
        ..telling_of(report)
    }
}

fn telling_of(report: &Report) -> Telling {
    Telling {
        item_id: report.item_id,
        outlet: report.outlet.clone(),
        page: report.link.as_deref().and_then(page_of),
        headline: report.title.clone(),
        language: report.language.clone(),
        at: report.at,
        is_correction: report.role == crate::news::Role::Correction,
        is_withdrawn: report.is_withdrawn,
        is_wire: report.outlet_kind == crate::news::OutletKind::Wire,
        change_note: report.change_note.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lede_goes_with_the_headline_and_never_grows() {
        let told =
            "At least 40 people were killed when a strong earthquake hit the coast on Sunday.";
        let now =
            "At least 95 people were killed when a strong earthquake hit the coast on Sunday.";
        assert_eq!(lede_within(told, now), now);
        let longer = [
            now,
            " Rescuers went on digging for others through the night.",
        ]
        .concat();
        let cut = lede_within(told, &longer);
        assert!(cut.starts_with("At least 95") && cut.chars().count() <= told.chars().count());
        assert_eq!(
            lede_within("Short.", now),
            "",
            "nothing is said in six letters"
        );
        assert_eq!(lede_within(told, ""), "");
    }
}
