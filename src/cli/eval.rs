//! `dateline eval`: replays a labelled stream and scores the outcome, or scores labelled pairs.

use std::path::PathBuf;
use std::process::ExitCode;

use rustc_hash::FxHashMap;

use super::Global;
use super::floors::beside_floor;
use super::metrics::{Figures, score};
use super::replay::{Prediction, ReplaySettings, replay};
use super::stream::{Dates, StreamItem, read_lines};
use super::table::print_line;
use super::train::Labelled;
use crate::cluster::Weights;

/// Replays a labelled stream by the config's settings and scores events and storylines, on arrival and
/// settled.
///
/// Example: dateline eval gold.jsonl --dates jitter
#[derive(Clone, Debug, clap::Args)]
pub struct EvalArgs {
    /// A stream as for `replay` whose items may carry `event` and `story`; items without are not
    /// scored. With `--pairs`, a file of `{"a","b","label"}`.
    pub gold: PathBuf,
    /// The file holds labelled pairs.
    #[arg(long)]
    pub pairs: bool,
    /// One JSON object instead of tables.
    #[arg(long)]
    pub json: bool,
    /// What to do with the stream's dates.
    #[arg(long, value_enum, default_value_t)]
    pub dates: Dates,
    /// Seed of the jitter and of the order of hidden dates.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Weights to use instead of the embedded ones.
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// Mean score down to which groups are merged, instead of the config's; also that from which an
    /// item joins an event when it arrives, unless `--join-score` says otherwise.
    #[arg(long, value_name = "SCORE")]
    pub settle_score: Option<f32>,
    /// Mean score from which an item joins an event when it arrives, instead of the config's.
    #[arg(long, value_name = "SCORE")]
    pub join_score: Option<f32>,
    /// Mean cosine from which events make a storyline, instead of the config's.
    #[arg(long, value_name = "SCORE")]
    pub link_score: Option<f32>,
}

/// Runs the command.
///
/// # Errors
/// What is wrong with the config, the weights or the labels.
pub fn run(args: &EvalArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let settings = settings_of(args, global)?;
    let weights = match &args.weights {
        Some(path) => Weights::from_json(&std::fs::read_to_string(path)?)?,
        None => Weights::embedded(),
    };
    if args.pairs {
        return eval_pairs(args, &weights, &settings);
    }
    let items: Vec<StreamItem> = read_lines(&args.gold)?;
    let outcome = replay(&items, (args.dates, args.seed), settings, weights);
    let rows = [
        ("event", "settled", event_labels(&items, &outcome.settled)),
        (
            "event",
            "on arrival",
            event_labels(&items, &outcome.arrived),
        ),
        (
            "storyline",
            "settled",
            story_labels(&items, &outcome.settled, |p| &p.storyline),
        ),
        (
            "cross",
            "settled",
            story_labels(&items, &outcome.settled, |p| &p.event),
        ),
    ];
    let mut report = serde_json::Map::new();
    for (level, state, labels) in rows {
        let Some(figures) = score(&labels) else {
            continue;
        };
        if args.json {
            report.insert(format!("{level} {state}"), serde_json::to_value(figures)?);
        } else {
            print_line(&line(level, state, &figures));
            let name = args.gold.file_name().unwrap_or_default().to_string_lossy();
            let beside = beside_floor(&name, level, figures.b3[2], figures.pairwise[2]);
            if let Some(beside) = beside.filter(|_| state == "settled") {
                print_line(&beside);
            }
        }
    }
    if args.json {
        print_line(&serde_json::Value::Object(report).to_string());
    }
    Ok(ExitCode::SUCCESS)
}

/// The config's settings, and the command line's above them.
fn settings_of(args: &EvalArgs, global: &Global) -> anyhow::Result<ReplaySettings> {
    let mut settings = ReplaySettings::find(global)?;
    if let Some(score) = args.settle_score {
        settings.engine.settle_score = score;
        settings.engine.join_score = score;
    }
    if let Some(score) = args.join_score {
        settings.engine.join_score = score;
    }
    if let Some(score) = args.link_score {
        settings.storylines.link_score = score;
    }
    Ok(settings)
}

fn line(level: &str, state: &str, f: &Figures) -> String {
    format!(
        "{level:9} {state:10} n={} true={} pred={}  B3 P={:.3} R={:.3} F={:.3}  pair P={:.3} R={:.3} F={:.3}  \
         lump={:.3} split={:.3} exact={:.3} ARI={:.3}",
        f.n,
        f.truth,
        f.predicted,
        f.b3[0],
        f.b3[1],
        f.b3[2],
        f.pairwise[0],
        f.pairwise[1],
        f.pairwise[2],
        f.lump,
        f.split,
        f.exact,
        f.ari
    )
}

fn event_labels(items: &[StreamItem], predictions: &[Prediction]) -> Vec<(String, String)> {
    labels(
        items,
        predictions,
        |item| item.event.as_ref(),
        |prediction| &prediction.event,
    )
}

fn story_labels(
    items: &[StreamItem],
    predictions: &[Prediction],
    predicted: fn(&Prediction) -> &String,
) -> Vec<(String, String)> {
    labels(items, predictions, |item| item.story.as_ref(), predicted)
}

/// An id that stands twice in the stream counts with its last prediction, as the outer tool does.
fn labels(
    items: &[StreamItem],
    predictions: &[Prediction],
    truth: fn(&StreamItem) -> Option<&String>,
    predicted: fn(&Prediction) -> &String,
) -> Vec<(String, String)> {
    let by_id: FxHashMap<&str, &Prediction> =
        predictions.iter().map(|p| (p.id.as_str(), p)).collect();
    let scored = items.iter().filter_map(|item| {
        let prediction = by_id.get(item.id.as_str())?;
        Some((truth(item)?.clone(), predicted(prediction).clone()))
    });
    scored.collect()
}

fn eval_pairs(
    args: &EvalArgs,
    weights: &Weights,
    settings: &ReplaySettings,
) -> anyhow::Result<ExitCode> {
    let scores = Labelled::read(&args.gold)?.scores(args.dates, args.seed, weights);
    let threshold = settings.engine.settle_score;
    let count = |predicted: bool, same: bool| {
        let hits = scores
            .iter()
            .filter(|(s, label)| (*s >= threshold) == predicted && *label == same);
        hits.count() as f64
    };
    let (found, wrong, missed) = (count(true, true), count(true, false), count(false, true));
    let precision = found / (found + wrong).max(1.0);
    let recall = found / (found + missed).max(1.0);
    let f1 = 2.0 * precision * recall / (precision + recall).max(1e-9);
    let average_precision = average_precision(&scores);
    if args.json {
        let report = serde_json::json!({"n": scores.len(), "precision": precision, "recall": recall,
            "f1": f1, "average_precision": average_precision, "threshold": threshold});
        print_line(&report.to_string());
    } else {
        print_line(&format!(
            "pairs n={} P={precision:.3} R={recall:.3} F={f1:.3} AP={average_precision:.3} at {threshold}",
            scores.len()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn average_precision(scores: &[(f32, bool)]) -> f64 {
    let mut sorted = scores.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut found, mut sum) = (0.0, 0.0);
    for (at, (_, same)) in sorted.iter().enumerate() {
        if *same {
            found += 1.0;
            sum += found / (at + 1) as f64;
        }
    }
    if found == 0.0 { 0.0 } else { sum / found }
}
