//! The scorer: an additive model whose terms can be shown, and its data file.
//!
//! A score is the logistic of a bias plus one term a feature, plus terms for a few pairs of
//! features that mean something only together. Each term is looked up in a table of bins, so
//! what an editor is shown is what was summed.

use std::sync::LazyLock;

use super::features::{AT_A_GLANCE, FEATURES, Glance, Values};
use crate::news::{ItemId, ScoredPair, Term};

/// The weights of one version: one model for pairs whose dates are claimed, one for the others.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Stored with every frozen pair.
    pub version: u32,
    /// What the weights were trained on, for people.
    pub trained_on: String,
    /// For pairs whose times are both claimed.
    pub dated: Model,
    /// For pairs where a time says nothing.
    pub undated: Model,
    /// Which candidates are not worth the measuring.
    pub first_cut: FirstCut,
}

/// Models of what is known of a pair before its words are compared: a pair below log-odds of 0 is
/// not measured. Fitted to the scores of the full models.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstCut {
    /// For pairs whose times are both claimed.
    pub dated: Model,
    /// For pairs where a time says nothing.
    pub undated: Model,
}

/// One additive model.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Log-odds before any term.
    pub bias: f32,
    /// One curve a feature, in the order of [`FEATURES`]; of a first cut, of those known beforehand.
    pub curves: Vec<Curve>,
    /// Terms of two features together.
    #[serde(default)]
    pub surfaces: Vec<Surface>,
}

/// The term of one feature: bin `i` holds the values from `edges[i-1]` up to below `edges[i]`.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    /// The feature, by name.
    pub feature: String,
    /// Upper ends of all bins but the last, rising.
    pub edges: Vec<f32>,
    /// The term of each bin: one more than edges.
    pub terms: Vec<f32>,
}

/// The term of two features together, row by row of the first.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Surface {
    /// Names of the two features.
    pub features: [String; 2],
    /// Edges of each.
    pub edges: [Vec<f32>; 2],
    /// `(edges[0] + 1) × (edges[1] + 1)` terms.
    pub terms: Vec<f32>,
    /// The places of the two features in [`FEATURES`], found once when the weights are read.
    #[serde(skip)]
    pub(super) places: [usize; 2],
}

/// Why a data file of weights cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeightsError {
    /// Not the form that this version reads.
    #[error("weights cannot be read: {0}; make them anew with `dateline train`")]
    Form(String),
    /// A curve or surface does not fit the features of this version.
    #[error("weights of `{0}` do not fit this version; make them anew with `dateline train`")]
    Misfit(String),
}

static EMBEDDED: LazyLock<Weights> = LazyLock::new(|| {
    Weights::from_json(include_str!("weights.json")).expect("the embedded weights are tested")
});

impl Weights {
    /// The weights in the binary.
    pub fn embedded() -> Weights {
        EMBEDDED.clone()
    }

    /// As [`Weights::terms_of`], by the weights in the binary.
    pub fn embedded_terms(item: ItemId, pair: &ScoredPair) -> Option<Vec<Term>> {
        EMBEDDED.terms_of(item, pair)
    }

    /// Reads a data file as `dateline train` writes it.
    pub fn from_json(text: &str) -> Result<Weights, WeightsError> {
        let mut weights: Weights =
            serde_json::from_str(text).map_err(|error| WeightsError::Form(error.to_string()))?;
        for model in [&weights.first_cut.dated, &weights.first_cut.undated] {
            model.check(&AT_A_GLANCE)?;
        }
        for model in [&mut weights.dated, &mut weights.undated] {
            model.check(&FEATURES)?;
            for surface in &mut model.surfaces {
                surface.places = [0, 1].map(|side| feature_index(&surface.features[side]));
            }
        }
        Ok(weights)
    }

    /// The data file's text: the same weights give the same bytes.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string(self).expect("weights are plain numbers and names");
        text = text.replace("},{", "},\n{").replace(":[{", ":[\n{");
        text.push('\n');
        text
    }

    pub(super) fn model(&self, dated: bool) -> &Model {
        if dated { &self.dated } else { &self.undated }
    }

    /// True if a pair of that gap and rank may score high enough to be kept.
    pub(super) fn is_worth_measuring(&self, glance: Glance) -> bool {
        let cut = match glance.is_dated() {
            true => &self.first_cut.dated,
            false => &self.first_cut.undated,
        };
        cut.log_odds(&glance.values()) >= 0.0
    }
}

