//! How events and storylines are described: collects what `timeline` judges, and puts its verdicts
//! into the rows that pages and feeds show.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::json;

use crate::news::{
    Decision, DecisionId, EventId, ItemId, Outlet, OutletId, OutletKind, Role, Ruling, StorylineId,
    UtcTime, utc_from_secs,
};
use crate::store::describing::{self, EventRow, TellingRow};
use crate::store::events::{EventDescription, StorylineDescription};
use crate::store::{Connection, Result, standing, withdrawn};
use crate::text::lead::without_boilerplate;
use crate::text::wire::told_title;
use crate::timeline::{
    HeadlineChoice, LifeSettings, Report, Says, life_of, make_slug, pick_headline, when_it_occurred,
};

/// Reports that take part in the choice of a headline: the first ones, which set the tone, and as many of the
/// last, which tell how it stands. More would cost time at every arrival and change nothing.
pub(super) const MOST_TELLINGS: usize = 64;

/// Headlines that editors set, from the decisions in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pins {
    events: BTreeMap<EventId, (DecisionId, String)>,
    storylines: BTreeMap<StorylineId, (DecisionId, String)>,
}

impl Pins {
    /// The last pin of each event and storyline that is in force.
    pub fn of(decisions: &[Decision]) -> Self {
        let mut pins = Self::default();
        for decision in decisions
            .iter()
            .filter(|decision| decision.undone_at.is_none())
        {
            match &decision.ruling {
                Ruling::PinHeadline { event, headline } => {
                    let pin = (decision.id, headline.clone());
                    pins.events.insert(*event, pin);
                }
                Ruling::RenameStoryline {
                    storyline,
                    headline,
                } => {
                    let name = (decision.id, headline.clone());
                    pins.storylines.insert(*storyline, name);
                }
                _ => {}
            }
        }
        pins
    }

    /// True if an event has one of its own.
    pub fn pin(&self, event: EventId) -> bool {
        self.events.contains_key(&event)
    }

    /// True if a storyline has one of its own.
    pub fn name(&self, line: StorylineId) -> bool {
        self.storylines.contains_key(&line)
    }

    /// True if no event has one.
    pub fn are_none(&self) -> bool {
        self.events.is_empty()
    }

    fn of_event(&self, event: EventId, absorbed: &[EventId]) -> Option<&String> {
        of_one(&self.events, event, absorbed)
    }

    /// That of a storyline as it is stored.
    fn of_storyline(&self, conn: &Connection, line: StorylineId) -> Result<Option<&String>> {
        if self.storylines.is_empty() {
            return Ok(None);
        }
        let absorbed = standing::load_lines_merged_into(conn, line)?;
        Ok(of_one(&self.storylines, line, &absorbed))
    }

    /// Events and storylines whose headline differs between two states of the decisions.
    pub fn differences(&self, other: &Self) -> (Vec<EventId>, Vec<StorylineId>) {
        (
            changed_keys(&self.events, &other.events),
            changed_keys(&self.storylines, &other.storylines),
        )
    }
}

/// What was set of one, or else the latest of what was of those that it absorbed: an editor's word outlives a merge.
fn of_one<'a, K: Ord>(
    set: &'a BTreeMap<K, (DecisionId, String)>,
    one: K,
    absorbed: &[K],
) -> Option<&'a String> {
    let inherited = || {
        let inherited = absorbed.iter().filter_map(|gone| set.get(gone));
        inherited.max_by_key(|(decision, _)| *decision)
    };
    Some(&set.get(&one).or_else(inherited)?.1)
}

/// An item as the description of its event sees it: what it says, wherever it stands.
#[derive(Debug)]
pub(super) struct Telling {
    /// Without what hangs on the event and on settings.
    report: Report,
    /// That of its dateline.
    place: Option<String>,
    is_withdrawn: bool,
    is_spiked: bool,
}

