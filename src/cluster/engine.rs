//! The online engine: what happens when an item arrives.

use std::collections::{BTreeMap, BTreeSet};

use super::arriving::{ArrivingItem, read_item};
use super::candidates::{Candidate, Limits, Scratch};
use super::features::{Glance, Place, Values, measure};
use super::grouping::Grouping;
use super::kept_back::KeptBack;
use super::latest::Latest;
use super::newest::Newest;
use super::pairs::{mean_score, pairs_between, score_of, steps_of};
use super::reprints::find_original;
use super::tables::{SavedTables, Tables};
use super::weights::{Weights, probability};
use super::window::{LiveItem, Pair, Slot, Window};
use crate::news::{EventId, ItemId, Role, ScoredPair, UtcTime};

/// The engine's settings; the defaults are those the weights were tuned with.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Hours an item stays comparable with newer ones.
    pub window_hours: u32,
    /// Candidates scored for each item.
    pub candidates: usize,
    /// Mean score from which an item joins an event when it arrives.
    pub join_score: f32,
    /// Mean score down to which groups are merged when the window is settled.
    pub settle_score: f32,
    /// Items after which settling is due.
    pub settle_every: usize,
    /// Items kept live at most, whatever their time: a bound for memory.
    pub most_items: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window_hours: 108,
            candidates: 128,
            join_score: 0.5,
            settle_score: 0.5,
            settle_every: 256,
            most_items: 200_000,
        }
    }
}

/// Scores below this are not kept: they could not carry a mean over any threshold in use.
pub(super) const LEAST_KEPT_SCORE: f32 = 0.1;
/// So many candidates are all measured: of more, the first cut leaves as many (a fifth of 128 on real headlines).
pub(super) const FEW_CANDIDATES: usize = 32;
/// Scores kept of one arrival, the highest.
pub(super) const KEPT_SCORES: usize = 64;
/// Rarest words of the lead that are looked up beside those of the title.
const RAREST: usize = 12;
/// Nearest items that local weights are taken from.
const NEAREST: usize = 40;
/// Items whose words are asked of memory at a time: all of them stay near until they are measured.
const BROUGHT_NEAR: usize = 12;

/// How an event stands in what is published: its identity hangs on these items (invariant 6).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// Rank by first publication: of two merged events the lower one's id stays.
    pub order: i64,
    /// The reports shown at first publication.
    pub anchors: Vec<ItemId>,
    /// The report whose headline was shown then.
    pub headline: Option<ItemId>,
}

impl Publication {
    /// The anchors but for those that are kept out; all of them if all are.
    pub(super) fn counting_anchors(&self, kept_out: &BTreeSet<ItemId>) -> Vec<ItemId> {
        let shown = self.anchors.iter().filter(|item| !kept_out.contains(item));
        let shown: Vec<ItemId> = shown.copied().collect();
        if shown.is_empty() {
            return self.anchors.clone();
        }
        shown
    }
}

/// What came of an item's arrival.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrival {
    /// The item.
    pub item: ItemId,
    /// Its frozen scores with older items, highest first. To be stored as they are.
    pub pairs: Vec<ScoredPair>,
    /// The event it stands in until the next settling; `None` if its role joins none, or if it
    /// was here before.
    pub event: Option<EventId>,
    /// True if that event is new with it.
    pub opened: bool,
    /// The original that it is a copy of.
    pub reprint_of: Option<ItemId>,
    /// For a role that joins no event: the report that it resembles most, if it is near enough to
    /// stand beside it, wherever that stands. It follows from frozen scores alone, so that rulings
    /// and settling change nothing of it.
    pub beside: Option<ItemId>,
    /// True if enough came in to settle; settling earlier changes no outcome.
    pub settling_is_due: bool,
}

/// A pair as measured, kept or not.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredPair {
    /// The older item.
    pub earlier: ItemId,
    /// Probability that both tell the same event.
    pub score: f32,
    /// The features' values.
    pub values: Vec<f32>,
}

