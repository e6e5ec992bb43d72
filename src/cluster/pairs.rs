//! Frozen scores between live items, in whole steps so that sums do not depend on their order.

/// Steps of a score of 1: sums of whole numbers are exact.
pub(super) const SCORE_STEPS: f32 = (1 << 20) as f32;

/// A score in steps.
pub(super) fn steps_of(score: f32) -> u32 {
    (score.clamp(0.0, 1.0) * SCORE_STEPS) as u32
}

/// The score of so many steps.
pub(super) fn score_of(steps: u32) -> f32 {
    steps as f32 / SCORE_STEPS
}

/// The mean of scores that sum to `sum` steps over `count` pairs.
pub(super) fn mean_score(sum: u64, count: u64) -> f32 {
    (sum as f64 / (count.max(1) as f64 * f64::from(SCORE_STEPS))) as f32
}

/// Pairs by which a mean between groups of these sizes is taken: all of them, but no more than an
/// item can have kept when it arrived.
pub(super) fn pairs_between(a: usize, b: usize, kept: usize) -> u64 {
    let (a, b, kept) = (a as u64, b as u64, kept as u64);
    (a * b).min(kept * a.min(b)).max(1)
}