impl Telling {
    /// What a stored item says.
    pub(super) fn read(row: TellingRow) -> Self {
        let title = told_title(&row.wire);
        let lead = without_boilerplate(&row.wire.clean_summary);
        let dateline = row.wire.dateline.as_ref();
        Self {
            report: Report {
                item: row.item,
                outlet: row.outlet,
                page: row.page.map(Into::into),
                says: Says::of(&title, &row.language),
                title: title.into(),
                lead: lead.into(),
                language: row.language,
                role: row.wire.role,
                item_time: row.item_time,
                time_is_claimed: row.time_is_claimed,
                dateline_day: dateline.and_then(|dateline| dateline.date),
                ..Report::default()
            },
            place: dateline.and_then(|dateline| dateline.place.clone()),
            is_withdrawn: row.is_withdrawn,
            is_spiked: row.is_spiked,
        }
    }

    /// The item.
    pub(super) fn item(&self) -> ItemId {
        self.report.item
    }

    /// True if it was withdrawn itself.
    pub(super) fn is_withdrawn(&self) -> bool {
        self.is_withdrawn
    }

    /// True if it stands whatever becomes of what it is a copy of.
    pub(super) fn says_its_own(&self) -> bool {
        withdrawn::says_its_own(self.report.role)
    }

    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        let place = self.place.as_ref().map_or(0, String::len);
        let page = self.report.page.as_ref().map_or(0, |page| page.len());
        size_of::<Self>() + self.report.title.len() + self.report.lead.len() + place + page
    }
}

/// A telling in its event.
pub(super) struct Member {
    pub(super) telling: Arc<Telling>,
    /// The original that it repeats.
    pub(super) reprint_of: Option<ItemId>,
    /// True if it does not stand: it was withdrawn, or what it is a copy of.
    pub(super) is_withdrawn: bool,
}

impl Member {
    /// The original of the text that it has.
    fn text(&self) -> ItemId {
        self.reprint_of.unwrap_or(self.telling.item())
    }

    fn role(&self) -> Role {
        self.telling.report.role
    }
}

/// An event as its description sees it.
pub(super) struct Told<'a> {
    /// The event.
    pub event: EventId,
    /// The events that were merged into it, as far as pins may be theirs.
    pub absorbed: Vec<EventId>,
    /// Its tellings in the order of history, at most [`MOST_TELLINGS`].
    pub members: &'a [Member],
    /// Mean frozen score of each item with the others.
    pub mean_scores: &'a BTreeMap<ItemId, f32>,
}

/// The description of an event; counts are filled in when the membership is saved. `None` if
/// nothing tells it.
pub(super) fn describe_event(
    told: &Told<'_>,
    outlets: &BTreeMap<OutletId, Outlet>,
    pins: &Pins,
) -> Option<EventDescription> {
    let shown = shown_of(told.members);
    let corrected = corrected_texts(&shown, outlets);
    let reports: Vec<Report> = shown
        .iter()
        .map(|member| Report {
            revises_own: revises_own(member, told.members),
            ..report_of(member, &corrected, (told.mean_scores, outlets))
        })
        .collect();
    let choice = pick_headline(&reports)?;
    let times = || reports.iter().map(|report| report.item_time);
    // What came of something that lay ahead happened when it came.
    let since_it_came = choice.came_at.map(|since| -> Vec<Report> {
        let telling = reports.iter().filter(|report| report.item_time >= since);
        telling.cloned().collect()
    });
    let telling = since_it_came.as_ref().unwrap_or(&reports);
    let pin = pins.of_event(told.event, &told.absorbed);
    Some(EventDescription {
        headline: pin.cloned().unwrap_or_else(|| choice.headline.clone()),
        headline_item: pin.is_none().then_some(choice.item),
        headline_reason: reason_of(&choice, pin.is_some()),
        lede: choice.lede.clone(),
        place: place_of(&shown),
        occurred_at: when_it_occurred(telling)?,
        first_report_at: times().min()?,
        last_report_at: times().max()?,
        ..EventDescription::default()
    })
}

/// True if an outlet is an agency.
pub(super) fn is_wire(outlets: &BTreeMap<OutletId, Outlet>, outlet: OutletId) -> bool {
    outlets
        .get(&outlet)
        .is_some_and(|outlet| outlet.kind == OutletKind::Wire)
}

