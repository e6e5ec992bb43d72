//! The fingerprint that finds re-posted copy: 64 bits of simhash (Charikar 2002) over folded words.
//!
//! Near fingerprints are only candidates: texts of one template are near too, so `cluster`
//! verifies every find on the words.

use super::words::spread;

/// The fingerprint of a sequence of words, each given by its hash; 0 for none. Single words and
/// neighbours both count, so that the order matters.
pub fn fingerprint(words: &[u32]) -> u64 {
    let mut votes = Votes::default();
    for word in words {
        votes.add(spread(u64::from(*word)));
    }
    for pair in words.windows(2) {
        let both = (u64::from(pair[0]) << 32) | u64::from(pair[1]);
        votes.add(spread(both ^ NEIGHBOURS));
    }
    votes.majority()
}

/// Keeps a pair apart from a single word.
const NEIGHBOURS: u64 = 0x9e37_79b9_7f4a_7c15;

/// Votes that are counted at most; more words are never read of an item.
const MOST_VOTES: u32 = (1 << PLANES) - 1;
const PLANES: usize = 12;

/// How many of the words added have each bit set: the 64 sums side by side, plane `i` holds bit `i`
/// of each. The `simhash` crate walks the 64 bits of each word instead, which took a third of all
/// reading.
#[derive(Default)]
struct Votes {
    planes: [u64; PLANES],
    count: u32,
}

impl Votes {
    fn add(&mut self, bits: u64) {
        if self.count == MOST_VOTES {
            return;
        }
        self.count += 1;
        let mut carry = bits;
        for plane in &mut self.planes {
            let both = *plane & carry;
            *plane ^= carry;
            carry = both;
            if carry == 0 {
                break;
            }
        }
    }

    /// The bits that more than half have.
    fn majority(&self) -> u64 {
        let half = self.count / 2;
        let (mut more, mut equal) = (0, u64::MAX);
        for (at, plane) in self.planes.iter().enumerate().rev() {
            if half >> at & 1 == 1 {
                equal &= plane;
            } else {
                more |= equal & plane;
                equal &= !plane;
            }
        }
        more
    }
}

/// How many of the 64 bits differ.
pub fn distance(a: u64, b: u64) -> u32 {
    simhash::hamming_distance(a, b)
}

/// Parts of a fingerprint by which others are looked up.
pub const BANDS: usize = 4;
/// Values that one part can have.
pub const KEYS: usize = 1 << 16;

/// The keys under which a fingerprint is filed, below [`BANDS`] × [`KEYS`]: any two that differ in
/// at most three bits share one.
pub fn bands(fingerprint: u64) -> [u32; BANDS] {
    [0, 1, 2, 3].map(|band| ((fingerprint >> (band * 16)) as u32 & 0xffff) | ((band as u32) << 16))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words::hash_word;

    fn of(text: &str) -> u64 {
        let words: Vec<u32> = text.split_whitespace().map(hash_word).collect();
        fingerprint(&words)
    }

    #[test]
    fn near_texts_have_near_fingerprints() {
        let long = "the two presidents met in the northern city on friday and spoke for three hours about the war";
        let near = long.replace("friday", "saturday");
        assert!(distance(of(long), of(&near)) <= 12);
        assert!(distance(of(long), of("a storm closed the port and the airport")) > 16);
        assert_eq!(of(""), 0);
    }

    #[test]
    fn a_bit_is_set_if_more_than_half_of_the_words_have_it() {
        for count in [1_u64, 2, 3, 7, 8, 100, 4095] {
            let words: Vec<u64> = (1..=count).map(spread).collect();
            let mut votes = Votes::default();
            words.iter().for_each(|word| votes.add(*word));
            for bit in 0..64 {
                let have = words.iter().filter(|word| **word >> bit & 1 == 1).count();
                let is_set = votes.majority() >> bit & 1 == 1;
                assert_eq!(is_set, have * 2 > words.len(), "bit {bit} of {count}");
            }
        }
    }

    #[test]
    fn the_order_of_words_matters() {
        assert_ne!(of("man bites dog and runs"), of("dog bites man and runs"));
    }

    #[test]
    fn fingerprints_three_bits_apart_share_a_band() {
        let a = 0x0123_4567_89ab_cdef_u64;
        let b = a ^ 1 ^ (1 << 20) ^ (1 << 40);
        assert!(bands(a).iter().any(|key| bands(b).contains(key)));
    }
}