struct Measured {
    slot: Slot,
    score: f32,
    values: Values,
}

/// How the candidates stand to the best of them.
#[derive(Clone, Copy)]
struct Standing {
    best: f32,
    crowd: f32,
    count: usize,
}

impl Standing {
    fn of(found: &[Candidate]) -> Self {
        let first = found.first();
        let best = first.map_or(1.0, |candidate| candidate.rank.max(1e-6));
        let nearest = found.iter().take(NEAREST);
        let sum: f32 = nearest.map(|candidate| candidate.rank / best).sum();
        Self {
            best,
            crowd: sum / NEAREST as f32,
            count: found.len(),
        }
    }

    fn place(self, number: usize, rank: f32) -> Place {
        Place {
            relative_rank: rank / self.best,
            crowd: self.crowd,
            number,
            of: self.count,
        }
    }
}

/// The clusterer's live state. The same calls in the same order give the same results.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(super) settings: Settings,
    pub(super) weights: Weights,
    pub(super) tables: Tables,
    pub(super) window: Window,
    scratch: Scratch,
    newest: Newest,
    /// As rulings have it.
    pub(super) groups: Grouping,
    /// As the machine alone would have it; `None` while that is the same.
    pub(super) own: Option<Box<Grouping>>,
    /// What editors keep back, whatever is grouped.
    pub(super) kept_back: KeptBack,
    pub(super) next_event: i64,
    /// The first event id that was not in use at the last settling.
    pub(super) new_from: i64,
    pub(super) latest: Latest,
    pub(super) settled_through: ItemId,
}

impl Engine {
    /// An engine that knows nothing yet. `next_event` is the first event id it may use.
    pub fn new(settings: Settings, weights: Weights, next_event: EventId) -> Self {
        Self {
            settings,
            weights,
            tables: Tables::default(),
            window: Window::default(),
            scratch: Scratch::default(),
            newest: Newest::default(),
            groups: Grouping::default(),
            own: None,
            kept_back: KeptBack::default(),
            next_event: next_event.0,
            new_from: next_event.0,
            latest: Latest::default(),
            settled_through: ItemId(0),
        }
    }

    /// Takes an item in. Items arrive in the order of their ids. An item that is already live,
    /// and an advisory, changes nothing.
    pub fn arrive(&mut self, item: &ArrivingItem) -> Arrival {
        self.arrive_and_measure(item, &[], &mut Vec::new())
    }

    /// As [`Engine::arrive`]; beside it, all pairs that were measured, whatever their score, and
    /// those with `partners`, are written to `measured`: for training and for scoring pairs. An item with partners
    /// is compared with all that is in the window, until that moves on.
    pub fn arrive_and_measure(
        &mut self,
        item: &ArrivingItem,
        partners: &[ItemId],
        measured: &mut Vec<MeasuredPair>,
    ) -> Arrival {
        let mut arrival = Arrival {
            item: item.id,
            ..Arrival::default()
        };
        if item.role == Role::Advisory || self.window.slot_of(item.id).is_some() {
            return arrival;
        }
        let live = self.read(item);
        if partners.is_empty() {
            self.pass_by();
        }
        let found = self
            .scratch
            .find_candidates(&self.window, &live, self.limits());
        let nearest = found.iter().take(NEAREST);
        self.window.bring_near(nearest.map(|one| one.slot));
        if !partners.is_empty() {
            self.measure_partners(&live, &found, partners, measured);
        }
        let original = live
            .tells_an_event
            .then(|| find_original(&self.window, &live, &found))
            .flatten();
        let mut kept = Vec::new();
        if let Some(original) = original {
            arrival.reprint_of = Some(self.window.item(original).id);
        } else {
            let is_taught = !partners.is_empty();
            let scored = self.measure_candidates(&live, &found, is_taught);
            if is_taught {
                measured.extend(scored.iter().map(|pair| self.measured_pair(pair)));
            }
            kept = self.keep_scores(scored);
            arrival.pairs = self.frozen_pairs(item.id, &kept);
        }
        let pairs = kept.iter().map(|pair| (pair.slot, steps_of(pair.score)));
        let pairs = pairs.collect();
        self.assign(live, (original, pairs), &mut arrival);
        arrival.settling_is_due = self.groups.unsettled.len() >= self.settings.settle_every;
        arrival
    }