/// Texts that whoever wrote them corrected: the original or an agency, not an outlet its copy.
fn corrected_texts(shown: &[&Member], outlets: &BTreeMap<OutletId, Outlet>) -> BTreeSet<ItemId> {
    let corrections = shown
        .iter()
        .filter(|member| member.role() == Role::Correction);
    let of_authors = corrections.filter(|member| {
        member.reprint_of.is_none() || is_wire(outlets, member.telling.report.outlet)
    });
    of_authors.map(|member| member.text()).collect()
}

/// How many reports tell an event, and the outlets that carry it.
pub(super) type Counts = (u32, BTreeSet<OutletId>);

/// Counts all tellings of an event as [`describing::count_reports`] counts what is stored.
pub(super) fn count_reports(members: &[Member]) -> Counts {
    let shown = || members.iter().filter(|member| !member.telling.is_spiked);
    let originals = shown().filter(|member| member.reprint_of.is_none());
    let outlets = shown().map(|member| member.telling.report.outlet);
    // Reprints of which the original is kept out or gone are one report.
    let reports = originals.count().max(shown().count().min(1));
    (
        u32::try_from(reports).unwrap_or(u32::MAX),
        outlets.collect(),
    )
}

/// Those that stand; what was withdrawn if nothing does; what is spiked if nothing else is there.
fn shown_of(members: &[Member]) -> Vec<&Member> {
    let those = |is_wanted: fn(&Member) -> bool| -> Vec<&Member> {
        members.iter().filter(|member| is_wanted(member)).collect()
    };
    let levels: [fn(&Member) -> bool; 3] = [
        |member| !member.is_withdrawn && !member.telling.is_spiked,
        |member| !member.telling.is_spiked,
        |_| true,
    ];
    let mut levels = levels.into_iter().map(those);
    levels.find(|shown| !shown.is_empty()).unwrap_or_default()
}

/// The description of a storyline from its events; `None` if it has none.
///
/// The headline is that of the latest event that two outlets carry, and at least half as many as carry the one that
/// most do: where the matter stands, not how it began. If no event has two, that of the earliest. Of one that is
/// withdrawn only if no other stands, and of one that is spiked only if all are.
///
/// # Errors
/// Whatever the store says.
pub(super) fn describe_storyline(
    conn: &Connection,
    id: StorylineId,
    pins: &Pins,
    (now, settings): (UtcTime, &LifeSettings),
) -> Result<Option<StorylineDescription>> {
    let events = describing::load_storyline_events(conn, id)?;
    let stands = |event| withdrawn::still_stands(conn, event);
    let Some(main) = main_event(&events, stands)? else {
        return Ok(None);
    };
    let name = pins.of_storyline(conn, id)?;
    let headline = name.unwrap_or(&main.headline);
    let last_report_at = events.iter().map(|event| event.last_report_at).max();
    let last_report_at = last_report_at.unwrap_or_else(|| utc_from_secs(0));
    let before = describing::load_life(conn, id)?;
    Ok(Some(StorylineDescription {
        headline: headline.clone(),
        slug: make_slug(headline),
        life: life_of(before, last_report_at, now, settings),
        first_event_at: events
            .iter()
            .map(|event| event.occurred_at)
            .min()
            .unwrap_or_default(),
        last_event_at: events
            .iter()
            .map(|event| event.occurred_at)
            .max()
            .unwrap_or_default(),
        event_count: u32::try_from(events.len()).unwrap_or(u32::MAX),
        outlet_count: count_outlets(&events),
        named_after: name.is_none().then_some((main.id, main.headline_item)),
    }))
}

/// How many outlets tell a storyline; what an editor keeps out does not count.
fn count_outlets(events: &[EventRow]) -> u32 {
    let shown = events.iter().filter(|event| !event.is_spiked);
    let outlets: BTreeSet<&OutletId> = shown.flat_map(|event| &event.outlets).collect();
    u32::try_from(outlets.len()).unwrap_or(u32::MAX)
}

