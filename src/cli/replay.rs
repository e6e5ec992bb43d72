//! `dateline replay`: clusters a stream of items from a file, in memory, and says how fast.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use rustc_hash::FxHashMap;

use super::Global;
use super::place::load_config;
use super::stream::{Arrivals, Dates, StreamItem, read_lines, schedule};
use super::table::print_line;
use crate::cluster::{Arrival, ArrivingItem, Engine, Settings, Weights};
use crate::decisions::Constraints;
use crate::news::{EventId, ItemId, StorylineId};
use crate::timeline::{StorylineSettings, Storylines};

/// Clusters a stream of items from a file, in memory, by the config's settings.
///
/// Example: dateline replay week.jsonl --out predictions.jsonl
#[derive(Clone, Debug, clap::Args)]
pub struct ReplayArgs {
    /// The stream: one JSON object a line with `id`, `published`, `source`, `lang`, `title`,
    /// `summary`. Gzip is read too.
    pub file: PathBuf,
    /// Write the settled state: one `{"id","event","storyline"}` a line.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write the state at each item's arrival in the same form.
    #[arg(long, value_name = "FILE")]
    pub arrival_out: Option<PathBuf>,
    /// What to do with the stream's dates.
    #[arg(long, value_enum, default_value_t)]
    pub dates: Dates,
    /// Seed of the jitter and of the order of hidden dates.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
}

/// What a replay put an item into.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Prediction {
    /// The file's own id.
    pub id: String,
    /// The event; items that join none have a name of their own.
    pub event: String,
    /// The storyline.
    pub storyline: String,
}

/// The outcome of a replay.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// After everything was settled, in order of arrival.
    pub settled: Vec<Prediction>,
    /// As each item arrived.
    pub arrived: Vec<Prediction>,
    /// Time spent in the engine.
    pub took: Duration,
    /// Items live at the end.
    pub live_items: usize,
}

/// Runs the command.
///
/// # Errors
/// What is wrong with the config or the stream, or that a file cannot be written.
pub fn run(args: &ReplayArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let settings = ReplaySettings::find(global)?;
    let items: Vec<StreamItem> = read_lines(&args.file)?;
    let outcome = replay(
        &items,
        (args.dates, args.seed),
        settings,
        Weights::embedded(),
    );
    write_predictions(args.out.as_ref(), &outcome.settled)?;
    write_predictions(args.arrival_out.as_ref(), &outcome.arrived)?;
    let seconds = outcome.took.as_secs_f64();
    print_line(&format!(
        "{} items in {:.3} s: {:.0} items/s, {} live at the end",
        items.len(),
        seconds,
        items.len() as f64 / seconds.max(1e-9),
        outcome.live_items
    ));
    Ok(ExitCode::SUCCESS)
}

fn write_predictions(path: Option<&PathBuf>, predictions: &[Prediction]) -> anyhow::Result<()> {
    let Some(path) = path else { return Ok(()) };
    let mut text = String::new();
    for prediction in predictions {
        let line = serde_json::to_string(prediction).context("a prediction is plain text")?;
        writeln!(text, "{line}").context("a string takes all text")?;
    }
    std::fs::write(path, text)
        .with_context(|| format!("cannot write {}; is the folder there?", path.display()))
}

/// Replays a stream through a new engine.
pub fn replay(
    items: &[StreamItem],
    (dates, seed): (Dates, u64),
    settings: ReplaySettings,
    weights: Weights,
) -> Outcome {
    let mut replay = Replay::new(settings, weights);
    let mut arrivals = Arrivals::default();
    let mut ids = Vec::with_capacity(items.len());
    #[allow(
        clippy::disallowed_methods,
        reason = "a stopwatch, not the time of day"
    )]
    let start = std::time::Instant::now();
    for (at, time) in schedule(items, dates, seed) {
        let arriving = arrivals.next(&items[at], time);
        replay.take(&arriving);
        ids.push((arriving.id, items[at].id.clone()));
    }
    replay.link();
    replay.place_beside();
    let took = start.elapsed();
    let settled = ids
        .iter()
        .map(|(item, id)| replay.prediction(*item, id, false));
    let arrived = ids
        .iter()
        .map(|(item, id)| replay.prediction(*item, id, true));
    Outcome {
        settled: settled.collect(),
        arrived: arrived.collect(),
        took,
        live_items: replay.engine.live_items(),
    }
}

/// The settings of both levels.
#[derive(Clone, Debug, Default)]
pub struct ReplaySettings {
    /// Of the engine.
    pub engine: Settings,
    /// Of storylines.
    pub storylines: StorylineSettings,
}

impl ReplaySettings {
    /// Those that a daemon with the same config clusters by.
    ///
    /// # Errors
    /// What is wrong with the config.
    pub(super) fn find(global: &Global) -> anyhow::Result<Self> {
        let config = load_config(global)?.0;
        Ok(Self {
            engine: config.clustering,
            storylines: config.storylines,
        })
    }
}

