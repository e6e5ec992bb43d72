//! `dateline train`: fits the scorer's weights to labelled streams and pairs.
//!
//! Every file is run through the engine, so that what is learnt from is what will be measured.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use rustc_hash::{FxHashMap, FxHashSet};

use super::stream::{Arrivals, Dates, StreamItem, StreamPair, read_lines, schedule};
use super::table::print_line;
use crate::cluster::{Engine, FEATURES, FirstCut, Sample, Settings, Weights, fit, fit_first_cut};
use crate::decisions::Constraints;
use crate::news::{EventId, ItemId};

/// Fits the scorer's weights to labelled streams and pairs.
///
/// Example: dateline train gold.jsonl pairs.jsonl --out weights.json
#[derive(Clone, Debug, clap::Args)]
pub struct TrainArgs {
    /// Labelled streams or pair files whose dates are true: they train the dated model as they
    /// are and the undated one with the dates hidden. `FILE@0.5` counts half.
    pub files: Vec<String>,
    /// Labelled streams whose dates have no times: jittered for the dated model.
    #[arg(long, value_name = "FILE")]
    pub jitter: Vec<String>,
    /// Labelled streams whose dates are true: for the dated model only.
    #[arg(long, value_name = "FILE")]
    pub dated: Vec<String>,
    /// Labelled streams without dates: for the undated model only.
    #[arg(long, value_name = "FILE")]
    pub undated: Vec<String>,
    /// Where the weights are written.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Added to the log-odds of dated pairs.
    #[arg(long, default_value_t = 0.0)]
    pub lift_dated: f32,
    /// Added to the log-odds of undated pairs, so that one threshold serves both models.
    #[arg(long, default_value_t = 0.0)]
    pub lift_undated: f32,
    /// Added to the log-odds of dated pairs among many that tell one matter.
    #[arg(long, default_value_t = 0.0)]
    pub lift_crowded: f32,
    /// How much the files with true dates count in the undated model.
    #[arg(long, default_value_t = 1.0)]
    pub undated_share: f32,
    /// Version that the weights are given.
    #[arg(long = "version-number", id = "weights_version", default_value_t = 1)]
    pub version: u32,
}