    /// How many of these items, in order of arrival, may come before a settling without one of them
    /// leaving the window in that settling: nothing would ever be told of it.
    pub fn fitting(&self, times: impl Iterator<Item = UtcTime>) -> usize {
        let reach = i64::from(self.settings.window_hours) * 3600;
        let mut earliest = i64::MAX;
        let mut fitting = 0;
        for secs in times.map(|time| time.timestamp()) {
            let horizon = secs.saturating_sub(reach);
            // What comes after an item that stays leaves the window no sooner.
            if horizon > self.latest.secs() && horizon > earliest {
                break;
            }
            earliest = earliest.min(secs);
            fitting += 1;
        }
        fitting
    }

    /// Tells the engine what our clock said when the next items were accepted: what is more than a day ahead of it
    /// makes no other leave the window. Without a clock every time is believed.
    pub fn tell_clock(&mut self, accepted_at: UtcTime) {
        self.latest.tell_clock(accepted_at);
    }

    /// The latest time of any item, and what the engine was told of the clock.
    pub fn latest(&self) -> Latest {
        self.latest
    }

    /// Tells the engine that an event is published, and what its id hangs on.
    pub fn mark_published(&mut self, event: EventId, publication: Publication) {
        let own = self.own.iter_mut().map(|own| &mut **own);
        for groups in own.chain([&mut self.groups]) {
            if let Some(event) = groups.events.get_mut(&event) {
                event.publication = Some(Box::new(publication.clone()));
            }
        }
    }

    /// The event in which a live item stands now.
    pub fn event_of(&self, item: ItemId) -> Option<EventId> {
        self.event_at(self.window.slot_of(item)?)
    }

    /// The live items of an event, in order of arrival; empty if it is not live.
    pub fn items_of(&self, event: EventId) -> Vec<ItemId> {
        let members = self.groups.events.get(&event).map(|event| &event.members);
        let members = members.into_iter().flatten();
        members.map(|slot| self.window.item(*slot).id).collect()
    }