/// The event whose headline is the storyline's, of events in the order of its timeline; `None` without events. What does
/// not stand neither heads it nor says how many outlets carry the matter.
fn main_event(
    events: &[EventRow],
    stands: impl Fn(EventId) -> Result<bool>,
) -> Result<Option<&EventRow>> {
    let all: Vec<&EventRow> = events.iter().collect();
    let mut told = all.clone();
    told.retain(|event| !event.is_spiked);
    // Nearly always these two stand, and no other is asked about.
    while let (Some(first), Some(widest)) = (rank_events(&told).first().copied(), widest(&told)) {
        if !stands(first.id)? {
            told.retain(|event| event.id != first.id);
        } else if widest.id != first.id && !stands(widest.id)? {
            told.retain(|event| event.id != widest.id);
        } else {
            return Ok(Some(first));
        }
    }
    Ok(rank_events(&all).first().copied())
}

/// The event that most outlets carry.
fn widest<'a>(events: &[&'a EventRow]) -> Option<&'a EventRow> {
    let by_outlets = |event: &&&EventRow| event.outlets.len();
    events.iter().max_by_key(by_outlets).copied()
}

/// Events in the order of a timeline, the one first whose headline a storyline may have before all others.
fn rank_events<'a>(events: &[&'a EventRow]) -> Vec<&'a EventRow> {
    let shown = events.iter().filter(|event| !event.is_spiked);
    let most = shown.map(|event| event.outlets.len()).max().unwrap_or(0);
    let mut ranked: Vec<(usize, &EventRow)> = events.iter().copied().enumerate().collect();
    // What fewer carry says little of where the matter stands: there most outlets come first, then the earliest.
    ranked.sort_by_key(|(place, event)| {
        let outlets = event.outlets.len();
        match !event.is_spiked && outlets >= most.div_ceil(2).max(2) {
            true => (false, false, Reverse(0), events.len() - place),
            false => (true, event.is_spiked, Reverse(outlets), *place),
        }
    });
    ranked.into_iter().map(|(_, event)| event).collect()
}

fn report_of(
    member: &Member,
    corrected: &BTreeSet<ItemId>,
    (mean_scores, outlets): (&BTreeMap<ItemId, f32>, &BTreeMap<OutletId, Outlet>),
) -> Report {
    let said = &member.telling.report;
    let reliability = outlets
        .get(&said.outlet)
        .map_or(1.0, |outlet| outlet.reliability);
    Report {
        is_reprint: member.reprint_of.is_some(),
        is_superseded: said.role != Role::Correction && corrected.contains(&member.text()),
        // The setting is a small number; nothing is lost that matters.
        reliability: reliability as f32,
        mean_score: mean_scores.get(&said.item).copied().unwrap_or(0.0),
        ..said.clone()
    }
}

/// True if a member repeats the text of its own outlet's report under a title that says otherwise how the matter stands.
fn revises_own(member: &Member, members: &[Member]) -> bool {
    let of = |original: ItemId| members.iter().find(|one| one.telling.item() == original);
    let original = member.reprint_of.and_then(of);
    original.is_some_and(|original| {
        let (own, before) = (&member.telling.report, &original.telling.report);
        own.outlet == before.outlet && own.says != before.says
    })
}

/// How the headline was chosen, best report first, for whoever asks why: of each report the item,
/// centrality, reliability, form, total and reason. Empty if there was nothing to choose.
fn reason_of(choice: &HeadlineChoice, is_pinned: bool) -> String {
    if is_pinned {
        return json!({ "pinned": true, "else": choice.item }).to_string();
    }
    if choice.shares.len() < 2 {
        return String::new();
    }
    let thousandth = |number: f32| f64::from((number * 1000.0).round()) / 1000.0;
    let shares = choice.shares.iter().take(3).map(|share| {
        let numbers = [share.centrality, share.reliability, share.form, share.total];
        let [centrality, reliability, form, total] = numbers.map(thousandth);
        json!([
            share.item,
            centrality,
            reliability,
            form,
            total,
            share.reason
        ])
    });
    let shares: Vec<serde_json::Value> = shares.collect();
    json!({ "reports": shares }).to_string()
}

