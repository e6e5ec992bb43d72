//! Event sketches as bytes: two instants, then terms and weights, all little-endian. Weights are in
//! steps of 1/65535, as the sketch has them.

use crate::cluster::EventSketch;
use crate::news::EventId;

const WEIGHT_STEPS: f32 = 65_535.0;
const TERM_BYTES: usize = 6;

/// The sketch without its event.
pub(super) fn encode(sketch: &EventSketch) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(16 + sketch.terms.len() * TERM_BYTES);
    bytes.extend(sketch.first_secs.to_le_bytes());
    bytes.extend(sketch.last_secs.to_le_bytes());
    for (term, weight) in &sketch.terms {
        bytes.extend(term.to_le_bytes());
        bytes.extend(((weight * WEIGHT_STEPS).round() as u16).to_le_bytes());
    }
    bytes
}

/// The sketch that was encoded; `None` if the bytes are no sketch.
pub(super) fn decode(event: EventId, bytes: &[u8]) -> Option<EventSketch> {
    let (first, rest) = bytes.split_first_chunk::<8>()?;
    let (last, rest) = rest.split_first_chunk::<8>()?;
    let chunks = rest.chunks_exact(TERM_BYTES);
    // They are kept for weeks: no room for more.
    let mut terms = Vec::with_capacity(chunks.len());
    terms.extend(chunks.filter_map(|pair| {
        let (term, weight) = pair.split_first_chunk::<4>()?;
        let steps = u16::from_le_bytes(*weight.first_chunk::<2>()?);
        Some((u32::from_le_bytes(*term), f32::from(steps) / WEIGHT_STEPS))
    }));
    Some(EventSketch {
        event,
        terms,
        first_secs: i64::from_le_bytes(*first),
        last_secs: i64::from_le_bytes(*last),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sketch_comes_back_as_it_was() {
        let sketch = EventSketch {
            event: EventId(7),
            terms: vec![(1, 13_107.0 / 65_535.0), (u32::MAX, 1.0)],
            first_secs: -5,
            last_secs: 1_760_000_000,
        };
        assert_eq!(decode(EventId(7), &encode(&sketch)), Some(sketch));
        assert_eq!(decode(EventId(7), b"short"), None);
    }
}
