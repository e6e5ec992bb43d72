//! Measures of a clustering against labels: B-cubed, pairwise, ARI, lump, split, exact.

use std::collections::BTreeMap;

/// One row of figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Figures {
    /// Items scored.
    pub n: usize,
    /// True groups.
    pub truth: usize,
    /// Groups predicted.
    pub predicted: usize,
    /// B-cubed precision, recall and F1.
    pub b3: [f64; 3],
    /// Pairwise precision, recall and F1.
    pub pairwise: [f64; 3],
    /// Share of predicted groups of two or more that mix true groups.
    pub lump: f64,
    /// Share of true groups of two or more that are spread over several.
    pub split: f64,
    /// Share of true groups that came out exactly.
    pub exact: f64,
    /// Adjusted Rand index.
    pub ari: f64,
}

/// Scores predictions against truth: two labels an item. `None` without items.
pub fn score(labels: &[(String, String)]) -> Option<Figures> {
    if labels.is_empty() {
        return None;
    }
    let counts = Counts::of(labels);
    let n = labels.len() as f64;
    let (mut b3_precision, mut b3_recall, mut shared) = (0.0, 0.0, 0.0);
    let mut exact = 0usize;
    for ((truth, predicted), count) in &counts.both {
        let (in_truth, in_predicted) = (counts.truth[truth], counts.predicted[predicted]);
        let c = *count as f64;
        b3_precision += c * c / in_predicted as f64;
        b3_recall += c * c / in_truth as f64;
        shared += pairs(*count);
        exact += usize::from(*count == in_truth && *count == in_predicted);
    }
    let true_pairs: f64 = counts.truth.values().map(|c| pairs(*c)).sum();
    let predicted_pairs: f64 = counts.predicted.values().map(|c| pairs(*c)).sum();
    let precision = ratio(shared, predicted_pairs, 1.0);
    let recall = ratio(shared, true_pairs, 1.0);
    let expected = ratio(true_pairs * predicted_pairs, pairs(labels.len()), 0.0);
    let highest = (true_pairs + predicted_pairs) / 2.0;
    Some(Figures {
        n: labels.len(),
        truth: counts.truth.len(),
        predicted: counts.predicted.len(),
        b3: [
            b3_precision / n,
            b3_recall / n,
            harmonic(b3_precision / n, b3_recall / n),
        ],
        pairwise: [precision, recall, harmonic(precision, recall)],
        lump: counts.mixed(|(truth, predicted)| (predicted, truth), &counts.predicted),
        split: counts.mixed(|(truth, predicted)| (truth, predicted), &counts.truth),
        exact: exact as f64 / counts.truth.len() as f64,
        ari: ratio(shared - expected, highest - expected, 1.0),
    })
}

struct Counts<'a> {
    truth: BTreeMap<&'a str, usize>,
    predicted: BTreeMap<&'a str, usize>,
    both: BTreeMap<(&'a str, &'a str), usize>,
}

impl<'a> Counts<'a> {
    fn of(labels: &'a [(String, String)]) -> Self {
        let mut counts = Self {
            truth: BTreeMap::new(),
            predicted: BTreeMap::new(),
            both: BTreeMap::new(),
        };
        for (truth, predicted) in labels {
            *counts.truth.entry(truth).or_default() += 1;
            *counts.predicted.entry(predicted).or_default() += 1;
            *counts.both.entry((truth, predicted)).or_default() += 1;
        }
        counts
    }

    /// Share of groups of two or more whose items fall into several groups of the other kind.
    fn mixed(
        &self,
        order: fn((&'a str, &'a str)) -> (&'a str, &'a str),
        sizes: &BTreeMap<&'a str, usize>,
    ) -> f64 {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for labels in self.both.keys() {
            *kinds.entry(order(*labels).0).or_default() += 1;
        }
        let large = sizes.values().filter(|size| **size > 1).count();
        let mixed = kinds.values().filter(|kinds| **kinds > 1).count();
        ratio(mixed as f64, large as f64, 0.0)
    }
}

fn pairs(count: usize) -> f64 {
    count as f64 * (count as f64 - 1.0) / 2.0
}

fn ratio(part: f64, whole: f64, otherwise: f64) -> f64 {
    if whole == 0.0 {
        otherwise
    } else {
        part / whole
    }
}

fn harmonic(a: f64, b: f64) -> f64 {
    ratio(2.0 * a * b, a + b, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
        owned.collect()
    }

    #[test]
    fn a_perfect_clustering_scores_one() {
        let figures = score(&labels(&[("a", "1"), ("a", "1"), ("b", "2")])).expect("scored");
        assert_eq!(
            (figures.b3[2], figures.pairwise[2], figures.exact),
            (1.0, 1.0, 1.0)
        );
        assert_eq!((figures.lump, figures.split, figures.ari), (0.0, 0.0, 1.0));
    }

    #[test]
    fn one_group_of_everything_lumps() {
        let figures =
            score(&labels(&[("a", "1"), ("a", "1"), ("b", "1"), ("b", "1")])).expect("scored");
        assert_eq!((figures.lump, figures.split), (1.0, 0.0));
        assert_eq!(figures.b3[0], 0.5);
        assert!((figures.pairwise[0] - 2.0 / 6.0).abs() < 1e-12);
    }
}
