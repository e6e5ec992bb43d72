//! Event sketches as bytes: two instants, then terms and weights, all little-endian. Weights are in
//! steps of 1/65535, as the sketch has them.

use crate::cluster::EventSketch;
use crate::news::EventId;

const TERM_BYTES: usize = 6;

/// The sketch without its event.
pub(super) fn encode(sketch: &EventSketch) -> Vec<u8> {
    let terms = sketch.terms.iter();
    let mut bytes = Vec::with_capacity(16 + terms.len() * TERM_BYTES);
    bytes.extend(sketch.first_secs.to_le_bytes());
    bytes.extend(sketch.last_secs.to_le_bytes());
    for (term, weight) in terms {
        bytes.extend(term.to_le_bytes());
        bytes.extend(weight.to_le_bytes());
    }
    bytes
}

/// The sketch that was encoded; `None` if the bytes are no sketch.
pub(super) fn decode(event: EventId, bytes: &[u8]) -> Option<EventSketch> {
    let (first, rest) = bytes.split_first_chunk::<8>()?;
    let (last, rest) = rest.split_first_chunk::<8>()?;
    let terms = rest.chunks_exact(TERM_BYTES).filter_map(|pair| {
        let (term, weight) = pair.split_first_chunk::<4>()?;
        let weight = u16::from_le_bytes(*weight.first_chunk::<2>()?);
        Some((u32::from_le_bytes(*term), weight))
    });
    Some(EventSketch {
        event,
        terms: terms.collect(),
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
            terms: [(1, 13_107), (u32::MAX - 1, u16::MAX)]
                .into_iter()
                .collect(),
            first_secs: -5,
            last_secs: 1_760_000_000,
        };
        assert_eq!(decode(EventId(7), &encode(&sketch)), Some(sketch));
        assert_eq!(decode(EventId(7), b"short"), None);
    }
}