impl Model {
    fn check(&self, features: &[&str]) -> Result<(), WeightsError> {
        let rising = |edges: &[f32]| edges.windows(2).all(|pair| pair[0] < pair[1]);
        if self.curves.len() != features.len() {
            return Err(WeightsError::Misfit("all features".to_owned()));
        }
        for (curve, feature) in self.curves.iter().zip(features) {
            let fits = curve.terms.len() == curve.edges.len() + 1 && rising(&curve.edges);
            if curve.feature != *feature || !fits {
                return Err(WeightsError::Misfit(curve.feature.clone()));
            }
        }
        for surface in &self.surfaces {
            let [first, second] = &surface.edges;
            let cells = (first.len() + 1) * (second.len() + 1);
            let known = surface
                .features
                .iter()
                .all(|name| features.contains(&name.as_str()));
            if surface.terms.len() != cells || !known || !rising(first) || !rising(second) {
                return Err(WeightsError::Misfit(surface.features.join(" × ")));
            }
        }
        Ok(())
    }

    /// The sum of all terms.
    pub(super) fn log_odds(&self, values: &[f32]) -> f32 {
        let curves = self.curves.iter().zip(values);
        let single: f32 = curves.map(|(curve, value)| curve.term(*value)).sum();
        let double: f32 = self.surfaces.iter().map(|s| s.term(values)).sum();
        self.bias + single + double
    }

    /// Every term by name, the greatest share first; with the bias they sum to the log-odds.
    pub(super) fn terms(&self, values: &[f32]) -> Vec<Term> {
        let mut terms = vec![Term {
            feature: "where every pair starts".to_owned(),
            value: 0.0,
            contribution: self.bias,
        }];
        for (curve, value) in self.curves.iter().zip(values) {
            terms.push(Term {
                feature: curve.feature.clone(),
                value: *value,
                contribution: curve.term(*value),
            });
        }
        if let Ok(values) = <&Values>::try_from(values) {
            for surface in &self.surfaces {
                terms.push(Term {
                    feature: surface.features.join(" × "),
                    value: values[surface.places[0]],
                    contribution: surface.term(values),
                });
            }
        }
        terms.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        terms
    }
}

impl Curve {
    fn term(&self, value: f32) -> f32 {
        self.terms[bin(&self.edges, value)]
    }
}

impl Surface {
    fn term(&self, values: &[f32]) -> f32 {
        let row = bin(&self.edges[0], values[self.places[0]]);
        let column = bin(&self.edges[1], values[self.places[1]]);
        self.terms[row * (self.edges[1].len() + 1) + column]
    }
}

/// The index of a feature by name; the first for an unknown one, which `check` has refused.
pub(super) fn feature_index(name: &str) -> usize {
    FEATURES
        .iter()
        .position(|feature| *feature == name)
        .unwrap_or(0)
}

/// The bin of a value. Edges are few and rise: counting them all asks for no guess where to look.
pub(super) fn bin(edges: &[f32], value: f32) -> usize {
    let below = edges.iter().map(|edge| u32::from(*edge <= value));
    below.sum::<u32>() as usize
}

/// The logistic function.
pub(super) fn probability(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_weights_are_read_and_written_to_the_same_bytes() {
        let text = include_str!("weights.json");
        assert_eq!(Weights::from_json(text).expect("they fit").to_json(), text);
    }

    #[test]
    fn terms_sum_to_the_log_odds() {
        let model = Weights::embedded().dated;
        let values: Values = std::array::from_fn(|at| at as f32 / 9.0);
        let sum: f32 = model
            .terms(&values)
            .iter()
            .map(|term| term.contribution)
            .sum();
        assert!((sum - model.log_odds(&values)).abs() < 1e-3);
    }

    #[test]
    fn weights_that_do_not_fit_are_refused_by_name() {
        let mut weights = Weights::embedded();
        weights.dated.curves[1].terms.pop();
        let error = Weights::from_json(&weights.to_json()).expect_err("a term is missing");
        assert_eq!(error, WeightsError::Misfit(FEATURES[1].to_owned()));
    }
}
