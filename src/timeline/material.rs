//! Which changes of a published event are material: the only thing that moves `updated` and the only
//! thing that stands in the log feeds.
//!
//! Not material: one more outlet, another wording of the headline, a re-dated item, a reprint. The
//! policy is written in words in `docs/publishing.md`.

mod another_day;
mod came;
mod figures;
mod notices;
mod taken_back;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::counts::{Figure, head_figure};
use super::parts::Counted;
use super::prospects::Outlook;
use super::retractions::RETRACTED;
use super::stages::{
    LASTING, are_told_alike, goes_before_none, goes_with, is_open, is_reversal, lasts, stage_of,
};
use super::voices::{Voice, are_two};
use crate::news::{DecisionId, DevelopmentKind, ItemId, ToldAtLength, UtcTime};
use came::{has_come, matters_told, note_matter, tells_of_another};
use figures::{figures_of, tell_figure};
use notices::{corrections, is_told_anew, kills, reinstatements, said};
use taken_back::TakenBack;

/// One report of an event, as the policy looks at it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Telling {
    /// The original.
    pub item_id: ItemId,
    /// Name of its outlet.
    pub outlet: String,
    /// The page that it leads to, as `text::pages::page_of` has it.
    pub page: Option<String>,
    /// Its headline.
    pub headline: String,
    /// Two-letter code of its language.
    pub language: String,
    /// When it was told.
    pub at: UtcTime,
    /// True if it is a correction.
    pub is_correction: bool,
    /// True if its outlet or agency withdrew it.
    pub is_withdrawn: bool,
    /// True if the outlet is an agency: of a text that is withdrawn with its copies it is who withdrew it.
    pub is_wire: bool,
    /// The note to editors on what changed; empty if none.
    pub change_note: String,
}

impl Telling {
    /// The stage that it tells of all whom it is told of, as far as the others count them.
    fn stage_in(&self, counted: &Counted<'_>) -> Option<&'static str> {
        let stage = stage_of(&self.headline, &self.language);
        counted.stage_of_all(stage, (&self.headline, &self.language))
    }

    fn voice(&self) -> Voice<'_, &str> {
        Voice {
            outlet: self.outlet.as_str(),
            page: self.page.as_deref(),
        }
    }

    fn outlook(&self) -> Outlook {
        Outlook::of(&self.headline, &self.language)
    }

    fn figure(&self) -> Option<Figure> {
        head_figure(&self.headline, &self.language)
    }
}

/// A decision in force that names the event, and what it does to it, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruled {
    /// The decision.
    pub id: DecisionId,
    /// Such as `headline set by an editor`; empty if it is news only once it is undone.
    pub words: String,
    /// True if it is news where it comes along with another event and shows: a headline.
    pub comes_along: bool,
}

/// An event as it stands now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Present {
    /// The headline shown.
    pub headline: String,
    /// The report whose headline is shown, or would be, had no editor worded it.
    pub headline_item_id: Option<ItemId>,
    /// Its reports.
    pub tellings: Vec<Telling>,
    /// What other outlets took over from these: a voice only in what came of what lay ahead.
    pub copies: Vec<Telling>,
    /// Its items that nobody withdrew and no editor keeps out, copies among them.
    pub standing: BTreeSet<ItemId>,
    /// The decisions in force that name it, oldest first.
    pub rulings: Vec<Ruled>,
    /// Those that were in force when it was looked at last, and are undone.
    pub undone: BTreeSet<DecisionId>,
    /// The last decision up to which all are obeyed.
    pub obeyed_through: DecisionId,
    /// True while a decision that names it, or the undoing of one, is not obeyed or not wholly: how the event looks then
    /// is told once it is.
    pub is_ruled_on: bool,
    /// True while an editor keeps it out, with its storyline or with each of its reports.
    pub is_kept_out: bool,
    /// Its items that are kept out one by one.
    pub out: BTreeSet<ItemId>,
    /// What was told of events of which it has reports that it did not have when it was looked at last.
    pub told_elsewhere: Vec<Told>,
}

impl Present {
    /// What its headlines count.
    fn counted(&self) -> Counted<'_> {
        let tellings = self.tellings.iter();
        Counted::by(tellings.map(|one| (one.headline.as_str(), one.language.as_str())))
    }
}