/// An engine with what a store would keep beside it.
#[derive(Debug)]
pub struct Replay {
    /// The engine.
    pub engine: Engine,
    storylines: Storylines,
    settled: FxHashMap<ItemId, EventId>,
    on_arrival: FxHashMap<ItemId, EventId>,
    beside: FxHashMap<ItemId, ItemId>,
    merged: FxHashMap<EventId, EventId>,
    storyline_of: FxHashMap<EventId, StorylineId>,
    merged_storylines: FxHashMap<StorylineId, StorylineId>,
    /// Events that are new or changed since storylines were linked, with their first live items.
    changed: FxHashMap<EventId, Option<ItemId>>,
    /// Events that are no more since then.
    gone: Vec<EventId>,
    /// Items since then.
    unlinked: usize,
}

impl Replay {
    /// An empty one.
    pub fn new(settings: ReplaySettings, weights: Weights) -> Self {
        Self {
            engine: Engine::new(settings.engine, weights, EventId(1)),
            storylines: Storylines::new(settings.storylines, StorylineId(1)),
            settled: FxHashMap::default(),
            on_arrival: FxHashMap::default(),
            beside: FxHashMap::default(),
            merged: FxHashMap::default(),
            storyline_of: FxHashMap::default(),
            merged_storylines: FxHashMap::default(),
            changed: FxHashMap::default(),
            gone: Vec::new(),
            unlinked: 0,
        }
    }

    /// Takes one item in and settles it as a daemon does in whose step it comes alone; its event is where it is shown
    /// first. Storylines are linked in steps of the size that the config sets.
    pub fn take(&mut self, item: &ArrivingItem) -> Arrival {
        let arrival = self.engine.arrive(item);
        if self.may_join(&arrival) {
            self.settle();
        }
        if let Some(report) = arrival.beside {
            self.beside.insert(item.id, report);
        }
        if let Some(event) = self.engine.event_of(arrival.beside.unwrap_or(item.id)) {
            self.on_arrival.insert(item.id, event);
        }
        self.unlinked += 1;
        if self.unlinked >= self.engine.settings().settle_every {
            self.link();
        }
        arrival
    }

    /// False of one that settling leaves where it was put: nothing is near enough to join it, or it is a copy.
    fn may_join(&self, arrival: &Arrival) -> bool {
        let settings = self.engine.settings();
        let least = settings.join_score.min(settings.settle_score);
        arrival.pairs.iter().any(|pair| pair.score >= least)
    }

    fn settle(&mut self) {
        let settlement = self.engine.settle(&Constraints::default());
        for change in &settlement.changed {
            for item in &change.items {
                self.settled.insert(*item, change.event);
            }
            self.changed
                .insert(change.event, change.items.first().copied());
        }
        for (gone, into) in settlement.merged {
            self.merged.insert(gone, into);
            self.gone.push(gone);
        }
    }

    /// Links what changed since the last time, and moves the window on.
    pub fn link(&mut self) {
        self.settle();
        self.unlinked = 0;
        for gone in std::mem::take(&mut self.gone) {
            self.storylines.forget(gone);
        }
        let mut changed: Vec<_> = self.changed.drain().collect();
        changed.sort_unstable_by_key(|(event, first)| (*first, *event));
        let sketches: Vec<_> = changed
            .into_iter()
            .filter_map(|(event, _)| self.engine.sketch(event))
            .collect();
        let linking = self.storylines.link(&sketches);
        self.storyline_of.extend(linking.linked);
        self.merged_storylines.extend(linking.merged);
        self.engine.move_on();
    }

    /// Puts items that join no event where the report stands by now that they stand beside.
    fn place_beside(&mut self) {
        for (item, report) in std::mem::take(&mut self.beside) {
            if let Some(event) = self.current_event(report) {
                self.settled.insert(item, event);
            }
        }
    }

    fn current_event(&self, item: ItemId) -> Option<EventId> {
        let mut event = *self.settled.get(&item)?;
        while let Some(into) = self.merged.get(&event) {
            event = *into;
        }
        Some(event)
    }

    fn current_storyline(&self, event: EventId) -> Option<StorylineId> {
        let mut storyline = *self.storyline_of.get(&event)?;
        while let Some(into) = self.merged_storylines.get(&storyline) {
            storyline = *into;
        }
        Some(storyline)
    }

    fn prediction(&self, item: ItemId, id: &str, on_arrival: bool) -> Prediction {
        let event = if on_arrival {
            self.on_arrival.get(&item).copied()
        } else {
            self.current_event(item)
        };
        let storyline = self
            .current_event(item)
            .and_then(|event| self.current_storyline(event));
        let alone = || format!("item-{item}");
        Prediction {
            id: id.to_owned(),
            event: event.map_or_else(alone, |event| event.to_string()),
            storyline: storyline.map_or_else(alone, |storyline| storyline.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replay_clusters_as_a_daemon_with_the_same_config() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("dateline.toml");
        std::fs::write(
            &path,
            "[clustering]\nsettle_score = 0.7\n[storylines]\nlink_score = 0.2\n",
        )
        .unwrap();
        let global = Global {
            config: Some(path),
            ..Global::default()
        };
        let settings = ReplaySettings::find(&global).unwrap();
        assert_eq!(settings.engine.settle_score, 0.7);
        assert_eq!(settings.storylines.link_score, 0.2);
    }
}