    /// The live events, by id.
    pub fn live_events(&self) -> impl Iterator<Item = EventId> + '_ {
        self.groups.events.keys().copied()
    }

    /// How many items are live.
    pub fn live_items(&self) -> usize {
        self.window.len()
    }

    /// The tables as they are to be saved; they change only when
    /// [`SavedTables::through`] does.
    pub fn tables(&self) -> SavedTables {
        self.tables.save()
    }

    /// The last item that the saved tables would count.
    pub fn tables_through(&self) -> ItemId {
        self.tables.through()
    }

    /// Hours by which the window reaches back, and weights in use.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The weights in use.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Reads an item, learns from it, and weighs it by the last epoch.
    pub(super) fn read(&mut self, item: &ArrivingItem) -> LiveItem {
        let reading = read_item(item);
        let language = self.tables.language(&item.language);
        self.tables.count(item.id, language, &reading);
        if self.tables.begin_epoch_if_due() {
            self.window.weigh_all(&self.tables);
        }
        let mut live = LiveItem::new(item, language, reading);
        live.weigh(&self.tables);
        self.latest.tell(live.time_secs);
        live
    }

    fn limits(&self) -> Limits {
        Limits {
            rarest: RAREST,
            kept: self.settings.candidates,
            window_hours: self.settings.window_hours as f32,
        }
    }

    /// The scores that may matter, the highest first.
    fn keep_scores(&self, mut scored: Vec<Measured>) -> Vec<Measured> {
        scored.retain(|pair| pair.score >= LEAST_KEPT_SCORE);
        for pair in &mut scored {
            // What is frozen is what is summed later, to the last bit.
            pair.score = score_of(steps_of(pair.score));
        }
        scored.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.slot.cmp(&b.slot)));
        scored.truncate(KEPT_SCORES);
        scored
    }

    fn frozen_pairs(&self, later: ItemId, kept: &[Measured]) -> Vec<ScoredPair> {
        let pairs = kept.iter().map(|pair| ScoredPair {
            earlier: self.window.item(pair.slot).id,
            later,
            score: pair.score,
            weights_version: self.weights.version,
            values: pair.values.to_vec(),
        });
        pairs.collect()
    }

    /// Measures the candidates that are worth it, or all: what is learnt from must not depend on
    /// the weights in use.
    fn measure_candidates(
        &mut self,
        live: &LiveItem,
        found: &[Candidate],
        all: bool,
    ) -> Vec<Measured> {
        self.gather_nearest(live, found);
        let standing = Standing::of(found);
        let takes_all = all || found.len() <= FEW_CANDIDATES;
        let glances = found.iter().enumerate().map(|(number, candidate)| {
            let place = standing.place(number, candidate.rank);
            (candidate.slot, self.glance(live, *candidate, place))
        });
        let is_worth = |(slot, glance): &(Slot, Glance)| {
            let is_report = || {
                let tells = self.window.brief(*slot).tells_an_event;
                tells && self.window.original_of(*slot).is_none()
            };
            (takes_all || self.weights.is_worth_measuring(*glance)) && is_report()
        };
        let worth = glances.filter(is_worth);
        let worth: Vec<(Slot, Glance)> = worth.collect();
        let mut measured = Vec::with_capacity(worth.len());
        for lot in worth.chunks(BROUGHT_NEAR) {
            self.window.bring_near(lot.iter().map(|one| one.0));
            for (slot, glance) in lot {
                measured.push(self.measure_one(live, *slot, *glance));
            }
        }
        measured
    }

    fn glance(&self, live: &LiveItem, candidate: Candidate, place: Place) -> Glance {
        Glance::at(live.brief(), self.window.brief(candidate.slot), place)
    }

    fn measure_one(&self, live: &LiveItem, slot: Slot, glance: Glance) -> Measured {
        let old = self.window.item(slot);
        let (values, share_words) = measure(&self.newest, live, old, glance);
        let model = self.weights.model(glance.is_dated());
        Measured {
            slot,
            score: match share_words {
                true => probability(model.log_odds(&values)),
                false => 0.0,
            },
            values,
        }
    }

    fn gather_nearest(&mut self, live: &LiveItem, found: &[Candidate]) {
        let nearest = found.iter().take(NEAREST);
        let nearest = nearest.map(|candidate| self.window.item(candidate.slot));
        let is_young = self.tables.is_young(live.language);
        self.newest.take_in((live, is_young), nearest);
    }

    fn measure_partners(
        &mut self,
        live: &LiveItem,
        found: &[Candidate],
        partners: &[ItemId],
        measured: &mut Vec<MeasuredPair>,
    ) {
        self.gather_nearest(live, found);
        let standing = Standing::of(found);
        for slot in partners
            .iter()
            .filter_map(|item| self.window.slot_of(*item))
        {
            let number = found.iter().position(|candidate| candidate.slot == slot);
            let rank = number.map_or(0.0, |number| found[number].rank);
            let place = standing.place(number.unwrap_or(self.settings.candidates), rank);
            let glance = self.glance(live, Candidate { slot, rank }, place);
            let pair = self.measure_one(live, slot, glance);
            measured.push(self.measured_pair(&pair));
        }
    }

    fn measured_pair(&self, pair: &Measured) -> MeasuredPair {
        MeasuredPair {
            earlier: self.window.item(pair.slot).id,
            score: pair.score,
            values: pair.values.to_vec(),
        }
    }

    /// Files the item and puts it into its provisional event.
    fn assign(
        &mut self,
        live: LiveItem,
        (original, pairs): (Option<Slot>, Vec<Pair>),
        arrival: &mut Arrival,
    ) {
        let tells = live.tells_an_event;
        let slot = self.file(live, original, pairs);
        if !tells {
            let nearest = arrival.pairs.first();
            arrival.beside = nearest
                .filter(|pair| pair.score >= self.settings.settle_score)
                .map(|pair| pair.earlier);
            return;
        }
        let (event, opened) = self.place_new(slot);
        (arrival.event, arrival.opened) = (Some(event), opened);
        self.with_own(|own| own.place_new(slot));
    }

    /// Puts a filed item into its provisional event, and says whether that is new with it.
    pub(super) fn place_new(&mut self, slot: Slot) -> (EventId, bool) {
        let original = self.window.original_of(slot);
        let there = original.and_then(|original| self.event_at(original));
        let there = there.or_else(|| {
            let best = self.nearest_event(slot, None).filter(|(event, score)| {
                *score >= self.settings.join_score && !self.groups.events[event].is_locked
            });
            best.map(|(event, _)| event)
        });
        let event = there.unwrap_or_else(|| self.open_event_for(slot, &[]));
        self.groups.move_to(slot, event);
        let members = &mut self.groups.events.entry(event).or_default().members;
        members.push(slot);
        self.groups.unsettled.insert(slot);
        (event, there.is_none())
    }

    /// Files an item with the original that it repeats and its scores with older ones.
    pub(super) fn file(
        &mut self,
        live: LiveItem,
        original: Option<Slot>,
        pairs: Vec<Pair>,
    ) -> Slot {
        let slot = self.window.push(live, original, pairs);
        self.groups.push();
        if let Some(own) = &mut self.own {
            own.push();
        }
        slot
    }

    /// The event with the highest mean of an item's frozen scores with its reports, other than one; of
    /// equals the older.
    pub(super) fn nearest_event(
        &self,
        slot: Slot,
        except: Option<EventId>,
    ) -> Option<(EventId, f32)> {
        let mut sums: BTreeMap<EventId, (u64, usize)> = BTreeMap::new();
        for (other, steps) in self.window.pairs_of(slot) {
            if let Some(event) = self.event_at(*other).filter(|event| Some(*event) != except) {
                let (sum, count) = sums.entry(event).or_default();
                (*sum, *count) = (*sum + u64::from(*steps), *count + 1);
            }
        }
        let mean = |sum, reports| mean_score(sum, pairs_between(1, reports, KEPT_SCORES));
        // An event has as many reports as it has scores with, or more: what its mean is at most.
        let sums = sums.into_iter();
        let bounded = sums.map(|(event, (sum, count))| (mean(sum, count), event, sum));
        let mut bounded: Vec<(f32, EventId, u64)> = bounded.collect();
        bounded.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let mut best: Option<(EventId, f32)> = None;
        for (bound, event, sum) in bounded {
            if best.is_some_and(|best| bound < best.1) {
                break;
            }
            let mean = mean(sum, self.report_count(event));
            let is_nearer =
                |best: (EventId, f32)| mean > best.1 || mean == best.1 && event < best.0;
            if best.is_none_or(is_nearer) {
                best = Some((event, mean));
            }
        }
        best
    }

    /// The reports of an event, no more than an item can have kept scores with.
    fn report_count(&self, event: EventId) -> usize {
        let Some(event) = self.groups.events.get(&event) else {
            return 1;
        };
        let members = event.members.iter();
        members
            .filter(|slot| self.window.original_of(**slot).is_none())
            .take(KEPT_SCORES)
            .count()
    }
}