/// What was last told to the world of an event: what the next change is held against. Kept beside
/// the event.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Told {
    /// The headline shown.
    pub headline: String,
    /// The reports shown.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub items: BTreeSet<ItemId>,
    /// What was kept before figures were kept by what they count: that of the headline stands then.
    #[serde(skip_serializing)]
    pub head_number: Option<String>,
    /// The figures that stand, by what they count.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<String, String>,
    /// Every figure that stood before: one that comes back is no news.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub former_figures: BTreeMap<String, BTreeSet<String>>,
    /// The stage that stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The headline of what the shown one calls false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disputed: Option<String>,
    /// Every stage that stood before.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub former_stages: BTreeSet<String>,
    /// Matters that lay ahead or might have, and of which what came is told. Of what was kept before this was, those of
    /// the headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came: Option<BTreeSet<String>>,
    /// Reports known as corrections.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub corrections: BTreeSet<ItemId>,
    /// What they said, as [`said`] has it. Of one that was kept before this was, whatever it says is known.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub corrections_said: BTreeMap<ItemId, u32>,
    /// Reports known as withdrawn, until they stand again.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub withdrawn: BTreeSet<ItemId>,
    /// Decisions that had been applied.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub rulings: BTreeSet<DecisionId>,
    /// The last decision up to which all were obeyed: those before may come along with a report, and are no news then.
    /// Of what was kept before this was, none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obeyed_through: Option<DecisionId>,
    /// True if an editor kept it out when it was looked at last.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub kept_out: bool,
    /// Items that were kept out one by one.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub out: BTreeSet<ItemId>,
    /// What its entry told at the last material change.
    pub at_length: ToldAtLength,
}

/// A material change, to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its kind.
    pub kind: DevelopmentKind,
    /// What changed, in words.
    pub note: String,
    /// The headline under which it is told, where that is not the event's: that of a report which was corrected
    /// or withdrawn, whatever the others say.
    pub headline: Option<String>,
    /// That report; `None` where the headline is the event's.
    pub headline_item_id: Option<ItemId>,
}

impl Change {
    /// One that is told under the event's headline.
    pub fn of_event(kind: DevelopmentKind, note: String) -> Self {
        Self {
            kind,
            note,
            headline: None,
            headline_item_id: None,
        }
    }

    /// One that is told under the headline of a report, if it has any.
    fn of_report(kind: DevelopmentKind, note: String, report: &Telling) -> Self {
        let headline = Some(&report.headline).filter(|headline| !headline.trim().is_empty());
        Self {
            headline: headline.cloned(),
            headline_item_id: Some(report.item_id),
            ..Self::of_event(kind, note)
        }
    }
}

/// What is told at first publication; what the entry tells at length is for the caller to add.
pub fn first_told(present: &Present) -> Told {
    let mut told = Told {
        figures: figures_of(chosen(present)),
        stage: chosen(present).and_then(|telling| first_stage(telling, present)),
        came: Some(
            chosen(present).map_or_else(BTreeSet::new, |shown| matters_told(shown.outlook())),
        ),
        ..Told::default()
    };
    note_the_rest(&mut told, present);
    note_look(&mut told, present);
    if present.is_ruled_on {
        told.rulings.clear();
    }
    told
}

/// The stage of an event that asks or denies: whatever is told to have happened then is news.
const OPEN: &str = "open";

/// The stage that an event begins with; `None` if nothing tells one.
fn first_stage(shown: &Telling, present: &Present) -> Option<String> {
    if TakenBack::by(shown, present, &Told::default()).is_some() {
        return Some(RETRACTED.to_owned());
    }
    if is_open(&shown.headline, &shown.language) {
        return Some(OPEN.to_owned());
    }
    let counted = present.counted();
    let tellings = present.tellings.iter();
    let told = || tellings.clone().filter_map(|one| one.stage_in(&counted));
    let stage = shown
        .stage_in(&counted)
        .or_else(|| told().find(|stage| is_reversal(stage)))
        .or_else(|| lasts(&shown.headline, &shown.language).then_some(LASTING));
    stage.map(str::to_owned)
}

