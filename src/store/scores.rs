//! Frozen numbers of pairs, in few bytes: the scores of an item with all earlier ones that count,
//! the values of its weightiest pairs, and the evidence for its place in an event.
//!
//! A score is kept in steps of 2⁻²⁰, which is how the clusterer freezes it.

use super::numbers::{put_number, put_signed, take_bytes, take_number, take_signed};
use crate::news::{EventId, Evidence, ItemId, PairEvidence, ScoredPair};

const SCORE_STEPS: f32 = (1 << 20) as f32;
/// Pairs shown on each side of an explanation at most; more means damage.
const MOST_SHOWN: u64 = 64;

/// The scores of one item with earlier ones; the values are left out.
pub(super) fn pack_scores<'a>(pairs: impl Iterator<Item = &'a ScoredPair>) -> Vec<u8> {
    let mut pairs: Vec<&ScoredPair> = pairs.collect();
    pairs.sort_unstable_by_key(|pair| std::cmp::Reverse(pair.earlier));
    let mut bytes = Vec::with_capacity(pairs.len() * 6 + 1);
    let version = pairs.first().map_or(0, |pair| pair.weights_version);
    put_number(&mut bytes, u64::from(version));
    let mut last = pairs.first().map_or(0, |pair| pair.later.0);
    for pair in pairs {
        put_signed(&mut bytes, last - pair.earlier.0);
        last = pair.earlier.0;
        put_score(&mut bytes, pair.score);
    }
    bytes
}

/// The scores of `later`, by earlier item; `None` if the bytes are damaged.
pub(super) fn unpack_scores(later: ItemId, bytes: &[u8]) -> Option<Vec<ScoredPair>> {
    let mut rest = bytes;
    let weights_version = u32::try_from(take_number(&mut rest)?).ok()?;
    let mut last = later.0;
    let mut pairs = Vec::with_capacity(rest.len() / 5);
    while !rest.is_empty() {
        last = last.checked_sub(take_signed(&mut rest)?)?;
        pairs.push(ScoredPair {
            earlier: ItemId(last),
            later,
            score: take_score(&mut rest)?,
            weights_version,
            values: Vec::new(),
        });
    }
    pairs.reverse();
    Some(pairs)
}

/// Pairs of one later item with their values.
pub(super) fn pack_values(pairs: &[ScoredPair]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(pairs.len() * 56 + 1);
    let version = pairs.first().map_or(0, |pair| pair.weights_version);
    put_number(&mut bytes, u64::from(version));
    for pair in pairs {
        put_signed(&mut bytes, pair.later.0 - pair.earlier.0);
        put_score(&mut bytes, pair.score);
        put_values(&mut bytes, &pair.values);
    }
    bytes
}

/// The pairs of `later` with their values; `None` if the bytes are damaged.
pub(super) fn unpack_values(later: ItemId, bytes: &[u8]) -> Option<Vec<ScoredPair>> {
    let mut rest = bytes;
    let weights_version = u32::try_from(take_number(&mut rest)?).ok()?;
    let mut pairs = Vec::new();
    while !rest.is_empty() {
        pairs.push(ScoredPair {
            earlier: ItemId(later.0.checked_sub(take_signed(&mut rest)?)?),
            later,
            score: take_score(&mut rest)?,
            weights_version,
            values: take_values(&mut rest)?,
        });
    }
    Some(pairs)
}

/// Evidence without its terms and decisions, which follow from what is stored elsewhere.
pub(super) fn pack_evidence(evidence: &Evidence) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(48);
    put_signed(&mut bytes, evidence.event.0);
    bytes.extend(evidence.mean_score.to_le_bytes());
    bytes.extend(evidence.threshold.to_le_bytes());
    let (event, mean) = evidence.runner_up.unwrap_or_default();
    put_signed(&mut bytes, event.0);
    if evidence.runner_up.is_some() {
        bytes.extend(mean.to_le_bytes());
    }
    for side in [&evidence.strongest_for, &evidence.strongest_against] {
        put_number(&mut bytes, side.len() as u64);
        for pair in side {
            put_signed(&mut bytes, evidence.item.0 - pair.other.0);
            put_score(&mut bytes, pair.score);
        }
    }
    bytes
}

/// The evidence of an item; `None` if the bytes are damaged.
pub(super) fn unpack_evidence(item: ItemId, bytes: &[u8]) -> Option<Evidence> {
    let mut rest = bytes;
    let event = EventId(take_signed(&mut rest)?);
    let mean_score = f32::from_le_bytes(take_bytes(&mut rest)?);
    let threshold = f32::from_le_bytes(take_bytes(&mut rest)?);
    let runner_up = match take_signed(&mut rest)? {
        0 => None,
        event => Some((EventId(event), f32::from_le_bytes(take_bytes(&mut rest)?))),
    };
    Some(Evidence {
        item,
        event,
        mean_score,
        threshold,
        runner_up,
        strongest_for: take_side(item, &mut rest)?,
        strongest_against: take_side(item, &mut rest)?,
        decisions: Vec::new(),
        reprint_of: None,
    })
}