/// The place that most datelines name, the first one on a tie; empty if none does.
fn place_of(shown: &[&Member]) -> String {
    let mut counts: Vec<(String, &str, usize)> = Vec::new();
    for member in shown {
        let Some(place) = member.telling.place.as_deref() else {
            continue;
        };
        let folded = place.to_lowercase();
        match counts.iter_mut().find(|(known, _, _)| *known == folded) {
            Some((_, _, count)) => *count += 1,
            None => counts.push((folded, place, 1)),
        }
    }
    let most = counts.iter().rev().max_by_key(|(_, _, count)| *count);
    most.map_or_else(String::new, |(_, place, _)| (*place).to_owned())
}

fn changed_keys<K: Copy + Ord, V: PartialEq>(
    one: &BTreeMap<K, V>,
    other: &BTreeMap<K, V>,
) -> Vec<K> {
    let mut keys: Vec<K> = one
        .keys()
        .chain(other.keys())
        .filter(|key| one.get(key) != other.get(key))
        .copied()
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event((number, outlets, is_spiked): (i64, usize, bool)) -> EventRow {
        let outlets = (0..outlets).map(|one| OutletId(one as i64));
        EventRow {
            id: EventId(number),
            headline: String::new(),
            headline_item: None,
            occurred_at: utc_from_secs(number),
            last_report_at: utc_from_secs(number),
            outlets: outlets.collect(),
            is_spiked,
        }
    }

    #[test]
    fn a_storyline_is_headed_by_where_the_matter_stands_as_far_as_outlets_carry_it() {
        for (events, expected) in [
            (vec![(1, 6, false), (2, 3, false)], vec![2, 1]),
            (
                vec![(1, 6, false), (2, 3, false), (3, 2, false)],
                vec![2, 1, 3],
            ),
            (
                vec![(1, 1, false), (2, 5, false), (3, 4, false), (4, 2, false)],
                vec![3, 2, 4, 1],
            ),
            (vec![(1, 2, false), (2, 1, false)], vec![1, 2]),
            (vec![(1, 1, false), (2, 1, false)], vec![1, 2]),
            (vec![(1, 1, false), (2, 2, false)], vec![2, 1]),
            (
                vec![(1, 3, false), (2, 9, true), (3, 2, false)],
                vec![3, 1, 2],
            ),
            (vec![(1, 3, true)], vec![1]),
        ] {
            let rows: Vec<EventRow> = events.iter().copied().map(event).collect();
            let all: Vec<&EventRow> = rows.iter().collect();
            let ranked: Vec<i64> = rank_events(&all).iter().map(|one| one.id.0).collect();
            assert_eq!(ranked, expected, "{events:?}");
        }
    }

    #[test]
    fn what_does_not_stand_neither_heads_a_storyline_nor_sets_how_many_must_carry_what_does() {
        for (events, fallen, expected) in [
            (vec![(1, 6, false), (2, 3, false)], vec![2], 1),
            (
                vec![(1, 3, false), (2, 9, false), (3, 4, false)],
                vec![2],
                3,
            ),
            (
                vec![(1, 9, false), (2, 6, false), (3, 3, false)],
                vec![1],
                3,
            ),
            (vec![(1, 9, false), (2, 6, false), (3, 3, false)], vec![], 2),
            (vec![(1, 1, false), (2, 5, false)], vec![2], 1),
            (vec![(1, 4, true), (2, 5, false)], vec![2], 2),
            (vec![(1, 4, false), (2, 5, false)], vec![1, 2], 2),
            (vec![(1, 4, true)], vec![], 1),
        ] {
            let rows: Vec<EventRow> = events.iter().copied().map(event).collect();
            let stands = |event: EventId| Ok(!fallen.contains(&event.0));
            let main = main_event(&rows, stands).unwrap().map(|one| one.id.0);
            assert_eq!(main, Some(expected), "{events:?} without {fallen:?}");
        }
        assert!(main_event(&[], |_| Ok(true)).unwrap().is_none());
    }
}