/// The material changes since `told`, and what is told from now on. No change gives the same `told`
/// again as far as later changes depend on it. What the entry tells at length is as it was.
pub fn material_changes(told: &Told, present: &Present) -> (Vec<Change>, Told) {
    let mut changes = Vec::new();
    // What was kept before that was told knows all that was ever withdrawn.
    if told.obeyed_through.is_some() {
        changes.extend(reinstatements(told, present));
    }
    let told = &with_told_elsewhere(told, present);
    let mut next = told.clone();
    changes.extend(kills(told, present));
    changes.extend(corrections(told, present));
    let let_in = let_in(told, present);
    let is_let_in = let_in.is_some();
    let decided = let_in.or_else(|| ruling(told, present));
    let decided = decided.or_else(|| report_let_in(told, present));
    let outcome = outcome(&mut next, present);
    // That the two are one is told; what each told is no news beside it.
    let is_decided = decided.is_some() || present.is_ruled_on;
    let is_known = is_decided && is_told_elsewhere(told, &next, present);
    changes.extend(decided);
    changes.extend(outcome.filter(|_| !is_known));
    note_the_rest(&mut next, present);
    // That was told with it.
    if is_let_in || !present.is_ruled_on {
        note_look(&mut next, present);
    }
    (changes, next)
}

/// What was told of a report goes along with it into another event. Of one that is known here it is told here since.
fn with_told_elsewhere(told: &Told, present: &Present) -> Told {
    let mut all = told.clone();
    for other in &present.told_elsewhere {
        all.withdrawn.extend(&other.withdrawn - &told.items);
        all.corrections.extend(&other.corrections);
        for (item, said) in &other.corrections_said {
            all.corrections_said.entry(*item).or_insert(*said);
        }
    }
    all
}

/// True if all that is an outcome here was told of an event from which reports came: no outlet tells anything new.
fn is_told_elsewhere(told: &Told, next: &Told, present: &Present) -> bool {
    let mut others = present.told_elsewhere.iter();
    others.any(|other| {
        let mut figures = next.figures.iter();
        let mut matters = next.came.iter().flatten();
        let came = || told.came.iter().chain(&other.came);
        (next.stage == told.stage || next.stage == other.stage)
            && matters.all(|matter| came().any(|known| known.contains(matter)))
            && figures.all(|(kind, number)| {
                let is_it = |figures: &BTreeMap<String, String>| figures.get(kind) == Some(number);
                is_it(&told.figures) || is_it(&other.figures)
            })
    })
}

/// What was kept out has left the feeds, and may be too old to be listed again: that it is back is news.
fn let_in(told: &Told, present: &Present) -> Option<Change> {
    let stands = present.tellings.iter().any(|telling| !telling.is_withdrawn);
    (told.kept_out && !present.is_kept_out && stands && !is_told_anew(told, present)).then(|| {
        let note = "an editor let it in again".to_owned();
        Change::of_event(DevelopmentKind::Decision, note)
    })
}

/// The same of a report that was kept out with something else, which no decision on this event changed.
fn report_let_in(told: &Told, present: &Present) -> Option<Change> {
    let is_back = |telling: &&Telling| !telling.is_withdrawn && told.out.contains(&telling.item_id);
    let back = present.tellings.iter().find(is_back)?;
    (!present.is_ruled_on && !present.out.contains(&back.item_id)).then(|| {
        let note = "an editor let a report in again".to_owned();
        Change::of_event(DevelopmentKind::Decision, note)
    })
}

/// A decision counts when it came or was undone, and the headline or the reports differ by it.
fn ruling(told: &Told, present: &Present) -> Option<Change> {
    let is_same_look = told.headline == present.headline && told.items == items_of(present);
    if present.is_ruled_on || is_same_look {
        return None;
    }
    let is_new = |ruled: &&Ruled| {
        let shows = ruled.comes_along && told.headline != present.headline;
        let came = match told.obeyed_through {
            Some(through) => ruled.id > through,
            None => !ruled.comes_along,
        };
        !told.rulings.contains(&ruled.id) && !ruled.words.is_empty() && (came || shows)
    };
    let new = present.rulings.iter().rev().find(is_new);
    let note = match new {
        Some(ruled) => ruled.words.clone(),
        None if present.undone.is_empty() => return None,
        None => "an editor's decision was undone".to_owned(),
    };
    Some(Change::of_event(DevelopmentKind::Decision, note))
}