/// Runs the command.
pub fn run(args: TrainArgs) -> anyhow::Result<ExitCode> {
    let weights = Weights::embedded();
    let (mut dated, mut undated) = (Vec::new(), Vec::new());
    let mut names = Vec::new();
    let kinds = [
        (&args.files, Some(Dates::Keep), Some(args.undated_share)),
        (&args.dated, Some(Dates::Keep), None),
        (&args.jitter, Some(Dates::Jitter), Some(1.0)),
        (&args.undated, None, Some(1.0)),
    ];
    for (files, dates, undated_share) in kinds {
        for file in files {
            let (path, weight) = path_and_weight(file);
            anyhow::ensure!(
                weight.is_finite() && weight > 0.0,
                "{file}: a weight is a number above 0"
            );
            let labelled = Labelled::read(path)?;
            if let Some(dates) = dates {
                dated.extend(labelled.samples(dates, weight, &weights));
            }
            if let Some(share) = undated_share {
                undated.extend(labelled.samples(Dates::Hide, weight * share, &weights));
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            names.push(format!("{name} ×{weight}"));
        }
    }
    anyhow::ensure!(
        !dated.is_empty() || !undated.is_empty(),
        "there is nothing to learn from: name files of labelled items or pairs"
    );
    let mut undated_model = fit(&undated);
    undated_model.bias += args.lift_undated;
    let mut dated_model = fit(&dated);
    dated_model.bias += args.lift_dated;
    dated_model.lift_crowded(args.lift_crowded);
    let weights = Weights {
        version: args.version,
        trained_on: names.join(", "),
        first_cut: FirstCut {
            dated: fit_first_cut(&dated, &dated_model),
            undated: fit_first_cut(&undated, &undated_model),
        },
        dated: dated_model,
        undated: undated_model,
    };
    std::fs::write(&args.out, weights.to_json())
        .with_context(|| format!("cannot write {}; is the folder there?", args.out.display()))?;
    print_line(&format!(
        "{} dated and {} undated pairs",
        dated.len(),
        undated.len()
    ));
    Ok(ExitCode::SUCCESS)
}

fn path_and_weight(file: &str) -> (&Path, f32) {
    let parted = file.rsplit_once('@');
    let weighted = parted.and_then(|(path, weight)| Some((path, weight.parse().ok()?)));
    let (path, weight) = weighted.unwrap_or((file, 1.0));
    (Path::new(path), weight)
}

/// Items of a file and what is known of their pairs.
pub struct Labelled {
    /// Each item once.
    pub items: Vec<StreamItem>,
    /// For a pair file: the labels, by indexes into `items`.
    pub pairs: FxHashMap<(usize, usize), bool>,
    is_pair_file: bool,
}

impl Labelled {
    /// Reads a stream or a pair file; the first line tells which.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let rows: Vec<serde_json::Value> = read_lines(path)?;
        let is_pair_file = rows.first().is_some_and(|row| row.get("a").is_some());
        let mut labelled = Self {
            items: Vec::new(),
            pairs: FxHashMap::default(),
            is_pair_file,
        };
        let mut known: FxHashMap<String, usize> = FxHashMap::default();
        for row in rows {
            let context = || format!("{} holds a line of another form", path.display());
            if !is_pair_file {
                let item = serde_json::from_value(row).with_context(context)?;
                labelled.items.push(item);
                continue;
            }
            let pair: StreamPair = serde_json::from_value(row).with_context(context)?;
            let [a, b] = [pair.a, pair.b].map(|item| {
                *known.entry(item.id.clone()).or_insert_with(|| {
                    labelled.items.push(item);
                    labelled.items.len() - 1
                })
            });
            if let Some(label) = pair.label {
                labelled.pairs.insert((a.min(b), a.max(b)), label >= 0.5);
            }
        }
        Ok(labelled)
    }

    /// What is known of two items, by index.
    fn label(&self, a: usize, b: usize) -> Option<bool> {
        if self.is_pair_file {
            return self.pairs.get(&(a.min(b), a.max(b))).copied();
        }
        let (a, b) = (&self.items[a], &self.items[b]);
        match (&a.event, &b.event, &a.story, &b.story) {
            (Some(a), Some(b), ..) => Some(a == b),
            (_, _, Some(a), Some(b)) if a != b => Some(false),
            _ => None,
        }
    }

    /// The labelled pairs of the file with their scores: `(score, label)`. Those of which one had left the window
    /// when the other came are scored as if nothing ever left it.
    pub fn scores(&self, dates: Dates, seed: u64, weights: &Weights) -> Vec<(f32, bool)> {
        let settings = Settings::default();
        let mut scores = Vec::new();
        let mut met = FxHashSet::default();
        self.measure((dates, seed), (weights, settings), |measured| {
            met.insert(measured.pair);
            scores.push((measured.score, measured.same));
        });
        let mut others = self.pairs.keys().filter(|(a, b)| a != b);
        if !others.all(|pair| met.contains(pair)) {
            let settings = Settings {
                window_hours: EVER_HOURS,
                ..Settings::default()
            };
            self.measure((dates, seed), (weights, settings), |measured| {
                if met.insert(measured.pair) {
                    scores.push((measured.score, measured.same));
                }
            });
        }
        scores
    }

    /// The labelled pairs of the file as training samples.
    pub fn samples(&self, dates: Dates, weight: f32, weights: &Weights) -> Vec<Sample> {
        let mut samples = Vec::new();
        let settings = Settings::default();
        self.measure((dates, 1), (weights, settings), |measured| {
            let easy = !measured.same && is_easy(&measured.values);
            if !easy || measured.number % EASY_SHARE == 0 {
                samples.push(Sample {
                    values: measured.values,
                    same: measured.same,
                    weight: if easy {
                        weight * EASY_SHARE as f32
                    } else {
                        weight
                    },
                });
            }
        });
        samples
    }

    /// Runs the items through an engine and hands out every labelled pair that it measured.
    fn measure(
        &self,
        (dates, seed): (Dates, u64),
        (weights, settings): (&Weights, Settings),
        mut each: impl FnMut(Measured),
    ) {
        let mut engine = Engine::new(settings, weights.clone(), EventId(1));
        let mut arrivals = Arrivals::default();
        let mut indexes: FxHashMap<ItemId, usize> = FxHashMap::default();
        let mut ids: FxHashMap<usize, ItemId> = FxHashMap::default();
        let partners_of = self.partners();
        let mut count = 0;
        for (at, time) in schedule(&self.items, dates, seed) {
            let arriving = arrivals.next(&self.items[at], time);
            let partners = partners_of.get(&at).into_iter().flatten();
            let mut partners: Vec<ItemId> = partners.filter_map(|p| ids.get(p).copied()).collect();
            partners.push(arriving.id);
            let mut measured = Vec::new();
            let arrival = engine.arrive_and_measure(&arriving, &partners, &mut measured);
            let mut seen = FxHashSet::default();
            for pair in measured {
                let earlier = indexes[&pair.earlier];
                let label = self.label(at, earlier);
                if let Some(same) = label.filter(|_| seen.insert(pair.earlier)) {
                    count += 1;
                    each(Measured {
                        pair: (at.min(earlier), at.max(earlier)),
                        number: count,
                        values: pair.values,
                        score: pair.score,
                        same,
                    });
                }
            }
            indexes.insert(arriving.id, at);
            ids.insert(at, arriving.id);
            if arrival.settling_is_due {
                engine.settle(&Constraints::default());
                engine.move_on();
            }
        }
    }

    fn partners(&self) -> FxHashMap<usize, Vec<usize>> {
        let mut partners: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        let mut pairs: Vec<&(usize, usize)> = self.pairs.keys().collect();
        pairs.sort_unstable();
        for (a, b) in pairs {
            partners.entry(*a).or_default().push(*b);
            partners.entry(*b).or_default().push(*a);
        }
        partners
    }
}

/// A labelled pair that the engine measured.
struct Measured {
    /// By index, the lesser first.
    pair: (usize, usize),
    /// Of how many so far.
    number: usize,
    values: Vec<f32>,
    score: f32,
    same: bool,
}

/// A hundred years: nothing leaves such a window.
const EVER_HOURS: u32 = 876_000;

/// Of pairs of different events that share next to nothing, one in so many is learnt from. What is
/// easy is told by the values alone: the outcome must not depend on the weights in use.
const EASY_SHARE: usize = 16;
const EASY_WORDS: f32 = 0.1;

fn is_easy(values: &[f32]) -> bool {
    let value = |name: &str| {
        let at = FEATURES.iter().position(|feature| *feature == name);
        at.and_then(|at| values.get(at)).copied().unwrap_or(1.0)
    };
    value("words of titles") < EASY_WORDS && value("words of texts") < EASY_WORDS
}
