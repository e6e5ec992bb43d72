//! The fingerprint that finds re-posted copy: 64 bits of simhash over folded words.
//!
//! Near fingerprints are only candidates: texts of one template are near too, so `cluster`
//! verifies every find on the words.

use std::hash::Hasher as _;

use siphasher::sip::SipHasher;

/// The fingerprint of a sequence of folded words; 0 for none. Single words and neighbours both
/// count, so that the order matters.
pub fn fingerprint(words: &[String]) -> u64 {
    let mut votes = Votes::default();
    for word in words {
        votes.add(hash(&[word]));
    }
    for pair in words.windows(2) {
        votes.add(hash(&[&pair[0], " ", &pair[1]]));
    }
    votes.majority()
}

/// How many of the 64 bits differ.
pub fn distance(a: u64, b: u64) -> u32 {
    (a ^ b).count_ones()
}

/// The hash of the parts as of one text.
fn hash(parts: &[&str]) -> u64 {
    let mut hasher = SipHasher::new();
    for part in parts {
        hasher.write(part.as_bytes());
    }
    hasher.write_u8(0xff);
    hasher.finish()
}

/// How often each of 64 bits was set: number `n` of the planes holds bit `n` of all 64 counts, so
/// that adding to all of them takes two steps at the mean.
#[derive(Default)]
struct Votes {
    planes: [u64; 20],
    added: u32,
}

impl Votes {
    fn add(&mut self, bits: u64) {
        let mut carry = bits;
        for plane in &mut self.planes {
            (*plane, carry) = (*plane ^ carry, *plane & carry);
            if carry == 0 {
                break;
            }
        }
        self.added += 1;
    }

    /// The bits that were set in more than half.
    fn majority(&self) -> u64 {
        let count = |bit: usize| {
            let planes = self.planes.iter().enumerate();
            planes.fold(0, |sum, (n, plane)| sum | ((plane >> bit & 1) as u32) << n)
        };
        (0..64)
            .filter(|bit| 2 * count(*bit) > self.added)
            .fold(0, |bits, bit| bits | 1 << bit)
    }
}

/// The four keys under which a fingerprint is filed: any two that differ in at most three bits
/// share one.
pub fn bands(fingerprint: u64) -> [u32; 4] {
    [0, 1, 2, 3].map(|band| ((fingerprint >> (band * 16)) as u32 & 0xffff) | ((band as u32) << 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> u64 {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        fingerprint(&words)
    }

    #[test]
    fn near_texts_have_near_fingerprints() {
        let long = "the two presidents met in the northern city on friday and spoke for three hours about the war";
        let near = long.replace("friday", "saturday");
        assert!(distance(of(long), of(&near)) <= 12);
        assert!(distance(of(long), of("a storm closed the port and the airport")) > 16);
        assert_eq!(of(""), fingerprint(&[String::new()]));
    }

    #[test]
    fn each_bit_is_what_more_than_half_of_the_hashes_say() {
        for length in [1, 2, 3, 40, 700] {
            let words: Vec<String> = (0..length).map(|n| format!("w{}", n * n % 97)).collect();
            let pairs = words.windows(2).map(|pair| pair.join(" "));
            let hashes: Vec<u64> = words
                .iter()
                .cloned()
                .chain(pairs)
                .map(|text| hash(&[&text]))
                .collect();
            let is_set = |bit: u32| {
                let votes = hashes.iter().filter(|hash| *hash >> bit & 1 == 1).count();
                2 * votes > hashes.len()
            };
            let expected = (0..64)
                .filter(|bit| is_set(*bit))
                .fold(0, |bits, bit| bits | 1 << bit);
            assert_eq!(fingerprint(&words), expected, "{length} words");
        }
    }

    #[test]
    fn fingerprints_stay_what_they_were() {
        assert_eq!(of("the cat sat on the mat"), 3_843_331_223_009_722_310);
    }

    #[test]
    fn fingerprints_three_bits_apart_share_a_band() {
        let a = 0x0123_4567_89ab_cdef_u64;
        let b = a ^ 1 ^ (1 << 20) ^ (1 << 40);
        assert!(bands(a).iter().any(|key| bands(b).contains(key)));
    }
}