fn outcome(next: &mut Told, present: &Present) -> Option<Change> {
    let headline = chosen(present)?;
    let (taken_back, call) = called_false(headline, present, next).unzip();
    let counted = present.counted();
    // Of what lasts the end is one, in whatever words two tell it.
    let lasts = next.stage.as_deref() == Some(LASTING);
    let tells = |stage: &str| {
        is_confirmed(present, |telling| match &taken_back {
            Some(matter) => matter.is_called_false_by(telling),
            None if lasts => {
                (telling.stage_in(&counted)).is_some_and(|own| are_told_alike(own, stage))
            }
            None => telling.stage_in(&counted) == Some(stage),
        })
    };
    let now = match &taken_back {
        Some(_) => Some(RETRACTED),
        None => (headline.stage_in(&counted)).filter(|_| !tells_of_another(headline, present)),
    };
    let now = now.map(str::to_owned);
    next.disputed = taken_back.as_ref().map(|matter| matter.headline.clone());
    // What lasts is ended by what turns it round; anything else that is told of it then is an aspect.
    if now.as_deref().is_some_and(|stage| !is_reversal(stage)) {
        next.stage.take_if(|told| told == LASTING);
    }
    // What turns round a matter of which no stage was told is news too, once it stands.
    let turns_round = next.stage.is_none()
        && now
            .as_deref()
            .is_some_and(|stage| goes_before_none(stage) && came_later(stage, present));
    if turns_round {
        next.stage = Some(OPEN.to_owned());
    }
    let standing = next.stage.clone().unwrap_or_default();
    let stage = moved(
        &mut next.stage,
        &mut next.former_stages,
        now.as_ref()
            .filter(|now| is_told_beside(&standing, now, present)),
        |stage| tells(stage),
    );
    if next.head_number.take().is_some() {
        let told = head_figure(&next.headline, &headline.language);
        next.figures = told.into_iter().map(Figure::into_parts).collect();
    }
    let has_come = has_come(next, headline, present);
    if let Some((_, stage)) = &stage {
        note_matter(next, stage);
    }
    if has_come && stage.is_none() {
        // The stage it has come to is told with it.
        next.former_stages.extend(next.stage.take());
        next.stage = now;
    }
    let as_headline = || format!("now: {}", headline.headline);
    let figure = headline.figure();
    let figure = figure.and_then(|figure| tell_figure(next, figure, (present, &as_headline)));
    if let Some(call) = call.flatten().filter(|_| stage.is_some()) {
        let note = format!("called false: {}", call.headline);
        return Some(Change::of_report(DevelopmentKind::Outcome, note, call));
    }
    let is_outcome = stage.is_some() || has_come;
    let note = is_outcome.then(as_headline).or(figure)?;
    Some(Change::of_event(DevelopmentKind::Outcome, note))
}

/// What was told and is called false: by the headline shown, or of what that tells itself by two others, with the first of
/// these.
fn called_false<'p>(
    shown: &Telling,
    present: &'p Present,
    told: &Told,
) -> Option<(TakenBack, Option<&'p Telling>)> {
    if let Some(taken) = TakenBack::by(shown, present, told) {
        return Some((taken, None));
    }
    let (taken, call) = TakenBack::by_others(shown, present)?;
    let are_two = is_confirmed(present, |telling| taken.is_called_false_by(telling));
    are_two.then_some((taken, Some(call)))
}

/// What turns a matter round comes this long after it at least: sooner, it is another wording of the same, as
/// `sacked` is of `parts with`.
const TURN_HOURS: i64 = 2;

/// True if a stage is news where another one stands: neither its like, nor what came before it or with it.
fn is_told_beside(standing: &str, now: &str, present: &Present) -> bool {
    let came_along = goes_with(standing, now) && !came_after(now, standing, present);
    !are_told_alike(standing, now) && !goes_with(now, standing) && !came_along
}

/// True if two told a stage so long after they told another one that it is news beside that.
fn came_after(stage: &str, other: &str, present: &Present) -> bool {
    let times = told_by_two(other, present).zip(told_by_two(stage, present));
    times.is_some_and(|(other, stage)| stage - other >= TimeDelta::hours(TURN_HOURS))
}

/// When the second of two voices told a stage, or the only one; `None` if none has.
fn told_by_two(stage: &str, present: &Present) -> Option<UtcTime> {
    let counted = present.counted();
    let tellings = present.tellings.iter();
    let mut telling: Vec<&Telling> = tellings
        .filter(|one| one.stage_in(&counted) == Some(stage))
        .collect();
    telling.sort_by_key(|one| (one.at, one.item_id));
    let mut voices = Vec::new();
    let second = telling.iter().find(|one| {
        voices.push(one.voice());
        are_two(&voices)
    });
    Some(second.or(telling.first())?.at)
}