fn take_side(item: ItemId, rest: &mut &[u8]) -> Option<Vec<PairEvidence>> {
    let count = take_number(rest).filter(|count| *count <= MOST_SHOWN)?;
    let pair = |_| {
        Some(PairEvidence {
            other: ItemId(item.0.checked_sub(take_signed(rest)?)?),
            score: take_score(rest)?,
            terms: Vec::new(),
        })
    };
    (0..count).map(pair).collect()
}

fn put_score(bytes: &mut Vec<u8>, score: f32) {
    let steps = (score.clamp(0.0, 1.0) * SCORE_STEPS) as u32;
    bytes.extend(&steps.to_le_bytes()[..3]);
}

fn take_score(rest: &mut &[u8]) -> Option<f32> {
    let [low, middle, high] = take_bytes(rest)?;
    let steps = u32::from_le_bytes([low, middle, high, 0]);
    Some(steps as f32 / SCORE_STEPS)
}

/// How a value is kept: two bits each, then what they say.
const ZERO: u8 = 0;
const ABSENT: u8 = 1;
const HALF: u8 = 2;
const FULL: u8 = 3;

fn put_values(bytes: &mut Vec<u8>, values: &[f32]) {
    put_number(bytes, values.len() as u64);
    let kinds = bytes.len();
    bytes.resize(kinds + values.len().div_ceil(4), 0);
    for (at, value) in values.iter().enumerate() {
        let kind = match (*value, half_of(*value)) {
            (0.0, _) => ZERO,
            (-1.0, _) => ABSENT,
            (_, Some(half)) => {
                bytes.extend(half.to_le_bytes());
                HALF
            }
            (value, None) => {
                bytes.extend(value.to_le_bytes());
                FULL
            }
        };
        bytes[kinds + at / 4] |= kind << (at % 4 * 2);
    }
}

fn take_values(rest: &mut &[u8]) -> Option<Vec<f32>> {
    let count = usize::try_from(take_number(rest)?).ok()?;
    let (kinds, after) = rest.split_at_checked(count.div_ceil(4))?;
    *rest = after;
    let value = |at: usize| {
        Some(match kinds[at / 4] >> (at % 4 * 2) & 3 {
            ZERO => 0.0,
            ABSENT => -1.0,
            HALF => whole_of(u16::from_le_bytes(take_bytes(rest)?)),
            _ => f32::from_le_bytes(take_bytes(rest)?),
        })
    };
    (0..count).map(value).collect()
}

/// The value as a float of half width; `None` if anything would be lost.
fn half_of(value: f32) -> Option<u16> {
    let bits = value.to_bits();
    let exponent = (bits >> 23 & 0xff).checked_sub(127 - 15)?;
    let fits = (1..=30).contains(&exponent) && bits.trailing_zeros() >= 13;
    let half = (bits >> 16 & 0x8000) | exponent << 10 | (bits >> 13 & 0x3ff);
    fits.then_some(half as u16)
}

fn whole_of(half: u16) -> f32 {
    let half = u32::from(half);
    let exponent = (half >> 10 & 0x1f) + 127 - 15;
    f32::from_bits((half & 0x8000) << 16 | exponent << 23 | (half & 0x3ff) << 13)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(earlier: i64, score: f32, values: Vec<f32>) -> ScoredPair {
        ScoredPair {
            earlier: ItemId(earlier),
            later: ItemId(900),
            score,
            weights_version: 7,
            values,
        }
    }

    #[test]
    fn scores_come_back_by_earlier_item() {
        let pairs = [
            pair(899, 0.5, Vec::new()),
            pair(3, 1.0, Vec::new()),
            pair(400, 0.03125, Vec::new()),
        ];
        let bytes = pack_scores(pairs.iter());
        assert!(bytes.len() < 20);
        let back = unpack_scores(ItemId(900), &bytes).unwrap();
        assert_eq!(back, [1, 2, 0].map(|at| pairs[at].clone()));
    }

    #[test]
    fn values_come_back_bit_for_bit_whatever_they_are() {
        let values = vec![
            0.0,
            -1.0,
            1.0,
            0.375,
            5.5,
            0.1,
            f32::MIN_POSITIVE,
            -0.25,
            1e9,
        ];
        let pairs = [pair(5, 0.25, values), pair(6, 0.75, Vec::new())];
        let bytes = pack_values(&pairs);
        assert_eq!(unpack_values(ItemId(900), &bytes).unwrap(), pairs);
    }

    #[test]
    fn evidence_comes_back_without_its_terms() {
        let shown = |other, score| PairEvidence {
            other: ItemId(other),
            score,
            terms: Vec::new(),
        };
        let evidence = Evidence {
            item: ItemId(900),
            event: EventId(12),
            mean_score: 0.4,
            threshold: 0.36,
            runner_up: Some((EventId(9), 0.1)),
            strongest_for: vec![shown(1000, 0.5), shown(2, 0.25)],
            strongest_against: vec![shown(5, 0.125)],
            decisions: Vec::new(),
            reprint_of: None,
        };
        let bytes = pack_evidence(&evidence);
        assert_eq!(unpack_evidence(ItemId(900), &bytes), Some(evidence));
        for cut in 0..bytes.len() {
            assert_eq!(unpack_evidence(ItemId(900), &bytes[..cut]), None);
        }
    }
}