/// True if nobody told a stage when an event was told first. What is taken back was told before.
fn came_later(stage: &str, present: &Present) -> bool {
    if stage == RETRACTED {
        return true;
    }
    let counted = present.counted();
    let first = present.tellings.iter().map(|telling| telling.at).min();
    let telling = present
        .tellings
        .iter()
        .filter(|telling| telling.stage_in(&counted) == Some(stage));
    let told = telling.map(|telling| telling.at).min();
    first
        .zip(told)
        .is_some_and(|(first, told)| told - first >= TimeDelta::hours(TURN_HOURS))
}

/// True if the headline tells another figure or stage than was told last, and nothing new was told: what stood
/// before is back, or one outlet alone tells it. What changed last is then no longer how things are.
pub fn takes_back(told: &Told, present: &Present) -> bool {
    let Some(shown) = chosen(present) else {
        return false;
    };
    let counted = present.counted();
    let is_taken_back = called_false(shown, present, told).is_some();
    let figure = shown.figure();
    let before = figure
        .as_ref()
        .and_then(|figure| told.figures.get(&figure.kind));
    is_taken_back && told.stage.as_deref() != Some(RETRACTED)
        || differs(figure.as_ref().map(|figure| &figure.number), before)
        || shown
            .stage_in(&counted)
            .filter(|_| !is_taken_back)
            .zip(told.stage.as_deref())
            .is_some_and(|(now, told)| {
                ![OPEN, LASTING].contains(&told) && !are_told_alike(now, told)
            })
}

fn differs<T: PartialEq>(now: Option<T>, told: Option<T>) -> bool {
    now.zip(told).is_some_and(|(now, told)| now != told)
}

/// Moves what stands to what is told now if that is new and confirmed; returns both. Where nothing
/// stood before, the new value stands without being a change.
fn moved<T: Ord + Clone>(
    standing: &mut Option<T>,
    former: &mut BTreeSet<T>,
    now: Option<&T>,
    is_confirmed: impl Fn(&T) -> bool,
) -> Option<(T, T)> {
    let now = now?;
    let Some(before) = standing.clone() else {
        *standing = Some(now.clone());
        return None;
    };
    if before == *now || former.contains(now) || !is_confirmed(now) {
        return None;
    }
    former.insert(before.clone());
    *standing = Some(now.clone());
    Some((before, now.clone()))
}

/// A new outcome or figure counts once two outlets tell it, each at a page of its own: one may be mistaken.
fn is_confirmed(present: &Present, tells: impl Fn(&Telling) -> bool) -> bool {
    let told = present
        .tellings
        .iter()
        .filter(|telling| !telling.is_withdrawn && tells(telling));
    are_two(&told.map(Telling::voice).collect::<Vec<_>>())
}

fn note_the_rest(told: &mut Told, present: &Present) {
    for telling in &present.tellings {
        if telling.is_correction {
            told.corrections.insert(telling.item_id);
            told.corrections_said.insert(telling.item_id, said(telling));
        }
        if telling.is_withdrawn {
            told.withdrawn.insert(telling.item_id);
        }
    }
    told.withdrawn = &told.withdrawn - &present.standing;
    told.kept_out = present.is_kept_out;
}

/// What an editor's decision may change.
fn note_look(told: &mut Told, present: &Present) {
    told.headline.clone_from(&present.headline);
    told.items = items_of(present);
    told.rulings = present.rulings.iter().map(|ruled| ruled.id).collect();
    // While an old one is being undone it would go back.
    told.obeyed_through = told.obeyed_through.max(Some(present.obeyed_through));
    told.out.clone_from(&present.out);
}

fn chosen(present: &Present) -> Option<&Telling> {
    let id = present.headline_item_id?;
    present
        .tellings
        .iter()
        .find(|telling| telling.item_id == id && !telling.is_withdrawn)
}

fn items_of(present: &Present) -> BTreeSet<ItemId> {
    present
        .tellings
        .iter()
        .map(|telling| telling.item_id)
        .collect()
}

#[cfg(test)]
mod ending_tests;
#[cfg(test)]
mod ruled_tests;
#[cfg(test)]
mod tests;
